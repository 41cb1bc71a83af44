package playground

import (
	"context"
	"slices"
	"strings"

	"evangelist/bot"
)

// longestPost is how many characters a person can post at once.
const longestPost = 12_000

// longestName is how many characters the name of somebody or of a place has.
const longestName = 300

// Person acts as somebody in the workspace. Each method does what that person's
// client would do, and refuses with bot.ErrNotFound what the person cannot see.
type Person struct {
	w      *Workspace
	native string
}

// As returns a handle for an account, by native id. If there is none every act
// fails with bot.ErrNotFound.
func (w *Workspace) As(account string) *Person { return &Person{w: w, native: account} }

// ID returns the person's account.
func (p *Person) ID() bot.AccountID { return p.w.ID(p.native) }

// Direct returns the place of the person's own chat with the bot. It is there
// once somebody wrote in it.
func (p *Person) Direct() bot.PlaceID { return p.w.PlaceID("direct-" + p.native) }

// enter returns a place that the person can write in.
func (p *Person) enter(s *state, place string) (*room, *Account, error) {
	account, ok := s.accounts[p.native]
	if !ok || account.Inactive {
		return nil, nil, bot.ErrNotFound
	}
	r, ok := s.find(place)
	if !ok || !r.sees(account) {
		return nil, nil, bot.ErrNotFound
	}
	if r.Archived {
		return nil, nil, bot.Refuse("archived", "#"+r.Name+" is archived, so nothing was posted. Write in another channel.")
	}
	return r, account, nil
}

// Post writes into a place: a native id, a name or a bot.PlaceID. What is
// written into the chat with the bot is also asked of the bot; use Tell to get
// its answer.
func (p *Person) Post(ctx context.Context, place, text string) (Message, error) {
	message, _, err := p.write(ctx, place, "", text)
	return message, err
}

// Reply answers to a message in its thread.
func (p *Person) Reply(ctx context.Context, to bot.MessageRef, text string) (Message, error) {
	message, _, err := p.write(ctx, string(to.Place), to.Native, text)
	return message, err
}

// Tell writes into the person's own chat with the bot and returns its answer.
func (p *Person) Tell(ctx context.Context, text string) (Answer, error) {
	if err := p.ensureDirect(); err != nil {
		return Answer{}, err
	}
	_, answer, err := p.write(ctx, string(p.Direct()), "", text)
	return answer, err
}

// Type does what the composer does: a line that begins with "/" is a command,
// everything else is posted, as a reply when thread is not empty.
func (p *Person) Type(ctx context.Context, place, thread, text string) (Answer, error) {
	if strings.HasPrefix(text, "/") {
		return p.Slash(ctx, place, text)
	}
	_, answer, err := p.write(ctx, place, thread, text)
	return answer, err
}

func (p *Person) ensureDirect() error {
	_, err := p.w.add(false, func(s *state) (event, error) {
		if _, ok := s.accounts[p.native]; !ok {
			return event{}, bot.ErrNotFound
		}
		fresh := directRoom(p.native)
		if _, ok := s.rooms[fresh.Native]; ok {
			return event{}, errNothing
		}
		return event{Kind: placeAdded, Room: &fresh}, nil
	})
	return err
}

func (p *Person) write(ctx context.Context, place, thread, text string) (Message, Answer, error) {
	text = bot.Clean(text, longestPost)
	if text == "" {
		return Message{}, Answer{}, bot.Refuse("empty", "There was nothing to post. Type a few words first.")
	}
	direct := false
	done, err := p.w.add(false, func(s *state) (event, error) {
		r, _, err := p.enter(s, place)
		if err != nil {
			return event{}, err
		}
		first := ""
		if thread != "" {
			m, ok := r.byID[thread]
			if !ok {
				return event{}, bot.ErrNotFound
			}
			if first = thread; m.Thread != "" {
				first = m.Thread
			}
		}
		direct = r.Kind == bot.DirectChat
		return event{Kind: posted, Place: r.Native, Thread: first, By: p.native, Text: text, Links: s.links(text), Heard: r.Member}, nil
	})
	if err != nil {
		return Message{}, Answer{}, err
	}
	message, err := p.w.Message(bot.MessageRef{Place: p.w.PlaceID(done.Place), Native: done.Message})
	if err != nil || !direct {
		return message, Answer{}, err
	}
	answer, err := p.ask(ctx, text)
	return message, answer, err
}

// own returns a message that this person wrote and that stands.
func (p *Person) own(s *state, ref bot.MessageRef) (*room, *Message, error) {
	r, _, err := p.enter(s, string(ref.Place))
	if err != nil {
		return nil, nil, err
	}
	m, ok := r.byID[ref.Native]
	if !ok || m.Author != p.ID() {
		return nil, nil, bot.ErrNotFound
	}
	return r, m, nil
}

// Edit changes what the person wrote. The same words again change nothing.
func (p *Person) Edit(_ context.Context, ref bot.MessageRef, text string) error {
	text = bot.Clean(text, longestPost)
	if text == "" {
		return bot.Refuse("empty", "There was nothing left to show. Delete the message if that is what you want.")
	}
	_, err := p.w.add(false, func(s *state) (event, error) {
		r, m, err := p.own(s, ref)
		switch {
		case err != nil:
			return event{}, err
		case m.Gone:
			return event{}, bot.ErrNotFound
		case m.Text == text:
			return event{}, errNothing
		}
		return event{Kind: edited, Place: r.Native, Message: ref.Native, By: p.native, Text: text, Links: s.links(text), Heard: r.Member}, nil
	})
	return err
}

