package cards

import (
	"encoding/json"
	"slices"

	"evangelist/bot"
)

// Filling is what goes into a form besides its questions.
type Filling struct {
	// State is carried by the form and comes back with it: opaque, at most 4,000
	// bytes, and readable to whoever fills the form in.
	State string
	// Typed is what stood in the fields when the form came back invalid, as Read
	// returned it; nil: the form is new and shows each Field.Value.
	Typed map[string][]string
	// Wrong holds a sentence for each field that is wrong.
	Wrong map[string]string
	// Person names the account of a person field by what stands in it: a
	// PersonID, or the object id that was typed. nil or false: the field shows
	// what it has.
	Person func(value string) (Choice, bool)
	// Places are what place fields offer; Value is a PlaceID.
	Places []Choice
}

// Choice is one answer to choose from.
type Choice struct{ Value, Label string }

// Task is a dialog, ready to be the value of a task of type "continue".
type Task struct {
	Title  string     `json:"title"`
	Width  string     `json:"width"`
	Height string     `json:"height"`
	Card   Attachment `json:"card"`
}

// Attachment is a card as an activity or a dialog carries it.
type Attachment struct {
	ContentType string          `json:"contentType"`
	Content     json.RawMessage `json:"content"`
}

// Attach wraps a card.
func Attach(card json.RawMessage) Attachment {
	return Attachment{ContentType: "application/vnd.microsoft.card.adaptive", Content: card}
}

// Dialog draws a form. What it submits is read by Read, Values and Kinds.
// Nothing that was typed is lost when it is drawn again with Typed and Wrong. A
// dialog is one card, however long: it cannot be split.
func (r Renderer) Dialog(form bot.Form, fill Filling) (Task, error) {
	r.dialog = true
	var body []element
	if len(fill.Wrong) > 0 {
		body = append(body, r.sorry(form, fill.Wrong)...)
	}
	body = append(body, r.blocks(chopped(form.Intro))...)
	for _, field := range form.Fields {
		body = append(body, r.field(field, fill)...)
	}
	if len(body) == 0 {
		body = orBlank(r.lines(bot.T(form.Title), look{}))
	}
	submit := form.Submit
	if submit == "" {
		submit = "Send"
	}
	c := newCard(body)
	c.Teams = nil
	c.Actions = []action{{
		Type: "Action.Submit", Title: literal(submit), Style: "positive",
		Data: &data{Ours: ours{Command: form.Command, Arg: form.Arg, Nonce: form.Nonce, State: fill.State, Form: true}},
	}}
	return task(form.Title, c)
}

// Page draws the last page of a dialog. What stands as code in a heading is
// meant to be kept: it is shown large, and again in a field from which it can be
// copied on every device.
func (r Renderer) Page(title string, message bot.Message) (Task, error) {
	r.dialog = true
	var body []element
	blocks := chopped(message.Blocks)
	for i, block := range blocks {
		code, is := codeOf(block)
		if !is {
			continue
		}
		body = append(body, r.blocks(blocks[:i])...)
		body = append(body, element{Type: "Container", Style: "emphasis", Items: append(r.block(block), element{
			Type: "Input.Text", ID: copyID, Label: "To copy", Value: code, Spacing: "Medium",
		})})
		blocks = blocks[i+1:]
		break // a page has one code
	}
	body = append(body, r.blocks(blocks)...)
	if len(body) == 0 {
		body = orBlank(r.lines(bot.T(message.Summary), look{}))
	}
	return r.fitting(title, body)
}

// fitting is a page of a dialog, which is one card: where that becomes too large the
// end is left out, but for buttons, and the page says so.
func (r Renderer) fitting(title string, body []element) (Task, error) {
	for rest := body; ; {
		c := newCard(body)
		c.Teams = nil
		page, err := task(title, c)
		last := len(rest) - 1
		for last >= 0 && rest[last].Type == "ActionSet" {
			last--
		}
		if err != nil || len(page.Card.Content) <= MaxBytes || last < 0 {
			return page, err
		}
		rest = slices.Delete(slices.Clone(rest), last, last+1)
		more := r.lines(bot.T("The rest does not fit into this window. Ask for it in our chat, where it comes as messages."), look{})
		body = slices.Insert(slices.Clone(rest), last, more...)
	}
}

// copyID names the field to copy from. It is no field of a form.
const copyID = "copy"

func codeOf(block bot.Block) (string, bool) {
	heading, is := block.(bot.Heading)
	if !is || len(heading.Text) != 1 || heading.Text[0].Kind != bot.Code || heading.Text[0].Text == "" {
		return "", false
	}
	return shown(heading.Text[0].Text), true
}

func task(title string, c card) (Task, error) {
	content, err := encode(c)
	if err != nil {
		return Task{}, err
	}
	height := "medium"
	if len(c.Body) > 6 {
		height = "large"
	}
	return Task{Title: shown(title), Width: "medium", Height: height, Card: Attach(content)}, nil
}

// sorry stands above a form that came back. A sentence for what is no field of
// the form is said here.
func (r Renderer) sorry(form bot.Form, wrong map[string]string) []element {
	var items []element
	if slices.ContainsFunc(form.Fields, func(f bot.Field) bool { return wrong[f.Name] != "" }) {
		items = r.lines(bot.T("Something needs another look; it is marked below. Nothing that you typed is lost."), look{weight: "Bolder"})
	}
	for _, name := range sortedKeys(wrong) {
		if !has(form, name) {
			items = append(items, r.lines(bot.T(wrong[name]), look{weight: "Bolder"})...)
		}
	}
	if len(items) == 0 {
		return nil
	}
	return []element{{Type: "Container", Style: "attention", Items: items}}
}
