package seating

// rankOfWord orders the words for ranks that levels commonly contain, from those
// who begin to those who decide. The numbers only order; words of one number are
// one rank. Where a level has several, the highest counts.
var rankOfWord = map[string]int{
	"apprentice": 1, "intern": 1, "trainee": 1, "student": 1, "volunteer": 1,
	"assistant": 2, "administrator": 2, "clerk": 2, "junior": 2, "operative": 2, "technician": 2, "worker": 2,
	"adviser": 3, "advisor": 3, "analyst": 3, "associate": 3, "coordinator": 3, "engineer": 3, "lecturer": 3, "officer": 3, "specialist": 3, "staff": 3,
	"expert": 4, "senior": 4,
	"foreman": 5, "lead": 5, "leader": 5, "principal": 5, "supervisor": 5,
	"manager":  6,
	"head":     7,
	"director": 8, "dean": 8, "vp": 8,
	"ceo": 9, "cfo": 9, "chief": 9, "coo": 9, "cto": 9, "president": 9, "rector": 9,
}
