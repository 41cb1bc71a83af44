package teamstest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Delivery is one activity on its way to the bot, and what the bot answered.
type Delivery struct {
	Activity map[string]any
	Reached  bool // false: the service would not have told the bot
	Message  string
	Status   int
	Body     []byte
}

// maxAnswer is how much of an answer is read.
const maxAnswer = 4 << 20

// Deliver sends any activity to the bot, correctly signed for the service
// address that it carries. An error means that the bot was not reached.
func (s *Teams) Deliver(ctx context.Context, activity map[string]any) (Delivery, error) {
	service, _ := activity["serviceUrl"].(string)
	return s.DeliverSigned(ctx, activity, s.Sign(service, nil))
}

// DeliverSigned sends an activity with a token of the caller's making.
func (s *Teams) DeliverSigned(ctx context.Context, activity map[string]any, token string) (Delivery, error) {
	body, err := json.Marshal(activity)
	if err != nil {
		return Delivery{}, fmt.Errorf("deliver an activity: %w", err)
	}
	s.mu.Lock()
	address := s.bot
	s.mu.Unlock()
	if address == "" {
		return Delivery{}, errors.New("deliver an activity: nobody said where the bot is (SetBot)")
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return Delivery{}, fmt.Errorf("deliver an activity: %w", err)
	}
	request.Header.Set("Content-Type", "application/json; charset=utf-8")
	request.Header.Set("User-Agent", "Microsoft-SkypeBotApi (Microsoft-BotFramework/3.0)")
	request.Header.Set("X-Ms-Tenant-Id", s.config.TenantID)
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := s.client.Do(request)
	if err != nil {
		return Delivery{}, fmt.Errorf("deliver an activity: %w", err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return Delivery{}, fmt.Errorf("deliver an activity: read the answer: %w", err)
	}
	d := Delivery{Activity: activity, Reached: true, Status: response.StatusCode, Body: answer}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.deliveries = append(s.deliveries, d)
	s.announce()
	return d, nil
}

// Redeliver sends an activity again, as the service does when the bot was slow:
// with the same id, or with a fresh id and moment.
func (s *Teams) Redeliver(ctx context.Context, d Delivery, fresh bool) (Delivery, error) {
	activity := maps.Clone(d.Activity)
	if fresh {
		s.mu.Lock()
		activity["id"] = s.freshID()
		activity["timestamp"] = s.stamp()
		s.mu.Unlock()
	}
	return s.Deliver(ctx, activity)
}

// Deliveries returns what was sent to the bot, oldest first.
func (s *Teams) Deliveries() []Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.deliveries)
}

func (s *Teams) stamp() string {
	return s.config.Clock.Now().UTC().Format("2006-01-02T15:04:05.000Z")
}

// freshID returns an id for an activity that is no message.
func (s *Teams) freshID() string {
	s.serial++
	return "f:" + guid("activity", strconv.Itoa(s.serial))
}

// activity is what all activities have in common. The lock is held.
func (s *Teams) activity(kind string, u *user, p *place, root string) map[string]any {
	conversation := map[string]any{"id": p.id, "conversationType": p.kind, "tenantId": s.config.TenantID}
	data := map[string]any{"tenant": map[string]any{"id": s.config.TenantID}}
	if p.kind != personal {
		conversation["isGroup"] = true
	}
	if p.kind == channel {
		if root != "" {
			conversation["id"] = p.id + ";messageid=" + root
		}
		data["channel"] = map[string]any{"id": p.id}
		if p.private {
			data["channel"] = map[string]any{"id": p.id, "type": "private"}
		}
		data["team"] = map[string]any{"id": p.team.ID, "name": p.team.Name, "aadGroupId": p.team.Group}
		data["teamsChannelId"], data["teamsTeamId"] = p.id, p.team.ID
	}
	return map[string]any{
		"type": kind, "id": s.freshID(), "timestamp": s.stamp(), "serviceUrl": s.serviceURL(), "channelId": "msteams",
		"from":         u.from(),
		"conversation": conversation,
		"recipient":    s.self(),
		"channelData":  data,
		"locale":       "en-GB",
		"entities":     []any{map[string]any{"type": "clientInfo", "locale": "en-GB", "country": "GB", "platform": "Web", "timezone": "Europe/London"}},
	}
}

// from is somebody as activities name them. They do not say who is a guest.
func (u *user) from() map[string]any {
	who := map[string]any{"id": u.MRI, "name": u.Name, "aadObjectId": u.ID}
	if u.Tenant != "" {
		who["tenantId"] = u.Tenant
	}
	return who
}

// self is the bot as activities name it.
func (s *Teams) self() map[string]any {
	return map[string]any{"id": "28:" + s.config.AppID, "name": s.config.BotName}
}

// moment shows when a message was written, as activities do.
func moment(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000Z") }
