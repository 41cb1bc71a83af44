package main

import (
	"context"
	"html"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"evangelist/adapters/playground/sample"
	"evangelist/bot/courier"
	"evangelist/storage/courierstore"
	"evangelist/storage/storagetest"
)

// stage is a surface on which a story is played. Each act returns what the person
// is shown afterwards: the first new thing that has all the words of want. A want
// "[Start]" is a button of that label, one that begins with "!" must not be there.
// In answers "@farida" is a person and "#front-line" a channel, and a choice goes
// by its label.
type stage interface {
	// setUp is what a lead does in the first week.
	setUp()
	// tell types a line to the bot; the form that opens, or the answer.
	tell(person, line string, want ...string) showing
	// press presses the button of that label and says yes if it asks back.
	press(on showing, label string, want ...string) showing
	// fill fills a form in and sends it.
	fill(on showing, answers map[string]string, want ...string) showing
	// now is what stands there now.
	now(on showing) showing
	// direct waits for a message in somebody's own chat with the bot, newer than
	// the mark; posted for one in a channel, as somebody there sees it.
	direct(person string, want ...string) showing
	posted(person, channel string, want ...string) showing
	// table waits for the card of somebody's round table, wherever that is.
	table(person string, want ...string) showing
	// sent lists what stands in somebody's own chat since the mark, the newest first.
	sent(person string) []showing
	// mark has direct, posted and table pass over what stands there already.
	mark()
	// later moves the clock.
	later(d time.Duration)
	// await returns nil as soon as something holds that changes with the surface.
	await(ctx context.Context, holds func() bool) error
	// theApp, theClock and said are what is behind the stage.
	theApp() *App
	theClock() *hand
	said() string
	// broken lists what the surface would refuse or cut off, of all it was given.
	broken() []string
}

// showing is something in front of a person: a message, or a form.
type showing struct {
	person  string
	text    string // all the words on it, spaces made one
	buttons []string
	form    bool
	at      any // where it stands, for the stage
}

// has reports whether all of want is there, and nothing of it that must not be.
func (s showing) has(want ...string) bool {
	return !slices.ContainsFunc(want, func(w string) bool {
		not, banned := strings.CutPrefix(w, "!")
		return s.holds(not) == banned
	})
}

func (s showing) holds(want string) bool {
	if label, is := strings.CutPrefix(want, "["); is {
		return slices.Contains(s.buttons, strings.TrimSuffix(label, "]"))
	}
	return strings.Contains(s.text, want)
}

var spaces = regexp.MustCompile(`\s+`)

func oneLine(text string) string { return strings.TrimSpace(spaces.ReplaceAllString(text, " ")) }

// tagless is what somebody reads on a piece of a page.
func tagless(page string) string {
	page = regexp.MustCompile(`</?(span|a|strong|em|code|time|bdi|button)\b[^>]*>`).ReplaceAllString(page, "")
	return html.UnescapeString(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(page, " "))
}

// patience is how long something may take to come about, in real time: long, because
// only a test that fails waits for its end.
const patience = time.Minute

// heartbeat is how often the clock goes on by a second for whoever waits: slowly
// enough that nothing which is under way seems to have been given up.
const heartbeat = 40 * time.Millisecond

// awaited waits until one of what look finds has all of want. Time goes by
// meanwhile, as in life: what was put off for a moment comes then.
func awaited(t *testing.T, st stage, what string, want []string, look func() []showing) showing {
	t.Helper()
	var all []showing
	at := -1
	holds := func() bool {
		all = look()
		at = slices.IndexFunc(all, func(one showing) bool { return one.has(want...) })
		return at >= 0
	}
	for begun := time.Now(); ; st.later(time.Second) {
		if within(t, st, heartbeat, holds) {
			return all[at]
		}
		if time.Now().After(begun.Add(patience)) {
			var saw strings.Builder
			for _, one := range all {
				saw.WriteString("\n" + one.text + " " + strings.Join(one.buttons, "|"))
			}
			said := st.said()
			t.Fatalf("%s: %q never appeared. What is there:%s\n%s", what, want, saw.String(), said[max(0, len(said)-2000):])
		}
	}
}

