package blockkit

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"evangelist/bot"
)

const (
	longestFieldLabel  = 2000 // also of the help under a field
	longestInput       = 3000
	longestPlaceholder = 150
	yes                = "yes" // the only answer to a question that is answered yes or not at all
)

// conversationID is what Slack takes as the id of a conversation.
var conversationID = regexp.MustCompile(`^[CGD][A-Z0-9]+$`)

type (
	inputBlock struct {
		Type     string  `json:"type"`
		BlockID  string  `json:"block_id"`
		Optional bool    `json:"optional"`
		Label    words   `json:"label"`
		Hint     *words  `json:"hint,omitempty"`
		Element  element `json:"element"`
	}
	element struct {
		Type                 string   `json:"type"`
		ActionID             string   `json:"action_id"`
		Placeholder          *words   `json:"placeholder,omitempty"`
		Multiline            bool     `json:"multiline,omitempty"`
		Decimal              *bool    `json:"is_decimal_allowed,omitempty"`
		Options              []option `json:"options,omitempty"`
		Groups               []group  `json:"option_groups,omitempty"`
		Filter               *filter  `json:"filter,omitempty"`
		InitialValue         string   `json:"initial_value,omitempty"`
		InitialOption        *option  `json:"initial_option,omitempty"`
		InitialOptions       []option `json:"initial_options,omitempty"`
		InitialUser          string   `json:"initial_user,omitempty"`
		InitialConversation  string   `json:"initial_conversation,omitempty"`
		InitialConversations []string `json:"initial_conversations,omitempty"`
		InitialDate          string   `json:"initial_date,omitempty"`
		InitialTime          string   `json:"initial_time,omitempty"`
		MaxLength            int      `json:"max_length,omitempty"`
		Focus                bool     `json:"focus_on_load,omitempty"`
	}
	option struct {
		Text        words  `json:"text"`
		Value       string `json:"value"`
		Description *words `json:"description,omitempty"`
	}
	group struct {
		Label   words    `json:"label"`
		Options []option `json:"options"`
	}
	filter struct {
		Include          []string `json:"include"`
		ExcludeExternals bool     `json:"exclude_external_shared_channels"`
		ExcludeBots      bool     `json:"exclude_bot_users"`
	}
)

// field draws a field, nil when there is nothing to ask, and what is to be said
// under it. bytes is how many its options may take.
func (d *drawer) field(f bot.Field, bytes int) (*inputBlock, []bot.Block) {
	label := orElse(strings.TrimSpace(clean(f.Label)), orElse(f.Name, "…"))
	out := &inputBlock{Type: "input", BlockID: f.Name, Optional: !f.Required, Label: plainText(first(label, longestFieldLabel))}
	out.Element = element{Type: kindOf(f), ActionID: "value"}
	var notes []bot.Block
	if out.Label.Text != label {
		notes = append(notes, bot.Paragraph{Text: bot.T(label)})
	}
	help := strings.TrimSpace(clean(f.Help))
	if hint := strings.TrimSpace(clean(f.Placeholder)); hint != "" {
		if units(hint) <= longestPlaceholder && takesPlaceholder(out.Element.Type) {
			text := plainText(hint)
			out.Element.Placeholder = &text
		} else {
			help = strings.TrimSpace(hint + "\n" + help)
		}
	}
	if units(help) > longestFieldLabel {
		notes = append(notes, bot.Paragraph{Text: bot.T(help)})
		help = ""
	} else if help != "" {
		text := plainText(help)
		out.Hint = &text
	}
	switch f.Kind {
	case bot.ChoiceField, bot.ChoicesField:
		more, some := out.Element.offer(f, bytes)
		if notes = append(notes, more...); !some {
			return nil, append([]bot.Block{bot.Paragraph{Text: bot.Line(bot.Strong(out.Label.Text))}, bot.Note{Text: bot.T(help)}}, notes...)
		}
	case bot.YesNoField:
		choice := option{Text: plainText("Yes"), Value: yes}
		out.Element.Options = []option{choice}
		if slices.Contains(f.Value, yes) {
			out.Element.InitialOptions = []option{choice}
		}
	default:
		notes = append(notes, d.fill(&out.Element, f)...)
	}
	if out.Element.Type == "radio_buttons" && out.Element.InitialOption != nil {
		out.Optional = false // it cannot be left empty, so nothing has to say that it may
	}
	return out, notes
}

