// Package jsonscan reads JSON as it stands: it checks a value once, strictly,
// and hands out its members and elements as pieces of the same bytes, so that
// what nobody asks for is never decoded. Faults carry their place.
package jsonscan
