package championstore_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/bot/champions"
	"evangelist/storage/championstore"
	"evangelist/storage/internal/engine"
	"evangelist/storage/kernelstore"
	"evangelist/storage/storagetest"
)

// world is an installation in the small: two leads (Lea and Lou), executives ex0 to
// ex2, and a colleague (Cleo).
type world struct {
	t       *testing.T
	db      *engine.DB
	clock   *fixedClock
	people  *kernelstore.People
	stores  champions.Stores
	feature *champions.Feature
	router  *bot.Router
	broken  bool              // the source of briefings fails
	told    []champions.Point // instead of what it tells else
	from    time.Time
	presses int
}

func newWorld(t *testing.T) *world {
	t.Helper()
	db, clock, chance := storagetest.Memory(t), &fixedClock{begin}, &counting{}
	w := &world{t: t, db: db, clock: clock, people: kernelstore.NewPeople(db, clock, chance), stores: championstore.New(db, clock)}
	w.router = bot.NewRouter(bot.RouterConfig{People: w.people, Clock: clock, Random: chance, Log: slog.New(slog.DiscardHandler)})
	w.feature = champions.New(champions.Config{
		Organisation: bot.Organisation{Name: "Test", Zone: time.UTC}, People: w.people, Stores: w.stores, Clock: clock, Random: chance,
		Briefing: []champions.Source{
			func(_ context.Context, from, _ time.Time) ([]champions.Point, error) {
				if w.broken {
					return nil, errors.New("the source is broken")
				}
				w.from = from
				if w.told != nil {
					return w.told, nil
				}
				return []champions.Point{{Section: "Stories", Words: " A  story. "}, {Section: "Decided", Words: "A pilot.", URL: "/pilots/1"}, {Section: "Stories", Words: "Another."}, {Words: ""}}, nil
			},
		},
	})
	w.ok(w.router.Add(w.feature.Commands()...))
	w.router.AddViews(w.feature.Views()...)
	w.router.AddPanels(w.feature.Panels()...)
	for _, name := range []string{"lea", "lou", "ex0", "ex1", "ex2", "cleo"} {
		w.record(bot.AccountFact{Name: name})
	}
	for _, lead := range []string{"lea", "lou"} {
		w.change(lead, func(p *bot.Person) { p.Roles = []bot.Role{bot.Lead} })
	}
	return w
}

func (w *world) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func account(name string) bot.AccountID { return bot.NewAccountID("test", name) }

func (w *world) record(fact bot.AccountFact) {
	w.t.Helper()
	fact.Account = account(fact.Name)
	_, err := w.people.Record(w.t.Context(), []bot.AccountFact{fact})
	w.ok(err)
}

func (w *world) change(name string, rule func(*bot.Person)) {
	w.t.Helper()
	w.ok(w.people.Change(w.t.Context(), bot.PersonID(w.id(name)), func(p *bot.Person) ([]bot.Delivery, error) { rule(p); return nil, nil }))
}

func (w *world) actor(name string) bot.Actor {
	w.t.Helper()
	actor, err := w.people.Actor(w.t.Context(), account(name))
	w.ok(err)
	return actor
}

func (w *world) id(name string) string { w.t.Helper(); return string(w.actor(name).Person) }

func (w *world) do(name string, in bot.Invocation) bot.Reply {
	w.t.Helper()
	w.clock.now = w.clock.now.Add(3 * time.Second) // so that nobody is too fast
	in.Actor, in.Workspace = bot.Actor{Account: account(name), Name: name}, "test"
	if in.Nonce == "" {
		w.presses++
		in.Nonce = fmt.Sprint("press ", w.presses)
	}
	return w.router.Do(w.t.Context(), in)
}

func (w *world) say(name, words string) bot.Reply {
	w.t.Helper()
	return w.do(name, bot.Invocation{Command: "evangelist", Words: words})
}

func (w *world) press(name, command, arg string) bot.Reply {
	w.t.Helper()
	return w.do(name, bot.Invocation{Command: command, Arg: arg})
}

// send submits a form with pairs of field and answer.
func (w *world) send(name, command, arg string, pairs ...string) bot.Reply {
	w.t.Helper()
	return w.do(name, bot.Invocation{Command: command, Arg: arg, Values: values(pairs)})
}

