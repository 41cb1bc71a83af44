package digeststore_test

import (
	"bytes"
	"context"
	"log/slog"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/bot/schedule"
	"evangelist/digests"
	"evangelist/storage/digeststore"
	"evangelist/storage/internal/engine"
	"evangelist/storage/kernelstore"
	"evangelist/storage/storagetest"
)

// clock is a Clock that a test moves.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

const (
	channel = bot.PlaceID("chat|C1")
	closed  = bot.PlaceID("chat|P1")
)

// wednesday is when the story begins: Wednesday 18 November 2026, noon.
var wednesday = time.Date(2026, 11, 18, 12, 0, 0, 0, time.UTC)

// world is the feature behind a router, on a real database.
type world struct {
	t        *testing.T
	ctx      context.Context
	db       *engine.DB
	clock    *clock
	people   *kernelstore.People
	places   *kernelstore.Places
	stores   digests.Stores
	feature  *digests.Feature
	router   *bot.Router
	schedule *schedule.Scheduler
	log      *bytes.Buffer
	used     []digests.Used
	native   int
}

func newWorld(t *testing.T, change ...func(*digests.Config)) *world {
	t.Helper()
	return newWorldOn(t, storagetest.Memory(t), change...)
}

func newWorldOn(t *testing.T, db *engine.DB, change ...func(*digests.Config)) *world {
	t.Helper()
	w := &world{t: t, ctx: context.Background(), db: db, clock: &clock{now: wednesday}, log: &bytes.Buffer{}}
	random := rand.NewChaCha8([32]byte{1})
	w.people = kernelstore.NewPeople(db, w.clock, random)
	w.places = kernelstore.NewPlaces(db, w.clock)
	w.stores = digeststore.New(db, w.clock)
	log := slog.New(slog.NewTextHandler(w.log, nil))
	w.schedule = schedule.New(schedule.Config{Clock: w.clock, Store: kernelstore.NewSchedules(db), Log: log})
	london, err := time.LoadLocation("Europe/London")
	w.must(err)
	config := digests.Config{
		Stores: w.stores, People: w.people, Places: w.places, Clock: w.clock, Random: random, Schedule: w.schedule,
		Organisation: bot.Organisation{Name: "Marlow Council", Zone: london},
		Used:         func(_ context.Context, u digests.Used) error { w.used = append(w.used, u); return nil },
	}
	for _, c := range change {
		c(&config)
	}
	w.feature = digests.New(config)
	w.router = bot.NewRouter(bot.RouterConfig{People: w.people, Clock: w.clock, Random: random, Log: log})
	w.must(w.router.Add(w.feature.Commands()...))
	w.router.AddViews(w.feature.Views()...)
	for _, chore := range w.feature.Chores() {
		w.must(w.schedule.Register(chore))
	}
	w.must(w.places.Observe(w.ctx, []bot.Place{
		{ID: channel, Name: "useful", Kind: bot.OpenChannel, Member: true},
		{ID: closed, Name: "closed", Kind: bot.PrivateChannel, Member: true},
	}))
	w.must(w.places.Watch(w.ctx, channel, true))
	for _, fact := range []bot.AccountFact{
		{Account: account("ada"), Name: "Ada", Email: "ada@example.org", Department: "Communications"},
		{Account: account("ben"), Name: "Ben", Email: "ben@example.org", Department: "Libraries"},
		{Account: account("cleo"), Name: "Cleo", Email: "cleo@example.org", Department: "Housing"},
		{Account: account("dev"), Name: "Dev", Email: "dev@example.org", Department: "Highways"},
		{Account: account("eve"), Name: "Eve", Email: "eve@example.org", Department: "Legal"},
		{Account: account("fay"), Name: "Fay", Email: "fay@example.org", Department: "Legal"},
		{Account: account("gus"), Name: "Gus", Email: "gus@example.org", Department: "Housing"},
	} {
		_, err := w.people.Record(w.ctx, []bot.AccountFact{fact})
		w.must(err)
	}
	w.must(w.people.Change(w.ctx, w.person("ada"), func(p *bot.Person) ([]bot.Delivery, error) {
		p.Roles = []bot.Role{bot.Lead}
		return nil, nil
	}))
	return w
}

func account(name string) bot.AccountID { return bot.NewAccountID("chat", name) }

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) person(name string) bot.PersonID {
	w.t.Helper()
	actor, err := w.people.Actor(w.ctx, account(name))
	w.must(err)
	return actor.Person
}

// post has somebody write a message and returns it.
func (w *world) post(who, text string, change ...func(*bot.Sighting)) bot.MessageRef {
	w.t.Helper()
	w.native++
	s := bot.Sighting{
		Kind: bot.Posted, Message: bot.MessageRef{Place: channel, Native: w.clock.now.Format("150405") + "." + string(rune('a'+w.native))},
		Author: account(who), At: w.clock.now, Text: text,
	}
	for _, c := range change {
		c(&s)
	}
	w.hear(s)
	w.clock.now = w.clock.now.Add(time.Minute)
	return s.Message
}

func (w *world) hear(batch ...bot.Sighting) []bot.Whisper {
	w.t.Helper()
	whispers, err := w.feature.Ears()[0].Hear(w.ctx, batch)
	w.must(err)
	return whispers
}

func (w *world) react(who string, m bot.MessageRef, emoji string) {
	w.t.Helper()
	w.hear(bot.Sighting{Kind: bot.Reacted, Message: m, Author: account(who), Emoji: emoji, At: w.clock.now})
}

