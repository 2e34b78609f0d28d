package analyzer

import (
	"fmt"
	"go/ast"
	"go/format"
	"go/types"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/types/typeutil"
)

// getFix puts a function that makes a request with a header in the place of
//
//	http.Get("…?api_key=" + key)
//
// which has no request that a header could be set in. It stands wherever the
// call does, and gives what that gives.
func getFix(pass *analysis.Pass, file *ast.File, found *finding) []analysis.SuggestedFix {
	client, method := simpleRequest(pass, file, found.call)
	lit, key, value := lastParameter(found.arg)
	if client == "" || lit == nil || classify(key) == notSecret || usesAny(found.arg, "req", "err") {
		return nil
	}
	url, err := strconv.Unquote(lit.Value)
	if err != nil {
		return nil
	}
	before := strconv.Quote(url[:strings.LastIndexAny(url, "?&")])
	if sum, ok := found.arg.(*ast.BinaryExpr); ok && sum.X != lit {
		if left, ok := sum.X.(*ast.BinaryExpr); ok {
			before = source(pass, left.X) + "+" + before
		}
	}
	pkg := importName(file, "net/http")
	return []analysis.SuggestedFix{{
		Message: "Send it in a header",
		TextEdits: []analysis.TextEdit{{Pos: found.call.Pos(), End: found.call.End(), NewText: fmt.Appendf(nil, `func() (*%[1]s.Response, error) {
	req, err := %[1]s.NewRequest(%[1]s.Method%[2]s, %[3]s, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set(%[4]s%[5]s)
	return %[6]s.Do(req)
}()`, pkg, method, before, headerFor(key), source(pass, value), client)}},
	}}
}

// simpleRequest returns what client a call makes a request with that has no
// body, and the method; nothing for other calls.
func simpleRequest(pass *analysis.Pass, file *ast.File, call *ast.CallExpr) (client, method string) {
	pkg := importName(file, "net/http")
	if call == nil || len(call.Args) != 1 || pkg == "" {
		return "", ""
	}
	fn, _ := typeutil.Callee(pass.TypesInfo, call).(*types.Func)
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if fn == nil || !ok || pkgPath(fn.Pkg()) != "net/http" || fn.Name() != "Get" && fn.Name() != "Head" {
		return "", ""
	}
	switch receiver(fn) {
	case "":
		return pkg + ".DefaultClient", fn.Name()
	case "Client":
		return source(pass, sel.X), fn.Name()
	}
	return "", ""
}

// importName returns the name by which a file knows a package, nothing if it
// does not import it by one.
func importName(file *ast.File, path string) string {
	for _, spec := range file.Imports {
		if p, err := strconv.Unquote(spec.Path.Value); err != nil || p != path {
			continue
		}
		if spec.Name == nil {
			return path[strings.LastIndexByte(path, '/')+1:]
		}
		if spec.Name.Name != "_" && spec.Name.Name != "." {
			return spec.Name.Name
		}
	}
	return ""
}

// usesAny reports whether an expression uses one of the names.
func usesAny(e ast.Expr, names ...string) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			for _, name := range names {
				found = found || id.Name == name
			}
		}
		return !found
	})
	return found
}

// source returns an expression as gofmt writes it.
func source(pass *analysis.Pass, e ast.Expr) string {
	var text strings.Builder
	if err := format.Node(&text, pass.Fset, e); err != nil {
		return ""
	}
	return text.String()
}
