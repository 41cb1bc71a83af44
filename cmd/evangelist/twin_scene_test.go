package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"evangelist/adapters/playground"
	"evangelist/bot"
	"evangelist/bot/voices"
)

// newcomer is an account that the workspace has and the bot has not heard of.
const newcomer = "zzmark-newcomer"

// twinAuthors write without their names. The register knows all but the last.
var twinAuthors = []string{"leroy", "farida", "colm", newcomer}

// twinTexts are what they write, and what the reading team does with it.
var twinTexts = []struct {
	command, words string
	team           string // the team's command after the release
	want, more     string // what the author does by code then
}{
	{"/concern", "The lift at the back entrance stops between two floors.", "voices.refuse", "appeal", "It stopped again with somebody in it."},
	{"/concern", "Our rota changes on the evening before.", "voices.ask", "reply", "In the second week of the month."},
	{"/idea", "Lend out the projector at weekends.", "voices.answer", "withdraw", ""},
	{"/concern", "Nobody tells agency staff about the fire drill.", "voices.ask", "add", "It was the same in the spring."},
}

// twinPlay says how the scenario is played: by[i] is which author writes the i-th
// text, turn[n] which text is sent as the n-th within its release.
type twinPlay struct{ by, turn []int }

var (
	straightPlay  = twinPlay{by: []int{0, 1, 2, 3}, turn: []int{0, 1, 2, 3}}
	exchangedPlay = twinPlay{by: []int{1, 0, 3, 2}, turn: []int{0, 1, 2, 3}}
	reorderedPlay = twinPlay{by: []int{0, 1, 2, 3}, turn: []int{3, 1, 0, 2}}
)

// ways says by which door the i-th text is raised and followed up by its code.
type ways struct {
	signed bool // authors sign in to the web first
	raise  [4]door
	code   [4]door
}

var (
	chatWays   = ways{raise: [4]door{chatDoor{}, chatDoor{}, chatDoor{}, chatDoor{}}, code: [4]door{chatDoor{}, chatDoor{}, chatDoor{}, chatDoor{}}}
	signedWays = ways{signed: true, raise: [4]door{signedDoor{}, signedDoor{}, signedDoor{}, signedDoor{}}, code: [4]door{webDoor{}, webDoor{}, webDoor{}, webDoor{}}}
	httpWays   = ways{raise: [4]door{pageDoor{}, webDoor{}, webDoor{}, pageDoor{}}, code: [4]door{webDoor{}, webDoor{}, webDoor{}, pageDoor{}}}
)

// twinScene is one play on its way.
type twinScene struct {
	*twinWorld
	ways  ways
	play  twinPlay
	codes [4]string
	seen  map[string]rest
}

// playTwin plays the scenario and returns what was there at its moments: before and
// after each of two releases, and after the next draft of the edition that tells of
// it; and what an anonymous act was heard to change.
func playTwin(t *testing.T, template string, with meddle, by ways, p twinPlay) (map[string]rest, []string) {
	t.Helper()
	s := &twinScene{twinWorld: openTwin(t, template, with), ways: by, play: p, seen: map[string]rest{}}
	if err := s.ws.AddPerson(playground.Account{Native: newcomer, Name: "Zzmark Newcomer", Email: "zzmark@newcomer.example", Department: "Housing"}); err != nil {
		t.Fatal(err)
	}
	s.marks.text("the newcomer", newcomer, "Zzmark Newcomer", "zzmark@newcomer.example")
	s.browse(0, "GET", "/playground/", nil)
	s.browse(0, "GET", "/web", nil)
	if by.signed {
		s.signIn()
		s.marks.without("the newcomer") // the session knows the account
	}
	s.tick()
	s.raiseAll()
	s.seen["before the first release"] = s.look()
	s.release(24)
	s.seen["after the first release"] = s.look()
	s.marks.without("the newcomer") // a start records the workspace's accounts
	s.restart()
	s.teamActs()
	s.followUp()
	s.seen["before the second release"] = s.look()
	s.release(25)
	s.seen["after the second release"] = s.look()
	s.expect()
	if s.driver == "sqlite" { // PostgreSQL does not say in which order what is due at one instant is sent
		s.at(time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC))
		s.seen["after the next draft"] = s.look()
		if text := s.seen["after the next draft"].texts["the calls"]; !strings.Contains(text, "Draft of Friday roundup") {
			s.Errorf("there is no draft among the calls: %s", text)
		}
	}
	s.stop()
	return s.seen, s.loud
}

func (s *twinScene) name(i int) string { return fmt.Sprintf("text %d", i) }

// speak does an anonymous act at a moment of its own.
func (s *twinScene) speak(what string, act func()) {
	s.Helper()
	s.tick()
	s.marks.moment(s.clock.Now())
	s.quietly(what, act)
}

