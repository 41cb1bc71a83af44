package shell

import (
	"net/http"
	"net/url"
	"strings"
)

// policy lets a page load what is ours and nothing else; no script or style
// stands in a page itself.
const policy = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// secure sets what every answer carries. Over plain HTTP browsers ignore the
// opener policy, with an error for each page.
func secure(h http.Header, https bool) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	if https {
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
	}
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()")
	// "no-referrer" would also blank the Origin of our own forms.
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cache-Control", "private, no-cache")
	h.Set("X-Robots-Tag", "noindex, nofollow")
}

// LocalPath returns a path of our own web with its query and fragment, or ""
// for anything that could lead elsewhere.
func LocalPath(path string) string {
	if len(path) == 0 || len(path) > 500 || path[0] != '/' || strings.HasPrefix(path, "//") {
		return ""
	}
	for _, r := range path {
		if r < 0x21 || r == 0x7f || r == '\\' {
			return ""
		}
	}
	parsed, err := url.Parse(path)
	if err != nil || parsed.Scheme != "" || parsed.Host != "" || parsed.User != nil || strings.HasPrefix(parsed.Path, "//") {
		return ""
	}
	return path
}
