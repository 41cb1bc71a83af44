package impactstore

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"evangelist/bot"
	"evangelist/bot/impact"
	"evangelist/storage/internal/engine"
)

type facts struct{ db *engine.DB }

const colleagueQuery = `SELECT p.id, p.department FROM persons p WHERE NOT p.inactive
	AND NOT EXISTS (SELECT 1 FROM accounts a WHERE a.person_id = p.id AND (a.bot OR a.external))
	ORDER BY p.id COLLATE "C"`

func scanColleague(row engine.Scanner) (impact.Colleague, error) {
	var c impact.Colleague
	err := row.Scan(&c.Person, &c.Department)
	return c, err
}

// Colleagues implements impact.Facts.
func (s facts) Colleagues(ctx context.Context) ([]impact.Colleague, error) {
	return list(ctx, s.db, scanColleague, colleagueQuery)
}

// Gather implements impact.Facts.
func (s facts) Gather(ctx context.Context, from, to time.Time) (impact.Gathered, error) {
	var g impact.Gathered
	err := s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) error {
		g = impact.Gathered{}
		look := looking{ctx, tx, engine.Micros(from), engine.Micros(to), from.Format(time.DateOnly), to.Format(time.DateOnly)}
		for _, part := range []func(*impact.Gathered) error{
			look.colleagues, look.editions, look.shares, look.votes, look.voices, look.members, look.learnings, look.needs, look.resources, look.pilots,
		} {
			if err := part(&g); err != nil {
				return err
			}
		}
		return nil
	})
	return g, err
}

// looking is one look at a period.
type looking struct {
	ctx      context.Context
	tx       *engine.Tx
	from, to int64
	// The first day, and the day after the last, in the zone of the period.
	first, after string
}

// all reads the rows of a query about the period, which is from $1 to $2.
func all[T any](l looking, scan func(engine.Scanner) (T, error), query string) ([]T, error) {
	return engine.All(l.ctx, l.tx, scan, query, l.from, l.to)
}

func (l looking) colleagues(g *impact.Gathered) (err error) {
	g.Colleagues, err = engine.All(l.ctx, l.tx, scanColleague, colleagueQuery)
	return err
}

func (l looking) editions(g *impact.Gathered) (err error) {
	g.Editions, err = all(l, func(row engine.Scanner) (impact.Edition, error) {
		var e impact.Edition
		var due, opened, approved, published int64
		err := row.Scan(&due, &opened, &approved, &published, &e.Out)
		e.Due, e.Opened, e.Approved, e.Published = engine.Time(due), engine.Time(opened), engine.Time(approved), engine.Time(published)
		return e, err
	}, `SELECT due, opened_at, approved_at, published_at, state = 'published' FROM editions
		WHERE due >= $1 AND due < $2 OR published_at >= $1 AND published_at < $2 ORDER BY due, id COLLATE "C"`)
	return err
}

func scanAct(row engine.Scanner) (impact.Act, error) {
	var a impact.Act
	err := row.Scan(&a.Person, &a.Thing)
	return a, err
}

// shares leaves out what was said in private channels and what came from another
// organisation. What was taken out again has no row.
func (l looking) shares(g *impact.Gathered) (err error) {
	g.Shares, err = all(l, scanAct, `SELECT DISTINCT a.person_id, s.link FROM shares s JOIN accounts a ON a.id = s.account
		WHERE s.at >= $1 AND s.at < $2 AND NOT s.private AND NOT s.external AND NOT a.bot AND NOT a.external ORDER BY 1, 2`)
	return err
}

func (l looking) votes(g *impact.Gathered) (err error) {
	g.Votes, err = all(l, func(row engine.Scanner) (impact.Vote, error) {
		var v impact.Vote
		err := row.Scan(&v.Person, &v.Thing, &v.Used)
		return v, err
	}, `SELECT DISTINCT a.person_id, v.link, v.used FROM edition_votes v JOIN accounts a ON a.id = v.account
		WHERE v.at >= $1 AND v.at < $2 AND NOT a.bot AND NOT a.external ORDER BY 1, 2, 3`)
	return err
}

func (l looking) voices(g *impact.Gathered) (err error) {
	g.Voices, err = all(l, func(row engine.Scanner) (impact.Voice, error) {
		var v impact.Voice
		var arrived, closed int64
		err := row.Scan(&v.Reference, &v.Concern, &v.Answered, &v.Declined, &arrived, &closed, &v.Summary, &v.Outcome, &v.Unpublished)
		v.Arrived, v.Closed = engine.Time(arrived), engine.Time(closed)
		return v, err
	}, `SELECT reference, kind = 'concern', state = 'answered', state = 'refused', arrived, closed, summary, outcome, unpublished
		FROM voices WHERE arrived >= $1 AND arrived < $2 OR closed >= $1 AND closed < $2 ORDER BY closed, reference COLLATE "C"`)
	return err
}

