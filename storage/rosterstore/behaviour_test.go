package rosterstore_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/bot/roster"
)

func TestRepresentatives(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	housing := roster.OfficeID("Housing")
	w.has("the form", w.say("lea", "representative"), "Housing", "Parks", "Representative: free. Deputy: free.")
	w.has("not of the department", w.appoint("p1", "Housing", roster.Representative), "p1 is recorded in Parks. Choose somebody of Housing; if the record is wrong, tick the last field.")
	w.has("nobody", w.send("lea", "roster.representative", "", "department", housing, "which", "representative"), "Choose a colleague of Housing")
	w.has("no department", w.send("lea", "roster.representative", "", "department", "x", "which", "representative", "person", string(w.id("h1"))), "Choose one of these departments")
	w.has("no place", w.send("lea", "roster.representative", "", "department", housing, "which", "king", "person", string(w.id("h1"))), "Choose what shall change")
	w.has("a colleague appoints", w.send("h1", "roster.representative", "", "department", housing, "which", "representative", "person", string(w.id("h1"))), "That is for comms leads")
	w.has("appointed", w.appoint("h1", "Housing", roster.Representative), "h1 is representative of Housing now")
	w.has("again", w.appoint("h1", "Housing", roster.Representative), "h1 is representative of Housing now")
	w.expect("told once", "roster/place/", 1)
	w.has("one at most", w.appoint("h2", "Housing", roster.Representative), "Housing has a representative already")
	w.has("not both", w.appoint("h1", "Housing", roster.Deputy), "h1 is the representative here")
	w.has("the deputy", w.appoint("h2", "Housing", roster.Deputy), "h2 is deputy of Housing now")
	w.has("elsewhere too", w.send("lea", "roster.representative", "", "department", roster.OfficeID("Parks"), "which", "deputy", "person", string(w.id("h2")), "elsewhere", "yes"), "h2 is deputy of Housing already")
	w.has("recorded wrongly", w.send("lea", "roster.representative", "", "department", roster.OfficeID("Parks"), "which", "deputy", "person", string(w.id("h3")), "elsewhere", "yes"), "h3 is deputy of Parks now")

	card := bot.View{Kind: "roster.place", ID: housing + "/deputy/" + string(w.id("h2"))}
	w.has("the card", bot.Refresh{View: card}, "You are deputy of Housing", "lea appointed you", "Why you:", "roster.decline")
	for _, wrong := range []string{"h4", "h1"} {
		w.has("somebody else's button", w.press(wrong, "roster.decline", housing+"/deputy"), "You have no place as representative or deputy")
	}
	w.has("no, thank you", w.press("h2", "roster.decline", housing+"/deputy"), "You are no longer deputy of Housing")
	w.has("twice", w.press("h2", "roster.decline", housing+"/deputy"), "You have no place as representative or deputy")
	w.has("the card then", bot.Refresh{View: card}, "You do not have this place", "!roster.decline")
	w.expect("leads are told", "/free/", 2)
	w.has("not at once again", w.appoint("h2", "Housing", roster.Deputy), "would rather not at the moment. You can appoint h2 again from 25 February 2027")

	w.has("step down", w.say("h1", "step down"), "You are no longer representative of Housing")
	w.has("step down twice", w.say("h1", "step down"), "You have no place")
	w.sweep()
	if o := w.office("Housing"); o.State != roster.LeadsTurn {
		t.Errorf("%+v", o)
	}
	w.expect("a card for each lead", "roster/office/", 2)
	w.has("the leads' card", bot.Refresh{View: bot.View{Kind: "roster.office", ID: housing}}, "Housing needs a representative", "The place is free. There is no deputy", "roster.representative", "roster.invite", "!inactive")
	w.has("released already", w.send("lea", "roster.representative", "", "department", housing, "which", "release-representative"), "That place is free already")
	w.appoint("h3", "Parks", roster.Deputy)
	w.has("released", w.send("lea", "roster.representative", "", "department", roster.OfficeID("Parks"), "which", "release-deputy"), "Parks: the deputy's place is free now")
	w.expect("who had it is told", "/released", 1)
	w.appoint("h4", "Housing", roster.Representative)
	w.sweep()
	w.has("the leads' card then", bot.Refresh{View: bot.View{Kind: "roster.office", ID: housing}}, "h4 has it. There is nothing to do.")
	if strings.Contains(w.waiting(), "needs a representative") {
		t.Error(w.waiting())
	}
}

