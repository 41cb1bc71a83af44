package teams

import (
	"encoding/json"
	"strings"
	"sync"

	"evangelist/bot"
)

// partMark begins what carries a part's id in a card.
const partMark = "evangelist-part-"

// marking is the text by which a part is found again. It ends so that no id is
// the beginning of another.
func marking(id string) string { return partMark + id + "." }

// marked adds a hidden element that carries the part's id to a card.
func marked(card json.RawMessage, id string) json.RawMessage {
	if id == "" {
		return card
	}
	mark, err := json.Marshal(marking(id))
	if err != nil {
		return card
	}
	const body = `"body":[`
	at := strings.Index(string(card), body)
	if at < 0 {
		return card
	}
	at += len(body)
	glue := ","
	if strings.HasPrefix(string(card[at:]), "]") {
		glue = ""
	}
	hidden := `{"type":"TextBlock","id":` + string(mark) + `,"text":" ","isVisible":false}`
	return json.RawMessage(string(card[:at]) + hidden + glue + string(card[at:]))
}

// marks remembers the part ids of what was posted lately, so that a card that
// is changed keeps its id.
type marks struct {
	mu       sync.Mutex
	now, old map[bot.MessageRef]string
}

const mostMarks = 20_000

func (m *marks) keep(ref bot.MessageRef, id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.now == nil || len(m.now) >= mostMarks {
		m.old, m.now = m.now, map[bot.MessageRef]string{}
	}
	m.now[ref] = id
}

func (m *marks) of(ref bot.MessageRef) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if id, ok := m.now[ref]; ok {
		return id
	}
	return m.old[ref]
}
