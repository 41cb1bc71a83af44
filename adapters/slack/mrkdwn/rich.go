package mrkdwn

import (
	"strconv"
	"strings"

	"evangelist/adapters/slack/mrkdwn/jsonscan"
)

// blocks writes the blocks of a message: rich text, which is what people
// write, and the text of the others, which apps send.
func (w *writer) blocks(list jsonscan.Value) {
	for block := range list.Elements() {
		w.line()
		switch kind := block.Get("type"); {
		case kind.Is("rich_text"):
			w.rich(block)
		case kind.Is("section"), kind.Is("header"), kind.Is("markdown"):
			w.textObject(block.Get("text"))
			for field := range block.Get("fields").Elements() {
				w.line()
				w.textObject(field)
			}
		case kind.Is("context"):
			for element := range block.Get("elements").Elements() {
				w.line()
				w.textObject(element)
			}
		case kind.Is("table"):
			w.table(block)
		}
	}
}

// textObject writes {"type": "mrkdwn" or "plain_text", "text": …}, or a string.
func (w *writer) textObject(v jsonscan.Value) {
	if v.Kind() == jsonscan.String {
		w.text(v.Text())
		return
	}
	text := v.Get("text").Text()
	if v.Get("type").Is("mrkdwn") {
		w.text(text)
		return
	}
	w.put(text)
}

func (w *writer) table(block jsonscan.Value) {
	for row := range block.Get("rows").Elements() {
		w.line()
		begun := false
		for cell := range row.Elements() {
			if begun {
				w.put("\t")
			}
			begun = true
			if cell.Get("type").Is("rich_text") {
				w.rich(cell)
				continue
			}
			w.textObject(cell)
		}
	}
}

// rich writes a rich text block or list: its parts, each on a line of its own.
func (w *writer) rich(block jsonscan.Value) {
	begun := false
	for part := range block.Get("elements").Elements() {
		kind := part.Get("type")
		if begun || kind.Is("rich_text_list") {
			w.line()
		}
		begun = true
		switch {
		case kind.Is("rich_text_list"):
			w.list(part)
		case kind.Is("rich_text_preformatted"):
			w.put("```")
			w.leaves(part, true)
			w.put("```")
		case part.Get("elements").Kind() == jsonscan.Array:
			w.leaves(part, false)
		default:
			w.leaf(part)
		}
	}
}

func (w *writer) list(list jsonscan.Value) {
	ordered := list.Get("style").Is("ordered")
	number := small(list.Get("offset"))
	indent := strings.Repeat("  ", min(small(list.Get("indent")), 8))
	for item := range list.Get("elements").Elements() {
		w.line()
		number++
		sign := "• "
		if ordered {
			sign = strconv.Itoa(number) + ". "
		}
		w.put(indent + sign)
		if item.Get("type").Is("rich_text_list") {
			w.list(item)
			continue
		}
		w.leaves(item, false)
	}
}

func small(v jsonscan.Value) int {
	n, err := strconv.Atoi(string(v))
	if err != nil || n < 0 || n > 1_000_000 {
		return 0
	}
	return n
}

// leaves writes the elements of a section or quote. Neighbours in code share
// one pair of backticks; inside a fence there are none.
func (w *writer) leaves(part jsonscan.Value, fenced bool) {
	code := false
	for element := range part.Get("elements").Elements() {
		now := !fenced && element.Get("style").Get("code").True()
		if now != code {
			w.put("`")
			code = now
		}
		if kind := element.Get("type"); kind.Is("rich_text_list") {
			w.list(element)
		} else if element.Get("elements").Kind() == jsonscan.Array {
			w.leaves(element, fenced)
		} else {
			w.leaf(element)
		}
	}
	if code {
		w.put("`")
	}
}

func (w *writer) leaf(element jsonscan.Value) {
	switch kind := element.Get("type").Text(); kind {
	case "text":
		w.put(element.Get("text").Text())
	case "user":
		w.user(element.Get("user_id").Text(), "")
	case "channel":
		w.channel(element.Get("channel_id").Text(), "")
	case "usergroup":
		w.group(element.Get("usergroup_id").Text(), "")
	case "broadcast":
		w.put("@" + first(element.Get("range").Text(), "channel"))
	case "emoji":
		w.put(emoji(element.Get("unicode").Text(), element.Get("name").Text()))
	case "date":
		w.date(string(element.Get("timestamp")), element.Get("url").Text(), element.Get("fallback").Text())
	case "color":
		w.put(element.Get("value").Text())
	default: // a link, or what Slack may invent
		if address := element.Get("url").Text(); address != "" {
			w.link(address, element.Get("text").Text())
			return
		}
		w.put(element.Get("text").Text())
	}
}

// emoji shows the character where Slack tells it ("1f44d-1f3fd"), else the name.
func emoji(points, name string) string {
	var out strings.Builder
	for point := range strings.SplitSeq(points, "-") {
		r, err := strconv.ParseUint(point, 16, 32)
		if err != nil || r < 0x20 || r > 0x10ffff || r >= 0xd800 && r <= 0xdfff {
			if name == "" {
				return ""
			}
			return ":" + name + ":"
		}
		out.WriteRune(rune(r))
	}
	return out.String()
}
