package issuestore_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"evangelist/bot"
	"evangelist/bot/impact"
	"evangelist/bot/impact/issues"
	"evangelist/bot/schedule"
	"evangelist/storage/internal/engine"
	"evangelist/storage/storagetest"
)

// From the schedule to the channel: the whole way of one month.
func TestOneMonth(t *testing.T) {
	w := newWorld(t)
	w.champions = []bot.PersonID{w.id("cha")}
	w.has("the form", w.do("lea", bot.Invocation{Command: "evangelist", Words: "report schedule"}), "first Tuesday of the month 09:00", "lead")
	w.series()
	w.at(slot.Add(-time.Minute))
	if got := w.states(); got != "" {
		t.Fatal(got)
	}
	w.at(slot)
	if got := w.states(); got != "2026-10 draft" {
		t.Fatal(got)
	}
	w.expect("the lead has a card", w.sent("/desk/"), "2026-10/desk/lea")
	w.has("the card", w.press("lea", "report.desk", "2026-10"), "Report, 1 – 31 October 2026: a draft", "37 links by 37 of 88 colleagues, 1 – 31 October 2026: which colleagues", "goes to cha, and 48 hours later", "“hall”", "Edit words", "Skip because …", "The estimate")
	first := w.approval("2026-10")
	w.has("words", w.send("lea", "report.words", "2026-10", "introduction", "A month of 99 floods.", "section", "heard", "note", "We listened."), "A month of 99 floods.", "Your notes stand under Heard", "does not: 99.")
	w.has("too long", w.send("lea", "report.words", "2026-10", "introduction", strings.Repeat("x", 501)), "501 characters, and 500 fit")
	w.has("an old card", w.press("lea", "report.approve", first), "has changed since you looked", "99 floods")
	w.has("approved", w.press("lea", "report.approve", w.approval("2026-10")), "October 2026: approved", "Undo", "cha")
	w.has("twice", w.press("lou", "report.approve", first), "October 2026: approved")
	w.has("undone", w.press("lea", "report.undo", "2026-10"), "a draft", "99 floods")
	w.has("approved again", w.press("lea", "report.approve", w.approval("2026-10")), "approved")
	approvedAt := w.clock.now
	frozen := w.issue("2026-10").Revision
	w.facts.learnings, w.facts.voices = nil, nil // whatever changes now
	w.has("undone too late", func() bot.Reply {
		w.clock.now = approvedAt.Add(time.Minute)
		return w.press("lea", "report.undo", "2026-10")
	}(), "The minute is over")
	w.expect("nobody reads it before the undo is over", w.sent("/early/"))
	w.run()
	early := w.clock.now
	if got := w.states(); got != "2026-10 early" {
		t.Fatal(got)
	}
	w.expect("the champion has it", w.sent("/early/"), "2026-10/early/2/cha")
	w.expect("the channel has it not", w.sent("/out"))
	w.has("the champion's card", bot.Refresh{View: bot.View{Kind: "report-early", ID: "2026-10"}}, "before everybody else", "Something is wrong", "Why you: you are a champion", "99 floods", "/report/2026-10")
	for name, want := range map[string]bool{"lea": true, "lou": true, "cha": true, "cleo": false} {
		if _, err := w.feature.Find(t.Context(), w.actor(name), "2026-10"); (err == nil) != want {
			t.Errorf("%s reads it early: %v", name, err)
		}
	}
	w.at(early.Add(48*time.Hour - time.Second))
	w.expect("a second too early", w.sent("/out"))
	w.at(early.Add(48 * time.Hour))
	if got := w.states(); got != "2026-10 published" {
		t.Fatal(got)
	}
	w.expect("the channel has it", w.sent("/out"), "2026-10/out")
	w.has("the summary", bot.Refresh{View: bot.View{Kind: "report-out", ID: "2026-10"}}, "99 floods", "37 links by 37 of 88 colleagues", "Nothing was noted that we could not do", "/report/2026-10/board", "!button")
	reading, err := w.feature.Find(t.Context(), w.actor("cleo"), "2026-10")
	if err != nil || reading.Issue.Revision.Hash != frozen.Hash || len(reading.Card.Blocks) > 0 {
		t.Errorf("%v, %+v", err, reading.Card)
	}
	if !strings.Contains(reading.Content.Markdown(), "Read letters aloud.") || !strings.Contains(reading.Content.Markdown(), "## Heard\n\nWe listened.") {
		t.Errorf("what was approved is not what is shown:\n%s", reading.Content.Markdown())
	}
	w.at(slot.AddDate(0, 0, 27))
	if got := w.states(); got != "2026-10 published" {
		t.Errorf("something else was made: %s", got)
	}
	if past, err := w.feature.Past(t.Context(), w.actor("cleo")); err != nil || len(past) != 1 {
		t.Errorf("%v, %v", past, err)
	}
}

