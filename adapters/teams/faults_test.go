package teams_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"evangelist/adapters/teams/cards"
	"evangelist/adapters/teams/cloud"
	"evangelist/adapters/teams/connector"
	"evangelist/adapters/teams/teamstest"
	"evangelist/bot"
)

// verdict is what an error says: "done", "unknown", or the reason of a certain
// refusal, with * when the sign-in service is at fault.
func verdict(err error) string {
	var refused *bot.SendError
	var token *connector.TokenError
	switch {
	case err == nil:
		return "done"
	case !errors.As(err, &refused):
		return "unknown"
	case errors.As(err, &token):
		return string(refused.Reason) + "*"
	}
	return string(refused.Reason)
}

// yard is a house in which each outbound call can be made again and again.
type yard struct {
	*house
	api  *connector.Client // for the calls that need a known answer
	part bot.Part
	old  bot.MessageRef // a message that everybody sees, new for each call
	own  string         // one that Ada alone sees
}

func openYard(t *testing.T) *yard {
	t.Helper()
	y := &yard{house: openHouse(t)}
	y.Add(y.Personal(y.ada))
	tokens, err := connector.NewTokens(connector.TokenConfig{AppID: y.AppID(), TenantID: y.TenantID(), TokenURL: y.TokenURL(), Scope: teamstest.BotScope, Credential: connector.Secret(y.Secret()), Clock: y.clock})
	if err != nil {
		t.Fatal(err)
	}
	hosts, err := cloud.NewHosts(y.Host())
	if err != nil {
		t.Fatal(err)
	}
	if y.api, err = connector.New(connector.Config{AppID: y.AppID(), TenantID: y.TenantID(), Tokens: tokens, Hosts: hosts, Clock: y.clock}); err != nil {
		t.Fatal(err)
	}
	parts, err := y.Tenant.Render(bot.Notice("Wood anemones"))
	if err != nil || len(parts) != 1 {
		t.Fatalf("%d parts, %v", len(parts), err)
	}
	y.part = parts[0]
	// The way to everybody is known before anything goes wrong.
	if err := y.Whisper(t.Context(), bot.Whisper{Place: place(y.finds), To: account(y.ada), Message: bot.Notice("For you")}); err != nil {
		t.Fatal(err)
	}
	y.settled(t)
	return y
}

// settled waits until the bot has read who is in the team: nothing else of it
// is on its way then.
func (y *yard) settled(t *testing.T) {
	t.Helper()
	eventually(t, "the roster is read", func() bool {
		y.desk.mu.Lock()
		defer y.desk.mu.Unlock()
		return len(y.desk.people) >= 2
	})
}

func (y *yard) there() connector.Conversation {
	return connector.Conversation{ServiceURL: y.ServiceURL(), ID: y.finds}
}

func (y *yard) activity() connector.Activity {
	post, err := cards.Resolve(y.part.Payload, func(bot.PersonID) (cards.Mention, bool) { return cards.Mention{}, false })
	if err != nil {
		panic(err)
	}
	return connector.Card(post.Card, post.Summary)
}

// fresh posts what the next call is about.
func (y *yard) fresh(t *testing.T) {
	t.Helper()
	y.old = y.post(t, y.finds, bot.Notice("Before"))
	var err error
	if y.own, err = y.api.SendTargeted(t.Context(), y.there(), y.ada.MRI, y.activity()); err != nil {
		t.Fatal(err)
	}
}

// stands is all that the tenant shows.
func (y *yard) stands() string {
	var all strings.Builder
	for _, where := range []string{y.finds, y.help, y.Personal(y.ada), y.Personal(y.ben)} {
		for _, m := range y.Messages(where) {
			fmt.Fprintln(&all, where, m.ID, m.Root, m.To, m.Edits, m.Deleted)
		}
	}
	return all.String()
}

// deed is an outbound call. Each changes one thing, once.
type deed struct {
	method   string
	chat     bool // it is about the chat with one person
	targeted bool
	falls    bool // where it is refused for certain, the person's chat is used
	gone     bool // it succeeds when what it is about is gone
	idle     bool // it shows nothing
	ask      func(ctx context.Context, y *yard) error
}

