package signin

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"time"

	"evangelist/adapters/web/shell"
	"evangelist/bot"
)

var errUsed = &bot.Error{Code: "used", Say: "This link can't be used (any more): it works once and for ten minutes. Ask the bot for another one with /evangelist sign-in."}

// cookieName has the prefix that ties a cookie to this very host, where a
// browser accepts it.
func (s *SignIn) cookieName() string {
	if s.cfg.Secure {
		return "__Host-evangelist"
	}
	return "evangelist-session"
}

const nextCookie = "evangelist-next"

// page shows a button. Opening a link, as mail scanners and previews do, never
// uses it up.
func (s *SignIn) page(w http.ResponseWriter, r *http.Request, v shell.Visit) error {
	token := r.URL.Query().Get("t")
	if token == "" {
		s.explain(w, r, v)
		return nil
	}
	link, err := s.known(r.Context(), token)
	if err != nil {
		return err
	}
	actor, err := s.cfg.People.Actor(r.Context(), link.Account)
	if err != nil {
		return err
	}
	name := actor.Name
	if name == "" {
		name = "a colleague whose name I do not know yet"
	}
	s.shell.Show(w, r, v, shell.Page{Title: "Sign in", NoStore: true, Body: shell.Run(templates, "link", map[string]any{
		"Name": name, "Token": token, "Instead": v.Actor.Name != "" && v.Actor.Account != link.Account, "Now": v.Actor.Name,
	})})
	return nil
}

// explain says how to get a link, and remembers where the visitor wanted to go.
func (s *SignIn) explain(w http.ResponseWriter, r *http.Request, v shell.Visit) {
	if next := shell.LocalPath(r.URL.Query().Get("next")); next != "" {
		http.SetCookie(w, s.cookie(nextCookie, base64.RawURLEncoding.EncodeToString([]byte(next)), int((15*time.Minute).Seconds())))
	}
	s.shell.Show(w, r, v, shell.Page{Title: "Sign in", NoStore: true, Body: shell.Run(templates, "explain", map[string]any{
		"Name": v.Actor.Name, "Start": s.shell.Start(),
	})})
}

func (s *SignIn) cookie(name, value string, age int) *http.Cookie {
	return &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: age,
		Secure: s.cfg.Secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
}

// redeem uses the link up. The session is always a new one, and the one that the
// browser came with ends: nobody can plant a session and wait for its owner.
func (s *SignIn) redeem(w http.ResponseWriter, r *http.Request, _ shell.Visit) error {
	// Looking first keeps useless tries from taking their turn among writers.
	if _, err := s.known(r.Context(), r.PostForm.Get("t")); err != nil {
		return err
	}
	token, err := newToken(s.cfg.Random)
	if err != nil {
		return err
	}
	ends := s.cfg.Clock.Now().Add(longest).Truncate(time.Hour)
	session := Session{Hash: hash(token), Until: s.until(ends), Ends: ends}
	replaces := ""
	if old, err := r.Cookie(s.cookieName()); err == nil {
		replaces = hash(old.Value)
	}
	err = s.cfg.Store.Redeem(r.Context(), hash(r.PostForm.Get("t")), session, replaces)
	if errors.Is(err, bot.ErrNotFound) { // somebody was faster
		return s.missed()
	}
	if err != nil {
		return fmt.Errorf("sign somebody in: %w", err)
	}
	next := s.shell.Start()
	if wanted, err := r.Cookie(nextCookie); err == nil {
		if path, err := base64.RawURLEncoding.DecodeString(wanted.Value); err == nil && shell.LocalPath(string(path)) != "" {
			next = string(path)
		}
		http.SetCookie(w, s.cookie(nextCookie, "", -1))
	}
	// Without an age the browser forgets it when it is closed.
	http.SetCookie(w, s.cookie(s.cookieName(), token, 0))
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, next, http.StatusSeeOther)
	return nil
}

// leave ends the session.
func (s *SignIn) leave(w http.ResponseWriter, r *http.Request, _ shell.Visit) error {
	if cookie, err := r.Cookie(s.cookieName()); err == nil {
		if err := s.cfg.Store.End(r.Context(), hash(cookie.Value)); err != nil {
			return fmt.Errorf("sign somebody out: %w", err)
		}
	}
	http.SetCookie(w, s.cookie(s.cookieName(), "", -1))
	w.Header().Set("Clear-Site-Data", `"cache"`)
	http.Redirect(w, r, s.shell.Start(), http.StatusSeeOther)
	return nil
}
