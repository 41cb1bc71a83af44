package export_test

import (
	"archive/zip"
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"evangelist/adapters/slack/export"
	"evangelist/bot"
	"evangelist/storage/storagetest"
)

// refused reads an archive that is not in order. Nothing may be handed over,
// and the sentence says what the test wants.
func refused(t *testing.T, path string, want ...string) {
	t.Helper()
	s := &sink{t: t}
	_, err := export.Read(t.Context(), path, export.Options{}, s)
	var known *bot.Error
	if !errors.As(err, &known) {
		t.Errorf("%v is no sentence (wanted %q)", err, want)
		return
	}
	for _, part := range want {
		if !strings.Contains(known.Say, part) {
			t.Errorf("got %q, want %q in it", known.Say, part)
		}
	}
	if s.calls > 0 {
		t.Errorf("%d calls before %q", s.calls, known.Say)
	}
	if strings.Count(known.Say, "\n") > 0 || !strings.HasSuffix(known.Say, ".") || len(known.Say) > 700 {
		t.Errorf("not one sentence: %q", known.Say)
	}
}

func TestBrokenDays(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	good := `{"type":"message","user":"U1","text":"good","ts":"1"}`
	const fresh = "nothing was imported"
	for messages, want := range map[string]string{
		"":                               "general/2017-05-12.json, line 1, column 1 (message 1): the file ends too early",
		"[" + good:                       "line 1, column 55 (message 2): the file ends too early",
		"[\n" + good + ",\n  {]":         "line 3, column 4 (message 2): the name of a field is missing",
		"[" + good + "\n" + good + "]":   "line 2, column 1 (message 2): a comma or a closing bracket is missing",
		"[" + good + "]\n\nx":            "line 3, column 1 (message 2): something follows the end",
		`{"messages":[]}`:                "line 1, column 1 (message 1): the file does not begin with a list in square brackets",
		"[" + good + ",7]":               "column 56 (message 2): an entry is a number where an object belongs",
		"[null]":                         "(message 1): an entry is null where an object belongs",
		`[{"text":5,"ts":"1"}]`:          `line 1, column 10 (message 1): the field "text" is a number where a string belongs`,
		`[{"user":["U1"],"ts":"1"}]`:     `the field "user" is a list where a string belongs`,
		`[{"text":"x","ts":"soon"}]`:     `column 19 (message 1): the field "ts" holds "soon", which is no time such as "1494589625.175228"`,
		`[{"ts":"-1"}]`:                  `holds "-1", which is no time`,
		`[{"ts":"1.2.3"}]`:               `holds "1.2.3", which is no time`,
		`[{"ts":"1e9"}]`:                 `holds "1e9", which is no time`,
		`[{"ts":"99999999999999"}]`:      `which is no time`,
		`[{"ts":"1.0000000000001"}]`:     `which is no time`,
		`[{"ts":{}}]`:                    `the field "ts" is an object where a time belongs`,
		`[{"ts":"1","thread_ts":"x"}]`:   `the field "thread_ts" holds "x"`,
		`[{"ts":"1","blocks":{}}]`:       `the field "blocks" is an object where a list belongs`,
		`[{"ts":"1","attachments":"x"}]`: `the field "attachments" is a string where a list belongs`,
		`[{"ts":"1","reactions":[5]}]`:   `a reaction is a number where an object belongs`,
		`[{"ts":"1","reactions":[{"name":"x","users":"U1"}]}]`:                `the field "users" is a string where a list belongs`,
		`[{"ts":"1","reactions":[{"name":"x","users":[true]}]}]`:              `the field "users" is true or false where a string belongs`,
		`[{"ts":"1","message":[]}]`:                                           `the field "message" is a list where an object belongs`,
		"[{\"text\":\"a\x00b\"}]":                                             "a control character stands inside a string",
		`[{"text":"\q"}]`:                                                     "a backslash stands before a character that needs none",
		`[{"x":` + strings.Repeat("[", 200) + strings.Repeat("]", 200) + `}]`: "nested more than 100 deep",
		`[{"text":"` + random(17<<20) + `"}]`:                                 "(message 1): one entry has more than 16 MiB",
	} {
		refused(t, pack(t, export1(messages)...), "general/2017-05-12.json", want, fresh, "fresh export")
	}
}

