package pilotstore_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/bot/pilots"
	"evangelist/storage/internal/engine"
	"evangelist/storage/storagetest"
)

// A whole life through the router, on both databases; every form is sent twice.
func TestALife(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *engine.DB) {
		w := worldOn(t, db)
		p := w.started()
		if len(w.queued("ida", "/from/")) != 1 || len(w.queued("sam", "/card/")) != 1 || len(w.queued("tia", "/team/")) != 1 {
			t.Errorf("who is told: %+v", outbox(t, db))
		}
		w.pass(7 * day)
		if got := w.queued("sam", "/checkin/1"); len(got) != 1 {
			t.Fatalf("the check-in: %v", got)
		}
		w.has("on the page of the sponsor", w.home("sam"), "Your pilots", "pilots.checkin", "!For comms leads")
		w.has("check in", w.send("sam", w.press("sam", "pilots.checkin", p.ID+"/1"), "words", "All well."), "Thank you")
		w.has("check in again", w.press("sam", "pilots.checkin", p.ID+"/1"), "You have checked in this week")
		w.has("too late", w.press("sam", "pilots.checkin", p.ID+"/0"), "That week has passed")
		w.has("a reading", w.send("sam", w.press("sam", "pilots.reading", p.ID), "value", "1100"), "1100", "target missed")
		w.has("a day that comes", w.send("sam", w.press("sam", "pilots.reading", p.ID), "value", "1", "on", "2026-12-30"), "on: Choose a day from the start")
		w.has("no number", w.send("sam", w.press("sam", "pilots.reading", p.ID), "value", "many"), "value: That is not a whole number")
		w.has("no reason", w.send("lea", w.press("lea", "pilots.measure", p.ID), "target", "900"), "why: Write one sentence")
		w.has("a change", w.send("lea", w.press("lea", "pilots.measure", p.ID), "target", "1150", "why", "the log counts twice"), "changed once since", "at most 1040", "at most 1150", "the log counts twice")
		w.pass(20 * day)
		if got := w.queued("sam", "/decide/"); len(got) != 1 {
			t.Fatalf("the decision: %v", got)
		}
		w.has("on the page of the lead", w.home("lea"), "waits for its decision")
		w.has("extended", w.send("sam", w.press("sam", "pilots.extend", p.ID), "ends", "2027-01-12"), "extended until 12 January 2027")
		w.pass(30 * day)
		w.has("extended again", w.press("sam", "pilots.extend", p.ID), "extended once, and once is all")
		w.has("no reason", w.send("sam", w.press("sam", "pilots.decide", p.ID+"/stop")), "reason: Write one sentence")
		w.has("decided", w.send("sam", w.press("sam", "pilots.decide", p.ID+"/scale"), "reason", "it works"), "decided: scale it up", "pilots.story")
		w.has("decided again", w.press("lea", "pilots.decide", p.ID+"/stop"), "the decision stands")
		if len(w.queued("ida", "/verdict/")) != 1 || len(w.queued("sam", "/decide/")) != 0 || len(w.entries) != 4 {
			t.Errorf("after the verdict: %v, %+v", w.entries, outbox(t, db))
		}
		w.telling(p)
		w.drawn()
	})
}

// home is a person's page as a reply.
func (w *world) home(name string) bot.Reply {
	w.t.Helper()
	message, err := w.router.Home(w.t.Context(), account(name))
	w.ok(err)
	return bot.Say{Message: message}
}

