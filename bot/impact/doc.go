// Package impact keeps the promise Prove: one honest report for any period,
// department or event. It says what was shared, heard, connected, tried and
// learned, and what we could not do and who went without.
//
// Every number about people goes through package counts: a Measure says what it
// means, Publish decides what may be shown, and only a Published is kept in the
// Report. What was published is recorded, and stands: the same period asked for
// again, on whatever surface, shows the same numbers. Where nothing can be
// recorded, because another program writes the database, only what was recorded
// before is shown.
//
// The rules are pure: tally counts, the parts of a Report put together what may
// be told, and Message, Markdown and JSON write it. The feature around them reads
// through its Stores, which look across the tables of all features.
package impact
