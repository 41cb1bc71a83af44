package digests

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"evangelist/bot"
	"evangelist/digests/canonical"
	"evangelist/digests/wording"
)

// Ears returns the feature's ear.
func (f *Feature) Ears() []bot.Ear {
	return []bot.Ear{{Name: "digests", Hear: f.hear}}
}

// maxLinks is how many links of one message are kept.
const maxLinks = 20

func (f *Feature) hear(ctx context.Context, batch []bot.Sighting) ([]bot.Whisper, error) {
	var heard Heard
	watched := map[bot.PlaceID]bool{}
	for _, s := range batch {
		if !sound(s) {
			continue
		}
		if s.Private && !s.Imported {
			if _, known := watched[s.Message.Place]; !known {
				on, err := f.isWatched(ctx, s.Message.Place)
				if err != nil {
					return nil, err
				}
				watched[s.Message.Place] = on
			}
		}
		f.translate(&heard, s, watched[s.Message.Place])
	}
	if heard.Empty() {
		return nil, nil
	}
	if err := f.stores.Archive.Hear(ctx, heard); err != nil {
		return nil, err
	}
	if len(heard.Gone)+len(heard.OptOuts) > 0 {
		f.wake()
	}
	return nil, nil
}

// sound reports whether what names a sighting can be kept at all; an archive
// from elsewhere may hold anything, and one bad line must not stop the rest.
func sound(s bot.Sighting) bool {
	for _, name := range []string{string(s.Message.Place), s.Message.Native, s.Thread, string(s.Author), s.Emoji} {
		if len(name) > 300 || !utf8.ValidString(name) || strings.ContainsRune(name, 0) {
			return false
		}
	}
	return true
}

func (f *Feature) isWatched(ctx context.Context, id bot.PlaceID) (bool, error) {
	place, err := f.places.Place(ctx, id)
	if errors.Is(err, bot.ErrNotFound) {
		return false, nil
	}
	return place.Watched, err
}

// translate adds one sighting to the batch. watched says whether a lead named
// its place as a source.
func (f *Feature) translate(heard *Heard, s bot.Sighting, watched bool) {
	switch s.Kind {
	case bot.Joined:
		if !s.Imported {
			heard.Deliveries = append(heard.Deliveries, f.joined(s.Message.Place))
		}
	case bot.Deleted:
		heard.Gone = append(heard.Gone, s.Message)
	case bot.Posted, bot.Edited:
		f.translatePost(heard, s, watched)
	case bot.Reacted, bot.Unreacted:
		f.translateReaction(heard, s, watched)
	}
}

func (f *Feature) deaf(s bot.Sighting, watched bool) bool {
	return s.Bot || s.Author == "" || (s.External && !f.cfg.HearExternal) || (s.Private && (s.Imported || !watched))
}

func (f *Feature) translatePost(heard *Heard, s bot.Sighting, watched bool) {
	if f.deaf(s, watched) {
		return
	}
	post := Post{
		Message: s.Message, Edited: s.Kind == bot.Edited, Account: s.Author, At: s.At,
		Private: s.Private, External: s.External,
	}
	if f.confided(s.Text) {
		if post.Edited { // nothing of the message stays
			heard.Posts = append(heard.Posts, post)
		}
		return
	}
	post.Links = links(s)
	if len(post.Links) > 0 || post.Edited {
		heard.Posts = append(heard.Posts, post)
	}
	if s.Kind == bot.Posted && s.Thread != "" && s.Thread != s.Message.Native {
		heard.Acts = append(heard.Acts, Act{
			Kind: Replied, Message: bot.MessageRef{Place: s.Message.Place, Native: s.Thread},
			Account: s.Author, Detail: s.Message.Native, At: s.At,
		})
	}
}

func (f *Feature) translateReaction(heard *Heard, s bot.Sighting, watched bool) {
	if f.deaf(s, watched) {
		return
	}
	emoji, _, _ := strings.Cut(s.Emoji, "::") // without the tone of the skin
	switch emoji {
	case "":
	case f.cfg.LeaveEmoji:
		if s.Kind == bot.Reacted { // for good: taking it back brings nothing back
			heard.OptOuts = append(heard.OptOuts, OptOut{Message: s.Message, Account: s.Author})
		}
	default:
		kind := Reacted
		if emoji == f.cfg.SaveEmoji {
			kind = Nominated
		}
		heard.Acts = append(heard.Acts, Act{
			Kind: kind, Message: s.Message, Account: s.Author, Detail: emoji,
			At: s.At, Undone: s.Kind == bot.Unreacted,
		})
	}
}

