package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"evangelist/adapters/teams/teamstest"
)

// teamsDoor is a way in for an author: it opens the dialog of a command.
type teamsDoor func(w *teamsTwin, author int, command string) view

// byCompose uses the message extension in a channel that only the author is in.
func byCompose(w *teamsTwin, author int, command string) view {
	return w.compose(author, w.rooms[w.user(author).ID].channel, command)
}

// byChat uses it in a chat that only the author is in.
func byChat(w *teamsTwin, author int, command string) view {
	return w.compose(author, w.rooms[w.user(author).ID].chat, command)
}

func (w *teamsTwin) compose(author int, where, command string) view {
	w.Helper()
	opened, err := w.teams.As(w.user(author)).Compose(w.ctx, where, slackNames[command])
	return w.tenant.open(twinAuthors[author], command, "", opened, err)
}

// byPicked picks the slash command in a channel where others are, and uses the
// button of the answer that the author alone sees.
func byPicked(w *teamsTwin, author int, command string) view {
	w.Helper()
	where, who := w.tenant.channels["all-council"], twinAuthors[author]
	before, calls := w.tenant.last(who, where), len(w.teams.Calls())
	d, err := w.teams.As(w.user(author)).Slash(w.ctx, where, strings.TrimPrefix(command, "/")+" I would rather say it there")
	if err != nil || d.Status != 202 {
		w.Fatalf("picking %s: %v, %d", command, err, d.Status)
	}
	answer := w.tenant.answered(who, where, before)
	w.acted()
	w.ownWords[d.Message], w.ownWords[answer.message] = true, true
	for n, call := range w.teams.Calls()[calls:] {
		w.own[calls+n] = call.Targeted() && strings.Contains(string(call.Body), `"`+w.user(author).MRI+`"`)
	}
	return w.pressOn(author, where, "Please use the form.", command)
}

// byTyped uses the button that the bot offers in its own chat for typed words.
func byTyped(w *teamsTwin, author int, command string) view {
	return w.pressOn(author, w.teams.Personal(w.user(author)), "Please use the form.", command)
}

// byOwnPage uses a button on the author's own page, which stands in that chat.
func byOwnPage(w *teamsTwin, author int, command string) view {
	return w.pressOn(author, w.teams.Personal(w.user(author)), "Your page", command)
}

// pressOn uses the button of a command on the newest message of a kind.
func (w *teamsTwin) pressOn(author int, where, summary, command string) view {
	w.Helper()
	for _, m := range slices.Backward(w.teams.Seen(w.user(author), where)) {
		if m.From != "" || m.Summary != summary || len(m.Cards) == 0 || !strings.Contains(string(m.Cards[0]), `"`+slackNames[command]+`"`) {
			continue
		}
		a, err := w.teams.As(w.user(author)).Press(w.ctx, m.ID, labelOf(w, m.Cards[0], slackNames[command]), nil)
		return w.tenant.open(twinAuthors[author], command, m.ID, a, err)
	}
	w.Fatalf("no message %q has a button for %s", summary, command)
	return view{}
}

// The doors by which the author of the i-th text looks into a form, raises the
// text, and follows it up by its code. What is picked from a menu needs an author
// who is in the channel.
var (
	teamsLook  = [4]teamsDoor{byTyped, byChat, byOwnPage, byTyped}
	teamsRaise = [4]teamsDoor{byCompose, byPicked, byTyped, byOwnPage}
	teamsCode  = [4]teamsDoor{byPicked, byTyped, byChat, byOwnPage}
)

// openForm opens a form and marks everything that Teams told with it.
func (w *teamsTwin) openForm(author int, command string, by teamsDoor) view {
	w.Helper()
	form := by(w, author, command)
	w.carried(author, form)
	return form
}

// teamsNonce is the nonce in the data of a form's button.
var teamsNonce = regexp.MustCompile(`"n":"([A-Z2-7]{20,})"`)

// carried marks an open dialog, and looks at what the bot has it carry through
// Teams: nothing there may lead back to whoever has it open.
func (w *teamsTwin) carried(author int, form view) {
	w.Helper()
	w.marks.text("the activity", w.last.id)
	if form.dialog == nil {
		w.Fatalf("there is no dialog but %q\n%s", form.text, w.log)
	}
	card := string(form.dialog.Card)
	if nonce := teamsNonce.FindStringSubmatch(card); nonce != nil {
		w.marks.text("the form's nonce", nonce[1])
	} else if strings.Contains(card, "Input.Text") && !strings.Contains(card, `"copy"`) {
		w.Fatalf("the form has no nonce: %s", card)
	}
	user := w.user(author)
	room := w.rooms[user.ID]
	for _, mark := range []string{user.ID, user.MRI, w.teams.Personal(user), room.team, room.channel, room.chat} {
		if strings.Contains(card, mark) {
			w.loud = append(w.loud, "carried: the form holds "+mark)
		}
	}
}

