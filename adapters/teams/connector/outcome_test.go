package connector_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"evangelist/adapters/teams/cloud"
	"evangelist/adapters/teams/connector"
	"evangelist/adapters/teams/teamstest"
	"evangelist/bot"
)

// only lets faults happen to messages, not to what prepares them.
func only(fault teamstest.Fault) func(teamstest.Call) teamstest.Fault {
	return func(call teamstest.Call) teamstest.Fault {
		if strings.Contains("send reply update delete create", call.Method) {
			return fault
		}
		return teamstest.Fault{}
	}
}

func TestCertainRefusals(t *testing.T) {
	const chat, channel = true, false
	for name, tc := range map[string]struct {
		fault  teamstest.Fault
		in     bool
		reason bot.SendReason
		after  time.Duration
	}{
		"throttled":                   {teamstest.Throttled("17"), chat, bot.Busy, 17 * time.Second},
		"throttled, a fraction":       {teamstest.Throttled("1.5"), chat, bot.Busy, 1500 * time.Millisecond},
		"throttled until a moment":    {teamstest.Throttled("Fri, 27 Nov 2026 09:00:30 GMT"), chat, bot.Busy, 30 * time.Second},
		"throttled, a moment ago":     {teamstest.Throttled("Fri, 27 Nov 2026 08:00:00 GMT"), chat, bot.Busy, 0},
		"throttled, no header":        {teamstest.Throttled(""), chat, bot.Busy, 0},
		"throttled, garbage":          {teamstest.Throttled("soon"), chat, bot.Busy, 0},
		"throttled, negative":         {teamstest.Throttled("-5"), chat, bot.Busy, 0},
		"throttled, NaN":              {teamstest.Throttled("NaN"), chat, bot.Busy, 0},
		"throttled for a year":        {teamstest.Throttled("31536000"), chat, bot.Busy, time.Hour},
		"throttled by a proxy":        {teamstest.Page(http.StatusTooManyRequests), chat, bot.Busy, 0},
		"no token":                    {teamstest.Refused(401, "Unauthorized"), chat, bot.Busy, 5 * time.Second},
		"not registered":              {teamstest.Refused(401, "BotNotRegistered"), chat, bot.Busy, 5 * time.Minute},
		"blocked":                     {teamstest.Refused(403, "ConversationBlockedByUser"), chat, bot.Unreachable, 0},
		"blocked in a channel":        {teamstest.Refused(403, "ConversationBlockedByUser"), channel, bot.Denied, 0},
		"writes blocked":              {teamstest.Refused(403, "MessageWritesBlocked"), chat, bot.Unreachable, 0},
		"not in the roster":           {teamstest.Refused(403, "BotNotInConversationRoster"), channel, bot.Denied, 0},
		"not in the roster of a chat": {teamstest.Refused(403, "BotNotInConversationRoster"), chat, bot.Unreachable, 0},
		"switched off":                {teamstest.Refused(403, "BotDisabledByAdmin"), channel, bot.Denied, 0},
		"not installed":               {teamstest.Refused(403, "ForbiddenOperationException"), chat, bot.Unreachable, 0},
		"another cloud":               {teamstest.Refused(403, "InvalidBotApiHost"), channel, bot.Denied, 0},
		"no permission":               {teamstest.Refused(403, "NotEnoughPermissions"), channel, bot.Denied, 0},
		"forbidden, no code":          {teamstest.Refused(403, ""), channel, bot.Denied, 0},
		"forbidden in a chat":         {teamstest.Refused(403, ""), chat, bot.Unreachable, 0},
		"forbidden by a proxy":        {teamstest.Page(403), channel, bot.Denied, 0},
		"no such conversation":        {teamstest.Refused(404, "ConversationNotFound"), channel, bot.Denied, 0},
		"no such chat":                {teamstest.Refused(404, "ConversationNotFound"), chat, bot.Unreachable, 0},
		"no such message":             {teamstest.Refused(404, "ActivityNotFoundInConversation"), channel, bot.Unreachable, 0},
		"not found, no code":          {teamstest.Page(404), channel, bot.Denied, 0},
		"too large":                   {teamstest.Refused(413, "MessageSizeTooBig"), channel, bot.Denied, 0},
		"too large for a proxy":       {teamstest.Page(413), channel, bot.Denied, 0},
		"bad argument":                {teamstest.Refused(400, "Bad Argument"), channel, bot.Denied, 0},
		"bad, no code":                {teamstest.Refused(400, ""), channel, bot.Denied, 0},
		"an unknown code":             {teamstest.Refused(403, "SomethingNew"), channel, bot.Denied, 0},
		"an unknown status":           {teamstest.Refused(418, ""), channel, bot.Denied, 0},
		"moved":                       {teamstest.Page(308), channel, bot.Denied, 0},
		"a proxy wants a password":    {teamstest.Page(407), channel, bot.Busy, 0},
	} {
		t.Run(name, func(t *testing.T) {
			w := open(t, teamstest.Config{})
			to := w.channel
			if tc.in == chat {
				to = w.chat
			}
			w.teams.Inject(only(tc.fault))
			_, err := w.client.Send(t.Context(), to, text("Hello"))
			want(t, name, err, tc.reason)
			var refused *bot.SendError
			if errors.As(err, &refused) && refused.RetryAfter != tc.after {
				t.Errorf("again after %v, want %v", refused.RetryAfter, tc.after)
			}
			var failure *connector.Failure
			if !errors.As(err, &failure) || failure.Status != tc.fault.Status {
				t.Errorf("the cause is %v", err)
			}
			if n := len(w.teams.Calls("send")); n != 1 {
				t.Errorf("%d requests: nothing is repeated", n)
			}
			if strings.Contains(err.Error(), w.teams.Host()) || strings.Contains(err.Error(), to.ID) {
				t.Errorf("the error names the conversation: %v", err)
			}
		})
	}
}

