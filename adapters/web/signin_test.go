package web_test

import (
	"context"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"evangelist/adapters/web"
	"evangelist/bot"
)

type configuration = web.Config

func TestSignIn(t *testing.T) {
	w := newWorld(t, nil)
	v := w.visitor()
	v.get("/archive?q=a+b").to(t, "/sign-in?next=%2Farchive%3Fq%3Da%2Bb")
	v.get("/sign-in?next=%2Farchive%3Fq%3Da%2Bb").want(t, 200, "/evangelist sign-in")
	token := w.link(colleague)
	for range 3 { // scanners and previews only look
		w.visitor().get("/sign-in?t="+token).want(t, 200, "Sign in as The colleague", token)
		w.visitor().request("HEAD", "/sign-in?t="+token, nil).want(t, 200)
	}
	v.get("/archive").want(t, 303)
	v.post("/sign-in", url.Values{"t": {token}}).to(t, "/archive?q=a+b")
	v.get("/archive").want(t, 200, "The colleague", "Sign out")
	w.visitor().get("/archive").want(t, 303) // another browser
	v.post("/sign-out", nil).to(t, "/")
	v.get("/archive").want(t, 303)
}

func TestLinkWorksOnceAndForTenMinutes(t *testing.T) {
	w := newWorld(t, nil)
	token := w.link(colleague)
	w.visitor().post("/sign-in", url.Values{"t": {token}}).want(t, 303)
	other := w.visitor()
	other.post("/sign-in", url.Values{"t": {token}}).want(t, 409, "it works once", "/evangelist sign-in")
	other.get("/sign-in?t="+token).want(t, 409)
	other.get("/archive").want(t, 303)
	late := w.link(colleague)
	w.clock.forward(10 * time.Minute)
	other.get("/sign-in?t="+late).want(t, 409)
	other.post("/sign-in", url.Values{"t": {late}}).want(t, 409)
	for _, forged := range []string{"", "x", strings.Repeat("A", 26), strings.ToLower(late)} {
		other.post("/sign-in", url.Values{"t": {forged}}).want(t, 409)
	}
	other.get("/archive").want(t, 303)
}

func (v *visitor) session(t *testing.T) *http.Cookie {
	t.Helper()
	for name, cookie := range v.cookies {
		if strings.Contains(name, "evangelist") {
			return cookie
		}
	}
	t.Fatal("no session")
	return nil
}

func TestSessionCannotBePlanted(t *testing.T) {
	w := newWorld(t, nil)
	v := w.visitor()
	planted := strings.Repeat("A", 26)
	v.cookies["evangelist-session"] = &http.Cookie{Name: "evangelist-session", Value: planted}
	v.get("/archive").want(t, 303) // a cookie that we did not make is nobody's
	v.signIn(colleague).want(t, 303)
	if v.session(t).Value == planted {
		t.Fatal("the session has the value that was planted")
	}
	attacker := w.visitor()
	attacker.cookies["evangelist-session"] = &http.Cookie{Name: "evangelist-session", Value: planted}
	attacker.get("/archive").want(t, 303)
	// Signing in anew ends the session that the browser had.
	before := v.session(t).Value
	v.signIn(lead).want(t, 303)
	v.get("/desk").want(t, 200, "The lead")
	attacker.cookies["evangelist-session"] = &http.Cookie{Name: "evangelist-session", Value: before}
	attacker.get("/archive").want(t, 303)
}

func TestSessionCookie(t *testing.T) {
	for _, c := range []struct {
		url, name string
		secure    bool
	}{{"http://bot.example.org", "evangelist-session", false}, {"https://bot.example.org", "__Host-evangelist", true}} {
		w := newWorld(t, nil)
		token := w.link(colleague)
		if c.secure {
			secure := newWorld(t, func(config *configuration) {
				config.Organisation.PublicURL = c.url
			})
			reply := secure.router.Do(t.Context(), bot.Invocation{Actor: bot.Actor{Account: colleague}, Command: "web.sign-in"}).(bot.Say)
			token = tokenPattern.FindStringSubmatch(reply.Message.Blocks[0].(bot.Paragraph).Text[0].URL)[1]
			w = secure
		}
		v := w.visitor()
		v.post("/sign-in", url.Values{"t": {token}}).want(t, 303)
		cookie := v.session(t)
		if cookie.Name != c.name || cookie.Secure != c.secure || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/" || cookie.Domain != "" || cookie.MaxAge != 0 {
			t.Errorf("%s: %+v", c.url, cookie)
		}
		if len(cookie.Value) != 26 || cookie.Value == token {
			t.Errorf("the cookie %q, the link %q", cookie.Value, token)
		}
	}
}

func TestSessionEndsAfterTwelveHoursWithoutUse(t *testing.T) {
	w := newWorld(t, nil)
	v := w.visitor()
	v.signIn(colleague).want(t, 303)
	for range 6 { // in use it lives on, up to seven days
		w.clock.forward(10 * time.Hour)
		v.get("/archive").want(t, 200)
	}
	w.clock.forward(12 * time.Hour)
	v.get("/archive").want(t, 303)
}

func TestSessionEndsAfterSevenDays(t *testing.T) {
	w := newWorld(t, nil)
	v := w.visitor()
	v.signIn(colleague).want(t, 303)
	for range 16 {
		w.clock.forward(10 * time.Hour)
		v.get("/archive").want(t, 200)
	}
	w.clock.forward(9 * time.Hour)
	v.get("/archive").want(t, 303)
}

