package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

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
