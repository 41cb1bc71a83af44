package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"evangelist/adapters/slack/slacktest"
	"evangelist/adapters/teams/teamstest"
	"evangelist/bot"
	"evangelist/cmd/evangelist/config"
	"evangelist/storage/storagetest"
)

// both is the sample council on Slack and on Teams at once: everybody has an
// account on each, one program serves them.
type both struct {
	*tenant
	slack *office
}

func openBoth(t *testing.T, url string) *both {
	t.Helper()
	on := &office{T: t, ctx: t.Context(), log: &lockedBuffer{}}
	b := &both{slack: on}
	b.tenant = openTenant(t, url, true, func(s *settings) {
		on.clock = s.Clock.(*hand)
		on.slack = slacktest.New(t, slacktest.Config{Clock: s.Clock, Seed: 7, Validate: validated})
		on.furnish()
		fake := on.slack.Config()
		s.config.Slack = config.Slack{
			BotToken: fake.BotToken, AppToken: fake.AppToken, SigningSecret: fake.SigningSecret, APIURL: on.slack.APIURL(), Transport: "socket",
			Profile: config.SlackProfile{Department: "Department"},
		}
	})
	on.ctx, on.run, on.app, on.log = b.ctx, b.run, b.app, b.log
	b.eventually("both directories are read", func() bool {
		places, err := b.app.places.Places(b.ctx)
		return err == nil && len(places) > 10 && on.slack.Connections() > 0 && len(b.accounts("minh")) == 2
	})
	return b
}

// accounts are somebody's, on all platforms.
func (b *both) accounts(person string) []bot.Account {
	b.Helper()
	p, err := b.app.people.ByEmail(b.ctx, b.people[person].Email)
	if err != nil {
		return nil
	}
	accounts, err := b.app.people.Accounts(b.ctx, p.ID)
	if err != nil {
		b.Fatal(err)
	}
	return accounts
}

// watched are the places that are read.
func (b *both) watched() string {
	b.Helper()
	places, err := b.app.places.Places(b.ctx)
	if err != nil {
		b.Fatal(err)
	}
	var out []string
	for _, place := range places {
		if place.Watched {
			out = append(out, string(place.ID))
		}
	}
	return strings.Join(out, " ")
}

// One organisation on two platforms: each colleague is one person, a lead decides
// on either for both, and one edition goes out once to each channel.
func TestBothPlatformsAtOnce(t *testing.T) {
	t.Parallel()
	storagetest.EachURL(t, func(t *testing.T, url string) {
		if strings.HasPrefix(url, "postgres") {
			storagetest.LeaveToPlainRun(t)
		}
		b := openBoth(t, url)
		b.oneCouncil()
		b.chosenOnEither()
		b.sharedOnBoth()
		b.oneEdition()
		b.askedOnce()
		if strings.Contains(b.log.String(), `"level":"ERROR"`) {
			b.Fatalf("something was logged as an error:\n%s", b.log)
		}
	})
}

func (b *both) oneCouncil() {
	b.Helper()
	persons, err := b.app.people.Persons(b.ctx)
	persons = slices.DeleteFunc(slices.Clone(persons), func(p bot.Person) bool { return p.Outside })
	if err != nil || len(persons) != len(b.people) {
		b.Fatalf("%d persons for %d colleagues, %v", len(persons), len(b.people), err)
	}
}

// chosenOnEither has the lead choose channels of both on Slack, and save that
// again there and on Teams without touching it.
func (b *both) chosenOnEither() {
	b.Helper()
	here, there := channelOf("good-finds"), placeOf(b.channels["good-finds"])
	b.slack.slash("nia", "/evangelist watch")
	b.slack.fill("nia", map[string][]string{"places": {here}, "places+elsewhere": {there}})
	want := b.watched()
	if !strings.Contains(want, here) || !strings.Contains(want, there) {
		b.Fatalf("watched are %s", want)
	}
	b.slack.slash("nia", "/evangelist watch")
	b.slack.fill("nia", nil)
	if got := b.watched(); got != want {
		b.Fatalf("saved on Slack as it was: %s, before it was %s", got, want)
	}
	b.form("nia", "evangelist watch", nil)
	if got := b.watched(); got != want {
		b.Fatalf("saved on Teams as it was: %s, before it was %s", got, want)
	}
	b.slack.slash("nia", "/digest new")
	b.slack.fill("nia", map[string][]string{"name": {"Friday roundup"}, "when": {"every Friday 09:00"},
		"places": {channelOf("all-council")}, "places+elsewhere": {placeOf(b.channels["all-council"])}})
}

