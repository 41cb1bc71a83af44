package playground

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"evangelist/adapters/parts"
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

// A part holds at most this much; about what other platforms take.
const (
	maxPartBlocks = 40
	maxPartRunes  = 12_000
)

// Name implements bot.Platform.
func (w *Workspace) Name() string { return w.name }

// Limits implements bot.Platform.
func (w *Workspace) Limits() []bot.Limit { return slices.Clone(w.limits) }

// Render implements bot.Platform: a payload is the JSON text of a bot.Message
// of at most 40 blocks and 12,000 characters.
func (w *Workspace) Render(message bot.Message) ([]bot.Part, error) {
	var out []bot.Part
	for _, piece := range parts.Split(message, parts.Limits{Blocks: maxPartBlocks, Size: maxPartRunes}) {
		payload, err := encode(piece)
		if err != nil {
			return nil, fmt.Errorf("render for the playground: %w", err)
		}
		out = append(out, bot.Part{Payload: payload, Text: parts.Words(piece)})
	}
	return out, nil
}

// encode writes JSON as is, without the escapes that are for HTML.
func encode(message bot.Message) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	err := enc.Encode(message)
	return bytes.TrimRight(out.Bytes(), "\n"), err
}

// Decode reads a payload back into the message that it shows.
func Decode(payload []byte) (bot.Message, error) {
	var message bot.Message
	if err := json.Unmarshal(payload, &message); err != nil {
		return bot.Message{}, fmt.Errorf("read a playground payload: %w", err)
	}
	return message, nil
}

func denied(say string) error { return &bot.SendError{Reason: bot.Denied, Say: say} }

func unreachable(say string) error { return &bot.SendError{Reason: bot.Unreachable, Say: say} }

// Post implements bot.Platform. The message is on disk when it returns.
func (w *Workspace) Post(ctx context.Context, p bot.Posting) (bot.MessageRef, error) {
	var ref bot.MessageRef
	call := Call{Method: "post", Place: p.Place, Thread: p.Thread, ID: p.ID, Payload: p.Part.Payload}
	err := w.perform(ctx, call, func() error {
		message, err := Decode(p.Part.Payload)
		if err != nil {
			return &bot.SendError{Reason: bot.Denied, Say: "This was not rendered for the playground, so it was not posted.", Err: err}
		}
		done, err := w.postAs(p, message)
		ref = bot.MessageRef{Place: p.Place, Native: done.Message}
		return err
	})
	if err != nil {
		return bot.MessageRef{}, err
	}
	return ref, nil
}

func (w *Workspace) postAs(p bot.Posting, message bot.Message) (event, error) {
	return w.add(true, func(s *state) (event, error) {
		r, err := s.writable(p.Place)
		if err != nil {
			return event{}, err
		}
		thread, err := r.thread(p.Thread)
		if err != nil {
			return event{}, err
		}
		return event{Kind: posted, Place: r.Native, Thread: thread, By: botNative, Text: parts.Words(message), Body: &message, PartID: p.ID, Heard: r.Member}, nil
	})
}

// writable returns a place that the bot may post to, or a certain refusal.
func (s *state) writable(place bot.PlaceID) (*room, error) {
	r, ok := s.rooms[place.Native()]
	switch {
	case !ok || place.Platform() != s.platform:
		return nil, denied("There is no such place in the workspace. Choose another one.")
	case r.Archived:
		return nil, denied("#" + r.Name + " is archived. Open it again or choose another place.")
	case !r.Member:
		return nil, denied("The bot is not in #" + r.Name + ". Add it to the channel, then it can post there.")
	}
	if r.Kind == bot.DirectChat {
		if account, ok := s.accounts[r.Members[0]]; ok && account.Inactive {
			return nil, unreachable("The account of " + account.Name + " is deactivated.")
		}
	}
	return r, nil
}

// thread returns the first message of the thread that a reply belongs to.
func (r *room) thread(native string) (string, error) {
	if native == "" {
		return "", nil
	}
	first, ok := r.byID[native]
	if !ok {
		return "", denied("The message that this answers to is not there.")
	}
	if first.Thread != "" {
		return first.Thread, nil
	}
	return native, nil
}

// ours returns a message that the bot posted; gone is true when it was removed.
func (s *state) ours(ref bot.MessageRef) (r *room, m *Message, err error) {
	r, ok := s.rooms[ref.Place.Native()]
	if !ok || ref.Place.Platform() != s.platform {
		return nil, nil, denied("There is no such place in the workspace.")
	}
	m, ok = r.byID[ref.Native]
	if !ok {
		return nil, nil, unreachable("There is no such message any more.")
	}
	if !m.Ours {
		return nil, nil, denied("The bot can change its own messages only.")
	}
	return r, m, nil
}

// Edit implements bot.Editor. A message that is gone is Unreachable.
func (w *Workspace) Edit(ctx context.Context, ref bot.MessageRef, part bot.Part) error {
	return w.perform(ctx, Call{Method: "edit", Place: ref.Place, Ref: ref, Payload: part.Payload}, func() error {
		message, err := Decode(part.Payload)
		if err != nil {
			return &bot.SendError{Reason: bot.Denied, Say: "This was not rendered for the playground, so nothing was changed.", Err: err}
		}
		return w.replace(ref, message)
	})
}

