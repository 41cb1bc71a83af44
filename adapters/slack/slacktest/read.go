package slacktest

import "slices"

// Messages returns what stands in a channel, replies in threads too, the oldest
// first. channel is an id or a name.
func (s *Server) Messages(channel string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.anyRoom(channel)
	if r == nil {
		return nil
	}
	var out []Message
	for _, m := range r.messages {
		if !m.gone {
			out = append(out, m.copy())
		}
	}
	return out
}

// BotMessages returns the bot's own among Messages.
func (s *Server) BotMessages(channel string) []Message {
	return slices.DeleteFunc(s.Messages(channel), func(m Message) bool { return m.BotID != s.cfg.BotID })
}

// anyRoom finds a room by id or name, also one that the bot does not see.
func (s *Server) anyRoom(channel string) *room {
	if r, ok := s.rooms[channel]; ok {
		return r
	}
	for _, id := range s.roomOrder {
		if r := s.rooms[id]; r.Name == channel && channel != "" {
			return r
		}
	}
	return nil
}

// Message returns a message that stands, or one that somebody alone sees.
func (s *Server) Message(channel, ts string) (Message, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.anyRoom(channel)
	if r == nil {
		return Message{}, false
	}
	if m := r.find(ts); m != nil {
		return m.copy(), true
	}
	for _, m := range s.ephemerals {
		if m.Channel == r.ID && m.TS == ts && !m.gone {
			return m.copy(), true
		}
	}
	return Message{}, false
}

// Direct returns the id of the chat between somebody and the bot, which is opened
// if need be.
func (s *Server) Direct(user string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.direct(user).ID
}

// Channel returns a channel by id or name.
func (s *Server) Channel(channel string) (Channel, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.anyRoom(channel)
	if r == nil {
		return Channel{}, false
	}
	out := r.Channel
	out.Members, out.With = slices.Clone(r.Members), slices.Clone(r.With)
	return out, true
}

// Channels returns all conversations, in the order in which they were made.
func (s *Server) Channels() []Channel {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Channel, 0, len(s.roomOrder))
	for _, id := range s.roomOrder {
		r := s.rooms[id]
		c := r.Channel
		c.Members, c.With = slices.Clone(r.Members), slices.Clone(r.With)
		out = append(out, c)
	}
	return out
}

// Users returns all accounts, Slackbot and the bot among them.
func (s *Server) Users() []User {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]User, 0, len(s.userOrder))
	for _, id := range s.userOrder {
		out = append(out, *s.users[id])
	}
	return out
}

// User returns an account.
func (s *Server) User(id string) (User, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, ok := s.users[id]
	if !ok {
		return User{}, false
	}
	return *u, true
}
