package counts

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Published is a table that may be shown. Its numbers come out in rows and
// sentences only, each with its denominator, period and definition; what is
// withheld is not in it at all. The zero Published has no rows.
type Published struct{ table *table }

// Row is one number with everything that it needs, as text. Whoever shows Count
// shows Period and Definition in the same breath: in the row, or as the caption
// of a table whose rows share them.
type Row struct {
	Slice      string // "The whole organisation", a department, "Other departments"
	Count      string // with its denominator: "31 of 212 colleagues"; or why there is none
	Period     string // "1 – 30 November 2026"
	Definition string // what is counted, and what is not

	shown bool
	whole bool
	share float64
}

// Shown reports whether Count is a number and not the reason why there is none.
func (r Row) Shown() bool { return r.shown }

// Share is the part of the denominator, from 0 to 1, for a chart that stands
// beside its row. It is given only where the number is shown and is a part.
func (r Row) Share() (float64, bool) { return r.share, r.share >= 0 && r.shown }

// Sentence says the row in one line: "Libraries: 12 of 40 colleagues, 1 – 30
// November 2026: who shared at least one link; not counted: …". The whole
// organisation goes without saying. The zero Row says nothing.
func (r Row) Sentence() string {
	if r.Count == "" {
		return ""
	}
	text := r.Count + ", " + r.Period + ": " + r.Definition
	if r.whole {
		return text
	}
	return r.Slice + ": " + text
}

// String returns the sentence, so that a row is printed whole.
func (r Row) String() string { return r.Sentence() }

// rowText is a row as programs read it: whole, and in words.
type rowText struct {
	Slice      string   `json:"slice"`
	Count      string   `json:"count"`
	Period     string   `json:"period"`
	Definition string   `json:"definition"`
	Shown      bool     `json:"shown"`
	Share      *float64 `json:"share,omitempty"`
}

// MarshalJSON returns an object with all parts of the row.
func (r Row) MarshalJSON() ([]byte, error) {
	text := rowText{r.Slice, r.Count, r.Period, r.Definition, r.shown, nil}
	if share, ok := r.Share(); ok {
		text.Share = &share
	}
	return json.Marshal(text)
}

// Rows returns the whole organisation, the departments by name and the others.
// They are the same rows in every period, as long as the plan is.
func (p Published) Rows() []Row {
	if p.table == nil {
		return nil
	}
	var rows []Row
	for i, c := range p.table.inOrder() {
		row := Row{Slice: c.name, Count: p.table.text(c), Period: p.table.period.String(), Definition: p.table.definition(), shown: c.state == shown, whole: i == 0, share: -1}
		if row.shown && p.table.behind != Unsigned {
			row.share = float64(p.table.part(c)) / float64(c.headcount)
		}
		rows = append(rows, row)
	}
	return rows
}

// Whole returns the first of Rows: the whole organisation.
func (p Published) Whole() Row {
	if rows := p.Rows(); len(rows) > 0 {
		return rows[0]
	}
	return Row{}
}

// Caption says what a table with these rows shows: unit, definition and period.
func (p Published) Caption() string {
	if p.table == nil {
		return ""
	}
	return upper(p.table.unit) + ", " + p.table.period.String() + ": " + p.table.definition()
}

// String returns the sentences of all rows, a line each.
func (p Published) String() string {
	var lines []string
	for _, row := range p.Rows() {
		lines = append(lines, row.Sentence())
	}
	return strings.Join(lines, "\n")
}

// Format prints what String returns, whatever the verb: no log line shows a
// number by itself.
func (p Published) Format(state fmt.State, _ rune) { fmt.Fprint(state, p.String()) }

// MarshalJSON returns the rows, each whole.
func (p Published) MarshalJSON() ([]byte, error) { return json.Marshal(p.Rows()) }

func (t *table) definition() string { return t.counts + "; not counted: " + t.omits }

// part is what stands against the headcount.
func (t *table) part(c cell) int {
	if t.behind == Alone {
		return c.amount.things
	}
	return c.amount.people
}

// colleagues is what people are called; things have their unit.
const colleagues = "colleagues"

// text is the count of a cell with its denominator, or why there is none.
func (t *table) text(c cell) string {
	switch c.state {
	case shown:
	case small:
		return fmt.Sprintf("not shown, because fewer than %d colleagues work there", least)
	case unknown:
		return "unknown, because the headcount is not known"
	default:
		return "not shown, so that no few colleagues stand out"
	}
	people, things := c.amount.people, c.amount.things
	switch {
	case t.behind == Alone && c.headcount == 1:
		return fmt.Sprintf("%s: %d of 1", t.unit, things)
	case t.behind == Alone:
		return fmt.Sprintf("%d of %d %s", things, c.headcount, t.unit)
	case t.behind == Unsigned && things == 0:
		return fmt.Sprintf("no %s among %d %s", t.unit, c.headcount, colleagues)
	case t.behind == Unsigned:
		return fmt.Sprintf("%d %s among %d %s", things, t.unit, c.headcount, colleagues)
	case t.behind == Things && people == 0:
		return fmt.Sprintf("no %s, by nobody among %d %s", t.unit, c.headcount, colleagues)
	case t.behind == Things:
		return fmt.Sprintf("%d %s by %d of %d %s", things, t.unit, people, c.headcount, colleagues)
	case people == 0:
		return fmt.Sprintf("nobody among %d %s", c.headcount, t.unit)
	default:
		return fmt.Sprintf("%d of %d %s", people, c.headcount, t.unit)
	}
}

func upper(text string) string {
	for i, r := range text {
		if i == 0 {
			return strings.ToUpper(string(r)) + text[len(string(r)):]
		}
	}
	return text
}