// The representative's account is switched off: leads alone see it, in the same sweep,
// and the deputy is asked as soon as one of them says so. The deputy's answers do what
// they say.
func TestTheDeputyIsAsked(t *testing.T) {
	t.Parallel()
	housing := roster.OfficeID("Housing")
	begun := func(t *testing.T) *world {
		w := newWorld(t)
		w.appoint("h1", "Housing", roster.Representative)
		w.appoint("h2", "Housing", roster.Deputy)
		w.gone("h1", true)
		w.sweep()
		w.expect("nobody is asked before a lead says so", "roster/takeover/", 0)
		w.expect("leads have the card in the same sweep", "roster/office/", 2)
		w.has("the leads' card", bot.Refresh{View: bot.View{Kind: "roster.office", ID: housing}}, "h1: account inactive. The deputy is h2, who was not asked yet.", "Release, and ask the deputy", "Keep for now")
		w.has("not theirs to say", w.press("h2", "roster.release", string(w.id("h1"))), "for comms leads")
		for range 2 {
			w.has("released", w.press("lea", "roster.release", string(w.id("h1"))), "Nothing to decide")
		}
		w.sweep()
		w.expect("asked then, once", "roster/takeover/", 1)
		return w
	}
	t.Run("yes", func(t *testing.T) {
		w := begun(t)
		view := bot.Refresh{View: bot.View{Kind: "roster.takeover", ID: housing + "/2/" + string(w.id("h2"))}}
		w.has("the question", view, "Do you take over in Housing?", "I take it over", "Not me", "Why you: the deputy is asked first", "!inactive", "!h1")
		w.has("somebody else", w.press("h3", "roster.takeover", housing), "not here, or not for you")
		w.has("a lead who is no deputy", w.press("lea", "roster.notme", housing), "not here, or not for you")
		for range 2 {
			w.has("taken over", w.press("h2", "roster.takeover", housing), "You are representative of Housing")
		}
		w.has("late", w.press("h2", "roster.notme", housing), "not here, or not for you")
		w.sweep()
		if o := w.office("Housing"); o.Representative.Person != w.id("h2") || o.Deputy.Person != "" || o.State != roster.AtRest {
			t.Errorf("%+v", o)
		}
		w.has("a guest's quarter counts it", w.invite("lea", "h2"), "h2 is with us already")
		w.has("home", bot.Say{Message: w.home("h2")}, "You are representative of Housing")
	})
	t.Run("no", func(t *testing.T) {
		w := begun(t)
		for range 2 {
			w.has("not me", w.press("h2", "roster.notme", housing), "This is settled")
		}
		w.sweep()
		w.has("the leads' card", bot.Refresh{View: bot.View{Kind: "roster.office", ID: housing}}, "The place is free. The deputy, h2, does not take it over now.", "Appoint", "!Release")
		w.has("late", w.press("h2", "roster.takeover", housing), "That is settled in the meantime")
		w.until(w.clock.now.Add(30 * day))
		w.expect("and is not asked again", "roster/takeover/", 1)
	})
	t.Run("kept for now", func(t *testing.T) {
		w := newWorld(t)
		w.appoint("h1", "Housing", roster.Representative)
		w.appoint("h2", "Housing", roster.Deputy)
		w.gone("h1", true)
		w.sweep()
		w.has("kept", w.press("lou", "roster.keep", string(w.id("h1"))), "Nothing to decide")
		w.sweep()
		w.has("the leads' card then", bot.Refresh{View: bot.View{Kind: "roster.office", ID: housing}}, "h1 has it")
		w.until(w.clock.now.Add(92 * day))
		if !strings.Contains(w.waiting(), "Account inactive: h1") {
			t.Errorf("keep for now does not last for ever: %s", w.waiting())
		}
		w.expect("the deputy was never asked", "roster/takeover/", 0)
	})
	t.Run("silence", func(t *testing.T) {
		w := begun(t)
		w.until(w.clock.now.Add(21 * day))
		w.has("leads look for somebody", bot.Refresh{View: bot.View{Kind: "roster.office", ID: housing}}, "does not take it over now")
		w.expect("the question does not go out any more", "roster/takeover/"+housing+"/2 nudge dropped", 1)
	})
	t.Run("the representative comes back", func(t *testing.T) {
		w := newWorld(t)
		w.appoint("h1", "Housing", roster.Representative)
		w.appoint("h2", "Housing", roster.Deputy)
		w.gone("h1", true)
		w.sweep()
		w.gone("h1", false)
		w.sweep()
		w.has("the leads' card", bot.Refresh{View: bot.View{Kind: "roster.office", ID: housing}}, "h1 has it")
		w.expect("nobody was asked", "roster/takeover/", 0)
		if o := w.office("Housing"); o.Representative.Person != w.id("h1") || o.State != roster.AtRest {
			t.Errorf("%+v", o)
		}
	})
	t.Run("the deputy leaves too", func(t *testing.T) {
		w := begun(t)
		w.gone("h2", true)
		w.sweep()
		w.has("leads look for somebody", bot.Refresh{View: bot.View{Kind: "roster.office", ID: housing}}, "does not take it over now")
		w.has("switched off", w.press("h2", "roster.takeover", housing), "switched off")
	})
	t.Run("a deputy who left and whose place is kept", func(t *testing.T) {
		w := newWorld(t)
		w.appoint("h1", "Housing", roster.Representative)
		w.appoint("h2", "Housing", roster.Deputy)
		w.gone("h2", true)
		w.sweep()
		w.has("kept", w.press("lea", "roster.keep", string(w.id("h2"))), "Nothing to decide")
		w.gone("h1", true)
		w.sweep()
		w.expect("a leaver is not asked", "roster/takeover/", 0)
		w.expect("leads have the card instead", "roster/office/", 2)
	})
	t.Run("asked lately", func(t *testing.T) {
		w := newWorld(t)
		w.invite("lea", "h2")
		w.press("h2", "roster.accept", string(w.id("h2"))+"/1")
		w.appoint("h1", "Housing", roster.Representative)
		w.appoint("h2", "Housing", roster.Deputy)
		w.gone("h1", true)
		w.sweep()
		w.expect("nobody is asked twice in a quarter", "roster/takeover/", 0)
		w.expect("leads have the card instead", "roster/office/", 2)
	})
}

