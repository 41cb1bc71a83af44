package wiring

import (
	"evangelist/bot/requests"
	"evangelist/storage/requeststore"
)

// newRequests makes the feature that sees to what evangelists need.
func (f *Features) newRequests(p Parts) *requests.Feature {
	return requests.New(requests.Config{Organisation: p.Organisation, People: p.People, Requests: requeststore.New(p.DB, p.Clock), Clock: p.Clock, Wake: p.Wake})
}
