package analyzer

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/types/typeutil"
)

// maxFold bounds how deep an expression is folded, and so the work.
const maxFold = 24

// A folder evaluates expressions that come to the same string in every run.
type folder struct {
	info    *types.Info
	once    map[types.Object]definition // variables that are set once
	results map[types.Object]result     // variables that are set once, by a call with several results
}

// A definition is the only expression a variable is set to.
type definition struct {
	expr ast.Expr // nil if it is set more than once
}

// A result is one of those that a call has.
type result struct {
	call  *ast.CallExpr // nil if the variable is set again
	index int
}

// A folded is the value of an expression, and where it is written.
type folded struct {
	text   string
	origin ast.Expr // the expression in which the value stands
	fixed  bool     // the value was decoded or computed, so that origin does not read like it
}

func newFolder(info *types.Info, files []*ast.File) *folder {
	f := &folder{info: info, once: map[types.Object]definition{}, results: map[types.Object]result{}}
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			f.define(n)
			return true
		})
	}
	return f
}

// define records what a statement sets variables to.
func (f *folder) define(n ast.Node) {
	switch n := n.(type) {
	case *ast.ValueSpec:
		for i, name := range n.Names {
			f.record(name, valueFor(n.Values, i, len(n.Names)))
			f.recordResult(name, n.Values, i, len(n.Names))
		}
	case *ast.AssignStmt:
		for i, lhs := range n.Lhs {
			if n.Tok == token.ASSIGN || n.Tok == token.DEFINE {
				f.record(lhs, valueFor(n.Rhs, i, len(n.Lhs)))
				f.recordResult(lhs, n.Rhs, i, len(n.Lhs))
			} else {
				f.record(lhs, nil)
			}
		}
	case *ast.UnaryExpr:
		if n.Op == token.AND {
			f.record(n.X, nil)
		}
	case *ast.RangeStmt:
		f.record(n.Key, nil)
		f.record(n.Value, nil)
	}
}

// valueFor returns the expression that the i-th of n variables is set to. Of a
// call with several results only the first is followed.
func valueFor(values []ast.Expr, i, n int) ast.Expr {
	switch {
	case len(values) == n:
		return values[i]
	case len(values) == 1 && i == 0:
		return values[0]
	}
	return nil
}

func (f *folder) record(lhs, value ast.Expr) {
	id, ok := lhs.(*ast.Ident)
	if !ok {
		return
	}
	obj := f.info.ObjectOf(id)
	if obj == nil {
		return
	}
	if _, seen := f.once[obj]; seen {
		value = nil
	}
	f.once[obj] = definition{value}
}

// recordResult records that the i-th of n variables is set to a result of a call.
func (f *folder) recordResult(lhs ast.Expr, values []ast.Expr, i, n int) {
	if n < 2 || len(values) != 1 {
		return
	}
	id, isIdent := lhs.(*ast.Ident)
	call, isCall := values[0].(*ast.CallExpr)
	if !isIdent || !isCall || id.Name == "_" {
		return
	}
	obj := f.info.ObjectOf(id)
	if obj == nil {
		return
	}
	if _, seen := f.results[obj]; seen {
		call = nil
	}
	f.results[obj] = result{call, i}
}

// fold returns the constant string or bytes that e comes to.
func (f *folder) fold(e ast.Expr) (folded, bool) { return f.eval(e, 0) }

func (f *folder) eval(e ast.Expr, depth int) (folded, bool) {
	if e == nil || depth > maxFold {
		return folded{}, false
	}
	if tv, ok := f.info.Types[e]; ok && tv.Value != nil {
		if tv.Value.Kind() == constant.String {
			return folded{text: constant.StringVal(tv.Value), origin: e}, true
		}
		return folded{}, false
	}
	switch e := e.(type) {
	case *ast.ParenExpr:
		return f.eval(e.X, depth+1)
	case *ast.Ident:
		return f.variable(e, depth)
	case *ast.BinaryExpr:
		return f.concat(e, depth)
	case *ast.CompositeLit:
		return f.bytes(e)
	case *ast.SliceExpr:
		if e.Low == nil && e.High == nil {
			return f.eval(e.X, depth+1)
		}
	case *ast.CallExpr:
		return f.call(e, depth)
	}
	return folded{}, false
}