func TestAfterADoubtNothingIsCertain(t *testing.T) {
	faults := map[string]teamstest.Fault{
		"reset": teamstest.Broken(teamstest.Reset), "truncated": teamstest.Broken(teamstest.Truncate), "a page for success": teamstest.Page(200), "a page created": teamstest.Page(201),
		"500": teamstest.Failed(500), "502": teamstest.Failed(502), "503": teamstest.Failed(503), "504": teamstest.Failed(504), "a gateway's page": teamstest.Page(502),
		"408": teamstest.Refused(408, ""), "409": teamstest.Refused(409, "Conflict"), "412": teamstest.Refused(412, "PreconditionFailed"), "425": teamstest.Page(425),
		"302": teamstest.Page(302), "303": teamstest.Page(303), "499": teamstest.Page(499),
		"blocked, says a failing server": teamstest.Refused(500, "ConversationBlockedByUser"),
		"empty success":                  {Status: 200, ContentType: "text/plain"},
	}
	calls := map[string]func(context.Context, *world, string) error{
		"send": func(ctx context.Context, w *world, _ string) error {
			_, err := w.client.Send(ctx, w.channel, text("x"))
			return err
		},
		"reply": func(ctx context.Context, w *world, id string) error {
			_, err := w.client.Reply(ctx, w.channel, id, text("x"))
			return err
		},
		"thread": func(ctx context.Context, w *world, _ string) error {
			_, err := w.client.StartThread(ctx, w.channel, text("x"))
			return err
		},
		"update": func(ctx context.Context, w *world, id string) error {
			return w.client.Update(ctx, w.channel, id, text("y"))
		},
		"delete": func(ctx context.Context, w *world, id string) error { return w.client.Delete(ctx, w.channel, id) },
	}
	for name, fault := range faults {
		for called, call := range calls {
			if name == "empty success" && (called == "update" || called == "delete") {
				continue // there success needs no words
			}
			for _, fault := range []teamstest.Fault{fault, fault.Accepted()} {
				w := open(t, teamstest.Config{})
				id, err := w.client.Send(t.Context(), w.channel, text("first"))
				if err != nil {
					t.Fatal(err)
				}
				w.teams.Inject(only(fault))
				want(t, name+" on "+called, call(t.Context(), w, id), "")
				if n := len(w.teams.Calls("send", "create", "update", "delete")); n != 2 {
					t.Errorf("%s on %s: %d requests: nothing is repeated", name, called, n-1)
				}
			}
		}
	}
}

