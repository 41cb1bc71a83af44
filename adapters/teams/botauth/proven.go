package botauth

import (
	"crypto/rsa"
	"crypto/sha256"
	"sync"
)

// mostProven bounds what is remembered; a service uses a few tokens at a time.
const mostProven = 1024

// proven remembers tokens whose signature was verified, by a hash: the service
// comes with the same one for about an hour. Only the signature is not looked at
// again, and that for as long as the very key is published that verified it.
type proven struct {
	mu     sync.Mutex
	tokens map[[sha256.Size]byte]proof
}

type proof struct {
	said   claims
	kid    string
	public *rsa.PublicKey
}

func (p *proven) get(sum [sha256.Size]byte) (proof, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	known, ok := p.tokens[sum]
	return known, ok
}

func (p *proven) keep(sum [sha256.Size]byte, known proof) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.tokens == nil || len(p.tokens) >= mostProven {
		p.tokens = map[[sha256.Size]byte]proof{}
	}
	p.tokens[sum] = known
}
