package main

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"evangelist/cmd/evangelist/httpd"
)

// A page that breaks tells the log where in the code, and neither who asked for
// it nor what was typed; the visitor sees that nothing came.
func TestABrokenPageLogsNobody(t *testing.T) {
	log := &lockedBuffer{}
	listener, err := httpd.Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	from := make(chan string, 1)
	broken := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		from <- r.RemoteAddr
		panic("typed: " + r.FormValue("words"))
	})
	go func() {
		served <- httpd.Serve(ctx, listener, broken, slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	}()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+listener.Addr().String()+"/", strings.NewReader("words=zzsecret"))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("User-Agent", "zzagent")
	if answer, err := http.DefaultClient.Do(r); err == nil {
		text, _ := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		t.Errorf("a broken page answered %d: %s", answer.StatusCode, text)
	}
	stop()
	if err := <-served; err != nil {
		t.Fatal(err)
	}
	text := log.String()
	for _, mark := range []string{<-from, "zzsecret", "zzagent"} {
		if strings.Contains(text, mark) {
			t.Errorf("the log has %q: %s", mark, text)
		}
	}
	if !strings.Contains(text, "twin_server_test.go:") {
		t.Errorf("the log does not say where it broke: %s", text)
	}
}
