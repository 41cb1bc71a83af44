package desk

import (
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"evangelist/adapters/web/render"
	"evangelist/adapters/web/shell"
	"evangelist/bot"
	"evangelist/digests"
)

// page is a draft as the template shows it.
type page struct {
	Name, When, State, Dates, Summary string
	Here, Preview                     string
	Approved                          bool
	Buttons                           []button
	Findings                          []finding
	Items                             []item
	Finds                             []item
	Next                              []item
	Dropped                           []item
	Sections                          []section
	Out                               []button
	Frozen                            template.HTML
	Candidates                        int
}

// Inbox is the button that shows what was found elsewhere and waits.
func (p page) Inbox() button { return inbox(p.Here) }

// button is a command with what it is about, for those who hear the page.
type button struct {
	Command, Arg, Label, About, Back, Tone, Confirm string
}

type finding struct {
	Say     string
	Item    string // anchor of the item, may be empty
	Buttons []button
}

type item struct {
	Anchor, Title, URL, Source string
	Number                     int
	Because, Note, Quote       string
	Thanks                     template.HTML
	Why                        []string
	Facts                      string // score, shares, people
	Pinned, Private            bool
	Buttons                    []button
	Merge                      []button
	Words                      template.HTML // the form to edit it
}

type section struct {
	Heading string
	Entries []entry
}

type entry struct {
	Lines  []template.HTML
	Button button
}

func (d *Desk) draft(w http.ResponseWriter, r *http.Request, v shell.Visit) error {
	id := r.PathValue("id")
	edition, digest, err := d.find(r.Context(), v.Actor, id)
	if errors.Is(err, bot.ErrNotFound) {
		issue, outErr := d.Editions.Issue(r.Context(), id)
		if outErr != nil {
			return outErr
		}
		http.Redirect(w, r, "/archive/"+url.PathEscape(issue.Slug), http.StatusSeeOther)
		return nil
	}
	if err != nil {
		return err
	}
	b := builder{desk: d, request: r, visit: v, edition: edition, digest: digest, here: "/desk/draft/" + id}
	p, err := b.page()
	if err != nil {
		return err
	}
	d.shell.Show(w, r, v, shell.Page{Title: digest.Name + ": draft", At: "desk", Class: "desk", Body: shell.Run(templates, "draft", p)})
	return nil
}

