package analyzer

import (
	"go/token"
	"go/types"
	"regexp"

	"golang.org/x/tools/go/ssa"
)

// Programs read their environment through functions of their own, which are given
// the name of the variable: mustEnv("DB_PASSWORD").

// maxEnvDepth bounds how far a name is followed from one such function to the next.
const maxEnvDepth = 3

// envSource says which environment variable a call of such a function returns, ""
// for none that is named for a secret.
func (f *flow) envSource(call *ssa.CallCommon, result int) string {
	if result != 0 || call.IsInvoke() {
		return ""
	}
	for i, arg := range call.Args {
		name, ok := constString(arg)
		if !ok || name == "" || f.classify(name) == notSecret && !f.isDataSource(name) || !isVariableName(name) {
			continue
		}
		if f.envParam(call) == i {
			return "environment variable " + name
		}
	}
	return ""
}

// envParam returns which parameter of the function that a call runs is the name of
// the environment variable that it returns, -1 for none. Parameters are counted as
// those of a funcFact.
func (f *flow) envParam(call *ssa.CallCommon) int {
	if fn := f.body(call); fn != nil {
		return f.envParamOf(fn, 0)
	}
	if fn := callee(call); fn != nil && fn.Pkg() != nil && fn.Pkg() != f.pkg && !isStandard(fn.Pkg().Path()) {
		fact := new(funcFact)
		if f.importFact(fn, fact) {
			return fact.Env - 1
		}
	}
	return -1
}

func (f *flow) envParamOf(fn *ssa.Function, depth int) int {
	if at, ok := f.envParams[fn]; ok {
		return at
	}
	f.envParams[fn] = -1 // while it is looked through
	if !mapsText(fn.Signature) {
		return -1
	}
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			call, ok := instr.(*ssa.Call)
			if !ok {
				continue
			}
			p := nameParam(f.envName(&call.Call, depth))
			if p != nil && p.Parent() == fn && isReturned(call, 0) {
				f.envParams[fn] = paramIndex(p)
				return f.envParams[fn]
			}
		}
	}
	return -1
}

// mapsText reports whether a function takes a text and returns one.
func mapsText(sig *types.Signature) bool {
	if sig.Results().Len() == 0 || !isText(sig.Results().At(0).Type()) {
		return false
	}
	for p := range sig.Params().Variables() {
		if isText(p.Type()) {
			return true
		}
	}
	return false
}

// envName returns the value that a call takes for the name of an environment
// variable, nil if it reads none.
func (f *flow) envName(call *ssa.CallCommon, depth int) ssa.Value {
	fn := callee(call)
	if fn == nil || call.IsInvoke() || len(call.Args) == 0 || !mapsText(call.Signature()) {
		return nil
	}
	if path := pkgPath(fn.Pkg()); path == "os" || path == "syscall" {
		if fn.Name() == "Getenv" || fn.Name() == "LookupEnv" {
			return call.Args[0]
		}
		return nil
	}
	at := -1
	if body := f.body(call); body == nil {
		at = f.envParam(call)
	} else if depth < maxEnvDepth {
		at = f.envParamOf(body, depth+1)
	}
	if at < 0 || at >= len(call.Args) {
		return nil
	}
	return call.Args[at]
}

// nameParam returns the parameter that a name is made of: as it is, in capitals, or
// behind a constant prefix. nil if it is made of something else.
func nameParam(v ssa.Value) *ssa.Parameter {
	for range maxEnvDepth {
		switch x := v.(type) {
		case *ssa.Parameter:
			return x
		case *ssa.BinOp:
			if x.Op != token.ADD || !isConst(x.X) {
				return nil
			}
			v = x.Y
		case *ssa.Call:
			fn := callee(&x.Call)
			if fn == nil || fn.Name() != "ToUpper" || pkgPath(fn.Pkg()) != "strings" {
				return nil
			}
			v = x.Call.Args[0]
		default:
			return nil
		}
	}
	return nil
}

// isReturned reports whether a function returns a value as its first result, on
// some way.
func isReturned(v ssa.Value, depth int) bool {
	if depth > maxEnvDepth {
		return false
	}
	for _, ref := range refs(v) {
		switch ref := ref.(type) {
		case *ssa.Return:
			if len(ref.Results) > 0 && ref.Results[0] == v {
				return true
			}
		case *ssa.Extract:
			if ref.Index == 0 && isReturned(ref, depth+1) {
				return true
			}
		case *ssa.Phi:
			if isReturned(ref, depth+1) {
				return true
			}
		case *ssa.Call: // strings.TrimSpace(os.Getenv(name))
			if fn := callee(&ref.Call); fn != nil && pkgPath(fn.Pkg()) == "strings" && passes(fn) == 0 && ref.Call.Args[0] == v && isReturned(ref, depth+1) {
				return true
			}
		}
	}
	return false
}

// expandedVariable finds the names of variables in what os.ExpandEnv is given.
var expandedVariable = regexp.MustCompile(`\$\{?([A-Za-z_][A-Za-z0-9_]*)`)

// expanded returns the name of the first variable in text that is named for a
// secret, "" for none.
func (f *flow) expanded(text string) string {
	for _, m := range expandedVariable.FindAllStringSubmatch(text, -1) {
		if f.classify(m[1]) != notSecret {
			return m[1]
		}
	}
	return ""
}
