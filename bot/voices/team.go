package voices

import (
	"context"
	"slices"

	"evangelist/bot"
)

// The fields of the reading team's forms.
const (
	answerField  = "answer"
	summaryField = "summary"
	themeField   = "theme"
	readerField  = "reader"
)

// maxSummary is how long a neutral summary may be, in characters.
const maxSummary = 300

// teamAction describes a command that does one action to one voice.
type teamAction struct {
	name   string
	action Action
	form   func(Voice) *bot.Form // nil: none is needed
	done   string                // what the last page says after the reference
}

func (f *Feature) teamCommands() []bot.Command {
	commands := []bot.Command{f.listCommand(), f.passCommand()}
	for _, a := range []teamAction{
		{name: "voices.take", action: Take},
		{name: "voices.ask", action: Ask, form: askForm, done: "waits for the author's reply."},
		{name: "voices.answer", action: Answer, form: answerForm, done: "is answered."},
		{name: "voices.refuse", action: Refuse, form: refuseForm, done: "is declined; its author may appeal once."},
		{name: "voices.describe", action: Describe, form: describeForm, done: "has its summary and theme."},
	} {
		commands = append(commands, f.teamCommand(a))
	}
	return commands
}

func (f *Feature) teamCommand(a teamAction) bot.Command {
	command := bot.Command{Name: a.name, Needs: bot.Reader}
	if a.form != nil {
		command.Form = func(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
			v, err := f.readable(ctx, in, a.action)
			if err != nil {
				return nil, err
			}
			form := a.form(v)
			form.Command, form.Arg = a.name, v.ID
			if a.action == Answer {
				err = f.begin(ctx, in.Actor, v, form)
			}
			return form, err
		}
	}
	command.Run = func(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
		step := Step{Action: a.action, By: in.Actor.Person, Text: bot.Clean(in.Value(answerField), maxWords),
			Summary: bot.Clean(in.Value(summaryField), maxSummary), Theme: bot.Clean(in.Value(themeField), 60)}
		if needsText(a.action) && step.Text == "" {
			return bot.Invalid{Fields: map[string]string{answerField: "There are no words yet. One sentence is enough."}}, nil
		}
		v, err := f.do(ctx, in, step)
		if err != nil {
			return nil, err
		}
		if a.form == nil {
			return bot.Refresh{View: v.view(in.Actor.Person)}, nil
		}
		return bot.Done{Message: bot.Notice(title(v.Kind) + " " + v.Reference + " " + a.done)}, nil
	}
	return command
}

// readable loads a voice that the actor may do the action to, in a state that
// allows it.
func (f *Feature) readable(ctx context.Context, in bot.Invocation, action Action) (Voice, error) {
	v, err := f.c.Voices.Get(ctx, in.Arg)
	if err != nil {
		return v, err
	}
	if !may(in.Actor, v, action) {
		return Voice{}, bot.ErrNotFound
	}
	if !v.Can(action) {
		return Voice{}, cannot(v, action)
	}
	return v, nil
}

// do carries out a step by somebody with an account and queues what follows
// from it: the newest card, and what the author of a voice with a name is told.
func (f *Feature) do(ctx context.Context, in bot.Invocation, step Step) (Voice, error) {
	entry, err := f.entryID(in)
	if err != nil {
		return Voice{}, err
	}
	step.Entry, step.At = entry, f.c.Clock.Now()
	t, err := f.team(ctx)
	if err != nil {
		return Voice{}, err
	}
	var done Voice
	err = f.c.Voices.Change(ctx, in.Arg, func(v *Voice) ([]bot.Delivery, error) {
		if !may(in.Actor, *v, step.Action) {
			return nil, bot.ErrNotFound
		}
		if v.Has(entry) {
			done = *v
			return nil, nil
		}
		next := step
		if next.Action == Appeal {
			next.To = chooseOwner(t.of(*v), nil, t.load, v.Owner)
		}
		if err := v.Do(next); err != nil {
			return nil, err
		}
		cards := t.cards(v)
		done = *v
		return append(cards, f.news(*v, next)...), nil
	})
	return done, err
}

