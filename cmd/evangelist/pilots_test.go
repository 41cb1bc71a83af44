package main

import (
	"crypto/rand"
	"io"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"evangelist/adapters/playground"
	"evangelist/cmd/evangelist/config"
	"evangelist/storage/storagetest"
)

// From an idea to a story in the edition, by what people type and press.
func TestAPilotFromIdeaToEdition(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	t.Parallel()
	storagetest.EachURL(t, func(t *testing.T, url string) { pilotStory(openCouncil(t, url)) })
}

// card is a message of the bot's as something to press on.
func card(m playground.Message) playground.Answer {
	return playground.Answer{Shown: m.Body, Ref: m.Ref}
}

// reads opens a pilot by its reference.
func (c *council) pilot(person, reference string) playground.Answer {
	c.Helper()
	return c.slash(person, "/evangelist pilot "+reference)
}

// says expects words in what an answer shows, and those after a "!" not.
func (c *council) says(what string, answer playground.Answer, wanted ...string) {
	c.Helper()
	text := words(answer)
	for _, want := range wanted {
		if not, banned := strings.CutPrefix(want, "!"); banned == strings.Contains(text, strings.TrimPrefix(want, "!")) {
			c.Errorf("%s: %q in\n%s", what, not, text)
		}
	}
}

func pilotStory(c *council) {
	defer c.ticking()()
	idea := c.idea("leroy", "Put the bin days on the phone menu, so that nobody has to wait for a person.")
	reference := c.draftPilot(idea)
	c.preparePilot(reference)
	c.runPilot(reference)
	c.tellPilot(reference)
	if strings.Contains(c.log.String(), "ERROR") {
		c.Fatalf("something was logged as an error:\n%s", c.log)
	}
}

// idea sends an idea with a name and returns its reference.
func (c *council) idea(person, text string) string {
	c.fill(c.slash(person, "/idea"), map[string][]string{"words": {text}, "name": {"named"}})
	seen := c.until("reading-team", text)
	reference := regexp.MustCompile(`I-[2-9A-Z]{4}`).FindString(plain(*seen.Body))
	if reference == "" {
		c.Fatalf("the card has no reference: %s", plain(*seen.Body))
	}
	return reference
}

func (c *council) draftPilot(idea string) string {
	c.fill(c.press("nia", c.slash("nia", "/evangelist goals"), "pilots.goal", "goal"), map[string][]string{
		"title": {"Fewer calls that a page could answer"}, "benefit": {"Time for those who need a person"},
	})
	goals := c.slash("nia", "/evangelist goals")
	c.says("a goal without audience", goals, "Fewer calls", "Flagged", "does not say for whom")
	c.says("colleagues read goals", c.slash("leroy", "/evangelist goals"), "Fewer calls", "!pilots.goal")
	change, _ := button(goals.Shown, "pilots.goal", "-")
	if stranger := c.slash("dewi", "/evangelist pilot new "+idea); strings.Contains(words(stranger), "Make the draft") || stranger.Form != nil {
		c.Fatalf("a colleague makes a pilot: %s", words(stranger))
	}
	made := c.fill(c.slash("nia", "/evangelist pilot new "+idea), map[string][]string{
		"title": {"Bin days on the phone menu"}, "scope": {"Two wards for four weeks"}, "goal": {change.Arg},
	})
	c.says("the draft", made, "Flagged", "does not say for whom", "open before it can start", "No measure", "Nia Prosser", idea)
	reference := regexp.MustCompile(`P-[2-9A-Z]{4}`).FindString(words(made))
	c.until(string(c.as("leroy").Direct()), "Idea "+idea+" becomes a pilot", reference)
	c.says("the idea again", c.fillAnyway(c.slash("nia", "/evangelist pilot new "+idea), map[string][]string{"title": {"The same"}}), "already", reference)
	return reference
}

