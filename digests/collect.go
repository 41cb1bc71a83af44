package digests

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"evangelist/bot"
	"evangelist/digests/canonical"
	"evangelist/digests/wording"
)

// collectCommands are how links come in other than by being seen.
func (f *Feature) collectCommands() []bot.Command {
	return []bot.Command{
		{
			Name: "digest.add", Phrases: []string{"digest add"}, Usage: "/digest add ADDRESS why it helps", Needs: bot.Colleague,
			Help: "puts a link forward for the next edition.", Title: "Put a link forward", Global: true, Form: f.addForm, Run: f.add,
		},
		{
			Name: "digest.find", Phrases: []string{"digest find"}, Usage: "/digest find ADDRESS why it helps", Needs: bot.Colleague,
			Help: "keeps something found elsewhere: for a curator in the inbox, for everybody else like /digest add.", Pasted: true, Form: f.addForm, Run: f.find,
		},
		{
			Name: "digest.save", On: bot.OnMessage, Title: "Save to digest", Emoji: f.cfg.SaveEmoji, Needs: bot.Colleague, Run: f.save,
			Help: "nominates the links of a message.", Usage: "Save to digest, in a message's menu",
		},
		{
			Name: "digest.leave", On: bot.OnOwnMessage, Title: "Don't include", Emoji: f.cfg.LeaveEmoji, Needs: bot.Colleague, Run: f.leave,
			Help: "keeps the links of your message out of every edition, for good.", Usage: "Don't include, in your own message's menu",
		},
		{
			Name: "digest.inbox", Phrases: []string{"digest inbox"}, Usage: "/digest inbox", Needs: bot.Colleague,
			Help: "shows a curator what was found elsewhere and waits.", Run: f.inbox,
		},
		{Name: "digest.choose", Needs: bot.Colleague, Run: f.choose},
		{Name: "digest.later", Needs: bot.Colleague, Run: f.later},
		{Name: "digest.refuse", Needs: bot.Colleague, Run: f.refuse},
	}
}

func (f *Feature) addForm(_ context.Context, in bot.Invocation) (*bot.Form, error) {
	if strings.TrimSpace(in.Words) != "" {
		return nil, nil
	}
	return &bot.Form{
		Title: "Put a link forward", Command: in.Command, Arg: in.Arg,
		Fields: []bot.Field{
			{Name: "url", Kind: bot.LineField, Label: "Address", Required: true, Placeholder: "https://", Max: 2000,
				Help: "A page that everybody may open. Private and secret addresses are not kept."},
			{Name: "why", Kind: bot.ParagraphField, Label: "How does it help?", Max: 200,
				Help: "One sentence. It may be quoted in the edition, and you are thanked as you have chosen."},
		},
	}, nil
}

// given reads address and reason from a form or from typed words. The reply is
// set when the address cannot be used.
func given(in bot.Invocation) (canonical.URL, string, bot.Reply) {
	address, why := in.Value("url"), in.Value("why")
	if !in.Submitted() {
		address, why, _ = strings.Cut(strings.TrimSpace(in.Words), " ")
		// Clients wrap typed addresses: <https://example.org|example.org>.
		address, _, _ = strings.Cut(strings.Trim(address, "<>"), "|")
		if found := canonical.Extract(in.Words); len(found) > 0 && !strings.Contains(address, ".") {
			address, why = found[0], strings.TrimSpace(strings.Replace(in.Words, found[0], "", 1))
		}
	}
	url, err := canonical.Parse(strings.TrimSpace(address))
	if err == nil {
		return url, wording.Shorten(bot.Clean(wording.OneLine(why), 0), 200), nil
	}
	say := err.Error()
	if strings.TrimSpace(address) == "" {
		say = "Give the address of the page, beginning with https://."
	}
	if in.Submitted() {
		return url, "", bot.Invalid{Fields: map[string]string{"url": say}}
	}
	return url, "", bot.Say{Message: bot.Notice(say)}
}

func linkOf(url canonical.URL) Link {
	return Link{Key: url.Key, Address: url.Address, Host: url.Host, Site: url.Site}
}

// add puts a link forward in the actor's name. The same link from the same
// account on one day counts once.
func (f *Feature) add(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	url, why, trouble := given(in)
	if trouble != nil {
		return trouble, nil
	}
	now := f.clock.Now()
	post := Post{
		Message: bot.MessageRef{
			Place:  in.Place,
			Native: "added/" + now.In(f.cfg.Organisation.Zone).Format(time.DateOnly) + "/" + ItemID(string(in.Actor.Account)+" "+url.Key),
		},
		Account: in.Actor.Account, At: now, Added: true,
		Links: []PostLink{{Link: linkOf(url), Sentence: why}},
	}
	if err := f.stores.Archive.Hear(ctx, Heard{Posts: []Post{post}}); err != nil {
		return nil, err
	}
	say := bot.Line("Thank you. ", bot.To(linkOf(url).Headline(), url.Address), " is put forward")
	if when := f.nextDates(ctx); when != "" {
		say = append(say, bot.T(" for "+when)...)
	}
	return f.thanks(in, append(say, bot.T(". The curator decides; you are thanked as you have chosen (/digest credits).")...)), nil
}

