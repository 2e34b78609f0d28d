package analyzer_test

import (
	"flag"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"

	"github.com/keysift/keysift/analyzer"
)

// TestTypeErrors checks that a package which does not compile is reported on
// as far as it can be.
func TestTypeErrors(t *testing.T) {
	tests := []struct {
		name, text string
		want       int
	}{
		{"unknown name", "var dbPassword = \"$WORD\"\nvar x = nothing\n", 1},
		{"wrong type", "func f() int { return \"a\" }\nvar dbPassword = \"$WORD\"\n", 1},
		{"unknown import", "import \"no.such/module\"\n\nvar dbPassword = \"$WORD\"\nvar _ = module.X\n", 1},
		{"broken call", "func f(password string) { g(password, }\n", 0},
		{"nothing", "", 0},
		{"cycle", "type T struct{ a [len(x)]int }\nvar x T\n", 0},
		{"generic", "type L[T any] []T\nfunc (l L[T]) Each(f func(T)) { for _, v := range l { f(v) } }\nfunc g[P ~[]byte](password P) { L[P]{password}.Each(func(P) {}) }\nvar apiPassword = \"$WORD\"\n", 1},
	}
	for _, tt := range tests {
		dir := t.TempDir()
		writeFile(t, filepath.Join(dir, "go.mod"), "module broken\n\ngo 1.21\n")
		writeFile(t, filepath.Join(dir, "a.go"), "package broken\n\n"+expand(tt.text))
		if got := len(diagnostics(t, dir)); got != tt.want {
			t.Errorf("%s: %d diagnostics, want %d", tt.name, got, tt.want)
		}
	}
}

// TestBrokenImport checks packages that compile as far as what they import does.
func TestBrokenImport(t *testing.T) {
	for _, tt := range []struct{ name, dep, use string }{
		{"embedded", "type T struct{ missing.Type }\n", "func f(t dep.T, password string) { t.Close(); t.Set(password) }\n"},
		{"interface", "type T interface{ missing }\n", "func f(t dep.T, password string) { t.Set(password) }\n"},
		{"function", "func F(a missing.Type) missing.Type { return nothing }\n", "func f(password string) { x := dep.F(password); log.Print(x) }\n"},
		{"variable", "var V = nothing\n", "func f(password string) { dep.V.Set(password); dep.V = password }\n"},
		{"method", "type T struct{}\n\nfunc (t missing) Set(s string) {}\nfunc (t T) Set(s missing) {}\n", "func f(t dep.T, password string) { t.Set(password); defer t.Set(password) }\n"},
		{"constant", "const C = nothing\n", "var a [dep.C]string\nfunc f(password string) { a[0] = password; switch password { case dep.C: } }\n"},
		{"absent", "\n", "func f(password string) { dep.Gone(password); var x dep.None; x.Set(password) }\n"},
	} {
		dir := t.TempDir()
		writeFile(t, filepath.Join(dir, "go.mod"), "module broken\n\ngo 1.21\n")
		writeFile(t, filepath.Join(dir, "dep", "dep.go"), "package dep\n\nimport \"no.such/missing\"\n\n"+tt.dep)
		writeFile(t, filepath.Join(dir, "a.go"), "package broken\n\nimport (\n\t\"broken/dep\"\n\t\"log\"\n)\n\n"+tt.use+"\nfunc told(password string) { log.Print(password) }\n")
		_ = diagnostics(t, dir) // which fails if a pass does
	}
}

// diagnostics runs all analyzers over the package in dir.
func diagnostics(t *testing.T, dir string) []analysis.Diagnostic {
	t.Helper()
	cfg := &packages.Config{Mode: packages.LoadAllSyntax, Dir: dir, Env: append(cleanEnv(), "GOFLAGS=-mod=mod", "GOWORK=off", "GOPROXY=off")}
	pkgs, err := packages.Load(cfg, ".")
	if err != nil {
		t.Fatal(err)
	}
	graph, err := checker.Analyze(analyzer.All(), pkgs, nil)
	if err != nil {
		t.Fatal(err)
	}
	var out []analysis.Diagnostic
	for _, act := range graph.Roots {
		if act.Err != nil {
			t.Errorf("%s: %v", act, act.Err)
		}
		out = append(out, act.Diagnostics...)
	}
	return out
}

func TestAnalyzers(t *testing.T) {
	if err := analysis.Validate(analyzer.All()); err != nil {
		t.Fatal(err)
	}
	for _, a := range analyzer.All() {
		if !strings.HasPrefix(a.Doc, "find ") || len(a.Doc) < 200 {
			t.Errorf("%s: doc %q does not say what it does", a.Name, a.Doc)
		}
		if !strings.HasPrefix(a.URL, "https://") {
			t.Errorf("%s: URL %q", a.Name, a.URL)
		}
	}
	fs := flag.NewFlagSet("test", flag.ContinueOnError)
	analyzer.Flags(fs)
	for _, name := range []string{"keysift.tests", "keysift.config", "keysift.names"} {
		if fs.Lookup(name) == nil {
			t.Errorf("no flag %s", name)
		}
	}
}

// TestSilent checks that no diagnostic holds the value it is about.
func TestSilent(t *testing.T) {
	dir := t.TempDir()
	value := random(5, 24)
	writeFile(t, filepath.Join(dir, "go.mod"), "module silent\n\ngo 1.21\n")
	writeFile(t, filepath.Join(dir, "a.go"), "package silent\n\nimport \"log\"\n\nvar apiKey = \""+value+"\"\n\nfunc f(password string) { log.Print(password, apiKey) }\n")
	got := diagnostics(t, dir)
	if len(got) != 3 {
		t.Errorf("%d diagnostics, want 3", len(got))
	}
	for _, d := range got {
		if strings.Contains(d.Message, value) || d.Category == "" || !strings.HasPrefix(d.URL, "https://") {
			t.Errorf("diagnostic %+v", d)
		}
	}
}

// TestLoops checks addresses that come from each other in loops.
func TestLoops(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "go.mod"), "module loops\n\ngo 1.21\n")
	writeFile(t, filepath.Join(dir, "a.go"), `package loops

import "net/http"

func next() string { return "" }

func f(n int, password string) {
	u := next()
	for ; n > 0; n-- {
		for n%3 > 0 {
			if n%2 == 0 {
				u = next()
			}
			n--
		}
		r, _ := http.NewRequest("GET", u, nil)
		r.SetBasicAuth("app", password)
		if n == 5 {
			u = next()
		}
	}
}
`)
	if got := diagnostics(t, dir); len(got) != 0 {
		t.Errorf("%d diagnostics, want none: %v", len(got), got)
	}
}
