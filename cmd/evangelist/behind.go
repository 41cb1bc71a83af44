package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"evangelist/adapters/playground/page"
	"evangelist/bot"
	"evangelist/bot/courier"
	"evangelist/bot/voices"
	"evangelist/digests"
)

// behind draws what a visitor of the playground sees the machine think; account
// is who looks, empty: nobody in particular.
func (a *App) behind(ctx context.Context, account bot.AccountID) ([]page.Panel, error) {
	draft, err := a.behindDraft(ctx, account)
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

func (a *App) behindDraft(ctx context.Context, account bot.AccountID) (page.Panel, error) {
	panel := page.Panel{Name: "draft", Title: "The next edition"}
	all, err := a.features.Digests.Digests(ctx)
	if err != nil || len(all) == 0 {
		return panel, err
	}
	next, err := a.features.Digests.Next(ctx, all[0].ID)
	if err != nil {
		return panel, err
	}
	content := next.Shown()
	if next.State == digests.Draft {
		proof, err := a.features.Digests.Proof(ctx, next)
		if err != nil {
			return panel, err
		}
		content = proof.Content
	}
	acts, err := a.behindActs(ctx, all[0], next, account)
	if err != nil {
		return panel, err
	}
	panel.Blocks = append(panel.Blocks, bot.Note{Text: stands(all[0], next, content)}, acts)
	for i, item := range content.Items {
		link := bot.Link{Number: i + 1, Title: item.Title, URL: item.URL, Meta: item.Source}
		if len(item.Why) > 0 {
			link.Lines = []bot.Spans{bot.T("Why: " + strings.Join(item.Why, ", "))}
		}
		panel.Blocks = append(panel.Blocks, link)
	}
	if len(content.Items) == 0 {
		panel.Blocks = append(panel.Blocks, bot.Paragraph{Text: bot.T("Nothing yet. Post a link in a channel to the left, and it appears here.")})
	}
	return panel, nil
}

// stands says how far the next edition is.
func stands(d digests.Digest, e digests.Edition, c digests.Content) bot.Spans {
	if e.State == digests.Approved {
		return bot.Line(d.Name+", approved. It posts ", bot.Moment(e.PublishAt, bot.DateTimeStyle), ".")
	}
	from := fmt.Sprintf("%d links", c.Candidates)
	switch c.Candidates {
	case 0:
		from = "no link so far"
	case 1:
		from = "one link"
	}
	return bot.Line(d.Name+", a draft, due ", bot.Moment(e.Due, bot.DateTimeStyle), ". Chosen from "+from+".")
}

// behindActs are what the person may do with the next edition; others read who
// may.
func (a *App) behindActs(ctx context.Context, d digests.Digest, e digests.Edition, account bot.AccountID) (bot.Block, error) {
	actor := bot.Actor{}
	if account != "" {
		var err error
		if actor, err = a.people.Actor(ctx, account); err != nil {
			return nil, err
		}
	}
	if digests.MayCurate(actor, d) {
		return bot.Actions{Buttons: []bot.Button{
			{Command: "digest.open", Arg: d.ID, Label: "Open the draft", Tone: bot.Primary},
			{Command: "digest.preview", Arg: e.ID, Label: "Preview"},
		}}, nil
	}
	curator, err := a.people.Person(ctx, d.Curator)
	if errors.Is(err, bot.ErrNotFound) {
		return bot.Note{Text: bot.T("Its curator and the comms leads open and publish it.")}, nil
	}
	return bot.Note{Text: bot.T(curator.Name + ", its curator, opens and publishes it.")}, err
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
	all, err := a.features.VoiceStore.List(ctx, voices.Query{})
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
