package slack

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"evangelist/adapters/slack/blockkit"
	"evangelist/adapters/slack/inbound"
	"evangelist/adapters/slack/webapi"
	"evangelist/bot"
)

// place shows a reply where its asker looks: in the acknowledgement where it
// fits, else through the address that Slack gave for answers, else in a dialog.
func (t *turn) place(ctx context.Context, f frame, reply bot.Reply) {
	switch r := reply.(type) {
	case bot.Ask:
		t.ask(ctx, f, r.Form)
	case bot.Invalid:
		t.invalid(ctx, f, r.Fields)
	case bot.Done:
		t.show(ctx, f, r.Message)
	case bot.Say:
		if r.Public && f.Channel != "" {
			t.sayPublicly(ctx, f, r.Message)
			return
		}
		t.beside(ctx, f, r.Message)
	case bot.Refresh:
		t.refresh(ctx, f, r.View)
	default:
		if t.r.Door == inbound.Submission {
			t.give(action("clear", nil))
		}
	}
}

// action is what a sent dialog turns into.
func action(what string, view []byte) []byte {
	answer := struct {
		Action string          `json:"response_action"`
		View   json.RawMessage `json:"view,omitempty"`
	}{what, view}
	text, err := json.Marshal(answer)
	if err != nil {
		return nil
	}
	return text
}

// beside shows a message on top of a form that was sent, so that nothing that
// was typed is lost should it say that something went wrong.
func (t *turn) beside(ctx context.Context, f frame, message bot.Message) {
	if t.r.Door == inbound.Submission {
		view, err := blockkit.Page(message, frame{Channel: f.Channel, Card: f.Card, Thread: f.Thread, Handle: f.Handle, Home: f.Home}.text(), t.options(ctx))
		if err == nil && t.fits(action("push", view)) {
			return
		}
	}
	t.show(ctx, f, message)
}

// holding is how a request is acknowledged that takes longer than Slack waits.
func (t *turn) holding(ctx context.Context) []byte {
	if t.r.Door != inbound.Submission {
		return nil
	}
	view, err := blockkit.Page(bot.Notice("One moment, please. Keep this page open: the answer appears here as soon as it is there."), t.r.View.Metadata, t.options(ctx))
	if err != nil {
		return nil
	}
	return action("update", view)
}

// ask opens a form: as a dialog, in place of the one that was sent, or on top of
// the one whose button was used.
func (t *turn) ask(ctx context.Context, f frame, form bot.Form) {
	f.Command, f.Arg, f.Nonce = form.Command, form.Arg, form.Nonce
	view, err := blockkit.Modal(form, f.text(), t.options(ctx))
	t.view(ctx, view, err)
}

// view puts a dialog in front of whoever asks; drawn is what drawing it came to.
func (t *turn) view(ctx context.Context, view []byte, drawn error) {
	err := drawn
	switch {
	case drawn != nil:
	case t.r.Door == inbound.Submission:
		if t.fits(action("update", view)) {
			return
		}
		t.give(t.holding(ctx))
		_, err = t.api.UpdateView(ctx, t.r.View.ID, "", view)
	case t.r.View.Kind == "modal":
		if _, err = t.api.PushView(ctx, t.r.Trigger, view); webapi.Code(err) == "push_limit_reached" {
			_, err = t.api.UpdateView(ctx, t.r.View.ID, "", view)
		}
	default:
		_, err = t.api.OpenView(ctx, t.r.Trigger, view)
	}
	t.note(err)
	if err == nil {
		return
	}
	t.Log.Warn("a dialog could not be shown", "error", err)
	if t.r.Door == inbound.Submission {
		t.lost(ctx)
		return
	}
	t.privately(ctx, bot.Notice("Slack did not let me open the form, so nothing was done. Please try again; if it stays, tell your comms lead."))
}

