package teams_test

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"evangelist/adapters/adaptertest"
	"evangelist/adapters/teams"
	"evangelist/adapters/teams/cards"
	"evangelist/adapters/teams/connector"
	"evangelist/adapters/teams/teamstest"
	"evangelist/bot"
)

// ticking is a clock of which each reading is later than all before.
type ticking struct {
	mu  sync.Mutex
	now time.Time
}

func newTicking() *ticking { return &ticking{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)} }

func (c *ticking) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(time.Millisecond)
	return c.now
}

func (c *ticking) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// desk is the bot of a test: it remembers what it is told and answers as it is
// told to.
type desk struct {
	mu      sync.Mutex
	asked   []bot.Invocation
	seen    []bot.Sighting
	people  []bot.AccountFact
	places  map[bot.PlaceID]bot.Place
	notes   map[string]string
	reply   func(bot.Invocation) bot.Reply
	view    func(bot.View) (bot.Message, error)
	answers chan bot.Invocation
}

func (d *desk) handlers() bot.Handlers {
	return bot.Handlers{
		Invoke: func(_ context.Context, in bot.Invocation) bot.Reply {
			d.mu.Lock()
			d.asked = append(d.asked, in)
			reply := d.reply
			d.mu.Unlock()
			defer func() { d.answers <- in }()
			if reply == nil {
				return bot.Nothing{}
			}
			return reply(in)
		},
		Hear: func(_ context.Context, batch []bot.Sighting) error {
			d.mu.Lock()
			defer d.mu.Unlock()
			d.seen = append(d.seen, batch...)
			return nil
		},
		View: func(_ context.Context, view bot.View) (bot.Message, int64, error) {
			message, err := d.view(view)
			return message, 1, err
		},
		Commands: func() []bot.Command {
			form := func(context.Context, bot.Invocation) (*bot.Form, error) { return nil, nil }
			return []bot.Command{{Name: "worry", Title: "Raise a concern", Form: form}, {Name: "up"}, {Name: "save", Title: "Save to digest"}}
		},
		Person: func(_ context.Context, account bot.AccountID) (bot.PersonID, error) {
			d.mu.Lock()
			defer d.mu.Unlock()
			for _, fact := range d.people {
				if fact.Account == account {
					return bot.PersonID("person-" + account.Native()), nil
				}
			}
			return "", nil
		},
		Accounts: func(_ context.Context, person bot.PersonID) ([]bot.AccountID, error) {
			native, ok := strings.CutPrefix(string(person), "person-")
			if !ok {
				return nil, nil
			}
			return []bot.AccountID{bot.NewAccountID(teams.Name, native)}, nil
		},
		Record: func(_ context.Context, facts []bot.AccountFact) error {
			d.mu.Lock()
			defer d.mu.Unlock()
			d.people = append(d.people, facts...)
			return nil
		},
		Observe: func(_ context.Context, places []bot.Place) error {
			d.mu.Lock()
			defer d.mu.Unlock()
			for _, place := range places {
				d.places[place.ID] = place
			}
			return nil
		},
		Places: func(context.Context) ([]bot.Place, error) {
			d.mu.Lock()
			defer d.mu.Unlock()
			var all []bot.Place
			for _, place := range d.places {
				all = append(all, place)
			}
			return all, nil
		},
		Recall: func(_ context.Context, name string) (string, error) {
			d.mu.Lock()
			defer d.mu.Unlock()
			return d.notes[name], nil
		},
		Note: func(_ context.Context, name, value string) error {
			d.mu.Lock()
			defer d.mu.Unlock()
			d.notes[name] = value
			return nil
		},
	}
}

// house is a pretend tenant with a team of two channels, and the adapter in it.
type house struct {
	*teamstest.Teams
	*teams.Adapter
	desk        *desk
	clock       *ticking
	ada, ben    teamstest.User
	team        teamstest.Team
	finds, help string
	log         *strings.Builder
}

func openHouse(t testing.TB, change ...func(*teams.Config)) *house {
	t.Helper()
	h := &house{clock: newTicking(), log: &strings.Builder{}, desk: &desk{places: map[bot.PlaceID]bot.Place{}, notes: map[string]string{}, answers: make(chan bot.Invocation, 1000)}}
	h.Teams = teamstest.New(t, teamstest.Config{Clock: h.clock})
	h.ada, h.ben = h.AddUser(teamstest.User{Name: "Ada", Email: "ada@example.org"}), h.AddUser(teamstest.User{Name: "Ben", Email: "ben@example.org"})
	h.team = h.AddTeam("Finds", h.ada, h.ben)
	h.finds, h.help = h.team.General, h.AddChannel(h.team, "Help")
	h.Consent(h.team, true)
	h.join(t, change...)
	if _, err := h.As(h.ada).Install(t.Context(), h.finds); err != nil {
		t.Fatal(err)
	}
	return h
}

// join starts an adapter, a new one after a restart.
func (h *house) join(t testing.TB, change ...func(*teams.Config)) {
	t.Helper()
	config := teams.Config{
		AppID: h.AppID(), TenantID: h.TenantID(), Credential: connector.Secret(h.Secret()), ServiceHosts: []string{h.Host()},
		MetadataURL: h.MetadataURL(), TokenURL: h.TokenURL(), Graph: true, GraphURL: h.GraphURL(), Organisation: "Tidewater Council",
		BaseURL: "https://evangelist.example", Clock: h.clock, Random: rand.Reader, Log: slog.New(slog.DiscardHandler),
	}
	for _, f := range change {
		f(&config)
	}
	adapter, err := teams.New(config)
	if err != nil {
		t.Fatal(err)
	}
	h.Adapter = adapter
	adapter.Join(h.desk.handlers())
	if _, err := adapter.Identify(t.Context()); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(adapter)
	t.Cleanup(server.Close)
	h.SetBot(server.URL + "/api/messages")
}

func place(conversation string) bot.PlaceID { return bot.NewPlaceID(teams.Name, conversation) }

func account(u teamstest.User) bot.AccountID { return bot.NewAccountID(teams.Name, u.ID) }

// shown are the words of a message of the bot.
func shown(m teamstest.Message) string {
	var all []string
	for _, card := range m.Cards {
		words, err := cards.Words(card)
		if err != nil {
			return err.Error()
		}
		all = append(all, words)
	}
	return strings.Join(append(all, m.Text), "\n")
}

func TestConformance(t *testing.T) {
	adaptertest.Run(t, func(t *testing.T) adaptertest.Fixture {
		h := openHouse(t)
		elsewhere := h.AddTeam("Elsewhere", h.ada)
		return adaptertest.Fixture{
			Platform: h.Tenant, Place: place(h.finds), Other: place(h.help), Alone: true,
			Forbidden: []bot.PlaceID{place(elsewhere.General), place("19:nowhere@thread.tacv2"), place(""), bot.NewPlaceID("elsewhere", h.finds)},
			People:    []bot.AccountID{account(h.ada), account(h.ben)},
			Now:       h.clock.Now,
			Words:     func(part bot.Part) (string, error) { return cards.Words(part.Payload) },
			Inert:     func(part bot.Part) error { return cards.Inert(part.Payload) },
			MaxBytes:  cards.MaxBytes,
			Seen: func(ref bot.MessageRef) (string, bool) {
				m, there := h.Message(ref.Native)
				return shown(m), there && !m.Deleted
			},
			Private: func(who bot.AccountID) []string {
				var seen []string
				for _, m := range h.Messages(h.finds) {
					if m.To == who.Native() {
						seen = append(seen, shown(m))
					}
				}
				return seen
			},
		}
	})
}
