package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"evangelist/storage/storagetest"
)

// seated is what scripts read.
type seated struct {
	Rounds []struct {
		Tables [][]string `json:"tables"`
		Out    []string   `json:"out"`
	} `json:"rounds"`
	Proof struct {
		Rounds       int            `json:"rounds"`
		People       int            `json:"people"`
		Met          int            `json:"pairs_met"`
		Repeated     int            `json:"repeated_pairs"`
		Most         int            `json:"most_meetings"`
		Tables       int            `json:"tables"`
		OneDepart    int            `json:"tables_of_one_department"`
		OneBand      int            `json:"tables_of_one_band"`
		TwiceRunning int            `json:"sat_out_twice_running"`
		Sizes        map[string]int `json:"sizes"`
		Says         []string       `json:"says"`
	} `json:"proof"`
}

// peopleFile writes a file of people and returns its path.
func peopleFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "people.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// townHall is a file of so many people in departments and levels.
func townHall(t *testing.T, people, departments int) string {
	t.Helper()
	levels := []string{"assistant", "officer", "assistant", "manager", "assistant", "officer", "head", "assistant", "director", "officer"}
	text := "name,email,department,level\n"
	for i := range people {
		text += fmt.Sprintf("Colleague %d,p%04d@example.org,Department %d,%s\n", i, i, i%departments, levels[i*3%len(levels)])
	}
	return peopleFile(t, text)
}

// simulated runs the command, and counts by hand what its proof claims.
func simulated(t *testing.T, file string, args ...string) seated {
	t.Helper()
	out := evangelist(t, append([]string{"tables", "simulate", "--format", "json", "--people", file}, args...)...)
	var s seated
	if err := json.Unmarshal([]byte(out), &s); err != nil {
		t.Fatalf("%v in %.200s", err, out)
	}
	met, sizes, tables, twice := map[[2]string]int{}, map[string]int{}, 0, 0
	var before []string
	for i, round := range s.Rounds {
		var everybody []string
		for _, table := range round.Tables {
			tables++
			sizes[fmt.Sprint(len(table))]++
			everybody = append(everybody, table...)
			for j, a := range table {
				for _, b := range table[:j] {
					met[[2]string{min(a, b), max(a, b)}]++
				}
			}
		}
		for _, id := range round.Out {
			everybody = append(everybody, id)
			if slices.Contains(before, id) {
				twice++
			}
		}
		before = round.Out
		if slices.Sort(everybody); len(slices.Compact(everybody)) != s.Proof.People {
			t.Errorf("round %d: %d of %d people have a place", i+1, len(everybody), s.Proof.People)
		}
		if round.Tables == nil || round.Out == nil {
			t.Errorf("round %d has no lists where there is nobody", i+1)
		}
	}
	repeated, most := 0, 0
	for _, times := range met {
		most = max(most, times)
		if times > 1 {
			repeated++
		}
	}
	p := s.Proof
	if diff := cmp.Diff([]any{len(s.Rounds), len(met), repeated, most, tables, twice, sizes},
		[]any{p.Rounds, p.Met, p.Repeated, p.Most, p.Tables, p.TwiceRunning, p.Sizes}); diff != "" {
		t.Errorf("by hand, and what the proof says:\n%s", diff)
	}
	if len(p.Says) == 0 {
		t.Error("the proof says nothing in words")
	}
	return s
}

// oneDepartment counts, from the file itself, tables whose people are all of one
// department.
func oneDepartment(t *testing.T, file string, s seated) int {
	t.Helper()
	raw, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	rows, err := csv.NewReader(raw).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	email, column := slices.Index(rows[0], "email"), slices.Index(rows[0], "department")
	department := map[string]string{}
	for _, row := range rows[1:] {
		department[row[email]] = row[column]
	}
	n := 0
	for _, round := range s.Rounds {
		for _, table := range round.Tables {
			if !slices.ContainsFunc(table, func(id string) bool { return department[id] != department[table[0]] }) {
				n++
			}
		}
	}
	return n
}

func TestSimulatedTablesOf200(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	file := townHall(t, 200, 12)
	for _, args := range [][]string{{"--rounds", "26"}, {"--size", "4-6", "--seed", "7"}, {"--size", "3", "--rounds", "20"}} {
		s := simulated(t, file, args...)
		if p := s.Proof; p.Repeated != 0 || p.Most != 1 || p.OneBand != 0 || p.OneDepart != 0 || oneDepartment(t, file, s) != 0 || p.TwiceRunning != 0 || p.People != 200 {
			t.Errorf("%v: %+v", args, p)
		}
	}
	// A size that leaves two over each time.
	if s := simulated(t, file, "--size", "3-3", "--rounds", "4"); len(s.Rounds[0].Out) != 2 || s.Proof.Sizes["3"] != 4*66 {
		t.Errorf("%v sit out, %v", s.Rounds[0].Out, s.Proof.Sizes)
	}
}

