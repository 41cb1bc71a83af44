package library

// plainLetters says what a small letter is without its accent. Unicode decomposes
// most of them so; the letters that it does not take apart are written as people
// write them who have no such key.
var plainLetters = lettersOf(map[string]string{
	"a":  "àáâãäåāăąǎǟǡǻȁȃȧḁạảấầẩẫậắằẳẵặ",
	"ae": "æǣǽ",
	"b":  "ƀḃḅḇ",
	"c":  "çćĉċčḉ",
	"d":  "ðďđḋḍḏḑḓ",
	"e":  "èéêëēĕėęěȅȇȩḕḗḙḛḝẹẻẽếềểễệ",
	"f":  "ḟ",
	"g":  "ĝğġģǧǵḡ",
	"h":  "ĥħȟḣḥḧḩḫẖ",
	"i":  "ìíîïĩīĭįıǐȉȋɨḭḯỉị",
	"j":  "ĵǰ",
	"k":  "ķĸǩḱḳḵ",
	"l":  "ĺļľłḷḹḻḽ",
	"m":  "ḿṁṃ",
	"n":  "ñńņňŋǹṅṇṉṋ",
	"o":  "òóôõöøōŏőơǒǫǭǿȍȏȫȭȯȱṍṏṑṓọỏốồổỗộớờởỡợ",
	"oe": "œ",
	"p":  "ṕṗ",
	"r":  "ŕŗřȑȓṙṛṝṟ",
	"s":  "śŝşšſșṡṣṥṧṩẛ",
	"ss": "ß",
	"t":  "ţťŧțṫṭṯṱẗ",
	"th": "þ",
	"u":  "ùúûüũūŭůűųưǔǖǘǚǜȕȗʉṳṵṷṹṻụủứừửữự",
	"v":  "ṽṿ",
	"w":  "ŵẁẃẅẇẉẘ",
	"x":  "ẋẍ",
	"y":  "ýÿŷȳẏẙỳỵỷỹ",
	"z":  "źżžƶẑẓẕ",
	"ʒ":  "ǯ",
	"ʹ":  "ʹ",
	"α":  "άἀἁἂἃἄἅἆἇὰάᾀᾁᾂᾃᾄᾅᾆᾇᾰᾱᾲᾳᾴᾶᾷ",
	"ε":  "έἐἑἒἓἔἕὲέ",
	"η":  "ήἠἡἢἣἤἥἦἧὴήᾐᾑᾒᾓᾔᾕᾖᾗῂῃῄῆῇ",
	"ι":  "ΐίϊἰἱἲἳἴἵἶἷὶίιῐῑῒΐῖῗ",
	"ο":  "όὀὁὂὃὄὅὸό",
	"ρ":  "ῤῥ",
	"σ":  "ς",
	"υ":  "ΰϋύὐὑὒὓὔὕὖὗὺύῠῡῢΰῦῧ",
	"ω":  "ώὠὡὢὣὤὥὦὧὼώᾠᾡᾢᾣᾤᾥᾦᾧῲῳῴῶῷ",
	"ϒ":  "ϓϔ",
	"а":  "ӑӓ",
	"г":  "ѓ",
	"е":  "ѐёӗ",
	"ж":  "ӂӝ",
	"з":  "ӟ",
	"и":  "йѝӣӥ",
	"к":  "ќ",
	"о":  "ӧ",
	"у":  "ўӯӱӳ",
	"ч":  "ӵ",
	"ы":  "ӹ",
	"э":  "ӭ",
	"і":  "ї",
	"ѵ":  "ѷ",
	"ә":  "ӛ",
	"ө":  "ӫ",
})

func lettersOf(table map[string]string) map[rune]string {
	out := map[rune]string{}
	for plain, letters := range table {
		for _, letter := range letters {
			out[letter] = plain
		}
	}
	return out
}
