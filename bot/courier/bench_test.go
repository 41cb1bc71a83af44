package courier_test

import (
	"fmt"
	"io"
	"log/slog"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/bot/courier"
	"evangelist/storage/courierstore"
	"evangelist/storage/storagetest"
)

// bench is a courier on an empty database with one platform, "chat".
type bench struct {
	testing.TB
	clock   *fakeClock
	world   *world
	store   courier.Store
	people  *register
	box     *courierstore.Box
	config  courier.Config
	courier *courier.Courier
}

func newBench(t testing.TB, kind func(platform) bot.Platform) *bench {
	t.Helper()
	clock := &fakeClock{now: start}
	db := storagetest.Open(t, storagetest.SQLite(t))
	b := &bench{TB: t, clock: clock, world: &world{clock: clock}, store: courierstore.New(db), box: courierstore.NewBox(db, clock)}
	b.people = &register{Register: b.store.Register, readers: map[bot.PersonID]courier.Reader{}}
	b.store.Register = b.people
	b.config = courier.Config{Store: b.store, Platforms: []bot.Platform{kind(platform{b.world, "chat"})}, Render: b.world.render,
		Clock: clock, Random: zeros{}, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	b.courier = b.start(b.config)
	return b
}

func (b *bench) start(config courier.Config) *courier.Courier {
	b.Helper()
	c := courier.New(config)
	for _, p := range config.Platforms {
		if err := c.Bind(b.Context(), p.Name(), bot.NewAccountID(p.Name(), "bot")); err != nil {
			b.Fatal(err)
		}
	}
	return c
}

func (b *bench) person(id string, contact bot.Contact) {
	b.people.readers[bot.PersonID(id)] = courier.Reader{Person: bot.Person{ID: bot.PersonID(id), Contact: contact},
		Accounts: []bot.Account{{ID: bot.NewAccountID("chat", id), Person: bot.PersonID(id)}}}
}

func (b *bench) use(id string) {
	b.Helper()
	if err := b.store.Register.Used(b.Context(), bot.PersonID(id), b.clock.Now()); err != nil {
		b.Fatal(err)
	}
}

func (b *bench) text(key string, place bot.PlaceID, text string) bot.Delivery {
	body := bot.Notice(text)
	return bot.Delivery{Key: key, To: bot.Address{Place: place}, Frozen: &body, Class: bot.Answer}
}

func (b *bench) nudge(key, person string) bot.Delivery {
	body := bot.Notice("Text of " + key)
	return bot.Delivery{Key: key, To: bot.Address{Person: bot.PersonID(person)}, Frozen: &body, Class: bot.Nudge}
}

func (b *bench) card(key string) bot.Delivery {
	return bot.Delivery{Key: key, To: bot.Address{Place: "chat|c"}, Class: bot.Asked,
		View: &bot.View{Kind: "card", ID: key, Version: b.world.version}}
}

func (b *bench) add(deliveries ...bot.Delivery) {
	b.Helper()
	if err := b.box.Add(b.Context(), deliveries...); err != nil {
		b.Fatal(err)
	}
}

func (b *bench) get(key string) courier.Item {
	b.Helper()
	it, err := b.store.Queue.Get(b.Context(), key)
	if err != nil {
		b.Fatal(err)
	}
	return it
}

// settle works until nothing is due now and returns when something will be.
func (b *bench) settle() time.Time {
	b.Helper()
	for range 1000 {
		worked, next, err := b.courier.Step(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		if !worked {
			return next
		}
	}
	b.Fatal("it never comes to rest")
	return time.Time{}
}

// run works until nothing is left, moving the clock.
func (b *bench) run() {
	b.Helper()
	for range 1000 {
		next := b.settle()
		if next.IsZero() {
			return
		}
		if !next.After(b.clock.Now()) {
			b.Fatal("idle although something is due")
		}
		b.clock.set(next)
	}
	b.Fatal("it never comes to rest")
}

func (b *bench) payloads(place bot.PlaceID) []string {
	all := []string{}
	for _, m := range b.world.live(place, "") {
		all = append(all, m.payload)
	}
	return all
}

func (b *bench) state(key string, want courier.State) courier.Item {
	b.Helper()
	it := b.get(key)
	if it.State != want {
		b.Errorf("%s is %s (%s), want %s", key, it.State, it.Note, want)
	}
	return it
}

// fail answers the next calls of a point with these errors; nil does it.
func (b *bench) fail(point string, errs ...error) {
	b.world.tamper = func(name string, do func()) error {
		if name != point || len(errs) == 0 {
			do()
			return nil
		}
		err := errs[0]
		errs = errs[1:]
		if err == nil {
			do()
		}
		return err
	}
}

func keyed(format string, n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf(format, i)
	}
	return all
}
