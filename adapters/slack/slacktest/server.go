package slacktest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"evangelist/adapters/slack/slacktest/sockettest"
)

// Server is the fake Slack. Start makes one.
type Server struct {
	cfg  Config
	base string // http://127.0.0.1:PORT
	http *http.Server
	hub  *sockettest.Hub
	out  *http.Client

	stop context.CancelFunc // ends all that runs in the background
	life context.Context
	work sync.WaitGroup

	mu      sync.Mutex
	changed chan struct{}
	chance  *rand.Rand // of what is kept
	noise   *rand.Rand // of envelopes and connections, which come in any order
	granted []string   // the scopes, in order
	scopes  map[string]bool
	revoked string // what every call is answered with, empty: tokens work

	state
	journal
	outbox
}

// Start opens a Slack on a free port of 127.0.0.1. It runs until Close.
func Start(cfg Config) (*Server, error) {
	cfg = cfg.filled()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("open the fake Slack: %w", err)
	}
	s := &Server{
		cfg: cfg, base: "http://" + listener.Addr().String(), changed: make(chan struct{}),
		chance: rand.New(rand.NewPCG(cfg.Seed, cfg.Seed^0x5eed)), noise: rand.New(rand.NewPCG(cfg.Seed, ^cfg.Seed)), scopes: map[string]bool{},
		out:   &http.Client{Transport: &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 64}, CheckRedirect: noRedirect},
		state: newState(), journal: journal{posts: map[string][]time.Time{}, minute: map[string][]time.Time{}},
	}
	s.grant(cfg.Scopes)
	s.life, s.stop = context.WithCancel(context.Background())
	s.hub = sockettest.New(sockettest.Config{AppID: cfg.AppID, PingEvery: cfg.PingEvery, Pick: s.pick, Changed: s.touchLocked})
	s.addOwn()
	s.outbox.wake = make(chan struct{}, 1)
	s.work.Go(s.dispatch)
	s.http = &http.Server{Handler: s.routes(), ReadHeaderTimeout: 10 * time.Second}
	s.work.Go(func() { _ = s.http.Serve(listener) }) // ends with Close
	return s, nil
}

func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// New is Start for a test: it fails the test when it cannot start, and closes
// when the test ends.
func New(t testing.TB, cfg Config) *Server {
	t.Helper()
	s, err := Start(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// Close ends all connections and deliveries. It can be called again.
func (s *Server) Close() {
	s.stop()
	s.hub.Close()
	_ = s.http.Close() // what is under way is cut off, which is wanted
	s.work.Wait()
	s.out.CloseIdleConnections()
}

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/api/{method}", s.serveAPI)
	mux.Handle("/link/", s.hub)
	mux.HandleFunc("POST /response/{id}", s.serveResponse)
	return mux
}

// APIURL is the base address of the Web API; it ends with "/api/".
func (s *Server) APIURL() string { return s.base + "/api/" }

// Config returns the configuration with all defaults filled in.
func (s *Server) Config() Config { return s.cfg }

// Changed returns a channel that is closed when anything happens next: a
// message, a view, a call, a delivery, a connection.
func (s *Server) Changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

// WaitFor waits until cond holds. It asks again whenever something happened,
// and returns an error when ctx ends first. cond may call every method that
// reads.
func (s *Server) WaitFor(ctx context.Context, cond func() bool) error {
	for {
		changed := s.Changed()
		if cond() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			if cond() {
				return nil
			}
			return fmt.Errorf("what the test waits for did not happen: %w", ctx.Err())
		}
	}
}

// touch tells those who wait; the lock is held.
func (s *Server) touch() {
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *Server) touchLocked() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.touch()
}

// pick chooses one of n by the server's own chance.
func (s *Server) pick(n int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.noise.IntN(n)
}

const idLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

// id makes an id like U0XXXXXXXX; the lock is held.
func (s *Server) id(prefix string) string {
	var b strings.Builder
	b.WriteString(prefix)
	b.WriteByte('0')
	for range 9 {
		b.WriteByte(idLetters[s.chance.IntN(len(idLetters))])
	}
	return b.String()
}

// uuid makes the id of a client's message or a preview; the lock is held.
func (s *Server) uuid() string { return uuidOf(s.chance) }

func uuidOf(chance *rand.Rand) string {
	a, b := chance.Uint64(), chance.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", a>>32, a>>16&0xffff, a&0xfff, b>>48&0xfff, b&0xffffffffffff)
}

// hex makes n hexadecimal digits; the lock is held.
func (s *Server) hex(n int) string {
	var b strings.Builder
	for b.Len() < n {
		fmt.Fprintf(&b, "%016x", s.chance.Uint64())
	}
	return b.String()[:n]
}

func (s *Server) now() time.Time { return s.cfg.Clock.Now() }
