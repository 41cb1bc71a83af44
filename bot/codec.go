package bot

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

type wireMessage struct {
	Summary string      `json:"summary"`
	Blocks  []wireBlock `json:"blocks"`
}

type wireBlock struct {
	Type string          `json:"type"`
	Body json.RawMessage `json:"body"`
}

// MarshalJSON writes the message with a type tag on each block. The text is
// canonical: equal messages give equal bytes.
func (m Message) MarshalJSON() ([]byte, error) {
	wire := wireMessage{Summary: m.Summary, Blocks: make([]wireBlock, 0, len(m.Blocks))}
	for _, block := range m.Blocks {
		body, err := encode(block)
		if err != nil {
			return nil, err
		}
		wire.Blocks = append(wire.Blocks, wireBlock{Type: block.block(), Body: body})
	}
	return encode(wire)
}

func encode(v any) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("encode %T: %w", v, err)
	}
	return bytes.TrimRight(out.Bytes(), "\n"), nil
}

// UnmarshalJSON reads what MarshalJSON wrote. An unknown block is an error: a
// message is never shown with a piece missing.
func (m *Message) UnmarshalJSON(data []byte) error {
	var wire wireMessage
	if err := json.Unmarshal(data, &wire); err != nil {
		return fmt.Errorf("read message: %w", err)
	}
	m.Summary, m.Blocks = wire.Summary, nil
	for _, item := range wire.Blocks {
		block, err := decodeBlock(item)
		if err != nil {
			return err
		}
		m.Blocks = append(m.Blocks, block)
	}
	return nil
}

func decodeBlock(item wireBlock) (Block, error) {
	switch item.Type {
	case "heading":
		return into[Heading](item)
	case "paragraph":
		return into[Paragraph](item)
	case "list":
		return into[List](item)
	case "facts":
		return into[Facts](item)
	case "quote":
		return into[Quote](item)
	case "link":
		return into[Link](item)
	case "table":
		return into[Table](item)
	case "figure":
		return into[Figure](item)
	case "note":
		return into[Note](item)
	case "rule":
		return into[Rule](item)
	case "actions":
		return into[Actions](item)
	}
	return nil, fmt.Errorf("read message: unknown block %q", item.Type)
}

func into[B Block](item wireBlock) (Block, error) {
	var block B
	if err := json.Unmarshal(item.Body, &block); err != nil {
		return nil, fmt.Errorf("read %s block: %w", item.Type, err)
	}
	return block, nil
}

// Hash is the identity of a frozen message: SHA-256 of its canonical text, in
// hexadecimal.
func (m Message) Hash() (string, error) {
	text, err := m.MarshalJSON()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}
