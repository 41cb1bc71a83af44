package roster

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"evangelist/bot"
)

// thursday is when every test begins.
var thursday = time.Date(2026, 11, 26, 10, 0, 0, 0, time.UTC)

const day = 24 * time.Hour

var everybody = []bot.PersonID{"a", "b", "c", "d"}

func personOf(id bot.PersonID, gone bool) bot.Person {
	return bot.Person{ID: id, Name: "Person " + strings.ToUpper(string(id)), Department: "Housing", Inactive: gone}
}

func actorOf(id bot.PersonID) bot.Actor {
	return bot.Actor{Account: "x", Person: id, Name: "Person " + string(id)}
}

func leadOf(id bot.PersonID) bot.Actor {
	actor := actorOf(id)
	actor.Roles = []bot.Role{bot.Lead}
	return actor
}

// walk is two departments and four people, whom two leads and time do all sorts of
// things to.
type walk struct {
	t       *rapid.T
	now     time.Time
	offices []Office
	guests  map[bot.PersonID]*Guest
	gone    map[bot.PersonID]bool
	with    map[bot.PersonID]bool
	asked   map[bot.PersonID]time.Time // when a question went to somebody
	refused map[bot.PersonID]bool
	keys    map[string]int64
}

// Whatever leads, colleagues and time do in whatever order: nobody is asked twice in a
// quarter, whoever asks and for whichever department; whoever left or said no is never
// asked; nobody has both places of a department; and what was refused changed nothing.
func TestAnyLife(t *testing.T) {
	states, offices := map[State]bool{}, map[OfficeState]bool{}
	life := func(t *rapid.T) {
		w := &walk{t: t, now: thursday, offices: []Office{NewOffice("Housing"), NewOffice("Parks")}, guests: map[bot.PersonID]*Guest{}, gone: map[bot.PersonID]bool{},
			with: map[bot.PersonID]bool{}, asked: map[bot.PersonID]time.Time{}, refused: map[bot.PersonID]bool{}, keys: map[string]int64{}}
		for _, id := range everybody {
			w.guests[id] = &Guest{Person: id}
		}
		if rapid.Bool().Draw(t, "appointed") {
			for i, post := range Posts() {
				out, err := w.offices[0].Appoint(leadOf("l"), Appointment{Post: post, Person: personOf(everybody[i], false), Elsewhere: true}, w.guests[everybody[i]], w.now)
				if err != nil {
					t.Fatal(err)
				}
				w.take(out)
			}
		}
		for range rapid.IntRange(10, 100).Draw(t, "steps") {
			w.step()
			for _, g := range w.guests {
				states[g.State] = true
			}
			for i := range w.offices {
				offices[w.offices[i].State] = true
			}
		}
	}
	for range 10 { // enough to come into every state
		rapid.Check(t, life)
	}
	if len(states) != len(States()) || len(offices) != len(OfficeStates())-1 { // no tick leaves a vacancy alone
		t.Errorf("the walks reached %v and %v only", states, offices)
	}
}

func (w *walk) step() {
	who := rapid.SampledFrom(everybody).Draw(w.t, "who")
	o, g := &w.offices[rapid.IntRange(0, 1).Draw(w.t, "office")], w.guests[who]
	post := rapid.SampledFrom(Posts()).Draw(w.t, "post")
	lead := leadOf(rapid.SampledFrom([]bot.PersonID{"l", "a"}).Draw(w.t, "lead"))
	wasOffice, wasGuest := *o, *g
	var out []bot.Delivery
	var err error
	switch rapid.SampledFrom([]string{"time", "time", "edge", "leave", "return", "join", "invite", "accept", "later", "no", "withdraw", "appoint", "appoint", "release", "step down", "decline", "take over", "not me"}).Draw(w.t, "what") {
	case "time":
		w.now = w.now.Add(time.Duration(rapid.IntRange(0, 60*24).Draw(w.t, "hours")) * time.Hour)
	case "edge": // a moment before a quarter, and the week in which the question may wait, are over
		if edge := w.asked[who].Add(98*day - time.Second); edge.After(w.now) {
			w.now = edge
		}
	case "leave":
		w.gone[who] = true
	case "return":
		delete(w.gone, who)
	case "join":
		w.with[who] = !w.with[who]
	case "invite":
		out, err = g.Invite(lead, Invitation{Key: rapid.StringN(4, 4, 4).Draw(w.t, "key"), Person: personOf(who, w.gone[who]), Part: Leads, Department: "Housing", Reason: "Because.", Hole: true, With: w.with[who]}, w.now)
	case "accept":
		if out, err = g.Accept(actorOf(who), g.N); err == nil && g.State == Accepted {
			w.with[who] = true
		}
	case "later":
		out, err = g.Later(actorOf(who), g.N)
	case "no":
		if out, err = g.No(actorOf(who), g.N); err == nil {
			w.refused[who] = true
		}
	case "withdraw":
		out, err = g.Withdraw(lead, g.N)
	case "appoint":
		out, err = o.Appoint(lead, Appointment{Post: post, Person: personOf(who, w.gone[who]), Elsewhere: true, Gone: w.gone}, g, w.now)
	case "release":
		out, err = o.Release(lead, post, w.gone)
	case "step down", "decline":
		out, err = o.StepDown(actorOf(who), post, rapid.Bool().Draw(w.t, "no"), g, []bot.PersonID{"l"}, w.now)
	case "take over":
		out, err = o.TakeOver(actorOf(who), w.now)
	case "not me":
		out, err = o.NotMe(actorOf(who), w.now)
	}
	if err != nil && (!reflect.DeepEqual(wasOffice, *o) || wasGuest != *g || len(out) > 0) {
		w.t.Fatalf("refused with %v, and it changed something", err)
	}
	w.take(out)
	w.tick()
}

