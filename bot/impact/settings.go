package impact

import (
	"context"
	"strconv"
	"strings"

	"evangelist/bot"
)

// Bounds of the estimate.
const (
	maxMinutes = 600
	maxMethod  = 300
)

func (f *Feature) settingsForm(ctx context.Context, _ bot.Invocation) (*bot.Form, error) {
	s, err := f.Stores.Choices.Get(ctx)
	if err != nil {
		return nil, err
	}
	minutes, partial := "", ""
	if s.Minutes > 0 {
		minutes = strconv.Itoa(s.Minutes)
	}
	if s.Partial {
		partial = "yes"
	}
	return &bot.Form{Title: "Report settings", Submit: "Save", Fields: []bot.Field{
		{Name: "minutes", Kind: bot.NumberField, Label: "Minutes that a used answer saves", Value: filled(minutes), Help: "Your estimate. Left empty, the report says nothing about it."},
		{Name: "method", Kind: bot.LineField, Label: "How do you know?", Max: maxMethod, Value: filled(s.Method), Help: "Printed beside the estimate, so that readers can judge it.", Placeholder: "We asked six colleagues how long they had looked for it before"},
		{Name: "partial", Kind: bot.YesNoField, Label: "Some who work here are not in the register of people", Value: filled(partial), Help: "Then no headcount is known, and the report says so instead of a number."},
	}}, nil
}

func (f *Feature) set(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	wrong := map[string]string{}
	s := Settings{Method: bot.Clean(oneLine(in.Value("method")), maxMethod), Partial: in.Value("partial") == "yes"}
	if text := strings.TrimSpace(in.Value("minutes")); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || n > maxMinutes {
			wrong["minutes"] = "Write a whole number of minutes up to " + strconv.Itoa(maxMinutes) + ", or leave it empty."
		}
		s.Minutes = n
	}
	if s.Minutes > 0 && s.Method == "" {
		wrong["method"] = "Say how you came to the estimate. Without a method it is not shown."
	}
	if len(wrong) > 0 {
		return bot.Invalid{Fields: wrong}, nil
	}
	if err := f.Stores.Choices.Set(ctx, s); err != nil {
		return nil, err
	}
	text := "Saved. The report gives no estimate of what a used answer saves."
	if s.Minutes > 0 {
		text = "Saved. The report says that a used answer saves about " + count(s.Minutes, "minute") + ", and how you know."
	}
	if s.Partial {
		text += " It says that no headcount is known."
	}
	return finish(in, bot.Notice(text)), nil
}
