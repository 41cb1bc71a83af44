package mrkdwn

import (
	"evangelist/adapters/slack/mrkdwn/jsonscan"
	"evangelist/bot"
)

const (
	maxTitle  = 300
	maxSource = 100
	maxBlurb  = 1000
)

// unfurl tells the links what Slack showed under the message. Attachments
// that belong to no link are an app's own words; quotations of other messages
// may come from places that not everybody can read. Both are left alone.
func unfurl(links []bot.SeenLink, attachments jsonscan.Value, names Names) {
	places := make(map[string]int, len(links))
	for i, link := range links {
		if key := sameAddress(link.URL); places[key] == 0 {
			places[key] = i + 1
		}
	}
	for attachment := range attachments.Elements() {
		if quotesMessage(attachment) {
			continue
		}
		for _, field := range [...]string{"from_url", "original_url", "title_link"} {
			i := places[sameAddress(attachment.Get(field).Text())]
			if i == 0 {
				continue
			}
			if link := &links[i-1]; link.Title == "" && link.Source == "" && link.Blurb == "" {
				link.Title = oneLine(Plain(attachment.Get("title").Text(), maxTitle, names))
				link.Source = oneLine(Plain(attachment.Get("service_name").Text(), maxSource, names))
				link.Blurb = Plain(attachment.Get("text").Text(), maxBlurb, names)
			}
			break
		}
	}
}

func quotesMessage(attachment jsonscan.Value) bool {
	return attachment.Get("is_msg_unfurl").True() || attachment.Get("is_share").True() ||
		!attachment.Get("message_blocks").None() || !attachment.Get("channel_id").None()
}
