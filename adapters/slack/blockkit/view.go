package blockkit

import (
	"encoding/json"
	"fmt"
	"strings"

	"evangelist/bot"
)

// What a view holds.
const (
	viewBlocks  = 100
	viewJSON    = 200_000 // bytes; Slack takes 250,000
	longestMeta = 3000
	longestName = 24 // of a view and of the buttons at its foot
)

// The sentences at the end of what is too long.
const (
	moreOnPage = "There is more than fits here, so it ends at this point."
	moreOnWeb  = "There is more; it stands on the page itself."
)

type modalView struct {
	Type     string            `json:"type"`
	Callback string            `json:"callback_id,omitempty"`
	Title    words             `json:"title"`
	Blocks   []json.RawMessage `json:"blocks"`
	Submit   *words            `json:"submit,omitempty"`
	Close    *words            `json:"close,omitempty"`
	Metadata string            `json:"private_metadata,omitempty"`
}

// Page draws a modal that shows a message and nothing to fill in, such as the
// last page of a form. Its title is the summary, or the first sentence of it,
// where that has at most 24 characters. A message that is longer than a page
// says so at its end. metadata has at most 3,000 characters, else it is an error.
func Page(message bot.Message, metadata string, o Options) ([]byte, error) {
	if err := fits(metadata); err != nil {
		return nil, err
	}
	d := &drawer{Options: o}
	blocks, err := d.page(message, ofView(viewBlocks, viewJSON))
	if err != nil {
		return nil, err
	}
	done := plainText("Done")
	return encode(modalView{Type: "modal", Title: plainText(titleOf(message.Summary)), Blocks: blocks, Close: &done, Metadata: metadata})
}

func fits(metadata string) error {
	if units(metadata) > longestMeta {
		return fmt.Errorf("draw a view: its metadata has %d characters, more than %d", units(metadata), longestMeta)
	}
	return nil
}

// titleOf makes a title of a summary.
func titleOf(summary string) string {
	summary = strings.TrimSpace(strings.ReplaceAll(clean(summary), "\n", " "))
	if sentence, _, more := strings.Cut(summary, ". "); more && units(sentence) <= longestName && !blank(sentence) {
		return sentence
	}
	if summary = strings.TrimSuffix(summary, "."); units(summary) <= longestName && summary != "" {
		return summary
	}
	return "Message"
}

// Home draws a person's home page. One that is too long says so at its end.
func Home(message bot.Message, o Options) ([]byte, error) {
	d := &drawer{Options: o}
	blocks, err := d.page(message, ofView(viewBlocks, viewJSON))
	if err != nil {
		return nil, err
	}
	return encode(struct {
		Type   string            `json:"type"`
		Blocks []json.RawMessage `json:"blocks"`
	}{"home", blocks})
}

// Unfurl draws what stands under a link to one of our own pages: the object
// {"blocks"}, as large as one part of a message. One that is too long says that
// the rest stands on the page.
func Unfurl(message bot.Message, o Options) ([]byte, error) {
	d := &drawer{Options: o}
	blocks, err := d.page(message, room{partBlocks, partWeight, func(i item) int { return i.size }, moreOnWeb})
	if err != nil {
		return nil, err
	}
	return encode(struct {
		Blocks []json.RawMessage `json:"blocks"`
	}{blocks})
}

// room is what a page has room for, and the sentence at the end of one that has
// not room for all.
type room struct {
	blocks, size int
	measure      func(item) int
	more         string
}

func ofView(blocks, bytes int) room {
	return room{blocks, bytes, func(i item) int { return i.bytes }, moreOnPage}
}

// page draws as much of a message as there is room for.
func (d *drawer) page(message bot.Message, r room) ([]json.RawMessage, error) {
	items, err := d.items(message)
	if err != nil {
		return nil, err
	}
	end, err := d.item(bot.Note{Text: bot.T(r.more)})
	if err != nil {
		return nil, err
	}
	var shown []item
	blocks, used := 0, 0
	for i, one := range items {
		atEnd, endSize := len(end.raw), r.measure(end)
		if i == len(items)-1 { // what is last needs no sentence behind it
			atEnd, endSize = 0, 0
		}
		if blocks+len(one.raw)+atEnd > r.blocks || used+r.measure(one)+endSize > r.size {
			shown = append(shown, end)
			break
		}
		shown, blocks, used = append(shown, one), blocks+len(one.raw), used+r.measure(one)
	}
	var out []json.RawMessage
	for _, block := range joined(shown) {
		out = append(out, block)
	}
	return out, nil
}
