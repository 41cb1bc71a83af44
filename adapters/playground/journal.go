package playground

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// journal is the append-only file of events, one JSON object a line. Several
// processes may share it: whoever appends holds the file's lock, has read all
// that stands there, and cuts off a last line that a killed process left
// unfinished. A nil journal keeps nothing.
type journal struct {
	file   *os.File
	offset int64 // behind the last whole line that was read
	lines  int
}

func openJournal(path string) (*journal, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the workspace file: %w", err)
	}
	return &journal{file: file}, nil
}

// grown reports whether somebody else has appended.
func (j *journal) grown() bool {
	if j == nil {
		return false
	}
	info, err := j.file.Stat()
	return err == nil && info.Size() > j.offset
}

// tail hands each whole line after the last one read to take, in order.
func (j *journal) tail(take func(event) error) error {
	if j == nil || !j.grown() {
		return nil
	}
	text, err := io.ReadAll(io.NewSectionReader(j.file, j.offset, 1<<62))
	if err != nil {
		return fmt.Errorf("read the workspace file: %w", err)
	}
	for {
		line, rest, whole := bytes.Cut(text, []byte{'\n'})
		if !whole {
			return nil
		}
		var e event
		if err := json.Unmarshal(line, &e); err != nil {
			return fmt.Errorf("line %d of the workspace file %s is not an event; restore the file or start with a new one: %w", j.lines+1, j.file.Name(), err)
		}
		if err := take(e); err != nil {
			return fmt.Errorf("line %d of the workspace file %s: %w", j.lines+1, j.file.Name(), err)
		}
		j.offset += int64(len(line)) + 1
		j.lines++
		text = rest
	}
}

// locked runs what while no other process appends.
func (j *journal) locked(what func() error) (err error) {
	if j == nil {
		return what()
	}
	if err := lockFile(j.file, true); err != nil {
		return fmt.Errorf("lock the workspace file: %w", err)
	}
	defer func() { err = errors.Join(err, unlockFile(j.file)) }()
	return what()
}

// append writes whole lines behind the last whole line. The caller holds the
// lock and has read the tail. With sync it is on disk when append returns.
func (j *journal) append(text []byte, lines int, sync bool) error {
	if j == nil {
		return nil
	}
	info, err := j.file.Stat()
	if err != nil {
		return fmt.Errorf("look at the workspace file: %w", err)
	}
	if info.Size() > j.offset {
		if err := j.file.Truncate(j.offset); err != nil {
			return fmt.Errorf("cut an unfinished line off the workspace file: %w", err)
		}
	}
	if _, err := j.file.WriteAt(text, j.offset); err != nil {
		return errors.Join(fmt.Errorf("write the workspace file: %w", err), j.file.Truncate(j.offset))
	}
	if sync {
		if err := j.file.Sync(); err != nil {
			return fmt.Errorf("write the workspace file to disk: %w", err)
		}
	}
	j.offset += int64(len(text))
	j.lines += lines
	return nil
}

// restart empties the file: its furnishing was interrupted. The caller holds the lock.
func (j *journal) restart() error {
	if j == nil {
		return nil
	}
	if err := j.file.Truncate(0); err != nil {
		return fmt.Errorf("empty the workspace file: %w", err)
	}
	j.offset, j.lines = 0, 0
	return nil
}

func (j *journal) close() error {
	if j == nil {
		return nil
	}
	return j.file.Close()
}
