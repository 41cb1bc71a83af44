package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"evangelist/adapters/peoplecsv"
	slackexport "evangelist/adapters/slack/export"
	"evangelist/bot"
	"evangelist/bot/library"
	"evangelist/cmd/evangelist/export"
	"evangelist/cmd/evangelist/simulate"
	"evangelist/cmd/evangelist/wiring"
	"evangelist/storage"
	"evangelist/storage/kernelstore"
)

// slackInstance is the instance key of the one Slack workspace.
const slackInstance = "slack"

// teamsInstance is the instance key of the one Teams tenant.
const teamsInstance = "teams"

type importCommand struct {
	SlackExport importExport `cmd:"" help:"A Slack export (ZIP): people, channels, links. Private channels and direct messages are skipped and counted."`
	People      importPeople `cmd:"" help:"A CSV of people: slack_id, teams_id, name, email, department, level, title, manager; any subset with e-mail or an account."`
}

type importExport struct {
	File string `arg:"" help:"The ZIP file." type:"path"`
}

type importPeople struct {
	File string `arg:"" help:"The CSV file." type:"path"`
}

// archiveSink hands what an export holds to the registers and the ears. Reading
// goes on while a batch is kept; finish waits for the last one.
type archiveSink struct {
	app     *App
	people  int
	batch   []bot.Sighting
	keeping chan error // of the batch that is being kept; nil: none is
}

// largeBatch is how many sightings are kept at once: each batch is one
// transaction that waits for the disk.
const largeBatch = 8000

// People implements slackexport.Sink.
func (s *archiveSink) People(ctx context.Context, facts []bot.AccountFact) error {
	changed, err := s.app.people.Record(ctx, facts)
	s.people += changed
	return err
}

// Places implements slackexport.Sink.
func (s *archiveSink) Places(ctx context.Context, places []bot.Place) error {
	return s.app.places.Observe(ctx, places)
}

// Sightings implements slackexport.Sink. An export is read because a lead asked for
// it, so what is watched does not matter.
func (s *archiveSink) Sightings(ctx context.Context, batch []bot.Sighting) error {
	s.batch = append(s.batch, batch...)
	if len(s.batch) < largeBatch {
		return nil
	}
	return s.flush(ctx)
}

// flush begins to keep what was gathered, once the batch before it is kept.
func (s *archiveSink) flush(ctx context.Context) error {
	if err := s.wait(); err != nil {
		return err
	}
	batch, keeping := s.batch, make(chan error, 1)
	s.batch, s.keeping = nil, keeping
	go func() { keeping <- s.keep(ctx, batch) }()
	return nil
}

func (s *archiveSink) wait() error {
	if s.keeping == nil {
		return nil
	}
	err := <-s.keeping
	s.keeping = nil
	return err
}

func (s *archiveSink) finish(ctx context.Context) error {
	return errors.Join(s.flush(ctx), s.wait())
}

func (s *archiveSink) keep(ctx context.Context, batch []bot.Sighting) error {
	for _, ear := range s.app.ears {
		if _, err := ear.Hear(ctx, batch); err != nil {
			return fmt.Errorf("ear %s: %w", ear.Name, err)
		}
	}
	return nil
}

