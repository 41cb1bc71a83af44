package roster

import (
	"context"

	"evangelist/bot"
)

// Stores are what the feature needs to be kept. Every write is one transaction,
// durable when it returns, and changes nothing when it is repeated. Rules that
// are handed to a Change may run twice; their error is returned as it is, and
// then nothing is kept.
type Stores struct {
	Offices   Offices
	Guests    Guests
	Register  Register
	Points    Points
	Decisions Decisions
}

// Offices keeps the departments' places.
type Offices interface {
	// List returns all that are kept, by department.
	List(ctx context.Context) ([]Office, error)
	// Change loads the office of a department, NewOffice at first, and somebody as a
	// Guest with the Office of their place, a zero one for "", calls rule and saves both with the deliveries;
	// messages that Outdated names and that were not sent yet are cancelled.
	// bot.ErrNotFound when the register does not have the person.
	Change(ctx context.Context, department string, person bot.PersonID, rule func(*Office, *Guest) ([]bot.Delivery, error)) error
}

// Guests keeps who was asked, and when.
type Guests interface {
	// Get returns somebody as a Guest, with the Person alone when nothing is kept.
	Get(ctx context.Context, person bot.PersonID) (Guest, error)
	// List returns all that are kept, in the order of persons.
	List(ctx context.Context) ([]Guest, error)
	// Change loads a Guest, calls rule and saves it with the deliveries; messages
	// that Outdated names and that were not sent yet are cancelled. bot.ErrNotFound
	// when the register does not have the person.
	Change(ctx context.Context, person bot.PersonID, rule func(*Guest) ([]bot.Delivery, error)) error
}

// Register keeps what was last seen of the register of people, and the settings.
type Register interface {
	// Desk returns the settings, the zero Desk at first.
	Desk(ctx context.Context) (Desk, error)
	// List returns what was seen, in the order of persons.
	List(ctx context.Context) ([]Seen, error)
	// Change loads the settings and what was seen of the persons, in their order and
	// not Known where nothing was, calls rule and saves what it changed with the
	// deliveries. Persons whom the register does not have are left out.
	Change(ctx context.Context, persons []bot.PersonID, rule func(*Desk, []Seen) ([]bot.Delivery, error)) error
}

// Points keeps what is to stand on the next agenda.
type Points interface {
	// List returns those that stood on none yet, the oldest first.
	List(ctx context.Context) ([]Point, error)
	// Add keeps a point; one with the same ID stays as it is.
	Add(ctx context.Context, point Point) error
	// Post notes that points stood on an agenda, and adds the deliveries. Where one of
	// these was added before, the agenda stands, with the points that it had then:
	// nothing changes.
	Post(ctx context.Context, slot string, ids []string, deliveries []bot.Delivery) error
}

// Decisions keeps what was decided.
type Decisions interface {
	// Get returns a decision, or bot.ErrNotFound.
	Get(ctx context.Context, id string) (Decision, error)
	// List returns decisions in the given states (none: all), the oldest first.
	List(ctx context.Context, states ...DecisionState) ([]Decision, error)
	// Add keeps a decision with the deliveries; one with the same ID stays as it is.
	Add(ctx context.Context, decision Decision, deliveries []bot.Delivery) error
	// Change loads a decision, calls rule and saves it with the deliveries; messages
	// that Outdated names and that were not sent yet are cancelled. bot.ErrNotFound.
	Change(ctx context.Context, id string, rule func(*Decision) ([]bot.Delivery, error)) error
}
