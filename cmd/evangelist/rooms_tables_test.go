package main

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

// guests are who takes part in the round tables of these stories.
var guests = []string{"leroy", "farida", "dewi", "grzegorz", "pauline", "crispin", "maureen", "ishbel", "kwabena", "sanjana", "minh", "colm"}

// Two rounds of round tables, from joining to a second seating without a repeated
// pair, by what people type, press and read, on every surface.
func TestRoomsTwoRoundsOfTables(t *testing.T) {
	t.Parallel()
	eachStage(t, func(t *testing.T, st stage) {
		p := &tableParty{T: t, stage: st, names: cast(t)}
		p.gather()
		p.draft()
		p.wishes(p.lay())
		sat := p.company(without(p.goes, p.rests), 1)
		p.learn()
		p.again(sat)
	})
}

// tableParty is a story of round tables on a stage.
type tableParty struct {
	*testing.T
	stage
	names map[string]string
	goes  string // who cannot come the first time
	rests string // who takes a break
	stays string // who sits with goes, and stays
}

func (p *tableParty) gather() {
	for _, person := range guests {
		p.fill(p.tell(person, "/evangelist join", "What would you like?"), map[string]string{"part": "support"})
	}
	p.tell("honor", "/evangelist tables", "not part of it at the moment", "[Take part]", "![Plan now]")
	p.fill(p.tell("leroy", "/evangelist table apart", "nobody else does"), map[string]string{"person": "@farida"}, "You and Farida Noorzai do not share a table")
	p.tell("farida", "/evangelist tables pairs", "!Leroy")
	p.tell("nia", "/evangelist tables pairs", "Leroy Pinnock", "Farida Noorzai", "one of them wishes it")
	p.fill(p.tell("colm", "/evangelist table wish", "Do you take part?"), map[string]string{"format": "Over coffee"}, "You take part", "over coffee")
	p.fill(p.tell("nia", "/evangelist tables", "You see the seating a week before"), map[string]string{"rhythm": "every so often"}, "I don't understand that schedule")
	p.fill(p.tell("nia", "/evangelist tables"), map[string]string{"rhythm": "every 4 weeks on Thursday 12:00"}, "Round tables are set", "for the first time on", "[Plan now]")
}

// draft has the lead look at the proof, exchange two people, and approve.
func (p *tableParty) draft() {
	card := p.direct("nia", "Round tables: a draft", "What this seating does", "[Approve]", "[Move or exchange]")
	for _, level := range []string{"team lead", "officer", "head of"} {
		if strings.Contains(strings.ToLower(card.text), level) {
			p.Errorf("the draft shows a level: %s", card.text)
		}
	}
	order := p.order(card.text)
	if len(order) != len(guests) {
		p.Fatalf("%v are seated by %s", order, card.text)
	}
	left := slices.DeleteFunc(slices.Clone(order), func(id string) bool { return id == "leroy" || id == "farida" })
	one, other := left[0], left[len(left)-1]
	form := p.press(card, "Move or exchange", "Change the seating", "0 lets somebody sit out")
	form = p.fill(form, map[string]string{"person": "@honor", "with": "@" + other}, "This person is not in this draft")
	p.fill(form, map[string]string{"person": "@" + one, "with": "@" + other}, "Round tables: a draft")
	card = p.tell("nia", "/evangelist tables plan", "[Approve]")
	if now := p.order(card.text); slices.Index(now, one) < slices.Index(now, other) {
		p.Errorf("%s and %s did not change places: %v, then %v", one, other, order, now)
	}
	p.tell("dewi", "/evangelist table", "!"+p.names["dewi"], "The next tables are laid on")
	p.press(card, "Send now", "Round tables: approved", "[Take it back]")
	card = p.tell("nia", "/evangelist tables plan", "Round tables: approved")
	p.press(card, "Take it back", "Round tables: a draft")
	p.press(p.tell("nia", "/evangelist tables plan"), "Send now", "Round tables: approved")
}

// order are the guests that a text names, in its order.
func (p *tableParty) order(text string) []string {
	at := map[string]int{}
	for _, id := range guests {
		if n := strings.Index(text, p.names[id]); n >= 0 {
			at[id] = n
		}
	}
	return slices.SortedFunc(maps.Keys(at), func(a, b string) int { return at[a] - at[b] })
}

// without are the guests but some.
func without(some ...string) []string {
	return slices.DeleteFunc(slices.Clone(guests), func(id string) bool { return slices.Contains(some, id) })
}

