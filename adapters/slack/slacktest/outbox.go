package slacktest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"evangelist/bot"
)

// The states of an event.
const (
	Queued    = "queued"
	Held      = "held" // by Hold
	Delivered = "delivered"
	Lost      = "lost" // nobody acknowledged it in time
	Kept      = "kept" // as Lost, but Resume sends it again
)

// Event is something that Slack tells the bot.
type Event struct {
	ID       string // event_id
	Type     string // "message", "message.message_changed", "reaction_added"
	Payload  json.RawMessage
	State    string
	Attempts []Attempt
}

// Attempt is one time that an event was sent.
type Attempt struct {
	Retry   int    // 0: the first time
	Reason  string // of the retry
	At      time.Time
	Status  int    // HTTP status, 200 for an acknowledgement over the socket
	Problem string // empty: acknowledged; "http_timeout", "connection_failed", "http_error", "timeout"
}

type outbox struct {
	wake     chan struct{}
	events   []*Event
	waiting  []*Event
	holding  []*Event
	hold     bool
	underway int
	receiver string
	away     bool
}

// queue takes an event in; the lock is held.
func (s *Server) queue(e *Event) {
	s.events = append(s.events, e)
	e.State = Queued
	if s.hold {
		e.State = Held
		s.holding = append(s.holding, e)
		return
	}
	s.enqueue(e)
}

func (s *Server) enqueue(e *Event) {
	e.State = Queued
	s.waiting = append(s.waiting, e)
	s.touch()
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (s *Server) nextEvent() *Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.waiting) == 0 {
		return nil
	}
	e := s.waiting[0]
	s.waiting = s.waiting[1:]
	s.underway++
	return e
}

// dispatch sends events in their order, Parallel at a time, until Close.
func (s *Server) dispatch() {
	slots := make(chan struct{}, s.cfg.Parallel)
	for {
		select {
		case slots <- struct{}{}:
		case <-s.life.Done():
			return
		}
		e := s.nextEvent()
		for e == nil {
			select {
			case <-s.wake:
			case <-s.life.Done():
				return
			}
			e = s.nextEvent()
		}
		s.work.Go(func() { s.deliver(e, func() { <-slots }) })
	}
}

// deliver sends an event until it is acknowledged or all retries are used. first
// is called after the first attempt.
func (s *Server) deliver(e *Event, first func()) {
	done, again := s.attempt(e, 0, "")
	first()
	for i, delay := range s.cfg.RetryDelays {
		if done || !again {
			break
		}
		timer := time.NewTimer(delay)
		select {
		case <-timer.C:
		case <-s.life.Done():
			timer.Stop()
		}
		if s.life.Err() != nil {
			break
		}
		done, again = s.attempt(e, i+1, s.lastProblem(e))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.underway--
	switch {
	case done:
		e.State = Delivered
	case s.cfg.KeepEventsWhileAway:
		e.State = Kept
	default:
		e.State = Lost
	}
	s.touch()
}

func (s *Server) lastProblem(e *Event) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return e.Attempts[len(e.Attempts)-1].Problem
}

// attempt sends an event once. again says whether a retry is wanted.
func (s *Server) attempt(e *Event, retry int, reason string) (done, again bool) {
	at := s.now()
	got := s.send(s.life, parcel{
		path: "/slack/events", contentType: "application/json", body: e.Payload, kind: "events_api", payload: e.Payload,
		retry: retry, reason: reason,
	})
	problem := got.problem
	if problem == "" && (got.status < 200 || got.status > 299) {
		problem = "http_error"
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	e.Attempts = append(e.Attempts, Attempt{Retry: retry, Reason: reason, At: at, Status: got.status, Problem: problem})
	s.touch()
	return problem == "", got.header.Get("X-Slack-No-Retry") != "1"
}

// Events returns all events since the start, in the order in which they
// happened.
func (s *Server) Events(types ...string) []Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Event
	for _, e := range s.events {
		if len(types) == 0 || slices.Contains(types, e.Type) {
			shown := *e
			shown.Attempts = slices.Clone(e.Attempts)
			out = append(out, shown)
		}
	}
	return out
}

// Settle waits until no event is on its way any more. Held and kept ones are not
// waited for.
func (s *Server) Settle(ctx context.Context) error {
	return s.WaitFor(ctx, func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.underway == 0 && len(s.waiting) == 0
	})
}

// SetReceiver sends everything over HTTP to the bot's base address, without a
// slash at its end; "" means Socket Mode, which is how it starts.
func (s *Server) SetReceiver(address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.receiver = address
}

// Away makes the bot unreachable: everything that is sent to it fails at once.
// What it asks of the Web API still works.
func (s *Server) Away(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.away = on
}

// Resume sends again what was kept; see Config.KeepEventsWhileAway.
func (s *Server) Resume() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.events {
		if e.State == Kept {
			s.enqueue(e)
		}
	}
}

// Hold keeps events back until Release.
func (s *Server) Hold() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hold = true
}

// Release sends what was held, in the order that order returns; nil leaves it as
// it is. An event that order leaves out is lost, one that it repeats is sent
// more than once.
func (s *Server) Release(order func([]Event) []Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	byID := map[string]*Event{}
	var list []Event
	for _, e := range s.holding {
		byID[e.ID] = e
		e.State = Lost
		list = append(list, *e)
	}
	s.hold, s.holding = false, nil
	if order != nil {
		list = order(list)
	}
	for _, each := range list {
		if e, ok := byID[each.ID]; ok {
			s.enqueue(e)
		}
	}
}

// Redeliver sends an event again, as a retry, so many times, and waits for the
// answers. The error says what the first that failed met.
func (s *Server) Redeliver(ctx context.Context, eventID string, times int) error {
	s.mu.Lock()
	at := slices.IndexFunc(s.events, func(e *Event) bool { return e.ID == eventID })
	s.mu.Unlock()
	if at < 0 {
		return fmt.Errorf("send the event %s again: %w", eventID, bot.ErrNotFound)
	}
	for i := range times {
		if err := ctx.Err(); err != nil {
			return err
		}
		s.mu.Lock()
		e := s.events[at]
		s.mu.Unlock()
		if done, _ := s.attempt(e, i+1, "http_timeout"); !done {
			return fmt.Errorf("send the event %s again: %s", eventID, s.lastProblem(e))
		}
	}
	return nil
}

// LimitEvents tells the bot that events are being held back: app_rate_limited.
func (s *Server) LimitEvents() {
	s.mu.Lock()
	defer s.mu.Unlock()
	raw, err := marshal(obj{
		"token": "verification-token", "type": "app_rate_limited", "team_id": s.cfg.Team, "minute_rate_limited": s.now().Unix() / 60 * 60,
		"api_app_id": s.cfg.AppID,
	})
	if err == nil {
		s.queue(&Event{ID: "limit-" + s.hex(8), Type: "app_rate_limited", Payload: raw})
	}
}

// reply is what came of sending something to the bot.
type reply struct {
	status  int
	body    []byte
	header  http.Header
	problem string // empty: it answered
}
