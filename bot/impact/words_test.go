package impact

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestWhatWasTypedAfterNo(t *testing.T) {
	for _, c := range []struct {
		words string
		want  said
	}{
		{`"A van" because it is broken.`, said{"A van", "", "it is broken."}},
		{`"A van, because we need one" because: it is broken`, said{"A van, because we need one", "", "it is broken"}},
		{`“A van” for Parks & Trees BECAUSE it is broken`, said{"A van", "Parks & Trees", "it is broken"}},
		{`'A van' for Parks`, said{"A van", "Parks", ""}},
		{`A van because it is broken because it is old`, said{"A van", "", "it is broken because it is old"}},
		{`A van`, said{"A van", "", ""}},
		{`"A van`, said{`"A van`, "", ""}},
		{`because it is broken`, said{"", "", "it is broken"}},
		{``, said{}},
	} {
		if got := readNo(c.words); got != c.want {
			t.Errorf("%q: %+v, not %+v", c.words, got, c.want)
		}
	}
}

// Whatever people write stays text in the export.
func TestMarkdownIsLiteral(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.SampledFrom([]rune("ab \n`*_{}[]<>#|~!$&\\é"))).Draw(t, "text")
		out := plain(text)
		if strings.ContainsAny(out, "\n\r") || !utf8.ValidString(out) {
			t.Fatalf("%q becomes %q", text, out)
		}
		var back strings.Builder
		for rest := out; rest != ""; {
			if rest[0] == '\\' {
				rest = rest[1:]
			} else if strings.ContainsRune("`*_{}[]<>#|~!$&", rune(rest[0])) {
				t.Fatalf("%q leaves a sign that means something in %q", text, out)
			}
			r, size := utf8.DecodeRuneInString(rest)
			back.WriteRune(r)
			rest = rest[size:]
		}
		if back.String() != strings.Join(strings.Fields(text), " ") {
			t.Fatalf("%q is changed to %q", text, back.String())
		}
	})
}

func TestReasonsInTheMiddleOfASentence(t *testing.T) {
	for text, want := range map[string]string{"The budget": "the budget", "IT has none": "IT has none", "A van": "a van", "A4 is out": "A4 is out", "I said so": "I said so", "Äpfel": "äpfel", "": ""} {
		if got := lowered(text); got != want {
			t.Errorf("%q becomes %q, not %q", text, got, want)
		}
	}
}
