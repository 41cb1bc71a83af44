package wording

import (
	"net/url"
	"strings"
)

// idleLabels are link words that say nothing about what they lead to.
var idleLabels = map[string]struct{}{
	"click here": {}, "this link": {}, "the link": {}, "this page": {}, "this one": {}, "see here": {},
	"over here": {}, "read more": {}, "more info": {}, "source": {}, "article": {}, "the article": {},
	"this article": {}, "website": {}, "the docs": {}, "details": {}, "example": {}, "an example": {},
	"github": {}, "twitter": {}, "youtube": {}, "google": {},
}

// idlePages are parts of a path that say nothing about the page.
var idlePages = map[string]struct{}{
	"index": {}, "default": {}, "home": {}, "main": {}, "page": {}, "view": {}, "show": {}, "display": {},
	"article": {}, "post": {}, "posts": {}, "entry": {}, "item": {}, "watch": {}, "status": {}, "web": {},
	"www": {}, "html": {}, "pdf": {}, "doc": {}, "node": {}, "en": {}, "edit": {}, "latest": {}, "current": {},
	"amp": {}, "msg": {}, "d": {}, "forum": {}, "topic": {}, "group": {}, "questions": {}, "share": {}, "a": {}, "p": {}, "u": {}, "id": {},
}

// knownSites read titles from the addresses of sites whose paths mean
// something. A result of "" leaves it to the path.
var knownSites = map[string]func(segments []string, query url.Values) string{
	"github.com":        repositoryTitle,
	"gitlab.com":        repositoryTitle,
	"codeberg.org":      repositoryTitle,
	"gist.github.com":   gistTitle,
	"youtu.be":          func([]string, url.Values) string { return "A video on YouTube" },
	"youtube.com":       func([]string, url.Values) string { return "A video on YouTube" },
	"vimeo.com":         func([]string, url.Values) string { return "A video on Vimeo" },
	"arxiv.org":         paperTitle,
	"twitter.com":       postTitle("Twitter"),
	"x.com":             postTitle("X"),
	"stackoverflow.com": questionTitle,
	"docs.google.com":   documentTitle,
	"doi.org":           func(s []string, _ url.Values) string { return "Paper " + strings.Join(s, "/") },
	"dl.acm.org":        func([]string, url.Values) string { return "A paper in the ACM library" },
	"en.wikipedia.org":  wikipediaTitle,
	"wikipedia.org":     wikipediaTitle,
}

func repositoryTitle(s []string, _ url.Values) string {
	if len(s) < 2 {
		if len(s) == 1 {
			return "The projects of " + s[0]
		}
		return ""
	}
	repository := s[0] + "/" + strings.TrimSuffix(s[1], ".git")
	rest := s[2:]
	if len(rest) > 0 && rest[0] == "-" {
		rest = rest[1:]
	}
	if len(rest) == 0 {
		return repository
	}
	if len(rest) > 1 {
		switch rest[0] {
		case "issues":
			return "Issue " + rest[1] + " of " + repository
		case "pull", "pulls", "merge_requests":
			return "Pull request " + rest[1] + " of " + repository
		case "commit":
			return "A commit to " + repository
		case "wiki":
			if words := readable(rest[1]); words != "" {
				return words + " — wiki of " + repository
			}
		case "blob", "tree", "raw", "src":
			if len(rest) > 2 {
				file := rest[len(rest)-1]
				return file + " in " + repository
			}
		case "releases":
			return "Release " + rest[len(rest)-1] + " of " + repository
		}
	}
	switch rest[0] {
	case "issues":
		return "Open issues of " + repository
	case "pulls":
		return "Proposed changes to " + repository
	case "commits":
		return "Latest changes to " + repository
	case "releases":
		return "Releases of " + repository
	case "wiki":
		return "Wiki of " + repository
	}
	return repository
}

func gistTitle(s []string, _ url.Values) string {
	if len(s) > 1 {
		return "A snippet by " + s[0]
	}
	return "A snippet of code"
}

func paperTitle(s []string, _ url.Values) string {
	if len(s) < 2 {
		return ""
	}
	return "Paper " + strings.TrimSuffix(strings.Join(s[1:], "/"), ".pdf") + " on arXiv"
}

func postTitle(site string) func([]string, url.Values) string {
	return func(s []string, _ url.Values) string {
		switch {
		case len(s) >= 3 && s[1] == "status":
			return "A post by " + s[0] + " on " + site
		case len(s) == 1:
			return s[0] + " on " + site
		}
		return ""
	}
}

func questionTitle(s []string, _ url.Values) string {
	if len(s) >= 3 && s[0] == "questions" {
		return readable(s[2])
	}
	if len(s) >= 2 && (s[0] == "questions" || s[0] == "q" || s[0] == "a") {
		return "Question " + s[1] + " on Stack Overflow"
	}
	return ""
}

func documentTitle(s []string, _ url.Values) string {
	if len(s) == 0 {
		return ""
	}
	switch s[0] {
	case "document":
		return "A shared document"
	case "spreadsheets":
		return "A shared spreadsheet"
	case "presentation":
		return "A shared presentation"
	case "forms":
		return "A form to fill in"
	}
	return ""
}

func wikipediaTitle(s []string, _ url.Values) string {
	if len(s) < 2 || s[0] != "wiki" {
		return ""
	}
	title, err := url.PathUnescape(s[len(s)-1])
	if err != nil {
		return ""
	}
	return strings.ReplaceAll(title, "_", " ") + " — Wikipedia"
}
