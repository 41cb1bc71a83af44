package sample

import (
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"time"
	_ "time/tzdata" // the playground must know London on a machine that does not

	"github.com/goccy/go-yaml"
)

//go:embed sample.yaml
var embedded []byte

// Load returns the sample as it stands at now. The same present day gives the
// same result, byte for byte; now may be in any zone, "today" is its date in the
// organisation's zone. Everything that has happened is before the start of today
// and never on a Saturday or Sunday. The error names every fault in the data, and
// cannot occur with the data that was tested.
func Load(now time.Time) (*Organisation, error) { return load(embedded, now) }

func load(data []byte, now time.Time) (*Organisation, error) {
	var f file
	if err := yaml.UnmarshalWithOptions(data, &f, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("sample data does not read as an organisation: %w", err)
	}
	zone, err := time.LoadLocation(f.Zone)
	if err != nil {
		return nil, fmt.Errorf("sample data: zone %q is not known; use a name such as Europe/London: %w", f.Zone, err)
	}
	r := &resolver{file: &f, zone: zone, calendar: newCalendar(now, zone)}
	o := r.organisation()
	r.faults = append(r.faults, check(o, r.calendar.today)...)
	if len(r.faults) > 0 {
		return nil, fmt.Errorf("sample data: %w", errors.Join(r.faults...))
	}
	return o, nil
}

// resolver turns the file into an Organisation and collects what is wrong.
type resolver struct {
	file     *file
	zone     *time.Location
	calendar calendar
	faults   []error
}

func (r *resolver) fault(format string, args ...any) {
	r.faults = append(r.faults, fmt.Errorf(format, args...))
}

// at resolves a moment and reports a bad one under the name of its owner.
func (r *resolver) at(owner string, w when) time.Time {
	t, err := r.calendar.moment(w)
	if err != nil {
		r.fault("%s: %w", owner, err)
	}
	return t
}

func (r *resolver) organisation() *Organisation {
	f := r.file
	o := &Organisation{
		Name: f.Name, Place: f.Place, Zone: f.Zone,
		FirstLead: f.FirstLead, ReadingTeam: f.ReadingTeam,
		Departments: f.Departments, Levels: f.Levels, Channels: f.Channels,
		Digest: f.Digest, Questions: f.Questions,
	}
	r.accounts(o)
	for _, m := range f.Messages {
		o.Messages = append(o.Messages, r.message(m))
	}
	slices.SortStableFunc(o.Messages, func(a, b Message) int { return a.At.Compare(b.At) })
	for _, v := range f.Voices {
		o.Voices = append(o.Voices, r.voice(v))
	}
	slices.SortStableFunc(o.Voices, func(a, b Voice) int { return a.At.Compare(b.At) })
	r.network(o)
	for _, s := range f.Tour {
		o.Tour = append(o.Tour, Step{
			ID: s.ID, Title: s.Title, Body: s.Body, As: s.As, Target: s.Target, Try: s.Try,
			Links: r.unfurls("tour step "+s.ID, s.Try, s.Unfurl),
		})
	}
	return o
}

func (r *resolver) accounts(o *Organisation) {
	for _, p := range r.file.People {
		o.People = append(o.People, Person{
			ID: p.ID, Name: p.Name, Title: p.Title, Email: p.Email,
			Department: p.Department, Level: p.Level, Bio: p.Bio,
			Avatar: Avatar{Initials: initials(p.Name), Hue: p.Hue},
		})
	}
	for _, b := range r.file.Bots {
		o.Bots = append(o.Bots, BotAccount{ID: b.ID, Name: b.Name, Avatar: Avatar{Initials: initials(b.Name), Hue: b.Hue}})
	}
}

func (r *resolver) network(o *Organisation) {
	for _, e := range r.file.Evangelists {
		o.Evangelists = append(o.Evangelists, Evangelist{
			Person: e.Person, Offer: e.Offer, Topics: e.Topics,
			At: r.at("evangelist "+e.Person, e.when()),
		})
	}
	for _, l := range r.file.Learnings {
		o.Learnings = append(o.Learnings, Learning{
			ID: l.ID, Author: l.Author, Title: l.Title, Text: l.Text, From: l.From,
			At: r.at("learning "+l.ID, l.when()),
		})
	}
}

func (r *resolver) message(m fileMessage) Message {
	owner := "message " + m.ID
	out := Message{
		ID: m.ID, Channel: m.Channel, Author: m.Author, Bot: m.Bot,
		At: r.at(owner, m.when()), ThreadOf: m.Thread, Text: m.Text,
		Links: r.unfurls(owner, m.Text, m.Unfurl),
	}
	for i, reaction := range m.Reactions {
		out.Reactions = append(out.Reactions, r.reaction(owner, out.At, i, reaction))
	}
	if m.Edited != nil {
		out.EditedTo, out.EditedAt = m.Edited.To, r.at(owner+", edited", m.Edited.when())
	}
	if m.Deleted != nil {
		out.DeletedAt = r.at(owner+", deleted", m.Deleted.when())
	}
	return out
}

// unfurls pairs page keys with the addresses in text, in order; the page "none"
// leaves an address bare.
func (r *resolver) unfurls(owner, text string, pages []string) []Unfurl {
	var out []Unfurl
	urls := addresses(text)
	if len(pages) > len(urls) {
		r.fault("%s unfurls %d pages but has %d addresses", owner, len(pages), len(urls))
		return nil
	}
	for i, key := range pages {
		if key == "none" {
			continue
		}
		page, known := r.file.Pages[key]
		if !known {
			r.fault("%s unfurls page %q, which is not listed under pages", owner, key)
			continue
		}
		out = append(out, Unfurl{URL: urls[i], Title: page.Title, Source: page.Source, Blurb: page.Blurb})
	}
	return out
}

// reaction places a reaction after its message: by the minutes given, else at a
// steady step, so that the order in the file is the order in time.
func (r *resolver) reaction(owner string, posted time.Time, n int, f fileReaction) Reaction {
	char, known := r.file.Emoji[f.Emoji]
	if !known {
		r.fault("%s has a reaction %q, which is not listed under emoji", owner, f.Emoji)
	}
	minutes := f.After
	if minutes == 0 {
		minutes = 4 + 7*n
	}
	return Reaction{
		Emoji:  Emoji{Name: f.Emoji, Char: char},
		People: f.People,
		At:     posted.Add(time.Duration(minutes) * time.Minute),
	}
}

func (r *resolver) voice(v fileVoice) Voice {
	owner := "voice " + v.ID
	if v.Author == "" && v.Time != "" {
		r.fault("%s is anonymous and must not have a time of day", owner)
	}
	raised := v.when()
	if raised.Time == "" {
		raised.Time = "12:00"
	}
	out := Voice{
		ID: v.ID, Kind: v.Kind, Author: v.Author, At: r.at(owner, raised),
		Department: v.Department, Theme: v.Theme, Text: v.Text, Summary: v.Summary,
	}
	if v.Due > 0 {
		out.Due = r.calendar.due(v.Due)
	}
	if a := v.Answer; a != nil {
		out.Answer = &Answer{
			By: a.By, At: r.at(owner+", answer", a.when()),
			Text: a.Text, YouSaid: a.YouSaid, WeDid: a.WeDid,
		}
	}
	return out
}
