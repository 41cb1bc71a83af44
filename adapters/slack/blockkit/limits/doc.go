// Package limits says what Slack refuses about a message, a modal, a home page
// or the preview of a link, before Slack does: what must be there and what must
// not, how long and how many, and which elements stand in which block on which
// surface. The rules are tables; what a table cannot say is a short function
// beside its name in rules_table.go.
//
// Slack documents most of these limits. Some were only measured by others, and
// some are stricter than Slack may be: those say so in the tables. A pretend
// Slack that refuses whatever Check reports is never more lenient than Slack
// itself is known to be.
package limits
