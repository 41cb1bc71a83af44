package teamstest_test

import (
	"testing"

	"evangelist/adapters/teams/connector"
	"evangelist/adapters/teams/teamstest"
)

// listed are the kinds of a team's channels by name, as the bot is told them.
func (w *world) listed(t *testing.T) (map[string]string, error) {
	t.Helper()
	channels, err := w.robot.client.Channels(t.Context(), w.ServiceURL(), w.team.ID)
	kinds := map[string]string{}
	for _, c := range channels {
		kinds[c.Name] = c.Type
	}
	return kinds, err
}

func (w *world) sends(t *testing.T, where string) error {
	t.Helper()
	_, err := w.robot.client.Send(t.Context(), connector.Conversation{ServiceURL: w.ServiceURL(), ID: where}, connector.Activity{Text: "hello"})
	return err
}

func TestPrivateChannel(t *testing.T) {
	w := open(t)
	inner := w.AddPrivate(w.team, "Inner", w.ann)
	if kinds, err := w.listed(t); err != nil || kinds["Inner"] != "private" || kinds["General"] != "standard" {
		t.Errorf("%v, %v", kinds, err)
	}
	if w.sends(t, inner) == nil {
		t.Error("the bot writes where it is not")
	}
	w.Add(w.team.ID)
	if w.sends(t, inner) == nil {
		t.Error("adding it to the team adds it to a private channel")
	}
	if _, err := w.As(w.bo).Write(t.Context(), inner, "hello"); err == nil {
		t.Error("somebody writes where they are not")
	}
	must[[]teamstest.Delivery](t)(w.As(w.ann).Install(t.Context(), inner))
	got, _ := w.robot.last()
	expect(t, got, map[string]any{"action": "add", "channelData/channel/type": "private", "channelData/channel/id": inner, "channelData/team/id": w.team.ID})
	page := must[connector.MemberPage](t)(w.robot.client.Members(t.Context(), connector.Conversation{ServiceURL: w.ServiceURL(), ID: inner}, ""))
	if len(page.Members) != 1 || w.sends(t, inner) != nil {
		t.Errorf("%+v", page)
	}
	must[[]teamstest.Delivery](t)(w.As(w.ann).Uninstall(t.Context(), inner))
	if w.sends(t, inner) == nil || w.sends(t, w.team.General) != nil {
		t.Error("leaving one channel is not leaving one channel")
	}
}

func TestDeletedAndArchived(t *testing.T) {
	w := open(t)
	ann, news := w.As(w.ann), w.AddChannel(w.team, "News")
	must[teamstest.Delivery](t)(ann.DeleteChannel(t.Context(), news))
	got, _ := w.robot.last()
	expect(t, got, map[string]any{"type": "conversationUpdate", "channelData/eventType": "channelDeleted", "channelData/channel/id": news, "channelData/team/id": w.team.ID, "conversation/id": w.team.General})
	if kinds, err := w.listed(t); err != nil || len(kinds) != 1 || w.sends(t, news) == nil {
		t.Errorf("%v, %v", kinds, err)
	}
	for _, on := range []bool{true, false} {
		must[teamstest.Delivery](t)(ann.Archive(t.Context(), w.team, on))
		got, _ = w.robot.last()
		expect(t, got, map[string]any{"channelData/eventType": map[bool]string{true: "teamArchived", false: "teamUnarchived"}[on]})
		_, err := ann.Write(t.Context(), w.team.General, "hello")
		if _, listed := w.listed(t); (w.sends(t, w.team.General) != nil) != on || (err != nil) != on || listed != nil {
			t.Errorf("archived %v: %v, %v", on, err, listed)
		}
	}
	must[teamstest.Delivery](t)(ann.DeleteTeam(t.Context(), w.team))
	got, _ = w.robot.last()
	expect(t, got, map[string]any{"channelData/eventType": "teamDeleted", "channelData/team/id": w.team.ID})
	if _, err := w.listed(t); err == nil || w.sends(t, w.team.General) == nil {
		t.Error("a deleted team is there")
	}
	must[teamstest.Delivery](t)(ann.RestoreTeam(t.Context(), w.team))
	if kinds, err := w.listed(t); err != nil || len(kinds) != 1 || w.sends(t, w.team.General) != nil {
		t.Errorf("%v, %v", kinds, err)
	}
	_, before := w.robot.last()
	w.RenameTeam(w.team, "Another")
	w.DropTeam(w.team, true)
	w.DropChannel(news)
	if _, after := w.robot.last(); after != before {
		t.Error("the bot is told of what it is not to be told")
	}
}

func TestOthersInAChat(t *testing.T) {
	w := open(t)
	guest, far := w.AddUser(teamstest.User{Name: "Gil", Guest: true}), w.AddUser(teamstest.User{Name: "Ola", Tenant: "elsewhere"})
	for _, who := range []teamstest.User{guest, far} {
		must[teamstest.Delivery](t)(w.As(who).Join(t.Context(), w.group))
	}
	got, _ := w.robot.last()
	expect(t, got, map[string]any{"from/tenantId": "elsewhere", "membersAdded/0/id": far.MRI})
	to := connector.Conversation{ServiceURL: w.ServiceURL(), ID: w.group}
	for _, who := range []teamstest.User{guest, far} {
		m := must[connector.Member](t)(w.robot.client.Member(t.Context(), to, who.MRI))
		if m.Guest != who.Guest || (m.TenantID == w.TenantID()) != (who.Tenant == "") {
			t.Errorf("%+v", m)
		}
	}
	must[teamstest.Delivery](t)(w.As(far).Leave(t.Context(), w.group))
	got, _ = w.robot.last()
	expect(t, got, map[string]any{"membersRemoved/0/id": far.MRI, "membersAdded": nil})
	if _, err := w.robot.client.Member(t.Context(), to, far.MRI); err == nil {
		t.Error("somebody who left is a member")
	}
}