// telling goes on from the verdict.
func (w *world) telling(p pilots.Pilot) {
	w.t.Helper()
	story, err := w.stores.Stories.Of(w.t.Context(), p.ID)
	w.ok(err)
	w.has("a stranger", w.press("cleo", "pilots.story", p.ID), notHere)
	w.has("tia allows", w.press("tia", "pilots.story.named", story.ID), "Your name stands under it")
	w.has("tia allows again", w.press("tia", "pilots.story.named", story.ID), "Your name stands under it")
	w.has("sam does not", w.press("sam", "pilots.story.unnamed", story.ID), "does not stand under it")
	w.has("the words", w.send("sam", w.press("sam", "pilots.story.edit", story.ID), "words", "We tried it."), "We tried it.", "With thanks to tia and one colleague more.")
	told, err := w.feature.Told(w.t.Context(), w.clock.now.Add(time.Hour))
	w.ok(err)
	same(w.t, "a draft is not offered", len(told), 0)
	w.has("offered", w.press("sam", "pilots.story.offer", story.ID), "The next edition may tell it")
	w.has("a stranger reads it", w.press("cleo", "pilots.story", p.ID), "We tried it.", "!pilots.story.edit", "!pilots.story.named")
	told, err = w.feature.Told(w.t.Context(), w.clock.now.Add(time.Hour))
	w.ok(err)
	if len(told) != 1 || told[0].Words != "We tried it." || told[0].Thanks != "With thanks to tia and one colleague more." {
		w.t.Errorf("offered: %+v", told)
	}
	w.has("the board", w.send("lea", w.press("lea", "pilots.story.telling", story.ID), "whom", "The board"), "The board")
	for range 2 {
		w.ok(w.feature.MarkTold(w.t.Context(), []string{story.ID, "unknown"}, "e1", "readers of the roundup"))
		w.ok(w.feature.MarkTold(w.t.Context(), []string{story.ID}, "e2", "readers of another one"))
	}
	told, err = w.feature.Told(w.t.Context(), w.clock.now.Add(time.Hour))
	w.ok(err)
	same(w.t, "told once", len(told), 0)
	w.has("what came of pilots", w.say("cleo", "stories"), "Told twice", "readers of the roundup", "!another one")
	w.has("told words stay", w.press("sam", "pilots.story.edit", story.ID), "An edition has told this story")
	w.has("kept here", w.press("lea", "pilots.story.withhold", story.ID), "Bin days")
	w.has("a stranger reads it no more", w.press("cleo", "pilots.story", p.ID), notHere)
}

// everything is every command with an argument and values that it would take.
func everything(w *world, p pilots.Pilot, story, goal string) []bot.Invocation {
	var all []bot.Invocation
	values := map[string][]string{
		"title": {"A title"}, "scope": {"s"}, "audience": {"a"}, "benefit": {"b"}, "cost": {"nothing"}, "starts": {"2026-11-25"}, "ends": {"2026-12-20"}, "sponsor": {string(w.id("cleo"))},
		"measure": {"m"}, "aim": {"at least"}, "target": {"3"}, "why": {"because"}, "guideline": {"yes"}, "clause": {"c"}, "personal": {"no"}, "who": {string(w.id("cleo"))}, "change": {"in"},
		"words": {"words"}, "value": {"3"}, "question": {"q"}, "place": {"test|room"}, "reason": {"r"}, "choice": {"stop"}, "whom": {"w"}, "owner": {string(w.id("cleo"))},
	}
	for _, command := range w.feature.Commands() {
		arg := p.ID
		switch {
		case strings.HasPrefix(command.Name, "pilots.story"):
			arg = story
		case strings.HasPrefix(command.Name, "pilots.goal."):
			arg = goal
		case len(command.Phrases) > 0 && command.Name != "pilots.show":
			continue // lists, and what leads begin
		}
		if command.Name == "pilots.goal" {
			arg = goal
		}
		if command.Name == "pilots.give" && len(p.Surveys) > 0 {
			arg += "/" + p.Surveys[0].ID
		}
		all = append(all, bot.Invocation{Command: command.Name, Arg: arg}, bot.Invocation{Command: command.Name, Arg: arg, Values: values})
	}
	return all
}

// Whoever may not, in whatever state: nothing changes, and the answer is the same
// as for something that is not there.
func TestWhoMayNotLearnsNothing(t *testing.T) {
	for _, state := range []string{"draft", "running", "deciding", "decided"} {
		t.Run(state, func(t *testing.T) {
			if storagetest.Raced && state != "running" {
				t.Skip("a sample under the race detector")
			}
			w := newWorld(t)
			var p pilots.Pilot
			story := "00000000-0000-7000-8000-000000000000"
			if state == "draft" {
				p = w.drafted()
			} else {
				p = w.started()
				w.send("sam", w.press("sam", "pilots.survey", p.ID), "place", "test|room")
			}
			if state == "deciding" || state == "decided" {
				w.pass(30 * day)
			}
			if state == "decided" {
				w.send("sam", w.press("sam", "pilots.decide", p.ID+"/stop"), "reason", "r")
				made, err := w.stores.Stories.Of(t.Context(), p.ID)
				w.ok(err)
				story = made.ID
			}
			p = w.pilot()
			goals, err := w.stores.Goals.List(t.Context(), false)
			w.ok(err)
			before := w.dump()
			for _, name := range []string{"cleo", "guest", ""} {
				for _, in := range everything(w, p, story, goals[0].ID) {
					got := w.text(w.do(name, in))
					elsewhere := in
					elsewhere.Arg = "11111111" + in.Arg[8:]
					// A colleague reads what runs, and gives a number while it runs.
					public := state != "draft" && name == "cleo" && (in.Command == "pilots.show" || in.Command == "pilots.give")
					if there := w.text(w.do(name, elsewhere)); got != there && !public {
						t.Errorf("%s, %s (sent %v): %q is told apart from %q", name, in.Command, in.Values != nil, got, there)
					}
					if in.Command == "pilots.give" && in.Values != nil && public && state == "running" {
						before = w.dump()
					}
				}
			}
			if after := w.dump(); after != before {
				t.Errorf("something changed:\n%s\n%s", before, after)
			}
		})
	}
}

