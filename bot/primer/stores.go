package primer

import (
	"context"

	"evangelist/bot"
)

// Stores are what the feature needs to be kept. Every write is one transaction,
// durable when it returns, and changes nothing when it is repeated. Rules that are
// handed to a Change may run twice; their error is returned as it is, and then
// nothing is kept.
type Stores struct {
	Enrolments Enrolments
	Terms      Terms
	Items      Items
}

// Enrolments keeps who goes through the lessons.
type Enrolments interface {
	// Get returns somebody's enrolment, one with the Person and the state None when
	// nothing is kept.
	Get(ctx context.Context, person bot.PersonID) (Enrolment, error)
	// List returns those in the given states (none: all), in the order of persons.
	List(ctx context.Context, states ...State) ([]Enrolment, error)
	// Change loads an enrolment with the Post of its PostKey, calls rule and saves
	// it with the deliveries; messages that Outdated names and that were not sent
	// yet are cancelled. One that stays None is not kept. bot.ErrNotFound when the
	// register does not have the person.
	Change(ctx context.Context, person bot.PersonID, rule func(*Enrolment) ([]bot.Delivery, error)) error
}

// Terms keeps the organisation's own words.
type Terms interface {
	// List returns all words, in the order of their keys.
	List(ctx context.Context) ([]Term, error)
	// Set keeps a word in place of the one with its Key.
	Set(ctx context.Context, term Term) error
	// Remove forgets a word; one that is not there is no error.
	Remove(ctx context.Context, key string) error
}

// Items keeps what leads did to the checklist.
type Items interface {
	// List returns the ticks, and the organisation's own items, ticked or not, in
	// the order of ids.
	List(ctx context.Context) ([]Mark, error)
	// Change loads a mark, an empty one when nothing is kept, calls rule and saves
	// it; one that is Zero is forgotten.
	Change(ctx context.Context, id string, rule func(*Mark) error) error
	// Own keeps exactly these titles as the organisation's own items, by id. Ticks
	// of those that stay, stay.
	Own(ctx context.Context, titles map[string]string) error
}
