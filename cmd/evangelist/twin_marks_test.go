package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// marks are all values that came with one submission alone: none of them may be
// found in anything that is kept, logged, counted or sent.
type marks struct{ all []mark }

type mark struct {
	what  string
	bytes []byte
}

func (m *marks) text(what string, values ...string) {
	for _, value := range values {
		if value != "" {
			m.all = append(m.all, mark{what, []byte(value)})
		}
	}
}

// moment marks a moment in the forms in which programs write one, down to the
// minute; as a number in the forms of SQLite and PostgreSQL.
func (m *marks) moment(at time.Time) {
	at = at.UTC()
	m.text("the moment", at.Format("2006-01-02T15:04"), at.Format("2006-01-02 15:04"), at.Format("02 Jan 2006 15:04"), at.Format("15:04:05"),
		strconv.FormatInt(at.UnixNano(), 10), strconv.FormatInt(at.UnixMicro(), 10), strconv.FormatInt(at.UnixMilli(), 10), strconv.FormatInt(at.Unix(), 10))
	for _, n := range []int64{at.UnixMicro(), at.UnixMilli()} {
		var big, little [8]byte
		binary.BigEndian.PutUint64(big[:], uint64(n))
		binary.LittleEndian.PutUint64(little[:], uint64(n))
		m.all = append(m.all, mark{"the moment", big[2:]}, mark{"the moment", little[:6]})
	}
}

// without leaves out the marks of one kind, from when on they are known by right.
func (m *marks) without(what string) {
	m.all = slices.DeleteFunc(m.all, func(one mark) bool { return one.what == what })
}

// find returns which marks are in which text.
func (m *marks) find(texts map[string][]byte) []string {
	var found []string
	for name, content := range texts {
		for _, one := range m.all {
			if bytes.Contains(content, one.bytes) {
				found = append(found, fmt.Sprintf("mark: %s is in %s: %q", one.what, name, one.bytes))
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}
