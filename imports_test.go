package keysift_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/keysift/keysift/"

// allowed lists, for each package, what of this module it may import. Packages
// of tests and commands may import everything.
var allowed = map[string][]string{
	"rules":               {},
	"internal/judge":      {},
	"internal/inflate":    {},
	"internal/decode":     {"internal/inflate"},
	"internal/pack":       {"internal/inflate"},
	"internal/repo":       {},
	"internal/ignore":     {},
	"internal/scan":       {"rules", "internal/judge", "internal/decode"},
	"internal/worktree":   {"internal/scan", "internal/decode", "internal/ignore", "internal/repo"},
	"internal/policy":     {"rules", "internal/scan", "internal/repo"},
	"internal/report":     {"rules", "internal/scan"},
	"internal/history":    {"rules", "internal/scan", "internal/pack", "internal/repo", "internal/decode"},
	"internal/secrettest": {"rules"},
	"internal/gittest":    {},
	"analyzer":            {"rules", "internal/scan", "internal/judge", "internal/policy"},
	"hook":                {"rules", "internal/scan", "internal/pack", "internal/repo", "internal/decode"},
	"internal/exposed":    {"rules", "internal/scan", "internal/ignore", "internal/repo", "internal/pack"},
	"internal/fix":        {"internal/ignore", "internal/repo"},
	"internal/gocheck":    {"rules", "internal/scan", "analyzer"},
}

// external lists the packages that alone may import a module.
var external = map[string][]string{
	"github.com/BurntSushi/toml":          {"rules", "internal/policy", "analyzer"},
	"github.com/sabhiram/go-gitignore":    {"internal/ignore"},
	"github.com/spf13/pflag":              {"cmd/keysift"},
	"github.com/go-git/go-git/v5":         {"internal/history", "internal/repo", "hook", "internal/fix"},
	"github.com/klauspost/compress/flate": {"internal/inflate"},
	"github.com/klauspost/compress/zlib":  {"internal/inflate"},
	"github.com/klauspost/compress/gzip":  {"internal/inflate"},
	"golang.org/x/tools/go/analysis":      {"analyzer", "cmd/keysift-vet", "cmd/keysift", "internal/gocheck"},
}

type pkg struct {
	ImportPath string
	Name       string
	Dir        string
	Doc        string
	GoFiles    []string
	Imports    []string
}

func packages(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Name,Dir,Doc,GoFiles,Imports", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []pkg
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func TestImports(t *testing.T) {
	for _, p := range packages(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		for _, imp := range p.Imports {
			if users, ok := external[imp]; ok && !slices.Contains(users, name) {
				t.Errorf("%s imports %s, which is for %v", name, imp, users)
			}
			to, own := strings.CutPrefix(imp, module)
			if !own || p.Name == "main" {
				continue
			}
			may, known := allowed[name]
			if !known {
				t.Errorf("%s: not listed; add it with what it may import", name)
				break
			}
			if !slices.Contains(may, to) {
				t.Errorf("%s imports %s; it may import %v", name, to, may)
			}
		}
	}
}

func TestPackageComments(t *testing.T) {
	for _, p := range packages(t) {
		if len(p.GoFiles) > 0 && p.Doc == "" {
			t.Errorf("%s has no package comment", p.ImportPath)
		}
	}
}

// TestNoHiddenControl holds packages to have no init function, and none but
// commands to end the process or write a log.
func TestNoHiddenControl(t *testing.T) {
	for _, p := range packages(t) {
		for _, name := range p.GoFiles {
			file := filepath.Join(p.Dir, name)
			f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range f.Decls {
				if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
					t.Errorf("%s: has an init function", file)
				}
			}
			if p.Name != "main" {
				noExit(t, file, f)
			}
		}
	}
}

func noExit(t *testing.T, file string, f *ast.File) {
	t.Helper()
	for _, imp := range f.Imports {
		if imp.Path.Value == `"log"` {
			t.Errorf("%s: imports log", file)
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := sel.X.(*ast.Ident); ok && x.Name == "os" && sel.Sel.Name == "Exit" {
			t.Errorf("%s: calls os.Exit", file)
		}
		return true
	})
}
