package digeststore

import (
	"context"
	"strconv"
	"strings"

	"evangelist/bot"
	"evangelist/storage/internal/engine"
)

// cut calls fn with successive parts of the list. The parts come in three sizes,
// so that statements that touch many rows come in few shapes and each of them
// is prepared once. They are small because SQLite looks numbered parameters up
// one by one.
func cut[T any](list []T, fn func([]T) error) error {
	for _, size := range [...]int{16, 4, 1} {
		for len(list) >= size {
			if err := fn(list[:size]); err != nil {
				return err
			}
			list = list[size:]
		}
	}
	return nil
}

// insert adds rows of equal width: "INSERT INTO t (…) VALUES" (…), (…) "ON CONFLICT …".
func insert(ctx context.Context, tx *engine.Tx, head string, rows [][]any, tail string) error {
	return cut(rows, func(rows [][]any) error {
		width := len(rows[0])
		args := make([]any, 0, len(rows)*width)
		for _, row := range rows {
			args = append(args, row...)
		}
		_, err := tx.Exec(ctx, head+tuples(len(rows), width)+tail, args...)
		return err
	})
}

// tuples writes ($1,$2),($3,$4).
func tuples(rows, width int) string {
	var out strings.Builder
	out.Grow(rows * width * 5)
	n := 1
	for row := range rows {
		if row > 0 {
			out.WriteByte(',')
		}
		for column := range width {
			out.WriteByte("(,"[min(column, 1)])
			out.WriteByte('$')
			out.WriteString(strconv.Itoa(n))
			n++
		}
		out.WriteByte(')')
	}
	return out.String()
}

// each runs a statement that ends in "IN (" once for each part of the keys;
// further arguments come first.
func each(ctx context.Context, tx *engine.Tx, query string, keys []string, first ...any) error {
	return cut(keys, func(keys []string) error {
		_, err := tx.Exec(ctx, query+engine.In(len(keys), len(first)+1)+")", values(first, keys)...)
		return err
	})
}

// collect reads the rows of a query that ends in "IN (" for all keys.
func collect[T any](ctx context.Context, tx *engine.Tx, scan func(engine.Scanner) (T, error), query string, keys []string, add func(T)) error {
	return cut(keys, func(keys []string) error {
		rows, err := engine.All(ctx, tx, scan, query+engine.In(len(keys), 1)+")", values(nil, keys)...)
		for _, row := range rows {
			add(row)
		}
		return err
	})
}

func values(first []any, keys []string) []any {
	args := make([]any, 0, len(first)+len(keys))
	args = append(args, first...)
	for _, key := range keys {
		args = append(args, key)
	}
	return args
}

// reference is the one text by which a message goes.
func reference(m bot.MessageRef) string { return string(m.Place) + "|" + m.Native }

// message takes a reference apart, given its place.
func message(place, reference string) bot.MessageRef {
	return bot.MessageRef{Place: bot.PlaceID(place), Native: strings.TrimPrefix(reference, place+"|")}
}

// unique returns the list without repetitions, in order.
func unique[T any](list []T, key func(T) string) []string {
	known := make(map[string]struct{}, len(list))
	out := make([]string, 0, len(list))
	for _, item := range list {
		k := key(item)
		if _, seen := known[k]; !seen {
			known[k] = struct{}{}
			out = append(out, k)
		}
	}
	return out
}
