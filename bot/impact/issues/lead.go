package issues

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"evangelist/bot"
)

// read loads the issue that a button names, which the actor may do the act to.
func (f *Feature) read(ctx context.Context, in bot.Invocation, act Act) (Issue, error) {
	id, _, _ := strings.Cut(in.Arg, " ")
	i, err := f.Stores.Issues.Get(ctx, id)
	if err == nil && !i.May(in.Actor, act) {
		err = bot.ErrNotFound
	}
	return i, err
}

// change carries out a rule and shows the lead's card.
func (f *Feature) change(ctx context.Context, in bot.Invocation, rule func(*Issue) ([]bot.Delivery, error)) (bot.Reply, error) {
	id, _, _ := strings.Cut(in.Arg, " ")
	var after Issue
	err := f.Stores.Issues.Change(ctx, id, func(i *Issue) ([]bot.Delivery, error) {
		out, err := rule(i)
		after = *i
		return out, err
	})
	if err != nil {
		return nil, err
	}
	f.Wake()
	return f.show(ctx, in, after)
}

// show answers with the lead's card as it is now.
func (f *Feature) show(ctx context.Context, in bot.Invocation, i Issue) (bot.Reply, error) {
	if !in.Submitted() {
		return bot.Refresh{View: bot.View{Kind: deskView, ID: i.ID, Version: i.Version}}, nil
	}
	a, err := f.about(ctx, i)
	if err != nil {
		return nil, err
	}
	return finish(in, deskMessage(i, a)), nil
}

// act is a command that needs nothing but the issue.
func (f *Feature) act(rule func(*Issue, bot.Actor, time.Time) ([]bot.Delivery, error)) func(context.Context, bot.Invocation) (bot.Reply, error) {
	return func(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
		now := f.Clock.Now()
		return f.change(ctx, in, func(i *Issue) ([]bot.Delivery, error) { return rule(i, in.Actor, now) })
	}
}

// desk shows the lead's card, wherever it was asked for.
func (f *Feature) desk(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	i, err := f.read(ctx, in, See)
	if err != nil {
		return nil, err
	}
	return f.show(ctx, in, i)
}

// open shows the whole report as it is now.
func (f *Feature) open(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	i, err := f.read(ctx, in, See)
	if err != nil {
		return nil, err
	}
	c, err := f.content(ctx, i, false)
	if err != nil {
		return nil, err
	}
	if len(c.Sections) == 0 {
		return f.show(ctx, in, i)
	}
	return bot.Say{Message: c.Message(f.Organisation.Page(i.Path()))}, nil
}

// Message is the long version for any surface; page is its address.
func (c Content) Message(page string) bot.Message {
	m := titled(c.Title, note(c.Organisation), paragraph(bot.To("The page", page), " · ", bot.To("One page for a board", page+"/board")))
	if c.Introduction != "" {
		m.Blocks = append(m.Blocks, bot.Quote{Text: bot.T(c.Introduction)})
	}
	for _, s := range c.Sections {
		m.Blocks = append(m.Blocks, bot.Heading{Level: 2, Text: bot.T(s.Heading)})
		if s.Note != "" {
			m.Blocks = append(m.Blocks, bot.Quote{Text: bot.T(s.Note)})
		}
		lines := bot.List{}
		for _, n := range s.Numbers {
			lines.Items = append(lines.Items, bot.Line(bot.Strong(n.Title), ": "+n.Sentence))
		}
		if len(lines.Items) > 0 {
			m.Blocks = append(m.Blocks, lines)
		}
		for _, l := range s.Lists {
			m.Blocks = append(m.Blocks, paragraph(bot.Strong(l.Heading)))
			told := bot.List{}
			for _, e := range l.Entries {
				told.Items = append(told.Items, bot.T(e.line()))
			}
			if len(told.Items) > 0 {
				m.Blocks = append(m.Blocks, told)
			} else {
				m.Blocks = append(m.Blocks, note(l.Empty))
			}
		}
		for _, text := range s.Notes {
			m.Blocks = append(m.Blocks, note(text))
		}
	}
	return m
}

func (f *Feature) wordsForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	i, err := f.read(ctx, in, Edit)
	if err != nil {
		return nil, err
	}
	if _, err := i.allow(in.Actor, Edit); err != nil {
		return nil, err
	}
	options := []bot.Option{{Value: "none", Label: "Under none", Help: "Only the introduction changes."}}
	for _, s := range noted {
		option := bot.Option{Value: s.key, Label: s.heading, Help: "Has no note yet."}
		if have := i.Words.Notes[s.key]; have != "" {
			option.Help = "Replaces: " + have
		}
		options = append(options, option)
	}
	return &bot.Form{Title: "Words of the report", Arg: i.ID, Submit: "Save", Intro: []bot.Block{paragraph("Numbers are not edited here: they stand as they were counted.")}, Fields: []bot.Field{
		{Name: "introduction", Kind: bot.ParagraphField, Label: "Introduction", Max: MaxIntroduction, Value: filled(i.Words.Introduction), Help: "At most 500 characters, on top of every version. What mattered, in your words."},
		{Name: "section", Kind: bot.ChoiceField, Label: "A note under", Value: []string{"none"}, Options: options},
		{Name: "note", Kind: bot.ParagraphField, Label: "The note", Max: MaxNote, Help: "At most 200 characters. Empty, it takes away the note that stands there."},
	}}, nil
}

