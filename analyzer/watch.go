package analyzer

import (
	"bytes"
	"go/token"

	"golang.org/x/tools/go/analysis"

	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/rules"
)

// Watch returns the analyzers of [New] for a program that has a policy and
// reports of its own: they report nothing, and give what they find to found
// instead, with the values, and whether a comment allows it or not. Paths are
// those of the files as they were parsed. Packages may be analysed at the same
// time, and so found may be called by several goroutines at once.
//
// What no value tells, as a secret on its way to a log, has no Secret.
func Watch(set *rules.Set, found func(scan.Finding)) []*analysis.Analyzer {
	s := newSuite(func() (*rules.Set, error) { return set, nil })
	s.watch = found
	return s.all()
}

// typeRule returns the rule of a category. The set has none for it, since no
// text can match it.
func typeRule(category string) *rules.Rule {
	for i := range categories {
		if categories[i].id == category {
			return categories[i].category().Rule
		}
	}
	return nil
}

// Scores of findings of which the rules say nothing, by what speaks for them.
const (
	scoreNamed = 0.92
	scoreSure  = 0.97
)

// finding makes of a diagnostic what a scan yields.
func (r *reporter) finding(d *analysis.Diagnostic, more *detail) scan.Finding {
	f := scan.Finding{Hint: d.Message}
	if more.rule != nil {
		f = *more.rule
		f.Suppressed, f.Hint, f.Exposure, f.Origin = nil, "", scan.NoExposure, nil
	} else {
		f.Rule = typeRule(d.Category)
		f.Severity, f.Confidence, f.Score = f.Rule.Severity, rules.MediumConfidence, scoreNamed
		if more.sure {
			f.Confidence, f.Score = rules.HighConfidence, scoreSure
		}
		f.Reason = "the types of the program say so"
		if more.secret != "" {
			f.Secret = scan.NewSecret(more.secret, 0)
		}
	}
	end := d.End
	if !end.IsValid() {
		end = d.Pos
	}
	f.Path = r.pass.Fset.PositionFor(d.Pos, false).Filename
	f.Start, f.End = r.place(d.Pos), r.place(end)
	r.narrow(&f, more.secret)
	return f
}

func (r *reporter) place(pos token.Pos) scan.Position {
	p := r.pass.Fset.PositionFor(pos, false)
	return scan.Position{Line: p.Line, Column: p.Column, Byte: int64(p.Offset)}
}

// narrow moves the place of f to that of its secret if that is written out in
// one piece on the line where f starts.
func (r *reporter) narrow(f *scan.Finding, secret string) {
	if secret == "" {
		return
	}
	lines := r.linesOf(f.Path)
	if f.Start.Line < 1 || f.Start.Line > len(lines) || f.Start.Column > len(lines[f.Start.Line-1]) {
		return
	}
	i := bytes.Index(lines[f.Start.Line-1][f.Start.Column-1:], []byte(secret))
	if i < 0 {
		return
	}
	f.Start.Column += i
	f.Start.Byte += int64(i)
	f.End = f.Start
	f.End.Column += len(secret)
	f.End.Byte += int64(len(secret))
}
