// Package outbox writes deliveries in the transaction of the fact that causes
// them, so that either both are kept or neither is.
//
// It is never used for an anonymous act (raising, adding, replying,
// withdrawing, giving weight): a delivery is a dated row, and dated rows beside
// an anonymous one tell when it was written. What such an act causes is added
// by the release.
package outbox

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"evangelist/bot"
	"evangelist/storage/internal/engine"
)

// NudgeLife is how long a nudge without Expires waits to be allowed before it
// is dropped: an old invitation is worse than none.
const NudgeLife = 14 * 24 * time.Hour

// maxKey is the longest key in bytes.
const maxKey = 200

// Add writes deliveries that become due at NotBefore, or at now. It is
// idempotent by Key: what exists stays as it is, except that a View's wanted
// version grows, upon which its card is brought up to date wherever it was
// posted. Deliveries of one call keep their order within a place. An error means
// that a delivery is malformed, which is a fault of the program, or that the
// database failed; the transaction must then be given up.
func Add(ctx context.Context, tx *engine.Tx, now time.Time, deliveries []bot.Delivery) error {
	for i, delivery := range deliveries {
		if err := check(delivery); err != nil {
			return err
		}
		body, err := keep(ctx, tx, delivery.Frozen)
		if err != nil {
			return err
		}
		added, err := insert(ctx, tx, now, i, delivery, body)
		if err != nil {
			return fmt.Errorf("add delivery %s: %w", delivery.Key, err)
		}
		if !added && delivery.View != nil {
			if err := raise(ctx, tx, now, delivery); err != nil {
				return fmt.Errorf("raise the version of delivery %s: %w", delivery.Key, err)
			}
		}
	}
	return nil
}

// Cancel drops those of the deliveries that nothing was sent of yet and returns
// how many they were. What is being sent or in doubt goes on. Idempotent.
func Cancel(ctx context.Context, tx *engine.Tx, now time.Time, keys []string) (int, error) {
	cancelled := 0
	for _, key := range keys {
		n, err := tx.Exec(ctx, `
			UPDATE deliveries SET state = 'dropped', open = FALSE, attempt = attempt + 1, note = 'cancelled', ended_at = $1
			WHERE key = $2 AND state = 'queued' AND doubt = 0
			  AND NOT EXISTS (SELECT 1 FROM delivery_parts p WHERE p.key = deliveries.key AND p.state <> 'waiting')`,
			engine.Micros(now), key)
		if err != nil {
			return 0, fmt.Errorf("cancel delivery %s: %w", key, err)
		}
		if n == 0 {
			continue
		}
		cancelled++
		for _, q := range []string{
			"DELETE FROM lanes WHERE holder = $1",
			"DELETE FROM nudges WHERE key = $1",
			"UPDATE delivery_parts SET payload = NULL, words = '' WHERE key = $1",
		} {
			if _, err := tx.Exec(ctx, q, key); err != nil {
				return 0, fmt.Errorf("cancel delivery %s: %w", key, err)
			}
		}
	}
	return cancelled, nil
}

func check(d bot.Delivery) error {
	addresses := 0
	for _, given := range []bool{d.To.Place != "", d.To.Person != "", len(d.To.Group) > 0} {
		if given {
			addresses++
		}
	}
	known := []bot.Class{bot.Answer, bot.Asked, bot.Edition, bot.Nudge, bot.Alarm}
	switch {
	case d.Key == "" || len(d.Key) > maxKey:
		return fmt.Errorf("a delivery needs a key of at most %d bytes, not %q", maxKey, d.Key)
	case addresses != 1:
		return fmt.Errorf("delivery %s needs exactly one of place, person and group", d.Key)
	case (d.Frozen == nil) == (d.View == nil):
		return fmt.Errorf("delivery %s needs either a frozen message or a view", d.Key)
	case d.View != nil && (d.View.Kind == "" || d.View.ID == ""):
		return fmt.Errorf("delivery %s names no view", d.Key)
	case !slices.Contains(known, d.Class):
		return fmt.Errorf("delivery %s is of unknown class %q", d.Key, d.Class)
	case d.Thread == d.Key:
		return fmt.Errorf("delivery %s stands under itself", d.Key)
	}
	return nil
}

// keep stores a frozen message once and returns its hash.
func keep(ctx context.Context, tx *engine.Tx, message *bot.Message) (string, error) {
	if message == nil {
		return "", nil
	}
	text, err := message.MarshalJSON()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	hash := hex.EncodeToString(sum[:])
	_, err = tx.Exec(ctx, "INSERT INTO bodies (hash, message) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING", hash, string(text))
	return hash, err
}

func insert(ctx context.Context, tx *engine.Tx, now time.Time, i int, d bot.Delivery, body string) (bool, error) {
	due, expires := now, d.Expires
	if d.NotBefore.After(now) {
		due = d.NotBefore
	}
	if d.Class == bot.Nudge && expires.IsZero() {
		expires = due.Add(NudgeLife)
	}
	var view bot.View
	if d.View != nil {
		view = *d.View
	}
	group, people := sorted(d.To.Group), ""
	if len(group) > 0 {
		var err error
		if people, err = engine.ToJSON(group); err != nil {
			return false, err
		}
	}
	// Within a microsecond, the finest moment that is kept, the call's own order
	// counts.
	seq := now.UnixMicro()*1024 + int64(i)
	n, err := tx.Exec(ctx, `
		INSERT INTO deliveries (key, seq, lane, class, place, person, people, thread, body,
		  view_kind, view_id, wanted, created_at, not_before, expires_at, due, platform)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
		ON CONFLICT (key) DO NOTHING`,
		d.Key, seq, lane(d.To), d.Class, d.To.Place, d.To.Person, people, d.Thread, body,
		view.Kind, view.ID, view.Version, engine.Micros(now), engine.Micros(d.NotBefore), engine.Micros(expires),
		engine.Micros(due), d.To.Place.Platform())
	return n > 0, err
}

// raise makes a newer version of a view wanted and, where the card was posted,
// wakes the delivery for the edit.
func raise(ctx context.Context, tx *engine.Tx, now time.Time, d bot.Delivery) error {
	_, err := tx.Exec(ctx, `
		UPDATE deliveries SET wanted = $1,
		  due  = CASE WHEN state = 'sent' AND NOT open THEN $2 ELSE due END,
		  open = CASE WHEN state = 'sent' AND editable THEN TRUE ELSE open END
		WHERE key = $3 AND view_kind = $4 AND view_id = $5 AND wanted < $1`,
		d.View.Version, engine.Micros(now), d.Key, d.View.Kind, d.View.ID)
	return err
}

// lane names what keeps its order: a place, a person or a group of persons.
func lane(to bot.Address) string {
	switch {
	case to.Place != "":
		return "place:" + string(to.Place)
	case to.Person != "":
		return "person:" + string(to.Person)
	default:
		var all strings.Builder
		for _, person := range sorted(to.Group) {
			all.WriteString(string(person) + "\n")
		}
		sum := sha256.Sum256([]byte(all.String()))
		return "group:" + hex.EncodeToString(sum[:16])
	}
}

func sorted(group []bot.PersonID) []bot.PersonID {
	group = slices.Clone(group)
	slices.Sort(group)
	return slices.Compact(group)
}
