package issues

import (
	"regexp"
	"slices"
	"strings"

	"evangelist/bot"
	"evangelist/bot/impact"
)

// Content is a report as text, to be kept and shown on every surface. Numbers stand
// in it as the words in which they were published, with denominator, period and
// definition.
type Content struct {
	Title        string    `json:"title"`
	Organisation string    `json:"organisation"`
	Event        string    `json:"event,omitempty"`
	From         string    `json:"from"`
	To           string    `json:"to"`
	Introduction string    `json:"introduction,omitempty"` // a lead's
	Sections     []Section `json:"sections"`
}

// Section is a part of a report.
type Section struct {
	Key     string   `json:"key"`
	Heading string   `json:"heading"`
	Note    string   `json:"note,omitempty"` // a lead's
	Numbers []Number `json:"numbers,omitempty"`
	Lists   []List   `json:"lists,omitempty"`
	Notes   []string `json:"notes,omitempty"`
}

// Number is one measure. Count is of the whole organisation, or says why it is not
// shown; it is empty where Missing says why there is no number at all.
type Number struct {
	Key        string      `json:"key"`
	Title      string      `json:"title"`
	Count      string      `json:"count,omitempty"`
	Period     string      `json:"period,omitempty"`
	Definition string      `json:"definition,omitempty"`
	Missing    string      `json:"missing,omitempty"`
	Beside     string      `json:"beside,omitempty"`
	Sentence   string      `json:"sentence"`
	Parts      bot.Message `json:"parts"` // chart and table of departments; without blocks: none
}

// List is something told in words.
type List struct {
	Key     string  `json:"key"`
	Heading string  `json:"heading"`
	Entries []Entry `json:"entries,omitempty"`
	Empty   string  `json:"empty"` // what to say when there are none
}

// Entry is one thing that is told.
type Entry struct {
	Title string `json:"title,omitempty"`
	Words string `json:"words,omitempty"`
	By    string `json:"by,omitempty"`
}

// Copy writes a report down, with a lead's words. It is pure, and adds no number.
func Copy(r impact.Report, words Words) Content {
	c := Content{Title: r.Title(), Organisation: r.Organisation, Event: r.Event, From: r.Span.First(), To: r.Span.Last(), Introduction: words.Introduction}
	for _, s := range r.Sections {
		section := Section{Key: s.Key, Heading: s.Heading, Note: words.Notes[s.Key], Notes: slices.Clone(s.Notes)}
		for _, n := range s.Numbers {
			section.Numbers = append(section.Numbers, copyNumber(n))
		}
		for _, l := range s.Lists {
			list := List{Key: l.Key, Heading: l.Heading, Empty: l.Empty}
			for _, e := range l.Entries {
				list.Entries = append(list.Entries, Entry(e))
			}
			section.Lists = append(section.Lists, list)
		}
		c.Sections = append(c.Sections, section)
	}
	return c
}

func copyNumber(n impact.Number) Number {
	out := Number{Key: n.Key, Title: n.Title, Missing: n.Missing, Beside: n.Beside, Sentence: n.Sentence()}
	if len(n.Rows) > 0 {
		out.Count, out.Period, out.Definition = n.Rows[0].Count, n.Rows[0].Period, n.Rows[0].Definition
	}
	out.Parts.Blocks = n.Blocks()
	return out
}

// number finds a measure by its key.
func (c Content) number(key string) (Number, bool) {
	for _, s := range c.Sections {
		for _, n := range s.Numbers {
			if n.Key == key {
				return n, true
			}
		}
	}
	return Number{}, false
}

// list finds a list by its key.
func (c Content) list(key string) List {
	for _, s := range c.Sections {
		for _, l := range s.Lists {
			if l.Key == key {
				return l
			}
		}
	}
	return List{}
}

// Unheard returns the numbers in a lead's words that the report itself does not
// have, each once: readers cannot check them.
func (c Content) Unheard() []string {
	figures := regexp.MustCompile(`\d+(?:[.,:]\d+)*`)
	own := c
	own.Introduction, own.Sections = "", slices.Clone(c.Sections)
	typed := []string{c.Introduction}
	for i := range own.Sections {
		typed = append(typed, own.Sections[i].Note)
		own.Sections[i].Note = ""
	}
	known := figures.FindAllString(own.Markdown(), -1)
	var strange []string
	for _, figure := range figures.FindAllString(strings.Join(typed, "\n"), -1) {
		if !slices.Contains(known, figure) && !slices.Contains(strange, figure) {
			strange = append(strange, figure)
		}
	}
	return strange
}

// without takes a name out of every credit.
func (c Content) without(name string) Content {
	if name == "" {
		return c
	}
	c.Sections = slices.Clone(c.Sections)
	for i := range c.Sections {
		lists := slices.Clone(c.Sections[i].Lists)
		for j := range lists {
			lists[j].Entries = slices.Clone(lists[j].Entries)
			for k := range lists[j].Entries {
				by := &lists[j].Entries[k].By
				*by = nameless(*by, name)
			}
		}
		c.Sections[i].Lists = lists
	}
	return c
}

// nameless replaces a name, as a whole, in a credit.
func nameless(by, name string) string {
	whole := regexp.MustCompile(`(^|[^\pL\pN])` + regexp.QuoteMeta(name) + `($|[^\pL\pN])`)
	return whole.ReplaceAllString(by, "${1}a colleague${2}")
}
