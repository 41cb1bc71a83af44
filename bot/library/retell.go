package library

import (
	"context"
	"errors"
	"time"

	"evangelist/bot"
)

// lookEvery is how often the sweep looks through the whole library.
const lookEvery = time.Hour

// sweep keeps what editions told, ends proposals, and makes the next one.
func (f *Feature) sweep(ctx context.Context) (time.Time, error) {
	if err := f.noteEditions(ctx); err != nil {
		return time.Time{}, err
	}
	now := f.Clock.Now()
	if next, wait := f.waits(now); wait {
		return next, nil
	}
	past, err := f.Stores.Proposals.List(ctx)
	if err != nil {
		return time.Time{}, err
	}
	entries, err := f.Entries(ctx)
	if err != nil {
		return time.Time{}, err
	}
	for i, p := range past {
		if p.State.Over() {
			continue
		}
		err := f.Stores.Proposals.Change(ctx, p.ID, func(p *Proposal) ([]bot.Delivery, error) {
			_, there := find(entries, p.Entry)
			out := p.Tick(!there, now)
			past[i] = *p
			return out, nil
		})
		if err != nil {
			return time.Time{}, err
		}
	}
	if err := f.propose(ctx, entries, past, now); err != nil {
		return time.Time{}, err
	}
	f.mu.Lock()
	f.looked = now
	f.mu.Unlock()
	return now.Add(lookEvery), nil
}

// waits reports whether the sweep looked a short time ago, and when it does next.
func (f *Feature) waits(now time.Time) (time.Time, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	next := f.looked.Add(lookEvery)
	return next, !f.looked.IsZero() && now.Before(next) && !now.Before(f.looked)
}

// propose asks the leads about one entry, if it is time. Without a lead nobody is
// asked.
func (f *Feature) propose(ctx context.Context, entries []Entry, past []Proposal, now time.Time) error {
	if !turn(past, now, f.Organisation.Zone) {
		return nil
	}
	departments, err := f.Departments(ctx)
	if err != nil {
		return err
	}
	p, ok := Propose(entries, departments, past, now, f.Organisation.Zone)
	if !ok {
		return nil
	}
	people, err := f.People.Persons(ctx)
	if err != nil {
		return err
	}
	for _, person := range people {
		if person.Has(bot.Lead) && !person.Inactive && !person.Outside {
			p.Leads = append(p.Leads, person.ID)
		}
	}
	if len(p.Leads) == 0 {
		return nil
	}
	_, err = f.Stores.Proposals.Add(ctx, p, p.ask())
	return err
}

// How many editions are looked at: all that a long time brought when the program
// starts, then the newest.
const (
	editionsAtStart = 200
	editionsLater   = 3
)

// noteEditions keeps which entries editions told. It looks only when there is a new
// one.
func (f *Feature) noteEditions(ctx context.Context) error {
	f.mu.Lock()
	noted := f.noted
	f.mu.Unlock()
	newest, err := f.Editions(ctx, 1)
	if err != nil || len(newest) == 0 || newest[0].ID == noted {
		return err
	}
	limit := editionsLater
	if noted == "" {
		limit = editionsAtStart
	}
	editions, err := f.Editions(ctx, limit)
	if err != nil {
		return err
	}
	for _, e := range editions {
		if e.Recalled {
			continue
		}
		if err := f.noteEdition(ctx, e); err != nil {
			return err
		}
	}
	f.mu.Lock()
	f.noted = newest[0].ID
	f.mu.Unlock()
	return nil
}

func (f *Feature) noteEdition(ctx context.Context, e Edition) error {
	telling := Telling{Key: editionKey + e.ID, Whom: "readers of " + e.Name, At: e.At}
	var noted []Noted
	for _, id := range e.Entries {
		noted = append(noted, Noted{Entry: id, Telling: telling})
	}
	if len(noted) > 0 {
		if err := f.Stores.Tellings.Note(ctx, noted); err != nil {
			return err
		}
	}
	for _, id := range e.Retold {
		err := f.Stores.Proposals.Change(ctx, id, func(p *Proposal) ([]bot.Delivery, error) { return p.Publish(telling), nil })
		if err != nil && !errors.Is(err, bot.ErrNotFound) {
			return err
		}
	}
	if len(e.Links) == 0 {
		return nil
	}
	return f.Stores.Links.Keep(ctx, e.Links)
}

