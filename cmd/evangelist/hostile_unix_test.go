//go:build unix

package main

import (
	"os"
	"syscall"
)

// nobody is how a program runs that may do nothing, and how a folder is handed to
// it; nil where that is impossible.
func nobody() (as *syscall.SysProcAttr, own func(path string) error) {
	const id = 65534
	if os.Getuid() != 0 {
		return nil, nil
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: id, Gid: id}}, func(path string) error { return os.Chown(path, id, id) }
}
