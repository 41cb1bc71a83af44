package courier_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/bot/courier"
	"evangelist/storage"
	"evangelist/storage/courierstore"
	"evangelist/storage/storagetest"
)

// Two couriers share one database: each message is posted once, and in order
// within its place.
func TestTwoCouriersSendEachOnce(t *testing.T) {
	storagetest.EachURL(t, func(t *testing.T, url string) {
		first := storagetest.Open(t, url)
		second := first // a file belongs to one program
		if strings.HasPrefix(url, "postgres") {
			second = storagetest.Open(t, url)
		}
		const places, each = 6, 8
		arrived := make(chan string, places*each*2)
		w := &world{clock: bot.SystemClock{}}
		w.tamper = func(point string, do func()) error {
			do()
			if point == "post" {
				arrived <- point
			}
			return nil
		}
		box := courierstore.NewBox(first, bot.SystemClock{})
		for i := range each {
			for p := range places {
				body := bot.Notice(fmt.Sprintf("%03d", i))
				err := box.Add(t.Context(), bot.Delivery{Key: fmt.Sprint(p, "/", i), To: bot.Address{Place: bot.PlaceID(fmt.Sprint("chat|", p))},
					Frozen: &body, Class: bot.Answer})
				if err != nil {
					t.Fatal(err)
				}
			}
		}
		stop := runBoth(t, w, first, second)
		for range places * each {
			select {
			case <-arrived:
			case <-time.After(30 * time.Second):
				t.Fatal("not everything was sent")
			}
		}
		stop()
		for p := range places {
			all := w.live(bot.PlaceID(fmt.Sprint("chat|", p)), "")
			for i, m := range all {
				if len(all) != each || m.payload != fmt.Sprintf("%03d", i) {
					t.Fatalf("place %d has %d messages, the %dth is %s", p, len(all), i, m.payload)
				}
			}
		}
		counts, err := courierstore.New(first).Queue.Counts(t.Context())
		if err != nil || len(counts) != 1 || counts[0].State != courier.Sent {
			t.Errorf("counts %+v, %v", counts, err)
		}
	})
}

func runBoth(t *testing.T, w *world, dbs ...*storage.DB) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	var wait sync.WaitGroup
	for _, db := range dbs {
		c := courier.New(courier.Config{Store: courierstore.New(db), Platforms: []bot.Platform{full{platform{w, "chat"}}},
			Clock: bot.SystemClock{}, Random: zeros{}, Log: slog.New(slog.DiscardHandler)})
		if err := c.Bind(ctx, "chat", "chat|bot"); err != nil {
			t.Fatal(err)
		}
		wait.Go(func() {
			if err := c.Run(ctx); err != nil {
				t.Errorf("run: %v", err)
			}
		})
	}
	return func() { cancel(); wait.Wait() }
}

// A wake sends at once; a stop waits for what is on its way and notes it.
func TestWakeSendsAtOnceAndStopLosesNothing(t *testing.T) {
	b := newBench(t, asFull)
	wake := make(chan struct{}, 1)
	b.config.Wake, b.config.Clock = wake, bot.SystemClock{}
	asked, answer := make(chan struct{}), make(chan struct{})
	b.world.tamper = func(point string, do func()) error {
		if point == "post" {
			close(asked)
			<-answer
		}
		do()
		return nil
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	c := b.start(b.config)
	go func() { ended <- c.Run(ctx) }()
	b.add(b.text("d", "chat|a", "text"))
	wake <- struct{}{}
	<-asked
	cancel()
	select {
	case err := <-ended:
		t.Fatalf("ended while a message was on its way: %v", err)
	default:
	}
	close(answer)
	if err := <-ended; err != nil {
		t.Error(err)
	}
	b.state("d", courier.Sent)
}

// people is a register of one person.
type people struct {
	bot.People
	person bot.Person
}

func (p *people) Change(_ context.Context, id bot.PersonID, rule func(*bot.Person) ([]bot.Delivery, error)) error {
	if id != p.person.ID {
		return bot.ErrNotFound
	}
	_, err := rule(&p.person)
	return err
}

func TestContactCommandsTurnDownAndUp(t *testing.T) {
	p := &people{person: bot.Person{ID: "ann"}}
	commands := map[string]bot.Command{}
	for _, command := range (courier.Contacts{People: p}).Commands() {
		commands[command.Name] = command
	}
	press := func(name string, actor bot.Actor) (bot.Reply, error) {
		return commands[name].Run(t.Context(), bot.Invocation{Actor: actor})
	}
	ann := bot.Actor{Account: "chat|ann", Person: "ann"}
	for _, c := range []struct {
		name string
		want bot.Contact
	}{
		{"contact.less", bot.Contact{Less: true}}, {"contact.never", bot.Contact{Less: true, Never: true}},
		{"contact.less", bot.Contact{Less: true}}, {"contact.usual", bot.Contact{}},
	} {
		for range 2 {
			if _, err := press(c.name, ann); err != nil || p.person.Contact != c.want {
				t.Errorf("%s: %+v, %v", c.name, p.person.Contact, err)
			}
		}
	}
	if _, err := press("contact.never", bot.Actor{Account: "chat|new"}); err == nil {
		t.Error("an account without person was accepted")
	}
}