// entryID is derived from the form, so that a form sent twice does one thing;
// what needs no form repeats without harm.
func (f *Feature) entryID(in bot.Invocation) (string, error) {
	if !in.Submitted() {
		return "", nil
	}
	return f.c.Keys.EntryID(in.Nonce)
}

func askForm(v Voice) *bot.Form {
	return &bot.Form{Title: "A question", Submit: "Ask", Intro: about(v), Fields: []bot.Field{{
		Name: answerField, Kind: bot.ParagraphField, Label: "What do you need to know?", Required: true,
		Help: "Never ask who it was, where exactly or when, if the author gave no name.",
	}}}
}

func answerForm(v Voice) *bot.Form {
	return &bot.Form{Title: "Answer " + v.Reference, Submit: "Answer and close", Intro: about(v), Fields: []bot.Field{{
		Name: answerField, Kind: bot.ParagraphField, Label: "What was done, or will be, and by when?", Required: true,
		Help: "The author reads this as it stands.",
	}, summaryQuestion(v)}}
}

// begin fills in with what an answer may begin. The reader edits and sends it:
// nothing is closed by what came of an idea alone.
func (f *Feature) begin(ctx context.Context, actor bot.Actor, v Voice, form *bot.Form) error {
	next, err := f.next(ctx, v, []bot.Person{{ID: actor.Person, Name: actor.Name, Roles: actor.Roles}})
	if err != nil || next.Answer == "" {
		return err
	}
	form.Fields[0].Value = []string{bot.Clean(next.Answer, maxWords)}
	form.Intro = append(form.Intro, bot.Note{Text: bot.T("What came of the idea is filled in. Change it as you like: nothing is sent before you press Answer and close.")})
	return nil
}

func refuseForm(v Voice) *bot.Form {
	return &bot.Form{Title: "Decline " + v.Reference, Submit: "Decline and close", Intro: about(v), Fields: []bot.Field{{
		Name: answerField, Kind: bot.ParagraphField, Label: "Why can it not be done?", Required: true,
		Help: "A reason that you would accept yourself. The author reads it and may appeal once.",
	}, summaryQuestion(v)}}
}

func describeForm(v Voice) *bot.Form {
	theme := bot.Field{Name: themeField, Kind: bot.LineField, Label: "Theme", Max: 60, Help: "One or two words that others can share, such as “Office space”."}
	if v.Theme != "" {
		theme.Value = []string{v.Theme}
	}
	return &bot.Form{Title: "Summary and theme", Submit: "Keep", Intro: about(v), Fields: []bot.Field{summaryQuestion(v), theme}}
}

func summaryQuestion(v Voice) bot.Field {
	field := bot.Field{Name: summaryField, Kind: bot.LineField, Label: "Neutral summary, for everybody", Max: maxSummary,
		Help: "Appears with your answer under You said, we did. In your own words, never the author's; nothing that leads to a person. Empty: nothing is published."}
	if v.Kind == Idea {
		field.Help = "Stands on the board of ideas at once, and later with your answer under You said, we did. In your own words, never the author's; nothing that leads to a person. Empty: nothing is published."
	}
	if v.Unpublished {
		field.Help = "The author asks that the answer is not published, so this is for the reading team alone."
	}
	if v.Summary != "" {
		field.Value = []string{v.Summary}
	}
	return field
}

// about reminds the reader of what the form is about.
func about(v Voice) []bot.Block {
	return []bot.Block{bot.Quote{Text: bot.T(begun(v.Words, 600)), By: author(v)}}
}

