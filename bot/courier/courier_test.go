package courier_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/bot/courier"
)

var (
	busyFor = func(d time.Duration) error {
		return &bot.SendError{Reason: bot.Busy, RetryAfter: d, Say: "Busy."}
	}
	deniedError      = &bot.SendError{Reason: bot.Denied, Say: "Invite the bot to the channel."}
	unreachableError = &bot.SendError{Reason: bot.Unreachable, Say: "This account is closed."}
)

func TestOrderWithinAPlaceOutlastsRefusals(t *testing.T) {
	b := newBench(t, asFull)
	b.add(b.text("a1", "chat|a", "a1|a2"), b.text("a2", "chat|a", "a3"), b.text("b", "chat|b", "b"))
	b.fail("post", busyFor(30*time.Second))
	next := b.settle()
	if got := b.payloads("chat|b"); !slices.Equal(got, []string{"b"}) {
		t.Errorf("the other place has %v", got)
	}
	if got := b.payloads("chat|a"); len(got) > 0 {
		t.Errorf("%v overtook", got)
	}
	if wait := next.Sub(start); wait < 30*time.Second || wait > 31*time.Second {
		t.Errorf("again after %v", wait)
	}
	b.run()
	if got := b.payloads("chat|a"); !slices.Equal(got, []string{"a1", "a2", "a3"}) {
		t.Errorf("the place has %v", got)
	}
}

func TestDoubtHoldsThePlaceAndFailureFreesIt(t *testing.T) {
	b := newBench(t, asFull)
	b.add(b.text("a1", "chat|a", "a1"), b.text("a2", "chat|a", "a2"), b.text("a3", "chat|a", "a3"))
	b.fail("post", errReset, nil, deniedError)
	b.settle()
	if got := b.payloads("chat|a"); len(got) > 0 {
		t.Errorf("%v did not wait for the doubt to end", got)
	}
	b.run()
	if got := b.payloads("chat|a"); !slices.Equal(got, []string{"a1", "a3"}) {
		t.Errorf("the place has %v", got)
	}
	if it := b.state("a2", courier.Failed); it.Note != deniedError.Say {
		t.Errorf("said %q", it.Note)
	}
}

func TestABusyPlatformIsLeftAloneAsAWhole(t *testing.T) {
	b := newBench(t, asFull)
	other := &world{clock: b.clock}
	b.config.Platforms = append(b.config.Platforms, full{platform{other, "other"}})
	b.courier = b.start(b.config)
	for _, key := range keyed("p%d", 8) {
		b.add(b.text(key, bot.PlaceID("chat|"+key), key))
	}
	b.add(b.text("o", "other|o", "o"))
	calls := 0
	b.world.tamper = func(point string, do func()) error { calls++; return busyFor(0) }
	b.settle()
	if calls != 3 {
		t.Errorf("asked %d times before it was left alone, want 3", calls)
	}
	if len(other.live("other|o", "")) != 1 {
		t.Error("the other platform had to wait")
	}
	stats, err := b.courier.Stats(t.Context())
	if err != nil || stats.Paused["chat"].IsZero() {
		t.Errorf("stats %+v, %v", stats, err)
	}
	b.world.tamper = nil
	b.run()
	for _, key := range keyed("p%d", 8) {
		b.state(key, courier.Sent)
	}
}

// A program that was held up between claim and request blames nobody else.
func TestALateClaimDoesNotPauseThePlatform(t *testing.T) {
	b := newBench(t, asFull)
	for _, key := range keyed("p%d", 4) {
		b.add(b.text(key, bot.PlaceID("chat|"+key), key))
	}
	held := 0
	config := b.config
	config.Store.Queue = meddled{Queue: b.store.Queue, tamper: func(_ string, do func()) error {
		if do(); held < 6 && held%2 == 0 { // each first commit is a claim, each second one its refusal
			b.clock.add(time.Minute)
		}
		held++
		return nil
	}}
	b.courier = b.start(config)
	b.settle()
	stats, err := b.courier.Stats(t.Context())
	if err != nil || !stats.Paused["chat"].IsZero() {
		t.Errorf("paused until %v, %v", stats.Paused["chat"], err)
	}
	b.run()
	for _, key := range keyed("p%d", 4) {
		b.state(key, courier.Sent)
	}
}

