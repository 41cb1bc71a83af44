package playground

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"evangelist/bot"
)

// Answer is what came of asking the bot something.
type Answer struct {
	Reply bot.Reply // as the bot gave it
	Form  *OpenForm // the form that is open afterwards, nil: none
	// Shown is the message that was shown, privately, publicly or as a form's
	// last page; nil: none.
	Shown *bot.Message
	// Ref is where Shown stands; zero for a form's last page.
	Ref bot.MessageRef
}

// spot is where something was asked, so that the reply finds its place.
type spot struct {
	place string          // native, empty: nowhere
	card  *bot.MessageRef // the message whose button was pressed
	form  *openForm       // the form that was sent
}

// Slash types a command, "/digest add https://…", in a place; place "" is the
// person's own chat with the bot. What was typed is kept nowhere.
func (p *Person) Slash(ctx context.Context, place, line string) (Answer, error) {
	at := "direct-" + p.native
	if place == "" {
		if err := p.ensureDirect(); err != nil {
			return Answer{}, err
		}
	} else {
		p.w.mu.Lock()
		r, _, err := p.enter(p.w.state, place)
		p.w.mu.Unlock()
		if err != nil {
			return Answer{}, err
		}
		at = r.Native
	}
	word, words, _ := strings.Cut(strings.TrimSpace(strings.TrimPrefix(line, "/")), " ")
	in := bot.Invocation{Command: strings.ToLower(word), Words: strings.TrimSpace(words)}
	return p.invoke(ctx, in, spot{place: at})
}

// ask puts what was written in the chat with the bot as a request. Unlike a
// command it stays there, for whoever may read the chat.
func (p *Person) ask(ctx context.Context, text string) (Answer, error) {
	return p.invoke(ctx, bot.Invocation{Words: text, Stays: true}, spot{place: "direct-" + p.native})
}

// Commands lists the commands of the bot that is connected.
func (w *Workspace) Commands() []bot.Command {
	h, err := w.connected()
	if err != nil {
		return nil
	}
	return commandsOf(h)
}

func commandsOf(h bot.Handlers) []bot.Command {
	if h.Commands == nil {
		return nil
	}
	return h.Commands()
}

// Press presses the button with that label on a message, or on one of the
// person's private replies, and answers "yes" if it asks for a confirmation.
func (p *Person) Press(ctx context.Context, ref bot.MessageRef, label string) (Answer, error) {
	message, err := p.Shown(ref)
	if err != nil {
		return Answer{}, err
	}
	button, ok := FindButton(message, label)
	if !ok {
		return Answer{}, fmt.Errorf("no button %q on that message: %w", label, bot.ErrNotFound)
	}
	return p.PressButton(ctx, ref, button)
}

// Shown returns what the bot shows at ref, to all or to this person alone.
func (p *Person) Shown(ref bot.MessageRef) (bot.Message, error) {
	if private, ok := p.privateReply(ref); ok {
		return private.Message, nil
	}
	p.w.mu.Lock()
	_, _, err := p.enter(p.w.state, string(ref.Place))
	p.w.mu.Unlock()
	if err != nil {
		return bot.Message{}, err
	}
	m, err := p.w.Message(ref)
	if err != nil {
		return bot.Message{}, err
	}
	if m.Body == nil {
		return bot.Message{}, bot.ErrNotFound
	}
	return *m.Body, nil
}

// PressButton presses a button that stands on the message ref, or, with a zero
// ref, on the person's home page or a form's last page.
func (p *Person) PressButton(ctx context.Context, ref bot.MessageRef, button bot.Button) (Answer, error) {
	from := spot{place: ref.Place.Native()}
	if ref != (bot.MessageRef{}) {
		from.card = &ref
	}
	return p.invoke(ctx, bot.Invocation{Command: button.Command, Arg: button.Arg}, from)
}

// FindButton returns the first button with that label in a message.
func FindButton(message bot.Message, label string) (bot.Button, bool) {
	for _, block := range message.Blocks {
		actions, ok := block.(bot.Actions)
		if !ok {
			continue
		}
		for _, button := range actions.Buttons {
			if button.Label == label {
				return button, true
			}
		}
	}
	return bot.Button{}, false
}

// Shortcuts lists the commands that the menu of a message offers to this
// person; with a zero ref, those that are offered everywhere.
func (p *Person) Shortcuts(ref bot.MessageRef) []bot.Command {
	h, err := p.w.connected()
	if err != nil {
		return nil
	}
	message, err := p.w.Message(ref)
	var out []bot.Command
	for _, c := range commandsOf(h) {
		switch {
		case c.Title == "":
		case ref == (bot.MessageRef{}):
			if c.Global {
				out = append(out, c)
			}
		case err != nil || message.Ours:
		case c.On == bot.OnMessage, c.On == bot.OnOwnMessage && message.Author == p.ID():
			out = append(out, c)
		}
	}
	return out
}

// Shortcut uses a command from the menu of a message, by title or name; with a
// zero ref one of those that are offered everywhere.
func (p *Person) Shortcut(ctx context.Context, ref bot.MessageRef, title string) (Answer, error) {
	for _, c := range p.Shortcuts(ref) {
		if c.Title != title && c.Name != title {
			continue
		}
		in, from := bot.Invocation{Command: c.Name}, spot{}
		if ref != (bot.MessageRef{}) {
			in.About, from.place = &ref, ref.Place.Native()
		}
		return p.invoke(ctx, in, from)
	}
	return Answer{}, fmt.Errorf("no shortcut %q there: %w", title, bot.ErrNotFound)
}

