package slack

import (
	"context"
	"sync"
	"time"

	"evangelist/adapters/slack/blockkit"
	"evangelist/adapters/slack/inbound"
	"evangelist/bot"
)

// Slack waits three seconds for an answer; what takes longer is answered in
// another way.
const (
	answerWithin = 2600 * time.Millisecond
	carryWithin  = 20 * time.Second
)

// slash carries out a slash command and returns the answer to acknowledge it
// with.
func (a *Adapter) slash(ctx context.Context, r inbound.Request, most int) []byte {
	if ours, ok := a.words[r.Word]; ok {
		r.Word = ours
	}
	return a.answer(ctx, r, most)
}

func (a *Adapter) interaction(ctx context.Context, payload []byte, most int) ([]byte, error) {
	r, err := inbound.ParseInteraction(payload, a.known)
	if err != nil {
		return nil, err
	}
	return a.answer(ctx, r, most), nil
}

// answer carries a request out and places what the bot says. The same act again,
// through whatever door, is acknowledged and does nothing.
func (a *Adapter) answer(ctx context.Context, r inbound.Request, most int) []byte {
	if r.Door == inbound.Uninteresting || r.User == "" || !a.once.first(r.Identity(), a.Clock.Now()) {
		return nil
	}
	t := &turn{Adapter: a, r: r, most: most, ack: make(chan []byte, 1)}
	a.work.Add(1)
	go func() {
		defer a.work.Done()
		defer t.give(nil)
		defer func() {
			if trouble := recover(); trouble != nil {
				a.Log.Error("a request from Slack broke", "error", bot.Panicked(trouble, "the adapter"))
			}
		}()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), carryWithin)
		defer cancel()
		t.carry(ctx)
	}()
	timer := time.NewTimer(answerWithin)
	defer timer.Stop()
	select {
	case ack := <-t.ack:
		return ack
	case <-timer.C:
	}
	if t.give(t.holding(ctx)) {
		a.Log.Warn("an answer took longer than Slack waits; it is given in another way")
	}
	return <-t.ack
}

// turn is one request on its way to its answer.
type turn struct {
	*Adapter
	r    inbound.Request
	most int // bytes that an acknowledgement holds
	ack  chan []byte

	mu    sync.Mutex
	given bool
}

// give acknowledges the request with an answer, unless that has happened;
// it reports whether it did.
func (t *turn) give(answer []byte) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.given {
		return false
	}
	t.given = true
	t.ack <- answer
	return true
}

// fits gives an answer if it still can be given and is not too long for the
// door.
func (t *turn) fits(answer []byte) bool {
	return len(answer) <= t.most && t.give(answer)
}

// carry asks the bot and places the reply.
func (t *turn) carry(ctx context.Context) {
	us := t.us()
	if t.foreign(us) {
		t.place(ctx, frame{}, bot.Say{Message: bot.Notice(t.refusal())})
		return
	}
	in, f, wrong := t.invocation(ctx, us)
	if len(wrong) > 0 {
		t.place(ctx, f, bot.Invalid{Fields: wrong})
		return
	}
	t.place(ctx, f, t.handlers.Invoke(ctx, in))
	if t.r.Door == inbound.Button && t.r.View.Kind == "home" || t.r.Door == inbound.Submission && f.Home {
		t.later(ctx, func(ctx context.Context) { t.publish(ctx, t.r.User) })
	}
}

// foreign reports whether whoever asks is of another organisation.
func (t *turn) foreign(us inbound.Us) bool {
	if person, ok := t.known.Person(t.r.User); ok && !person.External {
		return us.Foreign(t.r.Team, us.Enterprise)
	}
	return us.Foreign(t.r.Team, t.r.Enterprise)
}

func (a *Adapter) refusal() string {
	name := a.Organisation
	if name == "" {
		name = "another organisation than yours"
	}
	return "This bot serves " + name + ", so nothing was done. Colleagues of yours may have one of their own."
}

// invocation is what the request asks of the bot, and the frame for a dialog
// that it may lead to. wrong holds a sentence for each field that names somebody
// or some place that cannot be used.
func (t *turn) invocation(ctx context.Context, us inbound.Us) (bot.Invocation, frame, map[string]string) {
	r := t.r
	in := bot.Invocation{Command: r.Command, Nonce: r.Trigger}
	f := frame{Channel: r.Channel}
	if r.Channel != "" {
		in.Place = us.Place(r.Channel)
	}
	var wrong map[string]string
	switch r.Door {
	case inbound.Slash:
		in.Command, in.Words = r.Word, inbound.Words(r.Words, t.known)
	case inbound.Button:
		in.Command, in.Arg = commandOf(r.Command), r.Value
		f = t.cardFrame(f)
	case inbound.OnMessage:
		in.About, in.Words = &bot.MessageRef{Place: in.Place, Native: r.Message.TS}, r.Words
		f.About, f.Thread = r.Message.TS, r.Message.Thread
	case inbound.Submission:
		f = readFrame(r.View.Metadata)
		in = f.invocation(t.Adapter)
		if in.Command == "" {
			in.Command = r.View.Callback
		}
		in.Values, wrong = t.values(ctx, us)
	}
	in.Actor = bot.Actor{Account: us.Account(r.User, r.Team, us.Enterprise), Name: t.nameOf(r)}
	in.Workspace, in.At = Name, t.Clock.Now()
	return in, f, wrong
}

func (a *Adapter) nameOf(r inbound.Request) string {
	if name := a.known.User(r.User); name != "" {
		return name
	}
	return r.UserName
}

// cardFrame remembers the card whose button was used, and the dialog that it is
// in.
func (t *turn) cardFrame(f frame) frame {
	r := t.r
	switch r.View.Kind {
	case "home":
		return frame{Home: true}
	case "modal":
		f = readFrame(r.View.Metadata)
		return frame{Channel: f.Channel, About: f.About, Card: f.Card, Thread: f.Thread, Handle: f.Handle, Home: f.Home}
	}
	f.Card, f.Thread = r.Message.TS, r.Message.Thread
	if r.Message.Ephemeral {
		f.Card = ""
		if r.ResponseURL != "" && !t.commands[commandOf(r.Command)].Discreet {
			if name, err := bot.NewNonce(t.Random); err == nil {
				f.Handle = t.handles.keep(name, r.ResponseURL, t.Clock.Now())
			}
		}
	}
	return f
}

// commandOf is the command that a button names.
func commandOf(action string) string {
	command, ok := blockkit.CommandOf(action)
	if !ok {
		return action
	}
	return command
}
