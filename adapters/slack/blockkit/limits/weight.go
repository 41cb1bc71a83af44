package limits

// heaviest is the weight from which on Slack refuses a message. It documents
// none; 13,297 characters in a single block were the most that somebody got
// through.
const heaviest = 13_200

// What a block weighs besides its words, so that the weight agrees with what
// others measured: 9,597 characters in 50 blocks were taken, 11,341 in 45 were
// not; and each header cost about 100.
const (
	headerWeight = 100
	blockWeight  = 60
)

// Weight is what Slack counts when it refuses a message as too long, as far as
// is known: all texts of the blocks, "&", "<" and ">" as the entities that they
// become, and something for each block. It is given blocks as encoding/json
// decodes them into an any.
func Weight(blocks []any) int {
	total := 0
	for _, block := range blocks {
		total += blockWeight + wordsIn(block)
		if known, ok := block.(map[string]any); ok && known["type"] == "header" {
			total += headerWeight - blockWeight
		}
	}
	return total
}

func wordsIn(value any) int {
	total := 0
	switch value := value.(type) {
	case []any:
		for _, item := range value {
			total += wordsIn(item)
		}
	case map[string]any:
		for name, item := range value {
			if words, ok := item.(string); ok && (name == "text" || name == "fallback") {
				total += escaped(words)
				continue
			}
			total += wordsIn(item)
		}
	}
	return total
}

func escaped(words string) int {
	total := units(words)
	for i := range len(words) {
		switch words[i] {
		case '&':
			total += len("&amp;") - 1
		case '<', '>':
			total += len("&lt;") - 1
		}
	}
	return total
}
