package network

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"evangelist/bot"
)

// panel answers "evangelist": what one can do, and one's own part.
func (f *Feature) panel(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	if strings.TrimSpace(in.Words) != "" {
		return bot.Say{Message: bot.Notice("I do not know that word, so nothing was done. Type /evangelist to see what you can do, or /evangelist help for everything.")}, nil
	}
	mine, err := f.mineOnHome(ctx, in.Actor)
	if err != nil {
		return nil, err
	}
	leads, err := f.leadOnHome(ctx, in.Actor)
	if err != nil {
		return nil, err
	}
	message := bot.Message{Summary: "What you can do here", Blocks: append(mine, leads...)}
	more := bot.Actions{Buttons: []bot.Button{
		{Command: "network.who", Label: "Who is with us"},
		{Command: "network.learnings", Label: "What worked"},
	}}
	if f.Home != nil {
		more.Buttons = append(more.Buttons, bot.Button{Command: "network.home", Label: "Your page"})
	}
	if f.Help != nil {
		more.Buttons = append(more.Buttons, bot.Button{Command: "network.help", Label: "Everything I can do"})
	}
	message.Blocks = append(message.Blocks, more)
	return bot.Say{Message: message}, nil
}

func (f *Feature) home(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	message, err := f.Home(ctx, in.Actor.Account)
	if err != nil {
		return nil, err
	}
	return bot.Say{Message: message}, nil
}

// mineOnHome shows one's own part.
func (f *Feature) mineOnHome(ctx context.Context, actor bot.Actor) ([]bot.Block, error) {
	if !actor.Has(bot.Colleague) {
		return nil, nil
	}
	person, member, err := f.standing(ctx, actor)
	if err != nil {
		return nil, err
	}
	heading := bot.Heading{Level: 2, Text: bot.T("Your part")}
	if member.Part == NoPart {
		return []bot.Block{heading,
			paragraph("You are not with us as " + article(f.Organisation.Word) + " yet. Would you like to be? Lead and support mean one short question now and then; follow means none."),
			partButtons()}, nil
	}
	facts := bot.Facts{Facts: []bot.Fact{{Label: "You", Value: bot.T(member.Part.does())}}}
	department := bot.T("not recorded")
	if person.Department != "" {
		department = bot.T(person.Department)
	}
	facts.Facts = append(facts.Facts, bot.Fact{Label: "Department", Value: department})
	buttons := bot.Actions{Buttons: []bot.Button{{Command: "network.join", Label: "Change my part"}}}
	if member.Asked() {
		next, waiting, err := f.nextQuestion(ctx, member)
		if err != nil {
			return nil, err
		}
		facts.Facts = append(facts.Facts, bot.Fact{Label: "Next question", Value: next})
		facts.Facts = append(facts.Facts, bot.Fact{Label: "How often", Value: bot.T(member.Pace.says())})
		if waiting != "" {
			buttons.Buttons = append([]bot.Button{{Command: "network.answer", Arg: waiting, Label: "Answer", Tone: bot.Primary}}, buttons.Buttons...)
		}
	}
	if member.Asked() {
		buttons.Buttons = append(buttons.Buttons, bot.Button{Command: "network.pace", Label: "How often?"})
	}
	buttons.Buttons = append(buttons.Buttons, bot.Button{Command: "network.mine", Label: "What I told"})
	return []bot.Block{heading, facts, buttons}, nil
}

// nextQuestion says what waits for a person, with the ask's id, or when the next
// question comes.
func (f *Feature) nextQuestion(ctx context.Context, member Evangelist) (bot.Spans, string, error) {
	asks, err := f.Stores.Asks.Of(ctx, member.Person)
	if err != nil {
		return nil, "", err
	}
	for _, ask := range asks {
		if ask.State == Waiting || ask.State == Declined {
			return bot.Line("waits for you: " + ask.Text), ask.ID(), nil
		}
	}
	spec, err := f.rhythm(ctx)
	if err != nil {
		return nil, "", err
	}
	due, ok := member.turnAfter(f.Clock.Now(), spec, f.Organisation.Zone)
	if !ok {
		return bot.T("none planned"), "", nil
	}
	return bot.Line(bot.Moment(due, bot.DayStyle)), "", nil
}