func values(pairs []string) map[string][]string {
	values := map[string][]string{}
	for i := 0; i < len(pairs); i += 2 {
		values[pairs[i]] = append(values[pairs[i]], pairs[i+1])
	}
	return values
}

// text returns everything that a reply shows.
func (w *world) text(reply bot.Reply) string {
	w.t.Helper()
	var message bot.Message
	switch reply := reply.(type) {
	case bot.Say:
		message = reply.Message
		if reply.Public {
			w.t.Errorf("a public reply: %q", message.Summary)
		}
	case bot.Done:
		message = reply.Message
	case bot.Invalid:
		return fmt.Sprint(reply.Fields)
	case bot.Ask:
		return fmt.Sprint(reply.Form.Title, reply.Form.Fields)
	case bot.Refresh:
		var err error
		var version int64
		message, version, err = w.router.View(w.t.Context(), reply.View)
		w.ok(err)
		if version < reply.View.Version {
			w.t.Errorf("the view shows version %d, less than %d", version, reply.View.Version)
		}
	default:
		w.t.Fatalf("nothing to read: %#v", reply)
	}
	raw, err := message.MarshalJSON()
	w.ok(err)
	return strings.ReplaceAll(string(raw), `\"`, "'")
}

// has expects words in a reply, and those after a "!" not.
func (w *world) has(what string, reply bot.Reply, wanted ...string) {
	w.t.Helper()
	text := w.text(reply)
	for _, want := range wanted {
		if not, banned := strings.CutPrefix(want, "!"); banned == strings.Contains(text, not) {
			w.t.Errorf("%s: %q in\n%s", what, want, text)
		}
	}
}

func (w *world) sweep() {
	w.t.Helper()
	for range 2 { // two replicas
		for _, sweep := range w.feature.Sweeps() {
			next, err := sweep.Run(w.t.Context())
			w.ok(err)
			if !next.IsZero() && !next.After(w.clock.now) {
				w.t.Errorf("%s is due again at %s, which has passed", sweep.Name, next)
			}
		}
	}
}

// until lets time go by to a moment, in steps of half a day.
func (w *world) until(at time.Time) {
	w.t.Helper()
	for ; w.clock.now.Before(at); w.clock.now = w.clock.now.Add(12 * time.Hour) {
		w.sweep()
	}
	w.clock.now = at
	w.sweep()
}

// keys lists deliveries that hold a word, without the ids of persons.
func (w *world) keys(word string) []string {
	w.t.Helper()
	var out []string
	for _, line := range outbox(w.t, w.db) {
		for _, name := range []string{"lea", "lou", "ex0", "ex1", "ex2"} {
			line = strings.ReplaceAll(line, w.id(name), name)
		}
		if strings.Contains(line, word) {
			out = append(out, line)
		}
	}
	slices.Sort(out)
	return out
}

func (w *world) expect(word string, want ...string) {
	w.t.Helper()
	if got := w.keys(word); !slices.Equal(got, want) {
		w.t.Errorf("%q: %v, not %v", word, got, want)
	}
}

// champion has a lead name somebody, who accepts.
func (w *world) champion(name string, pairs ...string) {
	w.t.Helper()
	w.has("named", w.send("lea", "champions.name", "", append([]string{"person", w.id(name)}, pairs...)...), "Asked privately")
	w.has("accepted", w.press(name, "champions.accept", w.id(name)), "Thank you for speaking for us")
}

func (w *world) home(name string) bot.Reply {
	w.t.Helper()
	message, err := w.router.Home(w.t.Context(), account(name))
	w.ok(err)
	return bot.Say{Message: message}
}

func (w *world) waiting() string {
	w.t.Helper()
	open, err := w.feature.Waiting(w.t.Context())
	w.ok(err)
	var out []string
	for _, m := range open {
		if m.Since.IsZero() || m.Kind == "" || m.Page == "" || m.Do == nil {
			w.t.Errorf("something is missing: %+v", m)
		}
		out = append(out, m.What.Plain(time.UTC))
	}
	return strings.Join(out, " | ")
}

