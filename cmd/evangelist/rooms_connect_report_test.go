package main

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"testing"
	"time"

	"evangelist/bot/mandates"
	"evangelist/storage/storagetest"
)

// From a champion's yes to a briefing and a report that everybody can read, by what
// people type, press and read, on every surface.
func TestRoomsFromAChampionToTheReport(t *testing.T) {
	t.Parallel()
	storagetest.LeaveToPlainRun(t)
	eachStage(t, func(t *testing.T, st stage) {
		p := &speakers{T: t, stage: st, names: cast(t), pages: &visitors{stage: st, T: t, jar: map[string]*http.Cookie{}}}
		p.name()
		p.meet()
		p.draft()
		p.approve()
		p.publish()
		p.brief()
	})
}

// speakers is the story of who speaks for the programme, and of what they read.
type speakers struct {
	*testing.T
	stage
	names  map[string]string
	pages  *visitors
	report string // the path of the report's page
}

// until lets days go by up to a morning.
func (p *speakers) until(month time.Month, day int) {
	p.Helper()
	morning := time.Date(2026, month, day, 9, 30, 0, 0, time.UTC)
	for p.theClock().Now().Before(morning) {
		p.later(min(24*time.Hour, morning.Sub(p.theClock().Now())))
		calm(p.T, p)
	}
}

const van = "A second van for the reuse shop"

// name asks an executive, who accepts.
func (p *speakers) name() {
	p.tell("nia", `/evangelist no "`+van+`" because none is left this year`, van)
	p.tell("leroy", "/evangelist champion", "comms leads", "![Ask privately]")
	p.tell("leroy", "/evangelist champion page", "not here, or not for you")
	form := p.tell("nia", "/evangelist champion", "Name a champion", "asked privately and may say no without a reason")
	form = p.fill(form, map[string]string{"person": "@honor", "body": "the leadership team", "on": "2026-11-20"}, "This day has passed")
	p.fill(form, map[string]string{"person": "@honor", "body": "the leadership team", "on": ""}, "Asked privately", p.names["honor"])
	card := p.direct("honor", "Would you speak for what colleagues try?", "in the leadership team", "one question a quarter", "Why you:", "[I am glad to]", "[Rather not]")
	p.press(card, "I am glad to", "Thank you for speaking for us", "![Rather not]")
	p.direct("honor", "Your page as a champion", "no day is set, so no briefing goes out", "[Set the meeting]", "[Rest for a quarter]")
	p.pages.reads("nia", "/desk", "No next meeting is set for "+p.names["honor"])
}

// meet sets the meeting and a promise; the pages are those two's alone.
func (p *speakers) meet() {
	card := p.direct("nia", "Champion: "+p.names["honor"], "active since", "[Set the meeting]")
	p.fill(p.press(card, "Set the meeting", "The day"), map[string]string{"on": "2026-12-10"}, "Thursday 10 December 2026")
	p.direct("nia", "Champion: "+p.names["honor"], "Thursday 10 December 2026", "goes out on", "3 working days before")
	card = p.direct("honor", "Your page as a champion", "Thursday 10 December 2026", "goes out on", "[Add a promise]")
	p.fill(p.press(card, "Add a promise", "Who promises"), map[string]string{"words": "Ask for two more vans", "side": "I"}, "Ask for two more vans")
	p.direct("nia", "Champion: "+p.names["honor"], "Ask for two more vans")
	page := p.pages.linked("nia", "/champions", "/champions")
	p.pages.reads("honor", page, "Ask for two more vans", "Thursday 10 December 2026")
	p.pages.shut("leroy", page, "two more vans")
	p.pages.shut("leroy", "/champions", p.names["honor"])
}

