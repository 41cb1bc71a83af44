package engine_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	run "os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"evangelist/storage/internal/engine"
	"evangelist/storage/storagetest"
)

// childURL names the database for a test process that is to be killed.
const childURL = "EVANGELIST_TEST_CHILD"

// TestChild is not a test: it is what the tests below start, and kill. It writes
// rows in pairs from several goroutines and prints the number of each pair once
// Write has returned, or what went wrong.
func TestChild(t *testing.T) {
	url, round, limit := os.Getenv(childURL), os.Getenv(childURL+"_ROUND"), 0
	if url == "" {
		t.Skip("started by the tests of crashes")
	}
	fmt.Sscan(os.Getenv(childURL+"_LIMIT"), &limit)
	db, err := engine.Open(context.Background(), url, engine.Options{})
	if err != nil {
		fmt.Println("error", err)
		os.Exit(3)
	}
	var print sync.Mutex
	var all sync.WaitGroup
	for g := range 4 {
		all.Go(func() {
			for i := 0; limit == 0 || i < limit; i++ {
				pair := fmt.Sprint(round, ".", g, ".", i)
				err := db.Write(context.Background(), func(ctx context.Context, tx *engine.Tx) error {
					for _, half := range []string{"a", "b"} {
						if _, err := tx.Exec(ctx, "INSERT INTO installation (key, value) VALUES ($1, $2)", pair+half, strings.Repeat("x", i%3000)); err != nil {
							return err
						}
					}
					return nil
				})
				print.Lock()
				if err != nil {
					fmt.Printf("failed %s %v\n", pair, err)
				} else {
					fmt.Println("kept", pair)
				}
				print.Unlock()
			}
		})
	}
	all.Wait()
	err = db.Close()
	fmt.Println("closed", err)
	os.Exit(0)
}

// child starts TestChild, by way of other programs if given.
func child(t *testing.T, url string, round, limit int, before ...string) *run.Cmd {
	t.Helper()
	line := append(before, os.Args[0], "-test.run=^TestChild$")
	command := run.Command(line[0], line[1:]...)
	command.Env = append(os.Environ(), childURL+"="+url, fmt.Sprint(childURL, "_ROUND=", round), fmt.Sprint(childURL, "_LIMIT=", limit))
	command.Stderr = os.Stderr
	return command
}

