package schedule

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"evangelist/bot"
)

// Config is what a Scheduler needs. Clock and Store are compulsory.
type Config struct {
	Clock bot.Clock
	Store Store
	// Log gets what failed, without personal text as long as the errors of the
	// chores have none. Nil means no log.
	Log *slog.Logger
	// Wake, when it yields a value, has the scheduler look at once. Nil means
	// that it only polls.
	Wake <-chan struct{}
	// Poll is how long it waits between looks; 0 means 5 seconds.
	Poll time.Duration
	// Lease is how long a tick stays claimed without a sign of life, at least
	// three times the longest pause of the machine; 0 means 2 minutes. A run
	// may take longer: its lease is extended while it goes on.
	Lease time.Duration
	// Workers is how many chores run at once; 0 means 2.
	Workers int
}

// Scheduler opens a tick for each slot that comes and has its chore run. Any
// number of them, in several processes, may share one Store. Its methods may
// be called at the same time; Register belongs before Run.
type Scheduler struct {
	cfg    Config
	log    *slog.Logger
	chores map[string]Chore
	kinds  []string

	mu       sync.Mutex
	lastSeen time.Time        // the clock at the last step
	lastTidy time.Time        // the last look at all rows
	warned   map[string]int64 // rows that cannot be read: revision already logged
}

// New returns a Scheduler that does nothing before Run or Step.
func New(cfg Config) *Scheduler {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Poll <= 0 {
		cfg.Poll = 5 * time.Second
	}
	if cfg.Lease <= 0 {
		cfg.Lease = 2 * time.Minute
	}
	if cfg.Workers <= 0 {
		cfg.Workers = 2
	}
	return &Scheduler{cfg: cfg, log: cfg.Log, chores: map[string]Chore{}, warned: map[string]int64{}}
}

// Register adds a chore. It refuses one that has no kind or no Run, whose grace
// is shorter than a minute, or whose kind is taken. Rows and ticks of kinds
// that are not registered stay untouched.
func (s *Scheduler) Register(c Chore) error {
	if err := c.check(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, taken := s.chores[c.Kind]; taken {
		return fmt.Errorf("schedule: the chore %s is registered twice", c.Kind)
	}
	s.chores[c.Kind] = c
	s.kinds = append(s.kinds, c.Kind)
	slices.Sort(s.kinds)
	return nil
}

// registered returns the kinds that this process can run.
func (s *Scheduler) registered() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.kinds)
}

func (s *Scheduler) chore(kind string) Chore {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.chores[kind]
}

const setAttempts = 10

// Set adds or changes a schedule and returns the slot that it now waits for.
// Setting what is stored already changes nothing, also when a slot is overdue.
// A new rule or zone, and the end of a pause, count from now on: no catch-up.
// A plan that cannot be kept is a *PhraseError; ErrConflict asks to try again.
func (s *Scheduler) Set(ctx context.Context, p Plan) (Slot, error) {
	return s.Keep(ctx, p.Kind, p.Subject, func(context.Context) (Plan, bool, error) { return p, true, nil })
}

// Keep brings one schedule in line with what its feature wants, for callers that
// state plans again and again while somebody may be changing them. wish reads the
// plan from where the feature keeps it and returns false when nothing is to run:
// a schedule that is there pauses then. It is called after the schedule was read,
// and again when that changed meanwhile, so that a plan which was replaced since
// never comes back. Else as Set.
func (s *Scheduler) Keep(ctx context.Context, kind, subject string, wish func(context.Context) (Plan, bool, error)) (Slot, error) {
	for range setAttempts {
		old, there, err := s.cfg.Store.Rows.Get(ctx, kind, subject)
		if err != nil {
			return Slot{}, err
		}
		p, wanted, err := wish(ctx)
		if err != nil || !wanted && !there {
			return Slot{}, err
		}
		row, changed := old, !old.Paused
		if wanted {
			row, changed, err = p.put(old, s.cfg.Clock.Now())
		} else {
			row.Paused = true
		}
		if err != nil {
			return Slot{}, err
		}
		slot := Slot{Name: row.NextSlot, Due: row.NextDue}
		if !changed {
			return slot, nil
		}
		switch ok, err := s.cfg.Store.Rows.Put(ctx, row); {
		case err != nil:
			return Slot{}, err
		case ok:
			return slot, nil
		}
	}
	return Slot{}, ErrConflict
}

