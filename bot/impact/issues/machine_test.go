package issues

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"evangelist/bot"
)

// tuesday is when every test begins.
var tuesday = time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)

const day = 24 * time.Hour

func planned() Issue {
	return Issue{ID: "2026-10", Slot: "2026-11-03T09:00", From: "2026-10-01", To: "2026-10-31", State: Planned, Version: 1, Place: "place", Lead: "lead",
		Deputy: "deputy", Due: tuesday, Since: tuesday.Add(-day)}
}

func factsOf(i Issue) Facts {
	return Facts{Version: i.Version, Leads: []bot.PersonID{"deputy", "lead", "other"}}
}

// tick ticks until nothing moves.
func tick(t *testing.T, i *Issue, now time.Time, change func(*Facts)) []bot.Delivery {
	t.Helper()
	var all []bot.Delivery
	for range 20 {
		f := factsOf(*i)
		if change != nil {
			change(&f)
		}
		out, moved, err := i.Tick(now, f)
		if err != nil {
			t.Fatal(err)
		}
		if !moved {
			if len(out) > 0 {
				t.Fatal("it writes without moving", out)
			}
			return all
		}
		all = append(all, out...)
	}
	t.Fatal("it never comes to rest")
	return nil
}

func contentOf(words string) Content {
	return Content{Title: "Report, 1 – 31 October 2026", Organisation: "Test Council", From: "2026-10-01", To: "2026-10-31", Introduction: words}
}

