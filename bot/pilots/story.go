package pilots

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"evangelist/bot"
)

// Consent is what somebody allows who is to be thanked in a story.
type Consent string

// The kinds of consent. Whoever has not answered is not named.
const (
	Unanswered  Consent = ""
	WithName    Consent = "name"
	WithoutName Consent = "unnamed"
)

// Named is somebody whom a story thanks, with what they allow.
type Named struct {
	Person  bot.PersonID `json:"person"`
	Consent Consent      `json:"consent"`
}

// StoryState is where a story stands. The values are stored.
type StoryState string

// The states of a story. Only an offered one is read by others and goes into an
// edition.
const (
	Drafted  StoryState = "draft"
	Offered  StoryState = "offered"
	Withheld StoryState = "withheld"
)

// Telling is one time that a story was told.
type Telling struct {
	Key  string // natural key: the edition, or the form that noted it
	Whom string
	At   time.Time
}

// editionKey begins the key of a telling by an edition.
const editionKey = "edition/"

// Story is what came of a pilot, in words that others can read: a victory, or an
// equally honest account of a target that was missed. The words name nobody; the
// thanks are made from the consent of those named.
type Story struct {
	ID        string
	Pilot     string // its pilot; unique
	Reference string // the pilot's
	Title     string
	Words     string
	Outcome   Outcome
	Sponsor   bot.PersonID
	Named     []Named
	State     StoryState
	Made      time.Time
	Offered   time.Time
	Version   int64
	Tellings  []Telling // by At
}

// draft makes the story of a pilot that was decided.
func (p Pilot) draft(id string, now time.Time, zone *time.Location) *Story {
	s := &Story{ID: id, Pilot: p.ID, Reference: p.Reference, Title: p.Title, Words: p.account(zone), Outcome: p.Outcome(),
		Sponsor: p.Sponsor, State: Drafted, Made: now, Version: 1}
	for _, person := range p.People() {
		s.Named = append(s.Named, Named{Person: person})
	}
	return s
}

// account tells what was tried, what was wanted, what came of it, and what was
// decided, in this order whether the target was met or not.
func (p Pilot) account(zone *time.Location) string {
	day := func(at time.Time) string { return at.In(zone).Format("2 January 2006") }
	lines := []string{"What we tried: " + sentenceOf(p.Title) + " " + sentenceOf(p.Scope)}
	if p.Audience != "" {
		lines = append(lines, "For whom: "+sentenceOf(p.Audience))
	}
	lines = append(lines, fmt.Sprintf("What we wanted: %s, %s. We fixed that on %s, before we began.", p.Measure.Text, p.Measure.target(), day(p.Started)))
	if n := len(p.Fixings) - 1; n > 0 {
		lines = append(lines, fmt.Sprintf("We changed the measure on the way, %s; the last time on %s, because %s", times(n), day(p.Fixings[n].At), sentenceOf(p.Fixings[n].Why)))
	}
	last, _ := p.Latest()
	switch p.Outcome() {
	case TargetMet:
		lines = append(lines, fmt.Sprintf("What came of it: %d on %s. The target was met.", last.Value, showDate(last.On)))
		if p.Benefit != "" {
			lines = append(lines, "What it gives: "+sentenceOf(p.Benefit))
		}
	case TargetMissed:
		lines = append(lines, fmt.Sprintf("What came of it: %d on %s. The target was missed.", last.Value, showDate(last.On)))
	default:
		lines = append(lines, "What came of it: nobody took a reading, so we do not know whether the target was met.")
	}
	return strings.Join(append(lines, "What we decided: "+p.Verdict.Choice.does()+", because "+sentenceOf(p.Verdict.Reason)), "\n")
}

// sentenceOf ends words like a sentence.
func sentenceOf(words string) string {
	words = strings.TrimSpace(words)
	if words == "" || strings.ContainsAny(words[len(words)-1:], ".!?…") {
		return words
	}
	return words + "."
}

// StoryAct is something that a person does to a story.
type StoryAct string

// The acts on a story.
const (
	SeeStory  StoryAct = "see"
	EditStory StoryAct = "edit" // its words, whether it is offered, and whom it was told to
	Consented StoryAct = "consent"
)

// May reports whether an actor may do an act to the story; a no looks as if there
// were none.
func (s Story) May(actor bot.Actor, act StoryAct) bool {
	if !actor.Has(bot.Colleague) || actor.Person == "" {
		return false
	}
	named := slices.ContainsFunc(s.Named, func(n Named) bool { return n.Person == actor.Person })
	keeps := actor.Has(bot.Lead) || actor.Person == s.Sponsor
	switch act {
	case SeeStory:
		return s.State == Offered || named || keeps
	case EditStory:
		return keeps
	default:
		return named
	}
}

// Told reports whether an edition has told the story.
func (s Story) Told() bool {
	return slices.ContainsFunc(s.Tellings, func(t Telling) bool { return strings.HasPrefix(t.Key, editionKey) })
}

