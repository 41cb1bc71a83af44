package digests

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

// sweep does what is due: withdrawals, publication, undecided editions that go,
// drafts that open. It returns when something will be due next.
func (f *Feature) sweep(ctx context.Context) (time.Time, error) {
	var errs []error
	errs = append(errs, f.withdraw(ctx))
	digests, err := f.stores.Series.List(ctx)
	if err != nil {
		return time.Time{}, err
	}
	var next time.Time
	for _, digest := range digests {
		due, err := f.sweepDigest(ctx, digest)
		errs = append(errs, err)
		if !due.IsZero() && (next.IsZero() || due.Before(next)) {
			next = due
		}
	}
	return next, errors.Join(errs...)
}

func (f *Feature) sweepDigest(ctx context.Context, digest Digest) (time.Time, error) {
	if err := f.statePlan(ctx, digest.ID); err != nil {
		return time.Time{}, err
	}
	last, err := f.stores.Editions.List(ctx, EditionFilter{Digest: digest.ID, States: []State{Published, Recalled}, Limit: 1})
	if err != nil {
		return time.Time{}, err
	}
	if len(last) > 0 && !last[0].Settled {
		if err := f.settle(ctx, digest, last[0]); err != nil {
			return time.Time{}, err
		}
	}
	edition, known, err := f.next(ctx, digest)
	if err != nil {
		var known *bot.Error
		if errors.As(err, &known) {
			return time.Time{}, nil // its schedule has ended: nothing will be due
		}
		return time.Time{}, err
	}
	if err := f.absent(ctx, digest, edition); err != nil {
		return time.Time{}, err
	}
	now := f.clock.Now()
	switch {
	case edition.State == Approved && edition.PublishAt.After(now):
		return edition.PublishAt, nil
	case edition.State == Approved:
		return now, f.publish(ctx, digest, edition)
	case digest.Paused:
		return time.Time{}, nil
	case !edition.GoesAt.IsZero() && !edition.GoesAt.After(now):
		return now, f.goUndecided(ctx, digest, edition)
	}
	if opens := edition.Due.Add(-draftAhead); opens.After(now) {
		return opens, nil
	}
	if !known {
		if edition, err = f.draft(ctx, digest); err != nil {
			return time.Time{}, err
		}
	}
	return edition.GoesAt, f.openDraft(ctx, digest, edition)
}

// statePlan tells the scheduler what the digest says, should it not know.
func (f *Feature) statePlan(ctx context.Context, digest string) error {
	if f.cfg.Schedule == nil {
		return nil
	}
	_, err := f.plan(ctx, digest)
	var phrase *schedule.PhraseError
	if errors.As(err, &phrase) || errors.Is(err, schedule.ErrConflict) {
		return nil // a phrase that is read no more: its curator sees it on the panel
	}
	return err
}

// plan brings the schedule in line with what the digest says at this moment.
func (f *Feature) plan(ctx context.Context, digest string) (schedule.Slot, error) {
	return f.cfg.Schedule.Keep(ctx, ChoreKind, digest, func(ctx context.Context) (schedule.Plan, bool, error) {
		d, err := f.stores.Series.Get(ctx, digest)
		if err != nil {
			return schedule.Plan{}, false, err
		}
		plan, err := d.Plan()
		return plan, true, err
	})
}

// draftAhead is how long before its slot a draft is put before its curator.
const draftAhead = 24 * time.Hour

// openDraft sends the curator the draft's card, once, and tells those whose
// names would appear.
func (f *Feature) openDraft(ctx context.Context, digest Digest, edition Edition) error {
	if !edition.Opened.IsZero() || edition.State != Draft {
		return nil
	}
	proof, err := f.compose(ctx, digest, edition, time.Time{}, time.Time{})
	if err != nil {
		return err
	}
	if err := f.tellSharers(ctx, digest, edition, proof.Content); err != nil {
		return err
	}
	return f.stores.Editions.Change(ctx, edition.ID, func(e *Edition) ([]bot.Delivery, error) {
		if e.State != Draft || !e.Opened.IsZero() {
			return nil, nil
		}
		e.Opened = f.clock.Now()
		return f.draftCards(*e, digest), nil
	})
}

