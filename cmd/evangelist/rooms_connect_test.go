package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"evangelist/bot"
)

// visitors reads the pages of a stage as its people, who sign in by a link that
// they get in chat, or are in already as on the playground.
type visitors struct {
	stage
	*testing.T
	jar  map[string]*http.Cookie
	last string // the page that was read last, as it was sent
}

// get is a page as somebody has it before them, and its status.
func (v *visitors) get(person, path string) (int, string) {
	v.Helper()
	if v.jar[person] == nil {
		v.jar[person] = v.signIn(person)
	}
	read := func() *httptest.ResponseRecorder {
		return v.serve(person, httptest.NewRequestWithContext(v.Context(), http.MethodGet, path, nil), v.jar[person])
	}
	answer := read()
	if answer.Code == http.StatusSeeOther { // who signed in days ago has to do so again
		v.jar[person] = v.signIn(person)
		answer = read()
	}
	v.last = answer.Body.String()
	return answer.Code, oneLine(tagless(v.last))
}

func (v *visitors) signIn(person string) *http.Cookie {
	v.Helper()
	account := bot.NewAccountID("slack", userOf(person))
	switch st := v.stage.(type) {
	case *playgroundStage:
		return &http.Cookie{Name: "playground_person", Value: person}
	case *teamsStage:
		account = bot.NewAccountID("teams", st.people[person].ID)
	}
	link, is := v.theApp().Do(v.Context(), bot.Invocation{Actor: bot.Actor{Account: account}, Command: "web.sign-in"}).(bot.Say)
	token := regexp.MustCompile(`t=([A-Z2-7]{26})`).FindStringSubmatch(plain(link.Message))
	if !is || token == nil {
		v.Fatalf("%s gets no link: %s", person, plain(link.Message))
	}
	v.theApp().background.Wait()
	r := httptest.NewRequestWithContext(v.Context(), http.MethodPost, "/sign-in", strings.NewReader(url.Values{"t": {token[1]}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	cookies := v.serve(person, r, nil).Result().Cookies()
	if len(cookies) != 1 {
		v.Fatalf("%s signs in and has %d cookies", person, len(cookies))
	}
	return cookies[0]
}

func (v *visitors) serve(person string, r *http.Request, cookie *http.Cookie) *httptest.ResponseRecorder {
	v.Helper()
	r.Host = "localhost"
	if cookie != nil {
		r.AddCookie(cookie)
	}
	var handler http.Handler
	switch st := v.stage.(type) {
	case *playgroundStage:
		handler = st.handler
	case *slackStage:
		handler = st.run.pages
	case *teamsStage:
		handler = st.run.pages
	default:
		v.Fatalf("%T has no pages for %s", st, person)
	}
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, r)
	return answer
}

// reads fails unless somebody's page has all the words.
func (v *visitors) reads(person, path string, want ...string) {
	v.Helper()
	code, text := v.get(person, path)
	if shown := (showing{text: text}); code != http.StatusOK || !shown.has(want...) {
		v.Errorf("%s reads on %s (%d), without all of %q: %s", person, path, code, want, text)
	}
}

// shut fails if somebody may read a page.
func (v *visitors) shut(person, path string, secret ...string) {
	v.Helper()
	code, text := v.get(person, path)
	for _, word := range secret {
		if strings.Contains(text, word) {
			v.Errorf("%s reads %q on %s", person, word, path)
		}
	}
	if code != http.StatusNotFound && code != http.StatusForbidden {
		v.Errorf("%s may open %s: %d %.200s", person, path, code, text)
	}
}

// linked is the address of the first page of a room to which a page links.
func (v *visitors) linked(person, path, room string) string {
	v.Helper()
	v.get(person, path)
	link := regexp.MustCompile(`href="(?:https?://[^/"]+)?(` + regexp.QuoteMeta(room) + `/[\w.-]+)"`).FindStringSubmatch(v.last)
	if link == nil {
		v.Fatalf("%s finds no link to %s on %s: %s", person, room, path, oneLine(tagless(v.last)))
	}
	return link[1]
}

// From the call to a learning that the next edition tells, by what people type,
// press and read, on every surface.
func TestRoomsFromTheCallToTheNextEdition(t *testing.T) {
	t.Parallel()
	eachStage(t, func(t *testing.T, st stage) {
		p := &carriers{T: t, stage: st, names: cast(t), pages: &visitors{stage: st, T: t, jar: map[string]*http.Cookie{}}}
		p.call()
		p.holes()
		p.invite()
		p.appoint()
		p.answers()
		p.need()
		p.tellOn()
		p.turns()
	})
}

// carriers is the story of those who are with us.
type carriers struct {
	*testing.T
	stage
	names map[string]string
	pages *visitors
}

// call asks in a channel who is interested; people answer, and one thinks again.
func (p *carriers) call() {
	p.tell("leroy", "/evangelist call", "comms leads", "![Post]")
	p.fill(p.tell("nia", "/evangelist call", "Where shall I ask?"), map[string]string{"place": "#front-line"}, "it stays one call")
	card := p.posted("leroy", "front-line", "Who is interested?", "[I want to lead]", "[I want to support]", "[I want to follow]", "Nothing is asked of you")
	for _, answer := range []struct{ person, label, want string }{
		{"leroy", "I want to lead", "You lead now"}, {"farida", "I want to support", "You support now"},
		{"colm", "I want to follow", "Nothing is asked of you"}, {"harjit", "I want to follow", "Nothing is asked of you"},
		{"harjit", "I want to lead", "You lead from now on"}, {"leroy", "I want to lead", "You lead already"},
	} {
		card.person = answer.person
		p.press(card, answer.label, "Thank you", answer.want)
	}
	so := regexp.MustCompile(`So far (\d+) lead, (\d+) support and 1 follow\.`)
	calm(p.T, p)
	if now := p.posted("colm", "front-line", "Who is interested?", "So far", " and 1 follow."); so.FindString(now.text) == "" {
		p.Errorf("the call does not say who answered: %s", now.text)
	}
	p.tell("colm", "/evangelist who", p.names["leroy"], p.names["harjit"], "!nobody yet")
}

// covered is what the leads' table says: colleagues, and departments with nobody.
func (p *carriers) covered(want ...string) (with, all, holes, departments int) {
	p.Helper()
	text := p.tell("nia", "/evangelist coverage", append(want, "Departments and levels")...).text
	found := regexp.MustCompile(`(\d+) of (\d+) colleagues are with us\. Nobody is in (\d+) of (\d+) departments`).FindString(text)
	if _, err := fmt.Sscanf(found, "%d of %d colleagues are with us. Nobody is in %d of %d departments", &with, &all, &holes, &departments); err != nil {
		p.Fatalf("the table has no sentence with its denominators: %s", text)
	}
	return with, all, holes, departments
}

func (p *carriers) holes() {
	p.tell("leroy", "/evangelist coverage", "comms leads", "!colleagues are with us")
	with, all, holes, departments := p.covered("in the whole department", "[Invite a colleague]", "!asked, waits", "Only comms leads see where nobody is")
	if with < 3 || all != len(p.names) || holes == 0 || departments != 14 {
		p.Errorf("%d of %d colleagues, nobody in %d of %d departments", with, all, holes, departments)
	}
	p.pages.reads("nia", "/coverage", fmt.Sprintf("Nobody is in %d of %d departments", holes, departments))
	p.pages.shut("leroy", "/coverage", "Nobody is in")
	p.pages.reads("nia", "/desk", "Nobody is with us in Planning, of 2 colleagues")
}

const because = "You draw maps that people understand without a legend."

// ask has the lead invite somebody.
func (p *carriers) ask(person string, want ...string) {
	p.Helper()
	form := p.tell("nia", "/evangelist invite", "Whom?", "Why this person?", "Nobody is asked more than once a quarter")
	p.fill(form, map[string]string{"person": "@" + person, "reason": because}, want...)
}

// invite asks one colleague of each of some holes, who answer in each way.
func (p *carriers) invite() {
	_, _, before, _ := p.covered()
	invited := func(person, department string) showing {
		p.ask(person, "You hear of a yes", p.names[person])
		return p.direct(person, "Would you like to lead in "+department+"?", because, p.names["nia"], "Why you:", "Your manager is not told", "[Accept]", "[Later]", "[No]")
	}
	p.press(invited("tamsin", "Waste & Recycling"), "Accept", "You lead in Waste & Recycling now", "![Accept]")
	p.direct("nia", p.names["tamsin"]+" accepts", "Waste & Recycling")
	p.tell("leroy", "/evangelist who", p.names["tamsin"])

	later := p.press(invited("lowenna", "Planning"), "Later", "I ask you once more about Planning, not before", "[Accept]", "![Later]")
	p.ask("lowenna", "was asked, and the answer waits")

	no := invited("shanice", "Adult Social Care")
	p.press(no, "No", "That is fine", "Nobody asks you again", "![Accept]")
	p.direct("nia", p.names["shanice"]+": not now", "leave it at that")
	p.ask("shanice", "so nobody asks again")
	p.ask("leroy", "is with us already")

	// Taken back a minute later: the quarter runs all the same.
	invited("crispin", "Legal & Democratic Services")
	p.press(p.tell("nia", "/evangelist coverage", "[Take back: "+p.names["crispin"]+"]"), "Take back: "+p.names["crispin"], "Nobody is told why")
	p.direct("crispin", "An invitation that is over", "Nothing is asked of you any more", "![Accept]")
	p.ask("crispin", "was asked something lately", "possible again from 2 March 2027")

	_, _, holes, _ := p.covered(p.names["lowenna"]+" (Planning): asked, waits", "!"+p.names["shanice"])
	if holes != before-1 {
		p.Errorf("one accepted, and nobody is in %d departments after %d", holes, before)
	}
	for person := range p.names { // what somebody does not want is between them and who asked
		for _, one := range p.sent(person) {
			if person != "nia" && person != "shanice" && one.has(p.names["shanice"]) {
				p.Errorf("%s reads of the no: %s", person, one.text)
			}
		}
	}
	if now := p.now(later); !now.has("Later, then") {
		p.Errorf("whoever put it off reads %s", now.text)
	}
}

// appoint gives a department its representative and its deputy, who are told.
func (p *carriers) appoint() {
	form := p.tell("nia", "/evangelist representative", "Each department has one representative and one deputy at most")
	form = p.fill(form, map[string]string{"department": "Customer Services", "which": "Becomes representative", "person": "@farida"}, "is recorded in Housing")
	p.fill(form, map[string]string{"department": "Customer Services", "which": "Becomes representative", "person": "@leroy"}, p.names["leroy"]+" is representative of Customer Services now")
	card := p.direct("leroy", "You are representative of Customer Services", p.names["nia"]+" appointed you", "[No, thank you]", "Why you:", "nothing to press")
	form = p.tell("nia", "/evangelist representative", "Each department")
	p.fill(form, map[string]string{"department": "Customer Services", "which": "Becomes deputy", "person": "@sanjana"}, p.names["sanjana"]+" is deputy of Customer Services now")
	p.direct("sanjana", "You are deputy of Customer Services", "asked first when that place falls free", "[No, thank you]")
	p.covered(p.names["leroy"], p.names["sanjana"])
	p.press(p.direct("sanjana", "You are deputy"), "No, thank you", "You are no longer deputy of Customer Services")
	p.direct("nia", "Customer Services has no deputy", "[Appoint]")
	if now := p.now(card); !now.has("You are representative of Customer Services") {
		p.Errorf("the representative reads %s", now.text)
	}
}

const (
	learned = "Read the letter out loud before it goes out; whoever runs out of breath has found the long sentence."
	needed  = "A headset that does not crackle"
	closed  = "It is at the service desk, in a bag with a blue label."
)

// answers has the question go to those whose turn it is, each of whom answers in
// another way.
func (p *carriers) answers() {
	p.tell("nia", "/evangelist ask now", "The question goes to", "who lead or support and whose turn it is")
	asked := []string{"Why you:", "nobody sees who has not answered", "[Answer]", "[Not this time]", "[How often?]"}
	form := p.press(p.direct("farida", asked...), "How often?", "How often may I ask?")
	p.fill(form, map[string]string{"often": "Once a month at most"}, "once a month at most")
	p.press(p.direct("farida", asked...), "Not this time", "That is fine")
	form = p.press(p.direct("leroy", asked...), "Answer", "May we share it?", "I learned")
	p.fill(form, map[string]string{"words": learned, "kind": "I learned", "consent": "With my name"}, "It stands in the library with your name now")
	p.direct("leroy", "Thank you, your answer is kept", "![Answer]")
	p.press(p.direct("tamsin", asked...), "Not this time", "That is fine; the next question comes by itself", "[Answer after all]")
	form = p.press(p.direct("harjit", asked...), "Answer", "I need", "without your name")
	p.fill(form, map[string]string{"words": needed, "kind": "I need"}, "The comms leads read what you need, without your name")
	for _, one := range p.sent("colm") { // who follows is asked nothing
		if one.has("A question for you") {
			p.Errorf("Colm is asked: %s", one.text)
		}
	}
	p.tell("nia", "/evangelist ask now", "Nobody is asked more than once a week")
}

// need follows what one of them needs to its end.
func (p *carriers) need() {
	card := p.direct("nia", "What is needed: "+needed, "nobody yet", "Whoever asked is shown to nobody", "!"+p.names["harjit"], "[I see to it]")
	p.pages.reads("nia", "/desk", needed)
	form := p.press(card, "I see to it", "By which day?")
	form = p.fill(form, map[string]string{"due": "2026-11-20"}, "!You see to it")
	p.fill(form, map[string]string{"due": "2026-12-04"}, "You see to it, by Friday 4 December 2026", "Whoever asked is told")
	p.direct("harjit", "Somebody sees to what you need, by Friday 4 December 2026", needed, "Why you:")
	p.tell("nia", "/evangelist requests", needed, p.names["nia"]+" sees to it by Friday 4 December 2026", "!"+p.names["harjit"])
	form = p.press(p.direct("nia", "What is needed: "+needed, "[Say what came of it]"), "Say what came of it", "Whoever asked reads them")
	p.fill(form, map[string]string{"reason": closed, "outcome": "It is there"}, "The request is closed")
	p.direct("harjit", "What you needed is there", needed, closed)
	p.tell("nia", "/evangelist requests", "No request is open", closed)
}

// tellOn has what was learned stand in the library and in the next edition, and be
// told on.
func (p *carriers) tellOn() {
	p.tell("colm", "/evangelist worked breath", learned[:40], p.names["leroy"], "Customer Services")
	p.tell("farida", "/digest add "+usefulPage+" it is short", "is put forward for Friday roundup")
	p.tell("nia", "/digest preview", "Learned", learned[:40], p.names["leroy"])
	p.tell("nia", "/digest draft", learned[:40])
	p.tell("nia", "/digest publish", "seconds")
	p.mark()
	p.later(30 * time.Second)
	p.later(2 * time.Minute)
	p.posted("colm", "all-council", "Learned", learned[:40], p.names["leroy"])
	p.tell("colm", "/evangelist told breath", "Nothing that you may note this for has these words")
	p.fill(p.tell("nia", "/evangelist told breath sentence", "Whom it was told to"), map[string]string{"whom": "The housing team, at its meeting", "department": "Housing"},
		"Told to", "The housing team, at its meeting")
	page := ""
	for range 20 { // a sweep notes soon what an edition told
		page = p.pages.linked("colm", "/worked?q=breath+sentence", "/worked")
		if _, text := p.pages.get("colm", page); strings.Contains(text, "Friday roundup") {
			break
		}
		calm(p.T, p)
	}
	p.pages.reads("colm", page, learned, p.names["leroy"], "Told to", "The housing team, at its meeting", "Friday roundup")
}

// turns has the next question pass over whoever wants it less often.
func (p *carriers) turns() {
	days(p.T, p, 7)
	p.mark()
	p.tell("nia", "/evangelist ask now", "The question goes to", "whose turn it is")
	soon(p.T, p, "leroy", 14, "A question for you", "[Answer]")
	for _, person := range []string{"farida", "colm", "shanice", "lowenna"} {
		for _, one := range p.sent(person) {
			if one.has("A question for you") {
				p.Errorf("it is not the turn of %s, who reads %s", person, one.text)
			}
		}
	}
}
