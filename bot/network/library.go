package network

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"evangelist/bot"
)

const (
	maxFound    = 10   // learnings shown at once
	maxSearched = 5000 // learnings looked through, the newest
)

// learnings answers "evangelist learnings": a search in what others may read.
func (f *Feature) learnings(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	all, err := f.told(ctx, LearningFilter{Shared: true, Limit: maxSearched})
	if err != nil {
		return nil, err
	}
	var found []Told
	for _, told := range all {
		if told.Matches(in.Words) {
			found = append(found, told)
		}
	}
	return bot.Say{Message: foundMessage(in.Words, found)}, nil
}

// told lists learnings as others may read them.
func (f *Feature) told(ctx context.Context, filter LearningFilter) ([]Told, error) {
	learnings, err := f.Stores.Learnings.List(ctx, filter)
	if err != nil || len(learnings) == 0 {
		return nil, err
	}
	departments, err := f.Stores.Evangelists.Departments(ctx)
	if err != nil {
		return nil, err
	}
	var out []Told
	for _, learning := range learnings {
		if told, ok := learning.Tell(departments); ok {
			out = append(out, told)
		}
	}
	return out, nil
}

func foundMessage(query string, found []Told) bot.Message {
	query = within(strings.Join(strings.Fields(query), " "), 60)
	switch {
	case len(found) == 0 && query == "":
		return titled("What worked", paragraph("Nothing yet. What colleagues tell and allow to be shared will stand here."))
	case len(found) == 0:
		return titled("What worked", paragraph("Nothing has all of these words: "+query+". Try fewer, or ", bot.Mono("/evangelist learnings"), " for the newest."))
	}
	message := titled("What worked")
	for _, told := range found[:min(len(found), maxFound)] {
		message.Blocks = append(message.Blocks, told.quote())
	}
	if more := len(found) - maxFound; more > 0 {
		message.Blocks = append(message.Blocks, note(count(more, "older one")+" not shown. Add words to find them: ", bot.Mono("/evangelist learnings WORDS")))
	}
	return message
}

// quote is a learning with who said it, as far as that may be shown.
func (t Told) quote() bot.Quote {
	by := t.Who
	if by == "" {
		by = "a colleague"
	}
	if t.Department != "" {
		by += ", " + t.Department
	}
	if t.About != "" {
		by += ", about " + t.About
	}
	return bot.Quote{Text: bot.T(t.Words), By: bot.T(by)}
}

// mine answers "evangelist mine": one's own learnings, each with what is allowed.
func (f *Feature) mine(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	var own []Learning
	if in.Actor.Person != "" {
		var err error
		if own, err = f.Stores.Learnings.List(ctx, LearningFilter{Person: in.Actor.Person, Limit: maxFound}); err != nil {
			return nil, err
		}
	}
	return bot.Say{Message: mineMessage(own)}, nil
}

func mineMessage(own []Learning) bot.Message {
	if len(own) == 0 {
		return titled("What you told us", paragraph("Nothing yet. Your answers to a question will stand here, for you alone."))
	}
	message := titled("What you told us")
	for _, learning := range own {
		allowed := map[Consent]string{WithName: "shared with your name", WithoutName: "shared without your name", Private: "only you see it"}[learning.Consent]
		line := bot.Line(bot.Moment(learning.Created, bot.DateStyle), ": "+allowed)
		if learning.ToldIn != "" {
			line = append(line, bot.T("; an edition has told it")...)
		}
		message.Blocks = append(message.Blocks, bot.Quote{Text: bot.T(learning.Words), By: line})
		if learning.Consent != Private {
			message.Blocks = append(message.Blocks, bot.Actions{Buttons: []bot.Button{{Command: "network.learning.withdraw", Arg: learning.ID,
				Label: "Take it back", Confirm: "From now on nobody else reads it. What an edition has told already is told."}}})
		}
	}
	return message
}

func (f *Feature) withdraw(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	err := f.Stores.Learnings.Change(ctx, in.Arg, func(l *Learning) ([]bot.Delivery, error) {
		if l.Person != in.Actor.Person || in.Actor.Person == "" {
			return nil, bot.ErrNotFound
		}
		l.Withdraw()
		return nil, nil
	})
	if err != nil {
		return nil, err
	}
	return bot.Say{Message: bot.Notice("It is taken back: nobody else reads it from now on.")}, nil
}

// Used keeps what somebody said about using something that was shared. It is told
// without the person's name. About, such as an item's address, and the person are
// the natural key: the first words stay. Empty words keep nothing; what is longer
// than MaxWords is cut.
func (f *Feature) Used(ctx context.Context, person bot.PersonID, words, about string) error {
	words = bot.Clean(words, MaxWords)
	if words == "" || person == "" {
		return nil
	}
	who, err := f.People.Person(ctx, person)
	if err != nil {
		return err
	}
	now := f.Clock.Now()
	id, err := bot.NewID(now, f.Random)
	if err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(about))
	return f.Stores.Learnings.Add(ctx, Learning{
		ID: id, Source: "used/" + hex.EncodeToString(sum[:16]) + "/" + string(person), Words: words, About: bot.Clean(about, 200),
		Person: person, Department: who.Department, Consent: WithoutName, Created: now,
	})
}

// Learned returns the learnings of from <= Created < to that may be shared and
// that no edition has told yet, the oldest first.
func (f *Feature) Learned(ctx context.Context, from, to time.Time) ([]Told, error) {
	newest, err := f.told(ctx, LearningFilter{Shared: true, Untold: true, From: from, To: to})
	if err != nil {
		return nil, err
	}
	oldest := make([]Told, 0, len(newest))
	for i := len(newest) - 1; i >= 0; i-- {
		oldest = append(oldest, newest[i])
	}
	return oldest, nil
}

// MarkTold notes which edition told learnings, so that no other offers them again.
// The first edition counts; unknown ids are passed over. Idempotent.
func (f *Feature) MarkTold(ctx context.Context, ids []string, edition string) error {
	return f.Stores.Learnings.MarkTold(ctx, ids, edition)
}
