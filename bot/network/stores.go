package network

import (
	"context"
	"time"

	"evangelist/bot"
)

// Stores are what the feature needs to be kept. Every write is one transaction,
// durable when it returns, and changes nothing when it is repeated. Rules that
// are handed to a Change may run twice; their error is returned as it is, and
// then nothing is kept.
type Stores struct {
	Evangelists Evangelists
	Calls       Calls
	Questions   Questions
	Prompts     Prompts
	Rounds      Rounds
	Asks        Asks
	Learnings   Learnings
}

// Evangelists keeps who is with us.
type Evangelists interface {
	// Get returns one person's part, or ErrNotFound when the person has none.
	Get(ctx context.Context, person bot.PersonID) (Evangelist, error)
	// List returns all who have a part, inactive ones included, by name.
	List(ctx context.Context) ([]Evangelist, error)
	// Departments returns the departments of the register by name, with how many
	// active colleagues each has; bots and other organisations are not counted.
	Departments(ctx context.Context) ([]Department, error)
	// Change loads a person, with NoPart when there is none, and the call, calls
	// rule and saves both with the deliveries. NoPart deletes what was kept.
	// ErrNotFound when the register does not have the person.
	Change(ctx context.Context, person bot.PersonID, rule func(*Evangelist, *Call) ([]bot.Delivery, error)) error
}

// Calls keeps the call.
type Calls interface {
	// Get returns the call, the zero Call when it was never posted.
	Get(ctx context.Context) (Call, error)
	// Change loads the call, the zero Call at first, calls rule and saves it.
	Change(ctx context.Context, rule func(*Call) ([]bot.Delivery, error)) error
}

// Questions keeps what is asked.
type Questions interface {
	// Get returns a question, or ErrNotFound when it was never saved.
	Get(ctx context.Context, id string) (Question, error)
	// Change loads a question, one with nothing but its ID at first, calls rule
	// and saves it.
	Change(ctx context.Context, id string, rule func(*Question) ([]bot.Delivery, error)) error
}

// Prompts keeps the set of questions that rounds take in turn.
type Prompts interface {
	// Get returns SetOf what is kept.
	Get(ctx context.Context) (Set, error)
	// Change loads the set, calls rule and keeps the questions that it changed.
	Change(ctx context.Context, rule func(*Set) error) error
}

// Rounds keeps the rounds of questions.
type Rounds interface {
	// Get returns a round, or ErrNotFound.
	Get(ctx context.Context, id string) (Round, error)
	// Past returns the latest sixty rounds of a question, the newest first.
	Past(ctx context.Context, question string) ([]Round, error)
	// Open loads what an Opening needs, calls rule and saves Question, Rounds, Asks
	// with the people's turns, and Waiting (as Asks.Change does) with the
	// deliveries. When the round of this question and slot exists already, rule is
	// not called and nothing changes. A question that was never saved has nothing
	// but its ID. It returns how many people were asked when the round was opened
	// by this call, else 0.
	Open(ctx context.Context, question, slot string, rule func(*Opening) ([]bot.Delivery, error)) (int, error)
}

// Asks keeps what was asked of whom while a round lasts.
type Asks interface {
	// Get returns an ask, or ErrNotFound; a lapsed one is gone.
	Get(ctx context.Context, id string) (Ask, error)
	// Of returns the asks of one person, the newest round first.
	Of(ctx context.Context, person bot.PersonID) ([]Ask, error)
	// Due returns the ids of asks whose Next is at or before now, and of those of
	// people whose accounts are inactive, the earliest first, at most limit, and
	// when a later one becomes due (zero: none).
	Due(ctx context.Context, now time.Time, limit int) (ids []string, next time.Time, err error)
	// Change loads an ask, calls rule, which gets nil for member when the person
	// has no part, and saves the ask with the learning or need that it became
	// and the deliveries. A lapsed ask is deleted. Messages that Outdated names
	// and that were not sent yet are cancelled. ErrNotFound.
	Change(ctx context.Context, id string, rule func(ask *Ask, member *Evangelist) ([]bot.Delivery, error)) error
}

// LearningFilter chooses learnings. Zero fields choose all.
type LearningFilter struct {
	Person   bot.PersonID // of this author
	Shared   bool         // with consent, named or not
	Untold   bool         // told in no edition yet
	From, To time.Time    // From <= Created < To
	Limit    int
}

// Learnings keeps what worked.
type Learnings interface {
	// Get returns a learning, or ErrNotFound.
	Get(ctx context.Context, id string) (Learning, error)
	// List returns learnings, the newest first.
	List(ctx context.Context, filter LearningFilter) ([]Learning, error)
	// Add keeps a learning; one with the same Source stays as it is.
	Add(ctx context.Context, learning Learning) error
	// Change loads a learning, calls rule and saves its Consent. ErrNotFound.
	Change(ctx context.Context, id string, rule func(*Learning) ([]bot.Delivery, error)) error
	// MarkTold notes which edition told the learnings; one that was told before
	// keeps its first edition, unknown ids are passed over.
	MarkTold(ctx context.Context, ids []string, edition string) error
}
