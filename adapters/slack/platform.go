package slack

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"evangelist/adapters/slack/blockkit"
	"evangelist/adapters/slack/directory"
	"evangelist/adapters/slack/inbound"
	"evangelist/adapters/slack/webapi"
	"evangelist/bot"
)

// WorkspaceConfig is what a Workspace needs. API is compulsory.
type WorkspaceConfig struct {
	API     *webapi.Client
	Options blockkit.Options
	// Account is a person's user id here, "" when there is none; nil: nobody is
	// notified by name.
	Account func(ctx context.Context, person bot.PersonID) string
	// Confirmed reports whether a lead confirmed a place that is shared with
	// another organisation; nil: none is.
	Confirmed func(ctx context.Context, place bot.Place) (bool, error)
	// Noted is told how each request went, nil included; nil: nobody is.
	Noted func(error)
}

// Workspace is the bot.Platform with all abilities: it edits, finds, retracts,
// whispers and opens conversations. It is safe for concurrent use.
type Workspace struct{ workspace WorkspaceConfig }

var (
	_ bot.Platform  = (*Workspace)(nil)
	_ bot.Editor    = (*Workspace)(nil)
	_ bot.Finder    = (*Workspace)(nil)
	_ bot.Retractor = (*Workspace)(nil)
	_ bot.Whisperer = (*Workspace)(nil)
	_ bot.Opener    = (*Workspace)(nil)
)

// NewWorkspace returns a Workspace; it asks nothing yet.
func NewWorkspace(config WorkspaceConfig) *Workspace { return &Workspace{config} }

// Name implements bot.Platform.
func (w *Workspace) Name() string { return Name }

// Render implements bot.Platform.
func (w *Workspace) Render(message bot.Message) ([]bot.Part, error) {
	return blockkit.Message(message, w.workspace.Options)
}

// Limits implements bot.Platform. Slack documents one message a second for a
// channel, and an unnamed limit of several hundred a minute for a workspace;
// beyond either it may hide messages without an error.
func (w *Workspace) Limits() []bot.Limit {
	return []bot.Limit{
		{Scope: bot.PerPlace, Count: 1, Per: time.Second},
		{Scope: bot.PerPlatform, Count: 4, Per: time.Second},
	}
}

// Post implements bot.Platform. A channel is looked at first: one that is shared
// with another organisation takes a message only when a lead confirmed it.
func (w *Workspace) Post(ctx context.Context, p bot.Posting) (bot.MessageRef, error) {
	payload, err := w.ready(ctx, p.Place, p.Part)
	if err != nil {
		return bot.MessageRef{}, err
	}
	ts, err := w.workspace.API.Post(ctx, p.Place.Native(), p.Thread, marked(payload, p.ID), p.ID)
	if err := w.noted(err); err != nil {
		return bot.MessageRef{}, err
	}
	return bot.MessageRef{Place: p.Place, Native: ts}, nil
}

// Edit implements bot.Editor. A channel is looked at as for Post.
func (w *Workspace) Edit(ctx context.Context, ref bot.MessageRef, part bot.Part) error {
	payload, err := w.ready(ctx, ref.Place, part)
	if err != nil {
		return err
	}
	return w.noted(w.workspace.API.Update(ctx, ref.Place.Native(), ref.Native, payload))
}

// Find implements bot.Finder.
func (w *Workspace) Find(ctx context.Context, place bot.PlaceID, thread, id string, since time.Time) ([]bot.MessageRef, error) {
	if err := w.ours(place); err != nil {
		return nil, err
	}
	stamps, err := w.workspace.API.Find(ctx, place.Native(), thread, id, since)
	if err := w.noted(err); err != nil {
		return nil, err
	}
	var refs []bot.MessageRef
	for _, ts := range stamps {
		refs = append(refs, bot.MessageRef{Place: place, Native: ts})
	}
	return refs, nil
}

// Retract implements bot.Retractor.
func (w *Workspace) Retract(ctx context.Context, ref bot.MessageRef) error {
	if err := w.ours(ref.Place); err != nil {
		return err
	}
	return w.noted(w.workspace.API.Delete(ctx, ref.Place.Native(), ref.Native))
}

