// Command evangelist is a chat bot that acts as an organisation's internal
// evangelist. Without configuration it opens a playground in the browser.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(Run(ctx, os.Args[1:], Surroundings{Environ: os.Environ(), Stdout: os.Stdout, Stderr: os.Stderr, Terminal: isTerminal(os.Stderr)}))
}

// isTerminal reports whether somebody watches; progress is shown only then.
func isTerminal(file *os.File) bool {
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
