package connector

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
)

// OpenChat returns the chat of the bot with one person (29:…, or the object id
// in the directory). Opening it again returns the same one.
func (c *Client) OpenChat(ctx context.Context, serviceURL, user string) (Conversation, error) {
	var said struct {
		ID string `json:"id"`
	}
	q := call{
		what: "open a chat", method: http.MethodPost, service: serviceURL, path: []string{"conversations"}, personal: true,
		body: creation{Bot: c.self(), Members: []Account{{ID: user}}, TenantID: c.config.TenantID, ChannelData: creationData{Tenant: reference{ID: c.config.TenantID}}},
	}
	if err := c.do(ctx, q, &said); err != nil {
		return Conversation{}, err
	}
	if said.ID == "" {
		return Conversation{}, unknown(q.what, errors.New("the answer names no conversation"))
	}
	return Conversation{ServiceURL: serviceURL, ID: said.ID}, nil
}

// Member is somebody in a conversation.
type Member struct {
	ID       string // 29:…
	ObjectID string // in the directory
	Name     string
	Email    string
	TenantID string
	Guest    bool
}

// MemberPage is a part of the members. Next is empty on the last page.
type MemberPage struct {
	Members []Member
	Next    string
}

// pageSize is how many members are asked for at once: the most that is allowed.
const pageSize = 500

// member is a Member as the service writes it.
type member struct {
	ID          string `json:"id"`
	ObjectID    string `json:"objectId"`
	AADObjectID string `json:"aadObjectId"`
	Name        string `json:"name"`
	Email       string `json:"email"`
	TenantID    string `json:"tenantId"`
	Role        string `json:"userRole"`
}

func (m member) plain() Member {
	if m.AADObjectID == "" {
		m.AADObjectID = m.ObjectID
	}
	return Member{ID: m.ID, ObjectID: m.AADObjectID, Name: m.Name, Email: m.Email, TenantID: m.TenantID, Guest: m.Role == "guest"}
}

// Members returns one page of the members of a conversation: the first one, or
// the one that Next of the page before named.
func (c *Client) Members(ctx context.Context, of Conversation, next string) (MemberPage, error) {
	query := url.Values{"pageSize": {strconv.Itoa(pageSize)}}
	if next != "" {
		query.Set("continuationToken", next)
	}
	id, _ := SplitThread(of.ID)
	var said struct {
		Members []member `json:"members"`
		Next    string   `json:"continuationToken"`
	}
	err := c.do(ctx, call{what: "list members", method: http.MethodGet, service: of.ServiceURL, path: []string{"conversations", id, "pagedMembers"}, query: query, personal: of.personal()}, &said)
	page := MemberPage{Next: said.Next}
	for _, m := range said.Members {
		page.Members = append(page.Members, m.plain())
	}
	return page, err
}

// Member returns one member of a conversation, by 29:… or object id. Somebody
// who is not in it is Unreachable.
func (c *Client) Member(ctx context.Context, of Conversation, user string) (Member, error) {
	id, _ := SplitThread(of.ID)
	var said member
	err := c.do(ctx, call{what: "look up a member", method: http.MethodGet, service: of.ServiceURL, path: []string{"conversations", id, "members", user}, personal: of.personal()}, &said)
	return said.plain(), err
}

// Team is a team that the bot is in.
type Team struct {
	ID    string // 19:…
	Name  string
	Group string // its id in Microsoft Graph
}

// Team returns a team.
func (c *Client) Team(ctx context.Context, serviceURL, team string) (Team, error) {
	var said struct {
		ID    string `json:"id"`
		Name  string `json:"name"`
		Group string `json:"aadGroupId"`
	}
	err := c.do(ctx, call{what: "look up a team", method: http.MethodGet, service: serviceURL, path: []string{"teams", team}}, &said)
	return Team{ID: said.ID, Name: said.Name, Group: said.Group}, err
}

// Channel is a channel of a team.
type Channel struct {
	ID   string
	Name string
	Type string // standard, private or shared; empty in older answers
}

// Channels lists the channels of a team that the bot is in. The first channel,
// which the service leaves without a name, is called General.
func (c *Client) Channels(ctx context.Context, serviceURL, team string) ([]Channel, error) {
	var said struct {
		Conversations []Channel `json:"conversations"`
	}
	err := c.do(ctx, call{what: "list channels", method: http.MethodGet, service: serviceURL, path: []string{"teams", team, "conversations"}}, &said)
	for i, channel := range said.Conversations {
		if channel.Name == "" {
			said.Conversations[i].Name = "General"
		}
	}
	return said.Conversations, err
}