// A deactivated account can do nothing, its own pilot included; leads alone see
// it, and hand the pilot over.
func TestALeaver(t *testing.T) {
	w := newWorld(t)
	p := w.started()
	gone := true
	w.record(bot.AccountFact{Name: "sam", Inactive: &gone})
	w.pass(7 * day)
	if got := w.queued("sam", "/checkin/"); len(got) > 0 {
		t.Errorf("the one who left is asked: %v", got)
	}
	if got := w.queued("lea", "/left/"); len(got) != 1 {
		t.Errorf("the lead is told: %v", got)
	}
	for _, name := range []string{"tia", "cleo", "ida"} {
		if got := w.queued(name, "/left/"); len(got) > 0 {
			t.Errorf("%s is told: %v", name, got)
		}
		w.has(name+" sees the pilot", w.press(name, "pilots.show", p.ID), "!inactive")
	}
	w.has("the lead sees it", w.press("lea", "pilots.show", p.ID), "account inactive", "pilots.hand")
	w.has("and at home", w.home("lea"), "needs a sponsor")
	w.has("to nobody", w.send("lea", w.press("lea", "pilots.hand", p.ID), "who", string(w.id("sam"))), "who: That account is inactive")
	w.has("handed over", w.send("lea", w.press("lea", "pilots.hand", p.ID), "who", string(w.id("cleo"))), "cleo", "!account inactive")
	w.has("a colleague may not", w.press("tia", "pilots.hand", p.ID), forLeads)
	w.pass(7 * day)
	if got := w.queued("cleo", "/checkin/"); len(got) != 1 {
		t.Errorf("the new sponsor is asked: %v", got)
	}
}

// What only a form can get wrong is said under its field, and nothing is kept.
func TestBadInput(t *testing.T) {
	w := newWorld(t)
	w.has("no idea", w.say("lea", "pilot new I-9999"), "I know no idea with the reference I-9999")
	w.has("no title", w.send("lea", w.say("lea", "pilot new"), "title", " "), "title: Say in a few words")
	w.has("not for colleagues", w.say("cleo", "pilot new I-2345"), forLeads)
	p := w.drafted()
	w.has("the idea again", w.send("lea", w.say("lea", "pilot new i-2345"), "title", "Another"), "is pilot "+p.Reference+" already")
	for _, c := range []struct{ command, field, value, want string }{
		{"pilots.about", "title", strings.Repeat("x", 121), "title: That has 121 characters. Please keep it to 120."},
		{"pilots.about", "goal", "unknown", "goal: That goal is not on the list any more"},
		{"pilots.bounds", "cost", "", "cost: Write the most that it may cost"},
		{"pilots.bounds", "ends", "tomorrow", "ends: "},
		{"pilots.measure", "measure", "", "measure: Say what is counted"},
		{"pilots.measure", "target", "4.5", "target: That is not a whole number"},
		{"pilots.measure", "target", "99999999999999999999", "target: That is not a whole number"},
		{"pilots.member", "who", "unknown", "who: I do not know this colleague yet"},
		{"pilots.hand", "who", "", "who: Choose a colleague."},
	} {
		before := w.dump()
		pairs := []string{"measure", "m", "target", "3", "cost", "c", "title", "t", c.field, c.value}
		w.has(c.command+" "+c.value, w.send("lea", w.press("lea", c.command, p.ID), pairs...), c.want)
		if w.dump() != before {
			t.Errorf("%s with %q keeps something", c.command, c.value)
		}
	}
	w.has("days in the wrong order", w.send("lea", w.press("lea", "pilots.bounds", p.ID), "cost", "c", "starts", "2026-12-20", "ends", "2026-12-01"), "ends: The last day comes before the first one")
	w.has("not yet", w.press("lea", "pilots.start", p.ID), "cannot start yet", "First: No measure")
	w.has("dropped", w.press("lea", "pilots.drop", p.ID), "dropped before it started")
	w.has("dropped again", w.press("lea", "pilots.drop", p.ID), "was dropped")
	w.has("the idea once more", w.send("lea", w.say("lea", "pilot new I-2345"), "title", "Another"), "Another", "a draft")
	if got := w.pilot(); got.Idea != "idea I-2345" || got.ID == p.ID {
		t.Errorf("the idea is not tried again: %+v", got)
	}
}

