package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"

	"evangelist/cmd/evangelist/httpd"
	"evangelist/storage/storagetest"
)

// endless is a body without an end, which counts what was taken of it.
type endless struct{ taken int }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'a'
	}
	e.taken += len(p)
	return len(p), nil
}

// TestLargeBodies: however much is sent, little is read and less is kept.
func TestLargeBodies(t *testing.T) {
	y := openYard(t, storagetest.SQLite(t))
	before := y.dump()
	for _, path := range []string{"/playground/post", "/playground/form", "/do", "/code", "/sign-in", "/desk/open", "/sign-out"} {
		var first, second runtime.MemStats
		body := &endless{}
		r := httptest.NewRequest(http.MethodPost, path, io.LimitReader(body, 100<<20))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		runtime.ReadMemStats(&first)
		answer := y.request("nia", r)
		runtime.ReadMemStats(&second)
		if answer.Code != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: %d", path, answer.Code)
		}
		if body.taken > 2<<20 || second.TotalAlloc-first.TotalAlloc > 16<<20 {
			t.Errorf("%s: %d bytes were read, %d allocated", path, body.taken, second.TotalAlloc-first.TotalAlloc)
		}
	}
	if y.dump() != before {
		t.Error("something was kept of it")
	}
	y.whole()
}

// TestOddRequests: what is no request of ours gets a plain refusal, does nothing
// and is armoured like every other answer.
func TestOddRequests(t *testing.T) {
	y := openYard(t, storagetest.SQLite(t))
	before := y.dump()
	form := url.Values{"at": {"good-finds"}, "text": {"posted from elsewhere"}, "command": {"digest.add"}, "arg": {"x"}}.Encode()
	post := func(path, kind, body string, more ...string) *http.Request {
		r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
		r.Header.Set("Content-Type", kind)
		for i := 0; i+1 < len(more); i += 2 {
			r.Header.Set(more[i], more[i+1])
		}
		return r
	}
	const urlencoded = "application/x-www-form-urlencoded"
	deep := strings.Repeat(`{"a":[`, 100_000)
	for _, one := range []struct {
		name  string
		r     *http.Request
		codes []int
	}{
		{"another site, by origin", post("/playground/post", urlencoded, form, "Origin", "https://evil.example"), []int{403}},
		{"another site, by fetch metadata", post("/playground/post", urlencoded, form, "Sec-Fetch-Site", "cross-site"), []int{403}},
		{"another site at the web", post("/do", urlencoded, form, "Origin", "https://evil.example"), []int{403}},
		{"another site signs out", post("/sign-out", urlencoded, "", "Sec-Fetch-Site", "same-site"), []int{403}},
		{"a blank origin", post("/do", urlencoded, form, "Origin", "null"), []int{403}},
		{"deep JSON", post("/do", "application/json", deep), []int{415}},
		{"deep JSON as a form", post("/do", urlencoded, deep), []int{400, 404, 413, 200}},
		{"deep JSON at the playground", post("/playground/post", "application/json", deep), []int{303, 400, 413, 415}},
		{"several parts", post("/do", "multipart/form-data; boundary=x", "--x\r\n"), []int{415}},
		{"parts without an end", post("/playground/post", "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=text\r\n\r\nhello"), []int{303, 400, 415}},
		{"no kind that there is", post("/playground/post", ";;;", form), []int{303, 400, 415}},
		{"a broken escape", post("/do", urlencoded, "command=%zz&%"), []int{400}},
		{"a broken escape at the playground", post("/playground/post", urlencoded, "text=%zz&%"), []int{400}},
		{"a semicolon", post("/do", urlencoded, "command=a;b=c"), []int{400}},
		{"many fields", post("/do", urlencoded, strings.Repeat("a=b&", 60_000)), []int{400, 404, 200}},
		{"a page that is not there", httptest.NewRequest(http.MethodGet, "/nothing/here", nil), []int{404}},
		{"one below the playground", httptest.NewRequest(http.MethodGet, "/playground/nothing", nil), []int{404}},
		{"a wrong method", httptest.NewRequest(http.MethodDelete, "/do", nil), []int{405}},
		{"a wrong method for health", httptest.NewRequest(http.MethodPost, "/healthz", nil), []int{404, 405}},
		{"a wrong method below the playground", httptest.NewRequest(http.MethodPut, "/playground/post", nil), []int{405}},
		{"a method that nobody knows", httptest.NewRequest("PROPFIND", "/archive", nil), []int{405}},
		{"options", httptest.NewRequest(http.MethodOptions, "/archive", nil), []int{404, 405}},
		{"trace", httptest.NewRequest(http.MethodTrace, "/", nil), []int{404, 405}},
		{"only the head", httptest.NewRequest(http.MethodHead, "/archive", nil), []int{200}},
		{"only the head of the playground", httptest.NewRequest(http.MethodHead, "/playground/", nil), []int{200}},
		{"health", httptest.NewRequest(http.MethodGet, "/healthz", nil), []int{200}},
		{"readiness", httptest.NewRequest(http.MethodGet, "/readyz", nil), []int{200}},
		{"metrics", httptest.NewRequest(http.MethodGet, "/metrics", nil), []int{200}},
		{"the start", httptest.NewRequest(http.MethodGet, "/", nil), []int{303}},
		{"out of the static files", odd("/playground/static/../../../../etc/passwd"), []int{301, 307, 404}},
		{"out of them, escaped", odd("/playground/static/..%2f..%2f..%2fetc%2fpasswd"), []int{400, 404}},
		{"out of the web's files", odd("/web/..%2f..%2fshell.go"), []int{404}},
		{"out of the web's files, backwards", odd(`/web/..%5c..%5cshell.go`), []int{404}},
		{"a folder of files", odd("/playground/static/"), []int{404}},
		{"two slashes", odd("//evil.example/x"), []int{301, 307, 404}},
		{"an escaped zero", odd("/archive/a%00b"), []int{404}},
		{"no letters", odd("/desk/draft/%ff%fe"), []int{404}},
		{"a long path", odd("/archive/" + strings.Repeat("a", 60_000)), []int{404}},
		{"a long question", odd("/archive?q=" + strings.Repeat("a", 60_000)), []int{200}},
		{"an odd date", odd("/archive?before=" + strings.Repeat("9", 400)), []int{200, 404}},
	} {
		for _, host := range []string{"localhost", "evil.example:99", "127.0.0.1", `"><script>alert(1)</script>`, ""} {
			r := one.r.Clone(t.Context())
			if one.r.Body != nil && host != "localhost" {
				continue // a body can be read once
			}
			r.Host = host
			y.clock.add(time.Second)
			answer := y.request("nia", r)
			ok := host != "localhost" && host != "127.0.0.1" && answer.Code == http.StatusMisdirectedRequest
			for _, code := range one.codes {
				ok = ok || answer.Code == code
			}
			if !ok {
				t.Errorf("%s: %d %.300s", one.name, answer.Code, answer.Body)
			}
			for _, secret := range []string{"root:", "package ", "//evil.example", "alert(1)"} {
				if strings.Contains(answer.Body.String(), secret) || strings.Contains(answer.Header().Get("Location"), secret) {
					t.Errorf("%s, host %q: the answer has %q: %v %.300s", one.name, host, secret, answer.Header(), answer.Body)
				}
			}
			if r.Method == http.MethodGet && strings.Contains(answer.Header().Get("Content-Type"), "html") {
				harmlessPage(t, one.name, answer.Body.String())
			}
		}
	}
	if y.count("good-finds", "posted from elsewhere") != 0 {
		t.Error("another site posted")
	}
	if after := y.dump(); after != before {
		t.Error("something was kept of it")
	}
	y.whole()
}

