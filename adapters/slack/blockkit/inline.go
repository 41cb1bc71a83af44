package blockkit

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"evangelist/bot"
)

const (
	longestLeaf    = 3000 // UTF-16 units of one run of rich text
	longestAddress = 3000
)

// drawer draws one message or view.
type drawer struct {
	Options
	pings   bool // pings are kept for Resolve; else they are names
	buttons int  // how many were drawn
	rows    int  // rows of buttons
}

// leaves draws a line as runs of rich text; base is the style of all of it.
func (d *drawer) leaves(line bot.Spans, base style) []leaf {
	var out run
	for _, span := range line {
		text, look := clean(span.Text), base
		switch span.Kind {
		case bot.Bold:
			look.Bold = true
		case bot.Italic:
			look.Italic = true
		case bot.Code:
			look.Code = true
		case bot.Anchor:
			out.link(d, text, span.URL, look)
			continue
		case bot.When:
			out.add(d.moment(span, look))
			continue
		case bot.Who:
			if d.pings && span.Ping && span.Person != "" && text != "" && len(text) <= longestLeaf {
				out.add(leaf{Type: "text", Text: text, Style: styled(look), Ping: string(span.Person)})
				continue
			}
		}
		out.text(text, look)
	}
	return out.leaves
}

// run collects leaves; texts of one style become one leaf.
type run struct{ leaves []leaf }

func (r *run) add(l leaf) { r.leaves = append(r.leaves, l) }

func (r *run) text(text string, look style) {
	if text == "" {
		return
	}
	if n := len(r.leaves); n > 0 {
		last := &r.leaves[n-1]
		if last.Type == "text" && last.Ping == "" && last.look() == look && len(last.Text)+len(text) <= longestLeaf {
			last.Text += text
			return
		}
	}
	for _, piece := range chunks(text, longestLeaf) {
		r.add(leaf{Type: "text", Text: piece, Style: styled(look)})
	}
}

// link draws a link, or its words and address where that leads nowhere.
func (r *run) link(d *drawer, text, url string, look style) {
	address, leads := d.leads(url)
	switch {
	case !leads && text != "" && text != url && url != "":
		r.text(text+" ("+clean(url)+")", look)
	case !leads && text != "":
		r.text(text, look)
	case !leads:
		r.text(clean(url), look)
	case text == "" || text == address:
		r.add(leaf{Type: "link", URL: address, Style: styled(look)})
	default:
		for _, piece := range chunks(text, longestLeaf) {
			r.add(leaf{Type: "link", URL: address, Text: piece, Style: styled(look)})
		}
	}
}

func (l leaf) look() style {
	if l.Style == nil {
		return style{}
	}
	return *l.Style
}

func styled(look style) *style {
	if look == (style{}) {
		return nil
	}
	return &look
}

// leads returns where a link leads, and whether that is somewhere that Slack
// takes: absolute, not too long, of a harmless scheme.
func (d *drawer) leads(url string) (string, bool) {
	if !bot.SafeAddress(url) {
		return "", false
	}
	if strings.HasPrefix(url, "/") {
		if d.BaseURL == "" {
			return "", false
		}
		url = d.BaseURL + url
	}
	_, rest, _ := strings.Cut(url, ":")
	blank := strings.ContainsFunc(url, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) || r == utf8.RuneError })
	if blank || strings.Trim(rest, "/") == "" || units(url) > longestAddress || !bot.SafeAddress(url) {
		return "", false
	}
	return url, true
}

// moment draws a moment that each reader sees in their own zone.
func (d *drawer) moment(span bot.Span, look style) leaf {
	fallback := d.moments(span)
	if !showable(span.At) {
		return leaf{Type: "text", Text: fallback, Style: styled(look)}
	}
	return leaf{Type: "date", Timestamp: span.At.Unix(), Format: format(span.Style), Fallback: fallback, Style: styled(look)}
}

// showable reports whether Slack can show a moment: it counts from 1970.
func showable(at time.Time) bool { return at.Unix() > 0 && at.Year() < 10_000 }

func format(style bot.TimeStyle) string {
	switch style {
	case bot.DayStyle:
		return "{date_long}"
	case bot.TimeOnlyStyle:
		return "{time}"
	case bot.DateTimeStyle:
		return "{date_long}, {time}"
	default:
		return "{date_long_full}"
	}
}

// moments writes a moment in the organisation's zone, and names the zone where
// there is a time of day.
func (d *drawer) moments(span bot.Span) string {
	text := bot.ShowTime(span.At, span.Style, d.Zone)
	if span.Style != bot.TimeOnlyStyle && span.Style != bot.DateTimeStyle {
		return text
	}
	zone := d.Zone
	if zone == nil {
		zone = time.UTC
	}
	return text + " " + span.At.In(zone).Format("MST")
}

// plain writes a line where nothing but words can stand.
func (d *drawer) plain(line bot.Spans) string {
	var out strings.Builder
	for _, span := range line {
		switch {
		case span.Kind == bot.When:
			out.WriteString(d.moments(span))
		case span.Kind == bot.Anchor && span.Text == "":
			out.WriteString(clean(span.URL))
		default:
			out.WriteString(clean(span.Text))
		}
	}
	return out.String()
}

// clean makes a text safe to show, as the kernel does for what becomes a span.
func clean(text string) string { return bot.T(text)[0].Text }

// units counts UTF-16 units, of which no way of counting characters has more.
func units(text string) int {
	n := 0
	for _, r := range text {
		n += max(utf16.RuneLen(r), 1)
	}
	return n
}

// chunks cuts a text into pieces of at most limit UTF-16 units, behind a space
// where there is one.
func chunks(text string, limit int) []string {
	var out []string
	for len(text) > limit {
		end, space, n := len(text), 0, 0
		for at, r := range text {
			if n += max(utf16.RuneLen(r), 1); n > limit {
				end = at
				break
			}
			if unicode.IsSpace(r) {
				space = at + utf8.RuneLen(r)
			}
		}
		if end < len(text) && space > 0 {
			end = space
		}
		out, text = append(out, text[:end]), text[end:]
	}
	if text != "" {
		out = append(out, text)
	}
	return out
}

// clip shortens a text to at most limit UTF-16 units, with an ellipsis, and
// reports whether anything was left out.
func clip(text string, limit int) (string, bool) {
	if len(text) <= limit || units(text) <= limit {
		return text, false
	}
	n := 1
	for at, r := range text {
		if n += max(utf16.RuneLen(r), 1); n > limit {
			return strings.TrimSpace(text[:at]) + "…", true
		}
	}
	return text, false
}

func blank(text string) bool { return strings.TrimSpace(text) == "" }
