package graph

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"evangelist/bot"
)

// How a throttled reading goes on.
const (
	mostTries = 8               // of one page
	firstWait = 2 * time.Second // doubled with each try that names no time
)

// batch is how many facts are handed over at once.
const batch = 500

// Count says what a reading of the directory found.
type Count struct {
	People   int
	Guests   int
	Inactive int
	Chained  int // whose place in the chain of managers is known
}

// user is somebody as the directory describes them.
type user struct {
	ID         string `json:"id"`
	Name       string `json:"displayName"`
	Mail       string `json:"mail"`
	Department string `json:"department"`
	Title      string `json:"jobTitle"`
	Enabled    *bool  `json:"accountEnabled"`
	Type       string `json:"userType"`
	Manager    *struct {
		ID string `json:"id"`
	} `json:"manager"`
}

// People reads the whole directory and hands what it says of each account to
// keep, in batches. Nothing is handed over before all of it was read: levels
// come from the chain of managers. It waits when it is told to, and gives up on
// a page after eight tries. Calling it again with an unchanged directory hands
// over the same facts.
func (c *Client) People(ctx context.Context, keep func(ctx context.Context, facts []bot.AccountFact) error) (Count, error) {
	users, err := c.users(ctx)
	if err != nil {
		return Count{}, fmt.Errorf("read the directory: %w", err)
	}
	byID := make(map[string]*user, len(users))
	for i := range users {
		byID[users[i].ID] = &users[i]
	}
	above := heights(byID)
	var count Count
	facts := make([]bot.AccountFact, 0, batch)
	for i, u := range users {
		facts = append(facts, c.fact(u, byID, above, &count))
		if len(facts) == batch || i == len(users)-1 {
			if err := keep(ctx, facts); err != nil {
				return count, err
			}
			facts = make([]bot.AccountFact, 0, batch)
		}
	}
	return count, nil
}

func (c *Client) fact(u user, byID map[string]*user, above map[string]int, count *Count) bot.AccountFact {
	fact := bot.AccountFact{
		Account: bot.NewAccountID(c.config.Platform, u.ID), Name: bot.Clean(u.Name, 200), Email: strings.ToLower(strings.TrimSpace(u.Mail)),
		Department: bot.Clean(u.Department, 200), Title: bot.Clean(u.Title, 200), External: strings.EqualFold(u.Type, "Guest"),
	}
	count.People++
	if u.Enabled != nil {
		inactive := !*u.Enabled
		fact.Inactive = &inactive
		if inactive {
			count.Inactive++
		}
	}
	if fact.External {
		count.Guests++
	}
	if n, ok := above[u.ID]; ok && !fact.External {
		fact.Level = c.config.Level(n)
		count.Chained++
	}
	if boss := u.boss(byID); boss != nil {
		fact.Manager = strings.ToLower(strings.TrimSpace(boss.Mail))
	}
	return fact
}

func (u user) boss(byID map[string]*user) *user {
	if u.Manager == nil || u.Manager.ID == u.ID {
		return nil
	}
	return byID[u.Manager.ID]
}

// heights returns how many managers everybody has above. Left out are people
// with neither a manager nor anybody below, of whom nothing is known, and those
// in or below a circle.
func heights(byID map[string]*user) map[string]int {
	leads := map[string]bool{}
	for _, u := range byID {
		if boss := u.boss(byID); boss != nil {
			leads[boss.ID] = true
		}
	}
	const climbing, circle = -1, -2
	known := map[string]int{}
	for id := range byID {
		var path []string
		at, height := byID[id], circle
		for {
			n, seen := known[at.ID]
			if seen {
				if n != climbing {
					height = n
				}
				break
			}
			known[at.ID] = climbing
			path = append(path, at.ID)
			boss := at.boss(byID)
			if boss == nil {
				height = -1 // the top of the path stands at 0
				break
			}
			at = boss
		}
		for i := len(path) - 1; i >= 0; i-- {
			if height != circle {
				height++
			}
			known[path[i]] = height
		}
	}
	for id, height := range known {
		if height == circle || height == 0 && !leads[id] {
			delete(known, id)
		}
	}
	return known
}

// users reads all pages of the directory.
func (c *Client) users(ctx context.Context) ([]user, error) {
	address := c.address(url.Values{
		"$select": {"id,displayName,mail,department,jobTitle,accountEnabled,userType"},
		"$expand": {"manager($select=id)"},
		"$top":    {"999"},
	}, "users")
	var all []user
	seen := map[string]bool{}
	for address != "" {
		var page struct {
			Value []user `json:"value"`
			Next  string `json:"@odata.nextLink"`
		}
		if err := c.patiently(ctx, address, &page); err != nil {
			return nil, err
		}
		for _, u := range page.Value {
			if u.ID == "" || seen[u.ID] {
				continue // a page that shifted while it was read
			}
			seen[u.ID] = true
			all = append(all, u)
		}
		if address = page.Next; seen[" "+address] {
			return nil, errors.New("the pages lead in a circle")
		}
		seen[" "+address] = true
	}
	return all, nil
}

// patiently reads one page, and waits where the service asks for it.
func (c *Client) patiently(ctx context.Context, address string, into any) error {
	pause := firstWait
	for try := 1; ; try++ {
		err := c.get(ctx, address, nil, into)
		if err == nil || try == mostTries || ctx.Err() != nil {
			return err
		}
		var failure *Failure
		if errors.As(err, &failure) && !failure.passing() || errors.Is(err, errElsewhere) {
			return err
		}
		d := pause
		if failure != nil && failure.RetryAfter > 0 {
			d = failure.RetryAfter
		}
		if err := c.config.Wait(ctx, d); err != nil {
			return err
		}
		pause *= 2
	}
}
