package botauth_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"evangelist/adapters/teams/botauth"
	"evangelist/adapters/teams/teamstest"
)

// watch lets requests through to one host only and counts them.
type watch struct {
	mu      sync.Mutex
	host    string
	count   int
	strange []string
}

func (w *watch) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	w.count++
	if r.URL.Host != w.host {
		w.strange = append(w.strange, r.URL.Host)
		w.mu.Unlock()
		return nil, errors.New("this host must never be asked")
	}
	w.mu.Unlock()
	return http.DefaultTransport.RoundTrip(r)
}

func (w *watch) asked() (int, []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.count, w.strange
}

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
	teams *teamstest.Teams
	clock *clock
	watch *watch
	check *botauth.Checker
}

func open(t testing.TB) *world {
	t.Helper()
	w := &world{clock: &clock{now: time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)}}
	w.teams = teamstest.New(t, teamstest.Config{Clock: w.clock})
	w.watch = &watch{host: w.teams.Host()}
	check, err := botauth.New(w.config())
	if err != nil {
		t.Fatal(err)
	}
	w.check = check
	return w
}

func (w *world) config() botauth.Config {
	return botauth.Config{
		AppID: w.teams.AppID(), Tenants: []string{w.teams.TenantID()}, MetadataURL: w.teams.MetadataURL(),
		ServiceHosts: []string{w.teams.Host()}, Clock: w.clock, Transport: w.watch,
	}
}

// attempt is one request, before it is put together.
type attempt struct {
	header, claims map[string]any
	activity       map[string]any
	body           string // instead of activity
	authorization  []string
	sign           func(input []byte) []byte // nil: RS256 with the right key
}

// sound is a request that is accepted.
func (w *world) sound() *attempt {
	kid, _ := w.teams.SigningKey()
	now := w.clock.Now()
	service := w.teams.ServiceURL()
	return &attempt{
		header: map[string]any{"alg": "RS256", "typ": "JWT", "kid": kid, "x5t": kid},
		claims: map[string]any{"serviceurl": service, "iss": teamstest.DefaultIssuer, "aud": w.teams.AppID(), "nbf": now.Unix() - 60, "exp": now.Unix() + 3600},
		activity: map[string]any{
			"type": "message", "id": "1", "serviceUrl": service, "channelId": "msteams", "text": "hello",
			"conversation": map[string]any{"id": "a:1", "tenantId": w.teams.TenantID()},
			"channelData":  map[string]any{"tenant": map[string]any{"id": w.teams.TenantID()}},
		},
	}
}

func (w *world) request(t testing.TB, a *attempt) (*http.Request, []byte) {
	t.Helper()
	body := []byte(a.body)
	if a.body == "" {
		var err error
		if body, err = json.Marshal(a.activity); err != nil {
			t.Fatal(err)
		}
	}
	r := httptest.NewRequest(http.MethodPost, "/api/messages", bytes.NewReader(body))
	if a.authorization == nil {
		a.authorization = []string{"Bearer " + w.token(a)}
	}
	for _, value := range a.authorization {
		r.Header.Add("Authorization", value)
	}
	return r, body
}

func (w *world) token(a *attempt) string {
	sign := a.sign
	if sign == nil {
		sign = rs256(w)
	}
	return teamstest.Forge(a.header, a.claims, sign)
}

func TestSoundRequestsAreAccepted(t *testing.T) {
	for name, change := range map[string]func(*world, *attempt){
		"as it comes":        func(*world, *attempt) {},
		"app id in capitals": func(w *world, a *attempt) { a.claims["aud"] = strings.ToUpper(w.teams.AppID()) },
		"another slash and case": func(w *world, a *attempt) {
			a.claims["serviceurl"] = strings.ToUpper(strings.TrimSuffix(w.teams.ServiceURL(), "/"))
		},
		"begins in four minutes":          func(w *world, a *attempt) { a.claims["nbf"] = w.clock.Now().Unix() + 240 },
		"ended four minutes ago":          func(w *world, a *attempt) { a.claims["exp"] = w.clock.Now().Unix() - 240 },
		"the scheme in small letters":     func(w *world, a *attempt) { a.authorization = []string{"bearer " + w.token(a)} },
		"tenant only in the conversation": func(_ *world, a *attempt) { delete(a.activity, "channelData") },
		"tenant only in the channel data": func(_ *world, a *attempt) { a.activity["conversation"] = map[string]any{"id": "a:1"} },
		"tenant in capitals": func(w *world, a *attempt) {
			a.activity["conversation"] = map[string]any{"tenantId": strings.ToUpper(w.teams.TenantID())}
		},
		"members that say nothing": func(_ *world, a *attempt) {
			a.activity["value"] = map[string]any{"serviceUrl": "https://evil.example/"}
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := open(t)
			a := w.sound()
			change(w, a)
			r, body := w.request(t, a)
			got, err := w.check.Check(t.Context(), r, body)
			want := botauth.Claims{ServiceURL: w.teams.ServiceURL(), ChannelID: "msteams", TenantID: w.teams.TenantID()}
			if err != nil || got != want {
				t.Errorf("%+v, %v, want %+v", got, err, want)
			}
		})
	}
}

