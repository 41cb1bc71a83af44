package main

import (
	"context"
	"encoding/json"
	"fmt"
	mathrand "math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"evangelist/adapters/slack/slacktest"
	"evangelist/bot"
	"evangelist/digests"
	"evangelist/storage/storagetest"
)

// blitz is the sample council on a pretend Slack, which lives on while the
// programs that serve it are killed again and again. Digests are due all the
// time, in every channel, and colleagues are asked for learnings.
type blitz struct {
	*office
	quick  quickClock
	config string // path
	random *mathrand.Rand
	series int
	places []string // of the digests: channels
	asked  []string // people
}

// openBlitz furnishes the council. times is how many times as fast the clock of
// the programs is; see openSiege.
func openBlitz(t *testing.T, url string, http bool, times int64, series int) *blitz {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 6*time.Minute)
	t.Cleanup(cancel)
	b := &blitz{
		quick: quickClock{from: tuesday, since: time.Now(), times: times}, random: mathrand.New(mathrand.NewPCG(seeded(t), 4)), series: series,
		office: &office{T: t, ctx: ctx, clock: &hand{now: tuesday}, log: &lockedBuffer{}, url: url, http: http},
	}
	b.slack = slacktest.New(t, slacktest.Config{Clock: b.quick, Seed: 7, Validate: validated, Parallel: 4})
	b.furnish()
	b.office.start()
	b.prepare()
	b.stop()
	b.configure()
	return b
}

// prepare does in the program what leads and colleagues would do in chat.
func (b *blitz) prepare() {
	b.Helper()
	var nonce int
	do := func(person, command string, values map[string][]string) {
		b.Helper()
		nonce++
		b.clock.add(2 * time.Second) // nobody asks for more than a little at once
		reply := b.app.Do(b.ctx, bot.Invocation{
			Actor: bot.Actor{Account: bot.NewAccountID("slack", userOf(person))}, Workspace: "slack", Place: bot.NewPlaceID("slack", channelOf("all-council")),
			Command: command, Nonce: fmt.Sprint("BLITZ", nonce), Values: values, At: b.clock.Now(),
		})
		if _, done := reply.(bot.Done); !done {
			b.Fatalf("%s as %s: %+v\n%s", command, person, reply, b.log)
		}
	}
	for _, channel := range b.slack.Channels() {
		if channel.Kind == slacktest.Public {
			b.places = append(b.places, string(bot.NewPlaceID("slack", channel.ID)))
		}
	}
	do("nia", "network.watch", map[string][]string{"places": one(string(bot.NewPlaceID("slack", channelOf("good-finds"))))})
	for n := range b.series {
		do("nia", "digest.new", map[string][]string{
			"name": one(fmt.Sprintf("%s%02d", siegeName, n)), "when": one(fmt.Sprintf("%d * * * *", n*60/b.series)), "zone": one("Europe/London"),
			"places": b.places, "undecided": one(string(digests.Go)),
		})
	}
	b.asked = []string{"minh", "ishbel", "leroy", "dorothea", "sunil", "callum", "maureen", "farida"}
	for _, person := range b.asked {
		do(person, "network.join", map[string][]string{"part": one("lead")})
	}
	soon := tuesday.Add(45 * time.Minute)
	do("nia", "network.ask", map[string][]string{"text": one("What did you learn?"), "rhythm": one("every Tuesday " + soon.Format("15:04"))})
}

// configure writes the configuration of the programs. Over HTTP all of them
// listen at the same address, one after the other.
func (b *blitz) configure() {
	b.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		b.Fatal(err)
	}
	fake, transport := b.slack.Config(), "socket"
	b.slack.SetReceiver("")
	if b.http {
		transport = "http"
		b.slack.SetReceiver("http://" + address)
	}
	b.config = filepath.Join(b.TempDir(), "evangelist.yaml")
	text := fmt.Sprintf(`organisation: {name: Tidewater Council, time_zone: Europe/London}
leads: [%q]
http: {listen: %q}
database: %q
slack: {transport: %s, bot_token: %q, app_token: %q, signing_secret: %q, api_url: %q}
`, b.emailOf("nia"), address, b.url, transport, fake.BotToken, fake.AppToken, fake.SigningSecret, b.slack.APIURL())
	if err := os.WriteFile(b.config, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
}

func (b *blitz) launch() *process {
	b.Helper()
	return launch(b.T, b.quick, "serve", "--config", b.config)
}

