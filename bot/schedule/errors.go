package schedule

import (
	"errors"
	"fmt"
	"strconv"
)

// PhraseError says why a schedule, date or zone that somebody wrote is
// refused. Say is one or two plain sentences for that person: what is wrong
// and what to write instead.
type PhraseError struct{ Say string }

// Error implements error with the sentence for the person.
func (e *PhraseError) Error() string { return e.Say }

// ErrConflict is returned when a schedule row was changed by others again and
// again while it was being set. Trying again later is safe.
var ErrConflict = errors.New("schedule: the row keeps changing")

func say(format string, args ...any) error {
	return &PhraseError{Say: fmt.Sprintf(format, args...)}
}

// quote repeats what was written, shortened, with nothing that could act on a
// terminal.
func quote(text string) string {
	runes := []rune(text)
	if len(runes) > 40 {
		text = string(runes[:40]) + "…"
	}
	return strconv.Quote(text)
}
