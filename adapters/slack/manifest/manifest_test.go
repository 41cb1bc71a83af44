package manifest_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"
	"pgregory.net/rapid"

	"evangelist/adapters/slack/inbound"
	"evangelist/adapters/slack/manifest"
	"evangelist/bot"
)

var update = flag.Bool("update", false, "write the golden files anew")

// declared are commands of every sort: typed, on messages, in menus, for some
// only, by button alone.
func declared() []bot.Command {
	return []bot.Command{
		{Name: "voices.concern", Phrases: []string{"concern"}, Title: "Raise a concern", Global: true, Needs: bot.Colleague,
			Help: "Say what worries you, with or without your name; it is always answered."},
		{Name: "voices.code", Phrases: []string{"concern code", "evangelist code"}, Title: "Use a private code", Global: true, Needs: bot.Anybody,
			Help: "opens the answer to what you wrote without your name."},
		{Name: "digest", Phrases: []string{"digest"}, Needs: bot.Colleague, Help: "shows when the next edition is due, and what waits for you."},
		{Name: "digest.new", Phrases: []string{"digest new"}, Needs: bot.Lead, Help: "begins a digest."},
		{Name: "digest.add", Phrases: []string{"digest add"}, Title: "Put a link forward", Global: true, Needs: bot.Colleague,
			Help: "puts a link forward for the next edition."},
		{Name: "digest.save", On: bot.OnMessage, Title: "Save to digest", Needs: bot.Colleague, Help: "nominates the links of a message."},
		{Name: "digest.leave", On: bot.OnOwnMessage, Title: "Don't include", Needs: bot.Colleague, Help: "keeps the links of your message out of every edition, for good."},
		{Name: "digest.choose", Needs: bot.Colleague},
		{Name: "network.join", Phrases: []string{"evangelist join"}, Needs: bot.Colleague, Help: "says whether you lead, support or follow."},
		{Name: "network.help", Phrases: []string{"evangelist help"}, Needs: bot.Anybody, Help: "lists everything that you can ask of me."},
	}
}

const ours = "https://evangelist.example.org"

// variants are all kinds of install.
func variants() map[string]manifest.Options {
	all := map[string]manifest.Options{}
	for _, http := range []bool{false, true} {
		for _, quiet := range []bool{false, true} {
			for _, address := range []string{"", ours, ours + "/bot/", "http://127.0.0.1:8080", "https://[2001:db8::1]:8443", "https://büro.example.org"} {
				for _, profile := range []bool{false, true} {
					if http && !strings.HasPrefix(address, "https") {
						continue
					}
					o := manifest.Options{Organisation: "Riverside Council", Word: "champion", PublicURL: address, HTTP: http, Quiet: quiet, Profile: profile}
					all[fmt.Sprintf("http %v quiet %v at %q profile %v", http, quiet, address, profile)] = o
				}
			}
		}
	}
	return all
}

func build(t testing.TB, o manifest.Options) manifest.Manifest {
	t.Helper()
	m, err := manifest.New(declared(), o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func texts(t testing.TB, m manifest.Manifest) (yamlText, jsonText []byte) {
	t.Helper()
	yamlText, err := m.YAML()
	if err != nil {
		t.Fatal(err)
	}
	if jsonText, err = m.JSON(); err != nil {
		t.Fatal(err)
	}
	return yamlText, jsonText
}

func TestEveryVariantIsValidAndSurvivesOtherReaders(t *testing.T) {
	for name, o := range variants() {
		yamlText, jsonText := texts(t, build(t, o))
		for _, schema := range schemas(t) {
			if err := schema.check(jsonText); err != nil {
				t.Errorf("%s, %s: %v", name, schema.name, err)
			}
		}
		fromYAML, err := readYAML(yamlText)
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, yamlText)
		}
		if diff := cmp.Diff(tree(t, jsonText), tree(t, fromYAML)); diff != "" {
			t.Errorf("%s: YAML and JSON differ:\n%s", name, diff)
		}
		var theirs slack.Manifest
		if err := yaml.UnmarshalWithOptions(yamlText, &theirs, yaml.Strict()); err != nil {
			t.Fatalf("%s: slack-go cannot read it: %v", name, err)
		}
		again, err := json.Marshal(theirs)
		if err != nil {
			t.Fatal(err)
		}
		for _, schema := range schemas(t) {
			if err := schema.check(again); err != nil {
				t.Errorf("%s, by way of slack-go, %s: %v", name, schema.name, err)
			}
		}
		// What is off may be left out on the way; nothing else may.
		if diff := cmp.Diff(pruned(tree(t, jsonText)), pruned(tree(t, again))); diff != "" {
			t.Errorf("%s: lost by way of slack-go:\n%s", name, diff)
		}
	}
}

