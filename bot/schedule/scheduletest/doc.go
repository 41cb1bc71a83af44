// Package scheduletest holds every implementation of schedule.Store to the
// comments of that interface.
package scheduletest
