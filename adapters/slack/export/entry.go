package export

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"time"

	"evangelist/adapters/slack/mrkdwn/jsonscan"
)

// entry is one entry of a day, looked through but not decoded.
type entry struct {
	kind, subtype            jsonscan.Value
	user, botID, username    jsonscan.Value
	userTeam, sourceTeam     jsonscan.Value
	userProfile, botProfile  jsonscan.Value
	text, blocks             jsonscan.Value
	attachments, reactions   jsonscan.Value
	message, previous        jsonscan.Value
	comment                  jsonscan.Value
	stamp, thread, deletedTS moment
}

// moment is the id of a message, which is also when it was written.
type moment struct {
	native string
	at     time.Time
}

// parse checks that v is an entry whose fields are what they should be. Errors
// are *wrong.
func parse(v jsonscan.Value) (entry, error) {
	var e entry
	if v.Kind() != jsonscan.Object {
		return e, &wrong{v, "an entry is " + string(v.Kind()) + " where an object belongs"}
	}
	var failed error
	for key, field := range v.Members() {
		name := key[1 : len(key)-1]
		if bytes.IndexByte(name, '\\') >= 0 {
			name = jsonscan.Value(key.Text())
		}
		if err := e.keep(name, field); err != nil && failed == nil {
			failed = err
		}
	}
	if failed == nil {
		failed = reactionsOf(e.reactions)
	}
	return e, failed
}

// reactionsOf checks that every reaction has a name and a list of people.
func reactionsOf(list jsonscan.Value) error {
	for reaction := range list.Elements() {
		if reaction.Kind() != jsonscan.Object {
			return &wrong{reaction, "a reaction is " + string(reaction.Kind()) + " where an object belongs"}
		}
		users := reaction.Get("users")
		if err := errors.Join(need("name", reaction.Get("name"), jsonscan.String), need("users", users, jsonscan.Array)); err != nil {
			return err
		}
		for user := range users.Elements() {
			if err := need("users", user, jsonscan.String); err != nil {
				return err
			}
		}
	}
	return nil
}

// keep notes a field, if it is one that counts.
func (e *entry) keep(name []byte, field jsonscan.Value) (err error) {
	switch string(name) {
	case "ts":
		e.stamp, err = momentOf("ts", field)
		return err
	case "thread_ts":
		e.thread, err = momentOf("thread_ts", field)
		return err
	case "deleted_ts":
		e.deletedTS, err = momentOf("deleted_ts", field)
		return err
	}
	at, kind := e.field(name)
	switch {
	case at == nil:
	case field.None():
		*at = nil
	case field.Kind() != kind:
		return need(string(name), field, kind)
	default:
		*at = field
	}
	return nil
}

// field returns where a field is kept and what it has to be.
func (e *entry) field(name []byte) (*jsonscan.Value, jsonscan.Kind) {
	switch string(name) {
	case "type":
		return &e.kind, jsonscan.String
	case "subtype":
		return &e.subtype, jsonscan.String
	case "user":
		return &e.user, jsonscan.String
	case "bot_id":
		return &e.botID, jsonscan.String
	case "username":
		return &e.username, jsonscan.String
	case "user_team":
		return &e.userTeam, jsonscan.String
	case "source_team":
		return &e.sourceTeam, jsonscan.String
	case "text":
		return &e.text, jsonscan.String
	case "blocks":
		return &e.blocks, jsonscan.Array
	case "attachments":
		return &e.attachments, jsonscan.Array
	case "reactions":
		return &e.reactions, jsonscan.Array
	case "user_profile":
		return &e.userProfile, jsonscan.Object
	case "bot_profile":
		return &e.botProfile, jsonscan.Object
	case "message":
		return &e.message, jsonscan.Object
	case "previous_message":
		return &e.previous, jsonscan.Object
	case "comment":
		return &e.comment, jsonscan.Object
	}
	return nil, ""
}

// momentOf reads a timestamp such as "1494589625.175228": seconds since 1970
// and what tells messages of one second apart, in microseconds.
func momentOf(name string, field jsonscan.Value) (moment, error) {
	var text string
	switch {
	case field.None():
		return moment{}, nil
	case field.Kind() == jsonscan.Number: // some tools drop the quotes
		text = string(field)
	case field.Kind() == jsonscan.String:
		text = field.Text()
	default:
		return moment{}, &wrong{field, "the field \"" + name + "\" is " + string(field.Kind()) + " where a time belongs"}
	}
	whole, part, _ := strings.Cut(text, ".")
	seconds, err := strconv.ParseUint(whole, 10, 38)
	fraction, bad := strconv.ParseUint((part + "000000")[:max(6, len(part))], 10, 63)
	if err != nil || bad != nil || seconds > lastSecond || len(part) > 9 {
		return moment{}, &wrong{field, "the field \"" + name + "\" holds " + quote(text) + ", which is no time such as \"1494589625.175228\""}
	}
	for range len(part) - 6 {
		fraction /= 10
	}
	return moment{text, time.Unix(int64(seconds), int64(fraction)*1000).UTC()}, nil
}

const lastSecond = 253402300799 // the end of the year 9999
