package pilotstore

import (
	"context"
	"fmt"
	"slices"

	"evangelist/bot"
	"evangelist/bot/pilots"
	"evangelist/storage/internal/engine"
)

type stories struct{ *store }

func scanStory(row engine.Scanner) (pilots.Story, error) {
	var s pilots.Story
	var named string
	var made, offered int64
	err := row.Scan(&s.ID, &s.Pilot, &s.Reference, &s.Title, &s.Words, &s.Outcome, &s.Sponsor, &named, &s.State, &made, &offered, &s.Version)
	if err != nil {
		return s, err
	}
	s.Made, s.Offered = engine.Time(made), engine.Time(offered)
	s.Named, err = engine.FromJSON[[]pilots.Named](named)
	return s, err
}

// loadStories reads the stories that a condition on s chooses, the newest first.
func loadStories(ctx context.Context, tx *engine.Tx, where string, args ...any) ([]pilots.Story, error) {
	all, err := engine.All(ctx, tx, scanStory, `SELECT s.id, s.pilot_id, s.reference, s.title, s.words, s.outcome, s.sponsor, s.named, s.state,
		s.made_at, s.offered_at, s.version FROM stories s WHERE `+where+` ORDER BY s.made_at DESC, s.id COLLATE "C" DESC`, args...)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	type row struct {
		story string
		pilots.Telling
	}
	told, err := engine.All(ctx, tx, func(scan engine.Scanner) (row, error) {
		var r row
		var at int64
		err := scan.Scan(&r.story, &r.Key, &r.Whom, &at)
		r.At = engine.Time(at)
		return r, err
	}, `SELECT story_id, key, whom, told_at FROM story_tellings WHERE story_id IN (SELECT s.id FROM stories s WHERE `+where+`)
		ORDER BY story_id, told_at, key COLLATE "C"`, args...)
	for _, one := range told {
		if at := slices.IndexFunc(all, func(s pilots.Story) bool { return s.ID == one.story }); at >= 0 {
			all[at].Tellings = append(all[at].Tellings, one.Telling)
		}
	}
	return all, err
}

func oneStory(found []pilots.Story, err error) (pilots.Story, error) {
	switch {
	case err != nil:
		return pilots.Story{}, err
	case len(found) == 0:
		return pilots.Story{}, bot.ErrNotFound
	}
	return found[0], nil
}

func (s stories) find(ctx context.Context, where string, args ...any) ([]pilots.Story, error) {
	var found []pilots.Story
	err := s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		found, err = loadStories(ctx, tx, where, args...)
		return err
	})
	return found, err
}

func (s stories) Get(ctx context.Context, id string) (pilots.Story, error) {
	return oneStory(s.find(ctx, `s.id = $1`, id))
}

func (s stories) Of(ctx context.Context, pilot string) (pilots.Story, error) {
	return oneStory(s.find(ctx, `s.pilot_id = $1`, pilot))
}

func (s stories) List(ctx context.Context, states ...pilots.StoryState) ([]pilots.Story, error) {
	if len(states) == 0 {
		return s.find(ctx, `1 = 1`)
	}
	args := make([]any, len(states))
	for i, state := range states {
		args[i] = state
	}
	return s.find(ctx, `s.state IN (`+engine.In(len(args), 1)+`)`, args...)
}

// addStory keeps the story of a pilot; one that is there stays as it is.
func addStory(ctx context.Context, tx *engine.Tx, s pilots.Story) error {
	named, err := engine.ToJSON(s.Named)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO stories (id, pilot_id, reference, title, words, outcome, sponsor, named, state, made_at, offered_at, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (pilot_id) DO NOTHING`,
		s.ID, s.Pilot, s.Reference, s.Title, s.Words, s.Outcome, s.Sponsor, named, s.State, engine.Micros(s.Made), engine.Micros(s.Offered), s.Version)
	if err != nil {
		return fmt.Errorf("save a story: %w", err)
	}
	return nil
}

func (s stories) Change(ctx context.Context, id string, rule func(*pilots.Story) ([]bot.Delivery, error)) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		story, err := oneStory(loadStories(ctx, tx, `s.id = $1`, id))
		if err != nil {
			return err
		}
		deliveries, err := rule(&story)
		if err != nil {
			return err
		}
		named, err := engine.ToJSON(story.Named)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE stories SET title = $2, words = $3, named = $4, state = $5, offered_at = $6, version = $7 WHERE id = $1`,
			id, story.Title, story.Words, named, story.State, engine.Micros(story.Offered), story.Version)
		if err != nil {
			return fmt.Errorf("save a story: %w", err)
		}
		for _, t := range story.Tellings {
			if _, err := tx.Exec(ctx, `INSERT INTO story_tellings (story_id, key, whom, told_at) VALUES ($1, $2, $3, $4)
				ON CONFLICT (story_id, key) DO NOTHING`, id, t.Key, t.Whom, engine.Micros(t.At)); err != nil {
				return fmt.Errorf("note whom a story was told to: %w", err)
			}
		}
		return s.send(ctx, tx, deliveries)
	})
}
