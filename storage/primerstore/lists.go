package primerstore

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"evangelist/bot/primer"
	"evangelist/bot/schedule"
	"evangelist/storage/internal/engine"
)

type terms struct{ *store }

func (s terms) List(ctx context.Context) ([]primer.Term, error) {
	var all []primer.Term
	err := s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		all, err = engine.All(ctx, tx, func(row engine.Scanner) (primer.Term, error) {
			t := primer.Term{Own: true}
			err := row.Scan(&t.Word, &t.Says)
			return t, err
		}, `SELECT word, says FROM primer_terms ORDER BY id COLLATE "C"`)
		return err
	})
	return all, err
}

func (s terms) Set(ctx context.Context, t primer.Term) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO primer_terms (id, word, says) VALUES ($1, $2, $3)
			ON CONFLICT (id) DO UPDATE SET word = excluded.word, says = excluded.says`, t.Key(), t.Word, t.Says)
		if err != nil {
			return fmt.Errorf("save a word: %w", err)
		}
		return nil
	})
}

func (s terms) Remove(ctx context.Context, key string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		if _, err := tx.Exec(ctx, `DELETE FROM primer_terms WHERE id = $1`, key); err != nil {
			return fmt.Errorf("remove a word: %w", err)
		}
		return nil
	})
}

type items struct{ *store }

const itemQuery = `SELECT id, title, COALESCE(done_by, ''), done_on FROM primer_items`

func scanItem(row engine.Scanner) (primer.Mark, error) {
	var m primer.Mark
	var on string
	err := row.Scan(&m.Item, &m.Title, &m.By, &on)
	if err == nil && on != "" {
		m.On, err = schedule.ParseDate(on)
	}
	return m, err
}

func (s items) List(ctx context.Context) ([]primer.Mark, error) {
	var all []primer.Mark
	err := s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		all, err = engine.All(ctx, tx, scanItem, itemQuery+` ORDER BY id COLLATE "C"`)
		return err
	})
	return all, err
}

func (s items) Change(ctx context.Context, id string, rule func(*primer.Mark) error) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		m, _, err := engine.One(ctx, tx, scanItem, itemQuery+` WHERE id = $1`, id)
		if err != nil {
			return err
		}
		m.Item = id
		if err := rule(&m); err != nil {
			return err
		}
		return saveItem(ctx, tx, m)
	})
}

func (s items) Own(ctx context.Context, titles map[string]string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		kept, err := engine.All(ctx, tx, scanItem, itemQuery+` WHERE title <> ''`)
		if err != nil {
			return err
		}
		left := maps.Clone(titles)
		for _, m := range kept {
			title, stays := titles[m.Item]
			delete(left, m.Item)
			if !stays {
				m = primer.Mark{Item: m.Item}
			} else {
				m.Title = title
			}
			if err := saveItem(ctx, tx, m); err != nil {
				return err
			}
		}
		for _, id := range slices.Sorted(maps.Keys(left)) {
			if err := saveItem(ctx, tx, primer.Mark{Item: id, Title: left[id]}); err != nil {
				return err
			}
		}
		return nil
	})
}

// saveItem writes a mark, or forgets one that has nothing to keep.
func saveItem(ctx context.Context, tx *engine.Tx, m primer.Mark) error {
	if m.Zero() {
		if _, err := tx.Exec(ctx, `DELETE FROM primer_items WHERE id = $1`, m.Item); err != nil {
			return fmt.Errorf("forget an item: %w", err)
		}
		return nil
	}
	var by any
	if m.By != "" {
		by = string(m.By)
	}
	on := ""
	if !m.On.IsZero() {
		on = m.On.String()
	}
	_, err := tx.Exec(ctx, `INSERT INTO primer_items (id, title, done_by, done_on) VALUES ($1, $2, $3, $4)
		ON CONFLICT (id) DO UPDATE SET title = excluded.title, done_by = excluded.done_by, done_on = excluded.done_on`, m.Item, m.Title, by, on)
	if err != nil {
		return fmt.Errorf("save an item: %w", err)
	}
	return nil
}
