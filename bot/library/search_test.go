package library

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"evangelist/bot/schedule"
)

var noon = time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)

const hours = time.Hour

// vocabulary has words with accents, words of which one begins or holds another, and
// letters that Unicode does not take apart.
var vocabulary = []string{"letter", "Letters", "newsletter", "bin", "Bins", "café", "CAFÉ", "Straße", "strasse", "søster", "Łódź", "forty", "calls", "été", "e\u0301te\u0301", "ΣΟΦΟΣ", "σοφος"}

func phrase(t *rapid.T, label string, most int) string {
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(vocabulary), 0, most).Draw(t, label), " ")
}

func anyEntry(t *rapid.T, id int) Entry {
	e := Entry{
		ID: string(rune('a' + id)), Kind: rapid.SampledFrom(Kinds()).Draw(t, "kind"), Title: phrase(t, "title", 3), Words: phrase(t, "words", 6),
		Credit: rapid.SampledFrom([]string{"", "Person One", "Person Two"}).Draw(t, "credit"), Department: rapid.SampledFrom([]string{"", "Housing", "Parks"}).Draw(t, "department"),
		When: noon.Add(-time.Duration(rapid.IntRange(0, 3).Draw(t, "days")) * 24 * hours),
	}
	for n := range rapid.IntRange(0, 2).Draw(t, "told") {
		e.Told = append(e.Told, Telling{Key: string(rune('0' + n)), Whom: "The board", At: noon})
	}
	return e
}

func shelf(t *rapid.T) []Entry {
	var all []Entry
	for id := range rapid.IntRange(0, 12).Draw(t, "entries") {
		all = append(all, anyEntry(t, id))
	}
	return all
}

func ids(entries []Entry) []string {
	out := []string{}
	for _, e := range entries {
		out = append(out, e.ID)
	}
	return out
}

// What is found does not depend on case, accents or the order of the library; more
// words find less; and what is found holds every word.
func TestSearchProperties(t *testing.T) {
	found := 0
	rapid.Check(t, func(t *rapid.T) {
		all := shelf(t)
		q := Query{Words: phrase(t, "query", 3), Kind: rapid.SampledFrom(append(Kinds(), "")).Draw(t, "of kind"), Department: rapid.SampledFrom([]string{"", "Housing", "parks"}).Draw(t, "of")}
		got := ids(Search(all, q, time.UTC))
		found += len(got)
		other := q
		other.Words = strings.ToUpper(norm.NFD.String(q.Words))
		if again := ids(Search(all, other, time.UTC)); !slices.Equal(got, again) {
			t.Fatalf("%q finds %v, %q finds %v", q.Words, got, other.Words, again)
		}
		mixed := slices.Clone(all)
		slices.Reverse(mixed)
		if again := ids(Search(mixed, q, time.UTC)); !slices.Equal(got, again) {
			t.Fatalf("in another order %v, not %v", again, got)
		}
		more := q
		more.Words += " " + rapid.SampledFrom(vocabulary).Draw(t, "one more")
		for _, id := range ids(Search(all, more, time.UTC)) {
			if !slices.Contains(got, id) {
				t.Fatalf("%q finds %s, which %q does not", more.Words, id, q.Words)
			}
		}
		for _, e := range Search(all, q, time.UTC) {
			for _, word := range tokens(q.Words) {
				if !strings.Contains(Fold(e.Title+" "+e.Words+" "+e.Heading()+" "+string(e.Kind)), word) {
					t.Fatalf("%q is not in %+v", word, e)
				}
			}
			if q.Kind != "" && e.Kind != q.Kind || q.Department != "" && !strings.EqualFold(e.Department, q.Department) {
				t.Fatalf("%+v does not belong to %+v", e, q)
			}
		}
		if n := len(Search(all, Query{}, time.UTC)); n != len(all) {
			t.Fatalf("nothing asked finds %d of %d", n, len(all))
		}
	})
	if found == 0 {
		t.Error("nothing was ever found")
	}
}

