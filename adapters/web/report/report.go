// Package report shows leads the one report: for the screen, for one sheet of
// paper, and as a document that stands alone. It only shows what it is given; what
// may be shown is decided in package impact.
package report

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"time"

	"evangelist/adapters/web/render"
	"evangelist/adapters/web/shell"
	"evangelist/bot"
	"evangelist/bot/counts"
	"evangelist/bot/impact"
)

// Source makes reports; (*impact.Feature).Compose fits.
type Source func(ctx context.Context, wish impact.Wish, keep bool) (impact.Report, error)

//go:embed report.html report.css
var files embed.FS

var templates = template.Must(template.ParseFS(files, "report.html"))

type pages struct {
	shell  *shell.Shell
	source Source
}

// Attach adds the pages. Whoever is no lead sees that nothing is there.
func Attach(sh *shell.Shell, source Source) {
	p := pages{shell: sh, source: source}
	sh.Add(
		shell.Route{Method: http.MethodGet, Pattern: impact.Page, Audience: shell.Colleagues, Serve: p.page},
		shell.Route{Method: http.MethodGet, Pattern: impact.Page + ".md", Audience: shell.Colleagues, Serve: p.markdown},
		shell.Route{Method: http.MethodGet, Pattern: impact.Page + ".css", Audience: shell.Everybody, Discreet: true, Serve: style},
	)
}

func wishOf(r *http.Request) impact.Wish {
	query := r.URL.Query()
	return impact.Wish{
		From: bot.Clean(query.Get("from"), 20), To: bot.Clean(query.Get("to"), 20),
		Department: bot.Clean(query.Get("department"), 100), Event: bot.Clean(query.Get("event"), 80),
	}
}

// ours reports whether the visitor came by the visitor's own hand or by a page of
// ours. What is published stands, so no other site may choose the days of it.
func ours(r *http.Request) bool { return r.Header.Get("Sec-Fetch-Site") != "cross-site" }

// sheet is what the template of a report sees.
type sheet struct {
	impact.Report
	Wish     impact.Wish
	Wrong    string // what is wrong with the wish; there is no report then
	Style    string // address of the style
	Markdown string // address of the export
	Alone    bool   // a document that stands alone, without forms
	draw     *render.Renderer
}

// Picture draws the chart of a number with its table.
func (s sheet) Picture(n impact.Number) template.HTML {
	return s.draw.Blocks(n.Blocks(), render.Options{Bare: true})
}

// Whole is the row of the whole organisation, nil where there is no number.
func (sheet) Whole(n impact.Number) *counts.Row {
	if len(n.Rows) == 0 {
		return nil
	}
	return &n.Rows[0]
}

// onPaper is how many entries of a list are printed; what could not be done is
// always printed whole. The style has the same number.
const onPaper = 5

// Cut reports whether a list is shortened on paper.
func (sheet) Cut(l impact.List) bool { return len(l.Entries) > onPaper && l.Key != "refused" }

func (p pages) page(w http.ResponseWriter, r *http.Request, v shell.Visit) error {
	if !v.Actor.Has(bot.Lead) {
		return bot.ErrNotFound
	}
	s := sheet{Wish: wishOf(r), Style: impact.Page + ".css", draw: p.shell.Draw()}
	page := shell.Page{Title: "Report", At: "report", Class: "report-page"}
	var err error
	s.Report, err = p.source(r.Context(), s.Wish, ours(r))
	var refused *bot.Error
	switch {
	case errors.As(err, &refused) && (refused.Code == impact.CodePeriod || refused.Code == impact.CodeDepartment):
		s.Wrong, page.Status = refused.Say, http.StatusBadRequest
	case err != nil:
		return err
	default:
		s.Wish = impact.Wish{From: s.Span.First(), To: s.Span.Last(), Department: s.Department, Event: s.Event}
		page.Title, s.Markdown = s.Title(), impact.Page+".md"+s.Address()[len(impact.Page):]
	}
	page.Body = shell.Run(templates, "page", s)
	p.shell.Show(w, r, v, page)
	return nil
}

func (p pages) markdown(w http.ResponseWriter, r *http.Request, v shell.Visit) error {
	if !v.Actor.Has(bot.Lead) {
		return bot.ErrNotFound
	}
	made, err := p.source(r.Context(), wishOf(r), ours(r))
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/markdown; charset=utf-8")
	h.Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", "report-"+made.Span.First()+"-"+made.Span.Last()+".md"))
	_, err = io.WriteString(w, made.Markdown())
	return err
}

func style(w http.ResponseWriter, _ *http.Request, _ shell.Visit) error {
	text, err := files.ReadFile("report.css")
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("Cache-Control", "public, max-age=3600")
	_, err = w.Write(text)
	return err
}

// Document writes a report as an HTML file that stands alone: its style is inside,
// and it loads nothing.
func Document(w io.Writer, made impact.Report, zone *time.Location) error {
	common, err := shell.File("style.css")
	if err != nil {
		return fmt.Errorf("write a report: %w", err)
	}
	own, err := files.ReadFile("report.css")
	if err != nil {
		return fmt.Errorf("write a report: %w", err)
	}
	return templates.ExecuteTemplate(w, "document", map[string]any{
		"Title": made.Title(), "Organisation": made.Organisation,
		"CSS":  template.CSS(common + string(own)), // ours, without a user's word in it
		"Body": shell.Run(templates, "report", sheet{Report: made, Alone: true, draw: render.New(zone)}),
	})
}
