package counts_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"evangelist/bot/counts"
)

// BenchmarkPublish publishes a year's report of forty departments beside five
// years of monthly, quarterly and yearly tables of six measures.
func BenchmarkPublish(b *testing.B) {
	chance := rand.New(rand.NewPCG(1, 1))
	heads, people := map[string]counts.Headcount{}, map[string]int{}
	for i := range 40 {
		name := fmt.Sprintf("Department %d", i)
		people[name] = 5 + chance.IntN(120)
		heads[name] = counts.Known(people[name])
	}
	plan, err := counts.NewPlan(heads)
	if err != nil {
		b.Fatal(err)
	}
	var ledger counts.Ledger
	var records []string
	publish := func(measure counts.Measure, from, to time.Time, share float64) counts.Published {
		period, err := counts.NewPeriod(from, to)
		if err != nil {
			b.Fatal(err)
		}
		facts := counts.Facts{Period: period}
		for name, n := range people {
			facts.Departments = append(facts.Departments, counts.Fact{Department: name, Headcount: heads[name], People: int(float64(n) * share)})
		}
		published, err := counts.Publish(ledger, plan, measure, facts)
		if err != nil {
			b.Fatal(err)
		}
		return published
	}
	var measures []counts.Measure
	for i := range 6 {
		measures = append(measures, counts.Measure{Key: fmt.Sprint("measure ", i), Counts: fmt.Sprint("who did ", i), Omits: "the rest", Unit: "colleagues", Behind: counts.People})
	}
	for year := 2021; year <= 2025; year++ {
		for _, months := range []int{1, 3, 12} {
			for first := 1; first <= 12; first += months {
				from := time.Date(year, time.Month(first), 1, 0, 0, 0, 0, time.UTC)
				for _, m := range measures {
					published := publish(m, from, from.AddDate(0, months, -1), 0.2+0.05*float64(months)*chance.Float64())
					ledger = ledger.With(published)
					records = append(records, published.Record())
				}
			}
		}
	}
	b.Run("publish", func(b *testing.B) {
		for b.Loop() {
			publish(measures[0], time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2025, 12, 31, 0, 0, 0, 0, time.UTC), 0.8)
		}
	})
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			if _, err := counts.ReadLedger(records...); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(len(records)), "tables")
	})
}
