package mandates

import (
	"fmt"
	"time"

	"evangelist/bot"
)

// facts shows what is asked for.
func (r Resource) facts() bot.Facts {
	out := bot.Facts{Facts: []bot.Fact{{Label: "What", Value: bot.T(r.What)}}}
	add := func(label, words string) {
		if words != "" {
			out.Facts = append(out.Facts, bot.Fact{Label: label, Value: bot.T(words)})
		}
	}
	add("What for", r.For)
	if !r.By.IsZero() {
		add("By when", showDate(r.By))
	}
	add("Cost", r.Cost)
	return out
}

// resourceMessage is the leads' card.
func resourceMessage(r Resource, name string, zone *time.Location) bot.Message {
	who := bot.Name(r.Person, name)
	switch {
	case r.Outcome == TakenBack:
		return titled("Asked for: taken back", r.facts(), paragraph("There is nothing to decide any more."))
	case r.Outcome != Waiting:
		message := titled("Asked for: "+r.Outcome.label(), r.facts(), paragraph("Decided "+days(r.Days)+", on "+showDate(r.Decided)+"."))
		if r.Reason != "" {
			message.Blocks = append(message.Blocks, bot.Quote{Text: bot.T(r.Reason)})
		}
		return message
	}
	decide := bot.Button{Command: "mandates.decide", Arg: r.ID, Label: "Decide", Tone: bot.Primary}
	if r.Orphan {
		return titled("Asked for: account inactive", r.facts(), paragraph(who, " asked for it, and that account is inactive. Hand it to a colleague who needs it too, decide it as it stands, or close it."),
			bot.Actions{Buttons: []bot.Button{
				{Command: "mandates.hand", Arg: r.ID, Label: "Hand it over", Tone: bot.Primary}, {Command: "mandates.decide", Arg: r.ID, Label: "Decide"},
				{Command: "mandates.takeback", Arg: r.ID, Label: "Close it", Tone: bot.Danger, Confirm: "Close this request? Nobody is told."},
			}})
	}
	return titled("Asked for", paragraph(who, " asks:"), r.facts(),
		paragraph("A decision is expected by ", bot.Moment(lastDay(r, zone), bot.DateStyle), "."),
		bot.Actions{Buttons: []bot.Button{decide}},
		note("All comms leads have this card; one of you decides. Who it was is not kept, the days that it took are."))
}

// lastDay is the day by which a decision is expected.
func lastDay(r Resource, zone *time.Location) time.Time { return r.due(zone).Add(-time.Second) }

// askedMessage tells whoever asked what happens next.
func askedMessage(r Resource, zone *time.Location) bot.Message {
	return titled("Asked for", r.facts(),
		paragraph("Comms leads have it. You read what becomes of it, and why; they are reminded after ", bot.Moment(lastDay(r, zone), bot.DateStyle), "."),
		note("To look at it or to take it back: ", bot.Mono("/evangelist resources")))
}

// decidedMessage tells whoever asked how it was decided.
func decidedMessage(r Resource) bot.Message {
	message := titled("What you asked for is "+r.Outcome.label(), r.facts())
	if r.Reason != "" {
		message.Blocks = append(message.Blocks, bot.Quote{Text: bot.T(r.Reason), By: bot.T("comms leads")})
	}
	return bot.Message{Summary: message.Summary, Blocks: append(message.Blocks, note("Decided "+days(r.Days)+". If the reason does not convince you, answer a comms lead, or ask again with what is new: ", bot.Mono("/evangelist resource")))}
}

// passedMessage tells a colleague that a request is theirs now.
func passedMessage(r Resource) bot.Message {
	return titled("A request that you take on", r.facts(),
		bot.Actions{Buttons: []bot.Button{{Command: "mandates.takeback", Arg: r.ID, Label: "Take it back", Confirm: "Take this request back?"}}},
		note("Why you: a comms lead handed it to you, because whoever asked for it has left. You read what becomes of it."))
}

// lateMessage reminds leads.
func lateMessage(r Resource) bot.Message {
	return titled("Something that was asked for waits", r.facts(),
		paragraph("A decision was expected by now. A no with a reason is an answer too."),
		bot.Actions{Buttons: []bot.Button{{Command: "mandates.decide", Arg: r.ID, Label: "Decide", Tone: bot.Primary}}})
}

// waitingBlocks lists for leads what waits.
func waitingBlocks(all []Wait) []bot.Block {
	out := []bot.Block{section("Waits for a decision")}
	if len(all) == 0 {
		return append(out, paragraph("Nothing waits."))
	}
	for _, w := range all[:min(len(all), 10)] {
		line := bot.Line(bot.Strong(w.What), ". Expected by ", bot.Moment(w.Due.Add(-time.Second), bot.DateStyle), ".")
		if w.Late {
			line = append(line, bot.T(" That day has passed.")...)
		}
		buttons := []bot.Button{{Command: "mandates.decide", Arg: w.ID, Label: "Decide"}}
		if w.Inactive {
			line = append(line, bot.T(" Account inactive.")...)
			buttons = append(buttons, bot.Button{Command: "mandates.hand", Arg: w.ID, Label: "Hand it over"})
		}
		out = append(out, bot.Paragraph{Text: line}, bot.Actions{Buttons: buttons})
	}
	if more := len(all) - 10; more > 0 {
		out = append(out, note(fmt.Sprintf("And %d more.", more)))
	}
	return out
}

// ownBlocks lists what somebody asked for.
func ownBlocks(own []Resource) []bot.Block {
	out := []bot.Block{section("Asked for by you")}
	if len(own) == 0 {
		return append(out, paragraph("Nothing yet. To ask for something: ", bot.Mono("/evangelist resource")))
	}
	for _, r := range own {
		line := bot.Line(bot.Strong(r.What), ": "+r.Outcome.label()+".")
		if r.Reason != "" {
			line = append(line, bot.T(" "+r.Reason)...)
		}
		out = append(out, bot.Paragraph{Text: line})
		if r.Outcome == Waiting {
			out = append(out, bot.Actions{Buttons: []bot.Button{{Command: "mandates.takeback", Arg: r.ID, Label: "Take it back", Confirm: "Take this request back?"}}})
		}
	}
	return out
}
