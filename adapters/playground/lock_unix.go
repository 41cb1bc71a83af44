//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package playground

import (
	"errors"
	"os"
	"syscall"
)

// errHeld means that another process holds the lock.
var errHeld = errors.New("another process holds the lock")

// lockFile takes the file's advisory lock, waiting for it when wait is set and
// returning errHeld otherwise. The system lets go of it when the process ends.
func lockFile(file *os.File, wait bool) error {
	how := syscall.LOCK_EX
	if !wait {
		how |= syscall.LOCK_NB
	}
	for {
		err := syscall.Flock(int(file.Fd()), how)
		switch {
		case errors.Is(err, syscall.EINTR):
			continue
		case errors.Is(err, syscall.EWOULDBLOCK):
			return errHeld
		}
		return err
	}
}

func unlockFile(file *os.File) error {
	return syscall.Flock(int(file.Fd()), syscall.LOCK_UN)
}
