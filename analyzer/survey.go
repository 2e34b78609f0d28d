package analyzer

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// What has to be known of a package before it is built, from its syntax.

// A need says what of a package has to be known before anything is built.
type need struct {
	sinks  bool // it calls what may be a sink
	reads  bool // it reads what may be a secret
	names  bool // a local variable may be named for one
	params bool // a function may pass a parameter on to a sink
}

// any reports whether the package is to be followed: a secret may reach a
// sink, or a function of it may be one for others.
func (n need) any() bool { return n.reads || n.sinks && n.params }

// survey looks over the syntax of the package.
func (f *flow) survey() need {
	n := need{reads: importsAny(f.pkg, secretManagers)}
	for _, file := range f.pass.Files {
		ast.Inspect(file, func(node ast.Node) bool {
			switch node := node.(type) {
			case *ast.CallExpr:
				f.surveyCall(&n, node)
				n.reads = n.reads || f.bringsSecret(node)
			case *ast.Ident:
				f.surveyName(&n, node)
			case *ast.BasicLit:
				if node.Kind == token.STRING && len(node.Value) < maxName && f.namesSource(strings.Trim(node.Value, "\"`")) {
					n.reads = true
				}
			case *ast.FuncDecl:
				if !n.params && node.Body != nil && f.mayWrap(node) {
					n.params = true
				}
			}
			return true
		})
	}
	return n
}

func (f *flow) surveyName(n *need, id *ast.Ident) {
	if n.names {
		return
	}
	secret := f.classify(id.Name) != notSecret
	n.reads = n.reads || secret || sourceIdents[id.Name] || f.isDataSource(id.Name)
	if v, ok := f.pass.TypesInfo.Defs[id].(*types.Var); ok && !v.IsField() && v.Parent() != f.pkg.Scope() {
		n.names = secret || isMaskedName(id.Name) // what is kept under that is not followed
	}
}

// mayWrap reports whether a function that others may call gives a parameter to
// what may be a sink, by the looks of it: it has a text or anything among its
// parameters and writes a log.
func (f *flow) mayWrap(fd *ast.FuncDecl) bool {
	if !fd.Name.IsExported() || fd.Type.Params == nil {
		return false
	}
	params := map[string]bool{}
	for _, field := range fd.Type.Params.List {
		if t := f.pass.TypesInfo.TypeOf(field.Type); t != nil && !mayHoldText(t) {
			continue
		}
		for _, id := range field.Names {
			params[id.Name] = true
		}
	}
	if len(params) == 0 {
		return false
	}
	found := false
	ast.Inspect(fd.Body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && wrapWords[calleeName(call)] && givesAny(call, params) {
			found = true
		}
		return !found
	})
	return found
}

func mayHoldText(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Interface, *types.Slice:
		return !isError(t) && typeName(t) != "Context"
	}
	return isText(t)
}

func givesAny(call *ast.CallExpr, params map[string]bool) bool {
	for _, arg := range call.Args {
		if id, ok := ast.Unparen(arg).(*ast.Ident); ok && params[id.Name] {
			return true
		}
	}
	return false
}

// sinkWords are the names of functions that may be sinks, and wrapWords those
// for which it is worth knowing who calls them with a parameter.
var (
	sinkWords = namesOf(logSinks, writerSinks, streamSinks, []sinkRow{builtinSink}, urlSinks)
	wrapWords = namesOf(logSinks, urlSinks)
)

func namesOf(tables ...[]sinkRow) map[string]bool {
	m := map[string]bool{"panic": true}
	for _, table := range tables {
		for _, row := range table {
			for name := range strings.FieldsSeq(row.funcs) {
				m[name] = true
			}
		}
	}
	for level := range levels {
		for _, end := range [...]string{"", "f", "w", "ln", "Context", "Ctx"} {
			m[level+end] = true
			m[strings.ToLower(level)+end] = true // of a field or parameter
		}
	}
	return m
}

// sourceIdents are names in a program without which it has nothing of what is known
// to hold a secret, though they are not those of secrets.
var sourceIdents = words("PrivateKey BasicAuth Secret Bearer Userinfo UserPassword Cookies DumpResponse GetPayload ExpandEnv Reveal Expose Seed")

// namesSource reports whether a constant names a secret, or a tag does so.
func (f *flow) namesSource(text string) bool {
	return f.classify(text) != notSecret || f.isDataSource(text) || strings.Contains(text, ":\"") && tagsStrong(text) || strings.EqualFold(text, "set-cookie")
}

// surveyCall looks at a call before anything is built.
func (f *flow) surveyCall(n *need, call *ast.CallExpr) {
	name := calleeName(call)
	if len(call.Args) > 0 && (name == "Getenv" || name == "LookupEnv") {
		if _, ok := call.Args[0].(*ast.BasicLit); !ok {
			n.reads = true // it may be read for others
		}
	}
	if !sinkWords[name] {
		return
	}
	n.sinks = true
	if n.reads {
		return
	}
	for _, arg := range call.Args {
		if sel, ok := ast.Unparen(arg).(*ast.SelectorExpr); ok && (sel.Sel.Name == "Header" || sel.Sel.Name == "User") || isIdent(arg) && f.showsRequest(arg) {
			n.reads = true
		}
	}
}

// isIdent reports whether an expression is nothing but a name.
func isIdent(e ast.Expr) bool {
	_, ok := ast.Unparen(e).(*ast.Ident)
	return ok
}

// showsRequest reports whether an argument is a request or its headers.
func (f *flow) showsRequest(e ast.Expr) bool {
	t := f.pass.TypesInfo.TypeOf(e)
	return t != nil && (isHTTP(t, "Request") || isHTTP(t, "Header"))
}
