package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"

	"evangelist/bot"
)

// groupLimit is how many requests share one commit at most.
const groupLimit = 128

// checkpointAfter is how much work (statements and rows) goes into the WAL before
// it is copied into the database file.
const checkpointAfter = 2000

// request states
const (
	waiting int32 = iota
	running
	abandoned
)

type request struct {
	ctx   context.Context
	fn    func(*Tx) error
	bare  bool // runs outside a transaction, with the connection for itself
	state atomic.Int32
	err   error
	told  bool // the caller has its answer
	done  chan error
}

func (r *request) answer(err error) {
	if !r.told {
		r.told = true
		r.done <- err
	}
}

// writer owns the one SQLite connection that changes the file. Its goroutine
// gathers the requests that wait, runs each in a savepoint, commits once and
// answers all of them.
type writer struct {
	conn  *conn
	log   *slog.Logger
	queue chan *request
	gate  sync.RWMutex // held for reading while a request is being queued
	shut  bool
	ended chan struct{}
	stop  atomic.Pointer[error] // why nothing is written any more
	begin string
	wal   bool
	// sync is COMMIT; tests put a failing disk in its place.
	sync func() error
}

func newWriter(c *conn, wal bool, log *slog.Logger) *writer {
	w := &writer{
		conn: c, log: log, wal: wal, begin: "BEGIN IMMEDIATE",
		queue: make(chan *request, groupLimit),
		ended: make(chan struct{}),
		sync:  func() error { return c.control("COMMIT") },
	}
	go w.run(nil)
	return w
}

// do runs fn in a transaction together with others that wait, and returns when
// it is on the disk, or its own error.
func (w *writer) do(ctx context.Context, bare bool, fn func(*Tx) error) error {
	r := &request{ctx: ctx, fn: fn, bare: bare, done: make(chan error, 1)}
	if err := w.enqueue(r); err != nil {
		return err
	}
	select {
	case err := <-r.done:
		return err
	case <-ctx.Done():
		if r.state.CompareAndSwap(waiting, abandoned) {
			return ctx.Err()
		}
		return <-r.done
	}
}

func (w *writer) enqueue(r *request) error {
	w.gate.RLock()
	defer w.gate.RUnlock()
	if w.shut {
		return ErrClosed
	}
	select {
	case w.queue <- r:
		return nil
	case <-r.ctx.Done():
		return r.ctx.Err()
	}
}

// close lets what was queued finish, then ends the goroutine.
func (w *writer) close() {
	w.gate.Lock()
	already := w.shut
	w.shut = true
	if !already {
		close(w.queue)
	}
	w.gate.Unlock()
	<-w.ended
}

// run answers requests until the queue is closed. A function that ends its
// goroutine (as t.FailNow does) ends this one: a new one takes over what is left.
func (w *writer) run(left []*request) {
	var current []*request
	finished := false
	defer func() {
		if finished {
			close(w.ended)
			return
		}
		w.conn.rollback()
		again := []*request{}
		for _, r := range current {
			if errors.Is(r.err, errGone) {
				r.answer(errGone)
			} else if !r.told {
				again = append(again, r)
			}
		}
		go w.run(again)
	}()
	if len(left) > 0 {
		current = left
		w.group(left)
	}
	for first := range w.queue {
		current = w.gather(first)
		w.group(current)
		w.checkpoint(checkpointAfter)
	}
	finished = true
}

var errGone = errors.New("the function that was to change the database ended its goroutine; nothing was changed")

func (w *writer) gather(first *request) []*request {
	group := make([]*request, 0, 8)
	take := func(r *request) {
		if r.state.CompareAndSwap(waiting, running) {
			group = append(group, r)
		}
	}
	take(first)
	for len(group) < groupLimit {
		select {
		case r, open := <-w.queue:
			if !open {
				return group
			}
			take(r)
		default:
			return group
		}
	}
	return group
}

