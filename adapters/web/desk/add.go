package desk

import (
	"net/http"
	"strings"

	"evangelist/adapters/web/shell"
	"evangelist/bot"
)

// findCommand keeps what was found elsewhere: for a curator in the inbox, for
// everybody else it puts a link forward.
const findCommand = "digest.find"

// add opens the form for something found elsewhere. An address in the query, as
// the bookmark sends it, stands in the form already; nothing is kept before the
// form is sent.
func (d *Desk) add(w http.ResponseWriter, r *http.Request, v shell.Visit) error {
	asked := shell.Asked{Back: d.shell.Start()}
	if v.Desk() {
		asked.Back = "/desk"
	}
	reply := d.shell.Do(r, v, bot.Invocation{Command: findCommand})
	ask, is := reply.(bot.Ask)
	if !is {
		return d.shell.Answer(w, r, v, reply, asked)
	}
	if address := r.URL.Query().Get("url"); worthAdding(address) && len(ask.Form.Fields) > 0 {
		ask.Form.Fields[0].Value = []string{address}
	} else if bookmark := d.bookmark(); bookmark != "" {
		ask.Form.Intro = append(ask.Form.Intro, bot.Note{Text: bot.Line(
			"To keep a page with one click, make a bookmark in your browser with this as its address: ", bot.Mono(bookmark))})
	}
	return d.shell.Answer(w, r, v, ask, asked)
}

// worthAdding reports an address of a page.
func worthAdding(address string) bool {
	lower := strings.ToLower(address)
	return len(address) <= 2000 && bot.SafeAddress(address) && (strings.HasPrefix(lower, "https://") || strings.HasPrefix(lower, "http://"))
}

// bookmark is the address of a bookmark that opens the form for the page that
// one is on; "" when nobody told us our own address.
func (d *Desk) bookmark() string {
	base := d.shell.Organisation().PublicURL
	if base == "" || strings.ContainsAny(base, `'"\`) {
		return ""
	}
	return "javascript:location.href='" + base + "/add?url='+encodeURIComponent(location.href)"
}
