package champions

import (
	"context"
	"strconv"

	"evangelist/bot"
)

// cast is a champion with what a card shows besides.
type cast struct {
	Champion
	name string // the champion's
	by   string // the lead's who named
	org  bot.Organisation
}

func (f *Feature) cast(ctx context.Context, id string) (cast, error) {
	c, err := f.Stores.Champions.Get(ctx, id)
	if err != nil {
		return cast{}, err
	}
	return f.dressed(ctx, c)
}

func (f *Feature) dressed(ctx context.Context, c Champion) (cast, error) {
	k := cast{Champion: c, name: "Somebody", by: "a comms lead", org: f.Organisation}
	people, err := f.People.Persons(ctx, c.Person, c.By)
	for _, p := range people {
		if p.ID == c.Person {
			k.name = p.Name
		}
		if p.ID == c.By {
			k.by = p.Name
		}
	}
	return k, err
}

// draw is the render of a view.
func (f *Feature) draw(ctx context.Context, id string, message func(cast) bot.Message) (bot.Message, int64, error) {
	k, err := f.cast(ctx, id)
	if err != nil {
		return bot.Message{}, 0, err
	}
	return message(k), k.Version, nil
}

func (f *Feature) renderAsk(ctx context.Context, id string) (bot.Message, int64, error) {
	return f.draw(ctx, id, askMessage)
}

func (f *Feature) renderPage(ctx context.Context, id string) (bot.Message, int64, error) {
	return f.draw(ctx, id, func(k cast) bot.Message { return k.page(false, false) })
}

func (f *Feature) renderLead(ctx context.Context, id string) (bot.Message, int64, error) {
	return f.draw(ctx, id, func(k cast) bot.Message { return k.page(true, false) })
}

func (f *Feature) renderQuestion(ctx context.Context, id string) (bot.Message, int64, error) {
	champion, number := splitID(id)
	return f.draw(ctx, champion, func(k cast) bot.Message { return questionMessage(k, number) })
}

func (f *Feature) renderDraft(ctx context.Context, id string) (bot.Message, int64, error) {
	champion, number := splitID(id)
	k, err := f.cast(ctx, champion)
	if err != nil {
		return bot.Message{}, 0, err
	}
	m := k.meeting(number)
	if m == nil || m.Briefing.Drafts == 0 {
		return bot.Message{}, 0, bot.ErrNotFound
	}
	return draftMessage(k, m), k.Version, nil
}

// askMessage asks somebody whether they would speak for the programme.
func askMessage(k cast) bot.Message {
	switch {
	case k.State.Speaks():
		return titled("Thank you for speaking for us", paragraph("From now on you read one briefing before each meeting, each report two days before it is published, and one question a quarter, and nothing else. Your page has the meeting, the promises on both sides and the briefings: ", bot.Mono("/evangelist champion page")))
	case k.State == Declined:
		return titled("Thank you for your answer", paragraph("That is fine. ", bot.Name(k.By, k.by), " reads that you would rather not, and no reason. Nothing more comes of it."))
	case k.State == Left:
		return titled("Thank you for having spoken for us", paragraph("Nothing more comes."))
	case k.State != Asked:
		return titled("This question has run out", paragraph("Nothing more comes of it. If you would like to speak for the programme, a comms lead can ask you again."))
	}
	why := bot.List{Items: []bot.Spans{
		bot.T("one briefing before each meeting: what was tried and decided, what was answered, and what could not be done,"),
		bot.T("each report two days before it is published, so that you can say where it is wrong,"),
		bot.T("one question a quarter: is it still right?"),
		bot.T("and nothing else. You can rest or stop with one press, without a reason."),
	}}
	return titled("Would you speak for what colleagues try?",
		paragraph(bot.Name(k.By, k.by), " asks whether you would be a champion: somebody who speaks"+inBody(k.Body)+" for what colleagues at "+orHere(k.org.Name)+" share, try and find."),
		paragraph("What it means for you:"), why,
		row(bot.Button{Command: "champions.accept", Arg: k.ID, Label: "I am glad to", Tone: bot.Primary}, bot.Button{Command: "champions.decline", Arg: k.ID, Label: "Rather not"}),
		note("Why you: ", bot.Name(k.By, k.by), " named you, because you sit where decisions are made. Only comms leads know that you were asked. Rather not needs no reason; the question runs out on ",
			bot.Moment(k.Named.Add(lapse), bot.DateStyle), "."))
}

func orHere(name string) string {
	if name == "" {
		return "this organisation"
	}
	return name
}

// questionMessage is the question of a quarter.
func questionMessage(k cast, number string) bot.Message {
	head := "Is it still right?"
	if number != strconv.Itoa(k.Questions) {
		return titled(head, paragraph("This question is settled; a newer one has taken its place."))
	}
	switch {
	case k.Said == GoesOn:
		return titled(head, paragraph("Thank you, you go on. The next question comes in a quarter."))
	case k.Said == Rests && k.State == Resting:
		return titled(head, paragraph("You rest until ", bot.Moment(k.RestUntil, bot.DateStyle), ". Nothing comes until then. To end it sooner: ", bot.Mono("/evangelist champion page")))
	case k.Said == Rests:
		return titled(head, paragraph("You took a rest."))
	case k.State == Left:
		return titled(head, paragraph("Thank you for having spoken for us. Nothing more comes."))
	case k.State == Resting:
		return titled(head, paragraph("You rest at the moment, so there is nothing to answer."))
	}
	arg := partID(k.ID, number)
	return titled(head,
		paragraph("Once a quarter I ask whether it is still right that you speak for the programme"+inBody(k.Body)+"."),
		row(bot.Button{Command: "champions.on", Arg: arg, Label: "Yes, go on", Tone: bot.Primary},
			bot.Button{Command: "champions.rest", Arg: arg, Label: "Rest for a quarter"},
			bot.Button{Command: "champions.leave", Arg: arg, Label: "No longer", Confirm: "Stop speaking for the programme? Your comms lead is told, without a reason."}),
		note("Why you: you speak for the programme. I ask once a quarter and do not remind you. Without an answer all stays as it is."))
}

