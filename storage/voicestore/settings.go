package voicestore

import (
	"context"

	"evangelist/bot"
	"evangelist/bot/voices"
	"evangelist/storage/internal/cache"
	"evangelist/storage/internal/engine"
)

// Settings implements voices.SettingsStore.
type Settings struct {
	db    *engine.DB
	clock bot.Clock
	kept  cache.Cache[struct{}, voices.Settings]
}

// NewSettings returns the settings in db.
func NewSettings(db *engine.DB, clock bot.Clock) *Settings { return &Settings{db: db, clock: clock} }

const settingsKey = "reading team"

// Get implements voices.SettingsStore. The settings may be a second old where
// several replicas write.
func (s *Settings) Get(ctx context.Context) (voices.Settings, error) {
	return s.kept.Through(struct{}{}, s.clock.Now(), func() (kept voices.Settings, err error) {
		err = s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) error {
			kept, err = settings(ctx, tx)
			return err
		})
		return kept, err
	})
}

// Change implements voices.SettingsStore.
func (s *Settings) Change(ctx context.Context, rule func(*voices.Settings) error) error {
	defer s.kept.Forget()
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		kept, err := settings(ctx, tx)
		if err != nil {
			return err
		}
		if err := rule(&kept); err != nil {
			return err
		}
		text, err := engine.ToJSON(kept)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO voice_settings (key, value) VALUES ($1, $2)
			ON CONFLICT (key) DO UPDATE SET value = excluded.value`, settingsKey, text)
		return err
	})
}

func settings(ctx context.Context, tx *engine.Tx) (voices.Settings, error) {
	text, _, err := engine.One(ctx, tx, engine.Value[string], "SELECT value FROM voice_settings WHERE key = $1", settingsKey)
	if err != nil {
		return voices.Settings{}, err
	}
	return engine.FromJSON[voices.Settings](text)
}