func (w *world) home(name string) bot.Message {
	w.t.Helper()
	message, err := w.router.Home(w.t.Context(), account(name))
	w.ok(err)
	return message
}

func TestInvitations(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := func(name string) string { return string(w.id(name)) + "/1" }
	card := func(name string) bot.Reply {
		return bot.Refresh{View: bot.View{Kind: "roster.invite", ID: id(name)}}
	}
	w.has("the form", w.press("lea", "roster.invite", roster.OfficeID("Housing")), "one colleague of Housing", "word for word")
	w.has("a colleague", w.invite("h1", "h2"), "That is for comms leads")
	w.has("without a reason", w.send("lea", "roster.invite", "", "person", string(w.id("h1")), "part", "lead", "reason", " "), "Write why you think of h1")
	w.has("to follow", w.send("lea", "roster.invite", "", "person", string(w.id("h1")), "part", "follow", "reason", "x"), "Choose whether to lead or to support")
	w.has("of another department", w.send("lea", "roster.invite", roster.OfficeID("Parks"), "person", string(w.id("h1")), "part", "lead", "reason", "x"), "h1 is recorded in Housing. Choose a colleague of Parks")
	w.has("nobody", w.send("lea", "roster.invite", "", "person", "ghost", "reason", "x"), "Choose a colleague.")
	w.has("asked", w.invite("lea", "h1"), "I ask h1 with your words")
	w.has("the card", card("h1"), "Would you like to lead in Housing?", "lea thinks of you", "You wrote the page that everybody links to.", "Why you: lea asked me to ask you", "Accept", "Later", "No", "4 March 2027", "lapses on 17 December 2026", "!yet")
	w.has("by another lead", w.invite("lou", "h1"), "h1 was asked, and the answer waits")
	w.has("what leads see", w.say("lou", "coverage"), "h1 (Housing): asked, waits", "roster.withdraw", "!page that everybody")
	w.has("somebody else's button", w.press("h2", "roster.accept", id("h1")), "not here, or not for you")
	w.has("a lead presses", w.press("lea", "roster.refuse", id("h1")), "not here, or not for you")
	for range 2 {
		w.has("accepted", w.press("h1", "roster.accept", id("h1")), "Thank you", "You lead in Housing now")
	}
	if w.parts[w.id("h1")] != roster.Leads || w.guest("h1").Reason != "" {
		t.Errorf("%v, %+v", w.parts, w.guest("h1"))
	}
	w.expect("the lead hears once", "/answer answer", 1)
	w.has("no after yes", w.press("h1", "roster.refuse", id("h1")), "no longer open")
	w.has("with us already", w.invite("lou", "h1"), "h1 is with us already")
	w.has("no hole any more", w.invite("lou", "h2"), "Somebody leads or supports where h2 works")
	w.has("another level has a hole", w.invite("lou", "h5"), "I ask h5")
	w.has("no", w.press("h5", "roster.refuse", id("h5")), "That is fine", "Nobody asks you again")
	w.has("no twice", w.press("h5", "roster.refuse", id("h5")), "That is fine")
	w.has("yes after no", w.press("h5", "roster.accept", id("h5")), "no longer open")
	if told := w.outbox("roster/invite/" + id("h5") + "/answer"); len(told) != 1 {
		t.Error(told)
	}
	w.until(w.clock.now.Add(200 * day))
	w.has("never again", w.invite("lea", "h5"), `answered "not now", so nobody asks again`)
	w.has("lea may not know who said no", w.say("lea", "coverage"), "!h5", "!asked, waits")
}

