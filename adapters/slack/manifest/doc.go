// Package manifest writes the app manifest from which a workspace makes its own
// Slack app: slash commands and shortcuts from the declared commands, and no
// scope or event that no feature needs. It is pure.
package manifest

// Options say for whom a manifest is written, and how much the app may see.
type Options struct {
	Organisation string // as colleagues call it
	Word         string // what an advocate is called; "" is "evangelist"
	PublicURL    string // how browsers reach our pages; "" when there are none to be reached
	// HTTP has Slack send to request addresses below PublicURL. Without, the app
	// uses Socket Mode and Slack needs no way in.
	HTTP bool
	// Quiet asks for no messages and no reactions: links come in by shortcut, by
	// command, or in the bot's own chat.
	Quiet bool
	// Profile says that custom fields of profiles are read.
	Profile bool
	// Names are the slash commands under another name than the first word of
	// their phrases: word to name, both without the slash.
	Names map[string]string
}

// Manifest is an app manifest in Slack's own shape.
type Manifest struct {
	Metadata Metadata `json:"_metadata"`
	Display  Display  `json:"display_information"`
	Features Features `json:"features"`
	OAuth    OAuth    `json:"oauth_config"`
	Settings Settings `json:"settings"`
}

// Metadata says which form of manifest it is.
type Metadata struct {
	Major int `json:"major_version"`
	Minor int `json:"minor_version"`
}

// Display is how the app presents itself.
type Display struct {
	Name            string `json:"name"`
	Description     string `json:"description"`
	LongDescription string `json:"long_description"`
}

// Features are what people meet.
type Features struct {
	Home          Home       `json:"app_home"`
	Bot           BotUser    `json:"bot_user"`
	Shortcuts     []Shortcut `json:"shortcuts,omitempty"`
	SlashCommands []Slash    `json:"slash_commands,omitempty"`
	UnfurlDomains []string   `json:"unfurl_domains,omitempty"`
}

// Home is what stands behind the app's name in the sidebar.
type Home struct {
	HomeTab          bool `json:"home_tab_enabled"`
	MessagesTab      bool `json:"messages_tab_enabled"`
	MessagesReadOnly bool `json:"messages_tab_read_only_enabled"`
}

// BotUser is the account that the bot writes as.
type BotUser struct {
	DisplayName  string `json:"display_name"`
	AlwaysOnline bool   `json:"always_online"`
}

// Shortcut is an entry in the menu of a message, or in the menu of the composer.
type Shortcut struct {
	Name        string `json:"name"`
	Type        string `json:"type"` // message | global
	CallbackID  string `json:"callback_id"`
	Description string `json:"description"`
}

// Slash is a slash command.
type Slash struct {
	Command      string `json:"command"` // with its slash
	URL          string `json:"url,omitempty"`
	Description  string `json:"description"`
	UsageHint    string `json:"usage_hint,omitempty"`
	ShouldEscape bool   `json:"should_escape"`
}

// OAuth is what the app may do.
type OAuth struct {
	Scopes BotScopes `json:"scopes"`
}

// BotScopes are the scopes of the bot's token. The app acts as nobody else.
type BotScopes struct {
	Bot []string `json:"bot"`
}

// Settings are how Slack and the app reach each other.
type Settings struct {
	Events        EventSubscriptions `json:"event_subscriptions"`
	Interactivity Interactivity      `json:"interactivity"`
	OrgDeploy     bool               `json:"org_deploy_enabled"`
	SocketMode    bool               `json:"socket_mode_enabled"`
	TokenRotation bool               `json:"token_rotation_enabled"`
}

// EventSubscriptions are what the app is told of.
type EventSubscriptions struct {
	RequestURL string   `json:"request_url,omitempty"`
	Bot        []string `json:"bot_events"`
}

// Interactivity is where clicks and forms go.
type Interactivity struct {
	Enabled    bool   `json:"is_enabled"`
	RequestURL string `json:"request_url,omitempty"`
}