// company is with whom each of them sits, as their cards say it: at least fewest
// others.
func (p *tableParty) company(people []string, fewest int) map[string][]string {
	p.Helper()
	calm(p.T, p)
	all := map[string][]string{}
	for _, person := range people {
		card := p.table(person, "Your round table", "To talk about", "[Not this time]", "[Swap me]", "[Snooze]", "[Meet another way]")
		all[person] = slices.DeleteFunc(p.order(card.text), func(id string) bool { return id == person })
		if n := len(all[person]); n < fewest || n > 5 {
			p.Errorf("%s sits with %v: %s", person, all[person], card.text)
		}
	}
	for person, others := range all {
		for _, other := range others {
			if with, known := all[other]; known && !slices.Contains(with, person) {
				p.Errorf("%s reads of %s, who reads of %v", person, other, with)
			}
		}
	}
	if slices.Contains(all["leroy"], "farida") {
		p.Error("Leroy and Farida share a table")
	}
	return all
}

// lay has the tables go out.
func (p *tableParty) lay() map[string][]string {
	p.mark()
	p.later(90 * time.Second)
	first := p.company(guests, 2)
	// A draft that she makes by the way, and leaves, does not keep the next round
	// from coming.
	p.tell("nia", "/evangelist tables plan", "Round tables: a draft", "and not before", "[Call off]")
	return first
}

// wishes is what members say of their tables: one cannot come, one takes a break,
// two at different tables want another one, and a table meets another way.
func (p *tableParty) wishes(first map[string][]string) {
	p.goes = "dewi"
	p.stays = first[p.goes][0]
	card := p.table(p.goes, "[Not this time]")
	gone := p.press(card, "Not this time", "Not this time. That is fine", "[Come after all]", "[Take a break]")
	p.table(p.stays, "Your round table", "!"+p.names[p.goes])
	p.press(gone, "Come after all", "Your round table", "[Not this time]")
	p.table(p.stays, "Your round table", p.names[p.goes])
	p.press(p.table(p.goes, "[Not this time]"), "Not this time", "Not this time. That is fine")
	p.table(p.stays, "Your round table", "!"+p.names[p.goes])

	var away []string // who sits neither with dewi nor with the one who rests
	for _, person := range guests {
		if person != p.goes && !slices.Contains(first[p.goes], person) {
			away = append(away, person)
		}
	}
	p.rests = away[0]
	pause := p.press(p.table(p.rests, "[Snooze]"), "Snooze", "For how long?")
	p.fill(pause, map[string]string{"weeks": "Eight weeks"}, "You take a break from round tables")
	p.tell(p.rests, "/evangelist table", "You take a break until", "[My wishes]")

	away = slices.DeleteFunc(away, func(id string) bool { return id == p.rests || slices.Contains(first[p.rests], id) })
	one := away[0]
	other := away[slices.IndexFunc(away, func(id string) bool { return id != one && !slices.Contains(first[one], id) })]
	p.press(p.table(one, "[Swap me]"), "Swap me", "No other table has room at the moment", "your place stays yours")
	p.press(p.table(other, "[Swap me]"), "Swap me", "Your round table", "!"+p.names[first[other][0]])
	p.direct(one, "Your round table", p.names[first[other][0]])
	way := p.press(p.table(p.stays, "[Meet another way]"), "Meet another way", "How do you meet?")
	p.fill(way, map[string]string{"format": "In a thread"}, "You meet in a thread")
	p.table(p.stays, "You meet in a thread")
}

// learn is what comes of the tables.
func (p *tableParty) learn() {
	p.mark()
	days(p.T, p, 7)
	asked := soon(p.T, p, p.stays, 8, "Did you meet?", "Why you:", "[Tell]", "[We did not meet]", "[Less]", "[Never]")
	form := p.press(asked, "Tell", "May we share it?")
	p.fill(form, map[string]string{"met": "Yes", "words": "One list of contacts spares each of us an hour.", "consent": "With my name"}, "Thank you. What you told is kept.", "/evangelist mine")
	p.direct(p.stays, "Thank you for telling us", "![Tell]")
	p.tell("honor", "/evangelist learnings contacts", "One list of contacts spares each of us an hour.", p.names[p.stays], "the round table of")
	for p.theClock().Now().Before(time.Date(2026, time.December, 18, 9, 0, 0, 0, time.UTC)) {
		days(p.T, p, 1)
	}
	for _, person := range []string{p.goes, p.rests} {
		for _, one := range p.sent(person) {
			if one.has("Did you meet?") {
				p.Errorf("%s did not come and is asked: %s", person, one.text)
			}
		}
	}
}

// again is the second round: without who rests, and without a repeated pair.
func (p *tableParty) again(sat map[string][]string) {
	card := p.direct("nia", "Round tables: a draft", "Thursday 24 December", "0 of ", "pairs at a table met in the ", "[Approve]", "!"+p.names[p.rests])
	p.mark()
	p.press(card, "Approve", "Round tables: approved", "It goes out on")
	days(p.T, p, 7)
	for person, others := range p.company(without(p.rests), 2) {
		for _, other := range others {
			if slices.Contains(sat[person], other) {
				p.Errorf("%s sat with %s and does so again: %v, then %v", person, other, sat[person], others)
			}
		}
	}
}
