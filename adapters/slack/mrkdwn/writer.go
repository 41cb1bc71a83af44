package mrkdwn

import (
	"strings"

	"evangelist/bot"
)

// writer collects words and links.
type writer struct {
	names Names
	out   []byte
	signs []int // places in out of signs that may be emphasis, in order
	links []bot.SeenLink
	known map[string]int // address → index in links
}

func (w *writer) empty() bool { return len(w.out) == 0 && len(w.links) == 0 }

func (w *writer) put(text string) { w.out = append(w.out, text...) }

// line begins a new line unless there is one.
func (w *writer) line() {
	if n := len(w.out); n > 0 && w.out[n-1] != '\n' {
		w.out = append(w.out, '\n')
	}
}

func (w *writer) user(id, label string) {
	w.put(first(w.lookup(Names.User, id), label, "somebody"))
}

func (w *writer) channel(id, label string) {
	if name := first(w.lookup(Names.Channel, id), label); name != "" {
		w.put("#" + strings.TrimPrefix(name, "#"))
		return
	}
	w.put("a channel")
}

func (w *writer) group(id, label string) {
	if name := first(label, w.lookup(Names.Group, id)); name != "" {
		w.put("@" + strings.TrimPrefix(name, "@"))
		return
	}
	w.put("a group")
}

func (w *writer) lookup(ask func(Names, string) string, id string) string {
	if w.names == nil {
		return ""
	}
	return ask(w.names, id)
}

func first(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

// link writes the words of a link and keeps its address, if it is one to keep.
func (w *writer) link(address, label string) {
	address = strings.TrimSpace(strings.ToValidUTF8(address, "\uFFFD"))
	label = oneLine(label)
	switch {
	case !isWeb(address):
		w.put(first(label, afterScheme(address)))
		return
	case isFile(address):
		w.put(first(label, "a file"))
		return
	}
	w.put(first(label, address))
	if standsForItself(label, address) {
		label = ""
	}
	w.keep(address, bot.Clean(label, maxLabel))
}

const maxLabel = 300

func (w *writer) keep(address, label string) {
	if at, ok := w.known[address]; ok {
		if w.links[at].Label == "" {
			w.links[at].Label = label
		}
		return
	}
	if w.known == nil {
		w.known = map[string]int{}
	}
	w.known[address] = len(w.links)
	w.links = append(w.links, bot.SeenLink{URL: address, Label: label})
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// words returns what was written, without the signs that are emphasis.
func (w *writer) words() string {
	if len(w.signs) == 0 {
		return string(w.out)
	}
	return withoutEmphasis(w.out, w.signs)
}
