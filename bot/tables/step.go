package tables

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"evangelist/bot"
	"evangelist/bot/seating"
)

// step is one change of a seating by hand: a person goes to a table, or changes
// places with another.
type step struct {
	person, with string
	table        int
}

// stepOf reads a form; wrong says by field what does not fit.
func stepOf(in bot.Invocation) (s step, wrong map[string]string) {
	s = step{person: in.Value("person"), with: in.Value("with"), table: -1}
	number := strings.TrimSpace(in.Value("table"))
	switch {
	case s.person == "":
		return s, map[string]string{"person": "Choose somebody of this draft."}
	case number == "" && s.with == "":
		return s, map[string]string{"table": "Give a table, or choose with whom to change places below."}
	case number != "" && s.with != "":
		return s, map[string]string{"with": "Choose one of the two: a table, or a person to change places with."}
	case number == "":
		return s, nil
	}
	table, err := strconv.Atoi(number)
	if err != nil {
		return s, map[string]string{"table": "Write the table as a whole number."}
	}
	s.table = table
	return s, nil
}

// wrong says by field why a step is none, in words without an id.
func (s step) wrong(r *Round) map[string]string {
	stranger := "This person is not in this draft. Choose somebody of it, or seat everybody anew."
	seat := r.seat(bot.PersonID(s.person))
	if seat == nil {
		return map[string]string{"person": stranger}
	}
	if s.with != "" {
		switch other := r.seat(bot.PersonID(s.with)); {
		case other == nil:
			return map[string]string{"with": stranger}
		case other.Table == seat.Table:
			return map[string]string{"with": "These two are in the same place already, so there is nothing to exchange."}
		}
		return nil
	}
	switch last := len(r.Tables); {
	case s.table < 0 || s.table > last+1:
		return map[string]string{"table": fmt.Sprintf("There is no table %d. Choose 1 to %d, %d for a new one, or 0 to sit out.", s.table, last, last+1)}
	case s.table != seat.Table:
		return nil
	case s.table == 0:
		return map[string]string{"table": "This person sits out already, so there is nothing to change."}
	}
	return map[string]string{"table": fmt.Sprintf("This person sits at table %d already, so there is nothing to change.", s.table)}
}

func (s step) apply(plan seating.Plan) (seating.Plan, error) {
	if s.with != "" {
		return plan.Swap(s.person, s.with)
	}
	return plan.Move(s.person, s.table)
}

// errStep has a rule keep nothing; the form says why.
var errStep = errors.New("a change of the seating does not fit")
