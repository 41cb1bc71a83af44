package pilots

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"evangelist/bot"
)

// golden compares a message with the file of that name. With
// EVANGELIST_GOLDEN=write the files are written instead.
func golden(t *testing.T, name string, message bot.Message) {
	t.Helper()
	text, err := message.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, text, "", "  "); err != nil {
		t.Fatal(err)
	}
	pretty.WriteByte('\n')
	file := filepath.Join("testdata", name+".json")
	if os.Getenv("EVANGELIST_GOLDEN") == "write" {
		if err := os.WriteFile(file, pretty.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, pretty.Bytes()) {
		t.Errorf("%s differs from %s:\n%s", name, file, pretty.Bytes())
	}
}

// specimen is a pilot in a state, with something in every part of it.
func specimen(t *testing.T, state State) Pilot {
	t.Helper()
	p, _ := in(t, state, false)
	if state == Draft {
		p.Audience, p.Benefit, p.Preflight, p.Goal = "", "", Preflight{Personal: PersonalData}, ""
	}
	if state == Running || state == Deciding || state == Decided {
		p.CheckIns = []CheckIn{{Week: 0, Words: "The menu works.", By: "sponsor", At: tuesday.Add(2 * day)}}
		p.keep(Reading{ID: "r", Value: 51, On: on(11, 26), Note: "From the log", At: tuesday})
		p.keep(Reading{ID: "r2", Value: 31, On: on(12, 3), Note: "Mean of what 7 participants said.", At: tuesday, Answers: 7})
		p.Preflight.Elsewhere, p.Preflight.Clause = "https://www.gov.uk/service-manual", "4.2 of the guideline"
	}
	return p
}

func drawn(p Pilot, as Relation, open bool) bot.Message {
	l := look{pilot: p, actor: actorAs(as), names: map[bot.PersonID]string{"sponsor": "Person Two", "team": "Person Three", "lead": "Person One"},
		goal: Goal{Title: "Fewer calls that a page could answer"}, story: p.State == Decided}
	if p.Goal == "" {
		l.goal = Goal{}
	}
	if open {
		l.open = p.Open(tuesday, time.UTC)
	}
	return l.message()
}

func TestGoldenMessages(t *testing.T) {
	draft, ready, running, deciding, decided := specimen(t, Draft), specimen(t, Ready), specimen(t, Running), specimen(t, Deciding), specimen(t, Decided)
	changed := clone(running)
	if _, err := changed.Fix(actorAs(AsLead), Measure{Text: "Calls in a week", Aim: AtMost, Target: 35}, "the log missed five", tuesday.Add(3*day), time.UTC); err != nil {
		t.Fatal(err)
	}
	bent := clone(running)
	bent.Measure.Target, bent.Fixings[0].Target = 60, 60
	leaver := clone(running)
	leaver.SponsorGone = true
	missed := clone(deciding)
	missed.keep(Reading{ID: "r3", Value: 44, On: on(12, 9), At: tuesday})
	blind := clone(deciding)
	blind.Readings = nil
	extended := clone(deciding)
	if _, err := extended.Extend(actorAs(AsLead), on(12, 24), tuesday.Add(16*day), time.UTC); err != nil {
		t.Fatal(err)
	}
	said := clone(running)
	said.Week, said.CheckIns = 1, []CheckIn{{Week: 1, Words: "The menu works.", At: tuesday}}
	week := clone(running)
	week.Week = 1
	open, few, mean := clone(running), clone(running), clone(running)
	few.Surveys[0].Open, few.Surveys[0].Few = false, true
	mean.Surveys[0].Open = false
	mean.Readings[1].ID = "survey/s"
	story := *decided.draft("story", tuesday.Add(17*day), time.UTC)
	named := map[bot.PersonID]string{"sponsor": "Person Two", "team": "Person Three"}
	offered := story
	offered.State, offered.Named = Offered, []Named{{"sponsor", WithName}, {"team", WithoutName}}
	told := offered
	told.Tellings = []Telling{{Key: "edition/e", Whom: "readers of Friday roundup", At: tuesday.Add(20 * day)}}
	goal := Goal{ID: "g", Level: Goalpost, Title: "Fewer calls that a page could answer", Benefit: "Time for those who need a person", OwnerName: "Person One", Until: on(12, 31)}
	purpose := Goal{ID: "g0", Level: Purpose, Title: "Good work travels", Audience: "Everybody here", Benefit: "Less done twice"}
	for name, message := range map[string]bot.Message{
		"draft":              drawn(draft, AsLead, true),
		"draft-team":         drawn(draft, AsTeam, true),
		"ready":              drawn(ready, AsSponsor, true),
		"running-sponsor":    drawn(running, AsSponsor, false),
		"running-lead":       drawn(running, AsLead, false),
		"running-colleague":  drawn(running, AsColleague, false),
		"running-leaver":     drawn(leaver, AsLead, false),
		"running-leaver-not": drawn(leaver, AsColleague, false),
		"measure-changed":    drawn(changed, AsColleague, false),
		"measure-bent":       drawn(bent, AsColleague, false),
		"deciding":           drawn(deciding, AsSponsor, false),
		"decided":            drawn(decided, AsColleague, false),
		"dropped":            drawn(specimen(t, Dropped), AsLead, false),
		"promoted":           promotedMessage(draft),
		"dropped-told":       droppedMessage(specimen(t, Dropped)),
		"joined":             joinedMessage(running, actorAs(AsLead)),
		"leaver":             leaverMessage(leaver),
		"checkin":            checkInMessage(week, 1),
		"checkin-said":       checkInMessage(said, 1),
		"checkin-passed":     checkInMessage(week, 0),
		"survey":             surveyMessage(open, open.Surveys[0]),
		"survey-few":         surveyMessage(few, few.Surveys[0]),
		"survey-mean":        surveyMessage(mean, mean.Surveys[0]),
		"decision-met":       decisionMessage(deciding, "sponsor", false),
		"decision-missed":    decisionMessage(missed, "lead", false),
		"decision-blind":     decisionMessage(blind, "sponsor", false),
		"decision-extended":  decisionMessage(extended, "sponsor", true),
		"decision-taken":     decisionMessage(decided, "sponsor", false),
		"verdict":            verdictMessage(decided),
		"story-draft":        storyMessage(story, named, actorAs(AsSponsor)),
		"story-offered":      storyMessage(offered, named, actorAs(AsColleague)),
		"story-told":         storyMessage(told, named, actorAs(AsLead)),
		"story-missed":       bot.Notice(missedStory(t, missed)),
		"story-blind":        bot.Notice(missedStory(t, blind)),
		"consent":            consentMessage(story, "team"),
		"consent-named":      consentMessage(offered, "sponsor"),
		"consent-unnamed":    consentMessage(offered, "team"),
		"consent-told":       consentMessage(told, "team"),
		"stories":            storiesMessage([]Story{told, story}, named),
		"stories-none":       storiesMessage(nil, nil),
		"list-lead":          listMessage([]Pilot{deciding, running, draft, decided}, true),
		"list-none":          listMessage(nil, false),
		"goals-lead":         goalsMessage([]Goal{purpose, goal}, true),
		"goals-colleague":    goalsMessage([]Goal{purpose, goal}, false),
		"goals-none":         goalsMessage(nil, false),
	} {
		golden(t, name, message)
		if message.Summary == "" {
			t.Errorf("%s has no summary", name)
		}
		for _, block := range message.Blocks {
			if row, ok := block.(bot.Actions); ok && (len(row.Buttons) == 0 || len(row.Buttons) > 5) {
				t.Errorf("%s has a row of %d buttons", name, len(row.Buttons))
			}
		}
	}
}

