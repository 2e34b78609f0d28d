package analyzer

import (
	"go/ast"
	"go/constant"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/types/typeutil"
)

// placeholderText stands where a secret was printed.
const placeholderText = `"[redacted]"`

// redactFix replaces what is printed by a placeholder, where that compiles: the
// argument may be a text, and what it mentions is used elsewhere, too. Of what only
// holds a secret the rest is worth reading, and of numbers a text is none.
func redactFix(pass *analysis.Pass, found *finding) []analysis.SuggestedFix {
	if found.arg == nil || found.call == nil || !onlyShows(pass.TypesInfo, found) || printsHex(pass.TypesInfo, found.call, found.arg) {
		return nil
	}
	parts := secretParts(pass.TypesInfo, found.arg)
	var edits []analysis.TextEdit
	for _, e := range parts {
		if !isSecretItself(pass.TypesInfo.TypeOf(e)) || !takesText(pass.TypesInfo, found, e) || !staysUsed(pass, e) {
			return nil
		}
		edits = append(edits, analysis.TextEdit{Pos: e.Pos(), End: e.End(), NewText: []byte(placeholderText)})
	}
	if len(edits) == 0 {
		return nil
	}
	return []analysis.SuggestedFix{{Message: "Print a placeholder", TextEdits: edits}}
}

// onlyShows reports whether what a finding calls does nothing else with its arguments
// than to show them, by its name if it is a function that passes them on: others need
// the secret.
func onlyShows(info *types.Info, found *finding) bool {
	switch fn := typeutil.Callee(info, found.call).(type) {
	case *types.Func:
		return len(found.related) == 0 || showsAll(fn)
	case *types.Builtin:
		return true
	}
	return slices.ContainsFunc(splitName(calleeName(found.call)), func(w string) bool { return showingWords[w] })
}

// advice says how to mend what is printed: of a struct the fields that may be seen.
func advice(pass *analysis.Pass, found *finding) string {
	if found.arg == nil {
		return "leave it out or mask it"
	}
	n := named(derefTypeOf(pass.TypesInfo.TypeOf(found.arg)))
	if n == nil {
		return "leave it out or mask it"
	}
	if _, ok := n.Underlying().(*types.Struct); !ok || isPrivateKey(n) || strings.HasSuffix(n.Obj().Name(), "Attr") || strings.HasSuffix(n.Obj().Name(), "Field") {
		return "leave it out or mask it"
	}
	return "print the fields of " + n.Obj().Name() + " that may be seen, or give it a String or LogValue method that masks it"
}

func derefTypeOf(t types.Type) types.Type {
	if t == nil {
		return types.Typ[types.Invalid]
	}
	return derefType(t)
}

// isSecretItself reports whether a value of a type is a secret and nothing besides:
// a text, the values of a header, a key.
func isSecretItself(t types.Type) bool {
	if t == nil {
		return false
	}
	if s, ok := t.Underlying().(*types.Slice); ok && isText(s.Elem()) {
		return true
	}
	return isText(t) || isPrivateKey(t)
}

// printsHex reports whether an argument is printed as hexadecimal numbers.
func printsHex(info *types.Info, call *ast.CallExpr, arg ast.Expr) bool {
	for i, a := range call.Args {
		if tv := info.Types[a]; tv.Value != nil && tv.Value.Kind() == constant.String && i+1 < len(call.Args) {
			verbs := parseFormat(constant.StringVal(tv.Value))
			for k, e := range call.Args[i+1:] {
				if e == arg {
					return verbs[k].hex
				}
			}
		}
	}
	return false
}

// secretParts returns the parts of an argument that are the secret: of attributes
// with a name the values, of those in a group the ones that are called one.
func secretParts(info *types.Info, e ast.Expr) []ast.Expr {
	e = secretPart(info, e)
	call, ok := e.(*ast.CallExpr)
	if !ok || isSecretItself(info.TypeOf(e)) {
		return []ast.Expr{e}
	}
	if fn := typeutil.StaticCallee(info, call); fn == nil || passes(fn) < 0 {
		return nil
	}
	var parts []ast.Expr
	for _, arg := range call.Args {
		switch arg := ast.Unparen(arg).(type) {
		case *ast.CallExpr:
			if !isText(info.TypeOf(arg)) {
				for _, part := range secretParts(info, arg) {
					if classify(lastName(part)) != notSecret {
						parts = append(parts, part)
					}
				}
			}
		case *ast.Ident, *ast.SelectorExpr:
			if classify(lastName(arg)) != notSecret && isText(info.TypeOf(arg)) {
				parts = append(parts, arg)
			}
		}
	}
	return parts
}