// fillAnyway submits a form that may be refused.
func (c *council) fillAnyway(answer playground.Answer, values map[string][]string) playground.Answer {
	c.Helper()
	for field, picked := range values {
		answer.Form.Pick(field, picked...)
	}
	next, err := answer.Form.Submit(c.ctx)
	if err != nil {
		c.Fatalf("submit: %v", err)
	}
	return next
}

func (c *council) preparePilot(reference string) {
	for _, step := range []struct {
		command string
		values  map[string][]string
		want    []string
	}{
		{"pilots.about", map[string][]string{"audience": {"Residents of Eastfield and Millbrook"}, "benefit": {"An answer at once"}}, []string{"!Flagged"}},
		{"pilots.bounds", map[string][]string{"cost": {"200 pounds"}, "starts": {"2026-11-25"}, "ends": {"2026-12-09"}, "sponsor": {"tamsin"}}, []string{"Tamsin Arkell", "200 pounds"}},
		{"pilots.measure", map[string][]string{"measure": {"Calls about bin days in a week"}, "aim": {"at most"}, "target": {"40"}}, []string{"at most 40"}},
	} {
		c.says(step.command, c.fill(c.press("nia", c.pilot("nia", reference), step.command, ""), step.values), append(step.want, "The guideline is not ticked")...)
	}
	open := c.pilot("tamsin", reference) // a sponsor sees the draft
	c.says("the sponsor's draft", open, "open before it can start", "!pilots.start", "!pilots.hand")
	if strings.Contains(words(c.pilot("leroy", reference)), "Bin days") {
		c.Fatal("a colleague reads a draft")
	}
	ready := c.fill(c.press("tamsin", open, "pilots.preflight", ""), map[string][]string{"guideline": {"yes"}, "clause": {"https://www.gov.uk/service-manual"}, "personal": {"no"}})
	c.says("ready", ready, "ready to start", "Tamsin Arkell", "pilots.start")
	c.says("started", c.press("tamsin", c.pilot("tamsin", reference), "pilots.start", ""), "running until 9 December 2026", "unchanged since")
	c.says("a colleague reads what runs", c.pilot("leroy", reference), "Bin days", "running", "!pilots.reading")
}

func (c *council) runPilot(reference string) {
	tamsin := string(c.as("tamsin").Direct())
	c.pass(8*24*time.Hour, 4*time.Hour)
	asked := c.until(tamsin, "How does "+reference+" go?", "Less")
	c.fill(c.press("tamsin", card(asked), "pilots.checkin", ""), map[string][]string{"words": {"The menu works, two people pressed the wrong key."}})
	c.says("a reading", c.fill(c.press("tamsin", c.pilot("tamsin", reference), "pilots.reading", ""), map[string][]string{"value": {"31"}, "note": {"From the call log"}}), "31", "target met")
	c.says("the line stands", c.pilot("leroy", reference), "two people pressed the wrong key", "target met")
	changed := c.fill(c.press("nia", c.pilot("nia", reference), "pilots.measure", ""), map[string][]string{"target": {"35"}, "why": {"the log missed five calls a week"}})
	c.says("a change", changed, "changed once since", "at most 40", "at most 35", "the log missed five calls")
	c.pass(9*24*time.Hour, 4*time.Hour)
	decide := c.until(tamsin, "A decision for you", "Less", "Extend once")
	press, _ := button(decide.Body, "pilots.decide", "continue")
	answer, err := c.as("tamsin").PressButton(c.ctx, decide.Ref, press)
	if err != nil {
		c.Fatal(err)
	}
	c.says("decided", c.fill(answer, map[string][]string{"reason": {"nobody misses the queue"}}), "decided: continue")
	c.until(tamsin, "Pilot "+reference+" is decided")
	late, err := c.as("tamsin").PressButton(c.ctx, decide.Ref, press)
	if err != nil {
		c.Fatal(err)
	}
	c.says("pressed again", late, "was decided already")
	c.until(string(c.as("leroy").Direct()), "was tried", "nobody misses the queue")
}

