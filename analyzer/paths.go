package analyzer

import (
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// What is called a key or a credential may be the path of the file that holds it.

// pathFuncs take paths of files.
var pathFuncs = []sinkRow{
	{pkg: "os|io/ioutil", funcs: "Open OpenFile ReadFile Stat Lstat Create Remove RemoveAll MkdirAll Mkdir ReadDir WriteFile Chmod Chdir", one: true},
	{pkg: "path/filepath", funcs: "Join Dir Base Abs Clean Ext Split Rel EvalSymlinks IsAbs"},
	{pkg: "crypto/tls", funcs: "LoadX509KeyPair"},
}

// pathArgs returns the arguments of a call that are paths of files.
func pathArgs(call *ssa.CallCommon) []argument {
	fn := callee(call)
	if fn == nil || fn.Pkg() == nil || !isStandard(fn.Pkg().Path()) {
		return nil
	}
	for _, row := range pathFuncs {
		if matches(fn, fn.Pkg().Path(), row.pkg, row.recv, row.funcs) {
			args := spread(call, 0)
			if row.one && len(args) > 1 {
				args = args[:1]
			}
			return args
		}
	}
	return nil
}

// notePaths records the values that are opened as files, and the fields and
// variables of the package that are somewhere in it.
func (f *flow) notePaths(call *ssa.CallCommon) {
	for _, arg := range pathArgs(call) {
		f.opened[arg.value] = true
		if at := storedIn(arg.value); at != nil {
			f.paths[at] = true
		}
	}
}

// spreadPaths tells callers that the parameters of functions of the package are
// paths: what is opened there is one where it is given.
func (f *flow) spreadPaths() {
	for range maxWordDepth {
		grown := false
		for fn, calls := range f.callers {
			for i, p := range fn.Params {
				if f.opened[p] {
					grown = f.givePaths(calls, i) || grown
				}
			}
		}
		if !grown {
			return
		}
	}
}

// givePaths notes the i-th arguments of calls, and reports whether one was not
// known for a path.
func (f *flow) givePaths(calls []*ssa.CallCommon, i int) bool {
	grown := false
	for _, call := range calls {
		if i >= len(call.Args) || f.opened[call.Args[i]] || isConst(call.Args[i]) {
			continue
		}
		f.opened[call.Args[i]], grown = true, true
		if at := storedIn(call.Args[i]); at != nil {
			f.paths[at] = true
		}
	}
	return grown
}

// notePathParams does so for those that are given to parameters called paths.
func (f *flow) notePathParams(call *ssa.CallCommon) {
	for _, a := range arguments(call) {
		if at := storedIn(a); at != nil && !f.paths[at] && isText(at.Type()) && isGivenAsPath(a) {
			f.paths[at] = true
		}
	}
}

// storedIn returns the field or variable of the package that v is read from, or
// nil.
func storedIn(v ssa.Value) types.Object {
	load, ok := v.(*ssa.UnOp)
	if !ok {
		return nil
	}
	switch at := load.X.(type) {
	case *ssa.FieldAddr:
		if s, ok := derefType(at.X.Type()).Underlying().(*types.Struct); ok {
			return s.Field(at.Field)
		}
	case *ssa.Global:
		return at.Object()
	}
	return nil
}

// isPath reports whether a value is the path of a file.
func (f *flow) isPath(v ssa.Value) bool {
	return f.opened[v] || f.paths[storedIn(v)] || isGivenAsPath(v) || isMadePath(v)
}

// isMadePath reports whether v is what a function for paths returns.
func isMadePath(v ssa.Value) bool {
	if ex, ok := v.(*ssa.Extract); ok {
		v = ex.Tuple
	}
	c, ok := v.(*ssa.Call)
	if !ok {
		return false
	}
	fn := callee(&c.Call)
	return fn != nil && (fn.Name() == "Getwd" || inPackage("path|path/filepath", pkgPath(fn.Pkg())))
}

// isGivenAsPath reports whether a value is given to a parameter that is called a
// path or a file.
func isGivenAsPath(v ssa.Value) bool {
	return isGivenTo(v, func(name string) bool {
		ws := splitName(name)
		return len(ws) > 0 && (ws[len(ws)-1] == "path" || ws[len(ws)-1] == "file" || ws[len(ws)-1] == "filename")
	})
}
