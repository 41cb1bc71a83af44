package teams_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"evangelist/adapters/teams"
	"evangelist/adapters/teams/cards"
	"evangelist/adapters/teams/teamstest"
	"evangelist/bot"
)

// asked waits for the next thing that the bot is asked.
func (h *house) asked(t *testing.T) bot.Invocation {
	t.Helper()
	select {
	case in := <-h.desk.answers:
		return in
	case <-time.After(20 * time.Second):
		t.Fatal("nothing is asked of the bot")
		return bot.Invocation{}
	}
}

// quiet fails when more was asked of the bot than was taken by asked.
func (h *house) quiet(t *testing.T, why string) {
	t.Helper()
	if n := len(h.desk.answers); n != 0 {
		t.Errorf("%s: %d times more", why, n)
	}
}

func (h *house) answers(reply func(bot.Invocation) bot.Reply) {
	h.desk.mu.Lock()
	defer h.desk.mu.Unlock()
	h.desk.reply = reply
}

// until waits for a message with these words in a conversation.
func (h *house) until(t *testing.T, conversation, words string) teamstest.Message {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var found teamstest.Message
	if err := h.WaitFor(ctx, func() bool {
		for _, m := range h.Messages(conversation) {
			if m.From == "" && !m.Deleted && strings.Contains(shown(m), words) {
				found = m
				return true
			}
		}
		return false
	}); err != nil {
		t.Fatalf("%q is not said", words)
	}
	return found
}

// eventually waits until something holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	tick, end := time.NewTicker(time.Millisecond), time.After(20*time.Second)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-end:
			t.Fatalf("it never came about that %s", what)
		}
	}
}

// card is a message with these buttons.
func card(buttons ...bot.Button) bot.Message {
	return bot.Message{Summary: "A card", Blocks: []bot.Block{bot.Paragraph{Text: bot.T("A card.")}, bot.Actions{Buttons: buttons}}}
}

// post posts a message as the courier does.
func (h *house) post(t *testing.T, conversation string, message bot.Message) bot.MessageRef {
	t.Helper()
	parts, err := h.Tenant.Render(message)
	if err != nil {
		t.Fatal(err)
	}
	ref, err := h.Tenant.Post(t.Context(), bot.Posting{Place: place(conversation), Part: parts[0], ID: "part-of-a-test"})
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

func TestNothingIsTakenBeforeTheBotIsKnown(t *testing.T) {
	h := openHouse(t)
	adapter, err := teams.New(h.Adapter.Config)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(adapter)
	defer server.Close()
	h.SetBot(server.URL)
	for _, step := range []func(){func() {}, func() { adapter.Join(h.desk.handlers()) }} {
		step()
		if d, err := h.As(h.ada).Write(t.Context(), h.finds, "hello"); err != nil || d.Status != http.StatusServiceUnavailable {
			t.Errorf("%d, %v", d.Status, err)
		}
	}
	if _, err := adapter.Identify(t.Context()); err != nil {
		t.Fatal(err)
	}
	if d, err := h.As(h.ada).Write(t.Context(), h.finds, "hello"); err != nil || d.Status != http.StatusAccepted {
		t.Errorf("%d, %v", d.Status, err)
	}
}

func TestStrangersAreRefusedAtTheDoor(t *testing.T) {
	h := openHouse(t)
	d, err := h.As(h.ada).Write(t.Context(), h.finds, "hello")
	if err != nil {
		t.Fatal(err)
	}
	before := len(h.desk.seen)
	for name, want := range map[string]int{"": 401, "nonsense": 401, h.Sign("https://elsewhere.example/", nil): 403} {
		if d, err := h.DeliverSigned(t.Context(), d.Activity, name); err != nil || d.Status != want {
			t.Errorf("%.20q: %d, %v", name, d.Status, err)
		}
	}
	if r, err := http.Get(serverOf(t, h.Adapter)); err != nil || r.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("%v, %v", r, err)
	}
	if len(h.desk.seen) != before || h.State().Refused != 3 {
		t.Errorf("%d sightings, %+v", len(h.desk.seen), h.State())
	}
}

