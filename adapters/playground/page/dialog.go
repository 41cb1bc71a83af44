package page

import (
	"slices"
	"strings"
	"unicode/utf8"

	"evangelist/adapters/playground"
	"evangelist/bot"
)

// dialogView is what stands in front of everything else: a form, its last page,
// or a question before a button is pressed.
type dialogView struct {
	Key, ID, At, Title, Submit string
	Intro, Done                []blockView
	Fields                     []fieldView
	Wrong                      int
	Confirm                    *confirmView
}

type confirmView struct {
	Question, Label, Tone string
	pressing
}

type fieldView struct {
	Name, Kind, Label, Help, Placeholder, Error string
	Value                                       string
	Required, First                             bool
	Max, Rows                                   int
	Options                                     []optionView
	Groups                                      []groupView
}

type optionView struct {
	Value, Label, Help string
	Chosen             bool
}

func (s *Server) dialog(native string, p *playground.Person, at string) *dialogView {
	s.mu.Lock()
	asking := s.seat(native).confirm
	s.mu.Unlock()
	if asking != nil {
		return &dialogView{
			Key: "confirm/" + asking.Message + "/" + asking.Command + "/" + asking.Arg, At: at, Title: "Please confirm",
			Confirm: &confirmView{Question: asking.button.Confirm, Label: asking.button.Label, Tone: string(asking.button.Tone), pressing: *asking},
		}
	}
	form, ok := p.Form()
	if !ok {
		return nil
	}
	view := &dialogView{ID: form.ID, At: at, Title: form.Form.Title, Submit: form.Form.Submit, Wrong: len(form.Errors)}
	if view.Submit == "" {
		view.Submit = "Send"
	}
	view.Key = form.ID
	if form.Done != nil {
		view.Key += "/done"
		view.Done = s.blocks(*form.Done, origin{at: at, where: "done"})
		return view
	}
	if len(form.Form.Intro) > 0 {
		view.Intro = s.blocks(bot.Message{Blocks: form.Form.Intro}, origin{at: at, where: "done"})
	}
	var errors []string
	for i, field := range form.Form.Fields {
		drawn := s.field(field, form, native)
		drawn.First = i == 0
		view.Fields = append(view.Fields, drawn)
		errors = append(errors, drawn.Error)
	}
	view.Key += strings.Join(errors, "|")
	return view
}

func (s *Server) field(field bot.Field, form *playground.OpenForm, me string) fieldView {
	view := fieldView{
		Name: field.Name, Kind: string(field.Kind), Label: field.Label, Help: field.Help, Placeholder: field.Placeholder,
		Required: field.Required, Max: field.Limit(), Error: form.Errors[field.Name], Rows: 4,
	}
	typed := form.Typed[field.Name]
	if len(typed) > 0 {
		view.Value = typed[0]
		view.Rows = min(12, max(4, utf8.RuneCountInString(typed[0])/60+2))
	}
	for _, option := range field.Options {
		view.Options = append(view.Options, optionView{Value: option.Value, Label: option.Label, Help: option.Help, Chosen: slices.Contains(typed, option.Value)})
	}
	switch field.Kind {
	case bot.PersonField:
		view.Groups = s.groups(view.Value)
	case bot.PlaceField, bot.PlacesField:
		for _, room := range s.ws.Rooms(me) {
			if room.Kind == bot.OpenChannel || room.Kind == bot.PrivateChannel {
				id := string(room.ID)
				view.Options = append(view.Options, optionView{Value: id, Label: "#" + room.Name, Chosen: slices.Contains(typed, id)})
			}
		}
	}
	return view
}
