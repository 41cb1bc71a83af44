package slacktest

import (
	"slices"
	"strings"
)

func (s *Server) authTest(*call) (obj, *refusal) {
	out := obj{
		"url": "https://" + s.cfg.Domain + ".slack.com/", "team": s.cfg.TeamName, "user": s.cfg.BotName, "team_id": s.cfg.Team,
		"user_id": s.cfg.BotUser, "bot_id": s.cfg.BotID, "is_enterprise_install": false,
	}
	if s.cfg.Enterprise != "" {
		out["enterprise_id"] = s.cfg.Enterprise
	}
	return out, nil
}

func (s *Server) connectionsOpen(*call) (obj, *refusal) {
	return obj{"url": "ws" + strings.TrimPrefix(s.base, "http") + "/link/?" + s.hub.Ticket()}, nil
}

func (s *Server) botsInfo(c *call) (obj, *refusal) {
	for _, id := range s.userOrder {
		u := s.users[id]
		if u.appUser != "" && (u.appUser == c.args["bot"] || c.args["bot"] == "") {
			return obj{"bot": obj{"id": u.appUser, "deleted": u.Deleted, "name": u.Handle, "updated": u.updated, "app_id": s.cfg.AppID, "user_id": u.ID, "icons": obj{}}}, nil
		}
	}
	return nil, refuse("bot_not_found")
}

func (s *Server) blocksValidate(c *call) (obj, *refusal) {
	if _, refused := s.blocks(c.args["blocks"]); refused != nil {
		return nil, refused
	}
	return obj{}, nil
}

// userJSON is an account as the API shows it.
func (s *Server) userJSON(u *User) obj {
	out := obj{
		"id": u.ID, "team_id": u.Team, "name": u.Handle, "deleted": u.Deleted, "profile": s.profileJSON(u, false),
		"is_bot": u.Bot, "is_app_user": false, "updated": u.updated,
	}
	if s.stranger(u.ID) {
		out["is_stranger"] = true
	}
	if u.Deleted {
		return out
	}
	out["color"], out["real_name"], out["tz"], out["tz_label"], out["tz_offset"] = "9f69e7", u.Name, u.TimeZone, u.TimeZone, u.tzOffset
	out["is_admin"], out["is_owner"], out["is_primary_owner"] = u.Admin, u.Owner, u.Owner
	out["is_restricted"], out["is_ultra_restricted"] = u.Guest || u.SingleGuest, u.SingleGuest
	out["is_email_confirmed"], out["who_can_share_contact_card"], out["locale"] = true, "EVERYONE", "en-GB"
	if s.cfg.Enterprise != "" && !s.stranger(u.ID) {
		out["enterprise_user"] = obj{"id": u.ID, "enterprise_id": s.cfg.Enterprise, "teams": []string{u.Team}, "is_admin": u.Admin, "is_owner": u.Owner}
	}
	return out
}

func (s *Server) profileJSON(u *User, withFields bool) obj {
	shown := u.DisplayName
	out := obj{
		"title": u.Title, "phone": "", "skype": "", "real_name": u.Name, "real_name_normalized": u.Name, "display_name": shown,
		"display_name_normalized": shown, "status_text": "", "status_emoji": "", "status_expiration": 0, "avatar_hash": "g" + u.ID, "team": u.Team,
		"fields": nil,
	}
	if s.scope("users:read.email") && u.Email != "" && !s.stranger(u.ID) && !u.Bot {
		out["email"] = u.Email
	}
	if u.Bot {
		out["bot_id"], out["api_app_id"], out["always_active"] = u.appUser, s.cfg.AppID, true
	}
	if withFields && len(u.Fields) > 0 {
		fields := obj{}
		for id, value := range u.Fields {
			fields[id] = obj{"value": value, "alt": ""}
		}
		out["fields"] = fields
	}
	return out
}

// profileInline is what a message says of an author from elsewhere.
func (s *Server) profileInline(user string) obj {
	u, ok := s.users[user]
	if !ok {
		return nil
	}
	return obj{
		"real_name": u.Name, "display_name": u.DisplayName, "name": u.Handle, "team": u.Team,
		"is_restricted": u.Guest || u.SingleGuest, "is_ultra_restricted": u.SingleGuest, "avatar_hash": "g" + u.ID,
	}
}

