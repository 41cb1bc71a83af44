package bot_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"evangelist/bot"
)

func TestEveryBlockSurvivesTheCodec(t *testing.T) {
	message := bot.Message{Summary: "All of them", Blocks: bot.EveryBlock()}
	text, err := json.Marshal(message)
	if err != nil {
		t.Fatal(err)
	}
	var back bot.Message
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(message, back); diff != "" {
		t.Fatal(diff)
	}
	one, _ := message.Hash()
	two, _ := back.Hash()
	if one != two || len(one) != 64 {
		t.Fatalf("hashes differ: %s, %s", one, two)
	}
	back.Summary = "Another"
	if three, _ := back.Hash(); three == one {
		t.Fatal("another message has the same hash")
	}
}

func TestUnknownBlockIsRefused(t *testing.T) {
	for _, text := range []string{`{"summary":"x","blocks":[{"type":"script","body":{}}]}`, `{"summary":"x","blocks":[{"type":"rule","body":7}]}`, `[]`} {
		var m bot.Message
		if err := json.Unmarshal([]byte(text), &m); err == nil {
			t.Errorf("%s was accepted", text)
		}
	}
}

func TestLinksLeaveOnlyWithHarmlessSchemes(t *testing.T) {
	for address, safe := range map[string]bool{
		"https://example.org/a?b=c#d": true, "http://example.org": true, "mailto:a@example.org": true, "/archive/1": true,
		"javascript:alert(1)": false, "JAVASCRIPT:alert(1)": false, "data:text/html,x": false, "vbscript:x": false, "//evil.example": false,
		"/\\evil.example": false, "https://example.org/ onload=x": false, "https://x/<script>": false, "file:///etc/passwd": false, "": false, " https://x": false,
	} {
		if got := bot.To("label", address).Kind == bot.Anchor; got != safe {
			t.Errorf("%q: link %v, want %v", address, got, safe)
		}
	}
}

func TestDisplayedTextHasNoDisguise(t *testing.T) {
	got := bot.T("a\x00b\u202Ec\u2066d\x1b[31me\nf\tg\xff").Plain(nil)
	if got != "abcd[31me\nf\tg\uFFFD" {
		t.Fatalf("got %q", got)
	}
}

func TestCleanIsIdempotentAndKeepsItsLimit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")) + rapid.String().Draw(t, "text")
		limit := rapid.IntRange(0, 40).Draw(t, "limit")
		once := bot.Clean(text, limit)
		if twice := bot.Clean(once, limit); twice != once {
			t.Fatalf("%q becomes %q", once, twice)
		}
		if !utf8.ValidString(once) || strings.ContainsRune(once, 0) {
			t.Fatalf("%q is not clean", once)
		}
		if limit > 0 && utf8.RuneCountInString(once) > limit {
			t.Fatalf("%q is longer than %d", once, limit)
		}
	})
}

func TestMomentsFollowTheReadersZone(t *testing.T) {
	at := time.Date(2026, 12, 4, 23, 30, 0, 0, time.UTC)
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	line := bot.Line("due ", bot.Moment(at, bot.DayStyle), " at ", bot.Moment(at, bot.TimeOnlyStyle))
	if got := line.Plain(berlin); got != "due Saturday 5 December at 00:30" {
		t.Fatalf("got %q", got)
	}
	if got := line.Plain(nil); got != "due Friday 4 December at 23:30" {
		t.Fatalf("got %q", got)
	}
}

func TestLineRefusesWhatIsNoText(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Fatal("a number became text by chance")
		}
	}()
	bot.Line("n = ", 7)
}
