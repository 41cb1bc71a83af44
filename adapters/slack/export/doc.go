// Package export reads the ZIP that Slack gives its administrators: people,
// public channels and what was said there. It hands over facts and sightings
// and keeps nothing.
//
// The archive is read twice. The first time everything that will be needed is
// checked (structure, JSON, sizes, checksums); only then the second time hands
// it over. So a broken archive changes nothing. Private channels and direct
// messages are counted by their lists and folders, and never opened.
package export
