// Package blockkit turns messages and forms into Slack's Block Kit, and what
// comes back of a form into answers. It is pure: no network, no clock.
//
// Running text becomes rich_text, in which a text is a text whatever it says;
// labels become plain_text. Only small print is mrkdwn, and only where nothing
// in it could be taken for markup. So nobody's words can mention, link or format.
//
// A ping is a text element with an extra member "ping", the id of a person.
// Resolve turns it into a mention, or into the name alone, when it is sent; what
// a payload was frozen with holds no account.
//
// Nothing fails for length: messages become several, buttons whose words do not
// fit have them in full beside them, pages that are too long say so at their end.
// Package limits says what Slack would refuse; it judges, and is not asked while
// drawing.
package blockkit
