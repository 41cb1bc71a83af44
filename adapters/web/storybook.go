package web

import (
	"context"
	"crypto/sha256"
	"html/template"
	"net/http"
	"strconv"

	"evangelist/adapters/web/render"
	"evangelist/adapters/web/shell"
	"evangelist/bot"
)

// Specimen is a message or a form to look at.
type Specimen struct {
	Surface string // the part under which it stands, such as a feature's name
	Name    string
	Message *bot.Message
	Form    *bot.Form
	Wrong   map[string]string // sentences for fields of the form that are wrong
}

// Storybook returns a page, at every path, that shows the specimens in their
// order under their Surfaces, after one of each kind of block. It answers
// nothing that is sent.
func Storybook(specimens []Specimen, organisation bot.Organisation) (http.Handler, error) {
	every := bot.Message{Summary: "Every block", Blocks: bot.EveryBlock()}
	specimens = append([]Specimen{{Surface: "Blocks", Name: "One of each", Message: &every}}, specimens...)
	secret := sha256.Sum256([]byte("a storybook signs nothing that counts"))
	sh, err := shell.New(shell.Config{
		Do:     func(context.Context, bot.Invocation) bot.Reply { return bot.Nothing{} },
		People: nobody{}, Organisation: organisation, Clock: bot.SystemClock{}, Secret: secret[:],
	})
	if err != nil {
		return nil, err
	}
	page := shell.Page{Title: "Storybook", Class: "desk", Body: shell.Run(templates, "stories", stories(render.New(organisation.Zone), specimens))}
	sh.Add(shell.Route{Method: http.MethodGet, Pattern: "/{$}", Audience: shell.Everybody, Discreet: true,
		Serve: func(w http.ResponseWriter, r *http.Request, v shell.Visit) error {
			sh.Show(w, r, v, page)
			return nil
		}})
	return sh, nil
}

// nobody is a register of people without anybody.
type nobody struct{ bot.People }

type part struct {
	ID, Surface string
	Stories     []story
}

type story struct {
	Name, Class string
	Drawn       template.HTML
}

func stories(draw *render.Renderer, specimens []Specimen) []part {
	var parts []part
	at := map[string]int{}
	for number, s := range specimens {
		n, known := at[s.Surface]
		if !known {
			n = len(parts)
			at[s.Surface] = n
			parts = append(parts, part{ID: "part-" + strconv.Itoa(n+1), Surface: s.Surface})
		}
		if s.Message != nil {
			parts[n].Stories = append(parts[n].Stories, story{Name: s.Name, Class: "message", Drawn: draw.Message(*s.Message, render.Options{Level: 4})})
		}
		if s.Form != nil {
			drawn := draw.Form(render.Filled{Form: *s.Form, Wrong: s.Wrong, Level: 4, Inline: true, Prefix: strconv.Itoa(number) + "-"})
			parts[n].Stories = append(parts[n].Stories, story{Name: s.Name + " · " + s.Form.Title, Class: "form-story", Drawn: drawn})
		}
	}
	return parts
}
