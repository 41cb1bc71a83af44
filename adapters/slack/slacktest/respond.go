package slacktest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"
)

// The limits of a response address.
const (
	mostUses    = 5
	addressLife = 30 * time.Minute
)

// address is a response_url.
type address struct {
	user    string
	room    *room
	message *Message // whose button was pressed, nil: none
	made    time.Time
	uses    int
}

// newAddress makes a response address; the lock is held.
func (s *Server) newAddress(user string, r *room, m *Message) (string, *address) {
	id := s.hex(24)
	a := &address{user: user, room: r, message: m, made: s.now()}
	s.addresses[id] = a
	return s.base + "/response/" + id, a
}

func (s *Server) serveResponse(w http.ResponseWriter, r *http.Request) {
	args := map[string]string{}
	bad := fromJSON(http.MaxBytesReader(w, r.Body, largest), args)
	record := &Call{Method: "response_url", Token: "none", At: s.now(), Args: maps.Clone(args)}
	s.mu.Lock()
	record.N = len(s.calls) + 1
	s.calls = append(s.calls, record)
	spoilt := s.faultFor("response_url", "")
	status, body := http.StatusOK, []byte(`{"ok":true}`)
	if spoilt == nil || spoilt.Accepted {
		if code := s.respond(r.PathValue("id"), args, bad, record); code != "" {
			record.Code, status = code, http.StatusNotFound
			if code != "used_url" && code != "expired_url" && code != "invalid_url" {
				status = http.StatusBadRequest
			}
			body = fmt.Appendf(nil, `{"ok":false,"error":%q}`, code)
		} else {
			record.Done = true
		}
	}
	record.Answer = bytes.Clone(body)
	s.touch()
	s.mu.Unlock()
	if spoilt != nil {
		ctx, stop := mergeLife(r.Context(), s.life)
		status = spoilt.spoil(ctx, w, body)
		stop()
	} else {
		writeJSON(w, status, body)
	}
	s.mu.Lock()
	record.Status = status
	s.touch()
	s.mu.Unlock()
}

// respond does what was sent to a response address; the lock is held.
func (s *Server) respond(id string, args map[string]string, bad string, record *Call) string {
	a, ok := s.addresses[id]
	switch {
	case !ok:
		return "invalid_url"
	case s.now().Sub(a.made) > addressLife:
		return "expired_url"
	case a.uses >= mostUses:
		return "used_url"
	case bad != "":
		return "invalid_payload"
	}
	said := map[string]json.RawMessage{}
	for name, value := range args {
		if json.Valid([]byte(value)) && name != "text" {
			said[name] = json.RawMessage(value)
			continue
		}
		raw, err := marshal(value)
		if err != nil {
			return "invalid_payload"
		}
		said[name] = raw
	}
	shown, refused := s.say(a, said)
	if refused != nil {
		return refused.code
	}
	a.uses++
	record.Channel = a.room.ID
	if shown != nil {
		record.TS = shown.TS
	}
	return ""
}

// say does what a bot says through a response address or as the answer to a
// command. It returns the message that is shown, nil: none. The lock is held.
func (s *Server) say(a *address, said map[string]json.RawMessage) (*Message, *refusal) {
	text := func(name string) string {
		var out string
		_ = json.Unmarshal(said[name], &out) // a missing one is empty
		return out
	}
	flag := func(name string) bool { return string(said[name]) == "true" || text(name) == "true" }
	if flag("delete_original") {
		s.dropOriginal(a)
		return nil, nil
	}
	c := &call{record: &Call{}, args: map[string]string{"text": text("text"), "blocks": string(said["blocks"]), "metadata": string(said["metadata"])}}
	for _, name := range []string{"blocks", "metadata"} {
		if c.args[name] == "null" || c.args[name] == `{"event_type":"","event_payload":null}` {
			c.args[name] = ""
		}
	}
	fresh := s.own(a.room)
	if refused := s.content(c, fresh); refused != nil {
		return nil, refused
	}
	if fresh.Text == "" && len(fresh.Blocks) == 0 {
		return nil, refuse("no_text")
	}
	if a.message != nil && flag("replace_original") {
		return s.replaceOriginal(a, fresh), nil
	}
	if thread := text("thread_ts"); thread != "" {
		if refused := s.thread(a.room, fresh, thread); refused != nil {
			return nil, refused
		}
	}
	if text("response_type") == "in_channel" {
		s.put(a.room, fresh)
		return fresh, nil
	}
	s.whisper(a.room, a.user, fresh)
	return fresh, nil
}

func (s *Server) dropOriginal(a *address) {
	if a.message == nil {
		return
	}
	if a.message.For != "" {
		a.message.gone = true
		s.ephemerals = slices.DeleteFunc(s.ephemerals, func(m *Message) bool { return m.gone })
		s.touch()
		return
	}
	if !a.message.gone {
		s.remove(a.room, a.message)
	}
}

func (s *Server) replaceOriginal(a *address, fresh *Message) *Message {
	m := a.message
	before := m.copy()
	m.Text, m.Blocks = fresh.Text, fresh.Blocks
	if m.For == "" {
		m.Edited = s.eventTS()
		s.changedEvent(a.room, m, &before)
	}
	s.touch()
	return m
}
