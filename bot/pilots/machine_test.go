package pilots

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

// tuesday is when every test begins.
var tuesday = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)

const day = 24 * time.Hour

func on(month time.Month, d int) schedule.Date {
	return schedule.Date{Year: 2026, Month: month, Day: d}
}

// readyPilot has nothing open and nothing flagged.
func readyPilot() Pilot {
	return Pilot{
		ID: "p", Source: "form/1", Reference: "P-7F3K", Title: "Bin days on the phone menu", Scope: "Two wards", Audience: "Residents", Benefit: "An answer at once",
		Goal: "g", Idea: "i", IdeaRef: "I-2345", Sponsor: "sponsor", SponsorName: "Person Two", Team: []bot.PersonID{"team"}, Cost: "200 pounds",
		Starts: on(11, 24), Ends: on(12, 9), Measure: Measure{Text: "Calls in a week", Aim: AtMost, Target: 40},
		Preflight: Preflight{Guideline: true, GuidedBy: "sponsor", GuidedAt: tuesday, Clause: "4.2", Personal: NoPersonalData},
		State:     Ready, CreatedBy: "lead", Created: tuesday, Version: 1,
	}
}

// in leads a pilot into a state by its own rules.
func in(t *testing.T, state State, extended bool) (Pilot, time.Time) {
	t.Helper()
	p, now := readyPilot(), tuesday
	lead := actorAs(AsLead)
	step := func(_ []bot.Delivery, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	if state == Draft {
		p.Cost = ""
		p.ready(now, time.UTC)
	}
	if state == Dropped {
		step(p.Drop(lead))
	}
	if state == Running || state == Deciding || state == Decided {
		step(p.Start(lead, now, time.UTC))
		step(p.AskThem(actorAs(AsSponsor), Survey{ID: "s", Question: "?", Place: "test|room"}, now))
	}
	if extended {
		now = now.Add(16 * day)
		p.Tick(now, nil, time.UTC)
		step(p.Extend(lead, on(12, 24), now, time.UTC))
		step(p.AskThem(actorAs(AsSponsor), Survey{ID: "s2", Question: "?", Place: "test|room"}, now))
	}
	if state == Deciding || state == Decided {
		now = now.Add(16 * day)
		p.Tick(now, nil, time.UTC)
	}
	if state == Decided {
		step(p.Decide(lead, Verdict{Choice: Continue, Reason: "it works"}, "story", nil, now, time.UTC))
	}
	if p.State != state {
		t.Fatalf("the pilot is %s, not %s", p.State, state)
	}
	return p, now
}

func actorAs(as Relation) bot.Actor {
	switch as {
	case AsLead:
		return bot.Actor{Account: "a", Person: "lead", Name: "Person One", Roles: []bot.Role{bot.Lead}}
	case AsSponsor:
		return bot.Actor{Account: "a", Person: "sponsor", Name: "Person Two"}
	case AsTeam:
		return bot.Actor{Account: "a", Person: "team", Name: "Person Three"}
	case AsColleague:
		return bot.Actor{Account: "a", Person: "colleague", Name: "Person Four"}
	default:
		return bot.Actor{}
	}
}

// actOn does an act with what it needs.
func actOn(p *Pilot, act Act, actor bot.Actor, now time.Time) ([]bot.Delivery, error) {
	switch act {
	case See:
		if !p.May(actor, See) {
			return nil, bot.ErrNotFound
		}
		return nil, nil
	case Describe:
		return p.Describe(actor, About{Title: "Another title", Scope: "s", Goal: "g"}, now, time.UTC)
	case Bound:
		return p.Bound(actor, Bounds{Cost: "nothing", Starts: on(11, 25), Ends: on(12, 10)}, now, time.UTC)
	case Fix:
		return p.Fix(actor, Measure{Text: "Something else", Aim: AtLeast, Target: 3}, "because", now, time.UTC)
	case Prepare:
		return p.Settle(actor, Preflight{Guideline: true, Clause: "5", Personal: NoPersonalData}, now, time.UTC)
	case Start:
		return p.Start(actor, now, time.UTC)
	case Drop:
		return p.Drop(actor)
	case HandOver:
		return p.HandOver(actor, bot.Person{ID: "other", Name: "Person Five"}, now, time.UTC)
	case Join:
		return p.Join(actor, bot.Person{ID: "other", Name: "Person Five"}, true)
	case CheckInAs:
		return p.CheckIn(actor, p.Week, "all well", now)
	case Read:
		return p.Take(actor, Reading{ID: "r", Value: 31, On: schedule.DateOf(now, time.UTC)}, now, time.UTC)
	case AskThem:
		return p.AskThem(actor, Survey{ID: "another", Question: "?", Place: "test|room"}, now)
	case Give:
		return p.Give(actor, p.Surveys[len(p.Surveys)-1].ID, 7, now)
	case Finish:
		return p.Finish(actor, now, time.UTC)
	case Decide:
		return p.Decide(actor, Verdict{Choice: Stop, Reason: "it does not help"}, "story2", []bot.PersonID{"author"}, now, time.UTC)
	default:
		return p.Extend(actor, schedule.DateOf(now, time.UTC).AddDays(20), now, time.UTC)
	}
}

// expected is the machine as the promise has it, written down a second time: who
// may, and where each state leads. "" is a refusal.
func expected() map[Act]struct {
	who string
	to  map[State]State
} {
	type row = struct {
		who string
		to  map[State]State
	}
	stay := func(states ...State) map[State]State {
		to := map[State]State{}
		for _, s := range states {
			to[s] = s
		}
		return to
	}
	return map[Act]row{
		See:       {"lead sponsor team", stay(Draft, Ready, Running, Deciding, Decided, Dropped)},
		Describe:  {"lead sponsor", stay(Draft, Ready, Running)},
		Bound:     {"lead sponsor", map[State]State{Draft: Ready, Ready: Ready}},
		Fix:       {"lead sponsor", stay(Draft, Ready, Running)},
		Prepare:   {"lead sponsor", stay(Draft, Ready)},
		Start:     {"lead sponsor", map[State]State{Ready: Running}},
		Drop:      {"lead sponsor", map[State]State{Draft: Dropped, Ready: Dropped}},
		HandOver:  {"lead", stay(Draft, Ready, Running, Deciding)},
		Join:      {"lead sponsor", stay(Draft, Ready, Running, Deciding)},
		CheckInAs: {"sponsor", stay(Running)},
		Read:      {"sponsor", stay(Running, Deciding)},
		AskThem:   {"sponsor", stay(Running)},
		Give:      {"lead sponsor team", stay(Running)},
		Finish:    {"lead sponsor", map[State]State{Running: Deciding}},
		Decide:    {"lead sponsor", map[State]State{Deciding: Decided}},
		Extend:    {"lead sponsor", map[State]State{Deciding: Running}},
	}
}

// Every act in every state by everybody: whoever may not learns nothing and
// changes nothing; a state that does not allow it says so and changes nothing;
// what is allowed leads where it should; the same again changes nothing.
func TestEveryActInEveryStateByEverybody(t *testing.T) {
	tried := 0
	for _, state := range States() {
		for _, extended := range []bool{false, true} {
			if extended && state != Running && state != Deciding && state != Decided {
				continue
			}
			for _, act := range Acts() {
				for _, as := range Relations() {
					tried++
					t.Run(fmt.Sprintf("%s/%v/%s/%s", state, extended, act, as), func(t *testing.T) { oneAct(t, state, extended, act, as) })
				}
			}
		}
	}
	if want := (6 + 3) * len(Acts()) * len(Relations()); tried != want || len(expected()) != len(Acts()) {
		t.Fatalf("%d of %d cases", tried, want)
	}
}

func oneAct(t *testing.T, state State, extended bool, act Act, as Relation) {
	p, now := in(t, state, extended)
	actor, row := actorAs(as), expected()[act]
	public := state == Running || state == Deciding || state == Decided
	may := slices.Contains(strings.Fields(row.who), string(as)) || as == AsColleague && public && (act == See || act == Give)
	if act == Give && len(p.Surveys) == 0 {
		p.Surveys = []Survey{{ID: "x", Open: true, Closes: now.Add(day)}}
	}
	if act == AskThem {
		p.closeSurveys(now, time.UTC, true)
	}
	if act == CheckInAs && state == Running && extended {
		p.CheckIns = nil
	}
	to, can := row.to[state]
	if act == Extend && extended {
		can = false
	}
	before := clone(p)
	out, err := actOn(&p, act, actor, now)
	switch {
	case !may:
		if !errors.Is(err, bot.ErrNotFound) || len(out) > 0 {
			t.Fatalf("who may not learns something: %v, %d deliveries", err, len(out))
		}
	case !can:
		if err == nil || errors.Is(err, bot.ErrNotFound) || len(out) > 0 {
			t.Fatalf("the state allows it, or it is refused without a word: %v, %d deliveries", err, len(out))
		}
	case err != nil || p.State != to:
		t.Fatalf("leads to %s, want %s: %v", p.State, to, err)
	}
	if (!may || !can) && !reflect.DeepEqual(before, p) {
		t.Fatalf("a refused act changed something:\n%+v\n%+v", before, p)
	}
	if !may || !can {
		return
	}
	known := map[string]bool{}
	for _, d := range out {
		known[d.Key] = true
		checkDelivery(t, p, d)
	}
	after := clone(p)
	again, err := actOn(&p, act, actor, now)
	if len(again) > 0 || !reflect.DeepEqual(after, p) {
		t.Fatalf("the same again: %v, %d deliveries\n%+v\n%+v", err, len(again), after, p)
	}
}

// checkDelivery checks what every delivery must be.
func checkDelivery(t *testing.T, p Pilot, d bot.Delivery) {
	t.Helper()
	switch {
	case len(d.Key) == 0 || len(d.Key) > 200 || (d.Frozen == nil) == (d.View == nil):
		t.Fatalf("malformed: %+v", d)
	case d.Class == bot.Alarm || d.Class == bot.Edition:
		t.Fatalf("nothing about a pilot wakes anybody: %+v", d)
	case d.To.Person != "" && d.Class != bot.Nudge && d.Class != bot.Answer:
		t.Fatalf("the bot writes first and it is no nudge: %+v", d)
	case d.View != nil && d.View.Kind != storyView && d.View.Version > p.Version:
		t.Fatalf("a version that does not exist: %+v", d)
	}
}

// clone is a pilot that shares nothing with another.
func clone(p Pilot) Pilot {
	p.Team, p.Cards, p.Fixings = slices.Clone(p.Team), slices.Clone(p.Cards), slices.Clone(p.Fixings)
	p.CheckIns, p.Readings, p.Surveys = slices.Clone(p.CheckIns), slices.Clone(p.Readings), slices.Clone(p.Surveys)
	for i := range p.Surveys {
		p.Surveys[i].Answers = slices.Clone(p.Surveys[i].Answers)
	}
	return p
}

// The table allows nothing that the list of acts, states and relations has not.
func TestTheTablesAreWhole(t *testing.T) {
	if len(states) != len(Acts()) || len(relations) != len(Acts()) {
		t.Fatal("an act has no row")
	}
	for _, act := range Acts() {
		if len(states[act]) == 0 || len(relations[act]) == 0 {
			t.Errorf("%s has an empty row", act)
		}
	}
	p := readyPilot()
	for _, gone := range []bot.Actor{
		{Account: "a", Person: "sponsor", External: true}, {Account: "a", Person: "sponsor", Inactive: true},
		{Person: "sponsor"}, {Account: "a", Roles: []bot.Role{bot.Lead}, Inactive: true},
	} {
		for _, act := range Acts() {
			if p.May(gone, act) {
				t.Errorf("%+v may %s", gone, act)
			}
		}
	}
	nobody := bot.Actor{Account: "a"} // an account that was never recorded is no sponsor of a pilot without one
	p.Sponsor = ""
	if p.May(nobody, See) {
		t.Error("an unknown account is taken for the sponsor")
	}
}
