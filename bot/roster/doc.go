// Package roster is who stands for which department: a representative and a
// deputy in each, invitations to colleagues where nobody is with us, who came,
// moved and left, the matrix of departments and levels, and the place that
// representatives share, with its agenda and its list of decisions.
//
// Three nouns carry the rules, without I/O. An Office is a department with its two
// places and the question to the deputy when the first falls free. A Guest is a
// colleague who was asked: whoever asks and for whichever department, nobody is
// asked more than once a quarter, because the moment of the last question belongs
// to the Guest and every question goes through it. A Decision is open until it is
// done or dropped. Acts go through one table: who may, and in which states.
//
// Where nobody is, whose account is inactive and who came or moved is seen by comms
// leads alone. What a guest answered besides yes is "not now" to a lead, whatever it
// was. Nobody is listed by what they do.
package roster
