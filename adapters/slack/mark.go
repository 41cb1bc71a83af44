package slack

import (
	"encoding/json"

	"evangelist/adapters/slack/inbound"
)

// marked writes the part id into the first block, as its block_id. Slack tells of
// the bot's own messages with their blocks, but without the payload of their
// metadata, so that this is how an echo is known.
func marked(payload []byte, id string) []byte {
	if id == "" {
		return payload
	}
	var message struct {
		Text   string            `json:"text"`
		Blocks []json.RawMessage `json:"blocks"`
	}
	var first map[string]json.RawMessage
	if json.Unmarshal(payload, &message) != nil || len(message.Blocks) == 0 || json.Unmarshal(message.Blocks[0], &first) != nil || first["block_id"] != nil {
		return payload
	}
	mark, err := json.Marshal(inbound.PartMark + id)
	if err != nil {
		return payload
	}
	first["block_id"] = mark
	if message.Blocks[0], err = json.Marshal(first); err != nil {
		return payload
	}
	out, err := json.Marshal(message)
	if err != nil {
		return payload
	}
	return out
}
