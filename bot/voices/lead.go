package voices

import (
	"context"

	"evangelist/bot"
)

// The fields of the leads' forms.
const (
	whistleField   = "whistleblowing"
	grievanceField = "grievance"
	safeField      = "safeguarding"
	emergencyField = "emergency"
	placeField     = "place"
	personField    = "person"
	joinField      = "join"
)

func (f *Feature) leadCommands() []bot.Command {
	commands := []bot.Command{
		{
			Name: "voices.contacts", Phrases: []string{"evangelist contacts"}, Usage: "/evangelist contacts", Needs: bot.Lead,
			Help: "Enter whom to turn to with what the concern form is not for; this opens /concern.",
			Form: f.contactsForm, Run: f.setContacts,
		},
		{
			Name: "voices.place", Phrases: []string{"evangelist reading place"}, Usage: "/evangelist reading place", Needs: bot.Lead,
			Help: "Choose the private channel where the reading team works.",
			Form: f.placeForm, Run: f.setPlace,
		},
		{
			Name: "voices.readers", Phrases: []string{"evangelist readers"}, Usage: "/evangelist readers", Needs: bot.Lead,
			Help: "Say who is on the reading team.",
			Form: f.readersForm, Run: f.setReader,
		},
		f.showCommand(),
	}
	if f.c.ManualRelease {
		commands = append(commands, bot.Command{
			Name: "voices.release", Phrases: []string{"evangelist release"}, Usage: "/evangelist release", Needs: bot.Lead,
			Help: "Release now what was said without a name. Only where nobody real writes.",
			Run: func(ctx context.Context, _ bot.Invocation) (bot.Reply, error) {
				if err := f.releaseNow(ctx, Everything); err != nil {
					return nil, err
				}
				return bot.Say{Message: bot.Notice("Whatever waited has been released.")}, nil
			},
		})
	}
	return append(commands, f.ownCommands()...)
}

func (f *Feature) contactsForm(ctx context.Context, _ bot.Invocation) (*bot.Form, error) {
	settings, err := f.c.Settings.Get(ctx)
	if err != nil {
		return nil, err
	}
	field := func(name, label, help, value string) bot.Field {
		field := bot.Field{Name: name, Kind: bot.LineField, Label: label, Help: help}
		if value != "" {
			field.Value = []string{value}
		}
		return field
	}
	c := settings.Contacts
	fields := []bot.Field{
		field(emergencyField, "Emergency", "Who helps at once, day and night: a number.", c.Emergency),
		field(safeField, "Safeguarding", "Children or adults at risk: a name and a number.", c.Safeguarding),
		field(whistleField, "Whistleblowing", "Wrongdoing that the law protects to report: an office, inside or outside.", c.Whistleblowing),
		field(grievanceField, "Grievance", "A dispute about one's own work: a person, or the staff council.", c.Grievance),
	}
	fields[0].Required = true
	return &bot.Form{Title: "Contacts", Command: "voices.contacts", Submit: "Keep", Fields: fields, Intro: []bot.Block{
		bot.Paragraph{Text: bot.T("The forms for concerns and ideas show these to everybody. Concerns open when all four are there. Where you have none, write what people should do instead.")},
	}}, nil
}

func (f *Feature) setContacts(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	wrong := map[string]string{}
	for _, name := range []string{emergencyField, safeField, whistleField, grievanceField} {
		if bot.Clean(in.Value(name), 300) == "" {
			wrong[name] = "Write whom to turn to, or what to do instead."
		}
	}
	if len(wrong) > 0 {
		return bot.Invalid{Fields: wrong}, nil
	}
	err := f.c.Settings.Change(ctx, func(s *Settings) error {
		s.Contacts = Contacts{
			Emergency: bot.Clean(in.Value(emergencyField), 300), Safeguarding: bot.Clean(in.Value(safeField), 300),
			Whistleblowing: bot.Clean(in.Value(whistleField), 300), Grievance: bot.Clean(in.Value(grievanceField), 300),
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return bot.Done{Message: bot.Notice("Kept. Concerns are open: everybody can type /concern.")}, nil
}

func (f *Feature) placeForm(ctx context.Context, _ bot.Invocation) (*bot.Form, error) {
	settings, err := f.c.Settings.Get(ctx)
	if err != nil {
		return nil, err
	}
	field := bot.Field{Name: placeField, Kind: bot.PlaceField, Label: "Where does the reading team work?",
		Help: "A private channel of which the bot and the reading team are members. Empty: each reader gets the cards personally. A card from which somebody is left out always goes to the others personally."}
	if settings.Place != "" {
		field.Value = []string{string(settings.Place)}
	}
	return &bot.Form{Title: "Reading place", Command: "voices.place", Submit: "Keep", Fields: []bot.Field{field}}, nil
}

func (f *Feature) setPlace(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	id := bot.PlaceID(in.Value(placeField))
	say := "Kept. From now on each reader gets the cards personally."
	if id != "" {
		place, err := f.c.Places.Place(ctx, id)
		if err != nil && !notHere(err) {
			return nil, err
		}
		if wrong := checkPlace(place, err); wrong != "" {
			return bot.Invalid{Fields: map[string]string{placeField: wrong}}, nil
		}
		say = "Kept. From now on the cards go to " + place.Name + "; whoever is a member there can read them."
	}
	err := f.c.Settings.Change(ctx, func(s *Settings) error {
		s.Place = id
		return nil
	})
	if err != nil {
		return nil, err
	}
	return bot.Done{Message: bot.Notice(say)}, nil
}

// checkPlace says why a place cannot hold what was said in confidence.
func checkPlace(place bot.Place, err error) string {
	switch {
	case err != nil:
		return "I do not know that place. Add me to it first, then choose it again."
	case place.Kind != bot.PrivateChannel && place.Kind != bot.GroupChat:
		return "Everybody could read there. Choose a private channel."
	case place.External:
		return "People of another organisation can read there. Choose another one."
	case place.Archived || !place.Member:
		return "I cannot write there. Add me to it first, then choose it again."
	}
	return ""
}

func (f *Feature) readersForm(ctx context.Context, _ bot.Invocation) (*bot.Form, error) {
	readers, err := f.withRole(ctx, bot.Reader)
	if err != nil {
		return nil, err
	}
	now := bot.T("Nobody is on the reading team yet.")
	if len(readers) > 0 {
		now = bot.Line("On the reading team: ", names(readers), ".")
	}
	return &bot.Form{Title: "Reading team", Command: "voices.readers", Submit: "Keep",
		Intro: []bot.Block{bot.Paragraph{Text: now}, bot.Note{Text: bot.T("All readers and comms leads are told who changed what. Nobody puts themselves on the team.")}},
		Fields: []bot.Field{
			{Name: personField, Kind: bot.PersonField, Label: "Who?", Required: true},
			{Name: joinField, Kind: bot.ChoiceField, Label: "What changes?", Value: []string{"join"}, Options: []bot.Option{
				{Value: "join", Label: "Joins the reading team", Help: "Is named on the forms from now on, and reads and answers what arrives. What was sent before stays closed unless a reader passes it on."},
				{Value: "leave", Label: "Leaves the reading team", Help: "Can no longer read anything; what they had goes to the others."},
			}},
		}}, nil
}
