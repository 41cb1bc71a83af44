package champions

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"evangelist/bot"
)

func TestWorkingDays(t *testing.T) {
	for _, c := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-12-10", 3, "2026-12-07"}, {"2026-12-10", 5, "2026-12-03"}, {"2026-12-07", 1, "2026-12-04"},
		{"2026-12-06", 1, "2026-12-04"}, {"2026-12-07", 3, "2026-12-02"}, {"2026-12-10", 0, "2026-12-10"},
	} {
		if got := workingDaysBefore(date(c.from), c.n).String(); got != c.want {
			t.Errorf("%d before %s: %s, not %s", c.n, c.from, got, c.want)
		}
	}
}

// keys lists what goes where, without the cards of the page.
func keys(out []bot.Delivery) []string {
	var all []string
	for _, d := range out {
		name := strings.SplitN(d.Key, "/", 4)[3]
		if name != "page" && name != "lead/lead" {
			all = append(all, name)
		}
	}
	return all
}

// A briefing is drafted two working days before it goes, and goes three before the
// meeting, at nine, as it was drafted, if nobody does anything.
func TestTheBriefingByItself(t *testing.T) {
	c, now := in(t, Active)
	if want := time.Date(2026, 12, 3, 9, 0, 0, 0, time.UTC); !now.Equal(want) {
		t.Fatalf("drafted on %s, not %s", now, want)
	}
	goes := time.Date(2026, 12, 7, 9, 0, 0, 0, time.UTC)
	if out := tick(t, &c, nowAt(goes.Add(-time.Second))); len(out) > 0 {
		t.Fatalf("too early: %v", keys(out))
	}
	out := tick(t, &c, nowAt(goes))
	if got := keys(out); !slices.Equal(got, []string{"draft/1.1/lead", "briefing/1"}) {
		t.Fatalf("%v", got)
	}
	sent := out[len(out)-1]
	if sent.To.Person != "champion" || sent.Class != bot.Asked || !sent.Expires.Equal(time.Date(2026, 12, 11, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("%+v", sent)
	}
	if out := tick(t, &c, nowAt(goes.Add(3*day))); len(out) > 0 {
		t.Errorf("more: %v", keys(out))
	}
	if got := keys(tick(t, &c, nowAt(time.Date(2026, 12, 11, 9, 0, 0, 0, time.UTC)))); !slices.Equal(got, []string{"draft/1.1/lead", "after/1/2026-12-10/lead"}) {
		t.Errorf("after the meeting: %v", got)
	}
	if got := keys(tick(t, &c, nowAt(time.Date(2027, 1, 20, 9, 0, 0, 0, time.UTC)))); len(got) > 0 {
		t.Errorf("asked again: %v", got)
	}
}

// The day moves: the draft is taken back and comes anew, the briefing moves, and a
// briefing that has gone does not go again. What somebody wrote in it stays.
func TestTheMeetingMoves(t *testing.T) {
	c, now := in(t, Active)
	later := Plan{On: date("2026-12-17"), Body: "Cabinet"}
	must(t, nil, second(c.SetMeeting(actorAs(AsSelf), nowAt(now), later)))
	if c.next().Briefing.Stage != NotYet || len(c.Meetings) != 1 {
		t.Fatalf("%+v", c.Meetings)
	}
	if out := tick(t, &c, nowAt(time.Date(2026, 12, 8, 9, 0, 0, 0, time.UTC))); len(out) > 0 {
		t.Fatalf("on the old days: %v", keys(out))
	}
	if got := keys(tick(t, &c, nowAt(time.Date(2026, 12, 10, 9, 0, 0, 0, time.UTC)))); !slices.Equal(got, []string{"draft/1.2/lead"}) {
		t.Fatalf("a new draft: %v", got)
	}
	edited := []Point{{Words: "In my words."}}
	must(t, nil, second(c.EditIt(actorAs(AsLead), nowAt(now), "1", edited)))
	must(t, nil, second(c.SetMeeting(actorAs(AsLead), nowAt(time.Date(2026, 12, 11, 9, 0, 0, 0, time.UTC)), Plan{On: date("2027-01-14")})))
	if b := c.next().Briefing; b.Stage != Drafted || !reflect.DeepEqual(b.Points, edited) {
		t.Fatalf("what was written is lost: %+v", b)
	}
	out := tick(t, &c, nowAt(time.Date(2027, 1, 11, 9, 0, 0, 0, time.UTC)))
	if got := keys(out); !slices.Equal(got, []string{"draft/1.2/lead", "briefing/1"}) || !strings.Contains(text(*out[len(out)-1].Frozen), "In my words.") {
		t.Fatalf("%v", got)
	}
	must(t, nil, second(c.SetMeeting(actorAs(AsLead), nowAt(time.Date(2027, 1, 12, 9, 0, 0, 0, time.UTC)), Plan{On: date("2027-02-18")})))
	if got := keys(tick(t, &c, nowAt(time.Date(2027, 2, 15, 9, 0, 0, 0, time.UTC)))); len(got) > 0 {
		t.Fatalf("a second briefing of one meeting: %v", got)
	}
	if _, err := c.SendIt(actorAs(AsLead), nowAt(time.Date(2027, 2, 15, 9, 0, 0, 0, time.UTC)), "1"); !errors.Is(err, ErrSent) {
		t.Errorf("%v", err)
	}
}

func text(m bot.Message) string { raw, _ := m.MarshalJSON(); return string(raw) }

// What a lead does with a draft, in any order.
func TestALeadAndTheDraft(t *testing.T) {
	lead := actorAs(AsLead)
	goes := time.Date(2026, 12, 7, 9, 0, 0, 0, time.UTC)
	c, now := in(t, Active)
	must(t, nil, second(c.SkipIt(lead, nowAt(now), "1")))
	if got := keys(tick(t, &c, nowAt(goes.Add(day)))); len(got) > 0 {
		t.Fatalf("skipped, and it goes: %v", got)
	}
	must(t, nil, second(c.SendIt(lead, nowAt(goes.Add(day)), "1")))
	if got := keys(tick(t, &c, nowAt(goes.Add(day)))); !slices.Contains(got, "briefing/1") {
		t.Fatalf("after all: %v", got)
	}
	c, now = in(t, Active)
	if _, err := c.SendIt(lead, Now{At: now, Zone: time.UTC, Leads: []bot.PersonID{"lead"}, Gone: true}, "1"); !errors.Is(err, ErrNotThere) {
		t.Errorf("to an inactive account: %v", err)
	}
	if _, err := c.SendIt(lead, nowAt(time.Date(2026, 12, 11, 8, 0, 0, 0, time.UTC)), "1"); !errors.Is(err, ErrHeld) {
		t.Errorf("after the meeting: %v", err)
	}
	if _, err := c.SendIt(lead, nowAt(now), "7"); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("of no meeting: %v", err)
	}
	if _, err := c.EditIt(lead, nowAt(now), "1", nil); !errors.Is(err, ErrNoPoints) {
		t.Errorf("emptied: %v", err)
	}
}

