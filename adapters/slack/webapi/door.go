package webapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"evangelist/bot"
)

// mostAnswer is how many bytes an answer may have.
const mostAnswer = 16 << 20

// longestWait is the longest Retry-After that is believed.
const longestWait = time.Hour

// door is where every request leaves. What comes back through it is a success;
// everything else is an error of the package's two kinds.
type door struct {
	http    *http.Client
	log     *slog.Logger
	secrets *strings.Replacer
}

// reply is what every answer of the API has.
type reply struct {
	OK       *bool           `json:"ok"`
	Error    json.RawMessage `json:"error"`
	Needed   json.RawMessage `json:"needed"`
	Warning  json.RawMessage `json:"warning"`
	Metadata struct {
		Messages json.RawMessage `json:"messages"`
	} `json:"response_metadata"`
}

// Do makes one request. slack-go calls it.
func (d *door) Do(req *http.Request) (*http.Response, error) {
	method := path.Base(req.URL.Path)
	resp, body, err := d.exchange(req, method)
	if err != nil {
		return nil, err
	}
	var r reply
	readable := json.Unmarshal(body, &r) == nil && r.OK != nil
	switch {
	case resp.StatusCode == http.StatusTooManyRequests:
		return nil, busy(&APIError{Method: method, Code: "ratelimited"}, waitOf(resp.Header))
	case readable && !*r.OK && resp.StatusCode < http.StatusInternalServerError:
		return nil, judge(r.fault(method), waitOf(resp.Header))
	case resp.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("%s: %w %d", method, errStatus, resp.StatusCode)
	case !readable:
		return nil, fmt.Errorf("%s: %w", method, errForeign)
	}
	d.warn(method, r.Warning)
	switch method {
	case "chat.postMessage", "chat.update", "chat.delete", "chat.postEphemeral", "chat.unfurl":
		body = short(body)
	}
	resp.whole.Body = io.NopCloser(bytes.NewReader(body))
	return resp.whole, nil
}

// What leaves open whether something was done.
var (
	errStatus  = errors.New("nobody knows whether Slack did it: the answer has HTTP status")
	errForeign = errors.New("nobody knows whether Slack did it: the answer is cut off or not Slack's, perhaps that of a proxy")
	errLost    = errors.New("nobody knows whether Slack did it: no answer came")
)

// answered is an answer whose body was read and closed.
type answered struct {
	StatusCode int
	Header     http.Header
	whole      *http.Response
}

// exchange sends a request and reads the whole answer.
func (d *door) exchange(req *http.Request, method string) (answered, []byte, error) {
	var gone atomic.Bool
	trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { gone.Store(true) }}
	req = watched(req.WithContext(httptrace.WithClientTrace(req.Context(), trace)), &gone)
	resp, err := d.http.Do(req)
	if err != nil {
		return answered{}, nil, d.lost(method, err, gone.Load())
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, mostAnswer+1))
	switch {
	case resp.StatusCode == http.StatusTooManyRequests: // certain, however it ends
	case err != nil:
		return answered{}, nil, d.lost(method, err, true)
	case len(body) > mostAnswer:
		return answered{}, nil, fmt.Errorf("%s: %w", method, errForeign)
	}
	return answered{StatusCode: resp.StatusCode, Header: resp.Header, whole: resp}, body, nil
}

// watched notes when a body is read, for transports that do not tell of their
// connections. A connection is told of before the first byte is written.
func watched(req *http.Request, gone *atomic.Bool) *http.Request {
	if req.Body == nil || req.Body == http.NoBody {
		return req
	}
	req.Body = &watchedBody{req.Body, gone}
	if again := req.GetBody; again != nil {
		req.GetBody = func() (io.ReadCloser, error) {
			body, err := again()
			return &watchedBody{body, gone}, err
		}
	}
	return req
}

type watchedBody struct {
	io.ReadCloser
	gone *atomic.Bool
}

func (b *watchedBody) Read(p []byte) (int, error) {
	b.gone.Store(true)
	return b.ReadCloser.Read(p)
}

// lost is a request without an answer. When not even a connection was had,
// nothing can have been done.
func (d *door) lost(method string, err error, gone bool) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err // without the address, which may be a secret
	}
	why := &quiet{text: d.hush(err.Error()), err: err}
	if gone {
		return fmt.Errorf("%s: %w: %w", method, errLost, why)
	}
	return &bot.SendError{Reason: bot.Busy, Say: "Slack could not be reached. It is tried again by itself; if this lasts, check the network, the proxy and the certificates of this machine.",
		Err: fmt.Errorf("%s: no connection: %w", method, why)}
}

