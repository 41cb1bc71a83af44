package cards_test

import (
	"fmt"
	"testing"
	"time"

	"evangelist/adapters/teams/cards"
	"evangelist/bot"
)

// renderer is how the specimens are drawn.
func renderer() cards.Renderer {
	zone := time.FixedZone("BST", 3600)
	return cards.Renderer{Base: "https://evangelist.example", Zone: zone, OpensForm: func(command string) bool {
		return command == "digest.words" || command == "voices.add"
	}}
}

// links are what people of the sample organisation share.
func links() []bot.Link {
	shared := func(names ...any) bot.Spans { return bot.Line(append([]any{"Shared by "}, names...)...) }
	return []bot.Link{
		{Title: "One page that replaced forty calls a week", URL: "https://letters.example/plain?from=calls&week=46", Meta: "letters.example · 4 min",
			Lines: []bot.Spans{bot.T("Makes your job easier because people find the answer before they ring."), shared(bot.Name("pauline", "Pauline Stebbing"), " (Revenues), ", bot.Name("leroy", "Leroy Pinnock"), " (Customer Services) and one more")}},
		{Title: "A checklist for home visits in winter", URL: "https://care.example/winter-visits", Meta: "care.example · 6 min",
			Lines: []bot.Spans{bot.Line(bot.Emphasis("“The part about lone working is the best I have read.”")), shared(bot.Name("wailin", "Wai-Lin Cheung"), " (Adult Social Care)")}},
		{Title: "How Eastfield lends out more than books", URL: "https://library.example/things", Meta: "library.example · 3 min",
			Lines: []bot.Spans{bot.T("Drills, tents and a projector: what was borrowed most, and what came back broken."), shared(bot.Name("maureen", "Maureen Tatlock"), " (Libraries)"), bot.T("useful to 12, used by 5")}},
		{Title: "Drains: a map that anybody can correct", URL: "https://maps.example/drains", Meta: "maps.example · 5 min",
			Lines: []bot.Spans{bot.T("Makes your job easier because the crew sees last year's blockages on a phone."), shared(bot.Name("grzegorz", "Grzegorz Wilkosz"), " (Highways)")}},
		{Title: "Forms: twelve questions nobody needed", URL: "https://design.example/twelve-questions", Meta: "design.example · 8 min",
			Lines: []bot.Spans{bot.T("Each question cost nine seconds of everybody's time; seven of them fed no decision."), shared(bot.Name("minh", "Minh Lathom-Vu"), " (Digital & IT)")}},
		{Title: "What a swan may do on a leased pond", URL: "https://law.example/swans", Meta: "law.example · 2 min",
			Lines: []bot.Spans{bot.T("A short answer to a question that comes up every spring."), shared(bot.Name("crispin", "Crispin Yelland"), " (Legal)")}},
		{Title: "Repair cafés in numbers", URL: "https://reuse.example/numbers", Meta: "reuse.example · 4 min",
			Lines: []bot.Spans{bot.T("61 of 94 toasters went home working."), shared(bot.Name("tamsin", "Tamsin Arkell"), " (Waste)")}},
	}
}

func edition() bot.Message {
	m := bot.Message{Summary: "Friday roundup, 17 – 23 November: seven things colleagues found useful"}
	m.Blocks = append(m.Blocks,
		bot.Heading{Level: 1, Text: bot.T("Friday roundup")},
		bot.Note{Text: bot.T("17 – 23 November")},
		bot.Paragraph{Text: bot.Line("Seven things colleagues found useful, from seven departments. Edited by ", bot.Name("nia", "Nia Prosser"), ".")})
	for i, link := range links() {
		link.Number = i + 1
		arg := fmt.Sprintf("0192f0c1-7d3e-7aaa-8bbb-0123456789ab/item-%d", i+1)
		m.Blocks = append(m.Blocks, link, bot.Actions{Buttons: []bot.Button{
			{Command: "digest.useful", Arg: arg, Label: "Useful"}, {Command: "digest.used", Arg: arg, Label: "I used this"},
		}})
	}
	m.Blocks = append(m.Blocks,
		bot.Heading{Level: 2, Text: bot.T("Heard and answered")},
		bot.Facts{Facts: []bot.Fact{
			{Label: "You said", Value: bot.T("The rota reaches the depot after the first round has left.")},
			{Label: "We did", Value: bot.T("From Monday it is posted at six the evening before.")},
		}},
		bot.Heading{Level: 2, Text: bot.T("Learned")},
		bot.List{Items: []bot.Spans{
			bot.Line("Two screens were not faster than one large one, ", bot.Name("lowenna", "Lowenna Trebarvah"), ", Planning"),
			bot.Line("Ask for the ", bot.Mono("reference"), " first: it saves a call in three, ", bot.To("the sheet", "/learnings/7"), ", Customer Services"),
		}},
		bot.Heading{Level: 2, Text: bot.T("Around the house")},
		bot.Paragraph{Text: bot.Line("The next round table is on ", bot.Moment(time.Date(2026, 12, 3, 11, 30, 0, 0, time.UTC), bot.DateTimeStyle), ".")},
		bot.Note{Text: bot.Line("Put something in: ", bot.Mono("/digest add"), " · Less of this: ", bot.Mono("/digest less"))})
	return m
}

