package blockkit

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// AnswerKind says what the values of an Answer are.
type AnswerKind string

// The kinds of answer. A question that is answered yes or not at all is an
// Option: "yes", or no value.
const (
	TextAnswer   AnswerKind = "text"
	OptionAnswer AnswerKind = "option" // values of options
	PersonAnswer AnswerKind = "person" // Slack user ids
	PlaceAnswer  AnswerKind = "place"  // ids of conversations
	DateAnswer   AnswerKind = "date"   // 2006-01-02
	TimeAnswer   AnswerKind = "time"   // 15:04
	NumberAnswer AnswerKind = "number" // a decimal number, as it was typed
)

// Answer is what stands in one field of a form that was sent.
type Answer struct {
	Field  string // the block_id, which is the field's name
	Kind   AnswerKind
	Values []string // none where nothing was filled in; never an empty text
}

// most is how many fields a form may send: as many as a view has blocks.
const most = viewBlocks

// Values reads the state of a view as Slack sends it: view.state, the object
// whose member "values" holds an object for each block_id. Every field that is
// in it has an Answer, also where nothing was filled in; they are sorted by
// field. Elements of a kind that Modal does not draw are left out. What is not
// such a state is an error; nothing panics. A state that is absent, null or
// without values has no answers.
func Values(state json.RawMessage) ([]Answer, error) {
	if len(state) == 0 {
		return nil, nil
	}
	var wire struct {
		Values map[string]map[string]wireValue `json:"values"`
	}
	if err := json.Unmarshal(state, &wire); err != nil {
		return nil, fmt.Errorf("read the answers of a form: %w", hidden(err))
	}
	if len(wire.Values) > most {
		return nil, fmt.Errorf("read the answers of a form: it has %d fields, more than a view holds", len(wire.Values))
	}
	var out []Answer
	for _, field := range slices.Sorted(maps.Keys(wire.Values)) {
		if len(wire.Values[field]) > 1 {
			return nil, fmt.Errorf("read the answers of a form: a block holds %d fields, not one", len(wire.Values[field]))
		}
		for _, value := range wire.Values[field] {
			if answer, ok := value.answer(field); ok {
				out = append(out, answer)
			}
		}
	}
	return out, nil
}

// hidden is an error that says nothing of what was typed.
func hidden(err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("it is not JSON at byte %d", syntax.Offset)
	case errors.As(err, &kind):
		return fmt.Errorf("there is a value of another type at byte %d", kind.Offset)
	}
	return errors.New("it is not what a view sends")
}

// wireValue is what an element of a view holds; each kind has a member of its
// own, which is null while nothing is chosen.
type wireValue struct {
	Type          string       `json:"type"`
	Value         string       `json:"value"`
	Option        wireOption   `json:"selected_option"`
	Options       []wireOption `json:"selected_options"`
	User          string       `json:"selected_user"`
	Conversation  string       `json:"selected_conversation"`
	Conversations []string     `json:"selected_conversations"`
	Date          string       `json:"selected_date"`
	Time          string       `json:"selected_time"`
}

type wireOption struct {
	Value string `json:"value"`
}

func (w wireValue) answer(field string) (Answer, bool) {
	out := Answer{Field: field}
	var values []string
	switch w.Type {
	case "plain_text_input":
		out.Kind, values = TextAnswer, []string{w.Value}
	case "number_input":
		out.Kind, values = NumberAnswer, []string{w.Value}
	case "radio_buttons", "static_select":
		out.Kind, values = OptionAnswer, []string{w.Option.Value}
	case "checkboxes", "multi_static_select":
		out.Kind = OptionAnswer
		for _, option := range w.Options {
			values = append(values, option.Value)
		}
	case "users_select":
		out.Kind, values = PersonAnswer, []string{w.User}
	case "conversations_select":
		out.Kind, values = PlaceAnswer, []string{w.Conversation}
	case "multi_conversations_select":
		out.Kind, values = PlaceAnswer, w.Conversations
	case "datepicker":
		out.Kind, values = DateAnswer, []string{w.Date}
	case "timepicker":
		out.Kind, values = TimeAnswer, []string{w.Time}
	default:
		return Answer{}, false
	}
	out.Values = slices.DeleteFunc(values, func(value string) bool { return value == "" })
	return out, true
}
