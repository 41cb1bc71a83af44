package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"evangelist/storage/storagetest"
)

const root = "../.."

// arrows is the house's plan: what the packages of a room may import besides
// the standard library. The longest matching room counts. "…/" at the end of a
// target means the package and everything below it; names without "evangelist/"
// are modules from outside.
var arrows = map[string][]string{
	"bot":             {},
	"bot/schedule":    {"evangelist/bot", "github.com/robfig/cron/v3"},
	"bot/courier":     {"evangelist/bot"},
	"bot/voices":      {"evangelist/bot", "evangelist/bot/schedule"},
	"bot/network":     {"evangelist/bot", "evangelist/bot/schedule"},
	"bot/requests":    {"evangelist/bot", "evangelist/bot/schedule"},
	"bot/office":      {"evangelist/bot"},
	"bot/roster":      {"evangelist/bot", "evangelist/bot/schedule"},
	"bot/counts":      {},
	"bot/impact":      {"evangelist/bot", "evangelist/bot/schedule", "evangelist/bot/counts"},
	"bot/seating":     {},
	"bot/pilots":      {"evangelist/bot", "evangelist/bot/schedule"},
	"bot/library":     {"evangelist/bot", "evangelist/bot/schedule"},
	"bot/champions":   {"evangelist/bot", "evangelist/bot/schedule"},
	"bot/tables":      {"evangelist/bot", "evangelist/bot/schedule", "evangelist/bot/seating"},
	"bot/primer":      {"evangelist/bot", "evangelist/bot/schedule"},
	"bot/mandates":    {"evangelist/bot", "evangelist/bot/schedule"},
	"digests":         {"evangelist/bot", "evangelist/bot/schedule", "evangelist/digests/canonical", "evangelist/digests/wording"},
	"digests/wording": {},
	"digests/canonical": {
		"github.com/nlnwa/whatwg-url/…", "golang.org/x/net/…", "golang.org/x/text/…",
	},
	"adapters/adaptertest":     {"evangelist/bot", "pgregory.net/rapid", "github.com/google/go-cmp/…"},
	"adapters/parts":           {"evangelist/bot"},
	"adapters/playground":      {"evangelist/bot", "evangelist/adapters/parts", "evangelist/adapters/playground/…", "github.com/goccy/go-yaml", "golang.org/x/sys/unix"},
	"adapters/slack":           {"evangelist/bot", "evangelist/adapters/parts", "evangelist/adapters/slack/…", "golang.org/x/text/…"},
	"adapters/slack/webapi":    {"evangelist/bot", "evangelist/adapters/slack/…", "github.com/slack-go/slack"},
	"adapters/slack/transport": {"evangelist/bot", "evangelist/adapters/slack/…", "github.com/slack-go/slack/…", "github.com/gorilla/websocket"},
	"adapters/slack/slacktest": {"evangelist/bot", "evangelist/adapters/slack/…", "github.com/gorilla/websocket"},
	"adapters/teams":           {"evangelist/bot", "evangelist/adapters/parts", "evangelist/adapters/teams/…"},
	"adapters/teams/botauth":   {"evangelist/bot", "evangelist/adapters/teams/…", "github.com/golang-jwt/jwt/v5"},
	"adapters/teams/connector": {"evangelist/bot", "evangelist/adapters/teams/…", "github.com/golang-jwt/jwt/v5"},
	"adapters/teams/teamstest": {"evangelist/bot", "evangelist/adapters/teams/…", "github.com/golang-jwt/jwt/v5"},
	"adapters/text":            {"evangelist/bot"},
	"adapters/peoplecsv":       {"evangelist/bot", "golang.org/x/text/…"},
	"adapters/web":             {"evangelist/bot", "evangelist/bot/…", "evangelist/digests", "evangelist/digests/…", "evangelist/adapters/web/…"},
	"storage":                  {"evangelist/bot", "evangelist/bot/…", "evangelist/digests", "evangelist/adapters/web", "evangelist/storage/…", "github.com/pressly/goose/v3/…", "github.com/jackc/pgx/v5/…", "modernc.org/sqlite/…", "golang.org/x/sys/…", "github.com/google/go-cmp/…", "pgregory.net/rapid"},
	"cmd/evangelist":           {"evangelist/…", "github.com/alecthomas/kong", "github.com/goccy/go-yaml", "github.com/prometheus/client_golang/…"},

	"bot/impact/issues": {"evangelist/bot", "evangelist/bot/schedule", "evangelist/bot/counts", "evangelist/bot/impact"},
}

