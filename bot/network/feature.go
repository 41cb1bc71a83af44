package network

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"time"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

// The kinds of views and of the chore. They are stored and never change.
const (
	callView     = "network.call"
	questionView = "network.question"
	reminderView = "network.reminder"
	lastView     = "network.reminder.last"

	questionChore = "network.question"
)

// Planner keeps schedules; *schedule.Scheduler is one.
type Planner interface {
	// Keep brings a schedule in line with what wish says when it is asked.
	Keep(ctx context.Context, kind, subject string, wish func(context.Context) (schedule.Plan, bool, error)) (schedule.Slot, error)
}

// Config is what the feature needs. Help, Home, Beside and Wake may be left out, the
// rest is compulsory.
type Config struct {
	Organisation bot.Organisation
	People       bot.People
	Places       bot.Places
	Stores       Stores
	Planner      Planner
	Clock        bot.Clock
	Random       io.Reader
	// Beside are buttons of other rooms, for the page of the leads.
	Beside []bot.Button
	// Wake has sweeps look at once; nil: when they are due.
	Wake func()
	// Help answers "evangelist help", usually the router's Help.
	Help func(actor bot.Actor) bot.Message
	// Home answers "evangelist home", usually the router's Home.
	Home func(ctx context.Context, account bot.AccountID) (bot.Message, error)
}

// Feature is Connect. Its methods may be called by many goroutines.
type Feature struct{ Config }

// New returns the feature. Register Chores with the scheduler that is the Planner.
func New(c Config) *Feature {
	if c.Organisation.Zone == nil {
		c.Organisation.Zone = time.UTC
	}
	if c.Organisation.Word == "" {
		c.Organisation.Word = "evangelist"
	}
	if c.Wake == nil {
		c.Wake = func() {}
	}
	return &Feature{Config: c}
}

// Commands returns what can be asked, in the order of the help.
func (f *Feature) Commands() []bot.Command {
	commands := []bot.Command{
		{Name: "network.panel", Phrases: []string{"evangelist"}, Needs: bot.Colleague, Usage: "/evangelist",
			Help: "shows what you can do here and who is with us.", Run: f.panel},
		{Name: "network.join", Phrases: []string{"evangelist join"}, Needs: bot.Colleague, Usage: "/evangelist join",
			Help: "says whether you lead, support or follow; say it again to change your mind.", Form: f.joinForm, Run: f.join},
		{Name: "network.leave", Phrases: []string{"evangelist leave"}, Needs: bot.Colleague, Usage: "/evangelist leave",
			Help: "takes you off the list; nothing more is asked of you.", Run: f.leave},
		{Name: "network.who", Phrases: []string{"evangelist who"}, Needs: bot.Colleague, Usage: "/evangelist who",
			Help: "shows who is with us, by department.", Run: f.who},
		{Name: "network.answer", Phrases: []string{"evangelist answer"}, Needs: bot.Colleague, Usage: "/evangelist answer",
			Help: "answers the question that waits for you.", Form: f.answerForm, Run: f.answer},
		{Name: "network.pace", Needs: bot.Colleague, Form: f.paceForm, Run: f.pace},
		{Name: "network.decline", Needs: bot.Colleague, Run: f.decline},
		{Name: "network.learnings", Phrases: []string{"evangelist learnings"}, Needs: bot.Colleague, Usage: "/evangelist learnings WORDS",
			Help: "searches what worked for colleagues; without words it shows the newest.", Run: f.learnings},
		{Name: "network.mine", Phrases: []string{"evangelist mine"}, Needs: bot.Colleague, Usage: "/evangelist mine",
			Help: "shows what you told us, and lets you take it back.", Run: f.mine},
		{Name: "network.learning.withdraw", Needs: bot.Colleague, Run: f.withdraw},
	}
	if f.Help != nil {
		commands = append(commands, bot.Command{Name: "network.help", Phrases: []string{"evangelist help"}, Needs: bot.Anybody,
			Usage: "/evangelist help", Help: "lists everything that you can ask of me.",
			Run: func(_ context.Context, in bot.Invocation) (bot.Reply, error) {
				return bot.Say{Message: f.Help(in.Actor)}, nil
			}})
	}
	if f.Home != nil {
		commands = append(commands, bot.Command{Name: "network.home", Phrases: []string{"evangelist home"}, Needs: bot.Colleague,
			Usage: "/evangelist home", Help: "shows your page.", Run: f.home})
	}
	return append(commands, f.leadCommands()...)
}