func serverOf(t *testing.T, handler http.Handler) string {
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

func TestChannelsAreHeard(t *testing.T) {
	h := openHouse(t)
	h.desk.seen = nil
	d, err := h.As(h.ada).Say(t.Context(), h.help, teamstest.Utterance{Text: "see", HTML: `<a href="https://a.example/">this</a>`})
	if err != nil || d.Status != 202 {
		t.Fatal(d.Status, err)
	}
	_, _ = h.As(h.ben).React(t.Context(), d.Message, "like")
	_, _ = h.As(h.ben).Unreact(t.Context(), d.Message, "like")
	_, _ = h.As(h.ada).Edit(t.Context(), d.Message, "new words")
	_, _ = h.As(h.ada).Delete(t.Context(), d.Message)
	var kinds []string
	for _, s := range h.desk.seen {
		kinds = append(kinds, string(s.Kind))
		if s.Message != (bot.MessageRef{Place: place(h.help), Native: d.Message}) || s.Thread != "" {
			t.Errorf("%+v", s)
		}
	}
	if got := strings.Join(kinds, " "); got != "posted reacted unreacted edited deleted" {
		t.Error(got)
	}
	if s := h.desk.seen[0]; len(s.Links) != 1 || s.Links[0].Label != "this" || s.Author != account(h.ada) || s.At.IsZero() {
		t.Errorf("%+v", s)
	}
}

func TestThePlacesAndPeopleOfATeam(t *testing.T) {
	h := openHouse(t)
	if p := h.desk.places[place(h.help)]; !p.Member || p.Name != "Finds / Help" || p.Kind != bot.OpenChannel {
		t.Errorf("%+v", p)
	}
	if s := h.desk.seen[0]; s.Kind != bot.Joined || s.Message.Place != place(h.finds) || len(h.desk.seen) != 1 {
		t.Errorf("%+v", h.desk.seen)
	}
	chat := h.AddChat(h.ada, h.ben)
	if _, err := h.As(h.ada).Install(t.Context(), chat); err != nil {
		t.Fatal(err)
	}
	if p := h.desk.places[place(chat)]; !p.Member || p.Name != "Chat of Ada, Ben" || p.Kind != bot.GroupChat {
		t.Errorf("%+v", p)
	}
	h.desk.seen = nil
	if _, err := h.As(h.ada).Uninstall(t.Context(), h.finds); err != nil {
		t.Fatal(err)
	}
	if h.desk.places[place(h.help)].Member || h.desk.places[place(h.finds)].Member || !h.desk.places[place(chat)].Member {
		t.Errorf("%+v", h.desk.places)
	}
	for _, s := range h.desk.seen {
		if s.Kind != bot.Left {
			t.Errorf("%+v", s)
		}
	}
}

// Words are answered in one's own chat, and for the writer alone elsewhere.
func TestTypedWords(t *testing.T) {
	h := openHouse(t)
	h.answers(func(in bot.Invocation) bot.Reply { return bot.Say{Message: bot.Notice("You said " + in.Words)} })
	mine := h.Personal(h.ada)
	h.Add(mine)
	d, err := h.As(h.ada).Write(t.Context(), mine, "digest draft")
	if err != nil || d.Status != http.StatusAccepted {
		t.Fatal(d.Status, err)
	}
	if in := h.asked(t); !in.Stays || in.Words != "digest draft" || in.Actor.Account != account(h.ada) || in.Place != place(mine) || in.Submitted() {
		t.Errorf("%+v", in)
	}
	h.until(t, mine, "You said digest draft")
	if _, err := h.As(h.ada).Mention(t.Context(), h.finds, "help"); err != nil {
		t.Fatal(err)
	}
	if in := h.asked(t); in.Words != "help" || !in.Stays {
		t.Errorf("%+v", in)
	}
	if m := h.until(t, h.finds, "You said help"); m.To != h.ada.ID || m.Root == "" {
		t.Errorf("%s", m)
	}
	if _, err := h.As(h.ben).Slash(t.Context(), h.help, "concern"); err != nil {
		t.Fatal(err)
	}
	h.asked(t)
	if m := h.until(t, h.help, "You said concern"); m.To != h.ben.ID {
		t.Errorf("%s", m)
	}
	if again, err := h.Redeliver(t.Context(), d, false); err != nil || again.Status != http.StatusAccepted {
		t.Errorf("%d, %v", again.Status, err)
	}
	_, _ = h.As(h.ada).Write(t.Context(), mine, "the next")
	if in := h.asked(t); in.Words != "the next" {
		t.Errorf("the same message is taken twice: %q", in.Words)
	}
}

func TestPeopleOfOthersAreRefusedPolitely(t *testing.T) {
	h := openHouse(t)
	mine := h.Personal(h.ada)
	h.Add(mine)
	d, err := h.As(h.ada).Write(t.Context(), mine, "hello")
	if err != nil {
		t.Fatal(err)
	}
	h.asked(t)
	d.Activity["from"].(map[string]any)["tenantId"] = "99999999-93bb-4d4c-8a6b-2f0f2f1d9e10"
	if _, err := h.Redeliver(t.Context(), d, true); err != nil {
		t.Fatal(err)
	}
	h.until(t, mine, "This bot serves Tidewater Council")
	h.quiet(t, "a stranger is served")
}

// The same press, under whatever id, is carried out once and answered alike; the
// same button pressed again later is another press.
func TestTheSamePressAgain(t *testing.T) {
	h := openHouse(t)
	n := 0
	h.answers(func(bot.Invocation) bot.Reply { n++; return bot.Say{Message: bot.Notice(fmt.Sprint("Time ", n))} })
	ref := h.post(t, h.finds, card(bot.Button{Command: "up", Arg: "7", Label: "Up"}, bot.Button{Command: "down", Arg: "7", Label: "Down"}))
	press := func(label string) teamstest.Answer {
		t.Helper()
		a, err := h.As(h.ada).Press(t.Context(), ref.Native, label, nil)
		if err != nil || a.Failed != "" {
			t.Fatal(err, a.Failed)
		}
		return a
	}
	first := press("Up")
	if in := h.asked(t); in.Command != "up" || in.Arg != "7" || in.Submitted() || in.Stays || first.Toast != "Time 1" {
		t.Errorf("%+v, %q", in, first.Toast)
	}
	for _, fresh := range []bool{false, true} {
		again, err := h.Redeliver(t.Context(), first.Delivery, fresh)
		if err != nil || !bytes.Equal(again.Body, first.Body) {
			t.Errorf("%s, %v", again.Body, err)
		}
	}
	h.quiet(t, "the same press is carried out again")
	for i, label := range []string{"Down", "Up", "Down"} {
		if a := press(label); a.Toast != fmt.Sprint("Time ", i+2) {
			t.Errorf("%s: %q", label, a.Toast)
		}
		h.asked(t)
	}
	h.clock.pass(3 * time.Second)
	if a := press("Down"); a.Toast != "Time 5" {
		t.Errorf("later: %q", a.Toast)
	}
}

// While a press is worked on, the same one waits for its answer.
func TestTheSamePressMeanwhile(t *testing.T) {
	h := openHouse(t)
	release := make(chan struct{})
	h.answers(func(bot.Invocation) bot.Reply { <-release; return bot.Say{Message: bot.Notice("Once")} })
	ref := h.post(t, h.finds, card(bot.Button{Command: "up", Label: "Up"}))
	answers := make(chan string, 2)
	for range 2 {
		go func() {
			a, err := h.As(h.ada).Press(t.Context(), ref.Native, "Up", nil)
			answers <- fmt.Sprint(a.Toast, err)
		}()
	}
	eventually(t, "it is worked on", func() bool {
		h.desk.mu.Lock()
		defer h.desk.mu.Unlock()
		return len(h.desk.asked) > 0
	})
	close(release)
	for range 2 {
		if a := <-answers; a != "Once<nil>" {
			t.Error(a)
		}
	}
	h.asked(t)
	h.quiet(t, "both are carried out")
}

func worry() bot.Form {
	return bot.Form{Title: "Raise a concern", Command: "worry", Arg: "a", Nonce: "NONCE", Fields: []bot.Field{
		{Name: "words", Kind: bot.ParagraphField, Label: "What worries you?"}, {Name: "who", Kind: bot.PersonField, Label: "Who?"}, {Name: "where", Kind: bot.PlaceField, Label: "Where?"},
	}}
}

// A form that is sent back keeps what was typed; its last page shows the code.
func TestAForm(t *testing.T) {
	h := openHouse(t)
	h.answers(func(in bot.Invocation) bot.Reply {
		switch {
		case !in.Submitted():
			return bot.Ask{Form: worry()}
		case in.Value("words") == "short":
			return bot.Invalid{Fields: map[string]string{"words": "Say a little more."}}
		}
		return bot.Done{Message: bot.Message{Summary: "Thank you.", Blocks: []bot.Block{bot.Heading{Level: 2, Text: bot.Spans{bot.Mono("one-two-three")}}}}}
	})
	eventually(t, "the members of the team are known", func() bool {
		id, _ := h.desk.handlers().Person(t.Context(), account(h.ben))
		return id != ""
	})
	a, err := h.As(h.ada).Compose(t.Context(), h.finds, "worry")
	if err != nil || a.Dialog == nil {
		t.Fatalf("%+v, %v", a, err)
	}
	h.asked(t)
	typed := map[string]any{"paragraph.words": "short", "person.who": h.ben.ID, "place.where": string(place(h.help))}
	back, err := h.As(h.ada).Submit(t.Context(), a.Dialog, "Send", typed)
	if err != nil || back.Dialog == nil {
		t.Fatalf("%+v, %v", back, err)
	}
	if in := h.asked(t); in.Nonce != "NONCE" || in.Arg != "a" || in.Value("who") != "person-"+h.ben.ID || in.Value("where") != string(place(h.help)) || in.Place != place(h.finds) {
		t.Errorf("%+v", in)
	}
	h.asked(t) // the form again
	words, err := cards.Words(back.Dialog.Card)
	if err != nil || !strings.Contains(words, "Say a little more.") || !strings.Contains(string(back.Dialog.Card), `"value":"short"`) || !strings.Contains(words, "Ben") {
		t.Errorf("%s, %v", words, err)
	}
	page, err := h.As(h.ada).Submit(t.Context(), back.Dialog, "Send", map[string]any{"paragraph.words": "long enough"})
	if err != nil || page.Dialog == nil || !strings.Contains(string(page.Dialog.Card), "one-two-three") || page.Dialog.Title != "Raise a concern" {
		t.Fatalf("%+v, %v", page, err)
	}
	if in := h.asked(t); in.Nonce != "NONCE" || in.Value("who") != "person-"+h.ben.ID {
		t.Errorf("%+v", in)
	}
	again, err := h.Redeliver(t.Context(), page.Delivery, true)
	if err != nil || !bytes.Equal(again.Body, page.Body) {
		t.Errorf("sent again: %s, %v", again.Body, err)
	}
	h.quiet(t, "the form is taken twice")
	for _, m := range append(h.Messages(h.finds), h.Messages(h.Personal(h.ada))...) {
		if strings.Contains(string(m.Activity), "one-two-three") {
			t.Errorf("the code stands in a message: %s", m)
		}
	}
}

func TestAFormThatNamesNobodyKnown(t *testing.T) {
	h := openHouse(t)
	h.answers(func(bot.Invocation) bot.Reply { return bot.Ask{Form: worry()} })
	a, err := h.As(h.ada).Compose(t.Context(), h.finds, "worry")
	if err != nil {
		t.Fatal(err)
	}
	for _, typed := range []map[string]any{{"person.who": "nobody"}, {"place.where": "teams|19:elsewhere@thread.tacv2"}} {
		back, err := h.As(h.ada).Submit(t.Context(), a.Dialog, "Send", typed)
		if err != nil || back.Dialog == nil {
			t.Fatalf("%+v, %v", back, err)
		}
		if words, _ := cards.Words(back.Dialog.Card); !strings.Contains(words, "I do not know") {
			t.Error(words)
		}
	}
	for _, in := range h.desk.asked {
		if in.Submitted() {
			t.Errorf("it reaches the bot: %+v", in)
		}
	}
}

func TestSavingAMessage(t *testing.T) {
	h := openHouse(t)
	d, err := h.As(h.ada).Say(t.Context(), h.help, teamstest.Utterance{Text: "see", HTML: `see <a href="https://a.example/">this</a>`})
	if err != nil {
		t.Fatal(err)
	}
	h.answers(func(bot.Invocation) bot.Reply { return bot.Say{Message: bot.Notice("Saved.")} })
	a, err := h.As(h.ben).MessageAction(t.Context(), d.Message, "save")
	if err != nil || a.Dialog == nil || a.Dialog.Title != "Save to digest" {
		t.Fatalf("%+v, %v", a, err)
	}
	in := h.asked(t)
	if in.About == nil || *in.About != (bot.MessageRef{Place: place(h.help), Native: d.Message}) || in.Words != "see https://a.example/" || in.Command != "save" {
		t.Errorf("%+v", in)
	}
}

// A card shows its newest state: in place for whoever pressed, and for all when
// a dialog changed it, posted or private.
func TestRefresh(t *testing.T) {
	h := openHouse(t)
	button := bot.Button{Command: "up", Label: "Up"}
	form := bot.Button{Command: "worry", Label: "Write"}
	h.desk.view = func(bot.View) (bot.Message, error) {
		m := card(button, form)
		m.Blocks = append(m.Blocks, bot.Note{Text: bot.T("Newer.")})
		return m, nil
	}
	h.answers(func(in bot.Invocation) bot.Reply {
		switch {
		case in.Stays:
			return bot.Say{Message: card(button, form)}
		case in.Command == "worry" && !in.Submitted():
			return bot.Ask{Form: worry()}
		}
		return bot.Refresh{View: bot.View{Kind: "draft", ID: "1"}}
	})
	ref := h.post(t, h.finds, card(button, form))
	a, err := h.As(h.ada).Press(t.Context(), ref.Native, "Up", nil)
	if err != nil || !a.Replaced || !strings.Contains(string(a.Body), "Newer.") {
		t.Fatalf("%+v, %v", a, err)
	}
	if _, err := h.As(h.ben).Slash(t.Context(), h.help, "draft"); err != nil {
		t.Fatal(err)
	}
	private := h.until(t, h.help, "A card")
	for who, message := range map[string]string{h.ada.ID: ref.Native, h.ben.ID: private.ID} {
		person := h.As(h.ada)
		if who == h.ben.ID {
			person = h.As(h.ben)
		}
		opened, err := person.Press(t.Context(), message, "Write", nil)
		if err != nil || opened.Dialog == nil {
			t.Fatalf("%+v, %v", opened, err)
		}
		closed, err := person.Submit(t.Context(), opened.Dialog, "Send", nil)
		if err != nil || closed.Dialog != nil || closed.Failed != "" {
			t.Fatalf("%+v, %v", closed, err)
		}
	}
	h.until(t, h.finds, "Newer.")
	if m := h.until(t, h.help, "Newer."); m.ID != private.ID || m.To != h.ben.ID {
		t.Errorf("%s", m)
	}
	found, err := h.Tenant.Find(t.Context(), place(h.finds), "", "part-of-a-test", time.Time{})
	if err != nil || len(found) != 1 {
		t.Errorf("the changed card lost its id: %v, %v", found, err)
	}
}

// What a form carries can be changed by whoever fills it in: another card is not
// touched.
func TestAForgedCardIsNotTouched(t *testing.T) {
	h := openHouse(t)
	h.desk.view = func(bot.View) (bot.Message, error) { return bot.Notice("Something else."), nil }
	h.answers(func(in bot.Invocation) bot.Reply {
		if !in.Submitted() {
			return bot.Ask{Form: worry()}
		}
		return bot.Refresh{View: bot.View{Kind: "draft", ID: "1"}}
	})
	edition := h.post(t, h.finds, bot.Notice("The edition."))
	mine := h.post(t, h.finds, card(bot.Button{Command: "worry", Label: "Write"}))
	opened, err := h.As(h.ada).Press(t.Context(), mine.Native, "Write", nil)
	if err != nil || opened.Dialog == nil {
		t.Fatalf("%+v, %v", opened, err)
	}
	opened.Dialog.Card = json.RawMessage(strings.ReplaceAll(string(opened.Dialog.Card), mine.Native, edition.Native))
	page, err := h.As(h.ada).Submit(t.Context(), opened.Dialog, "Send", nil)
	if err != nil || page.Dialog == nil {
		t.Fatalf("%+v, %v", page, err)
	}
	if m, _ := h.Message(edition.Native); m.Edits != 0 {
		t.Error("the edition was changed")
	}
}

// The button of an older client is answered with a message.
func TestAButtonOfAnOlderClient(t *testing.T) {
	h := openHouse(t)
	h.answers(func(bot.Invocation) bot.Reply { return bot.Say{Message: bot.Notice("Went up.")} })
	ref := h.post(t, h.finds, card(bot.Button{Command: "up", Label: "Up"}))
	a, err := h.As(h.ada).Press(t.Context(), ref.Native, "Up", nil)
	if err != nil {
		t.Fatal(err)
	}
	h.asked(t)
	h.clock.pass(time.Minute)
	activity := a.Activity
	action := activity["value"].(map[string]any)["action"].(map[string]any)
	activity["type"], activity["name"], activity["value"] = "message", "", action["data"]
	if d, err := h.Redeliver(t.Context(), teamstest.Delivery{Activity: activity}, true); err != nil || d.Status != http.StatusAccepted {
		t.Fatal(d.Status, err)
	}
	if m := h.until(t, h.finds, "Went up."); m.To != h.ada.ID {
		t.Errorf("%s", m)
	}
}

// Where a conversation is served is remembered over a restart; the newest proven
// address wins.
func TestServiceAddressesAreRemembered(t *testing.T) {
	h := openHouse(t)
	h.join(t)
	if _, err := h.Tenant.Find(t.Context(), place(h.help), "", "x", time.Time{}); err != nil {
		t.Errorf("after a restart: %v", err)
	}
	h.post(t, h.help, bot.Notice("After a restart."))
	before := len(h.desk.notes)
	for range 3 {
		if _, err := h.As(h.ada).Write(t.Context(), h.help, "hello"); err != nil {
			t.Fatal(err)
		}
	}
	if len(h.desk.notes) != before {
		t.Errorf("notes grow from %d to %d", before, len(h.desk.notes))
	}
	h.Move("apac")
	if _, err := h.As(h.ada).Write(t.Context(), h.help, "hello"); err != nil {
		t.Fatal(err)
	}
	if note := h.desk.notes["teams/place/"+h.help]; !strings.Contains(note, "apac") {
		t.Errorf("the note is %q", note)
	}
	mine, before := h.Personal(h.ada), len(h.desk.notes)
	h.Add(mine)
	if _, err := h.As(h.ada).Write(t.Context(), mine, "hello"); err != nil {
		t.Fatal(err)
	}
	h.post(t, mine, bot.Notice("From elsewhere, too."))
	if len(h.desk.notes) != before {
		t.Error("it is noted who wrote to the bot alone")
	}
	h.post(t, h.help, bot.Notice("From elsewhere."))
	if common := h.desk.notes["teams/service"]; strings.Contains(common, "apac") {
		t.Errorf("one conversation moves all: %s", common)
	}
	for range 60 {
		if _, err := h.As(h.ada).Write(t.Context(), h.help, "hello"); err != nil {
			t.Fatal(err)
		}
	}
	if common := h.desk.notes["teams/service"]; !strings.Contains(common, "apac") {
		t.Errorf("a tenant that moved is still looked for at %s", common)
	}
}

// Without Microsoft Graph nothing is looked for, for certain.
func TestFindingWithoutGraph(t *testing.T) {
	h := openHouse(t, func(c *teams.Config) { c.Graph = false })
	ref := h.post(t, h.finds, bot.Notice("Here."))
	_, err := h.Tenant.Find(t.Context(), ref.Place, "", "part-of-a-test", time.Time{})
	var refused *bot.SendError
	if !errors.As(err, &refused) || refused.Reason != bot.Denied {
		t.Errorf("%v", err)
	}
	h = openHouse(t)
	mine := h.Personal(h.ada)
	h.Add(mine)
	if _, err := h.Tenant.Find(t.Context(), place(mine), "", "part-of-a-test", time.Time{}); !errors.As(err, &refused) || refused.Reason != bot.Denied {
		t.Errorf("in a chat: %v", err)
	}
}

// The people of a tenant that is not read from Graph are those of its teams.
func TestTheRosterIsTheDirectory(t *testing.T) {
	h := openHouse(t, func(c *teams.Config) { c.Graph = false })
	eventually(t, "both are known by their address", func() bool {
		h.desk.mu.Lock()
		defer h.desk.mu.Unlock()
		all := map[string]bool{}
		for _, fact := range h.desk.people {
			all[fact.Email] = true
		}
		return all["ada@example.org"] && all["ben@example.org"]
	})
}

// Nothing that anybody wrote is logged, whatever breaks.
func TestWordsAreNotLogged(t *testing.T) {
	var log bytes.Buffer
	h := openHouse(t, func(c *teams.Config) { c.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	h.answers(func(bot.Invocation) bot.Reply { panic("the secret words") })
	ref := h.post(t, h.finds, card(bot.Button{Command: "up", Arg: "secret-argument", Label: "Up"}))
	a, err := h.As(h.ada).Press(t.Context(), ref.Native, "Up", nil)
	if err != nil || !strings.Contains(a.Toast, "Something broke") {
		t.Fatalf("%+v, %v", a, err)
	}
	if text := log.String(); !strings.Contains(text, "level=ERROR") || strings.Contains(text, "secret") {
		t.Error(text)
	}
}
