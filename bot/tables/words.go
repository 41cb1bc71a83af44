package tables

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

func compare(a, b string) int { return cmp.Compare(a, b) }

// titled is a message under a heading of the same words.
func titled(summary string, blocks ...bot.Block) bot.Message {
	return bot.Message{Summary: summary, Blocks: append([]bot.Block{bot.Heading{Level: 1, Text: bot.T(summary)}}, blocks...)}
}

func section(text string) bot.Heading { return bot.Heading{Level: 2, Text: bot.T(text)} }

func paragraph(parts ...any) bot.Paragraph { return bot.Paragraph{Text: bot.Line(parts...)} }

func note(parts ...any) bot.Note { return bot.Note{Text: bot.Line(parts...)} }

// count says "1 table" or "3 tables".
func count(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// named is a person with the department: nothing else of anybody stands at a table.
func named(p bot.Person, id bot.PersonID) bot.Spans {
	name := p.Name
	if name == "" {
		name = "somebody"
	}
	if p.Department == "" {
		return bot.Line(bot.Name(id, name))
	}
	return bot.Line(bot.Name(id, name), " ("+p.Department+")")
}

// listed joins people for a line.
func listed(ids []bot.PersonID, people map[bot.PersonID]bot.Person) bot.Spans {
	var line bot.Spans
	for i, id := range ids {
		switch {
		case i == 0:
		case i == len(ids)-1:
			line = append(line, bot.T(" and ")...)
		default:
			line = append(line, bot.T(", ")...)
		}
		line = append(line, named(people[id], id)...)
	}
	return line
}

// others are the people with whom somebody sits.
func others(r Round, seat Seat, people map[bot.PersonID]bot.Person) bot.Spans {
	var ids []bot.PersonID
	for _, id := range r.At(seat.Table) {
		if id != seat.Person {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return bot.T("nobody")
	}
	return listed(ids, people)
}

func agendaList(lines []string) bot.List {
	list := bot.List{Ordered: true}
	for _, line := range lines {
		list.Items = append(list.Items, bot.T(line))
	}
	return list
}

// says tells a table how it meets.
func (f Format) says() string {
	switch f {
	case Coffee:
		return "You meet over coffee: whoever is free first names a time and a place. Half an hour within the week is enough."
	case Thread:
		return "You meet in a thread: write here, or where you like, when it suits you. Nobody has to be there at the same time."
	}
	return "You meet in a call: whoever is free first names a time. Half an hour within the week is enough."
}

func formatOptions() []bot.Option {
	return []bot.Option{
		{Value: string(Call), Label: "In a call", Help: "Half an hour, wherever everybody is."},
		{Value: string(Coffee), Label: "Over coffee", Help: "In one place, for those who can."},
		{Value: string(Thread), Label: "In a thread", Help: "In writing, when it suits each."},
	}
}

// label is a format in a sentence.
func (f Format) label() string {
	switch f {
	case Coffee:
		return "over coffee"
	case Thread:
		return "in a thread"
	}
	return "in a call"
}

func savedMessage(s Settings, spec schedule.Spec, next time.Time) bot.Message {
	message := titled("Round tables are set")
	if spec.IsZero() {
		message.Blocks = append(message.Blocks, paragraph("They have no rhythm: a round is laid when you plan one."))
	} else {
		message.Blocks = append(message.Blocks, paragraph("Tables are laid "+spec.Describe()+", for the first time on ", bot.Moment(next, bot.DateTimeStyle), ". You get the draft a week before."))
	}
	what := "If nobody decides in time, the draft waits and you are told."
	if s.Goes {
		what = "If nobody decides in time, the draft goes out as it is, as long as it keeps every rule."
	}
	message.Blocks = append(message.Blocks, paragraph(fmt.Sprintf("%d to %d people at a table, who meet %s unless they like something else. %s", s.Smallest, s.Largest, s.Format.label(), what)),
		bot.Actions{Buttons: []bot.Button{{Command: "tables.plan", Label: "Plan now"}}})
	return message
}

func wishMessage(s Standing, member bool, now time.Time) bot.Message {
	switch {
	case s.Choice == NotIn || s.Choice == AsPart && !member:
		return bot.Notice("You do not take part in round tables. To change your mind: /evangelist table wish")
	case s.Until.After(now):
		return breakMessage(s)
	}
	text := "You take part in round tables."
	if s.Format != "" {
		text += " You like to meet " + s.Format.label() + "."
	}
	return bot.Notice(text)
}

func breakMessage(s Standing) bot.Message {
	text := "You take a break from round tables"
	return bot.Message{Summary: text, Blocks: []bot.Block{
		paragraph(text+" until ", bot.Moment(s.Until, bot.DateStyle), ". To end it sooner: ", bot.Mono("/evangelist table wish")),
	}}
}

func lostMessage(r *Round, gone []string, before int) bot.Message {
	verb := "has"
	if len(gone) > 1 {
		verb = "have"
	}
	message := titled("The draft of round tables changed", paragraph(strings.Join(gone, ", ")+" cannot be seated any more and "+verb+" left the draft."))
	if len(r.Tables) != before {
		message.Blocks = append(message.Blocks, paragraph(fmt.Sprintf("There were %s, and now there are %d.", count(before, "table"), len(r.Tables))))
	} else {
		message.Blocks = append(message.Blocks, paragraph("Tables that became too small were mended; the others are as they were."))
	}
	if r.State == Approved {
		message.Blocks = append(message.Blocks, paragraph("The approval stands. Take it back if you want to look at it again."))
	}
	return withDraft(message)
}

func waitsMessage(r *Round) bot.Message {
	return withDraft(titled("Round tables wait for you", paragraph("They were to go out on ", bot.Moment(r.Due, bot.DateTimeStyle), ", and nobody decided. So nothing went out; approve the draft, change it, or call it off.")))
}

func unfitMessage(r *Round) bot.Message {
	return withDraft(titled("Round tables wait for you", paragraph("The approved round of "+count(len(r.Tables), "table")+" breaks a rule in the meantime, so it did not go out. The first lines of its proof say what to put right.")))
}

func emptyMessage(r *Round) bot.Message {
	return titled("No round tables this time", paragraph("On ", bot.Moment(r.Due, bot.DateTimeStyle), " there were too few people for a table, so the round was called off. The call brings more: ", bot.Mono("/evangelist call")))
}

func missedMessage(r *Round) bot.Message {
	return titled("No round tables this time", paragraph("There was no draft in time for ", bot.Moment(r.Due, bot.DateTimeStyle), ", so nothing went out. To make one at once: ", bot.Mono("/evangelist tables plan")))
}

func withDraft(message bot.Message) bot.Message {
	message.Blocks = append(message.Blocks, bot.Actions{Buttons: []bot.Button{{Command: "tables.plan", Label: "Open the draft", Tone: bot.Primary}}})
	return message
}

// pauseMessage asks once, gently, whether to pause.
func pauseMessage() bot.Message {
	return titled("Would you like a break?",
		paragraph("Round tables do not always fit into a week. Would you like a break from them, or to keep your place?"),
		bot.Actions{Buttons: []bot.Button{
			{Command: "tables.snooze", Arg: "/12", Label: "Pause for twelve weeks"},
			{Command: "tables.stay", Label: "Keep my place"},
		}},
		note("Why you: I have not heard from you about the last three tables. I ask this once, and nobody else sees it."))
}
