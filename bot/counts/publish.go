package counts

// Publish returns the table of one measure in one period, over the slices of the
// plan: what may be shown is shown, the rest is withheld and forgotten. The
// ledger holds what has been published before; all of it, or the differences are
// not watched.
//
// What was published stands: for a measure and a period that the ledger knows,
// the table in it is returned and the new facts are not used, so that late or
// erased facts cannot be told from the change of a number. So publish a period
// when it is over, and short periods before the long ones that contain them:
// what is published later gives way.
//
// Facts that cannot be right, or lack a part, are a *RefusedError, and nothing
// is published. Publish is pure; whoever keeps the ledger reads it and keeps the
// new Record in one transaction.
func Publish(ledger Ledger, plan Plan, measure Measure, facts Facts) (Published, error) {
	if err := measure.check(); err != nil {
		return Published{}, err
	}
	if measure.Behind == Alone {
		return Published{}, refuse(NoBehind, "%q leads to nobody, so it has no departments. Publish it with PublishAlone.", measure.Key)
	}
	if err := facts.check(plan, measure); err != nil {
		return Published{}, err
	}
	t := tabulate(plan, measure, facts)
	if err := ledger.agrees(t); err != nil {
		return Published{}, err
	}
	if before := ledger.find(t.key()); before != nil {
		return Published{before}, nil
	}
	t.settle(ledger.tables)
	return Published{t}, nil
}

// PublishAlone returns a number of things that lead to nobody, out of how many
// there could have been: "3 of 4 editions". It is one number for the whole
// organisation. No floor applies, so it is the caller's word that nobody can be
// recognised by such a thing.
func PublishAlone(measure Measure, period Period, number, of int) (Published, error) {
	if err := measure.check(); err != nil {
		return Published{}, err
	}
	switch {
	case measure.Behind != Alone:
		return Published{}, refuse(NoBehind, "%q leads to people, so it needs departments and headcounts. Publish it with Publish.", measure.Key)
	case period.IsZero():
		return Published{}, refuse(NoPeriod, "The count for %q has no period. Say the first and the last day.", measure.Key)
	case number < 0 || number > largest || of > largest:
		return Published{}, refuse(Negative, "The count for %q is %d of %d. Neither can be below zero or above a thousand million.", measure.Key, number, of)
	case of < 1:
		return Published{}, refuse(NoDenominator, "The count for %q has no denominator. Say how many %s there could have been, or leave it out when there could have been none.", measure.Key, measure.Unit)
	case number > of:
		return Published{}, refuse(TooMany, "%d of %d %s are counted for %q. Count each once, in the same period.", number, of, measure.Unit, measure.Key)
	}
	return Published{&table{
		keys: measure.keys(), behind: Alone, unit: measure.Unit, counts: measure.Counts, omits: measure.Omits, period: period,
		whole: cell{name: wholeName, headcount: of, state: shown, amount: amount{things: number}},
	}}, nil
}
