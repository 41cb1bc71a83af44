package impact

import (
	"slices"
	"time"

	"evangelist/bot"
	"evangelist/bot/counts"
)

// tally holds what was gathered against the departments of colleagues. Who is no
// colleague any more is counted nowhere, neither above nor below the line.
type tally struct {
	Gathered
	from, to    time.Time
	period      counts.Period
	partial     bool // the headcount is not known
	departments map[bot.PersonID]string
	heads       map[string]int
}

func newTally(g Gathered, span Span, partial bool) *tally {
	t := &tally{Gathered: g, from: span.From, to: span.Until, period: span.Period, partial: partial, departments: map[bot.PersonID]string{}, heads: map[string]int{}}
	for _, c := range g.Colleagues {
		t.departments[c.Person] = c.Department
		t.heads[c.Department]++
	}
	return t
}

func (t *tally) head(n int) counts.Headcount {
	if t.partial {
		return counts.Headcount{}
	}
	return counts.Known(n)
}

// headcounts are those of every department, for the plan.
func (t *tally) headcounts() map[string]counts.Headcount {
	heads := map[string]counts.Headcount{}
	for department, n := range t.heads {
		heads[department] = t.head(n)
	}
	return heads
}

// people counts distinct colleagues, and things their acts, each thing once for
// each of them.
func (t *tally) people(acts []Act, things bool) counts.Facts {
	type sum struct {
		people map[bot.PersonID]bool
		acts   map[Act]bool
	}
	sums := map[string]sum{}
	for department := range t.heads {
		sums[department] = sum{map[bot.PersonID]bool{}, map[Act]bool{}}
	}
	for _, act := range acts {
		if department, ours := t.departments[act.Person]; ours {
			sums[department].people[act.Person], sums[department].acts[act] = true, true
		}
	}
	facts := counts.Facts{Period: t.period}
	for department, n := range t.heads {
		fact := counts.Fact{Department: department, Headcount: t.head(n), People: len(sums[department].people)}
		if things {
			fact.Things = len(sums[department].acts)
		}
		facts.Departments = append(facts.Departments, fact)
	}
	return facts
}

// voices counts concerns and ideas. Nobody knows from which department one
// without a name comes, so that all are counted for the whole organisation.
func (t *tally) voices(which func(Voice) bool) counts.Facts {
	n := 0
	for _, voice := range t.Voices {
		if which(voice) {
			n++
		}
	}
	return counts.Facts{Period: t.period, Departments: []counts.Fact{{Headcount: t.head(len(t.Colleagues)), Things: n}}}
}

func (t *tally) within(at time.Time) bool {
	return !at.IsZero() && !at.Before(t.from) && at.Before(t.to)
}

func (t *tally) settled(v Voice) bool { return (v.Answered || v.Declined) && t.within(v.Closed) }

// waited returns a rule for voices that were settled within some days.
func (t *tally) waited(days int) func(Voice) bool {
	return func(v Voice) bool {
		return t.settled(v) && v.Closed.Sub(v.Arrived) <= time.Duration(days)*24*time.Hour
	}
}

// counted is a measure with what was counted for it.
type counted struct {
	measure counts.Measure
	facts   counts.Facts
}

// counted lists all that goes through the ledger: wide measures before the narrow
// ones that lie in them, because what comes later gives way.
func (t *tally) counted() []counted {
	arrived := func(v Voice) bool { return t.within(v.Arrived) }
	return []counted{
		{linksShared, t.people(t.Shares, true)},
		{foundUseful, t.people(acts(t.Votes, func(v Vote) (Act, bool) { return v.Act, true }), false)},
		{itemsUsed, t.people(acts(t.Votes, func(v Vote) (Act, bool) { return v.Act, v.Used }), true)},
		{voicesHeard, t.voices(arrived)},
		{concernsHeard, t.voices(func(v Voice) bool { return arrived(v) && v.Concern })},
		{ideasHeard, t.voices(func(v Voice) bool { return arrived(v) && !v.Concern })},
		{voicesClosed, t.voices(t.settled)},
		{voicesAnswered, t.voices(func(v Voice) bool { return t.settled(v) && v.Answered })},
		{voicesDeclined, t.voices(func(v Voice) bool { return t.settled(v) && v.Declined })},
		{closedInMonth, t.voices(t.waited(30))},
		{closedInFortnight, t.voices(t.waited(14))},
		{closedInWeek, t.voices(t.waited(7))},
		{withUs, t.people(acts(t.Members, func(m Member) (Act, bool) { return Act{Person: m.Person}, true }), false)},
		{learningsTold, t.people(acts(t.Learnings, func(l Learning) (Act, bool) { return Act{l.Person, l.About + "\n" + l.Words}, true }), true)},
		{needsSaid, t.people(acts(t.Needs, func(n Need) (Act, bool) { return Act{n.Person, n.Title}, t.within(n.Opened) }), true)},
		{resourcesDecided, t.resources(func(Resource) bool { return true })},
		{resourcesGranted, t.resources(func(r Resource) bool { return r.Granted })},
		{resourcesInFortnight, t.resources(func(r Resource) bool { return r.Days <= 14 })},
	}
}

func (t *tally) resources(which func(Resource) bool) counts.Facts {
	return t.people(acts(t.Resources, func(r Resource) (Act, bool) { return r.Act, which(r) }), true)
}

func acts[T any](all []T, which func(T) (Act, bool)) []Act {
	var out []Act
	for _, one := range all {
		if act, ok := which(one); ok {
			out = append(out, act)
		}
	}
	return out
}

// ratio is a number of things that lead to nobody, out of how many.
type ratio struct{ n, of int }

func ratioOf[T any](all []T, base, part func(T) bool) (r ratio) {
	for _, one := range all {
		if base(one) {
			r.of++
			if part(one) {
				r.n++
			}
		}
	}
	return r
}

// The steps of an edition.
const (
	promptly = 48 * time.Hour
	timely   = 24 * time.Hour
)

func (t *tally) editionsOut() ratio {
	return ratioOf(t.Editions, func(e Edition) bool { return t.within(e.Due) }, func(e Edition) bool { return e.Out })
}

func (t *tally) editionsPrompt() ratio {
	return ratioOf(t.Editions, t.out, func(e Edition) bool { return !e.Opened.IsZero() && e.Approved.Sub(e.Opened) <= promptly })
}

func (t *tally) editionsOnTime() ratio {
	return ratioOf(t.Editions, t.out, func(e Edition) bool { return e.Published.Sub(e.Due) <= timely })
}

func (t *tally) out(e Edition) bool { return e.Out && t.within(e.Published) }

// represented counts departments with somebody who leads or supports.
func (t *tally) represented() (r ratio) {
	for department := range t.heads {
		if department == "" {
			continue
		}
		r.of++
		if slices.ContainsFunc(t.Members, func(m Member) bool {
			at, ours := t.departments[m.Person]
			return ours && at == department
		}) {
			r.n++
		}
	}
	return r
}

func (t *tally) decided(p Pilot) bool { return t.within(p.Decided) }

func (t *tally) pilotsDecided() ratio {
	ran := func(p Pilot) bool {
		return !p.Started.IsZero() && p.Started.Before(t.to) && (p.Decided.IsZero() || !p.Decided.Before(t.from))
	}
	return ratioOf(t.Pilots, ran, t.decided)
}

func (t *tally) pilotsMet() ratio {
	measured := func(p Pilot) bool { return t.decided(p) && (p.Story.Outcome == "met" || p.Story.Outcome == "missed") }
	return ratioOf(t.Pilots, measured, func(p Pilot) bool { return p.Story.Outcome == "met" })
}
