package teams_test

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"evangelist/adapters/teams"
	"evangelist/adapters/teams/teamstest"
	"evangelist/bot"
)

// logbook is a log that can be read while it is written.
type logbook struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logbook) has(words string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Contains(l.text.String(), words)
}

func roster(c *teams.Config) { c.Graph = false }

// restart begins a new process that reads the directory once, and returns whether
// that succeeded. change may be nil.
func (h *house) restart(t *testing.T, change ...func(*teams.Config)) bool {
	t.Helper()
	h.join(t, change...)
	return h.night(t)
}

// night has the directory read once.
func (h *house) night(t *testing.T) bool {
	t.Helper()
	log := &logbook{}
	h.Log = slog.New(slog.NewTextHandler(log, nil))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); _ = h.Run(ctx) }()
	const good, bad = "the directory of Teams was read", "the people on Teams could not be read"
	eventually(t, "the directory is read", func() bool { return log.has(good) || log.has(bad) })
	cancel()
	<-ended
	return log.has(good)
}

func (h *house) at(conversation string) bot.Place {
	h.desk.mu.Lock()
	defer h.desk.mu.Unlock()
	return h.desk.places[place(conversation)]
}

// seen are the sightings of a kind since it was asked last.
func (h *house) sightings(kinds ...bot.SightingKind) []bot.Sighting {
	h.desk.mu.Lock()
	defer h.desk.mu.Unlock()
	all := slices.DeleteFunc(slices.Clone(h.desk.seen), func(s bot.Sighting) bool { return !slices.Contains(kinds, s.Kind) })
	h.desk.seen = nil
	return all
}

// left are the conversations of which it was told that the bot left, sorted.
func (h *house) left() []string {
	var all []string
	for _, s := range h.sightings(bot.Left) {
		all = append(all, s.Message.Place.Native())
	}
	slices.Sort(all)
	return all
}

func sorted(all ...string) []string { slices.Sort(all); return all }

// known reports whether somebody's address was recorded.
func (h *house) knows(u teamstest.User) bool {
	h.desk.mu.Lock()
	defer h.desk.mu.Unlock()
	return slices.ContainsFunc(h.desk.people, func(f bot.AccountFact) bool { return f.Account == account(u) && f.Email != "" })
}

// forget forgets who was recorded.
func (h *house) forget() {
	h.desk.mu.Lock()
	defer h.desk.mu.Unlock()
	h.desk.people = nil
}

func taken(t *testing.T) func(teamstest.Delivery, error) {
	return func(d teamstest.Delivery, err error) {
		t.Helper()
		if err != nil || !d.Reached || d.Status != http.StatusAccepted {
			t.Fatalf("%v, reached: %v, %d", err, d.Reached, d.Status)
		}
	}
}

func each(t *testing.T, test func(t *testing.T, change ...func(*teams.Config))) {
	t.Run("graph", func(t *testing.T) { test(t) })
	t.Run("roster", func(t *testing.T) { test(t, roster) })
}

// What went away while the program was down is left, and fails nothing.
func TestWhatWentAwayIsLeft(t *testing.T) {
	each(t, func(t *testing.T, change ...func(*teams.Config)) {
		h := openHouse(t, change...)
		chat, gone := h.AddChat(h.ada, h.ben), h.AddTeam("Gone", h.ben)
		for _, where := range []string{chat, gone.ID} {
			if _, err := h.As(h.ben).Install(t.Context(), where); err != nil {
				t.Fatal(err)
			}
		}
		eventually(t, "the rosters are read", func() bool { return h.knows(h.ada) && h.knows(h.ben) })
		h.DropChannel(h.help)
		h.Remove(chat)
		h.DropTeam(gone, true)
		h.sightings()
		h.forget()
		if !h.restart(t, change...) {
			t.Error("what went away counts as a failure")
		}
		if got, want := h.left(), sorted(h.help, chat, gone.General); !slices.Equal(got, want) {
			t.Errorf("left %q, want %q", got, want)
		}
		if h.at(h.help).Member || h.at(chat).Member || h.at(gone.General).Member || !h.at(h.finds).Member {
			t.Errorf("%+v", h.desk.places)
		}
		if !h.knows(h.ada) || !h.knows(h.ben) {
			t.Error("the team of a dead channel is not read")
		}
		if !h.night(t) || len(h.left()) != 0 {
			t.Error("it is told twice")
		}
	})
}

