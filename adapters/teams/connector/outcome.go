package connector

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"evangelist/bot"
)

// maxWait bounds what a service may ask to wait.
const maxWait = time.Hour

// Failure is what the service answered instead of doing what was asked. It holds
// nothing of the request.
type Failure struct {
	Status int
	Code   string // of the service, in letters and digits; may be empty
}

// Error implements error.
func (f *Failure) Error() string {
	if f.Code == "" {
		return fmt.Sprintf("the service answered %d", f.Status)
	}
	return fmt.Sprintf("the service answered %d (%s)", f.Status, f.Code)
}

// gone reports whether the message or its conversation is not there any more.
func (f *Failure) gone() bool {
	return f.Status == http.StatusNotFound && (f.Code == "ActivityNotFoundInConversation" || f.Code == "ConversationNotFound")
}

func busy(after time.Duration, say string, err error) error {
	return &bot.SendError{Reason: bot.Busy, RetryAfter: after, Say: say, Err: err}
}

func denied(say string, err error) error {
	return &bot.SendError{Reason: bot.Denied, Say: say, Err: err}
}

// unknown is the error after which nobody knows whether the call was carried
// out. It is no *bot.SendError.
func unknown(what string, err error) error {
	return fmt.Errorf("%s: nobody knows whether it was done: %w", what, err)
}

// outcome says what a status other than success means.
func (c *Client) outcome(q call, response *http.Response, text []byte) error {
	failure := &Failure{Status: response.StatusCode, Code: codeOf(text)}
	after := retryAfter(response.Header.Get("Retry-After"), c.config.Clock.Now())
	switch status := failure.Status; {
	case status == http.StatusTooManyRequests:
		return busy(after, "Teams asks to wait before the next message; it will be tried again.", failure)
	case status == http.StatusUnauthorized:
		return unauthorized(failure)
	case doubtful(status):
		return unknown(q.what, failure)
	}
	m, ok := codes[failure.Code]
	if !ok {
		if m, ok = statuses[failure.Status]; !ok {
			m = meaning{reason: bot.Denied, say: fmt.Sprintf("Teams refused this and said only %d, so nothing was posted. Ask whoever runs the bot to look at the app in the Teams admin centre.", failure.Status)}
		}
	}
	if q.personal && m.personal.reason != "" {
		return &bot.SendError{Reason: m.personal.reason, Say: m.personal.say, RetryAfter: after, Err: failure}
	}
	return &bot.SendError{Reason: m.reason, Say: m.say, RetryAfter: after, Err: failure}
}

// doubtful reports a status after which the call may have been carried out.
func doubtful(status int) bool {
	switch status {
	case http.StatusFound, http.StatusSeeOther, http.StatusRequestTimeout, http.StatusConflict, http.StatusPreconditionFailed, http.StatusTooEarly:
		return true
	}
	return status < 300 || status >= 500 || status == 499
}

// unauthorized is a certain refusal that a new token may mend.
func unauthorized(failure *Failure) error {
	if failure.Code == "BotNotRegistered" {
		return busy(mendWait, "Teams does not know this bot. Check teams.app_id, and that the bot has the Teams channel; it will be tried again.", failure)
	}
	return busy(soon, "Teams did not accept the bot's token; it will be tried again with a new one. If this stays, check teams.app_id and teams.tenant_id.", failure)
}

const (
	soon     = 5 * time.Second
	mendWait = 5 * time.Minute // somebody has to mend something first
)

// untokened is the refusal of a call for which there was no token: nothing was
// sent.
func untokened(err error) error {
	var refused *TokenError
	if !errors.As(err, &refused) {
		return busy(0, "Microsoft's sign-in service could not be reached; it will be tried again.", err)
	}
	return busy(refused.wait(), refused.Say, err)
}

// codeOf finds the code in an answer: in error, in error's own detail, or in
// the JSON that some answers carry within a message.
func codeOf(text []byte) string {
	var said struct {
		Error struct {
			Code    string `json:"code"`
			SubCode string `json:"subCode"`
			Message string `json:"message"`
		} `json:"error"`
		SubCode string `json:"subCode"`
		Message string `json:"message"`
	}
	if json.Unmarshal(text, &said) != nil {
		return ""
	}
	for _, code := range []string{said.Error.SubCode, said.SubCode, inner(said.Message), inner(said.Error.Message), said.Error.Code} {
		if code != "" {
			return tidy(code)
		}
	}
	return ""
}

func inner(message string) string {
	var said struct {
		SubCode string `json:"subCode"`
	}
	if !strings.HasPrefix(strings.TrimSpace(message), "{") || json.Unmarshal([]byte(message), &said) != nil {
		return ""
	}
	return said.SubCode
}

// tidy keeps letters and digits: codes are logged, and "Bad Argument" is the
// same as "BadArgument".
func tidy(code string) string {
	code = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, code)
	return code[:min(len(code), 64)]
}

// retryAfter reads the header: seconds or a moment. Nonsense is 0, and nothing
// is longer than an hour.
func retryAfter(text string, now time.Time) time.Duration {
	text = strings.TrimSpace(text)
	wait := time.Duration(0)
	if seconds, err := strconv.ParseFloat(text, 64); err == nil {
		if !(seconds > 0) {
			return 0
		}
		wait = time.Duration(min(seconds, maxWait.Seconds()) * float64(time.Second))
	} else if at, err := http.ParseTime(text); err == nil {
		wait = at.Sub(now)
	}
	return min(max(wait, 0), maxWait)
}
