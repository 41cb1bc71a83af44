package canonical

// The codes of a Refusal.
const (
	codeNotWeb      = "not-web"
	codeSecret      = "secret"
	codeMalformed   = "malformed"
	codePrivateHost = "private-host"
	codeTooLong     = "too-long"
)

// Refusal says why an address cannot be an item. It is complete for its
// reader: Say never contains the address, so it may be shown and logged.
type Refusal struct {
	// Code is for machines: "not-web", "secret", "malformed", "private-host"
	// or "too-long".
	Code string
	// Say is one plain sentence: what is wrong, and what to do.
	Say string
}

// Error returns Say.
func (r *Refusal) Error() string { return r.Say }

func refuse(code string) *Refusal {
	return &Refusal{Code: code, Say: sentences[code]}
}

func refuseSecret(reason secretReason) *Refusal {
	return &Refusal{Code: codeSecret, Say: secretSentences[reason]}
}
