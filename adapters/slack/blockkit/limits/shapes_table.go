package limits

import "regexp"

// kind is what a member of an object is.
type kind int

const (
	_         kind = iota
	text           // a string
	formatted      // a text object, plain_text or mrkdwn
	truth          // true or false
	whole          // a whole number
	object         // an object of a family
	list           // a list of objects of a family, or of each
)

// member is the rule for one member of an object.
type member struct {
	kind        kind
	must        bool
	least, most int      // characters of a text, items of a list, value of a number; most 0: no limit
	among       []string // types of objects and text objects, values of a text
	form        string   // a form of texts, by its name in forms
	family      string   // of objects
	each        kind     // what a list holds that does not hold objects
	width       int      // characters of each text in a list
}

// shape is the members that an object may have, besides type.
type shape map[string]member

// longestText is the most that any text object holds.
const longestText = 3000

// The forms that a text may have to have.
var forms = map[string]*regexp.Regexp{
	"a day such as 2026-12-04":   regexp.MustCompile(`^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$`),
	"a time such as 09:00":       regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]$`),
	"a number":                   regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?$`),
	"the id of a user":           regexp.MustCompile(`^[UW][A-Z0-9]+$`),
	"the id of a conversation":   regexp.MustCompile(`^[CGD][A-Z0-9]+$`),
	"an address":                 regexp.MustCompile(`^(?i:https?://|mailto:)[^\s<>"\x00-\x20]+$`),
	"a text that is not empty":   regexp.MustCompile(`(?s).`),
	"a format with a date token": regexp.MustCompile(`\{(day_divider_pretty|date_num|date_slash|date_long|date_long_full|date_long_pretty|date|date_pretty|date_short|date_short_pretty|time|time_secs|ago)\}`),
}

// surfaces says what is at the top of each surface.
var surfaces = map[Surface]struct {
	shape shape
	rule  rule
	bytes int // of the whole view
}{
	Message: {shape{
		"text":   {kind: text, must: true, least: 1, most: 40_000},
		"blocks": {kind: list, least: 1, most: 50, family: "block", among: messageBlocks},
	}, checkMessage, 0},
	Modal: {shape{
		"type":             {kind: text, must: true, among: []string{"modal"}},
		"title":            {kind: formatted, must: true, most: 24, among: plain},
		"blocks":           {kind: list, must: true, least: 1, most: 100, family: "block", among: viewBlocks},
		"close":            {kind: formatted, most: 24, among: plain},
		"submit":           {kind: formatted, most: 24, among: plain},
		"private_metadata": {kind: text, most: 3000},
		"callback_id":      {kind: text, most: 255},
		"external_id":      {kind: text, most: 255},
		"clear_on_close":   {kind: truth},
		"notify_on_close":  {kind: truth},
		"submit_disabled":  {kind: truth},
	}, checkModal, 250_000},
	Home: {shape{
		"type":             {kind: text, must: true, among: []string{"home"}},
		"blocks":           {kind: list, must: true, least: 1, most: 100, family: "block", among: viewBlocks},
		"private_metadata": {kind: text, most: 3000},
		"callback_id":      {kind: text, most: 255},
		"external_id":      {kind: text, most: 255},
	}, nil, 250_000},
	Unfurl: {shape{
		"blocks": {kind: list, must: true, least: 1, most: 50, family: "block", among: messageBlocks},
	}, checkMessage, 0},
}

var (
	plain         = []string{"plain_text"}
	either        = []string{"plain_text", "mrkdwn"}
	messageBlocks = []string{"actions", "context", "divider", "header", "markdown", "rich_text", "section"}
	viewBlocks    = []string{"actions", "context", "divider", "header", "input", "rich_text", "section"}

	// Which elements stand in which block.
	actionElements = []string{"button", "checkboxes", "conversations_select", "datepicker", "overflow", "radio_buttons", "static_select", "timepicker", "users_select"}
	accessories    = []string{"button", "checkboxes", "conversations_select", "datepicker", "multi_conversations_select", "multi_static_select", "multi_users_select", "overflow", "radio_buttons", "static_select", "timepicker", "users_select"}
	inputElements  = []string{"checkboxes", "conversations_select", "datepicker", "email_text_input", "multi_conversations_select", "multi_static_select", "multi_users_select", "number_input", "plain_text_input", "radio_buttons", "static_select", "timepicker", "url_text_input", "users_select"}

	// What stands in rich text.
	richElements = []string{"rich_text_list", "rich_text_preformatted", "rich_text_quote", "rich_text_section"}
	leaves       = []string{"broadcast", "channel", "date", "emoji", "link", "text", "user", "usergroup"}

	blockID     = member{kind: text, least: 1, most: 255}
	actionID    = member{kind: text, least: 1, most: 255}
	confirm     = member{kind: object, family: "confirm"}
	placeholder = member{kind: formatted, most: 150, among: plain}
	focus       = member{kind: truth}
	style       = member{kind: object, family: "style"}
	filter      = member{kind: object, family: "filter"}
	buttonTone  = member{kind: text, among: []string{"primary", "danger"}}
	border      = member{kind: whole, most: 1}
)

