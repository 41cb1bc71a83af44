package doctor_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"evangelist/adapters/teams/connector"
	"evangelist/adapters/teams/teamstest"
	"evangelist/bot"
	"evangelist/cmd/evangelist/doctor"
)

// guest is a tenant in order: a team with a channel in which the bot is, and a
// chat of the reading team.
type guest struct {
	teams *teamstest.Teams
	asked doctor.Teams
	team  teamstest.Team
	chat  string
}

func tidyTenant(t *testing.T) *guest {
	t.Helper()
	g := &guest{teams: teamstest.New(t, teamstest.Config{Clock: bot.SystemClock{}, Secret: "hunter2"})}
	anna := g.teams.AddUser(teamstest.User{Name: "Anna", Email: "anna@example.org"})
	g.team, g.chat = g.teams.AddTeam("House", anna), g.teams.AddChat(anna)
	g.teams.Add(g.team.General)
	g.teams.Add(g.chat)
	g.teams.Consent(g.team, true)
	place := func(id, name, why string, posts bool) doctor.Place {
		return doctor.Place{ID: bot.NewPlaceID("teams", id), Name: name, Posts: posts, For: why, Service: g.teams.ServiceURL()}
	}
	roundup := place(g.team.General, "House / General", "“Friday roundup” goes there", true)
	roundup.Group = g.team.Group
	g.asked = doctor.Teams{
		AppID: g.teams.AppID(), TenantID: g.teams.TenantID(), Credential: connector.Secret(g.teams.Secret()), ServiceHosts: []string{g.teams.Host()},
		MetadataURL: g.teams.MetadataURL(), TokenURL: g.teams.TokenURL(), GraphURL: g.teams.GraphURL(), Graph: true,
		Bound: bot.NewAccountID("teams", strings.ToLower(g.teams.TenantID()+"."+g.teams.AppID())), Clock: bot.SystemClock{}, Post: roundup,
		Places: []doctor.Place{roundup, place(g.chat, "Chat of Anna", "the reading team's cards", true), {ID: "slack|C1", Name: "elsewhere", Posts: true, For: "another platform"}},
	}
	return g
}

// report is what the doctor prints, and how much of it is wrong.
func (g *guest) report(t *testing.T) (string, int) {
	t.Helper()
	var out bytes.Buffer
	wrong, err := doctor.Write(&out, doctor.ExamineTenant(t.Context(), g.asked))
	if err != nil {
		t.Fatal(err)
	}
	return out.String(), wrong
}

func TestATenantInOrder(t *testing.T) {
	g := tidyTenant(t)
	text, wrong := g.report(t)
	for _, want := range []string{
		"ok    teams sign-in: the bot ", "ok    teams clock: the same time", "ok    teams database: belongs to this bot account", "ok    teams keys: ", "LOOK  teams requests: ",
		"/api/messages", "ok    teams directory: it can be read", "ok    teams conversation House / General: “Friday roundup” goes there: a member; the bot may look for its own messages there",
		"ok    teams conversation Chat of Anna: the reading team's cards: a member; a comms lead is asked", "ok    teams look-up: ", "ok    teams test message: posted and removed again",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("it does not say %q", want)
		}
	}
	if wrong > 0 || strings.Contains(text, "elsewhere") || strings.Contains(text, "hunter2") || t.Failed() {
		t.Errorf("%d wrong:\n%s", wrong, text)
	}
	for _, m := range g.teams.Messages(g.team.General) {
		if !m.Deleted {
			t.Errorf("a test message stays: %s", m)
		}
	}
}

func TestATenantWithATrouble(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(g *guest)
		want  []string
		wrong int
	}{
		"a wrong secret":         {func(g *guest) { g.asked.Credential = connector.Secret("another") }, []string{"WRONG teams sign-in: ", "AADSTS7000215"}, 1},
		"another account":        {func(g *guest) { g.asked.Bound = "teams|another" }, []string{"WRONG teams database: belongs to teams|another"}, 1},
		"no database":            {func(g *guest) { g.asked.Unread = true }, []string{"ok    teams keys"}, 0},
		"keys out of reach":      {func(g *guest) { g.asked.MetadataURL = "http://127.0.0.1:1/keys" }, []string{"WRONG teams keys: "}, 1},
		"Graph is not read":      {func(g *guest) { g.asked.Graph = false }, []string{"LOOK  teams directory: Microsoft Graph is not read", "a comms lead is asked"}, 0},
		"Graph refuses":          {func(g *guest) { g.refuse("graph.users") }, []string{"WRONG teams directory: ", "User.Read.All"}, 1},
		"no consent":             {func(g *guest) { g.teams.Consent(g.team, false) }, []string{"LOOK  teams conversation House / General", "reading package", "LOOK  teams look-up"}, 0},
		"not in the channel":     {func(g *guest) { g.teams.Remove(g.team.General) }, []string{"WRONG teams conversation House / General: “Friday roundup” goes there: the bot is not in it", "WRONG teams test message: "}, 2},
		"a test in a shared one": {func(g *guest) { g.asked.Post.External = true }, []string{"WRONG teams test message: the channel is shared"}, 1},
		"a shared channel":       {func(g *guest) { g.asked.Places[0].External = true }, []string{"WRONG teams conversation House / General: “Friday roundup” goes there: shared"}, 1},
		"a confirmed one":        {func(g *guest) { g.asked.Places[0].External, g.asked.Places[0].Confirmed = true, true }, []string{"LOOK  teams conversation House / General"}, 0},
		"no channel yet":         {func(g *guest) { g.asked.Places = nil }, []string{"ok    teams channels: no digest goes"}, 0},
		"another cloud":          {func(g *guest) { g.asked.Cloud = "china" }, []string{"WRONG teams sign-in: The scope", "teams.cloud"}, 1},
		"a clock that is off":    {func(g *guest) { g.asked.Clock = late{10 * time.Minute} }, []string{"WRONG teams clock: ", "Microsoft's"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			g := tidyTenant(t)
			c.spoil(g)
			text, wrong := g.report(t)
			for _, want := range c.want {
				if !strings.Contains(text, want) {
					t.Errorf("it does not say %q", want)
				}
			}
			if wrong != c.wrong || t.Failed() {
				t.Errorf("%d are wrong, want %d:\n%s", wrong, c.wrong, text)
			}
		})
	}
}

// refuse has calls refused for good.
func (g *guest) refuse(method string) {
	g.teams.Inject(func(c teamstest.Call) teamstest.Fault {
		if c.Method == method {
			return teamstest.Refused(403, "Authorization_RequestDenied")
		}
		return teamstest.Fault{}
	})
}

// late is a clock that is ahead.
type late struct{ by time.Duration }

func (l late) Now() time.Time { return time.Now().Add(l.by) }
