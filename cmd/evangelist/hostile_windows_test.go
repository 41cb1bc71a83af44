package main

import "syscall"

// nobody is not to be had on Windows.
func nobody() (*syscall.SysProcAttr, func(string) error) { return nil, nil }
