package roster

import (
	"time"

	"evangelist/bot"
)

// titled is a message under a heading of the same words.
func titled(summary string, blocks ...bot.Block) bot.Message {
	return bot.Message{Summary: summary, Blocks: append([]bot.Block{bot.Heading{Level: 1, Text: bot.T(summary)}}, blocks...)}
}

func section(text string) bot.Heading { return bot.Heading{Level: 2, Text: bot.T(text)} }

func paragraph(parts ...any) bot.Paragraph { return bot.Paragraph{Text: bot.Line(parts...)} }

func note(parts ...any) bot.Note { return bot.Note{Text: bot.Line(parts...)} }

func row(buttons ...bot.Button) bot.Actions { return bot.Actions{Buttons: buttons} }

// date is a day in words.
func date(at time.Time) string { return bot.ShowTime(at, bot.DateStyle, nil) }

// orNone is a department, or that there is none.
func orNone(department string) string {
	if department == "" {
		return "no department"
	}
	return department
}

// heading is the place at the beginning of a line.
func (p Post) heading() string {
	if p == Deputy {
		return "Deputy"
	}
	return "Representative"
}

// means says what a place is.
func (p Post) means() string {
	if p == Deputy {
		return "The deputy stands in for the representative and is asked first when that place falls free."
	}
	return "The representative speaks for the department among the others, and meets them once a month around a short agenda."
}

// means says under a choice what a part is.
func (p Part) means() string {
	if p == Leads {
		return "Speaks for the department: brings what works there to others, and the other way round."
	}
	return "Helps whoever leads in the department."
}

// asks says to a guest what a part is.
func (p Part) asks() string {
	if p == Leads {
		return "It means that you speak for your department: you bring what works there to others, and the other way round."
	}
	return "It means that you help whoever leads in your department."
}

// inviteMessage is the question to a guest, or what became of it.
func inviteMessage(g Guest, n int, lead string) bot.Message {
	subject := "Would you like to " + string(g.Part) + " in " + g.Department + "?"
	switch {
	case n != g.N || g.State == Lapsed || g.State == Withdrawn || g.State == NotInvited:
		return titled("An invitation that is over", paragraph("Nothing is asked of you any more. To be with us, now or later: ", bot.Mono("/evangelist join")))
	case g.State == Accepted:
		return titled("Thank you", paragraph("You "+string(g.Part)+" in "+g.Department+" now. What that means, and how to change your mind: ", bot.Mono("/evangelist join")))
	case g.State == Declined:
		return titled("That is fine", paragraph("Nobody asks you again. Should you ever think again: ", bot.Mono("/evangelist join")))
	}
	accept := bot.Button{Command: "roster.accept", Arg: g.ID(), Label: "Accept", Tone: bot.Primary}
	no := bot.Button{Command: "roster.refuse", Arg: g.ID(), Label: "No"}
	if g.State == PutOff {
		return titled("Later, then", paragraph("I ask you once more about "+g.Department+", not before ", bot.Moment(g.NextAt(), bot.DateStyle), ". You can also answer now."), row(accept, no))
	}
	later := "Later: I ask once more, not before " + date(g.Opened.Add(askEvery)) + ". "
	if g.Again {
		later = "Later: I do not ask a third time. "
	}
	return titled(subject, paragraph(lead+" thinks of you, and writes why:"), bot.Quote{Text: bot.T(g.Reason), By: bot.Line(bot.Name(g.By, lead))},
		paragraph(g.Part.asks()+" You can stop at any time."),
		row(accept, bot.Button{Command: "roster.later", Arg: g.ID(), Label: "Later"}, no),
		note("Why you: "+lead+" asked me to ask you. "+later+"No: "+lead+" reads that it is not now, nobody else does, and nobody asks again. Without an answer it lapses on "+date(g.Opened.Add(answerFor))+". Your manager is not told."))
}

// answerMessage is what the lead who invited reads.
func answerMessage(g Guest, yes bool, name string) bot.Message {
	if yes {
		return bot.Notice(name + " accepts, and is with us in " + g.Department + " now.")
	}
	return bot.Notice(name + ": not now. Please leave it at that.")
}

// placeMessage tells somebody of a place.
func placeMessage(o Office, post Post, person bot.PersonID, by string) bot.Message {
	if o.holder(post).Person != person {
		return titled(post.heading()+" of "+o.Department, paragraph("You do not have this place, so there is nothing to do."))
	}
	return titled("You are "+string(post)+" of "+o.Department, paragraph(by+" appointed you. "+post.means()+" It takes nothing else, and you can give the place back at any time."),
		row(bot.Button{Command: "roster.decline", Arg: o.ID + "/" + string(post), Label: "No, thank you", Confirm: "Give the place back? Nobody asks you for a reason."}),
		note("Why you: "+by+" chose you for your department. If that is fine, there is nothing to press. Later: ", bot.Mono("/evangelist step down")))
}

