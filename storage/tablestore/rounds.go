package tablestore

import (
	"context"
	"fmt"
	"slices"

	"evangelist/bot"
	"evangelist/bot/tables"
	"evangelist/storage/internal/engine"
	"evangelist/storage/internal/outbox"
)

type rounds struct{ *store }

const roundQuery = `SELECT id, due_at, goes, format, smallest, largest, state, tables, agenda, leads, waited, version,
	approved_by, drafted_at, send_at, sent_at, followed_at, ended_at FROM table_rounds`

func scanRound(row engine.Scanner) (tables.Round, error) {
	var r tables.Round
	var layout, agenda, leads string
	var due, drafted, send, sent, followed, ended int64
	err := row.Scan(&r.ID, &due, &r.Goes, &r.Format, &r.Smallest, &r.Largest, &r.State, &layout, &agenda, &leads, &r.Waited, &r.Version,
		&r.By, &drafted, &send, &sent, &followed, &ended)
	if err != nil {
		return r, err
	}
	r.Slot, r.Due, r.Drafted, r.SendAt = r.ID, engine.Time(due), engine.Time(drafted), engine.Time(send)
	r.Sent, r.Followed, r.Ended = engine.Time(sent), engine.Time(followed), engine.Time(ended)
	if r.Tables, err = engine.FromJSON[[]tables.Table](layout); err != nil {
		return r, err
	}
	if r.Agenda, err = engine.FromJSON[[]string](agenda); err != nil {
		return r, err
	}
	r.Leads, err = engine.FromJSON[[]bot.PersonID](leads)
	return r, err
}

// placed is a seat with its round.
type placed struct {
	round string
	seat  tables.Seat
}

func scanPlaced(row engine.Scanner) (placed, error) {
	var p placed
	s := &p.seat
	err := row.Scan(&p.round, &s.Person, &s.Table, &s.Stand, &s.Room, &s.Own, &s.Wants, &s.Asked, &s.Said)
	return p, err
}

const seatQuery = `SELECT s.round_id, s.person_id, s.tbl, s.stand, s.room, s.own, s.wants, s.asked, s.said
	FROM table_seats s JOIN table_rounds r ON r.id = s.round_id`

// load reads the rounds that a condition names, the newest first, with their seats.
func load(ctx context.Context, tx *engine.Tx, where string, args ...any) ([]tables.Round, error) {
	found, err := engine.All(ctx, tx, scanRound, roundQuery+` r WHERE `+where+` ORDER BY r.drafted_at DESC, r.id COLLATE "C" DESC`, args...)
	if err != nil || len(found) == 0 {
		return found, err
	}
	seats, err := engine.All(ctx, tx, scanPlaced, seatQuery+` WHERE `+where+` ORDER BY s.round_id, s.person_id COLLATE "C"`, args...)
	if err != nil {
		return nil, err
	}
	at := map[string]int{}
	for i, r := range found {
		at[r.ID] = i
	}
	for _, p := range seats {
		r := &found[at[p.round]]
		r.Seats = append(r.Seats, p.seat)
	}
	return found, nil
}

func one(found []tables.Round, err error) (tables.Round, error) {
	switch {
	case err != nil:
		return tables.Round{}, err
	case len(found) == 0:
		return tables.Round{}, bot.ErrNotFound
	}
	return found[0], nil
}

func (s rounds) read(ctx context.Context, where string, args ...any) ([]tables.Round, error) {
	var found []tables.Round
	err := s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		found, err = load(ctx, tx, where, args...)
		return err
	})
	return found, err
}

func (s rounds) Get(ctx context.Context, id string) (tables.Round, error) {
	return one(s.read(ctx, `r.id = $1`, id))
}

func (s rounds) List(ctx context.Context, states ...tables.State) ([]tables.Round, error) {
	if len(states) == 0 {
		return s.read(ctx, `1 = 1`)
	}
	var args []any
	for _, state := range states {
		args = append(args, state)
	}
	return s.read(ctx, `r.state IN (`+engine.In(len(states), 1)+`)`, args...)
}

func (s rounds) Past(ctx context.Context) ([]tables.Past, error) {
	seats, err := list(ctx, s.db, scanPlaced, seatQuery+` WHERE r.sent_at <> 0 ORDER BY r.sent_at, r.id COLLATE "C", s.person_id COLLATE "C"`)
	if err != nil {
		return nil, err
	}
	var past []tables.Past
	for from := 0; from < len(seats); {
		to := from
		var round []tables.Seat
		for ; to < len(seats) && seats[to].round == seats[from].round; to++ {
			round = append(round, seats[to].seat)
		}
		past = append(past, tables.Past{ID: seats[from].round, Plan: tables.PlanOf(round, true)})
		from = to
	}
	return past, nil
}

