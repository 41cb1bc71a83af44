// Command evangelist is a chat bot that acts as an organisation's internal
// evangelist. Without configuration it opens a playground in the browser.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
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

// release is set by the linker: -ldflags "-X main.release=v1.2.3".
var release string

type versionCommand struct{}

// Run prints the version, the commit it was built from and the platform.
func (versionCommand) Run(s *settings) error {
	_, err := fmt.Fprintf(s.Stdout, "evangelist %s %s/%s %s\n", versionText(), runtime.GOOS, runtime.GOARCH, runtime.Version())
	return err
}

func versionText() string {
	if release != "" {
		return release
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, setting := range info.Settings {
			if setting.Key == "vcs.revision" && len(setting.Value) >= 12 {
				return "development " + setting.Value[:12]
			}
		}
	}
	return "development"
}
