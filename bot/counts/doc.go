// Package counts is the one guard through which every published count goes. A
// number comes out with its definition, its period and its denominator, as text
// that has all of them, or it does not come out: see Published and Row.
//
// # Rules
//
// Published are the whole organisation and the slices of a Plan: departments of
// twenty colleagues and more, and the others together. Margins only: nothing is
// crossed with anything. Behind each number stand at least five distinct people,
// and at least five are outside of it; "nobody" may be shown, "everybody" may
// not. An unknown headcount is shown as unknown. What the whole leaves, when all
// slices that are shown are taken from it, obeys the same rules. Whenever
// something is withheld, so is the first slice, other departments or the smallest
// one, and the reader is not told which was withheld for itself. When the whole
// cannot be shown, nothing of that table is.
//
// A Ledger holds what was published, and what was published stands. The next
// table gives way: cells that would give something away beside earlier ones are
// withheld in it. So publish parts before the whole: weeks before their month.
//
// # What a reader cannot do
//
// In what follows a reader has the tables, all headcounts, and this source.
//
//   - One table. No sum or difference of cells and headcounts is the number of a
//     group of one to four, nor of all but one to four. Whoever tries every
//     possible set of facts against these rules is left with two values and more
//     for each number that is withheld.
//   - Two tables with different periods, measures or plans, one of which may lie in
//     the other (a period in a period, a measure Within a measure, or both). No sum
//     or difference of their cells and headcounts, with factors -1, 0 and 1, is the
//     number of a group of one to four, whoever the people are; departments may
//     grow, be new, change their slice, or have an unknown headcount.
//   - Two tables, bounds. A number that is withheld in one table, and bound by the
//     same slice in another one that contains it or that it contains, keeps two
//     values and more for a reader who knows the rules. Bounds are taken slice by
//     slice.
//   - Several periods in one. Of what adds up (Things, Unsigned, and People with
//     Once) no longer period less any shorter ones in it that share no day leaves,
//     for one slice, something behind which fewer than five stand. Periods of such
//     a measure may not cross each other.
//   - Two periods that make up a third: it is not told that one to four people are
//     in both, for one slice.
//   - Several measures within one, in one period, none within another of them (who
//     leads, supports, follows; all who are with us): no sum of them leaves one to
//     four, for one slice.
//   - The same table twice, with facts that came late or were erased: the first one
//     is returned again.
//
// # What is not prevented
//
//   - Three tables and more in other ways: different slices of different tables
//     mixed in one sum, three periods that overlap, parts of measures and of
//     periods at once, chains of bounds over sums of withheld slices.
//   - Relations that nobody declared: a measure that lies within another without
//     Within, measures that exclude each other, a measure of which others are parts
//     in two different ways, the same thing under two keys in other words.
//   - People who leave or move to another department between two tables that
//     contain each other. Headcounts are taken to be known to everybody; how they
//     change is no secret, and sums are tried with the newest of the two tables only.
//   - What somebody knows already: four of five who are counted can work out the
//     fifth, and a colleague who did most of the things can guess at the rest. No
//     noise is added.
//   - That somebody is there at all. Since "nobody" is shown, a slice that is
//     withheld may be seen to have somebody, and a slice with nobody over a month
//     has nobody in each of its weeks. That a longer period has not one more than a
//     shorter one in it can be seen, too.
//   - Unsigned things: five concerns may be one colleague's. Nobody can count whose
//     they are, so the floor is on the concerns.
//   - Things Alone lead to nobody only because the caller says so.
//   - Numbers that are published without this package, and tables that the Ledger
//     was not given.
//   - Whoever can read the facts, or runs the program.
//
// The attacks that are covered are carried out by the tests: exhaustively in
// organisations of two to four departments, and by trying all combinations in
// drawn ones.
package counts
