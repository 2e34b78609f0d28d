package analyzer

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ast/astutil"
	"golang.org/x/tools/go/ssa"
)

// written returns the call at a position as it is written, and the argument
// of an index, nil if there is none.
func (f *flow) written(pos token.Pos, arg int) (*ast.CallExpr, ast.Expr) {
	file := fileOf(f.pass, pos)
	if file == nil {
		return nil, nil
	}
	path, _ := astutil.PathEnclosingInterval(file, pos, pos)
	for _, n := range path {
		call, ok := n.(*ast.CallExpr)
		if !ok || call.Lparen != pos {
			continue
		}
		if arg >= 0 && arg < len(call.Args) {
			return call, call.Args[arg]
		}
		return call, nil
	}
	return nil, nil
}

// panics checks what a panic shows.
func (f *flow) panics(p *ssa.Panic) {
	f.reach(p.X, false, func(o origin) {
		if o.param != nil {
			return
		}
		found := finding{kind: sinkError, sink: "panic", from: o, pos: p.Pos(), end: p.Pos()}
		if call, arg := f.panicCall(p.Pos()); call != nil {
			found.call, found.arg, found.pos, found.end = call, arg, arg.Pos(), arg.End()
		}
		f.found = append(f.found, found)
	})
}

func (f *flow) panicCall(pos token.Pos) (*ast.CallExpr, ast.Expr) {
	file := fileOf(f.pass, pos)
	if file == nil {
		return nil, nil
	}
	path, _ := astutil.PathEnclosingInterval(file, pos, pos)
	for _, n := range path {
		if call, ok := n.(*ast.CallExpr); ok && len(call.Args) == 1 {
			return call, call.Args[0]
		}
	}
	return nil, nil
}

// stored checks what is stored in the URL of a request, and in an error.
func (f *flow) stored(st *ssa.Store) {
	fa, ok := st.Addr.(*ssa.FieldAddr)
	if !ok {
		return
	}
	s, ok := derefType(fa.X.Type()).Underlying().(*types.Struct)
	if !ok {
		return
	}
	field := s.Field(fa.Field)
	switch {
	case isURL(fa.X.Type()) && (field.Name() == "RawQuery" || field.Name() == "Path" || field.Name() == "User") && isRequestURL(fa.X),
		field.Name() == "URL" && isMadeRequest(fa.X):
		f.storedSink(st, sinkURL, requestURL, true)
	case isText(field.Type()) && (f.printsField(derefType(fa.X.Type()), field) || f.tellsField(derefType(fa.X.Type()), field)):
		f.storedSink(st, sinkError, "error "+typeName(fa.X.Type()), false)
	}
}

func (f *flow) storedSink(st *ssa.Store, kind sinkKind, sink string, inURL bool) {
	f.reach(st.Val, inURL, func(o origin) {
		found := finding{kind: kind, sink: sink, from: o, pos: st.Pos(), end: st.Pos()}
		if !f.isFinding(o, &found, st) {
			return
		}
		if e := f.assigned(st.Pos()); e != nil {
			found.arg, found.pos, found.end = e, e.Pos(), e.End()
		}
		f.found = append(f.found, found)
	})
}

// assigned returns the expression that the assignment or key at a position is
// given.
func (f *flow) assigned(pos token.Pos) ast.Expr {
	file := fileOf(f.pass, pos)
	if file == nil {
		return nil
	}
	path, _ := astutil.PathEnclosingInterval(file, pos, pos)
	for _, n := range path {
		switch n := n.(type) {
		case *ast.KeyValueExpr:
			return n.Value
		case *ast.AssignStmt:
			for i, lhs := range n.Lhs {
				if lhs.Pos() <= pos && pos <= lhs.End() && i < len(n.Rhs) {
					return n.Rhs[i]
				}
			}
			return n.Rhs[0]
		}
	}
	return nil
}

// isRequestURL reports whether u is the URL of a request.
func isRequestURL(u ssa.Value) bool {
	load, ok := u.(*ssa.UnOp)
	if !ok {
		return false
	}
	fa, ok := load.X.(*ssa.FieldAddr)
	return ok && typeName(fa.X.Type()) == "Request"
}

// isMadeRequest reports whether v is a request that is written as a literal.
func isMadeRequest(v ssa.Value) bool {
	_, made := v.(*ssa.Alloc)
	return made && isRequest(v.Type())
}

// printsField reports whether t is an error of this package whose text shows a
// field.
func (f *flow) printsField(t types.Type, field *types.Var) bool {
	n := named(t)
	if n == nil || n.Obj().Pkg() != f.pkg || !hasMethod(t, "Error") {
		return false
	}
	for _, file := range f.pass.Files {
		for _, d := range file.Decls {
			fd, ok := d.(*ast.FuncDecl)
			if !ok || fd.Name.Name != "Error" || fd.Recv == nil || fd.Body == nil {
				continue
			}
			if named(f.pass.TypesInfo.TypeOf(fd.Recv.List[0].Type)) == n && mentionsBare(f.pass.TypesInfo, fd.Body, field) {
				return true
			}
		}
	}
	return false
}

// mentionsBare reports whether n uses obj other than to give it to a function
// that hides what it is given.
func mentionsBare(info *types.Info, n ast.Node, obj types.Object) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if isBarrierName(splitName(calleeName(n))) {
				return false
			}
		case *ast.Ident:
			found = found || info.Uses[n] == obj
		}
		return !found
	})
	return found
}

// constPrefix returns the constant text with which v starts.
func constPrefix(v ssa.Value) string { return prefixOf(v, map[ssa.Value]bool{}) }

// prefixOf looks at each value once: those of a loop may come from each other.
func prefixOf(v ssa.Value, seen map[ssa.Value]bool) string {
	if seen[v] {
		return ""
	}
	seen[v] = true
	switch v := v.(type) {
	case *ssa.Const:
		if v.Value != nil && v.Value.Kind() == constant.String {
			return constant.StringVal(v.Value)
		}
	case *ssa.BinOp:
		if v.Op == token.ADD {
			return prefixOf(v.X, seen)
		}
	case *ssa.Call:
		if fn := callee(&v.Call); fn != nil && fn.Pkg() != nil && fn.Pkg().Path() == "fmt" && fn.Name() == "Sprintf" {
			format, _ := constString(v.Call.Args[0])
			before, _, _ := strings.Cut(format, "%")
			return before
		}
	case *ssa.Phi:
		for _, e := range v.Edges {
			if p := prefixOf(e, seen); p != "" {
				return p
			}
		}
	}
	return ""
}