func posting(y *yard, where, thread string) bot.Posting {
	return bot.Posting{Place: place(where), Thread: thread, Part: y.part, ID: "the-part-of-a-test"}
}

func deeds() map[string]deed {
	return map[string]deed{
		"post": {method: "send", ask: func(ctx context.Context, y *yard) error {
			_, err := y.Tenant.Post(ctx, posting(y, y.finds, ""))
			return err
		}},
		"answer in a thread": {method: "send", ask: func(ctx context.Context, y *yard) error {
			_, err := y.Tenant.Post(ctx, posting(y, y.finds, y.old.Native))
			return err
		}},
		"begin a thread": {method: "create", ask: func(ctx context.Context, y *yard) error {
			_, err := y.api.StartThread(ctx, y.there(), y.activity())
			return err
		}},
		"post in a chat": {method: "send", chat: true, ask: func(ctx context.Context, y *yard) error {
			_, err := y.Tenant.Post(ctx, posting(y, y.Personal(y.ada), ""))
			return err
		}},
		"open a chat": {method: "create", chat: true, idle: true, ask: func(ctx context.Context, y *yard) error {
			_, err := y.Open(ctx, []bot.AccountID{account(y.ada)})
			return err
		}},
		"whisper": {method: "send", targeted: true, falls: true, ask: func(ctx context.Context, y *yard) error {
			return y.Whisper(ctx, bot.Whisper{Place: place(y.finds), To: account(y.ada), Message: bot.Notice("Wood anemones")})
		}},
		"edit": {method: "update", ask: func(ctx context.Context, y *yard) error { return y.Edit(ctx, y.old, y.part) }},
		"edit what one person sees": {method: "update", targeted: true, ask: func(ctx context.Context, y *yard) error {
			return y.api.UpdateTargeted(ctx, y.there(), y.own, y.activity())
		}},
		"retract": {method: "delete", gone: true, ask: func(ctx context.Context, y *yard) error { return y.Retract(ctx, y.old) }},
		"retract what one person sees": {method: "delete", gone: true, targeted: true, ask: func(ctx context.Context, y *yard) error {
			return y.api.DeleteTargeted(ctx, y.there(), y.own)
		}},
	}
}

// mishap is a fault with what it must be taken for, in places of several people
// and in the chat of one.
type mishap struct {
	fault       teamstest.Fault
	want, alone string        // alone empty: the same
	wait        time.Duration // of busy
	gone        bool          // it says that what the call is about is not there
}

