package kernelstore

import (
	"context"
	"fmt"

	"evangelist/bot"
	"evangelist/storage/internal/engine"
)

// Record implements bot.People. All facts are kept in one transaction.
func (s *People) Record(ctx context.Context, facts []bot.AccountFact) (int, error) {
	var changed int
	defer func() {
		s.actors.Forget() // another replica may have recorded the account
		if changed > 0 {
			s.all.Forget()
		}
	}()
	err := s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		changed = 0
		for _, fact := range facts {
			did, err := s.record(ctx, tx, tidy(fact))
			if err != nil {
				return err
			}
			if did {
				changed++
			}
		}
		return nil
	})
	return changed, err
}

// tidy cuts what comes from outside to what a register holds.
func tidy(f bot.AccountFact) bot.AccountFact {
	for _, field := range []*string{&f.Name, &f.Department, &f.Level, &f.Title} {
		*field = bot.Clean(*field, 200)
	}
	f.Email, f.Manager = foldEmail(bot.Clean(f.Email, 254)), foldEmail(bot.Clean(f.Manager, 254))
	return f
}

func (s *People) record(ctx context.Context, tx *engine.Tx, fact bot.AccountFact) (bool, error) {
	if fact.Account == "" && fact.Email == "" {
		return false, nil
	}
	account, hasAccount, err := s.account(ctx, tx, fact.Account)
	if err != nil {
		return false, err
	}
	person, hasPerson, err := s.personOf(ctx, tx, fact, account, hasAccount)
	if err != nil {
		return false, err
	}
	before := person
	if !hasPerson {
		id, err := bot.NewID(s.clock.Now(), s.random)
		if err != nil {
			return false, err
		}
		person = bot.Person{ID: bot.PersonID(id), Name: fact.Name}
	}
	complete(&person, fact)
	changed := !hasPerson || differs(before, person)
	if changed {
		if err := savePerson(ctx, tx, person); err != nil {
			return false, err
		}
	}
	if fact.Account == "" {
		return changed, nil
	}
	moved, err := s.saveAccount(ctx, tx, fact, person.ID, account, hasAccount)
	if err != nil {
		return false, err
	}
	settled, err := settleActivity(ctx, tx, person.ID)
	return changed || moved || settled, err
}

func (s *People) account(ctx context.Context, tx *engine.Tx, id bot.AccountID) (bot.Account, bool, error) {
	if id == "" {
		return bot.Account{}, false, nil
	}
	return engine.One(ctx, tx, scanAccount, accountQuery+` WHERE id = $1`, string(id))
}

// personOf finds whom a fact is about: by e-mail first, else by the account. An
// account whose person has another e-mail belongs to the new e-mail's person.
func (s *People) personOf(ctx context.Context, tx *engine.Tx, fact bot.AccountFact, account bot.Account, hasAccount bool) (bot.Person, bool, error) {
	if fact.Email != "" {
		person, known, err := personByEmail(ctx, tx, fact.Email)
		if err != nil || known {
			return person, known, err
		}
	}
	if !hasAccount {
		return bot.Person{}, false, nil
	}
	return engine.One(ctx, tx, scanPerson, `SELECT `+personColumns+` FROM persons p WHERE p.id = $1`, string(account.Person))
}

// complete fills in what the fact says; empty fields say nothing.
func complete(p *bot.Person, fact bot.AccountFact) {
	for _, pair := range []struct {
		to   *string
		from string
	}{{&p.Name, fact.Name}, {&p.Email, fact.Email}, {&p.Department, fact.Department}, {&p.Level, fact.Level}, {&p.Title, fact.Title}, {&p.Manager, fact.Manager}} {
		if pair.from != "" {
			*pair.to = pair.from
		}
	}
	if p.Name == "" {
		p.Name = p.Email
	}
	if p.Name == "" {
		p.Name = "Somebody"
	}
	if fact.Account == "" && fact.Inactive != nil {
		p.Inactive = *fact.Inactive
	}
}

func differs(a, b bot.Person) bool {
	return a.Name != b.Name || a.Email != b.Email || a.Department != b.Department || a.Level != b.Level ||
		a.Title != b.Title || a.Manager != b.Manager || a.Inactive != b.Inactive
}

func (s *People) saveAccount(ctx context.Context, tx *engine.Tx, fact bot.AccountFact, person bot.PersonID, old bot.Account, known bool) (bool, error) {
	account := bot.Account{ID: fact.Account, Person: person, Name: fact.Name, External: fact.External, Bot: fact.Bot}
	if known {
		account.Inactive = old.Inactive
		account.External = old.External || fact.External
		account.Bot = old.Bot || fact.Bot
		if account.Name == "" {
			account.Name = old.Name
		}
	}
	if fact.Inactive != nil {
		account.Inactive = *fact.Inactive
	}
	if known && account == old {
		return false, nil
	}
	_, err := tx.Exec(ctx, `INSERT INTO accounts (id, person_id, platform, name, inactive, external, bot)
		VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (id) DO UPDATE SET person_id = excluded.person_id, name = excluded.name,
		inactive = excluded.inactive, external = excluded.external, bot = excluded.bot`,
		string(account.ID), string(account.Person), account.ID.Platform(), account.Name, account.Inactive, account.External, account.Bot)
	if err != nil {
		return false, fmt.Errorf("save an account: %w", err)
	}
	return true, nil
}

// settleActivity makes a person inactive exactly when every account is, and reports
// whether that changed anything.
func settleActivity(ctx context.Context, tx *engine.Tx, person bot.PersonID) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE persons SET inactive = NOT EXISTS (SELECT 1 FROM accounts a WHERE a.person_id = persons.id AND NOT a.inactive)
		WHERE id = $1 AND inactive <> (NOT EXISTS (SELECT 1 FROM accounts a WHERE a.person_id = persons.id AND NOT a.inactive))`, string(person))
	if err != nil {
		return false, fmt.Errorf("settle a person's activity: %w", err)
	}
	return n > 0, nil
}
