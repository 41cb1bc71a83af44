package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"evangelist/adapters/teams/teamstest"
	"evangelist/bot"
	"evangelist/storage/storagetest"
)

// forger sends invokes that no card of the bot would send, in somebody's name and
// correctly signed: a client of their own can do that.
type forger struct {
	*tenant
	sent int
}

// do asks the router as an account on Teams does.
func (f *forger) do(person, command, arg string, values map[string][]string) {
	f.Helper()
	f.clock.add(4 * time.Second)
	nonce, err := bot.NewNonce(f.app.random)
	if err != nil {
		f.Fatal(err)
	}
	reply := f.app.Do(f.ctx, bot.Invocation{
		Actor: bot.Actor{Account: bot.NewAccountID("teams", f.people[person].ID)}, Workspace: "teams", Command: command, Arg: arg, Nonce: nonce, Values: values,
	})
	if said := shows(reply); nowhere.MatchString(said) {
		f.Fatalf("%s may not %s: %s", person, command, said)
	}
}

// furnishForForgers fills the tenant with one of everything that belongs to
// somebody: Farida's voices, Nia's draft, Callum's other digest, a question to
// Minh.
func (f *forger) furnishForForgers() {
	f.Helper()
	f.setUp()
	f.share()
	f.publish()
	f.ask("nia", "digest draft")
	f.do("farida", "voices.concern", "", map[string][]string{"words": {"The lift stops between two floors."}, "name": {"named"}})
	f.do("farida", "voices.idea", "", map[string][]string{"words": {"Lend out the projector."}, "name": {"anonymous"}})
	f.later(24 * time.Hour)
	f.until(f.reading, "Lend out the projector.")
	f.do("farida", "voices.idea", "", map[string][]string{"words": {"Lend out the other one."}, "name": {"anonymous"}})
	f.do("farida", "network.join", "", map[string][]string{"part": {"lead"}})
	f.do("nia", "network.team", "", map[string][]string{"who": {f.personOf("ishbel")}, "change": {"appoint-lead"}})
	f.do("nia", "network.ask.now", "", nil)
	f.do("nia", "digest.new", "", map[string][]string{"name": {"Second roundup"}, "when": {"every Friday 09:00"}, "undecided": {"wait"}, "places": {placeOf(f.channels["all-council"])}})
	f.do("nia", "digest.rules", f.one("SELECT id FROM digests WHERE name = 'Second roundup'"), map[string][]string{"curator": {f.personOf("callum")}, "undecided": {"wait"}, "items": {"7"}})
	f.until(f.teams.Personal(f.people["farida"]), "A question for you")
	guest := f.teams.AddUser(teamstest.User{Name: "A guest", Email: "guest@elsewhere.example", Guest: true})
	gone := f.people["sunil"]
	gone.Disabled = true
	f.teams.SetUser(gone)
	f.people["guest"], f.people["gone"] = guest, gone
	accounts := []bot.AccountFact{
		{Account: bot.NewAccountID("teams", guest.ID), Name: guest.Name, External: true},
		{Account: bot.NewAccountID("teams", gone.ID), Name: gone.Name, Inactive: new(true)},
	}
	if err := f.app.handlers().Record(f.ctx, accounts); err != nil {
		f.Fatal(err)
	}
}

func (f *forger) personOf(person string) string {
	f.Helper()
	id, err := f.app.handlers().Person(f.ctx, bot.NewAccountID("teams", f.people[person].ID))
	if err != nil || id == "" {
		f.Fatalf("%s is not known: %v", person, err)
	}
	return string(id)
}

// one is the single value that a query finds.
func (f *forger) one(query string) string {
	f.Helper()
	found := f.rows(query)
	if len(found) != 1 || found[0] == "" {
		f.Fatalf("%s: found %q", query, found)
	}
	return found[0]
}

func (o *tenant) rows(query string) []string {
	o.Helper()
	return (&office{T: o.T, ctx: o.ctx, url: o.url}).rows(query)
}

