package analyzer

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strconv"
	"strings"

	"golang.org/x/tools/go/types/typeutil"
)

// gap stands in an outline for what is known at run time only.
const gap = "\x00"

// An outline is a text of which only some parts are constant, with a gap for each
// other, and where it is put together.
type outline struct {
	text   string
	origin ast.Expr
}

// outlined returns the outline of a text.
func (f *folder) outlined(e ast.Expr) outline { return f.outlineAt(e, 0) }

func (f *folder) outlineAt(e ast.Expr, depth int) outline {
	none := outline{gap, e}
	if e == nil || depth > maxFold {
		return none
	}
	if v, ok := f.eval(e, depth); ok {
		return outline{v.text, v.origin}
	}
	switch x := e.(type) {
	case *ast.ParenExpr:
		return f.outlineAt(x.X, depth+1)
	case *ast.BinaryExpr:
		if x.Op == token.ADD {
			return outline{f.outlineAt(x.X, depth+1).text + f.outlineAt(x.Y, depth+1).text, e}
		}
	case *ast.Ident:
		if v, ok := f.info.Uses[x].(*types.Var); ok && !v.IsField() && v.Pkg() != nil && v.Parent() != v.Pkg().Scope() {
			if def, ok := f.once[v]; ok && def.expr != nil {
				return f.outlineAt(def.expr, depth+1)
			}
		}
	case *ast.CallExpr:
		if fn := typeutil.StaticCallee(f.info, x); fn != nil && fn.Pkg() != nil && fn.Pkg().Path() == "fmt" && fn.Name() == "Sprintf" {
			return outline{f.fill(x, depth), x.Args[0]}
		}
	}
	return none
}

// fill puts the constant arguments of a Sprintf into its format.
func (f *folder) fill(e *ast.CallExpr, depth int) string {
	format, ok := f.eval(e.Args[0], depth+1)
	if !ok || strings.ContainsAny(format.text, "*[") {
		return gap
	}
	var b strings.Builder
	rest, args := format.text, e.Args[1:]
	for {
		before, after, found := strings.Cut(rest, "%")
		b.WriteString(before)
		if !found || after == "" {
			return b.String()
		}
		verb := strings.TrimLeft(after, "+-# 0123456789.")
		if verb == "" {
			return b.String()
		}
		rest = verb[1:]
		switch {
		case verb[0] == '%':
			b.WriteByte('%')
			continue
		case len(args) == 0:
			b.WriteString(gap)
			continue
		case verb[0] == 's' || verb[0] == 'v' || verb[0] == 'd':
			b.WriteString(f.shown(args[0], depth))
		case verb[0] == 'q':
			b.WriteString(strconv.Quote(f.shown(args[0], depth)))
		default:
			b.WriteString(gap)
		}
		args = args[1:]
	}
}

// shown returns how an argument is printed.
func (f *folder) shown(e ast.Expr, depth int) string {
	if n, exact := constant.Int64Val(constant.ToInt(valueOf(f.info, e))); exact {
		return strconv.FormatInt(n, 10)
	}
	return f.outlineAt(e, depth+1).text
}
