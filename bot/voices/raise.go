package voices

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"

	"evangelist/bot"
)

// maxWords is how long a voice may be, in characters.
const maxWords = 3000

// The answers to the question about the name.
const (
	named     = "named"
	anonymous = "anonymous"
)

func (f *Feature) authorCommands() []bot.Command {
	return []bot.Command{
		f.raiseCommand(Concern, bot.Command{
			Name: "voices.concern", Phrases: []string{"concern"}, Usage: "/concern", Title: "Raise a concern", Global: true,
			Help: "Say what worries you, with or without your name; it is always answered.",
		}),
		f.raiseCommand(Idea, bot.Command{
			Name: "voices.idea", Phrases: []string{"idea"}, Usage: "/idea", Title: "Share an idea", Global: true,
			Help: "Say what could be better, with or without your name; it is always answered.",
		}),
		f.codeCommand(),
	}
}

func (f *Feature) raiseCommand(kind Kind, command bot.Command) bot.Command {
	command.Needs, command.Discreet = bot.Colleague, true
	command.Form = func(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
		return f.raiseForm(ctx, kind, in.Actor, in.Words)
	}
	command.Run = func(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
		if !in.Submitted() {
			return f.notOpen(in.Actor), nil
		}
		return f.raise(ctx, kind, in)
	}
	return command
}

// audience is what a form has to know of the people around its author.
type audience struct {
	readers []bot.Person
	known   int         // active colleagues
	manager string      // e-mail of the author's manager, "" when unknown
	placeID bot.PlaceID // where the cards stand, "" when with each reader
	place   string      // its name
}

func (f *Feature) audience(ctx context.Context, actor bot.Actor, settings Settings) (audience, error) {
	all, err := f.c.People.Persons(ctx)
	if err != nil {
		return audience{}, err
	}
	a := audience{}
	if settings.Place != "" {
		place, err := f.c.Places.Place(ctx, settings.Place)
		if err != nil && !notHere(err) {
			return audience{}, err
		}
		if !place.External { // else the cards go to each reader
			a.placeID, a.place = settings.Place, place.Name
		}
	}
	for _, p := range all {
		if p.Inactive || p.Outside {
			continue // a bot is nobody to hide among
		}
		a.known++
		if slices.Contains(p.Roles, bot.Reader) {
			a.readers = append(a.readers, p)
		}
		if p.ID == actor.Person && actor.Person != "" {
			a.manager = p.Manager
		}
	}
	return a, nil
}

// enough reports whether something can be said without a name among these.
func (a audience) enough() bool { return a.known >= fewest }

// boss returns the reader who is the author's manager, if there is one.
func (a audience) boss() (bot.Person, bool) {
	for _, reader := range a.readers {
		if a.manager != "" && strings.EqualFold(a.manager, reader.Email) {
			return reader, true
		}
	}
	return bot.Person{}, false
}

// raiseForm returns nil when concerns are not open yet: then Run says so.
func (f *Feature) raiseForm(ctx context.Context, kind Kind, actor bot.Actor, words string) (*bot.Form, error) {
	settings, err := f.c.Settings.Get(ctx)
	if err != nil {
		return nil, err
	}
	if kind == Concern && !settings.Contacts.Complete() {
		return nil, nil
	}
	a, err := f.audience(ctx, actor, settings)
	if err != nil {
		return nil, err
	}
	if len(a.readers) == 0 {
		return nil, bot.Refuse("voice-readers", "Nobody is on the reading team yet, so nobody would answer. Ask your comms lead to name its members, and come back.")
	}
	return drawRaise(kind, a, settings.Contacts, words), nil
}

// notOpen says what has to be done before concerns can be raised.
func (f *Feature) notOpen(actor bot.Actor) bot.Reply {
	if !actor.Has(bot.Lead) {
		return bot.Say{Message: bot.Notice("Concerns are not open here yet, so nothing was sent. Your comms lead first has to enter whom to turn to in an emergency and with what does not belong here. For an idea type /idea.")}
	}
	message := bot.Notice("Concerns are not open yet. First enter whom to turn to for whistleblowing, grievance, safeguarding and in an emergency: the form shows it to everybody who raises a concern.")
	message.Blocks = append(message.Blocks, bot.Actions{Buttons: []bot.Button{{Command: "voices.contacts", Label: "Enter the contacts", Tone: bot.Primary}}})
	return bot.Say{Message: message}
}

// raise takes the form of a new voice. The choice about the name decides before
// anything else which of two ways it goes.
func (f *Feature) raise(ctx context.Context, kind Kind, in bot.Invocation) (bot.Reply, error) {
	form := formOf(in)
	settings, err := f.c.Settings.Get(ctx)
	if err != nil {
		return nil, err
	}
	if kind == Concern && !settings.Contacts.Complete() {
		return f.notOpen(in.Actor), nil
	}
	a, err := f.audience(ctx, in.Actor, settings)
	if err != nil {
		return nil, err
	}
	a = a.promised(in.Arg)
	choice := in.Value(nameField)
	if wrong := checkRaise(form, choice, a); len(wrong) > 0 {
		return bot.Invalid{Fields: wrong}, nil
	}
	if choice == anonymous {
		return f.raiseWithoutName(ctx, kind, a, in)
	}
	return f.raiseWithName(ctx, kind, a, in, form)
}