func (c *council) tellPilot(reference string) {
	story := c.press("tamsin", c.pilot("tamsin", reference), "pilots.story", "")
	c.says("the draft", story, "The target was met", "We changed the measure on the way, once", "A draft", "With thanks to a colleague", "!thanks to Tamsin")
	if preview := words(c.slash("nia", "/digest preview")); strings.Contains(preview, "The target was met") {
		c.Fatal("a draft of a story stands in the edition")
	}
	c.press("tamsin", story, "pilots.story.named", "")
	again := c.press("tamsin", c.pilot("tamsin", reference), "pilots.story", "")
	c.says("with a name", again, "With thanks to Tamsin Arkell")
	c.press("tamsin", again, "pilots.story.offer", "")
	c.later(time.Minute)
	preview := words(c.slash("nia", "/digest preview"))
	for _, want := range []string{"Tried", "Bin days on the phone menu", "The target was met", "With thanks to Tamsin Arkell", "Around the house", "A pilot ends and goes on"} {
		if !strings.Contains(preview, want) {
			c.Errorf("the next draft lacks %q: %s", want, preview)
		}
	}
	c.slash("nia", "/digest publish")
	c.later(3 * time.Minute)
	c.until("all-council", "The target was met")
	c.later(time.Minute)
	c.settled()
	c.says("it is told", c.slash("leroy", "/evangelist stories"), "Bin days on the phone menu", "Told once", "readers of Friday roundup")
	if preview := words(c.slash("nia", "/digest preview")); strings.Contains(preview, "The target was met") {
		c.Error("a story that was told is offered again")
	}
}