// A meeting that is set late leaves leads a day, but the briefing comes before the
// meeting; on the day itself nothing is drafted any more; after a stop of the
// program nothing goes that would come after the meeting.
func TestAMeetingThatIsSetLate(t *testing.T) {
	active := func(on string, at time.Time) Champion {
		c := Champion{ID: "champion", Person: "champion"}
		must(t, nil, second(c.Ask(actorAs(AsLead), nowAt(at), Wish{Source: "one", Days: 3})))
		must(t, nil, second(c.Take(actorAs(AsSelf), nowAt(at))))
		must(t, nil, second(c.SetMeeting(actorAs(AsLead), nowAt(at), Plan{On: date(on)})))
		return c
	}
	c := active("2026-11-25", monday)
	if got := keys(tick(t, &c, nowAt(monday))); !slices.Equal(got, []string{"draft/1.1/lead"}) {
		t.Fatalf("%v", got)
	}
	if got := c.sendAt(c.next(), time.UTC); !got.Equal(monday.Add(day)) {
		t.Errorf("it goes on %s", got)
	}
	must(t, nil, second(c.SendIt(actorAs(AsLead), nowAt(monday), "1")))
	if got := keys(tick(t, &c, nowAt(monday))); !slices.Contains(got, "briefing/1") {
		t.Errorf("approved, its day has passed, and it does not go: %v", got)
	}
	c = active("2026-11-24", monday)
	tick(t, &c, nowAt(monday))
	if got := c.sendAt(c.next(), time.UTC); !got.Equal(time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)) {
		t.Errorf("before tomorrow's meeting it goes on %s", got)
	}
	c = active("2026-11-23", monday)
	if got := keys(tick(t, &c, nowAt(monday))); len(got) > 0 || c.next().Briefing.Stage != Missed {
		t.Errorf("on the day: %v, %+v", got, c.next())
	}
	c, now := in(t, Active)
	_ = now
	if got := keys(tick(t, &c, nowAt(time.Date(2026, 12, 10, 14, 0, 0, 0, time.UTC)))); slices.Contains(got, "briefing/1") || c.next().Briefing.Stage != Missed {
		t.Errorf("in the afternoon of the meeting: %v", got)
	}
}

