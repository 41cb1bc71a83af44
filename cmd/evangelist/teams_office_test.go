package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"evangelist/adapters/playground/sample"
	"evangelist/adapters/teams/cards"
	"evangelist/adapters/teams/teamstest"
	"evangelist/cmd/evangelist/config"
	"evangelist/storage"
	"evangelist/storage/storagetest"
)

// tenant is the sample council on a pretend Teams: the real program, with all
// its checks on, serves it as it would serve a real tenant. All its channels are
// in one team that the bot may read; the reading team has a chat.
type tenant struct {
	*testing.T
	ctx      context.Context
	clock    *hand
	teams    *teamstest.Teams
	people   map[string]teamstest.User
	channels map[string]string // by the council's id
	team     teamstest.Team
	reading  string // the reading team's chat
	run      *serveRun
	app      *App
	log      *lockedBuffer
	url      string
	graph    bool
	with     []func(*settings)
	stop     func()
}

func openTenant(t *testing.T, url string, graph bool, with ...func(*settings)) *tenant {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	t.Cleanup(cancel)
	o := &tenant{T: t, ctx: ctx, clock: &hand{now: tuesday}, log: &lockedBuffer{}, url: url, graph: graph, with: with, people: map[string]teamstest.User{}, channels: map[string]string{}}
	o.teams = teamstest.New(t, teamstest.Config{Clock: o.clock, Windows: teamstest.DocumentedWindows(), TokenLife: 1000 * time.Hour})
	o.furnish()
	o.start()
	t.Cleanup(func() { o.stop() })
	o.install()
	return o
}

// furnish moves the sample council into the tenant.
func (o *tenant) furnish() {
	o.Helper()
	council, err := sample.Load(o.clock.Now())
	if err != nil {
		o.Fatal(err)
	}
	departments := map[string]string{}
	for _, d := range council.Departments {
		departments[d.ID] = d.Name
	}
	var everybody, readers []teamstest.User
	for _, p := range council.People {
		u := o.teams.AddUser(teamstest.User{Name: p.Name, Email: p.Email, Title: p.Title, Department: departments[p.Department]})
		o.people[p.ID] = u
		everybody = append(everybody, u)
	}
	for _, id := range append(council.ReadingTeam, "nia") {
		readers = append(readers, o.people[id])
	}
	o.team, o.reading = o.teams.AddTeam("Council", everybody...), o.teams.AddChat(readers...)
	o.teams.Consent(o.team, true)
	for _, c := range council.Channels {
		o.channels[c.ID] = o.teams.AddChannel(o.team, c.Name)
	}
}

// start opens the program on the tenant's database and serves; stop ends it.
func (o *tenant) start() {
	o.Helper()
	c := config.Default()
	c.Organisation.Name, c.Organisation.TimeZone = "Tidewater Council", "Europe/London"
	c.HTTP.Listen, c.HTTP.PublicListen, c.Leads = "127.0.0.1:0", "127.0.0.1:0", []string{o.people["nia"].Email}
	c.Teams = config.Teams{
		AppID: o.teams.AppID(), TenantID: o.teams.TenantID(), ClientSecret: o.teams.Secret(), Cloud: "public", Graph: o.graph,
		ServiceHosts: []string{o.teams.Host()}, OpenIDMetadataURL: o.teams.MetadataURL(), TokenURL: o.teams.TokenURL(), GraphURL: o.teams.GraphURL(),
	}
	s := &settings{
		Surroundings: Surroundings{Clock: o.clock, Random: rand.Reader, Stdout: o.log, Stderr: o.log},
		config:       c, log: slog.New(slog.NewJSONHandler(o.log, nil)),
	}
	for _, change := range o.with {
		change(s)
	}
	if err := s.config.TeamsReady(); err != nil {
		o.Fatal(err)
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
	o.teams.SetBot("http://" + run.outside.Addr().String() + "/api/messages")
	o.eventually("the bot knows who it is", func() bool {
		return run.surfaces[len(run.surfaces)-1].check(o.ctx) == nil && len(o.teams.Calls("token")) > 0
	})
}

// install adds the bot to both teams and for one person, as owners do.
func (o *tenant) install() {
	o.Helper()
	for person, where := range map[string]string{"nia": o.team.General, "adaeze": o.reading} {
		o.eventually(person+" adds the bot", func() bool {
			told, err := o.as(person).Install(o.ctx, where)
			return err == nil && len(told) == 2 && told[0].Status == 202 && told[1].Status == 202
		})
	}
	o.eventually("the directory is read", func() bool {
		people, err := o.app.people.Persons(o.ctx)
		places, err2 := o.app.places.Places(o.ctx)
		return err == nil && err2 == nil && len(people) > 20 && len(places) > 5
	})
	o.settled()
}

// settled waits until the bot has answered all that it was told.
func (o *tenant) settled() { o.later(3 * time.Second) }

func (o *tenant) as(person string) teamstest.Person { return o.teams.As(o.people[person]) }

// eventually waits until something holds.
func (o *tenant) eventually(what string, holds func() bool) {
	o.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-o.ctx.Done():
			o.Fatalf("it never came about that %s\n%s\n%s", what, o.told(), o.log)
		}
	}
}

