package main

import (
	"database/sql"
	"encoding/json"
	"fmt"
	mathrand "math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"evangelist/adapters/slack/slacktest"
	"evangelist/storage/storagetest"
)

// eachTransport runs a test over Socket Mode on SQLite and over HTTP on
// PostgreSQL.
func eachTransport(t *testing.T, test func(o *office)) {
	leaveToPlainRun(t)
	t.Run("socket on sqlite", func(t *testing.T) { test(openOffice(t, storagetest.SQLite(t), false)) })
	t.Run("http on postgres", func(t *testing.T) { test(openOffice(t, storagetest.PostgreSQL(t), true)) })
}

// rows reads the office's database beside the program, each row as one line.
func (o *office) rows(query string) []string {
	o.Helper()
	driver, address := "sqlite", "file:"+strings.TrimPrefix(o.url, "sqlite:")+"?mode=ro"
	if !strings.HasPrefix(o.url, "sqlite:") {
		driver, address = "pgx", o.url
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		o.Fatal(err)
	}
	defer db.Close()
	found, err := db.QueryContext(o.ctx, query)
	if err != nil {
		o.Fatalf("%s: %v", query, err)
	}
	defer found.Close()
	columns, err := found.Columns()
	if err != nil {
		o.Fatal(err)
	}
	var all []string
	for found.Next() {
		values, into := make([]sql.NullString, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := found.Scan(into...); err != nil {
			o.Fatal(err)
		}
		var line []string
		for _, value := range values {
			line = append(line, value.String)
		}
		all = append(all, strings.Join(line, "\t"))
	}
	if err := found.Err(); err != nil {
		o.Fatal(err)
	}
	slices.Sort(all)
	return all
}

// both waits until both sockets are open, so that either may bring something.
func (o *office) both() {
	o.Helper()
	o.eventually("both sockets are open", func() bool { return o.http || o.slack.Connections() > 1 })
}

// watch lets the bot read channels, and waits until it knows since when.
func (o *office) watch(channels ...string) {
	o.Helper()
	var ids []string
	for _, channel := range channels {
		ids = append(ids, channelOf(channel))
	}
	o.slash("nia", "/evangelist watch")
	o.fill("nia", map[string][]string{"places": ids})
	o.reread(len(channels))
}

// reread has the bot look for what it missed, and waits until it has read so
// many channels to the end.
func (o *office) reread(channels int) {
	o.Helper()
	for range 2 { // looks follow each other: the second begins when the first is over
		before := len(o.slack.Calls("conversations.history"))
		o.slack.LimitEvents()
		o.settled()
		o.eventually("the channels are read again", func() bool { return len(o.slack.Calls("conversations.history")) >= before+channels })
	}
}

// made does something a second later and returns the events that it made.
func (o *office) made(act func() error) []string {
	o.Helper()
	o.clock.add(time.Second)
	before := len(o.slack.Events())
	if err := act(); err != nil {
		o.Fatal(err)
	}
	var ids []string
	for _, event := range o.slack.Events()[before:] {
		ids = append(ids, event.ID)
	}
	return ids
}

// archive is what is kept of each message: its links, with how many seconds
// after the message they count as shared, and who does what about them. The
// number that tells one message from another is taken out.
func (o *office) archive() map[string][]string {
	o.Helper()
	numbers := regexp.MustCompile(`//n[0-9]+\.`)
	kept := map[string][]string{}
	for _, row := range o.rows(`SELECT s.message, l.address, s.account, s.sentence, s.at FROM shares s JOIN links l ON l.key = s.link`) {
		f := strings.Split(row, "\t")
		at, _ := strconv.ParseInt(f[4], 10, 64)
		ts, _ := strconv.ParseFloat(f[0][strings.LastIndex(f[0], "|")+1:], 64)
		kept[f[0]] = append(kept[f[0]], numbers.ReplaceAllString(fmt.Sprintf("%s by %s %q after %.0f s", f[1], f[2], f[3], float64(at)/1e6-ts), "//n."))
	}
	for _, row := range o.rows(`SELECT message, kind, account, detail FROM engagements WHERE NOT undone`) {
		message, rest, _ := strings.Cut(row, "\t")
		kept[message] = append(kept[message], rest)
	}
	for _, list := range kept {
		slices.Sort(list)
	}
	return kept
}

// tale is what happens to one message, act by act, and how the bot hears of it.
type tale struct {
	acts    []string
	order   []int // of the acts, as they are delivered
	message string
	events  [][]string // by act
}

func (t tale) String() string {
	var heard []string
	for _, act := range t.order {
		heard = append(heard, t.acts[act])
	}
	return strings.Join(heard, ", ")
}

// before reports whether one act is heard before another.
func (t tale) before(one, other string) bool {
	place := func(act string) int { return slices.Index(t.order, slices.Index(t.acts, act)) }
	return place(one) < place(other)
}

// live carries the acts out.
func (o *office) live(t *tale, n int) {
	o.Helper()
	in, text := channelOf("good-finds"), func(page string) string { return fmt.Sprintf("https://n%d.example.org/stays and https://n%d.example.org/%s", n, n, page) }
	var m slacktest.Message
	for _, act := range t.acts {
		t.events = append(t.events, o.made(func() (err error) {
			switch act {
			case "post":
				m, err = o.as("farida").Post(o.ctx, in, text("first"))
				t.message = "slack|" + in + "|" + m.TS
			case "edit":
				err = o.as("farida").Edit(o.ctx, in, m.TS, text("second"))
			case "react":
				err = o.as("minh").React(o.ctx, in, m.TS, "thumbsup")
			case "unreact":
				err = o.as("minh").Unreact(o.ctx, in, m.TS, "thumbsup")
			case "delete":
				err = o.as("farida").Delete(o.ctx, in, m.TS)
			}
			return err
		}))
	}
}

// orders are all orders of n things, the natural one first.
func orders(n int) (all [][]int) {
	if n == 0 {
		return [][]int{nil}
	}
	for _, rest := range orders(n - 1) {
		for at := len(rest); at >= 0; at-- {
			all = append(all, slices.Insert(slices.Clone(rest), at, n-1))
		}
	}
	return all
}

// Whatever order and however often the events of a message come in, through
// whichever socket, as retries, and across a restart: what is kept is what one
// delivery in order leaves, as soon as the bot has looked at the channel itself;
// before, nothing more is kept than that.
func TestEventsOfAMessageInAnyOrder(t *testing.T) {
	eachTransport(t, func(o *office) {
		chance := mathrand.New(mathrand.NewPCG(seeded(o.T), 1))
		o.watch("good-finds")
		o.both()
		var tales []*tale
		for _, acts := range [][]string{{"post", "edit", "react"}, {"post", "react", "edit"}, {"post", "edit", "react", "unreact"}, {"post", "edit", "react", "unreact", "delete"}} {
			all := orders(len(acts))
			if len(all) > 24 { // a sample; always the natural order
				chance.Shuffle(len(all)-1, func(i, j int) { all[i+1], all[j+1] = all[j+1], all[i+1] })
				all = all[:24]
			}
			for _, order := range all {
				tales = append(tales, &tale{acts: acts, order: order})
			}
		}
		o.slack.Hold()
		for n, t := range tales {
			o.live(t, n)
		}
		o.slack.Release(func(events []slacktest.Event) []slacktest.Event { return delivered(tales, events, chance) })
		o.settled()
		o.expect(tales, false)
		again := func() { // as retries, in any order, some never
			var ids []string
			for _, t := range tales {
				ids = append(ids, slices.Concat(t.events...)...)
			}
			chance.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
			for _, id := range ids {
				if err := o.slack.Redeliver(o.ctx, id, chance.IntN(3)); err != nil {
					o.Fatal(err)
				}
			}
		}
		again()
		o.expect(tales, false)
		o.stop()
		o.start()
		again()
		o.reread(1)
		o.expect(tales, true)
	})
}

// delivered is the order in which a test's tales are told, all beside each
// other, each event one to four times.
func delivered(tales []*tale, events []slacktest.Event, chance *mathrand.Rand) (out []slacktest.Event) {
	byID := map[string]slacktest.Event{}
	for _, event := range events {
		byID[event.ID] = event
	}
	for step := range 5 {
		for n, t := range tales {
			if step >= len(t.order) {
				continue
			}
			times := 1 + chance.IntN(4)
			if n == 0 {
				times = 1 // the ordinary way
			}
			for range times {
				for _, id := range t.events[t.order[step]] {
					out = append(out, byID[id])
				}
			}
		}
	}
	return out
}

func seeded(t *testing.T) uint64 {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	return seed
}

// expect compares what is kept of each tale with what its natural order left.
// healed: the bot has looked at the channel since.
func (o *office) expect(tales []*tale, healed bool) {
	o.Helper()
	kept := o.archive()
	natural := map[string][]string{}
	for _, t := range tales {
		if slices.IsSorted(t.order) {
			natural[strings.Join(t.acts, ", ")] = kept[t.message]
		}
	}
	for acts, want := range map[string]int{"post, edit, react": 3, "post, edit, react, unreact": 2, "post, edit, react, unreact, delete": 0} {
		if len(natural[acts]) != want || want > 0 && !strings.Contains(fmt.Sprint(natural[acts]), "/second") {
			o.Fatalf("the natural order of %s leaves %q", acts, natural[acts])
		}
	}
	for _, t := range tales {
		want, got := natural[strings.Join(t.acts, ", ")], kept[t.message]
		whole := healed || !slices.Contains(t.acts, "react") || t.before("post", "react") || t.before("edit", "react")
		if whole {
			if diff := cmp.Diff(want, got); diff != "" {
				o.Errorf("heard %s (looked at the channel: %v): %s", t, healed, diff)
			}
			continue
		}
		for _, one := range got {
			if !slices.Contains(want, one) {
				o.Errorf("heard %s: too much is kept: %s", t, one)
			}
		}
	}
}

var _ = []any{json.Valid, http.StatusOK, url.Parse, sync.Mutex{}, rapid.Check}
