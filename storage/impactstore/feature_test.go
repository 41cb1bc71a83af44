package impactstore_test

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"evangelist/adapters/text"
	"evangelist/bot"
	"evangelist/bot/impact"
	"evangelist/storage/internal/engine"
	"evangelist/storage/kernelstore"
	"evangelist/storage/storagetest"
)

// desk is the feature behind the router, with a lead and a colleague.
type desk struct {
	*world
	router *bot.Router
	n      int
}

func newDesk(t *testing.T, db *engine.DB) *desk {
	d := &desk{world: newWorld(t, db)}
	d.furnish()
	people := kernelstore.NewPeople(db, d.clock, &counting{})
	d.ok(people.Change(t.Context(), "Libraries02", func(p *bot.Person) ([]bot.Delivery, error) {
		p.Roles = []bot.Role{bot.Lead}
		return nil, nil
	}))
	d.router = bot.NewRouter(bot.RouterConfig{People: people, Clock: d.clock, Random: &counting{}, Log: slog.New(slog.DiscardHandler)})
	d.ok(d.router.Add(d.feature.Commands()...))
	return d
}

func (d *desk) do(who string, in bot.Invocation) bot.Reply {
	d.Helper()
	d.clock.now = d.clock.now.Add(3 * time.Second)
	in.Actor, in.Workspace = bot.Actor{Account: bot.NewAccountID("play", who)}, "play"
	return d.router.Do(d.Context(), in)
}

// says types words after /evangelist and returns what is shown.
func (d *desk) says(who, words string) string {
	d.Helper()
	d.n++
	return d.shown(d.do(who, bot.Invocation{Command: "evangelist", Words: words, Nonce: strings.Repeat("n", d.n)}))
}

func (d *desk) shown(reply bot.Reply) string {
	d.Helper()
	switch reply := reply.(type) {
	case bot.Say:
		if reply.Public {
			d.Error("a public reply")
		}
		return text.Render(reply.Message, london)
	case bot.Done:
		return text.Render(reply.Message, london)
	case bot.Invalid:
		var all []string
		for field, say := range reply.Fields {
			all = append(all, field+": "+say)
		}
		return strings.Join(all, "\n")
	}
	d.Fatalf("nothing to read: %#v", reply)
	return ""
}

func (d *desk) has(got string, wanted ...string) {
	d.Helper()
	flat := strings.Join(strings.Fields(got), " ")
	for _, want := range wanted {
		if not, banned := strings.CutPrefix(want, "!"); banned == strings.Contains(flat, not) {
			d.Errorf("%q in\n%s", want, got)
		}
	}
}

const (
	lead      = "Libraries02"
	colleague = "Housing02"
)

func TestTheCard(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *engine.DB) {
		d := newDesk(t, db)
		d.has(d.says(lead, "report"), "Report, 1 – 31 October 2026", "27 links by 27 of 77 colleagues, 1 – 31 October 2026: which colleagues shared",
			"https://bot.test/report?from=2026-10-01&to=2026-10-31", "What we could not do stands on the page", "!"+marked)
		d.has(d.says(lead, "report 2026-10-05 2026-10-11"), "5 – 11 October 2026")
		d.has(d.says(colleague, "report"), "for comms leads", "!links")
		d.has(d.says(lead, "report 2026-10-05"), "the first and the last day")
		d.has(d.says(lead, "report 2026-10-05 soon"), `"soon" is not a day`)
		d.has(d.says(lead, "report 2026-11-01 2026-11-02"), "not over yet", "2026-11-01 or an earlier day")
	})
}

