package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"evangelist/bot"
	"evangelist/digests"
	"evangelist/storage"
)

type backupCommand struct {
	File string `arg:"" help:"File to write; it must not exist yet." type:"path"`
}

// Run copies the database while a server may go on writing.
func (c *backupCommand) Run(ctx context.Context, s *settings) error {
	db, err := storage.Inspect(ctx, s.config.Database, s.log)
	if err != nil {
		return err
	}
	defer db.Close()
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
	taken := time.Time{}
	if c.File != "" {
		info, err := os.Stat(c.File)
		if err != nil {
			return err
		}
		taken = info.ModTime()
		kept, err := storage.Restore(ctx, s.config.Database, c.File, s.log)
		if err != nil {
			return err
		}
		if kept != "" {
			fmt.Fprintf(s.Stdout, "The database that was there is kept as %s.\n", kept)
		}
	}
	held, err := beginEpoch(ctx, s, taken)
	if err != nil {
		return fmt.Errorf("the backup is in place, but must not be served before this succeeds; run evangelist restore --epoch-only: %w", err)
	}
	fmt.Fprintf(s.Stdout, "Restored. Whatever was not sent is looked for before it is sent again; %d editions that came due since the backup wait for a lead.\n", held)
	return nil
}

func beginEpoch(ctx context.Context, s *settings, taken time.Time) (held int, err error) {
	db, err := storage.Open(ctx, s.config.Database, s.log)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	app, err := NewApp(ctx, Parts{DB: db, Organisation: organisationOf(s), Clock: s.Clock, Random: s.Random, Log: s.log})
	if err != nil {
		return 0, err
	}
	if err := app.courier.BeginEpoch(ctx, taken); err != nil {
		return 0, err
	}
	// Releases may run late without harm; what is posted may not run twice.
	return app.scheduler.Hold(ctx, "came due while a backup was being restored", digests.ChoreKind)
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
