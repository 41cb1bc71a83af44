package bot

import "errors"

// Error is a failure that a person may read: a code for machines, a sentence
// for the colleague (what went wrong, what it means, what to do) and a hint for
// the operator. Return or log, never both.
type Error struct {
	Code string
	Say  string
	Hint string
	Err  error
}

// Error implements error.
func (e *Error) Error() string {
	text := e.Code + ": " + e.Say
	if e.Hint != "" {
		text += " (" + e.Hint + ")"
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is reports equal codes, so that errors.Is works with the sentinels below.
func (e *Error) Is(target error) bool {
	other, ok := target.(*Error)
	return ok && other.Code == e.Code
}

// The sentinels that stores and rules return. Refusal for want of rights looks
// like ErrNotFound.
var (
	ErrNotFound = &Error{Code: "not-found", Say: "That is not here, or not for you. Perhaps it was closed or removed in the meantime."}
	ErrTooFast  = &Error{Code: "too-fast", Say: "That was a lot in a short time, so nothing was done. Please wait a minute and try again."}
)

// Refuse returns an error whose sentence is shown to the person as it stands.
func Refuse(code, say string) error { return &Error{Code: code, Say: say} }

// sentence returns what to tell a person, "" when the error is internal.
func sentence(err error) string {
	var known *Error
	if errors.As(err, &known) {
		return known.Say
	}
	return ""
}
