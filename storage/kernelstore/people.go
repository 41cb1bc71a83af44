package kernelstore

import (
	"context"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"evangelist/bot"
	"evangelist/storage/internal/cache"
	"evangelist/storage/internal/engine"
	"evangelist/storage/internal/outbox"
)

// People implements bot.People.
type People struct {
	db     *engine.DB
	clock  bot.Clock
	random io.Reader
	all    cache.Cache[struct{}, []bot.Person]
	actors cache.Cache[bot.AccountID, bot.Actor]

	mu   sync.Mutex
	last []bot.Person // the list of all that was handed out last
}

// NewPeople returns the register of people in db.
func NewPeople(db *engine.DB, clock bot.Clock, random io.Reader) *People {
	return &People{db: db, clock: clock, random: random}
}

func (s *People) forget() {
	s.all.Forget()
	s.actors.Forget()
}

const personColumns = `p.id, p.name, coalesce(p.email, ''), p.department, p.level, p.title, p.manager, p.roles, p.inactive, p.contact,
	EXISTS (SELECT 1 FROM accounts a WHERE a.person_id = p.id) AND NOT EXISTS (SELECT 1 FROM accounts a WHERE a.person_id = p.id AND NOT a.bot AND NOT a.external)`

func scanPerson(row engine.Scanner) (bot.Person, error) {
	var p bot.Person
	var roles, contact string
	err := row.Scan(&p.ID, &p.Name, &p.Email, &p.Department, &p.Level, &p.Title, &p.Manager, &roles, &p.Inactive, &contact, &p.Outside)
	if err != nil {
		return p, err
	}
	if p.Roles, err = engine.FromJSON[[]bot.Role](roles); err != nil {
		return p, err
	}
	p.Contact, err = engine.FromJSON[bot.Contact](contact)
	return p, err
}

// Actor implements bot.People. It may be a second old where several replicas
// write.
func (s *People) Actor(ctx context.Context, id bot.AccountID) (bot.Actor, error) {
	return s.actors.Through(id, s.clock.Now(), func() (bot.Actor, error) { return s.actor(ctx, id) })
}

func (s *People) actor(ctx context.Context, id bot.AccountID) (bot.Actor, error) {
	actor := bot.Actor{Account: id}
	err := s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) error {
		account, known, err := engine.One(ctx, tx, scanAccount, accountQuery+` WHERE id = $1`, string(id))
		if err != nil || !known {
			return err
		}
		person, _, err := engine.One(ctx, tx, scanPerson, `SELECT `+personColumns+` FROM persons p WHERE p.id = $1`, string(account.Person))
		if err != nil {
			return err
		}
		actor.Person, actor.Name, actor.Roles = person.ID, person.Name, person.Roles
		actor.External, actor.Inactive = account.External, account.Inactive || account.Bot || person.Inactive
		return nil
	})
	return actor, err
}

const accountQuery = `SELECT id, person_id, name, inactive, external, bot FROM accounts`

func scanAccount(row engine.Scanner) (bot.Account, error) {
	var a bot.Account
	err := row.Scan(&a.ID, &a.Person, &a.Name, &a.Inactive, &a.External, &a.Bot)
	return a, err
}

// Person implements bot.People.
func (s *People) Person(ctx context.Context, id bot.PersonID) (bot.Person, error) {
	persons, err := s.Persons(ctx, id)
	if err == nil && len(persons) == 0 {
		err = bot.ErrNotFound
	}
	if err != nil {
		return bot.Person{}, err
	}
	return persons[0], nil
}

// Persons implements bot.People. The list of all persons may be a second old
// where several replicas write; it is one and the same list until something in it
// changes.
func (s *People) Persons(ctx context.Context, ids ...bot.PersonID) ([]bot.Person, error) {
	if len(ids) > 0 {
		args := make([]any, len(ids))
		for i, id := range ids {
			args[i] = string(id)
		}
		return s.persons(ctx, ` WHERE p.id IN (`+engine.In(len(ids), 1)+`)`, args...)
	}
	now := s.clock.Now()
	if s.db.Dialect() == engine.SQLite {
		now = time.Time{} // only this process writes, so what is kept does not grow old
	}
	return s.all.Through(struct{}{}, now, func() ([]bot.Person, error) {
		read, err := s.persons(ctx, "")
		if err != nil {
			return nil, err
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if !reflect.DeepEqual(read, s.last) {
			s.last = read
		}
		return s.last, nil
	})
}

func (s *People) persons(ctx context.Context, where string, args ...any) (persons []bot.Person, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		persons, err = engine.All(ctx, tx, scanPerson, `SELECT `+personColumns+` FROM persons p`+where+` ORDER BY p.name COLLATE "C", p.id COLLATE "C"`, args...)
		return err
	})
	return persons, err
}

// Accounts lists the accounts of a person that are active and no bots.
func (s *People) Accounts(ctx context.Context, id bot.PersonID) ([]bot.Account, error) {
	var accounts []bot.Account
	err := s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		accounts, err = engine.All(ctx, tx, scanAccount, accountQuery+` WHERE person_id = $1 AND NOT inactive AND NOT bot ORDER BY id`, string(id))
		return err
	})
	return accounts, err
}

// ByEmail returns the person with an e-mail address, or bot.ErrNotFound.
func (s *People) ByEmail(ctx context.Context, email string) (bot.Person, error) {
	var person bot.Person
	var known bool
	err := s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		person, known, err = personByEmail(ctx, tx, foldEmail(email))
		return err
	})
	if err == nil && !known {
		err = bot.ErrNotFound
	}
	return person, err
}

func personByEmail(ctx context.Context, tx *engine.Tx, email string) (bot.Person, bool, error) {
	return engine.One(ctx, tx, scanPerson, `SELECT `+personColumns+` FROM persons p WHERE p.email = $1`, email)
}

func foldEmail(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

// Change implements bot.People.
func (s *People) Change(ctx context.Context, id bot.PersonID, rule func(*bot.Person) ([]bot.Delivery, error)) error {
	defer s.forget()
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		person, known, err := engine.One(ctx, tx, scanPerson, `SELECT `+personColumns+` FROM persons p WHERE p.id = $1`, string(id))
		if err != nil {
			return err
		}
		if !known {
			return bot.ErrNotFound
		}
		deliveries, err := rule(&person)
		if err != nil {
			return err
		}
		if err := savePerson(ctx, tx, person); err != nil {
			return err
		}
		return outbox.Add(ctx, tx, s.clock.Now(), deliveries)
	})
}

func savePerson(ctx context.Context, tx *engine.Tx, p bot.Person) error {
	slices.Sort(p.Roles)
	roles, err := engine.ToJSON(slices.Compact(p.Roles))
	if err != nil {
		return err
	}
	if len(p.Roles) == 0 {
		roles = "[]"
	}
	contact, err := engine.ToJSON(p.Contact)
	if err != nil {
		return err
	}
	var email any
	if p.Email = foldEmail(p.Email); p.Email != "" {
		email = p.Email
	}
	_, err = tx.Exec(ctx, `INSERT INTO persons (id, name, email, department, level, title, manager, roles, inactive, contact)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, email = excluded.email, department = excluded.department,
		level = excluded.level, title = excluded.title, manager = excluded.manager, roles = excluded.roles,
		inactive = excluded.inactive, contact = excluded.contact`,
		string(p.ID), p.Name, email, p.Department, p.Level, p.Title, p.Manager, roles, p.Inactive, contact)
	if err != nil {
		return fmt.Errorf("save a person: %w", err)
	}
	return nil
}
