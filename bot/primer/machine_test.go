package primer

import (
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"evangelist/bot"
)

var monday = time.Date(2026, 11, 30, 10, 0, 0, 0, time.UTC)

const day = 24 * time.Hour

func actorAs(as Relation) bot.Actor {
	switch as {
	case AsLead:
		return bot.Actor{Account: "a", Person: "lead", Roles: []bot.Role{bot.Lead}}
	case AsReader:
		return bot.Actor{Account: "a", Person: "reader"}
	case AsColleague:
		return bot.Actor{Account: "a", Person: "other"}
	}
	return bot.Actor{}
}

// in is an enrolment in a state, reached by its own rules.
func in(t *testing.T, state State) Enrolment {
	t.Helper()
	e := Enrolment{Person: "reader"}
	step := func(_ []bot.Delivery, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	if state == None {
		return e
	}
	step(e.Join(actorAs(AsLead), monday))
	e.Tick(monday, Facts{Lessons: names()})
	switch state {
	case Stopped:
		step(e.Halt(actorAs(AsReader)))
	case Out:
		step(e.Remove(actorAs(AsLead)))
	case Gone:
		e.Tick(monday, Facts{Gone: true})
	case Finished:
		for _, name := range names() {
			step(e.Note(actorAs(AsReader), name, names()))
		}
	case Over:
		for at := monday; e.State == Running; at = at.Add(7 * day) {
			e.Post = Post{State: Sent, At: at}
			e.Tick(at, Facts{Lessons: names()})
		}
	}
	if e.State != state {
		t.Fatalf("%s, not %s", e.State, state)
	}
	return e
}

func actOn(e *Enrolment, act Act, actor bot.Actor) error {
	var err error
	switch act {
	case Enrol:
		_, err = e.Join(actor, monday.Add(100*day))
	case TakeOut:
		_, err = e.Remove(actor)
	case Begin:
		_, err = e.Start(actor, monday.Add(100*day))
	case MarkRead:
		_, err = e.Note(actor, "roundup", names())
	case Later:
		_, err = e.PutOff(actor, "roundup")
	case Stop:
		_, err = e.Halt(actor)
	}
	return err
}

// The machine as promised, written down a second time: who may, where an act leads,
// where it is silent. Whatever is not here is refused with a sentence.
func TestEveryActInEveryStateByEverybody(t *testing.T) {
	type row struct {
		who    Relation
		to     map[State]State
		silent []State
	}
	promised := map[Act]row{
		Enrol:    {AsLead, map[State]State{None: Running, Out: Running, Gone: Running}, []State{Running, Over, Finished, Stopped}},
		TakeOut:  {AsLead, map[State]State{Running: Out, Over: Out, Finished: Out, Stopped: Out}, []State{None, Out, Gone}},
		Begin:    {AsReader, map[State]State{None: Running, Over: Running, Stopped: Running, Out: Running, Gone: Running}, []State{Running}},
		MarkRead: {AsReader, map[State]State{Running: Running, Over: Over, Stopped: Stopped}, []State{Finished}},
		Later:    {AsReader, map[State]State{Running: Running}, nil},
		Stop:     {AsReader, map[State]State{Running: Stopped}, []State{Stopped}},
	}
	for _, state := range States() {
		for _, act := range Acts() {
			for _, as := range Relations() {
				e := in(t, state)
				before := clone(e)
				err := actOn(&e, act, actorAs(as))
				p := promised[act]
				to, does := p.to[state]
				switch {
				case as != p.who:
					if !errors.Is(err, bot.ErrNotFound) || !reflect.DeepEqual(before, e) {
						t.Errorf("%s by %s when %q: %v, %+v", act, as, state, err, e)
					}
				case does:
					if err != nil || e.State != to {
						t.Errorf("%s when %q: %s, %v", act, state, e.State, err)
					}
				case slices.Contains(p.silent, state):
					if err != nil || !reflect.DeepEqual(before, e) {
						t.Errorf("%s when %q is not silent: %v", act, state, err)
					}
				default:
					var refused *bot.Error
					if !errors.As(err, &refused) || refused.Is(bot.ErrNotFound) || !reflect.DeepEqual(before, e) {
						t.Errorf("%s when %q: %v", act, state, err)
					}
				}
				after := clone(e)
				if err := actOn(&e, act, actorAs(as)); err == nil && !reflect.DeepEqual(after, e) {
					t.Errorf("%s by %s when %q does more the second time", act, as, state)
				}
			}
		}
	}
}

func clone(e Enrolment) Enrolment {
	e.Steps = slices.Clone(e.Steps)
	return e
}

// Whatever the reader presses, whoever enrols, however long the courier holds a
// lesson back or whether it loses it: two lessons never go out within six days of
// each other, none is written while another is under way, none more than twice in
// a run, none that was read, and left alone the series ends.
func TestAnySeries(t *testing.T) {
	reached := map[State]bool{}
	rapid.Check(t, func(t *rapid.T) {
		e, now := Enrolment{Person: "reader"}, monday
		var went []time.Time
		versions := map[string]int64{}
		facts := Facts{Lessons: names()}
		step := func() {
			before := clone(e)
			out, _ := e.Tick(now, facts)
			watch(t, before, e, out, versions)
			reached[e.State] = true
			// What the courier does with the lesson that is under way.
			if e.Last != "" && e.Post.State == Waiting && e.Sent.IsZero() && !e.Lost && len(e.Outdated()) == 0 {
				switch rapid.IntRange(0, 5).Draw(t, "courier") {
				case 0, 1, 2:
					e.Post = Post{State: Sent, At: now}
					went = append(went, now)
				case 3:
					e.Post.State = Lost
				}
			} else if len(e.Outdated()) > 0 && e.Post.State == Waiting {
				e.Post.State = Lost
			}
		}
		for range rapid.IntRange(1, 80).Draw(t, "steps") {
			before := clone(e)
			var out []bot.Delivery
			var err error
			lesson := rapid.SampledFrom(append(names(), "none")).Draw(t, "lesson")
			switch act := rapid.SampledFrom([]string{"enrol", "out", "begin", "read", "read on", "later", "stop", "time", "time", "time", "time"}).Draw(t, "act"); act {
			case "enrol":
				out, err = e.Join(actorAs(AsLead), now)
			case "out":
				out, err = e.Remove(actorAs(AsLead))
			case "begin":
				out, err = e.Start(actorAs(AsReader), now)
			case "read":
				out, err = e.Note(actorAs(AsReader), lesson, names())
			case "read on":
				for _, name := range names()[:rapid.IntRange(1, len(lessons)).Draw(t, "how many")] {
					var more []bot.Delivery
					if more, err = e.Note(actorAs(AsReader), name, names()); err != nil {
						break
					}
					out = append(out, more...)
				}
			case "later":
				out, err = e.PutOff(actorAs(AsReader), lesson)
			case "stop":
				out, err = e.Halt(actorAs(AsReader))
			default:
				now = now.Add(time.Duration(rapid.IntRange(1, 10*24).Draw(t, "hours")) * time.Hour)
			}
			if err != nil && !reflect.DeepEqual(before, e) {
				t.Fatal("refused, and something changed")
			}
			watch(t, before, e, out, versions)
			step()
		}
		// From here on only time goes by.
		for range 40 {
			now = now.Add(7 * day)
			step()
		}
		for i := 0; e.State == Running; i++ {
			if i > 20 {
				t.Fatalf("it never ends: %+v", e)
			}
			now = now.Add(7 * day)
			e.Post = Post{State: Sent, At: now}
			e.Tick(now, facts)
		}
		for i := 1; i < len(went); i++ {
			if went[i].Sub(went[i-1]) < 6*day {
				t.Fatalf("two lessons within %s", went[i].Sub(went[i-1]))
			}
		}
	})
	for _, state := range []State{Running, Over, Finished, Stopped, Out} {
		if !reached[state] {
			t.Errorf("the walks never reached %s", state)
		}
	}
}

func watch(t *rapid.T, was, is Enrolment, out []bot.Delivery, versions map[string]int64) {
	for _, d := range out {
		last, known := versions[d.Key]
		if d.View == nil || d.Class != bot.Nudge || d.To.Person != "reader" || d.View.Version < last {
			t.Fatalf("%+v", d)
		}
		versions[d.Key] = d.View.Version
		if known {
			continue
		}
		if d.Key != is.PostKey() || is.State != Running {
			t.Fatalf("%s is written, and the last is %s", d.Key, is.PostKey())
		}
		if was.of(is.Last).Read || is.of(is.Last).Posts > mostPosts {
			t.Fatalf("%s is written once too often", d.Key)
		}
		if was.State == Running && was.Last != "" && was.Run == is.Run && is.Post.State == Waiting && was.Sent.IsZero() && !was.Lost && was.Post.State == Waiting {
			t.Fatalf("%s is written while %s is under way", d.Key, was.PostKey())
		}
	}
	if is.Version < was.Version || is.Run < was.Run {
		t.Fatal("it goes back")
	}
	for _, s := range was.Steps {
		if s.Read && !is.of(s.Lesson).Read {
			t.Fatal("what was read is forgotten")
		}
	}
}

// What the contact settings say is obeyed: nothing for whoever wants nothing, a
// mute is waited for, and a switched-off account ends the series without a word.
func TestWishesAndLeavers(t *testing.T) {
	for name, c := range map[string]struct {
		facts Facts
		want  State
		sent  int
	}{
		"never": {Facts{Never: true}, Stopped, 0}, "gone": {Facts{Gone: true}, Gone, 0}, "muted": {Facts{Muted: monday.Add(day)}, Running, 0}, "there": {Facts{}, Running, 1},
	} {
		e := in(t, None)
		if _, err := e.Join(actorAs(AsLead), monday); err != nil {
			t.Fatal(err)
		}
		c.facts.Lessons = names()
		out, _ := e.Tick(monday, c.facts)
		if e.State != c.want || len(out) != c.sent {
			t.Errorf("%s: %s with %+v", name, e.State, out)
		}
		if name == "muted" {
			if out, _ := e.Tick(monday.Add(day), c.facts); len(out) != 1 {
				t.Error("the mute is over, and nothing comes")
			}
		}
	}
}

// A lesson that was held back for six days still has its week, also for whoever
// stops and begins again the moment it arrives.
func TestBeginningAgainIsNoQuickerWay(t *testing.T) {
	e := in(t, Running)
	out := monday.Add(6 * day)
	e.Post = Post{State: Sent, At: out}
	if _, err := e.Halt(actorAs(AsReader)); err != nil {
		t.Fatal(err)
	}
	for range 2 { // and over again
		if _, err := e.Start(actorAs(AsReader), out); err != nil {
			t.Fatal(err)
		}
		if due := e.Due(time.Time{}); !due.Equal(out.Add(7 * day)) {
			t.Errorf("due on %s", due)
		}
		if _, err := e.Halt(actorAs(AsReader)); err != nil {
			t.Fatal(err)
		}
	}
}

// Later brings the newest lesson once more, and then the series goes on.
func TestLater(t *testing.T) {
	e := in(t, Running)
	reader := actorAs(AsReader)
	at := monday
	next := func() string {
		e.Post = Post{State: Sent, At: at}
		at = at.Add(7 * day)
		e.Tick(at, Facts{Lessons: names()})
		return e.Last
	}
	if _, err := e.PutOff(reader, "worry"); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("a lesson that did not come: %v", err)
	}
	if _, err := e.PutOff(reader, "roundup"); err != nil {
		t.Fatal(err)
	}
	if got := next(); got != "roundup" {
		t.Errorf("%s comes", got)
	}
	if _, err := e.PutOff(reader, "roundup"); !errors.Is(err, errTwice) {
		t.Errorf("a third time: %v", err)
	}
	if got := next(); got != "worry" {
		t.Errorf("%s comes", got)
	}
	if _, err := e.PutOff(reader, "roundup"); !errors.Is(err, errNewer) {
		t.Errorf("an old one: %v", err)
	}
	if _, err := e.Note(reader, "pilot", names()); err != nil { // read ahead
		t.Fatal(err)
	}
	if got := next(); got != "numbers" {
		t.Errorf("%s comes, and pilot was read", got)
	}
}
