package page_test

import (
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"evangelist/adapters/playground"
	"evangelist/adapters/playground/page"
	"evangelist/bot"
)

// present is a Thursday afternoon.
var present = fixedClock{time.Date(2026, 11, 19, 16, 0, 0, 0, time.UTC)}

// visitor is a browser without JavaScript.
type visitor struct {
	t      *testing.T
	client *http.Client
	base   string
	served
}

func visit(t *testing.T) *visitor {
	t.Helper()
	s := serve(t, present)
	server := httptest.NewServer(s.page.Handler())
	t.Cleanup(server.Close)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := server.Client()
	client.Jar = jar
	return &visitor{t: t, client: client, base: server.URL, served: s}
}

func (v *visitor) read(answer *http.Response, err error) string {
	v.t.Helper()
	if err != nil {
		v.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		v.t.Fatalf("%s: %s %v %.200s", answer.Request.URL, answer.Status, err, text)
	}
	return string(text)
}

func (v *visitor) get(path string) string {
	v.t.Helper()
	return v.read(v.client.Get(v.base + path))
}

// send posts pairs of names and values and returns the page that follows.
func (v *visitor) send(action string, pairs ...string) string {
	v.t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return v.read(v.client.PostForm(v.base+"/playground/"+action, form))
}

func (v *visitor) has(page string, wanted ...string) {
	v.t.Helper()
	plain := html.UnescapeString(page)
	for _, text := range wanted {
		if !strings.Contains(plain, text) {
			v.t.Errorf("%q is not on the page", text)
		}
	}
}

func (v *visitor) lacks(page string, unwanted ...string) {
	v.t.Helper()
	plain := html.UnescapeString(page)
	for _, text := range unwanted {
		if strings.Contains(plain, text) {
			v.t.Errorf("%q is on the page", text)
		}
	}
}

func hidden(t *testing.T, page, name string) string {
	t.Helper()
	found := regexp.MustCompile(`name="` + name + `" value="([^"]+)"`).FindStringSubmatch(page)
	if found == nil {
		t.Fatalf("no hidden field %s", name)
	}
	return html.UnescapeString(found[1])
}

func TestThePageShowsTheWorkspace(t *testing.T) {
	v := visit(t)
	first := v.get("/")
	v.has(first, "Wetherbourne Borough Council", "Farida Noorzai", "good-finds", "The edition being drafted", "Waiting for release", "1 of "+strconv.Itoa(len(v.sample.Tour)), "/concern", "The bot is here", "Archive of editions")
	v.lacks(first, "place=reading-team", "<script>alert")
	v.has(v.get("/playground/?place=~home"), "Nothing waits. The next roundup")
	v.has(v.get("/playground/?place=direct-farida"), "A quiet place for you and the bot")
}

func TestOneCanBeSomebodyElse(t *testing.T) {
	v := visit(t)
	v.has(v.send("person", "person", "nia", "at", "direct-farida"), "Nia Prosser</strong>", "place=reading-team", "Your chat with the bot")
	v.has(v.get("/playground/?place=reading-team"), "Where concerns and ideas are read")
	v.has(v.send("person", "person", "evangelist"), "Nia Prosser", "That is not here")
	u, err := url.Parse(v.base + "/desk")
	if err != nil {
		t.Fatal(err)
	}
	request := httptest.NewRequest(http.MethodGet, "/desk", nil)
	for _, cookie := range v.client.Jar.Cookies(u) {
		request.AddCookie(cookie)
	}
	if who, ok := v.page.Who(request); !ok || who != v.ws.ID("nia") {
		t.Errorf("beside the playground one is %q, want Nia", who)
	}
	v.has(v.send("tour", "step", "post", "at", "good-finds"), "You are</span> <strong>Farida Noorzai")
}

func TestTalking(t *testing.T) {
	v := visit(t)
	offered := v.offered(t)
	text := "Try this <b>now</b>, @nia: " + offered.URL
	shown := v.send("post", "at", "good-finds", "text", text)
	v.has(shown, "Today", "@Nia Prosser", offered.Title, offered.Blurb)
	if strings.Contains(shown, "<b>now</b>") {
		t.Error("markup in a message came alive")
	}
	messages := v.ws.Messages("good-finds")
	id := messages[len(messages)-1].Ref.Native
	v.send("react", "at", "good-finds", "place", "good-finds", "message", id, "emoji", "pushpin")
	v.has(v.get("/playground/?place=good-finds&thread="+id), "Answering: Farida Noorzai", "📌")
	v.send("post", "at", "good-finds", "thread", id, "text", "One more word")
	v.send("edit", "at", "good-finds", "place", "good-finds", "message", id, "text", "Changed")
	v.has(v.get("/playground/?place=good-finds"), "Changed", "edited", "One more word")
	v.send("react", "at", "good-finds", "place", "good-finds", "message", id, "emoji", "pushpin", "off", "1")
	v.send("delete", "at", "good-finds", "place", "good-finds", "message", id)
	v.has(v.get("/playground/?place=good-finds"), "This message was deleted.", "One more word")
	// What somebody else wrote cannot be changed by making up a request.
	other := messages[0]
	v.has(v.send("edit", "at", "good-finds", "place", "good-finds", "message", other.Ref.Native, "text", "Mine now"), "That is not here")
	v.lacks(v.get("/playground/?place=good-finds"), "Mine now")
}

