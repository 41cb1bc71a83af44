package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	mathrand "math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"evangelist/adapters/playground"
	"evangelist/bot"
	"evangelist/cmd/evangelist/config"
	"evangelist/digests"
	"evangelist/storage"
	"evangelist/storage/digeststore"
	"evangelist/storage/storagetest"
)

// The test binary is also the program: with beProgram set it runs the command
// line, by the clock that clockVariable describes.
const (
	beProgram     = "EVANGELIST_TEST_BE_PROGRAM"
	clockVariable = "EVANGELIST_TEST_CLOCK"
)

// quickClock is the same in all processes of a test: it stood at from when the
// system's clock stood at since, and is so many times as fast.
type quickClock struct {
	from, since time.Time
	times       int64
}

func (q quickClock) Now() time.Time {
	return q.from.Add(time.Since(q.since) * time.Duration(q.times))
}

func (q quickClock) String() string {
	return fmt.Sprint(q.from.UnixNano(), " ", q.since.UnixNano(), " ", q.times)
}

// clockFrom reads what String wrote; nil, the system's clock, for nothing.
func clockFrom(text string) bot.Clock {
	var from, since, times int64
	if n, _ := fmt.Sscan(text, &from, &since, &times); n != 3 {
		return nil
	}
	return quickClock{from: time.Unix(0, from).UTC(), since: time.Unix(0, since), times: times}
}

// process is the program, running by itself.
type process struct {
	*exec.Cmd
	address chan string // of its pages, once
	said    *lockedBuffer
	ended   chan struct{}
}

// launch starts the program. It is killed with the test at the latest.
func launch(t *testing.T, clock fmt.Stringer, args ...string) *process {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{Cmd: exec.Command(self, args...), address: make(chan string, 1), said: &lockedBuffer{}, ended: make(chan struct{})}
	p.Env = append(os.Environ(), beProgram+"=1")
	if clock != nil {
		p.Env = append(p.Env, clockVariable+"="+clock.String())
	}
	out, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.Stderr = p.said
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			fmt.Fprintln(p.said, lines.Text())
			if _, at, ok := strings.Cut(lines.Text(), " open at "); ok {
				p.address <- at
			}
		}
		_ = p.Wait() // its exit code is looked at where it matters
		close(p.ended)
	}()
	t.Cleanup(func() {
		_ = p.Process.Kill()
		<-p.ended
	})
	return p
}

// open waits for the pages' address.
func (p *process) open(t *testing.T) string {
	t.Helper()
	select {
	case at := <-p.address:
		return at
	case <-p.ended:
	case <-time.After(30 * time.Second):
	}
	t.Fatalf("the program did not open: %s", p.said)
	return ""
}

// kill ends the process at once, as a power cut does.
func (p *process) kill(t *testing.T) {
	t.Helper()
	if err := p.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Fatal(err)
	}
	<-p.ended
	if code := p.ProcessState.ExitCode(); code != -1 {
		t.Fatalf("the program had ended by itself, exit code %d: %s", code, p.said)
	}
	p.sound(t)
}

// quit asks the process to end and expects that it does so in order.
func (p *process) quit(t *testing.T, within time.Duration) {
	t.Helper()
	if runtime.GOOS == "windows" {
		return // there is no such signal; the test's end kills it
	}
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case <-p.ended:
	case <-time.After(within):
		t.Fatalf("the program did not stop within %s: %s", within, p.said)
	}
	if code := p.ProcessState.ExitCode(); code != 0 {
		t.Fatalf("the program stopped with exit code %d: %s", code, p.said)
	}
	p.sound(t)
}

// sound fails the test when the program complained of itself.
func (p *process) sound(t *testing.T) {
	t.Helper()
	for line := range strings.Lines(p.said.String()) {
		for _, bad := range []string{"panic", "goroutine ", `"level":"ERROR"`, "DATA RACE"} {
			// A page that was being drawn when the program was asked to stop is not.
			if strings.Contains(line, bad) && !strings.Contains(line, "context canceled") {
				t.Fatalf("the program said %q: %s", bad, p.said)
			}
		}
	}
}

