package main

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"evangelist/adapters/text"
	"evangelist/bot"
	"evangelist/bot/network"
	"evangelist/storage/storagetest"
)

// Nobody is listed or ranked by how active they are: not on a page, not by a
// command, not in a file, not in a metric. Five people do the same things, one of
// them a lot and one hardly anything; then the same house once more, with the two
// ends exchanged. Wherever several of them stand, they stand in the same order and
// beside the same numbers in both.
func TestNobodyIsRanked(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	t.Parallel()
	there := rankingHouse(t, []int{7, 4, 3, 2, 1})
	back := rankingHouse(t, []int{1, 2, 3, 4, 7})
	if len(there.shown) < 60 {
		t.Fatalf("only %d outputs were walked", len(there.shown))
	}
	several := 0
	for _, what := range slices.Sorted(maps.Keys(there.shown)) {
		if reason := creditsOnly(what); reason != "" {
			continue
		}
		a, b := there.standing(there.shown[what]), back.standing(back.shown[what])
		if len(a) < 3 && len(b) < 3 {
			continue
		}
		several++
		if !slices.Equal(a, b) {
			t.Errorf("%s shows people by what they do:\n%s\nand with the ends exchanged:\n%s", what, strings.Join(a, "\n"), strings.Join(b, "\n"))
		}
	}
	if several < 3 {
		t.Errorf("only %d outputs show three of the five: the walk sees too little", several)
	}
	t.Logf("%d outputs, %d of them with several of the five", len(there.shown), several)
}

// creditsOnly says why an output may name people in an order that follows from
// what was shared: it lists things, with thanks, and the things stand by their
// date or by what readers made of them.
func creditsOnly(what string) string {
	for part, reason := range map[string]string{
		"/archive": "editions thank whoever shared an item", "/desk/draft": "the draft of an edition", "digest.": "an edition and its links",
		"network.learnings": "learnings, the newest first", "/worked": "learnings, the newest first", "library": "learnings, the newest first",
		"tables.plan": "seats are drawn by lot: the rule is given no activity", "Round tables": "seats are drawn by lot: the rule is given no activity",
		"report": "learnings by their date, with consent",
	} {
		if strings.Contains(what, part) {
			return reason
		}
	}
	return ""
}

// ranking is a house in which five people did more or less.
type ranking struct {
	*yard
	five  []string // by name
	shown map[string]string
}

func rankingHouse(t *testing.T, much []int) *ranking {
	t.Helper()
	r := &ranking{yard: openYard(t, "sqlite:"+filepath.Join(t.TempDir(), "evangelist.db")), shown: map[string]string{}}
	var natives []string
	for _, person := range r.ws.People() {
		if len(natives) < len(much) && !person.Bot && !person.External && person.Native != "nia" && person.Department != "" {
			natives = append(natives, person.Native)
			r.five = append(r.five, person.Name)
		}
	}
	for i, native := range natives {
		r.busy(native, much[i])
	}
	r.must("nia", "network.ask.now", "", nil)
	r.pass(24 * time.Hour)
	for i, native := range natives {
		if much[i] > 2 {
			r.do(native, "network.answer", "", map[string][]string{"words": {"We learned to ask first"}, "kind": {"learned"}, "consent": {"none"}})
		}
	}
	r.must("nia", "tables.plan", "", nil)
	r.must("nia", "digest.publish", "", nil)
	r.pass(40 * 24 * time.Hour)
	r.walk()
	return r
}

// busy has somebody do everything n times.
func (r *ranking) busy(native string, n int) {
	r.Helper()
	r.must(native, "network.join", "", map[string][]string{"part": {string(network.Leads)}})
	account, _ := r.ws.Account(native)
	for k := range n {
		if _, err := r.ws.As(native).Post(r.ctx, "front-line", fmt.Sprintf("Have a look https://example.org/%s/%d", native, k)); err != nil {
			r.Fatal(err)
		}
		r.pass(3 * time.Minute)
		if k < 3 {
			r.do(native, "voices.idea", "", map[string][]string{"words": {fmt.Sprintf("An idea %d of %s", k, native)}, "name": {"named"}})
		}
		actor, err := r.app.people.Actor(r.ctx, r.ws.ID(native))
		if err != nil {
			r.Fatal(err)
		}
		if err := r.app.features.Network.Used(r.ctx, actor.Person, fmt.Sprintf("It saved %s an hour, time %d", account.Name, k), "A page"); err != nil {
			r.Fatal(err)
		}
	}
}

