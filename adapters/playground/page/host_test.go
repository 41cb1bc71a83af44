package page_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"evangelist/adapters/playground/page"
)

// ask sends a request for a host to a handler.
func ask(handler http.Handler, method, host string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "/playground/", nil)
	r.Host = host
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, r)
	return answer
}

func TestOnlyThisComputersAddressesAreAnswered(t *testing.T) {
	fine := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	for _, c := range []struct {
		extra string
		yes   []string
		no    []string
	}{
		{
			"",
			[]string{"localhost", "LOCALHOST:8080", "localhost.:8080", "127.0.0.1", "127.0.0.1:8080", "127.8.9.1:1", "[::1]", "[::1]:8080", "[::ffff:127.0.0.1]:8080"},
			[]string{
				"", ":8080", "evil.example", "evil.example:8080", "localhost.evil.example", "127.0.0.1.evil.example", "evil.example:127", "0.0.0.0:8080", "[::]:8080", "192.168.1.5:8080",
				"127.0.0.1@evil.example", "localhost evil.example", "[::1", "[evil.example]:80", "2130706433", "0x7f.1", "128.0.0.1", "[::2]:8080", "%6cocalhost", "localhost\x00", "localhost..",
			},
		},
		{"192.168.1.5:8080", []string{"192.168.1.5:8080", "[::ffff:192.168.1.5]:8080", "localhost"}, []string{"192.168.1.5", "192.168.1.5:81", "192.168.1.6:8080", "evil.example:8080"}},
		{"play.example.org", []string{"play.example.org", "Play.Example.org:9"}, []string{"a.play.example.org", "example.org"}},
		{"https://play.example.org", []string{"play.example.org", "play.example.org:443"}, []string{"play.example.org:8443", "evil.example:443"}},
		{"http://play.example.org:8080/x", []string{"play.example.org:8080"}, []string{"play.example.org", "play.example.org:80"}},
		{"0.0.0.0:8080", []string{"192.168.1.5:8080", "[fd00::7]:8080"}, []string{"192.168.1.5:81", "evil.example:8080", ":8080", ""}},
		{":8080", []string{"10.0.0.1:8080"}, []string{"evil.example:8080", ":8080"}},
		{"[::]:8080", []string{"10.0.0.1:8080"}, []string{"evil.example:8080"}},
		{" ", []string{"localhost"}, []string{"10.0.0.1:8080", ""}},
		{"https://", []string{"localhost"}, []string{"10.0.0.1:8080", "evil.example"}},
	} {
		handler := page.LocalOnly(fine, c.extra)
		for _, host := range c.yes {
			if got := ask(handler, http.MethodGet, host); got.Code != http.StatusNoContent {
				t.Errorf("with %q: %q is refused: %d", c.extra, host, got.Code)
			}
		}
		for _, host := range c.no {
			if got := ask(handler, http.MethodGet, host); got.Code != http.StatusMisdirectedRequest || !strings.Contains(got.Body.String(), "Open the address that it printed") {
				t.Errorf("with %q: %q is answered: %d %s", c.extra, host, got.Code, got.Body)
			}
		}
	}
}

// A website that makes its own name lead here learns nothing and does nothing.
func TestThePageKnowsItsAddresses(t *testing.T) {
	s := serve(t, present)
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost} {
		got := ask(s.page.Handler(), method, "evil.example:8080")
		if got.Code != http.StatusMisdirectedRequest || strings.Contains(got.Body.String(), "Farida") || got.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %d %v", method, got.Code, got.Header())
		}
	}
	if got := ask(s.page.Handler(), http.MethodGet, "localhost:8080"); got.Code != http.StatusOK {
		t.Errorf("localhost: %d", got.Code)
	}
	named, err := page.New(page.Config{Workspace: s.ws, Clock: present, Hosts: []string{"https://play.example.org"}})
	if err != nil {
		t.Fatal(err)
	}
	if got := ask(named.Handler(), http.MethodGet, "play.example.org"); got.Code != http.StatusOK {
		t.Errorf("the configured address: %d", got.Code)
	}
}
