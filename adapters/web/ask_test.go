package web_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"evangelist/bot"
)

func press(w *world, back string) response {
	w.t.Helper()
	return w.visitor().post("/do", url.Values{"command": {"test.run"}, "arg": {"e9/aaa"}, "back": {back}})
}

func TestButtonReachesTheRouterAsItsPresser(t *testing.T) {
	w := newWorld(t, nil)
	w.as = colleague
	press(w, "/archive").to(t, "/archive")
	if len(w.asked) != 1 {
		t.Fatalf("asked %+v", w.asked)
	}
	in := w.asked[0]
	if in.Actor.Account != colleague || in.Workspace != "web" || in.Arg != "e9/aaa" || in.Submitted() || in.Place != "" {
		t.Errorf("%+v", in)
	}
}

func TestReplies(t *testing.T) {
	w := newWorld(t, nil)
	w.as = colleague
	answer := func(reply bot.Reply) { w.reply = func(bot.Invocation) (bot.Reply, error) { return reply, nil } }

	answer(bot.Say{Message: bot.Notice("Thank you, <that> counts.")})
	press(w, "/archive/friday-45").want(t, 200, `role="status">Thank you, &lt;that&gt; counts.`, `class="edition"`, `data-stay="/archive/friday-45"`)
	press(w, "/archive?q=45#x").want(t, 200, `role="status">Thank you`, "friday-45")
	press(w, "").want(t, 200, "<h1>Answer</h1>", "Thank you, &lt;that&gt; counts.")
	for _, back := range []string{"/nowhere", "/archive/nowhere", "/desk", "/web/style.css"} {
		press(w, back).want(t, 200, "<h1>Answer</h1>", "Thank you, &lt;that&gt; counts.")
	}

	answer(bot.Say{Message: bot.Message{Summary: "The summary", Blocks: bot.EveryBlock()}})
	press(w, "/archive").want(t, 200, "<h1>A heading</h1>", `href="/archive">Back`).without(t, "The summary")
	answer(bot.Say{Message: bot.Message{Summary: "The summary", Blocks: []bot.Block{bot.Paragraph{Text: bot.T("Words")}, bot.Rule{}}}})
	press(w, "/archive").want(t, 200, "<h1>The summary</h1>", "Words")

	answer(bot.Ask{Form: bot.Form{Title: "Tell me", Fields: []bot.Field{{Name: "x", Kind: bot.LineField, Label: "X"}}}})
	press(w, "/archive").want(t, 200, "<h1>Tell me</h1>", `name="f.x"`, "autofocus")

	answer(bot.Invalid{Fields: map[string]string{"b": "Second.", "a": "First."}})
	press(w, "/archive").want(t, 200, "First. Second.")

	answer(bot.Refresh{View: bot.View{Kind: "card", ID: "1"}})
	press(w, "/desk/draft/e9#i-aaa").to(t, "/desk/draft/e9#i-aaa")
	w.router.AddViews(bot.ViewKind{Kind: "card", Render: card})
	press(w, "").want(t, 200, "The newest state")
	answer(bot.Refresh{View: bot.View{Kind: "unknown"}})
	press(w, "").want(t, 404)

	answer(bot.Nothing{})
	press(w, "").to(t, "/")
	w.reply = func(bot.Invocation) (bot.Reply, error) { return nil, bot.ErrNotFound }
	press(w, "/archive").want(t, 404, "That is not here, or not for you.")
	w.reply = func(bot.Invocation) (bot.Reply, error) { return nil, errors.New("broken pipe") }
	press(w, "/archive").want(t, 500, "Something broke on our side").without(t, "broken pipe")
}

func TestConfirmAsksFirst(t *testing.T) {
	w := newWorld(t, nil)
	w.as = colleague
	page := w.visitor().post("/do", url.Values{
		"command": {"test.run"}, "arg": {"1"}, "back": {"/archive"}, "confirm": {"Really <all>?"}, "label": {"Remove"}, "tone": {"danger"},
	})
	page.want(t, 200, "<h1>Really &lt;all&gt;?</h1>", `href="/archive">No, go back`, ">Remove</button>").without(t, `name="confirm"`)
	if len(w.asked) > 0 {
		t.Error("it was done before it was confirmed")
	}
}

