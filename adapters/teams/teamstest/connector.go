package teamstest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"unicode/utf16"
)

// maxMessage is how large a message may be, counted as UTF-16.
const maxMessage = 100 << 10

// connector checks token and tenant before a call is carried out.
func (s *Teams) connector(do func(*exchange) answer) func(*exchange) answer {
	return func(x *exchange) answer {
		switch {
		case !s.admitted(x.request, BotScope):
			return problem(http.StatusUnauthorized, "Unauthorized", "Authorization has been denied for this request.")
		case !strings.EqualFold(x.request.PathValue("tenant"), s.config.TenantID):
			return problem(http.StatusForbidden, "InvalidBotApiHost", "Invalid bot api host.")
		}
		return do(x)
	}
}

// outgoing is what the bot sends.
type outgoing struct {
	Type        string `json:"type"`
	Text        string `json:"text"`
	Summary     string `json:"summary"`
	ReplyToID   string `json:"replyToId"`
	Attachments []struct {
		ContentType string          `json:"contentType"`
		Content     json.RawMessage `json:"content"`
	} `json:"attachments"`
	Recipient struct {
		ID string `json:"id"`
	} `json:"recipient"`
	Entities []any `json:"entities"`
}

func (o outgoing) cards() []json.RawMessage {
	var cards []json.RawMessage
	for _, a := range o.Attachments {
		if a.ContentType == "application/vnd.microsoft.card.adaptive" {
			cards = append(cards, a.Content)
		}
	}
	return cards
}

// read checks what the bot sends; nil when it is fine.
func (o *outgoing) read(body []byte) *answer {
	if 2*len(utf16.Encode([]rune(string(body)))) > maxMessage {
		a := problem(http.StatusRequestEntityTooLarge, "MessageSizeTooBig", "Message size too large.")
		return &a
	}
	if json.Unmarshal(body, o) != nil || o.Type != "message" || o.Text == "" && len(o.Attachments) == 0 {
		a := problem(http.StatusBadRequest, "Bad Argument", "The activity is not a message with text or attachments.")
		return &a
	}
	for _, card := range o.cards() {
		var shape struct {
			Type    string `json:"type"`
			Version string `json:"version"`
		}
		if json.Unmarshal(card, &shape) != nil || shape.Type != "AdaptiveCard" || shape.Version == "" {
			a := problem(http.StatusBadRequest, "Bad Argument", "An Adaptive Card cannot be read.")
			return &a
		}
	}
	return nil
}

// writable returns the place that the bot may write to, or a refusal.
func (s *Teams) writable(x *exchange) (*place, string, *answer) {
	refuse := func(status int, code, message string) (*place, string, *answer) {
		a := problem(status, code, message)
		return nil, "", &a
	}
	p, root := s.find(x.request.PathValue("conversation"))
	switch {
	case p == nil:
		return refuse(http.StatusNotFound, "ConversationNotFound", "Conversation not found.")
	case p.blocked:
		return refuse(http.StatusForbidden, "ConversationBlockedByUser", "User blocked the conversation with the bot.")
	case !p.bot && p.kind == personal:
		a := answer{status: http.StatusForbidden, body: map[string]any{"errorCode": 209, "message": "{\r\n  \"subCode\": \"MessageWritesBlocked\",\r\n  \"details\": \"Thread is not writable\",\r\n  \"errorCode\": null\r\n}"}}
		return nil, "", &a
	case !p.bot:
		return refuse(http.StatusForbidden, "BotNotInConversationRoster", "The bot is not part of the conversation roster.")
	}
	if root != "" && s.messages[root] == nil {
		return refuse(http.StatusNotFound, "ActivityNotFoundInConversation", "Conversation not found.")
	}
	return p, root, nil
}

func (s *Teams) send(x *exchange) answer {
	var o outgoing
	if why := o.read(x.body); why != nil {
		return *why
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p, root, why := s.writable(x)
	if why != nil {
		return *why
	}
	if p.frozen() {
		return blocked()
	}
	if wait := s.throttle("send", p.id); wait != "" {
		return throttled(wait)
	}
	to := ""
	if x.call.Targeted() {
		target := s.userByID(o.Recipient.ID)
		switch {
		case o.Recipient.ID == "" || p.kind == personal:
			return problem(http.StatusBadRequest, "Bad Argument", "A targeted message needs a recipient, and a conversation of several people.")
		case target == nil || !slices.Contains(p.people(), target.ID):
			return problem(http.StatusNotFound, "BotNotInConversationRoster", "The recipient is not part of the conversation roster.")
		}
		to = target.ID
	}
	if answered := either(o.ReplyToID, x.call.Activity); answered != "" {
		first := s.messages[answered]
		switch {
		case first == nil || first.Place != p.id:
			return problem(http.StatusNotFound, "ActivityNotFoundInConversation", "Conversation not found.")
		case p.kind == channel:
			root = either(root, either(first.Root, first.ID))
		default:
			root = first.ID
		}
	}
	return answer{status: http.StatusCreated, body: s.post(p, root, to, o, x.body)}
}

// post adds what the bot sends. Text beside a card becomes two messages, and
// then no id comes back.
func (s *Teams) post(p *place, root, to string, o outgoing, whole []byte) map[string]any {
	m := Message{Root: root, Text: o.Text, Summary: o.Summary, Cards: o.cards(), To: to, Activity: slices.Clone(whole)}
	if o.Text != "" && len(o.Attachments) > 0 {
		text, card := m, m
		text.Cards, card.Text = nil, ""
		s.add(p, text)
		s.add(p, card)
		return map[string]any{}
	}
	added := s.add(p, m)
	added.entities = o.Entities
	return map[string]any{"id": added.ID}
}

func either(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// own returns a message of the bot that is there.
func (s *Teams) own(x *exchange, p *place) (*message, *answer) {
	m := s.messages[x.call.Activity]
	refuse := func(status int, code string) (*message, *answer) {
		a := problem(status, code, "The activity cannot be changed.")
		return nil, &a
	}
	switch {
	case m == nil || m.Place != p.id || m.Deleted || (m.To != "") != x.call.Targeted():
		return refuse(http.StatusNotFound, "ActivityNotFoundInConversation")
	case m.From != "":
		return refuse(http.StatusForbidden, "NotEnoughPermissions")
	}
	return m, nil
}

func (s *Teams) update(x *exchange) answer {
	var o outgoing
	if why := o.read(x.body); why != nil {
		return *why
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p, _, why := s.writable(x)
	if why != nil {
		return *why
	}
	if wait := s.throttle("send", p.id); wait != "" {
		return throttled(wait)
	}
	m, why := s.own(x, p)
	if why != nil {
		return *why
	}
	if x.call.Targeted() && o.Recipient.ID != "" {
		return problem(http.StatusBadRequest, "Bad Argument", "The recipient cannot be changed.")
	}
	m.Text, m.Summary, m.Cards, m.Activity, m.entities = o.Text, o.Summary, o.cards(), slices.Clone(x.body), o.Entities
	m.Edits++
	m.changed = s.config.Clock.Now()
	clear(m.alone)
	s.announce()
	return answer{status: http.StatusOK, body: map[string]any{"id": m.ID}}
}

func (s *Teams) remove(x *exchange) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, _, why := s.writable(x)
	if why != nil {
		return *why
	}
	m, why := s.own(x, p)
	if why != nil {
		return *why
	}
	m.Deleted, m.changed = true, s.config.Clock.Now()
	s.announce()
	return answer{status: http.StatusOK}
}
