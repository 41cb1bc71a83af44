package tables

import (
	"context"
	"strconv"
	"time"

	"evangelist/bot"
	"evangelist/bot/seating"
)

// people reads everybody, for cards.
func (f *Feature) people(ctx context.Context) (map[bot.PersonID]bot.Person, error) {
	all, err := f.People.Persons(ctx)
	if err != nil {
		return nil, err
	}
	people := make(map[bot.PersonID]bot.Person, len(all))
	for _, p := range all {
		people[p.ID] = p
	}
	return people, nil
}

// renderDraft draws the draft for leads.
func (f *Feature) renderDraft(ctx context.Context, id string) (bot.Message, int64, error) {
	r, err := f.Stores.Rounds.Get(ctx, id)
	if err != nil {
		return bot.Message{}, 0, err
	}
	if !r.State.open() {
		return overMessage(r), r.Version, nil
	}
	c, err := f.cast(ctx)
	if err != nil {
		return bot.Message{}, 0, err
	}
	proof, err := c.proof(r)
	if err != nil {
		return bot.Message{}, 0, err
	}
	return draftMessage(r, proof, c.persons), r.Version, nil
}

// overMessage is the lead's card when nothing is to be decided any more.
func overMessage(r Round) bot.Message {
	switch r.State {
	case CalledOff:
		return titled("Round tables: called off", paragraph("This round does not go out. A new draft: ", bot.Mono("/evangelist tables plan")))
	case Out:
		return titled("Round tables: out", paragraph(count(len(r.Tables), "table")+" went out on ", bot.Moment(r.Sent, bot.DateTimeStyle), ". In a week I ask what came of it."))
	case FollowedUp:
		return titled("Round tables: what came of it?", paragraph("Everybody who had company at a table was asked. What they share stands under ", bot.Mono("/evangelist learnings"), "."))
	default:
		return titled("Round tables: ended", paragraph("The round of ", bot.Moment(r.Sent, bot.DateStyle), " has ended. What was shared stands under ", bot.Mono("/evangelist learnings"), "."))
	}
}

// draftMessage shows the seating with its proof.
func draftMessage(r Round, proof seating.Proof, people map[bot.PersonID]bot.Person) bot.Message {
	table := bot.Table{Caption: "The seating", Head: []string{"Table", "Who"}}
	for n := range r.Tables {
		table.Rows = append(table.Rows, []bot.Spans{bot.T(strconv.Itoa(n + 1)), listed(r.At(n+1), people)})
	}
	if out := r.At(0); len(out) > 0 {
		table.Rows = append(table.Rows, []bot.Spans{bot.T("sits out"), listed(out, people)})
	}
	head := "Round tables: a draft"
	blocks := []bot.Block{paragraph(r.goes()...)}
	if len(r.Tables) > 0 {
		blocks = append(blocks, table)
	}
	var words bot.List
	for _, say := range proof.Words() {
		words.Items = append(words.Items, bot.T(say))
	}
	blocks = append(blocks, section("What this seating does"), words, section("Each table's agenda"), agendaList(r.Agenda))
	if r.State == Approved {
		head = "Round tables: approved"
		blocks = append(blocks, bot.Actions{Buttons: []bot.Button{
			{Command: "tables.reopen", Arg: r.ID, Label: "Take it back"},
			{Command: "tables.off", Arg: r.ID, Label: "Call off", Tone: bot.Danger, Confirm: "Call this round off? Nothing goes out."},
		}})
		return titled(head, blocks...)
	}
	var row bot.Actions
	if proof.Kept() && len(r.Tables) > 0 {
		approve := bot.Button{Command: "tables.approve", Arg: r.ID, Label: "Approve", Tone: bot.Primary}
		row.Buttons = append(row.Buttons, approve)
		if !r.Due.IsZero() {
			row.Buttons = append(row.Buttons, bot.Button{Command: "tables.now", Arg: r.ID, Label: "Send now", Confirm: "Send it in a minute, before its day?"})
		}
	}
	if len(r.Seats) > 1 {
		row.Buttons = append(row.Buttons, bot.Button{Command: "tables.move", Arg: r.ID, Label: "Move or exchange"})
	}
	row.Buttons = append(row.Buttons,
		bot.Button{Command: "tables.again", Arg: partID(r.ID, strconv.FormatInt(r.Version, 10)), Label: "Seat anew"},
		bot.Button{Command: "tables.off", Arg: r.ID, Label: "Call off", Tone: bot.Danger, Confirm: "Call this round off? Nothing goes out."})
	return titled(head, append(blocks, row, note("Departments and three coarse bands of levels mix the tables; whose level is which is shown to nobody."))...)
}

// goes says when the round goes out.
func (r *Round) goes() []any {
	switch {
	case r.State == Approved:
		return []any{"Approved. It goes out on ", bot.Moment(r.SendAt, bot.DateTimeStyle), "; until then it can be taken back."}
	case r.Due.IsZero():
		return []any{"It goes out a minute after somebody approves it, and not before."}
	case r.Waited:
		return []any{"It was to go out on ", bot.Moment(r.Due, bot.DateTimeStyle), ", and waits because nobody decided. Approved now, it goes out in a minute."}
	case r.Goes:
		return []any{"It goes out on ", bot.Moment(r.Due, bot.DateTimeStyle), ", approved or not, if it keeps every rule then."}
	}
	return []any{"Once approved, it goes out on ", bot.Moment(r.Due, bot.DateTimeStyle), ". If nobody decides by then, it waits."}
}

