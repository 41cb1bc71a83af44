package bot

import (
	"context"
	"strings"
	"unicode"
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
		line := Line(Mono(r.worded(usage)), " ", command.Help)
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

// worded puts the installation's own name in place of a slash word.
func (r *Router) worded(usage string) string {
	word, rest, more := strings.Cut(usage, " ")
	theirs, known := r.slash[strings.TrimPrefix(word, "/")]
	switch {
	case !known || !strings.HasPrefix(word, "/"):
		return usage
	case more:
		return "/" + theirs + " " + rest
	}
	return "/" + theirs
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
	words := Clean(in.Words, maxTyped)
	command, said, ok := r.phrased(in, words)
	switch pasted, takes := r.pasted(); {
	case ok && command.Discreet:
		return useForm(command, said.Words != "")
	case ok:
		in = said
	case takes && strings.Contains(words, "://"):
		in.Command, in.Words, command = pasted.Name, linkFirst(words), pasted
	default:
		return r.puzzled(ctx, in)
	}
	reply := r.carry(ctx, command, in)
	if ask, form := reply.(Ask); form {
		return openForm("This needs a form. Press the button to open it.", Button{Command: ask.Form.Command, Arg: ask.Form.Arg})
	}
	return reply
}

// phrased finds the command whose phrase the words begin with, whatever signs
// stand around the first one: "/concern", "Concern:" and the installation's own
// name for it are the same.
func (r *Router) phrased(in Invocation, words string) (Command, Invocation, bool) {
	sign := func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) }
	text := strings.TrimLeftFunc(words, sign)
	end := strings.IndexFunc(text, unicode.IsSpace)
	if end < 0 {
		end = len(text)
	}
	in.Command, in.Words = r.ours(strings.TrimRightFunc(text[:end], sign)), strings.TrimSpace(text[end:])
	if command, in, ok := r.find(in); ok && len(command.Phrases) > 0 {
		return command, in, true
	}
	// "concern:https://…" is not taken for a link for want of a space.
	if cut := strings.IndexFunc(text[:end], func(c rune) bool { return sign(c) && c != '-' && c != '_' }); cut > 0 {
		in.Command, in.Words = r.ours(text[:cut]), text[cut:]
		if command, in, ok := r.find(in); ok && command.Discreet {
			return command, in, true
		}
	}
	return r.short(in, text)
}

// ours is our own name of a slash word.
func (r *Router) ours(word string) string {
	word = strings.ToLower(word)
	for ours, theirs := range r.slash {
		if word == theirs {
			return ours
		}
	}
	return word
}

// short finds the one command that has the whole text as a phrase but for its
// first word: "help" for "evangelist help".
func (r *Router) short(in Invocation, text string) (Command, Invocation, bool) {
	text = strings.ToLower(strings.Join(strings.Fields(text), " "))
	found := -1
	for phrase, at := range r.byPhrase {
		if _, rest, _ := strings.Cut(phrase, " "); rest == "" || rest != text || at == found {
			continue
		}
		if found >= 0 {
			return Command{}, in, false
		}
		found = at
	}
	if found < 0 {
		return Command{}, in, false
	}
	in.Command, in.Words = r.commands[found].Name, ""
	return r.commands[found], in, true
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
			return strings.Join(append([]string{strings.Trim(field, "<>()[]{}\"'“”‘’,.;!")}, rest...), " ")
		}
	}
	return words
}

// useForm offers the form of what can be anonymous; said tells that words for it
// stand in the chat already. They are not repeated.
func useForm(command Command, said bool) Reply {
	say := "Please use the form: what is typed there does not stay in this chat, and only those read it whom the form names."
	if said {
		say = "I did nothing with what you wrote and keep nothing of it. It stays where you wrote it, in the chat's history, and others than those whom the form names may read it. " +
			"Delete it if you can, then use the form: what is typed there stays in no chat."
	}
	return openForm(say, Button{Command: command.Name})
}

func openForm(say string, button Button) Reply {
	button.Label, button.Tone = "Open the form", Primary
	return Say{Message: Message{Summary: "Please use the form.", Blocks: []Block{
		Paragraph{Text: T(say)}, Actions{Buttons: []Button{button}},
	}}}
}

// puzzled answers what nothing is known for.
func (r *Router) puzzled(ctx context.Context, in Invocation) Reply {
	in, err := r.identify(ctx, in)
	if err != nil || !in.Actor.ours() {
		return Say{Message: Notice("I did not understand that, so nothing was done.")}
	}
	say := "I did not understand that, so nothing was done."
	if _, takes := r.pasted(); takes {
		say += " Paste a link to put it forward, or type one of these:"
	}
	help := r.Help(in.Actor)
	help.Summary = "I did not understand that. Here is what I can do."
	help.Blocks = append([]Block{Paragraph{Text: T(say)}}, help.Blocks[1:]...)
	return Say{Message: help}
}
