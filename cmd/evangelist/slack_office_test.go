package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"evangelist/adapters/playground/sample"
	"evangelist/adapters/slack/blockkit/limits"
	"evangelist/adapters/slack/slacktest"
	"evangelist/cmd/evangelist/config"
	"evangelist/storage"
	"evangelist/storage/storagetest"
)

// office is the sample council on a pretend Slack: the real program, with all its
// checks on, serves it as it would serve a real workspace.
type office struct {
	*testing.T
	ctx   context.Context
	clock *hand
	slack *slacktest.Server
	run   *serveRun
	app   *App
	log   *lockedBuffer
	url   string
	http  bool
	with  []func(*settings)
	stop  func()
}

func openOffice(t *testing.T, url string, http bool, with ...func(*settings)) *office {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	t.Cleanup(cancel)
	o := &office{T: t, ctx: ctx, clock: &hand{now: tuesday}, log: &lockedBuffer{}, url: url, http: http, with: with}
	o.slack = slacktest.New(t, slacktest.Config{Clock: o.clock, Seed: 7, Validate: validated, UnfurlDomains: []string{"127.0.0.1", "example.org"}})
	o.furnish()
	o.start()
	t.Cleanup(func() { o.stop() })
	return o
}

// validated has the pretend Slack refuse what the real one would.
func validated(surface string, blocks json.RawMessage) []string {
	if surface == "message" { // the blocks alone
		blocks = fmt.Appendf(nil, `{"text":"words","blocks":%s}`, blocks)
	}
	var all []string
	for _, problem := range limits.Check(limits.Surface(surface), blocks) {
		all = append(all, fmt.Sprint(problem))
	}
	return all
}

func userOf(person string) string { return "U" + strings.ToUpper(person) }
func channelOf(channel string) string {
	return "C" + strings.ToUpper(strings.ReplaceAll(channel, "-", ""))
}

// furnish moves the sample council into the workspace. The bot is in every
// channel but its reading team's.
func (o *office) furnish() {
	o.Helper()
	council, err := sample.Load(o.clock.Now())
	if err != nil {
		o.Fatal(err)
	}
	departments := map[string]string{}
	for _, d := range council.Departments {
		departments[d.ID] = d.Name
	}
	o.slack.AddField("XfDEPT", "Department")
	members := []string{o.slack.Config().BotUser}
	for _, p := range council.People {
		o.slack.AddUser(slacktest.User{ID: userOf(p.ID), Handle: p.ID, Name: p.Name, Email: p.Email, Title: p.Title, Fields: map[string]string{"XfDEPT": departments[p.Department]}})
		members = append(members, userOf(p.ID))
	}
	for _, c := range council.Channels {
		o.slack.AddChannel(slacktest.Channel{ID: channelOf(c.ID), Name: c.Name, Kind: slacktest.Public, Members: members})
	}
	team := []string{o.slack.Config().BotUser}
	for _, id := range council.ReadingTeam {
		team = append(team, userOf(id))
	}
	o.slack.AddChannel(slacktest.Channel{ID: "CREADINGTEAM", Name: "reading-team", Kind: slacktest.Private, Members: append(team, userOf("nia"))})
}

// start opens the program on the office's database and serves; stop ends it.
func (o *office) start() {
	o.Helper()
	c := config.Default()
	c.Organisation.Name, c.Organisation.TimeZone = "Tidewater Council", "Europe/London"
	c.HTTP.Listen, c.Leads = "127.0.0.1:0", []string{o.emailOf("nia")}
	fake := o.slack.Config()
	c.Slack.BotToken, c.Slack.AppToken, c.Slack.SigningSecret, c.Slack.APIURL = fake.BotToken, fake.AppToken, fake.SigningSecret, o.slack.APIURL()
	c.Slack.Profile.Department = "Department"
	if o.http {
		c.Slack.Transport = "http"
	}
	s := &settings{
		Surroundings: Surroundings{Clock: o.clock, Random: rand.Reader, Stdout: o.log, Stderr: o.log},
		config:       c, log: slog.New(slog.NewJSONHandler(o.log, nil)),
	}
	for _, change := range o.with {
		change(s)
	}
	db, err := storage.Open(o.ctx, o.url, s.log)
	if err != nil {
		o.Fatal(err)
	}
	run := &serveRun{settings: s}
	if err := run.open(o.ctx, db); err != nil {
		o.Fatalf("open: %v\n%s", err, o.log)
	}
	o.run, o.app = run, run.app
	ctx, cancel := context.WithCancel(o.ctx)
	ran := make(chan error, 1)
	go func() { ran <- run.serve(ctx) }()
	var once sync.Once
	o.stop = func() {
		once.Do(func() {
			cancel()
			if err := <-ran; err != nil {
				o.Errorf("the program stopped: %v\n%s", err, o.log)
			}
			if err := db.Close(); err != nil {
				o.Errorf("close: %v", err)
			}
		})
	}
	if o.http {
		o.slack.SetReceiver("http://" + run.inside.Addr().String())
	}
	o.eventually("the directory is read and Slack is heard", func() bool {
		people, err := o.app.people.Persons(o.ctx)
		places, err2 := o.app.places.Places(o.ctx)
		return err == nil && err2 == nil && len(people) > 20 && len(places) > 5 && (o.http && o.listens() || o.slack.Connections() > 0)
	})
}

// listens reports whether the program takes requests over HTTP: it refuses an
// unsigned one, instead of asking for patience.
func (o *office) listens() bool {
	r, err := http.Post("http://"+o.run.inside.Addr().String()+"/slack/events", "application/json", nil)
	if err != nil {
		return false
	}
	defer r.Body.Close()
	return r.StatusCode == http.StatusUnauthorized
}

