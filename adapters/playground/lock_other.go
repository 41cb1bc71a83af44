//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package playground

import (
	"errors"
	"os"
)

// errHeld means that another process holds the lock.
var errHeld = errors.New("another process holds the lock")

// lockFile does nothing: on this system one process at a time may use a
// workspace file.
func lockFile(*os.File, bool) error { return nil }

func unlockFile(*os.File) error { return nil }