func (f *Feature) leadCommands() []bot.Command {
	return []bot.Command{
		{Name: "network.call", Phrases: []string{"evangelist call"}, Needs: bot.Lead, Usage: "/evangelist call",
			Help: "asks in a place who is interested; asking again continues the same call.", Form: f.callForm, Run: f.call},
		{Name: "network.ask", Phrases: []string{"evangelist ask"}, Needs: bot.Lead, Usage: "/evangelist ask",
			Help: "sets the rhythm of the question, or writes one of your own for the next round.", Form: f.askForm, Run: f.ask},
		{Name: "network.ask.now", Phrases: []string{"evangelist ask now"}, Needs: bot.Lead, Usage: "/evangelist ask now",
			Help: "asks the next question at once.", Run: f.askNow},
		{Name: "network.questions", Phrases: []string{"evangelist questions"}, Needs: bot.Lead, Usage: "/evangelist questions",
			Help: "lists the questions that take turns; there you add, change and pause them.", Run: f.questions},
		{Name: "network.question.put", Needs: bot.Lead, Form: f.promptForm, Run: f.putPrompt},
		{Name: "network.question.pause", Needs: bot.Lead, Run: f.pausePrompt(true)},
		{Name: "network.question.resume", Needs: bot.Lead, Run: f.pausePrompt(false)},
	}
}

// Chores returns the asking of the question. Its Subject is a question's id.
func (f *Feature) Chores() []schedule.Chore {
	return []schedule.Chore{{
		Kind: questionChore, Policy: schedule.Policy{Grace: 24 * time.Hour}, Run: f.askOnRhythm,
	}}
}

// Sweeps returns the reminders and the end of rounds. The same sweep keeps the
// schedule as the stored question asks for, should setting it have failed.
func (f *Feature) Sweeps() []bot.Sweep {
	return []bot.Sweep{{Name: "network.asks", Run: f.sweep}}
}

// Views returns the cards of the call and of the question.
func (f *Feature) Views() []bot.ViewKind {
	return []bot.ViewKind{
		{Kind: callView, Render: f.renderCall},
		{Kind: questionView, Render: f.renderAsk(0)},
		{Kind: reminderView, Render: f.renderAsk(1)},
		{Kind: lastView, Render: f.renderAsk(2)},
	}
}

// Panels returns the feature's parts of a person's home page.
func (f *Feature) Panels() []bot.Panel {
	return []bot.Panel{
		{Name: "network.mine", Order: 30, Show: f.mineOnHome},
		{Name: "network.lead", Order: 31, Show: f.leadOnHome},
	}
}

// person returns who acts, recording an account that was not known yet.
func (f *Feature) person(ctx context.Context, actor bot.Actor) (bot.Person, error) {
	if actor.Person == "" {
		fact := bot.AccountFact{Account: actor.Account, Name: actor.Name, External: actor.External}
		if _, err := f.People.Record(ctx, []bot.AccountFact{fact}); err != nil {
			return bot.Person{}, fmt.Errorf("record who joins: %w", err)
		}
		known, err := f.People.Actor(ctx, actor.Account)
		if err != nil {
			return bot.Person{}, err
		}
		actor.Person = known.Person
	}
	return f.People.Person(ctx, actor.Person)
}

// once names an invocation, so that what it causes has a natural key: the same one
// again has the same name.
func (f *Feature) once(in bot.Invocation) (string, error) {
	nonce := in.Nonce
	if nonce == "" {
		var err error
		if nonce, err = bot.NewNonce(f.Random); err != nil {
			return "", err
		}
	}
	sum := sha256.Sum256([]byte(nonce))
	return hex.EncodeToString(sum[:16]), nil
}

// finish answers a form with its last page and anything else with a message.
func finish(in bot.Invocation, message bot.Message) bot.Reply {
	if in.Submitted() {
		return bot.Done{Message: message}
	}
	return bot.Say{Message: message}
}
