// Package page shows a playground workspace in a browser: one may be anybody
// who works there, talk, use the bot, and watch what it does behind the scenes.
// It works without JavaScript; with it the page is live.
//
// Routes: GET / leads to /playground/; everything else is below /playground/.
package page

import (
	"context"
	"embed"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"evangelist/adapters/playground"
	"evangelist/adapters/playground/sample"
	"evangelist/bot"
)

//go:embed templates/*.html
var templateFiles embed.FS

//go:embed static
var staticFiles embed.FS

// Panel is one part of what is shown behind the scenes.
type Panel struct {
	Name   string // what a tour points to: "draft", "queue", "register"
	Title  string
	Blocks []bot.Block // buttons in it can be pressed by whoever sees them
}

// Link leads to another page of the product.
type Link struct {
	Name  string // what a tour points to: "archive", "desk"
	Title string
	Path  string
}

// Config is what a Server needs; Workspace and Clock are compulsory.
type Config struct {
	Workspace    *playground.Workspace
	Clock        bot.Clock
	Organisation string         // the heading
	Zone         *time.Location // in which moments are shown, UTC when nil
	Tour         []sample.Step
	Start        string // native id of who a visitor is at first; the first person when empty
	// Behind draws what happens behind the scenes for whoever looks. It is asked
	// each time the page is drawn, and, for nobody in particular, every two
	// seconds while somebody looks.
	Behind func(ctx context.Context, account bot.AccountID) ([]Panel, error)
	Pages  []Link
	// Hosts are addresses besides this computer's own under which the page
	// answers, as LocalOnly takes them.
	Hosts []string
	Log   *slog.Logger // nil: nothing is logged
}

// Server shows one workspace. Its methods are safe for concurrent use.
type Server struct {
	Config
	ws        *playground.Workspace
	templates *template.Template
	figures   figures

	mu     sync.Mutex
	seats  map[string]*seat
	nudged chan struct{}
	closed chan struct{}
	once   sync.Once
}

// seat is what the page keeps for one person between two requests, in memory.
type seat struct {
	notice  string // a sentence to show once
	draft   string // what was typed when something went wrong
	confirm *pressing
	seen    map[string]int // place -> how much of it was shown
}

// New returns a Server.
func New(c Config) (*Server, error) {
	if c.Workspace == nil || c.Clock == nil {
		return nil, errors.New("the playground page needs a workspace and a clock")
	}
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Organisation == "" {
		c.Organisation = "Playground"
	}
	templates, err := template.ParseFS(templateFiles, "templates/*.html")
	if err != nil {
		return nil, err
	}
	return &Server{
		Config: c, ws: c.Workspace, templates: templates, figures: figures{byName: map[string]string{}},
		seats: map[string]*seat{}, nudged: make(chan struct{}), closed: make(chan struct{}),
	}, nil
}

// Nudge tells open pages that something changed behind the scenes.
func (s *Server) Nudge() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.nudged)
	s.nudged = make(chan struct{})
}

// Close ends the live connections, which would keep a server from stopping.
func (s *Server) Close() { s.once.Do(func() { close(s.closed) }) }

// maxBody is how large a request may be.
const maxBody = 256 << 10

// Handler returns the routes. Requests that change something are taken from
// the same origin only, and all under the addresses that LocalOnly knows.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/playground/", http.StatusSeeOther)
	})
	mux.HandleFunc("GET /playground/{$}", s.show)
	mux.HandleFunc("GET /playground/events", s.events)
	mux.HandleFunc("GET /playground/figure/{name}", s.figure)
	mux.Handle("GET /playground/static/", static())
	for name, act := range map[string]func(*visit) error{
		"person": s.beSomebody, "post": s.post, "press": s.press, "react": s.react, "shortcut": s.shortcut,
		"edit": s.edit, "delete": s.remove, "form": s.form, "away": s.putAway, "bot": s.member, "tour": s.tour,
	} {
		mux.HandleFunc("POST /playground/"+name, func(w http.ResponseWriter, r *http.Request) { s.act(w, r, act) })
	}
	return guarded(LocalOnly(http.NewCrossOriginProtection().Handler(mux), s.Hosts...))
}

// pageLimit is how long an answer may take to be read, so that nobody holds a
// connection by not reading.
const pageLimit = 30 * time.Second

func guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// A writer that knows no deadline is not a connection.
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(pageLimit))
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		next.ServeHTTP(w, r)
	})
}

func static() http.Handler {
	files := http.StripPrefix("/playground/", http.FileServerFS(staticFiles))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/") { // files are served, not lists of them
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Cache-Control", "no-cache")
		files.ServeHTTP(w, r)
	})
}

// seat returns what is kept for a person. The caller holds mu.
func (s *Server) seat(native string) *seat {
	kept, ok := s.seats[native]
	if !ok {
		kept = &seat{seen: map[string]int{}}
		for _, room := range s.ws.Rooms(native) {
			kept.seen[room.ID.Native()] = room.Count
		}
		s.seats[native] = kept
	}
	return kept
}