// Buttons pressed by the wrong person look as if nothing were there; pressed late
// they say so; nothing changes either way.
func TestButtons(t *testing.T) {
	w := newWorld(t)
	w.champions = []bot.PersonID{w.id("cha")}
	w.series()
	w.at(slot)
	before := w.issue("2026-10")
	for _, command := range []string{"report.desk", "report.open", "report.words", "report.approve", "report.undo", "report.skip", "report.hold", "report.go", "report.reopen", "report.make"} {
		w.has(command, w.press("cha", command, "2026-10"), "for comms leads", "!October")
	}
	for _, name := range []string{"cha", "cleo", "lea"} {
		w.has("wrong, before it is given", w.press(name, "report.wrong", "2026-10"), "not here, or not for you")
	}
	for _, command := range []string{"report.hold"} {
		w.has(command, w.press("lea", command, "2026-10"), "is a draft, so that comes later")
	}
	w.has("nothing", w.press("lea", "report.approve", "2099-01"), "not here, or not for you")
	if after := w.issue("2026-10"); after.Version != before.Version {
		t.Error("something changed")
	}
	w.press("lea", "report.approve", "2026-10")
	w.clock.now = w.clock.now.Add(time.Minute)
	w.run()
	w.has("the form", w.press("cha", "report.wrong", "2026-10"), "Something is wrong")
	w.has("nothing said", w.send("cha", "report.wrong", "2026-10"), "Say in a sentence")
	for range 2 { // the same form twice
		w.has("said", w.do("cha", bot.Invocation{Command: "report.wrong", Arg: "2026-10", Nonce: "one form", Values: map[string][]string{"words": {"The vans are missing"}}}), "Thank you")
	}
	if told := w.sent("/objection/"); len(told) != 1 || !strings.Contains(told[0], "lea") {
		t.Errorf("%v", told)
	}
	if kept := w.issue("2026-10").Objections; len(kept) != 1 {
		t.Errorf("kept: %+v", kept)
	}
	w.has("a colleague", w.send("cleo", "report.wrong", "2026-10", "words", "x"), "not here, or not for you")
	w.has("the lead reads it", w.press("lou", "report.desk", "2026-10"), "The vans are missing", "cha", "Hold")
	w.has("held", w.press("lou", "report.hold", "2026-10"), "October 2026: held", "Go on")
	w.has("held twice", w.press("lea", "report.hold", "2026-10"), "October 2026: held")
	w.at(w.clock.now.Add(20 * day))
	if got := w.states(); !strings.Contains(got, "2026-10 held") {
		t.Fatal(got)
	}
	w.has("approve what is held", w.press("lea", "report.approve", "2026-10"), "is held back, so nothing was changed")
	w.has("on", w.press("lea", "report.go", "2026-10"), "with its champions")
	w.at(w.clock.now.Add(time.Minute))
	w.has("late", w.press("lea", "report.hold", "2026-10"), "is published, so nothing was changed")
	w.has("late", w.press("cha", "report.wrong", "2026-10"), "is published, so nothing was changed")
	w.has("no objection is kept", w.press("lea", "report.desk", "2026-10"), "published", "!vans")
}

