package jsonscan

import "errors"

// MaxDepth is how deep arrays and objects may be nested.
const MaxDepth = 100

// Fault says what is wrong with a JSON text, and where.
type Fault struct {
	Offset int64  // bytes from the beginning of the text to the fault
	Say    string // what is wrong, as the end of a sentence: "a comma is missing"
}

// Error implements error.
func (f *Fault) Error() string { return f.Say }

// errMore says that the text ends in the middle of a value.
var errMore = errors.New("the text ends in the middle of a value")

// Check reads data as exactly one JSON value (RFC 8259) with white space
// around it. Strings may hold invalid UTF-8, which Text replaces. The error is
// a *Fault.
func Check(data []byte) (Value, error) {
	start := space(data, 0)
	end, err := value(data, start, 0)
	if errors.Is(err, errMore) {
		return nil, &Fault{int64(len(data)), "the text ends too early"}
	}
	if err != nil {
		return nil, err
	}
	if rest := space(data, end); rest < len(data) {
		return nil, &Fault{int64(rest), "something follows the end of the value"}
	}
	return Value(data[start:end]), nil
}

func space(data []byte, i int) int {
	for i < len(data) && (data[i] == ' ' || data[i] == '\n' || data[i] == '\r' || data[i] == '\t') {
		i++
	}
	return i
}

func fault(at int, say string) error { return &Fault{int64(at), say} }

// value checks the value that begins at i and returns where it ends.
func value(data []byte, i, depth int) (int, error) {
	if i >= len(data) {
		return 0, errMore
	}
	switch c := data[i]; {
	case c == '"':
		return quoted(data, i)
	case c == '{':
		return object(data, i, depth+1)
	case c == '[':
		return array(data, i, depth+1)
	case c == 't':
		return word(data, i, "true")
	case c == 'f':
		return word(data, i, "false")
	case c == 'n':
		return word(data, i, "null")
	case c == '-' || c >= '0' && c <= '9':
		return number(data, i)
	}
	return 0, fault(i, "a value is missing or begins wrongly")
}

func object(data []byte, i, depth int) (int, error) {
	if depth > MaxDepth {
		return 0, fault(i, "lists and objects are nested more than 100 deep")
	}
	i = space(data, i+1)
	if i < len(data) && data[i] == '}' {
		return i + 1, nil
	}
	for {
		if i >= len(data) {
			return 0, errMore
		}
		if data[i] != '"' {
			return 0, fault(i, "the name of a field is missing or not in quotes")
		}
		end, err := quoted(data, i)
		if err != nil {
			return 0, err
		}
		if i = space(data, end); i >= len(data) {
			return 0, errMore
		}
		if data[i] != ':' {
			return 0, fault(i, "a colon is missing behind the name of a field")
		}
		if end, err = value(data, space(data, i+1), depth); err != nil {
			return 0, err
		}
		if i = space(data, end); i >= len(data) {
			return 0, errMore
		}
		switch data[i] {
		case '}':
			return i + 1, nil
		case ',':
			i = space(data, i+1)
		default:
			return 0, fault(i, "a comma or a closing brace is missing")
		}
	}
}

func array(data []byte, i, depth int) (int, error) {
	if depth > MaxDepth {
		return 0, fault(i, "lists and objects are nested more than 100 deep")
	}
	i = space(data, i+1)
	if i < len(data) && data[i] == ']' {
		return i + 1, nil
	}
	for {
		end, err := value(data, i, depth)
		if err != nil {
			return 0, err
		}
		if i = space(data, end); i >= len(data) {
			return 0, errMore
		}
		switch data[i] {
		case ']':
			return i + 1, nil
		case ',':
			i = space(data, i+1)
		default:
			return 0, fault(i, "a comma or a closing bracket is missing")
		}
	}
}

// quoted checks the string whose opening quote is at i.
func quoted(data []byte, i int) (int, error) {
	for i++; i < len(data); i++ {
		c := data[i]
		if c > '\\' || c > '"' && c < '\\' {
			continue // most of what people write
		}
		switch {
		case c == '"':
			return i + 1, nil
		case c == '\\':
			if i++; i >= len(data) {
				return 0, errMore
			}
			switch data[i] {
			case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
			case 'u':
				for n := 1; n <= 4; n++ {
					if i+n >= len(data) {
						return 0, errMore
					}
					if hex(data[i+n]) < 0 {
						return 0, fault(i+n, "a \\u escape needs four hexadecimal digits")
					}
				}
				i += 4
			default:
				return 0, fault(i, "a backslash stands before a character that needs none")
			}
		case c < ' ':
			return 0, fault(i, "a control character stands inside a string")
		}
	}
	return 0, errMore
}

func hex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

func word(data []byte, i int, want string) (int, error) {
	for n := range len(want) {
		if i+n >= len(data) {
			return 0, errMore
		}
		if data[i+n] != want[n] {
			return 0, fault(i+n, "a value is missing or begins wrongly")
		}
	}
	return i + len(want), nil
}

// number checks a number. Where it reaches the end of the data it may go on:
// the caller of a stream asks for more unless there is no more.
func number(data []byte, i int) (int, error) {
	if data[i] == '-' {
		i++
	}
	switch {
	case i >= len(data):
		return 0, errMore
	case data[i] == '0':
		i++
	case data[i] >= '1' && data[i] <= '9':
		i = digits(data, i)
	default:
		return 0, fault(i, "a number has no digits")
	}
	if i < len(data) && data[i] == '.' {
		next := digits(data, i+1)
		if next == i+1 {
			return incomplete(data, next)
		}
		i = next
	}
	if i < len(data) && (data[i] == 'e' || data[i] == 'E') {
		i++
		if i < len(data) && (data[i] == '+' || data[i] == '-') {
			i++
		}
		next := digits(data, i)
		if next == i {
			return incomplete(data, next)
		}
		i = next
	}
	return i, nil
}

func incomplete(data []byte, i int) (int, error) {
	if i >= len(data) {
		return 0, errMore
	}
	return 0, fault(i, "a number has no digits")
}

func digits(data []byte, i int) int {
	for i < len(data) && data[i] >= '0' && data[i] <= '9' {
		i++
	}
	return i
}
