package digests

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"evangelist/bot"
)

// Message draws an edition for readers: the same words on every surface. tally
// holds the counts that may be shown, by item ID; id is the edition's, empty
// for a preview, which has no buttons.
func (c Content) Message(id string, tally map[string]Tally) bot.Message {
	message := bot.Message{Summary: c.Digest + ", " + c.Dates() + ": " + c.Summary()}
	message.Blocks = append(message.Blocks,
		bot.Heading{Level: 1, Text: bot.T(c.Digest)},
		bot.Note{Text: bot.T(c.Dates())},
		bot.Paragraph{Text: c.summaryLine()},
	)
	for n, item := range c.Items {
		message.Blocks = append(message.Blocks, item.blocks(n+1, id, tally[item.ID])...)
	}
	if len(c.Finds) > 0 {
		message.Blocks = append(message.Blocks, bot.Heading{Level: 2, Text: bot.T("Found elsewhere")})
		for n, item := range c.Finds {
			message.Blocks = append(message.Blocks, item.blocks(len(c.Items)+n+1, id, tally[item.ID])...)
		}
	}
	for _, section := range c.Sections {
		message.Blocks = append(message.Blocks, section.blocks()...)
	}
	return bot.Message{Summary: message.Summary, Blocks: append(message.Blocks,
		bot.Note{Text: bot.Line("Put something in: ", bot.Mono("/digest add"))})}
}

func (s Section) blocks() []bot.Block {
	blocks := []bot.Block{bot.Heading{Level: 2, Text: bot.T(s.Heading)}}
	var single []bot.Spans
	for _, item := range s.Items {
		if len(item.Lines) == 1 {
			single = append(single, item.Lines[0])
			continue
		}
		for _, line := range item.Lines {
			blocks = append(blocks, bot.Paragraph{Text: line})
		}
	}
	if len(single) > 0 {
		blocks = append(blocks, bot.List{Items: single})
	}
	return blocks
}

// blocks draws one item. Without an edition's id it has no buttons.
func (i Item) blocks(n int, edition string, tally Tally) []bot.Block {
	blocks := []bot.Block{bot.Link{Number: n, Title: i.Title, URL: i.URL, Meta: i.Source, Lines: i.lines(tally)}}
	if edition != "" {
		arg := edition + "/" + i.ID
		blocks = append(blocks, bot.Actions{Buttons: []bot.Button{
			{Command: "digest.useful", Arg: arg, Label: "Useful"},
			{Command: "digest.used", Arg: arg, Label: "I used this"},
		}})
	}
	return blocks
}

func (i Item) lines(tally Tally) []bot.Spans {
	var lines []bot.Spans
	switch {
	case i.Because != "":
		lines = append(lines, bot.Line("Makes your job easier because "+i.Because))
	case i.Quote != "":
		lines = append(lines, bot.Line(bot.Emphasis("“"+i.Quote+"”")))
	case i.Blurb != "" && i.Note == "":
		lines = append(lines, bot.T(i.Blurb))
	}
	if i.Note != "" {
		lines = append(lines, bot.T(i.Note))
	}
	if thanks := i.Thanks(); len(thanks) > 0 {
		lines = append(lines, thanks)
	}
	if words := tally.words(); words != "" {
		lines = append(lines, bot.T(words))
	}
	return lines
}

// Thanks names who shared an item: up to three people; of more than three the
// first two, then how many more. Nobody is notified. It is empty when nobody is
// to be thanked.
func (i Item) Thanks() bot.Spans {
	named := slices.DeleteFunc(slices.Clone(i.Sharers), func(s Sharer) bool { return s.Name == "" })
	total := len(i.Sharers)
	if total == 0 {
		return nil
	}
	if len(named) == 0 {
		if total == 1 {
			return bot.T("Shared by a colleague")
		}
		return bot.T("Shared by " + number(total) + " colleagues")
	}
	most := 2
	if total <= 3 { // three are thanked by name; more would bury the item
		most = 3
	}
	shown := named[:min(most, len(named))]
	line := bot.T("Shared by ")
	for n, sharer := range shown {
		switch {
		case n > 0 && n == total-1:
			line = append(line, bot.T(" and ")...)
		case n > 0:
			line = append(line, bot.T(", ")...)
		}
		line = append(line, bot.Name(sharer.Person, sharer.Name))
		if sharer.Department != "" {
			line = append(line, bot.T(" ("+sharer.Department+")")...)
		}
	}
	if more := total - len(shown); more > 0 {
		line = append(line, bot.T(" and "+number(more)+" more")...)
	}
	return line
}

// atLeast is from how many people on a count is shown.
const atLeast = 5

func (t Tally) words() string {
	var parts []string
	if t.Useful >= atLeast {
		parts = append(parts, "useful to "+strconv.Itoa(t.Useful))
	}
	if t.Used >= atLeast {
		parts = append(parts, "used by "+strconv.Itoa(t.Used))
	}
	if len(parts) == 0 {
		return ""
	}
	return upperFirst(strings.Join(parts, ", "))
}

// Dates is the window as readers see it: "17 – 23 November". A window that
// ends in the first hours of a day does not count that day.
func (c Content) Dates() string {
	zone := loadZone(c.Zone)
	from, to := c.From.In(zone), c.To.In(zone)
	if to.After(from) && to.Hour() == 0 && to.Minute() == 0 {
		to = to.Add(-time.Second)
	}
	switch {
	case from.Format(time.DateOnly) == to.Format(time.DateOnly):
		return to.Format("2 January 2006")
	case from.Year() != to.Year():
		return from.Format("2 January 2006") + " – " + to.Format("2 January 2006")
	case from.Month() != to.Month():
		return from.Format("2 January") + " – " + to.Format("2 January 2006")
	default:
		return from.Format("2") + " – " + to.Format("2 January 2006")
	}
}

// Departments counts the departments whose people are thanked.
func (c Content) Departments() int {
	known := map[string]bool{}
	for _, item := range c.All() {
		for _, sharer := range item.Sharers {
			if sharer.Department != "" {
				known[sharer.Department] = true
			}
		}
	}
	return len(known)
}

// Summary is the edition in one line: "Seven things colleagues found useful,
// from five departments."
func (c Content) Summary() string {
	n := len(c.Items)
	var text string
	switch {
	case n == 1:
		text = "One thing that colleagues found useful"
	case n > 1:
		text = upperFirst(number(n)) + " things colleagues found useful"
	case len(c.Finds) > 0:
		text = upperFirst(plural(len(c.Finds), "thing", "things")) + " worth knowing"
	case len(c.Sections) > 0:
		return "What was heard and learned."
	default:
		return "Nothing was shared in this time."
	}
	if d := c.Departments(); d > 1 {
		text += ", from " + number(d) + " departments"
	}
	return text + "."
}

func (c Content) summaryLine() bot.Spans {
	line := bot.T(c.Summary())
	if c.Editor == "" {
		return line
	}
	return append(line, bot.Line(" Edited by ", bot.Name(c.EditorID, c.Editor), ".")...)
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "one " + one
	}
	return number(n) + " " + many
}

// number writes small numbers as words.
func number(n int) string {
	words := [...]string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}
	if n >= 0 && n < len(words) {
		return words[n]
	}
	return strconv.Itoa(n)
}

func upperFirst(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