func (l looking) members(g *impact.Gathered) (err error) {
	g.Members, err = engine.All(l.ctx, l.tx, func(row engine.Scanner) (impact.Member, error) {
		var m impact.Member
		err := row.Scan(&m.Person)
		return m, err
	}, `SELECT person_id FROM evangelists WHERE part IN ('lead', 'support') AND since < $1 ORDER BY person_id COLLATE "C"`, l.to)
	return err
}

func (l looking) learnings(g *impact.Gathered) (err error) {
	g.Learnings, err = all(l, func(row engine.Scanner) (impact.Learning, error) {
		var one impact.Learning
		err := row.Scan(&one.Person, &one.Words, &one.About, &one.Name, &one.Department, &one.Named)
		return one, err
	}, `SELECT l.person_id, l.words, l.about, coalesce(p.name, ''), l.department, l.consent = 'name'
		FROM learnings l LEFT JOIN persons p ON p.id = l.person_id
		WHERE l.created_at >= $1 AND l.created_at < $2 AND l.consent IN ('name', 'unnamed') ORDER BY l.created_at, l.id COLLATE "C"`)
	return err
}

func (l looking) needs(g *impact.Gathered) (err error) {
	g.Needs, err = all(l, func(row engine.Scanner) (impact.Need, error) {
		var n impact.Need
		var opened, closed int64
		err := row.Scan(&n.Person, &n.Title, &n.Refused, &n.Reason, &opened, &closed)
		n.Opened, n.Closed = engine.Time(opened), engine.Time(closed)
		return n, err
	}, `SELECT person_id, title, state = 'refused', reason, opened_at, closed_at FROM network_requests
		WHERE opened_at < $2 AND (closed_at = 0 OR closed_at >= $1) ORDER BY opened_at, id COLLATE "C"`)
	return err
}

// resources are those that were decided; days are days in the zone of the period.
func (l looking) resources(g *impact.Gathered) (err error) {
	g.Resources, err = engine.All(l.ctx, l.tx, func(row engine.Scanner) (impact.Resource, error) {
		var r impact.Resource
		err := row.Scan(&r.Person, &r.Thing, &r.Granted, &r.Days)
		return r, err
	}, `SELECT person_id, id, outcome = 'granted', days FROM mandate_resources
		WHERE outcome IN ('granted', 'partly', 'not-granted') AND decided_on >= $1 AND decided_on < $2 ORDER BY id COLLATE "C"`, l.first, l.after)
	return err
}

// piloted is a pilot with the people whom its story thanks.
type piloted struct {
	impact.Pilot
	named []thanked
}

type thanked struct {
	Person  bot.PersonID `json:"person"`
	Consent string       `json:"consent"`
}

func scanPilot(row engine.Scanner) (piloted, error) {
	var p piloted
	var started, decided int64
	var named string
	err := row.Scan(&p.Title, &started, &decided, &p.Choice, &p.Reason, &p.Story.Title, &p.Story.Words, &p.Story.Outcome, &p.Story.Offered, &named)
	if err != nil {
		return p, err
	}
	p.Started, p.Decided = engine.Time(started), engine.Time(decided)
	if named != "" {
		if err := json.Unmarshal([]byte(named), &p.named); err != nil {
			return p, fmt.Errorf("read whom a story thanks: %w", err)
		}
	}
	return p, nil
}

func (l looking) pilots(g *impact.Gathered) error {
	found, err := all(l, scanPilot, `SELECT p.title, p.started_at, p.decided_at, p.choice, p.reason,
		coalesce(s.title, ''), coalesce(s.words, ''), coalesce(s.outcome, ''), coalesce(s.state, '') = 'offered', coalesce(s.named, '')
		FROM pilots p LEFT JOIN stories s ON s.pilot_id = p.id
		WHERE p.started_at > 0 AND p.started_at < $2 AND (p.decided_at = 0 OR p.decided_at >= $1) AND p.state <> 'dropped'
		ORDER BY p.started_at, p.id COLLATE "C"`)
	if err != nil || len(found) == 0 {
		return err
	}
	names, err := l.names(found)
	if err != nil {
		return err
	}
	for _, p := range found {
		for _, t := range p.named {
			p.Story.Credits = append(p.Story.Credits, impact.Credit{Name: names[t.Person], Named: t.Consent == "name"})
		}
		g.Pilots = append(g.Pilots, p.Pilot)
	}
	return nil
}

// names reads the names of those whom stories thank by name.
func (l looking) names(found []piloted) (map[bot.PersonID]string, error) {
	var ids []any
	for _, p := range found {
		for _, t := range p.named {
			if t.Consent == "name" {
				ids = append(ids, string(t.Person))
			}
		}
	}
	type named struct {
		id   bot.PersonID
		name string
	}
	rows, err := engine.All(l.ctx, l.tx, func(row engine.Scanner) (named, error) {
		var n named
		err := row.Scan(&n.id, &n.name)
		return n, err
	}, `SELECT id, name FROM persons WHERE id IN (`+engine.In(len(ids), 1)+`)`, ids...)
	names := map[bot.PersonID]string{}
	for _, row := range rows {
		names[row.id] = row.name
	}
	return names, err
}
