package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"

	"evangelist/adapters/playground"
	"evangelist/adapters/playground/sample"
	"evangelist/bot"
	"evangelist/bot/voices"
)

// furnishedSetting says that the sample organisation is at home in the database.
const furnishedSetting = "playground/furnished"

// pretendSetting marks a database as a playground's from the first moment on.
const pretendSetting = "playground/pretend"

// claimPretend refuses to make a playground of a database in which somebody
// real may have spoken: a playground has no sign-in and releases at will.
func (a *App) claimPretend(ctx context.Context) error {
	mark, err := a.installation.Setting(ctx, pretendSetting)
	if err != nil || mark != "" {
		return err
	}
	persons, err := a.people.Persons(ctx)
	if err != nil {
		return err
	}
	if len(persons) > 0 {
		return errors.New("this database is not a playground's: it knows real people, and in a playground everybody may be anybody; start it with evangelist serve, or give the playground a database of its own")
	}
	return a.installation.Set(ctx, pretendSetting, "yes")
}

// refusePretend keeps a playground's database from being served as a real one.
func (a *App) refusePretend(ctx context.Context) error {
	mark, err := a.installation.Setting(ctx, pretendSetting)
	if err == nil && mark != "" {
		err = errors.New("this database is a playground's, full of pretend people; give evangelist serve a database of its own")
	}
	return err
}

// furnish registers the people and places of the workspace and, once, does what
// a comms lead did there in the first weeks: through the same commands that
// everybody uses. Furnishing that was interrupted is done again; what is there
// already stays as it is.
func (a *App) furnish(ctx context.Context, w *playground.Workspace, o *sample.Organisation) error {
	if err := a.claimPretend(ctx); err != nil {
		return err
	}
	if err := a.places.Observe(ctx, w.Places()); err != nil {
		return err
	}
	if _, err := a.people.Record(ctx, w.Accounts()); err != nil {
		return err
	}
	done, err := a.installation.Setting(ctx, furnishedSetting)
	if err != nil || done != "" {
		return err
	}
	f := furnisher{app: a, workspace: w, sample: o}
	for _, step := range []func(context.Context) error{f.roles, f.watch, f.contacts, f.digest, f.evangelists, f.question, f.voices, f.answers} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return a.installation.Set(ctx, furnishedSetting, "yes")
}

type furnisher struct {
	app       *App
	workspace *playground.Workspace
	sample    *sample.Organisation
}

// do carries out a command as a person of the sample, as if a form had been
// filled in. The nonce makes doing it again harmless.
func (f furnisher) do(ctx context.Context, person, command, arg, nonce string, values map[string][]string) error {
	sum := sha256.Sum256([]byte("sample " + nonce))
	unique, err := bot.NewNonce(bytes.NewReader(sum[:]))
	if err != nil {
		return err
	}
	reply := f.app.router.Do(ctx, bot.Invocation{
		Actor: bot.Actor{Account: f.workspace.ID(person)}, Workspace: f.workspace.Name(), Command: command, Arg: arg,
		Nonce: unique, Values: values,
	})
	if invalid, ok := reply.(bot.Invalid); ok {
		return fmt.Errorf("%s as %s was refused: %v", command, person, invalid.Fields)
	}
	return nil
}

func one(text string) []string { return []string{text} }

func (f furnisher) roles(ctx context.Context) error {
	for _, id := range append([]string{f.sample.FirstLead}, f.sample.ReadingTeam...) {
		person, ok := f.sample.Person(id)
		if !ok {
			return fmt.Errorf("the sample has no person %s", id)
		}
		roles := []bot.Role{bot.Reader}
		if id == f.sample.FirstLead {
			roles = append(roles, bot.Lead)
		}
		if err := f.app.appoint(ctx, person.Email, roles...); err != nil {
			return err
		}
	}
	return nil
}

