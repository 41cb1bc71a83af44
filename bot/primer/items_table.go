package primer

// items are what we propose to have done before a launch. An ID is stored, names a
// check in Config, and never changes.
var items = []Item{
	{ID: "contacts", Title: "Contacts are entered", Why: "The concern form names who is there for emergencies, complaints and whistleblowing.", How: "/evangelist contacts"},
	{ID: "readers", Title: "The reading team is named", Why: "People see who reads before they write.", How: "/evangelist readers"},
	{ID: "pledge", Title: "The pledge is signed", Why: "Nobody tries anything new without it. Somebody senior puts a name under it."},
	{ID: "digest", Title: "The first roundup has its day", Why: "A rhythm from the first week on says that this stays.", How: "/digest schedule"},
	{ID: "departments", Title: "Departments are known", Why: "Without them nobody can see where voices are missing.", How: "/evangelist who"},
	{ID: "champions", Title: "Two champions have said yes", Why: "One goes on leave, changes jobs, or has a bad month.", How: "/evangelist champion"},
	{ID: "channel", Title: "A channel is watched, and its members know it", Why: "Links are read only where people were told beforehand.", How: "/evangelist watch"},
	{ID: "council", Title: "The works council is informed", Why: "Better from you, before it begins, with what is kept and for how long. The same for unions and whoever looks after data protection."},
	{ID: "backup", Title: "A backup was tried", Why: "One that was never read back is a hope. Restore it once, on another machine."},
	{ID: "cover", Title: "Somebody covers for holidays", Why: "For the curator, and for the reading team. An answer that waits three weeks is an answer too."},
}
