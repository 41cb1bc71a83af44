// Package mandates shows a signed letter for the screen and for one sheet of paper,
// to whom it is about and to whoever signed it. Who that is is decided in the
// feature.
package mandates

import (
	"context"
	"embed"
	"html/template"
	"net/http"

	"evangelist/adapters/web/render"
	"evangelist/adapters/web/shell"
	"evangelist/bot"
	"evangelist/bot/mandates"
)

// Source returns a signed letter, or bot.ErrNotFound; (*mandates.Feature).Letter
// fits.
type Source func(ctx context.Context, actor bot.Actor, id string) (mandates.Letter, error)

//go:embed mandates.html mandates.css
var files embed.FS

var templates = template.Must(template.ParseFS(files, "mandates.html"))

// Attach adds the page of a letter.
func Attach(sh *shell.Shell, source Source) {
	serve := func(w http.ResponseWriter, r *http.Request, v shell.Visit) error {
		letter, err := source(r.Context(), v.Actor, r.PathValue("id"))
		if err != nil {
			return err
		}
		body := shell.Run(templates, "page", map[string]any{
			"Style": mandates.Page + ".css", "Over": letter.Over, "Owner": letter.Owner, "Letter": sh.Draw().Message(letter.Message, render.Options{Bare: true}),
		})
		sh.Show(w, r, v, shell.Page{Title: "A letter", NoStore: true, Body: body})
		return nil
	}
	sh.Add(
		shell.Route{Method: http.MethodGet, Pattern: mandates.Page + "/{id}", Audience: shell.Colleagues, Serve: serve},
		shell.Style(mandates.Page+".css", files, "mandates.css"),
	)
}
