package bot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"time"
	"unicode"
)

// RunLimit is how long a Command may take; slow work is a chore.
const RunLimit = 2 * time.Second

// Router is the one door for every surface: it finds the command, who asks and
// whether they may, and turns every failure into a sentence. Its methods are
// safe for concurrent use once it serves.
type Router struct {
	commands []Command
	byName   map[string]int
	byPhrase map[string]int
	views    map[string]ViewKind
	panels   []Panel
	people   People
	clock    Clock
	random   io.Reader
	log      *slog.Logger
	rate     *Rate
	watch    func(Call)
	slash    map[string]string // our slash words → the installation's
}

// RouterConfig is what a Router needs. All but Watch are compulsory.
type RouterConfig struct {
	People People
	Clock  Clock
	Random io.Reader
	Log    *slog.Logger
	// Watch is told of each call of a command that is not Discreet; for metrics,
	// and so that the courier knows who uses the bot.
	Watch func(Call)
	// Slash are the installation's own names of slash words, by ours. Help shows
	// them; typed words may begin with either. May be nil.
	Slash map[string]string
}

// Call is one command that was carried out.
type Call struct {
	Command string
	Actor   Actor
	Took    time.Duration
	Err     error
}

// NewRouter returns a Router without commands.
func NewRouter(c RouterConfig) *Router {
	return &Router{
		byName: map[string]int{}, byPhrase: map[string]int{}, views: map[string]ViewKind{},
		people: c.People, clock: c.Clock, random: c.Random, log: c.Log, watch: c.Watch, slash: c.Slash,
		rate: NewRate(c.Clock, c.Random, 30, time.Minute),
	}
}

// Add declares commands. Two with one name or phrase are a programming error
// and are reported.
func (r *Router) Add(commands ...Command) error {
	for _, command := range commands {
		if _, taken := r.byName[command.Name]; taken || command.Name == "" || command.Run == nil {
			return fmt.Errorf("command %q is declared twice, has no name or no Run", command.Name)
		}
		at := len(r.commands)
		r.commands = append(r.commands, command)
		r.byName[command.Name] = at
		for _, phrase := range command.Phrases {
			if _, taken := r.byPhrase[phrase]; taken {
				return fmt.Errorf("phrase %q is declared twice", phrase)
			}
			r.byPhrase[phrase] = at
		}
	}
	return nil
}

// AddViews declares kinds of views.
func (r *Router) AddViews(kinds ...ViewKind) {
	for _, kind := range kinds {
		r.views[kind.Kind] = kind
	}
}

// AddPanels declares parts of the home page.
func (r *Router) AddPanels(panels ...Panel) {
	r.panels = append(r.panels, panels...)
	slices.SortStableFunc(r.panels, func(a, b Panel) int { return a.Order - b.Order })
}

// Commands returns the declared commands in order.
func (r *Router) Commands() []Command { return slices.Clone(r.commands) }

// View draws a view as it is now. ErrNotFound.
func (r *Router) View(ctx context.Context, view View) (Message, int64, error) {
	kind, ok := r.views[view.Kind]
	if !ok {
		return Message{}, 0, fmt.Errorf("no view of kind %q: %w", view.Kind, ErrNotFound)
	}
	return kind.Render(ctx, view.ID)
}

// Home composes a person's home page from the panels.
func (r *Router) Home(ctx context.Context, account AccountID) (Message, error) {
	actor, err := r.people.Actor(ctx, account)
	if err != nil {
		return Message{}, err
	}
	home := Message{Summary: "Your page"}
	for _, panel := range r.panels {
		blocks, err := panel.Show(ctx, actor)
		if err != nil {
			return Message{}, fmt.Errorf("panel %s: %w", panel.Name, err)
		}
		home.Blocks = append(home.Blocks, blocks...)
	}
	return home, nil
}

// Do carries out an invocation. It always answers: a failure becomes a sentence
// to the asker, and an internal one is logged once with the reference that the
// sentence quotes. Nothing that anybody typed is logged.
func (r *Router) Do(ctx context.Context, in Invocation) Reply {
	if in.Stays {
		return r.typed(ctx, in)
	}
	command, in, ok := r.find(in)
	if !ok {
		return Say{Message: Notice("I do not know that command, so nothing was done. Type " + r.worded("/evangelist help") + " to see what I can do.")}
	}
	return r.carry(ctx, command, in)
}

// carry carries a command out.
func (r *Router) carry(ctx context.Context, command Command, in Invocation) Reply {
	started := r.clock.Now()
	if in.At.IsZero() {
		in.At = started
	}
	ctx, cancel := context.WithTimeout(ctx, RunLimit)
	defer cancel()
	reply, err := r.run(ctx, command, &in)
	if r.watch != nil && !command.Discreet {
		r.watch(Call{Command: command.Name, Actor: in.Actor, Took: r.clock.Now().Sub(started), Err: err})
	}
	if err != nil {
		return r.failure(command, err)
	}
	return reply
}

