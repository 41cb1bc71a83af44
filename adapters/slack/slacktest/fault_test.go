package slacktest_test

import (
	"context"
	"errors"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"evangelist/adapters/slack/slacktest"
)

func TestFaults(t *testing.T) {
	var status slack.StatusCodeError
	var limited *slack.RateLimitedError
	cases := []struct {
		name  string
		fault slacktest.Fault
		done  bool // the message is there
		is    func(error) bool
	}{
		{name: "429", fault: slacktest.TooMany("chat.postMessage", "30"), is: func(err error) bool { return errors.As(err, &limited) && limited.RetryAfter == 30*time.Second }},
		{name: "429 without", fault: slacktest.TooMany("chat.postMessage", ""), is: func(err error) bool { return errors.As(err, &status) && status.Code == 429 }},
		{name: "429 with rubbish", fault: slacktest.TooMany("chat.postMessage", "soon"), is: func(err error) bool { return err != nil }},
		{name: "503 before", fault: slacktest.ServerError("chat.postMessage", 503, false), is: func(err error) bool { return errors.As(err, &status) && status.Code == 503 }},
		{name: "502 after", fault: slacktest.ServerError("chat.postMessage", 502, true), done: true, is: func(err error) bool { return errors.As(err, &status) && status.Code == 502 }},
		{name: "reset before", fault: slacktest.Reset("chat.postMessage", false), is: reset},
		{name: "reset after", fault: slacktest.Reset("chat.postMessage", true), done: true, is: reset},
		{name: "truncated", fault: slacktest.Truncated("chat.postMessage"), done: true, is: broken},
		{name: "a page", fault: slacktest.HTML("chat.postMessage", true), done: true, is: broken},
		{name: "refused", fault: slacktest.Refused("chat.postMessage", "restricted_action"), is: func(err error) bool { return codeOf(err) == "restricted_action" }},
		{name: "late", fault: slacktest.Slow("chat.postMessage", time.Minute, true), done: true, is: gaveUp},
		{name: "late and lost", fault: slacktest.Slow("chat.postMessage", time.Minute, false), is: gaveUp},
		{name: "of everything", fault: slacktest.Refused("*", "fatal_error"), is: func(err error) bool { return codeOf(err) == "fatal_error" }},
		{name: "of another method", fault: slacktest.Refused("chat.update", "fatal_error"), done: true, is: none},
		{name: "of another channel", fault: slacktest.Fault{Method: "chat.postMessage", Channel: "C0OTHER", Code: "fatal_error"}, done: true, is: none},
		{name: "of the second call", fault: slacktest.Fault{Method: "chat.postMessage", Skip: 1, Code: "fatal_error"}, done: true, is: none},
		{name: "a little slow", fault: slacktest.Fault{Method: "chat.postMessage", Delay: time.Millisecond, Accepted: true}, done: true, is: none},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := house(t, slacktest.Config{})
			s.Fail(c.fault)
			ctx, giveUp := context.WithCancel(within(t))
			defer giveUp()
			if c.fault.Delay > time.Second { // the client gives up once the call has come
				go func() {
					_ = s.WaitFor(ctx, func() bool { return len(s.Calls("chat.postMessage")) == 1 })
					giveUp()
				}()
			}
			_, _, err := client(s).PostMessageContext(ctx, "C0GENERAL", slack.MsgOptionText("hello", false))
			if !c.is(err) {
				t.Errorf("the client says %v", err)
			}
			if got := len(s.Messages("general")) == 1; got != c.done {
				t.Errorf("posted is %v", got)
			}
			if call := s.Calls("chat.postMessage")[0]; call.Done != c.done {
				t.Errorf("recorded is %+v", call)
			}
		})
	}
}

func none(err error) bool { return err == nil }

func broken(err error) bool { return err != nil && codeOf(err) == "" }

func reset(err error) bool { return errors.Is(err, syscall.ECONNRESET) }

func gaveUp(err error) bool { return err != nil && errors.Is(err, context.Canceled) }

