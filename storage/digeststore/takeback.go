package digeststore

import (
	"context"
	"fmt"
	"time"

	"evangelist/bot"
	"evangelist/digests"
	"evangelist/storage/internal/engine"
)

// TakenBack is what people withdrew: it must stay away when an older copy of the
// database is put in place.
type TakenBack struct {
	Gone    []bot.MessageRef
	OptOuts []digests.OptOut
	Choices []Chosen
}

// Chosen is what somebody wants done with their name.
type Chosen struct {
	Account bot.AccountID
	Choice  digests.Choice
	At      time.Time
}

// ReadTakenBack reads all of it, from the database that is being replaced.
func ReadTakenBack(ctx context.Context, db *engine.DB) (TakenBack, error) {
	var all TakenBack
	err := db.Read(ctx, func(ctx context.Context, tx *engine.Tx) error {
		rows, err := engine.All(ctx, tx, scanMark, `SELECT message, kind, account FROM share_marks WHERE kind IN ('deleted', 'left') ORDER BY message COLLATE "C", account COLLATE "C"`)
		if err != nil {
			return err
		}
		for _, mark := range rows {
			if mark.kind == "deleted" {
				all.Gone = append(all.Gone, mark.message)
			} else {
				all.OptOuts = append(all.OptOuts, digests.OptOut{Message: mark.message, Account: bot.AccountID(mark.account)})
			}
		}
		all.Choices, err = engine.All(ctx, tx, func(row engine.Scanner) (Chosen, error) {
			var c Chosen
			var at int64
			err := row.Scan(&c.Account, &c.Choice, &at)
			c.At = engine.Time(at)
			return c, err
		}, `SELECT account, choice, at FROM credits ORDER BY at, account COLLATE "C"`)
		return err
	})
	if err != nil {
		return TakenBack{}, fmt.Errorf("read what was taken back: %w", err)
	}
	return all, nil
}

type shareMark struct {
	message       bot.MessageRef
	kind, account string
}

// scanMark takes a reference apart at its last "|": what stands before it is a
// PlaceID, which has one itself.
func scanMark(row engine.Scanner) (shareMark, error) {
	var mark shareMark
	var text string
	if err := row.Scan(&text, &mark.kind, &mark.account); err != nil {
		return mark, err
	}
	for at := len(text) - 1; at >= 0; at-- {
		if text[at] == '|' {
			mark.message = bot.MessageRef{Place: bot.PlaceID(text[:at]), Native: text[at+1:]}
			return mark, nil
		}
	}
	return mark, fmt.Errorf("the mark %q names no message", text)
}

// Keep repeats it in the database that was put in place. Idempotent; what was
// chosen later there stands.
func (t TakenBack) Keep(ctx context.Context, stores digests.Stores) error {
	if err := stores.Archive.Hear(ctx, digests.Heard{Gone: t.Gone, OptOuts: t.OptOuts}); err != nil {
		return err
	}
	for _, c := range t.Choices {
		if err := stores.Credits.Choose(ctx, c.Account, c.Choice, c.At); err != nil {
			return err
		}
	}
	return nil
}

// Count is how many things were taken back.
func (t TakenBack) Count() int { return len(t.Gone) + len(t.OptOuts) + len(t.Choices) }