// sendForm fills a dialog in and sends it; it returns the last page.
func (w *teamsTwin) sendForm(author int, form view, values map[string]any) view {
	w.Helper()
	page := w.tenant.fill(twinAuthors[author], form, values)
	w.carried(author, page)
	return page
}

// teamsScene is one play on its way. Texts, plays and what must come of them are
// those of the playground's twins.
type teamsScene struct {
	*teamsTwin
	play  twinPlay
	codes [4]string
	seen  map[string]rest
}

// playTeamsTwin plays the scenario and returns what was there at its moments, and
// what an anonymous act was heard to change. A short play ends after the first
// release.
func playTeamsTwin(t *testing.T, at *doorstep, template string, with teamsMeddle, graph bool, p twinPlay, short bool) (map[string]rest, []string) {
	t.Helper()
	s := &teamsScene{teamsTwin: openTeamsTwin(t, at, template, with, graph), play: p, seen: map[string]rest{}}
	if s.driver == "pgx" {
		s.setUp()
	}
	s.furnished = len(s.teams.Calls())
	s.arrive()
	s.visit()
	s.before = len(s.told())
	s.raiseAll()
	s.seen["before the first release"] = s.look()
	s.release(24)
	if with.released != nil {
		with.released(s.teamsTwin)
	}
	s.seen["after the first release"] = s.look()
	if short {
		s.end()
		return s.seen, s.loud
	}
	s.marks.without("the newcomer") // a start reads who is on Teams
	s.restart()
	s.teamActs()
	s.followUp()
	s.seen["before the second release"] = s.look()
	s.release(25)
	s.ownPages()
	s.seen["after the second release"] = s.look()
	(&twinScene{twinWorld: s.twinWorld}).expect()
	if s.driver == "sqlite" { // PostgreSQL does not say in which order what is due at one instant is sent
		s.publish()
	}
	s.end()
	return s.seen, s.loud
}

// arrive lets the newcomer into the tenant, without the bot hearing of it.
func (s *teamsScene) arrive() {
	s.Helper()
	user := s.teams.AddUser(teamstest.User{Name: "Zzmark Newcomer", Email: "zzmark@newcomer.example", Title: "Zzmark title"})
	s.tenant.people[newcomer] = user
	s.house(slices.Index(twinAuthors, newcomer))
	s.marks.text("the newcomer", user.ID, "Zzmark Newcomer", "zzmark@newcomer.example", "Zzmark title")
	for i := range twinAuthors {
		user := s.user(i)
		room := s.rooms[user.ID]
		s.marks.text("the address", user.MRI)
		s.marks.text("the team", room.team, fmt.Sprint("zzteam", i))
		s.marks.text("the channel", room.channel, room.chat, s.teams.Personal(user), fmt.Sprint("zzroom", i))
	}
}

// visit lets every author type in the bot's own chat, which is not heard anywhere
// and gives a button for each form, and open their own page.
func (s *teamsScene) visit() {
	s.Helper()
	for i, author := range twinAuthors {
		for _, words := range []string{"concern about nothing yet", "idea", "concern code"} {
			s.tick()
			s.quietly("typing to the bot as "+fmt.Sprint(i), []string{"the calls", "the tenant"}, func() { s.tenant.ask(author, words) })
		}
		s.tick()
		s.tenant.ask(author, "evangelist home")
		s.settle()
	}
}

// ownPages lets every author look at their own page again; what it says is among
// what stands on Teams.
func (s *teamsScene) ownPages() {
	s.Helper()
	for i, author := range twinAuthors {
		s.tick()
		calls := len(s.teams.Calls())
		s.tenant.ask(author, "evangelist home")
		s.settle()
		for n, call := range s.teams.Calls()[calls:] {
			s.own[calls+n] = call.Method == "send" && call.Conversation == s.teams.Personal(s.user(i))
		}
	}
}

func (s *teamsScene) name(i int) string { return fmt.Sprintf("text %d", i) }

