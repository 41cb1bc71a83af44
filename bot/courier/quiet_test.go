package courier_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/bot/courier"
)

// wishes are the commands about one person, with a list of free days.
type wishes struct {
	*testing.T
	people   *people
	days     string
	commands map[string]bot.Command
}

func (p *people) Person(context.Context, bot.PersonID) (bot.Person, error) { return p.person, nil }

func newWishes(t *testing.T) *wishes {
	w := &wishes{T: t, people: &people{person: bot.Person{ID: "ann", Contact: bot.Contact{Less: true}}}, commands: map[string]bot.Command{}}
	contacts := courier.Contacts{People: w.people, Clock: &fakeClock{now: time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)}, Zone: time.UTC,
		Holidays:    func(context.Context) (string, error) { return w.days, nil },
		SetHolidays: func(_ context.Context, days string) error { w.days = days; return nil }}
	for _, command := range contacts.Commands() {
		w.commands[command.Name] = command
	}
	return w
}

func (w *wishes) send(command string, pairs ...string) bot.Reply {
	w.Helper()
	values := map[string][]string{}
	for i := 0; i < len(pairs); i += 2 {
		values[pairs[i]] = []string{pairs[i+1]}
	}
	reply, err := w.commands[command].Run(w.Context(), bot.Invocation{Actor: bot.Actor{Account: "chat|ann", Person: "ann"}, Values: values})
	if err != nil {
		w.Fatalf("%s: %v", command, err)
	}
	return reply
}

func TestAPersonSaysWhen(t *testing.T) {
	w := newWishes(t)
	form, err := w.commands["contact.quiet"].Form(t.Context(), bot.Invocation{Actor: bot.Actor{Account: "chat|ann", Person: "ann"}})
	if err != nil || len(form.Fields) != 5 || form.Fields[0].Value[0] != "less" || form.Fields[2].Value[0] != "08:30" || form.Fields[4].Value[0] != "UTC" {
		t.Fatalf("the form is %+v, %v", form, err)
	}
	done := w.send("contact.quiet", "often", "usual", "away", "2026-12-31", "until", "10:00", "from", "18:00", "zone", "Europe/Lisbon")
	lisbon, _ := time.LoadLocation("Europe/Lisbon")
	want := bot.Contact{Zone: "Europe/Lisbon", QuietUntil: "10:00", MutedUntil: time.Date(2027, 1, 1, 0, 0, 0, 0, lisbon).UTC()}
	if w.people.person.Contact != want {
		t.Errorf("kept is %+v, want %+v", w.people.person.Contact, want)
	}
	if words := done.(bot.Done).Message.Summary; words != "Kept. I write to you first between 10:00 and 18:00 on working days, at most twice a week, and not before Friday 1 January." {
		t.Errorf("it says %q", words)
	}
	// A leave that is over is none, and what is usual is not kept.
	w.send("contact.quiet", "often", "never", "away", "2026-11-20", "until", "08:30", "zone", "UTC")
	if want := (bot.Contact{Never: true}); w.people.person.Contact != want {
		t.Errorf("kept is %+v, want %+v", w.people.person.Contact, want)
	}
	for field, pairs := range map[string][]string{
		"zone": {"zone", "Nowhere/Land"}, "until": {"until", "25:00"}, "from": {"from", "09:00"}, "away": {"away", "tomorrow"},
	} {
		invalid, ok := w.send("contact.quiet", append([]string{"often", "less"}, pairs...)...).(bot.Invalid)
		if !ok || invalid.Fields[field] == "" || len(invalid.Fields) != 1 {
			t.Errorf("%v is answered with %+v", pairs, invalid)
		}
		if !w.people.person.Contact.Never {
			t.Errorf("%v changed something", pairs)
		}
	}
	if _, err := w.commands["contact.quiet"].Run(t.Context(), bot.Invocation{Actor: bot.Actor{Account: "chat|new"}, Values: map[string][]string{}}); err == nil {
		t.Error("an account without person was accepted")
	}
}

func TestHolidaysAreKeptAndObeyed(t *testing.T) {
	w := newWishes(t)
	reply := w.send("contact.holidays", "days", "\n2026-12-28 Bridge day\n 2026-12-25  Christmas Day\n2026-12-25 again\n")
	if want := "2026-12-25 Christmas Day\n2026-12-28 Bridge day"; w.days != want {
		t.Errorf("kept is %q, want %q", w.days, want)
	}
	if list := reply.(bot.Done).Message.Blocks[1].(bot.List); len(list.Items) != 2 || list.Items[0].Plain(time.UTC) != "Friday 25 December 2026 Christmas Day" {
		t.Errorf("it shows %+v", list)
	}
	if invalid, ok := w.send("contact.holidays", "days", "Christmas").(bot.Invalid); !ok || !strings.Contains(invalid.Fields["days"], "2026-12-25") {
		t.Errorf("a line without a day is answered with %+v", invalid)
	}
	if w.send("contact.holidays", "days", strings.Repeat("2026-12-24\n", 61)); w.days == "2026-12-24" {
		t.Error("more days than the list takes were kept")
	}

	b := newBench(t, asFull)
	b.config.Holidays = func(context.Context) (string, error) { return w.days, nil }
	b.courier = b.start(b.config)
	b.clock.set(time.Date(2026, 12, 24, 19, 0, 0, 0, time.UTC)) // Thursday evening
	b.person("ann", bot.Contact{})
	b.use("ann")
	b.add(b.nudge("nudge", "ann"))
	b.run()
	// Friday is free, then comes a weekend, and Monday is free again.
	if it := b.get("nudge"); it.State != courier.Sent || !it.Ended.Equal(time.Date(2026, 12, 29, 8, 30, 0, 0, time.UTC)) {
		t.Errorf("the nudge is %s at %v", it.State, it.Ended)
	}
	if w.send("contact.holidays", "days", ""); w.days != "" {
		t.Errorf("an empty list leaves %q", w.days)
	}
}

// Whoever was written to as often as promised is full, until there is room again.
func TestWhoIsFull(t *testing.T) {
	b := newBench(t, asFull)
	b.clock.set(time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC))
	for _, who := range []string{"ann", "ben", "new"} {
		b.person(who, bot.Contact{})
	}
	b.person("less", bot.Contact{Less: true})
	for _, who := range []string{"ann", "ben", "less"} {
		b.use(who)
	}
	b.add(b.nudge("one", "ann"))
	b.add(b.nudge("two", "ann"))
	b.add(b.nudge("three", "ben"))
	b.add(b.nudge("four", "less"))
	b.add(b.nudge("five", "new"))
	b.run()
	for _, c := range []struct {
		after time.Duration
		want  string
	}{{0, "ann less new"}, {8 * 24 * time.Hour, "less new"}, {29 * 24 * time.Hour, "new"}, {91 * 24 * time.Hour, ""}} {
		b.clock.set(time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC).Add(c.after))
		full, err := b.courier.Full(t.Context(), []bot.PersonID{"ann", "ben", "less", "new", "nobody"})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, who := range []bot.PersonID{"ann", "ben", "less", "new", "nobody"} {
			if full[who] {
				got = append(got, string(who))
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("after %s full are %v, want %s", c.after, got, c.want)
		}
	}
}
