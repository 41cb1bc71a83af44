package impact

import (
	"fmt"
	"maps"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"evangelist/bot"
	"evangelist/bot/counts"
	"evangelist/storage/storagetest"
)

const first = 1 // October 2026

func dayOfOctober(n int) time.Time { return time.Date(2026, time.October, n, 0, 0, 0, 0, time.UTC) }

// dated is an act or a voice with its day.
type dated struct {
	day int
	act Act
	vo  Voice
}

// drawOctober draws who works here and what happened on each of eight days.
func drawOctober(t *rapid.T) (people []Colleague, shares, voices []dated) {
	for i := range rapid.IntRange(1, 4).Draw(t, "departments") {
		size := rapid.SampledFrom([]int{3, 12, 20, 24, 40}).Draw(t, "size")
		busy := rapid.IntRange(0, 10).Draw(t, "busy")
		for n := range size {
			person := bot.PersonID(fmt.Sprintf("%c%d", 'A'+i, n))
			people = append(people, Colleague{person, string(rune('A' + i))})
			if rapid.IntRange(0, 9).Draw(t, "acts") < busy {
				for range rapid.IntRange(1, 2).Draw(t, "times") {
					link := fmt.Sprint("l", rapid.IntRange(0, 50).Draw(t, "link"))
					shares = append(shares, dated{day: rapid.IntRange(first, 8).Draw(t, "day"), act: Act{person, link}})
				}
			}
		}
	}
	for n := range rapid.IntRange(0, 40).Draw(t, "voices") {
		at := rapid.IntRange(first, 8).Draw(t, "arrived")
		took := rapid.IntRange(0, 20).Draw(t, "took")
		voices = append(voices, dated{day: at, vo: Voice{Reference: fmt.Sprint(n), Concern: rapid.Bool().Draw(t, "concern"), Answered: took < 8, Declined: took >= 8 && took < 12, Arrived: dayOfOctober(at), Closed: dayOfOctober(at + took)}})
	}
	return people, shares, voices
}

// gather is what the Store would find.
func gather(people []Colleague, shares, voices []dated, s Span) Gathered {
	in := func(at time.Time) bool { return !at.Before(s.From) && at.Before(s.Until) }
	g := Gathered{Colleagues: people}
	for _, d := range shares {
		if in(dayOfOctober(d.day)) {
			g.Shares = append(g.Shares, d.act)
			g.Votes = append(g.Votes, Vote{d.act, len(d.act.Thing)%2 == 0})
		}
	}
	for _, d := range voices {
		if in(d.vo.Arrived) || in(d.vo.Closed) {
			g.Voices = append(g.Voices, d.vo)
		}
	}
	return g
}

// shownNumber reads what stands behind a row: people, or things of nobody known.
func shownNumber(row counts.Row) (n, of int, ok bool) {
	if !row.Shown() {
		return 0, 0, false
	}
	if strings.HasPrefix(row.Count, "no") {
		m := regexp.MustCompile(`among (\d+) `).FindStringSubmatch(row.Count)
		of, _ = strconv.Atoi(m[1])
		return 0, of, true
	}
	m := regexp.MustCompile(`(\d+) of (\d+) `).FindStringSubmatch(row.Count)
	if m == nil {
		m = regexp.MustCompile(`^(\d+) .* among (\d+) `).FindStringSubmatch(row.Count)
	}
	n, _ = strconv.Atoi(m[1])
	of, _ = strconv.Atoi(m[2])
	return n, of, true
}

type seen struct {
	span   Span
	tables map[string]tabled
}

// No pair of reports gives away fewer than five: not one report by itself, not
// the difference of two whose days lie in one another, and not the difference of a
// wide measure and a narrow one in it.
func TestNoPairOfReportsGivesAwayAFew(t *testing.T) {
	shownRows, pairs := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		people, shares, voices := drawOctober(t)
		kept := Kept{Records: map[string]string{}}
		most := 5
		if storagetest.Raced {
			most = 2
		}
		var all []seen
		for range rapid.IntRange(1, most).Draw(t, "reports") {
			from := rapid.IntRange(first, 8).Draw(t, "from")
			s, err := span(dayOfOctober(from), dayOfOctober(rapid.IntRange(from, 8).Draw(t, "to")+1))
			if err != nil {
				t.Fatal(err)
			}
			tables, news, err := newTally(gather(people, shares, voices, s), s, false).publish(kept)
			if err != nil {
				t.Fatal(err)
			}
			if news.Plan != "" {
				kept.Plan = news.Plan
			}
			maps.Copy(kept.Records, news.Records)
			all = append(all, seen{s, tables})
		}
		for _, a := range all {
			for key, table := range a.tables {
				for _, row := range table.published.Rows() {
					n, of, ok := shownNumber(row)
					if !ok {
						continue
					}
					shownRows++
					if n > 0 && n < 5 || of < 20 {
						t.Fatalf("%s shows %q", key, row.Sentence())
					}
				}
			}
			for _, b := range all {
				pairs += a.against(t, b)
			}
		}
	})
	t.Logf("%d rows, %d pairs of rows", shownRows, pairs)
	if shownRows < 100 || pairs < 100 {
		t.Error("hardly anything was shown: this test tests nothing")
	}
}

// narrower says which measures lie in which.
func narrower(t *tally) map[string][]string {
	in := map[string][]string{}
	for _, one := range t.counted() {
		for m := &one.measure; m != nil; m = m.Within {
			in[one.measure.Key] = append(in[one.measure.Key], m.Key)
		}
	}
	return in
}

// against takes what a shows from what b shows, where all that a counts is in b.
func (a seen) against(t *rapid.T, b seen) (pairs int) {
	if a.span.From.Before(b.span.From) || a.span.Until.After(b.span.Until) {
		return 0
	}
	for key, wider := range narrower(&tally{}) {
		for _, wide := range wider {
			if key == wide && a.span == b.span {
				continue
			}
			for _, small := range a.tables[key].published.Rows() {
				for _, large := range b.tables[wide].published.Rows() {
					n, _, ok := shownNumber(small)
					m, _, also := shownNumber(large)
					if !ok || !also || small.Slice != large.Slice {
						continue
					}
					pairs++
					if rest := m - n; rest < 0 || rest > 0 && rest < 5 {
						t.Fatalf("%d are left of %q without %q", rest, large.Sentence(), small.Sentence())
					}
				}
			}
		}
	}
	return pairs
}

// Every measure can be published: its words are whole, and its key is its own.
func TestMeasuresAreWhole(t *testing.T) {
	keys := map[string]bool{}
	for _, m := range append([]counts.Measure{editionsOut, editionsPrompt, editionsOnTime, departmentsSharing, departmentsWith, pilotsDecided, pilotsMet}, measuresOf(&tally{})...) {
		if keys[m.Key] {
			t.Errorf("two measures have the key %q", m.Key)
		}
		keys[m.Key] = true
	}
	s, err := Wish{}.Span(dayOfOctober(3), time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []counts.Measure{editionsOut, editionsPrompt, editionsOnTime, departmentsSharing, departmentsWith, pilotsDecided, pilotsMet} {
		if n, err := alone(m, "title", s.Period, ratio{1, 2}, "none"); err != nil || len(n.Rows) != 1 {
			t.Errorf("%s: %v", m.Key, err)
		}
	}
}

func measuresOf(t *tally) (all []counts.Measure) {
	for _, one := range t.counted() {
		all = append(all, one.measure)
	}
	return all
}
