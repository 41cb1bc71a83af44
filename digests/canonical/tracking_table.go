package canonical

// trackingPrefixes begin the names of parameters that only measure campaigns.
var trackingPrefixes = [...]string{
	"utm_", "mtm_", "matomo_", "piwik_", "hsa_", "oly_", "vero_", "bsft_", "itm_", "wt.", "elqtrack",
	"__hs", "at_custom", "ga_", "aspsessionid",
}

// trackingNames are parameters that mean "where from", whatever the site.
var trackingNames = set(
	// advertising clicks
	"fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "gad_source", "gad_campaignid", "srsltid", "msclkid",
	"yclid", "ysclid", "ymclid", "twclid", "ttclid", "li_fat_id", "igshid", "igsh", "epik", "rdt_cid", "sccid",
	"irclickid", "irgwc", "tblci", "oborigurl", "ef_id", "s_kwcid", "rb_clickid", "_openstat", "wickedid",
	"mkevt", "mkcid", "mkrid", "campid", "awc", "zanpid", "cjevent", "admitad_uid",
	// newsletters and customer databases
	"mc_cid", "mc_eid", "mc_tc", "mkt_tok", "_hsenc", "_hsmi", "hsctatracking", "ml_subscriber",
	"ml_subscriber_hash", "ck_subscriber_id", "omnisendcontactid", "_kx", "_ke", "dm_i", "dm_t", "nr_email_referer",
	"elqaid", "elqat", "elqcampaignid", "elq", "elq_mid", "elq_cid", "elq_ck", "elqak", "sc_eh", "et_cid", "et_rid",
	"trk_contact", "trk_msg", "trk_module", "trk_sid", "inf_contact_key", "mpse", "__s", "sfmc_sub", "sfmc_id",
	"sfmc_activityid", "cm_mmc", "cm_mmca1", "cm_ven", "cm_re", "acton_contact", "_bta_tid", "_bta_c", "sib_id",
	// analytics
	"pk_campaign", "pk_kwd", "pk_keyword", "pk_source", "pk_medium", "pk_content", "pk_cid",
	"_ga", "_gl", "_gac", "_gid", "xtor", "xtref", "spm", "scm", "s_cid", "s_campaign", "cmpid", "icid", "icmpid",
	"ncid", "mbid", "ocid", "at_medium", "at_campaign", "at_campaign_type", "at_bbc_team", "at_link_id",
	"at_link_origin", "at_link_type", "at_format", "at_ptr_name", "at_creation", "ns_source", "ns_mchannel",
	"ns_campaign", "ns_linkname", "ns_fee", "sref", "soc_src", "soc_trk", "guccounter", "guce_referrer",
	"guce_referrer_sig", "_branch_match_id", "_branch_referrer", "sb_referer_host", "ref_src", "ref_url",
	"__twitter_impression", "cxt", "fb_action_ids", "fb_action_types", "fb_ref", "fb_source", "fb_comment_id",
	"hc_location", "wa_status_inline", "gs_l", "sc_campaign", "sc_channel", "sc_content", "sc_medium", "sc_outcome",
	"sc_geo", "sc_country", "sc_publisher", "sc_category", "sc_segment", "sc_detail", "sc_funnel", "sc_icampaign",
	"intcmp", "int_cmp", "partnerized", "__source", "usqp",
	// sessions that some servers write into addresses
	"phpsessid", "jsessionid", "cfid", "cftoken", "zenid", "oscsid", "authenticity_token", "csrf_token",
	"csrfmiddlewaretoken",
)

// trackingFragments begin fragments that only count visits.
var trackingFragments = [...]string{"utm_", "xtor=", "mtm_", "pk_campaign=", "fbclid=", "gclid=", "at_medium="}

// nationalSites have the same rules under every top-level domain.
var nationalSites = [...]string{"google", "amazon", "ebay", "aliexpress"}