func TestSimulatedTablesOfRealPeople(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	file := filepath.Join(realData(t), "people-racket.csv")
	for _, size := range []string{"3-6", "4-6"} {
		s := simulated(t, file, "--rounds", "26", "--size", size)
		if p := s.Proof; p.People != 326 || p.Rounds != 26 || p.Repeated != 0 || p.Most != 1 || p.OneBand != 0 || p.OneDepart != 0 || p.TwiceRunning != 0 || len(s.Rounds[0].Out) != 0 {
			t.Errorf("%s: %+v", size, p)
		}
		if n := oneDepartment(t, file, s); n != 0 {
			t.Errorf("%s: %d tables of one department", size, n)
		}
	}
}

func TestSimulateIsRepeatable(t *testing.T) {
	file := townHall(t, 40, 6)
	run := func(args ...string) string {
		return evangelist(t, append([]string{"tables", "simulate", "--people", file, "--rounds", "5"}, args...)...)
	}
	for _, format := range []string{"text", "json"} {
		first := run("--seed", "5", "--format", format)
		if run("--seed", "5", "--format", format) != first {
			t.Errorf("%s: the same seed gave another seating", format)
		}
		if run("--seed", "6", "--format", format) == first {
			t.Errorf("%s: another seed gave the same seating", format)
		}
	}
}

// What people read is the same seating as what scripts read, by name, with no
// level anywhere.
func TestSimulatedTablesInWords(t *testing.T) {
	file := townHall(t, 20, 4)
	s := simulated(t, file, "--rounds", "3", "--size", "3-3")
	text := evangelist(t, "tables", "simulate", "--people", file, "--rounds", "3", "--size", "3-3")
	var want strings.Builder
	shown := func(ids []string) string {
		names := make([]string, len(ids))
		for i, id := range ids {
			var n int
			if _, err := fmt.Sscanf(id, "p%d@example.org", &n); err != nil {
				t.Fatal(err)
			}
			names[i] = fmt.Sprintf("Colleague %d", n)
		}
		return strings.Join(names, ", ")
	}
	fmt.Fprintf(&want, "Round tables for 20 people, seed 1\n\n%s\n", strings.Join(s.Proof.Says, "\n"))
	for i, round := range s.Rounds {
		fmt.Fprintf(&want, "\nRound %d\n", i+1)
		for t, table := range round.Tables {
			fmt.Fprintf(&want, "%4d  %s\n", t+1, shown(table))
		}
		fmt.Fprintf(&want, " out  %s\n", shown(round.Out))
	}
	if diff := cmp.Diff(want.String(), text); diff != "" {
		t.Error(diff)
	}
	for _, sentence := range []string{"3 rounds, 18 tables: 18 of three.\n", "54 of 190 pairs of colleagues met.\nNobody met the same person twice: 0 of 54 pairs.\n", "Somebody sat out 6 times, 0 of them twice running.\n", "18 of 18 tables span two departments.\n18 of 18 tables span two level bands.\n"} {
		if !strings.Contains(text, sentence) {
			t.Errorf("%q is not in\n%s", sentence, text)
		}
	}
	if level := regexp.MustCompile(`(?i)assistant|officer|manager|head|director|band ?(one|two|three|[123])`).FindString(text); level != "" {
		t.Errorf("a level is shown: %q", level)
	}
}

// By which name people stand, when files say this or that of them.
func TestHowGuestsAreCalled(t *testing.T) {
	for want, text := range map[string]string{
		"a@b.org,c@d.org,e@f.org / Ada,Cleo,e@f.org":    "email,name\na@b.org,Ada\nc@d.org,Cleo\ne@f.org,\n",
		"a@b.org,c@d.org,e@f.org / Ada,c@d.org,e@f.org": "email,name\na@b.org,Ada\nc@d.org,Cleo\ne@f.org,Cleo\n",
		"U1,U2,a@b.org / U1,U2,Ada":                     "slack_id,email,name\nU1,,\nU2,,\nU3,a@b.org,Ada\n",
		"a@b.org,c@d.org,e@f.org / Ada,Cleo,Eve":        "slack_id,teams_id,email,name\nU1,T1,a@b.org,Ada\nU2,T2,c@d.org,Cleo\n,,e@f.org,Eve\n",
		"X,X2,teams|X / X,X2,teams|X":                   "slack_id,teams_id\nX,\n,X\nX2,\n",
	} {
		file := peopleFile(t, text)
		s := simulated(t, file, "--rounds", "1")
		words := evangelist(t, "tables", "simulate", "--people", file, "--rounds", "1")
		got := strings.Join(s.Rounds[0].Tables[0], ",") + " / " + strings.ReplaceAll(strings.TrimSpace(regexp.MustCompile(`\n {3}1 (.*)\n`).FindStringSubmatch(words)[1]), ", ", ",")
		if got != want {
			t.Errorf("%q: %s, not %s", text, got, want)
		}
	}
}

