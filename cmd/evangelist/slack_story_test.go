package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"evangelist/adapters/slack/slacktest"
)

// What the playground's story tells, told on Slack: a lead sets everything up in
// chat, colleagues share, the edition goes out, somebody worries without a name
// and reads the answer by the code, somebody joins and is asked.
func TestTheWholeStoryOnSlack(t *testing.T) {
	t.Parallel()
	eachOffice(t, func(o *office) {
		o.setUp()
		o.share()
		o.publish()
		o.speak()
		o.ask()
		o.visitHome()
		if strings.Contains(o.log.String(), `"level":"ERROR"`) {
			o.Fatalf("something was logged as an error:\n%s", o.log)
		}
	})
}

// setUp is what a lead does in the first week.
func (o *office) setUp() {
	o.Helper()
	o.slash("nia", "/evangelist watch")
	o.fill("nia", map[string][]string{"places": {channelOf("good-finds"), channelOf("digital-help"), channelOf("libraries-and-learning")}})
	o.slash("nia", "/evangelist contacts")
	o.fill("nia", map[string][]string{"emergency": {"Call 999."}, "safeguarding": {"Extension 2210."}, "whistleblowing": {"The monitoring officer."}, "grievance": {"The staff council."}})
	o.slash("nia", "/evangelist team")
	o.fill("nia", map[string][]string{"who": {userOf("adaeze")}, "change": {"appoint-reader"}})
	o.slash("nia", "/evangelist reading place")
	o.fill("nia", map[string][]string{"place": {"CREADINGTEAM"}})
	o.slash("nia", "/digest new")
	o.fill("nia", map[string][]string{"name": {"Friday roundup"}, "when": {"every Friday 09:00"}, "places": {channelOf("all-council")}})
}

func (o *office) share() {
	o.Helper()
	post := func(person, channel, text string) slacktest.Message {
		m, err := o.as(person).Post(o.ctx, channelOf(channel), text)
		if err != nil {
			o.Fatal(err)
		}
		return m
	}
	first := post("farida", "good-finds", "This saved us a morning: "+usefulPage+"?utm_source=chat")
	post("callum", "digital-help", "For everybody who writes forms "+usefulPage+"?utm_campaign=x&fbclid=1")
	post("maureen", "libraries-and-learning", usefulPage+"/#main")
	for _, who := range []string{"minh", "ishbel", "leroy", "dorothea", "sunil"} {
		if err := o.as(who).React(o.ctx, first.Channel, first.TS, "thumbsup"); err != nil {
			o.Fatal(err)
		}
	}
	o.settled()
	o.later(time.Minute)
	preview := o.slash("nia", "/digest preview").text
	if strings.Count(preview, `"`+usefulPage) != 1 || strings.Contains(preview, "utm_") || strings.Contains(preview, "fbclid") {
		o.Fatalf("the page must stand there once, without tracking: %s", preview)
	}
}

// settled waits until everything that Slack had to tell was taken.
func (o *office) settled() {
	o.Helper()
	if err := o.slack.Settle(o.ctx); err != nil {
		o.Fatal(err)
	}
}

// now is what the last private message to somebody shows now.
func (o *office) now(person string) screen {
	o.Helper()
	private := o.as(person).Ephemerals(channelOf("all-council"))
	if len(private) == 0 {
		o.Fatalf("%s sees nothing", person)
	}
	last := private[len(private)-1]
	return screen{slacktest.OnMessage(last.Channel, last.TS), flat(last.Blocks) + last.Text}
}

// changed waits until what a person sees differs from s.
func (o *office) changed(person string, s screen) screen {
	o.Helper()
	var now screen
	o.eventually("the card of "+person+" changes", func() bool {
		now = o.now(person)
		return now.text != s.text
	})
	return now
}

// actionFor finds the button of a command in the actions that follow an address.
func (o *office) actionFor(text, address, command string) string {
	o.Helper()
	at := strings.Index(text, address)
	if at < 0 {
		o.Fatalf("%s is not there: %s", address, text)
	}
	found := regexp.MustCompile(`"action_id":"(` + regexp.QuoteMeta(command) + `#[0-9]+)"`).FindStringSubmatch(text[at:])
	if found == nil {
		o.Fatalf("no %s behind %s: %s", command, address, text)
	}
	return found[1]
}

