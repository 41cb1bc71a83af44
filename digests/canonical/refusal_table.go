package canonical

// sentences holds what a colleague reads for each code but "secret".
var sentences = map[string]string{
	codeNotWeb:      "That is not a web address, so it cannot stand in the digest; share a page that starts with https:// instead.",
	codeMalformed:   "That address cannot be read; open the page and copy its address from the browser's address bar.",
	codePrivateHost: "That address is reachable only from inside one network and may not open for everyone; share a page that opens from anywhere instead, or ask the curator.",
	codeTooLong:     "That address is longer than 2,000 characters; open the page, use its own “share” or “copy link”, and send that shorter address.",
}

// A secretReason says what kind of key an address carries; empty means none.
type secretReason string

const (
	credentialsInside secretReason = "credentials"
	signedStorage     secretReason = "signed"
	sharedFile        secretReason = "share"
	privateFile       secretReason = "file"
	webhook           secretReason = "webhook"
	meeting           secretReason = "meeting"
	invitation        secretReason = "invitation"
	signIn            secretReason = "sign-in"
	oneTime           secretReason = "one-time"
	keyInside         secretReason = "key"
)

// secretSentences holds what a colleague reads for each kind of secret.
var secretSentences = map[secretReason]string{
	credentialsInside: "That address contains a name or password for signing in, so it is not kept; share the address without it, and change the password if others have seen it.",
	signedStorage:     "That address opens a stored file for whoever holds it, so it is not kept; share a public page instead, or ask the curator.",
	sharedFile:        "That address is a share link that opens a file for whoever holds it, so it stays out of the digest; share a public page instead, or ask the curator.",
	privateFile:       "That address leads to a private file, so it stays out of the digest; share a public page instead, or ask the curator.",
	webhook:           "That address lets whoever holds it post in your name, so it is not kept; replace it if others have seen it, and share a public page instead.",
	meeting:           "That address lets whoever holds it into a meeting, so it stays out of the digest; share the page that announces the meeting instead.",
	invitation:        "That address lets whoever holds it into a closed group, so it stays out of the digest; share a public page about the group instead.",
	signIn:            "That address signs somebody in or resets a password, so it is not kept; share a public page instead, and ask for a fresh one if others have seen it.",
	oneTime:           "That address opens a confidential message, so it is not kept; share a public page instead.",
	keyInside:         "That address carries a key or token that opens something private, so it is not kept; share the address without it, or a public page.",
}