// words writes a lead's words.
func (f *Feature) words(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	if _, err := f.read(ctx, in, Edit); err != nil {
		return nil, err
	}
	wrong := map[string]string{}
	introduction, text, section := bot.Clean(in.Value("introduction"), 0), bot.Clean(in.Value("note"), 0), in.Value("section")
	tooLong := func(field, text string, most int) {
		if n := utf8.RuneCountInString(text); n > most {
			wrong[field] = fmt.Sprintf("That is %d characters, and %d fit. Shorten it; nothing was changed.", n, most)
		}
	}
	tooLong("introduction", introduction, MaxIntroduction)
	tooLong("note", text, MaxNote)
	switch {
	case section == "none" || section == "":
		if section = ""; text != "" {
			wrong["section"] = "Choose under which part the note stands."
		}
	case !hasNotes(section):
		wrong["section"] = "Choose one of the parts of the report."
	}
	if len(wrong) > 0 {
		return bot.Invalid{Fields: wrong}, nil
	}
	return f.change(ctx, in, func(i *Issue) ([]bot.Delivery, error) {
		return i.Write(in.Actor, i.Words.with(introduction, section, text))
	})
}

func hasNotes(section string) bool {
	for _, s := range noted {
		if s.key == section {
			return true
		}
	}
	return false
}

// approve freezes what the card showed. When something changed since, the newest
// draft is shown instead.
func (f *Feature) approve(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	i, err := f.read(ctx, in, Approve)
	if err != nil {
		return nil, err
	}
	var c Content
	var champions []bot.PersonID
	if i.State == Draft {
		if c, err = f.content(ctx, i, true); err != nil {
			return nil, err
		}
		_, seen, _ := strings.Cut(in.Arg, " ")
		now, err := print(c)
		if err != nil {
			return nil, err
		}
		if seen != "" && seen != now {
			return f.changedSince(ctx, i)
		}
		if champions, err = f.champions(ctx); err != nil {
			return nil, err
		}
	}
	now := f.Clock.Now()
	return f.change(ctx, in, func(stored *Issue) ([]bot.Delivery, error) {
		return stored.Approve(in.Actor, i.Version, c, champions, now)
	})
}

// changedSince shows the newest draft to somebody who approved an older one.
func (f *Feature) changedSince(ctx context.Context, i Issue) (bot.Reply, error) {
	a, err := f.about(ctx, i)
	if err != nil {
		return nil, err
	}
	message := deskMessage(i, a)
	message.Summary = "The draft has changed since you looked"
	message.Blocks = append([]bot.Block{note(bot.Strong("The draft has changed since you looked, so it was not approved."), " This is how it stands now; approve it once more if it is right.")}, message.Blocks...)
	return bot.Say{Message: message}, nil
}

func (f *Feature) skipForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	i, err := f.read(ctx, in, Skip)
	if err != nil {
		return nil, err
	}
	if done, err := i.allow(in.Actor, Skip); err != nil || done {
		return nil, err
	}
	return &bot.Form{Title: "Skip this report", Arg: i.ID, Submit: "Skip it", Fields: []bot.Field{
		{Name: "reason", Kind: bot.LineField, Label: "Skip it because …", Required: true, Max: MaxReason, Help: "Leads read it in the list of reports. Nothing is published; the draft can be made after all later."},
	}}, nil
}

func (f *Feature) skip(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	i, err := f.read(ctx, in, Skip)
	if err != nil {
		return nil, err
	}
	reason := bot.Clean(oneLine(in.Value("reason")), MaxReason)
	if lower := strings.ToLower(reason); strings.HasPrefix(lower, "because ") {
		reason = strings.TrimSpace(reason[len("because "):])
	}
	if reason == "" && i.State != Skipped {
		return bot.Invalid{Fields: map[string]string{"reason": "Say why, in a few words. A report is never skipped silently."}}, nil
	}
	now := f.Clock.Now()
	return f.change(ctx, in, func(i *Issue) ([]bot.Delivery, error) { return i.Skip(in.Actor, reason, now) })
}

// drafts shows the reports that are on their way.
func (f *Feature) drafts(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	blocks, err := f.panel(ctx, in.Actor)
	if err != nil {
		return nil, err
	}
	return bot.Say{Message: bot.Message{Summary: "Reports on their way", Blocks: blocks}}, nil
}