func draft() bot.Message {
	m := bot.Message{Summary: "Draft of Friday roundup for Friday 27 November, 15:00", Blocks: []bot.Block{
		bot.Heading{Level: 1, Text: bot.T("Friday roundup: draft")},
		bot.Paragraph{Text: bot.Line("For ", bot.Strong("Friday 27 November, 15:00"), ". Three things colleagues found useful. It waits until somebody approves it.")},
		bot.Note{Text: bot.T("To look at: Two of three come from one department.")},
	}}
	for i, link := range links()[:3] {
		link.Number = i + 1
		link.Lines = append(link.Lines, bot.Line(bot.Emphasis("Why it is here: shared in 2 places, saved by 4.")))
		arg := fmt.Sprintf("0192f0c1-7d3e-7aaa-8bbb-0123456789ab/item-%d", i+1)
		m.Blocks = append(m.Blocks, link, bot.Actions{Buttons: []bot.Button{
			{Command: "digest.words", Arg: arg, Label: "Edit"}, {Command: "digest.up", Arg: arg, Label: "Up"}, {Command: "digest.down", Arg: arg, Label: "Down"},
			{Command: "digest.pin", Arg: arg, Label: "Pin"}, {Command: "digest.drop", Arg: arg, Label: "Leave it out", Tone: bot.Danger},
		}})
	}
	m.Blocks = append(m.Blocks, bot.Rule{}, bot.Actions{Buttons: []bot.Button{
		{Command: "digest.approve", Arg: "e1/9f2c", Label: "Approve", Tone: bot.Primary},
		{Command: "digest.preview", Arg: "e1", Label: "Preview"},
		{Command: "digest.publish", Arg: "e1/9f2c", Label: "Publish now", Confirm: "Publish this edition now rather than at its time?"},
	}})
	return m
}

func concern() bot.Form {
	return bot.Form{
		Title: "Your concern", Command: "voices.concern", Arg: "aud-1", Nonce: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
		Intro: []bot.Block{
			bot.Paragraph{Text: bot.Line("This is read by ", bot.Name("ishbel", "Ishbel Garrow"), " and ", bot.Name("harjit", "Harjit Sandhar"), ". Nobody else will read it, also nobody who joins later, unless one of them passes it on. Your manager is not told.")},
			bot.Note{Text: bot.Line(bot.Strong("Without your name"), " we keep your words and nothing that leads to you: no name, no account, no time but that of the release, no order.")},
			bot.Facts{Facts: []bot.Fact{{Label: "Emergency", Value: bot.T("999")}, {Label: "Safeguarding", Value: bot.T("Jerome Tulloch, 01632 960 144")}}},
		},
		Fields: []bot.Field{
			{Name: "words", Kind: bot.ParagraphField, Label: "What worries you?", Placeholder: "What happened, or could happen, and whom does it concern?", Required: true, Max: 4000},
			{Name: "name", Kind: bot.ChoiceField, Label: "Your name", Value: []string{"anonymous"}, Options: []bot.Option{
				{Value: "anonymous", Label: "Without my name", Help: "Nobody in this organisation can see from our records who wrote this. You get a private code, once; with it alone you can read the answer."},
				{Value: "named", Label: "With my name", Help: "The reading team sees who you are, and the answer comes to you in a private message."},
			}},
			{Name: "urgent", Kind: bot.YesNoField, Label: "It cannot wait for the next release", Help: "It reaches the reading team within about five minutes instead of together with others."},
			{Name: "without", Kind: bot.ChoicesField, Label: "Who should not read it?", Help: "Whoever you tick never sees it; the others then get it personally.", Options: []bot.Option{
				{Value: "ishbel", Label: "Ishbel Garrow"}, {Value: "harjit", Label: "Harjit Sandhar"},
			}},
			{Name: "quiet", Kind: bot.YesNoField, Label: "Do not publish the answer", Help: "Otherwise a neutral summary of it and the answer may appear under You said, we did; your own words never do."},
		},
	}
}

