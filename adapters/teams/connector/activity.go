package connector

import "encoding/json"

// Activity is a message to be sent. Type is "message" when it is empty.
type Activity struct {
	Type        string            `json:"type"`
	Text        string            `json:"text,omitempty"`
	TextFormat  string            `json:"textFormat,omitempty"`
	Summary     string            `json:"summary,omitempty"` // what notifications show
	Attachments []Attachment      `json:"attachments,omitempty"`
	Entities    []json.RawMessage `json:"entities,omitempty"`
	ChannelData json.RawMessage   `json:"channelData,omitempty"`
	ReplyToID   string            `json:"replyToId,omitempty"`
	From        *Account          `json:"from,omitempty"`
	Recipient   *Account          `json:"recipient,omitempty"`
}

// Attachment is a card or file of an activity.
type Attachment struct {
	ContentType string          `json:"contentType"`
	Content     json.RawMessage `json:"content,omitempty"`
	ContentURL  string          `json:"contentUrl,omitempty"`
	Name        string          `json:"name,omitempty"`
}

// AdaptiveCard is the content type of an Adaptive Card.
const AdaptiveCard = "application/vnd.microsoft.card.adaptive"

// Account is a person or bot as the service names it: 29:… or 28:….
type Account struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
}

// Card is an activity with one Adaptive Card and no text: with a text beside it
// the service makes two messages of it and returns no id.
func Card(card json.RawMessage, summary string) Activity {
	return Activity{Summary: summary, Attachments: []Attachment{{ContentType: AdaptiveCard, Content: card}}}
}

func (a Activity) ready() Activity {
	if a.Type == "" {
		a.Type = "message"
	}
	return a
}
