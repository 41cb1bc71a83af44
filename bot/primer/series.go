package primer

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"evangelist/bot"
)

// lessons lists the lessons, or opens the one that was asked for. A button that was
// pressed carries its name.
func (f *Feature) lessons(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	e, err := f.Stores.Enrolments.Get(ctx, in.Actor.Person)
	if err != nil {
		return nil, err
	}
	asked := in.Words
	if asked == "" {
		asked = in.Arg
	}
	if asked == "" {
		return bot.Say{Message: f.indexMessage(e)}, nil
	}
	lesson, _, ok := find(asked)
	if !ok {
		return nil, bot.Refuse("primer-name", "There is no lesson of that name. Type /evangelist primer for the list, or /evangelist what and a word for its meaning.")
	}
	return bot.Say{Message: f.cardOf(lesson, e)}, nil
}

// indexMessage lists the lessons as one reader sees them.
func (f *Feature) indexMessage(e Enrolment) bot.Message {
	var read map[string]bool
	if e.State != None {
		read = e.read()
	}
	message := listMessage(f.Organisation, read)
	switch {
	case e.State == Running:
		message.Blocks = append(message.Blocks, bot.Actions{Buttons: []bot.Button{{Command: "primer.stop", Label: "Stop the weekly lessons"}}})
	case e.Can(Begin):
		message.Blocks = append(message.Blocks, bot.Actions{Buttons: []bot.Button{{Command: "primer.begin", Label: "Send me one a week"}}})
	}
	return message
}

// cardOf is a lesson with what its reader can do about it.
func (f *Feature) cardOf(lesson Lesson, e Enrolment) bot.Message {
	message := lessonMessage(f.Organisation, lesson)
	step := e.of(lesson.Name)
	read := bot.Button{Command: "primer.read", Arg: lesson.Name, Label: "I have read it", Tone: bot.Primary}
	switch {
	case step.Read:
		message.Blocks = append(message.Blocks, note("You have read this one."))
	case e.State == Running && lesson.Name == e.Last && step.Again:
		message.Blocks = append(message.Blocks, bot.Actions{Buttons: []bot.Button{read}}, note("This one comes once more, a week after it came first."))
	case e.State == Running && lesson.Name == e.Last && step.Posts < mostPosts:
		message.Blocks = append(message.Blocks, bot.Actions{Buttons: []bot.Button{read, {Command: "primer.later", Arg: lesson.Name, Label: "Later"}, {Command: "primer.stop", Label: "Stop these lessons"}}})
	case e.State == Running && lesson.Name == e.Last:
		message.Blocks = append(message.Blocks, bot.Actions{Buttons: []bot.Button{read, {Command: "primer.stop", Label: "Stop these lessons"}}})
	case e.Can(MarkRead):
		message.Blocks = append(message.Blocks, bot.Actions{Buttons: []bot.Button{read}})
	}
	return message
}

// renderLesson draws a lesson that was sent.
func (f *Feature) renderLesson(ctx context.Context, id string) (bot.Message, int64, error) {
	person, name, _ := strings.Cut(id, "/")
	e, err := f.Stores.Enrolments.Get(ctx, bot.PersonID(person))
	if err != nil {
		return bot.Message{}, 0, err
	}
	lesson, number, ok := find(name)
	if !ok || e.State == None {
		return bot.Message{}, 0, bot.ErrNotFound
	}
	message := f.cardOf(lesson, e)
	message.Blocks = append(message.Blocks, note(fmt.Sprintf("Lesson %d of %d. ", number, len(lessons)), e.why()))
	return message, e.Version, nil
}

// why says why somebody gets lessons, and who sees what.
func (e Enrolment) why() string {
	if e.Own {
		return "Why you: you asked for one lesson a week. Nobody else sees what you read."
	}
	return "Why you: a comms lead put you on the list of those who read the primer before the launch. Comms leads see your name once you have read all lessons, and nothing else."
}

