package voices

// moves is the whole state machine: where an action leads from a state. What is
// not here cannot be done.
var moves = map[State]map[Action]State{
	Open: {Take: Taken, Pass: Taken, Ask: Asked, Describe: Open, Answer: Answered, Refuse: Refused,
		Add: Open, Withdraw: Withdrawn},
	Taken: {Take: Taken, Pass: Taken, Ask: Asked, Describe: Taken, Answer: Answered, Refuse: Refused,
		Add: Taken, Withdraw: Withdrawn},
	Asked: {Take: Asked, Pass: Asked, Ask: Asked, Describe: Asked, Answer: Answered, Refuse: Refused,
		Add: Asked, Reply: Taken, Withdraw: Withdrawn},
	Appealed: {Take: Appealed, Pass: Appealed, Ask: Asked, Describe: Appealed, Answer: Answered, Refuse: Refused,
		Add: Appealed, Withdraw: Withdrawn},
	Answered:  {Describe: Answered, Withdraw: Withdrawn},
	Refused:   {Describe: Refused, Appeal: Appealed, Withdraw: Withdrawn},
	Withdrawn: {},
}
