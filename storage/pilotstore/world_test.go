package pilotstore_test

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
	"evangelist/bot/pilots"
	"evangelist/storage/internal/engine"
	"evangelist/storage/kernelstore"
	"evangelist/storage/pilotstore"
	"evangelist/storage/storagetest"
)

// world is an installation in the small: a lead (lea), a sponsor (sam), a team
// member (tia), an author of an idea (ida), colleagues, a room.
type world struct {
	t       *testing.T
	db      *engine.DB
	clock   *fixedClock
	people  *kernelstore.People
	stores  pilots.Stores
	feature *pilots.Feature
	router  *bot.Router
	entries []string // what was written into ideas
	breaks  error    // why nothing can be written into them
	presses int
}

const (
	notHere  = "That is not here, or not for you. Perhaps it was closed or removed in the meantime."
	forLeads = "That is for comms leads."
)

func newWorld(t *testing.T) *world { return worldOn(t, storagetest.Memory(t)) }

func worldOn(t *testing.T, db *engine.DB) *world {
	t.Helper()
	clock, chance := &fixedClock{begin}, &counting{}
	w := &world{t: t, db: db, clock: clock, people: kernelstore.NewPeople(db, clock, chance), stores: pilotstore.New(db, clock)}
	places := kernelstore.NewPlaces(db, clock)
	w.router = bot.NewRouter(bot.RouterConfig{People: w.people, Clock: clock, Random: chance, Log: slog.New(slog.DiscardHandler)})
	w.feature = pilots.New(pilots.Config{
		Organisation: bot.Organisation{Name: "Test", Zone: time.UTC, Word: "evangelist"},
		People:       w.people, Places: places, Stores: w.stores, Clock: clock, Random: chance,
		Idea: func(_ context.Context, actor bot.Actor, reference string) (pilots.Idea, error) {
			if reference != "I-2345" && reference != "I-6789" || !actor.Has(bot.Lead) {
				return pilots.Idea{}, bot.ErrNotFound
			}
			return pilots.Idea{ID: "idea " + reference, Reference: reference, Title: "Bin days by phone"}, nil
		},
		Backers: func(_ context.Context, idea string) ([]bot.PersonID, error) {
			if idea == "idea I-6789" { // without a name
				return nil, nil
			}
			return []bot.PersonID{w.id("ida")}, nil
		},
		Enter: func(_ context.Context, idea, key, words string) error {
			if w.breaks != nil {
				return w.breaks
			}
			entry := idea + " " + key + ": "
			if !slices.ContainsFunc(w.entries, func(e string) bool { return strings.HasPrefix(e, entry) }) {
				w.entries = append(w.entries, entry+words)
			}
			return nil
		},
	})
	w.ok(w.router.Add(w.feature.Commands()...))
	w.router.AddViews(w.feature.Views()...)
	w.router.AddPanels(w.feature.Panels()...)
	for _, name := range []string{"lea", "sam", "tia", "ida", "cleo"} {
		w.record(bot.AccountFact{Name: name})
	}
	w.record(bot.AccountFact{Name: "guest", External: true})
	w.ok(w.people.Change(t.Context(), w.id("lea"), func(p *bot.Person) ([]bot.Delivery, error) {
		p.Roles = []bot.Role{bot.Lead}
		return nil, nil
	}))
	w.ok(places.Observe(t.Context(), []bot.Place{
		{ID: "test|room", Name: "room", Kind: bot.OpenChannel, Member: true}, {ID: "test|away", Name: "away", Kind: bot.OpenChannel},
		{ID: "test|old", Name: "old", Kind: bot.OpenChannel, Member: true, Archived: true}, {ID: "test|shared", Name: "shared", Kind: bot.OpenChannel, Member: true, External: true},
		{ID: "test|direct", Name: "direct", Kind: bot.DirectChat, Member: true},
	}))
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

func (w *world) id(name string) bot.PersonID {
	w.t.Helper()
	actor, err := w.people.Actor(w.t.Context(), account(name))
	w.ok(err)
	return actor.Person
}

// do carries out an invocation; each has its own nonce unless it brings one.
func (w *world) do(name string, in bot.Invocation) bot.Reply {
	w.t.Helper()
	w.clock.now = w.clock.now.Add(3 * time.Second) // so that nobody is too fast
	in.Workspace = "test"
	if name != "" {
		in.Actor = bot.Actor{Account: account(name), Name: name}
	}
	if in.Nonce == "" {
		w.presses++
		in.Nonce = fmt.Sprint("press ", w.presses)
	}
	reply := w.router.Do(w.t.Context(), in)
	w.enter()
	return reply
}

// enter lets the sweep run that a change wakes.
func (w *world) enter() {
	w.t.Helper()
	if _, err := w.feature.Sweeps()[1].Run(w.t.Context()); err != nil && !errors.Is(err, w.breaks) {
		w.t.Errorf("the sweep of ideas: %v", err)
	}
}

// say types words after /evangelist.
func (w *world) say(name, words string) bot.Reply {
	w.t.Helper()
	return w.do(name, bot.Invocation{Command: "evangelist", Words: words})
}

// press presses a button.
func (w *world) press(name, command, arg string) bot.Reply {
	w.t.Helper()
	return w.do(name, bot.Invocation{Command: command, Arg: arg})
}

// send fills a form in and submits it twice: the second time changes nothing that
// is kept or sent.
func (w *world) send(name string, reply bot.Reply, pairs ...string) bot.Reply {
	w.t.Helper()
	ask, ok := reply.(bot.Ask)
	if !ok {
		w.t.Fatalf("not a form: %s", w.text(reply))
	}
	if n := len(ask.Form.Fields); n == 0 || n > 5 {
		w.t.Errorf("the form %s has %d fields", ask.Form.Title, n)
	}
	if len([]rune(ask.Form.Title)) > 24 {
		w.t.Errorf("the title %q is too long", ask.Form.Title)
	}
	values := map[string][]string{}
	for i, field := range ask.Form.Fields {
		if field.Required != (i == 0) && !(i == 0 && field.Kind == bot.YesNoField) {
			w.t.Errorf("the form %s: field %s", ask.Form.Title, field.Name)
		}
		values[field.Name] = field.Value
	}
	for i := 0; i < len(pairs); i += 2 {
		values[pairs[i]] = []string{pairs[i+1]}
	}
	in := bot.Invocation{Command: ask.Form.Command, Arg: ask.Form.Arg, Values: values, Nonce: ask.Form.Nonce}
	first := w.do(name, in)
	before := w.dump()
	w.do(name, in)
	if after := w.dump(); after != before {
		w.t.Errorf("%s, sent twice, changes something:\n%s\n%s", ask.Form.Command, before, after)
	}
	return first
}

// dump is everything that is kept and sent, without the moments at which cards are
// to be edited.
func (w *world) dump() string {
	w.t.Helper()
	var out strings.Builder
	for _, table := range []string{"goals", "pilots", "pilot_people", "pilot_measures", "pilot_checkins", "pilot_readings", "pilot_surveys", "pilot_answers", "stories", "story_tellings"} {
		w.ok(w.db.Read(w.t.Context(), func(ctx context.Context, tx *engine.Tx) error {
			rows, err := tx.Query(ctx, `SELECT * FROM `+table)
			if err != nil {
				return err
			}
			columns, err := rows.Columns()
			if err != nil {
				return err
			}
			var lines []string
			for rows.Next() {
				cells := make([]any, len(columns))
				for i := range cells {
					cells[i] = new(any)
				}
				if err := rows.Scan(cells...); err != nil {
					return err
				}
				line := table
				for _, cell := range cells {
					line += fmt.Sprintf("|%v", *cell.(*any))
				}
				lines = append(lines, line)
			}
			slices.Sort(lines)
			out.WriteString(strings.Join(lines, "\n") + "\n")
			return rows.Close()
		}))
	}
	fmt.Fprintf(&out, "%v\n%v\n", outbox(w.t, w.db), w.entries)
	return out.String()
}

// text returns everything that a reply shows.
func (w *world) text(reply bot.Reply) string {
	w.t.Helper()
	switch reply := reply.(type) {
	case bot.Say:
		if reply.Public {
			w.t.Errorf("a public reply: %q", reply.Message.Summary)
		}
		return w.words(reply.Message)
	case bot.Done:
		return w.words(reply.Message)
	case bot.Ask:
		return "form " + reply.Form.Title
	case bot.Invalid:
		var all []string
		for field, sentence := range reply.Fields {
			all = append(all, field+": "+sentence)
		}
		slices.Sort(all)
		return strings.Join(all, "\n")
	case bot.Refresh:
		message, version, err := w.router.View(w.t.Context(), reply.View)
		w.ok(err)
		if version < reply.View.Version {
			w.t.Errorf("the view %s shows version %d, less than the wanted %d", reply.View.Kind, version, reply.View.Version)
		}
		return w.words(message)
	}
	w.t.Fatalf("nothing to read: %#v", reply)
	return ""
}

func (w *world) words(message bot.Message) string {
	w.t.Helper()
	text, err := message.MarshalJSON()
	w.ok(err)
	return strings.ReplaceAll(string(text), `\"`, "'")
}

// has expects words in a reply, and those after a "!" not.
func (w *world) has(what string, reply bot.Reply, wanted ...string) string {
	w.t.Helper()
	text := w.text(reply)
	for _, want := range wanted {
		if not, banned := strings.CutPrefix(want, "!"); banned {
			if strings.Contains(text, not) {
				w.t.Errorf("%s: says %q in\n%s", what, not, text)
			}
		} else if !strings.Contains(text, want) {
			w.t.Errorf("%s: does not say %q in\n%s", what, want, text)
		}
	}
	return text
}

// pass lets time go by: everything that is due is done, and every card that was
// promised can be drawn in the version that was promised.
func (w *world) pass(by time.Duration) {
	w.t.Helper()
	w.clock.now = w.clock.now.Add(by)
	for _, sweep := range w.feature.Sweeps() {
		next, err := sweep.Run(w.t.Context())
		w.ok(err)
		if !next.IsZero() && !next.After(w.clock.now) {
			w.t.Errorf("%s is due again at %s, which has passed", sweep.Name, next)
		}
		before := w.dump()
		_, err = sweep.Run(w.t.Context())
		w.ok(err)
		if w.dump() != before {
			w.t.Errorf("%s, run again at once, changes something", sweep.Name)
		}
	}
	w.drawn()
}

// drawn draws every card in the outbox.
func (w *world) drawn() {
	w.t.Helper()
	var views []bot.View
	w.ok(w.db.Read(w.t.Context(), func(ctx context.Context, tx *engine.Tx) (err error) {
		views, err = engine.All(ctx, tx, func(row engine.Scanner) (bot.View, error) {
			var v bot.View
			err := row.Scan(&v.Kind, &v.ID, &v.Version)
			return v, err
		}, `SELECT view_kind, view_id, wanted FROM deliveries WHERE view_kind <> ''`)
		return err
	}))
	for _, view := range views {
		message, version, err := w.router.View(w.t.Context(), view)
		if err != nil || version < view.Version || message.Summary == "" {
			w.t.Errorf("the card %+v is drawn at version %d: %v", view, version, err)
		}
	}
}

// queued lists the keys of messages to a person that have not gone out.
func (w *world) queued(name, containing string) []string {
	w.t.Helper()
	var keys []string
	for _, d := range outbox(w.t, w.db) {
		if d.Person == string(w.id(name)) && d.State == "queued" && strings.Contains(d.Key, containing) {
			keys = append(keys, d.Key)
		}
	}
	return keys
}

// pilot returns the only pilot.
func (w *world) pilot() pilots.Pilot {
	w.t.Helper()
	all, err := w.stores.Pilots.List(w.t.Context(), pilots.Filter{})
	w.ok(err)
	if len(all) == 0 {
		w.t.Fatal("there is no pilot")
	}
	return all[0]
}

// started makes a goal and a pilot of sam's, with tia in its team, and starts it.
func (w *world) started() pilots.Pilot {
	w.t.Helper()
	p := w.drafted()
	w.send("lea", w.press("lea", "pilots.bounds", p.ID), "cost", "nothing", "ends", "2026-12-15", "sponsor", string(w.id("sam")))
	w.send("sam", w.press("sam", "pilots.measure", p.ID), "measure", "Calls in a week", "aim", "at most", "target", "1,040")
	w.send("sam", w.press("sam", "pilots.member", p.ID), "who", string(w.id("tia")))
	w.send("sam", w.press("sam", "pilots.preflight", p.ID), "guideline", "yes", "clause", "4.2", "personal", "no")
	w.has("start", w.press("sam", "pilots.start", p.ID), "running until 15 December 2026", "at most 1040", "unchanged since")
	return w.pilot()
}

func (w *world) drafted() pilots.Pilot {
	w.t.Helper()
	w.has("a goal", w.send("lea", w.press("lea", "pilots.goal", "objective"), "title", "Fewer calls", "audience", "Residents", "benefit", "Time"), "Objective: ", "Fewer calls", "!Flagged")
	goals, err := w.stores.Goals.List(w.t.Context(), false)
	w.ok(err)
	w.has("a draft", w.send("lea", w.say("lea", "pilot new I-2345"), "scope", "Two wards", "audience", "Residents", "benefit", "An answer", "goal", goals[0].ID),
		"Bin days by phone", "I-2345", "open before it can start", "!Flagged")
	return w.pilot()
}
