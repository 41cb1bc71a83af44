package webapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

// OpenedView is a window or page as it now is. Hash changes with each update.
type OpenedView struct {
	ID   string `json:"id"`
	Hash string `json:"hash"`
}

// OpenView opens a window for whoever caused the trigger, which is good once and
// for three seconds: an expired one is Unreachable. view is the view's JSON.
func (c *Client) OpenView(ctx context.Context, trigger string, view []byte) (OpenedView, error) {
	return c.view(ctx, "views.open", map[string]any{"trigger_id": trigger, "view": json.RawMessage(view)})
}

// PushView opens a window on top of another one.
func (c *Client) PushView(ctx context.Context, trigger string, view []byte) (OpenedView, error) {
	return c.view(ctx, "views.push", map[string]any{"trigger_id": trigger, "view": json.RawMessage(view)})
}

// UpdateView puts another view into an open window; with a hash only when the
// window is still the one that was seen (Code "hash_conflict" when it is not). A
// window that was closed is Unreachable.
func (c *Client) UpdateView(ctx context.Context, id, hash string, view []byte) (OpenedView, error) {
	body := map[string]any{"view_id": id, "view": json.RawMessage(view)}
	if hash != "" {
		body["hash"] = hash
	}
	return c.view(ctx, "views.update", body)
}

// PublishView puts a person's Home page; hash as in UpdateView.
func (c *Client) PublishView(ctx context.Context, user, hash string, view []byte) (OpenedView, error) {
	body := map[string]any{"user_id": user, "view": json.RawMessage(view)}
	if hash != "" {
		body["hash"] = hash
	}
	return c.view(ctx, "views.publish", body)
}

func (c *Client) view(ctx context.Context, method string, body map[string]any) (OpenedView, error) {
	raw, err := c.callJSON(ctx, method, body)
	if err != nil {
		return OpenedView{}, fmt.Errorf("show a window: %w", err)
	}
	var answer struct {
		View OpenedView `json:"view"`
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		return OpenedView{}, fmt.Errorf("show a window: %s: %w", method, errForeign)
	}
	return answer.View, nil
}

// Surface is what a piece of Block Kit is for.
type Surface string

// The surfaces.
const (
	MessageSurface Surface = "message" // {"blocks":[…]}
	ViewSurface    Surface = "view"    // a modal or a Home page
)

// Validate asks Slack whether a payload or a view is built as it should be, and
// returns where it is not, as JSON pointers with Slack's codes. It needs no
// token.
func (c *Client) Validate(ctx context.Context, surface Surface, raw []byte) ([]string, error) {
	if surface == MessageSurface {
		p, err := decode("blocks.validate", raw)
		if err != nil {
			return nil, err
		}
		if raw, err = json.Marshal(map[string]any{"blocks": p.Blocks}); err != nil { // Slack takes no text here
			return nil, unsendable("blocks.validate")
		}
	}
	text, err := json.Marshal(map[string]json.RawMessage{string(surface): raw})
	if err != nil {
		return nil, unsendable("blocks.validate")
	}
	req, err := c.request(ctx, c.endpoint+"blocks.validate", text)
	if err != nil {
		return nil, unsendable("blocks.validate")
	}
	resp, body, err := c.door.exchange(req, "blocks.validate")
	if err != nil {
		return nil, fmt.Errorf("have blocks checked: %w", err)
	}
	var answer struct {
		OK     *bool `json:"ok"`
		Errors []struct {
			Pointer string `json:"pointer"`
			Code    string `json:"code"`
		} `json:"errors"`
	}
	switch {
	case resp.StatusCode == http.StatusTooManyRequests:
		return nil, fmt.Errorf("have blocks checked: %w", busy(&APIError{Method: "blocks.validate", Code: "ratelimited"}, waitOf(resp.Header)))
	case resp.StatusCode >= http.StatusInternalServerError:
		return nil, fmt.Errorf("have blocks checked: %w %d", errStatus, resp.StatusCode)
	case json.Unmarshal(body, &answer) != nil || answer.OK == nil:
		return nil, fmt.Errorf("have blocks checked: %w", errForeign)
	case !*answer.OK && len(answer.Errors) == 0:
		var r reply
		if json.Unmarshal(body, &r) != nil {
			return nil, fmt.Errorf("have blocks checked: %w", errForeign)
		}
		return nil, fmt.Errorf("have blocks checked: %w", judge(r.fault("blocks.validate"), 0))
	}
	var faults []string
	for _, e := range answer.Errors {
		faults = append(faults, e.Pointer+" "+e.Code)
	}
	return faults, nil
}