// publish brings an approved edition out: to every place once. One whose
// moment passed long ago becomes a draft again, and its curator is told.
func (f *Feature) publish(ctx context.Context, digest Digest, edition Edition) error {
	now := f.clock.Now()
	idle, err := f.idleEyes(ctx, digest, edition)
	if err != nil {
		return err
	}
	return f.stores.Editions.Change(ctx, edition.ID, func(e *Edition) ([]bot.Delivery, error) {
		if e.Lapse(now, f.cfg.Grace) {
			say := fmt.Sprintf("I was not running when “%s” was to go out, and now it is too late to post it as if nothing had happened. It is a draft again, with your decisions. Approve it when you want it out.", digest.Name)
			return f.notices(digest, "lapsed/"+e.ID+"/"+e.Slot, say), nil
		}
		if !e.Publish(now) {
			return nil, nil
		}
		return slices.Concat(f.editionCards(*e, digest), f.draftCards(*e, digest), idle), nil
	})
}

// patience is after how many editions without a correction the curator is
// asked whether a second pair of eyes is still needed.
const patience = 12

// idleEyes asks that question, once per digest, when it is due with this
// edition.
func (f *Feature) idleEyes(ctx context.Context, digest Digest, edition Edition) ([]bot.Delivery, error) {
	if !digest.SecondEyes || edition.Corrected {
		return nil, nil
	}
	before, err := f.stores.Editions.List(ctx, EditionFilter{Digest: digest.ID, States: []State{Published}, Limit: patience - 1})
	if err != nil || len(before) < patience-1 {
		return nil, err
	}
	for _, earlier := range before {
		if earlier.Corrected || earlier.ProposedBy == "" {
			return nil, nil
		}
	}
	say := fmt.Sprintf("The last twelve editions of “%s” went out as they were proposed; the second pair of eyes changed nothing. Is it still needed? You can switch it off with /digest rules.", digest.Name)
	return f.notices(digest, "eyes/"+digest.ID, say), nil
}

// editionCards put the edition into all places of its digest.
func (f *Feature) editionCards(e Edition, d Digest) []bot.Delivery {
	var out []bot.Delivery
	for _, place := range d.Places {
		out = append(out, bot.Delivery{
			Key: clip("edition/"+e.ID+"/"+string(place), 200), To: bot.Address{Place: place},
			View: &bot.View{Kind: EditionView, ID: e.ID, Version: e.Version}, Class: bot.Edition,
		})
	}
	return out
}

// notices tells the editor something, once for each key.
func (f *Feature) notices(d Digest, key, say string) []bot.Delivery {
	if d.editor() == "" {
		return nil
	}
	message := bot.Notice(say)
	return []bot.Delivery{{Key: clip(key, 200), To: bot.Address{Person: d.editor()}, Frozen: &message, Class: bot.Asked}}
}

// heldBack is how long a slower digest may keep alive what a faster one has
// published: a month and some days.
const heldBack = 38 * 24 * time.Hour

// settle follows a publication: finds are spent, and what was kept only for
// this edition is forgotten where no other digest still needs it. Repeating it
// changes nothing.
func (f *Feature) settle(ctx context.Context, digest Digest, edition Edition) error {
	for _, item := range edition.Revision.Content.Finds {
		err := f.stores.Finds.Change(ctx, item.Find, func(find *Find) error {
			find.State, find.Edition = Spent, edition.ID
			return nil
		})
		if err != nil && !errors.Is(err, bot.ErrNotFound) {
			return err
		}
	}
	until := edition.To
	others, err := f.stores.Series.List(ctx)
	if err != nil {
		return err
	}
	for _, other := range others {
		if other.ID == digest.ID || other.Paused {
			continue
		}
		from, err := f.windowStart(ctx, other)
		if err != nil {
			return err
		}
		if from.Before(until) {
			until = from
		}
	}
	if held := edition.To.Add(-heldBack); until.Before(held) {
		until = held
	}
	from := edition.From.AddDate(0, 0, -92) // what a slower digest held back
	if from.Before(until) {
		if err := f.stores.Archive.Forget(ctx, from, until); err != nil {
			return err
		}
	}
	return f.stores.Editions.Change(ctx, edition.ID, func(e *Edition) ([]bot.Delivery, error) {
		e.Settled = true
		return nil, nil
	})
}

// windowStart is from when on a digest still needs what was seen.
func (f *Feature) windowStart(ctx context.Context, digest Digest) (time.Time, error) {
	before, err := f.stores.Editions.List(ctx, EditionFilter{Digest: digest.ID, States: []State{Published}, Limit: 1})
	if err != nil || len(before) > 0 {
		if len(before) > 0 {
			return before[0].To, err
		}
		return time.Time{}, err
	}
	return digest.Created.AddDate(0, -1, 0), nil
}