// One channel that does not answer does not hide its team.
func TestOneChannelDoesNotHideItsTeam(t *testing.T) {
	for name, fault := range map[string]teamstest.Fault{"refused": teamstest.Refused(403, "BotNotInConversationRoster"), "failing": teamstest.Failed(503)} {
		t.Run(name, func(t *testing.T) {
			for _, silent := range []string{"first", "second"} {
				h := openHouse(t, roster)
				eventually(t, "the rosters are read", func() bool { return h.knows(h.ben) })
				h.forget()
				dead := map[string]string{"first": h.finds, "second": h.help}[silent]
				h.Inject(func(c teamstest.Call) teamstest.Fault {
					if c.Method == "members" && c.Conversation == dead {
						return fault
					}
					return teamstest.Fault{}
				})
				if !h.restart(t, roster) || !h.knows(h.ada) || !h.knows(h.ben) {
					t.Errorf("the %s channel hides its team", silent)
				}
			}
		})
	}
}

// Only a certain refusal that is about the place ends that the bot is in it.
func TestWhatSaysNothingAboutThePlaceChangesNothing(t *testing.T) {
	h := openHouse(t, roster)
	chat := h.AddChat(h.ada, h.ben)
	if _, err := h.As(h.ada).Install(t.Context(), chat); err != nil {
		t.Fatal(err)
	}
	h.sightings()
	for name, fault := range map[string]teamstest.Fault{
		"throttled": teamstest.Throttled("30"), "failing": teamstest.Failed(500), "cut off": teamstest.Broken(teamstest.Reset), "sent elsewhere": teamstest.Page(308),
		"another cloud": teamstest.Refused(403, "InvalidBotApiHost"), "a bad token": teamstest.Refused(401, "Unauthorized"), "not understood": teamstest.Refused(400, "BadArgument"),
	} {
		h.Inject(func(c teamstest.Call) teamstest.Fault {
			if slices.Contains([]string{"channels", "team", "members"}, c.Method) {
				return fault
			}
			return teamstest.Fault{}
		})
		if h.restart(t, roster) {
			t.Errorf("%s: it counts as read", name)
		}
		if !h.at(h.finds).Member || !h.at(h.help).Member || !h.at(chat).Member || len(h.left()) != 0 {
			t.Errorf("%s: %+v", name, h.desk.places)
		}
	}
}

func TestDeletedChannelsAndTeams(t *testing.T) {
	h := openHouse(t)
	take := taken(t)
	h.sightings()
	take(h.As(h.ada).DeleteChannel(t.Context(), h.help))
	if got := h.left(); h.at(h.help).Member || !h.at(h.finds).Member || !slices.Equal(got, []string{h.help}) {
		t.Errorf("%+v, %q", h.desk.places, got)
	}
	take(h.As(h.ada).DeleteTeam(t.Context(), h.team))
	if got := h.left(); h.at(h.finds).Member || !slices.Equal(got, []string{h.finds}) {
		t.Errorf("%+v, %q", h.desk.places, got)
	}
	take(h.As(h.ada).RestoreTeam(t.Context(), h.team))
	if h.at(h.help).Member || !h.at(h.finds).Member {
		t.Errorf("brought back: %+v", h.desk.places)
	}
}

// The list may still hold a channel whose deletion is told.
func TestAChannelThatIsStillListed(t *testing.T) {
	h := openHouse(t)
	d, err := h.As(h.ada).Share(t.Context(), h.help, false)
	taken(t)(d, err)
	data := d.Activity["channelData"].(map[string]any)
	data["eventType"] = "channelDeleted"
	taken(t)(h.Redeliver(t.Context(), d, true))
	if h.at(h.help).Member || !h.at(h.finds).Member {
		t.Errorf("%+v", h.desk.places)
	}
}

func TestArchivedTeams(t *testing.T) {
	h := openHouse(t)
	take := taken(t)
	for _, on := range []bool{true, false} {
		take(h.As(h.ada).Archive(t.Context(), h.team, on))
		for _, where := range []string{h.finds, h.help} {
			if p := h.at(where); p.Archived != on || !p.Member {
				t.Errorf("archived %v: %+v", on, p)
			}
		}
		if h.night(t); h.at(h.help).Archived != on {
			t.Errorf("archived %v: the night changed it", on)
		}
	}
	take(h.As(h.ada).Archive(t.Context(), h.team, true))
	take(h.As(h.ada).RestoreTeam(t.Context(), h.team))
	if h.at(h.help).Archived {
		t.Error("a team that was brought back stays archived")
	}
}

