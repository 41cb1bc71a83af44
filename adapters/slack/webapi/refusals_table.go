package webapi

import (
	"time"

	"evangelist/bot"
)

// What people read. {code} stands for Slack's code.
const (
	sayLimited   = "Slack asks the bot to slow down. It goes on by itself."
	sayMoment    = "Slack is not available for a moment. It goes on by itself."
	sayMove      = "Slack is moving this workspace into an Enterprise organisation. It goes on by itself once that is done."
	sayQuota     = "The workspace has reached its limit of messages, so nothing can be posted for now. It is tried again by itself; an administrator can see the limits of the plan."
	sayUnlisted  = "Slack refused this with the code {code}, which is not known here. Please look it up in Slack's documentation, or ask a workspace administrator."
	sayMalformed = "Slack did not accept the form of this request ({code}), so nothing was done. Please tell whoever operates the bot: the program and Slack do not fit together here."
	sayBlocks    = "Slack did not accept how this message is built ({code}), so it was not shown. Please tell whoever operates the bot."
	sayTooLong   = "This message is longer than Slack takes ({code}), so it was not shown. Please tell whoever operates the bot."
	sayNoChannel = "Slack does not know this channel, or the bot may not see it. If it is private, invite the bot there; otherwise choose another channel."
	sayInvite    = "The bot is not a member of this channel. Invite the bot there."
	sayArchived  = "This channel is archived. Bring it back or choose another channel."
	sayNoRight   = "Slack does not let the bot do this here ({code}). Check that the bot is a member of the channel and that the workspace's settings allow apps to post, or ask a workspace administrator."
	sayPolicy    = "A setting of the workspace does not let the bot post here ({code}). Ask a workspace administrator to allow it, or choose another channel."
	sayReadOnly  = "This channel is read-only. Ask a workspace administrator to let the bot post there, or choose another channel."
	sayNoThreads = "In this channel there are no threads, so an answer in a thread cannot be posted. Choose another channel."
	sayOnlyReply = "In this channel only answers in threads may be posted. Choose another channel."
	sayLocked    = "This thread was locked by an administrator, so nothing can be added to it."
	sayNoAnswer  = "The message that this one answers cannot be answered any more ({code})."
	sayGone      = "This message is not there any more."
	sayNotOurs   = "Slack does not let the bot change this message."
	sayNoDelete  = "Slack does not let the bot delete this message. Somebody with the right to do so can delete it by hand."
	sayTooLate   = "The workspace's settings do not allow messages of this age to be changed. An administrator can change that setting."
	sayPerson    = "Slack does not let the bot write to this person ({code}): the account is deactivated, unknown or not visible here."
	sayBotPerson = "This account is a bot, and bots cannot be written to."
	sayGroup     = "Slack does not open a conversation with these persons ({code}): people of other organisations must share a channel with each other first."
	sayTooMany   = "Slack opens conversations with at most eight persons. Make the group smaller."
	sayNotHere   = "This person is not in that channel."
	sayMessages  = "People cannot be written to, because the Messages tab of the Slack app is off. Turn it on in the app's settings under App Home."
	sayHomeTab   = "The Home tab of the Slack app is off. Turn it on in the app's settings under App Home."
	sayExpired   = "That took too long, so Slack no longer lets the form open. Nothing was lost; please ask for it again."
	sayStale     = "This window was changed in the meantime, so it was left as it is."
	sayClosed    = "This window is not open any more."
	sayDepth     = "Slack shows at most three windows on top of each other."
	sayPlan      = "Slack's plan of this workspace has no user groups, so they cannot be read."
	sayPreview   = "Slack does not show a preview for this address ({code})."
	sayUsed      = "Slack takes no more answers to this click or command: it was too long ago, or answered five times."
	sayRotate    = "Its place in the list is not known to Slack any more; the list is read anew."
)

// For the operator, when the bot may do nothing at all.
const (
	sayToken    = "Slack does not accept the bot's token ({code}), so nothing can be sent or read. Nothing is lost: everything waits. Install the app in the workspace again and put the new token into slack.bot_token."
	sayAppToken = "Slack does not accept the app-level token ({code}), so no events can be received. Make a new one in the app's settings under Basic Information, with the permission connections:write, and put it into slack.app_token."
	sayExpire   = "The bot's token has expired, so nothing can be sent or read. Nothing is lost: everything waits. Turn token rotation off in the app's settings, install the app again and put the new token into slack.bot_token."
	sayKind     = "The token in the configuration is of the wrong kind ({code}). slack.bot_token begins with xoxb-, slack.app_token with xapp-."
	sayNetwork  = "Slack does not let the bot in from this network ({code}). Ask a workspace administrator to allow this machine's address. Nothing is lost: everything waits."
	sayAdmins   = "The administrators of the workspace have locked the bot out for now ({code}). Nothing is lost: everything waits. Ask a workspace administrator."
)