// secretPart returns the part of a concatenation that is not constant, if it
// is only one; else the whole.
func secretPart(info *types.Info, e ast.Expr) ast.Expr {
	var parts []ast.Expr
	var walk func(ast.Expr)
	walk = func(e ast.Expr) {
		if b, ok := ast.Unparen(e).(*ast.BinaryExpr); ok {
			walk(b.X)
			walk(b.Y)
			return
		}
		if tv := info.Types[e]; tv.Value == nil {
			parts = append(parts, e)
		}
	}
	walk(e)
	if len(parts) == 1 {
		return carried(info, parts[0])
	}
	var secret ast.Expr
	for _, part := range parts {
		if classify(lastName(part)) == notSecret {
			continue
		}
		if secret != nil {
			return e
		}
		secret = part
	}
	if secret != nil {
		return secret
	}
	return e
}

// carried returns what a call such as slog.String only wraps, or e.
func carried(info *types.Info, e ast.Expr) ast.Expr {
	call, ok := e.(*ast.CallExpr)
	if !ok {
		return e
	}
	fn := typeutil.StaticCallee(info, call)
	if fn == nil {
		return e
	}
	if from := passes(fn); from == 1 && len(call.Args) == 2 {
		return carried(info, call.Args[1])
	}
	return e
}

// lastName returns the name of a variable or field.
func lastName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

// takesText reports whether a constant string may stand in the place of e.
func takesText(info *types.Info, found *finding, e ast.Expr) bool {
	if found.call.Ellipsis.IsValid() && e == found.call.Args[len(found.call.Args)-1] {
		return false
	}
	if b, ok := info.TypeOf(e).(*types.Basic); ok && b.Info()&types.IsString != 0 {
		return true
	}
	if e != found.arg {
		return false
	}
	sig, ok := underlying(info.TypeOf(found.call.Fun)).(*types.Signature)
	if !ok {
		return found.sink == "panic"
	}
	for i, arg := range found.call.Args {
		if arg == e {
			return paramTakesText(sig, i)
		}
	}
	return false
}

func paramTakesText(sig *types.Signature, i int) bool {
	var t types.Type
	switch n := sig.Params().Len(); {
	case sig.Variadic() && i >= n-1:
		t = sig.Params().At(n - 1).Type().(*types.Slice).Elem()
	case i < n:
		t = sig.Params().At(i).Type()
	}
	iface, ok := underlying(t).(*types.Interface)
	return ok && iface.Empty()
}

// staysUsed reports whether the package still compiles when e is gone: no
// import and no local variable is mentioned there alone.
func staysUsed(pass *analysis.Pass, e ast.Expr) bool {
	ok := true
	ast.Inspect(e, func(n ast.Node) bool {
		id, isIdent := n.(*ast.Ident)
		if !isIdent {
			return ok
		}
		switch obj := pass.TypesInfo.Uses[id].(type) {
		case *types.PkgName:
			ok = ok && usesOutside(pass, obj, e) > 0
		case *types.Var:
			if !obj.IsField() && obj.Parent() != pass.Pkg.Scope() && !isParam(pass, obj) && usesOutside(pass, obj, e) == 0 {
				ok = false
			}
		}
		return ok
	})
	return ok
}

// usesOutside counts the uses of a local variable or an import that do not stand in e and
// do not merely set it.
func usesOutside(pass *analysis.Pass, v types.Object, e ast.Expr) int {
	file := fileOf(pass, e.Pos())
	set := map[*ast.Ident]bool{}
	uses := 0
	ast.Inspect(file, func(n ast.Node) bool {
		if a, ok := n.(*ast.AssignStmt); ok {
			for _, lhs := range a.Lhs {
				if id, ok := lhs.(*ast.Ident); ok {
					set[id] = true
				}
			}
		}
		if id, ok := n.(*ast.Ident); ok && pass.TypesInfo.Uses[id] == v && !set[id] && (id.Pos() < e.Pos() || id.Pos() >= e.End()) {
			uses++
		}
		return true
	})
	return uses
}

// isParam reports whether v is a parameter, a result or a receiver, which need
// not be used.
func isParam(pass *analysis.Pass, v *types.Var) bool {
	file := fileOf(pass, v.Pos())
	if file == nil {
		return false
	}
	found := false
	ast.Inspect(file, func(n ast.Node) bool {
		if f, ok := n.(*ast.Field); ok {
			for _, id := range f.Names {
				found = found || pass.TypesInfo.Defs[id] == v
			}
		}
		return !found
	})
	return found
}
