package tables

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/bot/seating"
)

// thursday is when every test begins.
var thursday = time.Date(2026, 11, 26, 10, 0, 0, 0, time.UTC)

const day = 24 * time.Hour

// draftRound is a draft of three tables of three, with one who sits out.
func draftRound() Round {
	r := Round{ID: "2026-12-03T12:00", Slot: "2026-12-03T12:00", Due: thursday.Add(7*day + 2*time.Hour), Format: Call, Smallest: 3, Largest: 4, State: Drafted,
		Agenda: []string{"one", "two", "three"}, Leads: []bot.PersonID{"lead"}, Version: 1, Drafted: thursday}
	r.reseat(seating.Plan{Tables: [][]string{{"a1", "a2", "a3"}, {"b1", "b2", "b3"}, {"c1", "c2", "c3"}}, Out: []string{"o"}})
	r.loadStandings()
	return r
}

// loadStandings does what the Store does before a rule.
func (r *Round) loadStandings() {
	kept := map[bot.PersonID]Standing{}
	for _, s := range r.Standings {
		kept[s.Person] = s
	}
	r.Standings = nil
	for _, seat := range r.Seats {
		s := kept[seat.Person]
		s.Person = seat.Person
		r.Standings = append(r.Standings, s)
	}
}

func hallOf(r Round) Hall {
	h := Hall{Guests: map[string]seating.Person{}, Met: map[[2]string]int{}, Apart: map[[2]string]bool{}, Smallest: r.Smallest, Largest: r.Largest}
	for i, s := range r.Seats {
		h.Guests[string(s.Person)] = seating.Person{ID: string(s.Person), Department: fmt.Sprint("d", i%3), Band: seating.Band(1 + i%3)}
	}
	return h
}

func factsOf(r Round) Facts {
	return Facts{Version: r.Version, Leads: []bot.PersonID{"lead"}, Gone: map[bot.PersonID]bool{}, Names: map[bot.PersonID]string{}, Hall: hallOf(r), Fit: len(r.Tables) > 0,
		Together: func(p []bot.PersonID) bool { return slices.Contains(p, "a1") }}
}