// tick does what the sweep does, until nothing moves.
func (w *walk) tick() {
	for i := range w.offices {
		o := &w.offices[i]
		for n := 0; ; n++ {
			who := &Guest{}
			if o.Deputy.Person != "" {
				who = w.guests[o.Deputy.Person]
			}
			out, moved := o.Tick(w.now, Facts{Gone: w.gone, Away: w.gone, Leads: []bot.PersonID{"l"}, Hole: len(w.with) == 0}, who)
			w.take(out)
			if !moved {
				break
			}
			if n > 10 {
				w.t.Fatal("it never comes to rest", *o)
			}
		}
		if next := o.NextAt(); !next.IsZero() && !next.After(w.now) {
			w.t.Fatalf("%+v is due and does nothing", *o)
		}
		if p := o.Representative.Person; p != "" && p == o.Deputy.Person {
			w.t.Fatalf("%s has both places", p)
		}
		if o.State == AtRest && w.gone[o.Representative.Person] || o.State == Vacated || o.State == Asking && w.gone[o.Deputy.Person] {
			w.t.Fatalf("at rest as %+v", *o)
		}
	}
	for id, g := range w.guests {
		for n := 0; ; n++ {
			out, moved := g.Tick(w.now, About{Gone: w.gone[id], With: w.with[id]})
			w.take(out)
			if !moved {
				break
			}
			if n > 5 {
				w.t.Fatal("it never comes to rest", *g)
			}
		}
		if g.State.Waits() && w.gone[id] {
			w.t.Fatalf("%s left and is asked still", id)
		}
		if !g.State.Waits() && g.Reason != "" {
			w.t.Fatalf("%s: the reason is kept after the end", id)
		}
	}
}

// take looks at messages: versions only grow, and a question is a message with a new
// key.
func (w *walk) take(out []bot.Delivery) {
	for _, d := range out {
		version := int64(0)
		if d.View != nil {
			version = d.View.Version
		}
		last, known := w.keys[d.Key]
		if version < last {
			w.t.Fatalf("the version of %s falls from %d to %d", d.Key, last, version)
		}
		w.keys[d.Key] = version
		if d.To.Person == "" || d.Class == bot.Nudge && d.View != nil && d.Expires.IsZero() {
			w.t.Fatalf("%+v", d)
		}
		question := strings.HasPrefix(d.Key, "roster/invite/") && !strings.HasSuffix(d.Key, "/answer") || strings.HasPrefix(d.Key, "roster/takeover/")
		if !question || known {
			continue
		}
		id := d.To.Person
		if before, was := w.asked[id]; was && w.now.Before(before.Add(98*day)) {
			w.t.Fatalf("%s is asked on %s and again on %s", id, before, w.now)
		}
		if w.gone[id] || w.refused[id] && strings.HasPrefix(d.Key, "roster/invite/") {
			w.t.Fatalf("%s left or said no, and is asked: %s", id, d.Key)
		}
		w.asked[id] = w.now
	}
}

// Who may and when is what the tables say, for every act, state and relation.
func TestTheMachine(t *testing.T) {
	for _, act := range InvitationActs() {
		for _, state := range States() {
			for _, as := range []Relation{AsLead, AsGuest, AsColleague, AsNobody} {
				g := Guest{Person: "a", N: 1, Key: "k", State: state, Part: Leads, Department: "Housing", By: "l", Opened: thursday, Last: thursday.Add(-100 * day)}
				was := g
				var err error
				switch actor := map[Relation]bot.Actor{AsLead: leadOf("l"), AsGuest: actorOf("a"), AsColleague: actorOf("b")}[as]; act {
				case Invite:
					_, err = g.Invite(actor, Invitation{Key: "new", Person: personOf("a", false), Part: Leads, Department: "Housing", Reason: "x", Hole: true}, thursday)
				case Withdraw:
					_, err = g.Withdraw(actor, 1)
				case Accept:
					_, err = g.Accept(actor, 1)
				case Later:
					_, err = g.Later(actor, 1)
				case No:
					_, err = g.No(actor, 1)
				}
				may := relations[act] == as
				can := slices.Contains(invitationStates[act], state)
				already := map[Act]State{Withdraw: Withdrawn, Accept: Accepted, Later: PutOff, No: Declined}[act] == state && act != Invite
				switch {
				case !may && (!errors.Is(err, bot.ErrNotFound) || g != was):
					t.Errorf("%s in %q by %s: %v", act, state, as, err)
				case may && can && (err != nil || g == was):
					t.Errorf("%s in %q by %s: %v", act, state, as, err)
				case may && already && (err != nil || g != was):
					t.Errorf("%s again in %q: %v", act, state, err)
				case may && !can && !already && (err == nil || errors.Is(err, bot.ErrNotFound) || g != was):
					t.Errorf("%s in %q by %s: %v", act, state, as, err)
				}
			}
		}
	}
}

