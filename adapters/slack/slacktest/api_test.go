package slacktest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"evangelist/adapters/slack/slacktest"
	"evangelist/adapters/slack/slacktest/kit"
)

// soon is how long a test waits for what must happen.
const soon = 20 * time.Second

func within(t *testing.T) context.Context {
	t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), soon)
	t.Cleanup(stop)
	return ctx
}

// house is a Slack with three people, a channel that the bot is in, and one that
// it is not in.
func house(t *testing.T, cfg slacktest.Config) *slacktest.Server {
	t.Helper()
	s := slacktest.New(t, cfg)
	s.AddField("Xf0DEPART", "Department")
	for _, u := range []slacktest.User{
		{ID: "U0ANNA", Name: "Anna Vos", Email: "anna@house.example", Title: "Archivist", Fields: map[string]string{"Xf0DEPART": "Libraries"}},
		{ID: "U0BRAM", Name: "Bram Claes", Email: "bram@house.example"},
		{ID: "U0LENA", Name: "Lena Smits", Email: "lena@house.example", Guest: true},
	} {
		s.AddUser(u)
	}
	s.AddChannel(slacktest.Channel{ID: "C0GENERAL", Name: "general", General: true, Members: []string{"U0ANNA", "U0BRAM", s.Config().BotUser}})
	s.AddChannel(slacktest.Channel{ID: "C0OTHER", Name: "other", Members: []string{"U0ANNA"}})
	s.AddChannel(slacktest.Channel{ID: "C0SECRET", Name: "secret", Kind: slacktest.Private, Members: []string{"U0ANNA"}})
	return s
}

func client(s *slacktest.Server) *slack.Client {
	return slack.New(s.Config().BotToken, slack.OptionAPIURL(s.APIURL()), slack.OptionAppLevelToken(s.Config().AppToken), slack.OptionHTTPClient(&http.Client{Timeout: soon}))
}

func section(text string) slack.Block {
	return slack.NewSectionBlock(slack.NewTextBlockObject("plain_text", text, false, false), nil, nil)
}

func TestPostUpdateHistoryDelete(t *testing.T) {
	s := house(t, slacktest.Config{})
	api, ctx := client(s), within(t)
	part := slack.SlackMetadata{EventType: "evangelist_part", EventPayload: map[string]any{"id": "part-1"}}
	channel, ts, err := api.PostMessageContext(ctx, "C0GENERAL", slack.MsgOptionText("Friday roundup", false), slack.MsgOptionBlocks(section("Seven things")), slack.MsgOptionMetadata(part))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := api.UpdateMessageContext(ctx, channel, ts, slack.MsgOptionText("Friday roundup", false), slack.MsgOptionBlocks(section("Eight things"))); err != nil {
		t.Fatal(err)
	}
	for _, all := range []bool{true, false} {
		got, err := api.GetConversationHistoryContext(ctx, &slack.GetConversationHistoryParameters{ChannelID: channel, IncludeAllMetadata: all})
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Messages) != 1 || got.Messages[0].Timestamp != ts || got.Messages[0].Edited == nil {
			t.Fatalf("history holds %+v", got.Messages)
		}
		if id := got.Messages[0].Metadata.EventPayload["id"]; (id == "part-1") != all {
			t.Errorf("include_all_metadata %v: the metadata is %+v", all, got.Messages[0].Metadata)
		}
	}
	if shown, _ := s.Message(channel, ts); shown.Shown() != "Eight things" {
		t.Errorf("shown is %q", shown.Shown())
	}
	if _, _, err := api.DeleteMessageContext(ctx, channel, ts); err != nil {
		t.Fatal(err)
	}
	if left := s.Messages(channel); len(left) != 0 {
		t.Errorf("left: %+v", left)
	}
	if got := len(s.Calls("chat.postMessage", "chat.update", "chat.delete")); got != 3 {
		t.Errorf("%d calls are recorded", got)
	}
}

func TestUpdateKeepsWhatIsNotGiven(t *testing.T) {
	s := house(t, slacktest.Config{})
	api, ctx := client(s), within(t)
	channel, ts, err := api.PostMessageContext(ctx, "C0GENERAL", slack.MsgOptionText("one", false), slack.MsgOptionBlocks(section("block")))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := api.UpdateMessageContext(ctx, channel, ts, slack.MsgOptionText("two", false)); err != nil {
		t.Fatal(err)
	}
	if m, _ := s.Message(channel, ts); m.Text != "two" || len(m.Blocks) != 0 {
		t.Errorf("a text alone takes the blocks away, not %q %s", m.Text, m.Blocks)
	}
}

