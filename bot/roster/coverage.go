package roster

import (
	"context"
	"fmt"
	"strings"

	"evangelist/bot"
)

// maxButtons is how many invitations a message offers to take back.
const maxButtons = 5

// Waits is somebody who was asked; to leads "asked, waits" and nothing else.
type Waits struct {
	ID         string
	Name       string
	Department string
}

// Sheet is what leads see on the page.
type Sheet struct {
	Matrix    Matrix
	News      News
	Waits     []Waits
	Decisions []bot.Block
}

// Sheet returns what leads see. For leads alone: the caller checks.
func (f *Feature) Sheet(ctx context.Context) (Sheet, error) {
	p, err := f.look(ctx)
	if err != nil {
		return Sheet{}, err
	}
	open, err := f.Stores.Decisions.List(ctx, ToDo)
	if err != nil {
		return Sheet{}, err
	}
	return Sheet{Matrix: p.matrix(), News: p.news(), Waits: p.waits(), Decisions: f.decisionBlocks(p, open, len(open))}, nil
}

// Blocks are all the news of the sheet.
func (n News) Blocks(org bot.Organisation) []bot.Block {
	return newsMessage(n, org, len(n.Moved)+len(n.Inactive)).Blocks[1:]
}

// waits lists who was asked and may still answer, by name.
func (p picture) waits() []Waits {
	var all []Waits
	for _, person := range p.people {
		if g := p.guests[person.ID]; g.State.Waits() {
			all = append(all, Waits{ID: g.ID(), Name: person.Name, Department: g.Department})
		}
	}
	return all
}

// coverage answers "evangelist coverage" with the numbers of the page.
func (f *Feature) coverage(ctx context.Context, _ bot.Invocation) (bot.Reply, error) {
	p, err := f.look(ctx)
	if err != nil {
		return nil, err
	}
	return bot.Say{Message: coverageMessage(p.matrix(), p.waits(), p.news(), f.Organisation)}, nil
}

// Summary says in a sentence who is with us, with denominators.
func (m Matrix) Summary() string {
	all, holes := m.Departments()
	return fmt.Sprintf("%d of %d colleagues are with us. Nobody is in %d of %d departments.", m.With, m.Colleagues, holes, all)
}

func coverageMessage(m Matrix, waits []Waits, news News, org bot.Organisation) bot.Message {
	if len(m.Rows) == 0 {
		return titled("Departments and levels", paragraph("The register has nobody yet. Import the people first; then this shows who is with us, by department and level."))
	}
	table := bot.Table{Caption: "Who is with us, by department", Head: []string{"Department", "With us", "Representative", "Deputy", "Nobody yet"}}
	for _, r := range m.Rows {
		department, nobody := r.Department, strings.Join(r.Missing(), ", ")
		if department == "" {
			department, nobody = "Not recorded", ""
		}
		if r.Hole {
			nobody = "in the whole department"
		}
		if r.Waits > 0 {
			nobody = strings.TrimPrefix(nobody+"; asked, waits", "; ")
		}
		table.Rows = append(table.Rows, []bot.Spans{bot.T(department), bot.T(fmt.Sprintf("%d of %d", r.With, r.Colleagues)), r.Representative.spans(), r.Deputy.spans(), bot.T(nobody)})
	}
	message := titled("Departments and levels", paragraph(m.Summary()), table)
	if len(waits) > 0 {
		var list bot.List
		var back bot.Actions
		for _, w := range waits {
			list.Items = append(list.Items, bot.T(w.Name+" ("+w.Department+"): asked, waits"))
			if len(back.Buttons) < maxButtons {
				back.Buttons = append(back.Buttons, bot.Button{Command: "roster.withdraw", Arg: w.ID, Label: "Take back: " + w.Name, Confirm: "Take the invitation back?"})
			}
		}
		message.Blocks = append(message.Blocks, list, back)
	}
	buttons := row(bot.Button{Command: "roster.invite", Label: "Invite a colleague", Tone: bot.Primary}, bot.Button{Command: "roster.representative", Label: "Representatives"})
	if !news.Empty() {
		buttons.Buttons = append(buttons.Buttons, bot.Button{Command: "roster.news", Label: "Who came and left"})
	}
	message.Blocks = append(message.Blocks, buttons, note("Levels stand on ", bot.To("the page", org.Page(Page)), ". Only comms leads see where nobody is."))
	return message
}

func (n Named) spans() bot.Spans {
	switch {
	case n.Person == "":
		return bot.Line(bot.Emphasis("free"))
	case n.Inactive:
		return bot.Line(bot.Name(n.Person, n.Name), " (account inactive)")
	}
	return bot.Line(bot.Name(n.Person, n.Name))
}
