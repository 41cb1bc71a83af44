package digests

import (
	"slices"
	"strings"

	"evangelist/bot"
	"evangelist/digests/wording"
)

// Finding is something that a preflight has to say about a draft, with its
// mend. A finding never stops an approval.
type Finding struct {
	Code string // "empty", "nothing-practical", "private-source", "one-department", "one-site", "missing-credit", "alike"
	Say  string
	Item string       // the item it concerns, empty: the edition
	Mend []bot.Button // what helps, may be empty
}

// Preflight lists what is amiss in a draft. edition is the edition's id.
func Preflight(edition string, p Proof) []Finding {
	var out []Finding
	items := p.Content.Items
	if p.Content.Empty() {
		return []Finding{{Code: "empty", Say: "Nothing waits for this edition yet. Links appear here as colleagues share them, or put one in.",
			Mend: []bot.Button{{Command: "digest.add", Label: "Put a link forward"}}}}
	}
	if len(items)+len(p.Content.Finds) > 0 && !slices.ContainsFunc(p.Content.All(), func(i Item) bool { return i.Because != "" || i.Note != "" }) {
		finding := Finding{Code: "nothing-practical", Say: "No item says how it makes a job easier. One sentence under one of them is enough."}
		finding.Item = p.Content.All()[0].ID
		finding.Mend = []bot.Button{{Command: "digest.words", Arg: edition + "/" + finding.Item, Label: "Say why"}}
		out = append(out, finding)
	}
	for _, item := range items {
		if item.Private {
			out = append(out, Finding{
				Code: "private-source", Item: item.ID,
				Say:  "“" + wording.Shorten(item.Title, 60) + "” was shared only where not everybody can read. Leave it out, or ask whoever shared it.",
				Mend: []bot.Button{{Command: "digest.drop", Arg: edition + "/" + item.ID, Label: "Leave it out"}},
			})
		}
		if len(item.Sharers) == 0 {
			out = append(out, Finding{Code: "missing-credit", Item: item.ID, Say: "“" + wording.Shorten(item.Title, 60) + "” thanks nobody."})
		}
	}
	if len(items) > 2 && p.Content.Departments() == 1 {
		out = append(out, Finding{Code: "one-department", Say: "Everything comes from one department. Look among the next in line for another."})
	}
	return append(out, alike(edition, items, p.Next)...)
}

// alike finds items that seem to be the same thing at two addresses, and sites
// that pins have brought in more often than the spread allows.
func alike(edition string, items, next []Item) []Finding {
	var out []Finding
	sites := map[string]int{}
	for i, a := range items {
		if sites[a.Site]++; sites[a.Site] == PerSite+1 {
			out = append(out, Finding{Code: "one-site", Item: a.ID, Say: "More than two items come from " + a.Source + ".",
				Mend: []bot.Button{{Command: "digest.drop", Arg: edition + "/" + a.ID, Label: "Leave one out"}}})
		}
		for _, b := range slices.Concat(items[i+1:], next) {
			if near(a, b) {
				out = append(out, Finding{Code: "alike", Item: b.ID, Say: "“" + wording.Shorten(a.Title, 60) + "” seems to be there twice, from " + a.Source + " and " + b.Source + ".",
					Mend: []bot.Button{{Command: "digest.merge", Arg: edition + "/" + b.ID + "/" + a.ID, Label: "Make them one"}}})
			}
		}
	}
	return out
}

