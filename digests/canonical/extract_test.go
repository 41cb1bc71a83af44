package canonical

import (
	"slices"
	"strings"
	"testing"
	"unicode"
)

func TestExtract(t *testing.T) {
	for text, want := range map[string][]string{
		"": nil,
		"no address here, not even example.org or a@www.example.org":              nil,
		"see https://example.org/a.":                                              {"https://example.org/a"},
		"see https://example.org/a, http://example.org/b; and www.example.org/c!": {"https://example.org/a", "http://example.org/b", "www.example.org/c"},
		"(https://example.org/a_(b))":                                             {"https://example.org/a_(b)"},
		"(see https://example.org/a)":                                             {"https://example.org/a"},
		"https://en.wikipedia.org/wiki/Hang_(computing)":                          {"https://en.wikipedia.org/wiki/Hang_(computing)"},
		"[words](https://example.org/a) and [https://example.org/b]":              {"https://example.org/a", "https://example.org/b"},
		"<https://example.org/a|label> <https://example.org/b>":                   {"https://example.org/a", "https://example.org/b"},
		"“https://example.org/a” and \"https://example.org/b\"":                   {"https://example.org/a", "https://example.org/b"},
		"twice https://example.org/a https://example.org/a":                       {"https://example.org/a"},
		"HTTPS://EXAMPLE.ORG/A Www.Example.Org":                                   {"HTTPS://EXAMPLE.ORG/A", "Www.Example.Org"},
		"code `https://example.org/a` and https://example.org/b":                  {"https://example.org/b"},
		"```\nhttps://example.org/a\n``` https://example.org/b":                   {"https://example.org/b"},
		"``a ` https://example.org/a`` https://example.org/b":                     {"https://example.org/b"},
		"one ` only https://example.org/a":                                        {"https://example.org/a"},
		"*https://example.org/a* _https://example.org/b_ ~https://example.org/c~": {"https://example.org/a", "https://example.org/b", "https://example.org/c"},
		"https://example.org/a_":                                                  {"https://example.org/a_"},
		"https://example.org/it's":                                                {"https://example.org/it's"},
		"请看https://example.org/a，很好。":                                             {"https://example.org/a"},
		"（https://example.org/a）":                                                 {"https://example.org/a"},
		"https://example.org/?a=1&amp;b=2&gt;":                                    {"https://example.org/?a=1&amp;b=2"},
		"www.google.com&gt;":                                                      {"www.google.com"},
		"https://web.archive.org/web/2020/https://www.example.org/a":              {"https://web.archive.org/web/2020/https://www.example.org/a"},
		"https:// http://. www. www.. www.a www.x.y https://…":                    nil,
		"xhttps://example.org/a and 1www.example.org":                             nil,
		"https://example.org/a?!":                                                 {"https://example.org/a"},
		"https://example.org/a... and https://example.org/b…":                     {"https://example.org/a", "https://example.org/b"},
		"https://bücher.example/ü":                                                {"https://bücher.example/ü"},
		"http://[2606:4700:4700::1111]/x and http://user:pw@example.org":          {"http://[2606:4700:4700::1111]/x", "http://user:pw@example.org"},
		"line\nhttps://example.org/a\nline":                                       {"https://example.org/a"},
		"https://example.org/a)b":                                                 {"https://example.org/a)b"},
		"https://example.org/#/route/":                                            {"https://example.org/#/route/"},
		"www.example.org.":                                                        {"www.example.org"},
		"url:https://example.org/a":                                               {"https://example.org/a"},
	} {
		if got := Extract(text); !slices.Equal(got, want) {
			t.Errorf("Extract(%q)\n got %q\nwant %q", text, got, want)
		}
	}
}

// TestExtractOfLongText feeds what keeps a careless scanner busy for hours:
// a quadratic one runs into the test's time limit.
func TestExtractOfLongText(t *testing.T) {
	var backticks strings.Builder
	for i := range 3000 {
		backticks.WriteString(strings.Repeat("`", i+1) + " ")
	}
	for name, c := range map[string]struct {
		text string
		want int
	}{
		"brackets":  {"https://example.org/a" + strings.Repeat(")", 3_000_000), 1},
		"backticks": {backticks.String() + "https://example.org/a", 1},
		"starts":    {strings.Repeat("www.", 1_000_000), 1},
		"schemes":   {strings.Repeat("https:// ", 500_000), 0},
	} {
		if got := Extract(c.text); len(got) != c.want {
			t.Errorf("%s: %d addresses, want %d", name, len(got), c.want)
		}
	}
}

func FuzzExtract(f *testing.F) {
	for _, seed := range []string{"", "see https://example.org/a).", "<https://a.example|b> `x` www.a.example", "``` `` https://b.example", "\xff\xfehttps://c.example/\x80"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		valid := strings.ToValidUTF8(text, " ")
		seen := map[string]bool{}
		for _, address := range Extract(text) {
			lower := strings.ToLower(address)
			if !strings.HasPrefix(lower, "http://") && !strings.HasPrefix(lower, "https://") && !strings.HasPrefix(lower, "www.") {
				t.Fatalf("%q is no address as people type them", address)
			}
			if strings.ContainsFunc(address, unicode.IsSpace) || strings.ContainsAny(address, "<>`\"") {
				t.Fatalf("%q reaches too far", address)
			}
			if !strings.Contains(valid, address) || seen[address] {
				t.Fatalf("%q is not in the text, or came twice", address)
			}
			seen[address] = true
			if again := Extract(address); len(again) != 1 || again[0] != address {
				t.Fatalf("Extract(%q) = %q", address, again)
			}
		}
	})
}
