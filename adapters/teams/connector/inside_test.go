package connector

import (
	"strings"
	"testing"
	"time"

	"evangelist/bot"
)

func TestEachRefusalIsASentence(t *testing.T) {
	sentence := func(name, say string) {
		if len(say) < 30 || !strings.HasSuffix(say, ".") || strings.Contains(say, "!") {
			t.Errorf("%s says %q", name, say)
		}
	}
	for code, m := range codes {
		if code != tidy(code) {
			t.Errorf("%q is never found", code)
		}
		sentence(code, m.say)
		if m.personal.reason != "" {
			sentence(code, m.personal.say)
		}
		if m.reason == bot.Busy {
			t.Errorf("%s is tried again without end", code)
		}
	}
	for status, m := range statuses {
		sentence("a status", m.say)
		if doubtful(status) {
			t.Errorf("%d is doubtful, its sentence is never said", status)
		}
	}
	for _, say := range tokenRefusals {
		sentence("the sign-in", say)
	}
}

func TestCodeOf(t *testing.T) {
	for text, want := range map[string]string{
		`{"error":{"code":"BotNotInConversationRoster","message":"x"}}`:                     "BotNotInConversationRoster",
		`{"error":{"code":"Bad Argument"}}`:                                                 "BadArgument",
		`{"errorCode":209,"message":"{\r\n \"subCode\": \"MessageWritesBlocked\"}"}`:        "MessageWritesBlocked",
		`{"error":{"code":"Forbidden","message":"{\"subCode\":\"MessageWritesBlocked\"}"}}`: "MessageWritesBlocked",
		`{"error":{"code":"Forbidden","subCode":"MessageWritesBlocked"}}`:                   "MessageWritesBlocked",
		`{"subCode":"MessageWritesBlocked"}`:                                                "MessageWritesBlocked",
		`{"error":{"code":"<b>x</b>\nbo@example.org"}}`:                                     "bxbboexampleorg",
		`{"error":"no object"}`:                                                             "", `[]`: "", ``: "", `<html>`: "", `{"message":"{"}`: "", `null`: "",
	} {
		if got := codeOf([]byte(text)); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestThreadsInIDs(t *testing.T) {
	for _, tc := range [][3]string{
		{"19:a@thread.tacv2", "5", "19:a@thread.tacv2;messageid=5"},
		{"19:a@thread.tacv2;messageid=4", "5", "19:a@thread.tacv2;messageid=5"},
		{"19:a@thread.tacv2;messageid=4", "", "19:a@thread.tacv2"},
	} {
		if got := InThread(tc[0], tc[1]); got != tc[2] {
			t.Errorf("InThread(%q, %q) is %q", tc[0], tc[1], got)
		}
	}
	if id, root := SplitThread("19:a@thread.tacv2;messageid=5"); id != "19:a@thread.tacv2" || root != "5" {
		t.Errorf("%q, %q", id, root)
	}
}

func FuzzCodeOf(f *testing.F) {
	for _, text := range []string{`{"error":{"code":"x"}}`, `{"message":"{\"subCode\":\"y\"}"}`, `{`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if code := codeOf(text); code != tidy(code) || len(code) > 64 {
			t.Errorf("%q", code)
		}
	})
}

func FuzzRetryAfter(f *testing.F) {
	for _, text := range []string{"1", "-1", "1e9", "NaN", "Inf", "0x10", "Fri, 27 Nov 2026 09:00:30 GMT", " 3 "} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if wait := retryAfter(text, time.Unix(0, 0)); wait < 0 || wait > maxWait {
			t.Errorf("%q: %v", text, wait)
		}
	})
}
