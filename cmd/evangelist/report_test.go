package main

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"evangelist/adapters/web"
	"evangelist/bot"
	"evangelist/bot/network"
	"evangelist/storage"
	"evangelist/storage/kernelstore"
	"evangelist/storage/networkstore"
	"evangelist/storage/storagetest"
	"evangelist/storage/webstore"
)

// reportDay is when these reports are asked for.
type reportDay struct{}

func (reportDay) Now() time.Time { return time.Date(2026, time.November, 2, 9, 0, 0, 0, time.UTC) }

// fillReport makes 44 colleagues in two departments, nine of whom lead since
// September.
func fillReport(t *testing.T, db *storage.DB) {
	t.Helper()
	people := kernelstore.NewPeople(db, reportDay{}, rand.Reader)
	var facts []bot.AccountFact
	for i := range 44 {
		facts = append(facts, bot.AccountFact{Account: reporter(i), Name: fmt.Sprint("Somebody ", i), Department: []string{"Housing", "Libraries"}[i%2]})
	}
	if _, err := people.Record(t.Context(), facts); err != nil {
		t.Fatal(err)
	}
	for i := range 9 {
		actor, err := people.Actor(t.Context(), reporter(2*i))
		if err != nil {
			t.Fatal(err)
		}
		err = networkstore.New(db, reportDay{}).Evangelists.Change(t.Context(), actor.Person, func(e *network.Evangelist, _ *network.Call) ([]bot.Delivery, error) {
			e.Part, e.Since = network.Leads, reportDay{}.Now().AddDate(0, -2, 0)
			return nil, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func reporter(n int) bot.AccountID { return bot.NewAccountID("play", fmt.Sprint("r", n)) }

// report runs the command and returns what it said.
func runReport(t *testing.T, url string, args ...string) (code int, out, errs string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = Run(t.Context(), append([]string{"--database", url, "report"}, args...), Surroundings{Stdout: &stdout, Stderr: &stderr, Clock: reportDay{}})
	return code, stdout.String(), stderr.String()
}

func oneSpaced(text string) string { return strings.Join(strings.Fields(text), " ") }

func TestReportCommand(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	t.Parallel()
	storagetest.EachURL(t, func(t *testing.T, url string) {
		db, err := storage.Open(t.Context(), url, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		fillReport(t, db)
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		for format, want := range map[string]string{
			"text": "The whole organisation 9 of 44 colleagues Housing 9 of 22 colleagues", "md": "| Housing | 9 of 22 colleagues |",
			"html": "<td>9 of 22 colleagues</td>", "json": `"count": "9 of 22 colleagues"`,
		} {
			code, out, errs := runReport(t, url, "--format", format)
			if code != exitDone || errs != "" || !strings.Contains(oneSpaced(out), want) || !strings.Contains(out, "1 – 31 October 2026") || strings.Contains(out, "Somebody") {
				t.Errorf("%s: exit code %d, %q, without %q:\n%s", format, code, errs, want, out)
			}
		}
		for _, c := range []struct {
			args []string
			want string
		}{
			{[]string{"--from", "2026-10-05", "--to", "2026-10-11", "--event", "flood week"}, "Report after flood week, 5 – 11 October 2026"},
			{[]string{"--department", "libraries"}, "Libraries nobody among 22 colleagues"},
		} {
			if code, out, errs := runReport(t, url, c.args...); code != exitDone || errs != "" || !strings.Contains(oneSpaced(out), c.want) {
				t.Errorf("%v: exit code %d, %q, without %q:\n%s", c.args, code, errs, c.want, out)
			}
		}
		for _, c := range []struct {
			args []string
			say  string
		}{
			{[]string{"--format", "pdf"}, "choose text, html, md or json"},
			{[]string{"--from", "2026-10-05"}, "Give both"},
			{[]string{"--from", "5.10.", "--to", "2026-10-11"}, "such as 2026-11-23"},
			{[]string{"--from", "2026-10-11", "--to", "2026-10-05"}, "Exchange the two"},
			{[]string{"--from", "2026-10-11", "--to", "2026-12-05"}, "Choose 2026-11-01 or an earlier day"},
			{[]string{"--department", "Atlantis"}, "Housing, Libraries"},
			{[]string{"--days", "3"}, "--help"},
		} {
			if code, out, errs := runReport(t, url, c.args...); code != exitUsage || out != "" && !strings.HasPrefix(out, "Usage") || !strings.Contains(errs, c.say) {
				t.Errorf("%v: exit code %d, %q, %q", c.args, code, out, errs)
			}
		}
	})
}

// Beside a running server the command reads, and shows what was published; a
// period that is new there is asked for on the page first.
func TestReportBesideAServer(t *testing.T) {
	url := storagetest.SQLite(t)
	db := storagetest.Open(t, url)
	fillReport(t, db)
	page, ours := reportSite(t, db)
	get := func(path string) (int, string) {
		w := httptest.NewRecorder()
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
		page.ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
	if code, _ := get("/report"); code != http.StatusSeeOther {
		t.Errorf("nobody gets %d for the report", code)
	}
	code, out, errs := runReport(t, url, "--from", "2026-10-05", "--to", "2026-10-11")
	if code != exitDone || strings.Contains(out, "9 of 22") || !strings.Contains(oneSpaced(out), "not published yet") || !strings.Contains(errs, "/report?from=2026-10-05&to=2026-10-11") {
		t.Errorf("before it was published: exit code %d, %q\n%s", code, errs, out)
	}
	*ours = reporter(0)
	if code, body := get("/report?from=2026-10-05&to=2026-10-11"); code != http.StatusOK || !strings.Contains(body, "9 of 22 colleagues") {
		t.Errorf("the page: %d\n%s", code, body)
	}
	if code, out, errs := runReport(t, url, "--from", "2026-10-05", "--to", "2026-10-11"); code != exitDone || errs != "" || !strings.Contains(out, "9 of 22 colleagues") {
		t.Errorf("after it was published: exit code %d, %q\n%s", code, errs, out)
	}
}

// reportSite is the site with its report, and whose account visits.
func reportSite(t *testing.T, db *storage.DB) (http.Handler, *bot.AccountID) {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	app, err := NewApp(t.Context(), Parts{DB: db, Organisation: bot.Organisation{Name: "Test", Zone: time.UTC}, Clock: reportDay{}, Random: rand.Reader, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	actor, err := app.people.Actor(t.Context(), reporter(0))
	if err != nil {
		t.Fatal(err)
	}
	err = app.people.Change(t.Context(), actor.Person, func(p *bot.Person) ([]bot.Delivery, error) {
		p.Roles = []bot.Role{bot.Lead}
		return nil, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	as := new(bot.AccountID)
	site, err := web.New(web.Config{
		Do: app.Do, View: app.router.View, People: app.people, Places: app.places, Editions: app.features.Digests, Store: webstore.New(db, reportDay{}),
		Organisation: app.organisation, Clock: reportDay{}, Random: rand.Reader, Secret: []byte("sixteen bytes and more"), Log: log,
		Identify: func(*http.Request) (bot.AccountID, bool) { return *as, *as != "" },
	})
	if err != nil {
		t.Fatal(err)
	}
	app.features.Pages(site)
	return site, as
}

// The JSON is a contract: these keys, in this shape, whatever the period holds.
func TestReportJSON(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	url := storagetest.SQLite(t)
	fillReport(t, storagetest.Open(t, url)) // which keeps it open, like a server
	code, out, _ := runReport(t, url, "--format", "json")
	if code != exitDone {
		t.Fatalf("exit code %d", code)
	}
	var made struct {
		Organisation, From, To string
		Sections               []struct {
			Key, Heading string
			Numbers      []struct {
				Key, Title, Missing string
				Rows                []struct {
					Slice, Count, Period, Definition string
					Shown                            bool
					Share                            *float64
				}
			}
			Lists []struct {
				Key, Heading string
				Entries      []struct{ Title, Words, By string }
			}
			Notes []string
		}
	}
	decoder := json.NewDecoder(strings.NewReader(out))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&made); err != nil {
		t.Fatalf("%v in\n%s", err, out)
	}
	if made.From != "2026-10-01" || made.To != "2026-10-31" || strings.Contains(out, "null") {
		t.Errorf("from %s to %s, or something is null:\n%s", made.From, made.To, out)
	}
	var keys []string
	for _, section := range made.Sections {
		keys = append(keys, section.Key)
		for _, number := range section.Numbers {
			keys = append(keys, "  "+number.Key)
			if (len(number.Rows) == 0) != (number.Missing != "") {
				t.Errorf("%s has %d rows and says %q", number.Key, len(number.Rows), number.Missing)
			}
		}
		for _, list := range section.Lists {
			keys = append(keys, "  "+list.Key+"[]")
		}
	}
	want := `shared
  editions-out
  links-shared
  departments-sharing
  items-found-useful
  items-used
  editions-prompt
  editions-on-time
heard
  voices-heard
  concerns-heard
  ideas-heard
  voices-closed
  voices-answered
  voices-declined
  voices-closed-in-7-days
  voices-closed-in-14-days
  voices-closed-in-30-days
  answered[]
  declined[]
connected
  with-us
  departments-represented
  needs-said
tried
  pilots-decided
  pilots-met
  began[]
  decided[]
learned
  learnings-told
  learnings[]
could-not
  refused[]
  needs-refused[]
  needs-open[]
method`
	if got := strings.Join(keys, "\n"); got != want {
		t.Errorf("the keys are\n%s", got)
	}
}
