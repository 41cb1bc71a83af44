package courierstore

import (
	"context"
	"slices"

	"evangelist/bot"
	"evangelist/bot/courier"
	"evangelist/storage/internal/engine"
)

// remembered is how many earlier nudges a cap can ask for.
const remembered = 4

// load reads a delivery with its parts, its lane and, for a nudge, the history
// of its addressees. body is the hash of the frozen message.
func load(ctx context.Context, tx *engine.Tx, key string) (it courier.Item, body string, found bool, err error) {
	var view bot.View
	var people, holder string
	var created, notBefore, expires, due, doubt, ended int64
	scan := func(row engine.Scanner) (courier.Item, error) {
		err := row.Scan(&it.Key, &it.Lane, &it.Class, &it.To.Place, &it.To.Person, &people, &it.Thread, &body,
			&view.Kind, &view.ID, &view.Version, &it.Rendered, &it.Shown, &it.Editable, &created, &notBefore, &expires,
			&it.State, &due, &it.Attempt, &it.Tries, &it.Refusals, &doubt, &it.Platform, &it.Place, &it.Under, &it.Note,
			&ended, &holder)
		return it, err
	}
	_, found, err = engine.One(ctx, tx, scan, `
		SELECT d.key, d.lane, d.class, d.place, d.person, d.people, d.thread, d.body, d.view_kind, d.view_id,
		  d.wanted, d.rendered, d.shown, d.editable, d.created_at, d.not_before, d.expires_at, d.state, d.due, d.attempt,
		  d.tries, d.refusals, d.doubt, d.platform, d.target, d.under, d.note, d.ended_at, coalesce(l.holder, '')
		FROM deliveries d LEFT JOIN lanes l ON l.lane = d.lane AND l.holder = d.key WHERE d.key = $1`, key)
	if err != nil || !found {
		return it, body, found, err
	}
	if it.To.Group, err = engine.FromJSON[[]bot.PersonID](people); err != nil {
		return it, body, true, err
	}
	if view.Kind != "" {
		it.View = &view
	}
	it.Created, it.NotBefore, it.Expires = engine.Time(created), engine.Time(notBefore), engine.Time(expires)
	it.Due, it.Doubt, it.Ended = engine.Time(due), engine.Time(doubt), engine.Time(ended)
	it.Holds = holder != ""
	if it.Parts, err = loadParts(ctx, tx, key); err != nil {
		return it, body, true, err
	}
	if it.Class == bot.Nudge {
		err = loadHistory(ctx, tx, &it)
	}
	return it, body, true, err
}

func loadParts(ctx context.Context, tx *engine.Tx, key string) ([]courier.Part, error) {
	return engine.All(ctx, tx, scanPart, `
		SELECT n, id, payload, words, hash, posted, ref, state, since, asked, check_at
		FROM delivery_parts WHERE key = $1 ORDER BY n`, key)
}

func scanPart(row engine.Scanner) (courier.Part, error) {
	var p courier.Part
	var since, asked, check int64
	err := row.Scan(&p.N, &p.ID, &p.Payload, &p.Words, &p.Hash, &p.Live, &p.Ref, &p.State, &since, &asked, &check)
	p.Since, p.AskedAt, p.CheckAt = engine.Time(since), engine.Time(asked), engine.Time(check)
	return p, err
}

func loadHistory(ctx context.Context, tx *engine.Tx, it *courier.Item) error {
	own, _, err := engine.One(ctx, tx, engine.Value[int64], "SELECT min(at) FROM nudges WHERE key = $1 HAVING count(*) > 0", it.Key)
	if err != nil {
		return err
	}
	it.Nudged = engine.Time(own)
	it.History, err = histories(ctx, tx, it.Persons(), it.Key)
	return err
}

// histories loads when persons were written to first, by any delivery but one.
func histories(ctx context.Context, tx *engine.Tx, persons []bot.PersonID, but string) (map[bot.PersonID]courier.History, error) {
	all := map[bot.PersonID]courier.History{}
	for _, person := range persons {
		var history courier.History
		var err error
		if _, history.Used, err = engine.One(ctx, tx, engine.Value[int64],
			"SELECT week FROM contacts WHERE person_id = $1", person); err != nil {
			return nil, err
		}
		moments, err := engine.All(ctx, tx, engine.Value[int64],
			"SELECT at FROM nudges WHERE person_id = $1 AND key <> $2 ORDER BY at DESC LIMIT $3", person, but, remembered)
		if err != nil {
			return nil, err
		}
		slices.Reverse(moments)
		for _, at := range moments {
			history.Since = append(history.Since, engine.Time(at))
		}
		all[person] = history
	}
	return all, nil
}