// Whisper implements bot.Whisperer.
func (w *Workspace) Whisper(ctx context.Context, whisper bot.Whisper) error {
	if err := w.ours(whisper.Place); err != nil {
		return err
	}
	user, err := userOf(whisper.To)
	if err != nil {
		return err
	}
	parts, err := w.Render(whisper.Message)
	if err != nil {
		return fmt.Errorf("whisper: %w", err)
	}
	for _, part := range parts {
		payload, err := w.named(ctx, part.Payload)
		if err != nil {
			return err
		}
		if err := w.noted(w.workspace.API.Ephemeral(ctx, whisper.Place.Native(), "", user, payload)); err != nil {
			return err
		}
	}
	return nil
}

// Open implements bot.Opener.
func (w *Workspace) Open(ctx context.Context, accounts []bot.AccountID) (bot.PlaceID, error) {
	var users []string
	for _, account := range accounts {
		user, err := userOf(account)
		if err != nil {
			return "", err
		}
		users = append(users, user)
	}
	slices.Sort(users)
	channel, err := w.workspace.API.Open(ctx, slices.Compact(users))
	if err := w.noted(err); err != nil {
		return "", err
	}
	return bot.NewPlaceID(Name, channel), nil
}

// noted tells how a request went.
func (w *Workspace) noted(err error) error {
	if w.workspace.Noted != nil {
		w.workspace.Noted(err)
	}
	return err
}

// ours refuses a place of another platform.
func (w *Workspace) ours(place bot.PlaceID) error {
	if place.Platform() == Name && place.Native() != "" {
		return nil
	}
	return &bot.SendError{Reason: bot.Denied, Say: "This place is not on Slack. Choose a channel of the workspace."}
}

// userOf is the user id of an account. People of another organisation have their
// team before it.
func userOf(account bot.AccountID) (string, error) {
	native := account.Native()
	if account.Platform() != Name || native == "" {
		return "", &bot.SendError{Reason: bot.Unreachable, Say: "This person has no account on Slack."}
	}
	if _, user, foreign := strings.Cut(native, "."); foreign {
		native = user
	}
	return native, nil
}

// ready looks at the place and returns the payload as it is sent. Whatever fails
// here is certain: nothing was posted or changed.
func (w *Workspace) ready(ctx context.Context, place bot.PlaceID, part bot.Part) ([]byte, error) {
	if err := w.ours(place); err != nil {
		return nil, err
	}
	if !strings.HasPrefix(place.Native(), "D") {
		if err := w.admitted(ctx, place); err != nil {
			return nil, err
		}
	}
	return w.named(ctx, part.Payload)
}

// admitted looks whether the bot is in a channel and may post there.
func (w *Workspace) admitted(ctx context.Context, place bot.PlaceID) error {
	info, err := w.workspace.API.Info(ctx, place.Native())
	if err := w.noted(err); err != nil {
		return notYet(err, "Slack could not be asked about the channel, so nothing was posted there yet. It is tried again by itself.")
	}
	now := directory.Place(info, inbound.Us{Platform: Name})
	now.ID = place
	switch {
	case now.Archived:
		return &bot.SendError{Reason: bot.Denied, Say: "The channel " + now.Name + " is archived. Bring it back or choose another channel."}
	case !now.Member:
		return &bot.SendError{Reason: bot.Denied, Say: "The bot is not a member of " + now.Name + ". Invite the bot there."}
	case !now.External:
		return nil
	}
	confirmed := false
	if w.workspace.Confirmed != nil {
		if confirmed, err = w.workspace.Confirmed(ctx, now); err != nil {
			return notYet(err, "It could not be looked up whether this shared channel was confirmed, so nothing was posted there yet. It is tried again by itself.")
		}
	}
	if !confirmed {
		return &bot.SendError{Reason: bot.Denied, Say: "The channel " + now.Name + " is shared with another organisation, or is about to be, so nothing was posted there. A lead can confirm it as a destination; otherwise choose another channel."}
	}
	return nil
}

// notYet makes a doubt about a look beforehand a certain refusal.
func notYet(err error, say string) error {
	var refused *bot.SendError
	if errors.As(err, &refused) {
		return err
	}
	return &bot.SendError{Reason: bot.Busy, Say: say, Err: err}
}

// named puts accounts in the place of people who are to be notified.
func (w *Workspace) named(ctx context.Context, payload []byte) ([]byte, error) {
	out, err := blockkit.Resolve(payload, func(person bot.PersonID) string {
		if w.workspace.Account == nil {
			return ""
		}
		return w.workspace.Account(ctx, person)
	})
	if err != nil {
		return nil, &bot.SendError{Reason: bot.Denied, Say: "This was not rendered for Slack, so it was not sent.", Err: errors.New("the payload is not one")}
	}
	return out, nil
}
