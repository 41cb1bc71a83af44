package inbound_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"evangelist/adapters/teams/inbound"
	"evangelist/bot"
)

var us = inbound.Us{Platform: "teams", AppID: "B0T", TenantID: "T1"}

// activity is a whole activity with some members of its own.
func activity(t testing.TB, members string) inbound.Activity {
	t.Helper()
	all := map[string]any{}
	base := `{"type":"message","id":"2","timestamp":"2026-03-02T09:00:00.5Z","conversation":{"id":"19:a@thread.tacv2;messageid=1","conversationType":"channel"},
		"from":{"id":"29:x","name":"Ada","aadObjectId":"AB-1"},"recipient":{"id":"28:b0t"}}`
	for _, text := range []string{base, members} {
		if err := json.Unmarshal([]byte(text), &all); err != nil {
			t.Fatal(err)
		}
	}
	body, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	a, err := inbound.Parse(body, us)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func said(content string) string {
	raw, _ := json.Marshal(content)
	return fmt.Sprintf(`{"attachments":[{"contentType":"text/html","content":%s}]}`, raw)
}

func TestMessagesBecomeSightings(t *testing.T) {
	base := bot.Sighting{
		Message: bot.MessageRef{Place: "teams|19:a@thread.tacv2", Native: "2"}, Thread: "1", Author: "teams|ab-1", Name: "Ada",
		At: time.Date(2026, 3, 2, 9, 0, 0, 500_000_000, time.UTC),
	}
	for name, c := range map[string]struct {
		members string
		change  func(*bot.Sighting)
	}{
		"posted": {said(`<p>See <a href="https://a.example/x?a=1&amp;b=2" title="t"><b>this</b></a> &amp; <at id="0">Ben</at></p><p>now</p>`), func(s *bot.Sighting) {
			s.Kind, s.Text, s.Links = bot.Posted, "See this & Ben\nnow", []bot.SeenLink{{URL: "https://a.example/x?a=1&b=2", Label: "this"}}
		}},
		"a bare address": {said(`<p>see https://a.example/x, ok (https://b.example)</p>`), func(s *bot.Sighting) {
			s.Kind, s.Text, s.Links = bot.Posted, "see https://a.example/x, ok (https://b.example)", []bot.SeenLink{{URL: "https://a.example/x"}, {URL: "https://b.example"}}
		}},
		"a link that shows itself": {said(`<a href="https://a.example/">https://a.example/</a>`), func(s *bot.Sighting) {
			s.Kind, s.Text, s.Links = bot.Posted, "https://a.example/", []bot.SeenLink{{URL: "https://a.example/"}}
		}},
		"no safe address": {said(`<a href="javascript:alert(1)">press</a>`), func(s *bot.Sighting) { s.Kind, s.Text = bot.Posted, "press" }},
		"markup as text":  {said(`a &lt;script&gt;x&lt;/script&gt; 1 < 2 <style>p{}</style>b`), func(s *bot.Sighting) { s.Kind, s.Text = bot.Posted, "a <script>x</script> 1 < 2 b" }},
		"no HTML": {`{"text":"plain https://a.example/"}`, func(s *bot.Sighting) {
			s.Kind, s.Text, s.Links = bot.Posted, "plain https://a.example/", []bot.SeenLink{{URL: "https://a.example/"}}
		}},
		"edited, to the bot":    {`{"type":"messageUpdate","text":"<at>The Bot</at> x https://a.example/","entities":[{"type":"mention","text":"<at>The Bot</at>","mentioned":{"id":"28:b0t"}}]}`, func(s *bot.Sighting) { s.Kind = bot.Edited }},
		"edited":                {`{"type":"messageUpdate","text":"new"}`, func(s *bot.Sighting) { s.Kind, s.Text = bot.Edited, "new" }},
		"deleted":               {`{"type":"messageDelete","text":"gone"}`, func(s *bot.Sighting) { s.Kind, s.Author, s.Name = bot.Deleted, "", "" }},
		"the first of a thread": {`{"id":"1","text":"x"}`, func(s *bot.Sighting) { s.Kind, s.Text, s.Message.Native, s.Thread = bot.Posted, "x", "1", "" }},
		"from another tenant": {`{"text":"x","from":{"id":"29:y","name":"Eve","aadObjectId":"e","tenantId":"T2"}}`, func(s *bot.Sighting) {
			s.Kind, s.Text, s.Author, s.Name, s.External = bot.Posted, "x", "teams|e", "Eve", true
		}},
		"without an organisation": {`{"text":"x","from":{"id":"29:y","name":"Eve"}}`, func(s *bot.Sighting) {
			s.Kind, s.Text, s.Author, s.Name, s.External = bot.Posted, "x", "teams|29:y", "Eve", true
		}},
		"by a program": {`{"text":"x","from":{"id":"28:other","name":"News"}}`, func(s *bot.Sighting) {
			s.Kind, s.Text, s.Author, s.Name, s.Bot = bot.Posted, "x", "teams|28:other", "News", true
		}},
		"in a group": {`{"text":"x","conversation":{"id":"19:a@thread.tacv2","conversationType":"groupChat"}}`, func(s *bot.Sighting) {
			s.Kind, s.Text, s.Private, s.Thread = bot.Posted, "x", true, ""
		}},
		"in a private channel":  {`{"text":"x","channelData":{"channel":{"id":"19:a@thread.tacv2","type":"private"}}}`, func(s *bot.Sighting) { s.Kind, s.Text, s.Private = bot.Posted, "x", true }},
		"in a shared channel":   {`{"text":"x","channelData":{"channel":{"id":"19:a@thread.tacv2","type":"Shared"}}}`, func(s *bot.Sighting) { s.Kind, s.Text, s.Private = bot.Posted, "x", true }},
		"in a standard channel": {`{"text":"x","channelData":{"channel":{"id":"19:a@thread.tacv2","type":"standard"}}}`, func(s *bot.Sighting) { s.Kind, s.Text = bot.Posted, "x" }},
		"reacted": {`{"type":"messageReaction","id":"f:1","replyToId":"7","reactionsAdded":[{"type":"like"}]}`, func(s *bot.Sighting) {
			s.Kind, s.Emoji, s.Message.Native = bot.Reacted, "thumbsup", "7"
		}},
		"took back": {`{"type":"messageReaction","id":"f:1","replyToId":"1","reactionsRemoved":[{"type":"1f648_see-no-evil"}]}`, func(s *bot.Sighting) {
			s.Kind, s.Emoji, s.Message.Native, s.Thread = bot.Unreacted, "see_no_evil", "1", ""
		}},
	} {
		want := base
		c.change(&want)
		if diff := cmp.Diff([]bot.Sighting{want}, activity(t, c.members).Sightings(us)); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
	for name, members := range map[string]string{
		"to the bot alone":   `{"text":"x","recipient":{"id":"28:b0t","isTargeted":true}}`,
		"in a chat of two":   `{"text":"x","conversation":{"id":"a:1","conversationType":"personal"}}`,
		"by the bot":         `{"text":"x","from":{"id":"28:b0t"}}`,
		"something else":     `{"type":"typing"}`,
		"a reaction to none": `{"type":"messageReaction","reactionsAdded":[{"type":"like"}]}`,
		"without an id":      `{"id":""}`,
	} {
		if seen := activity(t, members).Sightings(us); len(seen) != 0 {
			t.Errorf("%s is seen as %+v", name, seen)
		}
	}
}

func TestWordsToTheBot(t *testing.T) {
	const mention = `"entities":[{"type":"mention","text":"<at>The Bot</at>","mentioned":{"id":"28:b0t"}},{"type":"mention","text":"<at>Ben</at>","mentioned":{"id":"29:b"}}]`
	with := func(members string) string { return strings.TrimSuffix(members, "}") + "," + mention + "}" }
	for members, want := range map[string]string{
		with(said(`<p><at>The Bot</at>&nbsp;digest add <a href="https://a.example/">this</a> for <at>Ben</at></p>`)):                             "digest add https://a.example/ for Ben",
		with(said(`<p><span itemtype="http://schema.skype.com/Mention" itemscope itemid="0">The Bot</span>&nbsp;<span>digest</span> draft</p>`)): "digest draft",
		with(`{"text":"<at>The Bot</at> digest draft for <at>Ben</at>"}`):                                                                        "digest draft for Ben",
		with(`{"text":"The Bot is fine <at>The Bot</at>"}`):                                                                                      "The Bot is fine",
		`{"text":"concern","recipient":{"isTargeted":true}}`:                                                                                     "concern",
	} {
		a := activity(t, members)
		if got := a.Words(); got != want || !a.ToBot() {
			t.Errorf("%s says %q (%v), want %q", members, got, a.ToBot(), want)
		}
	}
	if activity(t, `{"text":"The Bot is fine"}`).ToBot() {
		t.Error("a message without a mention is for the bot")
	}
}

func TestRequests(t *testing.T) {
	const button = `{"evangelist":{"c":"up","a":"7"}}`
	const form = `{"evangelist":{"c":"worry","n":"N","s":"state","f":true},"line.x":"y"}`
	for members, want := range map[string]inbound.Request{
		`{"type":"invoke","name":"adaptiveCard/action","value":{"action":{"data":` + button + `}}}`: {Door: inbound.Execute},
		`{"type":"invoke","name":"task/fetch","value":{"data":` + button + `}}`:                     {Door: inbound.Fetch},
		`{"type":"invoke","name":"task/submit","value":{"data":` + form + `}}`:                      {Door: inbound.Submit},
		`{"type":"invoke","name":"composeExtension/submitAction","value":{"data":` + form + `}}`:    {Door: inbound.Submit},
		`{"type":"message","value":` + button + `}`:                                                 {Door: inbound.Button},
		`{"type":"invoke","name":"composeExtension/fetchTask","value":{"commandId":"save","messagePayload":{"id":"9","replyToId":"8","body":{"content":"<a href=\"https://a.example/\">x</a> &amp; y"}}}}`: {
			Door: inbound.Fetch, Message: "9", Thread: "8", Words: "https://a.example/ & y"},
		`{"type":"invoke","name":"adaptiveCard/action","value":{"action":{"data":{"c":"up"}}}}`: {Door: inbound.Otherwise},
		`{"type":"invoke","name":"composeExtension/query","value":{}}`:                          {Door: inbound.Otherwise},
		`{"type":"invoke","name":"task/fetch","value":"odd"}`:                                   {Door: inbound.Otherwise},
		`{"type":"invoke"}`: {Door: inbound.Otherwise},
	} {
		got, ok := activity(t, members).Request()
		if !ok || got.Door != want.Door || got.Message != want.Message || got.Thread != want.Thread || got.Words != want.Words {
			t.Errorf("%s is %+v, %v", members, got, ok)
		}
		if got.Door != inbound.Otherwise && got.Press.Command == "" {
			t.Errorf("%s names no command", members)
		}
	}
	for _, members := range []string{`{"text":"words"}`, `{"value":{"c":"up"}}`, `{"type":"conversationUpdate"}`} {
		if got, ok := activity(t, members).Request(); ok {
			t.Errorf("%s is the request %+v", members, got)
		}
	}
}

func TestTheBotMoves(t *testing.T) {
	a := activity(t, `{"type":"conversationUpdate","membersAdded":[{"id":"29:z"},{"id":"28:B0T"}],"channelData":{"eventType":"teamMemberAdded","team":{"id":"19:t","aadGroupId":"g","name":"Team"}}}`)
	if !a.Came || !a.Joined || a.Went || a.Team != (inbound.Team{ID: "19:t", Group: "g", Name: "Team"}) {
		t.Errorf("%+v", a)
	}
	if a := activity(t, `{"type":"conversationUpdate","membersRemoved":[{"id":"28:b0t"}]}`); !a.Went || a.Came || a.Joined {
		t.Errorf("%+v", a)
	}
}

func TestWhatOnlyTheBotIsTold(t *testing.T) {
	for members, want := range map[string]bool{
		`{"text":"x"}`: false,
		`{"type":"messageReaction","replyToId":"7","reactionsAdded":[{"type":"like"}]}`:           false,
		`{"type":"conversationUpdate","conversation":{"id":"a:1","conversationType":"personal"}}`: false,
		`{"text":"x","conversation":{"id":"a:1","conversationType":"personal"}}`:                  true,
		`{"text":"x","recipient":{"id":"28:b0t","isTargeted":true}}`:                              true,
		`{"type":"invoke","name":"composeExtension/fetchTask"}`:                                   true,
		`{"value":{"evangelist":{"c":"up"}}}`:                                                     true,
	} {
		if got := activity(t, members).Unseen(); got != want {
			t.Errorf("%s is unseen: %v", members, got)
		}
	}
}

// A member of a shape that nobody expects spoils nothing but itself.
func TestOddShapes(t *testing.T) {
	a := activity(t, `{"text":7,"entities":{"x":1},"attachments":"none","recipient":[1],"channelData":"x","membersAdded":{}}`)
	if seen := a.Sightings(us); len(seen) != 1 || seen[0].Author != "teams|ab-1" {
		t.Errorf("%+v", seen)
	}
	for _, body := range []string{``, `[]`, `null`, `7`, `{`, `{"type":"message"}`, `{"conversation":{"id":"x"}}`, `{"type":"message","conversation":{"id":"` + strings.Repeat("x", 2000) + `"}}`} {
		if _, err := inbound.Parse([]byte(body), us); err == nil {
			t.Errorf("%.50q is read", body)
		}
	}
}

// Whatever somebody writes, it is read in a moment.
func TestLongAndBrokenMarkup(t *testing.T) {
	for _, piece := range []string{"<", "<a", `<a "`, "<a '", "<!--", "<script>", "<script></script>", "<at>", "</at>", "<a href='x'>", "&#60;", `<span itemtype="/Mention">`, "https://"} {
		started := time.Now()
		activity(t, said(strings.Repeat(piece, 100_000/len(piece)))).Sightings(us)
		if took := time.Since(started); took > 3*time.Second {
			t.Errorf("%q takes %s", piece, took)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, content := range []string{`<p>a <a href="https://x.example/">b</a></p>`, `<at>x`, `<span itemtype="/Mention">`, `<!-- <a`, `&#x0;<script>`, "\xff<", `<a href='`} {
		f.Add([]byte(`{"type":"message","id":"1","conversation":{"id":"c"},"from":{"id":"29:x"}}`), content)
	}
	f.Fuzz(func(t *testing.T, body []byte, content string) {
		if a, err := inbound.Parse(body, us); err == nil {
			a.Sightings(us)
			a.Words()
			a.Request()
		}
		raw, _ := json.Marshal(content)
		a, err := inbound.Parse(fmt.Appendf(nil, `{"type":"message","id":"1","conversation":{"id":"c"},"from":{"id":"29:x"},"attachments":[{"contentType":"text/html","content":%s}]}`, raw), us)
		if err != nil {
			t.Fatal(err)
		}
		for _, seen := range a.Sightings(us) {
			if !utf8.ValidString(seen.Text) || strings.Contains(seen.Text, "\x00") {
				t.Fatalf("%q", seen.Text)
			}
			for _, link := range seen.Links {
				if !bot.SafeAddress(link.URL) {
					t.Fatalf("the link %q is not safe", link.URL)
				}
			}
		}
	})
}

// Who came and went, and which channel it is about.
func TestChangesOfATeam(t *testing.T) {
	a := activity(t, `{"type":"conversationUpdate","channelData":{"eventType":"channelDeleted","channel":{"id":"19:b@thread.tacv2","type":"private"},"team":{"id":"19:t@thread.tacv2"}}}`)
	if a.ChannelID != "19:b@thread.tacv2" || a.ChannelType != "private" || a.Event != "channelDeleted" || a.Conversation != "19:a@thread.tacv2" || a.Joined || a.Parted {
		t.Errorf("%+v", a)
	}
	for members, want := range map[string][4]bool{ // came, joined, went, parted
		`{"membersAdded":[{"id":"28:b0t"}]}`:                        {true, false, false, false},
		`{"membersAdded":[{"id":"29:x"}]}`:                          {false, true, false, false},
		`{"membersRemoved":[{"id":"28:b0t"}]}`:                      {false, false, true, false},
		`{"membersRemoved":[{"id":"29:x"},{"id":"28:b0t"}]}`:        {false, false, true, true},
		`{"membersRemoved":[{"id":"29:x"}],"membersAdded":[]}`:      {false, false, false, true},
		`{"membersAdded":[{"id":"29:x"},{"id":"28:b0t"}],"id":"4"}`: {true, true, false, false},
	} {
		a := activity(t, members)
		if got := [4]bool{a.Came, a.Joined, a.Went, a.Parted}; got != want {
			t.Errorf("%s: %v", members, got)
		}
	}
}
