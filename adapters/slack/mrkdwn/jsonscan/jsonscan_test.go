package jsonscan

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestFaultsCarryTheirPlace(t *testing.T) {
	for text, want := range map[string]Fault{
		``:               {0, "the text ends too early"},
		`{"a":1`:         {6, "the text ends too early"},
		`{"a" 1}`:        {5, "a colon is missing behind the name of a field"},
		`{"a":1 "b":2}`:  {7, "a comma or a closing brace is missing"},
		`{a:1}`:          {1, "the name of a field is missing or not in quotes"},
		`{"a":1,}`:       {7, "the name of a field is missing or not in quotes"},
		`[1,]`:           {3, "a value is missing or begins wrongly"},
		`[1 2]`:          {3, "a comma or a closing bracket is missing"},
		`[1]]`:           {3, "something follows the end of the value"},
		`"a`:             {2, "the text ends too early"},
		"\"a\nb\"":       {2, "a control character stands inside a string"},
		"\"a\x00b\"":     {2, "a control character stands inside a string"},
		`"\x"`:           {2, "a backslash stands before a character that needs none"},
		`"\u00g0"`:       {5, "a \\u escape needs four hexadecimal digits"},
		`tru`:            {3, "the text ends too early"},
		`trux`:           {3, "a value is missing or begins wrongly"},
		`01`:             {1, "something follows the end of the value"},
		`-`:              {1, "the text ends too early"},
		`-a`:             {1, "a number has no digits"},
		`1.e3`:           {2, "a number has no digits"},
		`1e+`:            {3, "the text ends too early"},
		`NaN`:            {0, "a value is missing or begins wrongly"},
		"\xef\xbb\xbf[]": {0, "a value is missing or begins wrongly"},
		strings.Repeat("[", 101) + strings.Repeat("]", 101): {100, "lists and objects are nested more than 100 deep"},
	} {
		_, err := Check([]byte(text))
		var fault *Fault
		if !errors.As(err, &fault) || *fault != want {
			t.Errorf("%.40q: got %+v, want %+v", text, err, want)
		}
	}
	deep := strings.Repeat("[", MaxDepth) + strings.Repeat("]", MaxDepth)
	if _, err := Check([]byte(deep)); err != nil {
		t.Error(err)
	}
}

func TestPiecesOfAValue(t *testing.T) {
	v, err := Check([]byte(` {"a": [1, "two", {"b":null}, [], {}], "a\u0062":"\ud83d\ude00\n\/\ud83d", "c" : true,"c":-1.5e3 } `))
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for element := range v.Get("a").Elements() {
		kinds = append(kinds, string(element.Kind()))
	}
	if got := strings.Join(kinds, ","); got != "a number,a string,an object,a list,an object" {
		t.Error(got)
	}
	if got := v.Get("ab").Text(); got != "😀\n/\uFFFD" {
		t.Errorf("%q", got)
	}
	if got := string(v.Get("c")); got != "true" {
		t.Errorf("the first field of a name counts, got %s", got)
	}
	if none := v.Get("missing"); !none.None() || none.Kind() != Absent || none.Text() != "" || none.True() {
		t.Error("an absent field is something")
	}
	for range v.Get("c").Elements() {
		t.Error("a truth has elements")
	}
	for range v.Get("a").Members() {
		t.Error("a list has fields")
	}
	for element := range v.Get("a").Elements() { // leaving early is allowed
		if element.Kind() == Number {
			break
		}
	}
}

func collect(s *Stream) (values []string, err error) {
	for v, err := range s.All() {
		if err != nil {
			return values, err
		}
		values = append(values, string(v))
	}
	return values, nil
}

func TestStream(t *testing.T) {
	long := `"` + strings.Repeat("x", 3*firstWindow) + `"`
	for text, want := range map[string][]string{
		"[]":                                    nil,
		" \n[ ] \n":                             nil,
		"\xef\xbb\xbf[1]":                       {"1"},
		`[{"a":"]"} , 12 ,` + "\n" + `"x",[1]]`: {`{"a":"]"}`, "12", `"x"`, "[1]"},
		"[" + long + "," + long + ",3]":         {long, long, "3"},
	} {
		for _, reader := range []io.Reader{strings.NewReader(text), iotest.OneByteReader(strings.NewReader(text)), iotest.DataErrReader(strings.NewReader(text))} {
			s := NewStream(reader, 1<<20)
			got, err := collect(s)
			if err != nil || strings.Join(got, "|") != strings.Join(want, "|") || s.Count() != len(want) {
				t.Errorf("%.40q: %d values, %v", text, len(got), err)
			}
			if _, err := s.Next(); !errors.Is(err, io.EOF) {
				t.Errorf("%.40q: behind the end: %v", text, err)
			}
			if s.Offset() != int64(len(text)) {
				t.Errorf("%.40q: offset %d of %d", text, s.Offset(), len(text))
			}
		}
	}
}

