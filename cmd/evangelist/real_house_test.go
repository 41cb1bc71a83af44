package main

import (
	"archive/zip"
	"crypto/rand"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"html"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/bot/impact"
	"evangelist/bot/tables"
	"evangelist/digests/canonical"
	"evangelist/storage"
	"evangelist/storage/storagetest"
)

// realPerson is a line of the list of people beside the real conversation.
type realPerson struct{ slack, department, level string }

func realPeople(t *testing.T, data string) []realPerson {
	t.Helper()
	file, err := os.Open(filepath.Join(data, "people-racket.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil || len(rows) != 327 {
		t.Fatalf("%d lines, %v", len(rows), err)
	}
	var all []realPerson
	for _, row := range rows[1:] {
		all = append(all, realPerson{row[0], row[3], row[4]})
	}
	return all
}

// realHouse is the whole program on the real conversation and its 326 people,
// without a platform: what would be sent waits.
type realHouse struct {
	*testing.T
	app    *App
	clock  *hand
	people []realPerson
	lead   bot.AccountID
}

func openRealHouse(t *testing.T) (*realHouse, string) {
	t.Helper()
	data := realData(t)
	url := "sqlite:" + filepath.Join(t.TempDir(), "evangelist.db")
	evangelist(t, "import", "slack-export", filepath.Join(data, "slack-export-racket.zip"), "--database", url)
	evangelist(t, "import", "people", filepath.Join(data, "people-racket.csv"), "--database", url)
	log := slog.New(slog.DiscardHandler)
	db, err := storage.Open(t.Context(), url, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	h := &realHouse{T: t, clock: &hand{now: time.Date(2018, 3, 6, 10, 0, 0, 0, time.UTC)}, people: realPeople(t, data)}
	h.app, err = NewApp(t.Context(), Parts{DB: db, Organisation: bot.Organisation{Name: "Test", Zone: time.UTC}, Clock: h.clock, Random: rand.Reader, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	h.lead = h.account(h.people[0])
	actor, err := h.app.people.Actor(t.Context(), h.lead)
	if err != nil || actor.Person == "" {
		t.Fatalf("the first of the list is %+v, %v", actor, err)
	}
	err = h.app.people.Change(t.Context(), actor.Person, func(p *bot.Person) ([]bot.Delivery, error) {
		p.Roles = []bot.Role{bot.Lead}
		return nil, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return h, filepath.Join(data, "slack-export-racket.zip")
}

func (h *realHouse) account(p realPerson) bot.AccountID { return bot.NewAccountID("slack", p.slack) }

func (h *realHouse) do(as bot.AccountID, command, arg string, pairs ...string) string {
	h.Helper()
	var values map[string][]string
	if len(pairs) > 0 {
		values = map[string][]string{}
	}
	for i := 0; i < len(pairs); i += 2 {
		values[pairs[i]] = []string{pairs[i+1]}
	}
	nonce, err := bot.NewNonce(rand.Reader)
	if err != nil {
		h.Fatal(err)
	}
	h.clock.add(3 * time.Second)
	return shows(h.app.Do(h.Context(), bot.Invocation{Actor: bot.Actor{Account: as}, Command: command, Arg: arg, Values: values, Nonce: nonce}))
}

func (h *realHouse) sweep() {
	h.Helper()
	h.app.background.Wait()
	for _, sweep := range h.app.sweeps {
		if _, err := sweep.Run(h.Context()); err != nil {
			h.Fatalf("%s: %v", sweep.Name, err)
		}
	}
}

// With the people of the real conversation: who is with us, a year of round
// tables, and a report of a month in which they shared links.
func TestARealHouse(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	t.Parallel()
	h, export := openRealHouse(t)
	joined := h.join()
	h.sweep()
	h.coverage(joined)
	h.report(export)
	h.tables(joined)
}

// join has every third colleague lead or support, but nobody of Parks.
func (h *realHouse) join() (joined []realPerson) {
	for i, p := range h.people {
		if i%3 == 0 && p.department != "Parks" {
			part := []string{"lead", "support"}[i%2]
			if said := h.do(h.account(p), "network.join", "", "part", part); !strings.Contains(said, "hank you") {
				h.Fatalf("%s joins: %s", p.slack, said)
			}
			joined = append(joined, p)
		}
	}
	return joined
}

// coverage compares the sheet for leads with the list itself.
func (h *realHouse) coverage(joined []realPerson) {
	h.Helper()
	sheet, err := h.app.features.Roster.Sheet(h.Context())
	if err != nil {
		h.Fatal(err)
	}
	colleagues, with := map[string]int{}, map[string]int{}
	for _, p := range h.people {
		colleagues[p.department]++
	}
	for _, p := range joined {
		with[p.department]++
	}
	seen := 0
	for _, row := range sheet.Matrix.Rows {
		if row.Department == "" {
			continue
		}
		seen++
		if row.Colleagues != colleagues[row.Department] {
			h.Errorf("%s has %d colleagues, the sheet says %d", row.Department, colleagues[row.Department], row.Colleagues)
		}
		there := 0
		for _, cell := range row.Cells {
			there += len(cell.Named)
		}
		if row.With != there || there != with[row.Department] || row.Hole != (with[row.Department] == 0) {
			h.Errorf("%s has %d with us, the sheet says %d (a hole: %v)", row.Department, with[row.Department], there, row.Hole)
		}
	}
	if seen != len(colleagues) {
		h.Errorf("the sheet has %d departments of %d", seen, len(colleagues))
	}
	if said := h.do(h.lead, "roster.coverage", ""); !strings.Contains(said, "Parks") {
		h.Errorf("the lead reads of no hole: %s", said)
	}
	if said := h.do(h.account(h.people[1]), "roster.coverage", ""); strings.Contains(said, "Parks") {
		h.Errorf("a colleague reads of the holes: %s", said)
	}
}

// report compares the links of a month with the raw text of the conversation.
func (h *realHouse) report(export string) {
	h.Helper()
	var made struct {
		Sections []struct {
			Numbers []struct {
				Key  string
				Rows []struct{ Slice, Count string }
			}
		}
	}
	reply, err := h.app.features.Impact.Compose(h.Context(), impact.Wish{From: "2018-01-01", To: "2018-01-31"}, true)
	if err != nil {
		h.Fatal(err)
	}
	raw, err := json.Marshal(reply)
	if err != nil {
		h.Fatal(err)
	}
	if err := json.Unmarshal(raw, &made); err != nil {
		h.Fatal(err)
	}
	links, sharers := rawShares(h.T, export, h.people)
	want := fmt.Sprintf("%d links by %d of 326 colleagues", links, sharers)
	for _, section := range made.Sections {
		for _, number := range section.Numbers {
			if number.Key == "links-shared" {
				if got := number.Rows[0].Count; got != want {
					h.Errorf("the report has %q, the raw text %q", got, want)
				}
				if len(number.Rows) < 8 {
					h.Errorf("only %d rows: twelve departments have twenty people and more", len(number.Rows))
				}
				return
			}
		}
	}
	h.Errorf("no number of links in %s", raw)
}

// rawShares counts what colleagues shared in January 2018, each link once for each
// of them, and who shared, from the raw text.
func rawShares(t *testing.T, path string, people []realPerson) (links, sharers int) {
	t.Helper()
	ours := map[string]bool{}
	for _, p := range people {
		ours[p.slack] = true
	}
	archive, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	marked := regexp.MustCompile(`<(https?://[^<>|]+)(?:\|[^<>]*)?>`)
	shares, who := map[string]bool{}, map[string]bool{}
	for _, file := range archive.File {
		if !regexp.MustCompile(`/2018-01-\d\d\.json$`).MatchString(file.Name) {
			continue
		}
		reader, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		var messages []struct{ User, Text, Subtype string }
		err = json.NewDecoder(reader).Decode(&messages)
		reader.Close()
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range messages {
			for _, found := range marked.FindAllStringSubmatch(m.Text, -1) {
				if link, err := canonical.Parse(html.UnescapeString(found[1])); err == nil && ours[m.User] {
					shares[m.User+" "+link.Key], who[m.User] = true, true
				}
			}
		}
	}
	return len(shares), len(who)
}

// tables lays a year of round tables, every second week, and holds them to the
// promises from the list alone.
func (h *realHouse) tables(joined []realPerson) {
	h.Helper()
	department := map[bot.PersonID]string{}
	for _, p := range joined {
		actor, err := h.app.people.Actor(h.Context(), h.account(p))
		if err != nil {
			h.Fatal(err)
		}
		department[actor.Person] = p.department
	}
	met, out := map[[2]bot.PersonID]int{}, map[bot.PersonID]bool{}
	for n := range 26 {
		round := h.round()
		seated := map[bot.PersonID]bool{}
		sits := map[int][]bot.PersonID{}
		for _, seat := range round.Seats {
			if seat.Table > 0 {
				sits[seat.Table] = append(sits[seat.Table], seat.Person)
			}
		}
		for _, at := range sits {
			spread := map[string]bool{}
			for j, a := range at {
				seated[a] = true
				spread[department[a]] = true
				for _, b := range at[j+1:] {
					pair := [2]bot.PersonID{min(a, b), max(a, b)}
					if met[pair]++; met[pair] > 1 {
						h.Errorf("round %d: a pair sits together again, although %d people have 26 rounds of at most 5 others", n, len(department))
					}
				}
			}
			if len(at) < 3 || len(at) > 6 || len(spread) < 2 {
				h.Errorf("round %d: a table of %d from %d departments", n, len(at), len(spread))
			}
		}
		for person := range department {
			if !seated[person] && out[person] {
				h.Errorf("round %d: somebody sits out twice running", n)
			}
			out[person] = !seated[person]
		}
		h.clock.add(14 * 24 * time.Hour)
		h.sweep()
	}
}

// round plans a round, lets it go out at once and returns it.
func (h *realHouse) round() tables.Round {
	h.Helper()
	h.do(h.lead, "tables.plan", "")
	drafts, err := h.app.features.Tables.Stores.Rounds.List(h.Context(), tables.Drafted)
	if err != nil || len(drafts) != 1 {
		h.Fatalf("%d drafts, %v", len(drafts), err)
	}
	h.do(h.lead, "tables.now", drafts[0].ID)
	h.clock.add(2 * time.Minute)
	h.sweep()
	round, err := h.app.features.Tables.Stores.Rounds.Get(h.Context(), drafts[0].ID)
	if err != nil || round.State != tables.Out {
		h.Fatalf("the round is %s, %v", round.State, err)
	}
	return round
}
