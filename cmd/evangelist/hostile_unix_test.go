//go:build unix

package main

import (
	"os"
	"syscall"
)

// nobody is how a program runs that may do nothing; nil where that is impossible.
func nobody() *syscall.SysProcAttr {
	if os.Getuid() != 0 {
		return nil
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
}
