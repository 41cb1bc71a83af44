package teams

import (
	"context"
	"errors"
	"strings"
	"time"

	"evangelist/adapters/teams/cards"
	"evangelist/adapters/teams/connector"
	"evangelist/adapters/teams/graph"
	"evangelist/bot"
)

// Tenant is the bot.Platform with all abilities. It edits, retracts, whispers
// and opens conversations with one person; it finds in channels of teams whose
// owner lets it read them. It is safe for concurrent use.
type Tenant struct{ a *Adapter }

var (
	_ bot.Platform  = (*Tenant)(nil)
	_ bot.Editor    = (*Tenant)(nil)
	_ bot.Finder    = (*Tenant)(nil)
	_ bot.Retractor = (*Tenant)(nil)
	_ bot.Whisperer = (*Tenant)(nil)
	_ bot.Opener    = (*Tenant)(nil)
)

// Name implements bot.Platform.
func (t *Tenant) Name() string { return Name }

// Render implements bot.Platform.
func (t *Tenant) Render(message bot.Message) ([]bot.Part, error) {
	return t.a.renderer().Render(message)
}

// Limits implements bot.Platform: the documented windows of one bot in one
// conversation, and the lower one of two documented limits for a tenant.
func (t *Tenant) Limits() []bot.Limit {
	return []bot.Limit{
		{Scope: bot.PerPlace, Count: 7, Per: time.Second},
		{Scope: bot.PerPlace, Count: 8, Per: 2 * time.Second},
		{Scope: bot.PerPlace, Count: 60, Per: 30 * time.Second},
		{Scope: bot.PerPlace, Count: 1800, Per: time.Hour},
		{Scope: bot.PerPlatform, Count: 30, Per: time.Second},
	}
}

// Post implements bot.Platform.
func (t *Tenant) Post(ctx context.Context, p bot.Posting) (bot.MessageRef, error) {
	to, err := t.where(ctx, p.Place)
	if err != nil {
		return bot.MessageRef{}, err
	}
	activity, err := t.activity(ctx, p.Part, p.ID)
	if err != nil {
		return bot.MessageRef{}, err
	}
	var id string
	if p.Thread != "" {
		id, err = t.a.api.Reply(ctx, to, p.Thread, activity)
	} else {
		id, err = t.a.api.Send(ctx, to, activity)
	}
	switch {
	case err != nil:
		return bot.MessageRef{}, err
	case id == "":
		return bot.MessageRef{}, errors.New("post a message: the service took it and gave no id, so it has to be looked for")
	}
	ref := bot.MessageRef{Place: p.Place, Native: id}
	t.a.marks.keep(ref, p.ID)
	return ref, nil
}

// Edit implements bot.Editor.
func (t *Tenant) Edit(ctx context.Context, ref bot.MessageRef, part bot.Part) error {
	to, err := t.where(ctx, ref.Place)
	if err != nil {
		return err
	}
	activity, err := t.activity(ctx, part, t.a.marks.of(ref))
	if err != nil {
		return err
	}
	return t.a.api.Update(ctx, to, ref.Native, activity)
}

// Find implements bot.Finder. Where the bot may not read it refuses for certain:
// there only a person can see whether a message arrived.
func (t *Tenant) Find(ctx context.Context, place bot.PlaceID, thread, id string, since time.Time) ([]bot.MessageRef, error) {
	if _, err := t.where(ctx, place); err != nil {
		return nil, err
	}
	at, err := t.a.known.spot(ctx, place.Native())
	switch {
	case err != nil:
		return nil, notYet(err)
	case t.a.graph == nil:
		return nil, &bot.SendError{Reason: bot.Denied, Say: "The bot does not read Microsoft Graph here, so only a person can see whether this message arrived. Look there, then choose."}
	case at.Group == "":
		return nil, &bot.SendError{Reason: bot.Denied, Say: "The bot cannot look through this conversation, so only a person can see whether this message arrived. Look there, then choose."}
	}
	found, err := t.a.graph.Find(ctx, graph.Channel{Group: at.Group, ID: place.Native()}, marking(id), since)
	if err != nil {
		return nil, err
	}
	var refs []bot.MessageRef
	for _, m := range found {
		if m.Root == thread {
			refs = append(refs, bot.MessageRef{Place: place, Native: m.ID})
		}
	}
	return refs, nil
}

// Retract implements bot.Retractor.
func (t *Tenant) Retract(ctx context.Context, ref bot.MessageRef) error {
	to, err := t.where(ctx, ref.Place)
	if err != nil {
		return err
	}
	return t.a.api.Delete(ctx, to, ref.Native)
}

// Whisper implements bot.Whisperer: to one person in the place, or in their own
// chat with the bot where the place does not take that.
func (t *Tenant) Whisper(ctx context.Context, whisper bot.Whisper) error {
	to, err := t.where(ctx, whisper.Place)
	if err != nil {
		return err
	}
	return t.a.privately(ctx, to, whisper.To, whisper.Message)
}

// Open implements bot.Opener. A bot cannot make a chat with several people.
func (t *Tenant) Open(ctx context.Context, accounts []bot.AccountID) (bot.PlaceID, error) {
	if len(accounts) != 1 {
		return "", &bot.SendError{Reason: bot.Denied, Say: "On Teams a bot cannot open a chat with several people. Write to each of them, then choose: leave it."}
	}
	if accounts[0].Platform() != Name || accounts[0].Native() == "" {
		return "", &bot.SendError{Reason: bot.Unreachable, Say: "This person has no account on Teams."}
	}
	service, err := t.a.service(ctx, spot{})
	if err != nil {
		return "", err
	}
	user := t.a.known.member(accounts[0])
	if user == "" { // the service takes the directory's id as well; its test clients do not
		user = accounts[0].Native()
	}
	chat, err := t.a.api.OpenChat(ctx, service, user)
	if err != nil {
		return "", err
	}
	return bot.NewPlaceID(Name, chat.ID), nil
}

// where is the conversation of a place, with the address that serves it.
// Whatever fails here is certain: nothing was sent.
func (t *Tenant) where(ctx context.Context, place bot.PlaceID) (connector.Conversation, error) {
	if place.Platform() != Name || place.Native() == "" {
		return connector.Conversation{}, &bot.SendError{Reason: bot.Denied, Say: "This place is not on Teams. Choose a channel of the tenant."}
	}
	at, err := t.a.known.spot(ctx, place.Native())
	if err != nil {
		return connector.Conversation{}, notYet(err)
	}
	service, err := t.a.service(ctx, at)
	return connector.Conversation{ServiceURL: service, ID: place.Native()}, err
}

func notYet(err error) error {
	return &bot.SendError{Reason: bot.Busy, Say: "It could not be looked up where this conversation is served, so nothing was sent yet. It is tried again by itself.", Err: err}
}

// activity is a part as it is sent.
func (t *Tenant) activity(ctx context.Context, part bot.Part, id string) (connector.Activity, error) {
	post, err := cards.Resolve(part.Payload, func(person bot.PersonID) (cards.Mention, bool) {
		account := t.a.accountOf(ctx, person)
		return cards.Mention{ID: account.Native(), Name: t.a.known.name(account)}, account != ""
	})
	if err != nil || !strings.HasPrefix(string(post.Card), "{") {
		return connector.Activity{}, &bot.SendError{Reason: bot.Denied, Say: "This was not rendered for Teams, so it was not sent.", Err: errors.New("the payload is not one")}
	}
	return connector.Card(marked(post.Card, id), post.Summary), nil
}
