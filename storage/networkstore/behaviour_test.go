package networkstore_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/bot/network"
	"evangelist/bot/schedule"
)

// untilThursday is from the begin of every test to the first slot.
const untilThursday = 3 * day

func TestFromJoiningToALearningInTheEdition(t *testing.T) {
	w := newWorld(t)
	form := w.form(w.say("dan", "join"))
	if len(form.Fields) != 4 || form.Fields[0].Name != "part" || !form.Fields[0].Required {
		t.Fatalf("somebody without a department is asked %+v", form.Fields)
	}
	w.has("a department without a name", w.send("dan", form, "part", "lead", "department", "another"), "other: ")
	w.has("joined", w.send("dan", form, "part", "lead", "department", "another", "other", " housing "), "You lead now, for Housing")
	w.has("who is with us", w.say("cleo", "who"), "Housing", "dan", "!Parks", "!nobody yet", "!Office")
	w.thursdays()
	w.pass(untilThursday)
	key := "question/main/2026-11-26T14:00/" + string(w.id("dan"))
	same(t, "what dan is asked", w.nudges("dan"), []string{key})
	w.posted()
	id := strings.TrimPrefix(key, "question/")
	card, version, err := w.router.View(t.Context(), bot.View{Kind: "network.question", ID: id, Version: 1})
	w.ok(err)
	if text := w.words(card); version != 1 || !strings.Contains(text, "What worked?") || !strings.Contains(text, "Not this time") || !strings.Contains(text, "Why you") {
		t.Errorf("the card, version %d: %s", version, text)
	}
	w.has("the panel", w.say("dan", ""), "waits for you: What worked?", "network.answer")

	answer := w.form(w.press("dan", "network.answer", id))
	w.has("an empty answer", w.send("dan", answer, "words", " "), "words: ")
	w.has("a long answer", w.send("dan", answer, "words", strings.Repeat("ä", network.MaxWords+1)), "words: That has 601 characters")
	w.has("answered", w.send("dan", answer, "words", "One page replaced forty calls.", "kind", "learned", "consent", "name"), "with your name now")
	same(t, "the card grows", outbox(t, w.db), []sent{{Key: key, Class: "nudge", Person: string(w.id("dan")), View: "network.question 3", State: "sent"}})

	w.has("a search", w.say("cleo", "learnings FORTY page"), "One page replaced forty calls.", "dan, Housing")
	w.has("a search in vain", w.say("cleo", "learnings moon"), "Nothing has all of these words: moon")
	told, err := w.feature.Learned(t.Context(), begin, w.clock.now.Add(time.Hour))
	w.ok(err)
	if len(told) != 1 || told[0].Words != "One page replaced forty calls." || told[0].Who != "dan" || told[0].Department != "Housing" {
		t.Fatalf("offered to the edition: %+v", told)
	}
	if told, err := w.feature.Learned(t.Context(), begin, begin.Add(day)); err != nil || len(told) != 0 {
		t.Errorf("offered for another week: %+v, %v", told, err)
	}
	twice(t, "mark told", func() error { return w.feature.MarkTold(t.Context(), []string{told[0].ID}, "edition") })
	if told, err := w.feature.Learned(t.Context(), begin, w.clock.now.Add(time.Hour)); err != nil || len(told) != 0 {
		t.Errorf("offered again: %+v, %v", told, err)
	}
}

// Eight weeks, looked at every eight hours, with a lead who presses Ask now every
// day: nobody is asked more than once in six days, nor gets more than two
// reminders; whoever answers or says no gets none.
func TestNobodyIsAskedMoreThanTheRhythm(t *testing.T) {
	w := newWorld(t)
	w.join("ada", network.Leads)
	w.join("ben", network.Supports)
	w.join("cleo", network.Follows)
	w.thursdays()
	seen := map[string]time.Time{}
	var asked []time.Time
	for step := range 8 * 7 * 3 {
		w.pass(8 * time.Hour)
		if step%3 == 1 {
			w.say("lea", "ask now")
		}
		if keys := w.nudges("cleo"); len(keys) > 0 {
			t.Fatalf("somebody who follows is asked: %q", keys)
		}
		for _, key := range w.nudges("ben") {
			if _, known := seen[key]; !known {
				seen[key] = w.clock.now
				if !strings.HasSuffix(key, "/2") && !strings.HasSuffix(key, "/3") {
					asked = append(asked, w.clock.now)
				}
			}
		}
		if keys := w.nudges("ada"); len(keys) > 0 {
			if len(keys) != 1 || strings.HasSuffix(keys[0], "/2") {
				t.Fatalf("somebody who says no at once waits for %q", keys)
			}
			w.press("ada", "network.decline", strings.TrimPrefix(keys[0], "question/"))
		}
		w.posted()
	}
	for i := 1; i < len(asked); i++ {
		if gap := asked[i].Sub(asked[i-1]); gap < network.Pause {
			t.Errorf("asked again after %s", gap)
		}
	}
	if len(asked) < 7 || len(asked) > 10 || len(seen) > 3*len(asked) || len(seen) < 2*len(asked) {
		t.Errorf("asked %d times in eight weeks, with %d messages", len(asked), len(seen))
	}
}