// Denied, Unreachable, Busy and locked rulings. in says after how long a busy
// one is tried again, when Slack does not.
func denied(say string) ruling                  { return ruling{reason: bot.Denied, say: say} }
func unreachable(say string) ruling             { return ruling{reason: bot.Unreachable, say: say} }
func later(in time.Duration, say string) ruling { return ruling{reason: bot.Busy, wait: in, say: say} }
func locked(say string) ruling {
	return ruling{reason: bot.Busy, wait: 5 * time.Minute, locked: true, say: say}
}

// brokenWords in a code that is not listed mean that something broke at Slack.
var brokenWords = []string{"internal", "fatal", "timeout", "timed_out", "unavailable", "failed", "unknown_error"}

// commonRulings hold for every method.
var commonRulings = map[string]ruling{
	// Nobody knows.
	"fatal_error": {}, "internal_error": {}, "request_timeout": {}, "invalid_cursor": {},

	// Later.
	"ratelimited":         later(0, sayLimited),
	"rate_limited":        later(0, sayLimited),
	"service_unavailable": later(30*time.Second, sayMoment),
	"team_added_to_org":   later(5*time.Minute, sayMove),

	// Nothing at all until somebody mends it.
	"invalid_auth":              locked(sayToken),
	"not_authed":                locked(sayToken),
	"account_inactive":          locked(sayToken),
	"token_revoked":             locked(sayToken),
	"token_expired":             locked(sayExpire),
	"not_allowed_token_type":    locked(sayKind),
	"accesslimited":             locked(sayNetwork),
	"org_login_required":        locked(sayAdmins),
	"ekm_access_denied":         locked(sayAdmins),
	"two_factor_setup_required": locked(sayAdmins),
	"team_access_not_granted":   locked(sayAdmins),
	"enterprise_is_restricted":  locked(sayAdmins),
	"forbidden_team":            locked(sayAdmins),

	// Rights.
	"missing_scope": denied(""),
	"access_denied": denied(sayNoRight),
	"no_permission": denied(sayNoRight),

	// Places.
	"channel_not_found":         denied(sayNoChannel),
	"cannot_find_channel":       denied(sayNoChannel),
	"channel_is_limited_access": denied(sayNoChannel),
	"team_not_found":            denied(sayNoChannel),
	"not_in_channel":            denied(sayInvite),
	"is_archived":               denied(sayArchived),
	"is_inactive":               denied(sayArchived),

	// People.
	"user_not_found":   unreachable(sayPerson),
	"user_disabled":    unreachable(sayPerson),
	"user_not_visible": unreachable(sayPerson),
	"cannot_dm_bot":    unreachable(sayBotPerson),

	// Requests that ought not to be.
	"deprecated_endpoint":                   denied(sayMalformed),
	"method_deprecated":                     denied(sayMalformed),
	"unknown_method":                        denied(sayMalformed),
	"insecure_request":                      denied(sayMalformed),
	"method_not_supported_for_channel_type": denied(sayMalformed),
	"invalid_arg_name":                      denied(sayMalformed),
	"invalid_arguments":                     denied(sayMalformed),
	"invalid_array_arg":                     denied(sayMalformed),
	"invalid_charset":                       denied(sayMalformed),
	"invalid_form_data":                     denied(sayMalformed),
	"invalid_post_type":                     denied(sayMalformed),
	"missing_post_type":                     denied(sayMalformed),
	"missing_argument":                      denied(sayMalformed),
	"missing_args":                          denied(sayMalformed),
	"invalid_limit":                         denied(sayMalformed),
	"invalid_types":                         denied(sayMalformed),
	"invalid_ts_latest":                     denied(sayMalformed),
	"invalid_ts_oldest":                     denied(sayMalformed),
	"invalid_metadata_filter_keys":          denied(sayMalformed),
	"limit_required":                        denied(sayMalformed),
	"as_user_not_supported":                 denied(sayMalformed),
	"invalid_team":                          denied(sayMalformed),
	"users_list_not_supplied":               denied(sayMalformed),

	// What a message is made of.
	"invalid_blocks":                          denied(sayBlocks),
	"invalid_blocks_format":                   denied(sayBlocks),
	"invalid_attachments":                     denied(sayBlocks),
	"invalid_metadata_format":                 denied(sayBlocks),
	"invalid_metadata_schema":                 denied(sayBlocks),
	"metadata_must_be_sent_from_app":          denied(sayBlocks),
	"markdown_text_conflict":                  denied(sayBlocks),
	"block_mismatch":                          denied(sayBlocks),
	"no_text":                                 denied(sayBlocks),
	"missing_file_data":                       denied(sayBlocks),
	"msg_too_long":                            denied(sayTooLong),
	"msg_blocks_too_long":                     denied(sayTooLong),
	"metadata_too_large":                      denied(sayTooLong),
	"attachment_payload_limit_exceeded":       denied(sayTooLong),
	"too_many_attachments":                    denied(sayTooLong),
	"too_many_contact_cards":                  denied(sayTooLong),
	"view_too_large":                          denied(sayTooLong),
	"slack_connect_canvas_sharing_blocked":    denied(sayPolicy),
	"slack_connect_file_link_sharing_blocked": denied(sayPolicy),
	"slack_connect_lists_sharing_blocked":     denied(sayPolicy),

	// Posting.
	"message_limit_exceeded":                   later(time.Hour, sayQuota),
	"messages_tab_disabled":                    denied(sayMessages),
	"restricted_action":                        denied(sayPolicy),
	"restricted_action_read_only_channel":      denied(sayReadOnly),
	"restricted_action_thread_only_channel":    denied(sayOnlyReply),
	"restricted_action_non_threadable_channel": denied(sayNoThreads),
	"restricted_action_thread_locked":          denied(sayLocked),
	"cannot_reply_to_message":                  denied(sayNoAnswer),
	"thread_not_found":                         denied(sayNoAnswer),
	"message_not_found":                        unreachable(sayGone),
}