// tick ticks until nothing moves.
func tick(t interface {
	Helper()
	Fatal(...any)
}, r *Round, now time.Time, change func(*Facts)) []bot.Delivery {
	t.Helper()
	var all []bot.Delivery
	for range 50 {
		f := factsOf(*r)
		if change != nil {
			change(&f)
		}
		out, moved, err := r.Tick(now, f)
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

// in leads a round into a state by its own rules.
func in(t *testing.T, state State) (Round, time.Time) {
	t.Helper()
	r, now := draftRound(), thursday
	step := func(_ []bot.Delivery, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	switch state {
	case Drafted:
	case CalledOff:
		step(r.CallOff(actorAs(AsLead), now))
	default:
		step(r.Approve(actorAs(AsLead), false, r.Version, true, now))
	}
	for _, next := range []State{Out, FollowedUp, Closed} {
		if r.State == state || state == CalledOff || state == Drafted {
			break
		}
		now = r.NextAt()
		tick(t, &r, now, nil)
		if r.State != next {
			t.Fatalf("%s instead of %s", r.State, next)
		}
	}
	if r.State != state {
		t.Fatalf("the round is %s, not %s", r.State, state)
	}
	return r, now
}

func actorAs(as Relation) bot.Actor {
	switch as {
	case AsLead:
		return bot.Actor{Account: "a", Person: "lead", Name: "Person One", Roles: []bot.Role{bot.Lead}}
	case AsSeated:
		return bot.Actor{Account: "a", Person: "a1", Name: "Person Two"}
	case AsColleague:
		return bot.Actor{Account: "a", Person: "colleague", Name: "Person Three"}
	default:
		return bot.Actor{}
	}
}

// actOn does an act with what it needs.
func actOn(r *Round, act Act, actor bot.Actor, now time.Time) ([]bot.Delivery, error) {
	h := hallOf(*r)
	switch act {
	case See:
		return nil, r.allow(actor, See)
	case Edit:
		return r.Take(actor, seating.Plan{Tables: [][]string{{"a1", "a2", "b3"}, {"a3", "b1", "b2"}, {"c1", "c2", "c3"}}, Out: []string{"o"}})
	case Reseat:
		return r.Again(actor, 1, seating.Plan{Tables: [][]string{{"a1", "b1", "c1"}, {"a2", "b2", "c2"}, {"a3", "b3", "c3", "o"}}})
	case Approve:
		return r.Approve(actor, false, r.Version, true, now)
	case Reopen:
		return r.Reopen(actor)
	case CallOff:
		return r.CallOff(actor, now)
	case Leave:
		return r.Leave(actor)
	case Return:
		return r.ComeBack(actor, h)
	case SwapMe:
		return r.Swap(actor, 1, h)
	case Choose:
		return r.MeetBy(actor, Coffee)
	default:
		return r.Say(actor, Met)
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
	stay := func(states ...State) map[State]State {
		to := map[State]State{}
		for _, s := range states {
			to[s] = s
		}
		return to
	}
	return map[Act]row{
		See:     {AsLead, stay(States()...), nil},
		Edit:    {AsLead, stay(Drafted), nil},
		Reseat:  {AsLead, stay(Drafted), nil},
		Approve: {AsLead, map[State]State{Drafted: Approved}, []State{Approved, Out}},
		Reopen:  {AsLead, map[State]State{Approved: Drafted}, []State{Drafted}},
		CallOff: {AsLead, map[State]State{Drafted: CalledOff, Approved: CalledOff}, []State{CalledOff}},
		Leave:   {AsSeated, stay(Out), nil},
		Return:  {AsSeated, stay(Out), nil},
		SwapMe:  {AsSeated, stay(Out), nil},
		Choose:  {AsSeated, stay(Out), nil},
		Answer:  {AsSeated, stay(FollowedUp), nil},
	}
}

func clone(r Round) Round {
	r.Seats, r.Tables, r.Standings = slices.Clone(r.Seats), slices.Clone(r.Tables), slices.Clone(r.Standings)
	return r
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
	if want := len(States()) * len(Acts()) * len(Relations()); tried != want || len(expected()) != len(Acts()) {
		t.Fatalf("%d of %d cases", tried, want)
	}
}

func oneAct(t *testing.T, state State, act Act, as Relation) {
	r, now := in(t, state)
	row, actor, before := expected()[act], actorAs(as), clone(r)
	public := state != Drafted && state != Approved && state != CalledOff
	may := row.who == as && (as != AsSeated || public)
	out, err := actOn(&r, act, actor, now)
	to, allowed := row.to[state]
	switch {
	case !may:
		if !errors.Is(err, bot.ErrNotFound) || len(out) > 0 || !reflect.DeepEqual(before, r) {
			t.Fatalf("%v, %d deliveries, changed %v", err, len(out), !reflect.DeepEqual(before, r))
		}
		return
	case slices.Contains(row.again, state):
		if err != nil || len(out) > 0 || !reflect.DeepEqual(before, r) {
			t.Fatalf("a second press: %v, %+v", err, out)
		}
		return
	case !allowed:
		var said *bot.Error
		if !errors.As(err, &said) || errors.Is(err, bot.ErrNotFound) || !strings.HasSuffix(said.Say, ".") || len(out) > 0 || !reflect.DeepEqual(before, r) {
			t.Fatalf("%v, %d deliveries", err, len(out))
		}
		return
	case err != nil || r.State != to:
		t.Fatalf("%v, from %s to %s", err, state, r.State)
	}
	if act != See && act != Return && reflect.DeepEqual(before, r) {
		t.Fatal("nothing changed")
	}
	settled := clone(r)
	if out, err := actOn(&r, act, actor, now); act != Reseat && (err != nil || len(out) > 0 || !reflect.DeepEqual(settled, r)) ||
		act == Reseat && (!errors.Is(err, ErrMoved) || !reflect.DeepEqual(settled, r)) {
		t.Fatalf("again: %v, %+v", err, out)
	}
}

// What time does in each state, once: and nothing a moment before.
func TestTimeLeadsOn(t *testing.T) {
	for state, to := range map[State]State{Drafted: Drafted, Approved: Out, Out: FollowedUp, FollowedUp: Closed, Closed: Closed, CalledOff: CalledOff} {
		r, now := in(t, state)
		due := r.NextAt()
		if state.Over() {
			if !due.IsZero() {
				t.Errorf("%s waits for %s", state, due)
			}
			due = now.Add(1000 * day)
		}
		before := clone(r)
		if out := tick(t, &r, due.Add(-time.Microsecond), nil); len(out) > 0 || !reflect.DeepEqual(before, r) {
			t.Errorf("%s moves too early: %+v", state, out)
		}
		out := tick(t, &r, due, nil)
		if r.State != to {
			t.Errorf("%s leads to %s", state, r.State)
		}
		if state == Drafted && (!r.Waited || len(out) != 2 || !strings.Contains(out[1].Key, "/waits/")) {
			t.Errorf("a draft at its slot waits and says so: %+v", out)
		}
		settled := clone(r)
		if out := tick(t, &r, due, nil); len(out) > 0 || !reflect.DeepEqual(settled, r) {
			t.Errorf("%s moves twice: %+v", state, out)
		}
	}
}

// A draft goes out by itself only where the lead chose that and every rule holds.
func TestAnUndecidedDraft(t *testing.T) {
	for _, goes := range []bool{false, true} {
		for _, fit := range []bool{false, true} {
			r := draftRound()
			r.Goes = goes
			tick(t, &r, r.Due, func(f *Facts) { f.Fit = fit })
			if want := goes && fit; (r.State == Out) != want || r.Waited == want || want && r.By != "" {
				t.Errorf("goes %v, fit %v: %s", goes, fit, r.State)
			}
		}
	}
	r := draftRound()
	r.reseat(seating.Plan{Out: []string{"a1", "a2"}})
	out := tick(t, &r, r.Due, nil)
	if r.State != CalledOff || !strings.Contains(out[len(out)-1].Key, "/empty/") {
		t.Errorf("a draft without a table: %s, %+v", r.State, out)
	}
}

// An approved round that breaks a rule in the meantime goes back to its lead.
func TestAnApprovedRoundThatDoesNotHoldAnyMore(t *testing.T) {
	r, _ := in(t, Approved)
	out := tick(t, &r, r.SendAt, func(f *Facts) { f.Fit = false })
	if r.State != Drafted || !strings.Contains(out[len(out)-2].Key, "/unfit/") && !strings.Contains(fmt.Sprint(out), "/unfit/") {
		t.Fatalf("%s, %+v", r.State, out)
	}
	if _, err := r.Approve(actorAs(AsLead), true, r.Version, false, thursday); !errors.Is(err, ErrUnfit) {
		t.Fatalf("approved: %v", err)
	}
	if _, err := r.Approve(actorAs(AsLead), true, r.Version-1, true, thursday); !errors.Is(err, ErrMoved) {
		t.Fatalf("what was not looked at is approved: %v", err)
	}
}

// Whoever leaves is out of the draft in one tick, the tables have their size, and
// the lead is told once.
func TestALeaverLeavesTheDraftAtOnce(t *testing.T) {
	for _, state := range []State{Drafted, Approved} {
		r, now := in(t, state)
		gone := func(f *Facts) { f.Gone["a1"], f.Names["a1"] = true, "Person Two" }
		out := tick(t, &r, now, gone)
		told := 0
		for _, d := range out {
			if strings.Contains(d.Key, "/lost/") {
				told++
			}
		}
		if r.seat("a1") != nil || told != 1 || r.State != state {
			t.Fatalf("%s: told %d times, %+v", r.State, told, r.Seats)
		}
		for _, table := range r.Plan().Tables {
			if len(table) < 3 || len(table) > 4 {
				t.Errorf("a table of %d", len(table))
			}
		}
		if r.seat("o").Table != 1 {
			t.Errorf("who sat out does not take the free place: %+v", r.Seats)
		}
	}
	r, now := in(t, Out)
	out := tick(t, &r, now, func(f *Facts) { f.Gone["a1"] = true })
	if r.seat("a1").Stand != Gone || len(out) != 1 || len(out[0].To.Group) != 3 {
		t.Errorf("at a table: %+v, %+v", r.seat("a1"), out)
	}
	full := r
	full.Seats, full.Largest = slices.Clone(r.Seats), len(r.At(r.seat("a1").Table))
	if tick(t, &full, now, func(*Facts) {}); full.seat("a1").Stand != Gone {
		t.Errorf("the table is full, and somebody comes back to it: %+v", full.Seats)
	}
	if out := tick(t, &r, now, func(*Facts) {}); r.seat("a1").Stand != Seated || len(out) != 1 {
		t.Errorf("who is there again has no place: %+v, %+v", r.seat("a1"), out)
	}
}
