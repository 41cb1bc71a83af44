package kernelstore_test

import (
	"testing"

	"evangelist/bot/schedule"
	"evangelist/bot/schedule/scheduletest"
	"evangelist/storage/kernelstore"
	"evangelist/storage/storagetest"
)

func TestSchedules(t *testing.T) {
	for name, open := range map[string]func(testing.TB) string{"sqlite": storagetest.SQLite, "postgres": storagetest.PostgreSQL} {
		t.Run(name, func(t *testing.T) {
			scheduletest.Run(t, func(t *testing.T) schedule.Store {
				return kernelstore.NewSchedules(storagetest.Open(t, open(t)))
			})
		})
	}
}
