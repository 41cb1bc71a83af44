// Package render turns messages and forms into HTML. It is pure: it reads no
// clock, no database and no request.
//
// Every text goes through html/template, which escapes for the place where it
// stands; addresses are checked once more here, whatever built the span; drawn
// pictures are copied element by element from a list of harmless ones.
package render