// find resolves a name, or the longest phrase that the typed words begin with.
func (r *Router) find(in Invocation) (Command, Invocation, bool) {
	if at, ok := r.byName[in.Command]; ok && in.Words == "" {
		return r.commands[at], in, true
	}
	words := strings.Fields(in.Words)
	for n := min(len(words), 3); n >= 0; n-- {
		phrase := strings.ToLower(strings.Join(append([]string{in.Command}, words[:n]...), " "))
		if at, ok := r.byPhrase[phrase]; ok {
			in.Words = dropWords(in.Words, n)
			in.Command = r.commands[at].Name
			return r.commands[at], in, true
		}
	}
	if at, ok := r.byName[in.Command]; ok {
		return r.commands[at], in, true
	}
	return Command{}, in, false
}

// dropWords removes the first n words and keeps the rest as it was typed.
func dropWords(text string, n int) string {
	for range n {
		text = strings.TrimLeftFunc(text, unicode.IsSpace)
		cut := strings.IndexFunc(text, unicode.IsSpace)
		if cut < 0 {
			return ""
		}
		text = text[cut:]
	}
	return strings.TrimSpace(text)
}

// run fills in who acts, checks whether they may, and carries the command out.
func (r *Router) run(ctx context.Context, command Command, asked *Invocation) (reply Reply, err error) {
	defer func() {
		if trouble := recover(); trouble != nil {
			err = Panicked(trouble, "a command")
		}
	}()
	in, err := r.identify(ctx, *asked)
	if err != nil {
		return nil, err
	}
	asked.Actor = in.Actor
	// Visitors without an account share no name that could be counted: one of them
	// would stop all others. A command for Anybody limits its own costly work.
	if !in.Actor.Nobody() && !r.rate.Allow(string(in.Actor.Account)) {
		return nil, ErrTooFast
	}
	if !in.Actor.Has(command.Needs) {
		return nil, refusal(in.Actor, command.Needs)
	}
	in = cleaned(in)
	if !in.Submitted() && command.Form != nil {
		form, err := command.Form(ctx, in)
		if err != nil {
			return nil, err
		}
		if form != nil {
			return r.ask(command, *form)
		}
	}
	reply, err = command.Run(ctx, in)
	if ask, ok := reply.(Ask); ok && err == nil {
		return r.ask(command, ask.Form)
	}
	if reply == nil && err == nil {
		reply = Nothing{}
	}
	return reply, err
}

func (r *Router) ask(command Command, form Form) (Reply, error) {
	if form.Command == "" {
		form.Command = command.Name
	}
	if form.Submit == "" {
		form.Submit = "Send"
	}
	if form.Nonce == "" {
		nonce, err := NewNonce(r.random)
		if err != nil {
			return nil, err
		}
		form.Nonce = nonce
	}
	return Ask{Form: form}, nil
}

func (r *Router) identify(ctx context.Context, in Invocation) (Invocation, error) {
	if in.Actor.Nobody() {
		in.Actor = Actor{}
		return in, nil
	}
	actor, err := r.people.Actor(ctx, in.Actor.Account)
	if err != nil {
		return in, fmt.Errorf("read who asks: %w", err)
	}
	actor.External = actor.External || in.Actor.External
	if actor.Name == "" {
		actor.Name = Clean(in.Actor.Name, 100)
	}
	in.Actor = actor
	return in, nil
}

// refusal explains a missing role. What only leads may ask for is no secret; all
// else looks the same as not found, so that nothing is learned from it.
func refusal(actor Actor, needs Role) error {
	switch {
	case actor.External:
		return Refuse("external", "This bot serves another organisation than yours, so nothing was done.")
	case actor.Inactive:
		return Refuse("inactive", "This account is switched off, so nothing was done. If that is a mistake, ask whoever looks after accounts.")
	case actor.Nobody():
		return Refuse("sign-in", "Please sign in first: ask the bot in chat for a sign-in link.")
	case needs == Lead:
		return Refuse("not-found", "That is for comms leads. Ask one of them, or type /evangelist to see what you can do here.")
	default:
		return ErrNotFound
	}
}

// Longest texts that enter: fields cut more finely by their own limits.
const (
	maxTyped  = 20000
	maxValues = 200
)

func cleaned(in Invocation) Invocation {
	in.Words = Clean(in.Words, maxTyped)
	in.Arg = Clean(in.Arg, 200)
	in.Nonce = Clean(in.Nonce, 200)
	if in.Values == nil {
		return in
	}
	values := make(map[string][]string, len(in.Values))
	for field, given := range in.Values {
		if len(given) > maxValues {
			given = given[:maxValues]
		}
		clean := make([]string, len(given))
		for i, text := range given {
			clean[i] = Clean(text, maxTyped)
		}
		values[field] = clean
	}
	in.Values = values
	return in
}

func (r *Router) failure(command Command, err error) Reply {
	if say := sentence(err); say != "" {
		return Say{Message: Notice(say)}
	}
	reference, refErr := NewReference(r.random)
	if refErr != nil {
		reference = "none"
	}
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("took longer than %s: %w", RunLimit, err)
	}
	attrs := []any{"reference", reference, "error", err}
	if !command.Discreet {
		attrs = append(attrs, "command", command.Name)
	}
	r.log.Error("a command failed", attrs...)
	return Say{Message: Notice("Something broke on our side, so nothing was done. Please try again; if it stays, tell your comms lead the reference " + reference + ".")}
}

// Notice returns a message of one sentence.
func Notice(text string) Message {
	return Message{Summary: text, Blocks: []Block{Paragraph{Text: T(text)}}}
}