// known lists the accounts that the bot's workspace sees: its own, and those of
// others who share a channel.
func (s *Server) known() []*User {
	var out []*User
	for _, id := range s.userOrder {
		if !s.stranger(id) || s.shares(id) {
			out = append(out, s.users[id])
		}
	}
	return out
}

func (s *Server) usersList(c *call) (obj, *refusal) {
	found, next, refused := page(s.known(), c, 0, 1000)
	if refused != nil {
		return nil, refused
	}
	list := []obj{}
	for _, u := range found {
		list = append(list, s.userJSON(u))
	}
	return obj{"members": list, "cache_ts": s.now().Unix(), "response_metadata": cursorJSON(next)}, nil
}

func (s *Server) visibleUser(id string) (*User, *refusal) {
	u, ok := s.users[id]
	switch {
	case !ok:
		return nil, refuse("user_not_found")
	case s.stranger(id) && !s.shares(id):
		return nil, refuse("user_not_visible")
	}
	return u, nil
}

func (s *Server) usersInfo(c *call) (obj, *refusal) {
	u, refused := s.visibleUser(c.args["user"])
	if refused != nil {
		return nil, refused
	}
	return obj{"user": s.userJSON(u)}, nil
}

func (s *Server) usersLookup(c *call) (obj, *refusal) {
	for _, id := range s.userOrder {
		u := s.users[id]
		if u.Email != "" && strings.EqualFold(u.Email, c.args["email"]) && !u.Deleted && !s.stranger(id) {
			return obj{"user": s.userJSON(u)}, nil
		}
	}
	return nil, refuse("users_not_found")
}

func (s *Server) profileGet(c *call) (obj, *refusal) {
	user := c.args["user"]
	if user == "" {
		user = s.cfg.BotUser
	}
	u, refused := s.visibleUser(user)
	if refused != nil {
		return nil, refused
	}
	profile := s.profileJSON(u, true)
	if c.flag("include_labels") && u.Fields != nil {
		fields, _ := profile["fields"].(obj)
		for _, f := range s.fields {
			if entry, ok := fields[f.id].(obj); ok {
				entry["label"] = f.label
			}
		}
	}
	return obj{"profile": profile}, nil
}

func (s *Server) teamProfile(*call) (obj, *refusal) {
	fields := []obj{}
	for i, f := range s.fields {
		fields = append(fields, obj{
			"id": f.id, "ordering": i, "label": f.label, "hint": "", "type": "text", "possible_values": nil, "options": nil, "is_hidden": false,
			"section_id": "S0",
		})
	}
	return obj{"profile": obj{"fields": fields, "sections": []obj{}}}, nil
}

func (s *Server) teamInfo(*call) (obj, *refusal) {
	team := obj{"id": s.cfg.Team, "name": s.cfg.TeamName, "domain": s.cfg.Domain, "email_domain": "", "icon": obj{}, "url": "https://" + s.cfg.Domain + ".slack.com/"}
	if s.cfg.Enterprise != "" {
		team["enterprise_id"], team["enterprise_name"] = s.cfg.Enterprise, s.cfg.TeamName
	}
	return obj{"team": team}, nil
}

func (s *Server) groupsList(c *call) (obj, *refusal) {
	list := []obj{}
	for _, g := range s.groups {
		shown := obj{
			"id": g.id, "team_id": s.cfg.Team, "is_usergroup": true, "name": g.name, "handle": g.handle, "description": "", "is_external": false,
			"date_create": 1700000000, "date_update": 1700000000, "date_delete": 0, "user_count": len(g.users),
		}
		if c.flag("include_users") {
			shown["users"] = slices.Clone(g.users)
		}
		list = append(list, shown)
	}
	return obj{"usergroups": list}, nil
}

func (s *Server) groupsUsers(c *call) (obj, *refusal) {
	for _, g := range s.groups {
		if g.id == c.args["usergroup"] {
			return obj{"users": append([]string{}, g.users...)}, nil
		}
	}
	return nil, refuse("no_such_subteam")
}
