package mrkdwn

import (
	"strings"
	"unicode"
)

// isWeb reports whether an address begins with http or https, has something
// behind it, and is in one piece: a blank inside hides where it leads.
func isWeb(address string) bool {
	_, rest := scheme(address)
	if rest == "" || strings.IndexFunc(address, isBreak) >= 0 {
		return false
	}
	return rest[0] != '/' && rest[0] != '?' && rest[0] != '#'
}

// scheme cuts http:// or https:// off, "" where the address has neither.
func scheme(address string) (name, rest string) {
	for _, begin := range [...]string{"https://", "http://"} {
		if len(address) > len(begin) && strings.EqualFold(address[:len(begin)], begin) {
			return begin, address[len(begin):]
		}
	}
	return "", ""
}

func isBreak(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }

// isFile reports whether an address is that of an uploaded file, which only
// those who were there may open.
func isFile(address string) bool {
	_, rest := scheme(address)
	host, path := rest, ""
	if end := strings.IndexAny(rest, "/?#\\"); end >= 0 {
		host, path = rest[:end], rest[end:]
	}
	if at := strings.LastIndexByte(host, '@'); at >= 0 {
		host = host[at+1:]
	}
	host, _, _ = strings.Cut(strings.ToLower(host), ":")
	host = strings.TrimSuffix(host, ".")
	switch {
	case host == "slack-files.com", host == "files.slack.com", host == "files.slack-gov.com":
		return true
	case strings.HasSuffix(host, ".slack.com"), strings.HasSuffix(host, ".slack-gov.com"):
		return strings.HasPrefix(path, "/files/") || strings.HasPrefix(path, "/files-pri/")
	}
	return false
}

// standsForItself reports whether a label is no more than its address.
func standsForItself(label, address string) bool {
	if label == "" {
		return true
	}
	return bare(label) == bare(address)
}

func bare(address string) string {
	if _, rest := scheme(address); rest != "" {
		address = rest
	}
	return strings.TrimSuffix(address, "/")
}

// afterScheme returns what a reader wants to see of mailto:, tel: and the like.
func afterScheme(address string) string {
	for _, begin := range [...]string{"mailto:", "tel:", "sms:"} {
		if len(address) > len(begin) && strings.EqualFold(address[:len(begin)], begin) {
			return address[len(begin):]
		}
	}
	return address
}

// sameAddress makes addresses comparable that name the same page: escaped or
// not, with or without a slash at the end, host in any case.
func sameAddress(address string) string {
	address = unescape(address)
	begin, rest := scheme(address)
	if rest == "" {
		return address
	}
	host, path := rest, ""
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		host, path = rest[:end], rest[end:]
	}
	return begin + strings.ToLower(host) + strings.TrimSuffix(path, "/")
}
