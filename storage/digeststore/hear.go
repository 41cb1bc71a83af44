package digeststore

import (
	"context"
	"fmt"
	"slices"

	"evangelist/bot"
	"evangelist/digests"
	"evangelist/storage/internal/engine"
	"evangelist/storage/internal/outbox"
)

type archive struct {
	db    *engine.DB
	clock bot.Clock
}

// Hear implements digests.Archive.
func (s *archive) Hear(ctx context.Context, heard digests.Heard) error {
	err := s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		if err := takeOut(ctx, tx, heard); err != nil {
			return err
		}
		if err := keepPosts(ctx, tx, heard.Posts); err != nil {
			return err
		}
		if err := keepActs(ctx, tx, heard.Acts); err != nil {
			return err
		}
		return outbox.Add(ctx, tx, s.clock.Now(), heard.Deliveries)
	})
	if err != nil {
		return fmt.Errorf("keep what was heard: %w", err)
	}
	return nil
}

const gone = `UPDATE edition_shares SET gone = 'share' WHERE gone <> 'share' AND `

// takeOut carries out deletions and opt-outs, and leaves marks that hold for
// whatever arrives later.
func takeOut(ctx context.Context, tx *engine.Tx, heard digests.Heard) error {
	var marks [][]any
	deleted := unique(heard.Gone, reference)
	for _, ref := range deleted {
		marks = append(marks, []any{ref, "deleted", ""})
	}
	var optOuts []digests.OptOut
	for _, out := range heard.OptOuts {
		if !slices.Contains(optOuts, out) {
			optOuts = append(optOuts, out)
			marks = append(marks, []any{reference(out.Message), "left", string(out.Account)})
		}
	}
	if len(marks) == 0 {
		return nil
	}
	err := insert(ctx, tx, `INSERT INTO share_marks (message, kind, account) VALUES `, marks, ` ON CONFLICT (message, kind, account) DO NOTHING`)
	if err != nil {
		return err
	}
	for _, query := range []string{
		gone + `message IN (`,
		`DELETE FROM shares WHERE message IN (`,
		`DELETE FROM engagements WHERE message IN (`,
		`DELETE FROM engagements WHERE kind = 'reply' AND detail IN (`,
	} {
		if err := each(ctx, tx, query, deleted); err != nil {
			return err
		}
	}
	for _, out := range optOuts {
		for _, query := range []string{
			gone + `message = $1 AND account = $2`,
			`DELETE FROM shares WHERE message = $1 AND account = $2`,
		} {
			if _, err := tx.Exec(ctx, query, reference(out.Message), string(out.Account)); err != nil {
				return err
			}
		}
	}
	return nil
}

// marks are what holds for one message.
type marks struct {
	deleted bool
	left    map[string]bool
	edited  int64 // the moment of the latest edit known
	known   bool  // edited holds
}

func (m marks) bars(account bot.AccountID) bool { return m.deleted || m.left[string(account)] }

func readMarks(ctx context.Context, tx *engine.Tx, refs []string) (map[string]marks, error) {
	type row struct {
		ref, kind, account string
		at                 int64
	}
	out := map[string]marks{}
	err := collect(ctx, tx, func(r engine.Scanner) (row, error) {
		var m row
		return m, r.Scan(&m.ref, &m.kind, &m.account, &m.at)
	}, `SELECT message, kind, account, at FROM share_marks WHERE message IN (`, refs, func(r row) {
		m := out[r.ref]
		switch r.kind {
		case "deleted":
			m.deleted = true
		case "left":
			if m.left == nil {
				m.left = map[string]bool{}
			}
			m.left[r.account] = true
		case "edited":
			m.edited, m.known = r.at, true
		}
		out[r.ref] = m
	})
	return out, err
}

// keepPosts keeps first versions, then edits.
func keepPosts(ctx context.Context, tx *engine.Tx, posts []digests.Post) error {
	if len(posts) == 0 {
		return nil
	}
	held, err := readMarks(ctx, tx, unique(posts, func(p digests.Post) string { return reference(p.Message) }))
	if err != nil {
		return err
	}
	first := map[string]bool{}
	edits := map[string]digests.Post{}
	var order []string
	var links []digests.Link
	var rows [][]any
	var late []digests.Post // heard after an edit of theirs
	for _, post := range posts {
		ref := reference(post.Message)
		m := held[ref]
		switch {
		case m.bars(post.Account):
		case post.Edited:
			known, seen := edits[ref]
			if !seen {
				order = append(order, ref)
			}
			if !seen || !post.At.Before(known.At) {
				edits[ref] = post
			}
		case !m.known && !first[ref]:
			first[ref] = true
			links, rows = addShares(links, rows, ref, post)
		case m.known:
			late = append(late, post)
		}
	}
	if err := keepLinks(ctx, tx, links); err != nil {
		return err
	}
	if err := insert(ctx, tx, insertShare, rows, ` ON CONFLICT (message, link) DO NOTHING`); err != nil {
		return err
	}
	for _, post := range late {
		if err := keepMoment(ctx, tx, post); err != nil {
			return err
		}
	}
	for _, ref := range order {
		if m := held[ref]; !m.known || m.edited <= engine.Micros(edits[ref].At) {
			if err := keepEdit(ctx, tx, ref, edits[ref]); err != nil {
				return err
			}
		}
	}
	return nil
}

const insertShare = `INSERT INTO shares (message, link, place, account, at, sentence, private, external, added) VALUES `

func addShares(links []digests.Link, rows [][]any, ref string, post digests.Post) ([]digests.Link, [][]any) {
	for _, link := range post.Links {
		links = append(links, link.Link)
		rows = append(rows, []any{
			ref, link.Link.Key, string(post.Message.Place), string(post.Account), engine.Micros(post.At), link.Sentence,
			post.Private, post.External, post.Added,
		})
	}
	return links, rows
}