func TestTheLimiterSpacesWhatIsSent(t *testing.T) {
	b := newBench(t, asFull)
	b.world.limits = []bot.Limit{{Scope: bot.PerPlace, Count: 1, Per: time.Second}, {Scope: bot.PerPlatform, Count: 5, Per: 10 * time.Second}}
	b.courier = b.start(b.config)
	for i := range 24 {
		b.add(b.text(fmt.Sprint("d", i), bot.PlaceID(fmt.Sprint("chat|", i%3)), fmt.Sprint(i, "|", i)))
	}
	b.run()
	all := b.world.messages
	if len(all) != 48 {
		t.Fatalf("%d messages", len(all))
	}
	last := map[bot.PlaceID]time.Time{}
	for i, m := range all {
		if before, ok := last[m.place]; ok && m.at.Sub(before) < time.Second {
			t.Errorf("two messages in %s within %v", m.place, m.at.Sub(before))
		}
		if last[m.place] = m.at; i >= 5 && m.at.Sub(all[i-5].at) < 10*time.Second {
			t.Errorf("six messages within %v", m.at.Sub(all[i-5].at))
		}
	}
	if took := all[47].at.Sub(start); took > 100*time.Second {
		t.Errorf("took %v, the limits allow 90 s", took)
	}
}

func TestACourierThatLostItsClaimCannotFinish(t *testing.T) {
	b := newBench(t, asFull)
	b.add(b.text("d", "chat|a", "text"))
	second := b.start(b.config)
	rescued := false
	b.world.tamper = func(point string, do func()) error {
		if point != "post" || rescued {
			do()
			return nil
		}
		// The first courier is paused inside its request for longer than its
		// lease; the second one looks, finds nothing and sends.
		rescued = true
		b.clock.add(5 * time.Minute)
		if worked, _, err := second.Step(t.Context()); !worked || err != nil {
			t.Errorf("the second courier: %v, %v", worked, err)
		}
		return deniedError
	}
	b.settle()
	b.state("d", courier.Sent)
	if got := b.payloads("chat|a"); len(got) != 1 {
		t.Errorf("%d copies", len(got))
	}
}

func TestAClaimThatIsTooOldIsNotSent(t *testing.T) {
	b := newBench(t, asFull)
	b.add(b.text("d", "chat|a", "text"))
	posts := 0
	b.world.tamper = func(point string, do func()) error { posts++; do(); return nil }
	slow := b.config
	slow.Store.Queue = meddled{Queue: b.store.Queue, tamper: func(_ string, do func()) error {
		do()
		if posts == 0 && b.clock.Now().Equal(start) {
			b.clock.add(time.Minute) // the commit took longer than the deadline
		}
		return nil
	}}
	b.courier = b.start(slow)
	b.settle()
	if posts != 0 {
		t.Error("sent although the claim had nearly run out")
	}
	b.run()
	b.state("d", courier.Sent)
}

func TestRepliesStandUnderWhatTheyAnswer(t *testing.T) {
	b := newBench(t, asFull)
	reply := func(key, parent string) bot.Delivery {
		d := b.text(key, "chat|a", key)
		d.Thread = parent
		return d
	}
	b.add(reply("r1", "first"), b.text("first", "chat|a", "first"), reply("lost", "absent"), reply("r2", "gone"))
	gone := b.nudge("gone", "nobody")
	b.add(gone)
	b.run()
	under := map[string]string{}
	for _, m := range b.world.live("chat|a", "") {
		under[m.payload] = m.thread
	}
	if first := b.get("first").Parts[0].Ref; len(under) != 2 || under["r1"] != first {
		t.Errorf("stands under %v, want %s", under, first)
	}
	b.state("gone", courier.Unreachable)
	b.state("r2", courier.Dropped)
	if it := b.state("lost", courier.Failed); it.Note == "" {
		t.Error("nobody is told why")
	}
}

