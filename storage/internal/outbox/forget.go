package outbox

import (
	"context"
	"fmt"
	"time"

	"evangelist/bot"
	"evangelist/storage/internal/engine"
)

// Forget erases a person from the deliveries: what was not sent to the person,
// alone or in a group, is dropped, and neither address nor words nor the times
// at which the bot wrote first remain. The keys stay, since they make adding
// idempotent. A request that is on its way cannot be called back. Idempotent.
func Forget(ctx context.Context, tx *engine.Tx, now time.Time, person bot.PersonID) error {
	keys, err := engine.All(ctx, tx, engine.Value[string],
		`SELECT key FROM deliveries WHERE person = $1 OR people LIKE $2 ORDER BY key`,
		person, `%"`+string(person)+`"%`)
	if err != nil {
		return fmt.Errorf("look for deliveries to a person: %w", err)
	}
	for _, key := range keys {
		_, err := tx.Exec(ctx, `
			UPDATE deliveries SET person = '', people = '', target = '', lane = 'erased', note = 'erased', open = FALSE, editable = FALSE,
			  attempt = attempt + 1, ended_at = CASE WHEN state IN ('sent', 'dropped', 'unreachable') THEN ended_at ELSE $1 END,
			  state = CASE WHEN state IN ('sent', 'unreachable') THEN state ELSE 'dropped' END
			WHERE key = $2`, engine.Micros(now), key)
		if err != nil {
			return fmt.Errorf("erase delivery %s: %w", key, err)
		}
		for _, q := range []string{
			"DELETE FROM lanes WHERE holder = $1",
			"UPDATE delivery_parts SET payload = NULL, words = '', ref = '', check_at = 0 WHERE key = $1",
		} {
			if _, err := tx.Exec(ctx, q, key); err != nil {
				return fmt.Errorf("erase delivery %s: %w", key, err)
			}
		}
	}
	for _, q := range []string{"DELETE FROM nudges WHERE person_id = $1", "DELETE FROM contacts WHERE person_id = $1"} {
		if _, err := tx.Exec(ctx, q, person); err != nil {
			return fmt.Errorf("erase when a person was written to: %w", err)
		}
	}
	return nil
}
