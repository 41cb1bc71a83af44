package network

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"evangelist/bot"
)

// monday is when every test begins.
var monday = time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC)

const day = 24 * time.Hour

// passed is what a walk through the states has seen so far.
type passed struct {
	nudges   int      // messages added that did not exist
	keys     []string // in order
	kept     int      // learnings and requests
	settled  bool     // answered, declined, left or over
	versions map[string]int64
}

func (p passed) clone() passed {
	p.keys = slices.Clone(p.keys)
	versions := map[string]int64{}
	for k, v := range p.versions {
		versions[k] = v
	}
	p.versions = versions
	return p
}

// take checks what a step sends: a new key is a message, a known one an edit.
func (p *passed) take(t *testing.T, path string, out []bot.Delivery) {
	t.Helper()
	for _, d := range out {
		if d.Class != bot.Nudge || d.To.Person != "p" || d.View == nil {
			t.Fatalf("%s: a delivery that is not a nudge to the person: %+v", path, d)
		}
		last, known := p.versions[d.Key]
		switch {
		case !known:
			if p.settled {
				t.Fatalf("%s: a message after the end: %s", path, d.Key)
			}
			p.nudges++
			p.keys = append(p.keys, d.Key)
		case d.View.Version <= last:
			t.Fatalf("%s: the version of %s does not grow", path, d.Key)
		}
		p.versions[d.Key] = d.View.Version
	}
}

// Every order of events at every interesting moment, repeated events included: at
// most three messages, none after the end, one answer kept, versions only grow.
func TestAskStates(t *testing.T) {
	events := []string{"wait 1", "wait 3", "wait 9", "tick", "tick gone", "decline", "learn", "need", "lapse"}
	seen, reached, most := map[string]bool{}, map[AskState]bool{}, 0
	var walk func(path string, now time.Time, ask Ask, p passed)
	walk = func(path string, now time.Time, ask Ask, p passed) {
		fingerprint := fmt.Sprint(now, ask.State, ask.Reminders, ask.Next, p.nudges, p.kept, p.settled, p.versions)
		if seen[fingerprint] {
			return
		}
		seen[fingerprint], reached[ask.State], most = true, true, max(most, p.nudges)
		for _, event := range events {
			step(t, path+" → "+event, event, now, ask, p, func(now time.Time, ask Ask, p passed) {
				walk(path+" → "+event, now, ask, p)
			})
		}
	}
	ask := Ask{Round: "main/s", Person: "p", Part: Leads, State: Waiting, Opened: monday, From: monday, Text: "?"}
	ask.Next = ask.reminderAt(0, time.UTC)
	p := passed{versions: map[string]int64{}}
	p.take(t, "open", []bot.Delivery{ask.delivery(0, monday.Add(questionLife))})
	walk("open", monday, ask, p)
	if len(seen) < 400 || most != 1+Reminders || len(reached) != 4 {
		t.Fatalf("the walk saw %d states of %v and at most %d messages", len(seen), reached, most)
	}
}

func step(t *testing.T, path, event string, now time.Time, ask Ask, before passed, then func(time.Time, Ask, passed)) {
	t.Helper()
	p := before.clone()
	was := ask
	var out []bot.Delivery
	var err error
	switch event {
	case "wait 1":
		now = now.Add(day)
	case "wait 3":
		now = now.Add(3 * day)
	case "wait 9":
		now = now.Add(9 * day)
	case "tick":
		out = ask.Tick(now, true, time.UTC)
	case "tick gone":
		out = ask.Tick(now, false, time.UTC)
	case "decline":
		out = ask.Decline()
	case "lapse":
		out = ask.lapse()
	default:
		learning, need := &Learning{}, (*Needed)(nil)
		if event == "need" {
			learning, need = nil, &Needed{}
		}
		out, err = ask.Answer(learning, need)
	}
	if now.Sub(monday) > 30*day {
		return
	}
	p.take(t, path, out)
	if ask.Learning != nil || ask.Need != nil {
		p.kept++
	}
	p.settled = ask.State != Waiting
	checkAsk(t, path, was, ask, p, event, now, err)
	ask.Learning, ask.Need = nil, nil // as the store loads it
	then(now, ask, p)
}

