package network

import (
	"slices"
	"strings"
	"time"

	"evangelist/bot"
)

// Part is what somebody wants to do for the programme.
type Part string

// The parts. NoPart means that the person is not with us.
const (
	NoPart   Part = ""
	Leads    Part = "lead"
	Supports Part = "support"
	Follows  Part = "follow"
)

// ParsePart reads "lead", "support" or "follow", in any case.
func ParsePart(text string) (Part, bool) {
	part := Part(strings.ToLower(strings.TrimSpace(text)))
	return part, part == Leads || part == Supports || part == Follows
}

// Evangelist is somebody who said which part they want. Name, Department and
// Inactive come from the register of people, Last from the rounds; a change of the
// Evangelist does not write them.
type Evangelist struct {
	Person     bot.PersonID
	Part       Part
	Pace       Pace
	Since      time.Time // when the person came, UTC; a change of part keeps it
	Name       string
	Department string // empty when not recorded
	Inactive   bool   // every account of the person is deactivated
	Last       Turn
}

// Asked reports whether questions go to this person: those who lead or support
// and can be reached.
func (e Evangelist) Asked() bool {
	return (e.Part == Leads || e.Part == Supports) && !e.Inactive
}

// callID names the one call that an installation has.
const callID = "call"

// maxCards is how many posted cards of the call are kept up to date.
const maxCards = 20

// Call is the question "who is interested?". There is one; posting it again
// continues it. Version grows whenever a card would show something else.
type Call struct {
	Text    string // the lead's words, empty for ours
	Version int64
	Cards   []Card // the oldest first, at most the last twenty
}

// Card is one place in which the call was posted, under the key of its delivery.
type Card struct {
	Key   string      `json:"key"`
	Place bot.PlaceID `json:"place"`
}

// Choose gives a person another part, NoPart to leave, and brings the posted
// calls up to date. Choosing the same again changes nothing.
func Choose(e *Evangelist, call *Call, part Part, now time.Time) []bot.Delivery {
	if e.Part == part {
		return nil
	}
	if e.Part == NoPart {
		e.Since = now
	}
	e.Part = part
	if len(call.Cards) == 0 {
		return nil
	}
	call.Version++
	return call.deliveries()
}

// Post puts the call into a place, with other words when text is not empty. Key
// is the natural key of this posting: a second one with the same key changes
// nothing.
func (c *Call) Post(key string, place bot.PlaceID, text string) []bot.Delivery {
	if slices.ContainsFunc(c.Cards, func(card Card) bool { return card.Key == key }) {
		return nil
	}
	if text != "" {
		c.Text = text
	}
	c.Version++
	c.Cards = append(c.Cards, Card{Key: key, Place: place})
	if extra := len(c.Cards) - maxCards; extra > 0 {
		c.Cards = slices.Clone(c.Cards[extra:])
	}
	return c.deliveries()
}

func (c *Call) deliveries() []bot.Delivery {
	out := make([]bot.Delivery, 0, len(c.Cards))
	for _, card := range c.Cards {
		out = append(out, bot.Delivery{
			Key: card.Key, To: bot.Address{Place: card.Place}, Class: bot.Asked,
			View: &bot.View{Kind: callView, ID: callID, Version: c.Version},
		})
	}
	return out
}
