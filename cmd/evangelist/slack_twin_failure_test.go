package main

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"evangelist/adapters/slack/slacktest"
	"evangelist/bot"
	"evangelist/storage/storagetest"
)

// slackTrouble is something that goes wrong while an author opens or sends a form.
type slackTrouble struct {
	by     slackDoor
	faults []slacktest.Fault
	sent   bool // it goes wrong when the form is sent
	breaks bool // the bot breaks with what was typed in its hands
	slow   bool // the bot takes longer than Slack waits
	logs   string
}

const slackTroubledWords = "zzwords that are nobody's business"

// troubles are what Slack, the network and the bot itself may do to an author, each
// with what the log says of it.
func slackTroubles() map[string]slackTrouble {
	const unopened, unanswered = "a dialog could not be shown", "an answer could not be shown"
	unreachable := slacktest.Reset("response_url", false)
	return map[string]slackTrouble{
		"the trigger is too old":             {by: byWord, faults: []slacktest.Fault{slacktest.Refused("views.open", "expired_trigger_id")}, logs: unopened},
		"Slack is ill":                       {by: withWords, faults: []slacktest.Fault{slacktest.ServerError("views.open", 500, false)}, logs: unopened},
		"no answer comes":                    {by: byWord, faults: []slacktest.Fault{slacktest.Reset("views.open", false)}, logs: unopened},
		"half an answer comes":               {by: byWord, faults: []slacktest.Fault{slacktest.Truncated("views.open")}, logs: unopened},
		"a proxy answers":                    {by: byShortcut, faults: []slacktest.Fault{slacktest.HTML("views.open", false)}, logs: unanswered},
		"Slack has had too much":             {by: byWord, faults: []slacktest.Fault{slacktest.TooMany("views.open", "30")}, logs: unopened},
		"what is shown is refused":           {by: byWord, faults: []slacktest.Fault{slacktest.Refused("views.open", "invalid_arguments")}, logs: unopened},
		"neither a form nor a word":          {by: byButton, faults: []slacktest.Fault{slacktest.Reset("views.open", false), unreachable}, logs: unanswered},
		"neither a form nor a word, refused": {by: byPage, faults: []slacktest.Fault{slacktest.Refused("views.open", "not_found"), slacktest.Refused("response_url", "used_url")}, logs: unanswered},
		"the home tab is not drawn":          {by: byHome, faults: []slacktest.Fault{slacktest.Reset("views.publish", false)}, logs: "a home page could not be shown"},
		"the bot breaks":                     {by: byWord, sent: true, breaks: true, logs: "a request from Slack broke"},
		"the bot is slow and Slack is ill": {by: byWord, sent: true, slow: true, faults: []slacktest.Fault{slacktest.ServerError("views.update", 503, false)},
			logs: unopened},
	}
}

// What goes wrong for an author is told to the log without anything that leads to
// the author, and what was typed is in it nowhere.
func TestWhatFailsForAnAuthorInSlackNamesNobody(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	t.Parallel()
	template := furnishedSlack(t)
	t.Run("as it is", func(t *testing.T) {
		for _, found := range slackTroubled(t, template, nil) {
			t.Error(found)
		}
	})
	t.Run("with a log that names the address for answers", func(t *testing.T) {
		found := slackTroubled(t, template, loggingSlack(func(r slackRequest) string { return r.answer }).asked)
		if !slices.ContainsFunc(found, begins("mark: the response address")) {
			t.Errorf("it was not found: %q", found)
		}
	})
}

// slackTroubled has every trouble happen to somebody and returns what gives them away.
func slackTroubled(t *testing.T, template string, asked func(*slackTwin, slackRequest)) []string {
	t.Helper()
	var now atomic.Pointer[slackTrouble]
	carryOn := make(chan struct{})
	w := openSlackTwin(t, template, slackMeddle{asked: asked, handlers: func(_ *slackTwin, h bot.Handlers) bot.Handlers {
		invoke := h.Invoke
		h.Invoke = func(ctx context.Context, in bot.Invocation) bot.Reply {
			if it := now.Load(); it != nil && in.Submitted() && it.breaks {
				panic(in.Value("words") + string(in.Actor.Account))
			} else if it != nil && in.Submitted() && it.slow {
				<-carryOn
			}
			return invoke(ctx, in)
		}
		return h
	}}, true)
	s := newSlackScene(w, straightPlay)
	s.unheard(s.arrive)
	s.visit()
	s.before = len(s.past + s.told())
	troubles := slackTroubles()
	for n, name := range slices.Sorted(maps.Keys(troubles)) {
		it, author := troubles[name], n%len(slackAuthors)
		s.tick()
		now.Store(&it)
		lines := strings.Count(w.log.String(), it.logs)
		w.suffer(author, it, carryOn)
		w.office.eventually(name+" is logged", func() bool { return strings.Count(w.log.String(), it.logs) > lines })
	}
	s.settle()
	w.marks.text("what was typed", slackTroubledWords, twinTexts[slackPrefilled].words)
	w.marks.text("an author", slackAuthors...)
	seen := w.seen()
	return w.marks.find(map[string][]byte{"the log": []byte(seen["the log"]), "the metrics": []byte(seen["the metrics"])})
}

// suffer lets a trouble happen to an author.
func (w *slackTwin) suffer(author int, it slackTrouble, carryOn chan<- struct{}) {
	w.Helper()
	fail := func() {
		for _, fault := range it.faults {
			w.Cleanup(w.slack.Fail(fault))
		}
	}
	if !it.sent {
		fail()
	}
	answer, err := it.by(w, author, "/concern")
	if err != nil {
		w.Fatal(err)
	}
	w.mark(author, answer)
	if !it.sent {
		return
	}
	form, _ := w.author(author).Modal()
	w.carried(author, form)
	if err := w.author(author).Fill("words", slackTroubledWords); err != nil {
		w.Fatal(err)
	}
	fail()
	if answer, err = w.author(author).Submit(w.ctx); err != nil {
		w.Fatal(err)
	}
	w.mark(author, answer)
	if page, ok := w.author(author).Modal(); ok && page.PrivateMetadata != "" {
		w.carried(author, page)
	}
	if it.slow {
		carryOn <- struct{}{}
	}
}
