package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// Scanner is a row that is being read: *Rows or *Row.
type Scanner interface {
	Scan(dest ...any) error
}

// All runs a query and reads every row with scan. No rows give an empty slice.
func All[T any](ctx context.Context, tx *Tx, scan func(Scanner) (T, error), q string, args ...any) ([]T, error) {
	rows, err := tx.Query(ctx, q, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := []T{}
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	if err := rows.Err(); err != nil {
		return nil, tx.fail(err)
	}
	return all, nil
}

// One runs a query and reads its first row with scan; false means that there is
// none.
func One[T any](ctx context.Context, tx *Tx, scan func(Scanner) (T, error), q string, args ...any) (T, bool, error) {
	var none T
	rows, err := tx.Query(ctx, q, args...)
	if err != nil {
		return none, false, err
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return none, false, tx.fail(err)
		}
		return none, false, nil
	}
	one, err := scan(rows)
	if err != nil {
		return none, false, err
	}
	if err := rows.Close(); err != nil {
		return none, false, err
	}
	return one, true, nil
}

// Value reads a row of a single column, for All and One:
// All(ctx, tx, Value[string], "SELECT id FROM …").
func Value[T any](row Scanner) (T, error) {
	var v T
	err := row.Scan(&v)
	return v, err
}

// In returns n placeholders beginning with $from, for use between the brackets
// of IN (…): In(3, 2) is "$2,$3,$4". For n = 0 it is "NULL", which nothing is in.
func In(n, from int) string {
	if n <= 0 {
		return "NULL"
	}
	out := make([]byte, 0, 5*n)
	for i := range n {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, '$')
		out = strconv.AppendInt(out, int64(from+i), 10)
	}
	return string(out)
}

// Limit ends a query that returns at most n rows; n ≤ 0 is "", for all of them.
func Limit(n int) string {
	if n <= 0 {
		return ""
	}
	return " LIMIT " + strconv.Itoa(n)
}

// Micros is a moment as it is stored: microseconds since 1970 UTC, and 0 for
// the zero time.
func Micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// Time is the moment that Micros made, in UTC; 0 gives the zero time.
func Time(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micros).UTC()
}

// ToJSON returns v as the text that is stored.
func ToJSON(v any) (string, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("write %T as JSON: %w", v, err)
	}
	return string(text), nil
}

// FromJSON reads what ToJSON wrote. Empty text gives the zero value.
func FromJSON[T any](text string) (T, error) {
	var v T
	if text == "" {
		return v, nil
	}
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		return v, fmt.Errorf("read %T from JSON: %w", v, err)
	}
	return v, nil
}
