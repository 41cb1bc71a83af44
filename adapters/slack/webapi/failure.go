package webapi

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"evangelist/bot"
)

// APIError is what Slack said was wrong. It holds codes only, nothing that
// anybody wrote.
type APIError struct {
	Method   string
	Code     string   // "" when Slack's was not readable as one
	Needed   []string // the scopes that would do, for missing_scope
	Pointers []string // where in the blocks or the view, as JSON pointers
}

func (e *APIError) Error() string {
	text := e.Method + ": " + e.Code
	if e.Code == "" {
		text += "a refusal without a readable code"
	}
	if len(e.Needed) > 0 {
		text += " (needed: " + strings.Join(e.Needed, ", ") + ")"
	}
	if len(e.Pointers) > 0 {
		text += " (at " + strings.Join(e.Pointers, ", ") + ")"
	}
	return text
}

// TokenError says that Slack does not let the bot do anything at all: its token
// was revoked, has expired, or may not be used from here. It is the cause of a
// *bot.SendError, so that what is to be sent waits until an operator has mended
// it.
type TokenError struct {
	Code string
	Say  string // for the operator: what is wrong and what to do
	Err  error
}

func (e *TokenError) Error() string { return "Slack does not let the bot in: " + e.Err.Error() }

// Unwrap returns the cause.
func (e *TokenError) Unwrap() error { return e.Err }

// Code returns Slack's code for a failure, "" when it is not one of Slack's.
func Code(err error) string {
	var fault *APIError
	if errors.As(err, &fault) {
		return fault.Code
	}
	return ""
}

// ruling is what a code means. The zero value means that nobody knows.
type ruling struct {
	reason bot.SendReason
	wait   time.Duration // Busy: at least, when Slack names no time
	locked bool          // the bot may do nothing at all: a TokenError
	say    string
}

// errDoubt goes with the codes after which nobody knows.
var errDoubt = errors.New("nobody knows whether Slack did it")

// judge turns what Slack said into one of the two kinds of error.
func judge(fault *APIError, wait time.Duration) error {
	r := rulingOf(fault.Method, fault.Code)
	say := strings.ReplaceAll(r.say, "{code}", fault.Code)
	switch {
	case r.reason == "":
		return fmt.Errorf("%w: %w", errDoubt, fault)
	case r.locked:
		return &bot.SendError{Reason: bot.Busy, RetryAfter: max(wait, r.wait), Say: say, Err: &TokenError{Code: fault.Code, Say: say, Err: fault}}
	case r.reason == bot.Busy:
		return &bot.SendError{Reason: bot.Busy, RetryAfter: max(wait, r.wait), Say: say, Err: fault}
	case fault.Code == "missing_scope":
		return &bot.SendError{Reason: bot.Denied, Say: lacking(fault.Needed), Err: fault}
	}
	return &bot.SendError{Reason: r.reason, Say: say, Err: fault}
}

// rulingOf looks a code up. One that is not listed is a refusal like others,
// unless its name says that something broke at Slack.
func rulingOf(method, code string) ruling {
	if r, ok := rulings[method][code]; ok {
		return r
	}
	if r, ok := commonRulings[code]; ok {
		return r
	}
	if code == "" {
		return ruling{}
	}
	for _, broken := range brokenWords {
		if strings.Contains(code, broken) {
			return ruling{}
		}
	}
	return ruling{reason: bot.Denied, say: sayUnlisted}
}

func busy(fault *APIError, wait time.Duration) error {
	return &bot.SendError{Reason: bot.Busy, RetryAfter: wait, Say: sayLimited, Err: fault}
}

// lacking names the permissions that are missing and what they are for.
func lacking(scopes []string) string {
	if len(scopes) == 0 {
		return "The Slack app lacks a permission for this. Compare its permissions with the manifest (evangelist manifest slack), add what is missing and install the app again."
	}
	names, use := scopes[0], ""
	for _, scope := range scopes[1:] {
		names += " or " + scope
	}
	for _, scope := range scopes {
		if what, ok := scopeUses[scope]; ok {
			use = ", which it needs " + what
			break
		}
	}
	return "The Slack app lacks the permission " + names + use + ". Add it in the app's settings under OAuth & Permissions and install the app again."
}

// unsendable is a request that could not even be put together. What was in it is
// not told.
func unsendable(method string) error {
	return &bot.SendError{Reason: bot.Denied, Say: "This could not be put into the form that Slack asks for, so nothing was sent. Please tell whoever operates the bot.",
		Err: fmt.Errorf("%s: the request could not be made", method)}
}
