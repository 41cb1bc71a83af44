package courierstore

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"evangelist/bot"
	"evangelist/bot/courier"
	"evangelist/storage/internal/engine"
)

// errLost says that the change is not to be made: somebody else was faster.
var errLost = errors.New("the delivery is not what it was")

// Change implements courier.Queue.
func (s *store) Change(ctx context.Context, key string, attempt int64, rule func(*courier.Item) error) (bool, error) {
	err := s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		old, _, found, err := load(ctx, tx, key)
		if err != nil {
			return err
		}
		if !found || old.Attempt != attempt {
			return errLost
		}
		it := old
		it.Parts = slices.Clone(old.Parts)
		if err := rule(&it); err != nil {
			return err
		}
		return save(ctx, tx, &old, &it)
	})
	if errors.Is(err, errLost) {
		return false, nil
	}
	return err == nil, err
}

func save(ctx context.Context, tx *engine.Tx, old, it *courier.Item) error {
	if err := saveLane(ctx, tx, old, it); err != nil {
		return err
	}
	// Whether a card has to be edited is decided here, by the version that is
	// wanted at this moment and not by the one that was read.
	n, err := tx.Exec(ctx, `
		UPDATE deliveries SET state = $1, due = $2, attempt = $3, tries = $4, refusals = $5, doubt = $6, platform = $7,
		  target = $8, under = $9, rendered = $10, shown = $11, editable = $12, expires_at = $13, note = $14, ended_at = $15,
		  open = ($16 OR (view_kind <> '' AND $17 AND wanted > $18))
		WHERE key = $19 AND attempt = $20`,
		it.State, engine.Micros(it.Due), it.Attempt, it.Tries, it.Refusals, engine.Micros(it.Doubt), it.Platform,
		it.Place, it.Under, it.Rendered, it.Shown, it.Editable, engine.Micros(it.Expires), it.Note, engine.Micros(it.Ended),
		it.State.Busy(), it.State == courier.Sent && it.Editable, it.Shown, it.Key, old.Attempt)
	if err != nil {
		return err
	}
	if n == 0 {
		return errLost
	}
	for i := range it.Parts {
		if i < len(old.Parts) && same(&old.Parts[i], &it.Parts[i]) {
			continue
		}
		if err := savePart(ctx, tx, it.Key, &it.Parts[i]); err != nil {
			return err
		}
	}
	return saveNudge(ctx, tx, old, it)
}

func saveLane(ctx context.Context, tx *engine.Tx, old, it *courier.Item) error {
	switch {
	case it.Holds && !old.Holds:
		n, err := tx.Exec(ctx, `
			INSERT INTO lanes (lane, holder) VALUES ($1, $2)
			ON CONFLICT (lane) DO UPDATE SET holder = excluded.holder WHERE lanes.holder = excluded.holder`, it.Lane, it.Key)
		if err != nil {
			return err
		}
		if n == 0 {
			return errLost
		}
	case !it.Holds && old.Holds:
		_, err := tx.Exec(ctx, "DELETE FROM lanes WHERE lane = $1 AND holder = $2", it.Lane, it.Key)
		return err
	}
	return nil
}

func same(a, b *courier.Part) bool {
	return a.N == b.N && a.ID == b.ID && bytes.Equal(a.Payload, b.Payload) && a.Words == b.Words && a.Hash == b.Hash &&
		a.Live == b.Live && a.Ref == b.Ref && a.State == b.State && a.Since.Equal(b.Since) &&
		a.AskedAt.Equal(b.AskedAt) && a.CheckAt.Equal(b.CheckAt)
}

func savePart(ctx context.Context, tx *engine.Tx, key string, p *courier.Part) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO delivery_parts (key, n, id, payload, words, hash, posted, ref, state, since, asked, check_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		ON CONFLICT (key, n) DO UPDATE SET payload = excluded.payload, words = excluded.words, hash = excluded.hash,
		  posted = excluded.posted, ref = excluded.ref, state = excluded.state, since = excluded.since,
		  asked = excluded.asked, check_at = excluded.check_at`,
		key, p.N, p.ID, p.Payload, p.Words, p.Hash, p.Live, p.Ref, p.State, engine.Micros(p.Since),
		engine.Micros(p.AskedAt), engine.Micros(p.CheckAt))
	return err
}

func saveNudge(ctx context.Context, tx *engine.Tx, old, it *courier.Item) error {
	if it.Class != bot.Nudge || it.Nudged.Equal(old.Nudged) {
		return nil
	}
	if it.Nudged.IsZero() {
		_, err := tx.Exec(ctx, "DELETE FROM nudges WHERE key = $1", it.Key)
		return err
	}
	for _, person := range it.Persons() {
		_, err := tx.Exec(ctx, `
			INSERT INTO nudges (person_id, key, at) VALUES ($1, $2, $3)
			ON CONFLICT (person_id, key) DO UPDATE SET at = excluded.at`, person, it.Key, engine.Micros(it.Nudged))
		if err != nil {
			return err
		}
	}
	return nil
}
