package cloud

// clouds differ in addresses alone. Where no host of the connector is
// documented, the operator lists it (service_hosts).
var clouds = []Cloud{
	{
		Name:         "public",
		Issuer:       "https://api.botframework.com",
		MetadataURL:  "https://login.botframework.com/v1/.well-known/openidconfiguration",
		LoginURL:     "https://login.microsoftonline.com",
		BotScope:     "https://api.botframework.com/.default",
		GraphURL:     "https://graph.microsoft.com/v1.0",
		GraphScope:   "https://graph.microsoft.com/.default",
		ServiceURL:   "https://smba.trafficmanager.net/teams",
		ServiceHosts: []string{"smba.trafficmanager.net"},
	},
	{ // signs in like the public cloud, has a connector of its own
		Name:         "gcc",
		Issuer:       "https://api.botframework.com",
		MetadataURL:  "https://login.botframework.com/v1/.well-known/openidconfiguration",
		LoginURL:     "https://login.microsoftonline.com",
		BotScope:     "https://api.botframework.com/.default",
		GraphURL:     "https://graph.microsoft.com/v1.0",
		GraphScope:   "https://graph.microsoft.com/.default",
		ServiceURL:   "https://smba.infra.gcc.teams.microsoft.com/gcc",
		ServiceHosts: []string{"smba.infra.gcc.teams.microsoft.com", "smba.trafficmanager.net"},
	},
	{
		Name:         "usgov",
		Issuer:       "https://api.botframework.us",
		MetadataURL:  "https://login.botframework.azure.us/v1/.well-known/openidconfiguration",
		LoginURL:     "https://login.microsoftonline.us",
		BotScope:     "https://api.botframework.us/.default",
		GraphURL:     "https://graph.microsoft.us/v1.0",
		GraphScope:   "https://graph.microsoft.us/.default",
		ServiceURL:   "https://smba.infra.gov.teams.microsoft.us/gcch",
		ServiceHosts: []string{"smba.infra.gov.teams.microsoft.us"},
	},
	{
		Name:        "usgovdod",
		Issuer:      "https://api.botframework.us",
		MetadataURL: "https://login.botframework.azure.us/v1/.well-known/openidconfiguration",
		LoginURL:    "https://login.microsoftonline.us",
		BotScope:    "https://api.botframework.us/.default",
		GraphURL:    "https://dod-graph.microsoft.us/v1.0",
		GraphScope:  "https://dod-graph.microsoft.us/.default",
	},
	{
		Name:        "china",
		Issuer:      "https://api.botframework.azure.cn",
		MetadataURL: "https://login.botframework.azure.cn/v1/.well-known/openidconfiguration",
		LoginURL:    "https://login.partner.microsoftonline.cn",
		BotScope:    "https://api.botframework.azure.cn/.default",
		GraphURL:    "https://microsoftgraph.chinacloudapi.cn/v1.0",
		GraphScope:  "https://microsoftgraph.chinacloudapi.cn/.default",
	},
}
