package roster

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

// atOnce is how many people are looked at in one transaction.
const atOnce = 500

// look reads everything once.
func (f *Feature) look(ctx context.Context) (picture, error) {
	p := picture{now: f.Clock.Now(), byID: map[bot.PersonID]bot.Person{}, members: map[bot.PersonID]Member{}, guests: map[bot.PersonID]Guest{}}
	all, err := f.People.Persons(ctx)
	if err != nil {
		return p, err
	}
	for _, person := range all {
		if person.Outside {
			continue
		}
		p.people = append(p.people, person)
		p.byID[person.ID] = person
		if person.Has(bot.Lead) && !person.Inactive {
			p.leads = append(p.leads, person.ID)
		}
	}
	members, err := f.Members(ctx)
	if err != nil {
		return p, err
	}
	for _, m := range members {
		p.members[m.Person] = m
	}
	if p.offices, err = f.Stores.Offices.List(ctx); err != nil {
		return p, err
	}
	p.index()
	guests, err := f.Stores.Guests.List(ctx)
	if err != nil {
		return p, err
	}
	for _, g := range guests {
		p.guests[g.Person] = g
	}
	p.desk, p.seen, err = f.register(ctx)
	return p, err
}

// register returns what was seen. Every change of it makes the desk newer, so it is
// read again only then.
func (f *Feature) register(ctx context.Context) (Desk, map[bot.PersonID]Seen, error) {
	desk, err := f.Stores.Register.Desk(ctx)
	if err != nil {
		return desk, nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.seen != nil && f.version == desk.Version {
		return desk, f.seen, nil
	}
	all, err := f.Stores.Register.List(ctx)
	if err != nil {
		return desk, nil, err
	}
	f.seen, f.version = make(map[bot.PersonID]Seen, len(all)), desk.Version
	for _, s := range all {
		f.seen[s.Person] = s
	}
	return desk, f.seen, nil
}

// guest is somebody as a Guest, also where nothing is kept.
func (p picture) guest(id bot.PersonID) Guest {
	g := p.guests[id]
	g.Person = id
	return g
}

// name is somebody's name for a line.
func (p picture) name(id bot.PersonID) string {
	if name := p.byID[id].Name; name != "" {
		return name
	}
	return "somebody"
}

// sweep notes what changed in the register and does what follows from it. It rests
// while nothing did.
func (f *Feature) sweep(ctx context.Context) (time.Time, error) {
	people, err := f.People.Persons(ctx)
	if err != nil {
		return time.Time{}, err
	}
	members, err := f.Members(ctx)
	if err != nil {
		return time.Time{}, err
	}
	if f.otherParts(members) {
		f.rest.Stir()
	}
	return f.rest.Look(f.Clock.Now(), people, func() (time.Time, error) { return f.settle(ctx) })
}

// otherParts reports whether somebody has another part than the sweep saw last.
func (f *Feature) otherParts(members []Member) bool {
	now := make(map[bot.PersonID]Part, len(members))
	for _, m := range members {
		now[m.Person] = m.Part
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	same := maps.Equal(f.parts, now)
	f.parts = now
	return !same
}

// settle looks through everything and does what is due.
func (f *Feature) settle(ctx context.Context) (time.Time, error) {
	p, err := f.look(ctx)
	if err != nil {
		return time.Time{}, err
	}
	changed, err := f.note(ctx, p)
	if err != nil {
		return time.Time{}, err
	}
	if changed {
		if p, err = f.look(ctx); err != nil {
			return time.Time{}, err
		}
	}
	next, err := f.tickOffices(ctx, p)
	if err != nil {
		return time.Time{}, err
	}
	due, err := f.tickGuests(ctx, p)
	if err != nil {
		return time.Time{}, err
	}
	return earlier(next, due), f.plan(ctx)
}

// earlier is the earlier of two moments that are not zero.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// note keeps what the register says now, and reports whether it said something else
// before.
func (f *Feature) note(ctx context.Context, p picture) (bool, error) {
	var ids []bot.PersonID
	for _, person := range p.people {
		if p.seen[person.ID].differs(person) {
			ids = append(ids, person.ID)
		}
	}
	for some := range slices.Chunk(ids, atOnce) {
		err := f.Stores.Register.Change(ctx, some, func(d *Desk, seen []Seen) ([]bot.Delivery, error) {
			d.Leads = stillLead(d.Leads, p.leads)
			return See(d, seen, p.byID, p.has, p.now), nil
		})
		if err != nil {
			return false, err
		}
	}
	if p.desk.Since.IsZero() {
		return true, f.Stores.Register.Change(ctx, nil, func(d *Desk, _ []Seen) ([]bot.Delivery, error) {
			if d.Since.IsZero() {
				d.Since = p.now
			}
			return nil, nil
		})
	}
	return len(ids) > 0, nil
}

// tickOffices does what time and the register ask for in the departments.
func (f *Feature) tickOffices(ctx context.Context, p picture) (time.Time, error) {
	holes, peopled := map[string]bool{}, map[string]bool{}
	offices := map[string]Office{}
	for _, o := range p.offices {
		offices[o.Department] = o
	}
	for _, row := range p.matrix().Rows {
		peopled[row.Department] = row.Colleagues > 0
		if holes[row.Department] = row.Hole; row.Hole && offices[row.Department].ID == "" {
			offices[row.Department] = NewOffice(row.Department)
		}
	}
	gone, away := p.gone()
	var next time.Time
	// In order: what is kept must not tell one run from another.
	for _, department := range slices.Sorted(maps.Keys(offices)) {
		o := offices[department]
		facts := Facts{Gone: gone, Away: away, Leads: p.leads, Hole: holes[department], Empty: !peopled[department]}
		deputy, probe, who := o.Deputy.Person, o, p.guest(o.Deputy.Person)
		if _, moved := probe.Tick(p.now, facts, &who); moved {
			err := f.Stores.Offices.Change(ctx, department, deputy, func(o *Office, who *Guest) (out []bot.Delivery, err error) {
				for o.Deputy.Person == deputy { // else somebody was quicker
					some, moved := o.Tick(p.now, facts, who)
					if out = append(out, some...); !moved {
						break
					}
				}
				probe = *o
				return out, nil
			})
			if errors.Is(err, bot.ErrNotFound) {
				continue // the deputy was erased at this moment
			} else if err != nil {
				return next, err
			}
		}
		next = earlier(next, probe.NextAt())
	}
	return next, nil
}

// tickGuests does what time and the register ask for of those who were asked.
func (f *Feature) tickGuests(ctx context.Context, p picture) (time.Time, error) {
	var next time.Time
	for _, id := range slices.Sorted(maps.Keys(p.guests)) {
		g := p.guests[id]
		person, known := p.byID[id]
		about := About{Gone: !known || person.Inactive, With: p.with(id)}
		probe := g
		if _, moved := probe.Tick(p.now, about); moved {
			err := f.Stores.Guests.Change(ctx, id, func(g *Guest) ([]bot.Delivery, error) {
				out, _ := g.Tick(p.now, about)
				probe = *g
				return out, nil
			})
			if err != nil && !errors.Is(err, bot.ErrNotFound) {
				return next, err
			}
		} else if g.State == Accepted && !g.Joined {
			if err := f.joined(ctx, g); err != nil {
				return next, err
			}
		}
		next = earlier(next, probe.NextAt())
	}
	return next, nil
}

// joined puts who accepted on the list, should it have failed when they did.
func (f *Feature) joined(ctx context.Context, g Guest) error {
	if err := f.Join(ctx, g.Person, g.Part); err != nil {
		return err
	}
	return f.Stores.Guests.Change(ctx, g.Person, func(is *Guest) ([]bot.Delivery, error) {
		if is.N == g.N {
			is.Joined = true
		}
		return nil, nil
	})
}

// plan brings the schedules in line with the settings.
func (f *Feature) plan(ctx context.Context) error {
	_, err := f.Planner.Keep(ctx, AgendaChore, "", func(ctx context.Context) (schedule.Plan, bool, error) {
		desk, err := f.Stores.Register.Desk(ctx)
		if err != nil || desk.Place == "" || desk.Rhythm == "" {
			return schedule.Plan{}, false, err
		}
		spec, err := schedule.Parse(desk.Rhythm)
		return schedule.Plan{Kind: AgendaChore, Spec: spec, Zone: f.Organisation.Zone.String()}, true, err
	})
	if err != nil {
		return err
	}
	_, err = f.Planner.Keep(ctx, weekChore, "", func(context.Context) (schedule.Plan, bool, error) {
		spec, err := schedule.Parse("every Monday 09:00")
		return schedule.Plan{Kind: weekChore, Spec: spec, Zone: f.Organisation.Zone.String()}, true, err
	})
	return err
}
