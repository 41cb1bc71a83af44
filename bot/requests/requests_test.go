package requests

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

// monday is when every test begins.
var (
	monday = time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC)
	today  = schedule.DateOf(monday, time.UTC)
)

func all() Circle {
	return Circle{Leads: []bot.PersonID{"lead", "other"}, Here: func(bot.PersonID) bool { return true }, Name: func(id bot.PersonID) string { return "Person " + string(id) }}
}

func request(state State) Request {
	r := Request{ID: "r1", Title: "A camera", Words: "A camera\nfor the library", Asker: "asker", State: state, Opened: monday, Version: 1}
	switch state {
	case Taken:
		r.Owner, r.OwnerName, r.Due, r.Since = "owner", "Person One", today.AddDays(14), monday
	case Met, Refused:
		r.Reason, r.Closed = "It waits at the post room.", monday
	}
	return r
}

func actorAs(as Relation) bot.Actor {
	switch as {
	case AsLead:
		return bot.Actor{Account: "a", Person: "lead", Roles: []bot.Role{bot.Lead}}
	case AsOwner:
		return bot.Actor{Account: "a", Person: "owner"}
	case AsColleague:
		return bot.Actor{Account: "a", Person: "asker"} // whoever asked has no part in it
	default:
		return bot.Actor{}
	}
}

func actOn(r *Request, act Act, actor bot.Actor) ([]bot.Delivery, error) {
	switch act {
	case See:
		return nil, r.allow(actor, See)
	case Take:
		return r.Take(actor, today.AddDays(7), today, monday, all())
	case Name:
		return r.Name(actor, "third", today.AddDays(7), today, monday, all())
	case Move:
		return r.Move(actor, today.AddDays(8), today, all())
	case HandBack:
		return r.HandBack(actor, monday, all())
	default:
		return r.Close(actor, Met, "Here it is.", monday, all())
	}
}

// Every act in every state by everybody does what the tables say, and nothing else.
func TestEveryActInEveryState(t *testing.T) {
	done := 0
	for _, act := range Acts() {
		for _, state := range States() {
			for _, as := range Relations() {
				r := request(state)
				was := r
				may := slices.Contains(relations[act], as) && (as != AsOwner || state == Taken)
				can := slices.Contains(states[act], state)
				out, err := actOn(&r, act, actorAs(as))
				name := string(act) + " of a request that is " + string(state) + " by " + string(as)
				switch {
				case !may && !errors.Is(err, bot.ErrNotFound):
					t.Errorf("%s: %v, want not-found", name, err)
				case may && !can && (err == nil || errors.Is(err, bot.ErrNotFound)):
					t.Errorf("%s: %v, want a sentence", name, err)
				case may && can && err != nil:
					t.Errorf("%s: %v", name, err)
				}
				if err != nil && (len(out) > 0 || r.Version != was.Version || r.State != was.State) {
					t.Errorf("%s: refused and changed", name)
				}
				if may && can && act != See {
					done++
					if r.Version == was.Version {
						t.Errorf("%s: done, and the version stays", name)
					}
				}
			}
		}
	}
	if done != 10 {
		t.Errorf("%d combinations do something, want 10", done)
	}
}

func TestDates(t *testing.T) {
	for name, due := range map[string]schedule.Date{"today": today, "yesterday": today.AddDays(-1), "none": {}, "far": today.AddDays(maxDays + 1)} {
		r := request(Open)
		if _, err := r.Take(actorAs(AsLead), due, today, monday, all()); !errors.Is(err, ErrDate) || r.State != Open {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Reminders ahead come on the working day before, those after on a working day.
	for due, want := range map[string][]string{
		"2026-12-07": {"2026-12-04", "2026-12-08", "2026-12-10"}, // a Monday
		"2026-12-04": {"2026-12-03", "2026-12-07", "2026-12-07"}, // a Friday
		"2026-12-06": {"2026-12-04", "2026-12-07", "2026-12-09"}, // a Sunday
	} {
		r := request(Taken)
		day, err := schedule.ParseDate(due)
		if err != nil {
			t.Fatal(err)
		}
		r.Due = day
		for step, date := range want {
			r.Warned = step
			if got := r.NextAt(time.UTC).Format(time.DateTime); got != date+" 09:00:00" {
				t.Errorf("step %d of %s comes at %s, want %s", step+1, due, got, date)
			}
		}
	}
	// A date so near that its reminder would come at once has none ahead.
	r := request(Open)
	if _, err := r.Take(actorAs(AsLead), today.AddDays(1), today, monday, all()); err != nil {
		t.Fatal(err)
	}
	if got := r.NextAt(time.UTC).Format(time.DateOnly); got != "2026-11-25" {
		t.Errorf("taken until tomorrow, and reminded on %s", got)
	}
}

// Nobody learns from any message whose words a request has.
func TestWhoAskedStandsNowhere(t *testing.T) {
	for _, state := range States() {
		r := request(state)
		for _, as := range []Relation{AsLead, AsOwner} {
			text, err := cardMessage(r, actorAs(as)).MarshalJSON()
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(text, []byte(`"asker"`)) {
				t.Errorf("the card of a request that is %s names whoever asked: %s", state, text)
			}
		}
	}
}

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
	open, taken, met, refused := request(Open), request(Taken), request(Met), request(Refused)
	refused.Reason = "The budget for this year is spent; ask again in April."
	for name, message := range map[string]bot.Message{
		"card-open":      cardMessage(open, actorAs(AsLead)),
		"card-taken":     cardMessage(taken, actorAs(AsLead)),
		"card-owner":     cardMessage(taken, actorAs(AsOwner)),
		"card-met":       cardMessage(met, actorAs(AsLead)),
		"card-elsewhere": elsewhereMessage(),
		"taken":          takenMessage(taken, false),
		"moved":          takenMessage(taken, true),
		"met":            closedMessage(met),
		"refused":        closedMessage(refused),
		"free":           freeMessage(open),
		"waits":          waitsMessage(open),
		"late":           lateMessage(taken),
		"due":            dueMessage(taken, false),
		"past-due":       dueMessage(taken, true),
		"list":           listMessage([]Request{open, taken}, []Request{met, refused}, monday.AddDate(0, 0, 9), time.UTC),
		"list-none":      listMessage(nil, nil, monday, time.UTC),
	} {
		golden(t, name, message)
		if message.Summary == "" {
			t.Errorf("%s has no summary", name)
		}
	}
}