func TestWhatWeCouldNotDo(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *engine.DB) {
		d := newDesk(t, db)
		d.has(d.says(lead, `no "A minibus" for housing because Nobody may drive it.`), "It is kept", "November", "A minibus: because nobody may drive it.", "went without: Housing")
		d.has(d.says(lead, "no “A ramp” because IT has none"), "A ramp: because IT has none.", "!went without")
		d.has(d.says(lead, "no more chairs because the room is full"), "more chairs: because the room is full.")
		d.has(d.says(colleague, `no "A minibus" because I say so`), "for comms leads")

		// What is not said is asked for, and what was typed is not lost.
		for _, words := range []string{"no", `no "A minibus"`, `no "A minibus" for Atlantis because it sank`} {
			ask, ok := d.do(lead, bot.Invocation{Command: "evangelist", Words: words}).(bot.Ask)
			if !ok {
				t.Fatalf("%q opens no form", words)
			}
			if strings.Contains(words, "minibus") && ask.Form.Fields[0].Value[0] != "A minibus" {
				t.Errorf("%q lost what was typed: %+v", words, ask.Form.Fields[0])
			}
			if n := len(ask.Form.Fields[2].Options); n != 3 {
				t.Errorf("%d departments to choose from", n)
			}
		}
		send := func(nonce string, request, reason, department string) string {
			return d.shown(d.do(lead, bot.Invocation{Command: "impact.no", Nonce: nonce, Values: map[string][]string{"request": {request}, "reason": {reason}, "department": {department}}}))
		}
		d.has(send("form", "A boat", "The river is dry", "Parks"), "A boat", "went without: Parks")
		d.has(send("form", "A boat", "The river is dry", "Parks"), "It is kept")
		d.has(send("form 2", " ", "", "Atlantis"), "request: Say what", "reason: Write one sentence", "department: The register")

		d.clock.now = day(time.December, 2)
		made := d.compose(impact.Wish{}, true).Markdown()
		d.has(made, "A minibus", "A ramp", "more chairs", "went without: Housing", "!Atlantis", "!second van")
		if n := strings.Count(made, "A boat"); n != 1 {
			t.Errorf("a form that came twice stands there %d times:\n%s", n, made)
		}
		d.has(d.compose(impact.Wish{Department: "Parks"}, true).Markdown(), "A boat", "A ramp", "!minibus")
	})
}

func TestSettings(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *engine.DB) {
		d := newDesk(t, db)
		save := func(minutes, method, partial string) string {
			return d.shown(d.do(lead, bot.Invocation{Command: "impact.settings", Values: map[string][]string{"minutes": {minutes}, "method": {method}, "partial": {partial}}}))
		}
		ask, ok := d.do(lead, bot.Invocation{Command: "evangelist", Words: "report settings"}).(bot.Ask)
		if !ok || ask.Form.Fields[0].Value[0] != "20" {
			t.Errorf("the form: %+v", ask)
		}
		d.has(save("15", "", ""), "method: Say how")
		d.has(save("many", "asked", ""), "minutes: Write a whole number")
		d.has(save("-5", "asked", ""), "minutes: Write a whole number")
		d.has(save("", "", ""), "gives no estimate")
		d.has(d.compose(impact.Wish{From: "2026-10-02", To: "2026-10-30"}, true).Markdown(), "!estimate", "!Method:")

		// An unknown headcount is shown as unknown, and is not kept: the numbers
		// follow when it is known.
		d.has(save("1", "we asked", "yes"), "about 1 minute,", "no headcount is known")
		got := d.compose(impact.Wish{}, true).Markdown()
		d.has(got, "**Links:** unknown, because the headcount is not known", "**Concerns:** unknown", "no headcount is known", "!27 links", "!12 links", "3 of 4 editions")
		save("", "", "")
		d.has(d.compose(impact.Wish{}, true).Markdown(), "27 links by 27 of 77 colleagues", "!unknown")
	})
}

