package parts

import (
	"strings"
	"unicode"

	"evangelist/bot"
)

// unit is the least that is not cut: one rune, or a link, name or moment.
type unit struct {
	span int
	text string
	cost int
	char rune // 0 for what is not a single rune
}

// cut divides a line so that each piece is at most limit large.
func (m measure) cut(line bot.Spans, limit int) []bot.Spans {
	if m.spans(line) <= limit {
		return []bot.Spans{line}
	}
	line = m.loosen(line, limit)
	units := m.units(line)
	var out []bot.Spans
	for start := 0; start < len(units); {
		end, cost := start, 0
		for end < len(units) {
			more := units[end].cost
			if units[end].char != 0 && (end == start || units[end].span != units[end-1].span) {
				more += m.Span
			}
			if end > start && cost+more > limit {
				break
			}
			cost += more
			end++
		}
		if end < len(units) {
			end = bestCut(units, start, end)
		}
		out = append(out, joined(line, units[start:end]))
		start = end
	}
	return out
}

// loosen turns what may not be cut but is too long into plain words.
func (m measure) loosen(line bot.Spans, limit int) bot.Spans {
	out := make(bot.Spans, 0, len(line))
	for _, span := range line {
		switch {
		case m.span(span) <= limit/2 || span.Kind == bot.When:
		case span.Kind == bot.Anchor && span.Text != "":
			span = bot.Span{Kind: bot.Plain, Text: span.Text + " (" + span.URL + ")"}
		case span.Kind == bot.Anchor:
			span = bot.Span{Kind: bot.Plain, Text: span.URL}
		case span.Kind == bot.Who:
			span = bot.Span{Kind: bot.Plain, Text: span.Text}
		}
		out = append(out, span)
	}
	return out
}

func (m measure) units(line bot.Spans) []unit {
	var units []unit
	for i, span := range line {
		switch span.Kind {
		case bot.Anchor, bot.Who, bot.When:
			units = append(units, unit{span: i, text: span.Text, cost: m.span(span)})
		default:
			for _, r := range span.Text {
				units = append(units, unit{span: i, text: string(r), cost: m.rune(r), char: r})
			}
		}
	}
	return units
}

// bestCut returns where to end a piece that begins at start and must end at or
// before end: after a line, a sentence, a space, else at end.
func bestCut(units []unit, start, end int) int {
	half := start + (end-start)/2
	sentence, space := 0, 0
	for i := end; i > start; i-- {
		before := units[i-1].char
		switch {
		case before == '\n' && i > half:
			return i
		case unicode.IsSpace(before) && before != 0:
			if space == 0 {
				space = i
			}
			if sentence == 0 && i > half && i-2 >= start && strings.ContainsRune(".!?…", units[i-2].char) && units[i-2].char != 0 {
				sentence = i
			}
		}
	}
	switch {
	case sentence > 0:
		return sentence
	case space > 0:
		return space
	}
	return end
}

func joined(line bot.Spans, units []unit) bot.Spans {
	var out bot.Spans
	var text strings.Builder
	for i, u := range units {
		text.WriteString(u.text)
		if i+1 < len(units) && units[i+1].span == u.span {
			continue
		}
		span := line[u.span]
		span.Text = text.String()
		out = append(out, span)
		text.Reset()
	}
	return out
}