// The order of what is found is by match and date: who wrote it, how much else they
// wrote, and how often it was told make no difference.
func TestSearchRanksNobody(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := shelf(t)
		q := Query{Words: phrase(t, "query", 2)}
		want := ids(Search(all, q, time.UTC))
		for i := range all {
			all[i].Credit = rapid.SampledFrom([]string{"", "Person Three", "Person Four"}).Draw(t, "other credit")
			all[i].Told = all[i].Told[:rapid.IntRange(0, len(all[i].Told)).Draw(t, "told less")]
			all[i].Authors = nil
		}
		if got := ids(Search(all, q, time.UTC)); !slices.Equal(got, want) {
			t.Fatalf("with others as authors %v, not %v", got, want)
		}
	})
}

func TestSearchRanking(t *testing.T) {
	at := func(days int) time.Time { return noon.AddDate(0, 0, -days) }
	all := []Entry{
		{ID: "part of words", Words: "Our newsletter went out", When: at(0)},
		{ID: "beside", Title: "x", Words: "y", Credit: "Letter Person", When: at(0)},
		{ID: "words", Words: "One two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen letter", When: at(1)},
		{ID: "title", Title: "A letter that begins with the answer", Credit: "Letter Person", When: at(300)},
		{ID: "beginning of title", Title: "Lettering", When: at(2)},
		{ID: "title, newer", Title: "The LETTER", When: at(200)},
		{ID: "none", Title: "Bins", When: at(0)},
	}
	// The first has no title, so its words are its heading.
	if got, want := ids(Search(all, Query{Words: "letter"}, time.UTC)), []string{"title, newer", "title", "beginning of title", "part of words", "words", "beside"}; !slices.Equal(got, want) {
		t.Errorf("%v, not %v", got, want)
	}
	from, to := schedule.DateOf(at(2), time.UTC), schedule.DateOf(at(1), time.UTC)
	if got, want := ids(Search(all, Query{From: from, To: to}, time.UTC)), []string{"words", "beginning of title"}; !slices.Equal(got, want) {
		t.Errorf("of two days %v, not %v", got, want)
	}
}

// The table says of every letter of the alphabets that it covers what Unicode says.
func TestFoldAgreesWithUnicode(t *testing.T) {
	for _, span := range [][2]rune{{0x20, 0x24f}, {0x370, 0x52f}, {0x1e00, 0x1fff}} {
		for r := span[0]; r <= span[1]; r++ {
			if !unicode.IsLetter(r) {
				continue
			}
			if a, b := Fold(string(r)), Fold(norm.NFD.String(string(r))); a != b {
				t.Errorf("%q folds to %q, taken apart to %q", r, a, b)
			}
			if a, b := Fold(string(r)), Fold(string(unicode.ToUpper(r))); a != b && unicode.ToLower(unicode.ToUpper(r)) == r {
				t.Errorf("%q folds to %q, in capitals to %q", r, a, b)
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		if text := rapid.String().Draw(t, "text"); Fold(Fold(text)) != Fold(text) {
			t.Fatalf("%q folds to %q and then to %q", text, Fold(text), Fold(Fold(text)))
		}
	})
}

func TestAlike(t *testing.T) {
	all := []Entry{
		{ID: "one word", Kind: Elsewhere, Title: "Bins", Words: "a menu for the telephone", When: noon},
		{ID: "two words", Kind: Elsewhere, Title: "Phone menu for bin days", When: noon.Add(-99 * hours)},
		{ID: "short words", Kind: Elsewhere, Title: "on the", When: noon},
		{ID: "no example", Kind: Story, Title: "Bin days on the phone menu", When: noon},
		{ID: "another", Kind: Elsewhere, Title: "Swimming", When: noon},
	}
	if got, want := ids(Alike(all, "Bin days on the phone menu", 5)), []string{"two words", "one word"}; !slices.Equal(got, want) {
		t.Errorf("%v, not %v", got, want)
	}
	if got := Alike(all, "Bin days on the phone menu", 1); len(got) != 1 {
		t.Errorf("%d, not 1", len(got))
	}
	if got := Alike(all, "", 5); len(got) != 0 {
		t.Errorf("nothing asked gives %v", got)
	}
}