// open opens the test's form and returns it as it travels.
func open(w *world, v *visitor) string {
	w.t.Helper()
	return v.post("/do", url.Values{"command": {"test.form"}, "arg": {"7"}, "back": {"/archive"}}).want(w.t, 200, "<h1>A test form</h1>").sealed(w.t)
}

func TestFormIsCarriedToTheRouter(t *testing.T) {
	w := newWorld(t, nil)
	w.as = colleague
	v := w.visitor()
	form := open(w, v)
	w.reply = func(bot.Invocation) (bot.Reply, error) {
		return bot.Done{Message: bot.Message{Summary: "Thank you. Keep it.", Blocks: []bot.Block{
			bot.Paragraph{Text: bot.T("It is kept.")}, bot.Heading{Level: 1, Text: bot.Spans{bot.Mono("amber birch candle")}}}}}, nil
	}
	send := url.Values{"form": {form}, "back": {"/archive"}, "f.words": {"a\r\nb <c>"}, "f.who": {"reader"}, "f.where": {"play|open"}, "f.extra": {"x"}}
	done := v.post("/do", send).want(t, 200, "<h1>Thank you. Keep it.</h1>", "amber birch candle", `data-act="copy"`, `data-act="print"`)
	if done.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("the last page may be kept: %q", done.Header.Get("Cache-Control"))
	}
	v.post("/do", send).want(t, 200)
	if len(w.asked) != 2 {
		t.Fatalf("asked %d times", len(w.asked))
	}
	first, second := w.asked[0], w.asked[1]
	if first.Command != "test.form" || first.Arg != "7" || first.Value("words") != "a\nb <c>" || first.Value("who") != "reader" || first.Value("where") != "play|open" || len(first.Values) != 3 {
		t.Errorf("%+v", first)
	}
	if len(first.Nonce) != 26 || first.Nonce != second.Nonce {
		t.Errorf("nonces %q and %q: sending twice must be one thing", first.Nonce, second.Nonce)
	}
}

func TestNothingTypedIsLost(t *testing.T) {
	w := newWorld(t, nil)
	w.as = colleague
	v := w.visitor()
	form := open(w, v)
	words := "Two lines\nof <words>"
	kept := "\nTwo lines\nof &lt;words&gt;</textarea>"
	wrong := v.post("/do", url.Values{"form": {form}, "f.words": {words}, "f.who": {"nobody-here"}}).
		want(t, 422, kept, "Please choose one of the answers that are offered.", `aria-invalid="true"`)
	if len(w.asked) > 0 {
		t.Error("a form with a wrong answer reached the router")
	}
	w.reply = func(bot.Invocation) (bot.Reply, error) {
		return bot.Invalid{Fields: map[string]string{"words": "Say more."}}, nil
	}
	again := v.post("/do", url.Values{"form": {wrong.sealed(t)}, "f.words": {words}, "f.who": {"lead"}}).
		want(t, 422, kept, "Say more.", `<option value="lead" selected>`)
	w.reply = func(bot.Invocation) (bot.Reply, error) { return nil, errors.New("broken") }
	v.post("/do", url.Values{"form": {again.sealed(t)}, "f.words": {words}}).want(t, 500, kept, "Something broke on our side")
	w.reply = func(bot.Invocation) (bot.Reply, error) { return nil, bot.ErrTooFast }
	v.post("/do", url.Values{"form": {again.sealed(t)}, "f.words": {words}}).want(t, 429, kept)
	w.reply = func(bot.Invocation) (bot.Reply, error) { return nil, bot.Refuse("closed", "It is closed by now.") }
	v.post("/do", url.Values{"form": {again.sealed(t)}, "f.words": {words}}).want(t, 200, "It is closed by now.", "What you had written", "of &lt;words&gt;")
	w.as = ""
	v.post("/do", url.Values{"form": {again.sealed(t)}, "f.words": {words}, "f.who": {"lead"}}).
		want(t, 401, kept, "You are not signed in any more").without(t, "The lead", "The reader")
	nonces := map[string]bool{}
	for _, in := range w.asked {
		nonces[in.Nonce] = true
	}
	if len(nonces) != 1 {
		t.Errorf("the form was sent under %d nonces", len(nonces))
	}
}

