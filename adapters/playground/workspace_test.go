package playground_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"evangelist/adapters/playground"
	"evangelist/adapters/playground/sample"
	"evangelist/bot"
)

// clock is a clock that moves a second each time it is read, so that moments
// differ and no test depends on the machine's.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 11, 19, 16, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(time.Second)
	return c.now
}

// counter is a source of "randomness" without end that tests can repeat.
type counter struct {
	mu sync.Mutex
	n  byte
}

func (c *counter) Read(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range p {
		c.n++
		p[i] = c.n
	}
	return len(p), nil
}

func open(t *testing.T, change func(*playground.Config)) *playground.Workspace {
	t.Helper()
	config := playground.Config{Clock: newClock(), Random: &counter{}, Record: true}
	if change != nil {
		change(&config)
	}
	w, err := playground.Open(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
			t.Error(err)
		}
	})
	return w
}

// town is a small workspace of three people.
func town(t *testing.T, change func(*playground.Config)) *playground.Workspace {
	t.Helper()
	w := open(t, change)
	furnish(t, w)
	return w
}

func furnish(t *testing.T, w *playground.Workspace) {
	t.Helper()
	for _, a := range []playground.Account{
		{Native: "ada", Name: "Ada One", Department: "Libraries"},
		{Native: "ben", Name: "Ben Two", Department: "Housing"},
		{Native: "eve", Name: "Eve Guest", External: true},
	} {
		must(t, w.AddPerson(a))
	}
	_, err := w.AddRoom(playground.Room{Place: bot.Place{ID: w.PlaceID("finds"), Name: "finds", Kind: bot.OpenChannel, Member: true}})
	must(t, err)
	_, err = w.AddRoom(playground.Room{Place: bot.Place{ID: w.PlaceID("quiet"), Name: "quiet", Kind: bot.OpenChannel}})
	must(t, err)
	_, err = w.AddRoom(playground.Room{Place: bot.Place{ID: w.PlaceID("desk"), Name: "desk", Kind: bot.PrivateChannel, Member: true}, Members: []bot.AccountID{w.ID("ada")}})
	must(t, err)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// ears collects sightings.
type ears struct {
	mu    sync.Mutex
	heard []bot.Sighting
	fail  int // refuse so many batches first
	calls int
}

func (e *ears) hear(_ context.Context, batch []bot.Sighting) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.calls++
	if e.fail > 0 {
		e.fail--
		return errors.New("not now")
	}
	e.heard = append(e.heard, batch...)
	return nil
}

func (e *ears) kinds() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	var out []string
	for _, s := range e.heard {
		out = append(out, string(s.Kind))
	}
	return strings.Join(out, " ")
}

func nothing(context.Context, bot.Invocation) bot.Reply { return bot.Nothing{} }

