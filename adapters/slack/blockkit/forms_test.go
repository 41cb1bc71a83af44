package blockkit_test

import (
	"fmt"
	"strings"
	"testing"

	"evangelist/adapters/slack/blockkit"
	"evangelist/adapters/slack/blockkit/limits"
	"evangelist/bot"
)

// concern is the form of a concern as a colleague gets it.
func concern() bot.Form {
	return bot.Form{
		Title: "Your concern", Command: "voices.concern", Arg: "a",
		Intro: []bot.Block{
			bot.Paragraph{Text: bot.Line("This is read by ", bot.Name("ada", "Ada"), ", ", bot.Name("ben", "Ben"), " and ", bot.Name("cleo", "Cleo"), ". Nobody else will read it, also nobody who joins later, unless one of them passes it on. Your manager is not told.")},
			bot.Note{Text: bot.Line(bot.Strong("Without your name"), " we keep your words and nothing that leads to you: no name, no account, no time but that of the release, no order. "+
				"The chat platform itself knows that you used the command, whoever runs this bot could change its program, and your words or style may give you away.")},
			bot.Note{Text: bot.T("This is not the place for what follows; please turn directly to:")},
			bot.Facts{Facts: []bot.Fact{{Label: "Emergency", Value: bot.T("999")}, {Label: "Safeguarding", Value: bot.T("Fay, room 12")}}},
		},
		Fields: []bot.Field{
			{Name: "words", Kind: bot.ParagraphField, Label: "What worries you?", Placeholder: "What happened, or could happen, and whom does it concern?", Required: true, Max: 3000},
			{Name: "name", Kind: bot.ChoiceField, Label: "Your name", Value: []string{"anonymous"}, Options: []bot.Option{
				{Value: "anonymous", Label: "Without my name", Help: "Nobody in this organisation can see from our records who wrote this. You get a private code, once; with it alone you can read the answer."},
				{Value: "named", Label: "With my name", Help: "The reading team sees who you are, and the answer comes to you in a private message."},
			}},
			{Name: "urgent", Kind: bot.YesNoField, Label: "It cannot wait for the next release",
				Help: "It reaches the reading team within about five minutes instead of together with others. Without your name this gives up a protection: whoever knows that you used the bot just then can compare it with the five minutes in which it arrived."},
			{Name: "without", Kind: bot.ChoicesField, Label: "Who should not read it?", Help: "Whoever you tick never sees it; the others then get it personally.",
				Options: []bot.Option{{Value: "ada", Label: "Ada"}, {Value: "ben", Label: "Ben"}, {Value: "cleo", Label: "Cleo"}}},
			{Name: "quiet", Kind: bot.YesNoField, Label: "Do not publish the answer", Help: "Otherwise a neutral summary of it and the answer may appear under You said, we did; your own words never do."},
		},
	}
}

// everyField is a form with each kind of field, empty or filled in.
func everyField(filled bool) bot.Form {
	form := bot.Form{Title: "Every kind of field", Command: "every.field", Submit: "Keep it", Fields: []bot.Field{
		{Name: "line", Kind: bot.LineField, Label: "A line", Value: []string{"one\ntwo"}, Max: 100, Required: true},
		{Name: "paragraph", Kind: bot.ParagraphField, Label: "A paragraph", Help: "Help under it.", Placeholder: "Words", Value: []string{"one\ntwo"}},
		{Name: "choice", Kind: bot.ChoiceField, Label: "A choice", Placeholder: "Nowhere to put this", Value: []string{"b"}, Options: []bot.Option{{Value: "a", Label: "A", Help: "What A means."}, {Value: "b", Label: "B"}}},
		{Name: "choices", Kind: bot.ChoicesField, Label: "Choices", Value: []string{"a", "c", "unknown"}, Options: []bot.Option{{Value: "a", Label: "A"}, {Value: "b", Label: "B"}, {Value: "c", Label: "C"}}},
		{Name: "person", Kind: bot.PersonField, Label: "A person", Value: []string{"ada"}},
		{Name: "place", Kind: bot.PlaceField, Label: "A place", Placeholder: "Where it is posted", Value: []string{"slack|C1"}},
		{Name: "places", Kind: bot.PlacesField, Label: "Places", Value: []string{"slack|C1", "slack|C2", "slack|C1", "playground|finds"}},
		{Name: "date", Kind: bot.DateField, Label: "A date", Value: []string{"2026-12-04"}},
		{Name: "time", Kind: bot.TimeField, Label: "A time", Value: []string{"9:00"}},
		{Name: "number", Kind: bot.NumberField, Label: "A number", Value: []string{" 7 "}},
		{Name: "yesno", Kind: bot.YesNoField, Label: "Yes or no", Value: []string{"yes"}},
	}}
	for _, name := range []string{"menu", "menus"} {
		field := bot.Field{Name: name, Kind: map[string]bot.FieldKind{"menu": bot.ChoiceField, "menus": bot.ChoicesField}[name], Label: "A longer " + name, Placeholder: "Choose", Value: []string{"3", "5"}}
		for i := range 12 {
			field.Options = append(field.Options, bot.Option{Value: fmt.Sprint(i), Label: fmt.Sprintf("Option %d", i)})
		}
		form.Fields = append(form.Fields, field)
	}
	for i := range form.Fields {
		if !filled {
			form.Fields[i].Value = nil
		}
	}
	return form
}