// pairs checks that the database holds pairs only, and every one that was kept.
func pairs(t *testing.T, url string, kept []string) {
	t.Helper()
	db, err := engine.Open(context.Background(), url, engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QuickCheck(t.Context()); err != nil {
		t.Error(err)
	}
	var keys []string
	err = db.Read(t.Context(), func(ctx context.Context, tx *engine.Tx) error {
		keys, err = engine.All(ctx, tx, engine.Value[string], "SELECT key FROM installation WHERE key LIKE '%.%.%'")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]int{}
	for _, key := range keys {
		there[key[:len(key)-1]]++
	}
	for pair, n := range there {
		if n != 2 {
			t.Errorf("half of %s", pair)
		}
	}
	for _, pair := range kept {
		if there[pair] == 0 {
			t.Errorf("%s was confirmed and is lost", pair)
		}
	}
}

// A program killed at any moment loses nothing that it confirmed and leaves
// nothing half done.
func TestKill(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	storagetest.EachURL(t, func(t *testing.T, url string) {
		chance := rand.New(rand.NewPCG(48, 59))
		var kept []string
		for round := range 8 {
			command := child(t, url, round, 0)
			out, err := command.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := command.Start(); err != nil {
				t.Fatal(err)
			}
			enough, lines := 1+chance.IntN(400), 0
			for scan := bufio.NewScanner(out); scan.Scan(); {
				word, pair, _ := strings.Cut(scan.Text(), " ")
				if word != "kept" {
					t.Errorf("the child says: %s", scan.Text())
					continue
				}
				kept = append(kept, pair)
				if lines++; lines == enough {
					if err := command.Process.Kill(); err != nil {
						t.Fatal(err)
					}
				}
			}
			if err := command.Wait(); err == nil || !strings.Contains(err.Error(), "killed") {
				t.Errorf("the child ended by itself: %v", err)
			}
			pairs(t, url, kept)
		}
	})
}

// strace runs the child with system calls that fail or kill.
func strace(t *testing.T, inject ...string) []string {
	t.Helper()
	path, err := run.LookPath("strace")
	if err == nil {
		err = run.Command(path, "-qq", "-o", os.DevNull, "true").Run()
	}
	if err != nil {
		if slices.Contains(strings.Split(os.Getenv("EVANGELIST_TEST_REQUIRE"), ","), "strace") {
			t.Fatalf("strace is required: %v", err)
		}
		t.Skipf("strace, which makes system calls fail, cannot be used: %v", err)
	}
	line := []string{path, "-f", "-qq", "-o", os.DevNull, "-e", "trace=pwrite64,fsync,fdatasync,ftruncate,rename,renameat"}
	for _, one := range inject {
		line = append(line, "-e", "inject="+one)
	}
	return line
}

// report sorts what the child printed, and says whether it was killed.
func report(t *testing.T, command *run.Cmd) (kept, failed []string, killed bool) {
	t.Helper()
	out, err := command.Output()
	var ended *run.ExitError
	if err != nil && !errors.As(err, &ended) {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		switch word, rest, _ := strings.Cut(strings.TrimSpace(line), " "); word {
		case "kept":
			kept = append(kept, rest)
		case "failed", "error":
			failed = append(failed, rest)
		}
	}
	return kept, failed, err != nil && strings.Contains(err.Error(), "killed")
}

// Killed at each of its first writes, syncs and renames, from the making of the
// file on, the next start finds either nothing or a sound database.
func TestKillAtEachStep(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	step := 1
	if testing.Short() {
		step = 5
	}
	for _, call := range []string{"pwrite64", "fsync", "rename,renameat"} {
		last := map[string]int{"pwrite64": 40, "fsync": 8, "rename,renameat": 1}[call]
		kills := 0
		for n := 1; n <= last; n += step {
			url := "sqlite:" + filepath.Join(t.TempDir(), "x.db")
			command := child(t, url, 0, 5, strace(t, fmt.Sprintf("%s:signal=KILL:when=%d", call, n))...)
			command.Env = append(command.Env, "GOMAXPROCS=1")
			kept, _, killed := report(t, command)
			if killed {
				kills++
			}
			pairs(t, url, kept)
			if t.Failed() {
				t.Fatalf("killed at %s number %d", call, n)
			}
		}
		if kills == 0 {
			t.Errorf("nothing was killed at %s", call)
		}
		t.Logf("%s: %d kills", call, kills)
	}
}

// When the disk fails to keep what it was given, nothing more is written, every
// later change says why, and what was confirmed before is there.
func TestDiskError(t *testing.T) {
	for _, call := range []string{"fsync", "fdatasync"} {
		url := storagetest.Nowhere(t)
		open(t, url, engine.Options{}).Close()
		kept, failed, _ := report(t, child(t, url, 0, 20, strace(t, call+":error=EIO:when=5+")...))
		if call == "fsync" && (len(failed) == 0 || len(kept)+len(failed) != 80) {
			t.Errorf("%s: %d kept, %d failed", call, len(kept), len(failed))
		}
		for _, line := range failed {
			if !strings.Contains(line, "Check the disk") {
				t.Errorf("%s: %s", call, line)
			}
		}
		pairs(t, url, kept)
	}
}

// A full disk fails the change with a sentence, and later ones work again.
func TestDiskFullForAWhile(t *testing.T) {
	url := storagetest.Nowhere(t)
	open(t, url, engine.Options{}).Close()
	kept, failed, _ := report(t, child(t, url, 0, 40, strace(t, "pwrite64:error=ENOSPC:when=30..60")...))
	if len(failed) == 0 || len(kept)+len(failed) != 160 {
		t.Errorf("%d kept, %d failed", len(kept), len(failed))
	}
	last := failed[len(failed)-1]
	if !strings.Contains(last, "Make room") {
		t.Error(last)
	}
	pairs(t, url, kept)
}
