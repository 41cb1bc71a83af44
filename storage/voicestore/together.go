package voicestore

import (
	"context"
	"fmt"

	"evangelist/bot/schedule"
	"evangelist/bot/voices"
	"evangelist/storage/internal/engine"
)

// newsRow is a line of news with the voice that it belongs to.
type newsRow struct {
	voice string
	news  voices.News
}

func scanNews(row engine.Scanner) (newsRow, error) {
	var n newsRow
	var day string
	if err := row.Scan(&n.voice, &n.news.Key, &day, &n.news.Words); err != nil {
		return n, err
	}
	var err error
	n.news.Day, err = schedule.ParseDate(day)
	return n, err
}

// weightRow is a weight with the voice that it supports.
type weightRow struct {
	voice  string
	weight voices.Weight
}

func scanWeight(row engine.Scanner) (weightRow, error) {
	var w weightRow
	err := row.Scan(&w.voice, &w.weight.Account, &w.weight.Person)
	return w, err
}

// withCompany reads the news and the weights of the voices that a condition
// selects.
func withCompany(ctx context.Context, tx *engine.Tx, list []voices.Voice, where string, args []any) error {
	if len(list) == 0 {
		return nil
	}
	at := make(map[string]int, len(list))
	for i := range list {
		at[list[i].ID] = i
	}
	news, err := engine.All(ctx, tx, scanNews, `
		SELECT n.voice, n.key, n.day, n.words
		FROM voice_news n JOIN voices v ON v.id = n.voice LEFT JOIN accounts a ON a.id = v.author`+where+`
		ORDER BY n.day COLLATE "C", n.key COLLATE "C"`, args...)
	if err != nil {
		return err
	}
	for _, n := range news {
		i := at[n.voice]
		list[i].News = append(list[i].News, n.news)
	}
	weights, err := engine.All(ctx, tx, scanWeight, `
		SELECT w.voice, w.account, coalesce(b.person_id, '')
		FROM voice_weights w JOIN voices v ON v.id = w.voice LEFT JOIN accounts a ON a.id = v.author
			LEFT JOIN accounts b ON b.id = w.account`+where+`
		ORDER BY w.account COLLATE "C"`, args...)
	for _, w := range weights {
		i := at[w.voice]
		list[i].Weights = append(list[i].Weights, w.weight)
	}
	return err
}

// company saves the difference between the news and weights that are kept and
// those that v has.
func company(ctx context.Context, tx *engine.Tx, v voices.Voice) error {
	kept, err := members(ctx, tx, "SELECT key FROM voice_news WHERE voice = $1", v.ID)
	if err != nil {
		return err
	}
	for _, n := range v.News {
		if kept[n.Key] {
			delete(kept, n.Key)
			continue
		}
		_, err := tx.Exec(ctx, `INSERT INTO voice_news (voice, key, day, words) VALUES ($1, $2, $3, $4)`, v.ID, n.Key, n.Day.String(), n.Words)
		if err != nil {
			return fmt.Errorf("keep what came of a voice: %w", err)
		}
	}
	for key := range kept {
		if _, err := tx.Exec(ctx, "DELETE FROM voice_news WHERE voice = $1 AND key = $2", v.ID, key); err != nil {
			return err
		}
	}
	if kept, err = members(ctx, tx, "SELECT account FROM voice_weights WHERE voice = $1", v.ID); err != nil {
		return err
	}
	for _, w := range v.Weights {
		if account := string(w.Account); kept[account] {
			delete(kept, account)
		} else if _, err := tx.Exec(ctx, `INSERT INTO voice_weights (voice, account) VALUES ($1, $2)`, v.ID, account); err != nil {
			return fmt.Errorf("keep who supports a voice: %w", err)
		}
	}
	for account := range kept {
		if _, err := tx.Exec(ctx, "DELETE FROM voice_weights WHERE voice = $1 AND account = $2", v.ID, account); err != nil {
			return err
		}
	}
	return nil
}

// members returns the values of a query as a set.
func members(ctx context.Context, tx *engine.Tx, q string, args ...any) (map[string]bool, error) {
	all, err := engine.All(ctx, tx, engine.Value[string], q, args...)
	set := make(map[string]bool, len(all))
	for _, one := range all {
		set[one] = true
	}
	return set, err
}
