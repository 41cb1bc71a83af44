package impact

import (
	"context"
	"strings"
	"time"

	"evangelist/bot"
)

// Longest texts of a refusal, in runes.
const (
	maxRequest = 300
	maxReason  = 600
)

// said is what was typed after "/evangelist no".
type said struct{ request, department, reason string }

// readNo takes `"request" for DEPARTMENT because reason` apart; quotation marks
// and the department may be left out. What is not there stays empty.
func readNo(words string) (s said) {
	words = strings.TrimSpace(words)
	rest := words
	if quoted, behind, ok := quotedFirst(words); ok {
		s.request, rest = quoted, behind
		head, reason, found := cutWord(rest, "because")
		if !found {
			head = rest
		}
		s.reason = reason
		if department, is := strings.CutPrefix(strings.TrimSpace(head), "for "); is {
			s.department = strings.TrimSpace(department)
		}
		return s
	}
	request, reason, found := cutWord(rest, "because")
	if !found {
		request = rest
	}
	s.request, s.reason = strings.TrimSpace(request), reason
	return s
}

// quotedFirst returns what stands in quotation marks of any kind at the beginning.
func quotedFirst(text string) (quoted, behind string, ok bool) {
	for _, marks := range [][2]string{{`"`, `"`}, {"“", "”"}, {"„", "“"}, {"«", "»"}, {"‘", "’"}, {"'", "'"}} {
		inside, is := strings.CutPrefix(text, marks[0])
		if !is {
			continue
		}
		if quoted, behind, ok = strings.Cut(inside, marks[1]); ok {
			return strings.TrimSpace(quoted), behind, true
		}
	}
	return "", text, false
}

// cutWord cuts text around the first occurrence of a word of its own, in any case.
func cutWord(text, word string) (before, after string, found bool) {
	fields := strings.Fields(text)
	for i, field := range fields {
		if strings.EqualFold(strings.Trim(field, ",;:"), word) {
			return strings.Join(fields[:i], " "), strings.Join(fields[i+1:], " "), true
		}
	}
	return text, "", false
}

// noForm asks for what the typed words do not say.
func (f *Feature) noForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	colleagues, err := f.Stores.Facts.Colleagues(ctx)
	if err != nil {
		return nil, err
	}
	typed := readNo(in.Words)
	known, isKnown := knownDepartment(colleagues, typed.department)
	if typed.request != "" && typed.reason != "" && isKnown {
		return nil, nil
	}
	form := &bot.Form{Title: "What we could not do", Submit: "Keep it",
		Intro: []bot.Block{paragraph("This stands in the report under “What we could not do”. It is kept and never deleted. Name nobody: say what was asked for, and why not.")},
		Fields: []bot.Field{
			{Name: "request", Kind: bot.LineField, Label: "What was asked for?", Required: true, Max: maxRequest, Value: filled(typed.request), Placeholder: "A second van for outreach visits"},
			{Name: "reason", Kind: bot.ParagraphField, Label: "Why not?", Max: maxReason, Value: filled(typed.reason), Help: "Whoever reads the report reads this. It follows the word “because”."},
		}}
	department := bot.Field{Name: "department", Kind: bot.ChoiceField, Label: "Who went without?", Help: "Leave it out when it is more than one department.", Value: filled(known)}
	for _, name := range departmentsOf(colleagues) {
		department.Options = append(department.Options, bot.Option{Value: name, Label: name})
	}
	if n := len(department.Options); n > 0 && n <= maxOptions {
		form.Fields = append(form.Fields, department)
	} else {
		form.Fields = append(form.Fields, bot.Field{Name: "department", Kind: bot.LineField, Label: "Which department went without?", Max: 100, Value: filled(typed.department)})
	}
	return form, nil
}

// maxOptions is how many departments a list of choices holds on every surface.
const maxOptions = 100

func filled(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

// knownDepartment returns a department as the register has it. An empty name is
// known, and so is any where the register has none.
func knownDepartment(colleagues []Colleague, name string) (string, bool) {
	known := departmentsOf(colleagues)
	for _, one := range known {
		if strings.EqualFold(one, name) {
			return one, true
		}
	}
	return name, name == "" || len(known) == 0
}

// no keeps what we could not do. The same form again keeps nothing more.
func (f *Feature) no(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	wanted := readNo(in.Words)
	if in.Submitted() {
		wanted = said{in.Value("request"), in.Value("department"), in.Value("reason")}
	}
	refusal, wrong, err := f.refusal(ctx, wanted)
	if err != nil {
		return nil, err
	}
	if len(wrong) > 0 {
		return bot.Invalid{Fields: wrong}, nil
	}
	if refusal.Source, err = f.once(in); err != nil {
		return nil, err
	}
	if refusal.ID, err = bot.NewID(refusal.At, f.Random); err != nil {
		return nil, err
	}
	if err := f.Stores.Refusals.Add(ctx, refusal); err != nil {
		return nil, err
	}
	return finish(in, refusal.noted(f.Organisation.Zone)), nil
}

func (f *Feature) refusal(ctx context.Context, s said) (Refusal, map[string]string, error) {
	r := Refusal{Words: bot.Clean(oneLine(s.request), maxRequest), Reason: bot.Clean(s.reason, maxReason), At: f.Clock.Now()}
	wrong := map[string]string{}
	if r.Words == "" {
		wrong["request"] = "Say what was asked for."
	}
	if r.Reason == "" {
		wrong["reason"] = "Write one sentence on why it was not possible. The report shows it."
	}
	colleagues, err := f.Stores.Facts.Colleagues(ctx)
	if err != nil {
		return r, nil, err
	}
	department, known := knownDepartment(colleagues, bot.Clean(oneLine(s.department), 100))
	if !known {
		wrong["department"] = "The register of people knows no such department. Choose another one, or leave it out."
	}
	r.Department = department
	return r, wrong, nil
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// noted tells the lead what is kept.
func (r Refusal) noted(zone *time.Location) bot.Message {
	m := bot.Notice("It is kept, and stands in the report of " + r.At.In(zone).Format("January") + ".")
	by := ""
	if r.Department != "" {
		by = "went without: " + r.Department
	}
	m.Blocks = append(m.Blocks, bot.Quote{Text: bot.T(r.Words + ": because " + sentenceOf(lowered(r.Reason))), By: quoteBy(by)},
		note("The same sentence stands on the page for leads; nobody's name does."))
	return m
}

func quoteBy(text string) bot.Spans {
	if text == "" {
		return nil
	}
	return bot.T(text)
}
