package digeststore

import (
	"context"
	"math"
	"time"

	"evangelist/bot"
	"evangelist/digests"
	"evangelist/storage/internal/engine"
)

// The joins name their order (CROSS JOIN): from the few shares of the window to
// the rest, whatever the databases believe about sizes.
const (
	shareQuery = `SELECT s.message, s.place, s.account, s.at, s.sentence, s.private, s.external, s.added,
		l.key, l.address, l.host, l.site, l.title, l.label, l.source, l.blurb
		FROM shares s CROSS JOIN links l WHERE l.key = s.link`
	actQuery = `SELECT DISTINCT e.message, s.place, e.kind, e.account FROM shares s CROSS JOIN engagements e
		WHERE e.message = s.message AND NOT e.undone`
	usedQuery = `SELECT DISTINCT v.link, v.account FROM shares s CROSS JOIN edition_votes v
		WHERE v.link = s.link AND v.used`
	within = ` AND s.at >= $1 AND s.at < $2`
)

func scanShare(row engine.Scanner) (digests.Share, error) {
	var s digests.Share
	var ref, place string
	var at int64
	l := &s.Link
	err := row.Scan(&ref, &place, &s.Who.Account, &at, &s.Sentence, &s.Private, &s.External, &s.Added,
		&l.Key, &l.Address, &l.Host, &l.Site, &l.Title, &l.Label, &l.Source, &l.Blurb)
	s.Message, s.At = message(place, ref), engine.Time(at)
	return s, err
}

func scanAct(row engine.Scanner) (digests.Engagement, error) {
	var e digests.Engagement
	var ref, place string
	err := row.Scan(&ref, &place, &e.Kind, &e.Who.Account)
	e.Message = message(place, ref)
	return e, err
}

func scanUsed(row engine.Scanner) (digests.Engagement, error) {
	e := digests.Engagement{Kind: digests.UsedIt}
	return e, row.Scan(&e.Link, &e.Who.Account)
}

// Window implements digests.Archive.
func (s *archive) Window(ctx context.Context, from, to time.Time) (digests.Material, error) {
	until := int64(math.MaxInt64)
	if !to.IsZero() {
		until = engine.Micros(to)
	}
	var m digests.Material
	err := s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) error {
		bounds := []any{engine.Micros(from), until}
		var err error
		if m.Shares, err = engine.All(ctx, tx, scanShare, shareQuery+within, bounds...); err != nil {
			return err
		}
		if m.Engagements, err = engine.All(ctx, tx, scanAct, actQuery+within, bounds...); err != nil {
			return err
		}
		used, err := engine.All(ctx, tx, scanUsed, usedQuery+within, bounds...)
		if err != nil {
			return err
		}
		m.Engagements = append(m.Engagements, used...)
		return joinPeople(ctx, tx, &m)
	})
	return m, err
}

// joinPeople says who is behind the accounts, and leaves out what bots did.
func joinPeople(ctx context.Context, tx *engine.Tx, m *digests.Material) error {
	accounts := make([]string, 0, len(m.Shares)+len(m.Engagements))
	for _, share := range m.Shares {
		accounts = append(accounts, string(share.Who.Account))
	}
	for _, act := range m.Engagements {
		accounts = append(accounts, string(act.Who.Account))
	}
	people, bots, err := whos(ctx, tx, unique(accounts, func(a string) string { return a }))
	if err != nil {
		return err
	}
	shares, acts := m.Shares[:0], m.Engagements[:0]
	for _, share := range m.Shares {
		if id := share.Who.Account; !bots[id] {
			share.Who = people[id]
			shares = append(shares, share)
		}
	}
	for _, act := range m.Engagements {
		if id := act.Who.Account; !bots[id] {
			act.Who = people[id]
			acts = append(acts, act)
		}
	}
	m.Shares, m.Engagements = shares, acts
	return nil
}

