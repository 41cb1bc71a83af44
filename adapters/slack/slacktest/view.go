package slacktest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"evangelist/adapters/slack/slacktest/kit"
)

// The limits of views.
const (
	mostViewBlocks  = 100
	longestTitle    = 24
	longestMetadata = 3000
	longestID       = 255
	largestView     = 250 << 10
	mostViews       = 3
)

// View is a modal or a home page as it is shown.
type View struct {
	ID, RootID, PreviousID, ExternalID string
	CallbackID                         string
	Type                               string // "modal" or "home"
	Hash                               string
	Title, SubmitLabel, CloseLabel     string
	PrivateMetadata                    string
	Blocks                             json.RawMessage
	Errors                             map[string]string // block_id, sentence
	NotifyOnClose, ClearOnClose        bool
	// State is what stands in the inputs, as it would be sent: state.values.
	State json.RawMessage
}

// Shown is what somebody reads in the view, the title first.
func (v View) Shown() string {
	if v.Title == "" {
		return kit.Text(v.Blocks)
	}
	return v.Title + "\n" + kit.Text(v.Blocks)
}

// Buttons lists the labels of the buttons in the view.
func (v View) Buttons() []string { return kit.Labels(v.Blocks) }

// Inputs lists the block_ids of the inputs.
func (v View) Inputs() []string { return kit.Inputs(v.Blocks) }

type view struct {
	View
	source obj
	user   string
	values kit.Values
}

func (v *view) copy() View {
	out := v.View
	out.Errors = maps.Clone(v.Errors)
	out.State, _ = marshal(v.values) // made of what was read as JSON
	return out
}

// viewJSON is a view as the API and payloads show it.
func (s *Server) viewJSON(v *view) obj {
	out := obj{
		"id": v.ID, "team_id": s.users[v.user].Team, "type": v.Type, "blocks": v.Blocks, "private_metadata": v.PrivateMetadata,
		"callback_id": v.CallbackID, "external_id": v.ExternalID, "state": obj{"values": v.values}, "hash": v.Hash,
		"clear_on_close": v.ClearOnClose, "notify_on_close": v.NotifyOnClose, "root_view_id": v.RootID, "previous_view_id": nil,
		"app_id": s.cfg.AppID, "app_installed_team_id": s.cfg.Team, "bot_id": s.cfg.BotID, "title": v.source["title"],
		"close": v.source["close"], "submit": v.source["submit"],
	}
	if v.PreviousID != "" {
		out["previous_view_id"] = v.PreviousID
	}
	if v.Type == "home" {
		out["title"] = obj{"type": "plain_text", "text": "View Title", "emoji": true}
	}
	return out
}

// readView checks what the app wants to show.
func (s *Server) readView(raw string, user, kind string) (*view, *refusal) {
	var source obj
	if raw == "" || kit.Decode([]byte(raw), &source) != nil {
		return nil, refuse("invalid_arguments", "[ERROR] missing required field: view [json-pointer:/view]")
	}
	if len(raw) > largestView {
		return nil, refuse("view_too_large")
	}
	if wrong := s.viewFaults(source, raw, kind); len(wrong) > 0 {
		return nil, refuse("invalid_arguments", wrong...)
	}
	rawBlocks, err := marshal(source["blocks"])
	if err != nil {
		return nil, refuse("invalid_arguments")
	}
	blocks, err := kit.Number(rawBlocks, func() string { return s.hex(5) })
	if err != nil {
		return nil, refuse("invalid_arguments", "[ERROR] must provide an array [json-pointer:/view/blocks]")
	}
	v := &view{source: source, user: user, View: View{
		Type: kind, CallbackID: kit.Str(source, "callback_id"), ExternalID: kit.Str(source, "external_id"), Title: plain(source["title"]),
		SubmitLabel: plain(source["submit"]), CloseLabel: plain(source["close"]), PrivateMetadata: kit.Str(source, "private_metadata"), Blocks: blocks,
	}}
	v.NotifyOnClose, _ = source["notify_on_close"].(bool)
	v.ClearOnClose, _ = source["clear_on_close"].(bool)
	v.Hash = fmt.Sprintf("%d.%s", s.now().Unix(), s.hex(8))
	return v, nil
}

