package blockkit

import (
	"encoding/json"
	"fmt"
	"slices"

	"evangelist/bot"
)

// How much of a view what stands above the fields of a form may take, what is
// said under them, and what there is to choose from.
const (
	introBlocks = 40
	introJSON   = 30_000
	notesJSON   = 25_000
	menuJSON    = 85_000 // some 500 options
)

// Modal draws a form. Each field is an input block whose block_id is the field's
// name and whose action_id is "value"; callback_id is the form's command; the
// first field has the focus. Consequences of options that have no room beside
// them stand under the field, with the option's name.
//
// What Slack cannot offer is said under the field rather than lost: more than 100
// options stand in groups of 100, as many as a view has room for; an option whose value has
// more than 150 characters, or none, cannot be chosen; a text that is filled in
// already ends where the field has no more room. A field of options that has
// none is not asked.
//
// It is an error when metadata has more than 3,000 characters, or when there are
// more than 29 fields.
func Modal(form bot.Form, metadata string, o Options) ([]byte, error) {
	if err := fits(metadata); err != nil {
		return nil, err
	}
	d := &drawer{Options: o}
	title, titleCut := clip(clean(form.Title), longestName)
	submit, submitCut := clip(clean(form.Submit), longestName)
	intro := form.Intro
	if titleCut {
		intro = append([]bot.Block{bot.Heading{Level: 1, Text: bot.T(form.Title)}}, intro...)
	}
	view := modalView{Type: "modal", Callback: form.Command, Title: plainText(orElse(title, "Form")), Metadata: metadata}
	if len(intro) > 0 {
		blocks, err := d.page(bot.Message{Blocks: intro}, ofView(introBlocks, introJSON))
		if err != nil {
			return nil, err
		}
		view.Blocks = blocks
	}
	fields, err := d.fields(form)
	if err != nil {
		return nil, err
	}
	view.Blocks = append(view.Blocks, fields...)
	if submitCut {
		end, err := d.item(bot.Note{Text: bot.Line(bot.Strong(submit), " stands for: ", form.Submit)})
		if err != nil {
			return nil, err
		}
		view.Blocks = append(view.Blocks, end.raw...)
	}
	if len(view.Blocks) == 0 {
		view.Blocks = append(view.Blocks, json.RawMessage(`{"type":"divider"}`))
	}
	send, cancel := plainText(orElse(submit, "Send")), plainText("Cancel")
	view.Submit, view.Close = &send, &cancel
	return encode(view)
}

func orElse(text, otherwise string) string {
	if blank(text) {
		return otherwise
	}
	return text
}

// fields draws all fields and what has to be said under them.
func (d *drawer) fields(form bot.Form) ([]json.RawMessage, error) {
	var out []json.RawMessage
	form.Fields = d.withElsewhere(form.Fields)
	n := max(len(form.Fields), 1)
	under := ofView((viewBlocks-introBlocks-1)/n-1, notesJSON/n)
	if under.blocks < 1 {
		return nil, fmt.Errorf("draw the form of %s: it has %d fields, more than a view holds", form.Command, n)
	}
	focus := true
	for _, field := range form.Fields {
		input, notes := d.field(field, menuJSON/n)
		if input != nil {
			input.Element.Focus, focus = focus, false
			raw, err := encode(input)
			if err != nil {
				return nil, fmt.Errorf("draw the field %s: %w", field.Name, err)
			}
			out = append(out, raw)
		}
		if len(notes) > 0 {
			drawn, err := d.page(bot.Message{Blocks: notes}, under)
			if err != nil {
				return nil, err
			}
			out = append(out, drawn...)
		}
	}
	return out, nil
}

// withElsewhere lets places be chosen that Slack's own menus do not know. What is
// chosen already is offered in any case, so that saving loses nothing.
func (d *drawer) withElsewhere(fields []bot.Field) (out []bot.Field) {
	for _, field := range fields {
		if field.Kind != bot.PlaceField && field.Kind != bot.PlacesField {
			out = append(out, field)
			continue
		}
		var offered []bot.Option
		if d.Elsewhere != nil {
			offered = d.Elsewhere()
		}
		more := bot.Field{Name: field.Name + Elsewhere, Kind: bot.ChoicesField, Label: "Outside Slack"}
		for _, value := range field.Value {
			if value == "" || d.Channel == nil || d.Channel(bot.PlaceID(value)) != "" {
				continue
			}
			more.Value = append(more.Value, value)
			if !slices.ContainsFunc(offered, func(o bot.Option) bool { return o.Value == value }) {
				offered = append(offered, bot.Option{Value: value, Label: "A place that was chosen before"})
			}
		}
		if more.Options = offered; len(offered) == 0 {
			out = append(out, field)
			continue
		}
		field.Required = false // one of the two is enough; whoever reads the form says so
		out = append(out, field, more)
	}
	return out
}
