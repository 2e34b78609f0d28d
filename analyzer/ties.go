package analyzer

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// ties are the variables, fields and functions of a package that are tied to a
// credential somewhere in it: one is called by a longer name, sent in a header, given
// to a function for logins, read from a setting, or is the same as another that is.
type ties struct {
	f      *flow
	parent map[types.Object]types.Object // of those that hold the same under weak names
	tied   map[types.Object]bool
	roots  map[types.Object]bool // of those that are tied
}

// ties returns those of the package, which are looked for when a name is in doubt.
func (f *flow) ties() *ties {
	if f.tiedNames == nil {
		f.tiedNames = &ties{f: f, parent: map[types.Object]types.Object{}, tied: map[types.Object]bool{}, roots: map[types.Object]bool{}}
		for _, file := range f.pass.Files {
			ast.Inspect(file, f.tiedNames.node)
		}
		for obj := range f.tiedNames.tied {
			f.tiedNames.roots[f.tiedNames.root(obj)] = true
		}
	}
	return f.tiedNames
}

func (t *ties) has(obj types.Object) bool {
	obj = valueObject(obj)
	return obj != nil && t.roots[t.root(obj)]
}

func (t *ties) root(obj types.Object) types.Object {
	for t.parent[obj] != nil {
		obj = t.parent[obj]
	}
	return obj
}

func (t *ties) tie(obj types.Object) {
	if obj != nil {
		t.tied[obj] = true
	}
}

func (t *ties) node(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.AssignStmt:
		if len(n.Lhs) == len(n.Rhs) {
			for i := range n.Lhs {
				t.same(n.Lhs[i], n.Rhs[i])
			}
		} else if len(n.Rhs) == 1 {
			t.same(n.Lhs[0], n.Rhs[0])
		}
	case *ast.ValueSpec:
		for i, v := range n.Values {
			if i < len(n.Names) {
				t.same(n.Names[i], v)
			}
		}
	case *ast.KeyValueExpr:
		t.keyed(n)
	case *ast.BinaryExpr:
		if n.Op == token.ADD && t.announces(t.lastText(n.X)) {
			t.tieIn(n.Y)
		}
	case *ast.FuncDecl:
		t.returns(n)
	case *ast.CallExpr:
		t.call(n)
	}
	return true
}

// keyed looks at a field or an entry that is set.
func (t *ties) keyed(n *ast.KeyValueExpr) {
	if key := t.text(n.Key); key != "" {
		if t.f.classify(key) >= strongName {
			t.tieIn(n.Value)
		}
		return
	}
	if id, ok := n.Key.(*ast.Ident); ok {
		if field, ok := t.f.pass.TypesInfo.Uses[id].(*types.Var); ok && field.IsField() {
			t.sameObject(field, n.Value)
		}
	}
}

// returns looks at what a function returns that is named for a secret.
func (t *ties) returns(n *ast.FuncDecl) {
	if n.Body == nil || t.f.classify(n.Name.Name) == notSecret {
		return
	}
	fn := t.f.pass.TypesInfo.Defs[n.Name]
	ast.Inspect(n.Body, func(n ast.Node) bool {
		if ret, ok := n.(*ast.ReturnStmt); ok && len(ret.Results) > 0 && fn != nil {
			t.sameObject(fn, ret.Results[0])
		}
		_, isLit := n.(*ast.FuncLit)
		return !isLit
	})
}

// same notes that two expressions stand for one value.
func (t *ties) same(a, b ast.Expr) {
	if obj := t.object(a); obj != nil {
		t.sameObject(obj, b)
	}
}

func (t *ties) sameObject(obj types.Object, e ast.Expr) {
	class, other := t.class(obj), t.object(e)
	switch {
	case class >= strongName:
		t.tie(t.weak(e))
	case class == notSecret:
	case other != nil && t.class(other) >= strongName || t.reads(e):
		t.tie(obj)
	case other != nil && t.class(other) == weakName:
		if a, b := t.root(obj), t.root(other); a != b {
			t.parent[a] = b
		}
	}
}

func (t *ties) class(obj types.Object) nameClass { return t.f.classify(obj.Name()) }

// weak returns the object of a weak name that an expression stands for, or nil.
func (t *ties) weak(e ast.Expr) types.Object {
	if obj := t.object(e); obj != nil && t.class(obj) == weakName {
		return obj
	}
	return nil
}

// tieIn ties all that has a weak name in an expression.
func (t *ties) tieIn(e ast.Expr) {
	ast.Inspect(e, func(n ast.Node) bool {
		if e, ok := n.(ast.Expr); ok {
			t.tie(t.weak(e))
		}
		return true
	})
}

// reads reports whether an expression reads a setting or a header that is named
// for a secret.
func (t *ties) reads(e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	return slices.ContainsFunc(call.Args, func(arg ast.Expr) bool {
		name := t.text(arg)
		return name != "" && (t.f.classify(name) >= strongName || calleeName(call) == "Getenv" && t.f.classify(name) != notSecret)
	})
}

