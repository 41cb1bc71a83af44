package main

import (
	"context"
	"fmt"
	"os"

	"evangelist/adapters/peoplecsv"
)

// Run imports people.
func (c *importPeople) Run(ctx context.Context, s *settings) error {
	file, err := os.Open(c.File)
	if err != nil {
		return fmt.Errorf("the file of people cannot be read: %w", err)
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
