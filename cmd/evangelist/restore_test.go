package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"evangelist/adapters/playground"
	"evangelist/bot"
	"evangelist/storage/storagetest"
)

// command runs the command line beside the council, with the same clock.
func (c *council) command(args ...string) (code int, said string) {
	c.Helper()
	var out bytes.Buffer
	code = Run(c.ctx, append([]string{"--database", c.place.Database}, args...),
		Surroundings{Clock: c.clock, Random: rand.Reader, Stdout: &out, Stderr: &out})
	if strings.Contains(out.String(), "goroutine ") {
		c.Fatalf("%v ended in a stack trace:\n%s", args, &out)
	}
	return code, out.String()
}

// done runs a command that must succeed.
func (c *council) done(args ...string) string {
	c.Helper()
	code, said := c.command(args...)
	if code != exitDone {
		c.Fatalf("%v: exit code %d: %s", args, code, said)
	}
	return said
}

// settled waits until the courier has nothing to do at this moment of the clock, both
// before and after all that works beside requests has looked once more.
func (c *council) settled() {
	c.Helper()
	for {
		before := toSend(c.T, c.app, c.clock)
		lookAgain(c.T, c.app)
		if len(before)+len(toSend(c.T, c.app, c.clock)) == 0 {
			return
		}
		if c.ctx.Err() != nil {
			c.Fatalf("the courier never came to rest: %v, %v\n%s", before, toSend(c.T, c.app, c.clock), c.log)
		}
	}
}

// ticking has the clock go by itself too, slowly, for whoever waits a moment: a
// message is put off by seconds when the clock leaps just as it is to be sent.
func (c *council) ticking() (stop func()) {
	ctx, cancel := context.WithCancel(c.ctx)
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				c.clock.add(time.Second)
			case <-ctx.Done():
				return
			}
		}
	}()
	return func() {
		cancel()
		<-stopped
	}
}

// pass lets time go by in steps that chores, sweeps and the courier keep up with.
func (c *council) pass(total, step time.Duration) {
	c.Helper()
	for ; total > 0; total -= step {
		c.later(min(step, total))
		c.settled()
	}
}

// shown is what the bot has posted anywhere, ever: how often each text stands in
// each place, and each part id, also of what was taken away again.
func (c *council) shown() (texts map[string]int, parts map[string]int, gone int) {
	texts, parts = map[string]int{}, map[string]int{}
	for _, place := range c.ws.Places() {
		for _, m := range c.ws.Log(string(place.ID)) {
			switch {
			case !m.Ours:
			case m.Gone:
				gone++
			default:
				texts[place.Name+"\n"+m.Text]++
				if m.PartID != "" {
					parts[m.PartID]++
				}
			}
		}
	}
	return texts, parts, gone
}

func TestARestoredBackupPostsNothingAgain(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		backup := filepath.Join(t.TempDir(), "backup.db")
		threeDays(openCouncil(t, storagetest.SQLite(t)), func(c *council) {
			if said := c.done("backup", backup); !strings.Contains(said, "checked") {
				c.Errorf("backup said %q", said)
			}
			if code, said := c.command("restore", backup); code != exitTryLater || !strings.Contains(said, "Stop it first") {
				c.Errorf("restore beside a running server: exit code %d: %s", code, said)
			}
		}, func(c *council) {
			said := c.done("restore", backup)
			if !strings.Contains(said, ".before-restore") || !strings.Contains(said, "One edition came due") {
				c.Errorf("restore said %q", said)
			}
		})
	})
	t.Run("postgres", func(t *testing.T) {
		url := storagetest.PostgreSQL(t)
		programs, err := filepath.Glob("/usr/lib/postgresql/*/bin/pg_dump")
		if err != nil || len(programs) == 0 {
			if slices.Contains(strings.Split(os.Getenv("EVANGELIST_TEST_REQUIRE"), ","), "postgres") {
				t.Fatal("pg_dump is required but not installed where it is looked for")
			}
			t.Skip("pg_dump is not installed where it is looked for")
		}
		bin, backup := filepath.Dir(programs[len(programs)-1]), filepath.Join(t.TempDir(), "backup.dump")
		run := func(c *council, program string, args ...string) {
			if said, err := exec.CommandContext(c.ctx, filepath.Join(bin, program), args...).CombinedOutput(); err != nil {
				c.Fatalf("%s: %v: %s", program, err, said)
			}
		}
		threeDays(openCouncil(t, url), func(c *council) {
			if code, said := c.command("backup", backup); code != exitFailed || !strings.Contains(said, "pg_dump") {
				c.Errorf("backup: exit code %d: %s", code, said)
			}
			run(c, "pg_dump", "-Fc", "-d", url, "-f", backup)
		}, func(c *council) {
			run(c, "pg_restore", "--clean", "--if-exists", "--single-transaction", "-d", url, backup)
			if said := c.done("restore", "--epoch-only"); !strings.Contains(said, "One edition came due") {
				c.Errorf("restore said %q", said)
			}
		})
	})
}