// kindOf is the type of element that asks a field.
func kindOf(f bot.Field) string {
	few := len(f.Options) <= fewOptions
	switch f.Kind {
	case bot.ChoiceField:
		if few {
			return "radio_buttons"
		}
		return "static_select"
	case bot.ChoicesField:
		if few {
			return "checkboxes"
		}
		return "multi_static_select"
	case bot.YesNoField:
		return "checkboxes"
	case bot.PersonField:
		return "users_select"
	case bot.PlaceField:
		return "conversations_select"
	case bot.PlacesField:
		return "multi_conversations_select"
	case bot.DateField:
		return "datepicker"
	case bot.TimeField:
		return "timepicker"
	case bot.NumberField:
		return "number_input"
	default:
		return "plain_text_input"
	}
}

func takesPlaceholder(element string) bool {
	return element != "radio_buttons" && element != "checkboxes"
}

// fill puts into an element what it needs and what is filled in already.
func (d *drawer) fill(e *element, f bot.Field) []bot.Block {
	value := ""
	if len(f.Value) > 0 {
		value = f.Value[0]
	}
	switch f.Kind {
	case bot.PersonField:
		if d.Account != nil && value != "" {
			if id := d.Account(bot.PersonID(value)); userID.MatchString(id) {
				e.InitialUser = id
			}
		}
	case bot.PlaceField:
		e.Filter = ourChannels()
		if ids := d.channels(f.Value); len(ids) > 0 {
			e.InitialConversation = ids[0]
		}
	case bot.PlacesField:
		e.Filter = ourChannels()
		e.InitialConversations = d.channels(f.Value)
	case bot.DateField:
		if day, err := time.Parse(time.DateOnly, value); err == nil {
			e.InitialDate = day.Format(time.DateOnly)
		}
	case bot.TimeField:
		if hour, err := time.Parse("15:04", value); err == nil {
			e.InitialTime = hour.Format("15:04")
		}
	case bot.NumberField:
		e.Decimal = new(bool)
		if n, err := strconv.Atoi(strings.TrimSpace(value)); err == nil {
			e.InitialValue = strconv.Itoa(n)
		}
	default:
		return e.write(f, value)
	}
	return nil
}

// write puts words into a field for words.
func (e *element) write(f bot.Field, value string) []bot.Block {
	e.Multiline = f.Kind == bot.ParagraphField
	e.MaxLength = min(f.Limit(), longestInput)
	value = clean(value)
	if !e.Multiline {
		value = strings.ReplaceAll(value, "\n", " ")
	}
	e.InitialValue = head(value, e.MaxLength)
	if e.InitialValue == value {
		return nil
	}
	return []bot.Block{bot.Note{Text: bot.T(fmt.Sprintf("This field holds %d characters. What stood here is longer: only its beginning is filled in, and only that is kept if you send it.", e.MaxLength))}}
}

// head is the beginning of a text, at most limit UTF-16 units.
func head(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	n := 0
	for at, r := range text {
		if n += max(utf16.RuneLen(r), 1); n > limit {
			return text[:at]
		}
	}
	return text
}

// ourChannels leaves out conversations that other organisations share, and
// those with bots and single persons.
func ourChannels() *filter {
	return &filter{Include: []string{"public", "private"}, ExcludeExternals: true, ExcludeBots: true}
}

// channels returns the ids of places in Slack, of those that have one.
func (d *drawer) channels(places []string) []string {
	var out []string
	for _, place := range places {
		if d.Channel == nil {
			return nil
		}
		if id := d.Channel(bot.PlaceID(place)); conversationID.MatchString(id) && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}
