package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"evangelist/adapters/playground"
	"evangelist/bot"
	"evangelist/cmd/evangelist/config"
	"evangelist/storage/storagetest"
)

// hand is a clock that a test moves.
type hand struct {
	mu  sync.Mutex
	now time.Time
}

func (h *hand) Now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *hand) add(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(d)
}

// council is the playground as a test drives it: the real App on a real
// database, with a clock that the test moves.
type council struct {
	*testing.T
	ctx   context.Context
	clock *hand
	ws    *playground.Workspace
	app   *App
	log   *lockedBuffer
	place playgroundPlace
	// handler serves the pages.
	handler http.Handler
	stop    func()
}

type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// tuesday is an ordinary morning with a roundup ahead.
var tuesday = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)

func openCouncil(t *testing.T, url string) *council {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	t.Cleanup(cancel)
	c := &council{T: t, ctx: ctx, clock: &hand{now: tuesday}, log: &lockedBuffer{}, place: playgroundPlace{Database: url, Workspace: t.TempDir() + "/workspace"}}
	c.start()
	t.Cleanup(func() { c.stop() })
	return c
}

// start opens the playground and runs it; stop ends it. A council can be
// started again on the same database and workspace.
func (c *council) start() {
	c.Helper()
	s := &settings{
		Surroundings: Surroundings{Clock: c.clock, Random: rand.Reader, Stdout: c.log, Stderr: c.log},
		config:       config.Default(), log: slog.New(slog.NewJSONHandler(c.log, nil)),
	}
	run, err := openPlayground(c.ctx, s, c.place, "http://127.0.0.1:1")
	if err != nil {
		c.Fatal(err)
	}
	c.ws, c.app, c.handler = run.workspace, run.app, run.handler
	ctx, cancel := context.WithCancel(c.ctx)
	disconnect := c.app.join(c.ws)
	ran := make(chan error, 1)
	go func() { ran <- c.app.Run(ctx) }()
	var once sync.Once
	c.stop = func() {
		once.Do(func() {
			cancel()
			if err := <-ran; err != nil {
				c.Errorf("the app stopped: %v", err)
			}
			run.page.Close()
			disconnect()
			if err := run.close(); err != nil {
				c.Errorf("close: %v", err)
			}
		})
	}
	c.heard()
}

// heard waits until the bot has taken everything that was seen.
func (c *council) heard() {
	c.Helper()
	if err := c.ws.Heard(c.ctx); err != nil {
		c.Fatalf("the bot did not hear: %v\n%s", err, c.log)
	}
}

// later moves the clock.
func (c *council) later(d time.Duration) {
	c.clock.add(d)
	c.app.Wake()
}

func (c *council) as(person string) *playground.Person { return c.ws.As(person) }

func (c *council) post(person, place, text string) playground.Message {
	c.Helper()
	m, err := c.as(person).Post(c.ctx, place, text)
	if err != nil {
		c.Fatalf("%s posts: %v", person, err)
	}
	c.heard()
	return m
}

func (c *council) react(person string, m playground.Message, emoji string) {
	c.Helper()
	if err := c.as(person).React(c.ctx, m.Ref, emoji); err != nil {
		c.Fatalf("%s reacts: %v", person, err)
	}
	c.heard()
}

func (c *council) slash(person, line string) playground.Answer {
	c.Helper()
	answer, err := c.as(person).Slash(c.ctx, "all-council", line)
	if err != nil {
		c.Fatalf("%s: %s: %v", person, line, err)
	}
	return answer
}

func (c *council) fill(answer playground.Answer, values map[string][]string) playground.Answer {
	c.Helper()
	if answer.Form == nil {
		c.Fatalf("no form is open, but %s", words(answer))
	}
	for field, picked := range values {
		answer.Form.Pick(field, picked...)
	}
	next, err := answer.Form.Submit(c.ctx)
	if err != nil {
		c.Fatalf("submit: %v", err)
	}
	if invalid, ok := next.Reply.(bot.Invalid); ok {
		c.Fatalf("the form was refused: %v", invalid.Fields)
	}
	return next
}

