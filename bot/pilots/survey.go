package pilots

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

// fewest is how many participants must have answered before their numbers become
// a reading: below it somebody's own number could be read out of it.
const fewest = 5

// surveyLife is how long participants can answer.
const surveyLife = 7 * 24 * time.Hour

// maxNumber bounds what a reading, a target and an answer can be, on both sides.
const maxNumber = 1_000_000_000_000

// Survey asks participants for a number each. When it closes their mean becomes a
// reading and what each of them said is forgotten.
type Survey struct {
	ID       string
	Question string
	Place    bot.PlaceID
	Opened   time.Time
	Closes   time.Time
	Open     bool
	Few      bool           // closed with fewer answers than can be shown
	Answers  []Contribution // while it is open, by person
}

// Contribution is one participant's number.
type Contribution struct {
	Person bot.PersonID
	Value  int64
}

// The reasons for which a survey or an answer is refused.
var (
	ErrSurveyOpen = &bot.Error{Code: "survey-open", Say: "Participants are being asked already. Wait until that question closes, so that nobody is asked twice."}
	ErrSurveyOver = &bot.Error{Code: "survey-over", Say: "This question has closed, so your number was not kept. Thank you all the same."}
)

// AskThem opens a survey and posts it to its place. One with a known id changes
// nothing; one at a time.
func (p *Pilot) AskThem(actor bot.Actor, s Survey, now time.Time) ([]bot.Delivery, error) {
	if err := p.allow(actor, AskThem); err != nil {
		return nil, err
	}
	for _, known := range p.Surveys {
		if known.ID == s.ID {
			return nil, nil
		}
		if known.Open {
			return nil, ErrSurveyOpen
		}
	}
	s.Opened, s.Closes, s.Open = now, now.Add(surveyLife), true
	p.Surveys = append(slices.Clone(p.Surveys), s)
	out := p.changed()
	return append(out, p.post(Card{Key: "pilot/" + p.ID + "/survey/" + s.ID, Kind: surveyView, ID: surveyID(p.ID, s.ID), Place: s.Place}, time.Time{})), nil
}

// Give keeps a participant's number; another one takes its place.
func (p *Pilot) Give(actor bot.Actor, survey string, value int64, now time.Time) ([]bot.Delivery, error) {
	if !p.May(actor, Give) || actor.Person == "" {
		return nil, bot.ErrNotFound
	}
	i := slices.IndexFunc(p.Surveys, func(s Survey) bool { return s.ID == survey })
	if i < 0 {
		return nil, bot.ErrNotFound
	}
	if s := p.Surveys[i]; !p.Can(Give) || !s.Open || !now.Before(s.Closes) {
		return nil, ErrSurveyOver
	}
	p.Surveys = slices.Clone(p.Surveys)
	s := &p.Surveys[i]
	s.Answers = slices.DeleteFunc(slices.Clone(s.Answers), func(a Contribution) bool { return a.Person == actor.Person })
	s.Answers = append(s.Answers, Contribution{Person: actor.Person, Value: value})
	slices.SortFunc(s.Answers, func(a, b Contribution) int { return cmp.Compare(a.Person, b.Person) })
	return nil, nil
}

// closeSurveys closes the surveys that are due, or all of them, and reports
// whether there was one.
func (p *Pilot) closeSurveys(now time.Time, zone *time.Location, all bool) bool {
	closed := false
	p.Surveys = slices.Clone(p.Surveys)
	for i := range p.Surveys {
		s := &p.Surveys[i]
		if !s.Open || !all && now.Before(s.Closes) {
			continue
		}
		closed = true
		s.Open, s.Few = false, len(s.Answers) < fewest
		if !s.Few {
			p.keep(Reading{ID: "survey/" + s.ID, Value: mean(s.Answers), On: schedule.DateOf(now, zone),
				Note: fmt.Sprintf("Mean of what %d participants said.", len(s.Answers)), By: p.Sponsor, At: now, Answers: len(s.Answers)})
		}
		s.Answers = nil
	}
	return closed
}

// mean is the mean of the answers, rounded to the nearest whole number.
func mean(answers []Contribution) int64 {
	sum, n := int64(0), int64(len(answers))
	for _, a := range answers {
		sum += a.Value
	}
	half := n / 2
	if sum < 0 {
		half = -half
	}
	return (sum + half) / n
}
