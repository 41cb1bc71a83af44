package voicestest

import (
	"context"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"evangelist/bot"
)

// World is one installation with reading team and contacts set up, in which at
// least ten colleagues are known.
type World struct {
	// Door takes an Invocation as a surface would make it.
	Door  func(ctx context.Context, in bot.Invocation) bot.Reply
	Clock *Clock
	// Random gives what a platform makes up for a request.
	Random io.Reader
	// Release does what the schedule does at its moment.
	Release func(ctx context.Context) error
	// Reader is an account of the reading team; Known one of a colleague who
	// writes with a name.
	Reader, Known bot.AccountID
	// Authors are four people whom the register knows already; nil: four whom
	// nobody knows, so that their accounts and names are marks, too.
	Authors []Author
	// Place is where the authors type their commands.
	Place bot.PlaceID
	// VoiceIDs lists the voices that a reader finds, in any order.
	VoiceIDs func(ctx context.Context) ([]string, error)
	// Came writes into a voice what came of it, after the readers have acted; nil:
	// nothing came of any.
	Came func(ctx context.Context, id string) error
}

// Author is somebody who writes without a name, with marks that may be found
// nowhere.
type Author struct {
	Account bot.AccountID
	Name    string
}

// Authors are as many as the scenario has words, unknown to every register.
func Authors(platform string) []Author {
	var all []Author
	for i := range said {
		all = append(all, Author{Account: bot.NewAccountID(platform, fmt.Sprintf("UZZMARK%02dQ", i)), Name: fmt.Sprintf("Marked Author Nr%02d", i)})
	}
	return all
}

// Played says how the scenario is played: By[i] is which author writes the i-th
// text, Turn[n] which text is sent as the n-th within its release.
type Played struct {
	By   []int
	Turn []int
}

// Straight plays everything in its own order.
func Straight() Played { return Played{By: []int{0, 1, 2, 3}, Turn: []int{0, 1, 2, 3}} }

// Marks collects every value that a platform told of a submission and that may
// be found nowhere at rest.
type Marks struct{ all [][]byte }

func (m *Marks) text(values ...string) {
	for _, value := range values {
		if value != "" {
			m.all = append(m.all, []byte(value))
		}
	}
}

// moment marks a moment in the forms in which programs write one.
func (m *Marks) moment(at time.Time) {
	m.text(at.Format("2006-01-02T15:04:05"), at.Format("2006-01-02 15:04:05"), at.Format(time.RFC1123),
		strconv.FormatInt(at.UnixMicro(), 10), strconv.FormatInt(at.UnixMilli(), 10), strconv.FormatInt(at.Unix(), 10))
	for _, n := range []int64{at.UnixMicro(), at.UnixMilli()} {
		var big, little [8]byte
		binary.BigEndian.PutUint64(big[:], uint64(n))
		binary.LittleEndian.PutUint64(little[:], uint64(n))
		m.all = append(m.all, big[2:], little[:6]) // as SQLite and PostgreSQL keep them, without leading zeros
	}
}

// Outcome is what a scenario left behind.
type Outcome struct {
	Marks Marks
	Codes []string // private codes, by text
}

// Play plays the scenario: four texts without a name and one with, a release,
// questions and answers of the reading team, four acts by private code, a second
// release. at is called before and after each release with the name of the
// moment, so that the caller can look at what is at rest.
func Play(ctx context.Context, w World, p Played, at func(moment string, marks Marks) error) (Outcome, error) {
	s := &scene{World: w, played: p, authors: w.Authors, when: w.Clock.Now()}
	if s.authors == nil {
		s.authors = Authors(w.Place.Platform())
		for _, author := range s.authors {
			s.out.Marks.text(string(author.Account), author.Account.Native(), author.Name)
		}
	}
	for _, act := range []func(context.Context) error{
		s.open, s.sendAll,
		func(context.Context) error { return at("before the first release", s.out.Marks) },
		s.release,
		func(context.Context) error { return at("after the first release", s.out.Marks) },
		s.readersAct, s.came, s.actByCodes,
		func(context.Context) error { return at("before the second release", s.out.Marks) },
		s.release,
		func(context.Context) error { return at("after the second release", s.out.Marks) },
	} {
		if err := act(ctx); err != nil {
			return s.out, err
		}
	}
	return s.out, nil
}

