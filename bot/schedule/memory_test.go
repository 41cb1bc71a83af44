package schedule_test

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"evangelist/bot/schedule"
	"evangelist/bot/schedule/scheduletest"
)

// memory is a whole Store in memory. What it holds survives the schedulers
// that use it, as a database survives a crash.
type memory struct {
	mu    sync.Mutex
	rows  map[[2]string]schedule.Row
	ticks map[[3]string]*memoryTick
	fail  error // returned by every method while set
}

type memoryTick struct {
	schedule.Tick
	state          schedule.State
	readyAt, moved time.Time
	note           string
}

func newMemory() *memory {
	return &memory{rows: map[[2]string]schedule.Row{}, ticks: map[[3]string]*memoryTick{}}
}

func (m *memory) store() schedule.Store {
	return schedule.Store{Rows: memoryRows{m}, Ticks: memoryTicks{m}}
}

// use locks the store for one method.
func (m *memory) use(ctx context.Context) (func(), error) {
	m.mu.Lock()
	return m.mu.Unlock, errors.Join(m.fail, ctx.Err())
}

type memoryRows struct{ m *memory }

func (r memoryRows) Get(ctx context.Context, kind, subject string) (schedule.Row, bool, error) {
	done, err := r.m.use(ctx)
	defer done()
	row, ok := r.m.rows[[2]string{kind, subject}]
	row.SkipDates = slices.Clone(row.SkipDates)
	return row, ok, err
}

func (r memoryRows) Put(ctx context.Context, row schedule.Row) (bool, error) {
	done, err := r.m.use(ctx)
	defer done()
	key := [2]string{row.Kind, row.Subject}
	if err != nil || r.m.rows[key].Revision != row.Revision {
		return false, err
	}
	row.Revision++
	row.NextDue = row.NextDue.UTC()
	row.SkipDates = slices.Clone(row.SkipDates)
	r.m.rows[key] = row
	return true, nil
}

func (r memoryRows) Remove(ctx context.Context, kind, subject string) error {
	done, err := r.m.use(ctx)
	defer done()
	if err != nil {
		return err
	}
	delete(r.m.rows, [2]string{kind, subject})
	for _, t := range r.m.ticks {
		if t.Kind == kind && t.Subject == subject && t.state == schedule.Open {
			t.state = schedule.Dropped
		}
	}
	return nil
}

func (r memoryRows) Due(ctx context.Context, kinds []string, by time.Time, limit int) ([]schedule.Row, error) {
	done, err := r.m.use(ctx)
	defer done()
	if err != nil {
		return nil, err
	}
	var rows []schedule.Row
	for _, row := range r.m.rows {
		if !row.Paused && slices.Contains(kinds, row.Kind) && !row.NextDue.After(by) {
			rows = append(rows, row)
		}
	}
	slices.SortFunc(rows, func(a, b schedule.Row) int {
		return cmp.Or(a.NextDue.Compare(b.NextDue), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Subject, b.Subject))
	})
	if limit > 0 && len(rows) > limit {
		rows = rows[:limit]
	}
	return rows, nil
}

func (r memoryRows) Advance(ctx context.Context, row schedule.Row, next schedule.Slot, ticks []schedule.Tick) (bool, error) {
	done, err := r.m.use(ctx)
	defer done()
	key := [2]string{row.Kind, row.Subject}
	stored, ok := r.m.rows[key]
	if err != nil || !ok || stored.Revision != row.Revision || !stored.NextDue.Equal(row.NextDue) {
		return false, err
	}
	stored.NextDue, stored.NextSlot, stored.Revision = next.Due, next.Name, stored.Revision+1
	r.m.rows[key] = stored
	for _, t := range ticks {
		tickKey := [3]string{t.Kind, t.Subject, t.Slot}
		if r.m.ticks[tickKey] == nil {
			t.Attempt, t.Tries = 0, 0
			r.m.ticks[tickKey] = &memoryTick{Tick: t, state: schedule.Open, readyAt: t.Due, moved: t.Due}
		}
	}
	return true, nil
}

type memoryTicks struct{ m *memory }

func (s memoryTicks) Claim(ctx context.Context, kinds []string, now time.Time, lease time.Duration) (schedule.Tick, bool, error) {
	done, err := s.m.use(ctx)
	defer done()
	var best *memoryTick
	for _, t := range s.m.ticks {
		if t.state != schedule.Open || t.readyAt.After(now) || !slices.Contains(kinds, t.Kind) {
			continue
		}
		if best == nil || cmp.Or(t.readyAt.Compare(best.readyAt), t.Due.Compare(best.Due), byKey(t.Tick, best.Tick)) < 0 {
			best = t
		}
	}
	if err != nil || best == nil {
		return schedule.Tick{}, false, err
	}
	best.Attempt++
	best.Tries++
	best.readyAt = now.Add(lease)
	return best.Tick, true, nil
}

func byKey(a, b schedule.Tick) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Slot, b.Slot))
}

func (s memoryTicks) Finish(ctx context.Context, t schedule.Tick, o schedule.Outcome) (bool, error) {
	done, err := s.m.use(ctx)
	defer done()
	stored := s.m.ticks[[3]string{t.Kind, t.Subject, t.Slot}]
	if err != nil || stored == nil || stored.Attempt != t.Attempt || stored.state != schedule.Open && stored.state != o.State {
		return false, err
	}
	stored.state, stored.moved, stored.note = o.State, o.At, o.Note
	if o.State == schedule.Open {
		stored.readyAt = o.ReadyAt
	}
	return true, nil
}

func (s memoryTicks) Parked(ctx context.Context, limit int) ([]schedule.Stuck, error) {
	done, err := s.m.use(ctx)
	defer done()
	if err != nil {
		return nil, err
	}
	var stuck []schedule.Stuck
	for _, t := range s.m.ticks {
		if t.state == schedule.Failed {
			stuck = append(stuck, schedule.Stuck{Tick: t.Tick, At: t.moved, Note: t.note})
		}
	}
	slices.SortFunc(stuck, func(a, b schedule.Stuck) int { return cmp.Or(b.At.Compare(a.At), byKey(a.Tick, b.Tick)) })
	if limit > 0 && len(stuck) > limit {
		stuck = stuck[:limit]
	}
	return stuck, nil
}

func (s memoryTicks) Reopen(ctx context.Context, kind, subject, slot string, now time.Time) (bool, error) {
	done, err := s.m.use(ctx)
	defer done()
	t := s.m.ticks[[3]string{kind, subject, slot}]
	if err != nil || t == nil || t.state != schedule.Failed {
		return false, err
	}
	t.state, t.Tries, t.readyAt, t.moved = schedule.Open, 0, now, now
	return true, nil
}

func (s memoryTicks) Purge(ctx context.Context, before time.Time) (int, error) {
	done, err := s.m.use(ctx)
	defer done()
	if err != nil {
		return 0, err
	}
	n := 0
	for key, t := range s.m.ticks {
		if t.state != schedule.Open && t.state != schedule.Failed && t.moved.Before(before) {
			delete(s.m.ticks, key)
			n++
		}
	}
	return n, nil
}

func TestMemoryKeepsTheContract(t *testing.T) {
	scheduletest.Run(t, func(*testing.T) schedule.Store { return newMemory().store() })
}
