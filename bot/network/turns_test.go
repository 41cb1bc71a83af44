package network

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"evangelist/bot"
)

func TestPaces(t *testing.T) {
	for text, want := range map[string]Pace{"": EachTime, "each": EachTime, "fortnight": Fortnightly, "month": Monthly} {
		if pace, ok := ParsePace(text); !ok || pace != want {
			t.Errorf("%q is read as %q, %v", text, pace, ok)
		}
	}
	if _, ok := ParsePace("daily"); ok {
		t.Error("a pace faster than the rhythm is accepted")
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	spec, err := ParseRhythm("every Thursday 14:00", monday, berlin)
	if err != nil {
		t.Fatal(err)
	}
	// Over both changes of the clocks the same weekday fits the pace.
	for _, begin := range []time.Time{time.Date(2026, 10, 1, 0, 0, 0, 0, berlin), time.Date(2027, 3, 1, 0, 0, 0, 0, berlin)} {
		for pace, weeks := range map[Pace]int{EachTime: 1, Fortnightly: 2, Monthly: 4} {
			first, _ := spec.Next(begin, berlin, nil)
			e := Evangelist{Pace: pace, Last: Turn{Opened: first.Due}}
			for range 8 {
				next, ok := e.turnAfter(e.Last.Opened, spec, berlin)
				if want := e.Last.Opened.In(berlin).AddDate(0, 0, 7*weeks); !ok || !next.Equal(want) {
					t.Errorf("%q after %s: %s, want %s", pace, e.Last.Opened, next, want)
				}
				e.Last.Opened = next
			}
		}
	}
}

// A question that waited for quiet hours or caps does not let the next one come too
// soon after it.
func TestAQuestionCountsFromWhenItWentOut(t *testing.T) {
	o := &Opening{Question: Question{ID: "main"}, Set: Provided(), Members: []Evangelist{
		{Person: "a", Part: Leads, Pace: Monthly, Last: Turn{Opened: monday.Add(-28 * day), Sent: monday.Add(-24 * day)}},
		{Person: "b", Part: Leads, Pace: Monthly, Last: Turn{Opened: monday.Add(-28 * day), Sent: monday.Add(-28 * day)}},
	}}
	out, err := Open(o, "1", monday, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	if want := monday.Add(3 * day); !out[0].NotBefore.Equal(want) || !o.Asks[0].From.Equal(want) || !o.Asks[0].Next.After(want) {
		t.Errorf("goes out from %s, reminded at %s, want from %s", out[0].NotBefore, o.Asks[0].Next, want)
	}
	if !out[1].NotBefore.IsZero() || !o.Asks[1].From.Equal(monday) {
		t.Errorf("held back until %s without a reason", out[1].NotBefore)
	}
}

// Whatever leads do to the set, and whoever is asked when: there is always a question,
// kinds take turns as long as each has one, and nobody gets the same twice running.
func TestQuestionsTakeTurns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		set, now := Provided(), monday
		var past []Round
		members := make([]Evangelist, 5)
		for i := range members {
			members[i] = Evangelist{Person: bot.PersonID(fmt.Sprint(i)), Part: Leads, Pace: rapid.SampledFrom([]Pace{EachTime, Fortnightly, Monthly}).Draw(t, "pace")}
		}
		for n := range 40 {
			question := Question{ID: "main"}
			switch act := rapid.IntRange(0, 9).Draw(t, "act"); {
			case act < 3:
				id := set[rapid.IntRange(0, len(set)-1).Draw(t, "which")].ID
				if err := set.Pause(id, act > 0); err != nil && !errors.Is(err, ErrLastQuestions) {
					t.Fatal(err)
				}
			case act == 3:
				kind := rapid.SampledFrom(kinds[:]).Draw(t, "kind")
				if err := set.Put(Prompt{ID: fmt.Sprint("own-", n), Kind: kind, Text: fmt.Sprint("Question ", n), Added: now}); err != nil && !errors.Is(err, ErrManyQuestions) {
					t.Fatal(err)
				}
			case act == 4:
				question.Text = rapid.SampledFrom([]string{"What now?", "And now?", set[0].Text}).Draw(t, "own")
			}
			o := &Opening{Question: question, Set: set, Past: past, Members: members}
			_, err := Open(o, fmt.Sprint(n), now, time.UTC)
			now = now.Add(7 * day)
			if errors.Is(err, ErrNoTurn) {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			checkTurn(t, set, past, o)
			for _, ask := range o.Asks {
				i := slices.IndexFunc(members, func(e Evangelist) bool { return e.Person == ask.Person })
				if members[i].Last.Prompt == ask.Prompt {
					t.Fatalf("%s is asked %q twice running", ask.Person, ask.Text)
				}
				members[i].Last = Turn{Prompt: ask.Prompt, Opened: ask.Opened}
			}
			past = append(slices.Clone(o.Rounds), past...)
		}
	})
}

