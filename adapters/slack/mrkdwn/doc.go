// Package mrkdwn turns what Slack says of a message (its text in mrkdwn, its
// rich text blocks, its unfurled attachments) into plain words and the links
// that stand in them.
//
// One rule decides what a link is: what Slack marked as a link. In text that is
// <address> or <address|label>, in blocks a link element, also where it stands
// in code; an address that Slack left unmarked is a word. Addresses other than
// http and https, and the addresses of uploaded files, are never links. Code
// keeps its backticks in the plain words, so that nobody takes it for prose.
package mrkdwn
