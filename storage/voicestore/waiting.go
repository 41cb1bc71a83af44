package voicestore

import (
	"cmp"
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"slices"
	"strings"

	"evangelist/bot"
	"evangelist/bot/voices"
	"evangelist/storage/internal/engine"
	"evangelist/storage/internal/outbox"
)

// Waiting implements voices.Waiting.
type Waiting struct {
	db    *engine.DB
	clock bot.Clock
}

// NewWaiting returns the store of what waits in db; clock dates what a release
// queues and nothing else.
func NewWaiting(db *engine.DB, clock bot.Clock) *Waiting { return &Waiting{db: db, clock: clock} }

// body is the part of an act that is kept as one text.
type body struct {
	Words       string         `json:"words"`
	Kind        voices.Kind    `json:"kind,omitempty"`
	Readers     []bot.PersonID `json:"readers,omitempty"`
	Place       bot.PlaceID    `json:"place,omitempty"`
	Without     []bot.PersonID `json:"without,omitempty"`
	Unpublished bool           `json:"unpublished,omitempty"`
}

// Put implements voices.Waiting.
func (s *Waiting) Put(ctx context.Context, act voices.Act) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		found, known, err := engine.One(ctx, tx, engine.Value[string], `
			SELECT 'said' FROM waiting WHERE id = $1
			UNION ALL SELECT 'said' FROM voice_entries WHERE id = $1
			UNION ALL SELECT CASE WHEN author IS NULL THEN 'said' ELSE 'named' END FROM voices WHERE id = $1`, act.ID)
		switch {
		case err != nil:
			return err
		case known && found == "named":
			return voices.ErrSent
		case known:
			return nil
		}
		full, err := exists(ctx, tx, "SELECT 1 FROM waiting WHERE voice = $1 AND kind <> 'withdraw' LIMIT 1 OFFSET $2", act.Voice, voices.MaxWaiting-1)
		if err != nil {
			return err
		}
		if full && act.Kind != voices.WithdrawAct {
			return voices.ErrFull
		}
		return wait(ctx, tx, act)
	})
}

func wait(ctx context.Context, tx *engine.Tx, act voices.Act) error {
	kept, hash, urgent := body{Words: act.Words}, any(nil), false
	if raise := act.Raise; raise != nil {
		kept.Kind, kept.Readers, kept.Place = raise.Kind, raise.Readers, raise.Place
		kept.Without, kept.Unpublished = raise.Without, raise.Unpublished
		hash, urgent = null(raise.CodeHash), raise.Urgent
	}
	text, err := engine.ToJSON(kept)
	if err != nil {
		return err
	}
	slot, err := firstSlot(act.ID)
	if err != nil {
		return err
	}
	for range mostNeighbours {
		n, err := tx.Exec(ctx, `
			INSERT INTO waiting (slot, id, voice, kind, code_hash, urgent, act) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT DO NOTHING`,
			slot, act.ID, act.Voice, act.Kind, hash, urgent, text)
		if err != nil || n > 0 {
			return err
		}
		known, err := exists(ctx, tx, "SELECT 1 FROM waiting WHERE id = $1", act.ID)
		if err != nil || known {
			return err // the same form came twice at once
		}
		slot = (slot + 1) & 0x7fffffff
	}
	return errors.New("no place is free for what waits")
}

// mostNeighbours is how many taken places are passed over.
const mostNeighbours = 1000

// firstSlot returns where a row lies among the others, unless that place is
// taken: a number from the id, so that the layout says nothing about when it was
// written.
func firstSlot(id string) (int64, error) {
	raw, err := hex.DecodeString(strings.ReplaceAll(id, "-", ""))
	if err != nil || len(raw) < 16 {
		return 0, errors.New("an act has an id that was not derived")
	}
	return int64(binary.BigEndian.Uint32(raw[12:]) >> 1), nil
}

const selectAct = `SELECT id, voice, kind, coalesce(code_hash, ''), urgent, act FROM waiting`

func scanAct(row engine.Scanner) (voices.Act, error) {
	var act voices.Act
	var hash, text string
	var urgent bool
	if err := row.Scan(&act.ID, &act.Voice, &act.Kind, &hash, &urgent, &text); err != nil {
		return act, err
	}
	kept, err := engine.FromJSON[body](text)
	act.Words = kept.Words
	if act.Kind == voices.RaiseAct {
		act.Raise = &voices.Raise{Kind: kept.Kind, CodeHash: hash, Urgent: urgent, Readers: kept.Readers, Place: kept.Place,
			Without: kept.Without, Unpublished: kept.Unpublished}
	}
	return act, err
}