// do invokes a command as somebody.
func (w *world) do(who, command string, change ...func(*bot.Invocation)) bot.Reply {
	w.t.Helper()
	in := bot.Invocation{Actor: bot.Actor{Account: account(who)}, Workspace: "chat", Command: command, Place: channel}
	for _, c := range change {
		c(&in)
	}
	reply := w.router.Do(w.ctx, in)
	w.clock.now = w.clock.now.Add(time.Second)
	if strings.Contains(w.log.String(), "level=ERROR") {
		w.t.Fatalf("a command failed: %s", w.log)
	}
	return reply
}

func words(text string) func(*bot.Invocation) { return func(in *bot.Invocation) { in.Words = text } }
func arg(text string) func(*bot.Invocation)   { return func(in *bot.Invocation) { in.Arg = text } }

func form(fields map[string]string) func(*bot.Invocation) {
	return func(in *bot.Invocation) {
		in.Nonce, in.Values = "nonce", map[string][]string{}
		for name, value := range fields {
			in.Values[name] = []string{value}
		}
	}
}

// text is what a reply says, drawn plainly.
func (w *world) text(reply bot.Reply) string {
	w.t.Helper()
	switch reply := reply.(type) {
	case bot.Say:
		return draw(reply.Message)
	case bot.Done:
		return draw(reply.Message)
	case bot.Refresh:
		message, _, err := w.router.View(w.ctx, reply.View)
		w.must(err)
		return draw(message)
	case bot.Ask:
		return "form " + reply.Form.Title
	case bot.Invalid:
		var out []string
		for field, say := range reply.Fields {
			out = append(out, field+": "+say)
		}
		return strings.Join(out, "\n")
	}
	return ""
}

// button finds the first button of a reply with a label.
func (w *world) button(reply bot.Reply, label string) bot.Button {
	w.t.Helper()
	var message bot.Message
	switch reply := reply.(type) {
	case bot.Say:
		message = reply.Message
	case bot.Done:
		message = reply.Message
	case bot.Refresh:
		drawn, _, err := w.router.View(w.ctx, reply.View)
		w.must(err)
		message = drawn
	}
	for _, block := range message.Blocks {
		if actions, ok := block.(bot.Actions); ok {
			for _, button := range actions.Buttons {
				if button.Label == label {
					return button
				}
			}
		}
	}
	w.t.Fatalf("no button %q in:\n%s", label, draw(message))
	return bot.Button{}
}

func (w *world) press(who string, b bot.Button, change ...func(*bot.Invocation)) bot.Reply {
	w.t.Helper()
	return w.do(who, b.Command, append([]func(*bot.Invocation){arg(b.Arg)}, change...)...)
}

// begin has Ada begin the Friday roundup.
func (w *world) begin(change ...map[string]string) digests.Digest {
	w.t.Helper()
	fields := map[string]string{"name": "Friday roundup", "when": "every Friday 09:00", "places": string(channel), "undecided": "wait"}
	for _, more := range change {
		for k, v := range more {
			fields[k] = v
		}
	}
	reply := w.do("ada", "digest.new", form(fields))
	if _, ok := reply.(bot.Done); !ok {
		w.t.Fatalf("no digest was begun: %s", w.text(reply))
	}
	list, err := w.stores.Series.List(w.ctx)
	w.must(err)
	return list[len(list)-1]
}

// run lets everything happen that is due now.
func (w *world) run() {
	w.t.Helper()
	for range 20 {
		worked, err := w.schedule.Step(w.ctx)
		w.must(err)
		next, err := w.feature.Sweeps()[0].Run(w.ctx)
		w.must(err)
		if !worked && (next.IsZero() || next.After(w.clock.now)) {
			return
		}
	}
	w.t.Fatal("the work does not end")
}

func (w *world) at(text string) {
	w.t.Helper()
	london, err := time.LoadLocation("Europe/London")
	w.must(err)
	w.clock.now, err = time.ParseInLocation("2006-01-02 15:04:05", text, london)
	w.must(err)
	w.clock.now = w.clock.now.UTC()
}

// deliveries lists what is to be sent whose key begins so.
func (w *world) deliveries(prefix string) []string {
	w.t.Helper()
	var keys []string
	w.must(w.db.Read(w.ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		keys, err = engine.All(ctx, tx, engine.Value[string], `SELECT key FROM deliveries WHERE key LIKE $1 ORDER BY key`, prefix+"%")
		return err
	}))
	return keys
}

// draw writes a message as plain text, for assertions and golden files.
func draw(m bot.Message) string {
	var out strings.Builder
	line := func(parts ...string) { out.WriteString(strings.Join(parts, "") + "\n") }
	line("(" + m.Summary + ")")
	for _, block := range m.Blocks {
		switch b := block.(type) {
		case bot.Heading:
			line(strings.Repeat("#", b.Level), " ", b.Text.Plain(nil))
		case bot.Paragraph:
			line(b.Text.Plain(nil))
		case bot.Note:
			line("~ ", b.Text.Plain(nil))
		case bot.List:
			for _, item := range b.Items {
				line("- ", item.Plain(nil))
			}
		case bot.Link:
			number := ""
			if b.Number > 0 {
				number = string(rune('0'+b.Number)) + " "
			}
			line(number, b.Title, " <", b.URL, "> ", b.Meta)
			for _, l := range b.Lines {
				line("   ", l.Plain(nil))
			}
		case bot.Rule:
			line("---")
		case bot.Actions:
			var labels []string
			for _, button := range b.Buttons {
				labels = append(labels, "["+button.Label+"]")
			}
			line(strings.Join(labels, " "))
		}
	}
	return out.String()
}
