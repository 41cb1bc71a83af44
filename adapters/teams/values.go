package teams

import (
	"context"
	"slices"
	"strings"

	"evangelist/adapters/teams/cards"
	"evangelist/bot"
)

// values are the answers of a sent form, people under our own ids. wrong holds a
// sentence for each field whose answer is not to be used.
func (t *turn) values(ctx context.Context) (values map[string][]string, wrong map[string]string) {
	t.typed = cards.Values(t.request.Data)
	values, wrong = map[string][]string{}, map[string]string{}
	kinds := cards.Kinds(t.request.Data)
	for field, given := range t.typed {
		var say string
		switch kinds[field] {
		case bot.PersonField:
			given, say = t.persons(ctx, given)
		case bot.PlaceField, bot.PlacesField:
			say = t.reachable(ctx, given)
		}
		values[field] = given
		if say != "" {
			wrong[field] = say
		}
	}
	return values, wrong
}

// persons are the people with these ids of the directory. One of our own ids
// stands there when nobody changed the field.
func (t *turn) persons(ctx context.Context, given []string) (out []string, say string) {
	for _, id := range given {
		if t.handlers.Person == nil {
			return nil, "People cannot be chosen here."
		}
		person, err := t.handlers.Person(ctx, bot.NewAccountID(Name, strings.ToLower(bot.Clean(id, 64))))
		if err == nil && person == "" && t.accountOf(ctx, bot.PersonID(id)) != "" {
			person = bot.PersonID(id)
		}
		if err != nil || person == "" {
			return nil, "I do not know this person yet. Choose somebody else, or try again tomorrow, when I have read the directory."
		}
		out = append(out, string(person))
	}
	return out, ""
}

// reachable refuses places that the form did not offer.
func (t *turn) reachable(ctx context.Context, given []string) string {
	if len(given) == 0 {
		return ""
	}
	offered := map[string]bool{}
	for _, place := range t.offered(ctx) {
		offered[string(place.ID)] = true
	}
	for _, id := range given {
		if !offered[id] {
			return "I do not know one of these places. Add me to its team first, then choose it again."
		}
	}
	return ""
}

// accountOf is a person's account here, "" when there is none.
func (a *Adapter) accountOf(ctx context.Context, person bot.PersonID) bot.AccountID {
	if a.handlers.Accounts == nil || person == "" {
		return ""
	}
	accounts, err := a.handlers.Accounts(ctx, person)
	if err != nil {
		return ""
	}
	for _, account := range accounts {
		if account.Platform() == Name {
			return account
		}
	}
	return ""
}

// filling is what goes into a form besides its questions.
func (t *turn) filling(ctx context.Context, wrong map[string]string) cards.Filling {
	fill := cards.Filling{State: t.frame.text(), Wrong: wrong, Person: func(value string) (cards.Choice, bool) {
		account := bot.NewAccountID(Name, value)
		if own := t.accountOf(ctx, bot.PersonID(value)); own != "" {
			account = own
		}
		name := t.known.name(account)
		return cards.Choice{Value: account.Native(), Label: name}, name != ""
	}}
	if wrong != nil {
		fill.Typed = t.typed
	}
	for _, option := range bot.PlaceOptions(t.offered(ctx)) {
		fill.Places = append(fill.Places, cards.Choice{Value: option.Value, Label: option.Label})
	}
	return fill
}

// offered are the places that a form offers.
func (t *turn) offered(ctx context.Context) []bot.Place {
	if t.handlers.Places == nil {
		return nil
	}
	known, err := t.handlers.Places(ctx)
	if err != nil {
		t.Log.Warn("the places for a form could not be read", "error", err)
	}
	return slices.DeleteFunc(slices.Clone(known), func(place bot.Place) bool {
		return !place.Member || place.Archived || place.Kind == bot.DirectChat
	})
}
