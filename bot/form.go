package bot

// FieldKind is the kind of a form's field.
type FieldKind string

// The kinds of field. Every surface offers all of them.
const (
	LineField      FieldKind = "line"
	ParagraphField FieldKind = "paragraph"
	ChoiceField    FieldKind = "choice"  // one of Options
	ChoicesField   FieldKind = "choices" // any of Options
	PersonField    FieldKind = "person"  // value: a PersonID
	PlaceField     FieldKind = "place"   // value: a PlaceID
	PlacesField    FieldKind = "places"  // values: PlaceIDs
	DateField      FieldKind = "date"    // value: 2006-01-02
	TimeField      FieldKind = "time"    // value: 15:04
	NumberField    FieldKind = "number"  // value: a decimal whole number
	YesNoField     FieldKind = "yesno"   // value: "yes" or ""
)

// Form asks for words before a command can run: one screen, at most five
// fields, the first one focused and the only compulsory one.
type Form struct {
	Title   string // at most 24 characters: the narrowest surface's limit
	Intro   []Block
	Command string
	Arg     string
	Fields  []Field
	Submit  string // the button's label, default "Send"
	// Nonce is 128 random bits in base32, set by the router, carried by the
	// adapter with the form and returned in the Invocation; nobody stores it.
	Nonce string
}

// Field is one question of a form.
type Field struct {
	Name        string
	Kind        FieldKind
	Label       string
	Help        string // the consequence, shown under the field
	Placeholder string
	Required    bool
	Options     []Option
	Value       []string // what is filled in already
	Max         int      // runes, default 3,000 (paragraph) or 300 (line)
}

// Option is one answer to choose, with its consequence.
type Option struct {
	Value string
	Label string
	Help  string
}

// Limit returns how many runes the field takes.
func (f Field) Limit() int {
	switch {
	case f.Max > 0:
		return f.Max
	case f.Kind == ParagraphField:
		return 3000
	default:
		return 300
	}
}
