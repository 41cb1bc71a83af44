// Package simulate seats a list of people for many rounds of tables, and shows the
// seating with its proof. It keeps nothing.
package simulate

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
	"strings"

	"evangelist/bot"
	"evangelist/bot/seating"
)

// mostRounds is ten years of weekly rounds.
const mostRounds = 520

// Wish is what is to be simulated.
type Wish struct {
	Rounds int
	Size   string // how many sit at a table: 3-6, or anything in between
	Seed   uint64 // the same number gives the same seating
	Format string // text or json
}

// Check says what is wrong with a wish, and what to do.
func (w Wish) Check() error {
	_, err := w.options()
	return err
}

// Run seats the people of a list, which facts hold, and writes what comes of it.
func Run(ctx context.Context, out io.Writer, facts []bot.AccountFact, w Wish) error {
	options, err := w.options()
	if err != nil {
		return err
	}
	guests := invite(facts)
	run, err := simulate(ctx, guests.people, options, w.Rounds, w.Seed)
	if err != nil {
		return err
	}
	if w.Format == "json" {
		return run.writeJSON(out)
	}
	run.writeText(out, w, guests)
	return nil
}

// options checks what was asked for.
func (w Wish) options() (seating.Options, error) {
	var o seating.Options
	switch {
	case w.Format != "text" && w.Format != "json":
		return o, fmt.Errorf("there is no format %.40q; choose text or json", w.Format)
	case w.Rounds < 1 || w.Rounds > mostRounds:
		return o, fmt.Errorf("--rounds %d is no number of rounds; choose 1 to %d, 26 being a year of fortnights", w.Rounds, mostRounds)
	}
	from, to, ranged := strings.Cut(w.Size, "-")
	if !ranged {
		to = from
	}
	smallest, errFrom := strconv.Atoi(from)
	largest, errTo := strconv.Atoi(to)
	if errFrom != nil || errTo != nil || smallest == 0 || largest == 0 {
		return o, fmt.Errorf("--size %.40q is no size of tables; write one such as 3-6, or 4", w.Size)
	}
	o.Smallest, o.Largest = smallest, largest
	if err := o.Check(); err != nil {
		return o, fmt.Errorf("--size %s: %w", w.Size, err)
	}
	return o, nil
}

// guests are the people of a file.
type guests struct {
	people []seating.Person
	names  map[string]string // how each is shown: by name where nobody else has it
}

// invite makes guests of what a file says of accounts; two accounts with one
// e-mail are one person.
func invite(facts []bot.AccountFact) guests {
	levels := make([]string, len(facts))
	for i, fact := range facts {
		levels[i] = fact.Level
	}
	ladder := seating.Found(levels)
	g := guests{names: map[string]string{}}
	seen, bearers := map[string]bool{}, map[string]int{}
	for _, fact := range facts {
		id := cmp.Or(fact.Email, fact.Account.Native(), fact.Name)
		if seen[id] && fact.Email != "" {
			continue
		}
		if seen[id] { // the same id on another platform
			id = string(fact.Account)
		}
		seen[id] = true
		g.people = append(g.people, seating.Person{ID: id, Department: fact.Department, Band: ladder.Band(fact.Level)})
		g.names[id] = fact.Name
		bearers[fact.Name]++
	}
	for id, name := range g.names {
		if name == "" || bearers[name] > 1 {
			g.names[id] = id
		}
	}
	return g
}

// simulation is a run of rounds with its proof.
type simulation struct {
	plans  []seating.Plan
	course seating.Course
	says   []string
}

// simulate seats round after round, each knowing those before.
func simulate(ctx context.Context, people []seating.Person, o seating.Options, rounds int, seed uint64) (simulation, error) {
	var run simulation
	var history seating.History
	var proofs []seating.Proof
	seeds := rand.NewPCG(seed, 0)
	for range rounds {
		if err := ctx.Err(); err != nil {
			return run, errors.New("stopped before all rounds were seated, so nothing is shown")
		}
		plan, err := seating.Seat(people, history, o, seeds.Uint64())
		if err != nil {
			return run, err
		}
		proof, err := seating.Prove(plan, people, history, o)
		if err != nil {
			return run, err
		}
		if err := history.Add(plan); err != nil {
			return run, err
		}
		run.plans, proofs = append(run.plans, plan), append(proofs, proof)
	}
	run.course = seating.Sum(history, proofs)
	run.says = run.course.Words()
	if run.course.Tables == 0 {
		run.says = append(run.says, proofs[0].Words()...)
	}
	return run, nil
}

// writeJSON writes the seating for scripts.
func (r simulation) writeJSON(out io.Writer) error {
	type proof struct {
		seating.Course
		Says []string `json:"says"`
	}
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(struct {
		Rounds []seating.Plan `json:"rounds"`
		Proof  proof          `json:"proof"`
	}{r.plans, proof{r.course, r.says}})
}

// writeText writes it for people: what came of it, then who sits where.
func (r simulation) writeText(out io.Writer, w Wish, g guests) {
	who := "people"
	if len(g.people) == 1 {
		who = "person"
	}
	fmt.Fprintf(out, "Round tables for %d %s, seed %d\n\n", len(g.people), who, w.Seed)
	for _, sentence := range r.says {
		fmt.Fprintln(out, sentence)
	}
	for i, plan := range r.plans {
		fmt.Fprintf(out, "\nRound %d\n", i+1)
		for t, table := range plan.Tables {
			fmt.Fprintf(out, "%4d  %s\n", t+1, g.shown(table))
		}
		if len(plan.Out) > 0 {
			fmt.Fprintf(out, " out  %s\n", g.shown(plan.Out))
		}
	}
}

func (g guests) shown(ids []string) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = g.names[id]
	}
	return strings.Join(names, ", ")
}