// preview is the edition as readers will see it.
func (d *Desk) preview(w http.ResponseWriter, r *http.Request, v shell.Visit) error {
	edition, digest, err := d.find(r.Context(), v.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	content := edition.Shown()
	if edition.State == digests.Draft {
		proof, err := d.Editions.Proof(r.Context(), edition)
		if err != nil {
			return err
		}
		content = proof.Content
	}
	d.shell.Show(w, r, v, shell.Page{
		Title: "Preview of " + digest.Name, At: "desk", Class: "edition-page",
		Body: shell.Run(templates, "preview", map[string]any{
			"Article": d.shell.Draw().Message(content.Message("", nil), render.Options{Bare: true}), "Here": "/desk/draft/" + edition.ID,
		}),
	})
	return nil
}

// builder makes the page of one draft.
type builder struct {
	desk    *Desk
	request *http.Request
	visit   shell.Visit
	edition digests.Edition
	digest  digests.Digest
	here    string
}

func (b builder) page() (page, error) {
	p := page{
		Name: b.digest.Name, When: when(b.edition, b.digest), State: state(b.edition, b.digest), Here: b.here, Preview: b.here + "/preview",
	}
	if b.edition.State != digests.Draft {
		content := b.edition.Shown()
		p.Approved, p.Dates, p.Summary = true, content.Dates(), content.Summary()
		p.Buttons = []button{
			b.button(bot.Button{Command: "digest.undo", Arg: b.edition.ID, Label: "Undo the approval", Tone: bot.Primary}, "", ""),
		}
		if !soon(b.edition) {
			p.Buttons = append(p.Buttons, b.button(bot.Button{
				Command: "digest.publish", Arg: b.edition.ID, Label: "Publish now", Confirm: "Publish this edition now rather than at its time?",
			}, "", ""))
		}
		p.Frozen = b.desk.shell.Draw().Message(content.Message("", nil), render.Options{Bare: true, Level: 2})
		return p, nil
	}
	proof, err := b.desk.Editions.Proof(b.request.Context(), b.edition)
	if err != nil {
		return p, err
	}
	p.Dates, p.Summary, p.Candidates = proof.Content.Dates(), proof.Content.Summary(), proof.Content.Candidates
	if p.Buttons, err = b.decisions(proof); err != nil {
		return p, err
	}
	for _, f := range digests.Preflight(b.edition.ID, proof) {
		p.Findings = append(p.Findings, b.finding(f))
	}
	if p.Items, err = b.items(proof); err != nil {
		return p, err
	}
	if p.Finds, err = b.finds(proof); err != nil {
		return p, err
	}
	for _, next := range proof.Next {
		one := b.item(next, 0)
		one.Buttons = []button{b.decide("digest.pin", next, "Put it in"), b.decide("digest.drop", next, "Leave it out")}
		p.Next = append(p.Next, one)
	}
	for _, dropped := range proof.Dropped {
		one := b.item(dropped, 0)
		one.Buttons = []button{b.decide("digest.restore", dropped, "Bring it back")}
		p.Dropped = append(p.Dropped, one)
	}
	p.Sections, p.Out = b.sections(proof)
	return p, nil
}

// decisions carry the print of what the page shows: what is approved is what
// was looked at.
func (b builder) decisions(proof digests.Proof) ([]button, error) {
	if proof.Content.Empty() {
		return nil, nil
	}
	print, err := proof.Content.Print()
	if err != nil {
		return nil, err
	}
	approve := "Approve"
	if b.digest.SecondEyes && b.edition.ProposedBy == "" {
		approve = "Propose"
	}
	arg := b.edition.ID + "/" + print
	return []button{
		b.button(bot.Button{Command: "digest.approve", Arg: arg, Label: approve, Tone: bot.Primary}, "", ""),
		b.button(bot.Button{Command: "digest.publish", Arg: arg, Label: "Publish now", Confirm: "Publish this edition now rather than at its time?"}, "", ""),
	}, nil
}

func (b builder) button(from bot.Button, about, anchor string) button {
	back := b.here
	if anchor != "" {
		back += "#" + anchor
	}
	return button{
		Command: from.Command, Arg: from.Arg, Label: from.Label, Tone: string(from.Tone), Confirm: from.Confirm, About: about, Back: back,
	}
}

func (b builder) decide(command string, i digests.Item, label string) button {
	return b.button(bot.Button{Command: command, Arg: b.edition.ID + "/" + i.ID, Label: label}, i.Title, anchor(i))
}

func anchor(i digests.Item) string { return "i-" + i.ID }

func (b builder) finding(f digests.Finding) finding {
	out := finding{Say: f.Say}
	if f.Item != "" {
		out.Item = "i-" + f.Item
	}
	for _, mend := range f.Mend {
		if mend.Command == "digest.words" {
			continue // the form stands at the item
		}
		out.Buttons = append(out.Buttons, b.button(mend, f.Say, ""))
	}
	return out
}

func (b builder) item(i digests.Item, number int) item {
	return item{
		Anchor: anchor(i), Number: number, Title: i.Title, URL: render.Address(i.URL), Source: i.Source, Because: i.Because, Note: i.Note, Quote: i.Quote,
		Thanks: b.desk.shell.Draw().Line(i.Thanks()), Why: i.Why, Facts: facts(i), Pinned: i.Pinned, Private: i.Private,
	}
}

// facts are the numbers behind an item's place, as one line.
func facts(i digests.Item) string {
	parts := []string{"score " + strconv.FormatFloat(i.Score, 'f', 1, 64), count(i.Shares, "share", "shares")}
	if i.Engaged > 0 {
		parts = append(parts, count(i.Engaged, "colleague", "colleagues")+" took it up")
	}
	return strings.Join(parts, " · ")
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

func (b builder) items(proof digests.Proof) ([]item, error) {
	var out []item
	all := proof.Content.Items
	for n, i := range all {
		one := b.item(i, n+1)
		if n > 0 {
			one.Buttons = append(one.Buttons, b.decide("digest.up", i, "Up"))
		}
		if n < len(all)-1 {
			one.Buttons = append(one.Buttons, b.decide("digest.down", i, "Down"))
		}
		pin := b.decide("digest.pin", i, "Pin")
		if i.Pinned {
			pin = b.decide("digest.unpin", i, "Unpin")
		}
		one.Buttons = append(one.Buttons, pin, b.decide("digest.drop", i, "Leave it out"))
		for _, other := range all {
			if other.ID != i.ID {
				into := bot.Button{Command: "digest.merge", Arg: b.edition.ID + "/" + i.ID + "/" + other.ID, Label: other.Title}
				one.Merge = append(one.Merge, b.button(into, "", anchor(other)))
			}
		}
		var err error
		if one.Words, err = b.words(i); err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

func (b builder) finds(proof digests.Proof) ([]item, error) {
	var out []item
	for n, i := range proof.Content.Finds {
		one := b.item(i, len(proof.Content.Items)+n+1)
		one.Facts = ""
		one.Buttons = []button{b.button(bot.Button{Command: "digest.later", Arg: i.Find, Label: "Not now"}, i.Title, "")}
		var err error
		if one.Words, err = b.words(i); err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

// words is the form to edit an item, as the feature's own form has it.
func (b builder) words(i digests.Item) (template.HTML, error) {
	form := bot.Form{
		Title: "Edit an item", Command: "digest.words", Arg: b.edition.ID + "/" + i.ID, Submit: "Save",
		Fields: []bot.Field{
			{Name: "because", Kind: bot.LineField, Label: "Makes your job easier because …", Value: []string{i.Because},
				Help: "What readers see first under the title."},
			{Name: "title", Kind: bot.LineField, Label: "Title", Value: []string{i.Title}, Max: 150},
			{Name: "note", Kind: bot.ParagraphField, Label: "Note", Value: []string{i.Note}, Max: 600},
		},
	}
	return b.desk.shell.Inline(b.request.Context(), b.visit, form, b.here+"#"+anchor(i))
}

func (b builder) sections(proof digests.Proof) ([]section, []button) {
	var out []section
	for _, from := range proof.Content.Sections {
		one := section{Heading: from.Heading}
		for _, entryFrom := range from.Items {
			e := entry{Button: b.button(bot.Button{
				Command: "digest.section", Arg: b.edition.ID + "/" + from.Key + "/" + entryFrom.ID, Label: "Leave it out",
			}, from.Heading, "sections")}
			for _, line := range entryFrom.Lines {
				e.Lines = append(e.Lines, b.desk.shell.Draw().Line(line))
			}
			one.Entries = append(one.Entries, e)
		}
		out = append(out, one)
	}
	var back []button
	for _, id := range proof.Out {
		back = append(back, b.button(bot.Button{Command: "digest.section", Arg: b.edition.ID + "/" + id, Label: "Bring back " + id}, "", "sections"))
	}
	return out, back
}
