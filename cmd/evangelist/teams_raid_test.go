package main

import (
	"context"
	"fmt"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"sync"
	"testing"
	"time"

	"evangelist/adapters/teams/teamstest"
	"evangelist/bot"
	"evangelist/digests"
)

// raid is the sample council on a pretend Teams, which lives on while the
// programs that serve it are killed again and again. Digests are due all the
// time, in every channel, and colleagues are asked for learnings.
type raid struct {
	*tenant
	quick    quickClock
	config   string // path
	random   *mathrand.Rand
	series   int
	prepared time.Time
	places   []string        // of the digests: channels
	asked    []string        // people
	held     map[string]bool // parts that were taken and whose answer never left
	always   func(teamstest.Call) teamstest.Fault
}

// openRaid furnishes the council. times is how many times as fast the clock is;
// see openSiege.
func openRaid(t *testing.T, url string, graph bool, times int64, series int) *raid {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	t.Cleanup(cancel)
	r := &raid{quick: quickClock{from: tuesday, since: time.Now(), times: times}, random: mathrand.New(mathrand.NewPCG(seeded(t), 5)), series: series, held: map[string]bool{}, always: func(teamstest.Call) teamstest.Fault { return teamstest.Fault{} }}
	r.tenant = &tenant{T: t, ctx: ctx, clock: &hand{now: tuesday}, log: &lockedBuffer{}, url: url, graph: graph, people: map[string]teamstest.User{}, channels: map[string]string{},
		with: []func(*settings){func(s *settings) { s.Clock = r.quick }}}
	r.teams = teamstest.New(t, teamstest.Config{Clock: r.quick, Windows: teamstest.DocumentedWindows(), TokenLife: 1000 * time.Hour})
	r.furnish()
	r.start()
	t.Cleanup(func() { r.stop() })
	r.install()
	r.prepare()
	r.stop()
	r.configure()
	return r
}

// prepare does in the program what leads and colleagues would do in chat.
func (r *raid) prepare() {
	r.Helper()
	var nonce int
	do := func(person, command string, values map[string][]string) {
		r.Helper()
		nonce++
		r.moment(30 * time.Millisecond) // nobody asks for more than a little at once
		reply := r.app.Do(r.ctx, bot.Invocation{
			Actor: bot.Actor{Account: bot.NewAccountID("teams", r.people[person].ID)}, Workspace: "teams", Place: bot.PlaceID(placeOf(r.channels["all-council"])),
			Command: command, Nonce: fmt.Sprint("RAID", nonce), Values: values, At: r.quick.Now(),
		})
		if _, done := reply.(bot.Done); !done {
			r.Fatalf("%s as %s: %+v", command, person, reply)
		}
	}
	for _, channel := range r.channels {
		r.places = append(r.places, placeOf(channel))
	}
	do("nia", "network.watch", map[string][]string{"places": one(placeOf(r.channels["good-finds"]))})
	for n := range r.series {
		do("nia", "digest.new", map[string][]string{
			"name": one(fmt.Sprintf("%s%02d", siegeName, n)), "when": one(fmt.Sprintf("%d * * * *", n*60/r.series)), "zone": one("Europe/London"),
			"places": r.places, "undecided": one(string(digests.Go)),
		})
	}
	r.asked = []string{"minh", "ishbel", "leroy", "dorothea", "sunil", "callum", "maureen", "farida"}
	for _, person := range r.asked {
		do(person, "network.join", map[string][]string{"part": one("lead")})
	}
	r.prepared = r.quick.Now()
	do("nia", "network.ask", map[string][]string{"text": one("What did you learn?"), "rhythm": one("every Tuesday " + r.prepared.Add(20*time.Minute).Format("15:04"))})
}

// configure writes the configuration of the programs. All of them listen at the
// same address, one after the other.
func (r *raid) configure() {
	r.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		r.Fatal(err)
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		r.Fatal(err)
	}
	r.teams.SetBot("http://" + address + "/api/messages")
	r.config = filepath.Join(r.TempDir(), "evangelist.yaml")
	text := fmt.Sprintf(`organisation: {name: Tidewater Council, time_zone: Europe/London}
leads: [%q]
http: {listen: %q}
database: %q
teams: {app_id: %q, tenant_id: %q, client_secret: %q, graph: %v, service_hosts: [%q], openid_metadata_url: %q, token_url: %q, graph_url: %q}
`, r.people["nia"].Email, address, r.url, r.teams.AppID(), r.teams.TenantID(), r.teams.Secret(), r.graph, r.teams.Host(), r.teams.MetadataURL(), r.teams.TokenURL(), r.teams.GraphURL())
	if err := os.WriteFile(r.config, []byte(text), 0o600); err != nil {
		r.Fatal(err)
	}
}

func (r *raid) launch() *process {
	r.Helper()
	return launch(r.T, r.quick, "serve", "--config", r.config)
}

// chatter posts a new link again and again until the returned function is
// called. What nobody takes is lost, as when a service gives up.
func (r *raid) chatter() (stop func()) {
	ctx, cancel := context.WithCancel(r.ctx)
	var wrote sync.WaitGroup
	wrote.Go(func() {
		tick := time.NewTicker(150 * time.Millisecond)
		defer tick.Stop()
		for n := 0; ; n++ {
			_, _ = r.as("farida").Write(ctx, r.channels["good-finds"], fmt.Sprintf("Worth a look: https://%d.example.org/page", n))
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	})
	return func() {
		cancel()
		wrote.Wait()
	}
}

var partMarks = regexp.MustCompile(`evangelist-part-([0-9a-f]+)\.`)

// markOf is the id of the part that a call carries.
func markOf(c teamstest.Call) string {
	if found := partMarks.FindSubmatch(c.Body); found != nil {
		return string(found[1])
	}
	return ""
}

// posts are all posts that Teams ever took, by the id of the part.
func (r *raid) posts() map[string][]teamstest.Call {
	posts := map[string][]teamstest.Call{}
	for _, call := range r.teams.Calls("send") {
		id := markOf(call)
		if id != "" && (call.Status == http.StatusCreated || call.Status == 0 && r.held[id]) {
			posts[id] = append(posts[id], call)
		}
	}
	return posts
}

func (r *raid) rows(query string) []string {
	r.Helper()
	return (&office{T: r.T, ctx: r.ctx, url: r.url}).rows(query)
}

// moment lets the programs run for a while.
func (r *raid) moment(lasts time.Duration) {
	r.Helper()
	timer := time.NewTimer(lasts)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.ctx.Done():
		r.Fatal("the test took too long")
	}
}