// renderTable draws a table for the conversation of those who sit there.
func (f *Feature) renderTable(ctx context.Context, id string) (bot.Message, int64, error) {
	round, part := splitID(id)
	r, err := f.Stores.Rounds.Get(ctx, round)
	if err != nil {
		return bot.Message{}, 0, err
	}
	n, err := strconv.Atoi(part)
	if err != nil || n < 1 || n > len(r.Tables) {
		return bot.Message{}, 0, bot.ErrNotFound
	}
	people, err := f.people(ctx)
	if err != nil {
		return bot.Message{}, 0, err
	}
	return tableMessage(r, n, people), r.Version, nil
}

// tableMessage is what everybody at a table reads together.
func tableMessage(r Round, n int, people map[bot.PersonID]bot.Person) bot.Message {
	var who bot.List
	for _, id := range r.At(n) {
		who.Items = append(who.Items, named(people[id], id))
	}
	message := titled("Your round table", paragraph("You sit together this time:"), who)
	switch len(who.Items) {
	case 0:
		message = titled("Your round table", paragraph("Nobody can come to this table this time."))
	case 1:
		message = titled("Your round table", paragraph("The others at this table cannot come this time. Press Swap me for another table."), who)
	}
	return r.under(message, n, tableButtons(r, n))
}

// renderSeat draws the place of one person, wherever they sit now.
func (f *Feature) renderSeat(ctx context.Context, id string) (bot.Message, int64, error) {
	round, person := splitID(id)
	r, err := f.Stores.Rounds.Get(ctx, round)
	if err != nil {
		return bot.Message{}, 0, err
	}
	people, err := f.people(ctx)
	if err != nil {
		return bot.Message{}, 0, err
	}
	seat, ok := r.Place(bot.PersonID(person))
	if !ok {
		return bot.Message{}, 0, bot.ErrNotFound
	}
	return seatMessage(r, seat, people), r.Version, nil
}

// seatMessage is what one person reads of their table.
func seatMessage(r Round, seat Seat, people map[bot.PersonID]bot.Person) bot.Message {
	if seat.Stand == Away {
		message := titled("Your round table", paragraph("Not this time. That is fine; the others see that you cannot come, and the next round comes by itself."))
		if r.State == Out {
			message.Blocks = append(message.Blocks, bot.Actions{Buttons: []bot.Button{
				{Command: "tables.return", Arg: partID(r.ID, string(seat.Person)), Label: "Come after all"}, {Command: "tables.snooze", Arg: r.ID, Label: "Take a break"},
			}})
		}
		return message
	}
	with := others(r, seat, people)
	message := titled("Your round table", paragraph("You sit with ", with, " this time."))
	if len(r.At(seat.Table)) < 2 {
		message = titled("Your round table", paragraph("The others at your table cannot come. Press Swap me for another table."))
	}
	if seat.Wants && r.State == Out {
		message.Blocks = append(message.Blocks, paragraph("No other table has room at the moment. You change places as soon as somebody else wants to; until then your place stays yours."))
	}
	return r.under(message, seat.Table, seatButtons(r, seat))
}

// under puts format, agenda and buttons under who sits at a table.
func (r *Round) under(message bot.Message, n int, row bot.Actions) bot.Message {
	message.Blocks = append(message.Blocks, paragraph(r.Tables[n-1].Format.says()), section("To talk about"), agendaList(r.Agenda))
	if r.State == Out {
		message.Blocks = append(message.Blocks, row, note("Why you: you lead or support, or said that you take part. Not this time needs no reason. Your own wishes: ", bot.Mono("/evangelist table wish")))
	}
	return message
}

func tableButtons(r Round, n int) bot.Actions {
	return bot.Actions{Buttons: []bot.Button{
		{Command: "tables.leave", Arg: r.ID, Label: "Not this time"},
		{Command: "tables.swap", Arg: partID(r.ID, strconv.Itoa(n)), Label: "Swap me"},
		{Command: "tables.snooze", Arg: r.ID, Label: "Snooze"},
		{Command: "tables.format", Arg: r.ID, Label: "Meet another way"},
	}}
}

// seatButtons are those of a table on somebody's own card. They name its person, so
// that the card itself shows what came of them.
func seatButtons(r Round, seat Seat) bot.Actions {
	row := tableButtons(r, seat.Table)
	for i := range row.Buttons {
		if own := &row.Buttons[i]; own.Command == "tables.leave" || own.Command == "tables.swap" {
			own.Arg = partID(own.Arg, string(seat.Person))
		}
	}
	return row
}

// dateOf is the day of a round in words.
func dateOf(r Round, zone *time.Location) string {
	at := r.Sent
	if at.IsZero() {
		at = r.Due
	}
	return bot.ShowTime(at, bot.DateStyle, zone)
}
