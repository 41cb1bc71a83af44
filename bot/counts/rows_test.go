package counts_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"evangelist/bot/counts"
)

// Measures that the tests publish.
func shared() counts.Measure {
	return counts.Measure{Key: "shared", Counts: "who shared at least one link", Omits: "private channels", Unit: "colleagues", Behind: counts.People}
}

func sharedTwice() counts.Measure {
	wider := shared()
	return counts.Measure{Key: "shared-twice", Counts: "who shared at least two links", Omits: "private channels", Unit: "colleagues", Behind: counts.People, Within: &wider}
}

func links() counts.Measure {
	return counts.Measure{Key: "links", Counts: "shared in channels that the bot reads", Omits: "private channels", Unit: "links", Behind: counts.Things}
}

func concerns() counts.Measure {
	return counts.Measure{Key: "concerns", Counts: "said without a name", Omits: "those withdrawn before the release", Unit: "concerns", Behind: counts.Unsigned}
}

func editions() counts.Measure {
	return counts.Measure{Key: "editions", Counts: "that went out in the week they were planned for", Omits: "trials in the playground", Unit: "editions", Behind: counts.Alone}
}

func days(t interface {
	Helper()
	Fatal(...any)
}, first, last int) counts.Period {
	t.Helper()
	period, err := counts.NewPeriod(time.Date(2026, 11, first, 0, 0, 0, 0, time.UTC), time.Date(2026, 11, last, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	return period
}

// fact is a department in short.
func fact(name string, headcount, people int) counts.Fact {
	return counts.Fact{Department: name, Headcount: counts.Known(headcount), People: people}
}

func planFor(t interface {
	Helper()
	Fatal(...any)
}, facts ...counts.Fact) counts.Plan {
	t.Helper()
	heads := map[string]counts.Headcount{}
	for _, f := range facts {
		heads[f.Department] = f.Headcount
	}
	plan, err := counts.NewPlan(heads)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// first publishes into an empty ledger, with a plan made for the facts.
func first(t *testing.T, measure counts.Measure, facts ...counts.Fact) counts.Published {
	t.Helper()
	published, err := counts.Publish(counts.Ledger{}, planFor(t, facts...), measure, counts.Facts{Period: days(t, 1, 30), Departments: facts})
	if err != nil {
		t.Fatal(err)
	}
	return published
}

func texts(published counts.Published) []string {
	var all []string
	for _, row := range published.Rows() {
		all = append(all, row.Slice+" | "+row.Count)
	}
	return all
}

const (
	hiddenText  = "not shown, so that no few colleagues stand out"
	smallText   = "not shown, because fewer than 20 colleagues work there"
	unknownText = "unknown, because the headcount is not known"
)

func TestRows(t *testing.T) {
	unknown := func(name string, people int) counts.Fact { return counts.Fact{Department: name, People: people} }
	things := func(name string, headcount, people, things int) counts.Fact {
		return counts.Fact{Department: name, Headcount: counts.Known(headcount), People: people, Things: things}
	}
	for _, c := range []struct {
		name    string
		measure counts.Measure
		facts   []counts.Fact
		want    []string
	}{
		{"all is well", shared(), []counts.Fact{fact("Housing", 60, 20), fact("Libraries", 40, 12), fact("Parks", 12, 3), fact("Press", 11, 4)}, []string{
			"The whole organisation | 39 of 123 colleagues", "Housing | 20 of 60 colleagues", "Libraries | 12 of 40 colleagues", "Other departments | 7 of 23 colleagues"}},
		{"nobody in a department", shared(), []counts.Fact{fact("Housing", 60, 20), fact("Libraries", 40, 0)}, []string{
			"The whole organisation | 20 of 100 colleagues", "Housing | 20 of 60 colleagues", "Libraries | nobody among 40 colleagues"}},
		{"nobody at all", shared(), []counts.Fact{fact("Housing", 60, 0), fact("Libraries", 40, 0)}, []string{
			"The whole organisation | nobody among 100 colleagues", "Housing | nobody among 60 colleagues", "Libraries | nobody among 40 colleagues"}},
		{"four are too few, and take others with them", shared(), []counts.Fact{fact("Housing", 60, 20), fact("Libraries", 40, 4), fact("Parks", 30, 9), fact("Roads", 20, 5)}, []string{
			"The whole organisation | 38 of 150 colleagues", "Housing | 20 of 60 colleagues", "Libraries | " + hiddenText, "Parks | 9 of 30 colleagues", "Roads | " + hiddenText}},
		{"others are hidden before a department is", shared(), []counts.Fact{fact("Housing", 60, 20), fact("Libraries", 40, 4), fact("Parks", 15, 4), fact("Press", 15, 4)}, []string{
			"The whole organisation | 32 of 130 colleagues", "Housing | 20 of 60 colleagues", "Libraries | " + hiddenText, "Other departments | " + hiddenText}},
		{"hidden with a neighbour who has too few as well", shared(), []counts.Fact{fact("Housing", 60, 20), fact("Libraries", 40, 1), fact("Parks", 30, 9), fact("Roads", 20, 2)}, []string{
			"The whole organisation | 32 of 150 colleagues", "Housing | 20 of 60 colleagues", "Libraries | " + hiddenText, "Parks | " + hiddenText, "Roads | " + hiddenText}},
		{"all but four", shared(), []counts.Fact{fact("Housing", 60, 20), fact("Libraries", 40, 36), fact("Parks", 30, 9)}, []string{
			"The whole organisation | 65 of 130 colleagues", "Housing | 20 of 60 colleagues", "Libraries | " + hiddenText, "Parks | " + hiddenText}},
		{"everybody", shared(), []counts.Fact{fact("Housing", 60, 20), fact("Libraries", 40, 40), fact("Parks", 30, 9)}, []string{
			"The whole organisation | 69 of 130 colleagues", "Housing | 20 of 60 colleagues", "Libraries | " + hiddenText, "Parks | " + hiddenText}},
		{"too few in the whole", shared(), []counts.Fact{fact("Housing", 60, 4), fact("Libraries", 40, 0)}, []string{
			"The whole organisation | " + hiddenText, "Housing | " + hiddenText, "Libraries | " + hiddenText}},
		{"a small rest takes the smallest department in", shared(), []counts.Fact{fact("Housing", 60, 20), fact("Libraries", 40, 12), fact("Press", 3, 3)}, []string{
			"The whole organisation | 35 of 103 colleagues", "Housing | 20 of 60 colleagues", "Other departments | 15 of 43 colleagues"}},
		{"one department is the whole", shared(), []counts.Fact{fact("Housing", 60, 20)}, []string{
			"The whole organisation | 20 of 60 colleagues"}},
		{"a small organisation", shared(), []counts.Fact{fact("Housing", 19, 9)}, []string{
			"The whole organisation | " + smallText}},
		{"a headcount is unknown", shared(), []counts.Fact{fact("Housing", 60, 20), unknown("Libraries", 12), fact("Parks", 30, 2)}, []string{
			"The whole organisation | " + unknownText, "Housing | 20 of 60 colleagues", "Parks | " + hiddenText, "Other departments | " + unknownText}},
		{"no headcount is known", shared(), []counts.Fact{unknown("Libraries", 12)}, []string{
			"The whole organisation | " + unknownText}},
		{"colleagues without a department", shared(), []counts.Fact{fact("Housing", 60, 20), fact("", 25, 6)}, []string{
			"The whole organisation | 26 of 85 colleagues", "Housing | 20 of 60 colleagues", "Other departments | 6 of 25 colleagues"}},
		{"things by people", links(), []counts.Fact{things("Housing", 60, 20, 47), things("Libraries", 40, 0, 0), things("Parks", 30, 5, 5)}, []string{
			"The whole organisation | 52 links by 25 of 130 colleagues", "Housing | 47 links by 20 of 60 colleagues", "Libraries | no links, by nobody among 40 colleagues", "Parks | 5 links by 5 of 30 colleagues"}},
		{"many things by few people", links(), []counts.Fact{things("Housing", 60, 20, 47), things("Libraries", 40, 4, 90), things("Parks", 30, 5, 5)}, []string{
			"The whole organisation | 142 links by 29 of 130 colleagues", "Housing | 47 links by 20 of 60 colleagues", "Libraries | " + hiddenText, "Parks | " + hiddenText}},
		{"things without names", concerns(), []counts.Fact{things("Housing", 60, 0, 9), things("Libraries", 40, 0, 0), things("Parks", 30, 0, 80)}, []string{
			"The whole organisation | 89 concerns among 130 colleagues", "Housing | 9 concerns among 60 colleagues", "Libraries | no concerns among 40 colleagues", "Parks | 80 concerns among 30 colleagues"}},
		{"few things without names", concerns(), []counts.Fact{things("Housing", 60, 0, 4), things("Libraries", 40, 0, 8), things("Parks", 30, 0, 6)}, []string{
			"The whole organisation | 18 concerns among 130 colleagues", "Housing | " + hiddenText, "Libraries | 8 concerns among 40 colleagues", "Parks | " + hiddenText}},
	} {
		t.Run(c.name, func(t *testing.T) {
			published := first(t, c.measure, c.facts...)
			if got := texts(published); !slices.Equal(got, c.want) {
				t.Errorf("\n got %s\nwant %s", strings.Join(got, "\n     "), strings.Join(c.want, "\n     "))
			}
			backwards := slices.Clone(c.facts)
			slices.Reverse(backwards)
			if again := first(t, c.measure, backwards...); again.String() != published.String() {
				t.Errorf("facts in another order give another table:\n%s\n%s", published, again)
			}
		})
	}
}

// A slice that shrinks below twenty stays in the plan and is not shown, and the
// whole does not give it away.
func TestShrunkenSlice(t *testing.T) {
	plan := planFor(t, fact("Housing", 60, 0), fact("Libraries", 40, 0), fact("Parks", 22, 0))
	published, err := counts.Publish(counts.Ledger{}, plan, shared(), counts.Facts{Period: days(t, 1, 30), Departments: []counts.Fact{fact("Housing", 60, 20), fact("Libraries", 40, 9), fact("Parks", 18, 7)}})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"The whole organisation | 36 of 118 colleagues", "Housing | 20 of 60 colleagues", "Libraries | " + hiddenText, "Parks | " + smallText}
	if got := texts(published); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestSentences(t *testing.T) {
	published := first(t, shared(), fact("Housing", 132, 19), fact("Libraries", 40, 12), fact("Parks", 40, 0))
	want := `31 of 212 colleagues, 1 – 30 November 2026: who shared at least one link; not counted: private channels
Housing: 19 of 132 colleagues, 1 – 30 November 2026: who shared at least one link; not counted: private channels
Libraries: 12 of 40 colleagues, 1 – 30 November 2026: who shared at least one link; not counted: private channels
Parks: nobody among 40 colleagues, 1 – 30 November 2026: who shared at least one link; not counted: private channels`
	if got := published.String(); got != want {
		t.Errorf("got\n%s", got)
	}
	if got, want := published.Whole().Sentence(), strings.Split(want, "\n")[0]; got != want {
		t.Errorf("the whole says %q", got)
	}
	if got, want := published.Caption(), "Colleagues, 1 – 30 November 2026: who shared at least one link; not counted: private channels"; got != want {
		t.Errorf("caption %q", got)
	}
	if share, ok := published.Rows()[2].Share(); !ok || share != 0.3 {
		t.Errorf("the share of Libraries is %v, %v", share, ok)
	}
	text, err := json.Marshal(published)
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"slice":"Libraries","count":"12 of 40 colleagues","period":"1 – 30 November 2026","definition":"who shared at least one link; not counted: private channels","shown":true,"share":0.3}`; !strings.Contains(string(text), want) {
		t.Errorf("JSON %s", text)
	}
}

func TestSharesOnlyWhereShown(t *testing.T) {
	for name, published := range map[string]counts.Published{
		"people":   first(t, shared(), fact("Housing", 60, 20), fact("Libraries", 40, 4), fact("Parks", 30, 9), fact("Roads", 18, 9)),
		"concerns": first(t, concerns(), counts.Fact{Department: "Housing", Headcount: counts.Known(60), Things: 70}),
	} {
		for _, row := range published.Rows() {
			share, ok := row.Share()
			if number := strings.Contains(row.Count, " of "); ok != number || ok && (share < 0 || share > 1) {
				t.Errorf("%s: %s has the share %v, %v", name, row.Count, share, ok)
			}
			if row.Shown() != regexp.MustCompile(`\d+ (of|concerns)`).MatchString(row.Count) {
				t.Errorf("%s: shown is %v for %s", name, row.Shown(), row.Count)
			}
		}
	}
	if _, ok := (counts.Row{}).Share(); ok {
		t.Error("an empty row has a share")
	}
}

func TestAlone(t *testing.T) {
	for _, c := range []struct {
		number, of int
		want       string
	}{{3, 4, "3 of 4 editions"}, {0, 4, "0 of 4 editions"}, {1, 1, "editions: 1 of 1"}} {
		published, err := counts.PublishAlone(editions(), days(t, 1, 30), c.number, c.of)
		if err != nil {
			t.Fatal(err)
		}
		want := c.want + ", 1 – 30 November 2026: that went out in the week they were planned for; not counted: trials in the playground"
		if published.String() != want {
			t.Errorf("%s", published)
		}
		if share, ok := published.Whole().Share(); !ok || share != float64(c.number)/float64(c.of) {
			t.Errorf("share %v %v", share, ok)
		}
	}
}

func TestPeriodText(t *testing.T) {
	day := func(text string) time.Time {
		at, err := time.Parse(time.DateOnly, text)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for _, c := range []struct{ from, to, want string }{
		{"2026-11-01", "2026-11-30", "1 – 30 November 2026"},
		{"2026-11-28", "2026-12-04", "28 November – 4 December 2026"},
		{"2026-12-28", "2027-01-03", "28 December 2026 – 3 January 2027"},
		{"2026-11-03", "2026-11-03", "3 November 2026"},
		{"2026-11-03", "2027-11-03", "3 November 2026 – 3 November 2027"},
	} {
		period, err := counts.NewPeriod(day(c.from), day(c.to))
		if err != nil || period.String() != c.want {
			t.Errorf("%s to %s is %q, %v", c.from, c.to, period, err)
		}
	}
	zone := time.FixedZone("east", 13*3600)
	late := time.Date(2026, 11, 2, 1, 0, 0, 0, zone) // still the first in UTC
	if period, err := counts.NewPeriod(late, late); err != nil || period.String() != "2 November 2026" {
		t.Errorf("the day is not the one that the zone shows: %v, %v", period, err)
	}
}

func TestMisuseIsRefused(t *testing.T) {
	good := []counts.Fact{fact("Housing", 60, 20), fact("Libraries", 40, 12)}
	with := func(change func(*counts.Measure)) counts.Measure {
		m := shared()
		change(&m)
		return m
	}
	itself := shared()
	itself.Within = &itself
	alone, unsigned := editions(), concerns()
	facts := func(facts ...counts.Fact) counts.Facts {
		return counts.Facts{Period: days(t, 1, 30), Departments: facts}
	}
	plan := planFor(t, good...)
	for name, c := range map[string]struct {
		plan    counts.Plan
		measure counts.Measure
		facts   counts.Facts
		reason  counts.Reason
		says    string
	}{
		"no key":                     {plan, with(func(m *counts.Measure) { m.Key = " " }), facts(good...), counts.NoKey, "no key"},
		"no definition":              {plan, with(func(m *counts.Measure) { m.Counts = "" }), facts(good...), counts.NoDefinition, "no definition"},
		"half a definition":          {plan, with(func(m *counts.Measure) { m.Omits = "\n" }), facts(good...), counts.NoDefinition, "what is not"},
		"no unit":                    {plan, with(func(m *counts.Measure) { m.Unit = "" }), facts(good...), counts.NoUnit, "no unit"},
		"nothing behind":             {plan, with(func(m *counts.Measure) { m.Behind = "" }), facts(good...), counts.NoBehind, "people or things"},
		"leads to nobody":            {plan, editions(), facts(good...), counts.NoBehind, "PublishAlone"},
		"within itself":              {plan, itself, facts(good...), counts.Nested, "itself"},
		"within what is no people's": {plan, with(func(m *counts.Measure) { m.Within = &alone }), facts(good...), counts.Nested, "cannot be compared"},
		"within the unsigned":        {plan, with(func(m *counts.Measure) { m.Within = &unsigned }), facts(good...), counts.Nested, "cannot be compared"},
		"no period":                  {plan, shared(), counts.Facts{Departments: good}, counts.NoPeriod, "no period"},
		"no plan":                    {counts.Plan{}, shared(), facts(good...), counts.MissingDepartment, "NewPlan"},
		"negative people":            {plan, shared(), facts(fact("Housing", 60, -1), good[1]), counts.Negative, "below zero"},
		"negative things":            {plan, links(), facts(counts.Fact{Department: "Housing", Headcount: counts.Known(60), Things: -1}, good[1]), counts.Negative, "below zero"},
		"negative headcount":         {plan, shared(), facts(fact("Housing", -60, 0), good[1]), counts.Negative, "headcount of Housing"},
		"beyond all bounds":          {plan, concerns(), facts(counts.Fact{Department: "Housing", Headcount: counts.Known(60), Things: 1 << 40}, good[1]), counts.Negative, "thousand million"},
		"too many people":            {plan, shared(), facts(fact("Housing", 60, 61), good[1]), counts.TooMany, "61 people are counted in Housing, where 60 work"},
		"unknown department":         {plan, shared(), facts(append(slices.Clone(good), fact("Parks", 30, 3))...), counts.UnknownDepartment, "does not know Parks"},
		"a crossed slice":            {plan, shared(), facts(append(slices.Clone(good), fact("Libraries / managers", 30, 3))...), counts.UnknownDepartment, "does not know Libraries / managers"},
		"department missing":         {plan, shared(), facts(good[0]), counts.MissingDepartment, "no count for Libraries"},
		"department twice":           {plan, shared(), facts(append(slices.Clone(good), fact("Housing", 60, 3))...), counts.Crossed, "two counts for Housing"},
		"things of people":           {plan, shared(), facts(counts.Fact{Department: "Housing", Headcount: counts.Known(60), People: 9, Things: 9}, good[1]), counts.Contradiction, "Leave it out"},
		"fewer things than people":   {plan, links(), facts(counts.Fact{Department: "Housing", Headcount: counts.Known(60), People: 9, Things: 8}, good[1]), counts.Contradiction, "8 things by 9 people"},
		"things by nobody":           {plan, links(), facts(counts.Fact{Department: "Housing", Headcount: counts.Known(60), Things: 8}, good[1]), counts.Contradiction, "8 things by 0 people"},
		"names of the nameless":      {plan, concerns(), facts(fact("Housing", 60, 8), good[1]), counts.Contradiction, "nobody knows"},
	} {
		t.Run(name, func(t *testing.T) {
			published, err := counts.Publish(counts.Ledger{}, c.plan, c.measure, c.facts)
			refused(t, err, c.reason, c.says)
			if len(published.Rows()) > 0 {
				t.Error("something was published all the same")
			}
		})
	}
}

func refused(t *testing.T, err error, reason counts.Reason, says string) {
	t.Helper()
	var refused *counts.RefusedError
	if !errors.As(err, &refused) {
		t.Fatalf("not refused: %v", err)
	}
	if refused.Reason != reason || !strings.Contains(refused.Say, says) {
		t.Errorf("refused for %s, %q; want %s and %q", refused.Reason, refused.Say, reason, says)
	}
}

func TestOtherMisuseIsRefused(t *testing.T) {
	at := time.Date(2026, 11, 3, 0, 0, 0, 0, time.UTC)
	_, err := counts.NewPeriod(at, at.AddDate(0, 0, -1))
	refused(t, err, counts.Reversed, "ends on 2026-11-02, before it begins on 2026-11-03")
	_, err = counts.NewPeriod(time.Time{}, at)
	refused(t, err, counts.NoPeriod, "first and the last day")
	_, err = counts.NewPeriod(at, at.AddDate(400, 0, 0))
	refused(t, err, counts.NoPeriod, "1970 to 2199")
	_, err = counts.NewPlan(nil)
	refused(t, err, counts.MissingDepartment, "no departments")
	_, err = counts.NewPlan(map[string]counts.Headcount{"Housing": counts.Known(-1)})
	refused(t, err, counts.Negative, "headcount of Housing")
	for _, c := range []struct {
		measure    counts.Measure
		period     counts.Period
		number, of int
		reason     counts.Reason
	}{
		{shared(), days(t, 1, 30), 3, 4, counts.NoBehind},
		{editions(), counts.Period{}, 3, 4, counts.NoPeriod},
		{editions(), days(t, 1, 30), -1, 4, counts.Negative},
		{editions(), days(t, 1, 30), 0, 0, counts.NoDenominator},
		{editions(), days(t, 1, 30), 5, 4, counts.TooMany},
		{counts.Measure{Key: "editions"}, days(t, 1, 30), 3, 4, counts.NoDefinition},
	} {
		_, err := counts.PublishAlone(c.measure, c.period, c.number, c.of)
		refused(t, err, c.reason, "")
	}
}

// number reads what a row says: how many people (or unsigned things) of how many.
func number(row counts.Row) (n, things, of int, ok bool) {
	if !row.Shown() {
		return 0, 0, 0, false
	}
	numbers := strings.FieldsFunc(row.Count, func(r rune) bool { return r < '0' || r > '9' })
	var read []int
	for _, text := range numbers {
		n, err := strconv.Atoi(text)
		if err != nil {
			panic(fmt.Sprintf("a row says %q", row.Count))
		}
		read = append(read, n)
	}
	of = read[len(read)-1]
	switch {
	case strings.HasPrefix(row.Count, "no"):
		return 0, 0, of, len(read) == 1
	case strings.Contains(row.Count, " by "):
		return read[1], read[0], of, len(read) == 3
	default:
		return read[0], 0, of, len(read) == 2
	}
}