// From the question to the briefing and what came of the meeting, as a lead and a
// champion live it.
func TestAChampionsYear(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ex0 := w.id("ex0")
	w.has("nobody yet", w.say("lea", "champions"), "Nobody yet")
	w.has("the form", w.say("lea", "champion"), "Name a champion", "The board or body")
	w.has("named", w.send("lea", "champions.name", "", "person", ex0, "body", "Cabinet", "on", "2026-12-10"), "Asked privately", "ex0")
	w.expect("ask", "champion/ex0/1/ask nudge 1 queued")
	w.has("on the page of who was asked", w.home("ex0"), "lea", "would be a champion", "champions.accept", "Why you")
	w.has("the lead knows that it is open", w.say("lea", "champions"), "asked on")
	w.has("accepted", w.press("ex0", "champions.accept", ex0), "Thank you for speaking for us")
	w.expect("champion/ex0/1/page", "champion/ex0/1/page answer 2 queued")
	w.expect("/lead/", "champion/ex0/1/lead/lea asked 2 queued")
	w.expect("/ask", "champion/ex0/1/ask nudge 2 dropped") // read on the home page
	w.has("one's own", w.say("ex0", "champion page"), "Your page as a champion", "Thursday 10 December 2026", "3 working days before")
	w.has("a promise", w.send("ex0", "champions.promise", ex0, "words", "Ask for two more pilots", "side", "theirs", "due", "2026-12-10"), "Ask for two more pilots (until 10 December 2026)")
	w.has("another", w.send("lea", "champions.promise", ex0, "words", "Numbers by then"), "Numbers by then", "Champion: ex0")
	w.until(time.Date(2026, 12, 3, 8, 59, 0, 0, time.UTC))
	w.expect("/draft/")
	w.until(time.Date(2026, 12, 3, 9, 0, 0, 0, time.UTC))
	w.expect("/draft/", "champion/ex0/1/draft/1.1/lea asked 5 queued")
	if got := w.clock.now.Sub(w.from); got != 91*day {
		t.Errorf("the first briefing tells of %s", got)
	}
	w.has("what waits", bot.Say{Message: bot.Notice(w.waiting())}, "The briefing for ex0 before Cabinet on 10 December 2026 goes as it is drafted")
	w.has("the draft", w.press("lea", "champions.draft", ex0), "If you do nothing it goes as it stands", "A story.", "A pilot.", "champions.send", "Numbers by then")
	w.has("its form", w.press("lea", "champions.edit", ex0+"/1"), "Stories\n- A story.\n- Another.\n\nDecided\n- A pilot.")
	w.has("edited", w.send("lea", "champions.edit", ex0+"/1", "text", "Stories\n- In our own words.\n\nDecided\n- A pilot."), "In our own words.", "/pilots/1", "!A story.")
	w.until(time.Date(2026, 12, 7, 9, 0, 0, 0, time.UTC))
	w.expect("/briefing/", "champion/ex0/1/briefing/1 asked 0 queued")
	w.has("gone", w.press("lea", "champions.skip", ex0+"/1"), "has gone out already")
	w.has("kept", w.press("lea", "champions.kept", ex0+"/"+w.promise("ex0", "Numbers by then")), "✔ ")
	w.until(time.Date(2026, 12, 11, 9, 0, 0, 0, time.UTC))
	w.expect("/after/", "champion/ex0/1/after/1/2026-12-10/lea asked 0 queued")
	w.has("what waits", bot.Say{Message: bot.Notice(w.waiting())}, "What came of Cabinet on 10 December 2026, where ex0 speaks")
	w.has("the form", w.press("ex0", "champions.meeting", ex0), "What came of the meeting of Thursday 10 December 2026?")
	w.has("set", w.send("ex0", "champions.meeting", ex0, "on", "2027-03-11", "body", "Board", "which", "another", "came", "Two more.", "days", "5"), "Thursday 11 March 2027", "Two more.", "5 working days")
	w.expect("/after/", "champion/ex0/1/after/1/2026-12-10/lea asked 0 dropped") // it was not read yet
	w.until(begin.Add(93 * day))
	w.expect("/question/", "champion/ex0/1/question/1 nudge "+w.version("ex0")+" queued")
	w.has("yes", w.press("ex0", "champions.on", ex0+"/1"), "Thank you, you go on")
	w.until(time.Date(2027, 3, 4, 9, 0, 0, 0, time.UTC))
	w.expect("/briefing/", "champion/ex0/1/briefing/1 asked 0 dropped", "champion/ex0/1/briefing/2 asked 0 queued") // nothing was sent here, and the first is of a meeting long ago
	if !w.from.Equal(time.Date(2026, 12, 3, 9, 0, 0, 0, time.UTC)) {
		t.Errorf("the second briefing tells from %s on", w.from)
	}
}

