package courier_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"evangelist/bot"
	"evangelist/bot/courier"
	"evangelist/storage"
	"evangelist/storage/courierstore"
	"evangelist/storage/storagetest"
)

// reader is a person in the simulated quarter, with what was promised.
type reader struct {
	id      bot.PersonID
	zone    *time.Location
	contact bot.Contact
	used    bool
	since   time.Time // when the present wishes were made known
	free    []string  // days of the organisation, 2006-01-02
}

// asleep is written without looking at the rule: the promise itself.
func asleep(r *reader, at time.Time) bool {
	local := at.In(r.zone)
	if local.Weekday() == time.Saturday || local.Weekday() == time.Sunday || slices.Contains(r.free, local.Format(time.DateOnly)) {
		return true
	}
	clock := local.Format("15:04")
	from, until := r.contact.QuietFrom, r.contact.QuietUntil
	if from == "" {
		from = "18:00"
	}
	if until == "" {
		until = "08:30"
	}
	if from < until {
		return from <= clock && clock < until
	}
	return from != until && (clock >= from || clock < until)
}

// Over a simulated quarter, with nudges at random moments and wishes that
// change, nobody is written to first more often than promised, at night, at
// weekends, or after saying never.
func TestTheQuarterKeepsThePromises(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	db := storagetest.Memory(t)
	quarter := 0
	rapid.Check(t, func(rt *rapid.T) {
		quarter++
		simulate(t, rt, db, fmt.Sprint("q", quarter))
	})
}

func simulate(t *testing.T, rt *rapid.T, db *storage.DB, name string) {
	clock := &fakeClock{now: start.AddDate(0, 0, rapid.IntRange(0, 365).Draw(rt, "begin"))}
	w := &world{clock: clock}
	store := courierstore.New(db)
	people := &register{Register: store.Register, readers: map[bot.PersonID]courier.Reader{}}
	store.Register = people
	sender := courier.New(courier.Config{Store: store, Platforms: []bot.Platform{full{platform{w, name}}}, Clock: clock,
		Random: zeros{}, Log: slog.New(slog.DiscardHandler), Zone: time.UTC})
	if err := sender.Bind(t.Context(), name, bot.AccountID(name+"|bot")); err != nil {
		rt.Fatal(err)
	}
	box := courierstore.NewBox(db, clock)
	all := readers(t, rt, name, store, people, clock.Now())
	sent := map[bot.PersonID][]time.Time{}
	seen := 0
	settle := func() {
		for {
			worked, _, err := sender.Step(t.Context())
			if err != nil {
				rt.Fatal(err)
			}
			for ; seen < len(w.messages); seen++ {
				m := w.messages[seen]
				for _, r := range all {
					if strings.HasSuffix(string(m.place), "dm-"+string(r.id)) {
						sent[r.id] = append(sent[r.id], m.at)
						promised(rt, r, m, sent[r.id])
					}
				}
			}
			if !worked {
				return
			}
		}
	}
	end := clock.Now().AddDate(0, 3, 0)
	for n := 0; clock.Now().Before(end); n++ {
		clock.add(time.Duration(rapid.IntRange(1, 90).Draw(rt, "hours")) * time.Hour)
		r := rapid.SampledFrom(all).Draw(rt, "reader")
		switch rapid.IntRange(0, 30).Draw(rt, "act") {
		case 0:
			r.contact.Less, r.since = !r.contact.Less, clock.Now()
		case 1:
			r.contact.Never = !r.contact.Never
		case 2:
			r.contact.MutedUntil = clock.Now().AddDate(0, 0, 14)
		default:
			body := bot.Notice("Nudge")
			err := box.Add(t.Context(), bot.Delivery{Key: fmt.Sprint(name, "/", n), To: bot.Address{Person: r.id}, Frozen: &body, Class: bot.Nudge})
			if err != nil {
				rt.Fatal(err)
			}
		}
		people.set(r)
		settle()
	}
}