func checkTurn(t *rapid.T, set Set, past []Round, o *Opening) {
	last := slices.IndexFunc(past, func(r Round) bool { return r.Kind != Any })
	for _, round := range o.Rounds {
		at := set.index(round.Prompt)
		if strings.HasPrefix(round.Prompt, "said-") {
			continue
		}
		if at < 0 || set[at].Paused || set[at].Text != round.Text || set[at].Kind != round.Kind {
			t.Fatalf("asked %+v, which is not in the set or paused", round)
		}
	}
	full := true
	for _, kind := range kinds {
		full = full && len(set.Of(kind).Active()) > 0
	}
	if first := o.Rounds[0]; full && last >= 0 && first.Kind != Any {
		if want := kinds[(slices.Index(kinds[:], past[last].Kind)+1)%3]; first.Kind != want {
			t.Fatalf("after %q comes %q, want %q", past[last].Kind, first.Kind, want)
		}
	}
}

func TestTheSet(t *testing.T) {
	set := Provided()
	for _, kind := range kinds {
		if len(set.Of(kind)) != 3 {
			t.Errorf("%d questions of %s", len(set.Of(kind)), kind)
		}
	}
	for _, p := range set {
		if len([]rune(p.Text)) > maxQuestion {
			t.Errorf("%s is too long", p.ID)
		}
	}
	if err := set.Put(Prompt{ID: "x", Kind: Need, Text: strings.ToUpper(set[0].Text)}); !errors.Is(err, ErrSameQuestion) {
		t.Errorf("the same question in capitals: %v", err)
	}
	for n := range MaxOfKind - 3 {
		if err := set.Put(Prompt{ID: fmt.Sprint(n), Kind: Need, Text: fmt.Sprint(n)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := set.Put(Prompt{ID: "x", Kind: Need, Text: "One more"}); !errors.Is(err, ErrManyQuestions) {
		t.Errorf("one too many: %v", err)
	}
	if err := set.Put(Prompt{ID: "share-1", Kind: Need, Text: "Moved"}); !errors.Is(err, ErrManyQuestions) {
		t.Errorf("moved to a kind that is full: %v", err)
	}
	if err := set.Put(Prompt{ID: "need-1", Kind: Need, Text: "In other words"}); err != nil || set[6].Text != "In other words" {
		t.Errorf("changed: %v, %+v", err, set[6])
	}
	refused := 0
	for _, p := range slices.Clone(set) {
		if err := set.Pause(p.ID, true); errors.Is(err, ErrLastQuestions) {
			refused++
		}
	}
	if len(set.Active()) != 2 || refused != 2 {
		t.Errorf("%d stay after everything was paused, %d were refused", len(set.Active()), refused)
	}
	if err := set.Pause("nothing", true); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("a strange one: %v", err)
	}
	again := SetOf([]Prompt{{ID: "b", Kind: Need, Text: "b", Added: monday.Add(day)}, {ID: "learn-1", Kind: Share, Text: "Other"}, {ID: "a", Kind: Need, Text: "a", Added: monday}})
	if len(again) != 11 || again[3].Text != "Other" || again[9].ID != "a" || again[10].ID != "b" {
		t.Errorf("put together: %+v", again)
	}
}
