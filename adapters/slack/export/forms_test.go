package export_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"evangelist/adapters/slack/export"
	"evangelist/bot"
	"evangelist/storage/storagetest"
)

func TestMessageForms(t *testing.T) {
	for _, c := range []struct {
		message string
		want    []string
	}{
		{`{"type":"message","user":"U1","text":"see <https://example.org/a|A>","ts":"1494589625.175228"}`,
			[]string{"posted 1494589625.175228 by U1 (Ada Example): see A <https://example.org/a|A|>"}},
		{`{"user":"U2","text":"without a type","ts":"1"}`, []string{"posted 1 by U2 (Ben): without a type"}},
		{`{"type":"message","user":"U9","text":"hi","ts":"1","user_profile":{"real_name":"Zoe","name":"z"}}`, []string{"posted 1 by U9 (Zoe): hi"}},
		{`{"type":"message","user":"U9","text":"hi","ts":"1","user_team":"T9","user_profile":{"display_name":"Zoe"}}`, []string{"posted 1 by T9.U9 (Zoe) external: hi"}},
		{`{"type":"message","user":"U9","text":"hi","ts":"1","user_team":"T1","source_team":"T1"}`, []string{"posted 1 by U9 (): hi"}},
		{`{"type":"message","user":"UX","text":"hi","ts":"1"}`, []string{"posted 1 by T9.UX (Xenia) external: hi"}},
		{`{"type":"message","user":"U1","text":"r","ts":"2.000001","thread_ts":"1.000001","parent_user_id":"U2"}`, []string{"posted 2.000001 by U1 (Ada Example) in 1.000001: r"}},
		{`{"type":"message","subtype":"thread_broadcast","user":"U1","text":"r","ts":"2","thread_ts":"1","root":{"text":"x"}}`, []string{"posted 2 by U1 (Ada Example) in 1: r"}},
		{`{"type":"message","subtype":"me_message","user":"U1","text":"waves","ts":"2"}`, []string{"posted 2 by U1 (Ada Example): waves"}},
		{`{"type":"message","subtype":"bot_message","bot_id":"B1","username":"Feeds","text":"<https://f.example>","ts":"2"}`, []string{"posted 2 by B1 (Feeds) bot: https://f.example <https://f.example||>"}},
		{`{"type":"message","user":"U1","bot_id":"B1","text":"by an app","ts":"2"}`, []string{"posted 2 by U1 (Ada Example) bot: by an app"}},
		{`{"type":"message","user":"UB","text":"x","ts":"2"}`, []string{"posted 2 by UB (feeder) bot: x"}},
		{`{"type":"message","user":"USLACKBOT","text":"x","ts":"2"}`, []string{"posted 2 by USLACKBOT () bot: x"}},
		{`{"type":"message","user":"U1","text":"newest","ts":"2","edited":{"user":"U1","ts":"3.0"}}`, []string{"posted 2 by U1 (Ada Example): newest"}},
		{`{"type":"message","subtype":"message_changed","hidden":true,"ts":"9","message":{"type":"message","user":"U1","text":"newer <https://e.example>","ts":"2","edited":{"user":"U1","ts":"9"}},"previous_message":{"ts":"2","text":"older"}}`,
			[]string{"edited 2 by U1 (Ada Example): newer https://e.example <https://e.example||>"}},
		{`{"type":"message","subtype":"message_changed","ts":"9","message":{"subtype":"tombstone","user":"USLACKBOT","text":"This message was deleted.","ts":"2"}}`, []string{"deleted 2 by  ()"}},
		{`{"type":"message","subtype":"message_deleted","hidden":true,"ts":"9","deleted_ts":"2.5"}`, []string{"deleted 2.5 by  ()"}},
		{`{"type":"message","subtype":"message_deleted","ts":"9","previous_message":{"ts":"2.5","text":"gone"}}`, []string{"deleted 2.5 by  ()"}},
		{`{"type":"message","subtype":"tombstone","user":"USLACKBOT","text":"This message was deleted.","ts":"2","thread_ts":"2"}`, []string{"deleted 2 by  ()"}},
		{`{"type":"message","subtype":"file_share","user":"U1","text":"the plan: <https://team.slack.com/files/U1/F1/plan.pdf|plan.pdf>","ts":"2","files":[{"permalink":"https://team.slack.com/files/U1/F1/plan.pdf","url_private":"https://files.slack.com/x"}]}`,
			[]string{"posted 2 by U1 (Ada Example): the plan: plan.pdf"}},
		{`{"type":"message","subtype":"file_comment","text":"on <https://team.slack.com/files/x|x>","ts":"2","comment":{"user":"U2"}}`, []string{"posted 2 by U2 (Ben): on x"}},
		{`{"type":"message","user":"U1","text":"liked","ts":"2","reactions":[{"name":"pushpin","users":["U2","UX"],"count":3},{"name":"+1::skin-tone-2","users":["UB"],"count":1},{"name":"","users":["U2"]}]}`,
			[]string{"posted 2 by U1 (Ada Example): liked", "reacted 2 by U2 (Ben) :pushpin:", "reacted 2 by T9.UX (Xenia) external :pushpin:", "reacted 2 by UB (feeder) bot :+1::skin-tone-2:"}},
		{`{"type":"message","user":"U1","text":"fallback","ts":"2","blocks":[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"to "},{"type":"user","user_id":"U2"},{"type":"text","text":": "},{"type":"link","url":"https://b.example/x"}]}]}],"attachments":[{"from_url":"https://b.example/x","title":"B"}]}`,
			[]string{"posted 2 by U1 (Ada Example): to Ben: https://b.example/x <https://b.example/x||B>"}},
		{`{"type":"message","user":"U1","text":"in <#C2> and <#C7>","ts":"2"}`, []string{"posted 2 by U1 (Ada Example): in #old and a channel"}},
		{`{"type":"message","user":"U1","text":null,"ts":2.5,"blocks":null,"reactions":null,"thread_ts":null}`, []string{"posted 2.5 by U1 (Ada Example)"}},
		{`{"t\u0079pe":"message","u\u0073er":"U1","te\u0078t":"escaped \u0000names","ts":"2"}`, []string{"posted 2 by U1 (Ada Example): escaped names"}},
		// notices
		{`{"type":"message","subtype":"channel_join","user":"U1","text":"<@U1> has joined the channel","ts":"2"}`, nil},
		{`{"type":"message","subtype":"channel_topic","user":"U1","text":"set the topic: <https://example.org>","ts":"2"}`, nil},
		{`{"type":"message","subtype":"huddle_thread","user":"U1","text":"x","ts":"2"}`, nil},
		{`{"type":"message","subtype":"message_replied","ts":"3","message":{"ts":"2","text":"x"}}`, nil},
		{`{"type":"message","subtype":"message_changed","ts":"3"}`, nil},
		{`{"type":"message","subtype":"message_deleted","ts":"3"}`, nil},
		{`{"type":"event","ts":"3"}`, nil},
		{`{"type":"message","user":"U1","text":"without a time"}`, nil},
	} {
		s, sum := read(t, export1("["+c.message+"]")...)
		var got []string
		for _, one := range s.sightings {
			got = append(got, describe(one))
			if one.Message.Place != bot.NewPlaceID("slack", "C1") || !one.Imported || one.Private {
				t.Errorf("%s: %+v", c.message, one)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s:\n got %q\nwant %q", c.message, got, c.want)
		}
		if (len(c.want) == 0) != (sum.Notices == 1) {
			t.Errorf("%s: %+v", c.message, sum)
		}
	}
}

func TestPeopleAndPlaces(t *testing.T) {
	s, sum := read(t, export1("[]")...)
	yes, no := true, false
	want := []bot.AccountFact{
		{Account: "slack|U1", Name: "Ada Example", Email: "Ada@example.org", Title: "Librarian", Inactive: &no},
		{Account: "slack|U2", Name: "Ben", Inactive: &yes},
		{Account: "slack|UB", Name: "feeder", Inactive: &no, Bot: true},
		{Account: "slack|T9.UX", Name: "Xenia", Inactive: &no, External: true},
	}
	if !reflect.DeepEqual(s.people, want) {
		t.Errorf("people: %+v", s.people)
	}
	places := []bot.Place{
		{ID: "slack|C1", Name: "general", Kind: bot.OpenChannel},
		{ID: "slack|C2", Name: "old", Kind: bot.OpenChannel, Archived: true, External: true},
	}
	if !slices.Equal(s.places, places) {
		t.Errorf("places: %+v", s.places)
	}
	if sum.Users != 4 || sum.Channels != 2 || sum.Days != 1 || !sum.First.IsZero() {
		t.Errorf("%+v", sum)
	}
}

// In an enterprise everybody of it is at home, whatever the workspace.
func TestEnterprise(t *testing.T) {
	users := `[{"id":"W1","team_id":"T1","name":"a","enterprise_user":{"enterprise_id":"E1"}},{"id":"W2","team_id":"T2","name":"b","enterprise_user":{"enterprise_id":"E1"}},{"id":"W3","team_id":"T3","name":"c"},{"id":"W4","team_id":"T1","name":"d","is_stranger":true,"enterprise_user":{"enterprise_id":"E1"}}]`
	s, _ := read(t, file{"channels.json", `[{"id":"C1","name":"general"}]`}, file{"org_users.json", users},
		file{"general/2017-05-12.json", `[{"user":"W9","user_team":"T2","text":"x","ts":"1"},{"user":"W9","user_team":"E1","text":"x","ts":"2"},{"user":"W9","user_team":"T3","text":"x","ts":"3"}]`})
	var external []bool
	for _, fact := range s.people {
		external = append(external, fact.External)
	}
	for _, one := range s.sightings {
		external = append(external, one.External)
	}
	if got := fmt.Sprint(external); got != "[false false true true false false true]" {
		t.Error(got)
	}
}

func TestOrderAndCounts(t *testing.T) {
	day := func(from int) string {
		return fmt.Sprintf(`[{"user":"U1","text":"a <https://a.example> <https://a.example|again>","ts":"%d.1"},{"user":"U2","text":"b","ts":"%d.2","thread_ts":"%d.1"},{"user":"U1","text":"c","ts":"%d.3","thread_ts":"%d.1"},{"user":"U2","text":"twice","ts":"%d.2"}]`, from, from, from, from, from, from)
	}
	s, sum := read(t,
		file{"old/2016-01-02.json", day(200)}, file{"old/2016-01-01.json", day(100)},
		file{"general/2017-12-31.json", day(300)},
		file{"users.json", someUsers}, file{"channels.json", someChannels},
		file{"general/canvas_in_the_conversation.json", `[]`}, file{"general/2017-13-01.json", `broken`}, file{"integration_logs.json", `[`},
	)
	var order []string
	for _, one := range s.sightings {
		order = append(order, one.Message.Place.Native()+" "+one.Message.Native)
	}
	want := "C1 300.1,C1 300.2,C1 300.3,C2 100.1,C2 100.2,C2 100.3,C2 200.1,C2 200.2,C2 200.3"
	if got := strings.Join(order, ","); got != want {
		t.Error(got)
	}
	if sum.Messages != 9 || sum.Duplicates != 3 || sum.Links != 3 || sum.Threads != 3 || sum.Days != 3 || sum.OtherFiles != 3 {
		t.Errorf("%+v", sum)
	}
	if !sum.First.Equal(time.Unix(100, 100_000_000)) || !sum.Last.Equal(time.Unix(300, 300_000_000)) {
		t.Errorf("%v, %v", sum.First, sum.Last)
	}
}

// What not everybody could read is never opened: here it is not even JSON.
func TestPrivateIsNeverOpened(t *testing.T) {
	s, sum := read(t, append(export1(`[]`),
		file{"groups.json", `[{"id":"G1","name":"board"},{"id":"G2","name":"old"}]`},
		file{"dms.json", `[{"id":"D1","members":["U1","U2"]}]`},
		file{"mpims.json", `[{"id":"G3","name":"mpdm-ada--ben-1"}]`},
		file{"board/2017-05-12.json", `secret`}, file{"D1/2017-05-12.json", `secret`},
		file{"mpdm-ada--ben-1/2017-05-12.json", `secret`}, file{"nobody-knows/2017-05-12.json", `secret`},
		file{"old/2017-05-12.json", `secret`}, // a private channel has the same name
	)...)
	if len(s.sightings) > 0 || sum.PrivateChannels != 2 || sum.DirectChats != 2 || sum.UnknownFolders != 1 {
		t.Errorf("%d sightings, %+v", len(s.sightings), sum)
	}
	s, sum = read(t, file{"users.json", someUsers}, file{"channels.json", `[{"id":"C1","name":"p","is_private":true},{"id":"C2","name":"general"}]`}, file{"p/2017-05-12.json", `secret`})
	if len(s.places) != 1 || sum.PrivateChannels != 1 || sum.Channels != 1 {
		t.Errorf("%+v, %+v", s.places, sum)
	}
}

// Archives that were packed again: a folder around it, the other slash,
// decomposed letters, folders named by id, what desktops leave behind.
func TestPackedAgain(t *testing.T) {
	message := `[{"user":"U1","text":"x","ts":"1"}]`
	for _, files := range [][]file{
		{{"export/", ""}, {"export/channels.json", someChannels}, {"export/users.json", someUsers}, {"export/general/", ""}, {"export/general/2017-05-12.json", message}},
		{{"channels.json", someChannels}, {"users.json", someUsers}, {`general\2017-05-12.json`, message}},
		{{"channels.json", `[{"id":"C1","name":"büro"}]`}, {"users.json", someUsers}, {"bu\u0308ro/2017-05-12.json", message}},
		{{"channels.json", someChannels}, {"users.json", someUsers}, {"C1/2017-05-12.json", message}},
		{{"channels.json", "\xef\xbb\xbf" + someChannels}, {"users.json", "\xef\xbb\xbf" + someUsers}, {"general/2017-05-12.json", "\xef\xbb\xbf" + message}, {".DS_Store", "x"}, {"__MACOSX/general/._2017-05-12.json", "x"}, {"__MACOSX/channels.json", "x"}},
		{{"./channels.json", someChannels}, {"./users.json", someUsers}, {"./general/2017-05-12.json", message}},
	} {
		s, sum := read(t, files...)
		if len(s.sightings) != 1 || sum.OtherFiles != 0 || sum.UnknownFolders != 0 {
			t.Errorf("%s: %d sightings, %+v", files[0].name, len(s.sightings), sum)
		}
	}
}

func TestBatches(t *testing.T) {
	var many strings.Builder
	for i := range 2500 {
		fmt.Fprintf(&many, `,{"user":"U1","text":"x","ts":"%d"}`, i)
	}
	long := `,{"user":"U1","text":"` + strings.Repeat("é", 1<<20) + `","ts":"99999"}`
	s, sum := read(t, export1("["+many.String()[1:]+strings.Repeat(long, 1)+"]")...)
	if len(s.sightings) != 2501 || sum.Messages != 2501 || s.calls != 5 {
		t.Errorf("%d sightings in %d calls, %+v", len(s.sightings), s.calls, sum)
	}
	if got := len([]rune(s.sightings[2500].Text)); got != 40_000 {
		t.Errorf("the long text has %d characters", got)
	}
	if got := s.sightings[2499].Message.Native; got != "2499" {
		t.Error(got)
	}
}

// Long texts are handed over in smaller batches, so that a batch never holds
// much more than eight megabytes.
func TestBatchesOfLongTexts(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	text := random(40_000)
	var many strings.Builder
	for i := range 300 {
		fmt.Fprintf(&many, `,{"user":"U1","text":"%s","ts":"%d"}`, text, i)
	}
	w := &weigher{sink: sink{t: t}}
	if _, err := export.Read(t.Context(), pack(t, export1("["+many.String()[1:]+"]")...), export.Options{}, w); err != nil {
		t.Fatal(err)
	}
	if len(w.sightings) != 300 || w.most > 9<<20 {
		t.Errorf("%d sightings, %d bytes in a batch", len(w.sightings), w.most)
	}
}

type weigher struct {
	sink
	most int
}

func (w *weigher) Sightings(ctx context.Context, batch []bot.Sighting) error {
	weight := 0
	for _, one := range batch {
		weight += len(one.Text)
	}
	w.most = max(w.most, weight)
	return w.sink.Sightings(ctx, batch)
}

func TestSinkAndContextEndTheImport(t *testing.T) {
	var many strings.Builder
	for i := range 2500 {
		fmt.Fprintf(&many, `,{"user":"U1","text":"x","ts":"%d"}`, i)
	}
	path := pack(t, export1("["+many.String()[1:]+"]")...)
	full := errors.New("the disk is full")
	s := &sink{t: t, fail: full, failAt: 2}
	if _, err := export.Read(t.Context(), path, export.Options{}, s); !errors.Is(err, full) || len(s.sightings) != 1000 {
		t.Errorf("%v after %d sightings", err, len(s.sightings))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s = &sink{t: t}
	if _, err := export.Read(ctx, path, export.Options{}, s); !errors.Is(err, context.Canceled) || s.calls != 0 {
		t.Errorf("%v after %d calls", err, s.calls)
	}
}
