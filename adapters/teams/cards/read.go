package cards

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"evangelist/bot"
)

// What is read from a submission at most: more is not ours.
const (
	maxFields  = 50
	maxAnswers = 1_000
)

// Press is what a button or a form of ours sent.
type Press struct {
	Command string
	Arg     string
	Nonce   string // of a form
	State   string // of a form: Filling.State
	Form    bool   // a form was sent: Values has its answers
}

// Read reads the data of a button or form of ours: of an Action.Execute
// (action.data), of a dialog (task/fetch, task/submit: data), or of the message
// of an Action.Submit (value). It is false for whatever is not ours. Hostile data
// makes no error and no panic.
func Read(sent []byte) (Press, bool) {
	var d data
	if err := json.Unmarshal(sent, &d); err != nil || d.Ours.Command == "" {
		return Press{}, false
	}
	return Press{Command: d.Ours.Command, Arg: d.Ours.Arg, Nonce: d.Ours.Nonce, State: d.Ours.State, Form: d.Ours.Form}, true
}

// Values returns the answers of a submitted form, by the name of the field; a
// field without an answer has an empty list, and a form without fields gives an
// empty map. The answers of a person field are object ids of the directory.
// Hostile data gives fewer values, never an error or a panic.
func Values(sent []byte) map[string][]string {
	values, _ := answered(sent)
	return values
}

// Kinds returns the kind of each field that Values has, as the form was drawn:
// it tells which answers are people and places.
func Kinds(sent []byte) map[string]bot.FieldKind {
	_, kinds := answered(sent)
	return kinds
}

func answered(sent []byte) (map[string][]string, map[string]bot.FieldKind) {
	values, kinds := map[string][]string{}, map[string]bot.FieldKind{}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(sent, &all); err != nil {
		return values, kinds
	}
	for _, id := range slices.Sorted(maps.Keys(all)) {
		kind, name, ok := strings.Cut(id, ".")
		if !ok || name == "" || len(values) >= maxFields {
			continue
		}
		text, ok := scalar(all[id])
		if !ok {
			continue
		}
		if answers, known := answersOf(bot.FieldKind(kind), text); known {
			values[name], kinds[name] = answers, bot.FieldKind(kind)
		}
	}
	return values, kinds
}

// answersOf reads what an input of a kind sent.
func answersOf(kind bot.FieldKind, text string) (answers []string, known bool) {
	switch kind {
	case bot.LineField, bot.ParagraphField, bot.DateField, bot.TimeField, bot.NumberField:
		if text != "" {
			answers = []string{text}
		}
	case bot.YesNoField:
		if text == yes {
			answers = []string{yes}
		}
	case bot.ChoiceField, bot.PersonField, bot.PlaceField:
		if one := unpack(text); one != "" {
			answers = []string{one}
		}
	case bot.ChoicesField, bot.PlacesField:
		for _, one := range strings.SplitN(text, ",", maxAnswers+1) {
			if one = unpack(one); one != "" && len(answers) < maxAnswers {
				answers = append(answers, one)
			}
		}
	default:
		return nil, false
	}
	return answers, true
}

// scalar reads a string, a number or a truth value as text. Some clients send
// what was typed as a number as a number.
func scalar(raw json.RawMessage) (string, bool) {
	var value any
	if err := json.Unmarshal(raw, &value); err != nil {
		return "", false
	}
	switch v := value.(type) {
	case nil:
		return "", true
	case string:
		return v, true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	case bool:
		return fmt.Sprint(v), true
	}
	return "", false
}
