package config_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"evangelist/cmd/evangelist/config"
)

const example = "../../../config.example.yaml"

func TestExampleHoldsEveryKeyAndNoOther(t *testing.T) {
	text, err := os.ReadFile(example)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := config.Parse(example, text); err != nil {
		t.Fatalf("the example does not decode: %v", err)
	}
	// With every key switched on it must still decode strictly.
	var all []string
	for line := range strings.Lines(string(text)) {
		if trimmed := strings.TrimLeft(line, " "); strings.HasPrefix(trimmed, "#") && !strings.HasPrefix(trimmed, "# ") {
			line = strings.Replace(line, "#", "", 1)
		}
		all = append(all, line)
	}
	if _, err := config.Parse(example, []byte(strings.Join(all, ""))); err != nil {
		t.Fatalf("the example with every key switched on does not decode: %v", err)
	}
	found := map[string]bool{}
	var path []string
	for _, line := range all {
		m := regexp.MustCompile(`^( *)([a-z_]+):`).FindStringSubmatch(line)
		if m == nil {
			continue
		}
		path = append(path[:min(len(m[1])/2, len(path))], m[2])
		found[strings.Join(path, ".")] = true
	}
	for _, key := range config.Keys() {
		if !found[key.Path] {
			t.Errorf("config.example.yaml lacks %s", key.Path)
		}
	}
}

func TestMistakesNameThePlace(t *testing.T) {
	cases := map[string][]string{
		"organisation:\n  nmae: Us\n":                     {"nmae", "2"},
		"http:\n  listen: [1]\n":                          {"listen", "2"},
		"leads: 7x: y":                                    {"1"},
		"organisation: {time_zone: Europe/Atlantis}":      {"organisation.time_zone", "Europe/London"},
		"leads: [\"not an address\"]":                     {"leads", "not an address"},
		"database: mysql://x":                             {"database", "sqlite:PATH"},
		"http: {listen: nowhere}":                         {"http.listen", "127.0.0.1:8080"},
		"http: {public_url: \"javascript:alert(1)\"}":     {"http.public_url"},
		"slack: {transport: pigeon}":                      {"slack.transport"},
		"database: postgres//user:secret@h/db":            {"database"},
		"organisation: {name: \"\"}":                      {"organisation.name"},
		"organisation: {name: A, name: B}":                {"name"},
		"\x00":                                            {"mistake"},
		strings.Repeat("[", 200):                          {"mistake"},
		"leads:\n  - a@example.org\n  - {b: c}\n":         {"3"},
		"http:\n\tlisten: x\n":                            {"mistake"},
		"links: {fetch: perhaps}":                         {"links", "bool"},
		"unknown_section: {}":                             {"unknown_section"},
		"organisation:\n  name: Us\n  time_zone: Local\n": {"organisation.time_zone"},
	}
	for text, want := range cases {
		path := filepath.Join(t.TempDir(), "c.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := config.Load(path, nil)
		if err == nil {
			t.Errorf("%q was accepted", text)
			continue
		}
		for _, word := range want {
			if !strings.Contains(err.Error(), word) {
				t.Errorf("%q: the error does not say %q:\n%v", text, word, err)
			}
		}
	}
}

func TestEnvironmentOverrides(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(secret, []byte("from-a-file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load("", []string{
		"EVANGELIST_HTTP_LISTEN=127.0.0.1:9", "EVANGELIST_LEADS=a@example.org, b@example.org",
		"EVANGELIST_LINKS_FETCH=true", "EVANGELIST_SLACK_BOT_TOKEN_FILE=" + secret, "PATH=/x", "EVANGELIST_TEST_PG=ignored",
	})
	if err != nil {
		t.Fatal(err)
	}
	if c.HTTP.Listen != "127.0.0.1:9" || len(c.Leads) != 2 || !c.Links.Fetch || c.Slack.BotToken != "from-a-file" {
		t.Fatalf("not applied: %+v", c)
	}
	for _, bad := range []string{"EVANGELIST_HTP_LISTEN=x", "EVANGELIST_LINKS_FETCH=maybe", "EVANGELIST_DATABASE_FILE=/does/not/exist"} {
		if _, err := config.Load("", []string{bad}); err == nil {
			t.Errorf("%s was accepted", bad)
		}
	}
}

func TestMissingFileSaysWhatToDo(t *testing.T) {
	_, err := config.Load("/does/not/exist.yaml", nil)
	if err == nil || !strings.Contains(err.Error(), "config.example.yaml") {
		t.Fatalf("got %v", err)
	}
}

func TestPasswordIsNotRepeated(t *testing.T) {
	for _, address := range []string{"mysql://user:hunter2@h/db", "postgres//u:hunter2@h/db", "postgres:/u:hunter2@h", "host=h password=hunter2"} {
		if err := config.CheckDatabase(address); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", address, err)
		}
	}
	_, err := config.Parse("x.yaml", []byte("database: postgres://u:hunter2@h/db\nslack:\n  bot_tokn: xoxb-hunter2\n  signing_secret: hunter2\nleads:\n  - hunter2\n"))
	if err == nil || strings.Contains(err.Error(), "hunter2") || !strings.Contains(err.Error(), "bot_tokn") || !strings.Contains(err.Error(), "3") {
		t.Errorf("%v", err)
	}
}
