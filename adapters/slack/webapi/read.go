package webapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
)

// Channel is what is used of a channel or conversation.
type Channel struct {
	ID       string
	Name     string // empty for a conversation with one person
	User     string // the other person of a conversation with one
	Private  bool
	Direct   bool // a conversation with one person
	Group    bool // a conversation with several persons
	Member   bool // the bot is a member
	Archived bool
	Shared   bool // another organisation is in it, or was invited
}

type wireChannel struct {
	ID          string            `json:"id"`
	Name        string            `json:"name"`
	User        string            `json:"user"`
	Private     bool              `json:"is_private"`
	Group       bool              `json:"is_group"`
	Direct      bool              `json:"is_im"`
	Mpim        bool              `json:"is_mpim"`
	Member      bool              `json:"is_member"`
	Archived    bool              `json:"is_archived"`
	Shared      bool              `json:"is_ext_shared"`
	Pending     bool              `json:"is_pending_ext_shared"`
	PendingWith []json.RawMessage `json:"pending_connected_team_ids"`
}

func (w wireChannel) channel() Channel {
	return Channel{ID: w.ID, Name: w.Name, User: w.User, Private: w.Private || w.Group || w.Mpim || w.Direct, Direct: w.Direct, Group: w.Mpim,
		Member: w.Member || w.Direct || w.Mpim, Archived: w.Archived, Shared: w.Shared || w.Pending || len(w.PendingWith) > 0}
}

// read asks a method and reads its answer into out.
func (c *Client) read(ctx context.Context, method string, values url.Values, out any) error {
	raw, err := c.call(ctx, method, values)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return fmt.Errorf("%s: %w", method, errForeign)
	}
	return nil
}

// Info asks for one channel.
func (c *Client) Info(ctx context.Context, channel string) (Channel, error) {
	var answer struct {
		Channel wireChannel `json:"channel"`
	}
	if err := c.read(ctx, "conversations.info", url.Values{"channel": {channel}}, &answer); err != nil {
		return Channel{}, fmt.Errorf("ask about a channel: %w", err)
	}
	if answer.Channel.ID == "" {
		return Channel{}, errors.New("ask about a channel: the answer names none")
	}
	return answer.Channel.channel(), nil
}

// Span is which messages to read. Oldest and Latest are ts and belong to it;
// empty means without end. Limit 0 means 200, which is also what Slack
// recommends at most.
type Span struct {
	Oldest string
	Latest string
	Cursor string
	Limit  int
}

// Messages is one page; the last one has no Cursor. In which order messages and
// pages come is Slack's choice.
type Messages struct {
	List   []json.RawMessage
	Cursor string
}

func (s Span) values(channel string) url.Values {
	limit := s.Limit
	if limit <= 0 {
		limit = 200
	}
	values := url.Values{"channel": {channel}, "limit": {strconv.Itoa(limit)}, "include_all_metadata": {"true"}}
	for name, value := range map[string]string{"oldest": s.Oldest, "latest": s.Latest, "cursor": s.Cursor} {
		if value != "" {
			values.Set(name, value)
		}
	}
	if s.Oldest != "" || s.Latest != "" {
		values.Set("inclusive", "true")
	}
	return values
}

// History reads a page of what stands in a channel itself, without the answers
// in threads.
func (c *Client) History(ctx context.Context, channel string, span Span) (Messages, error) {
	return c.messages(ctx, "conversations.history", span.values(channel))
}

// Replies reads a page of a thread. Its first message is among them, whatever
// the span.
func (c *Client) Replies(ctx context.Context, channel, thread string, span Span) (Messages, error) {
	values := span.values(channel)
	values.Set("ts", thread)
	return c.messages(ctx, "conversations.replies", values)
}

func (c *Client) messages(ctx context.Context, method string, values url.Values) (Messages, error) {
	var answer struct {
		Messages []json.RawMessage `json:"messages"`
		More     bool              `json:"has_more"`
		Metadata next              `json:"response_metadata"`
	}
	if err := c.read(ctx, method, values, &answer); err != nil {
		return Messages{}, fmt.Errorf("read messages: %w", err)
	}
	if answer.Messages == nil || answer.More && answer.Metadata.Cursor == "" {
		return Messages{}, fmt.Errorf("read messages: %s: the answer is not whole", method)
	}
	return Messages{List: answer.Messages, Cursor: answer.Metadata.Cursor}, nil
}

// next is how Slack says where the next page begins.
type next struct {
	Cursor string `json:"next_cursor"`
}

// Users is one page of the people of the workspace, as Slack writes them; the
// last one has no Cursor.
type Users struct {
	List   []json.RawMessage
	Cursor string
}

// Users reads a page of everybody: people, bots, guests, the deactivated.
func (c *Client) Users(ctx context.Context, cursor string) (Users, error) {
	values, err := c.paged(ctx, cursor)
	if err != nil {
		return Users{}, err
	}
	var answer struct {
		Members  []json.RawMessage `json:"members"`
		Metadata next              `json:"response_metadata"`
	}
	if err := c.read(ctx, "users.list", values, &answer); err != nil {
		return Users{}, fmt.Errorf("read the people: %w", err)
	}
	if answer.Members == nil {
		return Users{}, errors.New("read the people: the answer is not whole")
	}
	return Users{List: answer.Members, Cursor: answer.Metadata.Cursor}, nil
}

