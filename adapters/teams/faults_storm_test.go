package teams_test

import (
	"maps"
	"os"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"evangelist/adapters/teams/teamstest"
	"evangelist/storage/storagetest"
)

// passing are the faults that go by. Where the bot may read nothing of them is
// left over.
func passing() map[string]teamstest.Fault {
	return map[string]teamstest.Fault{
		"reset, done": teamstest.Broken(teamstest.Reset).Accepted(), "reset, not done": teamstest.Broken(teamstest.Reset),
		"429": teamstest.Throttled("30"), "429 without a time": teamstest.Throttled(""),
		"500, done": teamstest.Failed(500).Accepted(), "502": teamstest.Page(502), "503": teamstest.Failed(503), "504, done": teamstest.Failed(504).Accepted(),
		"408, done": teamstest.Refused(408, "").Accepted(), "412, done": teamstest.Refused(412, "PreconditionFailed").Accepted(), "412": teamstest.Refused(412, ""),
		"cut off": teamstest.Broken(teamstest.Truncate), "cut off, done": teamstest.Broken(teamstest.Truncate).Accepted(),
		"a page, done": teamstest.Page(200).Accepted(), "token": teamstest.Refused(401, "Unauthorized"),
	}
}

func eachReading(t *testing.T, test func(t *testing.T, graph bool)) {
	for name, graph := range map[string]bool{"read": true, "not read": false} {
		t.Run(name, func(t *testing.T) { test(t, graph) })
	}
}

// Through the courier every passing fault of every request ends with one copy of
// everything in its order, or with a question to a lead.
func TestCourierOutlivesEveryFault(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	eachReading(t, func(t *testing.T, graph bool) {
		calm := openOffice(t, graph)
		calm.plan = func(int, teamstest.Call) (teamstest.Fault, bool) { return teamstest.Fault{}, false }
		calm.scenario()
		if calm.seen < 12 || len(calm.again)+len(calm.vouched) > 0 {
			t.Fatalf("%d requests, a lead decided about %v and %v", calm.seen, calm.again, calm.vouched)
		}
		for name, fault := range passing() {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				stride := 7 // what matters most strikes everywhere
				if name == "reset, done" || os.Getenv("EVANGELIST_SOAK") != "" {
					stride = 1
				}
				for k := len(name) % stride; k < calm.seen+2; k += stride {
					for _, dies := range deaths(k, stride) {
						o := openOffice(t, graph)
						o.plan = func(n int, _ teamstest.Call) (teamstest.Fault, bool) {
							if n == k {
								return fault, dies
							}
							return teamstest.Fault{}, false
						}
						if o.scenario(); t.Failed() {
							t.Fatalf("the fault was at request %d, and the process died: %v", k, dies)
						}
						_ = o.Close()
					}
				}
			})
		}
	})
}

// deaths says whether the process dies with a fault: both ways where the fault
// strikes everywhere, else in turn.
func deaths(k, stride int) []bool {
	if stride == 1 {
		return []bool{false, true}
	}
	return []bool{k/stride%2 == 1}
}

// storm is what befalls an office: faults at any requests, refusals for good of
// any posts, deaths just after requests, and a restart.
type storm struct {
	lag    time.Duration
	faults map[int]string // of passing
	deaths map[int]bool
	denied map[int]string // of refusals, by post
	steps  int
}

func refusals() map[string]teamstest.Fault {
	return map[string]teamstest.Fault{
		"blocked": teamstest.Refused(403, "MessageWritesBlocked"), "not there": teamstest.Refused(403, "BotNotInConversationRoster"),
		"gone": teamstest.Refused(404, "ConversationNotFound"), "large": teamstest.Refused(413, "MessageSizeTooBig"),
	}
}

func anyStorm(t *rapid.T) storm {
	s := storm{lag: time.Duration(rapid.IntRange(0, 60).Draw(t, "lag")) * time.Second, steps: rapid.IntRange(0, 25).Draw(t, "steps"),
		faults: map[int]string{}, deaths: map[int]bool{}, denied: map[int]string{}}
	names := slices.Sorted(maps.Keys(passing()))
	for range rapid.IntRange(2, 8).Draw(t, "faults") {
		s.faults[rapid.IntRange(0, 35).Draw(t, "at")] = rapid.SampledFrom(names).Draw(t, "fault")
	}
	for range rapid.IntRange(0, 3).Draw(t, "deaths") {
		s.deaths[rapid.IntRange(0, 35).Draw(t, "death")] = true
	}
	for range rapid.IntRange(0, 2).Draw(t, "refusals") {
		s.denied[rapid.IntRange(0, 20).Draw(t, "post")] = rapid.SampledFrom(slices.Sorted(maps.Keys(refusals()))).Draw(t, "refusal")
	}
	return s
}

// plan is the storm as it befalls requests.
func (s storm) plan() func(int, teamstest.Call) (teamstest.Fault, bool) {
	posts, faults, denials := 0, passing(), refusals()
	return func(n int, c teamstest.Call) (teamstest.Fault, bool) {
		if c.Method == "send" {
			if name, ok := s.denied[posts]; ok {
				posts++
				return denials[name], s.deaths[n]
			}
			posts++
		}
		return faults[s.faults[n]], s.deaths[n]
	}
}

func TestCourierOutlivesAnyFaults(t *testing.T) {
	some := rapid.Custom(anyStorm)
	eachReading(t, func(t *testing.T, graph bool) {
		t.Parallel()
		asked, seeds := 0, 30
		if storagetest.Raced {
			seeds = 3
		}
		for seed := range seeds {
			s := some.Example(seed)
			o := openOffice(t, graph)
			o.Lag(s.lag)
			o.plan = s.plan()
			keys := o.mail()
			for range s.steps {
				if worked, next := o.step(); !worked && !next.IsZero() {
					o.clock.pass(max(0, next.Sub(o.clock.Now())))
				}
			}
			o.restart()
			o.lead(keys)
			o.bump()
			o.lead(keys)
			if o.delivered(keys); t.Failed() {
				t.Fatalf("seed %d: %+v", seed, s)
			}
			asked += len(o.again) + len(o.vouched)
			_ = o.Close()
		}
		t.Logf("a lead was asked %d times", asked)
	})
}

// While Teams asks for patience in one channel the others go on; nothing is sent
// there before the time is over, and the order is kept.
func TestBusyChannelHindersNoOther(t *testing.T) {
	eachReading(t, func(t *testing.T, graph bool) {
		o := openOffice(t, graph)
		struck := false
		o.plan = func(_ int, c teamstest.Call) (teamstest.Fault, bool) {
			if c.Method == "send" && c.Conversation == o.finds && !struck {
				struck = true
				return teamstest.Throttled("30"), false
			}
			return teamstest.Fault{}, false
		}
		begin := o.clock.Now()
		keys := o.mail()
		o.run()
		o.account(keys)
		o.delivered(keys)
		if first := o.Messages(o.finds)[0]; first.At.Sub(begin) < 30*time.Second {
			t.Errorf("it was tried again after %s", first.At.Sub(begin))
		}
		for _, m := range append(o.Messages(o.help), o.Messages(o.Personal(o.ada))...) {
			if late := m.At.Sub(begin); late > 15*time.Second {
				t.Errorf("another conversation waited %s", late)
			}
		}
	})
}