// budget of the house.
const (
	maxFileLines     = 400
	maxFunctionLines = 60
	maxMethods       = 5
	maxFiles         = 20
	maxKernelLines   = 2500
)

type goFile struct {
	path string // slash-separated, from the root
	room string // its folder
	test bool
	text string
	tree *ast.File
	set  *token.FileSet
}

func (f goFile) line(pos token.Pos) int { return f.set.Position(pos).Line }

// house reads every Go file of the project itself, so that the result never
// comes from a cache.
func house(t *testing.T) []goFile {
	t.Helper()
	var files []goFile
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (strings.HasPrefix(entry.Name(), ".") && name != "." || entry.Name() == "testdata" || entry.Name() == "node_modules") {
			return fs.SkipDir
		}
		if entry.IsDir() || !strings.HasSuffix(name, ".go") {
			return nil
		}
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			return err
		}
		set := token.NewFileSet()
		tree, err := parser.ParseFile(set, name, text, parser.ParseComments)
		if err != nil {
			return err
		}
		files = append(files, goFile{path: name, room: path.Dir(name), test: strings.HasSuffix(name, "_test.go"), text: string(text), tree: tree, set: set})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 20 {
		t.Fatalf("only %d Go files found: the walk is wrong", len(files))
	}
	return files
}

// testing packages lend themselves to tests and may import more.
func lendsItself(room string) bool { return strings.HasSuffix(path.Base(room), "test") }

func TestArrows(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	for _, file := range house(t) {
		if file.test {
			continue
		}
		for _, spec := range file.tree.Imports {
			target := strings.Trim(spec.Path.Value, `"`)
			if problem := forbidden(file.room, target); problem != "" {
				t.Errorf("%s imports %s: %s", file.path, target, problem)
			}
		}
	}
}

func forbidden(room, target string) string {
	first, _, _ := strings.Cut(target, "/")
	if !strings.Contains(first, ".") && first != "evangelist" {
		return "" // the standard library
	}
	plan, ok := planOf(room)
	switch {
	case !ok:
		return "the room " + room + " is not in the plan: decide what it may import, and add it to arrows"
	case lendsItself(room) && (strings.HasPrefix(target, "evangelist/bot") || strings.HasPrefix(target, "evangelist/storage/storagetest") || !strings.HasPrefix(target, "evangelist/")):
		return ""
	}
	for _, allowed := range plan {
		if prefix, below := strings.CutSuffix(allowed, "…"); target == strings.TrimSuffix(prefix, "/") || below && strings.HasPrefix(target, prefix) || target == allowed {
			return ""
		}
	}
	return "the plan has no such arrow"
}

func planOf(room string) ([]string, bool) {
	for at := room; at != "."; at = path.Dir(at) {
		if plan, ok := arrows[at]; ok {
			return plan, true
		}
	}
	return nil, false
}

func TestTopLevelIsTheUsers(t *testing.T) {
	allowed := []string{"cmd", "bot", "adapters", "digests", "storage", "docs", "config.example.yaml", "go.mod", "go.sum", "README.md", "Makefile"}
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	ignored, err := os.ReadFile(filepath.Join(root, ".gitignore"))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		name := entry.Name()
		if strings.HasPrefix(name, ".") || slices.Contains(allowed, name) || isIgnored(string(ignored), name) {
			continue
		}
		t.Errorf("%s does not belong to the top level", name)
	}
}