func mishaps() map[string]mishap {
	all := map[string]mishap{
		"429 with a time":      {fault: teamstest.Throttled("30"), want: "busy", wait: 30 * time.Second},
		"429 without a time":   {fault: teamstest.Throttled(""), want: "busy"},
		"429 with rubbish":     {fault: teamstest.Throttled("in a while"), want: "busy"},
		"429 from a proxy":     {fault: teamstest.Page(429), want: "busy"},
		"429 cut off":          {fault: teamstest.Fault{Status: 429, Break: teamstest.Truncate}, want: "busy"},
		"token refused":        {fault: teamstest.Refused(401, "Unauthorized"), want: "busy", wait: 5 * time.Second},
		"bot not registered":   {fault: teamstest.Refused(401, "BotNotRegistered"), want: "busy", wait: 5 * time.Minute},
		"writes blocked":       {fault: teamstest.Refused(403, "MessageWritesBlocked"), want: "denied", alone: "unreachable"},
		"blocked by a user":    {fault: teamstest.Refused(403, "ConversationBlockedByUser"), want: "denied", alone: "unreachable"},
		"not in the place":     {fault: teamstest.Refused(403, "BotNotInConversationRoster"), want: "denied", alone: "unreachable"},
		"switched off":         {fault: teamstest.Refused(403, "BotDisabledByAdmin"), want: "denied", alone: "unreachable"},
		"not installed":        {fault: teamstest.Refused(403, "ForbiddenOperationException"), want: "unreachable"},
		"forbidden":            {fault: teamstest.Refused(403, ""), want: "denied", alone: "unreachable"},
		"a code of tomorrow":   {fault: teamstest.Refused(403, "SomethingNew"), want: "denied", alone: "unreachable"},
		"place gone":           {fault: teamstest.Refused(404, "ConversationNotFound"), want: "denied", alone: "unreachable", gone: true},
		"message gone":         {fault: teamstest.Refused(404, "ActivityNotFoundInConversation"), want: "unreachable", gone: true},
		"not found":            {fault: teamstest.Page(404), want: "denied", alone: "unreachable"},
		"too large":            {fault: teamstest.Refused(413, "MessageSizeTooBig"), want: "denied"},
		"too large, no code":   {fault: teamstest.Page(413), want: "denied"},
		"bad":                  {fault: teamstest.Refused(400, "Bad Argument"), want: "denied"},
		"sent elsewhere":       {fault: teamstest.Page(308), want: "denied"},
		"proxy wants password": {fault: teamstest.Page(407), want: "busy"},
	}
	doubts := map[string]teamstest.Fault{
		"reset": teamstest.Broken(teamstest.Reset), "cut off": teamstest.Broken(teamstest.Truncate), "no answer": teamstest.Broken(teamstest.Hang),
		"a page": teamstest.Page(200), "a page of a gateway": teamstest.Page(502), "500 cut off": {Status: 500, Break: teamstest.Truncate},
		"refused by a failing server": teamstest.Refused(503, "MessageWritesBlocked"),
	}
	for _, status := range []int{302, 408, 409, 412, 425, 499, 500, 502, 503, 504} {
		doubts[fmt.Sprint(status)] = teamstest.Failed(status)
	}
	for name, fault := range doubts {
		all[name+", not done"] = mishap{fault: fault, want: "unknown"}
		all[name+", done"] = mishap{fault: fault.Accepted(), want: "unknown"}
	}
	return all
}

// meant is what a fault means for a deed.
func (d deed) meant(m mishap) string {
	want := m.want
	if d.chat && m.alone != "" {
		want = m.alone
	}
	certain := want == "denied" || want == "unreachable"
	if d.falls && certain || d.gone && m.gone {
		return "done"
	}
	return want
}

// once has one fault happen to the next such call.
func (y *yard) once(d deed, fault teamstest.Fault) {
	struck := make(chan struct{}, 1)
	y.Inject(func(c teamstest.Call) teamstest.Fault {
		if c.Method != d.method || c.Targeted() != d.targeted {
			return teamstest.Fault{}
		}
		select {
		case struck <- struct{}{}:
			return fault
		default:
			return teamstest.Fault{}
		}
	})
}

// tallied counts the calls that a deed makes.
func (y *yard) tallied(d deed) (n int) {
	for _, c := range y.Calls(d.method) {
		if c.Targeted() == d.targeted {
			n++
		}
	}
	return n
}

// attempt makes a call; one that is not answered is given up soon.
func (y *yard) attempt(t *testing.T, d deed, fault teamstest.Fault) error {
	ctx, cancel := t.Context(), context.CancelFunc(func() {})
	if fault.Break == teamstest.Hang || fault.Until != nil {
		ctx, cancel = context.WithTimeout(ctx, 50*time.Millisecond)
	}
	defer cancel()
	return d.ask(ctx, y)
}

func (y *yard) discreet(t *testing.T, err error) {
	t.Helper()
	for _, secret := range []string{y.Secret(), y.URL(), y.finds, y.Personal(y.ada), "Wood anemones", y.ada.ID, y.ada.MRI} {
		if err != nil && strings.Contains(err.Error(), secret) {
			t.Errorf("%q can be read in %v", secret, err)
		}
	}
}

