package slacktest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"

	"evangelist/adapters/slack/slacktest"
)

// desk is a bot with one form, over HTTP.
type desk struct {
	t      *testing.T
	api    *slack.Client
	view   string
	submit func(slack.InteractionCallback) string
	seen   []slack.InteractionCallback
	raw    []string
}

func (d *desk) answer(r *http.Request, body []byte) (int, string, string) {
	if strings.HasSuffix(r.URL.Path, "/events") {
		return 200, "", ""
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		d.t.Error(err)
	}
	if strings.HasSuffix(r.URL.Path, "/commands") {
		d.open(form.Get("trigger_id"))
		return 200, "", ""
	}
	var in slack.InteractionCallback
	if err := json.Unmarshal([]byte(form.Get("payload")), &in); err != nil {
		d.t.Errorf("the payload does not parse: %v\n%s", err, form.Get("payload"))
	}
	d.seen, d.raw = append(d.seen, in), append(d.raw, form.Get("payload"))
	switch in.Type {
	case slack.InteractionTypeShortcut, slack.InteractionTypeMessageAction:
		d.open(in.TriggerID)
	case slack.InteractionTypeViewSubmission:
		if d.submit != nil {
			return 200, "application/json", d.submit(in)
		}
	}
	return 200, "", ""
}

func (d *desk) open(trigger string) {
	var view slack.ModalViewRequest
	if err := json.Unmarshal([]byte(d.view), &view); err != nil {
		d.t.Error(err)
	}
	if _, err := d.api.OpenViewContext(context.Background(), trigger, view); err != nil {
		d.t.Error(err)
	}
}

func atDesk(t *testing.T, s *slacktest.Server, view string) *desk {
	t.Helper()
	d := &desk{t: t, api: client(s), view: view}
	listen(t, s, d.answer)
	return d
}

const concern = `{"type":"modal","callback_id":"voices.concern","private_metadata":"opaque","title":{"type":"plain_text","text":"A concern"},
"submit":{"type":"plain_text","text":"Send"},"close":{"type":"plain_text","text":"Close"},"notify_on_close":true,"blocks":[
{"type":"section","text":{"type":"plain_text","text":"Nobody sees who wrote this."}},
{"type":"input","block_id":"words","label":{"type":"plain_text","text":"Your concern"},"element":{"type":"plain_text_input","action_id":"value","multiline":true,"min_length":3,"max_length":20}},
{"type":"input","block_id":"count","optional":true,"label":{"type":"plain_text","text":"How many"},"element":{"type":"number_input","action_id":"value","is_decimal_allowed":false,"min_value":"1","max_value":"9"}}]}`

func TestModalFromCommandToSubmission(t *testing.T) {
	s := house(t, slacktest.Config{})
	d := atDesk(t, s, concern)
	ctx, anna := within(t), s.As("U0ANNA")
	_, err := anna.Slash(ctx, "other", "/concern")
	must(t, err)
	view, ok := anna.Modal()
	if !ok || view.Title != "A concern" || view.CallbackID != "voices.concern" || !slices.Equal(view.Inputs(), []string{"words", "count"}) {
		t.Fatalf("%+v", view)
	}
	for _, c := range []struct{ words, count, field string }{
		{words: "", field: "words"}, {words: "ab", field: "words"}, {words: strings.Repeat("x", 21), field: "words"},
		{words: "fine", count: "1.5", field: "count"}, {words: "fine", count: "12", field: "count"}, {words: "fine", count: "zero", field: "count"},
	} {
		must(t, anna.Fill("words", c.words))
		must(t, anna.Fill("How many", c.count))
		answer, err := anna.Submit(ctx)
		must(t, err)
		if answer.Sent || len(answer.Errors) != 1 || answer.Errors[c.field] == "" {
			t.Errorf("%+v: %+v", c, answer)
		}
	}
	must(t, anna.Fill("count", "4"))
	must(t, anna.Fill("words", "The lift"))
	d.submit = func(slack.InteractionCallback) string {
		return `{"response_action":"errors","errors":{"words":"Please say which lift."}}`
	}
	answer, err := anna.Submit(ctx)
	must(t, err)
	if view, _ := anna.Modal(); !answer.Sent || view.Errors["words"] != "Please say which lift." || !strings.Contains(string(view.State), "The lift") {
		t.Errorf("%+v %+v", answer, view)
	}
	in := d.seen[len(d.seen)-1]
	if in.View.State.Values["words"]["value"].Value != "The lift" || in.View.State.Values["count"]["value"].Value != "4" || in.View.PrivateMetadata != "opaque" || in.User.ID != "U0ANNA" || in.Team.ID != "T0HOUSE" {
		t.Errorf("%+v", in.View.State)
	}
	d.submit = func(slack.InteractionCallback) string {
		return `{"response_action":"update","view":{"type":"modal","title":{"type":"plain_text","text":"Thank you"},"blocks":[]}}`
	}
	_, err = anna.Submit(ctx)
	must(t, err)
	if view, ok := anna.Modal(); !ok || view.Title != "Thank you" || view.Errors != nil {
		t.Errorf("%+v", view)
	}
	if _, err := anna.Submit(ctx); err == nil {
		t.Error("a modal without a button is sent")
	}
	closed, err := anna.CloseModal(ctx)
	if _, open := anna.Modal(); err != nil || open || closed.Sent {
		t.Errorf("%+v %v", closed, err)
	}
}

