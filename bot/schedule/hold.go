package schedule

import (
	"context"
	"math"
	"time"
)

// Hold parks whatever of the named kinds has come due, instead of running it:
// after a restore from a backup nobody knows which of these slots have run
// since. Of each schedule the latest slot is parked with the note why, so that
// a human may reopen it; older ones are closed as expired without a notice. It
// returns how many it parked. After an error, call it again once the lease has
// passed. No Scheduler may Run on the Store meanwhile.
func (s *Scheduler) Hold(ctx context.Context, why string, kinds ...string) (int, error) {
	now := s.cfg.Clock.Now()
	rows, err := s.cfg.Store.Rows.Due(ctx, kinds, now, 0)
	if err != nil {
		return 0, err
	}
	for _, row := range rows {
		next, ticks, err := row.advance(now, time.Duration(math.MaxInt64))
		if err != nil {
			return 0, err
		}
		if _, err := s.cfg.Store.Rows.Advance(ctx, row, next, ticks); err != nil {
			return 0, err
		}
	}
	parked := 0
	soon := now.Add(longestRetry + s.cfg.Lease) // no tick waits longer
	for {
		tick, ok, err := s.cfg.Store.Ticks.Claim(ctx, kinds, soon, s.cfg.Lease)
		if err != nil || !ok {
			return parked, err
		}
		outcome := Outcome{State: Failed, At: now, Note: why}
		if tick.Missed > 0 {
			outcome.State = Expired
		}
		ok, err = s.cfg.Store.Ticks.Finish(ctx, tick, outcome)
		if err != nil {
			return parked, err
		}
		if ok && outcome.State == Failed {
			parked++
		}
	}
}
