package gap_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"evangelist/adapters/slack/gap"
	"evangelist/adapters/slack/inbound"
	"evangelist/adapters/slack/webapi"
	"evangelist/bot"
)

var us = inbound.Us{Platform: "slack", Team: "T1", User: "UBOT", Bot: "BBOT"}

type strangers struct{}

func (strangers) User(string) string                   { return "" }
func (strangers) Channel(string) string                { return "" }
func (strangers) Group(string) string                  { return "" }
func (strangers) Person(string) (inbound.Person, bool) { return inbound.Person{}, false }
func (strangers) Private(string) bool                  { return false }

type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// note is a message that stands, or stood, in a channel.
type note struct {
	ts, thread, text, edited string
	reactions                []string
	gone                     bool
}

// channel is a channel of Slack with its history.
type channel struct {
	clock    *clock
	lag      time.Duration
	pageSize int
	backward bool
	notes    []*note
	fail     func(method, cursor string) error
	asked    []string
	last     int64
}

func (c *channel) ts() string {
	at := max(c.clock.now.UnixMicro(), c.last+1)
	c.last = at
	return webapi.Stamp(time.UnixMicro(at))
}

func (c *channel) post(thread, text string) *note {
	n := &note{ts: c.ts(), thread: thread, text: text}
	c.notes = append(c.notes, n)
	return n
}

func (c *channel) replies(of string) (all []*note) {
	for _, n := range c.notes {
		if n.thread == of && !n.gone && n.ts != of {
			all = append(all, n)
		}
	}
	return all
}

// shown is a message as a history shows it; nil when it does not.
func (c *channel) shown(n *note) json.RawMessage {
	replies := c.replies(n.ts)
	if n.gone && len(replies) == 0 {
		return nil
	}
	m := map[string]any{"type": "message", "ts": n.ts, "user": "U1", "text": n.text}
	if n.thread != "" {
		m["thread_ts"] = n.thread
	}
	if n.gone {
		m["subtype"], m["text"] = "tombstone", "This message was deleted."
	}
	if len(replies) > 0 {
		m["thread_ts"], m["reply_count"], m["latest_reply"] = n.ts, len(replies), replies[len(replies)-1].ts
	}
	if n.edited != "" {
		m["edited"] = map[string]string{"user": "U1", "ts": n.edited}
	}
	for _, emoji := range n.reactions {
		m["reactions"] = append(listOf(m["reactions"]), map[string]any{"name": emoji, "users": []string{"U2"}, "count": 1})
	}
	text, err := json.Marshal(m)
	if err != nil {
		panic(err)
	}
	return text
}

func listOf(v any) []any { list, _ := v.([]any); return list }

func (c *channel) page(list []json.RawMessage, cursor string) webapi.Messages {
	from := 0
	_, _ = fmt.Sscanf(cursor, "from-%d", &from)
	to := min(from+c.pageSize, len(list))
	page := webapi.Messages{List: slices.Clone(list[min(from, to):to])}
	if to < len(list) {
		page.Cursor = fmt.Sprintf("from-%d", to)
	}
	return page
}

func inSpan(ts string, s webapi.Span) bool {
	return (s.Oldest == "" || webapi.Earlier(ts, s.Oldest) >= 0) && (s.Latest == "" || webapi.Earlier(ts, s.Latest) <= 0)
}

func (c *channel) visible(ts string) bool {
	return webapi.Earlier(ts, webapi.Stamp(c.clock.now.Add(-c.lag))) <= 0
}

func (c *channel) ask(method, cursor string) error {
	c.asked = append(c.asked, method+" "+cursor)
	if c.fail != nil {
		return c.fail(method, cursor)
	}
	return nil
}

func (c *channel) History(_ context.Context, id string, s webapi.Span) (webapi.Messages, error) {
	if err := c.ask("history", s.Cursor); err != nil {
		return webapi.Messages{}, err
	}
	var list []json.RawMessage
	for _, n := range c.notes {
		if raw := c.shown(n); raw != nil && (n.thread == "" || n.thread == n.ts) && inSpan(n.ts, s) && c.visible(n.ts) {
			list = append(list, raw)
		}
	}
	if c.backward {
		slices.Reverse(list)
	}
	return c.page(list, s.Cursor), nil
}