func TestBadAnswersToASubmission(t *testing.T) {
	for name, said := range map[string]string{
		"no input":     `{"response_action":"errors","errors":{"nothing":"x"}}`,
		"no errors":    `{"response_action":"errors"}`,
		"unknown":      `{"response_action":"dance"}`,
		"not JSON":     `<html>`,
		"no view":      `{"response_action":"update"}`,
		"a bad view":   `{"response_action":"push","view":{"type":"modal","blocks":[]}}`,
		"a home":       `{"response_action":"update","view":{"type":"home","blocks":[]}}`,
		"long title":   `{"response_action":"update","view":{"type":"modal","title":{"type":"plain_text","text":"0123456789012345678901234"},"blocks":[]}}`,
		"no submit":    `{"response_action":"update","view":{"type":"modal","title":{"type":"plain_text","text":"x"},"blocks":[{"type":"input","label":{"type":"plain_text","text":"l"},"element":{"type":"plain_text_input"}}]}}`,
		"doubled id":   `{"response_action":"update","view":{"type":"modal","title":{"type":"plain_text","text":"x"},"blocks":[{"type":"divider","block_id":"a"},{"type":"divider","block_id":"a"}]}}`,
		"large id":     `{"response_action":"update","view":{"type":"modal","callback_id":"` + strings.Repeat("i", 256) + `","title":{"type":"plain_text","text":"x"},"blocks":[]}}`,
		"large secret": `{"response_action":"update","view":{"type":"modal","private_metadata":"` + strings.Repeat("i", 3001) + `","title":{"type":"plain_text","text":"x"},"blocks":[]}}`,
	} {
		t.Run(name, func(t *testing.T) {
			s := house(t, slacktest.Config{})
			d := atDesk(t, s, concern)
			ctx, anna := within(t), s.As("U0ANNA")
			_, err := anna.Shortcut(ctx, "concern")
			must(t, err)
			must(t, anna.Fill("words", "The lift"))
			d.submit = func(slack.InteractionCallback) string { return said }
			answer, err := anna.Submit(ctx)
			must(t, err)
			view, open := anna.Modal()
			if answer.Problem != "trouble_connecting" || !open || view.Title != "A concern" || !slices.Equal(anna.Problems(), []string{"trouble_connecting"}) {
				t.Errorf("%+v, %+v", answer, view)
			}
		})
	}
}

