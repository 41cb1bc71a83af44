package roster

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"evangelist/bot"
)

// A form takes a hundred departments. The one that was asked for is among them,
// wherever it stands, and a long name is cut rather than left out.
func TestDepartmentChoices(t *testing.T) {
	t.Parallel()
	var rows []Row
	for n := range 130 {
		rows = append(rows, Row{ID: fmt.Sprint(n), Department: fmt.Sprint("Department ", n)})
	}
	rows[3].Department = strings.Repeat("long", 40)
	for asked, last := range map[string]string{"": "99", "7": "99", "120": "120"} {
		options, chosen := departmentChoices(rows, asked)
		if len(options) != maxChoices || options[maxChoices-1].Value != last || strings.Join(chosen, "") != asked {
			t.Errorf("%q: %d options, the last is %q, chosen %v", asked, len(options), options[len(options)-1].Value, chosen)
		}
		if label := []rune(options[3].Label); len(label) != maxChoiceName || rows[3].Department != strings.Repeat("long", 40) {
			t.Errorf("%d runes: %s", len(label), options[3].Label)
		}
	}
}

// A department without people needs no representative: leads do not have it before
// them for ever.
func TestADepartmentThatIsNoMore(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	for _, state := range []OfficeState{Vacated, LeadsTurn} {
		o := NewOffice("Old name")
		o.State = state
		o.Tick(now, Facts{Empty: true}, &Guest{})
		if o.State != AtRest {
			t.Errorf("%s, nobody there: %s", state, o.State)
		}
		o.State, o.Representative = state, Holder{Person: "gone"}
		o.Tick(now, Facts{Empty: true, Gone: map[bot.PersonID]bool{"gone": true}}, &Guest{})
		if o.State == AtRest {
			t.Errorf("%s, but somebody has the place: %s", state, o.State)
		}
	}
}

// Who leads no more gets no further card about who is there and who is not.
func TestWhoLeadsNoMore(t *testing.T) {
	t.Parallel()
	o := NewOffice("Parks")
	o.State, o.Leads = LeadsTurn, []bot.PersonID{"a", "b"}
	out, moved := o.Tick(time.Time{}, Facts{Leads: []bot.PersonID{"b", "c"}}, &Guest{})
	if len(out) != 2 || !moved || out[0].To.Person != "b" || out[1].To.Person != "c" {
		t.Errorf("%v %+v", moved, out)
	}
	if _, moved := o.Tick(time.Time{}, Facts{Leads: []bot.PersonID{"c", "b"}}, &Guest{}); moved {
		t.Error("again")
	}
}

// The page shows everybody of whom a lead decides; a card in chat leads there.
func TestThePageShowsAll(t *testing.T) {
	t.Parallel()
	var n News
	for i := range maxCases + 3 {
		n.Inactive = append(n.Inactive, Case{Person: bot.PersonID(fmt.Sprint(i)), Name: "Somebody", Was: "leads in Parks"})
	}
	text := func(blocks []bot.Block) string {
		raw, err := bot.Message{Summary: "x", Blocks: blocks}.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	if page := text(n.Blocks(bot.Organisation{})); strings.Count(page, "roster.keep") != maxCases+3 || strings.Contains(page, "more stand on") {
		t.Error(page)
	}
	if card := text(newsMessage(n, bot.Organisation{}, maxCases).Blocks); strings.Count(card, "roster.keep") != maxCases || !strings.Contains(card, "3 people more stand on") {
		t.Error(card)
	}
}
