package champions

import (
	"strconv"

	"evangelist/bot"
)

// shownPast is how many settled promises and past meetings a card in chat shows; the
// page shows all.
const shownPast = 3

// page draws what lead and champion share. Wide is for the web, where there is room
// for everything and for buttons beside each promise.
func (k cast) page(lead, wide bool) bot.Message {
	head := "Your page as a champion"
	if lead {
		head = "Champion: " + k.name
	}
	if !lead && !k.State.Speaks() {
		return titled("Thank you for having spoken for us", paragraph("Nothing more comes. If you would like to begin again, tell a comms lead."))
	}
	blocks := []bot.Block{k.facts()}
	if k.State.Speaks() || len(k.Promises) > 0 {
		for _, side := range []Side{Ours, Theirs} {
			blocks = append(blocks, k.promises(side, lead, wide)...)
		}
		blocks = append(blocks, k.past(wide)...)
	}
	if buttons := k.buttons(lead, wide); len(buttons) > 0 {
		blocks = append(blocks, row(buttons...))
	}
	foot := []any{"Read by comms leads and by ", bot.Name(k.Person, k.name), ", nobody else."}
	switch {
	case !k.State.Speaks():
		foot = []any{"Read by comms leads alone."}
	case !lead:
		foot = []any{"Read by you and by comms leads, nobody else. You get one briefing before each meeting and one question a quarter."}
	}
	if !wide {
		foot = append(foot, " ", bot.To("On the web", k.org.Page(Path+"/"+k.ID)))
	}
	return titled(head, append(blocks, note(foot...))...)
}

// facts are the state, the next meeting and its briefing.
func (k cast) facts() bot.Facts {
	facts := []bot.Fact{{Label: "Speaks in", Value: bot.T(or(k.Body, "no board or body is named yet"))}}
	facts = append(facts, bot.Fact{Label: "State", Value: k.standing()})
	m := k.next()
	switch {
	case !k.State.Speaks():
		return bot.Facts{Facts: facts}
	case m == nil:
		return bot.Facts{Facts: append(facts, bot.Fact{Label: "Next meeting", Value: bot.T("no day is set, so no briefing goes out")})}
	case m.Called:
		return bot.Facts{Facts: append(facts, bot.Fact{Label: "Next meeting", Value: bot.T("no day is set; the last one was on " + showDate(m.On))})}
	}
	facts = append(facts, bot.Fact{Label: "Next meeting", Value: bot.T(showDate(m.On))})
	return bot.Facts{Facts: append(facts, bot.Fact{Label: "Briefing", Value: k.briefing(m)})}
}

