package voices

import (
	"context"
	"slices"
	"strings"

	"evangelist/bot"
)

// drawRaise draws the form of a new voice: at most five fields, of which the
// words alone are compulsory.
func drawRaise(kind Kind, a audience, contacts Contacts, words string) *bot.Form {
	form := &bot.Form{Title: "Your concern", Command: "voices.concern", Arg: a.shown(), Intro: introduction(a, contacts)}
	label, hint := "What worries you?", "What happened, or could happen, and whom does it concern?"
	if kind == Idea {
		form.Title, form.Command = "Your idea", "voices.idea"
		label, hint = "What could be better?", "What would change, and for whom?"
	}
	first := bot.Field{Name: wordsField, Kind: bot.ParagraphField, Label: label, Placeholder: hint, Required: true, Max: maxWords}
	if words != "" {
		first.Value = []string{words}
	}
	form.Fields = []bot.Field{first, nameQuestion(kind, a), {
		Name: urgentField, Kind: bot.YesNoField, Label: "It cannot wait for the next release",
		Help: "It reaches the reading team within about five minutes instead of together with others. Without your name this gives up a protection: whoever knows that you used the bot just then can compare it with the five minutes in which it arrived.",
	}}
	if len(a.readers) > 1 {
		form.Fields = append(form.Fields, leaveOut(a))
	}
	quiet := bot.Field{
		Name: quietField, Kind: bot.YesNoField, Label: "Do not publish the answer",
		Help: "Otherwise a neutral summary of it and the answer may appear under You said, we did; your own words never do.",
	}
	if kind == Idea {
		quiet.Label = "Do not publish it"
		quiet.Help = "Otherwise a neutral summary of it may stand on the board of ideas, where colleagues add their weight, and with the answer under You said, we did; your own words never do."
	}
	form.Fields = append(form.Fields, quiet)
	return form
}

func nameQuestion(kind Kind, a audience) bot.Field {
	with := bot.Option{Value: named, Label: "With my name",
		Help: "The reading team sees who you are, and the answer comes to you in a private message."}
	without := bot.Option{Value: anonymous, Label: "Without my name",
		Help: "Nobody in this organisation can see from our records who wrote this. You get a private code, once; with it alone you can read the answer."}
	field := bot.Field{Name: nameField, Kind: bot.ChoiceField, Label: "Your name"}
	switch {
	case !a.enough():
		field.Options, field.Value = []bot.Option{with}, []string{named}
		field.Help = "Fewer than ten colleagues are known here, so anybody could guess who wrote this. Therefore “Without my name” is not offered."
	case kind == Concern:
		field.Options, field.Value = []bot.Option{without, with}, []string{anonymous}
	default:
		field.Options, field.Value = []bot.Option{with, without}, []string{named}
	}
	return field
}

func leaveOut(a audience) bot.Field {
	field := bot.Field{
		Name: withoutField, Kind: bot.ChoicesField, Label: "Who should not read it?",
		Help: "Whoever you tick never sees it; the others then get it personally. Without your name, remember that leaving somebody out is a hint in itself.",
	}
	for _, reader := range a.readers {
		field.Options = append(field.Options, bot.Option{Value: string(reader.ID), Label: reader.Name})
	}
	return field
}

// introduction is what the form says before Send: people by name first.
func introduction(a audience, contacts Contacts) []bot.Block {
	who := bot.Line("This is read by ", names(a.readers), ". Nobody else will read it, also nobody who joins later, unless one of them passes it on.")
	if a.place != "" {
		who = bot.Line("This is read by ", names(a.readers), " in a place for members only, "+a.place+"; whoever is a member there can read along. Nobody else will, unless one of them passes it on.")
	}
	if boss, is := a.boss(); is {
		who = bot.Line(who, " According to our records ", bot.Name(boss.ID, boss.Name),
			" is your manager: if you do not want ", bot.Name(boss.ID, boss.Name), " to know, tick that name below.")
	} else if a.manager == "" && len(a.readers) > 0 {
		who = bot.Line(who, " Your manager is not told, unless it is one of them.")
	} else {
		who = bot.Line(who, " Your manager is not told.")
	}
	blocks := []bot.Block{bot.Paragraph{Text: who}}
	if a.enough() {
		blocks = append(blocks, bot.Note{Text: bot.Line(bot.Strong("Without your name"),
			" we keep your words and nothing that leads to you: no name, no account, no time but that of the release, no order. "+
				"The chat platform itself knows that you used the command, whoever runs this bot could change its program, and your words or style may give you away.")})
	} else {
		blocks = append(blocks, bot.Note{Text: bot.T("Only with your name: fewer than ten colleagues are known here, too few to hide among. " +
			"If that will not do, talk to somebody whom you trust, write a letter, or turn to one of the contacts below.")})
	}
	if facts := contactFacts(contacts); len(facts) > 0 {
		blocks = append(blocks, bot.Note{Text: bot.T("This is not the place for what follows; please turn directly to:")}, bot.Facts{Facts: facts})
	}
	return blocks
}