func TestRemindersStopByThemselves(t *testing.T) {
	w := newWorld(t)
	w.join("ada", network.Leads)
	w.thursdays()
	w.pass(untilThursday)
	id := "main/2026-11-26T14:00/" + string(w.id("ada"))
	w.ok(w.stores.Questions.Change(t.Context(), network.QuestionID, func(q *network.Question) ([]bot.Delivery, error) {
		q.Rhythm = ""
		return nil, nil
	}))
	var moments []string
	for range 20 * 4 {
		w.pass(6 * time.Hour)
		for _, key := range w.nudges("ada") {
			moments = append(moments, fmt.Sprint(strings.TrimPrefix(key, "question/"+id), " ", w.clock.now.Format("Mon 2 15")))
		}
		w.posted()
	}
	// Two days after a Thursday is a Saturday, so the first comes on Monday.
	same(t, "messages", moments, []string{" Thu 26 20", "/2 Mon 30 14", "/3 Tue 1 14"})
	card, version, err := w.router.View(t.Context(), bot.View{Kind: "network.reminder", ID: id})
	w.ok(err)
	if text := w.words(card); version != 4 || !strings.Contains(text, "This question has ended") || strings.Contains(text, "network.answer") {
		t.Errorf("after the end, version %d: %s", version, text)
	}
	w.has("too late", w.press("ada", "network.answer", id), notHere)
}

func TestWhoLeftOrIsInactiveIsNotAsked(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"ada", "ben", "cleo"} {
		w.join(name, network.Leads)
	}
	w.has("left", w.say("ben", "leave"), "You are off the list", "nothing more is asked")
	w.has("left again", w.say("ben", "leave"), "You were not on the list")
	gone := true
	w.record(bot.AccountFact{Name: "cleo", Inactive: &gone})
	w.thursdays()
	w.pass(untilThursday)
	if len(w.nudges("ada")) != 1 || len(w.nudges("ben")) != 0 || len(w.nudges("cleo")) != 0 {
		t.Errorf("asked: %q %q %q", w.nudges("ada"), w.nudges("ben"), w.nudges("cleo"))
	}
	w.has("leads see it", w.say("lea", "who"), "account inactive", "cleo")
	w.has("others do not", w.say("ada", "who"), "!inactive", "!cleo")
	w.say("ada", "leave")
	if keys := w.nudges("ada"); len(keys) != 0 {
		t.Errorf("a message that was not sent goes to somebody who left: %q", keys)
	}
	w.pass(5 * day)
	if keys := w.nudges("ada"); len(keys) != 0 {
		t.Errorf("somebody who left is reminded: %q", keys)
	}
}

// An account that becomes inactive between a question and its reminder.
func TestWhoBecomesInactiveIsNotReminded(t *testing.T) {
	w := newWorld(t)
	w.join("ada", network.Leads)
	w.thursdays()
	w.pass(untilThursday)
	w.posted()
	gone := true
	w.record(bot.AccountFact{Name: "ada", Inactive: &gone})
	w.pass(5 * day)
	if keys := w.nudges("ada"); len(keys) != 0 {
		t.Errorf("an inactive account is reminded: %q", keys)
	}
}

