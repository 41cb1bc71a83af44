package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"evangelist/adapters/slack/slacktest"
)

// slackNewcomer is an account that Slack has and the bot has not heard of.
const slackNewcomer = "UZZNEWCOMER"

// slackAuthors write without their names. The register knows all but the last.
var slackAuthors = []string{userOf("leroy"), userOf("farida"), userOf("colm"), slackNewcomer}

// What Slack calls an author besides, and the channel that only that author is in.
func slackHandleOf(author int) string { return fmt.Sprintf("zzhandle%d", author) }
func slackRoomOf(author int) string   { return fmt.Sprintf("CZZROOM%d", author) }
func slackTeamOf(author int) string   { return fmt.Sprintf("T0ZZTEAM%d", author) }

// slackRequest is what a request of Slack's says of whoever asks.
type slackRequest struct {
	user, name, team, channel, trigger, answer, view, hash string
	author                                                 int // -1: somebody else
}

// readSlack reads a command or an interaction; others are of nobody.
func readSlack(body []byte) slackRequest {
	form, err := url.ParseQuery(string(body))
	r := slackRequest{user: form.Get("user_id"), name: form.Get("user_name"), team: form.Get("team_id"), channel: form.Get("channel_id"),
		trigger: form.Get("trigger_id"), answer: form.Get("response_url")}
	type named struct{ ID, Username, Hash string }
	var payload struct {
		User, Team, Channel, View named
		Trigger                   string `json:"trigger_id"`
		Answer                    string `json:"response_url"`
	}
	if text := form.Get("payload"); err == nil && json.Unmarshal([]byte(text), &payload) == nil {
		r = slackRequest{user: payload.User.ID, name: payload.User.Username, team: payload.Team.ID, channel: payload.Channel.ID,
			trigger: payload.Trigger, answer: payload.Answer, view: payload.View.ID, hash: payload.View.Hash}
	}
	r.author = slices.Index(slackAuthors, r.user)
	return r
}

// relay stands before the program. It lets every author be in a team of their own
// within the organisation, and signs again what it changed.
func (w *slackTwin) relay(next http.Handler) http.Handler {
	return http.HandlerFunc(func(answer http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			w.Errorf("read a request of Slack's: %v", err)
		}
		if author := readSlack(body).author; r.URL.Path != "/slack/events" && author >= 0 {
			body = bytes.ReplaceAll(body, []byte(w.slack.Config().Team), []byte(slackTeamOf(author)))
			r.Header.Set("X-Slack-Signature", slacktest.Sign(w.slack.Config().SigningSecret, r.Header.Get("X-Slack-Request-Timestamp"), body))
			w.last = readSlack(body)
			if w.with.asked != nil {
				w.with.asked(w, w.last)
			}
		}
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		next.ServeHTTP(answer, r)
	})
}

// slackDoor is a way in for an author: it opens the form of "/concern", "/idea" or
// "/concern code".
type slackDoor func(w *slackTwin, author int, command string) (slacktest.Answer, error)

// byWord types the command in the author's own channel.
func byWord(w *slackTwin, author int, command string) (slacktest.Answer, error) {
	return w.author(author).Slash(w.ctx, slackRoomOf(author), command)
}

// withWords types the words at once, for the text that has its words.
func withWords(w *slackTwin, author int, command string) (slacktest.Answer, error) {
	for i, text := range twinTexts {
		if text.command == command && i == slackPrefilled {
			command += " " + text.words
		}
	}
	return w.author(author).Slash(w.ctx, slackRoomOf(author), command)
}

// slackPrefilled is the text whose words stand in the form from the beginning.
const slackPrefilled = 1

// slackNames is how shortcuts and buttons call the commands.
var slackNames = map[string]string{"/concern": "voices.concern", "/idea": "voices.idea", "/concern code": "voices.code"}

// byShortcut uses a shortcut from anywhere.
func byShortcut(w *slackTwin, author int, command string) (slacktest.Answer, error) {
	return w.author(author).Shortcut(w.ctx, slackNames[command])
}

// byButton uses the button that the bot offers in its own chat.
func byButton(w *slackTwin, author int, command string) (slacktest.Answer, error) {
	return w.pressNewest(author, w.author(author).Inbox(), slackNames[command])
}

// byPage uses a button on a page that the author alone sees in a channel.
func byPage(w *slackTwin, author int, command string) (slacktest.Answer, error) {
	return w.pressNewest(author, w.author(author).Ephemerals(slackRoomOf(author)), slackNames[command])
}