func (w *world) get(name string) champions.Champion {
	w.t.Helper()
	c, err := w.stores.Champions.Get(w.t.Context(), w.id(name))
	w.ok(err)
	return c
}

func (w *world) version(name string) string { w.t.Helper(); return fmt.Sprint(w.get(name).Version) }

func (w *world) promise(name, words string) string {
	w.t.Helper()
	for _, p := range w.get(name).Promises {
		if p.Words == words {
			return p.ID
		}
	}
	w.t.Fatalf("no promise %q", words)
	return ""
}

// Rather not: the lead reads it without a reason, and nobody is written to again.
func TestRatherNot(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ex0 := w.id("ex0")
	w.send("lea", "champions.name", "", "person", ex0)
	w.has("twice", w.send("lou", "champions.name", "", "person", ex0), "was asked already")
	w.has("rather not", w.press("ex0", "champions.decline", ex0), "That is fine")
	w.has("pressed again", w.press("ex0", "champions.decline", ex0), "That is fine")
	w.has("the other one, late", w.press("ex0", "champions.accept", ex0), "has its answer already")
	w.expect("declined", "champion/ex0/1/declined/lea asked 0 queued")
	w.has("the list", w.press("lea", "champions.list", ""), "would rather not")
	w.until(begin.Add(200 * day))
	w.has("it is nobody's business for ever", w.press("lea", "champions.list", ""), "!would rather not", "!ex0")
	w.expect("ex0", "champion/ex0/1/ask nudge 2 dropped", "champion/ex0/1/declined/lea asked 0 queued")
	w.has("no page", w.say("ex0", "champion page"), "not here, or not for you")
	w.has("asked once more", w.send("lea", "champions.name", "", "person", ex0), "Asked privately")
	w.has("glad to", w.press("ex0", "champions.accept", ex0), "Thank you")
}

// The same form twice names once; a question without an answer runs out and says so
// once.
func TestTheQuestionRunsOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 2 {
		w.has("the same form", w.do("lea", bot.Invocation{Command: "champions.name", Nonce: "one", Values: values([]string{"person", w.id("ex0"), "on", "2026-12-10"})}), "Asked privately")
	}
	if c := w.get("ex0"); c.Term != 1 || len(c.Meetings) != 1 {
		t.Errorf("%+v", c)
	}
	w.until(begin.Add(60 * day))
	w.expect("lapsed", "champion/ex0/1/lapsed/lea asked 0 queued")
	w.has("late", w.press("ex0", "champions.accept", w.id("ex0")), "has run out")
}