// belongings are the ids that forged invokes carry.
func (f *forger) belongings() []string {
	f.Helper()
	var ids []string
	for _, query := range []string{
		"SELECT id FROM digests WHERE name = 'Friday roundup'",
		"SELECT min(id) FROM editions WHERE state = 'draft' AND digest = (SELECT id FROM digests WHERE name = 'Friday roundup')",
		"SELECT min(id) FROM editions WHERE state = 'published'",
		"SELECT id FROM voices WHERE author IS NOT NULL", "SELECT min(id) FROM voices WHERE author IS NULL", "SELECT max(voice) FROM waiting",
		"SELECT min(round_id || '/' || person_id) FROM network_asks WHERE state = 'waiting'", "SELECT min(key) FROM deliveries",
	} {
		ids = append(ids, f.one(query))
	}
	return ids
}

// state is what forged invokes could have changed. What the clock does by itself
// is not in it.
func (f *forger) state() string {
	f.Helper()
	var all []string
	for _, query := range []string{
		"SELECT id, name, spec, zone, curator, deputy, undecided FROM digests ORDER BY id",
		"SELECT id, state, publish_at FROM editions ORDER BY id",
		"SELECT id, author, words, state, owner FROM voices ORDER BY id",
		"SELECT voice FROM waiting ORDER BY voice",
		"SELECT id, roles, contact FROM persons ORDER BY id",
		"SELECT id, words, person_id, consent FROM learnings ORDER BY id",
		"SELECT round_id, person_id, state FROM network_asks ORDER BY round_id, person_id",
		"SELECT voice, kind, words FROM voice_entries ORDER BY voice, id",
	} {
		all = append(append(all, query), f.rows(query)...)
	}
	return strings.Join(all, "\n")
}

// press is the data of a button or form of ours, whoever makes it.
func pressData(command, arg, nonce string, form bool) map[string]any {
	data := map[string]any{}
	if form {
		for field, values := range filledIn() {
			data["paragraph."+field] = values[0]
		}
	}
	data["evangelist"] = map[string]any{"c": command, "a": arg, "n": nonce, "s": fmt.Sprintf(`{"n":%q}`, command), "f": form}
	return data
}

// invoke sends one invoke; what the bot answers is returned.
func (f *forger) invoke(person, name string, value map[string]any) string {
	f.Helper()
	f.sent++
	f.clock.add(4 * time.Second)
	u := f.people[person]
	chat := f.teams.Personal(u)
	delivery, err := f.teams.Deliver(f.ctx, map[string]any{
		"type": "invoke", "name": name, "id": fmt.Sprint("forged-", f.sent), "timestamp": f.clock.Now().UTC().Format(time.RFC3339Nano), "channelId": "msteams",
		"serviceUrl": f.teams.ServiceURL(), "from": map[string]any{"id": u.MRI, "name": u.Name, "aadObjectId": u.ID}, "recipient": map[string]any{"id": "28:" + f.teams.AppID()},
		"conversation": map[string]any{"id": chat, "conversationType": "personal", "tenantId": f.teams.TenantID()},
		"channelData":  map[string]any{"tenant": map[string]any{"id": f.teams.TenantID()}}, "value": value,
	})
	if err != nil {
		f.Fatal(err)
	}
	if delivery.Status != http.StatusOK {
		f.Errorf("%s by %s is answered with %d", name, person, delivery.Status)
	}
	return string(delivery.Body)
}

// doors are the ways in which an object is asked for.
var doors = map[string]func(command, arg, nonce string) (string, map[string]any){
	"button": func(command, arg, nonce string) (string, map[string]any) {
		return "adaptiveCard/action", map[string]any{"action": map[string]any{"type": "Action.Execute", "data": pressData(command, arg, nonce, false)}}
	},
	"dialog": func(command, arg, nonce string) (string, map[string]any) {
		return "task/fetch", map[string]any{"data": pressData(command, arg, nonce, false)}
	},
	"form": func(command, arg, nonce string) (string, map[string]any) {
		return "task/submit", map[string]any{"data": pressData(command, arg, nonce, true)}
	},
	"menu": func(command, arg, nonce string) (string, map[string]any) {
		return "composeExtension/submitAction", map[string]any{"commandId": command, "data": pressData(command, arg, nonce, true)}
	},
}