// pressNewest uses the button of a command on the newest message that has one.
func (w *slackTwin) pressNewest(author int, messages []slacktest.Message, command string) (slacktest.Answer, error) {
	for _, m := range slices.Backward(messages) {
		if text := flat(m.Blocks); strings.Contains(text, `"`+command+"#") {
			return w.author(author).Press(w.ctx, slacktest.OnMessage(m.Channel, m.TS), w.office.actionFor(text, `"`, command))
		}
	}
	return slacktest.Answer{}, fmt.Errorf("no message has a button for %s", command)
}

// byHome uses a button on the home tab.
func byHome(w *slackTwin, author int, command string) (slacktest.Answer, error) {
	home, _ := w.author(author).Home()
	drawn := len(w.slack.Calls("views.publish"))
	answer, err := w.author(author).Press(w.ctx, slacktest.OnHome(), w.office.actionFor(flat(home.Blocks), `"`, slackNames[command]))
	w.office.eventually("the home tab is drawn again", func() bool { return len(w.slack.Calls("views.publish")) > drawn })
	return answer, err
}

func (w *slackTwin) author(author int) *slacktest.Person { return w.slack.As(slackAuthors[author]) }

// open opens a form and marks everything that Slack told with it.
func (w *slackTwin) open(author int, command string, by slackDoor) slacktest.View {
	w.Helper()
	answer, err := by(w, author, command)
	w.office.taken(slackAuthors[author], command, answer, err)
	w.mark(author, answer)
	form, ok := w.author(author).Modal()
	if !ok {
		w.Fatalf("%s opened no form\n%s\n%s", command, w.office.told(), w.log)
	}
	w.carried(author, form)
	return form
}

// mark notes what is only known of one request.
func (w *slackTwin) mark(author int, answer slacktest.Answer) {
	w.own[answer.TriggerID] = true
	w.marks.text("the trigger", answer.TriggerID, answer.TriggerID[strings.LastIndex(answer.TriggerID, ".")+1:])
	if answer.ResponseURL != "" {
		w.marks.text("the response address", answer.ResponseURL, path.Base(answer.ResponseURL))
	}
}

// carried marks an open form, and looks at what the bot has it carry through
// Slack: nothing there may lead back to whoever has it open.
func (w *slackTwin) carried(author int, form slacktest.View) {
	w.Helper()
	w.own[form.ID] = true
	w.marks.text("the view", form.ID)
	w.marks.text("the view's hash", form.Hash)
	var frame map[string]any
	if err := json.Unmarshal([]byte(form.PrivateMetadata), &frame); err != nil {
		w.Fatalf("the form carries %q: %v", form.PrivateMetadata, err)
	}
	if nonce, is := frame["n"].(string); is {
		w.marks.text("the form's nonce", nonce)
	}
	for _, mark := range []string{slackAuthors[author], slackHandleOf(author), slackTeamOf(author), "/response/"} {
		if strings.Contains(form.PrivateMetadata, mark) {
			w.loud = append(w.loud, "carried: the form holds "+mark)
		}
	}
	if frame["r"] != nil {
		w.loud = append(w.loud, "carried: the form leads to a kept response address")
	}
}

// slackSheet is an open form of an author's.
type slackSheet struct {
	author int
	home   bool // it was opened from the home tab
}

// send fills in the form in front of the author and sends it; it returns the last
// page.
func (s slackSheet) send(w *slackTwin, values map[string]string) string {
	w.Helper()
	drawn := len(w.slack.Calls("views.publish"))
	for field, value := range values {
		if err := w.author(s.author).Fill(field, value); value != "" && err != nil {
			w.Fatal(err)
		}
	}
	answer, err := w.author(s.author).Submit(w.ctx)
	w.office.taken(slackAuthors[s.author], "sending a form", answer, err)
	w.mark(s.author, answer)
	page, ok := w.author(s.author).Modal()
	if !ok {
		w.Fatalf("sending gave no last page\n%s", w.log)
	}
	w.carried(s.author, page)
	if s.home {
		w.office.eventually("the home tab is drawn again", func() bool { return len(w.slack.Calls("views.publish")) > drawn })
	}
	if _, err := w.author(s.author).CloseAll(w.ctx); err != nil {
		w.Fatal(err)
	}
	return flat(page.Blocks)
}
