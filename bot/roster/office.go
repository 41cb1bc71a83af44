package roster

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"time"

	"evangelist/bot"
)

// Post is one of the two places of a department.
type Post string

// The places.
const (
	Representative Post = "representative"
	Deputy         Post = "deputy"
)

// Posts lists both.
func Posts() []Post { return []Post{Representative, Deputy} }

// Holder has a place. The zero Holder means that it is free.
type Holder struct {
	Person bot.PersonID
	By     bot.PersonID // the lead who appointed; who took over has the deputy's
	Since  time.Time
	Told   bool // has the message that tells of the place
}

// OfficeState is what is open about the representative's place.
type OfficeState string

// The states of an Office.
const (
	AtRest    OfficeState = "rest"   // nothing to do
	Vacated   OfficeState = "vacant" // the representative is gone; the next tick looks at it
	Asking    OfficeState = "asking" // the deputy was asked to take it over
	LeadsTurn OfficeState = "leads"  // leads have a card with the next step
)

// Office is a department with its two places.
type Office struct {
	ID             string // OfficeID(Department)
	Department     string
	Representative Holder
	Deputy         Holder
	State          OfficeState
	Asked          time.Time      // when the deputy was asked, or the leads' turn began
	Round          int            // counts questions to deputies and cards for leads
	Leads          []bot.PersonID // who has the card of this round
	Hole           time.Time      // since when nobody leads or supports; zero: somebody does
	Version        int64
}

// OfficeID names the office of a department. It is a pure function.
func OfficeID(department string) string {
	sum := sha256.Sum256([]byte(department))
	return hex.EncodeToString(sum[:8])
}

// NewOffice is the office of a department in which nobody was appointed yet.
func NewOffice(department string) Office {
	return Office{ID: OfficeID(department), Department: department, State: AtRest}
}

// holder returns a place.
func (o *Office) holder(post Post) *Holder {
	if post == Deputy {
		return &o.Deputy
	}
	return &o.Representative
}

// Holds returns the place that a person has, "" for none.
func (o *Office) Holds(person bot.PersonID) Post {
	for _, post := range Posts() {
		if person != "" && o.holder(post).Person == person {
			return post
		}
	}
	return ""
}

// placeKey names the message that tells a holder of the place.
func (o *Office) placeKey(post Post) string {
	return "roster/place/" + o.ID + "/" + string(post) + "/" + strconv.FormatInt(o.holder(post).Since.UnixMicro(), 10)
}

func (o *Office) placeCard(post Post) bot.Delivery {
	h := *o.holder(post)
	return bot.Delivery{Key: o.placeKey(post), To: bot.Address{Person: h.Person}, Class: bot.Nudge, Expires: h.Since.Add(tellFor),
		View: &bot.View{Kind: placeView, ID: o.ID + "/" + string(post) + "/" + string(h.Person), Version: o.Version}}
}

func askKey(id string, round int) string { return "roster/takeover/" + id + "/" + strconv.Itoa(round) }

func (o *Office) askCard() bot.Delivery {
	return bot.Delivery{Key: askKey(o.ID, o.Round), To: bot.Address{Person: o.Deputy.Person}, Class: bot.Nudge, Expires: o.Asked.Add(sendFor),
		View: &bot.View{Kind: takeoverView, ID: o.ID + "/" + strconv.Itoa(o.Round) + "/" + string(o.Deputy.Person), Version: o.Version}}
}

func (o *Office) leadCards() []bot.Delivery {
	var out []bot.Delivery
	for _, lead := range o.Leads {
		out = append(out, bot.Delivery{Key: "roster/office/" + o.ID + "/" + strconv.Itoa(o.Round) + "/" + string(lead), To: bot.Address{Person: lead}, Class: bot.Asked,
			View: &bot.View{Kind: officeView, ID: o.ID, Version: o.Version}})
	}
	return out
}

// Outdated names messages that must not go out any more.
func (o *Office) Outdated() []string {
	var keys []string
	for round := max(1, o.Round-1); round <= o.Round; round++ {
		if round < o.Round || o.State != Asking {
			keys = append(keys, askKey(o.ID, round))
		}
	}
	return keys
}

// Appointment is what Appoint needs to know besides the office.
type Appointment struct {
	Post      Post
	Person    bot.Person
	Elsewhere bool   // the lead says that the record of the department is wrong
	Other     string // a place of another department that the person has already
	Gone      map[bot.PersonID]bool
}

