// Package code holds the pages on which a concern or an idea is said and
// followed up: the private code's door, which knows nobody, and the two forms.
package code

import (
	"net/http"

	"evangelist/adapters/web/shell"
	"evangelist/bot"
)

// The commands behind the pages.
const (
	codeCommand    = "voices.code"
	concernCommand = "voices.concern"
	ideaCommand    = "voices.idea"
)

type pages struct{ shell *shell.Shell }

// Attach adds the pages.
func Attach(sh *shell.Shell) {
	p := pages{shell: sh}
	sh.Add(
		shell.Route{Method: http.MethodGet, Pattern: "/code", Audience: shell.Everybody, Discreet: true, Serve: p.ask},
		shell.Route{Method: http.MethodPost, Pattern: "/code", Audience: shell.Everybody, Discreet: true, Serve: p.use},
		shell.Route{Method: http.MethodGet, Pattern: "/concern", Audience: shell.Colleagues, Fleeting: true, Serve: p.open(concernCommand)},
		shell.Route{Method: http.MethodGet, Pattern: "/idea", Audience: shell.Colleagues, Fleeting: true, Serve: p.open(ideaCommand)},
	)
	// A button that stands among a person's own things leads to where less is
	// known of them.
	sh.Door(codeCommand, shell.Leads("/code"))
	sh.Door(concernCommand, shell.Leads("/concern"))
	sh.Door(ideaCommand, shell.Leads("/idea"))
}

// ask shows the form for a private code. The code is never part of an address,
// and nothing of the visit is kept.
func (p pages) ask(w http.ResponseWriter, r *http.Request, v shell.Visit) error {
	hush(w)
	reply := p.shell.Do(r, v, bot.Invocation{Command: codeCommand})
	return p.shell.Answer(w, r, v, reply, shell.Asked{Action: "/code", At: "code"})
}

func (p pages) use(w http.ResponseWriter, r *http.Request, v shell.Visit) error {
	hush(w)
	return p.shell.Submitted(w, r, v, shell.Asked{Action: "/code", Back: "/code", At: "code"}, codeCommand)
}

func hush(w http.ResponseWriter) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
}

// open shows the form of a command.
func (p pages) open(command string) shell.Serve {
	return func(w http.ResponseWriter, r *http.Request, v shell.Visit) error {
		w.Header().Set("Cache-Control", "no-store")
		return p.shell.Answer(w, r, v, p.shell.Do(r, v, bot.Invocation{Command: command}), shell.Asked{Back: p.shell.Start()})
	}
}