// withApp opens the database for writing and wires an App without platforms.
func withApp(ctx context.Context, s *settings, run func(*App) error) (err error) {
	db, err := storage.Open(ctx, s.config.Database, s.log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	app, err := NewApp(ctx, Parts{DB: db, Organisation: organisationOf(s), Clock: s.Clock, Random: s.Random, Log: s.log})
	if err != nil {
		return err
	}
	defer app.background.Wait()
	return run(app)
}

// Run imports an export.
func (c *importExport) Run(ctx context.Context, s *settings) error {
	return withApp(ctx, s, func(app *App) error {
		sink := &archiveSink{app: app}
		progress := newProgress(s)
		summary, err := slackexport.Read(ctx, c.File, slackexport.Options{Platform: slackInstance, Progress: progress.show}, sink)
		progress.end()
		if err = errors.Join(err, sink.finish(ctx)); err != nil {
			return err
		}
		_, err = fmt.Fprint(s.Stdout, importSummary(summary, sink.people))
		return err
	})
}

// progress is a line on a terminal; elsewhere it is silent.
type progress struct {
	out  io.Writer
	now  func() time.Time
	last time.Time
	any  bool
}

func newProgress(s *settings) *progress {
	if !s.Terminal {
		return &progress{}
	}
	return &progress{out: s.Stderr, now: s.Clock.Now}
}

func (p *progress) show(done, total int64) {
	if p.out == nil || total == 0 {
		return
	}
	now := p.now()
	if p.any && done < total && now.Sub(p.last) < 100*time.Millisecond {
		return
	}
	p.last, p.any = now, true
	fmt.Fprintf(p.out, "\rimporting %3d %%", 100*done/total)
}

func (p *progress) end() {
	if p.any {
		fmt.Fprint(p.out, "\r\033[K")
	}
}

// importSummary says in words what an export held.
func importSummary(s slackexport.Summary, people int) string {
	var out strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&out, format+"\n", args...) }
	say("%s, %s, %s with %s.", count(s.Users, "person or bot", "people and bots"), count(s.Channels, "channel", "channels"),
		count(s.Messages, "message", "messages"), count(s.Links, "link", "links"))
	if !s.First.IsZero() {
		say("From %s to %s; %s, %s, %s, %s.", s.First.Format("2 January 2006"), s.Last.Format("2 January 2006"),
			count(s.Reactions, "reaction", "reactions"), count(s.Threads, "thread", "threads"), count(s.Edits, "edit", "edits"), count(s.Deletions, "deletion", "deletions"))
	}
	if s.PrivateChannels+s.DirectChats > 0 {
		say("Skipped, never opened: %s and %s.", count(s.PrivateChannels, "private channel", "private channels"), count(s.DirectChats, "direct or group chat", "direct or group chats"))
	}
	if s.Notices+s.Duplicates+s.OtherFiles+s.UnknownFolders > 0 {
		say("Left out: %s, %s, %s and %s of no listed channel.", count(s.Notices, "notice", "notices"), count(s.Duplicates, "repeated message", "repeated messages"),
			count(s.OtherFiles, "other file", "other files"), count(s.UnknownFolders, "folder", "folders"))
	}
	say("%s new or changed. Nothing was posted.", count(people, "person or account", "people and accounts"))
	return out.String()
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// Run imports people.
func (c *importPeople) Run(ctx context.Context, s *settings) error {
	file, err := openList(c.File)
	if err != nil {
		return err
	}
	defer file.Close()
	facts, err := peoplecsv.Read(file, peoplecsv.Options{
		Platforms: map[string]string{"slack": slackInstance, "teams": teamsInstance},
		Note:      func(sentence string) { fmt.Fprintln(s.Stderr, "evangelist: "+sentence) },
	})
	if err != nil {
		return fmt.Errorf("%s was not imported: %w", c.File, err)
	}
	return withApp(ctx, s, func(app *App) error {
		changed, err := app.people.Record(ctx, facts)
		if err != nil {
			return err
		}
		fmt.Fprintf(s.Stdout, "%d people read, %d of them new or changed.\n", len(facts), changed)
		return nil
	})
}

// openList opens the file of people, with a sentence where that is impossible.
func openList(path string) (*os.File, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s is not there; check the name of the file of people", path)
	case err == nil && info.IsDir():
		return nil, fmt.Errorf("%s is a folder; name the CSV file of people that is in it", path)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read; check that this user may open it (%w)", path, err)
	}
	return file, nil
}

type tablesCommand struct {
	Simulate simulateCommand `cmd:"" help:"Seat the people of a CSV for many rounds, and prove who meets whom. Needs no database and keeps nothing."`
}

type simulateCommand struct {
	People string `help:"The CSV file of people, as import people reads it." required:"" type:"path" placeholder:"FILE.csv"`
	Rounds int    `help:"How many rounds." default:"26" placeholder:"N"`
	Size   string `help:"How many sit at a table: 3-6, or anything in between." default:"3-6" placeholder:"FROM-TO"`
	Seed   uint64 `help:"Another number gives another seating; the same gives the same." default:"1" placeholder:"N"`
	Format string `help:"text or json." default:"text" placeholder:"FORMAT"`
}

// Run seats people and prints what comes of it.
func (c *simulateCommand) Run(ctx context.Context, s *settings) error {
	wish := simulate.Wish{Rounds: c.Rounds, Size: c.Size, Seed: c.Seed, Format: c.Format}
	if err := wish.Check(); err != nil {
		return usageError{err}
	}
	file, err := openList(c.People)
	if err != nil {
		return err
	}
	defer file.Close()
	facts, err := peoplecsv.Read(file, peoplecsv.Options{
		Platforms: map[string]string{"slack": slackInstance, "teams": teamsInstance},
		Note:      func(sentence string) { fmt.Fprintln(s.Stderr, "evangelist: "+sentence) },
	})
	if err != nil {
		return fmt.Errorf("%s was not read: %w", c.People, err)
	}
	return simulate.Run(ctx, s.Stdout, facts, wish)
}

type exportCommand struct {
	Library exportLibrary `cmd:"" help:"What worked, as a tree of Markdown files: an index, and a file for each learning, story, used link and example. Again writes only what changed."`
}

type exportLibrary struct {
	Target string `arg:"" help:"A folder, or a file that ends in .zip. What no export made is left alone."`
}

// Run writes the library. It only reads the database, beside a running server.
func (c *exportLibrary) Run(ctx context.Context, s *settings) (err error) {
	if err := export.Check(c.Target); err != nil {
		return usageError{err}
	}
	organisation := organisationOf(s)
	db, err := storage.Look(ctx, s.config.Database, s.log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	entries, err := wiring.ReadLibrary(db, kernelstore.NewPeople(db, s.Clock, s.Random), s.Clock, organisation).Entries(ctx)
	if err != nil {
		return err
	}
	made, err := export.Write(ctx, c.Target, library.Markdown(entries, organisation))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.Stdout, "%s in %s; %s written, %d removed.\n", count(made.Files-1, "entry", "entries"), c.Target, count(made.Written, "file", "files"), made.Removed)
	return err
}
