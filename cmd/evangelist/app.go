package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"strings"
	"sync"
	"time"

	"evangelist/bot"
	"evangelist/bot/courier"
	"evangelist/bot/schedule"
	"evangelist/bot/voices"
	"evangelist/cmd/evangelist/wiring"
	"evangelist/storage"
	"evangelist/storage/courierstore"
	"evangelist/storage/kernelstore"
)

// App is the running bot: everything that stands between the platforms and the
// database. Surfaces ask it through Do, Hear, Home and View.
type App struct {
	db           *storage.DB
	router       *bot.Router
	people       *kernelstore.People
	places       *kernelstore.Places
	installation *kernelstore.Installation
	courier      *courier.Courier
	limiter      *courier.Limiter
	scheduler    *schedule.Scheduler
	schedules    schedule.Store
	features     *wiring.Features
	ears         []bot.Ear
	sweeps       []bot.Sweep
	meters       *meters
	clock        bot.Clock
	random       io.Reader
	log          *slog.Logger
	organisation bot.Organisation
	platforms    map[string]bot.Platform
	accounts     map[string]bot.AccountID
	wakes        []chan struct{}
	sweepWake    chan struct{}
	used         sync.Map       // PersonID → [year, week] already noted
	background   sync.WaitGroup // what goes on after an answer
	tidied       time.Time      // of the sweep goroutine alone
}

// Parts are what an App is made from. DB, Organisation, Clock, Random and Log are
// compulsory.
type Parts struct {
	DB           *storage.DB
	Organisation bot.Organisation
	Leads        []string // e-mail addresses of the first leads
	Platforms    []bot.Platform
	// Accounts are the bot's own accounts by platform; nothing is sent without.
	Accounts map[string]bot.AccountID
	Clock    bot.Clock
	Random   io.Reader
	Log      *slog.Logger
	// Manual lets leads release voices and ask questions at once: the playground.
	Manual bool
	// Slash are the installation's own names of slash words, by ours; nil: none.
	Slash map[string]string
	// Quiet is the courier's quiet period; 0: its default.
	Quiet time.Duration
}

// NewApp wires an App. It does not yet send or run anything.
func NewApp(ctx context.Context, p Parts) (*App, error) {
	a := &App{
		db: p.DB, clock: p.Clock, random: p.Random, log: p.Log, organisation: p.Organisation, accounts: maps.Clone(p.Accounts), meters: newMeters(), platforms: map[string]bot.Platform{},
		people:       kernelstore.NewPeople(p.DB, p.Clock, p.Random),
		places:       kernelstore.NewPlaces(p.DB, p.Clock),
		installation: kernelstore.NewInstallation(p.DB, p.Random),
	}
	if a.accounts == nil {
		a.accounts = map[string]bot.AccountID{}
	}
	a.sweepWake = a.newWake()
	for _, platform := range p.Platforms {
		a.platforms[platform.Name()] = platform
	}
	a.router = bot.NewRouter(bot.RouterConfig{People: a.people, Clock: p.Clock, Random: p.Random, Log: p.Log, Watch: a.watch, Slash: p.Slash})
	store := courierstore.New(p.DB)
	a.limiter = courier.NewLimiter(p.Clock, p.Platforms)
	a.courier = courier.New(courier.Config{
		Store: store, Platforms: p.Platforms, Limiter: a.limiter, Render: a.router.View, Clock: p.Clock, Random: p.Random,
		Log: p.Log, Zone: p.Organisation.Zone, Wake: a.newWake(), Quiet: p.Quiet, Holidays: a.holidays,
	})
	a.schedules = kernelstore.NewSchedules(p.DB)
	a.scheduler = schedule.New(schedule.Config{Clock: p.Clock, Store: a.schedules, Log: p.Log, Wake: a.newWake(), Poll: time.Second})
	a.meters.registry.MustRegister(newQueueMeter(a))
	if err := a.addFeatures(ctx, p); err != nil {
		return nil, err
	}
	if err := a.settle(ctx, p); err != nil {
		return nil, err
	}
	return a, nil
}

func (a *App) newWake() chan struct{} {
	wake := make(chan struct{}, 1)
	a.wakes = append(a.wakes, wake)
	return wake
}

// Wake has courier, scheduler and sweeps look at once.
func (a *App) Wake() {
	for _, wake := range a.wakes {
		select {
		case wake <- struct{}{}:
		default:
		}
	}
}

// settle states what every start must find: schedules and the first leads.
func (a *App) settle(ctx context.Context, p Parts) error {
	spec, err := schedule.Parse(voices.ReleasePhrase)
	if err != nil {
		return fmt.Errorf("the release of voices: %w", err)
	}
	if _, err := a.scheduler.Set(ctx, schedule.Plan{Kind: voices.ReleaseChore, Spec: spec, Zone: a.organisation.Zone.String()}); err != nil {
		return fmt.Errorf("schedule the release of voices: %w", err)
	}
	for _, email := range p.Leads {
		if err := a.appointOnce(ctx, email); err != nil {
			return fmt.Errorf("appoint the lead %s: %w", email, err)
		}
	}
	return nil
}

// appointOnce makes somebody whom the configuration names a lead and a reader,
// the first time: what leads decide afterwards in chat stays decided.
func (a *App) appointOnce(ctx context.Context, email string) error {
	mark := "lead/appointed/" + strings.ToLower(email)
	done, err := a.installation.Setting(ctx, mark)
	if err != nil || done != "" {
		return err
	}
	if err := a.appoint(ctx, email, bot.Lead, bot.Reader); err != nil {
		return err
	}
	return a.installation.Set(ctx, mark, "yes")
}