// button finds a button by its command and a part of its argument.
func button(message *bot.Message, command, arg string) (bot.Button, bool) {
	if message == nil {
		return bot.Button{}, false
	}
	for _, block := range message.Blocks {
		if actions, ok := block.(bot.Actions); ok {
			for _, b := range actions.Buttons {
				if b.Command == command && strings.Contains(b.Arg, arg) {
					return b, true
				}
			}
		}
	}
	return bot.Button{}, false
}

func (c *council) press(person string, on playground.Answer, command, arg string) playground.Answer {
	c.Helper()
	b, ok := button(on.Shown, command, arg)
	if !ok {
		c.Fatalf("there is no button %s %s on: %s", command, arg, words(on))
	}
	answer, err := c.as(person).PressButton(c.ctx, on.Ref, b)
	if err != nil {
		c.Fatalf("%s presses %s: %v", person, command, err)
	}
	return answer
}

// words is what an answer shows, for failures and for looking into.
func words(answer playground.Answer) string {
	if answer.Shown == nil {
		return fmt.Sprintf("(%T)", answer.Reply)
	}
	return plain(*answer.Shown)
}

func plain(m bot.Message) string {
	raw, err := m.MarshalJSON()
	if err != nil {
		return err.Error()
	}
	return string(raw)
}

// until waits for a message in a place that has all the words.
func (c *council) until(place string, want ...string) playground.Message {
	c.Helper()
	var found playground.Message
	err := c.ws.WaitFor(c.ctx, func() bool {
		for _, m := range c.ws.Messages(place) {
			text := m.Text
			if m.Body != nil {
				text = plain(*m.Body)
			}
			all := true
			for _, w := range want {
				all = all && strings.Contains(text, w)
			}
			if all {
				found = m
				return true
			}
		}
		return false
	})
	if err != nil {
		c.Fatalf("%v never appeared in %s\n%s", want, place, c.log)
	}
	return found
}

func TestTheWholeStory(t *testing.T) {
	t.Parallel()
	storagetest.EachURL(t, func(t *testing.T, url string) { wholeStory(openCouncil(t, url)) })
}

// on returns the private reply that an answer left, as it is shown now.
func (c *council) now(person string, on playground.Answer) playground.Answer {
	c.Helper()
	message, err := c.as(person).Shown(on.Ref)
	if err != nil {
		c.Fatalf("what %s saw is gone: %v", person, err)
	}
	on.Shown = &message
	return on
}

// itemArg is the argument of an item's buttons on a draft.
func (c *council) itemArg(message *bot.Message, address string) string {
	c.Helper()
	under := false
	for _, block := range message.Blocks {
		switch b := block.(type) {
		case bot.Link:
			under = b.URL == address
		case bot.Actions:
			if under {
				return b.Buttons[0].Arg
			}
		}
	}
	c.Fatalf("the draft has no item %s: %s", address, plain(*message))
	return ""
}

const usefulPage = "https://www.gov.uk/guidance/content-design/writing-for-gov-uk"

func wholeStory(c *council) {
	defer c.ticking()()
	c.share()
	c.publish()
	c.speak()
	c.ask()
	if strings.Contains(c.log.String(), "ERROR") {
		c.Fatalf("something was logged as an error:\n%s", c.log)
	}
}

func (c *council) share() {
	first := c.post("farida", "good-finds", "This saved us a morning: "+usefulPage+"?utm_source=chat")
	c.post("callum", "digital-help", "For everybody who writes forms "+usefulPage+"?utm_campaign=x&fbclid=1")
	c.post("maureen", "libraries-and-learning", usefulPage+"/#main")
	for _, who := range []string{"minh", "ishbel", "leroy", "dorothea", "sunil"} {
		c.react(who, first, "thumbsup")
	}
	c.later(time.Minute)
	preview := words(c.slash("nia", "/digest preview"))
	if strings.Count(preview, usefulPage) != 1 || strings.Contains(preview, "utm_") || strings.Contains(preview, "fbclid") {
		c.Fatalf("the page must stand there once, without tracking: %s", preview)
	}
}

