package requests

import (
	"fmt"
	"time"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

func titled(summary string, blocks ...bot.Block) bot.Message {
	return bot.Message{Summary: summary, Blocks: append([]bot.Block{bot.Heading{Level: 1, Text: bot.T(summary)}}, blocks...)}
}

func paragraph(parts ...any) bot.Paragraph { return bot.Paragraph{Text: bot.Line(parts...)} }

func note(parts ...any) bot.Note { return bot.Note{Text: bot.Line(parts...)} }

// count says "1 day" or "3 days".
func count(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// showDate shows a day as Friday 4 December 2026.
func showDate(day schedule.Date) string {
	return fmt.Sprintf("%s %d %s %d", day.Weekday(), day.Day, day.Month, day.Year)
}

// label is a state on screen.
func (s State) label() string {
	switch s {
	case Met:
		return "It is there"
	case Refused:
		return "Not possible"
	case Taken:
		return "Somebody sees to it"
	default:
		return "Nobody sees to it yet"
	}
}

func seeButton(r Request) bot.Button {
	return bot.Button{Command: "network.request", Arg: r.ID, Label: "See it"}
}

// buttons are what an actor may do to a request now.
func (r Request) buttons(actor bot.Actor) []bot.Button {
	var out []bot.Button
	add := func(act Act, button bot.Button) {
		if r.May(actor, act) && r.Can(act) {
			button.Arg = r.ID
			out = append(out, button)
		}
	}
	add(Take, bot.Button{Command: "network.request.take", Label: "I see to it", Tone: bot.Primary})
	close := bot.Button{Command: "network.request.close", Label: "Say what came of it"}
	if r.State == Taken && actor.Person == r.Owner {
		close.Tone = bot.Primary
	}
	add(Close, close)
	add(Name, bot.Button{Command: "network.request.name", Label: "Name somebody"})
	add(Move, bot.Button{Command: "network.request.move", Label: "Another date"})
	add(HandBack, bot.Button{Command: "network.request.back", Label: "Make it free", Confirm: "Nobody sees to it then, and the comms leads are told so."})
	if r.State == Taken && actor.Person == r.Owner && len(out) > 0 {
		out[len(out)-1].Label, out[len(out)-1].Confirm = "Not me after all", "That is fine. The comms leads are told that it needs somebody else."
	}
	return out
}

// ownerLine says in whose hands a request is.
func ownerLine(r Request) bot.Spans {
	if r.Owner == "" {
		return bot.T("nobody yet")
	}
	name := r.OwnerName
	if name == "" {
		name = "somebody"
	}
	return bot.Line(bot.Name(r.Owner, name))
}

// cardMessage is the request as somebody who may see it has it before them.
func cardMessage(r Request, actor bot.Actor) bot.Message {
	facts := []bot.Fact{{Label: "Open since", Value: bot.Line(bot.Moment(r.Opened, bot.DayStyle))}}
	if !r.State.Closed() {
		facts = append(facts, bot.Fact{Label: "Sees to it", Value: ownerLine(r)})
	}
	if r.State == Taken {
		facts = append(facts, bot.Fact{Label: "By", Value: bot.T(showDate(r.Due))})
	}
	if r.State.Closed() {
		facts = append(facts, bot.Fact{Label: r.State.label(), Value: bot.T(r.Reason)})
	}
	message := titled("What is needed: "+r.Title, bot.Quote{Text: bot.T(r.Words)}, bot.Facts{Facts: facts})
	if buttons := r.buttons(actor); len(buttons) > 0 {
		message.Blocks = append(message.Blocks, bot.Actions{Buttons: buttons})
	}
	why := "Why you: comms leads see to what is needed. Whoever asked is shown to nobody and hears what comes of it."
	if !actor.Has(bot.Lead) {
		why = "Why you: a comms lead named you as the one who can see to this. You can say no, and nobody asks why. Whoever asked is shown to nobody."
	}
	message.Blocks = append(message.Blocks, note(why))
	return message
}

// elsewhereMessage is the card of somebody who has nothing to do with it any more.
func elsewhereMessage() bot.Message {
	return titled("This request is in other hands", note("Nothing is expected of you. Thank you."))
}

// takenMessage tells whoever asked that somebody sees to it.
func takenMessage(r Request, moved bool) bot.Message {
	heading := "Somebody sees to what you need, by " + showDate(r.Due)
	if moved {
		heading = "There is another date for what you need: " + showDate(r.Due)
	}
	return titled(heading, r.asked(), paragraph("You hear what came of it, also when it is not possible, and then why."), whyAsker())
}

func (r Request) asked() bot.Quote {
	return bot.Quote{Text: bot.T(r.Title), By: bot.Line("asked by you on ", bot.Moment(r.Opened, bot.DateStyle))}
}

func whyAsker() bot.Note { return note("Why you: you asked for this when you answered a question.") }

// closedMessage tells whoever asked what came of it.
func closedMessage(r Request) bot.Message {
	heading := "What you needed is there"
	if r.State == Refused {
		heading = "What you needed is not possible"
	}
	return titled(heading, r.asked(), paragraph(r.Reason), whyAsker())
}

// freeMessage tells leads that a request needs somebody else. Why stays unsaid.
func freeMessage(r Request) bot.Message {
	return titled("A request needs somebody again", bot.Quote{Text: bot.T(r.Title)},
		paragraph("Whoever saw to it does not any more. Take it, or name somebody."), bot.Actions{Buttons: []bot.Button{seeButton(r)}},
		note("Why you: comms leads see to what is needed."))
}

// waitsMessage tells leads that nobody has taken a request.
func waitsMessage(r Request) bot.Message {
	return titled("A request waits for somebody", bot.Quote{Text: bot.T(r.Title), By: bot.Line("waits since ", bot.Moment(r.since(), bot.DateStyle))},
		paragraph("Take it, name somebody, or say why it is not possible. Whoever asked has heard nothing yet."), bot.Actions{Buttons: []bot.Button{seeButton(r)}},
		note("Why you: comms leads see to what is needed. You are told this once."))
}

// lateMessage tells leads that a date has passed: the date, never a person.
func lateMessage(r Request) bot.Message {
	return titled("The date of a request has passed", bot.Quote{Text: bot.T(r.Title), By: bot.T("was to be there by " + showDate(r.Due))},
		paragraph("Another date, other hands, or a word on why it is not possible: whoever asked is told any of them."), bot.Actions{Buttons: []bot.Button{seeButton(r)}},
		note("Why you: comms leads see to what is needed. You are told this once."))
}

// dueMessage reminds the owner.
func dueMessage(r Request, passed bool) bot.Message {
	heading, then := "Something that you see to is due on "+showDate(r.Due), "If it takes longer, choose another date, and whoever asked is told."
	if passed {
		heading = "Something that you see to was due on " + showDate(r.Due)
		then = "Say what came of it, choose another date, or give it back; all three are fine."
	}
	return titled(heading, bot.Quote{Text: bot.T(r.Title)}, paragraph(then), bot.Actions{Buttons: []bot.Button{
		{Command: "network.request.close", Arg: r.ID, Label: "Say what came of it", Tone: bot.Primary},
		{Command: "network.request.move", Arg: r.ID, Label: "Another date"}, seeButton(r)}},
		note("Why you: you see to this request."))
}

const (
	maxShown       = 12 // requests that are not closed, shown at once
	maxClosedShown = 5
)

// listMessage is what is needed, by title, and what came of the latest.
func listMessage(open, closed []Request, now time.Time, zone *time.Location) bot.Message {
	message := titled("What is needed")
	if len(open) == 0 {
		message.Blocks = append(message.Blocks, paragraph("No request is open. When somebody answers a question with \"I need\", it stands here."))
	}
	for _, r := range open[:min(len(open), maxShown)] {
		line := bot.Line("open since ", bot.Moment(r.Opened, bot.DateStyle), " ("+count(days(r.Opened, now, zone), "day")+"); ")
		if r.State == Taken {
			line = append(line, bot.Line(ownerLine(r), " sees to it by "+showDate(r.Due))...)
		} else {
			line = append(line, bot.T("nobody sees to it yet")...)
		}
		message.Blocks = append(message.Blocks, bot.Quote{Text: bot.T(r.Title), By: line},
			bot.Actions{Buttons: []bot.Button{seeButton(r), {Command: "network.request.close", Arg: r.ID, Label: "Say what came of it"}}})
	}
	if more := len(open) - maxShown; more > 0 {
		message.Blocks = append(message.Blocks, note(count(more, "more request")+" follow when these are closed."))
	}
	if len(closed) > 0 {
		list := bot.List{}
		for _, r := range closed {
			list.Items = append(list.Items, bot.Line(bot.Strong(r.State.label()), ": "+r.Title+" – "+r.Reason))
		}
		message.Blocks = append(message.Blocks, bot.Heading{Level: 2, Text: bot.T("Closed lately")}, list)
	}
	return message
}

// days counts the local days since a moment.
func days(since, now time.Time, zone *time.Location) int {
	from, to, n := schedule.DateOf(since, zone), schedule.DateOf(now, zone), 0
	for ; from.Before(to); from = from.AddDays(1) {
		n++
	}
	return n
}
