package impact

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"evangelist/bot/counts"
)

// Compose makes the report of a wish and records what it publishes. With
// keep unset nothing is written: numbers that were not recorded before are left
// out, and Unrecorded says so. What is wrong with the wish is a *bot.Error with
// CodePeriod or CodeDepartment.
func (f *Feature) Compose(ctx context.Context, wish Wish, keep bool) (Report, error) {
	span, err := wish.Span(f.Clock.Now(), f.Organisation.Zone)
	if err != nil {
		return Report{}, err
	}
	gathered, err := f.Stores.Facts.Gather(ctx, span.From, span.Until)
	if err != nil {
		return Report{}, fmt.Errorf("gather facts for a report: %w", err)
	}
	department, err := wish.department(gathered.Colleagues)
	if err != nil {
		return Report{}, err
	}
	refusals, err := f.Stores.Refusals.List(ctx, span.From, span.Until)
	if err != nil {
		return Report{}, fmt.Errorf("read what could not be done: %w", err)
	}
	settings, err := f.Stores.Choices.Get(ctx)
	if err != nil {
		return Report{}, fmt.Errorf("read the settings of the report: %w", err)
	}
	t := newTally(gathered, span, settings.Partial)
	tables, err := f.tables(ctx, t, keep)
	if err != nil {
		return Report{}, err
	}
	report := Report{Organisation: f.Organisation.Name, Event: wish.Event, Span: span, Department: department, Departments: departmentsOf(gathered.Colleagues)}
	w := writer{tally: t, tables: tables, department: department, settings: settings, refusals: refusals, word: f.Organisation.Word}
	if report.Sections = w.sections(); w.failed != nil {
		return Report{}, w.failed
	}
	for _, table := range tables {
		report.Unrecorded = report.Unrecorded || table.unrecorded
	}
	return report, nil
}

// tabled is a measure's table, or why there is none.
type tabled struct {
	published  counts.Published
	missing    string
	unrecorded bool
}

// tables publishes what was counted, or looks up what was published before.
func (f *Feature) tables(ctx context.Context, t *tally, keep bool) (map[string]tabled, error) {
	if len(t.Colleagues) == 0 {
		return nil, nil
	}
	kept, err := f.Stores.Ledger.Kept(ctx)
	if err != nil {
		return nil, fmt.Errorf("read what was published: %w", err)
	}
	tables, news, err := t.publish(kept)
	if err != nil {
		return nil, err
	}
	switch {
	case len(news.Records) == 0:
		return tables, nil
	case !keep:
		for key, table := range tables {
			if _, is := news.Records[table.published.Key()]; is {
				tables[key] = tabled{missing: unrecorded, unrecorded: true}
			}
		}
		return tables, nil
	}
	err = f.Stores.Ledger.Add(ctx, func(kept Kept) (Kept, error) {
		var news Kept
		var err error
		tables, news, err = t.publish(kept)
		return news, err
	})
	if err != nil {
		return nil, fmt.Errorf("record what is published: %w", err)
	}
	return tables, nil
}

const unrecorded = "not shown: numbers for these days were not published yet, and here they cannot be recorded"

// publish returns the table of each measure, by its key, and what has to be kept
// of it. Tables without a known headcount show nothing and are not kept, so that
// the numbers can follow when it is known.
func (t *tally) publish(kept Kept) (map[string]tabled, Kept, error) {
	news := Kept{Records: map[string]string{}}
	var plan counts.Plan
	if kept.Plan != "" {
		var err error
		if plan, err = counts.ReadPlan(kept.Plan); err != nil {
			return nil, Kept{}, err
		}
	}
	all := t.counted()
	ledgers, err := kept.ledgers(all)
	if err != nil {
		return nil, Kept{}, err
	}
	if plan, err = plan.Next(t.headcounts()); err != nil {
		return nil, Kept{}, err
	}
	whole, err := counts.NewPlan(map[string]counts.Headcount{"": t.head(len(t.Colleagues))})
	if err != nil {
		return nil, Kept{}, err
	}
	tables := map[string]tabled{}
	for _, one := range all {
		cut, ledger := plan, ledgers[root(one.measure)]
		if one.measure.Behind == counts.Unsigned {
			cut = whole
		}
		published, err := counts.Publish(ledger, cut, one.measure, one.facts)
		var refused *counts.RefusedError
		if errors.As(err, &refused) && refused.Reason == counts.Crossing {
			tables[one.measure.Key] = tabled{missing: "not counted for these days. " + unquoted(refused.Say, one.measure, all)}
			continue
		}
		if err != nil {
			return nil, Kept{}, fmt.Errorf("publish %s: %w", one.measure.Key, err)
		}
		tables[one.measure.Key] = tabled{published: published}
		if _, known := kept.Records[published.Key()]; !known && !t.partial {
			news.Records[published.Key()] = published.Record()
			ledgers[root(one.measure)] = ledger.With(published)
		}
	}
	if len(news.Records) > 0 {
		news.Plan = plan.Text()
	}
	return tables, news, nil
}

// root is the key of the widest measure around one.
func root(measure counts.Measure) string {
	for measure.Within != nil {
		measure = *measure.Within
	}
	return measure.Key
}

// ledgers reads what was published, for each family of measures that lie in one:
// tables of different families give nothing away together. A record of a measure
// that is no more belongs to every family.
func (k Kept) ledgers(all []counted) (map[string]counts.Ledger, error) {
	roots := map[string]string{}
	for _, one := range all {
		roots[one.measure.Key] = root(one.measure)
	}
	records := map[string][]string{}
	for _, key := range slices.Sorted(maps.Keys(k.Records)) {
		measure, _, _ := strings.Cut(key, "/")
		for of := range maps.Values(roots) {
			if own, known := roots[measure]; !known || own == of {
				records[of] = append(records[of], k.Records[key])
			}
		}
	}
	ledgers := map[string]counts.Ledger{}
	for of, own := range records {
		slices.Sort(own)
		var err error
		if ledgers[of], err = counts.ReadLedger(slices.Compact(own)...); err != nil {
			return nil, err
		}
	}
	return ledgers, nil
}

// unquoted leaves the keys of measures, which only machines know, out of a sentence
// about one of all.
func unquoted(say string, measure counts.Measure, all []counted) string {
	for m := &measure; m != nil; m = m.Within {
		say = strings.ReplaceAll(say, fmt.Sprintf("%q", m.Key), "this number")
	}
	for _, other := range all {
		say = strings.ReplaceAll(say, fmt.Sprintf("%q", other.measure.Key), "a part of it")
	}
	return strings.TrimSuffix(say, ".")
}

// alone returns the row of things that lead to nobody, or why there is none.
func alone(measure counts.Measure, title string, period counts.Period, r ratio, none string) (Number, error) {
	n := Number{Key: measure.Key, Title: title, Missing: none}
	if r.of == 0 {
		return n, nil
	}
	published, err := counts.PublishAlone(measure, period, r.n, r.of)
	if err != nil {
		return n, err
	}
	return Number{Key: measure.Key, Title: title, Rows: published.Rows(), Caption: published.Caption()}, nil
}
