package teams_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"

	"evangelist/bot"
)

// A chat is opened by the service's own name for a person once it is known, else
// by the directory's.
func TestAChatIsOpenedByTheServicesNameForAPerson(t *testing.T) {
	h := openHouse(t)
	h.join(t) // nobody is known after a restart
	asks := func() string {
		t.Helper()
		before := len(h.Calls("create"))
		if opened, err := h.Open(context.Background(), []bot.AccountID{account(h.ada)}); err != nil || opened != place(h.Personal(h.ada)) {
			t.Fatalf("%s, %v", opened, err)
		}
		calls := h.Calls("create")
		if len(calls) != before+1 {
			t.Fatalf("%d calls", len(calls)-before)
		}
		return string(calls[before].Body)
	}
	if body := asks(); !strings.Contains(body, `"members":[{"id":"`+h.ada.ID+`"}]`) {
		t.Errorf("before: %s", body)
	}
	if _, err := h.As(h.ada).Write(t.Context(), h.finds, "hello"); err != nil {
		t.Fatal(err)
	}
	if body := asks(); !strings.Contains(body, `"members":[{"id":"`+h.ada.MRI+`"}]`) {
		t.Errorf("afterwards: %s", body)
	}
}

// A chat keeps the name that one of several activities told.
func TestAChatKeepsItsName(t *testing.T) {
	for name, want := range map[string]string{"Reading team": "Reading team", "": "Chat of Ada, Ben"} {
		h := openHouse(t)
		chat := h.AddChat(h.ada, h.ben)
		told, err := h.As(h.ada).Install(t.Context(), chat)
		if err != nil {
			t.Fatal(err)
		}
		named := told[0].Activity
		named["id"] = "another"
		conversation := maps.Clone(named["conversation"].(map[string]any))
		conversation["name"] = name
		named["conversation"] = conversation
		for _, activity := range []map[string]any{named, told[1].Activity} {
			activity["id"] = fmt.Sprint(activity["id"], " again")
			if d, err := h.Deliver(t.Context(), activity); err != nil || d.Status != http.StatusAccepted {
				t.Fatal(d.Status, err)
			}
		}
		h.desk.mu.Lock()
		if got := h.desk.places[place(chat)].Name; got != want {
			t.Errorf("%q, want %q", got, want)
		}
		h.desk.mu.Unlock()
	}
}
