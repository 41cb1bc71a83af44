package teams

import (
	"context"
	"errors"
	"net/http"
	"time"

	"evangelist/adapters/teams/botauth"
	"evangelist/adapters/teams/connector"
	"evangelist/adapters/teams/inbound"
	"evangelist/bot"
)

// mostAtOnce bounds what goes on after an acknowledgement.
const mostAtOnce = 64

// mostWaiting bounds what waits for its turn after an acknowledgement.
const mostWaiting = 2_000

// ServeHTTP takes one activity. What is not proven to come from the service is
// refused before its body is read, and what is not from our own organisation
// before anything else in it is; before it is known who the bot
// is, nothing is taken.
func (a *Adapter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	a.mu.Lock()
	able := a.ready && a.joined
	a.mu.Unlock()
	if !able {
		w.Header().Set("Retry-After", "5")
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	claims, body, err := a.proven(w, r)
	if err != nil {
		a.refuse(w, err)
		return
	}
	activity, err := inbound.Parse(body, a.us())
	if err != nil {
		a.Log.Error("an activity from Teams could not be read", "error", err)
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	answer, err := a.take(r.Context(), claims, activity)
	switch {
	case err != nil:
		a.Log.Error("what Teams sent could not be kept; it was not acknowledged", "error", err)
		w.WriteHeader(http.StatusServiceUnavailable)
	case answer != nil:
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_, _ = w.Write(answer) // whoever asked has left otherwise
	case activity.Type == "invoke":
		w.WriteHeader(http.StatusOK)
	default:
		w.WriteHeader(http.StatusAccepted)
	}
}

// proven is a request's body and what is proven of it.
func (a *Adapter) proven(w http.ResponseWriter, r *http.Request) (botauth.Claims, []byte, error) {
	proof, err := a.check.Prove(r.Context(), r)
	if err != nil {
		return botauth.Claims{}, nil, err
	}
	body, err := a.check.Read(w, r)
	if err != nil {
		return botauth.Claims{}, nil, err
	}
	claims, err := a.check.Admit(proof, body)
	return claims, body, err
}

// quietly is how long refusals for one reason are counted after one was logged.
const quietly = 10 * time.Second

func (a *Adapter) refuse(w http.ResponseWriter, err error) {
	var refusal *botauth.Refusal
	if !errors.As(err, &refusal) {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	now := a.Clock.Now()
	a.mu.Lock()
	a.refused++
	last := a.refusals[refusal.Reason]
	said := !last.at.IsZero() && now.Sub(last.at) < quietly && !now.Before(last.at)
	if last.unsaid++; !said {
		a.refusals[refusal.Reason] = refused{at: now}
	} else {
		a.refusals[refusal.Reason] = last
	}
	a.mu.Unlock()
	if !said {
		a.Log.Warn("a request to the Teams door was refused", "reason", string(refusal.Reason), "times", last.unsaid, "error", refusal.Err)
	}
	w.WriteHeader(refusal.Status)
}

// refused is when refusals for a reason were logged, and how many were not since.
type refused struct {
	at     time.Time
	unsaid int
}

// take takes an activity and returns when it is kept, with the answer to an
// invoke.
func (a *Adapter) take(ctx context.Context, claims botauth.Claims, act inbound.Activity) ([]byte, error) {
	if err := a.known.saw(ctx, claims.ServiceURL, act); err != nil {
		return nil, err
	}
	us := a.us()
	if us.Ours(act.From) {
		return nil, nil
	}
	a.known.enlist(us.Account(act.From), act.From.ID)
	if act.At.IsZero() {
		act.At = a.Clock.Now()
	}
	to := connector.Conversation{ServiceURL: claims.ServiceURL, ID: act.Conversation}
	if request, ok := act.Request(); ok {
		if act.From.Bot() {
			return nil, nil
		}
		return a.request(ctx, to, act, request), nil
	}
	switch act.Type {
	case "conversationUpdate", "installationUpdate":
		return nil, a.moved(ctx, to, act)
	}
	if act.ToBot() {
		a.typed(ctx, to, act)
		return nil, nil
	}
	return nil, a.hear(ctx, act)
}

// hear hands on what was seen in a channel.
func (a *Adapter) hear(ctx context.Context, act inbound.Activity) error {
	seen := act.Sightings(a.us())
	if len(seen) == 0 {
		return nil
	}
	if err := a.meet(ctx, act); err != nil {
		return err
	}
	a.discover(ctx, act)
	a.judge(ctx, act, seen)
	return a.handlers.Hear(ctx, seen)
}

// meet records somebody who wrote where others see it, once in the life of the
// process or of their name. Whoever opens a form is not recorded by it.
func (a *Adapter) meet(ctx context.Context, act inbound.Activity) error {
	us := a.us()
	account := us.Account(act.From)
	if account == "" || act.From.Name == "" || act.From.Bot() || a.known.name(account) == act.From.Name {
		return nil
	}
	return a.record(ctx, []bot.AccountFact{{Account: account, Name: act.From.Name, External: us.Foreign(act.From)}})
}

// record passes facts on and remembers the names in them.
func (a *Adapter) record(ctx context.Context, facts []bot.AccountFact) error {
	if a.handlers.Record != nil {
		if err := a.handlers.Record(ctx, facts); err != nil {
			return err
		}
	}
	a.known.meet(facts)
	return nil
}

// afterwards bounds what goes on after an acknowledgement.
const afterwards = 30 * time.Second

// later does something after the acknowledgement. At most mostAtOnce are done at
// the same time; it waits for its turn, for afterwards at most. What is given up
// is logged.
func (a *Adapter) later(ctx context.Context, act func(ctx context.Context)) {
	const overrun = "more was asked on Teams than could be done, and something was given up"
	if a.waiting.Add(1) > mostWaiting {
		a.waiting.Add(-1)
		a.Log.Error(overrun, "waiting", mostWaiting)
		return
	}
	a.work.Add(1)
	go func() {
		defer a.work.Done()
		defer a.waiting.Add(-1)
		defer func() {
			if trouble := recover(); trouble != nil {
				a.Log.Error("what was begun for somebody on Teams broke", "error", bot.Panicked(trouble, "the adapter"))
			}
		}()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), afterwards)
		defer cancel()
		select {
		case a.busy <- struct{}{}:
			defer func() { <-a.busy }()
			act(ctx)
		case <-ctx.Done():
			a.Log.Error(overrun, "after", afterwards)
		}
	}()
}