// paged are the values of a list. A token of a whole organisation has to name
// the workspace; others do not mind.
func (c *Client) paged(ctx context.Context, cursor string) (url.Values, error) {
	self, err := c.me(ctx)
	if err != nil {
		return nil, err
	}
	values := url.Values{"limit": {"200"}, "team_id": {self.Team}}
	if cursor != "" {
		values.Set("cursor", cursor)
	}
	return values, nil
}

// User reads one person, as Slack writes people.
func (c *Client) User(ctx context.Context, user string) (json.RawMessage, error) {
	var answer struct {
		User json.RawMessage `json:"user"`
	}
	if err := c.read(ctx, "users.info", url.Values{"user": {user}}, &answer); err != nil {
		return nil, fmt.Errorf("ask about a person: %w", err)
	}
	if len(answer.User) == 0 {
		return nil, errors.New("ask about a person: the answer names nobody")
	}
	return answer.User, nil
}

// UserGroup is a group of people that the workspace keeps.
type UserGroup struct {
	ID     string   `json:"id"`
	Handle string   `json:"handle"`
	Name   string   `json:"name"`
	Users  []string `json:"users"`
}

// UserGroups reads all user groups in use, with their members.
func (c *Client) UserGroups(ctx context.Context) ([]UserGroup, error) {
	self, err := c.me(ctx)
	if err != nil {
		return nil, err
	}
	var answer struct {
		Groups []UserGroup `json:"usergroups"`
	}
	if err := c.read(ctx, "usergroups.list", url.Values{"include_users": {"true"}, "team_id": {self.Team}}, &answer); err != nil {
		return nil, fmt.Errorf("read the user groups: %w", err)
	}
	return answer.Groups, nil
}

// ProfileFields reads which fields the workspace added to profiles: the id of
// each by its label.
func (c *Client) ProfileFields(ctx context.Context) (map[string]string, error) {
	var answer struct {
		Profile struct {
			Fields []struct {
				ID    string `json:"id"`
				Label string `json:"label"`
			} `json:"fields"`
		} `json:"profile"`
	}
	if err := c.read(ctx, "team.profile.get", url.Values{}, &answer); err != nil {
		return nil, fmt.Errorf("read the fields of profiles: %w", err)
	}
	fields := map[string]string{}
	for _, field := range answer.Profile.Fields {
		if field.ID != "" && field.Label != "" {
			fields[field.Label] = field.ID
		}
	}
	return fields, nil
}

// Profile reads the added fields of one person's profile: the value of each by
// the field's id.
func (c *Client) Profile(ctx context.Context, user string) (map[string]string, error) {
	var answer struct {
		Profile json.RawMessage `json:"profile"`
	}
	if err := c.read(ctx, "users.profile.get", url.Values{"user": {user}}, &answer); err != nil {
		return nil, fmt.Errorf("read a profile: %w", err)
	}
	return Fields(answer.Profile), nil
}

// Fields reads the added fields of a profile as Slack writes it; nil when it has
// none. Slack writes an empty list where there are none.
func Fields(profile json.RawMessage) map[string]string {
	var p struct {
		Fields json.RawMessage `json:"fields"`
	}
	var fields map[string]struct {
		Value string `json:"value"`
	}
	if json.Unmarshal(profile, &p) != nil || json.Unmarshal(p.Fields, &fields) != nil || len(fields) == 0 {
		return nil
	}
	values := map[string]string{}
	for id, field := range fields {
		values[id] = field.Value
	}
	return values
}

// Channels is one page; the last one has no Cursor.
type Channels struct {
	List   []Channel
	Cursor string
}

// Conversations reads a page of the channels that the bot is in, archived ones
// included.
func (c *Client) Conversations(ctx context.Context, cursor string) (Channels, error) {
	values, err := c.paged(ctx, cursor)
	if err != nil {
		return Channels{}, err
	}
	values.Set("types", "public_channel,private_channel")
	var answer struct {
		Channels []wireChannel `json:"channels"`
		Metadata next          `json:"response_metadata"`
	}
	if err := c.read(ctx, "users.conversations", values, &answer); err != nil {
		return Channels{}, fmt.Errorf("read the channels: %w", err)
	}
	if answer.Channels == nil {
		return Channels{}, errors.New("read the channels: the answer is not whole")
	}
	page := Channels{Cursor: answer.Metadata.Cursor}
	for _, w := range answer.Channels {
		channel := w.channel()
		channel.Member = true // which Slack does not repeat
		page.List = append(page.List, channel)
	}
	return page, nil
}

// Permalink asks for the address of a message.
func (c *Client) Permalink(ctx context.Context, channel, ts string) (string, error) {
	var answer struct {
		Permalink string `json:"permalink"`
	}
	if err := c.read(ctx, "chat.getPermalink", url.Values{"channel": {channel}, "message_ts": {ts}}, &answer); err != nil {
		return "", fmt.Errorf("ask for the address of a message: %w", err)
	}
	return answer.Permalink, nil
}
