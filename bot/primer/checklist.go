package primer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

// ChecklistPage is where leads find the checklist on our web.
const ChecklistPage = Page + "/checklist"

// standings looks at every item. A check that fails leaves its item unknown: one
// that is broken hides no other.
func (f *Feature) standings(ctx context.Context) ([]Standing, error) {
	marks, err := f.Stores.Items.List(ctx)
	if err != nil {
		return nil, err
	}
	of := map[string]Mark{}
	for _, m := range marks {
		of[m.Item] = m
	}
	var all []Standing
	for _, item := range allItems(marks) {
		s := Standing{Item: item, Mark: of[item.ID]}
		if check := f.Checks[item.ID]; check != nil && !item.own {
			s.Checked = true
			s.Done, s.Says, err = check(ctx)
			s.Unknown = err != nil
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
		} else {
			s.Done = !s.Mark.On.IsZero()
		}
		all = append(all, s)
	}
	return all, nil
}

// Through is who of those whom leads enrolled has read all lessons. Of the others
// there is the number alone.
type Through struct {
	Finished []bot.Person // in the order of names
	NotYet   int
}

// through counts those who are there. Whoever began by themselves is not counted,
// and neither is whoever was taken out.
func (f *Feature) through(ctx context.Context) (Through, error) {
	var t Through
	all, err := f.Stores.Enrolments.List(ctx, Running, Over, Finished, Stopped)
	if err != nil {
		return t, err
	}
	var ids []bot.PersonID
	finished := map[bot.PersonID]bool{}
	for _, e := range all {
		if !e.Own {
			ids = append(ids, e.Person)
			finished[e.Person] = e.State == Finished
		}
	}
	if len(ids) == 0 {
		return t, nil
	}
	persons, err := f.People.Persons(ctx, ids...)
	if err != nil {
		return t, err
	}
	for _, p := range persons {
		switch {
		case p.Inactive || p.Outside:
		case finished[p.ID]:
			t.Finished = append(t.Finished, p)
		default:
			t.NotYet++
		}
	}
	slices.SortStableFunc(t.Finished, func(a, b bot.Person) int { return strings.Compare(fold(a.Name), fold(b.Name)) })
	return t, nil
}

// Checklist is the whole list for a lead; bot.ErrNotFound for anybody else.
func (f *Feature) Checklist(ctx context.Context, actor bot.Actor) (bot.Message, error) {
	if !actor.Has(bot.Lead) {
		return bot.Message{}, bot.ErrNotFound
	}
	all, err := f.standings(ctx)
	if err != nil {
		return bot.Message{}, err
	}
	var ids []bot.PersonID
	for _, s := range all {
		if s.Mark.By != "" {
			ids = append(ids, s.Mark.By)
		}
	}
	by := map[bot.PersonID]string{}
	if len(ids) > 0 {
		persons, err := f.People.Persons(ctx, ids...)
		if err != nil {
			return bot.Message{}, err
		}
		for _, p := range persons {
			by[p.ID] = p.Name
		}
	}
	t, err := f.through(ctx)
	if err != nil {
		return bot.Message{}, err
	}
	return checklistMessage(all, by, t), nil
}

func (f *Feature) checklist(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	message, err := f.Checklist(ctx, in.Actor)
	if err != nil {
		return nil, err
	}
	return bot.Say{Message: message}, nil
}

func checklistMessage(all []Standing, by map[bot.PersonID]string, t Through) bot.Message {
	done := 0
	var ready, open bot.List
	canTick, canUntick := false, false
	for _, s := range all {
		line := s.line(by)
		canTick = canTick || !s.Checked && !s.Done
		canUntick = canUntick || !s.Checked && s.Done
		if s.Done {
			done++
			ready.Items = append(ready.Items, line)
		} else {
			open.Items = append(open.Items, line)
		}
	}
	message := titled("Before the launch", paragraph(fmt.Sprintf("%d of %d are done.", done, len(all))))
	if len(open.Items) > 0 {
		message.Blocks = append(message.Blocks, section("Open"), open)
	}
	if len(ready.Items) > 0 {
		message.Blocks = append(message.Blocks, section("Done"), ready)
	}
	var row bot.Actions
	if canTick {
		row.Buttons = append(row.Buttons, bot.Button{Command: "primer.tick", Label: "Tick off", Tone: bot.Primary})
	}
	if canUntick {
		row.Buttons = append(row.Buttons, bot.Button{Command: "primer.untick", Label: "Take a tick back"})
	}
	row.Buttons = append(row.Buttons, bot.Button{Command: "primer.items", Label: "Our own items"}, bot.Button{Command: "primer.enrol", Label: "Enrol in the primer"})
	message.Blocks = append(message.Blocks, row, section("Who has read the primer"))
	message.Blocks = append(message.Blocks, t.blocks()...)
	return message
}

// line is one item with where it stands.
func (s Standing) line(by map[bot.PersonID]string) bot.Spans {
	line := bot.Line(bot.Strong(s.Item.Title), ".")
	if s.Done {
		line = bot.Line("✔ ", bot.Strong(s.Item.Title), ".")
	}
	switch {
	case s.Unknown:
		line = append(line, bot.T(" I could not look just now.")...)
	case s.Says != "":
		line = append(line, bot.T(" "+s.Says)...)
	case s.Done && !s.Checked:
		name := by[s.Mark.By]
		if name == "" {
			name = "a comms lead"
		}
		line = append(line, bot.Line(" Ticked by ", bot.Name(s.Mark.By, name), " on "+showDate(s.Mark.On)+".")...)
	}
	if s.Done {
		return line
	}
	if s.Item.Why != "" {
		line = append(line, bot.T(" "+s.Item.Why)...)
	}
	if s.Item.How != "" {
		line = append(line, bot.Line(" ", bot.Mono(s.Item.How))...)
	}
	return line
}

