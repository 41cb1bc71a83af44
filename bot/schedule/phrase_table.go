package schedule

import "time"

// The words that phrases are made of. Whatever stands before the equals sign
// is already in lower case.

var dayWords = map[string]time.Weekday{
	"monday": time.Monday, "mondays": time.Monday, "mon": time.Monday,
	"tuesday": time.Tuesday, "tuesdays": time.Tuesday, "tue": time.Tuesday, "tues": time.Tuesday,
	"wednesday": time.Wednesday, "wednesdays": time.Wednesday, "wed": time.Wednesday,
	"thursday": time.Thursday, "thursdays": time.Thursday, "thu": time.Thursday, "thur": time.Thursday, "thurs": time.Thursday,
	"friday": time.Friday, "fridays": time.Friday, "fri": time.Friday,
	"saturday": time.Saturday, "saturdays": time.Saturday, "sat": time.Saturday,
	"sunday": time.Sunday, "sundays": time.Sunday, "sun": time.Sunday,
}

var ordinalWords = map[string]int{
	"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6,
	"seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12,
	"last": lastOne, "other": 2,
}

var numberWords = map[string]int{
	"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
	"seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
}

var monthWords = map[string]time.Month{
	"january": time.January, "jan": time.January, "february": time.February, "feb": time.February,
	"march": time.March, "mar": time.March, "april": time.April, "apr": time.April, "may": time.May,
	"june": time.June, "jun": time.June, "july": time.July, "jul": time.July,
	"august": time.August, "aug": time.August, "september": time.September, "sep": time.September, "sept": time.September,
	"october": time.October, "oct": time.October, "november": time.November, "nov": time.November,
	"december": time.December, "dec": time.December,
}

// sameWords are read as the word to their right; "" leaves the word out.
var sameWords = map[string]string{
	"the": "", "on": "", "each": "every", "in": "of", "month's": "month", "months": "month",
	"and": "and", "&": "and", "weeks": "week", "days": "day", "weekdays": "weekday",
	"workday": "weekday", "workdays": "weekday", "calendar": "",
	"starting": "from", "beginning": "from", "since": "from",
	"fortnight": "fortnightly",
}
