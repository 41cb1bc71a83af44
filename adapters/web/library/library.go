// Package library shows colleagues what worked: a search that needs no JavaScript,
// a page for each entry, and both on paper. What may be read is decided in package
// library of the bot; here it is only shown.
package library

import (
	"context"
	"embed"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"evangelist/adapters/web/render"
	"evangelist/adapters/web/shell"
	"evangelist/bot"
	"evangelist/bot/library"
	"evangelist/bot/schedule"
)

// Source is what the pages read; *library.Feature is one.
type Source interface {
	Find(ctx context.Context, actor bot.Actor, q library.Query) (found []library.Entry, departments []string, err error)
	Entry(ctx context.Context, actor bot.Actor, id string, act library.Act) (library.Entry, error)
}

//go:embed library.html library.css
var files embed.FS

var templates = template.Must(template.ParseFS(files, "library.html"))

const stylePath = library.Page + ".css"

type pages struct {
	shell  *shell.Shell
	source Source
}

// Attach adds the pages. Whoever is no colleague of this organisation sees nothing.
func Attach(sh *shell.Shell, source Source) {
	p := pages{shell: sh, source: source}
	sh.Link(shell.Link{Order: 40, Path: library.Page, Label: "What worked", At: "worked", For: shell.ForColleagues})
	sh.Add(
		shell.Route{Method: http.MethodGet, Pattern: library.Page, Audience: shell.Colleagues, Serve: p.list},
		shell.Route{Method: http.MethodGet, Pattern: library.Page + "/{id}", Audience: shell.Colleagues, Serve: p.entry},
		shell.Style(stylePath, files, "library.css"),
	)
}

// perPage is how many entries a page of the list has.
const perPage = 20

// listed is an entry of the list.
type listed struct {
	library.Entry
	Address string
	Text    string
	Date    template.HTML
	Times   int // how often it was told
}

// list is what the template of the list sees.
type list struct {
	Style        string
	Query        library.Query
	From, To     string // as they were typed
	Wrong        string // what is wrong with the days
	Kinds        []library.Kind
	Departments  []string
	Entries      []listed
	Total, First int
	Newer, Older string
}

// Asked reports whether anything was asked for.
func (l list) Asked() bool { return l.Query != library.Query{} || l.From+l.To != "" }

func (p pages) list(w http.ResponseWriter, r *http.Request, v shell.Visit) error {
	query := r.URL.Query()
	l := list{Style: stylePath, Kinds: library.Kinds(), From: bot.Clean(query.Get("from"), 20), To: bot.Clean(query.Get("to"), 20)}
	l.Query = library.Query{Words: bot.Clean(query.Get("q"), 200), Kind: library.ParseKind(query.Get("kind")), Department: bot.Clean(query.Get("department"), 100)}
	var status int
	if l.days(); l.Wrong != "" {
		status = http.StatusBadRequest
	}
	found, departments, err := p.source.Find(r.Context(), v.Actor, l.Query)
	if err != nil {
		return err
	}
	if l.Wrong != "" {
		found = nil
	}
	l.Departments = departments
	l.turn(found, query.Get("page"))
	for i := range l.Entries {
		e := &l.Entries[i]
		e.Address, e.Date, e.Times = e.Page(), p.shell.Draw().Line(bot.Spans{bot.Moment(e.When, bot.DateStyle)}), len(e.Told)
		if e.Text = library.Within(strings.Join(strings.Fields(e.Words), " "), 280); e.Text == e.Heading() {
			e.Text = ""
		}
	}
	title := "What worked"
	if l.Query.Words != "" {
		title += ": " + l.Query.Words
	}
	p.shell.Show(w, r, v, shell.Page{Status: status, Title: title, At: "worked", Class: "reading worked", Body: shell.Run(templates, "list", l)})
	return nil
}

// days reads the period.
func (l *list) days() {
	for _, day := range []struct {
		text string
		to   *schedule.Date
	}{{l.From, &l.Query.From}, {l.To, &l.Query.To}} {
		if day.text == "" {
			continue
		}
		read, err := schedule.ParseDate(day.text)
		if err != nil {
			l.Wrong = "Write days as in 2026-12-04."
			return
		}
		*day.to = read
	}
	if !l.Query.To.IsZero() && l.Query.To.Before(l.Query.From) {
		l.Wrong = "The last day is before the first one. Exchange them."
	}
}

// turn keeps one page of what was found.
func (l *list) turn(found []library.Entry, page string) {
	l.Total = len(found)
	n, err := strconv.Atoi(page)
	if err != nil || n < 1 || (n-1)*perPage >= len(found) || n > len(found) {
		n = 1
	}
	at := func(n int) string {
		here, _ := url.Parse(l.Query.Address())
		values := here.Query()
		if n > 1 {
			values.Set("page", strconv.Itoa(n))
		}
		here.RawQuery = values.Encode()
		return here.String()
	}
	from := (n - 1) * perPage
	to := min(from+perPage, len(found))
	l.First = from + 1
	for _, e := range found[from:to] {
		l.Entries = append(l.Entries, listed{Entry: e})
	}
	if n > 1 {
		l.Newer = at(n - 1)
	}
	if to < len(found) {
		l.Older = at(n + 1)
	}
}

func (p pages) entry(w http.ResponseWriter, r *http.Request, v shell.Visit) error {
	e, err := p.source.Entry(r.Context(), v.Actor, r.PathValue("id"), library.Read)
	if err != nil {
		return err
	}
	message := library.EntryMessage(e, v.Actor, p.shell.Clock().Now())
	p.shell.Show(w, r, v, shell.Page{Title: e.Heading(), At: "worked", Class: "reading worked", Body: shell.Run(templates, "entry", map[string]any{
		"Style": stylePath, "Message": p.shell.Draw().Message(message, render.Options{Back: e.Page()}),
		"List": library.Page, "URL": paper(e.URL), "Organisation": p.shell.Organisation().Name,
	})})
	return nil
}

// paper is an address that is written out on paper, "" when it may not be shown.
func paper(address string) string {
	if bot.SafeAddress(address) {
		return address
	}
	return ""
}
