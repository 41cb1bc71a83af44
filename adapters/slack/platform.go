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

// The abilities of the workspace, checked by the compiler.
var (
	_ bot.Platform  = (*Workspace)(nil)
	_ bot.Editor    = (*Workspace)(nil)
	_ bot.Finder    = (*Workspace)(nil)
	_ bot.Retractor = (*Workspace)(nil)
	_ bot.Whisperer = (*Workspace)(nil)
	_ bot.Opener    = (*Workspace)(nil)
)

// WorkspaceConfig is what a Workspace needs.
type WorkspaceConfig struct {
	API     *webapi.Client
	Options blockkit.Options // BaseURL and Zone
	// Account is a person's user id in the workspace, "" when there is none.
	Account func(ctx context.Context, person bot.PersonID) string
	// Confirmed is told of a place that is shared with another organisation, and
	// reports whether a lead confirmed it as a destination.
	Confirmed func(ctx context.Context, place bot.Place) (bool, error)
	// Noted is told what each call came to: a refused token, or nil; nil: nobody
	// is told.
	Noted func(error)
}

// Workspace is the sending side of a workspace of Slack.
type Workspace struct{ config WorkspaceConfig }

// NewWorkspace returns a Workspace; it asks nobody anything.
func NewWorkspace(c WorkspaceConfig) *Workspace { return &Workspace{config: c} }

// Name implements bot.Platform.
func (w *Workspace) Name() string { return Name }

// Limits implements bot.Platform: one message a second in each place, with what
// Slack leaves for replies beside the courier; and far below what a whole
// workspace may post.
func (w *Workspace) Limits() []bot.Limit {
	return []bot.Limit{
		{Scope: bot.PerPlace, Count: 1, Per: time.Second},
		{Scope: bot.PerPlatform, Count: 4, Per: time.Second},
		{Scope: bot.PerPlatform, Count: 180, Per: time.Minute},
	}
}

// Render implements bot.Platform: a payload is the JSON object {"text",
// "blocks"} of chat.postMessage.
func (w *Workspace) Render(message bot.Message) ([]bot.Part, error) {
	return blockkit.Message(message, w.config.Options)
}

// Post implements bot.Platform. A channel is looked at first: it may have been
// shared with another organisation since it was chosen.
func (w *Workspace) Post(ctx context.Context, p bot.Posting) (bot.MessageRef, error) {
	channel, err := native(p.Place)
	if err != nil {
		return bot.MessageRef{}, err
	}
	if err := w.among(ctx, channel); err != nil {
		return bot.MessageRef{}, w.noted(err)
	}
	payload, err := w.resolved(ctx, p.Part.Payload)
	if err != nil {
		return bot.MessageRef{}, err
	}
	ts, err := w.config.API.Post(ctx, channel, p.Thread, payload, p.ID)
	if w.noted(err) != nil {
		return bot.MessageRef{}, err
	}
	return bot.MessageRef{Place: p.Place, Native: ts}, nil
}

// among refuses a channel that people of another organisation read, unless a
// lead confirmed it. Conversations that the bot opened are among colleagues.
func (w *Workspace) among(ctx context.Context, channel string) error {
	if strings.HasPrefix(channel, "D") {
		return nil
	}
	info, err := w.config.API.Info(ctx, channel)
	if err != nil {
		return certain(err)
	}
	if !info.Shared || info.Direct {
		return nil
	}
	confirmed := false
	if w.config.Confirmed != nil {
		if confirmed, err = w.config.Confirmed(ctx, directory.Place(info, inbound.Us{Platform: Name})); err != nil {
			return certain(err)
		}
	}
	if confirmed {
		return nil
	}
	return &bot.SendError{Reason: bot.Denied, Say: fmt.Sprintf("The channel %s is shared with another organisation, whose people would read this. "+
		"If that is meant, a comms lead confirms it with /evangelist share; else choose another channel. Then choose: post again.", info.Name)}
}

