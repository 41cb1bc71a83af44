package blockkit_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// wide is how many columns a sketch has.
const wide = 68

// sketch draws a payload about as Slack shows it, so that a golden file can be
// looked at.
func sketch(t *testing.T, payload []byte) string {
	t.Helper()
	var top map[string]any
	if err := json.Unmarshal(payload, &top); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	say := func(text string) {
		for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
			out.WriteString(strings.TrimRight("  "+line, " ") + "\n")
		}
	}
	bar := strings.Repeat("═", wide)
	out.WriteString(bar + "\n")
	if title := textOf(top["title"]); title != "" {
		say(title + strings.Repeat(" ", max(1, wide-4-len([]rune(title)))) + "×")
		out.WriteString(strings.Repeat("─", wide) + "\n")
	} else if text, _ := top["text"].(string); text != "" {
		say("🔔 " + text)
		out.WriteString(strings.Repeat("─", wide) + "\n")
	}
	blocks, _ := top["blocks"].([]any)
	for _, block := range blocks {
		say("")
		for line := range strings.SplitSeq(sketchBlock(block.(map[string]any)), "\n") {
			say(line)
		}
	}
	if closing := textOf(top["close"]); closing != "" {
		out.WriteString(strings.Repeat("─", wide) + "\n")
		foot := "[ " + closing + " ]"
		if submit := textOf(top["submit"]); submit != "" {
			foot += "  [ " + submit + " ]"
		}
		say(strings.Repeat(" ", max(0, wide-4-len([]rune(foot)))) + foot)
	}
	out.WriteString(bar + "\n")
	return out.String()
}

func textOf(value any) string {
	object, _ := value.(map[string]any)
	text, _ := object["text"].(string)
	return text
}

func sketchBlock(b map[string]any) string {
	elements, _ := b["elements"].([]any)
	var out []string
	switch b["type"] {
	case "header":
		return "▌" + strings.ToUpper(textOf(b["text"]))
	case "divider":
		return strings.Repeat("─", wide-4)
	case "context":
		for _, element := range elements {
			out = append(out, wrapped(textOf(element), "· ", "· "))
		}
	case "actions":
		for _, element := range elements {
			button := element.(map[string]any)
			mark := map[any]string{"primary": "+", "danger": "!"}[button["style"]]
			label := "[" + mark + textOf(button["text"]) + "]"
			if confirm, asks := button["confirm"].(map[string]any); asks {
				label += "(" + textOf(confirm["text"]) + ")"
			}
			out = append(out, label)
		}
		return strings.Join(out, " ")
	case "rich_text":
		for _, element := range elements {
			out = append(out, sketchRich(element.(map[string]any)))
		}
	case "input":
		return sketchInput(b)
	}
	return strings.Join(out, "\n")
}

func sketchRich(r map[string]any) string {
	elements, _ := r["elements"].([]any)
	switch r["type"] {
	case "rich_text_list":
		var out []string
		for i, element := range elements {
			mark := " • "
			if r["style"] == "ordered" {
				mark = fmt.Sprintf("%2d. ", i+1)
			}
			out = append(out, wrapped(sketchLeaves(element.(map[string]any)["elements"].([]any)), mark, strings.Repeat(" ", len([]rune(mark)))))
		}
		return strings.Join(out, "\n")
	case "rich_text_quote":
		return wrapped(sketchLeaves(elements), "┃ ", "┃ ")
	case "rich_text_preformatted":
		text := sketchLeaves(elements)
		return "┌\n│ " + strings.ReplaceAll(text, "\n", "\n│ ") + "\n└"
	}
	return wrapped(sketchLeaves(elements), "", "")
}

func sketchLeaves(leaves []any) string {
	var out strings.Builder
	for _, one := range leaves {
		l := one.(map[string]any)
		text, _ := l["text"].(string)
		style, _ := l["style"].(map[string]any)
		switch l["type"] {
		case "link":
			if text == "" {
				text, _ = l["url"].(string)
			}
			text = "⟨" + text + "⟩"
		case "date":
			text, _ = l["fallback"].(string)
			text = "⏱" + text
		case "user":
			id, _ := l["user_id"].(string)
			text = "@" + id
		}
		if _, pings := l["ping"]; pings {
			text = "@" + text
		}
		for _, mark := range []struct{ style, sign string }{{"bold", "*"}, {"italic", "_"}, {"code", "`"}} {
			if style[mark.style] == true && strings.TrimSpace(text) != "" {
				trimmed := strings.TrimSpace(text)
				text = strings.Replace(text, trimmed, mark.sign+trimmed+mark.sign, 1)
			}
		}
		out.WriteString(text)
	}
	return out.String()
}

func sketchInput(b map[string]any) string {
	label := textOf(b["label"])
	if b["optional"] == true {
		label += " (optional)"
	}
	element, _ := b["element"].(map[string]any)
	if element["focus_on_load"] == true {
		label += "  ←"
	}
	out := []string{label}
	chosen := map[string]bool{}
	first, _ := element["initial_option"].(map[string]any)
	chosen[fmt.Sprint(first["value"])] = true
	several, _ := element["initial_options"].([]any)
	for _, one := range several {
		chosen[fmt.Sprint(one.(map[string]any)["value"])] = true
	}
	kind := fmt.Sprint(element["type"])
	options, _ := element["options"].([]any)
	if kind == "radio_buttons" || kind == "checkboxes" {
		for _, one := range options {
			option := one.(map[string]any)
			mark := map[string]string{"radio_buttonstrue": "(•) ", "radio_buttonsfalse": "( ) ", "checkboxestrue": "[x] ", "checkboxesfalse": "[ ] "}[kind+fmt.Sprint(chosen[fmt.Sprint(option["value"])])]
			out = append(out, wrapped(textOf(option["text"]), mark, "    "))
			if help := textOf(option["description"]); help != "" {
				out = append(out, wrapped(help, "    ", "    "))
			}
		}
	} else {
		value := textOf(element["placeholder"])
		for _, name := range []string{"initial_value", "initial_user", "initial_conversation", "initial_conversations", "initial_date", "initial_time"} {
			if found, there := element[name]; there {
				value = fmt.Sprintf("“%v”", found)
			}
		}
		if kind == "static_select" || kind == "multi_static_select" {
			value += fmt.Sprintf(" ▾ %d options", len(options))
			for _, one := range slices.Sorted(maps.Keys(chosen)) {
				if one != "<nil>" {
					value += " “" + one + "”"
				}
			}
		}
		out = append(out, wrapped("⎡"+kind+"⎤ "+value, "", ""))
	}
	if hint := textOf(b["hint"]); hint != "" {
		out = append(out, wrapped(hint, "· ", "· "))
	}
	return strings.Join(out, "\n")
}

// wrapped breaks a text into lines.
func wrapped(text, lead, under string) string {
	var out []string
	for part := range strings.SplitSeq(text, "\n") {
		line := lead
		fresh := true
		for _, word := range strings.Split(part, " ") {
			if !fresh && len([]rune(line))+1+len([]rune(word)) > wide-4 {
				out, line, fresh = append(out, line), under, true
			}
			if !fresh {
				line += " "
			}
			line, fresh = line+word, false
		}
		out, lead = append(out, line), under
	}
	return strings.Join(out, "\n")
}
