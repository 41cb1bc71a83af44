package playground

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"evangelist/bot"
)

// openForm is a form in front of somebody, in memory only.
type openForm struct {
	id     string
	form   bot.Form
	typed  map[string][]string
	errors map[string]string
	done   *bot.Message
	about  *bot.MessageRef
	from   spot
}

// OpenForm is a form that a person sees, as it was when it was got.
type OpenForm struct {
	ID     string
	Form   bot.Form
	Typed  map[string][]string // what stands in the fields
	Errors map[string]string   // a sentence for each field that is wrong
	Done   *bot.Message        // the last page; nil while the form is to be filled in

	person *Person
}

func (f *openForm) copy(p *Person) *OpenForm {
	out := &OpenForm{ID: f.id, Form: f.form, Typed: map[string][]string{}, Errors: map[string]string{}, Done: f.done, person: p}
	for field, values := range f.typed {
		out.Typed[field] = slices.Clone(values)
	}
	for field, say := range f.errors {
		out.Errors[field] = say
	}
	return out
}

// open puts a form in front of the person, in place of another one.
func (p *Person) open(ctx context.Context, h bot.Handlers, in bot.Invocation, from spot, form bot.Form) (*OpenForm, error) {
	id, err := p.w.newID()
	if err != nil {
		return nil, err
	}
	card := from.card
	if from.form != nil {
		card = from.form.from.card
	}
	fresh := &openForm{
		id: id, form: form, typed: map[string][]string{}, errors: map[string]string{}, about: in.About,
		from: spot{place: from.place, card: card},
	}
	for _, field := range form.Fields {
		values := slices.Clone(field.Value)
		if field.Kind == bot.PersonField {
			values = p.w.accountsOf(ctx, h, values)
		}
		fresh.typed[field.Name] = values
	}
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	p.w.desk(p.native).form = fresh
	p.w.announce()
	return fresh.copy(p), nil
}

// accountsOf turns persons into the accounts that a person field shows.
func (w *Workspace) accountsOf(ctx context.Context, h bot.Handlers, persons []string) []string {
	if h.Person == nil || len(persons) == 0 {
		return persons
	}
	var out []string
	for _, account := range w.People() {
		id, err := h.Person(ctx, w.ID(account.Native))
		if err == nil && slices.Contains(persons, string(id)) {
			out = append(out, account.Native)
		}
	}
	return out
}

// Form returns the form that is in front of the person, and whether there is one.
func (p *Person) Form() (*OpenForm, bool) {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	if f := p.w.desk(p.native).form; f != nil {
		return f.copy(p), true
	}
	return nil, false
}

// CloseForm puts the form away; what was typed is gone.
func (p *Person) CloseForm() {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	p.w.desk(p.native).form = nil
	p.w.announce()
}

// closeForm puts one form away if it is still the one in front.
func (p *Person) closeForm(f *openForm) {
	if f == nil {
		return
	}
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	if d := p.w.desk(p.native); d.form == f {
		d.form = nil
		p.w.announce()
	}
}

func (p *Person) mend(f *openForm, errors map[string]string) *OpenForm {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	f.errors = errors
	p.w.announce()
	return f.copy(p)
}

func (p *Person) finish(f *openForm, message bot.Message) *OpenForm {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	f.done, f.errors = &message, map[string]string{}
	p.w.announce()
	return f.copy(p)
}

// Fill puts answers into the fields, and returns the form. Other fields keep
// what stands in them.
func (f *OpenForm) Fill(values map[string]string) *OpenForm {
	for field, value := range values {
		f.Typed[field] = []string{value}
	}
	return f
}

// Pick puts several answers into one field, and returns the form.
func (f *OpenForm) Pick(field string, values ...string) *OpenForm {
	f.Typed[field] = values
	return f
}