// ErrStoryTold refuses to change words that stand in an edition.
var ErrStoryTold = &bot.Error{Code: "story-told", Say: "An edition has told this story, and what is told stays as it is. Nothing was changed."}

// Rewrite changes the words. The same again changes nothing.
func (s *Story) Rewrite(actor bot.Actor, title, words string) ([]bot.Delivery, error) {
	switch {
	case !s.May(actor, EditStory):
		return nil, bot.ErrNotFound
	case s.Title == title && s.Words == words:
		return nil, nil
	case s.Told():
		return nil, ErrStoryTold
	}
	s.Title, s.Words = title, words
	return s.changed(), nil
}

// Offer lets the next edition tell the story, and lets colleagues read it.
// Offering it again changes nothing.
func (s *Story) Offer(actor bot.Actor, now time.Time) ([]bot.Delivery, error) {
	if !s.May(actor, EditStory) {
		return nil, bot.ErrNotFound
	}
	if s.State == Offered {
		return nil, nil
	}
	s.State, s.Offered = Offered, now
	return s.changed(), nil
}

// Withhold keeps the story from editions and from colleagues. What an edition has
// told is told. Doing it again changes nothing.
func (s *Story) Withhold(actor bot.Actor) ([]bot.Delivery, error) {
	if !s.May(actor, EditStory) {
		return nil, bot.ErrNotFound
	}
	if s.State == Withheld {
		return nil, nil
	}
	s.State = Withheld
	return s.changed(), nil
}

// Allow keeps what somebody named allows; it can be changed at any time. What an
// edition has told is told.
func (s *Story) Allow(actor bot.Actor, consent Consent) ([]bot.Delivery, error) {
	if !s.May(actor, Consented) || consent != WithName && consent != WithoutName {
		return nil, bot.ErrNotFound
	}
	i := slices.IndexFunc(s.Named, func(n Named) bool { return n.Person == actor.Person })
	if s.Named[i].Consent == consent {
		return nil, nil
	}
	s.Named = slices.Clone(s.Named)
	s.Named[i].Consent = consent
	return s.changed(), nil
}

// Note keeps whom the story was told to. A telling with a known key changes
// nothing.
func (s *Story) Note(actor bot.Actor, t Telling) error {
	if !s.May(actor, EditStory) {
		return bot.ErrNotFound
	}
	s.tell(t)
	return nil
}

func (s *Story) tell(t Telling) {
	if !slices.ContainsFunc(s.Tellings, func(known Telling) bool { return known.Key == t.Key }) {
		s.Tellings = append(slices.Clone(s.Tellings), t)
		slices.SortStableFunc(s.Tellings, func(a, b Telling) int { return a.At.Compare(b.At) })
	}
}

// changed gives the story its next version and brings the cards of those named up
// to date.
func (s *Story) changed() []bot.Delivery {
	s.Version++
	return s.ask()
}

// consentLife is how long the question for consent waits to be allowed. Later it
// would ask about what was told long ago; who was not asked is not named.
const consentLife = 28 * 24 * time.Hour

// ask asks each of those named whether the name may stand there; a card that was
// sent shows the newest state instead.
func (s Story) ask() []bot.Delivery {
	var out []bot.Delivery
	for _, n := range s.Named {
		out = append(out, bot.Delivery{Key: "story/" + s.ID + "/" + string(n.Person), To: bot.Address{Person: n.Person}, Class: bot.Nudge,
			Expires: s.Made.Add(consentLife), View: &bot.View{Kind: storyView, ID: viewID(s.ID, n.Person), Version: s.Version}})
	}
	return out
}

// ToldStory is a story as others may read it.
type ToldStory struct {
	ID        string
	Reference string
	Title     string
	Words     string
	Outcome   Outcome
	Thanks    string // "With thanks to …"; those who have not allowed their name are counted only
}

// Tell returns what others may read, and false while the story is not offered.
// Names gives the names of persons; somebody without one is counted only.
func (s Story) Tell(names map[bot.PersonID]string) (ToldStory, bool) {
	told := ToldStory{ID: s.ID, Reference: s.Reference, Title: s.Title, Words: s.Words, Outcome: s.Outcome, Thanks: s.thanks(names)}
	return told, s.State == Offered
}

func (s Story) thanks(names map[bot.PersonID]string) string {
	var parts []string
	others := 0
	for _, n := range s.Named {
		if name := names[n.Person]; n.Consent == WithName && name != "" {
			parts = append(parts, name)
		} else {
			others++
		}
	}
	switch {
	case others == 1 && len(parts) == 0:
		parts = append(parts, "a colleague")
	case others == 1:
		parts = append(parts, "one colleague more")
	case others > 1 && len(parts) == 0:
		parts = append(parts, fmt.Sprintf("%d colleagues", others))
	case others > 1:
		parts = append(parts, fmt.Sprintf("%d colleagues more", others))
	}
	return "With thanks to " + joined(parts) + "."
}
