package analyzer

import (
	"cmp"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
)

// A cause is a function of the package that puts a secret into the URLs which
// others request: to mend it mends them all.
type cause struct {
	what   string
	helper *types.Func
}

// A causeReport is a diagnostic with the findings that it is about, the first
// of which it is reported for.
type causeReport struct {
	diagnostic analysis.Diagnostic
	found      []*finding
}

// maxMore bounds the further places that are told of one cause.
const maxMore = 20

// reportURLs reports the URLs of f, those of one cause at the first place, with
// the others as related information. Places that a comment allows do not count.
func (r *reporter) reportURLs(s *suite, f *flow) {
	var list []*finding
	for i := range f.found {
		if found := &f.found[i]; found.kind == sinkURL && !s.onlyTest(r.pass, found) {
			list = append(list, found)
		}
	}
	slices.SortStableFunc(list, func(a, b *finding) int { return cmp.Compare(a.pos, b.pos) })
	byCause := map[cause]*causeReport{}
	var reports []*causeReport
	for _, found := range list {
		d := analysis.Diagnostic{
			Pos: found.pos, End: found.end, Category: ruleURL, Related: chain(r.pass, found),
			Message: found.from.what + " becomes part of " + urlOf(found) + "; send it in a header",
		}
		if !r.admit(&d, &detail{sure: !found.from.named}) {
			continue
		}
		c := cause{found.from.what, found.from.helper}
		if first := byCause[c]; first != nil {
			first.add(found)
			continue
		}
		report := &causeReport{d, []*finding{found}}
		reports = append(reports, report)
		if c.helper != nil {
			byCause[c] = report
		}
	}
	for _, report := range reports {
		report.diagnostic.SuggestedFixes = headerFixes(r.pass, report.found)
		r.pass.Report(report.diagnostic)
	}
}

func (c *causeReport) add(found *finding) {
	c.found = append(c.found, found)
	if len(c.found) <= maxMore+1 {
		c.diagnostic.Related = append(c.diagnostic.Related, analysis.RelatedInformation{Pos: found.pos, End: found.end, Message: "and here, as part of " + urlOf(found)})
	}
}

// requestURL stands for a request whose URL is set, in the place of a function.
const requestURL = "the URL of a request"

// urlOf says what URL a secret becomes part of.
func urlOf(found *finding) string {
	switch found.sink {
	case requestURL:
		return requestURL
	case "Header.Set":
		return "a URL that a client is sent to"
	}
	return "a URL requested by " + found.sink
}
