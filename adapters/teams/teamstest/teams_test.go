package teamstest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"evangelist/adapters/teams/botauth"
	"evangelist/adapters/teams/cloud"
	"evangelist/adapters/teams/connector"
	"evangelist/adapters/teams/teamstest"
)

// robot is a bot that checks what it gets as a real one does, notes it, and
// answers what the test says.
type robot struct {
	t      *testing.T
	check  *botauth.Checker
	client *connector.Client
	mu     sync.Mutex
	heard  []map[string]any
	answer func(activity map[string]any) (int, any)
}

func (b *robot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := b.check.Read(w, r)
	if err == nil {
		_, err = b.check.Check(r.Context(), r, body)
	}
	if err != nil {
		b.t.Logf("refused: %v", err)
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	var activity map[string]any
	if err := json.Unmarshal(body, &activity); err != nil {
		b.t.Error(err)
	}
	b.mu.Lock()
	b.heard = append(b.heard, activity)
	answer := b.answer
	b.mu.Unlock()
	if answer == nil {
		return
	}
	status, said := answer(activity)
	w.WriteHeader(status)
	if said != nil {
		_ = json.NewEncoder(w).Encode(said)
	}
}

func (b *robot) says(status int, said any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.answer = func(map[string]any) (int, any) { return status, said }
}

// last returns the latest activity as text, and how many there were.
func (b *robot) last() (map[string]any, int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.heard) == 0 {
		return nil, 0
	}
	return b.heard[len(b.heard)-1], len(b.heard)
}

// at walks into an activity: at(a, "channelData", "tenant", "id").
func at(value any, path ...any) any {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			object, _ := value.(map[string]any)
			value = object[step]
		case int:
			list, _ := value.([]any)
			if step >= len(list) {
				return nil
			}
			value = list[step]
		}
	}
	return value
}

func expect(t *testing.T, activity map[string]any, want map[string]any) {
	t.Helper()
	for path, value := range want {
		var steps []any
		for _, step := range strings.Split(path, "/") {
			var n int
			if _, err := fmt.Sscanf(step, "%d", &n); err == nil && fmt.Sprint(n) == step {
				steps = append(steps, n)
				continue
			}
			steps = append(steps, step)
		}
		if got := at(activity, steps...); fmt.Sprint(got) != fmt.Sprint(value) {
			t.Errorf("%s is %v, want %v", path, got, value)
		}
	}
}

type world struct {
	*teamstest.Teams
	robot   *robot
	ann, bo teamstest.User
	team    teamstest.Team
	chat    string
	group   string
}

func open(t *testing.T) *world {
	t.Helper()
	w := &world{Teams: teamstest.New(t, teamstest.Config{})}
	check, err := botauth.New(botauth.Config{AppID: w.AppID(), Tenants: []string{w.TenantID()}, MetadataURL: w.MetadataURL(), ServiceHosts: []string{w.Host()}})
	if err != nil {
		t.Fatal(err)
	}
	tokens, err := connector.NewTokens(connector.TokenConfig{AppID: w.AppID(), TenantID: w.TenantID(), TokenURL: w.TokenURL(), Scope: teamstest.BotScope, Credential: connector.Secret(w.Secret())})
	if err != nil {
		t.Fatal(err)
	}
	hosts, err := cloud.NewHosts(w.Host())
	if err != nil {
		t.Fatal(err)
	}
	client, err := connector.New(connector.Config{AppID: w.AppID(), TenantID: w.TenantID(), Tokens: tokens, Hosts: hosts})
	if err != nil {
		t.Fatal(err)
	}
	w.robot = &robot{t: t, check: check, client: client}
	server := httptest.NewServer(w.robot)
	t.Cleanup(server.Close)
	w.SetBot(server.URL)
	w.ann, w.bo = w.AddUser(teamstest.User{Name: "Ann", Email: "ann@example.org"}), w.AddUser(teamstest.User{Name: "Bo"})
	w.team = w.AddTeam("Comms", w.ann, w.bo)
	w.chat, w.group = w.Personal(w.ann), w.AddChat(w.ann, w.bo)
	for _, place := range []string{w.team.ID, w.chat, w.group} {
		w.Add(place)
	}
	return w
}

