package shell

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"evangelist/bot"
)

// The refusals of the shell. Code is the machine's word, Say the page's.
var (
	// ErrSignIn asks the visitor to sign in.
	ErrSignIn = &bot.Error{Code: "sign-in", Say: "Please sign in first."}

	errForeign  = &bot.Error{Code: "foreign", Say: "Another website sent this request, so nothing was done. If it was you, open our page itself and try again there."}
	errExternal = &bot.Error{Code: "external", Say: "This is inside the organisation only, and your account belongs to another one."}
	errLarge    = &bot.Error{Code: "too-large", Say: "That was more than we take at once, so nothing was sent. Please shorten it and send it again."}
	errKind     = &bot.Error{Code: "kind", Say: "Something else than a form arrived, so nothing was done. Please use the forms of these pages."}
	errBody     = &bot.Error{Code: "body", Say: "The form arrived incomplete, so nothing was done. Please go back and send it again."}
	errForm     = &bot.Error{Code: "form", Say: "That form can no longer be used, so nothing was sent. Go back, copy your words, open the form anew and paste them."}
	errMethod   = &bot.Error{Code: "method", Say: "This page can't be used in that way. Open it as usual, or go to the start page."}
)

// statuses are the HTTP statuses of codes; every other known code is a 409: the
// request was understood and refused.
func status(code string) int {
	switch code {
	case "not-found":
		return http.StatusNotFound
	case "sign-in":
		return http.StatusUnauthorized
	case "foreign", "external":
		return http.StatusForbidden
	case "method":
		return http.StatusMethodNotAllowed
	case "too-large":
		return http.StatusRequestEntityTooLarge
	case "kind":
		return http.StatusUnsupportedMediaType
	case "too-fast":
		return http.StatusTooManyRequests
	case "body", "form":
		return http.StatusBadRequest
	}
	return http.StatusConflict
}

func headline(status int) string {
	switch status {
	case http.StatusNotFound:
		return "Not here"
	case http.StatusForbidden:
		return "Not allowed"
	case http.StatusMethodNotAllowed:
		return "Not this way"
	case http.StatusRequestEntityTooLarge:
		return "Too much at once"
	case http.StatusTooManyRequests:
		return "A short pause, please"
	case http.StatusInternalServerError:
		return "Something broke on our side"
	}
	return "Nothing was done"
}

// fail answers with a page in plain words. An error that is not one of ours is
// logged once, with the reference that the page quotes.
func (s *Shell) fail(w http.ResponseWriter, r *http.Request, v Visit, err error) {
	if answer, is := r.Context().Value(flashKey{}).(string); is {
		// The page below an answer can't be shown: the answer comes first.
		s.messagePage(w, r, v, bot.Notice(answer), Asked{}, http.StatusOK, "Answer", nil)
		return
	}
	var known *bot.Error
	if !errors.As(err, &known) {
		s.broken(w, r, v, err, true)
		return
	}
	if known.Code == "sign-in" && r.Method == http.MethodGet {
		http.Redirect(w, r, "/sign-in?next="+escape(r.URL.RequestURI()), http.StatusSeeOther)
		return
	}
	code := status(known.Code)
	if code == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", "60")
	}
	s.errorPage(w, r, v, code, known.Say, known.Code == "sign-in")
}

// broken answers for an error that is not one of ours. left says that it may come
// of a visitor who did not wait for the answer, which is nobody's trouble.
func (s *Shell) broken(w http.ResponseWriter, r *http.Request, v Visit, err error, left bool) {
	reference, refErr := bot.NewReference(s.cfg.Random)
	if refErr != nil {
		reference = "none"
	}
	level := slog.LevelError
	if left && r.Context().Err() != nil {
		level = slog.LevelDebug
	}
	s.cfg.Log.Log(context.WithoutCancel(r.Context()), level, "a page failed", "reference", reference, "pattern", r.Pattern, "error", err)
	say := "Nothing that you did is lost here, but this page can't be shown now. Please try again; if it stays, tell your comms lead the reference " + reference + "."
	s.errorPage(w, r, v, http.StatusInternalServerError, say, false)
}

func (s *Shell) errorPage(w http.ResponseWriter, r *http.Request, v Visit, code int, say string, signIn bool) {
	v.Flash = ""
	s.Show(w, r, v, Page{
		Status: code, Title: headline(code),
		Body: s.run("error", map[string]any{"Title": headline(code), "Say": say, "Start": s.cfg.Start, "SignIn": signIn}),
	})
}

// recovered turns a panic into a page.
func (s *Shell) recovered(w http.ResponseWriter, r *http.Request, route Route) {
	trouble := recover()
	if trouble == nil {
		return
	}
	if err, is := trouble.(error); is && errors.Is(err, http.ErrAbortHandler) {
		panic(trouble)
	}
	s.broken(w, r, Visit{}, bot.Panicked(trouble, route.Method+" "+route.Pattern), false)
}

// unrouted answers what no route is for: a page that is not there, or one that
// is asked in the wrong way.
func (s *Shell) unrouted(w http.ResponseWriter, r *http.Request) {
	defer s.recovered(w, r, Route{Method: r.Method, Pattern: "(no route)"})
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		other := r.Clone(r.Context())
		other.Method = method
		if _, pattern := s.mux.Handler(other); pattern != "" && method != r.Method {
			allowed = append(allowed, method)
		}
	}
	v, err := s.visit(r, Route{})
	switch {
	case err != nil:
		s.fail(w, r, Visit{}, err)
	case len(allowed) > 0:
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		s.fail(w, r, v, errMethod)
	default:
		s.fail(w, r, v, bot.ErrNotFound)
	}
}