// Without champions it says so, and waits for nobody.
func TestWithoutChampions(t *testing.T) {
	w := newWorld(t)
	w.series()
	w.at(slot)
	w.has("the card", w.press("lea", "report.desk", "2026-10"), "no champions are named who would read it early")
	w.has("approved", w.press("lea", "report.approve", "2026-10"), "Then it is published: no champions")
	w.at(w.clock.now.Add(time.Minute))
	if got := w.states(); got != "2026-10 published" {
		t.Error(got)
	}
	w.expect("early copies", w.sent("/early/"))
	w.expect("the channel", w.sent("/out"), "2026-10/out")
}

// A slot that passed within the grace is made up for, an older one is said, once,
// and can be made after all.
func TestSlotsThatPassed(t *testing.T) {
	for late, want := range map[time.Duration]string{71 * time.Hour: "2026-10 draft", 73 * time.Hour: "2026-10 skipped"} {
		w := newWorld(t)
		w.series()
		w.clock.now = slot.Add(late)
		w.run()
		if got := w.states(); got != want {
			t.Fatalf("%s late: %s", late, got)
		}
		if want == "2026-10 draft" {
			continue
		}
		w.expect("the notice", w.sent("/missed/"), "2026-10/missed/lea")
		w.has("made after all", w.press("lea", "report.make", "2026-10"), "planned")
		w.has("twice", w.press("lou", "report.make", "2026-10"), "planned")
		w.at(w.clock.now)
		if got := w.states(); got != "2026-10 draft" {
			t.Error(got)
		}
		w.has("late", w.press("lea", "report.make", "2026-10"), "a draft")
	}
}

// An event is reported when its days are over and settled, once for each name and days.
func TestAnEvent(t *testing.T) {
	w := newWorld(t)
	for range 2 {
		w.has("planned", w.send("lou", "report.event", "", "event", "Flood week", "from", "2026-10-19", "to", "2026-10-25", "place", string(hall.ID)), "Report after Flood week, 19 – 25 October 2026: planned")
	}
	for field, bad := range map[string][]string{
		"event": {"event", ""}, "to": {"event", "x", "from", "2026-10-19", "to", "2026-10-18"}, "from": {"event", "x", "from", "yesterday"},
		"to:": {"event", "x", "from", "2026-10-19", "to", "2028-10-18"}, "place": {"event", "x", "place", "test|far"},
	} {
		reply := w.send("lea", "report.event", "", bad...)
		if wrong, ok := reply.(bot.Invalid); !ok || wrong.Fields[strings.TrimSuffix(field, ":")] == "" {
			t.Errorf("%v: %#v", bad, reply)
		}
	}
	over := time.Date(2026, 10, 26, 6, 0, 0, 0, time.UTC)
	w.at(over.Add(-time.Second))
	if got := w.states(); got != "flood-week-2026-10-19-to-2026-10-25 planned" {
		t.Fatal(got)
	}
	w.at(over)
	if got := w.states(); got != "flood-week-2026-10-19-to-2026-10-25 draft" {
		t.Fatal(got)
	}
	id := "flood-week-2026-10-19-to-2026-10-25"
	w.has("the card", w.press("lou", "report.desk", id), "Report after Flood week, 19 – 25 October 2026: a draft", "37 links")
	w.expect("whose it is", w.sent("/desk/"), id+"/desk/lou")
	w.has("skip it", w.press("lou", "report.skip", id), "Skip it because")
	w.has("without a reason", w.send("lou", "report.skip", id, "reason", " "), "never skipped silently")
	w.has("skipped", w.send("lou", "report.skip", id, "reason", "because the week was quiet"), "because the week was quiet.")
	if past, err := w.feature.Past(t.Context(), w.actor("cleo")); err != nil || len(past) != 0 {
		t.Errorf("a colleague reads of it: %v, %v", past, err)
	}
}