func TestPostingIsRefused(t *testing.T) {
	cases := []struct {
		name    string
		prepare func(*slacktest.Server)
		channel string
		options []slack.MsgOption
		code    string
	}{
		{name: "no member", channel: "C0OTHER", code: "not_in_channel"},
		{name: "private and no member", channel: "C0SECRET", code: "channel_not_found"},
		{name: "unknown", channel: "C0NOWHERE", code: "channel_not_found"},
		{name: "archived", channel: "C0GENERAL", code: "is_archived", prepare: func(s *slacktest.Server) { _ = s.Archive("C0GENERAL", true) }},
		{name: "read only", channel: "C0RO", code: "restricted_action", prepare: func(s *slacktest.Server) {
			s.AddChannel(slacktest.Channel{ID: "C0RO", Name: "ro", ReadOnly: true, Members: []string{s.Config().BotUser}})
		}},
		{name: "scope", channel: "C0GENERAL", code: "missing_scope", prepare: func(s *slacktest.Server) { s.SetScopes("users:read") }},
		{name: "token", channel: "C0GENERAL", code: "token_revoked", prepare: func(s *slacktest.Server) { s.RevokeTokens("token_revoked") }},
		{name: "uninstalled", channel: "C0GENERAL", code: "account_inactive", prepare: func(s *slacktest.Server) { s.Uninstall() }},
		{name: "nothing", channel: "C0GENERAL", code: "no_text", options: []slack.MsgOption{slack.MsgOptionText("", false)}},
		{name: "long", channel: "C0GENERAL", code: "msg_too_long", options: []slack.MsgOption{slack.MsgOptionText(strings.Repeat("x", 40_001), false)}},
		{name: "many blocks", channel: "C0GENERAL", code: "invalid_blocks", options: []slack.MsgOption{slack.MsgOptionBlocks(many(51, "x")...)}},
		{name: "large blocks", channel: "C0GENERAL", code: "msg_blocks_too_long", options: []slack.MsgOption{slack.MsgOptionBlocks(many(6, strings.Repeat("y", 2500))...)}},
		{name: "validator", channel: "C0GENERAL", code: "invalid_blocks", options: []slack.MsgOption{slack.MsgOptionBlocks(section("forbidden"))}},
		{name: "thread", channel: "C0GENERAL", code: "thread_not_found", options: []slack.MsgOption{slack.MsgOptionText("x", false), slack.MsgOptionTS("1.000001")}},
		{name: "metadata", channel: "C0GENERAL", code: "invalid_metadata_schema", options: []slack.MsgOption{slack.MsgOptionText("x", false), slack.MsgOptionMetadata(slack.SlackMetadata{EventType: "a"})}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := house(t, slacktest.Config{Validate: func(surface string, blocks json.RawMessage) []string {
				if surface == "message" && strings.Contains(string(blocks), "forbidden") {
					return []string{"[ERROR] forbidden"}
				}
				return nil
			}})
			if c.prepare != nil {
				c.prepare(s)
			}
			if c.options == nil {
				c.options = []slack.MsgOption{slack.MsgOptionText("hello", false)}
			}
			_, _, err := client(s).PostMessageContext(within(t), c.channel, c.options...)
			if got := codeOf(err); got != c.code {
				t.Errorf("the answer is %q (%v), not %q", got, err, c.code)
			}
			calls := s.Calls("chat.postMessage")
			if len(calls) != 1 || calls[0].Code != c.code || calls[0].Done {
				t.Errorf("recorded: %+v", calls)
			}
		})
	}
}

func many(n int, text string) []slack.Block {
	var out []slack.Block
	for range n {
		out = append(out, section(text))
	}
	return out
}

func codeOf(err error) string {
	var answer slack.SlackErrorResponse
	if errors.As(err, &answer) {
		return answer.Err
	}
	return ""
}

func TestMissingScopeNamesWhatIsNeeded(t *testing.T) {
	s := house(t, slacktest.Config{Scopes: []string{"chat:write"}})
	_, err := client(s).GetUsersContext(within(t))
	var answer slack.SlackErrorResponse
	if !errors.As(err, &answer) || answer.Needed != "users:read" || answer.Provided != "chat:write" {
		t.Errorf("the answer is %+v (%v)", answer, err)
	}
}

func TestTokensAreTold(t *testing.T) {
	s := house(t, slacktest.Config{})
	for token, want := range map[string]string{"": "not_authed", "xoxb-other": "invalid_auth", s.Config().AppToken: "not_allowed_token_type", s.Config().BotToken: ""} {
		_, err := slack.New(token, slack.OptionAPIURL(s.APIURL())).AuthTestContext(within(t))
		if got := codeOf(err); got != want {
			t.Errorf("token %q: %q, not %q", token, got, want)
		}
	}
}

