package digests

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"evangelist/bot"
)

func (f *Feature) publishCommands() []bot.Command {
	return []bot.Command{
		{Name: "digest.approve", Needs: bot.Colleague, Run: f.approve},
		{Name: "digest.undo", Phrases: []string{"digest undo"}, Usage: "/digest undo", Needs: bot.Colleague,
			Help: "takes an approval back before the edition goes out.", Run: f.undo},
		{Name: "digest.publish", Phrases: []string{"digest publish"}, Usage: "/digest publish", Needs: bot.Colleague,
			Help: "publishes the draft now rather than at its time.", Run: f.publishNow},
		{Name: "digest.recall", Phrases: []string{"digest recall"}, Usage: "/digest recall", Needs: bot.Colleague,
			Help: "takes the last edition back, where the posts can be changed.", Run: f.recall},
		{Name: "digest.preview", Phrases: []string{"digest preview"}, Usage: "/digest preview", Needs: bot.Colleague,
			Help: "shows the next edition as readers would see it.", Run: f.preview},
	}
}

func (f *Feature) approve(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	return f.freeze(ctx, in, false)
}

func (f *Feature) publishNow(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	if edition, _, err := f.edition(ctx, in); err == nil && edition.State == Approved {
		return f.hasten(ctx, in, edition)
	}
	return f.freeze(ctx, in, true)
}

// hasten brings an approved edition out now rather than at its slot.
func (f *Feature) hasten(ctx context.Context, in bot.Invocation, edition Edition) (bot.Reply, error) {
	now := f.clock.Now()
	return f.decided(ctx, edition, func(e *Edition, d Digest) ([]bot.Delivery, error) {
		if e.State != Approved {
			return nil, errOut
		}
		if soon := now.Add(f.cfg.UndoWindow); e.PublishAt.After(soon) {
			e.PublishAt = soon
			e.Version++
		}
		return f.draftCards(*e, d), nil
	})
}

// openProof is the draft that is asked about, as it would go out now; an edition
// that can no longer be changed is refused.
func (f *Feature) openProof(ctx context.Context, in bot.Invocation) (Edition, Digest, Proof, error) {
	edition, digest, err := f.edition(ctx, in)
	if err != nil {
		return edition, digest, Proof{}, err
	}
	if err := edition.open(); err != nil {
		return edition, digest, Proof{}, err
	}
	proof, err := f.compose(ctx, digest, edition, time.Time{}, time.Time{})
	return edition, digest, proof, err
}

// freeze approves the draft, or proposes it where a second pair of eyes is
// asked for. What the card showed must be what is approved: when something
// changed since, the newest draft is shown instead.
func (f *Feature) freeze(ctx context.Context, in bot.Invocation, early bool) (bot.Reply, error) {
	edition, digest, proof, err := f.openProof(ctx, in)
	if err != nil {
		return nil, err
	}
	if _, seen, _ := splitArg(in.Arg); seen != "" {
		print, err := proof.Content.Print()
		if err != nil {
			return nil, err
		}
		if print != seen {
			return f.changedSince(edition, digest, proof)
		}
	}
	by, err := f.person(ctx, in.Actor)
	if err != nil {
		return nil, err
	}
	if digest.SecondEyes && edition.ProposedBy == "" {
		return f.decided(ctx, edition, func(e *Edition, d Digest) ([]bot.Delivery, error) {
			if err := e.Propose(by, f.clock.Now()); err != nil {
				return nil, err
			}
			return f.draftCards(*e, d), nil
		})
	}
	if digest.SecondEyes && edition.ProposedBy == by {
		return nil, errSameEyes
	}
	if err := f.tellSharers(ctx, digest, edition, proof.Content); err != nil {
		return nil, err
	}
	return f.decided(ctx, edition, func(e *Edition, d Digest) ([]bot.Delivery, error) {
		err := e.Approve(edition.Version, by, proof.Content, f.clock.Now(), f.cfg.UndoWindow, early)
		if err != nil {
			return nil, err
		}
		return f.draftCards(*e, d), nil
	})
}

// changedSince shows the newest draft to somebody who approved an older one.
func (f *Feature) changedSince(edition Edition, digest Digest, proof Proof) (bot.Reply, error) {
	message, err := DraftMessage(edition, digest, proof)
	if err != nil {
		return nil, err
	}
	note := bot.Note{Text: bot.Line(bot.Strong("The draft has changed since you looked, so it was not approved."), " This is how it stands now; approve it once more if it is right.")}
	message.Summary = "The draft has changed since you looked"
	message.Blocks = append([]bot.Block{note}, message.Blocks...)
	return bot.Say{Message: message}, nil
}

