package impactstore_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/bot/impact"
	"evangelist/storage/impactstore"
	"evangelist/storage/internal/engine"
)

// fixedClock shows one moment until it is set.
type fixedClock struct{ now time.Time }

func (c *fixedClock) Now() time.Time { return c.now }

// counting is randomness that repeats in every run.
type counting struct{ n uint64 }

func (c *counting) Read(p []byte) (int, error) {
	for i := range p {
		c.n++
		var word [8]byte
		binary.BigEndian.PutUint64(word[:], c.n*0x9E3779B97F4A7C15)
		p[i] = word[3]
	}
	return len(p), nil
}

// marked begins the name of everybody in the furnished database: it stands in no
// report but where somebody consented.
const marked = "Zzyx"

var london = func() *time.Location {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		panic(err)
	}
	return zone
}()

func day(month time.Month, day int) time.Time {
	return time.Date(2026, month, day, 10, 0, 0, 0, london)
}

// world is a furnished installation on the second of November 2026.
type world struct {
	*testing.T
	db      *engine.DB
	clock   *fixedClock
	stores  impact.Stores
	feature *impact.Feature
}

func newWorld(t *testing.T, db *engine.DB) *world {
	t.Helper()
	w := &world{T: t, db: db, clock: &fixedClock{day(time.November, 2)}, stores: impactstore.New(db)}
	w.feature = impact.New(impact.Config{
		Organisation: bot.Organisation{Name: "Test Council", Zone: london, PublicURL: "https://bot.test"},
		Stores:       w.stores, Clock: w.clock, Random: &counting{},
	})
	return w
}

func (w *world) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) compose(wish impact.Wish, keep bool) impact.Report {
	w.Helper()
	report, err := w.feature.Compose(w.Context(), wish, keep)
	w.ok(err)
	return report
}

// row adds a row; moments are given as such.
type row func(table, columns string, values ...any)

func (w *world) fill(with func(add row)) {
	w.Helper()
	w.ok(w.db.Write(w.Context(), func(ctx context.Context, tx *engine.Tx) error {
		var failed error
		with(func(table, columns string, values ...any) {
			if failed != nil {
				return
			}
			for i, value := range values {
				if at, is := value.(time.Time); is {
					values[i] = engine.Micros(at)
				}
			}
			marks := ""
			for i := range values {
				marks += fmt.Sprintf(", $%d", i+1)
			}
			if _, err := tx.Exec(ctx, "INSERT INTO "+table+" ("+columns+") VALUES ("+marks[2:]+")", values...); err != nil {
				failed = fmt.Errorf("%s: %w", table, err)
			}
		})
		return failed
	}))
}

// furnish fills October: three departments, two of which can be shown.
func (w *world) furnish() {
	w.Helper()
	w.fill(people)
	w.fill(october)
	w.fill(words)
	w.fill(pilots)
	for i, r := range []impact.Refusal{
		{Words: "A second van for outreach", Reason: "The budget for vehicles is spent until April", Department: "Parks"},
		{Words: "Evening sessions | in *every* <b>branch</b>", Reason: "too few of us could stay"},
	} {
		r.ID, r.Source, r.At = fmt.Sprint("r", i), fmt.Sprint("s", i), day(time.October, 6+i)
		w.ok(w.stores.Refusals.Add(w.Context(), r))
	}
	w.ok(w.stores.Choices.Set(w.Context(), impact.Settings{Minutes: 20, Method: "six colleagues told how long they had looked before"}))
}

func people(add row) {
	person := func(id, department string, inactive, bot, external bool) {
		add("persons", "id, name, department, inactive", id, marked+" "+id, department, inactive)
		add("accounts", "id, person_id, platform, name, bot, external", "play|"+id, id, "play", marked+" "+id, bot, external)
	}
	for department, n := range map[string]int{"Housing": 30, "Libraries": 25, "Parks": 8, "": 14} {
		for i := range n {
			person(fmt.Sprintf("%s%02d", department, i), department, false, false, false)
		}
	}
	person("left", "Housing", true, false, false)
	person("robot", "", false, true, false)
	person("guest", "", false, false, true)
}

