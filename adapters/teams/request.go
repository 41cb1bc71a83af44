package teams

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"evangelist/adapters/teams/connector"
	"evangelist/adapters/teams/inbound"
	"evangelist/bot"
)

// answerWithin is how long an invoke is worked on: the service waits a little
// longer, and the router less.
const answerWithin = 8 * time.Second

// turn is one request on its way to its answer.
type turn struct {
	*Adapter
	act     inbound.Activity
	to      connector.Conversation // the thread included, where there is one
	request inbound.Request
	frame   frame
	typed   map[string][]string // as the form sent it, to draw it again
	answer  []byte              // of an invoke
}

// request carries out what a button, a menu or a form asks for, and returns the
// answer. The same act again, under whatever id, is answered with the same words
// and does nothing; the buttons of older clients are answered with a message.
func (a *Adapter) request(ctx context.Context, to connector.Conversation, act inbound.Activity, request inbound.Request) []byte {
	if request.Door == inbound.Otherwise {
		return nil
	}
	to.ID = connector.InThread(act.Conversation, act.Root)
	t := &turn{Adapter: a, act: act, to: to, request: request}
	if request.Door == inbound.Button {
		a.later(ctx, func(ctx context.Context) {
			a.recent.do(ctx, t.asking(), a.Clock.Now, func() []byte { return t.carry(ctx) })
		})
		return nil
	}
	return a.recent.do(ctx, t.asking(), a.Clock.Now, func() []byte {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerWithin)
		defer cancel()
		return t.carry(ctx)
	})
}

// asking names the act. A form is the same one by its nonce, in whatever message
// it comes; a button is the same press only right after itself.
func (t *turn) asking() asking {
	press := t.request.Press
	sum := sha256.Sum256(t.request.Data)
	spot := strings.Join([]string{t.act.Conversation, t.act.From.ID, t.act.ReplyTo, t.request.Message}, "\n")
	if press.Form && press.Nonce != "" {
		spot = "form\n" + t.act.From.ID + "\n" + press.Nonce
	}
	id := ""
	if t.act.ID != "" {
		id = t.mark(strings.Join([]string{"id", t.act.Conversation, t.act.From.ID, t.act.ID}, "\n"))
	}
	return asking{
		id: id, spot: t.mark(spot), lasting: press.Form,
		identity: t.mark(strings.Join([]string{spot, string(t.request.Door), t.act.Name, press.Command, press.Arg, press.Nonce, hex.EncodeToString(sum[:])}, "\n")),
	}
}

func (t *turn) mark(text string) string {
	mark := t.once.mark(text)
	return string(mark[:])
}

// carry asks the bot and places the reply. What breaks is told to whoever asks.
func (t *turn) carry(ctx context.Context) (answer []byte) {
	defer func() {
		if trouble := recover(); trouble != nil {
			t.Log.Error("a request from Teams broke", "error", bot.Panicked(trouble, "the adapter"))
			t.answer = nil
			t.broke(ctx)
			answer = t.answer
		}
	}()
	if t.us().Foreign(t.act.From) {
		t.show(ctx, bot.Notice(t.refusal()))
		return t.answer
	}
	in, wrong := t.invocation(ctx)
	if len(wrong) > 0 {
		t.place(ctx, bot.Invalid{Fields: wrong})
		return t.answer
	}
	t.place(ctx, t.handlers.Invoke(ctx, in))
	return t.answer
}

// asked is who asks, where and when.
func (t *turn) asked() bot.Invocation {
	us := t.us()
	return bot.Invocation{
		Actor: bot.Actor{Account: us.Account(t.act.From), Name: t.act.From.Name}, Workspace: Name, Place: t.act.Place(us),
		Nonce: t.act.Conversation + " " + t.act.ID, At: t.Clock.Now(),
	}
}

// invocation is what the request asks of the bot. wrong holds a sentence for
// each field that names somebody or some place that cannot be used.
func (t *turn) invocation(ctx context.Context) (bot.Invocation, map[string]string) {
	press := t.request.Press
	in := t.asked()
	in.Command, in.Arg = press.Command, press.Arg
	t.frame = readFrame(press.State)
	switch {
	case t.request.Message != "":
		t.frame = frame{About: t.request.Message, Words: t.request.Words}
	case t.act.ReplyTo != "" && (t.request.Door == inbound.Fetch || t.request.Door == inbound.Execute || t.request.Door == inbound.Button && !press.Form):
		t.frame = frame{Card: t.act.ReplyTo, Proof: t.proof(in.Actor.Account, in.Place, t.act.ReplyTo)}
	}
	if t.frame.About != "" {
		in.About = &bot.MessageRef{Place: in.Place, Native: t.frame.About}
	}
	if !press.Form {
		in.Words = t.frame.Words
		if t.request.Message == "" {
			in.Words = ""
		}
		t.frame.Name, t.frame.Arg = in.Command, in.Arg
		return in, nil
	}
	if press.Nonce != "" {
		in.Nonce = press.Nonce
	}
	var wrong map[string]string
	in.Values, wrong = t.values(ctx)
	return in, wrong
}