// whos reads who is behind accounts, each with the choice that the person made
// last, on whatever account.
func whos(ctx context.Context, tx *engine.Tx, accounts []string) (map[bot.AccountID]digests.Who, map[bot.AccountID]bool, error) {
	people := make(map[bot.AccountID]digests.Who, len(accounts))
	bots := map[bot.AccountID]bool{}
	persons := map[bot.PersonID][]bot.AccountID{}
	for _, id := range accounts {
		people[bot.AccountID(id)] = digests.Who{Account: bot.AccountID(id)}
	}
	type row struct {
		digests.Who
		bot bool
	}
	err := collect(ctx, tx, func(r engine.Scanner) (row, error) {
		var w row
		return w, r.Scan(&w.Account, &w.Person, &w.Name, &w.Department, &w.bot)
	}, `SELECT a.id, a.person_id, p.name, p.department, a.bot FROM accounts a JOIN persons p ON p.id = a.person_id WHERE a.id IN (`, accounts, func(w row) {
		people[w.Account] = w.Who
		persons[w.Person] = append(persons[w.Person], w.Account)
		if w.bot {
			bots[w.Account] = true
		}
	})
	if err != nil {
		return nil, nil, err
	}
	return people, bots, joinChoices(ctx, tx, people, persons)
}

func joinChoices(ctx context.Context, tx *engine.Tx, people map[bot.AccountID]digests.Who, persons map[bot.PersonID][]bot.AccountID) error {
	type row struct {
		account bot.AccountID
		person  bot.PersonID
		choice  digests.Choice
	}
	chosen, err := engine.All(ctx, tx, func(r engine.Scanner) (row, error) {
		var c row
		return c, r.Scan(&c.account, &c.person, &c.choice)
	}, `SELECT c.account, coalesce(a.person_id, ''), c.choice FROM credits c LEFT JOIN accounts a ON a.id = c.account ORDER BY c.at, c.account`)
	for _, c := range chosen { // later choices come later and win
		for _, account := range append([]bot.AccountID{c.account}, persons[c.person]...) {
			if who, asked := people[account]; asked {
				who.Choice = c.choice
				people[account] = who
			}
		}
	}
	return err
}

// Span implements digests.Archive.
func (s *archive) Span(ctx context.Context) (oldest, newest time.Time, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) error {
		for query, moment := range map[string]*time.Time{
			`SELECT coalesce(min(at), 0) FROM shares`: &oldest,
			`SELECT coalesce(max(at), 0) FROM shares`: &newest,
		} {
			at, _, err := engine.One(ctx, tx, engine.Value[int64], query)
			if err != nil {
				return err
			}
			*moment = engine.Time(at)
		}
		return nil
	})
	return oldest, newest, err
}

// Message implements digests.Archive.
func (s *archive) Message(ctx context.Context, ref bot.MessageRef) ([]digests.Share, error) {
	var m digests.Material
	err := s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		m = digests.Material{}
		if m.Shares, err = engine.All(ctx, tx, scanShare, shareQuery+` AND s.message = $1 ORDER BY s.link`, reference(ref)); err != nil {
			return err
		}
		return joinPeople(ctx, tx, &m)
	})
	return m.Shares, err
}

// Kept implements digests.Presence.
func (s *archive) Kept(ctx context.Context, place bot.PlaceID, since time.Time) ([]bot.MessageRef, error) {
	var refs []bot.MessageRef
	err := s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		refs, err = engine.All(ctx, tx, func(row engine.Scanner) (bot.MessageRef, error) {
			var ref string
			err := row.Scan(&ref)
			return message(string(place), ref), err
		}, `SELECT message FROM shares WHERE place = $1 AND at >= $2 AND NOT added
			GROUP BY message ORDER BY min(at), message`, string(place), engine.Micros(since))
		return err
	})
	return refs, err
}

// Forget implements digests.Archive.
func (s *archive) Forget(ctx context.Context, from, to time.Time) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		for _, query := range []string{
			`UPDATE shares SET sentence = '' WHERE at >= $1 AND at < $2 AND sentence <> ''`,
			`DELETE FROM engagements WHERE message IN (SELECT message FROM shares WHERE at >= $1 AND at < $2)`,
		} {
			if _, err := tx.Exec(ctx, query, engine.Micros(from), engine.Micros(to)); err != nil {
				return err
			}
		}
		return nil
	})
}
