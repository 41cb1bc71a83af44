package wiring

import (
	"evangelist/adapters/web"
	"evangelist/adapters/web/report"
	"evangelist/bot/impact"
	"evangelist/storage/impactstore"
)

// newImpact makes the feature that reports.
func (f *Features) newImpact(p Parts) *impact.Feature {
	return impact.New(impact.Config{Stores: impactstore.New(p.DB), Clock: p.Clock, Random: p.Random, Organisation: p.Organisation})
}

// reportPages adds the pages of the report to the site.
func (f *Features) reportPages(site *web.Site) { report.Attach(site.Shell, f.Impact.Compose, f.Issues) }
