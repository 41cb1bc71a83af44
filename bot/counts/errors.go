package counts

import (
	"errors"
	"fmt"
)

// Reason says, for machines, what is missing or wrong.
type Reason string

// The reasons for which nothing at all is published.
const (
	NoKey             Reason = "no-key"
	NoDefinition      Reason = "no-definition"
	NoUnit            Reason = "no-unit"
	NoBehind          Reason = "no-behind"
	NoPeriod          Reason = "no-period"
	NoDenominator     Reason = "no-denominator"
	Reversed          Reason = "period-reversed"
	Negative          Reason = "negative"
	TooMany           Reason = "too-many"
	Contradiction     Reason = "contradiction"
	UnknownDepartment Reason = "unknown-department"
	MissingDepartment Reason = "missing-department"
	Crossed           Reason = "crossed"
	Nested            Reason = "nested"
	Crossing          Reason = "periods-cross"
	Redefined         Reason = "redefined"
	BadRecord         Reason = "bad-record"
)

// RefusedError is returned when a count cannot be published as it was given.
// Say is a sentence or two: what is wrong, and what to do instead. Nothing was
// published.
type RefusedError struct {
	Reason Reason
	Say    string
}

// Error implements error with the sentence.
func (e *RefusedError) Error() string { return e.Say }

func refuse(reason Reason, format string, args ...any) error {
	return &RefusedError{Reason: reason, Say: fmt.Sprintf(format, args...)}
}

var errTrailing = errors.New("something follows it")
