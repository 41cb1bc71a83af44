package canonical

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

// mustParse parses an address that has to be accepted, and checks what holds
// for every accepted one.
func mustParse(t testing.TB, raw string) URL {
	t.Helper()
	u, err := Parse(raw)
	if err != nil {
		t.Fatalf("Parse(%q) refused: %v", raw, err)
	}
	checkURL(t, raw, u)
	return u
}

// checkURL checks the promises of URL and Parse that hold for every result.
func checkURL(t testing.TB, raw string, u URL) {
	t.Helper()
	again, err := Parse(u.Address)
	if err != nil {
		t.Fatalf("Parse(%q) gave the address %q, which is refused: %v", raw, u.Address, err)
	}
	if again != u {
		t.Fatalf("not idempotent for %q:\nfirst  %+v\nsecond %+v", raw, u, again)
	}
	if len(u.Address) > maxAddress {
		t.Fatalf("Parse(%q): the address has %d characters", raw, len(u.Address))
	}
	if !strings.HasPrefix(u.Address, "https://") && !strings.HasPrefix(u.Address, "http://") {
		t.Fatalf("Parse(%q): the address %q is not for the web", raw, u.Address)
	}
	for i := range len(u.Address) {
		if u.Address[i] <= ' ' || u.Address[i] >= 0x7f {
			t.Fatalf("Parse(%q): the address %q is not printable ASCII", raw, u.Address)
		}
	}
	if u.Key == "" || u.Host == "" || u.Site == "" || !utf8.ValidString(u.Host) {
		t.Fatalf("Parse(%q): something is missing in %+v", raw, u)
	}
}

