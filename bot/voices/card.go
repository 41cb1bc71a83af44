package voices

import (
	"context"
	"slices"

	"evangelist/bot"
)

// peopleOf reads the readers who are named on a card.
func (f *Feature) peopleOf(ctx context.Context, v Voice) (map[bot.PersonID]string, error) {
	ids := []bot.PersonID{v.Owner}
	for _, e := range v.Entries {
		if e.By != "" && !slices.Contains(ids, e.By) {
			ids = append(ids, e.By)
		}
	}
	persons, err := f.c.People.Persons(ctx, ids...)
	if err != nil {
		return nil, err
	}
	named := map[bot.PersonID]string{}
	for _, p := range persons {
		named[p.ID] = p.Name
	}
	return named, nil
}

// title is the noun of a voice at the beginning of a line.
func title(kind Kind) string {
	if kind == Idea {
		return "Idea"
	}
	return "Concern"
}

// drawn draws the card of a voice as these persons see it.
func (f *Feature) drawn(ctx context.Context, v Voice, seenBy []bot.Person) (bot.Message, error) {
	people, err := f.peopleOf(ctx, v)
	if err != nil {
		return bot.Message{}, err
	}
	next, err := f.next(ctx, v, seenBy)
	if err != nil {
		return bot.Message{}, err
	}
	among, err := f.colleagues(ctx)
	if err != nil {
		return bot.Message{}, err
	}
	if who := support(v, among); who != "" {
		next.Facts = append([]bot.Fact{{Label: "Support", Value: bot.T(who)}}, next.Facts...)
	}
	return f.card(v, people, next), nil
}

func (f *Feature) card(v Voice, people map[bot.PersonID]string, next Next) bot.Message {
	head := title(v.Kind) + " " + v.Reference
	blocks := []bot.Block{bot.Heading{Level: 1, Text: bot.T(head)}, bot.Facts{Facts: append(f.cardFacts(v, people), next.Facts...)}}
	if v.State == Withdrawn {
		blocks = append(blocks, bot.Paragraph{Text: bot.T("The author took it back. The words are deleted, and nothing is published.")})
		return bot.Message{Summary: head + " was taken back", Blocks: blocks}
	}
	blocks = append(blocks, bot.Quote{Text: bot.T(v.Words), By: author(v)})
	blocks = append(blocks, f.conversation(v, people, "the author")...)
	blocks = append(blocks, newsBlocks(v)...)
	if v.Summary != "" {
		blocks = append(blocks, bot.Paragraph{Text: bot.Line(bot.Strong("Neutral summary: "), v.Summary)})
	}
	blocks = append(blocks, cardNotes(v)...)
	blocks = append(blocks, cardActions(v, next)...)
	return bot.Message{Summary: head + ": " + stateWord(v), Blocks: blocks}
}

func author(v Voice) bot.Spans {
	if v.Anonymous() {
		return bot.T("a colleague, without a name")
	}
	return bot.Spans{bot.Name(v.AuthorPerson, v.AuthorName)}
}

func (f *Feature) cardFacts(v Voice, people map[bot.PersonID]string) []bot.Fact {
	facts := []bot.Fact{{Label: "State", Value: bot.T(stateWord(v))}}
	if v.State == Withdrawn {
		return facts
	}
	facts = append(facts, bot.Fact{Label: "With", Value: bot.Spans{bot.Name(v.Owner, nameOf(v.Owner, people))}})
	if v.State.Closed() {
		facts = append(facts, bot.Fact{Label: "Closed", Value: bot.Spans{bot.Moment(v.Closed, bot.DateStyle)}})
	} else {
		facts = append(facts, bot.Fact{Label: "Answer due", Value: bot.Spans{bot.Moment(v.Due, bot.DayStyle)}})
	}
	if v.Theme != "" {
		facts = append(facts, bot.Fact{Label: "Theme", Value: bot.T(v.Theme)})
	}
	if v.Urgent {
		facts = append(facts, bot.Fact{Label: "Urgent", Value: bot.T("the author says that it cannot wait")})
	}
	return facts
}

func nameOf(id bot.PersonID, people map[bot.PersonID]string) string {
	if name := people[id]; name != "" {
		return name
	}
	return "somebody of the reading team"
}

// conversation shows what was said since; people is nil where readers are shown
// as the reading team, and self is what the author is called.
func (f *Feature) conversation(v Voice, people map[bot.PersonID]string, self string) []bot.Block {
	words := map[EntryKind]string{
		Question: "Question", Answering: "Answer", Refusal: "Declined, because",
		Response: "Reply", Addition: "Added", Objection: "Appeal",
	}
	var blocks []bot.Block
	for _, e := range v.Entries {
		word, shown := words[e.Kind]
		if !shown {
			continue
		}
		by := bot.T(self)
		switch {
		case e.By != "" && people == nil:
			by = bot.T("the reading team")
		case e.By != "":
			by = bot.Spans{bot.Name(e.By, nameOf(e.By, people))}
		}
		blocks = append(blocks, bot.Quote{Text: bot.Line(bot.Strong(word+": "), e.Text),
			By: bot.Line(by, ", ", bot.Moment(e.At, bot.DateStyle))})
	}
	return blocks
}

func cardNotes(v Voice) []bot.Block {
	var notes []bot.Block
	if v.Anonymous() && !v.State.Closed() {
		notes = append(notes, bot.Note{Text: bot.T("The author trusts that nobody tries to find out who wrote this. Your questions and your answer are read with a private code.")})
	}
	if v.Unpublished {
		notes = append(notes, bot.Note{Text: bot.T("The author asks that the answer is not published.")})
	} else if v.State.Closed() && v.Summary == "" {
		notes = append(notes, bot.Note{Text: bot.T("It has no neutral summary, so it does not appear under You said, we did.")})
	}
	return notes
}

// offer is a button for what may be done with a voice.
type offer struct {
	action Action
	button bot.Button
}

// allowed are the buttons of what the voice's state allows now.
func allowed(v Voice, offers []offer) []bot.Button {
	var buttons []bot.Button
	for _, one := range offers {
		if v.Can(one.action) {
			one.button.Arg = v.ID
			buttons = append(buttons, one.button)
		}
	}
	return buttons
}

// cardActions are the buttons that this state allows, and what may be made of it.
func cardActions(v Voice, next Next) []bot.Block {
	buttons := allowed(v, []offer{
		{Answer, bot.Button{Command: "voices.answer", Label: "Answer", Tone: bot.Primary}},
		{Take, bot.Button{Command: "voices.take", Label: "I take it"}},
		{Ask, bot.Button{Command: "voices.ask", Label: "Ask a question"}},
		{Refuse, bot.Button{Command: "voices.refuse", Label: "Decline", Tone: bot.Danger}},
		{Describe, bot.Button{Command: "voices.describe", Label: "Summary and theme"}},
		{Pass, bot.Button{Command: "voices.pass", Label: "Pass on"}},
	})
	var blocks []bot.Block
	for row := range slices.Chunk(append(buttons, next.Buttons...), 5) {
		blocks = append(blocks, bot.Actions{Buttons: row})
	}
	return blocks
}
