package cards

import (
	"strings"
	"unicode/utf8"

	"evangelist/bot"
)

// What fits beside each other on a phone, where a label that is too long is cut
// off: about so many points for a row, a letter, and the rest of a button.
const (
	rowWidth    = 320
	letterWidth = 8
	buttonWidth = 34
)

// actions draws buttons in as many rows as a phone needs. One with a question
// opens it under the row, with the button itself beside it: nothing happens at
// the first press.
func (r Renderer) actions(actions bot.Actions) []element {
	var out []element
	used := rowWidth
	for _, button := range actions.Buttons {
		press := r.press(button)
		drawn := press
		if button.Confirm != "" {
			drawn = action{
				Type: "Action.ShowCard", Title: strings.TrimSuffix(press.Title, "…") + "…", Style: press.Style,
				Card: &card{Type: cardType, Body: r.lines(bot.T(button.Confirm), look{}), Actions: []action{press}},
			}
		}
		width := letterWidth*utf8.RuneCountInString(drawn.Title) + buttonWidth
		if used+width > rowWidth {
			out = append(out, element{Type: "ActionSet"})
			if used = 0; len(out) > 1 {
				out[len(out)-1].Spacing = "Small"
			}
		}
		row := &out[len(out)-1]
		row.Actions, used = append(row.Actions, drawn), used+width
	}
	return out
}

// press is the button itself.
func (r Renderer) press(button bot.Button) action {
	title := literal(button.Label)
	if title == "" {
		title = "Go on"
	}
	carried := &data{Ours: ours{Command: button.Command, Arg: button.Arg}}
	if r.dialog { // there all buttons submit, and take nothing along that was typed
		return action{Type: "Action.Submit", Title: title, Style: tone(button.Tone), Data: carried, Inputs: "none"}
	}
	if r.OpensForm != nil && r.OpensForm(button.Command) {
		carried.Teams = &fetch{Type: "task/fetch"}
		return action{Type: "Action.Submit", Title: title, Style: tone(button.Tone), Data: carried}
	}
	return action{
		Type: "Action.Execute", Title: title, Style: tone(button.Tone), Verb: button.Command, Data: carried,
		Fallback: &action{Type: "Action.Submit", Title: title, Data: carried},
	}
}

// tone is how a button stands out, in clients that show it.
func tone(t bot.Tone) string {
	switch t {
	case bot.Primary:
		return "positive"
	case bot.Danger:
		return "destructive"
	}
	return ""
}
