package slack

import (
	"strings"
	"sync"
	"time"

	"evangelist/adapters/slack/inbound"
	"evangelist/bot"
)

// known remembers names of people, channels and groups, and who is from
// elsewhere, for reading messages. It is filled by the directory and by events,
// and lives in memory: what it lacks is shown as Slack writes it.
type known struct {
	mu       sync.RWMutex
	people   map[string]inbound.Person
	channels map[string]channel
	groups   map[string]string
	changed  map[bot.AccountID]time.Time // when the newest change that was told happened
}

type channel struct {
	name    string
	private bool
}

func newKnown() *known {
	return &known{people: map[string]inbound.Person{}, channels: map[string]channel{}, groups: map[string]string{}, changed: map[bot.AccountID]time.Time{}}
}

// User implements mrkdwn.Names.
func (k *known) User(id string) string {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.people[id].Name
}

// Channel implements mrkdwn.Names.
func (k *known) Channel(id string) string {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.channels[id].name
}

// Group implements mrkdwn.Names.
func (k *known) Group(id string) string {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.groups[id]
}

// Person implements inbound.Known.
func (k *known) Person(id string) (inbound.Person, bool) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	person, ok := k.people[id]
	return person, ok
}

// Private implements inbound.Known.
func (k *known) Private(id string) bool {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.channels[id].private
}

// meet remembers what a directory says of accounts.
func (k *known) meet(facts []bot.AccountFact) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, fact := range facts {
		person := inbound.Person{Name: fact.Name, Bot: fact.Bot, External: fact.External}
		user := fact.Account.Native()
		if team, bare, foreign := strings.Cut(user, "."); foreign {
			user, person.Team = bare, team
		}
		k.people[user] = person
	}
}

// newest reports whether nothing newer than a moment was told of an account: a
// change that comes late, or again, must not undo a later one.
func (k *known) newest(account bot.AccountID, at time.Time) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if at.Before(k.changed[account]) {
		return false
	}
	k.changed[account] = at
	return true
}

// enter remembers what Slack says of channels.
func (k *known) enter(places []bot.Place) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, place := range places {
		k.channels[place.ID.Native()] = channel{name: place.Name, private: place.Kind != bot.OpenChannel}
	}
}

// join remembers what user groups are called.
func (k *known) join(groups map[string]string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.groups = groups
}
