package page

import (
	"strings"
	"time"

	"evangelist/bot"
)

// spanView is a run of text as the templates show it.
type spanView struct {
	Kind string
	Text string
	URL  string
	Away bool   // leads out of our own web
	At   string // machine-readable moment
}

// blockView is a block as the templates show it; what is set depends on Kind.
type blockView struct {
	Kind    string
	Level   int
	Ordered bool
	Spans   []spanView
	By      []spanView
	Items   [][]spanView
	Facts   []factView
	Link    linkView
	Caption string
	Head    []string
	Rows    [][][]spanView
	Src     string
	Alt     string
	Buttons []buttonView
	Code    string // a line that is nothing but a code, as a private code is
}

type factView struct {
	Label string
	Value []spanView
}

type linkView struct {
	Number int
	Title  string
	URL    string
	Away   bool
	Meta   string
	Lines  [][]spanView
}

// buttonView is a button with all that pressing it sends.
type buttonView struct {
	Label, Tone, Command, Arg string
	At, Where, Place, Message string
}

// origin says where buttons stand, so that pressing one finds it again.
type origin struct {
	at      string // the place that the visitor looks at
	where   string // message, home, done, behind
	place   string
	message string
}

func (s *Server) spans(line bot.Spans) []spanView {
	out := make([]spanView, 0, len(line))
	for _, span := range line {
		view := spanView{Kind: string(span.Kind), Text: span.Text}
		switch span.Kind {
		case bot.When:
			view.Text = bot.ShowTime(span.At, span.Style, s.Zone)
			view.At = span.At.UTC().Format(time.RFC3339)
		case bot.Anchor:
			view.URL, view.Away = safe(span.URL)
			if view.Text == "" {
				view.Text = span.URL
			}
			if view.URL == "" {
				view.Kind = string(bot.Plain)
			}
		case bot.Who:
			if span.Ping {
				view.Kind = "ping"
			}
		}
		out = append(out, view)
	}
	return out
}

// safe returns an address that may stand in a link, else nothing.
func safe(address string) (url string, away bool) {
	if !bot.SafeAddress(address) {
		return "", false
	}
	return address, !strings.HasPrefix(address, "/")
}

func (s *Server) lines(lines []bot.Spans) [][]spanView {
	out := make([][]spanView, 0, len(lines))
	for _, line := range lines {
		out = append(out, s.spans(line))
	}
	return out
}

func (s *Server) blocks(message bot.Message, from origin) []blockView {
	blocks := message.Blocks
	if len(blocks) == 0 {
		blocks = []bot.Block{bot.Paragraph{Text: bot.T(message.Summary)}}
	}
	out := make([]blockView, 0, len(blocks))
	for _, block := range blocks {
		out = append(out, s.block(block, from))
	}
	return out
}

func (s *Server) block(block bot.Block, from origin) blockView {
	switch b := block.(type) {
	case bot.Heading:
		if len(b.Text) == 1 && b.Text[0].Kind == bot.Code {
			return blockView{Kind: "code", Code: b.Text[0].Text}
		}
		return blockView{Kind: "heading", Level: b.Level, Spans: s.spans(b.Text)}
	case bot.Paragraph:
		if len(b.Text) == 1 && b.Text[0].Kind == bot.Code {
			return blockView{Kind: "code", Code: b.Text[0].Text}
		}
		return blockView{Kind: "paragraph", Spans: s.spans(b.Text)}
	case bot.List:
		return blockView{Kind: "list", Ordered: b.Ordered, Items: s.lines(b.Items)}
	case bot.Facts:
		view := blockView{Kind: "facts"}
		for _, fact := range b.Facts {
			view.Facts = append(view.Facts, factView{Label: fact.Label, Value: s.spans(fact.Value)})
		}
		return view
	case bot.Quote:
		return blockView{Kind: "quote", Spans: s.spans(b.Text), By: s.spans(b.By)}
	case bot.Link:
		link := linkView{Number: b.Number, Title: b.Title, Meta: b.Meta, Lines: s.lines(b.Lines)}
		link.URL, link.Away = safe(b.URL)
		if link.Title == "" {
			link.Title = b.URL
		}
		return blockView{Kind: "link", Link: link}
	case bot.Table:
		view := blockView{Kind: "table", Caption: b.Caption, Head: b.Head}
		for _, row := range b.Rows {
			view.Rows = append(view.Rows, s.lines(row))
		}
		return view
	case bot.Figure:
		return blockView{Kind: "figure", Alt: b.Alt, Spans: s.spans(b.Caption), Src: s.figures.path(b.SVG)}
	case bot.Note:
		return blockView{Kind: "note", Spans: s.spans(b.Text)}
	case bot.Rule:
		return blockView{Kind: "rule"}
	case bot.Actions:
		view := blockView{Kind: "actions"}
		for _, button := range b.Buttons {
			view.Buttons = append(view.Buttons, buttonView{
				Label: button.Label, Tone: string(button.Tone), Command: button.Command, Arg: button.Arg,
				At: from.at, Where: from.where, Place: from.place, Message: from.message,
			})
		}
		return view
	}
	return blockView{Kind: "unknown"}
}
