// Package archive shows editions that went out: a list, a search, and each
// edition at its permanent address, for the screen and for one sheet of paper.
package archive

import (
	"context"
	"embed"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"time"

	"evangelist/adapters/web/qr"
	"evangelist/adapters/web/render"
	"evangelist/adapters/web/shell"
	"evangelist/bot"
	"evangelist/digests"
)

// Source is what the archive reads.
type Source interface {
	Digests(ctx context.Context) ([]digests.Digest, error)
	Issues(ctx context.Context, digest, text string, before time.Time, limit int) ([]digests.Issue, error)
	Issue(ctx context.Context, id string) (digests.Issue, error)
}

//go:embed archive.html
var files embed.FS

var templates = template.Must(template.ParseFS(files, "archive.html"))

type pages struct {
	shell  *shell.Shell
	source Source
}

// Attach adds the pages.
func Attach(sh *shell.Shell, source Source) {
	p := pages{shell: sh, source: source}
	sh.Add(
		shell.Route{Method: http.MethodGet, Pattern: "/archive", Audience: shell.Colleagues, Serve: p.list},
		shell.Route{Method: http.MethodGet, Pattern: "/archive/{slug}", Audience: shell.Colleagues, Serve: p.edition},
	)
}

// perPage is how many editions a page of the list has.
const perPage = 20

type listed struct {
	Address, Digest, Dates, Summary string
	Titles                          []string
	More                            int
}

type list struct {
	Query, Digest string
	Digests       []digests.Digest
	Editions      []listed
	Older         string // address of the next page, "" on the last
	Later         bool   // this is not the first page
	First         string // address of the first page
}

func (p pages) list(w http.ResponseWriter, r *http.Request, v shell.Visit) error {
	query := r.URL.Query()
	page := list{Query: bot.Clean(query.Get("q"), 200), Digest: bot.Clean(query.Get("digest"), 200)}
	var before time.Time
	if at := query.Get("before"); at != "" {
		var err error
		if before, err = time.Parse(time.RFC3339Nano, at); err != nil {
			return bot.ErrNotFound
		}
		page.Later = true
	}
	var err error
	if page.Digests, err = p.source.Digests(r.Context()); err != nil {
		return err
	}
	issues, err := p.source.Issues(r.Context(), page.Digest, page.Query, before, perPage+1)
	if err != nil {
		return err
	}
	page.First = page.address(time.Time{})
	if len(issues) > perPage {
		issues = issues[:perPage]
		page.Older = page.address(issues[perPage-1].PublishedAt)
	}
	for _, issue := range issues {
		page.Editions = append(page.Editions, listing(issue))
	}
	title := "Archive"
	if page.Query != "" {
		title = "Archive: " + page.Query
	}
	p.shell.Show(w, r, v, shell.Page{Title: title, At: "archive", Body: shell.Run(templates, "list", page)})
	return nil
}

func (l list) address(before time.Time) string {
	query := url.Values{}
	for key, value := range map[string]string{"q": l.Query, "digest": l.Digest} {
		if value != "" {
			query.Set(key, value)
		}
	}
	if !before.IsZero() {
		query.Set("before", before.UTC().Format(time.RFC3339Nano))
	}
	if len(query) == 0 {
		return "/archive"
	}
	return "/archive?" + query.Encode()
}

// firstTitles is how many items the list names of each edition.
const firstTitles = 3

func listing(issue digests.Issue) listed {
	out := listed{
		Address: address(issue), Digest: issue.Content.Digest, Dates: issue.Content.Dates(), Summary: issue.Content.Summary(),
	}
	all := issue.Content.All()
	for _, item := range all[:min(firstTitles, len(all))] {
		out.Titles = append(out.Titles, item.Title)
	}
	out.More = len(all) - len(out.Titles)
	return out
}

func address(issue digests.Issue) string { return "/archive/" + url.PathEscape(issue.Slug) }

type edition struct {
	Article   template.HTML
	Density   string
	Permanent string
	Code      template.HTML // QR code of the permanent address, for print
	Older     string
	Published template.HTML
	// Organisation is named on paper, which may leave the house.
	Organisation string
}

func (p pages) edition(w http.ResponseWriter, r *http.Request, v shell.Visit) error {
	issue, err := p.source.Issue(r.Context(), r.PathValue("slug"))
	if err != nil {
		return err
	}
	if r.PathValue("slug") != issue.Slug {
		http.Redirect(w, r, address(issue), http.StatusMovedPermanently)
		return nil
	}
	here := address(issue)
	draw := p.shell.Draw()
	message := issue.Content.Message(issue.ID, issue.Tally)
	page := edition{
		Article: draw.Message(message, render.Options{Back: here}), Density: density(message),
		Published: draw.Line(bot.Spans{bot.Moment(issue.PublishedAt, bot.DateTimeStyle)}),
		Permanent: p.shell.Organisation().Page(here), Organisation: p.shell.Organisation().Name,
	}
	if strings.HasPrefix(page.Permanent, "http") {
		// An address that is too long for a code is printed in letters alone.
		if page.Code, err = qr.SVG(page.Permanent, "QR code of this page's address"); err != nil {
			page.Code = ""
		}
	}
	older, err := p.source.Issues(r.Context(), issue.Digest, "", issue.PublishedAt, 1)
	if err != nil {
		return err
	}
	if len(older) > 0 {
		page.Older = address(older[0])
	}
	p.shell.Show(w, r, v, shell.Page{
		Title: issue.Content.Digest + ", " + issue.Content.Dates(), At: "archive", Class: "edition-page", Body: shell.Run(templates, "edition", page),
	})
	return nil
}
