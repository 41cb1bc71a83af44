package canonical

import (
	"slices"
	"strings"
)

// identity folds everything that does not distinguish one thing from another.
// The result is to be compared, not to be opened.
func identity(p page) page {
	host := p.host
	p.host = foldHost(p.host, p.path)
	if alias, ok := hostAliases[p.host]; ok {
		p.host = alias
	}
	p.query = slices.DeleteFunc(slices.Clone(p.query), func(q param) bool {
		return isNoise(host, q) || host != p.host && isNoise(p.host, q)
	})
	p.path = foldPath(p.path)
	p.fragment = foldFragment(p)
	if p.port == "" {
		p = applySite(p)
	}
	p.path = strings.TrimRight(p.path, "/")
	if p.path == "" {
		p.path = "/"
	}
	return p
}

// key writes an identity as text, the query in order of its names. Values of
// a repeated name keep their order, which may matter.
func (p page) key() string {
	for i, q := range p.query {
		p.query[i].text = strings.TrimSuffix(spellPlain(strings.ReplaceAll(q.text, "+", "%20")), "=")
	}
	slices.SortStableFunc(p.query, func(a, b param) int {
		left, _, _ := strings.Cut(a.text, "=")
		right, _, _ := strings.Cut(b.text, "=")
		return strings.Compare(left, right)
	})
	p.path = spellPlain(p.path)
	return p.authority() + p.rest()
}

// spellPlain writes one text for all spellings that servers treat alike: the
// brackets and marks that some programs escape and others do not.
func spellPlain(s string) string {
	return respell(s, isPlain, func(c byte) bool { return strings.IndexByte(`[]|^{}"<>'`+"`\\", c) >= 0 && !isPlain(c) })
}

func isPlain(c byte) bool {
	return isUnreserved(c) || strings.IndexByte("!$'()*,:;@", c) >= 0
}

// foldPath drops the name of a directory's own page, AMP renderings of
// articles, and slashes at the end.
func foldPath(path string) string {
	path = strings.TrimRight(path, "/")
	cut := strings.LastIndexByte(path, '/') + 1
	if last := strings.ToLower(path[cut:]); indexFiles[last] {
		path = strings.TrimRight(path[:cut], "/")
	}
	return foldAMP(path)
}

// foldAMP drops "/amp", ".amp" and ".amp.html" behind what looks like an
// article, never behind a short name: /products/amp may be an amplifier.
func foldAMP(path string) string {
	for _, ending := range [...]string{"/amp", ".amp", ".amp.html", "/amp.html"} {
		article, ok := strings.CutSuffix(path, ending)
		if !ok || !looksLikeArticle(article[strings.LastIndexByte(article, '/')+1:]) {
			continue
		}
		if strings.HasPrefix(ending, ".") {
			article += strings.TrimPrefix(ending, ".amp")
		}
		return article
	}
	return path
}

// looksLikeArticle recognises a slug of several words or a long number.
func looksLikeArticle(segment string) bool {
	digits := 0
	for i := range len(segment) {
		if segment[i] >= '0' && segment[i] <= '9' {
			digits++
		}
	}
	return strings.Count(segment, "-") >= 2 || strings.Count(segment, "_") >= 2 || digits >= 5
}

// foldFragment keeps a fragment only where it chooses the content: routes of
// one-page programs and the few sites that hold the content itself there.
func foldFragment(p page) string {
	fragment := p.fragment
	if strings.HasPrefix(strings.ToLower(fragment), "%21") {
		fragment = "!" + fragment[3:]
	}
	switch {
	case strings.Trim(fragment, "!/") == "":
		return ""
	case fragment[0] == '!', fragment[0] == '/':
		return spellPlain(strings.TrimRight(fragment, "/"))
	}
	if slices.Contains(fragmentHosts[p.host], p.path) || slices.Contains(fragmentHosts[p.host], "*") {
		return spellPlain(fragment)
	}
	return ""
}
