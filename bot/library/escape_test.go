package library

import (
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"pgregory.net/rapid"

	"evangelist/bot"
)

// hostile are words that a reader of Markdown, HTML or YAML might take for more.
var hostile = []string{
	"<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[click](javascript:alert(1))", "![x](https://evil.example/t.gif)", "<https://evil.example>",
	"https://evil.example/path", "www.evil.example", "WWW.evil.example", "somebody@evil.example", "mailto:somebody@evil.example", "@everyone", "# heading", "## heading", "- item", "+ item", "* item",
	"1. item", "23) item", "> quote", "---", "===", "***", "```", "~~~", "    code", "\tcode", "`code`", "**bold**", "_it_", "~~gone~~", "a | b", "|---|---|", "$x^2$", "{{ site.secret }}", "{% include x %}",
	"&lt;b&gt;", "&#60;b&#62;", "[^1]: note", "[ref]: https://evil.example", "\\", "\\\\<b>", "a\\", "line\r\n# two", "line\u2028# two", "line\u0085- two", "\u202eevil", "\ufeff# x", "\x00<b>", "\xff<b>", ": definition",
	"\"quoted\"", "key: value", "--- \nkind: story\n---", "%TAG", "\u00a0# no-break", "\uffff", "](x)", "](https://evil.example)",
}

// naked finds what is not escaped. A sign behind an even number of backslashes is
// not escaped; the words of ours have none of these signs.
func naked(line string) string {
	escaped := false
	for i, r := range line {
		if escaped {
			escaped = false
			continue
		}
		switch {
		case r == '\\':
			escaped = true
		case strings.ContainsRune("`*_[]<>&~|${}#^@", r):
			return line[i:]
		}
	}
	return ""
}

var (
	linkish = regexp.MustCompile(`(?i)[a-z]://|www\.|[a-z0-9]@[a-z0-9]`)
	blocky  = regexp.MustCompile(`^([-+=:~%]|[0-9]+[.)])|^\s`)
)

func harmless(t interface{ Fatalf(string, ...any) }, text, made string) {
	for line := range strings.SplitSeq(made, "\n") {
		if rest := naked(strings.TrimSuffix(line, "\\")); rest != "" {
			t.Fatalf("%q gives %q, in which %q is naked", text, made, rest)
		}
		if linkish.MatchString(line) {
			t.Fatalf("%q gives %q, which has an address", text, made)
		}
		if blocky.MatchString(line) {
			t.Fatalf("%q gives %q, which begins a block", text, made)
		}
	}
	if !utf8.ValidString(made) || strings.ContainsAny(made, "\r\x00\u0085\u2028\u2029\u202e\ufeff") {
		t.Fatalf("%q gives %q", text, made)
	}
}

func FuzzWordsStayWords(f *testing.F) {
	for _, text := range hostile {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		one := inline(text)
		if strings.Contains(one, "\n") {
			t.Fatalf("%q gives %q", text, one)
		}
		harmless(t, text, one)
		harmless(t, text, paragraphs(text))
		var read map[string]string
		if err := yaml.Unmarshal([]byte("title: "+quoted(text)+"\nlast: x\n"), &read); err != nil || len(read) != 2 || read["last"] != "x" {
			t.Fatalf("%q gives %s: %v, %v", text, quoted(text), read, err)
		}
	})
}

// Hostile words together, at every place of an entry that a user writes.
func TestNoWordsEscapeTheirFile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := func(label string) string {
			return strings.Join(rapid.SliceOfN(rapid.SampledFrom(append([]string{"plain words", "\n", "\n\n"}, hostile...)), 1, 4).Draw(t, label), rapid.SampledFrom([]string{" ", "\n", ""}).Draw(t, "with"))
		}
		e := Entry{Kind: rapid.SampledFrom(Kinds()).Draw(t, "kind"), ID: words("id"), Title: words("title"), Words: words("words"), Credit: words("credit"), Department: words("department"),
			URL: rapid.SampledFrom(append([]string{"https://example.org/a?b=c&d=<e>", "https://example.org/>\n# x", "javascript:alert(1)", "//x", "https://"}, hostile...)).Draw(t, "url"), When: noon,
			Told: []Telling{{Key: "k", Whom: words("whom"), Department: words("to"), Fresh: words("fresh"), At: noon}}}
		files := Markdown([]Entry{e}, bot.Organisation{Name: words("name")})
		if len(files) != 2 {
			t.Fatalf("%d files", len(files))
		}
		for _, file := range files {
			if !Exported(file.Name) || strings.Contains(file.Name, "..") || strings.ContainsAny(file.Name, "\\:\x00 ") {
				t.Fatalf("a file is called %q", file.Name)
			}
			text := file.Text
			if file.Name != Index {
				parts := strings.SplitN(text, "\n---\n", 2)
				var front map[string]any
				if err := yaml.Unmarshal([]byte(strings.TrimPrefix(parts[0], "---\n")), &front); err != nil || len(front) < 3 || len(front) > 7 {
					t.Fatalf("%v: %v in\n%s", err, front, text)
				}
				text = parts[1]
			}
			for line := range strings.SplitSeq(text, "\n") {
				line = ours(line)
				if rest := naked(strings.TrimSuffix(line, "\\")); rest != "" {
					t.Fatalf("%q is naked in\n%s", rest, text)
				}
				if strings.HasPrefix(line, "    ") || strings.HasPrefix(line, "\t") {
					t.Fatalf("%q is code in\n%s", line, text)
				}
			}
		}
	})
}

