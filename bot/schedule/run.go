package schedule

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"evangelist/bot"
)

// runOne claims a tick and sees it through.
func (s *Scheduler) runOne(ctx context.Context, kinds []string, now time.Time) (bool, error) {
	if ctx.Err() != nil {
		return false, nil
	}
	tick, ok, err := s.cfg.Store.Ticks.Claim(ctx, kinds, now, s.cfg.Lease)
	if err != nil || !ok {
		return false, err
	}
	outcome, held := s.work(ctx, s.chore(tick.Kind), tick, now)
	if !held {
		s.tell(ctx, slog.LevelWarn, "schedule: a lease was lost, another worker has the tick", tick, nil)
		return true, nil
	}
	// The end of the program shall not make a finished run look unfinished.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishWithin)
	defer cancel()
	ok, err = s.cfg.Store.Ticks.Finish(ctx, tick, outcome)
	if err == nil && !ok {
		s.tell(ctx, slog.LevelWarn, "schedule: a tick was closed by others", tick, nil)
	}
	return true, err
}

const finishWithin = 10 * time.Second

// work runs the tick and says what becomes of it; held is false when the lease
// was lost meanwhile.
func (s *Scheduler) work(ctx context.Context, c Chore, tick Tick, now time.Time) (Outcome, bool) {
	ceiling := c.Policy.attempts()
	if tick.Tries > ceiling {
		err := errors.New("the attempts were used up, the last one without an answer")
		s.tell(ctx, slog.LevelError, "schedule: a tick is parked", tick, err)
		return Outcome{State: Failed, At: now, Note: err.Error()}, true
	}
	late := now.Sub(tick.Due) > c.Policy.Grace && !tick.reopened()
	run, state := c.Run, Done
	if tick.Missed > 0 || late {
		tick.Missed = max(tick.Missed, 1)
		run, state = c.Expired, Expired
	}
	if run == nil {
		return Outcome{State: state, At: now}, true
	}
	held, err := s.keepAlive(ctx, tick, run)
	now = s.cfg.Clock.Now()
	switch {
	case !held:
		return Outcome{}, false
	case err == nil:
		return Outcome{State: state, At: now}, true
	case ctx.Err() != nil:
		return Outcome{State: Open, At: now, ReadyAt: now, Note: "interrupted by a stop"}, true
	case tick.Tries >= ceiling:
		s.tell(ctx, slog.LevelError, "schedule: a tick is parked", tick, err)
		return Outcome{State: Failed, At: now, Note: note(err)}, true
	}
	s.tell(ctx, slog.LevelWarn, "schedule: a tick failed and is tried again", tick, err)
	return Outcome{State: Open, At: now, ReadyAt: now.Add(retryAfter(tick.Tries)), Note: note(err)}, true
}

// keepAlive runs the chore and extends the lease meanwhile. When the lease is
// lost it cancels the run, waits for it, and held is false.
func (s *Scheduler) keepAlive(ctx context.Context, tick Tick, run func(context.Context, Tick) error) (held bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, 1)
	go func() {
		err := errors.New("the chore ended without an answer")
		defer func() { ended <- err }()
		err = guarded(ctx, tick, run)
	}()
	beat := time.NewTicker(s.cfg.Lease / 3)
	defer beat.Stop()
	for {
		select {
		case err := <-ended:
			return true, err
		case <-beat.C:
			now := s.cfg.Clock.Now()
			held, err := s.cfg.Store.Ticks.Finish(context.WithoutCancel(ctx), tick,
				Outcome{State: Open, At: now, ReadyAt: now.Add(s.cfg.Lease)})
			if err == nil && !held {
				cancel()
				return false, <-ended
			}
			if err != nil {
				s.tell(ctx, slog.LevelWarn, "schedule: a lease could not be extended", tick, err)
			}
		}
	}
}

// guarded turns a panic of the chore into an error.
func guarded(ctx context.Context, tick Tick, run func(context.Context, Tick) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = bot.Panicked(p, "the chore "+tick.Kind)
		}
	}()
	return run(ctx, tick)
}

const maxNote = 500 // bytes

func note(err error) string {
	text := strings.ToValidUTF8(err.Error(), "?")
	text = strings.ReplaceAll(text, "\x00", "?") // no text column takes it
	if len(text) > maxNote {
		text = strings.ToValidUTF8(text[:maxNote], "")
	}
	return text
}

func (s *Scheduler) tell(ctx context.Context, level slog.Level, what string, t Tick, err error) {
	attrs := []slog.Attr{slog.String("kind", t.Kind), slog.String("subject", t.Subject),
		slog.String("slot", t.Slot), slog.Int64("attempt", t.Attempt)}
	if err != nil {
		attrs = append(attrs, slog.Any("error", err))
	}
	s.log.LogAttrs(ctx, level, what, attrs...)
}
