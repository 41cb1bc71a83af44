package library

import (
	"cmp"
	"context"
	"strings"

	"evangelist/bot"
)

// exampleForm asks for an example; the words behind the command are its address.
func (f *Feature) exampleForm(_ context.Context, in bot.Invocation) (*bot.Form, error) {
	var typed []string
	if words := strings.Fields(in.Words); len(words) > 0 {
		typed = []string{cmp.Or(parseAddress(words[0]), Within(words[0], maxAddress))}
	}
	return &bot.Form{Title: "Keep an example", Submit: "Keep it", Fields: []bot.Field{
		{Name: "address", Kind: bot.LineField, Label: "Address of the page", Required: true, Max: maxAddress, Value: typed, Placeholder: "https://"},
		{Name: "who", Kind: bot.LineField, Label: "Who did it", Max: maxLine, Placeholder: "Another council", Help: "An organisation or a team. Leave private persons out."},
		{Name: "job", Kind: bot.LineField, Label: "In which job", Max: maxLine, Placeholder: "Answering calls about bins"},
		{Name: "came", Kind: bot.ParagraphField, Label: "What came of it", Max: maxWords, Help: "With a number, if there is one. Colleagues find it by these words."},
		{Name: "name", Kind: bot.ChoiceField, Label: "Your name", Value: []string{string(WithoutName)}, Options: []bot.Option{
			{Value: string(WithName), Label: "May stand with it", Help: "Kept by, with your name and department."},
			{Value: string(WithoutName), Label: "Stays out", Help: "Kept by a colleague; your department only where it has at least five people."},
		}},
	}}, nil
}

// example keeps an example.
func (f *Feature) example(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	if in.Actor.Person == "" {
		return nil, bot.Refuse("unknown-account", "I do not know this account yet, so nothing was kept. Write to me once in chat, then try again.")
	}
	now, wrong := f.Clock.Now(), map[string]string{}
	once, err := f.once(in)
	if err != nil {
		return nil, err
	}
	// The id is the form's: sent again, its last page still leads to what was kept. It
	// says nothing of when that was.
	x := Example{ID: "x" + once, Source: "form/" + once, URL: parseAddress(in.Value("address")), Who: line(in.Value("who"), maxLine), Job: line(in.Value("job"), maxLine),
		Outcome: bot.Clean(in.Value("came"), maxWords), Person: in.Actor.Person, Name: in.Actor.Name, Consent: ParseConsent(in.Value("name")), Kept: now}
	if x.URL == "" {
		wrong["address"] = "Write the address of a page, such as https://example.org/page."
	}
	if x.Who+x.Job+x.Outcome == "" {
		wrong["came"] = "Write a line of what came of it, or who did it, so that others can find it."
	}
	if len(wrong) > 0 {
		return bot.Invalid{Fields: wrong}, nil
	}
	who, err := f.People.Person(ctx, in.Actor.Person)
	if err != nil {
		return nil, err
	}
	x.Department = who.Department
	if err := f.Stores.Examples.Add(ctx, x); err != nil {
		return nil, err
	}
	return finish(in, f.keptMessage(x)), nil
}

// takeBack forgets an example.
func (f *Feature) takeBack(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	if err := f.Stores.Examples.Change(ctx, in.Arg, func(x *Example) error { return x.TakeBack(in.Actor) }); err != nil {
		return nil, err
	}
	return bot.Say{Message: bot.Notice("It is taken back: nobody reads it from now on.")}, nil
}
