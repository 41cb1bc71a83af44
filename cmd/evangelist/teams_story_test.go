package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// What the playground's story tells, told on Teams: a lead sets everything up in
// chat, colleagues share, the edition goes out, somebody worries without a name
// and reads the answer by the code, somebody joins and is asked.
func TestTheWholeStoryOnTeams(t *testing.T) {
	t.Parallel()
	eachTenant(t, func(o *tenant) {
		o.setUp()
		o.share()
		o.publish()
		o.speak()
		o.askMembers()
		if strings.Contains(o.log.String(), `"level":"ERROR"`) {
			o.Fatalf("something was logged as an error:\n%s", o.log)
		}
	})
}

// placeOf is a conversation as forms offer it.
func placeOf(conversation string) string { return "teams|" + conversation }

// setUp is what a lead does in the first week.
func (o *tenant) setUp() {
	o.Helper()
	watched := []string{placeOf(o.channels["good-finds"]), placeOf(o.channels["digital-help"]), placeOf(o.channels["libraries-and-learning"])}
	o.form("nia", "evangelist watch", map[string]any{"places": strings.Join(watched, ",")})
	o.form("nia", "evangelist contacts", map[string]any{"emergency": "Call 999.", "safeguarding": "Extension 2210.", "whistleblowing": "The monitoring officer.", "grievance": "The staff council."})
	o.form("nia", "evangelist team", map[string]any{"who": o.people["adaeze"].ID, "change": "appoint-reader"})
	o.form("nia", "evangelist reading place", map[string]any{"place": placeOf(o.reading)})
	o.form("nia", "digest new", map[string]any{"name": "Friday roundup", "when": "every Friday 09:00", "places": placeOf(o.channels["all-council"])})
}

// share puts one page forward in every way there is.
func (o *tenant) share() {
	o.Helper()
	d, err := o.as("farida").Write(o.ctx, o.channels["good-finds"], "This saved us a morning: "+usefulPage+"?utm_source=chat")
	if err != nil || d.Status != 202 {
		o.Fatal(d.Status, err)
	}
	for _, who := range []string{"minh", "ishbel", "leroy", "dorothea", "sunil"} {
		if _, err := o.as(who).React(o.ctx, d.Message, "like"); err != nil {
			o.Fatal(err)
		}
	}
	o.slash("callum", o.channels["digital-help"], "digest add "+usefulPage+"?utm_campaign=x&fbclid=1 for everybody who writes forms")
	// A message in a place that is not watched, saved by hand.
	d, err = o.as("maureen").Write(o.ctx, o.channels["all-council"], usefulPage+"/#main")
	if err != nil {
		o.Fatal(err)
	}
	o.settled()
	saved, err := o.as("maureen").MessageAction(o.ctx, d.Message, "digest.save")
	o.Logf("saved: %s", o.open("maureen", "saves a message", "", saved, err).text)
	o.later(time.Minute)
	preview := o.ask("nia", "digest preview")
	m, _ := o.teams.Message(preview.message)
	if raw := string(m.Cards[0]); strings.Count(raw, `"`+usefulPage) != 1 || strings.Contains(raw, "utm_") || strings.Contains(raw, "fbclid") {
		o.Fatalf("the page must stand there once, without tracking: %s", raw)
	}
}

