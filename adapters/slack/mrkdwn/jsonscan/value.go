package jsonscan

import (
	"bytes"
	"iter"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Value is one JSON value as written, without white space around it. It comes
// from Check or a Stream; the zero Value stands for a field that is not there.
// What it is made of belongs to whoever gave the bytes.
type Value []byte

// Kind says what a Value is.
type Kind string

// The kinds of Value, in the words of an error message.
const (
	Absent Kind = "nothing"
	Object Kind = "an object"
	Array  Kind = "a list"
	String Kind = "a string"
	Number Kind = "a number"
	Bool   Kind = "true or false"
	Null   Kind = "null"
)

// Kind tells what v is, from its first byte.
func (v Value) Kind() Kind {
	if len(v) == 0 {
		return Absent
	}
	switch v[0] {
	case '{':
		return Object
	case '[':
		return Array
	case '"':
		return String
	case 't', 'f':
		return Bool
	case 'n':
		return Null
	}
	return Number
}

// None reports whether v is absent or null.
func (v Value) None() bool { return len(v) == 0 || v[0] == 'n' }

// True reports whether v is the value true.
func (v Value) True() bool { return len(v) == 4 && v[0] == 't' }

// Is reports whether v is the given string.
func (v Value) Is(text string) bool {
	if len(v) < 2 || v[0] != '"' {
		return false
	}
	if inner := v[1 : len(v)-1]; bytes.IndexByte(inner, '\\') < 0 {
		return string(inner) == text
	}
	return v.Text() == text
}

// Members walks through the fields of an object in their order; of anything
// else there are none. A name may come twice.
func (v Value) Members() iter.Seq2[Value, Value] {
	return func(yield func(Value, Value) bool) {
		if v.Kind() != Object {
			return
		}
		for i := space(v, 1); v[i] != '}'; {
			name := v[i:skip(v, i)]
			start := space(v, space(v, i+len(name))+1)
			end := skip(v, start)
			if !yield(name, v[start:end]) {
				return
			}
			if i = space(v, end); v[i] == ',' {
				i = space(v, i+1)
			}
		}
	}
}

// Elements walks through a list; anything else has no elements.
func (v Value) Elements() iter.Seq[Value] {
	return func(yield func(Value) bool) {
		if v.Kind() != Array {
			return
		}
		for i := space(v, 1); v[i] != ']'; {
			end := skip(v, i)
			if !yield(v[i:end]) {
				return
			}
			if i = space(v, end); v[i] == ',' {
				i = space(v, i+1)
			}
		}
	}
}

// Get returns the first field of that name, absent when there is none.
func (v Value) Get(name string) Value {
	for key, member := range v.Members() {
		if key.Is(name) {
			return member
		}
	}
	return nil
}

// skip returns the end of the value that begins at i of a checked text.
func skip(v Value, i int) int {
	switch v[i] {
	case '"':
		return skipString(v, i)
	case '{', '[':
		for depth := 0; ; i++ {
			switch v[i] {
			case '"':
				i = skipString(v, i) - 1
			case '{', '[':
				depth++
			case '}', ']':
				if depth--; depth == 0 {
					return i + 1
				}
			}
		}
	}
	for i < len(v) && v[i] != ',' && v[i] != '}' && v[i] != ']' && v[i] > ' ' {
		i++
	}
	return i
}

func skipString(v Value, i int) int {
	for i++; ; i++ {
		i += bytes.IndexByte(v[i:], '"')
		escapes := 0
		for v[i-1-escapes] == '\\' {
			escapes++
		}
		if escapes%2 == 0 {
			return i + 1
		}
	}
}

// Text returns what a string says, in valid UTF-8: what is no character
// becomes U+FFFD. Anything but a string gives "".
func (v Value) Text() string {
	if v.Kind() != String {
		return ""
	}
	inner := v[1 : len(v)-1]
	if bytes.IndexByte(inner, '\\') < 0 {
		return strings.ToValidUTF8(string(inner), "\uFFFD")
	}
	return strings.ToValidUTF8(string(unescape(inner)), "\uFFFD")
}

func unescape(inner []byte) []byte {
	out := make([]byte, 0, len(inner))
	for {
		at := bytes.IndexByte(inner, '\\')
		if at < 0 {
			return append(out, inner...)
		}
		out = append(out, inner[:at]...)
		c := inner[at+1]
		inner = inner[at+2:]
		switch c {
		case 'b':
			out = append(out, '\b')
		case 'f':
			out = append(out, '\f')
		case 'n':
			out = append(out, '\n')
		case 'r':
			out = append(out, '\r')
		case 't':
			out = append(out, '\t')
		case 'u':
			r := escaped(inner)
			inner = inner[4:]
			if utf16.IsSurrogate(r) {
				low := rune(-1)
				if len(inner) >= 6 && inner[0] == '\\' && inner[1] == 'u' {
					low = escaped(inner[2:])
				}
				if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
					inner = inner[6:]
				}
			}
			out = utf8.AppendRune(out, r)
		default:
			out = append(out, c)
		}
	}
}

func escaped(four []byte) rune {
	var r rune
	for _, c := range four[:4] {
		r = r<<4 | rune(hex(c))
	}
	return r
}