// siege is a playground whose digests are due all the time, and whose programs
// are killed again and again.
type siege struct {
	*testing.T
	clock  quickClock
	url    string
	path   string // of the workspace
	ws     *playground.Workspace
	series int
	random *mathrand.Rand
}

const siegeName = "Roundup "

// openSiege furnishes the playground. times is how many times as fast the clock
// is: a claim is given up 130 of its seconds after it was made, which must be
// longer than a request takes.
func openSiege(t *testing.T, url string, times int64, series int) *siege {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	s := &siege{
		T: t, url: url, path: filepath.Join(t.TempDir(), "workspace"), series: series,
		clock: quickClock{from: tuesday, since: time.Now(), times: times}, random: mathrand.New(mathrand.NewPCG(seed, 1)),
	}
	run := s.program()
	f := furnisher{app: run.app, workspace: run.workspace}
	for n := range series {
		err := f.do(t.Context(), "nia", "digest.new", "", fmt.Sprint("SIEGE", n), map[string][]string{
			"name": one(fmt.Sprintf("%s%02d", siegeName, n)), "when": one(fmt.Sprintf("%d * * * *", n*60/series)), "zone": one("Europe/London"),
			"places": one(string(run.workspace.PlaceID("all-council"))), "undecided": one(string(digests.Go)),
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := run.close(); err != nil {
		t.Fatal(err)
	}
	var err error
	if s.ws, err = playground.Open(playground.Config{Path: s.path, Clock: s.clock, Random: rand.Reader}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.ws.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// program opens the playground in this process, without running it.
func (s *siege) program() *playgroundRun {
	s.Helper()
	run, err := openPlayground(s.Context(), &settings{
		Surroundings: Surroundings{Clock: s.clock, Random: rand.Reader, Stdout: io.Discard, Stderr: io.Discard},
		config:       config.Default(), log: slog.New(slog.DiscardHandler),
	}, playgroundPlace{Database: s.url, Workspace: s.path}, "http://127.0.0.1:1")
	if err != nil {
		s.Fatal(err)
	}
	return run
}

func (s *siege) launch() *process {
	s.Helper()
	return launch(s.T, s.clock, "playground", "--listen", "127.0.0.1:0", "--database", s.url, "--workspace", s.path)
}

// chatter posts a new link again and again until the returned function is called.
func (s *siege) chatter() (stop func()) {
	ctx, cancel := context.WithCancel(s.Context())
	var wrote sync.WaitGroup
	wrote.Go(func() {
		tick := time.NewTicker(150 * time.Millisecond)
		defer tick.Stop()
		for n := 0; ; n++ {
			text := fmt.Sprintf("Worth a look: https://%d.example.org/page", n)
			if _, err := s.ws.As("farida").Post(ctx, "good-finds", text); err != nil {
				s.Errorf("post: %v", err)
				return
			}
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	})
	return func() {
		cancel()
		wrote.Wait()
	}
}

// storm kills one of the programs and starts another, until the time is over:
// at random moments, and every other time when something was posted and the
// program is about to note that it was.
func (s *siege) storm(programs []*process, lasts time.Duration) (kills int) {
	s.Helper()
	for until := time.Now().Add(lasts); time.Now().Before(until); kills++ {
		s.moment(time.Duration(s.random.Int64N(int64(time.Second))))
		if kills%2 == 1 {
			s.untilPosted(until)
			s.moment(time.Duration(s.random.Int64N(int64(3 * time.Millisecond))))
		}
		victim := s.random.IntN(len(programs))
		programs[victim].kill(s.T)
		programs[victim] = s.launch()
	}
	return kills
}

// moment lets the programs run for a while.
func (s *siege) moment(lasts time.Duration) {
	s.Helper()
	select {
	case <-time.After(lasts):
	case <-s.Context().Done():
		s.Fatal("the test was stopped")
	}
}

// untilPosted returns as soon as the bot has appended to the workspace's file.
func (s *siege) untilPosted(until time.Time) {
	s.Helper()
	file, err := os.Open(s.path)
	if err != nil {
		s.Fatal(err)
	}
	defer file.Close()
	at, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		s.Fatal(err)
	}
	for added := make([]byte, 1<<20); time.Now().Before(until); s.moment(100 * time.Microsecond) {
		n, err := file.ReadAt(added, at)
		if err != nil && !errors.Is(err, io.EOF) {
			s.Fatal(err)
		}
		if bytes.Contains(added[:n], []byte(`"part_id"`)) {
			return
		}
	}
}

// posted are the editions that stand in the channel, each as often as it does.
func (s *siege) posted() (order []string) {
	for _, m := range s.ws.Log("all-council") {
		if id := editionIn(m); id != "" {
			order = append(order, id)
		}
	}
	return order
}

// editionIn is the id of the edition that a message begins, "" for any other.
func editionIn(m playground.Message) string {
	if !m.Ours || m.Body == nil || !strings.HasPrefix(m.Body.Summary, siegeName) {
		return ""
	}
	if b, ok := button(m.Body, "digest.useful", ""); ok {
		id, _, _ := strings.Cut(b.Arg, "/")
		return id
	}
	return ""
}

// examine compares what stands in the workspace with what was due until a moment.
func (s *siege) examine(from, until time.Time, strict bool) {
	s.Helper()
	db, err := storage.Look(s.Context(), s.url, slog.New(slog.DiscardHandler))
	if err != nil {
		s.Fatal(err)
	}
	defer db.Close()
	stores := digeststore.New(db, s.clock)
	series, err := stores.Series.List(s.Context())
	if err != nil {
		s.Fatal(err)
	}
	order := s.posted()
	var times []time.Time
	for n, id := range order {
		if slices.Index(order, id) != n {
			s.Errorf("the edition %s stands in the channel more than once", id)
		}
		edition, err := stores.Editions.Get(s.Context(), id)
		if err != nil {
			s.Fatalf("the edition %s stands in the channel but is not known: %v", id, err)
		}
		times = append(times, edition.PublishedAt)
	}
	if strict && !slices.IsSortedFunc(times, time.Time.Compare) {
		s.Errorf("the channel's order is not that of publication: %v", times)
	}
	s.examineLinks(stores)
	due := 0
	for _, digest := range series {
		if strings.HasPrefix(digest.Name, siegeName) {
			due += s.examineDigest(stores, digest, order, from, until, s.Errorf)
		}
	}
	if due == 0 {
		s.Error("nothing was due: the test proves nothing")
	}
	s.examineParts()
	s.Logf("%d editions were due, %d stand in the channel", due, len(order))
}

// notified says whether anybody was told that an edition is undecided.
func (s *siege) notified() bool {
	return slices.ContainsFunc(s.ws.Places(), func(place bot.Place) bool {
		return slices.ContainsFunc(s.ws.Log(string(place.ID)), func(m playground.Message) bool {
			return m.Ours && m.PartID != "" && strings.HasPrefix(m.Text, "“"+siegeName)
		})
	})
}

// complete says whether all that was due until a moment stands in the channel.
func (s *siege) complete(from, until time.Time) bool {
	s.Helper()
	db, err := storage.Look(s.Context(), s.url, slog.New(slog.DiscardHandler))
	if err != nil {
		s.Fatal(err)
	}
	defer db.Close()
	stores := digeststore.New(db, s.clock)
	series, err := stores.Series.List(s.Context())
	if err != nil {
		s.Fatal(err)
	}
	order, missing := s.posted(), 0
	for _, digest := range series {
		if strings.HasPrefix(digest.Name, siegeName) {
			s.examineDigest(stores, digest, order, from, until, func(string, ...any) { missing++ })
		}
	}
	return missing == 0
}

// examineDigest follows the hourly slots of one digest.
func (s *siege) examineDigest(stores digests.Stores, digest digests.Digest, order []string, from, until time.Time, report func(string, ...any)) (due int) {
	s.Helper()
	editions, err := stores.Editions.List(s.Context(), digests.EditionFilter{Digest: digest.ID})
	if err != nil {
		s.Fatal(err)
	}
	at := map[time.Time]string{}
	for _, edition := range editions {
		at[edition.Due.UTC()] = edition.ID
	}
	_, before, err := digest.Slots(from)
	if err != nil {
		s.Fatal(err)
	}
	last := -1
	for slot := before.Due.Add(time.Hour); !slot.After(until); slot = slot.Add(time.Hour) {
		due++
		found := slices.Index(order, at[slot.UTC()])
		switch {
		case at[slot.UTC()] == "" || found < 0:
			report("%s of %s was due and is not in the channel", digest.Name, slot.Format("15:04"))
		case found < last:
			report("%s of %s stands before an earlier one", digest.Name, slot.Format("15:04"))
		}
		last = max(last, found)
	}
	return due
}

// examineLinks looks for links that stand in two editions of one digest.
func (s *siege) examineLinks(stores digests.Stores) {
	s.Helper()
	seen := map[string]string{}
	for _, m := range s.ws.Messages("all-council") {
		id := editionIn(m)
		if id == "" {
			continue
		}
		edition, err := stores.Editions.Get(s.Context(), id)
		if err != nil {
			s.Fatal(err)
		}
		for _, block := range m.Body.Blocks {
			link, ok := block.(bot.Link)
			if !ok {
				continue
			}
			if before := seen[edition.Digest+link.URL]; before != "" {
				s.Errorf("%s stands in two editions of a digest, %s and %s", link.URL, before, id)
			}
			seen[edition.Digest+link.URL] = id
		}
	}
}

// examineParts looks for doubles of anything that the bot posted anywhere.
func (s *siege) examineParts() {
	s.Helper()
	parts, notices := map[string]int{}, map[string]int{}
	for _, place := range s.ws.Places() {
		for _, m := range s.ws.Log(string(place.ID)) {
			switch {
			case !m.Ours || m.PartID == "":
				continue
			case strings.HasPrefix(m.Text, "“"+siegeName):
				notices[string(place.ID)+m.Text]++
			}
			parts[m.PartID]++
		}
	}
	for _, seen := range []map[string]int{parts, notices, s.everPosted()} {
		for what, n := range seen {
			if n > 1 {
				s.Errorf("%d times: %s", n, what)
			}
		}
	}
	if len(notices) == 0 {
		s.Error("nobody was told that an edition is undecided: the test proves less than it should")
	}
}

// everPosted counts by part id, from the workspace's own journal, also what was
// taken away since: a card that shrank loses a part, and a double that was
// mended was a double all the same.
func (s *siege) everPosted() map[string]int { return everPosted(s.T, s.path) }

func everPosted(t *testing.T, path string) map[string]int {
	t.Helper()
	journal, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	posted := map[string]int{}
	for line := range bytes.Lines(journal) {
		var e struct {
			Kind   string `json:"kind"`
			PartID string `json:"part_id"`
		}
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatalf("the journal has a broken line: %v", err)
		}
		if e.Kind == "posted" && e.PartID != "" {
			posted["ever posted "+e.PartID]++
		}
	}
	if len(posted) == 0 {
		t.Error("the journal names no part: nothing is proven")
	}
	return posted
}

// besiege runs the whole: programs of one playground under fire, then peace.
func besiege(t *testing.T, url string, times int64, programs int, lasts time.Duration) {
	s := openSiege(t, url, times, 60)
	stop := s.chatter()
	defer stop()
	running := make([]*process, programs)
	for i := range running {
		running[i] = s.launch()
	}
	s.await("the first edition", func() bool { return len(s.posted()) > 0 })
	from := s.clock.Now() // from here on no edition is empty
	kills := s.storm(running, lasts)
	until := s.clock.Now()
	// Whoever was killed with a tick in its hands holds it for two minutes, an
	// approval for one; after that nothing may be missing, but on a busy machine the
	// program may still be about it.
	s.await("what was due", func() bool {
		return s.last().After(until.Add(8*time.Minute)) && s.notified() && s.complete(from, until)
	})
	for _, p := range running {
		p.quit(t, 15*time.Second)
	}
	stop()
	t.Logf("%d kills", kills)
	s.examine(from, until, programs == 1)
}

// seldom asks at most three times a second, so that asking does not keep busy what
// is asked about.
func seldom(holds func() bool) func() bool {
	var next time.Time
	return func() bool {
		if time.Now().Before(next) {
			return false
		}
		held := holds()
		next = time.Now().Add(300 * time.Millisecond)
		return held
	}
}

// untilTired asks seldom, and no more shortly before the test has to end, so that
// what is missing can be named.
func untilTired(ctx context.Context, holds func() bool) func() bool {
	asked := seldom(holds)
	end, limited := ctx.Deadline()
	return func() bool { return limited && time.Until(end) < 45*time.Second || asked() }
}

func (s *siege) await(what string, holds func() bool) {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.Context(), time.Minute)
	defer cancel()
	if err := s.ws.WaitFor(ctx, holds); err != nil {
		s.Errorf("%s did not come", what)
	}
}

// last is when the latest edition was posted.
func (s *siege) last() (at time.Time) {
	for _, m := range s.ws.Messages("all-council") {
		if editionIn(m) != "" {
			at = m.At
		}
	}
	return at
}

// soak is longer when it is asked for.
func soak(short, long time.Duration) time.Duration {
	if os.Getenv("EVANGELIST_SOAK") != "" {
		return long
	}
	return short
}

func TestKilledAgainAndAgain(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	t.Parallel()
	storagetest.EachURL(t, func(t *testing.T, url string) {
		t.Parallel()
		besiege(t, url, 240, 1, soak(6*time.Second, time.Minute))
	})
}

func TestTwoProgramsOneOfThemKilled(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	t.Parallel()
	besiege(t, storagetest.PostgreSQL(t), 120, 2, soak(6*time.Second, time.Minute))
}

func TestSIGTERMEndsInOrder(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no SIGTERM on Windows")
	}
	dir := t.TempDir()
	p := launch(t, nil, "playground", "--listen", "127.0.0.1:0", "--database", "sqlite:"+filepath.Join(dir, "e.db"))
	address := p.open(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	// A stream that nobody closes, and requests without end.
	stream := fetch(t, ctx, address+"/playground/events?as=nia&at=all-council")
	defer stream.Body.Close()
	if kind := stream.Header.Get("Content-Type"); !strings.HasPrefix(kind, "text/event-stream") {
		t.Fatalf("the stream is %s, %s", stream.Status, kind)
	}
	answered := make(chan int, 1)
	first := make(chan struct{})
	go func() {
		n := 0
		for ; ctx.Err() == nil; n++ {
			response, err := http.Get(address + "/")
			if err != nil {
				break
			}
			if _, err := io.Copy(io.Discard, response.Body); err != nil || response.StatusCode != http.StatusOK {
				t.Errorf("a request was cut off: %s, %v", response.Status, err)
			}
			response.Body.Close()
			if n == 0 {
				close(first)
			}
		}
		answered <- n
	}()
	<-first
	p.quit(t, 10*time.Second)
	if n := <-answered; n == 0 {
		t.Error("no request was answered")
	}
	if _, err := os.Stat(filepath.Join(dir, "e.db-wal")); err == nil {
		t.Error("the write-ahead log was left behind")
	}
	again := launch(t, nil, "playground", "--listen", "127.0.0.1:0", "--database", "sqlite:"+filepath.Join(dir, "e.db"))
	again.open(t)
	again.quit(t, 10*time.Second)
}

func fetch(t *testing.T, ctx context.Context, address string) *http.Response {
	t.Helper()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	return response
}
