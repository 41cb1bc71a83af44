package transport

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"evangelist/adapters/slack/inbound"
	"evangelist/bot"
)

// SocketConfig is what a Socket needs. AppToken, Client and Log are compulsory.
type SocketConfig struct {
	AppToken string
	APIURL   string       // ends with "/"; "": Slack's
	Client   *http.Client // for opening connections; its proxy and certificates hold for the sockets too
	Log      *slog.Logger
	// Connected is told of each connection that is there, at first and again:
	// something may not have been delivered meanwhile. It must not block.
	Connected func()
	// Silence is after how long without a ping a connection counts as dead;
	// 0: 30 s.
	Silence time.Duration
}

// How the connections are kept.
const (
	connections  = 2 // so that one is there while the other is renewed
	stagger      = 2 * time.Second
	startAgain   = 5 * time.Second
	atOnce       = 64
	readLimit    = 4 << 20
	finishWithin = 5 * time.Second
	linger       = 200 * time.Millisecond
)

// Socket keeps two connections of Socket Mode with one app token. Each envelope
// comes through one of them.
type Socket struct {
	SocketConfig
	taker Taker
	slots chan struct{}
	work  sync.WaitGroup

	mu    sync.Mutex
	ended bool // nothing more is taken
	open  [connections]bool
	last  string // the last trouble
	fatal string // trouble that only a human can mend
	odd   int64  // envelopes that could not be read
}

// State is how the connections are.
type State struct {
	Open  int    // connections that are there, of two
	Last  string // the last trouble, a code; "" when there was none
	Fatal string // a code that only a human can mend; nothing is tried any more
	Odd   int64  // envelopes of an unknown kind
}

// NewSocket returns a Socket that does nothing before Run.
func NewSocket(c SocketConfig, taker Taker) *Socket {
	return &Socket{SocketConfig: c, taker: taker, slots: make(chan struct{}, atOnce)}
}

// State returns how the connections are now.
func (s *Socket) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	state := State{Last: s.last, Fatal: s.fatal, Odd: s.odd}
	for _, open := range s.open {
		if open {
			state.Open++
		}
	}
	return state
}

// Run keeps the connections until ctx ends, then lets what was begun finish and
// be acknowledged. It returns nil, also when Slack refuses the token for good:
// State says so.
func (s *Socket) Run(ctx context.Context) error {
	lines, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	var group sync.WaitGroup
	for n := range connections {
		group.Go(func() {
			if wait(ctx, time.Duration(n)*stagger) {
				s.keep(ctx, lines, n)
			}
		})
	}
	<-ctx.Done()
	s.mu.Lock()
	s.ended = true
	s.mu.Unlock()
	finished := make(chan struct{})
	go func() {
		s.work.Wait()
		close(finished)
	}()
	select {
	case <-finished:
		wait(lines, linger) // the library writes acknowledgements beside us and tells nobody
	case <-time.After(finishWithin):
	}
	cut()
	group.Wait()
	return nil
}

// wait returns false when ctx ended first.
func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return ctx.Err() == nil
	}
}

// keep holds the n-th connection, with a new client after each failure.
func (s *Socket) keep(ctx, lines context.Context, n int) {
	for ctx.Err() == nil {
		err := s.hold(ctx, lines, n)
		s.mark(n, false)
		if code := fatalCode(err); code != "" {
			s.mu.Lock()
			known := s.fatal == code
			s.fatal, s.last = code, code
			s.mu.Unlock()
			if !known {
				s.Log.Error("Slack refuses the app token, so nothing comes in any more; mend the token and start again", "code", code)
			}
			return
		}
		if ctx.Err() != nil {
			return
		}
		s.Log.Warn("a connection to Slack ended; it is opened again", "error", err)
		if !wait(ctx, startAgain) {
			return
		}
	}
}

// hold runs one client until it ends, and takes its events.
func (s *Socket) hold(ctx, lines context.Context, n int) (err error) {
	defer func() {
		if trouble := recover(); trouble != nil {
			err = bot.Panicked(trouble, "a connection")
		}
	}()
	lines, cut := context.WithCancel(lines)
	defer cut()
	client := s.client()
	ended := make(chan error, 1)
	go func() {
		defer func() {
			if trouble := recover(); trouble != nil {
				ended <- bot.Panicked(trouble, "a connection")
			}
		}()
		ended <- client.RunContext(lines)
	}()
	var refused error
	for {
		select {
		case err := <-ended:
			return errors.Join(refused, err)
		case event := <-client.Events:
			if err := s.heed(ctx, client, n, event); err != nil {
				refused = err
				cut()
			}
		}
	}
}

func (s *Socket) client() *socketmode.Client {
	options := []slack.Option{slack.OptionHTTPClient(s.Client), slack.OptionAppLevelToken(s.AppToken)}
	if s.APIURL != "" {
		options = append(options, slack.OptionAPIURL(s.APIURL))
	}
	dialer := &websocket.Dialer{Proxy: http.ProxyFromEnvironment, HandshakeTimeout: 20 * time.Second, WriteBufferSize: 4 << 10}
	if t, ok := s.Client.Transport.(*http.Transport); ok && t != nil {
		dialer.TLSClientConfig = t.TLSClientConfig.Clone()
		if t.Proxy != nil {
			dialer.Proxy = t.Proxy
		}
	}
	settings := []socketmode.Option{socketmode.OptionDialer(dialer), socketmode.OptionReadLimit(readLimit)}
	if s.Silence > 0 {
		settings = append(settings, socketmode.OptionPingInterval(s.Silence))
	}
	return socketmode.New(slack.New("", options...), settings...)
}

