package tables

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"evangelist/bot"
	"evangelist/bot/schedule"
	"evangelist/bot/seating"
)

// The answers to what becomes of a draft that nobody decided.
const (
	itGoes  = "goes"
	itWaits = "waits"
)

// settingsForm is for leads; nil for everybody else, who see their own table.
func (f *Feature) settingsForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	if !in.Actor.Has(bot.Lead) || in.Words != "" {
		return nil, nil
	}
	s, err := f.Stores.Settings.Get(ctx)
	if err != nil {
		return nil, err
	}
	undecided := itWaits
	if s.Goes {
		undecided = itGoes
	}
	return &bot.Form{Title: "Round tables", Submit: "Save",
		Intro: []bot.Block{paragraph("Small tables of colleagues who lead or support, across departments and levels. You see the seating a week before, with its proof, and nothing goes out that nobody approved, unless you choose so here.")},
		Fields: []bot.Field{
			{Name: "rhythm", Kind: bot.LineField, Label: "When", Value: filled(s.Rhythm), Placeholder: "every 4 weeks on Thursday 12:00",
				Help: "Every second week at most. Empty: only when you plan a round yourself."},
			{Name: "format", Kind: bot.ChoiceField, Label: "How tables meet", Value: []string{string(s.Format)}, Options: formatOptions(),
				Help: "Where most people at a table like something else, that counts."},
			{Name: "size", Kind: bot.ChoiceField, Label: "People at a table", Value: []string{sizeOf(s)}, Options: sizeOptions()},
			{Name: "undecided", Kind: bot.ChoiceField, Label: "If nobody decides in time", Value: []string{undecided}, Options: []bot.Option{
				{Value: itWaits, Label: "The draft waits", Help: "You are told, and nothing goes out."},
				{Value: itGoes, Label: "The draft goes out as it is", Help: "Only if it keeps every rule; else it waits."},
			}},
			{Name: "levels", Kind: bot.ParagraphField, Label: "Levels, from one end to the other, one a line", Value: filled(strings.Join(s.Levels, "\n")),
				Help: "They mix the tables and are never shown beside a name. Empty: found by words such as head and officer."},
		}}, nil
}

