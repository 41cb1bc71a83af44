package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"time"

	"evangelist/adapters/slack/blockkit"
	"evangelist/adapters/teams/cards"
	"evangelist/adapters/text"
	"evangelist/adapters/web"
	"evangelist/bot"
	"evangelist/digests"
	"evangelist/storage"
	"evangelist/storage/digeststore"
	"evangelist/storage/kernelstore"
)

type digestCommand struct {
	Preview previewCommand `cmd:"" help:"Show what an edition holds or would hold. Writes nothing."`
}

type previewCommand struct {
	Digest string `help:"Which digest; needed only when there are several." placeholder:"NAME"`
	Week   string `help:"An ISO week such as 2017-W20." placeholder:"WEEK"`
	From   string `help:"The first day, such as 2017-05-15." placeholder:"DATE"`
	To     string `help:"The last day, inclusive." placeholder:"DATE"`
	Format string `help:"text, html, json, slack or teams; mail comes with its adapter." default:"text" placeholder:"FORMAT"`
}

// Run prints the preview beside a running server.
func (c *previewCommand) Run(ctx context.Context, s *settings) (err error) {
	switch c.Format {
	case "text", "html", "json", "slack", "teams":
	case "mail":
		return usageError{fmt.Errorf("this version has no adapter for %s yet; choose text, html, json, slack or teams", c.Format)}
	default:
		return usageError{fmt.Errorf("there is no format %.40q; choose text, html, json, slack or teams", c.Format)}
	}
	organisation := organisationOf(s)
	from, to, err := c.window(organisation.Zone)
	if err != nil {
		return usageError{err}
	}
	db, err := storage.Look(ctx, s.config.Database, s.log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	feature := digests.New(digests.Config{
		Stores: digeststore.New(db, s.Clock), People: kernelstore.NewPeople(db, s.Clock, s.Random), Places: kernelstore.NewPlaces(db, s.Clock),
		Clock: s.Clock, Random: s.Random, Organisation: organisation,
	})
	content, err := feature.Preview(ctx, c.Digest, from, to)
	if err != nil {
		var known *bot.Error
		if errors.As(err, &known) {
			return errors.New(known.Say)
		}
		return err
	}
	return c.write(s, content, organisation)
}

func (c *previewCommand) write(s *settings, content digests.Content, organisation bot.Organisation) error {
	var err error
	switch c.Format {
	case "json":
		var raw []byte
		if raw, err = content.Outline().JSON(); err == nil {
			_, err = s.Stdout.Write(raw)
		}
	case "html":
		err = web.Document(s.Stdout, content.Digest, content.Message("", nil), organisation.Zone)
	case "slack":
		err = writeBlockKit(s.Stdout, content.Message("", nil), organisation)
	case "teams":
		err = writeCards(s.Stdout, content.Message("", nil), organisation)
	default:
		_, err = fmt.Fprint(s.Stdout, text.Render(content.Message("", nil), organisation.Zone))
	}
	return err
}

// writeBlockKit writes a message as Slack gets it: a JSON list with an object
// for each part.
func writeBlockKit(out io.Writer, message bot.Message, organisation bot.Organisation) error {
	parts, err := blockkit.Message(message, blockkit.Options{Zone: organisation.Zone, BaseURL: organisation.PublicURL})
	if err != nil {
		return err
	}
	return writePayloads(out, parts)
}

// writeCards writes a message as Teams gets it: a JSON list with an object for
// each part. Nobody is mentioned.
func writeCards(out io.Writer, message bot.Message, organisation bot.Organisation) error {
	parts, err := cards.Renderer{Zone: organisation.Zone, Base: organisation.PublicURL}.Render(message)
	if err != nil {
		return err
	}
	for i, part := range parts {
		post, err := cards.Resolve(part.Payload, nil)
		if err == nil {
			parts[i].Payload, err = json.Marshal(post)
		}
		if err != nil {
			return err
		}
	}
	return writePayloads(out, parts)
}

func writePayloads(out io.Writer, parts []bot.Part) error {
	payloads := make([]json.RawMessage, len(parts))
	for i, part := range parts {
		payloads[i] = part.Payload
	}
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(payloads)
}

// window is the half-open span of time that the flags ask for; zero bounds when
// they ask for none.
func (c *previewCommand) window(zone *time.Location) (from, to time.Time, err error) {
	if c.Week != "" {
		if c.From != "" || c.To != "" {
			return from, to, errors.New("give either --week or --from and --to")
		}
		return isoWeek(c.Week, zone)
	}
	if (c.From == "") != (c.To == "") {
		return from, to, errors.New("give both --from and --to")
	}
	if c.From == "" {
		return from, to, nil
	}
	if from, err = time.ParseInLocation(time.DateOnly, c.From, zone); err != nil {
		return from, to, fmt.Errorf("--from %.40q is not a day: write one such as 2017-05-15", c.From)
	}
	if to, err = time.ParseInLocation(time.DateOnly, c.To, zone); err != nil {
		return from, to, fmt.Errorf("--to %.40q is not a day: write one such as 2017-05-21", c.To)
	}
	if to.Before(from) {
		return from, to, errors.New("--to lies before --from")
	}
	return from, to.AddDate(0, 0, 1), nil
}

// isoWeek returns Monday 00:00 and the next Monday 00:00 of a week like 2017-W20.
func isoWeek(text string, zone *time.Location) (from, to time.Time, err error) {
	bad := fmt.Errorf("--week %.40q is not a week: write one such as 2017-W20", text)
	m := regexp.MustCompile(`^([0-9]{4})-W([0-9]{2})$`).FindStringSubmatch(text)
	if m == nil {
		return from, to, bad
	}
	year, err := strconv.Atoi(m[1])
	if err != nil {
		return from, to, bad
	}
	week, err := strconv.Atoi(m[2])
	if err != nil || week < 1 {
		return from, to, bad
	}
	// The fourth of January always lies in week 1.
	start := time.Date(year, 1, 4, 0, 0, 0, 0, zone)
	monday := start.AddDate(0, 0, -(int(start.Weekday())+6)%7+7*(week-1))
	if y, w := monday.AddDate(0, 0, 3).ISOWeek(); y != year || w != week {
		return from, to, fmt.Errorf("the year %d has no week %d", year, week)
	}
	return monday, monday.AddDate(0, 0, 7), nil
}
