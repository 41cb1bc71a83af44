package main

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/storage/storagetest"
)

// unnamed reports whether a request says something without a name, or follows it
// up by its code.
func unnamed(in bot.Invocation) bool {
	return in.Value("name") == "anonymous" || in.Command == "voices.code" && in.Submitted()
}

// leak is a bot that betrays authors in one way, whenever somebody speaks without
// a name.
func leak(betray func(w *twinWorld, in bot.Invocation) error) meddle {
	return meddle{heard: func(w *twinWorld, in bot.Invocation) {
		if !unnamed(in) {
			return
		}
		if err := betray(w, in); err != nil {
			w.Errorf("the mutation itself failed: %v", err)
		}
	}}
}

// keep leaks what value says of a request into a table.
func keep(value func(w *twinWorld, in bot.Invocation) string) meddle {
	return leak(func(w *twinWorld, in bot.Invocation) error {
		return w.app.installation.Set(w.ctx, "mutation", value(w, in))
	})
}

// mutations are ways of betraying an author, each with how it is found at least.
var mutations = map[string]struct {
	with  meddle
	by    ways
	finds string
}{
	"the author is kept in a table": {keep(func(_ *twinWorld, in bot.Invocation) string {
		return string(in.Actor.Account)
	}), chatWays, "other authors: the rows"},
	"the author is logged at debug": {leak(func(w *twinWorld, in bot.Invocation) error {
		w.app.log.Debug("raised", "account", in.Actor.Account)
		return nil
	}), chatWays, "other authors: the log"},
	"the author is logged under a stable pseudonym": {leak(func(w *twinWorld, in bot.Invocation) error {
		sum := sha256.Sum256([]byte(in.Actor.Account))
		w.app.log.Debug("raised", "by", fmt.Sprintf("%x", sum[:4]))
		return nil
	}), chatWays, "other authors: the log"},
	"the author is a label of a metric": {leak(func(w *twinWorld, in bot.Invocation) error {
		w.app.meters.heard.WithLabelValues(string(in.Actor.Account)).Inc()
		return nil
	}), chatWays, "other authors: the metrics"},
	"the author gets a message": {leak(func(w *twinWorld, in bot.Invocation) error {
		return w.ws.Whisper(w.ctx, bot.Whisper{Place: w.ws.PlaceID("all-council"), To: in.Actor.Account, Message: bot.Notice("Thank you.")})
	}), chatWays, "other authors: the calls"},
	"an author who was not known is recorded": {leak(func(w *twinWorld, in bot.Invocation) error {
		_, err := w.app.people.Record(w.ctx, []bot.AccountFact{{Account: in.Actor.Account, Name: in.Actor.Name}})
		return err
	}), chatWays, "mark: the newcomer"},
	"the form's nonce is kept": {keep(func(_ *twinWorld, in bot.Invocation) string { return in.Nonce }), chatWays, "mark: the form's nonce"},
	"the private code is kept": {keep(func(_ *twinWorld, in bot.Invocation) string { return in.Value("code") }), chatWays, "mark: the private code"},
	"the moment is kept": {keep(func(w *twinWorld, _ bot.Invocation) string {
		return w.clock.Now().Format(time.RFC3339)
	}), chatWays, "mark: the moment"},
	"a delivery is queued when something is said": {leak(func(w *twinWorld, in bot.Invocation) error {
		reader, err := w.app.people.Actor(w.ctx, w.ws.ID("adaeze"))
		if err != nil {
			return err
		}
		notice := bot.Notice("Something was said.")
		return w.app.people.Change(w.ctx, reader.Person, func(*bot.Person) ([]bot.Delivery, error) {
			return []bot.Delivery{{Key: "mutation/" + in.Value("words"), To: bot.Address{Person: reader.Person}, Frozen: &notice, Class: bot.Asked}}, nil
		})
	}), chatWays, "mark: the moment"},
	"a discreet command is counted": {leak(func(w *twinWorld, in bot.Invocation) error {
		w.app.meters.command(bot.Call{Command: in.Command})
		return nil
	}), chatWays, "loud: sending text 0 changed the metrics"},
	"it is noted who uses the bot, whatever they do": {leak(func(w *twinWorld, in bot.Invocation) error {
		actor, err := w.app.people.Actor(w.ctx, in.Actor.Account)
		if err != nil || actor.Person == "" {
			return err
		}
		return w.app.courier.Used(w.ctx, actor.Person)
	}), chatWays, "loud: sending text 0 changed the rows"},
	"the order of arrival is kept": {leak(func(w *twinWorld, in bot.Invocation) error {
		earlier, err := w.app.installation.Setting(w.ctx, "mutation")
		if err != nil {
			return err
		}
		return w.app.installation.Set(w.ctx, "mutation", earlier+" / "+in.Value("words"))
	}), chatWays, "other order: the rows"},
	"an access log has the address": {meddle{asked: func(w *twinWorld, r *http.Request) {
		w.app.log.Info("request", "path", r.URL.Path, "from", r.RemoteAddr)
	}}, httpWays, "mark: the address"},
	"the browser is kept": {meddle{asked: func(w *twinWorld, r *http.Request) {
		if err := w.app.installation.Set(w.ctx, "mutation", r.UserAgent()); err != nil {
			w.Error(err)
		}
	}}, httpWays, "mark: the header User-Agent"},
	"an access log without address has the moment": {meddle{asked: func(w *twinWorld, r *http.Request) {
		w.app.log.Debug("request", "path", r.URL.Path)
	}}, httpWays, "mark: the moment"},
}

// Each way of betraying an author must be found, or the twins prove nothing.
func TestEachLeakOfTheWholeProgramIsFound(t *testing.T) {
	t.Parallel()
	storagetest.LeaveToPlainRun(t)
	template := furnished(t)
	t.Run("nothing is betrayed", func(t *testing.T) {
		none := meddle{heard: func(*twinWorld, bot.Invocation) {}, asked: func(*twinWorld, *http.Request) {}}
		for _, found := range verdict(t, template, none, httpWays, "") {
			t.Error(found)
		}
	})
	for name, one := range mutations {
		t.Run(name, func(t *testing.T) {
			found := verdict(t, template, one.with, one.by, one.finds)
			for _, finding := range found {
				if strings.HasPrefix(finding, one.finds) {
					return
				}
			}
			t.Errorf("it was not found by %q, but by %d other signs", one.finds, len(found))
		})
	}
}
