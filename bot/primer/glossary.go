package primer

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"evangelist/bot"
)

// GlossaryPage is where the glossary stands on our web.
const GlossaryPage = Page + "/glossary"

// shown is how many meanings one answer holds, maxArg how many bytes a button
// carries.
const (
	shown  = 5
	maxArg = 200
)

func (f *Feature) allTerms(ctx context.Context) ([]Term, error) {
	own, err := f.Stores.Terms.List(ctx)
	if err != nil {
		return nil, err
	}
	return glossary(f.Organisation, own), nil
}

// what says what a word means.
func (f *Feature) what(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	all, err := f.allTerms(ctx)
	if err != nil {
		return nil, err
	}
	asked := bot.Clean(in.Words, maxWord)
	if asked == "" {
		return bot.Say{Message: f.wordsMessage(all, in.Actor)}, nil
	}
	found := search(all, asked)
	if len(found) == 0 {
		message := bot.Notice("The glossary does not have this word yet. All its words: /evangelist glossary")
		if in.Actor.Has(bot.Lead) && len(asked) <= maxArg {
			message.Blocks = append(message.Blocks, bot.Actions{Buttons: []bot.Button{{Command: "primer.word", Arg: asked, Label: "Add it"}}})
		}
		return bot.Say{Message: message}, nil
	}
	more := len(found) - shown
	message := titled("What it means here", facts(found[:min(len(found), shown)]))
	if len(found) == 1 {
		message.Summary = found[0].Word + ": " + found[0].Says
	}
	if more > 0 {
		message.Blocks = append(message.Blocks, note(fmt.Sprintf("And %d more: ", more), bot.To("the glossary", f.Organisation.Page(GlossaryPage))))
	}
	return bot.Say{Message: message}, nil
}

// wordsMessage lists the words alone: their meanings stand on the page.
func (f *Feature) wordsMessage(all []Term, actor bot.Actor) bot.Message {
	var words []string
	for _, t := range all {
		if !slices.Contains(words, t.Word) {
			words = append(words, t.Word)
		}
	}
	message := titled("The glossary", paragraph(strings.Join(words, ", ")+"."),
		paragraph("What one of them means: ", bot.Mono("/evangelist what WORD"), ". All with their meanings: ", bot.To("the glossary", f.Organisation.Page(GlossaryPage))))
	return withWordButton(message, actor)
}

func withWordButton(message bot.Message, actor bot.Actor) bot.Message {
	if actor.Has(bot.Lead) {
		message.Blocks = append(message.Blocks, bot.Actions{Buttons: []bot.Button{{Command: "primer.word", Label: "Add or change a word"}}})
	}
	return message
}

// The answers to what happens to a word.
const (
	keepWord   = "keep"
	removeWord = "remove"
)

// wordForm is for leads: nil for everybody else, and for leads who only want to
// look. Words name the word that is to be changed.
func (f *Feature) wordForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	asked := bot.Clean(in.Words+in.Arg, maxWord)
	if !in.Actor.Has(bot.Lead) || in.Command == "primer.glossary" && asked == "" {
		return nil, nil
	}
	own, err := f.Stores.Terms.List(ctx)
	if err != nil {
		return nil, err
	}
	form := &bot.Form{Title: "A word of ours", Command: "primer.word", Arg: asked, Submit: "Save", Intro: []bot.Block{
		paragraph("Everybody here can look it up. Our own words stand before those that came with the bot."),
	}, Fields: []bot.Field{
		{Name: "word", Kind: bot.LineField, Label: "The word", Required: true, Max: maxWord, Value: filled(asked), Placeholder: "One-stop shop"},
		{Name: "says", Kind: bot.ParagraphField, Label: "What it means here", Max: maxSays, Help: "One or two sentences that somebody in the first week understands."},
	}}
	for _, t := range own {
		if asked != "" && t.Key() == fold(asked) {
			form.Fields[0].Value, form.Fields[1].Value = filled(t.Word), filled(t.Says)
			form.Fields = append(form.Fields, bot.Field{Name: "change", Kind: bot.ChoiceField, Label: "What happens", Value: []string{keepWord}, Options: []bot.Option{
				{Value: keepWord, Label: "Keep it, as it stands above"}, {Value: removeWord, Label: "Remove it", Help: "It is gone from the glossary at once."},
			}})
		}
	}
	return form, nil
}

// glossary shows the words, or keeps what a lead wrote.
func (f *Feature) glossary(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	if !in.Submitted() {
		return f.what(ctx, in)
	}
	if !in.Actor.Has(bot.Lead) {
		return nil, bot.ErrNotFound
	}
	t := Term{Word: strings.Join(strings.Fields(bot.Clean(in.Value("word"), 0)), " "), Says: bot.Clean(in.Value("says"), 0)}
	opened := fold(in.Arg)
	if in.Value("change") == removeWord {
		if err := f.Stores.Terms.Remove(ctx, opened); err != nil {
			return nil, err
		}
		return finish(in, bot.Notice("The word is gone from the glossary.")), nil
	}
	own, err := f.Stores.Terms.List(ctx)
	if err != nil {
		return nil, err
	}
	if wrong := wrongTerm(t, opened, own); len(wrong) > 0 {
		return bot.Invalid{Fields: wrong}, nil
	}
	if err := f.Stores.Terms.Set(ctx, t); err != nil {
		return nil, err
	}
	if hadOwn(own, opened) && opened != t.Key() { // it was renamed
		if err := f.Stores.Terms.Remove(ctx, opened); err != nil {
			return nil, err
		}
	}
	return finish(in, titled("The word is in the glossary", facts([]Term{t}), note("To change it: ", bot.Mono("/evangelist glossary "+t.Word)))), nil
}

func hadOwn(own []Term, key string) bool {
	return slices.ContainsFunc(own, func(t Term) bool { return t.Key() == key })
}

// wrongTerm says by field what does not fit. Opened is the word with which the form
// was opened: only that one is changed without a question.
func wrongTerm(t Term, opened string, own []Term) map[string]string {
	wrong := map[string]string{}
	switch word := []rune(t.Word); {
	case t.Word == "":
		wrong["word"] = "Write the word."
	case len(word) > maxWord:
		wrong["word"] = fmt.Sprintf("That has %d characters. Please keep the word to %d.", len(word), maxWord)
	}
	switch says := []rune(t.Says); {
	case t.Says == "":
		wrong["says"] = "Write what it means, in a sentence."
	case len(says) > maxSays:
		wrong["says"] = fmt.Sprintf("That has %d characters. Please keep it to %d, so that it can be read in passing.", len(says), maxSays)
	}
	for _, other := range own {
		if other.Key() == t.Key() && t.Key() != opened && other.Says != t.Says {
			wrong["word"] = fmt.Sprintf("This word has a meaning already: %s To change it: /evangelist glossary %s", other.Says, other.Word)
		}
	}
	return wrong
}
