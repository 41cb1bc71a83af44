package counts_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"evangelist/bot/counts"
)

// A ledger that was read from its records, in any order, guards like the one that
// was never written down, and each table comes back as it was.
func TestLedgerIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := drawOrganisation(t)
		measures := rapid.SampledFrom([][]counts.Measure{{shared(), sharedTwice()}, {links()}, {concerns()}, {joined()}}).Draw(t, "measures")
		tables := all.drawTables(t, 4, measures...)
		last := tables[len(tables)-1]
		var kept counts.Ledger
		var records []string
		for _, d := range tables[:len(tables)-1] {
			kept = kept.With(d.published).With(d.published)
			records = append(records, d.published.Record())
		}
		records = rapid.Permutation(records).Draw(t, "order")
		read, err := counts.ReadLedger(records...)
		if err != nil {
			t.Fatalf("%v", err)
		}
		plan, err := counts.NewPlan(all.heads(last.to))
		if err != nil {
			t.Fatalf("%v", err)
		}
		last.unknown = ""
		a, b := all.publish(t, kept, plan, last), all.publish(t, read, plan, last)
		if a.published.Record() != b.published.Record() || a.published.String() != b.published.String() {
			t.Fatalf("read back, the ledger lets through\n%s\nand not\n%s", b.published, a.published)
		}
		for _, d := range tables[:len(tables)-1] {
			again := all.publish(t, read, plan, drawn{measure: d.measure, from: d.from, to: d.to})
			if again.published.String() != d.published.String() || again.published.Key() != d.published.Key() {
				t.Fatalf("read back, a table says\n%s\nand not\n%s", again.published, d.published)
			}
		}
	})
}

func TestRecordsAreChecked(t *testing.T) {
	good := first(t, shared(), fact("Housing", 60, 20), fact("Libraries", 40, 12), fact("Parks", 30, 3)).Record()
	if _, err := counts.ReadLedger(good); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(good, `"people":12`) || strings.Contains(good, `"people":3}`) {
		t.Errorf("the record holds what is withheld: %s", good)
	}
	_, err := counts.ReadLedger(good, good)
	refused(t, err, counts.BadRecord, "two records")
	for name, change := range map[string][2]string{
		"a number under the floor": {`"people":20`, `"people":4`},
		"almost everybody":         {`"people":20`, `"people":56`},
		"a small slice":            {`"headcount":60`, `"headcount":19`},
		"a hidden number":          {`"state":"withheld"`, `"state":"withheld","people":3`},
		"an unknown state":         {`"state":"withheld"`, `"state":"loud"`},
		"an unknown field":         {`"state":"withheld"`, `"state":"withheld","age":3`},
		"no period":                {`2026-11-01..2026-11-30`, `November`},
		"half a period":            {`2026-11-01..2026-11-30`, `2026-11-01..`},
		"a reversed one":           {`2026-11-01..2026-11-30`, `2026-11-30..2026-11-01`},
		"no measure":               {`"keys":["shared"]`, `"keys":[]`},
		"no definition":            {`"counts":"who shared at least one link"`, `"counts":""`},
		"no unit":                  {`"unit":"colleagues"`, `"unit":""`},
		"nothing behind":           {`"behind":"people"`, `"behind":"walls"`},
	} {
		record := strings.Replace(good, change[0], change[1], 1)
		if record == good {
			t.Errorf("%s: the record has no %s", name, change[0])
		}
		_, err := counts.ReadLedger(record)
		refused(t, err, counts.BadRecord, "")
	}
	_, err = counts.ReadLedger("")
	refused(t, err, counts.BadRecord, "not the record")
}

