// Package gocheck runs the analyzers of package analyzer over the Go files of a
// scan.
//
// It knows how Go files make modules and packages, and turns what the analyzers
// find into findings. It needs the go command to list packages and what they
// import, and nothing of what is listed is built, executed or fetched: files
// that use cgo, and imports that are not on this machine, are left out and said
// to be incomplete. It knows nothing of policy or reports.
package gocheck

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"

	"github.com/keysift/keysift/analyzer"
	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/rules"
)

// Check analyses the packages that hold files, which are paths of Go files on
// disk, with the rules of set. It yields findings in these files under the
// paths given, and a [scan.Incomplete] for each package and file that could not
// be analysed in full. Its order is that of modules, paths and positions.
//
// Files in folders that the go command passes over, as testdata and vendor, and
// those that are not built here because of their system or tags, are not
// analysed.
func Check(ctx context.Context, set *rules.Set, files []string) iter.Seq2[scan.Finding, error] {
	return func(yield func(scan.Finding, error) bool) {
		modules, err := group(files)
		if err != nil {
			yield(scan.Finding{}, err)
			return
		}
		if len(modules) == 0 && len(files) > 0 {
			yield(scan.Finding{}, &scan.Incomplete{
				Reason: "unreadable", Path: files[0], Detail: "no Go file belongs to a module: no go.mod was found",
				Cure: "scan a folder inside a Go module, or leave --go out",
			})
			return
		}
		for _, m := range modules {
			if err := ctx.Err(); err != nil {
				yield(scan.Finding{}, context.Cause(ctx))
				return
			}
			if !m.check(ctx, set, yield) {
				return
			}
		}
	}
}

// A module is the files of a scan that are in one module.
type module struct {
	root  string
	files map[string]string // path in the scan by absolute path
	dirs  map[string]bool   // absolute
}

// group sorts files by their modules, in the order of their roots.
func group(files []string) ([]*module, error) {
	byRoot, roots := map[string]*module{}, map[string]string{}
	for _, name := range files {
		abs, err := filepath.Abs(filepath.FromSlash(name))
		if err != nil {
			return nil, fmt.Errorf("finding the module of %s: %w", name, err)
		}
		dir := filepath.Dir(abs)
		root := rootOf(dir, roots)
		if root == "" || isPassedOver(root, dir) {
			continue
		}
		m := byRoot[root]
		if m == nil {
			m = &module{root: root, files: map[string]string{}, dirs: map[string]bool{}}
			byRoot[root] = m
		}
		m.files[abs] = name
		m.dirs[dir] = true
	}
	var out []*module
	for _, root := range slices.Sorted(maps.Keys(byRoot)) {
		out = append(out, byRoot[root])
	}
	return out, nil
}

// rootOf returns the next folder from dir upwards that holds a go.mod, empty
// if there is none. known holds earlier answers.
func rootOf(dir string, known map[string]string) string {
	if root, ok := known[dir]; ok {
		return root
	}
	root := ""
	if st, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil && st.Mode().IsRegular() {
		root = dir
	} else if up := filepath.Dir(dir); up != dir {
		root = rootOf(up, known)
	}
	known[dir] = root
	return root
}

// isPassedOver reports whether the go command does not look into dir for
// packages of the module at root.
func isPassedOver(root, dir string) bool {
	rel, err := filepath.Rel(root, dir)
	if err != nil || rel == "." {
		return err != nil
	}
	for part := range strings.SplitSeq(filepath.ToSlash(rel), "/") {
		if part == "testdata" || part == "vendor" || strings.HasPrefix(part, ".") || strings.HasPrefix(part, "_") {
			return true
		}
	}
	return false
}

// maxPatterns bounds the folders that are named to the go command one by one.
const maxPatterns = 500

func (m *module) patterns() []string {
	if len(m.dirs) > maxPatterns {
		return []string{"./..."}
	}
	var out []string
	for dir := range m.dirs {
		rel, err := filepath.Rel(m.root, dir)
		if err != nil {
			return []string{"./..."}
		}
		out = append(out, "./"+filepath.ToSlash(rel))
	}
	slices.Sort(out)
	return out
}

