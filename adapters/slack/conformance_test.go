package slack_test

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"evangelist/adapters/adaptertest"
	"evangelist/adapters/slack"
	"evangelist/adapters/slack/blockkit"
	"evangelist/adapters/slack/blockkit/limits"
	"evangelist/adapters/slack/slacktest"
	"evangelist/adapters/slack/webapi"
	"evangelist/bot"
)

// ticking is a clock of which each reading is later than all before.
type ticking struct {
	mu  sync.Mutex
	now time.Time
}

func newTicking() *ticking { return &ticking{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)} }

func (c *ticking) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(time.Millisecond)
	return c.now
}

func (c *ticking) until(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if at.After(c.now) {
		c.now = at
	}
}

// house is a pretend Slack with two channels and two colleagues, and the
// workspace that the bot sees.
type house struct {
	*slacktest.Server
	clock *ticking
	*slack.Workspace
}

// open starts one. refuse makes the pretend Slack refuse what the real one would.
func openHouse(t testing.TB, change ...func(*slack.WorkspaceConfig)) *house {
	h := &house{clock: newTicking()}
	h.Server = slacktest.New(t, slacktest.Config{Clock: h.clock, Validate: refuses})
	bot := h.Config().BotUser
	for _, u := range []slacktest.User{{ID: "U1ADA", Name: "Ada", Handle: "ada"}, {ID: "U2BEN", Name: "Ben", Handle: "ben"}} {
		h.AddUser(u)
	}
	for _, c := range []slacktest.Channel{
		{ID: "C1FINDS", Name: "finds", Kind: slacktest.Public, Members: []string{bot, "U1ADA", "U2BEN"}},
		{ID: "C2DESK", Name: "desk", Kind: slacktest.Private, Members: []string{bot, "U1ADA"}},
		{ID: "C3QUIET", Name: "quiet", Kind: slacktest.Public, Members: []string{"U1ADA"}},
		{ID: "C4OLD", Name: "old", Kind: slacktest.Public, Members: []string{bot}, Archived: true},
		{ID: "C5READ", Name: "read", Kind: slacktest.Public, Members: []string{bot}, ReadOnly: true},
		{ID: "C6OTHERS", Name: "with-others", Kind: slacktest.Public, Members: []string{bot}, ExtShared: true, With: []string{"T9"}},
		{ID: "C7SOON", Name: "soon-with-others", Kind: slacktest.Public, Members: []string{bot}, PendingShared: true},
	} {
		h.AddChannel(c)
	}
	config := slack.WorkspaceConfig{API: h.api(t), Options: blockkit.Options{BaseURL: "https://evangelist.example"}}
	for _, f := range change {
		f(&config)
	}
	h.Workspace = slack.NewWorkspace(config)
	return h
}

func (h *house) api(t testing.TB) *webapi.Client {
	t.Helper()
	api, err := webapi.New(webapi.Config{BotToken: h.Config().BotToken, AppToken: h.Config().AppToken, APIURL: h.APIURL()})
	if err != nil {
		t.Fatal(err)
	}
	return api
}

func place(channel string) bot.PlaceID { return bot.NewPlaceID(slack.Name, channel) }

func TestConformance(t *testing.T) {
	adaptertest.Run(t, func(t *testing.T) adaptertest.Fixture {
		h := openHouse(t)
		return adaptertest.Fixture{
			Platform: h.Workspace, Place: place("C1FINDS"), Other: place("C2DESK"),
			Forbidden: []bot.PlaceID{
				place("C3QUIET"), place("C4OLD"), place("C5READ"), place("C6OTHERS"), place("C7SOON"), place("C0NOWHERE"), place(""),
				bot.NewPlaceID("elsewhere", "C1FINDS"),
			},
			People: []bot.AccountID{bot.NewAccountID(slack.Name, "U1ADA"), bot.NewAccountID(slack.Name, "U2BEN")},
			Now:    h.clock.Now,
			Words:  func(part bot.Part) (string, error) { return blockkit.Words(part.Payload) },
			Inert: func(part bot.Part) error {
				if problems := limits.Check(limits.Message, part.Payload); len(problems) > 0 {
					return fmt.Errorf("Slack would refuse it: %v", problems)
				}
				return blockkit.Inert(part.Payload, func(string) bool { return true })
			},
			MaxBytes: 60_000,
			Seen: func(ref bot.MessageRef) (string, bool) {
				m, there := h.Message(ref.Place.Native(), ref.Native)
				return m.Shown(), there
			},
			Private: func(account bot.AccountID) []string {
				var seen []string
				for _, m := range h.As(account.Native()).Ephemerals("C1FINDS") {
					seen = append(seen, m.Shown())
				}
				return seen
			},
		}
	})
}

// refuses finds what Slack would not take.
func refuses(surface string, blocks json.RawMessage) []string {
	var problems []string
	payload := []byte(blocks)
	if surface == "message" {
		payload = fmt.Appendf(nil, `{"text":"x","blocks":%s}`, blocks)
	}
	for _, problem := range limits.Check(limits.Surface(surface), payload) {
		problems = append(problems, problem.String())
	}
	return problems
}