// slotCame is the chore: at its slot an edition is approved already, or goes
// undecided, or waits with the deputy asked, or is deferred for want of content.
func (f *Feature) slotCame(ctx context.Context, t schedule.Tick) error {
	digest, err := f.stores.Series.Get(ctx, t.Subject)
	if errors.Is(err, bot.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	edition, err := f.dueEdition(ctx, digest, t)
	if err != nil || edition.State != Draft {
		return err
	}
	proof, err := f.compose(ctx, digest, edition, time.Time{}, time.Time{})
	if err != nil {
		return err
	}
	if proof.Content.Empty() {
		return f.thinWeek(ctx, digest, edition, t)
	}
	if err := f.openDraft(ctx, digest, edition); err != nil {
		return err
	}
	leads, err := f.leads(ctx)
	if err != nil {
		return err
	}
	goes := f.clock.Now()
	if digest.deputised() != "" {
		goes = goes.Add(f.cfg.DeputyTime)
	}
	err = f.stores.Editions.Change(ctx, edition.ID, func(e *Edition) ([]bot.Delivery, error) {
		if e.State != Draft {
			return nil, nil
		}
		if digest.IfUndecided == Go && e.GoesAt.IsZero() {
			e.GoesAt = goes
		}
		e.Version++
		return f.undecided(*e, digest, t, leads), nil
	})
	f.wake()
	return err
}

// dueEdition is the edition of a tick's slot, or the draft of an earlier one
// that is still open.
func (f *Feature) dueEdition(ctx context.Context, digest Digest, t schedule.Tick) (Edition, error) {
	editions, err := f.stores.Editions.List(ctx, EditionFilter{Digest: digest.ID, Limit: 2})
	if err != nil {
		return Edition{}, err
	}
	for _, edition := range editions {
		if !edition.out() || edition.Slot == t.Slot {
			return edition, nil
		}
	}
	edition := Edition{
		Digest: digest.ID, Slot: t.Slot, Due: t.Due, Starts: digest.firstStart(), State: Draft,
		Slug: editionSlug(digest, schedule.Slot{Name: t.Slot, Due: t.Due}),
	}
	edition.ID = editionID(digest.ID, edition.Slot)
	return f.stores.Editions.Add(ctx, edition)
}

func (f *Feature) goUndecided(ctx context.Context, digest Digest, edition Edition) error {
	proof, err := f.compose(ctx, digest, edition, time.Time{}, time.Time{})
	if err != nil {
		return err
	}
	if err := f.tellSharers(ctx, digest, edition, proof.Content); err != nil {
		return err
	}
	return f.stores.Editions.Change(ctx, edition.ID, func(e *Edition) ([]bot.Delivery, error) {
		if e.State != Draft || e.Version != edition.Version {
			return nil, nil // somebody decided or changed it meanwhile: the next look, at once, sees it
		}
		if proof.Content.Empty() { // everything was taken back meanwhile
			e.GoesAt = time.Time{}
			return nil, nil
		}
		if err := e.Approve(edition.Version, "", proof.Content, f.clock.Now(), f.cfg.UndoWindow, true); err != nil {
			return nil, err
		}
		e.GoesAt = time.Time{}
		return f.draftCards(*e, digest), nil
	})
}

// thinWeek moves an empty draft on to the next slot, with a line to the curator.
func (f *Feature) thinWeek(ctx context.Context, digest Digest, edition Edition, t schedule.Tick) error {
	slot, _, err := digest.Slots(t.Due)
	if err != nil {
		return err
	}
	return f.stores.Editions.Change(ctx, edition.ID, func(e *Edition) ([]bot.Delivery, error) {
		if e.State != Draft || e.Slot == slot.Name {
			return nil, nil
		}
		if err := e.Defer(slot, editionSlug(digest, slot)); err != nil {
			return nil, err
		}
		say := fmt.Sprintf("Nothing was shared for “%s” this time, so no edition goes out. The next one is for %s.",
			digest.Name, bot.ShowTime(slot.Due, bot.DateTimeStyle, digest.Location()))
		return f.notices(digest, "thin/"+t.Key(), say), nil
	})
}

// slotMissed tells the curator that slots passed while nothing was running.
func (f *Feature) slotMissed(ctx context.Context, t schedule.Tick) error {
	digest, err := f.stores.Series.Get(ctx, t.Subject)
	if errors.Is(err, bot.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	edition, err := f.dueEdition(ctx, digest, t)
	if err != nil {
		return err
	}
	say := fmt.Sprintf("I was not running when “%s” was due %s, so it did not go out. The draft is here with all that was shared since; publish it when you like with /digest publish.",
		digest.Name, bot.ShowTime(t.Due, bot.DateTimeStyle, digest.Location()))
	return f.stores.Editions.Change(ctx, edition.ID, func(e *Edition) ([]bot.Delivery, error) {
		if e.State != Draft {
			return nil, nil
		}
		return f.notices(digest, "missed/"+t.Key(), say), nil
	})
}
