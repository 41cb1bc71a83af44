package champions

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

// monday is when every test begins.
var monday = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

const hour, day = time.Hour, 24 * time.Hour

func date(text string) schedule.Date {
	d, err := schedule.ParseDate(text)
	if err != nil {
		panic(err)
	}
	return d
}

func nowAt(at time.Time) Now {
	return Now{At: at, Zone: time.UTC, Leads: []bot.PersonID{"lead"}, Name: "Person Two"}
}

func actorAs(as Relation) bot.Actor {
	switch as {
	case AsLead:
		return bot.Actor{Account: "a", Person: "lead", Name: "Person One", Roles: []bot.Role{bot.Lead}}
	case AsSelf:
		return bot.Actor{Account: "a", Person: "champion", Name: "Person Two"}
	case AsColleague:
		return bot.Actor{Account: "a", Person: "colleague", Name: "Person Three"}
	default:
		return bot.Actor{}
	}
}

// the wish of every test: a meeting on Thursday in a fortnight, three working days
// after its briefing.
func wish() Wish {
	return Wish{Source: "one", Body: "Cabinet", Days: 3, Plan: Plan{On: date("2026-12-10"), Body: "Cabinet"}}
}

// failer is a test, of whatever kind.
type failer interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}

func must(t failer, out []bot.Delivery, err error) []bot.Delivery {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// in is a champion in a state, with one open promise on each side and, when active,
// a briefing that is drafted.
func in(t failer, state State) (Champion, time.Time) {
	t.Helper()
	c := Champion{ID: "champion", Person: "champion"}
	now := monday
	if state == None {
		return c, now
	}
	must(t, nil, second(c.Ask(actorAs(AsLead), nowAt(now), wish())))
	switch state {
	case Asked:
		return c, now
	case Declined:
		must(t, nil, second(c.Refuse(actorAs(AsSelf), nowAt(now))))
		return c, now
	case Lapsed:
		now = now.Add(lapse)
		tick(t, &c, nowAt(now))
		return c, now
	}
	must(t, nil, second(c.Take(actorAs(AsSelf), nowAt(now))))
	for _, side := range []Side{Ours, Theirs} {
		must(t, nil, second(c.Add(actorAs(AsLead), nowAt(now), Pledge{ID: string(side), Side: side, Words: "Something.", Due: date("2026-12-01")})))
	}
	now = c.draftAt(c.next(), time.UTC)
	tick(t, &c, nowAt(now))
	if c.next().Briefing.Stage != Drafted {
		t.Fatalf("no draft on %s: %+v", now, c.next())
	}
	switch state {
	case Resting:
		must(t, nil, second(c.Pause(actorAs(AsSelf), nowAt(now))))
	case Left:
		must(t, nil, second(c.GoAway(actorAs(AsSelf), nowAt(now))))
	}
	if c.State != state {
		t.Fatalf("%s, not %s", c.State, state)
	}
	return c, now
}

func second(_ []bot.Delivery, err error) error { return err }

// tick ticks until nothing moves.
func tick(t failer, c *Champion, n Now) []bot.Delivery {
	t.Helper()
	var all []bot.Delivery
	for range 50 {
		out, moved, err := c.Tick(Facts{Now: n, Version: c.Version, Points: []Point{{Section: "Stories", Words: "A story."}}})
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
	t.Fatal("it moves for ever")
	return nil
}

// actOn does an act with what it needs.
func actOn(c *Champion, act Act, actor bot.Actor, n Now) ([]bot.Delivery, error) {
	switch act {
	case See:
		return nil, c.allow(actor, See)
	case Name:
		w := wish()
		w.Source, w.Plan.On = "another", date("2027-02-11")
		return c.Ask(actor, n, w)
	case Accept:
		return c.Take(actor, n)
	case Decline:
		return c.Refuse(actor, n)
	case GoOn:
		return c.Answer(actor, n, "1", GoesOn)
	case Rest:
		return c.Pause(actor, n)
	case Return:
		return c.ComeBack(actor, n)
	case Leave:
		return c.GoAway(actor, n)
	case Meet:
		return c.SetMeeting(actor, n, Plan{On: date("2027-03-04"), Body: "Board", Another: true})
	case Promise:
		return c.Add(actor, n, Pledge{ID: "new", Side: Theirs, Words: "More."})
	case Settle:
		return c.Mark(actor, n, string(Ours), Dropped, "It came to nothing.")
	case Send:
		return c.SendIt(actor, n, "1")
	case Edit:
		return c.EditIt(actor, n, "1", []Point{{Words: "Other words."}})
	default:
		return c.SkipIt(actor, n, "1")
	}
}

// expected is the machine as the promise has it, written down a second time: who
// may, in which state an act leads where, and where its repetition is silent.
type expectation struct {
	who   map[Relation]map[State]State
	again []State
}

func stay(states ...State) map[State]State {
	to := map[State]State{}
	for _, s := range states {
		to[s] = s
	}
	return to
}

func expected() map[Act]expectation {
	one := func(as Relation, to map[State]State, again ...State) expectation {
		return expectation{map[Relation]map[State]State{as: to}, again}
	}
	both := func(lead, self map[State]State) expectation {
		return expectation{map[Relation]map[State]State{AsLead: lead, AsSelf: self}, nil}
	}
	return map[Act]expectation{
		See:     both(stay(Asked, Active, Resting, Declined, Lapsed, Left), stay(Active, Resting)),
		Name:    one(AsLead, map[State]State{None: Asked, Declined: Asked, Lapsed: Asked, Left: Asked}),
		Accept:  one(AsSelf, map[State]State{Asked: Active}, Active, Resting),
		Decline: one(AsSelf, map[State]State{Asked: Declined}, Declined),
		GoOn:    one(AsSelf, stay(Active)),
		Rest:    one(AsSelf, map[State]State{Active: Resting}, Resting),
		Return:  one(AsSelf, map[State]State{Resting: Active}, Active),
		Leave:   one(AsSelf, map[State]State{Active: Left, Resting: Left}, Left),
		Meet:    both(stay(Active, Resting), stay(Active, Resting)),
		Promise: both(stay(Active, Resting), stay(Active, Resting)),
		Settle:  both(stay(Active, Resting, Left), stay(Active, Resting)),
		Send:    one(AsLead, stay(Active)),
		Edit:    one(AsLead, stay(Active)),
		Skip:    one(AsLead, stay(Active)),
	}
}

func clone(c Champion) Champion {
	c.Leads, c.Meetings, c.Promises = slices.Clone(c.Leads), slices.Clone(c.Meetings), slices.Clone(c.Promises)
	for i := range c.Meetings {
		c.Meetings[i].Briefing.Points = slices.Clone(c.Meetings[i].Briefing.Points)
	}
	return c
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
	c, now := in(t, state)
	if act == GoOn && state != None { // a question is open
		c.Questions, c.AskedAt = 1, now
	}
	row, actor, n := expected()[act], actorAs(as), nowAt(now)
	before := clone(c)
	out, err := actOn(&c, act, actor, n)
	to, allowed := row.who[as][state]
	may := len(row.who[as]) > 0 && (state != None || act == Name) && (act != See || allowed)
	unchanged := reflect.DeepEqual(before, c)
	switch {
	case !may:
		if !errors.Is(err, bot.ErrNotFound) || len(out) > 0 || !unchanged {
			t.Fatalf("%v, %d deliveries, unchanged %v", err, len(out), unchanged)
		}
		return
	case slices.Contains(row.again, state):
		if err != nil || len(out) > 0 || !unchanged {
			t.Fatalf("a second press: %v, %+v", err, out)
		}
		return
	case !allowed:
		var said *bot.Error
		if !errors.As(err, &said) || errors.Is(err, bot.ErrNotFound) || !strings.HasSuffix(said.Say, ".") || len(out) > 0 || !unchanged {
			t.Fatalf("%v, %d deliveries, unchanged %v", err, len(out), unchanged)
		}
		return
	case err != nil || c.State != to:
		t.Fatalf("%v, from %s to %s", err, state, c.State)
	case act != See && unchanged:
		t.Fatal("nothing changed")
	}
	settled := clone(c)
	out, err = actOn(&c, act, actor, n)
	if len(out) > 0 || !reflect.DeepEqual(settled, c) || err != nil {
		t.Fatalf("again: %v, %+v", err, out)
	}
}

// Who left, or whose account is of elsewhere, may nothing.
func TestOutsidersMayNothing(t *testing.T) {
	c, _ := in(t, Active)
	for _, actor := range []bot.Actor{
		{Account: "a", Person: "champion", External: true}, {Account: "a", Person: "champion", Inactive: true}, {Person: "champion"},
		{Account: "a", Roles: []bot.Role{bot.Lead}, Inactive: true}, {Account: "a"},
	} {
		for _, act := range Acts() {
			if c.May(actor, act) {
				t.Errorf("%+v may %s", actor, act)
			}
		}
	}
}

// What time does in each state, and nothing a moment before.
func TestTimeLeadsOn(t *testing.T) {
	for state, to := range map[State]State{None: None, Asked: Lapsed, Active: Active, Resting: Active, Declined: Declined, Lapsed: Lapsed, Left: Left} {
		c, now := in(t, state)
		due := c.NextAt(time.UTC)
		if due.IsZero() {
			due = now.Add(1000 * day)
		}
		before := clone(c)
		if out := tick(t, &c, nowAt(due.Add(-time.Microsecond))); len(out) > 0 || !reflect.DeepEqual(before, c) {
			t.Errorf("%s moves too early: %+v", state, out)
		}
		tick(t, &c, nowAt(due))
		if c.State != to {
			t.Errorf("%s leads to %s", state, c.State)
		}
		if (c.Version == before.Version) != (state == None || state == Declined || state == Lapsed || state == Left) {
			t.Errorf("%s: version %d to %d", state, before.Version, c.Version)
		}
		settled := clone(c)
		if out := tick(t, &c, nowAt(due)); len(out) > 0 || !reflect.DeepEqual(settled, c) {
			t.Errorf("%s moves twice: %+v", state, out)
		}
	}
}
