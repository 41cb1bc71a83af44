package export

import (
	"net/mail"
	"strings"

	"evangelist/adapters/slack/mrkdwn/jsonscan"
	"evangelist/bot"
)

// listed is one entry of the list of members.
type listed struct {
	id, name, email, title string
	team                   string // the workspace
	organisation           string // the enterprise, else the workspace
	inactive, bot          bool
	stranger               bool
}

const slackbot = "USLACKBOT"

// members reads who there is. Grid exports call the list org_users.json.
func (a *archive) members(d *directory) error {
	var all []listed
	known := map[string]bool{}
	found := false
	for _, name := range [...]string{"users.json", "org_users.json"} {
		if a.files[name] == nil {
			continue
		}
		found = true
		err := a.list(name, "member", func(v jsonscan.Value) error {
			m, err := listedFrom(v)
			if err == nil && !known[m.id] {
				known[m.id] = true
				all = append(all, m)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	if !found {
		return refuse("%susers.json is missing in the archive, so nobody could be credited and nothing was imported; ask Slack for a fresh export and pass its ZIP as it is.", a.root)
	}
	home, teams := organisation(all)
	d.teams = teams
	for _, m := range all {
		external := m.stranger || home != "" && m.organisation != "" && m.organisation != home
		native := m.id
		if external && m.team != "" {
			native = m.team + "." + m.id // ids of others are unique only with their team
		}
		account := bot.NewAccountID(d.platform, native)
		d.people[m.id] = member{account: account, name: m.name, bot: m.bot, external: external}
		d.facts = append(d.facts, bot.AccountFact{
			Account: account, Name: m.name, Email: m.email, Title: m.title,
			Inactive: &m.inactive, External: external, Bot: m.bot,
		})
	}
	d.summary.Users = len(all)
	return nil
}

func listedFrom(v jsonscan.Value) (listed, error) {
	id, err := ident(v, "id")
	if err != nil {
		return listed{}, err
	}
	profile := v.Get("profile")
	if err := need("profile", profile, jsonscan.Object); err != nil {
		return listed{}, err
	}
	text := func(from jsonscan.Value, name string, limit int) string {
		field := from.Get(name)
		if wrong := need(name, field, jsonscan.String); wrong != nil && err == nil {
			err = wrong
		}
		return bot.Clean(strings.Join(strings.Fields(field.Text()), " "), limit)
	}
	m := listed{
		id:       id,
		title:    text(profile, "title", 200),
		team:     text(v, "team_id", 64),
		inactive: v.Get("deleted").True(),
		bot:      v.Get("is_bot").True() || id == slackbot,
		stranger: v.Get("is_stranger").True(),
	}
	for _, name := range [...]string{text(profile, "real_name", 100), text(v, "real_name", 100), text(profile, "display_name", 100), text(v, "name", 100), id} {
		if m.name == "" {
			m.name = name
		}
	}
	if address, bad := mail.ParseAddress(text(profile, "email", 254)); bad == nil && !m.bot {
		m.email = address.Address
	}
	if m.organisation = text(v.Get("enterprise_user"), "enterprise_id", 64); m.organisation == "" {
		m.organisation = m.team
	}
	return m, err
}