// checkRaise returns a sentence for each field that is wrong.
func checkRaise(form Form, choice string, a audience) map[string]string {
	wrong := map[string]string{}
	if form.Words == "" {
		wrong[wordsField] = "There are no words yet. One sentence is enough."
	}
	switch {
	case choice != named && choice != anonymous:
		wrong[nameField] = "Choose whether your name goes with it."
	case choice == anonymous && !a.enough():
		wrong[nameField] = "Fewer than ten colleagues are known here, so you cannot be kept unnamed. Send it with your name, or use one of the other ways in this form."
	}
	left := 0
	for _, reader := range a.readers {
		if !slices.Contains(form.Without, reader.ID) {
			left++
		}
	}
	switch {
	case left == 0 && len(form.Without) > 0:
		wrong[withoutField] = "Somebody has to read it: leave at least one person in, or turn to one of the contacts above."
	case left == 0:
		wrong[wordsField] = "Nobody whom this form names is on the reading team any more, so nothing was sent. Please open it anew and paste your words."
	}
	return wrong
}

// raiseWithoutName keeps what Anonymise lets through and shows the private code.
func (f *Feature) raiseWithoutName(ctx context.Context, kind Kind, a audience, in bot.Invocation) (bot.Reply, error) {
	said, err := Anonymise(in, f.c.Keys)
	if err != nil {
		return nil, err
	}
	err = f.c.Waiting.Put(ctx, Act{
		ID: said.VoiceID, Voice: said.VoiceID, Kind: RaiseAct, Words: said.Form.Words,
		Raise: &Raise{Kind: kind, CodeHash: said.NewCode.Hash(), Urgent: said.Form.Urgent,
			Readers: a.circle(nil), Place: a.placeID, Without: said.Form.Without, Unpublished: said.Form.Unpublished},
	})
	if err != nil {
		return nil, err
	}
	return bot.Done{Message: f.codePage(kind, said)}, nil
}

// raiseWithName keeps a voice with its author's account; its cards go out at
// once.
func (f *Feature) raiseWithName(ctx context.Context, kind Kind, a audience, in bot.Invocation, form Form) (bot.Reply, error) {
	id, err := f.c.Keys.VoiceID(in.Nonce)
	if err != nil {
		return nil, err
	}
	if _, err := f.c.People.Record(ctx, []bot.AccountFact{{Account: in.Actor.Account, Name: in.Actor.Name}}); err != nil {
		return nil, err
	}
	t, err := f.team(ctx)
	if err != nil {
		return nil, err
	}
	load := t.load
	v, err := f.c.Voices.Add(ctx, id, func(taken func(string) bool) (Voice, []bot.Delivery, error) {
		t.load = copyLoad(load)
		v, err := t.arrive(Voice{ID: id, Kind: kind, Author: in.Actor.Account, Words: form.Words, Urgent: form.Urgent,
			Readers: a.circle(form.Without), Place: a.placeID, Without: form.Without, Unpublished: form.Unpublished}, f.c.Clock.Now(), taken, f.c.Random)
		cards := t.cards(&v)
		return v, cards, err
	})
	if err != nil {
		return nil, err
	}
	return bot.Done{Message: f.namedPage(ctx, v)}, nil
}

// day shows a date in the organisation's zone.
func (f *Feature) day(at time.Time) string {
	return bot.ShowTime(at, bot.DayStyle, f.c.Organisation.Zone)
}

// notHere reports whether an error means that something is not there.
func notHere(err error) bool { return errors.Is(err, bot.ErrNotFound) }

// Ears returns the one that notices a concern which landed in a channel.
func (f *Feature) Ears() []bot.Ear { return []bot.Ear{{Name: "voices.accident", Hear: f.accident}} }

// accident hints privately to whoever posted "/concern …" or "concern: …" as a
// message: a space before the slash is enough for that. Nothing of it is kept.
func (f *Feature) accident(_ context.Context, batch []bot.Sighting) ([]bot.Whisper, error) {
	var hints []bot.Whisper
	for _, seen := range batch {
		if seen.Kind != bot.Posted || seen.Imported || seen.Bot || seen.Author == "" || !f.posedAsCommand(seen.Text) {
			continue
		}
		hints = append(hints, bot.Whisper{Place: seen.Message.Place, To: seen.Author, Message: bot.Notice(
			"What you just wrote stands in this channel for everybody, and did not reach the reading team. Delete the message if that was not meant, then type /concern at the very beginning of an empty line and press Enter: the words are asked for in a form.")})
	}
	return hints, nil
}

// posedAsCommand reports whether a message begins like a command of ours.
func (f *Feature) posedAsCommand(text string) bool {
	text = strings.ToLower(strings.TrimSpace(text))
	if strings.HasPrefix(text, "concern:") {
		return true
	}
	word, slash := strings.CutPrefix(text, "/")
	if end := strings.IndexFunc(word, func(c rune) bool { return unicode.IsSpace(c) || strings.ContainsRune(":,.;", c) }); end >= 0 {
		word = word[:end]
	}
	return slash && word != "" && (word == "concern" || word == "idea" || slices.Contains(f.c.Slips, word))
}
