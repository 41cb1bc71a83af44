package courier

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"evangelist/bot"
)

// Names of the settings of the installation.
const (
	keySetting   = "courier.key"
	epochSetting = "courier.epoch"
	boundSetting = "courier.bound."
)

// afterRestore is how long after a restore every delivery is looked for before
// it is first sent: what is created anew may have been sent by the time line
// that was lost.
const afterRestore = 7 * 24 * time.Hour

// freshCards is how old a card may be to be drawn anew after a restore.
const freshCards = 30 * 24 * time.Hour

// epoch is a time line that began with a restore. The zero value is the first.
type epoch struct {
	Backup   time.Time `json:"backup"`   // when the backup was taken
	Restored time.Time `json:"restored"` // when it was put in place
}

// load reads the key of part ids, made at the first start, and the epoch.
func (c *Courier) load(ctx context.Context) error {
	fresh := make([]byte, 32)
	if _, err := io.ReadFull(c.Random, fresh); err != nil {
		return fmt.Errorf("make the installation's key: %w", err)
	}
	text, err := c.Store.Register.Settle(ctx, keySetting, hex.EncodeToString(fresh), false)
	if err != nil {
		return fmt.Errorf("read the installation's key: %w", err)
	}
	key, err := hex.DecodeString(text)
	if err != nil || len(key) != 32 {
		return fmt.Errorf("the setting %s in the table installation is damaged; restore a backup", keySetting)
	}
	var e epoch
	text, err = c.Store.Register.Setting(ctx, epochSetting)
	if err == nil && text != "" {
		err = json.Unmarshal([]byte(text), &e)
	}
	if err != nil {
		return fmt.Errorf("read when the database was restored: %w", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.key, c.epoch = key, e
	return nil
}

// BeginEpoch is called once after a backup was put in place, before anything is
// sent. Whatever is not sent, as far as the backup knows, becomes unknown since
// the backup was taken: it is looked for where that is possible, and held for a
// human elsewhere. The same holds for deliveries created in the week after,
// which may repeat what the lost time line sent. Cards are drawn anew. Calling it
// again with the same backup is harmless.
func (c *Courier) BeginEpoch(ctx context.Context, backupTakenAt time.Time) error {
	now := c.Clock.Now()
	e := epoch{Backup: backupTakenAt.UTC(), Restored: now}
	text, err := json.Marshal(e)
	if err != nil {
		return err
	}
	if _, err := c.Store.Register.Settle(ctx, epochSetting, string(text), true); err != nil {
		return fmt.Errorf("note the restore: %w", err)
	}
	if _, err := c.Store.Upkeep.Doubt(ctx, now, e.Backup, e.Backup.Add(-freshCards)); err != nil {
		return fmt.Errorf("mark deliveries as unknown: %w", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.epoch = e
	return nil
}

// doubt returns since when a delivery that was never attempted on this time line
// may have been sent on a lost one; zero: it cannot have been, or nobody could
// look and it is of a class that is worth more than the doubt.
func (c *Courier) doubt(it *Item, can ability) time.Time {
	if !it.Doubt.IsZero() {
		return it.Doubt
	}
	c.mu.Lock()
	e := c.epoch
	c.mu.Unlock()
	if e.Restored.IsZero() || c.Clock.Now().After(e.Restored.Add(afterRestore)) {
		return time.Time{}
	}
	overlaps := it.Created.Before(e.Restored) || !it.NotBefore.IsZero() && it.NotBefore.Before(e.Restored)
	if can.find || overlaps || it.Class == bot.Edition {
		return e.Backup
	}
	return time.Time{}
}

// Bind ties the database to the account that the bot runs as on a platform, the
// first time; later it refuses any other account, so that a copy of the database
// elsewhere sends nothing. It is called for every platform before Run.
func (c *Courier) Bind(ctx context.Context, platform string, account bot.AccountID) error {
	return c.bind(ctx, platform, account, false)
}

// Rebind moves the database to another bot account, which an operator does
// deliberately when the bot was installed anew.
func (c *Courier) Rebind(ctx context.Context, platform string, account bot.AccountID) error {
	return c.bind(ctx, platform, account, true)
}

func (c *Courier) bind(ctx context.Context, platform string, account bot.AccountID, replace bool) error {
	if account == "" {
		return &bot.Error{Code: "not-bound", Say: "The bot's own account on " + platform + " is not known, so nothing is sent.",
			Hint: "check the token of " + platform + " with: evangelist doctor --online"}
	}
	stored, err := c.Store.Register.Settle(ctx, boundSetting+platform, string(account), replace)
	if err != nil {
		return fmt.Errorf("read which bot account the database belongs to: %w", err)
	}
	if stored != string(account) {
		return &bot.Error{Code: "bound-elsewhere",
			Say:  "This database belongs to another bot account on " + platform + ", so nothing is sent from here.",
			Hint: fmt.Sprintf("it is bound to %s and this program runs as %s: use the database of this installation, or the other account's token", stored, account)}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.bound[platform] = true
	return nil
}
