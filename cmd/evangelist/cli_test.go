package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	_ "modernc.org/sqlite" // for the command sql

	"evangelist/cmd/evangelist/config"
	"evangelist/storage/storagetest"
)

func TestMain(m *testing.M) {
	if os.Getenv(beBusy) != "" {
		busy()
	}
	if os.Getenv(beProgram) != "" {
		program()
	}
	// Memory is cheaper for these tests than collecting it often.
	debug.SetGCPercent(400)
	testscript.Main(m, map[string]func(){"evangelist": program})
}

// program is main, by the clock of the test.
func program() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(Run(ctx, os.Args[1:], Surroundings{
		Environ: os.Environ(), Stdout: os.Stdout, Stderr: os.Stderr, Clock: clockFrom(os.Getenv(clockVariable)),
	}))
}

// TestCommandLine runs the scripts, each in a folder of its own, which is also
// its user's home.
func TestCommandLine(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Values[runningKey{}] = &started{}
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("LocalAppData", env.WorkDir) // the cache on Windows
			return nil
		},
		Condition: func(name string) (bool, error) {
			switch name {
			case "root":
				return os.Getuid() == 0, nil
			case "smalldisk":
				return smallDisks(), nil
			}
			return false, errors.New("unknown condition " + name)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "opens": opens, "quits": quits, "sql": execSQL, "counts": counts, "cut": cut, "smalldisk": smallDisk,
		},
	})
}

// brokenRandom panics, as a mistake in the program would.
type brokenRandom struct{}

func (brokenRandom) Read([]byte) (int, error) { panic("no randomness left") }

func TestAMistakeInTheProgramIsAFailure(t *testing.T) {
	var out, errs bytes.Buffer
	code := Run(t.Context(), []string{"--database", storagetest.SQLite(t), "playground", "--listen", "127.0.0.1:0"},
		Surroundings{Stdout: &out, Stderr: &errs, Random: brokenRandom{}})
	last := errs.String()[strings.LastIndex(strings.TrimSpace(errs.String()), "\n")+1:]
	if code != exitFailed || !strings.HasPrefix(last, "evangelist: evangelist itself broke") || !strings.Contains(errs.String(), "cli_test.go") || strings.Contains(errs.String(), "no randomness left") {
		t.Errorf("exit code %d: %s", code, &errs)
	}
}

// exits runs a program that must end with this code, and leaves what it said to
// stdout and stderr: exits CODE PROGRAM ARGS…
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARGS…")
	}
	code := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var ended *exec.ExitError
		if !errors.As(err, &ended) {
			ts.Fatalf("%v", err)
		}
		code = ended.ExitCode()
	}
	said := ts.ReadFile("stdout") + ts.ReadFile("stderr")
	if want := args[0]; strconv.Itoa(code) != want {
		ts.Fatalf("exit code %d, not %s", code, want)
	}
	for _, never := range []string{"goroutine ", "panic", "runtime error", "%!", "<nil>"} {
		if strings.Contains(said, never) {
			ts.Fatalf("it said %q", never)
		}
	}
}

// started is the program that a script has running.
type started struct {
	*exec.Cmd
	said *lockedBuffer
}

type runningKey struct{}

// opens starts the program with these arguments and waits until it serves; quits
// ends it: opens ARGS…
func opens(ts *testscript.TestScript, neg bool, args []string) {
	self, err := os.Executable()
	ts.Check(err)
	said := &lockedBuffer{}
	program := started{Cmd: exec.Command(self, args...), said: said}
	program.Dir = ts.MkAbs(".")
	program.Env = append(os.Environ(), beProgram+"=1", "HOME="+ts.Getenv("WORK"), "LocalAppData="+ts.Getenv("WORK"))
	for _, key := range config.Keys() {
		for _, name := range []string{key.Env, key.Env + "_FILE"} {
			if value := ts.Getenv(name); value != "" {
				program.Env = append(program.Env, name+"="+value)
			}
		}
	}
	out, in, err := os.Pipe()
	ts.Check(err)
	program.Stdout, program.Stderr = in, in
	ts.Check(program.Start())
	ts.Check(in.Close())
	ready, done := make(chan bool, 1), make(chan struct{})
	go func() {
		defer close(done)
		defer close(ready)
		told := false
		for buffer := make([]byte, 4096); ; {
			n, err := out.Read(buffer)
			_, _ = said.Write(buffer[:n])
			if text := said.String(); !told && (strings.Contains(text, " open at ") || strings.Contains(text, `"serving"`)) {
				told = true
				ready <- true
			}
			if err != nil {
				return
			}
		}
	}()
	ts.Defer(func() {
		_ = program.Process.Kill()
		<-done
		_ = out.Close()
	})
	if ok := <-ready; !ok {
		ts.Fatalf("it did not open: %s", said)
	}
	*ts.Value(runningKey{}).(*started) = program
}

// quits asks the running program to end, which it does with exit code 0.
func quits(ts *testscript.TestScript, _ bool, _ []string) {
	program := ts.Value(runningKey{}).(*started)
	if runtime.GOOS == "windows" { // where nobody can be asked
		_ = program.Process.Kill()
		_ = program.Wait()
		return
	}
	ts.Check(program.Process.Signal(syscall.SIGTERM))
	if err := program.Wait(); err != nil {
		ts.Fatalf("it ended with %v: %s", err, program.said)
	}
}

// execSQL changes a database from outside: sql FILE STATEMENT…
func execSQL(ts *testscript.TestScript, neg bool, args []string) {
	db, err := sql.Open("sqlite", "file:"+ts.MkAbs(args[0])+"?mode=rw")
	ts.Check(err)
	defer db.Close()
	for _, statement := range args[1:] {
		_, err := db.Exec(statement)
		ts.Check(err)
	}
}

// counts asks a database for a number: counts FILE NUMBER QUERY
func counts(ts *testscript.TestScript, neg bool, args []string) {
	db, err := sql.Open("sqlite", "file:"+ts.MkAbs(args[0])+"?mode=ro")
	ts.Check(err)
	defer db.Close()
	var n string
	ts.Check(db.QueryRow(args[2]).Scan(&n))
	if n != args[1] {
		ts.Fatalf("%s, not %s", n, args[1])
	}
}

// cut leaves so many kilobytes of a file: cut FILE KILOBYTES
func cut(ts *testscript.TestScript, neg bool, args []string) {
	size, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	ts.Check(os.Truncate(ts.MkAbs(args[0]), size<<10))
}

// smallDisk makes a folder a disk of so many kilobytes: smalldisk FOLDER KILOBYTES
func smallDisk(ts *testscript.TestScript, neg bool, args []string) {
	folder := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(folder, 0o700))
	ts.Check(mountSmall(folder, args[1]))
	ts.Defer(func() { ts.Check(exec.Command("umount", folder).Run()) })
}

func mountSmall(folder, kilobytes string) error {
	return exec.Command("mount", "-t", "tmpfs", "-o", "size="+kilobytes+"k", "evangelist", folder).Run()
}

// smallDisks reports whether this user of this system can make small disks.
func smallDisks() bool {
	folder, err := os.MkdirTemp("", "evangelist-disk-")
	if err != nil {
		return false
	}
	defer os.RemoveAll(folder)
	return mountSmall(folder, "64") == nil && exec.Command("umount", folder).Run() == nil
}
