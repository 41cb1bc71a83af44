package connector

// Settle returns when no request for a token is under way.
func (t *Tokens) Settle() {
	t.mu.Lock()
	running := t.running
	t.mu.Unlock()
	if running != nil {
		<-running
	}
}
