package blockkit

import (
	"fmt"
	"strings"

	"evangelist/bot"
)

// longestHeader is how many UTF-16 units a header block shows.
const longestHeader = 150

// draw draws one block, nil when there is nothing in it to show.
func (d *drawer) draw(block bot.Block) []any {
	switch b := block.(type) {
	case bot.Heading:
		return d.heading(b)
	case bot.Paragraph:
		return d.rich(section(trimmed(d.leaves(b.Text, style{}))))
	case bot.List:
		return d.rich(d.list(b))
	case bot.Facts:
		return d.facts(b)
	case bot.Quote:
		return d.quote(b)
	case bot.Link:
		return d.link(b)
	case bot.Table:
		return d.table(b)
	case bot.Figure:
		return d.note(figureWords(b))
	case bot.Note:
		return d.note(b.Text)
	case bot.Rule:
		return []any{divider()}
	case bot.Actions:
		return d.actions(b)
	}
	return nil
}

// rich makes a block of the pieces that have something in them.
func (d *drawer) rich(pieces ...rich) []any {
	var kept []rich
	for _, piece := range pieces {
		leaves, isLeaves := piece.Elements.([]leaf)
		items, isItems := piece.Elements.([]rich)
		if isLeaves && !nothing(leaves) || isItems && len(items) > 0 {
			kept = append(kept, piece)
		}
	}
	if len(kept) == 0 {
		return nil
	}
	return []any{richText(kept...)}
}

// nothing reports whether leaves show nothing.
func nothing(leaves []leaf) bool {
	for _, l := range leaves {
		if l.Type != "text" || !blank(l.Text) {
			return false
		}
	}
	return true
}

// trimmed leaves out line breaks at the beginning and blanks at the end.
func trimmed(leaves []leaf) []leaf {
	for len(leaves) > 0 && leaves[0].Type == "text" {
		text := strings.TrimLeft(leaves[0].Text, "\n")
		if text != "" {
			leaves[0].Text = text
			break
		}
		leaves = leaves[1:]
	}
	for n := len(leaves) - 1; n >= 0 && leaves[n].Type == "text"; n-- {
		text := strings.TrimRight(leaves[n].Text, " \n\t")
		if text != "" {
			leaves[n].Text = text
			break
		}
		leaves = leaves[:n]
	}
	return leaves
}

// heading draws a title as a header, where it can be one, and a section as bold
// words under a line. A title in a fixed-width face, such as a private code, is
// there to be copied: it stands once large and once in a box of its own.
func (d *drawer) heading(b bot.Heading) []any {
	text := d.plain(b.Text)
	code := len(b.Text) > 0
	for _, span := range b.Text {
		code = code && span.Kind == bot.Code
	}
	if b.Level > 1 || !d.fitsHeader(b.Text, text) {
		bold := d.rich(section(trimmed(d.leaves(b.Text, style{Bold: true}))))
		if b.Level > 1 && bold != nil {
			return append([]any{divider()}, bold...)
		}
		return bold
	}
	header := headerBlock{Type: "header", Text: plainText(strings.TrimSpace(text))}
	if code {
		box := rich{Type: "rich_text_preformatted", Elements: []leaf{{Type: "text", Text: strings.TrimSpace(text)}}}
		return append([]any{header}, append(d.note(bot.T("To copy:")), d.rich(box)...)...)
	}
	return []any{header}
}

func (d *drawer) fitsHeader(line bot.Spans, text string) bool {
	for _, span := range line {
		if span.Kind == bot.Anchor || d.pings && span.Kind == bot.Who && span.Ping {
			return false
		}
	}
	return !blank(text) && units(text) <= longestHeader && readsAsWritten(text) && !strings.Contains(text, "\n")
}

// readsAsWritten reports whether Slack shows a plain_text just as it is: what
// looks like one of its own entities may be shown as what that stands for.
func readsAsWritten(text string) bool {
	if strings.Contains(text, "<") {
		return false
	}
	for _, entity := range []string{"&amp;", "&lt;", "&gt;"} {
		if strings.Contains(text, entity) {
			return false
		}
	}
	return true
}

func (d *drawer) list(b bot.List) rich {
	out := rich{Type: "rich_text_list", Style: "bullet"}
	if b.Ordered {
		out.Style = "ordered"
	}
	var items []rich
	empty := true
	for _, item := range b.Items {
		leaves := trimmed(d.leaves(item, style{}))
		empty = empty && nothing(leaves)
		if len(leaves) == 0 { // kept, so that the numbers stay right
			leaves = []leaf{{Type: "text", Text: " "}}
		}
		items = append(items, section(leaves))
	}
	if empty {
		items = nil
	}
	out.Elements = items
	return out
}

// facts draws a line for each: the label bold, then the value.
func (d *drawer) facts(b bot.Facts) []any {
	var out run
	for _, fact := range b.Facts {
		if out.leaves != nil {
			out.text("\n", style{})
		}
		if label := strings.TrimSpace(clean(fact.Label)); label != "" {
			out.text(labelled(label), style{Bold: true})
			out.text(" ", style{})
		}
		for _, l := range trimmed(d.leaves(fact.Value, style{})) {
			out.join(l)
		}
	}
	return d.rich(section(trimmed(out.leaves)))
}

// labelled puts a colon behind a label that does not end in a sign of its own.
func labelled(label string) string {
	if strings.ContainsAny(label[len(label)-1:], ":?!.") {
		return label
	}
	return label + ":"
}

// join adds a leaf that was drawn before.
func (r *run) join(l leaf) {
	if l.Type == "text" && l.Ping == "" {
		r.text(l.Text, l.look())
		return
	}
	r.add(l)
}

func (d *drawer) quote(b bot.Quote) []any {
	quote := rich{Type: "rich_text_quote", Elements: trimmed(d.leaves(b.Text, style{}))}
	by := trimmed(d.leaves(b.By, style{}))
	if nothing(by) {
		return d.rich(quote)
	}
	by = append([]leaf{{Type: "text", Text: "— "}}, by...)
	return d.rich(quote, section(by))
}

// link draws an item: its number and title, which leads there, then a line for
// what is known of it and each line that was said.
func (d *drawer) link(b bot.Link) []any {
	var out run
	if b.Number > 0 {
		out.text(fmt.Sprintf("%d  ", b.Number), style{Bold: true})
	}
	out.link(d, strings.TrimSpace(clean(b.Title)), b.URL, style{Bold: true})
	line := func(leaves []leaf) {
		if nothing(leaves) {
			return
		}
		if out.leaves != nil {
			out.text("\n", style{})
		}
		for _, l := range leaves {
			out.join(l)
		}
	}
	line(trimmed(d.leaves(bot.T(b.Meta), style{})))
	for _, spans := range b.Lines {
		line(trimmed(d.leaves(spans, style{})))
	}
	return d.rich(section(out.leaves))
}

// figureWords says what a picture shows, where no picture can be shown.
func figureWords(b bot.Figure) bot.Spans {
	line := append(bot.Spans{}, b.Caption...)
	if b.Alt == "" {
		return line
	}
	if len(line) > 0 {
		line = append(line, bot.T("\n")...)
	}
	return append(line, bot.T("["+b.Alt+"]")...)
}