// draft has the month's report be drafted at its slot, and the lead write words.
func (p *speakers) draft() {
	form := p.tell("nia", "/evangelist report schedule", "When the draft is made", "first Tuesday of the month 09:00")
	p.fill(form, map[string]string{"place": "#front-line"}, "The next draft is for", "Nothing goes out that no lead approved", "48 hours before")
	p.until(time.December, 1)
	card := p.direct("nia", "Report, 1 – 30 November 2026: a draft", "Approved, it goes to "+p.names["honor"], "front-line", "[Edit words]", "[Approve]", "[Skip because …]")
	p.pages.reads("nia", "/desk", "Report, 1 – 30 November 2026 waits for its approval", "since 1 December 2026")
	p.report = p.pages.linked("nia", "/report", "/report")
	p.pages.shut("leroy", p.report, "30 November 2026")
	p.pages.shut("honor", p.report, "30 November 2026")
	form = p.press(card, "Edit words", "Numbers are not edited here", "Introduction")
	form = p.fill(form, map[string]string{"introduction": "Fewer letters, and 17 of them shorter.", "note": "No van."}, "Choose under which part the note stands")
	p.fill(form, map[string]string{"introduction": "Fewer letters, and 17 of them shorter.", "section": "none", "note": ""}, "Fewer letters, and 17 of them shorter.", "a number that the report does not: 17")
	form = p.press(p.direct("nia", "a draft", "number that the report does not", "[Edit words]"), "Edit words", "Fewer letters, and 17")
	p.fill(form, map[string]string{"introduction": foreword}, foreword, "!a number that the report does not")
}

const foreword = "Letters became shorter, and fewer people had to ring."

// approve sends the report to the champion, and to nobody else.
func (p *speakers) approve() {
	card := p.direct("nia", "a draft", foreword, "[Approve]")
	card = p.press(card, "Approve", "approved", "it can be undone", p.names["honor"], "[Undo]", "![Approve]")
	card = p.press(card, "Undo", "a draft", "[Approve]")
	p.press(card, "Approve", "approved", "[Undo]")
	p.later(2 * time.Minute)
	card = p.direct("honor", "Report, 1 – 30 November 2026", "You read this report before everybody else", foreword, "Links", "not for passing on before then", "[Something is wrong]", "Why you:")
	p.pages.reads("honor", p.report, foreword, van)
	p.pages.shut("leroy", p.report, foreword)
	p.fill(p.press(card, "Something is wrong", "What is wrong?"), map[string]string{"words": "The depot had its letters earlier."}, "The comms lead has it now")
	p.direct("nia", "somebody who reads it early finds something wrong", "It is published on Thursday 3 December", "The depot had its letters earlier.", p.names["honor"], "[Hold]")
	for range 47 { // two days, but for an hour
		p.later(time.Hour)
	}
	calm(p.T, p)
	p.pages.shut("leroy", p.report, foreword)
}

// publish has the report stand in its place and on its page for everybody.
func (p *speakers) publish() {
	p.mark()
	p.later(2 * time.Hour)
	card := p.posted("leroy", "front-line", "Report, 1 – 30 November 2026", foreword, "!depot")
	if card.has("[Something is wrong]") {
		p.Errorf("everybody has the champion's buttons: %s", card.text)
	}
	p.pages.reads("leroy", p.report, foreword, van, "none is left this year", "!depot")
	p.pages.reads("leroy", p.report+"/board", "November 2026")
	p.pages.reads("nia", "/desk", "!waits for its approval")
	p.tell("leroy", "/evangelist report", "comms leads", "!"+foreword)
}

