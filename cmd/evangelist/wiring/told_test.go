package wiring_test

import (
	"testing"

	"evangelist/bot"
	"evangelist/bot/network"
	"evangelist/digests"
	"evangelist/storage/digeststore"
	"evangelist/storage/storagetest"
)

// What a published edition told is offered to no later one.
func TestWhatAnEditionToldIsMarked(t *testing.T) {
	t.Parallel()
	db, clock := storagetest.Memory(t), &fixedClock{noon}
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	f, people, _ := joined(t, db, clock)
	_, err := people.Record(t.Context(), []bot.AccountFact{{Account: account("author"), Name: "Authorperson"}})
	ok(err)
	author, err := people.Actor(t.Context(), account("author"))
	ok(err)
	for _, id := range []string{"told", "new"} {
		ok(f.Network.Stores.Learnings.Add(t.Context(), network.Learning{ID: id, Source: "test/" + id, Words: "What worked.", Person: author.Person, Consent: network.ParseConsent("name"), Created: noon.AddDate(0, 0, -1)}))
	}
	offered := func() int {
		t.Helper()
		told, err := f.Network.Learned(t.Context(), noon.AddDate(0, -1, 0), noon.AddDate(0, 0, 1))
		ok(err)
		return len(told)
	}
	if offered() != 2 {
		t.Fatalf("%d are offered at first", offered())
	}
	publish(t, digeststore.New(db, clock), noon, digests.Section{Key: "learned", Heading: "Learned", Items: []digests.SectionItem{{ID: "told"}}}, digests.Section{Key: "heard", Heading: "Heard and answered", Items: []digests.SectionItem{{ID: "new"}}})
	for range 2 {
		for _, sweep := range f.Sweeps() {
			_, err := sweep.Run(t.Context())
			ok(err)
		}
	}
	if offered() != 1 {
		t.Errorf("%d are offered after an edition that told one", offered())
	}
}
