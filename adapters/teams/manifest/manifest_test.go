package manifest_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dlclark/regexp2"
	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"evangelist/adapters/teams/manifest"
	"evangelist/bot"
)

var update = flag.Bool("update", false, "write the golden files anew")

func config() manifest.Config {
	return manifest.Config{
		AppID: "0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0", Version: "1.2.0", Organisation: "Wetherbourne Borough Council",
		URL: "https://evangelist.wetherbourne.example", Privacy: "https://evangelist.wetherbourne.example/privacy",
	}
}

func commands() []bot.Command {
	return []bot.Command{
		{Name: "digest.add", Phrases: []string{"digest add"}, Help: "puts a link forward for the next edition.", Title: "Put a link forward", Global: true, Needs: bot.Colleague},
		{Name: "digest.save", On: bot.OnMessage, Title: "Save to digest", Needs: bot.Colleague},
		{Name: "digest.leave", On: bot.OnOwnMessage, Title: "Don't include", Help: "keeps your message out.", Needs: bot.Colleague},
		{Name: "digest.pin"},
		{Name: "digest.new", Phrases: []string{"digest new"}, Help: "begins a new digest.", Needs: bot.Lead},
		{Name: "digest.credits", Phrases: []string{"digest credits"}, Help: "says whether your name stands beside your links.", Needs: bot.Colleague},
		{Name: "voices.concern", Phrases: []string{"concern"}, Help: "raises a concern, with or without your name.", Title: "Raise a concern", Global: true},
		{Name: "voices.idea", Phrases: []string{"idea"}, Help: "shares an idea.", Title: "Share an idea", Global: true},
		{Name: "network.panel", Phrases: []string{"evangelist"}, Help: "shows who is with us.", Needs: bot.Colleague},
		{Name: "network.help", Phrases: []string{"evangelist help"}, Help: "lists what I can do.", Needs: bot.Anybody},
	}
}

// ecma lets the schemas use the look-aheads that Go's own patterns lack.
type ecma struct{ *regexp2.Regexp }

func (e ecma) MatchString(text string) bool {
	ok, err := e.Regexp.MatchString(text)
	return err == nil && ok
}