// scene is a scenario on its way.
type scene struct {
	World
	played  Played
	authors []Author
	when    time.Time
	forms   []bot.Form
	out     Outcome
}

// tick lets an odd time pass, so that every moment of the scenario is its own.
func (s *scene) tick() {
	s.when = s.when.Add(7*time.Minute + 13*time.Second + 517*time.Millisecond + 291*time.Microsecond)
	s.Clock.Set(s.when)
}

// ask opens a form as an author.
func (s *scene) ask(ctx context.Context, by int, command, words string) (bot.Form, error) {
	who := s.authors[by]
	reply := s.Door(ctx, bot.Invocation{Actor: bot.Actor{Account: who.Account, Name: who.Name}, Workspace: s.Place.Platform(),
		Place: s.Place, Command: command, Words: words, Nonce: s.trigger()})
	form, ok := reply.(bot.Ask)
	if !ok {
		return bot.Form{}, fmt.Errorf("/%s opened no form but %#v", command, reply)
	}
	s.out.Marks.text(form.Form.Nonce)
	return form.Form, nil
}

// trigger is the number that a platform gives to a request.
func (s *scene) trigger() string {
	var b [10]byte
	if _, err := io.ReadFull(s.Random, b[:]); err != nil {
		return ""
	}
	id := "TRG" + base32.StdEncoding.EncodeToString(b[:])
	s.out.Marks.text(id)
	return id
}

// open opens all forms in the same order, whatever is sent first later.
func (s *scene) open(ctx context.Context) error {
	s.out.Codes = make([]string, len(said))
	for i, text := range said {
		form, err := s.ask(ctx, s.played.By[i], text.kind, "")
		if err != nil {
			return err
		}
		s.forms = append(s.forms, form)
	}
	return nil
}

// send submits a form as an author.
func (s *scene) send(ctx context.Context, by int, form bot.Form, values map[string][]string) (bot.Done, error) {
	s.tick()
	s.out.Marks.moment(s.when)
	who := s.authors[by]
	reply := s.Door(ctx, bot.Invocation{Actor: bot.Actor{Account: who.Account, Name: who.Name}, Workspace: s.Place.Platform(),
		Place: s.Place, Command: form.Command, Arg: form.Arg, Values: values, Nonce: form.Nonce, At: s.when,
		About: &bot.MessageRef{Place: s.Place, Native: s.triggerOf(form.Nonce)}})
	done, ok := reply.(bot.Done)
	if !ok {
		return bot.Done{}, fmt.Errorf("sending %s gave %#v", form.Command, reply)
	}
	return done, nil
}

// triggerOf is a message that only this submission mentions.
func (s *scene) triggerOf(nonce string) string {
	id := "1763.MSG" + nonce[:9]
	s.out.Marks.text(id)
	return id
}

func (s *scene) sendAll(ctx context.Context) error {
	for n, i := range s.played.Turn {
		if n == 2 {
			if err := s.sendNamed(ctx); err != nil {
				return err
			}
		}
		done, err := s.send(ctx, s.played.By[i], s.forms[i], map[string][]string{
			"words": {said[i].words}, "name": {"anonymous"},
		})
		if err != nil {
			return err
		}
		code, err := CodeOn(done.Message)
		if err != nil {
			return err
		}
		s.out.Codes[i] = code
		s.out.Marks.text(code)
	}
	return nil
}

