package playground

import (
	"context"
	"slices"
	"strings"

	"evangelist/bot"
)

// Changed returns a channel that is closed at the next change of anything that
// can be read here. Get it before looking.
func (w *Workspace) Changed() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.changed
}

// WaitFor returns nil as soon as holds reports true; it is asked now and after
// each change. It returns the context's error when that ends first.
func (w *Workspace) WaitFor(ctx context.Context, holds func() bool) error {
	for {
		changed := w.Changed()
		if holds() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Messages returns what stands in a place, oldest first, replies among the
// rest in order of time, without what was deleted. place is a native id or name
// ("good-finds", "direct-amira") or a whole bot.PlaceID. An unknown place has none.
func (w *Workspace) Messages(place string) []Message {
	all := w.Log(place)
	return slices.DeleteFunc(all, func(m Message) bool { return m.Gone })
}

// Log returns all that was ever posted in a place, oldest first; of what was
// deleted it returns who and when.
func (w *Workspace) Log(place string) []Message {
	w.mu.Lock()
	defer w.mu.Unlock()
	r, ok := w.state.find(place)
	if !ok {
		return nil
	}
	out := make([]Message, 0, len(r.messages))
	for _, m := range r.messages {
		out = append(out, m.copy())
	}
	return out
}

// Message returns one message. bot.ErrNotFound when it is gone or never was.
func (w *Workspace) Message(ref bot.MessageRef) (Message, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	r, ok := w.state.find(string(ref.Place))
	if !ok {
		return Message{}, bot.ErrNotFound
	}
	m, ok := r.byID[ref.Native]
	if !ok || m.Gone {
		return Message{}, bot.ErrNotFound
	}
	return m.copy(), nil
}

// find accepts a native id, a name, with or without #, or a bot.PlaceID.
func (s *state) find(place string) (*room, bool) {
	if id := bot.PlaceID(place); id.Platform() == s.platform && id.Native() != "" {
		r, ok := s.rooms[id.Native()]
		return r, ok
	}
	place = strings.TrimPrefix(place, "#")
	if r, ok := s.rooms[place]; ok {
		return r, true
	}
	for _, native := range s.order {
		if r := s.rooms[native]; r.Name == place && r.Kind != bot.DirectChat {
			return r, true
		}
	}
	return nil, false
}

// Rooms returns the places that an account can read, channels first, in the
// order in which they were made.
func (w *Workspace) Rooms(account string) []Room {
	w.mu.Lock()
	defer w.mu.Unlock()
	who, ok := w.state.accounts[account]
	if !ok {
		return nil
	}
	var out []Room
	for _, native := range w.state.order {
		if r := w.state.rooms[native]; r.sees(who) {
			out = append(out, w.state.room(r))
		}
	}
	return out
}

// People returns the accounts in order of arrival, bots included.
func (w *Workspace) People() []Account {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := make([]Account, 0, len(w.state.people))
	for _, native := range w.state.people {
		out = append(out, *w.state.accounts[native])
	}
	return out
}

// Account returns one account by native id or bot.AccountID, and whether there
// is one.
func (w *Workspace) Account(id string) (Account, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.state.account(id)
}

func (s *state) account(id string) (Account, bool) {
	if whole := bot.AccountID(id); whole.Platform() == s.platform && whole.Native() != "" {
		id = whole.Native()
	}
	if account, ok := s.accounts[id]; ok {
		return *account, true
	}
	return Account{}, false
}

// ID returns the bot.AccountID of a native id of this workspace.
func (w *Workspace) ID(account string) bot.AccountID { return bot.NewAccountID(w.name, account) }

// PlaceID returns the bot.PlaceID of a native id of this workspace.
func (w *Workspace) PlaceID(place string) bot.PlaceID { return bot.NewPlaceID(w.name, place) }

// Me returns the account that the connected bot posts as.
func (w *Workspace) Me() bot.AccountID { return bot.NewAccountID(w.name, botNative) }

// Accounts exports the directory, the bots included, in order of arrival.
func (w *Workspace) Accounts() []bot.AccountFact {
	var out []bot.AccountFact
	for _, a := range w.People() {
		out = append(out, bot.AccountFact{
			Account: w.ID(a.Native), Name: a.Name, Email: a.Email, Department: a.Department, Level: a.Level,
			Title: a.Title, Inactive: &a.Inactive, External: a.External, Bot: a.Bot,
		})
	}
	return out
}

// Places exports all places in the order in which they were made. Watched is
// never set: that is the bot's own affair.
func (w *Workspace) Places() []bot.Place {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []bot.Place
	for _, native := range w.state.order {
		out = append(out, w.state.room(w.state.rooms[native]).Place)
	}
	return out
}

// Runs returns what a person wrote in pieces, links and names told apart.
func (w *Workspace) Runs(text string) []Run {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.state.runs(text)
}

// Emojis returns what can be reacted with.
func (w *Workspace) Emojis() []Emoji { return slices.Clone(emojiTable) }