func schema(t testing.TB, version string) *jsonschema.Schema {
	t.Helper()
	file, err := os.Open(filepath.Join("testdata", "teams-"+version+".schema.json.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	text, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(text)
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	compiler.UseRegexpEngine(func(pattern string) (jsonschema.Regexp, error) {
		compiled, err := regexp2.Compile(pattern, regexp2.ECMAScript)
		return ecma{compiled}, err
	})
	if err := compiler.AddResource("teams.json", doc); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("teams.json")
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

// valid holds a manifest to a schema. The version is written as a draft that
// the schema's own draft does not know, so it is compared here.
func valid(schema *jsonschema.Schema, version string, text []byte) error {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return err
	}
	if object, ok := doc.(map[string]any); !ok || object["manifestVersion"] != version {
		return errors.New("the version is another one")
	}
	return schema.Validate(doc)
}

func made(t testing.TB, variant manifest.Variant) []byte {
	t.Helper()
	text, err := manifest.Manifest(config(), commands(), variant)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// as gives a manifest another version.
func as(text []byte, from, to string) []byte {
	return bytes.ReplaceAll(bytes.ReplaceAll(text, []byte(`"`+from+`"`), []byte(`"`+to+`"`)), []byte("/v"+from+"/"), []byte("/v"+to+"/"))
}

func TestEveryVariantIsValid(t *testing.T) {
	for _, variant := range manifest.Variants() {
		own, others := "1.17", []string{"1.28", "1.29", "1.30"}
		if variant == manifest.Current || variant == manifest.Reading {
			own, others = "1.30", []string{"1.29"}
		}
		text := made(t, variant)
		if err := valid(schema(t, own), own, text); err != nil {
			t.Errorf("%s: %v", variant, err)
		}
		for _, version := range others {
			if err := valid(schema(t, version), version, as(text, own, version)); err != nil {
				t.Errorf("%s as %s: %v", variant, version, err)
			}
		}
		path := filepath.Join("testdata", string(variant)+".json")
		if *update {
			if err := os.WriteFile(path, text, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(text)); diff != "" {
			t.Errorf("%s (go test -update writes it anew):\n%s", variant, diff)
		}
	}
}

// The slash commands need a schema that knows them.
func TestSlashCommandsAreNotForOlderTenants(t *testing.T) {
	if err := valid(schema(t, "1.28"), "1.28", as(made(t, manifest.Current), "1.30", "1.28")); err == nil {
		t.Error("1.28 takes slash commands")
	}
	for variant, slash := range map[manifest.Variant]bool{manifest.Current: true, manifest.Reading: true, manifest.Older: false, manifest.OlderReading: false} {
		if got := strings.Contains(string(made(t, variant)), `"slash"`); got != slash {
			t.Errorf("%s has slash commands: %v", variant, got)
		}
	}
}

func TestOnlyReadingAsksToRead(t *testing.T) {
	for variant, reads := range map[manifest.Variant]bool{manifest.Current: false, manifest.Reading: true, manifest.Older: false, manifest.OlderReading: true} {
		if got := strings.Contains(string(made(t, variant)), "ChannelMessage.Read.Group"); got != reads {
			t.Errorf("%s asks to read channels: %v", variant, got)
		}
	}
}

// Each specimen has one fault, which the schema finds.
func TestSchemasRefuse(t *testing.T) {
	good := string(made(t, manifest.Reading))
	against := schema(t, "1.30")
	for name, change := range map[string][2]string{
		"no id":                     {`"id": "0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0",`, ``},
		"an id that is no GUID":     {`"botId": "0b1c2d3e-`, `"botId": "x-`},
		"an unknown member":         {`"accentColor"`, `"accentColour"`},
		"a colour that is none":     {`#0f6b5c`, `green`},
		"an address without scheme": {`"websiteUrl": "https://`, `"websiteUrl": "`},
		"a long name":               {`"short": "Evangelist"`, `"short": "` + strings.Repeat("x", 31) + `"`},
		"another scope":             {`"personal"`, `"everywhere"`},
		"an unknown trigger":        {`"slash"`, `"backslash"`},
		"another context":           {`"message"`, `"mail"`},
		"a long title":              {`"Save to digest"`, `"` + strings.Repeat("x", 33) + `"`},
		"another manifest version":  {`"manifestVersion": "1.30"`, `"manifestVersion": "1.31"`},
		"a permission of no kind":   {`"type": "Application"`, `"type": "Magic"`},
	} {
		bad := strings.Replace(good, change[0], change[1], 1)
		if bad == good {
			t.Errorf("%s: the good manifest has no %s", name, change[0])
		}
		if err := valid(against, "1.30", []byte(bad)); err == nil {
			t.Errorf("%s passes", name)
		}
	}
}

func TestThePackage(t *testing.T) {
	var one, two bytes.Buffer
	for _, out := range []io.Writer{&one, &two} {
		if err := manifest.Package(out, config(), commands(), manifest.Current); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(one.Bytes(), two.Bytes()) {
		t.Error("two packages differ")
	}
	archive, err := zip.NewReader(bytes.NewReader(one.Bytes()), int64(one.Len()))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, file := range archive.File {
		open, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		if files[file.Name], err = io.ReadAll(open); err != nil {
			t.Fatal(err)
		}
	}
	var m struct {
		Icons struct{ Outline, Color string }
	}
	if err := json.Unmarshal(files["manifest.json"], &m); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(files["manifest.json"], made(t, manifest.Current)) || len(files) != 3 {
		t.Errorf("the package has %d files", len(files))
	}
	for name, size := range map[string]int{m.Icons.Outline: 32, m.Icons.Color: 192} {
		icon, err := png.Decode(bytes.NewReader(files[name]))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if icon.Bounds().Dx() != size || icon.Bounds().Dy() != size {
			t.Errorf("%s is %v, want %d by %d", name, icon.Bounds(), size, size)
		}
		drawn := 0
		for y := range size {
			for x := range size {
				r, g, b, a := icon.At(x, y).RGBA()
				if size == 192 && a != 0xffff {
					t.Fatalf("%s is transparent at %d, %d", name, x, y)
				}
				if size == 32 && (r != a || g != a || b != a) {
					t.Fatalf("%s is not white at %d, %d", name, x, y)
				}
				if a > 0 && size == 32 {
					drawn++
				}
			}
		}
		if size == 32 && (drawn < 50 || drawn > 800) {
			t.Errorf("%s is drawn on %d of 1024 points", name, drawn)
		}
	}
}

func TestWhatIsListed(t *testing.T) {
	var m struct {
		Bots []struct {
			CommandLists []struct {
				Scopes, Triggers []string
				Commands         []struct{ Title, Description string }
			}
		}
		ComposeExtensions []struct {
			Commands []struct {
				ID, Title, Description string
				Context                []string
				FetchTask              bool
			}
		}
	}
	if err := json.Unmarshal(made(t, manifest.Current), &m); err != nil {
		t.Fatal(err)
	}
	var titles []string
	for _, c := range m.Bots[0].CommandLists[0].Commands {
		titles = append(titles, c.Title)
	}
	if diff := cmp.Diff([]string{"digest add", "concern", "idea", "evangelist", "evangelist help", "digest credits"}, titles); diff != "" {
		t.Errorf("what leads may do, and buttons, are not listed: %s", diff)
	}
	if first := m.Bots[0].CommandLists[0].Commands[0].Description; first != "Puts a link forward for the next edition." {
		t.Errorf("the description is %q", first)
	}
	var actions []string
	for _, c := range m.ComposeExtensions[0].Commands {
		actions = append(actions, fmt.Sprint(c.ID, " ", c.Context, " ", c.FetchTask))
	}
	if diff := cmp.Diff([]string{
		"digest.save [message] true", "digest.leave [message] true", "digest.add [compose commandBox] true",
		"voices.concern [compose commandBox] true", "voices.idea [compose commandBox] true",
	}, actions); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsWrongIsSaid(t *testing.T) {
	for name, c := range map[string]struct {
		change  func(*manifest.Config)
		variant manifest.Variant
		want    string
	}{
		"no app id":           {func(c *manifest.Config) { c.AppID = "" }, manifest.Current, "teams.app_id"},
		"an app id with name": {func(c *manifest.Config) { c.AppID = "my-bot" }, manifest.Current, "teams.app_id"},
		"no address":          {func(c *manifest.Config) { c.URL = "" }, manifest.Current, "http.public_url"},
		"a plain address":     {func(c *manifest.Config) { c.URL = "http://evangelist.example" }, manifest.Older, "https://"},
		"a local file":        {func(c *manifest.Config) { c.Privacy = "file:///etc/passwd" }, manifest.Older, "privacy"},
		"another version":     {func(c *manifest.Config) { c.Version = "1.0" }, manifest.Current, "three numbers"},
		"another language":    {func(c *manifest.Config) { c.Language = "English please" }, manifest.Current, "language"},
		"another variant":     {func(*manifest.Config) {}, "newest", "older-reading"},
	} {
		cfg := config()
		c.change(&cfg)
		var out bytes.Buffer
		err := manifest.Package(&out, cfg, commands(), c.variant)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want a word on %s", name, err, c.want)
		}
		if out.Len() > 0 {
			t.Errorf("%s: half a package was written", name)
		}
	}
	long := append(commands(), bot.Command{Name: "x", On: bot.OnMessage, Title: strings.Repeat("x", 33)})
	if _, err := manifest.Manifest(config(), long, manifest.Current); err == nil {
		t.Error("a title that is too long passes")
	}
	var many []bot.Command
	for i := range 11 {
		many = append(many, bot.Command{Name: fmt.Sprintf("x%d", i), On: bot.OnMessage, Title: "X"})
	}
	if _, err := manifest.Manifest(config(), many, manifest.Current); err == nil {
		t.Error("eleven commands on messages pass")
	}
}

// A package that cannot be written whole says so.
func TestAFullDiskIsAnError(t *testing.T) {
	if err := manifest.Package(full{}, config(), commands(), manifest.Current); err == nil {
		t.Error("a package on a full disk was written")
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

// Whatever the commands and the organisation are called, the package is valid.
func TestAnyCommands(t *testing.T) {
	schemas := map[string]*jsonschema.Schema{"1.17": schema(t, "1.17"), "1.30": schema(t, "1.30")}
	rapid.Check(t, func(t *rapid.T) {
		var all []bot.Command
		for i := range rapid.IntRange(0, 30).Draw(t, "commands") {
			c := bot.Command{
				Name: fmt.Sprintf("c%d", i), Help: rapid.String().Draw(t, "help"), Needs: rapid.SampledFrom([]bot.Role{bot.Anybody, bot.Colleague, bot.Lead}).Draw(t, "needs"),
				Global: rapid.Bool().Draw(t, "global"), Title: rapid.StringMatching(`[A-Za-z' ]{0,24}`).Draw(t, "title"),
			}
			if rapid.Bool().Draw(t, "typed") {
				c.Phrases = []string{rapid.StringMatching(`[a-z]{1,20}( [a-z]{1,20})?`).Draw(t, "phrase")}
			}
			all = append(all, c)
		}
		cfg := config()
		cfg.Name, cfg.Organisation = rapid.StringN(0, 60, 200).Draw(t, "name"), rapid.StringN(0, 60, 200).Draw(t, "organisation")
		variant := rapid.SampledFrom(manifest.Variants()).Draw(t, "variant")
		text, err := manifest.Manifest(cfg, all, variant)
		if err != nil {
			t.Fatalf("%v", err)
		}
		version := "1.17"
		if variant == manifest.Current || variant == manifest.Reading {
			version = "1.30"
		}
		if err := valid(schemas[version], version, text); err != nil {
			t.Fatalf("%v", err)
		}
	})
}

// What is too long is cut at a word, not refused.
func TestLongTextsAreCut(t *testing.T) {
	cfg := config()
	cfg.Name, cfg.Organisation = strings.Repeat("Name ", 30), strings.Repeat("Organisation ", 30)
	long := []bot.Command{{Name: "x", Phrases: []string{"x"}, Help: strings.Repeat("helps ", 90), Title: "X", Global: true}}
	for _, variant := range manifest.Variants() {
		text, err := manifest.Manifest(cfg, long, variant)
		if err != nil {
			t.Fatal(err)
		}
		version := "1.17"
		if variant == manifest.Current || variant == manifest.Reading {
			version = "1.30"
		}
		if err := valid(schema(t, version), version, text); err != nil {
			t.Errorf("%s: %v", variant, err)
		}
		for _, want := range []string{`"short": "Name Name Name Name Name…"`, `"name": "Organisation Organisation…"`, ` helps helps…"`} {
			if !strings.Contains(string(text), want) {
				t.Errorf("%s: no %s in %s", variant, want, text)
			}
		}
	}
}