func TestDoublePresses(t *testing.T) {
	w := newWorld(t)
	w.join("ada", network.Leads)
	w.has("joined again", w.press("ada", "network.join", "lead"), "You lead already")
	w.has("changed", w.say("ada", "join support"), "You support from now on, for Housing")
	now := bot.Invocation{Command: "evangelist", Words: "ask now", Nonce: "one press"}
	w.has("asked", w.do("lea", now), "1 colleague")
	w.has("asked again by the same press", w.do("lea", now), "on its way already")
	w.has("asked again", w.say("lea", "ask now"), "went out in the last six days")
	id := strings.TrimPrefix(w.nudges("ada")[0], "question/")
	w.has("declined", w.press("ada", "network.decline", id), "Not this time. That is fine", "Answer after all")
	w.has("declined again", w.press("ada", "network.decline", id), "Not this time. That is fine")
	form := w.form(w.press("ada", "network.answer", id))
	for range 2 {
		w.has("answered", w.send("ada", form, "words", "It worked", "consent", "unnamed"), "our answer is kept")
	}
	other := form
	other.Nonce = "another form"
	w.has("answered in another form", w.send("ada", other, "words", "Something else", "consent", "name"), "You have answered this one already")
	w.has("the form again", w.press("ada", "network.answer", id), "You have answered this one already")
	w.has("no after an answer", w.press("ada", "network.decline", id), "Thank you, your answer is kept")
	all, err := w.stores.Learnings.List(t.Context(), network.LearningFilter{})
	w.ok(err)
	if len(all) != 1 || all[0].Words != "It worked" || all[0].Consent != network.WithoutName {
		t.Errorf("kept: %+v", all)
	}
	w.has("nothing waits", w.say("ada", "answer"), "No question waits for you")
	if keys := w.nudges("ada"); len(keys) != 0 {
		t.Errorf("a question goes out after its answer: %q", keys)
	}
}

func TestTheWrongPersonLearnsNothing(t *testing.T) {
	w := newWorld(t)
	w.join("ada", network.Leads)
	w.join("ben", network.Leads)
	w.say("lea", "ask now")
	id := strings.TrimPrefix(w.nudges("ada")[0], "question/")
	form := w.form(w.press("ada", "network.answer", id))
	for _, name := range []string{"ben", "cleo", "lea", "stranger"} {
		w.has(name, w.press(name, "network.answer", id), notHere)
		w.has(name, w.press(name, "network.decline", id), notHere)
		w.has(name, w.send(name, form, "words", "Not mine"), notHere)
	}
	for _, arg := range []string{"nothing", "main/x/" + string(w.id("ben")), "/", "main/"} {
		w.has("the ask "+arg, w.press("ben", "network.answer", arg), notHere)
	}
	w.has("no ask", w.press("ben", "network.decline", ""), notHere)
	w.send("ada", form, "words", "Mine", "consent", "name")
	mine, err := w.stores.Learnings.List(t.Context(), network.LearningFilter{})
	w.ok(err)
	w.has("somebody else's learning", w.press("ben", "network.learning.withdraw", mine[0].ID), notHere)
	w.has("my learnings", w.say("ada", "mine"), "Mine", "shared with your name", "network.learning.withdraw")
	w.has("what ben told", w.say("ben", "mine"), "!Mine", "Nothing yet")
	w.has("taken back", w.press("ada", "network.learning.withdraw", mine[0].ID), "nobody else reads it")
	w.has("the library", w.say("ben", "learnings"), "!Mine")
	w.has("what ada told", w.say("ada", "mine"), "Mine", "only you see it", "!network.learning.withdraw")
}

// Whether somebody answered changes nothing of what leads or others see.
func TestNobodySeesWhoHasNotAnswered(t *testing.T) {
	seen := func(answer func(w *world, id string)) string {
		w := newWorld(t)
		w.join("ada", network.Leads)
		w.join("ben", network.Leads)
		w.say("lea", "ask now")
		id := strings.TrimPrefix(w.nudges("ben")[0], "question/")
		w.posted()
		answer(w, id)
		w.pass(day)
		var all []string
		for _, name := range []string{"lea", "ada", "cleo"} {
			for _, words := range []string{"", "who", "learnings", "mine", "home", "requests", "ask"} {
				switch reply := w.say(name, words).(type) {
				case bot.Ask:
					reply.Form.Nonce = ""
					all = append(all, fmt.Sprintf("%s %s: %+v", name, words, reply.Form))
				default:
					all = append(all, name+" "+words+": "+w.text(reply))
				}
			}
		}
		told, err := w.feature.Learned(t.Context(), begin, begin.Add(30*day))
		w.ok(err)
		text := fmt.Sprint(strings.Join(all, "\n"), told)
		for name := range map[string]bool{"lea": true, "ada": true, "ben": true} {
			text = strings.ReplaceAll(text, string(w.id(name)), name)
		}
		return text
	}
	silent := seen(func(*world, string) {})
	declined := seen(func(w *world, id string) { w.press("ben", "network.decline", id) })
	answered := seen(func(w *world, id string) {
		w.send("ben", w.form(w.press("ben", "network.answer", id)), "words", "For me alone", "consent", "private")
	})
	same(t, "after a no", declined, silent)
	same(t, "after a private answer", answered, silent)
	shared := seen(func(w *world, id string) {
		w.send("ben", w.form(w.press("ben", "network.answer", id)), "words", "For all", "consent", "name")
	})
	if shared == silent {
		t.Error("a shared answer is seen by nobody: the comparison sees nothing")
	}
}

