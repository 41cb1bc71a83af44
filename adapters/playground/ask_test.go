package playground_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"evangelist/adapters/playground"
	"evangelist/bot"
)

// echo is a bot of a few commands that shows every kind of reply.
type echo struct {
	got    []bot.Invocation
	reply  func(in bot.Invocation) bot.Reply
	view   bot.Message
	titles []bot.Command
}

func (e *echo) invoke(_ context.Context, in bot.Invocation) bot.Reply {
	e.got = append(e.got, in)
	return e.reply(in)
}

func (e *echo) handlers() bot.Handlers {
	return bot.Handlers{
		Invoke:   e.invoke,
		Commands: func() []bot.Command { return e.titles },
		View:     func(context.Context, bot.View) (bot.Message, int64, error) { return e.view, 2, nil },
		Home: func(_ context.Context, account bot.AccountID) (bot.Message, error) {
			return bot.Notice("Home of " + account.Native()), nil
		},
		Person: func(_ context.Context, account bot.AccountID) (bot.PersonID, error) {
			return bot.PersonID("person-" + account.Native()), nil
		},
	}
}

func (e *echo) last() bot.Invocation { return e.got[len(e.got)-1] }

func TestASlashCommandIsAskedAndKeptNowhere(t *testing.T) {
	w, ctx := town(t, nil), soon(t)
	e := &echo{reply: func(bot.Invocation) bot.Reply { return bot.Say{Message: bot.Notice("Done")} }}
	t.Cleanup(w.Connect(e.handlers()))
	answer, err := w.As("ada").Type(ctx, "finds", "", "/Digest add  https://example.org/ it helps")
	must(t, err)
	in := e.last()
	if in.Command != "digest" || in.Words != "add  https://example.org/ it helps" || in.Place != w.PlaceID("finds") || in.Actor.Account != w.ID("ada") || in.Nonce == "" || in.At.IsZero() {
		t.Errorf("asked %+v", in)
	}
	if len(w.Messages("finds")) != 0 {
		t.Error("a command was posted for all to see")
	}
	private := w.As("ada").Private()
	if len(private) != 1 || private[0].Ref != answer.Ref || private[0].Message.Summary != "Done" {
		t.Errorf("private replies are %+v", private)
	}
	if len(w.As("ben").Private()) != 0 {
		t.Error("Ben sees Ada's private reply")
	}
}

func TestRepliesFindTheirPlace(t *testing.T) {
	w, ctx := town(t, nil), soon(t)
	card := bot.Message{Summary: "Card", Blocks: []bot.Block{bot.Actions{Buttons: []bot.Button{{Command: "card.use", Arg: "7", Label: "Use"}}}}}
	e := &echo{view: bot.Notice("Newer")}
	t.Cleanup(w.Connect(e.handlers()))
	parts, err := w.Render(card)
	must(t, err)
	ref, err := w.Post(ctx, bot.Posting{Place: w.PlaceID("finds"), Part: parts[0], ID: "c"})
	must(t, err)
	ada := w.As("ada")

	e.reply = func(bot.Invocation) bot.Reply { return bot.Refresh{View: bot.View{Kind: "card", ID: "7"}} }
	_, err = ada.Press(ctx, ref, "Use")
	must(t, err)
	if in := e.last(); in.Command != "card.use" || in.Arg != "7" || in.Place != ref.Place {
		t.Errorf("asked %+v", in)
	}
	if m := w.Messages("finds"); len(m) != 1 || m[0].Body.Summary != "Newer" {
		t.Errorf("the card shows %+v", m)
	}
	e.reply = func(bot.Invocation) bot.Reply { return bot.Say{Message: card, Public: true} }
	answer, err := ada.Slash(ctx, "finds", "/x")
	must(t, err)
	if m := w.Messages("finds"); len(m) != 2 || m[1].Ref != answer.Ref || !m[1].Ours {
		t.Errorf("the public reply shows %+v", m)
	}
	// Where the bot is no member a public reply stays with the asker.
	_, err = ada.Slash(ctx, "quiet", "/x")
	must(t, err)
	if len(w.Messages("quiet")) != 0 || len(ada.Private()) != 1 {
		t.Error("the bot posted where it is no member, or did not answer")
	}
	// A private reply has buttons too, and is replaced by a newer view.
	e.reply = func(bot.Invocation) bot.Reply { return bot.Refresh{View: bot.View{Kind: "card", ID: "7"}} }
	_, err = ada.Press(ctx, ada.Private()[0].Ref, "Use")
	must(t, err)
	if p := ada.Private(); len(p) != 1 || p[0].Message.Summary != "Newer" {
		t.Errorf("the private reply shows %+v", p)
	}
	if _, err := ada.Press(ctx, ref, "No such"); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("pressing what is not there: %v", err)
	}
	home, err := ada.Home(ctx)
	if err != nil || home.Summary != "Home of ada" {
		t.Errorf("home is %+v, %v", home, err)
	}
}