// Whatever changed while the program was down is found at the start.
func TestChangesWhileTheProgramWasDown(t *testing.T) {
	each(t, func(t *testing.T, change ...func(*teams.Config)) {
		h := openHouse(t, change...)
		if _, err := h.As(h.ada).Uninstall(t.Context(), h.finds); err != nil {
			t.Fatal(err)
		}
		h.Add(h.finds)
		news := h.AddChannel(h.team, "News")
		h.RenameTeam(h.team, "Treasures")
		h.SetBot("http://127.0.0.1:1/nobody")
		if _, err := h.As(h.ada).Share(t.Context(), h.help, true); err == nil {
			t.Fatal("the program was not down")
		}
		if !h.restart(t, change...) {
			t.Error("it failed")
		}
		if p := h.at(news); !p.Member || p.Name != "Treasures / News" || p.External {
			t.Errorf("%+v", p)
		}
		if p := h.at(h.help); !p.Member || !p.External || p.Kind != bot.PrivateChannel || p.Name != "Treasures / Help" {
			t.Errorf("%+v", p)
		}
	})
}

// A team that added the app while the program was down is found by the first
// message from it, once.
func TestAMessageLeadsToItsTeam(t *testing.T) {
	h := openHouse(t)
	other := h.AddTeam("Other", h.ada)
	more := h.AddChannel(other, "More")
	h.Add(other.ID)
	h.Consent(other, true)
	looks := func() int { return len(h.Calls("channels")) }
	before := looks()
	h.Inject(func(c teamstest.Call) teamstest.Fault {
		if c.Method == "channels" && len(h.Calls("channels")) == before+1 {
			return teamstest.Failed(503)
		}
		return teamstest.Fault{}
	})
	write := func(where string) {
		t.Helper()
		taken(t)(h.As(h.ada).Write(t.Context(), where, "hello"))
	}
	write(more)
	eventually(t, "it was tried", func() bool { return looks() == before+1 })
	write(more) // too soon
	h.clock.pass(2 * time.Minute)
	write(more)
	eventually(t, "the team is known", func() bool { return h.at(more).Member && h.at(other.General).Member })
	if p := h.at(more); p.Name != "Other / More" || looks() != before+2 {
		t.Errorf("%+v, %d looks", p, looks()-before)
	}
	h.clock.pass(time.Hour)
	late := h.AddChannel(other, "Late")
	for range 3 {
		write(late)
		write(h.help)
	}
	h.night(t) // waits for what was begun
	if n := looks(); n != before+4 {
		t.Errorf("%d looks, want 2 and 2 at night", n-before)
	}
}

// A guest, or somebody of another tenant, in a group chat makes it External, as
// long as one is there.
func TestGroupChatsWithOthersInThem(t *testing.T) {
	each(t, func(t *testing.T, change ...func(*teams.Config)) {
		h := openHouse(t, change...)
		take := taken(t)
		guest := h.AddUser(teamstest.User{Name: "Gil", Email: "gil@partner.example", Guest: true})
		other := h.AddUser(teamstest.User{Name: "Ola", Tenant: "99999999-93bb-4d4c-8a6b-2f0f2f1d9e10"})
		chat, mixed := h.AddChat(h.ada, h.ben), h.AddChat(h.ada, guest)
		for _, where := range []string{chat, mixed} {
			told, err := h.As(h.ada).Install(t.Context(), where)
			if err != nil || told[0].Status != 202 || told[1].Status != 202 {
				t.Fatal(err, told)
			}
		}
		if h.at(chat).External || !h.at(mixed).External {
			t.Errorf("on entering: %+v", h.desk.places)
		}
		for _, who := range []teamstest.User{guest, other} {
			take(h.As(who).Join(t.Context(), chat))
			if p := h.at(chat); !p.External || !p.Member || p.Name != "Chat of Ada, Ben" {
				t.Errorf("%s joined: %+v", who.Name, p)
			}
		}
		take(h.As(guest).Leave(t.Context(), chat))
		if !h.at(chat).External {
			t.Error("somebody is still there")
		}
		take(h.As(other).Leave(t.Context(), chat))
		if h.at(chat).External {
			t.Error("nobody is there any more")
		}
		h.SetBot("http://127.0.0.1:1/nobody")
		_, _ = h.As(other).Join(t.Context(), chat)
		_, _ = h.As(guest).Leave(t.Context(), mixed)
		if !h.restart(t, change...) || !h.at(chat).External || h.at(mixed).External {
			t.Errorf("read at the start: %+v", h.desk.places)
		}
		take(h.As(guest).Join(t.Context(), h.finds))
		if h.night(t); h.at(h.finds).External || h.at(h.help).External {
			t.Error("a team with guests is an ordinary one")
		}
	})
}