func (o *office) emailOf(person string) string {
	o.Helper()
	user, ok := o.slack.User(userOf(person))
	if !ok {
		o.Fatalf("there is no %s", person)
	}
	return user.Email
}

// eventually waits until something holds.
func (o *office) eventually(what string, holds func() bool) {
	o.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-o.slack.Changed():
		case <-tick.C:
		case <-o.ctx.Done():
			o.Fatalf("it never came about that %s\n%s\n%s", what, o.told(), o.log)
		}
	}
}

// told is what the bot posted, for failures.
func (o *office) told() string {
	var out strings.Builder
	for _, call := range o.slack.Calls("chat.postMessage", "chat.update", "chat.postEphemeral", "views.open", "views.update", "views.publish") {
		fmt.Fprintf(&out, "%s %s %s %.300s\n", call.Method, call.Channel, call.Code, call.Args["text"])
	}
	return out.String()
}

// later moves the clock.
func (o *office) later(d time.Duration) {
	o.clock.add(d)
	o.app.Wake()
}

func (o *office) as(person string) *slacktest.Person { return o.slack.As(userOf(person)) }

// screen is what somebody sees after an act, and where buttons on it are.
type screen struct {
	spot slacktest.Spot
	text string
}

// taken fails the test when Slack or the bot did not take an act.
func (o *office) taken(person, what string, answer slacktest.Answer, err error) {
	o.Helper()
	if err != nil || answer.Problem != "" || len(answer.Errors) > 0 || !answer.Sent {
		o.Fatalf("%s: %s: %v, %q, %v\n%s\n%s", person, what, err, answer.Problem, answer.Errors, o.told(), o.log)
	}
}

// slash types a command in #all-council; what only the person sees is returned.
func (o *office) slash(person, line string) screen {
	o.Helper()
	before := o.seenBy(person)
	answer, err := o.as(person).Slash(o.ctx, channelOf("all-council"), line)
	o.taken(person, line, answer, err)
	return o.fresh(person, line, before)
}

// seen counts what a person was shown.
type seen struct {
	private int
	modal   string
}

func (o *office) seenBy(person string) seen {
	view, _ := o.as(person).Modal()
	return seen{len(o.as(person).Ephemerals(channelOf("all-council"))), view.ID + view.Hash}
}

// fresh waits for something new in front of a person: a dialog or a private
// message.
func (o *office) fresh(person, what string, before seen) screen {
	o.Helper()
	var s screen
	o.eventually(person+" sees an answer to "+what, func() bool {
		if view, ok := o.as(person).Modal(); ok && view.ID+view.Hash != before.modal {
			s = screen{slacktest.OnModal(), flat(view.Blocks) + view.Title}
			return true
		}
		if private := o.as(person).Ephemerals(channelOf("all-council")); len(private) > before.private {
			last := private[len(private)-1]
			s = screen{slacktest.OnMessage(last.Channel, last.TS), flat(last.Blocks) + last.Text}
			return true
		}
		return false
	})
	return s
}

// flat is JSON without the escapes that hide words.
func flat(raw json.RawMessage) string {
	var value any
	if json.Unmarshal(raw, &value) != nil {
		return string(raw)
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(value)
	return strings.ReplaceAll(out.String(), "\\n", " ")
}

// fill fills the dialog in front of a person and sends it.
func (o *office) fill(person string, values map[string][]string) {
	o.Helper()
	o.eventually(person+" has a form", func() bool { _, ok := o.as(person).Modal(); return ok })
	for field, given := range values {
		if err := o.as(person).Fill(field, given...); err != nil {
			view, _ := o.as(person).Modal()
			o.Fatalf("%s fills %s: %v in %s", person, field, err, flat(view.Blocks))
		}
	}
	answer, err := o.as(person).Submit(o.ctx)
	o.taken(person, "sends a form", answer, err)
}

// press presses a button, by label or action.
func (o *office) press(person string, on slacktest.Spot, button string) {
	o.Helper()
	answer, err := o.as(person).Press(o.ctx, on, button)
	o.taken(person, "presses "+button, answer, err)
}

// until waits for a message in a channel that has all the words.
func (o *office) until(channel string, want ...string) slacktest.Message {
	o.Helper()
	flow := flowing(o.later)
	var found slacktest.Message
	o.eventually(fmt.Sprintf("%s shows %q", channel, want), func() bool {
		for _, m := range o.slack.Messages(channel) {
			if hasAll(flat(m.Blocks)+m.Text, want...) {
				found = m
				return true
			}
		}
		flow()
		return false
	})
	return found
}

// flowing lets time go by for those who wait long: what the program put off for a
// moment comes then, as it would in life.
func flowing(later func(time.Duration)) func() {
	next := time.Now().Add(3 * time.Second)
	return func() {
		if time.Now().After(next) {
			later(time.Second)
			next = time.Now().Add(200 * time.Millisecond)
		}
	}
}

func hasAll(text string, want ...string) bool {
	for _, w := range want {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// count counts the bot's messages in a channel that have the words.
func (o *office) count(channel, text string) int {
	n := 0
	for _, m := range o.slack.Messages(channel) {
		if m.BotID == o.slack.Config().BotID && strings.Contains(flat(m.Blocks)+m.Text, text) {
			n++
		}
	}
	return n
}

// eachOffice runs a test in both ways, on both databases.
func eachOffice(t *testing.T, test func(o *office)) {
	storagetest.LeaveToPlainRun(t)
	for _, http := range []bool{false, true} {
		t.Run(map[bool]string{false: "socket", true: "http"}[http], func(t *testing.T) {
			storagetest.EachURL(t, func(t *testing.T, url string) { test(openOffice(t, url, http)) })
		})
	}
}
