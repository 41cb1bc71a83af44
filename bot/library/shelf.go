package library

import (
	"cmp"
	"context"
	"slices"

	"evangelist/bot"
)

// Entries returns the whole library as every colleague may read it now, the newest
// first: what the sources give, the examples, and whom each was told to.
func (f *Feature) Entries(ctx context.Context) ([]Entry, error) {
	var all []Entry
	for _, source := range f.Sources {
		some, err := source(ctx)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	examples, err := f.examples(ctx)
	if err != nil {
		return nil, err
	}
	all = append(all, examples...)
	tellings, err := f.Stores.Tellings.List(ctx)
	if err != nil {
		return nil, err
	}
	told := map[string][]Telling{}
	for _, t := range tellings {
		told[t.Entry] = append(told[t.Entry], t.Telling)
	}
	known := map[string]bool{}
	all = slices.DeleteFunc(all, func(e Entry) bool {
		again := known[e.ID] || e.ID == ""
		known[e.ID] = true
		return again
	})
	for i := range all {
		all[i].join(told[all[i].ID])
	}
	if err := f.address(ctx, all); err != nil {
		return nil, err
	}
	slices.SortStableFunc(all, func(a, b Entry) int { return cmp.Or(b.When.Compare(a.When), cmp.Compare(a.ID, b.ID)) })
	return all, nil
}

// examples are the examples as others may read them.
func (f *Feature) examples(ctx context.Context) ([]Entry, error) {
	kept, err := f.Stores.Examples.List(ctx)
	if err != nil || len(kept) == 0 {
		return nil, err
	}
	departments, err := f.Departments(ctx)
	if err != nil {
		return nil, err
	}
	var out []Entry
	for _, x := range kept {
		if e, ok := x.entry(departments); ok {
			out = append(out, e)
		}
	}
	return out, nil
}

// address finds where links lead of which a source knows the title alone.
func (f *Feature) address(ctx context.Context, entries []Entry) error {
	var titles []string
	asked := map[string]bool{}
	for _, e := range entries {
		if e.Kind == Used && e.URL == "" && e.Title != "" && !asked[e.Title] {
			asked[e.Title] = true
			titles = append(titles, e.Title)
		}
	}
	if len(titles) == 0 {
		return nil
	}
	known, err := f.Stores.Links.Of(ctx, titles)
	if err != nil {
		return err
	}
	for i := range entries {
		if entries[i].Kind == Used && entries[i].URL == "" {
			entries[i].URL = known[entries[i].Title]
		}
	}
	return nil
}

// Entry returns one entry, or bot.ErrNotFound when there is none or when it is not
// for the actor.
func (f *Feature) Entry(ctx context.Context, actor bot.Actor, id string, act Act) (Entry, error) {
	if !actor.Has(bot.Colleague) || id == "" {
		return Entry{}, bot.ErrNotFound
	}
	all, err := f.Entries(ctx)
	if err != nil {
		return Entry{}, err
	}
	if e, ok := find(all, id); ok && e.May(actor, act) {
		return e, nil
	}
	return Entry{}, bot.ErrNotFound
}

func find(all []Entry, id string) (Entry, bool) {
	at := slices.IndexFunc(all, func(e Entry) bool { return e.ID == id })
	if at < 0 {
		return Entry{}, false
	}
	return all[at], true
}

// Find searches the library. It returns the matches and every department that
// stands in the library, for choosing one.
func (f *Feature) Find(ctx context.Context, actor bot.Actor, q Query) (found []Entry, departments []string, err error) {
	if !actor.Has(bot.Colleague) {
		return nil, nil, bot.ErrNotFound
	}
	all, err := f.Entries(ctx)
	if err != nil {
		return nil, nil, err
	}
	for _, e := range all {
		if e.Department != "" && !slices.Contains(departments, e.Department) {
			departments = append(departments, e.Department)
		}
	}
	slices.Sort(departments)
	return Search(all, q, f.Organisation.Zone), departments, nil
}

// Examples returns the examples that share words with a text, the closest first, at
// most limit: to be offered where something is prepared.
func (f *Feature) Examples(ctx context.Context, words string, limit int) ([]Entry, error) {
	all, err := f.examples(ctx)
	if err != nil {
		return nil, err
	}
	return Alike(all, words, limit), nil
}

// worked answers "evangelist worked": the first matches, and where the others are.
func (f *Feature) worked(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	words := bot.Clean(in.Words, maxQuery)
	found, _, err := f.Find(ctx, in.Actor, Query{Words: words})
	if err != nil {
		return nil, err
	}
	return bot.Say{Message: f.foundMessage(words, found)}, nil
}

// show shows one entry with whom it was told to.
func (f *Feature) show(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	e, err := f.Entry(ctx, in.Actor, in.Arg, Read)
	if err != nil {
		return nil, err
	}
	return bot.Say{Message: EntryMessage(e, in.Actor, f.Clock.Now())}, nil
}