func missedStory(t *testing.T, p Pilot) string {
	t.Helper()
	if _, err := p.Decide(actorAs(AsSponsor), Verdict{Choice: Stop, Reason: "people want to speak to somebody"}, "s", nil, tuesday.Add(17*day), time.UTC); err != nil {
		t.Fatal(err)
	}
	return p.Story.Words
}

// Every button leads to a command, what can be typed is in the help, and what is
// for leads needs a lead.
func TestCommandsAreComplete(t *testing.T) {
	router := bot.NewRouter(bot.RouterConfig{})
	f := New(Config{})
	if err := router.Add(f.Commands()...); err != nil {
		t.Fatal(err)
	}
	known := map[string]bot.Command{}
	for _, command := range f.Commands() {
		known[command.Name] = command
		if len(command.Phrases) > 0 && (command.Help == "" || command.Usage == "") {
			t.Errorf("%s can be typed and is not in the help", command.Name)
		}
		if command.Needs == bot.Anybody {
			t.Errorf("%s is for anybody", command.Name)
		}
	}
	for _, name := range []string{"pilots.new", "pilots.goal", "pilots.goal.close", "pilots.hand"} {
		if known[name].Needs != bot.Lead {
			t.Errorf("%s can be used by %q", name, known[name].Needs)
		}
	}
	if got := router.SlashWords(); len(got) != 1 || got[0] != "evangelist" {
		t.Errorf("slash words %q", got)
	}
	for _, state := range States() {
		for _, as := range Relations() {
			message := drawn(specimen(t, state), as, true)
			for _, block := range message.Blocks {
				row, _ := block.(bot.Actions)
				for _, b := range row.Buttons {
					if _, ok := known[b.Command]; !ok || b.Arg == "" {
						t.Errorf("%s, %s: the button %+v leads nowhere", state, as, b)
					}
				}
			}
		}
	}
	for _, item := range (Pilot{SponsorGone: true, Preflight: Preflight{Personal: PersonalData}}).Open(tuesday, time.UTC) {
		if _, ok := known[item.Command]; !ok || item.Mend == "" || item.What == "" {
			t.Errorf("the item %+v cannot be mended", item)
		}
	}
}
