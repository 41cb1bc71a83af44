package voices

import "evangelist/bot"

// Anonymise is the first line of everything that is said without a name. Of all
// that a platform tells about a request it lets through what the author wrote
// into the form, and two ids that derive one-way from the form's nonce. Who
// asked, where, when, from which message and by which request ends here: the
// result has no field for it, and no store ever receives an Invocation.
func Anonymise(in bot.Invocation, keys Keys) (said Said, err error) {
	if err = checkNonce(in.Nonce); err != nil {
		return Said{}, err
	}
	if said.VoiceID, err = keys.VoiceID(in.Nonce); err != nil {
		return Said{}, err
	}
	if said.EntryID, err = keys.EntryID(in.Nonce); err != nil {
		return Said{}, err
	}
	said.NewCode, err = keys.Code(in.Nonce)
	said.Form = formOf(in)
	return said, err
}

// Said is what remains of a request.
type Said struct {
	VoiceID string // of the voice, if the form raises one
	EntryID string // of the entry, if the form adds to one
	NewCode Code   // of the voice, if the form raises one
	Form    Form
}

// Form is what an author wrote into one of the forms of this package.
type Form struct {
	Words       string
	Named       bool
	Urgent      bool
	Without     []bot.PersonID
	Unpublished bool
	Code        string // what was typed as private code
	Want        string // what to do with it
}

// The names of the fields.
const (
	wordsField   = "words"
	nameField    = "name"
	urgentField  = "urgent"
	withoutField = "without"
	quietField   = "unpublished"
	codeField    = "code"
	wantField    = "want"
)

// formOf copies the author's own answers, field by field.
func formOf(in bot.Invocation) Form {
	f := Form{
		Words:       bot.Clean(in.Value(wordsField), maxWords),
		Named:       in.Value(nameField) == named,
		Urgent:      in.Value(urgentField) == "yes",
		Unpublished: in.Value(quietField) == "yes",
		Code:        in.Value(codeField),
		Want:        in.Value(wantField),
	}
	for _, person := range in.Values[withoutField] {
		if person != "" {
			f.Without = append(f.Without, bot.PersonID(person))
		}
	}
	return f
}
