// Package desk is where leads, readers and curators see what waits for them, and
// where an edition is edited and approved. Every change goes through the router;
// the desk only reads.
package desk

import (
	"context"
	"embed"
	"errors"
	"html/template"
	"net/http"
	"time"

	"evangelist/adapters/web/render"
	"evangelist/adapters/web/shell"
	"evangelist/bot"
	"evangelist/bot/impact"
	"evangelist/digests"
)

// Source is what the desk reads.
type Source interface {
	Digests(ctx context.Context) ([]digests.Digest, error)
	// Next returns the edition that is being drafted or waits to go out; its ID is
	// empty while nothing was decided about it.
	Next(ctx context.Context, digest string) (digests.Edition, error)
	Proof(ctx context.Context, edition digests.Edition) (digests.Proof, error)
	Issue(ctx context.Context, id string) (digests.Issue, error)
}

//go:embed *.html
var files embed.FS

var templates = template.Must(template.ParseFS(files, "*.html"))

// Desk is the pages of the desk.
type Desk struct {
	Config
	shell *shell.Shell
}

// Config is what the desk shows. All but Editions may be left out.
type Config struct {
	Editions Source
	// Matters are what waits for the visitor besides editions, what is due first at
	// the front.
	Matters bot.MatterSource
	// Panels are parts of a home page that belong on the desk too.
	Panels []bot.Panel
	// Courses are how published numbers went, as far as the visitor may see it.
	Courses func(ctx context.Context, actor bot.Actor) ([]impact.Course, error)
}

// New returns a desk.
func New(c Config) *Desk { return &Desk{Config: c} }

// Attach adds the pages.
func (d *Desk) Attach(sh *shell.Shell) {
	d.shell = sh
	sh.Add(
		shell.Route{Method: http.MethodGet, Pattern: "/desk", Audience: shell.Curators, Serve: d.waiting},
		shell.Route{Method: http.MethodGet, Pattern: "/add", Audience: shell.Colleagues, Serve: d.add},
		shell.Route{Method: http.MethodPost, Pattern: "/desk/open", Audience: shell.Curators, Serve: d.open},
		shell.Route{Method: http.MethodGet, Pattern: "/desk/draft/{id}", Audience: shell.Curators, Serve: d.draft},
		shell.Route{Method: http.MethodGet, Pattern: "/desk/draft/{id}/preview", Audience: shell.Curators, Serve: d.preview},
	)
	sh.Door("digest.open", d.open)
}

// mayCurate is the rule by which the feature lets somebody change a digest; the
// router asks it again at every change.
func mayCurate(actor bot.Actor, d digests.Digest) bool {
	if actor.Has(bot.Lead) {
		return true
	}
	return actor.Person != "" && actor.Has(bot.Colleague) && (actor.Person == d.Curator || actor.Person == d.Deputy)
}

// For reports whether the desk has anything for somebody.
func (d *Desk) For(ctx context.Context, actor bot.Actor) (bool, error) {
	if actor.Has(bot.Lead) || actor.Has(bot.Reader) {
		return true, nil
	}
	if actor.Person == "" || !actor.Has(bot.Colleague) {
		return false, nil
	}
	mine, err := d.curated(ctx, actor)
	if err != nil || len(mine) > 0 || d.Matters == nil {
		return len(mine) > 0, err
	}
	matters, err := d.Matters(ctx, actor)
	return len(matters) > 0, err
}

func (d *Desk) curated(ctx context.Context, actor bot.Actor) ([]digests.Digest, error) {
	all, err := d.Editions.Digests(ctx)
	if err != nil {
		return nil, err
	}
	var mine []digests.Digest
	for _, digest := range all {
		if mayCurate(actor, digest) {
			mine = append(mine, digest)
		}
	}
	return mine, nil
}

type waiting struct {
	Lead    bool
	Links   []shell.Link
	Late    []matter
	Drafts  []draftLine
	Groups  []group
	Panels  []template.HTML
	Courses []course
}

// draftLine is one edition on the desk.
type draftLine struct {
	Name, When, State string
	Address           string // of the draft; empty while it is not begun
	Digest            string // id, to begin it with
	Items, Findings   int
	Urgent            bool // its time has come
}

// Schedule is the button that changes when the digest goes out.
func (l draftLine) Schedule() button {
	return button{Command: "digest.schedule", Arg: l.Digest, Label: "Schedule", About: l.Name, Back: "/desk"}
}

// Inbox is the button that shows what was found elsewhere and waits.
func (waiting) Inbox() button { return inbox("/desk") }

func inbox(back string) button {
	return button{Command: "digest.inbox", Label: "Found elsewhere", Back: back}
}

// Begin is the button that begins the first digest.
func (waiting) Begin() button {
	return button{Command: "digest.new", Label: "Begin a digest", Tone: string(bot.Primary), Back: "/desk"}
}