func (c *channel) Replies(_ context.Context, id, thread string, s webapi.Span) (webapi.Messages, error) {
	if err := c.ask("replies", s.Cursor); err != nil {
		return webapi.Messages{}, err
	}
	var root *note
	for _, n := range c.notes {
		if n.ts == thread && c.shown(n) != nil && c.visible(n.ts) {
			root = n
		}
	}
	if root == nil {
		return webapi.Messages{}, &bot.SendError{Reason: bot.Unreachable, Err: &webapi.APIError{Method: "conversations.replies", Code: "thread_not_found"}}
	}
	list := []json.RawMessage{c.shown(root)}
	for _, n := range c.replies(root.ts) {
		if inSpan(n.ts, s) && c.visible(n.ts) {
			list = append(list, c.shown(n))
		}
	}
	return c.page(list, s.Cursor), nil
}

// told is what the bot was told: the newest state of each message, tombstones
// winning.
type told struct {
	mu        sync.Mutex
	texts     map[string]string
	edits     map[string]time.Time
	reactions map[string]map[string]bool
	gone      map[string]bool
	heard     int
	fail      error
}

func newTold() *told {
	return &told{texts: map[string]string{}, edits: map[string]time.Time{}, reactions: map[string]map[string]bool{}, gone: map[string]bool{}}
}

func (d *told) hear(_ context.Context, batch []bot.Sighting) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fail != nil {
		return d.fail
	}
	for _, s := range batch {
		ts := s.Message.Native
		d.heard++
		switch s.Kind {
		case bot.Deleted:
			d.gone[ts] = true
		case bot.Posted, bot.Edited:
			if _, known := d.texts[ts]; !known || !s.At.Before(d.edits[ts]) {
				d.texts[ts], d.edits[ts] = s.Text, s.At
			}
		case bot.Reacted:
			if d.reactions[ts] == nil {
				d.reactions[ts] = map[string]bool{}
			}
			d.reactions[ts][s.Emoji] = true
		}
	}
	return nil
}

func (d *told) kept(_ context.Context, place bot.PlaceID, since time.Time) ([]bot.MessageRef, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var refs []bot.MessageRef
	for ts := range d.texts {
		if !d.gone[ts] && webapi.Earlier(ts, webapi.Stamp(since)) >= 0 {
			refs = append(refs, bot.MessageRef{Place: place, Native: ts})
		}
	}
	return refs, nil
}

// bench is a filler on one channel, C1, that is watched.
type bench struct {
	clock   *clock
	channel *channel
	told    *told
	places  []bot.Place
	notes   map[string]string
	written int
	waits   []time.Duration
	log     bytes.Buffer
	filler  *gap.Filler
}

func newBench() *bench {
	b := &bench{clock: &clock{start}, told: newTold(), notes: map[string]string{}, places: []bot.Place{{ID: "slack|C1", Kind: bot.OpenChannel, Member: true, Watched: true}}}
	b.channel = &channel{clock: b.clock, pageSize: 3}
	b.restart()
	return b
}

// restart begins a new process on the same notes.
func (b *bench) restart() {
	b.filler = gap.New(gap.Config{
		API: b.channel, Platform: "slack", Clock: b.clock, Log: slog.New(slog.NewTextHandler(&b.log, nil)), Every: time.Millisecond,
		Translate: func(id string, raw json.RawMessage) []bot.Sighting { return inbound.History(raw, id, us, strangers{}) },
		Wait:      func(ctx context.Context, d time.Duration) error { b.waits = append(b.waits, d); return ctx.Err() },
		Handlers: bot.Handlers{
			Hear: b.told.hear, Kept: b.told.kept,
			Places: func(context.Context) ([]bot.Place, error) { return slices.Clone(b.places), nil },
			Recall: func(_ context.Context, name string) (string, error) { return b.notes[name], nil },
			Note:   func(_ context.Context, name, value string) error { b.notes[name] = value; b.written++; return nil },
		},
	})
}

// stop ends the process in good order: the positions are written.
func (b *bench) stop() {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	b.filler.Keep(ctx)
}

type tester interface {
	Helper()
	Fatal(...any)
	Errorf(string, ...any)
	Context() context.Context
}

