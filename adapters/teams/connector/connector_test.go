package connector_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"evangelist/adapters/teams/cloud"
	"evangelist/adapters/teams/connector"
	"evangelist/adapters/teams/teamstest"
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

func (c *clock) advance(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(by)
}

type world struct {
	teams   *teamstest.Teams
	clock   *clock
	tokens  *connector.Tokens
	client  *connector.Client
	ann, bo teamstest.User
	team    teamstest.Team
	channel connector.Conversation
	chat    connector.Conversation
	group   connector.Conversation
}

func open(t testing.TB, config teamstest.Config) *world {
	t.Helper()
	w := &world{clock: &clock{now: time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)}}
	config.Clock = w.clock
	w.teams = teamstest.New(t, config)
	w.ann = w.teams.AddUser(teamstest.User{Name: "Ann", Email: "ann@example.org"})
	w.bo = w.teams.AddUser(teamstest.User{Name: "Bo", Email: "bo@example.org", Guest: true})
	w.team = w.teams.AddTeam("Comms", w.ann, w.bo)
	group := w.teams.AddChat(w.ann, w.bo)
	for _, place := range []string{w.team.ID, group, w.teams.Personal(w.ann)} {
		w.teams.Add(place)
	}
	w.channel, w.group, w.chat = w.at(w.team.General), w.at(group), w.at(w.teams.Personal(w.ann))
	w.tokens = w.source(t, connector.Secret(w.teams.Secret()))
	w.client = w.connect(t, nil)
	return w
}

func (w *world) at(id string) connector.Conversation {
	return connector.Conversation{ServiceURL: w.teams.ServiceURL(), ID: id}
}

func (w *world) source(t testing.TB, credential connector.Credential) *connector.Tokens {
	t.Helper()
	tokens, err := connector.NewTokens(connector.TokenConfig{
		AppID: w.teams.AppID(), TenantID: w.teams.TenantID(), TokenURL: w.teams.TokenURL(), Scope: teamstest.BotScope, Credential: credential, Clock: w.clock,
	})
	if err != nil {
		t.Fatal(err)
	}
	return tokens
}

