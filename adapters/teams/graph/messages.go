package graph

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"evangelist/bot"
)

// mostPages bounds one search: 60 requests a minute are allowed to an app in a
// tenant, of which the search takes at most half.
const mostPages = 30

// leastID is how long a part id must be to be looked for: a short one could
// stand in a card by chance.
const leastID = 16

// Channel is a channel as Graph names it.
type Channel struct {
	Group string // the team's id in Graph, a GUID
	ID    string // 19:…@thread.tacv2
}

// Message is one message of a channel, with what is needed to find one's own.
type Message struct {
	ID       string
	Root     string // the thread's first message; empty: it is the first
	At       time.Time
	AppID    string // of the app that wrote it; empty: a person did
	Deleted  bool
	contents []string
}

// Carries reports whether a card or attachment of the message holds this id.
func (m Message) Carries(id string) bool {
	return len(id) >= leastID && slices.ContainsFunc(m.contents, func(content string) bool { return strings.Contains(content, id) })
}

// Page is a part of a channel's messages. Next is empty on the last page.
type Page struct {
	Messages []Message
	Next     string
}

// chatMessage is a message as Graph writes it.
type chatMessage struct {
	ID      string     `json:"id"`
	ReplyTo string     `json:"replyToId"`
	Created time.Time  `json:"createdDateTime"`
	Deleted *time.Time `json:"deletedDateTime"`
	From    struct {
		Application *struct {
			ID string `json:"id"`
		} `json:"application"`
	} `json:"from"`
	Attachments []struct {
		Content string `json:"content"`
	} `json:"attachments"`
	Replies     []chatMessage `json:"replies"`
	MoreReplies string        `json:"replies@odata.nextLink"`
}

func (m chatMessage) plain(root string) Message {
	out := Message{ID: m.ID, Root: root, At: m.Created, Deleted: m.Deleted != nil}
	if m.From.Application != nil {
		out.AppID = m.From.Application.ID
	}
	for _, a := range m.Attachments {
		out.contents = append(out.contents, a.Content)
	}
	return out
}

// Messages returns one page of a channel's threads in which something was
// written or changed since the moment, whole: with all their answers, older
// ones included. It waits for nothing. Its errors are *bot.SendError: Busy may
// be tried again, Denied means that this channel cannot be read.
func (c *Client) Messages(ctx context.Context, of Channel, since time.Time, next string) (Page, error) {
	page, _, err := c.messages(ctx, of, since, next)
	return page, err
}

// messages also counts the requests that were needed.
func (c *Client) messages(ctx context.Context, of Channel, since time.Time, next string) (page Page, requests int, err error) {
	if of.Group == "" || of.ID == "" {
		return page, 0, &bot.SendError{Reason: bot.Denied, Say: "It is not known in which team this channel is, so it cannot be looked through."}
	}
	address := next
	if address == "" {
		query := url.Values{"$expand": {"replies"}, "$top": {"50"}}
		if !since.IsZero() {
			query.Set("$filter", "lastModifiedDateTime gt "+since.UTC().Format("2006-01-02T15:04:05.000Z"))
		}
		address = c.address(query, "teams", of.Group, "channels", of.ID, "messages", "delta")
	}
	var said struct {
		Value []chatMessage `json:"value"`
		Next  string        `json:"@odata.nextLink"`
	}
	requests++
	if err := c.get(ctx, address, nil, &said); err != nil {
		return page, requests, unreadable(err)
	}
	for _, first := range said.Value {
		page.Messages = append(page.Messages, first.plain(first.ReplyTo))
		replies, more := first.Replies, first.MoreReplies
		for {
			for _, reply := range replies {
				page.Messages = append(page.Messages, reply.plain(first.ID))
			}
			if more == "" {
				break
			}
			if requests++; requests > mostPages {
				return page, requests, tooMuch()
			}
			var rest struct {
				Value []chatMessage `json:"value"`
				Next  string        `json:"@odata.nextLink"`
			}
			if err := c.get(ctx, more, nil, &rest); err != nil {
				return page, requests, unreadable(err)
			}
			replies, more = rest.Value, rest.Next
		}
	}
	page.Next = said.Next
	return page, requests, nil
}

// Find returns every live message of the bot in a channel that carries a part
// id and was written since the moment, oldest first. Absence is proven only by a
// nil error. It waits for nothing and gives up after thirty requests.
func (c *Client) Find(ctx context.Context, of Channel, id string, since time.Time) ([]Message, error) {
	if len(id) < leastID {
		return nil, &bot.SendError{Reason: bot.Denied, Say: "This message carries no id that it could be found by."}
	}
	var found []Message
	next, requests := "", 0
	for {
		// A second earlier: the service cuts moments to milliseconds, and compares
		// with "later than".
		page, n, err := c.messages(ctx, of, earlier(since), next)
		if err != nil {
			return nil, err
		}
		for _, m := range page.Messages {
			if !m.Deleted && strings.EqualFold(m.AppID, c.config.AppID) && !m.At.Before(since.Truncate(time.Millisecond)) && m.Carries(id) {
				found = append(found, m)
			}
		}
		if requests += n; page.Next == "" {
			break
		}
		if requests >= mostPages || page.Next == next {
			return nil, tooMuch()
		}
		next = page.Next
	}
	slices.SortStableFunc(found, func(a, b Message) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	return slices.CompactFunc(found, func(a, b Message) bool { return a.ID == b.ID }), nil
}

func earlier(since time.Time) time.Time {
	if since.IsZero() {
		return since
	}
	return since.Add(-time.Second)
}

func tooMuch() error {
	return &bot.SendError{Reason: bot.Busy, RetryAfter: time.Minute, Say: "This channel holds more than can be looked through at once; it will be tried again."}
}

// unreadable says what it means that a channel could not be read.
func unreadable(err error) error {
	var failure *Failure
	if errors.Is(err, errElsewhere) {
		return &bot.SendError{Reason: bot.Denied, Say: "Microsoft Graph answered in a way that the bot does not follow, so this channel cannot be looked through.", Err: err}
	}
	if !errors.As(err, &failure) || failure.passing() || failure.Status == http.StatusUnauthorized {
		busy := &bot.SendError{Reason: bot.Busy, Say: "Microsoft Graph could not be read just now; it will be tried again.", Err: err}
		if failure != nil {
			busy.RetryAfter = failure.RetryAfter
		}
		return busy
	}
	say := fmt.Sprintf("Microsoft Graph answered %d, so this channel cannot be looked through.", failure.Status)
	switch failure.Status {
	case http.StatusForbidden:
		say = "The bot may not read this channel, so nobody but a person can see whether a message arrived. An owner of the team can allow it when adding the app (ChannelMessage.Read.Group)."
	case http.StatusNotFound:
		say = "There is no such channel in Microsoft Graph, so it cannot be looked through."
	}
	return &bot.SendError{Reason: bot.Denied, Say: say, Err: err}
}
