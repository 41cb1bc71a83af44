package teams

import (
	"context"
	"crypto/hmac"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"evangelist/adapters/teams/cards"
	"evangelist/adapters/teams/connector"
	"evangelist/adapters/teams/inbound"
	"evangelist/bot"
)

// place shows a reply where its asker looks: in the dialog, in the card, or in a
// message that only they see.
func (t *turn) place(ctx context.Context, reply bot.Reply) {
	switch r := reply.(type) {
	case bot.Ask:
		t.ask(ctx, r.Form, nil)
	case bot.Invalid:
		t.invalid(ctx, r.Fields)
	case bot.Done:
		t.done(ctx, r.Message)
	case bot.Say:
		if r.Public {
			t.publicly(ctx, r.Message)
			return
		}
		t.show(ctx, r.Message)
	case bot.Refresh:
		t.refresh(ctx, r.View)
	default:
		t.close("Done.")
	}
}

// dialog reports whether the answer is shown in a dialog.
func (t *turn) dialog() bool {
	return t.request.Door == inbound.Fetch || t.request.Door == inbound.Submit
}

// give answers an invoke.
func (t *turn) give(value any) {
	text, err := json.Marshal(value)
	if err != nil {
		t.Log.Error("an answer could not be written", "error", err)
		return
	}
	t.answer = text
}

// task is what a dialog turns into.
func (t *turn) task(kind string, value any) {
	t.give(map[string]any{"task": map[string]any{"type": kind, "value": value}})
}

// cardAnswer is what a card that was used turns into.
func (t *turn) cardAnswer(kind string, value any) {
	t.give(map[string]any{"statusCode": 200, "type": kind, "value": value})
}

// toast answers with a sentence that goes away.
func (t *turn) toast(sentence string) {
	switch {
	case t.dialog():
		t.task("message", sentence)
	case t.request.Door == inbound.Execute:
		t.cardAnswer("application/vnd.microsoft.activity.message", sentence)
	}
}

// close puts the dialog away that was sent; where there is none, a sentence says
// that all is well.
func (t *turn) close(sentence string) {
	if t.request.Door != inbound.Submit {
		t.toast(sentence)
	}
}

// broke says that nothing came of it, also where a dialog would close in silence.
func (t *turn) broke(ctx context.Context) {
	const sentence = "Something broke on our side, and it is not sure that anything was done. Please try again; if it stays, tell your comms lead."
	if t.request.Door == inbound.Button {
		t.later(ctx, func(ctx context.Context) { t.alone(ctx, bot.Notice(sentence)) })
		return
	}
	t.toast(sentence)
}

// ask opens a form: in the dialog, or in place of the card for whoever used it.
func (t *turn) ask(ctx context.Context, form bot.Form, wrong map[string]string) {
	if t.frame.Name == "" {
		t.frame.Name, t.frame.Arg = form.Command, form.Arg
	}
	task, err := t.renderer().Dialog(form, t.filling(ctx, wrong))
	switch {
	case err != nil:
		t.Log.Error("a form could not be drawn", "error", err)
		t.toast("The form could not be drawn, so nothing was done. Please try again; if it stays, tell your comms lead.")
	case t.dialog():
		t.task("continue", task)
	case t.request.Door == inbound.Execute:
		t.cardAnswer(task.Card.ContentType, task.Card.Content)
	default:
		t.alone(ctx, bot.Message{Summary: "Please use the form.", Blocks: []bot.Block{
			bot.Paragraph{Text: bot.T("This needs a form. Press the button to open it.")},
			bot.Actions{Buttons: []bot.Button{{Command: form.Command, Arg: form.Arg, Label: "Open the form", Tone: bot.Primary}}},
		}})
	}
}

// invalid shows the form again with what is wrong beside the fields; what was
// typed stays. Forms are not kept, so it is asked for anew.
func (t *turn) invalid(ctx context.Context, fields map[string]string) {
	if t.request.Door == inbound.Submit && t.frame.Name != "" {
		in := t.asked()
		in.Command, in.Arg, in.Words = t.frame.Name, t.frame.Arg, t.frame.Words
		if t.frame.About != "" {
			in.About = &bot.MessageRef{Place: in.Place, Native: t.frame.About}
		}
		if ask, ok := t.handlers.Invoke(ctx, in).(bot.Ask); ok && ask.Form.Command == t.request.Press.Command {
			ask.Form.Nonce, ask.Form.Arg = t.request.Press.Nonce, t.request.Press.Arg
			t.ask(ctx, ask.Form, fields)
			return
		}
	}
	list := bot.List{}
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		list.Items = append(list.Items, bot.T(fields[field]))
	}
	t.show(ctx, bot.Message{Summary: "That was not complete, so nothing was done.", Blocks: []bot.Block{
		bot.Paragraph{Text: bot.T("That was not complete, so nothing was done.")}, list,
	}})
}

// done shows a form's last page. Outside a dialog it takes the place of the card
// for whoever used it: it may hold a code, and is no message.
func (t *turn) done(ctx context.Context, message bot.Message) {
	if t.request.Door != inbound.Execute {
		t.show(ctx, message)
		return
	}
	t.replace(ctx, message)
}

