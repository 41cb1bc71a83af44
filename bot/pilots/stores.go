package pilots

import (
	"context"

	"evangelist/bot"
)

// Stores are what the feature needs to be kept. Every write is one transaction,
// durable when it returns, and changes nothing when it is repeated. Rules that
// are handed to a Change may run twice; their error is returned as it is, and
// then nothing is kept.
type Stores struct {
	Pilots  Pilots
	Goals   Goals
	Stories Stories
}

// Filter chooses pilots. Conditions are joined by and; a zero field asks for
// nothing.
type Filter struct {
	States    []State
	Person    bot.PersonID // its sponsor or of its team
	Idea      string
	Reference string
}

// Pilots keeps pilots with all that belongs to them.
type Pilots interface {
	// Get returns a pilot, or bot.ErrNotFound.
	Get(ctx context.Context, id string) (Pilot, error)
	// List returns pilots, the newest first.
	List(ctx context.Context, filter Filter) ([]Pilot, error)
	// Add keeps a new pilot with the deliveries and returns it. If one with this
	// Source is there already, that one is returned and nothing changes.
	// ErrTaken when the Reference is another pilot's.
	Add(ctx context.Context, pilot Pilot, deliveries []bot.Delivery) (Pilot, error)
	// Change loads a pilot, calls rule and saves it with its Story and the
	// deliveries; messages that Outdated names and that were not sent yet are
	// cancelled. Fixings, check-ins, readings and surveys are added, never
	// changed, except that a survey closes and its answers go. bot.ErrNotFound.
	Change(ctx context.Context, id string, rule func(*Pilot) ([]bot.Delivery, error)) error
}

// ErrTaken means that a reference is in use; another one is to be drawn.
var ErrTaken = &bot.Error{Code: "reference-taken", Say: "That did not work this time, so nothing was done. Please try again."}

// Goals keeps the list of goals.
type Goals interface {
	// Get returns a goal, or bot.ErrNotFound.
	Get(ctx context.Context, id string) (Goal, error)
	// List returns goals, the widest level first, then by title; closed ones only
	// when asked for.
	List(ctx context.Context, closed bool) ([]Goal, error)
	// Add keeps a new goal; one with the same Source stays as it is.
	Add(ctx context.Context, goal Goal) error
	// Change loads a goal, calls rule and saves it. bot.ErrNotFound.
	Change(ctx context.Context, id string, rule func(*Goal) error) error
}

// Stories keeps what came of pilots. A story comes into being with a verdict.
type Stories interface {
	// Get returns a story, or bot.ErrNotFound.
	Get(ctx context.Context, id string) (Story, error)
	// Of returns the story of a pilot, or bot.ErrNotFound.
	Of(ctx context.Context, pilot string) (Story, error)
	// List returns the stories in the given states (none: all), the newest first.
	List(ctx context.Context, states ...StoryState) ([]Story, error)
	// Change loads a story, calls rule and saves it with the deliveries; tellings
	// are added, never changed. bot.ErrNotFound.
	Change(ctx context.Context, id string, rule func(*Story) ([]bot.Delivery, error)) error
}