func isIgnored(patterns, name string) bool {
	for line := range strings.Lines(patterns) {
		if ok, err := path.Match(strings.Trim(strings.TrimSpace(line), "/"), name); err == nil && ok {
			return true
		}
	}
	return false
}

func TestBudget(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	files := map[string]int{}
	kernel := 0
	for _, file := range house(t) {
		if file.test {
			continue
		}
		files[file.room]++
		lines := strings.Count(file.text, "\n")
		if file.room == "bot" {
			kernel += lines
		}
		if ast.IsGenerated(file.tree) || strings.HasSuffix(file.path, "_table.go") {
			continue
		}
		if lines > maxFileLines {
			t.Errorf("%s has %d lines, more than %d", file.path, lines, maxFileLines)
		}
		for _, problem := range tooLarge(file) {
			t.Error(problem)
		}
	}
	for room, n := range files {
		if n > maxFiles {
			t.Errorf("%s has %d files, more than %d: give it a sub-package", room, n, maxFiles)
		}
	}
	if kernel >= maxKernelLines {
		t.Errorf("the kernel has %d lines, the budget is below %d", kernel, maxKernelLines)
	}
}

func tooLarge(file goFile) []string {
	var problems []string
	ast.Inspect(file.tree, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.FuncDecl:
			if n := file.line(node.End()) - file.line(node.Pos()) + 1; n > maxFunctionLines {
				problems = append(problems, fmt.Sprintf("%s: %s has %d lines, more than %d", file.path, node.Name.Name, n, maxFunctionLines))
			}
			if node.Name.Name == "init" && node.Recv == nil {
				problems = append(problems, file.path+": init() is not allowed")
			}
		case *ast.TypeSpec:
			if face, ok := node.Type.(*ast.InterfaceType); ok && face.Methods.NumFields() > maxMethods {
				problems = append(problems, fmt.Sprintf("%s: interface %s has %d methods, more than %d", file.path, node.Name.Name, face.Methods.NumFields(), maxMethods))
			}
		}
		return true
	})
	return problems
}

// Package-level variables hold nothing that changes: sentinel errors, embedded
// files, what is computed once, compiled patterns, proofs that a type fits an interface, and tables in
// files of their own.
func TestNoGlobals(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	harmless := regexp.MustCompile(`^(errors\.New|fmt\.Errorf|&bot\.Error|&Error|bot\.Refuse|regexp\.MustCompile|template\.Must|strings\.NewReplacer|sync\.OnceValue|unix\.E|windows\.ERROR|syscall\.E|time\.Date)`)
	for _, file := range house(t) {
		if file.test || lendsItself(file.room) || strings.HasSuffix(file.path, "_table.go") {
			continue
		}
		for _, decl := range file.tree.Decls {
			vars, ok := decl.(*ast.GenDecl)
			if !ok || vars.Tok != token.VAR {
				continue
			}
			for _, spec := range vars.Specs {
				value := spec.(*ast.ValueSpec)
				if isEmbed(vars, value) || value.Names[0].Name == "_" || value.Names[0].Name == "release" {
					continue
				}
				for _, expr := range value.Values {
					if text := file.text[file.set.Position(expr.Pos()).Offset:]; !harmless.MatchString(text) {
						t.Errorf("%s: the package-level variable %s may change; make it a constant, a function, or a table in a file named *_table.go", file.path, value.Names[0].Name)
					}
				}
				if len(value.Values) == 0 {
					t.Errorf("%s: the package-level variable %s has no value", file.path, value.Names[0].Name)
				}
			}
		}
	}
}

func isEmbed(decl *ast.GenDecl, value *ast.ValueSpec) bool {
	for _, doc := range []*ast.CommentGroup{decl.Doc, value.Doc} {
		if doc == nil {
			continue
		}
		for _, comment := range doc.List {
			if strings.HasPrefix(comment.Text, "//go:embed") {
				return true
			}
		}
	}
	return false
}

