package champions

import (
	"strings"
	"testing"
)

// What is too long for a point ends with a whole sentence or a whole word.
func TestALongPointIsCutWhereItCanBeRead(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, want string }{
		{"a sentence", "There is no time while the queue grows. It was not your fault. From next week there is an hour", "There is no time while the queue grows. It was not your fault. …"},
		{"a word", "There is no time to try anything new while the queue at the front desk grows and grows", "There is no time to try anything new while the queue at the front desk grows …"},
		{"no end that leaves half", "No. " + strings.Repeat("x", 90), "No. " + strings.Repeat("x", 74) + "…"},
		{"short enough", "There is no time. It was not your fault.", "There is no time. It was not your fault."},
	} {
		if got := oneLine(c.text, 80); got != c.want || len([]rune(got)) > 80 {
			t.Errorf("%s: %q, not %q", c.name, got, c.want)
		}
	}
}