func TestTimeoutsLeaveADoubt(t *testing.T) {
	for _, fault := range []teamstest.Fault{teamstest.Broken(teamstest.Hang), teamstest.Broken(teamstest.Hang).Accepted()} {
		w := open(t, teamstest.Config{})
		if _, err := w.client.Send(t.Context(), w.chat, text("warm")); err != nil {
			t.Fatal(err)
		}
		w.teams.Inject(only(fault))
		ctx, cancel := context.WithCancel(t.Context())
		var group sync.WaitGroup
		group.Go(func() {
			_ = w.teams.WaitFor(t.Context(), func() bool { return len(w.teams.Calls("send")) == 2 })
			cancel()
		})
		_, err := w.client.Send(ctx, w.chat, text("x"))
		group.Wait()
		want(t, "a call that was cut off", err, "")
		if !errors.Is(err, context.Canceled) {
			t.Errorf("the cause is lost: %v", err)
		}
	}
}

func TestWhatNeverLeftIsCertain(t *testing.T) {
	w := open(t, teamstest.Config{})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := listener.Addr().String()
	_ = listener.Close()
	hosts, _ := cloud.NewHosts(closed, "nowhere.invalid", w.teams.Host())
	client := w.connect(t, func(c *connector.Config) { c.Hosts = hosts })
	for _, address := range []string{"http://" + closed + "/emea/", "https://nowhere.invalid/emea/", "https://" + w.teams.Host() + "/emea/"} {
		_, err := client.Send(t.Context(), connector.Conversation{ServiceURL: address, ID: w.chat.ID}, text("x"))
		want(t, address, err, bot.Busy)
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	reached := make(chan string, 1)
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { reached <- r.Header.Get("Authorization") }))
	defer elsewhere.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		redirecting := httptest.NewServer(http.RedirectHandler(elsewhere.URL, status))
		defer redirecting.Close()
		w := open(t, teamstest.Config{})
		hosts, _ := cloud.NewHosts("127.0.0.1")
		client := w.connect(t, func(c *connector.Config) { c.Hosts = hosts })
		if _, err := client.Send(t.Context(), connector.Conversation{ServiceURL: redirecting.URL, ID: w.chat.ID}, text("x")); err == nil {
			t.Errorf("%d is a success", status)
		}
	}
	select {
	case token := <-reached:
		t.Errorf("a redirect was followed, with %q", token)
	default:
	}
}

func TestTheRealRefusalsOfTheService(t *testing.T) {
	w := open(t, teamstest.Config{Windows: teamstest.DocumentedWindows()})
	w.teams.As(w.ann).Block(true)
	_, err := w.client.Send(t.Context(), w.chat, text("x"))
	want(t, "blocked", err, bot.Unreachable)
	w.teams.As(w.ann).Block(false)
	w.teams.Remove(w.chat.ID)
	_, err = w.client.Send(t.Context(), w.chat, text("x"))
	want(t, "uninstalled", err, bot.Unreachable)
	var failure *connector.Failure
	if !errors.As(err, &failure) || failure.Code != "MessageWritesBlocked" {
		t.Errorf("the code within the message is lost: %v", err)
	}
	_, err = w.client.Send(t.Context(), w.group, text(strings.Repeat("x", 60<<10)))
	want(t, "60 KB", err, bot.Denied)
	_, err = w.client.Reply(t.Context(), w.channel, "17", text("x"))
	want(t, "under what is not there", err, bot.Unreachable)
	for i := range 7 {
		if _, err := w.client.Send(t.Context(), w.channel, text("x")); err != nil {
			t.Fatalf("message %d: %v", i+1, err)
		}
	}
	_, err = w.client.Send(t.Context(), w.channel, text("x"))
	want(t, "the eighth in a second", err, bot.Busy)
	var refused *bot.SendError
	if errors.As(err, &refused) && refused.RetryAfter != time.Second {
		t.Errorf("again after %v", refused.RetryAfter)
	}
	w.clock.advance(time.Second)
	if _, err := w.client.Send(t.Context(), w.channel, text("x")); err != nil {
		t.Errorf("a second later: %v", err)
	}
}

func TestARefusedTokenIsReplaced(t *testing.T) {
	w := open(t, teamstest.Config{})
	if _, err := w.client.Send(t.Context(), w.chat, text("one")); err != nil {
		t.Fatal(err)
	}
	w.teams.RevokeTokens()
	_, err := w.client.Send(t.Context(), w.chat, text("two"))
	want(t, "a revoked token", err, bot.Busy)
	if _, err := w.client.Send(t.Context(), w.chat, text("three")); err != nil {
		t.Errorf("the next one: %v", err)
	}
	if n, m := len(w.teams.Calls("token")), len(w.teams.Messages(w.chat.ID)); n != 2 || m != 2 {
		t.Errorf("%d tokens, %d messages", n, m)
	}
}
