package bot

import (
	"context"
	"strings"
)

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

// typed answers words that stay readable where they were typed. Nothing that
// could be anonymous is carried out with them, and no form can open from them:
// both get a button.
func (r *Router) typed(ctx context.Context, in Invocation) Reply {
	in.Stays = false
	words := strings.TrimSpace(Clean(in.Words, maxTyped))
	first, rest, _ := strings.Cut(strings.TrimPrefix(words, "/"), " ")
	in.Command, in.Words = strings.ToLower(first), rest
	command, found, ok := r.find(in)
	switch pasted, has := r.pasted(); {
	case ok && len(command.Phrases) > 0 && command.Discreet:
		return openHere(command, found.Words != "")
	case ok && len(command.Phrases) > 0:
		in = found
	case has && strings.Contains(words, "://"):
		in.Command, in.Words, command = pasted.Name, linkFirst(words), pasted
	default:
		return r.puzzled(ctx, in)
	}
	reply := r.Do(ctx, in)
	if _, form := reply.(Ask); form {
		return openHere(command, false)
	}
	return reply
}

// pasted returns the command that takes links from the bot's own chat.
func (r *Router) pasted() (Command, bool) {
	for _, command := range r.commands {
		if command.Pasted {
			return command, true
		}
	}
	return Command{}, false
}

// linkFirst puts the first address before the other words.
func linkFirst(words string) string {
	fields := strings.Fields(words)
	for i, field := range fields {
		if strings.Contains(field, "://") {
			rest := append(append([]string{}, fields[:i]...), fields[i+1:]...)
			return strings.Join(append([]string{field}, rest...), " ")
		}
	}
	return words
}

// openHere offers the form of a command; said tells that words for it stand in
// the chat already. They are not repeated.
func openHere(command Command, said bool) Reply {
	say := "This needs a form. Press the button to open it."
	if command.Discreet {
		say = "Please use the form: what is typed there does not stay in this chat, and only those read it whom the form names."
	}
	if command.Discreet && said {
		say = "I did nothing with what you wrote: it stays in this chat's history, where people who look after the chat platform may find it. " +
			"Delete it if you can, then use the form: what is typed there does not stay here, and only those read it whom the form names."
	}
	return Say{Message: Message{Summary: "Please use the form.", Blocks: []Block{
		Paragraph{Text: T(say)}, Actions{Buttons: []Button{{Command: command.Name, Label: "Open the form", Tone: Primary}}},
	}}}
}

// puzzled answers what nothing is known for.
func (r *Router) puzzled(ctx context.Context, in Invocation) Reply {
	in, err := r.identify(ctx, in)
	if err != nil || !in.Actor.ours() {
		return Say{Message: Notice("I did not understand that, so nothing was done.")}
	}
	help := r.Help(in.Actor)
	help.Summary = "I did not understand that. Here is what I can do."
	help.Blocks = append([]Block{Paragraph{Text: T("I did not understand that, so nothing was done. Paste a link to put it forward, or type one of these:")}}, help.Blocks[1:]...)
	return Say{Message: help}
}
