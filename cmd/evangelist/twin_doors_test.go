package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"

	"evangelist/adapters/playground"
	"evangelist/bot"
	"evangelist/bot/voices/voicestest"
)

// door is a way in: what an author's client does.
type door interface {
	// open opens the form of a command: "/concern", "/idea", "/concern code".
	open(w *twinWorld, author int, command string) sheet
}

// sheet is an open form.
type sheet interface {
	// send fills the form in and sends it; it returns the last page.
	send(w *twinWorld, values map[string]string) string
}

// chatDoor is the chat of the workspace.
type chatDoor struct{}

type chatSheet struct{ form *playground.OpenForm }

func (chatDoor) open(w *twinWorld, author int, command string) sheet {
	w.Helper()
	answer := w.slash(twinAuthors[author], command)
	if answer.Form == nil {
		w.Fatalf("%s opened no form but %s", command, words(answer))
	}
	w.marks.text("the form's nonce", answer.Form.Form.Nonce)
	w.marks.text("the platform's number", answer.Form.ID)
	return chatSheet{answer.Form}
}

func (s chatSheet) send(w *twinWorld, values map[string]string) string {
	w.Helper()
	answer, err := s.form.Fill(values).Submit(w.ctx)
	if err != nil {
		w.Fatal(err)
	}
	done, is := answer.Reply.(bot.Done)
	if !is {
		w.Fatalf("sending gave %#v", answer.Reply)
	}
	if code, err := voicestest.CodeOn(done.Message); err == nil {
		return "<code>" + code + "</code>"
	}
	return plain(done.Message)
}

// browse sends a request as an author's browser does, with much that gives a
// visitor away.
func (w *twinWorld) browse(author int, method, address string, fields url.Values) *httptest.ResponseRecorder {
	w.Helper()
	r := httptest.NewRequestWithContext(w.ctx, method, address, strings.NewReader(fields.Encode()))
	r.Host = "localhost"
	visitor := fmt.Sprint(author)
	who := map[string]string{
		"User-Agent": "Zzagent/" + visitor + ".71", "Referer": "http://zzreferrer" + visitor + ".example/", "X-Forwarded-For": "203.0.113.8" + visitor,
		"X-Request-Id": "zzrequest" + visitor, "Accept-Language": "zz-visitor" + visitor, "Sec-Fetch-Site": "same-origin",
	}
	for name, value := range who {
		r.Header.Set(name, value)
		if name != "Sec-Fetch-Site" {
			w.marks.text("the header "+name, value)
		}
	}
	r.RemoteAddr = "198.51.100.7" + visitor + ":4771" + visitor
	w.marks.text("the address", "198.51.100.7"+visitor, "4771"+visitor)
	handler := w.handler
	if session := w.sessions[author]; session != nil {
		handler = w.served
		r.AddCookie(session)
		w.marks.text("the session", session.Value)
	} else {
		r.AddCookie(&http.Cookie{Name: "playground_person", Value: twinAuthors[author]})
	}
	r.AddCookie(&http.Cookie{Name: "zzcookie", Value: "zzbrowser" + visitor})
	w.marks.text("the cookie", "zzbrowser"+visitor)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if w.meddle.asked != nil {
		w.meddle.asked(w, r)
	}
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, r)
	if answer.Code >= 400 {
		w.Fatalf("%s %s gave %d: %s", method, address, answer.Code, answer.Body)
	}
	return answer
}

// field finds the value of a hidden field on a page.
func (w *twinWorld) field(page, name string) string {
	w.Helper()
	found := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(page)
	if found == nil {
		w.Fatalf("the page has no field %s: %s", name, page)
	}
	return html.UnescapeString(found[1])
}

func formValues(values map[string]string) url.Values {
	out := url.Values{}
	for name, value := range values {
		out.Set("f."+name, value)
	}
	return out
}

// pageDoor is the page of the workspace, in a browser.
type pageDoor struct{}

type pageSheet struct {
	author int
	id     string
}

// dialog is a form on the workspace's page.
var dialog = regexp.MustCompile(`(?s)<form method="post" action="/playground/form".*?</form>`)