// The storybook shows the cards of pilots as they are posted.
func TestStorybookShowsPilots(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	s := &settings{
		Surroundings: Surroundings{Clock: &walkingClock{now: tuesday}, Random: rand.Reader, Stdout: io.Discard, Stderr: io.Discard},
		config:       config.Default(), log: slog.New(slog.DiscardHandler),
	}
	run, err := openPlayground(t.Context(), s, playgroundPlace{Database: "sqlite::memory:"}, "")
	if err != nil {
		t.Fatal(err)
	}
	defer run.close()
	specimens, err := run.specimens(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	all := ""
	for _, one := range specimens {
		if one.Message != nil {
			all += plain(*one.Message)
		}
		if one.Form != nil {
			all += one.Form.Title
		}
	}
	for _, want := range []string{"A new pilot", "What is being tried", "What we want to reach", "A decision for you", "May your name stand under this?", "A number from you", "You are on the team of a pilot", "waits for its decision", "does not say what they gain"} {
		if !strings.Contains(all, want) {
			t.Errorf("nothing shows %q", want)
		}
	}
}

// tryOut makes a goal and a pilot in each state, and returns the ids of all that a
// button could be forged with.
func (y *yard) tryOut() []string {
	y.Helper()
	list := func(query string) []string {
		rows, err := y.looker.QueryContext(y.ctx, query)
		if err != nil {
			y.Fatal(err)
		}
		defer rows.Close()
		var all []string
		for rows.Next() {
			var one string
			if err := rows.Scan(&one); err != nil {
				y.Fatal(err)
			}
			all = append(all, one)
		}
		if err := rows.Err(); err != nil || len(all) == 0 {
			y.Fatalf("%s: %d, %v", query, len(all), err)
		}
		return all
	}
	is := func(pairs ...string) map[string][]string {
		values := map[string][]string{}
		for i := 0; i < len(pairs); i += 2 {
			values[pairs[i]] = []string{pairs[i+1]}
		}
		return values
	}
	y.must("nia", "pilots.goal", "goal", is("title", "Fewer calls", "audience", "Residents", "benefit", "Time"))
	goal := list("SELECT id FROM goals")[0]
	for _, until := range []string{"draft", "ready", "running", "deciding", "decided"} {
		y.must("nia", "pilots.new", "", is("title", until, "scope", "Two wards", "audience", "Residents", "benefit", "Time", "goal", goal))
		id := list("SELECT id FROM pilots WHERE title = '" + until + "'")[0]
		y.must("nia", "pilots.bounds", id, is("cost", "nothing", "ends", "2026-12-20", "sponsor", y.personOf("farida")))
		if until == "draft" {
			continue
		}
		y.must("farida", "pilots.measure", id, is("measure", "Calls", "aim", "at most", "target", "40"))
		y.must("farida", "pilots.preflight", id, is("guideline", "yes", "clause", "4.2", "personal", "no"))
		if until == "ready" {
			continue
		}
		y.must("farida", "pilots.start", id, nil)
		y.must("farida", "pilots.survey", id, is("question", "How many?", "place", string(y.ws.PlaceID("front-line"))))
		if until == "running" {
			continue
		}
		y.must("farida", "pilots.finish", id, nil)
		if until == "decided" {
			y.must("farida", "pilots.decide", id, is("choice", "stop", "reason", "because"))
		}
	}
	y.settle()
	ids := append(list("SELECT id FROM pilots ORDER BY id"), append(list("SELECT id FROM stories"), goal)...)
	for _, id := range list("SELECT id FROM pilots ORDER BY id") {
		ids = append(ids, id+"/0", id+"/stop")
	}
	return append(ids, list("SELECT pilot_id || '/' || id FROM pilot_surveys")...)
}

// forAllPilots are the commands about pilots that any colleague may use: what runs
// is read by all, and whoever takes part gives a number.
var forAllPilots = []string{"pilots.list", "pilots.show", "pilots.goals", "pilots.stories", "pilots.give"}

// TestForgedPilotButtons: whoever presses a button about a pilot that was never
// shown to them learns nothing by it and changes nothing; and each of them does
// something for whom it is for.
func TestForgedPilotButtons(t *testing.T) {
	t.Parallel()
	storagetest.LeaveToPlainRun(t)
	y := openYard(t, storagetest.SQLite(t))
	objects := y.tryOut()
	for _, stranger := range []playground.Account{{Native: "visitor", Name: "A visitor", External: true}, {Native: "gone", Name: "Somebody who left", Inactive: true}} {
		if err := y.ws.AddPerson(stranger); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := y.app.people.Record(y.ctx, y.ws.Accounts()); err != nil {
		t.Fatal(err)
	}
	y.settle()
	values := filledIn()
	for field, value := range map[string]string{"scope": "s", "audience": "a", "benefit": "b", "cost": "c", "ends": "2026-12-21", "measure": "m", "aim": "at least", "target": "3", "why": "w",
		"guideline": "yes", "clause": "c", "personal": "no", "who": y.personOf("leroy"), "change": "in", "value": "3", "question": "q", "place": string(y.ws.PlaceID("front-line")), "choice": "stop", "whom": "w"} {
		values[field] = []string{value}
	}
	before := y.dump()
	for _, command := range y.app.router.Commands() {
		if !strings.HasPrefix(command.Name, "pilots.") {
			continue
		}
		for _, person := range []string{"", "visitor", "gone", "leroy", "adaeze"} {
			if slices.Contains(forAllPilots, command.Name) && person != "" && person != "visitor" && person != "gone" {
				continue
			}
			for _, arg := range objects {
				y.forge(person, command, arg, nil)
				y.forge(person, command, arg, values)
			}
		}
		if after := y.dump(); after != before {
			t.Errorf("%s changed (- before, + after): %s", command.Name, cmp.Diff(rows(before), rows(after)))
		}
		found := false
		for _, person := range []string{"nia", "farida"} {
			for _, arg := range objects {
				y.clock.add(4 * time.Second)
				found = found || !nowhere.MatchString(shows(y.do(person, command.Name, arg, nil)))
			}
		}
		if !found {
			t.Errorf("%s does nothing for anybody", command.Name)
		}
		before = y.dump()
	}
	y.whole()
}