// appoint gives a person roles, and records the person first when nobody knows
// the address yet.
func (a *App) appoint(ctx context.Context, email string, roles ...bot.Role) error {
	if _, err := a.people.Record(ctx, []bot.AccountFact{{Email: email}}); err != nil {
		return err
	}
	person, err := a.people.ByEmail(ctx, email)
	if err != nil {
		return err
	}
	return a.people.Change(ctx, person.ID, func(p *bot.Person) ([]bot.Delivery, error) {
		for _, role := range roles {
			if !p.Has(role) {
				p.Roles = append(p.Roles, role)
			}
		}
		return nil, nil
	})
}

// watch counts a call and notes, at most once a week for each person, that the
// bot is used: who never does is hardly ever written to first.
func (a *App) watch(call bot.Call) {
	a.meters.command(call)
	if call.Actor.Person == "" || call.Err != nil {
		return
	}
	year, week := a.clock.Now().ISOWeek()
	mark := [2]int{year, week}
	if known, _ := a.used.Swap(call.Actor.Person, mark); known == mark {
		return
	}
	// Not in the caller's time: it is no part of the answer.
	a.background.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := a.courier.Used(ctx, call.Actor.Person); err != nil {
			a.log.Warn("it could not be noted that somebody uses the bot", "error", err)
		}
	})
}

// Do answers a request from any surface.
func (a *App) Do(ctx context.Context, in bot.Invocation) bot.Reply {
	defer a.Wake()
	return a.router.Do(ctx, in)
}

// Hear takes what was seen in chat. Links and reactions count only where a lead
// lets them be read. After an error the same batch may come again.
func (a *App) Hear(ctx context.Context, batch []bot.Sighting) error {
	heard, err := a.audible(ctx, batch)
	if err != nil {
		return err
	}
	defer a.Wake()
	for _, ear := range a.ears {
		whispers, err := ear.Hear(ctx, heard)
		if err != nil {
			return fmt.Errorf("ear %s: %w", ear.Name, err)
		}
		for _, whisper := range whispers {
			a.whisper(ctx, whisper)
		}
	}
	for _, seen := range heard {
		a.meters.heard.WithLabelValues(string(seen.Kind)).Inc()
	}
	return nil
}

// audible keeps what may be heard: everything in watched places, and the bot's
// own coming and going everywhere. Deletions are always heard, so that a link
// leaves also after its place is no longer watched.
func (a *App) audible(ctx context.Context, batch []bot.Sighting) ([]bot.Sighting, error) {
	watched := map[bot.PlaceID]bool{}
	var heard []bot.Sighting
	for _, seen := range batch {
		id := seen.Message.Place
		on, known := watched[id]
		if !known {
			place, err := a.places.Place(ctx, id)
			if err != nil && !errors.Is(err, bot.ErrNotFound) {
				return nil, err
			}
			on = place.Watched
			watched[id] = on
		}
		if on || seen.Kind == bot.Joined || seen.Kind == bot.Left || seen.Kind == bot.Deleted {
			heard = append(heard, seen)
		}
	}
	return heard, nil
}

// whisper is best effort: nobody is told when it fails.
func (a *App) whisper(ctx context.Context, whisper bot.Whisper) {
	whisperer, ok := a.platforms[whisper.Place.Platform()].(bot.Whisperer)
	if !ok {
		return
	}
	if err := whisperer.Whisper(ctx, whisper); err != nil {
		a.log.Debug("a hint was not shown", "error", err)
	}
}

// Run sends what is due, keeps schedules and sweeps, until ctx ends; then it
// lets what is in flight finish.
func (a *App) Run(ctx context.Context) error { return a.runBound(ctx, nil) }

// runBound is Run; bound is closed, if there is one, as soon as the database is
// known to belong to the accounts that the bot has.
func (a *App) runBound(ctx context.Context, bound chan<- struct{}) error {
	for name := range a.platforms {
		if err := a.courier.Bind(ctx, name, a.accounts[name]); err != nil {
			return err
		}
	}
	if bound != nil {
		close(bound)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var group sync.WaitGroup
	failures := make(chan error, 3)
	start := func(name string, run func(context.Context) error) {
		group.Go(func() {
			if err := run(ctx); err != nil && !errors.Is(err, context.Canceled) {
				failures <- fmt.Errorf("%s stopped: %w", name, err)
				cancel()
			}
		})
	}
	start("the courier", a.courier.Run)
	start("the scheduler", a.scheduler.Run)
	start("the sweeps", a.sweep)
	group.Wait()
	a.background.Wait()
	close(failures)
	var all []error
	for err := range failures {
		all = append(all, err)
	}
	return errors.Join(all...)
}

// sweepPause bounds how long a sweep sleeps, so that a clock that was set is
// noticed; a wake ends it at once.
const sweepPause = 5 * time.Second

func (a *App) sweep(ctx context.Context) error {
	for {
		pause := sweepPause
		for _, sweep := range a.sweeps {
			next, err := sweep.Run(ctx)
			if err != nil && ctx.Err() == nil {
				a.log.Error("a sweep failed and will be tried again", "sweep", sweep.Name, "error", err)
				continue
			}
			if !next.IsZero() {
				pause = min(pause, max(next.Sub(a.clock.Now()), 0)+10*time.Millisecond)
			}
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-a.sweepWake:
			timer.Stop()
		case <-timer.C:
		}
	}
}
