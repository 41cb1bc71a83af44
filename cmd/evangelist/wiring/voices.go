package wiring

import (
	"context"
	"fmt"
	"slices"
	"time"

	"evangelist/bot"
	"evangelist/bot/voices"
	"evangelist/digests"
	"evangelist/storage/voicestore"
)

// newVoices makes the feature that hears.
func (f *Features) newVoices(p Parts) *voices.Feature {
	f.VoiceStore = voicestore.NewVoices(p.DB, p.Clock)
	return voices.New(voices.Config{
		Voices: f.VoiceStore, Waiting: voicestore.NewWaiting(p.DB, p.Clock), Settings: voicestore.NewSettings(p.DB, p.Clock),
		People: p.People, Places: p.Places, Clock: p.Clock, Random: p.Random, Organisation: p.Organisation,
		Keys: voices.NewKeys(p.Key), ManualRelease: p.Manual, Slips: slips(p.Slash), Next: f.nextOfIdea,
	})
}

// nextOfIdea is the pilot that came of an idea, or the button that makes one for
// those who may press it. A pilot that has not started is for leads and those who
// read the idea; one that has, for everybody.
func (f *Features) nextOfIdea(ctx context.Context, v voices.Voice, seenBy []bot.Person) (voices.Next, error) {
	came, is, err := f.Pilots.CameOf(ctx, v.ID)
	leads := slices.ContainsFunc(seenBy, func(p bot.Person) bool { return p.Has(bot.Lead) })
	reads := slices.ContainsFunc(seenBy, func(p bot.Person) bool {
		return p.Has(bot.Reader) && slices.Contains(v.Readers, p.ID) && !slices.Contains(v.Without, p.ID)
	})
	switch {
	case err != nil:
		return voices.Next{}, err
	case is && (came.Started || leads || reads):
		return voices.Next{Facts: []bot.Fact{{Label: "Pilot", Value: bot.T(came.Reference + ": " + came.Title + ", " + came.Stands)}}, Answer: came.Verdict}, nil
	case is || v.State == voices.Refused || !leads:
		return voices.Next{}, nil
	}
	return voices.Next{Buttons: []bot.Button{{Command: "pilots.new", Arg: v.Reference, Label: "Make it a pilot"}}}, nil
}

// slips are the installation's own names of the commands whose words are for the
// reading team alone.
func slips(words map[string]string) []string {
	var all []string
	for _, ours := range []string{"concern", "idea"} {
		if theirs := words[ours]; theirs != "" {
			all = append(all, theirs)
		}
	}
	return all
}

// saidAndDone is "Heard and answered" of an edition, from closed voices.
func (f *Features) saidAndDone(ctx context.Context, from, to time.Time) ([]digests.Section, error) {
	told, err := f.Voices.Told(ctx, from, to)
	if err != nil {
		return nil, err
	}
	section := digests.Section{Key: "heard", Heading: "Heard and answered"}
	for _, one := range told.Items {
		section.Items = append(section.Items, digests.SectionItem{ID: one.Reference, Lines: []bot.Spans{
			bot.Line(bot.Strong("You said: "), one.Said), bot.Line(bot.Strong("We did: "), one.Did),
		}})
	}
	if told.Waiting > 0 {
		section.Items = append(section.Items, digests.SectionItem{ID: "waiting", Lines: []bot.Spans{bot.T(answersWaiting(told.Waiting))}})
	}
	if len(section.Items) == 0 {
		return nil, nil
	}
	return []digests.Section{section}, nil
}

func answersWaiting(n int) string {
	if n == 1 {
		return "One answer or piece of news is for somebody who wrote without a name; the private code opens it."
	}
	return fmt.Sprintf("%d answers or pieces of news are for people who wrote without a name; their private codes open them.", n)
}