// readers draws two persons with their zones, hours and habits.
func readers(t *testing.T, rt *rapid.T, name string, store courier.Store, people *register, now time.Time) (all []*reader) {
	zones := []string{"Europe/London", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "America/St_Johns"}
	for i := range 2 {
		r := &reader{id: bot.PersonID(fmt.Sprint(name, "-", i)), used: rapid.Bool().Draw(rt, "used"), since: now}
		r.contact.Zone = rapid.SampledFrom(zones).Draw(rt, "zone")
		r.contact.QuietFrom = rapid.SampledFrom([]string{"", "12:00", "22:30", "00:00"}).Draw(rt, "from")
		r.contact.QuietUntil = rapid.SampledFrom([]string{"", "07:00", "13:30", "02:30"}).Draw(rt, "until")
		r.zone, _ = time.LoadLocation(r.contact.Zone)
		if r.used {
			if err := store.Register.Used(t.Context(), r.id, now); err != nil {
				rt.Fatal(err)
			}
		}
		people.set(r)
		all = append(all, r)
	}
	return all
}

// promised checks one message that went out.
func promised(rt *rapid.T, r *reader, m *message, sent []time.Time) {
	at := m.at
	if asleep(r, at) {
		rt.Fatalf("%s was written to at %s", r.id, at.In(r.zone))
	}
	if r.contact.Never || r.contact.MutedUntil.After(at) {
		rt.Fatalf("%s was written to after saying no", r.id)
	}
	if !strings.HasSuffix(m.payload, "[contact.less][contact.never]") {
		rt.Fatalf("the message ends without a choice: %q", m.payload)
	}
	within := func(span time.Duration, since time.Time) int {
		n := 0
		for _, s := range sent {
			if s.After(at.Add(-span)) && !s.Before(since) {
				n++
			}
		}
		return n
	}
	switch {
	case !r.used && within(90*24*time.Hour, time.Time{}) > 1:
		rt.Fatalf("a stranger was written to twice within 90 days: %v", sent)
	case within(7*24*time.Hour, time.Time{}) > 2:
		rt.Fatalf("three times within a week: %v", sent)
	case r.contact.Less && within(28*24*time.Hour, r.since) > 1:
		rt.Fatalf("twice within four weeks after [Less]: %v", sent)
	}
}

// register answers for people who are in no table.
type register struct {
	courier.Register
	readers map[bot.PersonID]courier.Reader
	places  map[bot.PlaceID]bot.Place
}

func (s *register) Place(_ context.Context, id bot.PlaceID) (bot.Place, error) {
	place, known := s.places[id]
	if !known {
		return place, bot.ErrNotFound
	}
	return place, nil
}

func (s *register) know(places ...bot.Place) {
	if s.places == nil {
		s.places = map[bot.PlaceID]bot.Place{}
	}
	for _, place := range places {
		s.places[place.ID] = place
	}
}

func (s *register) Reader(_ context.Context, id bot.PersonID) (courier.Reader, error) {
	r, known := s.readers[id]
	if !known {
		return r, bot.ErrNotFound
	}
	return r, nil
}

func (s *register) set(r *reader) {
	platform, _, _ := strings.Cut(string(r.id), "-")
	s.readers[r.id] = courier.Reader{Person: bot.Person{ID: r.id, Contact: r.contact},
		Accounts: []bot.Account{{ID: bot.NewAccountID(platform, string(r.id)), Person: r.id}}}
}

// The promise is not kept by writing to nobody: on a plain week two nudges go,
// the third a week later, and an expired one never.
func TestCapsLetThroughWhatTheyAllow(t *testing.T) {
	b := newBench(t, asFull)
	b.person("ann", bot.Contact{})
	b.use("ann")
	for i := range 3 {
		b.add(b.nudge(fmt.Sprint("n", i), "ann"))
	}
	short := b.nudge("short", "ann")
	short.Expires = start.Add(3 * 24 * time.Hour)
	b.add(short)
	b.run()
	b.run() // the third follows a week later
	var at []time.Duration
	for _, m := range b.world.messages {
		at = append(at, m.at.Sub(start))
	}
	if want := []time.Duration{0, 0, 7 * 24 * time.Hour}; !slices.Equal(at, want) {
		t.Errorf("sent after %v, want %v", at, want)
	}
	if it := b.get("short"); it.State != courier.Dropped || it.Note != "expired" {
		t.Errorf("the short one is %s: %s", it.State, it.Note)
	}
}

