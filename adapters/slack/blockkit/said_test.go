package blockkit_test

import (
	"strings"
	"time"
	"unicode"

	"pgregory.net/rapid"

	"evangelist/adapters/slack/blockkit"
	"evangelist/bot"
)

// hostile texts mean something to Slack, and must not.
var hostile = []string{
	"<!channel>", "<!here|here>", "<@U123>", "<#C123|general>", "<!subteam^S1>", "<!date^1^{time}|then>", "<https://example.net/|free money>", "<mailto:a@b|x>",
	"@everyone", "#general", "*bold*", "_italic_", "~struck~", "`code`", "```block```", ":wave:", ":+1::skin-tone-2:", "> quote", "\n> quote", "&gt; quote", "&amp;lt;", "& < >",
	`"ping":"p9"`, `\"ping\":\"p9\"`, `","ping":"p9","x":"`, `{"type":"user","user_id":"U1"}`, "\u202egnp.exe", "\x00\x07", "{{.}}", "%s%d", "\\u003c", "\u2028", "🙈👩‍👩‍👧", "ärger", "文字化け", "\xff",
}

// anyText draws words, some hostile, some long, with different blanks between.
func anyText(t *rapid.T, label string, most int) string {
	words := rapid.SliceOfN(rapid.OneOf(
		rapid.StringMatching(`[a-zA-Z0-9äé文&"]{1,14}`),
		rapid.SampledFrom(hostile),
		rapid.Map(rapid.IntRange(0, 400), func(n int) string { return strings.Repeat("long", n) }),
	), 0, most).Draw(t, label)
	return strings.Join(words, rapid.SampledFrom([]string{" ", "\n", ". ", "\n\n", "*"}).Draw(t, label+" glue"))
}

func anyLine(t *rapid.T, most int) bot.Spans {
	var line bot.Spans
	for range rapid.IntRange(0, 4).Draw(t, "spans") {
		text := anyText(t, "text", most)
		switch rapid.IntRange(0, 9).Draw(t, "kind") {
		case 0:
			line = append(line, bot.Strong(text))
		case 1:
			line = append(line, bot.Emphasis(text))
		case 2:
			line = append(line, bot.Mono(text))
		case 3:
			line = append(line, bot.To(text, rapid.SampledFrom([]string{"https://example.org/a?b=1&c=2|x", "/archive/1", "mailto:a@example.org", "https://", "https://example.org/" + strings.Repeat("p", 3100)}).Draw(t, "url")))
		case 4:
			line = append(line, bot.Line(" ", bot.Ping(rapid.SampledFrom([]bot.PersonID{"ada", "bad", "nobody"}).Draw(t, "person"), "Somebody Else"), " ")...)
		case 5:
			line = append(line, bot.Line(" ", bot.Moment(time.Unix(rapid.Int64Range(-6e10, 25e10).Draw(t, "at"), 0), rapid.SampledFrom([]bot.TimeStyle{bot.DateStyle, bot.DayStyle, bot.TimeOnlyStyle, bot.DateTimeStyle, ""}).Draw(t, "style")), " ")...)
		case 6:
			line = append(line, bot.Span{Kind: bot.Plain, Text: text + " "}, bot.Span{Kind: bot.Who, Text: text}) // not made by the kernel's constructors
		default:
			line = append(line, bot.T(text)...)
		}
		line = append(line, bot.T(rapid.SampledFrom([]string{" ", ", ", "\n"}).Draw(t, "between"))...)
	}
	return line
}

func several[T any](t *rapid.T, label string, most int, draw func() T) []T {
	var out []T
	for range rapid.IntRange(0, most).Draw(t, label) {
		out = append(out, draw())
	}
	return out
}