// A leaver is found in the same sweep: what was to go there is taken back, the lead
// is told once, our promises stay, and the other lead's page says that one is left.
func TestALeaver(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.champion("ex0", "on", "2026-12-10", "body", "Cabinet")
	w.champion("ex1")
	w.send("lea", "champions.promise", w.id("ex0"), "words", "Numbers by then", "due", "2026-12-01")
	w.until(time.Date(2026, 12, 7, 9, 0, 0, 0, time.UTC))
	w.expect("/briefing/", "champion/ex0/1/briefing/1 asked 0 queued")
	w.expect("champions/few")
	gone := true
	w.record(bot.AccountFact{Name: "ex0", Inactive: &gone})
	w.sweep()
	w.expect("/briefing/", "champion/ex0/1/briefing/1 asked 0 dropped")
	w.expect("/page", "champion/ex0/1/page answer 5 dropped", "champion/ex1/1/page answer 2 queued")
	w.expect("/gone/", "champion/ex0/1/gone/lea asked 0 queued")
	w.expect("champions/few", "champions/few/1/lea asked 0 queued", "champions/few/1/lou asked 0 queued")
	w.has("the list", w.say("lou", "champions"), "account inactive", "One active champion", "ours 1, theirs 0")
	w.has("what waits", bot.Say{Message: bot.Notice(w.waiting())}, "Promised to ex0: Numbers by then", "One active champion", "No next meeting is set for ex1")
	active, err := w.feature.Active(t.Context())
	w.ok(err)
	if len(active) != 1 || string(active[0]) != w.id("ex1") {
		t.Errorf("active: %v", active)
	}
	w.until(begin.Add(300 * day))
	w.expect("/gone/", "champion/ex0/1/gone/lea asked 0 queued")
	w.expect("champions/few", "champions/few/1/lea asked 0 queued", "champions/few/1/lou asked 0 queued")
	if got := w.keys("champion/ex0/1/question"); len(got) > 0 {
		t.Errorf("asked after leaving: %v", got)
	}
	w.has("our promise is settled", w.send("lou", "champions.drop", w.id("ex0")+"/"+w.promise("ex0", "Numbers by then"), "reason", "Nobody to tell."), "Nobody to tell.")
}

// Between the account's end and the next sweep, nothing goes to it and it is not
// counted.
func TestGoneBeforeTheSweep(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.champion("ex0", "on", "2026-12-10")
	w.until(time.Date(2026, 12, 3, 9, 0, 0, 0, time.UTC))
	gone := true
	w.record(bot.AccountFact{Name: "ex0", Inactive: &gone})
	w.has("sent by hand", w.press("lea", "champions.send", w.id("ex0")+"/1"), "not active any more")
	if active, err := w.feature.Active(t.Context()); err != nil || len(active) > 0 {
		t.Errorf("%v, %v", active, err)
	}
}

// A source that fails holds up its own briefing and nothing else, and the briefing
// comes once it works again.
func TestABrokenSource(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.champion("ex1", "on", "2026-12-10")
	w.champion("ex0")
	if w.id("ex1") > w.id("ex0") {
		t.Fatal("the one who fails has to come first")
	}
	w.broken = true
	w.clock.now = begin.Add(92 * day)
	w.send("lea", "champions.meeting", w.id("ex1"), "on", "2027-03-01", "which", "another")
	if _, err := w.feature.Sweeps()[0].Run(t.Context()); err == nil {
		t.Fatal("nothing is said of a source that fails")
	}
	w.expect("/question/", "champion/ex0/1/question/1 nudge 3 queued")
	w.broken = false
	w.sweep()
	if got := w.keys("/draft/"); len(got) != 1 {
		t.Errorf("%v", got)
	}
}

// What was taken back between the draft and the briefing is not told, also where a
// lead edited the rest; what a lead wrote stays. With nothing left none goes out.
func TestWhatWasTakenBackIsNotTold(t *testing.T) {
	t.Parallel()
	story, pilot := champions.Point{Of: "story/1", Section: "Stories", Words: "A story."}, champions.Point{Of: "pilot/1", Section: "Stories", Words: "A pilot."}
	for name, c := range map[string]struct {
		edit    string
		left    []champions.Point
		want    string // of the points that went out
		outcome champions.Stage
	}{
		"untouched":   {"", []champions.Point{pilot}, "Stories\n- A pilot.", champions.Sent},
		"edited":      {"Stories\n- A story.\n- Our own words.", []champions.Point{pilot}, "Stories\n- Our own words.", champions.Sent},
		"all is gone": {"", []champions.Point{}, "", champions.Missed},
		"nothing is":  {"", []champions.Point{story, pilot}, "Stories\n- A story.\n- A pilot.", champions.Sent},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.told = []champions.Point{story, pilot}
			w.champion("ex0", "on", "2026-12-10", "body", "Cabinet")
			w.until(time.Date(2026, 12, 3, 9, 0, 0, 0, time.UTC))
			if c.edit != "" {
				w.has("edited", w.send("lea", "champions.edit", w.id("ex0")+"/1", "text", c.edit), "Our own words.")
			}
			w.told = c.left
			w.until(time.Date(2026, 12, 7, 9, 0, 0, 0, time.UTC))
			b := w.get("ex0").Meetings[0].Briefing
			if got := champions.Text(b.Points); b.Stage != c.outcome || got != c.want {
				t.Errorf("%s with %q, not %s with %q", b.Stage, got, c.outcome, c.want)
			}
			if sent := len(w.keys("/briefing/")); (sent == 1) != (c.outcome == champions.Sent) {
				t.Errorf("%d briefings went out", sent)
			}
		})
	}
}

