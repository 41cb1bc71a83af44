package primer

import (
	"context"

	"evangelist/bot"
)

// Turn is a lesson beside another one.
type Turn struct{ Name, Title string }

// Lessons lists all lessons for a reader.
func (f *Feature) Lessons(ctx context.Context, actor bot.Actor) (bot.Message, error) {
	e, err := f.own(ctx, actor)
	if err != nil {
		return bot.Message{}, err
	}
	return f.indexMessage(e), nil
}

// Lesson shows one lesson to a reader, with the one before and the one after it,
// which are empty at the ends. bot.ErrNotFound.
func (f *Feature) Lesson(ctx context.Context, actor bot.Actor, name string) (message bot.Message, before, after Turn, err error) {
	e, err := f.own(ctx, actor)
	if err != nil {
		return bot.Message{}, Turn{}, Turn{}, err
	}
	lesson, number, ok := find(name)
	if !ok || lesson.Name != name {
		return bot.Message{}, Turn{}, Turn{}, bot.ErrNotFound
	}
	if number > 1 {
		l := lessons[number-2]
		before = Turn{l.Name, l.Title}
	}
	if number < len(lessons) {
		l := lessons[number]
		after = Turn{l.Name, l.Title}
	}
	return f.cardOf(lesson, e), before, after, nil
}

// Glossary shows the words that fit, all of them when nothing is asked.
func (f *Feature) Glossary(ctx context.Context, actor bot.Actor, words string) (bot.Message, error) {
	if !actor.Has(bot.Colleague) {
		return bot.Message{}, bot.ErrNotFound
	}
	all, err := f.allTerms(ctx)
	if err != nil {
		return bot.Message{}, err
	}
	if words = bot.Clean(words, maxWord); words != "" {
		all = search(all, words)
	}
	message := titled("The glossary")
	if len(all) > 0 {
		message.Blocks = append(message.Blocks, facts(all))
	} else {
		message.Blocks = append(message.Blocks, paragraph("No word fits. Try a shorter one, or ask a comms lead to add it."))
	}
	return withWordButton(message, actor), nil
}

// own is the actor's enrolment.
func (f *Feature) own(ctx context.Context, actor bot.Actor) (Enrolment, error) {
	if !actor.Has(bot.Colleague) {
		return Enrolment{}, bot.ErrNotFound
	}
	if actor.Person == "" {
		return Enrolment{}, nil
	}
	return f.Stores.Enrolments.Get(ctx, actor.Person)
}