func or(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// briefing says how far the briefing of a meeting is.
func (k cast) briefing(m *Meeting) bot.Spans {
	switch m.Briefing.Stage {
	case Sent:
		return bot.Line("went out on ", bot.Moment(m.Briefing.At, bot.DateStyle))
	case Skipped:
		return bot.T("not this time")
	case Missed:
		return bot.T("none went out")
	case Drafted:
		return bot.Line("goes out on ", bot.Moment(k.sendAt(m, k.org.Zone), bot.DateTimeStyle))
	}
	if k.State == Resting {
		return bot.T("none during the rest")
	}
	if k.briefAt(m, k.org.Zone).Before(k.Joined) {
		return bot.T("none: the meeting is too near")
	}
	return bot.Line("goes out on ", bot.Moment(k.briefAt(m, k.org.Zone), bot.DateTimeStyle), " ("+days(k.Days)+" before)")
}

func days(n int) string {
	if n == 1 {
		return "1 working day"
	}
	return strconv.Itoa(n) + " working days"
}

// standing says the state in words.
func (k cast) standing() bot.Spans {
	switch k.State {
	case Asked:
		return bot.Line("asked on ", bot.Moment(k.Named, bot.DateStyle))
	case Active:
		return bot.Line("active since ", bot.Moment(k.Joined, bot.DateStyle))
	case Resting:
		return bot.Line("rests until ", bot.Moment(k.RestUntil, bot.DateStyle))
	case Declined:
		return bot.Line("would rather not, ", bot.Moment(k.Ended, bot.DateStyle))
	}
	why := "the question ran out, "
	switch {
	case k.Gone:
		why = "account inactive, "
	case k.State == Left:
		why = "no longer a champion since "
	}
	return bot.Line(why, bot.Moment(k.Ended, bot.DateStyle))
}

// promises lists those of one side, open ones first.
func (k cast) promises(side Side, lead, wide bool) []bot.Block {
	title := "Promised by the programme"
	if side == Theirs {
		title = "Promised by " + k.name
		if !lead {
			title = "Promised by you"
		}
	}
	blocks := []bot.Block{section(title)}
	open := k.of(side, true)
	var list bot.List
	for _, p := range open {
		list.Items = append(list.Items, bot.T(p.Words+dueWords(p)))
		if wide && k.maySettle(lead) {
			blocks = append(blocks, paragraph(p.Words+dueWords(p)), row(
				bot.Button{Command: "champions.kept", Arg: partID(k.ID, p.ID), Label: "Kept"},
				bot.Button{Command: "champions.drop", Arg: partID(k.ID, p.ID), Label: "Dropped"}))
		}
	}
	if len(open) > 0 && (!wide || !k.maySettle(lead)) {
		blocks = append(blocks, list)
	}
	var settled bot.List
	all := k.of(side, false)
	for i := len(all) - 1; i >= 0 && (wide || len(settled.Items) < shownPast); i-- {
		switch p := all[i]; p.Outcome {
		case Kept:
			settled.Items = append(settled.Items, bot.Line("✔ ", p.Words, " (kept on ", bot.Moment(p.Settled, bot.DateStyle), ")"))
		case Dropped:
			settled.Items = append(settled.Items, bot.Line(p.Words, " (dropped on ", bot.Moment(p.Settled, bot.DateStyle), ": ", p.Reason, ")"))
		}
	}
	switch {
	case len(settled.Items) > 0:
		blocks = append(blocks, settled)
	case len(open) == 0:
		blocks = append(blocks, paragraph("No promise yet."))
	}
	return blocks
}

func (k cast) maySettle(lead bool) bool { return k.State.Speaks() || lead && k.State == Left }

// past lists the meetings so far with their briefings, the newest first.
func (k cast) past(wide bool) []bot.Block {
	blocks := []bot.Block{section("Meetings and briefings so far")}
	var list bot.List
	for i := len(k.Meetings) - 1; i >= 0; i-- {
		m := &k.Meetings[i]
		if !m.Over && !m.Called && m.Briefing.Stage != Sent || !wide && len(list.Items) == shownPast {
			continue
		}
		line := bot.Line(showDate(m.On), ", "+or(m.Body, "meeting")+". Briefing: ", k.briefing(m), ".")
		if m.Over && m.Briefing.Stage == NotYet {
			line = bot.T(showDate(m.On) + ", " + or(m.Body, "meeting") + ". Without a briefing.")
		}
		if m.Came != "" {
			line = append(line, bot.T(" What came of it: "+m.Came)...)
		}
		list.Items = append(list.Items, line)
		if wide {
			blocks = append(blocks, paragraph(line))
			if m.Briefing.Stage == Sent {
				blocks = append(blocks, sections(m.Briefing.Points, asBold)...)
			}
		}
	}
	switch {
	case len(list.Items) == 0:
		return append(blocks, paragraph("None yet. Each meeting with its briefing, and what came of it, will stand here."))
	case wide:
		return blocks
	}
	return append(blocks, list)
}

// buttons are what can be done on the page.
func (k cast) buttons(lead, wide bool) []bot.Button {
	settle := bot.Button{Command: "champions.settle", Arg: k.ID, Label: "Settle a promise"}
	open := !wide && len(k.of(Ours, true))+len(k.of(Theirs, true)) > 0
	var out []bot.Button
	switch {
	case k.State.Speaks():
		out = append(out, bot.Button{Command: "champions.meeting", Arg: k.ID, Label: "Set the meeting"}, bot.Button{Command: "champions.promise", Arg: k.ID, Label: "Add a promise"})
		if open {
			out = append(out, settle)
		}
	case lead && k.State == Left:
		if open {
			out = append(out, settle)
		}
		return append(out, another("Name somebody"))
	case lead && k.State != Asked:
		return []bot.Button{another("Name somebody")}
	}
	if m := k.next(); lead && m != nil && m.Briefing.Stage == Drafted && k.State == Active {
		out = append(out, bot.Button{Command: "champions.draft", Arg: k.ID, Label: "Open the draft"})
	}
	if lead {
		return out
	}
	stop := bot.Button{Command: "champions.leave", Arg: k.ID, Label: "No longer", Confirm: "Stop speaking for the programme? Your comms lead is told, without a reason."}
	if k.State == Resting {
		return append(out, bot.Button{Command: "champions.return", Arg: k.ID, Label: "End the rest"}, stop)
	}
	return append(out, bot.Button{Command: "champions.rest", Arg: k.ID, Label: "Rest for a quarter"}, stop)
}
