package voices

import (
	"context"
	"slices"
	"time"

	"evangelist/bot"
)

// ownCommands are what the author of a voice with a name does, by buttons.
func (f *Feature) ownCommands() []bot.Command {
	var commands []bot.Command
	for _, own := range []struct {
		name          string
		action        Action
		title, label  string
		submit, after string
	}{
		{"voices.add", Add, "Add something", "What do you want to add?", "Add", "It is added, and the reading team sees it."},
		{"voices.reply", Reply, "Your reply", "Your reply", "Reply", "Your reply is with the reading team."},
		{"voices.appeal", Appeal, "Appeal", "Why should it be looked at afresh?", "Appeal", "Your appeal is with the reading team; you will have an answer within two weeks."},
		{"voices.withdraw", Withdraw, "Take it back", "", "Take it back", "It is taken back, and your words are deleted."},
	} {
		commands = append(commands, bot.Command{
			Name: own.name, Needs: bot.Colleague,
			Form: func(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
				v, err := f.readable(ctx, in, own.action)
				if err != nil {
					return nil, err
				}
				return ownForm(v, own.title, own.label, own.submit, own.name), nil
			},
			Run: func(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
				text := bot.Clean(in.Value(wordsField), maxWords)
				if needsText(own.action) && text == "" {
					return bot.Invalid{Fields: map[string]string{wordsField: "There are no words yet. One sentence is enough."}}, nil
				}
				if own.action == Withdraw && in.Value(sureField) != "yes" {
					return bot.Invalid{Fields: map[string]string{sureField: "Tick this to delete your words, or close the form to keep them."}}, nil
				}
				if _, err := f.do(ctx, in, Step{Action: own.action, Text: text}); err != nil {
					return nil, err
				}
				return bot.Done{Message: bot.Notice(own.after)}, nil
			},
		})
	}
	return append(commands,
		f.mineCommand(Concern, bot.Command{Name: "voices.mine", Phrases: []string{"concern mine"}, Usage: "/concern mine",
			Help: "How the concerns and ideas stand that you sent with your name."}),
		f.mineCommand(Idea, bot.Command{Name: "voices.mine.ideas", Phrases: []string{"idea mine"}}))
}

const sureField = "sure"

func ownForm(v Voice, title, label, submit, command string) *bot.Form {
	form := &bot.Form{Title: title, Command: command, Arg: v.ID, Submit: submit,
		Intro: []bot.Block{bot.Quote{Text: bot.T(begun(v.Words, 600)), By: bot.T("you")}}}
	if question := v.LastQuestion(); question != "" && command == "voices.reply" {
		form.Intro = []bot.Block{bot.Quote{Text: bot.T(question), By: bot.T("the reading team")}}
	}
	if label == "" {
		form.Fields = []bot.Field{{Name: sureField, Kind: bot.YesNoField, Label: "Delete my words", Required: true,
			Help: "Nothing of it is published. This cannot be undone."}}
		return form
	}
	form.Fields = []bot.Field{{Name: wordsField, Kind: bot.ParagraphField, Label: label, Required: true, Max: maxWords}}
	return form
}

// news is what the author of a voice with a name is told after a step; to an
// author without a name nothing is ever sent.
func (f *Feature) news(v Voice, step Step) []bot.Delivery {
	if v.Anonymous() || v.AuthorPerson == "" || step.Action.ofAuthor() {
		return nil
	}
	message, worth := f.newsMessage(v, step.Action)
	if !worth {
		return nil
	}
	return []bot.Delivery{{Key: "voice/" + v.ID + "/news/" + step.Entry, To: bot.Address{Person: v.AuthorPerson},
		Frozen: &message, Class: bot.Answer}}
}