func TestPersonsAndGroupsAreAddressedOnce(t *testing.T) {
	b := newBench(t, asFull)
	other := &world{clock: b.clock}
	b.config.Platforms = []bot.Platform{full{platform{other, "other"}}, b.config.Platforms[0]}
	b.courier = b.start(b.config)
	b.person("ann", bot.Contact{})
	b.person("ben", bot.Contact{})
	ann := b.people.readers["ann"]
	ann.Accounts = append(ann.Accounts, bot.Account{ID: "other|ann2"})
	b.people.readers["ann"] = ann
	cid := b.people.readers["ben"]
	cid.Accounts = []bot.Account{{ID: "chat|cid", Inactive: true}, {ID: "other|bot", Bot: true}}
	b.people.readers["cid"] = cid
	send := func(key string, to bot.Address) {
		d := b.text(key, "", key)
		d.To = to
		b.add(d)
	}
	send("one", bot.Address{Person: "ann"})
	send("two", bot.Address{Group: []bot.PersonID{"ben", "ann"}})
	send("none", bot.Address{Person: "cid"})
	send("apart", bot.Address{Group: []bot.PersonID{"cid", "ann"}})
	dan := b.people.readers["ben"]
	dan.Person.ID, dan.Person.Inactive, dan.Accounts = "dan", true, []bot.Account{{ID: "chat|dan", Inactive: true}}
	b.people.readers["dan"] = dan
	send("left", bot.Address{Group: []bot.PersonID{"ben", "ann", "dan"}}) // who leaves silences nobody
	b.run()
	for key, want := range map[string]bot.PlaceID{"one": "other|dm-ann2", "two": "chat|dm-ann-ben", "left": "chat|dm-ann-ben"} {
		if it := b.state(key, courier.Sent); it.Place != want {
			t.Errorf("%s went to %s, want %s", key, it.Place, want)
		}
	}
	b.state("none", courier.Unreachable)
	b.state("apart", courier.Failed)
	if it := b.get("one"); it.Parts[0].Words != "" || len(it.Parts[0].Payload) != 0 {
		t.Error("what was sent to a person is kept")
	}
}

func TestASharedPlaceTakesOnlyWhatALeadConfirmed(t *testing.T) {
	b := newBench(t, asFull)
	ours := bot.Place{ID: "chat|a", Name: "finds", Kind: bot.OpenChannel, Member: true}
	shared := ours
	shared.External = true
	confirmed := shared
	confirmed.Confirmed = true

	b.people.know(shared)
	b.add(b.text("d", "chat|a", "one|two|three"))
	b.run()
	it := b.state("d", courier.Failed)
	if !strings.Contains(it.Note, "finds is shared with another organisation") || !strings.Contains(it.Note, "/evangelist shared") {
		t.Errorf("said %q", it.Note)
	}
	again := func() {
		t.Helper()
		if err := b.courier.Decide(t.Context(), "d", courier.Again); err != nil {
			t.Fatal(err)
		}
		b.run()
	}
	// The confirmation is taken back, and given again, between two parts.
	b.people.know(confirmed)
	posts := 0
	b.world.tamper = func(point string, do func()) error {
		do()
		if point == "post" {
			if posts++; posts == 2 {
				b.people.know(shared)
			}
		}
		return nil
	}
	again()
	b.state("d", courier.Failed)
	if got := b.payloads("chat|a"); !slices.Equal(got, []string{"one", "two"}) {
		t.Errorf("the place has %v", got)
	}
	b.people.know(ours)
	again()
	b.state("d", courier.Sent)
	if got := b.payloads("chat|a"); !slices.Equal(got, []string{"one", "two", "three"}) {
		t.Errorf("the place has %v", got)
	}
}

func TestAPlaceIsLookedAtAgainBeforeARepetition(t *testing.T) {
	b := newBench(t, asFull)
	b.add(b.text("busy", "chat|a", "one"), b.text("lost", "chat|b", "two"))
	b.fail("post", busyFor(time.Minute), errReset)
	b.settle()
	for _, id := range []bot.PlaceID{"chat|a", "chat|b"} {
		b.people.know(bot.Place{ID: id, Name: "finds", Kind: bot.OpenChannel, Member: true, External: true})
	}
	b.run()
	b.state("busy", courier.Failed)
	b.state("lost", courier.Failed)
	if got := append(b.payloads("chat|a"), b.payloads("chat|b")...); len(got) > 0 {
		t.Errorf("posted %v", got)
	}
}