func (w *world) connect(t testing.TB, change func(*connector.Config)) *connector.Client {
	t.Helper()
	hosts, err := cloud.NewHosts(w.teams.Host())
	if err != nil {
		t.Fatal(err)
	}
	c := connector.Config{AppID: w.teams.AppID(), TenantID: w.teams.TenantID(), Tokens: w.tokens, Hosts: hosts, Clock: w.clock}
	if change != nil {
		change(&c)
	}
	client, err := connector.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func text(words string) connector.Activity { return connector.Activity{Text: words} }

func card(words string) connector.Activity {
	content, _ := json.Marshal(map[string]any{"type": "AdaptiveCard", "version": "1.5", "body": []any{map[string]any{"type": "TextBlock", "text": words}}})
	return connector.Card(content, words)
}

func TestSendAndReply(t *testing.T) {
	w := open(t, teamstest.Config{})
	for name, to := range map[string]connector.Conversation{"channel": w.channel, "group": w.group, "chat": w.chat} {
		first, err := w.client.Send(t.Context(), to, card("First & <b>foremost</b>"))
		if err != nil || first == "" {
			t.Fatalf("%s: %q, %v", name, first, err)
		}
		answer, err := w.client.Reply(t.Context(), to, first, text("Second"))
		if err != nil || answer == "" || answer == first {
			t.Fatalf("%s: %q, %v", name, answer, err)
		}
		got := w.teams.Messages(to.ID)
		if len(got) != 2 || got[0].ID != first || len(got[0].Cards) != 1 || got[0].Summary != "First & <b>foremost</b>" || got[1].Root != first || got[1].Text != "Second" {
			t.Errorf("%s holds %v", name, got)
		}
		if !strings.Contains(string(got[0].Activity), "& <b>") {
			t.Errorf("%s: what was written is escaped: %s", name, got[0].Activity)
		}
	}
	calls := w.teams.Calls("send")
	if last := calls[len(calls)-1]; last.Status != http.StatusCreated {
		t.Errorf("the last call was answered %d", last.Status)
	}
	if n := len(w.teams.Calls("token")); n != 1 {
		t.Errorf("%d tokens for six calls", n)
	}
}

func TestStartThread(t *testing.T) {
	w := open(t, teamstest.Config{})
	channel := w.teams.AddChannel(w.team, "News")
	w.teams.Add(w.team.ID)
	started, err := w.client.StartThread(t.Context(), w.at(channel), card("A thread"))
	if err != nil || started.ID == "" || started.Conversation.ID != channel+";messageid="+started.ID || started.Conversation.ServiceURL != w.teams.ServiceURL() {
		t.Fatalf("%+v, %v", started, err)
	}
	if _, err := w.client.Send(t.Context(), started.Conversation, text("In it")); err != nil {
		t.Fatal(err)
	}
	if _, err := w.client.Reply(t.Context(), started.Conversation, started.ID, text("In it as well")); err != nil {
		t.Fatal(err)
	}
	for i, m := range w.teams.Messages(channel) {
		if want := map[bool]string{true: started.ID}[i > 0]; m.Root != want {
			t.Errorf("%v, want thread %q", m, want)
		}
	}
}

func TestTextBesideACardGivesNoID(t *testing.T) {
	w := open(t, teamstest.Config{})
	both := card("A card")
	both.Text = "and a text"
	id, err := w.client.Send(t.Context(), w.chat, both)
	if err != nil || id != "" || len(w.teams.Messages(w.chat.ID)) != 2 {
		t.Errorf("%q, %v, %d messages", id, err, len(w.teams.Messages(w.chat.ID)))
	}
}

func TestUpdateAndDelete(t *testing.T) {
	w := open(t, teamstest.Config{})
	id, err := w.client.Send(t.Context(), w.channel, card("Before"))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := w.client.Update(t.Context(), w.channel, id, card("After")); err != nil {
			t.Fatal(err)
		}
	}
	if m, _ := w.teams.Message(id); m.Edits != 2 || m.Summary != "After" {
		t.Errorf("after changing: %v", m)
	}
	for range 2 {
		if err := w.client.Delete(t.Context(), w.channel, id); err != nil {
			t.Fatal(err)
		}
	}
	if m, _ := w.teams.Message(id); !m.Deleted {
		t.Error("it is still there")
	}
	want(t, "changing what is gone", w.client.Update(t.Context(), w.channel, id, card("Back")), bot.Unreachable)
	theirs, err := w.teams.As(w.ann).Write(t.Context(), w.team.General, "Mine")
	if err != nil {
		t.Fatal(err)
	}
	want(t, "changing somebody's message", w.client.Update(t.Context(), w.channel, theirs.Message, card("x")), bot.Denied)
	want(t, "removing somebody's message", w.client.Delete(t.Context(), w.channel, theirs.Message), bot.Denied)
}

// want holds an error to a reason; "" stands for one after which nobody knows.
func want(t *testing.T, what string, err error, reason bot.SendReason) {
	t.Helper()
	var refused *bot.SendError
	switch is := errors.As(err, &refused); {
	case err == nil:
		t.Errorf("%s succeeds", what)
	case reason == "" && is:
		t.Errorf("%s is a certain refusal: %v", what, err)
	case reason != "" && !is:
		t.Errorf("%s leaves a doubt: %v", what, err)
	case is && refused.Reason != reason:
		t.Errorf("%s is %s, want %s: %v", what, refused.Reason, reason, err)
	case is && (len(refused.Say) < 20 || !strings.HasSuffix(refused.Say, ".") || strings.Contains(refused.Say, "!")):
		t.Errorf("%s says %q", what, refused.Say)
	}
}