// siteTracking adds names that only measure on one site ("name*": a prefix).
var siteTracking = map[string][]string{
	".youtube.com":          {"si", "feature", "pp", "ab_channel", "embeds_referring_euri", "embeds_referring_origin", "source_ve_path", "kw"},
	".youtube-nocookie.com": {"si", "feature", "embeds_referring_euri"},
	"youtu.be":              {"si", "feature", "pp", "ab_channel"},
	".spotify.com":          {"si", "context", "nd", "dlsi", "pt", "pi", "_branch*"},
	".soundcloud.com":       {"si", "in_system_playlist"},
	".twitter.com":          {"s", "t", "cn", "refsrc"},
	".x.com":                {"s", "t", "cn", "refsrc"},
	".reddit.com":           {"share_id", "ref", "ref_source", "rdt", "correlation_id", "post_index", "post_fullname", "$*", "_branch*", "chainedposts"},
	".instagram.com":        {"ig_rid", "ig_mid"},
	".facebook.com":         {"__*", "mibextid", "rdid", "refsrc", "ref", "fref", "eav", "paipv", "_rdr", "share_url", "notif_id", "notif_t", "sfnsn", "comment_tracking"},
	".linkedin.com":         {"trk", "trkinfo", "trackingid", "refid", "lipi", "licu", "rcm", "midtoken", "midsig", "eid", "otptoken", "originalsubdomain", "original_referer"},
	".tiktok.com":           {"_t", "_r", "_d", "is_from_webapp", "sender_device", "sender_web_id", "is_copy_url", "share_app_id", "share_link_id", "share_item_id", "tt_from", "u_code", "checksum", "sec_user_id", "enter_method", "web_id"},
	".medium.com":           {"source", "gi", "_branch*"},
	".substack.com":         {"r", "showwelcome", "showwelcomeonshare", "triedredirect", "isfreemail", "publication_id", "post_id"},
	".amazon.com":           {"ref", "ref_", "pf_rd_*", "pd_rd_*", "_encoding", "psc", "qid", "sr", "sprefix", "crid", "dchild", "tag", "linkcode", "linkid", "camp", "creative", "creativeasin", "ascsubtag", "smid", "spla", "content-id", "dib", "dib_tag"},
	".ebay.com":             {"hash", "_trkparms", "_trksid", "amdata", "toolid", "customid", "epid", "itmmeta", "itmprp"},
	".aliexpress.com":       {"aff_*", "algo_*", "pdp_npi", "pvid", "btsid", "ws_ab_test", "scm*", "sk", "terminal_id"},
	".google.com":           {"ved", "usg", "ei", "sa", "sxsrf", "oq", "gs_lcp", "gs_lcrp", "gs_ssp", "aqs", "sourceid", "ie", "oe", "client", "rlz", "biw", "bih", "dpr", "uact", "sclient", "sca_esv", "sca_upv", "usp", "pli", "ouid", "rtpof", "sd"},
	".bing.com":             {"form", "cvid", "qs", "sk", "sp", "ghc", "lq", "pq", "sc", "qpvt", "towww", "redig"},
	".nytimes.com":          {"smid", "smtyp", "smvar", "smprod", "partner", "emc", "referringsource", "campaign_id", "instance_id", "segment_id", "user_id", "regi_id", "te", "nl", "searchresultposition"},
	".theguardian.com":      {"cmp", "cmp_*", "amp_*"},
	".washingtonpost.com":   {"wpisrc", "wpmm", "tid"},
	".wsj.com":              {"mod", "reflink", "st_source"},
	".bloomberg.com":        {"sref", "srnd", "leadsource", "embedded-checkout"},
	".economist.com":        {"fsrc"},
	".bbc.co.uk":            {"pinned_post_locator", "ocid", "xtor"},
	".bbc.com":              {"pinned_post_locator", "ocid", "xtor"},
	".npr.org":              {"ft", "f"},
	".cnn.com":              {"cid", "iid"},
	".wired.com":            {"bxid", "cndid", "esrc"},
	".theverge.com":         {"ref", "scrolla"},
	".producthunt.com":      {"ref", "bc"},
	".github.com":           {"ref_cta", "ref_loc", "ref_page", "source", "email_source", "email_token", "notification_referrer_id"},
	".stackoverflow.com":    {"noredirect", "lq", "rq", "r", "so_medium", "so_source", "s"},
	".stackexchange.com":    {"noredirect", "lq", "rq", "r"},
	".superuser.com":        {"noredirect", "lq", "rq", "r"},
	".serverfault.com":      {"noredirect", "lq", "rq", "r"},
	".askubuntu.com":        {"noredirect", "lq", "rq", "r"},
	".mathoverflow.net":     {"noredirect", "lq", "rq", "r"},
	".wikipedia.org":        {"wprov"},
	".imdb.com":             {"ref_", "pf_rd_*"},
	".etsy.com":             {"ref", "click_key", "click_sum", "ga_*", "organic_search_click", "frs", "sts", "bes", "pro"},
	".eventbrite.com":       {"aff", "afu"},
	".eventbrite.co.uk":     {"aff", "afu"},
	".meetup.com":           {"recid", "recsource", "searchid", "eventorigin", "_xtd"},
	".quora.com":            {"ch", "oid", "share", "srid", "target_type"},
	".vimeo.com":            {"share", "fl", "fe"},
	".microsoft.com":        {"ranmid", "raneaid", "ransiteid", "tduid"},
	".apple.com":            {"itscg", "itsct", "uo", "ls"},
	".goodreads.com":        {"from_search", "from_srp", "ac"},
	".academia.edu":         {"email_work_card", "swp"},
	".researchgate.net":     {"_sg", "_tp", "_iepl*"},
	".sciencedirect.com":    {"via", "dgcid"},
	".ted.com":              {"language_src", "rss", "referrer"},
	".typeform.com":         {"typeform-source"},
	".zeit.de":              {"wt_zmc", "wt_ref", "wt_t"},
	".spiegel.de":           {"sara_ref", "d_src"},
	".heise.de":             {"wt_mc"},
	".hbr.org":              {"ab", "deliveryname", "tpcc"},
	".mckinsey.com":         {"cid", "stcr", "hlkid", "hctky", "hdpid"},
}

