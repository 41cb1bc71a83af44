package directory

import (
	"encoding/json"
	"net/mail"
	"slices"
	"strings"

	"evangelist/adapters/slack/inbound"
	"evangelist/adapters/slack/webapi"
	"evangelist/bot"
)

// Labels say which fields of the profile hold what, by the labels that the
// workspace gave them; capitals do not count. Empty: Department; Level; Title or
// Job title, and else what Slack itself calls the title.
// Unread stands for no field: nothing is read then.
type Labels struct {
	Department string
	Level      string
	Title      string
}

// Unread is a label for what is not to be read from profiles.
const Unread = "-"

// fields are the ids of the profile's fields; "" for one that is not there.
type fields struct{ department, level, title string }

func (in fields) any() bool { return in.department != "" || in.level != "" || in.title != "" }

// find looks the labels up among the workspace's fields.
func (l Labels) find(byLabel map[string]string) fields {
	pick := func(wanted string, usual ...string) string {
		if wanted == Unread {
			return ""
		}
		if wanted != "" {
			usual = []string{wanted}
		}
		for _, label := range usual {
			var ids []string
			for have, id := range byLabel {
				if strings.EqualFold(strings.TrimSpace(have), strings.TrimSpace(label)) {
					ids = append(ids, id)
				}
			}
			if len(ids) > 0 {
				return slices.Min(ids)
			}
		}
		return ""
	}
	return fields{department: pick(l.Department, "Department"), level: pick(l.Level, "Level"), title: pick(l.Title, "Title", "Job title")}
}

// slackbot is Slack's own account, which does not say that it is a bot.
const slackbot = "USLACKBOT"

// user is somebody as Slack writes them, as far as it is used.
type user struct {
	ID         string `json:"id"`
	Team       string `json:"team_id"`
	Handle     string `json:"name"`
	RealName   string `json:"real_name"`
	Deleted    bool   `json:"deleted"`
	Bot        bool   `json:"is_bot"`
	Workflow   bool   `json:"is_workflow_bot"`
	Guest      bool   `json:"is_restricted"`
	Single     bool   `json:"is_ultra_restricted"`
	Stranger   bool   `json:"is_stranger"`
	Enterprise struct {
		ID string `json:"enterprise_id"`
	} `json:"enterprise_user"`
	Profile json.RawMessage `json:"profile"`
}

type profile struct {
	RealName    string `json:"real_name"`
	DisplayName string `json:"display_name"`
	Email       string `json:"email"`
	Title       string `json:"title"`
}

// fact translates one person as Slack writes them; ok is false when it is none.
// listed tells whether the profile came with the workspace's own fields.
func fact(raw json.RawMessage, us inbound.Us, in fields) (f bot.AccountFact, listed, ok bool) {
	var u user
	if json.Unmarshal(raw, &u) != nil || u.ID == "" {
		return f, false, false
	}
	var p profile
	if len(u.Profile) > 0 && json.Unmarshal(u.Profile, &p) != nil {
		p = profile{} // a shape that is not known says nothing
	}
	f = bot.AccountFact{
		Account: us.Account(u.ID, u.Team, u.Enterprise.ID), Inactive: &u.Deleted, Bot: u.Bot || u.Workflow || u.ID == slackbot,
		External: u.Stranger || u.Guest || u.Single || us.Foreign(u.Team, u.Enterprise.ID), Title: line(p.Title, 200),
	}
	for _, name := range []string{p.RealName, u.RealName, p.DisplayName, u.Handle, u.ID} {
		if f.Name == "" {
			f.Name = line(name, 100)
		}
	}
	if address, err := mail.ParseAddress(line(p.Email, 254)); err == nil && !f.Bot {
		f.Email = address.Address
	}
	values := webapi.Fields(u.Profile)
	in.into(&f, values)
	return f, values != nil, f.Account != ""
}

// into fills in what the workspace's own fields say.
func (in fields) into(f *bot.AccountFact, values map[string]string) {
	for id, to := range map[string]*string{in.department: &f.Department, in.level: &f.Level, in.title: &f.Title} {
		if value := line(values[id], 200); id != "" && value != "" {
			*to = value
		}
	}
}

// line is a text on one line.
func line(text string, limit int) string {
	return bot.Clean(strings.Join(strings.Fields(text), " "), limit)
}

// Place is what Slack says of a channel.
func Place(c webapi.Channel, us inbound.Us) bot.Place {
	place := bot.Place{ID: us.Place(c.ID), Name: line(c.Name, 100), Kind: bot.OpenChannel, Member: c.Member, External: c.Shared, Archived: c.Archived}
	switch {
	case c.Direct:
		place.Kind = bot.DirectChat
	case c.Group:
		place.Kind = bot.GroupChat
	case c.Private:
		place.Kind = bot.PrivateChannel
	}
	return place
}
