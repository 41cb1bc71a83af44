package canonical

import (
	"strings"
)

// A siteRule folds the several addresses that one site has for one thing. It
// receives a page whose host and path are folded already, and the segments of
// its path; a rule that does not recognise the page returns it unchanged.
type siteRule func(p page, path []string) page

// applySite applies the rule of the page's site, if there is one.
func applySite(p page) page {
	segments := strings.Split(strings.Trim(p.path, "/"), "/")
	lookUp(siteRules, ruleHost(p.host), func(rule siteRule) bool {
		p = rule(p, segments)
		return true
	})
	return p
}

// is returns the page under another host and path, without query and fragment.
func (p page) is(host string, path ...string) page {
	return page{scheme: p.scheme, host: host, path: "/" + strings.Join(path, "/")}
}

// at returns the n-th segment, or "".
func at(path []string, n int) string {
	if n < len(path) {
		return path[n]
	}
	return ""
}

// behind returns the segment after the first one called name, or "".
func behind(path []string, name string) string {
	for i, segment := range path {
		if segment == name {
			return at(path, i+1)
		}
	}
	return ""
}

// youtube: a film is its id, wherever it plays; the moment is not identity.
func youtube(p page, path []string) page {
	id := p.get("v")
	switch {
	case p.host == "youtu.be":
		id = at(path, 0)
	case at(path, 0) == "watch":
		if len(path) > 1 {
			id = path[1]
		}
	case at(path, 0) == "shorts", at(path, 0) == "embed", at(path, 0) == "v", at(path, 0) == "live", at(path, 0) == "e":
		id = at(path, 1)
	case at(path, 0) == "playlist":
		p.query = p.only("list")
		p.host = "youtube.com"
		return p
	default:
		return p
	}
	if list := p.get("list"); id == "videoseries" && list != "" {
		p = p.is("youtube.com", "playlist")
		p.query = splitQuery("list=" + list)
		return p
	}
	if !isID(id, 6, 20) {
		return p
	}
	p = p.is("youtube.com", "watch")
	p.query = splitQuery("v=" + id)
	return p
}

// arxiv: abstract, PDF and HTML of any version are one paper.
func arxiv(p page, path []string) page {
	switch at(path, 0) {
	case "abs", "pdf", "html", "ps", "format":
	default:
		return p
	}
	id := strings.TrimSuffix(strings.Join(path[1:], "/"), ".pdf")
	if v := strings.LastIndexByte(id, 'v'); v > 0 && isDigits(id[v+1:]) {
		id = id[:v]
	}
	if id == "" {
		return p
	}
	return p.is("arxiv.org", "abs", id)
}

// standards: an RFC or a draft is the same text at the editor, the tracker and
// the old tools.
func standards(p page, path []string) page {
	for _, segment := range path {
		name := strings.ToLower(segment)
		if dot := strings.LastIndexByte(name, '.'); dot > 0 && documentEndings[name[dot:]] {
			name = name[:dot]
		}
		if number, ok := strings.CutPrefix(name, "rfc"); ok && isDigits(number) {
			return p.is("rfc-editor.org", "rfc", "rfc"+strings.TrimLeft(number, "0"))
		}
		if strings.HasPrefix(name, "draft-") {
			return p.is("datatracker.ietf.org", "doc", name)
		}
	}
	return p
}

// posts: a post is its number, whoever is named before it.
func posts(p page, path []string) page {
	for _, word := range [...]string{"status", "statuses"} {
		if id := behind(path, word); isDigits(id) {
			return p.is("x.com", "i", "status", id)
		}
	}
	if len(path) == 1 && len(p.query) == 0 {
		p.path = strings.ToLower(p.path)
	}
	return p
}

// reddit: a thread is its id; one comment in it is a thing of its own.
func reddit(p page, path []string) page {
	id := behind(path, "comments")
	if p.host == "redd.it" && len(path) == 1 {
		id = path[0]
	}
	if !isID(id, 4, 12) {
		return p
	}
	tail := strings.Split(strings.Join(path, "/"), "comments/"+id+"/")
	if comment := at(strings.Split(tail[len(tail)-1], "/"), 1); len(tail) == 2 && comment != "" {
		return p.is("reddit.com", "comments", id, "-", comment)
	}
	return p.is("reddit.com", "comments", id)
}

