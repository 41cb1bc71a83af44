package render

import (
	"html/template"
	"slices"
	"strconv"

	"evangelist/bot"
)

// Filled is a form with what stands in it.
type Filled struct {
	Form   bot.Form
	Token  string              // the form as a Sealer sealed it
	Typed  map[string][]string // what stands in the fields; nil: what the form says
	Wrong  map[string]string   // a sentence for each field that is wrong
	Say    string              // a sentence above the form, may be empty
	Action string              // where it is sent, default /do
	Back   string              // the local path to return to
	People []bot.Person        // whom person fields offer
	Places []bot.Place         // what place fields offer
	Level  int                 // the HTML level of headings in the introduction, 0: 2
	// Inline forms stand among other things: no focus is taken, no way back shown.
	Inline bool
	Prefix string // of the ids of fields, where several forms stand on a page
}

// Form draws a form that works without JavaScript. Errors stand beside their
// fields and, linked, above the form.
func (r *Renderer) Form(f Filled) template.HTML {
	if f.Action == "" {
		f.Action = "/do"
	}
	if f.Level == 0 {
		f.Level = 2
	}
	if f.Form.Submit == "" {
		f.Form.Submit = "Send"
	}
	v := formView{Filled: f, Intro: r.Blocks(f.Form.Intro, Options{Level: f.Level, Bare: true})}
	focused := f.Inline
	for i, field := range f.Form.Fields {
		one := f.field(field, i)
		if one.Wrong != "" {
			v.Errors = append(v.Errors, errorView{ID: one.ID, Label: field.Label, Say: one.Wrong})
		}
		v.Fields = append(v.Fields, one)
	}
	for i := range v.Fields {
		if !focused && (len(v.Errors) == 0 || v.Fields[i].Wrong != "") {
			v.Fields[i].Focus, focused = true, true
		}
	}
	for name, say := range f.Wrong {
		if !slices.ContainsFunc(f.Form.Fields, func(have bot.Field) bool { return have.Name == name }) {
			v.Errors = append(v.Errors, errorView{Say: say})
		}
	}
	return run("form", v)
}

type formView struct {
	Filled
	Intro  template.HTML
	Fields []fieldView
	Errors []errorView
}

type errorView struct{ ID, Label, Say string }

type fieldView struct {
	bot.Field
	ID, Wrong string
	Described string // ids of help and error
	Text      string // what stands in a field of one value
	Options   []optionView
	Focus     bool
	Limit     int
}

type optionView struct {
	bot.Option
	ID      string
	Checked bool
}

func (f Filled) field(field bot.Field, n int) fieldView {
	values := field.Value
	if f.Typed != nil {
		values = f.Typed[field.Name]
	}
	id := "f-" + f.Prefix + strconv.Itoa(n+1)
	v := fieldView{Field: field, ID: id, Wrong: f.Wrong[field.Name], Limit: field.Limit()}
	if len(values) > 0 {
		v.Text = values[0]
	}
	if field.Help != "" {
		v.Described = id + "-help"
	}
	if v.Wrong != "" {
		v.Described = joined(v.Described, id+"-wrong")
	}
	for i, option := range f.options(field, values) {
		v.Options = append(v.Options, optionView{Option: option, ID: id + "-" + strconv.Itoa(i+1), Checked: slices.Contains(values, option.Value)})
	}
	return v
}

func joined(a, b string) string {
	if a == "" {
		return b
	}
	return a + " " + b
}

// options are the answers that a field offers.
func (f Filled) options(field bot.Field, values []string) []bot.Option {
	switch field.Kind {
	case bot.PersonField:
		var out []bot.Option
		for _, person := range f.People {
			if !person.Inactive || slices.Contains(values, string(person.ID)) {
				out = append(out, bot.Option{Value: string(person.ID), Label: named(person)})
			}
		}
		return out
	case bot.PlaceField, bot.PlacesField:
		return bot.PlaceOptions(f.Places)
	}
	return field.Options
}

func named(p bot.Person) string {
	if p.Name == "" {
		return p.Email
	}
	if p.Department != "" {
		return p.Name + ", " + p.Department
	}
	return p.Name
}

// List reports whether a choice is drawn as a list to open rather than as
// answers that all stand there.
func (v fieldView) List() bool { return len(v.Options) > 8 }
