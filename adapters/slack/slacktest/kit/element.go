// Package kit knows Block Kit as a client knows it: which elements blocks hold,
// what somebody can choose in them, what stands in them, and what that looks
// like in a payload. It keeps nothing and asks nobody.
package kit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// Obj is a JSON object. Numbers in it are json.Number.
type Obj = map[string]any

// Element is something in blocks that a person can use.
type Element struct {
	BlockID  string
	ActionID string
	Type     string
	Label    string // of the input, or the text of the button
	Input    bool   // stands in an input block
	Optional bool   // the input may stay empty
	Dispatch bool   // the input tells the app of every change
	JSON     Obj    // as the app sent it
}

// Decode reads JSON and keeps numbers as they are written.
func Decode(raw []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	return decoder.Decode(into)
}

// Blocks reads an array of blocks.
func Blocks(raw json.RawMessage) ([]Obj, error) {
	var blocks []Obj
	if len(raw) == 0 {
		return nil, nil
	}
	if err := Decode(raw, &blocks); err != nil {
		return nil, fmt.Errorf("read the blocks: %w", err)
	}
	return blocks, nil
}

// Number gives every block and every element that has no id of its own one that
// next makes, as Slack does when it takes blocks in. What is no array of objects
// is an error.
func Number(raw json.RawMessage, next func() string) (json.RawMessage, error) {
	blocks, err := Blocks(raw)
	if err != nil {
		return nil, err
	}
	for _, block := range blocks {
		if Str(block, "block_id") == "" {
			block["block_id"] = next()
		}
		for _, element := range within(block) {
			if interactive(Str(element, "type")) && Str(element, "action_id") == "" {
				element["action_id"] = next()
			}
		}
	}
	return encode(blocks)
}

func encode(value any) (json.RawMessage, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(b.Bytes()), nil
}

// within returns the elements of one block.
func within(block Obj) []Obj {
	var out []Obj
	add := func(value any) {
		if o, ok := value.(Obj); ok {
			out = append(out, o)
		}
	}
	switch Str(block, "type") {
	case "section":
		add(block["accessory"])
	case "input":
		add(block["element"])
	case "actions", "context_actions":
		list, _ := block["elements"].([]any)
		for _, each := range list {
			add(each)
		}
	}
	return out
}

func interactive(kind string) bool { return kind != "" && kind != "image" }

// Elements lists what can be used in blocks, in their order.
func Elements(raw json.RawMessage) []Element {
	blocks, err := Blocks(raw)
	if err != nil {
		return nil
	}
	var out []Element
	for _, block := range blocks {
		for _, each := range within(block) {
			kind := Str(each, "type")
			if !interactive(kind) {
				continue
			}
			e := Element{BlockID: Str(block, "block_id"), ActionID: Str(each, "action_id"), Type: kind, JSON: each}
			if Str(block, "type") == "input" {
				e.Input, e.Label = true, textOf(block["label"])
				e.Optional, _ = block["optional"].(bool)
				e.Dispatch, _ = block["dispatch_action"].(bool)
			} else {
				e.Label = textOf(each["text"])
			}
			out = append(out, e)
		}
	}
	return out
}

// Find returns the element with that action_id, or block_id, or label, asked in
// this order over all of them.
func Find(raw json.RawMessage, name string) (Element, bool) {
	elements := Elements(raw)
	for _, key := range []func(Element) string{
		func(e Element) string { return e.ActionID },
		func(e Element) string { return e.BlockID },
		func(e Element) string { return e.Label },
	} {
		for _, e := range elements {
			if key(e) == name {
				return e, true
			}
		}
	}
	return Element{}, false
}

// FindInput is Find among what holds a value, and asks for the block_id first.
func FindInput(raw json.RawMessage, name string) (Element, bool) {
	var holding []Element
	for _, e := range Elements(raw) {
		if Holds(e.Type) {
			holding = append(holding, e)
		}
	}
	for _, key := range []func(Element) string{
		func(e Element) string { return e.BlockID },
		func(e Element) string { return e.ActionID },
		func(e Element) string { return e.Label },
	} {
		for _, e := range holding {
			if key(e) == name {
				return e, true
			}
		}
	}
	return Element{}, false
}

// Labels lists the texts of the buttons in blocks.
func Labels(raw json.RawMessage) []string {
	var out []string
	for _, e := range Elements(raw) {
		if e.Type == "button" {
			out = append(out, e.Label)
		}
	}
	return out
}