// variable follows a variable of the package that is set only once.
func (f *folder) variable(id *ast.Ident, depth int) (folded, bool) {
	v, ok := f.info.Uses[id].(*types.Var)
	if !ok || v.IsField() || v.Exported() && v.Parent() == v.Pkg().Scope() {
		return folded{}, false
	}
	def, ok := f.once[v]
	if !ok || def.expr == nil {
		return folded{}, false
	}
	return f.eval(def.expr, depth+1)
}

func (f *folder) concat(e *ast.BinaryExpr, depth int) (folded, bool) {
	if e.Op != token.ADD {
		return folded{}, false
	}
	x, ok := f.eval(e.X, depth+1)
	if !ok {
		return folded{}, false
	}
	y, ok := f.eval(e.Y, depth+1)
	return folded{text: x.text + y.text, origin: e, fixed: true}, ok
}

// bytes evaluates a literal of bytes, runes or a like type.
func (f *folder) bytes(e *ast.CompositeLit) (folded, bool) {
	if len(e.Elts) == 0 || !isByteList(f.info.TypeOf(e)) {
		return folded{}, false
	}
	var b strings.Builder
	for _, elt := range e.Elts {
		if kv, ok := elt.(*ast.KeyValueExpr); ok {
			elt = kv.Value
		}
		n, ok := constant.Int64Val(constant.ToInt(valueOf(f.info, elt)))
		if !ok || n < 0 || n > 0x10ffff {
			return folded{}, false
		}
		if n < 256 {
			b.WriteByte(byte(n))
		} else {
			b.WriteRune(rune(n))
		}
	}
	return folded{text: b.String(), origin: e, fixed: true}, true
}

func valueOf(info *types.Info, e ast.Expr) constant.Value {
	if tv, ok := info.Types[e]; ok && tv.Value != nil {
		return tv.Value
	}
	return constant.MakeUnknown()
}

// call evaluates conversions, and functions of constants that only rewrite them.
func (f *folder) call(e *ast.CallExpr, depth int) (folded, bool) {
	if len(e.Args) == 0 {
		return folded{}, false
	}
	if tv, ok := f.info.Types[e.Fun]; ok && tv.IsType() {
		if !isText(tv.Type) {
			return folded{}, false
		}
		return f.eval(e.Args[0], depth+1)
	}
	fn := typeutil.StaticCallee(f.info, e)
	if fn == nil || fn.Pkg() == nil {
		return folded{}, false
	}
	switch fn.Pkg().Path() + "." + fn.Name() {
	case "strings.TrimSpace", "strings.Clone", "bytes.Clone", "bytes.TrimSpace":
		return f.eval(e.Args[0], depth+1)
	case "strings.Join":
		return f.join(e, depth)
	case "fmt.Sprintf", "fmt.Sprint":
		return f.sprint(fn.Name(), e, depth)
	case "encoding/base64.DecodeString":
		return f.decode(e, depth, decodeBase64)
	case "encoding/hex.DecodeString":
		return f.decode(e, depth, hex.DecodeString)
	}
	if len(e.Args) == 1 && isByteList(firstResult(fn)) {
		return f.decodeByName(fn.Name(), e, depth)
	}
	return folded{}, false
}

// firstResult returns the type of the first result of a function, or nil.
func firstResult(fn *types.Func) types.Type {
	results := fn.Type().(*types.Signature).Results()
	if results.Len() == 0 {
		return nil
	}
	return results.At(0).Type()
}

// decodeByName evaluates a function that is named for decoding what it is given:
// mustHex.
func (f *folder) decodeByName(name string, e *ast.CallExpr, depth int) (folded, bool) {
	for _, w := range splitName(name) {
		switch w {
		case "hex", "unhex":
			return f.decode(e, depth, hex.DecodeString)
		case "b64", "base64":
			return f.decode(e, depth, decodeBase64)
		}
	}
	return folded{}, false
}

