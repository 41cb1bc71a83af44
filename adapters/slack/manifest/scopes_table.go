package manifest

// Scope is one permission of the bot, and what it is good for.
type Scope struct {
	Name    string
	For     string // what needs it, without a full stop
	Without string // what is lost without it, a sentence
	// Must says that nothing works without.
	Must bool
	when when
}

// when says in which manifests something stands.
type when int

const (
	always  when = iota
	reading      // not in a quiet one
	web          // not in a quiet one, and only where our pages have a name
	profile      // only where profile fields are read
)

func (w when) holds(o Options) bool {
	switch w {
	case reading:
		return !o.Quiet
	case web:
		return !o.Quiet && o.domain() != ""
	case profile:
		return o.Profile
	}
	return true
}

var scopes = []Scope{
	{Name: "commands", Must: true, For: "slash commands and shortcuts",
		Without: "Nobody can ask for anything by typing or from a menu."},
	{Name: "chat:write", Must: true, For: "editions, answers, cards",
		Without: "Nothing can be posted."},
	{Name: "im:write", Must: true, For: "drafts, questions and answers to one person",
		Without: "Nobody can be written to directly: drafts, questions and answers stay where they are."},
	{Name: "im:history", For: "what people write to the bot in its own chat, and whether its messages arrived there",
		Without: "Links written to the bot itself are not seen, and after a crash a comms lead has to say whether a direct message arrived."},
	{Name: "channels:read", Must: true, For: "name and state of public channels: member, archived, shared outside",
		Without: "The bot cannot tell whether it is in a public channel or whether outsiders read it, so nothing is posted there."},
	{Name: "groups:read", For: "the same of private channels it was invited to",
		Without: "The reading team cannot have its cards in a private channel, and no edition can go to one."},
	{Name: "channels:history", when: reading, For: "links in public channels that a comms lead chose, and whether a post arrived there",
		Without: "Links in public channels come in only by shortcut, by command or in the bot's own chat, and after a crash a comms lead has to say whether an edition stands."},
	{Name: "groups:history", when: reading, For: "links in private channels that a comms lead chose, and whether a post arrived there",
		Without: "The same for private channels: their links come in only by shortcut or command, and after a crash a comms lead has to say whether a post stands."},
	{Name: "reactions:read", when: reading, For: "putting a link forward, or leaving it out, by a reaction",
		Without: "Reactions on messages mean nothing to the bot; its buttons and shortcuts do the same."},
	{Name: "users:read", Must: true, For: "names, time zones, who is new and who has left",
		Without: "People have no names, quiet hours follow the organisation's clock only, and who has left is not noticed."},
	{Name: "users:read.email", For: "one person on chat, in the people list and in the configuration",
		Without: "The leads that the configuration names are not recognised, and accounts are not joined with the people list."},
	{Name: "usergroups:read", when: reading, For: "names of the user groups that a message mentions",
		Without: "Where a message mentions a user group, the archive shows no name for it."},
	{Name: "users.profile:read", when: profile, For: "department, title and level from profile fields",
		Without: "Departments come from the people list, or from what people say when they join."},
	{Name: "links:read", when: web, For: "previews of our own pages where somebody posts their address",
		Without: "An address of the archive stands in chat without a preview."},
	{Name: "links:write", when: web, For: "showing those previews",
		Without: "An address of the archive stands in chat without a preview."},
}

// event is something that Slack tells, and the scopes of which it needs one.
type event struct {
	name string
	any  []string // empty: none is needed
	when when
}

var events = []event{
	{name: "app_home_opened"},
	{name: "app_uninstalled"},
	{name: "tokens_revoked"},
	{name: "message.im", any: []string{"im:history"}},
	{name: "message.channels", any: []string{"channels:history"}, when: reading},
	{name: "message.groups", any: []string{"groups:history"}, when: reading},
	{name: "reaction_added", any: []string{"reactions:read"}, when: reading},
	{name: "reaction_removed", any: []string{"reactions:read"}, when: reading},
	{name: "link_shared", any: []string{"links:read"}, when: web},
	{name: "member_joined_channel", any: []string{"channels:read", "groups:read"}},
	{name: "member_left_channel", any: []string{"channels:read", "groups:read"}},
	{name: "channel_left", any: []string{"channels:read"}},
	{name: "channel_rename", any: []string{"channels:read"}},
	{name: "channel_archive", any: []string{"channels:read"}},
	{name: "channel_unarchive", any: []string{"channels:read"}},
	{name: "channel_deleted", any: []string{"channels:read"}},
	{name: "channel_shared", any: []string{"channels:read", "groups:read"}},
	{name: "channel_unshared", any: []string{"channels:read", "groups:read"}},
	{name: "group_left", any: []string{"groups:read"}},
	{name: "group_rename", any: []string{"groups:read"}},
	{name: "group_archive", any: []string{"groups:read"}},
	{name: "group_unarchive", any: []string{"groups:read"}},
	{name: "group_deleted", any: []string{"groups:read"}},
	{name: "user_change", any: []string{"users:read"}},
	{name: "team_join", any: []string{"users:read"}},
}

// Scopes lists the scopes that an app of these options asks for, in the order of
// the manifest.
func Scopes(o Options) []Scope {
	var asked []Scope
	for _, scope := range scopes {
		if scope.when.holds(o) {
			asked = append(asked, scope)
		}
	}
	return asked
}

// Optional reports whether a scope is left out of quiet installs.
func (s Scope) Optional() bool { return s.when == reading || s.when == web }

// EventScopes returns the scopes of which an event needs one; none for an event
// that needs none or that no app of ours asks for.
func EventScopes(name string) []string {
	for _, event := range events {
		if event.name == name {
			return event.any
		}
	}
	return nil
}
