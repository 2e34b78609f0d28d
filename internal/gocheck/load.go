package gocheck

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// listMode asks the go command for names and files only. With more, it would
// run cgo and swig for packages that use them, and the compiler.
const listMode = packages.NeedName | packages.NeedFiles | packages.NeedImports | packages.NeedDeps | packages.NeedModule

var errNoGo = errors.New("the go command is not installed")

// load lists the packages that patterns name in the module at root, with their
// tests, and checks their types and those of what they import from source.
func load(ctx context.Context, root string, patterns []string) ([]*packages.Package, error) {
	if _, err := exec.LookPath("go"); err != nil {
		return nil, errNoGo
	}
	cfg := &packages.Config{Context: ctx, Mode: listMode, Dir: root, Env: environment(os.Environ()), Tests: true}
	pkgs, err := packages.Load(cfg, patterns...)
	if err != nil || outsideWorkspace(pkgs) {
		cfg.Env = append(cfg.Env, "GOWORK=off")
		pkgs, err = packages.Load(cfg, patterns...)
	}
	if err != nil {
		return nil, fmt.Errorf("listing packages: %w", firstLine(err))
	}
	l := &loader{fset: token.NewFileSet(), sizes: types.SizesFor("gc", goarch()), done: map[*packages.Package]bool{}}
	var out []*packages.Package
	for _, p := range pkgs {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if strings.HasSuffix(p.ID, ".test") {
			continue // the program that runs the tests
		}
		l.check(ctx, p, true)
		out = append(out, p)
	}
	return out, nil
}

// outsideWorkspace reports whether the module was not loaded because there is a
// workspace in a folder above that does not know it.
func outsideWorkspace(pkgs []*packages.Package) bool {
	return slices.ContainsFunc(pkgs, func(p *packages.Package) bool {
		return slices.ContainsFunc(p.Errors, func(e packages.Error) bool { return strings.Contains(e.Msg, "go.work") })
	})
}

// environment returns env so that the go command fetches nothing, starts no
// other program and no other version of itself, and takes no flags from where
// nobody looks.
func environment(env []string) []string {
	return append(env[:len(env):len(env)],
		"GOFLAGS=-buildvcs=false", "CGO_ENABLED=0", "GOTOOLCHAIN=local", "GO111MODULE=on", "GOPACKAGESDRIVER=off",
		"GOPROXY=off", "GONOPROXY=none", "GOSUMDB=off", "GOVCS=*:off",
	)
}

func goarch() string {
	if arch := os.Getenv("GOARCH"); arch != "" {
		return arch
	}
	return runtime.GOARCH
}

func firstLine(err error) error {
	line, _, _ := strings.Cut(strings.TrimSpace(err.Error()), "\n")
	return errors.New(line)
}

// A loader parses packages and checks their types, each once.
type loader struct {
	fset  *token.FileSet
	sizes types.Sizes
	done  map[*packages.Package]bool
}

// check fills in what package checker needs of a package, after the packages
// that it imports. Bodies of functions of the standard library are left out:
// nothing in them is looked at.
func (l *loader) check(ctx context.Context, p *packages.Package, asked bool) {
	if l.done[p] {
		return
	}
	l.done[p] = true
	p.Fset, p.TypesSizes = l.fset, l.sizes
	p.CompiledGoFiles = p.GoFiles
	p.TypesInfo = newInfo()
	p.IllTyped = len(p.Errors) > 0
	if p.PkgPath == "unsafe" {
		p.Types = types.Unsafe
		return
	}
	for _, imp := range p.Imports {
		l.check(ctx, imp, false)
		p.IllTyped = p.IllTyped || imp.IllTyped
	}
	standard := p.Module == nil && !asked
	if ctx.Err() == nil {
		l.parse(p, standard)
	}
	cfg := &types.Config{
		Importer: importer(p.Imports), Sizes: l.sizes, IgnoreFuncBodies: standard,
		Error: func(err error) { l.fail(p, err) },
	}
	if p.Module != nil && p.Module.GoVersion != "" {
		cfg.GoVersion = "go" + p.Module.GoVersion
	}
	p.Types = types.NewPackage(p.PkgPath, p.Name)
	checked := types.NewChecker(cfg, l.fset, p.Types, p.TypesInfo)
	if err := checked.Files(p.Syntax); err != nil {
		p.IllTyped = true
	}
}

func newInfo() *types.Info {
	return &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Implicits: map[ast.Node]types.Object{}, Instances: map[*ast.Ident]types.Instance{}, Scopes: map[ast.Node]*types.Scope{},
		Selections: map[*ast.SelectorExpr]*types.Selection{}, FileVersions: map[*ast.File]string{},
	}
}

func (l *loader) parse(p *packages.Package, standard bool) {
	mode := parser.SkipObjectResolution
	if !standard {
		mode |= parser.ParseComments
	}
	for _, name := range p.GoFiles {
		f, err := parser.ParseFile(l.fset, name, nil, mode)
		if err != nil {
			p.Errors = append(p.Errors, packages.Error{Pos: name, Msg: err.Error(), Kind: packages.ParseError})
			p.IllTyped = true
		}
		if f != nil {
			p.Syntax = append(p.Syntax, f)
		}
	}
}

// fail notes that a package does not compile.
func (l *loader) fail(p *packages.Package, err error) {
	p.IllTyped = true
	var te types.Error
	if errors.As(err, &te) {
		p.TypeErrors = append(p.TypeErrors, te)
		p.Errors = append(p.Errors, packages.Error{Pos: l.fset.Position(te.Pos).String(), Msg: te.Msg, Kind: packages.TypeError})
	}
}

// An importer gives the packages that one imports by the path that is written.
type importer map[string]*packages.Package

func (m importer) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	p := m[path]
	if p == nil || p.Types == nil {
		return nil, fmt.Errorf("package %s is not on this machine", path)
	}
	return p.Types, nil
}

func importsC(spec *ast.ImportSpec) bool { return spec.Path.Value == `"C"` }
