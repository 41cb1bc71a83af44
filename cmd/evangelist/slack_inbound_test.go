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

	"evangelist/adapters/slack/slacktest"
	"evangelist/bot"
	"evangelist/storage/storagetest"
)

// eachTransport runs a test over Socket Mode on SQLite and over HTTP on
// PostgreSQL.
func eachTransport(t *testing.T, test func(o *office)) {
	storagetest.LeaveToPlainRun(t)
	t.Run("socket on sqlite", func(t *testing.T) {
		t.Parallel()
		test(openOffice(t, storagetest.SQLite(t), false))
	})
	t.Run("http on postgres", func(t *testing.T) {
		t.Parallel()
		test(openOffice(t, storagetest.PostgreSQL(t), true))
	})
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
	in, text := channelOf("good-finds"), func(page string) string {
		return fmt.Sprintf("https://n%d.example.org/stays and https://n%d.example.org/%s", n, n, page)
	}
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
		want, got := t.certain(natural[strings.Join(t.acts, ", ")]), t.certain(kept[t.message])
		if healed || !slices.Contains(t.acts, "react") || t.known("react") {
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

// known reports whether an act is heard when the message is known.
func (t tale) known(act string) bool { return t.before("post", act) || t.before("edit", act) }

// certain are the lines without what depends on the order. When a message is
// first heard of by its edit, what the edit left as it was counts as shared at
// that moment. Of a message that is not known nothing is noted, not even that
// somebody took a reaction back: a reaction that is heard afterwards counts.
func (t tale) certain(lines []string) (out []string) {
	for _, line := range lines {
		bare, _, _ := strings.Cut(line, " after ")
		switch {
		case strings.HasPrefix(line, "reaction") && slices.Contains(t.acts, "unreact") && !t.known("unreact"):
		case t.before("edit", "post"):
			out = append(out, bare)
		default:
			out = append(out, line)
		}
	}
	return out
}

// The bot comes into channels and leaves them, and people change, in whatever
// order that is heard and however often: the register holds what is so, and a
// channel is greeted once.
func TestComingGoingAndChangingInAnyOrder(t *testing.T) {
	eachTransport(t, func(o *office) {
		chance := mathrand.New(mathrand.NewPCG(seeded(o.T), 2))
		o.both()
		us := o.slack.Config().BotUser
		var tales []*tale
		for _, acts := range [][]string{{"invite"}, {"invite", "kick"}, {"invite", "kick", "invite"}, {"title", "name", "both"}} {
			for _, order := range orders(len(acts)) {
				tales = append(tales, &tale{acts: acts, order: order})
			}
		}
		o.slack.Hold()
		for n, t := range tales {
			t.message = fmt.Sprintf("C%dGARDEN", n)
			user := fmt.Sprintf("U%dCLERK", n)
			if t.acts[0] == "title" {
				o.slack.AddUser(slacktest.User{ID: user, Name: "A. Clerk", Title: "Clerk"})
			} else {
				o.slack.AddChannel(slacktest.Channel{ID: t.message, Name: fmt.Sprint("garden-", n), Kind: slacktest.Public, Members: []string{userOf("nia")}})
			}
			for _, act := range t.acts {
				t.events = append(t.events, o.made(func() error {
					switch act {
					case "invite":
						return o.slack.Invite(t.message, us)
					case "kick":
						return o.slack.Kick(t.message, us)
					}
					return o.slack.ChangeUser(user, func(u *slacktest.User) {
						if act != "name" {
							u.Title = "Head clerk, " + act
						}
						if act != "title" {
							u.Name = "A. Clerk, " + act
						}
					})
				}))
			}
		}
		o.slack.Release(func(events []slacktest.Event) []slacktest.Event { return delivered(tales, events, chance) })
		o.settled()
		o.registered(tales)
		for _, t := range tales {
			if slices.Equal(t.acts, []string{"invite"}) || len(t.acts) == 3 && t.acts[0] == "invite" {
				o.eventually("the channel is greeted", func() bool {
					o.later(time.Second) // posts have their pace
					return o.count(t.message, "see_no_evil") > 0
				})
			}
		}
		for _, restart := range []bool{false, true} {
			if restart {
				o.stop()
				o.start()
			}
			for _, n := range chance.Perm(len(tales)) {
				order := chance.Perm(len(tales[n].acts))
				if tales[n].acts[0] == "title" && restart {
					order = []int{2, 1, 0} // which change is the newest is not known before it comes again
				}
				for _, act := range order {
					for _, id := range tales[n].events[act] {
						if err := o.slack.Redeliver(o.ctx, id, 1+chance.IntN(3)); err != nil {
							o.Fatal(err)
						}
					}
				}
			}
			o.registered(tales)
		}
		o.later(time.Minute)
		o.eventually("everything is sent", func() bool { return len(o.rows(`SELECT key FROM deliveries WHERE open`)) == 0 })
		for _, t := range tales {
			if n := o.count(t.message, "see_no_evil"); n > 1 {
				o.Errorf("heard %s: greeted %d times", t, n)
			}
		}
	})
}

// registered compares the register with what is so at Slack.
func (o *office) registered(tales []*tale) {
	o.Helper()
	people := map[string]string{}
	for _, row := range o.rows(`SELECT a.id, p.name, p.title FROM accounts a JOIN persons p ON p.id = a.person_id`) {
		id, rest, _ := strings.Cut(row, "\t")
		people[id] = rest
	}
	for n, t := range tales {
		if t.acts[0] == "title" {
			if user := fmt.Sprintf("slack|U%dCLERK", n); people[user] != "A. Clerk, both\tHead clerk, both" {
				o.Errorf("heard %s: the register says %q", t, people[user])
			}
			continue
		}
		is, _ := o.slack.Channel(t.message)
		place, err := o.app.places.Place(o.ctx, bot.NewPlaceID("slack", t.message))
		if err != nil || place.Member != slices.Contains(is.Members, o.slack.Config().BotUser) || place.Name != is.Name {
			o.Errorf("heard %s: the register says %+v, %v", t, place, err)
		}
	}
}

// Commands, buttons and forms that are sent again, with the same bytes under the
// same signature or as envelopes of their own, also after a restart, do nothing
// more; copies whose signature is wrong do nothing at all.
func TestActsThatAreSentAgain(t *testing.T) {
	eachTransport(t, func(o *office) {
		o.setUp()
		o.both()
		if _, err := o.as("farida").Post(o.ctx, channelOf("good-finds"), usefulPage); err != nil {
			o.Fatal(err)
		}
		o.settled()
		o.later(time.Minute)
		acts := []act{
			{"a link put forward", `SELECT message, link, sentence, at FROM shares WHERE added`, o.command("minh", "/digest add https://example.org/useful it is short")},
			{"a pin", `SELECT id, decisions FROM editions`, o.pin()},
			{"a concern", `SELECT id, voice, code_hash FROM waiting`, o.form("leroy", "/concern", map[string][]string{"words": {"The side door stays locked."}, "name": {"anonymous"}})},
			{"a digest", `SELECT id, name, body FROM digests`, o.form("nia", "/digest new", map[string][]string{"name": {"Monday start"}, "when": {"every Monday 08:00"}, "places": {channelOf("all-council")}})},
			{"a learning", `SELECT id, source, words FROM learnings`, o.learning()},
		}
		kept := map[string][]string{}
		for _, a := range acts {
			kept[a.what] = o.rows(a.kept)
			if len(kept[a.what]) == 0 {
				o.Fatalf("%s: nothing is kept: %s", a.what, o.told())
			}
		}
		if n := len(kept["a concern"]); n != 1 {
			o.Fatalf("%d concerns wait", n)
		}
		outward := []string{"chat.postMessage", "chat.postEphemeral", "views.open", "views.push", "views.update", "response_url"}
		for _, restarted := range []bool{false, true} {
			if restarted {
				o.stop()
				o.start()
			}
			for _, a := range acts {
				before := len(o.slack.Calls(outward...))
				o.again(a)
				if n := len(o.slack.Calls(outward...)) - before; n > 0 && !restarted {
					o.Errorf("%s, sent again, was answered %d times more", a.what, n)
				}
				if diff := cmp.Diff(kept[a.what], o.rows(a.kept)); diff != "" {
					o.Errorf("%s, sent again (restarted: %v): %s", a.what, restarted, diff)
				}
			}
		}
		o.anew(acts[2].sent)
		if n := len(o.rows(acts[2].kept)); n != 1 {
			o.Errorf("the same form, sent as an act of its own, makes %d concerns", n)
		}
		o.later(24 * time.Hour)
		card := o.until("CREADINGTEAM", "side door stays locked")
		if n := o.count("CREADINGTEAM", "side door stays locked"); n != 1 {
			o.Errorf("the reading team has %d cards: %s", n, flat(card.Blocks))
		}
	})
}

// act is something that somebody did, and where its effect is kept.
type act struct {
	what, kept string
	sent       slacktest.Answer
}

func (o *office) command(person, line string) slacktest.Answer {
	o.Helper()
	answer, err := o.as(person).Slash(o.ctx, channelOf("all-council"), line)
	o.taken(person, line, answer, err)
	return answer
}

func (o *office) form(person, line string, values map[string][]string) slacktest.Answer {
	o.Helper()
	o.slash(person, line)
	return o.send(person, values)
}

// send fills the dialog in front of a person and returns what was sent.
func (o *office) send(person string, values map[string][]string) slacktest.Answer {
	o.Helper()
	o.eventually(person+" has a form", func() bool { _, ok := o.as(person).Modal(); return ok })
	for field, given := range values {
		if err := o.as(person).Fill(field, given...); err != nil {
			o.Fatal(err)
		}
	}
	answer, err := o.as(person).Submit(o.ctx)
	o.taken(person, "sends a form", answer, err)
	return answer
}

// pin pins the link on the draft and waits until that is shown.
func (o *office) pin() slacktest.Answer {
	o.Helper()
	draft := o.slash("nia", "/digest draft")
	answer, err := o.as("nia").Press(o.ctx, draft.spot, o.actionFor(draft.text, usefulPage, "digest.pin"))
	o.taken("nia", "pins", answer, err)
	o.changed("nia", draft)
	return answer
}

// learning asks somebody what they learned, and has them answer.
func (o *office) learning() slacktest.Answer {
	o.Helper()
	o.form("minh", "/evangelist join", map[string][]string{"part": {"lead"}})
	o.form("nia", "/evangelist ask", map[string][]string{"text": {"What did you learn?"}, "rhythm": {"every second Thursday 14:00"}})
	o.slash("nia", "/evangelist ask now")
	direct := o.slack.Direct(userOf("minh"))
	o.eventually("the question is asked", func() bool {
		o.later(time.Second)
		return o.count(direct, "network.answer") > 0
	})
	asked := o.until(direct, "network.answer")
	o.press("minh", slacktest.OnMessage(direct, asked.TS), o.actionFor(flat(asked.Blocks), "What did you learn?", "network.answer"))
	return o.send("minh", map[string][]string{"words": {"One page halves the questions."}, "kind": {"learned"}, "consent": {"name"}})
}

// rawOf is an act as it comes over HTTP.
func rawOf(a slacktest.Answer, payload json.RawMessage) slacktest.Raw {
	raw := slacktest.Raw{Path: "/slack/interactions", ContentType: "application/x-www-form-urlencoded"}
	form := url.Values{"payload": {string(payload)}}
	var fields map[string]string
	if a.Kind == "slash" && json.Unmarshal(payload, &fields) == nil {
		raw.Path, form = "/slack/commands", url.Values{}
		for name, value := range fields {
			form.Set(name, value)
		}
	}
	raw.Body = []byte(form.Encode())
	return raw
}

// again sends an act three times more, and copies that are not Slack's.
func (o *office) again(a act) {
	o.Helper()
	if !o.http {
		for range 3 {
			if got := o.slack.Repeat(o.ctx, a.sent); got.Problem != "" {
				o.Errorf("%s, sent again: %s", a.what, got.Problem)
			}
		}
		return
	}
	raw := rawOf(a.sent, a.sent.Payload)
	at := strconv.FormatInt(time.Now().Add(-4*time.Minute).Unix(), 10)
	raw.Header = map[string]string{"X-Slack-Request-Timestamp": at, "X-Slack-Signature": slacktest.Sign(o.slack.Config().SigningSecret, at, raw.Body)}
	var copies sync.WaitGroup
	for range 3 { // at the same time
		copies.Go(func() {
			if status, _, err := o.slack.SendRaw(o.ctx, raw); err != nil || status != http.StatusOK {
				o.Errorf("%s, sent again: %d, %v", a.what, status, err)
			}
		})
	}
	copies.Wait()
	longer := slices.Concat(raw.Body, []byte("&x=1"))
	for name, spoilt := range map[string]slacktest.Raw{
		"unsigned":               {Unsigned: true},
		"signed by another":      {Secret: "0123456789abcdef0123456789abcdef"},
		"signed long ago":        {Age: 6 * time.Minute},
		"signed in the future":   {Age: -6 * time.Minute},
		"longer than was signed": {Header: raw.Header, Body: longer},
	} {
		spoilt.Path, spoilt.ContentType = raw.Path, raw.ContentType
		if spoilt.Body == nil { // an act of its own, were it to be taken
			spoilt.Body = rawOf(a.sent, o.otherTrigger(a.sent)).Body
		}
		if status, body, err := o.slack.SendRaw(o.ctx, spoilt); err != nil || status != http.StatusUnauthorized || len(body) > 0 {
			o.Errorf("%s, %s: %d %s, %v", a.what, name, status, body, err)
		}
	}
}

// otherTrigger is what an act sent, as if it was done once more.
func (o *office) otherTrigger(a slacktest.Answer) json.RawMessage {
	o.Helper()
	var payload map[string]any
	if err := json.Unmarshal(a.Payload, &payload); err != nil {
		o.Fatal(err)
	}
	if payload["trigger_id"] != a.TriggerID {
		o.Fatalf("the act has no trigger: %s", a.Payload)
	}
	payload["trigger_id"] = a.TriggerID + "0"
	raw, err := json.Marshal(payload)
	if err != nil {
		o.Fatal(err)
	}
	return raw
}

// anew sends a form as an act of its own, well signed; it can only be told from
// another by the form's nonce. The answer has the same private code.
func (o *office) anew(a slacktest.Answer) {
	o.Helper()
	payload := o.otherTrigger(a)
	if !o.http {
		if err := o.slack.SendEnvelope(fmt.Appendf(nil, `{"envelope_id":"anew","type":"interactive","accepts_response_payload":true,"payload":%s}`, payload)); err != nil {
			o.Fatal(err)
		}
		return
	}
	status, body, err := o.slack.SendRaw(o.ctx, rawOf(a, payload))
	if err != nil || status != http.StatusOK {
		o.Fatalf("%d, %v", status, err)
	}
	if first, second := codeOnPage(o, flat(a.Body)), codeOnPage(o, flat(body)); first != second {
		o.Errorf("the same form has the codes %q and %q", first, second)
	}
}

// A link in the bot's own chat, heard again and again, is put forward once and
// answered once; after a restart perhaps once more, for the answer is not kept.
func TestALinkInTheOwnChatIsPutForwardOnce(t *testing.T) {
	eachTransport(t, func(o *office) {
		o.setUp()
		o.both()
		direct := o.slack.Direct(userOf("leroy"))
		events := o.made(func() error {
			_, err := o.as("leroy").Post(o.ctx, "", "<"+usefulPage+"> it is short")
			return err
		})
		o.until(direct, "put forward")
		for _, most := range []int{1, 2} {
			for _, id := range events {
				if err := o.slack.Redeliver(o.ctx, id, 3); err != nil {
					o.Fatal(err)
				}
			}
			if n := len(o.rows(`SELECT message, link FROM shares`)); n != 1 {
				o.Errorf("put forward %d times", n)
			}
			o.stop()
			if n := o.count(direct, "put forward"); n > most {
				o.Errorf("answered %d times", n)
			}
			o.start()
		}
	})
}