// told is what the bot sent, for failures.
func (o *tenant) told() string {
	var out strings.Builder
	for _, call := range o.teams.Calls("send", "reply", "update", "create") {
		fmt.Fprintf(&out, "%s %s %d %.300s\n", call.Method, call.Conversation, call.Status, call.Body)
	}
	return out.String()
}

// later moves the clock.
func (o *tenant) later(d time.Duration) {
	o.clock.add(d)
	o.app.Wake()
}

// view is a message in front of somebody, or a dialog.
type view struct {
	message string
	dialog  *teamstest.Dialog
	text    string
}

// cardsOf are the words of a message's cards as somebody sees them, and the
// cards themselves.
func cardsOf(t testing.TB, m teamstest.Message) string {
	t.Helper()
	var out strings.Builder
	out.WriteString(m.Text)
	for _, card := range m.Cards {
		words, err := cards.Words(card)
		if err != nil {
			t.Fatal(err)
		}
		out.WriteString(words + "\n")
	}
	return out.String()
}

// ask types words to the bot in somebody's own chat with it; the answer is
// returned.
func (o *tenant) ask(person, words string) view {
	o.Helper()
	chat := o.teams.Personal(o.people[person])
	o.teams.Add(chat)
	o.settled()
	before := o.last(person, chat)
	if d, err := o.as(person).Write(o.ctx, chat, words); err != nil || d.Status != 202 {
		o.Fatalf("%s writes: %v, %d", person, err, d.Status)
	}
	return o.answered(person, chat, before)
}

// slash picks a command in a channel; only this person sees the answer.
func (o *tenant) slash(person, channel, words string) view {
	o.Helper()
	o.settled()
	before := o.last(person, channel)
	if d, err := o.as(person).Slash(o.ctx, channel, words); err != nil || d.Status != 202 {
		o.Fatalf("%s picks %s: %v, %d", person, words, err, d.Status)
	}
	return o.answered(person, channel, before)
}

// last is the id of the last message of the bot that somebody sees.
func (o *tenant) last(person, where string) string {
	id := ""
	for _, m := range o.teams.Seen(o.people[person], where) {
		if m.From == "" {
			id = m.ID
		}
	}
	return id
}

func (o *tenant) answered(person, where, before string) view {
	o.Helper()
	var v view
	o.eventually(person+" is answered", func() bool {
		v.message = o.last(person, where)
		return v.message != before
	})
	v.text = o.shown(person, v.message)
	return v
}

// shown is what somebody sees of a message now.
func (o *tenant) shown(person, message string) string {
	o.Helper()
	m, _ := o.teams.Message(message)
	for _, seen := range o.teams.Seen(o.people[person], m.Place) {
		if seen.ID == message {
			return cardsOf(o, seen)
		}
	}
	return ""
}

// press uses a button by its label; what opens is returned, else the message.
func (o *tenant) press(person, message, label string) view {
	o.Helper()
	o.settled()
	a, err := o.as(person).Press(o.ctx, message, label, nil)
	return o.open(person, label, message, a, err)
}

// buttons finds the label of the button of a command, the n-th one.
func (o *tenant) pressCommand(person, message, command string) view {
	o.Helper()
	m, _ := o.teams.Message(message)
	for _, seen := range o.teams.Seen(o.people[person], m.Place) {
		if seen.ID == message && len(seen.Cards) > 0 {
			return o.press(person, message, labelOf(o, seen.Cards[0], command))
		}
	}
	o.Fatalf("%s does not see the message", person)
	return view{}
}

