package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"evangelist/adapters/peoplecsv"
)

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