func (pageDoor) open(w *twinWorld, author int, command string) sheet {
	w.Helper()
	w.browse(author, http.MethodPost, "/playground/post", url.Values{"at": {"all-council"}, "text": {command}})
	shown := dialog.FindString(w.browse(author, http.MethodGet, "/playground/?place=all-council", nil).Body.String())
	s := pageSheet{author, w.field(shown, "id")}
	w.marks.text("the platform's number", s.id)
	if form, ok := w.as(twinAuthors[author]).Form(); ok {
		w.marks.text("the form's nonce", form.Form.Nonce)
	}
	return s
}

func (s pageSheet) send(w *twinWorld, values map[string]string) string {
	w.Helper()
	fields := formValues(values)
	fields.Set("at", "all-council")
	fields.Set("id", s.id)
	w.browse(s.author, http.MethodPost, "/playground/form", fields)
	page := w.browse(s.author, http.MethodGet, "/playground/?place=all-council", nil).Body.String()
	if form, ok := w.as(twinAuthors[s.author]).Form(); !ok || form.Done == nil {
		w.Fatalf("sending gave no last page")
	}
	w.browse(s.author, http.MethodPost, "/playground/form", url.Values{"at": {"all-council"}, "id": {s.id}, "close": {"yes"}})
	return page
}

// webDoor is the product's own web.
type webDoor struct{}

type webSheet struct {
	author    int
	to, token string
}

func (webDoor) open(w *twinWorld, author int, command string) sheet {
	w.Helper()
	s := webSheet{author: author, to: "/do"}
	path := command
	if command == "/concern code" {
		path, s.to = "/code", "/code"
	}
	s.token = w.field(w.browse(author, http.MethodGet, path, nil).Body.String(), "form")
	body, tag, _ := strings.Cut(s.token, ".")
	text, err := base64.RawURLEncoding.DecodeString(body)
	var form struct{ Nonce string }
	if err != nil || json.Unmarshal(text, &form) != nil || form.Nonce == "" {
		w.Fatalf("the form on the page cannot be read: %v", err)
	}
	w.marks.text("the form's nonce", form.Nonce)
	w.marks.text("the form's seal", tag)
	return s
}

func (s webSheet) send(w *twinWorld, values map[string]string) string {
	w.Helper()
	fields := formValues(values)
	fields.Set("form", s.token)
	return w.browse(s.author, http.MethodPost, s.to, fields).Body.String()
}

// signedDoor is the product's own web as it is served without a playground: its
// visitors are signed in by a link.
type signedDoor struct{ webDoor }

// signIn lets every author sign in there.
func (w *twinWorld) signIn() {
	w.Helper()
	mux := http.NewServeMux()
	other, err := NewApp(w.ctx, Parts{DB: w.app.db, Organisation: w.app.organisation, Clock: w.app.clock, Random: w.app.random, Log: w.app.log})
	if err != nil {
		w.Fatal(err)
	}
	if err := other.web(w.ctx, mux, "/", nil); err != nil {
		w.Fatal(err)
	}
	w.served, w.sessions = mux, map[int]*http.Cookie{}
	for i, author := range twinAuthors {
		link, is := other.Do(w.ctx, bot.Invocation{Actor: bot.Actor{Account: w.ws.ID(author)}, Command: "web.sign-in"}).(bot.Say)
		other.background.Wait()
		token := regexp.MustCompile(`t=([A-Z2-7]{26})`).FindStringSubmatch(plain(link.Message))
		if !is || token == nil {
			w.Fatalf("%s got no link: %s", author, plain(link.Message))
		}
		r := httptest.NewRequestWithContext(w.ctx, http.MethodPost, "/sign-in", strings.NewReader(url.Values{"t": {token[1]}}.Encode()))
		r.Host = "localhost"
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		answer := httptest.NewRecorder()
		mux.ServeHTTP(answer, r)
		cookies := answer.Result().Cookies()
		if len(cookies) != 1 {
			w.Fatalf("signing in gave %d and %d cookies: %s", answer.Code, len(cookies), answer.Body)
		}
		w.sessions[i] = cookies[0]
	}
}

// shownCode is a private code on a page.
var shownCode = regexp.MustCompile(`<code[^>]*>([a-z]+(?: [a-z]+){7})</code>`)

// codeShown returns the private code that a last page shows.
func (w *twinWorld) codeShown(page string) string {
	w.Helper()
	found := shownCode.FindStringSubmatch(page)
	if found == nil {
		w.Fatalf("the last page shows no code: %s", page)
	}
	return found[1]
}
