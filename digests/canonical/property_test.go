package canonical

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// anyPage draws an ordinary address: its beginning, and its query in pieces
// with distinct names.
func anyPage(t *rapid.T) (base string, query []string) {
	host := rapid.SampledFrom([]string{"example.org", "www.example.org", "m.example.org", "docs.google.com", "www.youtube.com", "en.wikipedia.org", "github.com", "a.co.uk", "bücher.example", "x.com", "www.amazon.de", "[2606:4700::1]", "example.org:8443"}).Draw(t, "host")
	path := rapid.StringMatching(`(/[a-zA-Z0-9%()_.~ü-]{0,9}){0,4}/?`).Draw(t, "path")
	names := rapid.SliceOfNDistinct(rapid.StringMatching(`n[a-z]{0,2}[A-Z0-9]?`), 0, 5, strings.ToLower).Draw(t, "names")
	for _, name := range names {
		query = append(query, name+"="+rapid.StringMatching(`([a-z0-9 +%/()]{0,5}[a-z0-9+%/()])?`).Draw(t, "value"))
	}
	return rapid.SampledFrom([]string{"http://", "https://"}).Draw(t, "scheme") + host + path, query
}

func write(base string, query []string, fragment string) string {
	if len(query) > 0 {
		base += "?" + strings.Join(query, "&")
	}
	return base + fragment
}

func TestOrderOfParametersDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base, query := anyPage(t)
		first, err := Parse(write(base, query, ""))
		if err != nil {
			t.Fatalf("an ordinary page was refused: %v", err)
		}
		shuffled := rapid.Permutation(query).Draw(t, "order")
		second, err := Parse(write(base, shuffled, ""))
		if err != nil || first.Key != second.Key {
			t.Fatalf("%q and %q: %q, %q, %v", query, shuffled, first.Key, second.Key, err)
		}
	})
}

func TestTrackingChangesNothing(t *testing.T) {
	names := make([]string, 0, len(trackingNames))
	for name := range trackingNames {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, prefix := range trackingPrefixes {
		names = append(names, prefix+"x")
	}
	rapid.Check(t, func(t *rapid.T) {
		base, query := anyPage(t)
		plain, err := Parse(write(base, query, ""))
		if err != nil {
			t.Fatalf("an ordinary page was refused: %v", err)
		}
		name := rapid.SampledFrom(names).Draw(t, "tracking")
		if rapid.Bool().Draw(t, "capitals") {
			name = strings.ToUpper(name)
		}
		place := rapid.IntRange(0, len(query)).Draw(t, "place")
		tracked := slices.Insert(slices.Clone(query), place, name+"="+rapid.StringMatching(`[A-Za-z0-9._-]{0,30}`).Draw(t, "value"))
		same, err := Parse(write(base, tracked, ""))
		if err != nil || same != plain {
			t.Fatalf("with %s: %+v, %v\nwithout: %+v", name, same, err, plain)
		}
	})
}

func TestParseIsIdempotent(t *testing.T) {
	pieces := []string{"https://", "http:/", "www.", "m.", "example.org", "google.com", "youtu.be/", "/url?q=", "?", "&", "#", "!", "/", "..", "%", "%2", "%2e", "%41", "%26amp;", "amp;", "=", ";jsessionid=", "utm_", "source", ":80", "index.html", "/amp", "@", "*", "__;", "\\", " ", "\t", "ü", "\u200d", "\xff", "[", "]", "|", "'", "+", ":~:", "v3/__"}
	rapid.Check(t, func(t *rapid.T) {
		raw := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 20).Draw(t, "pieces"), "")
		holdsForAny(t, rapid.SampledFrom([]string{"", "https://example.org/", "https://urldefense.com/v3/__"}).Draw(t, "start")+raw)
	})
}

// failer is what *testing.T and *rapid.T share here.
type failer interface{ Fatalf(string, ...any) }

// holdsForAny checks what Parse promises for every text whatever.
func holdsForAny(t failer, raw string) {
	u, err := Parse(raw)
	if err != nil {
		var refusal *Refusal
		if !errors.As(err, &refusal) || refusal.Code == "" || refusal.Say == "" || u != (URL{}) {
			t.Fatalf("Parse(%q) = %+v, %#v", raw, u, err)
		}
		return
	}
	again, err := Parse(u.Address)
	if err != nil || again != u {
		t.Fatalf("not idempotent for %q:\nfirst  %+v\nsecond %+v, %v", raw, u, again, err)
	}
}

func FuzzParse(f *testing.F) {
	for _, group := range sameGroups {
		for _, address := range group.addresses {
			f.Add(address)
		}
	}
	for _, c := range refused {
		f.Add(c.address)
	}
	for _, seed := range []string{"https://example.org/a&%61mp;b", "https://example.org/%2%65/x", "https://example.org/?x&%61mp;%61mp;y", "https://example.org/;jsessionid=;jsessionid=a/b", "//", "https://example.org/a#b:~:c:~:d"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) { holdsForAny(t, raw) })
}

// TestKeyIgnoresScheme goes through the table with the other scheme.
func TestKeyIgnoresScheme(t *testing.T) {
	for _, address := range distinct {
		other := strings.Replace(address, "https://", "http://", 1)
		if mustParse(t, address).Key != mustParse(t, other).Key {
			t.Errorf("%q and %q differ", address, other)
		}
	}
}