// Inputs lists the block_ids of the input blocks.
func Inputs(raw json.RawMessage) []string {
	var out []string
	for _, e := range Elements(raw) {
		if e.Input {
			out = append(out, e.BlockID)
		}
	}
	return out
}

// Str returns a text member of an object, empty when there is none.
func Str(o Obj, name string) string {
	text, _ := o[name].(string)
	return text
}

func textOf(value any) string {
	o, ok := value.(Obj)
	if !ok {
		return ""
	}
	return Str(o, "text")
}

// Text is what somebody reads in blocks: one line for each text in them.
func Text(raw json.RawMessage) string {
	blocks, err := Blocks(raw)
	if err != nil {
		return ""
	}
	var lines []string
	for _, block := range blocks {
		lines = append(lines, read(block)...)
	}
	return strings.Join(lines, "\n")
}

func read(block Obj) []string {
	switch Str(block, "type") {
	case "rich_text":
		return readRich(block)
	case "divider":
		return nil
	case "table":
		return readTable(block)
	}
	var lines []string
	add := func(text string) {
		if text != "" {
			lines = append(lines, text)
		}
	}
	for _, name := range []string{"text", "title", "label"} {
		add(textOf(block[name]))
	}
	fields, _ := block["fields"].([]any)
	for _, field := range fields {
		add(textOf(field))
	}
	elements, _ := block["elements"].([]any)
	for _, each := range elements {
		if o, ok := each.(Obj); ok {
			add(Str(o, "text"))
			add(textOf(o["text"]))
			add(Str(o, "alt_text"))
		}
	}
	for _, each := range within(block) {
		if Str(block, "type") == "section" {
			add(textOf(each["text"]))
		}
	}
	add(textOf(block["hint"]))
	add(Str(block, "alt_text"))
	return lines
}

func readTable(block Obj) []string {
	var lines []string
	rows, _ := block["rows"].([]any)
	for _, row := range rows {
		cells, _ := row.([]any)
		var texts []string
		for _, cell := range cells {
			o, ok := cell.(Obj)
			if !ok {
				continue
			}
			if Str(o, "type") == "rich_text" {
				texts = append(texts, strings.Join(readRich(o), " "))
			} else {
				texts = append(texts, Str(o, "text"))
			}
		}
		lines = append(lines, strings.Join(texts, " | "))
	}
	return lines
}

func readRich(block Obj) []string {
	var lines []string
	parts, _ := block["elements"].([]any)
	for _, part := range parts {
		o, ok := part.(Obj)
		if !ok {
			continue
		}
		if Str(o, "type") == "rich_text_list" {
			for _, line := range readRich(o) {
				lines = append(lines, "• "+line)
			}
			continue
		}
		lines = append(lines, readInline(o))
	}
	return lines
}

func readInline(section Obj) string {
	var b strings.Builder
	elements, _ := section["elements"].([]any)
	for _, each := range elements {
		o, ok := each.(Obj)
		if !ok {
			continue
		}
		switch Str(o, "type") {
		case "link":
			if text := Str(o, "text"); text != "" {
				b.WriteString(text)
			} else {
				b.WriteString(Str(o, "url"))
			}
		case "user":
			b.WriteString("@" + Str(o, "user_id"))
		case "usergroup":
			b.WriteString("@" + Str(o, "usergroup_id"))
		case "channel":
			b.WriteString("#" + Str(o, "channel_id"))
		case "emoji":
			b.WriteString(":" + Str(o, "name") + ":")
		case "broadcast":
			b.WriteString("@" + Str(o, "range"))
		case "date":
			b.WriteString(Str(o, "fallback"))
		default:
			b.WriteString(Str(o, "text"))
		}
	}
	return b.String()
}

// Size is how many characters all texts in blocks have together.
func Size(raw json.RawMessage) int {
	var value any
	if Decode(raw, &value) != nil {
		return 0
	}
	return size(value)
}

func size(value any) int {
	n := 0
	switch value := value.(type) {
	case []any:
		for _, each := range value {
			n += size(each)
		}
	case Obj:
		for name, each := range value {
			if text, ok := each.(string); ok && name == "text" {
				n += len([]rune(text))
				continue
			}
			n += size(each)
		}
	}
	return n
}