// The lead who drafts leaves: another lead has the draft in the same sweep, with
// the deputy first, and nobody else learns of it.
func TestTheLeadLeaves(t *testing.T) {
	w := newWorld(t)
	w.series("lead", string(w.id("lou")))
	w.at(slot)
	w.expect("the card", w.sent("/desk/"), "2026-10/desk/lou")
	gone := true
	w.record(bot.AccountFact{Name: "lou", Inactive: &gone})
	w.run()
	w.expect("the cards", w.sent("/desk/"), "2026-10/desk/lea", "2026-10/desk/lou")
	w.expect("told", w.sent("/handed/"), "2026-10/handed/lou/lea")
	if waits, err := w.feature.Waiting(t.Context()); err != nil || len(waits) != 1 || waits[0].Lead != w.id("lea") || !waits[0].Since.Equal(slot) || waits[0].Path != "/report/2026-10" {
		t.Errorf("%+v, %v", waits, err)
	}
	w.role("lea") // no lead at all: it waits, and the next one has it
	w.run()
	w.role("cleo", bot.Lead)
	w.run()
	w.expect("told", w.sent("/handed/"), "2026-10/handed/lea/cleo", "2026-10/handed/lou/lea")
}

// The form takes one day a month, a place where I am, and leads; nothing is kept of
// a form that is wrong.
func TestTheForm(t *testing.T) {
	w := newWorld(t)
	for _, c := range [][]string{
		{"when", "when", "every Friday 09:00"}, {"when", "when", "whenever"}, {"zone", "zone", "Atlantis"}, {"place", "place", "test|far"}, {"place", "place", "test|none"},
		{"lead", "lead", string(w.id("cleo"))}, {"deputy", "deputy", "nobody"},
	} {
		reply := w.send("lea", "report.schedule", "", c[1:]...)
		if wrong, ok := reply.(bot.Invalid); !ok || wrong.Fields[c[0]] == "" {
			t.Errorf("%v: %#v", c, reply)
		}
	}
	if series, err := w.stores.Series.Get(t.Context()); err != nil || series != (issues.Series{}) {
		t.Errorf("%+v, %v", series, err)
	}
	w.has("a colleague", w.send("cleo", "report.schedule", "", "when", "first Tuesday of the month 09:00"), "for comms leads")
	w.series()
	w.has("no rhythm", w.send("lea", "report.schedule", "", "when", ""), "not made by itself")
	w.at(slot.Add(day))
	if got := w.states(); got != "" {
		t.Errorf("made without a rhythm: %s", got)
	}
}

// A name that its owner takes back is out of every credit; all else stands.
func TestForget(t *testing.T) {
	w := newWorld(t)
	w.series()
	w.at(slot)
	w.press("lea", "report.approve", "2026-10")
	w.at(w.clock.now.Add(time.Minute))
	before := w.issue("2026-10")
	for range 2 {
		w.ok(w.feature.Forget(t.Context(), "Person Five"))
	}
	after := w.issue("2026-10")
	hash, err := after.Revision.Content.Hash()
	was, is := before.Revision.Content.Markdown(), after.Revision.Content.Markdown()
	if err != nil || hash != after.Revision.Hash || after.Version != before.Version+1 || strings.Contains(is, "Person Five") || is != strings.ReplaceAll(was, "Person Five", "a colleague") || is == was {
		t.Errorf("%v\n%s", err, is)
	}
	w.ok(w.feature.Forget(t.Context(), "Read letters"))
	if w.issue("2026-10").Version != after.Version {
		t.Error("words are taken for a name")
	}
}

