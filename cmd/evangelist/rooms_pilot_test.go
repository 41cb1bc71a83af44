package main

import (
	"regexp"
	"testing"
	"time"

	"evangelist/storage/storagetest"
)

// From an idea to a story that the edition tells and a report that counts it, by
// what people type, press and read, on every surface.
func TestRoomsFromIdeaToReport(t *testing.T) {
	t.Parallel()
	storagetest.LeaveToPlainRun(t)
	eachStage(t, func(t *testing.T, st stage) {
		p := &trialParty{T: t, stage: st}
		p.propose()
		p.prepare()
		p.try()
		p.decide()
		p.tellIt()
		p.report()
	})
}

// trialParty is a story of a pilot on a stage.
type trialParty struct {
	*testing.T
	stage
	idea, pilot string // references
}

// propose has somebody send an idea, and a lead make a pilot of it.
func (p *trialParty) propose() {
	const words = "Put the bin days on the phone menu, so that nobody has to wait for a person."
	p.fill(p.tell("nia", "/evangelist team", "Who?"), map[string]string{"who": "@nia", "change": "Joins the reading team"})
	p.fill(p.tell("leroy", "/idea", "What could be better?"), map[string]string{"words": words, "name": "With my name"})
	card := p.posted("adaeze", "reading-team", words)
	p.idea = regexp.MustCompile(`I-[2-9A-Z]{4}`).FindString(card.text)
	add := p.press(p.tell("nia", "/evangelist goals", "What we want to reach", "[Add: goal]"), "Add: goal", "What we want to reach", "For whom")
	p.fill(add, map[string]string{"title": "Fewer calls that a page could answer", "audience": "Residents", "benefit": "Time for those who need a person"}, "Fewer calls that a page could answer", "![Flagged]")
	p.tell("dewi", "/evangelist pilot new "+p.idea, "comms leads", "![Make the draft]")
	form := p.tell("nia", "/evangelist pilot new "+p.idea, "A new pilot", "From idea "+p.idea)
	made := p.fill(form, map[string]string{"title": "Bin days on the phone menu", "scope": "Two wards for four weeks", "goal": "Fewer calls that a page could answer"},
		"Flagged", "does not say for whom", "open before it can start", "No measure", p.idea)
	p.pilot = regexp.MustCompile(`P-[2-9A-Z]{4}`).FindString(made.text)
	p.direct("leroy", p.idea+" becomes a pilot", p.pilot, "Why you:")
	p.tell("leroy", "/evangelist pilot "+p.pilot, "!Two wards")
}

func (p *trialParty) open(person string, want ...string) showing {
	p.Helper()
	return p.tell(person, "/evangelist pilot "+p.pilot, want...)
}

// prepare closes what is open, until the sponsor can start.
func (p *trialParty) prepare() {
	for _, step := range []struct {
		button  string
		answers map[string]string
		want    []string
	}{
		{"What and for whom", map[string]string{"audience": "Residents of Eastfield and Millbrook", "benefit": "An answer at once"}, []string{"!Flagged"}},
		{"Cost and dates", map[string]string{"cost": "200 pounds", "starts": "2026-11-25", "ends": "2026-12-15", "sponsor": "@tamsin"}, []string{"Tamsin Arkell", "200 pounds"}},
		{"Measure and target", map[string]string{"measure": "Calls about bin days in a week", "aim": "At most", "target": "40"}, []string{"at most 40"}},
	} {
		p.fill(p.press(p.open("nia", "["+step.button+"]"), step.button), step.answers, step.want...)
	}
	card := p.open("tamsin", "open before it can start", "The guideline is not ticked", "![Start]", "![Hand over]", "[Preflight]")
	form := p.press(card, "Preflight", "Does it use personal data?")
	p.fill(form, map[string]string{"guideline": "yes", "clause": "https://www.gov.uk/service-manual", "personal": "No"}, "ready to start", "[Start]")
	p.press(p.open("tamsin", "[Start]"), "Start", "running until 15 December 2026", "unchanged since", "![Start]", "[Check in]")
	p.open("leroy", "Bin days on the phone menu", "running until 15 December 2026", "![Add a reading]")
	p.fill(p.press(p.open("tamsin", "[The team]"), "The team", "Joins the team"), map[string]string{"who": "@dewi", "change": "Joins the team"}, "Dewi Cadwallader")
	soon(p.T, p, "dewi", 7, "You are on the team of a pilot", "Why you:")
}

