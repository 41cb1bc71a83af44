package courier_test

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strconv"
	"testing"

	"evangelist/bot"
	"evangelist/bot/courier"
	"evangelist/storage/courierstore"
	"evangelist/storage/storagetest"
)

// The floor of sending is two durable commits, one before the request and one
// after; the platform answers at once.
func BenchmarkFloorTwoCommits(b *testing.B) {
	store := courierstore.New(storagetest.Open(b, "sqlite:"+filepath.Join(b.TempDir(), "floor.db")))
	b.ResetTimer()
	for i := range b.N {
		for _, state := range []string{"sending", "sent"} {
			if _, err := store.Register.Settle(b.Context(), "d"+strconv.Itoa(i), state, true); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}

// One delivery after the other, from due to sent.
func BenchmarkStep(b *testing.B) {
	s := newBench(b, asFull)
	fill(s, b.N)
	b.ResetTimer()
	s.settleAll(b.N)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}

// Eight workers, whose commits share the disk's.
func BenchmarkRun(b *testing.B) {
	s := newBench(b, asFull)
	fill(s, b.N)
	arrived := make(chan struct{}, b.N)
	s.world.tamper = func(point string, do func()) error {
		do()
		if point == "post" {
			arrived <- struct{}{}
		}
		return nil
	}
	ctx, cancel := context.WithCancel(b.Context())
	ended := make(chan error)
	s.config.Clock, s.config.Log = bot.SystemClock{}, slog.New(slog.DiscardHandler)
	c := s.start(s.config)
	b.ResetTimer()
	go func() { ended <- c.Run(ctx) }()
	for range b.N {
		<-arrived
	}
	cancel()
	if err := <-ended; err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}

// An idle look at a queue with a long history.
func BenchmarkIdleStep(b *testing.B) {
	s := newBench(b, asFull)
	fill(s, 2000)
	s.settleAll(2000)
	for b.Loop() {
		if worked, _, err := s.courier.Step(b.Context()); worked || err != nil {
			b.Fatal(worked, err)
		}
	}
}

func fill(s *bench, n int) {
	var batch []bot.Delivery
	for i := range n {
		batch = append(batch, s.text(fmt.Sprint("d", i), bot.PlaceID(fmt.Sprint("chat|", i%50)), "text"))
		if len(batch) == 500 || i == n-1 {
			s.add(batch...)
			batch = nil
		}
	}
}

func (b *bench) settleAll(n int) {
	b.Helper()
	for range n {
		if worked, _, err := b.courier.Step(b.Context()); !worked || err != nil {
			b.Fatal(worked, err)
		}
	}
	if counts, err := b.store.Queue.Counts(b.Context()); err != nil || len(counts) != 1 || counts[0].State != courier.Sent {
		b.Fatal(counts, err)
	}
}
