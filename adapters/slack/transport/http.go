package transport

import (
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/slack-go/slack"

	"evangelist/adapters/slack/inbound"
)

// Limits of what comes in over HTTP.
const (
	maxBody    = 1 << 20
	maxAtOnce  = 256 // requests whose bodies are held
	patience   = 2 * time.Second
	bodyWithin = 5 * time.Second
)

// HTTP answers Slack's requests. Any of its paths takes events, commands and
// interactions alike. Unsigned, old and wrongly signed requests get 401 before
// anything in them is looked at; a body over 1 MiB gets 413. What Slack may
// invent is acknowledged and counted.
type HTTP struct {
	secret string
	taker  Taker
	log    *slog.Logger
	slots  chan struct{}

	refused atomic.Int64
	broken  atomic.Int64
}

// NewHTTP returns the handler for an app's signing secret, which must not be
// empty: without one every request is refused.
func NewHTTP(secret string, taker Taker, log *slog.Logger) *HTTP {
	return &HTTP{secret: secret, taker: taker, log: log, slots: make(chan struct{}, maxAtOnce)}
}

// Counts returns how many requests were refused, and how many could not be read
// though they were signed.
func (h *HTTP) Counts() (refused, broken int64) { return h.refused.Load(), h.broken.Load() }

// ServeHTTP implements http.Handler.
func (h *HTTP) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		h.refuse(w, http.StatusMethodNotAllowed)
		return
	}
	if encoding := r.Header.Get("Content-Encoding"); encoding != "" && encoding != "identity" {
		h.refuse(w, http.StatusUnsupportedMediaType)
		return
	}
	verifier, err := h.verifier(r.Header)
	if err != nil {
		h.refuse(w, http.StatusUnauthorized)
		return
	}
	if r.ContentLength > maxBody {
		h.refuse(w, http.StatusRequestEntityTooLarge)
		return
	}
	if !h.enter(r) {
		w.Header().Set("Retry-After", "1")
		h.refuse(w, http.StatusServiceUnavailable)
		return
	}
	defer func() { <-h.slots }()
	// Nobody holds a place by sending slowly; where that cannot be set, the
	// server's own limit holds.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyWithin))
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var long *http.MaxBytesError
	switch {
	case errors.As(err, &long):
		h.refuse(w, http.StatusRequestEntityTooLarge)
		return
	case err != nil:
		h.refuse(w, http.StatusBadRequest)
		return
	}
	if _, err := verifier.Write(body); err != nil || verifier.Ensure() != nil {
		h.refuse(w, http.StatusUnauthorized)
		return
	}
	h.take(w, r, body)
}

func (h *HTTP) refuse(w http.ResponseWriter, status int) {
	h.refused.Add(1)
	w.WriteHeader(status)
}

// verifier checks the headers, each of which must be there once, before
// anything of the body is read.
func (h *HTTP) verifier(header http.Header) (slack.SecretsVerifier, error) {
	for _, name := range []string{"X-Slack-Signature", "X-Slack-Request-Timestamp"} {
		if len(header.Values(name)) != 1 {
			return slack.SecretsVerifier{}, slack.ErrMissingHeaders
		}
	}
	// Slack writes lower case; another spelling of the same number is a copy
	// that somebody changed.
	if signature := header.Get("X-Slack-Signature"); signature != strings.ToLower(signature) {
		return slack.SecretsVerifier{}, slack.ErrInvalidSignature
	}
	return slack.NewSecretsVerifier(header, h.secret)
}

// enter waits for one of the places in which bodies are held.
func (h *HTTP) enter(r *http.Request) bool {
	select {
	case h.slots <- struct{}{}:
		return true
	default:
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case h.slots <- struct{}{}:
		return true
	case <-r.Context().Done():
	case <-timer.C:
	}
	return false
}

// take hands a verified body on.
func (h *HTTP) take(w http.ResponseWriter, r *http.Request, body []byte) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case err == nil && kind == "application/json":
		h.event(w, r, body)
	case err == nil && kind == "application/x-www-form-urlencoded":
		h.form(w, r, body)
	default:
		h.broken.Add(1)
		w.WriteHeader(http.StatusUnsupportedMediaType)
	}
}

func (h *HTTP) event(w http.ResponseWriter, r *http.Request, body []byte) {
	answer, err := h.taker.Event(r.Context(), body)
	switch {
	case errors.Is(err, ErrUnreadable):
		h.broken.Add(1)
		// Sending it again would not help.
		w.Header().Set("X-Slack-No-Retry", "1")
		w.WriteHeader(http.StatusBadRequest)
	case err != nil:
		h.log.Error("an event could not be kept; Slack will send it again", "error", err)
		w.WriteHeader(http.StatusInternalServerError)
	default:
		h.answer(w, answer, "text/plain; charset=utf-8")
	}
}

// form takes a slash command or an interaction. Only the body counts: the
// signature does not cover the query.
func (h *HTTP) form(w http.ResponseWriter, r *http.Request, body []byte) {
	if strings.Count(string(body), "&") > 64 {
		h.broken.Add(1)
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	form, err := url.ParseQuery(string(body))
	switch {
	case err != nil:
		h.broken.Add(1)
		w.WriteHeader(http.StatusBadRequest)
	case form.Has("payload"):
		answer, err := h.taker.Interaction(r.Context(), []byte(form.Get("payload")), mostHTTP)
		if err != nil {
			h.broken.Add(1)
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		h.answer(w, answer, "application/json; charset=utf-8")
	case form.Has("command"):
		h.answer(w, h.taker.Slash(r.Context(), inbound.ParseSlash(form), mostHTTP), "application/json; charset=utf-8")
	case form.Has("ssl_check"):
		w.WriteHeader(http.StatusOK)
	default:
		h.broken.Add(1)
		w.WriteHeader(http.StatusBadRequest)
	}
}

func (h *HTTP) answer(w http.ResponseWriter, body []byte, kind string) {
	if len(body) == 0 {
		w.WriteHeader(http.StatusOK)
		return
	}
	w.Header().Set("Content-Type", kind)
	if _, err := w.Write(body); err != nil {
		return // Slack has gone; it will say so to whoever asked
	}
}

// ErrUnreadable is returned by Taker.Event for a body that is no event at all.
var ErrUnreadable = errors.New("not an event")
