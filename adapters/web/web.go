// Package web is the face of the bot in a browser: the archive, the private
// code's door, the desk, and every command's messages and forms. Whatever is
// pressed or sent goes to the same router, with the same rights, as in chat.
package web

import (
	"context"
	"embed"
	"fmt"
	"html/template"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"evangelist/adapters/web/archive"
	"evangelist/adapters/web/code"
	"evangelist/adapters/web/desk"
	"evangelist/adapters/web/render"
	"evangelist/adapters/web/shell"
	"evangelist/adapters/web/signin"
	"evangelist/bot"
	"evangelist/bot/impact"
	"evangelist/digests"
)

// Editions is what the archive and the desk read; *digests.Feature is one.
type Editions interface {
	Digests(ctx context.Context) ([]digests.Digest, error)
	Next(ctx context.Context, digest string) (digests.Edition, error)
	Proof(ctx context.Context, edition digests.Edition) (digests.Proof, error)
	Issues(ctx context.Context, digest, text string, before time.Time, limit int) ([]digests.Issue, error)
	Issue(ctx context.Context, id string) (digests.Issue, error)
}

// What signing in keeps; package webstore has the Store.
type (
	// Link is a one-time link.
	Link = signin.Link
	// Session is a browser that is signed in.
	Session = signin.Session
	// Store keeps links and sessions.
	Store = signin.Store
	// Route is one thing that can be requested.
	Route = shell.Route
)

// Config is what the pages need. All but View, Identify, Home, Panels, Matters,
// Courses, Log and Start are compulsory.
type Config struct {
	Do           func(ctx context.Context, in bot.Invocation) bot.Reply
	View         func(ctx context.Context, view bot.View) (bot.Message, int64, error)
	People       bot.People
	Places       bot.Places
	Editions     Editions
	Store        Store
	Organisation bot.Organisation
	Clock        bot.Clock
	Random       io.Reader
	// Secret is at least 16 bytes, the same on all replicas and after a restart.
	Secret []byte
	Log    *slog.Logger
	// Identify is asked before the session: in the playground, being somebody
	// there is being signed in. Nil: only sessions count.
	Identify func(r *http.Request) (bot.AccountID, bool)
	// Home is a person's own page, shown below the doors of the start page.
	Home func(ctx context.Context, account bot.AccountID) (bot.Message, error)
	// Panels are parts of a home page that belong on the desk too.
	Panels []bot.Panel
	// Matters are what waits on the desk besides editions; nil: nothing.
	Matters bot.MatterSource
	// Courses are how published numbers went; nil: none is shown.
	Courses func(ctx context.Context, actor bot.Actor) ([]impact.Course, error)
	// Start is the path of the start page, "/" unless something else stands there.
	Start string
}

// Site is all pages. It is an http.Handler.
type Site struct {
	*shell.Shell
	cfg    Config
	signIn *signin.SignIn
}

//go:embed start.html document.html
var files embed.FS

var templates = template.Must(template.ParseFS(files, "*.html"))

// New returns the pages, without serving them. It fails only for a Secret that
// is too short.
func New(c Config) (*Site, error) {
	s := &Site{cfg: c, signIn: signin.New(signin.Config{
		Store: c.Store, People: c.People, Clock: c.Clock, Random: c.Random, Organisation: c.Organisation,
		Secure: strings.HasPrefix(c.Organisation.PublicURL, "https://"),
	})}
	desk := desk.New(desk.Config{Editions: c.Editions, Matters: c.Matters, Panels: c.Panels, Courses: c.Courses})
	sh, err := shell.New(shell.Config{
		Do: c.Do, View: c.View, People: c.People, Places: c.Places, Organisation: c.Organisation, Clock: c.Clock, Random: c.Random,
		Secret: c.Secret, Log: c.Log, Identify: s.identify, HasDesk: desk.For, Start: c.Start,
	})
	if err != nil {
		return nil, fmt.Errorf("set up the web pages: %w", err)
	}
	s.Shell = sh
	start := sh.Start()
	if start == "/" {
		start = "/{$}"
	}
	sh.Add(Route{Method: http.MethodGet, Pattern: start, Audience: shell.Everybody, Serve: s.start})
	s.signIn.Attach(sh)
	archive.Attach(sh, c.Editions)
	code.Attach(sh)
	desk.Attach(sh)
	return s, nil
}

// Commands returns what can be asked in chat: a link to sign in with.
func (s *Site) Commands() []bot.Command { return s.signIn.Commands() }

func (s *Site) identify(r *http.Request, extend bool) (bot.AccountID, bool, error) {
	if s.cfg.Identify != nil {
		if account, ok := s.cfg.Identify(r); ok {
			return account, false, nil
		}
	}
	account, err := s.signIn.Identify(r, extend)
	return account, account != "", err
}

func (s *Site) start(w http.ResponseWriter, r *http.Request, v shell.Visit) error {
	page := struct {
		Organisation, Name string
		SignedIn, Desk     bool
		Home               template.HTML
	}{Organisation: s.cfg.Organisation.Name, Name: v.Actor.Name, SignedIn: v.SignedIn(), Desk: v.Desk()}
	if v.SignedIn() && s.cfg.Home != nil {
		home, err := s.cfg.Home(r.Context(), v.Actor.Account)
		if err != nil {
			return err
		}
		if len(home.Blocks) > 0 {
			page.Home = s.Draw().Message(home, render.Options{Back: s.Start()})
		}
	}
	s.Show(w, r, v, shell.Page{Title: "Start", Class: "start", Body: shell.Run(templates, "start", page)})
	return nil
}