// threeDays lives on a time line that is lost on the third day, when what was
// backed up on the first is put back in place.
func threeDays(c *council, backup, restore func(*council)) {
	defer c.ticking()()
	const takenBack = "nature.example.org/bandstand"
	taken := c.post("colm", "good-finds", "About our bandstand: https://"+takenBack)
	for _, who := range []string{"minh", "ishbel", "leroy", "dorothea"} {
		c.react(who, taken, "thumbsup")
	}
	c.share()
	c.publish()
	const worry = "Nobody answers the phone at the tip after four."
	c.fill(c.slash("leroy", "/concern"), map[string][]string{"words": {worry}, "name": {"anonymous"}})
	c.fill(c.slash("farida", "/idea"), map[string][]string{"words": {"Print the bin days on the council tax bill."}, "name": {"named"}})
	c.fill(c.slash("minh", "/evangelist join"), map[string][]string{"part": {"lead"}})
	c.settled()
	// Something waits in the queue, and an approval waits for its moment.
	held := bot.Notice("Sent once, whatever happens.")
	c.enqueue(bot.Delivery{Key: "test/later", To: bot.Address{Place: c.ws.PlaceID("all-council")}, Frozen: &held, Class: bot.Answer, NotBefore: c.clock.Now().Add(time.Hour)})
	c.beside(backup)

	c.takeBack("colm", taken, takenBack)
	c.pass(26*time.Hour, 13*time.Hour)
	c.post("dewi", "good-finds", "Later in the week: https://www.nhs.uk/using-the-nhs-website")
	c.later(time.Minute)
	c.slash("nia", "/digest publish")
	c.pass(10*time.Minute, 2*time.Minute)
	c.slash("nia", "/evangelist release")
	c.fill(c.press("adaeze", c.card("reading-team", worry), "voices.answer", ""), map[string][]string{
		"answer": {"The line is answered until six from Monday."}, "summary": {"Who answers at the tip."},
	})
	c.fill(c.press("adaeze", c.card("reading-team", "Print the bin days"), "voices.answer", ""), map[string][]string{
		"answer": {"From April on."}, "summary": {"Bin days on the bill."},
	})
	// Thursday afternoon, when the question is asked and nobody is at rest.
	c.pass(tuesday.Add(52*time.Hour+45*time.Minute).Sub(c.clock.Now()), time.Hour)
	asked := c.until(string(c.as("minh").Direct()), "network.answer")
	c.fill(c.press("minh", playground.Answer{Shown: asked.Body, Ref: asked.Ref}, "network.answer", ""), map[string][]string{
		"words": {"Ask the van driver first."}, "kind": {"learned"}, "consent": {"name"},
	})
	c.pass(tuesday.Add(72*time.Hour).Sub(c.clock.Now()), time.Hour) // Friday, when another edition is due
	c.settled()
	texts, parts, gone := c.shown()
	if n := c.count("all-council", "using-the-nhs-website"); n != 1 {
		c.Fatalf("before the restore the second edition stands there %d times", n)
	}
	if n := c.count("all-council", "Sent once"); n != 1 {
		c.Fatalf("before the restore what was held stands there %d times", n)
	}
	c.stop()
	restore(c)

	c.start()
	c.settled()
	c.pass(20*time.Minute, time.Minute)
	c.pass(6*time.Hour, 20*time.Minute)
	c.nothingAgain(texts, parts, gone)
	// The curator publishes what she thinks is new: it is there already.
	c.slash("nia", "/digest publish")
	c.pass(20*time.Minute, time.Minute)
	c.slash("nia", "/evangelist release")
	c.pass(20*time.Minute, time.Minute)
	c.nothingAgain(texts, parts, gone)
	if strings.Contains(c.log.String(), "ERROR") {
		c.Errorf("something was logged as an error:\n%s", c.log)
	}
}

