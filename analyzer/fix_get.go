package analyzer

import (
	"fmt"
	"go/ast"
	"go/format"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/types/typeutil"
)

// getFix makes a request with a header in the place of
//
//	http.Get("…?api_key=" + key)
//
// which has no request that a header could be set in. Where the call is all that
// is returned, or its error is checked next, statements take its place; else a
// function that stands wherever the call does, and gives what that gives.
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
	made := fmt.Sprintf("req, err := %[1]s.NewRequest(%[1]s.Method%[2]s, %[3]s, nil)\n", pkg, method, before)
	set := fmt.Sprintf("req.Header.Set(%s%s)\n", headerFor(key), source(pass, value))
	do := client + ".Do(req)"
	edit := analysis.TextEdit{Pos: found.call.Pos(), End: found.call.End()}
	if stmt, check := getStatement(pass, file, found.call); stmt != nil {
		edit.Pos, edit.End = stmt.Pos(), found.call.End()
		edit.NewText = []byte(made + check + "\n" + set + sourceOf(pass, stmt, found.call.Pos()) + do)
	} else {
		const failed = "if err != nil {\nreturn nil, err\n}\n"
		edit.NewText = fmt.Appendf(nil, "func() (*%s.Response, error) {\n%sreturn %s\n}()", pkg, made+failed+set, do)
	}
	return []analysis.SuggestedFix{{Message: "Send it in a header", TextEdits: []analysis.TextEdit{edit}}}
}

// getStatement returns the statement of a request that further ones can be put before,
// and the check of the error that those need; nil if there is none.
func getStatement(pass *analysis.Pass, file *ast.File, call *ast.CallExpr) (ast.Stmt, string) {
	path := enclosing(file, call)
	if len(path) < 3 {
		return nil, ""
	}
	stmt, ok := path[1].(ast.Stmt)
	block, isBlock := path[2].(*ast.BlockStmt)
	if !ok || !isBlock || declares(pass, call, "req", false) || declares(pass, call, "err", true) {
		return nil, ""
	}
	switch stmt := stmt.(type) {
	case *ast.ReturnStmt:
		if len(stmt.Results) == 1 {
			return stmt, "if err != nil {\nreturn nil, err\n}"
		}
	case *ast.AssignStmt:
		if i := slices.Index(block.List, ast.Stmt(stmt)); checkedNext(stmt, block.List[i+1:]) {
			return stmt, sourceOf(pass, block.List[i+1], block.List[i+1].End())
		}
	}
	return nil, ""
}

// checkedNext reports whether the error of resp, err := … is checked next, and resp
// not used if there is one.
func checkedNext(a *ast.AssignStmt, next []ast.Stmt) bool {
	if a.Tok != token.DEFINE || len(a.Lhs) != 2 || len(next) == 0 {
		return false
	}
	resp, _ := a.Lhs[0].(*ast.Ident)
	err, _ := a.Lhs[1].(*ast.Ident)
	check, _ := next[0].(*ast.IfStmt)
	if resp == nil || err == nil || check == nil || resp.Name == "_" || resp.Name == "req" || err.Name != "err" || check.Init != nil || check.Else != nil {
		return false
	}
	cond, ok := check.Cond.(*ast.BinaryExpr)
	if !ok || cond.Op != token.NEQ || !isIdentOf(cond.X, "err") || !isIdentOf(cond.Y, "nil") {
		return false
	}
	uses := false
	ast.Inspect(check.Body, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		uses = uses || ok && id.Name == resp.Name
		return !uses
	})
	return !uses && len(check.Body.List) > 0
}

func isIdentOf(e ast.Expr, name string) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == name
}

// declares reports whether a name means something in the function around a call,
// other than an error if one is fine.
func declares(pass *analysis.Pass, call *ast.CallExpr, name string, errorIsFine bool) bool {
	for s := innermost(pass.Pkg, call.Pos()); s != nil && s != pass.Pkg.Scope(); s = s.Parent() {
		if obj := s.Lookup(name); obj != nil {
			return !errorIsFine || !isError(obj.Type()) || obj.Pos() < call.Pos() && s != innermost(pass.Pkg, call.Pos())
		}
	}
	return false
}

// sourceOf returns the text of a statement up to end as it is written.
func sourceOf(pass *analysis.Pass, stmt ast.Stmt, end token.Pos) string {
	from, to := pass.Fset.PositionFor(stmt.Pos(), false), pass.Fset.PositionFor(end, false)
	data, err := pass.ReadFile(from.Filename)
	if err != nil || to.Offset > len(data) || from.Offset > to.Offset {
		return ""
	}
	return string(data[from.Offset:to.Offset])
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
