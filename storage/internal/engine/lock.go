package engine

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// fileLock is the lock that one writing program holds on a database: an advisory
// lock of the operating system on PATH.lock, which ends with the process in any
// case. The file stays; only its content, the process id, changes.
type fileLock struct{ file *os.File }

func takeLock(path string) (*fileLock, error) {
	file, err := os.OpenFile(path+".lock", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		if errors.Is(err, fs.ErrPermission) || readOnlyDisk(err) {
			return nil, fmt.Errorf("evangelist may not write in %s, where the database is; give its user the right to (%w)", filepath.Dir(path), err)
		}
		return nil, err
	}
	if err := flock(file); err != nil {
		defer file.Close()
		if !errors.Is(err, errHeld) {
			return nil, fmt.Errorf("lock %s: %w", file.Name(), err)
		}
		text, _ := io.ReadAll(io.LimitReader(file, 32))
		pid, _ := strconv.Atoi(strings.TrimSpace(string(text)))
		return nil, &LockedError{Path: path, PID: pid}
	}
	// The id is for people; a full disk must not keep the program from starting.
	if file.Truncate(0) == nil {
		_, _ = file.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	}
	return &fileLock{file}, nil
}

func (l *fileLock) release() error {
	_ = l.file.Truncate(0) // only the id; the lock ends with the file's closing
	return l.file.Close()
}

// discard removes a temporary file, unless it has its final name by now. One that
// cannot be removed costs space and nothing else.
func discard(name string) { _ = os.Remove(name) }

// syncPath brings a file or folder to the disk.
func syncPath(name string) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	if err := file.Sync(); err != nil && !syncUnsupported(err) {
		file.Close()
		return fmt.Errorf("bring %s to the disk: %w", name, err)
	}
	return file.Close()
}