// labelOf is the label of the first button of a command.
func labelOf(t testing.TB, card json.RawMessage, command string) string {
	t.Helper()
	var whole any
	if err := json.Unmarshal(card, &whole); err != nil {
		t.Fatal(err)
	}
	found := ""
	var walk func(any)
	walk = func(value any) {
		switch value := value.(type) {
		case map[string]any:
			data, _ := value["data"].(map[string]any)
			ours, _ := data["evangelist"].(map[string]any)
			if title, _ := value["title"].(string); ours["c"] == command && found == "" {
				found = title
			}
			for _, child := range value {
				walk(child)
			}
		case []any:
			for _, child := range value {
				walk(child)
			}
		}
	}
	walk(whole)
	if found == "" {
		t.Fatalf("no button of %s in %s", command, card)
	}
	return found
}

func (o *tenant) open(person, what, message string, a teamstest.Answer, err error) view {
	o.Helper()
	if err != nil || a.Failed != "" || a.Status > 202 {
		o.Fatalf("%s: %s: %v, %q, %d\n%s", person, what, err, a.Failed, a.Status, o.log)
	}
	v := view{message: message, text: a.Toast}
	if a.Dialog != nil {
		words, err := cards.Words(a.Dialog.Card)
		if err != nil {
			o.Fatal(err)
		}
		v.dialog, v.text = a.Dialog, a.Dialog.Title+"\n"+words
	}
	return v
}

// fill sends a dialog with these answers; what opens next is returned.
func (o *tenant) fill(person string, v view, answers map[string]any) view {
	o.Helper()
	if v.dialog == nil {
		o.Fatalf("%s has no dialog, but %q", person, v.text)
	}
	var card struct {
		Actions []struct {
			Title string `json:"title"`
		} `json:"actions"`
	}
	if err := json.Unmarshal(v.dialog.Card, &card); err != nil || len(card.Actions) == 0 {
		o.Fatalf("the dialog has no button to send it: %s", v.dialog.Card)
	}
	button := card.Actions[len(card.Actions)-1].Title
	typed := map[string]any{}
	for field, answer := range answers {
		typed[inputOf(o, v.dialog.Card, field)] = answer
	}
	a, err := o.as(person).Submit(o.ctx, v.dialog, button, typed)
	return o.open(person, "sends a form", v.message, a, err)
}

// inputOf is the id of a field's input.
func inputOf(t testing.TB, card json.RawMessage, field string) string {
	t.Helper()
	found := regexp.MustCompile(`"id":"([a-z]+\.` + regexp.QuoteMeta(field) + `)"`).FindStringSubmatch(string(card))
	if found == nil {
		t.Fatalf("the form has no field %s: %s", field, card)
	}
	return found[1]
}

// form opens the form that a typed command offers, and sends it.
func (o *tenant) form(person, words string, answers map[string]any) view {
	o.Helper()
	offered := o.ask(person, words)
	v := o.fill(person, o.press(person, offered.message, "Open the form"), answers)
	if strings.Contains(v.text, "Something needs another look") {
		o.Fatalf("%s: %s: the form comes back: %s", person, words, v.text)
	}
	return v
}

// until waits for a message of the bot in a conversation that has all the words.
func (o *tenant) until(where string, want ...string) teamstest.Message {
	o.Helper()
	flow := flowing(o.later)
	var found teamstest.Message
	o.eventually(fmt.Sprintf("%s shows %q", where, want), func() bool {
		for _, m := range o.teams.Messages(where) {
			if m.From == "" && !m.Deleted && hasAll(cardsOf(o, m), want...) {
				found = m
				return true
			}
		}
		flow()
		return false
	})
	return found
}

// count counts the bot's messages in a conversation that have the words.
func (o *tenant) count(where, text string) int {
	n := 0
	for _, m := range o.teams.Messages(where) {
		if m.From == "" && m.To == "" && !m.Deleted && strings.Contains(cardsOf(o, m), text) {
			n++
		}
	}
	return n
}

// eachTenant runs a test with and without Microsoft Graph, on both databases.
func eachTenant(t *testing.T, test func(o *tenant)) {
	storagetest.LeaveToPlainRun(t)
	for _, graph := range []bool{true, false} {
		t.Run(map[bool]string{true: "graph", false: "roster"}[graph], func(t *testing.T) {
			storagetest.EachURL(t, func(t *testing.T, url string) { test(openTenant(t, url, graph)) })
		})
	}
}
