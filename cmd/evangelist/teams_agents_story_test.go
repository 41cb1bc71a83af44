package main

import (
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"evangelist/bot"
)

// TestAgentsPlayground is the product as people meet it in Microsoft's own test
// client for Teams: dialogs, cards and buttons, used in a browser.
func TestAgentsPlayground(t *testing.T) {
	a := openAgents(t)
	a.settle()
	a.save()
	a.curate()
	a.publish()
	a.askInTheOpen()
	a.worry()
	if strings.Contains(a.log.String(), `"level":"ERROR"`) {
		t.Errorf("something was logged as an error:\n%s", a.log)
	}
}

// show opens the client's page.
func (a *agents) show() {
	a.Helper()
	if _, err := chromedp.Run(a.see.ctx, chromedp.Navigate(a.client)); err != nil {
		a.Fatal(err)
	}
}

// do runs a function of the client's page until it is true. post is the latest
// post of a channel that has these words, card the latest card.
func (a *agents) do(what, body string) {
	a.Helper()
	a.see.js(what, `const last = (which, words) => [...document.querySelectorAll(which)].filter(e => e.innerText.includes(words)).pop();
		const post = words => last('[role=group]', words), card = words => last('.ac-adaptiveCard', words), dialog = () => document.querySelector('[role=dialog]');
		const text = e => e.innerText.trim(); `+body)
}

// visit opens a conversation of the client; channels are named after their team
// as well, and only they have a button to post.
func (a *agents) visit(label string) {
	a.Helper()
	a.do("visit "+label, `const x = document.querySelector('[aria-label=`+quoted(label)+`]'); if (!x) return false; x.click(); return true;`)
	a.do("see "+label, `return !!button(document, 'Post') === `+strconv.FormatBool(strings.HasPrefix(label, "Council"))+` && !!document.querySelector('[role=textbox]');`)
}

// keys types what a keyboard would.
func (a *agents) keys(text string) {
	a.Helper()
	if _, err := chromedp.Run(a.see.ctx, chromedp.KeyEvent(text)); err != nil {
		a.Fatalf("type %q: %v", text, err)
	}
}

// write posts words in the conversation that is open, with a mention of the bot
// in front where it is asked for.
func (a *agents) write(text string, mention bool) {
	a.Helper()
	a.do("go to the box", `const x = document.querySelector('[role=textbox][contenteditable]'); if (!x) return false; x.focus(); return document.activeElement === x;`)
	if mention {
		a.keys("@Ev")
		a.do("choose the bot", `const x = document.querySelector('#typeahead-menu [role=menuitem]'); if (!x || text(x) !== 'Evangelist') return false; x.click(); return true;`)
		a.do("see the mention", `return text(document.querySelector('[role=textbox][contenteditable]')) === 'Evangelist';`)
	}
	a.keys(text)
	a.do("send "+text, `const x = button(document, 'Post') || document.querySelector('[aria-label="Send Message"]'); if (!x) return false; x.click(); return true;`)
}

// action opens our dialog for a command: the client asks for its id.
func (a *agents) action(menu, command string) {
	a.Helper()
	a.do("open the menu", menu)
	a.do("choose the action", `const x = [...document.querySelectorAll('[role=menuitem]')].find(e => text(e) === 'Action Command'); if (!x) return false; x.click(); return true;`)
	a.do("go to the command's id", `const x = dialog() && dialog().querySelector('input[type=text]'); if (!x) return false; x.focus(); x.select(); return document.activeElement === x;`)
	a.keys(command)
	a.do("open "+command, `if (dialog().querySelector('input[type=text]').value !== `+quoted(command)+`) return false; button(dialog(), 'Create').click(); return true;`)
}

