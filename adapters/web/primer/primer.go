// Package primer shows the lessons, the glossary and, to leads, the launch
// checklist. It only shows what it is given; who may see it is decided in the
// feature.
package primer

import (
	"context"
	"embed"
	"html/template"
	"net/http"

	"evangelist/adapters/web/render"
	"evangelist/adapters/web/shell"
	"evangelist/bot"
	"evangelist/bot/primer"
)

// Source is what the pages read. Its methods return bot.ErrNotFound for who may not
// see it; (*primer.Feature) is one.
type Source interface {
	Lessons(ctx context.Context, actor bot.Actor) (bot.Message, error)
	Lesson(ctx context.Context, actor bot.Actor, name string) (message bot.Message, before, after primer.Turn, err error)
	Glossary(ctx context.Context, actor bot.Actor, words string) (bot.Message, error)
	Checklist(ctx context.Context, actor bot.Actor) (bot.Message, error)
}

//go:embed primer.html primer.css
var files embed.FS

var templates = template.Must(template.ParseFS(files, "primer.html"))

type pages struct {
	shell  *shell.Shell
	source Source
}

// Attach adds the pages. Whoever may not see one sees that nothing is there.
func Attach(sh *shell.Shell, source Source) {
	p := pages{shell: sh, source: source}
	sh.Link(
		shell.Link{Order: 50, Path: primer.Page, Label: "Primer", At: "primer", For: shell.ForColleagues},
		shell.Link{Order: 75, Path: primer.ChecklistPage, Label: "Launch checklist", At: "primer", For: shell.ForLeads, OnDesk: true})
	sh.Add(
		shell.Route{Method: http.MethodGet, Pattern: primer.Page, Audience: shell.Colleagues, Serve: p.lessons},
		shell.Route{Method: http.MethodGet, Pattern: primer.GlossaryPage, Audience: shell.Colleagues, Serve: p.glossary},
		shell.Route{Method: http.MethodGet, Pattern: primer.ChecklistPage, Audience: shell.Colleagues, Serve: p.checklist},
		shell.Route{Method: http.MethodGet, Pattern: primer.Page + "/{name}", Audience: shell.Colleagues, Serve: p.lesson},
		shell.Style(primer.Page+".css", files, "primer.css"),
	)
}

type tab struct {
	Path, Label string
	Here        bool
}

// sheet is what the template of a page sees.
type sheet struct {
	Style, Root, Search, Query string
	Tabs                       []tab
	Message                    template.HTML
	Before, After              primer.Turn
}

func (p pages) lessons(w http.ResponseWriter, r *http.Request, v shell.Visit) error {
	message, err := p.source.Lessons(r.Context(), v.Actor)
	return p.show(w, r, v, message, sheet{}, err)
}

func (p pages) lesson(w http.ResponseWriter, r *http.Request, v shell.Visit) error {
	message, before, after, err := p.source.Lesson(r.Context(), v.Actor, r.PathValue("name"))
	return p.show(w, r, v, message, sheet{Before: before, After: after}, err)
}

func (p pages) glossary(w http.ResponseWriter, r *http.Request, v shell.Visit) error {
	query := bot.Clean(r.URL.Query().Get("q"), 60)
	message, err := p.source.Glossary(r.Context(), v.Actor, query)
	return p.show(w, r, v, message, sheet{Search: primer.GlossaryPage, Query: query}, err)
}

func (p pages) checklist(w http.ResponseWriter, r *http.Request, v shell.Visit) error {
	message, err := p.source.Checklist(r.Context(), v.Actor)
	return p.show(w, r, v, message, sheet{}, err)
}

// show draws a message as a page, to which its buttons return.
func (p pages) show(w http.ResponseWriter, r *http.Request, v shell.Visit, message bot.Message, s sheet, err error) error {
	if err != nil {
		return err
	}
	s.Style, s.Root = primer.Page+".css", primer.Page
	s.Message = p.shell.Draw().Message(message, render.Options{Back: r.URL.Path})
	s.Tabs = []tab{{Path: primer.Page, Label: "Lessons"}, {Path: primer.GlossaryPage, Label: "Glossary"}}
	if v.Actor.Has(bot.Lead) {
		s.Tabs = append(s.Tabs, tab{Path: primer.ChecklistPage, Label: "Checklist"})
	}
	for i := range s.Tabs {
		s.Tabs[i].Here = s.Tabs[i].Path == r.URL.Path
	}
	p.shell.Show(w, r, v, shell.Page{Title: message.Summary, At: "primer", NoStore: true, Body: shell.Run(templates, "page", s)})
	return nil
}