func soon(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func TestTheSampleFurnishesANewWorkspace(t *testing.T) {
	now := newClock()
	from, err := sample.Load(now.Now())
	must(t, err)
	w := open(t, func(c *playground.Config) { c.Sample, c.Clock = from, now })
	if got, want := len(w.Accounts()), len(from.People)+len(from.Bots)+1; got != want {
		t.Errorf("%d accounts, want %d", got, want)
	}
	standing := 0
	for _, m := range from.Messages {
		if m.DeletedAt.IsZero() {
			standing++
		}
	}
	shown, titled := 0, 0
	for _, c := range from.Channels {
		messages := w.Messages(c.ID)
		shown += len(messages)
		for i, m := range messages {
			if i > 0 && m.At.Before(messages[i-1].At) {
				t.Errorf("%s: %s is out of order", c.ID, m.Ref.Native)
			}
			for _, link := range m.Links {
				if link.Title != "" {
					titled++
				}
			}
		}
	}
	if shown != standing {
		t.Errorf("%d messages stand, want %d", shown, standing)
	}
	if titled < 20 {
		t.Errorf("only %d links are unfurled", titled)
	}
}

func TestSightingsFollowWhatPeopleDo(t *testing.T) {
	w, ctx, e := town(t, nil), soon(t), &ears{fail: 2}
	t.Cleanup(w.Connect(bot.Handlers{Invoke: nothing, Hear: e.hear}))
	ada, ben := w.As("ada"), w.As("ben")
	m, err := ada.Post(ctx, "finds", "Worth it, @ben: [the guide](https://example.org/a) and https://example.org/b.")
	must(t, err)
	_, err = ben.Reply(ctx, m.Ref, "Thank you")
	must(t, err)
	must(t, ben.React(ctx, m.Ref, ":pushpin:"))
	must(t, ben.React(ctx, m.Ref, "📌"))
	must(t, ben.Unreact(ctx, m.Ref, "pushpin"))
	must(t, ada.Edit(ctx, m.Ref, "Shorter: https://example.org/a"))
	must(t, ada.Edit(ctx, m.Ref, "Shorter: https://example.org/a"))
	must(t, ada.Delete(ctx, m.Ref))
	must(t, ada.Delete(ctx, m.Ref))
	_, err = ada.Post(ctx, "quiet", "Nobody listens here: https://example.org/c")
	must(t, err)
	must(t, ada.AddBot(ctx, "quiet"))
	must(t, ada.RemoveBot(ctx, "quiet"))
	_, err = ada.Post(ctx, "desk", "Private")
	must(t, err)
	must(t, w.Heard(ctx))
	if got, want := e.kinds(), "posted posted reacted unreacted edited deleted joined left posted"; got != want {
		t.Fatalf("heard %q, want %q", got, want)
	}
	first := e.heard[0]
	if first.Text != "Worth it, @Ben Two: the guide and https://example.org/b." {
		t.Errorf("text is %q", first.Text)
	}
	if len(first.Links) != 2 || first.Links[0].Label != "the guide" || first.Links[1].URL != "https://example.org/b" || first.Links[1].Label != "" {
		t.Errorf("links are %+v", first.Links)
	}
	if reply := e.heard[1]; reply.Thread != m.Ref.Native {
		t.Errorf("the reply stands in thread %q, want %q", reply.Thread, m.Ref.Native)
	}
	if change := e.heard[4]; !change.At.Equal(first.At) || len(change.Links) != 1 {
		t.Errorf("the edit is %+v", change)
	}
	if last := e.heard[8]; !last.Private {
		t.Error("a message of a private channel does not say so")
	}
}

func TestPlacesAreSeenByTheirMembersOnly(t *testing.T) {
	w, ctx := town(t, nil), soon(t)
	m, err := w.As("ada").Post(ctx, "desk", "For us")
	must(t, err)
	for name, act := range map[string]func() error{
		"post":   func() error { _, err := w.As("ben").Post(ctx, "desk", "Me too"); return err },
		"react":  func() error { return w.As("ben").React(ctx, m.Ref, "heart") },
		"reply":  func() error { _, err := w.As("ben").Reply(ctx, m.Ref, "x"); return err },
		"edit":   func() error { return w.As("ben").Edit(ctx, m.Ref, "x") },
		"delete": func() error { return w.As("ben").Delete(ctx, m.Ref) },
		"guest":  func() error { _, err := w.As("eve").Post(ctx, "finds", "Hello"); return err },
		"nobody": func() error { _, err := w.As("zoe").Post(ctx, "finds", "Hello"); return err },
	} {
		if err := act(); !errors.Is(err, bot.ErrNotFound) {
			t.Errorf("%s: %v, want not found", name, err)
		}
	}
	if rooms := w.Rooms("ben"); len(rooms) != 2 {
		t.Errorf("Ben sees %d places, want 2", len(rooms))
	}
}

func TestTheJournalKeepsWhatWasPosted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "workspace.jsonl")
	at := func(c *playground.Config) { c.Path = path }
	w, ctx, e := town(t, at), soon(t), &ears{}
	disconnect := w.Connect(bot.Handlers{Invoke: nothing, Hear: e.hear})
	one, err := w.As("ada").Post(ctx, "finds", "One")
	must(t, err)
	must(t, w.Heard(ctx))
	disconnect()
	two, err := w.As("ada").Post(ctx, "finds", "Two")
	must(t, err)
	parts, err := w.Render(bot.Notice("From the bot"))
	must(t, err)
	ref, err := w.Post(ctx, bot.Posting{Place: w.PlaceID("finds"), Part: parts[0], ID: "part-1"})
	must(t, err)
	must(t, w.Close())

	again := open(t, at)
	if got := len(again.Messages("finds")); got != 3 {
		t.Fatalf("%d messages after opening again, want 3", got)
	}
	found, err := again.Find(ctx, ref.Place, "", "part-1", time.Time{})
	if err != nil || len(found) != 1 || found[0] != ref {
		t.Errorf("found %v, %v", found, err)
	}
	t.Cleanup(again.Connect(bot.Handlers{Invoke: nothing, Hear: e.hear}))
	must(t, again.Heard(ctx))
	seen := map[string]int{}
	for _, s := range e.heard {
		seen[s.Message.Native]++
	}
	if seen[one.Ref.Native] != 1 || seen[two.Ref.Native] != 1 || seen[ref.Native] != 1 {
		t.Errorf("heard %v, want each of the three once", seen)
	}
}