func TestLaterAndLapse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	later := string(w.id("h1")) + "/1"
	w.invite("lea", "h1")
	w.invite("lea", "p1")
	for range 2 {
		w.has("later", w.press("h1", "roster.later", later), "Later, then", "not before", "2027-03-04")
	}
	w.has("to leads the same", w.say("lea", "coverage"), "h1 (Housing): asked, waits", "p1 (Parks): asked, waits")
	w.until(begin.Add(21*day + time.Minute))
	if g := w.guest("p1"); g.State != roster.Lapsed || g.Reason != "" {
		t.Errorf("%+v", g)
	}
	w.has("late", w.press("p1", "roster.accept", string(w.id("p1"))+"/1"), "no longer open", "evangelist join")
	w.has("the quarter", w.invite("lou", "p1"), "p1 was asked something lately", "possible again from 4 March 2027")
	w.until(begin.Add(97 * day))
	w.expect("not before a quarter", "/again", 0)
	w.has("nor by a lead", w.invite("lou", "p1"), "possible again from 4 March 2027")
	w.until(begin.Add(98*day + time.Minute))
	w.expect("asked once more", "/again nudge queued", 1)
	w.has("now by a lead", w.invite("lou", "p1"), "I ask p1")
	w.has("an old button", w.press("p1", "roster.accept", string(w.id("p1"))+"/1"), "no longer open")
	w.has("the old card", bot.Refresh{View: bot.View{Kind: "roster.invite", ID: string(w.id("p1")) + "/1"}}, "An invitation that is over")
	w.has("later again is the end", w.press("h1", "roster.later", later), "An invitation that is over")
	w.until(w.clock.now.Add(400 * day))
	w.expect("never a third time", "roster/invite/"+later+"/again", 1)
}

