package issues

import (
	"maps"
	"slices"
	"time"

	"evangelist/bot"
)

// The refusals of the rules.
var (
	// ErrMoved means that the issue is not any more the one that was read.
	ErrMoved = &bot.Error{Code: "report-moved", Say: "Somebody changed this report at the same moment, so nothing was done. Look at it once more and try again."}

	errUndone = &bot.Error{Code: "report-undo", Say: "The minute is over, so the approval can't be undone. Hold the report while it is with its champions, or correct it in the next one."}
)

// Write replaces a lead's words. The same words again change nothing.
func (i *Issue) Write(actor bot.Actor, words Words) ([]bot.Delivery, error) {
	if _, err := i.allow(actor, Edit); err != nil {
		return nil, err
	}
	if words.Introduction == i.Words.Introduction && maps.Equal(words.Notes, i.Words.Notes) {
		return nil, nil
	}
	i.Words = words
	return i.changed(), nil
}

// Approve freezes a draft that was composed at version seen. Champions, when there
// are any, read it early once the minute for an undo is over.
func (i *Issue) Approve(actor bot.Actor, seen int64, content Content, champions []bot.PersonID, now time.Time) ([]bot.Delivery, error) {
	if done, err := i.allow(actor, Approve); err != nil || done {
		return nil, err
	}
	if i.Version != seen {
		return nil, ErrMoved
	}
	hash, err := content.Hash()
	if err != nil {
		return nil, err
	}
	i.Revision = Revision{Number: i.Revision.Number + 1, Content: content, Hash: hash}
	i.enter(Approved, now)
	i.By, i.PublishAt = actor.Person, now.Add(UndoTime)
	i.Champions = slices.Compact(slices.Sorted(slices.Values(champions)))
	return i.changed(), nil
}

// Undo makes a draft again of what was approved less than a minute ago.
func (i *Issue) Undo(actor bot.Actor, now time.Time) ([]bot.Delivery, error) {
	if done, err := i.allow(actor, Undo); err != nil || done {
		return nil, err
	}
	if !now.Before(i.PublishAt) {
		return nil, errUndone
	}
	i.again(now)
	return i.changed(), nil
}

// again makes the issue a draft. The number of the revision is kept, so that what
// follows has keys of its own.
func (i *Issue) again(now time.Time) {
	i.enter(Draft, now)
	i.By, i.PublishAt = "", time.Time{}
	i.Revision = Revision{Number: i.Revision.Number}
}

// Skip ends an issue before it is published, with the reason that stands in the
// list of reports.
func (i *Issue) Skip(actor bot.Actor, reason string, now time.Time) ([]bot.Delivery, error) {
	if done, err := i.allow(actor, Skip); err != nil || done {
		return nil, err
	}
	i.enter(Skipped, now)
	i.Reason, i.By, i.PublishAt = reason, actor.Person, time.Time{}
	i.Revision = Revision{Number: i.Revision.Number}
	return i.changed(), nil
}

// Hold keeps an issue from being published until a lead lets it go on.
func (i *Issue) Hold(actor bot.Actor, now time.Time) ([]bot.Delivery, error) {
	if done, err := i.allow(actor, Hold); err != nil || done {
		return nil, err
	}
	i.enter(Held, now)
	return i.changed(), nil
}

// GoOn lets a held issue go on: it is published at its time, or in a minute when
// that has passed.
func (i *Issue) GoOn(actor bot.Actor, now time.Time) ([]bot.Delivery, error) {
	if done, err := i.allow(actor, GoOn); err != nil || done {
		return nil, err
	}
	i.enter(Early, now)
	if soon := now.Add(UndoTime); i.PublishAt.Before(soon) {
		i.PublishAt = soon
	}
	return i.changed(), nil
}

// Reopen makes a draft of a held issue, so that its words can be changed. Approved
// again it goes to its champions again.
func (i *Issue) Reopen(actor bot.Actor, now time.Time) ([]bot.Delivery, error) {
	if done, err := i.allow(actor, Reopen); err != nil || done {
		return nil, err
	}
	i.again(now)
	return i.changed(), nil
}

// Make plans a skipped issue anew: its draft comes at once.
func (i *Issue) Make(actor bot.Actor, now time.Time) ([]bot.Delivery, error) {
	if done, err := i.allow(actor, Make); err != nil || done {
		return nil, err
	}
	i.enter(Planned, now)
	i.Reason, i.By, i.Due = "", "", now
	return i.changed(), nil
}

// Object keeps what a champion finds wrong, and asks the lead to hold the issue or
// to let it go on. The same key again changes nothing.
func (i *Issue) Object(actor bot.Actor, key, words string, now time.Time) ([]bot.Delivery, error) {
	if _, err := i.allow(actor, Object); err != nil {
		return nil, err
	}
	if slices.ContainsFunc(i.Objections, func(o Objection) bool { return o.Key == key }) {
		return nil, nil
	}
	i.Objections = append(slices.Clone(i.Objections), Objection{Key: key, By: actor.Person, Words: words, At: now})
	return append(i.changed(), i.tell(i.Lead, "objection/"+key, objectionMessage(i, actor, words))...), nil
}

// Forget takes a name out of the credits of a frozen issue, as its owner may ask
// at any time. It is the only change that a Revision takes.
func (i *Issue) Forget(name string) ([]bot.Delivery, error) {
	if i.Revision.Hash == "" {
		return nil, nil
	}
	content := i.Revision.Content.without(name)
	hash, err := content.Hash()
	if err != nil || hash == i.Revision.Hash {
		return nil, err
	}
	i.Revision.Content, i.Revision.Hash = content, hash
	return i.changed(), nil
}