// within reports whether something comes to hold before so much real time is over.
func within(t *testing.T, st stage, d time.Duration, holds func() bool) bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	return st.await(ctx, holds) == nil
}

// calm waits until the courier has nothing to do at this moment of the clock, both
// before and after all that works beside requests has looked once more. Time goes by
// meanwhile where something waits for it.
func calm(t *testing.T, st stage) {
	t.Helper()
	begun := time.Now()
	for {
		before := toSend(t, st.theApp(), st.theClock())
		lookAgain(t, st.theApp())
		if len(before)+len(toSend(t, st.theApp(), st.theClock())) == 0 {
			return
		}
		if !within(t, st, heartbeat, func() bool { return len(toSend(t, st.theApp(), st.theClock())) == 0 }) {
			st.theClock().add(time.Second)
		}
		if time.Now().After(begun.Add(patience)) {
			t.Fatalf("the courier never came to rest: %v, %v\n%s", before, toSend(t, st.theApp(), st.theClock()), st.said())
		}
	}
}

// toSend is what the courier has to do at this moment of the clock.
func toSend(t *testing.T, app *App, clock *hand) []courier.Item {
	t.Helper()
	busy, err := courierstore.New(app.db).Queue.List(t.Context(), []courier.State{courier.Queued, courier.Sending, courier.Unknown, courier.Editing}, 0)
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(busy, func(it courier.Item) bool { return it.Due.After(clock.Now()) })
}

// lookAgain returns when courier and sweeps have each begun a look and ended one since
// it was called: a wake is taken when a look begins. The last to begin work are asked
// first: what a chore leaves is for the sweeps, what a sweep leaves stands in the queue.
func lookAgain(t *testing.T, app *App) {
	t.Helper()
	for _, wake := range slices.Backward(app.wakes) {
		for range 3 {
			select {
			case wake <- struct{}{}:
			case <-time.After(patience):
				t.Fatal("what works beside requests does not look any more")
			}
		}
	}
}

// days lets days go by, one after the other.
func days(t *testing.T, st stage, n int) {
	t.Helper()
	for range n {
		st.later(24 * time.Hour)
		calm(t, st)
	}
}

// soon waits for a message that may be put off for days: the bot writes first only
// so often.
func soon(t *testing.T, st stage, person string, most int, want ...string) showing {
	t.Helper()
	for range most {
		if slices.ContainsFunc(st.sent(person), func(one showing) bool { return one.has(want...) }) {
			break
		}
		days(t, st, 1)
	}
	return st.direct(person, want...)
}

// cast are the people of the sample council by id.
func cast(t *testing.T) map[string]string {
	t.Helper()
	council, err := sample.Load(tuesday)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{}
	for _, p := range council.People {
		names[p.ID] = p.Name
	}
	return names
}

// eachStage plays a story on every surface, and on both databases where that is the
// playground. The race detector watches it there alone.
func eachStage(t *testing.T, play func(t *testing.T, st stage)) {
	t.Run("playground", func(t *testing.T) {
		t.Parallel()
		curtain(t, newPlaygroundStage(openCouncil(t, storagetest.SQLite(t))), play)
	})
	t.Run("playground on postgres", func(t *testing.T) {
		t.Parallel()
		storagetest.LeaveToPlainRun(t)
		curtain(t, newPlaygroundStage(openCouncil(t, storagetest.PostgreSQL(t))), play)
	})
	t.Run("slack", func(t *testing.T) {
		t.Parallel()
		storagetest.LeaveToPlainRun(t)
		curtain(t, &slackStage{office: openOffice(t, storagetest.SQLite(t), false)}, play)
	})
	t.Run("teams", func(t *testing.T) {
		t.Parallel()
		storagetest.LeaveToPlainRun(t)
		curtain(t, &teamsStage{tenant: openTenant(t, storagetest.SQLite(t), true)}, play)
	})
}

// curtain plays a story and looks behind the stage afterwards.
func curtain(t *testing.T, st stage, play func(t *testing.T, st stage)) {
	t.Helper()
	st.setUp()
	play(t, st)
	if strings.Contains(st.said(), `"level":"ERROR"`) {
		t.Errorf("something was logged as an error:\n%s", st.said())
	}
	for _, problem := range st.broken() {
		t.Errorf("the surface would refuse: %s", problem)
	}
}
