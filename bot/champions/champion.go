package champions

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"evangelist/bot"
)

// State is where a champion stands; the values are stored.
type State string

// The states. None is somebody whom nobody has named.
const (
	None     State = ""
	Asked    State = "asked"
	Active   State = "active"
	Resting  State = "resting"
	Declined State = "declined"
	Lapsed   State = "lapsed" // did not answer in time, or left before answering
	Left     State = "left"
)

// Speaks reports whether the person is a champion, resting or not.
func (s State) Speaks() bool { return s == Active || s == Resting }

// Said is the answer to the question of a quarter; empty: none yet.
type Said string

// The answers.
const (
	GoesOn Said = "on"
	Rests  Said = "rest"
	Leaves Said = "leave"
)

// Champion is somebody who speaks for the programme, or was asked to.
type Champion struct {
	ID        string // the person's
	Person    bot.PersonID
	Body      string // the board or body they speak in
	Days      int    // working days from the briefing to the meeting
	State     State
	Term      int    // how often the person was named
	Source    string // natural key of the last naming
	By        bot.PersonID
	Leads     []bot.PersonID // who has the leads' cards
	Named     time.Time
	Joined    time.Time // of this term; zero before
	RestUntil time.Time
	Ended     time.Time
	Gone      bool      // ended because the account is inactive
	Questions int       // how often the person was asked whether it is still right
	AskedAt   time.Time // the last time
	Said      Said      // what was answered to the last question
	Meetings  []Meeting // in the order in which they were set
	Promises  []Pledge  // in the order in which they were made
	Version   int64     // grows with each change of what a card shows
}

// Now is what the rules need to know besides the champion.
type Now struct {
	At    time.Time
	Zone  *time.Location
	Leads []bot.PersonID // active comms leads
	Name  string         // the champion's
	Gone  bool           // the champion's account is inactive, or is none of ours
}

// The kinds of views. They are stored and never change.
const (
	askView      = "champions.ask"      // by champion
	pageView     = "champions.page"     // by champion: the champion's own
	leadView     = "champions.lead"     // by champion: the leads'
	questionView = "champions.question" // by champion and number
	draftView    = "champions.draft"    // by champion and meeting
)

func partID(id, part string) string { return id + "/" + part }

// splitID takes the id of a view or button apart.
func splitID(id string) (champion, part string) {
	champion, part, _ = strings.Cut(id, "/")
	return champion, part
}

func (c *Champion) key(parts ...string) string {
	return "champion/" + c.ID + "/" + strconv.Itoa(c.Term) + "/" + strings.Join(parts, "/")
}

func (c *Champion) view(kind, id string) *bot.View {
	return &bot.View{Kind: kind, ID: id, Version: c.Version}
}

// toChampion is a card for the champion.
func (c *Champion) toChampion(name, kind, id string, class bot.Class, expires time.Time) bot.Delivery {
	return bot.Delivery{Key: c.key(name), To: bot.Address{Person: c.Person}, Class: class, Expires: expires, View: c.view(kind, id)}
}

func (c *Champion) askCard() bot.Delivery {
	return c.toChampion("ask", askView, c.ID, bot.Nudge, c.Named.Add(askLife))
}

func (c *Champion) ownCard() bot.Delivery {
	return c.toChampion("page", pageView, c.ID, bot.Answer, time.Time{})
}

func (c *Champion) questionCard() bot.Delivery {
	n := strconv.Itoa(c.Questions)
	return c.toChampion("question/"+n, questionView, partID(c.ID, n), bot.Nudge, c.AskedAt.Add(questionLife))
}

// watchers are the leads who look after this champion: those who have the cards, or
// all where none of these leads any more.
func (c *Champion) watchers(n Now) []bot.PersonID {
	var still []bot.PersonID
	for _, lead := range c.Leads {
		if slices.Contains(n.Leads, lead) {
			still = append(still, lead)
		}
	}
	if len(still) == 0 {
		return n.Leads
	}
	return still
}

func (c *Champion) leadCards(n Now) []bot.Delivery {
	var out []bot.Delivery
	for _, lead := range c.watchers(n) {
		out = append(out, bot.Delivery{Key: c.key("lead", string(lead)), To: bot.Address{Person: lead}, Class: bot.Asked, View: c.view(leadView, c.ID)})
	}
	return out
}

// draftCards show the briefing of a meeting to leads.
func (c *Champion) draftCards(m *Meeting, n Now) []bot.Delivery {
	var out []bot.Delivery
	if m == nil || m.Briefing.Drafts == 0 {
		return nil
	}
	for _, lead := range c.watchers(n) {
		out = append(out, bot.Delivery{Key: c.key(m.draftName(), string(lead)), To: bot.Address{Person: lead}, Class: bot.Asked,
			View: c.view(draftView, partID(c.ID, strconv.Itoa(m.N)))})
	}
	return out
}

// tell writes a sentence to the leads who look after this champion.
func (c *Champion) tell(n Now, name string, message bot.Message) []bot.Delivery {
	var out []bot.Delivery
	for _, lead := range c.watchers(n) {
		out = append(out, bot.Delivery{Key: c.key(name, string(lead)), To: bot.Address{Person: lead}, Class: bot.Asked, Frozen: &message})
	}
	return out
}

// touched makes the cards of a champion newer: the leads', and the champion's own
// while they speak.
func (c *Champion) touched(n Now) []bot.Delivery {
	c.Version++
	if c.Joined.IsZero() {
		return nil
	}
	out := c.leadCards(n)
	if c.State.Speaks() && !c.Gone {
		out = append(out, c.ownCard())
	}
	return out
}

// Outdated lists the keys of messages that must not go out any more if they have
// not: questions that are settled, drafts that are no more, and all that was meant
// for somebody who has left.
func (c *Champion) Outdated() []string {
	var keys []string
	if c.Term == 0 {
		return nil
	}
	if c.State != Asked {
		keys = append(keys, c.key("ask"))
	}
	if c.Questions > 0 && (c.State != Active || c.Said != "") {
		keys = append(keys, c.key("question", strconv.Itoa(c.Questions)))
	}
	if !c.State.Speaks() {
		keys = append(keys, c.key("page"))
	}
	for i := range c.Meetings {
		m := &c.Meetings[i]
		for _, lead := range c.Leads {
			if m.Over || !c.State.Speaks() {
				keys = append(keys, c.key(m.afterName(), string(lead)))
			}
			if m.Briefing.Drafts > 0 && (m.Briefing.Stage != Drafted || m.Over) {
				keys = append(keys, c.key(m.draftName(), string(lead)))
			}
		}
		if !c.State.Speaks() || m.Over {
			keys = append(keys, c.key(m.briefingName()))
		}
	}
	return keys
}