// credentials are what stands before the host of an address.
var credentials = regexp.MustCompile(`//[^/\s@"]*@`)

func (d *door) hush(text string) string {
	return credentials.ReplaceAllString(d.secrets.Replace(text), "//")
}

// quiet is an error without what may be secret in it. It can be asked what it
// is, but not unwrapped.
type quiet struct {
	text string
	err  error
}

func (q *quiet) Error() string { return q.text }

// Is reports what the hidden error is.
func (q *quiet) Is(target error) bool { return errors.Is(q.err, target) }

// waitOf reads Retry-After in seconds; 0 when there is none to be believed.
func waitOf(header http.Header) time.Duration {
	seconds, err := strconv.ParseFloat(strings.TrimSpace(header.Get("Retry-After")), 64)
	if err != nil || !(seconds > 0) {
		return 0
	}
	if seconds > longestWait.Seconds() {
		return longestWait
	}
	return time.Duration(seconds * float64(time.Second))
}

// word is a code as Slack writes them.
var word = regexp.MustCompile(`^[a-z][a-z0-9_]{0,79}$`)

// coded reads a code out of JSON; "" when it is none.
func coded(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) != nil || !word.MatchString(text) {
		return ""
	}
	return text
}

// fault is what Slack says is wrong. Of its sentences only the pointers are
// taken: the rest may quote what somebody wrote.
func (r *reply) fault(method string) *APIError {
	e := &APIError{Method: method, Code: coded(r.Error)}
	var needed string
	if json.Unmarshal(r.Needed, &needed) == nil {
		for scope := range strings.SplitSeq(needed, ",") {
			if scope = strings.TrimSpace(scope); scopeName.MatchString(scope) {
				e.Needed = append(e.Needed, scope)
			}
		}
	}
	var messages []string
	if json.Unmarshal(r.Metadata.Messages, &messages) == nil {
		for _, message := range messages {
			for _, found := range pointer.FindAllStringSubmatch(message, 4) {
				e.Pointers = append(e.Pointers, found[1])
			}
		}
	}
	return e
}

var (
	scopeName = regexp.MustCompile(`^[a-z][a-z._]*(:[a-z._]+){0,2}$`)
	pointer   = regexp.MustCompile(`\[json-pointer:(/[a-z0-9_/]{1,100})\]`)
)

// warn notes what Slack calls out of date. Nothing of the request is in it.
func (d *door) warn(method string, raw json.RawMessage) {
	var text string
	if len(raw) == 0 || json.Unmarshal(raw, &text) != nil {
		return
	}
	for code := range strings.SplitSeq(text, ",") {
		if word.MatchString(code) {
			d.log.Debug("Slack warns", "method", method, "code", code)
		}
	}
}

// short leaves of the answer to a message what we need, so that nothing in the
// message itself can spoil the reading of it.
func short(body []byte) []byte {
	var whole struct {
		OK        bool            `json:"ok"`
		Channel   json.RawMessage `json:"channel,omitempty"`
		TS        json.RawMessage `json:"ts,omitempty"`
		MessageTS json.RawMessage `json:"message_ts,omitempty"`
	}
	if json.Unmarshal(body, &whole) != nil {
		return body
	}
	part, err := json.Marshal(whole)
	if err != nil {
		return body
	}
	return part
}

// call asks a method with form values and returns the answer as it is.
func (c *Client) call(ctx context.Context, method string, values url.Values) (json.RawMessage, error) {
	return c.send(ctx, method, "application/x-www-form-urlencoded", []byte(values.Encode()))
}

// callJSON asks a method with a JSON body.
func (c *Client) callJSON(ctx context.Context, method string, body any) (json.RawMessage, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return nil, unsendable(method)
	}
	return c.send(ctx, method, "application/json; charset=utf-8", text)
}

func (c *Client) send(ctx context.Context, method, kind string, body []byte) (json.RawMessage, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.endpoint+method, bytes.NewReader(body))
	if err != nil {
		return nil, unsendable(method)
	}
	req.Header.Set("Content-Type", kind)
	req.Header.Set("Authorization", "Bearer "+c.botToken)
	resp, err := c.door.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return io.ReadAll(resp.Body)
}