// sendNamed puts a dated row between the others.
func (s *scene) sendNamed(ctx context.Context) error {
	s.tick()
	actor := bot.Actor{Account: s.Known}
	asked, ok := s.Door(ctx, bot.Invocation{Actor: actor, Place: s.Place, Command: "idea"}).(bot.Ask)
	if !ok {
		return errors.New("/idea opened no form")
	}
	reply := s.Door(ctx, bot.Invocation{Actor: actor, Place: s.Place, Command: asked.Form.Command, Nonce: asked.Form.Nonce,
		Values: map[string][]string{"words": {"Share the van with the museum."}, "name": {"named"}}})
	if _, ok := reply.(bot.Done); !ok {
		return fmt.Errorf("an idea with a name gave %#v", reply)
	}
	return nil
}

// release comes at the next full hour, whatever happened before.
func (s *scene) release(ctx context.Context) error {
	s.when = s.when.Truncate(time.Hour).Add(time.Hour)
	s.Clock.Set(s.when)
	return s.Release(ctx)
}

// readersAct asks a question on every voice but two, which it declines.
func (s *scene) readersAct(ctx context.Context) error {
	ids, err := s.VoiceIDs(ctx)
	if err != nil {
		return err
	}
	slices.Sort(ids)
	for n, id := range ids {
		command := "voices.ask"
		if n < 2 {
			command = "voices.refuse"
		}
		s.tick()
		actor := bot.Actor{Account: s.Reader}
		asked, ok := s.Door(ctx, bot.Invocation{Actor: actor, Command: command, Arg: id}).(bot.Ask)
		if !ok {
			return fmt.Errorf("%s opened no form", command)
		}
		reply := s.Door(ctx, bot.Invocation{Actor: actor, Command: command, Arg: id, Nonce: asked.Form.Nonce,
			Values: map[string][]string{"answer": {"Which week do you mean?"}}})
		if _, ok := reply.(bot.Done); !ok {
			return fmt.Errorf("%s gave %#v", command, reply)
		}
	}
	return nil
}

// came writes into every voice what came of it, each at its own moment.
func (s *scene) came(ctx context.Context) error {
	if s.Came == nil {
		return nil
	}
	ids, err := s.VoiceIDs(ctx)
	if err != nil {
		return err
	}
	slices.Sort(ids)
	for _, id := range ids {
		s.tick()
		s.out.Marks.moment(s.when)
		if err := s.Came(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// actByCodes lets every author add something and the last one take it back.
func (s *scene) actByCodes(ctx context.Context) error {
	var forms []bot.Form
	for i := range said {
		form, err := s.ask(ctx, s.played.By[i], "concern", "code")
		if err != nil {
			return err
		}
		forms = append(forms, form)
	}
	for _, i := range s.played.Turn {
		want, err := s.possible(ctx, i, forms[i])
		if err != nil {
			return err
		}
		_, err = s.send(ctx, s.played.By[i], forms[i], map[string][]string{
			"code": {s.out.Codes[i]}, "want": {want}, "words": {fmt.Sprintf("In the week of text %d.", i)},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// possible looks with the code which act fits the state.
func (s *scene) possible(ctx context.Context, i int, form bot.Form) (string, error) {
	done, err := s.send(ctx, s.played.By[i], form, map[string][]string{"code": {s.out.Codes[i]}, "want": {"look"}})
	if err != nil {
		return "", err
	}
	switch title := done.Message.Summary; {
	case i == len(said)-1:
		return "withdraw", nil
	case strings.Contains(title, "declined"):
		return "appeal", nil
	case strings.Contains(title, "reply"):
		return "reply", nil
	default:
		return "", fmt.Errorf("a code shows %q", title)
	}
}

// CodeOn finds the private code on a form's last page.
func CodeOn(page bot.Message) (string, error) {
	for _, block := range page.Blocks {
		if heading, is := block.(bot.Heading); is && len(heading.Text) == 1 && heading.Text[0].Kind == bot.Code {
			return heading.Text[0].Text, nil
		}
	}
	return "", errors.New("there is no private code on the page")
}
