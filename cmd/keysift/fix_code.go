package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"

	"github.com/keysift/keysift/analyzer"
	"github.com/keysift/keysift/internal/fix"
	"github.com/keysift/keysift/internal/report"
	"github.com/keysift/keysift/internal/scan"
)

// inCode returns the findings whose repair is a change of their line, by file:
// those in files that stay in git.
func (r *repair) inCode() map[string][]*scan.Finding {
	away := map[string]bool{}
	for _, x := range r.job.about.Exposed() {
		if x.Findings > 0 && x.Alarms() {
			away[x.Path] = true
		}
	}
	out := map[string][]*scan.Finding{}
	for i := range r.findings {
		if f := &r.findings[i]; !away[f.Path] && len(f.Decoded) == 0 && f.Start.Line == f.End.Line && f.Exposure != scan.Ignored {
			out[f.Path] = append(out[f.Path], f)
		}
	}
	return out
}

// planGo adds the changes that the analyzers suggest for Go files with findings.
func (r *repair) planGo(ctx context.Context) error {
	lines := map[string]map[int]bool{} // by absolute path
	dirs := map[string]bool{}
	for path, found := range r.inCode() {
		if filepath.Ext(path) != ".go" {
			continue
		}
		abs, err := filepath.Abs(filepath.FromSlash(path))
		if err != nil {
			return err
		}
		dirs[filepath.Dir(abs)] = true
		lines[abs] = map[int]bool{}
		for _, f := range found {
			lines[abs][f.Start.Line] = true
		}
	}
	if len(dirs) == 0 {
		return nil
	}
	if _, err := exec.LookPath("go"); err != nil {
		return nil // the changes are shown as those of other languages are
	}
	edits, err := goEdits(ctx, dirs, lines)
	if err != nil {
		r.job.complain("Go code is not repaired: " + err.Error())
		return nil
	}
	for _, e := range edits {
		t, rel := r.job.about.places.Tree(e.Rel)
		if t == nil {
			continue
		}
		p, err := r.planFor(t)
		if err != nil {
			return err
		}
		e.Rel, e.Undo = rel, "put the values back in your editor"
		if p.Unmodified(rel) {
			e.Undo = r.job.about.places.GitCommand(t, "checkout --", rel)
		}
		p.AddEdit(e)
	}
	return nil
}