// random returns hexadecimal digits that cannot be packed tightly.
func random(n int) string {
	digits := make([]byte, n/2)
	source := rand.NewChaCha8([32]byte{1})
	_, _ = source.Read(digits)
	return hex.EncodeToString(digits)
}

// A fault in the last of many files still comes before everything else, and
// of several faults the first in order is told.
func TestNothingIsHalfImported(t *testing.T) {
	files := export1(`[{"user":"U1","text":"x","ts":"1"}]`)
	for day := 1; day <= 28; day++ {
		files = append(files, file{fmt.Sprintf("old/2018-01-%02d.json", day), `[{"user":"U1","text":"x","ts":"1"}]`})
	}
	files = append(files, file{"old/2019-01-01.json", `[{"ts":"a"}]`}, file{"old/2019-01-02.json", `[{"ts":"b"}]`})
	for range 20 {
		refused(t, pack(t, files...), `old/2019-01-01.json, line 1, column 8 (message 1): the field "ts" holds "a"`)
	}
}

func TestBrokenLists(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"users.json", `[{"id":"U1"`, "users.json, line 1, column 12 (member 1): the file ends too early"},
		{"users.json", `[{"name":"x"}]`, `(member 1): the field "id" is missing`},
		{"users.json", `[{"id":7}]`, `the field "id" is a number where a string belongs`},
		{"users.json", `[{"id":""}]`, `the field "id" holds no id`},
		{"users.json", `[{"id":"U 1|x"}]`, `the field "id" holds no id`},
		{"users.json", `[{"id":"U1","profile":[]}]`, `the field "profile" is a list where an object belongs`},
		{"users.json", `[{"id":"U1","real_name":{}}]`, `the field "real_name" is an object where a string belongs`},
		{"users.json", `["U1"]`, "(member 1): the field \"member\" is a string where an object belongs"},
		{"users.json", `[null]`, "an entry is null"},
		{"channels.json", `{}`, "channels.json, line 1, column 1 (channel 1): the file does not begin with a list"},
		{"channels.json", `[{"id":"C1"}]`, "(channel 1): the channel has no name"},
		{"channels.json", `[{"id":"C1","name":[]}]`, `the field "name" is a list where a string belongs`},
		{"channels.json", `[{"name":"x"}]`, `the field "id" is missing`},
		{"groups.json", `[`, "groups.json, line 1, column 2 (entry 1): the file ends too early"},
		{"dms.json", `[7]`, "dms.json"},
		{"mpims.json", `x`, "mpims.json"},
	} {
		files := []file{{c.name, c.text}}
		for _, other := range export1(`[]`) {
			if other.name != c.name {
				files = append(files, other)
			}
		}
		refused(t, pack(t, files...), c.want, "nothing was imported")
	}
	refused(t, pack(t, file{"channels.json", someChannels}), "users.json is missing")
	refused(t, pack(t, file{"users.json", someUsers}), "holds no channels.json")
	refused(t, pack(t, file{"a/channels.json", "[]"}, file{"b/channels.json", "[]"}), "several exports (2 files channels.json")
	refused(t, pack(t, append(export1("[]"), file{"general/2017-05-12.json", "[]"})...), "general/2017-05-12.json", "stands twice")
}