func TestOpenChat(t *testing.T) {
	w := open(t, teamstest.Config{})
	for _, user := range []string{w.bo.MRI, w.bo.ID, w.bo.MRI} {
		chat, err := w.client.OpenChat(t.Context(), w.teams.ServiceURL(), user)
		if err != nil || chat != w.at(w.teams.Personal(w.bo)) {
			t.Fatalf("%+v, %v", chat, err)
		}
		if _, err := w.client.Send(t.Context(), chat, text("Good morning")); err != nil {
			t.Fatal(err)
		}
	}
	far := w.teams.AddUser(teamstest.User{Name: "Far"})
	for name, user := range map[string]string{"without the app": far.MRI, "an address": "bo@example.org", "nobody": "29:nobody"} {
		_, err := w.client.OpenChat(t.Context(), w.teams.ServiceURL(), user)
		reason := bot.Denied
		if user == far.MRI {
			reason = bot.Unreachable
		}
		want(t, name, err, reason)
	}
}

func TestPrivate(t *testing.T) {
	w := open(t, teamstest.Config{})
	sent, err := w.client.Private(t.Context(), w.channel, w.bo.MRI, text("For you"))
	if err != nil || !sent.Targeted || sent.Conversation != w.channel {
		t.Fatalf("%+v, %v", sent, err)
	}
	if seen := w.teams.Seen(w.ann, w.team.General); len(seen) != 0 {
		t.Errorf("somebody else sees %v", seen)
	}
	if seen := w.teams.Seen(w.bo, w.team.General); len(seen) != 1 {
		t.Errorf("the person sees %v", seen)
	}
	still := text("Still for you")
	still.Recipient = &connector.Account{ID: w.bo.MRI} // which may not be named again
	if err := w.client.UpdateTargeted(t.Context(), w.channel, sent.ID, still); err != nil {
		t.Error(err)
	}
	for range 2 {
		if err := w.client.DeleteTargeted(t.Context(), w.channel, sent.ID); err != nil {
			t.Error(err)
		}
	}
	outside := w.teams.AddUser(teamstest.User{Name: "Outside"})
	w.teams.Add(w.teams.Personal(outside))
	sent, err = w.client.Private(t.Context(), w.channel, outside.MRI, text("In your chat"))
	if err != nil || sent.Targeted || sent.Conversation.ID != w.teams.Personal(outside) {
		t.Errorf("not in the channel: %+v, %v", sent, err)
	}
	without := w.connect(t, func(c *connector.Config) { c.WithoutTargeted = true })
	if sent, err = without.Private(t.Context(), w.channel, w.ann.MRI, text("x")); err != nil || sent.Targeted || sent.Conversation.ID != w.chat.ID {
		t.Errorf("without targeted messages: %+v, %v", sent, err)
	}
	if sent, err = w.client.Private(t.Context(), w.chat, w.ann.MRI, text("y")); err != nil || sent.Targeted || sent.Conversation != w.chat {
		t.Errorf("in the chat itself: %+v, %v", sent, err)
	}
}

func TestPrivateIsNotSaidTwice(t *testing.T) {
	for name, tc := range map[string]struct {
		fault  teamstest.Fault
		reason bot.SendReason
	}{
		"a doubt":   {teamstest.Failed(http.StatusBadGateway).Accepted(), ""},
		"throttled": {teamstest.Throttled("7"), bot.Busy},
	} {
		w := open(t, teamstest.Config{})
		w.teams.Inject(func(call teamstest.Call) teamstest.Fault {
			if call.Targeted() {
				return tc.fault
			}
			return teamstest.Fault{}
		})
		_, err := w.client.Private(t.Context(), w.channel, w.ann.MRI, text("Once"))
		want(t, name, err, tc.reason)
		if n := len(w.teams.Messages(w.chat.ID)); n != 0 {
			t.Errorf("%s: %d messages in the chat", name, n)
		}
	}
}