func TestWhereParticipantsAreAsked(t *testing.T) {
	w := newWorld(t)
	p := w.started()
	for place, want := range map[string]string{"": "Choose the channel", "test|unknown": "Choose the channel", "test|direct": "Choose a channel", "test|old": "archived", "test|shared": "another organisation", "test|away": "not a member"} {
		w.has(place, w.send("sam", w.press("sam", "pilots.survey", p.ID), "place", place), "place: ", want)
	}
	late := w.press("sam", "pilots.survey", p.ID)
	w.has("asked", w.send("sam", w.press("sam", "pilots.survey", p.ID), "question", "How many calls?", "place", "test|room"), "running")
	w.has("one at a time", w.send("sam", late, "place", "test|room"), "being asked already")
	w.has("before anything is typed", w.press("sam", "pilots.survey", p.ID), "being asked already")
	survey := w.pilot().Surveys[0]
	arg := p.ID + "/" + survey.ID
	w.has("cleo", w.send("cleo", w.press("cleo", "pilots.give", arg), "value", "7"), "nobody sees it")
	w.has("cleo again", w.send("cleo", w.press("cleo", "pilots.give", arg), "value", "8"), "nobody sees it")
	w.has("somebody new", w.send("nell", w.press("nell", "pilots.give", arg), "value", "9"), "nobody sees it") // not in the register before
	w.has("nothing", w.send("tia", w.press("tia", "pilots.give", arg), "value", ""), "value: Write your number")
	if got := w.pilot().Surveys[0].Answers; len(got) != 2 {
		t.Errorf("kept are %+v", got)
	}
	w.has("the sponsor sees no number", w.press("sam", "pilots.show", p.ID), "!Readings")
	w.pass(8 * day)
	w.has("too late", w.press("ida", "pilots.give", arg), "has closed")
	if got := w.pilot(); len(got.Readings) != 0 || len(got.Surveys[0].Answers) != 0 {
		t.Errorf("two numbers became %+v, %+v", got.Readings, got.Surveys)
	}
}

// An author without a name is written to through the idea alone.
func TestAnIdeaWithoutAName(t *testing.T) {
	w := newWorld(t)
	w.send("lea", w.say("lea", "pilot new I-6789"))
	for _, d := range outbox(t, w.db) {
		t.Errorf("somebody is told: %+v", d)
	}
	if len(w.entries) != 1 || !strings.Contains(w.entries[0], "A pilot came of it") {
		t.Errorf("written into the idea: %q", w.entries)
	}
	w.feature.Enter = nil
	p := w.pilot()
	w.press("lea", "pilots.drop", p.ID)
	w.has("without such an entry the lead is told", w.send("lea", w.say("lea", "pilot new I-6789"), "title", "Another"), "An author without a name reads it only when the reading team writes it")
}

