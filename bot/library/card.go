package library

import (
	"strings"
	"time"

	"evangelist/bot"
)

// inChat is how many matches a reply in chat shows.
const inChat = 5

// foundMessage answers a search in chat.
func (f *Feature) foundMessage(words string, found []Entry) bot.Message {
	said := Within(line(words, maxQuery), 60)
	switch {
	case len(found) == 0 && said == "":
		return titled("What worked", paragraph("Nothing yet. What colleagues learn and allow to be shared, stories of pilots, and links that were used will stand here. To keep an example from elsewhere: ",
			bot.Mono("/evangelist example ADDRESS")))
	case len(found) == 0:
		return titled("What worked", paragraph("Nothing has all of these words: "+said+". Try fewer, or ", bot.Mono("/evangelist worked"), " for the newest."))
	}
	message := titled("What worked")
	for _, e := range found[:min(len(found), inChat)] {
		message.Blocks = append(message.Blocks, f.listed(e))
	}
	all := count(len(found), "entry", "entries")
	if said != "" {
		all = count(len(found), "entry has", "entries have") + " these words"
	}
	message.Blocks = append(message.Blocks, note(all+". ", bot.To("Search and read all of them on the page", f.Organisation.Page(Query{Words: words}.Address())), "."))
	return message
}

// listed is an entry in a list.
func (f *Feature) listed(e Entry) bot.Link {
	meta := e.Kind.Label() + " · " + bot.ShowTime(e.When, bot.DateStyle, f.Organisation.Zone)
	if by := e.By(); by != "" {
		meta += " · " + by
	}
	link := bot.Link{Title: e.Heading(), URL: f.Organisation.Page(e.Page()), Meta: meta}
	if words := Within(line(e.Words, 0), maxShown); words != "" && words != link.Title {
		link.Lines = append(link.Lines, bot.T(words))
	}
	return link
}

// EntryMessage shows one entry: its words, who is thanked, and whom it was told to,
// with the buttons that the actor may press.
func EntryMessage(e Entry, actor bot.Actor, now time.Time) bot.Message {
	message := titled(e.name(), quote(e))
	if e.URL != "" && bot.SafeAddress(e.URL) {
		message.Blocks = append(message.Blocks, paragraph(bot.To(host(e.URL), e.URL)))
	}
	message.Blocks = append(message.Blocks, note(e.Kind.Label()+", ", bot.Moment(e.When, bot.DateStyle)), section("Told to"))
	tells := e.May(actor, Tell)
	if len(e.Told) == 0 {
		message.Blocks = append(message.Blocks, paragraph("Nobody yet, as far as was noted."))
	} else {
		var list bot.List
		for _, t := range e.Told {
			list.Items = append(list.Items, t.line(now))
		}
		message.Blocks = append(message.Blocks, list)
	}
	var row bot.Actions
	if tells {
		row.Buttons = append(row.Buttons, bot.Button{Command: "library.told", Arg: e.ID, Label: "Note whom it was told to"})
		if last, ok := e.lastNoted(); ok {
			row.Buttons = append(row.Buttons, bot.Button{Command: "library.untold", Arg: e.ID + "/" + last.Key, Label: "Strike the last note",
				Confirm: "Strike the note about " + Within(last.Whom, 60) + "?"})
		}
	}
	if e.May(actor, TakeBack) {
		row.Buttons = append(row.Buttons, bot.Button{Command: "library.takeback", Arg: e.ID, Label: "Take it back", Tone: bot.Danger,
			Confirm: "Take this example back? Nobody reads it from now on, and its words are forgotten."})
	}
	if len(row.Buttons) > 0 {
		message.Blocks = append(message.Blocks, row)
	}
	return message
}

// lastNoted is the latest telling that was noted here.
func (e Entry) lastNoted() (Telling, bool) {
	for i := len(e.Told) - 1; i >= 0; i-- {
		if strings.HasPrefix(e.Told[i].Key, notedKey) {
			return e.Told[i], true
		}
	}
	return Telling{}, false
}

// line says whom and when.
func (t Telling) line(now time.Time) bot.Spans {
	line := bot.Line(t.Whom)
	if t.Department != "" {
		line = append(line, bot.T(" ("+t.Department+")")...)
	}
	on := ", on "
	if t.At.After(now) {
		on = ", planned for "
	}
	line = append(line, bot.Line(on, bot.Moment(t.At, bot.DateStyle))...)
	if t.Fresh != "" {
		line = append(line, bot.Line(": ", bot.Emphasis(t.Fresh))...)
	}
	return line
}

