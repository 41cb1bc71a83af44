package gap_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync"
	"testing"
	"time"

	"evangelist/adapters/slack/gap"
	"evangelist/adapters/slack/inbound"
	"evangelist/adapters/slack/slacktest"
	"evangelist/adapters/slack/webapi"
	"evangelist/bot"
)

type shared struct {
	mu  sync.Mutex
	now time.Time
}

func (c *shared) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(time.Millisecond)
	return c.now
}

func (c *shared) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Against a Slack that takes only so many requests a minute, over the wire.
func TestFillFromSlack(t *testing.T) {
	now := &shared{now: start}
	s := slacktest.New(t, slacktest.Config{Clock: now, Limits: map[string]int{"conversations.history": 3, "conversations.replies": 3}})
	s.AddUser(slacktest.User{ID: "U1ADA", Name: "Ada"})
	s.AddUser(slacktest.User{ID: "U2BEN", Name: "Ben"})
	s.AddChannel(slacktest.Channel{ID: "C1FINDS", Name: "finds", Kind: slacktest.Public, Members: []string{s.Config().BotUser, "U1ADA", "U2BEN"}})
	api, err := webapi.New(webapi.Config{BotToken: s.Config().BotToken, APIURL: s.APIURL()})
	if err != nil {
		t.Fatal(err)
	}
	us := inbound.Us{Platform: "slack", Team: s.Config().Team, User: s.Config().BotUser, Bot: s.Config().BotID}
	told := newTold()
	filler := gap.New(gap.Config{
		API: api, Platform: "slack", Clock: now, Log: slog.New(slog.DiscardHandler),
		Translate: func(channel string, raw json.RawMessage) []bot.Sighting {
			return inbound.History(raw, channel, us, strangers{})
		},
		Wait: func(ctx context.Context, d time.Duration) error { now.pass(d); return ctx.Err() },
		Handlers: bot.Handlers{Hear: told.hear, Kept: told.kept, Places: func(context.Context) ([]bot.Place, error) {
			return []bot.Place{{ID: "slack|C1FINDS", Kind: bot.OpenChannel, Member: true, Watched: true}}, nil
		}},
	})
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	post := func(m slacktest.Message, err error) string {
		t.Helper()
		must(err)
		return m.TS
	}
	ctx := t.Context()
	ada, ben := s.As("U1ADA"), s.As("U2BEN")
	must(filler.Fill(ctx))
	now.pass(time.Hour)
	parent := post(ada.Post(ctx, "C1FINDS", "Look: https://example.org/parent"))
	now.pass(time.Hour)
	must(filler.Fill(ctx))

	now.pass(6 * 24 * time.Hour)
	reply := post(ben.Reply(ctx, "C1FINDS", parent, "And https://example.org/reply"))
	gone := post(ada.Post(ctx, "C1FINDS", "Never mind"))
	must(ada.Delete(ctx, "C1FINDS", gone))
	must(ada.Edit(ctx, "C1FINDS", parent, "Look again: https://example.org/edited"))
	must(ben.React(ctx, "C1FINDS", parent, "tada"))
	var posts []string
	for range 30 {
		now.pass(time.Minute)
		posts = append(posts, post(ada.Post(ctx, "C1FINDS", "Another one")))
	}
	now.pass(time.Hour)
	must(filler.Fill(ctx))
	if told.texts[parent] != "Look again: https://example.org/edited" || told.texts[reply] == "" || told.texts[gone] != "" || !told.reactions[parent]["tada"] {
		t.Errorf("told %v, %v", told.texts, told.reactions)
	}
	for _, ts := range posts {
		if told.texts[ts] == "" {
			t.Errorf("%s was missed", ts)
		}
	}
	if len(told.gone) != 0 {
		t.Errorf("told to be gone: %v", told.gone)
	}

	// The thread is older than the look back now; answers in it are still followed.
	now.pass(5 * 24 * time.Hour)
	late := post(ben.Reply(ctx, "C1FINDS", parent, "One more: https://example.org/late"))
	must(ben.Delete(ctx, "C1FINDS", reply))
	must(ada.Delete(ctx, "C1FINDS", posts[3]))
	now.pass(time.Hour)
	must(filler.Fill(ctx))
	if !told.gone[reply] || !told.gone[posts[3]] || told.gone[late] || told.gone[parent] {
		t.Errorf("told to be gone: %v", told.gone)
	}
	if told.texts[late] == "" {
		t.Error("an answer in an old thread was missed")
	}
}