// Submit sends the form. When something is wrong the answer holds the same form
// with a sentence for each field, and nothing that was typed is lost.
func (f *OpenForm) Submit(ctx context.Context) (Answer, error) {
	p := f.person
	p.w.mu.Lock()
	live := p.w.desk(p.native).form
	if live == nil || live.id != f.ID || live.done != nil {
		p.w.mu.Unlock()
		return Answer{}, fmt.Errorf("the form is not open any more: %w", bot.ErrNotFound)
	}
	live.typed = f.copyTyped()
	form, about := live.form, live.about
	p.w.mu.Unlock()
	h, err := p.w.connected()
	if err != nil {
		return Answer{}, err
	}
	values, wrong := p.w.check(ctx, h, form, f.copyTyped())
	if len(wrong) > 0 {
		return Answer{Reply: bot.Invalid{Fields: wrong}, Form: p.mend(live, wrong)}, nil
	}
	in := bot.Invocation{Command: form.Command, Arg: form.Arg, Values: values, Nonce: form.Nonce, About: about}
	from := live.from
	from.form = live
	return p.invoke(ctx, in, from)
}

func (f *OpenForm) copyTyped() map[string][]string {
	out := map[string][]string{}
	for field, values := range f.Typed {
		out[field] = slices.Clone(values)
	}
	return out
}

// check is what a client checks by itself: compulsory fields, lengths, choices,
// dates. It returns the values as the bot gets them.
func (w *Workspace) check(ctx context.Context, h bot.Handlers, form bot.Form, typed map[string][]string) (values map[string][]string, wrong map[string]string) {
	values, wrong = map[string][]string{}, map[string]string{}
	for _, field := range form.Fields {
		given := slices.DeleteFunc(typed[field.Name], func(v string) bool { return strings.TrimSpace(v) == "" })
		if len(given) == 0 {
			if field.Required {
				wrong[field.Name] = "This is needed. Please fill it in."
			}
			values[field.Name] = nil
			continue
		}
		checked, say := w.checkField(ctx, h, field, given)
		if say != "" {
			wrong[field.Name] = say
		}
		values[field.Name] = checked
	}
	return values, wrong
}

func (w *Workspace) checkField(ctx context.Context, h bot.Handlers, field bot.Field, given []string) ([]string, string) {
	many := field.Kind == bot.ChoicesField || field.Kind == bot.PlacesField
	if !many {
		given = given[:1]
	}
	for i, value := range given {
		say := ""
		switch field.Kind {
		case bot.LineField, bot.ParagraphField, "":
			if n := utf8.RuneCountInString(value); n > field.Limit() {
				say = fmt.Sprintf("This has %d characters; there is room for %d. Please shorten it.", n, field.Limit())
			}
		case bot.ChoiceField, bot.ChoicesField:
			if !slices.ContainsFunc(field.Options, func(o bot.Option) bool { return o.Value == value }) {
				say = "Please choose one of the answers that are offered."
			}
		case bot.YesNoField:
			given[i] = "yes"
		case bot.PersonField:
			given[i], say = w.person(ctx, h, value)
		case bot.PlaceField, bot.PlacesField:
			given[i], say = w.place(value)
		case bot.DateField:
			if _, err := time.Parse(time.DateOnly, value); err != nil {
				say = "Please give the day as year, month and day: 2026-12-04."
			}
		case bot.TimeField:
			if _, err := time.Parse("15:04", value); err != nil {
				say = "Please give the time as hours and minutes: 09:00."
			}
		case bot.NumberField:
			value = strings.TrimSpace(value)
			if _, err := strconv.Atoi(value); err != nil {
				say = "Please give a whole number."
			}
			given[i] = value
		}
		if say != "" {
			return given, say
		}
	}
	return given, ""
}

// person turns an account, by native id or name, into the person behind it.
func (w *Workspace) person(ctx context.Context, h bot.Handlers, value string) (string, string) {
	const nobody = "Nobody here has that name. Please choose somebody from the list."
	account, ok := w.Account(value)
	if !ok {
		for _, a := range w.People() {
			if strings.EqualFold(a.Name, strings.TrimSpace(value)) {
				account, ok = a, true
			}
		}
	}
	if !ok || account.Bot {
		return value, nobody
	}
	if h.Person == nil {
		return string(w.ID(account.Native)), ""
	}
	id, err := h.Person(ctx, w.ID(account.Native))
	if err != nil || id == "" {
		return value, "The bot does not know " + account.Name + " yet. Please choose somebody else."
	}
	return string(id), ""
}

func (w *Workspace) place(value string) (string, string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	r, ok := w.state.find(value)
	if !ok {
		return value, "There is no such channel. Please choose one from the list."
	}
	return string(w.state.placeID(r.Native)), ""
}