// Numbers that were shown stand, whatever is learned or erased afterwards; and
// where nothing can be recorded, only these are shown.
func TestWhatWasPublishedStands(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *engine.DB) {
		w := newWorld(t, db)
		w.furnish()
		before := w.compose(impact.Wish{}, false)
		if !before.Unrecorded || strings.Contains(before.Markdown(), "27 links") {
			t.Errorf("numbers that were not recorded are shown:\n%s", before.Markdown())
		}
		first := w.compose(impact.Wish{}, true)
		w.fill(func(add row) {
			add("shares", "message, link, place, account, at", "late", "l1", "play|room", "play|Housing25", day(time.October, 30))
			add("persons", "id, name, department", "late", marked, "Housing")
		})
		for _, keep := range []bool{true, false} {
			if again := w.compose(impact.Wish{}, keep); again.Unrecorded || again.Markdown() != first.Markdown() {
				t.Errorf("keep %v: what was published does not stand:\n%s", keep, again.Markdown())
			}
		}
	})
}

func TestTheMonthIsRecordedByItself(t *testing.T) {
	w := newWorld(t, storagetest.Memory(t))
	sweep := func() time.Time {
		t.Helper()
		next, err := w.feature.Sweeps()[0].Run(t.Context())
		w.ok(err)
		return next
	}
	if next := sweep(); !next.Equal(w.clock.now.Add(time.Hour)) {
		t.Errorf("with nobody there it is due %s", next)
	}
	w.fill(people)
	w.clock.now = w.clock.now.Add(time.Hour)
	if next := sweep(); !next.Equal(w.clock.now.Add(time.Hour)) || !w.compose(impact.Wish{}, false).Unrecorded {
		t.Errorf("of a month of which nothing is known something is recorded, and it is due %s", next)
	}
	w = newWorld(t, storagetest.Memory(t))
	w.furnish()
	w.clock.now = time.Date(2026, time.November, 1, 5, 59, 0, 0, london)
	if next := sweep(); !next.Equal(w.clock.now.Add(time.Minute)) || !w.compose(impact.Wish{}, false).Unrecorded {
		t.Errorf("before it is settled: due %s", next)
	}
	w.clock.now = w.clock.now.Add(time.Minute)
	next := sweep()
	if made := w.compose(impact.Wish{}, false); made.Unrecorded || !strings.Contains(made.Markdown(), "27 links") {
		t.Errorf("the month is not recorded:\n%s", made.Markdown())
	}
	if want := time.Date(2026, time.December, 1, 6, 0, 0, 0, london); !next.Equal(want) || !sweep().Equal(want) {
		t.Errorf("due again %s", next)
	}
	w.clock.now = next
	w.fill(func(add row) {
		add("shares", "message, link, place, account, at", "november", "l1", "play|room", "play|Housing25", day(time.November, 30))
	})
	sweep()
	if w.compose(impact.Wish{}, false).Unrecorded {
		t.Error("the next month is not recorded")
	}
}

