package courier

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"time"

	"evangelist/bot"
)

// draft is what the first claim decides: where to, through whom, in which parts.
type draft struct {
	platform string
	place    bot.PlaceID
	under    string
	parts    []Part
	rendered int64
}

// apply writes the draft into a delivery of which no copy can exist yet.
func (d *draft) apply(it *Item) {
	if d == nil || it.begun() {
		return
	}
	it.Platform, it.Place, it.Under, it.Rendered = d.platform, d.place, d.under, d.rendered
	for i := range it.Parts {
		if i >= len(d.parts) {
			it.Parts[i].State, it.Parts[i].Payload = Gone, nil
		}
	}
	for i, part := range d.parts {
		if i < len(it.Parts) {
			it.Parts[i] = part
		} else {
			it.Parts = append(it.Parts, part)
		}
	}
}

// settled is an end that is decided before anything is sent.
type settled struct {
	state State
	note  string
}

func (s settled) Error() string { return string(s.state) + ": " + s.note }

// prepare decides all that the first claim fixes. A settled error ends the
// delivery; any other error means that it is to be tried again later.
func (c *Courier) prepare(ctx context.Context, it *Item, readers []Reader) (*draft, error) {
	d := &draft{}
	platform, place, err := c.address(ctx, it, readers)
	if err != nil {
		return nil, err
	}
	d.platform, d.place = platform.Name(), place
	if d.under, err = c.thread(ctx, it, place); err != nil {
		return nil, err
	}
	message, version, err := c.compose(ctx, it)
	if errors.Is(err, bot.ErrNotFound) {
		return nil, settled{Dropped, "what it shows is gone"}
	}
	if err != nil {
		return nil, err
	}
	d.rendered = version
	rendered, err := c.render(platform, message)
	if err != nil {
		return nil, err
	}
	since := c.doubt(it, abilityOf(platform))
	for i, part := range rendered {
		d.parts = append(d.parts, c.part(it, i, part, since))
	}
	return d, nil
}

func (c *Courier) part(it *Item, i int, rendered bot.Part, since time.Time) Part {
	part := Part{N: int64(i) + 1, ID: c.partID(it.Key, i+1), State: Waiting, Since: since,
		Payload: rendered.Payload, Hash: hashOf(rendered.Payload)}
	if it.To.Place != "" {
		part.Words = rendered.Text
	}
	return part
}

// partID marks part n of a delivery: the same for the same key on the same
// installation, and telling nothing to others.
func (c *Courier) partID(key string, n int) string {
	c.mu.Lock()
	mac := hmac.New(sha256.New, c.key)
	c.mu.Unlock()
	mac.Write([]byte(key + "\x00" + strconv.Itoa(n)))
	return hex.EncodeToString(mac.Sum(nil))[:32]
}

func hashOf(payload []byte) string {
	sum := sha256.Sum256(payload)
	return hex.EncodeToString(sum[:])
}

// compose returns the message as it is now, and for a view the version that it
// shows: never less than what was wanted when the delivery was read, since that
// was committed before.
func (c *Courier) compose(ctx context.Context, it *Item) (message bot.Message, version int64, err error) {
	switch {
	case it.Frozen != nil:
		message = *it.Frozen
	case c.Render == nil:
		return message, 0, errors.New("no views can be drawn here")
	default:
		err = guard(func() error {
			message, version, err = c.Render(ctx, *it.View)
			return err
		})
		if err != nil {
			return message, 0, fmt.Errorf("draw the %s: %w", it.View.Kind, err)
		}
		version = max(version, it.View.Version)
	}
	if it.Class == bot.Nudge {
		message = withChoice(message)
	}
	return message, version, nil
}

func (c *Courier) render(platform bot.Platform, message bot.Message) (parts []bot.Part, err error) {
	err = guard(func() error {
		parts, err = platform.Render(message)
		return err
	})
	if err == nil && len(parts) == 0 {
		err = errors.New("the message has no parts")
	}
	return parts, err
}

// thread returns the native id of the message that the delivery stands under.
func (c *Courier) thread(ctx context.Context, it *Item, place bot.PlaceID) (string, error) {
	if it.Thread == "" {
		return "", nil
	}
	parent, err := c.Store.Queue.Get(ctx, it.Thread)
	if errors.Is(err, bot.ErrNotFound) {
		return "", settled{Failed, "The message that this one answers does not exist. If it should be posted all the same, choose: post again."}
	}
	if err != nil {
		return "", err
	}
	switch {
	case parent.State == Dropped || parent.State == Unreachable:
		return "", settled{Dropped, "the message that it answers was not sent"}
	case parent.Place != place || len(parent.Parts) == 0:
		return "", nil
	}
	return parent.Parts[0].Ref, nil
}

// readers reads the addressees. Of a group those who are still here get it, so that
// one who leaves does not silence the others; a delivery whose addressees are not
// known any more ends.
func (c *Courier) readers(ctx context.Context, it *Item) ([]Reader, error) {
	var all, here []Reader
	for _, id := range it.Persons() {
		reader, err := c.Store.Register.Reader(ctx, id)
		if errors.Is(err, bot.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, reader)
		if !reader.Person.Inactive {
			here = append(here, reader)
		}
	}
	switch {
	case len(all) == 0 && len(it.Persons()) > 0:
		return nil, settled{Unreachable, "This person is not known any more."}
	case len(here) > 0:
		return here, nil
	}
	return all, nil
}