func form() bot.Form {
	return bot.Form{Title: "Your concern", Command: "voice.raise", Arg: "c", Nonce: "NONCE", Fields: []bot.Field{
		{Name: "text", Kind: bot.ParagraphField, Label: "What worries you?", Required: true, Max: 20},
		{Name: "who", Kind: bot.PersonField, Label: "Who", Value: []string{"person-ben"}},
		{Name: "topics", Kind: bot.ChoicesField, Options: []bot.Option{{Value: "a", Label: "A"}, {Value: "b", Label: "B"}}},
		{Name: "when", Kind: bot.DateField},
		{Name: "count", Kind: bot.NumberField},
	}}
}

func TestAFormLosesNothingThatWasTyped(t *testing.T) {
	w, ctx := town(t, nil), soon(t)
	e := &echo{reply: func(in bot.Invocation) bot.Reply {
		switch {
		case !in.Submitted():
			return bot.Ask{Form: form()}
		case in.Value("text") == "Hm":
			return bot.Invalid{Fields: map[string]string{"text": "Please say a little more."}}
		}
		return bot.Done{Message: bot.Notice("Your code is seven words long.")}
	}}
	t.Cleanup(w.Connect(e.handlers()))
	ada := w.As("ada")
	answer, err := ada.Slash(ctx, "finds", "/concern")
	must(t, err)
	if got := answer.Form.Typed["who"]; len(got) != 1 || got[0] != "ben" {
		t.Errorf("the person field shows %q, want ben", got)
	}
	for _, wrong := range []struct{ field, value string }{
		{"text", ""}, {"text", strings.Repeat("x", 21)}, {"who", "zoe"}, {"when", "tomorrow"}, {"count", "many"}, {"topics", "c"},
	} {
		open, _ := ada.Form()
		asked := len(e.got)
		bad, err := open.Fill(map[string]string{"text": "Something", wrong.field: wrong.value}).Submit(ctx)
		must(t, err)
		if bad.Form.Errors[wrong.field] == "" || len(e.got) != asked {
			t.Errorf("%s = %q was taken", wrong.field, wrong.value)
		}
		if now, _ := ada.Form(); wrong.value != "" && now.Typed[wrong.field][0] != wrong.value {
			t.Errorf("%s was lost", wrong.field)
		}
		must(t, reset(ada, ctx))
	}
	open, _ := ada.Form()
	answer, err = open.Fill(map[string]string{"text": "Hm", "when": "2026-12-04"}).Submit(ctx)
	must(t, err)
	if answer.Form.Errors["text"] == "" || answer.Form.Typed["when"][0] != "2026-12-04" {
		t.Errorf("the form came back as %+v", answer.Form)
	}
	answer, err = answer.Form.Fill(map[string]string{"text": "Chargers", "count": " 3 "}).Pick("topics", "a", "b").Submit(ctx)
	must(t, err)
	if answer.Form.Done == nil || answer.Shown.Summary != "Your code is seven words long." {
		t.Errorf("the last page is %+v", answer)
	}
	in := e.last()
	if in.Command != "voice.raise" || in.Arg != "c" || in.Nonce != "NONCE" || in.Value("who") != "person-ben" || in.Value("count") != "3" || len(in.Values["topics"]) != 2 || in.Place != w.PlaceID("finds") {
		t.Errorf("sent %+v", in)
	}
	if _, err := answer.Form.Submit(ctx); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("a finished form was sent again: %v", err)
	}
	ada.CloseForm()
	if _, open := ada.Form(); open {
		t.Error("the form is still open")
	}
}

