package playground

// Emoji is a sign with its short code.
type Emoji struct {
	Code string // without colons
	Char string
	Name string // for people who do not see it
}

// emojiTable is what the reaction menu offers, the meaningful ones first.
var emojiTable = []Emoji{
	{Code: "pushpin", Char: "📌", Name: "put it in the digest"},
	{Code: "see_no_evil", Char: "🙈", Name: "leave it out of the digest"},
	{Code: "thumbsup", Char: "👍", Name: "thumbs up"},
	{Code: "heart", Char: "❤️", Name: "heart"},
	{Code: "bulb", Char: "💡", Name: "idea"},
	{Code: "tada", Char: "🎉", Name: "celebrate"},
	{Code: "eyes", Char: "👀", Name: "looking"},
	{Code: "pray", Char: "🙏", Name: "thank you"},
	{Code: "clap", Char: "👏", Name: "applause"},
	{Code: "raised_hands", Char: "🙌", Name: "well done"},
	{Code: "white_check_mark", Char: "✅", Name: "done"},
}
