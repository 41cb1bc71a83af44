package primer

import (
	"slices"
	"strconv"
	"strings"

	"evangelist/bot"
)

// Page is where the lessons stand on our web; each has its name behind it.
const Page = "/primer"

// Lesson is one short text, with a question to take along.
type Lesson struct {
	Name     string // what people type, and part of its address; stored, never changes
	Title    string
	Gist     string // one line, for the list
	Body     []Passage
	Question string
	Try      []string // commands, as they are typed
}

// Passage is a paragraph or, with Points, a list under it.
type Passage struct {
	Text   string // may be empty when there are points
	Points []string
}

// names lists the lessons in the order of the series.
func names() []string {
	var all []string
	for _, l := range lessons {
		all = append(all, l.Name)
	}
	return all
}

// find returns the lesson that words mean: its name, its number, or its title. The
// number counts from 1.
func find(words string) (lesson Lesson, number int, ok bool) {
	words = fold(words)
	at := slices.IndexFunc(lessons, func(l Lesson) bool { return words == l.Name || words == fold(l.Title) })
	if n, err := strconv.Atoi(words); err == nil && n >= 1 && n <= len(lessons) {
		at = n - 1
	}
	if at < 0 {
		return Lesson{}, 0, false
	}
	return lessons[at], at + 1, true
}

// fold makes words comparable.
func fold(words string) string { return strings.ToLower(strings.Join(strings.Fields(words), " ")) }

// worded puts the organisation's own word for an evangelist into a text of ours.
func worded(o bot.Organisation, text string) string {
	if !strings.Contains(text, "{") {
		return text
	}
	a := "a "
	if strings.ContainsRune("aeiouAEIOU", rune(o.Word[0])) {
		a = "an "
	}
	return strings.NewReplacer("{word}", o.Word, "{a word}", a+o.Word, "{A word}", strings.ToUpper(a[:1])+a[1:]+o.Word).Replace(text)
}

// blocks draws a lesson below its title.
func (l Lesson) blocks(o bot.Organisation) []bot.Block {
	var out []bot.Block
	for _, p := range l.Body {
		if p.Text != "" {
			out = append(out, paragraph(worded(o, p.Text)))
		}
		if len(p.Points) > 0 {
			var list bot.List
			for _, point := range p.Points {
				list.Items = append(list.Items, bot.T(worded(o, point)))
			}
			out = append(out, list)
		}
	}
	out = append(out, section("To take to your team"), bot.Quote{Text: bot.T(worded(o, l.Question))})
	var try bot.Spans
	for i, command := range l.Try {
		if i > 0 {
			try = append(try, bot.T(", ")...)
		}
		try = append(try, bot.Mono(command))
	}
	return append(out, note("To try: ", try))
}

// text is everything that a reader reads of a lesson, without its commands.
func (l Lesson) text() string {
	parts := []string{l.Title}
	for _, p := range l.Body {
		parts = append(parts, p.Text)
		parts = append(parts, p.Points...)
	}
	return strings.Join(append(parts, l.Question), "\n")
}

// listMessage lists the lessons. Read says which of them the reader has read, nil
// where the reader follows no series.
func listMessage(o bot.Organisation, read map[string]bool) bot.Message {
	list := bot.List{Ordered: true}
	for _, l := range lessons {
		line := bot.Line(bot.To(l.Title, o.Page(Page+"/"+l.Name)), ". ", worded(o, l.Gist), " ", bot.Mono("/evangelist primer "+l.Name))
		if read[l.Name] {
			line = append(bot.T("✔ "), line...)
		}
		list.Items = append(list.Items, line)
	}
	return titled("The primer: "+strconv.Itoa(len(lessons))+" short lessons",
		paragraph("Each takes two minutes to read and ends with a question for your team."), list)
}

// lessonMessage shows one lesson.
func lessonMessage(o bot.Organisation, l Lesson) bot.Message {
	return titled(l.Title, l.blocks(o)...)
}