// What was seen at first, and soon after, is not new; what changes later is, once.
func TestSee(t *testing.T) {
	register := map[bot.PersonID]bot.Person{"a": personOf("a", false), "b": personOf("b", true)}
	held := func(id bot.PersonID) string { return map[bot.PersonID]string{"a": "representative of Housing"}[id] }
	var d Desk
	seen := []Seen{{Person: "a"}, {Person: "b"}, {Person: "unknown"}}
	See(&d, seen, register, held, thursday)
	if !seen[0].New.IsZero() || !seen[1].Gone.Equal(thursday) || seen[2].Known || d.Version != 1 {
		t.Fatalf("%+v %+v", seen, d)
	}
	See(&d, seen, register, held, thursday)
	if d.Version != 1 {
		t.Error("the same again makes the news newer")
	}
	d.Since = thursday
	for _, c := range []struct {
		after time.Duration
		fresh bool
	}{{14 * day, false}, {14*day + time.Second, true}} {
		one := []Seen{{Person: "a"}}
		See(&d, one, register, held, thursday.Add(c.after))
		if one[0].New.IsZero() == c.fresh {
			t.Errorf("after %s: %+v", c.after, one[0])
		}
	}
	moved := register["a"]
	moved.Department = "Parks"
	register["a"] = moved
	See(&d, seen, register, held, thursday.Add(30*day))
	if seen[0].From != "Housing" || seen[0].Held != "representative of Housing" || seen[0].Moved.IsZero() {
		t.Errorf("%+v", seen[0])
	}
}

// However many levels there are, the columns are few and everybody stands in one.
func TestColumns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := picture{now: thursday, byID: map[bot.PersonID]bot.Person{}, members: map[bot.PersonID]Member{}, guests: map[bot.PersonID]Guest{}, seen: map[bot.PersonID]Seen{}}
		for i := range rapid.IntRange(0, 40).Draw(t, "people") {
			id := bot.PersonID(string(rune('A' + i)))
			person := bot.Person{ID: id, Name: string(id), Level: rapid.SampledFrom([]string{"", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"}).Draw(t, "level"),
				Department: rapid.SampledFrom([]string{"", "Housing", "Parks", "adult care"}).Draw(t, "department"), Inactive: rapid.IntRange(0, 5).Draw(t, "gone") == 0}
			p.people, p.byID[id] = append(p.people, person), person
			if part := rapid.SampledFrom([]Part{NoPart, NoPart, Leads, Supports, Follows}).Draw(t, "part"); part != NoPart {
				p.members[id] = Member{Person: id, Part: part}
			}
		}
		m, colleagues, with := p.matrix(), 0, 0
		for _, r := range m.Rows {
			sum, named := 0, 0
			for _, c := range r.Cells {
				sum += c.Colleagues
				for _, n := range c.Named {
					if !n.Inactive {
						named++
					}
				}
				if c.Hole != (c.Colleagues > 0 && !slices.ContainsFunc(c.Named, func(n Named) bool { return !n.Inactive })) {
					t.Fatalf("%+v", c)
				}
			}
			if sum != r.Colleagues || named != r.With || len(r.Cells) != len(m.Levels) || r.Hole && (r.With > 0 || r.Department == "") {
				t.Fatalf("%+v", r)
			}
			colleagues, with = colleagues+sum, with+named
		}
		active := 0
		for _, person := range p.people {
			if !person.Inactive {
				active++
			}
		}
		if colleagues != active || m.Colleagues != active || m.With != with || len(m.Levels) > maxLevels+2 {
			t.Fatalf("%d of %d, %v", colleagues, active, m.Levels)
		}
		if !slices.IsSortedFunc(m.Rows, func(a, b Row) int {
			if a.Department == "" || b.Department == "" {
				return -strings.Compare(a.Department, b.Department)
			}
			return alphabet(a.Department, b.Department)
		}) {
			t.Fatal("not in the order of the alphabet")
		}
	})
}
