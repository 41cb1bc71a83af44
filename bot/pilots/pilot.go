package pilots

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

// State is where a pilot stands. The values are stored.
type State string

// The states. Ready is a draft without an open item. Decided and Dropped are the
// end; an extension leads once from Deciding back to Running.
const (
	Draft    State = "draft"
	Ready    State = "ready"
	Running  State = "running"
	Deciding State = "deciding"
	Decided  State = "decided"
	Dropped  State = "dropped"
)

// Over reports whether nothing more can happen to a pilot in this state.
func (s State) Over() bool { return s == Decided || s == Dropped }

// Aim says on which side of the target a reading has to be. The values are stored.
type Aim string

// The aims.
const (
	AtLeast Aim = "at least"
	AtMost  Aim = "at most"
)

// Measure is what a pilot is judged by. The zero Measure is none yet.
type Measure struct {
	Text   string // what is counted, with its unit
	Aim    Aim
	Target int64
}

// Complete reports whether a reading can be held against the measure.
func (m Measure) Complete() bool { return m.Text != "" && (m.Aim == AtLeast || m.Aim == AtMost) }

// Hash is the identity of the measure's text: SHA-256 in hexadecimal.
func (m Measure) Hash() string {
	sum := sha256.Sum256([]byte(m.Text + "\n" + string(m.Aim) + "\n" + strconv.FormatInt(m.Target, 10)))
	return hex.EncodeToString(sum[:])
}

// Fixing is a measure as it was fixed: the first one at the start, each later one
// a change with its reason. Fixings are only ever added.
type Fixing struct {
	Measure
	Hash string // of the measure when it was fixed
	By   bot.PersonID
	At   time.Time
	Why  string // of a change
}

// Holds reports whether the measure still is what was fixed.
func (f Fixing) Holds() bool { return f.Measure.Hash() == f.Hash }

// Personal is the answer to the question about personal data. The values are stored.
type Personal string

// The answers; "" is none yet.
const (
	NoPersonalData Personal = "no"
	PersonalData   Personal = "yes"
)

// Preflight is what is settled before a pilot starts.
type Preflight struct {
	Guideline  bool         `json:"guideline"`    // read, and kept to
	GuidedBy   bot.PersonID `json:"by,omitempty"` // who ticked it
	GuidedAt   time.Time    `json:"at,omitzero"`  // and when
	Clause     string       `json:"clause"`       // the clause that applies, or a link to it
	Personal   Personal     `json:"personal"`     // does it use personal data?
	Safeguards string       `json:"safeguards"`   // which data, and how they are protected
	Elsewhere  string       `json:"elsewhere"`    // an example from elsewhere, if there is one
}

// CheckIn is the sponsor's line of a week. Week 0 is before the first one was
// asked for.
type CheckIn struct {
	Week  int
	Words string
	By    bot.PersonID
	At    time.Time
}

// Reading is a number held against the target.
type Reading struct {
	ID      string
	Value   int64
	On      schedule.Date
	Note    string
	By      bot.PersonID
	At      time.Time
	Answers int // how many participants it is the mean of; 0: the sponsor's own
}

// Choice is what is decided at the end. The values are stored.
type Choice string

// The choices.
const (
	Continue Choice = "continue"
	Scale    Choice = "scale"
	Stop     Choice = "stop"
)

// Verdict is the decision at the end, with its reason. The zero Verdict is none.
type Verdict struct {
	Choice Choice
	Reason string
	By     bot.PersonID
	At     time.Time
}

// Card is a message about a pilot that has to be kept up to date. ID is that of
// its view.
type Card struct {
	Key    string       `json:"key"`
	Kind   string       `json:"kind"`
	ID     string       `json:"id"`
	Person bot.PersonID `json:"person,omitempty"`
	Place  bot.PlaceID  `json:"place,omitempty"`
	Week   int          `json:"week,omitempty"` // of a check-in
	// Settled is the version at which the card said its last word; 0: it still
	// changes.
	Settled int64 `json:"settled,omitempty"`
}

// Pilot is a small, cheap, short trial. SponsorName and SponsorGone are joined
// from the register when the pilot is read and never saved with it.
type Pilot struct {
	ID        string
	Source    string // natural key of what it came from; unique
	Reference string // P-7F3K: for people to quote; unique
	Title     string
	Scope     string
	Audience  string // for whom; flagged when empty
	Benefit   string // what they gain; flagged when empty
	Goal      string // id of the goal that it serves
	Idea      string // id of the idea that it came from; may be empty
	IdeaRef   string // its reference
	Sponsor   bot.PersonID
	Team      []bot.PersonID
	Cost      string        // the most that it may cost
	Starts    schedule.Date // planned; the day on which it did start from then on
	Ends      schedule.Date // the last day
	Measure   Measure       // as it stands now
	Preflight Preflight
	State     State
	Extended  bool // the one extension was used
	Verdict   Verdict
	CreatedBy bot.PersonID
	Created   time.Time
	Started   time.Time
	Week      int          // counts the check-ins that were asked for
	WeekAt    time.Time    // when the newest one became due
	Asked     time.Time    // when the decision was first asked for, this time
	Asks      int          // how often it was asked for, this time
	Told      bool         // leads were told that the decision waits, this time
	Left      bot.PersonID // the sponsor whose leaving leads were told of
	Cards     []Card
	Version   int64

	Fixings  []Fixing
	CheckIns []CheckIn // by week
	Readings []Reading // by On, then At, then ID
	Surveys  []Survey  // by Opened

	// Story is what a verdict makes; the store keeps it in the transaction that
	// saves the pilot, and does not load it again.
	Story *Story

	SponsorName string
	SponsorGone bool // inactive, or no longer in the register
}

