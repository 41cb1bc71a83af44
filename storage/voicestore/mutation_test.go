package voicestore_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/bot/voices"
	"evangelist/storage/internal/engine"
	"evangelist/storage/internal/outbox"
	"evangelist/storage/storagetest"
)

// leak is a Waiting that betrays authors in one way.
type leak struct {
	voices.Waiting
	put func(ctx context.Context, act voices.Act) (voices.Act, error)
}

func (l leak) Put(ctx context.Context, act voices.Act) error {
	act, err := l.put(ctx, act)
	if err != nil {
		return err
	}
	return l.Waiting.Put(ctx, act)
}

// leaking makes a world whose store is told what Anonymise had dropped.
func leaking(betray func(w *world, asked bot.Invocation, n int, act voices.Act) (voices.Act, error)) meddle {
	return func(w *world, c *voices.Config) {
		var last bot.Invocation
		count := 0
		w.Door = func(_ context.Context, in bot.Invocation) bot.Reply {
			last = in
			return nil
		}
		c.Waiting = leak{Waiting: c.Waiting, put: func(_ context.Context, act voices.Act) (voices.Act, error) {
			count++
			return betray(w, last, count, act)
		}}
	}
}

// dated is a Voices that keeps the moment at which something came of a voice.
type dated struct {
	voices.Voices
	clock bot.Clock
}

func (d dated) Change(ctx context.Context, id string, rule func(*voices.Voice) ([]bot.Delivery, error)) error {
	return d.Voices.Change(ctx, id, func(v *voices.Voice) ([]bot.Delivery, error) {
		before := len(v.News)
		out, err := rule(v)
		if len(v.News) > before {
			v.News[before].Words += d.clock.Now().Format(time.RFC3339)
		}
		return out, err
	})
}

// keep writes a text where a mutation wants it.
func keep(w *world, key, value string) error {
	return w.db.Write(context.Background(), func(ctx context.Context, tx *engine.Tx) error {
		_, err := tx.Exec(ctx, "INSERT INTO voice_settings (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING", key, value)
		return err
	})
}

// Each way of betraying an author must be found, or the twins prove nothing.
func TestTwinsFindEachLeak(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	empty := template(t)
	for name, one := range map[string]struct {
		with  meddle
		finds string // how it must be found at least
	}{
		"the author's account is kept": {leaking(func(_ *world, in bot.Invocation, _ int, act voices.Act) (voices.Act, error) {
			act.Words += " (" + string(in.Actor.Account) + ")"
			return act, nil
		}), "mark "},
		"the author is kept under a stable pseudonym": {leaking(func(_ *world, in bot.Invocation, _ int, act voices.Act) (voices.Act, error) {
			sum := sha256.Sum256([]byte(in.Actor.Account))
			act.Words += " " + hex.EncodeToString(sum[:4])
			return act, nil
		}), "other authors, other bytes"},
		"the id derives from the author": {leaking(func(_ *world, in bot.Invocation, n int, act voices.Act) (voices.Act, error) {
			if act.Kind != voices.RaiseAct {
				sum := sha256.Sum256([]byte(string(in.Actor.Account) + act.Voice))
				act.ID = fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
			}
			return act, nil
		}), "other authors, other bytes"},
		"the author is noted beside the act": {leaking(func(w *world, in bot.Invocation, _ int, act voices.Act) (voices.Act, error) {
			return act, keep(w, string(in.Actor.Account), "has spoken")
		}), "mark "},
		"the number of the form is kept": {leaking(func(w *world, in bot.Invocation, _ int, act voices.Act) (voices.Act, error) {
			return act, keep(w, in.Nonce, "seen")
		}), "mark "},
		"the message that it came with is kept": {leaking(func(w *world, in bot.Invocation, _ int, act voices.Act) (voices.Act, error) {
			return act, keep(w, in.About.Native, "seen")
		}), "mark "},
		"the order is kept": {leaking(func(_ *world, _ bot.Invocation, n int, act voices.Act) (voices.Act, error) {
			act.Words += fmt.Sprint(" ", n)
			return act, nil
		}), "other order, other rows"},
		"the moment is kept": {leaking(func(w *world, _ bot.Invocation, _ int, act voices.Act) (voices.Act, error) {
			return act, keep(w, "raised "+act.ID, w.clock.Now().Format(time.RFC3339))
		}), "mark "},
		"the moment is kept at which something came of it": {func(w *world, c *voices.Config) {
			c.Voices = dated{c.Voices, w.clock}
		}, "mark "},
		"the hour is kept": {leaking(func(w *world, _ bot.Invocation, _ int, act voices.Act) (voices.Act, error) {
			act.Words += w.clock.Now().Format(" 15:04")
			return act, nil
		}), "other order, other rows"},
		"a delivery is queued with the act": {leaking(func(w *world, _ bot.Invocation, _ int, act voices.Act) (voices.Act, error) {
			notice := bot.Notice("Something was said.")
			return act, w.db.Write(context.Background(), func(ctx context.Context, tx *engine.Tx) error {
				return outbox.Add(ctx, tx, w.clock.Now(), []bot.Delivery{{Key: "voice/" + act.ID + "/raised",
					To: bot.Address{Place: bot.NewPlaceID(platform, "reading")}, Frozen: &notice, Class: bot.Asked}})
			})
		}), "mark "},
		"the account is recorded": {leaking(func(w *world, in bot.Invocation, _ int, act voices.Act) (voices.Act, error) {
			_, err := w.people.Record(context.Background(), []bot.AccountFact{{Account: in.Actor.Account, Name: in.Actor.Name}})
			return act, err
		}), "mark "},
		"the code is kept in clear": {leaking(func(w *world, in bot.Invocation, _ int, act voices.Act) (voices.Act, error) {
			if act.Kind == voices.RaiseAct {
				return act, nil
			}
			return act, keep(w, "code", in.Value("code"))
		}), "mark "},
	} {
		t.Run(name, func(t *testing.T) {
			found := twins{template: empty, with: one.with}.verdict(t)
			for _, finding := range found {
				if strings.HasPrefix(finding, one.finds) {
					return
				}
			}
			t.Errorf("it was not found by %q; found %d other signs", one.finds, len(found))
		})
	}
}

// What a release leaves in no order must not lie in the order of arrival either.
func TestTwinsFindAnUnshuffledRelease(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	var order []string
	with := func(w *world, c *voices.Config) {
		order = nil
		inner := c.Waiting
		c.Waiting = unshuffled{leak: leak{Waiting: inner, put: func(_ context.Context, act voices.Act) (voices.Act, error) {
			order = append(order, act.ID)
			return act, nil
		}}, order: &order}
	}
	for _, finding := range (twins{template: template(t), with: with}).verdict(t) {
		if strings.HasPrefix(finding, "other order, other rows") {
			return
		}
	}
	t.Error("a release in the order of arrival was not found")
}

type unshuffled struct {
	leak
	order *[]string
}

func (u unshuffled) Release(ctx context.Context, which voices.Which, rule func(voices.Batch) (voices.Released, error)) error {
	return u.Waiting.Release(ctx, which, func(b voices.Batch) (voices.Released, error) {
		done, err := rule(b)
		var sorted []voices.Voice
		for _, id := range *u.order {
			for _, v := range done.New {
				if v.ID == id {
					sorted = append(sorted, v)
				}
			}
		}
		done.New = sorted
		return done, err
	})
}