func TestSameThingHasOneKey(t *testing.T) {
	seen := map[string]string{}
	count := 0
	for _, group := range sameGroups {
		key := mustParse(t, group.addresses[0]).Key
		if other, ok := seen[key]; ok {
			t.Errorf("%s and %s share the key %q", group.name, other, key)
		}
		seen[key] = group.name
		for _, address := range group.addresses {
			count++
			if got := mustParse(t, address).Key; got != key {
				t.Errorf("%s: %q\n got %q\nwant %q", group.name, address, got, key)
			}
		}
	}
	for _, address := range distinct {
		count++
		key := mustParse(t, address).Key
		if other, ok := seen[key]; ok {
			t.Errorf("%q and %q share the key %q", address, other, key)
		}
		seen[key] = address
	}
	if count < 200 {
		t.Errorf("the table has shrunk to %d addresses", count)
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range refused {
		u, err := Parse(c.address)
		var refusal *Refusal
		if !errors.As(err, &refusal) {
			t.Errorf("Parse(%q) = %+v, %v; want a refusal %q", c.address, u, err, c.code)
			continue
		}
		if u != (URL{}) {
			t.Errorf("Parse(%q) refused and still returned %+v", c.address, u)
		}
		if refusal.Code != c.code {
			t.Errorf("Parse(%q): code %q, want %q (%s)", c.address, refusal.Code, c.code, refusal.Say)
		}
		if refusal.Error() != refusal.Say {
			t.Errorf("Error() is %q, Say is %q", refusal.Error(), refusal.Say)
		}
	}
	for _, address := range kept {
		mustParse(t, address)
	}
}

func TestSentencesAreSentences(t *testing.T) {
	all := map[string]string{}
	for code, say := range sentences {
		all[code] = say
	}
	for reason, say := range secretSentences {
		all[string(reason)] = say
	}
	for _, places := range secretPlaces {
		for _, place := range places {
			if secretSentences[place.reason] == "" {
				t.Errorf("the place %+v has no sentence", place)
			}
		}
	}
	for name, reason := range secretNames {
		if secretSentences[reason] == "" {
			t.Errorf("the parameter %q has no sentence", name)
		}
	}
	for name, say := range all {
		if !strings.HasSuffix(say, ".") || strings.Count(say, ". ") > 0 || strings.ContainsAny(say, "!\n") || len(say) > 240 {
			t.Errorf("%s: not one plain sentence: %q", name, say)
		}
	}
}

// TestTablesAreInLowerCase: what they are compared with is.
func TestTablesAreInLowerCase(t *testing.T) {
	check := func(table, entry string) {
		t.Helper()
		if entry != strings.ToLower(entry) {
			t.Errorf("%s: %q is never found", table, entry)
		}
	}
	for name := range trackingNames {
		check("trackingNames", name)
	}
	for _, table := range []map[string][]string{siteTracking, siteNoise} {
		for host, names := range table {
			check("host", host)
			for _, name := range names {
				check(host, name)
			}
		}
	}
	for host, places := range secretPlaces {
		check("secretPlaces", host)
		for _, place := range places {
			check(host, place.path)
			check(host, place.param)
		}
	}
	for host, list := range wrappers {
		check("wrappers", host)
		for _, w := range list {
			for _, name := range w.params {
				check(host, name)
			}
		}
	}
	for name := range secretNames {
		check("secretNames", name)
		if name != squeezed.Replace(name) {
			t.Errorf("secretNames: %q is never found", name)
		}
	}
	for word := range signInWords {
		check("signInWords", word)
		if word != squeezed.Replace(word) {
			t.Errorf("signInWords: %q is never found", word)
		}
	}
}

// TestEveryTrackingNameOfASite goes through the table of sites.
func TestEveryTrackingNameOfASite(t *testing.T) {
	for host, names := range siteTracking {
		host = strings.TrimPrefix(host, ".")
		plain := mustParse(t, "https://"+host+"/page-of-this-site")
		for _, name := range names {
			name = strings.TrimSuffix(name, "*")
			if got := mustParse(t, "https://"+host+"/page-of-this-site?"+name+"=x"); got != plain {
				t.Errorf("%s at %s: %+v", name, host, got)
			}
		}
	}
}

func TestTooLong(t *testing.T) {
	base := "https://example.org/"
	mustParse(t, base+strings.Repeat("a", maxAddress-len(base)))
	for _, address := range []string{
		base + strings.Repeat("a", maxAddress-len(base)+1),
		base + strings.Repeat("ü", 400),
		base + strings.Repeat("a", maxRaw),
		strings.Repeat("https://", 5000),
	} {
		_, err := Parse(address)
		var refusal *Refusal
		if !errors.As(err, &refusal) || refusal.Code != codeTooLong {
			t.Errorf("%d bytes: %v", len(address), err)
		}
	}
	// Tracking does not count: what is kept is short.
	mustParse(t, base+"?utm_source="+strings.Repeat("a", maxAddress))
}

func TestWrappersInWrappersEnd(t *testing.T) {
	address := "https://href.li/?" + strings.Repeat("https://href.li/?", maxPasses+4) + "https://example.org/"
	_, err := Parse(address)
	var refusal *Refusal
	if !errors.As(err, &refusal) || refusal.Code != codeMalformed {
		t.Errorf("endless wrapping: %v", err)
	}
}

func TestAddress(t *testing.T) {
	for raw, want := range map[string]string{
		// what opens the content stays as it was shared
		"https://www.example.org/a/?b=2&a=1":                        "https://www.example.org/a/?b=2&a=1",
		"http://example.org/a":                                      "http://example.org/a",
		"https://example.org":                                       "https://example.org/",
		"https://docs.racket-lang.org/x.html?q=y#%28def._z%29":      "https://docs.racket-lang.org/x.html?q=y#%28def._z%29",
		"https://youtu.be/dQw4w9WgXcQ?t=42&si=abc":                  "https://youtu.be/dQw4w9WgXcQ?t=42",
		"https://arxiv.org/pdf/2101.00001v2":                        "https://arxiv.org/pdf/2101.00001v2",
		"https://example.org/?redirect=https%3A%2F%2Fother.example": "https://example.org/?redirect=https%3A%2F%2Fother.example",
		// what only measures goes
		"https://example.org/a?utm_source=x&b=1&fbclid=y#utm_medium=z": "https://example.org/a?b=1",
		"https://example.org/a#part:~:text=some%20words":               "https://example.org/a#part",
		"https://example.org/%7euser/%e4?x=%41%2f":                     "https://example.org/~user/%E4?x=A%2F",
		"https://example.org/100%":                                     "https://example.org/100%25",
		"https://en.m.wikipedia.org/wiki/Bot":                          "https://en.wikipedia.org/wiki/Bot",
		"https://www.google.com/amp/s/news.example/one-two-three/amp":  "https://news.example/one-two-three/amp",
		"example.org/x": "https://example.org/x",
		"https://eur02.safelinks.protection.outlook.com/?url=broken":    "https://eur02.safelinks.protection.outlook.com/?url=broken",
		"https://urldefense.com/v3/__http://example.org/a*b__;IQ!!x!y$": "http://example.org/a!b",
		"https://www.google.com/url?q=http%3A%2F%2Fexample.org%2Fa%3Fb": "http://example.org/a?b",
	} {
		if got := mustParse(t, raw).Address; got != want {
			t.Errorf("Parse(%q).Address\n got %q\nwant %q", raw, got, want)
		}
	}
}

func TestHostAndSite(t *testing.T) {
	for raw, want := range map[string][2]string{
		"https://www.example.co.uk/x":            {"example.co.uk", "example.co.uk"},
		"https://blog.example.co.uk/x":           {"blog.example.co.uk", "example.co.uk"},
		"https://m.example.org/x":                {"example.org", "example.org"},
		"https://www.gov.uk/x":                   {"gov.uk", "gov.uk"},
		"https://housing.council.gov.uk/x":       {"housing.council.gov.uk", "council.gov.uk"},
		"https://one.github.io/x":                {"one.github.io", "one.github.io"},
		"https://www.bücher.example/":            {"bücher.example", "xn--bcher-kva.example"},
		"https://пример.рф/":                     {"пример.рф", "xn--e1afmkfd.xn--p1ai"},
		"https://xn--80ak6aa92e.com/":            {"xn--80ak6aa92e.com", "xn--80ak6aa92e.com"}, // looks Latin, is not
		"https://youtu.be/dQw4w9WgXcQ":           {"youtu.be", "youtube.com"},
		"https://twitter.com/a/status/100000001": {"twitter.com", "x.com"},
		"http://8.8.8.8:81/x":                    {"8.8.8.8", "8.8.8.8"},
		"http://[2606:4700:4700::1111]/x":        {"[2606:4700:4700::1111]", "[2606:4700:4700::1111]"},
		"https://EXAMPLE.org.:8080/":             {"example.org", "example.org"},
	} {
		u := mustParse(t, raw)
		if u.Host != want[0] || u.Site != want[1] {
			t.Errorf("Parse(%q): host %q, site %q; want %q", raw, u.Host, u.Site, want)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	for name, address := range map[string]string{
		"plain":   "https://example.org/2024/report",
		"tracked": "https://www.example.org/2024/report/?utm_source=mail&id=7&utm_medium=x&fbclid=abc#part",
		"wrapped": "https://eur02.safelinks.protection.outlook.com/?url=https%3A%2F%2Ftarget.example%2Fpage%3Fid%3D7&data=05%7C01&sdata=abc%3D&reserved=0",
		"site":    "https://m.youtube.com/watch?v=dQw4w9WgXcQ&feature=share",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Parse(address); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
