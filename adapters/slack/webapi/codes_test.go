package webapi_test

import "maps"

// What Slack documents for each method that is used, and what it means here:
// busy, busy* (nothing at all until the token is mended), denied, unreachable,
// unknown, done.
func documented(method string) map[string]string {
	own := map[string]map[string]string{
		"chat.postMessage": {
			"as_user_not_supported": "denied", "attachment_payload_limit_exceeded": "denied", "cannot_reply_to_message": "denied", "channel_not_found": "denied",
			"draft_already_deleted": "denied", "draft_already_sent": "denied", "draft_has_conflict": "denied", "draft_not_found": "denied",
			"duplicate_channel_not_found": "denied", "duplicate_message_not_found": "denied", "invalid_blocks": "denied", "invalid_blocks_format": "denied",
			"invalid_metadata_format": "denied", "invalid_metadata_schema": "denied", "is_archived": "denied", "markdown_text_conflict": "denied",
			"message_limit_exceeded": "busy", "messages_tab_disabled": "denied", "metadata_must_be_sent_from_app": "denied", "metadata_too_large": "denied",
			"missing_file_data": "denied", "msg_blocks_too_long": "denied", "msg_too_long": "denied", "no_text": "denied", "not_in_channel": "denied", "rate_limited": "busy",
			"restricted_action": "denied", "restricted_action_non_threadable_channel": "denied", "restricted_action_read_only_channel": "denied",
			"restricted_action_thread_locked": "denied", "restricted_action_thread_only_channel": "denied", "slack_connect_canvas_sharing_blocked": "denied",
			"slack_connect_file_link_sharing_blocked": "denied", "slack_connect_lists_sharing_blocked": "denied", "team_not_found": "denied",
			"too_many_attachments": "denied", "too_many_contact_cards": "denied", "user_not_found": "unreachable", "cannot_dm_bot": "unreachable",
		},
		"chat.update": {
			"as_user_not_supported": "denied", "block_mismatch": "denied", "blocked_file_type": "denied", "cant_broadcast_message": "denied", "cant_update_message": "denied",
			"channel_not_found": "denied", "edit_window_closed": "denied", "external_channel_migrating": "busy", "file_deleted": "denied", "file_is_deleted": "denied",
			"file_not_found": "denied", "file_share_limit_reached": "denied", "invalid_attachments": "denied", "invalid_blocks": "denied", "invalid_blocks_format": "denied",
			"invalid_metadata_format": "denied", "invalid_metadata_schema": "denied", "is_inactive": "denied", "markdown_text_conflict": "denied",
			"max_file_sharing_exceeded": "denied", "message_limit_exceeded": "busy", "message_not_found": "unreachable", "metadata_must_be_sent_from_app": "denied",
			"metadata_too_large": "denied", "msg_too_long": "denied", "no_dual_broadcast_content_update": "denied", "no_text": "denied", "posting_to_channel_denied": "denied",
			"slack_connect_blocked_file_type": "denied", "slack_connect_canvas_sharing_blocked": "denied", "slack_connect_clip_sharing_blocked": "denied",
			"slack_connect_file_link_sharing_blocked": "denied", "slack_connect_file_upload_sharing_blocked": "denied", "streaming_state_conflict": "busy",
			"team_not_found": "denied", "too_many_attachments": "denied", "unable_to_share_files": "denied", "update_failed": "unknown",
		},
		"chat.delete": {
			"cant_delete_message": "denied", "channel_not_found": "denied", "message_not_found": "done", "compliance_exports_prevent_deletion": "denied",
		},
		"chat.postEphemeral": {
			"channel_not_found": "denied", "invalid_blocks": "denied", "invalid_blocks_format": "denied", "is_archived": "denied", "message_limit_exceeded": "busy",
			"messages_tab_disabled": "denied", "msg_too_long": "denied", "no_text": "denied", "restricted_action": "denied", "too_many_attachments": "denied",
			"user_not_in_channel": "unreachable",
		},
		"chat.unfurl": {
			"cannot_auth_user": "denied", "cannot_find_channel": "denied", "cannot_find_message": "unreachable", "cannot_find_service": "denied", "cannot_parse_attachment": "denied",
			"cannot_prompt": "denied", "cannot_unfurl_message": "denied", "cannot_unfurl_url": "denied", "error_processing_metadata": "denied", "invalid_metadata_format": "denied",
			"invalid_source": "denied", "invalid_unfurl_id": "denied", "invalid_unfurls_format": "denied", "is_bot": "denied", "missing_channel": "denied", "missing_source": "denied",
			"missing_ts": "denied", "missing_unfurl_id": "denied", "missing_unfurls": "denied", "unknown_method": "denied",
		},
		"chat.getPermalink":  {"channel_not_found": "denied", "message_not_found": "unreachable"},
		"conversations.info": {"channel_not_found": "denied"},
		"conversations.open": {
			"channel_not_found": "denied", "invalid_user_combination": "unreachable", "method_not_supported_for_channel_type": "denied", "not_enough_users": "unreachable",
			"too_many_users": "denied", "user_disabled": "unreachable", "user_not_found": "unreachable", "user_not_visible": "unreachable", "users_list_not_supplied": "denied",
			"cannot_dm_bot": "unreachable",
		},
		"conversations.history": {
			"channel_is_limited_access": "denied", "channel_not_found": "denied", "invalid_cursor": "unknown", "invalid_metadata_filter_keys": "denied",
			"invalid_ts_latest": "denied", "invalid_ts_oldest": "denied", "not_in_channel": "denied",
		},
		"conversations.replies": {
			"channel_not_found": "denied", "invalid_cursor": "unknown", "invalid_metadata_filter_keys": "denied", "invalid_ts_latest": "denied", "invalid_ts_oldest": "denied",
			"thread_not_found": "unreachable", "method_not_supported_for_channel_type": "denied", "list_record_comment_fetch_failed": "unknown",
		},
		"users.list":            {"invalid_cursor": "unknown", "limit_required": "denied", "missing_argument": "denied"},
		"users.info":            {"too_many_users": "denied", "user_not_found": "unreachable", "user_not_visible": "unreachable"},
		"users.profile.get":     {"user_not_found": "unreachable"},
		"users.conversations":   {"invalid_cursor": "unknown", "invalid_limit": "denied", "invalid_types": "denied", "method_not_supported_for_channel_type": "denied", "missing_argument": "denied"},
		"usergroups.list":       {"invalid_cursor": "unknown", "invalid_team": "denied", "missing_argument": "denied", "plan_upgrade_required": "denied", "users_not_found": "denied"},
		"team.profile.get":      {},
		"auth.test":             {},
		"apps.connections.open": {"forbidden_team": "busy*", "insecure_request": "denied", "missing_args": "busy*"},
		"views.open":            {"duplicate_external_id": "denied", "exchanged_trigger_id": "unreachable", "expired_trigger_id": "unreachable", "invalid_trigger_id": "unreachable", "view_too_large": "denied"},
		"views.push": {
			"duplicate_external_id": "denied", "exchanged_trigger_id": "unreachable", "expired_trigger_id": "unreachable", "invalid_trigger_id": "unreachable", "view_too_large": "denied",
			"not_found": "unreachable", "push_limit_reached": "denied",
		},
		"views.update":  {"duplicate_external_id": "denied", "hash_conflict": "denied", "not_found": "unreachable", "view_too_large": "denied"},
		"views.publish": {"duplicate_external_id": "denied", "hash_conflict": "denied", "missing_profile_id": "denied", "not_enabled": "denied", "not_implemented": "denied", "view_too_large": "denied"},
		"response_url":  {"expired_url": "unreachable", "used_url": "unreachable", "no_text": "denied", "invalid_blocks": "denied", "channel_not_found": "denied", "is_archived": "denied"},
	}
	// Every method may answer these.
	common := map[string]string{
		"access_denied": "denied", "accesslimited": "busy*", "account_inactive": "busy*", "deprecated_endpoint": "denied", "ekm_access_denied": "busy*",
		"enterprise_is_restricted": "busy*", "fatal_error": "unknown", "internal_error": "unknown", "invalid_arg_name": "denied", "invalid_arguments": "denied",
		"invalid_array_arg": "denied", "invalid_auth": "busy*", "invalid_charset": "denied", "invalid_form_data": "denied", "invalid_post_type": "denied",
		"method_deprecated": "denied", "missing_post_type": "denied", "missing_scope": "denied", "no_permission": "denied", "not_allowed_token_type": "busy*",
		"not_authed": "busy*", "org_login_required": "busy*", "ratelimited": "busy", "request_timeout": "unknown", "service_unavailable": "busy",
		"team_access_not_granted": "busy*", "team_added_to_org": "busy", "token_expired": "busy*", "token_revoked": "busy*", "two_factor_setup_required": "busy*",
	}
	all := maps.Clone(common)
	maps.Copy(all, own[method])
	return all
}
