package main

import (
	"context"
	"fmt"
	"slices"

	"evangelist/adapters/playground/page"
	"evangelist/bot"
	"evangelist/bot/courier"
	"evangelist/bot/voices"
)

// behind draws what a visitor of the playground sees the machine think.
func (a *App) behind(ctx context.Context) ([]page.Panel, error) {
	draft, err := a.behindDraft(ctx)
	if err != nil {
		return nil, err
	}
	queue, err := a.behindQueue(ctx)
	if err != nil {
		return nil, err
	}
	register, err := a.behindRegister(ctx)
	if err != nil {
		return nil, err
	}
	return []page.Panel{draft, queue, register}, nil
}

func (a *App) behindDraft(ctx context.Context) (page.Panel, error) {
	panel := page.Panel{Name: "draft", Title: "The next edition"}
	all, err := a.features.digests.Digests(ctx)
	if err != nil || len(all) == 0 {
		return panel, err
	}
	next, err := a.features.digests.Next(ctx, all[0].ID)
	if err != nil {
		return panel, err
	}
	proof, err := a.features.digests.Proof(ctx, next)
	if err != nil {
		return panel, err
	}
	panel.Blocks = append(panel.Blocks, bot.Note{Text: bot.Line(
		fmt.Sprintf("%s, due ", all[0].Name), bot.Moment(next.Due, bot.DateTimeStyle), fmt.Sprintf(". Chosen from %d links.", proof.Content.Candidates))})
	for i, item := range proof.Content.Items {
		link := bot.Link{Number: i + 1, Title: item.Title, URL: item.URL, Meta: item.Source}
		if len(item.Why) > 0 {
			link.Lines = []bot.Spans{bot.T("Why: " + join(item.Why))}
		}
		panel.Blocks = append(panel.Blocks, link)
	}
	panel.Blocks = append(panel.Blocks, bot.Actions{Buttons: []bot.Button{
		{Command: "digest.open", Arg: all[0].ID, Label: "Open the draft", Tone: bot.Primary},
		{Command: "digest.preview", Arg: next.ID, Label: "Preview"},
	}})
	if len(proof.Content.Items) == 0 {
		panel.Blocks = append(panel.Blocks, bot.Paragraph{Text: bot.T("Nothing yet. Post a link in a channel to the left, and it appears here.")})
	}
	return panel, nil
}

func join(parts []string) string {
	out := ""
	for i, part := range parts {
		if i > 0 {
			out += ", "
		}
		out += part
	}
	return out
}

func (a *App) behindQueue(ctx context.Context) (page.Panel, error) {
	panel := page.Panel{Name: "queue", Title: "The courier"}
	stats, err := a.courier.Stats(ctx)
	if err != nil {
		return panel, err
	}
	var sent, busy, trouble int64
	for _, count := range stats.Counts {
		switch {
		case count.State == courier.Sent:
			sent += count.N
		case count.State.Busy():
			busy += count.N
		default:
			trouble += count.N
		}
	}
	panel.Blocks = []bot.Block{bot.Facts{Facts: []bot.Fact{
		{Label: "On their way", Value: bot.T(fmt.Sprint(busy))},
		{Label: "Sent, one copy each", Value: bot.T(fmt.Sprint(sent))},
		{Label: "Dropped or waiting for a human", Value: bot.T(fmt.Sprint(trouble))},
	}}}
	return panel, nil
}

func (a *App) behindRegister(ctx context.Context) (page.Panel, error) {
	panel := page.Panel{Name: "register", Title: "Concerns and ideas"}
	all, err := a.features.voiceStore.List(ctx, voices.Query{})
	if err != nil {
		return panel, err
	}
	open := slices.DeleteFunc(slices.Clone(all), func(v voices.Voice) bool { return !v.Closed.IsZero() })
	panel.Blocks = []bot.Block{
		bot.Facts{Facts: []bot.Fact{
			{Label: "With the reading team", Value: bot.T(fmt.Sprint(len(open)))},
			{Label: "Answered or declined", Value: bot.T(fmt.Sprint(len(all) - len(open)))},
		}},
		bot.Note{Text: bot.T("What was said without a name waits for the next release, unseen and uncounted, even here.")},
	}
	return panel, nil
}
