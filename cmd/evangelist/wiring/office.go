package wiring

import "evangelist/bot/office"

// newOffice makes the feature with which leads set up the house.
func (f *Features) newOffice(p Parts) *office.Feature {
	return office.New(office.Config{Organisation: p.Organisation, People: p.People, Places: p.Places, Random: p.Random})
}