func filled(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

func sizeOf(s Settings) string { return fmt.Sprintf("%d-%d", s.Smallest, s.Largest) }

func sizeOptions() []bot.Option {
	return []bot.Option{
		{Value: "3-6", Label: "3 to 6", Help: "As small as possible, and nobody sits out."},
		{Value: "3-4", Label: "3 or 4", Help: "Somebody may have to sit out."},
		{Value: "4-5", Label: "4 or 5", Help: "Somebody may have to sit out."},
		{Value: "4-6", Label: "4 to 6", Help: "Somebody may have to sit out."},
	}
}

// set answers "evangelist tables": leads set the rhythm, others see their table.
func (f *Feature) set(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	if !in.Submitted() {
		if in.Words != "" {
			return nil, bot.Refuse("tables-word", "I do not know that word, so nothing was done. Type /evangelist table to see your table, or /evangelist help for everything.")
		}
		return f.mine(ctx, in)
	}
	if !in.Actor.Has(bot.Lead) {
		return nil, bot.ErrNotFound
	}
	now, wrong := f.Clock.Now(), map[string]string{}
	spec, err := ParseRhythm(strings.TrimSpace(in.Value("rhythm")), now, f.Organisation.Zone)
	if say := phraseSays(err); say != "" {
		wrong["rhythm"] = say
	} else if err != nil {
		return nil, err
	}
	chosen := DefaultSettings()
	if format := in.Value("format"); format != "" {
		if chosen.Format = ParseFormat(format); chosen.Format == "" {
			wrong["format"] = ErrNoFormat.Say
		}
	}
	if size := in.Value("size"); size != "" {
		if _, err := fmt.Sscanf(size, "%d-%d", &chosen.Smallest, &chosen.Largest); err != nil {
			wrong["size"] = "Choose how many sit at a table."
		} else if err := (seating.Options{Smallest: chosen.Smallest, Largest: chosen.Largest}).Check(); err != nil {
			wrong["size"] = err.Error()
		}
	}
	if len(wrong) > 0 {
		return bot.Invalid{Fields: wrong}, nil
	}
	chosen.Goes = in.Value("undecided") == itGoes
	chosen.Levels = lines(in.Value("levels"))
	err = f.Stores.Settings.Change(ctx, func(s *Settings) error {
		chosen.Rhythm, chosen.Since = spec.String(), s.Since
		if s.Rhythm != chosen.Rhythm || s.Since.IsZero() {
			chosen.Since = now
		}
		*s = chosen
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := f.waiting(ctx, func(r *Round) []bot.Delivery { return r.Undecided(chosen.Goes) }); err != nil {
		return nil, err
	}
	f.Wake()
	slot, _ := spec.Next(now, f.Organisation.Zone, nil)
	return finish(in, savedMessage(chosen, spec, slot.Due)), nil
}

func lines(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		if line = bot.Clean(line, 100); line != "" && len(out) < 50 {
			out = append(out, line)
		}
	}
	return out
}

// phraseSays returns the sentence of a refused rhythm, "" for any other error.
func phraseSays(err error) string {
	var phrase *schedule.PhraseError
	var refused *bot.Error
	switch {
	case errors.As(err, &phrase):
		return phrase.Say
	case errors.As(err, &refused):
		return refused.Say
	}
	return ""
}

// plan answers "evangelist tables plan": the draft that waits, or a new one. With
// a rhythm it is the one of the next slot, unless that has its round already.
func (f *Feature) plan(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	open, err := f.Stores.Rounds.List(ctx, Drafted, Approved)
	if err != nil {
		return nil, err
	}
	if len(open) == 0 {
		r, err := f.begin(ctx, in)
		if err != nil {
			return nil, err
		}
		open = []Round{r}
	}
	message, _, err := f.renderDraft(ctx, open[0].ID)
	if err != nil {
		return nil, err
	}
	return bot.Say{Message: message}, nil
}

func (f *Feature) begin(ctx context.Context, in bot.Invocation) (Round, error) {
	settings, err := f.Stores.Settings.Get(ctx)
	if err != nil {
		return Round{}, err
	}
	once, err := f.once(in)
	if err != nil {
		return Round{}, err
	}
	name, due := "now-"+once, time.Time{}
	if settings.Rhythm != "" {
		spec, err := schedule.Parse(settings.Rhythm)
		if err != nil {
			return Round{}, fmt.Errorf("read the rhythm of round tables: %w", err)
		}
		slot, ok := spec.Next(f.Clock.Now(), f.Organisation.Zone, nil)
		_, err = f.Stores.Rounds.Get(ctx, slot.Name)
		switch {
		case ok && errors.Is(err, bot.ErrNotFound):
			name, due = slot.Name, slot.Due
		case err != nil && !errors.Is(err, bot.ErrNotFound):
			return Round{}, err
		}
	}
	r, err := f.draft(ctx, name, due)
	if err == nil {
		f.Wake()
	}
	return r, err
}

// read loads the round that a button names, which the actor may do the act to.
func (f *Feature) read(ctx context.Context, in bot.Invocation, act Act) (Round, error) {
	id, _ := splitID(in.Arg)
	r, err := f.Stores.Rounds.Get(ctx, id)
	if err != nil {
		return Round{}, err
	}
	return r, r.allow(in.Actor, act)
}

func (f *Feature) moveForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	r, err := f.read(ctx, in, Edit)
	if err != nil {
		return nil, err
	}
	return &bot.Form{Title: "Change the seating", Arg: r.ID, Submit: "Change", Intro: []bot.Block{
		paragraph(fmt.Sprintf("Tables 1 to %d; %d opens a new one, and 0 lets somebody sit out. The proof follows.", len(r.Tables), len(r.Tables)+1)),
	}, Fields: []bot.Field{
		{Name: "person", Kind: bot.PersonField, Label: "Who", Required: true},
		{Name: "table", Kind: bot.NumberField, Label: "goes to table", Help: "Leave it empty to exchange two people."},
		{Name: "with", Kind: bot.PersonField, Label: "or changes places with", Help: "Either of the two may sit out at the moment."},
	}}, nil
}

// move changes the seating by hand.
func (f *Feature) move(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	s, wrong := stepOf(in)
	if len(wrong) > 0 {
		return bot.Invalid{Fields: wrong}, nil
	}
	id, _ := splitID(in.Arg)
	r, err := f.do(ctx, id, func(r *Round) ([]bot.Delivery, error) {
		if err := r.allow(in.Actor, Edit); err != nil {
			return nil, err
		}
		if wrong = s.wrong(r); len(wrong) > 0 {
			return nil, errStep
		}
		plan, err := s.apply(r.Plan())
		if err != nil {
			return nil, err
		}
		return r.Take(in.Actor, plan)
	})
	switch {
	case errors.Is(err, errStep):
		return bot.Invalid{Fields: wrong}, nil
	case err != nil:
		return nil, err
	}
	return f.showDraft(ctx, in, r)
}

// showDraft answers a change with the draft as it is now.
func (f *Feature) showDraft(ctx context.Context, in bot.Invocation, r Round) (bot.Reply, error) {
	if !in.Submitted() {
		return bot.Refresh{View: *r.view(draftView, r.ID)}, nil
	}
	message, _, err := f.renderDraft(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	return finish(in, message), nil
}

func (f *Feature) again(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	r, err := f.read(ctx, in, Reseat)
	if err != nil {
		return nil, err
	}
	_, version := splitID(in.Arg)
	if read, err := strconv.ParseInt(version, 10, 64); err != nil || read != r.Version {
		return f.showDraft(ctx, in, r) // pressed twice, or on a card that is old
	}
	c, err := f.cast(ctx)
	if err != nil {
		return nil, err
	}
	plan, err := f.seat(c, r, f.Clock.Now())
	if err != nil {
		return nil, err
	}
	after, err := f.do(ctx, r.ID, func(stored *Round) ([]bot.Delivery, error) { return stored.Again(in.Actor, r.Version, plan) })
	if err != nil {
		return nil, err
	}
	return f.showDraft(ctx, in, after)
}

func (f *Feature) approve(soon bool) func(context.Context, bot.Invocation) (bot.Reply, error) {
	return func(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
		id, _ := splitID(in.Arg)
		r, err := f.Stores.Rounds.Get(ctx, id)
		if err != nil {
			return nil, err
		}
		fit := false
		if r.State == Drafted {
			c, err := f.cast(ctx)
			if err != nil {
				return nil, err
			}
			proof, err := c.proof(r)
			if err != nil {
				return nil, err
			}
			fit = proof.Kept() && proof.Tables > 0
		}
		now := f.Clock.Now()
		after, err := f.do(ctx, id, func(stored *Round) ([]bot.Delivery, error) {
			return stored.Approve(in.Actor, soon, r.Version, fit, now)
		})
		if err != nil {
			return nil, err
		}
		return f.showDraft(ctx, in, after)
	}
}

func (f *Feature) reopen(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	id, _ := splitID(in.Arg)
	r, err := f.do(ctx, id, func(r *Round) ([]bot.Delivery, error) { return r.Reopen(in.Actor) })
	if err != nil {
		return nil, err
	}
	return f.showDraft(ctx, in, r)
}

func (f *Feature) callOff(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	id, _ := splitID(in.Arg)
	now := f.Clock.Now()
	r, err := f.do(ctx, id, func(r *Round) ([]bot.Delivery, error) { return r.CallOff(in.Actor, now) })
	if err != nil {
		return nil, err
	}
	return f.showDraft(ctx, in, r)
}
