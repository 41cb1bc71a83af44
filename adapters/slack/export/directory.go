package export

import (
	"maps"
	"path"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"evangelist/adapters/slack/mrkdwn/jsonscan"
	"evangelist/bot"
)

// directory is what the lists of an archive say: who there is, which channels,
// and which files are to be read.
type directory struct {
	platform string
	people   map[string]member
	channels map[string]string // id → name, public ones only
	teams    map[string]bool   // team and enterprise ids of the organisation itself
	facts    []bot.AccountFact
	places   []bot.Place
	days     []day
	size     int64 // bytes of all days when unpacked
	summary  Summary
}

type member struct {
	account  bot.AccountID
	name     string
	bot      bool
	external bool
}

// day is one file of messages.
type day struct {
	name  string // below the root of the archive
	place bot.PlaceID
}

// User implements mrkdwn.Names.
func (d *directory) User(id string) string { return d.people[id].name }

// Channel implements mrkdwn.Names. Only public channels have a name.
func (d *directory) Channel(id string) string { return d.channels[id] }

// Group implements mrkdwn.Names. Exports do not list groups.
func (d *directory) Group(string) string { return "" }

func (a *archive) directory(platform string) (*directory, error) {
	d := &directory{platform: platform, people: map[string]member{}, channels: map[string]string{}, teams: map[string]bool{}}
	if err := a.members(d); err != nil {
		return nil, err
	}
	f := folders{public: map[string]bot.PlaceID{}, private: map[string]bool{}, direct: map[string]bool{}}
	if err := a.skipped(d, &f); err != nil {
		return nil, err
	}
	if err := a.open(d, &f); err != nil {
		return nil, err
	}
	return d, a.sort(d, &f)
}

// folders says whose messages a folder holds, by its name or by its id.
type folders struct {
	order   []string // of public channels
	public  map[string]bot.PlaceID
	private map[string]bool
	direct  map[string]bool
}

// list walks through one of the lists at the top of the archive.
func (a *archive) list(name, entry string, each func(v jsonscan.Value) error) error {
	file, err := a.admit(name)
	if err != nil {
		return err
	}
	s := jsonscan.NewStream(nil, maxEntry)
	from, err := file.Open()
	if err != nil {
		return a.located(name, entry, s, nil, err)
	}
	defer from.Close()
	s.Reset(from)
	for v, err := range s.All() {
		if err == nil {
			err = need(entry, v, jsonscan.Object)
		}
		if err == nil && v.None() {
			err = &wrong{v, "an entry is null where an object belongs"}
		}
		if err == nil {
			err = each(v)
		}
		if err != nil {
			return a.located(name, entry, s, v, err)
		}
	}
	return nil
}

// skipped notes the channels and conversations that not everybody could read.
func (a *archive) skipped(d *directory, f *folders) error {
	for _, list := range []struct {
		name   string
		folder map[string]bool
		count  *int
	}{
		{"groups.json", f.private, &d.summary.PrivateChannels},
		{"dms.json", f.direct, &d.summary.DirectChats},
		{"mpims.json", f.direct, &d.summary.DirectChats},
	} {
		if a.files[list.name] == nil {
			continue
		}
		err := a.list(list.name, "entry", func(v jsonscan.Value) error {
			*list.count++
			for _, field := range [...]string{"id", "name"} {
				if text := folderName(v.Get(field).Text()); text != "" {
					list.folder[text] = true
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func folderName(text string) string { return norm.NFC.String(text) }

// open notes the public channels.
func (a *archive) open(d *directory, f *folders) error {
	return a.list("channels.json", "channel", func(v jsonscan.Value) error {
		id, err := ident(v, "id")
		if err != nil {
			return err
		}
		name := v.Get("name")
		if err := need("name", name, jsonscan.String); err != nil {
			return err
		}
		folder := folderName(name.Text())
		if v.Get("is_private").True() || v.Get("is_im").True() || v.Get("is_mpim").True() {
			if !f.private[id] {
				d.summary.PrivateChannels++
			}
			f.private[id], f.private[folder] = true, true
			return nil
		}
		if d.channels[id] != "" {
			return nil
		}
		shown := bot.Clean(strings.TrimPrefix(name.Text(), "#"), 100)
		if shown == "" {
			return &wrong{v, "the channel has no name"}
		}
		place := bot.NewPlaceID(d.platform, id)
		d.channels[id] = shown
		d.summary.Channels++
		d.places = append(d.places, bot.Place{
			ID: place, Name: shown, Kind: bot.OpenChannel, Archived: v.Get("is_archived").True(),
			External: v.Get("is_ext_shared").True() || v.Get("is_pending_ext_shared").True(),
		})
		for _, key := range [...]string{folder, id} {
			if _, taken := f.public[key]; !taken {
				f.public[key] = place
				f.order = append(f.order, key)
			}
		}
		return nil
	})
}

// ident returns the id in a field, which is compulsory.
func ident(v jsonscan.Value, name string) (string, error) {
	field := v.Get(name)
	if field.None() {
		return "", &wrong{v, "the field \"" + name + "\" is missing"}
	}
	if err := need(name, field, jsonscan.String); err != nil {
		return "", err
	}
	id := field.Text()
	if id == "" || len(id) > 64 || strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' || r == '|' }) {
		return "", &wrong{field, "the field \"" + name + "\" holds no id"}
	}
	return id, nil
}

// sort gives every file its part: a day of a public channel is read, all else
// is counted. Where a name could mean a private channel too, it is private.
func (a *archive) sort(d *directory, f *folders) error {
	days := map[string][]string{}
	unknown := map[string]bool{}
	for _, name := range a.names {
		folder, rest, nested := strings.Cut(name, "/")
		switch {
		case !nested && !isList(name):
			d.summary.OtherFiles++
		case !nested:
		case f.private[folder] || f.direct[folder]:
		case f.public[folder] == "":
			unknown[folder] = true
		case dayFile.MatchString(rest):
			days[folder] = append(days[folder], name)
		default:
			d.summary.OtherFiles++
		}
	}
	d.summary.UnknownFolders = len(unknown)
	for _, folder := range f.order {
		names := days[folder]
		slices.Sort(names)
		for _, name := range names {
			file, err := a.admit(name)
			if err != nil {
				return err
			}
			d.size += int64(file.UncompressedSize64)
			d.days = append(d.days, day{name, f.public[folder]})
		}
	}
	return nil
}

func isList(name string) bool {
	return slices.Contains([]string{"channels.json", "users.json", "org_users.json", "groups.json", "dms.json", "mpims.json"}, path.Base(name))
}

// organisation returns the ids of the organisation itself: those of the team
// or enterprise that most members belong to, the smallest id among equals.
func organisation(members []listed) (home string, teams map[string]bool) {
	count := map[string]int{}
	for _, m := range members {
		if m.organisation != "" && !m.stranger {
			count[m.organisation]++
		}
	}
	for _, id := range slices.Sorted(maps.Keys(count)) {
		if home == "" || count[id] > count[home] {
			home = id
		}
	}
	teams = map[string]bool{}
	for _, m := range members {
		if home != "" && m.organisation == home {
			teams[home] = true
			teams[m.team] = true
		}
	}
	delete(teams, "")
	return home, teams
}
