package slacktest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// call is a request that is being answered.
type call struct {
	record *Call
	args   map[string]string
}

func (c *call) flag(name string) bool {
	value := c.args[name]
	return value == "true" || value == "1"
}

// refusal is an answer with ok:false.
type refusal struct {
	code     string
	messages []string // response_metadata.messages
	needed   string   // scopes
}

func refuse(code string, messages ...string) *refusal {
	return &refusal{code: code, messages: messages}
}

// largest is how many bytes a request may have.
const largest = 4 << 20

func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request) {
	method := r.PathValue("method")
	args, form, bad := arguments(r)
	c := &call{record: &Call{Method: method, Form: form, At: s.now()}, args: args}
	c.record.Token = s.tokenKind(r, args)
	delete(args, "token")
	c.record.Args, c.record.Channel = maps.Clone(args), args["channel"]
	w.Header().Set("X-Slack-Req-Id", fmt.Sprintf("%p", c))

	s.mu.Lock()
	c.record.N = len(s.calls) + 1
	s.calls = append(s.calls, c.record)
	spoilt := s.faultFor(method, args["channel"])
	wait := 0
	body := []byte(`{"ok":false,"error":"fatal_error"}`)
	if spoilt == nil || spoilt.Accepted {
		if wait = s.tooFast(c); wait == 0 {
			body = s.answer(w, c, bad)
		}
	}
	c.record.Answer = bytes.Clone(body)
	if spoilt != nil && spoilt.Code != "" {
		c.record.Code = spoilt.Code
	}
	s.touch()
	s.mu.Unlock()

	status := http.StatusOK
	switch {
	case spoilt != nil:
		ctx, stop := mergeLife(r.Context(), s.life)
		status = spoilt.spoil(ctx, w, body)
		stop()
	case wait > 0:
		status = http.StatusTooManyRequests
		w.Header().Set("Retry-After", fmt.Sprint(wait))
		writeJSON(w, status, []byte(`{"ok":false,"error":"ratelimited"}`))
	default:
		writeJSON(w, status, body)
	}
	s.mu.Lock()
	c.record.Status = status
	if status == http.StatusTooManyRequests {
		c.record.Code = "ratelimited"
	}
	s.touch()
	s.mu.Unlock()
}

func writeJSON(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(body) // to one who may have left
}

// answer runs a method and returns the body. The lock is held.
func (s *Server) answer(w http.ResponseWriter, c *call, bad string) []byte {
	out, refused := s.run(w, c, bad)
	if refused != nil {
		c.record.Code = refused.code
		out = obj{"ok": false, "error": refused.code}
		if refused.needed != "" {
			out["needed"], out["provided"] = refused.needed, strings.Join(s.granted, ",")
		}
		if len(refused.messages) > 0 {
			out["response_metadata"] = obj{"messages": refused.messages}
		}
	} else {
		c.record.Done = true
		out["ok"] = true
		s.touch()
	}
	body, err := marshal(out)
	if err != nil {
		return []byte(`{"ok":false,"error":"fatal_error"}`)
	}
	return body
}

func (s *Server) run(w http.ResponseWriter, c *call, bad string) (obj, *refusal) {
	how, ok := methods[c.record.Method]
	switch {
	case !ok:
		return nil, refuse("unknown_method")
	case bad != "":
		return nil, refuse(bad)
	case how.open:
		return how.do(s, c)
	case c.record.Token == "none":
		return nil, refuse("not_authed")
	case s.revoked != "":
		return nil, refuse(s.revoked)
	case c.record.Token == "unknown":
		return nil, refuse("invalid_auth")
	case how.app != (c.record.Token == "app"):
		return nil, refuse("not_allowed_token_type")
	}
	if !how.app {
		w.Header().Set("X-OAuth-Scopes", strings.Join(s.granted, ","))
		w.Header().Set("X-Accepted-OAuth-Scopes", strings.Join(how.scopes, ","))
		if len(how.scopes) > 0 && !slices.ContainsFunc(how.scopes, s.scope) {
			return nil, &refusal{code: "missing_scope", needed: strings.Join(how.scopes, ",")}
		}
	}
	return how.do(s, c)
}

func (s *Server) scope(name string) bool { return s.scopes[name] }

// tokenKind finds the token in the header or in the form.
func (s *Server) tokenKind(r *http.Request, args map[string]string) string {
	token := args["token"]
	if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		token = bearer
	}
	switch token {
	case "":
		return "none"
	case s.cfg.BotToken:
		return "bot"
	case s.cfg.AppToken:
		return "app"
	}
	return "unknown"
}

// arguments reads the arguments of a call, from the address, a form or JSON.
// bad is the error that Slack answers when it cannot.
func arguments(r *http.Request) (args map[string]string, form bool, bad string) {
	args = map[string]string{}
	add := func(values url.Values) {
		for name, value := range values {
			args[name] = value[0]
		}
	}
	add(r.URL.Query())
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	r.Body = http.MaxBytesReader(nil, r.Body, largest)
	switch {
	case r.Header.Get("Content-Type") == "":
		body, err := io.ReadAll(r.Body)
		if err != nil || len(body) > 0 {
			return args, false, "missing_post_type"
		}
	case err != nil:
		return args, false, "invalid_post_type"
	case kind == "application/json":
		return args, false, fromJSON(r.Body, args)
	case kind == "application/x-www-form-urlencoded":
		if err := r.ParseForm(); err != nil {
			return args, true, "invalid_form_data"
		}
		add(r.PostForm)
	case kind == "multipart/form-data":
		if err := r.ParseMultipartForm(largest); err != nil {
			return args, true, "invalid_form_data"
		}
		add(r.MultipartForm.Value)
	default:
		return args, false, "invalid_post_type"
	}
	return args, true, ""
}

func fromJSON(body io.Reader, args map[string]string) string {
	var given map[string]json.RawMessage
	if err := json.NewDecoder(body).Decode(&given); err != nil && !errors.Is(err, io.EOF) {
		return "invalid_json"
	}
	for name, raw := range given {
		var text string
		switch {
		case string(raw) == "null":
		case json.Unmarshal(raw, &text) == nil:
			args[name] = text
		default:
			var compact bytes.Buffer
			if json.Compact(&compact, raw) == nil {
				args[name] = compact.String()
			}
		}
	}
	return ""
}

func marshal(value any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(b.Bytes()), nil
}