func TestCommandsAnswerTheAskerAlone(t *testing.T) {
	v := visit(t)
	page := v.send("post", "at", "all-council", "text", "/digest")
	v.has(page, "Only you can see this", "Friday roundup", "Shared by", "Grzegorz Wilkosz", "I used this")
	v.send("person", "person", "nia", "at", "all-council")
	v.lacks(v.get("/playground/?place=all-council"), "Only you can see this")
	wrong := v.send("post", "at", "all-council", "text", "/nonsense at all")
	v.has(wrong, "/nonsense is no command here", "/nonsense at all</textarea>")
	v.lacks(v.get("/playground/?place=all-council"), "/nonsense")
}

func TestButtonsCanBePressedOnlyWhereTheyStand(t *testing.T) {
	v := visit(t)
	v.send("post", "at", "all-council", "text", "/digest")
	ref := v.ws.As("farida").Private()[0].Ref
	press := func(pairs ...string) string {
		return v.send("press", append([]string{"at", "all-council", "where", "message", "place", "all-council", "message", ref.Native}, pairs...)...)
	}
	press("command", "card.use", "arg", "1")
	if got := v.bot.last(); got.Command != "card.use" || got.Arg != "1" {
		t.Errorf("asked %+v", got)
	}
	v.has(press("command", "card.use", "arg", "forged"), "That button is not there any more")
	v.has(press("command", "card.drop", "arg", "4"), "Please confirm", "Leave this item out for good?")
	if got := v.bot.last(); got.Command == "card.drop" {
		t.Error("a button that asks first was pressed at once")
	}
	v.lacks(press("command", "card.drop", "arg", "4", "cancel", "yes"), "Please confirm")
	press("command", "card.drop", "arg", "4", "confirmed", "yes")
	if got := v.bot.last(); got.Command != "card.drop" {
		t.Errorf("asked %+v", got)
	}
	v.send("press", "at", "~home", "where", "home", "command", "card.use", "arg", "home")
	v.has(v.send("press", "at", "good-finds", "where", "behind", "message", "draft", "command", "card.use", "arg", "edition"), "Done: card.use")
	if got := v.bot.last(); got.Arg != "edition" || got.Place != "" {
		t.Errorf("asked %+v", got)
	}
}

func TestAFormKeepsWhatWasTyped(t *testing.T) {
	v := visit(t)
	form := v.send("post", "at", "good-finds", "text", "/concern The route app <drains>")
	v.has(form, "<dialog", "Nia Prosser, Adaeze Nwokolo", "The route app <drains></textarea>", "Your manager is not told.")
	id := hidden(t, form, "id")
	back := v.send("form", "at", "good-finds", "id", id, "f.text", "Hm", "f.name", "with", "f.leave", "adaeze")
	v.has(back, "Please say a little more", "One answer needs another look", ">Hm</textarea>", `value="with" checked`, `value="adaeze" selected`)
	empty := v.send("form", "at", "good-finds", "id", id, "f.text", "", "f.name", "with")
	v.has(empty, "This is needed.")
	done := v.send("form", "at", "good-finds", "id", id, "f.text", "It drains the phone", "f.name", "without")
	v.has(done, "lamp river seven oak", "Your private code")
	if got := v.bot.last(); got.Value("name") != "without" || got.Nonce != "NONCE" {
		t.Errorf("sent %+v", got)
	}
	v.lacks(v.send("form", "at", "good-finds", "id", id, "close", "yes"), "<dialog")
	v.has(v.send("form", "at", "good-finds", "id", id, "f.text", "Late"), "That form was closed in the meantime")
}

func TestShortcutsAndMembership(t *testing.T) {
	v := visit(t)
	m := v.ws.Messages("good-finds")[0]
	v.has(v.get("/playground/?place=good-finds"), "Save to digest")
	v.has(v.send("shortcut", "at", "good-finds", "place", "good-finds", "message", m.Ref.Native, "name", "digest.save"), "Saved. It stands in the draft")
	if got := v.bot.last(); got.About == nil || *got.About != m.Ref {
		t.Errorf("asked about %+v", got.About)
	}
	v.has(v.send("bot", "at", "climate", "off", "1"), "The bot is not here")
	v.has(v.send("bot", "at", "climate"), "The bot is here")
	private := v.ws.As("farida").Private()
	v.lacks(v.send("away", "at", "good-finds", "place", "good-finds", "message", private[0].Ref.Native), "Saved. It stands")
}