// quote is an entry's words with who is thanked.
func quote(e Entry) bot.Block {
	text := bot.T(e.Words)
	if e.Words == "" {
		text = bot.T(e.Heading())
	}
	q := bot.Quote{Text: text}
	if by := e.By(); by != "" {
		q.By = bot.T(by)
	}
	return q
}

// keptMessage is the last page of the form of an example.
func (f *Feature) keptMessage(x Example) bot.Message {
	who := "It says: kept by a colleague."
	if x.Consent == WithName {
		who = "Your name stands with it."
	}
	e, _ := x.entry(nil)
	return titled("The example is kept", paragraph("Colleagues find it under ", bot.Mono("/evangelist worked"), ", and it is offered where something like it is prepared. "+who),
		paragraph(bot.To("See all examples", f.Organisation.Page(Query{Kind: Elsewhere}.Address()))),
		bot.Actions{Buttons: []bot.Button{{Command: "library.show", Arg: e.ID, Label: "Show it"}}})
}

// proposalMessage is the card for leads. Once it is decided it shows nothing of the
// entry's words, which may be taken back later.
func (f *Feature) proposalMessage(p Proposal, e Entry, there bool) bot.Message {
	title := "Worth telling again?"
	link := paragraph(bot.To("The entry in the library", f.Organisation.Page(Entry{ID: p.Entry}.Page())))
	switch {
	case p.State == Lapsed, !there && !p.State.Over():
		return titled(title, paragraph("This one is over: nobody decided within its time, or it was taken back. The next proposal comes in a month at the earliest."))
	case p.State == Accepted:
		return titled("Worth telling again: chosen", quote(e), paragraph(bot.Strong("New about it: "), p.Angle),
			paragraph("It is offered to the next edition; its curator can still leave it out."),
			bot.Actions{Buttons: []bot.Button{{Command: "library.notnow", Arg: p.ID, Label: "Not now", Confirm: "Take it out of the next edition?"}}})
	case p.State == WasTold:
		return titled("Worth telling again: told", paragraph("It is noted whom it was told to."), link)
	case p.State == Declined:
		return titled("Worth telling again: not this one", paragraph("It is not proposed again for a year. The next proposal comes in a month at the earliest."))
	case p.State == Later:
		return titled("Worth telling again: not now", paragraph("It may be proposed again after a quarter."))
	}
	blocks := []bot.Block{paragraph(f.reason(p, e)), section(e.name()), quote(e)}
	if len(e.Told) > 0 {
		list := bot.List{}
		for _, t := range e.Told[max(0, len(e.Told)-3):] {
			list.Items = append(list.Items, bot.Line("Told to ", t.line(f.Clock.Now())))
		}
		blocks = append(blocks, list)
	}
	return titled(title, append(blocks, paragraph("It needs a fresh number or angle from you. Where is it to be told?"), bot.Actions{Buttons: []bot.Button{
		{Command: "library.edition", Arg: p.ID, Label: "Next edition", Tone: bot.Primary},
		{Command: "library.meeting", Arg: p.ID, Label: "A meeting"},
		{Command: "library.notthis", Arg: p.ID, Label: "Not this one"},
		{Command: "library.notnow", Arg: p.ID, Label: "Not now"},
	}}, link, note("Why you: you are a comms lead. At most one such card comes in a month; left alone, this one ends on ", bot.Moment(p.NextAt(), bot.DateStyle), "."))...)
}

// reason says why an entry is proposed.
func (f *Feature) reason(p Proposal, e Entry) bot.Spans {
	last, told := e.last(p.Opened)
	switch {
	case p.Reason == Audience:
		return bot.T("This was told, and " + p.Department + " has not heard it yet, as far as was noted.")
	case !told:
		return bot.Line("This stands in the library since ", bot.Moment(last, bot.DateStyle), ", and nobody was told yet, as far as was noted.")
	}
	return bot.Line("This was last told on ", bot.Moment(last, bot.DateStyle), ", at least three months ago.")
}

func noneMessage() bot.Message {
	return titled("Worth telling again", paragraph("Nothing is proposed at the moment. Once a month I look for something that nobody was told for three months, or that a department has not heard."))
}
