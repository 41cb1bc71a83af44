package pilots

import (
	"errors"
	"strings"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

// Each thing that is missing keeps the pilot a draft by itself, and mending it
// makes it ready.
func TestEveryItemOfThePreflightStopsTheStart(t *testing.T) {
	for what, spoil := range map[string]func(*Pilot){
		"The sponsor's account is inactive": func(p *Pilot) { p.SponsorGone = true },
		"No scope":                          func(p *Pilot) { p.Scope = "" },
		"No goal":                           func(p *Pilot) { p.Goal = "" },
		"No measure":                        func(p *Pilot) { p.Measure = Measure{} },
		"No cost cap":                       func(p *Pilot) { p.Cost = "" },
		"No last day":                       func(p *Pilot) { p.Ends = schedule.Date{} },
		"The last day has come":             func(p *Pilot) { p.Ends = on(11, 24) },
		"It ends before it starts":          func(p *Pilot) { p.Starts = on(12, 20) },
		"The guideline is not ticked":       func(p *Pilot) { p.Preflight.Guideline = false },
		"No clause":                         func(p *Pilot) { p.Preflight.Clause = "" },
		"The question about personal data is not answered": func(p *Pilot) { p.Preflight.Personal = "" },
		"Personal data without protection":                 func(p *Pilot) { p.Preflight.Personal = PersonalData },
	} {
		p := readyPilot()
		spoil(&p)
		open := p.Open(tuesday, time.UTC)
		if len(open) != 1 || open[0].What != what {
			t.Errorf("%s: open are %+v", what, open)
			continue
		}
		for _, state := range []State{Ready, Draft} { // also one that nobody has brought up to date
			p.State = state
			out, err := p.Start(actorAs(AsLead), tuesday, time.UTC)
			if err == nil || len(out) > 0 || p.State == Running || !strings.Contains(err.Error(), what) || !strings.Contains(err.Error(), open[0].Mend) {
				t.Errorf("%s: it starts, or nobody says why not: %v", what, err)
			}
		}
		p.State = Ready
		if _, moved := p.Tick(tuesday, nil, time.UTC); !moved || p.State != Draft {
			t.Errorf("%s: time leaves it %s", what, p.State)
		}
	}
	p := readyPilot()
	p.Audience, p.Benefit = "", ""
	if len(p.Flags()) != 2 || len(p.Open(tuesday, time.UTC)) != 0 {
		t.Error("an audience or benefit that is missing is flagged, and stops nothing")
	}
}

func TestOutcomes(t *testing.T) {
	for _, c := range []struct {
		aim    Aim
		target int64
		values []int64
		want   Outcome
	}{
		{AtLeast, 40, nil, NotMeasured}, {AtLeast, 40, []int64{40}, TargetMet}, {AtLeast, 40, []int64{39}, TargetMissed},
		{AtMost, 40, []int64{40}, TargetMet}, {AtMost, 40, []int64{41}, TargetMissed},
		{AtMost, -3, []int64{-3}, TargetMet}, {AtLeast, 40, []int64{99, 12}, TargetMissed}, // the latest counts
	} {
		p := Pilot{Measure: Measure{Text: "m", Aim: c.aim, Target: c.target}}
		for i, value := range c.values {
			p.keep(Reading{ID: string(rune('a' + i)), Value: value, On: on(12, 1+i)})
		}
		if got := p.Outcome(); got != c.want {
			t.Errorf("%s %d with %v is %s", c.aim, c.target, c.values, got)
		}
	}
	p := Pilot{Measure: Measure{Text: "m", Aim: AtLeast, Target: 5}}
	p.keep(Reading{ID: "late", Value: 9, On: on(12, 5)})
	p.keep(Reading{ID: "entered afterwards", Value: 1, On: on(12, 1), At: tuesday.Add(20 * day)})
	if last, _ := p.Latest(); last.ID != "late" {
		t.Error("the reading of the latest day counts, whenever it was written down")
	}
}

// A check-in comes weekly at ten in the organisation's zone, across the change of
// the clocks, and on Monday when it would fall on a weekend.
func TestTheWeeklyRhythm(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	p := Pilot{State: Running, Starts: schedule.Date{Year: 2026, Month: 10, Day: 17}} // a Saturday
	for now, want := range map[string]string{
		"2026-10-23 23:00": "0001-01-01 00:00", "2026-10-26 09:59": "0001-01-01 00:00", "2026-10-26 10:00": "2026-10-26 10:00",
		"2026-11-02 09:59": "2026-10-26 10:00", "2026-11-02 10:00": "2026-11-02 10:00", "2026-11-20 10:00": "2026-11-16 10:00",
	} {
		at, err := time.ParseInLocation("2006-01-02 15:04", now, berlin)
		if err != nil {
			t.Fatal(err)
		}
		got := p.weekly(at, berlin)
		if text := got.In(berlin).Format("2006-01-02 15:04"); text != want && !(got.IsZero() && strings.HasPrefix(want, "0001")) {
			t.Errorf("at %s the latest check-in is of %s, want %s", now, text, want)
		}
	}
}

// While nobody decides, the sponsor is asked on the first day, after three more,
// and then weekly; leads are told once; nothing is asked after the decision.
func TestADecisionIsAskedForUntilItIsTaken(t *testing.T) {
	p, _ := in(t, Running, false)
	start := p.decisionDay(time.UTC)
	asked := map[bot.PersonID][]int{}
	for hours := 0; hours < 60*24; hours++ {
		now := start.Add(time.Duration(hours) * time.Hour)
		out, _ := p.Tick(now, []bot.PersonID{"lead"}, time.UTC)
		for _, d := range out {
			if d.View.Kind == decisionView && d.Expires.After(now) {
				asked[d.To.Person] = append(asked[d.To.Person], hours/24)
			}
		}
	}
	if got := asked["sponsor"]; len(got) != 10 || got[0] != 0 || got[1] != 3 || got[2] != 10 || got[3] != 17 {
		t.Errorf("the sponsor is asked on the days %v", got)
	}
	if got := asked["lead"]; len(got) != 1 || got[0] != 10 {
		t.Errorf("leads are told on the days %v", got)
	}
	if open := len(p.Cards) - len(p.Outdated()); open > 3 {
		t.Errorf("%d messages may still go out", open)
	}
	if _, err := p.Decide(actorAs(AsSponsor), Verdict{Choice: Stop, Reason: "r"}, "s", nil, start.Add(61*day), time.UTC); err != nil {
		t.Fatal(err)
	}
	if out, moved := p.Tick(start.Add(90*day), []bot.PersonID{"lead"}, time.UTC); moved || len(out) > 0 {
		t.Error("a decided pilot is asked about")
	}
}

// When a sponsor's account becomes inactive leads alone are told, once; nothing is
// asked of the sponsor; whoever takes over is asked instead.
func TestASponsorWhoLeaves(t *testing.T) {
	p, _ := in(t, Running, false)
	p.SponsorGone = true
	leads := []bot.PersonID{"lead", "lead2"}
	now := tuesday.Add(8 * day)
	out, _ := p.Tick(now, leads, time.UTC)
	told := 0
	for _, d := range out {
		if d.To.Person == "sponsor" {
			t.Errorf("the one who left is written to: %+v", d)
		}
		if strings.Contains(d.Key, "/left/") {
			told++
		}
	}
	if told != 2 {
		t.Errorf("%d leads are told", told)
	}
	if out, _ := p.Tick(now.Add(time.Hour), leads, time.UTC); len(out) > 0 {
		t.Errorf("told again: %+v", out)
	}
	p.Tick(tuesday.Add(17*day), leads, time.UTC)
	if p.State != Deciding || p.Asks != 1 {
		t.Fatalf("%s, asked %d times", p.State, p.Asks)
	}
	if _, err := p.HandOver(actorAs(AsLead), bot.Person{ID: "gone", Inactive: true}, now, time.UTC); !errors.Is(err, ErrNotThere) {
		t.Errorf("handed to an inactive account: %v", err)
	}
	if _, err := p.HandOver(actorAs(AsLead), bot.Person{ID: "other", Name: "Person Five"}, now, time.UTC); err != nil {
		t.Fatal(err)
	}
	out, _ = p.Tick(tuesday.Add(17*day), leads, time.UTC)
	if len(out) != 1 || out[0].To.Person != "other" || out[0].View.Kind != decisionView {
		t.Errorf("the new sponsor is asked by %+v", out)
	}
	if last := p.Team[len(p.Team)-1]; last != "sponsor" {
		t.Error("the credit of the one who left is lost")
	}
	if p.May(actorAs(AsSponsor), Decide) {
		t.Error("the one who left can still decide")
	}
}

// Fewer than five numbers are no reading; five are their mean, and then what each
// said is forgotten.
func TestASurveyShowsNoSingleNumber(t *testing.T) {
	for n := range 8 {
		p, _ := in(t, Running, false)
		sum := int64(0)
		for i := range n {
			value := int64(i*i - 6)
			sum += value
			for range 2 {
				if _, err := p.Give(bot.Actor{Account: "a", Person: bot.PersonID(rune('a' + i))}, "s", value, tuesday); err != nil {
					t.Fatal(err)
				}
			}
		}
		out, _ := p.Tick(tuesday.Add(surveyLife), nil, time.UTC)
		s := p.Surveys[0]
		if s.Open || len(s.Answers) > 0 || s.Few != (n < fewest) || (len(p.Readings) == 1) != (n >= fewest) || len(out) == 0 {
			t.Fatalf("%d answers leave %+v and %+v", n, s, p.Readings)
		}
		if n >= fewest {
			exact := float64(sum) / float64(n)
			if got := float64(p.Readings[0].Value); got-exact > 0.5 || exact-got > 0.5 || p.Readings[0].Answers != n {
				t.Errorf("the mean of %d numbers is %v, want about %v", n, got, exact)
			}
		}
		if _, err := p.Give(actorAs(AsColleague), "s", 1, tuesday.Add(surveyLife)); !errors.Is(err, ErrSurveyOver) {
			t.Errorf("a late number: %v", err)
		}
	}
}

// Who is named and what may be done to a story, by everybody in every state.
func TestStories(t *testing.T) {
	p, now := in(t, Decided, false)
	fresh := func(state StoryState) Story {
		s := *p.draft("story", now, time.UTC)
		s.State = state
		return s
	}
	for _, state := range []StoryState{Drafted, Offered, Withheld} {
		for _, as := range Relations() {
			actor, keeps, named := actorAs(as), as == AsLead || as == AsSponsor, as == AsSponsor || as == AsTeam
			s := fresh(state)
			if got, want := s.May(actor, SeeStory), as != AsNobody && (keeps || named || state == Offered); got != want {
				t.Errorf("%s sees a story that is %s: %v", as, state, got)
			}
			for what, act := range map[string]func(*Story) error{
				"rewrite":  func(s *Story) error { _, err := s.Rewrite(actor, "t", "w"); return err },
				"offer":    func(s *Story) error { _, err := s.Offer(actor, now); return err },
				"withhold": func(s *Story) error { _, err := s.Withhold(actor); return err },
				"note":     func(s *Story) error { return s.Note(actor, Telling{Key: "k", Whom: "w", At: now}) },
			} {
				s := fresh(state)
				if err := act(&s); keeps != (err == nil) || !keeps && !errors.Is(err, bot.ErrNotFound) {
					t.Errorf("%s may %s a story that is %s: %v", as, what, state, err)
				}
			}
			s = fresh(state)
			if _, err := s.Allow(actor, WithName); named != (err == nil) {
				t.Errorf("%s allows a name in a story that is %s: %v", as, state, err)
			}
		}
	}
	s := fresh(Drafted)
	if _, err := s.Allow(actorAs(AsTeam), "everything"); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("an unknown consent: %v", err)
	}
	names := map[bot.PersonID]string{"sponsor": "Person Two", "team": "Person Three"}
	if _, ok := s.Tell(names); ok || strings.Contains(s.thanks(names), "Person") {
		t.Error("a draft is told, or names somebody who was not asked")
	}
	if _, err := s.Allow(actorAs(AsTeam), WithName); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Offer(actorAs(AsSponsor), now); err != nil {
		t.Fatal(err)
	}
	told, ok := s.Tell(names)
	if !ok || told.Thanks != "With thanks to Person Three and one colleague more." {
		t.Errorf("%v %q", ok, told.Thanks)
	}
	s.tell(Telling{Key: editionKey + "e", At: now})
	if _, err := s.Rewrite(actorAs(AsSponsor), "t", "w"); !errors.Is(err, ErrStoryTold) {
		t.Errorf("words that were told are changed: %v", err)
	}
}