// A measure that was published means the same for ever.
func TestMeasuresStand(t *testing.T) {
	facts := []counts.Fact{fact("Housing", 60, 20), fact("Libraries", 40, 12)}
	plan := planFor(t, facts...)
	publish := func(ledger counts.Ledger, m counts.Measure, from, to int) (counts.Published, error) {
		return counts.Publish(ledger, plan, m, counts.Facts{Period: days(t, from, to), Departments: facts})
	}
	published, err := publish(counts.Ledger{}, sharedTwice(), 1, 10)
	if err != nil {
		t.Fatal(err)
	}
	ledger := counts.Ledger{}.With(published)
	other := sharedTwice()
	other.Counts = "who shared at least three links"
	_, err = publish(ledger, other, 11, 20)
	refused(t, err, counts.Redefined, "meant something else")
	outside := sharedTwice()
	outside.Within = nil
	_, err = publish(ledger, outside, 11, 20)
	refused(t, err, counts.Redefined, "lay within others")
	twin := sharedTwice()
	twin.Key = "twin"
	_, err = publish(ledger, twin, 11, 20)
	refused(t, err, counts.Redefined, `"twin" means what "shared-twice" means`)
	once := sharedTwice()
	once.Once = true
	_, err = publish(ledger, once, 11, 20)
	refused(t, err, counts.Redefined, "meant something else")

	// What adds up may not cross: both ends would follow.
	published, err = publish(counts.Ledger{}, joined(), 1, 10)
	if err != nil {
		t.Fatal(err)
	}
	ledger = counts.Ledger{}.With(published)
	_, err = publish(ledger, joined(), 5, 15)
	refused(t, err, counts.Crossing, "5 – 15 November 2026 crosses 1 – 10 November 2026")
	for _, period := range [][2]int{{1, 10}, {2, 9}, {1, 9}, {11, 15}, {1, 30}} {
		if _, err := publish(ledger, joined(), period[0], period[1]); err != nil {
			t.Errorf("%v: %v", period, err)
		}
	}

	// Of measures within one, there are so few that all their sums can be looked at.
	wide := shared()
	ledger = counts.Ledger{}
	for i := range 8 {
		part := counts.Measure{Key: "part" + string(rune('0'+i)), Counts: "part " + string(rune('0'+i)), Omits: "the rest", Unit: "colleagues", Behind: counts.People, Within: &wide}
		published, err := publish(ledger, part, 1, 10)
		if err != nil {
			t.Fatal(err)
		}
		ledger = ledger.With(published)
	}
	_, err = publish(ledger, counts.Measure{Key: "ninth", Counts: "the ninth", Omits: "the rest", Unit: "colleagues", Behind: counts.People, Within: &wide}, 1, 10)
	refused(t, err, counts.Nested, "More than 8")
	if _, err = publish(ledger, wide, 1, 10); err != nil {
		t.Error(err)
	}
}

// With leaves the ledger that it was called on as it is.
func TestLedgersAreValues(t *testing.T) {
	plan := planFor(t, fact("Housing", 60, 0))
	one := func(ledger counts.Ledger, from, to, people int) counts.Published {
		published, err := counts.Publish(ledger, plan, shared(), counts.Facts{Period: days(t, from, to), Departments: []counts.Fact{fact("Housing", 60, people)}})
		if err != nil {
			t.Fatal(err)
		}
		return published
	}
	base := counts.Ledger{}.With(one(counts.Ledger{}, 1, 2, 10))
	for day := 20; day < 24; day += 2 { // as many as leave room behind the last
		base = base.With(one(base, day, day+1, 10))
	}
	left, right := base.With(one(base, 3, 4, 20)), base.With(one(base, 5, 6, 30))
	if got := texts(one(left, 5, 6, 31)); !slices.Equal(got, []string{whole("31 of 60 colleagues")}) {
		t.Errorf("%q", got)
	}
	if got := texts(one(right, 5, 6, 31)); !slices.Equal(got, []string{whole("30 of 60 colleagues")}) {
		t.Errorf("%q", got)
	}
	if got := texts(one(base.With(counts.Published{}), 1, 2, 11)); !slices.Equal(got, []string{whole("10 of 60 colleagues")}) {
		t.Errorf("%q", got)
	}
}