// Remove ends a schedule and drops its open ticks. A chore that is running
// now is not stopped before its next sign of life. Removing what is not there
// is no error.
func (s *Scheduler) Remove(ctx context.Context, kind, subject string) error {
	return s.cfg.Store.Rows.Remove(ctx, kind, subject)
}

// Run looks and works until ctx ends, then waits for the chores that run and
// returns nil. Errors of the store are logged and tried again after Poll.
func (s *Scheduler) Run(ctx context.Context) error {
	var workers sync.WaitGroup
	for range s.cfg.Workers {
		workers.Go(func() { s.loop(ctx) })
	}
	workers.Wait()
	return nil
}

func (s *Scheduler) loop(ctx context.Context) {
	for ctx.Err() == nil {
		worked, err := s.Step(ctx)
		if err != nil && ctx.Err() == nil {
			s.log.LogAttrs(ctx, slog.LevelError, "schedule: a step failed", slog.Any("error", err))
		}
		if worked && err == nil {
			continue
		}
		timer := time.NewTimer(s.cfg.Poll)
		select {
		case <-ctx.Done():
		case <-s.cfg.Wake:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// Step does what is due at this moment: it opens the ticks of all slots that
// have come, and runs at most one tick. It reports whether it did anything; a
// test calls it until it did not. An error concerns the store or a row that
// cannot be read, never a chore, and what could be done is done nevertheless.
func (s *Scheduler) Step(ctx context.Context) (worked bool, err error) {
	kinds := s.registered()
	if len(kinds) == 0 {
		return false, nil
	}
	now, by, tidy := s.look(ctx)
	moved, moveErr := s.advanceAll(ctx, kinds, now, by)
	if tidy && moveErr == nil {
		s.tidied(now)
	}
	ran, runErr := s.runOne(ctx, kinds, now)
	return moved || ran, errors.Join(moveErr, runErr)
}

// tidyEvery is how often all rows, not only those due, are compared with what
// their rules say now.
const tidyEvery = time.Hour

// endOfTime is after every slot.
var endOfTime = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// look reads the clock and decides how far ahead rows are looked at: usually to
// now; once an hour, and whenever the clock went back, at all of them.
func (s *Scheduler) look(ctx context.Context) (now, by time.Time, tidy bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now = s.cfg.Clock.Now()
	if now.Before(s.lastSeen) {
		s.log.LogAttrs(ctx, slog.LevelWarn, "schedule: the clock went back",
			slog.Duration("by", s.lastSeen.Sub(now)))
		s.lastTidy = time.Time{}
	}
	s.lastSeen = now
	if s.lastTidy.IsZero() || now.Sub(s.lastTidy) >= tidyEvery {
		return now, endOfTime, true
	}
	return now, now, false
}

func (s *Scheduler) tidied(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lastTidy = now
}

// advanceAll moves on each row whose slot has come or whose stored moment no
// longer is what its rule says.
func (s *Scheduler) advanceAll(ctx context.Context, kinds []string, now, by time.Time) (bool, error) {
	rows, err := s.cfg.Store.Rows.Due(ctx, kinds, by, 0)
	if err != nil {
		return false, err
	}
	var errs []error
	moved := false
	for _, row := range rows {
		next, ticks, err := row.advance(now, s.chore(row.Kind).Policy.Grace)
		if err != nil {
			errs = append(errs, s.unreadable(row, err))
			continue
		}
		if len(ticks) == 0 && next.Name == row.NextSlot && next.Due.Equal(row.NextDue) {
			continue
		}
		ok, err := s.cfg.Store.Rows.Advance(ctx, row, next, ticks)
		if err != nil {
			errs = append(errs, err)
		}
		moved = moved || ok
	}
	return moved, errors.Join(errs...)
}

// unreadable reports a bad row once per change, not once per poll.
func (s *Scheduler) unreadable(row Row, err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := row.Kind + "/" + row.Subject
	if s.warned[key] == row.Revision {
		return nil
	}
	s.warned[key] = row.Revision
	return fmt.Errorf("schedule: the row %s cannot be read and waits: %w", key, err)
}
