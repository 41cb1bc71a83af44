package mandates

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"evangelist/bot"
)

// Times of a mandate.
const (
	lastsYears  = 1
	renewBefore = 30 * 24 * time.Hour // when its owner is asked whether to renew it
)

// The kinds of views. They are stored and never change.
const (
	reviewView   = "mandate.review" // for whoever is to sign
	mineView     = "mandate.mine"   // for whom it is about
	resourceView = "mandate.resource"
)

// Wish is what somebody asks for in a letter.
type Wish struct {
	Amount   string       // one of amounts
	Freedoms []string     // of freedoms
	Words    string       // what it is for, in the owner's words; may be empty
	Signer   bot.PersonID // empty when gone from the register
}

// Mandate is a letter for somebody's manager.
type Mandate struct {
	ID     string
	Source string       // natural key of the form that asked for it; unique
	Person bot.PersonID // whom it is about, and who alone hands it over
	State  State
	Wish
	Wishes   int // counts changes of the wish, so that nobody signs one that they did not read
	Question string
	Orphan   bool // the account of whoever is to sign is switched off
	Offered  bool // its owner was asked whether to renew it
	Declined bool // and lets it run out
	Told     int  // how many answers its owner got
	Asked    time.Time
	Signed   time.Time
	Until    time.Time // zero before it is signed
	Version  int64
}

// New returns a mandate as somebody asks for it, with the card for whoever is to
// sign.
func NewMandate(id, source string, person bot.PersonID, wish Wish, now time.Time) (Mandate, []bot.Delivery) {
	m := Mandate{ID: id, Source: source, Person: person, State: Asked, Wish: wish, Wishes: 1, Asked: now, Version: 1}
	return m, m.review()
}

// review is the card of whoever is to sign.
func (m Mandate) review() []bot.Delivery {
	if m.Signer == "" {
		return nil
	}
	return []bot.Delivery{{
		Key: "mandate/" + m.ID + "/review/" + string(m.Signer), To: bot.Address{Person: m.Signer}, Class: bot.Asked,
		View: &bot.View{Kind: reviewView, ID: m.ID + "/" + string(m.Signer), Version: m.Version},
	}}
}

// mine brings the owner's cards up to date; they are as many as there were answers.
func (m Mandate) mine() []bot.Delivery {
	var out []bot.Delivery
	for n := 1; n <= m.Told; n++ {
		out = append(out, m.toOwner(strconv.Itoa(n), bot.Answer, time.Time{}))
	}
	if m.Offered {
		out = append(out, m.toOwner("renew", bot.Nudge, m.Until))
	}
	return out
}

func (m Mandate) toOwner(part string, class bot.Class, expires time.Time) bot.Delivery {
	return bot.Delivery{
		Key: "mandate/" + m.ID + "/mine/" + part, To: bot.Address{Person: m.Person}, Class: class, Expires: expires,
		View: &bot.View{Kind: mineView, ID: m.ID, Version: m.Version},
	}
}

// tell gives the owner a new card.
func (m *Mandate) tell() []bot.Delivery {
	m.Told++
	return m.mine()
}

// changed makes every card newer.
func (m *Mandate) changed() []bot.Delivery {
	m.Version++
	return append(m.review(), m.mine()...)
}

func (w Wish) equal(other Wish) bool {
	return w.Amount == other.Amount && w.Words == other.Words && w.Signer == other.Signer && slices.Equal(w.Freedoms, other.Freedoms)
}

// Rewrite changes what is asked for, and answers a question by it. The same wish
// again changes nothing while it waits.
func (m *Mandate) Rewrite(actor bot.Actor, wish Wish) ([]bot.Delivery, error) {
	if err := m.allow(actor, Change); err != nil {
		return nil, err
	}
	if m.State == Asked && m.equal(wish) {
		return nil, nil
	}
	m.Version++
	var out []bot.Delivery
	if wish.Signer != m.Signer {
		out = m.review() // the card of the one before says that it is theirs no more
	}
	m.Wish, m.State, m.Orphan = wish, Asked, false
	m.Wishes++
	return slices.Concat(out, m.review(), m.mine()), nil
}