// odd asks for a path exactly as it is written.
func odd(target string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	path, query, _ := strings.Cut(target, "?")
	decoded, err := url.PathUnescape(path)
	if err != nil {
		decoded = path
	}
	r.URL = &url.URL{Path: decoded, RawPath: path, RawQuery: query}
	r.RequestURI = target
	return r
}

// TestOddConnections are what no HTTP client does: headers that never end, bodies
// that never end, and words that are no request.
func TestOddConnections(t *testing.T) {
	t.Parallel() // it waits for the server's patience to end
	y := openYard(t, storagetest.SQLite(t))
	listener, err := httpd.Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- httpd.Serve(ctx, listener, y.handler, slog.New(slog.NewJSONHandler(y.log, nil))) }()
	dial := func(begin string) (net.Conn, *bufio.Reader) {
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(conn, begin); err != nil {
			t.Fatal(err)
		}
		return conn, bufio.NewReader(conn)
	}
	slow, slowly := dial("GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
	defer slow.Close()

	for _, one := range []struct{ name, begin, code string }{
		{"no request", "HELLO\r\n\r\n", "400"},
		{"headers without an end", "GET / HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("a", 200<<10) + "\r\n\r\n", "431"},
		{"two lengths", "POST /do HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabc", "400"},
		{"no host", "GET / HTTP/1.1\r\n\r\n", "400"},
		{"an odd host", "GET / HTTP/1.1\r\nHost: a b<script>\r\n\r\n", "400"},
		{"a zero in a header", "GET / HTTP/1.1\r\nHost: x\r\nX: a\x00b\r\n\r\n", "400"},
		{"a version from tomorrow", "GET / HTTP/9.9\r\nHost: x\r\n\r\n", "505"},
	} {
		conn, reader := dial(one.begin)
		line, err := reader.ReadString('\n')
		if err != nil || !strings.HasPrefix(line, "HTTP/1.1 "+one.code) {
			t.Errorf("%s: %q, %v", one.name, line, err)
		}
		conn.Close()
	}

	conn, reader := dial("POST /do HTTP/1.1\r\nHost: " + listener.Addr().String() + "\r\nCookie: playground_person=nia\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n")
	defer conn.Close()
	sent := make(chan int, 1)
	go func() {
		chunk := fmt.Sprintf("%x\r\n%s\r\n", 32<<10, strings.Repeat("a", 32<<10))
		n := 0
		for n < 1000 {
			if _, err := io.WriteString(conn, chunk); err != nil {
				break
			}
			n++
		}
		sent <- n
	}()
	line, err := reader.ReadString('\n')
	if err != nil || !strings.Contains(line, " 413 ") {
		t.Errorf("a body without an end: %q, %v", line, err)
	}
	if n := <-sent; n == 1000 {
		t.Error("a body without an end was taken to its end")
	}

	if text, err := io.ReadAll(slowly); err != nil && !errors.Is(err, net.ErrClosed) && !strings.Contains(err.Error(), "reset") {
		t.Errorf("slow headers: %q, %v", text, err)
	}
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
	y.whole()
}
