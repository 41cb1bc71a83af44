package courierstore

import (
	"context"
	"time"

	"evangelist/bot"
	"evangelist/bot/courier"
	"evangelist/storage/internal/engine"
)

// settledThread is true of a delivery that stands under none, or under one that
// nothing more will happen to by itself or by a human.
func settledThread(alias string) string {
	return `(` + alias + `.thread = '' OR NOT EXISTS (SELECT 1 FROM deliveries u WHERE u.key = ` + alias + `.thread
	  AND u.state IN ('queued', 'sending', 'unknown', 'unsure', 'failed')))`
}

const nextQuery = "SELECT coalesce(min(due), 0) FROM deliveries WHERE open AND due > $1"

// dueQuery looks for due deliveries outside n platforms. A lane's holder comes
// first whatever is older in it; in a free lane the earliest that may go does.
func dueQuery(n int) string {
	running := ""
	if n > 0 {
		running = ` AND d.platform NOT IN (` + engine.In(n, 3) + `)`
	}
	return `SELECT d.key, d.lane, d.platform, d.target, d.state
		FROM deliveries d LEFT JOIN lanes l ON l.lane = d.lane
		WHERE d.open AND d.due <= $1` + running + ` AND (d.state IN ('sent', 'editing') OR l.holder = d.key
		  OR (l.holder IS NULL AND ` + settledThread("d") + ` AND NOT EXISTS (
		    SELECT 1 FROM deliveries e WHERE e.lane = d.lane AND e.open AND e.due <= $1
		      AND (e.due, e.seq, e.key) < (d.due, d.seq, d.key) AND e.state NOT IN ('sent', 'editing') AND ` + settledThread("e") + `)))
		ORDER BY d.due, d.seq LIMIT $2`
}

// Due implements courier.Queue.
func (s *store) Due(ctx context.Context, now time.Time, without []string, limit int) (heads []courier.Head, next time.Time, err error) {
	args := []any{engine.Micros(now), limit}
	for _, name := range without {
		args = append(args, name)
	}
	err = s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) error {
		if heads, err = engine.All(ctx, tx, scanHead, dueQuery(len(without)), args...); err != nil {
			return err
		}
		soonest, _, err := engine.One(ctx, tx, engine.Value[int64], nextQuery, engine.Micros(now))
		next = engine.Time(soonest)
		return err
	})
	return heads, next, err
}

func scanHead(row engine.Scanner) (courier.Head, error) {
	var h courier.Head
	err := row.Scan(&h.Key, &h.Lane, &h.Platform, &h.Place, &h.State)
	return h, err
}

// Get implements courier.Queue. The frozen message is read while there are no
// parts yet; later the parts are the message.
func (s *store) Get(ctx context.Context, key string) (it courier.Item, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) error {
		var found bool
		var body string
		if it, body, found, err = load(ctx, tx, key); err != nil {
			return err
		}
		if !found {
			return bot.ErrNotFound
		}
		if body == "" || len(it.Parts) > 0 {
			return nil
		}
		var text string
		if err := tx.QueryRow(ctx, "SELECT message FROM bodies WHERE hash = $1", body).Scan(&text); err != nil {
			return err
		}
		var message bot.Message
		it.Frozen = &message
		return message.UnmarshalJSON([]byte(text))
	})
	return it, err
}

// List implements courier.Queue.
func (s *store) List(ctx context.Context, states []courier.State, limit int) (items []courier.Item, err error) {
	if limit <= 0 {
		limit = 1 << 30
	}
	args := []any{limit}
	for _, state := range states {
		args = append(args, state)
	}
	err = s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) error {
		keys, err := engine.All(ctx, tx, engine.Value[string],
			`SELECT key FROM deliveries WHERE state IN (`+engine.In(len(states), 2)+`) ORDER BY seq, key LIMIT $1`, args...)
		if err != nil {
			return err
		}
		items = make([]courier.Item, 0, len(keys))
		for _, key := range keys {
			it, _, found, err := load(ctx, tx, key)
			if err != nil {
				return err
			}
			if found {
				items = append(items, it)
			}
		}
		return nil
	})
	return items, err
}

// Counts implements courier.Queue.
func (s *store) Counts(ctx context.Context) (counts []courier.Count, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) error {
		counts, err = engine.All(ctx, tx, scanCount, `
			SELECT state, class, count(*), coalesce(min(CASE WHEN open THEN due END), 0)
			FROM deliveries GROUP BY state, class ORDER BY state, class`)
		return err
	})
	return counts, err
}

func scanCount(row engine.Scanner) (courier.Count, error) {
	var c courier.Count
	var oldest int64
	err := row.Scan(&c.State, &c.Class, &c.N, &oldest)
	if c.State.Busy() {
		c.Oldest = engine.Time(oldest)
	}
	return c, err
}