// What is typed wrongly is said at its field, and nothing is done.
func TestWrongForms(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.champion("ex0", "on", "2026-12-10", "days", "1")
	ex0 := w.id("ex0")
	before := w.get("ex0")
	for what, c := range map[string]struct {
		reply bot.Reply
		field string
	}{
		"nobody":        {w.send("lea", "champions.name", ""), "person"},
		"a ghost":       {w.send("lea", "champions.name", "", "person", "ghost"), "person"},
		"a champion":    {w.send("lea", "champions.name", "", "person", ex0), "person"},
		"no day":        {w.send("lea", "champions.name", "", "person", w.id("ex1"), "on", "soon"), "on"},
		"yesterday":     {w.send("lea", "champions.name", "", "person", w.id("ex1"), "on", "2026-11-22"), "on"},
		"no days":       {w.send("lea", "champions.name", "", "person", w.id("ex1"), "days", "0"), "days"},
		"many days":     {w.send("lea", "champions.meeting", ex0, "days", "21"), "days"},
		"a past day":    {w.send("ex0", "champions.meeting", ex0, "on", "2026-11-01"), "on"},
		"no words":      {w.send("ex0", "champions.promise", ex0, "words", " "), "words"},
		"no side":       {w.send("ex0", "champions.promise", ex0, "words", "x", "side", "both"), "side"},
		"no due day":    {w.send("ex0", "champions.promise", ex0, "words", "x", "due", "2026-02-30"), "due"},
		"no promise":    {w.send("ex0", "champions.settle", ex0, "promise", "none"), "promise"},
		"of no promise": {w.send("ex0", "champions.settle", ex0), "promise"},
	} {
		if invalid, is := c.reply.(bot.Invalid); !is || invalid.Fields[c.field] == "" {
			t.Errorf("%s: %#v", what, c.reply)
		}
	}
	w.has("words after the command", w.say("lea", "champion please"), "I do not know that word")
	w.has("nothing to settle", w.press("ex0", "champions.settle", ex0), "No promise is open")
	w.has("no draft", w.press("lea", "champions.draft", ex0), "There is no draft")
	if after := w.get("ex0"); after.Version != before.Version {
		t.Errorf("something was changed: %+v", after)
	}
	w.send("ex0", "champions.promise", ex0, "words", "A word")
	id := ex0 + "/" + w.promise("ex0", "A word")
	w.has("without a reason", w.send("ex0", "champions.drop", id), "reason")
	w.has("the form of a drop", w.press("ex0", "champions.drop", id), "Drop a promise")
	w.has("kept", w.press("ex0", "champions.kept", id), "✔ ")
	w.has("kept twice", w.press("lea", "champions.kept", id), "✔ ")
	w.has("dropped late", w.send("lea", "champions.drop", id, "reason", "x"), "settled in the meantime")
	w.has("its form, late", w.press("lea", "champions.drop", id), "settled in the meantime")
	w.until(time.Date(2026, 12, 7, 9, 0, 0, 0, time.UTC))
	w.has("emptied", w.send("lea", "champions.edit", ex0+"/1", "text", "No point"), "text")
}

