package slack

import (
	"context"
	"slices"
	"strings"

	"evangelist/adapters/slack/blockkit"
	"evangelist/adapters/slack/inbound"
	"evangelist/bot"
)

// values are the answers of a sent dialog, people and places under our own ids.
// wrong holds a sentence for each field whose answer is not to be used.
func (t *turn) values(ctx context.Context, us inbound.Us) (values map[string][]string, wrong map[string]string) {
	values, wrong = map[string][]string{}, map[string]string{}
	answers, err := blockkit.Values(t.r.View.State)
	if err != nil {
		t.Log.Warn("what a dialog holds could not be read", "error", err)
		return nil, map[string]string{"": "Slack sent this form in a way that I could not read, so nothing was done. Please open it again."}
	}
	elsewhere := map[string][]string{}
	for _, answer := range answers {
		if field, ok := strings.CutSuffix(answer.Field, blockkit.Elsewhere); ok {
			elsewhere[field] = answer.Values
			continue
		}
		given := answer.Values
		var say string
		switch answer.Kind {
		case blockkit.PersonAnswer:
			given, say = t.persons(ctx, us, given)
		case blockkit.PlaceAnswer:
			given, say = t.places(ctx, us, given)
		}
		values[answer.Field] = given
		if say != "" {
			wrong[answer.Field] = say
		}
	}
	for field, given := range elsewhere {
		given, say := t.elsewhere(ctx, given)
		values[field] = append(values[field], given...)
		if say != "" {
			wrong[field] = say
		}
	}
	return values, wrong
}

// elsewhere keeps of places on other platforms those that the form offered.
func (t *turn) elsewhere(ctx context.Context, given []string) (out []string, say string) {
	if len(given) == 0 {
		return nil, ""
	}
	known, err := t.handlers.Places(ctx)
	for _, id := range given {
		if err != nil || !slices.ContainsFunc(known, func(p bot.Place) bool { return string(p.ID) == id && p.ID.Platform() != Name }) {
			return nil, "I do not know one of the places outside Slack. Open the form again and choose it anew."
		}
		out = append(out, id)
	}
	return out, ""
}

func (t *turn) persons(ctx context.Context, us inbound.Us, users []string) (out []string, say string) {
	for _, user := range users {
		if t.handlers.Person == nil {
			return nil, "People cannot be chosen here."
		}
		person, err := t.handlers.Person(ctx, us.Account(user, "", ""))
		if err != nil || person == "" {
			return nil, "I do not know this person yet. Choose somebody else, or try again tomorrow, when I have read the directory."
		}
		out = append(out, string(person))
	}
	return out, ""
}

// places looks at each channel that is not known yet, so that it is known before
// anything is done with it.
func (t *turn) places(ctx context.Context, us inbound.Us, channels []string) (out []string, say string) {
	known := map[bot.PlaceID]bool{}
	if all, err := t.handlers.Places(ctx); err == nil {
		for _, place := range all {
			known[place.ID] = place.Member
		}
	}
	for _, channel := range channels {
		id := us.Place(channel)
		if !known[id] {
			if _, err := t.look(ctx, channel); passing(err) != nil {
				return nil, "Slack is busy just now, so I could not look at one of these channels. Please send the form again in a minute."
			} else if err != nil {
				return nil, "I cannot see one of these channels. If it is private, invite me there first, then choose it again."
			}
		}
		out = append(out, string(id))
	}
	return out, ""
}

// accountOf is a person's user id here, "" when there is none.
func (a *Adapter) accountOf(ctx context.Context, person bot.PersonID) string {
	if a.handlers.Accounts == nil {
		return ""
	}
	accounts, err := a.handlers.Accounts(ctx, person)
	if err != nil {
		return ""
	}
	for _, account := range accounts {
		if account.Platform() == Name {
			return account.Native()
		}
	}
	return ""
}

// confirmed reports whether a lead confirmed that a place which is shared with
// another organisation may be posted to. A place that has become shared is
// noted.
func (a *Adapter) confirmed(ctx context.Context, place bot.Place) (bool, error) {
	if err := a.observe(ctx, []bot.Place{place}); err != nil {
		return false, err
	}
	now, err := a.remembered(ctx, place.ID)
	return now.Confirmed, err
}

// options are how views are drawn.
func (a *Adapter) options(ctx context.Context) blockkit.Options {
	return blockkit.Options{
		BaseURL: a.BaseURL, Zone: a.Zone,
		Account: func(person bot.PersonID) string { return a.accountOf(ctx, person) },
		Channel: func(place bot.PlaceID) string {
			if place.Platform() != Name {
				return ""
			}
			return place.Native()
		},
		Elsewhere: func() []bot.Option { return a.outside(ctx) },
	}
}

// outside offers the places of other platforms.
func (a *Adapter) outside(ctx context.Context) []bot.Option {
	if a.handlers.Places == nil {
		return nil
	}
	all, err := a.handlers.Places(ctx)
	if err != nil {
		a.Log.Warn("the places for a form could not be read", "error", err)
	}
	all = slices.DeleteFunc(slices.Clone(all), func(place bot.Place) bool {
		return place.ID.Platform() == Name || !place.Member || place.Archived || place.Kind == bot.DirectChat
	})
	return bot.PlaceOptions(all)
}
