package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"evangelist/adapters/playground"
	"evangelist/bot"
	"evangelist/cmd/evangelist/config"
	"evangelist/storage/storagetest"
)

// With beBusy set the test binary is the program at work in the rooms of Connect and
// Try: people do one thing after the other there, until it is killed.
const beBusy = "EVANGELIST_TEST_BE_BUSY"

// busy is one life of that program, on the database and the workspace that its
// arguments name. It says "living" once it stands.
func busy() {
	ctx := context.Background()
	s := &settings{
		Surroundings: Surroundings{Clock: clockFrom(os.Getenv(clockVariable)), Random: rand.Reader, Stdout: os.Stdout, Stderr: os.Stderr},
		config:       config.Default(), log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
	}
	run, err := openPlayground(ctx, s, playgroundPlace{Database: os.Args[1], Workspace: os.Args[2]}, "http://127.0.0.1:1")
	if err == nil {
		run.app.join(run.workspace)
		err = run.app.courier.Bind(ctx, run.workspace.Name(), run.workspace.Me())
	}
	fmt.Println("living")
	if err == nil {
		run.workspace.Inject(busyFault)
	}
	for n := 0; err == nil; n++ {
		run.busyAct(ctx, n)
		err = run.busySteps(ctx)
	}
	fmt.Fprintln(os.Stderr, "panic:", err)
	os.Exit(1)
}

// busyFault has one post of four stop in the middle: when it stands there and nothing
// was noted, or just before it. It says so, and waits to be killed.
func busyFault(call playground.Call) playground.Fault {
	if posting := call.ID != "" && call.Payload != nil; posting && mathrand.IntN(4) == 0 {
		fmt.Println("in the middle")
		return []playground.Fault{playground.HangAfter, playground.HangAfter, playground.HangBefore}[mathrand.IntN(3)]
	}
	return playground.NoFault
}

// busyAct has somebody do something: one of the things that make the rooms write, or
// whatever a button before them does.
func (p *playgroundRun) busyAct(ctx context.Context, n int) {
	person := []string{"nia", "dewi", "farida", "leroy", "abiodun", "ishbel", "honor"}[mathrand.IntN(7)]
	switch mathrand.IntN(6) {
	case 0:
		p.meetUp(ctx)
	case 1:
		p.tryOut(ctx)
	case 2:
		command := []string{"network.ask.now", "tables.plan", "library.again", "roster.news", "report.drafts", "digest.draft"}[mathrand.IntN(6)]
		p.app.Do(ctx, bot.Invocation{Actor: bot.Actor{Account: p.workspace.ID("nia")}, Workspace: p.workspace.Name(), Command: command, Nonce: rand.Text()})
	case 3:
		p.app.Do(ctx, bot.Invocation{Actor: bot.Actor{Account: p.workspace.ID(person)}, Workspace: p.workspace.Name(), Command: "network.join", Nonce: rand.Text(),
			Values: map[string][]string{"part": {[]string{"lead", "support", "follow"}[n%3]}}})
	default:
		p.busyPress(ctx, person)
	}
}

// busyPress presses a button in somebody's chat with the bot; a form that opens is
// sent with the same words in every field.
func (p *playgroundRun) busyPress(ctx context.Context, person string) {
	var buttons []bot.Button
	for _, m := range p.workspace.Messages(string(p.workspace.As(person).Direct())) {
		if m.Ours && m.Body != nil {
			buttons = append(buttons, buttonsOf(*m.Body)...)
		}
	}
	if len(buttons) == 0 {
		return
	}
	button := buttons[mathrand.IntN(len(buttons))]
	if strings.HasPrefix(button.Command, "contact.") {
		return // nobody is silenced: the more is written, the more can go wrong
	}
	in := bot.Invocation{Actor: bot.Actor{Account: p.workspace.ID(person)}, Workspace: p.workspace.Name(), Command: button.Command, Arg: button.Arg, Nonce: rand.Text()}
	ask, ok := p.app.Do(ctx, in).(bot.Ask)
	if !ok {
		return
	}
	in.Command, in.Arg, in.Nonce, in.Values = ask.Form.Command, ask.Form.Arg, ask.Form.Nonce, map[string][]string{}
	for _, field := range ask.Form.Fields {
		switch {
		case len(field.Options) > 0:
			in.Values[field.Name] = []string{field.Options[mathrand.IntN(len(field.Options))].Value}
		case len(field.Value) > 0:
			in.Values[field.Name] = field.Value
		case field.Required:
			in.Values[field.Name] = []string{"One page replaced forty calls a week."}
		}
	}
	p.app.Do(ctx, in)
}