func TestFaultsAreCounted(t *testing.T) {
	s := house(t, slacktest.Config{})
	api, ctx := client(s), within(t)
	s.Fail(slacktest.Fault{Method: "auth.test", Skip: 1, Times: 2, Code: "fatal_error"})
	undo := s.Fail(slacktest.Fault{Method: "team.info", Times: -1, Code: "fatal_error"})
	var got []string
	for range 4 {
		_, err := api.AuthTestContext(ctx)
		got = append(got, codeOf(err))
	}
	if strings.Join(got, ",") != ",fatal_error,fatal_error," {
		t.Errorf("%q", got)
	}
	for range 3 {
		if _, err := api.GetTeamInfoContext(ctx); codeOf(err) != "fatal_error" {
			t.Error(err)
		}
	}
	undo()
	if _, err := api.GetTeamInfoContext(ctx); err != nil {
		t.Error(err)
	}
	s.ForgetCalls()
	if len(s.Calls()) != 0 {
		t.Error("calls are remembered")
	}
}

func TestHistoryLag(t *testing.T) {
	clock := &still{at: s2026()}
	s := house(t, slacktest.Config{Clock: clock})
	s.SetHistoryLag(30 * time.Second)
	api, ctx := client(s), within(t)
	_, _, err := api.PostMessageContext(ctx, "C0GENERAL", slack.MsgOptionText("hello", false))
	must(t, err)
	for _, want := range []int{0, 1} {
		got, err := api.GetConversationHistoryContext(ctx, &slack.GetConversationHistoryParameters{ChannelID: "C0GENERAL"})
		if err != nil || len(got.Messages) != want {
			t.Errorf("%d messages are seen, not %d: %v", len(got.Messages), want, err)
		}
		clock.move(30 * time.Second)
	}
}

func TestPostsAreSpaced(t *testing.T) {
	clock := &still{at: s2026()}
	s := house(t, slacktest.Config{Clock: clock, PostInterval: time.Second, PostBurst: 2, Limits: map[string]int{"users.list": 2}})
	api, ctx := client(s), within(t)
	post := func() error {
		_, _, err := api.PostMessageContext(ctx, "C0GENERAL", slack.MsgOptionText("hello", false))
		return err
	}
	must(t, post())
	must(t, post())
	var limited *slack.RateLimitedError
	if err := post(); !errors.As(err, &limited) || limited.RetryAfter != time.Second {
		t.Errorf("a third: %v", err)
	}
	clock.move(2 * time.Second)
	must(t, post())
	times := s.PostTimes("C0GENERAL")
	if len(times) != 3 || times[2].Sub(times[1]) != 2*time.Second {
		t.Errorf("%v", times)
	}
	for range 2 {
		_, err := api.GetUsersPaginated().Next(ctx)
		must(t, err)
	}
	if _, err := api.GetUsersPaginated().Next(ctx); !errors.As(err, &limited) || limited.RetryAfter != time.Minute {
		t.Errorf("a third page: %v", err)
	}
	if got := s.Calls("users.list"); got[2].Status != 429 || got[2].Done || got[2].Code != "ratelimited" {
		t.Errorf("%+v", got[2])
	}
}

func TestTimestampsIncreaseInAChannel(t *testing.T) {
	s := house(t, slacktest.Config{Clock: &still{at: s2026()}})
	ctx, anna := within(t), s.As("U0ANNA")
	first, last := "", ""
	for range 3 {
		m, err := anna.Post(ctx, "general", "at once")
		must(t, err)
		if m.TS <= last {
			t.Errorf("%s after %s", m.TS, last)
		}
		if last = m.TS; first == "" {
			first = m.TS
		}
	}
	// Another channel counts for itself, so the same ts can be in two of them.
	if m, err := anna.Post(ctx, "other", "elsewhere"); err != nil || m.TS != first {
		t.Errorf("%s %v", m.TS, err)
	}
}

func TestWaitForEndsWithItsContext(t *testing.T) {
	s := house(t, slacktest.Config{})
	ctx, stop := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer stop()
	if err := s.WaitFor(ctx, func() bool { return false }); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}
