package limits

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Surface is where blocks are shown.
type Surface string

// The surfaces. A message is the JSON object {"text", "blocks"}, a modal and a
// home page are view objects, an unfurl is the object {"blocks"} that stands
// under a link.
const (
	Message Surface = "message"
	Modal   Surface = "modal"
	Home    Surface = "home"
	Unfurl  Surface = "unfurl"
)

// Problem is one reason for which Slack would refuse a payload.
type Problem struct {
	Path string // a JSON pointer to what is wrong
	Say  string // a sentence that says what is wrong with it
}

// String returns path and sentence.
func (p Problem) String() string { return p.Path + ": " + p.Say }

// Check returns everything that is wrong with a payload, always in the same
// order; nil when Slack would take it. It never panics, whatever it is given.
func Check(surface Surface, payload []byte) []Problem {
	c := &check{surface: surface, ids: map[string]bool{}}
	known, ok := surfaces[surface]
	if !ok {
		c.say("", "there is no surface %q", surface)
		return c.problems
	}
	value, err := decode(payload)
	if err != nil {
		c.say("", "%v", err)
		return c.problems
	}
	if known.bytes > 0 && len(payload) > known.bytes {
		c.say("", "the view has %d bytes; at most %d are allowed", len(payload), known.bytes)
	}
	if top := c.object("", value, known.shape, false); top != nil && known.rule != nil {
		known.rule(c, "", top)
	}
	return c.problems
}

// decode reads one JSON value, numbers as they are written.
func decode(payload []byte) (any, error) {
	if !utf8.Valid(payload) {
		return nil, errors.New("this is not UTF-8")
	}
	var value any
	in := json.NewDecoder(bytes.NewReader(payload))
	in.UseNumber()
	if err := in.Decode(&value); err != nil {
		return nil, fmt.Errorf("this is not JSON: %w", err)
	}
	if _, err := in.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is something behind the JSON value")
	}
	return value, nil
}

// check is one run of Check.
type check struct {
	surface  Surface
	problems []Problem
	ids      map[string]bool // block_ids that were seen
	focused  bool
}

func (c *check) say(path, format string, args ...any) {
	c.problems = append(c.problems, Problem{Path: path, Say: fmt.Sprintf(format, args...)})
}

// object holds a value to a shape: members that must be there, members that are
// not known, and each member by its own rule. The type of what is typed was
// looked at before.
func (c *check) object(path string, value any, want shape, typed bool) map[string]any {
	object, ok := value.(map[string]any)
	if !ok {
		c.say(path, "must be an object")
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if _, there := object[name]; !there && want[name].must {
			c.say(path, "needs the member %q", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		member, known := want[name]
		at := path + "/" + name
		switch {
		case name == "type" && typed:
		case !known:
			c.say(at, "is not known here")
		default:
			c.member(at, object[name], member)
		}
	}
	return object
}

func (c *check) member(path string, value any, want member) {
	switch want.kind {
	case text:
		c.words(path, value, want)
	case formatted:
		c.formatted(path, value, want)
	case truth:
		if _, ok := value.(bool); !ok {
			c.say(path, "must be true or false")
		}
	case whole:
		c.number(path, value, want)
	case object:
		c.typed(path, value, want)
	case list:
		c.list(path, value, want)
	}
}

func (c *check) words(path string, value any, want member) {
	words, ok := value.(string)
	if !ok {
		c.say(path, "must be a text")
		return
	}
	if len(want.among) > 0 && !slices.Contains(want.among, words) {
		c.say(path, "is %.40q; it must be one of %s", words, strings.Join(want.among, ", "))
	}
	if want.form != "" && !forms[want.form].MatchString(words) {
		c.say(path, "is not %s", want.form)
	}
	c.length(path, words, want)
}

// length counts UTF-16 units, of which no way of counting characters has more.
func (c *check) length(path, words string, want member) {
	n := units(words)
	if want.most > 0 && n > want.most {
		c.say(path, "has %d characters; at most %d are allowed", n, want.most)
	}
	if want.least > 0 && len([]rune(strings.TrimSpace(words))) < want.least {
		c.say(path, "has too few characters; at least %d must be there", want.least)
	}
}

func units(words string) int {
	n := 0
	for _, r := range words {
		n += max(utf16.RuneLen(r), 1)
	}
	return n
}

// formatted is a text object, of the types that want.among names.
func (c *check) formatted(path string, value any, want member) {
	name := c.typeOf(path, value, want.among)
	if name == "" {
		return
	}
	want = member{kind: text, must: true, least: 1, most: want.most}
	if want.most == 0 {
		want.most = longestText
	}
	members := shape{"text": want, "emoji": {kind: truth}}
	if name == "mrkdwn" {
		members = shape{"text": want, "verbatim": {kind: truth}}
	}
	c.object(path, value, members, true)
}

func (c *check) number(path string, value any, want member) {
	number, ok := value.(json.Number)
	if !ok {
		c.say(path, "must be a number")
		return
	}
	n, err := strconv.Atoi(number.String())
	if err != nil {
		c.say(path, "must be a whole number")
		return
	}
	if n < want.least || want.most > 0 && n > want.most {
		c.say(path, "is %d; it must be from %d to %d", n, want.least, want.most)
	}
}

// typed is an object of a family: of the types that want.among names, or of the
// family's only shape where it has no types.
func (c *check) typed(path string, value any, want member) {
	key := want.family
	if len(want.among) > 0 {
		name := c.typeOf(path, value, want.among)
		if name == "" {
			return
		}
		key += "/" + name
	}
	known, ok := shapes[key]
	if !ok {
		c.say(path, "%s is not known", key)
		return
	}
	if found := c.object(path, value, known, len(want.among) > 0); found != nil {
		if rule := rules[key]; rule != nil {
			rule(c, path, found)
		}
	}
}

// typeOf returns the type of an object, or "" after saying what is wrong.
func (c *check) typeOf(path string, value any, among []string) string {
	found, ok := value.(map[string]any)
	if !ok {
		c.say(path, "must be an object")
		return ""
	}
	name, ok := found["type"].(string)
	switch {
	case !ok:
		c.say(path, "needs a type")
		return ""
	case !slices.Contains(among, name):
		c.say(path+"/type", "%.40q is not allowed here; it must be one of %s", name, strings.Join(among, ", "))
		return ""
	}
	return name
}

func (c *check) list(path string, value any, want member) {
	items, ok := value.([]any)
	if !ok {
		c.say(path, "must be a list")
		return
	}
	if len(items) < want.least {
		c.say(path, "has %d items; at least %d must be there", len(items), want.least)
	}
	if want.most > 0 && len(items) > want.most {
		c.say(path, "has %d items; at most %d are allowed", len(items), want.most)
	}
	for i, item := range items {
		at := path + "/" + strconv.Itoa(i)
		switch {
		case want.each != 0:
			c.member(at, item, member{kind: want.each, among: want.among, form: want.form, least: 1, most: want.width})
		default:
			c.typed(at, item, member{family: want.family, among: want.among})
		}
	}
}
