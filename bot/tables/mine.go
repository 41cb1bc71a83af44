package tables

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"evangelist/bot"
)

// maxBreak is the longest break in weeks.
const maxBreak = 52

// standing returns what the actor wants of round tables, and whether they take
// part by their role.
func (f *Feature) standing(ctx context.Context, person bot.PersonID) (Standing, bool, error) {
	if person == "" {
		return Standing{}, false, nil
	}
	s, err := f.Stores.Standings.Get(ctx, person)
	if err != nil {
		return s, false, err
	}
	members, err := f.Members(ctx)
	for _, member := range members {
		if member == person {
			return s, true, err
		}
	}
	return s, false, err
}

// seatOf is the newest round that is out, with the actor's seat; false: none.
func (f *Feature) seatOf(ctx context.Context, person bot.PersonID) (Round, bool, error) {
	rounds, err := f.Stores.Rounds.List(ctx, Out, FollowedUp)
	if err != nil {
		return Round{}, false, err
	}
	for _, r := range rounds {
		if r.seat(person) != nil {
			return r, true, nil
		}
	}
	return Round{}, false, nil
}

// mine answers "evangelist table".
func (f *Feature) mine(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	s, member, err := f.standing(ctx, in.Actor.Person)
	if err != nil {
		return nil, err
	}
	blocks, err := f.own(ctx, in.Actor, s, member)
	if err != nil {
		return nil, err
	}
	return bot.Say{Message: bot.Message{Summary: "Your round table", Blocks: blocks}}, nil
}

func (f *Feature) wishForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	s, member, err := f.standing(ctx, in.Actor.Person)
	if err != nil {
		return nil, err
	}
	part := "no"
	if s.Choice == In || s.Choice == AsPart && member {
		part = "yes"
	}
	return &bot.Form{Title: "Round tables and you", Submit: "Save", Fields: []bot.Field{
		{Name: "part", Kind: bot.ChoiceField, Label: "Do you take part?", Required: true, Value: []string{part}, Options: []bot.Option{
			{Value: "yes", Label: "Yes", Help: "Every few weeks you sit with two to five colleagues whom you mostly do not know yet."},
			{Value: "no", Label: "No", Help: "You are not seated, and nobody asks why."},
		}},
		{Name: "format", Kind: bot.ChoiceField, Label: "How do you like to meet?", Value: filled(string(s.Format)), Options: formatOptions(),
			Help: "What most people at a table like is how it meets. Everybody at it can change that."},
		{Name: "weeks", Kind: bot.NumberField, Label: "A break of how many weeks?", Help: "Empty leaves it as it is; 0 ends a break."},
	}}, nil
}

// wish keeps what somebody wants of round tables.
func (f *Feature) wish(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	if in.Actor.Person == "" {
		return nil, bot.ErrNotFound
	}
	text := strings.TrimSpace(in.Value("weeks"))
	weeks, wrong := breakOf(text)
	if text != "" && text != "0" && wrong != "" {
		return bot.Invalid{Fields: map[string]string{"weeks": wrong}}, nil
	}
	_, member, err := f.standing(ctx, in.Actor.Person)
	if err != nil {
		return nil, err
	}
	now := f.Clock.Now()
	var kept Standing
	err = f.Stores.Standings.Change(ctx, in.Actor.Person, func(s *Standing) error {
		switch part := in.Value("part"); {
		case part == "no":
			s.Choice = NotIn
		case part == "yes" && member:
			s.Choice = AsPart
		case part == "yes":
			s.Choice = In
		}
		s.Format = ParseFormat(in.Value("format"))
		if text != "" {
			s.Snooze(weeks, now)
		}
		kept = *s
		return nil
	})
	if err != nil {
		return nil, err
	}
	f.Wake()
	return finish(in, wishMessage(kept, member, now)), nil
}

// breakOf reads a number of weeks, from 1 to a year.
func breakOf(text string) (int, string) {
	weeks, err := strconv.Atoi(text)
	if err != nil || weeks < 1 || weeks > maxBreak {
		return 0, "Write for how many weeks, from 1 to " + strconv.Itoa(maxBreak) + "."
	}
	return weeks, ""
}

// atTable carries out a rule on the round of a button, and answers with the actor's
// place in it: on the actor's own card where the button stood there.
func (f *Feature) atTable(ctx context.Context, in bot.Invocation, rule func(*Round) ([]bot.Delivery, error)) (bot.Reply, error) {
	id, _ := splitID(in.Arg)
	r, err := f.do(ctx, id, rule)
	if err != nil {
		return nil, err
	}
	people, err := f.people(ctx)
	if err != nil {
		return nil, err
	}
	seat, ok := r.Place(in.Actor.Person)
	if !ok {
		return nil, bot.ErrNotFound
	}
	if own := string(in.Actor.Person); !in.Submitted() && strings.HasSuffix(in.Arg, "/"+own) {
		return bot.Refresh{View: *r.view(seatView, partID(r.ID, own))}, nil
	}
	return finish(in, seatMessage(r, seat, people)), nil
}

