package voices

import (
	"context"
	"errors"
	"strings"

	"evangelist/bot"
)

// lookWant is the answer that only looks; the others are named as the actions.
const lookWant = "look"

// codeCommand is the door for whoever holds a private code. It needs no account,
// and no table remembers that it was used.
func (f *Feature) codeCommand() bot.Command {
	return bot.Command{
		Name: "voices.code", Phrases: []string{"concern code", "evangelist code"}, Usage: "/concern code",
		Title: "Use a private code", Global: true, Needs: bot.Anybody, Discreet: true,
		Help: "With a private code: read the answer, reply, add, take back, appeal.",
		Form: func(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
			if in.Words != "" && !looksLikeCode(in.Words) && in.Actor.Has(bot.Colleague) {
				// "/concern code review takes too long" is a concern.
				if form, err := f.raiseForm(ctx, Concern, in.Actor, "code "+in.Words); form != nil || err != nil {
					return form, err
				}
			}
			return codeForm(in.Words), nil
		},
		Run: f.useCode,
	}
}

func codeForm(typed string) *bot.Form {
	code := bot.Field{Name: codeField, Kind: bot.LineField, Label: "Your private code", Required: true,
		Placeholder: "eight words", Help: "Spaces, hyphens and capitals do not matter."}
	if looksLikeCode(typed) {
		code.Value = []string{typed}
	}
	return &bot.Form{
		Title: "Private code", Command: "voices.code", Submit: "Go on",
		Intro: []bot.Block{bot.Note{Text: bot.T("Nobody is told that you look, and it is not recorded. What you write here goes to the reading team with the next release, together with what others wrote.")}},
		Fields: []bot.Field{code, {
			Name: wantField, Kind: bot.ChoiceField, Label: "What do you want to do?", Value: []string{lookWant},
			Options: []bot.Option{
				{Value: lookWant, Label: "See how it stands", Help: "The answer, and any question for you."},
				{Value: string(Reply), Label: "Reply to the question"},
				{Value: string(Add), Label: "Add something"},
				{Value: string(Appeal), Label: "Appeal", Help: "Once, when it was declined: somebody looks at it afresh."},
				{Value: string(Withdraw), Label: "Take it back", Help: "Your words are deleted, and nothing is published. This cannot be undone."},
			},
		}, {
			Name: wordsField, Kind: bot.ParagraphField, Label: "Your words", Max: maxWords,
			Help: "For a reply, an addition or an appeal.",
		}},
	}
}

func (f *Feature) useCode(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	said, err := Anonymise(in, f.c.Keys)
	if err != nil {
		return nil, err
	}
	code, err := ParseCode(said.Form.Code)
	var wrong *bot.Error
	if errors.As(err, &wrong) {
		return wrongCode(wrong.Say), nil
	}
	held, err := f.c.Waiting.ByCode(ctx, code.Hash())
	if notHere(err) {
		if !f.tries.Allow("all") {
			return nil, bot.ErrTooFast
		}
		return wrongCode("No concern or idea has this code. Please compare each word with your note."), nil
	}
	if err != nil {
		return nil, err
	}
	if said.Form.Want == lookWant || said.Form.Want == "" {
		return bot.Done{Message: f.standing(held)}, nil
	}
	return f.actByCode(ctx, held, said)
}

func wrongCode(say string) bot.Reply { return bot.Invalid{Fields: map[string]string{codeField: say}} }

// actByCode keeps what the holder of a code does until the release.
func (f *Feature) actByCode(ctx context.Context, held Held, said Said) (bot.Reply, error) {
	action := Action(said.Form.Want)
	if !action.ofAuthor() {
		return bot.Invalid{Fields: map[string]string{wantField: "Choose what you want to do."}}, nil
	}
	words := said.Form.Words
	if needsText(action) && words == "" {
		return bot.Invalid{Fields: map[string]string{wordsField: "There are no words yet. One sentence is enough."}}, nil
	}
	if !needsText(action) {
		words = ""
	}
	sent := false // this very form was sent before
	for _, act := range held.Pending {
		sent = sent || act.ID == said.EntryID
	}
	if held.Voice != nil {
		sent = sent || held.Voice.Has(said.EntryID)
	}
	if !sent {
		if err := open(held, action); err != nil {
			var known *bot.Error
			if errors.As(err, &known) {
				return bot.Invalid{Fields: map[string]string{wantField: known.Say}}, nil
			}
			return nil, err
		}
	}
	err := f.c.Waiting.Put(ctx, Act{ID: said.EntryID, Voice: held.VoiceID, Kind: ActKind(action), Words: words})
	if errors.Is(err, ErrFull) {
		return bot.Invalid{Fields: map[string]string{wordsField: ErrFull.Say}}, nil
	}
	if err != nil {
		return nil, err
	}
	return bot.Done{Message: f.actedPage(held, action)}, nil
}