func contactFacts(c Contacts) []bot.Fact {
	var facts []bot.Fact
	for _, contact := range []struct{ label, who string }{
		{"Emergency", c.Emergency}, {"Safeguarding", c.Safeguarding},
		{"Whistleblowing", c.Whistleblowing}, {"Grievance", c.Grievance},
	} {
		if contact.who != "" {
			facts = append(facts, bot.Fact{Label: contact.label, Value: bot.T(contact.who)})
		}
	}
	return facts
}

// names lists persons: A, B and C.
func names(people []bot.Person) bot.Spans {
	var line bot.Spans
	for i, p := range people {
		switch {
		case i > 0 && i == len(people)-1:
			line = append(line, bot.T(" and ")...)
		case i > 0:
			line = append(line, bot.T(", ")...)
		}
		line = append(line, bot.Name(p.ID, p.Name))
	}
	return line
}

// codePage is the last page of a form without a name, the only one that ever
// shows the private code.
func (f *Feature) codePage(kind Kind, said Said) bot.Message {
	next := f.nextRelease()
	when := "It reaches the reading team with the next release, on " + f.day(next) + "; you will have an answer within two weeks of it."
	if said.Form.Urgent {
		when = "It reaches the reading team within about five minutes; you will have an answer within two weeks."
	}
	word := "concern"
	if kind == Idea {
		word = "idea"
	}
	published := "Unless you ask us not to, the answer also appears under You said, we did."
	if said.Form.Unpublished {
		published = "As you asked, the answer is not published, so the code is the only way to read it."
	}
	return bot.Message{Summary: "Thank you. Keep your private code.", Blocks: []bot.Block{
		bot.Paragraph{Text: bot.T("Thank you. Your " + word + " is kept without your name. " + when)},
		bot.Paragraph{Text: bot.Spans{bot.Strong("Your private code")}},
		bot.Heading{Level: 1, Text: bot.Spans{bot.Mono(said.NewCode.String())}},
		bot.Paragraph{Text: bot.T("Copy or print these eight words now: they are shown once, and nobody can find them again. " +
			"You need them only for a private reply: with /concern code you read the answer, reply to a question, add something, take it back, or appeal. " + published)},
		bot.Note{Text: bot.T("Nothing is ever sent to you about it. Nobody in this organisation can see from our records who wrote this; the chat platform itself knows that you used the command.")},
	}}
}

// namedPage is the last page of a form with a name.
func (f *Feature) namedPage(ctx context.Context, v Voice) bot.Message {
	word := strings.ToLower(string(v.Kind))
	readers, err := f.withRole(ctx, bot.Reader)
	if err != nil {
		readers = nil // the names are a courtesy; the voice is kept
	}
	readers = slices.DeleteFunc(readers, func(p bot.Person) bool { return !v.inCircle(p.ID) })
	to := bot.T("the reading team")
	if len(readers) > 0 {
		to = bot.Line("the reading team (", names(readers), ")")
	}
	alike, err := f.alikeBlocks(ctx, v)
	if err != nil {
		alike = nil // a courtesy as well
	}
	return bot.Message{Summary: "Thank you. Your " + word + " " + v.Reference + " has arrived.", Blocks: append([]bot.Block{
		bot.Paragraph{Text: bot.Line("Thank you. Your "+word+" ", bot.Strong(v.Reference), " goes to ", to,
			"; you will have an answer by "+f.day(v.Due)+", in a private message.")},
		bot.Actions{Buttons: []bot.Button{
			{Command: "voices.add", Arg: v.ID, Label: "Add something"},
			{Command: "voices.withdraw", Arg: v.ID, Label: "Take it back", Tone: bot.Danger},
		}},
	}, alike...)}
}