func (b *bench) fill(t tester) {
	t.Helper()
	if err := b.filler.Fill(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// same compares what the bot was told with what stands.
func (b *bench) same(t tester) {
	t.Helper()
	for _, n := range b.channel.notes {
		text, known := b.told.texts[n.ts]
		switch {
		case n.gone && known && !b.told.gone[n.ts]:
			t.Errorf("%s was deleted, and that was missed", n.text)
		case !n.gone && !known:
			t.Errorf("%s was missed", n.text)
		case !n.gone && b.told.gone[n.ts]:
			t.Errorf("%s is there and was told to be deleted", n.text)
		case !n.gone && text != n.text:
			t.Errorf("%s is taken for %s", n.text, text)
		case !n.gone && !maps.Equal(b.told.reactions[n.ts], setOf(n.reactions)):
			t.Errorf("the reactions to %s are %v, want %v", n.text, b.told.reactions[n.ts], n.reactions)
		}
	}
}

func setOf(list []string) map[string]bool {
	var set map[string]bool
	for _, s := range list {
		if set == nil {
			set = map[string]bool{}
		}
		set[s] = true
	}
	return set
}

func (b *bench) pass(d time.Duration) { b.clock.now = b.clock.now.Add(d) }

func TestGap(t *testing.T) {
	b := newBench()
	old := b.channel.post("", "before it was watched")
	b.pass(time.Hour)
	b.fill(t)
	if b.told.heard != 0 {
		t.Fatal("what was written before the channel was watched was handed on")
	}
	b.pass(time.Hour)
	first := b.channel.post("", "first")
	b.fill(t)
	b.stop()
	if want := fmt.Sprintf(`{"C1":{"from":%q,"until":%q}}`, webapi.Stamp(start.Add(time.Hour)), webapi.Stamp(b.clock.now)); b.notes["slack/history"] != want {
		t.Errorf("the position is %s, want %s", b.notes["slack/history"], want)
	}

	written := b.written
	if b.stop(); b.written != written {
		t.Error("what did not change was written again")
	}

	// Away for a day.
	b.pass(2 * time.Hour)
	posted := b.channel.post("", "posted")
	edited := b.channel.post("", "edited")
	b.pass(time.Hour)
	edited.text, edited.edited = "edited, and better", webapi.Stamp(b.clock.now)
	posted.reactions = []string{"eyes", "+1"}
	b.channel.post(first.ts, "an answer to what was said before")
	b.channel.post(old.ts, "an answer to what was said before it was watched")
	gone := b.channel.post("", "gone before anybody saw it")
	gone.gone = true
	first.reactions = []string{"tada"}
	b.pass(20 * time.Hour)
	b.restart()
	b.fill(t)
	old.gone = true // not to be told of
	b.same(t)

	// Nothing new: nothing is handed on, and another process changes nothing.
	heard := b.told.heard
	b.pass(time.Hour)
	b.fill(t)
	if b.told.heard != heard {
		t.Errorf("%d sightings were handed on again", b.told.heard-heard)
	}
	b.stop()
	b.restart()
	b.fill(t)
	b.same(t)

	// Away again: deletions, of a first message with answers too.
	posted.gone, first.gone = true, true
	b.pass(time.Hour)
	b.fill(t)
	b.same(t)
	if len(b.told.gone) != 2 {
		t.Errorf("told to be gone: %v", b.told.gone)
	}
}

func TestAnswersInThreadsOlderThanTheLookBack(t *testing.T) {
	b := newBench()
	b.fill(t)
	parent := b.channel.post("", "parent")
	b.fill(t)
	b.pass(6 * 24 * time.Hour)
	answer, other := b.channel.post(parent.ts, "kept answer"), b.channel.post(parent.ts, "other answer")
	b.pass(time.Minute)
	b.fill(t)
	b.pass(4 * 24 * time.Hour) // the parent is ten days old, the answers four
	b.fill(t)
	b.same(t)
	b.pass(time.Hour)
	b.channel.post(parent.ts, "an answer that comes late")
	b.pass(time.Hour)
	b.fill(t)
	b.same(t)
	answer.gone = true
	b.pass(time.Hour)
	b.fill(t)
	b.same(t)
	if b.told.gone[other.ts] || !b.told.gone[answer.ts] {
		t.Errorf("told to be gone: %v", b.told.gone)
	}
}

// What a history does not show yet is not taken to be deleted, and found later.
func TestHistoryThatLagsBehind(t *testing.T) {
	b := newBench()
	b.fill(t)
	b.channel.lag = time.Minute
	b.pass(time.Hour)
	n := b.channel.post("", "just said")
	if err := b.told.hear(t.Context(), []bot.Sighting{{Kind: bot.Posted, Message: bot.MessageRef{Place: "slack|C1", Native: n.ts}, Text: n.text, At: b.clock.now}}); err != nil {
		t.Fatal(err)
	}
	missed := b.channel.post("", "just said, and missed")
	b.pass(10 * time.Second)
	b.fill(t)
	if len(b.told.gone) != 0 {
		t.Errorf("told to be gone: %v", b.told.gone)
	}
	b.stop()
	b.restart()
	b.pass(time.Hour)
	b.fill(t)
	b.same(t)
	if b.told.texts[missed.ts] == "" {
		t.Error("what was invisible at first was missed")
	}
}

func TestOutageOfWeeks(t *testing.T) {
	b := newBench()
	b.fill(t)
	b.stop()
	for range 30 {
		b.pass(24 * time.Hour)
		b.channel.post("", fmt.Sprintf("said on %s", b.clock.now.Format(time.DateOnly)))
	}
	b.restart()
	b.fill(t)
	b.same(t)
}

// After a page that failed the position stays, also when others went well.
func TestPageError(t *testing.T) {
	for _, odd := range []error{errors.New("nobody knows"), &bot.SendError{Reason: bot.Busy, Err: errors.New("offline")}} {
		b := newBench()
		b.fill(t)
		b.pass(time.Minute)
		for i := range 10 {
			b.pass(time.Hour)
			b.channel.post("", fmt.Sprint("said ", i))
		}
		b.stop()
		before := maps.Clone(b.notes)
		b.channel.fail = func(_, cursor string) error {
			if cursor == "from-6" {
				return odd
			}
			return nil
		}
		if err := b.filler.Fill(t.Context()); !errors.Is(err, odd) {
			t.Fatalf("it reports %v", err)
		}
		b.stop()
		if !maps.Equal(before, b.notes) {
			t.Errorf("the position moved to %v", b.notes)
		}
		b.channel.fail = nil
		b.restart()
		b.fill(t)
		b.same(t)
	}
	b := newBench()
	b.fill(t)
	b.pass(time.Hour)
	b.channel.post("", "said")
	b.told.fail = errors.New("the disk is full")
	if err := b.filler.Fill(t.Context()); !errors.Is(err, b.told.fail) {
		t.Errorf("it reports %v", err)
	}
	b.told.fail = nil
	b.fill(t)
	b.same(t)
}

func TestSlackAsksToWait(t *testing.T) {
	b := newBench()
	b.fill(t)
	for i := range 12 {
		b.pass(time.Hour)
		b.channel.post("", fmt.Sprint("said ", i))
	}
	n := 0
	b.channel.fail = func(_, cursor string) error {
		if n++; n%2 == 1 {
			return &bot.SendError{Reason: bot.Busy, RetryAfter: 9 * time.Second, Err: &webapi.APIError{Code: "ratelimited"}}
		}
		if n == 6 {
			return fmt.Errorf("page: %w", &webapi.APIError{Code: "invalid_cursor"})
		}
		return nil
	}
	b.fill(t)
	b.same(t)
	if !slices.Contains(b.waits, 9*time.Second) {
		t.Errorf("it waited %v", b.waits)
	}
}

// A channel that cannot be read stops no other; a dead token stops all.
func TestRefusals(t *testing.T) {
	b := newBench()
	b.places = append(b.places, bot.Place{ID: "slack|C2", Kind: bot.PrivateChannel, Member: true, Watched: true})
	b.fill(t)
	b.pass(time.Hour)
	b.channel.post("", "said")
	first := true
	b.channel.fail = func(string, string) error {
		if first {
			first = false
			return &bot.SendError{Reason: bot.Denied, Say: "Invite the bot.", Err: &webapi.APIError{Code: "not_in_channel"}}
		}
		return nil
	}
	b.fill(t)
	b.same(t)
	if !strings.Contains(b.log.String(), "not_in_channel") {
		t.Errorf("the log says %q", b.log.String())
	}
	token := &bot.SendError{Reason: bot.Busy, Err: &webapi.TokenError{Err: errors.New("revoked")}}
	b.channel.asked = nil
	b.channel.fail = func(string, string) error { return token }
	if err := b.filler.Fill(t.Context()); !errors.Is(err, token) || len(b.channel.asked) != 1 {
		t.Errorf("a dead token: %v after %v", err, b.channel.asked)
	}
}

// Deletion needs proof: a look that fails tells nothing.
func TestDeletionNeedsProof(t *testing.T) {
	b := newBench()
	b.fill(t)
	b.pass(time.Hour)
	n := b.channel.post("", "said")
	b.fill(t)
	n.gone = true
	b.pass(time.Hour)
	b.channel.fail = func(method, _ string) error {
		if method == "replies" {
			return &bot.SendError{Reason: bot.Denied, Err: &webapi.APIError{Code: "missing_scope"}}
		}
		return nil
	}
	b.fill(t)
	if len(b.told.gone) != 0 {
		t.Errorf("told to be gone: %v", b.told.gone)
	}
	b.channel.fail = nil
	b.fill(t)
	b.same(t)
}

// What is no longer watched, or left, is forgotten: what is written meanwhile is
// not handed on when it is watched again.
func TestWatchedAgain(t *testing.T) {
	for name, change := range map[string]func(*bot.Place, bool){
		"not watched": func(p *bot.Place, on bool) { p.Watched = on },
		"not in it":   func(p *bot.Place, on bool) { p.Member = on },
		"archived":    func(p *bot.Place, on bool) { p.Archived = !on },
	} {
		b := newBench()
		b.fill(t)
		change(&b.places[0], false)
		b.fill(t)
		b.stop()
		b.pass(time.Hour)
		b.channel.post("", "not for the bot")
		b.pass(time.Hour)
		b.restart()
		change(&b.places[0], true)
		b.fill(t)
		b.pass(time.Hour)
		b.channel.post("", "for the bot")
		b.fill(t)
		if len(b.told.texts) != 1 {
			t.Errorf("%s: told %v", name, b.told.texts)
		}
	}
}

// Only our own watched channels are read.
func TestWhichChannels(t *testing.T) {
	b := newBench()
	b.places = []bot.Place{
		{ID: "teams|C1", Kind: bot.OpenChannel, Member: true, Watched: true}, {ID: "slack|D1", Kind: bot.DirectChat, Member: true, Watched: true},
		{ID: "slack|G1", Kind: bot.GroupChat, Member: true, Watched: true}, {ID: "slack|C2", Kind: bot.OpenChannel, Member: true},
	}
	b.fill(t)
	if len(b.channel.asked) != 0 {
		t.Errorf("it read %v", b.channel.asked)
	}
}

// Positions are written every so often and at the end, never for each message.
func TestKeep(t *testing.T) {
	b := newBench()
	ctx, cancel := context.WithCancel(t.Context())
	wrote := make(chan string, 100)
	b.filler = gap.New(gap.Config{
		API: b.channel, Platform: "slack", Clock: b.clock, Log: slog.New(slog.DiscardHandler), Every: time.Millisecond,
		Translate: func(string, json.RawMessage) []bot.Sighting { return nil },
		Handlers: bot.Handlers{Hear: b.told.hear,
			Places: func(context.Context) ([]bot.Place, error) { return slices.Clone(b.places), nil },
			Recall: func(context.Context, string) (string, error) { return "", nil },
			Note: func(ctx context.Context, name, value string) error {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				wrote <- name + " " + value
				return nil
			},
		},
	})
	var done sync.WaitGroup
	done.Go(func() { b.filler.Keep(ctx) })
	stamp := webapi.Stamp(start)
	want := `slack/history {"C1":{"from":"` + stamp + `","until":"` + stamp + `"}}`
	if got := <-wrote; got != want {
		t.Errorf("a channel that is newly watched is noted as %s", got)
	}
	for i := range 1000 {
		b.filler.Seen(bot.MessageRef{Place: "slack|C1", Native: fmt.Sprintf("1800000000.%06d", i)})
	}
	if err := b.filler.Fill(t.Context()); err != nil {
		t.Fatal(err)
	}
	cancel()
	done.Wait()
	if len(wrote) != 1 {
		t.Errorf("it was written %d times more", len(wrote))
	}
}

func TestNotesThatCannotBeRead(t *testing.T) {
	b := newBench()
	b.notes["slack/history"] = `{"C1":`
	b.fill(t)
	b.pass(time.Hour)
	b.channel.post("", "said")
	b.fill(t)
	b.same(t)
}

// Whatever happens while events are lost, in the end the bot knows what stands.
func TestAnyGap(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b := newBench()
		b.channel.pageSize = rapid.IntRange(1, 5).Draw(rt, "page size")
		b.channel.backward = rapid.Bool().Draw(rt, "backward")
		b.fill(rt)
		b.stop() // as Keep does within seconds
		for range rapid.IntRange(1, 40).Draw(rt, "steps") {
			b.pass(time.Duration(rapid.IntRange(1, 20*60).Draw(rt, "minutes")) * time.Minute)
			b.step(rt)
			if rapid.IntRange(0, 3).Draw(rt, "fill") == 0 {
				b.trouble(rt)
			}
		}
		b.pass(time.Hour)
		b.channel.fail = nil
		b.fill(rt)
		b.same(rt)
	})
}