// When it cannot be read who is in a chat now, the service is asked to tell
// again.
func TestWhoJoinedIsNotLost(t *testing.T) {
	h := openHouse(t)
	guest := h.AddUser(teamstest.User{Name: "Gil", Guest: true})
	chat := h.AddChat(h.ada, h.ben)
	if _, err := h.As(h.ada).Install(t.Context(), chat); err != nil {
		t.Fatal(err)
	}
	h.Inject(func(c teamstest.Call) teamstest.Fault {
		if c.Method == "members" {
			return teamstest.Failed(503)
		}
		return teamstest.Fault{}
	})
	d, err := h.As(guest).Join(t.Context(), chat)
	if err != nil || d.Status != http.StatusServiceUnavailable {
		t.Fatal(err, d.Status)
	}
	h.Inject(nil)
	taken(t)(h.Redeliver(t.Context(), d, false))
	if !h.at(chat).External {
		t.Errorf("%+v", h.at(chat))
	}
}

// An older answer does not undo what was learned since it was asked for.
func TestAnOlderAnswerIsNotKept(t *testing.T) {
	for range 6 { // the places are read in any order
		t.Run("", olderAnswer)
	}
}

func olderAnswer(t *testing.T) {
	h := openHouse(t)
	guest := h.AddUser(teamstest.User{Name: "Gil", Guest: true})
	chat := h.AddChat(h.ada, h.ben)
	if _, err := h.As(h.ada).Install(t.Context(), chat); err != nil {
		t.Fatal(err)
	}
	release, holding := make(chan struct{}), make(chan string, 1)
	var once sync.Once
	h.Inject(func(c teamstest.Call) (fault teamstest.Fault) {
		if c.Method == "channels" || c.Method == "members" && c.Conversation == chat {
			once.Do(func() {
				holding <- c.Method
				fault = teamstest.Held(release).Accepted()
			})
		}
		return fault
	})
	ran := make(chan bool)
	go func() { ran <- h.night(t) }()
	var held string
	select {
	case held = <-holding:
	case <-ran:
		t.Fatal("neither the team nor the chat is read at night")
	}
	taken(t)(h.As(h.ada).DeleteChannel(t.Context(), h.help))
	taken(t)(h.As(guest).Join(t.Context(), chat))
	close(release)
	<-ran
	if h.at(h.help).Member || !h.at(chat).External {
		t.Errorf("%s: %+v", held, h.desk.places)
	}
}

// What a guest writes is marked as from outside, though the activity says
// nothing of it.
func TestGuestsAreOutsiders(t *testing.T) {
	each(t, func(t *testing.T, change ...func(*teams.Config)) {
		h := openHouse(t, change...)
		guest := h.AddUser(teamstest.User{Name: "Gil", Email: "gil@partner.example", Guest: true})
		h.SetBot("http://127.0.0.1:1/nobody")
		_, _ = h.As(guest).Join(t.Context(), h.finds)
		h.restart(t, change...)
		h.sightings()
		for _, who := range []teamstest.User{guest, h.ada} {
			d, err := h.As(who).Write(t.Context(), h.help, "see https://a.example/")
			taken(t)(d, err)
			taken(t)(h.As(who).React(t.Context(), d.Message, "like"))
			taken(t)(h.As(who).Delete(t.Context(), d.Message))
			seen := h.sightings(bot.Posted, bot.Reacted, bot.Deleted)
			for _, s := range seen {
				if want := who.Guest && s.Kind != bot.Deleted; s.External != want || len(seen) != 3 {
					t.Errorf("%s: %+v", who.Name, s)
				}
			}
		}
		if n := len(h.Calls("member")); n != 0 {
			t.Errorf("%d were looked up whom the directory told of", n)
		}
	})
}