func (f *folder) join(e *ast.CallExpr, depth int) (folded, bool) {
	lit, ok := e.Args[0].(*ast.CompositeLit)
	if !ok || len(e.Args) != 2 {
		return folded{}, false
	}
	sep, ok := f.eval(e.Args[1], depth+1)
	if !ok {
		return folded{}, false
	}
	var parts []string
	for _, elt := range lit.Elts {
		part, ok := f.eval(elt, depth+1)
		if !ok {
			return folded{}, false
		}
		parts = append(parts, part.text)
	}
	return folded{text: strings.Join(parts, sep.text), origin: e, fixed: true}, true
}

// sprint evaluates a print of nothing but constants.
func (f *folder) sprint(name string, e *ast.CallExpr, depth int) (folded, bool) {
	var args []any
	for _, arg := range e.Args {
		part, ok := f.eval(arg, depth+1)
		if ok {
			args = append(args, part.text)
			continue
		}
		n, exact := constant.Int64Val(constant.ToInt(valueOf(f.info, arg)))
		if !exact {
			return folded{}, false
		}
		args = append(args, n)
	}
	out := folded{origin: e, fixed: true}
	format, isFormat := args[0].(string)
	switch {
	case name == "Sprint":
		out.text = fmt.Sprint(args...)
	case isFormat && !strings.ContainsAny(format, "*[") && !hasWidth(format):
		out.text = fmt.Sprintf(format, args[1:]...)
	default:
		return folded{}, false
	}
	return out, true
}

// hasWidth reports whether a format asks for a width or precision, which could
// make a short constant long.
func hasWidth(format string) bool {
	for i := range len(format) - 1 {
		if format[i] == '%' && (format[i+1] >= '0' && format[i+1] <= '9' || format[i+1] == '.') {
			return true
		}
	}
	return false
}

func (f *folder) decode(e *ast.CallExpr, depth int, decode func(string) ([]byte, error)) (folded, bool) {
	in, ok := f.eval(e.Args[0], depth+1)
	if !ok {
		return folded{}, false
	}
	out, err := decode(in.text)
	return folded{text: string(out), origin: in.origin, fixed: true}, err == nil
}

func decodeBase64(s string) ([]byte, error) {
	s = strings.TrimRight(s, "=")
	if strings.ContainsAny(s, "-_") {
		return base64.RawURLEncoding.DecodeString(s)
	}
	return base64.RawStdEncoding.DecodeString(s)
}

// isText reports whether t is a string, or bytes or runes that stand for one.
func isText(t types.Type) bool {
	if t == nil {
		return false
	}
	if b, ok := t.Underlying().(*types.Basic); ok {
		return b.Info()&types.IsString != 0
	}
	if p, ok := types.Unalias(t).(*types.TypeParam); ok {
		return isTextParam(p)
	}
	return isByteList(t)
}

// isTextParam reports whether all types that a type parameter may stand for,
// as its constraint lists them, are texts.
func isTextParam(p *types.TypeParam) bool {
	constraint, ok := p.Constraint().Underlying().(*types.Interface)
	if !ok || constraint.NumEmbeddeds() != 1 {
		return false
	}
	union, ok := constraint.EmbeddedType(0).(*types.Union)
	if !ok {
		return false
	}
	for i := range union.Len() {
		if !isText(union.Term(i).Type()) {
			return false
		}
	}
	return union.Len() > 0
}

func isByteList(t types.Type) bool {
	if t == nil {
		return false
	}
	var elem types.Type
	switch t := t.Underlying().(type) {
	case *types.Slice:
		elem = t.Elem()
	case *types.Array:
		elem = t.Elem()
	default:
		return false
	}
	b, ok := elem.Underlying().(*types.Basic)
	return ok && (b.Kind() == types.Byte || b.Kind() == types.Rune)
}