// group commits all requests at once; when anything but a request's own failure
// comes in between, each is repeated by itself, so that one cannot hurt another.
func (w *writer) group(group []*request) {
	bare := false
	for _, r := range group {
		bare = bare || r.bare
	}
	if len(group) < 2 || bare || !w.together(group, false) && !w.together(group, true) {
		for _, r := range group {
			w.alone(r)
		}
	}
}

// together commits a group and says whether every request of it was answered.
// At first it goes without savepoints, which cost as much as a small insert; the
// first failure undoes the group, and careful repeats it with one for each.
func (w *writer) together(group []*request, careful bool) bool {
	if w.stopped() != nil || w.conn.control(w.begin) != nil {
		return false
	}
	whole := true
	for _, r := range group {
		if careful {
			whole = w.inside(r)
		} else {
			w.call(r)
			whole = r.err == nil
		}
		if !whole {
			break
		}
	}
	if !whole {
		w.conn.rollback()
		return false
	}
	if err := w.sync(); err != nil {
		w.conn.rollback()
		if !w.poison(err) {
			return false
		}
		err = fmt.Errorf("%w (%w)", ErrUnknown, *w.stop.Load())
		for _, r := range group {
			r.answer(err)
		}
		return true
	}
	for _, r := range group {
		r.answer(r.err)
	}
	return true
}

// inside runs a request in a savepoint; false means that the group is lost.
func (w *writer) inside(r *request) bool {
	if err := w.conn.control("SAVEPOINT request"); err != nil {
		return false
	}
	w.call(r)
	if r.err != nil {
		if err := w.conn.control("ROLLBACK TO request"); err != nil {
			return false
		}
	}
	return w.conn.control("RELEASE request") == nil
}

// alone runs a request in a transaction of its own and answers it.
func (w *writer) alone(r *request) {
	r.answer(w.transaction(r))
}

func (w *writer) transaction(r *request) error {
	if err := w.stopped(); err != nil {
		return err
	}
	if r.bare {
		w.call(r)
		w.poison(r.err)
		return sentence(r.err)
	}
	if err := w.conn.control(w.begin); err != nil {
		w.poison(err)
		return sentence(err)
	}
	if w.call(r); r.err != nil {
		w.conn.rollback()
		w.poison(r.err)
		return r.err
	}
	if err := w.sync(); err != nil {
		w.conn.rollback()
		if w.poison(err) {
			return fmt.Errorf("%w (%w)", ErrUnknown, *w.stop.Load())
		}
		return sentence(err)
	}
	return nil
}

// call runs the request's function and sets its err.
func (w *writer) call(r *request) {
	if r.err = r.ctx.Err(); r.err != nil {
		return
	}
	tx := &Tx{lite: w.conn, write: true}
	r.err = errGone
	defer func() { r.err = tx.finish(r.err) }()
	r.err = guard(func() error { return r.fn(tx) })
}

// guard turns a panic in fn into an error.
func guard(fn func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = bot.Panicked(v, "a transaction")
		}
	}()
	return fn()
}

// poison stops all writing when err demands it and says whether it did.
func (w *writer) poison(err error) bool {
	if !stopsWriting(err) {
		return false
	}
	why := fmt.Errorf("%w (%w)", ErrStopped, err)
	if w.stop.CompareAndSwap(nil, &why) {
		w.log.Error("the database stops writing", "error", err)
	}
	return true
}

func (w *writer) stopped() error {
	if why := w.stop.Load(); why != nil {
		return *why
	}
	return nil
}

// checkpoint copies the WAL into the file once enough work has gathered. It is
// done here, after the callers were answered, and not by SQLite inside a commit,
// which would not say when the disk failed.
func (w *writer) checkpoint(after int64) {
	if !w.wal || w.conn.work < after || w.stopped() != nil {
		return
	}
	w.conn.work = 0
	if err := w.conn.control("PRAGMA wal_checkpoint(PASSIVE)"); err != nil && !w.poison(err) {
		w.log.Warn("the write-ahead log could not be emptied; it will be tried again", "error", err)
	}
}
