package digeststore

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"evangelist/bot"
	"evangelist/digests"
	"evangelist/storage/internal/engine"
	"evangelist/storage/internal/outbox"
)

type editions struct {
	db    *engine.DB
	clock bot.Clock
}

const editionQuery = `SELECT e.id, e.digest, e.slot, e.slug, e.due, e.starts, e.state, e.from_at, e.to_at, e.publish_at, e.goes_at, e.version,
	e.decisions, e.withdrawn, e.revision, e.opened_at, e.proposed_at, e.approved_at, e.published_at, e.recalled_at, e.settled, e.corrected, e.proposed_by, e.approved_by,
	coalesce(r.hash, ''), coalesce(r.content, '')
	FROM editions e LEFT JOIN edition_revisions r ON r.edition = e.id AND r.number = e.revision`

func scanEdition(row engine.Scanner) (digests.Edition, error) {
	var e digests.Edition
	var due, starts, from, to, publish, goes, opened, proposed, approved, published, recalled int64
	var decisions, withdrawn, content string
	err := row.Scan(&e.ID, &e.Digest, &e.Slot, &e.Slug, &due, &starts, &e.State, &from, &to, &publish, &goes, &e.Version,
		&decisions, &withdrawn, &e.Revision.Number, &opened, &proposed, &approved, &published, &recalled, &e.Settled, &e.Corrected, &e.ProposedBy, &e.ApprovedBy,
		&e.Revision.Hash, &content)
	if err != nil {
		return e, err
	}
	e.Due, e.Starts, e.From, e.To = engine.Time(due), engine.Time(starts), engine.Time(from), engine.Time(to)
	e.PublishAt, e.GoesAt, e.Opened = engine.Time(publish), engine.Time(goes), engine.Time(opened)
	e.Proposed, e.ApprovedAt, e.PublishedAt, e.RecalledAt = engine.Time(proposed), engine.Time(approved), engine.Time(published), engine.Time(recalled)
	if e.Decisions, err = engine.FromJSON[digests.Decisions](decisions); err != nil {
		return e, err
	}
	if e.Withdrawn, err = engine.FromJSON[[]digests.Withdrawal](withdrawn); err != nil {
		return e, err
	}
	e.Revision.Content, err = engine.FromJSON[digests.Content](content)
	return e, err
}

func oneEdition(ctx context.Context, tx *engine.Tx, where string, args ...any) (digests.Edition, error) {
	e, known, err := engine.One(ctx, tx, scanEdition, editionQuery+where, args...)
	if err == nil && !known {
		err = bot.ErrNotFound
	}
	return e, err
}

const byName = ` WHERE e.id = $1 OR e.slug = $1 ORDER BY CASE WHEN e.id = $1 THEN 0 ELSE 1 END`

// Get implements digests.Editions.
func (s *editions) Get(ctx context.Context, id string) (digests.Edition, error) {
	var e digests.Edition
	err := s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		e, err = oneEdition(ctx, tx, byName, id)
		return err
	})
	return e, err
}

// List implements digests.Editions.
func (s *editions) List(ctx context.Context, filter digests.EditionFilter) ([]digests.Edition, error) {
	query, args := editionQuery+` WHERE TRUE`, []any{}
	and := func(condition string, value any) {
		args = append(args, value)
		query += " AND " + strings.ReplaceAll(condition, "?", fmt.Sprintf("$%d", len(args)))
	}
	if filter.Digest != "" {
		and("e.digest = ?", filter.Digest)
	}
	if len(filter.States) > 0 {
		query += " AND e.state IN (" + engine.In(len(filter.States), len(args)+1) + ")"
		for _, state := range filter.States {
			args = append(args, string(state))
		}
	}
	for _, word := range strings.Fields(fold(filter.Text)) {
		and(`e.words LIKE ? ESCAPE '\'`, "%"+strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(word)+"%")
	}
	if !filter.Before.IsZero() {
		and("e.published_at < ?", engine.Micros(filter.Before))
	}
	if len(filter.States) > 0 && !slices.Contains(filter.States, digests.Draft) && !slices.Contains(filter.States, digests.Approved) {
		query += " ORDER BY e.published_at DESC, e.id DESC"
	} else {
		query += " ORDER BY e.due DESC, e.id DESC"
	}
	limit := filter.Limit
	if limit <= 0 {
		limit = 50
	}
	var list []digests.Edition
	err := s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		list, err = engine.All(ctx, tx, scanEdition, query+fmt.Sprintf(" LIMIT %d", limit), args...)
		return err
	})
	return list, err
}

// fold brings text to one form for the search, on both databases.
func fold(text string) string { return strings.ToLower(strings.ToUpper(text)) }