func (o *tenant) publish() {
	o.Helper()
	draft := o.ask("nia", "digest draft")
	o.pressCommand("nia", draft.message, "digest.pin")
	words := o.pressCommand("nia", draft.message, "digest.words")
	if next := o.fill("nia", words, map[string]any{"because": "one page replaced forty calls a week"}); next.dialog != nil {
		o.Fatalf("the dialog stays open: %s", next.text)
	}
	o.eventually("the draft shows its words", func() bool {
		return strings.Contains(o.shown("nia", draft.message), "one page replaced forty calls a week")
	})
	for _, act := range []string{"digest.approve", "digest.undo", "digest.approve"} {
		o.pressCommand("nia", draft.message, act)
	}
	if stranger := o.ask("leroy", "digest publish"); strings.Contains(stranger.text, "60 seconds") {
		o.Fatalf("a colleague published: %s", stranger.text)
	}
	o.ask("nia", "digest publish")
	o.later(30 * time.Second)
	o.later(2 * time.Minute)
	posted := o.until(o.channels["all-council"], "Friday roundup")
	raw := string(posted.Cards[0])
	for _, want := range []string{usefulPage, "Farida Noorzai", "Callum Strathie", "Maureen Tatlock", "one page replaced forty calls a week"} {
		if !strings.Contains(raw, want) {
			o.Errorf("the edition lacks %q: %s", want, raw)
		}
	}
	if strings.Contains(raw, `"mention"`) {
		o.Errorf("weekly thanks notify people: %s", raw)
	}
	if n := o.count(o.channels["all-council"], "Friday roundup"); n != 1 {
		o.Errorf("the edition stands there %d times", n)
	}
	issues, err := o.app.features.Digests.Issues(o.ctx, "", "", time.Time{}, 0)
	if err != nil || len(issues) != 1 || !strings.Contains(fmt.Sprint(issues[0].Content.Items), usefulPage) {
		o.Errorf("the archive: %d editions, %v", len(issues), err)
	}
}

func (o *tenant) speak() {
	o.Helper()
	const worry = "The rota for the front desk leaves nobody to unlock the side door."
	where := o.channels["all-council"]
	o.settled()
	opened, err := o.as("leroy").Compose(o.ctx, where, "voices.concern")
	form := o.open("leroy", "opens the form", "", opened, err)
	if !hasAll(form.text, "This is read by", "Adaeze", "manager is not told", "Call 999.") {
		o.Errorf("the form does not say who reads it: %s", form.text)
	}
	page := o.fill("leroy", form, map[string]any{"words": worry, "name": "anonymous"})
	code := codeOnCard(o, page)
	if o.count(o.reading, worry) != 0 {
		o.Fatal("an anonymous concern arrived before the release")
	}
	o.later(24 * time.Hour)
	card := o.until(o.reading, worry)
	if raw := string(card.Activity); strings.Contains(raw, "Leroy") || strings.Contains(raw, o.people["leroy"].ID) || strings.Contains(raw, o.people["leroy"].MRI) {
		o.Fatalf("the card names the author: %s", raw)
	}
	answer := o.pressCommand("adaeze", card.ID, "voices.answer")
	o.fill("adaeze", answer, map[string]any{"answer": "The caretaker now has a key and comes at eight.", "summary": "Who opens the side door."})
	read := o.form("leroy", "concern code", map[string]any{"code": code})
	if !strings.Contains(read.text, "The caretaker now has a key") {
		o.Fatalf("the code does not show the answer: %s", read.text)
	}
	for _, hidden := range []string{worry, code} {
		if strings.Contains(o.log.String(), hidden) {
			o.Errorf("%q is logged", hidden)
		}
	}
}

// codeOnCard finds the private code on a dialog's last page.
func codeOnCard(o *tenant, page view) string {
	o.Helper()
	var whole struct {
		Body []struct {
			Items []struct {
				ID    string `json:"id"`
				Value string `json:"value"`
			} `json:"items"`
		} `json:"body"`
	}
	if page.dialog != nil && json.Unmarshal(page.dialog.Card, &whole) == nil {
		for _, element := range whole.Body {
			for _, item := range element.Items {
				if item.ID == "copy" && item.Value != "" {
					return item.Value
				}
			}
		}
	}
	o.Fatalf("no code on the last page: %s", page.text)
	return ""
}

func (o *tenant) askMembers() {
	o.Helper()
	o.form("minh", "evangelist join", map[string]any{"part": "lead"})
	o.form("nia", "evangelist ask", map[string]any{"text": "What did you learn?", "rhythm": "every Thursday 14:00"})
	o.later(30 * time.Hour)
	asked := o.until(o.teams.Personal(o.people["minh"]), "What did you learn?")
	form := o.pressCommand("minh", asked.ID, "network.answer")
	o.fill("minh", form, map[string]any{"words": "A checklist on one page halves the questions.", "kind": "learned", "consent": "name"})
	o.later(time.Minute)
	if draft := o.ask("nia", "digest preview"); !strings.Contains(draft.text, "A checklist on one page halves the questions.") {
		o.Fatalf("the next draft lacks the learning: %s", draft.text)
	}
}