func TestMembersTeamAndChannels(t *testing.T) {
	w := open(t, teamstest.Config{PageSize: 60})
	for i := range 150 {
		u := w.teams.AddUser(teamstest.User{Name: fmt.Sprint("Person ", i)})
		if _, err := w.teams.As(u).Join(t.Context(), w.group.ID); err == nil {
			t.Fatal("the bot has no address yet")
		}
	}
	var all []connector.Member
	next, pages := "", 0
	for {
		page, err := w.client.Members(t.Context(), w.group, next)
		if err != nil {
			t.Fatal(err)
		}
		all, pages = append(all, page.Members...), pages+1
		if next = page.Next; next == "" {
			break
		}
	}
	if len(all) != 152 || pages != 3 || all[1] != (connector.Member{ID: w.bo.MRI, ObjectID: w.bo.ID, Name: "Bo", Email: "bo@example.org", TenantID: w.teams.TenantID(), Guest: true}) {
		t.Errorf("%d members on %d pages, the second is %+v", len(all), pages, all[1])
	}
	thread := w.at(connector.InThread(w.channel.ID, "17"))
	if m, err := w.client.Member(t.Context(), thread, w.ann.ID); err != nil || m.Name != "Ann" {
		t.Errorf("%+v, %v", m, err)
	}
	_, err := w.client.Member(t.Context(), w.channel, "29:nobody")
	want(t, "nobody", err, bot.Unreachable)
	w.teams.AddChannel(w.team, "News")
	if team, err := w.client.Team(t.Context(), w.teams.ServiceURL(), w.team.ID); err != nil || team.Group != w.team.Group || team.Name != "Comms" {
		t.Errorf("%+v, %v", team, err)
	}
	channels, err := w.client.Channels(t.Context(), w.teams.ServiceURL(), w.team.ID)
	if err != nil || len(channels) != 2 || channels[0] != (connector.Channel{ID: w.team.ID, Name: "General", Type: "standard"}) || channels[1].Name != "News" {
		t.Errorf("%+v, %v", channels, err)
	}
}

func TestTheTokenGoesToListedHostsOnly(t *testing.T) {
	w := open(t, teamstest.Config{})
	strange, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer strange.Close()
	for _, address := range []string{
		"https://evil.example/emea/", "http://smba.trafficmanager.net/emea/", "http://" + strange.Addr().String(), "http://user@" + w.teams.Host(),
		w.teams.URL() + "/emea/x?y=", w.teams.URL() + "/../x", "file:///etc/passwd", "", "http://" + w.teams.Host() + ".evil.example/",
	} {
		_, err := w.client.Send(t.Context(), connector.Conversation{ServiceURL: address, ID: w.chat.ID}, text("x"))
		want(t, address, err, bot.Denied)
	}
	for _, id := range []string{"", ".", "..", "a\nb", "a\x00"} {
		_, err := w.client.Send(t.Context(), w.at(id), text("x"))
		want(t, fmt.Sprintf("%q", id), err, bot.Denied)
	}
	if calls := w.teams.Calls(); len(calls) != 0 {
		t.Errorf("there were calls: %+v", calls)
	}
}

func TestIdsAreEscaped(t *testing.T) {
	w := open(t, teamstest.Config{})
	for _, id := range []string{"19:a/b?c=d#e", "19:x;messageid=1/../../teams", "a:%2e%2e", "19:ü&=+ @"} {
		_, err := w.client.Send(t.Context(), w.at(id), text("x"))
		want(t, id, err, map[bool]bot.SendReason{true: bot.Unreachable, false: bot.Denied}[strings.HasPrefix(id, "a:")])
		calls := w.teams.Calls("send")
		if len(calls) == 0 || calls[len(calls)-1].Conversation != id {
			t.Errorf("%q arrived as %+v", id, calls)
		}
	}
}

func TestEachCallHasTenSeconds(t *testing.T) {
	w := open(t, teamstest.Config{})
	if _, err := w.client.Send(t.Context(), w.chat, text("warm")); err != nil {
		t.Fatal(err)
	}
	var left time.Duration
	client := w.connect(t, func(c *connector.Config) {
		c.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
			deadline, _ := r.Context().Deadline()
			left = time.Until(deadline)
			return http.DefaultTransport.RoundTrip(r)
		})
	})
	if _, err := client.Send(t.Context(), w.chat, text("x")); err != nil || left <= 0 || left > connector.Deadline {
		t.Errorf("%v left, %v", left, err)
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestAnEndedContextIsCertain(t *testing.T) {
	w := open(t, teamstest.Config{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := w.client.Send(ctx, w.chat, text("Too late"))
	want(t, "an ended context", err, bot.Busy)
	if n := len(w.teams.Messages(w.chat.ID)); n != 0 {
		t.Errorf("%d messages", n)
	}
}
