package champions

import (
	"strconv"
	"time"

	"evangelist/bot"
)

// The times of a champion.
const (
	askLife = 14 * 24 * time.Hour // how long the first question may wait to be shown
	lapse   = 28 * 24 * time.Hour // how long it may be answered
	quarter = 91 * 24 * time.Hour
	// questionLife is how long the question of a quarter may wait to be shown. The
	// next one comes so much later than a quarter that they are never nearer.
	questionLife = 7 * 24 * time.Hour
)

// Wish is whom a lead names.
type Wish struct {
	Source string // natural key
	Body   string
	Days   int
	Plan   Plan // the next meeting, if a day is known
}

// Ask names somebody, who is asked privately. The same naming again changes
// nothing.
func (c *Champion) Ask(actor bot.Actor, n Now, w Wish) ([]bot.Delivery, error) {
	if c.May(actor, Name) && c.Source == w.Source && c.State != None {
		return nil, nil
	}
	if err := c.allow(actor, Name); err != nil {
		return nil, err
	}
	switch {
	case n.Gone:
		return nil, ErrNotThere
	case w.Days < 1 || w.Days > maxDays:
		return nil, ErrDays
	case !w.Plan.On.IsZero() && w.Plan.On.Before(dateOf(n)):
		return nil, ErrPast
	}
	c.State, c.Source, c.By, c.Named = Asked, w.Source, actor.Person, n.At
	c.Term++
	c.Leads = []bot.PersonID{actor.Person}
	c.Joined, c.RestUntil, c.Ended, c.Gone = time.Time{}, time.Time{}, time.Time{}, false
	c.Body, c.Days = w.Body, w.Days
	c.Meetings = append([]Meeting(nil), c.Meetings...)
	c.close(c.next(), "")
	c.plan(w.Plan)
	c.Version++
	return []bot.Delivery{c.askCard()}, nil
}

// Take is "I am glad to". A second time changes nothing.
func (c *Champion) Take(actor bot.Actor, n Now) ([]bot.Delivery, error) {
	if c.May(actor, Accept) && c.State.Speaks() {
		return nil, nil
	}
	if err := c.allow(actor, Accept); err != nil {
		return nil, err
	}
	c.State, c.Joined = Active, n.At
	out := c.touched(n)
	return append(out, c.askCard()), nil
}

// Refuse is "Rather not". The lead reads it without a reason. A second time changes
// nothing.
func (c *Champion) Refuse(actor bot.Actor, n Now) ([]bot.Delivery, error) {
	if c.May(actor, Decline) && c.State == Declined {
		return nil, nil
	}
	if err := c.allow(actor, Decline); err != nil {
		return nil, err
	}
	c.State, c.Ended = Declined, n.At
	c.Version++
	return append(c.tell(n, "declined", declinedMessage(c, n)), c.askCard()), nil
}

// The reasons for which an answer to the question of a quarter is refused.
var (
	ErrOld  = &bot.Error{Code: "question-old", Say: "This question is not the last one any more, so nothing was changed. Your page has the buttons for all of it: /evangelist champion page"}
	ErrSaid = &bot.Error{Code: "question-said", Say: "You have answered this question, so nothing was changed. Your page has the buttons to change your mind: /evangelist champion page"}
)

// Answer takes the answer to the question of a quarter. The same again changes
// nothing; ErrSaid after another answer, ErrOld when it is not the last question.
func (c *Champion) Answer(actor bot.Actor, n Now, number string, said Said) ([]bot.Delivery, error) {
	act := map[Said]Act{GoesOn: GoOn, Rests: Rest, Leaves: Leave}[said]
	switch {
	case !c.May(actor, act):
		return nil, bot.ErrNotFound
	case c.Questions == 0 || number != strconv.Itoa(c.Questions):
		return nil, ErrOld
	case c.Said == said:
		return nil, nil
	case c.Said != "":
		return nil, ErrSaid
	case !c.Can(actor, act):
		return nil, c.cannot(act)
	}
	switch said {
	case Rests:
		return c.rest(n), nil
	case Leaves:
		return c.leave(n), nil
	}
	c.Said = GoesOn
	return append(c.touched(n), c.questionCard()), nil
}

// answered settles the question of the quarter where it is open.
func (c *Champion) answered(said Said) []bot.Delivery {
	if c.Questions == 0 || c.Said != "" {
		return nil
	}
	c.Said = said
	return []bot.Delivery{c.questionCard()}
}

// Pause is a rest for a quarter. A second time changes nothing.
func (c *Champion) Pause(actor bot.Actor, n Now) ([]bot.Delivery, error) {
	if c.May(actor, Rest) && c.State == Resting {
		return nil, nil
	}
	if err := c.allow(actor, Rest); err != nil {
		return nil, err
	}
	return c.rest(n), nil
}

// rest sends nothing for a quarter. It ends when the next question may be asked.
func (c *Champion) rest(n Now) []bot.Delivery {
	c.State, c.RestUntil = Resting, n.At.Add(quarter)
	if !c.AskedAt.IsZero() && c.questionAt().After(c.RestUntil) {
		c.RestUntil = c.questionAt()
	}
	out := c.put(n)
	out = append(out, c.answered(Rests)...)
	return append(out, c.tell(n, "rests/"+strconv.FormatInt(c.Version, 10), restsMessage(c, n))...)
}

// put takes a draft back and makes the cards newer.
func (c *Champion) put(n Now) []bot.Delivery {
	c.Meetings = append([]Meeting(nil), c.Meetings...)
	m := c.next()
	drafted := m != nil && m.Briefing.Stage == Drafted
	out := c.touched(n)
	if drafted {
		out = append(out, c.draftCards(m, n)...)
		m.Briefing.takeBack()
	}
	return out
}

// ComeBack ends a rest. A second time changes nothing.
func (c *Champion) ComeBack(actor bot.Actor, n Now) ([]bot.Delivery, error) {
	if c.May(actor, Return) && c.State == Active {
		return nil, nil
	}
	if err := c.allow(actor, Return); err != nil {
		return nil, err
	}
	return c.back(n), nil
}

func (c *Champion) back(n Now) []bot.Delivery {
	c.State, c.RestUntil = Active, time.Time{}
	return c.touched(n)
}

// GoAway is "No longer". A second time changes nothing.
func (c *Champion) GoAway(actor bot.Actor, n Now) ([]bot.Delivery, error) {
	if c.May(actor, Leave) && c.State == Left && !c.Gone {
		return nil, nil
	}
	if err := c.allow(actor, Leave); err != nil {
		return nil, err
	}
	return c.leave(n), nil
}

func (c *Champion) leave(n Now) []bot.Delivery {
	c.State, c.Ended, c.RestUntil = Left, n.At, time.Time{}
	out := c.put(n)
	out = append(out, c.answered(Leaves)...)
	out = append(out, c.ownCard()) // its last state, so that no button stays
	return append(out, c.tell(n, "left", leftMessage(c, n))...)
}

// vanish is somebody whose account is inactive. Nothing more goes to them; leads
// are told once what to do next.
func (c *Champion) vanish(n Now) []bot.Delivery {
	spoke := c.State.Speaks()
	c.State, c.Ended, c.RestUntil, c.Gone = Lapsed, n.At, time.Time{}, true
	if spoke {
		c.State = Left
	}
	return append(c.put(n), c.tell(n, "gone", goneMessage(c, n, spoke))...)
}
