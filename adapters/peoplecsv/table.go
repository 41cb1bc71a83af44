package peoplecsv

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"evangelist/bot"
)

const (
	name       = "name"
	email      = "email"
	department = "department"
	level      = "level"
	title      = "title"
	manager    = "manager"
)

// columns says where each column stands.
type columns struct {
	width int
	at    map[string]int    // column → index
	ids   []string          // columns of ids, sorted
	keys  map[string]string // column of ids → instance key
}

func knownColumns(platforms map[string]string) []string {
	known := []string{}
	for _, prefix := range slices.Sorted(maps.Keys(platforms)) {
		known = append(known, prefix+"_id")
	}
	return append(known, name, email, department, level, title, manager)
}

func columnName(cell string) string {
	return strings.ToLower(strings.TrimSpace(strings.Trim(strings.TrimSpace(cell), `"`)))
}

func columnsOf(header []string, platforms map[string]string) (columns, error) {
	known := knownColumns(platforms)
	list := strings.Join(known, ", ")
	c := columns{width: len(header), at: map[string]int{}, keys: map[string]string{}}
	for i, cell := range header {
		column := columnName(cell)
		if _, twice := c.at[column]; twice {
			return c, refuse("The column %s stands twice in the header, so nothing was changed; keep one of them.", quote(column))
		}
		if !slices.Contains(known, column) {
			return c, refuse("The column %s in the header is not known, so nothing was changed; the known columns are %s.", quote(column), list)
		}
		c.at[column] = i
		if prefix, ok := strings.CutSuffix(column, "_id"); ok {
			c.ids = append(c.ids, column)
			c.keys[column] = platforms[prefix]
		}
	}
	slices.Sort(c.ids)
	if _, ok := c.at[email]; !ok && len(c.ids) == 0 {
		return c, refuse("The header has neither email nor a column of ids, so nobody could be told apart and nothing was changed; the known columns are %s.", list)
	}
	return c, nil
}

// quote shows a piece of the file on one line, however long it is.
func quote(text string) string {
	if runes := []rune(text); len(runes) > 60 {
		text = string(runes[:60]) + "…"
	}
	return strconv.Quote(text)
}

// table gathers facts and faults.
type table struct {
	columns
	facts  []bot.AccountFact
	faults faults
	lines  map[string]int // e-mail or account → line where it stands first
}

func (t *table) row(line int, cells []string) {
	if !slices.ContainsFunc(cells, func(cell string) bool { return strings.TrimSpace(cell) != "" }) {
		return // an empty row, as spreadsheets leave them at the end
	}
	if len(cells) != t.width {
		t.faults.add(line, "%d cells where the header has %d", len(cells), t.width)
		return
	}
	before := len(t.faults.told) + t.faults.more
	fact := bot.AccountFact{
		Name:       t.cell(line, cells, name),
		Email:      t.address(line, cells, email),
		Department: t.cell(line, cells, department),
		Level:      t.cell(line, cells, level),
		Title:      t.cell(line, cells, title),
		Manager:    t.address(line, cells, manager),
	}
	var accounts []bot.AccountID
	for _, column := range t.ids {
		if id := t.cell(line, cells, column); id != "" {
			if strings.ContainsFunc(id, func(r rune) bool { return unicode.IsSpace(r) || r == '|' }) {
				t.faults.add(line, "the %s %s holds a blank or a bar, which no id does", column, quote(id))
			}
			accounts = append(accounts, bot.NewAccountID(t.keys[column], id))
		}
	}
	if before == len(t.faults.told)+t.faults.more {
		t.identify(line, fact, accounts)
	}
}

// identify keeps a row that can be told from every other.
func (t *table) identify(line int, fact bot.AccountFact, accounts []bot.AccountID) {
	switch {
	case fact.Email == "" && len(accounts) == 0:
		t.faults.add(line, "neither an e-mail address nor an id")
		return
	case fact.Email == "" && len(accounts) > 1:
		t.faults.add(line, "two ids and no e-mail address, which would say that they are one person")
		return
	}
	ok := fact.Email == "" || t.once(line, "e-mail address", fact.Email, "e:"+fact.Email)
	for _, account := range accounts {
		ok = t.once(line, "id", account.Native(), "a:"+string(account)) && ok
	}
	switch {
	case !ok:
	case len(accounts) == 0:
		t.facts = append(t.facts, fact)
	default:
		for _, account := range accounts {
			fact.Account = account
			t.facts = append(t.facts, fact)
		}
	}
}

func (t *table) once(line int, what, value, key string) bool {
	if earlier, ok := t.lines[key]; ok {
		t.faults.add(line, "the %s %s stands already in line %d", what, quote(value), earlier)
		return false
	}
	t.lines[key] = line
	return true
}

// cell returns what stands in a column, "" when there is no such column.
func (t *table) cell(line int, cells []string, column string) string {
	at, ok := t.at[column]
	if !ok {
		return ""
	}
	text := bot.Clean(cells[at], 0)
	if n := utf8.RuneCountInString(text); n > maxCell {
		t.faults.add(line, "the %s has %d characters, more than the %d that are kept", column, n, maxCell)
		return ""
	}
	if strings.ContainsRune(text, '\n') {
		t.faults.add(line, "the %s has more than one line", column)
		return ""
	}
	return text
}

func (t *table) address(line int, cells []string, column string) string {
	address := strings.ToLower(t.cell(line, cells, column))
	if address != "" && !isAddress(address) {
		t.faults.add(line, "the %s %s is no e-mail address", column, quote(address))
	}
	return address
}

// isAddress reports whether text is one bare e-mail address: a dot-separated
// name, an @, and the name of a host. Letters of all scripts are allowed.
func isAddress(text string) bool {
	at := strings.LastIndexByte(text, '@')
	if at <= 0 || at > 64 || len(text) > 254 {
		return false
	}
	return isDotted(text[:at], "!#$%&'*+-/=?^_`{|}~") && isDotted(text[at+1:], "-")
}

func isDotted(text, signs string) bool {
	for label := range strings.SplitSeq(text, ".") {
		if label == "" || signs == "-" && (label[0] == '-' || label[len(label)-1] == '-' || len(label) > 63) {
			return false
		}
		for _, r := range label {
			if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && !strings.ContainsRune(signs, r) {
				return false
			}
		}
	}
	return true
}
