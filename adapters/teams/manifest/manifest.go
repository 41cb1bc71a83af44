package manifest

import (
	"bytes"
	"encoding/json"
	"fmt"

	"evangelist/bot"
)

type manifest struct {
	Schema        string         `json:"$schema"`
	Version       string         `json:"manifestVersion"`
	AppVersion    string         `json:"version"`
	ID            string         `json:"id"`
	Localization  localization   `json:"localizationInfo"`
	Developer     developer      `json:"developer"`
	Name          name           `json:"name"`
	Description   description    `json:"description"`
	Icons         icons          `json:"icons"`
	Accent        string         `json:"accentColor"`
	Bots          []bots         `json:"bots"`
	Extensions    []extension    `json:"composeExtensions,omitempty"`
	Permissions   []string       `json:"permissions"`
	Domains       []string       `json:"validDomains"`
	Application   application    `json:"webApplicationInfo"`
	Authorization *authorization `json:"authorization,omitempty"`
	Scope         string         `json:"defaultInstallScope"`
}

type localization struct {
	Language string `json:"defaultLanguageTag"`
}

type developer struct {
	Name    string `json:"name"`
	Website string `json:"websiteUrl"`
	Privacy string `json:"privacyUrl"`
	Terms   string `json:"termsOfUseUrl"`
}

type name struct {
	Short string `json:"short"`
	Full  string `json:"full"`
}

type description struct {
	Short string `json:"short"`
	Full  string `json:"full"`
}

type icons struct {
	Outline string `json:"outline"`
	Color   string `json:"color"`
}

type bots struct {
	ID       string        `json:"botId"`
	Scopes   []string      `json:"scopes"`
	Targeted bool          `json:"supportsTargetedMessages,omitempty"`
	Files    bool          `json:"supportsFiles"`
	Lists    []commandList `json:"commandLists,omitempty"`
}

type commandList struct {
	Scopes   []string  `json:"scopes"`
	Triggers []string  `json:"triggers,omitempty"`
	Commands []command `json:"commands"`
}

type command struct {
	Title       string `json:"title"`
	Description string `json:"description"`
}

type extension struct {
	Bot      string   `json:"botId"`
	Commands []action `json:"commands"`
}

type action struct {
	ID          string   `json:"id"`
	Type        string   `json:"type"`
	Triggers    []string `json:"triggers,omitempty"`
	Title       string   `json:"title"`
	Description string   `json:"description"`
	Context     []string `json:"context"`
	Fetch       bool     `json:"fetchTask"`
}

type application struct {
	ID       string `json:"id"`
	Resource string `json:"resource"`
}

type authorization struct {
	Permissions permissions `json:"permissions"`
}

type permissions struct {
	Specific []permission `json:"resourceSpecific"`
}

type permission struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

const (
	currentSchema = "1.30"
	olderSchema   = "1.17"
	accent        = "#0f6b5c" // of our own pages
)

// Manifest returns manifest.json of a variant: JSON with two spaces of
// indentation and a newline at its end. An error says what to change in the
// configuration or in the commands.
func Manifest(config Config, commands []bot.Command, variant Variant) ([]byte, error) {
	c, err := config.filled(variant)
	if err != nil {
		return nil, err
	}
	actions, err := actions(commands, variant)
	if err != nil {
		return nil, err
	}
	schema := olderSchema
	if variant.slash() {
		schema = currentSchema
	}
	m := manifest{
		Schema:  "https://developer.microsoft.com/en-us/json-schemas/teams/v" + schema + "/MicrosoftTeams.schema.json",
		Version: schema, AppVersion: c.Version, ID: c.ID,
		Localization: localization{Language: c.Language},
		Developer:    developer{Name: cut(c.Organisation, maxDeveloper), Website: c.URL, Privacy: c.Privacy, Terms: c.Terms},
		Name:         name{Short: cut(c.Name, maxShortName), Full: cut(c.Name+" for "+c.Organisation, maxFullName)},
		Description:  describe(variant),
		Icons:        icons{Outline: outlineIcon, Color: colorIcon},
		Accent:       accent,
		Bots: []bots{{
			ID: c.AppID, Scopes: []string{"personal", "team", "groupChat"}, Targeted: variant.slash(), Lists: lists(commands, variant),
		}},
		Permissions: []string{"identity", "messageTeamMembers"},
		Domains:     []string{c.host()},
		Application: application{ID: c.AppID, Resource: "api://botid-" + c.AppID},
		Scope:       "personal",
	}
	if len(actions) > 0 {
		m.Extensions = []extension{{Bot: c.AppID, Commands: actions}}
	}
	if variant.reading() {
		m.Authorization = &authorization{permissions{[]permission{{Name: "ChannelMessage.Read.Group", Type: "Application"}}}}
	}
	return written(m)
}

func describe(variant Variant) description {
	d := description{
		Short: "Good finds of the week, concerns and ideas that get an answer.",
		Full: "Links that colleagues share become one edition a week, with thanks to whoever shared them. " +
			"Anybody can raise a concern or share an idea, with or without their name, and get an answer. " +
			"A network of colleagues tries new ways of working and tells the others what they learned.",
	}
	if variant.reading() {
		d.Full += " In teams whose owner agrees, the app reads the messages of channels to find links; messages without a link are not kept."
	}
	return d
}

func written(m manifest) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(m); err != nil {
		return nil, fmt.Errorf("write the manifest: %w", err)
	}
	return out.Bytes(), nil
}