func (w *Workspace) replace(ref bot.MessageRef, message bot.Message) error {
	_, err := w.add(true, func(s *state) (event, error) {
		r, m, err := s.ours(ref)
		switch {
		case err != nil:
			return event{}, err
		case m.Gone:
			return event{}, unreachable("The message was removed, so it cannot be changed.")
		case sameMessage(m.Body, &message):
			return event{}, errNothing
		}
		return event{Kind: edited, Place: r.Native, Message: m.Ref.Native, By: botNative, Text: parts.Words(message), Body: &message, Heard: r.Member}, nil
	})
	return err
}

func sameMessage(a, b *bot.Message) bool {
	if a == nil || b == nil {
		return a == b
	}
	one, err := a.Hash()
	two, err2 := b.Hash()
	return err == nil && err2 == nil && one == two
}

// Find implements bot.Finder. Absence is certain, but for what Lag hides.
func (w *Workspace) Find(ctx context.Context, place bot.PlaceID, thread, id string, since time.Time) ([]bot.MessageRef, error) {
	var found []bot.MessageRef
	err := w.perform(ctx, Call{Method: "find", Place: place, Thread: thread, ID: id}, func() error {
		w.faults.mu.Lock()
		lag := w.faults.lag
		w.faults.mu.Unlock()
		w.mu.Lock()
		defer w.mu.Unlock()
		if err := w.catchUp(); err != nil {
			return err
		}
		r, ok := w.state.rooms[place.Native()]
		if !ok || place.Platform() != w.name {
			return denied("There is no such place in the workspace, so it could not be looked through.")
		}
		first, err := r.thread(thread)
		if err != nil {
			return nil // under what is not there stands nothing
		}
		until := w.clock.Now().Add(-lag)
		for _, m := range r.messages {
			if m.Thread == first && m.Ours && !m.Gone && id != "" && m.PartID == id && !m.At.Before(since) && (lag == 0 || !m.At.After(until)) {
				found = append(found, m.Ref)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}

// Retract implements bot.Retractor.
func (w *Workspace) Retract(ctx context.Context, ref bot.MessageRef) error {
	return w.perform(ctx, Call{Method: "retract", Place: ref.Place, Ref: ref}, func() error {
		_, err := w.add(true, func(s *state) (event, error) {
			r, m, err := s.ours(ref)
			var refused *bot.SendError
			switch {
			case errors.As(err, &refused) && refused.Reason == bot.Unreachable:
				return event{}, errNothing
			case err != nil:
				return event{}, err
			case m.Gone:
				return event{}, errNothing
			}
			return event{Kind: deleted, Place: r.Native, Message: m.Ref.Native, By: botNative, Heard: r.Member}, nil
		})
		return err
	})
}

// Whisper implements bot.Whisperer. It is shown until the person puts it away
// or the process ends.
func (w *Workspace) Whisper(ctx context.Context, whisper bot.Whisper) error {
	payload, err := encode(whisper.Message)
	if err != nil {
		return fmt.Errorf("whisper: %w", err)
	}
	call := Call{Method: "whisper", Place: whisper.Place, To: []bot.AccountID{whisper.To}, Payload: payload}
	return w.perform(ctx, call, func() error {
		w.mu.Lock()
		defer w.mu.Unlock()
		r, ok := w.state.rooms[whisper.Place.Native()]
		account, known := w.state.account(string(whisper.To))
		if !ok || !known || whisper.Place.Platform() != w.name || !r.sees(&account) {
			return unreachable("This person is not in that place.")
		}
		w.desk(account.Native).put(PrivateReply{Ref: w.privateRef(whisper.Place), At: w.clock.Now(), Message: whisper.Message})
		w.announce()
		return nil
	})
}

// Open implements bot.Opener.
func (w *Workspace) Open(ctx context.Context, accounts []bot.AccountID) (bot.PlaceID, error) {
	var place bot.PlaceID
	err := w.perform(ctx, Call{Method: "open", To: slices.Clone(accounts)}, func() error {
		_, err := w.add(true, func(s *state) (event, error) {
			fresh, err := s.conversation(accounts)
			if err != nil {
				return event{}, err
			}
			place = s.placeID(fresh.Native)
			if _, known := s.rooms[fresh.Native]; known {
				return event{}, errNothing
			}
			return event{Kind: placeAdded, Room: &fresh}, nil
		})
		return err
	})
	if err != nil {
		return "", err
	}
	return place, nil
}

// conversation is the place of exactly these accounts and the bot.
func (s *state) conversation(accounts []bot.AccountID) (room, error) {
	var natives, names []string
	for _, id := range accounts {
		account, ok := s.account(string(id))
		switch {
		case !ok || id.Platform() != s.platform:
			return room{}, unreachable("One of these people has no account here.")
		case account.Inactive:
			return room{}, unreachable("The account of " + account.Name + " is deactivated.")
		}
		natives = append(natives, account.Native)
	}
	slices.Sort(natives)
	natives = slices.Compact(natives)
	switch len(natives) {
	case 0:
		return room{}, denied("A conversation needs at least one person.")
	case 1:
		return directRoom(natives[0]), nil
	}
	for _, native := range natives {
		names = append(names, strings.Fields(s.accounts[native].Name + " ?")[0])
	}
	sum := sha256.Sum256([]byte(strings.Join(natives, "\n")))
	return room{Native: "group-" + hex.EncodeToString(sum[:6]), Name: strings.Join(names, ", "), Kind: bot.GroupChat, Member: true, Members: natives}, nil
}
