package bot

// Message is what the bot says, free of any platform. Summary is compulsory: it
// is the notification, the fallback and the plain-text first line.
type Message struct {
	Summary string
	Blocks  []Block
}

// Block is a piece of a Message. The set is sealed; every renderer covers all
// of it, and a test fails where one does not.
type Block interface{ block() string }

// Heading opens a section. Level 1 is the message's own title, 2 a section.
type Heading struct {
	Level int
	Text  Spans
}

// Paragraph is running text.
type Paragraph struct{ Text Spans }

// List is a list of lines, numbered when Ordered.
type List struct {
	Ordered bool
	Items   []Spans
}

// Facts is a short list of labelled values.
type Facts struct{ Facts []Fact }

// Fact is one labelled value.
type Fact struct {
	Label string
	Value Spans
}

// Quote is somebody's words, with who said them when that may be shown.
type Quote struct {
	Text Spans
	By   Spans
}

// Link is one item of an edition or one result of a search: a title that leads
// to URL, a line of meta (source, reading time) and lines under it. Number 0
// means unnumbered.
type Link struct {
	Number int
	Title  string
	URL    string
	Meta   string
	Lines  []Spans
}

// Table is a table with a caption. Each row has as many cells as Head.
type Table struct {
	Caption string
	Head    []string
	Rows    [][]Spans
}

// Figure is a picture that we drew: SVG text, with Alt saying what it shows.
// A surface without pictures shows Alt and Caption.
type Figure struct {
	Alt     string
	Caption Spans
	SVG     string
}

// Note is small print: context, a hint, why this is here.
type Note struct{ Text Spans }

// Rule is a dividing line.
type Rule struct{}

// Actions is a row of at most five buttons.
type Actions struct{ Buttons []Button }

// Tone says how much a button stands out.
type Tone string

// The tones of a button.
const (
	Quiet   Tone = ""
	Primary Tone = "primary"
	Danger  Tone = "danger"
)

// Button names a Command and carries an id, never state.
type Button struct {
	Command string `json:"command"`
	Arg     string `json:"arg,omitempty"` // at most 200 bytes
	Label   string `json:"label"`
	Tone    Tone   `json:"tone,omitempty"`
	Confirm string `json:"confirm,omitempty"` // a question to answer first; empty: none
}

func (Heading) block() string   { return "heading" }
func (Paragraph) block() string { return "paragraph" }
func (List) block() string      { return "list" }
func (Facts) block() string     { return "facts" }
func (Quote) block() string     { return "quote" }
func (Link) block() string      { return "link" }
func (Table) block() string     { return "table" }
func (Figure) block() string    { return "figure" }
func (Note) block() string      { return "note" }
func (Rule) block() string      { return "rule" }
func (Actions) block() string   { return "actions" }

// EveryBlock returns one filled specimen of each kind of block, for the tests
// of renderers and for the storybook.
func EveryBlock() []Block {
	return []Block{
		Heading{Level: 1, Text: T("A heading")},
		Heading{Level: 2, Text: T("A section")},
		Paragraph{Text: Line("Plain, ", Strong("bold"), ", ", Emphasis("italic"), ", ", Mono("code"), " and ", To("a link", "https://example.org/"), ".")},
		List{Items: []Spans{T("First"), T("Second")}},
		List{Ordered: true, Items: []Spans{T("One"), T("Two")}},
		Facts{Facts: []Fact{{Label: "Due", Value: T("Friday")}, {Label: "Owner", Value: Line(Name("p1", "Somebody"))}}},
		Quote{Text: T("It saved us a day."), By: T("a colleague in Housing")},
		Link{Number: 1, Title: "A page", URL: "https://example.org/page", Meta: "example.org · 4 min", Lines: []Spans{T("Makes your job easier because one page replaced forty calls.")}},
		Table{Caption: "Who is with us", Head: []string{"Department", "Lead"}, Rows: [][]Spans{{T("Libraries"), T("Somebody")}}},
		Figure{Alt: "A line that rises from 3 to 7", Caption: T("Links per week"), SVG: `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><path d="M2 18L38 2" stroke="currentColor"/></svg>`},
		Note{Text: T("Small print.")},
		Rule{},
		Actions{Buttons: []Button{{Command: "show", Arg: "1", Label: "Open", Tone: Primary}, {Command: "drop", Arg: "1", Label: "Remove", Tone: Danger, Confirm: "Remove it?"}}},
	}
}