// nothingAgain compares what stands in the workspace with what stood there
// before the restore.
func (c *council) nothingAgain(texts, parts map[string]int, gone int) {
	c.Helper()
	nowTexts, nowParts, nowGone := c.shown()
	for text, n := range nowTexts {
		if before := texts[text]; before > 0 && n > before {
			c.Errorf("posted again (%d, then %d): %s", before, n, text)
		}
	}
	for id, n := range nowParts {
		if n > max(1, parts[id]) {
			c.Errorf("the part %s stands there %d times", id, n)
		}
	}
	if nowGone != gone {
		c.Errorf("%d messages were taken away, %d before the restore", nowGone, gone)
	}
	for _, once := range []string{"using-the-nhs-website", usefulPage, "Sent once"} {
		if n := c.count("all-council", once); n != 1 {
			c.Errorf("%s stands in all-council %d times", once, n)
		}
	}
	if n := c.count("all-council", "nature.example.org/bandstand"); n != 0 {
		c.Errorf("what was taken back stands there again, %d times", n)
	}
	if n := c.count("reading-team", "Nobody answers the phone"); n != 1 {
		c.Errorf("the concern's card stands there %d times", n)
	}
}

// takeBack keeps a message out of every edition, by the sign that its author sets
// under it, and waits until the edition that is out shows it.
func (c *council) takeBack(person string, m playground.Message, words string) {
	c.Helper()
	if c.count("all-council", words) != 1 {
		c.Fatalf("%s is not in the edition", words)
	}
	c.react(person, m, "see_no_evil")
	c.pass(10*time.Minute, time.Minute)
	if c.count("all-council", words) != 0 {
		c.Fatalf("%s was taken back and still stands there", words)
	}
}

// card finds a message of the bot by its words.
func (c *council) card(place, text string) playground.Answer {
	c.Helper()
	m := c.until(place, text)
	return playground.Answer{Shown: m.Body, Ref: m.Ref}
}

// beside does something while people go on writing.
func (c *council) beside(what func(*council)) {
	c.Helper()
	ctx, stop := context.WithCancel(c.ctx)
	wrote := make(chan int, 1)
	started := make(chan struct{})
	go func() {
		n := 0
		for ; ctx.Err() == nil; n++ {
			if _, err := c.as("ishbel").Post(ctx, "digital-help", fmt.Sprintf("Also good: https://www.gov.uk/beside/%d", n)); err != nil {
				break
			}
			if n == 5 {
				close(started)
			}
		}
		wrote <- n
	}()
	<-started
	what(c)
	stop()
	if n := <-wrote; n < 6 {
		c.Errorf("only %d messages were written meanwhile", n)
	}
	c.heard()
}

// enqueue adds deliveries as a feature would, with a change of its own.
func (c *council) enqueue(deliveries ...bot.Delivery) {
	c.Helper()
	actor, err := c.app.people.Actor(c.ctx, c.ws.ID("nia"))
	if err != nil {
		c.Fatal(err)
	}
	if err := c.app.people.Change(c.ctx, actor.Person, func(*bot.Person) ([]bot.Delivery, error) { return deliveries, nil }); err != nil {
		c.Fatal(err)
	}
}