func TestModalsStack(t *testing.T) {
	s := house(t, slacktest.Config{})
	d := atDesk(t, s, concern)
	ctx, anna := within(t), s.As("U0ANNA")
	_, err := anna.Shortcut(ctx, "concern")
	must(t, err)
	d.submit = func(in slack.InteractionCallback) string {
		return fmt.Sprintf(`{"response_action":"push","view":%s}`, d.view)
	}
	for range 2 {
		must(t, anna.Fill("words", "The lift"))
		_, err := anna.Submit(ctx)
		must(t, err)
	}
	all := anna.Modals()
	if len(all) != 3 || all[2].PreviousID != all[1].ID || all[2].RootID != all[0].ID {
		t.Fatalf("%+v", all)
	}
	must(t, anna.Fill("words", "The lift"))
	if answer, err := anna.Submit(ctx); err != nil || answer.Problem != "trouble_connecting" {
		t.Errorf("a fourth modal: %+v %v", answer, err)
	}
	before := len(d.seen)
	closed, err := anna.CloseModal(ctx)
	if err != nil || !closed.Sent || len(anna.Modals()) != 2 || d.seen[before].Type != slack.InteractionTypeViewClosed || d.seen[before].IsCleared {
		t.Errorf("%+v %v", closed, err)
	}
	if _, err = anna.CloseAll(ctx); err != nil || len(anna.Modals()) != 0 || len(d.seen) != before+3 || !d.seen[before+2].IsCleared {
		t.Errorf("%+v %v", d.seen[before:], err)
	}
	d.submit = func(slack.InteractionCallback) string { return `{"response_action":"clear"}` }
	_, err = anna.Shortcut(ctx, "concern")
	must(t, err)
	must(t, anna.Fill("words", "The lift"))
	if _, err = anna.Submit(ctx); err != nil || len(anna.Modals()) != 0 {
		t.Error("clear leaves something open")
	}
}

func TestPushFromAButton(t *testing.T) {
	const withButton = `{"type":"modal","title":{"type":"plain_text","text":"T"},"blocks":[{"type":"actions","elements":[{"type":"button","action_id":"more","text":{"type":"plain_text","text":"More"}}]}]}`
	s := house(t, slacktest.Config{})
	d := atDesk(t, s, withButton)
	ctx, anna := within(t), s.As("U0ANNA")
	_, err := anna.Shortcut(ctx, "x")
	must(t, err)
	for _, want := range []any{nil, nil, "push_limit_reached"} {
		answer, err := anna.Press(ctx, slacktest.OnModal(), "More")
		must(t, err)
		if said := invoke(t, s, "views.push", "trigger_id", answer.TriggerID, "view", withButton); said["error"] != want {
			t.Errorf("%v", said)
		}
	}
	if in := d.seen[1]; in.Container.Type != "view" || in.View.ID == "" || in.ActionCallback.BlockActions[0].ActionID != "more" {
		t.Errorf("%+v", in)
	}
	all := anna.Modals()
	if len(all) != 3 || all[1].PreviousID != all[0].ID || !slices.Equal(all[2].Buttons(), []string{"More"}) || all[2].Shown() != "T\nMore" {
		t.Errorf("%+v", all)
	}
}