// Retract withdraws the letter. A second time changes nothing.
func (m *Mandate) Retract(actor bot.Actor) ([]bot.Delivery, error) {
	if m.May(actor, Withdraw) && m.State == Withdrawn {
		return nil, nil
	}
	if err := m.allow(actor, Withdraw); err != nil {
		return nil, err
	}
	m.State = Withdrawn
	return m.changed(), nil
}

// LetGo lets the letter run out when its year is over. A second time changes nothing.
func (m *Mandate) LetGo(actor bot.Actor) ([]bot.Delivery, error) {
	if err := m.allow(actor, Decline); err != nil || m.Declined {
		return nil, err
	}
	m.Declined = true
	m.Version++
	return m.mine(), nil
}

// ErrMoved means that the wish changed since it was read.
var ErrMoved = &bot.Error{Code: "mandate-moved", Say: "The wish was changed after you opened this card, so nothing was signed. Look at it again, please."}

// SignIt signs the wish that was read. A second time changes nothing.
func (m *Mandate) SignIt(actor bot.Actor, read int, now time.Time) ([]bot.Delivery, error) {
	if m.May(actor, Sign) && m.State == Signed && m.Wishes == read {
		return nil, nil
	}
	if err := m.allow(actor, Sign); err != nil {
		return nil, err
	}
	if m.Wishes != read {
		return nil, ErrMoved
	}
	m.State, m.Signed, m.Until, m.Question = Signed, now, now.AddDate(lastsYears, 0, 0), ""
	m.Version++
	return append(m.review(), m.tell()...), nil
}

// GiveBack returns the wish with a question. The same question again changes
// nothing.
func (m *Mandate) GiveBack(actor bot.Actor, question string) ([]bot.Delivery, error) {
	if m.May(actor, Return) && m.State == Returned && m.Question == question {
		return nil, nil
	}
	if err := m.allow(actor, Return); err != nil {
		return nil, err
	}
	m.State, m.Question = Returned, question
	m.Version++
	return append(m.review(), m.tell()...), nil
}

// Facts are what Tick needs to know besides the mandate.
type Facts struct {
	OwnerGone  bool // the account is switched off
	SignerGone bool
	Newer      bool // a later letter of the same person is signed
}

// Due is when time asks for something; zero: nothing.
func (m Mandate) Due() time.Time {
	switch {
	case m.State != Signed:
		return time.Time{}
	case !m.Offered:
		return m.Until.Add(-renewBefore)
	}
	return m.Until
}

// Tick does what time or the register asks for, and reports whether anything
// changed.
func (m *Mandate) Tick(now time.Time, f Facts) (out []bot.Delivery, moved bool) {
	open := m.State == Asked || m.State == Returned
	switch {
	case f.OwnerGone && (open || m.State == Signed): // quietly: nobody is told
		m.State = Withdrawn
		m.Version++
		return m.review(), true
	case open && f.SignerGone && !m.Orphan:
		m.Orphan = true
		m.Version++
		return m.tell(), true
	case open && !f.SignerGone && m.Orphan:
		m.Orphan = false
		return m.changed(), true
	case m.State != Signed:
		return nil, false
	case f.Newer || !m.Until.After(now):
		m.State = Expired
		return m.changed(), true
	case !m.Offered && !m.Until.Add(-renewBefore).After(now):
		m.Offered = true
		m.Version++
		return m.mine(), true
	}
	return nil, false
}

// Address is the path of the letter on our web.
func (m Mandate) Address() string { return Page + "/" + m.ID }

// Page is where letters stand on our web, each with its id behind it.
const Page = "/mandates"

// sign is what the button that signs carries: the wish that is on the card.
func (m Mandate) signArg() string { return fmt.Sprintf("%s/%d", m.ID, m.Wishes) }
