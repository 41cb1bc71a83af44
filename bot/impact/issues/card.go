package issues

import (
	"slices"
	"strings"

	"evangelist/bot"
)

// around is what a lead's card says besides the issue.
type around struct {
	content   Content  // of the draft, or of the revision
	print     string   // of the content, for a draft
	champions []string // names, of those who would read the draft early, or do
	place     string   // where the summary is posted, as people call it; empty: nowhere
	names     map[bot.PersonID]string
	page      string // address
	here      bool   // the card stands on that page, which shows the rest
}

// deskMessage is the lead's card.
func deskMessage(i Issue, a around) bot.Message {
	switch i.State {
	case Planned:
		return titled(i.Title()+": planned", paragraph("Its draft comes on ", bot.Moment(i.Due, bot.DateTimeStyle), ", when its days are over and what arrives late is in it."),
			bot.Actions{Buttons: []bot.Button{skipButton(i)}})
	case Draft:
		return draftMessage(i, a)
	case Approved:
		next := "Then it goes to " + joined(a.champions) + ", and 48 hours later to everybody."
		if len(i.Champions) == 0 {
			next = "Then it is published: no champions are named who would read it early."
		}
		return titled(i.Title()+": approved", paragraph("Approved. Until ", bot.Moment(i.PublishAt, bot.DateTimeStyle), " it can be undone. "+next),
			bot.Actions{Buttons: []bot.Button{{Command: "report.undo", Arg: i.ID, Label: "Undo"}, openButton(i)}})
	case Early:
		blocks := []bot.Block{paragraph("It is with "+joined(a.champions)+". Everybody reads it from ", bot.Moment(i.PublishAt, bot.DateTimeStyle), " on, unless somebody holds it.")}
		return titled(i.Title()+": with its champions", append(append(blocks, objections(i, a)...), page(a),
			bot.Actions{Buttons: []bot.Button{{Command: "report.hold", Arg: i.ID, Label: "Hold"}, openButton(i)}})...)
	case Held:
		blocks := []bot.Block{paragraph("It has been held back since ", bot.Moment(i.Since, bot.DateTimeStyle), ", and is not published before somebody lets it go on. Words can be changed in a draft; numbers stand.")}
		return titled(i.Title()+": held", append(append(blocks, objections(i, a)...), page(a), bot.Actions{Buttons: []bot.Button{
			{Command: "report.go", Arg: i.ID, Label: "Go on", Tone: bot.Primary}, {Command: "report.reopen", Arg: i.ID, Label: "Make it a draft"}, openButton(i), skipButton(i)}})...)
	case Skipped:
		return titled(i.Title()+": skipped", paragraph("It was skipped on ", bot.Moment(i.Since, bot.DateStyle), ", because "+sentenceOf(i.Reason)),
			bot.Actions{Buttons: []bot.Button{{Command: "report.make", Arg: i.ID, Label: "Make the draft after all"}}})
	}
	return titled(i.Title()+": published", paragraph("It was published on ", bot.Moment(i.Published, bot.DateTimeStyle), ". "+waited(i)), page(a))
}

