package wiring

import (
	"context"

	"evangelist/bot"
	"evangelist/bot/impact"
)

// Matters is what waits for an actor in all features, what is due first at the
// front.
func (f *Features) Matters(ctx context.Context, actor bot.Actor) ([]bot.Matter, error) {
	var all []bot.Matter
	for _, source := range f.matters {
		some, err := source(ctx, actor)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	bot.SortMatters(all)
	return all, nil
}

// Courses are how published numbers went, for leads alone.
func (f *Features) Courses(ctx context.Context, actor bot.Actor) ([]impact.Course, error) {
	if !actor.Has(bot.Lead) {
		return nil, nil
	}
	return f.Impact.Courses(ctx)
}
