package cards

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"evangelist/bot"
)

// Mention is somebody as Teams knows them.
type Mention struct {
	ID   string // the person's id in conversations with the bot, or the directory's object id
	Name string // as the directory shows it; empty: the name in the message
}

// Post is what is sent: the card alone, with the summary for the notification.
type Post struct {
	Summary string          `json:"summary"`
	Card    json.RawMessage `json:"card"`
}

// Resolve makes a payload of Render ready to be sent. Names that ping become
// mentions of whom find knows; the others stay names, and the marks are gone.
// With find nil nobody is mentioned. It adds at most what Render left room for.
func Resolve(payload []byte, find func(bot.PersonID) (Mention, bool)) (Post, error) {
	var p Post
	if err := json.Unmarshal(payload, &p); err != nil {
		return Post{}, fmt.Errorf("read a card: %w", err)
	}
	if !bytes.Contains(p.Card, []byte(`"ping":`)) {
		return p, nil
	}
	var root map[string]any
	read := json.NewDecoder(bytes.NewReader(p.Card))
	read.UseNumber()
	if err := read.Decode(&root); err != nil {
		return Post{}, fmt.Errorf("read a card: %w", err)
	}
	m := mentions{find: find, tags: map[string]string{}}
	m.walk(root)
	if len(m.entities) > 0 {
		msteams, _ := root["msteams"].(map[string]any)
		if msteams == nil {
			msteams = map[string]any{}
			root["msteams"] = msteams
		}
		msteams["entities"] = m.entities
	}
	var err error
	p.Card, err = encode(root)
	return p, err
}

// mentions collects the entities of one card.
type mentions struct {
	find     func(bot.PersonID) (Mention, bool)
	tags     map[string]string // by id
	entities []any
}

func (m *mentions) walk(node map[string]any) {
	for _, key := range []string{"body", "items", "columns", "rows", "cells"} {
		list, ok := node[key].([]any)
		if !ok {
			continue
		}
		out := make([]any, 0, len(list))
		for _, child := range list {
			object, ok := child.(map[string]any)
			if !ok {
				out = append(out, child)
				continue
			}
			out = append(out, m.element(object)...)
		}
		node[key] = out
	}
}

// element resolves one element. Only a TextBlock can mention: a line that is
// tame becomes one, and any other keeps its literal text and has the mentions
// under it.
func (m *mentions) element(object map[string]any) []any {
	inlines, ok := object["inlines"].([]any)
	if !ok {
		m.walk(object)
		return []any{object}
	}
	var line, tags strings.Builder
	simple := true
	for _, inline := range inlines {
		run, ok := inline.(map[string]any)
		if !ok {
			return []any{object}
		}
		text, _ := run["text"].(string)
		tag := m.tag(run, text)
		plain := len(run) == 2 // type and text
		switch {
		case tag != "":
			line.WriteString(tag)
			tags.WriteString(tag + " ")
		case tame(text):
			line.WriteString(text)
		}
		simple = simple && plain && (tag != "" || tame(text))
	}
	block := map[string]any{"type": "TextBlock", "wrap": true, "text": line.String()}
	switch {
	case tags.Len() == 0:
		return []any{object}
	case simple && tame(strings.NewReplacer("<at>", "", "</at>", "").Replace(line.String())):
		if spacing, ok := object["spacing"]; ok {
			block["spacing"] = spacing
		}
		if separator, ok := object["separator"]; ok {
			block["separator"] = separator
		}
		return []any{block}
	}
	block["text"], block["spacing"] = strings.TrimSpace(tags.String()), "None"
	block["size"], block["isSubtle"] = "Small", true
	return []any{object, block}
}

// tag takes the mark out of a run and returns the tag that mentions the person,
// "" where nobody is to be mentioned.
func (m *mentions) tag(run map[string]any, text string) string {
	person, ok := run["ping"].(string)
	delete(run, "ping")
	if !ok || m.find == nil {
		return ""
	}
	who, ok := m.find(bot.PersonID(person))
	if !ok || who.ID == "" {
		return ""
	}
	if tag := m.tags[who.ID]; tag != "" {
		return tag
	}
	name := mentionName(who.Name)
	if name == "" {
		name = mentionName(text)
	}
	if name == "" {
		return ""
	}
	tag := "<at>" + name + "</at>"
	for _, other := range m.tags {
		if other == tag { // a namesake: the same tag would mention the wrong one
			name += joiner
			tag = "<at>" + name + "</at>"
		}
	}
	m.tags[who.ID] = tag
	m.entities = append(m.entities, map[string]any{
		"type": "mention", "text": tag, "mentioned": map[string]any{"id": who.ID, "name": name},
	})
	return tag
}

// mentionName is a name without what markup could act on, at most 100
// characters.
func mentionName(name string) string {
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune("<>&*_~`[]\\{}#"+joiner, r) || r < ' ' {
			return -1
		}
		return r
	}, shown(name))
	if runes := []rune(name); len(runes) > 100 {
		name = string(runes[:100])
	}
	name = strings.Join(strings.Fields(name), " ")
	if !tame(name) {
		return ""
	}
	return name
}