func (f *Feature) begin(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	now := f.Clock.Now()
	e, err := f.do(ctx, in.Actor.Person, func(e *Enrolment) ([]bot.Delivery, error) { return e.Start(in.Actor, now) })
	if err != nil {
		return nil, err
	}
	left := 0
	for _, name := range names() {
		if !e.of(name).Read {
			left++
		}
	}
	message := titled("One lesson a week", paragraph(fmt.Sprintf("%d of %d lessons come, one a week, in a message to you alone.", left, len(lessons))))
	if due := e.Due(time.Time{}); due.After(now) {
		message.Blocks = append(message.Blocks, paragraph("The next one comes from ", bot.Moment(due, bot.DayStyle), " on."))
	}
	message.Blocks = append(message.Blocks, note("To stop: ", bot.Mono("/evangelist primer stop")))
	return finish(in, message), nil
}

func (f *Feature) stop(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	_, err := f.do(ctx, in.Actor.Person, func(e *Enrolment) ([]bot.Delivery, error) { return e.Halt(in.Actor) })
	if err != nil {
		return nil, err
	}
	return finish(in, bot.Notice("No more lessons come, and nobody is told. They stay where they are: /evangelist primer")), nil
}

func (f *Feature) read(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	e, err := f.do(ctx, in.Actor.Person, func(e *Enrolment) ([]bot.Delivery, error) { return e.Note(in.Actor, in.Arg, names()) })
	switch {
	case err != nil:
		return nil, err
	case e.State == Finished && !e.Own:
		return finish(in, bot.Notice("Thank you. That was the last one, and you have read them all. Comms leads now see your name among those who have.")), nil
	case e.State == Finished:
		return finish(in, bot.Notice("Thank you. That was the last one, and you have read them all.")), nil
	case e.State == Running:
		return finish(in, bot.Notice("Thank you. The next lesson comes when its week is over; all of them stand under /evangelist primer.")), nil
	}
	return finish(in, bot.Notice("Thank you. The other lessons stand under /evangelist primer.")), nil
}

func (f *Feature) later(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	_, err := f.do(ctx, in.Actor.Person, func(e *Enrolment) ([]bot.Delivery, error) { return e.PutOff(in.Actor, in.Arg) })
	if err != nil {
		return nil, err
	}
	return finish(in, bot.Notice("That is fine. If you have not read it by then, it comes once more, a week after it came first.")), nil
}

// mineOnHome shows the lesson at which somebody is, while a series runs.
func (f *Feature) mineOnHome(ctx context.Context, actor bot.Actor) ([]bot.Block, error) {
	if actor.Person == "" || !actor.Has(bot.Colleague) {
		return nil, nil
	}
	e, err := f.Stores.Enrolments.Get(ctx, actor.Person)
	if err != nil || e.State != Running {
		return nil, err
	}
	for _, lesson := range lessons {
		if !e.of(lesson.Name).Read {
			return []bot.Block{section("The primer"), paragraph("The next lesson for you: ", bot.To(lesson.Title, f.Organisation.Page(Page+"/"+lesson.Name)), "."),
				bot.Actions{Buttons: []bot.Button{{Command: "primer.lessons", Arg: lesson.Name, Label: "Open it"}}}}, nil
		}
	}
	return nil, nil
}

// The answers to what happens to those who are named.
const (
	enrolThem   = "enrol"
	enrolAll    = "leaders"
	takeThemOut = "out"
)

// seats are the fields of a form that name people.
func seats() []string { return []string{"who", "who2", "who3", "who4"} }