// DraftMessage draws the curator's card: the draft as it would go out, each
// item with its controls, what is amiss, and what is next in line.
func DraftMessage(e Edition, d Digest, p Proof) (bot.Message, error) {
	zone := d.Location()
	when := bot.ShowTime(e.Due, bot.DateTimeStyle, zone)
	message := bot.Message{Summary: "Draft of " + d.Name + " for " + when}
	add := func(blocks ...bot.Block) { message.Blocks = append(message.Blocks, blocks...) }
	add(bot.Heading{Level: 1, Text: bot.T(d.Name + ": draft")},
		bot.Paragraph{Text: bot.Line("For ", bot.Strong(when), ". ", p.Content.Summary(), " ", fate(e, d))})
	for _, finding := range Preflight(e.ID, p) {
		add(bot.Note{Text: bot.T("To look at: " + finding.Say)})
		if len(finding.Mend) > 0 {
			add(bot.Actions{Buttons: finding.Mend})
		}
	}
	for n, item := range p.Content.Items {
		add(item.draftBlocks(n+1, len(p.Content.Items), e.ID)...)
	}
	if len(p.Content.Finds) > 0 {
		add(bot.Heading{Level: 2, Text: bot.T("Found elsewhere")})
		for n, item := range p.Content.Finds {
			add(bot.Link{Number: len(p.Content.Items) + n + 1, Title: item.Title, URL: item.URL, Meta: item.Source, Lines: item.lines(Tally{})},
				bot.Actions{Buttons: []bot.Button{
					{Command: "digest.words", Arg: e.ID + "/" + item.ID, Label: "Edit"},
					{Command: "digest.later", Arg: item.Find, Label: "Not now"},
				}})
		}
	}
	add(draftSections(e.ID, p)...)
	add(waitingBlocks(e.ID, p)...)
	print, err := p.Content.Print()
	if err != nil {
		return bot.Message{}, err
	}
	if !p.Content.Empty() {
		add(bot.Rule{}, bot.Actions{Buttons: draftButtons(e, d, print)})
	}
	return message, nil
}

// fate says what happens to the draft if nobody does anything.
func fate(e Edition, d Digest) string {
	switch {
	case d.SecondEyes && e.ProposedBy != "":
		return "It is proposed and waits for a second pair of eyes."
	case d.IfUndecided == Go:
		return "If nobody decides, it goes out as it is."
	default:
		return "It waits until somebody approves it."
	}
}

// draftButtons carry the print of the draft that they stand under: what is
// approved is what was looked at.
func draftButtons(e Edition, d Digest, print string) []bot.Button {
	approve := "Approve"
	if d.SecondEyes && e.ProposedBy == "" {
		approve = "Propose"
	}
	return []bot.Button{
		{Command: "digest.approve", Arg: e.ID + "/" + print, Label: approve, Tone: bot.Primary},
		{Command: "digest.preview", Arg: e.ID, Label: "Preview"},
		{Command: "digest.publish", Arg: e.ID + "/" + print, Label: "Publish now", Confirm: "Publish this edition now rather than at its time?"},
	}
}

// draftBlocks draw item n of total with the curator's controls.
func (i Item) draftBlocks(n, total int, edition string) []bot.Block {
	arg := edition + "/" + i.ID
	lines := i.lines(Tally{})
	if len(i.Why) > 0 {
		lines = append(lines, bot.Line(bot.Emphasis("Why it is here: "+strings.Join(i.Why, ", ")+".")))
	}
	pin := bot.Button{Command: "digest.pin", Arg: arg, Label: "Pin"}
	if i.Pinned {
		pin = bot.Button{Command: "digest.unpin", Arg: arg, Label: "Unpin"}
	}
	buttons := []bot.Button{{Command: "digest.words", Arg: arg, Label: "Edit"}}
	if n > 1 {
		buttons = append(buttons, bot.Button{Command: "digest.up", Arg: arg, Label: "Up"})
	}
	if n < total {
		buttons = append(buttons, bot.Button{Command: "digest.down", Arg: arg, Label: "Down"})
	}
	buttons = append(buttons, pin, bot.Button{Command: "digest.drop", Arg: arg, Label: "Leave it out"})
	return []bot.Block{
		bot.Link{Number: n, Title: i.Title, URL: i.URL, Meta: i.Source, Lines: lines},
		bot.Actions{Buttons: buttons},
	}
}

func draftSections(edition string, p Proof) []bot.Block {
	var blocks []bot.Block
	for _, section := range p.Content.Sections {
		blocks = append(blocks, bot.Heading{Level: 2, Text: bot.T(section.Heading)})
		for _, item := range section.Items {
			for _, line := range item.Lines {
				blocks = append(blocks, bot.Paragraph{Text: line})
			}
			blocks = append(blocks, bot.Actions{Buttons: []bot.Button{
				{Command: "digest.section", Arg: edition + "/" + section.Key + "/" + item.ID, Label: "Leave it out"},
			}})
		}
	}
	if len(p.Out) == 0 {
		return blocks
	}
	blocks = append(blocks, bot.Heading{Level: 2, Text: bot.T("Entries that stay out")})
	for _, out := range p.Out {
		blocks = append(blocks, bot.Paragraph{Text: bot.T(wording.Shorten(p.OutWords[out], 120))},
			bot.Actions{Buttons: []bot.Button{{Command: "digest.section", Arg: edition + "/" + out, Label: "Bring it back"}}})
	}
	return blocks
}

