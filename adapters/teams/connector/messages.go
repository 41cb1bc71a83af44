package connector

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"evangelist/bot"
)

// Send posts a message and returns its id. The id is empty when the service
// gave none; the message is there all the same. In a channel without a thread
// in its id it begins a new thread.
func (c *Client) Send(ctx context.Context, to Conversation, a Activity) (string, error) {
	return c.send(ctx, to, a, nil)
}

func (c *Client) send(ctx context.Context, to Conversation, a Activity, query url.Values) (string, error) {
	var said struct {
		ID string `json:"id"`
	}
	err := c.do(ctx, call{
		what: "post a message", method: http.MethodPost, service: to.ServiceURL, path: []string{"conversations", to.ID, "activities"},
		query: query, body: a.ready(), personal: to.personal(),
	}, &said)
	return said.ID, err
}

// Reply posts a message under another one: in its thread in a channel, as an
// answer to it in a chat.
func (c *Client) Reply(ctx context.Context, to Conversation, root string, a Activity) (string, error) {
	if to.channel() {
		to.ID = InThread(to.ID, root)
	}
	a.ReplyToID = root
	return c.Send(ctx, to, a)
}

// Started is a new thread in a channel.
type Started struct {
	Conversation Conversation // with the thread in its id
	ID           string       // of its first message; empty when the service gave none
}

// StartThread posts a message as a new thread of a channel.
func (c *Client) StartThread(ctx context.Context, channel Conversation, a Activity) (Started, error) {
	id, _ := SplitThread(channel.ID)
	activity := a.ready()
	var said struct {
		ID         string `json:"id"`
		ActivityID string `json:"activityId"`
	}
	err := c.do(ctx, call{
		what: "begin a thread", method: http.MethodPost, service: channel.ServiceURL, path: []string{"conversations"},
		body: creation{
			IsGroup: true, Bot: c.self(), TenantID: c.config.TenantID, Activity: &activity,
			ChannelData: creationData{Channel: &reference{ID: id}, Tenant: reference{ID: c.config.TenantID}},
		},
	}, &said)
	if err != nil {
		return Started{}, err
	}
	if said.ActivityID == "" {
		_, said.ActivityID = SplitThread(said.ID)
	}
	return Started{Conversation: Conversation{ServiceURL: channel.ServiceURL, ID: InThread(id, said.ActivityID)}, ID: said.ActivityID}, nil
}

// creation asks for a conversation.
type creation struct {
	IsGroup     bool         `json:"isGroup"`
	Bot         Account      `json:"bot"`
	Members     []Account    `json:"members,omitempty"`
	TenantID    string       `json:"tenantId"`
	Activity    *Activity    `json:"activity,omitempty"`
	ChannelData creationData `json:"channelData"`
}

type creationData struct {
	Channel *reference `json:"channel,omitempty"`
	Tenant  reference  `json:"tenant"`
}

type reference struct {
	ID string `json:"id"`
}

func (c *Client) self() Account { return Account{ID: "28:" + c.config.AppID} }

// Update changes a message that the bot posted. It may be repeated. A message
// that is gone is Unreachable.
func (c *Client) Update(ctx context.Context, to Conversation, id string, a Activity) error {
	return c.update(ctx, to, id, a, nil)
}

func (c *Client) update(ctx context.Context, to Conversation, id string, a Activity, query url.Values) error {
	return c.do(ctx, call{
		what: "change a message", method: http.MethodPut, service: to.ServiceURL, path: []string{"conversations", to.ID, "activities", id},
		query: query, body: a.ready(), personal: to.personal(),
	}, nil)
}

// Delete removes a message that the bot posted. Removing one that is gone
// succeeds.
func (c *Client) Delete(ctx context.Context, to Conversation, id string) error {
	return c.remove(ctx, to, id, nil)
}

func (c *Client) remove(ctx context.Context, to Conversation, id string, query url.Values) error {
	err := c.do(ctx, call{
		what: "remove a message", method: http.MethodDelete, service: to.ServiceURL, path: []string{"conversations", to.ID, "activities", id},
		query: query, personal: to.personal(),
	}, nil)
	var failure *Failure
	if errors.As(err, &failure) && failure.gone() {
		return nil
	}
	return err
}

// targeted asks for a message that one person alone sees.
func targeted() url.Values { return url.Values{"isTargetedActivity": {"true"}} }

// SendTargeted posts a message that only user (29:…) sees, in a conversation of
// several people. The service forgets it after a day. It cannot be repeated
// safely.
func (c *Client) SendTargeted(ctx context.Context, to Conversation, user string, a Activity) (string, error) {
	a.Recipient = &Account{ID: user}
	return c.send(ctx, to, a, targeted())
}

// UpdateTargeted changes such a message.
func (c *Client) UpdateTargeted(ctx context.Context, to Conversation, id string, a Activity) error {
	a.Recipient = nil
	return c.update(ctx, to, id, a, targeted())
}

// DeleteTargeted removes such a message; one that is gone already is fine.
func (c *Client) DeleteTargeted(ctx context.Context, to Conversation, id string) error {
	return c.remove(ctx, to, id, targeted())
}

// Sent says where a private message went.
type Sent struct {
	Conversation Conversation
	ID           string
	Targeted     bool // shown in the conversation to one person; else it is in their chat with the bot
}

// Private shows something to one person alone: as a targeted message in the
// conversation or, where that is refused for certain, in the person's chat with
// the bot, where it stays. When nobody knows whether the first way worked, the
// second is not tried.
func (c *Client) Private(ctx context.Context, to Conversation, user string, a Activity) (Sent, error) {
	if to.personal() {
		id, err := c.Send(ctx, to, a)
		return Sent{Conversation: to, ID: id}, err
	}
	if !c.config.WithoutTargeted {
		id, err := c.SendTargeted(ctx, to, user, a)
		var refused *bot.SendError
		if err == nil {
			return Sent{Conversation: to, ID: id, Targeted: true}, nil
		}
		if !errors.As(err, &refused) || refused.Reason == bot.Busy {
			return Sent{}, err
		}
	}
	chat, err := c.OpenChat(ctx, to.ServiceURL, user)
	if err != nil {
		return Sent{}, err
	}
	id, err := c.Send(ctx, chat, a)
	return Sent{Conversation: chat, ID: id}, err
}
