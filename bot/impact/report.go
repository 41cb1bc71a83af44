package impact

import (
	"encoding/json"
	"time"

	"evangelist/bot/counts"
)

// Report is what may be shown, and nothing else: no number about people stands in
// it but as a row of counts, and no name but by consent. It is read-only.
type Report struct {
	Organisation string
	Event        string // empty: none
	Span         Span
	Department   string // empty: the whole organisation
	Departments  []string
	Sections     []Section
	// Unrecorded says that numbers of this period are left out because they could
	// not be recorded.
	Unrecorded bool
}

// Section is a part of the report.
type Section struct {
	Key     string // for machines
	Heading string
	Numbers []Number
	Lists   []List
	Notes   []string
}

// Number is one measure.
type Number struct {
	Key     string
	Title   string
	Rows    []counts.Row // the first is the whole organisation; empty: see Missing
	Caption string       // unit, definition and period of the rows
	Missing string       // why there is no number
	Beside  string       // what belongs beside it, such as an estimate with its method
}

// List is something told in words.
type List struct {
	Key     string
	Heading string
	Entries []Entry
	Empty   string // what to say when there are none
}

// Entry is one thing that is told.
type Entry struct {
	Title string // may be empty
	Words string
	By    string // a credit by consent, a department, or empty
}

// Title names the report: "Report, 1 – 31 October 2026".
func (r Report) Title() string {
	title := "Report"
	if r.Event != "" {
		title += " after " + r.Event
	}
	if r.Department != "" {
		title += ": " + r.Department
	}
	return title + ", " + r.Span.Period.String()
}

type reportText struct {
	Organisation string        `json:"organisation"`
	Event        string        `json:"event,omitempty"`
	From         string        `json:"from"`
	To           string        `json:"to"`
	Department   string        `json:"department,omitempty"`
	Sections     []sectionText `json:"sections"`
}

type sectionText struct {
	Key     string       `json:"key"`
	Heading string       `json:"heading"`
	Numbers []numberText `json:"numbers"`
	Lists   []listText   `json:"lists"`
	Notes   []string     `json:"notes"`
}

type numberText struct {
	Key     string       `json:"key"`
	Title   string       `json:"title"`
	Rows    []counts.Row `json:"rows"`
	Missing string       `json:"missing,omitempty"`
	Beside  string       `json:"beside,omitempty"`
}

type listText struct {
	Key     string      `json:"key"`
	Heading string      `json:"heading"`
	Entries []entryText `json:"entries"`
}

type entryText struct {
	Title string `json:"title,omitempty"`
	Words string `json:"words"`
	By    string `json:"by,omitempty"`
}

// MarshalJSON returns the report for programs. Its shape is a contract: keys stay,
// lists are never null, and a number is text with its denominator, beside its
// period and its definition.
func (r Report) MarshalJSON() ([]byte, error) {
	out := reportText{Organisation: r.Organisation, Event: r.Event, From: r.Span.First(), To: r.Span.Last(), Department: r.Department, Sections: []sectionText{}}
	for _, s := range r.Sections {
		section := sectionText{Key: s.Key, Heading: s.Heading, Numbers: []numberText{}, Lists: []listText{}, Notes: append([]string{}, s.Notes...)}
		for _, n := range s.Numbers {
			section.Numbers = append(section.Numbers, numberText{n.Key, n.Title, append([]counts.Row{}, n.Rows...), n.Missing, n.Beside})
		}
		for _, l := range s.Lists {
			list := listText{Key: l.Key, Heading: l.Heading, Entries: []entryText{}}
			for _, e := range l.Entries {
				list.Entries = append(list.Entries, entryText(e))
			}
			section.Lists = append(section.Lists, list)
		}
		out.Sections = append(out.Sections, section)
	}
	return json.Marshal(out)
}

// lastMonth is the span of the last whole month before now.
func lastMonth(now time.Time, zone *time.Location) (Span, error) { return Wish{}.Span(now, zone) }
