package limits

// rule checks what the members of an object cannot say each for itself.
type rule func(c *check, path string, object map[string]any)

// rules are the rules of objects, by the same names as their shapes.
var rules = map[string]rule{
	"block/actions":   all(blockOnce, actionsOnce),
	"block/context":   blockOnce,
	"block/divider":   blockOnce,
	"block/header":    blockOnce,
	"block/markdown":  blockOnce,
	"block/rich_text": blockOnce,
	"block/section":   all(blockOnce, sectionHolds),
	"block/input":     blockOnce,

	"filter": filterFilters,

	"element/checkboxes":                 all(focusOnce, optionsFit),
	"element/radio_buttons":              all(focusOnce, optionsFit),
	"element/static_select":              all(focusOnce, optionsFit),
	"element/multi_static_select":        all(focusOnce, optionsFit),
	"element/overflow":                   optionsFit,
	"element/users_select":               focusOnce,
	"element/multi_users_select":         focusOnce,
	"element/conversations_select":       focusOnce,
	"element/multi_conversations_select": focusOnce,
	"element/datepicker":                 focusOnce,
	"element/timepicker":                 focusOnce,
	"element/number_input":               all(focusOnce, inModalsOnly, numbersFit),
	"element/email_text_input":           all(focusOnce, inModalsOnly),
	"element/url_text_input":             all(focusOnce, inModalsOnly),
	"element/plain_text_input":           all(focusOnce, lengthsFit),
}

func all(several ...rule) rule {
	return func(c *check, path string, object map[string]any) {
		for _, rule := range several {
			rule(c, path, object)
		}
	}
}