// siteNoise lists what stays in an Address but says nothing about identity.
var siteNoise = map[string][]string{
	".reddit.com":                   {"context", "sort", "depth", "limit"},
	".nytimes.com":                  {"unlocked_article_code", "ugrp"},
	".medium.com":                   {"sk"},
	".wikipedia.org":                {"useskin", "mobileaction"},
	".github.com":                   {"tab", "plain", "ts", "files", "diff", "w", "short_path", "shortpath", "raw"},
	".quora.com":                    {"no_redirect"},
	".vimeo.com":                    {"autoplay", "autopause", "badge", "byline", "portrait", "title"},
	".ted.com":                      {"language", "subtitle"},
	".news.ycombinator.com":         {"goto"},
	".learn.microsoft.com":          {"tabs"},
	".docs.microsoft.com":           {"tabs"},
	".instagram.com":                {"img_index"},
	".tiktok.com":                   {"lang"},
	".open.spotify.com":             {"t", "go"},
	".developer.mozilla.org":        {"retirelocale"},
	".lists.w3.org":                 {"replyto"},
	".play.google.com":              {"hl", "gl", "referrer", "pcampaignid"},
	".docs.google.com":              {"hl", "authuser", "tab", "gid", "pli", "slide"},
	".drive.google.com":             {"hl", "authuser"},
	".groups.google.com":            {"hl", "authuser"},
	".scholar.google.com":           {"hl", "oi"},
	".books.google.com":             {"hl", "source", "dq", "printsec", "redir_esc"},
	".maps.google.com":              {"hl", "entry", "g_ep"},
	".stackoverflow.com":            {"answertab", "tab"},
	".stackexchange.com":            {"answertab", "tab"},
	".pkg.go.dev":                   {"tab"},
	".gist.github.com":              {"permalink_comment_id"},
	".arxiv.org":                    {"context", "download"},
	".npmjs.com":                    {"activetab"},
	".marketplace.visualstudio.com": {"ssr"},
}

func set(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, name := range names {
		m[name] = true
	}
	return m
}
