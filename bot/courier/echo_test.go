package courier_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/bot/courier"
)

// hear hands over the echo of the n-th post, twice.
func (b *bench) hear(n int) {
	b.Helper()
	m := b.world.messages[n]
	b.hearOf(m.id, bot.MessageRef{Place: m.place, Native: m.ref})
}

func (b *bench) hearOf(id string, ref bot.MessageRef) {
	b.Helper()
	for range 2 {
		if err := b.courier.Arrived(b.Context(), id, ref); err != nil {
			b.Fatal(err)
		}
	}
}

// losing answers the first n posts with a reset after they were done.
func (b *bench) losing(n int) {
	b.world.tamper = func(point string, do func()) error {
		do()
		if point == "post" && n > 0 {
			n--
			return errReset
		}
		return nil
	}
}

func TestAnEchoEndsTheDoubtAtOnce(t *testing.T) {
	for name, kind := range map[string]func(platform) bot.Platform{"full": asFull, "blind": asBlind} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, kind)
			b.add(b.text("d", "chat|a", "one|two"), b.text("after", "chat|a", "after"))
			b.losing(1)
			b.settle()
			if it := b.get("d"); it.State == courier.Sent || it.State == courier.Queued {
				t.Fatalf("before the echo it is %s", it.State)
			}
			b.hear(0)
			b.settle() // at the same moment
			it := b.state("d", courier.Sent)
			if it.Parts[0].Ref != "m1" || it.Holds || it.Ended != start {
				t.Errorf("settled as %+v", it)
			}
			for _, piece := range []string{"one", "two", "after"} {
				if n := len(b.world.live("chat|a", "")); n != 3 || !slices.Contains(b.payloads("chat|a"), piece) {
					t.Errorf("%s: the place has %v", piece, b.payloads("chat|a"))
				}
			}
		})
	}
}

func TestEchoesThatChangeNothing(t *testing.T) {
	b := newBench(t, asFull)
	b.add(b.text("sent", "chat|a", "one"), b.text("left", "chat|b", "two"))
	b.run()
	b.add(b.text("lost", "chat|c", "three"))
	b.fail("post", errReset)
	b.settle()
	lost := b.get("lost")
	if err := b.courier.Decide(t.Context(), "lost", courier.Leave); err != nil {
		t.Fatal(err)
	}
	left := b.get("lost")
	sent := b.get("sent")
	for _, c := range []struct {
		name, id string
		ref      bot.MessageRef
	}{
		{"unknown", "nobody's", bot.MessageRef{Place: "chat|a", Native: "m1"}},
		{"without id", "", bot.MessageRef{Place: "chat|a", Native: "m1"}},
		{"without reference", lost.Parts[0].ID, bot.MessageRef{Place: "chat|c"}},
		{"known", sent.Parts[0].ID, bot.MessageRef{Place: "chat|a", Native: "m1"}},
		{"another copy", sent.Parts[0].ID, bot.MessageRef{Place: "chat|a", Native: "m9"}},
		{"left by a lead", lost.Parts[0].ID, bot.MessageRef{Place: "chat|c", Native: "m9"}},
	} {
		b.hearOf(c.id, c.ref)
		if it := b.get("sent"); it.Attempt != sent.Attempt || it.Parts[0].Ref != "m1" {
			t.Errorf("%s: sent became %+v", c.name, it)
		}
		if it := b.get("lost"); it.State != courier.Dropped || it.Attempt != left.Attempt || it.Parts[0].Ref != "" {
			t.Errorf("%s: lost became %+v", c.name, it)
		}
	}
	b.add(b.text("open", "chat|d", "four"))
	b.fail("post", errReset)
	b.settle()
	b.hearOf(b.get("open").Parts[0].ID, bot.MessageRef{Place: "chat|a", Native: "m9"})
	if it := b.state("open", courier.Unknown); it.Parts[0].State != courier.Asked {
		t.Error("an echo from another place was taken")
	}
}

// The second attempt is on its way when the echo of the first one comes; how it
// ends no longer matters.
func TestAnEchoFencesWhoeverStillSends(t *testing.T) {
	for name, ending := range map[string]error{"sent": nil, "refused": busyFor(time.Minute), "denied": deniedError, "lost": errReset} {
		for kind, as := range map[string]func(platform) bot.Platform{"full": asFull, "blind": asBlind} {
			t.Run(name+" "+kind, func(t *testing.T) {
				b := newBench(t, as)
				b.add(b.text("d", "chat|a", "one|two"))
				posts := 0
				b.world.tamper = func(point string, do func()) error {
					if point != "post" {
						do()
						return nil
					}
					if posts++; posts > 1 {
						do()
						return nil
					}
					do()
					b.hear(0)
					return ending
				}
				b.run()
				if it := b.state("d", courier.Sent); it.Parts[0].Ref != "m1" || it.Tries != 0 || it.Refusals != 0 {
					t.Errorf("settled as %+v", it)
				}
				if got := b.payloads("chat|a"); !slices.Equal(got, []string{"one", "two"}) {
					t.Errorf("the place has %v", got)
				}
			})
		}
	}
}

