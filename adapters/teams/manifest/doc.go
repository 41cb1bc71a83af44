// Package manifest makes the app package that an administrator uploads to
// Microsoft Teams: a ZIP of manifest.json and two icons, generated from the
// commands of the bot. It is pure, and equal input gives equal bytes.
package manifest
