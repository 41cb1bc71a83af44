package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"evangelist/adapters/playground/sample"
	"evangelist/adapters/teams/teamstest"
	"evangelist/bot"
	"evangelist/storage/storagetest"
)

// The conversations of Microsoft's test client, named as Teams names them.
const (
	agentsTeam    = "19:team@thread.tacv2" // also its channel General
	agentsChannel = "19:news@thread.tacv2"
	agentsReading = "19:reading@thread.v2"
	agentsChat    = "a:nia"
)

// agents is the real program with Microsoft's own test client, the Agents
// Playground, in front of it, and a browser that shows the client. What the
// client sends is signed on its way by the tenant's key, for it signs nothing;
// what the bot sends passes a door that keeps a record of it.
type agents struct {
	*tenant
	see    *browser
	client string // the client's own address
	mu     sync.Mutex
	sent   []agentsCall
	rest   []bot.AccountFact // the colleagues for whom the client has no room
}

// agentsCall is what the bot asked of the client's service.
type agentsCall struct {
	Method, Conversation string
	Targeted             bool
	Body                 string
}

// public reports whether everybody in the channel sees what was asked.
func (c agentsCall) public() bool {
	return c.Method == http.MethodPost && strings.HasPrefix(c.Conversation, agentsChannel) && !c.Targeted
}

// openAgents starts the client, the program and the browser, or skips; it fails
// where EVANGELIST_TEST_REQUIRE contains "node" or "browser".
func openAgents(t *testing.T) *agents {
	t.Helper()
	storagetest.LeaveToPlainRun(t)
	program := agentsProgram(t)
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	t.Cleanup(cancel)
	port := freePort(t)
	a := &agents{client: fmt.Sprintf("http://localhost:%d", port)}
	page := openChromium(ctx, t, chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1")) // no fonts from elsewhere
	a.see = &browser{council: &council{T: t}, ctx: page, shots: os.Getenv("EVANGELIST_TEST_SHOTS")}
	service := httptest.NewServer(a.door(t))
	t.Cleanup(service.Close)
	a.tenant = &tenant{T: t, ctx: ctx, clock: &hand{now: tuesday}, log: &lockedBuffer{}, url: storagetest.SQLite(t), people: map[string]teamstest.User{}}
	a.teams = teamstest.New(t, teamstest.Config{Clock: a.clock, TokenLife: 1000 * time.Hour})
	a.with = []func(*settings){func(s *settings) {
		s.config.Teams.ServiceHosts = []string{strings.TrimPrefix(service.URL, "http://")}
	}}
	config := a.council()
	a.start()
	t.Cleanup(func() { a.stop() })
	proxy, err := a.teams.Proxy("http://"+a.run.outside.Addr().String()+"/api/messages", 200*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = proxy.Close() })
	a.launch(program, config, port, "-e", proxy.URL(), "--service-url", service.URL+"/_connector")
	a.show()
	return a
}

// agentsProgram is the client's program in EVANGELIST_TEST_NODE.
func agentsProgram(t *testing.T) string {
	t.Helper()
	folder := os.Getenv("EVANGELIST_TEST_NODE")
	program := filepath.Join(folder, "node_modules", "@microsoft", "m365agentsplayground", "cli.js")
	if _, err := os.Stat(program); folder == "" || err != nil {
		if slices.Contains(strings.Split(os.Getenv("EVANGELIST_TEST_REQUIRE"), ","), "node") {
			t.Fatal("the Agents Playground is required but not installed in EVANGELIST_TEST_NODE")
		}
		t.Skip("EVANGELIST_TEST_NODE names no folder with the package @microsoft/m365agentsplayground")
	}
	return program
}

func freePort(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}

