package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"evangelist/bot"
	"evangelist/bot/voices/voicestest"
	"evangelist/digests"
)

// look is all that is there for somebody who looks: at rest, in the log, in the
// metrics, on the pages, on its way to Teams, on Teams.
func (w *teamsTwin) look() rest {
	w.Helper()
	pages := w.pages() // before anything else: whoever opens a page may leave a trace
	files, err := voicestest.Files(w.folder)
	if err != nil {
		w.Fatal(err)
	}
	now := rest{files: voicestest.AtRest(files), texts: w.seen()}
	now.texts["the pages"] = pages
	search := maps.Clone(files)
	for _, content := range files {
		now.holds = now.holds || strings.Contains(string(content), `{"words":`)
	}
	for name, text := range now.texts {
		search[name] = []byte(text)
	}
	search["the calls"] = []byte(now.texts["the calls"][w.before:])
	delete(search, "the tenant") // where people and messages have their names
	now.marks = w.marks.find(search)
	if w.driver == "pgx" {
		size, err := w.column("SELECT pg_relation_size('waiting')::text")
		if err != nil {
			w.Fatal(err)
		}
		now.holds = size[0] != "0"
		return now
	}
	for table, key := range map[string]string{"voices": "id", "voice_entries": "id", "waiting": "id", "deliveries": "key"} {
		order, err := w.column("SELECT " + key + " FROM " + table + " ORDER BY rowid")
		if err != nil {
			w.Fatal(err)
		}
		now.texts["the layout of "+table] = strings.Join(order, "\n")
	}
	return now
}

func (w *teamsTwin) seen() map[string]string {
	w.Helper()
	return map[string]string{"the rows": w.dump(), "the log": w.logged(), "the metrics": w.metrics(), "the calls": w.told(), "the tenant": w.workspace()}
}

// told is what was asked of Teams since it was set up. Of what answers an author's
// own words only that it was done is kept. The keys of the service are asked for
// without a word, whenever the surface runs.
func (w *teamsTwin) told() string {
	var out strings.Builder
	for i, call := range w.teams.Calls()[w.furnished:] {
		switch {
		case w.own[w.furnished+i]:
			out.WriteString(ownForm)
			continue
		case call.Method == "metadata" || call.Method == "keys":
			continue
		}
		fmt.Fprintf(&out, "%s %s %s %s %d %s\n", call.Method, call.Conversation, call.Activity, call.Query, call.Status, call.Body)
	}
	return out.String()
}

// workspace is everything that stands on Teams, with the moment of each message,
// and what the bot answered to all but the authors, but for what authors wrote to
// the bot alone and what it answered them.
func (w *teamsTwin) workspace() string {
	w.Helper()
	var out strings.Builder
	write := func(what string, value any) {
		text, err := json.Marshal(value)
		if err != nil {
			w.Fatal(err)
		}
		fmt.Fprintf(&out, "%s %s\n", what, text)
	}
	places := []string{w.tenant.team.General, w.tenant.reading}
	for _, name := range slices.Sorted(maps.Keys(w.tenant.channels)) {
		places = append(places, w.tenant.channels[name])
	}
	authors := map[any]bool{}
	for _, name := range slices.Sorted(maps.Keys(w.tenant.people)) {
		user := w.tenant.people[name]
		places = append(places, w.teams.Personal(user))
		if room, is := w.rooms[user.ID]; is {
			places = append(places, room.channel, room.chat)
			authors[user.ID] = true
		}
	}
	own := 0
	for _, place := range places {
		for _, message := range w.teams.Messages(place) {
			if w.ownWords[message.ID] {
				own++
				continue
			}
			write("message", message)
		}
	}
	write("authors' own", own)
	for _, person := range []string{"nia", "adaeze"} {
		write("seen by "+person, w.teams.Seen(w.tenant.people[person], w.tenant.reading))
	}
	for _, d := range w.teams.Deliveries() {
		if from, _ := d.Activity["from"].(map[string]any); !authors[from["aadObjectId"]] {
			write("answered", []any{d.Activity["id"], d.Status, string(d.Body)})
		}
	}
	return out.String()
}