func TestEveryBlockIsDrawn(t *testing.T) {
	v := visit(t)
	page := v.send("post", "at", "good-finds", "text", "/evangelist help")
	v.has(page, "A heading", "A section", "<strong>bold</strong>", "<em>italic</em>", "<code>code</code>", `<a href="https://example.org/" target="_blank" rel="noopener noreferrer">a link</a>`,
		"First", "<ol", "Due", "Somebody", "It saved us a day.", "a colleague in Housing", `href="https://example.org/page"`, "example.org · 4 min", "Who is with us", "Department",
		`alt="A line that rises from 3 to 7"`, "Links per week", "Small print.", "<hr", "Open", "Remove")
	src := regexp.MustCompile(`/playground/figure/[0-9a-f]+\.svg`).FindString(page)
	answer, err := v.client.Get(v.base + src)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.Header.Get("Content-Type") != "image/svg+xml" || !strings.Contains(answer.Header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("the picture comes with %v", answer.Header)
	}
}

func TestHostileBlocksStayText(t *testing.T) {
	v := visit(t)
	text := `"><script>alert(1)</script>{{.Me}}`
	message := bot.Message{Summary: text, Blocks: []bot.Block{
		bot.Heading{Text: bot.T(text)}, bot.Paragraph{Text: bot.Spans{{Kind: bot.Anchor, Text: text, URL: "javascript:alert(1)"}}},
		bot.Link{Title: text, URL: "javascript:alert(1)", Meta: text}, bot.Table{Caption: text, Head: []string{text}},
		bot.Figure{Alt: text, SVG: "<svg/>"}, bot.Actions{Buttons: []bot.Button{{Command: text, Arg: text, Label: text}}},
	}}
	parts, err := v.ws.Render(message)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.ws.Post(t.Context(), bot.Posting{Place: v.ws.PlaceID("good-finds"), Part: parts[0]}); err != nil {
		t.Fatal(err)
	}
	page := v.get("/playground/?place=good-finds")
	if strings.Contains(page, "<script>alert") || strings.Contains(page, `href="javascript:`) {
		t.Error("a text of the bot came alive")
	}
	v.has(page, text)
}

func TestRequestsAreGuarded(t *testing.T) {
	v := visit(t)
	request, err := http.NewRequest(http.MethodPost, v.base+"/playground/post", strings.NewReader("at=good-finds&text=Hello"))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Sec-Fetch-Site", "cross-site")
	answer, err := v.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusForbidden {
		t.Errorf("a request of another site got %s", answer.Status)
	}
	answer, err = v.client.PostForm(v.base+"/playground/post", url.Values{"at": {"good-finds"}, "text": {strings.Repeat("x", 300<<10)}})
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("a body of 300 KiB got %s", answer.Status)
	}
	answer, err = v.client.Get(v.base + "/playground/")
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(answer.Body)
	answer.Body.Close()
	if err != nil || !strings.Contains(answer.Header.Get("Content-Security-Policy"), "default-src 'self'") {
		t.Errorf("the policy is %q, %v", answer.Header.Get("Content-Security-Policy"), err)
	}
	for _, inline := range []string{` style="`, `<style`, ` onclick=`, `<script>`} {
		if strings.Contains(string(text), inline) {
			t.Errorf("the page has %q, which its policy forbids", inline)
		}
	}
}

func TestChangesAreTold(t *testing.T) {
	v := visit(t)
	answer, err := v.client.Get(v.base + "/playground/events")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	lines := make(chan string, 64)
	go func() {
		defer close(lines)
		buffer := make([]byte, 4096)
		for {
			n, err := answer.Body.Read(buffer)
			for _, line := range strings.Split(string(buffer[:n]), "\n") {
				if text, ok := strings.CutPrefix(line, "data: "); ok {
					lines <- text
				}
			}
			if err != nil {
				return
			}
		}
	}()
	next := func(want string) {
		t.Helper()
		select {
		case got := <-lines:
			if got != want {
				t.Fatalf("told %q, want %q", got, want)
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("was not told %q", want)
		}
	}
	next("begin")
	if _, err := v.ws.As("nia").Post(t.Context(), "good-finds", "Hello"); err != nil {
		t.Fatal(err)
	}
	next("changed")
	v.page.Nudge()
	next("changed")
	v.page.Close()
	if _, open := <-lines; open {
		t.Error("the connection is still open after Close")
	}
}

func TestAWorkspaceWithoutPeopleSaysSo(t *testing.T) {
	ws, err := playground.Open(playground.Config{Clock: present, Random: strings.NewReader("")})
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	s, err := page.New(page.Config{Workspace: ws, Clock: present})
	if err != nil {
		t.Fatal(err)
	}
	answer := httptest.NewRecorder()
	s.Handler().ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "http://localhost/playground/", nil))
	if answer.Code != http.StatusServiceUnavailable || !strings.Contains(answer.Body.String(), "Nobody works") {
		t.Errorf("got %d %s", answer.Code, answer.Body)
	}
}