// confided reports whether a message looks like words for the reading team
// that landed in a channel by accident. Such a message is never kept; the
// feature that they are meant for tells its author.
func (f *Feature) confided(text string) bool {
	text = strings.ToLower(strings.TrimSpace(text))
	for _, start := range []string{"/concern", "/idea", "concern:"} {
		if strings.HasPrefix(text, start) {
			return true
		}
	}
	return slices.ContainsFunc(f.cfg.Slips, func(word string) bool { return word != "" && strings.HasPrefix(text, "/"+word) })
}

// links returns the links of a message that may be kept, each once.
func links(s bot.Sighting) []PostLink {
	seen := s.Links
	if len(seen) == 0 {
		for _, address := range canonical.Extract(s.Text) {
			seen = append(seen, bot.SeenLink{URL: address})
		}
	}
	var out []PostLink
	known := map[string]bool{}
	for _, link := range seen {
		url, err := canonical.Parse(link.URL)
		if err != nil || known[url.Key] || len(out) == maxLinks {
			continue // secret, private or no web address: never kept
		}
		known[url.Key] = true
		out = append(out, PostLink{
			Link: Link{
				Key: url.Key, Address: url.Address, Host: url.Host, Site: url.Site,
				Title: bot.Clean(wording.OneLine(link.Title), 200), Label: bot.Clean(wording.Label(link.Label), 0),
				Source: bot.Clean(wording.OneLine(link.Source), 80), Blurb: bot.Clean(wording.OneLine(link.Blurb), 300),
			},
			Sentence: bot.Clean(wording.Sentence(s.Text, link.URL, link.Label), 0),
		})
	}
	return out
}

// joined says once what the bot reads in a place.
func (f *Feature) joined(place bot.PlaceID) bot.Delivery {
	say := func(parts ...any) bot.Block { return bot.Paragraph{Text: bot.Line(parts...)} }
	message := bot.Message{
		Summary: "What I read here, what I keep, and how to stay out of it",
		Blocks: []bot.Block{
			say("Hello. I collect links that colleagues share, for a roundup that people edit and approve."),
			bot.List{Items: []bot.Spans{
				bot.Line(bot.Strong("I read"), " messages in this channel only when a comms lead lets me, and then only for their links."),
				bot.Line(bot.Strong("I keep"), " the link, who shared it and when, and at most one sentence around it, which may be quoted in the edition and is deleted when the edition is out. I count reactions and replies, and forget whose they were at the same moment."),
				bot.Line(bot.Strong("I never keep"), " anything else that is said here, nor links that open a private file."),
			}},
			say("To leave your message out for good, react to it with ", sign(f.cfg.LeaveEmoji),
				" or choose ", bot.Strong("Don't include"), " from its menu. Before your name first appears in an edition I tell you, and you choose. To put something forward, react with ",
				sign(f.cfg.SaveEmoji), "."),
		},
	}
	return bot.Delivery{Key: "joined/" + clip(string(place), 180), To: bot.Address{Place: place}, Frozen: &message, Class: bot.Answer}
}

// sign is an emoji as people find it: the sign itself where it is one of ours, for
// not every platform writes codes, and the code by which others look it up.
func sign(code string) bot.Spans {
	characters := map[string]string{"see_no_evil": "🙈", "pushpin": "📌"}
	if character := characters[code]; character != "" {
		return bot.Line(character+" (", bot.Mono(":"+code+":"), ")")
	}
	return bot.Line(bot.Mono(":" + code + ":"))
}

func clip(text string, n int) string {
	if len(text) > n {
		return text[:n]
	}
	return text
}

// nominate keeps a nomination of a message by an account.
func (f *Feature) nominate(ctx context.Context, message bot.MessageRef, account bot.AccountID, at time.Time) error {
	return f.stores.Archive.Hear(ctx, Heard{Acts: []Act{{
		Kind: Nominated, Message: message, Account: account, Detail: f.cfg.SaveEmoji, At: at,
	}}})
}
