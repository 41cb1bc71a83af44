package canonical

// A secretAt is a place whose addresses open something for whoever holds them.
// All conditions that are set must hold.
type secretAt struct {
	path     string // prefix in lower case, "*" for at least one character of a segment
	param    string // a parameter that must be there
	fragment string // prefix of the fragment
	anchored bool   // there must be a fragment
	reason   secretReason
}

// secretPlaces are listed by host (see lookUp).
var secretPlaces = map[string][]secretAt{
	// shared files
	".sharepoint.com": {
		{path: "/:*:/", reason: sharedFile}, {path: "/", param: "e", reason: sharedFile}, {path: "/", param: "share", reason: sharedFile},
		{path: "/*/guestaccess.aspx", reason: sharedFile}, {path: "/guestaccess.aspx", reason: sharedFile},
	},
	".sharepoint.us":          {{path: "/:*:/", reason: sharedFile}, {path: "/", param: "e", reason: sharedFile}},
	"1drv.ms":                 {{path: "/", reason: sharedFile}},
	"onedrive.live.com":       {{path: "/", param: "authkey", reason: sharedFile}, {path: "/", param: "redeem", reason: sharedFile}, {path: "/", param: "e", reason: sharedFile}, {path: "/:*:/", reason: sharedFile}},
	".dropbox.com":            {{path: "/s/", reason: sharedFile}, {path: "/sh/", reason: sharedFile}, {path: "/scl/", reason: sharedFile}, {path: "/t/", reason: sharedFile}, {path: "/l/", reason: sharedFile}, {path: "/request/", reason: sharedFile}},
	".dropboxusercontent.com": {{path: "/", reason: sharedFile}},
	"db.tt":                   {{path: "/", reason: sharedFile}},
	".google.com":             {{path: "/", param: "resourcekey", reason: sharedFile}, {path: "/calendar/ical/*/private-", reason: keyInside}},
	"photos.google.com":       {{path: "/share/", reason: sharedFile}},
	"photos.app.goo.gl":       {{path: "/", reason: sharedFile}},
	"chat.googleapis.com":     {{path: "/v1/spaces/*/messages", param: "key", reason: webhook}},
	".box.com":                {{path: "/s/", reason: sharedFile}, {path: "/shared/", reason: sharedFile}},
	".wetransfer.com":         {{path: "/downloads/", reason: sharedFile}},
	"we.tl":                   {{path: "/", reason: sharedFile}},
	".swisstransfer.com":      {{path: "/d/", reason: sharedFile}},
	".fromsmash.com":          {{path: "/*", reason: sharedFile}},
	".filemail.com":           {{path: "/d/", reason: sharedFile}, {path: "/t/", reason: sharedFile}},
	".sharefile.com":          {{path: "/d-", reason: sharedFile}, {path: "/share/", reason: sharedFile}},
	".sharefile.eu":           {{path: "/d-", reason: sharedFile}, {path: "/share/", reason: sharedFile}},
	".egnyte.com":             {{path: "/dl/", reason: sharedFile}, {path: "/fl/", reason: sharedFile}},
	".pcloud.link":            {{path: "/publink/", reason: sharedFile}},
	".pcloud.com":             {{path: "/publink/", reason: sharedFile}},
	".sync.com":               {{path: "/dl/", reason: sharedFile}},
	"web.tresorit.com":        {{path: "/l/", reason: sharedFile}},
	".icloud.com":             {{path: "/iclouddrive/", reason: sharedFile}, {path: "/sharedalbum/", reason: sharedFile}, {path: "/photos/", reason: sharedFile}, {path: "/attachment/", reason: sharedFile}},
	"share.icloud.com":        {{path: "/photos/", reason: sharedFile}},
	"mega.nz":                 {{path: "/", fragment: "!", reason: sharedFile}, {path: "/", fragment: "F!", reason: sharedFile}, {path: "/file/", anchored: true, reason: sharedFile}, {path: "/folder/", anchored: true, reason: sharedFile}},
	"mega.co.nz":              {{path: "/", anchored: true, reason: sharedFile}},
	"excalidraw.com":          {{path: "/", fragment: "json=", reason: sharedFile}, {path: "/", fragment: "room=", reason: sharedFile}},
	"drive.proton.me":         {{path: "/urls/", reason: sharedFile}},
	// private files of chats
	"files.slack.com":      {{path: "/", reason: privateFile}},
	"slack-files.com":      {{path: "/", reason: privateFile}},
	".slack.com":           {{path: "/files/", reason: privateFile}},
	"cdn.discordapp.com":   {{path: "/attachments/", param: "hm", reason: privateFile}},
	"media.discordapp.net": {{path: "/attachments/", param: "hm", reason: privateFile}},
	// webhooks
	"hooks.slack.com":        {{path: "/", reason: webhook}},
	".webhook.office.com":    {{path: "/", reason: webhook}},
	"outlook.office.com":     {{path: "/webhook/", reason: webhook}},
	"outlook.office365.com":  {{path: "/webhook/", reason: webhook}, {path: "/owa/calendar/*/*/calendar.", reason: keyInside}},
	"discord.com":            {{path: "/api/webhooks/", reason: webhook}},
	"discordapp.com":         {{path: "/api/webhooks/", reason: webhook}},
	"hooks.zapier.com":       {{path: "/hooks/", reason: webhook}},
	"maker.ifttt.com":        {{path: "/trigger/", reason: webhook}, {path: "/use/", reason: webhook}},
	"api.telegram.org":       {{path: "/bot", reason: webhook}},
	".logic.azure.com":       {{path: "/workflows/", reason: webhook}},
	".api.powerplatform.com": {{path: "/powerautomate/", reason: webhook}},
	// meetings
	"teams.microsoft.com":    {{path: "/l/meetup-join/", reason: meeting}, {path: "/meet/", reason: meeting}},
	"teams.live.com":         {{path: "/meet/", reason: meeting}, {path: "/l/meetup-join/", reason: meeting}, {path: "/l/invite/", reason: invitation}},
	"gov.teams.microsoft.us": {{path: "/l/meetup-join/", reason: meeting}},
	".zoom.us":               {{path: "/", param: "pwd", reason: meeting}, {path: "/", param: "tk", reason: meeting}, {path: "/rec/share/", reason: meeting}, {path: "/rec/play/", reason: meeting}, {path: "/s/", reason: meeting}},
	".zoomgov.com":           {{path: "/", param: "pwd", reason: meeting}, {path: "/", param: "tk", reason: meeting}, {path: "/rec/share/", reason: meeting}},
	".webex.com":             {{path: "/", param: "mtid", reason: meeting}, {path: "/*/j.php", reason: meeting}},
	".gotomeeting.com":       {{path: "/join/", reason: meeting}},
	"global.gotomeeting.com": {{path: "/join/", reason: meeting}},
	"v.ringcentral.com":      {{path: "/join/", reason: meeting}},
	// closed groups
	"join.slack.com":    {{path: "/t/*/shared_invite/", reason: invitation}, {path: "/t/*/invite/", reason: invitation}},
	"chat.whatsapp.com": {{path: "/*", reason: invitation}},
	"t.me":              {{path: "/joinchat/", reason: invitation}, {path: "/+", reason: invitation}},
	"signal.group":      {{path: "/", anchored: true, reason: invitation}},
	// confidential messages
	".onetimesecret.com":  {{path: "/secret/", reason: oneTime}, {path: "/private/", reason: oneTime}, {path: "/receipt/", reason: oneTime}},
	".pwpush.com":         {{path: "/p/", reason: oneTime}, {path: "/f/", reason: oneTime}, {path: "/r/", reason: oneTime}},
	"privnote.com":        {{path: "/*", reason: oneTime}},
	"password.link":       {{path: "/*", reason: oneTime}},
	"1ty.me":              {{path: "/*", reason: oneTime}},
	"yopass.se":           {{path: "/", fragment: "/", reason: oneTime}},
	"scrt.link":           {{path: "/*", reason: oneTime}},
	"safenote.co":         {{path: "/r/", reason: oneTime}, {path: "/n/", reason: oneTime}},
	"temp.pm":             {{path: "/", reason: oneTime}},
	"saltify.io":          {{path: "/", anchored: true, reason: oneTime}},
	"send.bitwarden.com":  {{path: "/", anchored: true, reason: oneTime}},
	".bitwarden.com":      {{path: "/", fragment: "/send/", reason: oneTime}},
	".bitwarden.eu":       {{path: "/", fragment: "/send/", reason: oneTime}},
	"share.1password.com": {{path: "/s", anchored: true, reason: oneTime}},
	"share.1password.eu":  {{path: "/s", anchored: true, reason: oneTime}},
	"share.doppler.com":   {{path: "/s/", reason: oneTime}},
	"send.firefox.com":    {{path: "/download/", reason: oneTime}},
	"send.vis.ee":         {{path: "/download/", reason: oneTime}},
	"privatebin.net":      {{path: "/", anchored: true, reason: oneTime}},
	"0bin.net":            {{path: "/paste/", anchored: true, reason: oneTime}},
	"cryptpad.fr":         {{path: "/", fragment: "/", reason: sharedFile}},
}

