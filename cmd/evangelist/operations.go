package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"evangelist/bot"
	"evangelist/bot/courier"
	"evangelist/bot/impact/issues"
	"evangelist/bot/roster"
	"evangelist/bot/schedule"
	"evangelist/digests"
	"evangelist/storage"
	"evangelist/storage/courierstore"
	"evangelist/storage/digeststore"
	"evangelist/storage/kernelstore"
)

type backupCommand struct {
	File string `arg:"" help:"File to write; it must not exist yet." type:"path"`
}

// Run copies the database while a server may go on writing.
func (c *backupCommand) Run(ctx context.Context, s *settings) (err error) {
	if _, err := os.Stat(filepath.Dir(c.File)); err != nil {
		return fmt.Errorf("the backup cannot be written to %s; create the folder first: %w", c.File, err)
	}
	db, err := storage.Inspect(ctx, s.config.Database, s.log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := db.Backup(ctx, c.File); err != nil {
		return err
	}
	// Read it back: a backup that nobody opened is only a hope.
	copied, err := storage.Inspect(ctx, "sqlite:"+c.File, s.log)
	if err != nil {
		return fmt.Errorf("the backup was written but cannot be opened: %w", err)
	}
	if err := errors.Join(copied.QuickCheck(ctx), copied.Close()); err != nil {
		return fmt.Errorf("the backup was written but is not whole: %w", err)
	}
	fmt.Fprintf(s.Stdout, "Backed up to %s and checked.\n", c.File)
	return nil
}

type restoreCommand struct {
	File      string `arg:"" optional:"" help:"Backup to put in place." type:"existingfile"`
	EpochOnly bool   `help:"Only begin a new epoch, after pg_restore."`
}

// Run puts a backup in place and makes the courier doubt whatever was not sent
// then, so that it looks before it sends.
func (c *restoreCommand) Run(ctx context.Context, s *settings) error {
	switch {
	case c.File == "" && !c.EpochOnly:
		return usageError{errors.New("name the backup to restore: evangelist restore FILE")}
	case c.File != "" && c.EpochOnly:
		return usageError{errors.New("--epoch-only takes no file")}
	}
	var kept string
	if c.File != "" {
		var err error
		if kept, err = storage.Restore(ctx, s.config.Database, c.File, s.log); err != nil {
			return err
		}
		if kept != "" {
			fmt.Fprintf(s.Stdout, "The database that was there is kept as %s. Delete it once all is well: it holds what people may have taken back.\n", kept)
		}
		fmt.Fprintln(s.Stdout, carryOver(ctx, s, kept))
	}
	held, err := beginEpoch(ctx, s)
	if err != nil {
		return fmt.Errorf("the new epoch has not begun, so nothing must be served from this database before evangelist restore --epoch-only succeeds: %w", err)
	}
	fmt.Fprintf(s.Stdout, "Restored. Whatever was not sent is looked for before it is sent again. %s\n", waiting(held))
	return nil
}

// carryOver repeats in the restored database what people took back since the
// backup, as far as the database that was replaced still tells, and says in a
// sentence what came of it.
func carryOver(ctx context.Context, s *settings, kept string) string {
	const byHand = "What people took back since the backup is known again: ask those who turned to you in that time."
	if kept == "" {
		return byHand
	}
	n, err := carry(ctx, s, kept)
	if err != nil {
		s.log.Warn("what was taken back could not be read from the database that was replaced", "error", err)
		return "The database that was replaced cannot be read. " + byHand
	}
	return fmt.Sprintf("Carried over from it: %s and choices about names that people made. A concern or idea that its author withdrew since the backup is there again; its author can withdraw it once more with the private code.", count(n, "withdrawal", "withdrawals"))
}

func carry(ctx context.Context, s *settings, kept string) (n int, err error) {
	old, err := storage.Look(ctx, "sqlite:"+kept, s.log)
	if err != nil {
		return 0, err
	}
	taken, err := digeststore.ReadTakenBack(ctx, old)
	if err = errors.Join(err, old.Close()); err != nil {
		return 0, err
	}
	db, err := storage.Open(ctx, s.config.Database, s.log)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return taken.Count(), taken.Keep(ctx, digeststore.New(db, s.Clock))
}

func waiting(held int) string {
	switch held {
	case 0:
		return "No edition came due since the backup."
	case 1:
		return "One edition came due since the backup; it stays a draft until its curator publishes it."
	}
	return fmt.Sprintf("%d editions came due since the backup; they stay drafts until their curators publish them.", held)
}

// listenSetting says since when the chat has to be heard again after a restore,
// so that what was taken back since the backup stays away; "": it need not.
const listenSetting = "restore/listen-since"

// beginEpoch looks at the data alone, not at a configuration that may be another
// one: no schedule is set and nobody appointed before the next start.
func beginEpoch(ctx context.Context, s *settings) (held int, err error) {
	db, err := storage.Open(ctx, s.config.Database, s.log)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	known, err := storage.LastSent(ctx, db)
	if err != nil {
		return 0, err
	}
	if now := s.Clock.Now(); known.After(now) {
		known = now
	}
	post := courier.New(courier.Config{Store: courierstore.New(db), Clock: s.Clock, Random: s.Random, Log: s.log})
	if err := post.BeginEpoch(ctx, known); err != nil {
		return 0, err
	}
	if err := kernelstore.NewInstallation(db, s.Random).Set(ctx, listenSetting, known.Format(time.RFC3339Nano)); err != nil {
		return 0, err
	}
	// Releases may run late without harm; what is posted may not run twice.
	scheduler := schedule.New(schedule.Config{Clock: s.Clock, Store: kernelstore.NewSchedules(db), Log: s.log})
	return scheduler.Hold(ctx, "came due while a backup was being restored", digests.ChoreKind, issues.ChoreKind, roster.AgendaChore)
}

func organisationOf(s *settings) bot.Organisation {
	zone, err := s.config.Zone()
	if err != nil {
		zone = time.UTC // Check refused it before
	}
	return bot.Organisation{
		Name: s.config.Organisation.Name, Zone: zone,
		PublicURL: strings.TrimRight(s.config.HTTP.PublicURL, "/"), Word: s.config.Organisation.Word,
	}
}