// readYAML reads YAML and writes it as JSON.
func readYAML(text []byte) ([]byte, error) {
	var value any
	if err := yaml.Unmarshal(text, &value); err != nil {
		return nil, err
	}
	return json.Marshal(value)
}

func tree(t testing.TB, text []byte) any {
	t.Helper()
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatal(err)
	}
	return value
}

// pruned leaves out what is false.
func pruned(value any) any {
	switch value := value.(type) {
	case map[string]any:
		kept := map[string]any{}
		for key, below := range value {
			if below != false {
				kept[key] = pruned(below)
			}
		}
		return kept
	case []any:
		kept := make([]any, len(value))
		for i, below := range value {
			kept[i] = pruned(below)
		}
		return kept
	}
	return value
}

func TestGolden(t *testing.T) {
	for file, o := range map[string]manifest.Options{
		"socket.yaml": {Organisation: "Riverside Council", PublicURL: ours, Profile: true},
		"http.yaml":   {Organisation: "Riverside Council", PublicURL: ours, HTTP: true, Names: map[string]string{"concern": "worry"}},
		"quiet.yaml":  {Organisation: "Riverside Council", PublicURL: ours, Quiet: true},
	} {
		got, _ := texts(t, build(t, o))
		path := filepath.Join("testdata", file)
		if *update {
			if err := os.WriteFile(path, got, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s (go test -update writes it anew):\n%s", file, diff)
		}
	}
}

// Whatever an organisation and its word are called, the limits hold and every
// reader reads the same.
func TestAnyNameFits(t *testing.T) {
	all := schemas(t)
	rapid.Check(t, func(r *rapid.T) {
		o := manifest.Options{
			Organisation: rapid.OneOf(rapid.String(), rapid.StringOfN(rapid.Rune(), 0, 400, -1), rapid.StringMatching(`[A-Z][a-z]{1,60}( [A-Z][a-z]{1,20}){0,30}`)).Draw(r, "organisation"),
			Word:         rapid.OneOf(rapid.String(), rapid.StringMatching(`[A-Za-zÄÖÜäöüéß -]{0,120}`)).Draw(r, "word"),
			Quiet:        rapid.Bool().Draw(r, "quiet"),
		}
		m, err := manifest.New(declared(), o)
		if err != nil {
			r.Fatal(err)
		}
		yamlText, jsonText := texts(t, m)
		for _, schema := range all {
			if err := schema.check(jsonText); err != nil {
				r.Fatalf("%s: %v", schema.name, err)
			}
		}
		fromYAML, err := readYAML(yamlText)
		if err != nil {
			r.Fatalf("%v\n%s", err, yamlText)
		}
		if diff := cmp.Diff(tree(t, jsonText), tree(t, fromYAML)); diff != "" {
			r.Fatal(diff)
		}
	})
}

func TestLongNames(t *testing.T) {
	for _, o := range []manifest.Options{
		{Organisation: strings.Repeat("council ", 100), Word: strings.Repeat("champion ", 20)},
		{Organisation: strings.Repeat("ü", 5000), Word: strings.Repeat("Ä", 200)},
		{Organisation: "Riverside Council of the Five Villages, the Harbour and the Islands beyond", Word: "ambassador of good practice in every department"},
		{Organisation: "\u202e\x00 \n", Word: "🙂"},
	} {
		m := build(t, o)
		_, jsonText := texts(t, m)
		for _, schema := range schemas(t) {
			if err := schema.check(jsonText); err != nil {
				t.Errorf("%.40q, %s: %v", o.Organisation, schema.name, err)
			}
		}
		if strings.HasSuffix(m.Display.Description, "…") || m.Features.Bot.DisplayName == "" {
			t.Errorf("%+v, %+v", m.Display, m.Features.Bot)
		}
	}
	if m := build(t, manifest.Options{Word: "Bürger-Botin"}); m.Display.Name != "Bürger-Botin" || m.Features.Bot.DisplayName != "burger-botin" {
		t.Errorf("%+v, %+v", m.Display, m.Features.Bot)
	}
}

func TestCommandsBecomeWhatPeopleMeet(t *testing.T) {
	m := build(t, manifest.Options{Names: map[string]string{"evangelist": "champion"}})
	var slashes []string
	for _, s := range m.Features.SlashCommands {
		slashes = append(slashes, s.Command+": "+s.Description+" ["+s.UsageHint+"]")
	}
	if diff := cmp.Diff([]string{
		"/concern: Say what worries you, with or without your name; it is always answered. [code]",
		"/champion: Says whether you lead, support or follow. [help | join]",
		"/digest: Shows when the next edition is due, and what waits for you. [add]",
	}, slashes); diff != "" {
		t.Error(diff)
	}
	var shortcuts []string
	for _, s := range m.Features.Shortcuts {
		shortcuts = append(shortcuts, s.Type+" "+s.CallbackID+" "+s.Name)
	}
	if diff := cmp.Diff([]string{
		"global voices.concern Raise a concern", "global voices.code Use a private code", "global digest.add Put a link forward",
		"message digest.save Save to digest", "message digest.leave Don't include",
	}, shortcuts); diff != "" {
		t.Error(diff)
	}
}

func TestTransports(t *testing.T) {
	socket := build(t, manifest.Options{PublicURL: ours})
	if _, text := texts(t, socket); !socket.Settings.SocketMode || bytes.Contains(text, []byte("url\"")) {
		t.Errorf("Socket Mode with addresses: %s", text)
	}
	web := build(t, manifest.Options{PublicURL: ours + "/", HTTP: true})
	got := []string{web.Settings.Events.RequestURL, web.Settings.Interactivity.RequestURL}
	for _, slash := range web.Features.SlashCommands {
		got = append(got, slash.URL)
	}
	want := []string{ours + "/slack/events", ours + "/slack/interactions", ours + "/slack/commands", ours + "/slack/commands", ours + "/slack/commands"}
	if diff := cmp.Diff(want, got); diff != "" || web.Settings.SocketMode {
		t.Errorf("request addresses, Socket Mode %v:\n%s", web.Settings.SocketMode, diff)
	}
	for _, address := range []string{"", "http://evangelist.example.org", "https://", "https://x.example.org/?a=b", "https://x.example.org/#a", "https://x.example.org/" + strings.Repeat("a", 4000), ":"} {
		if _, err := manifest.New(declared(), manifest.Options{PublicURL: address, HTTP: true}); err == nil || !strings.Contains(err.Error(), "http.public_url") {
			t.Errorf("%.60q: %v", address, err)
		}
	}
}

// A quiet app is not told what people write, and cannot look it up.
func TestQuietSeesNothing(t *testing.T) {
	m := build(t, manifest.Options{PublicURL: ours, Quiet: true})
	for _, name := range append(slices.Clone(m.OAuth.Scopes.Bot), m.Settings.Events.Bot...) {
		if strings.HasPrefix(name, "reaction") || strings.HasPrefix(name, "link") || name == "channels:history" || name == "groups:history" || name == "message.channels" || name == "message.groups" {
			t.Errorf("a quiet app asks for %s", name)
		}
	}
	if m.Features.UnfurlDomains != nil || !slices.Contains(m.Settings.Events.Bot, "message.im") || !slices.Contains(m.OAuth.Scopes.Bot, "im:history") {
		t.Errorf("%+v", m)
	}
	if full := build(t, manifest.Options{PublicURL: ours}); !slices.Contains(full.OAuth.Scopes.Bot, "channels:history") || !slices.Contains(full.Settings.Events.Bot, "link_shared") || !slices.Equal(full.Features.UnfurlDomains, []string{"evangelist.example.org"}) {
		t.Errorf("%+v", full)
	}
}

func TestScopesAndEventsFit(t *testing.T) {
	for name, o := range variants() {
		m := build(t, o)
		asked := manifest.Scopes(o)
		var names []string
		for _, scope := range asked {
			names = append(names, scope.Name)
			if scope.For == "" || !strings.HasSuffix(scope.Without, ".") || strings.ContainsAny(scope.For, "\n#") || scope.Must && scope.Optional() {
				t.Errorf("%+v", scope)
			}
		}
		if diff := cmp.Diff(names, m.OAuth.Scopes.Bot); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		for _, event := range m.Settings.Events.Bot {
			if needs := manifest.EventScopes(event); len(needs) > 0 && !slices.ContainsFunc(needs, func(need string) bool { return slices.Contains(names, need) }) {
				t.Errorf("%s: %s needs one of %v", name, event, needs)
			}
			if !means(event) {
				t.Errorf("%s is subscribed to, and nobody reads it", event)
			}
		}
		yamlText, _ := texts(t, m)
		for _, scope := range asked {
			if !bytes.Contains(yamlText, []byte("- "+scope.Name+" # "+scope.For+"\n")) {
				t.Errorf("%s: %s has no remark:\n%s", name, scope.Name, yamlText)
			}
		}
	}
	if means("file_shared") {
		t.Error("the check lets everything pass")
	}
}

// means reports whether the adapter makes something of an event.
func means(event string) bool {
	event, _, _ = strings.Cut(event, ".") // message.im arrives as message
	body := fmt.Sprintf(`{"type":"event_callback","team_id":"T1","event_id":"Ev1","event":{"type":%q,"user":"U1","channel":"C1","channel_type":"im","ts":"1.1","text":"x","tab":"home","item":{"type":"message","channel":"C1","ts":"1.1"},"links":[{"url":"https://x.example.org"}],"message_ts":"1.1"}}`, event)
	read, err := inbound.ParseEvent([]byte(body), inbound.Us{Platform: "slack", Team: "T1", User: "U1", Bot: "B1"})
	return err == nil && read.Kind != inbound.Other
}

func TestBadNames(t *testing.T) {
	for word, name := range map[string]string{
		"concern": "digest", "digest": "Digest", "evangelist": "two words", "nothing": "x",
		"concern ": "worry", "idea": "idea",
	} {
		if _, err := manifest.New(declared(), manifest.Options{Names: map[string]string{word: name}}); err == nil {
			t.Errorf("%s as %q was accepted", word, name)
		}
	}
	for _, bad := range []string{"", "/worry", "Worry", "wor ry", "worry!", strings.Repeat("w", 32), "wörry.", "a\x00b"} {
		if err := manifest.CheckName(bad); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
	for _, good := range []string{"w", "worry", "say-it", "say_it_2", strings.Repeat("w", 31), "sörge"} {
		if err := manifest.CheckName(good); err != nil {
			t.Error(err)
		}
	}
	swapped := map[string]string{"concern": "digest", "digest": "concern"}
	if _, err := manifest.New(declared(), manifest.Options{Names: swapped}); err != nil {
		t.Errorf("two commands that change names: %v", err)
	}
}

func TestTooMuchIsSaid(t *testing.T) {
	for what, command := range map[string]func(int) bot.Command{
		"shortcuts": func(i int) bot.Command { return bot.Command{Name: fmt.Sprint("s", i), Title: "T", Global: true} },
		"slash commands": func(i int) bot.Command {
			return bot.Command{Name: fmt.Sprint("s", i), Phrases: []string{fmt.Sprint("w", i)}}
		},
		"title": func(int) bot.Command {
			return bot.Command{Name: "s", Title: strings.Repeat("T", 25), On: bot.OnMessage}
		},
	} {
		var many []bot.Command
		for i := range 60 {
			many = append(many, command(i))
		}
		if _, err := manifest.New(many, manifest.Options{}); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