// show shows a message to whoever asks, alone.
func (t *turn) show(ctx context.Context, message bot.Message) {
	switch {
	case t.dialog():
		t.frame = frame{}
		task, err := t.renderer().Page(t.title(message), message)
		if err != nil {
			t.Log.Error("a page could not be drawn", "error", err)
			t.toast("The answer could not be drawn. Please try again; if it stays, tell your comms lead.")
			return
		}
		t.task("continue", task)
	case t.request.Door == inbound.Execute:
		if sentence, short := oneSentence(message); short {
			t.toast(sentence)
			return
		}
		t.later(ctx, func(ctx context.Context) { t.alone(ctx, message) })
		t.toast(message.Summary)
	default:
		t.alone(ctx, message)
	}
}

// title stands above a page.
func (t *turn) title(message bot.Message) string {
	if title := t.command(t.request.Press.Command).Title; title != "" {
		return title
	}
	if len([]rune(message.Summary)) <= 40 {
		return strings.TrimSuffix(message.Summary, ".")
	}
	return "Your answer"
}

// oneSentence is a message that is one paragraph of plain words.
func oneSentence(message bot.Message) (string, bool) {
	if len(message.Blocks) > 1 {
		return "", false
	}
	if len(message.Blocks) == 0 {
		return message.Summary, message.Summary != ""
	}
	paragraph, ok := message.Blocks[0].(bot.Paragraph)
	if !ok {
		return "", false
	}
	for _, span := range paragraph.Text {
		if span.Kind != bot.Plain {
			return "", false
		}
	}
	text := paragraph.Text.Plain(nil)
	return text, text != "" && len(text) <= 400
}

// alone sends a message that only the asker sees.
func (t *turn) alone(ctx context.Context, message bot.Message) {
	to := t.to
	if t.act.Kind == inbound.Personal {
		if err := t.say(ctx, to, message); err != nil {
			t.Log.Warn("an answer could not be posted", "error", err)
		}
		return
	}
	to.ID = connector.InThread(t.act.Conversation, t.act.Root)
	if err := t.privately(ctx, to, t.us().Account(t.act.From), message); err != nil {
		t.Log.Warn("an answer could not be shown", "error", err)
	}
}

// publicly posts a reply where it was asked for; where the bot may not post,
// only the asker sees it.
func (t *turn) publicly(ctx context.Context, message bot.Message) {
	to := t.to
	to.ID = connector.InThread(t.act.Conversation, t.act.Root)
	t.later(ctx, func(ctx context.Context) {
		if err := t.say(ctx, to, message); err != nil {
			t.Log.Warn("an answer could not be posted", "error", err)
			t.alone(ctx, message)
		}
	})
	t.close("I wrote it in this conversation.")
}

// refresh shows the newest state of a view in place of the card that was used.
func (t *turn) refresh(ctx context.Context, view bot.View) {
	if t.handlers.View == nil {
		t.close("Done.")
		return
	}
	message, _, err := t.handlers.View(ctx, view)
	if err != nil {
		if !errors.Is(err, bot.ErrNotFound) {
			t.Log.Error("a card could not be drawn again", "error", err)
		}
		t.close("Done.")
		return
	}
	switch account := t.us().Account(t.act.From); {
	case t.request.Door == inbound.Execute:
		t.replace(ctx, message)
	case t.frame.Card != "" && hmac.Equal([]byte(t.frame.Proof), []byte(t.proof(account, t.act.Place(t.us()), t.frame.Card))):
		f := t.frame
		t.later(ctx, func(ctx context.Context) { t.redraw(ctx, f, view) })
		t.close("Done.")
	default:
		t.show(ctx, message)
	}
}

// replace puts a message in the place of the card that was used, for whoever
// used it; what does not fit into one card follows it.
func (t *turn) replace(ctx context.Context, message bot.Message) {
	first, rest, err := t.drawn(ctx, message)
	if err != nil {
		t.Log.Error("a card could not be drawn", "error", err)
		t.close("Done.")
		return
	}
	if len(rest) > 0 {
		t.later(ctx, func(ctx context.Context) { t.alone(ctx, message) })
		t.toast(message.Summary)
		return
	}
	t.cardAnswer(cards.Attach(nil).ContentType, card(first).Content)
}

// redraw brings the message up to date whose card was used, with the state of the
// moment at which it is its turn. One of several messages is left to the courier,
// which knows all of them.
func (t *turn) redraw(ctx context.Context, f frame, view bot.View) {
	ref := bot.MessageRef{Place: t.act.Place(t.us()), Native: f.Card}
	if t.Wait != nil && t.Wait(ctx, Name, ref.Place) != nil {
		return // the courier brings it up to date
	}
	message, _, err := t.handlers.View(ctx, view)
	if err != nil {
		return
	}
	parts, err := t.Render(message)
	if err != nil || len(parts) != 1 {
		return
	}
	activity, err := t.activity(ctx, parts[0], t.marks.of(ref))
	if err != nil {
		return
	}
	to := connector.Conversation{ServiceURL: t.to.ServiceURL, ID: t.act.Conversation}
	ways := []func(context.Context, connector.Conversation, string, connector.Activity) error{t.api.Update, t.api.UpdateTargeted}
	if t.known.isPrivate(ref) {
		slices.Reverse(ways)
	}
	for _, way := range ways {
		var refused *bot.SendError
		if err = way(ctx, to, f.Card, activity); !errors.As(err, &refused) || refused.Reason == bot.Busy {
			break
		}
	}
	if err != nil {
		t.Log.Warn("a card could not be brought up to date at once", "error", err)
	}
}
