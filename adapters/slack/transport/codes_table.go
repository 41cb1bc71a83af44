package transport

// fatalCodes are answers to opening a connection that only a human can change.
var fatalCodes = []string{
	"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "no_permission", "missing_scope",
	"not_allowed_token_type", "org_login_required", "ekm_access_denied", "enterprise_is_restricted", "team_access_not_granted",
	"access_denied", "link_disabled", "team_disabled", "forbidden_team", "deprecated_endpoint", "method_deprecated",
}