// Again is something that is worth telling again, for an edition.
type Again struct {
	ID    string // the proposal's, to be handed back in Edition.Retold
	Entry Entry
	Fresh string
}

// Retold returns what leads chose before to for the next edition and no edition
// told yet, the earliest first. What was taken back is not in it. It stays offered
// until an edition has told it, however early from is.
func (f *Feature) Retold(ctx context.Context, _, to time.Time) ([]Again, error) {
	accepted, err := f.Stores.Proposals.List(ctx, Accepted)
	if err != nil || len(accepted) == 0 {
		return nil, err
	}
	entries, err := f.Entries(ctx)
	if err != nil {
		return nil, err
	}
	var out []Again
	for i := len(accepted) - 1; i >= 0; i-- {
		p := accepted[i]
		if e, ok := find(entries, p.Entry); ok && p.Decided.Before(to) {
			out = append(out, Again{ID: p.ID, Entry: e, Fresh: p.Angle})
		}
	}
	return out, nil
}

// proposal returns what a button names, and its entry: gone when there is none any
// more.
func (f *Feature) proposal(ctx context.Context, in bot.Invocation) (p Proposal, e Entry, there bool, err error) {
	if p, err = f.Stores.Proposals.Get(ctx, in.Arg); err != nil {
		return p, e, false, err
	}
	if !p.May(in.Actor) {
		return Proposal{}, e, false, bot.ErrNotFound
	}
	entries, err := f.Entries(ctx)
	if err != nil {
		return p, e, false, err
	}
	e, there = find(entries, p.Entry)
	return p, e, there, nil
}

// open returns a proposal that a choice is possible for.
func (f *Feature) open(ctx context.Context, in bot.Invocation, choice Choice) (Proposal, Entry, error) {
	p, e, there, err := f.proposal(ctx, in)
	switch {
	case err != nil:
		return p, e, err
	case !there:
		return p, e, errGone
	case !p.Can(choice):
		return p, e, p.cannot()
	}
	return p, e, nil
}

var errGone = bot.Refuse("entry-gone", "It was taken back in the meantime, so there is nothing to tell. Nothing was changed.")

func freshField(required bool) bot.Field {
	return bot.Field{Name: "fresh", Kind: bot.ParagraphField, Label: "What is new about it: a fresh number or angle", Required: required, Max: maxFresh,
		Placeholder: "Since spring it saved another 40 calls a week", Help: "It stands above the words that are known."}
}

func (f *Feature) editionForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	p, e, err := f.open(ctx, in, NextEdition)
	if err != nil {
		return nil, err
	}
	return &bot.Form{Title: "In the next edition", Arg: p.ID, Submit: "Offer it", Intro: []bot.Block{quote(e)}, Fields: []bot.Field{freshField(true)}}, nil
}

func (f *Feature) edition(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	if _, _, there, err := f.proposal(ctx, in); err != nil {
		return nil, err
	} else if !there {
		return nil, errGone
	}
	fresh := bot.Clean(in.Value("fresh"), maxFresh)
	if fresh == "" {
		return bot.Invalid{Fields: map[string]string{"fresh": "Write a fresh number or angle. Without one it is the old story."}}, nil
	}
	return f.choose(ctx, in, NextEdition, fresh, Telling{})
}

func (f *Feature) meetingForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	p, e, err := f.open(ctx, in, AMeeting)
	if err != nil {
		return nil, err
	}
	rest, err := f.whenFields(ctx)
	if err != nil {
		return nil, err
	}
	if p.Department != "" && len(rest) > 1 {
		rest[1].Value = []string{p.Department}
	}
	fields := append([]bot.Field{{Name: "whom", Kind: bot.LineField, Label: "Which meeting or group", Required: true, Max: maxLine, Placeholder: "The board, in December"}}, rest...)
	return &bot.Form{Title: "Told in a meeting", Arg: p.ID, Submit: "Note it", Intro: []bot.Block{quote(e)}, Fields: append(fields, freshField(false))}, nil
}

