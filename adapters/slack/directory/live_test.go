package directory_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"evangelist/adapters/slack/directory"
	"evangelist/adapters/slack/inbound"
	"evangelist/adapters/slack/slacktest"
	"evangelist/adapters/slack/webapi"
	"evangelist/bot"
)

type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Against a Slack that takes only so many requests a minute.
func TestReadFromSlack(t *testing.T) {
	now := &clock{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	s := slacktest.New(t, slacktest.Config{Clock: now, Limits: map[string]int{"users.list": 3, "users.profile.get": 100}})
	s.AddField("Xf0DEP", "Department")
	s.AddField("Xf0LEV", "Level")
	for i := range 1200 {
		u := slacktest.User{ID: fmt.Sprintf("U%05d", i), Name: fmt.Sprintf("Person %d", i), Email: fmt.Sprintf("p%d@example.org", i), Title: "Clerk"}
		switch i % 100 {
		case 0:
			u.Fields = map[string]string{"Xf0DEP": "Housing", "Xf0LEV": "2"}
		case 1:
			u.Deleted = true
		case 2:
			u.Guest = true
		case 3:
			u.Bot = true
		}
		s.AddUser(u)
	}
	s.AddUser(slacktest.User{ID: "U9ZOE", Team: "T9", Name: "Zoe"})
	s.AddGroup("S1LEADS", "leads", "The leads", "U00000")
	me := s.Config().BotUser
	s.AddChannel(slacktest.Channel{ID: "C1FINDS", Name: "finds", Kind: slacktest.Public, Members: []string{me}})
	s.AddChannel(slacktest.Channel{ID: "C2DESK", Name: "desk", Kind: slacktest.Private, Members: []string{me, "U9ZOE"}, ExtShared: true, With: []string{"T9"}})
	s.AddChannel(slacktest.Channel{ID: "C3QUIET", Name: "quiet", Kind: slacktest.Public})
	api, err := webapi.New(webapi.Config{BotToken: s.Config().BotToken, APIURL: s.APIURL()})
	if err != nil {
		t.Fatal(err)
	}
	id, err := api.Who(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r := open(nil, func(c *directory.Config) {
		c.API, c.Us = api, func() inbound.Us {
			return inbound.Us{Platform: "slack", Team: id.Team, Enterprise: id.Enterprise, User: id.BotUser, Bot: id.Bot}
		}
		c.Wait = func(ctx context.Context, d time.Duration) error { now.pass(d); return ctx.Err() }
	})
	if err := r.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	people := 0
	for account, n := range r.times {
		f := r.facts[account]
		var i int
		if _, err := fmt.Sscanf(account.Native(), "U%05d", &i); err != nil || account.Native() != fmt.Sprintf("U%05d", i) {
			continue
		}
		people++
		wantTimes := 1
		if i%100 == 0 {
			wantTimes = 2 // the department comes after the list
		}
		if n != wantTimes || f.Name != fmt.Sprintf("Person %d", i) || *f.Inactive != (i%100 == 1) || f.External != (i%100 == 2) || f.Bot != (i%100 == 3) || (f.Department == "Housing") != (i%100 == 0) {
			t.Errorf("%d times %+v", n, f)
		}
	}
	if people != 1200 {
		t.Errorf("%d people arrived", people)
	}
	if r.groups["S1LEADS"] != "leads" {
		t.Errorf("the groups are %v", r.groups)
	}
	if len(r.places) != 2 || !r.places["slack|C2DESK"].External || r.places["slack|C1FINDS"].Kind != bot.OpenChannel {
		t.Errorf("the channels are %+v", r.places)
	}
	// What an event tells of one person.
	raw, err := api.User(t.Context(), "U00100")
	if err != nil {
		t.Fatal(err)
	}
	if f, ok := r.Fact(raw); !ok || f.Name != "Person 100" || f.Email != "p100@example.org" || f.Title != "Clerk" {
		t.Errorf("it is %+v", f)
	}
}