// The next meeting closes the one before, with what came of it; the same form sent
// twice changes nothing, and neither does it write into the next meeting.
func TestTheNextMeeting(t *testing.T) {
	c, _ := in(t, Active)
	after := nowAt(time.Date(2026, 12, 14, 9, 0, 0, 0, time.UTC))
	tick(t, &c, after)
	plan := Plan{On: date("2027-03-11"), Body: "Board", Another: true, Came: "Two more pilots."}
	must(t, nil, second(c.SetMeeting(actorAs(AsLead), after, plan)))
	settled := clone(c)
	out := must(t, nil, second(c.SetMeeting(actorAs(AsLead), after, plan)))
	if len(out) > 0 || !reflect.DeepEqual(settled, c) {
		t.Errorf("twice: %+v", c.Meetings)
	}
	if len(c.Meetings) != 2 || c.Meetings[0].Came != "Two more pilots." || !c.Meetings[0].Over || c.Meetings[1].Came != "" || c.Body != "Board" {
		t.Errorf("%+v", c.Meetings)
	}
	must(t, nil, second(c.SetMeeting(actorAs(AsLead), after, Plan{Another: true})))
	if c.next() != nil {
		t.Errorf("called off, and there is %+v", c.next())
	}
	if _, err := c.SetMeeting(actorAs(AsLead), after, Plan{On: date("2026-12-13")}); !errors.Is(err, ErrPast) {
		t.Errorf("in the past: %v", err)
	}
}

// The question of a quarter: its answers, each once, and what a late press does.
func TestTheQuestion(t *testing.T) {
	c, _ := in(t, Active)
	must(t, nil, second(c.SetMeeting(actorAs(AsLead), nowAt(monday), Plan{Another: true})))
	first := nowAt(monday.Add(quarter))
	out := tick(t, &c, first)
	if got := keys(out); !slices.Equal(got, []string{"question/1"}) || out[len(out)-1].Class != bot.Nudge || out[len(out)-1].Expires.IsZero() {
		t.Fatalf("%v", out)
	}
	self := actorAs(AsSelf)
	if _, err := c.Answer(self, first, "2", GoesOn); !errors.Is(err, ErrOld) {
		t.Errorf("to a question that was not asked: %v", err)
	}
	rests := clone(c)
	must(t, nil, second(c.Answer(self, first, "1", GoesOn)))
	settled := clone(c)
	for said, want := range map[Said]error{GoesOn: nil, Rests: ErrSaid, Leaves: ErrSaid} {
		if out, err := c.Answer(self, first, "1", said); !errors.Is(err, want) || len(out) > 0 || !reflect.DeepEqual(settled, c) {
			t.Errorf("%s after yes: %v", said, err)
		}
	}
	must(t, nil, second(rests.Answer(self, first, "1", Rests)))
	if rests.State != Resting || !rests.RestUntil.Equal(first.At.Add(quarter+questionLife)) {
		t.Fatalf("%s until %s", rests.State, rests.RestUntil)
	}
	if got := keys(tick(t, &rests, nowAt(rests.RestUntil))); rests.State != Active || !slices.Equal(got, []string{"question/2"}) {
		t.Errorf("after the rest: %s, %v", rests.State, got)
	}
	must(t, nil, second(rests.Answer(self, nowAt(rests.AskedAt), "2", Leaves)))
	if rests.State != Left || rests.Gone {
		t.Errorf("%s", rests.State)
	}
}

