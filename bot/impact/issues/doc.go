// Package issues makes a series of the report, approved like an edition: at each
// slot of a schedule, or when the days of an event are over, a draft goes to a
// lead. Approval freezes it as a Revision; champions read it 48 hours before
// everybody else; then its summary stands in the chosen place and the page under
// its permanent address.
//
// An issue is planned, then a draft, then approved, early, and published. It may
// be held while it is early, and skipped with a reason before it is published.
// Every number in it was published by package impact and is copied as text: nothing
// here counts, and nobody can edit one.
package issues