// open reports whether the action can be done with what the code opens, counting
// what waits already.
func open(held Held, action Action) error {
	v := Voice{State: Open}
	if held.Voice != nil {
		v = *held.Voice
	}
	for _, act := range held.Pending {
		switch {
		case act.Kind == WithdrawAct:
			return bot.Refuse("voice-state", "You took it back already; with the next release your words are deleted.")
		case act.Kind == AppealAct && action == Appeal:
			return bot.Refuse("voice-state", "Your appeal is on its way already.")
		}
	}
	if !v.Can(action) {
		return cannot(v, action)
	}
	if action == Add && len(v.Entries) >= maxEntries {
		return errLong
	}
	return nil
}

func (f *Feature) actedPage(held Held, action Action) bot.Message {
	next := f.day(f.nextRelease())
	say := "Kept. It reaches the reading team with the next release, on " + next + "."
	switch action {
	case Withdraw:
		say = "It is taken back: with the next release, on " + next + ", your words are deleted and nothing is published."
		if held.Voice == nil {
			say = "It is taken back: it is deleted with the next release, on " + next + ", before anybody reads it."
		}
	case Appeal:
		say = "Your appeal reaches the reading team with the next release, on " + next + "; you will have an answer within two weeks of it."
	}
	return bot.Message{Summary: say, Blocks: []bot.Block{
		bot.Paragraph{Text: bot.T(say)},
		bot.Note{Text: bot.T("Your private code stays the same. Nothing is sent to you: look again with the code.")},
	}}
}

// standing is what the holder of a code is shown.
func (f *Feature) standing(held Held) bot.Message {
	if held.Voice == nil {
		say := "Your " + strings.ToLower(string(held.Kind)) + " waits for the next release, on " + f.day(f.nextRelease()) + ". Nobody has read it yet."
		return bot.Message{Summary: say, Blocks: append([]bot.Block{bot.Paragraph{Text: bot.T(say)}}, pendingNote(held)...)}
	}
	v := *held.Voice
	title := "Your " + string(v.Kind) + " " + v.Reference + " is " + authorsWord(v)
	blocks := []bot.Block{bot.Heading{Level: 1, Text: bot.T(title)}}
	blocks = append(blocks, f.outcomeBlocks(v)...)
	blocks = append(blocks, newsBlocks(v)...)
	if v.Words != "" {
		blocks = append(blocks, bot.Heading{Level: 2, Text: bot.T("What was said")}, bot.Quote{Text: bot.T(v.Words), By: bot.T("you")})
	}
	blocks = append(blocks, f.conversation(v, nil, "you")...)
	blocks = append(blocks, pendingNote(held)...)
	return bot.Message{Summary: title, Blocks: blocks}
}

// authorsWord is the state as its author reads it.
func authorsWord(v Voice) string {
	if v.State == Asked {
		return "waiting for your reply"
	}
	return stateWord(v)
}

// outcomeBlocks says first what the author came for.
func (f *Feature) outcomeBlocks(v Voice) []bot.Block {
	switch v.State {
	case Answered:
		return []bot.Block{bot.Paragraph{Text: bot.Line(bot.Strong("The answer: "), v.Outcome)}}
	case Refused:
		blocks := []bot.Block{bot.Paragraph{Text: bot.Line(bot.Strong("It was declined, because: "), v.Outcome)}}
		if v.Can(Appeal) {
			blocks = append(blocks, bot.Note{Text: bot.T("You can appeal once; somebody else of the reading team looks at it where there is one.")})
		}
		return blocks
	case Withdrawn:
		return []bot.Block{bot.Paragraph{Text: bot.T("You took it back, and your words are deleted.")}}
	case Asked:
		return []bot.Block{bot.Paragraph{Text: bot.Line(bot.Strong("A question for you: "), v.LastQuestion())},
			bot.Note{Text: bot.T("You will have an answer by " + f.day(v.Due) + ", also if you do not reply.")}}
	default:
		return []bot.Block{bot.Paragraph{Text: bot.T("You will have an answer by " + f.day(v.Due) + ".")}}
	}
}

func pendingNote(held Held) []bot.Block {
	for _, act := range held.Pending {
		if act.Kind != RaiseAct {
			return []bot.Block{bot.Note{Text: bot.T("What you wrote since then goes to the reading team with the next release.")}}
		}
	}
	return nil
}
