package analyzer

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// A funcFact is what callers in other packages have to know of a function. It
// is exported only for functions of which there is something to know.
type funcFact struct {
	Sinks   []paramSink
	Results []resultFlow
	Env     int // 1 + the parameter that names the environment variable which it returns; 0 for none
}

// AFact marks funcFact as a fact.
func (*funcFact) AFact() {}

// String describes the fact for tests.
func (f *funcFact) String() string {
	var b strings.Builder
	for _, s := range f.Sinks {
		fmt.Fprintf(&b, "%d→%s ", s.Param, s.Name)
	}
	for _, r := range f.Results {
		if r.Secret != "" {
			fmt.Fprintf(&b, "secret→result %d ", r.Result)
		} else {
			fmt.Fprintf(&b, "%d→result %d ", r.Param, r.Result)
		}
	}
	if f.Env > 0 {
		fmt.Fprintf(&b, "%d names variable ", f.Env-1)
	}
	return strings.TrimSpace(b.String())
}

// A paramSink says that a parameter reaches a sink. Parameters are counted as
// package ssa does, with the receiver first.
type paramSink struct {
	Param int
	Kind  sinkKind
	Name  string // the function that is the sink
	Where string // file and line of the call
	Via   string // how that goes on to the sink, if it is a function that passes it on
}

// maxVia bounds how much of the way to a sink is told, in bytes.
const maxVia = 240

// way tells the way from the function whose parameter it is to the sink.
func (p *paramSink) way() string {
	step := p.Name + " (" + p.Where + ")"
	if p.Via == "" || len(step)+len(p.Via) > maxVia {
		return step
	}
	return step + ", that to " + p.Via
}

// A resultFlow says that a result holds a parameter, or a secret.
type resultFlow struct {
	Result int
	Param  int
	Secret string // empty if it is a parameter
	Named  bool   // only a name says that it is a secret
	Doubt  bool   // and nothing speaks for the name but that it is so
}

// A summary is a funcFact in the making.
type summary struct {
	funcFact
	results bool // they are known or being computed
}

func (s *summary) addSink(p paramSink) {
	for _, old := range s.Sinks {
		if old.Param == p.Param && old.Kind == p.Kind {
			return
		}
	}
	if len(s.Sinks) < maxFacts {
		s.Sinks = append(s.Sinks, p)
	}
}

func (s *summary) addResult(r resultFlow) {
	for _, old := range s.Results {
		if old.Result == r.Result && old.Param == r.Param && (old.Secret == "") == (r.Secret == "") {
			return
		}
	}
	if len(s.Results) < maxFacts {
		s.Results = append(s.Results, r)
	}
}

// dropSecret forgets that a result is a secret.
func (s *summary) dropSecret(result int) {
	s.Results = slices.DeleteFunc(s.Results, func(r resultFlow) bool { return r.Result == result && r.Secret != "" && r.Named })
}

// maxFacts bounds what is remembered of a function.
const maxFacts = 16

// known returns what is known of the function that a call runs, nil for
// nothing.
func (f *flow) known(call *ssa.CallCommon) *funcFact {
	if fn := f.body(call); fn != nil {
		s := f.summarize(fn)
		f.summarizeResults(fn, s)
		return &s.funcFact
	}
	fn := callee(call)
	if fn == nil || call.IsInvoke() || fn.Pkg() == nil || fn.Pkg() == f.pkg || isStandard(fn.Pkg().Path()) {
		return nil
	}
	fact := new(funcFact)
	if !f.importFact(fn, fact) {
		return nil
	}
	return fact
}

// paramIndex returns the place of a parameter among those of its function.
func paramIndex(p *ssa.Parameter) int {
	for i, q := range p.Parent().Params {
		if p == q {
			return i
		}
	}
	return -1
}
