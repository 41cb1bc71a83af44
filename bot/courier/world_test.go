package courier_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"evangelist/bot"
	"evangelist/bot/courier"
)

var start = time.Date(2017, 5, 16, 10, 0, 0, 0, time.UTC) // a Tuesday

// fakeClock is moved by tests.
type fakeClock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *fakeClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *fakeClock) set(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = now
}

func (c *fakeClock) add(d time.Duration) { c.set(c.Now().Add(d)) }

// message is a copy that somebody can see on the pretend platform.
type message struct {
	id, thread, payload string
	place               bot.PlaceID
	ref                 string
	at, visible         time.Time // when it stands, and when history shows it
	gone                bool
}

// world is what outlives a crash: the platform's messages.
type world struct {
	mu       sync.Mutex
	clock    bot.Clock
	messages []*message
	posts    int
	limits   []bot.Limit
	lag      time.Duration
	tamper   func(point string, do func()) error // nil: do it
	version  int64                               // of the view
	text     string
	long     bool // each second version has two parts
}

func (w *world) meddle(point string, do func()) error {
	if w.tamper != nil {
		return w.tamper(point, do)
	}
	do()
	return nil
}

// platform is the part that every kind shares.
type platform struct {
	*world
	name string
}

func (p platform) Name() string        { return p.name }
func (p platform) Limits() []bot.Limit { return p.limits }

// Render makes one part of each piece between bars.
func (p platform) Render(m bot.Message) ([]bot.Part, error) {
	var parts []bot.Part
	for _, piece := range strings.Split(m.Summary, "|") {
		for _, block := range m.Blocks {
			if actions, ok := block.(bot.Actions); ok {
				for _, button := range actions.Buttons {
					piece += "[" + button.Command + "]"
				}
			}
		}
		parts = append(parts, bot.Part{Payload: []byte(piece), Text: piece})
	}
	return parts, nil
}

func (p platform) Post(_ context.Context, posting bot.Posting) (ref bot.MessageRef, err error) {
	err = p.meddle("post", func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.posts++
		now := p.clock.Now()
		m := &message{id: posting.ID, thread: posting.Thread, place: posting.Place, payload: string(posting.Part.Payload),
			ref: fmt.Sprint("m", p.posts), at: now, visible: now.Add(p.lag)}
		p.messages = append(p.messages, m)
		ref = bot.MessageRef{Place: posting.Place, Native: m.ref}
	})
	return ref, err
}

func (w *world) edit(ref bot.MessageRef, part bot.Part) error {
	missing := false
	err := w.meddle("edit", func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		missing = true
		for _, m := range w.messages {
			if m.ref == ref.Native && m.place == ref.Place && !m.gone {
				m.payload, missing = string(part.Payload), false
			}
		}
	})
	if err == nil && missing {
		return &bot.SendError{Reason: bot.Denied, Say: "The message is gone."}
	}
	return err
}

func (w *world) find(place bot.PlaceID, thread, id string, since time.Time) (refs []bot.MessageRef, err error) {
	err = w.meddle("find", func() {
		for _, m := range w.live(place, id) {
			if m.thread == thread && !m.at.Before(since) && !m.visible.After(w.clock.Now()) {
				refs = append(refs, bot.MessageRef{Place: place, Native: m.ref})
			}
		}
	})
	return refs, err
}

func (w *world) retract(ref bot.MessageRef) error {
	return w.meddle("retract", func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		for _, m := range w.messages {
			if m.ref == ref.Native && m.place == ref.Place {
				m.gone = true
			}
		}
	})
}

// live returns what stands in a place, of one id or (id "") of all.
func (w *world) live(place bot.PlaceID, id string) []message {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []message
	for _, m := range w.messages {
		if m.place == place && (id == "" || m.id == id) && !m.gone {
			all = append(all, *m)
		}
	}
	slices.SortStableFunc(all, func(a, b message) int { return a.at.Compare(b.at) })
	return all
}

func (w *world) render(_ context.Context, view bot.View) (bot.Message, int64, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	text := w.text
	if text == "" {
		text = "version"
	}
	shown := fmt.Sprintf("%s %d", text, w.version)
	if w.long && w.version%2 == 0 {
		shown += fmt.Sprintf("|more %d", w.version)
	}
	return bot.Notice(shown), w.version, nil
}

// full has every ability, blind has none, editor can edit but not find.
type (
	full   struct{ platform }
	blind  struct{ platform }
	editor struct{ platform }
)

func (p full) Edit(_ context.Context, ref bot.MessageRef, part bot.Part) error {
	return p.edit(ref, part)
}
func (p editor) Edit(_ context.Context, ref bot.MessageRef, part bot.Part) error {
	return p.edit(ref, part)
}
func (p full) Retract(_ context.Context, ref bot.MessageRef) error { return p.retract(ref) }
func (p full) Find(_ context.Context, place bot.PlaceID, thread, id string, since time.Time) ([]bot.MessageRef, error) {
	return p.find(place, thread, id, since)
}
func (p full) Open(_ context.Context, accounts []bot.AccountID) (bot.PlaceID, error) {
	names := make([]string, len(accounts))
	for i, account := range accounts {
		names[i] = account.Native()
	}
	slices.Sort(names)
	return bot.NewPlaceID(p.name, "dm-"+strings.Join(names, "-")), nil
}

var errReset = errors.New("connection reset by peer")

// zeros is randomness for tests.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

// meddled is a store whose changes can be made to fail.
type meddled struct {
	courier.Queue
	tamper func(point string, do func()) error
}

func (q meddled) Change(ctx context.Context, key string, attempt int64, rule func(*courier.Item) error) (ok bool, err error) {
	failed := q.tamper("commit", func() { ok, err = q.Queue.Change(ctx, key, attempt, rule) })
	if failed != nil {
		return false, failed
	}
	return ok, err
}