func TestPlacesThatCannotBePostedTo(t *testing.T) {
	b := newBench(t, asFull)
	b.people.places = map[bot.PlaceID]bot.Place{
		"chat|out":  {ID: "chat|out", Name: "out", Kind: bot.OpenChannel},
		"chat|old":  {ID: "chat|old", Name: "old", Kind: bot.OpenChannel, Member: true, Archived: true},
		"chat|in":   {ID: "chat|in", Name: "in", Kind: bot.PrivateChannel, Member: true},
		"chat|chat": {ID: "chat|chat", Name: "", Kind: bot.DirectChat},
	}
	want := map[bot.PlaceID]courier.State{"chat|out": courier.Failed, "chat|old": courier.Failed, "chat|in": courier.Sent,
		"chat|chat": courier.Sent, "chat|new": courier.Sent, "elsewhere|x": courier.Failed}
	for place := range want {
		b.add(b.text(string(place), place, "text"))
	}
	b.run()
	for place, state := range want {
		it := b.state(string(place), state)
		if state == courier.Failed && !strings.HasSuffix(it.Note, "choose: post again.") {
			t.Errorf("%s: %q does not say what to do", place, it.Note)
		}
	}
	troubles, err := b.courier.Troubles(t.Context())
	if err != nil || len(troubles) != 3 || !troubles[0].Decides {
		t.Errorf("troubles %+v, %v", troubles, err)
	}
	out := b.people.places["chat|out"]
	out.Member = true
	b.people.places["chat|out"] = out
	if err := b.courier.Decide(t.Context(), "chat|out", courier.Again); err != nil {
		t.Fatal(err)
	}
	b.run()
	b.state("chat|out", courier.Sent)
}

func TestUnreachableIsFinalAndDoesNotCount(t *testing.T) {
	b := newBench(t, asFull)
	b.person("ann", bot.Contact{})
	b.add(b.nudge("n1", "ann"), b.nudge("n2", "ann"))
	b.fail("post", unreachableError)
	b.run()
	if it := b.state("n1", courier.Unreachable); !it.Nudged.IsZero() {
		t.Error("a nudge that nobody got is counted")
	}
	b.state("n2", courier.Sent)
	if err := b.courier.Decide(t.Context(), "n1", courier.Again); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("decide: %v", err)
	}
}

func TestALeadDecidesWhereNobodyCanLook(t *testing.T) {
	for decision, want := range map[courier.Decision][]string{
		courier.There: {"two"}, courier.Again: {"one", "two"}, courier.Leave: {},
	} {
		t.Run(string(decision), func(t *testing.T) {
			b := newBench(t, asBlind)
			b.add(b.text("d", "chat|a", "one|two"))
			b.fail("post", errReset)
			b.settle()
			b.state("d", courier.Unsure)
			b.clock.add(100 * 24 * time.Hour)
			b.run()
			if err := b.courier.Reconcile(t.Context()); err != nil {
				t.Fatal(err)
			}
			waiting, err := b.courier.Waiting(t.Context())
			if err != nil || len(waiting) != 1 || waiting[0].Part != 1 || waiting[0].Parts != 2 || waiting[0].Words != "one" {
				t.Fatalf("waiting %+v, %v", waiting, err)
			}
			if err := b.courier.Decide(t.Context(), "d", decision); err != nil {
				t.Fatal(err)
			}
			b.run()
			if got := b.payloads("chat|a"); !slices.Equal(got, want) {
				t.Errorf("the place has %v, want %v", got, want)
			}
			if err := b.courier.Decide(t.Context(), "d", decision); !errors.Is(err, bot.ErrNotFound) {
				t.Errorf("a second decision: %v", err)
			}
		})
	}
}

// A platform that can look need not be able to in every place.
func TestALeadDecidesWhereAPlaceCannotBeLookedThrough(t *testing.T) {
	for decision, want := range map[courier.Decision][]string{
		courier.There: {"two"}, courier.Again: {"one", "two"}, courier.Leave: {},
	} {
		t.Run(string(decision), func(t *testing.T) {
			b := newBench(t, asFull)
			b.add(b.text("d", "chat|a", "one|two"))
			lost := false
			b.world.tamper = func(point string, do func()) error {
				switch {
				case point == "find":
					return deniedError
				case point == "post" && !lost:
					lost = true
					return errReset
				}
				do()
				return nil
			}
			b.run()
			b.state("d", courier.Unsure)
			if err := b.courier.Decide(t.Context(), "d", decision); err != nil {
				t.Fatal(err)
			}
			b.run()
			if got := b.payloads("chat|a"); !slices.Equal(got, want) {
				t.Errorf("the place has %v, want %v", got, want)
			}
		})
	}
}

