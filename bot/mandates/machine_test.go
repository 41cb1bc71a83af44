package mandates

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

var monday = time.Date(2026, 11, 30, 10, 0, 0, 0, time.UTC)

const day = 24 * time.Hour

func actorAs(as Relation) bot.Actor {
	switch as {
	case AsOwner:
		return bot.Actor{Account: "a", Person: "owner"}
	case AsSigner:
		return bot.Actor{Account: "a", Person: "signer"}
	case AsLead:
		return bot.Actor{Account: "a", Person: "lead", Roles: []bot.Role{bot.Lead}}
	case AsColleague:
		return bot.Actor{Account: "a", Person: "other"}
	}
	return bot.Actor{}
}

func wish() Wish {
	return Wish{Amount: "hour", Freedoms: []string{"talk", "meet"}, Words: "To help at the counter.", Signer: "signer"}
}

// in is a mandate in a state, reached by its own rules.
func in(t *testing.T, state State) Mandate {
	t.Helper()
	m, _ := NewMandate("m", "s", "owner", wish(), monday)
	step := func(_ []bot.Delivery, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	switch state {
	case Returned:
		step(m.GiveBack(actorAs(AsSigner), "What for?"))
	case Withdrawn:
		step(m.Retract(actorAs(AsOwner)))
	case Signed, Expired:
		step(m.SignIt(actorAs(AsSigner), 1, monday))
		if state == Expired {
			m.Tick(m.Until, Facts{})
		}
	}
	if m.State != state {
		t.Fatalf("%s, not %s", m.State, state)
	}
	return m
}

func actOn(m *Mandate, act Act, actor bot.Actor) error {
	var err error
	switch act {
	case See, Renew:
		err = m.allow(actor, act)
	case Change:
		w := wish()
		w.Amount = "half-day"
		_, err = m.Rewrite(actor, w)
	case Withdraw:
		_, err = m.Retract(actor)
	case Decline:
		_, err = m.LetGo(actor)
	case Sign:
		_, err = m.SignIt(actor, 1, monday)
	case Return:
		_, err = m.GiveBack(actor, "What for?")
	}
	return err
}

// The machine of a letter as promised, written down a second time.
func TestEveryActOnALetter(t *testing.T) {
	stay := func(states ...State) map[State]State {
		to := map[State]State{}
		for _, s := range states {
			to[s] = s
		}
		return to
	}
	promised := map[Act]struct {
		who    []Relation
		to     map[State]State
		silent []State
	}{
		See:      {[]Relation{AsOwner, AsSigner}, stay(States()...), nil},
		Renew:    {[]Relation{AsOwner}, stay(Signed, Expired), nil},
		Change:   {[]Relation{AsOwner}, map[State]State{Asked: Asked, Returned: Asked}, nil},
		Withdraw: {[]Relation{AsOwner}, map[State]State{Asked: Withdrawn, Returned: Withdrawn, Signed: Withdrawn}, []State{Withdrawn}},
		Decline:  {[]Relation{AsOwner}, stay(Signed), nil},
		Sign:     {[]Relation{AsSigner}, map[State]State{Asked: Signed}, []State{Signed}},
		Return:   {[]Relation{AsSigner}, map[State]State{Asked: Returned}, []State{Returned}},
	}
	for _, state := range States() {
		for _, act := range Acts() {
			for _, as := range Relations() {
				m := in(t, state)
				before, p := m, promised[act]
				to, does := p.to[state]
				err := actOn(&m, act, actorAs(as))
				var refused *bot.Error
				switch {
				case !slices.Contains(p.who, as):
					if !errors.Is(err, bot.ErrNotFound) || !reflect.DeepEqual(before, m) {
						t.Errorf("%s by %s when %s: %v", act, as, state, err)
					}
				case does:
					if err != nil || m.State != to {
						t.Errorf("%s when %s: %s, %v", act, state, m.State, err)
					}
				case slices.Contains(p.silent, state):
					if err != nil || !reflect.DeepEqual(before, m) {
						t.Errorf("%s when %s is not silent: %v", act, state, err)
					}
				case !errors.As(err, &refused) || refused.Is(bot.ErrNotFound) || !reflect.DeepEqual(before, m):
					t.Errorf("%s when %s: %v", act, state, err)
				}
				after := m
				if err := actOn(&m, act, actorAs(as)); err == nil && !reflect.DeepEqual(after, m) {
					t.Errorf("%s by %s when %s does more the second time", act, as, state)
				}
			}
		}
	}
}

func asked() Resource {
	return Resource{ID: "r", Source: "s", Person: "owner", What: "A tablet", For: "To show people.", Cost: "300 pounds", Outcome: Waiting, Leads: []bot.PersonID{"lead"}, Asked: monday, Version: 1}
}

// The machine of a resource as promised.
func TestEveryDeedOnAResource(t *testing.T) {
	for _, outcome := range Outcomes() {
		for _, orphan := range []bool{false, true} {
			for _, deed := range Deeds() {
				for _, as := range Relations() {
					r := asked()
					r.Outcome, r.Orphan, r.Reason = outcome, orphan, "Because."
					before := r
					var err error
					switch deed {
					case Look:
						err = r.allow(actorAs(as), Look)
					case Decide:
						_, err = r.Settle(actorAs(as), NotGranted, "Because.", false, monday, time.UTC)
					case TakeBack:
						_, err = r.Drop(actorAs(as))
					case HandOver:
						_, err = r.Pass(actorAs(as), bot.Person{ID: "other"}, monday)
					}
					may := map[Deed]bool{
						Look: as == AsOwner || as == AsLead, Decide: as == AsLead, TakeBack: as == AsOwner || as == AsLead && orphan, HandOver: as == AsLead && orphan,
					}[deed]
					to := map[Deed]Outcome{Look: outcome, Decide: NotGranted, TakeBack: TakenBack, HandOver: Waiting}[deed]
					var refused *bot.Error
					switch {
					case !may:
						if !errors.Is(err, bot.ErrNotFound) || !reflect.DeepEqual(before, r) {
							t.Errorf("%s by %s when %s: %v", deed, as, outcome, err)
						}
					case outcome == Waiting || outcome == to && deed != HandOver:
						if err != nil || r.Outcome != to {
							t.Errorf("%s when %s: %s, %v", deed, outcome, r.Outcome, err)
						}
					case !errors.As(err, &refused) || refused.Is(bot.ErrNotFound) || !reflect.DeepEqual(before, r):
						t.Errorf("%s when %s: %v", deed, outcome, err)
					}
				}
			}
		}
	}
}

// A decision has a reason unless it is a full yes, is nobody's own, and keeps the
// days alone.
func TestDeciding(t *testing.T) {
	lead := actorAs(AsLead)
	for name, c := range map[string]struct {
		outcome Outcome
		reason  string
		own     bool
		alone   bool
		want    error
	}{
		"yes": {Granted, "", false, false, nil}, "no without why": {NotGranted, "", false, false, ErrNoReason}, "part without why": {Partly, "", false, false, ErrNoReason},
		"nothing": {"", "x", false, false, ErrNoOutcome}, "waiting": {Waiting, "x", false, false, ErrNoOutcome}, "taken back": {TakenBack, "x", false, false, ErrNoOutcome},
		"own": {Granted, "", true, false, ErrOwn}, "own, alone": {Granted, "", true, true, nil}, "no": {NotGranted, "None is left.", false, false, nil},
	} {
		r := asked()
		if c.own {
			r.Person = lead.Person
		}
		out, err := r.Settle(lead, c.outcome, c.reason, c.alone, monday.Add(3*day), time.UTC)
		if !errors.Is(err, c.want) || err == nil && (r.Days != 3 || r.Decided != (schedule.Date{Year: 2026, Month: 12, Day: 3}) || len(out) != 2) {
			t.Errorf("%s: %v, %+v", name, err, r)
		}
	}
	r := asked()
	r.Orphan = true
	if out, err := r.Settle(lead, Granted, "", false, monday, time.UTC); err != nil || len(out) != 1 {
		t.Errorf("nobody is there to be told: %+v, %v", out, err)
	}
}

// Days are those of the calendar, also across a change of clocks.
func TestDaysWaited(t *testing.T) {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		from, to time.Time
		want     int
	}{
		{time.Date(2026, 3, 28, 23, 30, 0, 0, zone), time.Date(2026, 3, 29, 0, 30, 0, 0, zone), 1},
		{time.Date(2026, 3, 28, 12, 0, 0, 0, zone), time.Date(2026, 3, 30, 11, 0, 0, 0, zone), 2},
		{time.Date(2026, 10, 24, 12, 0, 0, 0, zone), time.Date(2026, 10, 26, 11, 0, 0, 0, zone), 2},
		{time.Date(2026, 12, 30, 1, 0, 0, 0, zone), time.Date(2026, 12, 30, 23, 0, 0, 0, zone), 0},
	} {
		if got := between(schedule.DateOf(c.from, zone), schedule.DateOf(c.to, zone)); got != c.want {
			t.Errorf("from %s to %s: %d days, not %d", c.from, c.to, got, c.want)
		}
	}
}