func october(add row) {
	add("digests", "id, slug, name, spec, zone, undecided, body, created", "d1", "friday", "Friday roundup", "{}", "Europe/London", "wait", "{}", 1)
	for i, state := range []string{"published", "published", "draft", "published"} {
		due := day(time.October, 2+7*i)
		approved, published := due.Add(-time.Hour), due
		if i == 1 {
			approved, published = due.Add(50*time.Hour), due.Add(51*time.Hour)
		}
		if state == "draft" {
			approved, published = time.Time{}, time.Time{}
		}
		add("editions", "id, digest, slot, slug, due, starts, state, opened_at, approved_at, published_at",
			fmt.Sprint("e", i), "d1", fmt.Sprint(i), fmt.Sprint("friday-", i), due, due, state, due.Add(-24*time.Hour), approved, published)
	}
	share := func(who, link string, at time.Time, private bool) {
		add("shares", "message, link, place, account, at, private", "m|"+who+link+at.String(), link, "play|room", "play|"+who, at, private)
	}
	for i := range 12 {
		share(fmt.Sprintf("Housing%02d", i), "l1", day(time.October, 1+i), false)
		share(fmt.Sprintf("Housing%02d", i), "l1", day(time.October, 2+i), false) // the same link again
	}
	for i := range 9 {
		share(fmt.Sprintf("Libraries%02d", i), fmt.Sprint("l", i%3), day(time.October, 20), false)
	}
	for i := range 6 {
		share(fmt.Sprintf("Parks%02d", i), "l2", day(time.October, 9), false)
	}
	share("Housing29", "l9", day(time.October, 3), true)    // in private
	share("Housing28", "l9", day(time.September, 3), false) // earlier
	for _, who := range []string{"left", "robot", "guest"} {
		share(who, "l9", day(time.October, 3), false)
	}
	for i := range 14 {
		add("edition_votes", "edition, link, account, used, at", "e0", "l1", fmt.Sprintf("play|Housing%02d", i), i%2 == 0, day(time.October, 4))
	}
	for i := range 10 {
		add("evangelists", "person_id, part, since", fmt.Sprintf("Housing%02d", i), []string{"lead", "support"}[i%2], day(time.September, 1))
	}
	add("evangelists", "person_id, part, since", "Parks00", "follow", day(time.September, 1))
	add("evangelists", "person_id, part, since", "Libraries00", "lead", day(time.November, 1)) // later
}

func words(add row) {
	voice := func(n int, kind, state string, waited int, summary string, unpublished bool) {
		arrived, closed := day(time.October, 1+n%9), time.Time{}
		outcome := ""
		if state != "open" {
			closed, outcome = arrived.AddDate(0, 0, waited), "We did something about it."
		}
		add("voices", "id, reference, kind, code_hash, words, urgent, unpublished, state, owner, summary, outcome, arrived, due, closed, version",
			fmt.Sprint("v", n), fmt.Sprintf("I-%04d", n), kind, fmt.Sprint("h", n), marked+" said it", false, unpublished, state, "Housing00", summary, outcome, arrived, arrived, closed, 1)
	}
	for n := range 7 {
		voice(n, "concern", "answered", 3, []string{"Bins are collected too early", "", "Lifts stand still"}[n%3], n == 2)
	}
	for n := range 8 {
		voice(10+n, "idea", "refused", 10, []string{"", "A staff pool"}[n%2], n > 1)
	}
	for n := range 3 {
		voice(20+n, "idea", "open", 0, "", false)
	}
	learning := func(n int, person, department, consent string) {
		add("learnings", "id, source, words, about, person_id, department, consent, created_at", fmt.Sprint("k", n), fmt.Sprint("k", n),
			fmt.Sprintf("One page replaced %d calls.", 40+n), "A guide", person, department, consent, day(time.October, 5+n))
	}
	learning(0, "Housing01", "Housing", "name")
	learning(1, "Housing02", "Housing", "unnamed")
	learning(2, "Parks01", "Parks", "unnamed")
	learning(3, "Libraries01", "Libraries", "private")
	for n, state := range []string{"open", "refused", "met"} {
		closed := day(time.October, 20)
		if state == "open" {
			closed = time.Time{}
		}
		add("network_requests", "id, source, title, words, person_id, state, reason, opened_at, closed_at", fmt.Sprint("n", n), fmt.Sprint("n", n),
			[]string{"A camera", "A quiet room", "A key"}[n], "words", "Housing03", state, []string{"", "No room is free.", "It is there."}[n], day(time.October, 2), closed)
	}
}

func pilots(add row) {
	pilot := func(id, title, state, choice string, started, decided time.Time) {
		add("pilots", `id, source, reference, title, scope, audience, benefit, goal, idea, idea_ref, sponsor, cost, starts, ends, measure, aim, target,
			preflight, state, choice, reason, decided_by, decided_at, created_by, created_at, started_at, week, week_at, asked_at, asks, gone, cards, version`,
			id, id, "P-"+id, title, "", "", "", "", "", "", "Housing04", "", "", "", "", "", 0,
			"{}", state, choice, "the queue is half as long", "Housing05", decided, "Housing04", started, started, 0, 0, 0, 0, "[]", "[]", 1)
	}
	pilot("p1", "Bin days on the phone menu", "decided", "scale", day(time.September, 1), day(time.October, 12))
	pilot("p2", "A walking bus", "decided", "stop", day(time.September, 1), day(time.October, 13))
	pilot("p3", "Open desks", "running", "", day(time.October, 14), time.Time{})
	pilot("p4", "Long ago", "decided", "stop", day(time.August, 1), day(time.September, 2))
	add("stories", "id, pilot_id, reference, title, words, outcome, sponsor, named, state, made_at, offered_at, version",
		"t1", "p1", "P-p1", "Bin days on the phone menu", "What we tried: bin days.\nWhat came of it: 12.", "met", "Housing04",
		`[{"person":"Housing04","consent":"name"},{"person":"Housing06","consent":"unnamed"},{"person":"Housing07","consent":""}]`, "offered", 1, 1, 1)
	add("stories", "id, pilot_id, reference, title, words, outcome, sponsor, named, state, made_at, offered_at, version",
		"t2", "p2", "P-p2", "Hidden", "hidden words", "missed", "Housing04", `[{"person":"Housing08","consent":"name"}]`, "withheld", 1, 0, 1)
}