// speak does an anonymous act at a moment of its own.
func (s *teamsScene) speak(what string, act func()) {
	s.Helper()
	s.tick()
	s.marks.moment(s.clock.Now())
	s.quietly(what, nil, act)
}

// raiseAll opens all forms in the order of the texts, whatever is sent first.
func (s *teamsScene) raiseAll() {
	s.Helper()
	s.at(s.clock.Now().Add(25 * time.Minute)) // so that the hour changes while they are opened
	for i, by := range teamsLook {
		s.speak("looking into the form of a concern as the author of "+s.name(i), func() { s.openForm(s.play.by[i], "/concern", by) })
	}
	var forms [4]view
	for i, text := range twinTexts {
		s.speak("opening the form of "+s.name(i), func() { forms[i] = s.openForm(s.play.by[i], text.command, teamsRaise[i]) })
	}
	for n, i := range s.play.turn {
		if n == 2 {
			s.others()
		}
		s.speak("sending "+s.name(i), func() {
			page := s.sendForm(s.play.by[i], forms[i], map[string]any{"words": twinTexts[i].words, "name": "anonymous"})
			s.codes[i] = codeOnCard(s.tenant, page)
		})
		s.marks.text("the private code", s.codes[i])
	}
	// What waits can be added to already.
	s.speak("adding by the code of "+s.name(1), func() {
		form := s.openForm(s.play.by[1], "/concern code", teamsCode[1])
		s.sendForm(s.play.by[1], form, map[string]any{"code": s.codes[1], "want": "add", "words": "On Sundays above all."})
	})
}

// others live on between, with dated rows and messages.
func (s *teamsScene) others() {
	s.Helper()
	s.tick()
	s.tenant.form("maureen", "idea", map[string]any{"words": "Share the van with the museum.", "name": "named"})
	s.settle()
	s.tick()
	if _, err := s.tenant.as("barry").Write(s.ctx, s.tenant.channels["good-finds"], "Worth ten minutes: "+usefulPage); err != nil {
		s.Fatal(err)
	}
	s.settle()
}

// release lets the schedule do it, at ten on a day.
func (s *teamsScene) release(day int) {
	s.Helper()
	s.at(time.Date(2026, 11, day, 10, 0, 0, 0, time.UTC))
}

// teamActs lets a reader act on every voice, by its card's buttons.
func (s *teamsScene) teamActs() {
	s.Helper()
	s.at(s.clock.Now().Add(3*time.Minute + 29*time.Second)) // no moment of yesterday comes again
	for _, text := range twinTexts {
		s.tick()
		card := s.tenant.until(s.tenant.reading, text.words)
		form := s.tenant.pressCommand("adaeze", card.ID, text.team)
		s.settle()
		s.tenant.fill("adaeze", form, map[string]any{"answer": "We looked into it: which week do you mean?"})
		s.settle()
	}
}

// publish lets the edition come out that tells of what was said.
func (s *teamsScene) publish() {
	s.Helper()
	s.at(time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC))
	draft := s.tenant.ask("nia", "digest draft")
	s.settle()
	s.seen["after the next draft"] = s.look()
	s.tenant.pressCommand("nia", draft.message, "digest.approve")
	s.at(time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC))
	s.seen["after the next edition"] = s.look()
	if text := s.seen["after the next edition"].texts["the pages"]; !strings.Contains(text, usefulPage) || !strings.Contains(text, "/archive/friday") {
		s.Errorf("there is no edition in the archive: %s", text)
	}
}

// followUp lets every author look and then act by code: forms are opened in the
// order of the texts, and sent in the order of the play.
func (s *teamsScene) followUp() {
	s.Helper()
	for _, want := range []string{"look", ""} {
		var forms [4]view
		for i := range twinTexts {
			s.speak("opening the form for the code of "+s.name(i), func() { forms[i] = s.openForm(s.play.by[i], "/concern code", teamsCode[i]) })
		}
		for _, i := range s.play.turn {
			values := map[string]any{"code": s.codes[i], "want": want}
			if want == "" {
				values["want"], values["words"] = twinTexts[i].want, twinTexts[i].more
			}
			s.speak(fmt.Sprint(values["want"], " by the code of ", s.name(i)), func() {
				page := s.sendForm(s.play.by[i], forms[i], values)
				if want == "look" && !strings.Contains(page.text, "which week do you mean?") {
					s.Errorf("the code of %s does not show what the team said: %s", s.name(i), page.text)
				}
			})
		}
	}
}
