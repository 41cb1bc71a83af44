package bot

import (
	"context"
	"slices"
	"time"
)

// Role is what a person may do, coarsely. Finer rights are the first line of
// each feature's rule: may(actor, object).
type Role string

// The roles. Everybody holds Anybody; an account of this organisation holds
// Colleague; the rest are given by leads.
const (
	Anybody   Role = ""          // no account needed: a private code, the public part of the archive
	Colleague Role = "colleague" // an account of this organisation
	Reader    Role = "reader"    // the reading team
	Lead      Role = "lead"      // comms leads; a lead is not a reader unless made one
)

// Person is a human being in the organisation. Accounts point to persons.
type Person struct {
	ID         PersonID
	Name       string
	Email      string // folded to lower case; empty when unknown; unique
	Department string // empty when unknown
	Level      string
	Title      string
	Manager    string // the manager's e-mail, empty when unknown
	Roles      []Role // Lead, Reader; Colleague is implied
	Inactive   bool   // every account of this person is deactivated
	Outside    bool   // has accounts, all of bots or of another organisation: no colleague
	Contact    Contact
}

// Has reports whether the person holds a role.
func (p Person) Has(role Role) bool {
	return role == Anybody || role == Colleague || slices.Contains(p.Roles, role)
}

// Contact is how a person wants to be written to first. The courier alone
// applies it, at claim.
type Contact struct {
	Zone       string    `json:"zone,omitempty"`        // IANA name; empty: the organisation's
	QuietFrom  string    `json:"quiet_from,omitempty"`  // 15:04, default 18:00
	QuietUntil string    `json:"quiet_until,omitempty"` // 15:04, default 08:30
	MutedUntil time.Time `json:"muted_until,omitzero"`  // nothing unasked before this moment
	Less       bool      `json:"less,omitempty"`        // [Less]: at most once in four weeks
	Never      bool      `json:"never,omitempty"`       // [Never]: nothing unasked at all
}

// Account is one login on one platform instance.
type Account struct {
	ID       AccountID
	Person   PersonID
	Name     string // as the platform shows it
	Inactive bool
	External bool // belongs to another organisation
	Bot      bool
}

// Actor is who acts: an account with the person behind it, or nobody (the zero
// value). The router fills Name, Person and Roles; adapters set Account alone.
// Person is empty for an account that has not been recorded yet: reading an
// actor never writes, so that opening a form leaves no trace.
type Actor struct {
	Account  AccountID
	Person   PersonID
	Name     string
	Roles    []Role
	External bool
	Inactive bool // the account is deactivated: it may do nothing
}

// Nobody reports whether nobody is known to act.
func (a Actor) Nobody() bool { return a.Account == "" }

// Has reports whether the actor holds a role.
func (a Actor) Has(role Role) bool {
	switch role {
	case Anybody:
		return true
	case Colleague:
		return a.ours()
	default:
		return a.ours() && slices.Contains(a.Roles, role)
	}
}

func (a Actor) ours() bool { return !a.Nobody() && !a.External && !a.Inactive }

// AccountFact is what a directory, a sighting or an import says of an account.
// Empty fields say nothing and change nothing.
type AccountFact struct {
	Account    AccountID // empty: a person known by e-mail alone
	Name       string
	Email      string
	Department string
	Level      string
	Title      string
	Manager    string
	Inactive   *bool
	External   bool
	Bot        bool
}

// People is the register of persons and accounts.
type People interface {
	// Actor reads who is behind an account; an unknown account gives an Actor
	// without Person. It never writes.
	Actor(ctx context.Context, account AccountID) (Actor, error)
	// Record adds or completes accounts and persons, joined by e-mail. Calling
	// it again with the same facts changes nothing. It returns how many persons
	// and accounts were new or changed.
	Record(ctx context.Context, facts []AccountFact) (changed int, err error)
	// Person returns one person, or ErrNotFound.
	Person(ctx context.Context, id PersonID) (Person, error)
	// Persons lists persons by name: all of them, or those with the given ids.
	// The list is shared with others who ask: it is not to be changed. That of all
	// is one and the same until something in it changes.
	Persons(ctx context.Context, ids ...PersonID) ([]Person, error)
	// Change loads a person, calls rule (which may run twice) and saves the
	// person with the deliveries in one transaction. ErrNotFound.
	Change(ctx context.Context, id PersonID, rule func(*Person) ([]Delivery, error)) error
}
