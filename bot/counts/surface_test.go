package counts_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"log/slog"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"evangelist/bot/counts"
)

// What functions and methods may return. Nothing here is a bare number: Published,
// Ledger, Plan, Period and Headcount are closed, Row is text with all its parts.
var mayReturn = []string{"string", "error", "bool", "[]string", "Published", "Ledger", "Plan", "Period", "Headcount", "Row", "[]Row"}

// What some may return besides.
var exceptions = map[string][]string{
	"Row.Share":             {"float64", "bool"}, // the one number, and only where the row is shown
	"Row.MarshalJSON":       {"[]byte", "error"}, // an object with all parts
	"Published.MarshalJSON": {"[]byte", "error"}, // rows
}

// No exported function or method gives a bare number, and no exported field of
// what they give is one. The source is read, so that a new method cannot be
// forgotten here.
func TestNoBareNumberComesOut(t *testing.T) {
	set := token.NewFileSet()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), ".go") || strings.HasSuffix(entry.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, entry.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			function, ok := decl.(*ast.FuncDecl)
			if !ok || !function.Name.IsExported() {
				continue
			}
			seen++
			name := function.Name.Name
			if function.Recv != nil {
				name = strings.TrimPrefix(source(set, function.Recv.List[0].Type), "*") + "." + name
			}
			var results []string
			if function.Type.Results != nil {
				for _, result := range function.Type.Results.List {
					for range max(1, len(result.Names)) {
						results = append(results, source(set, result.Type))
					}
				}
			}
			if slices.Equal(results, exceptions[name]) {
				continue
			}
			for _, result := range results {
				if !slices.Contains(mayReturn, result) {
					t.Errorf("%s returns %s: a number must not come out without its parts", name, result)
				}
			}
		}
		for _, decl := range file.Decls {
			if vars, ok := decl.(*ast.GenDecl); ok && vars.Tok == token.VAR {
				for _, spec := range vars.Specs {
					for _, name := range spec.(*ast.ValueSpec).Names {
						if name.IsExported() {
							t.Errorf("the variable %s is exported", name.Name)
						}
					}
				}
			}
		}
	}
	if seen < 15 {
		t.Errorf("only %d exported functions were found: the test looks in the wrong place", seen)
	}
}

func source(set *token.FileSet, node ast.Node) string {
	start, end := set.Position(node.Pos()), set.Position(node.End())
	text, err := os.ReadFile(start.Filename)
	if err != nil {
		return err.Error()
	}
	return string(text[start.Offset:end.Offset])
}

// What comes out has no exported fields but the texts of a Row, and a Row is the
// same by reflection as by its source.
func TestWhatComesOutIsClosed(t *testing.T) {
	for _, value := range []any{counts.Published{}, counts.Ledger{}, counts.Plan{}, counts.Period{}, counts.Headcount{}, counts.Row{}} {
		kind := reflect.TypeOf(value)
		for i := range kind.NumField() {
			field := kind.Field(i)
			if field.IsExported() && (kind.Name() != "Row" || field.Type.Kind() != reflect.String) {
				t.Errorf("%s.%s can be read from outside", kind.Name(), field.Name)
			}
		}
		for _, holder := range []reflect.Type{kind, reflect.PointerTo(kind)} {
			for i := range holder.NumMethod() {
				method := holder.Method(i)
				for j := range method.Type.NumOut() {
					out := method.Type.Out(j)
					if number := out.Kind() >= reflect.Int && out.Kind() <= reflect.Complex128; number && kind.Name()+"."+method.Name != "Row.Share" {
						t.Errorf("%s.%s returns %s", kind.Name(), method.Name, out)
					}
				}
			}
		}
	}
}

// Whoever prints, logs or marshals a table, by accident or not, gets sentences,
// and what is withheld is nowhere, not even for reflection.
func TestWithheldIsGone(t *testing.T) {
	published := first(t, shared(), fact("Housing", 6000, 2000), fact("Libraries", 4000, 3), fact("Parks", 3000, 777))
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("out", "table", published)
	slog.New(slog.NewJSONHandler(&log, nil)).Info("out", "table", published)
	object, err := json.Marshal(map[string]any{"table": published, "rows": published.Rows()})
	if err != nil {
		t.Fatal(err)
	}
	everything := map[string]string{"log": log.String(), "json": string(object), "record": published.Record(), "deep": deep(reflect.ValueOf(published))}
	for _, verb := range []string{"%v", "%+v", "%#v", "%d", "%s", "%q", "%x"} {
		everything[verb] = fmt.Sprintf(verb, published)
		if got := everything[verb]; got != published.String() {
			t.Errorf("%s prints %q", verb, got)
		}
	}
	hidden := regexp.MustCompile(`\b(777|3)\b`) // Parks and Libraries; 780 together, 2780 less 2000, is for all to see
	for how, text := range everything {
		if found := hidden.FindString(text); found != "" {
			t.Errorf("%s gives %s away: %s", how, found, text)
		}
		if !strings.Contains(text, "2000") {
			t.Errorf("%s does not have what is shown: %s", how, text)
		}
	}
}

// deep prints everything that a value holds.
func deep(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return ""
		}
		return deep(v.Elem())
	case reflect.Struct:
		text := ""
		for i := range v.NumField() {
			if v.Type().Field(i).Type.String() != "*time.Location" {
				text += deep(v.Field(i)) + " "
			}
		}
		return text
	case reflect.Slice:
		text := ""
		for i := range v.Len() {
			text += deep(v.Index(i)) + " "
		}
		return text
	case reflect.Int:
		return fmt.Sprint(v.Int())
	case reflect.String:
		return v.String()
	}
	return ""
}

// No row lacks a part, shown or not.
func TestEveryRowIsWhole(t *testing.T) {
	for _, published := range []counts.Published{
		first(t, shared(), fact("Housing", 60, 20), fact("Libraries", 40, 4), fact("Parks", 30, 9), fact("Roads", 19, 9)),
		first(t, shared(), counts.Fact{Department: "Housing", People: 20}),
		first(t, concerns(), counts.Fact{Department: "Housing", Headcount: counts.Known(60), Things: 4}),
	} {
		if len(published.Rows()) == 0 {
			t.Error("there are no rows")
		}
		for _, row := range published.Rows() {
			if row.Slice == "" || row.Count == "" || row.Period == "" || !strings.Contains(row.Definition, "not counted: ") {
				t.Errorf("a row lacks a part: %+v", row)
			}
			for _, part := range []string{row.Count, row.Period, row.Definition} {
				if !strings.Contains(row.Sentence(), part) {
					t.Errorf("the sentence %q lacks %q", row.Sentence(), part)
				}
			}
			if row.Shown() && !regexp.MustCompile(`(of|among) \d+ colleagues$`).MatchString(row.Count) {
				t.Errorf("%q has no denominator", row.Count)
			}
		}
	}
	for what, empty := range map[string]string{"row": counts.Row{}.Sentence(), "table": counts.Published{}.String(), "caption": counts.Published{}.Caption(), "key": counts.Published{}.Key(), "record": counts.Published{}.Record(), "whole": counts.Published{}.Whole().Sentence()} {
		if empty != "" {
			t.Errorf("the empty %s says %q", what, empty)
		}
	}
}
