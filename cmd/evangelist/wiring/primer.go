package wiring

import (
	"context"
	"fmt"
	"slices"

	"evangelist/adapters/web"
	page "evangelist/adapters/web/primer"
	"evangelist/bot"
	"evangelist/bot/network"
	"evangelist/bot/primer"
	"evangelist/digests"
	"evangelist/storage/primerstore"
	"evangelist/storage/voicestore"
)

// newPrimer joins the primer to those who lead, and its checklist to what can be
// looked at: one line for each check.
func (f *Features) newPrimer(p Parts) *primer.Feature {
	return primer.New(primer.Config{
		Stores: primerstore.New(p.DB, p.Clock), People: p.People, Clock: p.Clock, Organisation: p.Organisation, Wake: p.Wake,
		Leaders: f.whoLeads,
		Checks: map[string]primer.Check{
			"contacts":    f.contactsEntered,
			"readers":     f.readersNamed,
			"digest":      f.digestScheduled,
			"departments": f.departmentsKnown,
			"champions":   f.twoChampions,
		},
	})
}

// primerPages adds the pages of the primer to the site.
func (f *Features) primerPages(site *web.Site) { page.Attach(site.Shell, f.Primer) }

// whoLeads are those who lead, represent a department, or champion.
func (f *Features) whoLeads(ctx context.Context) ([]bot.PersonID, error) {
	all, err := f.Network.Stores.Evangelists.List(ctx)
	if err != nil {
		return nil, err
	}
	ids, err := f.Champions.Active(ctx)
	if err != nil {
		return nil, err
	}
	ids = slices.Clone(ids)
	for _, e := range all {
		if e.Part == network.Leads && !e.Inactive {
			ids = append(ids, e.Person)
		}
	}
	offices, err := f.Roster.Stores.Offices.List(ctx)
	if err != nil {
		return nil, err
	}
	for _, office := range offices {
		if person := office.Representative.Person; person != "" {
			ids = append(ids, person)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

func (f *Features) contactsEntered(ctx context.Context) (bool, string, error) {
	settings, err := voicestore.NewSettings(f.parts.DB, f.parts.Clock).Get(ctx)
	if err != nil || settings.Contacts.Complete() {
		return err == nil, "", err
	}
	return false, "Some are missing, so concerns are not open yet.", nil
}

func (f *Features) readersNamed(ctx context.Context) (bool, string, error) {
	all, err := f.parts.People.Persons(ctx)
	if err != nil {
		return false, "", err
	}
	n := 0
	for _, person := range all {
		if slices.Contains(person.Roles, bot.Reader) && !person.Inactive && !person.Outside {
			n++
		}
	}
	return n > 1, counted(n, "colleague reads", "colleagues read") + "; at least two should.", nil
}

func (f *Features) digestScheduled(ctx context.Context) (bool, string, error) {
	all, err := f.Digests.Digests(ctx)
	if err != nil {
		return false, "", err
	}
	return slices.ContainsFunc(all, func(d digests.Digest) bool { return !d.Paused && d.Spec != "" && len(d.Places) > 0 }), "", nil
}

func (f *Features) departmentsKnown(ctx context.Context) (bool, string, error) {
	all, err := f.parts.People.Persons(ctx)
	if err != nil {
		return false, "", err
	}
	colleagues, known := 0, 0
	for _, person := range all {
		if person.Inactive || person.Outside {
			continue
		}
		colleagues++
		if person.Department != "" {
			known++
		}
	}
	return known > 0 && known*10 >= colleagues*9, fmt.Sprintf("Known for %d of %s.", known, counted(colleagues, "colleague", "colleagues")), nil
}

func (f *Features) twoChampions(ctx context.Context) (bool, string, error) {
	ids, err := f.Champions.Active(ctx)
	return len(ids) >= 2, counted(len(ids), "champion", "champions") + " so far.", err
}

func counted(n int, one, several string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, several)
}