// sections shows points under their headings.
func sections(points []Point, heading func(string) bot.Block) []bot.Block {
	var out []bot.Block
	for i := 0; i < len(points); {
		var list bot.List
		at := points[i].Section
		for ; i < len(points) && points[i].Section == at; i++ {
			line := bot.T(points[i].Words)
			if points[i].URL != "" {
				line = bot.Line(bot.To(points[i].Words, points[i].URL))
			}
			list.Items = append(list.Items, line)
		}
		if at != "" {
			out = append(out, heading(at))
		}
		out = append(out, list)
	}
	return out
}

func asSection(text string) bot.Block { return section(text) }
func asBold(text string) bot.Block    { return paragraph(bot.Strong(text)) }

// told is what a briefing says, for the champion and, before, for its lead.
func told(c *Champion, m *Meeting, heading func(string) bot.Block) []bot.Block {
	blocks := sections(m.Briefing.Points, heading)
	if len(m.Briefing.Points) == 0 {
		blocks = []bot.Block{paragraph("There is nothing new to tell this time. That is worth knowing too.")}
	}
	for _, side := range []struct {
		side  Side
		title string
	}{{Ours, "What we promised you"}, {Theirs, "What you promised"}} {
		var list bot.List
		for _, p := range c.of(side.side, true) {
			list.Items = append(list.Items, bot.T(p.Words+dueWords(p)))
		}
		if len(list.Items) > 0 {
			blocks = append(blocks, heading(side.title), list)
		}
	}
	return blocks
}

// briefingMessage is the one message before a meeting.
func briefingMessage(c *Champion, m *Meeting) bot.Message {
	message := titled("Before "+meetingOf(m)+" on "+showDate(m.On), told(c, m, asSection)...)
	message.Blocks = append(message.Blocks, row(bot.Button{Command: "champions.page", Arg: c.ID, Label: "Open your page"}),
		note("Why you: you speak for the programme"+inBody(m.Body)+". This is the one briefing before this meeting."))
	return message
}

// draftMessage shows a briefing to leads.
func draftMessage(k cast, m *Meeting) bot.Message {
	head := "Briefing for " + k.name + ", " + shortDate(m.On)
	about := "Before " + meetingOf(m) + " on " + showDate(m.On) + ". "
	arg := partID(k.ID, strconv.Itoa(m.N))
	send := bot.Button{Command: "champions.send", Arg: arg, Label: "Send as it is", Tone: bot.Primary}
	edit := bot.Button{Command: "champions.edit", Arg: arg, Label: "Edit"}
	skip := bot.Button{Command: "champions.skip", Arg: arg, Label: "Not this time"}
	var say bot.Paragraph
	var buttons []bot.Button
	switch b := m.Briefing; {
	case !k.State.Speaks():
		return titled(head, paragraph(bot.Name(k.Person, k.name), " is no champion any more, so nothing goes out."))
	case k.State == Resting:
		return titled(head, paragraph(bot.Name(k.Person, k.name), " rests, so nothing goes out. If the rest ends before the meeting, a new draft comes."))
	case b.Stage == NotYet:
		return titled(head, paragraph("The meeting has moved to "+showDate(m.On)+", so this draft was taken back. A new one comes on ", bot.Moment(k.draftAt(m, k.org.Zone), bot.DateTimeStyle), "."))
	case b.Stage == Missed:
		return titled(head, paragraph("The meeting was held, called off or replaced before this went out, so it does not go out any more."))
	case b.Stage == Sent:
		say = paragraph(about+"It went out on ", bot.Moment(b.At, bot.DateTimeStyle), ", with the promises that were open then.")
		return titled(head, append([]bot.Block{say}, sections(b.Points, asBold)...)...)
	case b.Stage == Skipped:
		send.Label = "Send it after all"
		say, buttons = paragraph(about+"Not this time: nothing goes out."), []bot.Button{send}
	case b.By != "":
		say = paragraph(about+"It goes as it stands on ", bot.Moment(k.sendAt(m, k.org.Zone), bot.DateTimeStyle), ", or within a minute if that has passed.")
		buttons = []bot.Button{edit, skip}
	default:
		say = paragraph(about+"If you do nothing it goes as it stands here on ", bot.Moment(k.sendAt(m, k.org.Zone), bot.DateTimeStyle), ".")
		buttons = []bot.Button{send, edit, skip}
	}
	blocks := append([]bot.Block{say}, told(&k.Champion, m, asBold)...)
	if len(buttons) > 0 {
		blocks = append(blocks, row(buttons...))
	}
	return titled(head, append(blocks, note("It is written to the champion, and goes once. Promises are those that are open when it goes."))...)
}
