package canonical

import (
	"encoding/base64"
	"strings"
)

// unwrap returns the address to which a redirect wrapper leads, as text that
// still has to be cleaned and parsed. A wrapper that cannot be read stays.
func unwrap(p page) (string, bool) {
	var inner string
	found := lookUp(wrappers, wrapperHost(p.host), func(list []wrapper) bool {
		for _, w := range list {
			if inner = w.open(p); inner != "" {
				return true
			}
		}
		return false
	})
	return inner, found
}

// wrapperHost is ruleHost for the one national site that wraps.
func wrapperHost(host string) string {
	if strings.Contains(host, "google.") {
		return ruleHost(host)
	}
	return host
}

// open returns the address inside p, or "".
func (w wrapper) open(p page) string {
	behind, ok := strings.CutPrefix(p.path, strings.TrimPrefix(w.path, "="))
	if !ok || w.path[0] == '=' && strings.Trim(behind, "/") != "" {
		return ""
	}
	switch w.kind {
	case inQuery:
		_, query, _ := strings.Cut(p.rest(), "?")
		return webOnly(query)
	case inPath:
		host, _, _ := strings.Cut(behind, "/")
		if !strings.Contains(host, ".") {
			return ""
		}
		p.path = behind
		return w.scheme + p.rest()
	case inMarked:
		return openMarked(strings.TrimPrefix(p.rest(), w.path))
	case inLast:
		for _, segment := range strings.Split(behind, "/") {
			if at := strings.Index(segment, "http"); at >= 0 {
				if inner := webOnly(unescape(segment[at:])); inner != "" {
					return inner
				}
			}
		}
		return ""
	}
	for _, name := range w.params {
		if inner := webOnly(decodeParam(w.kind, p.get(name))); inner != "" {
			return inner
		}
	}
	return ""
}

func decodeParam(kind wrapKind, value string) string {
	switch kind {
	case inDash:
		return unescape(strings.NewReplacer("-", "%", "_", "/").Replace(value))
	case inBase64:
		if len(value) < 2 {
			return ""
		}
		decoded, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(value[2:], "="))
		if err != nil {
			return ""
		}
		return string(decoded)
	}
	return value
}

// webOnly returns text if it is an http or https address of its own. Some
// wrappers encode it twice.
func webOnly(text string) string {
	for range 2 {
		if rest, ok := cutWebScheme(text); ok && rest != "" {
			return text
		}
		text = unescape(text)
	}
	return ""
}

// openMarked reads the third form of one mail scanner: the address stands
// between "__" and "__;", with "*" for each replaced character and "**x" for a
// run of them; the characters themselves follow in base64 up to "!".
func openMarked(text string) string {
	text = strings.TrimPrefix(text, "__")
	end := strings.LastIndex(text, "__;")
	if end < 0 {
		return ""
	}
	marked, tail := text[:end], text[end+len("__;"):]
	encoded, _, _ := strings.Cut(tail, "!")
	decoded, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(unescape(encoded), "="))
	if err != nil {
		return ""
	}
	replaced := []rune(string(decoded))
	take := func(n int) string {
		n = min(n, len(replaced))
		taken := string(replaced[:n])
		replaced = replaced[n:]
		return taken
	}
	var b strings.Builder
	for i := 0; i < len(marked); i++ {
		switch {
		case marked[i] != '*':
			b.WriteByte(marked[i])
		case i+2 < len(marked) && marked[i+1] == '*':
			b.WriteString(take(strings.IndexByte(runLengths, marked[i+2]) + 2))
			i += 2
		default:
			b.WriteString(take(1))
		}
	}
	return webOnly(mendSlashes(b.String()))
}

// runLengths spells the lengths 2, 3, 4 … of a run of replaced characters.
const runLengths = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// mendSlashes restores the second slash that some mail programs fold away.
func mendSlashes(text string) string {
	for _, scheme := range [...]string{"https:/", "http:/"} {
		if rest, ok := strings.CutPrefix(text, scheme); ok && !strings.HasPrefix(rest, "/") {
			return scheme + "/" + rest
		}
	}
	return text
}