// Add implements digests.Editions.
func (s *editions) Add(ctx context.Context, e digests.Edition) (digests.Edition, error) {
	var have digests.Edition
	err := s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO editions (id, digest, slot, slug, due, starts, state) VALUES ($1, $2, $3, $4, $5, $6, 'draft')
			ON CONFLICT (digest, slot) DO NOTHING`, e.ID, e.Digest, e.Slot, e.Slug, engine.Micros(e.Due), engine.Micros(e.Starts))
		if err != nil {
			return fmt.Errorf("begin an edition: %w", err)
		}
		have, err = oneEdition(ctx, tx, ` WHERE e.digest = $1 AND e.slot = $2`, e.Digest, e.Slot)
		return err
	})
	return have, err
}

// Change implements digests.Editions.
func (s *editions) Change(ctx context.Context, id string, rule func(*digests.Edition) ([]bot.Delivery, error)) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		e, err := oneEdition(ctx, tx, byName, id)
		if err != nil {
			return err
		}
		before := e.Revision.Number
		deliveries, err := rule(&e)
		if err != nil {
			return err
		}
		if err := save(ctx, tx, e); err != nil {
			return fmt.Errorf("save an edition: %w", err)
		}
		if err := saveShares(ctx, tx, e, before); err != nil {
			return fmt.Errorf("save the shares of an edition: %w", err)
		}
		return outbox.Add(ctx, tx, s.clock.Now(), deliveries)
	})
}

func save(ctx context.Context, tx *engine.Tx, e digests.Edition) error {
	decisions, err := engine.ToJSON(e.Decisions)
	if err != nil {
		return err
	}
	withdrawn, err := engine.ToJSON(e.Withdrawn)
	if err != nil {
		return err
	}
	words := ""
	if e.State != digests.Draft {
		words = fold(strings.Join(searchWords(e.Shown()), "\n"))
	}
	_, err = tx.Exec(ctx, `UPDATE editions SET slot = $2, slug = $3, due = $4, starts = $5, state = $6, from_at = $7, to_at = $8, publish_at = $9,
		goes_at = $10, version = $11, decisions = $12, withdrawn = $13, revision = $14, opened_at = $15, proposed_at = $16, approved_at = $17,
		published_at = $18, proposed_by = $19, approved_by = $20, words = $21, recalled_at = $22, settled = $23, corrected = $24 WHERE id = $1`,
		e.ID, e.Slot, e.Slug, engine.Micros(e.Due), engine.Micros(e.Starts), string(e.State), engine.Micros(e.From), engine.Micros(e.To),
		engine.Micros(e.PublishAt), engine.Micros(e.GoesAt), e.Version, decisions, withdrawn, e.Revision.Number, engine.Micros(e.Opened),
		engine.Micros(e.Proposed), engine.Micros(e.ApprovedAt), engine.Micros(e.PublishedAt), string(e.ProposedBy), string(e.ApprovedBy), words, engine.Micros(e.RecalledAt), e.Settled, e.Corrected)
	return err
}

// searchWords are the words by which an edition is found.
func searchWords(c digests.Content) []string {
	words := []string{c.Digest}
	for _, item := range c.All() {
		words = append(words, item.Title, item.Source, item.Because, item.Note, item.Quote, item.Blurb)
		for _, sharer := range item.Sharers {
			words = append(words, sharer.Name, sharer.Department)
		}
	}
	for _, section := range c.Sections {
		words = append(words, section.Heading)
		for _, item := range section.Items {
			for _, line := range item.Lines {
				words = append(words, line.Plain(nil))
			}
		}
	}
	return words
}

// saveShares keeps a new revision with the shares that it stands on, and notes
// what of them the edition knows to be gone. What was taken back while it was
// being approved is gone from the start.
func saveShares(ctx context.Context, tx *engine.Tx, e digests.Edition, before int64) error {
	if e.State == digests.Draft {
		_, err := tx.Exec(ctx, `DELETE FROM edition_shares WHERE edition = $1`, e.ID)
		return err
	}
	if e.Revision.Number != before {
		content, err := engine.ToJSON(e.Revision.Content)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO edition_revisions (edition, number, hash, content) VALUES ($1, $2, $3, $4)`,
			e.ID, e.Revision.Number, e.Revision.Hash, content)
		if err != nil {
			return err
		}
		if err := insert(ctx, tx, `INSERT INTO edition_shares (edition, message, link, place, native, account) VALUES `,
			shareRows(e), ` ON CONFLICT (edition, message, link) DO NOTHING`); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, gone+`edition = $1 AND NOT EXISTS (SELECT 1 FROM shares s
			WHERE s.message = edition_shares.message AND s.link = edition_shares.link AND s.account = edition_shares.account)`, e.ID)
		if err != nil {
			return err
		}
	}
	for _, w := range e.Withdrawn {
		told := "share"
		if w.NameOnly {
			told = "name"
		}
		_, err := tx.Exec(ctx, `UPDATE edition_shares SET told = $1 WHERE edition = $2 AND message = $3 AND link = $4 AND account = $5 AND told <> $1 AND told <> 'share'`,
			told, e.ID, reference(w.Message), w.Link, string(w.Account))
		if err != nil {
			return err
		}
	}
	return nil
}

func shareRows(e digests.Edition) [][]any {
	var rows [][]any
	for _, item := range e.Revision.Content.Items {
		for _, sharer := range item.Sharers {
			for _, share := range sharer.Shares {
				rows = append(rows, []any{
					e.ID, reference(share.Message), share.Link, string(share.Message.Place), share.Message.Native, string(share.Account),
				})
			}
		}
	}
	return rows
}

// Withdrawn implements digests.Editions.
func (s *editions) Withdrawn(ctx context.Context) (map[string][]digests.Withdrawal, error) {
	out := map[string][]digests.Withdrawal{}
	type row struct {
		edition string
		digests.Withdrawal
	}
	err := s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) error {
		rows, err := engine.All(ctx, tx, func(r engine.Scanner) (row, error) {
			var w row
			var gone string
			err := r.Scan(&w.edition, &w.Message.Place, &w.Message.Native, &w.Link, &w.Account, &gone)
			w.NameOnly = gone == "name"
			return w, err
		}, `SELECT edition, place, native, link, account, gone FROM edition_shares WHERE gone <> told ORDER BY edition, message, link`)
		for _, w := range rows {
			out[w.edition] = append(out[w.edition], w.Withdrawal)
		}
		return err
	})
	return out, err
}
