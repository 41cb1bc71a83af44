package seating_test

import (
	"fmt"
	"runtime"
	"testing"

	"evangelist/bot/seating"
)

// year seats 52 rounds.
func year(b *testing.B, people []seating.Person) seating.History {
	b.Helper()
	var h seating.History
	for round := range 52 {
		plan, err := seating.Seat(people, h, seating.Options{}, uint64(round))
		if err != nil {
			b.Fatal(err)
		}
		if err := h.Add(plan); err != nil {
			b.Fatal(err)
		}
	}
	return h
}

// BenchmarkSeat seats one round after a year of weekly ones. What it takes for
// each person is to stay about the same from 1,000 people to 10,000.
func BenchmarkSeat(b *testing.B) {
	for _, n := range []int{1000, 3000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			people := crowd(n, 12)
			h := year(b, people)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if _, err := seating.Seat(people, h, seating.Options{}, uint64(i)); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/person")
		})
	}
}

// BenchmarkProve proves such a round.
func BenchmarkProve(b *testing.B) {
	for _, n := range []int{1000, 3000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			people := crowd(n, 12)
			h := year(b, people)
			plan, err := seating.Seat(people, h, seating.Options{}, 1)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := seating.Prove(plan, people, h, seating.Options{}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/person")
		})
	}
}

// BenchmarkHistory builds a year of 10,000 people from plans, and says what it
// holds in memory.
func BenchmarkHistory(b *testing.B) {
	people := crowd(10_000, 12)
	var plans []seating.Plan
	var h seating.History
	for round := range 52 {
		plan, err := seating.Seat(people, h, seating.Options{}, uint64(round))
		if err != nil {
			b.Fatal(err)
		}
		if err := h.Add(plan); err != nil {
			b.Fatal(err)
		}
		plans = append(plans, plan)
	}
	h = seating.History{}
	before := inUse()
	for b.Loop() {
		h = seating.History{}
		for _, plan := range plans {
			if err := h.Add(plan); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(inUse()-before)/(1<<20), "MB")
	runtime.KeepAlive(h)
	runtime.KeepAlive(plans)
}

func inUse() int64 {
	var stats runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}
