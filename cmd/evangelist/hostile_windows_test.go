package main

import "syscall"

// nobody is not to be had on Windows.
func nobody() *syscall.SysProcAttr { return nil }