// goEdits loads the packages in dirs and returns the suggested changes of the
// lines, with absolute paths. Loading runs the go command, without network, C
// compiler or version control.
func goEdits(ctx context.Context, dirs map[string]bool, lines map[string]map[int]bool) ([]*fix.Edit, error) {
	byFile := map[string][]textEdit{}
	for _, dir := range sortedKeys(dirs) {
		loaded, err := packages.Load(&packages.Config{
			Context: ctx, Dir: dir, Mode: packages.LoadSyntax | packages.NeedModule, Tests: true,
			Env: append(os.Environ(), "GOTOOLCHAIN=local", "GOPROXY=off", "GOFLAGS=-buildvcs=false", "CGO_ENABLED=0"),
		}, ".")
		if err != nil {
			return nil, err
		}
		graph, err := checker.Analyze([]*analysis.Analyzer{analyzer.Hardcoded}, loaded, nil)
		if err != nil {
			return nil, err
		}
		for _, root := range graph.Roots {
			for _, d := range root.Diagnostics {
				at := root.Package.Fset.Position(d.Pos)
				if len(d.SuggestedFixes) == 0 || !lines[at.Filename][at.Line] {
					continue
				}
				for _, e := range d.SuggestedFixes[0].TextEdits {
					from, to := root.Package.Fset.Position(e.Pos), root.Package.Fset.Position(cmp.Or(e.End, e.Pos))
					byFile[from.Filename] = append(byFile[from.Filename], textEdit{from.Offset, to.Offset, string(e.NewText)})
				}
			}
		}
	}
	var out []*fix.Edit
	for _, name := range sortedKeys(byFile) {
		e, err := applyEdits(name, byFile[name])
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

// A textEdit puts text in the place of a part of a file.
type textEdit struct {
	start, end int
	text       string
}

// applyEdits returns the change of a file. Tests are loaded with the package
// and without, so that the same edit may come twice.
func applyEdits(name string, edits []textEdit) (*fix.Edit, error) {
	old, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(edits, func(a, b textEdit) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end), strings.Compare(a.text, b.text))
	})
	edits = slices.Compact(edits)
	e := &fix.Edit{Rel: filepath.ToSlash(name), Old: old}
	at := 0
	for _, x := range edits {
		if x.start < at || x.end < x.start || x.end > len(old) {
			return nil, fmt.Errorf("%s: changes overlap", name)
		}
		e.New = append(append(e.New, old[at:x.start]...), x.text...)
		if at = x.end; x.end > x.start {
			e.Hide = append(e.Hide, fix.Span{Start: x.start, End: x.end})
		}
	}
	e.New = append(e.New, old[at:]...)
	return e, nil
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// showPatches shows the changes of code that are left to people.
func (r *repair) showPatches() {
	planned := map[string]bool{}
	for _, p := range r.plans {
		for _, e := range p.Edits {
			planned[filepath.Join(p.tree.Top(), filepath.FromSlash(e.Rel))] = true
		}
	}
	code := r.inCode()
	first := true
	for _, path := range sortedKeys(code) {
		if abs, err := filepath.Abs(filepath.FromSlash(path)); err != nil || planned[abs] {
			continue
		}
		patch, err := r.patch(path, code[path])
		if err != nil || patch == "" {
			continue
		}
		if first {
			r.say("\nTo change by hand, shown without the values; nothing checks that it compiles:")
			first = false
		}
		r.say("\n%s", strings.TrimSuffix(patch, "\n"))
	}
}

// patch returns the lines of a file as they are, without their credentials, and
// as they could be.
func (r *repair) patch(path string, found []*scan.Finding) (string, error) {
	text, err := readOrdinary(filepath.FromSlash(path))
	if err != nil {
		return "", err
	}
	byLine := map[int][]*scan.Finding{}
	var numbers []int
	for _, f := range found {
		if byLine[f.Start.Line] == nil {
			numbers = append(numbers, f.Start.Line)
		}
		byLine[f.Start.Line] = append(byLine[f.Start.Line], f)
	}
	slices.Sort(numbers)
	lines := bytes.Split(text, []byte("\n"))
	var out strings.Builder
	imports := ""
	for _, n := range numbers {
		if n > len(lines) {
			return "", errors.New("the file has changed")
		}
		line := strings.TrimSuffix(string(lines[n-1]), "\r")
		old, next, needs, ok := fix.EnvPatch(path, line, literals(line, byLine[n]))
		if !ok {
			continue
		}
		imports = needs
		fmt.Fprintf(&out, "@@ -%d +%d @@\n-%s\n+%s\n", n, n, visibleLine(old), visibleLine(next))
	}
	if out.Len() == 0 {
		return "", nil
	}
	head := fmt.Sprintf("--- a/%s\n+++ b/%s\n", report.Visible(path), report.Visible(path))
	if imports != "" && !bytes.Contains(text, []byte(imports)) {
		head += "  (needs: " + imports + ")\n"
	}
	return head + out.String(), nil
}

// literals returns the credentials of one line.
func literals(line string, found []*scan.Finding) []fix.Literal {
	var out []fix.Literal
	for _, f := range found {
		start, end := f.Start.Column-1, f.End.Column-1
		if start < 0 || end > len(line) || start >= end {
			return nil
		}
		out = append(out, fix.Literal{
			Span: fix.Span{Start: start, End: end}, Shown: f.Secret.String(),
			Name: fix.EnvName(line[:start], f.Rule.ID),
		})
	}
	return out
}
