package cards

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"evangelist/bot"
)

const (
	fewChoices  = 6  // are shown at once; more fold into a menu
	manyChoices = 12 // can be searched by typing
)

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }

func has(form bot.Form, name string) bool {
	return slices.ContainsFunc(form.Fields, func(f bot.Field) bool { return f.Name == name })
}

// inputID names an input so that what comes back says what kind it is of.
func inputID(field bot.Field) string { return string(kindOf(field)) + "." + field.Name }

func kindOf(field bot.Field) bot.FieldKind {
	if field.Kind == "" {
		return bot.LineField
	}
	return field.Kind
}

// field draws one question: the input with its label, under it what is wrong
// with the answer, and then what follows from it.
func (r Renderer) field(field bot.Field, fill Filling) []element {
	value := field.Value
	if fill.Typed != nil {
		value = fill.Typed[field.Name]
	}
	in := element{
		ID: inputID(field), Label: inert(field.Label), Placeholder: inert(field.Placeholder),
		Required: field.Required, Spacing: "Large",
	}
	if field.Required {
		in.ErrorMessage = "This is needed. Please fill it in."
	}
	var notes []bot.Spans
	switch kindOf(field) {
	case bot.ChoiceField, bot.ChoicesField:
		notes = choose(&in, field, value)
	case bot.PlaceField, bot.PlacesField:
		choosePlace(&in, field, value, fill.Places)
	case bot.PersonField:
		choosePerson(&in, value, fill.Person)
	case bot.YesNoField:
		in.Type, in.Label, in.Placeholder, in.Title = "Input.Toggle", "", "", in.Label
		if field.Required { // what is compulsory needs a label of its own
			in.Label, in.Title = in.Title, "Yes"
		}
		in.ValueOn, in.ValueOff, in.Value, in.Wrap = yes, no, no, true
		if len(value) > 0 && value[0] != "" {
			in.Value = yes
		}
	case bot.DateField:
		in.Type, in.Value = "Input.Date", first(value)
	case bot.TimeField:
		in.Type, in.Value = "Input.Time", first(value)
	case bot.NumberField:
		in.Type = "Input.Number"
		if n, err := strconv.ParseFloat(strings.TrimSpace(first(value)), 64); err == nil && !math.IsInf(n, 0) && !math.IsNaN(n) {
			in.Value = n
		}
	default:
		in.Type, in.MaxLength, in.Multiline = "Input.Text", field.Limit(), field.Kind == bot.ParagraphField
		in.Value = first(value)
	}
	if in.Value == "" {
		in.Value = nil
	}
	out := []element{in}
	under := func(text bot.Spans, l look) {
		drawn := r.lines(text, l)
		if len(drawn) > 0 {
			drawn[0].Spacing = "Small"
		}
		out = append(out, drawn...)
	}
	under(bot.T(fill.Wrong[field.Name]), look{weight: "Bolder", color: "Attention"})
	under(bot.T(field.Help), small())
	for _, note := range notes {
		under(note, small())
	}
	return out
}

// What a switch sends.
const (
	yes = "yes"
	no  = "no"
)

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

// choose fills an input with the options of a field. What follows from each
// stands in its title, so that it is read with it; a folded menu is too narrow
// for that, and what follows comes as notes under it.
func choose(in *element, field bot.Field, value []string) []bot.Spans {
	options := make([]Choice, len(field.Options))
	open := field.Kind == bot.ChoicesField || len(field.Options) <= fewChoices
	var notes []bot.Spans
	for i, option := range field.Options {
		options[i] = Choice{Value: option.Value, Label: shown(option.Label)}
		switch {
		case option.Help == "":
		case open:
			options[i].Label += " – " + shown(option.Help)
		default:
			notes = append(notes, bot.Line(bot.Strong(option.Label), ": "+option.Help))
		}
	}
	offer(in, options, value, field.Kind == bot.ChoicesField)
	if open {
		in.Style = "expanded"
	}
	return notes
}

func choosePlace(in *element, field bot.Field, value []string, places []Choice) {
	offered := slices.Clone(places)
	for _, v := range value { // what is chosen already is never lost
		if !slices.ContainsFunc(offered, func(c Choice) bool { return c.Value == v }) && v != "" {
			offered = append(offered, Choice{Value: v, Label: "The place that was chosen before"})
		}
	}
	offer(in, offered, value, field.Kind == bot.PlacesField)
}

// offer makes an input of choices, folded.
func offer(in *element, options []Choice, value []string, many bool) {
	in.Type, in.Choices, in.MultiSelect, in.Wrap, in.Style = "Input.ChoiceSet", []choice{}, many, true, "compact"
	if in.Placeholder == "" {
		in.Placeholder = "Choose"
	}
	if len(options) > manyChoices && !many {
		in.Style = "filtered"
	}
	var chosen []string
	for _, option := range options {
		title := inert(option.Label)
		if title == "" {
			title = inert(option.Value)
		}
		in.Choices = append(in.Choices, choice{Title: title, Value: pack(option.Value)})
		if slices.Contains(value, option.Value) && (many || len(chosen) == 0) {
			chosen = append(chosen, pack(option.Value))
		}
	}
	if len(in.Choices) == 0 {
		in.Choices = []choice{{Title: "There is nothing to choose from yet", Value: nothing}}
	}
	if in.Value = nil; len(chosen) > 0 {
		in.Value = strings.Join(chosen, ",")
	}
}

// choosePerson makes an input that finds people in the directory. It sends the
// object id of the account.
func choosePerson(in *element, value []string, person func(string) (Choice, bool)) {
	in.Type, in.Choices, in.Style = "Input.ChoiceSet", []choice{}, "compact"
	if in.Placeholder == "" {
		in.Placeholder = "Type a name"
	}
	in.ChoicesData = &query{Type: "Data.Query", Dataset: "graph.microsoft.com/users"}
	if first(value) == "" {
		return
	}
	chosen := Choice{Value: first(value)}
	if person != nil {
		if known, ok := person(chosen.Value); ok {
			chosen = known
		}
	}
	if chosen.Label != "" {
		in.Choices = []choice{{Title: inert(chosen.Label), Value: pack(chosen.Value)}}
	}
	in.Value = pack(chosen.Value)
}

// nothing stands for the empty value, which no choice may have.
const nothing = "%"

// pack writes a value so that a comma parts values and stands inside none.
func pack(value string) string {
	if value == "" {
		return nothing
	}
	return strings.NewReplacer("%", "%25", ",", "%2C").Replace(value)
}

func unpack(value string) string {
	if value == nothing {
		return ""
	}
	return strings.NewReplacer("%25", "%", "%2C", ",").Replace(value)
}