func anyBlock(t *rapid.T) bot.Block {
	most := rapid.SampledFrom([]int{2, 2, 8, 60, 900}).Draw(t, "most")
	line := func() bot.Spans { return anyLine(t, most) }
	short := func(label string) string { return anyText(t, label, 4) }
	switch rapid.IntRange(0, 11).Draw(t, "block") {
	case 0:
		return bot.Heading{Level: rapid.IntRange(1, 2).Draw(t, "level"), Text: line()}
	case 1:
		return bot.Paragraph{Text: line()}
	case 2:
		return bot.List{Ordered: rapid.Bool().Draw(t, "ordered"), Items: several(t, "items", 4, line)}
	case 3:
		return bot.Facts{Facts: several(t, "facts", 4, func() bot.Fact { return bot.Fact{Label: anyText(t, "label", most/2), Value: line()} })}
	case 4:
		return bot.Quote{Text: line(), By: anyLine(t, 3)}
	case 5:
		return bot.Link{Number: rapid.IntRange(0, 9).Draw(t, "number"), Title: anyText(t, "title", most/2), URL: rapid.SampledFrom([]string{"https://example.org/page", "", "javascript:alert(1)", "https://example.org/" + strings.Repeat("q", 3100)}).Draw(t, "url"), Meta: short("meta"), Lines: several(t, "lines", 3, line)}
	case 6:
		head := several(t, "head", 4, func() string { return short("head") })
		return bot.Table{Caption: short("caption"), Head: head, Rows: several(t, "rows", 5, func() []bot.Spans { return several(t, "cells", 4, line) })}
	case 7:
		return bot.Figure{Alt: anyText(t, "alt", most), Caption: line(), SVG: "<svg/>"}
	case 8, 9:
		return bot.Note{Text: line()}
	case 10:
		return bot.Rule{}
	}
	return bot.Actions{Buttons: several(t, "buttons", 7, func() bot.Button {
		return bot.Button{
			Command: rapid.SampledFrom([]string{"x", "digest.useful"}).Draw(t, "command"), Arg: rapid.StringMatching(`[a-z0-9/-]{0,200}`).Draw(t, "arg"),
			Label: short("label"), Confirm: anyText(t, "confirm", most), Tone: rapid.SampledFrom([]bot.Tone{bot.Quiet, bot.Primary, bot.Danger}).Draw(t, "tone"),
		}
	})}
}

func anyMessage(t *rapid.T) bot.Message {
	return bot.Message{Summary: anyText(t, "summary", 40), Blocks: several(t, "blocks", rapid.SampledFrom([]int{3, 3, 8, 60}).Draw(t, "many"), func() bot.Block { return anyBlock(t) })}
}

// said lists every text that a reader must find again; moments are shown in
// ways of their own.
func said(blocks ...bot.Block) []string {
	var out []string
	line := func(lines ...bot.Spans) {
		for _, spans := range lines {
			for _, span := range spans {
				out = append(out, span.Text)
			}
		}
	}
	for _, block := range blocks {
		switch b := block.(type) {
		case bot.Heading:
			line(b.Text)
		case bot.Paragraph:
			line(b.Text)
		case bot.List:
			line(b.Items...)
		case bot.Facts:
			for _, fact := range b.Facts {
				out = append(out, fact.Label)
				line(fact.Value)
			}
		case bot.Quote:
			line(b.Text, b.By)
		case bot.Link:
			out = append(out, b.Title, b.Meta)
			line(b.Lines...)
		case bot.Table:
			out = append(out, b.Caption)
			out = append(out, b.Head...)
			for _, row := range b.Rows {
				line(row...)
			}
		case bot.Figure:
			out = append(out, b.Alt)
			line(b.Caption)
		case bot.Note:
			line(b.Text)
		case bot.Actions:
			for _, button := range b.Buttons {
				out = append(out, button.Label, button.Confirm)
			}
		}
	}
	return out
}

// longWord is the length from which on a word may be cut.
const longWord = 60

func wordsOf(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// lost returns a word of texts that is not shown as often, or "".
func lost(texts []string, shown string) string {
	have := map[string]int{}
	words := wordsOf(shown)
	for _, word := range words {
		have[word]++
	}
	squeezed := strings.Join(words, "")
	for _, text := range texts {
		for _, word := range wordsOf(bot.T(text)[0].Text) {
			if len(word) >= longWord {
				if !strings.Contains(squeezed, word) {
					return word
				}
				continue
			}
			if have[word]--; have[word] < 0 {
				return word
			}
		}
	}
	return ""
}

type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

func wordsIn(t fataler, payload []byte) string {
	t.Helper()
	words, err := blockkit.Words(payload)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return words
}