func (o *office) publish() {
	o.Helper()
	draft := o.slash("nia", "/digest draft")
	o.press("nia", draft.spot, o.actionFor(draft.text, usefulPage, "digest.pin"))
	draft = o.changed("nia", draft)
	o.press("nia", draft.spot, o.actionFor(draft.text, usefulPage, "digest.words"))
	o.fill("nia", map[string][]string{"because": {"one page replaced forty calls a week"}})
	draft = o.changed("nia", draft)
	if !strings.Contains(draft.text, "one page replaced forty calls a week") {
		o.Fatalf("the draft lacks its words: %s", draft.text)
	}
	for _, act := range []string{"digest.approve", "digest.undo", "digest.approve"} {
		o.press("nia", draft.spot, o.actionFor(draft.text, `"blocks"`[:1], act))
		draft = o.changed("nia", draft)
	}
	if stranger := o.slash("leroy", "/digest publish"); strings.Contains(stranger.text, "60 seconds") {
		o.Fatalf("a colleague published: %s", stranger.text)
	}
	o.slash("nia", "/digest publish")
	o.later(30 * time.Second)
	o.later(2 * time.Minute)
	posted := o.until(channelOf("all-council"), "Friday roundup", usefulPage)
	text := flat(posted.Blocks)
	for _, want := range []string{"Farida Noorzai", "Callum Strathie", "Maureen Tatlock", "one page replaced forty calls a week"} {
		if !strings.Contains(text, want) {
			o.Errorf("the edition lacks %q: %s", want, text)
		}
	}
	if strings.Contains(text, `"user_id"`) {
		o.Errorf("weekly thanks notify people: %s", text)
	}
	if n := o.count(channelOf("all-council"), usefulPage); n != 1 {
		o.Errorf("the edition stands there %d times", n)
	}
	issues, err := o.app.features.Digests.Issues(o.ctx, "", "", time.Time{}, 0)
	if err != nil || len(issues) != 1 || !strings.Contains(fmt.Sprint(issues[0].Content.Items), usefulPage) {
		o.Errorf("the archive: %d editions, %v", len(issues), err)
	}
}

func (o *office) speak() {
	o.Helper()
	const worry = "The rota for the front desk leaves nobody to unlock the side door."
	form := o.slash("leroy", "/concern")
	if !hasAll(form.text, "This is read by", "Adaeze", "manager is not told", "Call 999.") {
		o.Errorf("the form does not say who reads it: %s", form.text)
	}
	before := o.seenBy("leroy")
	o.fill("leroy", map[string][]string{"words": {worry}, "name": {"anonymous"}})
	code := codeOnPage(o, o.fresh("leroy", "a concern", before).text)
	if o.count("CREADINGTEAM", worry) != 0 {
		o.Fatal("an anonymous concern arrived before the release")
	}
	o.later(24 * time.Hour)
	card := o.until("CREADINGTEAM", worry)
	if text := flat(card.Blocks) + card.Text; strings.Contains(text, "Leroy") || strings.Contains(text, userOf("leroy")) {
		o.Fatalf("the card names the author: %s", text)
	}
	o.press("adaeze", slacktest.OnMessage(card.Channel, card.TS), o.actionFor(flat(card.Blocks), worry, "voices.answer"))
	o.fill("adaeze", map[string][]string{"answer": {"The caretaker now has a key and comes at eight."}, "summary": {"Who opens the side door."}})
	o.slash("leroy", "/concern code")
	before = o.seenBy("leroy")
	o.fill("leroy", map[string][]string{"code": {code}})
	if read := o.fresh("leroy", "the code", before); !strings.Contains(read.text, "The caretaker now has a key") {
		o.Fatalf("the code does not show the answer: %s", read.text)
	}
	if _, err := o.as("leroy").CloseAll(o.ctx); err != nil {
		o.Fatal(err)
	}
}

// codeOnPage finds the private code on a dialog's page: eight words.
func codeOnPage(o *office, text string) string {
	o.Helper()
	for _, found := range regexp.MustCompile(`"text":"([^"]*)"`).FindAllStringSubmatch(text, -1) {
		if words := strings.FieldsFunc(found[1], func(r rune) bool { return r == '-' || r == ' ' }); len(words) == 8 && strings.ToLower(found[1]) == found[1] {
			return found[1]
		}
	}
	o.Fatalf("no code on the last page: %s", text)
	return ""
}