// reset opens the form afresh.
func reset(p *playground.Person, ctx context.Context) error {
	p.CloseForm()
	_, err := p.Slash(ctx, "finds", "/concern")
	return err
}

func TestShortcutsComeFromCommands(t *testing.T) {
	w, ctx := town(t, nil), soon(t)
	e := &echo{
		reply: func(bot.Invocation) bot.Reply { return bot.Nothing{} },
		titles: []bot.Command{
			{Name: "digest.save", Title: "Save to digest", On: bot.OnMessage},
			{Name: "digest.hide", Title: "Don't include", On: bot.OnOwnMessage},
			{Name: "voice.raise", Title: "Raise a concern", Global: true},
			{Name: "digest.add", Phrases: []string{"digest add"}},
		},
	}
	t.Cleanup(w.Connect(e.handlers()))
	m, err := w.As("ada").Post(ctx, "finds", "https://example.org/")
	must(t, err)
	titles := func(p *playground.Person, ref bot.MessageRef) string {
		var out []string
		for _, c := range p.Shortcuts(ref) {
			out = append(out, c.Title)
		}
		return strings.Join(out, ", ")
	}
	if got := titles(w.As("ada"), m.Ref); got != "Save to digest, Don't include" {
		t.Errorf("Ada's menu offers %q", got)
	}
	if got := titles(w.As("ben"), m.Ref); got != "Save to digest" {
		t.Errorf("Ben's menu offers %q", got)
	}
	if got := titles(w.As("ben"), bot.MessageRef{}); got != "Raise a concern" {
		t.Errorf("everywhere is offered %q", got)
	}
	_, err = w.As("ben").Shortcut(ctx, m.Ref, "Save to digest")
	must(t, err)
	if in := e.last(); in.Command != "digest.save" || in.About == nil || *in.About != m.Ref || in.Place != m.Ref.Place {
		t.Errorf("asked %+v", in)
	}
	if _, err := w.As("ben").Shortcut(ctx, m.Ref, "Don't include"); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("Ben used what is for Ada alone: %v", err)
	}
}

func TestWordsInTheChatWithTheBotStayThere(t *testing.T) {
	w, ctx := town(t, nil), soon(t)
	e := &echo{reply: func(bot.Invocation) bot.Reply { return bot.Say{Message: bot.Notice("Answered")} }}
	t.Cleanup(w.Connect(e.handlers()))
	ada := w.As("ada")
	for n, text := range []string{"help", "Look at https://example.org/ today", " /concern a worry"} {
		answer, err := ada.Tell(ctx, text)
		must(t, err)
		in := e.last()
		if !in.Stays || in.Words != strings.TrimSpace(text) || in.Command != "" || in.Place != ada.Direct() || in.Actor.Account != ada.ID() {
			t.Errorf("%q asks %+v", text, in)
		}
		if answer.Ref.Place != ada.Direct() || len(ada.Private()) != n+1 || len(w.As("ben").Private()) != 0 {
			t.Errorf("%q is answered in %s", text, answer.Ref.Place)
		}
	}
	if got := len(w.Messages("direct-ada")); got != 3 {
		t.Errorf("the chat holds %d messages, want 3", got)
	}
	// A command is typed, not said: it stays nowhere.
	_, err := ada.Type(ctx, string(ada.Direct()), "", "/concern a worry")
	must(t, err)
	if in := e.last(); in.Stays || in.Command != "concern" || in.Words != "a worry" || len(w.Messages("direct-ada")) != 3 {
		t.Errorf("a command in the chat asks %+v", in)
	}
}

