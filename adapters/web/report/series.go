package report

import (
	"context"
	"io"
	"net/http"
	"strings"

	"evangelist/adapters/web/render"
	"evangelist/adapters/web/shell"
	"evangelist/bot"
	"evangelist/bot/impact/issues"
)

// Series are the issues that somebody may read; *issues.Feature is one.
type Series interface {
	// Find returns an issue, or bot.ErrNotFound for whoever may not read it now.
	Find(ctx context.Context, actor bot.Actor, id string) (issues.Reading, error)
	// Past lists the issues that the actor may read, the latest days first.
	Past(ctx context.Context, actor bot.Actor) ([]issues.Issue, error)
}

// past is a line of the list of issues.
type past struct{ Path, Title, Says string }

func (p pages) past(ctx context.Context, v shell.Visit) ([]past, error) {
	all, err := p.series.Past(ctx, v.Actor)
	zone := p.shell.Organisation().Zone
	var lines []past
	for _, i := range all {
		says := "published on " + bot.ShowTime(i.Published, bot.DateStyle, zone)
		switch i.State {
		case issues.Planned:
			says = "planned; its draft comes on " + bot.ShowTime(i.Due, bot.DateStyle, zone)
		case issues.Draft:
			says = "a draft since " + bot.ShowTime(i.Since, bot.DateStyle, zone)
		case issues.Approved:
			says = "approved a moment ago"
		case issues.Early:
			says = "with its champions; for everybody on " + bot.ShowTime(i.PublishAt, bot.DateTimeStyle, zone)
		case issues.Held:
			says = "held back since " + bot.ShowTime(i.Since, bot.DateStyle, zone)
		case issues.Skipped:
			says = "skipped on " + bot.ShowTime(i.Since, bot.DateStyle, zone) + ", because " + i.Reason
		}
		lines = append(lines, past{i.Path(), i.Title(), says})
	}
	return lines, err
}

// issue shows one issue, or its text as Markdown.
func (p pages) issue(w http.ResponseWriter, r *http.Request, v shell.Visit) error {
	id, plain := strings.CutSuffix(r.PathValue("file"), ".md")
	reading, err := p.series.Find(r.Context(), v.Actor, id)
	if err != nil {
		return err
	}
	if plain {
		if len(reading.Content.Sections) == 0 {
			return bot.ErrNotFound
		}
		return markdown(w, reading.Content.Markdown(), "report-"+id+".md")
	}
	s := sheet{Content: reading.Content, Path: reading.Issue.Path(), Status: status(reading.Issue), Style: style, Markdown: reading.Issue.Path() + ".md", draw: p.shell.Draw()}
	if len(reading.Card.Blocks) > 0 {
		level := 2
		if len(s.Sections) == 0 {
			level = 1
		}
		s.Card = p.shell.Draw().Message(reading.Card, render.Options{Level: level, Back: s.Path})
	}
	p.shell.Show(w, r, v, shell.Page{Title: reading.Issue.Title(), At: "report", Class: "report-page", NoStore: reading.Issue.State != issues.Published, Body: shell.Run(templates, "issue", s)})
	return nil
}

// status says what readers on paper must know; empty: nothing.
func status(i issues.Issue) string {
	switch i.State {
	case issues.Published:
		return ""
	case issues.Draft:
		return "a draft, not approved yet"
	}
	return "not published yet"
}

// sheetOfBoard is what the template of the one page sees.
type sheetOfBoard struct {
	issues.Board
	Style   string
	Path    string
	Address string
	Status  string
}

func (p pages) board(w http.ResponseWriter, r *http.Request, v shell.Visit) error {
	reading, err := p.series.Find(r.Context(), v.Actor, r.PathValue("file"))
	if err != nil {
		return err
	}
	if len(reading.Content.Sections) == 0 {
		return bot.ErrNotFound
	}
	i := reading.Issue
	s := sheetOfBoard{Board: reading.Content.Board(), Style: style, Path: i.Path(), Address: p.shell.Organisation().Page(i.Path()), Status: status(i)}
	p.shell.Show(w, r, v, shell.Page{Title: i.Title() + ": one page", At: "report", Class: "report-page", NoStore: i.State != issues.Published, Body: shell.Run(templates, "board", s)})
	return nil
}

func markdown(w http.ResponseWriter, text, file string) error {
	h := w.Header()
	h.Set("Content-Type", "text/markdown; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+file+`"`)
	_, err := io.WriteString(w, text)
	return err
}