func checkAsk(t *testing.T, path string, was, is Ask, p passed, event string, now time.Time, err error) {
	t.Helper()
	answering := event == "learn" || event == "need"
	switch {
	case p.nudges > 1+Reminders:
		t.Fatalf("%s: %d messages", path, p.nudges)
	case p.kept > 1:
		t.Fatalf("%s: %d answers kept", path, p.kept)
	case was.State == Lapsed && is.State != Lapsed, was.State == Answered && is.State != Answered && is.State != Lapsed:
		t.Fatalf("%s: from %s back to %s", path, was.State, is.State)
	case is.State.version() < was.State.version():
		t.Fatalf("%s: the version falls from %s to %s", path, was.State, is.State)
	case answering && was.State == Answered && !errors.Is(err, ErrAnswered):
		t.Fatalf("%s: answered twice gives %v", path, err)
	case answering && was.State == Lapsed && !errors.Is(err, bot.ErrNotFound):
		t.Fatalf("%s: answered after the end gives %v", path, err)
	case answering && (was.State == Waiting || was.State == Declined) && (err != nil || is.State != Answered):
		t.Fatalf("%s: not answered: %v", path, err)
	case event == "tick" && is.State != Lapsed && !is.Next.After(now):
		t.Fatalf("%s: due again at %s", path, is.Next)
	case event == "tick gone" && is.State != Lapsed:
		t.Fatalf("%s: somebody who left is still asked", path)
	case is.State == Waiting && len(is.Outdated()) != len(p.keys)-1, is.State != Waiting && len(is.Outdated()) != len(p.keys):
		t.Fatalf("%s: %s leaves the messages %v of %v to be sent", path, is.State, is.Outdated(), p.keys)
	}
	for _, key := range is.Outdated() {
		if !slices.Contains(p.keys, key) {
			t.Fatalf("%s: %s was never added", path, key)
		}
	}
}

func TestRemindersComeAfterTwoAndFiveDaysAndNotAtWeekends(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	friday := time.Date(2026, 10, 23, 12, 0, 0, 0, time.UTC) // 14:00, two days before the clocks change
	ask := Ask{Opened: friday, From: friday}
	for n, want := range []string{"2026-10-26 14:00", "2026-10-28 14:00"} {
		if got := ask.reminderAt(n, berlin).In(berlin).Format("2006-01-02 15:04"); got != want {
			t.Errorf("reminder %d comes at %s, want %s", n+1, got, want)
		}
	}
}

