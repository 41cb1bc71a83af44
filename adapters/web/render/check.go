package render

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"evangelist/bot"
)

// Values takes what a browser sent for the form's fields, by field name, and
// checks what a client checks by itself: compulsory fields, lengths, answers
// that were offered, dates. typed is for showing the form again as it was;
// values are for the router, and never nil; wrong has a sentence for each field
// that is not right.
func Values(f Filled, sent map[string][]string) (typed, values map[string][]string, wrong map[string]string) {
	typed, values, wrong = map[string][]string{}, map[string][]string{}, map[string]string{}
	for _, field := range f.Form.Fields {
		given := slices.Clone(sent["f."+field.Name])
		for i := range given {
			given[i] = strings.ReplaceAll(given[i], "\r\n", "\n")
		}
		typed[field.Name] = given
		given = slices.DeleteFunc(slices.Clone(given), func(v string) bool { return strings.TrimSpace(v) == "" })
		if len(given) == 0 {
			if field.Required {
				wrong[field.Name] = "This is needed. Please fill it in."
			}
			values[field.Name] = nil
			continue
		}
		if field.Kind != bot.ChoicesField && field.Kind != bot.PlacesField {
			given = given[:1]
		}
		for i, value := range given {
			var say string
			if given[i], say = f.check(field, value); say != "" {
				wrong[field.Name] = say
			}
		}
		values[field.Name] = given
	}
	return typed, values, wrong
}

func (f Filled) check(field bot.Field, value string) (clean, say string) {
	switch field.Kind {
	case bot.ChoiceField, bot.ChoicesField, bot.PersonField, bot.PlaceField, bot.PlacesField:
		offered := f.options(field, field.Value)
		if !slices.ContainsFunc(offered, func(o bot.Option) bool { return o.Value == value }) && !slices.Contains(field.Value, value) {
			return value, "Please choose one of the answers that are offered."
		}
	case bot.YesNoField:
		return "yes", ""
	case bot.DateField:
		value = strings.TrimSpace(value)
		if _, err := time.Parse(time.DateOnly, value); err != nil {
			return value, "Please give the day as year, month and day: 2026-12-04."
		}
	case bot.TimeField:
		value = strings.TrimSpace(value)
		if len(value) == 8 {
			value = strings.TrimSuffix(value, ":00")
		}
		if _, err := time.Parse("15:04", value); err != nil {
			return value, "Please give the time as hours and minutes: 09:00."
		}
	case bot.NumberField:
		value = strings.TrimSpace(value)
		if _, err := strconv.Atoi(value); err != nil {
			return value, "Please give a whole number."
		}
	default:
		if n := utf8.RuneCountInString(value); n > field.Limit() {
			return value, fmt.Sprintf("This has %d characters; there is room for %d. Please shorten it.", n, field.Limit())
		}
	}
	return value, ""
}
