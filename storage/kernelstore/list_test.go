package kernelstore_test

import (
	"crypto/rand"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/storage/internal/engine"
	"evangelist/storage/kernelstore"
	"evangelist/storage/storagetest"
)

type hands struct{ now time.Time }

func (h *hands) Now() time.Time { return h.now }

// The list of all is one and the same until something in it changes; sweeps rest on
// that. What does change it is seen at once by who changed it, and within a second by
// another replica.
func TestTheListOfAll(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *engine.DB) {
		clock := &hands{time.Time(noon)}
		people, other := kernelstore.NewPeople(db, clock, rand.Reader), kernelstore.NewPeople(db, clock, rand.Reader)
		list := func(p *kernelstore.People) []bot.Person {
			t.Helper()
			all, err := p.Persons(t.Context())
			if err != nil || len(all) == 0 {
				t.Fatalf("%+v, %v", all, err)
			}
			return all
		}
		gone, there := true, false
		ada := bot.AccountFact{Account: account("u1"), Name: "Ada", Email: "ada@example.org"}
		record(t, people, ada)
		first := list(people)
		same := func(what string, want bool) {
			t.Helper()
			before := &first[0]
			if first = list(people); (&first[0] == before) != want {
				t.Errorf("%s: the same list is %t", what, !want)
			}
		}
		same("at once", true)
		clock.now = clock.now.Add(time.Hour)
		same("later", true)
		record(t, people, ada)
		same("the same fact again", true)
		record(t, people, bot.AccountFact{Account: account("u2"), Name: "Ben"})
		same("somebody new", false)
		if err := people.Change(t.Context(), first[0].ID, func(p *bot.Person) ([]bot.Delivery, error) { p.Roles = []bot.Role{bot.Lead}; return nil, nil }); err != nil {
			t.Fatal(err)
		}
		same("a role", false)
		record(t, people, bot.AccountFact{Email: "ada@example.org", Inactive: &gone})
		if same("a register of people says that somebody left", false); !first[0].Inactive {
			t.Errorf("%+v", first[0])
		}
		record(t, people, bot.AccountFact{Account: account("u1"), Inactive: &there})
		if same("the account that is there says that nobody left", false); first[0].Inactive {
			t.Errorf("%+v", first[0])
		}
		if db.Dialect() == engine.SQLite {
			return // one process writes
		}
		list(other)
		record(t, people, bot.AccountFact{Account: account("u3"), Name: "Cy"})
		clock.now = clock.now.Add(time.Second)
		if all := list(other); len(all) != 3 {
			t.Errorf("another replica sees %d", len(all))
		}
	})
}