// brief has the briefing's draft reach the lead, who changes it; it goes once.
func (p *speakers) brief() {
	card := p.direct("nia", "Briefing for "+p.names["honor"]+", 10 December 2026", "If you do nothing it goes as it stands here", van, "Ask for two more vans", "[Send as it is]", "[Edit]", "[Not this time]")
	p.pages.reads("nia", "/desk", "before the leadership team on 10 December 2026 goes as it is drafted")
	form := p.press(card, "Edit", "A point is a line that begins with a hyphen")
	form = p.fill(form, map[string]string{"text": "Only a heading"}, "Leave at least one line that begins with a hyphen")
	p.fill(form, map[string]string{"text": "What we could not do\n- " + van + ", because none is left\nTo ask for\n- Two vans in the next budget"}, "Two vans in the next budget")
	p.press(p.direct("nia", "Briefing for", "Two vans in the next budget", "[Send as it is]"), "Send as it is", "It goes as it stands on", "[Edit]")
	for _, one := range p.sent("honor") {
		if one.has("Before the leadership team") {
			p.Errorf("it comes too early: %s", one.text)
		}
	}
	p.until(time.December, 8)
	p.direct("honor", "Before the leadership team on Thursday 10 December 2026", "To ask for", "Two vans in the next budget", "What you promised", "Ask for two more vans", "This is the one briefing before this meeting", "[Open your page]")
	p.until(time.December, 11)
	p.direct("nia", "What came of it, and when is the next one?", p.names["honor"], "[Set the next meeting]")
	n := 0
	for _, one := range p.sent("honor") {
		if one.has("This is the one briefing") {
			n++
		}
	}
	if n != 1 {
		p.Errorf("%d briefings went out before one meeting", n)
	}
	page := p.pages.linked("nia", "/champions", "/champions")
	p.pages.reads("honor", page, "Two vans in the next budget", "went out on")
}

// From an enrolment to the last lesson, and from a wish to a signed letter and a
// decided request, by what people type, press and read, on every surface.
func TestRoomsLessonsLettersAndRequests(t *testing.T) {
	t.Parallel()
	storagetest.LeaveToPlainRun(t)
	eachStage(t, func(t *testing.T, st stage) {
		p := &readers{T: t, stage: st, names: cast(t), pages: &visitors{stage: st, T: t, jar: map[string]*http.Cookie{}}}
		p.enrol()
		p.letter()
		p.resource()
		p.lessons()
	})
}

// readers is the story of lessons, letters and requests.
type readers struct {
	*testing.T
	stage
	names map[string]string
	pages *visitors
}

var ofHowMany = regexp.MustCompile(`Lesson (\d) of (\d)\.`)

// enrol sends the first lesson to a leader.
func (p *readers) enrol() {
	p.tell("leroy", "/evangelist primer enrol", "comms leads", "![Save]")
	form := p.tell("nia", "/evangelist primer enrol", "one a week", "You see who has read them all, and how many have not; nothing else")
	p.fill(form, map[string]string{"who": "@gillian"}, "The primer goes to 1 colleague", "The first lesson comes as soon as")
	lesson := p.direct("gillian", "Lesson 1 of ", "To take to your team", "Why you:", "a comms lead put you on the list", "[I have read it]", "[Later]", "[Stop these lessons]")
	p.press(lesson, "I have read it", "The next lesson comes when its week is over")
	p.direct("gillian", "Lesson 1 of ", "You have read this one", "![I have read it]")
	days(p.T, p, 1)
	if two := p.sent("gillian"); len(two) > 0 && two[0].has("Lesson 2 of ") {
		p.Errorf("two lessons come in a week: %s", two[0].text)
	}
	p.pages.reads("gillian", "/primer", "short lessons", "✔")
	p.tell("gillian", "/evangelist what pilot", "A small trial with an end")
}