// in leads an issue into a state by its own rules; champions says whether there
// are any.
func in(t *testing.T, state State, champions ...bot.PersonID) (Issue, time.Time) {
	t.Helper()
	i, now := planned(), tuesday
	step := func(_ []bot.Delivery, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	if state != Planned {
		tick(t, &i, now, nil)
	}
	switch state {
	case Planned, Draft:
	case Skipped:
		step(i.Skip(actorAs(AsLead), "nothing happened", now))
	default:
		step(i.Approve(actorAs(AsLead), i.Version, contentOf("words"), champions, now))
	}
	if state == Early || state == Held || state == Published {
		now = i.PublishAt
		tick(t, &i, now, nil)
	}
	if state == Held {
		step(i.Hold(actorAs(AsLead), now))
	}
	if state == Published && i.State == Early {
		now = i.PublishAt
		tick(t, &i, now, nil)
	}
	if i.State != state {
		t.Fatalf("the issue is %s, not %s", i.State, state)
	}
	return i, now
}

func actorAs(as Relation) bot.Actor {
	switch as {
	case AsLead:
		return bot.Actor{Account: "a", Person: "lead", Name: "Person One", Roles: []bot.Role{bot.Lead}}
	case AsChampion:
		return bot.Actor{Account: "a", Person: "champion", Name: "Person Two"}
	case AsColleague:
		return bot.Actor{Account: "a", Person: "colleague", Name: "Person Three"}
	default:
		return bot.Actor{}
	}
}

func actOn(i *Issue, act Act, actor bot.Actor, now time.Time) ([]bot.Delivery, error) {
	switch act {
	case See, Read:
		if !i.May(actor, act) {
			return nil, bot.ErrNotFound
		}
		return nil, nil
	case Edit:
		return i.Write(actor, i.Words.with("new words", "heard", "a note"))
	case Approve:
		return i.Approve(actor, i.Version, contentOf("words"), []bot.PersonID{"champion"}, now)
	case Undo:
		return i.Undo(actor, now)
	case Skip:
		return i.Skip(actor, "no time", now)
	case Hold:
		return i.Hold(actor, now)
	case GoOn:
		return i.GoOn(actor, now)
	case Reopen:
		return i.Reopen(actor, now)
	case Make:
		return i.Make(actor, now)
	default:
		return i.Object(actor, "key", "a number is odd", now)
	}
}

// expected is the machine as the promise has it, written down a second time: who
// may, in which state an act leads where, and where its repetition is silent.
func expected() map[Act]struct {
	who   Relation
	to    map[State]State
	again []State
} {
	type row = struct {
		who   Relation
		to    map[State]State
		again []State
	}
	return map[Act]row{
		Edit:    {AsLead, map[State]State{Draft: Draft}, nil},
		Approve: {AsLead, map[State]State{Draft: Approved}, []State{Approved, Early}},
		Undo:    {AsLead, map[State]State{Approved: Draft}, []State{Draft}},
		Skip:    {AsLead, map[State]State{Planned: Skipped, Draft: Skipped, Held: Skipped}, []State{Skipped}},
		Hold:    {AsLead, map[State]State{Early: Held}, []State{Held}},
		GoOn:    {AsLead, map[State]State{Held: Early}, []State{Early, Published}},
		Reopen:  {AsLead, map[State]State{Held: Draft}, []State{Draft}},
		Make:    {AsLead, map[State]State{Skipped: Planned}, []State{Planned, Draft}},
		Object:  {AsChampion, map[State]State{Early: Early, Held: Held}, nil},
	}
}

// Every act in every state by everybody: whoever may not learns nothing and
// changes nothing; a state that does not allow it says so and changes nothing;
// what is allowed leads where it should; the same again changes nothing.
func TestEveryActInEveryStateByEverybody(t *testing.T) {
	tried := 0
	for _, state := range States() {
		for _, act := range Acts() {
			for _, as := range Relations() {
				tried++
				t.Run(fmt.Sprintf("%s/%s/%s", state, act, as), func(t *testing.T) { oneAct(t, state, act, as) })
			}
		}
	}
	if want := len(States()) * len(Acts()) * len(Relations()); tried != want || len(expected()) != len(Acts())-2 {
		t.Fatalf("%d of %d cases", tried, want)
	}
}

// reads is who reads the page when, written down a second time.
func reads(state State, as Relation) bool {
	switch as {
	case AsLead:
		return true
	case AsChampion:
		return state == Early || state == Held || state == Published
	case AsColleague:
		return state == Published
	}
	return false
}

func oneAct(t *testing.T, state State, act Act, as Relation) {
	i, now := in(t, state, "champion")
	row, actor, before := expected()[act], actorAs(as), i
	early := state == Early || state == Held || state == Published
	may := row.who == as && (as != AsChampion || early)
	switch act {
	case See:
		may = as == AsLead
	case Read:
		may = reads(state, as)
	}
	out, err := actOn(&i, act, actor, now)
	same := reflect.DeepEqual(before, i)
	to, allowed := row.to[state]
	switch {
	case !may:
		if !errors.Is(err, bot.ErrNotFound) || len(out) > 0 || !same {
			t.Fatalf("%v, %d deliveries, changed %v", err, len(out), !same)
		}
		return
	case act == See || act == Read || slices.Contains(row.again, state):
		if err != nil || len(out) > 0 || !same {
			t.Fatalf("a second press: %v, %+v", err, out)
		}
		return
	case !allowed:
		var said *bot.Error
		if !errors.As(err, &said) || errors.Is(err, bot.ErrNotFound) || !strings.HasSuffix(said.Say, ".") || len(out) > 0 || !same {
			t.Fatalf("%v, %d deliveries", err, len(out))
		}
		return
	case err != nil || i.State != to || same || i.Version == before.Version:
		t.Fatalf("%v, from %s to %s", err, state, i.State)
	}
	settled := i
	if out, err := actOn(&i, act, actor, now); err != nil || len(out) > 0 || !reflect.DeepEqual(settled, i) {
		t.Fatalf("again: %v, %+v", err, out)
	}
}

// What time does in each state, once: and nothing a moment before.
func TestTimeLeadsOn(t *testing.T) {
	for _, champions := range [][]bot.PersonID{nil, {"champion"}} {
		for state, to := range map[State]State{Planned: Draft, Draft: Draft, Approved: Early, Early: Published, Held: Held, Published: Published, Skipped: Skipped} {
			if champions == nil {
				if state == Early || state == Held {
					continue
				}
				if state == Approved {
					to = Published
				}
			}
			i, now := in(t, state, champions...)
			due := i.NextAt()
			if !state.open() {
				if !due.IsZero() {
					t.Errorf("%s waits for %s", state, due)
				}
				due = now.Add(1000 * day)
			}
			before := i
			if out := tick(t, &i, due.Add(-time.Microsecond), nil); len(out) > 0 || !reflect.DeepEqual(before, i) {
				t.Errorf("%s moves too early: %+v", state, out)
			}
			tick(t, &i, due, nil)
			if i.State != to {
				t.Errorf("%s leads to %s, not %s", state, i.State, to)
			}
			settled := i
			if out := tick(t, &i, due, nil); len(out) > 0 || !reflect.DeepEqual(settled, i) {
				t.Errorf("%s moves twice: %+v", state, out)
			}
		}
	}
}

func keys(out []bot.Delivery, word string) (found []string) {
	for _, d := range out {
		if strings.Contains(d.Key, word) {
			found = append(found, string(d.To.Person))
		}
	}
	return found
}

// Nobody decides: the lead is reminded once, then the deputy or all others are
// asked once, then it waits for ever and is neither published nor skipped.
func TestNobodyDecides(t *testing.T) {
	for _, state := range []State{Draft, Held} {
		for _, deputy := range []bot.PersonID{"deputy", "", "gone"} {
			i, now := in(t, state, "champion")
			i.Deputy = deputy
			reminded := keys(tick(t, &i, now.Add(2*day), nil), "/remind/")
			out := tick(t, &i, now.Add(4*day), nil)
			others, want := keys(out, "/others/"), []string{"deputy", "other"}
			if deputy == "deputy" {
				want = []string{"deputy"}
			}
			if !slices.Equal(reminded, []string{"lead"}) || !slices.Equal(others, want) || len(keys(out, "/desk/")) != 1+len(want) {
				t.Errorf("%s, deputy %q: reminded %v, then asked %v, cards %v", state, deputy, reminded, others, keys(out, "/desk/"))
			}
			if out := tick(t, &i, now.Add(400*day), nil); len(out) > 0 || i.State != state || !i.NextAt().IsZero() {
				t.Errorf("%s does not wait: %+v", state, out)
			}
		}
	}
}

// A lead who leaves is followed by the deputy, or by another lead, in one tick; a
// card of its own comes with a word on why. Without any lead it waits for one.
func TestALeadWhoLeaves(t *testing.T) {
	for _, c := range []struct {
		leads []bot.PersonID
		want  bot.PersonID
	}{{[]bot.PersonID{"other", "deputy"}, "deputy"}, {[]bot.PersonID{"other"}, "other"}, {nil, "lead"}} {
		for _, state := range States() {
			i, now := in(t, state, "champion")
			out := tick(t, &i, now, func(f *Facts) { f.Leads = c.leads })
			moved := state.open() && c.want != "lead"
			if want := c.want; moved && i.Lead != want || !moved && i.Lead != "lead" {
				t.Errorf("%s: the lead is %s, not %s", state, i.Lead, want)
			}
			cards := moved && state != Planned
			if handed := keys(out, "/handed/"); (len(handed) == 1) != cards || cards && (handed[0] != string(c.want) || !slices.Contains(keys(out, "/desk/"), string(c.want))) {
				t.Errorf("%s: handed to %v, %+v", state, handed, out)
			}
		}
	}
}

// Champions get each revision once, nobody else does; a revision that was undone
// was never with them.
func TestChampionsReadEarly(t *testing.T) {
	i, now := in(t, Approved, "champion")
	if _, err := i.Undo(actorAs(AsLead), now.Add(59*time.Second)); err != nil || i.State != Draft {
		t.Fatalf("%s, %v", i.State, err)
	}
	approve := func() {
		t.Helper()
		if out, err := i.Approve(actorAs(AsLead), i.Version, contentOf("more"), []bot.PersonID{"champion", "champion"}, now); err != nil || len(keys(out, "/early/")) != len(i.Copies) {
			t.Fatalf("%v, %+v", err, out)
		}
	}
	approve()
	if _, err := i.Undo(actorAs(AsLead), now.Add(time.Minute)); !errors.Is(err, errUndone) {
		t.Fatalf("undone after its minute: %v", err)
	}
	now = now.Add(time.Minute)
	out := tick(t, &i, now, nil)
	if got := keys(out, "/early/2/"); len(got) != 1 || len(keys(out, "/early/")) != 1 || i.PublishAt != now.Add(48*time.Hour) {
		t.Fatalf("early copies: %+v", out)
	}
	for _, d := range out {
		if strings.Contains(d.Key, "/early/") && (d.Class != bot.Asked || d.Expires != i.PublishAt) {
			t.Errorf("%+v", d)
		}
		if d.To.Place != "" {
			t.Errorf("the place has it already: %+v", d)
		}
	}
	for range 2 { // held for a day, it goes out at its time; held for ten, in a minute
		if _, err := i.Hold(actorAs(AsLead), now); err != nil {
			t.Fatal(err)
		}
		if _, err := i.GoOn(actorAs(AsLead), now.Add(day)); err != nil || i.PublishAt != tuesday.Add(time.Minute+48*time.Hour) {
			t.Fatalf("%v, %s", err, i.PublishAt)
		}
	}
	i.Hold(actorAs(AsLead), now)
	if i.GoOn(actorAs(AsLead), now.Add(10*day)); i.PublishAt != now.Add(10*day+time.Minute) {
		t.Fatalf("it goes out at %s", i.PublishAt)
	}
	i.Hold(actorAs(AsLead), now)
	if _, err := i.Reopen(actorAs(AsLead), now); err != nil || i.Revision.Hash != "" {
		t.Fatal(err)
	}
	approve()
	now = i.PublishAt
	if got := tick(t, &i, now, nil); len(keys(got, "/early/3/")) != 1 {
		t.Errorf("the third revision: %+v", got)
	}
	out = tick(t, &i, i.PublishAt, nil)
	if i.State != Published || len(keys(out, "/out")) != 1 || !i.Published.Equal(i.Since) {
		t.Errorf("%s, %+v", i.State, out)
	}
}

// What was looked at is what is approved, and what was approved is what stays.
func TestApprovalFreezes(t *testing.T) {
	i, now := in(t, Draft)
	if _, err := i.Approve(actorAs(AsLead), i.Version-1, contentOf(""), nil, now); !errors.Is(err, ErrMoved) {
		t.Fatal(err)
	}
	if _, err := i.Approve(actorAs(AsLead), i.Version, contentOf("mine"), nil, now); err != nil {
		t.Fatal(err)
	}
	want, err := contentOf("mine").Hash()
	if err != nil || i.Revision.Hash != want || i.Revision.Number != 1 {
		t.Fatalf("%+v, %v", i.Revision, err)
	}
	if _, err := i.Write(actorAs(AsLead), Words{Introduction: "later"}); err == nil || i.Revision.Content.Introduction != "mine" {
		t.Error("words are changed after approval")
	}
}

// Objections are for as long as they can matter, and each is there once.
func TestObjectionsAreForgotten(t *testing.T) {
	i, now := in(t, Early, "champion")
	out, err := i.Object(actorAs(AsChampion), "k", "it is wrong", now)
	if err != nil || len(i.Objections) != 1 || !slices.Equal(keys(out, "/objection/"), []string{"lead"}) {
		t.Fatalf("%v, %+v", err, out)
	}
	tick(t, &i, i.PublishAt, nil)
	if i.State != Published || len(i.Objections) != 0 {
		t.Errorf("%s keeps %+v", i.State, i.Objections)
	}
}

// The steps are counted, in days.
func TestWaited(t *testing.T) {
	i, now := in(t, Draft)
	now = now.Add(3*day + time.Hour)
	i.Approve(actorAs(AsLead), i.Version, contentOf(""), []bot.PersonID{"champion"}, now)
	tick(t, &i, now.Add(time.Minute), nil)
	tick(t, &i, i.PublishAt, nil)
	if got := waited(i); got != "It waited 3 days as a draft and 2 days with its champions." {
		t.Error(got)
	}
}

func TestIDs(t *testing.T) {
	for _, c := range [][2]string{{"Flood week", "flood-week-2026-10-05-to-2026-10-11"}, {"flood  WEEK!", "flood-week-2026-10-05-to-2026-10-11"}} {
		if got := EventID(c[0], "2026-10-05", "2026-10-11"); got != c[1] {
			t.Errorf("%q: %s", c[0], got)
		}
	}
	strange := EventID("Überschwemmung 水", "2026-10-05", "2026-10-11")
	if a, b := EventID("水", "2026-10-05", "2026-10-11"), EventID("火", "2026-10-05", "2026-10-11"); a == b || strings.ContainsAny(a+strange, "水Ü/ ") {
		t.Error(a, b, strange)
	}
	if got := EventID(strings.Repeat("very long ", 30), "2026-10-05", "2026-10-11"); len(got) > 80 {
		t.Error(got)
	}
}
