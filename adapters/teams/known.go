package teams

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"evangelist/adapters/teams/cloud"
	"evangelist/adapters/teams/inbound"
	"evangelist/bot"
)

// known remembers where conversations are served and in which teams they are,
// what people are called, and how the service names them. The first is kept as
// notes, for messages that nobody asked for; the rest lives in memory.
type known struct {
	recall func(ctx context.Context, name string) (string, error)
	note   func(ctx context.Context, name, value string) error

	mu      sync.RWMutex
	common  string          // the service address of conversations for which none is known
	others  int             // how many activities in a row came from another one
	asked   bool            // common was recalled
	spots   map[string]spot // as they are noted
	fresh   map[string]spot // what is not to be noted yet
	names   map[bot.AccountID]string
	members map[bot.AccountID]string // 29:…
	private map[bot.MessageRef]bool  // messages that one person alone sees
	around  around
}

// spot is what is known of one conversation.
type spot struct {
	Service string `json:"s,omitempty"` // empty: the common one
	Team    string `json:"t,omitempty"`
	Group   string `json:"g,omitempty"` // the team in Microsoft Graph
}

// The names of the notes.
const (
	commonNote = "teams/service"
	spotNote   = "teams/place/"
)

// Whereabouts reads from an adapter's notes where a conversation is served and in
// which team of Microsoft Graph it is; each is "" when it is not known.
func Whereabouts(ctx context.Context, recall func(ctx context.Context, name string) (string, error), conversation string) (service, group string, err error) {
	k := newKnown()
	k.recall = recall
	common, err := k.service(ctx)
	if err != nil {
		return "", "", err
	}
	at, err := k.spot(ctx, conversation)
	if at.Service == "" {
		at.Service = common
	}
	return at.Service, at.Group, err
}

func newKnown() *known {
	return &known{spots: map[string]spot{}, fresh: map[string]spot{}, names: map[bot.AccountID]string{}, members: map[bot.AccountID]string{}, private: map[bot.MessageRef]bool{}}
}

// service is the address that was seen last, "" when none ever was.
func (k *known) service(ctx context.Context) (string, error) {
	k.mu.RLock()
	common, asked := k.common, k.asked
	k.mu.RUnlock()
	if asked || k.recall == nil {
		return common, nil
	}
	text, err := k.recall(ctx, commonNote)
	if err != nil {
		return "", fmt.Errorf("recall the service address: %w", err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.common == "" {
		k.common = text
	}
	k.asked = true
	return k.common, nil
}

// spot is what is known of a conversation; the zero value when nothing is.
func (k *known) spot(ctx context.Context, conversation string) (spot, error) {
	k.mu.RLock()
	at, ok := k.fresh[conversation]
	k.mu.RUnlock()
	if ok {
		return at, nil
	}
	return k.noted(ctx, conversation)
}

// noted is what the notes say of a conversation.
func (k *known) noted(ctx context.Context, conversation string) (spot, error) {
	k.mu.RLock()
	at, ok := k.spots[conversation]
	k.mu.RUnlock()
	if ok || k.recall == nil {
		return at, nil
	}
	text, err := k.recall(ctx, spotNote+conversation)
	if err != nil {
		return spot{}, fmt.Errorf("recall what is known of a conversation: %w", err)
	}
	if text != "" && json.Unmarshal([]byte(text), &at) != nil {
		at = spot{} // as if nothing were known
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if now, ok := k.spots[conversation]; ok {
		return now, nil
	}
	k.spots[conversation] = at
	return at, nil
}

// saw remembers the address that an activity of a conversation proved. What it
// says is written down only when it is news, and when others know of the activity
// anyway: what is asked of the bot alone may be said without a name, and leaves
// no trace of where. The first address ever is written down in any case.
func (k *known) saw(ctx context.Context, service string, a inbound.Activity) error {
	common, err := k.service(ctx)
	if err != nil {
		return err
	}
	if strayed := k.strayed(common, service); common == "" || strayed && !a.Unseen() {
		if err := k.write(ctx, commonNote, service); err != nil {
			return err
		}
		k.mu.Lock()
		k.common, k.asked, k.others = service, true, 0
		k.mu.Unlock()
		common = service
	}
	at := spot{Team: a.Team.ID, Group: a.Team.Group}
	if !cloud.SameService(common, service) {
		at.Service = service
	}
	if a.Unseen() {
		return k.overheard(ctx, a.Conversation, at)
	}
	return k.place(ctx, a.Conversation, at)
}

// overheard remembers what is known of a conversation for as long as the process
// lives.
func (k *known) overheard(ctx context.Context, conversation string, at spot) error {
	was, err := k.spot(ctx, conversation)
	if err != nil {
		return err
	}
	if at = at.over(was); at == was {
		return nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.fresh[conversation] = at
	return nil
}

// over is what is known with what was known before. Empty fields change nothing
// but the address.
func (s spot) over(was spot) spot {
	if s.Team == "" {
		s.Team = was.Team
	}
	if s.Group == "" {
		s.Group = was.Group
	}
	return s
}

// movedAfter is after how many activities in a row from elsewhere the tenant has
// moved. A few may come from a conversation that is served elsewhere.
const movedAfter = 50

func (k *known) strayed(common, service string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.others++; cloud.SameService(common, service) {
		k.others = 0
	}
	return k.others >= movedAfter
}

// place notes what is known of a conversation.
func (k *known) place(ctx context.Context, conversation string, at spot) error {
	was, err := k.noted(ctx, conversation)
	if err != nil {
		return err
	}
	if at = at.over(was); at == was {
		k.mu.Lock()
		defer k.mu.Unlock()
		delete(k.fresh, conversation)
		return nil
	}
	text, err := json.Marshal(at)
	if err != nil {
		return fmt.Errorf("write what is known of a conversation: %w", err)
	}
	if err := k.write(ctx, spotNote+conversation, string(text)); err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.spots[conversation] = at
	delete(k.fresh, conversation)
	return nil
}

func (k *known) write(ctx context.Context, name, value string) error {
	if k.note == nil {
		return nil
	}
	if err := k.note(ctx, name, value); err != nil {
		return fmt.Errorf("note a service address: %w", err)
	}
	return nil
}

// meet remembers what people are called.
func (k *known) meet(facts []bot.AccountFact) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, fact := range facts {
		if fact.Name != "" {
			k.names[fact.Account] = fact.Name
		}
	}
}

func (k *known) name(account bot.AccountID) string {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.names[account]
}

// enlist remembers how the service names an account.
func (k *known) enlist(account bot.AccountID, id string) {
	if account == "" || id == "" {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.members[account] = id
}

func (k *known) member(account bot.AccountID) string {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.members[account]
}

// mostPrivate bounds what is remembered of private messages.
const mostPrivate = 20_000

// whispered remembers a message that one person alone sees.
func (k *known) whispered(ref bot.MessageRef) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.private) >= mostPrivate {
		clear(k.private)
	}
	k.private[ref] = true
}

func (k *known) isPrivate(ref bot.MessageRef) bool {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.private[ref]
}