func modal(t *testing.T, form bot.Form) []byte {
	t.Helper()
	view, err := blockkit.Modal(form, `{"nonce":"n"}`, options(t))
	if err != nil {
		t.Fatal(err)
	}
	return view
}

func TestGoldenForms(t *testing.T) {
	golden(t, "form_concern", limits.Modal, modal(t, concern()))
	golden(t, "form_every_field", limits.Modal, modal(t, everyField(false)))
	golden(t, "form_filled_in", limits.Modal, modal(t, everyField(true)))
	golden(t, "form_too_long", limits.Modal, modal(t, bot.Form{
		Title: "A title of more than twenty-four characters", Submit: "Send it to everybody who can use it", Command: "too.long", Fields: []bot.Field{
			{Name: "words", Kind: bot.ParagraphField, Label: strings.TrimSpace(strings.Repeat("Label ", 400)), Help: strings.TrimSpace(strings.Repeat("Help ", 500)), Placeholder: strings.TrimSpace(strings.Repeat("Hint ", 40)), Max: 10, Value: []string{"What stands here already"}},
			{Name: "none", Kind: bot.ChoiceField, Label: "Nothing to choose"},
			{Name: "odd", Kind: bot.ChoicesField, Label: "Odd options", Options: []bot.Option{
				{Value: "a", Label: "A label that has more than seventy-five characters, so that it has no room beside its box"},
				{Value: "a", Label: "Again"}, {Value: "", Label: "Without a value"}, {Value: strings.Repeat("v", 151), Label: "With a long value"},
			}},
		},
	}))
}

func TestGoldenPages(t *testing.T) {
	page := func(name string, message bot.Message) {
		t.Helper()
		view, err := blockkit.Page(message, "meta", options(t))
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name, limits.Modal, view)
	}
	code := "lemon orbit candle river fabric pencil window meadow"
	page("page_code", bot.Message{Summary: "Thank you. Keep your private code.", Blocks: []bot.Block{
		bot.Paragraph{Text: bot.T("Thank you. Your concern is kept without your name. It reaches the reading team with the next release, on Friday 4 December; you will have an answer within two weeks of it.")},
		bot.Paragraph{Text: bot.Spans{bot.Strong("Your private code")}},
		bot.Heading{Level: 1, Text: bot.Spans{bot.Mono(code)}},
		bot.Paragraph{Text: bot.T("Copy or print these eight words now: they are shown once, and nobody can find them again. " +
			"You need them only for a private reply: with /concern code you read the answer, reply to a question, add something, take it back, or appeal. Unless you ask us not to, the answer also appears under You said, we did.")},
		bot.Note{Text: bot.T("Nothing is ever sent to you about it. Nobody in this organisation can see from our records who wrote this; the chat platform itself knows that you used the command.")},
	}})
	page("page_named", bot.Message{Summary: "Thank you. Your concern I-7F3K has arrived.", Blocks: []bot.Block{
		bot.Paragraph{Text: bot.Line("Thank you. Your concern ", bot.Strong("I-7F3K"), " goes to the reading team (", bot.Ping("ada", "Ada"), "); you will have an answer by 4 December, in a private message.")},
		bot.Actions{Buttons: []bot.Button{{Command: "voices.add", Arg: "v1", Label: "Add something"}, {Command: "voices.withdraw", Arg: "v1", Label: "Take it back", Tone: bot.Danger}}},
	}})
	home, err := blockkit.Home(bot.Message{Summary: "Your page", Blocks: []bot.Block{
		bot.Heading{Level: 1, Text: bot.T("Good morning, Ada")},
		bot.Heading{Level: 2, Text: bot.T("Your concerns and ideas")},
		bot.Facts{Facts: []bot.Fact{{Label: "Concern I-7F3K", Value: bot.Line("answer due ", bot.Moment(at(4, 9), bot.DayStyle))}}},
		bot.Actions{Buttons: []bot.Button{{Command: "voices.show", Arg: "v1", Label: "Open"}}},
		bot.Heading{Level: 2, Text: bot.T("Who is with us")},
		bot.Table{Caption: "By department", Head: []string{"Department", "Lead", "Support", "Follow"}, Rows: [][]bot.Spans{
			{bot.T("Libraries"), bot.Line(bot.Name("ben", "Ben")), bot.T("2"), bot.T("11")}, {bot.T("Housing"), bot.T("nobody yet"), bot.T("0"), bot.T("3")}}},
	}}, options(t))
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "home", limits.Home, home)
	unfurl, err := blockkit.Unfurl(edition().Message("", nil), options(t))
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "unfurl", limits.Unfurl, unfurl)
}
