package export

import (
	"context"
	"runtime"
	"sync"

	"evangelist/adapters/slack/mrkdwn/jsonscan"
)

// Some files are unpacked at the same time, a few pieces ahead of whoever
// takes them; so memory is bounded by the pieces and not by the files.
const (
	maxWorkers = 8
	maxAhead   = 2 // pieces of one file
)

type job struct {
	day    day
	pieces chan chunk // closed when the file is done
	err    error      // set before pieces is closed
}

type work func(ctx context.Context, r *dayReader, emit func(chunk) error) error

// pipeline works on the days at the same time and takes their pieces in order.
// The error is that of the first day that has one, or of take. When it returns
// no work is left running.
func (a *archive) pipeline(ctx context.Context, dir *directory, do work, take func(day, chunk) error) error {
	workers := min(runtime.GOMAXPROCS(0), maxWorkers)
	inner, cancel := context.WithCancel(ctx)
	queue, ordered := make(chan *job), make(chan *job, workers)
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel()
	running.Go(func() {
		defer close(queue)
		defer close(ordered)
		for _, d := range dir.days {
			j := &job{day: d, pieces: make(chan chunk, maxAhead)}
			for _, next := range [...]chan<- *job{ordered, queue} {
				select {
				case next <- j:
				case <-inner.Done():
					return
				}
			}
		}
	})
	for range workers {
		running.Go(func() {
			r := dayReader{archive: a, dir: dir, stream: jsonscan.NewStream(nil, maxEntry)}
			for j := range queue {
				r.day = j.day
				j.err = do(inner, &r, func(c chunk) error {
					select {
					case j.pieces <- c:
						return nil
					case <-inner.Done():
						return inner.Err()
					}
				})
				close(j.pieces)
			}
		})
	}
	for j := range ordered {
		if err := drain(ctx, j, take); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func drain(ctx context.Context, j *job, take func(day, chunk) error) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case c, more := <-j.pieces:
			if !more {
				return j.err
			}
			if err := take(j.day, c); err != nil {
				return err
			}
		}
	}
}