func TestNoArchive(t *testing.T) {
	dir := t.TempDir()
	refused(t, filepath.Join(dir, "none.zip"), "is not there")
	refused(t, dir, "is a folder")
	refused(t, write(t, nil), "is no ZIP file or was cut off")
	refused(t, write(t, []byte("PK\x03\x04 and then something else")), "is no ZIP file or was cut off")
	refused(t, write(t, []byte(`{"channels":[]}`)), "is no ZIP file or was cut off")
	whole, err := os.ReadFile(pack(t, export1(`[{"user":"U1","text":"x","ts":"1"}]`)...))
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{len(whole) / 4, len(whole) / 2, len(whole) - 10} {
		refused(t, write(t, whole[:n]), "is no ZIP file or was cut off")
	}
}

func TestDamagedData(t *testing.T) {
	var message strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&message, `,{"user":"U1","text":"%x","ts":"%d"}`, i*7919, i)
	}
	whole, err := os.ReadFile(pack(t, export1("["+message.String()[1:]+"]")...))
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(whole, []byte("general/2017-05-12.json")) + 3000
	damaged := bytes.Clone(whole)
	damaged[at] ^= 0x55
	refused(t, write(t, damaged), "general/2017-05-12.json", "nothing was imported")
	// The checksum alone tells: the text is JSON, but not the one that was packed.
	stored := packRaw(t, entry{name: "general/2017-05-12.json", method: zip.Store, data: []byte("[]"), size: 2, sum: 1})
	refused(t, stored, "general/2017-05-12.json: the unpacked data do not match their checksum")
}