// rulings of single methods; they come before the common ones.
var rulings = map[string]map[string]ruling{
	"chat.update": {
		"cant_update_message":        denied(sayNotOurs),
		"edit_window_closed":         denied(sayTooLate),
		"external_channel_migrating": later(5*time.Minute, sayMove),
		"streaming_state_conflict":   later(30*time.Second, sayMoment),
		"update_failed":              {},
	},
	"chat.delete": {
		"cant_delete_message":                 denied(sayNoDelete),
		"compliance_exports_prevent_deletion": denied(sayNoDelete),
	},
	"chat.postEphemeral": {
		"user_not_in_channel": unreachable(sayNotHere),
	},
	"chat.unfurl": {
		"cannot_find_message":   unreachable(sayGone),
		"cannot_unfurl_message": denied(sayPreview),
		"cannot_unfurl_url":     denied(sayPreview),
		"cannot_find_service":   denied(sayPreview),
		"cannot_prompt":         denied(sayPreview),
		"cannot_auth_user":      denied(sayPreview),
		"is_bot":                denied(sayPreview),
	},
	"conversations.open": {
		"invalid_user_combination": unreachable(sayGroup),
		"not_enough_users":         unreachable(sayGroup),
		"too_many_users":           denied(sayTooMany),
	},
	"conversations.replies": {
		"thread_not_found":                 unreachable(sayGone),
		"list_record_comment_fetch_failed": {},
	},
	"response_url": {
		"used_url":        unreachable(sayUsed),
		"expired_url":     unreachable(sayUsed),
		"invalid_url":     unreachable(sayUsed),
		"no_active_hooks": unreachable(sayUsed),
	},
	"apps.connections.open": {
		"invalid_auth":  locked(sayAppToken),
		"not_authed":    locked(sayAppToken),
		"missing_args":  locked(sayAppToken),
		"token_revoked": locked(sayAppToken),
	},
	"usergroups.list": {
		"plan_upgrade_required": denied(sayPlan),
		"users_not_found":       denied(sayMalformed),
	},
	"views.open": {
		"expired_trigger_id":   unreachable(sayExpired),
		"exchanged_trigger_id": unreachable(sayExpired),
		"invalid_trigger_id":   unreachable(sayExpired),
	},
	"views.push": {
		"expired_trigger_id":   unreachable(sayExpired),
		"exchanged_trigger_id": unreachable(sayExpired),
		"invalid_trigger_id":   unreachable(sayExpired),
		"not_found":            unreachable(sayClosed),
		"push_limit_reached":   denied(sayDepth),
	},
	"views.update": {
		"not_found":     unreachable(sayClosed),
		"hash_conflict": denied(sayStale),
	},
	"views.publish": {
		"not_enabled":   denied(sayHomeTab),
		"hash_conflict": denied(sayStale),
	},
}

// scopeUses says what a permission is for.
var scopeUses = map[string]string{
	"chat:write":          "to post messages",
	"chat:write.public":   "to post to channels without being a member",
	"commands":            "to answer slash commands and shortcuts",
	"channels:read":       "to know its channels",
	"channels:history":    "to read links in public channels and to look after its own posts there",
	"groups:read":         "to know the private channels that it was invited to",
	"groups:history":      "to read links in private channels and to look after its own posts there",
	"im:read":             "to know its conversations",
	"im:write":            "to write to one person",
	"im:history":          "to look after what it wrote to one person",
	"mpim:read":           "to know its round tables",
	"mpim:write":          "to open conversations with several persons, for round tables",
	"mpim:history":        "to look after what it wrote to a round table",
	"users:read":          "to know the people of the workspace",
	"users:read.email":    "to recognise people by their e-mail address",
	"users.profile:read":  "to know departments and titles",
	"usergroups:read":     "to know the user groups",
	"reactions:read":      "to count reactions",
	"reactions:write":     "to mark messages with a reaction",
	"links:read":          "to show previews of its own pages",
	"links:write":         "to show previews of its own pages",
	"team:read":           "to know the workspace",
	"connections:write":   "to receive events over Socket Mode (on the app-level token)",
	"authorizations:read": "to receive events over Socket Mode (on the app-level token)",
}
