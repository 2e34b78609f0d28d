package analyzer

import (
	"bytes"
	"go/ast"
	"go/token"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/keysift/keysift/internal/policy"
	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/rules"
)

// remedyURL is the guidance for findings of no particular provider.
const remedyURL = "https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html"

// A reporter reports each place once, unless a comment allows it.
type reporter struct {
	pass  *analysis.Pass
	watch func(scan.Finding)  // takes the place of reporting; nil for none
	lines map[string][][]byte // of files that were asked for
	done  map[token.Pos]bool
}

func (s *suite) newReporter(pass *analysis.Pass) *reporter {
	return &reporter{pass: pass, watch: s.watch, lines: map[string][][]byte{}, done: map[token.Pos]bool{}}
}

// A detail is what is known of a diagnostic and not for people to read. The
// zero value is that of one that only a name speaks for.
type detail struct {
	rule   *scan.Finding // what the rules found; nil if only types tell
	secret string        // the constant that is a credential; empty for none
	sure   bool          // more than a name says that it is one
}

func (r *reporter) report(d analysis.Diagnostic, more detail) {
	if r.admit(&d, &more) {
		r.pass.Report(d)
	}
}

// admit completes a diagnostic, and reports whether it is to be reported: not
// if the place is known, a comment allows it, or watch takes it.
func (r *reporter) admit(d *analysis.Diagnostic, more *detail) bool {
	if r.done[d.Pos] || !d.Pos.IsValid() {
		return false
	}
	r.done[d.Pos] = true
	if d.URL == "" {
		d.URL = remedyURL
	}
	if r.watch != nil {
		r.watch(r.finding(d, more))
		return false
	}
	ids := append([]string{d.Category}, aliases[d.Category]...)
	if more.rule != nil {
		ids = append(ids, more.rule.Rule.Aliases...)
	}
	v := r.allowed(d.Pos, ids)
	if v.Allowed {
		return false
	}
	if v.Ineffective != "" {
		d.Message += " (the comment does not allow it: " + v.Ineffective + ")"
	}
	return true
}

// allowed reads the comments on the line of pos and the line before.
func (r *reporter) allowed(pos token.Pos, ids []string) policy.Verdict {
	p := r.pass.Fset.PositionFor(pos, false)
	lines := r.linesOf(p.Filename)
	if p.Line < 1 || p.Line > len(lines) {
		return policy.Verdict{}
	}
	var before []byte
	if p.Line > 1 {
		before = lines[p.Line-2]
	}
	return policy.Allow(lines[p.Line-1], before, ids, true)
}

// linesOf returns the lines of a file, none if it cannot be read.
func (r *reporter) linesOf(file string) [][]byte {
	lines, ok := r.lines[file]
	if !ok {
		if data, err := r.pass.ReadFile(file); err == nil {
			lines = bytes.Split(data, []byte("\n"))
		}
		r.lines[file] = lines
	}
	return lines
}

// stepURL returns the page on which a credential of the rule is revoked, or
// the source of what is advised.
func stepURL(set *rules.Set, r *rules.Rule) string {
	remedy, ok := set.Remedy(r.Remedy)
	if !ok {
		return remedyURL
	}
	for _, step := range remedy.Steps {
		if strings.HasPrefix(step.URL, "https://") {
			return step.URL
		}
	}
	if strings.HasPrefix(remedy.Source, "https://") {
		return remedy.Source
	}
	return remedyURL
}

// isExample reports whether the path of a package says that it shows how
// something is used: what it holds is made up unless it looks like a machine
// had made it. That a module is called so says nothing.
func isExample(path string) bool {
	for part := range strings.SplitSeq(path, "/") {
		ws := strings.FieldsFunc(part, isPathPunct)
		if len(ws) > 0 && (exampleWords[ws[0]] || exampleWords[ws[len(ws)-1]]) {
			return true
		}
	}
	return false
}

var exampleWords = words("example examples snippet snippets sample samples demo demos tutorial tutorials simulator simulators emulator emulators")

// fileOf returns the file of the package that holds pos, or nil.
func fileOf(pass *analysis.Pass, pos token.Pos) *ast.File {
	for _, f := range pass.Files {
		if f.FileStart <= pos && pos < f.FileEnd {
			return f
		}
	}
	return nil
}