// raiseAll opens all forms in the order of the texts, whatever is sent first.
func (s *twinScene) raiseAll() {
	s.Helper()
	s.at(s.clock.Now().Add(25 * time.Minute)) // so that the hour changes while they are opened
	var forms [4]sheet
	for i, text := range twinTexts {
		s.speak("opening the form of "+s.name(i), func() { forms[i] = s.ways.raise[i].open(s.twinWorld, s.play.by[i], text.command) })
	}
	for n, i := range s.play.turn {
		if n == 2 {
			s.others()
		}
		s.speak("sending "+s.name(i), func() {
			page := forms[i].send(s.twinWorld, map[string]string{"words": twinTexts[i].words, "name": "anonymous"})
			s.codes[i] = s.codeShown(page)
		})
		s.marks.text("the private code", s.codes[i])
	}
	// What waits can be added to already.
	s.byCode(1, "add", "On Sundays above all.")
}

// others live on between, with dated rows and messages.
func (s *twinScene) others() {
	s.Helper()
	s.tick()
	done := s.fill(s.slash("maureen", "/idea"), map[string][]string{"words": {"Share the van with the museum."}, "name": {"named"}})
	if done.Form == nil || done.Form.Done == nil {
		s.Fatalf("an idea with a name gave %s", words(done))
	}
	s.settle()
	s.tick()
	s.post("barry", "good-finds", "Worth ten minutes: "+usefulPage)
	s.settle()
}

// byCode opens the form for private codes and does something with it.
func (s *twinScene) byCode(i int, want, more string) string {
	s.Helper()
	var page string
	s.speak(want+" by the code of "+s.name(i), func() {
		form := s.ways.code[i].open(s.twinWorld, s.play.by[i], "/concern code")
		page = form.send(s.twinWorld, map[string]string{"code": s.codes[i], "want": want, "words": more})
	})
	return page
}

// release lets the schedule do it, at ten on a day.
func (s *twinScene) release(day int) {
	s.Helper()
	s.at(time.Date(2026, 11, day, 10, 0, 0, 0, time.UTC))
}

// voice returns the released voice that has the words of a text.
func (s *twinScene) voice(i int) voices.Voice {
	s.Helper()
	all, err := s.app.features.VoiceStore.List(s.ctx, voices.Query{})
	if err != nil {
		s.Fatal(err)
	}
	at := slices.IndexFunc(all, func(v voices.Voice) bool { return v.Words == twinTexts[i].words })
	if at < 0 {
		s.Fatalf("%s was not released", s.name(i))
	}
	return all[at]
}

// teamActs lets a reader act on every voice, by its card's buttons.
func (s *twinScene) teamActs() {
	s.Helper()
	s.at(s.clock.Now().Add(3*time.Minute + 29*time.Second)) // no moment of yesterday comes again
	for i, text := range twinTexts {
		s.tick()
		answer, err := s.as("adaeze").PressButton(s.ctx, bot.MessageRef{}, bot.Button{Command: text.team, Arg: s.voice(i).ID})
		if err != nil {
			s.Fatal(err)
		}
		s.settle() // what goes on after an answer is over before the next request
		s.fill(answer, map[string][]string{"answer": {"We looked into it: which week do you mean?"}})
		s.settle()
	}
}

// followUp lets every author look and then act by code: forms are opened in the
// order of the texts, and sent in the order of the play.
func (s *twinScene) followUp() {
	s.Helper()
	for _, want := range []string{"look", ""} {
		var forms [4]sheet
		for i := range twinTexts {
			s.speak("opening the form for the code of "+s.name(i), func() { forms[i] = s.ways.code[i].open(s.twinWorld, s.play.by[i], "/concern code") })
		}
		for _, i := range s.play.turn {
			does, more := want, ""
			if does == "" {
				does, more = twinTexts[i].want, twinTexts[i].more
			}
			s.speak(does+" by the code of "+s.name(i), func() {
				page := forms[i].send(s.twinWorld, map[string]string{"code": s.codes[i], "want": does, "words": more})
				if does == "look" && !strings.Contains(page, "which week do you mean?") {
					s.Errorf("the code of %s does not show what the team said: %s", s.name(i), page)
				}
			})
		}
	}
}

// expect checks that everything that was said has arrived: silence alone would be
// easy to keep.
func (s *twinScene) expect() {
	s.Helper()
	all, err := s.app.features.VoiceStore.List(s.ctx, voices.Query{})
	if err != nil {
		s.Fatal(err)
	}
	states := map[string]string{}
	for _, v := range all {
		if v.Anonymous() {
			added := 0
			for _, entry := range v.Entries {
				if entry.By == "" {
					added++
				}
			}
			states[cmp.Or(v.Words, "(nothing)")] = fmt.Sprint(v.State, " ", added)
		}
	}
	for words, want := range map[string]string{
		twinTexts[0].words: "appealed 1", twinTexts[1].words: "taken 2", "(nothing)": "withdrawn 1", twinTexts[3].words: "asked 1",
	} {
		if states[words] != want {
			s.Errorf("%q is %q, not %q, among %q", words, states[words], want, states)
		}
	}
}