// Whoever leaves, joins by themselves, or whose invitation a lead takes back is asked
// nothing more.
func TestWithdrawn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, name := range []string{"h1", "p1", "p2", "h5"} {
		w.has(name, w.invite("lea", name), "I ask")
	}
	w.press("p2", "roster.later", string(w.id("p2"))+"/1")
	w.gone("h1", true)
	w.gone("p2", true)
	w.parts[w.id("p1")] = roster.Supports
	w.sweep()
	w.has("by another lead", w.press("lou", "roster.withdraw", string(w.id("h5"))+"/1"), "taken back")
	w.has("twice", w.press("lea", "roster.withdraw", string(w.id("h5"))+"/1"), "taken back")
	w.has("by a colleague", w.press("h2", "roster.withdraw", string(w.id("h5"))+"/1"), "That is for comms leads")
	for _, name := range []string{"h1", "p1", "p2", "h5"} {
		if g := w.guest(name); g.State != roster.Withdrawn {
			t.Errorf("%s: %+v", name, g)
		}
	}
	w.expect("none goes out", "/1 nudge dropped", 4)
	w.has("too late", w.press("h5", "roster.accept", string(w.id("h5"))+"/1"), "no longer open")
	w.has("a leaver", w.invite("lou", "h1"), "no active account")
	w.until(begin.Add(200 * day))
	w.expect("nobody who left is asked again", "/again", 0)
}

// When the list cannot be written the yes stands, and the sweep puts it right.
func TestJoinThatFails(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.invite("lea", "h1")
	w.joinFails = errors.New("the list is shut")
	w.has("broken", w.press("h1", "roster.accept", string(w.id("h1"))+"/1"), "Something broke on our side")
	if g := w.guest("h1"); g.State != roster.Accepted || g.Joined {
		t.Fatalf("%+v", g)
	}
	w.joinFails = nil
	w.sweep()
	if g := w.guest("h1"); !g.Joined || w.parts[w.id("h1")] != roster.Leads {
		t.Errorf("%+v %v", g, w.parts)
	}
	delete(w.parts, w.id("h1"))
	w.invite("lea", "p1")
	w.press("p1", "roster.accept", string(w.id("p1"))+"/1")
	delete(w.parts, w.id("p1")) // thinks again at once
	w.sweep()
	if len(w.parts) != 2 {
		t.Error("who left the list is put on it again")
	}
}

// Who came, moved and left is told to leads once a week, and nobody is asked.
func TestNews(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.parts[w.id("p2")] = roster.Supports
	w.parts[w.id("p3")] = roster.Follows
	w.appoint("h1", "Housing", roster.Representative)
	w.until(begin.Add(11 * day)) // Monday 7 December, 10:00
	w.expect("nothing to tell", "roster/week/", 0)
	w.record(bot.AccountFact{Name: "early", Department: "Housing"})
	w.until(begin.Add(15 * day))
	for n := range 3 {
		w.record(bot.AccountFact{Name: fmt.Sprint("n", n), Department: "Housing", Level: "Officer"})
	}
	w.change("h1", func(p *bot.Person) { p.Department = "Parks" })
	w.change("h3", func(p *bot.Person) { p.Department = "Parks" })
	w.gone("p2", true)
	w.gone("p3", true)
	w.gone("h4", true)
	w.sweep()
	w.expect("not before Monday", "roster/week/", 0)
	w.until(begin.Add(18 * day))
	w.expect("each lead once", "roster/week/2026-12-14T09:00/", 2)
	card := bot.Refresh{View: bot.View{Kind: "roster.news", ID: "2026-12-14T09:00"}}
	w.has("the card", card, "New in Housing: 3 people (nobody has asked them)", "New in Parks: 1 person", "Moved: ", "from Housing to Parks (representative of Housing)", "Account inactive: ", "(supports in Parks)", "!h3", "!h4", "!p3", "Keep for now", "Release the place", "Only comms leads")
	w.has("a colleague's press", w.press("h2", "roster.release", string(w.id("p2"))), "That is for comms leads")
	w.has("not to decide", w.press("lea", "roster.release", string(w.id("h2"))), "Account inactive")
	if got := w.outbox("nudge queued"); len(got) != 1 { // the appointment
		t.Errorf("somebody was asked: %v", got)
	}
	for range 2 {
		w.has("released", w.press("lou", "roster.release", string(w.id("p2"))), "!Account inactive", "Moved: ")
	}
	if _, still := w.parts[w.id("p2")]; still {
		t.Error("p2 is still on the list")
	}
	w.has("kept", w.press("lea", "roster.keep", string(w.id("h1"))), "!Moved: ")
	if o := w.office("Housing"); o.Representative.Person != w.id("h1") {
		t.Errorf("%+v", o)
	}
	w.has("one of them is asked", w.invite("lea", "n0"), "nobody needs to be asked there")
}

