package export

import (
	"archive/zip"
	"compress/flate"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"evangelist/adapters/slack/mrkdwn/jsonscan"
	"evangelist/bot"
)

const code = "slack-export"

func refuse(format string, args ...any) error {
	return &bot.Error{Code: code, Say: fmt.Sprintf(format, args...)}
}

func because(err error, format string, args ...any) error {
	return &bot.Error{Code: code, Say: fmt.Sprintf(format, args...), Err: err}
}

// quote shows a name from the archive on one line, however long it is.
func quote(name string) string {
	name = strings.ToValidUTF8(name, "\uFFFD")
	if runes := []rune(name); len(runes) > 100 {
		name = string(runes[:100]) + "…"
	}
	return strconv.Quote(name)
}

const remedy = "so nothing was imported; ask Slack for a fresh export, or mend that file and import again."

// unread says that a file of the archive is not to be read at all.
func unread(name, say string) error { return refuse("%s: %s, %s", shown(name), say, remedy) }

func shown(name string) string {
	if quoted := quote(name); quoted != `"`+name+`"` {
		return quoted
	}
	return name
}

// wrong is a fault in one entry of a list: field is the value at fault.
type wrong struct {
	field jsonscan.Value
	say   string
}

// Error implements error.
func (w *wrong) Error() string { return w.say }

// located turns what went wrong while a file was read into a sentence with the
// place: line, column, and the entry (message, member, channel) it is in.
func (a *archive) located(name, entry string, s *jsonscan.Stream, v jsonscan.Value, err error) error {
	var fault *jsonscan.Fault
	var field *wrong
	var corrupt flate.CorruptInputError
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.As(err, &fault):
		return a.at(name, entry, s.Count()+1, fault.Offset, fault.Say)
	case errors.As(err, &field):
		offset := s.Offset() - int64(len(v))
		if len(field.field) > 0 {
			offset += int64(cap(v) - cap(field.field)) // the field is a piece of v
		}
		return a.at(name, entry, s.Count(), offset, field.say)
	case errors.Is(err, zip.ErrChecksum):
		return unread(name, "the unpacked data do not match their checksum")
	case errors.Is(err, zip.ErrFormat), errors.Is(err, zip.ErrAlgorithm), errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &corrupt):
		return unread(name, fmt.Sprintf("the packed data are damaged after byte %d (%s %d)", s.Offset(), entry, s.Count()+1))
	}
	return because(err, "%s: the file cannot be read, %s", shown(name), remedy)
}

func (a *archive) at(name, entry string, number int, offset int64, say string) error {
	place := fmt.Sprintf("byte %d", offset)
	if line, column, ok := a.lineOf(name, offset); ok {
		place = fmt.Sprintf("line %d, column %d", line, column)
	}
	return refuse("%s, %s (%s %d): %s, %s", shown(name), place, entry, number, say, remedy)
}

// lineOf reads a file once more, up to offset. Line and column count from one,
// the column in bytes.
func (a *archive) lineOf(name string, offset int64) (line, column int, ok bool) {
	from, err := a.files[name].Open()
	if err != nil {
		return 0, 0, false
	}
	defer from.Close()
	line, column = 1, 1
	buffer := make([]byte, 32<<10)
	for left := offset; left > 0; {
		n, err := from.Read(buffer[:min(left, int64(len(buffer)))])
		for _, c := range buffer[:n] {
			column++
			if c == '\n' {
				line, column = line+1, 1
			}
		}
		if left -= int64(n); err != nil && left > 0 {
			return 0, 0, false
		}
	}
	return line, column, true
}

// need checks the kind of a field that is there.
func need(name string, field jsonscan.Value, kinds ...jsonscan.Kind) error {
	if field.None() {
		return nil
	}
	kind := field.Kind()
	for _, allowed := range kinds {
		if kind == allowed {
			return nil
		}
	}
	return &wrong{field, fmt.Sprintf("the field %q is %s where %s belongs", name, kind, kinds[0])}
}
