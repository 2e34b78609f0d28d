package analyzer

import (
	"go/ast"
	"go/format"
	"go/token"
	"go/types"
	"net"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// headerFixes joins the fixes of findings that have one and do not change the
// same text.
func headerFixes(pass *analysis.Pass, found []*finding) []analysis.SuggestedFix {
	var out []analysis.SuggestedFix
	for _, place := range found {
		fix := headerFix(pass, place)
		switch {
		case len(fix) == 0:
		case len(out) == 0:
			out = fix
		case !overlap(out[0].TextEdits, fix[0].TextEdits):
			out[0].TextEdits = append(out[0].TextEdits, fix[0].TextEdits...)
		}
	}
	return out
}

func overlap(a, b []analysis.TextEdit) bool {
	return slices.ContainsFunc(a, func(x analysis.TextEdit) bool {
		return slices.ContainsFunc(b, func(y analysis.TextEdit) bool { return x.Pos <= y.End && y.Pos <= x.End })
	})
}

// headerFix turns a query parameter of a request into a header.
func headerFix(pass *analysis.Pass, found *finding) []analysis.SuggestedFix {
	file := fileOf(pass, found.pos)
	if file == nil || found.arg == nil {
		return nil
	}
	var fix []analysis.SuggestedFix
	ast.Inspect(file, func(n ast.Node) bool {
		block, ok := n.(*ast.BlockStmt)
		if ok && fix == nil {
			fix = blockFix(pass, block, found)
		}
		if ok && fix == nil {
			fix = requestFix(pass, block, found)
		}
		return fix == nil
	})
	if fix == nil {
		fix = getFix(pass, file, found)
	}
	return fix
}

// blockFix looks in one block for the two statements
//
//	q.Set("api_key", key)
//	req.URL.RawQuery = q.Encode()
//
// of which the second is the finding, and sets a header instead of the first.
func blockFix(pass *analysis.Pass, block *ast.BlockStmt, found *finding) []analysis.SuggestedFix {
	for i, stmt := range block.List {
		assign, ok := stmt.(*ast.AssignStmt)
		if !ok || len(assign.Rhs) != 1 || assign.Rhs[0] != found.arg {
			continue
		}
		req := requestOf(assign.Lhs[0])
		query := encoded(found.arg)
		if req == nil || query == nil {
			return nil
		}
		for _, before := range block.List[:i] {
			key, value, ok := setOf(before, query.Name)
			if !ok || classify(key) == notSecret {
				continue
			}
			obj := pass.TypesInfo.Uses[req]
			if obj == nil || obj.Pos() > before.Pos() || !isRequest(obj.Type()) {
				return nil
			}
			return []analysis.SuggestedFix{{
				Message: "Send it in a header",
				TextEdits: []analysis.TextEdit{
					{Pos: before.Pos(), End: value.Pos(), NewText: []byte(req.Name + ".Header.Set(" + headerFor(key))},
					{Pos: value.End(), End: before.End(), NewText: []byte(")")},
				},
			}}
		}
	}
	return nil
}

// headerFor returns the name of the header that takes the place of a query
// parameter, and what goes before its value.
func headerFor(key string) string {
	words := splitName(key)
	if words[len(words)-1] == "token" {
		return strconv.Quote("Authorization") + `, "Bearer "+`
	}
	for i, w := range words {
		words[i] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strconv.Quote("X-"+strings.Join(words, "-")) + ", "
}

func isRequest(t types.Type) bool {
	n := named(t)
	return n != nil && n.Obj().Name() == "Request" && pkgPath(n.Obj().Pkg()) == "net/http"
}

// requestOf returns req of req.URL.RawQuery.
func requestOf(lhs ast.Expr) *ast.Ident {
	raw, ok := lhs.(*ast.SelectorExpr)
	if !ok || raw.Sel.Name != "RawQuery" {
		return nil
	}
	u, ok := raw.X.(*ast.SelectorExpr)
	if !ok || u.Sel.Name != "URL" {
		return nil
	}
	req, _ := u.X.(*ast.Ident)
	return req
}

// encoded returns q of q.Encode().
func encoded(e ast.Expr) *ast.Ident {
	call, ok := e.(*ast.CallExpr)
	if !ok || calleeName(call) != "Encode" {
		return nil
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	q, _ := sel.X.(*ast.Ident)
	return q
}

// setOf returns the key and the value of a statement q.Set("key", value).
func setOf(stmt ast.Stmt, query string) (string, ast.Expr, bool) {
	es, ok := stmt.(*ast.ExprStmt)
	if !ok {
		return "", nil, false
	}
	call, ok := es.X.(*ast.CallExpr)
	if !ok || len(call.Args) != 2 || calleeName(call) != "Set" && calleeName(call) != "Add" {
		return "", nil, false
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return "", nil, false
	}
	if id, ok := sel.X.(*ast.Ident); !ok || id.Name != query {
		return "", nil, false
	}
	lit, ok := call.Args[0].(*ast.BasicLit)
	if !ok {
		return "", nil, false
	}
	key, err := strconv.Unquote(lit.Value)
	return key, call.Args[1], err == nil
}

// requestFix looks in one block for the statement
//
//	req, err := http.NewRequest(method, "…?api_key="+key, body)
//
// that makes the request of the finding, and sets a header after it instead.
func requestFix(pass *analysis.Pass, block *ast.BlockStmt, found *finding) []analysis.SuggestedFix {
	for i, stmt := range block.List {
		assign, ok := stmt.(*ast.AssignStmt)
		if !ok || len(assign.Rhs) != 1 || assign.Rhs[0] != found.call {
			continue
		}
		req, ok := assign.Lhs[0].(*ast.Ident)
		if !ok || req.Name == "_" || !isRequest(pass.TypesInfo.TypeOf(req)) {
			return nil
		}
		lit, key, value := lastParameter(found.arg)
		if lit == nil || classify(key) == notSecret {
			return nil
		}
		var text strings.Builder
		if err := format.Node(&text, pass.Fset, value); err != nil {
			return nil
		}
		url, _ := strconv.Unquote(lit.Value)
		at := afterCheck(block.List, i)
		return []analysis.SuggestedFix{{
			Message: "Send it in a header",
			TextEdits: []analysis.TextEdit{
				{Pos: lit.Pos(), End: found.arg.End(), NewText: []byte(strconv.Quote(url[:strings.LastIndexAny(url, "?&")]))},
				{Pos: at, End: at, NewText: []byte("\n" + req.Name + ".Header.Set(" + headerFor(key) + text.String() + ")")},
			},
		}}
	}
	return nil
}

// lastParameter returns the literal, the key and the value of a concatenation
// that ends in "…?key=" + value.
func lastParameter(e ast.Expr) (*ast.BasicLit, string, ast.Expr) {
	sum, ok := e.(*ast.BinaryExpr)
	if !ok {
		return nil, "", nil
	}
	before := sum.X
	if b, ok := before.(*ast.BinaryExpr); ok {
		before = b.Y
	}
	lit, ok := before.(*ast.BasicLit)
	if !ok {
		return nil, "", nil
	}
	text, err := strconv.Unquote(lit.Value)
	if err != nil || queryKey(text) == "" {
		return nil, "", nil
	}
	return lit, queryKey(text), sum.Y
}

// afterCheck returns where a statement can follow the i-th, behind the check
// of its error.
func afterCheck(list []ast.Stmt, i int) token.Pos {
	if i+1 < len(list) {
		if check, ok := list[i+1].(*ast.IfStmt); ok {
			return check.End()
		}
	}
	return list[i].End()
}

// tlsFix makes the URL of a request one of https: not where it names a port, which
// is that of plain http, or a machine that has no name for a certificate.
func tlsFix(call *ast.CallExpr) []analysis.SuggestedFix {
	if call == nil {
		return nil
	}
	var fix []analysis.SuggestedFix
	ast.Inspect(call, func(n ast.Node) bool {
		lit, ok := n.(*ast.BasicLit)
		if ok && fix == nil && len(lit.Value) > len("http://") && strings.HasPrefix(lit.Value[1:], "http://") && mayBeTLS(lit) {
			at := lit.Pos() + token.Pos(len(`"http`))
			fix = []analysis.SuggestedFix{{
				Message:   "Use https",
				TextEdits: []analysis.TextEdit{{Pos: at, End: at, NewText: []byte("s")}},
			}}
		}
		return fix == nil
	})
	return fix
}

// mayBeTLS reports whether the host of a URL is a name with a domain and without a
// port.
func mayBeTLS(lit *ast.BasicLit) bool {
	text, err := strconv.Unquote(lit.Value)
	if err != nil {
		return false
	}
	host, _, _ := strings.Cut(strings.TrimPrefix(text, "http://"), "/")
	host, _, _ = strings.Cut(host, "?")
	return strings.Contains(host, ".") && !strings.ContainsAny(host, ":[%") && net.ParseIP(host) == nil
}
