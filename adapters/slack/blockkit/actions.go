package blockkit

import (
	"strconv"
	"strings"

	"evangelist/bot"
)

// How many UTF-16 units the words of a button have room for.
const (
	longestLabel    = 75
	longestQuestion = 300
	longestTitle    = 100 // of the question
	longestYes      = 30
)

// beside says in full, before a row of buttons, what has no room on them.
func beside(actions bot.Actions) []bot.Block {
	var out []bot.Block
	for _, b := range actions.Buttons {
		label := strings.TrimSpace(clean(b.Label))
		if _, cut := clip(label, longestLabel); cut {
			out = append(out, bot.Paragraph{Text: bot.T(label)})
		}
		question := strings.TrimSpace(clean(b.Confirm))
		if _, cut := clip(question, longestQuestion); cut {
			out = append(out, bot.Paragraph{Text: bot.Line(bot.Strong(first(label, longestLabel)+":"), " ", question)})
		}
	}
	return out
}

func first(text string, limit int) string {
	text, _ = clip(text, limit)
	return text
}

// shortened returns buttons whose words have room.
func shortened(actions bot.Actions) bot.Actions {
	out := bot.Actions{Buttons: make([]bot.Button, len(actions.Buttons))}
	for i, b := range actions.Buttons {
		b.Label = first(strings.TrimSpace(clean(b.Label)), longestLabel)
		b.Confirm = first(strings.TrimSpace(clean(b.Confirm)), longestQuestion)
		out.Buttons[i] = b
	}
	return out
}

// actions draws a row of buttons. An action_id is the command, "#" and the
// button's running number in the message; see CommandOf.
func (d *drawer) actions(b bot.Actions) []any {
	if len(b.Buttons) == 0 {
		return nil
	}
	d.rows++
	out := actionsBlock{Type: "actions", BlockID: "actions-" + strconv.Itoa(d.rows)}
	for _, one := range b.Buttons {
		d.buttons++
		label := one.Label
		if label == "" {
			label = "…"
		}
		drawn := button{
			Type: "button", ActionID: one.Command + "#" + strconv.Itoa(d.buttons), Text: plainText(label),
			Value: one.Arg, Style: string(one.Tone), Confirm: question(one, label),
		}
		out.Elements = append(out.Elements, drawn)
	}
	return []any{out}
}

// question draws what is asked before a button does anything.
func question(b bot.Button, label string) *confirm {
	if b.Confirm == "" {
		return nil
	}
	yes := label
	if units(yes) > longestYes {
		yes = "Yes"
	}
	return &confirm{
		Title: plainText(first(label, longestTitle)), Text: plainText(b.Confirm),
		Confirm: plainText(yes), Deny: plainText("Cancel"), Style: string(b.Tone),
	}
}

// CommandOf returns the command that a button names by its action_id; ok is
// false for what no button of ours has.
func CommandOf(actionID string) (command string, ok bool) {
	at := strings.LastIndexByte(actionID, '#')
	if at <= 0 {
		return "", false
	}
	if _, err := strconv.ParseUint(actionID[at+1:], 10, 31); err != nil {
		return "", false
	}
	return actionID[:at], true
}