// waited says how long the steps took: the steps, never who.
func waited(i Issue) string {
	var parts []string
	for _, step := range []struct {
		state State
		words string
	}{{Draft, "as a draft"}, {Early, "with its champions"}, {Held, "held back"}} {
		if days, was := i.Waited(step.state); was {
			text := count(days, "day")
			if days == 0 {
				text = "less than a day"
			}
			parts = append(parts, text+" "+step.words)
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "It waited " + joined(parts) + "."
}

func draftMessage(i Issue, a around) bot.Message {
	blocks := []bot.Block{paragraph("It has waited for a decision since ", bot.Moment(i.Since, bot.DateStyle), ". Numbers stand as they were counted; your words can be edited.")}
	if !a.here {
		blocks = append(blocks, summary(a.content)...)
		if a.content.Introduction != "" {
			blocks = append(blocks, bot.Quote{Text: bot.T(a.content.Introduction)})
		}
	}
	var with []string
	for _, s := range a.content.Sections {
		if s.Note != "" {
			with = append(with, s.Heading)
		}
	}
	if len(with) > 0 {
		blocks = append(blocks, note("Your notes stand under "+joined(with)+"."))
	}
	if strange := a.content.Unheard(); len(strange) > 0 {
		blocks = append(blocks, note("Your words have a number that the report does not: "+joined(strange)+". Readers cannot check it. Take it out, or say where it comes from."))
	}
	next := "Approved, it is published a minute later: no champions are named who would read it early."
	if len(a.champions) > 0 {
		next = "Approved, it goes to " + joined(a.champions) + ", and 48 hours later to everybody."
	}
	where := " Its summary is posted nowhere: no place was chosen."
	if a.place != "" {
		where = " Its summary is posted in “" + a.place + "”."
	}
	blocks = append(blocks, paragraph(next+where))
	blocks = append(blocks, objections(i, a)...)
	row := bot.Actions{Buttons: []bot.Button{
		{Command: "report.words", Arg: i.ID, Label: "Edit words"}, {Command: "report.approve", Arg: i.ID + " " + a.print, Label: "Approve", Tone: bot.Primary},
		{Command: "impact.settings", Label: "The estimate"}, skipButton(i)}}
	if !a.here {
		row.Buttons = slices.Insert(row.Buttons, 0, openButton(i))
	}
	return titled(i.Title()+": a draft", append(blocks, page(a), row)...)
}

func openButton(i Issue) bot.Button {
	return bot.Button{Command: "report.open", Arg: i.ID, Label: "Open"}
}

func skipButton(i Issue) bot.Button {
	return bot.Button{Command: "report.skip", Arg: i.ID, Label: "Skip because …", Tone: bot.Danger}
}

func page(a around) bot.Block {
	if a.here {
		return note("Only leads see this card.")
	}
	return paragraph(bot.To("The page", a.page))
}

// objections are what champions find wrong, for leads.
func objections(i Issue, a around) []bot.Block {
	var out []bot.Block
	for _, o := range i.Objections {
		out = append(out, bot.Quote{Text: bot.T(o.Words), By: bot.Line(bot.Name(o.By, a.names[o.By]), ", who reads it early")})
	}
	return out
}

// summary is what a report says in short: its numbers, each whole, and a word on
// what could not be done.
func summary(c Content) []bot.Block {
	list := bot.List{}
	for _, key := range highlights {
		if n, ok := c.number(key); ok {
			list.Items = append(list.Items, bot.Line(bot.Strong(n.Title), ": "+n.Sentence))
		}
	}
	no := "Nothing was noted that we could not do."
	if len(c.list("refused").Entries) > 0 {
		no = "What we could not do stands on the page, with who went without."
	}
	return []bot.Block{list, paragraph(no)}
}

// earlyMessage is a champion's card. It says no more than where the issue is once
// it is not early any more.
func earlyMessage(i Issue, a around) bot.Message {
	switch i.State {
	case Early, Held:
		when := bot.Line("You read this report before everybody else. It is published on ", bot.Moment(i.PublishAt, bot.DateTimeStyle), ".")
		if i.State == Held {
			when = bot.Line("You read this report before everybody else. The comms lead holds it back at the moment.")
		}
		blocks := []bot.Block{bot.Paragraph{Text: when}}
		if a.content.Introduction != "" {
			blocks = append(blocks, bot.Quote{Text: bot.T(a.content.Introduction)})
		}
		blocks = append(append(blocks, summary(a.content)...), paragraph(bot.To("Open the report", a.page), " · ", bot.To("One page for a board", a.page+"/board")),
			bot.Actions{Buttons: []bot.Button{{Command: "report.wrong", Arg: i.ID, Label: "Something is wrong"}}},
			note("Why you: you are a champion of the programme, and may be asked about it where decisions are made. It is not for passing on before then."))
		return titled(i.Title(), blocks...)
	case Published:
		return titled(i.Title(), paragraph("It is published. ", bot.To("Open the report", a.page)))
	}
	return titled(i.Title(), paragraph("It was taken back for now. If it comes again you are told; there is nothing for you to do."))
}

// outMessage is the summary that stands in the chosen place.
func outMessage(i Issue, a around) bot.Message {
	var blocks []bot.Block
	if a.content.Introduction != "" {
		for line := range strings.Lines(a.content.Introduction) {
			if line = strings.TrimSpace(line); line != "" {
				blocks = append(blocks, paragraph(line))
			}
		}
	}
	blocks = append(append(blocks, summary(a.content)...), paragraph(bot.To("Open the report", a.page), " · ", bot.To("One page for a board", a.page+"/board")))
	return titled(i.Title(), blocks...)
}

func remindMessage(i *Issue) bot.Message {
	if i.State == Held {
		return asking("A report is held back", i, " is held back and waits for your decision. After two more days I ask others too; it is never published or skipped by itself.")
	}
	return asking("A report waits for you", i, " waits for your decision. After two more days I ask others too; it is never published or skipped by itself.")
}

func othersMessage(i *Issue) bot.Message {
	return asking("A report waits for a decision", i, " waits for a decision. You are asked because you can take it as well; it keeps waiting until one of you does.")
}

func handedMessage(i *Issue) bot.Message {
	return asking("A report is now yours", i, " is now yours to look after. Whoever had it before has an inactive account, or leads no more.")
}

func asking(summary string, i *Issue, words string) bot.Message {
	return bot.Message{Summary: summary, Blocks: []bot.Block{paragraph(bot.Strong(i.Title()), words), bot.Actions{Buttons: []bot.Button{
		{Command: "report.desk", Arg: i.ID, Label: "Show it", Tone: bot.Primary}}}}}
}

func objectionMessage(i *Issue, by bot.Actor, words string) bot.Message {
	when := bot.Line("It is published on ", bot.Moment(i.PublishAt, bot.DateTimeStyle), " unless you hold it.")
	if i.State == Held {
		when = bot.T("It is held back already.")
	}
	return bot.Message{Summary: "Something may be wrong in the report", Blocks: []bot.Block{
		paragraph(bot.Strong(i.Title()), ": somebody who reads it early finds something wrong. ", when),
		bot.Quote{Text: bot.T(words), By: bot.Line(bot.Name(by.Person, by.Name))},
		bot.Actions{Buttons: []bot.Button{{Command: "report.hold", Arg: i.ID, Label: "Hold", Tone: bot.Primary}, {Command: "report.go", Arg: i.ID, Label: "Go on"}, openButton(*i)}},
	}}
}

func missedMessage(i Issue, slots int) bot.Message {
	say := "I was not running when the report for " + i.Days() + " was due"
	if slots > 1 {
		say = "I was not running when reports were due, the last of them for " + i.Days()
	}
	return bot.Message{Summary: say + ".", Blocks: []bot.Block{paragraph(say + ". No draft was made; it can still be."),
		bot.Actions{Buttons: []bot.Button{{Command: "report.make", Arg: i.ID, Label: "Make the draft", Tone: bot.Primary}}}}}
}