// Delete removes what the person wrote. Again: nothing happens.
func (p *Person) Delete(_ context.Context, ref bot.MessageRef) error {
	_, err := p.w.add(false, func(s *state) (event, error) {
		r, m, err := p.own(s, ref)
		switch {
		case err != nil:
			return event{}, err
		case m.Gone:
			return event{}, errNothing
		}
		return event{Kind: deleted, Place: r.Native, Message: ref.Native, By: p.native, Heard: r.Member}, nil
	})
	return err
}

// React puts an emoji under a message, by short code, with or without colons,
// or by the sign itself. The same again changes nothing.
func (p *Person) React(_ context.Context, ref bot.MessageRef, emoji string) error {
	return p.react(ref, emoji, true)
}

// Unreact takes the person's emoji back. The same again changes nothing.
func (p *Person) Unreact(_ context.Context, ref bot.MessageRef, emoji string) error {
	return p.react(ref, emoji, false)
}

func (p *Person) react(ref bot.MessageRef, emoji string, on bool) error {
	_, err := p.w.add(false, func(s *state) (event, error) {
		code := s.emojiCode(emoji)
		if code == "" {
			return event{}, bot.Refuse("emoji", "The workspace has no such emoji. Choose one from the menu.")
		}
		r, _, err := p.enter(s, string(ref.Place))
		if err != nil {
			return event{}, err
		}
		m, ok := r.byID[ref.Native]
		switch {
		case !ok || m.Gone:
			return event{}, bot.ErrNotFound
		case m.reactedBy(code, p.ID()) == on:
			return event{}, errNothing
		}
		e := event{Kind: unreacted, Place: r.Native, Message: ref.Native, By: p.native, Emoji: code, Heard: r.Member}
		if on {
			e.Kind, e.Char = reacted, s.chars[code]
		}
		return e, nil
	})
	return err
}

// emojiCode returns the short code of an emoji, "" when it is unknown.
func (s *state) emojiCode(emoji string) string {
	code := strings.Trim(emoji, ":")
	if _, ok := s.chars[code]; ok {
		return code
	}
	for code, char := range s.chars {
		if char == emoji {
			return code
		}
	}
	return ""
}

// AddBot makes the bot a member of a place; RemoveBot ends that. The same again
// changes nothing.
func (p *Person) AddBot(_ context.Context, place string) error { return p.member(place, true) }

// RemoveBot is described at AddBot.
func (p *Person) RemoveBot(_ context.Context, place string) error { return p.member(place, false) }

func (p *Person) member(place string, on bool) error {
	_, err := p.w.add(false, func(s *state) (event, error) {
		r, _, err := p.enter(s, place)
		switch {
		case err != nil:
			return event{}, err
		case r.Kind == bot.DirectChat:
			return event{}, bot.Refuse("direct", "The bot always is in its own chat.")
		case r.Member == on:
			return event{}, errNothing
		}
		kind := botLeft
		if on {
			kind = botJoined
		}
		return event{Kind: kind, Place: r.Native, By: p.native, Heard: true}, nil
	})
	return err
}

// AddPerson adds or changes an account. Native is compulsory: lower-case
// letters, digits and "-".
func (w *Workspace) AddPerson(account Account) error {
	if account.Native == "" || strings.ContainsAny(account.Native, "| \n") || account.Native == botNative {
		return bot.Refuse("account", "An account needs an id of lower-case letters, digits and hyphens that nobody else has.")
	}
	account.Name, account.Title = bot.Clean(account.Name, longestName), bot.Clean(account.Title, longestName)
	account.Department, account.Bio = bot.Clean(account.Department, longestName), bot.Clean(account.Bio, longestPost)
	_, err := w.add(false, func(*state) (event, error) { return event{Kind: accountAdded, Account: &account}, nil })
	return err
}

// Deactivate switches an account off or, with off false, on again.
func (w *Workspace) Deactivate(account string, off bool) error {
	_, err := w.add(false, func(s *state) (event, error) {
		known, ok := s.accounts[account]
		switch {
		case !ok:
			return event{}, bot.ErrNotFound
		case known.Inactive == off:
			return event{}, errNothing
		}
		return event{Kind: accountChanged, By: account, Off: off}, nil
	})
	return err
}

// AddRoom adds a place, or changes one with the same native id, which is the
// native part of room.ID. Members nil: everybody of the organisation.
func (w *Workspace) AddRoom(fresh Room) (bot.PlaceID, error) {
	native := fresh.ID.Native()
	if native == "" || strings.ContainsAny(native, "| \n") {
		return "", bot.Refuse("place", "A place needs an id: set Place.ID with Workspace.PlaceID.")
	}
	r := room{
		Native: native, Name: bot.Clean(fresh.Name, longestName), Topic: bot.Clean(fresh.Topic, longestPost), Kind: fresh.Kind, Member: fresh.Member,
		External: fresh.External, Archived: fresh.Archived,
	}
	for _, member := range fresh.Members {
		r.Members = append(r.Members, member.Native())
	}
	slices.Sort(r.Members)
	_, err := w.add(false, func(*state) (event, error) { return event{Kind: placeAdded, Room: &r}, nil })
	return w.PlaceID(native), err
}
