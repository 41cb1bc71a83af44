package peoplecsv_test

import (
	"encoding/binary"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"evangelist/adapters/peoplecsv"
	"evangelist/bot"
)

// both is how the tests name the platforms' instances.
func both(notes *[]string) peoplecsv.Options {
	return peoplecsv.Options{Platforms: map[string]string{"slack": "main", "teams": "tenant"}, Note: func(s string) {
		if notes != nil {
			*notes = append(*notes, s)
		}
	}}
}

func describe(facts []bot.AccountFact) string {
	var out []string
	for _, f := range facts {
		out = append(out, strings.Join([]string{string(f.Account), f.Name, f.Email, f.Department, f.Level, f.Title, f.Manager}, "/"))
	}
	return strings.Join(out, " ")
}

func TestFilesThatAreInOrder(t *testing.T) {
	for text, want := range map[string]string{
		"slack_id,name,email,department,level\nU1,Ada,ada@example.org,Libraries,head\n": "main|U1/Ada/ada@example.org/Libraries/head//",
		"email\nAda@Example.ORG": "//ada@example.org////",
		"slack_id\nU1\n\nU2":     "main|U1////// main|U2//////",
		"teams_id\n29:a-b_c":     "tenant|29:a-b_c//////",
		"level,email,manager,title\nhead,a@b.org,C@D.org,Lead":       "//a@b.org//head/Lead/c@d.org",
		" Email , NAME \na@b.org, Ada \n":                            "/Ada/a@b.org////",
		"slack_id,teams_id,email\nU1,T1,a@b.org\nU2,,\n,T3,":         "main|U1//a@b.org//// tenant|T1//a@b.org//// main|U2////// tenant|T3//////",
		"email;name\na@b.org;Ada, B\n":                               "/Ada, B/a@b.org////",
		"email\tname\na@b.org\tAda; B\n":                             "/Ada; B/a@b.org////",
		"sep=;\nname;email\nAda;a@b.org":                             "/Ada/a@b.org////",
		"\"sep=;\"\r\nname;email\r\nAda;a@b.org\r\n":                 "/Ada/a@b.org////",
		"\"email\",\"name\"\n\"a@b.org\",\"Ada \"\"A\"\" B\"\n":      `/Ada "A" B/a@b.org////`,
		"\"email\";\"name\"\n\"a@b.org\";\"Ada\"\n":                  "/Ada/a@b.org////",
		"\xef\xbb\xbfemail,name\na@b.org,Zoë\n":                      "/Zoë/a@b.org////",
		"\n\nemail\na@b.org":                                         "//a@b.org////",
		"email,name\ra@b.org,Ada\r":                                  "/Ada/a@b.org////",
		"email,name\na@b.org,Ada\n,\n ,\n":                           "/Ada/a@b.org////",
		"email,name,title,level,department\na@b.org,=1+1,+x,-y,@z\n": "/=1+1/a@b.org/@z/-y/+x/",
		"email\no'neil+x@sub.example.org\n":                          "//o'neil+x@sub.example.org////",
		"email\nzoë@exämple.org\n":                                   "//zoë@exämple.org////",
	} {
		got, err := peoplecsv.Read(strings.NewReader(text), both(nil))
		if err != nil || describe(got) != want {
			t.Errorf("%q:\n got %q, %v\nwant %q", text, describe(got), err, want)
		}
	}
	got, err := peoplecsv.Read(strings.NewReader("slack_id,teams_id,email\nU1,T1,a@b.org"), peoplecsv.Options{})
	if err != nil || got[0].Account != "slack|U1" || got[1].Account != "teams|T1" {
		t.Errorf("%v, %v", got, err)
	}
}

