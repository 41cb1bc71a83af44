package connector

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// TokenError is a refusal of the sign-in service, or a credential that cannot be
// used. It holds no secret and nothing that the service wrote but a number.
type TokenError struct {
	Status     int           // of the answer; 0: nothing was asked
	Code       int           // number of the refusal (AADSTS…), 0 when it had none
	RetryAfter time.Duration // not before
	Permanent  bool          // somebody must mend the configuration
	Say        string        // a sentence for a human, saying what to do
	Err        error
}

// Error implements error.
func (e *TokenError) Error() string {
	text := "get a token: " + e.Say
	if e.Code != 0 {
		text += fmt.Sprintf(" (AADSTS%d)", e.Code)
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns the cause.
func (e *TokenError) Unwrap() error { return e.Err }

// wait is how long to wait before it makes sense to try again.
func (e *TokenError) wait() time.Duration {
	if e.Permanent || e.Status == 0 {
		return max(e.RetryAfter, mendWait)
	}
	return e.RetryAfter
}

func refusedToken(response *http.Response, text []byte, now time.Time) error {
	e := &TokenError{Status: response.StatusCode, RetryAfter: retryAfter(response.Header.Get("Retry-After"), now)}
	var said struct {
		Codes []int  `json:"error_codes"`
		Error string `json:"error"`
	}
	if json.Unmarshal(text, &said) == nil && len(said.Codes) > 0 {
		e.Code = said.Codes[0]
	}
	switch {
	case e.Status == http.StatusTooManyRequests || e.Status >= 500:
		e.Say = "Microsoft's sign-in service is not available just now; it will be tried again."
	case tokenRefusals[e.Code] != "":
		e.Permanent, e.Say = true, tokenRefusals[e.Code]
	case e.Status == http.StatusBadRequest || e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden:
		e.Permanent = true
		e.Say = "Microsoft's sign-in service does not let the bot in, so it cannot send anything. Check the app's registration and teams.client_secret, teams.certificate_file or teams.federated_token_file; it will be tried again."
	default:
		e.Say = "Microsoft's sign-in service gave an answer that is none; it will be tried again. Check the proxy if this stays."
	}
	return e
}
