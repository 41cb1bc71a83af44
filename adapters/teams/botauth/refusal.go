package botauth

import "net/http"

// Reason says for machines why a request was refused; it holds nothing of the
// request.
type Reason string

// The reasons of a refusal. NoKeys is not the sender's fault.
const (
	NoToken     Reason = "no-token"     // no Authorization header, or more than one
	Malformed   Reason = "malformed"    // not a bearer token of three parts
	Algorithm   Reason = "algorithm"    // signed in another way than RS256
	UnknownKey  Reason = "unknown-key"  // the signing key is not published
	NoKeys      Reason = "no-keys"      // the published keys could not be read yet
	Signature   Reason = "signature"    // the signature is not the key's
	Issuer      Reason = "issuer"       // issued by somebody else
	Audience    Reason = "audience"     // meant for another bot
	Time        Reason = "time"         // expired, not valid yet, or without an end
	BadActivity Reason = "bad-activity" // the body is not one activity
	TooLarge    Reason = "too-large"    // the body is larger than it may be
	Channel     Reason = "channel"      // from a channel that this bot does not serve
	Endorsement Reason = "endorsement"  // the key may not speak for this channel
	ServiceURL  Reason = "service-url"  // the token is for another service address
	ServiceHost Reason = "service-host" // the service address is not on the list
	Tenant      Reason = "tenant"       // of another organisation, or of none
	NotLocal    Reason = "not-local"    // unsigned, and not from this machine
)

// Refusal is the error of a request that is not accepted. Status is what to
// answer with: 401, 403, 413 for TooLarge, or 503 for NoKeys.
type Refusal struct {
	Status int
	Reason Reason
	Err    error // what is behind it, for the operator; nil mostly
}

// Error implements error. It never contains anything of the token or the body.
func (r *Refusal) Error() string {
	text := "request to the bot refused: " + string(r.Reason)
	if r.Err != nil {
		text += ": " + r.Err.Error()
	}
	return text
}

// Unwrap returns the cause.
func (r *Refusal) Unwrap() error { return r.Err }

func unauthorized(reason Reason) *Refusal {
	return &Refusal{Status: http.StatusUnauthorized, Reason: reason}
}

func forbidden(reason Reason) *Refusal {
	return &Refusal{Status: http.StatusForbidden, Reason: reason}
}