func plain(value any) string {
	text, ok := value.(obj)
	if !ok {
		return ""
	}
	return kit.Str(text, "text")
}

// viewFaults says what is wrong with a view.
func (s *Server) viewFaults(source obj, raw, kind string) []string {
	var wrong []string
	say := func(format string, args ...any) { wrong = append(wrong, "[ERROR] "+fmt.Sprintf(format, args...)) }
	if got := kit.Str(source, "type"); got != kind {
		say("type %q is not allowed here [json-pointer:/view/type]", got)
	}
	list, ok := source["blocks"].([]any)
	if !ok {
		say("missing required field: blocks [json-pointer:/view/blocks]")
	}
	if len(list) > mostViewBlocks {
		say("no more than %d items allowed [json-pointer:/view/blocks]", mostViewBlocks)
	}
	if kind == "modal" && plain(source["title"]) == "" {
		say("missing required field: title [json-pointer:/view/title]")
	}
	for _, name := range []string{"title", "submit", "close"} {
		if n := len([]rune(plain(source[name]))); n > longestTitle {
			say("must be less than %d characters [json-pointer:/view/%s/text]", longestTitle+1, name)
		}
	}
	for name, most := range map[string]int{"private_metadata": longestMetadata, "callback_id": longestID, "external_id": longestID} {
		if n := len([]rune(kit.Str(source, name))); n > most {
			say("must be less than %d characters [json-pointer:/view/%s]", most+1, name)
		}
	}
	blocks, err := marshal(source["blocks"])
	if err != nil {
		return wrong
	}
	if kind == "modal" && len(kit.Inputs(blocks)) > 0 && plain(source["submit"]) == "" {
		say("missing required field: submit, as there are inputs [json-pointer:/view/submit]")
	}
	wrong = append(wrong, kit.Doubled(blocks)...)
	if len(wrong) == 0 && s.cfg.Validate != nil {
		wrong = s.cfg.Validate(kind, json.RawMessage(raw))
	}
	return wrong
}

// exchange takes a trigger, once and in time.
func (s *Server) exchange(id string) (*trigger, *refusal) {
	if id == "" {
		return nil, refuse("invalid_arguments", "[ERROR] missing required field: trigger_id [json-pointer:/trigger_id]")
	}
	t, ok := s.triggers[id]
	switch {
	case !ok:
		return nil, refuse("invalid_trigger_id")
	case t.used:
		return nil, refuse("exchanged_trigger_id")
	case s.now().Sub(t.made) > s.cfg.TriggerLife:
		return nil, refuse("expired_trigger_id")
	}
	return t, nil
}

// newTrigger makes a trigger for somebody; view is what was in front of them.
func (s *Server) newTrigger(user, view string) string {
	id := fmt.Sprintf("%d.%d.%s", 1_000_000_000+s.chance.IntN(8_999_999_999), 1_000_000_000+s.chance.IntN(8_999_999_999), s.hex(32))
	s.triggers[id] = &trigger{user: user, made: s.now(), view: view}
	return id
}

// settle gives a fresh view its id and its values and takes its external id.
func (s *Server) settle(v *view, before kit.Values) *refusal {
	if v.ExternalID != "" {
		if owner, taken := s.external[v.ExternalID]; taken && owner != v.ID {
			return refuse("duplicate_external_id")
		}
	}
	if v.ID == "" {
		v.ID = s.id("V")
	}
	if v.RootID == "" {
		v.RootID = v.ID
	}
	if v.ExternalID != "" {
		s.external[v.ExternalID] = v.ID
	}
	v.values = kit.Initial(v.Blocks, before)
	s.touch()
	return nil
}

