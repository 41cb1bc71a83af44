// Package inbound reads what Microsoft Teams sends: activities as JSON into
// plain values, messages into sightings, and invokes into requests. It is pure:
// it neither verifies, nor asks, nor keeps anything. What it does not know it
// reports as uninteresting, never as a failure, since kinds of activities are
// added at any time.
package inbound