// An author of whom neither Microsoft Graph nor a roster told yet is looked up
// once, before what they wrote is heard.
func TestUnknownAuthorsAreLookedUpOnce(t *testing.T) { each(t, unknownAuthors) }

func unknownAuthors(t *testing.T, change ...func(*teams.Config)) {
	h := openHouse(t, change...)
	guest := h.AddUser(teamstest.User{Name: "Gil", Email: "gil@partner.example", Guest: true})
	lost := h.AddUser(teamstest.User{Name: "Lou", Guest: true})
	h.SetBot("http://127.0.0.1:1/nobody")
	_, _ = h.As(guest).Join(t.Context(), h.finds)
	_, _ = h.As(lost).Join(t.Context(), h.finds)
	h.join(t, change...) // nobody is known
	h.sightings()
	release := make(chan struct{})
	h.Inject(func(c teamstest.Call) teamstest.Fault {
		if c.Method == "member" && len(h.Calls("member")) == 1 {
			return teamstest.Held(release)
		}
		if c.Method == "member" {
			return teamstest.Failed(500)
		}
		return teamstest.Fault{}
	})
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() { taken(t)(h.As(guest).Write(t.Context(), h.help, "see https://a.example/")) })
	}
	eventually(t, "it is asked", func() bool { return len(h.Calls("member")) == 1 })
	if seen := h.sightings(bot.Posted); len(seen) != 0 {
		t.Errorf("heard before it is known who wrote it: %+v", seen)
	}
	close(release)
	all.Wait()
	seen := h.sightings(bot.Posted)
	for _, s := range seen {
		if !s.External || len(seen) != 4 {
			t.Errorf("%+v", s)
		}
	}
	for range 2 {
		taken(t)(h.As(lost).Write(t.Context(), h.help, "see https://a.example/"))
	}
	if seen := h.sightings(bot.Posted); len(seen) != 2 || seen[0].External || len(h.Calls("member")) != 2 {
		t.Errorf("when it fails: %+v, %d looks", seen, len(h.Calls("member")))
	}
	if !h.knows(guest) {
		t.Error("what was looked up is not recorded")
	}
}

// The bot is in a private or shared channel only where it was added, and what is
// written there is not for everybody.
func TestPrivateChannels(t *testing.T) {
	h := openHouse(t)
	inner := h.AddPrivate(h.team, "Inner", h.ada)
	h.night(t)
	if _, known := h.desk.places[place(inner)]; known {
		t.Error("a private channel in which the bot never was is written down")
	}
	if told, err := h.As(h.ada).Install(t.Context(), inner); err != nil || told[0].Status != 202 {
		t.Fatal(err, told)
	}
	if p := h.at(inner); !p.Member || p.Kind != bot.PrivateChannel || p.External || p.Name != "Finds / Inner" {
		t.Errorf("%+v", p)
	}
	h.sightings()
	d, err := h.As(h.ada).Write(t.Context(), inner, "see https://a.example/")
	taken(t)(d, err)
	delete(d.Activity["channelData"].(map[string]any)["channel"].(map[string]any), "type")
	taken(t)(h.Redeliver(t.Context(), d, false))
	taken(t)(h.As(h.ada).Write(t.Context(), h.help, "see https://a.example/"))
	if seen := h.sightings(bot.Posted); len(seen) != 3 || !seen[0].Private || !seen[1].Private || seen[2].Private {
		t.Errorf("%+v", seen)
	}
	h.Remove(inner)
	if h.night(t); h.at(inner).Member || !slices.Equal(h.left(), []string{inner}) {
		t.Errorf("%+v", h.at(inner))
	}
	for range 2 { // a conversationUpdate, then an installationUpdate
		if _, err := h.As(h.ada).Install(t.Context(), inner); err != nil {
			t.Fatal(err)
		}
	}
	h.sightings()
	if _, err := h.As(h.ada).Uninstall(t.Context(), inner); err != nil {
		t.Fatal(err)
	}
	if h.at(inner).Member || !h.at(h.finds).Member || !h.at(h.help).Member || !slices.Equal(h.left(), []string{inner}) {
		t.Errorf("leaving one channel: %+v", h.desk.places)
	}
}
