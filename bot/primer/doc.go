// Package primer teaches in small pieces: short lessons in plain words, a glossary,
// a weekly series for leaders before the launch, and a launch checklist.
//
// Lessons, our own terms and our items of the checklist are data, in files named
// *_table.go. An Enrolment is one person's way through the lessons: every act on it
// goes through one table, who may (Enrolment.May) and in which states
// (Enrolment.Can); Tick does what time asks for. One lesson is under way at a time,
// and the next is due a week after the last one really went out.
//
// Of whoever was enrolled by a lead, leads see those who have read everything, in
// the order of names, and of the others how many they are. Nothing else of what
// anybody reads is shown to anybody.
package primer
