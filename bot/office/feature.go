package office

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"sync"

	"evangelist/bot"
)

// Config is what the feature needs; all of it is compulsory.
type Config struct {
	Organisation bot.Organisation
	People       bot.People
	Places       bot.Places
	Random       io.Reader
}

// Feature is the office. Its methods may be called by many goroutines.
type Feature struct {
	Config
	team sync.Mutex // one change of the leads at a time: the last one stays
}

// New returns the feature.
func New(c Config) *Feature {
	if c.Organisation.Word == "" {
		c.Organisation.Word = "evangelist"
	}
	return &Feature{Config: c}
}

// Commands returns what can be asked, in the order of the help.
func (f *Feature) Commands() []bot.Command {
	return []bot.Command{
		{Name: "network.team", Phrases: []string{"evangelist team"}, Needs: bot.Lead, Usage: "/evangelist team",
			Help: "appoints or releases comms leads and the reading team.", Form: f.teamForm, Run: f.changeTeam},
		{Name: "network.watch", Phrases: []string{"evangelist watch"}, Needs: bot.Lead, Usage: "/evangelist watch",
			Help: "chooses the places in which I read links.", Form: f.watchForm, Run: f.watch},
		{Name: "network.shared", Phrases: []string{"evangelist shared"}, Needs: bot.Lead, Usage: "/evangelist shared",
			Help: "decides where I may post although another organisation reads along.", Form: f.sharedForm, Run: f.shared},
	}
}

// Buttons lead from other pages of the leads to what is set up most often.
func Buttons() []bot.Button {
	return []bot.Button{{Command: "network.team", Label: "Leads and readers"}, {Command: "network.watch", Label: "Places I read"}}
}

// once names an invocation, so that what it causes has a natural key: the same one
// again has the same name.
func (f *Feature) once(in bot.Invocation) (string, error) {
	nonce := in.Nonce
	if nonce == "" {
		var err error
		if nonce, err = bot.NewNonce(f.Random); err != nil {
			return "", err
		}
	}
	sum := sha256.Sum256([]byte(nonce))
	return hex.EncodeToString(sum[:16]), nil
}

// finish answers a form with its last page and anything else with a message.
func finish(in bot.Invocation, message bot.Message) bot.Reply {
	if in.Submitted() {
		return bot.Done{Message: message}
	}
	return bot.Say{Message: message}
}

func paragraph(parts ...any) bot.Paragraph { return bot.Paragraph{Text: bot.Line(parts...)} }

func note(parts ...any) bot.Note { return bot.Note{Text: bot.Line(parts...)} }

// count says "1 place" or "3 places".
func count(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}
