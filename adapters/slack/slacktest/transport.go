package slacktest

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"evangelist/adapters/slack/slacktest/sockettest"
)

// parcel is something on its way to the bot: how it is written for HTTP, and how
// for the socket.
type parcel struct {
	path        string
	contentType string
	body        []byte

	kind    string // of the envelope
	payload json.RawMessage
	accepts bool // an acknowledgement may carry an answer

	retry  int
	reason string
}

// send brings a parcel to the bot and waits for the answer, AckWithin at most.
func (s *Server) send(ctx context.Context, p parcel) reply {
	s.mu.Lock()
	receiver, away := s.receiver, s.away
	s.mu.Unlock()
	ctx, stop := context.WithTimeout(ctx, s.cfg.AckWithin)
	defer stop()
	switch {
	case away:
		return reply{problem: "connection_failed"}
	case receiver == "":
		return s.sendSocket(ctx, p)
	}
	path := p.path
	if s.cfg.OneEndpoint {
		path = "/slack/events"
	}
	header := http.Header{}
	if p.retry > 0 {
		header.Set("X-Slack-Retry-Num", strconv.Itoa(p.retry))
		header.Set("X-Slack-Retry-Reason", p.reason)
	}
	return s.sendHTTP(ctx, receiver+path, Raw{ContentType: p.contentType, Body: p.body}, header)
}

func (s *Server) sendSocket(ctx context.Context, p parcel) reply {
	s.mu.Lock()
	id := uuidOf(s.noise)
	s.mu.Unlock()
	envelope := obj{"envelope_id": id, "type": p.kind, "payload": p.payload, "accepts_response_payload": p.accepts}
	if p.kind == "events_api" {
		envelope["retry_attempt"], envelope["retry_reason"] = p.retry, p.reason
	}
	raw, err := marshal(envelope)
	if err != nil {
		return reply{problem: "connection_failed"}
	}
	answer, err := s.hub.Send(ctx, id, raw)
	switch {
	case errors.Is(err, sockettest.ErrNoConnection):
		return reply{problem: "connection_failed"}
	case err != nil:
		return reply{problem: "timeout"}
	case !p.accepts:
		answer = nil
	}
	return reply{status: http.StatusOK, body: answer, header: http.Header{"Content-Type": {"application/json"}}}
}

// Raw is a request that a test writes itself.
type Raw struct {
	Path        string // "/slack/events"
	ContentType string // default application/json
	Body        []byte
	Header      map[string]string // set last, so that it can spoil what was set before
	Unsigned    bool
	Secret      string        // sign with this one; empty: the right one
	Age         time.Duration // how old the signature is
}

// SendRaw sends a request to the bot over HTTP and returns what it answered.
func (s *Server) SendRaw(ctx context.Context, raw Raw) (status int, body []byte, err error) {
	s.mu.Lock()
	receiver := s.receiver
	s.mu.Unlock()
	if receiver == "" {
		return 0, nil, errors.New("there is no HTTP receiver: call SetReceiver first")
	}
	ctx, stop := context.WithTimeout(ctx, s.cfg.AckWithin)
	defer stop()
	got := s.sendHTTP(ctx, receiver+raw.Path, raw, nil)
	if got.problem != "" {
		return got.status, got.body, fmt.Errorf("send to the bot: %s", got.problem)
	}
	return got.status, got.body, nil
}

func (s *Server) sendHTTP(ctx context.Context, address string, raw Raw, header http.Header) reply {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(raw.Body))
	if err != nil {
		return reply{problem: "connection_failed"}
	}
	for name, values := range header {
		request.Header[name] = values
	}
	request.Header.Set("Content-Type", raw.ContentType)
	if raw.ContentType == "" {
		request.Header.Set("Content-Type", "application/json")
	}
	request.Header.Set("User-Agent", "Slackbot 1.0 (+https://api.slack.com/robots)")
	request.Header.Set("Accept", "application/json,*/*")
	if !raw.Unsigned {
		secret := raw.Secret
		if secret == "" {
			secret = s.cfg.SigningSecret
		}
		at := strconv.FormatInt(time.Now().Add(-raw.Age).Unix(), 10)
		request.Header.Set("X-Slack-Request-Timestamp", at)
		request.Header.Set("X-Slack-Signature", Sign(secret, at, raw.Body))
	}
	for name, value := range raw.Header {
		request.Header.Set(name, value)
	}
	response, err := s.out.Do(request)
	if err != nil {
		return reply{problem: problemOf(ctx)}
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, largest))
	if err != nil {
		return reply{status: response.StatusCode, problem: problemOf(ctx)}
	}
	return reply{status: response.StatusCode, body: body, header: response.Header}
}

func problemOf(ctx context.Context) string {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return "http_timeout"
	}
	return "connection_failed"
}

// Sign returns the X-Slack-Signature of a body that is sent at a moment, in
// seconds since 1970.
func Sign(secret, at string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(mac, "v0:%s:", at)
	mac.Write(body)
	return "v0=" + hex.EncodeToString(mac.Sum(nil))
}

// Verify asks the bot's HTTP receiver to prove itself, as Slack does when the
// address is entered. An error says how it failed.
func (s *Server) Verify(ctx context.Context) error {
	s.mu.Lock()
	challenge := s.hex(40)
	s.mu.Unlock()
	body, err := marshal(obj{"token": "verification-token", "challenge": challenge, "type": "url_verification"})
	if err != nil {
		return err
	}
	status, answer, err := s.SendRaw(ctx, Raw{Path: "/slack/events", Body: body})
	if err != nil {
		return err
	}
	var given struct {
		Challenge string `json:"challenge"`
	}
	_ = json.Unmarshal(answer, &given) // it may be the bare text
	if status != http.StatusOK || given.Challenge != challenge && string(bytes.TrimSpace(answer)) != challenge {
		return fmt.Errorf("the receiver did not return the challenge: status %d, %q", status, answer)
	}
	return nil
}

// Connections is how many sockets are open.
func (s *Server) Connections() int { return s.hub.Connections() }

// SendDisconnect tells the sockets to go: "warning" and "refresh_requested"
// announce that they will be closed, "link_disabled" that Socket Mode was
// switched off. one is for the socket that is open longest.
func (s *Server) SendDisconnect(reason string, one bool) {
	if one {
		s.hub.DisconnectOne(reason)
		return
	}
	s.hub.Disconnect(reason)
}

// Silence makes the sockets that are open now neither ping, nor deliver, nor
// take acknowledgements, while they stay open. New ones are well.
func (s *Server) Silence() { s.hub.Silence() }

// DropConnections ends the open sockets: politely with a close frame, else by a
// reset.
func (s *Server) DropConnections(politely bool) { s.hub.Drop(politely) }

// HalfClose ends the sending side of the open sockets without a word.
func (s *Server) HalfClose() { s.hub.HalfClose() }

// SendEnvelope writes a message to one socket as it is and expects nothing.
func (s *Server) SendEnvelope(raw json.RawMessage) error { return s.hub.Write(raw) }

// mergeLife returns a context that ends with either.
func mergeLife(ctx, life context.Context) (context.Context, context.CancelFunc) {
	merged, stop := context.WithCancel(ctx)
	unhook := context.AfterFunc(life, stop)
	return merged, func() { unhook(); stop() }
}
