// Package network keeps the promise Connect: who is with us and where nobody
// is, a question that is asked on a rhythm, what worked, and what is needed.
//
// The rules are methods on the nouns, without any I/O: Choose and Post for the
// call, Cover for the table of departments, Open and the methods of Ask for
// rounds, Close for requests. The feature around them reads, calls a rule inside
// a Store's Change and answers.
//
// Nothing here ranks or lists people by what they do, and whether somebody has
// answered is shown to nobody but that person. An ask is forgotten when its round
// ends; what remains is what was said.
package network
