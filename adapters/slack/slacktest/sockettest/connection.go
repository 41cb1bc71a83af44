package sockettest

import (
	"encoding/json"
	"net"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

const writeWithin = 2 * time.Second

// connection is one open socket.
type connection struct {
	ws   *websocket.Conn
	gone chan struct{} // closed when it has ended
	once sync.Once

	mu      sync.Mutex // one writer at a time
	quiet   bool
	goingBy bool
}

func (c *connection) write(value any) {
	c.writeRaw(encoded(value))
}

// encoded is value, which is made of texts and numbers alone, as JSON.
func encoded(value any) []byte {
	raw, _ := json.Marshal(value)
	return raw
}

// writeRaw sends a message; a failed write ends the connection.
func (c *connection) writeRaw(raw []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.send(raw)
}

// send is writeRaw for who holds the lock.
func (c *connection) send(raw []byte) {
	if c.quiet {
		return
	}
	_ = c.ws.SetWriteDeadline(time.Now().Add(writeWithin)) // fails only when it is closed
	if err := c.ws.WriteMessage(websocket.TextMessage, raw); err != nil {
		c.end()
	}
}

func (c *connection) ping(every time.Duration) {
	beat := time.NewTicker(every)
	defer beat.Stop()
	for {
		if !c.silent() {
			if err := c.ws.WriteControl(websocket.PingMessage, []byte("Ping from applink-test"), time.Now().Add(writeWithin)); err != nil {
				c.end()
				return
			}
		}
		select {
		case <-beat.C:
		case <-c.gone:
			return
		}
	}
}

func (c *connection) hush() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.quiet = true
}

func (c *connection) silent() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.quiet
}

func (c *connection) leave() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.goingBy = true
}

func (c *connection) leaving() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.goingBy
}

// close says good-bye and waits for the app to close.
func (c *connection) close() {
	c.leave()
	message := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
	if err := c.ws.WriteControl(websocket.CloseMessage, message, time.Now().Add(writeWithin)); err != nil {
		c.end()
	}
}

// reset ends the connection without a word.
func (c *connection) reset() {
	if tcp, ok := c.ws.NetConn().(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // it may be closed already
	}
	c.end()
}

func (c *connection) end() {
	c.once.Do(func() {
		close(c.gone)
		_ = c.ws.Close() // the end was the aim
	})
}