func (c *council) publish() {
	draft := c.slash("nia", "/digest draft")
	arg := c.itemArg(draft.Shown, usefulPage)
	c.press("nia", draft, "digest.pin", arg)
	c.fill(c.press("nia", c.now("nia", draft), "digest.words", arg), map[string][]string{"because": {"one page replaced forty calls a week"}})
	c.press("nia", c.now("nia", draft), "digest.approve", "")
	c.press("nia", c.now("nia", draft), "digest.undo", "")
	c.press("nia", c.now("nia", draft), "digest.approve", "")
	if stranger := c.slash("leroy", "/digest publish"); strings.Contains(words(stranger), "60 seconds") {
		c.Fatalf("a colleague published: %s", words(stranger))
	}
	c.slash("nia", "/digest publish")
	c.later(30 * time.Second)
	c.later(2 * time.Minute)
	posted := c.until("all-council", "Friday roundup", usefulPage)
	text := plain(*posted.Body)
	for _, want := range []string{"Farida Noorzai", "Callum Strathie", "Maureen Tatlock", "one page replaced forty calls a week", "You said"} {
		if !strings.Contains(text, want) {
			c.Errorf("the edition lacks %q: %s", want, text)
		}
	}
	if n := c.count("all-council", "Friday roundup"); n != 1 {
		c.Errorf("the edition stands there %d times", n)
	}
	issues, err := c.app.features.Digests.Issues(c.ctx, "", "", time.Time{}, 0)
	if err != nil || len(issues) != 1 || !strings.Contains(fmt.Sprint(issues[0].Content.Items), usefulPage) {
		c.Errorf("the archive: %d editions, %v", len(issues), err)
	}
}

// count counts the bot's messages in a place that have the words.
func (c *council) count(place, text string) int {
	n := 0
	for _, m := range c.ws.Messages(place) {
		if m.Ours && m.Body != nil && strings.Contains(plain(*m.Body), text) {
			n++
		}
	}
	return n
}

func (c *council) speak() {
	const worry = "The rota for the front desk leaves nobody to unlock the side door."
	done := c.fill(c.slash("leroy", "/concern"), map[string][]string{"words": {worry}, "name": {"anonymous"}})
	code := codeIn(c, done)
	if c.count("reading-team", worry) != 0 {
		c.Fatal("an anonymous concern arrived before the release")
	}
	c.slash("nia", "/evangelist release")
	card := c.until("reading-team", worry)
	if text := plain(*card.Body); strings.Contains(text, "Leroy") || strings.Contains(text, string(c.ws.ID("leroy"))) {
		c.Fatalf("the card names the author: %s", text)
	}
	reader := playground.Answer{Shown: card.Body, Ref: card.Ref}
	c.fill(c.press("adaeze", reader, "voices.answer", ""), map[string][]string{
		"answer": {"The caretaker now has a key and comes at eight."}, "summary": {"Who opens the side door."},
	})
	read := c.fill(c.slash("leroy", "/concern code"), map[string][]string{"code": {code}})
	if !strings.Contains(words(read), "The caretaker now has a key") {
		c.Fatalf("the code does not show the answer: %s", words(read))
	}
}

// codeIn finds the private code on a form's last page.
func codeIn(c *council, done playground.Answer) string {
	c.Helper()
	if done.Form == nil || done.Form.Done == nil {
		c.Fatalf("no last page: %s", words(done))
	}
	for _, block := range done.Form.Done.Blocks {
		var spans []bot.Spans
		switch b := block.(type) {
		case bot.Paragraph:
			spans = append(spans, b.Text)
		case bot.Quote:
			spans = append(spans, b.Text)
		case bot.Facts:
			for _, fact := range b.Facts {
				spans = append(spans, fact.Value)
			}
		case bot.Heading:
			spans = append(spans, b.Text)
		}
		for _, line := range spans {
			for _, span := range line {
				if span.Kind == bot.Code || len(strings.FieldsFunc(span.Text, func(r rune) bool { return r == '-' || r == ' ' })) == 8 {
					return span.Text
				}
			}
		}
	}
	c.Fatalf("no code on the last page: %s", plain(*done.Form.Done))
	return ""
}

