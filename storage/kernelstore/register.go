package kernelstore

import (
	"sync"
	"time"

	"evangelist/bot"
)

// register keeps the list of all persons in memory, because forms ask for it
// with every request. A write of this process empties it; a write of another
// replica is seen within staleness.
type register struct {
	mu         sync.Mutex
	generation int
	persons    []bot.Person
	until      time.Time
}

const staleness = time.Second

// get returns the list if it is fresh, and the generation to hand to put.
func (r *register) get(now time.Time) (persons []bot.Person, generation int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.persons != nil && now.Before(r.until) && !now.Before(r.until.Add(-staleness)) {
		return r.persons, r.generation
	}
	return nil, r.generation
}

// put keeps a list that was read since get, unless somebody wrote meanwhile.
func (r *register) put(persons []bot.Person, generation int, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if generation == r.generation {
		r.persons, r.until = persons, now.Add(staleness)
	}
}

// forget is called after every write, and whatever became of it.
func (r *register) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.generation++
	r.persons = nil
}