func (s *Server) viewsOpen(c *call) (obj, *refusal) {
	t, refused := s.exchange(c.args["trigger_id"])
	if refused != nil {
		return nil, refused
	}
	v, refused := s.readView(c.args["view"], t.user, "modal")
	if refused != nil {
		return nil, refused
	}
	if refused := s.settle(v, nil); refused != nil {
		return nil, refused
	}
	t.used = true
	s.desk(t.user).stack = []*view{v}
	return obj{"view": s.viewJSON(v)}, nil
}

func (s *Server) viewsPush(c *call) (obj, *refusal) {
	t, refused := s.exchange(c.args["trigger_id"])
	if refused != nil {
		return nil, refused
	}
	d := s.desk(t.user)
	if t.view == "" || !slices.ContainsFunc(d.stack, func(v *view) bool { return v.ID == t.view }) {
		return nil, refuse("not_found")
	}
	v, refused := s.readView(c.args["view"], t.user, "modal")
	if refused != nil {
		return nil, refused
	}
	if refused := s.push(d, v); refused != nil {
		return nil, refused
	}
	t.used = true
	return obj{"view": s.viewJSON(v)}, nil
}

func (s *Server) push(d *desk, v *view) *refusal {
	if len(d.stack) >= mostViews {
		return refuse("push_limit_reached")
	}
	front := d.stack[len(d.stack)-1]
	v.RootID, v.PreviousID = front.RootID, front.ID
	if refused := s.settle(v, nil); refused != nil {
		return refused
	}
	d.stack = append(d.stack, v)
	return nil
}

// openView finds a view that is open, by id.
func (s *Server) openView(id string) (d *desk, at int, v *view) {
	for _, d := range s.desks {
		for i, v := range d.stack {
			if v.ID == id {
				return d, i, v
			}
		}
		if d.home != nil && d.home.ID == id {
			return d, -1, d.home
		}
	}
	return nil, 0, nil
}

func (s *Server) viewsUpdate(c *call) (obj, *refusal) {
	id := c.args["view_id"]
	if id == "" {
		id = s.external[c.args["external_id"]]
	}
	d, at, old := s.openView(id)
	switch {
	case old == nil:
		return nil, refuse("not_found")
	case c.args["hash"] != "" && c.args["hash"] != old.Hash:
		return nil, refuse("hash_conflict")
	}
	v, refused := s.readView(c.args["view"], old.user, old.Type)
	if refused != nil {
		return nil, refused
	}
	if refused := s.replace(d, at, old, v); refused != nil {
		return nil, refused
	}
	return obj{"view": s.viewJSON(v)}, nil
}

// replace puts a fresh view where an old one is shown; what was typed stays in
// inputs that are the same.
func (s *Server) replace(d *desk, at int, old, v *view) *refusal {
	v.ID, v.RootID, v.PreviousID = old.ID, old.RootID, old.PreviousID
	if refused := s.settle(v, old.values); refused != nil {
		return refused
	}
	if at < 0 {
		d.home = v
	} else {
		d.stack[at] = v
	}
	return nil
}

func (s *Server) viewsPublish(c *call) (obj, *refusal) {
	u, ok := s.users[c.args["user_id"]]
	if !ok || u.Deleted {
		return nil, refuse("invalid_arguments", "[ERROR] invalid user_id [json-pointer:/user_id]")
	}
	d := s.desk(u.ID)
	if hash := c.args["hash"]; hash != "" && (d.home == nil || d.home.Hash != hash) {
		return nil, refuse("hash_conflict")
	}
	v, refused := s.readView(c.args["view"], u.ID, "home")
	if refused != nil {
		return nil, refused
	}
	if d.home != nil {
		v.ID = d.home.ID
	}
	if refused := s.settle(v, nil); refused != nil {
		return nil, refused
	}
	d.home = v
	return obj{"view": s.viewJSON(v)}, nil
}