func (f *Feature) thanks(in bot.Invocation, say bot.Spans) bot.Reply {
	message := bot.Message{Summary: say.Plain(nil), Blocks: []bot.Block{bot.Paragraph{Text: say}}}
	if in.Submitted() {
		return bot.Done{Message: message}
	}
	return bot.Say{Message: message}
}

// nextDates names the next editions: "Friday roundup on Friday 27 November".
func (f *Feature) nextDates(ctx context.Context) string {
	digests, err := f.stores.Series.List(ctx)
	if err != nil {
		return ""
	}
	var out []string
	for _, digest := range digests {
		if edition, _, err := f.next(ctx, digest); err == nil && !digest.Paused {
			out = append(out, digest.Name+" on "+bot.ShowTime(edition.Due, bot.DayStyle, digest.Location()))
		}
	}
	return strings.Join(out, " and ")
}

// find keeps what a curator found elsewhere. It stands under its own heading in
// the next edition of the digest that the curator has; with several digests it
// waits in the inbox. From others it is a link put forward.
func (f *Feature) find(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	mine, err := f.mine(ctx, in.Actor)
	if err != nil {
		return nil, err
	}
	if len(mine) == 0 {
		return f.add(ctx, in)
	}
	url, why, trouble := given(in)
	if trouble != nil {
		return trouble, nil
	}
	find := Find{
		ID: ItemID(url.Key), Link: linkOf(url), Why: bot.Clean(why, 300), By: in.Actor.Account, State: Waiting, At: f.clock.Now(),
	}
	where := "It waits in your inbox: /digest inbox."
	if len(mine) == 1 {
		find.State, find.Digest = Chosen, mine[0].ID
		where = "It stands under “Found elsewhere” in the next edition of " + mine[0].Name + "."
	}
	fresh, err := f.stores.Finds.Add(ctx, find)
	if err != nil {
		return nil, err
	}
	if !fresh {
		where = "It was kept before; /digest inbox shows what waits."
	}
	message := bot.Message{Summary: "Kept: " + find.Link.Headline(), Blocks: []bot.Block{
		bot.Paragraph{Text: bot.Line("Kept: ", bot.To(find.Link.Headline(), find.Link.Address), ". ", where)},
	}}
	if fresh && find.State == Chosen {
		message.Blocks = append(message.Blocks, bot.Actions{Buttons: []bot.Button{{Command: "digest.later", Arg: find.ID, Label: "Not now"}}})
	}
	if in.Submitted() {
		return bot.Done{Message: message}, nil
	}
	return bot.Say{Message: message}, nil
}

// mine lists the digests that the actor may curate.
func (f *Feature) mine(ctx context.Context, actor bot.Actor) ([]Digest, error) {
	all, err := f.stores.Series.List(ctx)
	var mine []Digest
	for _, digest := range all {
		if MayCurate(actor, digest) {
			mine = append(mine, digest)
		}
	}
	return mine, err
}

// save nominates a message. Where the message is not known, because nothing is
// read there, the links in its text (Words) are put forward instead.
func (f *Feature) save(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	if in.About == nil {
		return nil, bot.Refuse("no-message", "Use this on a message: open its menu and choose Save to digest.")
	}
	shares, err := f.stores.Archive.Message(ctx, *in.About)
	if err != nil {
		return nil, err
	}
	if len(shares) > 0 {
		if err := f.nominate(ctx, *in.About, in.Actor.Account, in.At); err != nil {
			return nil, err
		}
		return f.thanks(in, bot.T("Nominated. The curator sees it in the next draft.")), nil
	}
	for _, address := range canonical.Extract(in.Words) {
		once := in
		once.Words, once.Values = address, nil
		return f.add(ctx, once)
	}
	return nil, bot.Refuse("no-link", "I know no link in that message: perhaps it has none, or it was left out, or I do not read here. Put the link forward with /digest add.")
}

// leave takes the actor's own message out for good.
func (f *Feature) leave(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	if in.About == nil {
		return nil, bot.Refuse("no-message", "Use this on your own message: open its menu and choose Don't include.")
	}
	shares, err := f.stores.Archive.Message(ctx, *in.About)
	if err != nil {
		return nil, err
	}
	for _, share := range shares {
		if share.Who.Account != in.Actor.Account && (in.Actor.Person == "" || share.Who.Person != in.Actor.Person) {
			return nil, bot.Refuse("not-yours", "Only whoever wrote a message can keep it out, so nothing was changed. You can ask its author, or the curator.")
		}
	}
	account := in.Actor.Account
	if len(shares) > 0 {
		account = shares[0].Who.Account
	}
	if err := f.stores.Archive.Hear(ctx, Heard{OptOuts: []OptOut{{Message: *in.About, Account: account}}}); err != nil {
		return nil, err
	}
	f.wake()
	return f.thanks(in, bot.T("Done. The links of that message stay out of every edition, also when you edit it.")), nil
}