func TestTriggers(t *testing.T) {
	clock := &still{at: s2026()}
	s := house(t, slacktest.Config{Clock: clock})
	listen(t, s, nil)
	api, ctx, anna := client(s), within(t), s.As("U0ANNA")
	view := slack.ModalViewRequest{Type: slack.VTModal, Title: slack.NewTextBlockObject("plain_text", "T", false, false), Blocks: slack.Blocks{BlockSet: []slack.Block{section("x")}}}
	trigger := func() string {
		answer, err := anna.Slash(ctx, "general", "/digest")
		must(t, err)
		return answer.TriggerID
	}
	once := trigger()
	opened, err := api.OpenViewContext(ctx, once, view)
	must(t, err)
	if _, err := api.OpenViewContext(ctx, once, view); codeOf(err) != "exchanged_trigger_id" {
		t.Errorf("used twice: %v", err)
	}
	if _, err := api.OpenViewContext(ctx, "1.2.3", view); codeOf(err) != "invalid_trigger_id" {
		t.Errorf("invented: %v", err)
	}
	late := trigger()
	clock.move(s.Config().TriggerLife + 1)
	if _, err := api.OpenViewContext(ctx, late, view); codeOf(err) != "expired_trigger_id" {
		t.Errorf("late: %v", err)
	}
	updated, err := api.UpdateViewContext(ctx, view, "", opened.Hash, opened.ID)
	must(t, err)
	if _, err := api.UpdateViewContext(ctx, view, "", opened.Hash, opened.ID); codeOf(err) != "hash_conflict" {
		t.Errorf("an old hash: %v", err)
	}
	if _, err := api.UpdateViewContext(ctx, view, "", updated.Hash, opened.ID); err != nil {
		t.Error(err)
	}
	_, err = anna.CloseModal(ctx)
	must(t, err)
	if _, err := api.UpdateViewContext(ctx, view, "", "", opened.ID); codeOf(err) != "not_found" {
		t.Errorf("closed: %v", err)
	}
	if _, err := api.PushViewContext(ctx, trigger(), view); codeOf(err) != "not_found" {
		t.Errorf("pushed on nothing: %v", err)
	}
	view.ExternalID = "one"
	_, err = api.OpenViewContext(ctx, trigger(), view)
	must(t, err)
	if _, err := api.OpenViewContext(ctx, trigger(), view); codeOf(err) != "duplicate_external_id" {
		t.Errorf("the same external id: %v", err)
	}
}

func TestUpdateKeepsWhatWasTyped(t *testing.T) {
	s := house(t, slacktest.Config{})
	d := atDesk(t, s, concern)
	ctx, anna := within(t), s.As("U0ANNA")
	_, err := anna.Shortcut(ctx, "concern")
	must(t, err)
	must(t, anna.Fill("words", "half a sen"))
	open, _ := anna.Modal()
	var view slack.ModalViewRequest
	must(t, json.Unmarshal([]byte(strings.Replace(concern, `"block_id":"count"`, `"block_id":"other"`, 1)), &view))
	_, err = d.api.UpdateViewContext(ctx, view, "", open.Hash, open.ID)
	must(t, err)
	if now, _ := anna.Modal(); !strings.Contains(string(now.State), "half a sen") || strings.Contains(string(now.State), `"count"`) {
		t.Errorf("%s", now.State)
	}
}

