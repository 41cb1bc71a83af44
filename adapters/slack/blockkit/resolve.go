package blockkit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"

	"evangelist/bot"
)

// pingMark can stand in a payload as a member's name only: within a text the
// quotation marks would be escaped.
const pingMark = `"ping":"`

// userID is what Slack takes as the id of a user.
var userID = regexp.MustCompile(`^[UW][A-Z0-9]+$`)

// Resolve turns each ping of a payload into a mention of the person's account,
// and into the name alone where account returns "" or nothing that Slack takes
// as the id of a user. A payload without pings is returned as it is. It changes
// nothing else, and doing it again changes nothing.
func Resolve(payload []byte, account func(bot.PersonID) string) ([]byte, error) {
	if !bytes.Contains(payload, []byte(pingMark)) {
		return payload, nil
	}
	var message struct {
		Text   string            `json:"text"`
		Blocks []json.RawMessage `json:"blocks"`
	}
	if err := json.Unmarshal(payload, &message); err != nil {
		return nil, fmt.Errorf("resolve pings: %w", err)
	}
	for i, raw := range message.Blocks {
		if !bytes.Contains(raw, []byte(pingMark)) {
			continue
		}
		block, err := parse(raw)
		if err != nil {
			return nil, fmt.Errorf("resolve pings: %w", err)
		}
		if message.Blocks[i], err = encode(resolved(block, account)); err != nil {
			return nil, fmt.Errorf("resolve pings: %w", err)
		}
	}
	return encode(message)
}

func parse(raw []byte) (any, error) {
	in := json.NewDecoder(bytes.NewReader(raw))
	in.UseNumber()
	var value any
	err := in.Decode(&value)
	return value, err
}

func resolved(value any, account func(bot.PersonID) string) any {
	switch value := value.(type) {
	case []any:
		for i := range value {
			value[i] = resolved(value[i], account)
		}
	case map[string]any:
		person, pings := value["ping"].(string)
		if !pings || value["type"] != "text" {
			for name := range value {
				value[name] = resolved(value[name], account)
			}
			return value
		}
		id := ""
		if account != nil {
			id = account(bot.PersonID(person))
		}
		if !userID.MatchString(id) {
			delete(value, "ping")
			return value
		}
		mention := map[string]any{"type": "user", "user_id": id}
		if style, styled := value["style"]; styled {
			mention["style"] = style
		}
		return mention
	}
	return value
}
