package counts

import (
	"encoding/json"
	"slices"
)

// Ledger is all that has been published, so that the next table does not give
// away what earlier ones withheld. The zero Ledger is empty. A Ledger is never
// changed; With returns a longer one.
type Ledger struct{ tables []*table }

// With returns the ledger with one table more. A table that it has already
// changes nothing.
func (l Ledger) With(p Published) Ledger {
	if p.table == nil || l.find(p.table.key()) != nil {
		return l
	}
	return Ledger{tables: append(slices.Clip(l.tables), p.table)}
}

func (l Ledger) find(key string) *table {
	for _, t := range l.tables {
		if t.key() == key {
			return t
		}
	}
	return nil
}

// mostWithin is how many narrower measures one may have: all their sums are
// looked at.
const mostWithin = 8

// agrees reports whether a table means by its measure what the ledger means.
func (l Ledger) agrees(t *table) error {
	narrower := map[string]map[string]bool{}
	for _, other := range append(slices.Clone(l.tables), t) {
		for i, key := range other.keys {
			if at := slices.Index(t.keys, key); at >= 0 && !slices.Equal(t.keys[at:], other.keys[i:]) {
				return refuse(Redefined, "The measure %q lay within others when it was published before. What was published stands: use a new key.", key)
			}
			if narrower[key] == nil {
				narrower[key] = map[string]bool{}
			}
			if i > 0 {
				narrower[key][other.keys[0]] = true
			}
			if len(narrower[key]) > mostWithin {
				return refuse(Nested, "More than %d measures lie within %q. Publish fewer of them.", mostWithin, key)
			}
		}
		same := other.counts == t.counts && other.omits == t.omits && other.unit == t.unit && other.behind == t.behind && other.once == t.once
		if other.keys[0] == t.keys[0] && !same {
			return refuse(Redefined, "The measure %q meant something else when it was published before. What was published stands: use a new key for the new meaning.", t.keys[0])
		}
		if t.additive() && other.additive() && t.period.crosses(other.period) && (slices.Contains(t.keys, other.keys[0]) || slices.Contains(other.keys, t.keys[0])) {
			return refuse(Crossing, "%s crosses %s, for which %q was published: parts of both could be computed. Choose a period within that one, around it or beside it.", t.period, other.period, other.keys[0])
		}
		if other.keys[0] != t.keys[0] && same {
			return refuse(Redefined, "%q means what %q means, which was published before. One meaning has one key: use that one.", t.keys[0], other.keys[0])
		}
	}
	return nil
}

// tableText is a table as it is kept. It holds no number that is not shown.
type tableText struct {
	Keys   []string   `json:"keys"`
	Behind Behind     `json:"behind"`
	Once   bool       `json:"once,omitempty"`
	Unit   string     `json:"unit"`
	Counts string     `json:"counts"`
	Omits  string     `json:"omits"`
	Period string     `json:"period"`
	Whole  cellText   `json:"whole"`
	Slices []cellText `json:"slices,omitempty"`
}

type cellText struct {
	Name        string   `json:"name"`
	Departments []string `json:"departments,omitempty"`
	Heads       []int    `json:"heads,omitempty"`
	Headcount   int      `json:"headcount,omitempty"`
	State       state    `json:"state"`
	People      int      `json:"people,omitempty"`
	Things      int      `json:"things,omitempty"`
}

// Key names the table: its measure and its period. No two tables have the same.
func (p Published) Key() string {
	if p.table == nil {
		return ""
	}
	return p.table.key()
}

// Record returns the table as the store keeps it, beside its Key; ReadLedger
// reads it. It is for the store alone: it is not made to be shown. It holds
// nothing that was withheld.
func (p Published) Record() string {
	if p.table == nil {
		return ""
	}
	t := p.table
	kept := tableText{Keys: t.keys, Behind: t.behind, Once: t.once, Unit: t.unit, Counts: t.counts, Omits: t.omits, Period: t.period.text(), Whole: keep(t.whole)}
	for _, c := range t.slices {
		kept.Slices = append(kept.Slices, keep(c))
	}
	text, err := json.Marshal(kept)
	if err != nil {
		panic("counts: a table is only strings and numbers: " + err.Error())
	}
	return string(text)
}

func keep(c cell) cellText {
	return cellText{c.name, c.departments, c.heads, c.headcount, c.state, c.amount.people, c.amount.things}
}

// ReadLedger reads what Record returned, in any order. A record that is not one,
// shows what these rules would not, or stands beside another one of the same Key,
// is a *RefusedError.
func ReadLedger(records ...string) (Ledger, error) {
	var ledger Ledger
	for _, record := range records {
		t, err := readTable(record)
		if err != nil {
			return Ledger{}, err
		}
		if ledger.find(t.key()) != nil {
			return Ledger{}, refuse(BadRecord, "There are two records of %s. Keep the one that was published first.", t.key())
		}
		if err := ledger.agrees(t); err != nil {
			return Ledger{}, err
		}
		ledger.tables = append(ledger.tables, t)
	}
	return ledger, nil
}

func readTable(record string) (*table, error) {
	var kept tableText
	if err := strictly(record, &kept); err != nil {
		return nil, refuse(BadRecord, "This is not the record of a published table: %v. Read one that Record returned.", err)
	}
	period, err := readPeriod(kept.Period)
	if err != nil {
		return nil, refuse(BadRecord, "The record has no period: %v. Read one that Record returned.", err)
	}
	if len(kept.Keys) == 0 || len(kept.Keys) > deepest {
		return nil, refuse(BadRecord, "The record does not say of which measure it is. Read one that Record returned.")
	}
	t := &table{keys: kept.Keys, behind: kept.Behind, once: kept.Once, unit: kept.Unit, counts: kept.Counts, omits: kept.Omits, period: period}
	if err := (Measure{Key: t.keys[0], Counts: t.counts, Omits: t.omits, Unit: t.unit, Behind: t.behind, Once: t.once}).check(); err != nil {
		return nil, refuse(BadRecord, "The record is not whole. %v", err)
	}
	for i, c := range append([]cellText{kept.Whole}, kept.Slices...) {
		read := cell{c.Name, c.Departments, c.Heads, c.Headcount, c.State, amount{c.People, c.Things}}
		if !t.plausible(read) || i == 0 && (len(c.Heads) != len(c.Departments) || !slices.IsSorted(c.Departments)) {
			return nil, refuse(BadRecord, "The record of %s has a number for %s that was never published. Read one that Record returned.", t.key(), c.Name)
		}
		if i == 0 {
			t.whole = read
		} else {
			t.slices = append(t.slices, read)
		}
	}
	t.sealed = t.blocks()
	return t, nil
}

func (t *table) plausible(c cell) bool {
	switch c.state {
	case withheld, small, unknown:
		return c.amount == amount{}
	case shown:
		if t.behind == Alone {
			return c.amount.people == 0 && 0 <= c.amount.things && c.amount.things <= c.headcount && c.headcount > 0
		}
		return c.headcount >= least && c.amount.people >= 0 && c.amount.things >= 0 && t.bearable(c.amount, c.headcount)
	}
	return false
}