func TestOpenAsksThoseWhoAreThere(t *testing.T) {
	opening := func() *Opening {
		return &Opening{
			Question: Question{ID: "main", Text: "What?"},
			Set:      Provided(),
			Members: []Evangelist{
				{Person: "a", Part: Leads}, {Person: "b", Part: Supports}, {Person: "c", Part: Follows}, {Person: "d", Part: Leads, Inactive: true},
				{Person: "e", Part: Leads, Pace: Monthly, Last: Turn{Opened: monday.Add(-26 * day)}},
			},
			Waiting: []Ask{{Round: "main/0", Person: "b", State: Waiting, Reminders: 1}, {Round: "main/0", Person: "a", State: Answered}, {Round: "main/0", Person: "e", State: Waiting}},
		}
	}
	o := opening()
	out, err := Open(o, "1", monday, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, d := range out {
		keys = append(keys, fmt.Sprint(d.Key, " ", d.View.Version))
	}
	want := []string{"question/main/1/a 1", "question/main/1/b 1", "question/main/0/b 4", "question/main/0/b/2 4"}
	if !slices.Equal(keys, want) {
		t.Errorf("deliveries %q, want %q", keys, want)
	}
	for _, ask := range o.Waiting {
		if (ask.State == Lapsed) != (ask.Person != "e") {
			t.Errorf("the ask of %s is %s", ask.Person, ask.State)
		}
	}
	if !o.Question.Used || o.Rounds[0].Text != "What?" {
		t.Errorf("a lead's own question is not the next one: %+v", o.Rounds[0])
	}
	for _, passed := range []time.Duration{0, day, Pause - time.Second} {
		o := opening()
		o.Past = []Round{{Opened: monday}}
		if out, err := Open(o, "2", monday.Add(passed), time.UTC); !errors.Is(err, ErrAskedLately) || out != nil || o.Waiting[0].State != Waiting {
			t.Errorf("after %s: %v", passed, err)
		}
	}
	o = opening()
	o.Past = []Round{{Opened: monday}}
	if _, err := Open(o, "2", monday.Add(Pause), time.UTC); err != nil {
		t.Errorf("after %s: %v", Pause, err)
	}
	for from, reason := range map[int]error{2: ErrNoTurn, 5: ErrNobody} {
		o = opening()
		o.Members = o.Members[from:]
		if out, err := Open(o, "1", monday, time.UTC); !errors.Is(err, reason) || out != nil || o.Waiting[0].State != Waiting || o.Question.Used {
			t.Errorf("nobody to ask: %v, want %v", err, reason)
		}
	}
}

func TestRhythmIsAtMostWeekly(t *testing.T) {
	for phrase, ok := range map[string]bool{
		"":                                true,
		"every Thursday 14:00":            true,
		"every second Thursday 14:00":     true,
		"first Monday of the month 10:00": true,
		"15th of the month":               true,
		"every day 09:00":                 false,
		"every Monday and Thursday":       false,
		"0 9 * * 1,5":                     false,
		"0 9,15 * * 1":                    false,
		"sometimes":                       false,
	} {
		spec, err := ParseRhythm(phrase, monday, time.UTC)
		if (err == nil) != ok {
			t.Errorf("%q: %v", phrase, err)
		}
		if err != nil && phraseSays(err) == "" {
			t.Errorf("%q is refused without a sentence: %v", phrase, err)
		}
		if err == nil && spec.IsZero() != (phrase == "") {
			t.Errorf("%q gives %q", phrase, spec)
		}
	}
}

func TestChooseAndPost(t *testing.T) {
	var e Evangelist
	var call Call
	if out := Choose(&e, &call, Leads, monday); len(out) != 0 || e.Part != Leads || !e.Since.Equal(monday) {
		t.Fatalf("joined before any call: %+v, %d deliveries", e, len(out))
	}
	if out := call.Post("call/1", "x|1", ""); len(out) != 1 || out[0].View.Version != 1 || out[0].Class != bot.Asked {
		t.Fatalf("posted: %+v", out)
	}
	if out := call.Post("call/1", "x|2", "other"); out != nil || call.Text != "" {
		t.Errorf("posted twice under one key: %+v", out)
	}
	if out := Choose(&e, &call, Supports, monday.Add(day)); len(out) != 1 || out[0].View.Version != 2 || !e.Since.Equal(monday) {
		t.Errorf("changed one's mind: %+v, %+v", e, out)
	}
	if out := Choose(&e, &call, Supports, monday.Add(day)); out != nil || call.Version != 2 {
		t.Errorf("the same again: %+v", out)
	}
	if out := call.Post("call/2", "x|2", "Other words"); len(out) != 2 || out[0].View.Version != 3 || call.Text != "Other words" {
		t.Errorf("posted again: %+v", out)
	}
	for n := range maxCards + 5 {
		call.Post(fmt.Sprint("call/more/", n), "x|3", "")
	}
	if len(call.Cards) != maxCards || call.Cards[maxCards-1].Key != "call/more/24" {
		t.Errorf("%d cards are kept, the last is %s", len(call.Cards), call.Cards[len(call.Cards)-1].Key)
	}
}

func TestTitle(t *testing.T) {
	if got := Title("  A camera\nfor the\nlibrary"); got != "A camera" {
		t.Errorf("title %q", got)
	}
	long := Title(strings.Repeat("ä", 300))
	if n := len([]rune(long)); n != MaxTitle || !strings.HasSuffix(long, "…") {
		t.Errorf("a long title has %d runes", n)
	}
}