func showDate(d schedule.Date) string { return fmt.Sprintf("%d %s %d", d.Day, d.Month, d.Year) }

// blocks shows who has been through.
func (t Through) blocks() []bot.Block {
	all := len(t.Finished) + t.NotYet
	if all == 0 {
		return []bot.Block{paragraph("Nobody is enrolled yet. Those who have read all lessons will stand here by name.")}
	}
	out := []bot.Block{paragraph(fmt.Sprintf("All lessons were read by %d of %s.", len(t.Finished), people(all)))}
	if len(t.Finished) > 0 {
		var list bot.List
		for _, p := range t.Finished {
			list.Items = append(list.Items, bot.Line(bot.Name(p.ID, p.Name)))
		}
		out = append(out, list)
	}
	return append(out, note("Only comms leads see this. Of the others I show the number and no more."))
}

// tickForm offers what can be ticked, or whose tick can be taken back.
func (f *Feature) tickForm(on bool) func(context.Context, bot.Invocation) (*bot.Form, error) {
	return func(ctx context.Context, _ bot.Invocation) (*bot.Form, error) {
		all, err := f.standings(ctx)
		if err != nil {
			return nil, err
		}
		form := &bot.Form{Title: "Tick off", Submit: "Tick off", Intro: []bot.Block{paragraph("Your name and the day stand beside it, for comms leads.")}}
		field := bot.Field{Name: "items", Kind: bot.ChoicesField, Label: "What is done", Required: true}
		if !on {
			form = &bot.Form{Title: "Take a tick back", Submit: "Take back"}
			field.Label = "What is not done after all"
		}
		for _, s := range all {
			if !s.Checked && s.Done != on {
				field.Options = append(field.Options, bot.Option{Value: s.Item.ID, Label: s.Item.Title})
			}
		}
		if len(field.Options) == 0 {
			return nil, bot.Refuse("primer-items", "There is nothing to change any more: somebody was here before you. Look again: /evangelist checklist")
		}
		form.Fields = []bot.Field{field}
		return form, nil
	}
}

func (f *Feature) tick(on bool) func(context.Context, bot.Invocation) (bot.Reply, error) {
	return func(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
		if !in.Actor.Has(bot.Lead) {
			return nil, bot.ErrNotFound
		}
		chosen := in.Values["items"]
		if len(chosen) == 0 {
			return bot.Invalid{Fields: map[string]string{"items": "Choose at least one."}}, nil
		}
		marks, err := f.Stores.Items.List(ctx)
		if err != nil {
			return nil, err
		}
		known := allItems(marks)
		today := schedule.DateOf(f.Clock.Now(), f.Organisation.Zone)
		for _, id := range chosen {
			at := slices.IndexFunc(known, func(i Item) bool { return i.ID == id })
			if at < 0 || f.Checks[id] != nil && !known[at].own {
				continue // gone, or looked at by a check since the form was opened
			}
			err := f.Stores.Items.Change(ctx, id, func(m *Mark) error {
				if known[at].own && m.Title == "" {
					return bot.ErrNotFound
				}
				if on {
					m.Tick(in.Actor.Person, today)
				} else {
					m.Untick()
				}
				return nil
			})
			if err != nil && !errors.Is(err, bot.ErrNotFound) {
				return nil, err
			}
		}
		return f.after(ctx, in)
	}
}

// after shows the list as it is then.
func (f *Feature) after(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	message, err := f.Checklist(ctx, in.Actor)
	if err != nil {
		return nil, err
	}
	return finish(in, message), nil
}

// Limits of the organisation's own items.
const (
	mostItems = 15
	maxTitle  = 120
)

func (f *Feature) itemsForm(ctx context.Context, _ bot.Invocation) (*bot.Form, error) {
	marks, err := f.Stores.Items.List(ctx)
	if err != nil {
		return nil, err
	}
	var own []string
	for _, item := range allItems(marks) {
		if item.own {
			own = append(own, item.Title)
		}
	}
	return &bot.Form{Title: "Our own items", Submit: "Save", Fields: []bot.Field{{
		Name: "items", Kind: bot.ParagraphField, Label: "One a line", Value: filled(strings.Join(own, "\n")), Placeholder: "The mayor has said a word about it",
		Help: "A line that you take away is gone from the list, with its tick. The ten that came with the bot stay.",
	}}}, nil
}

func (f *Feature) items(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	if !in.Actor.Has(bot.Lead) {
		return nil, bot.ErrNotFound
	}
	titles := map[string]string{}
	for line := range strings.Lines(in.Value("items")) {
		line = strings.Join(strings.Fields(line), " ")
		if line == "" {
			continue
		}
		if n := len([]rune(line)); n > maxTitle {
			return bot.Invalid{Fields: map[string]string{"items": fmt.Sprintf("One line has %d characters. Please keep each to %d.", n, maxTitle)}}, nil
		}
		titles[ownID(line)] = line
	}
	if len(titles) > mostItems {
		return bot.Invalid{Fields: map[string]string{"items": fmt.Sprintf("Those are %d items. Keep to %d: a longer list is finished by nobody.", len(titles), mostItems)}}, nil
	}
	if err := f.Stores.Items.Own(ctx, titles); err != nil {
		return nil, err
	}
	return f.after(ctx, in)
}
