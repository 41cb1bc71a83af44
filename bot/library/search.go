package library

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"evangelist/bot/schedule"
)

// Query chooses entries. Conditions are joined by and; a zero field asks for
// nothing.
type Query struct {
	Words      string
	Kind       Kind
	Department string
	From, To   schedule.Date // both days included
}

// Address is the path of the page that shows what the query chooses.
func (q Query) Address() string {
	values := url.Values{}
	for name, value := range map[string]string{"q": q.Words, "kind": string(q.Kind), "department": q.Department, "from": day(q.From), "to": day(q.To)} {
		if value != "" {
			values.Set(name, value)
		}
	}
	if len(values) == 0 {
		return Page
	}
	return Page + "?" + values.Encode()
}

func day(d schedule.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

// Search returns the entries that a query chooses, the best match first, then the
// newest. Every word of the query must occur, in any case and with or without
// accents; a title counts more than words, and a whole word more than a part of
// one. Who wrote an entry, how often, and how often it was told count for nothing.
// The order of entries makes no difference.
func Search(entries []Entry, q Query, zone *time.Location) []Entry {
	words := tokens(q.Words)
	type hit struct {
		entry Entry
		score int
	}
	var hits []hit
	for _, e := range entries {
		if !q.covers(e, zone) {
			continue
		}
		if score, ok := e.match(words); ok {
			hits = append(hits, hit{e, score})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(b.score, a.score), b.entry.When.Compare(a.entry.When), cmp.Compare(a.entry.ID, b.entry.ID))
	})
	found := make([]Entry, len(hits))
	for i, h := range hits {
		found[i] = h.entry
	}
	return found
}

// covers reports whether an entry is of the kind, department and period.
func (q Query) covers(e Entry, zone *time.Location) bool {
	on := schedule.DateOf(e.When, zone)
	switch {
	case q.Kind != "" && e.Kind != q.Kind:
	case q.Department != "" && Fold(e.Department) != Fold(q.Department):
	case !q.From.IsZero() && on.Before(q.From):
	case !q.To.IsZero() && q.To.Before(on):
	default:
		return true
	}
	return false
}

// The weights of a match. What stands beside an entry makes it found, no more.
const (
	weightTitle  = 8
	weightWords  = 3
	weightBeside = 1
)

// match weighs how well an entry fits words; false when one does not occur.
func (e Entry) match(words []string) (int, bool) {
	if len(words) == 0 {
		return 0, true
	}
	title, text := tokens(e.Heading()), tokens(e.Words)
	beside := Fold(e.Credit + "\n" + e.Department + "\n" + host(e.URL) + "\n" + string(e.Kind))
	for _, t := range e.Told {
		beside += "\n" + Fold(t.Whom+"\n"+t.Department)
	}
	score := 0
	for _, word := range words {
		best := max(weigh(title, word, weightTitle), weigh(text, word, weightWords))
		if best == 0 && strings.Contains(beside, word) {
			best = weightBeside
		}
		if best == 0 {
			return 0, false
		}
		score += best
	}
	return score, true
}

// weigh is the whole weight for a word that stands there, less for a beginning and
// least for a part.
func weigh(text []string, word string, weight int) int {
	best := 0
	for _, t := range text {
		switch {
		case t == word:
			return weight
		case strings.HasPrefix(t, word):
			best = max(best, weight-1)
		case strings.Contains(t, word):
			best = max(best, weight-2)
		}
	}
	return best
}

// tokens are the folded words of a text.
func tokens(text string) []string {
	return strings.FieldsFunc(Fold(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// Fold takes case and accents away, for comparing. It is idempotent.
func Fold(text string) string {
	ascii := true
	for i := 0; i < len(text) && ascii; i++ {
		ascii = text[i] < 0x80
	}
	if ascii {
		return strings.ToLower(text)
	}
	var out strings.Builder
	for _, r := range text {
		if unicode.Is(unicode.Mn, r) {
			continue
		}
		r = unicode.ToLower(r)
		if plain, ok := plainLetters[r]; ok {
			out.WriteString(plain)
			continue
		}
		out.WriteRune(r)
	}
	return out.String()
}

// Alike returns the examples that share words with a text, those with the most
// first, then the newest, at most limit. Short words count for nothing.
func Alike(entries []Entry, text string, limit int) []Entry {
	var words []string
	for _, word := range tokens(text) {
		if len([]rune(word)) >= 4 && !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	type hit struct {
		entry Entry
		n     int
	}
	var hits []hit
	for _, e := range entries {
		n := 0
		for _, word := range words {
			if _, ok := e.match([]string{word}); ok {
				n++
			}
		}
		if e.Kind == Elsewhere && n > 0 {
			hits = append(hits, hit{e, n})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(b.n, a.n), b.entry.When.Compare(a.entry.When), cmp.Compare(a.entry.ID, b.entry.ID))
	})
	var found []Entry
	for _, h := range hits[:min(len(hits), max(limit, 0))] {
		found = append(found, h.entry)
	}
	return found
}