func (s rounds) Add(ctx context.Context, r tables.Round, deliveries []bot.Delivery) (tables.Round, error) {
	var kept tables.Round
	err := s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		known, err := load(ctx, tx, `r.id = $1`, r.ID)
		if err != nil {
			return err
		}
		if len(known) > 0 {
			kept = known[0]
			return nil
		}
		if waits(r) != nil {
			others, err := load(ctx, tx, `r.waits = 1`)
			if err != nil {
				return err
			}
			if len(others) > 0 {
				return tables.ErrOpen
			}
		}
		if _, err := tx.Exec(ctx, `INSERT INTO table_rounds (id, due_at, goes, format, smallest, largest, state, waits, tables, agenda, leads, waited,
			version, approved_by, drafted_at, send_at, sent_at, followed_at, ended_at)
			VALUES ($1, 0, $2, $3, 0, 0, $4, $5, '', '', '', $2, 0, '', 0, 0, 0, 0, 0)`, r.ID, r.Goes, r.Format, r.State, waits(r)); err != nil {
			return fmt.Errorf("save a round of tables: %w", err)
		}
		if err := save(ctx, tx, tables.Round{}, r); err != nil {
			return err
		}
		if kept, err = one(load(ctx, tx, `r.id = $1`, r.ID)); err != nil {
			return err
		}
		return s.send(ctx, tx, deliveries)
	})
	if engine.UniqueViolation(err) { // somebody else was quicker by a moment
		return tables.Round{}, tables.ErrOpen
	}
	return kept, err
}

// waits is 1 for a round that waits to go out, else NULL.
func waits(r tables.Round) any {
	if r.State == tables.Drafted || r.State == tables.Approved {
		return 1
	}
	return nil
}

func (s rounds) Change(ctx context.Context, id string, rule func(*tables.Round) ([]bot.Delivery, error)) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		r, err := one(load(ctx, tx, `r.id = $1`, id))
		if err != nil {
			return err
		}
		if r.Standings, err = standingsOf(ctx, tx, r); err != nil {
			return err
		}
		was := r
		was.Seats, was.Standings = slices.Clone(r.Seats), slices.Clone(r.Standings)
		deliveries, err := rule(&r)
		if err != nil {
			return err
		}
		if err := save(ctx, tx, was, r); err != nil {
			return err
		}
		for i, is := range r.Standings {
			if i < len(was.Standings) && is == was.Standings[i] {
				continue
			}
			if err := saveStanding(ctx, tx, is); err != nil {
				return err
			}
		}
		if _, err := outbox.Cancel(ctx, tx, s.clock.Now(), r.Outdated()); err != nil {
			return err
		}
		return s.send(ctx, tx, deliveries)
	})
}

// standingsOf returns one standing for each seat, in their order.
func standingsOf(ctx context.Context, tx *engine.Tx, r tables.Round) ([]tables.Standing, error) {
	kept, err := engine.All(ctx, tx, scanStanding, standingQuery+` JOIN table_seats t ON t.person_id = s.person_id WHERE t.round_id = $1`, r.ID)
	if err != nil {
		return nil, err
	}
	of := map[bot.PersonID]tables.Standing{}
	for _, s := range kept {
		of[s.Person] = s
	}
	var all []tables.Standing
	for _, seat := range r.Seats {
		standing := of[seat.Person]
		standing.Person = seat.Person
		all = append(all, standing)
	}
	return all, nil
}

// save writes a round, and of its seats what has changed.
func save(ctx context.Context, tx *engine.Tx, was, is tables.Round) error {
	var texts []any
	for _, part := range []any{is.Tables, is.Agenda, is.Leads} {
		text, err := engine.ToJSON(part)
		if err != nil {
			return err
		}
		texts = append(texts, text)
	}
	_, err := tx.Exec(ctx, `UPDATE table_rounds SET due_at = $2, goes = $3, format = $4, smallest = $5, largest = $6, state = $7, waits = $8,
		tables = $9, agenda = $10, leads = $11, waited = $12, version = $13, approved_by = $14, drafted_at = $15, send_at = $16, sent_at = $17,
		followed_at = $18, ended_at = $19 WHERE id = $1`,
		is.ID, engine.Micros(is.Due), is.Goes, is.Format, is.Smallest, is.Largest, is.State, waits(is), texts[0], texts[1], texts[2], is.Waited, is.Version,
		is.By, engine.Micros(is.Drafted), engine.Micros(is.SendAt), engine.Micros(is.Sent), engine.Micros(is.Followed), engine.Micros(is.Ended))
	if err != nil {
		return fmt.Errorf("save a round of tables: %w", err)
	}
	before := map[bot.PersonID]tables.Seat{}
	for _, seat := range was.Seats {
		before[seat.Person] = seat
	}
	for _, seat := range is.Seats {
		old, had := before[seat.Person]
		delete(before, seat.Person)
		if had && old == seat {
			continue
		}
		if err := saveSeat(ctx, tx, is.ID, seat); err != nil {
			return err
		}
	}
	for person := range before {
		if _, err := tx.Exec(ctx, `DELETE FROM table_seats WHERE round_id = $1 AND person_id = $2`, is.ID, person); err != nil {
			return fmt.Errorf("take a seat away: %w", err)
		}
	}
	return nil
}

func saveSeat(ctx context.Context, tx *engine.Tx, round string, s tables.Seat) error {
	_, err := tx.Exec(ctx, `INSERT INTO table_seats (round_id, person_id, tbl, stand, room, own, wants, asked, said) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (round_id, person_id) DO UPDATE SET tbl = excluded.tbl, stand = excluded.stand, room = excluded.room, own = excluded.own,
		  wants = excluded.wants, asked = excluded.asked, said = excluded.said`,
		round, s.Person, s.Table, s.Stand, s.Room, s.Own, s.Wants, s.Asked, s.Said)
	if err != nil {
		return fmt.Errorf("save a seat: %w", err)
	}
	return nil
}
