package champions

import (
	"strconv"
	"time"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

// titled is a message under a heading of the same words.
func titled(summary string, blocks ...bot.Block) bot.Message {
	return bot.Message{Summary: summary, Blocks: append([]bot.Block{bot.Heading{Level: 1, Text: bot.T(summary)}}, blocks...)}
}

func section(text string) bot.Heading { return bot.Heading{Level: 2, Text: bot.T(text)} }

func paragraph(parts ...any) bot.Paragraph { return bot.Paragraph{Text: bot.Line(parts...)} }

func note(parts ...any) bot.Note { return bot.Note{Text: bot.Line(parts...)} }

func row(buttons ...bot.Button) bot.Actions { return bot.Actions{Buttons: buttons} }

// showDate is a day as it stands in a calendar, whatever the reader's zone.
func showDate(d schedule.Date) string {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Format("Monday 2 January 2006")
}

func shortDate(d schedule.Date) string {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Format("2 January 2006")
}

func dueWords(p Pledge) string {
	if p.Due.IsZero() {
		return ""
	}
	return " (until " + shortDate(p.Due) + ")"
}

// inBody says where somebody speaks, as the end of a sentence; "" when it is not
// known.
func inBody(body string) string {
	if body == "" {
		return ""
	}
	return " in " + body
}

func meetingOf(m *Meeting) string {
	if m.Body == "" {
		return "the meeting"
	}
	return m.Body
}

func who(c *Champion, n Now) bot.Span { return bot.Name(c.Person, n.Name) }

func another(label string) bot.Button { return bot.Button{Command: "champions.name", Label: label} }

func openPage(c *Champion) bot.Button {
	return bot.Button{Command: "champions.page", Arg: c.ID, Label: "Open the page"}
}

func namedMessage(id bot.PersonID, n Now) bot.Message {
	return titled("Asked privately", paragraph(bot.Name(id, n.Name), " reads the question soon, outside quiet hours. You read the answer here; a no comes without a reason, and nobody else learns of it. Without an answer the question runs out after four weeks."))
}

func declinedMessage(c *Champion, n Now) bot.Message {
	return titled("A champion: not this one", paragraph(who(c, n), " would rather not. I asked for no reason, and please do not ask either."),
		row(another("Name somebody else")), note("Only comms leads are told."))
}

func lapsedMessage(c *Champion, n Now) bot.Message {
	return titled("A champion: the question has run out", paragraph("Four weeks have passed since you named ", who(c, n), ", and the question has run out. It may never have been read. A word in person may do more than a second question."),
		row(another("Name somebody")), note("Only comms leads are told."))
}

func restsMessage(c *Champion, n Now) bot.Message {
	return titled("A champion rests", paragraph(who(c, n), " rests until ", bot.Moment(c.RestUntil, bot.DateStyle), ": no briefing, no question. What was promised stays on the page."),
		row(openPage(c)), note("Only comms leads are told."))
}

func leftMessage(c *Champion, n Now) bot.Message {
	return titled("A champion less", paragraph(who(c, n), " no longer speaks for the programme. I asked for no reason; a word of thanks is in place."),
		ourPromises(c), row(another("Name somebody else"), openPage(c)), note("Only comms leads are told."))
}

func goneMessage(c *Champion, n Now, spoke bool) bot.Message {
	if !spoke {
		return titled("A champion: account inactive", paragraph("The account of ", who(c, n), ", whom you named, is inactive. The question was taken back."),
			row(another("Name somebody else")), note("Only comms leads are told."))
	}
	where := "."
	if c.Body != "" {
		where = ", and nobody speaks for the programme" + inBody(c.Body) + " now unless somebody else does."
	}
	return titled("A champion less: account inactive", paragraph("The account of ", who(c, n), " is inactive. What was to be sent there was taken back"+where+" Next: name somebody else, best with a word to whoever follows in that seat."),
		ourPromises(c), row(another("Name somebody else"), openPage(c)), note("Only comms leads are told."))
}

// ourPromises says what the programme still owes.
func ourPromises(c *Champion) bot.Block {
	ours := len(c.of(Ours, true))
	switch ours {
	case 0:
		return paragraph("No promise on our side is open.")
	case 1:
		return paragraph("One promise on our side is open and stays on the page.")
	}
	return paragraph(strconv.Itoa(ours) + " promises on our side are open and stay on the page.")
}

func fewMessage(active int) bot.Message {
	return titled("Fewer than two champions", paragraph(fewWords(active)+" With fewer than two, everything hangs on one voice, or on none."),
		row(another("Name a champion"), bot.Button{Command: "champions.list", Label: "Show champions"}), note("I say this once, when it happens, and only to comms leads. It stands on the page until there are two."))
}

func fewWords(active int) string {
	if active == 0 {
		return "Nobody speaks for the programme at the moment."
	}
	return "One active champion speaks for the programme at the moment."
}

func afterMessage(c *Champion, m *Meeting, n Now) bot.Message {
	return titled("What came of it, and when is the next one?", paragraph(who(c, n), " was to speak"+inBody(m.Body)+" on "+showDate(m.On)+". What came of it, and when is the next meeting?"),
		row(bot.Button{Command: "champions.meeting", Arg: c.ID, Label: "Set the next meeting", Tone: bot.Primary}, openPage(c)),
		note("I ask this once. Without a next day no briefing goes out."))
}