// door passes on what the bot asks of the client's service, and notes it. The
// client would show a message for one person to everybody, so that such messages
// are refused, as by a service that does not know them.
func (a *agents) door(t *testing.T) http.Handler {
	target, err := url.Parse(a.client)
	if err != nil {
		t.Fatal(err)
	}
	onward := httputil.NewSingleHostReverseProxy(target)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		conversation, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/_connector/v3/conversations/"), "/activities")
		call := agentsCall{Method: r.Method, Conversation: conversation, Targeted: r.URL.Query().Has("isTargetedActivity"), Body: string(body)}
		a.mu.Lock()
		a.sent = append(a.sent, call)
		a.mu.Unlock()
		if call.Targeted {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{"error":{"code":"BadArgument","message":"there are no targeted messages here"}}`)
			return
		}
		onward.ServeHTTP(w, r)
	})
}

// asked counts what the bot asked of the client's service.
func (a *agents) asked(is func(agentsCall) bool) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	n := 0
	for _, call := range a.sent {
		if is(call) {
			n++
		}
	}
	return n
}

// council is the client's configuration: six colleagues of the sample council in
// one team and one chat. Nia is at the keyboard.
func (a *agents) council() []byte {
	a.Helper()
	council, err := sample.Load(a.clock.Now())
	if err != nil {
		a.Fatal(err)
	}
	for i, p := range council.People {
		a.rest = append(a.rest, bot.AccountFact{Account: bot.NewAccountID("teams", fmt.Sprintf("6f3b2a10-0000-4000-a000-%012d", i)), Name: p.Name, Email: p.Email})
	}
	var everybody []map[string]string
	for i, id := range []string{"nia", "adaeze", "leroy", "farida", "callum", "maureen"} {
		p, ok := council.Person(id)
		if !ok {
			a.Fatalf("the council has no %s", id)
		}
		given, family, _ := strings.Cut(p.Name, " ")
		user := teamstest.User{ID: fmt.Sprintf("6f3b2a10-0000-4000-8000-%012d", i), MRI: "29:" + id, Name: p.Name, Email: p.Email}
		a.people[id] = user
		a.rest = slices.DeleteFunc(a.rest, func(f bot.AccountFact) bool { return f.Email == p.Email })
		everybody = append(everybody, map[string]string{
			"id": user.MRI, "name": p.Name, "userPrincipleName": p.Email, "aadObjectId": user.ID, "givenName": given, "surname": family, "email": p.Email,
		})
	}
	text, err := json.Marshal(map[string]any{
		"version": "0.1.1", "tenantId": a.teams.TenantID(), "bot": map[string]any{"id": "28:" + a.teams.AppID(), "name": teamstest.DefaultBotName},
		"currentUser": everybody[0], "users": everybody[1:], "personalChat": map[string]any{"id": agentsChat},
		"groupChat": map[string]any{"id": agentsReading, "name": "Reading team"},
		"team": map[string]any{"id": agentsTeam, "name": "Council", "aadGroupId": "6f3b2a10-0000-4000-9000-000000000001",
			"channels": []any{map[string]any{"id": agentsChannel, "name": "News"}}},
	})
	if err != nil {
		a.Fatal(err)
	}
	return text
}

// launch starts the client with a preload that keeps it on this machine, and
// waits until it serves.
func (a *agents) launch(program string, config []byte, port int, more ...string) {
	a.Helper()
	preload, err := filepath.Abs(filepath.Join("testdata", "loopback.cjs"))
	if err != nil {
		a.Fatal(err)
	}
	folder := a.TempDir()
	settings := filepath.Join(folder, "council.yml") // JSON is YAML
	if err := os.WriteFile(settings, config, 0o600); err != nil {
		a.Fatal(err)
	}
	ctx, stop := context.WithCancel(a.ctx)
	command := exec.CommandContext(ctx, "node", append([]string{program, "start", "-c", "msteams", "-p", strconv.Itoa(port), "--disable-telemetry"}, more...)...)
	said := &lockedBuffer{}
	command.Dir, command.Stdout, command.Stderr = folder, said, said
	command.Env = append(os.Environ(), "NODE_OPTIONS=--require "+strconv.Quote(preload), "APPLICATION_INSIGHTS_NO_STATSBEAT=true", "TEAMSAPPTESTER_BROWSER=none", "M365_AGENTS_PLAYGROUND_CONFIG_PATH="+settings)
	if err := command.Start(); err != nil {
		a.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = command.Wait() // it is killed in the end
		close(ended)
	}()
	a.Cleanup(func() {
		stop()
		<-ended
	})
	a.eventually("the Agents Playground serves", func() bool {
		select {
		case <-ended:
			a.Fatalf("the Agents Playground ended: %s", said)
		default:
		}
		status, _ := a.fetch(http.MethodGet, "/", nil)
		return status == http.StatusOK
	})
}

// fetch asks the client's own server; status 0: it was not reached.
func (a *agents) fetch(method, path string, body []byte) (status int, answer []byte) {
	a.Helper()
	request, err := http.NewRequestWithContext(a.ctx, method, a.client+path, bytes.NewReader(body))
	if err != nil {
		a.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, nil
	}
	defer response.Body.Close()
	answer, _ = io.ReadAll(response.Body)
	return response.StatusCode, answer
}
