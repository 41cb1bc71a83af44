package manifest_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dlclark/regexp2"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"evangelist/adapters/slack/manifest"
)

// schemaVariable names a copy of Slack's own schema; see testdata/README.md.
const schemaVariable = "EVANGELIST_TEST_SLACK_SCHEMA"

type schema struct {
	name     string
	compiled *jsonschema.Schema
}

// schemas are what Slack documents and, where there is a copy, Slack's own.
func schemas(t testing.TB) []schema {
	t.Helper()
	all := []schema{{"documented", compile(t, filepath.Join("testdata", "documented.schema.json"))}}
	if theirs := os.Getenv(schemaVariable); theirs != "" {
		all = append(all, schema{"Slack's own", compile(t, theirs)})
	}
	return all
}

func compile(t testing.TB, path string) *jsonschema.Schema {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	// Slack's patterns look ahead, which Go's do not.
	compiler.UseRegexpEngine(func(pattern string) (jsonschema.Regexp, error) {
		compiled, err := regexp2.Compile(pattern, regexp2.ECMAScript)
		return ecma{compiled}, err
	})
	compiled, err := compiler.Compile(path)
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

type ecma struct{ *regexp2.Regexp }

// MatchString implements jsonschema.Regexp.
func (e ecma) MatchString(text string) bool {
	matched, err := e.Regexp.MatchString(text)
	return err == nil && matched
}

func (s schema) check(text []byte) error {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return err
	}
	return s.compiled.Validate(value)
}

// The schemas can say no: each specimen is a valid manifest with one thing wrong.
func TestSpecimensAreRefused(t *testing.T) {
	_, good := texts(t, build(t, manifest.Options{PublicURL: ours, HTTP: true}))
	many := func(n int, one any) []any {
		list := make([]any, n)
		for i := range list {
			list[i] = one
		}
		return list
	}
	shortcut := map[string]any{"name": "N", "type": "global", "callback_id": "c", "description": "d"}
	for path, value := range map[string]any{
		"display_information.name":                             strings.Repeat("n", 36),
		"display_information.description":                      strings.Repeat("d", 141),
		"display_information.long_description":                 strings.Repeat("l", 174),
		"display_information.long_description#":                strings.Repeat("l", 4001),
		"display_information.nmae":                             "x",
		"display_information":                                  nil,
		"features.slash_commands":                              many(51, map[string]any{"command": "/a", "description": "d"}),
		"features.slash_commands#command":                      []any{map[string]any{"command": "digest", "description": "d"}},
		"features.slash_commands#long":                         []any{map[string]any{"command": "/" + strings.Repeat("d", 32), "description": "d"}},
		"features.slash_commands#url":                          []any{map[string]any{"command": "/d", "description": "d", "url": "ftp://x.example.org"}},
		"features.slash_commands#description":                  []any{map[string]any{"command": "/d"}},
		"features.shortcuts":                                   many(11, shortcut),
		"features.shortcuts#none":                              []any{},
		"features.shortcuts#type":                              []any{map[string]any{"name": "N", "type": "menu", "callback_id": "c", "description": "d"}},
		"features.shortcuts#name":                              []any{map[string]any{"name": strings.Repeat("n", 25), "type": "global", "callback_id": "c", "description": "d"}},
		"features.unfurl_domains":                              []any{"a.example", "b.example", "c.example", "d.example", "e.example", "f.example"},
		"features.unfurl_domains#address":                      []any{"https://a.example"},
		"features.bot_user":                                    map[string]any{"display_name": strings.Repeat("b", 81)},
		"features.bot_user#none":                               map[string]any{},
		"oauth_config.scopes.bot":                              many(256, "chat:write"),
		"oauth_config.scopes.robot":                            []any{"chat:write"},
		"settings.event_subscriptions.bot_events":              []any{"message.im", "message.im"},
		"settings.event_subscriptions.request_url":             "evangelist.example.org",
		"settings.interactivity":                               map[string]any{},
		"settings.socket_mode_enabled":                         "yes",
		"settings.socket_mode":                                 true,
		"wrong":                                                true,
		"features.app_home.home_tab_enabled":                   1.0,
		"features.slash_commands#unknown":                      []any{map[string]any{"command": "/d", "description": "d", "help": "x"}},
		"settings.event_subscriptions.bot_events#many":         many(101, "message.im"),
		"features.shortcuts#description":                       []any{map[string]any{"name": "N", "type": "global", "callback_id": "c", "description": strings.Repeat("d", 151)}},
		"settings.interactivity.request_url":                   "/slack/interactions",
		"settings.event_subscriptions.bot_event":               []any{"message.im"},
		"settings.event_subscriptions.bot_events#not a string": []any{1.0},
	} {
		specimen := tree(t, good).(map[string]any)
		path, _, _ = strings.Cut(path, "#")
		put(specimen, strings.Split(path, "."), value)
		text, err := json.Marshal(specimen)
		if err != nil {
			t.Fatal(err)
		}
		for _, schema := range schemas(t) {
			if schema.check(text) == nil {
				t.Errorf("%s accepts %s = %.80v", schema.name, path, value)
			}
		}
	}
}

// put sets a value deep in a tree; nil takes it out.
func put(tree map[string]any, path []string, value any) {
	for _, key := range path[:len(path)-1] {
		tree = tree[key].(map[string]any)
	}
	if last := path[len(path)-1]; value == nil {
		delete(tree, last)
	} else {
		tree[last] = value
	}
}

// What only the documentation says, and Slack's schema leaves open.
func TestDocumentedNamesAreRefused(t *testing.T) {
	_, good := texts(t, build(t, manifest.Options{PublicURL: ours}))
	for path, value := range map[string]any{
		"oauth_config.scopes.bot":                 []any{"chat:wirte"},
		"settings.event_subscriptions.bot_events": []any{"message.direct"},
		"features.bot_user":                       map[string]any{"display_name": "Our Bot"},
		"features.slash_commands":                 []any{map[string]any{"command": "/Digest", "description": "d"}},
	} {
		specimen := tree(t, good).(map[string]any)
		put(specimen, strings.Split(path, "."), value)
		text, err := json.Marshal(specimen)
		if err != nil {
			t.Fatal(err)
		}
		if schemas(t)[0].check(text) == nil {
			t.Errorf("%s = %v was accepted", path, value)
		}
	}
}