// keepMoment dates what an edit left of a post at the post itself, which came
// later than the edit.
func keepMoment(ctx context.Context, tx *engine.Tx, post digests.Post) error {
	for _, link := range post.Links {
		_, err := tx.Exec(ctx, `UPDATE shares SET at = $3 WHERE message = $1 AND link = $2 AND at > $3`, reference(post.Message), link.Link.Key, engine.Micros(post.At))
		if err != nil {
			return err
		}
	}
	return nil
}

// keepEdit replaces the links of a message; those that stay keep the moment at
// which they were shared.
func keepEdit(ctx context.Context, tx *engine.Tx, ref string, post digests.Post) error {
	_, err := tx.Exec(ctx, `INSERT INTO share_marks (message, kind, account, at) VALUES ($1, 'edited', '', $2)
		ON CONFLICT (message, kind, account) DO UPDATE SET at = excluded.at`, ref, engine.Micros(post.At))
	if err != nil {
		return err
	}
	keys := []string{""} // never a link's key: the list of those that stay is not empty
	for _, link := range post.Links {
		keys = append(keys, link.Link.Key)
	}
	in := engine.In(len(keys), 2)
	for _, query := range []string{
		gone + `message = $1 AND link NOT IN (` + in + `)`,
		`DELETE FROM shares WHERE message = $1 AND link NOT IN (` + in + `)`,
	} {
		if _, err := tx.Exec(ctx, query, values([]any{ref}, keys)...); err != nil {
			return err
		}
	}
	links, rows := addShares(nil, nil, ref, post)
	if err := keepLinks(ctx, tx, links); err != nil {
		return err
	}
	return insert(ctx, tx, insertShare, rows, ` ON CONFLICT (message, link) DO UPDATE SET sentence = excluded.sentence`)
}

// keepLinks adds links, or completes them: a title that the platform knows
// replaces an older one, the first label stays.
func keepLinks(ctx context.Context, tx *engine.Tx, links []digests.Link) error {
	known := map[string]int{}
	var bare, told [][]any
	var list []digests.Link
	for _, link := range links {
		if at, seen := known[link.Key]; seen {
			list[at] = complete(list[at], link)
			continue
		}
		known[link.Key] = len(list)
		list = append(list, link)
	}
	for _, link := range list {
		row := []any{link.Key, link.Address, link.Host, link.Site, link.Title, link.Label, link.Source, link.Blurb}
		if link.Title+link.Label+link.Source+link.Blurb == "" {
			bare = append(bare, row)
		} else {
			told = append(told, row)
		}
	}
	const head = `INSERT INTO links (key, address, host, site, title, label, source, blurb) VALUES `
	if err := insert(ctx, tx, head, bare, ` ON CONFLICT (key) DO NOTHING`); err != nil {
		return err
	}
	return insert(ctx, tx, head, told, ` ON CONFLICT (key) DO UPDATE SET
		title = CASE WHEN excluded.title <> '' THEN excluded.title ELSE links.title END,
		source = CASE WHEN excluded.source <> '' THEN excluded.source ELSE links.source END,
		blurb = CASE WHEN excluded.blurb <> '' THEN excluded.blurb ELSE links.blurb END,
		label = CASE WHEN links.label <> '' THEN links.label ELSE excluded.label END`)
}

func complete(link, more digests.Link) digests.Link {
	for _, field := range []struct{ have, new *string }{
		{&link.Title, &more.Title}, {&link.Source, &more.Source}, {&link.Blurb, &more.Blurb},
	} {
		if *field.new != "" {
			*field.have = *field.new
		}
	}
	if link.Label == "" {
		link.Label = more.Label
	}
	return link
}

// keepActs keeps acts on messages that hold a kept link, the later of two with
// one key.
func keepActs(ctx context.Context, tx *engine.Tx, acts []digests.Act) error {
	if len(acts) == 0 {
		return nil
	}
	known := map[string]bool{}
	err := collect(ctx, tx, engine.Value[string], `SELECT DISTINCT message FROM shares WHERE message IN (`,
		unique(acts, func(a digests.Act) string { return reference(a.Message) }), func(ref string) { known[ref] = true })
	if err != nil || len(known) == 0 {
		return err
	}
	type key struct{ message, kind, account, detail string }
	latest := map[key]digests.Act{}
	var order []key
	var replies []string
	for _, act := range acts {
		k := key{reference(act.Message), string(act.Kind), string(act.Account), act.Detail}
		if !known[k.message] {
			continue
		}
		if act.Kind == digests.Replied {
			k.detail = reference(bot.MessageRef{Place: act.Message.Place, Native: act.Detail})
			replies = append(replies, k.detail)
		}
		have, seen := latest[k]
		if !seen {
			order = append(order, k)
		}
		if !seen || act.At.After(have.At) || act.At.Equal(have.At) && act.Undone {
			latest[k] = act
		}
	}
	held, err := readMarks(ctx, tx, replies)
	if err != nil {
		return err
	}
	var rows [][]any
	for _, k := range order {
		if !held[k.detail].deleted {
			act := latest[k]
			rows = append(rows, []any{k.message, k.kind, k.account, k.detail, engine.Micros(act.At), act.Undone})
		}
	}
	return insert(ctx, tx, `INSERT INTO engagements (message, kind, account, detail, at, undone) VALUES `, rows,
		` ON CONFLICT (message, kind, account, detail) DO UPDATE SET at = excluded.at, undone = excluded.undone
		WHERE excluded.at > engagements.at OR (excluded.at = engagements.at AND excluded.undone)`)
}
