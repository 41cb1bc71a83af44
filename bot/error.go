package bot

import (
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
)

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

// Panicked describes a panic to those who mend the program; trouble is what
// recover returned, in what was running. The value may hold what somebody typed,
// so only its type is told, with the line of code that panicked. To be called by
// the deferred function that recovered.
func Panicked(trouble any, in string) error {
	return fmt.Errorf("panic (%T) in %s at %s", trouble, in, panicSite(string(debug.Stack())))
}

// panicSite returns the first line of code below the panic that is not the
// runtime's own.
func panicSite(stack string) string {
	lines := strings.Split(stack, "\n")
	for i, line := range lines {
		if !strings.HasPrefix(line, "panic(") {
			continue
		}
		for at := i + 2; at+1 < len(lines); at += 2 {
			if !strings.HasPrefix(lines[at], "runtime.") {
				site, _, _ := strings.Cut(strings.TrimSpace(lines[at+1]), " ")
				return site
			}
		}
	}
	return "unknown place"
}