// Whatever single byte of an archive is wrong: a sentence and nothing handed
// over, or a byte that says nothing about what was written.
func TestEveryDamagedByte(t *testing.T) {
	files := export1(`[{"user":"U1","text":"<https://a.example>","ts":"1"}]`)
	want, _ := read(t, files...)
	whole, err := os.ReadFile(pack(t, files...))
	if err != nil {
		t.Fatal(err)
	}
	path := write(t, whole)
	for at := range whole {
		damaged := bytes.Clone(whole)
		damaged[at] ^= 0x21
		if err := os.WriteFile(path, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		s := &sink{t: t}
		_, err := export.Read(t.Context(), path, export.Options{}, s)
		var known *bot.Error
		switch {
		case err == nil && len(s.sightings) > 0 && !reflect.DeepEqual(s.sightings, want.sightings):
			t.Errorf("byte %d: %+v", at, s.sightings)
		case err != nil && (!errors.As(err, &known) || s.calls > 0):
			t.Errorf("byte %d: %v after %d calls", at, err, s.calls)
		}
	}
}

// entry is one file whose header says what the test wants.
type entry struct {
	name   string
	method uint16
	flags  uint16
	data   []byte
	size   uint64
	sum    uint32
}

func packRaw(t *testing.T, entries ...entry) string {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range export1("[]")[:2] {
		part, err := w.Create(f.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write([]byte(f.text)); err != nil {
			t.Fatal(err)
		}
	}
	for _, e := range entries {
		part, err := w.CreateRaw(&zip.FileHeader{Name: e.name, Method: e.method, Flags: e.flags, CompressedSize64: uint64(len(e.data)), UncompressedSize64: e.size, CRC32: e.sum})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(e.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return write(t, out.Bytes())
}

func TestBombs(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	const name = "general/2017-05-12.json"
	refused(t, packRaw(t, entry{name: name, method: zip.Deflate, data: make([]byte, 100), size: 257 << 20}), name, "257 MiB when unpacked, more than the 256")
	refused(t, packRaw(t, entry{name: name, method: zip.Deflate, data: make([]byte, 100), size: 11 << 20}), name, "grows more than 200 times")
	refused(t, packRaw(t, entry{name: name, method: zip.Deflate, size: 11 << 20}), name, "grows more than 200 times")
	var many []entry
	for i := range 25 {
		many = append(many, entry{name: fmt.Sprintf("general/2017-05-%02d.json", i+1), method: zip.Deflate, data: make([]byte, 10), size: 9 << 20})
	}
	refused(t, packRaw(t, many...), "with this file the archive grows more than 200 times")
	many = nil
	for i := range 34 {
		many = append(many, entry{name: fmt.Sprintf("general/2017-%02d-%02d.json", i/28+1, i%28+1), method: zip.Deflate, data: make([]byte, 256<<20/maxRatio+1), size: 256 << 20})
	}
	refused(t, packRaw(t, many...), "more than the 8 GiB unpacked")
	refused(t, packRaw(t, entry{name: name, method: zip.Deflate, flags: 1, data: make([]byte, 10), size: 10}), "is encrypted")
	refused(t, packRaw(t, entry{name: name, method: 99, data: make([]byte, 10), size: 10}), "packed in a way that is not known")
	// What the header says is held to: here more comes out than it told.
	refused(t, packRaw(t, entry{name: name, method: zip.Deflate, data: deflated(t, "[]"+strings.Repeat(" ", 1<<20)), size: 2}), name, "nothing was imported")
}

const maxRatio = 200

func deflated(t *testing.T, text string) []byte {
	t.Helper()
	path := pack(t, file{"x", text})
	r, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	raw, err := r.File[0].OpenRaw()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if _, err := out.ReadFrom(raw); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestTooManyFiles(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for i := range 200_001 {
		if _, err := w.CreateHeader(&zip.FileHeader{Name: fmt.Sprint("x/", i)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	refused(t, write(t, out.Bytes()), "holds 200001 files, more than the 200000")
}

func TestNamesThatLeaveTheArchive(t *testing.T) {
	for _, name := range []string{"../x.json", "general/../../x.json", "/etc/passwd", `..\x.json`, `C:\x.json`, "general/..", "a\x00b"} {
		refused(t, pack(t, append(export1("[]"), file{name, "[]"})...), "points to a place outside", "use the ZIP as Slack made it")
	}
	long := strings.Repeat("ü", 5000)
	if len(long) < 1<<16 {
		refused(t, pack(t, append(export1("[]"), file{"../" + long, "[]"})...), "points to a place outside")
	}
}

// FuzzExportFile feeds any bytes as a day: either a sentence and nothing
// handed over, or sightings that are clean.
func FuzzExportFile(f *testing.F) {
	f.Add([]byte(`[{"type":"message","user":"U1","text":"<https://a.example|x>","ts":"1.5","thread_ts":"1","reactions":[{"name":"x","users":["U1"]}],"edited":{}}]`))
	f.Add([]byte(`[{"subtype":"message_changed","ts":"2","message":{"ts":"1","text":"x","blocks":[{"type":"rich_text","elements":[]}]}},{"subtype":"message_deleted","deleted_ts":"1"},{"subtype":"tombstone","ts":"1"}]`))
	f.Add([]byte("\xef\xbb\xbf[{\"ts\":1,\"bot_id\":\"B\",\"text\":\"\\ud800\xff\"}, {\"ts\":\"x\"}"))
	f.Fuzz(func(t *testing.T, day []byte) {
		s := &sink{t: t}
		sum, err := export.Read(t.Context(), pack(t, export1(string(day))...), export.Options{}, s)
		var known *bot.Error
		switch {
		case err != nil && !errors.As(err, &known):
			t.Fatal(err)
		case err != nil && (s.calls > 0 || !strings.Contains(known.Say, "general/2017-05-12.json, line ")):
			t.Fatalf("%d calls, %q", s.calls, known.Say)
		case err == nil && len(s.sightings) != sum.Messages+sum.Edits+sum.Deletions+sum.Reactions:
			t.Fatalf("%d sightings, %+v", len(s.sightings), sum)
		}
		for _, one := range s.sightings {
			if one.Message.Native == "" || one.Message.Place != "slack|C1" || !one.Imported || one.At.IsZero() || one.Text != bot.Clean(one.Text, 0) || one.Name != bot.Clean(one.Name, 0) {
				t.Fatalf("%+v", one)
			}
		}
	})
}
