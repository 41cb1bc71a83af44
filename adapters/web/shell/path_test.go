package shell

import (
	"net/url"
	"strings"
	"testing"
)

func TestLocalPath(t *testing.T) {
	for _, path := range []string{"/", "/archive", "/archive?q=a%20b&before=2026-11-27T08:30:00Z", "/desk/draft/e9#i-aaa", "/a:b", "/?next=https://example.org/"} {
		if LocalPath(path) != path {
			t.Errorf("%q is refused", path)
		}
	}
	for _, path := range []string{
		"", "archive", "//evil.example", "///evil.example", "/\\evil.example", "/ /x", "/\n/x", "/x\x00", "https://evil.example/", "javascript:alert(1)", "\\/x", "/%zz",
		"/" + strings.Repeat("x", 500),
	} {
		if got := LocalPath(path); got != "" {
			t.Errorf("%q became %q", path, got)
		}
	}
}

// Whatever is let through stays on the host that it is resolved against.
func FuzzLocalPath(f *testing.F) {
	for _, seed := range []string{"/", "//x", "/\\x", "/a?b#c", "/\t/x", "/@x", "/.//x", "/..//x"} {
		f.Add(seed)
	}
	base, err := url.Parse("https://bot.example.org/do")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, path string) {
		got := LocalPath(path)
		if got == "" {
			return
		}
		if got != path {
			t.Fatalf("%q became %q", path, got)
		}
		to, err := base.Parse(got)
		if err != nil || to.Host != base.Host || to.Scheme != base.Scheme {
			t.Fatalf("%q leads to %v (%v)", path, to, err)
		}
	})
}
