package jsonscan

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
)

const firstWindow = 64 << 10

// Stream reads the elements of one JSON list from a reader, each checked, and
// holds no more than one element and a window in memory.
type Stream struct {
	from   io.Reader
	limit  int
	window []byte
	at     int   // next byte to look at, in window
	base   int64 // offset of window[0] in the text
	ended  bool  // from has nothing more
	begun  bool
	done   bool // the closing bracket has been read, and the text ended
	count  int
}

// NewStream reads from r. limit is the most bytes that one element may have.
func NewStream(r io.Reader, limit int) *Stream {
	return &Stream{from: r, limit: limit}
}

// Reset begins anew with another reader, keeping the memory.
func (s *Stream) Reset(r io.Reader) {
	*s = Stream{from: r, limit: s.limit, window: s.window[:0]}
}

// Offset is how many bytes of the text have been consumed.
func (s *Stream) Offset() int64 { return s.base + int64(s.at) }

// Count is how many elements Next has returned.
func (s *Stream) Count() int { return s.count }

// Next returns the next element, valid until the next call, and io.EOF behind
// the last one, when the whole text has been read. A *Fault says what is wrong
// with the text; other errors are the reader's. A byte order mark at the
// beginning is passed over.
func (s *Stream) Next() (Value, error) {
	if s.done {
		return nil, io.EOF
	}
	if !s.begun {
		if err := s.begin(); err != nil {
			return nil, err
		}
		c, err := s.peek()
		if err != nil {
			return nil, err
		}
		if c == ']' {
			return nil, s.end()
		}
		return s.element()
	}
	c, err := s.peek()
	if err != nil {
		return nil, err
	}
	switch c {
	case ']':
		return nil, s.end()
	case ',':
		s.at++
		if _, err := s.peek(); err != nil {
			return nil, err
		}
		return s.element()
	}
	return nil, s.fault("a comma or a closing bracket is missing")
}

func (s *Stream) fault(say string) error { return &Fault{s.Offset(), say} }

func (s *Stream) begin() error {
	s.begun = true
	mark := []byte("\xef\xbb\xbf")
	for len(s.window) < len(mark) && !s.ended {
		if err := s.fill(); err != nil {
			return err
		}
	}
	if bytes.HasPrefix(s.window, mark) {
		s.at = len(mark)
	}
	c, err := s.peek()
	if err != nil {
		return err
	}
	if c != '[' {
		return s.fault("the file does not begin with a list in square brackets")
	}
	s.at++
	return nil
}

// peek passes over white space and returns the byte behind it.
func (s *Stream) peek() (byte, error) {
	for {
		if s.at = space(s.window, s.at); s.at < len(s.window) {
			return s.window[s.at], nil
		}
		if s.ended {
			return 0, s.fault("the file ends too early")
		}
		if err := s.fill(); err != nil {
			return 0, err
		}
	}
}

// end makes sure that nothing follows the list.
func (s *Stream) end() error {
	s.at++
	for {
		if s.at = space(s.window, s.at); s.at < len(s.window) {
			return s.fault("something follows the end of the list")
		}
		if s.ended {
			s.done = true
			return io.EOF
		}
		if err := s.fill(); err != nil {
			return err
		}
	}
}

func (s *Stream) element() (Value, error) {
	for {
		end, err := value(s.window, s.at, 1)
		switch {
		case err == nil && (end < len(s.window) || s.ended):
			if end-s.at > s.limit {
				return nil, s.tooLarge()
			}
			found := Value(s.window[s.at:end])
			s.at = end
			s.count++
			return found, nil
		case err != nil && !errors.Is(err, errMore):
			return nil, s.moved(err)
		case s.ended:
			s.at = len(s.window)
			return nil, s.fault("the file ends too early")
		case len(s.window)-s.at > s.limit:
			return nil, s.tooLarge()
		}
		if err := s.fill(); err != nil {
			return nil, err
		}
	}
}

// moved turns a place in the window into a place in the text.
func (s *Stream) moved(err error) error {
	var broken *Fault
	if errors.As(err, &broken) {
		return &Fault{s.base + broken.Offset, broken.Say}
	}
	return err
}

func (s *Stream) tooLarge() error {
	return s.fault(fmt.Sprintf("one entry has more than %d MiB", s.limit>>20))
}

// fill drops what has been consumed and reads on. The window doubles when what
// is left fills it by half, so that a long element is looked at a few times only.
func (s *Stream) fill() error {
	left := copy(s.window, s.window[s.at:])
	s.window = s.window[:left]
	s.base += int64(s.at)
	s.at = 0
	if size := cap(s.window); left >= size/2 {
		grown := make([]byte, left, max(firstWindow, 2*size))
		copy(grown, s.window)
		s.window = grown
	}
	for len(s.window) < cap(s.window) {
		n, err := s.from.Read(s.window[len(s.window):cap(s.window)])
		s.window = s.window[:len(s.window)+n]
		if errors.Is(err, io.EOF) {
			s.ended = true
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// All walks through what is left of the list. It ends behind the first error.
func (s *Stream) All() iter.Seq2[Value, error] {
	return func(yield func(Value, error) bool) {
		for {
			v, err := s.Next()
			if errors.Is(err, io.EOF) || !yield(v, err) || err != nil {
				return
			}
		}
	}
}
