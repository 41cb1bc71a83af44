package main

import (
	"fmt"
	"strings"
	"testing"

	"evangelist/bot"
	"evangelist/bot/voices/voicestest"
	"evangelist/storage/storagetest"
)

// again is the test of a form that is sent more than once, as platforms and
// browsers do that got no answer.
type again struct {
	*twinWorld
	kept []bot.Invocation // all that was sent without a name, as it came
	web  sheet            // a form of the web
	code string           // of what was raised in chat
	webs string           // and of what was raised on the web
}

const (
	chatWords = "The kettle on the second floor trips the fuse."
	webWords  = "A second key for the van."
)

func TestAFormThatIsSentAgain(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	t.Parallel()
	storagetest.EachURL(t, func(t *testing.T, url string) {
		template := ""
		if strings.HasPrefix(url, "sqlite:") {
			template = furnished(t)
		}
		a := &again{}
		a.twinWorld = openTwin(t, template, meddle{heard: func(_ *twinWorld, in bot.Invocation) {
			if unnamed(in) {
				a.kept = append(a.kept, in)
			}
		}})
		a.first()
		a.expect("at once", 3)
		a.restart()
		a.expect("after a restart", 3)
		a.release()
		a.expect("after the release", 0)
		a.restart()
		a.expect("after the release and a restart", 0)
	})
}

// first raises one voice in chat, adds to it by its code, and raises one on the web.
func (a *again) first() {
	a.Helper()
	a.code = a.codeShown(chatDoor{}.open(a.twinWorld, 0, "/concern").send(a.twinWorld, map[string]string{"words": chatWords, "name": "anonymous"}))
	chatDoor{}.open(a.twinWorld, 0, "/concern code").send(a.twinWorld, map[string]string{"code": a.code, "want": "add", "words": "It did so again."})
	a.web = webDoor{}.open(a.twinWorld, 1, "/idea")
	a.webs = a.codeShown(a.web.send(a.twinWorld, map[string]string{"words": webWords, "name": "anonymous"}))
	if len(a.kept) != 2 {
		a.Fatalf("chat sent %d forms", len(a.kept))
	}
}

func (a *again) release() {
	a.Helper()
	a.at(tuesday)
	a.until("reading-team", chatWords)
	a.until("reading-team", webWords)
}

// expect sends everything again and finds the same codes, one voice each, and
// nothing more waiting than before.
func (a *again) expect(when string, waiting int) {
	a.Helper()
	done, is := a.app.Do(a.ctx, a.kept[0]).(bot.Done)
	if !is {
		a.Fatalf("%s the form was not taken again", when)
	}
	if code, err := voicestest.CodeOn(done.Message); err != nil || code != a.code {
		a.Errorf("%s chat shows the code %q (%v), at first it was %q", when, code, err, a.code)
	}
	if _, is := a.app.Do(a.ctx, a.kept[1]).(bot.Done); !is {
		a.Errorf("%s the addition was not taken again", when)
	}
	if code := a.codeShown(a.web.send(a.twinWorld, map[string]string{"words": webWords, "name": "anonymous"})); code != a.webs {
		a.Errorf("%s the web shows the code %q, at first it was %q", when, code, a.webs)
	}
	changed := a.kept[0]
	changed.Values = map[string][]string{"words": {chatWords}, "name": {"named"}}
	if reply, is := a.app.Do(a.ctx, changed).(bot.Say); !is || !strings.Contains(plain(reply.Message), "That first choice stands") {
		a.Errorf("%s the same form with a name gave %#v", when, reply)
	}
	a.settle()
	released := 0
	if waiting == 0 {
		released = 1
	}
	for query, want := range map[string]int{
		"SELECT count(*) FROM waiting":                                           waiting,
		"SELECT count(*) FROM voices WHERE words = '" + chatWords + "'":          released,
		"SELECT count(*) FROM voices WHERE words = '" + webWords + "'":           released,
		"SELECT count(*) FROM voice_entries WHERE words = 'It did so again.'":    released,
		"SELECT count(*) FROM voices WHERE author IN ('playground|leroy', 'x')":  0,
		"SELECT count(*) FROM voices WHERE author IN ('playground|farida', 'x')": 0,
	} {
		if got, err := a.column(query); err != nil || len(got) != 1 || got[0] != fmt.Sprint(want) {
			a.Errorf("%s %s is %v (%v), not %d", when, query, got, err, want)
		}
	}
	if n := a.count("reading-team", chatWords) + a.count("reading-team", webWords); n != 2*released {
		a.Errorf("%s there are %d cards", when, n)
	}
}