// lost tells somebody in a private message that the answer to a form could not be
// shown. Nobody is written to about what could be anonymous.
func (t *turn) lost(ctx context.Context) {
	f := readFrame(t.r.View.Metadata)
	if t.commands[f.Command].Discreet || f.Command == "" {
		return
	}
	channel, err := t.api.Open(ctx, []string{t.r.User})
	if err == nil {
		t.say(ctx, channel, "", bot.Notice("Slack did not let me show you the answer to the form that you sent. Please look whether it was done before you send it again."))
	}
}

// invalid shows what is wrong beside the fields; what was typed stays.
func (t *turn) invalid(ctx context.Context, f frame, fields map[string]string) {
	if t.r.Door != inbound.Submission {
		t.show(ctx, f, incomplete(fields))
		return
	}
	var present []string
	answers, _ := blockkit.Values(t.r.View.State) // unreadable: no field is there
	for _, answer := range answers {
		present = append(present, answer.Field)
	}
	told := map[string]string{}
	for _, field := range sortedKeys(fields) {
		at := field
		if !slices.Contains(present, field) && len(present) > 0 {
			at = slices.Min(present)
		}
		if told[at] != "" {
			told[at] += " "
		}
		told[at] += fields[field]
	}
	answer, err := json.Marshal(struct {
		Action string            `json:"response_action"`
		Errors map[string]string `json:"errors"`
	}{"errors", told})
	if err == nil && t.fits(answer) {
		return
	}
	t.show(ctx, f, bot.Notice("That was not complete, so nothing was done. Please open the form again."))
}