func TestEncodings(t *testing.T) {
	const text = "email,name\nzoe@example.org,Zoë Ångström\n"
	wide := func(order binary.AppendByteOrder, mark bool) string {
		var out []byte
		if mark {
			out = order.AppendUint16(out, 0xfeff)
		}
		for _, unit := range utf16.Encode([]rune(text)) {
			out = order.AppendUint16(out, unit)
		}
		return string(out)
	}
	for name, c := range map[string]struct{ raw, note string }{
		"UTF-8":        {text, ""},
		"with a mark":  {"\xef\xbb\xbf" + text, ""},
		"UTF-16LE":     {wide(binary.LittleEndian, true), "UTF-16"},
		"UTF-16BE":     {wide(binary.BigEndian, true), "UTF-16"},
		"without LE":   {wide(binary.LittleEndian, false), "UTF-16"},
		"without BE":   {wide(binary.BigEndian, false), "UTF-16"},
		"Windows-1252": {"email,name\nzoe@example.org,Zo\xeb \xc5ngstr\xf6m\n", "Windows-1252"},
		"semicolons":   {strings.ReplaceAll(text, ",", ";"), "semicolons"},
		"tabs":         {strings.ReplaceAll(text, ",", "\t"), "tabs"},
	} {
		var notes []string
		got, err := peoplecsv.Read(strings.NewReader(c.raw), both(&notes))
		if err != nil || len(got) != 1 || got[0].Name != "Zoë Ångström" {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		if (c.note == "") != (len(notes) == 0) || c.note != "" && !strings.Contains(strings.Join(notes, " "), c.note) {
			t.Errorf("%s: notes %q", name, notes)
		}
	}
}

func refused(t *testing.T, text string, want ...string) {
	t.Helper()
	got, err := peoplecsv.Read(strings.NewReader(text), both(nil))
	var known *bot.Error
	if !errors.As(err, &known) || got != nil {
		t.Errorf("%.80q: got %v, %v", text, got, err)
		return
	}
	for _, part := range append(want, "nothing was changed") {
		if !strings.Contains(known.Say, part) {
			t.Errorf("%.80q: got %q, want %q in it", text, known.Say, part)
		}
	}
}

func TestFilesThatAreNot(t *testing.T) {
	for text, want := range map[string]string{
		"":                                                "is empty",
		" \n\n":                                           "is empty",
		"email,name\n":                                    "has a header and no rows",
		"email,phone\na@b.org,1":                          `The column "phone" in the header is not known, so nothing was changed; the known columns are slack_id, teams_id, name, email, department, level, title, manager.`,
		"name,level\nAda,head":                            "neither email nor a column of ids",
		"email,Email\na@b.org,x":                          `The column "email" stands twice`,
		"em\"ail\nx":                                      "The header of the list of people cannot be read (line 1: a quotation mark",
		"email,name\na@b.org\n":                           "line 2: 1 cells where the header has 2",
		"email,name\na@b.org,Ada,x\nb@b.org,B\n":          "line 2: 3 cells where the header has 2",
		"email,name\n\na@b.org\n":                         "line 3: 1 cells",
		"sep=,\nemail,name\na@b.org\n":                    "line 3: 1 cells",
		"email,name\n\"a@b.org\",\"A\nB\"\n":              "line 2: the name has more than one line",
		"email,name\n\"a@b.org\",\"x\n":                   "a quotation mark is not closed",
		"email,name\nno\nb@b.org,\"x\" y\n":               `line 2: 1 cells where the header has 2; line 3: a quotation mark is not closed`,
		"slack_id,name\n,Ada\n":                           "line 2: neither an e-mail address nor an id",
		"slack_id,teams_id\nU1,T1\n":                      "line 2: two ids and no e-mail address",
		"slack_id\nU 1\n":                                 `line 2: the slack_id "U 1" holds a blank or a bar`,
		"slack_id\nU|1\n":                                 "holds a blank or a bar",
		"email\na@b.org\nc@d.org\nA@B.org\n":              `line 4: the e-mail address "a@b.org" stands already in line 2`,
		"slack_id\nU1\nU1\n":                              `line 3: the id "U1" stands already in line 2`,
		"email,manager\na@b.org,Ada\n":                    `line 2: the manager "ada" is no e-mail address`,
		"email,name\na@b.org," + strings.Repeat("x", 201): "line 2: the name has 201 characters, more than the 200 that are kept",
		"email\na\x00@b.org\n":                            "zero bytes",
		"email\na\x81@b.org\xff\n":                        "neither UTF-8 nor UTF-16 nor Windows-1252",
		"\xff\xfea":                                       "neither UTF-8 nor UTF-16",
		"PK\x03\x04xl/workbook.xml":                       "save the list of people as CSV",
		"email\n" + strings.Repeat("x", 64<<20):           "more than 64 MiB",
	} {
		refused(t, text, want)
	}
	for _, address := range []string{"a", "a@", "@b", "a@b@", "a b@c.org", "a@b..org", ".a@b.org", "a.@b.org", "a@-b.org", "a@b_c.org", "<a@b.org>", "Ada <a@b.org>", "a@b.org.", "mailto:a@b.org", strings.Repeat("x", 65) + "@b.org", "a@" + strings.Repeat("x", 64) + ".org"} {
		refused(t, "email\n"+address+"\n", "line 2:", "is no e-mail address")
	}
}

func TestAllFaultsAtOnce(t *testing.T) {
	var text strings.Builder
	text.WriteString("email,name\n")
	for i := range 30 {
		fmt.Fprintf(&text, "no address %d,N\n", i)
	}
	_, err := peoplecsv.Read(strings.NewReader(text.String()), both(nil))
	var known *bot.Error
	if !errors.As(err, &known) || strings.Count(known.Say, "is no e-mail address") != 20 || !strings.Contains(known.Say, "line 21:") || !strings.Contains(known.Say, "; and 10 more.") {
		t.Errorf("%v", err)
	}
	_, err = peoplecsv.Read(iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader("email"))), both(nil))
	if !errors.Is(err, iotest.ErrTimeout) {
		t.Errorf("%v", err)
	}
}

