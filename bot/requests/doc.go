// Package requests sees to what evangelists need: each need becomes a request with
// an owner and a date, and whoever asked hears what comes of it.
//
// The rules are methods of Request without any I/O; what may be done by whom and in
// which state stands in machine_table.go. Leads and owners read a request's words,
// never whose they are. Nobody is shown as late: a message says which date passed,
// and goes to those who can do something about it.
//
// Commands and cards are called network.request… for the buttons of older messages.
package requests
