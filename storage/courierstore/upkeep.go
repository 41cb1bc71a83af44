package courierstore

import (
	"context"
	"time"

	"evangelist/bot"
	"evangelist/bot/courier"
	"evangelist/storage/internal/engine"
)

const holderQuery = "SELECT key FROM delivery_parts WHERE id = $1"

// Holder implements courier.Upkeep.
func (s *store) Holder(ctx context.Context, id string) (key string, err error) {
	found := false
	err = s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) error {
		key, found, err = engine.One(ctx, tx, engine.Value[string], holderQuery, id)
		return err
	})
	if err == nil && !found {
		err = bot.ErrNotFound
	}
	return key, err
}

// Checks implements courier.Upkeep.
func (s *store) Checks(ctx context.Context, now time.Time, limit int) (keys []string, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) error {
		keys, err = engine.All(ctx, tx, engine.Value[string], `
			SELECT key FROM delivery_parts WHERE check_at > 0 AND check_at <= $1
			GROUP BY key ORDER BY min(check_at), key LIMIT $2`, engine.Micros(now), limit)
		return err
	})
	return keys, err
}

// Histories implements courier.Upkeep.
func (s *store) Histories(ctx context.Context, persons []bot.PersonID) (all map[bot.PersonID]courier.History, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) error {
		all, err = histories(ctx, tx, persons, "")
		return err
	})
	return all, err
}

// Doubt implements courier.Upkeep.
func (s *store) Doubt(ctx context.Context, now, since, cards time.Time) (marked int, err error) {
	err = s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		_, err := tx.Exec(ctx, `
			UPDATE delivery_parts SET since = $1 WHERE state IN ('waiting', 'asked') AND (since = 0 OR since > $1)
			  AND key IN (SELECT key FROM deliveries WHERE state IN ('queued', 'sending', 'unknown'))`, engine.Micros(since))
		if err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `
			UPDATE deliveries SET state = 'unknown', open = TRUE, attempt = attempt + 1, tries = 0, refusals = 0, doubt = $1,
			  due = CASE WHEN attempt = 0 AND not_before > $2 THEN not_before ELSE $2 END
			WHERE state IN ('queued', 'sending', 'unknown')`, engine.Micros(since), engine.Micros(now))
		if err != nil {
			return err
		}
		marked = int(n)
		const posted = "view_kind <> '' AND editable AND ended_at > $1 AND state IN ('sent', 'editing')"
		if _, err = tx.Exec(ctx, `
			UPDATE delivery_parts SET posted = '' WHERE state = 'sent' AND ref <> ''
			  AND key IN (SELECT key FROM deliveries WHERE `+posted+`)`, engine.Micros(cards)); err != nil {
			return err
		}
		n, err = tx.Exec(ctx, `
			UPDATE deliveries SET state = 'editing', open = TRUE, attempt = attempt + 1, due = $2 WHERE `+posted,
			engine.Micros(cards), engine.Micros(now))
		marked += int(n)
		return err
	})
	return marked, err
}

// Purge implements courier.Upkeep.
func (s *store) Purge(ctx context.Context, now, before time.Time) (purged int, err error) {
	err = s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		bodies, err := tx.Exec(ctx, `
			DELETE FROM bodies WHERE NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.body = bodies.hash
			  AND (d.ended_at = 0 OR d.ended_at >= $1 OR d.state IN ('failed', 'unsure')))`, engine.Micros(before))
		if err != nil {
			return err
		}
		nudges, err := tx.Exec(ctx, "DELETE FROM nudges WHERE at < $1", engine.Micros(now.Add(-courier.NudgeMemory)))
		purged = int(bodies + nudges)
		return err
	})
	return purged, err
}
