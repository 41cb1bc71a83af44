package botauth

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// activity is the little that must be known of a body before it is trusted.
type activity struct {
	service string
	channel string
	tenants [2]string // conversation.tenantId, channelData.tenant.id; empty: absent
}

var errActivity = errors.New("the body is not one activity with each member once")

func readActivity(body []byte) (activity, error) {
	var act activity
	members, err := pick(body, "serviceUrl", "channelId", "conversation", "channelData")
	if err != nil {
		return act, err
	}
	if err := words(members[0], &act.service); err != nil {
		return act, err
	}
	if err := words(members[1], &act.channel); err != nil {
		return act, err
	}
	if act.tenants[0], err = within(members[2], "tenantId"); err != nil {
		return act, err
	}
	tenant, err := pick(members[3], "tenant")
	if err != nil {
		return act, err
	}
	act.tenants[1], err = within(tenant[0], "id")
	return act, err
}

// tenant returns the tenant of an activity, when the places that name one agree.
func (a activity) tenant() (string, bool) {
	one, two := strings.ToLower(a.tenants[0]), strings.ToLower(a.tenants[1])
	switch {
	case one == "":
		return two, two != ""
	case two != "" && one != two:
		return "", false
	}
	return one, true
}

// within returns one text member of an object, "" when it is not there.
func within(object json.RawMessage, name string) (string, error) {
	members, err := pick(object, name)
	if err != nil {
		return "", err
	}
	var text string
	return text, words(members[0], &text)
}

func words(raw json.RawMessage, into *string) error {
	if len(raw) == 0 {
		return nil
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return errActivity
	}
	return nil
}

// pick returns the named members of a JSON object. It refuses an object that
// has one of them twice, also in other letters: another reader might take the
// other one. Nothing and null are an object without members.
func pick(object []byte, names ...string) ([]json.RawMessage, error) {
	found := make([]json.RawMessage, len(names))
	if trimmed := bytes.TrimSpace(object); len(object) == 0 || bytes.Equal(trimmed, []byte("null")) {
		return found, nil
	}
	d := json.NewDecoder(bytes.NewReader(object))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return nil, errActivity
	}
	for d.More() {
		token, err := d.Token()
		name, ok := token.(string)
		if err != nil || !ok {
			return nil, errActivity
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, errActivity
		}
		for i, wanted := range names {
			if !strings.EqualFold(name, wanted) {
				continue
			}
			if name != wanted || found[i] != nil {
				return nil, errActivity
			}
			found[i] = value
		}
	}
	if _, err := d.Token(); err != nil {
		return nil, errActivity
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errActivity
	}
	return found, nil
}
