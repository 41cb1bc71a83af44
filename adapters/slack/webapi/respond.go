package webapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"evangelist/bot"
)

// RespondAs says what becomes of an answer to a click or command.
type RespondAs string

// The ways to answer.
const (
	RespondPrivately RespondAs = "privately" // shown to whoever clicked
	RespondReplacing RespondAs = "replacing" // instead of the message that was clicked
	RespondDeleting  RespondAs = "deleting"  // the message that was clicked goes; there is no payload
)

// Respond answers a click or command through the address that came with it.
// Such an address works like a password, is good for half an hour and five
// answers, and is never kept: one that is used up is Unreachable. Addresses that
// are not Slack's are refused.
func (c *Client) Respond(ctx context.Context, address string, as RespondAs, raw []byte) error {
	const method = "response_url"
	if !c.isAnswerAddress(address) {
		return &bot.SendError{Reason: bot.Denied, Say: "The address to answer to is not Slack's, so nothing was sent there.", Err: errors.New(method + ": a foreign host")}
	}
	body := map[string]any{}
	if as != RespondDeleting {
		p, err := decode(method, raw)
		if err != nil {
			return err
		}
		body["text"], body["mrkdwn"] = p.Text, false
		body["unfurl_links"], body["unfurl_media"] = false, false
		if len(p.Blocks) > 0 {
			body["blocks"] = p.Blocks
		}
	}
	switch as {
	case RespondReplacing:
		body["replace_original"] = true
	case RespondDeleting:
		body["delete_original"] = true
	default:
		body["response_type"], body["replace_original"] = "ephemeral", false
	}
	text, err := json.Marshal(body)
	if err != nil {
		return unsendable(method)
	}
	req, err := c.request(ctx, address, text)
	if err != nil {
		return unsendable(method)
	}
	resp, answer, err := c.door.exchange(req, method)
	if err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	if err := responded(resp, answer); err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	return nil
}

// responded reads the answer to an answer: the word ok, or JSON.
func responded(resp answered, answer []byte) error {
	const method = "response_url"
	var r reply
	readable := json.Unmarshal(answer, &r) == nil && r.OK != nil
	plain := strings.TrimSpace(string(answer))
	switch {
	case resp.StatusCode == http.StatusTooManyRequests:
		return busy(&APIError{Method: method, Code: "ratelimited"}, waitOf(resp.Header))
	case resp.StatusCode == http.StatusOK && (plain == "ok" || plain == "" || readable && *r.OK):
		return nil
	case resp.StatusCode >= http.StatusInternalServerError:
		return fmt.Errorf("%s: %w %d", method, errStatus, resp.StatusCode)
	case readable:
		return judge(r.fault(method), waitOf(resp.Header))
	case resp.StatusCode >= http.StatusBadRequest && word.MatchString(plain):
		return judge(&APIError{Method: method, Code: plain}, waitOf(resp.Header))
	case resp.StatusCode == http.StatusNotFound || resp.StatusCode == http.StatusGone || resp.StatusCode == http.StatusForbidden:
		return judge(&APIError{Method: method, Code: "used_url"}, 0)
	}
	return fmt.Errorf("%s: %w", method, errForeign)
}

func (c *Client) isAnswerAddress(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.User != nil {
		return false
	}
	scheme, ok := c.hosts[strings.ToLower(u.Host)]
	return ok && u.Scheme == scheme
}

// request is one without the token: for addresses that need none.
func (c *Client) request(ctx context.Context, address string, body []byte) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	return req, nil
}