// step lets something happen in the channel, heard at once or lost.
func (b *bench) step(t *rapid.T) {
	recent := slices.DeleteFunc(slices.Clone(b.channel.notes), func(n *note) bool {
		return n.gone || time.Unix(0, 0).Add(time.Duration(microsOf(n.ts))*time.Microsecond).Before(b.clock.now.Add(-7*24*time.Hour))
	})
	var n *note
	if len(recent) > 0 {
		n = rapid.SampledFrom(recent).Draw(t, "which")
	}
	switch what := rapid.SampledFrom([]string{"post", "post", "answer", "edit", "react", "delete"}).Draw(t, "what"); {
	case what == "post" || n == nil:
		n = b.channel.post("", fmt.Sprint("said ", len(b.channel.notes)))
	case what == "answer":
		parent := n.ts
		if n.thread != "" {
			parent = n.thread
		}
		n = b.channel.post(parent, fmt.Sprint("answered ", len(b.channel.notes)))
	case what == "edit":
		n.text, n.edited = n.text+" x", webapi.Stamp(b.clock.now)
	case what == "react":
		n.reactions = append(n.reactions, rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "emoji"))
	case what == "delete":
		n.gone = true
	}
	if raw := b.channel.shown(n); raw != nil && !n.gone && rapid.Bool().Draw(t, "heard") {
		_ = b.told.hear(t.Context(), inbound.History(raw, "C1", us, strangers{}))
		b.filler.Seen(bot.MessageRef{Place: "slack|C1", Native: n.ts})
	}
}

func microsOf(ts string) int64 {
	var s, us int64
	_, _ = fmt.Sscanf(ts, "%d.%d", &s, &us)
	return s*1e6 + us
}

// trouble fills while something goes wrong, and may begin a new process, in good
// order or not.
func (b *bench) trouble(t *rapid.T) {
	rate := rapid.IntRange(0, 3).Draw(t, "trouble")
	n := 0
	b.channel.fail = func(string, string) error {
		if n++; rate > 0 && n%(rate+1) == 0 {
			return &bot.SendError{Reason: bot.Busy, RetryAfter: time.Second, Err: &webapi.APIError{Code: "ratelimited"}}
		}
		if rate == 3 && n == 5 {
			return &bot.SendError{Reason: bot.Denied, Err: &webapi.APIError{Code: "not_in_channel"}}
		}
		return nil
	}
	_ = b.filler.Fill(t.Context())
	switch rapid.SampledFrom([]string{"go on", "stop", "die"}).Draw(t, "then") {
	case "stop":
		b.stop()
		b.restart()
	case "die":
		b.restart()
	}
}