// listCommand shows a reader what is open.
func (f *Feature) listCommand() bot.Command {
	return bot.Command{
		Name: "voices.list", Phrases: []string{"evangelist reading"}, Usage: "/evangelist reading", Needs: bot.Reader,
		Help: "What the reading team has to answer.",
		Run: func(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
			open, err := f.c.Voices.List(ctx, Query{Open: true})
			if err != nil {
				return nil, err
			}
			open = slices.DeleteFunc(open, func(v Voice) bool { return !mayRead(in.Actor, v) })
			return bot.Say{Message: listMessage(open)}, nil
		},
	}
}

// listed is how many voices one message lists.
const listed = 20

func listMessage(open []Voice) bot.Message {
	if len(open) == 0 {
		return bot.Notice("Nothing waits for an answer. Concerns and ideas will stand here as they arrive.")
	}
	message := bot.Message{Summary: "What waits for an answer", Blocks: []bot.Block{bot.Heading{Level: 1, Text: bot.T("What waits for an answer")}}}
	for _, v := range open[:min(len(open), listed)] {
		message.Blocks = append(message.Blocks,
			bot.Paragraph{Text: bot.Line(bot.Strong(title(v.Kind)+" "+v.Reference), ", "+stateWord(v)+", due ", bot.Moment(v.Due, bot.DayStyle), ": ", begun(v.Words, 160))},
			bot.Actions{Buttons: []bot.Button{{Command: "voices.show", Arg: v.ID, Label: "Open " + v.Reference}}})
	}
	if more := len(open) - listed; more > 0 {
		message.Blocks = append(message.Blocks, bot.Note{Text: bot.T("There are more; the earliest due stand first.")})
	}
	return message
}

// showCommand shows one card to a reader.
func (f *Feature) showCommand() bot.Command {
	return bot.Command{Name: "voices.show", Needs: bot.Reader, Run: func(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
		v, err := f.c.Voices.Get(ctx, in.Arg)
		if err != nil {
			return nil, err
		}
		if !mayRead(in.Actor, v) {
			return nil, bot.ErrNotFound
		}
		message, err := f.drawn(ctx, v, []bot.Person{{ID: in.Actor.Person, Name: in.Actor.Name, Roles: in.Actor.Roles}})
		return bot.Say{Message: message}, err
	}}
}

// passCommand hands a voice to another reader.
func (f *Feature) passCommand() bot.Command {
	return bot.Command{
		Name: "voices.pass", Needs: bot.Reader,
		Form: func(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
			v, err := f.readable(ctx, in, Pass)
			if err != nil {
				return nil, err
			}
			readers, err := f.withRole(ctx, bot.Reader)
			if err != nil {
				return nil, err
			}
			field := bot.Field{Name: readerField, Kind: bot.ChoiceField, Label: "Who takes it over?", Required: true, Help: "Whoever you choose can read it from then on, also if the form did not name them to its author. The due date stays as it is."}
			for _, reader := range readers {
				if reader.ID != v.Owner && !slices.Contains(v.Without, reader.ID) {
					field.Options = append(field.Options, bot.Option{Value: string(reader.ID), Label: reader.Name})
				}
			}
			if len(field.Options) == 0 {
				return nil, bot.Refuse("voice-pass", "There is nobody else on the reading team who may read this one.")
			}
			return &bot.Form{Title: "Pass on " + v.Reference, Command: "voices.pass", Arg: v.ID, Submit: "Pass on", Intro: about(v), Fields: []bot.Field{field}}, nil
		},
		Run: func(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
			readers, err := f.withRole(ctx, bot.Reader)
			if err != nil {
				return nil, err
			}
			to := bot.PersonID(in.Value(readerField))
			if !slices.ContainsFunc(readers, func(p bot.Person) bool { return p.ID == to }) {
				return bot.Invalid{Fields: map[string]string{readerField: "Choose somebody of the reading team."}}, nil
			}
			v, err := f.do(ctx, in, Step{Action: Pass, By: in.Actor.Person, To: to})
			if err != nil {
				return nil, err
			}
			return bot.Done{Message: bot.Notice(title(v.Kind) + " " + v.Reference + " is passed on.")}, nil
		},
	}
}