// What is sent leaves no trace in the session: only opening pages lets it live.
func TestSendingDoesNotDateTheSession(t *testing.T) {
	w := newWorld(t, nil)
	v := w.visitor()
	v.signIn(colleague).want(t, 303)
	w.reply = func(bot.Invocation) (bot.Reply, error) { return bot.Say{Message: bot.Notice("Done.")}, nil }
	for range 3 {
		w.clock.forward(5 * time.Hour)
		v.get("/code").want(t, 200)
		if got := v.post("/do", url.Values{"command": {"test.run"}, "back": {"/archive"}}); got.StatusCode == http.StatusUnauthorized {
			v.get("/archive").want(t, 303)
			return
		}
	}
	t.Fatal("sending kept the session alive for fifteen hours")
}

func TestRolesCountAtOnce(t *testing.T) {
	w := newWorld(t, nil)
	v := w.visitor()
	v.signIn(colleague).want(t, 303)
	v.get("/desk").want(t, 404)
	person := w.people.persons["colleague"]
	person.Roles = []bot.Role{bot.Lead}
	w.people.persons["colleague"] = person
	v.get("/desk").want(t, 200)
	person.Roles = nil
	w.people.persons["colleague"] = person
	v.get("/desk").want(t, 404)
	person.Inactive = true
	w.people.persons["colleague"] = person
	v.get("/archive").want(t, 303)
}

func TestNextLeadsNowhereElse(t *testing.T) {
	for _, next := range []string{
		"https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "/%0d%0aLocation:x\r\nx", "/ /evil", "evil", "///evil.example", "/\t/evil.example",
	} {
		w := newWorld(t, nil)
		v := w.visitor()
		v.get("/sign-in?next="+url.QueryEscape(next)).want(t, 200)
		v.signIn(colleague).to(t, "/")
		v.cookies["evangelist-next"] = &http.Cookie{Name: "evangelist-next", Value: base64.RawURLEncoding.EncodeToString([]byte(next))}
		v.signIn(colleague).to(t, "/")
		w.as = colleague
		w.reply = func(bot.Invocation) (bot.Reply, error) { return bot.Refresh{}, nil }
		got := v.post("/do", url.Values{"command": {"test.run"}, "back": {next}})
		if location := got.Header.Get("Location"); strings.Contains(location, "evil") || strings.Contains(got.body, "evil") || strings.Contains(location, ":") {
			t.Errorf("%q leads to %q", next, location)
		}
	}
}

func TestTooManyTries(t *testing.T) {
	w := newWorld(t, nil)
	forged := strings.Repeat("A", 26)
	for n := range 600 {
		w.visitor().post("/sign-in", url.Values{"t": {[]string{"x", forged}[n%2]}}).want(t, 409)
	}
	if got := w.visitor().post("/sign-in", url.Values{"t": {"x"}}).want(t, 429, "Please wait a minute").Header.Get("Retry-After"); got == "" {
		t.Error("no Retry-After")
	}
	w.visitor().get("/sign-in?t="+forged).want(t, 429)
	// Whoever has a link gets in all the same.
	token := w.link(colleague)
	w.visitor().get("/sign-in?t="+token).want(t, 200, "Sign in as The colleague")
	w.visitor().post("/sign-in", url.Values{"t": {token}}).want(t, 303)
}

func TestLookingAtAGoodLinkIsNotLimited(t *testing.T) {
	w := newWorld(t, nil)
	token := w.link(colleague)
	for range 700 {
		w.visitor().get("/sign-in?t="+token).want(t, 200)
	}
	for range 70 { // a whole department signs in at nine
		w.visitor().signIn(lead).want(t, 303)
		w.clock.forward(2 * time.Second) // what one account may ask in chat is limited
	}
}

// written is the session that a store was given.
type written struct {
	web.Store
	session web.Session
	until   time.Time
}

func (s *written) Redeem(ctx context.Context, hash string, session web.Session, replaces string) error {
	s.session = session
	return s.Store.Redeem(ctx, hash, session, replaces)
}

func (s *written) Extend(ctx context.Context, hash string, until time.Time) error {
	s.until = until
	return s.Store.Extend(ctx, hash, until)
}

func TestSessionsAreDatedToTheHour(t *testing.T) {
	store := &written{}
	w := newWorld(t, func(c *configuration) { store.Store, c.Store = c.Store, store })
	w.clock.forward(17*time.Minute + 3*time.Second + 123456*time.Microsecond)
	v := w.visitor()
	v.signIn(colleague).want(t, 303)
	for range 17 { // to the end, which is the longest a session lives
		w.clock.forward(9*time.Hour + 7*time.Minute)
		v.get("/archive").want(t, 200)
		for _, at := range []time.Time{store.session.Until, store.session.Ends, store.until} {
			if at.IsZero() || !at.Equal(at.Truncate(time.Hour)) {
				t.Fatalf("kept with the session: %v", at)
			}
		}
	}
}

// A request for another host changes no link.
func TestHostIsNotBelieved(t *testing.T) {
	w := newWorld(t, nil)
	w.as = colleague
	v := w.visitor()
	v.header.Set("X-Forwarded-Host", "evil.example")
	for _, target := range []string{"/", "/archive", "/archive/friday-45"} {
		v.get(target).want(t, 200).without(t, "evil.example")
	}
	v.get("/archive/friday-45").want(t, 200, "http://bot.example.org/archive/friday-45")
}
