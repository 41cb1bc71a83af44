package peoplecsv

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"evangelist/bot"
)

// Options say how a file is read.
type Options struct {
	// Platforms gives the instance key of the platform that a column of ids is
	// about, by the column's name without "_id": {"slack": "slack"} reads
	// slack_id. Without any, slack_id and teams_id are read under those keys.
	Platforms map[string]string
	// Note, where given, is told in a sentence what was assumed about the
	// file: its encoding when that is not UTF-8, its separator when it is no
	// comma.
	Note func(sentence string)
}

const (
	maxBytes  = 64 << 20
	maxRows   = 1_000_000
	maxCell   = 200 // characters
	maxFaults = 20
	code      = "people-csv"
)

// Read reads people from a CSV with a header: slack_id, teams_id, name, email,
// department, level, title and manager (an e-mail address), any of them in any
// order as long as there is an e-mail or an id. Separators are comma, semicolon
// or tab; the text is UTF-8, UTF-16 with or without a mark, or Windows-1252.
// Cells are data and stay as they are but for blanks at their ends; addresses
// are folded to lower case. A row with ids of two platforms gives two facts.
//
// Any fault gives a *bot.Error that tells each wrong row with its line (at most
// 20) and no fact. It never panics and reads at most 64 MiB.
func Read(r io.Reader, o Options) ([]bot.AccountFact, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return nil, &bot.Error{Code: code, Say: "The list of people could not be read to its end, so nothing was changed; try again.", Err: err}
	}
	if len(raw) > maxBytes {
		return nil, refuse("The list of people has more than %d MiB, so nothing was changed; split it into several files.", maxBytes>>20)
	}
	note := o.Note
	if note == nil {
		note = func(string) {}
	}
	text, err := decode(raw, note)
	if err != nil {
		return nil, err
	}
	return rows(text, o.platforms(), note)
}

func (o Options) platforms() map[string]string {
	if len(o.Platforms) == 0 {
		return map[string]string{"slack": "slack", "teams": "teams"}
	}
	return o.Platforms
}

func refuse(format string, args ...any) error {
	return &bot.Error{Code: code, Say: fmt.Sprintf(format, args...)}
}

// faults gathers what is wrong, row by row.
type faults struct {
	told []string
	more int
}

func (f *faults) add(line int, format string, args ...any) {
	if len(f.told) == maxFaults {
		f.more++
		return
	}
	f.told = append(f.told, fmt.Sprintf("line %d: ", line)+fmt.Sprintf(format, args...))
}

// err returns all of it as one error, nil when there is none.
func (f *faults) err() error {
	if len(f.told) == 0 {
		return nil
	}
	say := "The list of people was not taken and nothing was changed, because of " + strings.Join(f.told, "; ")
	if f.more > 0 {
		say += fmt.Sprintf("; and %d more", f.more)
	}
	return refuse("%s. Mend these rows and import the file again.", say)
}

// rows reads header and rows.
func rows(text string, platforms map[string]string, note func(string)) ([]bot.AccountFact, error) {
	text, first, separator := separatorOf(text, platforms)
	if strings.TrimSpace(text) == "" {
		return nil, refuse("The list of people is empty, so nothing was changed; it needs a header such as slack_id,name,email,department,level and a row for each person.")
	}
	switch separator {
	case ';':
		note("The columns are separated by semicolons.")
	case '\t':
		note("The columns are separated by tabs.")
	}
	reader := csv.NewReader(strings.NewReader(text))
	reader.Comma = separator
	reader.FieldsPerRecord = -1
	reader.ReuseRecord = true
	header, err := reader.Read()
	if err != nil {
		return nil, refuse("The header of the list of people cannot be read (line %d: %s), so nothing was changed; write it as slack_id,name,email,department,level.", first, because(err))
	}
	columns, err := columnsOf(header, platforms)
	if err != nil {
		return nil, err
	}
	t := table{columns: columns, lines: map[string]int{}}
	for {
		cells, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var broken *csv.ParseError
		if errors.As(err, &broken) {
			// What follows a broken quotation mark cannot be told apart.
			t.faults.add(broken.StartLine+first-1, "%s", because(err))
			break
		}
		if err != nil {
			return nil, refuse("The list of people could not be read to its end, so nothing was changed; try again.")
		}
		line, _ := reader.FieldPos(0)
		if t.row(line+first-1, cells); len(t.facts) > maxRows {
			return nil, refuse("The list of people has more than %d rows, so nothing was changed; split it into several files.", maxRows)
		}
	}
	if err := t.faults.err(); err != nil {
		return nil, err
	}
	if len(t.facts) == 0 {
		return nil, refuse("The list of people has a header and no rows, so nothing was changed; it needs a row for each person.")
	}
	return t.facts, nil
}

// because says in words what the CSV reader found.
func because(err error) string {
	switch {
	case errors.Is(err, csv.ErrBareQuote):
		return "a quotation mark stands inside a cell that is not quoted"
	case errors.Is(err, csv.ErrQuote):
		return "a quotation mark is not closed, or something follows it"
	}
	return "the row cannot be read"
}

// separatorOf finds the separator under which the header has the most known
// columns, comma among equals. A line "sep=;" that spreadsheets write before
// the header decides, and is taken off. first is the line of the header.
func separatorOf(text string, platforms map[string]string) (rest string, first int, separator rune) {
	first = 1
	line, after, _ := strings.Cut(text, "\n")
	line = strings.TrimSuffix(line, "\r")
	if sep, ok := strings.CutPrefix(strings.ToLower(strings.Trim(line, `"`)), "sep="); ok && len(sep) == 1 && strings.Contains(",;\t", sep) {
		return after, 2, rune(sep[0])
	}
	for len(text) > 0 && strings.TrimSpace(line) == "" && after != "" { // the CSV reader passes over empty lines, too
		line, after, _ = strings.Cut(after, "\n")
	}
	best := -1
	for _, candidate := range []rune{',', ';', '\t'} {
		known := 0
		for cell := range strings.SplitSeq(line, string(candidate)) {
			if slices.Contains(knownColumns(platforms), columnName(cell)) {
				known++
			}
		}
		if known > best {
			best, separator = known, candidate
		}
	}
	return text, first, separator
}