func TestUsersAreReadInPages(t *testing.T) {
	s := house(t, slacktest.Config{})
	for i := range 430 {
		s.AddUser(slacktest.User{ID: fmt.Sprintf("U0MANY%03d", i), Name: fmt.Sprintf("Colleague %d", i), Deleted: i%2 == 0})
	}
	users, err := client(s).GetUsersContext(within(t), slack.GetUsersOptionLimit(100))
	if err != nil {
		t.Fatal(err)
	}
	if want := 430 + 3 + 2; len(users) != want {
		t.Errorf("%d accounts, not %d", len(users), want)
	}
	if got := len(s.Calls("users.list")); got != 5 {
		t.Errorf("%d pages were read", got)
	}
	byID := map[string]slack.User{}
	for _, u := range users {
		byID[u.ID] = u
	}
	if !byID["U0MANY000"].Deleted || byID["U0MANY001"].Deleted || !byID["U0LENA"].IsRestricted || byID["U0ANNA"].Profile.Email != "anna@house.example" {
		t.Error("the accounts are not what was added")
	}
}

func TestProfiles(t *testing.T) {
	s := house(t, slacktest.Config{})
	api, ctx := client(s), within(t)
	team, err := api.GetTeamProfileContext(ctx)
	if err != nil || len(team.Fields) != 1 || team.Fields[0].Label != "Department" {
		t.Fatalf("%+v, %v", team, err)
	}
	profile, err := api.GetUserProfileContext(ctx, &slack.GetUserProfileParameters{UserID: "U0ANNA"})
	if err != nil || profile.FieldsMap()["Xf0DEPART"].Value != "Libraries" {
		t.Errorf("%+v, %v", profile, err)
	}
	found, err := api.GetUserByEmailContext(ctx, "BRAM@house.example")
	if err != nil || found.ID != "U0BRAM" {
		t.Errorf("%+v, %v", found, err)
	}
	if _, err := api.GetUserByEmailContext(ctx, "nobody@house.example"); codeOf(err) != "users_not_found" {
		t.Error(err)
	}
}

func TestConversations(t *testing.T) {
	s := house(t, slacktest.Config{})
	api, ctx := client(s), within(t)
	one, _, _, err := api.OpenConversationContext(ctx, &slack.OpenConversationParameters{Users: []string{"U0ANNA"}})
	if err != nil {
		t.Fatal(err)
	}
	again, noOp, _, err := api.OpenConversationContext(ctx, &slack.OpenConversationParameters{Users: []string{"U0ANNA"}})
	if err != nil || !noOp || again.ID != one.ID || s.Direct("U0ANNA") != one.ID {
		t.Errorf("opened again: %v %v %v", again, noOp, err)
	}
	table, _, _, err := api.OpenConversationContext(ctx, &slack.OpenConversationParameters{Users: []string{"U0ANNA", "U0BRAM"}, ReturnIM: true})
	if err != nil || !table.IsMpIM {
		t.Fatalf("%+v %v", table, err)
	}
	same, _, _, err := api.OpenConversationContext(ctx, &slack.OpenConversationParameters{Users: []string{"U0BRAM", "U0ANNA"}})
	if err != nil || same.ID != table.ID {
		t.Errorf("the same people have another chat: %v %v", same, err)
	}
	if err := s.Deactivate("U0BRAM", true); err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := api.OpenConversationContext(ctx, &slack.OpenConversationParameters{Users: []string{"U0BRAM"}}); codeOf(err) != "user_disabled" {
		t.Error(err)
	}
	if err := s.Share("C0GENERAL", "T0ELSE"); err != nil {
		t.Fatal(err)
	}
	info, err := api.GetConversationInfoContext(ctx, &slack.GetConversationInfoInput{ChannelID: "C0GENERAL"})
	if err != nil || !info.IsExtShared || info.IsPrivate || !info.IsMember {
		t.Errorf("%+v %v", info, err)
	}
	list, _, err := api.GetConversationsContext(ctx, &slack.GetConversationsParameters{Types: []string{"public_channel", "private_channel"}})
	if err != nil || len(list) != 2 {
		t.Errorf("%d channels, %v", len(list), err)
	}
	members, _, err := api.GetUsersInConversationContext(ctx, &slack.GetUsersInConversationParameters{ChannelID: "C0GENERAL"})
	if err != nil || len(members) != 3 {
		t.Errorf("%v %v", members, err)
	}
}