func (o *office) ask() {
	o.Helper()
	o.slash("minh", "/evangelist join")
	o.fill("minh", map[string][]string{"part": {"lead"}})
	o.slash("nia", "/evangelist ask")
	o.fill("nia", map[string][]string{"text": {"What did you learn?"}, "rhythm": {"every Thursday 14:00"}})
	o.later(30 * time.Hour)
	direct := o.slack.Direct(userOf("minh"))
	asked := o.until(direct, "network.answer")
	o.press("minh", slacktest.OnMessage(direct, asked.TS), o.actionFor(flat(asked.Blocks), "What did you learn?", "network.answer"))
	o.fill("minh", map[string][]string{"words": {"A checklist on one page halves the questions."}, "kind": {"learned"}, "consent": {"name"}})
	o.later(time.Minute)
	if draft := o.slash("nia", "/digest preview"); !strings.Contains(draft.text, "A checklist on one page halves the questions.") {
		o.Fatalf("the next draft lacks the learning: %s", draft.text)
	}
}

// visitHome opens the Home tab and uses a button there.
func (o *office) visitHome() {
	o.Helper()
	if err := o.as("nia").OpenHome(o.ctx); err != nil {
		o.Fatal(err)
	}
	o.eventually("nia has a home page", func() bool { _, ok := o.as("nia").Home(); return ok })
	home, _ := o.as("nia").Home()
	if text := flat(home.Blocks); !strings.Contains(text, "Friday roundup") {
		o.Errorf("the home page lacks the digest: %s", text)
	}
}

// A bot that is invited to a channel says there what it reads, and knows that it
// is a member; one that is removed knows that too.
func TestInvitedToAChannelOfSlack(t *testing.T) {
	t.Parallel()
	eachOffice(t, func(o *office) {
		o.slack.AddChannel(slacktest.Channel{ID: "CGARDEN", Name: "garden", Kind: slacktest.Public, Members: []string{userOf("nia")}})
		if err := o.slack.Invite("CGARDEN", o.slack.Config().BotUser); err != nil {
			o.Fatal(err)
		}
		o.until("CGARDEN", "see_no_evil")
		member := func() bool {
			place, err := o.app.places.Place(o.ctx, "slack|CGARDEN")
			return err == nil && place.Member && place.Name == "garden"
		}
		if !member() {
			o.Error("the register does not know that the bot is there")
		}
		if err := o.slack.Kick("CGARDEN", o.slack.Config().BotUser); err != nil {
			o.Fatal(err)
		}
		o.eventually("the register knows that the bot has left", func() bool { return !member() })
	})
}

// A link that was typed into the bot's own chat is put forward; words for a
// concern are not kept there, and lead to the form.
func TestTypedToTheBotOnSlack(t *testing.T) {
	t.Parallel()
	eachOffice(t, func(o *office) {
		o.setUp()
		direct := o.slack.Direct(userOf("leroy"))
		if _, err := o.as("leroy").Post(o.ctx, "", "<"+usefulPage+"> it is short"); err != nil {
			o.Fatal(err)
		}
		o.until(direct, "put forward")
		o.later(time.Minute) // one message a second in a place
		const worry = "concern nobody may know this"
		if _, err := o.as("leroy").Post(o.ctx, "", worry); err != nil {
			o.Fatal(err)
		}
		m := o.until(direct, "voices.concern")
		if text := flat(m.Blocks); strings.Contains(text, "nobody may know") {
			o.Errorf("the words are repeated: %s", text)
		}
		if strings.Contains(o.log.String(), "nobody may know") {
			o.Error("the words are logged")
		}
		var found json.RawMessage
		if raw, err := json.Marshal(m.Blocks); err == nil {
			found = raw
		}
		before := o.seenBy("leroy")
		o.press("leroy", slacktest.OnMessage(direct, m.TS), o.actionFor(flat(found), "\"", "voices.concern"))
		if form := o.fresh("leroy", "the button", before); !strings.Contains(form.text, "What worries you?") {
			o.Errorf("the button opens %s", form.text)
		}
	})
}