// walk collects what a lead, a reader and a colleague are shown by every command
// and on every page that a link leads to, and the files and metrics.
func (r *ranking) walk() {
	r.Helper()
	for _, person := range []string{"nia", "adaeze", "leroy"} {
		for _, command := range r.app.router.Commands() {
			if len(command.Phrases) == 0 && !command.Global {
				continue
			}
			r.clock.add(3 * time.Second)
			r.keep("command "+command.Name+" by "+person, told(r.do(person, command.Name, "", nil)))
		}
		home, err := r.app.router.Home(r.ctx, r.ws.ID(person))
		if err != nil {
			r.Fatal(err)
		}
		r.keep("home of "+person, text.Render(home, time.UTC))
		r.crawl(person)
	}
	for _, native := range []string{"nia", "leroy"} {
		for _, room := range r.ws.Rooms(native) {
			for _, m := range r.ws.Messages(string(room.ID)) {
				if m.Ours && m.Body != nil {
					r.keep("message "+m.Body.Summary, text.Render(*m.Body, time.UTC))
				}
			}
		}
	}
	r.keep("metrics", r.get("", "/metrics").Body.String())
	for _, args := range [][]string{{"report", "--format", "json"}, {"report"}, {"export", "library", filepath.Join(r.TempDir(), "library")}, {"tables", "simulate", "--people", r.list(), "--rounds", "2"}} {
		said := &lockedBuffer{}
		Run(r.ctx, append([]string{"--database", r.place.Database}, args...), Surroundings{Stdout: said, Stderr: said, Clock: r.clock})
		r.keep("evangelist "+strings.Join(args[:min(2, len(args))], " "), said.String())
	}
}

// told is what a reply shows, one line for each thing.
func told(reply bot.Reply) string {
	switch reply := reply.(type) {
	case bot.Say:
		return text.Render(reply.Message, time.UTC)
	case bot.Done:
		return text.Render(reply.Message, time.UTC)
	case bot.Ask:
		shown := text.Render(bot.Message{Summary: reply.Form.Title, Blocks: reply.Form.Intro}, time.UTC)
		for _, field := range reply.Form.Fields {
			shown += "\n" + field.Label + "\n" + field.Help
			for _, option := range field.Options {
				shown += "\n" + option.Label + " " + option.Help
			}
		}
		return shown
	}
	return ""
}

// list is the register as a CSV, in the order of the names.
func (r *ranking) list() string {
	r.Helper()
	file := filepath.Join(r.TempDir(), "people.csv")
	lines := "name,email,department\n"
	for i, name := range r.five {
		lines += fmt.Sprintf("%s,p%d@example.org,Department %d\n", name, i, i)
	}
	if err := os.WriteFile(file, []byte(lines), 0o600); err != nil {
		r.Fatal(err)
	}
	return file
}

var hrefPattern = regexp.MustCompile(`href="(/[^"#]*)"`)

// crawl follows every link of our pages that a person sees.
func (r *ranking) crawl(person string) {
	r.Helper()
	queue, seen := []string{"/web", "/desk", "/archive", "/report"}, map[string]bool{}
	for len(queue) > 0 && len(seen) < 250 {
		path := strings.ReplaceAll(queue[0], "&amp;", "&")
		queue = queue[1:]
		if seen[path] || strings.HasPrefix(path, "/playground") || strings.Contains(path, "/static/") {
			continue
		}
		seen[path] = true
		answer := r.get(person, path)
		if answer.Code != http.StatusOK {
			continue
		}
		body := answer.Body.String()
		r.keep("page "+path+" for "+person, body)
		for _, link := range hrefPattern.FindAllStringSubmatch(body, -1) {
			queue = append(queue, link[1])
		}
	}
}

// keep notes an output under a name that is the same in both houses.
func (r *ranking) keep(what, shown string) {
	what = randomPattern.ReplaceAllString(what, "…")
	r.shown[what] += shown + "\n"
}

// randomPattern are the parts of an address that differ by chance.
var randomPattern = regexp.MustCompile(`[0-9a-f]{8,}[-0-9a-f]*`)

var tagPattern = regexp.MustCompile(`<[^>]*>`)

// standing are the people of an output in their order, each with the numbers that
// stand in the same line.
func (r *ranking) standing(shown string) []string {
	var all []string
	seen := map[string]bool{}
	for line := range strings.Lines(tagPattern.ReplaceAllString(strings.NewReplacer("</li>", "\n", "</tr>", "\n", "</p>", "\n").Replace(shown), " ")) {
		for _, name := range r.five {
			if !strings.Contains(line, name) || seen[name] {
				continue
			}
			seen[name] = true
			all = append(all, name+": "+strings.Join(regexp.MustCompile(`\d+`).FindAllString(line, -1), " "))
		}
	}
	return all
}
