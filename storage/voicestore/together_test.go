package voicestore_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"evangelist/bot"
	"evangelist/bot/schedule"
	"evangelist/bot/voices"
)

// What came of a voice and who supports it are kept once, and go with it.
func TestCompany(t *testing.T) {
	each(t, func(t *testing.T, s stores) {
		ctx := context.Background()
		_, err := s.people.Record(ctx, []bot.AccountFact{{Account: account("ben"), Name: "Ben"}})
		must(t, err)
		ben, err := s.people.Actor(ctx, account("ben"))
		must(t, err)
		add(t, s, namedVoice(1))
		add(t, s, namedVoice(2))
		first, second := schedule.Date{Year: 2026, Month: 11, Day: 9}, schedule.Date{Year: 2026, Month: 12, Day: 1}
		news := []voices.News{{Key: "pilot/1", Day: first, Words: "A pilot came of it."}, {Key: "pilot/1/start", Day: second, Words: "It has started."}}
		weights := []voices.Weight{{Account: account("ben"), Person: ben.Person}, {Account: account("nobody knows")}}
		for range 2 {
			must(t, s.voices.Change(ctx, id(1), func(v *voices.Voice) ([]bot.Delivery, error) {
				v.News = []voices.News{news[1], news[0]}
				v.Weights = []voices.Weight{weights[1], weights[0]}
				return nil, nil
			}))
			for _, read := range []func() (voices.Voice, error){
				func() (voices.Voice, error) { return s.voices.Get(ctx, id(1)) },
				func() (voices.Voice, error) {
					list, err := s.voices.List(ctx, voices.Query{Reference: "I-0001", Kind: voices.Idea})
					must(t, err)
					return list[0], nil
				},
			} {
				got, err := read()
				must(t, err)
				if diff := cmp.Diff(news, got.News); diff != "" {
					t.Error(diff)
				}
				if diff := cmp.Diff(weights, got.Weights); diff != "" {
					t.Error(diff)
				}
			}
		}
		for day, want := range map[schedule.Date]int{first: 1, second: 1, second.AddDays(1): 0} {
			if list, err := s.voices.List(ctx, voices.Query{NewsFrom: day}); err != nil || len(list) != want || want == 1 && list[0].ID != id(1) {
				t.Errorf("with news from %s: %d, %v", day, len(list), err)
			}
		}
		if list, err := s.voices.List(ctx, voices.Query{Kind: voices.Concern}); err != nil || len(list) != 0 {
			t.Errorf("concerns: %d, %v", len(list), err)
		}
		must(t, s.voices.Change(ctx, id(1), func(v *voices.Voice) ([]bot.Delivery, error) {
			v.Weights = v.Weights[:1]
			return nil, nil
		}))
		if n := s.count(t, "voice_weights"); n != 1 {
			t.Errorf("%d weights, want 1", n)
		}
		must(t, s.voices.Change(ctx, id(1), func(v *voices.Voice) ([]bot.Delivery, error) {
			return nil, v.Do(voices.Step{Action: voices.Withdraw, Entry: "w", At: begin})
		}))
		if n := s.count(t, "voice_weights") + s.count(t, "voice_news"); n != 0 {
			t.Errorf("%d rows are left of what was taken back", n)
		}
	})
}