// secretNames are parameters whose value opens something, spelled in lower
// case without "_", "-" and ".".
var secretNames = map[string]secretReason{
	"xamzsignature": signedStorage, "xamzsecuritytoken": signedStorage, "xamzcredential": signedStorage,
	"xgoogsignature": signedStorage, "xgoogcredential": signedStorage, "sig": signedStorage, "signature": signedStorage,
	"sastoken": signedStorage, "keypairid": signedStorage, "xossignature": signedStorage,
	"rlkey": sharedFile, "resourcekey": sharedFile, "authkey": sharedFile, "guestaccesstoken": sharedFile,
	"sharekey": sharedFile, "sharetoken": sharedFile,
	"password": credentialsInside, "passwd": credentialsInside, "pwd": credentialsInside, "passphrase": credentialsInside,
	"passcode": credentialsInside, "userpassword": credentialsInside,
	"token": keyInside, "accesstoken": keyInside, "authtoken": keyInside, "idtoken": signIn, "refreshtoken": keyInside,
	"oauthtoken": keyInside, "jwt": keyInside, "apikey": keyInside, "apisecret": keyInside, "secret": keyInside,
	"clientsecret": keyInside, "secretkey": keyInside, "privatekey": keyInside, "accesskey": keyInside, "authorization": keyInside,
	"subscriptionkey": keyInside, "sessiontoken": keyInside, "sessionkey": keyInside, "sessionid": keyInside, "hmac": keyInside,
	"bearer": keyInside, "credential": keyInside, "credentials": keyInside, "samlresponse": signIn, "samlart": signIn,
	"oobcode": signIn, "otp": signIn, "magic": signIn, "magiclink": signIn, "magickey": signIn, "resetkey": signIn, "resetcode": signIn,
	"confirmationcode": signIn, "verificationcode": signIn, "activationcode": signIn, "activationkey": signIn,
	"invitecode": invitation, "invitationcode": invitation,
}