// try is the weeks of trying: check-ins and readings.
func (p *trialParty) try() {
	p.mark()
	asked := soon(p.T, p, "tamsin", 9, "How does "+p.pilot+" go?", "Why you:", "[Check in]", "[Less]")
	p.fill(p.press(asked, "Check in", "One line: how does it go?"), map[string]string{"words": "The menu works, two people pressed the wrong key."}, "Thank you, your line stands")
	p.direct("tamsin", "Thank you for checking in", "two people pressed the wrong key", "![Check in]")
	form := p.press(p.open("tamsin", "[Add a reading]"), "Add a reading", "Target: at most 40.")
	p.fill(form, map[string]string{"value": "52", "note": "From the call log"}, "52", "target missed")
	p.open("leroy", "two people pressed the wrong key", "52")

	p.ask("How many calls did you take about it?", "farida", "dewi", "colm", "minh", "sanjana")
	p.press(p.open("tamsin", "[Ask participants]"), "Ask participants", "Participants are being asked already", "!Where")
	days(p.T, p, 8)
	p.posted("farida", "front-line", "The mean of 5 numbers is 32", "has closed", "![Give a number]")
	p.open("tamsin", "32", "target met")
	p.ask("How many did you pass on?", "farida", "dewi", "colm", "minh")
}

// ask asks the participants for a number, and they give it.
func (p *trialParty) ask(question string, answers ...string) {
	form := p.press(p.open("tamsin", "[Ask participants]"), "Ask participants", "when five or more answer")
	p.fill(form, map[string]string{"question": question, "place": "#front-line"})
	card := p.posted("farida", "front-line", "A number from you", question, "[Give a number]", "Nobody sees a single number")
	for n, person := range answers {
		card.person = person
		p.fill(p.press(card, "Give a number", question), map[string]string{"value": []string{"30", "31", "32", "33", "34"}[n]}, "nobody sees it by itself")
	}
}

// decide is the end of the trying.
func (p *trialParty) decide() {
	for p.theClock().Now().Before(time.Date(2026, time.December, 16, 11, 0, 0, 0, time.UTC)) {
		days(p.T, p, 1)
	}
	p.posted("farida", "front-line", "Fewer than five answered, so no number is kept", "![Give a number]")
	card := p.direct("tamsin", "A decision for you", "the target is met", "[Continue]", "[Scale]", "[Stop]", "[Extend once]", "Why you:")
	form := p.press(card, "Continue", "Decide", "What follows")
	p.fill(form, map[string]string{"reason": "nobody misses the queue"}, "decided: continue")
	p.direct("tamsin", "Pilot "+p.pilot+" is decided", "![Continue]")
	p.direct("leroy", "was tried", "nobody misses the queue")
}

// tellIt is the story, with the consent of those named, and the edition.
func (p *trialParty) tellIt() {
	p.tell("farida", "/digest add "+usefulPage+" it is short", "is put forward for Friday roundup")
	ask := soon(p.T, p, "dewi", 7, "May your name stand under this?", "The target was met", "[With my name]", "[Without my name]", "Why you:")
	p.press(ask, "With my name", "Your name stands under it", "[Rather without]")
	story := p.press(p.open("tamsin", "[The story]"), "The story", "The target was met", "A draft", "With thanks to Dewi Cadwallader and one colleague more", "[Offer to the next edition]")
	p.tell("nia", "/digest preview", "!The target was met")
	p.press(story, "Offer to the next edition", "The next edition may tell it")
	p.later(time.Minute)
	p.tell("nia", "/digest preview", "Tried", "Bin days on the phone menu", "The target was met", "With thanks to Dewi Cadwallader", "Around the house", "A pilot ends and goes on")
	p.tell("nia", "/digest draft", "Tried")
	p.tell("nia", "/digest publish", "seconds")
	p.mark()
	p.later(30 * time.Second)
	p.later(2 * time.Minute)
	p.posted("leroy", "all-council", "Tried", "The target was met")
	for range 20 { // a sweep notes it soon
		if p.tell("leroy", "/evangelist stories", "Bin days on the phone menu").has("Told once") {
			break
		}
		calm(p.T, p)
	}
	p.tell("leroy", "/evangelist stories", "Bin days on the phone menu", "Told once", "readers of Friday roundup")
	p.tell("nia", "/digest preview", "!The target was met")
}

// report is what those who decide read of it.
func (p *trialParty) report() {
	days(p.T, p, 3)
	p.tell("leroy", "/evangelist report", "comms leads", "!Pilots decided")
	p.tell("nia", "/evangelist report 2026-12-01 2026-12-17", "Report, 1 – 17 December 2026", "Pilots decided: pilots that ran in these days: 1 of 1, 1 – 17 December 2026",
		"Links: not shown, so that no few colleagues stand out", "Open the report")
	// November is published by itself: what crosses it is withheld, in words.
	crossing := p.tell("nia", "/evangelist report 2026-11-24 2026-12-17", "crosses 1 – 30 November 2026", "parts of both could be computed")
	if key := regexp.MustCompile(`"[a-z]+-[a-z-]+"`).FindString(crossing.text); key != "" {
		p.Errorf("the report names %s: %s", key, crossing.text)
	}
	p.tell("nia", `/evangelist no "A van for the reuse shop" because there is no money this year`, "stands in the report of December", "A van for the reuse shop: because there is no money this year")
}