func codePage() bot.Message {
	return bot.Message{Summary: "Thank you. Keep your private code.", Blocks: []bot.Block{
		bot.Paragraph{Text: bot.T("Thank you. Your concern is kept without your name. It reaches the reading team with the next release, on Friday 27 November; you will have an answer within two weeks of it.")},
		bot.Paragraph{Text: bot.Spans{bot.Strong("Your private code")}},
		bot.Heading{Level: 1, Text: bot.Spans{bot.Mono("amber violin cedar tunnel maple orbit linen harbour")}},
		bot.Paragraph{Text: bot.T("Copy or print these eight words now: they are shown once, and nobody can find them again.")},
		bot.Note{Text: bot.T("Nothing is ever sent to you about it.")},
	}}
}

// everyField has one field of each kind, filled in.
func everyField() bot.Form {
	options := []bot.Option{{Value: "a", Label: "First, with a comma", Help: "It comes first."}, {Value: "b,c", Label: "Second"}, {Value: "d%2C", Label: "Third"}}
	return bot.Form{Title: "Every kind", Command: "test.every", Arg: "x", Nonce: "N", Submit: "Keep it", Fields: []bot.Field{
		{Name: "line", Kind: bot.LineField, Label: "A line", Help: "On the list.", Value: []string{"one, two"}, Max: 80},
		{Name: "paragraph", Kind: bot.ParagraphField, Label: "A paragraph", Value: []string{"one\ntwo *three*"}},
		{Name: "choice", Kind: bot.ChoiceField, Label: "One of", Options: options, Value: []string{"b,c"}, Required: true},
		{Name: "choices", Kind: bot.ChoicesField, Label: "Some of", Options: options, Value: []string{"b,c", "d%2C"}},
		{Name: "person", Kind: bot.PersonField, Label: "Who", Value: []string{"p1"}},
		{Name: "place", Kind: bot.PlaceField, Label: "Where", Value: []string{"teams|19:abc@thread.tacv2"}},
		{Name: "places", Kind: bot.PlacesField, Label: "Where else", Value: []string{"teams|19:abc@thread.tacv2", "teams|19:def@thread.tacv2"}},
		{Name: "date", Kind: bot.DateField, Label: "Which day", Value: []string{"2026-12-04"}},
		{Name: "time", Kind: bot.TimeField, Label: "What time", Value: []string{"09:00"}},
		{Name: "number", Kind: bot.NumberField, Label: "How many", Value: []string{"7"}},
		{Name: "yesno", Kind: bot.YesNoField, Label: "Agreed", Help: "You can change it later.", Value: []string{"yes"}},
	}}
}

func filling() cards.Filling {
	return cards.Filling{
		State: `{"about":"m1"}`,
		Person: func(value string) (cards.Choice, bool) {
			return cards.Choice{Value: "49c4641c-ab91-4248-aebb-6a7de286397b", Label: "Farida Noorzai"}, value == "p1"
		},
		Places: []cards.Choice{{Value: "teams|19:abc@thread.tacv2", Label: "General"}, {Value: "teams|19:def@thread.tacv2", Label: "Good finds"}},
	}
}

// onlyCard returns the card of a message that fits one part.
func onlyCard(t testing.TB, message bot.Message) []byte {
	t.Helper()
	parts, err := renderer().Render(message)
	if err != nil || len(parts) != 1 {
		t.Fatalf("%d parts, %v; want one", len(parts), err)
	}
	post, err := cards.Resolve(parts[0].Payload, nil)
	if err != nil {
		t.Fatal(err)
	}
	return post.Card
}

func dialog(t testing.TB, form bot.Form, fill cards.Filling) cards.Task {
	t.Helper()
	task, err := renderer().Dialog(form, fill)
	if err != nil {
		t.Fatal(err)
	}
	return task
}

func page(t testing.TB, message bot.Message) cards.Task {
	t.Helper()
	task, err := renderer().Page("Your concern", message)
	if err != nil {
		t.Fatal(err)
	}
	return task
}
