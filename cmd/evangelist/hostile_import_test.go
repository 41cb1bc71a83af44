package main

import (
	"archive/zip"
	"bytes"
	"database/sql"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"evangelist/bot/voices/voicestest"
	"evangelist/storage/storagetest"
)

// machine is a folder with a database in which somebody types commands.
type machine struct {
	*testing.T
	folder, database string
}

func (m *machine) run(args ...string) (code int, said string) {
	m.Helper()
	out := &lockedBuffer{}
	code = Run(m.Context(), append([]string{"--database", m.database}, args...), Surroundings{Stdout: out, Stderr: out, Clock: &hand{now: tuesday}})
	return code, out.String()
}

func (m *machine) file(name, content string) string {
	m.Helper()
	path := filepath.Join(m.folder, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		m.Fatal(err)
	}
	return path
}

// archive packs files, given as name and content, into a ZIP.
func (m *machine) archive(name string, files ...string) string {
	m.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for i := 0; i+1 < len(files); i += 2 {
		f, err := w.Create(files[i])
		if err != nil {
			m.Fatal(err)
		}
		if _, err := f.Write([]byte(files[i+1])); err != nil {
			m.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		m.Fatal(err)
	}
	return m.file(name, out.String())
}

func (m *machine) rows() string {
	m.Helper()
	db, err := sql.Open("sqlite", "file:"+strings.TrimPrefix(m.database, "sqlite:")+"?mode=ro")
	if err != nil {
		m.Fatal(err)
	}
	defer db.Close()
	text, err := voicestest.Dump(m.Context(), db, "sqlite")
	if err != nil {
		m.Fatal(err)
	}
	return text
}

// gibberish is what a sentence for people does not have in it.
var gibberish = regexp.MustCompile(`goroutine|panic|runtime error|%!|<nil>|strconv|\bunmarshal|invalid character|\bflate\b|[ (]zip:|\bparse error|[^(](?:open|stat|read) /|\*\w+\.\w+|\bsql:|SQLITE|(?:slack-export|people-csv|bad-\w+): |\{"time"`)

// refused runs a command that must fail with that code and one clear sentence in
// which these words are.
func (m *machine) refused(code int, words []string, args ...string) {
	m.Helper()
	got, said := m.run(args...)
	if got != code || gibberish.MatchString(said) || !strings.HasPrefix(said, "evangelist: ") || len(said) > 3000 {
		m.Errorf("%q: exit code %d, not %d: %.1500s", args, got, code, said)
	}
	for _, word := range words {
		if !strings.Contains(said, word) {
			m.Errorf("%q does not say %q: %.1500s", args, word, said)
		}
	}
}

const (
	goodUsers    = `[{"id":"U1","name":"amira","profile":{"real_name":"Amira"}}]`
	goodChannels = `[{"id":"C1","name":"general"}]`
	goodDay      = `[{"type":"message","user":"U1","ts":"1495000000.000100","text":"<https://www.example.org/page>"}]`
)

func newMachine(t *testing.T) *machine {
	t.Helper()
	m := &machine{T: t, folder: t.TempDir(), database: storagetest.SQLite(t)}
	good := m.archive("good.zip", "users.json", goodUsers, "channels.json", goodChannels, "general/2017-05-17.json", goodDay)
	if code, said := m.run("import", "slack-export", good); code != exitDone {
		t.Fatalf("a good export: %d %s", code, said)
	}
	return m
}

// TestBrokenImports: whatever is handed in, either all of it is taken or nothing.
func TestBrokenImports(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	t.Parallel()
	m := newMachine(t)
	before := m.rows()
	good, err := os.ReadFile(filepath.Join(m.folder, "good.zip"))
	if err != nil {
		t.Fatal(err)
	}
	day := func(name, content string) string {
		return m.archive(name, "users.json", strings.Replace(goodUsers, "Amira", "Somebody new", 1), "channels.json", `[{"id":"C9","name":"general"}]`,
			"general/2017-05-16.json", strings.ReplaceAll(goodDay, "/page", "/other"), "general/2017-05-17.json", content)
	}
	flipped := bytes.Clone(good)
	flipped[40] ^= 0xff
	one := `{"type":"message","user":"U1","ts":"1495000000.000200","text":"x"}`
	for name, c := range map[string]struct {
		file  string
		words []string
	}{
		"missing":              {filepath.Join(m.folder, "nowhere.zip"), []string{"nowhere.zip", "is not there"}},
		"a folder":             {m.folder, []string{"is a folder"}},
		"empty":                {m.file("empty.zip", ""), []string{"no ZIP file"}},
		"words":                {m.file("words.zip", "this is no archive"), []string{"no ZIP file"}},
		"cut off":              {m.file("cut.zip", string(good[:len(good)/2])), []string{"cut off"}},
		"flipped":              {m.file("flipped.zip", string(flipped)), []string{"so nothing was imported"}},
		"a bomb":               {day("bomb.zip", "["+strings.Repeat(" ", 60<<20)+"]"), []string{"grows more than 200 times", "nothing was imported"}},
		"a path out":           {m.archive("path.zip", "channels.json", goodChannels, "../../etc/passwd", "x"), []string{"outside of it"}},
		"twice the same":       {m.archive("twice.zip", "channels.json", goodChannels, "users.json", goodUsers, "users.json", goodUsers), []string{"users.json", "twice"}},
		"no channels":          {m.archive("none.zip", "users.json", goodUsers), []string{"channels.json"}},
		"no JSON":              {day("nojson.zip", "hello"), []string{"general/2017-05-17.json", "line 1, column 1"}},
		"JSON cut off":         {day("half.zip", "[\n"+one+",\n{\"type\":"), []string{"general/2017-05-17.json", "line 3"}},
		"deep JSON":            {day("deep.zip", strings.Repeat(`[{"blocks":`, 100_000)), []string{"general/2017-05-17.json"}},
		"an object":            {day("object.zip", `{"messages":[]}`), []string{"general/2017-05-17.json"}},
		"a number for a day":   {day("number.zip", "[1]"), []string{"general/2017-05-17.json", "line 1"}},
		"wrong kinds":          {day("kinds.zip", `[{"type":"message","user":7,"ts":{},"text":[]}]`), []string{"general/2017-05-17.json", "line 1"}},
		"no moment":            {day("moment.zip", `[{"type":"message","user":"U1","ts":"yesterday","text":"x"}]`), []string{"general/2017-05-17.json"}},
		"channels of no kind":  {m.archive("ck.zip", "users.json", goodUsers, "channels.json", `[{"id":5,"name":"general"}]`), []string{"channels.json", "line 1"}},
		"users without an end": {m.archive("ue.zip", "channels.json", goodChannels, "users.json", `[{"id":"U1"`), []string{"users.json"}},
	} {
		t.Run(name, func(t *testing.T) {
			m := &machine{T: t, folder: m.folder, database: m.database}
			m.refused(exitFailed, c.words, "import", "slack-export", c.file)
			if after := m.rows(); after != before {
				t.Errorf("half was imported: %s", cmp.Diff(rows(before), rows(after)))
			}
		})
	}
	for name, c := range map[string]struct {
		file  string
		words []string
	}{
		"missing":       {filepath.Join(m.folder, "nowhere.csv"), []string{"nowhere.csv", "is not there"}},
		"a folder":      {m.folder, []string{"is a folder"}},
		"empty":         {m.file("empty.csv", ""), []string{"is empty"}},
		"a ZIP":         {m.file("zip.csv", string(good)), []string{"not a CSV"}},
		"zero bytes":    {m.file("zero.csv", "name,email\nA\x00,a@example.org\n"), []string{"zero bytes"}},
		"no header":     {m.file("header.csv", "Amira,amira@example.org\n"), []string{"nothing was changed"}},
		"only a header": {m.file("only.csv", "name,email\n"), []string{"no rows"}},
		"open quote":    {m.file("quote.csv", "name,email\nA,a@example.org\n\"B,b@example.org\n"), []string{"line 3", "quotation mark"}},
		"wrong address": {m.file("address.csv", "name,email\nA,a@example.org\nB,nowhere\n"), []string{"line 3"}},
		"twice":         {m.file("twice.csv", "slack_id,email\nU5,a@example.org\nU5,b@example.org\n"), []string{"line 3"}},
		"columns twice": {m.file("columns.csv", "email,email\na@example.org,b@example.org\n"), []string{"nothing was changed"}},
		"a long cell":   {m.file("long.csv", "name,email\nB,b@example.org\n"+strings.Repeat("x", 1<<20)+",a@example.org\n"), []string{"line 3"}},
	} {
		t.Run("people "+name, func(t *testing.T) {
			m := &machine{T: t, folder: m.folder, database: m.database}
			m.refused(exitFailed, c.words, "import", "people", c.file)
			if after := m.rows(); after != before {
				t.Errorf("half was imported: %s", cmp.Diff(rows(before), rows(after)))
			}
		})
	}
}

// TestHostileImport: an export and a list of people that are whole, with words
// that mean something to some machine, are taken as they are, and shown harmlessly.
func TestHostileImport(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	m := newMachine(t)
	text := `\ud800 \udc00\ud83d </script><script>alert(1)</script> \u202e <!channel> {{.}} \u0000 =1+1`
	users := strings.Replace(goodUsers, "Amira", text, 1)
	day := `[{"type":"message","user":"U1","ts":"1495000000.000300","text":"` + text + ` <https://www.example.org/odd|` + strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(text) + `>","reactions":[{"name":"` + text + `","users":["U1"],"count":1}],
		"attachments":[{"from_url":"https://www.example.org/odd","title":"` + text + `","text":"` + text + `","service_name":"` + text + `"}]}]`
	file := m.archive("odd.zip", "users.json", users, "channels.json", `[{"id":"C1","name":"general"},{"id":"C2","name":"`+text+`"}]`, "general/2017-05-17.json", day)
	for range 2 {
		if code, said := m.run("import", "slack-export", file); code != exitDone {
			t.Fatalf("%d %s", code, said)
		}
	}
	people := m.file("odd.csv", "email,name,department\na@example.org,\"=HYPERLINK(\"\"x\"\") <script>\",\"\u202e {{.}}\"\n")
	if code, said := m.run("import", "people", people); code != exitDone {
		t.Fatalf("%d %s", code, said)
	}
	if !strings.Contains(m.rows(), `=HYPERLINK(\"x\") <script>`) {
		t.Error("a name was changed")
	}
	for _, format := range []string{"text", "html", "json", "slack"} {
		code, said := m.run("digest", "preview", "--week", "2017-W20", "--format", format)
		if code != exitDone || !strings.Contains(said, "example.org/odd") {
			t.Errorf("%s: %d %s", format, code, said)
		}
		if strings.Contains(said, "\u202e") || strings.Contains(said, "\x00") {
			t.Errorf("%s shows what disguises: %q", format, said)
		}
		if format == "html" && strings.Contains(said, "<script") {
			t.Errorf("the page runs something: %s", said)
		}
	}
	if code, said := m.run("doctor"); code != exitFailed || !strings.Contains(said, "ok    database") {
		t.Errorf("the doctor: %d %s", code, said) // nobody leads here
	}
}

// TestOddPreviews: weeks, days and formats that there are not.
func TestOddPreviews(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	m := newMachine(t)
	before := m.rows()
	for _, args := range [][]string{
		{"--week", "2017-W99"}, {"--week", "2017-W00"}, {"--week", "2017-20"}, {"--week", ""}, {"--week", "99999-W01"}, {"--week", "2017-W20\n"},
		{"--week", "../../etc/passwd"}, {"--week", strings.Repeat("9", 100_000)}, {"--week", "2017-W20", "--from", "2017-05-01"},
		{"--from", "2017-02-31", "--to", "2017-03-01"}, {"--from", "2017-05-15"}, {"--to", "2017-05-15"}, {"--from", "2017-05-15", "--to", "2017-05-14"},
		{"--from", "tomorrow", "--to", "today"}, {"--from", "\x00", "--to", "\xff"}, {"--format", "pdf"}, {"--format", ""}, {"--format", "mail"}, {"--format", "HTML"}, {"--format", "Slack"}, {"--nonsense"}, {"extra"},
	} {
		if len(args) == 2 && args[1] == "" {
			continue
		}
		m.refused(exitUsage, nil, append([]string{"digest", "preview"}, args...)...)
	}
	for _, name := range []string{"no such digest", "\x00", "\xff", "'; DROP TABLE digests; --", strings.Repeat("x", 1<<20)} {
		m.refused(exitFailed, []string{"digest"}, "digest", "preview", "--digest", name)
	}
	if m.rows() != before {
		t.Error("a preview wrote something")
	}
	for _, args := range [][]string{{"--week", "0000-W01"}, {"--week", "0001-W01"}, {"--week", "9999-W52"}, {"--from", "0001-01-01", "--to", "9999-12-31"}} {
		if code, said := m.run(append([]string{"digest", "preview"}, args...)...); code != exitDone || gibberish.MatchString(said) {
			t.Errorf("%v: %d %s", args, code, said)
		}
	}
}

// TestWhereNothingMayBeWritten runs the program as somebody who may do nothing.
func TestWhereNothingMayBeWritten(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	as, own := nobody()
	if as == nil {
		t.Skip("this user cannot become another one")
	}
	m := newMachine(t)
	folder, err := os.MkdirTemp("", "evangelist-closed-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(folder, "evangelist.test")
	raw, err := os.ReadFile(self)
	if err == nil {
		err = os.WriteFile(program, raw, 0o755)
	}
	copied, open := filepath.Join(folder, "e.db"), filepath.Join(folder, "open")
	if err == nil {
		err = os.Mkdir(open, 0o700)
	}
	if err == nil {
		err = own(open)
	}
	if err == nil {
		raw, err = os.ReadFile(strings.TrimPrefix(m.database, "sqlite:"))
	}
	for name, mode := range map[string]os.FileMode{copied: 0o644, filepath.Join(folder, "closed.db"): 0o600, filepath.Join(folder, "closed.zip"): 0o600, filepath.Join(folder, "closed.csv"): 0o600, filepath.Join(folder, "closed.yaml"): 0o600} {
		if err == nil {
			err = os.WriteFile(name, raw, mode)
		}
	}
	if err == nil {
		err = os.Chmod(folder, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		code  int
		words []string
		args  []string
	}{
		{exitFailed, []string{"may not write"}, []string{"--database", "sqlite:" + folder + "/new.db", "serve"}},
		{exitFailed, []string{"may not"}, []string{"--database", "sqlite:" + copied, "serve"}},
		{exitFailed, []string{"closed.db"}, []string{"--database", "sqlite:" + folder + "/closed.db", "serve"}},
		{exitFailed, []string{"closed.zip"}, []string{"--database", "sqlite:" + open + "/e.db", "import", "slack-export", folder + "/closed.zip"}},
		{exitFailed, []string{"closed.csv"}, []string{"--database", "sqlite:" + open + "/e.db", "import", "people", folder + "/closed.csv"}},
		{exitUsage, []string{"closed.yaml", "cannot be read"}, []string{"--config", folder + "/closed.yaml", "doctor"}},
		{exitFailed, []string{"may not write"}, []string{"--database", "sqlite:" + copied, "backup", folder + "/copy.db"}},
	} {
		command := exec.CommandContext(t.Context(), program, c.args...)
		command.SysProcAttr, command.Dir = as, folder
		command.Env = []string{beProgram + "=1", "HOME=" + folder}
		text, _ := command.CombinedOutput()
		said := string(text)
		if command.ProcessState.ExitCode() != c.code || gibberish.MatchString(said) {
			t.Errorf("%q: exit code %d: %s", c.args, command.ProcessState.ExitCode(), said)
		}
		for _, word := range c.words {
			if !strings.Contains(said, word) {
				t.Errorf("%q does not say %q: %s", c.args, word, said)
			}
		}
	}
}
