package slacktest

// method is how a method of the Web API is called and what it does.
type method struct {
	do     func(*Server, *call) (obj, *refusal) // the lock is held
	scopes []string                             // one of them is needed; nil: none, or do asks itself
	app    bool                                 // takes the app-level token
	open   bool                                 // takes no token
}

// methods are the methods of the Web API that the fake knows.
var methods = map[string]method{
	"auth.test":             {do: (*Server).authTest},
	"apps.connections.open": {do: (*Server).connectionsOpen, app: true},
	"blocks.validate":       {do: (*Server).blocksValidate, open: true},
	"bots.info":             {do: (*Server).botsInfo, scopes: []string{"users:read"}},

	"chat.postMessage":   {do: (*Server).postMessage, scopes: []string{"chat:write"}},
	"chat.postEphemeral": {do: (*Server).postEphemeral, scopes: []string{"chat:write"}},
	"chat.update":        {do: (*Server).updateMessage, scopes: []string{"chat:write"}},
	"chat.delete":        {do: (*Server).deleteMessage, scopes: []string{"chat:write"}},
	"chat.unfurl":        {do: (*Server).unfurl, scopes: []string{"links:write"}},
	"chat.getPermalink":  {do: (*Server).permalink},

	"conversations.history": {do: (*Server).history},
	"conversations.replies": {do: (*Server).repliesOf},
	"conversations.info":    {do: (*Server).conversationInfo},
	"conversations.list":    {do: (*Server).conversationList},
	"conversations.members": {do: (*Server).conversationMembers},
	"conversations.open":    {do: (*Server).conversationOpen, scopes: []string{"im:write", "mpim:write"}},
	"conversations.join":    {do: (*Server).conversationJoin, scopes: []string{"channels:join"}},
	"users.conversations":   {do: (*Server).usersConversations},

	"users.list":          {do: (*Server).usersList, scopes: []string{"users:read"}},
	"users.info":          {do: (*Server).usersInfo, scopes: []string{"users:read"}},
	"users.lookupByEmail": {do: (*Server).usersLookup, scopes: []string{"users:read.email"}},
	"users.profile.get":   {do: (*Server).profileGet, scopes: []string{"users.profile:read"}},
	"team.profile.get":    {do: (*Server).teamProfile, scopes: []string{"users.profile:read"}},
	"team.info":           {do: (*Server).teamInfo, scopes: []string{"team:read"}},

	"usergroups.list":       {do: (*Server).groupsList, scopes: []string{"usergroups:read"}},
	"usergroups.users.list": {do: (*Server).groupsUsers, scopes: []string{"usergroups:read"}},

	"views.open":    {do: (*Server).viewsOpen},
	"views.push":    {do: (*Server).viewsPush},
	"views.update":  {do: (*Server).viewsUpdate},
	"views.publish": {do: (*Server).viewsPublish},

	"reactions.add":    {do: (*Server).reactionsAdd, scopes: []string{"reactions:write"}},
	"reactions.remove": {do: (*Server).reactionsRemove, scopes: []string{"reactions:write"}},
	"reactions.get":    {do: (*Server).reactionsGet, scopes: []string{"reactions:read"}},
}

// historyScope, readScope are the scopes for each kind of channel.
var (
	historyScope = map[Kind]string{Public: "channels:history", Private: "groups:history", IM: "im:history", MPIM: "mpim:history"}
	readScope    = map[Kind]string{Public: "channels:read", Private: "groups:read", IM: "im:read", MPIM: "mpim:read"}
)
