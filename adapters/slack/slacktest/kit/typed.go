package kit

import (
	"encoding/json"
	"regexp"
	"strings"
)

// typed finds what the composer turns into something else than text: an address,
// a mention <@U…>, a channel <#C…>.
var typed = regexp.MustCompile(`https?://[^\s<>]*[^\s<>.,;:!?'")\]]|<@[UW][A-Z0-9]+>|<#[CG][A-Z0-9]+>`)

// Typed is what Slack makes of a line in the composer: the text in its markup,
// and a rich_text block without block_id.
func Typed(line string) (text string, blocks json.RawMessage) {
	var b strings.Builder
	last := 0
	for _, at := range typed.FindAllStringIndex(line, -1) {
		b.WriteString(escape(line[last:at[0]]))
		switch found := line[at[0]:at[1]]; {
		case strings.HasPrefix(found, "<#"):
			b.WriteString(strings.TrimSuffix(found, ">") + "|>")
		case strings.HasPrefix(found, "<"):
			b.WriteString(found)
		default:
			b.WriteString("<" + escape(found) + ">")
		}
		last = at[1]
	}
	b.WriteString(escape(line[last:]))
	blocks, _ = encode([]any{Rich(line)}) // made of texts alone
	return b.String(), blocks
}

func escape(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}

// Rich is a line as a rich_text object without block_id.
func Rich(line string) Obj {
	var elements []any
	plain := func(text string) {
		if text != "" {
			elements = append(elements, Obj{"type": "text", "text": text})
		}
	}
	last := 0
	for _, at := range typed.FindAllStringIndex(line, -1) {
		plain(line[last:at[0]])
		switch found := line[at[0]:at[1]]; {
		case strings.HasPrefix(found, "<@"):
			elements = append(elements, Obj{"type": "user", "user_id": found[2 : len(found)-1]})
		case strings.HasPrefix(found, "<#"):
			elements = append(elements, Obj{"type": "channel", "channel_id": found[2 : len(found)-1]})
		default:
			elements = append(elements, Obj{"type": "link", "url": found})
		}
		last = at[1]
	}
	plain(line[last:])
	if elements == nil {
		elements = []any{}
	}
	return Obj{"type": "rich_text", "elements": []any{Obj{"type": "rich_text_section", "elements": elements}}}
}

// RichLink is an array of one rich_text block that says: before, and a link that
// is shown as label. That is what the composer makes of a link with a text.
func RichLink(before, address, label string) json.RawMessage {
	section := []any{}
	if before != "" {
		section = append(section, Obj{"type": "text", "text": before})
	}
	section = append(section, Obj{"type": "link", "url": address, "text": label})
	blocks, _ := encode([]any{Obj{"type": "rich_text", "elements": []any{Obj{"type": "rich_text_section", "elements": section}}}})
	return blocks
}

// Links lists the addresses in rich_text, in their order.
func Links(raw json.RawMessage) []string {
	var value any
	if Decode(raw, &value) != nil {
		return nil
	}
	var out []string
	collect(value, &out)
	return out
}

func collect(value any, out *[]string) {
	switch value := value.(type) {
	case []any:
		for _, each := range value {
			collect(each, out)
		}
	case Obj:
		if Str(value, "type") == "link" {
			*out = append(*out, Str(value, "url"))
		}
		collect(value["elements"], out)
	}
}
