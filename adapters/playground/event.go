package playground

import (
	"encoding/json"
	"fmt"
	"time"

	"evangelist/bot"
)

// kind says what one event of the journal records. The values are stored.
type kind string

const (
	accountAdded   kind = "account" // an account was added or changed
	placeAdded     kind = "place"   // a place was added or changed
	pagesKnown     kind = "pages"   // what the workspace knows of pages that nobody posted yet
	seeded         kind = "seeded"  // the workspace is furnished; what follows is life
	posted         kind = "posted"
	edited         kind = "edited"
	deleted        kind = "deleted"
	reacted        kind = "reacted"
	unreacted      kind = "unreacted"
	botJoined      kind = "joined"
	botLeft        kind = "left"
	accountChanged kind = "switched" // an account was deactivated, or taken back
)

// event is one line of the journal. Which fields are set depends on Kind.
type event struct {
	Kind    kind           `json:"kind"`
	At      time.Time      `json:"at"`
	Account *Account       `json:"account,omitempty"`
	Room    *room          `json:"room,omitempty"`
	Place   string         `json:"place,omitempty"`
	Message string         `json:"message,omitempty"`
	Thread  string         `json:"thread,omitempty"`
	By      string         `json:"by,omitempty"`
	Text    string         `json:"text,omitempty"`
	Links   []bot.SeenLink `json:"links,omitempty"`
	Body    *bot.Message   `json:"body,omitempty"`
	PartID  string         `json:"part_id,omitempty"`
	Emoji   string         `json:"emoji,omitempty"`
	Char    string         `json:"char,omitempty"`
	Off     bool           `json:"off,omitempty"`
	// Heard says that the bot was a member when it happened, so that it is told.
	Heard bool `json:"heard,omitempty"`
}

// line returns the event as one line of the journal, with its newline.
func (e event) line() ([]byte, error) {
	text, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("write a workspace event: %w", err)
	}
	return append(text, '\n'), nil
}

// apply makes the event part of the state. Events of one journal are applied
// in order, once each; one that refers to something unknown is an error, for
// then the journal is not whole.
func (s *state) apply(e event) error {
	if err := s.change(e); err != nil {
		return err
	}
	s.events = append(s.events, e)
	return nil
}

func (s *state) change(e event) error {
	switch e.Kind {
	case seeded:
		s.furnished = true
		return nil
	case pagesKnown:
		s.learn(e.Links)
		return nil
	case accountAdded:
		if e.Account == nil {
			return fmt.Errorf("event %q has no account", e.Kind)
		}
		s.addAccount(*e.Account)
		return nil
	case placeAdded:
		if e.Room == nil {
			return fmt.Errorf("event %q has no place", e.Kind)
		}
		s.addRoom(*e.Room)
		return nil
	case accountChanged:
		account, ok := s.accounts[e.By]
		if !ok {
			return fmt.Errorf("event %q names the unknown account %q", e.Kind, e.By)
		}
		account.Inactive = e.Off
		return nil
	}
	room, ok := s.rooms[e.Place]
	if !ok {
		return fmt.Errorf("event %q names the unknown place %q", e.Kind, e.Place)
	}
	return s.changeRoom(room, e)
}

func (s *state) changeRoom(r *room, e event) error {
	switch e.Kind {
	case botJoined, botLeft:
		r.Member = e.Kind == botJoined
		return nil
	case posted:
		s.post(r, e)
		return nil
	}
	message, ok := r.byID[e.Message]
	if !ok {
		return fmt.Errorf("event %q names the unknown message %q in %q", e.Kind, e.Message, e.Place)
	}
	switch e.Kind {
	case edited:
		message.Text, message.Links, message.Body, message.EditedAt = e.Text, e.Links, e.Body, e.At
		s.learn(e.Links)
	case deleted:
		*message = Message{Ref: message.Ref, Thread: message.Thread, Author: message.Author, Name: message.Name, Bot: message.Bot, Ours: message.Ours, At: message.At, Gone: true}
	case reacted:
		s.react(message, e)
	case unreacted:
		message.unreact(e.Emoji, s.accountID(e.By))
	default:
		return fmt.Errorf("the journal holds an event %q that this version does not know; use the version that wrote it, or start with a new file", e.Kind)
	}
	return nil
}