func TestExportedNamesCarryAContract(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	for _, file := range house(t) {
		if file.test {
			continue
		}
		for _, decl := range file.tree.Decls {
			switch decl := decl.(type) {
			case *ast.FuncDecl:
				if decl.Name.IsExported() && decl.Doc == nil && exportedReceiver(decl) && !slices.Contains([]string{"Error", "Unwrap", "String"}, decl.Name.Name) {
					t.Errorf("%s: %s has no comment", file.path, decl.Name.Name)
				}
			case *ast.GenDecl:
				for _, spec := range decl.Specs {
					if named, ok := spec.(*ast.TypeSpec); ok && named.Name.IsExported() && decl.Doc == nil && named.Doc == nil {
						t.Errorf("%s: %s has no comment", file.path, named.Name.Name)
					}
				}
			}
		}
	}
}

// exportedReceiver leaves out methods that only satisfy an interface of the
// standard library or of the kernel on an unexported type.
func exportedReceiver(decl *ast.FuncDecl) bool {
	if decl.Recv == nil {
		return true
	}
	receiver := decl.Recv.List[0].Type
	if star, ok := receiver.(*ast.StarExpr); ok {
		receiver = star.X
	}
	if index, ok := receiver.(*ast.IndexExpr); ok {
		receiver = index.X
	}
	name, ok := receiver.(*ast.Ident)
	return ok && name.IsExported()
}

func TestPackageNames(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	banned := []string{"util", "utils", "common", "helper", "helpers", "model", "models", "types", "misc", "base"}
	for _, file := range house(t) {
		if slices.Contains(banned, file.tree.Name.Name) {
			t.Errorf("%s: no package is called %s", file.path, file.tree.Name.Name)
		}
	}
}

// The core knows no platform names. Addresses of links are data, not knowledge
// of a platform, so the canonicaliser's tables may hold host names.
func TestCoreKnowsNoPlatform(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	name := regexp.MustCompile(`\b[Ss]lack|\b(ms|MS)teams\b|\bTeams\b|[Mm]icrosoft|[Mm]attermost|[Dd]iscord`)
	for _, file := range house(t) {
		core := file.room == "digests" || file.room == "bot" || strings.HasPrefix(file.room, "bot/")
		if !core || file.test {
			continue
		}
		for i, line := range strings.Split(file.text, "\n") {
			if found := name.FindString(line); found != "" {
				t.Errorf("%s:%d names a platform: %q", file.path, i+1, found)
			}
		}
	}
}

// The one door for time and chance is the kernel's clock and an injected reader.
func TestTimeAndChanceAreInjected(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	clock := regexp.MustCompile(`\btime\.Now\(|\btime\.Since\(|\btime\.Sleep\(|\brand\.(Reader|Int|N|Text|Read)\b`)
	allowed := []string{"bot/clock.go", "cmd/evangelist/cli.go"}
	for _, file := range house(t) {
		core := strings.HasPrefix(file.room, "bot") || strings.HasPrefix(file.room, "digests") || strings.HasPrefix(file.room, "cmd")
		if file.test || !core || slices.Contains(allowed, file.path) || lendsItself(file.room) {
			continue
		}
		for i, line := range strings.Split(file.text, "\n") {
			if code, _, _ := strings.Cut(line, "//"); clock.MatchString(code) {
				t.Errorf("%s:%d reads time or chance by itself: %s", file.path, i+1, strings.TrimSpace(line))
			}
		}
	}
}

// Every room of the plan is named in the README's tree.
func TestReadmeNamesEveryRoom(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	rooms := map[string]bool{}
	for _, file := range house(t) {
		parts := strings.Split(file.room, "/")
		rooms[strings.Join(parts[:min(2, len(parts))], "/")] = true
	}
	for _, room := range slices.Sorted(maps.Keys(rooms)) {
		if !strings.Contains(string(text), path.Base(room)) {
			t.Errorf("README.md does not say what %s is", room)
		}
	}
}