// forge asks for an object and compares the answer with that about one that does
// not exist.
func (f *forger) forge(person, door string, command bot.Command, arg string) {
	f.Helper()
	ask := func(arg string) string {
		name, value := doors[door](command.Name, arg, fmt.Sprint("FORGED", f.sent))
		// An answer may hold the asker's own words, marks and numbers again.
		return strings.NewReplacer(arg, "…", fmt.Sprint("FORGED", f.sent-1), "…").Replace(f.invoke(person, name, value))
	}
	said, missing := ask(arg), ask("01a20cff-0000-7000-8000-000000000000")
	if said != missing {
		f.Errorf("%s uses the %s of %s on %q and is told %s\nbut of nothing %s", person, door, command.Name, arg, said, missing)
	}
	if !nowhere.MatchString(said) {
		f.Errorf("%s uses the %s of %s on %q and is told %s", person, door, command.Name, arg, said)
	}
}

// TestForgedInvokesOnTeams: role × object × action, through every door. Whoever
// forges learns nothing and changes nothing.
func TestForgedInvokesOnTeams(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	t.Parallel()
	f := &forger{tenant: openTenant(t, storagetest.SQLite(t), true)}
	f.furnishForForgers()
	objects := f.belongings()
	curating := func(c bot.Command) bool { return strings.HasPrefix(c.Name, "digest.") }
	before := f.state()
	for _, who := range []struct {
		person string
		may    func(bot.Command) bool
	}{
		{"guest", func(c bot.Command) bool { return c.Needs == bot.Anybody }},
		{"gone", func(c bot.Command) bool { return c.Needs == bot.Anybody }},
		{"leroy", forAnybody},
		{"adaeze", func(c bot.Command) bool { return forAnybody(c) || c.Needs == bot.Reader }},
		{"ishbel", func(c bot.Command) bool { return forAnybody(c) || c.Needs == bot.Lead || curating(c) }},
		{"callum", func(c bot.Command) bool { return forAnybody(c) || slices.Contains(forCurators, c.Name) }},
	} {
		for _, command := range f.app.router.Commands() {
			if who.may(command) || elsewhere(command) {
				continue
			}
			args := objects
			if command.Needs != bot.Colleague && command.Needs != bot.Reader {
				args = objects[:3]
			}
			for n, arg := range args {
				if strings.HasPrefix(command.Name, "digest.use") && arg == objects[2] {
					continue // whoever can read an edition can press what stands under it
				}
				for door := range doors {
					if n > 0 && door != "button" && door != "form" {
						continue // the other doors lead to the same room; each command is tried at each
					}
					f.forge(who.person, door, command, arg)
				}
			}
			if after := f.state(); after != before {
				t.Errorf("%s with %s changed (- before, + after): %s", who.person, command.Name, cmp.Diff(before, after))
				before = after
			}
		}
	}
	t.Logf("%d invokes were forged", f.sent)
	f.rightful()
	if strings.Contains(f.log.String(), `"level":"ERROR"`) {
		t.Errorf("something was logged as an error:\n%s", f.log)
	}
}

// rightful shows that the same invokes do something for whom they are for.
func (f *forger) rightful() {
	f.Helper()
	objects := f.belongings()
	for _, one := range []struct{ person, command, arg string }{
		{"nia", "digest.approve", objects[1]}, {"farida", "voices.withdraw", objects[3]}, {"adaeze", "voices.take", objects[4]}, {"farida", "network.answer", objects[6]},
	} {
		name, value := doors["button"](one.command, one.arg, fmt.Sprint("RIGHT", f.sent))
		said := f.invoke(one.person, name, value)
		var answer struct {
			Status int `json:"statusCode"`
		}
		if err := json.Unmarshal([]byte(said), &answer); err != nil || answer.Status != http.StatusOK || nowhere.MatchString(said) {
			f.Errorf("%s may %s on %q and is told %s", one.person, one.command, one.arg, said)
		}
	}
}
