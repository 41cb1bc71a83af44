package wiring

import (
	"evangelist/bot/impact/issues"
	"evangelist/storage/issuestore"
)

// newIssues joins the series of the report to what composes it, and to those who
// read it early.
func (f *Features) newIssues(p Parts) *issues.Feature {
	return issues.New(issues.Config{
		Organisation: p.Organisation, People: p.People, Places: p.Places, Stores: issuestore.New(p.DB, p.Clock), Clock: p.Clock, Random: p.Random,
		Compose: f.Impact.Compose, Champions: f.Champions.Active, Schedule: p.Scheduler, Wake: p.Wake,
	})
}