// object returns the variable, field or function that an expression stands for,
// through conversions, addresses and what cuts white space, or nil.
func (t *ties) object(e ast.Expr) types.Object {
	info := t.f.pass.TypesInfo
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		obj := info.Defs[e]
		if obj == nil {
			obj = info.Uses[e]
		}
		return valueObject(obj)
	case *ast.SelectorExpr:
		return valueObject(info.Uses[e.Sel])
	case *ast.StarExpr:
		return t.object(e.X)
	case *ast.UnaryExpr:
		return t.object(e.X)
	case *ast.SliceExpr:
		return t.object(e.X)
	case *ast.CallExpr:
		if info.Types[e.Fun].IsType() && len(e.Args) == 1 {
			return t.object(e.Args[0])
		}
		obj := t.object(e.Fun)
		if obj != nil && len(e.Args) > 0 && strings.HasPrefix(obj.Name(), "Trim") && isStandard(pkgPath(obj.Pkg())) {
			return t.object(e.Args[0])
		}
		return obj
	}
	return nil
}

// valueObject returns obj, or what it is an instance of, if it is one of those whose
// names count; else nil.
func valueObject(obj types.Object) types.Object {
	switch obj := obj.(type) {
	case *types.Var:
		return obj.Origin()
	case *types.Func:
		return obj.Origin()
	}
	return nil
}

// text returns the text of a constant.
func (t *ties) text(e ast.Expr) string {
	if tv := t.f.pass.TypesInfo.Types[e]; tv.Value != nil && tv.Value.Kind() == constant.String {
		return constant.StringVal(tv.Value)
	}
	return ""
}

// isScheme reports whether text ends in the scheme of an authorization, which a
// credential follows.
func isScheme(text string) bool {
	ws := strings.Fields(strings.ToLower(text))
	return len(ws) > 0 && schemes[ws[len(ws)-1]] && strings.HasSuffix(text, " ")
}

var schemes = words("bearer basic bot token apikey")

// call looks at what is given to a function.
func (t *ties) call(call *ast.CallExpr) {
	fn, _ := t.object(call.Fun).(*types.Func)
	if fn == nil {
		return
	}
	if t.setsHeader(fn, call) || takesCredential(fn) {
		for _, arg := range call.Args {
			t.tieIn(arg)
		}
		return
	}
	named := slices.ContainsFunc(call.Args, func(arg ast.Expr) bool {
		name := t.text(arg)
		return name != "" && t.f.classify(name) >= strongName
	})
	params := fn.Signature().Params()
	for i, arg := range call.Args {
		obj := t.weak(arg)
		if obj == nil {
			continue
		}
		if _, isAddress := ast.Unparen(arg).(*ast.UnaryExpr); named && isAddress {
			t.tie(obj) // flag.StringVar(&token, "api-token", …)
		}
		if i < params.Len() && !(fn.Signature().Variadic() && i >= params.Len()-1) {
			t.sameObject(params.At(i), arg)
		}
	}
	if fn.Name() == "Sprintf" && len(call.Args) > 1 {
		for i, v := range parseFormat(t.text(call.Args[0])) {
			if i+1 < len(call.Args) && t.announces(v.before) {
				t.tieIn(call.Args[i+1])
			}
		}
	}
}

// announces reports whether a credential follows text: it ends in the scheme of an
// authorization, or in a query parameter that is named for a secret.
func (t *ties) announces(text string) bool {
	return isScheme(text) || t.f.classify(queryKey(text)) != notSecret
}

// lastText returns the constant at the end of a concatenation.
func (t *ties) lastText(e ast.Expr) string {
	if text := t.text(e); text != "" {
		return text
	}
	if b, ok := ast.Unparen(e).(*ast.BinaryExpr); ok && b.Op == token.ADD {
		return t.text(b.Y)
	}
	return ""
}

// setsHeader reports whether a call sets a header, a variable of the environment or
// a query parameter that is named for a secret.
func (t *ties) setsHeader(fn *types.Func, call *ast.CallExpr) bool {
	n := len(call.Args)
	if n < 2 || t.f.classify(t.text(call.Args[n-2])) == notSecret {
		return false
	}
	if fn.Name() != "Set" && fn.Name() != "Add" {
		return slices.ContainsFunc(splitName(fn.Name()), func(w string) bool { return pairWords[w] })
	}
	recv := receiver(fn)
	return recv == "Header" || recv == "Values" || recv == "MD" || t.f.classify(t.text(call.Args[n-2])) >= strongName
}

// pairWords are those of functions that take a name and a value to send with it.
var pairWords = words("header headers query param params cookie form env setenv")

// takesCredential reports whether a function is one for credentials, or hashes or
// compares them.
func takesCredential(fn *types.Func) bool {
	path := pkgPath(fn.Pkg())
	switch {
	case path == "crypto/subtle" || path == "crypto/hmac" || path == "golang.org/x/crypto/bcrypt":
		return true
	case isStandard(path):
		return fn.Name() == "SetBasicAuth" || fn.Name() == "UserPassword"
	}
	return namesPlace(fn.Name())
}