// chatter posts a new link again and again until the returned function is called.
func (b *blitz) chatter() (stop func()) {
	ctx, cancel := context.WithCancel(b.ctx)
	var wrote sync.WaitGroup
	wrote.Go(func() {
		tick := time.NewTicker(150 * time.Millisecond)
		defer tick.Stop()
		for n := 0; ; n++ {
			if _, err := b.as("farida").Post(b.ctx, channelOf("good-finds"), fmt.Sprintf("Worth a look: https://%d.example.org/page", n)); err != nil {
				b.Errorf("post: %v", err)
				return
			}
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	})
	return func() {
		cancel()
		wrote.Wait()
	}
}

// part is the id that a post carries.
func part(metadata string) string {
	var given struct {
		Payload struct {
			ID string `json:"id"`
		} `json:"event_payload"`
	}
	if json.Unmarshal([]byte(metadata), &given) != nil {
		return ""
	}
	return given.Payload.ID
}

// posts are all posts that Slack ever took, by the id of the part.
func (b *blitz) posts() map[string][]slacktest.Call {
	posts := map[string][]slacktest.Call{}
	for _, call := range b.slack.Calls("chat.postMessage") {
		if id := part(call.Args["metadata"]); id != "" && call.Done {
			posts[id] = append(posts[id], call)
		}
	}
	return posts
}

// doubles are the parts that were posted more than once.
func (b *blitz) doubles() (ids []string) {
	for id, calls := range b.posts() {
		if len(calls) > 1 {
			ids = append(ids, id)
		}
	}
	return ids
}

// storm kills the program and starts it again: at random moments, and every
// other time when Slack has just taken a post and the program is about to note
// that it did.
func (b *blitz) storm(running *process, kills int, enough func() bool) *process {
	b.Helper()
	wait := func(d time.Duration) {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-b.ctx.Done():
			b.Fatal("the test took too long")
		}
	}
	for n := range kills {
		before := len(b.slack.Calls("chat.postMessage"))
		b.eventually("the program posts", func() bool { return len(b.slack.Calls("chat.postMessage")) > before })
		if n%2 == 0 {
			wait(time.Duration(b.random.Int64N(int64(time.Second))))
		} else {
			wait(time.Duration(b.random.Int64N(int64(3 * time.Millisecond))))
		}
		running.kill(b.T)
		running = b.launch()
		if enough() {
			break
		}
	}
	return running
}

// rage runs the whole: programs under fire until so many parts were posted, then
// peace.
func (b *blitz) rage(kills, parts int) {
	b.Helper()
	stop := b.chatter()
	defer stop()
	running := b.launch()
	b.eventually("the first edition is posted", func() bool { return len(b.posts()) > 0 })
	from := b.quick.Now() // from here on no edition is empty
	running = b.storm(running, kills, func() bool { return false })
	b.eventually(fmt.Sprint(parts, " parts are posted"), seldom(func() bool { return len(b.posts()) >= parts }))
	until := b.quick.Now()
	b.eventually("all that was due is posted", untilTired(b.ctx, func() bool {
		if !b.quick.Now().After(until.Add(8*time.Minute)) || b.late(from, until) > 0 {
			return false
		}
		_, missing := b.editions(from, until)
		return len(missing) == 0
	}))
	running.quit(b.T, 15*time.Second)
	b.Logf("%d parts posted, %d kills", len(b.posts()), kills)
	b.examine(from, until)
}

// deliveries are what was due in a time, as lines of key and state.
func (b *blitz) deliveries(from, until time.Time) []string {
	b.Helper()
	return b.rows(fmt.Sprintf(`SELECT key, state FROM deliveries WHERE created_at BETWEEN %d AND %d`, from.UnixMicro(), until.UnixMicro()))
}

// late counts what was due and is neither sent nor given up.
func (b *blitz) late(from, until time.Time) (n int) {
	for _, line := range b.deliveries(from, until) {
		if _, state, _ := strings.Cut(line, "\t"); state == "queued" || state == "sending" || state == "unknown" {
			n++
		}
	}
	return n
}

