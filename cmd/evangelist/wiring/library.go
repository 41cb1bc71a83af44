package wiring

import (
	"context"
	"slices"
	"strings"
	"time"

	"evangelist/adapters/web"
	worked "evangelist/adapters/web/library"
	"evangelist/bot"
	"evangelist/bot/library"
	"evangelist/bot/network"
	"evangelist/bot/pilots"
	"evangelist/digests"
	"evangelist/storage"
	"evangelist/storage/kernelstore"
	"evangelist/storage/librarystore"
	"evangelist/storage/networkstore"
	"evangelist/storage/pilotstore"
)

// newLibrary joins what worked, from wherever it is kept, and what editions told.
func (f *Features) newLibrary(p Parts) *library.Feature {
	config := libraryOn(p.DB, p.People, p.Clock, p.Organisation)
	config.Random, config.Editions = p.Random, f.toldByEditions
	return library.New(config)
}

// ReadLibrary is the library as it can be read beside a running server.
func ReadLibrary(db *storage.DB, people *kernelstore.People, clock bot.Clock, organisation bot.Organisation) *library.Feature {
	return library.New(libraryOn(db, people, clock, organisation))
}

func libraryOn(db *storage.DB, people bot.People, clock bot.Clock, organisation bot.Organisation) library.Config {
	connect, try := networkstore.New(db, clock), pilotstore.New(db, clock)
	return library.Config{
		Organisation: organisation, People: people, Stores: librarystore.New(db, clock), Clock: clock,
		Sources:     []library.Source{learningsOf(connect), storiesOf(try, people)},
		Departments: departmentsOf(connect),
	}
}

func departmentsOf(stores network.Stores) library.DepartmentSource {
	return func(ctx context.Context) ([]library.Department, error) {
		all, err := stores.Evangelists.Departments(ctx)
		var out []library.Department
		for _, d := range all {
			out = append(out, library.Department{Name: d.Name, Colleagues: d.Colleagues})
		}
		return out, err
	}
}

// How Network keeps what came of a link: what its source begins with, and how much
// of the title it keeps.
const (
	usedSource = "used/"
	maxAbout   = 200
)

// learningsOf are learnings and what came of links that were used, as their authors
// allow it.
func learningsOf(stores network.Stores) library.Source {
	return func(ctx context.Context) ([]library.Entry, error) {
		all, err := stores.Learnings.List(ctx, network.LearningFilter{Shared: true})
		if err != nil || len(all) == 0 {
			return nil, err
		}
		departments, err := stores.Evangelists.Departments(ctx)
		if err != nil {
			return nil, err
		}
		var out []library.Entry
		for _, l := range all {
			told, ok := l.Tell(departments)
			if !ok {
				continue
			}
			e := library.Entry{Kind: library.Learning, ID: told.ID, Title: told.About, Words: told.Words, Credit: told.Who, Department: told.Department, When: l.Created}
			if strings.HasPrefix(l.Source, usedSource) {
				e.Kind = library.Used
			}
			if l.Person != "" {
				e.Authors = []bot.PersonID{l.Person}
			}
			out = append(out, e)
		}
		return out, nil
	}
}

// storiesOf are the stories of pilots that are offered, with thanks to those who
// allow it.
func storiesOf(stores pilots.Stores, people bot.People) library.Source {
	return func(ctx context.Context) ([]library.Entry, error) {
		all, err := stores.Stories.List(ctx, pilots.Offered)
		if err != nil || len(all) == 0 {
			return nil, err
		}
		register, err := people.Persons(ctx)
		if err != nil {
			return nil, err
		}
		names := map[bot.PersonID]string{}
		for _, p := range register {
			names[p.ID] = p.Name
		}
		var out []library.Entry
		for _, s := range all {
			told, ok := s.Tell(names)
			if !ok {
				continue
			}
			e := library.Entry{Kind: library.Story, ID: told.ID, Title: told.Title, Words: told.Words, Credit: told.Thanks, When: s.Offered}
			if s.Sponsor != "" {
				e.Authors = []bot.PersonID{s.Sponsor}
			}
			for _, t := range s.Tellings {
				e.Told = append(e.Told, library.Telling{Key: t.Key, Whom: t.Whom, At: t.At})
			}
			out = append(out, e)
		}
		return out, nil
	}
}

// examplesFor offers pilots that are prepared what others did.
func (f *Features) examplesFor(ctx context.Context, words string, limit int) ([]pilots.Elsewhere, error) {
	found, err := f.Library.Examples(ctx, words, limit)
	var out []pilots.Elsewhere
	for _, e := range found {
		out = append(out, pilots.Elsewhere{Title: e.Heading(), URL: e.URL})
	}
	return out, err
}

// againSection is the key under which an edition tells something again.
const againSection = "again"

// toldAgain is "Worth telling again" of an edition: what a lead chose, with what is
// new about it. It is offered until an edition has told it.
func (f *Features) toldAgain(ctx context.Context, from, to time.Time) ([]digests.Section, error) {
	all, err := f.Library.Retold(ctx, from, to)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	section := digests.Section{Key: againSection, Heading: "Worth telling again"}
	for _, one := range all {
		e := one.Entry
		lines := []bot.Spans{bot.Line(bot.To(e.Heading(), f.parts.Organisation.Page(e.Page()))), bot.Line(bot.Strong("New about it: "), one.Fresh)}
		if words := strings.Join(strings.Fields(e.Words), " "); words != e.Heading() {
			lines = append(lines, bot.T(library.Within(words, 280)))
		}
		if by := e.By(); by != "" {
			lines = append(lines, bot.Line(bot.Emphasis(by)))
		}
		section.Items = append(section.Items, digests.SectionItem{ID: one.ID, Lines: lines})
	}
	return []digests.Section{section}, nil
}

// toldByEditions says what editions that went out told.
func (f *Features) toldByEditions(ctx context.Context, limit int) ([]library.Edition, error) {
	issues, err := f.Digests.Issues(ctx, "", "", time.Time{}, limit)
	if err != nil {
		return nil, err
	}
	var out []library.Edition
	for _, issue := range issues {
		e := library.Edition{ID: issue.ID, Name: issue.Content.Digest, At: issue.PublishedAt, Recalled: !issue.RecalledAt.IsZero(), Links: map[string]string{}}
		for _, section := range issue.Content.Sections {
			for _, item := range section.Items {
				switch section.Key {
				case learnedSection, triedSection:
					e.Entries = append(e.Entries, item.ID)
				case againSection:
					e.Retold = append(e.Retold, item.ID)
				}
			}
		}
		for _, item := range slices.Concat(issue.Content.Items, issue.Content.Finds) {
			if title := bot.Clean(item.Title, maxAbout); title != "" && !item.Private {
				e.Links[title] = item.URL
			}
		}
		out = append(out, e)
	}
	return out, nil
}

// libraryPages adds the pages of the library to the site.
func (f *Features) libraryPages(site *web.Site) { worked.Attach(site.Shell, f.Library) }
