package primer

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"evangelist/bot"
)

// ours is everything that we wrote for readers.
func ours() map[string]string {
	o := bot.Organisation{Name: "Test Council", Word: "evangelist"}
	all := map[string]string{}
	for _, l := range lessons {
		all["lesson "+l.Name] = worded(o, l.text()+"\n"+l.Gist)
	}
	for _, t := range terms {
		all["term "+t.Word] = worded(o, t.Word+". "+t.Says)
	}
	for _, i := range items {
		all["item "+i.ID] = i.Title + ". " + i.Why
	}
	return all
}

// Plain words: none of the words of offices and vendors, nothing shouted, nothing
// left to fill in, and sentences that can be read aloud in one breath.
func TestWhatWeWroteIsPlain(t *testing.T) {
	jargon := regexp.MustCompile(`(?i)\b(stakeholders?|leverag\w*|synerg\w*|empower\w*|onboard\w*|roll-?out|deep dive|kpis?|best practi[cs]es?|mindset|buy-in|actionable|impactful|touch ?points?|journey|ecosystem|users?|engagement|utili[sz]e\w*|simply|oops|going forward|reach out|low-hanging|game.changer|transformation|cascade\w*|align\w*|content)\b`)
	american := regexp.MustCompile(`(?i)\b(\w+ization|organize\w*|color|center|behavior|program|favorite)\b`)
	for name, text := range ours() {
		if word := jargon.FindString(text); word != "" {
			t.Errorf("%s says %q", name, word)
		}
		if word := american.FindString(text); word != "" {
			t.Errorf("%s spells %q", name, word)
		}
		if strings.ContainsAny(text, "!{}—") {
			t.Errorf("%s shouts, or has something left to fill in:\n%s", name, text)
		}
		for sentence := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(".?:;\n", r) }) {
			if n := len(strings.Fields(sentence)); n > 32 {
				t.Errorf("%s has a sentence of %d words: %s", name, n, sentence)
			}
		}
	}
}

func TestLessonsAreShortAndFindable(t *testing.T) {
	if n := len(lessons); n < 6 || n > 8 {
		t.Errorf("%d lessons", n)
	}
	name := regexp.MustCompile(`^[a-z]+$`)
	var seen []string
	for i, l := range lessons {
		if n := len(strings.Fields(l.text())); n >= 250 || n < 120 {
			t.Errorf("%s has %d words", l.Name, n)
		}
		if !name.MatchString(l.Name) || slices.Contains(seen, l.Name) || slices.Contains([]string{"stop", "weekly", "enrol", "glossary", "checklist"}, l.Name) {
			t.Errorf("%q can't be a name: it is taken, or can't be typed", l.Name)
		}
		seen = append(seen, l.Name)
		if !strings.HasSuffix(l.Question, "?") || strings.Count(l.Question, "?") != 1 {
			t.Errorf("%s ends with %q", l.Name, l.Question)
		}
		if l.Title == "" || l.Gist == "" || len(l.Try) == 0 {
			t.Errorf("%s lacks something", l.Name)
		}
		for _, words := range []string{l.Name, strings.ToUpper(l.Name), "  " + l.Title + " ", string(rune('1' + i))} {
			if found, n, ok := find(words); !ok || found.Name != l.Name || n != i+1 {
				t.Errorf("%q finds %q", words, found.Name)
			}
		}
	}
	for _, words := range []string{"", "0", "9", "-1", "lesson", "roundup worry"} {
		if found, _, ok := find(words); ok {
			t.Errorf("%q finds %s", words, found.Name)
		}
	}
}

// The word for an evangelist is the organisation's, with the article that fits it.
func TestTheOrganisationsWord(t *testing.T) {
	lesson, _, _ := find("roles")
	for word, want := range map[string]string{"evangelist": "An evangelist leads", "guide": "A guide leads"} {
		if text := worded(bot.Organisation{Word: word}, lesson.text()); !strings.Contains(text, want) {
			t.Errorf("%s: %s", word, text)
		}
	}
}

func TestSearch(t *testing.T) {
	o := bot.Organisation{Word: "guide"}
	all := glossary(o, []Term{{Word: "Pilot", Says: "The boat that leads ships into our harbour."}, {Word: "One-stop shop", Says: "The counter on the ground floor."}})
	if !slices.IsSortedFunc(all, func(a, b Term) int { return strings.Compare(a.Key(), b.Key()) }) {
		t.Error("not in the order of the alphabet")
	}
	for words, want := range map[string]string{
		"pilot": "Pilot own, Pilot", "PILOTS?": "Pilot own, Pilot", " one-stop   shop ": "One-stop shop own", "verdict": "Decision",
		"guide": "Evangelist", "shop": "One-stop shop own", "receipt": "Private code", "harbour": "Pilot own", "roun": "Round table, Roundup", "zebra": "", "": "", "?": "",
	} {
		var got []string
		for _, found := range search(all, words) {
			name := found.Word
			if found.Own {
				name += " own"
			}
			got = append(got, name)
		}
		if got := strings.Join(got, ", "); got != want {
			t.Errorf("%q finds %s, not %s", words, got, want)
		}
	}
	seen := map[string]bool{}
	for i, term := range terms {
		if seen[term.Key()] || i > 0 && terms[i-1].Key() > term.Key() {
			t.Errorf("%s stands twice, or in the wrong place", term.Word)
		}
		seen[term.Key()] = true
		if n := len(strings.Fields(term.Says)); n > 30 {
			t.Errorf("%s takes %d words", term.Word, n)
		}
	}
}

func TestTenItems(t *testing.T) {
	seen := map[string]bool{}
	for _, i := range items {
		if i.ID == "" || seen[i.ID] || strings.HasPrefix(i.ID, "own-") || i.Title == "" || i.Why == "" {
			t.Errorf("%+v", i)
		}
		seen[i.ID] = true
	}
	if len(items) != 10 {
		t.Errorf("%d items", len(items))
	}
}
