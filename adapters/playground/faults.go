package playground

import (
	"context"
	"errors"
	"sync"
	"time"

	"evangelist/bot"
)

// Call is one call of the bot to the platform. It holds no moment and nothing
// about who caused it, so that two runs can be compared.
type Call struct {
	Method  string // post, edit, find, retract, whisper, open; answer: a reply shown to whoever asked
	Place   bot.PlaceID
	Thread  string
	ID      string // the part id
	Ref     bot.MessageRef
	To      []bot.AccountID // open: with whom; whisper and answer: for whom
	Payload []byte          // what was said, in this platform's own format
}

// Fault is something that goes wrong with one call.
type Fault string

// The faults. Each behaves as a real service does when it fails in that way.
const (
	NoFault     Fault = ""
	BusyNow     Fault = "busy"         // certain refusal, to be tried again after a minute
	Forbidden   Fault = "denied"       // certain refusal, a human must mend something
	Closed      Fault = "unreachable"  // certain refusal, no retry
	LoseReply   Fault = "lose-reply"   // it is done, and the caller gets an uncertain error
	LoseRequest Fault = "lose-request" // it is not done, and the caller gets an uncertain error
	HangAfter   Fault = "hang-after"   // it is done, and the caller hears nothing until its context ends
	HangBefore  Fault = "hang-before"  // it is not done, and the caller hears nothing until its context ends
)

// errLost is the uncertain error of a broken connection.
var errLost = errors.New("the connection broke before an answer came")

type faults struct {
	mu   sync.Mutex
	plan func(Call) Fault
	lag  time.Duration
}

// Inject asks plan before each call of the bot what goes wrong with it; nil
// ends all faults. plan may be called from several goroutines at once.
func (w *Workspace) Inject(plan func(Call) Fault) {
	w.faults.mu.Lock()
	defer w.faults.mu.Unlock()
	w.faults.plan = plan
}

// Lag makes Find see a message only when it is older than lag by the clock, as
// a service does whose history follows behind.
func (w *Workspace) Lag(lag time.Duration) {
	w.faults.mu.Lock()
	defer w.faults.mu.Unlock()
	w.faults.lag = lag
}

// Calls returns the calls of the bot, oldest first: all of them when the
// workspace records, else the latest 200.
func (w *Workspace) Calls() []Call {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]Call(nil), w.calls...)
}

// keptCalls is how many calls are kept for showing.
const keptCalls = 200

func (w *Workspace) note(call Call) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.record && len(w.calls) >= keptCalls {
		w.calls = append(w.calls[:0:0], w.calls[len(w.calls)-keptCalls+1:]...)
	}
	w.calls = append(w.calls, call)
	w.announce()
}

// perform notes the call and does it, or lets happen to it what the plan says.
func (w *Workspace) perform(ctx context.Context, call Call, do func() error) error {
	w.note(call)
	w.faults.mu.Lock()
	plan := w.faults.plan
	w.faults.mu.Unlock()
	fault := NoFault
	if plan != nil {
		fault = plan(call)
	}
	switch fault {
	case BusyNow:
		return &bot.SendError{Reason: bot.Busy, RetryAfter: time.Minute, Say: "The workspace is busy; it will be tried again in a minute."}
	case Forbidden:
		return &bot.SendError{Reason: bot.Denied, Say: "The workspace does not allow this. Check what the bot may do there."}
	case Closed:
		return &bot.SendError{Reason: bot.Unreachable, Say: "This person or place cannot be written to."}
	case LoseRequest:
		return errLost
	case HangBefore:
		<-ctx.Done()
		return ctx.Err()
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	err := do()
	if err != nil {
		return err
	}
	switch fault {
	case LoseReply:
		return errLost
	case HangAfter:
		<-ctx.Done()
		return ctx.Err()
	}
	return nil
}
