package analyzer

import (
	"go/token"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"
)

func (s *suite) runCredLog(pass *analysis.Pass) (any, error) {
	f := pass.ResultOf[s.flow].(*flow)
	r := s.newReporter(pass)
	for i := range f.found {
		found := &f.found[i]
		if found.kind == sinkURL || s.onlyTest(pass, found) {
			continue
		}
		category, way := ruleLog, " is written by "
		switch found.kind {
		case sinkError:
			category, way = ruleError, " becomes part of an error by "
			if found.sink == "panic" {
				way = " is shown by "
			}
		case sinkResponse:
			way = " is sent to the client by "
		}
		r.report(analysis.Diagnostic{
			Pos: found.pos, End: found.end, Category: category,
			Message: found.from.what + way + found.sink + "; " + advice(pass, found),
			Related: chain(pass, found), SuggestedFixes: redactFix(pass, found),
		}, detail{sure: !found.from.named})
	}
	return nil, nil
}

// onlyTest reports whether a finding is not worth telling because it is in a
// test, where what is named for a secret is made up.
func (s *suite) onlyTest(pass *analysis.Pass, found *finding) bool {
	return !s.tests && (found.from.named || !isOutside(found.from.what)) && (isTest(pass, found.pos) || isTesting(found.sink))
}

// isTesting reports whether a sink is the log of a test, by its name.
func isTesting(sink string) bool {
	recv, _, _ := strings.Cut(sink, ".")
	return recv == "common" || recv == "T" || recv == "B" || recv == "F" || recv == "TB"
}

// isOutside reports whether a secret comes into a test from outside, where it
// may be a real one: requests and what is kept for a test are made up by it.
func isOutside(what string) bool {
	for _, from := range [...]string{"environment variable", "password that was typed", "secret of the key ring", "secret of 1Password", "secret of A", "secret of Google", "private key"} {
		if strings.HasPrefix(what, from) {
			return true
		}
	}
	return false
}

// chain says how a secret gets from where it is read to the sink.
func chain(pass *analysis.Pass, found *finding) []analysis.RelatedInformation {
	var out []analysis.RelatedInformation
	if p := found.from.pos; p.IsValid() && line(pass, p) != line(pass, found.pos) {
		out = append(out, analysis.RelatedInformation{Pos: p, Message: found.from.what + " comes from here"})
	}
	return append(out, found.related...)
}

func line(pass *analysis.Pass, pos token.Pos) string {
	p := pass.Fset.Position(pos)
	return filepath.Base(p.Filename) + ":" + strconv.Itoa(p.Line)
}