func TestAnEchoFreesWhatWasParked(t *testing.T) {
	b := newBench(t, asBlind)
	b.add(b.text("unsure", "chat|a", "one|two"))
	b.losing(1)
	b.settle()
	b.state("unsure", courier.Unsure)
	b.hear(0)
	b.settle()
	b.state("unsure", courier.Sent)

	b = newBench(t, asFull)
	b.add(b.text("failed", "chat|a", "one|two"))
	b.fail("post", errReset, errReset, errReset, errReset, errReset)
	b.run()
	it := b.state("failed", courier.Failed)
	b.hearOf(it.Parts[0].ID, bot.MessageRef{Place: "chat|a", Native: "m77"})
	b.settle()
	if it := b.state("failed", courier.Sent); it.Parts[0].Ref != "m77" {
		t.Errorf("the first part stands at %q", it.Parts[0].Ref)
	}
}

func TestAnEchoOfALaterPartDoesNotHurryAnEarlierOne(t *testing.T) {
	b := lostLine(t, asFull, func(b *bench) { b.add(b.text("d", "chat|a", "one|two")) })
	b.add(b.text("d", "chat|a", "one|two"))
	if err := b.courier.BeginEpoch(t.Context(), start.Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	b.world.messages[0].gone = true // the first part has to be sent again
	b.fail("post", errReset)
	b.settle()
	before := b.state("d", courier.Unknown)
	b.hear(1)
	it := b.state("d", courier.Unknown)
	if it.Parts[1].State != courier.Posted || !it.Due.Equal(before.Due) {
		t.Errorf("after the echo of the second part: %s due %v, was due %v", it.Parts[1].State, it.Due, before.Due)
	}
	b.run()
	if got := b.payloads("chat|a"); len(got) != 2 {
		t.Errorf("the place has %v", got)
	}
	b.state("d", courier.Sent)

	b.add(b.text("denied", "chat|b", "one|two"))
	b.fail("post", deniedError)
	b.run()
	parked := b.state("denied", courier.Failed)
	b.hearOf(parked.Parts[1].ID, bot.MessageRef{Place: "chat|b", Native: "m88"})
	b.settle()
	b.state("denied", courier.Failed) // a human has to mend the first part still
}

func TestALateEchoOfWhatWasTakenAway(t *testing.T) {
	b := newBench(t, asFull)
	for _, text := range []string{"one|two", "one"} {
		b.grow("c", text)
		b.run()
	}
	taken := b.world.messages[1]
	if !taken.gone {
		t.Fatal("the second part is not gone")
	}
	b.hear(1)
	b.state("c", courier.Sent)
	b.grow("c", "one|again")
	b.fail("post", errReset)
	b.settle()
	b.hear(1) // while the new copy is in doubt
	if it := b.get("c"); it.Parts[1].State == courier.Posted {
		t.Fatal("a message that is gone was taken for the new one")
	}
	b.run()
	if got := b.payloads("chat|c"); !slices.Equal(got, []string{"one", "again 3"}) {
		t.Errorf("shows %v", got)
	}
}

func TestAnEchoTellsWhereAMessageStandsThatALeadFound(t *testing.T) {
	b := newBench(t, asBlind)
	b.add(b.text("first", "chat|a", "first"))
	b.losing(1)
	b.settle()
	if err := b.courier.Decide(t.Context(), "first", courier.There); err != nil {
		t.Fatal(err)
	}
	b.state("first", courier.Sent)
	b.hear(0)
	reply := b.text("reply", "chat|a", "reply")
	reply.Thread = "first"
	b.add(reply)
	b.run()
	if m := b.world.messages[1]; m.thread != "m1" {
		t.Errorf("the reply stands under %q", m.thread)
	}
}

func TestAnEchoThatCannotBeKeptIsAnError(t *testing.T) {
	b := newBench(t, asFull)
	b.add(b.text("d", "chat|a", "one"))
	b.losing(1)
	b.settle()
	config, broken := b.config, true
	config.Store.Queue = meddled{Queue: b.store.Queue, tamper: func(_ string, do func()) error {
		if broken {
			return errReset
		}
		do()
		return nil
	}}
	c := b.start(config)
	m := b.world.messages[0]
	ref := bot.MessageRef{Place: m.place, Native: m.ref}
	if err := c.Arrived(t.Context(), m.id, ref); !errors.Is(err, errReset) {
		t.Errorf("answered %v", err)
	}
	broken = false
	if err := c.Arrived(t.Context(), m.id, ref); err != nil {
		t.Error(err)
	}
	b.state("d", courier.Sent)
}