func must[T any](t *testing.T) func(T, error) T {
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func TestWhatReachesTheBot(t *testing.T) {
	w := open(t)
	ann := w.As(w.ann)
	d := must[teamstest.Delivery](t)(ann.Write(t.Context(), w.chat, "hello & <b>"))
	got, n := w.robot.last()
	expect(t, got, map[string]any{
		"type": "message", "id": d.Message, "text": "hello & <b>", "channelId": "msteams", "serviceUrl": w.ServiceURL(), "from/id": w.ann.MRI, "from/aadObjectId": w.ann.ID,
		"recipient/id": "28:" + w.AppID(), "conversation/conversationType": "personal", "conversation/id": w.chat, "conversation/tenantId": w.TenantID(), "channelData/tenant/id": w.TenantID(),
		"attachments/0/content": "<p>hello &amp; &lt;b&gt;</p>",
	})
	if n != 1 || d.Status != http.StatusOK || !d.Reached {
		t.Errorf("%+v", d)
	}
	if d = must[teamstest.Delivery](t)(ann.Write(t.Context(), w.team.General, "among us")); d.Reached {
		t.Error("a message without a mention reached the bot")
	}
	d = must[teamstest.Delivery](t)(ann.Mention(t.Context(), w.team.General, "help"))
	got, _ = w.robot.last()
	expect(t, got, map[string]any{
		"text": "<at>Evangelist</at> help", "entities/1/type": "mention", "entities/1/mentioned/id": "28:" + w.AppID(), "entities/1/text": "<at>Evangelist</at>",
		"conversation/id": w.team.General + ";messageid=" + d.Message, "conversation/conversationType": "channel", "channelData/team/aadGroupId": w.team.Group, "channelData/channel/id": w.team.General,
	})
	d2 := must[teamstest.Delivery](t)(w.As(w.bo).Say(t.Context(), w.team.General, teamstest.Utterance{Text: "me too", Mention: true, Root: d.Message}))
	got, _ = w.robot.last()
	expect(t, got, map[string]any{"conversation/id": w.team.General + ";messageid=" + d.Message, "id": d2.Message})
	w.Consent(w.team, true)
	if d = must[teamstest.Delivery](t)(ann.Reply(t.Context(), d.Message, "a link")); !d.Reached {
		t.Error("with consent a message did not reach the bot")
	}
	if got := w.Messages(w.team.General + ";messageid=" + d2.Message); len(got) != 1 {
		t.Errorf("%v", got)
	}
	stranger := w.AddUser(teamstest.User{Name: "Stranger"})
	if _, err := w.As(stranger).Write(t.Context(), w.chat, "x"); err == nil {
		t.Error("somebody writes to a chat of others")
	}
}

func TestSlashIsSeenByOne(t *testing.T) {
	w := open(t)
	must[teamstest.Delivery](t)(w.As(w.ann).Slash(t.Context(), w.group, "concern we paste secrets"))
	got, _ := w.robot.last()
	expect(t, got, map[string]any{"type": "message", "recipient/isTargeted": true, "text": "concern we paste secrets", "conversation/conversationType": "groupChat"})
	if len(w.Seen(w.bo, w.group)) != 0 || len(w.Seen(w.ann, w.group)) != 1 {
		t.Error("the wrong people see it")
	}
	if _, err := w.As(w.ann).Slash(t.Context(), w.chat, "x"); err == nil {
		t.Error("there is a slash menu in a chat with the bot alone")
	}
}

const pressable = `{"type":"AdaptiveCard","version":"1.5","body":[
	{"type":"Input.Text","id":"why","isRequired":true,"maxLength":5},
	{"type":"Input.Text","id":"note","value":"as it was"},
	{"type":"Input.Toggle","id":"loud","title":"Loud"},
	{"type":"Input.Text","id":"empty"}],
	"actions":[
	{"type":"Action.Execute","title":"Approve","verb":"approve","data":{"arg":"7"},"fallback":{"type":"Action.Submit","title":"Approve","data":{"arg":"7"}}},
	{"type":"Action.Submit","title":"Old","data":{"msteams":{"type":"messageBack"},"arg":"8"}},
	{"type":"Action.Submit","title":"Plain","data":{"arg":"9"},"associatedInputs":"none"},
	{"type":"Action.Submit","title":"Ask","data":{"msteams":{"type":"task/fetch"},"arg":"10"},"associatedInputs":"none"},
	{"type":"Action.OpenUrl","title":"Read","url":"https://example.org"}]}`

const approved = `{"type":"AdaptiveCard","version":"1.5","body":[{"type":"TextBlock","text":"Approved"}]}`

func (w *world) card(t *testing.T, to string) string {
	t.Helper()
	return must[string](t)(w.robot.client.Send(t.Context(), connector.Conversation{ServiceURL: w.ServiceURL(), ID: to}, connector.Card(json.RawMessage(pressable), "A card")))
}

func TestPressExecute(t *testing.T) {
	w := open(t)
	ann, id := w.As(w.ann), w.card(t, w.group)
	w.robot.says(200, map[string]any{"statusCode": 200, "type": "application/vnd.microsoft.card.adaptive", "value": json.RawMessage(approved)})
	a := must[teamstest.Answer](t)(ann.Press(t.Context(), id, "Approve", map[string]any{"why": "good"}))
	got, _ := w.robot.last()
	expect(t, got, map[string]any{
		"type": "invoke", "name": "adaptiveCard/action", "replyToId": id, "value/action/type": "Action.Execute", "value/action/verb": "approve", "value/action/data/arg": "7",
		"value/action/data/why": "good", "value/action/data/note": "as it was", "value/action/data/loud": "false", "value/action/data/empty": nil,
	})
	if !a.Replaced || !strings.Contains(string(w.Seen(w.ann, w.group)[0].Cards[0]), "Approved") {
		t.Errorf("the person sees %s", w.Seen(w.ann, w.group)[0].Cards[0])
	}
	if strings.Contains(string(w.Seen(w.bo, w.group)[0].Cards[0]), "Approved") {
		t.Error("the card was replaced for somebody else")
	}
	if _, err := ann.Press(t.Context(), id, "Approve", nil); err == nil {
		t.Error("a button that is gone was pressed")
	}
	to := connector.Conversation{ServiceURL: w.ServiceURL(), ID: w.group}
	if err := w.robot.client.Update(t.Context(), to, id, connector.Card(json.RawMessage(pressable), "Again")); err != nil {
		t.Fatal(err)
	}
	w.robot.says(200, map[string]any{"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": "Thank you."})
	if a = must[teamstest.Answer](t)(ann.Press(t.Context(), id, "Approve", map[string]any{"why": "x"})); a.Toast != "Thank you." {
		t.Errorf("%+v", a)
	}
	w.robot.says(200, map[string]any{"statusCode": 403, "type": "application/vnd.microsoft.error", "value": map[string]any{"code": "403", "message": "Not for you."}})
	if a = must[teamstest.Answer](t)(ann.Press(t.Context(), id, "Approve", map[string]any{"why": "x"})); a.Failed != "Not for you." {
		t.Errorf("%+v", a)
	}
	w.robot.says(500, nil)
	if a = must[teamstest.Answer](t)(ann.Press(t.Context(), id, "Approve", map[string]any{"why": "x"})); a.Failed == "" {
		t.Errorf("%+v", a)
	}
	for _, said := range []any{
		map[string]any{"statusCode": 200, "type": "something"}, map[string]any{"statusCode": 200, "type": "application/vnd.microsoft.card.adaptive", "value": map[string]any{"type": "x"}},
		map[string]any{"statusCode": 200, "type": "application/vnd.microsoft.activity.message"}, "text", nil,
	} {
		w.robot.says(200, said)
		if a, err := ann.Press(t.Context(), id, "Approve", map[string]any{"why": "x"}); err == nil {
			t.Errorf("the answer %v was understood: %+v", said, a)
		}
	}
}

func TestWhatAClientWouldNotSend(t *testing.T) {
	w := open(t)
	ann, id := w.As(w.ann), w.card(t, w.chat)
	_, before := w.robot.last()
	for name, tc := range map[string]struct {
		title string
		typed map[string]any
	}{
		"no such button": {"Reject", nil}, "a link": {"Read", map[string]any{"why": "x"}}, "a required input": {"Approve", nil},
		"an unknown input": {"Approve", map[string]any{"why": "x", "other": "y"}}, "too long": {"Approve", map[string]any{"why": "too long"}},
		"inputs of a button without": {"Plain", map[string]any{"why": "x"}},
	} {
		if a, err := ann.Press(t.Context(), id, tc.title, tc.typed); err == nil {
			t.Errorf("%s: %+v", name, a)
		}
	}
	if _, after := w.robot.last(); after != before {
		t.Error("something was sent")
	}
	if _, err := w.As(w.bo).Press(t.Context(), id, "Plain", nil); err == nil {
		t.Error("somebody pressed in a chat of others")
	}
}

func TestPressSubmit(t *testing.T) {
	w := open(t)
	id := w.card(t, w.chat)
	must[teamstest.Answer](t)(w.As(w.ann).Press(t.Context(), id, "Old", map[string]any{"why": "x"}))
	got, _ := w.robot.last()
	expect(t, got, map[string]any{"type": "message", "replyToId": id, "value/arg": "8", "value/why": "x", "value/msteams": nil, "text": ""})
	must[teamstest.Answer](t)(w.As(w.ann).Press(t.Context(), id, "Plain", nil))
	got, _ = w.robot.last()
	expect(t, got, map[string]any{"type": "message", "value": map[string]any{"arg": "9"}})
}

func dialog(title string) map[string]any {
	return map[string]any{"task": map[string]any{"type": "continue", "value": map[string]any{"title": title, "card": map[string]any{
		"contentType": "application/vnd.microsoft.card.adaptive", "content": map[string]any{
			"type": "AdaptiveCard", "version": "1.5", "body": []any{map[string]any{"type": "Input.Text", "id": "text"}},
			"actions": []any{map[string]any{"type": "Action.Submit", "title": "Send", "data": map[string]any{"nonce": "n1"}}, map[string]any{"type": "Action.Execute", "title": "Wrong"}},
		},
	}}}}
}

func TestDialogOfACard(t *testing.T) {
	w := open(t)
	ann, id := w.As(w.ann), w.card(t, w.group)
	w.robot.says(200, dialog("Your concern"))
	a := must[teamstest.Answer](t)(ann.Press(t.Context(), id, "Ask", nil))
	got, _ := w.robot.last()
	expect(t, got, map[string]any{"type": "invoke", "name": "task/fetch", "value/data/arg": "10", "replyToId": id})
	if a.Dialog == nil || a.Dialog.Title != "Your concern" {
		t.Fatalf("%+v", a)
	}
	if _, err := ann.Submit(t.Context(), a.Dialog, "Wrong", nil); err == nil {
		t.Error("Action.Execute does something in a dialog")
	}
	if _, err := w.As(w.bo).Submit(t.Context(), a.Dialog, "Send", nil); err == nil {
		t.Error("somebody else sent the dialog off")
	}
	w.robot.says(200, dialog("Please look again"))
	b := must[teamstest.Answer](t)(ann.Submit(t.Context(), a.Dialog, "Send", map[string]any{"text": "words"}))
	got, _ = w.robot.last()
	expect(t, got, map[string]any{"name": "task/submit", "value/data/text": "words", "value/data/nonce": "n1"})
	if b.Dialog == nil || b.Dialog.Title != "Please look again" {
		t.Fatalf("%+v", b)
	}
	w.robot.says(200, map[string]any{"task": map[string]any{"type": "message", "value": "Thank you."}})
	if c := must[teamstest.Answer](t)(ann.Submit(t.Context(), b.Dialog, "Send", nil)); c.Toast != "Thank you." || c.Dialog != nil {
		t.Errorf("%+v", c)
	}
	w.robot.says(200, nil)
	if c := must[teamstest.Answer](t)(ann.Submit(t.Context(), b.Dialog, "Send", nil)); c.Dialog != nil || c.Failed != "" {
		t.Errorf("nothing closes it: %+v", c)
	}
	for _, said := range []any{
		map[string]any{"other": 1}, map[string]any{"task": map[string]any{"type": "close"}}, map[string]any{"task": map[string]any{"type": "message"}},
		map[string]any{"task": map[string]any{"type": "continue", "value": map[string]any{"title": "x"}}},
		map[string]any{"task": map[string]any{"type": "continue", "value": map[string]any{"card": map[string]any{"contentType": "text/html", "content": map[string]any{}}}}},
	} {
		w.robot.says(200, said)
		if c, err := ann.Submit(t.Context(), b.Dialog, "Send", nil); err == nil {
			t.Errorf("the answer %v was understood: %+v", said, c)
		}
	}
}

func TestMessageExtension(t *testing.T) {
	w := open(t)
	ann := w.As(w.ann)
	d := must[teamstest.Delivery](t)(w.As(w.bo).Say(t.Context(), w.team.General, teamstest.Utterance{Text: "look", HTML: `<p><a href="https://example.org/a">look</a></p>`}))
	w.robot.says(200, dialog("Save to digest"))
	a := must[teamstest.Answer](t)(ann.MessageAction(t.Context(), d.Message, "digest.add"))
	got, _ := w.robot.last()
	expect(t, got, map[string]any{
		"name": "composeExtension/fetchTask", "value/commandId": "digest.add", "value/commandContext": "message", "value/messagePayload/id": d.Message,
		"value/messagePayload/from/user/id": w.bo.ID, "value/messagePayload/body/content": `<p><a href="https://example.org/a">look</a></p>`,
		"conversation/id": w.team.General + ";messageid=" + d.Message,
	})
	w.robot.says(200, nil)
	must[teamstest.Answer](t)(ann.Submit(t.Context(), a.Dialog, "Send", map[string]any{"text": "because"}))
	got, _ = w.robot.last()
	expect(t, got, map[string]any{"name": "composeExtension/submitAction", "value/commandId": "digest.add", "value/data/text": "because", "value/messagePayload/id": d.Message})
	w.robot.says(200, dialog("Your concern"))
	a = must[teamstest.Answer](t)(ann.Compose(t.Context(), w.group, "concern"))
	got, _ = w.robot.last()
	expect(t, got, map[string]any{"value/commandContext": "compose", "value/messagePayload": nil, "conversation/id": w.group})
	w.robot.says(200, map[string]any{"composeExtension": map[string]any{"type": "result"}})
	if a = must[teamstest.Answer](t)(ann.Submit(t.Context(), a.Dialog, "Send", nil)); len(a.Results) == 0 {
		t.Errorf("%+v", a)
	}
}

func TestReactEditDelete(t *testing.T) {
	w := open(t)
	ann, id := w.As(w.ann), w.card(t, w.team.General)
	must[teamstest.Delivery](t)(ann.React(t.Context(), id, "like"))
	got, _ := w.robot.last()
	expect(t, got, map[string]any{"type": "messageReaction", "replyToId": id, "reactionsAdded/0/type": "like", "conversation/id": w.team.General + ";messageid=" + id})
	if m, _ := w.Message(id); fmt.Sprint(m.Reactions["like"]) != fmt.Sprint([]string{w.ann.ID}) {
		t.Errorf("%v", m.Reactions)
	}
	must[teamstest.Delivery](t)(ann.Unreact(t.Context(), id, "like"))
	got, _ = w.robot.last()
	expect(t, got, map[string]any{"reactionsRemoved/0/type": "like", "reactionsAdded": nil})
	d := must[teamstest.Delivery](t)(ann.Write(t.Context(), w.chat, "first"))
	e := must[teamstest.Delivery](t)(ann.Edit(t.Context(), d.Message, "second"))
	got, _ = w.robot.last()
	expect(t, got, map[string]any{"type": "messageUpdate", "id": d.Message, "text": "second", "channelData/eventType": "editMessage"})
	must[teamstest.Delivery](t)(ann.Delete(t.Context(), d.Message))
	got, _ = w.robot.last()
	expect(t, got, map[string]any{"type": "messageDelete", "id": d.Message, "channelData/eventType": "softDeleteMessage", "text": nil})
	if m, _ := w.Message(d.Message); !m.Deleted || m.Edits != 1 || e.Status != 200 {
		t.Errorf("%v", m)
	}
	if _, err := ann.Edit(t.Context(), id, "x"); err == nil {
		t.Error("somebody edited the bot's message")
	}
	among := must[teamstest.Delivery](t)(w.As(w.bo).Write(t.Context(), w.team.General, "among us"))
	if d := must[teamstest.Delivery](t)(ann.React(t.Context(), among.Message, "heart")); d.Reached {
		t.Error("a reaction to what the bot may not read reached it")
	}
}

func TestInstall(t *testing.T) {
	w := open(t)
	bo := w.As(w.bo)
	d := must[[]teamstest.Delivery](t)(bo.Install(t.Context(), w.Personal(w.bo)))
	expect(t, d[0].Activity, map[string]any{"type": "conversationUpdate"})
	got, n := w.robot.last()
	expect(t, got, map[string]any{"type": "installationUpdate", "action": "add", "conversation/conversationType": "personal"})
	if len(d) != 2 || n != 2 {
		t.Errorf("%d deliveries, %d heard", len(d), n)
	}
	to := connector.Conversation{ServiceURL: w.ServiceURL(), ID: w.Personal(w.bo)}
	must[string](t)(w.robot.client.Send(t.Context(), to, connector.Activity{Text: "welcome"}))
	must[[]teamstest.Delivery](t)(bo.Uninstall(t.Context(), w.Personal(w.bo)))
	if _, err := w.robot.client.Send(t.Context(), to, connector.Activity{Text: "still here"}); err == nil {
		t.Error("an uninstalled bot writes")
	}
	must[[]teamstest.Delivery](t)(bo.Uninstall(t.Context(), w.team.ID))
	news := w.AddChannel(w.team, "News")
	must[[]teamstest.Delivery](t)(bo.Install(t.Context(), w.team.ID))
	got, _ = w.robot.last()
	expect(t, got, map[string]any{"channelData/team/id": w.team.ID, "action": "add"})
	must[string](t)(w.robot.client.Send(t.Context(), connector.Conversation{ServiceURL: w.ServiceURL(), ID: news}, connector.Activity{Text: "hello"}))
	far := w.AddUser(teamstest.User{Name: "Far"})
	must[teamstest.Delivery](t)(w.As(far).Join(t.Context(), w.team.ID))
	got, _ = w.robot.last()
	expect(t, got, map[string]any{"type": "conversationUpdate", "membersAdded/0/aadObjectId": far.ID})
}

func TestRedeliver(t *testing.T) {
	w := open(t)
	d := must[teamstest.Delivery](t)(w.As(w.ann).Write(t.Context(), w.chat, "once"))
	must[teamstest.Delivery](t)(w.Redeliver(t.Context(), d, false))
	same, _ := w.robot.last()
	must[teamstest.Delivery](t)(w.Redeliver(t.Context(), d, true))
	fresh, n := w.robot.last()
	if same["id"] != d.Message || fresh["id"] == d.Message || fresh["text"] != "once" || n != 3 || len(w.Deliveries()) != 3 {
		t.Errorf("%v, %v, %d", same["id"], fresh["id"], n)
	}
}

func TestMoveAndRotate(t *testing.T) {
	w := open(t)
	old := w.ServiceURL()
	w.Move("apac")
	must[teamstest.Delivery](t)(w.As(w.ann).Write(t.Context(), w.chat, "from afar"))
	got, _ := w.robot.last()
	if got["serviceUrl"] == old || got["serviceUrl"] != w.ServiceURL() {
		t.Errorf("%v", got["serviceUrl"])
	}
	for _, service := range []string{old, w.ServiceURL()} {
		must[string](t)(w.robot.client.Send(t.Context(), connector.Conversation{ServiceURL: service, ID: w.chat}, connector.Activity{Text: "x"}))
	}
	forged := w.Sign("https://evil.example/", nil)
	d := must[teamstest.Delivery](t)(w.DeliverSigned(t.Context(), got, forged))
	if d.Status != http.StatusUnauthorized {
		t.Errorf("a token of another service: %d", d.Status)
	}
}

func TestManyAtOnce(t *testing.T) {
	w := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var group sync.WaitGroup
	for worker := range 16 {
		group.Go(func() {
			person, chat := w.As(w.ann), w.chat
			if worker%2 == 1 {
				person, chat = w.As(w.bo), w.group
			}
			for i := range 10 {
				if _, err := person.Say(ctx, chat, teamstest.Utterance{Text: fmt.Sprint(worker, " ", i), Mention: true}); err != nil {
					t.Error(err)
				}
				if _, err := w.robot.client.Send(ctx, connector.Conversation{ServiceURL: w.ServiceURL(), ID: chat}, connector.Activity{Text: "answer"}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	if err := w.WaitFor(ctx, func() bool { return len(w.Messages(w.chat))+len(w.Messages(w.group)) == 320 }); err != nil {
		t.Error(err)
	}
	group.Wait()
	seen := map[string]bool{}
	for _, m := range append(w.Messages(w.chat), w.Messages(w.group)...) {
		if seen[m.ID] {
			t.Errorf("%s is there twice", m.ID)
		}
		seen[m.ID] = true
	}
	if n := len(w.Calls("send")); n != 160 || len(w.Deliveries()) != 160 {
		t.Errorf("%d calls, %d deliveries", n, len(w.Deliveries()))
	}
}

func TestProxySigns(t *testing.T) {
	w := open(t)
	server := httptest.NewServer(w.robot)
	defer server.Close()
	proxy := must[*teamstest.Proxy](t)(w.Proxy(server.URL, 0))
	defer proxy.Close()
	post := func(address, body string) int {
		t.Helper()
		response, err := http.Post(address, "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		_, _ = io.Copy(io.Discard, response.Body)
		return response.StatusCode
	}
	unsigned := fmt.Sprintf(`{"type":"message","channelId":"msteams","serviceUrl":%q,"conversation":{"tenantId":%q}}`, w.ServiceURL(), w.TenantID())
	if got := post(proxy.URL(), unsigned); got != http.StatusOK {
		t.Errorf("through the proxy: %d", got)
	}
	if got := post(server.URL, unsigned); got != http.StatusUnauthorized {
		t.Errorf("past the proxy: %d", got)
	}
	if got := post(proxy.URL(), ""); got != http.StatusUnauthorized {
		t.Errorf("nothing, through the proxy: %d", got)
	}
	if got := post(strings.TrimSuffix(proxy.URL(), "/api/messages")+"/other", unsigned); got != http.StatusNotFound {
		t.Errorf("another path: %d", got)
	}
}