// decided changes an edition and shows its card.
func (f *Feature) decided(ctx context.Context, edition Edition, rule func(*Edition, Digest) ([]bot.Delivery, error)) (bot.Reply, error) {
	digest, err := f.stores.Series.Get(ctx, edition.Digest)
	if err != nil {
		return nil, err
	}
	var version int64
	err = f.stores.Editions.Change(ctx, edition.ID, func(e *Edition) ([]bot.Delivery, error) {
		deliveries, err := rule(e, digest)
		version = e.Version
		return deliveries, err
	})
	if err != nil {
		return nil, err
	}
	f.wake()
	return bot.Refresh{View: bot.View{Kind: DraftView, ID: edition.ID, Version: version}}, nil
}

func (f *Feature) undo(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	edition, _, err := f.edition(ctx, in)
	if err != nil {
		return nil, err
	}
	return f.decided(ctx, edition, func(e *Edition, d Digest) ([]bot.Delivery, error) {
		if err := e.Undo(f.clock.Now()); err != nil {
			return nil, err
		}
		return f.draftCards(*e, d), nil
	})
}

// person is the person behind the actor, recorded when that is new.
func (f *Feature) person(ctx context.Context, actor bot.Actor) (bot.PersonID, error) {
	if actor.Person != "" {
		return actor.Person, nil
	}
	if _, err := f.people.Record(ctx, []bot.AccountFact{{Account: actor.Account, Name: actor.Name}}); err != nil {
		return "", err
	}
	known, err := f.people.Actor(ctx, actor.Account)
	return known.Person, err
}

// recall takes a published edition back. Typed, it shows the last edition with
// a button that does it.
func (f *Feature) recall(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	if in.Arg == "" {
		digest, err := f.curated(ctx, in.Actor, in.Words)
		if err != nil {
			return nil, err
		}
		last, err := f.stores.Editions.List(ctx, EditionFilter{Digest: digest.ID, States: []State{Published}, Limit: 1})
		if err != nil {
			return nil, err
		}
		if len(last) == 0 {
			return nil, errNotOut
		}
		return bot.Say{Message: decidedMessage(last[0], digest)}, nil
	}
	edition, _, err := f.edition(ctx, in)
	if err != nil {
		return nil, err
	}
	return f.decided(ctx, edition, func(e *Edition, d Digest) ([]bot.Delivery, error) {
		if err := e.Recall(f.clock.Now()); err != nil {
			return nil, err
		}
		return append(f.editionCards(*e, d), f.draftCards(*e, d)...), nil
	})
}

// withdraw carries out what was taken back from approved editions: the cards
// lose it, and whoever approved is told.
func (f *Feature) withdraw(ctx context.Context) error {
	lists, err := f.stores.Editions.Withdrawn(ctx)
	if err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(lists)) {
		list := lists[id]
		edition, err := f.stores.Editions.Get(ctx, id)
		if err != nil {
			return err
		}
		digest, err := f.stores.Series.Get(ctx, edition.Digest)
		if err != nil {
			return err
		}
		err = f.stores.Editions.Change(ctx, id, func(e *Edition) ([]bot.Delivery, error) {
			if e.State == Draft || !e.Withdraw(list) {
				return nil, nil
			}
			cards := f.draftCards(*e, digest)
			if e.out() {
				cards = append(cards, f.editionCards(*e, digest)...)
			}
			return append(cards, f.withdrawnNotice(*e, digest)...), nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (f *Feature) withdrawnNotice(e Edition, d Digest) []bot.Delivery {
	to := e.ApprovedBy
	if to == "" {
		to = d.Curator
	}
	if to == "" {
		return nil
	}
	say := fmt.Sprintf("Since you approved “%s”, somebody took back a link or their name. It is gone from the edition%s.", d.Name,
		map[bool]string{true: " and from what was posted, where it can be changed", false: ""}[e.State == Published])
	message := bot.Notice(say)
	return []bot.Delivery{{Key: fmt.Sprintf("withdrawn/%s/%d", e.ID, e.Version), To: bot.Address{Person: to}, Frozen: &message, Class: bot.Answer}}
}
