package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	if os.Getenv(beProgram) != "" {
		program()
	}
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
