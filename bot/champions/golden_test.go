package champions

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"evangelist/bot"
)

// golden compares a message with the file of that name. With
// EVANGELIST_GOLDEN=write the files are written instead.
func golden(t *testing.T, name string, message bot.Message) {
	t.Helper()
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, []byte(text(message)), "", "  "); err != nil {
		t.Fatal(err)
	}
	pretty.WriteByte('\n')
	file := filepath.Join("testdata", name+".json")
	if os.Getenv("EVANGELIST_GOLDEN") == "write" {
		if err := os.WriteFile(file, pretty.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, pretty.Bytes()) {
		t.Errorf("%s differs from %s:\n%s", name, file, pretty.Bytes())
	}
}

func castOf(c Champion) cast {
	return cast{Champion: c, name: "Person Two", by: "Person One", org: bot.Organisation{Name: "Test Council", Zone: time.UTC, PublicURL: "https://example.org"}}
}

// cards are what a champion's cards show in each state.
func cards(t *testing.T) map[string]bot.Message {
	all := map[string]bot.Message{}
	for _, state := range States()[1:] {
		c, _ := in(t, state)
		k := castOf(c)
		all["ask-"+string(state)] = askMessage(k)
		all["lead-"+string(state)] = k.page(true, false)
		all["web-lead-"+string(state)] = k.page(true, true)
		if state.Speaks() || state == Left {
			all["page-"+string(state)] = k.page(false, false)
			all["draft-"+string(state)] = draftMessage(k, k.meeting("1"))
		}
		if state.Speaks() {
			all["web-page-"+string(state)] = k.page(false, true)
		}
	}
	return all
}

// longAgo is a champion with two meetings behind and promises of every outcome.
func longAgo(t *testing.T) Champion {
	c, _ := in(t, Active)
	self, lead := actorAs(AsSelf), actorAs(AsLead)
	tick(t, &c, nowAt(time.Date(2026, 12, 7, 9, 0, 0, 0, time.UTC)))
	after := nowAt(time.Date(2026, 12, 14, 9, 0, 0, 0, time.UTC))
	tick(t, &c, after)
	must(t, nil, second(c.SetMeeting(self, after, Plan{On: date("2027-03-11"), Body: "Board", Another: true, Came: "Two more pilots."})))
	must(t, nil, second(c.Mark(lead, after, string(Ours), Kept, "")))
	must(t, nil, second(c.Mark(self, after, string(Theirs), Dropped, "The budget is closed.")))
	must(t, nil, second(c.Add(self, after, Pledge{ID: "x", Side: Theirs, Words: "Ask again in March."})))
	tick(t, &c, nowAt(monday.Add(quarter)))
	return c
}

// TestGoldenMessages looks at every message.
func TestGoldenMessages(t *testing.T) {
	all := cards(t)
	old := longAgo(t)
	k := castOf(old)
	all["page-old"], all["web-page-old"] = k.page(false, false), k.page(false, true)
	all["question"], all["question-old"] = questionMessage(k, "1"), questionMessage(k, "0")
	for name, said := range map[string]Said{"on": GoesOn, "rest": Rests, "leave": Leaves} {
		c := clone(old)
		must(t, nil, second(c.Answer(actorAs(AsSelf), nowAt(old.AskedAt), "1", said)))
		all["question-"+name] = questionMessage(castOf(c), "1")
	}
	all["draft-sent"] = draftMessage(k, k.meeting("1"))
	all["briefing"] = briefingMessage(&old, old.meeting("1"))
	c, now := in(t, Active)
	bare := clone(c)
	bare.Meetings[0].Briefing.Points, bare.Meetings[0].Body, bare.Promises = nil, "", nil
	all["briefing-bare"] = briefingMessage(&bare, bare.meeting("1"))
	n := nowAt(now)
	sent := clone(c)
	must(t, nil, second(sent.SendIt(actorAs(AsLead), n, "1")))
	all["draft-approved"] = draftMessage(castOf(sent), sent.meeting("1"))
	skipped := clone(c)
	must(t, nil, second(skipped.SkipIt(actorAs(AsLead), n, "1")))
	all["draft-skipped"] = draftMessage(castOf(skipped), skipped.meeting("1"))
	moved := clone(c)
	must(t, nil, second(moved.SetMeeting(actorAs(AsLead), n, Plan{On: date("2027-02-11")})))
	all["draft-moved"] = draftMessage(castOf(moved), moved.meeting("1"))
	closed := clone(c)
	must(t, nil, second(closed.SetMeeting(actorAs(AsLead), n, Plan{Another: true})))
	all["draft-missed"], all["lead-no-meeting"] = draftMessage(castOf(closed), closed.meeting("1")), castOf(closed).page(true, false)
	held := clone(c)
	tick(t, &held, nowAt(time.Date(2026, 12, 14, 9, 0, 0, 0, time.UTC)))
	all["lead-held"] = castOf(held).page(true, false)
	gone, gonen := clone(c), n
	gonen.Gone = true
	tick(t, &gone, gonen)
	all["lead-gone"] = castOf(gone).page(true, true)
	nobody := clone(c)
	nobody.Body, nobody.Promises = "", nil
	all["named"] = namedMessage("champion", n)
	all["declined"], all["lapsed"], all["rests"], all["left"] = declinedMessage(&c, n), lapsedMessage(&c, n), restsMessage(ptr(in(t, Resting)), n), leftMessage(&c, n)
	all["gone"], all["gone-bare"], all["gone-asked"] = goneMessage(&c, n, true), goneMessage(&nobody, n, true), goneMessage(&c, n, false)
	all["few-one"], all["few-none"] = fewMessage(1), fewMessage(0)
	all["after"], all["after-bare"] = afterMessage(&c, c.meeting("1"), n), afterMessage(&bare, bare.meeting("1"), n)
	other := castOf(longAgo(t))
	other.name = "another person"
	all["sheet"] = sheet([]cast{other, castOf(c), castOf(gone)}, nil, other.org)
	all["sheet-few"] = sheet([]cast{castOf(c)}, &bot.Matter{What: bot.T(fewWords(1))}, other.org)
	all["sheet-empty"] = sheet(nil, nil, other.org)
	for name, message := range all {
		golden(t, name, message)
		if message.Summary == "" || strings.Contains(text(message), "!") || strings.Contains(text(message), "  ") {
			t.Errorf("%s: %s", name, text(message))
		}
		for _, block := range message.Blocks {
			if row, is := block.(bot.Actions); is && (len(row.Buttons) == 0 || len(row.Buttons) > 5) {
				t.Errorf("%s has a row of %d buttons", name, len(row.Buttons))
			}
		}
	}
}

func ptr(c Champion, _ time.Time) *Champion { return &c }