// ByCode implements voices.Waiting.
func (s *Waiting) ByCode(ctx context.Context, hash string) (held voices.Held, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) error {
		held = voices.Held{}
		id, released, err := engine.One(ctx, tx, engine.Value[string], "SELECT id FROM voices WHERE code_hash = $1", hash)
		if err != nil {
			return err
		}
		if released {
			v, err := load(ctx, tx, id)
			if err != nil {
				return err
			}
			held.VoiceID, held.Kind, held.Voice = id, v.Kind, &v
		} else {
			act, waits, err := engine.One(ctx, tx, scanAct, selectAct+" WHERE code_hash = $1", hash)
			if err != nil {
				return err
			}
			if !waits {
				return bot.ErrNotFound
			}
			held.VoiceID, held.Kind = act.Voice, act.Raise.Kind
		}
		held.Pending, err = engine.All(ctx, tx, scanAct, selectAct+` WHERE voice = $1 ORDER BY id COLLATE "C"`, held.VoiceID)
		return err
	})
	return held, err
}

// Release implements voices.Waiting.
func (s *Waiting) Release(ctx context.Context, which voices.Which, rule func(voices.Batch) (voices.Released, error)) error {
	waits, err := s.Waits(ctx, which)
	if err != nil {
		return err
	}
	moved := false
	var kept error // what could not be released
	if waits {
		if moved, kept, err = s.moveAll(ctx, which, rule); err != nil {
			return err
		}
	}
	// A release that was cut off after its commit left this to the next one, so
	// that the daily one does it in any case.
	if moved || which == voices.Everything {
		err = s.db.Scrub(ctx, "waiting")
	}
	return errors.Join(kept, err)
}

// failure is a voice that could not be saved.
type failure struct {
	voice string
	err   error
}

func (f *failure) Error() string { return "release a voice: " + f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// mostFailures is how many voices are left behind before a release gives up.
const mostFailures = 20

// moveAll moves again and again until nothing fails but what is left behind.
func (s *Waiting) moveAll(ctx context.Context, which voices.Which, rule func(voices.Batch) (voices.Released, error)) (moved bool, kept, err error) {
	var behind []string
	for {
		moved, err = s.move(ctx, which, behind, rule)
		var failed *failure
		if !errors.As(err, &failed) || ctx.Err() != nil || len(behind) == mostFailures || slices.Contains(behind, failed.voice) {
			return moved, kept, err
		}
		behind, kept = append(behind, failed.voice), errors.Join(kept, failed)
	}
}

// Waits implements voices.Waiting.
func (s *Waiting) Waits(ctx context.Context, which voices.Which) (waits bool, err error) {
	q := "SELECT 1 FROM waiting"
	if which == voices.UrgentOnly {
		q += " WHERE urgent"
	}
	err = s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) error {
		waits, err = exists(ctx, tx, q+" LIMIT 1")
		return err
	})
	return waits, err
}

func (s *Waiting) move(ctx context.Context, which voices.Which, behind []string, rule func(voices.Batch) (voices.Released, error)) (moved bool, err error) {
	err = s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		batch, err := gather(ctx, tx, which, behind)
		moved = len(batch.Acts) > 0
		if err != nil || !moved {
			return err
		}
		done, err := rule(batch)
		if err != nil {
			return err
		}
		return s.save(ctx, tx, batch, done)
	})
	return moved, err
}

// gather takes the acts out of the table, but for those of the voices that stay
// behind; two releases at once cannot both have
// one.
func gather(ctx context.Context, tx *engine.Tx, which voices.Which, behind []string) (voices.Batch, error) {
	q := "DELETE FROM waiting WHERE TRUE"
	if which == voices.UrgentOnly {
		q += " AND urgent"
	}
	var args []any
	if len(behind) > 0 {
		q += " AND voice NOT IN (" + engine.In(len(behind), 1) + ")"
		for _, voice := range behind {
			args = append(args, voice)
		}
	}
	acts, err := engine.All(ctx, tx, scanAct, q+" RETURNING id, voice, kind, coalesce(code_hash, ''), urgent, act", args...)
	if err != nil || len(acts) == 0 {
		return voices.Batch{}, err
	}
	slices.SortFunc(acts, func(a, b voices.Act) int { return cmp.Compare(a.ID, b.ID) })
	batch := voices.Batch{Acts: acts, Voices: map[string]voices.Voice{}}
	for _, act := range acts {
		if act.Kind == voices.RaiseAct {
			continue
		}
		v, known, err := find(ctx, tx, act.Voice)
		if err != nil {
			return batch, err
		}
		if known {
			batch.Voices[v.ID] = v
		}
	}
	batch.Taken, err = references(ctx, tx)
	return batch, err
}

func (s *Waiting) save(ctx context.Context, tx *engine.Tx, batch voices.Batch, done voices.Released) error {
	for _, act := range batch.Acts {
		if slices.Contains(done.Stay, act.ID) {
			if err := wait(ctx, tx, act); err != nil {
				return err
			}
		}
	}
	for _, v := range done.New {
		if err := insert(ctx, tx, v); err != nil {
			return &failure{voice: v.ID, err: err}
		}
	}
	for _, v := range done.Changed {
		if err := update(ctx, tx, v); err != nil {
			return &failure{voice: v.ID, err: err}
		}
	}
	return outbox.Add(ctx, tx, done.At, done.Deliveries)
}
