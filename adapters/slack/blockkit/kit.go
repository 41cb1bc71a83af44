package blockkit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"evangelist/bot"
)

// Options say what a message alone does not know.
type Options struct {
	// Zone is the organisation's, for clients that cannot show a moment in the
	// reader's own; nil: UTC.
	Zone *time.Location
	// BaseURL stands before paths of our own web, without a slash at its end. When
	// it is empty such links are words.
	BaseURL string
	// Account returns the Slack user id of a person, "" when there is none. It
	// fills in person fields of forms; nil leaves them empty.
	Account func(bot.PersonID) string
	// Channel returns the id of a place in Slack, "" when there is none. It fills
	// in place fields of forms; nil leaves them empty.
	Channel func(bot.PlaceID) string
	// Elsewhere offers places that are not in Slack. When there are any, a field for
	// places is followed by one for those, whose name ends in Elsewhere; nil: none.
	Elsewhere func() []bot.Option
}

// Elsewhere ends the name of a field for places outside Slack; what stands before
// it is the field that it belongs to.
const Elsewhere = "+elsewhere"

// The structs below are Block Kit as far as it is used here. Their members are
// in the order in which they are written, so that equal messages give equal
// payloads.
type (
	headerBlock struct {
		Type string `json:"type"`
		Text words  `json:"text"`
	}
	dividerBlock struct {
		Type string `json:"type"`
	}
	contextBlock struct {
		Type     string  `json:"type"`
		Elements []words `json:"elements"`
	}
	richBlock struct {
		Type     string `json:"type"`
		Elements []rich `json:"elements"`
	}
	actionsBlock struct {
		Type     string   `json:"type"`
		BlockID  string   `json:"block_id"`
		Elements []button `json:"elements"`
	}

	// words is a text object.
	words struct {
		Type     string `json:"type"`
		Text     string `json:"text"`
		Emoji    *bool  `json:"emoji,omitempty"`
		Verbatim bool   `json:"verbatim,omitempty"`
	}
	button struct {
		Type     string   `json:"type"`
		ActionID string   `json:"action_id"`
		Text     words    `json:"text"`
		Value    string   `json:"value,omitempty"`
		Style    string   `json:"style,omitempty"`
		Confirm  *confirm `json:"confirm,omitempty"`
	}
	confirm struct {
		Title   words  `json:"title"`
		Text    words  `json:"text"`
		Confirm words  `json:"confirm"`
		Deny    words  `json:"deny"`
		Style   string `json:"style,omitempty"`
	}

	// rich is a piece of rich text: a section, quote or preformatted text, whose
	// elements are []leaf, or a list, whose elements are []rich.
	rich struct {
		Type     string `json:"type"`
		Style    string `json:"style,omitempty"` // of a list
		Elements any    `json:"elements"`
	}
	// leaf is a run of rich text.
	leaf struct {
		Type      string `json:"type"`
		URL       string `json:"url,omitempty"`
		Text      string `json:"text,omitempty"`
		Timestamp int64  `json:"timestamp,omitempty"`
		Format    string `json:"format,omitempty"`
		Fallback  string `json:"fallback,omitempty"`
		Style     *style `json:"style,omitempty"`
		Ping      string `json:"ping,omitempty"`
	}
	style struct {
		Bold   bool `json:"bold,omitempty"`
		Italic bool `json:"italic,omitempty"`
		Code   bool `json:"code,omitempty"`
	}
)

// encode writes JSON without the escapes that are for HTML.
func encode(value any) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(value); err != nil {
		return nil, fmt.Errorf("write Block Kit: %w", err)
	}
	return bytes.TrimRight(out.Bytes(), "\n"), nil
}

func plainText(text string) words { return words{Type: "plain_text", Text: text, Emoji: new(bool)} }

func divider() dividerBlock { return dividerBlock{Type: "divider"} }

func richText(pieces ...rich) richBlock { return richBlock{Type: "rich_text", Elements: pieces} }

func section(leaves []leaf) rich { return rich{Type: "rich_text_section", Elements: leaves} }