// letter is asked for, asked back about, and signed; those two alone read it.
func (p *readers) letter() {
	p.fill(p.tell("farida", "/evangelist join", "What would you like?"), map[string]string{"part": "support"})
	form := p.tell("farida", "/evangelist mandate", "How much time you wish for", "I send it to nobody")
	p.fill(form, map[string]string{"time": "An hour a week", "words": "For the letters that nobody understands.", "signer": p.names["nia"]}, "Your letter waits for a signature", p.names["nia"], "[Change it]", "[Withdraw it]")
	p.pages.reads("nia", "/desk", "A letter to sign, for "+p.names["farida"])
	card := p.direct("nia", "A letter to sign, for "+p.names["farida"], "an hour a week", "The manager gets nothing from me", "[Sign it]", "[Ask something first]")
	p.fill(p.press(card, "Ask something first", "What would you like to know?"), map[string]string{"question": "Which letters?"}, "with this question", "Which letters?")
	asked := p.direct("farida", "A question about your letter", "Which letters?", "[Answer]")
	form = p.press(asked, "Answer", "Which letters?")
	p.fill(form, map[string]string{"words": "For the letters about arrears."}, "Your letter waits for a signature", "arrears")
	card = p.direct("nia", "A letter to sign", "arrears", "You asked before: Which letters?", "[Sign it]")
	p.press(card, "Sign it", "You signed it on 25 November 2026", "until 25 November 2027", "![Sign it]")
	p.direct("farida", "Your letter is signed", "For the letters about arrears.", "Nobody counts hours", "your manager gets nothing from me")
	m, err := p.theApp().features.Mandates.Stores.Mandates.List(p.Context(), mandates.Filter{})
	if err != nil || len(m) != 1 {
		p.Fatalf("%d letters, %v", len(m), err)
	}
	for _, person := range []string{"farida", "nia"} {
		p.pages.reads(person, m[0].Address(), "To the manager of "+p.names["farida"], "an hour a week", "For the letters about arrears.", "Nobody counts hours")
	}
	for _, person := range []string{"leroy", "dewi", "honor"} {
		p.pages.shut(person, m[0].Address(), "arrears", "an hour a week")
	}
}

// resource is asked for and decided with a reason.
func (p *readers) resource() {
	form := p.tell("farida", "/evangelist resource", "What you need", "You read how, and why")
	p.fill(form, map[string]string{"what": "A tablet that can be lent out", "for": "Forms at the door"}, "Comms leads have it", "9 December 2026")
	p.tell("leroy", "/evangelist resources", "!tablet")
	p.pages.reads("nia", "/desk", "A tablet that can be lent out")
	card := p.direct("nia", "Asked for", p.names["farida"], "A tablet that can be lent out", "Forms at the door", "[Decide]")
	form = p.press(card, "Decide", "What becomes of it")
	form = p.fill(form, map[string]string{"outcome": "Part of it"}, "Part of it", "!Decided on the same day")
	p.fill(form, map[string]string{"outcome": "Part of it", "reason": "One can be borrowed on Tuesdays; a second is not in the budget."}, "granted in part", "on the same day")
	p.direct("farida", "What you asked for is granted in part", "A tablet that can be lent out", "One can be borrowed on Tuesdays", "!"+p.names["nia"])
	p.tell("farida", "/evangelist resources", "granted in part", "One can be borrowed on Tuesdays")
	p.direct("nia", "Asked for: granted in part", "![Decide]")
	p.pages.reads("nia", "/desk", "!A tablet that can be lent out")
}

// lessons come one a week until all are read; the lead sees the name then, and not
// before.
func (p *readers) lessons() {
	p.tell("nia", "/evangelist checklist", "!"+p.names["gillian"])
	p.pages.reads("nia", "/primer/checklist", "!"+p.names["gillian"])
	all := ""
	for n := 2; n <= 3; n++ {
		p.mark()
		lesson := soon(p.T, p, "gillian", 20, "Lesson ", "[I have read it]")
		found := ofHowMany.FindStringSubmatch(lesson.text)
		if found == nil || found[1] != strconv.Itoa(n) {
			p.Fatalf("lesson %d is %v: %s", n, found, lesson.text)
		}
		all = found[2]
		p.press(lesson, "I have read it", "The next lesson comes when its week is over")
	}
	for n := 4; ; n++ { // the rest in one go
		lesson := p.tell("gillian", fmt.Sprint("/evangelist primer ", n), "To take to your team", "[I have read it]")
		if strconv.Itoa(n) == all {
			p.press(lesson, "I have read it", "you have read them all", "Comms leads now see your name")
			break
		}
		p.press(lesson, "I have read it", "Thank you. The next lesson")
	}
	p.tell("nia", "/evangelist checklist", p.names["gillian"])
	days(p.T, p, 8)
	p.mark()
	days(p.T, p, 1)
	for _, one := range p.sent("gillian") {
		if one.has("Lesson ") {
			p.Errorf("a lesson comes after the last one: %s", one.text)
		}
	}
}