// A button that was never shown to somebody does nothing and tells nothing: the
// answer is the one about a champion whom there is not.
func TestForgedButtons(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	t.Parallel()
	w := newWorld(t)
	ex0 := w.id("ex0")
	fields := []string{"person", "", "on", "2027-01-01", "words", "forged", "side", "ours", "promise", "x", "reason", "forged", "text", "- forged"}
	w.send("lea", "champions.name", "", "person", ex0, "on", "2026-12-10")
	for state, next := range []func(){
		func() { w.press("ex0", "champions.accept", ex0) },
		func() { w.until(time.Date(2026, 12, 3, 9, 0, 0, 0, time.UTC)) },
		func() { w.press("ex0", "champions.rest", ex0) },
		func() { w.press("ex0", "champions.leave", ex0) },
		func() {},
	} {
		before := w.get("ex0")
		for _, command := range w.feature.Commands() {
			if command.Name == "champions.mine" { // about oneself
				continue
			}
			for _, who := range []string{"cleo", "ex1"} {
				for _, part := range []string{"", "/1"} {
					said, missing := w.text(w.press(who, command.Name, ex0+part)), w.text(w.press(who, command.Name, "none"+part))
					if said != missing || !strings.Contains(said, "not here, or not for you") && !strings.Contains(said, "for comms leads") {
						t.Errorf("%d, %s by %s: %s, and of nothing %s", state, command.Name, who, said, missing)
					}
					said, missing = w.text(w.send(who, command.Name, ex0+part, fields...)), w.text(w.send(who, command.Name, "none"+part, fields...))
					if command.Needs == bot.Colleague && command.Name != "champions.meeting" && said != missing {
						t.Errorf("%d, %s sent by %s: %s, and of nothing %s", state, command.Name, who, said, missing)
					}
				}
			}
		}
		if after := w.get("ex0"); after.Version != before.Version {
			t.Errorf("%d: something was changed", state)
		}
		next()
	}
	for _, who := range []string{"cleo", "ex1", "ex0"} {
		_, err := w.feature.PageOf(t.Context(), w.actor(who), ex0)
		_, list := w.feature.Sheet(t.Context(), w.actor(who))
		if !errors.Is(err, bot.ErrNotFound) || !errors.Is(list, bot.ErrNotFound) {
			t.Errorf("%s sees a page: %v, %v", who, err, list)
		}
	}
	if matters, err := w.feature.Matters(t.Context(), w.actor("ex1")); err != nil || len(matters) > 0 {
		t.Errorf("%v, %v", matters, err)
	}
}

// The list is in alphabetical order, whatever the case, and the home pages show what
// is theirs.
func TestListAndHome(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.change("ex1", func(p *bot.Person) { p.Name = "anna" })
	w.change("ex0", func(p *bot.Person) { p.Name = "Zoe" })
	w.change("ex2", func(p *bot.Person) { p.Name = "Bert" })
	w.has("a lead before", w.home("lea"), "Nobody speaks for the programme where decisions are made yet")
	for _, name := range []string{"ex0", "ex1", "ex2"} {
		w.champion(name)
	}
	w.sweep()
	text := w.text(w.say("lea", "champions"))
	if a, b, z := strings.Index(text, "anna"), strings.Index(text, "Bert"), strings.Index(text, "Zoe"); a < 0 || a > b || b > z {
		t.Errorf("the order is wrong: %s", text)
	}
	w.has("a lead", w.home("lou"), "3 of 3 whom leads named", "No next meeting is set for", "!One active")
	w.has("a champion", w.home("ex1"), "Your page as a champion", "champions.rest")
	w.has("a colleague", w.home("cleo"), "!hampion")
	w.press("ex1", "champions.leave", w.id("ex1"))
	w.has("not any more", w.home("ex1"), "!hampion")
	w.has("pressed again", w.press("ex1", "champions.leave", w.id("ex1")), "Thank you for having spoken for us")
	w.has("and another", w.press("ex1", "champions.rest", w.id("ex1")), "no longer a champion")
	w.expect("/left/", "champion/ex1/1/left/lea asked 0 queued")
	w.sweep()
	w.expect("champions/few")
	w.press("ex2", "champions.rest", w.id("ex2"))
	w.sweep()
	w.has("below two", w.home("lou"), "1 of 3 whom leads named", "One active champion")
	w.expect("champions/few", "champions/few/1/lea asked 0 queued", "champions/few/1/lou asked 0 queued")
	w.press("ex2", "champions.return", w.id("ex2"))
	w.sweep()
	w.expect("champions/few", "champions/few/1/lea asked 0 dropped", "champions/few/1/lou asked 0 dropped")
}