// ours takes away what a line has of our own marks.
func ours(line string) string {
	for _, own := range []*regexp.Regexp{
		regexp.MustCompile(`^#{1,2} `), regexp.MustCompile(`^\*(.*)\*$`), regexp.MustCompile(`^<https?://[^<>\s]+>$`),
		regexp.MustCompile(`^\[All entries\]\(\.\./\.\./README\.md\)$`), regexp.MustCompile(`^- [0-9-]+ \[(.*)\]\([a-z]+/[0-9]{4}/[a-z0-9-]+\.md\)`), regexp.MustCompile(`^- `),
	} {
		line = own.ReplaceAllString(line, "$1")
	}
	return line
}

func TestInline(t *testing.T) {
	for text, want := range map[string]string{
		"It saved 3.5 hours, at 9:30!": "It saved 3.5 hours, at 9:30!",
		"Two  spaces\nand lines":       "Two spaces and lines",
		"# not a heading":              `\# not a heading`,
		"1. not a list":                `1\. not a list`,
		"2026 was good":                "2026 was good",
		"- no item":                    `\- no item`,
		"a - b":                        "a - b",
		"<b>":                          `\<b\>`,
		"https://x.example":            "https\\:\u2060//x.example",
		"www.x.example":                "w\u2060ww.x.example",
		"a@x.example":                  "a\\@\u2060x.example",
		"R&D":                          `R\&D`,
		"":                             "",
	} {
		if got := inline(text); got != want {
			t.Errorf("%q gives %q, not %q", text, got, want)
		}
	}
	if got, want := paragraphs("One\ntwo\n\n- three"), "One\\\ntwo\n\n\\- three"; got != want {
		t.Errorf("%q, not %q", got, want)
	}
}

func TestNamesOfFiles(t *testing.T) {
	for name, want := range map[string]bool{
		"README.md": true, "stories/2026/2026-11-bins-0a1b2c3d.md": true,
		"readme.md": false, "stories/2026/2025-11-bins.md": false, "other/2026/2026-11-x.md": false, "stories/2026/2026-11-x.txt": false, "stories/../2026-11-x.md": false,
		"../README.md": false, "/etc/passwd": false, "stories/2026/2026-11-../x.md": false, `stories\2026\2026-11-x.md`: false, "stories/2026/2026-11-X.md": false, "stories/2026/x/2026-11-x.md": false, "": false, "stories/2026/2026-.md": false,
	} {
		if Exported(name) != want {
			t.Errorf("%q: %v", name, !want)
		}
	}
	// A name depends on its entry alone: what else is there, and what was told, changes nothing.
	one := Entry{ID: "one", Kind: Story, Title: "Same title: Łódź & Straße", When: time.Date(2026, 11, 30, 23, 30, 0, 0, time.UTC)}
	two := one
	two.ID = "two"
	zone := time.FixedZone("east", 3600)
	both := Markdown([]Entry{two, one}, bot.Organisation{Zone: zone})
	alone := Markdown([]Entry{one}, bot.Organisation{Zone: zone})
	if len(both) != 3 || len(alone) != 2 {
		t.Fatalf("%d and %d files", len(both), len(alone))
	}
	if name := one.file(zone); !strings.HasPrefix(name, "stories/2026/2026-12-same-title-lodz-strasse-") || alone[1].Name != name || both[1].Name != name && both[2].Name != name || both[1].Name == both[2].Name {
		t.Errorf("%q in %q and %q, %q", name, alone[1].Name, both[1].Name, both[2].Name)
	}
}
