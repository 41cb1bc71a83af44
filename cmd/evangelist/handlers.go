package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"net/http"
	"net/url"
	"strings"

	"evangelist/adapters/web"
	"evangelist/bot"
	"evangelist/storage/webstore"
)

// noteSetting begins the names of the settings that adapters keep for themselves.
const noteSetting = "adapter/"

// handlers are the App as a chat adapter sees it.
func (a *App) handlers() bot.Handlers {
	return bot.Handlers{
		Invoke: a.Do, Hear: a.Hear, Home: a.router.Home, View: a.router.View, Commands: a.router.Commands,
		Person: func(ctx context.Context, account bot.AccountID) (bot.PersonID, error) {
			actor, err := a.people.Actor(ctx, account)
			return actor.Person, err
		},
		Accounts: func(ctx context.Context, person bot.PersonID) ([]bot.AccountID, error) {
			accounts, err := a.people.Accounts(ctx, person)
			ids := make([]bot.AccountID, len(accounts))
			for i, account := range accounts {
				ids[i] = account.ID
			}
			return ids, err
		},
		Record: func(ctx context.Context, facts []bot.AccountFact) error {
			_, err := a.people.Record(ctx, facts)
			return err
		},
		Observe: a.places.Observe, Places: a.places.Places, Show: a.show, Kept: a.features.Digests.Kept,
		Arrived: func(ctx context.Context, id string, ref bot.MessageRef) error {
			defer a.Wake() // the next part may go
			return a.courier.Arrived(ctx, id, ref)
		},
		Recall: func(ctx context.Context, name string) (string, error) {
			return a.installation.Setting(ctx, noteSetting+name)
		},
		Note: func(ctx context.Context, name, value string) error {
			return a.installation.Set(ctx, noteSetting+name, value)
		},
	}
}

// show draws a published edition that an address leads to, and nothing else of
// our web: no draft, no sign-in, nothing that a private code opens. Whoever may
// see it is the adapter's to ask: colleagues only.
func (a *App) show(ctx context.Context, address string) (bot.Message, error) {
	slug, ok := archived(a.organisation.PublicURL, address)
	if !ok {
		return bot.Message{}, bot.ErrNotFound
	}
	issue, err := a.features.Digests.Issue(ctx, slug)
	if err != nil {
		return bot.Message{}, err
	}
	if issue.Slug != slug || !issue.RecalledAt.IsZero() {
		return bot.Message{}, bot.ErrNotFound
	}
	return issue.Teaser(a.organisation.Page(archivePath + url.PathEscape(slug))), nil
}

// archivePath begins the paths of published editions.
const archivePath = "/archive/"

// archived is the slug in the address of an edition on the web at public.
func archived(public, address string) (slug string, ok bool) {
	ours, err := url.Parse(public)
	if err != nil || ours.Host == "" || len(address) > 2000 {
		return "", false
	}
	there, err := url.Parse(address)
	if err != nil || there.User != nil || there.Scheme != strings.ToLower(ours.Scheme) || !sameHost(ours, there) {
		return "", false
	}
	slug, ok = strings.CutPrefix(there.Path, ours.Path+archivePath)
	return slug, ok && slug != "" && !strings.Contains(slug, "/")
}

// sameHost compares host and port, the scheme's own port left out or not.
func sameHost(a, b *url.URL) bool {
	port := func(u *url.URL) string {
		switch {
		case u.Port() != "":
			return u.Port()
		case u.Scheme == "https":
			return "443"
		default:
			return "80"
		}
	}
	return strings.EqualFold(a.Hostname(), b.Hostname()) && port(a) == port(b)
}

// web adds the product's own pages to mux, and the commands that lead to them
// to the router. identify says who a visitor is without signing in; nil: nobody.
// start is the path of the start page.
func (a *App) web(ctx context.Context, mux *http.ServeMux, start string, identify func(*http.Request) (bot.AccountID, bool)) error {
	key, err := a.installation.Key(ctx)
	if err != nil {
		return err
	}
	site, err := web.New(web.Config{
		Do: a.Do, View: a.router.View, People: a.people, Places: a.places, Editions: a.features.Digests,
		Store: webstore.New(a.db, a.clock), Organisation: a.organisation, Clock: a.clock, Random: a.random,
		Secret: derive(key, "web"), Log: a.log, Identify: identify, Home: a.router.Home, Start: start,
		Panels:  []bot.Panel{{Name: "troubles", Order: 90, Show: a.troublePanel}},
		Matters: a.features.Matters, Courses: a.features.Courses,
	})
	if err != nil {
		return err
	}
	if err := a.router.Add(site.Commands()...); err != nil {
		return err
	}
	a.features.Pages(site)
	mux.Handle("/", site)
	return nil
}

// derive makes a secret for one purpose from the installation's key.
func derive(key []byte, purpose string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(purpose))
	return mac.Sum(nil)
}
