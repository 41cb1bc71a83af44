package courier

import (
	"context"
	"errors"
	"slices"

	"evangelist/bot"
)

// Commands under each message that the bot writes first.
const (
	lessCommand  = "contact.less"
	neverCommand = "contact.never"
	usualCommand = "contact.usual"
)

// withChoice puts [Less] and [Never] under a message.
func withChoice(message bot.Message) bot.Message {
	message.Blocks = append(slices.Clone(message.Blocks), bot.Actions{Buttons: []bot.Button{
		{Command: lessCommand, Label: "Less"},
		{Command: neverCommand, Label: "Never"},
	}})
	return message
}

// errNeverWritten is for an account that nobody has recorded yet.
var errNeverWritten = bot.Refuse("not-found", "I have never written to you first, so there is nothing to turn down.")

// Commands are those by which people turn down, or up again, how often and when
// the bot writes first, and by which leads set the days on which it does not.
func (c Contacts) Commands() []bot.Command {
	set := func(name, say string, back bool, change func(*bot.Contact)) bot.Command {
		return bot.Command{Name: name, Needs: bot.Colleague,
			Run: func(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
				if in.Actor.Person == "" {
					return nil, errNeverWritten
				}
				err := c.People.Change(ctx, in.Actor.Person, func(p *bot.Person) ([]bot.Delivery, error) {
					change(&p.Contact)
					return nil, nil
				})
				if err != nil {
					return nil, err
				}
				message := bot.Notice(say)
				if back {
					message.Blocks = append(message.Blocks, bot.Actions{Buttons: []bot.Button{{Command: usualCommand, Label: "As before"}}})
				}
				return bot.Say{Message: message}, nil
			}}
	}
	return []bot.Command{
		{Name: "contact.quiet", Phrases: []string{"evangelist quiet"}, Needs: bot.Colleague, Usage: "/evangelist quiet",
			Help: "sets when and how often I may write to you first: hours, leave, time zone.", Form: c.quietForm, Run: c.quiet},
		{Name: "contact.holidays", Phrases: []string{"evangelist holidays"}, Needs: bot.Lead, Usage: "/evangelist holidays",
			Help: "sets the days on which nobody is written to first.", Form: c.holidaysForm, Run: c.keepHolidays},
		set(lessCommand, "Thank you for saying so. From now on I write to you first at most once in four weeks. I still answer whenever you ask.", true,
			func(to *bot.Contact) { to.Less, to.Never = true, false }),
		set(neverCommand, "Understood. I do not write to you first any more. I still answer whenever you ask.", true,
			func(to *bot.Contact) { to.Never = true }),
		set(usualCommand, "As before, then: I write to you first at most twice a week, never outside your working hours.", false,
			func(to *bot.Contact) { to.Less, to.Never = false, false }),
	}
}

// Full returns those of the persons to whom nothing more can be written first at
// the moment, because what was promised of how often is used up. The time of day is
// not looked at, nor what somebody turned down.
func (c *Courier) Full(ctx context.Context, persons []bot.PersonID) (map[bot.PersonID]bool, error) {
	histories, err := c.Store.Upkeep.Histories(ctx, persons)
	if err != nil {
		return nil, err
	}
	full, now := map[bot.PersonID]bool{}, c.Clock.Now()
	for id, history := range histories {
		reader, err := c.Store.Register.Reader(ctx, id)
		if errors.Is(err, bot.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		full[id] = capped(history, reader.Person.Contact.Less, now).After(now)
	}
	return full, nil
}

// Used notes that a person used the bot this week (nothing finer is kept), which
// is what the cap on writing first asks for. It is called after commands that
// are not Discreet, and never after those that are. Idempotent.
func (c *Courier) Used(ctx context.Context, id bot.PersonID) error {
	return c.Store.Register.Used(ctx, id, c.Clock.Now())
}