func (f furnisher) watch(ctx context.Context) error {
	for _, channel := range f.sample.Channels {
		if channel.Watched {
			if err := f.app.places.Watch(ctx, f.workspace.PlaceID(channel.ID), true); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f furnisher) contacts(ctx context.Context) error {
	err := f.do(ctx, f.sample.FirstLead, "voices.contacts", "", "CONTACTS", map[string][]string{
		"emergency":      one("Call 999. In the building: the duty manager, extension 2222."),
		"safeguarding":   one("The safeguarding lead in Adult Social Care, extension 2210, day and night."),
		"whistleblowing": one("The monitoring officer in Legal, or the auditor's own line outside the council."),
		"grievance":      one("Your staff council, or the people team on extension 2300."),
	})
	if err != nil {
		return err
	}
	return f.do(ctx, f.sample.FirstLead, "voices.place", "", "PLACE", map[string][]string{"place": one(string(f.workspace.PlaceID(sample.ReadingPlace)))})
}

func (f furnisher) digest(ctx context.Context) error {
	return f.do(ctx, f.sample.Digest.Curator, "digest.new", "", "DIGEST", map[string][]string{
		"name": one(f.sample.Digest.Name), "when": one(f.sample.Digest.Schedule), "zone": one(f.sample.Zone),
		"places": one(string(f.workspace.PlaceID(f.sample.Digest.Place))), "undecided": one("wait"),
	})
}

func (f furnisher) evangelists(ctx context.Context) error {
	for _, e := range f.sample.Evangelists {
		if err := f.do(ctx, e.Person, "network.join", "", "JOIN"+e.Person, map[string][]string{"part": one(e.Offer)}); err != nil {
			return err
		}
	}
	for _, l := range f.sample.Learnings {
		actor, err := f.app.people.Actor(ctx, f.workspace.ID(l.Author))
		if err != nil {
			return err
		}
		if err := f.app.features.Network.Used(ctx, actor.Person, l.Text, l.Title); err != nil {
			return err
		}
	}
	return nil
}

// question sets the rhythm, so that the next round comes by itself.
func (f furnisher) question(ctx context.Context) error {
	if len(f.sample.Questions) == 0 {
		return nil
	}
	return f.do(ctx, f.sample.FirstLead, "network.ask", "", "QUESTION", map[string][]string{
		"text": one(f.sample.Questions[0].Text), "rhythm": one("every second Thursday 14:00"),
	})
}

// voices are raised, and released at once: nobody real wrote them.
func (f furnisher) voices(ctx context.Context) error {
	for _, v := range f.sample.Voices {
		author, name, command := v.Author, "named", "voices.idea"
		if author == "" {
			author, name = f.sample.FirstLead, "anonymous"
		}
		if v.Kind == sample.Concern {
			command = "voices.concern"
		}
		if err := f.do(ctx, author, command, "", v.ID, map[string][]string{"words": one(v.Text), "name": one(name)}); err != nil {
			return err
		}
	}
	return f.do(ctx, f.sample.FirstLead, "voices.release", "", "", nil)
}

func (f furnisher) answers(ctx context.Context) error {
	all, err := f.app.features.VoiceStore.List(ctx, voices.Query{})
	if err != nil {
		return err
	}
	for _, v := range f.sample.Voices {
		at := slices.IndexFunc(all, func(stored voices.Voice) bool { return stored.Words == v.Text })
		if at < 0 {
			return fmt.Errorf("the voice %s of the sample was not kept", v.ID)
		}
		if stored := all[at]; v.Answer != nil && stored.Closed.IsZero() {
			reader := f.sample.ReadingTeam[0]
			if err := f.do(ctx, reader, "voices.answer", stored.ID, "ANSWER"+v.ID, map[string][]string{
				"answer": one(v.Answer.Text), "summary": one(v.Answer.YouSaid), "theme": one(v.Theme),
			}); err != nil {
				return err
			}
		}
	}
	return nil
}
