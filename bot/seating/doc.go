// Package seating lays round tables: small groups across departments and level
// bands, in which nobody meets the same person twice before it is unavoidable.
// Seat makes the tables of a round, Prove shows of any plan what it does and what
// of that no other could avoid.
//
// # Duties
//
// In this order; none gives way to one below it.
//
//  1. Pairs who are to be kept apart never share a table, the snoozed are not
//     seated, a table has a right size.
//  2. Nobody sits out twice running.
//  3. As few as possible sit out.
//  4. Every table spans two departments and two level bands.
//  5. No pair repeats.
//  6. Pairs that must repeat met least often and longest ago; those sit out who
//     did so least often; tables are small and of one size, since two can meet for
//     the first time only once.
//
// # What is promised
//
// For up to fifteen people all seatings are compared, and the best is taken: each
// duty is met as far as those above it allow. For more people, with k the size of
// the smallest table:
//
//   - Duty 1 always holds, also when that means fewer tables. Where people who are
//     kept apart leave one table at least, there is one.
//   - Duties 2 and 3, with nobody kept apart: as many sit out as the sizes leave
//     over, with tables of three to six nobody; and nobody of them twice running
//     as long as enough are there who did not sit out in the last round that they
//     were part of, as is always so when the same people come again.
//   - Duty 4, when department and band of everybody are known: every table, if
//     outside the largest department, and outside the largest band, there are as
//     many people as there are tables when all are as large as may be. Where there
//     are fewer, as many tables as there are pairs to be had. An unknown department
//     or band counts as none.
//   - Duty 5: no pair repeats in the first n/(4(k-2)) rounds of the same n people,
//     16 or more with k = 3 and 40 or more with a larger k, when no department has
//     more than a quarter of them and no band more than half.
//     With tables of three that is n/4 rounds of the (n-1)/2 in which everybody
//     would have met everybody; 200 people have 26 rounds, and more, without one.
//     Later rounds are mostly without one too, but that is not promised: whether a
//     seating exists is then a hard question, and the search may miss it.
//
// The tests hold each of these; the bound of duty 5 was seen to be passed by half
// and more.
//
// Only the ids, departments and bands of people are looked at, chance comes from
// the seed alone, and nothing here does I/O.
package seating
