package champions

import (
	"context"
	"errors"

	"evangelist/bot"
)

// accept is "I am glad to".
func (f *Feature) accept(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	return f.asked(ctx, in, (*Champion).Take)
}

// decline is "Rather not".
func (f *Feature) decline(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	return f.asked(ctx, in, (*Champion).Refuse)
}

// asked carries out a rule on the question of a lead and answers with its card.
func (f *Feature) asked(ctx context.Context, in bot.Invocation, rule func(*Champion, bot.Actor, Now) ([]bot.Delivery, error)) (bot.Reply, error) {
	c, err := f.do(ctx, in.Arg, func(c *Champion, n Now) ([]bot.Delivery, error) { return rule(c, in.Actor, n) })
	if err != nil {
		return nil, err
	}
	return bot.Refresh{View: *c.view(askView, c.ID)}, nil
}

// answer takes the answer to the question of a quarter, or, without a number, the
// same wish from the page.
func (f *Feature) answer(said Said) func(context.Context, bot.Invocation) (bot.Reply, error) {
	return func(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
		id, number := splitID(in.Arg)
		c, err := f.do(ctx, id, func(c *Champion, n Now) ([]bot.Delivery, error) {
			switch {
			case number != "" || said == GoesOn:
				return c.Answer(in.Actor, n, number, said)
			case said == Rests:
				return c.Pause(in.Actor, n)
			}
			return c.GoAway(in.Actor, n)
		})
		if err != nil {
			return nil, err
		}
		if number != "" {
			return bot.Refresh{View: *c.view(questionView, in.Arg)}, nil
		}
		return bot.Refresh{View: *c.view(pageView, c.ID)}, nil
	}
}

func (f *Feature) comeBack(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	c, err := f.do(ctx, in.Arg, func(c *Champion, n Now) ([]bot.Delivery, error) { return c.ComeBack(in.Actor, n) })
	if err != nil {
		return nil, err
	}
	return bot.Refresh{View: *c.view(pageView, c.ID)}, nil
}

// mine answers "evangelist champion page": one's own, or nothing is there.
func (f *Feature) mine(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	if in.Actor.Person == "" {
		return nil, bot.ErrNotFound
	}
	c, err := f.Stores.Champions.Get(ctx, string(in.Actor.Person))
	if err != nil {
		return nil, err
	}
	if c.State == Asked {
		message, _, err := f.renderAsk(ctx, c.ID)
		return bot.Say{Message: message}, err
	}
	if !c.State.Speaks() {
		return nil, bot.ErrNotFound
	}
	message, _, err := f.renderPage(ctx, c.ID)
	return bot.Say{Message: message}, err
}

// page shows a champion's page to a lead, or to that champion.
func (f *Feature) page(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	c, _, err := f.read(ctx, in, See)
	if err != nil {
		return nil, err
	}
	message, _, err := f.shown(ctx, in.Actor, c)
	return bot.Say{Message: message}, err
}

// shown draws the page as the actor sees it in chat.
func (f *Feature) shown(ctx context.Context, actor bot.Actor, c Champion) (bot.Message, int64, error) {
	if actor.Person == c.Person {
		return f.renderPage(ctx, c.ID)
	}
	return f.renderLead(ctx, c.ID)
}

// mineOnHome shows champions their page, and who was asked the question.
func (f *Feature) mineOnHome(ctx context.Context, actor bot.Actor) ([]bot.Block, error) {
	if !actor.Has(bot.Colleague) || actor.Person == "" {
		return nil, nil
	}
	c, err := f.Stores.Champions.Get(ctx, string(actor.Person))
	if err != nil || c.State != Asked && !c.State.Speaks() {
		if errors.Is(err, bot.ErrNotFound) {
			err = nil
		}
		return nil, err
	}
	reply, err := f.mine(ctx, bot.Invocation{Actor: actor})
	if err != nil {
		return nil, err
	}
	blocks := reply.(bot.Say).Message.Blocks
	return append([]bot.Block{section(headline(blocks))}, blocks[1:]...), nil
}

// headline is the text of the heading with which a message begins.
func headline(blocks []bot.Block) string { return blocks[0].(bot.Heading).Text.Plain(nil) }