// A leaver: nothing goes to the account, what was queued is outdated, leads are
// told once, and the promises on our side stay.
func TestALeaver(t *testing.T) {
	for state, want := range map[State]State{Asked: Lapsed, Active: Left, Resting: Left} {
		c, now := in(t, state)
		c.Questions, c.AskedAt = 1, now
		n := nowAt(now)
		n.Gone = true
		out := tick(t, &c, n)
		if c.State != want || !c.Gone {
			t.Fatalf("%s leads to %s", state, c.State)
		}
		told := 0
		for _, d := range out {
			if d.To.Person == "champion" {
				t.Errorf("%s: %s goes to an inactive account", state, d.Key)
			}
			if strings.Contains(d.Key, "/gone/") {
				told++
			}
		}
		if told != 1 {
			t.Errorf("%s: told %d times", state, told)
		}
		outdated := strings.Join(c.Outdated(), " ")
		for _, name := range []string{"/ask", "/question/1", "/page"} {
			if !strings.Contains(outdated, name) {
				t.Errorf("%s: %s is not taken back: %s", state, name, outdated)
			}
		}
		if state != Asked && (len(c.of(Ours, true)) != 1 || !strings.Contains(outdated, "/briefing/1")) {
			t.Errorf("%s: %+v, %s", state, c.Promises, outdated)
		}
		if out := tick(t, &c, n); len(out) > 0 {
			t.Errorf("%s: told again", state)
		}
		if _, err := c.Ask(actorAs(AsLead), n, Wish{Source: "again", Days: 3}); !errors.Is(err, ErrNotThere) {
			t.Errorf("named again: %v", err)
		}
	}
}

// When none of the leads who have the cards leads any more, the others get them.
func TestLeadsChange(t *testing.T) {
	c, now := in(t, Active)
	n := nowAt(now)
	n.Leads = []bot.PersonID{"other", "third"}
	got := keys(tick(t, &c, n))
	if !slices.Equal(got, []string{"lead/other", "lead/third", "draft/1.1/other", "draft/1.1/third"}) || !slices.Equal(c.Leads, n.Leads) {
		t.Errorf("%v, %v", got, c.Leads)
	}
	n.Leads = nil
	if out := tick(t, &c, n); len(out) > 0 {
		t.Errorf("nobody leads: %v", out)
	}
}

// Who is told that there are not enough, and how often.
func TestBelowTwo(t *testing.T) {
	leads := []bot.PersonID{"lead", "other"}
	var w Watch
	told := 0
	for _, c := range []struct{ active, want int }{{0, 0}, {1, 0}, {2, 0}, {1, 2}, {1, 0}, {0, 0}, {1, 0}, {3, 0}, {2, 0}, {0, 2}, {0, 0}} {
		out := w.See(c.active, monday, leads)
		told += len(out)
		if len(out) != c.want {
			t.Errorf("%d active: told %d, not %d", c.active, len(out), c.want)
		}
		if (w.Since.IsZero()) != (c.active >= enough || w.Falls == 0) {
			t.Errorf("%d active: since %s", c.active, w.Since)
		}
	}
	if told != 4 || w.Falls != 2 {
		t.Errorf("told %d, %d falls", told, w.Falls)
	}
}

func TestPromises(t *testing.T) {
	c, now := in(t, Active)
	n, lead := nowAt(now), actorAs(AsLead)
	for want, p := range map[*bot.Error]Pledge{ErrNoWords: {ID: "x", Side: Ours}, ErrNoSide: {ID: "x", Words: "w", Side: "nobody's"}} {
		if _, err := c.Add(lead, n, p); !errors.Is(err, want) {
			t.Errorf("%v, not %v", err, want)
		}
	}
	if _, err := c.Mark(lead, n, string(Ours), Dropped, ""); !errors.Is(err, ErrNoReason) {
		t.Errorf("dropped without a reason: %v", err)
	}
	if _, err := c.Mark(lead, n, string(Ours), Open, ""); err != nil {
		t.Errorf("open as it is: %v", err)
	}
	if _, err := c.Mark(lead, n, "none", Kept, ""); !errors.Is(err, ErrNoPromise) {
		t.Errorf("of none: %v", err)
	}
	must(t, nil, second(c.Mark(actorAs(AsSelf), n, string(Ours), Kept, "a reason that nobody asked for")))
	if _, err := c.Mark(lead, n, string(Ours), Dropped, "because"); !errors.Is(err, ErrSettled) {
		t.Errorf("settled twice: %v", err)
	}
	if c.Promises[0].Reason != "" || len(c.of(Ours, true)) != 0 || len(c.of(Theirs, true)) != 1 {
		t.Errorf("%+v", c.Promises)
	}
	for i := range maxPromises {
		_, err := c.Add(lead, n, Pledge{ID: string(rune('A' + i)), Side: Ours, Words: "w"})
		if (i == maxPromises-1) != errors.Is(err, ErrMany) {
			t.Fatalf("promise %d: %v", i, err)
		}
	}
}
