package analyzer

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/types/typeutil"
)

// checkCall checks the arguments of a call, each in the ways it may become a
// credential.
func (c *checker) checkCall(n *ast.CallExpr) {
	fn, _ := typeutil.Callee(c.info, n).(*types.Func)
	if fn == nil {
		return
	}
	path := pkgPath(fn.Pkg())
	c.checkSinks(n, fn, path)
	c.checkDSN(n, fn, path)
	c.checkPairs(n, fn, path)
	c.checkParams(n, fn)
}

// checkSinks checks the arguments that the table of sinks names.
func (c *checker) checkSinks(n *ast.CallExpr, fn *types.Func, path string) {
	if path == "crypto/hmac" && (c.isLabel(n) || c.isSalt(n)) {
		return
	}
	for _, row := range credentialSinks {
		if row.arg < len(n.Args) && matches(fn, path, row.pkg, row.recv, row.funcs) {
			c.credential(n.Args[row.arg], keyName(fn, row.arg), secretPassword, placeSink, "given to "+fn.Name())
		}
	}
	for _, row := range c.sinks {
		if row.kind == sinkCredential && row.arg < len(n.Args) && matches(fn, path, row.pkg, row.recv, row.funcs) {
			c.credential(n.Args[row.arg], keyName(fn, row.arg), secretPassword, placeSink, "given to "+fn.Name())
		}
	}
}

// isLabel reports whether the key of an HMAC is a label under which a secret is
// made into another one: what is written to it next is named for a secret.
func (c *checker) isLabel(n *ast.CallExpr) bool {
	assign, ok := c.top().(*ast.AssignStmt)
	if !ok || len(assign.Lhs) != 1 || len(c.stack) < 2 {
		return false
	}
	mac, ok := assign.Lhs[0].(*ast.Ident)
	block, isBlock := c.stack[len(c.stack)-2].(*ast.BlockStmt)
	if !ok || !isBlock {
		return false
	}
	label := false
	for _, stmt := range block.List {
		ast.Inspect(stmt, func(m ast.Node) bool {
			call, ok := m.(*ast.CallExpr)
			if !ok || label || call.Pos() < n.End() || len(call.Args) != 1 {
				return !label
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || sel.Sel.Name != "Write" {
				return true
			}
			if id, ok := sel.X.(*ast.Ident); ok && id.Name == mac.Name {
				label = c.env.classify(c.spoken(call.Args[0])) != notSecret
			}
			return true
		})
	}
	return label
}

// isSalt reports whether the key of an HMAC says that it is none: what it makes is
// a hash that everybody may make again.
func (c *checker) isSalt(n *ast.CallExpr) bool {
	if len(n.Args) != 2 {
		return false
	}
	v, ok := c.fold(n.Args[1])
	return ok && slices.ContainsFunc(splitName(v.text), func(w string) bool { return w == "salt" || w == "checksum" })
}

// keyName returns what to call the credential that fn takes.
func keyName(fn *types.Func, arg int) string {
	params := fn.Type().(*types.Signature).Params()
	if arg < params.Len() && classify(params.At(arg).Name()) != notSecret {
		return params.At(arg).Name()
	}
	if strings.HasPrefix(fn.Name(), "New") {
		return fn.Pkg().Name() + " key"
	}
	return fn.Name() + " key"
}

// checkDSN checks data source names for a password.
func (c *checker) checkDSN(n *ast.CallExpr, fn *types.Func, path string) {
	for _, row := range dsnSinks {
		if row.arg >= len(n.Args) || !matches(fn, path, row.pkg, row.recv, row.funcs) {
			continue
		}
		e := n.Args[row.arg]
		v, ok := c.fold(e)
		if !ok || isTestSupport(c.pass, e.Pos()) && !c.tests {
			continue
		}
		pw, ok := dsnPassword(v.text)
		if !ok || !credible(pw, secretPassword, placeDSN, "") {
			continue
		}
		c.keep(analysis.Diagnostic{
			Pos: v.origin.Pos(), End: v.origin.End(), Category: ruleHardcoded,
			Message:        "hard-coded password in the data source name given to " + fn.Name() + "; rotate it and read it at run time",
			SuggestedFixes: c.envFix(v.origin, "DATABASE_URL"),
		}, detail{secret: pw, sure: true})
	}
}

// checkPairs checks values that a call gives a name.
func (c *checker) checkPairs(n *ast.CallExpr, fn *types.Func, path string) {
	for _, row := range pairSinks {
		if !matches(fn, path, row.pkg, row.recv, row.funcs) {
			continue
		}
		for i, k := row.name, row.value; k < len(n.Args); i, k = i+2, k+2 {
			if key, ok := c.fold(n.Args[i]); ok {
				c.pair(n.Args[k], key.text)
			}
			if !row.rest {
				break
			}
		}
	}
}

func (c *checker) pair(value ast.Expr, key string) {
	class := c.env.classify(key)
	if c.isPublic(key) {
		return
	}
	switch {
	case strings.EqualFold(key, "Authorization"), strings.EqualFold(key, "Proxy-Authorization"):
		class = secretPassword
	case strings.EqualFold(key, "Cookie"):
		class = weakName
	}
	c.credential(value, key, class, placeVar, "under the name "+key)
}

// checkParams checks arguments for parameters that are named for a secret.
func (c *checker) checkParams(n *ast.CallExpr, fn *types.Func) {
	sig := fn.Type().(*types.Signature)
	if ws := splitName(fn.Name()); len(ws) > 1 && ws[len(ws)-1] == "hash" {
		return // PasswordHash takes one; hashPassword makes one
	}
	for i, arg := range n.Args {
		if i >= sig.Params().Len() {
			return
		}
		p := sig.Params().At(i)
		if !isText(p.Type()) || c.env.classify(p.Name()) == notSecret {
			continue
		}
		c.named(arg, p.Name(), placeVar, "given to "+fn.Name()+" as "+p.Name())
	}
}
