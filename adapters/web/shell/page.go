package shell

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"net/url"
	"strconv"

	"evangelist/bot"
)

//go:embed templates/*.html
var files embed.FS

var templates = template.Must(template.ParseFS(files, "templates/*.html"))

// Page is what a Serve shows.
type Page struct {
	Status int // default 200
	Title  string
	Body   template.HTML
	Class  string // of the main part: "reading" (default), "desk", "edition"
	At     string // for which entry of the navigation it stands: "archive", "code", "desk"
	// NoStore keeps the page out of every cache and history.
	NoStore bool
	// Stay is the path that the address bar should show, when a page of ours was
	// shown in answer to a form; empty: the one that was asked.
	Stay string
}

type layout struct {
	Page
	Organisation string
	Word         string
	Start        string
	Name         string
	SignedIn     bool
	Nav          []Link
	Leaving      bool
	Flash        string
	Style        string
	Script       string
}

// Show writes a page in the common layout.
func (s *Shell) Show(w http.ResponseWriter, r *http.Request, v Visit, p Page) {
	if p.Class == "" {
		p.Class = "reading"
	}
	if p.Stay == "" {
		p.Stay, _ = r.Context().Value(stayKey{}).(string)
	}
	page := s.run("layout", layout{
		Page: p, Organisation: s.cfg.Organisation.Name, Word: word(s.cfg.Organisation), Start: s.cfg.Start,
		Name: v.Actor.Name, SignedIn: v.SignedIn(), Nav: s.nav(v), Leaving: v.Leaving, Flash: v.Flash,
		Style: asset("style.css"), Script: asset("page.js"),
	})
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(page)))
	if p.NoStore {
		h.Set("Cache-Control", "no-store")
	}
	if p.Status == 0 {
		p.Status = http.StatusOK
	}
	w.WriteHeader(p.Status)
	w.Write([]byte(page)) // a client that left cannot be told
}

type stayKey struct{}

// run executes one of our templates, whose data we know.
func (s *Shell) run(name string, data any) template.HTML { return Run(templates, name, data) }

// Run executes a template into HTML. A template that does not fit its data is a
// mistake in the program: the request ends with an error page and a reference
// rather than with half a page.
func Run(t *template.Template, name string, data any) template.HTML {
	var out bytes.Buffer
	if err := t.ExecuteTemplate(&out, name, data); err != nil {
		panic(err)
	}
	return template.HTML(out.String())
}

// word is what an advocate is called here.
func word(o bot.Organisation) string {
	if o.Word == "" {
		return "evangelist"
	}
	return o.Word
}

func escape(text string) string { return url.QueryEscape(text) }