func (d *Desk) waiting(w http.ResponseWriter, r *http.Request, v shell.Visit) error {
	if !v.Desk() {
		return bot.ErrNotFound
	}
	page := waiting{Lead: v.Actor.Has(bot.Lead), Links: d.shell.DeskLinks(v)}
	mine, err := d.curated(r.Context(), v.Actor)
	if err != nil {
		return err
	}
	for _, digest := range mine {
		line, err := d.line(r.Context(), digest)
		if err != nil {
			return err
		}
		page.Drafts = append(page.Drafts, line)
	}
	if err := d.wait(r.Context(), v, &page); err != nil {
		return err
	}
	if err := d.went(r.Context(), v, &page); err != nil {
		return err
	}
	for _, panel := range d.Panels {
		blocks, err := panel.Show(r.Context(), v.Actor)
		if err != nil {
			return err
		}
		if len(blocks) > 0 {
			page.Panels = append(page.Panels, d.shell.Draw().Blocks(blocks, render.Options{Back: "/desk"}))
		}
	}
	d.shell.Show(w, r, v, shell.Page{Title: "Desk", At: "desk", Class: "desk", Body: shell.Run(templates, "waiting", page)})
	return nil
}

func (d *Desk) line(ctx context.Context, digest digests.Digest) (draftLine, error) {
	line := draftLine{Name: digest.Name, Digest: digest.ID}
	edition, err := d.Editions.Next(ctx, digest.ID)
	var refused *bot.Error
	if errors.As(err, &refused) { // its schedule names no day that is still to come
		line.State = refused.Say
		return line, nil
	}
	if err != nil {
		return line, err
	}
	line.When = when(edition, digest)
	line.State = state(edition, digest)
	line.Urgent = edition.State == digests.Draft && !edition.Due.After(d.shell.Clock().Now())
	if edition.ID != "" {
		line.Address = "/desk/draft/" + edition.ID
	}
	if edition.State != digests.Draft {
		line.Items = len(edition.Shown().All())
		return line, nil
	}
	proof, err := d.Editions.Proof(ctx, edition)
	if err != nil {
		return line, err
	}
	line.Items, line.Findings = len(proof.Content.All()), len(digests.Preflight(edition.ID, proof))
	return line, nil
}

func when(e digests.Edition, d digests.Digest) string {
	at := e.Due
	if e.State == digests.Approved {
		at = e.PublishAt
	}
	return bot.ShowTime(at, bot.DateTimeStyle, d.Location())
}

// state says where an edition stands and what happens next by itself.
func state(e digests.Edition, d digests.Digest) string {
	switch {
	case e.State == digests.Approved && soon(e):
		return "Approved. It goes out in a moment; until then you can undo it."
	case e.State == digests.Approved:
		return "Approved. Until it goes out you can undo it; your decisions stay."
	case d.Paused:
		return "This digest is paused: nothing goes out by itself."
	case d.SecondEyes && e.ProposedBy != "":
		return "Proposed; it waits for a second pair of eyes."
	case d.IfUndecided == digests.Go:
		return "If nobody decides, it goes out as it is."
	}
	return "It waits until somebody approves it."
}

// soon reports whether an approved edition goes out as soon as it can no longer
// be undone, rather than at its time.
func soon(e digests.Edition) bool {
	return e.PublishAt.Sub(e.ApprovedAt) <= time.Hour && !e.PublishAt.Equal(e.Due)
}

// open begins the draft of a digest and leads to it.
func (d *Desk) open(w http.ResponseWriter, r *http.Request, v shell.Visit) error {
	id := r.PostForm.Get("arg")
	reply := d.shell.Do(r, v, bot.Invocation{Command: "digest.open", Arg: id})
	mine, err := d.curated(r.Context(), v.Actor)
	if err != nil {
		return err
	}
	for _, digest := range mine {
		if digest.ID != id {
			continue
		}
		edition, err := d.Editions.Next(r.Context(), id)
		if err == nil && edition.ID != "" {
			http.Redirect(w, r, "/desk/draft/"+edition.ID, http.StatusSeeOther)
			return nil
		}
	}
	return d.shell.Answer(w, r, v, reply, shell.Asked{Back: "/desk"})
}

// find returns an edition that the actor may curate and that is not out yet.
func (d *Desk) find(ctx context.Context, actor bot.Actor, id string) (digests.Edition, digests.Digest, error) {
	mine, err := d.curated(ctx, actor)
	if err != nil {
		return digests.Edition{}, digests.Digest{}, err
	}
	for _, digest := range mine {
		edition, err := d.Editions.Next(ctx, digest.ID)
		var refused *bot.Error
		if errors.As(err, &refused) {
			continue
		}
		if err != nil {
			return digests.Edition{}, digests.Digest{}, err
		}
		if edition.ID == id && id != "" {
			return edition, digest, nil
		}
	}
	return digests.Edition{}, digests.Digest{}, bot.ErrNotFound
}