// What an idea's author reads goes by what is kept: a failure, or the end of the
// program, loses no line and doubles none.
func TestWhatAnIdeaReadsIsNeverLost(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *engine.DB) {
		w := worldOn(t, db)
		w.breaks = errors.New("the disk is full")
		p := w.started()
		same(t, "nothing could be written", len(w.entries), 0)
		w.breaks = nil
		w.enter()
		if len(w.entries) != 2 || !strings.Contains(w.entries[0], "pilot/"+p.ID+": A pilot came of it") || !strings.Contains(w.entries[1], "has started. It runs until") {
			t.Errorf("written later: %q", w.entries)
		}
		w.press("sam", "pilots.finish", p.ID)
		w.breaks = errors.New("the program ends")
		w.has("decided", w.send("sam", w.press("sam", "pilots.decide", p.ID+"/stop"), "reason", "nobody came"), "decided: stop")
		w.breaks = nil
		w.feature = pilots.New(w.feature.Config) // as after a restart
		w.enter()
		w.enter()
		if len(w.entries) != 3 || !strings.Contains(w.entries[2], "/verdict: ") || !strings.Contains(w.entries[2], "is decided: stop, because nobody came.") {
			t.Errorf("written after a restart: %q", w.entries)
		}
		came, is, err := w.feature.CameOf(t.Context(), p.Idea)
		w.ok(err)
		if !is || !came.Started || came.Reference != p.Reference || !strings.Contains(came.Verdict, "because nobody came.") {
			t.Errorf("what came of it: %+v", came)
		}
	})
}

// Whoever was told that an idea becomes a pilot is told when it does not.
func TestADroppedPilotIsTold(t *testing.T) {
	w := newWorld(t)
	w.send("lea", w.say("lea", "pilot new I-2345"))
	p := w.pilot()
	for range 2 {
		w.press("lea", "pilots.drop", p.ID)
	}
	if got := w.queued("ida", "/dropped/"); len(got) != 1 {
		t.Errorf("ida is told %d times", len(got))
	}
	if len(w.entries) != 2 || !strings.Contains(w.entries[1], "does not start after all") {
		t.Errorf("written into the idea: %q", w.entries)
	}
	if _, is, err := w.feature.CameOf(t.Context(), p.Idea); is || err != nil {
		t.Errorf("the idea can become a pilot again: %t, %v", !is, err)
	}
}

func TestListsAndPages(t *testing.T) {
	w := newWorld(t)
	w.has("nothing yet", w.say("cleo", "pilots"), "No pilot yet", "!pilots.new")
	w.has("nothing of mine", w.say("cleo", "pilot"), "You sponsor no pilot")
	w.has("no goals", w.say("cleo", "goals"), "Nothing is written down yet", "!pilots.goal")
	w.has("no stories", w.say("cleo", "stories"), "No story yet")
	w.has("leads begin", w.home("lea"), "Nothing is being tried", "pilots.new")
	if text := w.has("nothing on a colleague's page", w.home("cleo")); strings.Contains(text, "pilots.") {
		t.Errorf("a colleague's page: %s", text)
	}
	p := w.drafted()
	w.has("a draft is not listed for all", w.say("cleo", "pilots"), "No pilot yet")
	w.has("nor opens", w.say("cleo", "pilot "+p.Reference), "I know no pilot with that reference")
	w.has("as one that is not there", w.say("cleo", "pilot P-2222"), "I know no pilot with that reference")
	w.has("leads see it", w.say("lea", "pilots"), "Being prepared", p.Reference)
	w.has("by its reference, in any case", w.say("lea", "pilot "+strings.ToLower(p.Reference)), "Bin days by phone")
	w.has("what waits", w.home("lea"), "items open before it can start")
	w.has("a goal is closed", w.press("lea", "pilots.goal.close", p.Goal), "Nothing is written down yet")
	w.has("closed again", w.press("lea", "pilots.goal.close", p.Goal), "Nothing is written down yet")
	w.has("a closed goal", w.press("lea", "pilots.goal", p.Goal), "This goal is closed")
	about := w.press("lea", "pilots.about", p.ID).(bot.Ask).Form
	if options := about.Fields[4].Options; len(options) != 1 || options[0].Label != "Fewer calls (closed)" {
		t.Errorf("the goal that is chosen is not offered: %+v", options)
	}
	w.has("a closed goal stays", w.send("lea", w.press("lea", "pilots.about", p.ID), "scope", "Three wards"), "Fewer calls", "Three wards")
	w.has("and is not chosen anew", w.send("lea", w.say("lea", "pilot new Other"), "goal", p.Goal), "goal: That goal is not on the list any more")
	if err := w.stores.Goals.Change(t.Context(), "nothing", nil); !errors.Is(err, bot.ErrNotFound) {
		t.Error(err)
	}
	for i := range 15 {
		w.send("lea", w.say("lea", fmt.Sprint("pilot new Number ", i)))
	}
	w.has("a long list", w.say("lea", "pilots"), "Being prepared", "4 older ones not shown")
}
