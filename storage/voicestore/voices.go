package voicestore

import (
	"context"
	"fmt"
	"strings"

	"evangelist/bot"
	"evangelist/bot/voices"
	"evangelist/storage/internal/engine"
	"evangelist/storage/internal/outbox"
)

// Voices implements voices.Voices.
type Voices struct {
	db    *engine.DB
	clock bot.Clock
}

// NewVoices returns the store of voices in db; clock dates the deliveries.
func NewVoices(db *engine.DB, clock bot.Clock) *Voices { return &Voices{db: db, clock: clock} }

// Get implements voices.Voices.
func (s *Voices) Get(ctx context.Context, id string) (v voices.Voice, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) error {
		v, err = load(ctx, tx, id)
		return err
	})
	return v, err
}

// List implements voices.Voices.
func (s *Voices) List(ctx context.Context, q voices.Query) (list []voices.Voice, err error) {
	where, args := conditions(q)
	err = s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) error {
		list, err = engine.All(ctx, tx, scanVoice, selectVoice+where+` ORDER BY v.due, v.reference COLLATE "C"`, args...)
		if err != nil {
			return err
		}
		if err := withEntries(ctx, tx, list, where, args); err != nil {
			return err
		}
		return withCompany(ctx, tx, list, where, args)
	})
	return list, err
}

func conditions(q voices.Query) (string, []any) {
	terms, args := []string{"TRUE"}, []any{}
	add := func(term string, arg any) {
		args = append(args, arg)
		terms = append(terms, fmt.Sprintf(term, len(args)))
	}
	if q.Open {
		terms = append(terms, "v.closed = 0")
	}
	if !q.ClosedFrom.IsZero() {
		add("v.closed >= $%d", engine.Micros(q.ClosedFrom))
	}
	if !q.ClosedTo.IsZero() {
		terms = append(terms, "v.closed > 0")
		add("v.closed < $%d", engine.Micros(q.ClosedTo))
	}
	if q.Author != "" {
		add("a.person_id = $%d", string(q.Author))
	}
	if !q.NewsFrom.IsZero() {
		add(`EXISTS (SELECT 1 FROM voice_news m WHERE m.voice = v.id AND m.day COLLATE "C" >= $%d)`, q.NewsFrom.String())
	}
	if q.Kind != "" {
		add("v.kind = $%d", q.Kind)
	}
	if q.Reference != "" {
		add("v.reference = $%d", q.Reference)
	}
	return " WHERE " + strings.Join(terms, " AND "), args
}

// Add implements voices.Voices.
func (s *Voices) Add(ctx context.Context, id string, rule func(func(string) bool) (voices.Voice, []bot.Delivery, error)) (voices.Voice, error) {
	var v voices.Voice
	err := s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		waits, err := exists(ctx, tx, "SELECT 1 FROM waiting WHERE id = $1", id)
		if err != nil {
			return err
		}
		if waits {
			return voices.ErrSent
		}
		var known bool
		if v, known, err = find(ctx, tx, id); err != nil {
			return err
		}
		if known {
			if v.Anonymous() {
				return voices.ErrSent
			}
			return nil
		}
		taken, err := references(ctx, tx)
		if err != nil {
			return err
		}
		var deliveries []bot.Delivery
		if v, deliveries, err = rule(taken); err != nil {
			return err
		}
		if err := insert(ctx, tx, v); err != nil {
			return err
		}
		return outbox.Add(ctx, tx, s.clock.Now(), deliveries)
	})
	return v, err
}

// Change implements voices.Voices.
func (s *Voices) Change(ctx context.Context, id string, rule func(*voices.Voice) ([]bot.Delivery, error)) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		v, err := load(ctx, tx, id)
		if err != nil {
			return err
		}
		deliveries, err := rule(&v)
		if err != nil {
			return err
		}
		if err := update(ctx, tx, v); err != nil {
			return err
		}
		return outbox.Add(ctx, tx, s.clock.Now(), deliveries)
	})
}

// exists reports whether a query has a row.
func exists(ctx context.Context, tx *engine.Tx, q string, args ...any) (bool, error) {
	_, found, err := engine.One(ctx, tx, engine.Value[int64], q, args...)
	return found, err
}

// references returns a function that says whether a reference is in use.
func references(ctx context.Context, tx *engine.Tx) (func(string) bool, error) {
	all, err := engine.All(ctx, tx, engine.Value[string], "SELECT reference FROM voices")
	if err != nil {
		return nil, err
	}
	used := make(map[string]bool, len(all))
	for _, reference := range all {
		used[reference] = true
	}
	return func(reference string) bool { return used[reference] }, nil
}
