//go:build unix

package storagetest

import (
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// guardian waits until the test process is gone, however it ended: then its
// standard input, a pipe that only that process holds open, comes to an end. It
// stops the server and removes its folder.
const guardian = `trap '' HUP INT TERM; cat >/dev/null; "$1/pg_ctl" stop -D "$2/data" -m immediate >/dev/null 2>&1; rm -rf "$2"`

// launch starts a private server in a temporary folder, reached by a socket in
// it, and returns its address. Text sorts by a human language's rules, as in many
// installations, so that tests notice an order that differs from SQLite's.
func launch() (string, io.Closer, error) {
	bin, ok := programs()
	if !ok {
		return "", nil, errNoServer
	}
	as, own, err := unprivileged()
	if err != nil {
		return "", nil, err
	}
	folder, err := os.MkdirTemp("", "evangelist-pg-")
	if err != nil {
		return "", nil, err
	}
	if err := own(folder); err != nil {
		return "", nil, err
	}
	alive, err := watch(bin, folder, as)
	if err != nil {
		return "", nil, err
	}
	data := filepath.Join(folder, "data")
	run := func(name string, args ...string) error {
		command := exec.Command(filepath.Join(bin, name), args...)
		command.Dir, command.SysProcAttr = folder, as
		// pg_ctl leaves the server behind, which must not hold our output open.
		if name == "pg_ctl" {
			if err := command.Run(); err != nil {
				text, _ := os.ReadFile(filepath.Join(folder, "log"))
				return fmt.Errorf("%s: %w: %s", name, err, text)
			}
			return nil
		}
		if text, err := command.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w: %s", name, err, text)
		}
		return nil
	}
	initial := []string{"-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "--no-instructions"}
	if err := run("initdb", append(initial, "--locale=C", "--locale-provider=icu", "--icu-locale=en-US")...); err != nil {
		// The folder may hold the beginnings of a database.
		if err := os.RemoveAll(data); err != nil {
			return "", nil, err
		}
		if err := run("initdb", append(initial, "--locale=C")...); err != nil {
			return "", nil, err
		}
	}
	settings := "-c listen_addresses='' -c unix_socket_directories='" + folder +
		"' -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_connections=300 -c shared_buffers=32MB -c autovacuum=off"
	if err := run("pg_ctl", "start", "-w", "-t", "60", "-D", data, "-l", filepath.Join(folder, "log"), "-o", settings); err != nil {
		return "", nil, err
	}
	return "postgres://postgres@/postgres?host=" + url.QueryEscape(folder), alive, nil
}

// watch starts the guardian and returns what this process must hold open. The
// guardian stays when this process is interrupted.
func watch(bin, folder string, as *syscall.SysProcAttr) (io.Closer, error) {
	out, in, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer out.Close()
	attributes := *as
	attributes.Setsid = true
	command := exec.Command("/bin/sh", "-c", guardian, "guardian", bin, folder)
	command.Dir, command.Stdin, command.SysProcAttr = "/", out, &attributes
	if err := command.Start(); err != nil {
		return nil, err
	}
	return in, command.Process.Release()
}

// unprivileged returns how to run a program that refuses to run as root, and how
// to hand a folder to it.
func unprivileged() (*syscall.SysProcAttr, func(string) error, error) {
	if os.Getuid() != 0 {
		return &syscall.SysProcAttr{}, func(string) error { return nil }, nil
	}
	who, err := user.Lookup("postgres")
	if err != nil {
		return nil, nil, fmt.Errorf("PostgreSQL does not run as root, and there is no user postgres to run it as: %w", err)
	}
	uid, _ := strconv.Atoi(who.Uid)
	gid, _ := strconv.Atoi(who.Gid)
	as := &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	return as, func(folder string) error { return os.Chown(folder, uid, gid) }, nil
}
