package wiring

import (
	"context"
	"slices"
	"strings"

	"evangelist/adapters/teams"
	"evangelist/bot"
	"evangelist/bot/network"
	"evangelist/bot/tables"
	"evangelist/storage/tablestore"
)

// newTables joins round tables to the people who lead or support, and what came of
// a table to the library of learnings.
func (f *Features) newTables(p Parts) *tables.Feature {
	return tables.New(tables.Config{
		Stores: tablestore.New(p.DB, p.Clock), People: f.parts.People, Clock: p.Clock, Random: p.Random, Organisation: p.Organisation, Wake: p.Wake,
		Members: f.tableMembers, Agenda: f.tableAgenda, Gather: f.tableRooms(p.Platforms), Learn: f.learnFromTable,
	})
}

// tableMembers are those who lead or support and can be reached.
func (f *Features) tableMembers(ctx context.Context) ([]bot.PersonID, error) {
	all, err := f.Network.Stores.Evangelists.List(ctx)
	if err != nil {
		return nil, err
	}
	var members []bot.PersonID
	for _, e := range all {
		if e.Asked() {
			members = append(members, e.Person)
		}
	}
	return members, nil
}

// tableAgenda is what every colleague may read and talk about: what worked most
// recently, with its author's consent, and the question that goes round. What
// somebody needs is for leads alone, so it is not in it.
func (f *Features) tableAgenda(ctx context.Context) ([]string, error) {
	now := f.parts.Clock.Now()
	var lines []string
	told, err := f.Network.Learned(ctx, now.AddDate(0, -3, 0), now)
	if err != nil {
		return nil, err
	}
	for i := len(told) - 1; i >= 0 && len(lines) == 0; i-- {
		lines = append(lines, "It worked elsewhere, would it here? \""+cut(told[i].Words, 120)+"\"")
	}
	question, err := f.Network.Asking(ctx)
	if err != nil {
		return nil, err
	}
	return append(lines, question), nil
}

// cut shortens a text to so many characters, after a word where there is one.
func cut(text string, most int) string {
	words := []rune(text)
	if len(words) <= most {
		return text
	}
	text = string(words[:most-1])
	if at := strings.LastIndexByte(text, ' '); at > 0 {
		text = text[:at]
	}
	return text + "…"
}

// tableRooms says with whom of some persons one conversation can be opened. A
// message to several waits until each of them may be written to, so that a table
// with somebody who has been written to often enough is told one by one: the others
// do not wait. The
// courier takes the first platform that has an account of everybody; on Teams a bot
// cannot open a chat with several people, so there everybody is written to alone.
func (f *Features) tableRooms(platforms []bot.Platform) tables.GatherSource {
	return func(ctx context.Context, persons []bot.PersonID) (func([]bot.PersonID) bool, error) {
		full, err := f.parts.Full(ctx, persons)
		if err != nil {
			return nil, err
		}
		on := map[bot.PersonID]map[string]bool{}
		for _, person := range persons {
			accounts, err := f.parts.People.Accounts(ctx, person)
			if err != nil {
				return nil, err
			}
			on[person] = map[string]bool{}
			for _, account := range accounts {
				on[person][account.ID.Platform()] = true
			}
		}
		return func(people []bot.PersonID) bool {
			if slices.ContainsFunc(people, func(id bot.PersonID) bool { return full[id] }) {
				return false
			}
			for _, platform := range platforms {
				elsewhere := slices.ContainsFunc(people, func(id bot.PersonID) bool { return !on[id][platform.Name()] })
				if !elsewhere {
					_, opens := platform.(bot.Opener)
					return opens && platform.Name() != teams.Name
				}
			}
			return false
		}, nil
	}
}

// learnFromTable keeps what somebody says came of a table, with the consent that
// they gave.
func (f *Features) learnFromTable(ctx context.Context, told tables.Told) error {
	who, err := f.parts.People.Person(ctx, told.Person)
	if err != nil {
		return err
	}
	now := f.parts.Clock.Now()
	id, err := bot.NewID(now, f.parts.Random)
	if err != nil {
		return err
	}
	return f.Network.Stores.Learnings.Add(ctx, network.Learning{
		ID: id, Source: told.Key, Words: bot.Clean(told.Words, network.MaxWords), About: told.About, Person: who.ID, Name: who.Name,
		Department: who.Department, Consent: network.ParseConsent(told.Consent), Created: now,
	})
}