func (c *council) ask() {
	c.fill(c.slash("minh", "/evangelist join"), map[string][]string{"part": {"lead"}})
	c.slash("nia", "/evangelist ask now")
	asked := c.until(string(c.as("minh").Direct()), "network.answer")
	c.fill(c.press("minh", playground.Answer{Shown: asked.Body, Ref: asked.Ref}, "network.answer", ""), map[string][]string{
		"words": {"A checklist on one page halves the questions."}, "kind": {"learned"}, "consent": {"name"},
	})
	c.later(time.Minute)
	draft := words(c.slash("nia", "/digest preview"))
	if !strings.Contains(draft, "A checklist on one page halves the questions.") {
		c.Fatalf("the next draft lacks the learning: %s", draft)
	}
}

// A bot that is added to a channel says there what it reads, and can post there.
func TestAddedToAChannel(t *testing.T) {
	c := openCouncil(t, storagetest.SQLite(t))
	defer c.ticking()()
	id, err := c.ws.AddRoom(playground.Room{Place: bot.Place{ID: c.ws.PlaceID("garden"), Name: "garden", Kind: bot.OpenChannel}})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.as("nia").AddBot(c.ctx, string(id)); err != nil {
		t.Fatal(err)
	}
	c.heard()
	c.until(string(id), "see_no_evil")
	place, err := c.app.places.Place(c.ctx, id)
	if err != nil || !place.Member {
		t.Fatalf("the register does not know that the bot is there: %+v, %v", place, err)
	}
}

// What operators scrape names counts and nothing else: no person, no place, no
// word that anybody wrote.
func TestOperations(t *testing.T) {
	c := openCouncil(t, storagetest.SQLite(t))
	defer c.ticking()()
	c.share()
	c.speak()
	get := func(path string) string {
		recorder := httptest.NewRecorder()
		c.handler.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "http://localhost"+path, nil))
		if recorder.Code != http.StatusOK {
			t.Fatalf("%s: %d %s", path, recorder.Code, recorder.Body)
		}
		return recorder.Body.String()
	}
	if got := get("/healthz"); !strings.Contains(got, "ok") {
		t.Error(got)
	}
	if got := get("/readyz"); !strings.Contains(got, `"database":"ok"`) {
		t.Error(got)
	}
	metrics := get("/metrics")
	for _, want := range []string{`evangelist_deliveries{class="answer",state="sent"}`, `evangelist_sightings_total{kind="posted"}`, `evangelist_command_seconds_count{command="digest.preview"`} {
		if !strings.Contains(metrics, want) {
			t.Errorf("the metrics lack %s:\n%s", want, metrics)
		}
	}
	for _, never := range []string{"voices.concern", "voices.code", "farida", "Farida", "leroy", "good-finds", "side door", "gov.uk"} {
		if strings.Contains(metrics, never) {
			t.Errorf("the metrics name %s", never)
		}
	}
}

// The storybook shows what people see, and nothing that only haste brings.
func TestStorybook(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	s := &settings{
		Surroundings: Surroundings{Clock: &walkingClock{now: tuesday}, Random: rand.Reader, Stdout: io.Discard, Stderr: io.Discard},
		config:       config.Default(), log: slog.New(slog.DiscardHandler),
	}
	run, err := openPlayground(t.Context(), s, playgroundPlace{Database: "sqlite::memory:"}, "")
	if err != nil {
		t.Fatal(err)
	}
	defer run.close()
	specimens, err := run.specimens(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var forms, messages, surfaces = 0, 0, map[string]bool{}
	all := ""
	for _, one := range specimens {
		surfaces[one.Surface] = true
		if one.Form != nil {
			forms++
			continue
		}
		messages++
		text := plain(*one.Message)
		all += text
		for _, never := range []string{bot.ErrTooFast.Say, "Something broke"} {
			if strings.Contains(text, never) {
				t.Errorf("%s shows %q", one.Name, never)
			}
		}
	}
	for _, want := range []string{"Friday roundup", "network.answer", "voices.answer", "digest.useful"} {
		if !strings.Contains(all, want) {
			t.Errorf("nothing shows %s", want)
		}
	}
	if forms < 10 || messages < 25 || len(surfaces) < 5 {
		t.Errorf("%d forms and %d messages of %d surfaces", forms, messages, len(surfaces))
	}
}