func TestForgedFormDoesNothing(t *testing.T) {
	w := newWorld(t, nil)
	w.as = colleague
	v := w.visitor()
	form := open(w, v)
	foreign := newWorld(t, func(c *configuration) { c.Secret = []byte("another secret of tests") })
	foreign.as = colleague
	for _, bad := range []string{"", "x", form + "x", open(foreign, foreign.visitor())} {
		v.post("/do", url.Values{"form": {bad}, "f.words": {"x"}}).want(t, 400, "That form can no longer be used")
	}
	v.post("/code", url.Values{"form": {form}, "f.words": {"x"}}).want(t, 400) // a form of another command
	if len(w.asked) > 0 {
		t.Errorf("asked %+v", w.asked)
	}
}

func TestFormsSurviveARestart(t *testing.T) {
	before, after := newWorld(t, nil), newWorld(t, nil)
	before.as, after.as = colleague, colleague
	form := open(before, before.visitor())
	after.visitor().post("/do", url.Values{"form": {form}, "f.words": {"x"}}).want(t, 303)
	if len(after.asked) != 1 {
		t.Error("the form was not taken")
	}
}

func TestPrivatePlacesAreForLeads(t *testing.T) {
	w := newWorld(t, nil)
	w.as = colleague
	w.visitor().post("/do", url.Values{"command": {"test.form"}}).want(t, 200, ">news<").without(t, "board-only", ">somebody<")
	w.as = lead
	w.visitor().post("/do", url.Values{"command": {"test.form"}}).want(t, 200, ">news<", "board-only").without(t, ">somebody<")
}

func TestPrivateCodeKnowsNobody(t *testing.T) {
	w := newWorld(t, func(c *configuration) { c.People = blown{} }) // who visits is not even looked up
	w.as = lead
	v := w.visitor()
	page := v.get("/code").want(t, 200, "<h1>Private code</h1>", `action="/code"`).without(t, "The lead")
	w.reply = func(in bot.Invocation) (bot.Reply, error) {
		if in.Value("words") == "amber birch" {
			return bot.Done{Message: bot.Notice("It is answered.")}, nil
		}
		return bot.Invalid{Fields: map[string]string{"words": "No concern or idea has this code."}}, nil
	}
	wrong := v.post("/code", url.Values{"form": {page.sealed(t)}, "f.words": {"wrong words"}}).want(t, 422, "wrong words</textarea>", "has this code")
	done := v.post("/code", url.Values{"form": {wrong.sealed(t)}, "f.words": {"amber birch"}}).want(t, 200, "It is answered.").without(t, "amber birch")
	for _, got := range []response{page, wrong, done} {
		if got.Header.Get("Cache-Control") != "no-store" || got.Header.Get("Referrer-Policy") != "no-referrer" || len(got.Cookies()) > 0 {
			t.Errorf("headers %v", got.Header)
		}
	}
	for _, in := range w.asked {
		if !in.Actor.Nobody() {
			t.Errorf("the router was told who: %+v", in.Actor)
		}
	}
	if w.log.Len() > 0 {
		t.Errorf("something was logged: %s", w.log)
	}
	for _, address := range []string{"/code?code=amber", "/code/amber"} {
		if got := v.get(address); got.StatusCode == http.StatusOK && strings.Contains(got.body, "amber") {
			t.Errorf("%s: the code is taken from the address", address)
		}
	}
}

func TestButtonsLeadToThePagesThatKnowLess(t *testing.T) {
	w := newWorld(t, nil)
	w.as = colleague
	for command, path := range map[string]string{"voices.code": "/code", "voices.concern": "/concern", "voices.idea": "/idea"} {
		w.visitor().post("/do", url.Values{"command": {command}, "back": {"/"}}).to(t, path)
	}
	if len(w.asked) > 0 {
		t.Errorf("the router was asked %+v", w.asked)
	}
}

func TestConcernAndIdeaOnTheWeb(t *testing.T) {
	w := newWorld(t, nil)
	w.as = colleague
	v := w.visitor()
	for path, command := range map[string]string{"/concern": "voices.concern", "/idea": "voices.idea"} {
		page := v.get(path).want(t, 200, `action="/do"`)
		if page.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s may be kept", path)
		}
		v.post("/do", url.Values{"form": {page.sealed(t)}, "f.words": {"private words"}}).want(t, 303)
		last := w.asked[len(w.asked)-1]
		if last.Command != command || last.Value("words") != "private words" {
			t.Errorf("%s: %+v", path, last)
		}
	}
	if w.log.Len() > 0 {
		t.Errorf("something was logged: %s", w.log)
	}
}
