package slack_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"evangelist/adapters/slack"
	"evangelist/adapters/slack/slacktest"
	"evangelist/adapters/slack/webapi"
	"evangelist/bot"
	"evangelist/bot/courier"
	"evangelist/storage/courierstore"
	"evangelist/storage/storagetest"
)

func rendered(t testing.TB, h *house, message bot.Message) bot.Part {
	t.Helper()
	parts, err := h.Render(message)
	if err != nil || len(parts) != 1 {
		t.Fatalf("rendered into %d parts, %v", len(parts), err)
	}
	return parts[0]
}

// verdict is what an error says: "done", "unknown", or the reason of a certain
// refusal, with * when the token is at fault.
func verdict(err error) string {
	var refused *bot.SendError
	var token *webapi.TokenError
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

// outbound are the calls of the platform, with the method of Slack's that does
// the work. Each changes one thing, once.
var outbound = map[string]struct {
	method string
	looks  bool // it looks at the channel first
	ask    func(ctx context.Context, h *house, ref bot.MessageRef, part bot.Part) error
}{
	"post": {"chat.postMessage", true, func(ctx context.Context, h *house, _ bot.MessageRef, part bot.Part) error {
		_, err := h.Post(ctx, bot.Posting{Place: place("C1FINDS"), Part: part, ID: "new"})
		return err
	}},
	"edit": {"chat.update", true, func(ctx context.Context, h *house, ref bot.MessageRef, part bot.Part) error {
		return h.Edit(ctx, ref, part)
	}},
	"find": {"conversations.history", false, func(ctx context.Context, h *house, ref bot.MessageRef, _ bot.Part) error {
		_, err := h.Find(ctx, ref.Place, "", "old", time.Time{})
		return err
	}},
	"find in a thread": {"conversations.replies", false, func(ctx context.Context, h *house, ref bot.MessageRef, _ bot.Part) error {
		_, err := h.Find(ctx, ref.Place, ref.Native, "old", time.Time{})
		return err
	}},
	"retract": {"chat.delete", false, func(ctx context.Context, h *house, ref bot.MessageRef, _ bot.Part) error { return h.Retract(ctx, ref) }},
	"whisper": {"chat.postEphemeral", false, func(ctx context.Context, h *house, ref bot.MessageRef, _ bot.Part) error {
		return h.Whisper(ctx, bot.Whisper{Place: ref.Place, To: bot.NewAccountID(slack.Name, "U1ADA"), Message: bot.Notice("For you")})
	}},
	"open": {"conversations.open", false, func(ctx context.Context, h *house, _ bot.MessageRef, _ bot.Part) error {
		_, err := h.Open(ctx, []bot.AccountID{bot.NewAccountID(slack.Name, "U1ADA")})
		return err
	}},
}

// troubles are the faults that a method can meet, with what they must be taken
// for.
var troubles = map[string]struct {
	fault func(method string) slacktest.Fault
	want  string
	wait  time.Duration
}{
	"429 with a time":       {func(m string) slacktest.Fault { return slacktest.TooMany(m, "30") }, "busy", 30 * time.Second},
	"429 without a time":    {func(m string) slacktest.Fault { return slacktest.TooMany(m, "") }, "busy", 0},
	"429 with rubbish":      {func(m string) slacktest.Fault { return slacktest.TooMany(m, "in a while") }, "busy", 0},
	"500, done":             {func(m string) slacktest.Fault { return slacktest.ServerError(m, 500, true) }, "unknown", 0},
	"500, not done":         {func(m string) slacktest.Fault { return slacktest.ServerError(m, 500, false) }, "unknown", 0},
	"502":                   {func(m string) slacktest.Fault { return slacktest.ServerError(m, 502, true) }, "unknown", 0},
	"503":                   {func(m string) slacktest.Fault { return slacktest.ServerError(m, 503, false) }, "unknown", 0},
	"504":                   {func(m string) slacktest.Fault { return slacktest.ServerError(m, 504, true) }, "unknown", 0},
	"reset, done":           {func(m string) slacktest.Fault { return slacktest.Reset(m, true) }, "unknown", 0},
	"reset, not done":       {func(m string) slacktest.Fault { return slacktest.Reset(m, false) }, "unknown", 0},
	"cut off":               {slacktest.Truncated, "unknown", 0},
	"a page, done":          {func(m string) slacktest.Fault { return slacktest.HTML(m, true) }, "unknown", 0},
	"a page, not done":      {func(m string) slacktest.Fault { return slacktest.HTML(m, false) }, "unknown", 0},
	"too late, done":        {func(m string) slacktest.Fault { return slacktest.Slow(m, time.Minute, true) }, "unknown", 0},
	"too late, not done":    {func(m string) slacktest.Fault { return slacktest.Slow(m, time.Minute, false) }, "unknown", 0},
	"broken at Slack":       {func(m string) slacktest.Fault { return slacktest.Refused(m, "internal_error") }, "unknown", 0},
	"catastrophe at Slack":  {func(m string) slacktest.Fault { f := slacktest.Refused(m, "fatal_error"); f.Accepted = true; return f }, "unknown", 0},
	"not in the channel":    {func(m string) slacktest.Fault { return slacktest.Refused(m, "not_in_channel") }, "denied", 0},
	"a permission lacks":    {func(m string) slacktest.Fault { return slacktest.Refused(m, "missing_scope") }, "denied", 0},
	"a code of tomorrow":    {func(m string) slacktest.Fault { return slacktest.Refused(m, "restricted_action_new") }, "denied", 0},
	"nobody there":          {func(m string) slacktest.Fault { return slacktest.Refused(m, "user_not_found") }, "unreachable", 0},
	"token revoked":         {func(m string) slacktest.Fault { return slacktest.Refused(m, "token_revoked") }, "busy*", 5 * time.Minute},
	"workspace moves":       {func(m string) slacktest.Fault { return slacktest.Refused(m, "team_added_to_org") }, "busy", 5 * time.Minute},
	"service unavailable":   {func(m string) slacktest.Fault { return slacktest.Refused(m, "service_unavailable") }, "busy", 30 * time.Second},
	"limited without a 429": {func(m string) slacktest.Fault { return slacktest.Refused(m, "ratelimited") }, "busy", 0},
}

func TestOutboundFaults(t *testing.T) {
	for name, call := range outbound {
		for trouble, f := range troubles {
			t.Run(name+"/"+trouble, func(t *testing.T) {
				t.Parallel()
				var noted []string
				h := openHouse(t, func(c *slack.WorkspaceConfig) { c.Noted = func(err error) { noted = append(noted, verdict(err)) } })
				part := rendered(t, h, bot.Notice("Something"))
				ref, err := h.Post(t.Context(), bot.Posting{Place: place("C1FINDS"), Part: part, ID: "old"})
				if err != nil {
					t.Fatal(err)
				}
				if _, err := h.Find(t.Context(), ref.Place, "", "x", time.Time{}); err != nil { // so that it knows who it is
					t.Fatal(err)
				}
				before := len(h.Calls(call.method))
				fault := f.fault(call.method)
				h.Fail(fault)
				ctx, cancel := t.Context(), context.CancelFunc(func() {})
				if fault.Delay > 0 {
					ctx, cancel = context.WithTimeout(ctx, 100*time.Millisecond)
				}
				defer cancel()
				err = call.ask(ctx, h, ref, part)
				if got := verdict(err); got != f.want {
					t.Fatalf("it is %s, want %s: %v", got, f.want, err)
				}
				if noted[len(noted)-1] != f.want {
					t.Errorf("it was noted as %v", noted)
				}
				if n := len(h.Calls(call.method)) - before; n != 1 {
					t.Errorf("asked %d times", n)
				}
				var refused *bot.SendError
				if errors.As(err, &refused) && (refused.RetryAfter != f.wait || len(refused.Say) < 20) {
					t.Errorf("again after %s, want %s: %q", refused.RetryAfter, f.wait, refused.Say)
				}
				for _, secret := range []string{h.Config().BotToken, h.Config().AppToken, "Something", "For you"} {
					if strings.Contains(err.Error(), secret) {
						t.Errorf("%q can be read in %v", secret, err)
					}
				}
				// What is certain to be undone can be done; what is in doubt too.
				if err := call.ask(t.Context(), h, ref, part); err != nil {
					t.Errorf("afterwards: %v", err)
				}
			})
		}
	}
}

// When the look at the channel fails, nothing can have been posted or changed.
func TestFaultsOfTheLookBefore(t *testing.T) {
	for name, call := range outbound {
		if !call.looks {
			continue
		}
		for trouble, f := range troubles {
			t.Run(name+"/"+trouble, func(t *testing.T) {
				t.Parallel()
				h := openHouse(t)
				part := rendered(t, h, bot.Notice("Something"))
				ref, err := h.Post(t.Context(), bot.Posting{Place: place("C1FINDS"), Part: part, ID: "old"})
				if err != nil {
					t.Fatal(err)
				}
				fault := f.fault("conversations.info")
				h.Fail(fault)
				before := len(h.Calls(call.method))
				ctx, cancel := t.Context(), context.CancelFunc(func() {})
				if fault.Delay > 0 {
					ctx, cancel = context.WithTimeout(ctx, 100*time.Millisecond)
				}
				defer cancel()
				want := f.want
				if want == "unknown" {
					want = "busy"
				}
				if err := call.ask(ctx, h, ref, part); verdict(err) != want {
					t.Errorf("it is %s, want %s: %v", verdict(err), want, err)
				}
				if len(h.Calls(call.method)) != before {
					t.Error("it was done all the same")
				}
			})
		}
	}
}

// A channel may come to be shared with others at any time, so each message looks.
func TestSharedChannels(t *testing.T) {
	confirmed := false
	var asked []bot.Place
	h := openHouse(t, func(c *slack.WorkspaceConfig) {
		c.Confirmed = func(_ context.Context, place bot.Place) (bool, error) {
			asked = append(asked, place)
			return confirmed, nil
		}
	})
	part := rendered(t, h, bot.Notice("Something"))
	post := func() (bot.MessageRef, error) {
		return h.Post(t.Context(), bot.Posting{Place: place("C1FINDS"), Part: part, ID: "p"})
	}
	ref, err := post()
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Share("C1FINDS", "T9"); err != nil {
		t.Fatal(err)
	}
	if _, err := post(); verdict(err) != "denied" || !strings.Contains(err.Error(), "finds is shared") {
		t.Errorf("a shared channel: %v", err)
	}
	if err := h.Edit(t.Context(), ref, part); verdict(err) != "denied" {
		t.Errorf("a card in a shared channel: %v", err)
	}
	want := bot.Place{ID: place("C1FINDS"), Name: "finds", Kind: bot.OpenChannel, Member: true, External: true}
	if len(asked) != 2 || asked[0] != want {
		t.Errorf("asked about %+v", asked)
	}
	if err := h.Retract(t.Context(), ref); err != nil {
		t.Errorf("what stands there cannot be taken away: %v", err)
	}
	confirmed = true
	if _, err := post(); err != nil {
		t.Errorf("a confirmed channel: %v", err)
	}
	if n := len(h.Messages("C1FINDS")); n != 1 {
		t.Errorf("%d messages stand there", n)
	}
	broken := errors.New("the disk is full")
	h = openHouse(t, func(c *slack.WorkspaceConfig) {
		c.Confirmed = func(context.Context, bot.Place) (bool, error) { return true, broken }
	})
	_, err = h.Post(t.Context(), bot.Posting{Place: place("C6OTHERS"), Part: part, ID: "p"})
	if verdict(err) != "busy" || !errors.Is(err, broken) {
		t.Errorf("when it cannot be looked up: %v", err)
	}
}

// Where the bot is no member it could not look after what it posted, so nothing
// is posted there even if Slack would take it.
func TestOnlyMembersPost(t *testing.T) {
	h := openHouse(t)
	_, err := h.Post(t.Context(), bot.Posting{Place: place("C3QUIET"), Part: rendered(t, h, bot.Notice("Something")), ID: "p"})
	if verdict(err) != "denied" || !strings.Contains(err.Error(), "quiet") || len(h.Calls("chat.postMessage")) != 0 {
		t.Errorf("it is %v", err)
	}
}

// Chats with persons are ours alone, and looking at them would cost a request.
func TestDirectChatsAreNotLookedAt(t *testing.T) {
	h := openHouse(t)
	at, err := h.Open(t.Context(), []bot.AccountID{bot.NewAccountID(slack.Name, "U1ADA")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Post(t.Context(), bot.Posting{Place: at, Part: rendered(t, h, bot.Notice("Hello")), ID: "p"}); err != nil {
		t.Fatal(err)
	}
	if n := len(h.Calls("conversations.info")); n != 0 {
		t.Errorf("looked %d times", n)
	}
	if inbox := h.As("U1ADA").Inbox(); len(inbox) != 1 || inbox[0].Shown() != "Hello" {
		t.Errorf("the inbox holds %+v", inbox)
	}
}

func TestAccounts(t *testing.T) {
	h := openHouse(t)
	h.AddUser(slacktest.User{ID: "U9ZOE", Team: "T9", Name: "Zoe"})
	if err := h.Invite("C6OTHERS", "U9ZOE"); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		accounts []bot.AccountID
		want     string
	}{
		"nobody":                  {nil, "denied"},
		"of another platform":     {[]bot.AccountID{"teams|U1ADA"}, "unreachable"},
		"unknown":                 {[]bot.AccountID{"slack|U0NOBODY"}, "unreachable"},
		"the same twice":          {[]bot.AccountID{"slack|U1ADA", "slack|U1ADA"}, "done"},
		"two":                     {[]bot.AccountID{"slack|U2BEN", "slack|U1ADA"}, "done"},
		"of another organisation": {[]bot.AccountID{"slack|T9.U9ZOE"}, "done"},
	} {
		if _, err := h.Open(t.Context(), c.accounts); verdict(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	users := []string{}
	for _, call := range h.Calls("conversations.open") {
		users = append(users, call.Args["users"])
	}
	slices.Sort(users)
	if !slices.Equal(users, []string{"U0NOBODY", "U1ADA", "U1ADA,U2BEN", "U9ZOE"}) {
		t.Errorf("opened with %q", users)
	}
	if err := h.Deactivate("U2BEN", true); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Open(t.Context(), []bot.AccountID{"slack|U2BEN"}); verdict(err) != "unreachable" {
		t.Errorf("deactivated: %v", err)
	}
	whisper := bot.Whisper{Place: place("C2DESK"), To: "slack|U2BEN", Message: bot.Notice("x")}
	if err := h.Whisper(t.Context(), whisper); verdict(err) != "unreachable" {
		t.Errorf("somebody who is not there: %v", err)
	}
}

func TestPings(t *testing.T) {
	h := openHouse(t, func(c *slack.WorkspaceConfig) {
		c.Account = func(_ context.Context, person bot.PersonID) string {
			return map[bot.PersonID]string{"p1": "U1ADA"}[person]
		}
	})
	message := bot.Message{Summary: "Two names", Blocks: []bot.Block{bot.Paragraph{Text: bot.Line(bot.Ping("p1", "Ada"), " and ", bot.Ping("p2", "Ben"), " and ", bot.Name("p1", "Ada"))}}}
	ref, err := h.Post(t.Context(), bot.Posting{Place: place("C1FINDS"), Part: rendered(t, h, message), ID: "p"})
	if err != nil {
		t.Fatal(err)
	}
	m, _ := h.Message("C1FINDS", ref.Native)
	if text := string(m.Blocks); strings.Count(text, `"U1ADA"`) != 1 || !strings.Contains(text, "Ben") || strings.Contains(text, `"ping"`) {
		t.Errorf("it says %s", text)
	}
	if _, err := h.Post(t.Context(), bot.Posting{Place: place("C1FINDS"), Part: bot.Part{Payload: []byte(`{"text":"x","blocks":[{"ping":"p1"`)}, ID: "q"}); verdict(err) != "denied" {
		t.Errorf("half a payload: %v", err)
	}
}

// office is a courier on an empty database, with the pretend Slack.
type office struct {
	t testing.TB
	*house
	store courier.Store
	box   *courierstore.Box
	*courier.Courier
	version int64
}

type register struct{ courier.Register }

func (r *register) Reader(_ context.Context, id bot.PersonID) (courier.Reader, error) {
	return courier.Reader{Person: bot.Person{ID: id}, Accounts: []bot.Account{{ID: bot.NewAccountID(slack.Name, string(id)), Person: id}}}, nil
}

func openOffice(t testing.TB) *office {
	o := &office{t: t, house: openHouse(t), version: 1}
	db := storagetest.Memory(t)
	o.store, o.box = courierstore.New(db), courierstore.NewBox(db, o.clock)
	o.store.Register = &register{o.store.Register}
	o.restart()
	return o
}

// restart begins a new process on the same database.
func (o *office) restart() {
	o.t.Helper()
	o.Courier = courier.New(courier.Config{Store: o.store, Platforms: []bot.Platform{o.Workspace}, Render: o.draw, Clock: o.clock,
		Random: zeros{}, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err := o.Bind(o.t.Context(), slack.Name, bot.NewAccountID(slack.Name, "-.T0HOUSE.U0EVANGEL")); err != nil {
		o.t.Fatal(err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func (o *office) draw(context.Context, bot.View) (bot.Message, int64, error) {
	return bot.Notice(fmt.Sprintf("Card, version %d", o.version)), o.version, nil
}

// settle works until nothing is due now and returns when something will be.
func (o *office) settle() time.Time {
	o.t.Helper()
	for range 1000 {
		worked, next, err := o.Step(o.t.Context())
		if err != nil {
			o.t.Fatal(err)
		}
		if !worked {
			return next
		}
	}
	o.t.Fatal("it never comes to rest")
	return time.Time{}
}

// run works until nothing is left, moving the clock; at most for so long.
func (o *office) run() {
	o.t.Helper()
	for range 2000 {
		next := o.settle()
		if next.IsZero() {
			return
		}
		o.clock.until(next)
	}
	o.t.Fatal("it never comes to rest")
}

// mail is what is sent in the scenario: several to one channel, one of them
// long, one with an answer under it, some to another channel, one to a person,
// and a card.
func (o *office) mail() {
	o.t.Helper()
	text := func(key string, to bot.Address, body bot.Message) bot.Delivery {
		return bot.Delivery{Key: key, To: to, Frozen: &body, Class: bot.Answer}
	}
	long := bot.Message{Summary: "Long"}
	for i := range 60 {
		long.Blocks = append(long.Blocks, bot.Paragraph{Text: bot.T(fmt.Sprintf("Paragraph %d", i))}, bot.Rule{})
	}
	finds, desk := bot.Address{Place: place("C1FINDS")}, bot.Address{Place: place("C2DESK")}
	under := text("finds-2-answer", finds, bot.Notice("Answer under two"))
	under.Thread = "finds-2"
	err := o.box.Add(o.t.Context(), text("finds-1", finds, bot.Notice("Finds one")), text("desk-1", desk, bot.Notice("Desk one")),
		text("finds-2", finds, bot.Notice("Finds two")), under, text("finds-3", finds, long),
		text("ada", bot.Address{Person: "U1ADA"}, bot.Notice("For Ada")), text("desk-2", desk, bot.Notice("Desk two")),
		bot.Delivery{Key: "card", To: desk, Class: bot.Asked, View: &bot.View{Kind: "card", ID: "c", Version: 1}},
		text("finds-4", finds, bot.Notice("Finds four")))
	if err != nil {
		o.t.Fatal(err)
	}
}

// heads are the first lines of what the bot wrote to a channel.
func heads(messages []slacktest.Message) []string {
	var lines []string
	for _, m := range messages {
		line, _, _ := strings.Cut(m.Shown(), "\n")
		lines = append(lines, line)
	}
	return lines
}

// delivered is the oracle: everything is there, once, and in its order.
func (o *office) delivered() {
	o.t.Helper()
	var finds, answers []string
	for _, m := range o.Messages("C1FINDS") {
		if m.ThreadTS != "" && m.ThreadTS != m.TS {
			answers = append(answers, m.Shown())
		} else {
			finds = append(finds, heads([]slacktest.Message{m})...)
		}
	}
	want := []string{"Finds one", "Finds two", "Paragraph 0", finds[min(3, len(finds)-1)], finds[min(4, len(finds)-1)], "Finds four"}
	if !slices.Equal(finds, want) || !strings.HasPrefix(want[3], "Paragraph ") || !strings.HasPrefix(want[4], "Paragraph ") || want[3] >= want[4] && len(want[3]) >= len(want[4]) {
		o.t.Errorf("in #finds stands %q", finds)
	}
	if !slices.Equal(answers, []string{"Answer under two"}) {
		o.t.Errorf("in the thread stands %q", answers)
	}
	if got := heads(o.Messages("C2DESK")); !slices.Equal(got, []string{"Desk one", "Desk two", fmt.Sprintf("Card, version %d", o.version)}) {
		o.t.Errorf("in #desk stands %q", got)
	}
	if got := heads(o.As("U1ADA").Inbox()); !slices.Equal(got, []string{"For Ada"}) {
		o.t.Errorf("Ada reads %q", got)
	}
	items, err := o.store.Queue.List(o.t.Context(), []courier.State{courier.Failed, courier.Unsure, courier.Unreachable, courier.Dropped, courier.Unknown, courier.Queued, courier.Sending}, 0)
	if err != nil {
		o.t.Fatal(err)
	}
	for _, it := range items {
		o.t.Errorf("%s is %s: %s", it.Key, it.State, it.Note)
	}
}

// bump changes what the card shows.
func (o *office) bump() {
	o.t.Helper()
	o.version++
	err := o.box.Add(o.t.Context(), bot.Delivery{Key: "card", To: bot.Address{Place: place("C2DESK")}, Class: bot.Asked, View: &bot.View{Kind: "card", ID: "c", Version: o.version}})
	if err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) scenario() {
	o.t.Helper()
	o.mail()
	o.run()
	o.bump()
	o.run()
}

// Through the courier every passing fault of every request ends with one copy of
// everything, in its order.
func TestCourierOutlivesEveryFault(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	calm := openOffice(t)
	calm.scenario()
	calm.delivered()
	requests := calm.Calls()
	if len(requests) < 20 {
		t.Fatalf("only %d requests were made", len(requests))
	}
	passing := map[string]slacktest.Fault{
		"reset, done": slacktest.Reset("*", true), "reset, not done": slacktest.Reset("*", false), "500, done": slacktest.ServerError("*", 500, true),
		"503, not done": slacktest.ServerError("*", 503, false), "429": slacktest.TooMany("*", "30"), "429 without a time": slacktest.TooMany("*", ""),
		"cut off": slacktest.Truncated("*"), "a page, done": slacktest.HTML("*", true), "broken": slacktest.Refused("*", "internal_error"), "token": slacktest.Refused("*", "token_expired"),
	}
	for name, fault := range passing {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stride := 4 // the kinds that matter most strike everywhere
			if name == "reset, done" || name == "429" {
				stride = 1
			}
			for k := 0; k < len(requests); k += stride {
				for _, lag := range []time.Duration{0, time.Minute} {
					if lag > 0 && !fault.Accepted {
						continue // only what was posted can stay invisible
					}
					o := openOffice(t)
					o.SetHistoryLag(lag)
					fault.Skip = k
					o.Fail(fault)
					o.scenario()
					if o.delivered(); t.Failed() {
						t.Fatalf("the fault was at request %d, %s, history lags %s", k, requests[k].Method, lag)
					}
					o.Close()
				}
			}
		})
	}
}

// mishaps are a few faults at any requests, and the moment at which the program
// is killed.
type mishaps struct {
	lag    time.Duration
	faults []slacktest.Fault
	steps  int
}

func anyMishaps(t *rapid.T) mishaps {
	m := mishaps{lag: time.Duration(rapid.IntRange(0, 60).Draw(t, "lag")) * time.Second, steps: rapid.IntRange(0, 20).Draw(t, "steps")}
	for range rapid.IntRange(2, 5).Draw(t, "faults") {
		fault := rapid.SampledFrom([]slacktest.Fault{
			slacktest.Reset("*", true), slacktest.Reset("*", false), slacktest.ServerError("*", 502, true), slacktest.TooMany("*", "7"), slacktest.TooMany("*", "x"), slacktest.Truncated("*"),
			slacktest.Refused("*", "fatal_error"), slacktest.Refused("*", "accesslimited"),
		}).Draw(t, "fault")
		fault.Skip = rapid.IntRange(0, 40).Draw(t, "at")
		m.faults = append(m.faults, fault)
	}
	return m
}

func TestCourierOutlivesAnyFaults(t *testing.T) {
	some := rapid.Custom(anyMishaps)
	seeds := 30
	if storagetest.Raced {
		seeds = 4
	}
	for seed := range seeds {
		m := some.Example(seed)
		o := openOffice(t)
		o.SetHistoryLag(m.lag)
		for _, fault := range m.faults {
			o.Fail(fault)
		}
		o.mail()
		for range m.steps {
			if worked, next, err := o.Step(t.Context()); err != nil {
				t.Fatal(err)
			} else if !worked && !next.IsZero() {
				o.clock.until(next)
			}
		}
		o.restart()
		o.run()
		o.bump()
		o.run()
		if o.delivered(); t.Failed() {
			t.Fatalf("after %+v", m)
		}
		o.Close()
	}
}

// While Slack asks for patience in one channel the others go on; nothing is sent
// there before the time is over, and the order is kept.
func TestBusyChannelHindersNoOther(t *testing.T) {
	o := openOffice(t)
	fault := slacktest.TooMany("chat.postMessage", "30")
	fault.Channel = "C1FINDS"
	o.Fail(fault)
	begin := o.clock.Now()
	o.mail()
	o.run()
	o.delivered()
	if first := o.PostTimes("C1FINDS")[0]; first.Sub(begin) < 30*time.Second {
		t.Errorf("it was tried again after %s", first.Sub(begin))
	}
	if last := slices.MaxFunc(o.PostTimes("C2DESK"), time.Time.Compare); last.Sub(begin) > 15*time.Second {
		t.Errorf("the other channel waited %s", last.Sub(begin))
	}
}

// What Slack refuses for good is parked with a sentence; the rest goes on.
func TestRefusedChannelHindersNoOther(t *testing.T) {
	for code, want := range map[string]courier.State{"not_in_channel": courier.Failed, "is_archived": courier.Failed, "invalid_blocks": courier.Failed, "user_not_found": courier.Unreachable, "something_unheard_of": courier.Failed} {
		o := openOffice(t)
		fault := slacktest.Refused("chat.postMessage", code)
		fault.Channel, fault.Times = "C1FINDS", -1
		o.Fail(fault)
		o.mail()
		o.run()
		it, err := o.store.Queue.Get(t.Context(), "finds-1")
		if err != nil || it.State != want || len(it.Note) < 20 {
			t.Errorf("%s: it is %s: %q, %v", code, it.State, it.Note, err)
		}
		if got := heads(o.Messages("C2DESK")); len(got) != 3 {
			t.Errorf("%s: in #desk stands %q", code, got)
		}
		if n := len(o.Messages("C1FINDS")); n != 0 {
			t.Errorf("%s: %d messages stand in #finds", code, n)
		}
	}
}

// A dead token parks nothing in a channel: all waits until there is one that
// works.
func TestDeadTokenParksNothing(t *testing.T) {
	o := openOffice(t)
	o.RevokeTokens("token_revoked")
	for i := range 6 {
		body := bot.Notice(fmt.Sprint("Number ", i))
		to := []string{"C1FINDS", "C2DESK"}[i%2]
		if err := o.box.Add(t.Context(), bot.Delivery{Key: fmt.Sprint(i), To: bot.Address{Place: place(to)}, Frozen: &body, Class: bot.Answer}); err != nil {
			t.Fatal(err)
		}
	}
	begin := o.clock.Now()
	for o.clock.Now().Sub(begin) < 24*time.Hour {
		next := o.settle()
		if next.IsZero() {
			t.Fatal("nothing waits any more")
		}
		o.clock.until(next)
	}
	if n := len(o.Calls()); n > 2000 {
		t.Errorf("%d requests were made in a day", n)
	}
	o.RevokeTokens("")
	o.run()
	for channel, want := range map[string][]string{"C1FINDS": {"Number 0", "Number 2", "Number 4"}, "C2DESK": {"Number 1", "Number 3", "Number 5"}} {
		if got := heads(o.Messages(channel)); !slices.Equal(got, want) {
			t.Errorf("in %s stands %q", channel, got)
		}
	}
}
