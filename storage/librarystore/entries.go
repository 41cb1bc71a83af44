package librarystore

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"evangelist/bot/library"
	"evangelist/storage/internal/engine"
)

type tellings struct{ *store }

func scanNoted(row engine.Scanner) (library.Noted, error) {
	var n library.Noted
	var at int64
	err := row.Scan(&n.Entry, &n.Key, &n.Whom, &n.Department, &n.Fresh, &at)
	n.At = engine.Time(at)
	return n, err
}

func (s tellings) List(ctx context.Context) ([]library.Noted, error) {
	return list(ctx, s.db, scanNoted, `SELECT entry_id, key, whom, department, fresh, told_at FROM library_tellings
		ORDER BY entry_id COLLATE "C", told_at, key COLLATE "C"`)
}

func note(ctx context.Context, tx *engine.Tx, n library.Noted) error {
	_, err := tx.Exec(ctx, `INSERT INTO library_tellings (entry_id, key, whom, department, fresh, told_at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (entry_id, key) DO NOTHING`, n.Entry, n.Key, n.Whom, n.Department, n.Fresh, engine.Micros(n.At))
	if err != nil {
		return fmt.Errorf("note whom an entry was told to: %w", err)
	}
	return nil
}

func (s tellings) Note(ctx context.Context, noted []library.Noted) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		for _, n := range noted {
			if err := note(ctx, tx, n); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s tellings) Strike(ctx context.Context, entry, key string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		if _, err := tx.Exec(ctx, `DELETE FROM library_tellings WHERE entry_id = $1 AND key = $2`, entry, key); err != nil {
			return fmt.Errorf("strike whom an entry was told to: %w", err)
		}
		return nil
	})
}

type links struct{ *store }

// linksAtOnce is how many titles one query asks for.
const linksAtOnce = 500

func (s links) Of(ctx context.Context, titles []string) (map[string]string, error) {
	type link struct{ title, url string }
	found := map[string]string{}
	for len(titles) > 0 {
		some := titles[:min(len(titles), linksAtOnce)]
		titles = titles[len(some):]
		args := make([]any, len(some))
		for i, title := range some {
			args[i] = title
		}
		rows, err := list(ctx, s.db, func(row engine.Scanner) (link, error) {
			var l link
			err := row.Scan(&l.title, &l.url)
			return l, err
		}, `SELECT title, url FROM library_links WHERE title IN (`+engine.In(len(args), 1)+`)`, args...)
		if err != nil {
			return nil, err
		}
		for _, l := range rows {
			found[l.title] = l.url
		}
	}
	return found, nil
}

func (s links) Keep(ctx context.Context, found map[string]string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		for _, title := range slices.Sorted(maps.Keys(found)) {
			url := found[title]
			if _, err := tx.Exec(ctx, `INSERT INTO library_links (title, url) VALUES ($1, $2) ON CONFLICT (title) DO NOTHING`, title, url); err != nil {
				return fmt.Errorf("keep where a link leads: %w", err)
			}
		}
		return nil
	})
}

type examples struct{ *store }

const exampleQuery = `SELECT x.id, x.source, x.url, x.who, x.job, x.outcome, x.person_id, coalesce(p.name, ''), x.department, x.consent, x.kept_at, x.gone
	FROM library_examples x LEFT JOIN persons p ON p.id = x.person_id`

func scanExample(row engine.Scanner) (library.Example, error) {
	var x library.Example
	var kept int64
	err := row.Scan(&x.ID, &x.Source, &x.URL, &x.Who, &x.Job, &x.Outcome, &x.Person, &x.Name, &x.Department, &x.Consent, &kept, &x.Gone)
	x.Kept = engine.Time(kept)
	return x, err
}

func (s examples) Get(ctx context.Context, id string) (library.Example, error) {
	return get(ctx, s.db, scanExample, exampleQuery+` WHERE x.id = $1`, id)
}

func (s examples) List(ctx context.Context) ([]library.Example, error) {
	return list(ctx, s.db, scanExample, exampleQuery+` WHERE NOT x.gone ORDER BY x.kept_at DESC, x.id COLLATE "C" DESC`)
}

func (s examples) Add(ctx context.Context, x library.Example) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO library_examples (id, source, url, who, job, outcome, person_id, department, consent, kept_at, gone)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (source) DO NOTHING`,
			x.ID, x.Source, x.URL, x.Who, x.Job, x.Outcome, x.Person, x.Department, x.Consent, engine.Micros(x.Kept), x.Gone)
		if err != nil {
			return fmt.Errorf("keep an example: %w", err)
		}
		return nil
	})
}

func (s examples) Change(ctx context.Context, id string, rule func(*library.Example) error) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		x, err := one(ctx, tx, scanExample, exampleQuery+` WHERE x.id = $1`, id)
		if err != nil {
			return err
		}
		if err := rule(&x); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE library_examples SET url = $2, who = $3, job = $4, outcome = $5, person_id = $6, department = $7, consent = $8, gone = $9 WHERE id = $1`,
			id, x.URL, x.Who, x.Job, x.Outcome, x.Person, x.Department, x.Consent, x.Gone)
		if err != nil {
			return fmt.Errorf("keep an example: %w", err)
		}
		return nil
	})
}
