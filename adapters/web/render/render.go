package render

import (
	"bytes"
	"embed"
	"html/template"
	"strings"
	"time"

	"evangelist/bot"
)

//go:embed templates/*.html
var files embed.FS

var templates = template.Must(template.ParseFS(files, "templates/*.html"))

// Renderer draws messages and forms. Its methods are safe for concurrent use.
type Renderer struct{ zone *time.Location }

// New returns a Renderer that shows moments in zone (UTC when nil).
func New(zone *time.Location) *Renderer {
	if zone == nil {
		zone = time.UTC
	}
	return &Renderer{zone: zone}
}

// Zone is the zone in which moments are shown.
func (r *Renderer) Zone() *time.Location { return r.zone }

// Options say how a message stands on its page.
type Options struct {
	Level int    // the HTML level of the message's own heading, 1 to 5; 0: 1
	Back  string // the local path to which its buttons return
	Bare  bool   // without buttons
}

// Message draws a message. One without blocks shows its summary.
func (r *Renderer) Message(m bot.Message, o Options) template.HTML {
	blocks := m.Blocks
	if len(blocks) == 0 {
		blocks = []bot.Block{bot.Paragraph{Text: bot.T(m.Summary)}}
	}
	return r.Blocks(blocks, o)
}

// Blocks draws blocks one after the other.
func (r *Renderer) Blocks(blocks []bot.Block, o Options) template.HTML {
	if o.Level < 1 || o.Level > 5 {
		o.Level = 1
	}
	var out strings.Builder
	for _, block := range blocks {
		out.WriteString(string(r.block(block, o)))
	}
	return template.HTML(out.String())
}

// view is what a template of a block sees.
type view struct {
	*Renderer
	B any
	O Options
}

func (r *Renderer) block(block bot.Block, o Options) template.HTML {
	v := view{Renderer: r, B: block, O: o}
	switch b := block.(type) {
	case bot.Heading:
		if code, is := onlyCode(b.Text); is {
			return run("code", code)
		}
		return run(headingName(b.Level, o.Level), v)
	case bot.Paragraph:
		if code, is := onlyCode(b.Text); is {
			return run("code", code)
		}
		return run("paragraph", v)
	case bot.List:
		return run("list", v)
	case bot.Facts:
		return run("facts", v)
	case bot.Quote:
		return run("quote", v)
	case bot.Link:
		return run("link", v)
	case bot.Table:
		return run("table", v)
	case bot.Figure:
		return run("figure", v)
	case bot.Note:
		return run("note", v)
	case bot.Rule:
		return run("rule", v)
	case bot.Actions:
		if o.Bare || len(b.Buttons) == 0 {
			return ""
		}
		return run("actions", v)
	}
	return ""
}

func headingName(level, base int) string {
	if level > 1 {
		base++
	}
	return "h" + string(rune('0'+min(base, 6)))
}

// onlyCode reports a line that is nothing but one code, such as the private
// code on a form's last page: it is shown large, with copy and print.
func onlyCode(line bot.Spans) (string, bool) {
	if len(line) == 1 && line[0].Kind == bot.Code {
		return line[0].Text, true
	}
	return "", false
}

// run executes a template. The templates are ours and their data is of known
// types, so that a failure is a mistake in this package, found by its tests.
func run(name string, data any) template.HTML {
	var out bytes.Buffer
	if err := templates.ExecuteTemplate(&out, name, data); err != nil {
		return ""
	}
	return template.HTML(out.String())
}

// Line draws one line or paragraph of text.
func (r *Renderer) Line(line bot.Spans) template.HTML {
	var out strings.Builder
	for _, span := range line {
		out.WriteString(string(r.span(span)))
	}
	return template.HTML(out.String())
}

type spanView struct {
	Text, URL, At string
	Away          bool
}

func (r *Renderer) span(span bot.Span) template.HTML {
	v := spanView{Text: span.Text}
	switch span.Kind {
	case bot.Bold:
		return run("bold", v)
	case bot.Italic:
		return run("italic", v)
	case bot.Code:
		return run("mono", v)
	case bot.Who:
		return run("person", v)
	case bot.When:
		v.Text, v.At = bot.ShowTime(span.At, span.Style, r.zone), span.At.UTC().Format(time.RFC3339)
		return run("moment", v)
	case bot.Anchor:
		if v.Text == "" {
			v.Text = span.URL
		}
		if v.URL = Address(span.URL); v.URL != "" {
			v.Away = leadsAway(v.URL)
			return run("anchor", v)
		}
	}
	return run("plain", v)
}

// Address returns an address that may stand in a link, else nothing.
func Address(url string) string {
	if !bot.SafeAddress(url) {
		return ""
	}
	return url
}

// leadsAway reports whether an address leaves our own web.
func leadsAway(url string) bool { return !strings.HasPrefix(url, "/") }

// Href is Address for templates.
func (v view) Href(url string) string { return Address(url) }

// Away is leadsAway for templates.
func (v view) Away(url string) bool { return leadsAway(url) }

// Picture draws a figure's SVG for templates; empty when it is not harmless.
func (v view) Picture(f bot.Figure) template.HTML { return SVG(f.SVG, f.Alt) }

// Headline returns what a page about the message is called, and whether the
// message itself begins with that heading.
func Headline(m bot.Message) (title string, own bool) {
	if len(m.Blocks) > 0 {
		if h, is := m.Blocks[0].(bot.Heading); is && h.Level <= 1 {
			if _, code := onlyCode(h.Text); !code {
				return h.Text.Plain(nil), true
			}
		}
		if p, is := m.Blocks[0].(bot.Paragraph); is && p.Text.Plain(nil) == m.Summary {
			return "", false
		}
		return m.Summary, false
	}
	return "", false
}

// IsNotice reports whether the message is one paragraph and no more.
func IsNotice(m bot.Message) bool {
	if len(m.Blocks) == 0 {
		return true
	}
	_, paragraph := m.Blocks[0].(bot.Paragraph)
	return len(m.Blocks) == 1 && paragraph
}

// Button draws one button for templates.
func (v view) Button(b bot.Button) template.HTML {
	return run("button", view{Renderer: v.Renderer, B: b, O: v.O})
}