func TestOutboundFaults(t *testing.T) {
	for name, d := range deeds() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			y := openYard(t)
			for trouble, m := range mishaps() {
				y.fresh(t)
				before, calls, want := y.stands(), y.tallied(d), d.meant(m)
				y.once(d, m.fault)
				err := y.attempt(t, d, m.fault)
				if got := verdict(err); got != want {
					t.Errorf("%s: it is %s, want %s: %v", trouble, got, want, err)
				}
				if n := y.tallied(d) - calls; n != 1 {
					t.Errorf("%s: asked %d times", trouble, n)
				}
				changed := y.stands() != before
				if should := !d.idle && (m.fault.After || want == "done" && d.falls); changed != should {
					t.Errorf("%s: something changed: %v", trouble, changed)
				}
				var refused *bot.SendError
				if errors.As(err, &refused) && (refused.RetryAfter != m.wait || len(refused.Say) < 20) {
					t.Errorf("%s: again after %s, want %s: %q", trouble, refused.RetryAfter, m.wait, refused.Say)
				}
				y.discreet(t, err)
				y.Inject(nil)
				if m.fault.After && d.method == "delete" {
					y.fresh(t)
				}
				if err := d.ask(t.Context(), y); err != nil {
					t.Errorf("%s: afterwards: %v", trouble, err)
				}
			}
		})
	}
}

// While there is no token nothing can have been sent, whatever the sign-in
// service does.
func TestFaultsOfTheSignIn(t *testing.T) {
	coded := func(status, code int) teamstest.Fault {
		return teamstest.Fault{Status: status, Body: fmt.Sprintf(`{"error":"invalid_client","error_codes":[%d]}`, code)}
	}
	for name, d := range deeds() {
		if strings.Contains(name, "one person sees") || name == "begin a thread" {
			continue // they ask for tokens of their own
		}
		t.Run(name, func(t *testing.T) {
			y := openYard(t)
			for trouble, m := range map[string]mishap{
				"wrong secret": {fault: coded(401, 7000215), want: "busy*", wait: 5 * time.Minute},
				"unknown app":  {fault: coded(400, 700016), want: "busy*", wait: 5 * time.Minute},
				"401, no code": {fault: teamstest.Page(401), want: "busy*", wait: 5 * time.Minute},
				"429":          {fault: teamstest.Throttled("7"), want: "busy*", wait: 7 * time.Second},
				"500":          {fault: teamstest.Failed(500), want: "busy*"},
				"503":          {fault: teamstest.Page(503), want: "busy*"},
				"reset":        {fault: teamstest.Broken(teamstest.Reset), want: "busy"},
				"cut off":      {fault: teamstest.Broken(teamstest.Truncate), want: "busy"},
				"a page":       {fault: teamstest.Page(200), want: "busy"},
				"slow":         {fault: teamstest.Held(make(chan struct{})), want: "busy"},
				"lost":         {fault: teamstest.Broken(teamstest.Reset).Accepted(), want: "busy"},
			} {
				release := make(chan struct{})
				if m.fault.Until != nil {
					m.fault.Until = release
				}
				y.fresh(t)
				y.clock.pass(2 * time.Hour)
				before, calls := y.stands(), y.tallied(d)
				y.Inject(func(c teamstest.Call) teamstest.Fault {
					if c.Method == "token" {
						return m.fault
					}
					return teamstest.Fault{}
				})
				err := y.attempt(t, d, m.fault)
				if got := verdict(err); got != m.want {
					t.Errorf("%s: it is %s, want %s: %v", trouble, got, m.want, err)
				}
				var refused *bot.SendError
				if errors.As(err, &refused) && (refused.RetryAfter != m.wait || len(refused.Say) < 20) {
					t.Errorf("%s: again after %s, want %s: %q", trouble, refused.RetryAfter, m.wait, refused.Say)
				}
				if y.tallied(d) != calls || y.stands() != before {
					t.Errorf("%s: it was done all the same", trouble)
				}
				y.discreet(t, err)
				y.Inject(nil)
				close(release)
				y.clock.pass(time.Minute) // nobody asks again at once
				if err := d.ask(t.Context(), y); err != nil {
					t.Errorf("%s: afterwards: %v", trouble, err)
				}
			}
		})
	}
}