func TestMatrix(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.parts[w.id("p1")] = roster.Supports
	w.parts[w.id("p2")] = roster.Follows
	w.appoint("p3", "Parks", roster.Representative)
	w.record(bot.AccountFact{Name: "nowhere"})
	w.sweep()
	sheet, err := w.feature.Sheet(t.Context())
	w.ok(err)
	var rows []string
	for _, r := range sheet.Matrix.Rows {
		line := fmt.Sprintf("%s %d/%d hole=%v", r.Department, r.With, r.Colleagues, r.Hole)
		for _, c := range r.Cells {
			line += fmt.Sprintf(" | %d", c.Colleagues)
			for _, n := range c.Named {
				line += " " + n.Name + ":" + n.As
			}
			line += fmt.Sprintf(" f%d %v", c.Followers, c.Hole)
		}
		rows = append(rows, line)
	}
	if got := strings.Join(sheet.Matrix.Levels, ","); got != "Director,Officer,No level recorded" {
		t.Error(got)
	}
	want := `Comms 2/2 hole=false | 0 f0 false | 2 lea:leads lou:leads f0 false | 0 f0 false
Housing 0/5 hole=true | 1 f0 true | 4 f0 true | 0 f0 false
Parks 2/3 hole=false | 0 f0 false | 3 p1:supports p3:representative f1 false | 0 f0 false
 0/1 hole=false | 0 f0 false | 0 f0 false | 1 f0 true`
	if got := strings.Join(rows, "\n"); got != want {
		t.Errorf("\n%s\nnot\n%s", got, want)
	}
	w.has("the same in chat", w.say("lea", "coverage"), "4 of 11 colleagues are with us. Nobody is in 1 of 3 departments.", "0 of 5", "2 of 3", "in the whole department")
	w.has("not for colleagues", w.say("h1", "coverage"), "That is for comms leads")
	if got := w.waiting(); !strings.Contains(got, "Nobody is with us in Housing, of 5 colleagues @1126") {
		t.Error(got)
	}
}