func waitingBlocks(edition string, p Proof) []bot.Block {
	var blocks []bot.Block
	if len(p.Next) > 0 {
		blocks = append(blocks, bot.Heading{Level: 2, Text: bot.T("Next in line")})
	}
	for _, item := range p.Next {
		var lines []bot.Spans
		if len(item.Why) > 0 {
			lines = append(lines, bot.Line(bot.Emphasis(upperFirst(strings.Join(item.Why, ", "))+".")))
		}
		blocks = append(blocks, bot.Link{Title: item.Title, URL: item.URL, Meta: item.Source, Lines: lines},
			bot.Actions{Buttons: []bot.Button{
				{Command: "digest.pin", Arg: edition + "/" + item.ID, Label: "Put it in"},
				{Command: "digest.drop", Arg: edition + "/" + item.ID, Label: "Leave it out"},
			}})
	}
	if len(p.Dropped) == 0 {
		return blocks
	}
	blocks = append(blocks, bot.Heading{Level: 2, Text: bot.T("Left out")})
	for _, item := range p.Dropped[:min(nextInLine, len(p.Dropped))] {
		blocks = append(blocks, bot.Paragraph{Text: bot.Line(bot.To(item.Title, item.URL))},
			bot.Actions{Buttons: []bot.Button{{Command: "digest.restore", Arg: edition + "/" + item.ID, Label: "Bring it back"}}})
	}
	return blocks
}

// decidedMessage is the curator's card once the edition is approved.
func decidedMessage(e Edition, d Digest) bot.Message {
	zone := d.Location()
	if e.State == Recalled {
		return recalledMessage(e)
	}
	if e.State == Published {
		say := d.Name + " went out on " + bot.ShowTime(e.PublishedAt, bot.DateTimeStyle, zone) + "."
		return bot.Message{Summary: say, Blocks: []bot.Block{
			bot.Heading{Level: 1, Text: bot.T(d.Name)}, bot.Paragraph{Text: bot.T(say)},
			bot.Actions{Buttons: []bot.Button{
				{Command: "digest.preview", Arg: e.ID, Label: "Show it"},
				{Command: "digest.recall", Arg: e.ID, Label: "Take it back", Tone: bot.Danger,
					Confirm: "Take this edition back? Where the posts can be changed a notice stands in their place. Its links may come again in the next draft."},
			}},
		}}
	}
	say := bot.Line("Approved. It goes out ", bot.Strong(bot.ShowTime(e.PublishAt, bot.DateTimeStyle, zone)), ". Until then you can undo it; your decisions stay.")
	if !e.PublishAt.Equal(e.Due) {
		say = bot.Line("Approved. ", bot.Strong("Posts in "+seconds(e)+"."), " Undo it if something is wrong; your decisions stay.")
	}
	return bot.Message{Summary: d.Name + ": approved", Blocks: []bot.Block{
		bot.Heading{Level: 1, Text: bot.T(d.Name + ": approved")}, bot.Paragraph{Text: say},
		bot.Actions{Buttons: []bot.Button{
			{Command: "digest.undo", Arg: e.ID, Label: "Undo", Tone: bot.Primary},
			{Command: "digest.preview", Arg: e.ID, Label: "Preview"},
		}},
	}}
}

// recalledMessage stands in place of an edition that was taken back.
func recalledMessage(e Edition) bot.Message {
	c := e.Revision.Content
	say := "This edition of " + c.Digest + ", " + c.Dates() + ", was taken back by its editors on " + bot.ShowTime(e.RecalledAt, bot.DayStyle, loadZone(c.Zone)) + "."
	return bot.Message{Summary: say, Blocks: []bot.Block{bot.Heading{Level: 1, Text: bot.T(c.Digest)}, bot.Paragraph{Text: bot.T(say)}}}
}

func seconds(e Edition) string {
	return number(int(e.PublishAt.Sub(e.ApprovedAt).Seconds())) + " seconds"
}
