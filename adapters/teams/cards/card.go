package cards

import (
	"bytes"
	"encoding/json"
	"fmt"

	"evangelist/bot"
)

const (
	cardType    = "AdaptiveCard"
	cardSchema  = "http://adaptivecards.io/schemas/adaptive-card.json"
	cardVersion = "1.5" // the newest that Teams shows
)

// card is an Adaptive Card. Elements, columns, rows and cells share one type;
// check.go says which members belong to which kind.
type card struct {
	Type     string    `json:"type"`
	Schema   string    `json:"$schema,omitempty"`
	Version  string    `json:"version,omitempty"`
	Fallback string    `json:"fallbackText,omitempty"`
	Body     []element `json:"body"`
	Actions  []action  `json:"actions,omitempty"`
	Teams    *teams    `json:"msteams,omitempty"`
}

type teams struct {
	Width string `json:"width,omitempty"`
}

type element struct {
	Type         string    `json:"type,omitempty"`
	ID           string    `json:"id,omitempty"`
	Spacing      string    `json:"spacing,omitempty"`
	Separator    bool      `json:"separator,omitempty"`
	Style        string    `json:"style,omitempty"`
	Text         string    `json:"text,omitempty"`
	Size         string    `json:"size,omitempty"`
	Weight       string    `json:"weight,omitempty"`
	Wrap         bool      `json:"wrap,omitempty"`
	Inlines      []run     `json:"inlines,omitempty"`
	Width        any       `json:"width,omitempty"`
	Items        []element `json:"items,omitempty"`
	Columns      []element `json:"columns,omitempty"`
	Rows         []element `json:"rows,omitempty"`
	Cells        []element `json:"cells,omitempty"`
	Facts        []fact    `json:"facts,omitempty"`
	Actions      []action  `json:"actions,omitempty"`
	Label        string    `json:"label,omitempty"`
	Title        string    `json:"title,omitempty"`
	Placeholder  string    `json:"placeholder,omitempty"`
	Value        any       `json:"value,omitempty"`
	ValueOn      string    `json:"valueOn,omitempty"`
	ValueOff     string    `json:"valueOff,omitempty"`
	Multiline    bool      `json:"isMultiline,omitempty"`
	MaxLength    int       `json:"maxLength,omitempty"`
	MultiSelect  bool      `json:"isMultiSelect,omitempty"`
	Choices      []choice  `json:"choices,omitzero"` // an empty list is written
	ChoicesData  *query    `json:"choices.data,omitempty"`
	Required     bool      `json:"isRequired,omitempty"`
	ErrorMessage string    `json:"errorMessage,omitempty"`
}

// run is a TextRun: literal text.
type run struct {
	Type     string       `json:"type"`
	Text     string       `json:"text"`
	Size     string       `json:"size,omitempty"`
	Weight   string       `json:"weight,omitempty"`
	Color    string       `json:"color,omitempty"`
	Subtle   bool         `json:"isSubtle,omitempty"`
	Italic   bool         `json:"italic,omitempty"`
	FontType string       `json:"fontType,omitempty"`
	Select   *action      `json:"selectAction,omitempty"`
	Ping     bot.PersonID `json:"ping,omitempty"` // taken out by Resolve, before anything is sent
}

type fact struct {
	Title string `json:"title"`
	Value string `json:"value"`
}

type choice struct {
	Title string `json:"title"`
	Value string `json:"value"`
}

type query struct {
	Type    string `json:"type"`
	Dataset string `json:"dataset"`
}

type action struct {
	Type     string  `json:"type"`
	Title    string  `json:"title,omitempty"`
	Verb     string  `json:"verb,omitempty"`
	URL      string  `json:"url,omitempty"`
	Style    string  `json:"style,omitempty"`
	Data     *data   `json:"data,omitempty"`
	Inputs   string  `json:"associatedInputs,omitempty"`
	Card     *card   `json:"card,omitempty"`
	Fallback *action `json:"fallback,omitempty"`
}

// data is what a button or form carries to the bot.
type data struct {
	Ours  ours   `json:"evangelist"`
	Teams *fetch `json:"msteams,omitempty"`
}

type ours struct {
	Command string `json:"c"`
	Arg     string `json:"a,omitempty"`
	Nonce   string `json:"n,omitempty"` // forms only
	State   string `json:"s,omitempty"` // forms only
	Form    bool   `json:"f,omitempty"`
}

type fetch struct {
	Type string `json:"type"`
}

// encode writes JSON whose bytes depend on the value alone.
func encode(v any) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("write a card: %w", err)
	}
	return bytes.TrimRight(out.Bytes(), "\n"), nil
}

func newCard(body []element) card {
	return card{
		Type: cardType, Schema: cardSchema, Version: cardVersion,
		Body: body, Teams: &teams{Width: "Full"},
	}
}
