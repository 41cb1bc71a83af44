package main

import (
	"context"
	"fmt"
	"strings"

	"evangelist/bot"
	"evangelist/bot/courier"
	"evangelist/bot/impact/issues"
	"evangelist/bot/roster"
	"evangelist/bot/schedule"
)

// trouble is what leads see of the machine: messages that only a human can
// decide about or mend, and schedules that were parked.
func (a *App) troubleCommands() []bot.Command {
	return []bot.Command{
		{Name: "troubles", Phrases: []string{"evangelist troubles"}, Usage: "/evangelist troubles", Needs: bot.Lead,
			Help: "lists messages that could not be sent or may not have arrived.", Run: a.troubles},
		{Name: "troubles.there", Needs: bot.Lead, Run: a.decide(courier.There, "Noted: it is there. It will not be sent again.")},
		{Name: "troubles.again", Needs: bot.Lead, Run: a.decide(courier.Again, "It is sent once more.")},
		{Name: "troubles.leave", Needs: bot.Lead, Run: a.decide(courier.Leave, "It is not sent any more.")},
		{Name: "troubles.reopen", Needs: bot.Lead, Run: a.reopen},
	}
}

func (a *App) decide(decision courier.Decision, say string) func(context.Context, bot.Invocation) (bot.Reply, error) {
	return func(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
		if err := a.courier.Decide(ctx, in.Arg, decision); err != nil {
			return nil, err
		}
		return bot.Say{Message: bot.Notice(say)}, nil
	}
}

func (a *App) reopen(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	kind, rest, _ := strings.Cut(in.Arg, "/")
	cut := strings.LastIndex(rest, "/")
	if cut < 0 {
		return nil, bot.ErrNotFound
	}
	done, err := a.schedules.Ticks.Reopen(ctx, kind, rest[:cut], rest[cut+1:], a.clock.Now())
	if err != nil {
		return nil, err
	}
	if !done {
		return nil, bot.ErrNotFound
	}
	return bot.Say{Message: bot.Notice("It is tried once more.")}, nil
}

func (a *App) troubles(ctx context.Context, _ bot.Invocation) (bot.Reply, error) {
	blocks, err := a.troubleBlocks(ctx)
	if err != nil {
		return nil, err
	}
	if len(blocks) == 0 {
		return bot.Say{Message: bot.Notice("Nothing waits for a human: every message that was to be sent is sent, or on its way.")}, nil
	}
	return bot.Say{Message: bot.Message{Summary: "What needs a human", Blocks: append([]bot.Block{bot.Heading{Level: 1, Text: bot.T("What needs a human")}}, blocks...)}}, nil
}

func (a *App) troublePanel(ctx context.Context, actor bot.Actor) ([]bot.Block, error) {
	if !actor.Has(bot.Lead) {
		return nil, nil
	}
	blocks, err := a.troubleBlocks(ctx)
	if err != nil || len(blocks) == 0 {
		return nil, err
	}
	return append([]bot.Block{bot.Heading{Level: 2, Text: bot.T("What needs a human")}}, blocks...), nil
}

func (a *App) troubleBlocks(ctx context.Context) ([]bot.Block, error) {
	waiting, err := a.courier.Waiting(ctx)
	if err != nil {
		return nil, err
	}
	failed, err := a.courier.Troubles(ctx)
	if err != nil {
		return nil, err
	}
	parked, err := a.schedules.Ticks.Parked(ctx, 20)
	if err != nil {
		return nil, err
	}
	var blocks []bot.Block
	for _, t := range append(waiting, failed...) {
		blocks = append(blocks, troubleBlock(t)...)
	}
	for _, stuck := range parked {
		blocks = append(blocks, parkedBlock(stuck)...)
	}
	return blocks, nil
}

func troubleBlock(t courier.Trouble) []bot.Block {
	text := bot.Line(t.Say, " (", bot.Moment(t.Since, bot.DateTimeStyle), ")")
	if t.Words != "" {
		text = bot.Line(bot.Strong(firstWords(t.Words)), ": ", text)
	}
	blocks := []bot.Block{bot.Paragraph{Text: text}}
	if t.Decides {
		blocks = append(blocks, bot.Actions{Buttons: []bot.Button{
			{Command: "troubles.there", Arg: t.Key, Label: "It is there"},
			{Command: "troubles.again", Arg: t.Key, Label: "Post again", Confirm: "If it did arrive, it will stand there twice. Post it again?"},
			{Command: "troubles.leave", Arg: t.Key, Label: "Leave it"},
		}})
	}
	return blocks
}

func firstWords(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return bot.Clean(line, 60)
}

func parkedBlock(stuck schedule.Stuck) []bot.Block {
	what := map[string]string{"digest": "An edition that was due", "network.question": "A question that was due", "voices.release": "The release of what was said without a name",
		issues.ChoreKind: "A report that was due", roster.AgendaChore: "The representatives' agenda that was due"}[stuck.Tick.Kind]
	if what == "" {
		what = "Something that was due"
	}
	return []bot.Block{
		bot.Paragraph{Text: bot.Line(fmt.Sprintf("%s on ", what), bot.Moment(stuck.Tick.Due, bot.DateTimeStyle), " did not run. Try it again when the cause is mended, or leave it: the next one comes by itself.")},
		bot.Actions{Buttons: []bot.Button{{Command: "troubles.reopen", Arg: stuck.Tick.Key(), Label: "Try again"}}},
	}
}
