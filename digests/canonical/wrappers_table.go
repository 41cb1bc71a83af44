package canonical

// A wrapKind says where a redirect wrapper keeps the address it leads to.
type wrapKind int

const (
	inParam  wrapKind = iota // in a parameter, percent-encoded
	inQuery                  // the whole query is the address
	inPath                   // in the path behind the prefix, as host/path
	inDash                   // in a parameter, with "-" for "%" and "_" for "/"
	inMarked                 // behind the prefix as __address__;replacements!
	inBase64                 // in a parameter, base64 behind two characters
	inLast                   // the last path segment, percent-encoded
)

// A wrapper is a page whose only use is to lead to another one.
type wrapper struct {
	path   string // prefix of the path; "=/x" means exactly /x
	kind   wrapKind
	params []string // the parameters to look into, first match
	scheme string   // for inPath: the scheme that the address lacks
}

// wrappers are listed by host (see lookUp).
var wrappers = map[string][]wrapper{
	// mail scanners
	".safelinks.protection.outlook.com":        {{path: "/", params: []string{"url"}}},
	".safelinks.protection.office365.us":       {{path: "/", params: []string{"url"}}},
	".safelinks.protection.partner.outlook.cn": {{path: "/", params: []string{"url"}}},
	"statics.teams.cdn.office.net":             {{path: "/evergreen-assets/safelinks/", params: []string{"url"}}},
	"statics.teams.microsoft.com":              {{path: "/evergreen-assets/safelinks/", params: []string{"url"}}},
	"outlook.office.com":                       {{path: "/mail/safelink.html", params: []string{"url"}}},
	"urldefense.proofpoint.com":                {{path: "/v1/url", params: []string{"u"}}, {path: "/v2/url", kind: inDash, params: []string{"u"}}, {path: "/v3/", kind: inMarked}},
	"urldefense.com":                           {{path: "/v1/url", params: []string{"u"}}, {path: "/v2/url", kind: inDash, params: []string{"u"}}, {path: "/v3/", kind: inMarked}},
	"urldefense.us":                            {{path: "/v2/url", kind: inDash, params: []string{"u"}}, {path: "/v3/", kind: inMarked}},
	"linkprotect.cudasvc.com":                  {{path: "/url", params: []string{"a"}}},
	"secure-web.cisco.com":                     {{path: "/", kind: inLast}},
	".trendmicro.com":                          {{path: "/wis/clicktime/", params: []string{"url"}}},
	"clicktime.symantec.com":                   {{path: "/", params: []string{"u"}}},
	"protect2.fireeye.com":                     {{path: "/", params: []string{"u"}}},
	"deref-gmx.net":                            {{path: "/mail/client/", params: []string{"redirecturl"}}},
	"deref-gmx.com":                            {{path: "/mail/client/", params: []string{"redirecturl"}}},
	"deref-web.de":                             {{path: "/mail/client/", params: []string{"redirecturl"}}},
	"deref-mail.com":                           {{path: "/mail/client/", params: []string{"redirecturl"}}},
	// search engines
	".google.com":        {{path: "=/url", params: []string{"q", "url"}}, {path: "=/imgres", params: []string{"imgrefurl"}}, {path: "/amp/s/", kind: inPath, scheme: "https://"}, {path: "/amp/", kind: inPath, scheme: "http://"}},
	".bing.com":          {{path: "/ck/a", kind: inBase64, params: []string{"u"}}, {path: "/amp/s/", kind: inPath, scheme: "https://"}},
	".duckduckgo.com":    {{path: "/l/", params: []string{"uddg"}}},
	"r.search.yahoo.com": {{path: "/", kind: inLast}},
	// AMP caches
	".cdn.ampproject.org": {{path: "/c/s/", kind: inPath, scheme: "https://"}, {path: "/v/s/", kind: inPath, scheme: "https://"}, {path: "/c/", kind: inPath, scheme: "http://"}, {path: "/v/", kind: inPath, scheme: "http://"}},
	// social networks and chats
	"l.facebook.com":           {{path: "/l.php", params: []string{"u"}}},
	"lm.facebook.com":          {{path: "/l.php", params: []string{"u"}}},
	".facebook.com":            {{path: "/flx/warn", params: []string{"u"}}, {path: "/l.php", params: []string{"u"}}},
	"l.messenger.com":          {{path: "/l.php", params: []string{"u"}}},
	"l.instagram.com":          {{path: "/", params: []string{"u"}}},
	"l.threads.net":            {{path: "/", params: []string{"u"}}},
	"l.threads.com":            {{path: "/", params: []string{"u"}}},
	"l.workplace.com":          {{path: "/l.php", params: []string{"u"}}},
	"out.reddit.com":           {{path: "/", params: []string{"url"}}},
	"slack-redir.net":          {{path: "/link", params: []string{"url"}}},
	"t.umblr.com":              {{path: "/redirect", params: []string{"z"}}},
	"steamcommunity.com":       {{path: "/linkfilter", params: []string{"url", "u"}}},
	".youtube.com":             {{path: "=/redirect", params: []string{"q"}}, {path: "=/attribution_link", params: []string{"u"}}},
	".linkedin.com":            {{path: "/safety/go", params: []string{"url"}}, {path: "/redir/redirect", params: []string{"url"}}, {path: "/redir/general-malware-page", params: []string{"url"}}},
	"vk.com":                   {{path: "/away.php", params: []string{"to"}}},
	"away.vk.com":              {{path: "/away.php", params: []string{"to"}}},
	"medium.com":               {{path: "=/r/", params: []string{"url"}}},
	"disq.us":                  {{path: "=/url", params: []string{"url"}}},
	"exit.sc":                  {{path: "/", params: []string{"url"}}},
	"gate.sc":                  {{path: "/", params: []string{"url"}}},
	"getpocket.com":            {{path: "=/redirect", params: []string{"url"}}},
	"link.zhihu.com":           {{path: "/", params: []string{"target"}}},
	"link.juejin.cn":           {{path: "/", params: []string{"target"}}},
	"t.me":                     {{path: "=/iv", params: []string{"url"}}},
	"href.li":                  {{path: "/", kind: inQuery}},
	"anonym.to":                {{path: "/", kind: inQuery}},
	"nullrefer.com":            {{path: "/", kind: inQuery}},
	"outgoing.prod.mozaws.net": {{path: "/v1/", kind: inLast}},
	"prod.outgoing.prod.webservices.mozgcp.net": {{path: "/v1/", kind: inLast}},
}
