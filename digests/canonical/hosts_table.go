package canonical

import (
	"net/netip"
	"unicode"
)

// privateEndings are names kept for use inside a network (RFC 6761, 6762,
// 8375, and what routers and directories hand out).
var privateEndings = [...]string{".localhost", ".local", ".internal", ".lan", ".corp", ".home.arpa"}

// privateRanges are blocks that the public network does not route, beyond
// those that the standard library knows.
var privateRanges = [...]netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"), // carrier-grade NAT
	netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), // benchmarking
	netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("fec0::/10"),
	netip.MustParsePrefix("64:ff9b:1::/48"),
}

// IPv6 blocks that carry an IPv4 address.
var (
	translated = netip.MustParsePrefix("64:ff9b::/96")
	compatible = netip.MustParsePrefix("::/96")
	sixToFour  = netip.MustParsePrefix("2002::/16")
)

// desktopHosts maps mobile hosts to the ordinary host that serves all of the
// same paths.
var desktopHosts = map[string]string{
	"m.youtube.com":       "www.youtube.com",
	"mobile.twitter.com":  "twitter.com",
	"mobile.x.com":        "x.com",
	"m.wikidata.org":      "www.wikidata.org",
	"m.mediawiki.org":     "www.mediawiki.org",
	"amp.theguardian.com": "www.theguardian.com",
}

// wikis are the projects whose mobile host puts an "m" behind the language.
var wikis = map[string]bool{
	"wikipedia.org": true, "wiktionary.org": true, "wikiquote.org": true,
	"wikibooks.org": true, "wikisource.org": true, "wikinews.org": true,
	"wikiversity.org": true, "wikivoyage.org": true, "wikimedia.org": true,
	"wikidata.org": true, "mediawiki.org": true, "wikifunctions.org": true,
}

// hostAliases maps a host to the one that stands for it in a Key. Only hosts
// that serve the same thing under the same path belong here.
var hostAliases = map[string]string{
	"dx.doi.org":          "doi.org",
	"docs.microsoft.com":  "learn.microsoft.com",
	"godoc.org":           "pkg.go.dev",
	"pypi.python.org":     "pypi.org",
	"mbasic.facebook.com": "facebook.com",
	"web.facebook.com":    "facebook.com",
	"export.arxiv.org":    "arxiv.org",
	"xxx.lanl.gov":        "arxiv.org",
	"old.reddit.com":      "reddit.com",
	"np.reddit.com":       "reddit.com",
	"new.reddit.com":      "reddit.com",
	"sh.reddit.com":       "reddit.com",
	"twitter.com":         "x.com",
	"fxtwitter.com":       "x.com",
	"vxtwitter.com":       "x.com",
	"fixupx.com":          "x.com",
}

// shownScripts are the scripts, beside Latin, in which a whole host is shown.
var shownScripts = [...]*unicode.RangeTable{
	unicode.Cyrillic, unicode.Greek, unicode.Arabic, unicode.Hebrew,
	unicode.Devanagari, unicode.Han, unicode.Hangul, unicode.Thai, unicode.Georgian,
}

// phoneSchemes are followed by digits that are no port.
var phoneSchemes = set("tel", "sms", "fax", "callto", "sip", "facetime")
