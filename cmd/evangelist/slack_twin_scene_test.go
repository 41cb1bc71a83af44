package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"evangelist/adapters/slack/slacktest"
)

// slackScene is one play on its way. Texts, plays and what must come of them are
// those of the playground's twins.
type slackScene struct {
	*slackTwin
	twinScene *twinScene
	play      twinPlay
	codes     [4]string
	seen      map[string]rest
}

func newSlackScene(w *slackTwin, p twinPlay) *slackScene {
	return &slackScene{slackTwin: w, twinScene: &twinScene{twinWorld: w.twinWorld}, play: p, seen: map[string]rest{}}
}

// The doors by which the author of the i-th text looks into a form, raises the
// text, and follows it up by its code.
var (
	slackLook  = [4]slackDoor{byShortcut, byButton, byPage, byHome}
	slackRaise = [4]slackDoor{byWord, withWords, byShortcut, byButton}
	slackCode  = [4]slackDoor{byWord, byPage, byShortcut, byHome}
)

// slackHomeDoor is the text that has the home tab for a door, but to be raised.
const slackHomeDoor = 3

// playSlackTwin plays the scenario and returns what was there at its moments, and
// what an anonymous act was heard to change. A short play ends after the first
// release.
func playSlackTwin(t *testing.T, template string, with slackMeddle, http bool, p twinPlay, short bool) (map[string]rest, []string) {
	t.Helper()
	s := newSlackScene(openSlackTwin(t, template, with, http), p)
	if s.driver == "pgx" {
		s.setUp()
	}
	if s.http {
		s.office.slash("nia", "/evangelist watch")
		s.office.fill("nia", map[string][]string{"places": {channelOf("good-finds")}})
		s.settle()
		s.watches = true
	}
	s.unheard(s.arrive)
	s.visit()
	s.before = len(s.past + s.told())
	s.raiseAll()
	s.seen["before the first release"] = s.look()
	s.release(24)
	s.seen["after the first release"] = s.look()
	if short {
		s.stop()
		return s.seen, s.loud
	}
	s.marks.without("the newcomer") // a start reads who is in Slack
	s.restart()
	s.teamActs()
	s.followUp()
	s.seen["before the second release"] = s.look()
	s.release(25)
	s.seen["after the second release"] = s.look()
	s.twinScene.expect()
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

// arrive lets the newcomer into Slack, without the bot hearing of it.
func (s *slackScene) arrive() {
	i := slices.Index(slackAuthors, slackNewcomer)
	s.slack.AddUser(slacktest.User{ID: slackNewcomer, Handle: slackHandleOf(i), Name: "Zzmark Newcomer", Email: "zzmark@newcomer.example", Title: "Zzmark title"})
	s.slack.AddChannel(slacktest.Channel{ID: slackRoomOf(i), Name: "zzroom", Kind: slacktest.Private, Members: []string{slackNewcomer}})
	s.marks.text("the newcomer", slackNewcomer, "Zzmark Newcomer", "zzmark@newcomer.example", "Zzmark title")
	for i, author := range slackAuthors {
		s.marks.text("the user name", slackHandleOf(i))
		s.marks.text("the channel", slackRoomOf(i), s.slack.Direct(author))
		s.marks.text("the team", slackTeamOf(i))
	}
}

// visit lets every author see the places from which forms can be opened: the bot's
// own chat, a page that they alone see, and the home tab. What is typed in the
// bot's own chat about a concern is not heard anywhere.
func (s *slackScene) visit() {
	s.Helper()
	for i, author := range slackAuthors {
		s.tick()
		person := s.author(i)
		s.quietly("typing to the bot as "+fmt.Sprint(i), []string{"the calls", "the workspace"}, func() {
			if _, err := person.Post(s.ctx, "", "concern about nothing yet"); err != nil {
				s.Fatal(err)
			}
			s.office.eventually("the bot offers a form", func() bool {
				return slices.ContainsFunc(person.Inbox(), func(m slacktest.Message) bool { return strings.Contains(flat(m.Blocks), "voices.concern#") })
			})
		})
		s.tick()
		answer, err := person.Slash(s.ctx, slackRoomOf(i), "/evangelist home")
		s.office.taken(author, "/evangelist home", answer, err)
		s.office.eventually("the page is there", func() bool { return len(person.Ephemerals(slackRoomOf(i))) > 0 })
		s.settle()
		s.tick()
		if err := person.OpenHome(s.ctx); err != nil {
			s.Fatal(err)
		}
		s.office.eventually("the home tab is there", func() bool { _, ok := person.Home(); return ok })
		s.settle()
	}
}

// quietly does something without a name and notes whatever changed besides the
// table of what waits, the answers to the author's own form, and what is told to
// change by right.
func (w *slackTwin) quietly(what string, but []string, act func()) {
	w.Helper()
	snap := func() map[string]string {
		now := w.seen()
		now["the rows"] = waits.ReplaceAllString(now["the rows"], "")
		now["the calls"] = strings.ReplaceAll(now["the calls"], ownForm, "")
		if slices.Contains(but, ownPage) {
			now["the calls"] = strings.ReplaceAll(now["the calls"], ownPage, "")
		}
		return now
	}
	before := snap()
	act()
	w.settle()
	after := snap()
	for _, name := range slices.Sorted(maps.Keys(after)) {
		if before[name] != after[name] && !slices.Contains(but, name) {
			w.loud = append(w.loud, fmt.Sprintf("loud: %s changed %s: %s", what, name, added(before[name], after[name])))
		}
	}
}

func (s *slackScene) name(i int) string { return fmt.Sprintf("text %d", i) }

// speak does an anonymous act at a moment of its own.
func (s *slackScene) speak(what string, act func(), but ...string) {
	s.Helper()
	s.tick()
	s.marks.moment(s.clock.Now())
	s.quietly(what, but, act)
}

// lookIn lets every author open the form of a concern and close it unsent.
func (s *slackScene) lookIn() {
	s.Helper()
	for i, by := range slackLook {
		s.speak("looking into the form of a concern as the author of "+s.name(i), func() {
			s.open(s.play.by[i], "/concern", by)
			if _, err := s.author(s.play.by[i]).CloseAll(s.ctx); err != nil {
				s.Fatal(err)
			}
		}, drawnFor(i)...)
	}
}

// raiseAll opens all forms in the order of the texts, whatever is sent first.
func (s *slackScene) raiseAll() {
	s.Helper()
	s.at(s.clock.Now().Add(25 * time.Minute)) // so that the hour changes while they are opened
	s.lookIn()
	for i, text := range twinTexts {
		s.speak("opening the form of "+s.name(i), func() {
			form := s.open(s.play.by[i], text.command, slackRaise[i])
			if i == slackPrefilled && !strings.Contains(string(form.State), text.words) {
				s.Errorf("the form does not hold what was typed: %s", form.State)
			}
		})
	}
	for n, i := range s.play.turn {
		if n == 2 {
			s.others()
		}
		s.speak("sending "+s.name(i), func() {
			values := map[string]string{"words": twinTexts[i].words, "name": "anonymous"}
			if i == slackPrefilled {
				delete(values, "words")
			}
			page := slackSheet{author: s.play.by[i]}.send(s.slackTwin, values)
			s.codes[i] = codeOnPage(s.office, page)
		})
		s.marks.text("the private code", s.codes[i])
	}
	// What waits can be added to already.
	s.speak("adding by the code of "+s.name(1), func() {
		s.open(s.play.by[1], "/concern code", slackCode[1])
		slackSheet{author: s.play.by[1]}.send(s.slackTwin, map[string]string{"code": s.codes[1], "want": "add", "words": "On Sundays above all."})
	})
}

// others live on between, with dated rows and messages.
func (s *slackScene) others() {
	s.Helper()
	s.tick()
	s.office.slash("maureen", "/idea")
	s.office.fill("maureen", map[string][]string{"words": {"Share the van with the museum."}, "name": {"named"}})
	s.settle()
	s.tick()
	if _, err := s.office.as("barry").Post(s.ctx, channelOf("good-finds"), "Worth ten minutes: "+usefulPage); err != nil {
		s.Fatal(err)
	}
	s.settle()
}

// release lets the schedule do it, at ten on a day.
func (s *slackScene) release(day int) {
	s.Helper()
	s.at(time.Date(2026, 11, day, 10, 0, 0, 0, time.UTC))
}

// teamActs lets a reader act on every voice, by its card's buttons.
func (s *slackScene) teamActs() {
	s.Helper()
	s.at(s.clock.Now().Add(3*time.Minute + 29*time.Second)) // no moment of yesterday comes again
	for _, text := range twinTexts {
		s.tick()
		card := s.office.until("CREADINGTEAM", text.words)
		s.office.press("adaeze", slacktest.OnMessage(card.Channel, card.TS), s.office.actionFor(flat(card.Blocks), `"`, text.team))
		s.settle()
		s.office.fill("adaeze", map[string][]string{"answer": {"We looked into it: which week do you mean?"}})
		s.settle()
	}
}

// followUp lets every author look and then act by code: forms are opened in the
// order of the texts, and sent in the order of the play.
func (s *slackScene) followUp() {
	s.Helper()
	for _, want := range []string{"look", ""} {
		for i := range twinTexts {
			s.speak("opening the form for the code of "+s.name(i), func() { s.open(s.play.by[i], "/concern code", slackCode[i]) }, drawnFor(i)...)
		}
		for _, i := range s.play.turn {
			does, more := want, ""
			if does == "" {
				does, more = twinTexts[i].want, twinTexts[i].more
			}
			s.speak(does+" by the code of "+s.name(i), func() {
				sheet := slackSheet{author: s.play.by[i], home: i == slackHomeDoor}
				page := sheet.send(s.slackTwin, map[string]string{"code": s.codes[i], "want": does, "words": more})
				if does == "look" && !strings.Contains(page, "which week do you mean?") {
					s.Errorf("the code of %s does not show what the team said: %s", s.name(i), page)
				}
			}, drawnFor(i)...)
		}
	}
}

// drawnFor says whether the page from which a form was opened is drawn again after it.
func drawnFor(i int) []string {
	if i == slackHomeDoor {
		return []string{ownPage}
	}
	return nil
}