// Appoint gives a place to a colleague of the department, who is told and can say
// no. The same again changes nothing. Who is the deputy can become representative.
func (o *Office) Appoint(actor bot.Actor, a Appointment, who *Guest, now time.Time) ([]bot.Delivery, error) {
	if err := o.allow(actor, Appoint); err != nil {
		return nil, err
	}
	held := o.holder(a.Post)
	switch {
	case held.Person == a.Person.ID:
		return nil, nil
	case a.Person.Inactive || a.Person.Outside:
		return nil, bot.Refuse("person", "That is no active account of this organisation, so nothing was changed. Choose a colleague who is there.")
	case a.Other != "":
		return nil, bot.Refuse("person", a.Person.Name+" is "+a.Other+" already. Release that place first, or choose somebody else.")
	case who.Office != "" && who.Office != o.ID: // given by another lead at this moment
		return nil, bot.Refuse("person", a.Person.Name+" has a place in another department already. Release that place first, or choose somebody else.")
	case a.Post == Deputy && o.Representative.Person == a.Person.ID:
		return nil, bot.Refuse("person", a.Person.Name+" is the representative here. Choose another colleague as deputy, or release the representative first.")
	case held.Person != "" && !a.Gone[held.Person]:
		return nil, bot.Refuse("which", o.Department+" has a "+string(a.Post)+" already, and there is one at most. Release that place first: choose so here.")
	case !a.Elsewhere && a.Person.Department != o.Department:
		return nil, bot.Refuse("person", a.Person.Name+" is recorded in "+orNone(a.Person.Department)+". Choose somebody of "+o.Department+"; if the record is wrong, tick the last field.")
	case who.SaidNo.After(now.Add(-quarter)):
		return nil, bot.Refuse("person", a.Person.Name+" would rather not at the moment. You can appoint "+a.Person.Name+" again from "+date(who.SaidNo.Add(quarter))+".")
	}
	o.Version++
	out := o.vacateCards(a.Post)
	if o.State == Asking {
		out = append(out, o.askCard())
	}
	if a.Post == Representative && o.Deputy.Person == a.Person.ID {
		out = append(out, o.vacateCards(Deputy)...)
		o.Deputy = Holder{}
	}
	*held = Holder{Person: a.Person.ID, By: actor.Person, Since: now, Told: true}
	switch {
	case a.Post == Representative:
		o.State = AtRest
	case o.State == Asking:
		o.State = Vacated
	}
	return append(append(out, o.placeCard(a.Post)), o.leadCards()...), nil
}

// vacateCards brings the card of whoever has a place up to date before it is lost.
func (o *Office) vacateCards(post Post) []bot.Delivery {
	if h := o.holder(post); h.Person == "" || !h.Told {
		return nil
	}
	return []bot.Delivery{o.placeCard(post)}
}

// settle ends what was open when the representative is there again.
func (o *Office) settle() []bot.Delivery {
	var out []bot.Delivery
	if o.State == Asking && o.Deputy.Person != "" {
		out = append(out, o.askCard())
	}
	o.State = AtRest
	return append(out, o.leadCards()...)
}

// free takes a place away from whoever has it.
func (o *Office) free(post Post) []bot.Delivery {
	o.Version++
	out := o.vacateCards(post)
	switch {
	case post == Representative && o.State != Asking && (o.State != LeadsTurn || o.Deputy.Person != ""):
		o.State = Vacated // the next tick asks the deputy, or shows leads the next step
	case post == Deputy && o.State == Asking:
		out = append(out, o.askCard())
		o.State = Vacated
	}
	*o.holder(post) = Holder{}
	return append(out, o.leadCards()...)
}

// Release frees a place. Whoever had it is told. Again changes nothing.
func (o *Office) Release(actor bot.Actor, post Post, gone map[bot.PersonID]bool) ([]bot.Delivery, error) {
	if err := o.allow(actor, Release); err != nil {
		return nil, err
	}
	had := *o.holder(post)
	if had.Person == "" {
		return nil, nil
	}
	key := o.placeKey(post) + "/released"
	out := o.free(post)
	if !gone[had.Person] && had.Person != actor.Person {
		message := releasedMessage(o.Department, post, actor)
		out = append(out, bot.Delivery{Key: key, To: bot.Address{Person: had.Person}, Class: bot.Nudge, Frozen: &message})
	}
	return out, nil
}

// StepDown frees one's own place. With no, somebody who was just appointed says so:
// then nobody appoints them again for a quarter. Leads are told.
func (o *Office) StepDown(actor bot.Actor, post Post, no bool, who *Guest, leads []bot.PersonID, now time.Time) ([]bot.Delivery, error) {
	if err := o.allow(actor, StepDown); err != nil {
		return nil, err
	}
	if actor.Person == "" || o.holder(post).Person != actor.Person || who.Person != actor.Person {
		return nil, bot.ErrNotFound
	}
	key := o.placeKey(post) + "/free/"
	if no {
		who.SaidNo = now
	}
	out := o.free(post)
	if post == Representative {
		return out, nil
	}
	for _, lead := range leads {
		if lead != actor.Person {
			message := deputyFreeMessage(*o)
			out = append(out, bot.Delivery{Key: key + string(lead), To: bot.Address{Person: lead}, Class: bot.Asked, Frozen: &message})
		}
	}
	return out, nil
}