func TestHistoryPages(t *testing.T) {
	s := house(t, slacktest.Config{})
	api, ctx, anna := client(s), within(t), s.As("U0ANNA")
	var all []string
	for i := range 25 {
		m, err := anna.Post(ctx, "general", fmt.Sprintf("message %d", i))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, m.TS)
	}
	if _, err := anna.Reply(ctx, "general", all[3], "in a thread"); err != nil {
		t.Fatal(err)
	}
	var got []string
	params := &slack.GetConversationHistoryParameters{ChannelID: "C0GENERAL", Limit: 10, Oldest: all[4], Latest: all[20]}
	for {
		page, err := api.GetConversationHistoryContext(ctx, params)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range page.Messages {
			got = append(got, m.Timestamp)
		}
		if !page.HasMore {
			break
		}
		params.Cursor = page.ResponseMetaData.NextCursor
	}
	if len(got) != 15 || got[0] != all[19] || got[14] != all[5] {
		t.Errorf("%d messages between, from %v", len(got), got)
	}
	thread, _, _, err := api.GetConversationRepliesContext(ctx, &slack.GetConversationRepliesParameters{ChannelID: "C0GENERAL", Timestamp: all[3]})
	if err != nil || len(thread) != 2 || thread[0].ReplyCount != 1 {
		t.Errorf("%+v %v", thread, err)
	}
}

func TestTombstone(t *testing.T) {
	s := house(t, slacktest.Config{})
	ctx, anna := within(t), s.As("U0ANNA")
	root, err := anna.Post(ctx, "general", "root")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := anna.Reply(ctx, "general", root.TS, "reply"); err != nil {
		t.Fatal(err)
	}
	if err := anna.Delete(ctx, "general", root.TS); err != nil {
		t.Fatal(err)
	}
	if m, ok := s.Message("general", root.TS); !ok || m.Subtype != "tombstone" {
		t.Errorf("%+v %v", m, ok)
	}
	last := s.Events("message.message_changed")
	if len(last) != 1 || !strings.Contains(string(last[0].Payload), "tombstone") {
		t.Errorf("events: %+v", last)
	}
}

func TestEphemeralAndReactions(t *testing.T) {
	s := house(t, slacktest.Config{})
	api, ctx := client(s), within(t)
	if _, err := api.PostEphemeralContext(ctx, "C0GENERAL", "U0ANNA", slack.MsgOptionText("only you", false)); err != nil {
		t.Fatal(err)
	}
	if got := s.As("U0ANNA").Ephemerals("general"); len(got) != 1 || got[0].Shown() != "only you" {
		t.Errorf("%+v", got)
	}
	if len(s.As("U0BRAM").Ephemerals("general")) != 0 || len(s.Messages("general")) != 0 {
		t.Error("others see it")
	}
	if _, err := api.PostEphemeralContext(ctx, "C0GENERAL", "U0LENA", slack.MsgOptionText("x", false)); codeOf(err) != "user_not_in_channel" {
		t.Error(err)
	}
	m, err := s.As("U0BRAM").Post(ctx, "general", "look: https://example.org/a?b=1&c=2 <@U0ANNA>")
	if err != nil {
		t.Fatal(err)
	}
	if m.Text != "look: <https://example.org/a?b=1&amp;c=2> <@U0ANNA>" || kit.Links(m.Blocks)[0] != "https://example.org/a?b=1&c=2" {
		t.Errorf("%s %s", m.Text, m.Blocks)
	}
	ref := slack.NewRefToMessage("C0GENERAL", m.TS)
	if err := api.AddReactionContext(ctx, "eyes", ref); err != nil {
		t.Fatal(err)
	}
	if err := api.AddReactionContext(ctx, "eyes", ref); codeOf(err) != "already_reacted" {
		t.Error(err)
	}
	if err := s.As("U0ANNA").React(ctx, "general", m.TS, "eyes"); err != nil {
		t.Fatal(err)
	}
	got, err := api.GetReactionsContext(ctx, ref, slack.NewGetReactionsParameters())
	if err != nil || len(got.Reactions) != 1 || got.Reactions[0].Count != 2 {
		t.Errorf("%+v %v", got, err)
	}
}

func TestSameSeedSameIDs(t *testing.T) {
	ids := func(seed uint64) string {
		s := slacktest.New(t, slacktest.Config{Seed: seed})
		return s.AddUser(slacktest.User{Name: "A"}).ID + s.AddChannel(slacktest.Channel{Name: "c"}).ID
	}
	one, again, other := ids(7), ids(7), ids(8)
	if one != again || one == other {
		t.Error("the seed does not decide the ids")
	}
}