func TestAgendaAndDecisions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.ok(w.places.Observe(t.Context(), []bot.Place{
		{ID: "test|reps", Name: "representatives", Kind: bot.PrivateChannel, Member: true},
		{ID: "test|out", Name: "shared", Kind: bot.OpenChannel, Member: true, External: true},
		{ID: "test|far", Name: "far", Kind: bot.OpenChannel},
	}))
	w.appoint("h1", "Housing", roster.Representative)
	w.has("a colleague sees nothing", w.say("h2", "agenda"), "not here, or not for you")
	w.has("and adds nothing", w.say("h2", "agenda \"mine\""), "not here, or not for you")
	w.has("nor decides", w.say("h2", "decided x"), "not here, or not for you")
	w.has("nor reads", w.say("h2", "decisions"), "not here, or not for you")
	w.has("the form", w.say("lea", "representatives"), "first Monday of the month 10:00")
	w.has("shared", w.send("lea", "roster.place", "", "place", "test|out", "rhythm", roster.DefaultRhythm), "shared with another organisation")
	w.has("not a member", w.send("lea", "roster.place", "", "place", "test|far", "rhythm", roster.DefaultRhythm), "not a member")
	w.has("no rhythm", w.send("lea", "roster.place", "", "place", "test|reps", "rhythm", "now and then"), "rhythm:")
	w.has("chosen", w.send("lea", "roster.place", "", "place", "test|reps", "rhythm", roster.DefaultRhythm), "Representatives share representatives", "2026-12-07T10:00")
	w.has("a point", w.say("h1", `agenda "Shared forms"`), "stands on the next agenda")
	w.has("the form of a decision", w.say("h1", `decided "One template for all"`), "One template for all", "owner", "due")
	w.has("without words", w.send("h1", "roster.decided", "", "words", " "), "Write what was decided")
	w.has("past", w.send("h1", "roster.decided", "", "words", "x", "due", "2026-11-01"), "That day is over")
	w.has("a ghost", w.send("h1", "roster.decided", "", "words", "x", "owner", "ghost"), "no active account")
	w.has("decided", w.send("h1", "roster.decided", "", "words", "One template for all", "owner", string(w.id("h3")), "due", "2026-12-10"), "Noted.")
	w.has("decided", w.send("h1", "roster.decided", "", "words", "Meet in spring"), "Noted.")
	w.expect("its owner is told", "roster/decision/", 1)
	w.items = []roster.Item{{About: "Pilots to decide", Words: "Late desk", Address: "https://example.org/p"}, {About: "Requests", Words: "2 are open"}}
	w.has("the next agenda", w.say("h1", "agenda"), "Decided, and still open", "One template for all", "h3", ", by 10 December 2026", "Meet in spring", "Points of representatives", "Shared forms", "Pilots to decide", "Late desk", "2 are open")
	w.until(time.Date(2026, 12, 7, 10, 0, 0, 0, time.UTC))
	w.expect("posted", "roster/agenda/2026-12-07T10:00 asked", 1)
	w.has("points stand once, decisions carry on", w.say("h1", "agenda"), "!Shared forms", "One template for all")
	w.until(time.Date(2026, 12, 11, 10, 0, 0, 0, time.UTC))
	w.has("nobody is named late", w.say("h1", "agenda"), "One template for all", "Its date has passed", "!h3")
	if got := w.waiting(); !strings.Contains(got, "One template for all") {
		t.Error(got)
	}
	open, err := w.stores.Decisions.List(t.Context(), roster.ToDo)
	w.ok(err)
	template, spring := open[0].ID, open[1].ID
	w.has("another date by a stranger", w.send("h4", "roster.redate", template, "due", "2026-12-20"), "not here, or not for you")
	w.has("another date", w.send("h1", "roster.redate", template, "due", "2026-12-20", "owner", string(w.id("h3"))), "Saved")
	w.has("a stranger closes", w.press("h4", "roster.done", template), "not here, or not for you")
	for range 2 {
		w.has("the owner closes", w.press("h3", "roster.done", template), "Done: One template for all")
	}
	w.has("the other end", w.press("lea", "roster.drop", template), "closed already")
	w.has("a date for what is closed", w.send("lea", "roster.redate", template, "due", "2026-12-21"), "closed already")
	w.has("dropped", w.press("lea", "roster.drop", spring), "Dropped: Meet in spring")
	w.has("the list", w.say("h1", "decisions"), "Nothing is open")
	w.until(time.Date(2027, 1, 4, 10, 0, 0, 0, time.UTC))
	w.expect("the next month", "roster/agenda/", 2)
	w.has("no rhythm any more", w.send("lea", "roster.place", "", "place", "test|reps", "rhythm", ""), "No agenda is posted by itself")
	w.until(time.Date(2027, 2, 2, 10, 0, 0, 0, time.UTC))
	w.expect("none", "roster/agenda/", 2)
}
