// Package kernelstore keeps what the kernel itself needs: people and their
// accounts, places, schedules and their ticks, and the installation's own
// settings.
package kernelstore