// The story of a target that was missed is built like that of one that was met.
func TestAMissedTargetIsToldAsHonestly(t *testing.T) {
	p, now := in(t, Deciding, false)
	for value, want := range map[int64]string{31: "The target was met.", 44: "The target was missed."} {
		q := clone(p)
		q.keep(Reading{ID: "r", Value: value, On: on(12, 9)})
		if _, err := q.Decide(actorAs(AsSponsor), Verdict{Choice: Stop, Reason: "of it"}, "s", nil, now, time.UTC); err != nil {
			t.Fatal(err)
		}
		for _, part := range []string{"What we tried:", "What we wanted: Calls in a week, at most 40. We fixed that on 24 November 2026", "What came of it:", want, "What we decided: stop, because of it."} {
			if !strings.Contains(q.Story.Words, part) {
				t.Errorf("%d: the story lacks %q:\n%s", value, part, q.Story.Words)
			}
		}
	}
}

func TestGoals(t *testing.T) {
	for _, as := range Relations() {
		g, keeps := Goal{ID: "g", Source: "s", Level: Objective, Title: "t"}, as == AsLead
		if err := g.Rewrite(actorAs(as), Goal{Title: "u", Level: Purpose, ID: "x"}); keeps != (err == nil) || g.ID != "g" || g.Level != Objective || (g.Title == "u") != keeps {
			t.Errorf("%s rewrites: %v, %+v", as, err, g)
		}
		if err := g.Close(actorAs(as)); keeps != (err == nil) || g.Closed != keeps {
			t.Errorf("%s closes: %v", as, err)
		}
		if err := g.Rewrite(actorAs(as), Goal{Title: "v"}); err == nil || g.Title == "v" {
			t.Errorf("%s rewrites a closed goal", as)
		}
	}
	if got := (Goal{Level: Objective}).Flags(); len(got) != 2 || !strings.Contains(got[0], "This objective does not say for whom") {
		t.Errorf("flags %q", got)
	}
}
