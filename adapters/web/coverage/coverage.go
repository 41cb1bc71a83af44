// Package coverage shows leads departments and levels: who is there, where nobody is,
// and what there is to decide. It only shows what it is given; the rules are in
// package roster.
package coverage

import (
	"context"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"time"

	"evangelist/adapters/web/render"
	"evangelist/adapters/web/shell"
	"evangelist/bot"
	"evangelist/bot/roster"
)

// Source makes what is shown; (*roster.Feature).Sheet fits.
type Source func(ctx context.Context) (roster.Sheet, error)

//go:embed coverage.html coverage.css
var files embed.FS

var templates = template.Must(template.ParseFS(files, "coverage.html"))

type pages struct {
	shell  *shell.Shell
	source Source
}

// Attach adds the page. Whoever is no lead sees that nothing is there.
func Attach(sh *shell.Shell, source Source) {
	p := pages{shell: sh, source: source}
	sh.Link(shell.Link{Order: 65, Path: roster.Page, Label: "Departments", At: "coverage", For: shell.ForLeads, OnDesk: true})
	sh.Add(
		shell.Route{Method: http.MethodGet, Pattern: roster.Page, Audience: shell.Colleagues, Serve: p.page},
		shell.Style(roster.Page+".css", files, "coverage.css"),
	)
}

// view is what the template sees.
type view struct {
	roster.Sheet
	Style, Back, Organisation string
	on                        bot.Organisation
	draw                      *render.Renderer
}

func (v view) draws(blocks []bot.Block) template.HTML {
	return v.draw.Blocks(blocks, render.Options{Level: 2, Back: roster.Page})
}

// Changes draws who came, moved and left.
func (v view) Changes() template.HTML { return v.draws(v.News.Blocks(v.on)) }

// Decided draws the open decisions.
func (v view) Decided() template.HTML { return v.draws(v.Decisions) }

// Button draws a button that returns here.
func (v view) Button(command, arg, label, confirm string) template.HTML {
	return v.draws([]bot.Block{bot.Actions{Buttons: []bot.Button{{Command: command, Arg: arg, Label: label, Confirm: confirm}}}})
}

// Day is a moment's day where the organisation is.
func (v view) Day(at time.Time) string { return bot.ShowTime(at, bot.DateStyle, v.on.Zone) }

// Buttons draws what can be done about a department.
func (v view) Buttons(r roster.Row) template.HTML {
	row := bot.Actions{Buttons: []bot.Button{{Command: "roster.representative", Arg: r.ID, Label: "Appoint…"}}}
	if len(r.Missing()) > 0 {
		row.Buttons = append([]bot.Button{{Command: "roster.invite", Arg: r.ID, Label: "Invite…"}}, row.Buttons...)
	}
	return v.draws([]bot.Block{row})
}

// Say says what a cell holds besides names.
func (view) Say(c roster.Cell) string {
	var parts []string
	if c.Followers > 0 {
		parts = append(parts, fmt.Sprintf("%d follow", c.Followers))
	}
	switch {
	case c.Hole && c.Colleagues == 1:
		parts = append([]string{"nobody yet of 1 colleague"}, parts...)
	case c.Hole:
		parts = append([]string{fmt.Sprintf("nobody yet of %d colleagues", c.Colleagues)}, parts...)
	case c.Colleagues > 0:
		parts = append(parts, fmt.Sprintf("of %d", c.Colleagues))
	}
	return strings.Join(parts, ", ")
}

func (p pages) page(w http.ResponseWriter, r *http.Request, v shell.Visit) error {
	if !v.Actor.Has(bot.Lead) {
		return bot.ErrNotFound
	}
	sheet, err := p.source(r.Context())
	if err != nil {
		return err
	}
	on := p.shell.Organisation()
	p.shell.Show(w, r, v, shell.Page{Title: "Departments and levels", At: "coverage", Class: "coverage-page", NoStore: true,
		Body: shell.Run(templates, "page", view{Sheet: sheet, Style: roster.Page + ".css", Back: roster.Page, Organisation: on.Name, on: on, draw: p.shell.Draw()})})
	return nil
}
