package playground

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"evangelist/adapters/playground/sample"
	"evangelist/bot"
)

// furnish reads the journal and, when the workspace is new, puts the sample
// into it. Furnishing that was interrupted begins again; of several processes
// that open a new file one furnishes.
func (w *Workspace) furnish(from *sample.Organisation) error {
	return w.journal.locked(func() error {
		if err := w.journal.tail(w.state.apply); err != nil {
			return err
		}
		if w.state.furnished {
			return nil
		}
		if err := w.journal.restart(); err != nil {
			return err
		}
		if err := w.forget(); err != nil {
			return err
		}
		w.state = newState(w.name)
		events := w.furniture(from)
		var text []byte
		for _, e := range events {
			line, err := e.line()
			if err != nil {
				return err
			}
			text = append(text, line...)
			if err := w.state.apply(e); err != nil {
				return err
			}
		}
		return w.journal.append(text, len(events), true)
	})
}

// forget removes the mark that an earlier journal at this path left behind.
func (w *Workspace) forget() error {
	if w.path == "" {
		return nil
	}
	if err := os.Remove(w.path + markSuffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove the mark of an earlier workspace: %w", err)
	}
	return nil
}

// furniture lists the events that make a new workspace, in order of time.
func (w *Workspace) furniture(from *sample.Organisation) []event {
	now := w.clock.Now()
	events := []event{{Kind: accountAdded, At: now, Account: &Account{Native: botNative, Name: "Evangelist", Bot: true, Title: "Listens, shares, answers", Hue: 265, Initials: "Ev"}}}
	if from == nil {
		return append(events, event{Kind: seeded, At: now})
	}
	for _, a := range sampleAccounts(from) {
		events = append(events, event{Kind: accountAdded, At: now, Account: &a})
	}
	for _, r := range sampleRooms(from) {
		events = append(events, event{Kind: placeAdded, At: now, Room: &r})
	}
	known := event{Kind: pagesKnown, At: now}
	for _, step := range from.Tour {
		for _, u := range step.Links {
			known.Links = append(known.Links, bot.SeenLink{URL: u.URL, Title: u.Title, Source: u.Source, Blurb: u.Blurb})
		}
	}
	events = append(events, known)
	var life []event
	for _, m := range from.Messages {
		life = append(life, sampleMessage(from, m)...)
	}
	slices.SortStableFunc(life, func(a, b event) int { return a.At.Compare(b.At) })
	return append(append(events, life...), event{Kind: seeded, At: now})
}

func sampleAccounts(from *sample.Organisation) []Account {
	var out []Account
	for _, p := range from.People {
		account := Account{
			Native: p.ID, Name: p.Name, Title: p.Title, Email: p.Email, Level: p.Level, Bio: p.Bio,
			Initials: p.Avatar.Initials, Hue: p.Avatar.Hue, Department: p.Department,
		}
		if department, ok := from.Department(p.Department); ok {
			account.Department = department.Name
		}
		out = append(out, account)
	}
	for _, b := range from.Bots {
		out = append(out, Account{Native: b.ID, Name: b.Name, Initials: b.Avatar.Initials, Hue: b.Avatar.Hue, Bot: true})
	}
	return out
}

// sampleRooms are the channels, of which the bot is in those that it listens to
// and in the one where the digest appears, a private channel for the reading
// team, and a direct chat with the bot for everybody.
func sampleRooms(from *sample.Organisation) []room {
	var out []room
	for _, c := range from.Channels {
		out = append(out, room{
			Native: c.ID, Name: c.Name, Topic: c.Topic, Kind: bot.OpenChannel,
			Member: c.Watched || c.ID == from.Digest.Place,
		})
	}
	if len(from.ReadingTeam) > 0 {
		out = append(out, room{
			Native: sample.ReadingPlace, Name: sample.ReadingPlace, Kind: bot.PrivateChannel, Member: true,
			Topic: "Where concerns and ideas are read. For the reading team only.", Members: slices.Clone(from.ReadingTeam),
		})
	}
	for _, p := range from.People {
		out = append(out, directRoom(p.ID))
	}
	return out
}

// directRoom is somebody's own chat with the bot.
func directRoom(native string) room {
	return room{Native: "direct-" + native, Name: "Evangelist", Kind: bot.DirectChat, Member: true, Members: []string{native}}
}

func sampleMessage(from *sample.Organisation, m sample.Message) []event {
	channel, _ := from.Channel(m.Channel)
	base := event{Place: m.Channel, Message: m.ID, Heard: channel.Watched || m.Channel == from.Digest.Place}
	with := func(e event) event {
		e.Place, e.Message, e.Heard = base.Place, base.Message, base.Heard
		return e
	}
	post := with(event{Kind: posted, At: m.At, By: m.Author, Thread: m.ThreadOf, Text: m.Text, Links: sampleLinks(m, m.Text)})
	events := []event{post}
	for _, r := range m.Reactions {
		for _, person := range r.People {
			events = append(events, with(event{Kind: reacted, At: r.At, By: person, Emoji: r.Emoji.Name, Char: r.Emoji.Char}))
		}
	}
	if m.EditedTo != "" {
		events = append(events, with(event{Kind: edited, At: m.EditedAt, By: m.Author, Text: m.EditedTo, Links: sampleLinks(m, m.EditedTo)}))
	}
	if !m.DeletedAt.IsZero() {
		events = append(events, with(event{Kind: deleted, At: m.DeletedAt, By: m.Author}))
	}
	return events
}

// sampleLinks are the addresses in text with what the sample shows under them.
func sampleLinks(m sample.Message, text string) []bot.SeenLink {
	_, links := parseText(text)
	for i, link := range links {
		for _, u := range m.Links {
			if strings.TrimSuffix(u.URL, "/") == strings.TrimSuffix(link.URL, "/") {
				links[i].Title, links[i].Source, links[i].Blurb = u.Title, u.Source, u.Blurb
			}
		}
	}
	return links
}