func TestRealPeople(t *testing.T) {
	file, err := os.Open(findData(t, "people-racket.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	facts, err := peoplecsv.Read(file, both(nil))
	if err != nil {
		t.Fatal(err)
	}
	departments, levels, accounts := map[string]bool{}, map[string]bool{}, map[bot.AccountID]bool{}
	for _, fact := range facts {
		departments[fact.Department], levels[fact.Level], accounts[fact.Account] = true, true, true
		if fact.Name == "" || fact.Email == "" {
			t.Errorf("%+v", fact)
		}
	}
	if len(facts) != 326 || len(accounts) != 326 || len(departments) != 12 || len(levels) != 5 {
		t.Errorf("%d people, %d accounts, %d departments, %d levels", len(facts), len(accounts), len(departments), len(levels))
	}
}

func findData(t *testing.T, name string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		path := filepath.Join(dir, "shared", "data", name)
		if _, err := os.Stat(path); err == nil {
			return path
		}
		up := filepath.Dir(dir)
		if up == dir {
			break
		}
		dir = up
	}
	if strings.Contains(os.Getenv("EVANGELIST_TEST_REQUIRE"), "data") {
		t.Fatalf("shared/data/%s is required by EVANGELIST_TEST_REQUIRE and not there", name)
	}
	t.Skipf("shared/data/%s is not beside the repository", name)
	return ""
}

// FuzzPeople: a sentence and nothing, or clean facts that survive being
// written and read again.
func FuzzPeople(f *testing.F) {
	for _, seed := range []string{
		"slack_id,name,email,department,level\nU1,Ada,ada@example.org,Libraries,head\n", "email;name\na@b.org;\"x;\ny\"\n",
		"sep=\t\nteams_id\tmanager\n1\ta@b.org", "\xff\xfee\x00m\x00", "email,name\na@b.org,\xeb\n", "email\na@b.org\na@b.org\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		facts, err := peoplecsv.Read(strings.NewReader(string(raw)), both(nil))
		var known *bot.Error
		if err != nil {
			if !errors.As(err, &known) || facts != nil || !strings.Contains(known.Say, "nothing was changed") {
				t.Fatalf("%v, %v", facts, err)
			}
			return
		}
		var out strings.Builder
		w := csv.NewWriter(&out)
		rows := [][]string{{"slack_id", "teams_id", "name", "email", "department", "level", "title", "manager"}}
		for i, fact := range facts {
			for _, text := range []string{fact.Name, fact.Email, fact.Department, fact.Level, fact.Title, fact.Manager} {
				if text != bot.Clean(text, 200) {
					t.Fatalf("unclean %q", text)
				}
			}
			row := []string{"", "", fact.Name, fact.Email, fact.Department, fact.Level, fact.Title, fact.Manager}
			if fact.Account != "" {
				row[slices.Index([]string{"main", "tenant"}, fact.Account.Platform())] = fact.Account.Native()
			}
			if i > 0 && fact.Email != "" && fact.Email == facts[i-1].Email { // one row with two ids
				rows[len(rows)-1][1] = row[1]
				continue
			}
			rows = append(rows, row)
		}
		if err := w.WriteAll(rows); err != nil {
			t.Fatal(err)
		}
		again, err := peoplecsv.Read(strings.NewReader(out.String()), both(nil))
		if err != nil || describe(again) != describe(facts) {
			t.Fatalf("%q became %q, %v", describe(facts), describe(again), err)
		}
	})
}
