package playground_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"evangelist/adapters/playground"
	"evangelist/bot"
)

// killedEnv names the journal in the process that is going to be killed.
const killedEnv = "PLAYGROUND_TEST_JOURNAL"

// TestMain lets the test binary be the process that is killed.
func TestMain(m *testing.M) {
	if path := os.Getenv(killedEnv); path != "" {
		if err := postForever(path); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// postForever posts and, after each post, prints the reference that it got.
func postForever(path string) error {
	w, err := playground.Open(playground.Config{Path: path, Clock: bot.SystemClock{}, Random: rand.Reader})
	if err != nil {
		return err
	}
	parts, err := w.Render(bot.Notice(strings.Repeat("Long enough to be cut somewhere. ", 200)))
	if err != nil {
		return err
	}
	for n := 0; ; n++ {
		ref, err := w.Post(context.Background(), bot.Posting{Place: w.PlaceID("finds"), Part: parts[0], ID: fmt.Sprint("part-", n)})
		if err != nil {
			return err
		}
		fmt.Println(ref.Native)
	}
}

func TestWhatWasPostedSurvivesAKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "workspace.jsonl")
	at := func(c *playground.Config) { c.Path, c.Clock = path, bot.SystemClock{} }
	w, ctx := town(t, at), soon(t)
	known := map[string]bool{}
	for round := range 5 {
		child := exec.CommandContext(ctx, os.Args[0])
		child.Env = append(os.Environ(), killedEnv+"="+path)
		child.Stderr = os.Stderr
		out, err := child.StdoutPipe()
		must(t, err)
		must(t, child.Start())
		lines := bufio.NewScanner(out)
		for n := 0; n < 7+round && lines.Scan(); n++ {
			known[lines.Text()] = true
		}
		must(t, child.Process.Kill())
		for lines.Scan() {
			known[lines.Text()] = true
		}
		if err := child.Wait(); err == nil {
			t.Fatal("the process ended by itself")
		}
		// Whoever is left goes on in the same journal.
		m, err := w.As("ada").Post(ctx, "finds", "Still here")
		must(t, err)
		known[m.Ref.Native] = true
	}
	if len(known) < 5*8 {
		t.Fatalf("only %d messages were posted", len(known))
	}
	again := open(t, at)
	stands := map[string]int{}
	for _, m := range again.Messages("finds") {
		stands[m.Ref.Native]++
		if m.Ours {
			found, err := again.Find(ctx, m.Ref.Place, m.Thread, m.PartID, time.Time{})
			if err != nil || len(found) == 0 {
				t.Errorf("%s is not found by its part id: %v", m.Ref.Native, err)
			}
		}
	}
	for native := range known {
		if stands[native] != 1 {
			t.Errorf("%s was acknowledged and stands %d times", native, stands[native])
		}
	}
}