func TestWishes(t *testing.T) {
	w := newWorld(t, storagetest.Memory(t))
	w.furnish()
	for _, c := range []struct {
		wish impact.Wish
		say  string
	}{
		{impact.Wish{From: "2026-10-01"}, "both its first and its last day"},
		{impact.Wish{To: "2026-10-01"}, "both its first and its last day"},
		{impact.Wish{From: "1.10.2026", To: "2026-10-02"}, "not a day"},
		{impact.Wish{From: "2026-10-01", To: "2026-10-32"}, "not a day"},
		{impact.Wish{From: "2026-10-02", To: "2026-10-01"}, "Exchange the two"},
		{impact.Wish{From: "2026-10-02", To: "2026-11-02"}, "Choose 2026-11-01 or an earlier day"},
		{impact.Wish{From: "1066-10-14", To: "2026-10-01"}, "1970"},
		{impact.Wish{Department: "Atlantis"}, "Housing, Libraries, Parks"},
	} {
		if _, err := w.feature.Compose(t.Context(), c.wish, true); err == nil || !strings.Contains(err.Error(), c.say) {
			t.Errorf("%+v: %v", c.wish, err)
		}
	}
	// A period that crosses a published one keeps what can be told.
	w.compose(impact.Wish{}, true)
	got := w.compose(impact.Wish{From: "2026-09-20", To: "2026-10-10"}, true).Markdown()
	for _, want := range []string{"**Links:** not counted for these days. 20 September – 10 October 2026 crosses 1 – 31 October 2026", "2 of 2 editions"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

// The desk's courses show what was published, month by month, and publish nothing.
func TestCourses(t *testing.T) {
	w := newWorld(t, storagetest.Memory(t))
	w.furnish()
	w.clock.now = day(time.November, 2)
	courses, err := w.feature.Courses(t.Context())
	w.ok(err)
	if len(courses) != 0 {
		t.Errorf("courses of what was never published: %+v", courses)
	}
	if !w.compose(impact.Wish{}, false).Unrecorded {
		t.Fatal("looking at courses published something")
	}
	w.compose(impact.Wish{From: "2026-09-01", To: "2026-09-30"}, true)
	w.compose(impact.Wish{From: "2026-10-01", To: "2026-10-31"}, true)
	if courses, err = w.feature.Courses(t.Context()); err != nil || len(courses) != 0 {
		t.Errorf("within the minute they are made anew: %v, %v", courses, err)
	}
	w.clock.now = w.clock.now.Add(time.Minute)
	courses, err = w.feature.Courses(t.Context())
	w.ok(err)
	at := slices.IndexFunc(courses, func(c impact.Course) bool { return c.Title == "Concerns and ideas" })
	if at < 0 || len(courses[at].Months) != 6 {
		t.Fatalf("the courses are %+v", courses)
	}
	heard := courses[at]
	for _, month := range heard.Months[:4] {
		if month.Row.Shown() || !strings.Contains(month.Why, "not published yet") {
			t.Errorf("%s was never published, and shows %q, %q", month.Period, month.Row.Count, month.Why)
		}
	}
	if last := heard.Months[5]; !last.Row.Shown() || !strings.Contains(last.Row.Count, "18 concerns and ideas among 77") {
		t.Errorf("October shows %q", last.Row.Count)
	}
	words := ""
	for _, block := range heard.Blocks() {
		switch block := block.(type) {
		case bot.Table:
			words += block.Caption
			for _, cells := range block.Rows {
				words += cells[0].Plain(time.UTC) + " " + cells[1].Plain(time.UTC) + "\n"
			}
		case bot.Figure:
			words += block.Alt
			if n := strings.Count(block.SVG, "<rect"); n != 2 {
				t.Errorf("the chart has %d columns, for two months with a number", n)
			}
		}
	}
	if !strings.Contains(words, "not counted") || !strings.Contains(words, "among 77") || !strings.Contains(words, "month by month") {
		t.Errorf("no denominator or definition in:\n%s", words)
	}
}

// Resources stand in the report of the days in which they were decided, by count
// and with the days that they waited, and by no name.
func TestResourcesAreCounted(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *engine.DB) {
		w := newWorld(t, db)
		w.furnish()
		w.fill(func(add row) {
			for i := range 14 {
				who := fmt.Sprintf("Housing%02d", i+1)
				outcome, days := "granted", 3
				if i >= 8 {
					outcome, days = "not-granted", 20
				}
				on := "2026-10-31"
				if i == 13 {
					on = "2026-11-01" // belongs to November
				}
				add("mandate_resources", "id, source, person_id, what, purpose, needed_by, cost, outcome, reason, orphan, leads, late, asked_at, decided_on, days, version",
					fmt.Sprint("r", i), fmt.Sprint("r", i), who, marked+" a camera", "", "", "", outcome, marked+" because", false, "[]", 0, day(time.October, 2), on, days, 1)
			}
		})
		made := w.compose(impact.Wish{}, true)
		text := made.Markdown()
		for _, want := range []string{"13 resources", "8 resources"} {
			if !strings.Contains(text, want) {
				t.Errorf("%q is not in the report:\n%s", want, text)
			}
		}
		if strings.Contains(text, "a camera") || strings.Contains(text, marked+" because") {
			t.Error("the report has the words of a resource")
		}
		if strings.Contains(w.compose(impact.Wish{From: "2026-09-01", To: "2026-09-30"}, true).Markdown(), "Resources decided") {
			t.Error("a month without resources speaks of them")
		}
	})
}
