package office

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"evangelist/bot"
)

func TestAppoint(t *testing.T) {
	lead := func() *bot.Person { return &bot.Person{Roles: []bot.Role{bot.Lead}} }
	for _, c := range []struct {
		name    string
		person  *bot.Person
		change  string
		others  int
		changed bool
		code    string
		roles   []bot.Role
	}{
		{"a new lead", &bot.Person{}, appointLead, 1, true, "", []bot.Role{bot.Lead}},
		{"a lead again", lead(), appointLead, 0, false, "", []bot.Role{bot.Lead}},
		{"an inactive one", &bot.Person{Inactive: true}, appointLead, 1, false, "inactive", nil},
		{"the last lead", lead(), releaseLead, 0, false, "last-lead", []bot.Role{bot.Lead}},
		{"one of two leads", lead(), releaseLead, 1, true, "", nil},
		{"who was none", &bot.Person{}, releaseLead, 0, false, "", nil},
		{"a reader", lead(), appointReader, 0, true, "", []bot.Role{bot.Lead, bot.Reader}},
		{"the last reader", &bot.Person{Roles: []bot.Role{bot.Reader}}, releaseReader, 1, true, "", nil},
		{"nothing", lead(), "", 3, false, "team-change", []bot.Role{bot.Lead}},
	} {
		changed, err := Appoint(c.person, c.change, c.others)
		code := ""
		var said *bot.Error
		if errors.As(err, &said) {
			code = said.Code
		}
		if changed != c.changed || code != c.code || !slices.Equal(c.person.Roles, c.roles) {
			t.Errorf("%s: changed %v, %v, roles %v", c.name, changed, err, c.person.Roles)
		}
	}
}

// golden compares a message with the file of that name. With
// EVANGELIST_GOLDEN=write the files are written instead.
func golden(t *testing.T, name string, message bot.Message) {
	t.Helper()
	text, err := message.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, text, "", "  "); err != nil {
		t.Fatal(err)
	}
	pretty.WriteByte('\n')
	file := filepath.Join("testdata", name+".json")
	if os.Getenv("EVANGELIST_GOLDEN") == "write" {
		if err := os.WriteFile(file, pretty.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, pretty.Bytes()) {
		t.Errorf("%s differs from %s:\n%s", name, file, pretty.Bytes())
	}
}

func TestGoldenMessages(t *testing.T) {
	for name, message := range map[string]bot.Message{
		"appointed": appointedMessage(appointReader, bot.Actor{Person: "p9", Name: "Person Nine"}),
		"watching": watchMessage([]bot.Place{
			{Name: "general", Kind: bot.OpenChannel, Member: true}, {Name: "inner", Kind: bot.PrivateChannel}, {Name: "partners", Kind: bot.OpenChannel, Member: true, External: true},
		}),
		"watching-nothing": watchMessage(nil),
		"shared":           sharedMessage("hall", true),
		"shared-no-more":   sharedMessage("hall", false),
	} {
		golden(t, name, message)
		if message.Summary == "" {
			t.Errorf("%s has no summary", name)
		}
	}
}

// Every command is for leads alone, and can be typed.
func TestCommandsAreForLeads(t *testing.T) {
	router := bot.NewRouter(bot.RouterConfig{})
	commands := New(Config{}).Commands()
	if err := router.Add(commands...); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, command := range commands {
		names = append(names, command.Name)
		if command.Needs != bot.Lead || len(command.Phrases) == 0 || command.Help == "" || command.Usage == "" {
			t.Errorf("%s needs %q, is typed as %q: %q", command.Name, command.Needs, command.Phrases, command.Help)
		}
	}
	if want := []string{"network.team", "network.watch", "network.shared"}; !slices.Equal(names, want) {
		t.Errorf("commands %q, want %q: buttons of older messages carry these names", names, want)
	}
	for _, button := range Buttons() {
		if !slices.Contains(names, button.Command) {
			t.Errorf("a button for %s, which is no command", button.Command)
		}
	}
}
