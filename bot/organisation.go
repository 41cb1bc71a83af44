package bot

import "time"

// Organisation is what every feature may say about where it runs.
type Organisation struct {
	Name      string
	Zone      *time.Location // never nil
	PublicURL string         // address of our own web without a slash at the end; "" when unknown
	Word      string         // what an advocate is called here, "evangelist" unless set
}

// Page returns the address of one of our own pages: absolute where the public
// address is known, else the path alone.
func (o Organisation) Page(path string) string { return o.PublicURL + path }