// examine looks for doubles of any part, for parts that are not there, and for
// editions that were due.
func (b *blitz) examine(from, until time.Time) {
	b.Helper()
	posts := b.posts()
	live, taken := map[string]int{}, map[string]bool{}
	for _, channel := range b.slack.Channels() {
		for _, m := range b.slack.Messages(channel.ID) {
			if id := part(string(m.Metadata)); id != "" {
				live[id]++
			}
		}
	}
	for _, call := range b.slack.Calls("chat.delete") {
		taken[call.Channel+call.Args["ts"]] = call.Done
	}
	direct := 0
	for id, calls := range posts {
		if strings.HasPrefix(calls[0].Channel, "D") {
			direct++
		}
		if len(calls) != 1 || live[id] != 1 && !taken[calls[0].Channel+calls[0].TS] {
			b.Errorf("the part %s was posted %d times, %d copies stand there", id, len(calls), live[id])
		}
	}
	for _, row := range b.rows(`SELECT id, key FROM delivery_parts WHERE state = 'sent'`) {
		if id, key, _ := strings.Cut(row, "\t"); len(posts[id]) == 0 {
			b.Errorf("a part of %s counts as sent and was never posted", key)
		}
	}
	for _, line := range b.deliveries(from, until) {
		// A card that is being brought up to date again stands there.
		if _, state, _ := strings.Cut(line, "\t"); state != "sent" && state != "editing" {
			b.Errorf("it was due and is not there: %s", line)
		}
	}
	due, missing := b.editions(from, until)
	for _, what := range missing {
		b.Error(what)
	}
	for _, person := range b.asked {
		if n := b.count(b.slack.Direct(userOf(person)), "What did you learn?"); n != 1 {
			b.Errorf("%s was asked %d times", person, n)
		}
	}
	b.Logf("%d editions were due in %d channels each; %d of %d parts went to persons", due, len(b.places), direct, len(posts))
	if due < 10 || direct < 10 {
		b.Error("too little was due: the test proves nothing")
	}
}

// editions follows the hourly slots of each digest, in each channel: how many
// were due, and which of them are not out.
func (b *blitz) editions(from, until time.Time) (due int, missing []string) {
	b.Helper()
	states, editions := map[string]string{}, map[string]string{}
	for _, row := range b.rows(`SELECT key, state FROM deliveries`) {
		key, state, _ := strings.Cut(row, "\t")
		states[key] = state
	}
	for _, row := range b.rows(`SELECT d.name, e.due, e.id FROM editions e JOIN digests d ON d.id = e.digest`) {
		f := strings.Split(row, "\t")
		editions[f[0]+f[1]] = f[2]
	}
	for n := range b.series {
		slot := from.Truncate(time.Hour).Add(time.Duration(n*60/b.series) * time.Minute)
		for ; slot.Before(until.Add(-5 * time.Minute)); slot = slot.Add(time.Hour) {
			// A digest does not begin with a slot that is only minutes away.
			if !slot.After(from) || slot.Before(tuesday.Add(10*time.Minute)) {
				continue
			}
			due++
			name := fmt.Sprintf("%s%02d", siegeName, n)
			id := editions[name+strconv.FormatInt(slot.UnixMicro(), 10)]
			for _, place := range b.places {
				if state := states["edition/"+id+"/"+place]; state != "sent" {
					missing = append(missing, fmt.Sprintf("%s of %s is %q in %s (edition %q)", name, slot.Format("15:04"), state, place, id))
				}
			}
		}
	}
	return due, missing
}

func TestKilledAgainAndAgainOnSlack(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	t.Run("socket on sqlite", func(t *testing.T) { openBlitz(t, storagetest.SQLite(t), false, 120, 60).rage(10, 500) })
	t.Run("http on postgres", func(t *testing.T) { openBlitz(t, storagetest.PostgreSQL(t), true, 120, 60).rage(10, 500) })
}

// The proof that the test above can fail: when Slack's history shows nothing,
// and tells of no message of the bot, parts are posted twice.
func TestWithoutTheHistoryThereAreDoubles(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	b := openBlitz(t, storagetest.SQLite(t), false, 120, 60)
	b.slack.Fail(slacktest.Fault{Method: "conversations.history", Times: -1, Body: `{"ok":true,"messages":[],"has_more":false}`, Header: map[string]string{"Content-Type": "application/json; charset=utf-8"}})
	stop := b.chatter()
	defer stop()
	running := b.launch()
	doubled := func() bool { return len(b.doubles()) > 0 }
	running = b.storm(running, 40, doubled)
	b.eventually("a part is posted twice", doubled)
	b.Logf("%d doubles", len(b.doubles()))
	running.kill(t)
}