func (f *Feature) leave(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	return f.atTable(ctx, in, func(r *Round) ([]bot.Delivery, error) { return r.Leave(in.Actor) })
}

func (f *Feature) comeBack(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	h, err := f.hall(ctx, in)
	if err != nil {
		return nil, err
	}
	return f.atTable(ctx, in, func(r *Round) ([]bot.Delivery, error) { return r.ComeBack(in.Actor, h) })
}

func (f *Feature) hall(ctx context.Context, in bot.Invocation) (Hall, error) {
	id, _ := splitID(in.Arg)
	r, err := f.Stores.Rounds.Get(ctx, id)
	if err != nil {
		return Hall{}, err
	}
	c, err := f.cast(ctx)
	if err != nil {
		return Hall{}, err
	}
	return c.hall(r), nil
}

// swap is "Swap me". The button names the table that was shown, so that pressing
// it twice is once.
func (f *Feature) swap(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	h, err := f.hall(ctx, in)
	if err != nil {
		return nil, err
	}
	_, part := splitID(in.Arg)
	table, _ := splitID(part) // on somebody's own card the person follows
	from, err := strconv.Atoi(table)
	if err != nil {
		return nil, bot.ErrNotFound
	}
	return f.atTable(ctx, in, func(r *Round) ([]bot.Delivery, error) { return r.Swap(in.Actor, from, h) })
}

// snoozeForm asks for how long. A button that names the weeks needs no form.
func (f *Feature) snoozeForm(_ context.Context, in bot.Invocation) (*bot.Form, error) {
	if _, weeks := splitID(in.Arg); weeks != "" {
		return nil, nil
	}
	return &bot.Form{Title: "A break", Arg: in.Arg, Submit: "Take a break", Intro: []bot.Block{
		paragraph("You are not seated for so long. Where you sit at a table now, your place becomes free. Nobody asks why."),
	}, Fields: []bot.Field{{Name: "weeks", Kind: bot.ChoiceField, Label: "For how long?", Required: true, Value: []string{"8"}, Options: []bot.Option{
		{Value: "4", Label: "Four weeks"}, {Value: "8", Label: "Eight weeks"}, {Value: "12", Label: "Twelve weeks"}, {Value: "26", Label: "Half a year"},
	}}}}, nil
}

// snooze takes a break, and leaves the table at which somebody sits.
func (f *Feature) snooze(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	if in.Actor.Person == "" {
		return nil, bot.ErrNotFound
	}
	id, given := splitID(in.Arg)
	if given == "" {
		given = in.Value("weeks")
	}
	weeks, wrong := breakOf(strings.TrimSpace(given))
	if wrong != "" {
		return bot.Invalid{Fields: map[string]string{"weeks": wrong}}, nil
	}
	now := f.Clock.Now()
	var kept Standing
	err := f.Stores.Standings.Change(ctx, in.Actor.Person, func(s *Standing) error {
		s.Snooze(weeks, now)
		kept = *s
		return nil
	})
	if err != nil {
		return nil, err
	}
	if id != "" {
		_, err := f.do(ctx, id, func(r *Round) ([]bot.Delivery, error) { return r.Leave(in.Actor) })
		var refused *bot.Error
		if err != nil && !errors.As(err, &refused) { // no seat, or none that could be left any more
			return nil, err
		}
	}
	f.Wake()
	return finish(in, breakMessage(kept)), nil
}

// stay answers the one question whether to pause with no.
func (f *Feature) stay(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	if in.Actor.Person == "" {
		return nil, bot.ErrNotFound
	}
	err := f.Stores.Standings.Change(ctx, in.Actor.Person, func(s *Standing) error {
		s.Unheard = 0
		return nil
	})
	if err != nil {
		return nil, err
	}
	return bot.Say{Message: bot.Notice("You keep your place. Thank you for saying so.")}, nil
}

func (f *Feature) formatForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	r, err := f.read(ctx, in, Choose)
	if err != nil {
		return nil, err
	}
	seat, ok := r.Place(in.Actor.Person)
	if !ok {
		return nil, bot.ErrNotFound
	}
	return &bot.Form{Title: "How your table meets", Arg: r.ID, Submit: "Choose", Fields: []bot.Field{
		{Name: "format", Kind: bot.ChoiceField, Label: "How do you meet?", Required: true, Value: []string{string(r.Tables[seat.Table-1].Format)}, Options: formatOptions()},
	}}, nil
}

func (f *Feature) format(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	reply, err := f.atTable(ctx, in, func(r *Round) ([]bot.Delivery, error) { return r.MeetBy(in.Actor, ParseFormat(in.Value("format"))) })
	if errors.Is(err, ErrNoFormat) {
		return bot.Invalid{Fields: map[string]string{"format": ErrNoFormat.Say}}, nil
	}
	return reply, err
}