// check analyses the module. It reports whether to go on.
func (m *module) check(ctx context.Context, set *rules.Set, yield func(scan.Finding, error) bool) bool {
	pkgs, err := load(ctx, m.root, m.patterns())
	if err != nil {
		if ctx.Err() != nil {
			return yield(scan.Finding{}, context.Cause(ctx)) && false
		}
		inc := m.incomplete(m.root, err.Error())
		if errors.Is(err, errNoGo) {
			inc.Cure = "install Go, or leave --go out"
		}
		return yield(scan.Finding{}, inc)
	}
	for _, inc := range m.unread(pkgs) {
		if !yield(scan.Finding{}, inc) {
			return false
		}
	}
	var mu sync.Mutex
	var found []scan.Finding
	all := analyzer.Watch(set, func(f scan.Finding) {
		mu.Lock()
		defer mu.Unlock()
		found = append(found, f)
	})
	graph, err := checker.Analyze(all, pkgs, nil)
	if err != nil {
		return yield(scan.Finding{}, fmt.Errorf("analysing %s: %w", m.root, err))
	}
	for _, act := range graph.Roots {
		if act.Err != nil && !yield(scan.Finding{}, m.incomplete(m.root, act.String()+": "+act.Err.Error())) {
			return false
		}
	}
	for _, f := range m.own(found) {
		if !yield(f, nil) {
			return false
		}
	}
	return true
}

// own returns the findings in files of the scan in order, each place once: a
// package is analysed with its tests and without.
func (m *module) own(found []scan.Finding) []scan.Finding {
	var out []scan.Finding
	for _, f := range found {
		if name, ok := m.files[f.Path]; ok {
			f.Path = name
			out = append(out, f)
		}
	}
	slices.SortFunc(out, func(a, b scan.Finding) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), cmp.Compare(a.Start.Byte, b.Start.Byte), cmp.Compare(a.End.Byte, b.End.Byte), strings.Compare(a.Rule.ID, b.Rule.ID), strings.Compare(a.Hint, b.Hint))
	})
	return slices.CompactFunc(out, func(a, b scan.Finding) bool {
		return a.Path == b.Path && a.Start == b.Start && a.Rule.ID == b.Rule.ID
	})
}

// unread returns what of the packages could not be analysed, once each.
func (m *module) unread(pkgs []*packages.Package) []error {
	texts := map[string]*scan.Incomplete{}
	for _, p := range pkgs {
		for _, name := range p.IgnoredFiles {
			if given, ok := m.files[name]; ok && usesCgo(name) {
				texts[name] = &scan.Incomplete{
					Reason: "unreadable", Path: given, Detail: "it uses cgo, with which no Go package is analysed: only its text was scanned",
					Cure: "run keysift-vet ./... where it builds",
				}
			}
		}
		if problem := problemOf(p); problem != "" {
			texts[p.PkgPath] = m.incomplete(dirOf(p, m.root), problem)
		}
	}
	var out []error
	for _, key := range slices.Sorted(maps.Keys(texts)) {
		out = append(out, texts[key])
	}
	return out
}

// incomplete returns what says that the packages in dir were not analysed in
// full.
func (m *module) incomplete(dir, detail string) *scan.Incomplete {
	path := dir
	for _, abs := range slices.Sorted(maps.Keys(m.files)) {
		if filepath.Dir(abs) == dir {
			path = filepath.ToSlash(filepath.Dir(filepath.FromSlash(m.files[abs])))
			break
		}
	}
	return &scan.Incomplete{
		Reason: "unreadable", Path: path, Detail: "Go analysis: " + detail,
		Cure: "make go build ./... work there with what is on this machine (go mod download)",
	}
}

func dirOf(p *packages.Package, root string) string {
	if len(p.GoFiles) > 0 {
		return filepath.Dir(p.GoFiles[0])
	}
	if len(p.IgnoredFiles) > 0 {
		return filepath.Dir(p.IgnoredFiles[0])
	}
	return root
}

// problemOf says why a package could not be analysed in full, nothing if it
// was. Messages of the type checker may quote what stands in the file, and are
// not passed on.
func problemOf(p *packages.Package) string {
	for _, e := range p.Errors {
		if e.Kind == packages.ListError && isNothingToBuild(e.Msg) {
			return ""
		}
		first, _, _ := strings.Cut(e.Msg, "\n")
		if e.Kind != packages.ListError {
			return fmt.Sprintf("package %s does not compile (%s)", p.PkgPath, filepath.Base(e.Pos))
		}
		return fmt.Sprintf("package %s: %s", p.PkgPath, first)
	}
	if p.IllTyped {
		return fmt.Sprintf("package %s: something that it imports does not compile or is not on this machine", p.PkgPath)
	}
	return ""
}

// isNothingToBuild reports whether a folder has no Go files for this system.
func isNothingToBuild(msg string) bool {
	return strings.Contains(msg, "build constraints exclude all Go files") || strings.Contains(msg, "no Go files in") || strings.Contains(msg, "no non-test Go files in")
}

func usesCgo(name string) bool {
	f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
	if f == nil || err != nil && len(f.Imports) == 0 {
		return false
	}
	return slices.ContainsFunc(f.Imports, importsC)
}