func TestStreamFaults(t *testing.T) {
	padding := strings.Repeat(" ", 2*firstWindow)
	for text, want := range map[string]Fault{
		"":                                       {0, "the file ends too early"},
		"{}":                                     {0, "the file does not begin with a list in square brackets"},
		"[1":                                     {2, "the file ends too early"},
		"[1,":                                    {3, "the file ends too early"},
		"[1 2]":                                  {3, "a comma or a closing bracket is missing"},
		"[1] x":                                  {4, "something follows the end of the list"},
		"[" + padding + "{a}]":                   {int64(len(padding)) + 2, "the name of a field is missing or not in quotes"},
		"[1,]":                                   {3, "a value is missing or begins wrongly"},
		`["` + strings.Repeat("y", 1<<20) + `"]`: {1, "one entry has more than 1 MiB"},
	} {
		_, err := collect(NewStream(iotest.HalfReader(strings.NewReader(text)), 1<<20))
		var fault *Fault
		if !errors.As(err, &fault) || *fault != want {
			t.Errorf("%.40q: got %+v, want %+v", text, err, want)
		}
	}
	_, err := collect(NewStream(iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader("[1,2]"))), 1<<20))
	if !errors.Is(err, iotest.ErrTimeout) {
		t.Errorf("the reader's error became %v", err)
	}
}

// The standard library is the judge of what is JSON and what it says.
func FuzzCheck(f *testing.F) {
	for _, seed := range []string{`{"a":[1,-2.5e+3,"x\u00e9\ud83d\ude00\ud800y"],"b":{"c":null,"d":true}}`, "[\"\xff\"]", `[[[]]]`, `{"a":1,"a":2}`, ` 0 `, `"\ud800\u0041"`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := Check(data)
		deep := err != nil && strings.Contains(err.Error(), "nested")
		if valid := json.Valid(data); valid != (err == nil) && !deep {
			t.Fatalf("%q: json.Valid says %v, Check says %v", data, valid, err)
		}
		var fault *Fault
		if errors.As(err, &fault) && (fault.Offset < 0 || fault.Offset > int64(len(data))) {
			t.Fatalf("%q: offset %d", data, fault.Offset)
		}
		if err == nil {
			sameAsStandard(t, v)
		}
		stream(t, data)
	})
}

func sameAsStandard(t *testing.T, v Value) {
	t.Helper()
	var want any
	if err := json.Unmarshal(v, &want); err != nil {
		return // numbers beyond the range of a float
	}
	if got := build(v); !equal(got, want) {
		t.Fatalf("%q: got %#v, want %#v", v, got, want)
	}
}

func build(v Value) any {
	switch v.Kind() {
	case Object:
		out := map[string]any{}
		for key, member := range v.Members() {
			out[key.Text()] = build(member)
		}
		return out
	case Array:
		out := []any{}
		for element := range v.Elements() {
			out = append(out, build(element))
		}
		return out
	case String:
		return v.Text()
	case Bool:
		return v.True()
	case Number:
		var n float64
		_ = json.Unmarshal(v, &n)
		return n
	}
	return nil
}

func equal(a, b any) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return sameInvalid(x) == sameInvalid(y)
}

// sameInvalid makes runs of replacement characters comparable: the standard
// library replaces byte for byte, we replace runs.
func sameInvalid(text []byte) string {
	mark := []byte(`\ufffd`)
	text = bytes.ReplaceAll(text, []byte("\uFFFD"), mark)
	double := append(append([]byte{}, mark...), mark...)
	for bytes.Contains(text, double) {
		text = bytes.ReplaceAll(text, double, mark)
	}
	return string(text)
}

// stream checks that a stream sees what Check sees, however the bytes arrive.
func stream(t *testing.T, data []byte) {
	t.Helper()
	whole, errWhole := collect(NewStream(bytes.NewReader(data), 1<<20))
	single, errSingle := collect(NewStream(iotest.OneByteReader(bytes.NewReader(data)), 1<<20))
	if strings.Join(whole, "\x00") != strings.Join(single, "\x00") || (errWhole == nil) != (errSingle == nil) {
		t.Fatalf("%q: %v %v, %v %v", data, whole, errWhole, single, errSingle)
	}
	trimmed := bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	v, err := Check(trimmed)
	if list := err == nil && v.Kind() == Array; list != (errWhole == nil) {
		t.Fatalf("%q: Check says %v, the stream says %v", data, err, errWhole)
	}
}