// Whatever is pressed in whatever order and however time goes by: nobody but the
// owner and who is asked to sign is written to, never more than one nudge, what is
// signed is the wish that was read, and after the end nothing moves.
func TestAnyLetter(t *testing.T) {
	reached := map[State]bool{}
	rapid.Check(t, func(t *rapid.T) {
		m, _ := NewMandate("m", "s", "owner", wish(), monday)
		if rapid.Bool().Draw(t, "signed at once") {
			if _, err := m.SignIt(actorAs(AsSigner), 1, monday); err != nil {
				t.Fatal(err)
			}
		}
		now, nudges, signers := monday, map[string]bool{}, []bot.PersonID{"signer", "other"}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			before := m
			var out []bot.Delivery
			var err error
			actor := actorAs(rapid.SampledFrom(append(Relations(), AsOwner, AsSigner, AsSigner)).Draw(t, "as"))
			read := rapid.SampledFrom([]int{m.Wishes, 1}).Draw(t, "read")
			switch act := rapid.SampledFrom([]Act{Change, Withdraw, Decline, Sign, Sign, Return, "time", "time", "time"}).Draw(t, "act"); act {
			case Change:
				w := wish()
				w.Amount, w.Signer = rapid.SampledFrom(amounts).Draw(t, "amount").Value, rapid.SampledFrom(signers).Draw(t, "signer")
				out, err = m.Rewrite(actor, w)
			case Withdraw:
				if rapid.IntRange(0, 4).Draw(t, "really") == 0 {
					out, err = m.Retract(actor)
				}
			case Decline:
				out, err = m.LetGo(actor)
			case Sign:
				out, err = m.SignIt(actor, read, now)
				if err == nil && before.State == Asked && read != before.Wishes {
					t.Fatal("a wish is signed that nobody read")
				}
			case Return:
				out, err = m.GiveBack(actor, "Why?")
			default:
				now = now.Add(time.Duration(rapid.IntRange(1, 120).Draw(t, "days")) * day)
				out, _ = m.Tick(now, Facts{OwnerGone: rapid.IntRange(0, 30).Draw(t, "gone") == 0, SignerGone: rapid.IntRange(0, 9).Draw(t, "signer gone") == 0})
			}
			if err != nil && !reflect.DeepEqual(before, m) {
				t.Fatal("refused, and something changed")
			}
			if over := before.State == Withdrawn || before.State == Expired; over && (!reflect.DeepEqual(before, m) || len(out) > 0) {
				t.Fatalf("after the end: %+v", out)
			}
			for _, d := range out {
				if d.To.Person != "owner" && !slices.Contains(signers, d.To.Person) || d.To.Person == "owner" && strings.Contains(d.Key, "review") {
					t.Fatalf("%s goes to %s", d.Key, d.To.Person)
				}
				if d.Class == bot.Nudge {
					nudges[d.Key] = true
				}
				if d.View == nil || d.View.Version != m.Version {
					t.Fatalf("%s shows an old state", d.Key)
				}
			}
			if m.Version < before.Version || m.Told < before.Told || len(nudges) > 1 {
				t.Fatalf("%+v", m)
			}
			if m.State == Signed && (m.Until.Sub(m.Signed) < 365*day || m.Signed.IsZero()) {
				t.Fatalf("signed for %s", m.Until.Sub(m.Signed))
			}
			reached[m.State] = true
		}
		if m.State == Signed { // left alone it ends
			for range 2 {
				m.Tick(m.Until, Facts{})
			}
			if m.State != Expired {
				t.Fatalf("%s when its year is over", m.State)
			}
			reached[Expired] = true
		}
	})
	if len(reached) != len(States()) {
		t.Errorf("the walks reached %v only", reached)
	}
}

// Every word of a letter's form is in the letter, and no message says hours spent.
func TestChoices(t *testing.T) {
	for _, all := range [][]choice{amounts, freedoms} {
		seen := map[string]bool{}
		for _, c := range all {
			if c.Value == "" || c.Label == "" || c.Phrase == "" || seen[c.Value] || strings.HasSuffix(c.Phrase, ".") {
				t.Errorf("%+v", c)
			}
			seen[c.Value] = true
		}
	}
}