func TestANeedIsListedWithoutAName(t *testing.T) {
	w := newWorld(t)
	w.join("ada", network.Leads)
	w.say("lea", "ask now")
	form := w.form(w.say("ada", "answer"))
	w.has("asked for", w.send("ada", form, "words", "A camera\nfor the flat inspections", "kind", "need", "consent", "name"), "without your name")
	w.has("not a learning", w.say("ben", "learnings"), "!camera")
	w.has("listed", w.say("lea", "requests"), "A camera", "!flat inspections", "!ada", "!"+string(w.id("ada")))
	w.has("for leads only", w.say("ben", "requests"), "That is for comms leads")
	w.has("on the leads' page", w.say("lea", "home"), "1 request open, 1 of them free", "A camera", "!ada")
	all, err := w.requests.Requests.List(t.Context(), 0)
	w.ok(err)
	closing := w.form(w.press("lea", "network.request.close", all[0].ID))
	if text := w.words(bot.Message{Summary: "x", Blocks: closing.Intro}); !strings.Contains(text, "flat inspections") {
		t.Errorf("the form does not show what is needed: %s", text)
	}
	w.has("no reason", w.send("lea", closing, "outcome", "met"), "reason: ")
	w.has("no outcome", w.send("lea", closing, "reason", "Here it is"), "outcome: ")
	for range 2 {
		w.has("closed", w.send("lea", closing, "reason", "It waits at the post room.", "outcome", "met"), "The request is closed")
	}
	w.has("closed otherwise", w.send("lea", closing, "reason", "No", "outcome", "refused"), "has closed this request already")
	w.has("closed already", w.press("lea", "network.request.close", all[0].ID), "has been closed already")
	w.has("listed as closed", w.say("lea", "requests"), "It is there", "It waits at the post room.", "No request is open")
	answers := slices.DeleteFunc(outbox(t, w.db), func(d sent) bool { return d.Class != "answer" })
	same(t, "the author is told", answers, []sent{{Key: "request/" + all[0].ID + "/closed", Class: "answer", Person: string(w.id("ada")), State: "queued"}})
}

func TestTheCall(t *testing.T) {
	w := newWorld(t)
	w.has("for leads only", w.say("ada", "call"), "That is for comms leads")
	form := w.form(w.do("lea", bot.Invocation{Command: "evangelist", Words: "call", Place: "test|room"}))
	if got := form.Fields[0].Value; len(got) != 1 || got[0] != "test|room" {
		t.Errorf("the place where it was asked is not filled in: %q", got)
	}
	for place, say := range map[string]string{"": "Choose a place", "test|none": "do not know", "test|away": "not a member", "test|old": "archived", "test|shared": "another organisation", "test|direct": "Choose a channel"} {
		w.has("a call to "+place, w.send("lea", form, "place", place), say)
	}
	for range 2 {
		w.has("posted", w.send("lea", form, "place", "test|room", "text", "Who comes along?"), "The call goes to room")
	}
	key := outbox(t, w.db)[0].Key
	same(t, "one card", outbox(t, w.db), []sent{{Key: key, Class: "asked", Place: "test|room", View: "network.call 1", State: "queued"}})
	w.join("ada", network.Leads)
	w.join("ben", network.Follows)
	again := w.form(w.say("lea", "call"))
	w.send("lea", again, "place", "test|hall")
	w.join("ben", network.Supports)
	cards := outbox(t, w.db)
	same(t, "two cards of one call", []int{len(cards), strings.Count(fmt.Sprint(cards), "network.call 5")}, []int{2, 2})
	message, version, err := w.router.View(t.Context(), bot.View{Kind: "network.call", ID: "call"})
	w.ok(err)
	if text := w.words(message); version != 5 || !strings.Contains(text, "Who comes along?") || !strings.Contains(text, "So far 1 lead, 1 support and 0 follow") || strings.Contains(text, "ada") {
		t.Errorf("version %d of the call: %s", version, text)
	}
}

func TestHolesAreSeenByLeadsOnly(t *testing.T) {
	w := newWorld(t)
	w.join("ada", network.Follows)
	w.has("leads see holes", w.say("lea", "who"), "nobody yet", "Parks", "Office", "Housing")
	w.has("leads' page", w.say("lea", "home"), "Nobody yet in 3 of 3 departments: Housing, Office, Parks.")
	w.has("others do not", w.say("ada", "who"), "Housing", "!nobody yet", "!Parks", "!Office")
	w.has("others' page", w.say("ada", "home"), "!Nobody yet", "!requests")
}