// busySteps does what is due, as far as one look goes.
func (p *playgroundRun) busySteps(ctx context.Context) error {
	if err := p.workspace.Heard(ctx); err != nil {
		return err
	}
	for _, sweep := range p.app.sweeps {
		if _, err := sweep.Run(ctx); err != nil {
			return fmt.Errorf("sweep %s: %w", sweep.Name, err)
		}
	}
	for more := true; more; {
		var err error
		if more, err = p.app.scheduler.Step(ctx); err != nil {
			return err
		}
	}
	for n := range 40 {
		more, _, err := p.app.courier.Step(ctx)
		if err != nil || !more && n > 0 {
			return err
		}
	}
	return nil
}

// TestRoomsAreKilledAgainAndAgain: a program in whose rooms people do one thing after
// the other is killed as by a power cut, sixteen times, in hours that pass in
// seconds, most often in the middle of a post.
// Afterwards nothing stands anywhere twice, nothing is broken, and all that was to be
// sent is sent or was dropped for a reason.
func TestRoomsAreKilledAgainAndAgain(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	t.Parallel()
	storagetest.EachURL(t, killRooms)
}

func killRooms(t *testing.T, url string) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := mathrand.New(mathrand.NewPCG(seed, 1))
	path := filepath.Join(t.TempDir(), "workspace")
	clock := quickClock{from: tuesday, since: time.Now(), times: 2_000}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	said, hits := &lockedBuffer{}, 0
	for n := range soakTimes(16, 80) {
		life := exec.CommandContext(t.Context(), self, url, path)
		life.Env = append(os.Environ(), beBusy+"=1", clockVariable+"="+clock.String())
		life.Stderr = said
		out, err := life.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := life.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		if !lines.Scan() || lines.Text() != "living" {
			t.Fatalf("the program said %q\n%s", lines.Text(), said)
		}
		middle := make(chan bool, 1)
		go func() { middle <- lines.Scan() }()
		wait := 3 * time.Second
		if n%4 == 0 {
			wait = time.Duration(random.Int64N(int64(600 * time.Millisecond)))
		}
		select {
		case found := <-middle:
			if found {
				hits++
			}
		case <-time.After(wait):
		}
		if err := life.Process.Kill(); err != nil {
			t.Fatalf("the program had ended by itself: %v\n%s", err, said)
		}
		_ = life.Wait()
	}
	t.Logf("killed in the middle of a post: %d times", hits)
	if hits < 4 {
		t.Errorf("only %d kills came in the middle of a post: they prove little", hits)
	}
	if words := said.String(); words != "" {
		t.Errorf("a program complained: %s", words)
	}
	y := openYardAt(t, playgroundPlace{Database: url, Workspace: path}, clock.Now().Add(time.Hour), 9)
	for range 15 {
		y.pass(24 * time.Hour)
	}
	y.pass(3 * time.Minute)
	y.afterKills(path)
}

// soakTimes is more when it is asked for.
func soakTimes(few, many int) int { return int(soak(time.Duration(few), time.Duration(many))) }

// afterKills looks at what is left.
func (y *yard) afterKills(path string) {
	y.Helper()
	posted := everPosted(y.T, path)
	for id, n := range posted {
		if n > 1 {
			y.Errorf("%d times: %s", n, id)
		}
	}
	rooms := map[string]int{}
	for _, key := range y.list("SELECT d.key FROM deliveries d WHERE d.state = 'sent'") {
		room, _, _ := strings.Cut(key, "/")
		rooms[room]++
	}
	y.Logf("%d posts, by room: %v", len(posted), rooms)
	if len(rooms) < 6 {
		y.Errorf("only these rooms wrote: %v", rooms)
	}
	var left int
	if err := y.looker.QueryRowContext(y.ctx, "SELECT count(*) FROM deliveries WHERE state IN ('sending', 'unknown', 'failed', 'unsure')").Scan(&left); err != nil || left > 0 {
		y.Errorf("%d deliveries hang, %v", left, err)
	}
	y.whole()
}