// Home opens the person's page.
func (p *Person) Home(ctx context.Context) (bot.Message, error) {
	h, err := p.w.connected()
	if err != nil {
		return bot.Message{}, err
	}
	if h.Home == nil {
		return bot.Message{}, bot.ErrNotFound
	}
	return h.Home(ctx, p.ID())
}

// invoke asks the bot and shows its reply. Nothing is held locked meanwhile.
func (p *Person) invoke(ctx context.Context, in bot.Invocation, from spot) (Answer, error) {
	account, ok := p.w.Account(p.native)
	if !ok || account.Inactive {
		return Answer{}, bot.ErrNotFound
	}
	h, err := p.w.connected()
	if err != nil {
		return Answer{}, err
	}
	if in.Nonce == "" {
		if in.Nonce, err = p.w.newID(); err != nil {
			return Answer{}, err
		}
	}
	in.Actor = bot.Actor{Account: p.ID(), Name: account.Name, External: account.External}
	in.Workspace, in.At = p.w.name, p.w.clock.Now()
	if from.place != "" {
		in.Place = p.w.PlaceID(from.place)
	}
	return p.take(ctx, h, in, from, h.Invoke(ctx, in))
}

// take shows a reply to whoever asked.
func (p *Person) take(ctx context.Context, h bot.Handlers, in bot.Invocation, from spot, reply bot.Reply) (Answer, error) {
	answer := Answer{Reply: reply}
	switch r := reply.(type) {
	case bot.Ask:
		form, err := p.open(ctx, h, in, from, r.Form)
		answer.Form = form
		return answer, err
	case bot.Invalid:
		if from.form != nil {
			answer.Form = p.mend(from.form, r.Fields)
			return answer, nil
		}
		return p.say(answer, from, invalidMessage(r), nil)
	case bot.Done:
		if from.form != nil {
			answer.Form, answer.Shown = p.finish(from.form, r.Message), &r.Message
			p.w.note(Call{Method: "answer", Place: in.Place, To: []bot.AccountID{p.ID()}})
			return answer, nil
		}
		return p.say(answer, from, r.Message, nil)
	case bot.Say:
		p.closeForm(from.form)
		if r.Public && from.place != "" {
			return p.sayPublicly(answer, from, r.Message)
		}
		return p.say(answer, from, r.Message, nil)
	case bot.Refresh:
		p.closeForm(from.form)
		return p.refresh(ctx, h, answer, from, r.View)
	}
	p.closeForm(from.form)
	return answer, nil
}

func invalidMessage(r bot.Invalid) bot.Message {
	fields := make([]string, 0, len(r.Fields))
	for field := range r.Fields {
		fields = append(fields, field)
	}
	slices.Sort(fields)
	list := bot.List{}
	for _, field := range fields {
		list.Items = append(list.Items, bot.T(r.Fields[field]))
	}
	return bot.Message{Summary: "That was not complete, so nothing was done.", Blocks: []bot.Block{
		bot.Paragraph{Text: bot.T("That was not complete, so nothing was done.")}, list,
	}}
}

func (p *Person) say(answer Answer, from spot, message bot.Message, view *bot.View) (Answer, error) {
	reply := p.w.whisperBack(p.native, from.place, message, view)
	p.w.note(Call{Method: "answer", Place: reply.Ref.Place, To: []bot.AccountID{p.ID()}})
	answer.Shown, answer.Ref = &message, reply.Ref
	return answer, nil
}

// sayPublicly shows the reply to all in the place, in the thread of the card
// that was used; where the bot may not post, only the asker sees it.
func (p *Person) sayPublicly(answer Answer, from spot, message bot.Message) (Answer, error) {
	posting := bot.Posting{Place: p.w.PlaceID(from.place)}
	if from.card != nil {
		if card, err := p.w.Message(*from.card); err == nil {
			posting.Thread = card.Thread
		}
	}
	payload, err := encode(message)
	if err != nil {
		return answer, err
	}
	done, err := p.w.postAs(posting, message)
	var refused *bot.SendError
	if errors.As(err, &refused) {
		return p.say(answer, from, message, nil)
	}
	if err != nil {
		return answer, err
	}
	p.w.note(Call{Method: "post", Place: posting.Place, Thread: posting.Thread, Payload: payload})
	answer.Shown, answer.Ref = &message, bot.MessageRef{Place: posting.Place, Native: done.Message}
	return answer, nil
}

// refresh draws the newest state of a view in place of the card that was used.
func (p *Person) refresh(ctx context.Context, h bot.Handlers, answer Answer, from spot, view bot.View) (Answer, error) {
	if h.View == nil {
		return answer, nil
	}
	message, _, err := h.View(ctx, view)
	if errors.Is(err, bot.ErrNotFound) {
		return answer, nil
	}
	if err != nil {
		return answer, fmt.Errorf("draw the card again: %w", err)
	}
	if from.card == nil {
		return p.say(answer, from, message, &view)
	}
	answer.Shown, answer.Ref = &message, *from.card
	if p.replacePrivate(*from.card, message, view) {
		return answer, nil
	}
	if pieces, err := p.w.Render(message); err != nil || len(pieces) > 1 {
		return answer, err // a card of several parts is brought up to date part by part, as a delivery
	}
	err = p.w.replace(*from.card, message)
	var refused *bot.SendError
	if errors.As(err, &refused) {
		return p.say(answer, from, message, &view)
	}
	return answer, err
}

func (p *Person) replacePrivate(ref bot.MessageRef, message bot.Message, view bot.View) bool {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	d := p.w.desk(p.native)
	for i := range d.private {
		if d.private[i].Ref == ref {
			d.private[i].Message, d.private[i].View = message, &view
			p.w.announce()
			return true
		}
	}
	return false
}