func (f *Feature) meeting(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	if _, _, there, err := f.proposal(ctx, in); err != nil {
		return nil, err
	} else if !there {
		return nil, errGone
	}
	telling, wrong, err := f.readTelling(ctx, in)
	switch {
	case err != nil:
		return nil, err
	case len(wrong) > 0:
		return bot.Invalid{Fields: wrong}, nil
	}
	return f.choose(ctx, in, AMeeting, bot.Clean(in.Value("fresh"), maxFresh), telling)
}

// put carries out a choice that needs no words.
func (f *Feature) put(choice Choice) func(context.Context, bot.Invocation) (bot.Reply, error) {
	return func(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
		return f.choose(ctx, in, choice, "", Telling{})
	}
}

// choose carries out a choice and shows the card as it is then.
func (f *Feature) choose(ctx context.Context, in bot.Invocation, choice Choice, fresh string, told Telling) (bot.Reply, error) {
	var after Proposal
	err := f.Stores.Proposals.Change(ctx, in.Arg, func(p *Proposal) ([]bot.Delivery, error) {
		out, err := p.Choose(in.Actor, choice, fresh, told, f.Clock.Now())
		after = *p
		return out, err
	})
	if err != nil {
		return nil, err
	}
	if !in.Submitted() {
		return bot.Refresh{View: bot.View{Kind: retellView, ID: after.ID, Version: after.Version}}, nil
	}
	message, _, err := f.renderProposal(ctx, after.ID)
	return bot.Done{Message: message}, err
}

// again answers "evangelist retell": the proposals that are open, or when the next
// one may come.
func (f *Feature) again(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	if !in.Actor.Has(bot.Lead) {
		return nil, bot.ErrNotFound
	}
	open, err := f.Stores.Proposals.List(ctx, Proposed, Accepted)
	if err != nil {
		return nil, err
	}
	if len(open) == 0 {
		return bot.Say{Message: noneMessage()}, nil
	}
	message := bot.Message{}
	for i, p := range open {
		one, _, err := f.renderProposal(ctx, p.ID)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			message.Summary = one.Summary
		} else {
			message.Blocks = append(message.Blocks, bot.Rule{})
		}
		message.Blocks = append(message.Blocks, one.Blocks...)
	}
	return bot.Say{Message: message}, nil
}

// renderProposal draws the card of a proposal.
func (f *Feature) renderProposal(ctx context.Context, id string) (bot.Message, int64, error) {
	p, err := f.Stores.Proposals.Get(ctx, id)
	if err != nil {
		return bot.Message{}, 0, err
	}
	entries, err := f.Entries(ctx)
	if err != nil {
		return bot.Message{}, 0, err
	}
	e, there := find(entries, p.Entry)
	return f.proposalMessage(p, e, there), p.Version, nil
}

// Matters returns what waits for an actor: for leads, a proposal that nobody decided.
func (f *Feature) Matters(ctx context.Context, actor bot.Actor) ([]bot.Matter, error) {
	if !actor.Has(bot.Lead) {
		return nil, nil
	}
	open, err := f.Stores.Proposals.List(ctx, Proposed)
	var matters []bot.Matter
	for _, p := range open {
		matters = append(matters, bot.Matter{What: bot.T("Something that worked may be worth telling again"), Kind: "What worked", Since: p.Opened,
			Do: &bot.Button{Command: "library.again", Label: "Look at it"}})
	}
	return matters, err
}

// leadOnHome shows leads what waits for them.
func (f *Feature) leadOnHome(ctx context.Context, actor bot.Actor) ([]bot.Block, error) {
	if !actor.Has(bot.Lead) {
		return nil, nil
	}
	open, err := f.Stores.Proposals.List(ctx, Proposed)
	if err != nil || len(open) == 0 {
		return nil, err
	}
	return []bot.Block{section("Worth telling again"), paragraph("Something that worked may be worth telling again, with a fresh number or angle."),
		bot.Actions{Buttons: []bot.Button{{Command: "library.again", Label: "Look at it"}}}}, nil
}
