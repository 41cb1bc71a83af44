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
	fmt.Fprintf(s.Stdout, "Backed up to %s and checked. Keep %s with it if it exists: it holds what was withdrawn since.\n", c.File, withdrawnName(s.config.Database))
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
	doubtful, held, err := beginEpoch(ctx, s, taken)
	if err != nil {
		return fmt.Errorf("the backup is in place, but must not be served before this succeeds; run evangelist restore --epoch-only: %w", err)
	}
	fmt.Fprintf(s.Stdout, "Restored. %d deliveries will be looked for before anything is sent; %d schedules that came due meanwhile wait for a lead.\n", doubtful, held)
	return nil
}

func beginEpoch(ctx context.Context, s *settings, taken time.Time) (doubtful, held int, err error) {
	db, err := storage.Open(ctx, s.config.Database, s.log)
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	app, err := NewApp(ctx, Parts{DB: db, Organisation: organisationOf(s), Clock: s.Clock, Random: s.Random, Log: s.log})
	if err != nil {
		return 0, 0, err
	}
	if doubtful, err = app.courier.BeginEpoch(ctx, taken); err != nil {
		return 0, 0, err
	}
	if held, err = app.scheduler.Hold(ctx, "came due while a backup was being restored"); err != nil {
		return doubtful, 0, err
	}
	return doubtful, held, nil
}

// withdrawnName is the file beside a SQLite database that outlives a restore.
func withdrawnName(database string) string {
	path, ok := strings.CutPrefix(database, "sqlite:")
	if !ok {
		return "the log of withdrawals"
	}
	return filepath.Base(path) + ".withdrawn"
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
