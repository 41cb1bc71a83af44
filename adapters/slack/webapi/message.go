package webapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"evangelist/bot"
)

// partEvent marks the metadata of what the bot posts.
const partEvent = "evangelist_part"

// mostEditText is how many characters chat.update takes as text; beside blocks
// the text is the notification only.
const mostEditText = 4000

// payload is one message as it was rendered.
type payload struct {
	Text   string            `json:"text"`
	Blocks []json.RawMessage `json:"blocks"`
}

func decode(method string, raw []byte) (payload, error) {
	var p payload
	if err := json.Unmarshal(raw, &p); err != nil || p.Text == "" && len(p.Blocks) == 0 {
		return p, unsendable(method)
	}
	return p, nil
}

// block hands a finished block to slack-go.
type block json.RawMessage

// BlockType implements slack.Block.
func (b block) BlockType() slack.MessageBlockType { return slack.MessageBlockType(b.read("type")) }

// ID implements slack.Block.
func (b block) ID() string { return b.read("block_id") }

// MarshalJSON implements json.Marshaler: the block as it is.
func (b block) MarshalJSON() ([]byte, error) { return json.RawMessage(b).MarshalJSON() }

func (b block) read(name string) string {
	var fields map[string]json.RawMessage
	var text string
	if json.Unmarshal(b, &fields) != nil || json.Unmarshal(fields[name], &text) != nil {
		return ""
	}
	return text
}

func blocks(raw []json.RawMessage) []slack.Block {
	all := make([]slack.Block, len(raw))
	for i, b := range raw {
		all[i] = block(b)
	}
	return all
}

// options put a payload on its way such that nothing in it is interpreted but
// the blocks, and nothing is unfurled.
func (p payload) options() slack.MsgOption {
	return slack.MsgOptionCompose(
		slack.MsgOptionText(p.Text, false),
		slack.MsgOptionBlocks(blocks(p.Blocks)...),
		slack.MsgOptionParse(false),
		slack.MsgOptionLinkNames(false),
		slack.MsgOptionDisableMarkdown(),
		slack.MsgOptionDisableLinkUnfurl(),
		slack.MsgOptionDisableMediaUnfurl(),
	)
}

// Post posts a payload, {"text":…,"blocks":[…]}, to a channel, in a thread
// unless thread is empty, with the part id in its metadata, and returns the
// message's ts. Markup characters in the text must have been escaped. It is not
// idempotent.
func (c *Client) Post(ctx context.Context, channel, thread string, raw []byte, id string) (string, error) {
	p, err := decode("chat.postMessage", raw)
	if err != nil {
		return "", err
	}
	options := []slack.MsgOption{p.options()}
	if id != "" {
		options = append(options, slack.MsgOptionMetadata(slack.SlackMetadata{EventType: partEvent, EventPayload: map[string]any{"id": id}}))
	}
	if thread != "" {
		options = append(options, slack.MsgOptionTS(thread))
	}
	_, ts, err := c.api.PostMessageContext(ctx, channel, options...)
	if err != nil {
		return "", fmt.Errorf("post a message: %w", err)
	}
	if ts == "" {
		return "", fmt.Errorf("post a message: %w", errForeign)
	}
	return ts, nil
}

// Update makes a message of the bot show another payload. Its metadata stays. It
// is idempotent. A message that is gone is Unreachable.
func (c *Client) Update(ctx context.Context, channel, ts string, raw []byte) error {
	p, err := decode("chat.update", raw)
	if err != nil {
		return err
	}
	p.Text = cut(p.Text, mostEditText)
	if _, _, _, err := c.api.UpdateMessageContext(ctx, channel, ts, p.options()); err != nil {
		return fmt.Errorf("change a message: %w", err)
	}
	return nil
}

func cut(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-1]) + "…"
}

// Delete removes a message of the bot. One that is gone is removed already.
func (c *Client) Delete(ctx context.Context, channel, ts string) error {
	_, _, err := c.api.DeleteMessageContext(ctx, channel, ts)
	if err != nil && Code(err) != "message_not_found" {
		return fmt.Errorf("remove a message: %w", err)
	}
	return nil
}

// Ephemeral shows a payload to one person in a channel, in a thread unless
// thread is empty. Slack does not keep it.
func (c *Client) Ephemeral(ctx context.Context, channel, thread, user string, raw []byte) error {
	p, err := decode("chat.postEphemeral", raw)
	if err != nil {
		return err
	}
	options := []slack.MsgOption{p.options()}
	if thread != "" {
		options = append(options, slack.MsgOptionTS(thread))
	}
	if _, err := c.api.PostEphemeralContext(ctx, channel, user, options...); err != nil {
		return fmt.Errorf("show a private reply: %w", err)
	}
	return nil
}

// Unfurl puts previews under a message: for each address, as it was shared,
// {"blocks":[…]}.
func (c *Client) Unfurl(ctx context.Context, channel, ts string, previews map[string]json.RawMessage) error {
	all := make(map[string]slack.Attachment, len(previews))
	for address, raw := range previews {
		p, err := decode("chat.unfurl", raw)
		if err != nil {
			return err
		}
		all[address] = slack.Attachment{Blocks: slack.Blocks{BlockSet: blocks(p.Blocks)}}
	}
	if _, _, _, err := c.api.UnfurlMessageContext(ctx, channel, ts, all); err != nil {
		return fmt.Errorf("show a preview: %w", err)
	}
	return nil
}

// Open opens the conversation of the bot with one person, or with several, and
// returns its channel. Opening it again returns the same.
func (c *Client) Open(ctx context.Context, users []string) (string, error) {
	if len(users) == 0 {
		return "", &bot.SendError{Reason: bot.Denied, Say: "A conversation needs at least one person."}
	}
	channel, _, _, err := c.api.OpenConversationContext(ctx, &slack.OpenConversationParameters{Users: users, ReturnIM: false})
	if err != nil {
		return "", fmt.Errorf("open a conversation: %w", err)
	}
	if channel == nil || channel.ID == "" {
		return "", errors.New("open a conversation: the answer names no channel")
	}
	return channel.ID, nil
}
