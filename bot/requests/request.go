package requests

import (
	"slices"
	"strconv"
	"time"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

// State is where a request stands.
type State string

// The states. Met and Refused are final and have a reason.
const (
	Open    State = "open"
	Taken   State = "taken" // has an owner and a date
	Met     State = "met"
	Refused State = "refused"
)

// Closed reports whether a state is final.
func (s State) Closed() bool { return s == Met || s == Refused }

// MaxReason is how many runes say what came of a request.
const MaxReason = 500

// DefaultDays is how long an owner has unless somebody says otherwise.
const DefaultDays = 14

// maxDays is how far a date may lie ahead.
const maxDays = 366

// Request is something that an evangelist needs. Its words are read by leads and by
// the owner; Asker is shown to nobody.
type Request struct {
	ID      string
	Title   string // the first line of Words, shortened
	Words   string
	Asker   bot.PersonID
	State   State
	Owner   bot.PersonID  // of Taken; who had it last, once it is closed
	Due     schedule.Date // of Taken
	Since   time.Time     // when it came into its present hands
	Turn    int           // counts the owners
	Warned  int           // how far the reminders of this owner and date are
	Reason  string        // what came of it; empty while open
	Opened  time.Time
	Closed  time.Time
	Cards   []Card
	Version int64 // grows with each change of what a card shows

	OwnerName string // from the register of people; never written
}

// Card is the request as one person has it before them.
type Card struct {
	Key    string       `json:"key"`
	Person bot.PersonID `json:"person"`
	Lead   bool         `json:"lead,omitempty"` // has it as a comms lead, else as the owner
}

// requestView is the kind of the card; it is stored and never changes.
const requestView = "network.request"

func viewID(request string, person bot.PersonID) string { return request + "/" + string(person) }

// Circle is who is there, at the moment of a rule.
type Circle struct {
	Leads []bot.PersonID            // active comms leads
	Here  func(bot.PersonID) bool   // whether somebody is a colleague who can be written to
	Name  func(bot.PersonID) string // for the words of messages
}

// changed brings every card up to date. Cards of people who have nothing to do with
// the request any more are shown so a last time.
func (r *Request) changed() []bot.Delivery {
	r.Version++
	var out []bot.Delivery
	for _, card := range r.Cards {
		class := bot.Nudge
		if card.Lead {
			class = bot.Asked
		}
		out = append(out, bot.Delivery{Key: card.Key, To: bot.Address{Person: card.Person}, Class: class,
			View: &bot.View{Kind: requestView, ID: viewID(r.ID, card.Person), Version: r.Version}})
	}
	r.Cards = slices.DeleteFunc(slices.Clone(r.Cards), func(c Card) bool { return !c.Lead && c.Person != r.Owner })
	return out
}

// key names a message about the request at its present version.
func (r Request) key(what string) string {
	return "request/" + r.ID + "/" + what + "/" + strconv.FormatInt(r.Version, 10)
}

// answer tells whoever asked, if they are still with us. Nothing else is ever sent
// to them.
func (r Request) answer(c Circle, key string, message bot.Message) []bot.Delivery {
	if !c.Here(r.Asker) {
		return nil
	}
	return []bot.Delivery{{Key: key, To: bot.Address{Person: r.Asker}, Class: bot.Answer, Frozen: &message}}
}

// tellLeads has every lead but one know something that they must act on.
func (r Request) tellLeads(c Circle, what string, but bot.PersonID, message bot.Message) []bot.Delivery {
	var out []bot.Delivery
	for _, lead := range c.Leads {
		if lead != but {
			out = append(out, bot.Delivery{Key: r.key(what) + "/" + string(lead), To: bot.Address{Person: lead}, Class: bot.Asked, Frozen: &message})
		}
	}
	return out
}

// The reasons for which a request is not changed.
var (
	ErrDate     = &bot.Error{Code: "request-date", Say: "Choose a day from tomorrow on, within a year."}
	ErrNotThere = &bot.Error{Code: "request-person", Say: "That account is inactive or belongs to another organisation, so nothing was changed. Choose a colleague who is there."}
	ErrOutcome  = &bot.Error{Code: "request-outcome", Say: "Choose what came of it: it is there, or it is not possible."}
	ErrReason   = &bot.Error{Code: "request-reason", Say: "Write one sentence on what came of it. Whoever asked will read it."}
	ErrClosed   = &bot.Error{Code: "request-closed", Say: "Somebody has closed this request already, and whoever asked has been told why. Nothing was changed."}
)

func checkDate(due, today schedule.Date) error {
	if due.IsZero() || !today.Before(due) || today.AddDays(maxDays).Before(due) {
		return ErrDate
	}
	return nil
}

// Take gives the request to the lead who acts. The same again changes nothing.
func (r *Request) Take(actor bot.Actor, due, today schedule.Date, now time.Time, c Circle) ([]bot.Delivery, error) {
	if r.May(actor, Take) && r.State == Taken && r.Owner == actor.Person && r.Due == due {
		return nil, nil
	}
	if err := r.allow(actor, Take); err != nil {
		return nil, err
	}
	if err := checkDate(due, today); err != nil {
		return nil, err
	}
	return r.give(actor, actor.Person, due, today, now, c), nil
}

// Name gives the request to somebody who is told and can say no. Naming the owner
// again with the same date changes nothing.
func (r *Request) Name(actor bot.Actor, to bot.PersonID, due, today schedule.Date, now time.Time, c Circle) ([]bot.Delivery, error) {
	if err := r.allow(actor, Name); err != nil {
		return nil, err
	}
	if !c.Here(to) {
		return nil, ErrNotThere
	}
	if r.State == Taken && r.Owner == to {
		if r.Due == due {
			return nil, nil
		}
		return r.Move(actor, due, today, c)
	}
	if err := checkDate(due, today); err != nil {
		return nil, err
	}
	return r.give(actor, to, due, today, now, c), nil
}

func (r *Request) give(actor bot.Actor, to bot.PersonID, due, today schedule.Date, now time.Time, c Circle) []bot.Delivery {
	r.State, r.Owner, r.Since = Taken, to, now
	r.date(due, today)
	r.OwnerName = c.Name(to)
	r.Turn++
	has := func(card Card) bool { return card.Person == to }
	if to != actor.Person || !slices.ContainsFunc(r.Cards, has) {
		lead := slices.Contains(c.Leads, to) && to == actor.Person
		r.Cards = append(slices.Clone(r.Cards), Card{Key: "request/" + r.ID + "/owner/" + strconv.Itoa(r.Turn), Person: to, Lead: lead})
	}
	out := r.changed()
	if r.Asker != actor.Person {
		out = append(out, r.answer(c, r.key("taken"), takenMessage(*r, false))...)
	}
	return out
}

// date sets the date; its reminder ahead is left out when it would come at once.
func (r *Request) date(due, today schedule.Date) {
	r.Due, r.Warned = due, nothing
	if !today.Before(aheadOf(due)) {
		r.Warned = ahead
	}
}

// Move sets another date. The same again changes nothing.
func (r *Request) Move(actor bot.Actor, due, today schedule.Date, c Circle) ([]bot.Delivery, error) {
	if err := r.allow(actor, Move); err != nil {
		return nil, err
	}
	if r.Due == due {
		return nil, nil
	}
	if err := checkDate(due, today); err != nil {
		return nil, err
	}
	r.date(due, today)
	out := r.changed()
	return append(out, r.answer(c, r.key("moved"), takenMessage(*r, true))...), nil
}

// HandBack makes the request open again; the other leads are told that it needs
// somebody.
func (r *Request) HandBack(actor bot.Actor, now time.Time, c Circle) ([]bot.Delivery, error) {
	if err := r.allow(actor, HandBack); err != nil {
		return nil, err
	}
	return r.free(now, actor.Person, c), nil
}

// free takes the owner away.
func (r *Request) free(now time.Time, by bot.PersonID, c Circle) []bot.Delivery {
	r.State, r.Owner, r.OwnerName, r.Due, r.Since, r.Warned = Open, "", "", schedule.Date{}, now, 0
	out := r.changed()
	return append(out, r.tellLeads(c, "free", by, freeMessage(*r))...)
}

// Close ends the request as Met or Refused, with a reason that whoever asked is
// told. Closing again in the same way changes nothing; in another way is refused.
func (r *Request) Close(actor bot.Actor, state State, reason string, now time.Time, c Circle) ([]bot.Delivery, error) {
	switch {
	case !r.May(actor, Close):
		return nil, bot.ErrNotFound
	case !state.Closed():
		return nil, ErrOutcome
	case reason == "":
		return nil, ErrReason
	case r.State == state && r.Reason == reason:
		return nil, nil
	case !r.Can(Close):
		return nil, ErrClosed
	}
	r.State, r.Reason, r.Closed, r.Due, r.Warned = state, reason, now, schedule.Date{}, 0
	out := r.changed()
	return append(out, r.answer(c, "request/"+r.ID+"/closed", closedMessage(*r))...), nil
}