func TestWithoutAppIDNothingIsAccepted(t *testing.T) {
	w := open(t)
	for name, change := range map[string]func(*botauth.Config){
		"no app id":                func(c *botauth.Config) { c.AppID = "" },
		"no tenant":                func(c *botauth.Config) { c.Tenants = []string{" "} },
		"unsigned with an app id":  func(c *botauth.Config) { c.UnsignedFromLoopback = true },
		"metadata without TLS":     func(c *botauth.Config) { c.MetadataURL = "http://login.example/keys" },
		"metadata of another sort": func(c *botauth.Config) { c.MetadataURL = "file:///etc/passwd" },
		"a host that is none":      func(c *botauth.Config) { c.ServiceHosts = []string{"*"} },
	} {
		c := w.config()
		change(&c)
		if check, err := botauth.New(c); err == nil {
			t.Errorf("%s: a checker was made: %v", name, check)
		}
	}
	r, body := w.request(t, w.sound())
	if got, err := new(botauth.Checker).Check(t.Context(), r, body); err == nil {
		t.Errorf("the zero value accepts %+v", got)
	}
}

func TestReadStopsAtTheLimit(t *testing.T) {
	w := open(t)
	c := w.config()
	c.MaxBody = 100
	check, err := botauth.New(c)
	if err != nil {
		t.Fatal(err)
	}
	for size, want := range map[int]int{100: 0, 101: http.StatusRequestEntityTooLarge} {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(strings.Repeat("x", size)))
		body, err := check.Read(httptest.NewRecorder(), r)
		var refusal *botauth.Refusal
		if got := errors.As(err, &refusal); got != (want != 0) || want == 0 && len(body) != size || got && refusal.Status != want {
			t.Errorf("%d bytes: %d read, %v", size, len(body), err)
		}
	}
	r, _ := w.request(t, w.sound())
	_, err = check.Check(t.Context(), r, bytes.Repeat([]byte(" "), 101))
	var refusal *botauth.Refusal
	if !errors.As(err, &refusal) || refusal.Reason != botauth.TooLarge {
		t.Errorf("a body that somebody else read: %v", err)
	}
}

func TestUnsignedFromThisMachineOnly(t *testing.T) {
	check, err := botauth.New(botauth.Config{UnsignedFromLoopback: true})
	if err != nil {
		t.Fatal(err)
	}
	const good = `{"channelId":"msteams","serviceUrl":"http://localhost:56150/_connector"}`
	request := func(change func(*http.Request)) *http.Request {
		r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1:3978/api/messages", nil)
		r.RemoteAddr = "127.0.0.1:50000"
		if change != nil {
			change(r)
		}
		return r
	}
	for _, r := range []*http.Request{request(nil), request(func(r *http.Request) { r.RemoteAddr = "[::1]:4" }), request(func(r *http.Request) { r.Host = "localhost" })} {
		got, err := check.Check(t.Context(), r, []byte(good))
		if err != nil || !got.Unsigned || got.ServiceURL != "http://localhost:56150/_connector" {
			t.Errorf("from this machine: %+v, %v", got, err)
		}
	}
	for name, tc := range map[string]struct {
		change func(*http.Request)
		body   string
	}{
		"another peer":         {func(r *http.Request) { r.RemoteAddr = "192.0.2.7:1234" }, good},
		"a peer without port":  {func(r *http.Request) { r.RemoteAddr = "127.0.0.1" }, good},
		"another name":         {func(r *http.Request) { r.Host = "rebound.example" }, good},
		"behind a proxy":       {func(r *http.Request) { r.Header.Set("X-Forwarded-For", "192.0.2.7") }, good},
		"from a page":          {func(r *http.Request) { r.Header.Set("Origin", "https://page.example") }, good},
		"a fetch of a page":    {func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }, good},
		"another service":      {nil, `{"channelId":"msteams","serviceUrl":"https://smba.trafficmanager.net/emea/"}`},
		"a name that pretends": {nil, `{"channelId":"msteams","serviceUrl":"http://localhost.evil.example/"}`},
		"another channel":      {nil, `{"channelId":"webchat","serviceUrl":"http://localhost/"}`},
		"no activity":          {nil, ``},
	} {
		if got, err := check.Check(t.Context(), request(tc.change), []byte(tc.body)); err == nil {
			t.Errorf("%s is accepted: %+v", name, got)
		}
	}
}
