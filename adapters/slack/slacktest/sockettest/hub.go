// Package sockettest is the server's end of Socket Mode: tickets, connections,
// pings, envelopes and their acknowledgements, and the ways in which a
// connection ends.
package sockettest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// Most is how many connections an app may hold open at once.
const Most = 10

// Largest is the size in bytes from which on an acknowledgement is dropped
// without a word.
const Largest = 20 << 10

// ErrNoConnection says that nobody is connected.
var ErrNoConnection = errors.New("no socket is connected")

// ErrNotAcknowledged says that the envelope was sent and nobody answered, or
// the connection ended before.
var ErrNotAcknowledged = errors.New("the envelope was not acknowledged")

// Config says how the hub behaves.
type Config struct {
	AppID     string
	PingEvery time.Duration
	Pick      func(n int) int // chooses a connection
	Changed   func()          // called when a connection came or went
}

// Hub holds the connections of one app. Use New.
type Hub struct {
	cfg Config

	mu      sync.Mutex
	next    int
	tickets map[string]bool
	open    []*connection
	waiting map[string]chan json.RawMessage
	closed  bool
}

// New returns a hub without connections.
func New(cfg Config) *Hub {
	return &Hub{cfg: cfg, tickets: map[string]bool{}, waiting: map[string]chan json.RawMessage{}}
}

// Ticket returns the query of an address at which one connection can be opened,
// once.
func (h *Hub) Ticket() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.next++
	ticket := fmt.Sprintf("ticket-%d", h.next)
	h.tickets[ticket] = true
	return "ticket=" + ticket + "&app_id=" + h.cfg.AppID
}

// ServeHTTP takes a connection in. Without a ticket it answers 401.
func (h *Hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ticket := r.URL.Query().Get("ticket")
	h.mu.Lock()
	valid := h.tickets[ticket] && !h.closed
	delete(h.tickets, ticket)
	h.mu.Unlock()
	if !valid {
		http.Error(w, "invalid ticket", http.StatusUnauthorized)
		return
	}
	upgrader := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	ws, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // Upgrade has answered
	}
	c := &connection{ws: ws, gone: make(chan struct{})}
	c.mu.Lock() // whoever finds it in the hub writes after the hello
	if n, ok := h.join(c); !ok {
		c.mu.Unlock()
		c.write(map[string]any{"type": "disconnect", "reason": "too_many_websockets", "debug_info": debug()})
		c.end()
	} else {
		c.send(encoded(map[string]any{
			"type": "hello", "num_connections": n, "connection_info": map[string]any{"app_id": h.cfg.AppID},
			"debug_info": map[string]any{"host": "applink-test", "build_number": 1, "approximate_connection_time": 18060},
		}))
		c.mu.Unlock()
		h.cfg.Changed()
		go c.ping(h.cfg.PingEvery)
		h.read(c)
	}
	h.leave(c)
}

func debug() map[string]any { return map[string]any{"host": "applink-test"} }

func (h *Hub) join(c *connection) (int, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed || len(h.open) >= Most {
		return 0, false
	}
	h.open = append(h.open, c)
	return len(h.open), true
}

func (h *Hub) leave(c *connection) {
	c.end()
	h.mu.Lock()
	kept := h.open[:0:0]
	for _, each := range h.open {
		if each != c {
			kept = append(kept, each)
		}
	}
	h.open = kept
	h.mu.Unlock()
	h.cfg.Changed()
}

// read takes acknowledgements until the connection ends.
func (h *Hub) read(c *connection) {
	for {
		_, raw, err := c.ws.ReadMessage()
		if err != nil {
			return
		}
		var ack struct {
			EnvelopeID string          `json:"envelope_id"`
			Payload    json.RawMessage `json:"payload"`
		}
		if len(raw) >= Largest || json.Unmarshal(raw, &ack) != nil || ack.EnvelopeID == "" || c.silent() {
			continue
		}
		h.mu.Lock()
		answer, ok := h.waiting[ack.EnvelopeID]
		delete(h.waiting, ack.EnvelopeID)
		h.mu.Unlock()
		if ok {
			answer <- ack.Payload
		}
	}
}

// Connections is how many are open, those that are silent among them.
func (h *Hub) Connections() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.open)
}

// Send writes an envelope to one connection and waits for its acknowledgement.
// ErrNoConnection and ErrNotAcknowledged say what went wrong.
func (h *Hub) Send(ctx context.Context, id string, envelope []byte) (json.RawMessage, error) {
	answer := make(chan json.RawMessage, 1)
	c := h.choose()
	if c == nil {
		return nil, ErrNoConnection
	}
	h.mu.Lock()
	h.waiting[id] = answer
	h.mu.Unlock()
	defer func() {
		h.mu.Lock()
		delete(h.waiting, id)
		h.mu.Unlock()
	}()
	c.writeRaw(envelope)
	select {
	case payload := <-answer:
		return payload, nil
	case <-c.gone:
		select {
		case payload := <-answer:
			return payload, nil
		default:
			return nil, ErrNotAcknowledged
		}
	case <-ctx.Done():
		return nil, ErrNotAcknowledged
	}
}

// Write sends bytes to one connection as they are, and expects nothing.
func (h *Hub) Write(raw []byte) error {
	c := h.choose()
	if c == nil {
		return ErrNoConnection
	}
	c.writeRaw(raw)
	return nil
}

func (h *Hub) choose() *connection {
	h.mu.Lock()
	var usable []*connection
	for _, c := range h.open {
		if !c.leaving() {
			usable = append(usable, c)
		}
	}
	h.mu.Unlock()
	if len(usable) == 0 {
		return nil
	}
	return usable[h.cfg.Pick(len(usable))]
}

func (h *Hub) each(do func(*connection)) {
	h.mu.Lock()
	all := append([]*connection(nil), h.open...)
	h.mu.Unlock()
	for _, c := range all {
		do(c)
	}
}

// Disconnect tells all connections to go: with "warning" they are used until
// they are closed by the app, with another reason ("refresh_requested",
// "link_disabled") nothing more is sent over them.
func (h *Hub) Disconnect(reason string) {
	h.each(func(c *connection) {
		if reason != "warning" {
			c.leave()
		}
		c.write(map[string]any{"type": "disconnect", "reason": reason, "debug_info": debug()})
	})
}

// DisconnectOne is Disconnect for the connection that is open longest.
func (h *Hub) DisconnectOne(reason string) {
	first := true
	h.each(func(c *connection) {
		if !first {
			return
		}
		first = false
		if reason != "warning" {
			c.leave()
		}
		c.write(map[string]any{"type": "disconnect", "reason": reason, "debug_info": debug()})
	})
}

// Silence makes the connections that are open now look alive and do nothing: no
// pings, no envelopes, no reading of acknowledgements. Those that are opened
// later are well.
func (h *Hub) Silence() { h.each((*connection).hush) }

// Drop ends all connections: politely with a close frame, or by a reset of the
// TCP connection.
func (h *Hub) Drop(politely bool) {
	h.each(func(c *connection) {
		if politely {
			c.close()
			return
		}
		c.reset()
	})
}

// HalfClose ends the sending direction of all connections without a close frame.
func (h *Hub) HalfClose() {
	h.each(func(c *connection) {
		c.hush()
		if tcp, ok := c.ws.NetConn().(*net.TCPConn); ok {
			_ = tcp.CloseWrite() // it may be closed already
		}
	})
}

// Close ends all and takes no more.
func (h *Hub) Close() {
	h.mu.Lock()
	h.closed = true
	h.mu.Unlock()
	h.each((*connection).end)
}