func TestUsedIsToldWithoutAName(t *testing.T) {
	w := newWorld(t)
	ada := w.id("ada")
	twice(t, "used", func() error { return w.feature.Used(t.Context(), ada, " It saved us a day ", "A guide") })
	w.ok(w.feature.Used(t.Context(), ada, "Other words", "A guide"))
	w.ok(w.feature.Used(t.Context(), ada, "  ", "Another guide"))
	w.clock.now = w.clock.now.Add(time.Second)
	w.ok(w.feature.Used(t.Context(), w.id("ben"), "Us too", "A guide"))
	told, err := w.feature.Learned(t.Context(), begin, begin.Add(day))
	w.ok(err)
	if len(told) != 2 || told[0].Words != "It saved us a day" || told[0].About != "A guide" || told[0].Who != "" || told[0].Department != "" || told[1].Words != "Us too" {
		t.Errorf("offered: %+v", told)
	}
	if err := w.feature.Used(t.Context(), "stranger", "x", "y"); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("a stranger used it: %v", err)
	}
}

// refusing is a planner that fails.
type refusing struct{}

func (refusing) Keep(context.Context, string, string, func(context.Context) (schedule.Plan, bool, error)) (schedule.Slot, error) {
	return schedule.Slot{}, errRule
}

func TestTheSweepSetsAPlanThatFailed(t *testing.T) {
	w := newWorld(t)
	w.join("ada", network.Leads)
	form := w.form(w.say("lea", "ask"))
	w.has("not a rhythm", w.send("lea", form, "text", "What?", "rhythm", "sometimes"), "rhythm: ")
	w.has("too often", w.send("lea", form, "text", "What?", "rhythm", "every day"), "rhythm: That asks more than once a week")
	w.has("no question of one's own", w.send("lea", form, "rhythm", "every Thursday 14:00"), network.Provided()[0].Text, "asked next")
	w.has("a long question", w.send("lea", form, "text", strings.Repeat("x", 201)), "text: That has 201")
	w.planner = refusing{}
	w.has("it breaks", w.send("lea", form, "text", "What?", "rhythm", "every Thursday 14:00"), "Something broke on our side")
	w.planner = w.scheduler
	w.settle()
	w.pass(untilThursday)
	if keys := w.nudges("ada"); len(keys) != 1 {
		t.Errorf("asked by %q", keys)
	}
	w.has("no rhythm", w.send("lea", form, "text", "What?", "rhythm", ""), "There is no rhythm")
	w.pass(21 * day)
	if keys := w.nudges("ada"); slices.ContainsFunc(keys, func(key string) bool { return !strings.Contains(key, "2026-11-26") }) {
		t.Errorf("asked without a rhythm by %q", keys)
	}
}

func TestDoors(t *testing.T) {
	w := newWorld(t)
	guest := bot.Invocation{Command: "evangelist", Words: "join lead"}
	w.record(bot.AccountFact{Name: "guest", External: true})
	w.has("another organisation", w.do("guest", guest), "another organisation")
	w.has("an unknown word", w.say("ada", "dance"), "I do not know that word")
	w.has("the panel", w.say("ada", ""), "Your part", "network.join", "Who is with us", "!For comms leads")
	w.has("the lead's panel", w.say("lea", ""), "For comms leads", "Post the call")
	w.has("help", w.say("ada", "help"), "/evangelist join", "!/evangelist call")
	w.has("the lead's help", w.say("lea", "help"), "/evangelist call")
	w.has("nobody to ask", w.say("lea", "ask now"), "Nobody leads or supports yet")

	// Somebody who is in no register yet.
	form := w.form(w.say("new", "join follow"))
	if got := form.Fields[0].Value; len(got) != 1 || got[0] != "follow" {
		t.Errorf("the word is not filled in: %q", got)
	}
	w.has("no part", w.send("new", form), "part: ")
	w.has("joined without a department", w.send("new", form, "part", "follow"), "You follow now.")
	w.has("changed by button", w.press("new", "network.join", "support"), "You support from now on.")
	w.has("listed", w.say("ada", "who"), "Not recorded", "new")
	w.say("lea", "ask now")
	if keys := w.nudges("new"); len(keys) != 1 {
		t.Fatalf("asked by %q", keys)
	}
	w.has("following asks nothing", w.press("new", "network.join", "follow"), "Nothing is asked of you")
	if keys := w.nudges("new"); len(keys) != 0 {
		t.Errorf("somebody who follows is still asked by %q", keys)
	}
}
