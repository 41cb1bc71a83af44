package mandates

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

// golden compares a message with the file of that name. With
// EVANGELIST_GOLDEN=write the files are written instead.
func golden(t *testing.T, name string, message bot.Message) {
	t.Helper()
	text, err := message.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, text, "", "  "); err != nil {
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

func TestGoldenMessages(t *testing.T) {
	o := bot.Organisation{Name: "Test Council", Word: "evangelist", PublicURL: "https://bot.example.org"}
	all := register{
		"owner": {ID: "owner", Name: "Person One", Department: "Libraries", Manager: "manager@example.org"}, "signer": {ID: "signer", Name: "Person Two"},
	}
	mine := func(m Mandate) bot.Message { return mineMessage(o, m, all) }
	review := func(m Mandate) bot.Message { return reviewMessage(o, m, "signer", all) }
	answered, orphan, offered, bare := in(t, Asked), in(t, Asked), in(t, Signed), in(t, Signed)
	answered.Question = "What for?"
	orphan.Orphan = true
	offered.Offered = true
	bare.Freedoms, bare.Words, bare.Signer = nil, "", "gone"
	declined := offered
	declined.Declined = true
	moved := in(t, Asked)
	moved.Signer = "other"
	granted, partly, no, back, left, needed := asked(), asked(), asked(), asked(), asked(), asked()
	granted.Outcome, granted.Decided, granted.Days = Granted, schedule.Date{Year: 2026, Month: 12, Day: 1}, 1
	partly.Outcome, partly.Reason, partly.Decided, partly.Days = Partly, "One for two teams.", schedule.Date{Year: 2026, Month: 12, Day: 9}, 9
	no.Outcome, no.Reason, no.Decided = NotGranted, "None is left.", schedule.Date{Year: 2026, Month: 11, Day: 30}
	back.Outcome, left.Orphan = TakenBack, true
	needed.By, needed.For, needed.Cost = schedule.Date{Year: 2026, Month: 12, Day: 24}, "", ""
	lead := func(r Resource) bot.Message { return resourceMessage(r, "Person One", time.UTC) }
	for name, message := range map[string]bot.Message{
		"mine-asked": mine(in(t, Asked)), "mine-returned": mine(in(t, Returned)), "mine-signed": mine(in(t, Signed)), "mine-withdrawn": mine(in(t, Withdrawn)),
		"mine-expired": mine(in(t, Expired)), "mine-orphan": mine(orphan), "mine-renew": mine(offered), "mine-declined": mine(declined),
		"review-asked": review(in(t, Asked)), "review-answered": review(answered), "review-returned": review(in(t, Returned)), "review-signed": review(in(t, Signed)),
		"review-withdrawn": review(in(t, Withdrawn)), "review-expired": review(in(t, Expired)), "review-moved": review(moved),
		"letter": letterMessage(o, in(t, Signed), all), "letter-bare": letterMessage(o, bare, all),
		"resource": lead(asked()), "resource-by": lead(needed), "resource-granted": lead(granted), "resource-partly": lead(partly), "resource-no": lead(no),
		"resource-back": lead(back), "resource-left": lead(left),
		"asked": askedMessage(asked(), time.UTC), "decided-granted": decidedMessage(granted), "decided-partly": decidedMessage(partly), "decided-no": decidedMessage(no),
		"passed": passedMessage(asked()), "late": lateMessage(asked()),
		"own": titled("What was asked for", ownBlocks([]Resource{asked(), no})...), "own-none": titled("What was asked for", ownBlocks(nil)...),
		"waiting": titled("What was asked for", waitingBlocks([]Wait{
			{ID: "r", What: "A tablet", Due: monday, Late: true}, {ID: "q", What: "A room", Due: monday.Add(day), Inactive: true},
		})...), "waiting-none": titled("What was asked for", waitingBlocks(nil)...),
	} {
		golden(t, name, message)
		text, _ := message.MarshalJSON()
		if message.Summary == "" || strings.ContainsAny(string(text), "!") || strings.Contains(string(text), "manager@example.org") {
			t.Errorf("%s has no summary, shouts, or names the manager", name)
		}
	}
}
