package voicestore

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"evangelist/bot"
	"evangelist/bot/voices"
	"evangelist/storage/internal/engine"
)

const selectVoice = `
	SELECT v.id, v.reference, v.kind, coalesce(v.author, ''), coalesce(v.code_hash, ''), v.words, v.urgent, v.readers, v.without,
	       v.unpublished, v.state, v.owner, v.theme, v.summary, v.outcome, v.appealed, v.place, v.cards,
	       v.arrived, v.due, v.closed, v.reminded, v.version,
	       coalesce(a.person_id, ''), coalesce(nullif(p.name, ''), a.name, '')
	FROM voices v LEFT JOIN accounts a ON a.id = v.author LEFT JOIN persons p ON p.id = a.person_id`

func scanVoice(row engine.Scanner) (voices.Voice, error) {
	var v voices.Voice
	var readers, without, cards string
	var arrived, due, closed int64
	err := row.Scan(&v.ID, &v.Reference, &v.Kind, &v.Author, &v.CodeHash, &v.Words, &v.Urgent, &readers, &without,
		&v.Unpublished, &v.State, &v.Owner, &v.Theme, &v.Summary, &v.Outcome, &v.Appealed, &v.Place, &cards,
		&arrived, &due, &closed, &v.Reminded, &v.Version, &v.AuthorPerson, &v.AuthorName)
	if err != nil {
		return v, err
	}
	v.Arrived, v.Due, v.Closed = engine.Time(arrived), engine.Time(due), engine.Time(closed)
	if v.Readers, err = engine.FromJSON[[]bot.PersonID](readers); err != nil {
		return v, err
	}
	if v.Without, err = engine.FromJSON[[]bot.PersonID](without); err != nil {
		return v, err
	}
	v.Cards, err = engine.FromJSON[[]voices.Card](cards)
	return v, err
}

// entryRow is an entry with the voice that it belongs to.
type entryRow struct {
	voice string
	entry voices.Entry
}

func scanEntry(row engine.Scanner) (entryRow, error) {
	var e entryRow
	var at int64
	err := row.Scan(&e.voice, &e.entry.ID, &e.entry.Kind, &e.entry.By, &e.entry.Text, &at)
	e.entry.At = engine.Time(at)
	return e, err
}

// find reads one voice with its entries.
func find(ctx context.Context, tx *engine.Tx, id string) (voices.Voice, bool, error) {
	v, known, err := engine.One(ctx, tx, scanVoice, selectVoice+` WHERE v.id = $1`, id)
	if err != nil || !known {
		return v, known, err
	}
	list := []voices.Voice{v}
	if err = withEntries(ctx, tx, list, ` WHERE v.id = $1`, []any{id}); err != nil {
		return v, true, err
	}
	err = withCompany(ctx, tx, list, ` WHERE v.id = $1`, []any{id})
	return list[0], true, err
}

func load(ctx context.Context, tx *engine.Tx, id string) (voices.Voice, error) {
	v, known, err := find(ctx, tx, id)
	if err == nil && !known {
		err = bot.ErrNotFound
	}
	return v, err
}

// withEntries reads the entries of the voices that a condition selects.
func withEntries(ctx context.Context, tx *engine.Tx, list []voices.Voice, where string, args []any) error {
	entries, err := engine.All(ctx, tx, scanEntry, `
		SELECT e.voice, e.id, e.kind, e.reader, e.words, e.at
		FROM voice_entries e JOIN voices v ON v.id = e.voice LEFT JOIN accounts a ON a.id = v.author`+where+`
		ORDER BY e.at, e.id COLLATE "C"`, args...)
	if err != nil {
		return err
	}
	at := make(map[string]int, len(list))
	for i := range list {
		at[list[i].ID] = i
	}
	for _, e := range entries {
		i := at[e.voice]
		list[i].Entries = append(list[i].Entries, e.entry)
	}
	return nil
}

func insert(ctx context.Context, tx *engine.Tx, v voices.Voice) error {
	args, err := columns(v)
	if err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `
		INSERT INTO voices (reference, kind, author, code_hash, words, urgent, readers, without, unpublished, state, owner, theme,
			summary, outcome, appealed, place, cards, arrived, due, closed, reminded, version, id)
		VALUES (`+engine.In(len(args), 1)+`) ON CONFLICT (id) DO NOTHING`, args...)
	if err != nil || n == 0 {
		return err
	}
	return insertEntries(ctx, tx, v)
}

func update(ctx context.Context, tx *engine.Tx, v voices.Voice) error {
	args, err := columns(v)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		UPDATE voices SET reference = $1, kind = $2, author = $3, code_hash = $4, words = $5, urgent = $6, readers = $7,
			without = $8, unpublished = $9, state = $10, owner = $11, theme = $12, summary = $13, outcome = $14,
			appealed = $15, place = $16, cards = $17, arrived = $18, due = $19, closed = $20, reminded = $21, version = $22
		WHERE id = $23`, args...)
	if err != nil {
		return err
	}
	if err := entries(ctx, tx, v); err != nil {
		return err
	}
	return company(ctx, tx, v)
}

// piece is how many rows one statement deletes at most.
const piece = 100

// entries saves the difference between the entries that are kept and those that
// v has.
func entries(ctx context.Context, tx *engine.Tx, v voices.Voice) error {
	kept, err := engine.All(ctx, tx, engine.Value[string], "SELECT id FROM voice_entries WHERE voice = $1", v.ID)
	if err != nil {
		return err
	}
	gone := make(map[string]bool, len(kept))
	for _, id := range kept {
		gone[id] = true
	}
	fresh := v
	fresh.Entries = nil
	for _, e := range v.Entries {
		if !gone[e.ID] {
			fresh.Entries = append(fresh.Entries, e)
		}
		delete(gone, e.ID)
	}
	for ids := range slices.Chunk(slices.Sorted(maps.Keys(gone)), piece) {
		args := make([]any, len(ids))
		for i, id := range ids {
			args[i] = id
		}
		if _, err := tx.Exec(ctx, "DELETE FROM voice_entries WHERE id IN ("+engine.In(len(ids), 1)+")", args...); err != nil {
			return err
		}
	}
	return insertEntries(ctx, tx, fresh)
}

func columns(v voices.Voice) ([]any, error) {
	readers, err := engine.ToJSON(v.Readers)
	if err != nil {
		return nil, err
	}
	without, err := engine.ToJSON(v.Without)
	if err != nil {
		return nil, err
	}
	cards, err := engine.ToJSON(v.Cards)
	if err != nil {
		return nil, err
	}
	return []any{v.Reference, v.Kind, null(string(v.Author)), null(v.CodeHash), v.Words, v.Urgent, readers, without, v.Unpublished,
		v.State, string(v.Owner), v.Theme, v.Summary, v.Outcome, v.Appealed, string(v.Place), cards,
		engine.Micros(v.Arrived), engine.Micros(v.Due), engine.Micros(v.Closed), v.Reminded, v.Version, v.ID}, nil
}

func null(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func insertEntries(ctx context.Context, tx *engine.Tx, v voices.Voice) error {
	for _, e := range v.Entries {
		_, err := tx.Exec(ctx, `
			INSERT INTO voice_entries (id, voice, kind, reader, words, at) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (id) DO NOTHING`, e.ID, v.ID, e.Kind, string(e.By), e.Text, engine.Micros(e.At))
		if err != nil {
			return fmt.Errorf("keep an entry of a voice: %w", err)
		}
	}
	return nil
}
