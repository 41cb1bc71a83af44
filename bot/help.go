package bot

import "strings"

// Help lists what an actor can ask for, generated from the commands.
func (r *Router) Help(actor Actor) Message {
	var everyone, leads []Spans
	for _, command := range r.commands {
		if command.Help == "" || !actor.Has(command.Needs) {
			continue
		}
		usage := command.Usage
		if usage == "" && len(command.Phrases) > 0 {
			usage = "/" + command.Phrases[0]
		}
		if usage == "" {
			continue
		}
		line := Line(Mono(usage), " ", command.Help)
		if command.Needs == Lead || command.Needs == Reader {
			leads = append(leads, line)
		} else {
			everyone = append(everyone, line)
		}
	}
	help := Message{Summary: "What I can do for you", Blocks: []Block{
		Heading{Level: 1, Text: T("What I can do for you")},
		List{Items: everyone},
	}}
	if len(leads) > 0 {
		help.Blocks = append(help.Blocks, Heading{Level: 2, Text: T("For comms leads and the reading team")}, List{Items: leads})
	}
	return help
}

// SlashWords returns the distinct first words of all phrases, in order.
func (r *Router) SlashWords() []string {
	var words []string
	seen := map[string]bool{}
	for _, command := range r.commands {
		for _, phrase := range command.Phrases {
			word, _, _ := strings.Cut(phrase, " ")
			if !seen[word] {
				seen[word] = true
				words = append(words, word)
			}
		}
	}
	return words
}
