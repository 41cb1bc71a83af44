package cloud

import (
	"fmt"
	"slices"
	"strings"
)

// Cloud is one of Microsoft's clouds. All addresses are without a slash at the
// end.
type Cloud struct {
	Name         string
	Issuer       string   // of the tokens that come with activities
	MetadataURL  string   // OpenID metadata of that issuer
	LoginURL     string   // where the bot gets its own tokens, to be followed by the tenant
	BotScope     string   // scope of a token for the connector
	GraphURL     string   // root of Microsoft Graph, with version
	GraphScope   string   // scope of a token for Microsoft Graph
	ServiceURL   string   // the connector before any activity has named one; empty: none is known
	ServiceHosts []string // hosts of the connector
}

// Named returns a cloud: "public" (also ""), "gcc", "usgov", "usgovdod" or
// "china", in any case of letters.
func Named(name string) (Cloud, error) {
	name = strings.ToLower(strings.TrimSpace(name))
	if name == "" {
		name = "public"
	}
	i := slices.IndexFunc(clouds, func(c Cloud) bool { return c.Name == name })
	if i < 0 {
		return Cloud{}, fmt.Errorf("there is no cloud called %q; choose one of %s", name, strings.Join(Names(), ", "))
	}
	known := clouds[i]
	known.ServiceHosts = slices.Clone(known.ServiceHosts)
	return known, nil
}

// Names lists the clouds.
func Names() []string {
	var names []string
	for _, c := range clouds {
		names = append(names, c.Name)
	}
	return names
}