// What is not known is said, and nothing is made of it.
func TestSimulateSaysWhatIsNotKnown(t *testing.T) {
	text := "email,department,level\n"
	for i := range 12 {
		text += fmt.Sprintf("p%d@example.org,,%s\n", i, []string{"", "blue", "officer", "head"}[i%4])
	}
	s := simulated(t, peopleFile(t, text), "--rounds", "1")
	says := strings.Join(s.Proof.Says, "\n")
	for _, want := range []string{"0 of 3 tables span two departments. The department is known of 0 of 12 people.", "3 of 3 tables span two level bands. The level is known of 6 of 12 people."} {
		if !strings.Contains(says, want) {
			t.Errorf("%q is not in\n%s", want, says)
		}
	}
	if s.Proof.OneDepart != 3 || s.Proof.Sizes["4"] != 3 {
		t.Errorf("%+v", s.Proof)
	}
}

func TestNobodyToSeat(t *testing.T) {
	s := simulated(t, peopleFile(t, "email\na@b.org\nc@d.org\n"), "--rounds", "2")
	if diff := cmp.Diff([]string{"No table could be laid in 2 rounds for 2 people.", "Nobody is seated: 2 people take part, and a table needs 3."}, s.Proof.Says); diff != "" || len(s.Rounds[1].Out) != 2 {
		t.Errorf("%s%+v", diff, s)
	}
}

func TestSimulateCalledWrongly(t *testing.T) {
	file := townHall(t, 12, 3)
	folder := t.TempDir()
	for name, c := range map[string]struct {
		code int
		want string
		args []string
	}{
		"too wide":      {exitUsage, "--size 2-9: a table has 3 to 6 people", []string{"--people", file, "--size", "2-9"}},
		"the other way": {exitUsage, "name the smaller number first", []string{"--people", file, "--size", "5-4"}},
		"no size":       {exitUsage, `--size "some" is no size of tables; write one such as 3-6, or 4`, []string{"--people", file, "--size", "some"}},
		"nothing":       {exitUsage, `--size "0-0" is no size`, []string{"--people", file, "--size", "0-0"}},
		"half a size":   {exitUsage, `--size "3-" is no size`, []string{"--people", file, "--size", "3-"}},
		"no rounds":     {exitUsage, "--rounds 0 is no number of rounds; choose 1 to 520", []string{"--people", file, "--rounds", "0"}},
		"fewer":         {exitUsage, "--rounds -3 is no number", []string{"--people", file, "--rounds=-3"}},
		"ages":          {exitUsage, "--rounds 521 is no number", []string{"--people", file, "--rounds", "521"}},
		"odd format":    {exitUsage, `there is no format "xml"; choose text or json`, []string{"--people", file, "--format", "xml"}},
		"odd seed":      {exitUsage, "--seed", []string{"--people", file, "--seed", "x"}},
		"no file":       {exitUsage, "--people", nil},
		"missing file":  {exitFailed, "nowhere.csv is not there; check the name", []string{"--people", filepath.Join(folder, "nowhere.csv")}},
		"a folder":      {exitFailed, "is a folder; name the CSV file", []string{"--people", folder}},
		"nobody":        {exitFailed, "has a header and no rows", []string{"--people", peopleFile(t, "email,name\n")}},
		"empty":         {exitFailed, "was not read: The list of people is empty", []string{"--people", peopleFile(t, "")}},
		"broken":        {exitFailed, "line 2:", []string{"--people", peopleFile(t, "email\nno address\n")}},
	} {
		var out, trouble bytes.Buffer
		code := Run(t.Context(), append([]string{"tables", "simulate"}, c.args...), Surroundings{Stdout: &out, Stderr: &trouble})
		if code != c.code || !strings.Contains(trouble.String(), c.want) || code == exitFailed && out.Len() > 0 {
			t.Errorf("%s: %d, %s%.80s", name, code, &trouble, &out)
		}
	}
}

func TestSimulateStops(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	var out, trouble bytes.Buffer
	code := Run(ctx, []string{"tables", "simulate", "--people", townHall(t, 12, 3)}, Surroundings{Stdout: &out, Stderr: &trouble})
	if code != exitFailed || out.Len() > 0 || !strings.Contains(trouble.String(), "stopped before all rounds were seated") {
		t.Errorf("%d: %s%s", code, &trouble, &out)
	}
}
