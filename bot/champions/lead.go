package champions

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

func (f *Feature) nameForm(_ context.Context, in bot.Invocation) (*bot.Form, error) {
	if in.Words != "" {
		return nil, bot.Refuse("champions-word", "I do not know that word, so nothing was done. Type /evangelist champion and choose the person in the form.")
	}
	return &bot.Form{Title: "Name a champion", Submit: "Ask privately",
		Intro: []bot.Block{paragraph("A champion speaks for the programme where decisions are made. The person is asked privately and may say no without a reason. They get one briefing before each meeting and one question a quarter, and nothing else.")},
		Fields: []bot.Field{
			{Name: "person", Kind: bot.PersonField, Label: "Who", Required: true, Help: "Nobody else learns that you asked."},
			{Name: "body", Kind: bot.LineField, Label: "The board or body they speak in", Placeholder: "Corporate leadership team", Max: maxBody, Help: "The person reads it in the question."},
			{Name: "on", Kind: bot.DateField, Label: "Its next meeting", Help: "Empty: you or the champion set it later; no briefing goes before."},
			daysField(DefaultDays),
		}}, nil
}

// maxBody and maxWords are the longest texts, in runes.
const (
	maxBody  = 80
	maxWords = 300
)

func daysField(days int) bot.Field {
	return bot.Field{Name: "days", Kind: bot.NumberField, Label: "Working days from the briefing to the meeting", Value: []string{strconv.Itoa(days)},
		Help: "You see its draft two working days earlier. Empty: " + strconv.Itoa(DefaultDays) + "."}
}

// planOf reads a form; wrong says by field what does not fit.
func planOf(in bot.Invocation) (p Plan, wrong map[string]string) {
	wrong = map[string]string{}
	p.Body, p.Came, p.Days = oneLine(in.Value("body"), maxBody), bot.Clean(in.Value("came"), maxWords), DefaultDays
	if text := strings.TrimSpace(in.Value("on")); text != "" {
		on, err := schedule.ParseDate(text)
		var phrase *schedule.PhraseError
		if errors.As(err, &phrase) {
			wrong["on"] = phrase.Say
		}
		p.On = on
	}
	if text := strings.TrimSpace(in.Value("days")); text != "" {
		days, err := strconv.Atoi(text)
		if err != nil || days < 1 || days > maxDays {
			wrong["days"] = ErrDays.Say
		}
		p.Days = days
	}
	return p, wrong
}

// fields says under which field of a form a refusal stands; nil: under none.
func fields(err error) map[string]string {
	var refused *bot.Error
	if !errors.As(err, &refused) {
		return nil
	}
	field := map[string]string{ErrPast.Code: "on", ErrDays.Code: "days", ErrNoWords.Code: "words", ErrNoSide.Code: "side", ErrNoReason.Code: "reason",
		ErrNoPromise.Code: "promise", ErrNoPoints.Code: "text", ErrLongBrief.Code: "text", ErrNotThere.Code: "person"}[refused.Code]
	if field == "" {
		return nil
	}
	return map[string]string{field: refused.Say}
}

// refused answers a form that a rule refused: the form comes back where a field is
// wrong.
func refused(in bot.Invocation, err error) (bot.Reply, error) {
	if wrong := fields(err); wrong != nil && in.Submitted() {
		return bot.Invalid{Fields: wrong}, nil
	}
	return nil, err
}

// name answers "evangelist champion".
func (f *Feature) name(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	p, wrong := planOf(in)
	person := in.Value("person")
	if person == "" {
		wrong["person"] = "Choose whom to ask."
	}
	if len(wrong) > 0 {
		return bot.Invalid{Fields: wrong}, nil
	}
	n, err := f.now(ctx, person)
	if err != nil {
		return nil, err
	}
	once, err := f.once(in)
	if err != nil {
		return nil, err
	}
	wish := Wish{Source: once, Body: p.Body, Days: p.Days, Plan: p}
	err = f.Stores.Champions.Change(ctx, person, func(c *Champion) ([]bot.Delivery, error) { return c.Ask(in.Actor, n, wish) })
	var state *bot.Error
	switch {
	case errors.Is(err, bot.ErrNotFound):
		return bot.Invalid{Fields: map[string]string{"person": "I do not know this person. Choose somebody of this organisation."}}, nil
	case errors.As(err, &state) && state.Code == "champion-state":
		return bot.Invalid{Fields: map[string]string{"person": state.Say}}, nil
	case err != nil:
		return refused(in, err)
	}
	f.Wake()
	return finish(in, namedMessage(bot.PersonID(person), n)), nil
}

// list answers "evangelist champions".
func (f *Feature) list(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	message, err := f.Sheet(ctx, in.Actor)
	if err != nil {
		return nil, err
	}
	return bot.Say{Message: message}, nil
}

// read loads the champion that a button names, for an act that the actor may do now.
func (f *Feature) read(ctx context.Context, in bot.Invocation, act Act) (Champion, string, error) {
	id, part := splitID(in.Arg)
	c, err := f.Stores.Champions.Get(ctx, id)
	if err != nil {
		return c, part, err
	}
	return c, part, c.allow(in.Actor, act)
}

// draft shows the briefing that is next.
func (f *Feature) draft(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	c, _, err := f.read(ctx, in, Send)
	if err != nil {
		return nil, err
	}
	m := c.next()
	if m == nil || m.Briefing.Drafts == 0 {
		return nil, ErrNoDraft
	}
	message, _, err := f.renderDraft(ctx, partID(c.ID, strconv.Itoa(m.N)))
	return bot.Say{Message: message}, err
}

// onDraft carries out a rule on a draft and answers with its card.
func (f *Feature) onDraft(ctx context.Context, in bot.Invocation, rule func(*Champion, Now, string) ([]bot.Delivery, error)) (bot.Reply, error) {
	id, number := splitID(in.Arg)
	c, err := f.do(ctx, id, func(c *Champion, n Now) ([]bot.Delivery, error) { return rule(c, n, number) })
	if err != nil {
		return refused(in, err)
	}
	if !in.Submitted() {
		return bot.Refresh{View: *c.view(draftView, in.Arg)}, nil
	}
	message, _, err := f.renderDraft(ctx, in.Arg)
	return finish(in, message), err
}

func (f *Feature) send(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	return f.onDraft(ctx, in, func(c *Champion, n Now, number string) ([]bot.Delivery, error) { return c.SendIt(in.Actor, n, number) })
}

func (f *Feature) skip(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	return f.onDraft(ctx, in, func(c *Champion, n Now, number string) ([]bot.Delivery, error) { return c.SkipIt(in.Actor, n, number) })
}

func (f *Feature) editForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	c, number, err := f.read(ctx, in, Edit)
	if err != nil {
		return nil, err
	}
	m, err := c.draft(in.Actor, Edit, number)
	if err != nil {
		return nil, err
	}
	return &bot.Form{Title: "Edit the briefing", Arg: in.Arg, Submit: "Save", Fields: []bot.Field{
		{Name: "text", Kind: bot.ParagraphField, Label: "What it says", Required: true, Value: filled(Text(m.Briefing.Points)),
			Help: "A point is a line that begins with a hyphen; any other line is a heading. Promises and the date are added by themselves."},
	}}, nil
}

func filled(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

func (f *Feature) edit(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	return f.onDraft(ctx, in, func(c *Champion, n Now, number string) ([]bot.Delivery, error) {
		m, err := c.draft(in.Actor, Edit, number)
		if err != nil {
			return nil, err
		}
		return c.EditIt(in.Actor, n, number, Read(in.Value("text"), m.Briefing.Points))
	})
}