// questions: a question is its number; slug, sorting and answer below it are
// not identity. An answer's own short link does not say its question.
func questions(p page, path []string) page {
	switch id := at(path, 1); at(path, 0) {
	case "q", "questions":
		if isDigits(id) {
			return p.is(p.host, "questions", id)
		}
	case "a":
		if isDigits(id) {
			return p.is(p.host, "a", id)
		}
	}
	return p
}

// wiki: one title, whichever way it is spelled.
func wiki(p page, path []string) page {
	title := ""
	switch {
	case at(path, 0) == "wiki" && len(path) > 1:
		title = strings.Join(path[1:], "/")
	case at(path, 0) == "w" && at(path, 1) == "index.php", p.path == "/w":
		title = p.get("title")
		title = strings.ReplaceAll(title, "%", "%25")
		title = strings.NewReplacer("?", "%3F", "#", "%23").Replace(title)
		p.query = p.only("oldid", "diff", "action", "curid", "printable", "search")
	}
	if title == "" {
		return p
	}
	title = strings.NewReplacer("%20", "_", " ", "_").Replace(title)
	if c := title[0]; c >= 'a' && c <= 'z' && !strings.HasSuffix(p.host, "wiktionary.org") {
		title = string(c-'a'+'A') + title[1:]
	}
	p.path = "/wiki/" + respell(title, isTitlePlain, func(c byte) bool { return c >= 0x80 })
	return p
}

func isTitlePlain(c byte) bool { return isPlain(c) || c == '&' || c == '=' || c == '+' }

// forge: a repository's name ignores case and ".git"; an issue and a pull
// request share their numbers, and its tabs are views of the same.
func forge(p page, path []string) page {
	if len(path) < 2 || forgePages[path[0]] {
		if len(path) == 1 {
			p.path = strings.ToLower(p.path)
		}
		return p
	}
	owner, name := strings.ToLower(path[0]), strings.ToLower(path[1])
	rest := path[2:]
	if len(rest) == 0 {
		name = strings.TrimSuffix(name, ".git")
	}
	if number := at(rest, 1); isDigits(number) && (rest[0] == "issues" || rest[0] == "pull") {
		if len(rest) == 2 || rest[0] == "pull" && pullTabs[rest[2]] && len(rest) == 3 {
			return p.is(p.host, owner, name, "issues", number)
		}
	}
	p.path = "/" + strings.Join(append([]string{owner, name}, rest...), "/")
	return p
}

// snippet: a snippet is its id, with or without the owner before it.
func snippet(p page, path []string) page {
	if len(path) == 2 && len(path[1]) >= 20 && isID(path[1], 20, 40) {
		return p.is(p.host, path[1])
	}
	return p
}

// shop: an article is its number in that country's shop.
func shop(p page, path []string) page {
	for i, segment := range path {
		id := at(path, i+1)
		switch {
		case segment == "dp" && id == "product":
			id = at(path, i+2)
		case segment == "dp", segment == "gp" && id == "aw", segment == "ASIN":
		case segment == "gp" && id == "product":
			id = at(path, i+2)
		default:
			continue
		}
		if id == "aw" {
			id = at(path, i+3)
		}
		if len(id) == 10 && isID(id, 10, 10) {
			return p.is(p.host, "dp", strings.ToUpper(id))
		}
	}
	if n := len(path) - 1; n > 0 && strings.HasPrefix(path[n], "ref=") {
		p.path = "/" + strings.Join(path[:n], "/")
	}
	return p
}

// auction: an offer is its number, with or without a slug.
func auction(p page, path []string) page {
	if id := path[len(path)-1]; path[0] == "itm" && isDigits(id) {
		return p.is(p.host, "itm", id)
	}
	return p
}

// isID reports whether s is letters, digits, "-" and "_" of a length in bounds.
func isID(s string, shortest, longest int) bool {
	if len(s) < shortest || len(s) > longest {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !isUnreserved(c) || c == '.' || c == '~' {
			return false
		}
	}
	return true
}