// nextSlot is when the question is asked next; false when it has no rhythm.
func (f *Feature) nextSlot(ctx context.Context) (time.Time, bool, error) {
	spec, err := f.rhythm(ctx)
	if err != nil || spec.IsZero() {
		return time.Time{}, false, err
	}
	slot, ok := spec.Next(f.Clock.Now(), f.Organisation.Zone, nil)
	return slot.Due, ok, nil
}

// question returns what a lead saved, nothing but the ID at first.
func (f *Feature) question(ctx context.Context) (Question, error) {
	question, err := f.Stores.Questions.Get(ctx, QuestionID)
	if errors.Is(err, bot.ErrNotFound) {
		return Question{ID: QuestionID}, nil
	}
	return question, err
}

// maxListed is how many departments stand on a page that shows other things too.
const maxListed = 5

// leadOnHome shows leads where nobody is.
func (f *Feature) leadOnHome(ctx context.Context, actor bot.Actor) ([]bot.Block, error) {
	if !actor.Has(bot.Lead) {
		return nil, nil
	}
	coverage, err := f.coverage(ctx)
	if err != nil {
		return nil, err
	}
	blocks := []bot.Block{bot.Heading{Level: 2, Text: bot.T("For comms leads")}}
	if holes := coverage.Holes(); len(holes) == 0 {
		blocks = append(blocks, paragraph("Somebody leads or supports in every department."))
	} else {
		departments := 0
		for _, row := range coverage.Rows {
			if row.Department != "" {
				departments++
			}
		}
		blocks = append(blocks, paragraph(fmt.Sprintf("Nobody yet in %d of %s: %s.", len(holes), count(departments, "department"), listed(holes))))
	}
	buttons := []bot.Button{{Command: "network.call", Label: "Post the call"}, {Command: "network.questions", Label: "Questions"}}
	return append(blocks, bot.Actions{Buttons: append(buttons, f.Beside...)}), nil
}

// listed joins names, and says how many more there are.
func listed(all []string) string {
	if len(all) <= maxListed {
		return strings.Join(all, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(all[:maxListed], ", "), len(all)-maxListed)
}

func (f *Feature) coverage(ctx context.Context) (Coverage, error) {
	departments, err := f.Stores.Evangelists.Departments(ctx)
	if err != nil {
		return Coverage{}, err
	}
	with, err := f.Stores.Evangelists.List(ctx)
	if err != nil {
		return Coverage{}, err
	}
	return Cover(departments, with), nil
}

func (f *Feature) who(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	coverage, err := f.coverage(ctx)
	if err != nil {
		return nil, err
	}
	return bot.Say{Message: whoMessage(coverage, in.Actor.Has(bot.Lead))}, nil
}

// whoMessage is the table of who is with us; with holes for leads only.
func whoMessage(coverage Coverage, lead bool) bot.Message {
	if !lead {
		coverage = coverage.Public()
	}
	if len(coverage.Rows) == 0 {
		return titled("Who is with us", paragraph("Nobody yet. You can be the first:"), partButtons())
	}
	table := bot.Table{Caption: "Who is with us, by department", Head: []string{"Department", "Lead", "Support", "Follow"}}
	for _, row := range coverage.Rows {
		department := row.Department
		if department == "" {
			department = "Not recorded"
		}
		cells := []bot.Spans{bot.T(department), names(row.Lead), names(row.Support), names(row.Follow)}
		if lead && row.Hole() {
			cells[1] = append(cells[1], emptyCell(row.Lead)...)
			cells[2] = append(cells[2], emptyCell(row.Support)...)
		}
		table.Rows = append(table.Rows, cells)
	}
	message := titled("Who is with us", table)
	if lead {
		message.Blocks = append(message.Blocks, note("Only comms leads see where nobody is, and which accounts are inactive."))
	}
	message.Blocks = append(message.Blocks, bot.Actions{Buttons: []bot.Button{{Command: "network.join", Label: "Take part", Tone: bot.Primary}}})
	return message
}

func emptyCell(cell []Evangelist) bot.Spans {
	if len(cell) > 0 {
		return nil
	}
	return bot.Line(bot.Emphasis("nobody yet"))
}
