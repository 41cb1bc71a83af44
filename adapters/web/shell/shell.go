package shell

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"evangelist/adapters/web/render"
	"evangelist/bot"
)

// Config is what a Shell needs. All but Log, View, Identify and Start are compulsory.
type Config struct {
	Do           func(ctx context.Context, in bot.Invocation) bot.Reply
	View         func(ctx context.Context, view bot.View) (bot.Message, int64, error)
	People       bot.People
	Places       bot.Places
	Organisation bot.Organisation
	Clock        bot.Clock
	Random       io.Reader
	Secret       []byte // from which the key of forms follows, at least 16 bytes
	Log          *slog.Logger
	// Identify says whose account a request comes with; extend lets the session
	// live on. Leaving says that the visitor signed in here and can sign out.
	Identify func(r *http.Request, extend bool) (account bot.AccountID, leaving bool, err error)
	// HasDesk says whether the desk is for somebody; nil: for leads and readers.
	HasDesk func(ctx context.Context, actor bot.Actor) (bool, error)
	Start   string // the path of the start page, default "/"
}

// Shell draws pages and carries requests to the router. Its methods are safe
// for concurrent use.
type Shell struct {
	cfg    Config
	draw   *render.Renderer
	sealer *render.Sealer
	mux    *http.ServeMux
	guard  http.Handler // mux behind the protection against other sites
	routes []Route
	doors  map[string]Serve
	links  []Link
}

// Audience says for whom a route is.
type Audience string

// The audiences. What a route shows inside may depend on finer rights; an
// object that is not for the visitor looks like one that is not there.
const (
	Everybody  Audience = "everybody"  // also without an account
	Colleagues Audience = "colleagues" // signed in with an account of this organisation
	Curators   Audience = "curators"   // colleagues; what is there depends on what they may curate
)

// Route is one thing that can be requested.
type Route struct {
	Method   string
	Pattern  string // as http.ServeMux has it, without the method
	Audience Audience
	// Discreet routes know nobody: no session is read, nothing about the request
	// is kept, counted or logged but a failure on our side.
	Discreet bool
	// Fleeting routes know their visitor and leave no trace of the visit: not even
	// the session lives on by it.
	Fleeting bool
	Serve    Serve
}

// Serve answers a request. An error becomes a page in plain words; nothing may
// have been written then.
type Serve func(w http.ResponseWriter, r *http.Request, v Visit) error

// Visit is who visits, and what there is to say first.
type Visit struct {
	Actor   bot.Actor
	Leaving bool   // signed in by a link of ours, so that signing out makes sense
	Flash   string // a sentence for the top of the page
	desk    bool
}

// SignedIn reports whether a colleague visits.
func (v Visit) SignedIn() bool { return v.Actor.Has(bot.Colleague) }

// Desk reports whether there is a desk for the visitor.
func (v Visit) Desk() bool { return v.desk }

