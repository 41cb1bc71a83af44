// Package report shows the report: to leads for any days, for the screen, for one
// sheet of paper, and as a document that stands alone; and the issues of the series,
// each under its permanent address, to whoever may read them. It only shows what it
// is given; what may be shown is decided in packages impact and issues.
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
	"evangelist/bot/impact"
	"evangelist/bot/impact/issues"
)

// Source makes reports; (*impact.Feature).Compose fits.
type Source func(ctx context.Context, wish impact.Wish, keep bool) (impact.Report, error)

//go:embed report.html report.css
var files embed.FS

var templates = template.Must(template.ParseFS(files, "report.html"))

type pages struct {
	shell  *shell.Shell
	source Source
	series Series
}

// Attach adds the pages. Reports of any days are for leads; of the series everybody
// reads what is published.
func Attach(sh *shell.Shell, source Source, series Series) {
	p := pages{shell: sh, source: source, series: series}
	sh.Link(shell.Link{Order: 60, Path: impact.Page, Label: "Report", At: "report", For: shell.ForLeads})
	sh.Add(
		shell.Route{Method: http.MethodGet, Pattern: impact.Page, Audience: shell.Colleagues, Serve: p.page},
		shell.Route{Method: http.MethodGet, Pattern: impact.Page + ".md", Audience: shell.Colleagues, Serve: p.markdown},
		shell.Route{Method: http.MethodGet, Pattern: impact.Page + "/{file}", Audience: shell.Colleagues, Serve: p.issue},
		shell.Route{Method: http.MethodGet, Pattern: impact.Page + "/{file}/board", Audience: shell.Colleagues, Serve: p.board},
		shell.Style(style, files, "report.css"),
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
	issues.Content
	Wish        impact.Wish
	Departments []string
	Unrecorded  bool
	Address     string // of this report, among those of any days
	Status      string // that it is not published yet
	Path        string // of the issue's page
	Past        []past
	Card        template.HTML // what the reader can do
	Wrong       string        // what is wrong with the wish; there is no report then
	Style       string        // address of the style
	Markdown    string        // address of the export
	draw        *render.Renderer
}

// Picture draws the chart of a number with its table.
func (s sheet) Picture(n issues.Number) template.HTML {
	return s.draw.Blocks(n.Parts.Blocks, render.Options{Bare: true})
}

// onPaper is how many entries of a list are printed; what could not be done is
// always printed whole. The style has the same number.
const onPaper = 5

// Cut reports whether a list is shortened on paper.
func (sheet) Cut(l issues.List) bool { return len(l.Entries) > onPaper && l.Key != "refused" }

func (p pages) page(w http.ResponseWriter, r *http.Request, v shell.Visit) error {
	so, err := p.past(r.Context(), v)
	if err != nil {
		return err
	}
	page := shell.Page{Title: "Report", At: "report", Class: "report-page"}
	s := sheet{Wish: wishOf(r), Past: so, Style: style, draw: p.shell.Draw()}
	if !v.Actor.Has(bot.Lead) {
		if s.Wish != (impact.Wish{}) {
			return bot.ErrNotFound
		}
		page.Title, page.Class, page.Body = "Reports", "reading", shell.Run(templates, "shelf", s)
		p.shell.Show(w, r, v, page)
		return nil
	}
	made, err := p.source(r.Context(), s.Wish, ours(r))
	var refused *bot.Error
	switch {
	case errors.As(err, &refused) && (refused.Code == impact.CodePeriod || refused.Code == impact.CodeDepartment):
		s.Wrong, page.Status = refused.Say, http.StatusBadRequest
	case err != nil:
		return err
	default:
		s.Content, s.Departments, s.Unrecorded, s.Address = issues.Copy(made, issues.Words{}), made.Departments, made.Unrecorded, made.Address()
		s.Wish = impact.Wish{From: s.From, To: s.To, Department: made.Department, Event: s.Event}
		page.Title, s.Markdown = s.Title, impact.Page+".md"+s.Address[len(impact.Page):]
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
	return markdown(w, made.Markdown(), "report-"+made.Span.First()+"-"+made.Span.Last()+".md")
}

// style is the address of the style.
const style = impact.Page + ".css"

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
		"Body": shell.Run(templates, "report", sheet{Content: issues.Copy(made, issues.Words{}), draw: render.New(zone)}),
	})
}