func (f *Feature) inbox(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	message, err := f.inboxMessage(ctx, in.Actor)
	if err != nil {
		return nil, err
	}
	return bot.Say{Message: message}, nil
}

const shownFinds = 10

func (f *Feature) inboxMessage(ctx context.Context, actor bot.Actor) (bot.Message, error) {
	mine, err := f.mine(ctx, actor)
	if err != nil {
		return bot.Message{}, err
	}
	if len(mine) == 0 {
		return bot.Message{}, bot.Refuse("no-digest", "The inbox is for curators. Put a link forward with /digest add.")
	}
	finds, err := f.stores.Finds.List(ctx, Waiting, Chosen)
	if err != nil {
		return bot.Message{}, err
	}
	message := bot.Message{Summary: fmt.Sprintf("Your inbox: %s", plural(len(finds), "find", "finds")), Blocks: []bot.Block{
		bot.Heading{Level: 1, Text: bot.T("Found elsewhere")},
	}}
	if len(finds) == 0 {
		message.Blocks = append(message.Blocks, bot.Paragraph{Text: bot.T("Nothing waits. Paste a link into our chat, or write /digest find ADDRESS, and it will be here.")})
	}
	for n, find := range finds {
		if n == shownFinds {
			message.Blocks = append(message.Blocks, bot.Note{Text: bot.T(fmt.Sprintf("And %s more.", number(len(finds)-n)))})
			break
		}
		message.Blocks = append(message.Blocks, findBlocks(find, mine)...)
	}
	return message, nil
}

func findBlocks(find Find, mine []Digest) []bot.Block {
	var lines []bot.Spans
	if find.Why != "" {
		lines = append(lines, bot.T(find.Why))
	}
	var buttons []bot.Button
	for _, digest := range mine[:min(3, len(mine))] {
		if find.State == Chosen && find.Digest == digest.ID {
			lines = append(lines, bot.Line(bot.Emphasis("Stands in the next edition of "+digest.Name+".")))
			buttons = append(buttons, bot.Button{Command: "digest.later", Arg: find.ID, Label: "Not now"})
			continue
		}
		buttons = append(buttons, bot.Button{Command: "digest.choose", Arg: find.ID + "/" + digest.ID, Label: wording.Shorten("Put into "+digest.Name, 60)})
	}
	buttons = append(buttons, bot.Button{Command: "digest.refuse", Arg: find.ID, Label: "Not wanted"})
	return []bot.Block{
		bot.Link{Title: find.Link.Headline(), URL: find.Link.Address, Meta: find.Link.SourceName(), Lines: lines},
		bot.Actions{Buttons: buttons},
	}
}

func (f *Feature) choose(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	id, digestID, _ := splitArg(in.Arg)
	return f.moveFind(ctx, in.Actor, id, func(find *Find, mine []Digest) error {
		for _, digest := range mine {
			if digest.ID == digestID {
				find.State, find.Digest = Chosen, digest.ID
				return nil
			}
		}
		return bot.ErrNotFound
	})
}

func (f *Feature) later(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	return f.moveFind(ctx, in.Actor, in.Arg, func(find *Find, _ []Digest) error {
		find.State, find.Digest = Waiting, ""
		return nil
	})
}

func (f *Feature) refuse(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	return f.moveFind(ctx, in.Actor, in.Arg, func(find *Find, _ []Digest) error {
		find.State, find.Digest = Refused, ""
		return nil
	})
}

var errSpent = errors.New("find went out")

func (f *Feature) moveFind(ctx context.Context, actor bot.Actor, id string, rule func(*Find, []Digest) error) (bot.Reply, error) {
	mine, err := f.mine(ctx, actor)
	if err != nil {
		return nil, err
	}
	if len(mine) == 0 {
		return nil, bot.ErrNotFound
	}
	err = f.stores.Finds.Change(ctx, id, func(find *Find) error {
		if find.State == Spent {
			return errSpent
		}
		return rule(find, mine)
	})
	if errors.Is(err, errSpent) {
		return nil, bot.Refuse("spent", "That has gone out in an edition already, so nothing was changed.")
	}
	if err != nil {
		return nil, err
	}
	message, err := f.inboxMessage(ctx, actor)
	if err != nil {
		return nil, err
	}
	return bot.Say{Message: message}, nil
}