// New returns a Shell without routes.
func New(c Config) (*Shell, error) {
	sealer, err := render.NewSealer(c.Secret)
	if err != nil {
		return nil, err
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Identify == nil {
		c.Identify = func(*http.Request, bool) (bot.AccountID, bool, error) { return "", false, nil }
	}
	if c.HasDesk == nil {
		c.HasDesk = func(_ context.Context, a bot.Actor) (bool, error) { return a.Has(bot.Lead) || a.Has(bot.Reader), nil }
	}
	if c.Start == "" {
		c.Start = "/"
	}
	s := &Shell{cfg: c, draw: render.New(c.Organisation.Zone), sealer: sealer, mux: http.NewServeMux(), doors: map[string]Serve{}, links: ownLinks()}
	s.guard = s.protected(s.mux)
	s.Add(s.ownRoutes()...)
	return s, nil
}

// Draw is the renderer of all pages.
func (s *Shell) Draw() *render.Renderer { return s.draw }

// Organisation is whose pages these are.
func (s *Shell) Organisation() bot.Organisation { return s.cfg.Organisation }

// Clock is the clock of all pages.
func (s *Shell) Clock() bot.Clock { return s.cfg.Clock }

// Start is the path of the start page.
func (s *Shell) Start() string { return s.cfg.Start }

// Do asks the router as the visitor. What was asked for is carried out within the
// router's own limit, also for a visitor who does not wait for the answer.
func (s *Shell) Do(r *http.Request, v Visit, in bot.Invocation) bot.Reply {
	in.Actor, in.Workspace = bot.Actor{Account: v.Actor.Account}, "web"
	return s.cfg.Do(context.WithoutCancel(r.Context()), in)
}

// Add declares routes. It is to be called before the first request.
func (s *Shell) Add(routes ...Route) {
	for _, route := range routes {
		s.routes = append(s.routes, route)
		s.mux.HandleFunc(route.Method+" "+route.Pattern, func(w http.ResponseWriter, r *http.Request) {
			s.serve(w, r, route)
		})
	}
}

// Door has a page of its own answer where the button of a command is pressed.
// It is to be called before the first request.
func (s *Shell) Door(command string, serve Serve) { s.doors[command] = serve }

// Leads is a Serve that leads to another page of ours.
func Leads(path string) Serve {
	return func(w http.ResponseWriter, r *http.Request, _ Visit) error {
		http.Redirect(w, r, path, http.StatusSeeOther)
		return nil
	}
}

// Routes lists what was added.
func (s *Shell) Routes() []Route { return append([]Route(nil), s.routes...) }

// maxBody is how much a request may send.
const maxBody = 512 << 10

// writeLimit is how long an answer may take to be read, so that nobody holds a
// connection by not reading.
const writeLimit = 30 * time.Second

// ServeHTTP implements http.Handler.
func (s *Shell) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// A writer that knows no deadline is not a connection.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(writeLimit))
	secure(w.Header(), strings.HasPrefix(s.cfg.Organisation.PublicURL, "https://"))
	if _, pattern := s.mux.Handler(r); pattern == "" {
		s.unrouted(w, r)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	s.guard.ServeHTTP(w, s.withoutBlankOrigin(r))
}

// withoutBlankOrigin lets the form of a discreet page be sent. Its page asks
// browsers for no referrer, which makes them send "null" as the origin too, and
// over plain HTTP nothing else says whence a request comes. Such a route knows
// no visitor, so that another site gains nothing by sending one there.
func (s *Shell) withoutBlankOrigin(r *http.Request) *http.Request {
	if r.Header.Get("Origin") != "null" || r.Header.Get("Sec-Fetch-Site") != "" || !s.discreet(r) {
		return r
	}
	r = r.Clone(r.Context())
	r.Header.Del("Origin")
	return r
}

func (s *Shell) discreet(r *http.Request) bool {
	_, pattern := s.mux.Handler(r)
	return slices.ContainsFunc(s.routes, func(route Route) bool {
		return route.Discreet && route.Method+" "+route.Pattern == pattern
	})
}

// protected refuses requests that another site makes a browser send.
func (s *Shell) protected(next http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.fail(w, r, Visit{}, errForeign)
	}))
	return protection.Handler(next)
}

func (s *Shell) serve(w http.ResponseWriter, r *http.Request, route Route) {
	defer s.recovered(w, r, route)
	v, err := s.visit(r, route)
	if err == nil && (!utf8.ValidString(r.URL.Path) || strings.ContainsRune(r.URL.Path, 0)) {
		err = bot.ErrNotFound // nothing of ours has such a name, and no database takes it
	}
	if err == nil && r.Method == http.MethodPost {
		err = readForm(r)
	}
	if err == nil && route.Audience != Everybody {
		err = admit(v)
	}
	if errors.Is(err, ErrSignIn) && s.keepWords(w, r, v) {
		return
	}
	if err == nil {
		err = route.Serve(w, r, v)
	}
	if err != nil {
		s.fail(w, r, v, err)
	}
}

func admit(v Visit) error {
	switch {
	case v.Actor.Nobody():
		return ErrSignIn
	case !v.SignedIn():
		return errExternal
	}
	return nil
}

func readForm(r *http.Request) error {
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	if kind = strings.TrimSpace(kind); kind != "application/x-www-form-urlencoded" && kind != "" {
		return errKind
	}
	if err := r.ParseForm(); err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return errLarge
		}
		return errBody
	}
	return nil
}

type flashKey struct{}

// visit finds out who visits. A discreet route knows nobody.
func (s *Shell) visit(r *http.Request, route Route) (Visit, error) {
	v := Visit{}
	v.Flash, _ = r.Context().Value(flashKey{}).(string)
	if route.Discreet {
		return v, nil
	}
	// Only opening a page lets a session live on: a row that is dated when
	// something was sent could be compared with what was sent.
	_, answering := r.Context().Value(stayKey{}).(string)
	account, leaving, err := s.cfg.Identify(r, r.Method == http.MethodGet && !answering && !route.Fleeting)
	if err != nil || account == "" {
		return v, err
	}
	actor, err := s.cfg.People.Actor(r.Context(), account)
	if err != nil {
		return v, err
	}
	if left, err := s.left(r.Context(), actor); err != nil || left {
		return v, err
	}
	v.Actor, v.Leaving = actor, leaving
	v.Actor.Account = account
	v.desk, err = s.cfg.HasDesk(r.Context(), v.Actor)
	return v, err
}

// left reports whether somebody is no longer here: their account is switched off,
// or the register says so of the person, whose account may not know it yet.
// Chat platforms shut such accounts out; a browser that is signed in would not
// notice.
func (s *Shell) left(ctx context.Context, actor bot.Actor) (bool, error) {
	if actor.Inactive || actor.Person == "" {
		return actor.Inactive, nil
	}
	person, err := s.cfg.People.Person(ctx, actor.Person)
	if errors.Is(err, bot.ErrNotFound) {
		return true, nil
	}
	return person.Inactive, err
}
