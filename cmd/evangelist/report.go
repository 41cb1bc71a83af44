package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"evangelist/adapters/text"
	"evangelist/adapters/web/report"
	"evangelist/bot"
	"evangelist/bot/impact"
	"evangelist/storage"
	"evangelist/storage/impactstore"
)

type reportCommand struct {
	From       string `help:"The first day, such as 2026-10-01. Without days: the last whole month." placeholder:"DATE"`
	To         string `help:"The last day, inclusive. It must be over." placeholder:"DATE"`
	Department string `help:"One department beside the whole organisation." placeholder:"NAME"`
	Event      string `help:"After what the report is, such as \"flood week\"; it stands in the title." placeholder:"WORDS"`
	Format     string `help:"text, html, md or json." default:"text" placeholder:"FORMAT"`
}

// Run prints the report. Beside a running server it only reads, and shows the
// numbers that were published before; where it may write it records what it
// publishes, because numbers that were shown stand.
func (c *reportCommand) Run(ctx context.Context, s *settings) error {
	switch c.Format {
	case "text", "html", "md", "json":
	default:
		return usageError{fmt.Errorf("there is no format %.40q; choose text, html, md or json", c.Format)}
	}
	organisation := organisationOf(s)
	wish := impact.Wish{From: c.From, To: c.To, Department: bot.Clean(c.Department, 100), Event: bot.Clean(c.Event, 80)}
	if _, err := wish.Span(s.Clock.Now(), organisation.Zone); err != nil {
		return wished(err)
	}
	made, err := composed(ctx, s, organisation, wish)
	if err != nil {
		return wished(err)
	}
	return c.write(s, made, organisation)
}

// wished is an error of composing as the command line has it: a wrong wish is a
// mistake in how the program was called.
func wished(err error) error {
	var known *bot.Error
	if errors.As(err, &known) && (known.Code == impact.CodePeriod || known.Code == impact.CodeDepartment) {
		return usageError{errors.New(known.Say)}
	}
	return err
}

// composed makes the report by looking, and once more by writing when there is
// something to record and no other program writes.
func composed(ctx context.Context, s *settings, organisation bot.Organisation, wish impact.Wish) (made impact.Report, err error) {
	db, err := storage.Look(ctx, s.config.Database, s.log)
	if err != nil {
		return made, err
	}
	made, err = composeIn(ctx, s, db, organisation, wish, false)
	if err = errors.Join(err, db.Close()); err != nil || !made.Unrecorded {
		return made, err
	}
	db, err = storage.Open(ctx, s.config.Database, s.log)
	if err != nil {
		why := "this database cannot be written (" + sentence(err) + ")"
		if exitCode(err) == exitTryLater {
			why = "a running server keeps this database"
		}
		fmt.Fprintf(s.Stderr, "evangelist: %s, so numbers that were not published yet are left out. A lead opens %s once; then they stand here too.\n", why, organisation.Page(made.Address()))
		return made, nil
	}
	made, err = composeIn(ctx, s, db, organisation, wish, true)
	return made, errors.Join(err, db.Close())
}

func composeIn(ctx context.Context, s *settings, db *storage.DB, organisation bot.Organisation, wish impact.Wish, keep bool) (impact.Report, error) {
	feature := impact.New(impact.Config{Stores: impactstore.New(db), Clock: s.Clock, Random: s.Random, Organisation: organisation})
	return feature.Compose(ctx, wish, keep)
}

func (c *reportCommand) write(s *settings, made impact.Report, organisation bot.Organisation) error {
	var err error
	switch c.Format {
	case "json":
		enc := json.NewEncoder(s.Stdout)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		err = enc.Encode(made)
	case "html":
		err = report.Document(s.Stdout, made, organisation.Zone)
	case "md":
		_, err = fmt.Fprint(s.Stdout, made.Markdown())
	default:
		_, err = fmt.Fprint(s.Stdout, text.Render(made.Message(), organisation.Zone))
	}
	return err
}
