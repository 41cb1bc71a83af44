package network

import (
	"slices"
	"testing"
)

func TestCover(t *testing.T) {
	departments := []Department{{"libraries", 4}, {"Housing", 7}, {"Parks", 3}, {"Empty", 0}}
	with := []Evangelist{
		{Person: "1", Name: "Zed", Department: "Housing", Part: Supports},
		{Person: "2", Name: "ann", Department: "Housing", Part: Supports},
		{Person: "3", Name: "Ida", Department: "libraries", Part: Leads, Inactive: true},
		{Person: "4", Name: "Tom", Department: "Parks", Part: Follows},
		{Person: "5", Name: "Una", Part: Leads},
	}
	coverage := Cover(departments, with)
	var order []string
	for _, row := range coverage.Rows {
		order = append(order, row.Department)
	}
	if want := []string{"Empty", "Housing", "libraries", "Parks", ""}; !slices.Equal(order, want) {
		t.Errorf("departments in order %q, want %q", order, want)
	}
	if cell := coverage.Rows[1].Support; cell[0].Name != "ann" || cell[1].Name != "Zed" {
		t.Errorf("people are not in the order of their names: %+v", cell)
	}
	if got, want := coverage.Holes(), []string{"libraries", "Parks"}; !slices.Equal(got, want) {
		t.Errorf("holes %q, want %q", got, want)
	}
	if lead, support, follow := coverage.Count(); lead != 1 || support != 2 || follow != 1 {
		t.Errorf("counted %d, %d, %d", lead, support, follow)
	}
	open := coverage.Public()
	if len(open.Rows) != 3 {
		t.Fatalf("everybody sees %d departments, want those with somebody active: Housing, Parks and not recorded", len(open.Rows))
	}
	for _, row := range open.Rows {
		if row.Department == "libraries" {
			t.Error("a department with nobody but an inactive account is shown to everybody")
		}
	}
}

func TestTell(t *testing.T) {
	departments := []Department{{"Housing", 5}, {"Libraries", 4}}
	for _, c := range []struct {
		name            string
		learning        Learning
		ok              bool
		who, department string
	}{
		{"with name", Learning{Name: "Ida", Department: "Libraries", Consent: WithName}, true, "Ida", "Libraries"},
		{"with name, gone from the register", Learning{Department: "Libraries", Consent: WithName}, true, "", ""},
		{"without name, large department", Learning{Name: "Ida", Department: "Housing", Consent: WithoutName}, true, "", "Housing"},
		{"without name, small department", Learning{Name: "Ida", Department: "Libraries", Consent: WithoutName}, true, "", ""},
		{"without name, no department", Learning{Name: "Ida", Consent: WithoutName}, true, "", ""},
		{"private", Learning{Name: "Ida", Department: "Housing", Consent: Private}, false, "", ""},
		{"unknown consent", Learning{Name: "Ida", Department: "Housing", Consent: "loud"}, false, "", ""},
	} {
		told, ok := c.learning.Tell(departments)
		if ok != c.ok || told.Who != c.who || told.Department != c.department {
			t.Errorf("%s: %v %q %q", c.name, ok, told.Who, told.Department)
		}
	}
	for text, want := range map[string]Consent{"": Private, "name": WithName, "unnamed": WithoutName, "NAME": Private, "private": Private} {
		if got := ParseConsent(text); got != want {
			t.Errorf("%q is read as %q", text, got)
		}
	}
}

func TestMatches(t *testing.T) {
	told := Told{Words: "One page replaced FORTY calls", About: "Guide", Who: "Ida", Department: "Housing"}
	for query, want := range map[string]bool{"": true, "forty page": true, "Housing ida guide": true, "forty parks": false} {
		if told.Matches(query) != want {
			t.Errorf("%q matches: %v", query, !want)
		}
	}
}
