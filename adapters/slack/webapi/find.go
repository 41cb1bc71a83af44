package webapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// mostPages ends a search that would go on for ever.
const mostPages = 500

// own is what Find looks at in a message.
type own struct {
	TS       string `json:"ts"`
	User     string `json:"user"`
	Bot      string `json:"bot_id"`
	Metadata struct {
		Type    string `json:"event_type"`
		Payload struct {
			ID string `json:"id"`
		} `json:"event_payload"`
	} `json:"metadata"`
}

// Find returns the ts of every message of the bot with this part id that was
// posted to the channel since the moment, the oldest first: in the thread when
// one is named, else in the channel itself. Absence is proven only by a nil
// error: an answer that may be incomplete is one.
func (c *Client) Find(ctx context.Context, channel, thread, id string, since time.Time) ([]string, error) {
	self, err := c.me(ctx)
	if err != nil {
		return nil, err
	}
	look := func(page func(cursor string) (Messages, error)) ([]string, error) {
		return c.look(wanted{self: self, id: id, since: Stamp(since), thread: thread}, page)
	}
	// Slack compares moments as floating-point numbers: what lies on the border is
	// asked for with room to spare, and decided here.
	span := Span{Oldest: Stamp(since.Add(-time.Second)), Limit: 200}
	channelWide := func() ([]string, error) {
		return look(func(cursor string) (Messages, error) {
			span.Cursor = cursor
			return c.History(ctx, channel, span)
		})
	}
	if thread == "" {
		return channelWide()
	}
	found, err := look(func(cursor string) (Messages, error) {
		span.Cursor = cursor
		return c.Replies(ctx, channel, thread, span)
	})
	if Code(err) == "thread_not_found" {
		// An answer to a message that is gone stands in the channel itself.
		span.Cursor = ""
		return channelWide()
	}
	return found, err
}

// wanted says which messages are looked for.
type wanted struct {
	self      Identity
	id, since string
	thread    string // its first message is not one of them
}

func (w wanted) is(m own) bool {
	ours := m.Bot != "" && m.Bot == w.self.Bot || m.User != "" && m.User == w.self.BotUser
	return ours && w.id != "" && m.Metadata.Type == partEvent && m.Metadata.Payload.ID == w.id && Earlier(w.since, m.TS) <= 0 && m.TS != w.thread
}

// look reads all pages and keeps what is wanted.
func (c *Client) look(w wanted, page func(cursor string) (Messages, error)) ([]string, error) {
	var found []string
	seen := map[string]bool{}
	for cursor := ""; ; {
		messages, err := page(cursor)
		if err != nil {
			return nil, err
		}
		for _, raw := range messages.List {
			var m own
			if err := json.Unmarshal(raw, &m); err != nil && !probably(raw, w.id) {
				continue
			} else if err != nil {
				return nil, errors.New("look for a message: one that may be it cannot be read")
			}
			if w.is(m) {
				found = append(found, m.TS)
			}
		}
		if messages.Cursor == "" {
			slices.SortFunc(found, Earlier)
			return slices.Compact(found), nil
		}
		if seen[messages.Cursor] || len(seen) >= mostPages {
			return nil, errors.New("look for a message: Slack's pages do not come to an end")
		}
		seen[messages.Cursor] = true
		cursor = messages.Cursor
	}
}

// probably reports whether a message that is of another shape than expected
// could be the one that is looked for.
func probably(raw json.RawMessage, id string) bool {
	return id != "" && strings.Contains(string(raw), id)
}

// Stamp writes a moment as Slack writes a ts; the zero moment is "0".
func Stamp(at time.Time) string {
	if at.Unix() <= 0 {
		return "0"
	}
	return fmt.Sprintf("%d.%06d", at.Unix(), at.Nanosecond()/1000)
}

// Earlier orders ts by time, as cmp.Compare does; each is seconds, a dot and six
// digits.
func Earlier(a, b string) int {
	aWhole, aPart, _ := strings.Cut(a, ".")
	bWhole, bPart, _ := strings.Cut(b, ".")
	aSeconds, _ := strconv.ParseInt(aWhole, 10, 64)
	bSeconds, _ := strconv.ParseInt(bWhole, 10, 64)
	if aSeconds != bSeconds {
		if aSeconds < bSeconds {
			return -1
		}
		return 1
	}
	return strings.Compare(padded(aPart), padded(bPart))
}

func padded(part string) string {
	if len(part) >= 6 {
		return part
	}
	return part + strings.Repeat("0", 6-len(part))
}
