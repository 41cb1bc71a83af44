// Package peoplecsv reads the list of people that an organisation exports from
// its directory: one row for each person, with a header. It takes a file whole
// or not at all, and tells every row that is wrong at once.
package peoplecsv
