package seating_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"evangelist/bot/seating"
)

// bandsOf says the band of each level, ? for unknown.
func bandsOf(l seating.Ladder, levels ...string) string {
	var out strings.Builder
	for _, level := range levels {
		out.WriteString(string("?123"[l.Band(level)]))
	}
	return out.String()
}

func repeated(level string, n int) []string {
	return strings.Split(strings.Repeat(level+"|", n-1)+level, "|")
}

func TestRankedLevels(t *testing.T) {
	for want, c := range map[string]struct{ names, held []string }{
		"":       {nil, nil},
		"1":      {[]string{"all"}, nil},
		"12":     {[]string{"staff", "board"}, nil},
		"123":    {[]string{"low", "middle", "high"}, nil},
		"112233": {[]string{"Level 1", "Level 2", "Level 3", "Level 4", "Level 5", "Level 6"}, nil},
		// By how many people hold them: the lowest alone is half of all.
		"12333": {[]string{"e", "d", "c", "b", "a"}, append(append(append(repeated("e", 10), repeated("d", 5)...), "c", "b"), "a")},
		"1?2?3": {[]string{"x", "", "y", " ", "z"}, nil},
		"121":   {[]string{"one", "Two", " ONE "}, nil},
		"1233":  {[]string{"d", "c", "b", "a"}, []string{}},
	} {
		if got := bandsOf(seating.Ranked(c.names, c.held), c.names...); got != want {
			t.Errorf("%q: %s, not %s", c.names, got, want)
		}
	}
	ladder := seating.Ranked([]string{"Level 1", "Level 2"}, nil)
	if got := bandsOf(ladder, "level  2", "LEVEL 1", "Level 3", ""); got != "21??" {
		t.Errorf("%s", got)
	}
}

func TestFoundLevels(t *testing.T) {
	for want, levels := range map[string][]string{
		"":      nil,
		"??":    {"blue", "green"},
		"12233": {"Assistant", "Officer", "Manager", "Head", "Director"},
		"33112": {"Head of Libraries", "head of housing", "Support Assistant", "assistant", "Planning Officer"},
		"123":   {"Level 1", "Level 2", "Level 3"},
		"1123":  {"Grade 2", "Grade 2b", "Grade 10", "Grade 11"},
		"123?":  {"7", "8", "9", "temp"},
		"12?3":  {"Level 1", "Level 2", "", "Level 3"},
		"123??": {"IC1", "IC2", "IC3", "M1", "M2"},
		"?12?3": {"Level 4", "Officer", "Manager", "Level 9", "Director"},
		"1233":  {"Assistant to the Director", "Officer", "Senior Officer", "Deputy Chief Officer"},
		"1?":    {"Officer", "Freelance"},
	} {
		if got := bandsOf(seating.Found(levels), levels...); got != want {
			t.Errorf("%q: %s, not %s", levels, got, want)
		}
	}
}

// Higher rungs are never in a lower band, the bands are used in turn, and no
// other cut of the rungs has a smaller largest band by more than the squares allow.
func TestBandsAreNeighboursAndEven(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rungs := evenly(rt, 1, 9, "rungs")
		var names, held []string
		sizes := make([]int, rungs)
		for i := range rungs {
			names = append(names, fmt.Sprintf("rung %d", i))
			sizes[i] = evenly(rt, 1, 30, "people")
			held = append(held, repeated(names[i], sizes[i])...)
		}
		for name, ladder := range map[string]seating.Ladder{"ranked": seating.Ranked(names, held), "found": seating.Found(held)} {
			squares, last, used := [4]int{}, seating.BandOne, map[seating.Band]bool{}
			for i, level := range names {
				band := ladder.Band(level)
				if band < last || band > last+1 {
					rt.Fatalf("%s: %s is in band %d behind %d", name, level, band, last)
				}
				last, used[band] = band, true
				squares[band] += sizes[i]
			}
			if len(used) != min(3, rungs) {
				rt.Fatalf("%s: %d bands for %d rungs", name, len(used), rungs)
			}
			got, best := sum(squares[1:]), leastSquares(sizes)
			if got != best {
				rt.Fatalf("%s: bands of %v people, squares %d, the best %d", name, squares[1:], got, best)
			}
		}
	})
}

func sum(sizes []int) int {
	n := 0
	for _, s := range sizes {
		n += s * s
	}
	return n
}

func leastSquares(sizes []int) int {
	best := 1 << 60
	for one := 1; one <= len(sizes); one++ {
		for two := one; two <= len(sizes); two++ {
			var bands [3]int
			for i, s := range sizes {
				switch {
				case i < one:
					bands[0] += s
				case i < two:
					bands[1] += s
				default:
					bands[2] += s
				}
			}
			best = min(best, sum(bands[:]))
		}
	}
	return best
}