func TestQuietHoursMoveNudgesAndEditionsOnly(t *testing.T) {
	b := newBench(t, asFull)
	b.clock.set(time.Date(2017, 5, 19, 19, 0, 0, 0, time.UTC)) // Friday evening
	monday := time.Date(2017, 5, 22, 8, 30, 0, 0, time.UTC)
	b.person("ann", bot.Contact{})
	b.use("ann")
	for _, class := range []bot.Class{bot.Nudge, bot.Edition, bot.Answer, bot.Asked, bot.Alarm} {
		d := b.nudge(string(class), "ann")
		d.Class = class
		b.add(d)
	}
	place := b.text("place", "chat|c", "For all")
	place.Class = bot.Edition
	b.add(place)
	now := b.clock.Now()
	b.run()
	for key, want := range map[string]time.Time{"nudge": monday, "edition": monday, "answer": now, "asked": now, "alarm": now, "place": now} {
		if it := b.get(key); it.State != courier.Sent || !it.Ended.Equal(want) {
			t.Errorf("%s: %s at %v, want %v", key, it.State, it.Ended, want)
		}
	}
}

// Around each change of the clocks the end of quiet hours is later, outside them
// and not much more than a night and a weekend away.
func TestQuietHoursEndInEveryZone(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		zone := rapid.SampledFrom([]string{"Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Kathmandu", "America/Havana"}).Draw(rt, "zone")
		contact := bot.Contact{Zone: zone,
			QuietFrom:  fmt.Sprintf("%02d:%02d", rapid.IntRange(0, 23).Draw(rt, "h"), rapid.IntRange(0, 59).Draw(rt, "m")),
			QuietUntil: fmt.Sprintf("%02d:%02d", rapid.IntRange(0, 23).Draw(rt, "h2"), rapid.IntRange(0, 59).Draw(rt, "m2"))}
		at := time.Unix(int64(rapid.IntRange(1_000_000_000, 1_800_000_000).Draw(rt, "at")), 0).UTC()
		location, err := time.LoadLocation(zone)
		if err != nil {
			rt.Fatal(err)
		}
		r := &reader{zone: location, contact: contact}
		for n := range rapid.IntRange(0, 4).Draw(rt, "free days") {
			r.free = append(r.free, at.In(location).AddDate(0, 0, n).Format(time.DateOnly))
		}
		end := courier.AwakeAt(contact, time.UTC, at, strings.Join(r.free, "\n"))
		switch {
		case !asleep(r, at) && !end.Equal(at):
			rt.Fatalf("awake at %v, yet moved to %v", at, end)
		case asleep(r, end):
			rt.Fatalf("%v is quiet", end.In(location))
		case end.Before(at) || end.Sub(at) > time.Duration(97+48*len(r.free))*time.Hour:
			rt.Fatalf("%v is moved to %v", at, end)
		}
	})
}

// Two nudges that reach one person by different ways pass every look at the cap
// before either is sent; the claim itself has to refuse the second.
func TestTheCapHoldsBetweenTwoCouriers(t *testing.T) {
	b := newBench(t, asFull)
	b.person("ann", bot.Contact{})
	b.person("ben", bot.Contact{})
	second := b.start(b.config)
	b.add(b.nudge("alone", "ann"))
	together := b.nudge("together", "")
	together.To = bot.Address{Group: []bot.PersonID{"ann", "ben"}}
	slow, raced := b.config, false
	slow.Store.Queue = meddled{Queue: b.store.Queue, tamper: func(_ string, do func()) error {
		if !raced {
			raced = true
			b.add(together)
			if worked, err := second.Carry(t.Context(), "together"); !worked || err != nil {
				t.Errorf("the second courier: %v, %v", worked, err)
			}
		}
		do()
		return nil
	}}
	b.courier = b.start(slow)
	b.settle()
	b.state("together", courier.Sent)
	if it := b.state("alone", courier.Queued); !it.Due.After(b.clock.Now()) || len(b.world.messages) != 1 {
		t.Errorf("ann was written to %d times", len(b.world.messages))
	}
}