// incomplete says what is wrong where there is no form to say it in.
func incomplete(fields map[string]string) bot.Message {
	list := bot.List{}
	for _, field := range sortedKeys(fields) {
		list.Items = append(list.Items, bot.T(fields[field]))
	}
	return bot.Message{Summary: "That was not complete, so nothing was done.", Blocks: []bot.Block{
		bot.Paragraph{Text: bot.T("That was not complete, so nothing was done.")}, list,
	}}
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// show shows a message to whoever asks, alone.
func (t *turn) show(ctx context.Context, f frame, message bot.Message) {
	switch {
	case t.r.Door == inbound.Submission, t.r.Door == inbound.Shortcut, t.r.Door == inbound.Button && t.r.View.Kind != "":
		f.Command, f.Arg, f.Nonce = "", "", ""
		view, err := blockkit.Page(message, f.text(), t.options(ctx))
		t.view(ctx, view, err)
	default:
		t.privately(ctx, message)
	}
}

// privately answers with a message that only the asker sees.
func (t *turn) privately(ctx context.Context, message bot.Message) {
	parts, err := t.Render(message)
	if err != nil {
		t.Log.Error("an answer could not be drawn", "error", err)
		return
	}
	for i, part := range parts {
		payload := t.resolved(ctx, part.Payload)
		if i == 0 && t.r.Door == inbound.Slash && t.fits(ephemeral(payload)) {
			continue
		}
		if i == 0 {
			t.give(nil) // what follows comes beside the acknowledgement
		}
		if err := t.respond(ctx, webapi.RespondPrivately, payload); err != nil {
			t.Log.Warn("an answer could not be shown", "error", err)
			return
		}
	}
}

// respond answers beside the acknowledgement: through the address for answers, or
// where there is none as a private message in the channel.
func (t *turn) respond(ctx context.Context, as webapi.RespondAs, payload []byte) error {
	if t.r.ResponseURL != "" {
		return t.api.Respond(ctx, t.r.ResponseURL, as, payload)
	}
	if t.r.Channel == "" {
		return errors.New("there is no place for the answer")
	}
	return t.api.Ephemeral(ctx, t.r.Channel, t.r.Message.Thread, t.r.User, payload)
}

// ephemeral makes a payload the answer to a slash command.
func ephemeral(payload []byte) []byte {
	if len(payload) < 2 || payload[0] != '{' {
		return nil
	}
	return append([]byte(`{"response_type":"ephemeral",`), payload[1:]...)
}

// sayPublicly posts a reply where it was asked for; where the bot may not post,
// only the asker sees it.
func (t *turn) sayPublicly(ctx context.Context, f frame, message bot.Message) {
	if t.r.Door == inbound.Submission {
		t.give(action("clear", nil))
	}
	if !t.say(ctx, f.Channel, f.Thread, message) {
		t.show(ctx, f, message)
	}
}

// say posts a message of its own and reports whether all of it is there.
func (a *Adapter) say(ctx context.Context, channel, thread string, message bot.Message) bool {
	parts, err := a.Render(message)
	if err != nil {
		a.Log.Error("an answer could not be drawn", "error", err)
		return false
	}
	for _, part := range parts {
		if a.Wait != nil {
			if err := a.Wait(ctx, Name, a.us().Place(channel)); err != nil {
				return false
			}
		}
		if _, err := a.api.Post(ctx, channel, thread, a.resolved(ctx, part.Payload), ""); err != nil {
			a.note(err)
			a.Log.Warn("an answer could not be posted", "error", err)
			return false
		}
	}
	return true
}

// resolved puts accounts in the place of people who are to be notified.
func (a *Adapter) resolved(ctx context.Context, payload []byte) []byte {
	out, err := blockkit.Resolve(payload, func(person bot.PersonID) string { return a.accountOf(ctx, person) })
	if err != nil {
		return payload
	}
	return out
}

// refresh shows the newest state of a view in place of the card that was used.
func (t *turn) refresh(ctx context.Context, f frame, view bot.View) {
	if t.handlers.View == nil {
		t.place(ctx, f, bot.Nothing{})
		return
	}
	message, version, err := t.handlers.View(ctx, view)
	if err != nil {
		if !errors.Is(err, bot.ErrNotFound) {
			t.Log.Error("a card could not be drawn again", "error", err)
		}
		t.place(ctx, f, bot.Nothing{})
		return
	}
	address := t.handles.find(f.Handle, t.Clock.Now())
	switch {
	case t.r.Door == inbound.Button && t.r.Message.Ephemeral && t.r.ResponseURL != "":
		t.give(nil)
		t.replace(ctx, t.r.ResponseURL, message)
	case f.Card != "" && t.r.View.Kind == "" || f.Card != "" && t.r.Door == inbound.Submission:
		t.close()
		t.redraw(ctx, f, view, message, version)
	case address != "":
		t.close()
		t.replace(ctx, address, message)
	case f.Home && t.r.Door == inbound.Submission:
		t.close()
	default:
		t.show(ctx, f, message)
	}
}

// close puts the dialog away that was sent.
func (t *turn) close() {
	if t.r.Door == inbound.Submission {
		t.give(action("clear", nil))
		return
	}
	t.give(nil)
}

// replace puts a message in the place of a private one; what does not fit into
// one message follows it.
func (t *turn) replace(ctx context.Context, address string, message bot.Message) {
	parts, err := t.Render(message)
	if err != nil {
		t.Log.Error("a card could not be drawn", "error", err)
		return
	}
	as := webapi.RespondReplacing
	for _, part := range parts {
		if err := t.api.Respond(ctx, address, as, t.resolved(ctx, part.Payload)); err != nil {
			t.Log.Warn("a private card could not be changed", "error", err)
			return
		}
		as = webapi.RespondPrivately
	}
}

// redraws bounds how often a card is drawn again because it changed meanwhile.
const redraws = 3

// redraw brings a posted card up to date, until it shows the newest state. What
// has become several messages is left to the courier, which knows all of them,
// and shown to whoever asks.
func (t *turn) redraw(ctx context.Context, f frame, view bot.View, message bot.Message, version int64) {
	ref := bot.MessageRef{Place: t.us().Place(f.Channel), Native: f.Card}
	for range redraws {
		parts, err := t.Render(message)
		if err != nil {
			t.Log.Error("a card could not be drawn", "error", err)
			return
		}
		if len(parts) != 1 {
			t.privately(ctx, message)
			return
		}
		if err := t.Edit(ctx, ref, parts[0]); err != nil {
			t.Log.Warn("a card could not be brought up to date at once", "error", err)
			return
		}
		shown := version
		if message, version, err = t.handlers.View(ctx, view); err != nil || version <= shown {
			return
		}
	}
}