// Where it can be looked, "again" looks, also when somebody decides while that
// does not work.
func TestAgainLooksWhereThatIsPossible(t *testing.T) {
	for name, answer := range map[string]error{"at once": nil, "later": errReset} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, asFull)
			b.add(b.text("d", "chat|a", "one"))
			found := error(deniedError)
			b.world.tamper = func(point string, do func()) error {
				if point == "find" && found != nil {
					return found
				}
				do()
				if point == "post" {
					return errReset
				}
				return nil
			}
			b.run()
			b.state("d", courier.Unsure)
			found = answer
			if err := b.courier.Decide(t.Context(), "d", courier.Again); err != nil {
				t.Fatal(err)
			}
			found = nil
			b.run()
			b.state("d", courier.Sent)
			if got := b.payloads("chat|a"); !slices.Equal(got, []string{"one"}) {
				t.Errorf("the place has %v", got)
			}
		})
	}
}

func TestLookingThatFailsIsShown(t *testing.T) {
	b := newBench(t, asFull)
	b.add(b.text("d", "chat|a", "one"))
	b.world.tamper = func(point string, do func()) error {
		if point == "post" {
			do()
		}
		return errReset
	}
	b.settle()
	if waiting, err := b.courier.Waiting(t.Context()); err != nil || len(waiting) > 0 {
		t.Errorf("shown at once: %v, %v", waiting, err)
	}
	for range 30 {
		b.clock.set(b.settle())
	}
	waiting, err := b.courier.Waiting(t.Context())
	if err != nil || len(waiting) != 1 || waiting[0].State != courier.Unknown {
		t.Errorf("waiting %+v, %v", waiting, err)
	}
	if len(b.payloads("chat|a")) != 1 {
		t.Error("posted again without looking")
	}
	b.world.tamper = nil
	b.run()
	b.state("d", courier.Sent)
}

func TestEndlessDoubtEndsWithASentence(t *testing.T) {
	b := newBench(t, asFull)
	b.add(b.text("d", "chat|a", "one"))
	posts := 0
	b.world.tamper = func(point string, do func()) error {
		if point == "post" {
			posts++
			return errReset
		}
		do()
		return nil
	}
	b.run()
	if b.state("d", courier.Failed); posts != 5 {
		t.Errorf("tried %d times", posts)
	}
}

func TestTheFirstOfSeveralCopiesStays(t *testing.T) {
	b := newBench(t, asFull)
	b.add(b.text("d", "chat|a", "text"))
	b.world.tamper = func(point string, do func()) error {
		do()
		if point == "post" {
			do() // the platform itself posts twice, and the reply is lost
			return errReset
		}
		return nil
	}
	b.run()
	all := b.world.live("chat|a", "")
	if it := b.state("d", courier.Sent); len(all) != 1 || all[0].ref != "m1" || it.Parts[0].Ref != "m1" {
		t.Errorf("%+v stand there, %q is noted", all, it.Parts[0].Ref)
	}
}

// Where nobody can look, a store that stumbles once must not make a doubt of a
// certain success.
func TestAFinishIsTriedAgain(t *testing.T) {
	b := newBench(t, asBlind)
	b.add(b.text("d", "chat|a", "text"))
	commits := 0
	b.config.Store.Queue = meddled{Queue: b.store.Queue, tamper: func(_ string, do func()) error {
		if commits++; commits == 2 {
			return errReset
		}
		do()
		return nil
	}}
	b.courier = b.start(b.config)
	b.settle()
	b.state("d", courier.Sent)
}

// What was written to a person is not shown to the leads who decide.
func TestWordsToAPersonAreNotShown(t *testing.T) {
	b := newBench(t, asBlind)
	b.person("ann", bot.Contact{})
	d := b.nudge("d", "ann")
	d.Class = bot.Answer
	b.add(d)
	b.fail("post", errReset)
	b.settle()
	waiting, err := b.courier.Waiting(t.Context())
	if err != nil || len(waiting) != 1 || waiting[0].Words != "" || b.get("d").Parts[0].Words != "" {
		t.Errorf("waiting %+v, %v", waiting, err)
	}
}