// releasedMessage tells somebody that a lead freed their place.
func releasedMessage(department string, post Post, by bot.Actor) bot.Message {
	text := "You are no longer " + string(post) + " of " + department + "."
	return bot.Message{Summary: text, Blocks: []bot.Block{paragraph(text + " Thank you for what you did."),
		note("Why you: ", bot.Name(by.Person, by.Name), " changed it. Questions are best asked there.")}}
}

// deputyFreeMessage tells leads that a deputy gave the place back.
func deputyFreeMessage(o Office) bot.Message {
	return titled(o.Department+" has no deputy", paragraph("The place was given back. Next step: choose another deputy, or leave it free for now."),
		row(bot.Button{Command: "roster.representative", Arg: o.ID, Label: "Appoint", Tone: bot.Primary}))
}

// takeoverMessage asks a deputy, or says what became of it.
func takeoverMessage(o Office, round int, person bot.PersonID) bot.Message {
	switch {
	case o.Representative.Person == person:
		return titled("You are representative of "+o.Department, paragraph("Thank you for taking it over. To give the place back: ", bot.Mono("/evangelist step down")))
	case o.State != Asking || o.Round != round || o.Deputy.Person != person:
		return titled("Representative of "+o.Department, paragraph("This is settled, so there is nothing to do. Thank you."))
	}
	return titled("Do you take over in "+o.Department+"?", paragraph(o.Department+" needs a representative, and you are the deputy. "+Representative.means()),
		row(bot.Button{Command: "roster.takeover", Arg: o.ID, Label: "I take it over", Tone: bot.Primary}, bot.Button{Command: "roster.notme", Arg: o.ID, Label: "Not me"}),
		note("Why you: the deputy is asked first. Not me needs no reason: you stay deputy, and comms leads look for somebody. Without an answer they do so from "+date(o.Asked.Add(answerFor))+"."))
}

// officeMessage is the leads' card about a department without a representative.
func officeMessage(o Office, names func(bot.PersonID) string) bot.Message {
	head := o.Department + ": the representative's place"
	appoint := bot.Button{Command: "roster.representative", Arg: o.ID, Label: "Appoint", Tone: bot.Primary}
	switch {
	case o.State == Asking:
		return titled(head, paragraph("The deputy was asked on ", bot.Moment(o.Asked, bot.DateStyle), ", and the answer waits."))
	case o.State != LeadsTurn && o.Representative.Person != "":
		return titled(head, paragraph(names(o.Representative.Person)+" has it. There is nothing to do."))
	case o.State != LeadsTurn:
		return titled(head, paragraph("It is free."), row(appoint))
	}
	invite := bot.Button{Command: "roster.invite", Arg: o.ID, Label: "Invite a colleague"}
	foot := note("Only comms leads see this. Nobody is asked before one of you says so.")
	head = o.Department + " needs a representative"
	if gone := o.Representative.Person; gone != "" {
		keep := bot.Button{Command: "roster.keep", Arg: string(gone), Label: "Keep for now"}
		if o.Deputy.Person == "" {
			return titled(head, paragraph(names(gone)+": account inactive. There is no deputy who could be asked. Next step: appoint somebody of "+o.Department+", or keep the place for now."), row(appoint, invite, keep), foot)
		}
		ask := bot.Button{Command: "roster.release", Arg: string(gone), Label: "Release, and ask the deputy", Tone: bot.Primary,
			Confirm: "Take " + names(gone) + " off the list, free the place and ask " + names(o.Deputy.Person) + "?"}
		appoint.Tone = bot.Quiet
		return titled(head, paragraph(names(gone)+": account inactive. The deputy is "+names(o.Deputy.Person)+", who was not asked yet. Next step: release the place, and I ask the deputy; or appoint somebody, or keep the place for now."), row(ask, appoint, keep), foot)
	}
	deputy := "There is no deputy who could be asked."
	if o.Deputy.Person != "" {
		deputy = "The deputy, " + names(o.Deputy.Person) + ", does not take it over now."
	}
	return titled(head, paragraph("The place is free. "+deputy+" Next step: appoint somebody of "+o.Department+", or invite a colleague first."), row(appoint, invite), foot)
}
