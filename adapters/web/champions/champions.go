// Package champions shows leads who speaks for the programme, and each champion the
// page that they share with the leads. It only shows what it is given; who may see
// it is decided in the feature.
package champions

import (
	"context"
	"html/template"
	"net/http"
	"strings"

	"evangelist/adapters/web/render"
	"evangelist/adapters/web/shell"
	"evangelist/bot"
)

// Source is what the pages read. Both return bot.ErrNotFound for who may not see
// it; (*champions.Feature) is one.
type Source interface {
	Sheet(ctx context.Context, actor bot.Actor) (bot.Message, error)
	PageOf(ctx context.Context, actor bot.Actor, id string) (bot.Message, error)
}

type pages struct {
	shell  *shell.Shell
	source Source
	path   string
}

// Attach adds the pages: the list at path, and below it a page for each champion.
// Whoever may not see one sees that nothing is there.
func Attach(sh *shell.Shell, path string, source Source) {
	p := pages{shell: sh, source: source, path: path}
	sh.Link(shell.Link{Order: 70, Path: path, Label: "Champions", At: "champions", For: shell.ForLeads, OnDesk: true})
	sh.Add(
		shell.Route{Method: http.MethodGet, Pattern: path, Audience: shell.Colleagues, Serve: p.list},
		shell.Route{Method: http.MethodGet, Pattern: path + "/{id}", Audience: shell.Colleagues, Serve: p.page},
	)
}

func (p pages) list(w http.ResponseWriter, r *http.Request, v shell.Visit) error {
	message, err := p.source.Sheet(r.Context(), v.Actor)
	return p.show(w, r, v, message, "desk", "", err)
}

func (p pages) page(w http.ResponseWriter, r *http.Request, v shell.Visit) error {
	message, err := p.source.PageOf(r.Context(), v.Actor, r.PathValue("id"))
	up := ""
	if v.Actor.Has(bot.Lead) {
		up = `<p class="way-back"><a href="` + template.HTMLEscapeString(p.path) + `">All champions</a></p>`
	}
	return p.show(w, r, v, message, "reading", template.HTML(up), err) // the path is ours
}

// show draws a message as a page, to which its buttons return.
func (p pages) show(w http.ResponseWriter, r *http.Request, v shell.Visit, message bot.Message, class string, after template.HTML, err error) error {
	if err != nil {
		return err
	}
	var body strings.Builder
	body.WriteString(`<div class="message">` + string(p.shell.Draw().Message(message, render.Options{Back: r.URL.Path})) + `</div>`)
	body.WriteString(string(after))
	p.shell.Show(w, r, v, shell.Page{Title: message.Summary, At: "champions", Class: class, NoStore: true, Body: template.HTML(body.String())})
	return nil
}