// certain makes what failed before anything was sent a refusal.
func certain(err error) error {
	var refusal *bot.SendError
	if errors.As(err, &refusal) {
		return err
	}
	return &bot.SendError{Reason: bot.Busy, Say: "Slack could not be asked about the channel; it is tried again.", Err: err}
}

// native is the channel id of a place of this workspace.
func native(place bot.PlaceID) (string, error) {
	if place.Platform() != Name || place.Native() == "" {
		return "", &bot.SendError{Reason: bot.Denied, Say: "That place is not in this workspace of Slack. Choose another one."}
	}
	return place.Native(), nil
}

func (w *Workspace) resolved(ctx context.Context, payload []byte) ([]byte, error) {
	out, err := blockkit.Resolve(payload, func(person bot.PersonID) string {
		if w.config.Account == nil {
			return ""
		}
		return w.config.Account(ctx, person)
	})
	if err != nil {
		return nil, &bot.SendError{Reason: bot.Denied, Say: "This was not rendered for Slack, so it was not posted.", Err: err}
	}
	return out, nil
}

// noted passes an error on, and tells whoever watches the token.
func (w *Workspace) noted(err error) error {
	if w.config.Noted != nil {
		w.config.Noted(err)
	}
	return err
}

// Edit implements bot.Editor.
func (w *Workspace) Edit(ctx context.Context, ref bot.MessageRef, part bot.Part) error {
	channel, err := native(ref.Place)
	if err != nil {
		return err
	}
	payload, err := w.resolved(ctx, part.Payload)
	if err != nil {
		return err
	}
	return w.noted(w.config.API.Update(ctx, channel, ref.Native, payload))
}

// Find implements bot.Finder.
func (w *Workspace) Find(ctx context.Context, place bot.PlaceID, thread, id string, since time.Time) ([]bot.MessageRef, error) {
	channel, err := native(place)
	if err != nil {
		return nil, err
	}
	stamps, err := w.config.API.Find(ctx, channel, thread, id, since)
	if w.noted(err) != nil {
		return nil, err
	}
	refs := make([]bot.MessageRef, len(stamps))
	for i, ts := range stamps {
		refs[i] = bot.MessageRef{Place: place, Native: ts}
	}
	return refs, nil
}

// Retract implements bot.Retractor.
func (w *Workspace) Retract(ctx context.Context, ref bot.MessageRef) error {
	channel, err := native(ref.Place)
	if err != nil {
		return err
	}
	return w.noted(w.config.API.Delete(ctx, channel, ref.Native))
}

// Whisper implements bot.Whisperer: what is longer than one message is shown as
// several.
func (w *Workspace) Whisper(ctx context.Context, whisper bot.Whisper) error {
	channel, err := native(whisper.Place)
	if err != nil {
		return err
	}
	parts, err := w.Render(whisper.Message)
	if err != nil {
		return err
	}
	for _, part := range parts {
		payload, err := w.resolved(ctx, part.Payload)
		if err != nil {
			return err
		}
		if err := w.noted(w.config.API.Ephemeral(ctx, channel, "", whisper.To.Native(), payload)); err != nil {
			return err
		}
	}
	return nil
}

// Open implements bot.Opener. Slack opens the same conversation for the same
// people in whatever order.
func (w *Workspace) Open(ctx context.Context, accounts []bot.AccountID) (bot.PlaceID, error) {
	var users []string
	for _, account := range accounts {
		if account.Platform() != Name || account.Native() == "" {
			return "", &bot.SendError{Reason: bot.Unreachable, Say: "One of these people has no account in this workspace of Slack."}
		}
		users = append(users, account.Native())
	}
	slices.Sort(users)
	channel, err := w.config.API.Open(ctx, slices.Compact(users))
	if w.noted(err) != nil {
		return "", err
	}
	return bot.NewPlaceID(Name, channel), nil
}
