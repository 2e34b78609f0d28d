package analyzer

import (
	"golang.org/x/tools/go/analysis"
)

func (s *suite) runCredURL(pass *analysis.Pass) (any, error) {
	f := pass.ResultOf[s.flow].(*flow)
	r := s.newReporter(pass)
	r.reportURLs(s, f)
	for _, c := range f.clear {
		if isTest(pass, c.pos) && !s.tests {
			continue
		}
		d := analysis.Diagnostic{
			Pos: c.pos, Category: ruleTransport,
			Message: c.what + " is sent over plain http to " + c.host + "; use https",
		}
		if call, _ := f.written(c.pos, -1); call != nil {
			d.Pos, d.End = call.Pos(), call.End()
		}
		request, _ := f.written(c.request, -1)
		d.SuggestedFixes = tlsFix(request)
		r.report(d, detail{})
	}
	return nil, nil
}
