// Package httpd serves pages within limits, and tells whether the program is
// well: listening, stopping in order, health, readiness, metrics.
package httpd

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"time"
)

// Limits of every listener: slow or endless requests end here.
const (
	headerTimeout  = 5 * time.Second
	readTimeout    = 30 * time.Second
	writeTimeout   = 30 * time.Second // streams put theirs off with each event
	idleTimeout    = 2 * time.Minute
	maxHeaderBytes = 64 << 10
	drainTime      = 10 * time.Second
)

// Listen opens a listener, with a sentence where that is impossible.
func Listen(ctx context.Context, address string) (net.Listener, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %s: %w; perhaps another program uses it: choose another with --listen or http.listen", address, err)
	}
	return listener, nil
}

// Serve answers on a listener until ctx ends, then lets requests finish for at
// most drainTime. Streams learn of the end through their request's context.
func Serve(ctx context.Context, listener net.Listener, handler http.Handler, log *slog.Logger) error {
	streams, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	server := &http.Server{
		Handler:           unbroken(handler, log),
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		BaseContext:       func(net.Listener) context.Context { return streams },
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve pages: %w", err)
	case <-ctx.Done():
	}
	end()
	patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	if err := server.Shutdown(patience); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("stop serving pages: %w", err)
	}
	if err := <-failed; !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve pages: %w", err)
	}
	return nil
}

// unbroken answers for a handler that panics. Left to net/http the log would get
// the visitor's address, and a value that may hold what somebody typed: only its
// type and the place in the code are kept.
func unbroken(next http.Handler, log *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			trouble := recover()
			if trouble == nil {
				return
			}
			if err, is := trouble.(error); is && errors.Is(err, http.ErrAbortHandler) {
				panic(trouble)
			}
			log.Error("a page failed", "error", fmt.Sprintf("panic (%T)", trouble), "at", panicSite(debug.Stack()))
			panic(http.ErrAbortHandler) // what was written so far must not look whole
		}()
		next.ServeHTTP(w, r)
	})
}

// panicSite is the line of code that panicked, from a stack without arguments.
func panicSite(stack []byte) string {
	_, below, _ := strings.Cut(string(stack), "\npanic(")
	lines := strings.SplitN(below, "\n", 5)
	if len(lines) < 4 {
		return "unknown place"
	}
	site, _, _ := strings.Cut(strings.TrimSpace(lines[3]), " ")
	return site
}
