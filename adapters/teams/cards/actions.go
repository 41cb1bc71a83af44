package cards

import (
	"strings"

	"evangelist/bot"
)

// actions draws a row of buttons. One with a question opens it under the row,
// with the button itself beside it: nothing happens at the first press.
func (r Renderer) actions(actions bot.Actions) []element {
	row := element{Type: "ActionSet"}
	for _, button := range actions.Buttons {
		press := r.press(button)
		if button.Confirm == "" {
			row.Actions = append(row.Actions, press)
			continue
		}
		row.Actions = append(row.Actions, action{
			Type: "Action.ShowCard", Title: strings.TrimSuffix(press.Title, "…") + "…", Style: press.Style,
			Card: &card{Type: cardType, Body: r.lines(bot.T(button.Confirm), look{}), Actions: []action{press}},
		})
	}
	if len(row.Actions) == 0 {
		return nil
	}
	return []element{row}
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