func (f *Feature) enrolForm(ctx context.Context, _ bot.Invocation) (*bot.Form, error) {
	options := []bot.Option{{Value: enrolThem, Label: "One lesson a week to them", Help: "Each can stop with one press, and you are not told."}}
	if f.Leaders != nil {
		all, err := f.leaders(ctx)
		if err != nil {
			return nil, err
		}
		if len(all) > 0 {
			options = append(options, bot.Option{Value: enrolAll, Label: "To them, and to all who lead or champion", Help: people(len(all)) + " at the moment."})
		}
	}
	options = append(options, bot.Option{Value: takeThemOut, Label: "Take them out", Help: "No more lessons come, and they are not counted any more."})
	form := &bot.Form{Title: "Enrol in the primer", Submit: "Save", Intro: []bot.Block{
		paragraph(fmt.Sprintf("They get %d short lessons, one a week. You see who has read them all, and how many have not; nothing else.", len(lessons))),
	}}
	for i, name := range seats() {
		label := "Who"
		if i > 0 {
			label = "And who"
		}
		form.Fields = append(form.Fields, bot.Field{Name: name, Kind: bot.PersonField, Label: label})
	}
	form.Fields = append(form.Fields, bot.Field{Name: "change", Kind: bot.ChoiceField, Label: "What happens", Value: []string{enrolThem}, Options: options})
	return form, nil
}

// leaders are those whom a lead may enrol in one go and who are there.
func (f *Feature) leaders(ctx context.Context) ([]bot.PersonID, error) {
	if f.Leaders == nil {
		return nil, nil
	}
	ids, err := f.Leaders(ctx)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	persons, err := f.People.Persons(ctx, ids...)
	if err != nil {
		return nil, err
	}
	var there []bot.PersonID
	for _, p := range persons {
		if !p.Inactive && !p.Outside {
			there = append(there, p.ID)
		}
	}
	return there, nil
}

func (f *Feature) enrol(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	out := in.Value("change") == takeThemOut
	wanted, wrong, err := f.named(ctx, in, out)
	if err != nil {
		return nil, err
	}
	if in.Value("change") == enrolAll {
		all, err := f.leaders(ctx)
		if err != nil {
			return nil, err
		}
		wanted = append(wanted, all...)
	}
	slices.Sort(wanted)
	wanted = slices.Compact(wanted)
	if len(wanted) == 0 && len(wrong) == 0 {
		wrong["who"] = "Choose a colleague."
	}
	if len(wrong) > 0 {
		return bot.Invalid{Fields: wrong}, nil
	}
	now := f.Clock.Now()
	for _, person := range wanted {
		_, err := f.do(ctx, person, func(e *Enrolment) ([]bot.Delivery, error) {
			if out {
				return e.Remove(in.Actor)
			}
			return e.Join(in.Actor, now)
		})
		if err != nil {
			return nil, err
		}
	}
	return finish(in, enrolledMessage(len(wanted), out)), nil
}

// named reads the persons of the form. Whoever is taken out need not be there any
// more.
func (f *Feature) named(ctx context.Context, in bot.Invocation, out bool) ([]bot.PersonID, map[string]string, error) {
	var wanted []bot.PersonID
	wrong := map[string]string{}
	for _, field := range seats() {
		id := bot.PersonID(in.Value(field))
		if id == "" {
			continue
		}
		persons, err := f.People.Persons(ctx, id)
		switch {
		case err != nil:
			return nil, nil, err
		case len(persons) == 0:
			wrong[field] = "I do not know this colleague yet. Ask them to type /evangelist once, then try again."
		case !out && (persons[0].Inactive || persons[0].Outside):
			wrong[field] = "This account is not active, so no lesson would arrive. Choose somebody else."
		default:
			wanted = append(wanted, id)
		}
	}
	return wanted, wrong, nil
}

// enrolledMessage is the same whatever the people named had decided for themselves.
func enrolledMessage(n int, out bool) bot.Message {
	if out {
		return bot.Notice("Taken out: " + people(n) + ". No more lessons come to them.")
	}
	message := titled("The primer goes to "+people(n),
		paragraph("The first lesson comes as soon as their working hours allow, and then one a week. Who has the lessons already, or stopped them, gets nothing anew."))
	message.Blocks = append(message.Blocks, bot.Actions{Buttons: []bot.Button{{Command: "primer.checklist", Label: "The checklist"}}})
	return message
}
