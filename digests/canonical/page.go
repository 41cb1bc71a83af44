package canonical

import (
	"slices"
	"strings"

	whatwg "github.com/nlnwa/whatwg-url/url"
)

// page is an address taken apart.
type page struct {
	scheme   string // "http" or "https"
	host     string // ASCII, lower case, no dot at the end; IPv6 in brackets
	port     string // empty when it is the scheme's own
	path     string // begins with "/"
	query    []param
	fragment string // without "#"
}

// param is one piece of a query, between two ampersands.
type param struct {
	text string // as it stands in the address
	name string // decoded and in lower case, to compare with
}

// value returns the decoded right-hand side.
func (q param) value() string {
	_, v, _ := strings.Cut(q.text, "=")
	return unescape(strings.ReplaceAll(v, "+", " "))
}

// split parses text by the WHATWG rules and takes it apart.
func split(text string) (page, *Refusal) {
	u, err := whatwg.Parse(text)
	if err != nil {
		return page{}, refuse(codeMalformed)
	}
	if s := u.Scheme(); s != "http" && s != "https" {
		return page{}, refuse(codeNotWeb)
	}
	if u.Username() != "" || u.Password() != "" {
		return page{}, refuseSecret(credentialsInside)
	}
	host := strings.TrimRight(strings.ToLower(u.Hostname()), ".")
	if host == "" || strings.Contains(host, "..") || host[0] == '.' {
		return page{}, refuse(codeMalformed)
	}
	path := u.Pathname()
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	return page{
		scheme: u.Scheme(), host: host, port: u.Port(), path: path,
		query: splitQuery(u.Query()), fragment: u.Fragment(),
	}, nil
}

func splitQuery(query string) []param {
	if query == "" {
		return nil
	}
	pieces := strings.Split(query, "&")
	params := make([]param, len(pieces))
	for i, piece := range pieces {
		name, _, _ := strings.Cut(piece, "=")
		params[i] = param{text: piece, name: strings.ToLower(unescape(name))}
	}
	return params
}

// get returns the decoded value of the first parameter of that name.
func (p page) get(name string) string {
	for _, q := range p.query {
		if q.name == name {
			return q.value()
		}
	}
	return ""
}

// only returns the parameters of those names.
func (p page) only(names ...string) []param {
	return slices.DeleteFunc(slices.Clone(p.query), func(q param) bool { return !slices.Contains(names, q.name) })
}

// String writes the page as an address.
func (p page) String() string {
	return p.scheme + "://" + p.authority() + p.rest()
}

func (p page) authority() string {
	if p.port == "" {
		return p.host
	}
	return p.host + ":" + p.port
}

// rest returns path, query and fragment as they stand in the address.
func (p page) rest() string {
	var b strings.Builder
	b.WriteString(p.path)
	for i, q := range p.query {
		if i == 0 {
			b.WriteByte('?')
		} else {
			b.WriteByte('&')
		}
		b.WriteString(q.text)
	}
	if p.fragment != "" {
		b.WriteByte('#')
		b.WriteString(p.fragment)
	}
	return b.String()
}

// tidy removes from a page what is not needed to open it: tracking, session
// ids, text fragments, needless escapes. What remains opens the same content.
func tidy(p page) page {
	p.host = desktopHost(p.host)
	p.path = dropPathSession(spell(p.path))
	kept := p.query[:0:0]
	for _, q := range p.query {
		if q.text == "" || isTracking(p.host, q) {
			continue
		}
		q.text = spell(q.text)
		kept = append(kept, q)
	}
	p.query = kept
	p.fragment = tidyFragment(spell(p.fragment))
	return p
}

// tidyFragment drops text fragments and fragments that only count visits.
func tidyFragment(fragment string) string {
	fragment, _, _ = strings.Cut(fragment, ":~:")
	lower := strings.ToLower(fragment)
	for _, prefix := range trackingFragments {
		if strings.HasPrefix(lower, prefix) {
			return ""
		}
	}
	return fragment
}

// dropPathSession removes ";jsessionid=…" from a path.
func dropPathSession(path string) string {
	start := strings.Index(strings.ToLower(path), ";jsessionid=")
	if start < 0 {
		return path
	}
	end := strings.IndexAny(path[start+1:], ";/")
	if end < 0 {
		return path[:start]
	}
	return path[:start] + path[start+1+end:]
}

// spell writes percent-escapes in one way: unreserved characters stand for
// themselves, hex digits are capital, a stray percent sign is escaped.
func spell(s string) string {
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	return respell(s, isUnreserved, nil)
}

// respell rewrites escapes: an escaped byte that may stand for itself
// (decode) does; a bare byte that must not (escape) is escaped.
func respell(s string, decode, escape func(byte) bool) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	b.Grow(len(s) + 8)
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c != '%' {
			if escape != nil && escape(c) {
				b.WriteString("%" + hex[c>>4:c>>4+1] + hex[c&15:c&15+1])
			} else {
				b.WriteByte(c)
			}
			continue
		}
		if i+2 >= len(s) || unhex(s[i+1]) < 0 || unhex(s[i+2]) < 0 {
			b.WriteString("%25")
			continue
		}
		c = byte(unhex(s[i+1])<<4 | unhex(s[i+2]))
		if decode(c) {
			b.WriteByte(c)
		} else {
			b.WriteString("%" + hex[c>>4:c>>4+1] + hex[c&15:c&15+1])
		}
		i += 2
	}
	return b.String()
}

// unescape decodes all percent-escapes that are well formed.
func unescape(s string) string {
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) && unhex(s[i+1]) >= 0 && unhex(s[i+2]) >= 0 {
			out = append(out, byte(unhex(s[i+1])<<4|unhex(s[i+2])))
			i += 2
			continue
		}
		out = append(out, s[i])
	}
	return string(out)
}

func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}

func isUnreserved(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || strings.IndexByte("-._~", c) >= 0
}