func TestEveryElement(t *testing.T) {
	raw, err := os.ReadFile("testdata/every_element.json")
	must(t, err)
	s := house(t, slacktest.Config{})
	d := atDesk(t, s, string(raw))
	ctx, anna := within(t), s.As("U0ANNA")
	// slack-go drops members that it does not know; the view is sent as it is.
	listen(t, s, func(r *http.Request, body []byte) (int, string, string) {
		form, _ := url.ParseQuery(string(body))
		if strings.HasSuffix(r.URL.Path, "/commands") {
			payload, _ := json.Marshal(map[string]any{"trigger_id": form.Get("trigger_id"), "view": json.RawMessage(raw)})
			request, _ := http.NewRequestWithContext(ctx, http.MethodPost, s.APIURL()+"views.open", strings.NewReader(string(payload)))
			request.Header.Set("Content-Type", "application/json; charset=utf-8")
			request.Header.Set("Authorization", "Bearer "+s.Config().BotToken)
			response, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Error(err)
				return 500, "", ""
			}
			defer response.Body.Close()
			if said, _ := io.ReadAll(response.Body); !strings.HasPrefix(string(said), `{"ok":true`) && !strings.Contains(string(said), `"ok":true`) {
				t.Errorf("%s", said)
			}
			return 200, "", ""
		}
		return d.answer(r, body)
	})
	_, err = anna.Slash(ctx, "general", "/every")
	must(t, err)
	first, ok := anna.Modal()
	if !ok {
		t.Fatal("no modal is open")
	}
	golden(t, "testdata/every_element.initial.json", first.State)
	for field, values := range map[string][]string{
		"text": {"typed"}, "mail": {"a@house.example"}, "site": {"https://house.example"}, "number": {"7"}, "one": {"B"}, "many": {"a", "b"},
		"person": {"U0BRAM"}, "people": {"U0BRAM", "U0LENA"}, "channel": {"C0OTHER"}, "channels": {"C0OTHER"}, "conversation": {"C0GENERAL"},
		"conversations": {"C0GENERAL", "C0OTHER"}, "day": {"2026-12-24"}, "hour": {"17:30"}, "moment": {"1798761600"}, "radio": {"b"},
		"boxes": {"a"}, "rich": {"see https://house.example/x"}, "files": {"F0PLAN"},
	} {
		must(t, anna.Fill(field, values...))
	}
	if err := anna.Fill("one", "nothing like it"); err == nil {
		t.Error("an option that is not offered is chosen")
	}
	if err := anna.Fill("radio", "a", "b"); err == nil {
		t.Error("two are chosen of one")
	}
	if err := anna.Fill("day", "Christmas"); err == nil {
		t.Error("a day that is none is chosen")
	}
	answer, err := anna.Submit(ctx)
	if err != nil || !answer.Sent {
		t.Fatalf("%+v %v", answer, err)
	}
	var payload struct {
		View struct {
			State json.RawMessage `json:"state"`
		} `json:"view"`
	}
	must(t, json.Unmarshal(answer.Payload, &payload))
	golden(t, "testdata/every_element.filled.json", payload.View.State)
	values := d.seen[len(d.seen)-1].View.State.Values
	if values["day"]["value"].SelectedDate != "2026-12-24" || values["moment"]["value"].SelectedDateTime != 1798761600 || len(values["people"]["value"].SelectedUsers) != 2 || values["one"]["value"].SelectedOption.Value != "b" || len(values["boxes"]["value"].SelectedOptions) != 1 {
		t.Errorf("slack-go reads %+v", values)
	}
	for _, use := range []struct {
		element string
		values  []string
	}{{"menu", []string{"two"}}, {"plain", []string{"a"}}} {
		_, err := anna.Shortcut(ctx, "every")
		must(t, err)
		d.seen = nil
		if _, err := anna.Choose(ctx, slacktest.OnModal(), use.element, use.values...); err != nil || len(d.seen) != 1 || d.seen[0].ActionCallback.BlockActions[0].SelectedOption.Value != use.values[0] {
			t.Errorf("%s: %v %+v", use.element, err, d.seen)
		}
	}
}

// golden compares JSON with a file; -update writes it.
func golden(t *testing.T, path string, got json.RawMessage) {
	t.Helper()
	var value any
	must(t, json.Unmarshal(got, &value))
	pretty, err := json.MarshalIndent(value, "", "  ")
	must(t, err)
	pretty = append(pretty, '\n')
	if *update {
		must(t, os.WriteFile(path, pretty, 0o644))
	}
	want, err := os.ReadFile(path)
	must(t, err)
	if diff := cmp.Diff(string(want), string(pretty)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

func TestPressOnMessageAndHome(t *testing.T) {
	s := house(t, slacktest.Config{})
	d := atDesk(t, s, concern)
	ctx, anna := within(t), s.As("U0ANNA")
	button := slack.NewActionBlock("actions-1", slack.NewButtonBlockElement("digest.useful#1", "item-4", slack.NewTextBlockObject("plain_text", "Useful", false, false)))
	_, ts, err := d.api.PostMessageContext(ctx, "C0GENERAL", slack.MsgOptionText("x", false), slack.MsgOptionBlocks(section("An item"), button))
	must(t, err)
	answer, err := anna.Press(ctx, slacktest.OnMessage("general", ts), "digest.useful#1")
	must(t, err)
	in := d.seen[0]
	if in.ActionCallback.BlockActions[0].Value != "item-4" || in.ActionCallback.BlockActions[0].BlockID != "actions-1" || in.Container.MessageTs != ts || in.Channel.ID != "C0GENERAL" || in.ResponseURL != answer.ResponseURL || in.Message.Text != "x" {
		t.Errorf("%+v", in)
	}
	if m, _ := s.Message("general", ts); !slices.Equal(m.Buttons(), []string{"Useful"}) {
		t.Errorf("%v", m.Buttons())
	}
	if _, err := anna.Press(ctx, slacktest.OnMessage("general", ts), "No such button"); err == nil {
		t.Error("a button that is not there is pressed")
	}
	if _, err := anna.Press(ctx, slacktest.OnHome(), "Useful"); err == nil {
		t.Error("there is no home yet")
	}
	home := slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: []slack.Block{section("Welcome"), button}}}
	published, err := d.api.PublishViewContext(ctx, slack.PublishViewContextRequest{UserID: "U0ANNA", View: home})
	must(t, err)
	if _, err = d.api.PublishViewContext(ctx, slack.PublishViewContextRequest{UserID: "U0ANNA", View: home, Hash: &published.Hash}); err != nil {
		t.Error(err)
	}
	if _, err = d.api.PublishViewContext(ctx, slack.PublishViewContextRequest{UserID: "U0ANNA", View: home, Hash: &published.Hash}); codeOf(err) != "hash_conflict" {
		t.Error(err)
	}
	if shown, ok := anna.Home(); !ok || shown.Shown() != "Welcome\nUseful" {
		t.Errorf("%q", shown.Shown())
	}
	_, err = anna.Press(ctx, slacktest.OnHome(), "Useful")
	must(t, err)
	if in := d.seen[1]; in.View.Type != slack.VTHomeTab || in.Container.Type != "view" || in.ResponseURL != "" {
		t.Errorf("%+v", in)
	}
	again := s.Repeat(ctx, answer)
	if again.Status != 200 || string(again.Payload) != string(answer.Payload) || d.seen[2].TriggerID != in.TriggerID {
		t.Errorf("%+v", again)
	}
}