func (f *Feature) newsMessage(v Voice, action Action) (bot.Message, bool) {
	head := "Your " + string(v.Kind) + " " + v.Reference
	var buttons []bot.Button
	switch action {
	case Answer:
		head += " has an answer"
	case Refuse:
		head += " was declined"
		if v.Can(Appeal) {
			buttons = append(buttons, bot.Button{Command: "voices.appeal", Arg: v.ID, Label: "Appeal"})
		}
	case Ask:
		head = "A question about your " + string(v.Kind) + " " + v.Reference
		buttons = append(buttons, bot.Button{Command: "voices.reply", Arg: v.ID, Label: "Reply", Tone: bot.Primary})
	default:
		return bot.Message{}, false
	}
	message := bot.Message{Summary: head, Blocks: append([]bot.Block{bot.Heading{Level: 1, Text: bot.T(head)}}, f.outcomeBlocks(v)...)}
	if v.State == Answered && v.Summary != "" && !v.Unpublished {
		message.Blocks = append(message.Blocks, bot.Note{Text: bot.T("It may also appear under You said, we did, without your name and in these words: " + v.Summary)})
	}
	if len(buttons) > 0 {
		message.Blocks = append(message.Blocks, bot.Actions{Buttons: buttons})
	}
	return message, true
}

// mineCommand lists a person's own voices with a name. Whatever follows the
// phrase is the beginning of a sentence: "/concern mine dumps behind the depot".
func (f *Feature) mineCommand(kind Kind, command bot.Command) bot.Command {
	command.Needs, command.Discreet = bot.Colleague, true
	command.Form = func(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
		if in.Words == "" {
			return nil, nil
		}
		return f.raiseForm(ctx, kind, in.Actor, "mine "+in.Words)
	}
	command.Run = func(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
		if in.Words != "" {
			return f.notOpen(in.Actor), nil
		}
		blocks, err := f.mine(ctx, in.Actor)
		if err != nil {
			return nil, err
		}
		if len(blocks) == 0 {
			return bot.Say{Message: bot.Notice("Nothing that you sent with your name is here. To see one that you sent without, use its private code: /concern code")}, nil
		}
		return bot.Say{Message: bot.Message{Summary: "What you sent", Blocks: blocks}}, nil
	}
	return command
}

// remembered is how long what is closed stays on its author's page.
const remembered = 30 * 24 * time.Hour

func (f *Feature) mine(ctx context.Context, actor bot.Actor) ([]bot.Block, error) {
	if actor.Person == "" || !actor.Has(bot.Colleague) {
		return nil, nil
	}
	own, err := f.c.Voices.List(ctx, Query{Author: actor.Person})
	if err != nil {
		return nil, err
	}
	since := f.c.Clock.Now().Add(-remembered)
	own = slices.DeleteFunc(own, func(v Voice) bool {
		return v.State == Withdrawn || v.State.Closed() && v.Closed.Before(since)
	})
	if len(own) == 0 {
		return nil, nil
	}
	blocks := []bot.Block{bot.Heading{Level: 2, Text: bot.T("What you sent")}}
	for _, v := range own[:min(len(own), listed)] {
		line := bot.Line(bot.Strong(title(v.Kind)+" "+v.Reference), " is "+authorsWord(v))
		if v.State.Closed() {
			line = bot.Line(line, ": ", begun(v.Outcome, 200))
		} else {
			line = bot.Line(line, ", answer due ", bot.Moment(v.Due, bot.DayStyle), ".")
		}
		buttons := allowed(v, []offer{
			{Reply, bot.Button{Command: "voices.reply", Label: "Reply", Tone: bot.Primary}},
			{Add, bot.Button{Command: "voices.add", Label: "Add something"}},
			{Appeal, bot.Button{Command: "voices.appeal", Label: "Appeal"}},
			{Withdraw, bot.Button{Command: "voices.withdraw", Label: "Take it back", Tone: bot.Danger}},
		})
		blocks = append(blocks, bot.Paragraph{Text: line})
		if n := len(v.News); n > 0 {
			blocks = append(blocks, bot.Note{Text: bot.T(showDay(v.News[n-1].Day) + ": " + v.News[n-1].Words)})
		}
		blocks = append(blocks, bot.Actions{Buttons: buttons})
	}
	return blocks, nil
}