func TestAnUnfinishedLineIsCutOff(t *testing.T) {
	path := filepath.Join(t.TempDir(), "workspace.jsonl")
	at := func(c *playground.Config) { c.Path = path }
	w, ctx := town(t, at), soon(t)
	_, err := w.As("ada").Post(ctx, "finds", "Whole")
	must(t, err)
	must(t, w.Close())
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	must(t, err)
	_, err = file.WriteString(`{"kind":"posted","place":"finds","text":"half` + strings.Repeat(" and half", 100))
	must(t, errors.Join(err, file.Close()))

	again := open(t, at)
	_, err = again.As("ada").Post(ctx, "finds", "After")
	must(t, err)
	must(t, again.Close())
	third := open(t, at)
	messages := third.Messages("finds")
	if len(messages) != 2 || messages[1].Text != "After" {
		t.Errorf("messages are %+v", messages)
	}
	text, err := os.ReadFile(path)
	must(t, err)
	if strings.Contains(string(text), "half") || !strings.HasSuffix(string(text), "}\n") {
		t.Errorf("the journal ends with %q", text[max(0, len(text)-80):])
	}
}

func TestInterruptedFurnishingBeginsAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "workspace.jsonl")
	now := newClock()
	from, err := sample.Load(now.Now())
	must(t, err)
	at := func(c *playground.Config) { c.Path, c.Sample = path, from }
	w := open(t, at)
	want := len(w.Messages("good-finds"))
	must(t, w.Close())
	text, err := os.ReadFile(path)
	must(t, err)
	must(t, os.WriteFile(path, text[:len(text)*2/3], 0o600))
	if got := len(open(t, at).Messages("good-finds")); got != want || want == 0 {
		t.Errorf("%d messages, want %d", got, want)
	}
}

func TestADamagedJournalIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "workspace.jsonl")
	must(t, os.WriteFile(path, []byte("not an event\n"), 0o600))
	_, err := playground.Open(playground.Config{Path: path, Clock: newClock(), Random: &counter{}})
	if err == nil || !strings.Contains(err.Error(), "line 1") {
		t.Errorf("error is %v, want the line named", err)
	}
}

func TestTwoProcessesShareOneJournal(t *testing.T) {
	path := filepath.Join(t.TempDir(), "workspace.jsonl")
	at := func(c *playground.Config) { c.Path = path }
	one, two, ctx := town(t, at), open(t, at), soon(t)
	left, right := &ears{}, &ears{}
	t.Cleanup(one.Connect(bot.Handlers{Invoke: nothing, Hear: left.hear}))
	t.Cleanup(two.Connect(bot.Handlers{Invoke: nothing, Hear: right.hear}))
	const each = 40
	var group sync.WaitGroup
	for _, w := range []*playground.Workspace{one, two} {
		group.Go(func() {
			for range each {
				if _, err := w.As("ada").Post(ctx, "finds", "Hello"); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	must(t, one.WaitFor(ctx, func() bool { return len(one.Messages("finds")) == 2*each }))
	must(t, two.WaitFor(ctx, func() bool { return len(two.Messages("finds")) == 2*each }))
	must(t, one.Heard(ctx))
	must(t, two.Heard(ctx))
	ids, heard := map[string]bool{}, map[string]int{}
	for _, m := range one.Messages("finds") {
		ids[m.Ref.Native] = true
	}
	for _, e := range []*ears{left, right} {
		e.mu.Lock()
		for _, s := range e.heard {
			heard[s.Message.Native]++
		}
		e.mu.Unlock()
	}
	if len(ids) != 2*each || len(heard) != 2*each {
		t.Errorf("%d messages with different ids, %d heard, want %d", len(ids), len(heard), 2*each)
	}
	for id, n := range heard {
		if n != 1 {
			t.Errorf("%s was heard %d times", id, n)
		}
	}
}
