package sample

// file is sample.yaml as written.
type file struct {
	Name        string              `yaml:"name"`
	Place       string              `yaml:"place"`
	Zone        string              `yaml:"zone"`
	FirstLead   string              `yaml:"first_lead"`
	ReadingTeam []string            `yaml:"reading_team"`
	Departments []Department        `yaml:"departments"`
	Levels      []string            `yaml:"levels"`
	People      []filePerson        `yaml:"people"`
	Bots        []fileBot           `yaml:"bots"`
	Channels    []Channel           `yaml:"channels"`
	Digest      Digest              `yaml:"digest"`
	Evangelists []fileEvangelist    `yaml:"evangelists"`
	Questions   []Question          `yaml:"questions"`
	Learnings   []fileLearning      `yaml:"learnings"`
	Voices      []fileVoice         `yaml:"voices"`
	Tour        []fileStep          `yaml:"tour"`
	Emoji       map[string]string   `yaml:"emoji"`
	Pages       map[string]filePage `yaml:"pages"`
	Messages    []fileMessage       `yaml:"messages"`
}

type filePerson struct {
	ID         string `yaml:"id"`
	Name       string `yaml:"name"`
	Title      string `yaml:"title"`
	Email      string `yaml:"email"`
	Department string `yaml:"department"`
	Level      string `yaml:"level"`
	Hue        int    `yaml:"hue"`
	Bio        string `yaml:"bio"`
}

type fileBot struct {
	ID   string `yaml:"id"`
	Name string `yaml:"name"`
	Hue  int    `yaml:"hue"`
}

type filePage struct {
	Title  string `yaml:"title"`
	Source string `yaml:"source"`
	Blurb  string `yaml:"blurb"`
}

type fileMessage struct {
	ID        string         `yaml:"id"`
	Channel   string         `yaml:"channel"`
	Author    string         `yaml:"author"`
	Bot       bool           `yaml:"bot"`
	Day       int            `yaml:"day"`
	Time      string         `yaml:"time"`
	Thread    string         `yaml:"thread"`
	Text      string         `yaml:"text"`
	Unfurl    []string       `yaml:"unfurl"`
	Reactions []fileReaction `yaml:"reactions"`
	Edited    *fileEdit      `yaml:"edited"`
	Deleted   *fileDeletion  `yaml:"deleted"`
}

type fileReaction struct {
	Emoji  string   `yaml:"emoji"`
	People []string `yaml:"people"`
	After  int      `yaml:"after"` // minutes
}

type fileEdit struct {
	Day  int    `yaml:"day"`
	Time string `yaml:"time"`
	To   string `yaml:"to"`
}

type fileDeletion struct {
	Day  int    `yaml:"day"`
	Time string `yaml:"time"`
}

type fileVoice struct {
	ID         string      `yaml:"id"`
	Kind       string      `yaml:"kind"`
	Author     string      `yaml:"author"`
	Day        int         `yaml:"day"`
	Time       string      `yaml:"time"`
	Department string      `yaml:"department"`
	Theme      string      `yaml:"theme"`
	Text       string      `yaml:"text"`
	Summary    string      `yaml:"summary"`
	Due        int         `yaml:"due"` // working days from today
	Answer     *fileAnswer `yaml:"answer"`
}

type fileAnswer struct {
	By      string `yaml:"by"`
	Day     int    `yaml:"day"`
	Time    string `yaml:"time"`
	Text    string `yaml:"text"`
	YouSaid string `yaml:"you_said"`
	WeDid   string `yaml:"we_did"`
}

type fileEvangelist struct {
	Person string   `yaml:"person"`
	Offer  string   `yaml:"offer"`
	Topics []string `yaml:"topics"`
	Day    int      `yaml:"day"`
	Time   string   `yaml:"time"`
}

type fileLearning struct {
	ID     string `yaml:"id"`
	Author string `yaml:"author"`
	Day    int    `yaml:"day"`
	Time   string `yaml:"time"`
	Title  string `yaml:"title"`
	Text   string `yaml:"text"`
	From   string `yaml:"from"`
}

type fileStep struct {
	ID     string   `yaml:"id"`
	Title  string   `yaml:"title"`
	Body   string   `yaml:"body"`
	As     string   `yaml:"as"`
	Target string   `yaml:"target"`
	Try    string   `yaml:"try"`
	Unfurl []string `yaml:"unfurl"`
}

func (m fileMessage) when() when    { return when{m.Day, m.Time} }
func (e fileEdit) when() when       { return when{e.Day, e.Time} }
func (d fileDeletion) when() when   { return when(d) }
func (v fileVoice) when() when      { return when{v.Day, v.Time} }
func (a fileAnswer) when() when     { return when{a.Day, a.Time} }
func (e fileEvangelist) when() when { return when{e.Day, e.Time} }
func (l fileLearning) when() when   { return when{l.Day, l.Time} }
