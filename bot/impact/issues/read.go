package issues

import (
	"context"
	"fmt"
	"slices"
	"time"

	"evangelist/bot"
)

// Wait is an issue for which a lead has to decide.
type Wait struct {
	ID    string
	Title string
	State State     // Draft or Held
	Since time.Time // it waits since then
	Lead  bot.PersonID
	Path  string // of its page
}

// Waiting lists what waits for a decision of a lead, the longest first.
func (f *Feature) Waiting(ctx context.Context) ([]Wait, error) {
	open, err := f.Stores.Issues.List(ctx, Draft, Held)
	var waits []Wait
	for _, i := range open {
		waits = append(waits, Wait{ID: i.ID, Title: i.Title(), State: i.State, Since: i.Since, Lead: i.Lead, Path: i.Path()})
	}
	slices.SortStableFunc(waits, func(a, b Wait) int { return a.Since.Compare(b.Since) })
	return waits, err
}

// Reading is an issue as somebody may read it.
type Reading struct {
	Issue   Issue
	Content Content // without sections: there is nothing to read yet
	// Card is what the reader can do: the lead's card, or a champion's button.
	// Without blocks: nothing.
	Card bot.Message
}

// Find returns an issue for a reader. Whoever may not read it now gets
// bot.ErrNotFound, as if it were not there.
func (f *Feature) Find(ctx context.Context, actor bot.Actor, id string) (Reading, error) {
	i, err := f.Stores.Issues.Get(ctx, id)
	if err != nil {
		return Reading{}, err
	}
	if !i.May(actor, Read) {
		return Reading{}, bot.ErrNotFound
	}
	a, err := f.about(ctx, i)
	if err != nil {
		return Reading{}, err
	}
	r := Reading{Issue: i, Content: a.content}
	switch {
	case i.May(actor, See):
		a.here = true
		r.Card = deskMessage(i, a)
	case i.May(actor, Object) && i.State != Published:
		early := earlyMessage(i, a)
		for _, block := range early.Blocks {
			if _, ok := block.(bot.Actions); ok {
				r.Card = bot.Message{Summary: early.Summary, Blocks: []bot.Block{early.Blocks[1], block}}
			}
		}
	}
	return r, nil
}

// Past lists the issues that a reader may read, the latest days first, without
// their content. Leads see those that were skipped as well, with the reason.
func (f *Feature) Past(ctx context.Context, actor bot.Actor) ([]Issue, error) {
	all, err := f.Stores.Issues.List(ctx)
	return slices.DeleteFunc(all, func(i Issue) bool { return !i.May(actor, Read) }), err
}

// Forget takes somebody's name out of the credits of all frozen issues. It is
// idempotent. What was printed or sent on cannot be recalled.
func (f *Feature) Forget(ctx context.Context, name string) error {
	if name == "" {
		return nil
	}
	frozen, err := f.Stores.Issues.List(ctx, Approved, Early, Held, Published)
	if err != nil {
		return err
	}
	for _, i := range frozen {
		err := f.Stores.Issues.Change(ctx, i.ID, func(stored *Issue) ([]bot.Delivery, error) { return stored.Forget(name) })
		if err != nil {
			return fmt.Errorf("take a name out of a report: %w", err)
		}
	}
	return nil
}

// panel shows leads what is on its way.
func (f *Feature) panel(ctx context.Context, actor bot.Actor) ([]bot.Block, error) {
	if !actor.Has(bot.Lead) {
		return nil, nil
	}
	open, err := f.Stores.Issues.List(ctx, Planned, Draft, Approved, Early, Held)
	if err != nil {
		return nil, err
	}
	blocks := []bot.Block{bot.Heading{Level: 2, Text: bot.T("Reports")}}
	says := map[State]string{Planned: "is planned; its draft comes on ", Draft: "has waited for a decision since ", Approved: "is approved; its minute ends on ", Early: "is with its champions until ", Held: "has been held back since "}
	row := bot.Actions{}
	for _, i := range open {
		at := i.Since
		switch i.State {
		case Planned:
			at = i.Due
		case Approved, Early:
			at = i.PublishAt
		}
		blocks = append(blocks, paragraph(bot.Strong(i.Title()), " "+says[i.State], bot.Moment(at, bot.DateTimeStyle), "."))
		if i.State != Planned && len(row.Buttons) < 3 {
			row.Buttons = append(row.Buttons, bot.Button{Command: "report.desk", Arg: i.ID, Label: "Show " + i.short(), Tone: bot.Primary})
		}
	}
	if len(open) == 0 {
		blocks = append(blocks, paragraph("None is on its way."))
	}
	row.Buttons = append(row.Buttons, bot.Button{Command: "report.schedule", Label: "When reports are made"}, bot.Button{Command: "report.event", Label: "After an event"})
	return append(blocks, row), nil
}

// short names an issue on a button.
func (i Issue) short() string {
	if i.Event != "" {
		return bot.Clean(i.Event, 30)
	}
	if month, err := time.Parse(time.DateOnly, i.From); err == nil {
		return month.Format("January")
	}
	return i.From
}

// Matters lists for leads what waits for a decision.
func (f *Feature) Matters(ctx context.Context, actor bot.Actor) ([]bot.Matter, error) {
	if !actor.Has(bot.Lead) {
		return nil, nil
	}
	waits, err := f.Waiting(ctx)
	var matters []bot.Matter
	for _, w := range waits {
		what := w.Title + " waits for its approval"
		if w.State == Held {
			what = w.Title + " is held back"
		}
		matters = append(matters, bot.Matter{What: bot.T(what), Kind: "Reports", Since: w.Since, Do: &bot.Button{Command: "report.desk", Arg: w.ID, Label: "Show it"}, Page: w.Path})
	}
	return matters, err
}