func (b *both) sharedOnBoth() {
	b.Helper()
	if _, err := b.slack.as("farida").Post(b.ctx, channelOf("good-finds"), "This saved us a morning: "+usefulPage+"?utm_source=chat"); err != nil {
		b.Fatal(err)
	}
	for person, words := range map[string]string{"farida": "Here too, it saved us a morning: ", "callum": "For everybody who writes forms "} {
		if d, err := b.as(person).Write(b.ctx, b.channels["good-finds"], words+usefulPage); err != nil || d.Status != 202 {
			b.Fatal(d.Status, err)
		}
	}
	b.settled()
	b.later(time.Minute)
}

func (b *both) oneEdition() {
	b.Helper()
	draft := b.ask("nia", "digest draft")
	b.pressCommand("nia", draft.message, "digest.approve")
	b.slack.slash("nia", "/digest publish")
	b.later(30 * time.Second)
	b.later(2 * time.Minute)
	onTeams := b.until(b.channels["all-council"], "Friday roundup")
	onSlack := b.slack.until(channelOf("all-council"), "Friday roundup", usefulPage)
	for where, text := range map[string]string{"Teams": cardsOf(b, onTeams), "Slack": flat(onSlack.Blocks)} {
		if strings.Count(text, "Farida Noorzai") != 1 || !strings.Contains(text, "Callum Strathie") {
			b.Errorf("on %s the thanks are wrong: %s", where, text)
		}
	}
	b.later(time.Hour)
	b.settled()
	if here, there := b.slack.count(channelOf("all-council"), "Friday roundup"), b.count(b.channels["all-council"], "Friday roundup"); here != 1 || there != 1 {
		b.Errorf("the edition stands %d times on Slack and %d times on Teams", here, there)
	}
	issues, err := b.app.features.Digests.Issues(b.ctx, "", "", time.Time{}, 0)
	if err != nil || len(issues) != 1 || strings.Count(fmt.Sprint(issues[0].Content.Items), usefulPage) == 0 {
		b.Errorf("the archive: %d editions, %v", len(issues), err)
	}
}

// askedOnce has somebody join on Slack; the question comes on one platform.
func (b *both) askedOnce() {
	b.Helper()
	b.slack.slash("minh", "/evangelist join")
	b.slack.fill("minh", map[string][]string{"part": {"lead"}})
	b.form("nia", "evangelist ask", map[string]any{"text": "What did you learn?", "rhythm": "every Thursday 14:00"})
	b.later(54 * time.Hour)
	asked := func() (here, there int) {
		return b.slack.count(b.slack.slack.Direct(userOf("minh")), "What did you learn?"), b.countPersonal("minh", "What did you learn?")
	}
	b.eventually("minh is asked", func() bool { here, there := asked(); return here+there > 0 })
	b.settled()
	if here, there := asked(); here+there != 1 {
		b.Errorf("asked %d times on Slack and %d times on Teams", here, there)
	}
}

func (b *both) countPersonal(person, text string) (n int) {
	for _, m := range b.teams.Messages(b.teams.Personal(b.people[person])) {
		if m.From == "" && !m.Deleted && strings.Contains(cardsOf(b, m), text) {
			n++
		}
	}
	return n
}

// While Slack does not answer, people on Teams are served: what waits is only
// what the bot would send by itself.
func TestAPlatformThatIsAwayHindersNoOther(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	o := &tenant{T: t, ctx: ctx, clock: &hand{now: tuesday}, log: &lockedBuffer{}, url: storagetest.SQLite(t), graph: true, people: map[string]teamstest.User{}, channels: map[string]string{},
		with: []func(*settings){func(s *settings) {
			s.config.Slack = config.Slack{BotToken: "xoxb-1", AppToken: "xapp-1", APIURL: "http://127.0.0.1:1/api/", Transport: "socket"}
		}}}
	o.teams = teamstest.New(t, teamstest.Config{Clock: o.clock, TokenLife: 1000 * time.Hour})
	o.furnish()
	o.start()
	t.Cleanup(func() { o.stop() })
	chat := o.teams.Personal(o.people["leroy"])
	o.teams.Add(chat)
	if d, err := o.as("leroy").Write(ctx, chat, "help"); err != nil || d.Status != http.StatusAccepted {
		t.Fatalf("%d, %v\n%s", d.Status, err, o.log)
	}
	o.eventually("somebody on Teams is answered", func() bool { return o.last("leroy", chat) != "" })
}
