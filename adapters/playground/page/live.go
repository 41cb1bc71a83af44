package page

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"evangelist/bot"
)

// How the live connection behaves.
const (
	settle     = 60 * time.Millisecond // several changes at once are told as one
	lookBehind = 2 * time.Second
	stayAwake  = 20 * time.Second
	writeLimit = 10 * time.Second // for one event
)

// events tells the browser that something changed; it then asks for the page
// again, which is the one place where things are drawn.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	control := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	tell := func(text string) bool {
		if control.SetWriteDeadline(time.Now().Add(writeLimit)) != nil {
			return false
		}
		if _, err := fmt.Fprint(w, text); err != nil {
			return false
		}
		// Between two events there is nothing that could be late.
		return control.Flush() == nil && control.SetWriteDeadline(time.Time{}) == nil
	}
	look, awake := time.NewTicker(lookBehind), time.NewTicker(stayAwake)
	defer look.Stop()
	defer awake.Stop()
	behind := s.behindHash(r.Context())
	changed, nudged := s.ws.Changed(), s.nudge()
	if !tell("retry: 1500\ndata: begin\n\n") {
		return
	}
	for {
		text := "data: changed\n\n"
		select {
		case <-r.Context().Done():
			return
		case <-s.closed:
			return
		case <-changed:
		case <-nudged:
		case <-awake.C:
			text = ": awake\n\n"
		case <-look.C:
			now := s.behindHash(r.Context())
			if now == behind {
				continue
			}
			behind = now
		}
		select {
		case <-time.After(settle):
		case <-r.Context().Done():
			return
		}
		changed, nudged = s.ws.Changed(), s.nudge()
		if !tell(text) {
			return
		}
	}
}

func (s *Server) nudge() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.nudged
}

// behindHash is different when something else is to be seen behind the scenes.
func (s *Server) behindHash(ctx context.Context) string {
	if s.Behind == nil {
		return ""
	}
	panels, err := s.Behind(ctx, "")
	if err != nil {
		return err.Error()
	}
	all := ""
	for _, panel := range panels {
		hash, err := bot.Message{Summary: panel.Name + panel.Title, Blocks: panel.Blocks}.Hash()
		if err != nil {
			return err.Error()
		}
		all += hash
	}
	return all
}
