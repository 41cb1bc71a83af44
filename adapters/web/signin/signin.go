// Package signin lets a colleague into the web pages by a one-time link that the
// bot hands out in chat.
package signin

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"time"

	"evangelist/adapters/web/shell"
	"evangelist/bot"
)

// How long things live. A session ends when it was not used for idle (at most;
// it may be an hour less, because its life is kept to the hour only), and in any
// case after longest (or up to an hour before).
const (
	linkLife = 10 * time.Minute
	idle     = 12 * time.Hour
	longest  = 7 * 24 * time.Hour
)

// maxMisses is how many links that are none may be tried in a minute, by all
// together. A link that is good is never counted: nobody who tries can keep
// others out, and 128 random bits are not found by trying.
const maxMisses = 600

// Link is a one-time link as it is kept: Hash is the SHA-256 of its token.
type Link struct {
	Hash    string
	Account bot.AccountID
	Expires time.Time
}

// Session is a browser that is signed in: Hash is the SHA-256 of its cookie.
type Session struct {
	Hash    string
	Account bot.AccountID
	Until   time.Time // unless it is used before; a whole hour
	Ends    time.Time // in any case; a whole hour
}

// Links keeps one-time links.
type Links interface {
	// AddLink keeps a link and forgets others of the same account, and all that
	// expired. The same link again changes nothing.
	AddLink(ctx context.Context, link Link) error
	// Link returns a link that can still be used, else ErrNotFound. It changes
	// nothing.
	Link(ctx context.Context, hash string) (Link, error)
	// Redeem uses a link up and begins the session, for the link's account,
	// instead of the session replaces ("" for none), in one transaction. A link
	// that was used or expired gives ErrNotFound and changes nothing.
	Redeem(ctx context.Context, hash string, session Session, replaces string) error
}

// Sessions keeps sessions.
type Sessions interface {
	// Session returns a session that lives, else ErrNotFound.
	Session(ctx context.Context, hash string) (Session, error)
	// Extend lets a session live on until a moment, never less long than it does.
	Extend(ctx context.Context, hash string, until time.Time) error
	// End ends a session. One that has ended is no error.
	End(ctx context.Context, hash string) error
}

// Store keeps both.
type Store interface {
	Links
	Sessions
}

// Config is what signing in needs; all of it is compulsory.
type Config struct {
	Store        Store
	People       bot.People
	Clock        bot.Clock
	Random       io.Reader
	Organisation bot.Organisation
	Secure       bool // pages are reached by https
}

// SignIn is the way in and out.
type SignIn struct {
	cfg    Config
	shell  *shell.Shell
	misses *bot.Rate
}

//go:embed signin.html
var files embed.FS

var templates = template.Must(template.ParseFS(files, "signin.html"))

// New returns the way in. Attach must be called before the first request.
func New(c Config) *SignIn {
	return &SignIn{cfg: c, misses: bot.NewRate(c.Clock, c.Random, maxMisses, time.Minute)}
}

// Attach gives the pages their layout.
func (s *SignIn) Attach(sh *shell.Shell) {
	s.shell = sh
	sh.Add(
		shell.Route{Method: http.MethodGet, Pattern: "/sign-in", Audience: shell.Everybody, Serve: s.page},
		shell.Route{Method: http.MethodPost, Pattern: "/sign-in", Audience: shell.Everybody, Serve: s.redeem},
		shell.Route{Method: http.MethodPost, Pattern: "/sign-out", Audience: shell.Everybody, Serve: s.leave},
	)
}

// Commands returns the command that hands out a link, privately.
func (s *SignIn) Commands() []bot.Command {
	return []bot.Command{{
		Name: "web.sign-in", Phrases: []string{"evangelist sign-in", "evangelist signin"}, Usage: "/evangelist sign-in", Needs: bot.Colleague,
		Help: "gives you a link that signs you in to the web pages, once.", Run: s.handOut,
	}}
}

func (s *SignIn) handOut(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	token, err := newToken(s.cfg.Random)
	if err != nil {
		return nil, err
	}
	link := Link{Hash: hash(token), Account: in.Actor.Account, Expires: s.cfg.Clock.Now().Add(linkLife)}
	if err := s.cfg.Store.AddLink(ctx, link); err != nil {
		return nil, fmt.Errorf("keep a sign-in link: %w", err)
	}
	address := s.cfg.Organisation.Page("/sign-in?t=" + token)
	blocks := []bot.Block{
		bot.Paragraph{Text: bot.Line(bot.To("Sign in to the web pages", address), ": it works once, within ten minutes, in the browser in which you open it.")},
		bot.Note{Text: bot.T("It lets in whoever has it, as you. Do not pass it on; asking for another one makes it useless.")},
	}
	if s.cfg.Organisation.PublicURL == "" {
		blocks = append(blocks, bot.Note{Text: bot.T("Nobody has told me the address of the web pages, so this is only the end of it. Your operator sets http.public_url.")})
	}
	return bot.Say{Message: bot.Message{Summary: "Your link to sign in", Blocks: blocks}}, nil
}

// known returns the link that a token stands for; a token that stands for none
// is a miss, and misses are limited.
func (s *SignIn) known(ctx context.Context, token string) (Link, error) {
	link, err := Link{}, error(bot.ErrNotFound)
	if len(token) == tokenLength {
		link, err = s.cfg.Store.Link(ctx, hash(token))
	}
	if errors.Is(err, bot.ErrNotFound) {
		return link, s.missed()
	}
	if err != nil {
		return link, fmt.Errorf("look at a sign-in link: %w", err)
	}
	return link, nil
}

// missed is what is said of a link that is none.
func (s *SignIn) missed() error {
	if !s.misses.Allow("all") {
		return bot.ErrTooFast
	}
	return errUsed
}

// tokenLength is that of 128 bits in base 32.
const tokenLength = 26

// newToken returns 128 random bits as text.
func newToken(random io.Reader) (string, error) {
	var b [16]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "", fmt.Errorf("make a token: %w", err)
	}
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:]), nil
}

func hash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// Identify returns the account whose session the request carries; extend lets
// it live on. A cookie that is not ours is nobody's.
func (s *SignIn) Identify(r *http.Request, extend bool) (bot.AccountID, error) {
	cookies := r.CookiesNamed(s.cookieName())
	if len(cookies) == 0 || len(cookies[0].Value) > 100 {
		return "", nil
	}
	session, err := s.cfg.Store.Session(r.Context(), hash(cookies[0].Value))
	if errors.Is(err, bot.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read a session: %w", err)
	}
	if until := s.until(session.Ends); extend && until.After(session.Until) {
		if err := s.cfg.Store.Extend(r.Context(), session.Hash, until); err != nil {
			return "", fmt.Errorf("extend a session: %w", err)
		}
	}
	return session.Account, nil
}

// until is how long a session that is used now lives: to the hour, so that no
// row says more exactly when somebody was here.
func (s *SignIn) until(ends time.Time) time.Time {
	until := s.cfg.Clock.Now().Add(idle).Truncate(time.Hour)
	if until.After(ends) {
		return ends
	}
	return until
}
