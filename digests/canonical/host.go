package canonical

import (
	"net/netip"
	"strings"
	"unicode"

	"golang.org/x/net/publicsuffix"
)

// isPrivateHost reports whether a host is named or numbered so that it can
// only be reached from inside one network. Names that merely resolve to such
// an address are not known here.
func isPrivateHost(host string) bool {
	if ip, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return isPrivateIP(ip)
	}
	if !strings.Contains(host, ".") {
		return true
	}
	for _, end := range privateEndings {
		if strings.HasSuffix(host, end) {
			return true
		}
	}
	return host == "home.arpa"
}

func isPrivateIP(ip netip.Addr) bool {
	ip = ip.Unmap()
	if ip.IsLoopback() || ip.IsPrivate() || ip.IsUnspecified() || ip.IsMulticast() ||
		ip.IsLinkLocalUnicast() || ip.IsInterfaceLocalMulticast() {
		return true
	}
	for _, prefix := range privateRanges {
		if prefix.Contains(ip) {
			return true
		}
	}
	// IPv6 forms that carry an IPv4 address are judged by what they carry.
	bytes := ip.As16()
	switch {
	case !ip.Is6():
		return false
	case translated.Contains(ip):
		return isPrivateIP(netip.AddrFrom4([4]byte(bytes[12:16])))
	case compatible.Contains(ip):
		return true
	case sixToFour.Contains(ip):
		return isPrivateIP(netip.AddrFrom4([4]byte(bytes[2:6])))
	}
	return false
}

func isIP(host string) bool {
	_, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil
}

// desktopHost names the ordinary host of a mobile one where it is certain that
// the same path opens there too, so that the address itself may say so.
func desktopHost(host string) string {
	if ordinary, ok := desktopHosts[host]; ok {
		return ordinary
	}
	if language, project, ok := strings.Cut(host, ".m."); ok && wikis[project] {
		return language + "." + project
	}
	return host
}

// foldHost drops what names the same site on another machine or screen:
// www., www1. to www9., and mobile hosts. A label that was itself registered
// (mobile.de, m.example.github.io's owner) stays.
func foldHost(host, path string) string {
	for {
		label, rest, ok := strings.Cut(host, ".")
		if !ok || !strings.Contains(rest, ".") || isIP(host) {
			return host
		}
		switch {
		case label == "www" || len(label) == 4 && label[:3] == "www" && isDigits(label[3:]):
		case label == "m" && isBelowRegistered(rest):
		case isScreenLabel(label) && path != "/" && isBelowRegistered(rest):
		default:
			return host
		}
		host = rest
	}
}

// isScreenLabel names the labels that mean a screen on nearly every site. A
// start page on such a host may be something of its own; other paths are not.
func isScreenLabel(label string) bool {
	return label == "mobile" || label == "amp" || label == "touch"
}

// isBelowRegistered reports whether host is a registered domain or lies below one.
func isBelowRegistered(host string) bool {
	suffix, _ := publicsuffix.PublicSuffix(host)
	return suffix != host
}

func isEncodedName(host string) bool {
	return strings.HasPrefix(host, "xn--") || strings.Contains(host, ".xn--")
}

// plainLetters reports whether a host in Unicode is safe to show: Latin
// letters only, or one other script in every label, the last included.
func plainLetters(host string) bool {
	if onlyLetters(host, unicode.Latin) {
		return true
	}
	for _, script := range shownScripts {
		whole := true
		for _, label := range strings.Split(host, ".") {
			whole = whole && onlyLetters(label, script) && hasLetter(label)
		}
		if whole {
			return true
		}
	}
	return false
}

func onlyLetters(s string, script *unicode.RangeTable) bool {
	for _, r := range s {
		if unicode.IsLetter(r) && !unicode.Is(script, r) {
			return false
		}
		if !unicode.IsLetter(r) && !unicode.IsMark(r) && r != '-' && r != '.' && (r < '0' || r > '9') {
			return false
		}
	}
	return true
}

func hasLetter(s string) bool { return strings.IndexFunc(s, unicode.IsLetter) >= 0 }

// lookUp finds what a table says about a host. A key "example.org" speaks of
// that host with or without www.; ".example.org" also of all hosts below.
func lookUp[T any](table map[string]T, host string, use func(T) bool) bool {
	host = strings.TrimPrefix(host, "www.")
	if entry, ok := table[host]; ok && use(entry) {
		return true
	}
	for rest := "." + host; rest != ""; {
		if entry, ok := table[rest]; ok && use(entry) {
			return true
		}
		next := strings.IndexByte(rest[1:], '.')
		if next < 0 {
			return false
		}
		rest = rest[1+next:]
	}
	return false
}