// heed acts on one event of a client. An error means that the client is to be
// given up.
func (s *Socket) heed(ctx context.Context, client *socketmode.Client, n int, event socketmode.Event) error {
	switch event.Type {
	case socketmode.EventTypeHello:
		s.mark(n, true)
	case socketmode.EventTypeConnecting, socketmode.EventTypeDisconnect:
		s.mark(n, false)
	case socketmode.EventTypeInvalidAuth:
		return fatalError("invalid_auth")
	case socketmode.EventTypeConnectionError:
		trouble, ok := event.Data.(*slack.ConnectionErrorEvent)
		if !ok {
			return nil
		}
		s.mu.Lock()
		s.last = codeOf(trouble.ErrorObj)
		s.mu.Unlock()
		if code := fatalCode(trouble.ErrorObj); code != "" {
			return fatalError(code)
		}
	case socketmode.EventTypeErrorBadMessage:
		// What the library cannot read has an envelope all the same.
		if request, ok := envelope(event.Data); ok {
			s.take(ctx, client, request)
			return nil
		}
		s.mu.Lock()
		s.odd++
		s.mu.Unlock()
	case socketmode.EventTypeEventsAPI, socketmode.EventTypeSlashCommand, socketmode.EventTypeInteractive:
		if event.Request != nil {
			s.take(ctx, client, *event.Request)
		}
	}
	return nil
}

// envelope reads what the library gave up on.
func envelope(data any) (request socketmode.Request, ok bool) {
	bad, is := data.(*socketmode.ErrorBadMessage)
	return request, is && json.Unmarshal(bad.Message, &request) == nil && request.EnvelopeID != ""
}

// mark notes whether the n-th connection is there. That of the other may be known
// only later, so that each new one counts as the end of a gap.
func (s *Socket) mark(n int, open bool) {
	s.mu.Lock()
	s.open[n] = open
	if open {
		s.fatal = ""
	}
	s.mu.Unlock()
	if open && s.Connected != nil {
		s.Connected()
	}
}

// take has an envelope handled beside the others, at most atOnce at a time, and
// acknowledges it. What was not kept is not acknowledged: Slack sends it again.
func (s *Socket) take(ctx context.Context, client *socketmode.Client, request socketmode.Request) {
	select {
	case s.slots <- struct{}{}:
	case <-ctx.Done():
		return
	}
	if !s.begin() {
		<-s.slots
		return // the program ends: Slack gives it to somebody else
	}
	go func() {
		defer func() {
			if trouble := recover(); trouble != nil {
				s.Log.Error("what Slack sent broke something; it was not acknowledged", "error", bot.Panicked(trouble, "an envelope"))
			}
			<-s.slots
			s.work.Done()
		}()
		answer, err := s.handle(context.WithoutCancel(ctx), request)
		if err != nil {
			s.Log.Error("an event could not be kept; Slack will send it again", "error", err)
			return
		}
		var payload any
		if len(answer) > 0 && request.AcceptsResponsePayload {
			payload = json.RawMessage(answer)
		}
		within, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishWithin)
		defer cancel()
		if err := client.AckCtx(within, request.EnvelopeID, payload); err != nil {
			s.Log.Warn("an answer to Slack was not sent", "error", err)
		}
	}()
}

// begin counts a piece of work, unless the end has come.
func (s *Socket) begin() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ended {
		s.work.Add(1)
	}
	return !s.ended
}

func (s *Socket) handle(ctx context.Context, request socketmode.Request) ([]byte, error) {
	switch request.Type {
	case socketmode.RequestTypeEventsAPI:
		_, err := s.taker.Event(ctx, request.Payload)
		return nil, s.forget(err)
	case socketmode.RequestTypeSlashCommands:
		r, err := inbound.ParseSlashJSON(request.Payload)
		if err != nil {
			return nil, s.forget(ErrUnreadable)
		}
		return s.taker.Slash(ctx, r, mostSocket), nil
	case socketmode.RequestTypeInteractive:
		answer, err := s.taker.Interaction(ctx, request.Payload, mostSocket)
		if err != nil {
			err = s.forget(ErrUnreadable)
		}
		return answer, err
	}
	return nil, s.forget(ErrUnreadable)
}

// forget counts what cannot be read, and has it acknowledged: sending it again
// would not help.
func (s *Socket) forget(err error) error {
	if !errors.Is(err, ErrUnreadable) {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.odd++
	return nil
}

// fatalError is a refusal that trying again does not mend.
type fatalError string

func (f fatalError) Error() string { return "Slack refuses the app token: " + string(f) }

// fatalCode returns the code of an error that trying again does not mend, "" for
// all others.
func fatalCode(err error) string {
	var fatal fatalError
	if errors.As(err, &fatal) {
		return string(fatal)
	}
	if code := codeOf(err); slices.Contains(fatalCodes, code) {
		return code
	}
	return ""
}

// codeOf returns Slack's code of an error, or a word for what failed. It never
// holds an address or a token.
func codeOf(err error) string {
	var said slack.SlackErrorResponse
	var status slack.StatusCodeError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &said):
		return said.Err
	case errors.As(err, &status):
		return fmt.Sprintf("http %d", status.Code)
	}
	return "no connection"
}