// Latest returns the reading that counts: the one of the latest day; false when
// nobody has taken one.
func (p Pilot) Latest() (Reading, bool) {
	if len(p.Readings) == 0 {
		return Reading{}, false
	}
	return p.Readings[len(p.Readings)-1], true
}

// Outcome says how the latest reading stands to the target. The values are stored
// with a story.
type Outcome string

// The outcomes.
const (
	TargetMet    Outcome = "met"
	TargetMissed Outcome = "missed"
	NotMeasured  Outcome = "unknown"
)

// Outcome compares the latest reading with the target.
func (p Pilot) Outcome() Outcome {
	last, ok := p.Latest()
	switch {
	case !ok || !p.Measure.Complete():
		return NotMeasured
	case p.Measure.Aim == AtLeast && last.Value >= p.Measure.Target, p.Measure.Aim == AtMost && last.Value <= p.Measure.Target:
		return TargetMet
	default:
		return TargetMissed
	}
}

// People lists the sponsor and the team, each once.
func (p Pilot) People() []bot.PersonID {
	all := []bot.PersonID{p.Sponsor}
	for _, member := range p.Team {
		if !slices.Contains(all, member) {
			all = append(all, member)
		}
	}
	return all
}

// decisionDay is the first moment after the pilot's last day at which people
// work: 9:00 on the day after.
func (p Pilot) decisionDay(zone *time.Location) time.Time {
	return at(p.Ends.AddDays(1), 9, zone)
}

func at(day schedule.Date, hour int, zone *time.Location) time.Time {
	return time.Date(day.Year, day.Month, day.Day, hour, 0, 0, 0, zone).UTC()
}

// checkInOf returns what was said in a week.
func (p Pilot) checkInOf(week int) (CheckIn, bool) {
	for _, c := range p.CheckIns {
		if c.Week == week {
			return c, true
		}
	}
	return CheckIn{}, false
}

// changed gives the pilot its next version and returns what brings every card up
// to date that still changes.
func (p *Pilot) changed() []bot.Delivery {
	p.Version++
	p.Cards = slices.Clone(p.Cards) // what was loaded stays as it is: a rule may run twice
	var out []bot.Delivery
	for i, card := range p.Cards {
		if card.Settled > 0 {
			continue
		}
		if !p.live(card) {
			p.Cards[i].Settled = p.Version
		}
		out = append(out, p.delivery(card, time.Time{}))
	}
	return out
}

// live reports whether a card still has something to offer.
func (p Pilot) live(card Card) bool {
	switch card.Kind {
	case checkInView:
		_, said := p.checkInOf(card.Week)
		return p.State == Running && card.Week == p.Week && !said
	case surveyView:
		return slices.ContainsFunc(p.Surveys, func(s Survey) bool { return s.Open && surveyID(p.ID, s.ID) == card.ID })
	case decisionView:
		return p.State == Deciding
	default:
		return card.Person == p.Sponsor && !p.State.Over()
	}
}

// delivery is a card at its present version. What the bot writes to a person
// first is a nudge; what somebody had posted in a place was asked for.
func (p Pilot) delivery(card Card, expires time.Time) bot.Delivery {
	class := bot.Nudge
	if card.Place != "" {
		class = bot.Asked
	}
	version := p.Version
	if card.Settled > 0 {
		version = card.Settled
	}
	return bot.Delivery{
		Key: card.Key, To: bot.Address{Person: card.Person, Place: card.Place}, Class: class, Expires: expires,
		View: &bot.View{Kind: card.Kind, ID: card.ID, Version: version},
	}
}

// version returns the version of a view: that at which its cards said their last
// word, else the pilot's.
func (p Pilot) version(kind, id string) int64 {
	for _, card := range p.Cards {
		if card.Kind == kind && card.ID == id && card.Settled > 0 {
			return card.Settled
		}
	}
	return p.Version
}

// post notes a card and returns it. One with a known key changes again.
func (p *Pilot) post(card Card, expires time.Time) bot.Delivery {
	p.Cards = slices.DeleteFunc(slices.Clone(p.Cards), func(c Card) bool { return c.Key == card.Key })
	p.Cards = append(p.Cards, card)
	return p.delivery(card, expires)
}

// Outdated lists the keys of messages that must not go out any more if they have
// not: those that have said their last word, and all but the newest that ask for
// the decision.
func (p Pilot) Outdated() []string {
	newest := map[bot.PersonID]string{}
	for _, card := range p.Cards {
		if card.Kind == decisionView {
			newest[card.Person] = card.Key
		}
	}
	var keys []string
	for _, card := range p.Cards {
		if card.Settled > 0 || card.Kind == decisionView && newest[card.Person] != card.Key {
			keys = append(keys, card.Key)
		}
	}
	return keys
}

// The ids of views: a pilot as one person has it, a week of it, a survey of it,
// and the decision as it is asked for, of one person, before or after the
// extension.
func viewID(pilot string, person bot.PersonID) string { return pilot + "/" + string(person) }

func checkInID(pilot string, week int) string { return fmt.Sprintf("%s/%d", pilot, week) }

func surveyID(pilot, survey string) string { return pilot + "/" + survey }

func (p Pilot) decisionID(person bot.PersonID) string {
	return fmt.Sprintf("%s/%d/%s", p.ID, p.round(), person)
}

// splitID takes the id of a view apart: the pilot's, and what follows it.
func splitID(id string) (pilot, rest string) {
	pilot, rest, _ = strings.Cut(id, "/")
	return pilot, rest
}
