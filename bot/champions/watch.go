package champions

import (
	"strconv"
	"time"

	"evangelist/bot"
)

// enough is how many active champions a programme needs: with fewer, everything
// hangs on one voice.
const enough = 2

// Watch remembers whether there were enough champions, so that leads are told once
// when there are not.
type Watch struct {
	Active int       // as it was seen last
	Since  time.Time // since when there are not enough; zero: there are, or never were
	Falls  int       // how often there were not enough any more
}

// See takes how many champions are active now. Leads are told when they become
// fewer than two, and not again before there were two.
func (w *Watch) See(active int, now time.Time, leads []bot.PersonID) []bot.Delivery {
	fell := w.Active >= enough && active < enough
	w.Active = active
	switch {
	case active >= enough:
		w.Since = time.Time{}
		return nil
	case !fell:
		return nil
	}
	w.Since = now
	w.Falls++
	message := fewMessage(active)
	var out []bot.Delivery
	for _, lead := range leads {
		out = append(out, bot.Delivery{Key: "champions/few/" + strconv.Itoa(w.Falls) + "/" + string(lead), To: bot.Address{Person: lead}, Class: bot.Asked, Frozen: &message})
	}
	return out
}

// Outdated lists warnings that are not true any more and were not sent.
func (w *Watch) Outdated(leads []bot.PersonID) []string {
	if w.Falls == 0 || w.Active < enough {
		return nil
	}
	var keys []string
	for _, lead := range leads {
		keys = append(keys, "champions/few/"+strconv.Itoa(w.Falls)+"/"+string(lead))
	}
	return keys
}