// Each local slot asks for exactly one report, about the month before its date,
// across daylight saving and whatever stops in between; a stop longer than the
// grace is said.
func TestEachSlotOnce(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	t.Parallel()
	zones := []string{"Europe/London", "America/New_York", "Pacific/Apia", "Australia/Lord_Howe", "Asia/Tokyo", "America/Santiago"}
	phrases := []string{"first Tuesday of the month 09:00", "last Sunday of the month 01:30", "second Sunday of the month 02:30", "1st of the month 00:00", "last day of the month 23:30"}
	w := newWorld(t) // one for all checks: its database takes the longest
	w.compose = func(context.Context, impact.Wish, bool) (impact.Report, error) { return impact.Report{}, nil }
	rapid.Check(t, func(rt *rapid.T) {
		w.forget("report_issues", "report_series", "schedules", "ticks", "deliveries")
		zone, phrase := rapid.SampledFrom(zones).Draw(rt, "zone"), rapid.SampledFrom(phrases).Draw(rt, "phrase")
		start := time.Date(2026, time.Month(rapid.IntRange(1, 12).Draw(rt, "month")), 10, 7, 0, 0, 0, time.UTC)
		w.clock.now = start
		if reply := w.send("lea", "report.schedule", "", "when", phrase, "zone", zone); !strings.Contains(w.text(reply), "is a series") {
			rt.Fatal(w.text(reply))
		}
		start = w.clock.now
		longest := 12 * time.Hour
		for range rapid.IntRange(3, 14).Draw(rt, "stops") {
			stop := time.Duration(rapid.IntRange(1, 40*24).Draw(rt, "hours")) * time.Hour
			longest = max(longest, stop)
			w.clock.now = w.clock.now.Add(stop)
			w.run()
		}
		w.clock.now = w.clock.now.Add(8 * day)
		w.run()
		spec, err := schedule.Parse(phrase)
		if err != nil {
			rt.Fatal(err)
		}
		place, err := schedule.LoadZone(zone)
		if err != nil {
			rt.Fatal(err)
		}
		all, err := w.stores.Issues.List(t.Context())
		if err != nil {
			rt.Fatal(err)
		}
		by := map[string]issues.Issue{}
		for _, i := range all {
			if _, twice := by[i.Slot]; twice {
				rt.Fatalf("%s has two reports", i.Slot)
			}
			by[i.Slot] = i
			first, _ := time.Parse("2006-01", i.Slot[:7])
			if want := first.AddDate(0, -1, 0).Format("2006-01"); i.ID != want {
				rt.Fatalf("%s is about %s, not %s", i.Slot, i.ID, want)
			}
		}
		slots, without := 0, 0
		for s := range spec.Between(start.Add(time.Nanosecond), w.clock.now.Add(time.Nanosecond), place, nil) {
			slots++
			if _, made := by[s.Name]; !made {
				without++
			}
			delete(by, s.Name)
		}
		if len(by) > 0 {
			rt.Fatalf("reports without a slot: %v", by)
		}
		if notices := len(w.sent("/missed/")); without > 0 && (longest < 28*day || notices == 0) || longest <= 72*time.Hour && notices > 0 {
			rt.Fatalf("%d of %d slots have no report, %d notices, the longest stop is %s", without, slots, notices, longest)
		}
	})
}

// The estimate comes from the settings of the report, and what was approved keeps it.
func TestTheEstimate(t *testing.T) {
	w := newWorld(t)
	w.series()
	w.at(slot)
	old := w.approval("2026-10")
	w.ok(w.impact.Stores.Refusals.Add(t.Context(), impact.Refusal{ID: "r", Source: "r", Words: "A van", Reason: "None is left", At: time.Date(2026, 10, 9, 0, 0, 0, 0, time.UTC)}))
	w.has("the report has changed under the card", w.press("lea", "report.approve", old), "has changed since you looked", "What we could not do stands on the page")
	w.has("settings", w.press("lea", "impact.settings", ""), "Minutes that a used answer saves")
	if storagetest.Raced {
		t.Skip("the rest tests nothing that could race")
	}
	w.has("home", bot.Say{Message: w.home("lea")}, "has waited for a decision since", "When reports are made")
	if home := w.home("cleo"); len(home.Blocks) > 0 {
		t.Errorf("a colleague's page: %+v", home)
	}
}

func (w *world) home(name string) bot.Message {
	w.t.Helper()
	home, err := w.router.Home(w.t.Context(), account(name))
	w.ok(err)
	return home
}

// forget empties tables, so that one database serves many checks.
func (w *world) forget(tables ...string) {
	w.t.Helper()
	w.ok(w.db.Write(w.t.Context(), func(ctx context.Context, tx *engine.Tx) error {
		for _, table := range tables {
			if _, err := tx.Exec(ctx, "DELETE FROM "+table); err != nil {
				return err
			}
		}
		return nil
	}))
}
