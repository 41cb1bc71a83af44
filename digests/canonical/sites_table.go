package canonical

// siteRules are listed by host (see lookUp), after hosts and aliases are folded.
var siteRules = map[string]siteRule{
	"youtube.com":           youtube,
	"music.youtube.com":     youtube,
	"youtu.be":              youtube,
	"youtube-nocookie.com":  youtube,
	"arxiv.org":             arxiv,
	"ietf.org":              standards,
	"tools.ietf.org":        standards,
	"datatracker.ietf.org":  standards,
	"rfc-editor.org":        standards,
	"x.com":                 posts,
	"reddit.com":            reddit,
	"redd.it":               reddit,
	".stackoverflow.com":    questions,
	".stackexchange.com":    questions,
	".serverfault.com":      questions,
	".superuser.com":        questions,
	".askubuntu.com":        questions,
	".mathoverflow.net":     questions,
	"stackapps.com":         questions,
	".wikipedia.org":        wiki,
	".wiktionary.org":       wiki,
	".wikiquote.org":        wiki,
	".wikibooks.org":        wiki,
	".wikisource.org":       wiki,
	".wikinews.org":         wiki,
	".wikiversity.org":      wiki,
	".wikivoyage.org":       wiki,
	"commons.wikimedia.org": wiki,
	"meta.wikimedia.org":    wiki,
	".wikidata.org":         wiki,
	".mediawiki.org":        wiki,
	"github.com":            forge,
	"gist.github.com":       snippet,
	"amazon.com":            shop,
	"smile.amazon.com":      shop,
	"ebay.com":              auction,
	".medium.com":           story,
	"docs.google.com":       document,
	"drive.google.com":      drive,
	"groups.google.com":     mailGroup,
	".linkedin.com":         network,
	"open.spotify.com":      music,
	"vimeo.com":             film,
	"player.vimeo.com":      film,
	"instagram.com":         picture,
	"docs.racket-lang.org":  manual,
	"doi.org":               registered,
	"bbc.co.uk":             news,
	"bbc.com":               news,
}

// indexFiles are the names under which servers keep a directory's own page.
var indexFiles = set(
	"index.html", "index.htm", "index.shtml", "index.xhtml", "index.php", "index.asp", "index.aspx", "index.jsp",
	"index.cfm", "default.html", "default.htm", "default.asp", "default.aspx",
)

// documentEndings are the formats in which a standard is offered.
var documentEndings = set(".html", ".txt", ".pdf", ".xml", ".json", ".ps")

// documentModes are the ways in which an online document opens.
var documentModes = set("edit", "view", "preview", "copy", "mobilebasic", "htmlview", "htmlpresent", "present", "pub", "export", "comment", "viewer")

// forgePages are first segments on a code host that are no owner.
var forgePages = set("orgs", "topics", "search", "marketplace", "features", "explore", "settings", "sponsors",
	"collections", "trending", "users", "apps", "login", "about", "readme", "enterprise", "notifications", "advisories", "security")

// pullTabs are views of one pull request.
var pullTabs = set("files", "commits", "checks", "changes")

// fragmentHosts hold content behind "#", on those paths ("*": on all).
var fragmentHosts = map[string][]string{
	"godbolt.org":          {"*"},
	"play.rust-lang.org":   {"*"},
	"typescriptlang.org":   {"/play"},
	"babeljs.io":           {"/repl"},
	"mermaid.live":         {"/edit", "/view"},
	"openstreetmap.org":    {"", "/"},
	"app.diagrams.net":     {"*"},
	"viewer.diagrams.net":  {"*"},
	"lists.apache.org":     {"/list", "/thread", "/thread.html"},
	"vega.github.io":       {"/editor"},
	"jqplay.org":           {"*"},
	"svelte.dev":           {"/playground", "/repl"},
	"play.vuejs.org":       {"*"},
	"regexper.com":         {"*"},
	"geojson.io":           {"*"},
	"gchq.github.io":       {"/CyberChef"},
	"earth.nullschool.net": {"*"},
}
