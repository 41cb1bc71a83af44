package connector

// tokenRefusals say what the numbers of the sign-in service mean for whoever
// runs the bot. All of them need a hand.
var tokenRefusals = map[int]string{
	7000215: "The bot's client secret is wrong, so it cannot send anything. Set teams.client_secret to the secret's value, not its id; messages wait until then.",
	7000222: "The bot's client secret has expired, so it cannot send anything. Make a new one in the app's registration and set teams.client_secret; messages wait until then.",
	700016:  "The app is not registered in this tenant, so the bot cannot send anything. Check teams.app_id and teams.tenant_id; messages wait until then.",
	90002:   "There is no such tenant, so the bot cannot send anything. Check teams.tenant_id and teams.cloud; messages wait until then.",
	700027:  "The bot's certificate is not the one in the app's registration, or it has expired, so the bot cannot send anything. Check teams.certificate_file; messages wait until then.",
	700213:  "The federated token is not one that the app's registration trusts, so the bot cannot send anything. Compare issuer, subject and audience with the registration; messages wait until then.",
	7000229: "The app has no service principal in this tenant, so the bot cannot send anything. Have an administrator consent to the app; messages wait until then.",
	70011:   "The scope that the bot asks for is not known here, so it cannot send anything. Check teams.cloud; messages wait until then.",
	50034:   "The app is not known in this tenant, so the bot cannot send anything. Check teams.app_id and teams.tenant_id; messages wait until then.",
	7000112: "The app is switched off in this tenant, so the bot cannot send anything. Have an administrator switch it on; messages wait until then.",
}
