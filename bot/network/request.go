package network

import (
	"strings"
	"time"

	"evangelist/bot"
)

// RequestState is where a request stands.
type RequestState string

// The states of a request. Met and Refused are final and have a reason.
const (
	Wanted  RequestState = "open"
	Met     RequestState = "met"
	Refused RequestState = "refused"
)

// Request is something that an evangelist needs. Leads read its words, never whose
// they are; the author hears the outcome.
type Request struct {
	ID     string
	Source string // natural key of the answer that it came from; unique
	Title  string // the first line, at most MaxTitle runes
	Words  string
	Person bot.PersonID
	State  RequestState
	Reason string // what came of it; empty while open
	Opened time.Time
	Closed time.Time
}

// Title returns the first line of words, shortened to MaxTitle runes.
func Title(words string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(words), "\n")
	line = strings.TrimSpace(line)
	if runes := []rune(line); len(runes) > MaxTitle {
		return strings.TrimSpace(string(runes[:MaxTitle-1])) + "…"
	}
	return line
}

// Close ends an open request as Met or Refused, with a reason that the author is
// told. Closing again in the same way changes nothing; in another way is refused.
func (r *Request) Close(state RequestState, reason string, now time.Time) ([]bot.Delivery, error) {
	switch {
	case state != Met && state != Refused:
		return nil, bot.Refuse("request-outcome", "Choose what came of it: it is there, or it is not possible.")
	case reason == "":
		return nil, bot.Refuse("request-reason", "Write one sentence on what came of it. Whoever asked will read it.")
	case r.State == state && r.Reason == reason:
		return nil, nil
	case r.State != Wanted:
		return nil, bot.Refuse("request-closed", "Somebody has closed this request already, and whoever asked has read why. Nothing was changed.")
	}
	r.State, r.Reason, r.Closed = state, reason, now
	message := closedMessage(*r)
	return []bot.Delivery{{
		Key: "request/" + r.ID + "/closed", To: bot.Address{Person: r.Person}, Class: bot.Answer, Frozen: &message,
	}}, nil
}