func TestWithoutABotPeopleAreTold(t *testing.T) {
	w, ctx := town(t, nil), soon(t)
	if _, err := w.As("ada").Slash(ctx, "finds", "/digest"); !errors.Is(err, playground.ErrAway) {
		t.Errorf("got %v, want ErrAway", err)
	}
	if _, err := w.As("ada").Post(ctx, "finds", "Still a place to talk"); err != nil {
		t.Error(err)
	}
}

func TestFaultsHappenToOneCall(t *testing.T) {
	w := town(t, nil)
	parts, err := w.Render(bot.Notice("Hello"))
	must(t, err)
	for _, c := range []struct {
		fault   playground.Fault
		posted  bool
		refused bot.SendReason
	}{
		{playground.NoFault, true, ""}, {playground.LoseReply, true, ""}, {playground.LoseRequest, false, ""},
		{playground.HangAfter, true, ""}, {playground.HangBefore, false, ""},
		{playground.BusyNow, false, bot.Busy}, {playground.Forbidden, false, bot.Denied}, {playground.Closed, false, bot.Unreachable},
	} {
		w.Inject(func(call playground.Call) playground.Fault {
			if call.Method == "post" {
				return c.fault
			}
			return playground.NoFault
		})
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
		if c.fault == playground.NoFault {
			ctx = soon(t)
		}
		_, err := w.Post(ctx, bot.Posting{Place: w.PlaceID("finds"), Part: parts[0], ID: string("id-" + c.fault)})
		cancel()
		var refused *bot.SendError
		if errors.As(err, &refused) != (c.refused != "") || c.refused != "" && refused.Reason != c.refused {
			t.Errorf("%s: error %v", c.fault, err)
		}
		if (err == nil) != (c.fault == playground.NoFault) {
			t.Errorf("%s: error %v", c.fault, err)
		}
		found, err := w.Find(soon(t), w.PlaceID("finds"), "", string("id-"+c.fault), time.Time{})
		must(t, err)
		if (len(found) == 1) != c.posted {
			t.Errorf("%s: %d copies stand", c.fault, len(found))
		}
	}
	w.Inject(nil)
	w.Lag(time.Hour)
	found, err := w.Find(soon(t), w.PlaceID("finds"), "", "id-", time.Time{})
	if err != nil || len(found) != 0 {
		t.Errorf("a lagging history shows %v, %v", found, err)
	}
	if calls := w.Calls(); len(calls) != 17 || calls[0].Method != "post" || calls[0].ID != "id-" {
		t.Errorf("%d calls were noted, the first is %+v", len(calls), calls[0])
	}
}

func TestAPrivateReplyFollowsItsView(t *testing.T) {
	w, ctx := town(t, nil), soon(t)
	withButton := func(words string) bot.Message {
		return bot.Message{Summary: words, Blocks: []bot.Block{bot.Paragraph{Text: bot.T(words)}, bot.Actions{Buttons: []bot.Button{{Command: "card.undo", Label: "Undo"}}}}}
	}
	e := &echo{reply: func(bot.Invocation) bot.Reply { return bot.Refresh{View: bot.View{Kind: "card", ID: "7"}} }, view: withButton("Soon")}
	handlers := e.handlers()
	var trouble error
	handlers.View = func(context.Context, bot.View) (bot.Message, int64, error) { return e.view, 2, trouble }
	t.Cleanup(w.Connect(handlers))
	ada := w.As("ada")
	for range 2 {
		_, err := ada.Slash(ctx, "", "/card")
		must(t, err)
	}
	shows := func(when, words string, buttons int) {
		t.Helper()
		ada.Redraw(ctx)
		for i, reply := range ada.Private() {
			if reply.Message.Summary != words || len(reply.Message.Blocks) != 1+buttons {
				t.Errorf("%s, reply %d shows %+v", when, i, reply.Message)
			}
		}
	}
	shows("asked", "Soon", 1)
	e.view = withButton("Out")
	shows("later", "Out", 1)
	e.view, trouble = bot.Notice("Never"), errors.New("the database is away")
	shows("in trouble", "Out", 1)
	trouble = bot.ErrNotFound
	shows("gone", "Out", 0)
	trouble = nil
	shows("gone for good", "Out", 0)
}