// signIn lets a lead into the pages.
func (w *teamsTwin) signIn() {
	w.Helper()
	link, is := w.app.Do(w.ctx, bot.Invocation{Actor: bot.Actor{Account: bot.NewAccountID("teams", w.tenant.people["nia"].ID)}, Command: "web.sign-in"}).(bot.Say)
	w.app.background.Wait()
	token := regexp.MustCompile(`t=([A-Z2-7]{26})`).FindStringSubmatch(plain(link.Message))
	if !is || token == nil {
		w.Fatalf("there is no link: %s", plain(link.Message))
	}
	r := httptest.NewRequestWithContext(w.ctx, http.MethodPost, "/sign-in", strings.NewReader(url.Values{"t": {token[1]}}.Encode()))
	r.Host = "evangelist.example"
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer := httptest.NewRecorder()
	w.handler.ServeHTTP(answer, r)
	cookies := answer.Result().Cookies()
	if len(cookies) != 1 {
		w.Fatalf("signing in gave %d and %d cookies: %s", answer.Code, len(cookies), answer.Body)
	}
	w.session = cookies[0]
}

// pages are what a lead sees on the web: the start, the archive with each edition,
// and the desk with the draft.
func (w *teamsTwin) pages() string {
	w.Helper()
	w.signIn() // who signed in yesterday has to do so again
	paths := []string{"/", "/archive", "/desk"}
	issues, err := w.app.features.Digests.Issues(w.ctx, "", "", time.Time{}, 0)
	if err != nil {
		w.Fatal(err)
	}
	for _, issue := range issues {
		paths = append(paths, "/archive/"+url.PathEscape(issue.Slug))
	}
	all, err := w.app.features.Digests.Digests(w.ctx)
	if err != nil {
		w.Fatal(err)
	}
	for _, digest := range all {
		if next, err := w.app.features.Digests.Next(w.ctx, digest.ID); err == nil && next.ID != "" && next.State == digests.Draft {
			paths = append(paths, "/desk/draft/"+url.PathEscape(next.ID))
		}
	}
	var out strings.Builder
	for _, path := range paths {
		r := httptest.NewRequestWithContext(w.ctx, http.MethodGet, path, nil)
		r.Host = "evangelist.example"
		r.AddCookie(w.session)
		answer := httptest.NewRecorder()
		w.handler.ServeHTTP(answer, r)
		if answer.Code != http.StatusOK {
			w.Fatalf("%s gave %d: %s", path, answer.Code, answer.Body)
		}
		fmt.Fprintf(&out, "%s %s\n", path, answer.Body)
	}
	return out.String()
}

// quietly does something without a name and notes whatever changed besides the
// table of what waits, the answers to the author's own words, and what is told to
// change by right.
func (w *teamsTwin) quietly(what string, but []string, act func()) {
	w.Helper()
	snap := func() map[string]string {
		now := w.seen()
		now["the rows"] = waits.ReplaceAllString(now["the rows"], "")
		now["the calls"] = strings.ReplaceAll(now["the calls"], ownForm, "")
		now["the tenant"] = ownCount.ReplaceAllString(now["the tenant"], "")
		return now
	}
	before := snap()
	act()
	w.settle()
	after := snap()
	for _, name := range slices.Sorted(maps.Keys(after)) {
		if before[name] != after[name] && !slices.Contains(but, name) {
			w.loud = append(w.loud, fmt.Sprintf("loud: %s changed %s: %s", what, name, added(before[name], after[name])))
		}
	}
}

// ownCount is how many messages are authors' own.
var ownCount = regexp.MustCompile(`(?m)^authors' own \d+\n`)
