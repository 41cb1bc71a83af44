package bot

import (
	"strings"
	"time"
	"unicode/utf8"
)

// SpanKind says how a run of text is to be shown.
type SpanKind string

// The kinds of Span. A renderer covers all of them.
const (
	Plain  SpanKind = "plain"
	Bold   SpanKind = "bold"
	Italic SpanKind = "italic"
	Code   SpanKind = "code"
	Anchor SpanKind = "link"
	Who    SpanKind = "person"
	When   SpanKind = "moment"
)

// TimeStyle says how a moment is shown, always in the reader's zone.
type TimeStyle string

// The styles of a moment span.
const (
	DateStyle     TimeStyle = "date"      // 4 December
	DayStyle      TimeStyle = "day"       // Friday 4 December
	TimeOnlyStyle TimeStyle = "time"      // 09:00
	DateTimeStyle TimeStyle = "date-time" // Friday 4 December, 09:00
)

// Span is a run of text with one meaning. What a user wrote enters only as
// Plain, Bold, Italic or Code text, or as the label of an Anchor: no renderer
// interprets markup, mentions or templates in Text.
type Span struct {
	Kind   SpanKind  `json:"kind"`
	Text   string    `json:"text,omitempty"`
	URL    string    `json:"url,omitempty"`    // Anchor: absolute http, https or mailto address, or a path of our own web
	Person PersonID  `json:"person,omitempty"` // Who; Text is the name to show
	Ping   bool      `json:"ping,omitempty"`   // Who: notify the person; weekly thanks never do
	At     time.Time `json:"at,omitzero"`      // When
	Style  TimeStyle `json:"style,omitempty"`  // When
}

// Spans is one line or paragraph of text.
type Spans []Span

// T returns plain text as spans.
func T(text string) Spans { return Spans{{Kind: Plain, Text: display(text)}} }

// Strong returns text that is shown bold.
func Strong(text string) Span { return Span{Kind: Bold, Text: display(text)} }

// Emphasis returns text that is shown italic.
func Emphasis(text string) Span { return Span{Kind: Italic, Text: display(text)} }

// Mono returns text that is shown in a fixed-width face.
func Mono(text string) Span { return Span{Kind: Code, Text: display(text)} }

// To returns a link. An address that is neither http, https, mailto nor a path
// of our own web becomes plain text: no other scheme can leave the kernel.
func To(label, url string) Span {
	if !SafeAddress(url) {
		return Span{Kind: Plain, Text: display(label)}
	}
	return Span{Kind: Anchor, Text: display(label), URL: url}
}

// SafeAddress reports whether an address may stand in a link.
func SafeAddress(url string) bool {
	lower := strings.ToLower(url)
	for _, scheme := range []string{"https://", "http://", "mailto:"} {
		if strings.HasPrefix(lower, scheme) {
			return !strings.ContainsAny(url, " \t\r\n\x00<>\"")
		}
	}
	return strings.HasPrefix(url, "/") && !strings.HasPrefix(url, "//") && !strings.Contains(url, "\\")
}

// Name returns a person's name that notifies nobody.
func Name(id PersonID, name string) Span { return Span{Kind: Who, Person: id, Text: display(name)} }

// Ping returns a person's name that notifies that person where the surface can.
func Ping(id PersonID, name string) Span {
	return Span{Kind: Who, Person: id, Text: display(name), Ping: true}
}

// Moment returns a moment, shown in the reader's zone.
func Moment(at time.Time, style TimeStyle) Span {
	return Span{Kind: When, At: at.UTC(), Style: style}
}

// Line joins strings, spans and lists of spans into one line. Any other type
// is a programming error and panics, so that no value is formatted by chance.
func Line(parts ...any) Spans {
	var line Spans
	for _, part := range parts {
		switch part := part.(type) {
		case string:
			line = append(line, T(part)...)
		case Span:
			line = append(line, part)
		case Spans:
			line = append(line, part...)
		default:
			panic("bot.Line takes strings and spans only")
		}
	}
	return line
}

// Plain returns the words alone. Moments are shown in zone.
func (line Spans) Plain(zone *time.Location) string {
	var out strings.Builder
	for _, span := range line {
		if span.Kind == When {
			out.WriteString(ShowTime(span.At, span.Style, zone))
			continue
		}
		out.WriteString(span.Text)
	}
	return out.String()
}

// ShowTime shows a moment in a zone (UTC when nil).
func ShowTime(at time.Time, style TimeStyle, zone *time.Location) string {
	if zone == nil {
		zone = time.UTC
	}
	at = at.In(zone)
	switch style {
	case DayStyle:
		return at.Format("Monday 2 January")
	case TimeOnlyStyle:
		return at.Format("15:04")
	case DateTimeStyle:
		return at.Format("Monday 2 January, 15:04")
	default:
		return at.Format("2 January 2006")
	}
}

// display makes text safe to show: invalid bytes are replaced, and controls and
// directional overrides, which could disguise what follows, are dropped.
func display(text string) string {
	clean := true
	for i := 0; i < len(text); i++ {
		if text[i] < ' ' || text[i] >= utf8.RuneSelf || text[i] == 0x7f {
			clean = false
			break
		}
	}
	if clean {
		return text
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r < ' ' || (r >= 0x7f && r <= 0x9f):
			return -1
		case (r >= 0x202a && r <= 0x202e) || (r >= 0x2066 && r <= 0x2069):
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
}

// Clean is what every typed or imported text passes before it is kept: valid
// UTF-8, no NUL or other controls but newline and tab, "\r\n" as "\n", spaces
// trimmed at both ends, at most limit runes (0: no limit). It is idempotent.
func Clean(text string, limit int) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	text = strings.TrimSpace(display(text))
	if limit > 0 && utf8.RuneCountInString(text) > limit {
		runes := []rune(text)
		text = strings.TrimSpace(string(runes[:limit]))
	}
	return text
}