// settle adds the bot to the team and the chat, which the client does when they
// are opened, and does what a lead does in the first week.
func (a *agents) settle() {
	a.Helper()
	for _, label := range []string{"Council - General", "Council - News", "Reading team", "Personal Chat"} {
		a.visit(label)
	}
	if err := a.app.handlers().Record(a.ctx, a.rest); err != nil {
		a.Fatal(err)
	}
	a.eventually("the roster and the channels are read", func() bool {
		people, err := a.app.people.Persons(a.ctx)
		mails := 0
		for _, p := range people {
			if p.Email != "" {
				mails++
			}
		}
		places, err2 := a.app.places.Places(a.ctx)
		return err == nil && err2 == nil && mails == len(people) && mails == len(a.people)+len(a.rest) && len(places) == 3
	})
	reader, err := a.app.handlers().Person(a.ctx, bot.NewAccountID("teams", a.people["adaeze"].ID))
	if err != nil {
		a.Fatal(err)
	}
	a.order("nia", "voices.contacts", "", map[string]string{"emergency": "Call 999.", "safeguarding": "Extension 2210.", "whistleblowing": "The monitoring officer.", "grievance": "The staff council."})
	a.order("nia", "network.team", "", map[string]string{"who": string(reader), "change": "appoint-reader"})
	a.order("nia", "voices.place", "", map[string]string{"place": placeOf(agentsReading)})
	a.order("nia", "digest.new", "", map[string]string{"name": "Friday roundup", "when": "every Friday 09:00", "places": placeOf(agentsChannel)})
}

// order has somebody send a form, or press a button, outside the client.
func (a *agents) order(person, command, arg string, answers map[string]string) {
	a.Helper()
	in := bot.Invocation{
		Actor: bot.Actor{Account: bot.NewAccountID("teams", a.people[person].ID)}, Workspace: "teams", Place: bot.PlaceID(placeOf(agentsChat)),
		Command: command, Arg: arg, Nonce: person + command, At: a.clock.Now(),
	}
	for field, answer := range answers {
		if in.Values == nil {
			in.Values = map[string][]string{}
		}
		in.Values[field] = []string{answer}
	}
	if reply, wrong := a.app.Do(a.ctx, in).(bot.Invalid); wrong {
		a.Fatalf("%s: %v", command, reply.Fields)
	}
}

// argument is what the button of a command carries in what the bot sent last.
func (a *agents) argument(command string) string {
	a.Helper()
	a.mu.Lock()
	defer a.mu.Unlock()
	button := regexp.MustCompile(`"c":"` + regexp.QuoteMeta(command) + `","a":"([^"]+)"`)
	for _, call := range slices.Backward(a.sent) {
		if found := button.FindStringSubmatch(call.Body); found != nil {
			return found[1]
		}
	}
	a.Fatalf("nothing that was sent has a button of %s", command)
	return ""
}

// save puts a colleague's message forward from its menu.
func (a *agents) save() {
	a.Helper()
	a.visit("Council - News")
	a.write("This saved us a morning: "+usefulPage, false)
	a.do("see the message", `return !!post('This saved us a morning');`)
	a.action(`const x = post('This saved us a morning'); const menu = x && x.querySelector('[aria-label="Show more information"]'); if (!menu) return false; menu.click(); return true;`, "digest.save")
	a.do("see that it is saved", `return dialog() && text(dialog()).includes('put forward');`)
	a.see.shot("agents-01-saved")
	a.do("close the dialog", `const x = dialog(); if (!x) return true; x.querySelector('[aria-label=Close]').click(); return true;`)
}

// curate asks for the draft where others read along: it comes to the private
// chat, for this client shows nothing to one person alone. Its buttons change it.
func (a *agents) curate() {
	a.Helper()
	a.later(time.Minute)
	before := a.asked(agentsCall.public)
	a.write(" digest draft", true)
	a.visit("Personal Chat")
	a.do("see the draft", `return !!card('Friday roundup: ') && !!button(card('Friday roundup: '), 'Pin');`)
	a.see.shot("agents-02-draft")
	if n := a.asked(agentsCall.public); n != before {
		a.Errorf("the private answer was posted in the channel")
	}
	if n := a.asked(func(c agentsCall) bool { return c.Targeted }); n != 1 {
		a.Errorf("the bot tried %d times to show it in the channel to one person", n)
	}
	a.do("pin", `const x = button(card('Friday roundup: '), 'Pin'); x.click(); return true;`)
	a.do("see it pinned", `return !!button(card('Friday roundup: '), 'Unpin');`)
	a.see.shot("agents-03-pinned")
}

