package cards

import (
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

func letters(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, text)
}

func FuzzInert(f *testing.F) {
	for _, text := range []string{"*a*", "{{{DATE(", "<<at>", "a](b", "__x__", "_a_b_", `\\*`, "&amp;", "1. a\n- b", "{\u2060{", "&#x61;"} {
		f.Add(text)
	}
	f.Fuzz(holds)
}

func holds(t *testing.T, text string) {
	for name, safe := range map[string]func(string) string{"inert": inert, "literal": literal} {
		once := safe(text)
		if twice := safe(once); twice != once {
			t.Errorf("%s(%q) is %q, and again %q", name, text, once, twice)
		}
		if letters(once) != letters(shown(text)) {
			t.Errorf("%s(%q) loses letters: %q", name, text, once)
		}
	}
	if literal(inert(text)) != inert(text) {
		t.Errorf("inert(%q) is not literal", text)
	}
}

func TestInertChangesNoLetter(t *testing.T) {
	pieces := rapid.SampledFrom([]string{"*", "_", "~", "`", "<", ">", "&", ";", "\\", "[", "]", "(", ")", "{", "}", "#", "-", "+", "1", ".", "=", "!", "a", "b", " ", "\n", "at", "DATE", "TIME", "/", "x", joiner})
	rapid.Check(t, func(r *rapid.T) {
		text := strings.Join(rapid.SliceOf(pieces).Draw(r, "text"), "")
		for name, safe := range map[string]func(string) string{"inert": inert, "literal": literal} {
			once := safe(text)
			if safe(once) != once || letters(once) != letters(text) {
				r.Fatalf("%s(%q) is %q, and again %q", name, text, once, safe(once))
			}
		}
	})
}

func TestWhatIsTame(t *testing.T) {
	for text, want := range map[string]bool{
		"Friday roundup": true, "17 – 23 November": true, "Q&A: what next?": true, "3.5 hours, 50 %": true, "I-7F3K": true, "team_info": true, "4 December (late)": true, "#general": true,
		"*x*": false, "_x_": false, "- x": false, "1. x": false, "# x": false, "> x": false, "&lt;": false, "a\n- b": false, "<b>": false, `\*`: false, "[a](b)": false, "{{x}}": false, "~x~": false, "    x": false, "a\n\tb": false, "`x`": false,
	} {
		if tame(text) != want {
			t.Errorf("tame(%q) is %v", text, !want)
		}
	}
}