func TestShortcutsAndStrangers(t *testing.T) {
	s := house(t, slacktest.Config{})
	s.AddUser(slacktest.User{ID: "U0ELSE", Team: "T0ELSE", Name: "Ines Ruiz", Email: "ines@elsewhere.example"})
	d := atDesk(t, s, concern)
	ctx, anna := within(t), s.As("U0ANNA")
	m, err := anna.Post(ctx, "other", "a link https://example.org/1")
	must(t, err)
	_, err = anna.MessageShortcut(ctx, "other", m.TS, "digest.share")
	must(t, err)
	if in := d.seen[0]; in.Type != slack.InteractionTypeMessageAction || in.CallbackID != "digest.share" || in.MessageTs != m.TS || in.Message.Text == "" || in.ResponseURL == "" {
		t.Errorf("%+v", in)
	}
	if _, _, err := d.api.PostMessageContext(ctx, "U0ELSE", slack.MsgOptionText("x", false)); codeOf(err) != "channel_not_found" {
		t.Errorf("a stranger who shares nothing: %v", err)
	}
	must(t, s.Share("general", "T0ELSE"))
	must(t, s.Invite("general", "U0ELSE"))
	ines := s.As("U0ELSE")
	_, err = ines.Post(ctx, "general", "hello")
	must(t, err)
	answer, err := ines.Slash(ctx, "general", "/concern")
	must(t, err)
	if !strings.Contains(string(answer.Payload), `"team_id":"T0ELSE"`) {
		t.Errorf("%s", answer.Payload)
	}
	settle(t, s)
	var outer struct {
		Team    string `json:"team_id"`
		Context string `json:"context_team_id"`
		Shared  bool   `json:"is_ext_shared_channel"`
		Event   struct {
			UserTeam string `json:"user_team"`
		} `json:"event"`
		Authorizations []struct {
			Team string `json:"team_id"`
		} `json:"authorizations"`
	}
	list := s.Events("message")
	must(t, json.Unmarshal(list[len(list)-1].Payload, &outer))
	if outer.Team != "T0ELSE" || outer.Context != "T0HOUSE" || !outer.Shared || outer.Event.UserTeam != "T0ELSE" || outer.Authorizations[0].Team != "T0HOUSE" {
		t.Errorf("%+v", outer)
	}
	u, err := d.api.GetUserInfoContext(ctx, "U0ELSE")
	if err != nil || !u.IsStranger || u.Profile.Email != "" || u.TeamID != "T0ELSE" {
		t.Errorf("%+v %v", u, err)
	}
}