// publish posts the edition in the channel; a fifth colleague finds it useful, and
// the card in the channel says so.
func (a *agents) publish() {
	a.Helper()
	a.do("approve", `const x = button(card('Friday roundup: '), 'Approve'); x.click(); return true;`)
	a.do("see it approved", `return !!button(card('Friday roundup: '), 'Undo');`)
	a.write("digest publish", false)
	a.do("see the time to undo", `return document.body.innerText.includes(' seconds');`)
	a.later(2 * time.Minute)
	a.visit("Council - News")
	a.do("read the edition", `const x = post('Friday roundup'); return !!x && text(x).includes('Nia Prosser') && !!button(x, 'Useful');`)
	a.see.shot("agents-04-edition")
	for _, person := range []string{"adaeze", "leroy", "farida", "callum"} {
		a.order(person, "digest.useful", a.argument("digest.useful"), nil)
	}
	a.do("find it useful", `button(post('Friday roundup'), 'Useful').click(); return true;`)
	a.do("read the thanks", `return /Noted, thank you|Useful to 5/.test(text(post('Friday roundup')));`) // the new card comes without them
	a.later(time.Minute)
	a.do("see the card replaced", `return text(post('Friday roundup')).includes('Useful to 5');`)
	a.see.shot("agents-05-useful")
}

// agentsWorry is what Nia worries about.
const agentsWorry = "The rota for the front desk leaves nobody to unlock the side door."

// askInTheOpen types a worry where others read along. Nothing of it is repeated,
// and the way to the form is shown to its author alone.
func (a *agents) askInTheOpen() {
	a.Helper()
	before := a.asked(agentsCall.public)
	a.write(" concern "+agentsWorry, true)
	a.visit("Personal Chat")
	a.do("see the way to the form", `return !!button(document, 'Open the form');`)
	a.see.shot("agents-06-private")
	if n := a.asked(agentsCall.public); n != before {
		a.Error("the way to the form was posted in the channel")
	}
	if n := a.asked(func(c agentsCall) bool { return strings.Contains(c.Body, agentsWorry) }); n != 0 || strings.Contains(a.log.String(), agentsWorry) {
		a.Error("the worry was repeated")
	}
}

// worry raises a concern without a name in our dialog; its last page holds the
// private code. Next day the reading team has it.
func (a *agents) worry() {
	a.Helper()
	before := a.asked(func(c agentsCall) bool { return c.Method == http.MethodPost })
	a.action(`const x = document.querySelector('[aria-label="Trigger Message Extension App"]'); if (!x) return false; x.click(); return true;`, "voices.concern")
	a.do("see the dialog", `return !!dialog();`)
	a.do("read the form", `return !!dialog() && ['This is read by', 'Adaeze Nwokolo', 'Reading team', 'manager is not told', 'Call 999.'].every(w => text(dialog()).includes(w));`)
	a.see.shot("agents-07-concern")
	a.do("go to the words", `const x = dialog().querySelector('textarea'); x.focus(); return document.activeElement === x;`)
	a.keys(agentsWorry)
	a.do("leave the name out", `const x = dialog().querySelector('input[type=radio][value=anonymous]'); x.click(); return x.checked;`)
	a.see.shot("agents-08-filled")
	a.do("send", `if (dialog().querySelector('textarea').value !== `+quoted(agentsWorry)+`) return false; button(dialog(), 'Send').click(); return true;`)
	a.do("see the last page", `const x = dialog() && dialog().querySelector('input'); return !!x && x.value.split(' ').length === 8;`)
	code, err := chromedp.Run(a.see.ctx, chromedp.Evaluate[string](`document.querySelector('[role=dialog] input').value`))
	if err != nil {
		a.Fatal(err)
	}
	a.see.shot("agents-09-code")
	if n := a.asked(func(c agentsCall) bool { return c.Method == http.MethodPost }); n != before {
		a.Error("something was sent before the release")
	}
	a.do("close the dialog", `const x = dialog(); if (!x) return true; x.querySelector('[aria-label=Close]').click(); return true;`)
	a.later(24 * time.Hour)
	a.visit("Reading team")
	a.do("read the concern", `return !!card(`+quoted(agentsWorry)+`) && !!button(card(`+quoted(agentsWorry)+`), 'Answer');`)
	a.see.shot("agents-10-reading")
	if n := a.asked(func(c agentsCall) bool { return strings.Contains(c.Body, code) }); n != 0 || strings.Contains(a.log.String(), code) {
		a.Error("the private code was repeated")
	}
}