// TakeOver makes the deputy who was asked the representative. Again changes nothing.
func (o *Office) TakeOver(actor bot.Actor, now time.Time) ([]bot.Delivery, error) {
	if !o.May(actor, TakeOver) {
		return nil, bot.ErrNotFound
	}
	if o.Representative.Person == actor.Person {
		return nil, nil
	}
	if !o.Can(TakeOver) {
		return nil, o.cannot()
	}
	o.Version++
	out := append(o.vacateCards(Representative), o.vacateCards(Deputy)...)
	out = append(out, o.askCard())
	o.Representative, o.Deputy = Holder{Person: actor.Person, By: o.Deputy.By, Since: now}, Holder{}
	o.State = AtRest
	return append(out, o.leadCards()...), nil
}

// NotMe is the deputy's other answer: leads decide. Again changes nothing.
func (o *Office) NotMe(actor bot.Actor, now time.Time) ([]bot.Delivery, error) {
	if !o.May(actor, NotMe) || o.Deputy.Person != actor.Person {
		return nil, bot.ErrNotFound
	}
	if o.State == LeadsTurn {
		return nil, nil
	}
	if !o.Can(NotMe) {
		return nil, o.cannot()
	}
	o.Version++
	out := []bot.Delivery{o.askCard()}
	o.leadsTurn(now)
	return out, nil
}

func (o *Office) leadsTurn(now time.Time) {
	o.State, o.Asked, o.Leads = LeadsTurn, now, nil
	o.Round++
}

// Facts are what a tick needs to know besides the office.
type Facts struct {
	Gone  map[bot.PersonID]bool // cannot be reached, and no lead keeps the place for them
	Away  map[bot.PersonID]bool // cannot be reached, whether or not
	Leads []bot.PersonID        // active comms leads
	Hole  bool                  // nobody leads or supports
	Empty bool                  // nobody is recorded in the department any more
}

// Tick does the next thing that time or the register asks for, one at a time, and
// reports whether there was one: it is called until there is none. Who is the
// deputy as a Guest.
func (o *Office) Tick(now time.Time, f Facts, who *Guest) (out []bot.Delivery, moved bool) {
	if f.Hole == o.Hole.IsZero() {
		o.Hole = time.Time{}
		if f.Hole {
			o.Hole = now
		}
		return nil, true
	}
	there := func(h Holder) bool { return h.Person != "" && !f.Gone[h.Person] }
	deputy := o.Deputy.Person != "" && !f.Away[o.Deputy.Person]
	switch {
	case o.State == AtRest && (o.Representative.Person == "" || there(o.Representative)):
		return nil, false
	case o.State == AtRest: // the account is switched off: nobody is asked before a lead says so
		o.Version++
		o.leadsTurn(now)
		return nil, true
	case there(o.Representative), f.Empty && o.Representative.Person == "" && o.Deputy.Person == "":
		o.Version++
		return o.settle(), true
	case o.State == Vacated && deputy && who.Person == o.Deputy.Person && who.Free(now):
		o.Version++
		o.Round++
		o.State, o.Asked, o.Leads, who.Last = Asking, now, nil, now
		return []bot.Delivery{o.askCard()}, true
	case o.State == Vacated:
		o.Version++
		o.leadsTurn(now)
		return nil, true
	case o.State == Asking && !deputy:
		o.State = Vacated
		return nil, true
	case o.State == Asking && !now.Before(o.Asked.Add(answerFor)):
		o.Version++
		out = []bot.Delivery{o.askCard()}
		o.leadsTurn(now)
		return out, true
	case o.State == LeadsTurn:
		return o.greet(f.Leads)
	}
	return nil, false
}

// greet shows the card to leads who do not have it yet, and no longer to those who
// lead no more.
func (o *Office) greet(leads []bot.PersonID) ([]bot.Delivery, bool) {
	fresh := slices.DeleteFunc(slices.Clone(leads), func(id bot.PersonID) bool { return slices.Contains(o.Leads, id) })
	still := stillLead(o.Leads, leads)
	if len(fresh) == 0 && len(still) == len(o.Leads) {
		return nil, false
	}
	o.Leads = append(still, fresh...)
	o.Version++
	return o.leadCards(), true
}

// NextAt is when time asks for something; zero: nothing.
func (o *Office) NextAt() time.Time {
	if o.State == Asking {
		return o.Asked.Add(answerFor)
	}
	return time.Time{}
}