// shapes are the members of each object, by "family/type".
var shapes = map[string]shape{
	"block/actions":   {"block_id": blockID, "elements": {kind: list, must: true, least: 1, most: 25, family: "element", among: actionElements}},
	"block/context":   {"block_id": blockID, "elements": {kind: list, must: true, least: 1, most: 10, each: formatted, among: either, width: 2000}}, // 2,000 is stricter than documented
	"block/divider":   {"block_id": blockID},
	"block/header":    {"block_id": blockID, "text": {kind: formatted, must: true, most: 150, among: plain}},
	"block/markdown":  {"block_id": blockID, "text": {kind: text, must: true, least: 1, most: 12_000}},
	"block/rich_text": {"block_id": blockID, "elements": {kind: list, must: true, least: 1, family: "rich", among: richElements}},
	"block/section": {
		"block_id": blockID, "text": {kind: formatted, among: either}, "expand": {kind: truth},
		"fields":    {kind: list, least: 1, most: 10, each: formatted, among: either, width: 2000},
		"accessory": {kind: object, family: "element", among: accessories},
	},
	"block/input": {
		"block_id": blockID, "label": {kind: formatted, must: true, most: 2000, among: plain}, "hint": {kind: formatted, most: 2000, among: plain},
		"optional": {kind: truth}, "dispatch_action": {kind: truth},
		"element": {kind: object, must: true, family: "element", among: inputElements},
	},

	"rich/rich_text_section":      {"elements": {kind: list, must: true, least: 1, family: "leaf", among: leaves}},
	"rich/rich_text_quote":        {"elements": {kind: list, must: true, least: 1, family: "leaf", among: leaves}, "border": border},
	"rich/rich_text_preformatted": {"elements": {kind: list, must: true, least: 1, family: "leaf", among: []string{"text", "link"}}, "border": border},
	"rich/rich_text_list": {
		"elements": {kind: list, must: true, least: 1, family: "rich", among: []string{"rich_text_section"}},
		"style":    {kind: text, must: true, among: []string{"bullet", "ordered"}},
		"indent":   {kind: whole, most: 8}, "offset": {kind: whole}, "border": border,
	},

	"leaf/text":      {"text": {kind: text, must: true, most: longestText, form: "a text that is not empty"}, "style": style}, // the length is stricter than documented
	"leaf/link":      {"url": {kind: text, must: true, most: 3000, form: "an address"}, "text": {kind: text, most: longestText}, "unsafe": {kind: truth}, "style": style},
	"leaf/date":      {"timestamp": {kind: whole, must: true, least: 1}, "format": {kind: text, must: true, form: "a format with a date token"}, "fallback": {kind: text, least: 1, most: longestText}, "url": {kind: text, most: 3000, form: "an address"}, "style": style},
	"leaf/user":      {"user_id": {kind: text, must: true, form: "the id of a user"}, "style": style},
	"leaf/usergroup": {"usergroup_id": {kind: text, must: true, least: 1}, "style": style},
	"leaf/channel":   {"channel_id": {kind: text, must: true, form: "the id of a conversation"}, "style": style},
	"leaf/broadcast": {"range": {kind: text, must: true, among: []string{"here", "channel", "everyone"}}, "style": style},
	"leaf/emoji":     {"name": {kind: text, must: true, least: 1}, "unicode": {kind: text}, "style": style},

	"style":   {"bold": {kind: truth}, "italic": {kind: truth}, "strike": {kind: truth}, "code": {kind: truth}},
	"confirm": {"title": {kind: formatted, must: true, most: 100, among: plain}, "text": {kind: formatted, must: true, most: 300, among: plain}, "confirm": {kind: formatted, must: true, most: 30, among: plain}, "deny": {kind: formatted, must: true, most: 30, among: plain}, "style": buttonTone},
	"filter": {
		"include":                          {kind: list, least: 1, each: text, among: []string{"im", "mpim", "private", "public"}},
		"exclude_external_shared_channels": {kind: truth}, "exclude_bot_users": {kind: truth},
	},
	"option":       {"text": {kind: formatted, must: true, most: 75, among: either}, "value": {kind: text, must: true, least: 1, most: 150}, "description": {kind: formatted, most: 75, among: either}},
	"plain option": {"text": {kind: formatted, must: true, most: 75, among: plain}, "value": {kind: text, must: true, least: 1, most: 150}, "description": {kind: formatted, most: 75, among: plain}},
	"group":        {"label": {kind: formatted, must: true, most: 75, among: plain}, "options": {kind: list, must: true, least: 1, most: 100, family: "plain option"}},

	"element/button": {
		"text": {kind: formatted, must: true, most: 75, among: plain}, "action_id": actionID, "value": {kind: text, least: 1, most: 2000},
		"url": {kind: text, most: 3000, form: "an address"}, "style": buttonTone, "confirm": confirm, "accessibility_label": {kind: text, least: 1, most: 75},
	},
	"element/overflow":      {"action_id": actionID, "options": {kind: list, must: true, least: 1, most: 5, family: "plain option"}, "confirm": confirm},
	"element/checkboxes":    {"action_id": actionID, "options": {kind: list, must: true, least: 1, most: 10, family: "option"}, "initial_options": {kind: list, least: 1, most: 10, family: "option"}, "confirm": confirm, "focus_on_load": focus},
	"element/radio_buttons": {"action_id": actionID, "options": {kind: list, must: true, least: 1, most: 10, family: "option"}, "initial_option": {kind: object, family: "option"}, "confirm": confirm, "focus_on_load": focus},
	"element/static_select": {
		"action_id": actionID, "options": {kind: list, least: 1, most: 100, family: "plain option"}, "option_groups": {kind: list, least: 1, most: 100, family: "group"},
		"initial_option": {kind: object, family: "plain option"}, "placeholder": placeholder, "confirm": confirm, "focus_on_load": focus,
	},
	"element/multi_static_select": {
		"action_id": actionID, "options": {kind: list, least: 1, most: 100, family: "plain option"}, "option_groups": {kind: list, least: 1, most: 100, family: "group"},
		"initial_options": {kind: list, least: 1, family: "plain option"}, "max_selected_items": {kind: whole, least: 1}, "placeholder": placeholder, "confirm": confirm, "focus_on_load": focus,
	},
	"element/users_select":         {"action_id": actionID, "initial_user": {kind: text, form: "the id of a user"}, "placeholder": placeholder, "confirm": confirm, "focus_on_load": focus},
	"element/multi_users_select":   {"action_id": actionID, "initial_users": {kind: list, least: 1, each: text, form: "the id of a user"}, "max_selected_items": {kind: whole, least: 1}, "placeholder": placeholder, "confirm": confirm, "focus_on_load": focus},
	"element/conversations_select": {"action_id": actionID, "initial_conversation": {kind: text, form: "the id of a conversation"}, "default_to_current_conversation": {kind: truth}, "response_url_enabled": {kind: truth}, "filter": filter, "placeholder": placeholder, "confirm": confirm, "focus_on_load": focus},
	"element/multi_conversations_select": {
		"action_id": actionID, "initial_conversations": {kind: list, least: 1, each: text, form: "the id of a conversation"}, "default_to_current_conversation": {kind: truth},
		"max_selected_items": {kind: whole, least: 1}, "filter": filter, "placeholder": placeholder, "confirm": confirm, "focus_on_load": focus,
	},
	"element/datepicker":       {"action_id": actionID, "initial_date": {kind: text, form: "a day such as 2026-12-04"}, "placeholder": placeholder, "confirm": confirm, "focus_on_load": focus},
	"element/timepicker":       {"action_id": actionID, "initial_time": {kind: text, form: "a time such as 09:00"}, "timezone": {kind: text, least: 1}, "placeholder": placeholder, "confirm": confirm, "focus_on_load": focus},
	"element/number_input":     {"action_id": actionID, "is_decimal_allowed": {kind: truth, must: true}, "initial_value": {kind: text, form: "a number"}, "min_value": {kind: text, form: "a number"}, "max_value": {kind: text, form: "a number"}, "placeholder": placeholder, "focus_on_load": focus},
	"element/email_text_input": {"action_id": actionID, "initial_value": {kind: text}, "placeholder": placeholder, "focus_on_load": focus},
	"element/url_text_input":   {"action_id": actionID, "initial_value": {kind: text}, "placeholder": placeholder, "focus_on_load": focus},
	"element/plain_text_input": {
		"action_id": actionID, "initial_value": {kind: text, most: 3000}, "multiline": {kind: truth}, "min_length": {kind: whole, most: 3000}, "max_length": {kind: whole, least: 1, most: 3000},
		"placeholder": placeholder, "focus_on_load": focus,
	},
}