// secretEndings end the names of such parameters: reset_password_token,
// aws_secret, my-api-key.
var secretEndings = [...]struct {
	name   string
	reason secretReason
}{
	{"token", keyInside}, {"secret", keyInside}, {"password", credentialsInside}, {"passwd", credentialsInside},
	{"apikey", keyInside}, {"secretkey", keyInside}, {"accesskey", keyInside}, {"signature", signedStorage},
}

// harmlessNames end like a secret and are none: places in a list.
var harmlessNames = set("pagetoken", "nexttoken", "nextpagetoken", "continuationtoken", "cursortoken", "synctoken", "paginationtoken", "forgotpassword")

// signInWords are path segments behind which a one-time key may stand,
// squeezed as parameter names are.
var signInWords = set("passwordreset", "resetpassword", "passwordresets", "resetpasswords", "forgotpassword", "setpassword", "newpassword",
	"changepassword", "magiclink", "magiclogin", "magic", "autologin", "onetimelogin", "loginlink", "confirmemail", "verifyemail",
	"emailconfirmation", "emailverification", "activate", "activation", "verifyaccount", "confirmaccount", "acceptinvitation",
	"acceptinvite", "invite", "invitation", "invitations", "unsubscribe", "passwordless", "recover", "recovery", "wploginphp")

// A keyLook says what the characters behind a key's beginning look like.
type keyLook int

const (
	anything keyLook = iota
	random           // a long run of letters and digits
	numbered         // begins with a digit
	capitals         // capital letters and digits
	webToken         // JSON in base64, then a second part of the same kind
)

// A keyShape is how a kind of key begins, how many characters follow at least,
// and what they look like.
type keyShape struct {
	prefix string
	length int
	look   keyLook
}

var keyShapes = [...]keyShape{
	{"eyJ", 8, webToken},
	{"xoxb-", 10, numbered}, {"xoxp-", 10, numbered}, {"xoxa-", 10, numbered}, {"xoxs-", 10, numbered},
	{"xoxc-", 10, numbered}, {"xoxe-", 10, numbered}, {"xapp-", 10, numbered},
	{"ghp_", 30, random}, {"gho_", 30, random}, {"ghu_", 30, random}, {"ghs_", 30, random}, {"ghr_", 30, random},
	{"github_pat_", 30, random}, {"glpat-", 18, random}, {"npm_", 36, random}, {"pypi-", 60, random},
	{"sk_live_", 16, random}, {"rk_live_", 16, random}, {"sk-proj-", 30, random}, {"sk-ant-", 30, random},
	{"dop_v1_", 40, random}, {"hf_", 30, random},
	{"AIza", 35, anything}, {"AKIA", 16, capitals}, {"ASIA", 16, capitals},
}
