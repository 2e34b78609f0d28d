package analyzer

import (
	"cmp"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
)

// A cause is what findings have in common that one look settles: one function
// puts a secret into the URLs that others request. Any other finding is a cause of
// its own, at its place.
type cause struct {
	category, what string
	pos            token.Pos   // none for a helper
	helper         *types.Func // which puts the secret in; nil for none
}

func causeOf(found *finding, category string) cause {
	if found.kind == sinkURL && found.from.helper != nil {
		return cause{category: category, what: found.from.what, helper: found.from.helper}
	}
	return cause{category: category, what: found.from.what, pos: found.pos}
}

// A causeReport is a diagnostic with the findings that it is about, the first
// of which it is reported for.
type causeReport struct {
	diagnostic analysis.Diagnostic
	found      []*finding
}

// maxMore bounds the further places that are told of one cause.
const maxMore = 20

// reportCauses reports the findings of f that want picks, each cause once: at
// the first place, with the others as related information. Places that a
// comment allows do not count.
func (s *suite) reportCauses(pass *analysis.Pass, f *flow, want func(*finding) bool,
	diagnostic func(*finding) analysis.Diagnostic, fix func(*analysis.Pass, []*finding) []analysis.SuggestedFix) *reporter {
	r := s.newReporter(pass)
	var list []*finding
	for i := range f.found {
		if want(&f.found[i]) && !s.onlyTest(pass, &f.found[i]) {
			list = append(list, &f.found[i])
		}
	}
	slices.SortStableFunc(list, func(a, b *finding) int { return cmp.Compare(a.pos, b.pos) })
	byCause := map[cause]*causeReport{}
	var reports []*causeReport
	for _, found := range list {
		d := diagnostic(found)
		d.Pos, d.End, d.Related = found.pos, found.end, chain(pass, found)
		if s.watch != nil {
			d.SuggestedFixes = nil // nobody takes them there
		}
		if !r.admit(&d, &detail{sure: !found.from.named}) {
			continue
		}
		c := causeOf(found, d.Category)
		if first := byCause[c]; first != nil {
			first.add(found)
			continue
		}
		byCause[c] = &causeReport{d, []*finding{found}}
		reports = append(reports, byCause[c])
	}
	for _, report := range reports {
		report.diagnostic.SuggestedFixes = fix(pass, report.found)
		pass.Report(report.diagnostic)
	}
	return r
}

func (c *causeReport) add(found *finding) {
	c.found = append(c.found, found)
	if len(c.found) <= maxMore+1 {
		c.diagnostic.Related = append(c.diagnostic.Related, analysis.RelatedInformation{Pos: found.pos, End: found.end, Message: "and here, by " + found.sink})
	}
}
