package analyzer

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/types/typeutil"
)

// checkCall checks the arguments of a call, each in the ways it may become a
// credential.
func (c *checker) checkCall(n *ast.CallExpr) {
	c.checkConversion(n)
	c.checkDefaults(n)
	fn, _ := typeutil.Callee(c.info, n).(*types.Func)
	if fn == nil {
		return
	}
	path := pkgPath(fn.Pkg())
	c.checkSinks(n, fn, path)
	c.checkDSN(n, fn, path)
	c.checkURL(n, fn, path)
	c.checkPairs(n, fn, path)
	c.checkParams(n, fn)
	c.checkSetter(n, fn)
	c.checkCompareCall(n, fn, path)
}

// checkSinks checks the arguments that the table of sinks names.
func (c *checker) checkSinks(n *ast.CallExpr, fn *types.Func, path string) {
	if path == "crypto/hmac" && (c.isLabel(n) || c.isSalt(n)) {
		return
	}
	for _, row := range credentialSinks {
		if row.arg < len(n.Args) && matches(fn, path, row.pkg, row.recv, row.funcs) {
			if inPackage(keyPackages, path) {
				c.noteKey(n.Args[row.arg])
			}
			c.credential(n.Args[row.arg], keyName(fn, row.arg), secretPassword, placeSink, "given to "+funcName(fn))
		}
	}
	for _, row := range c.sinks {
		if row.kind == sinkCredential && row.arg < len(n.Args) && matches(fn, path, row.pkg, row.recv, row.funcs) {
			c.credential(n.Args[row.arg], keyName(fn, row.arg), secretPassword, placeSink, "given to "+funcName(fn))
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

// checkPairs checks values that a call gives a name.
func (c *checker) checkPairs(n *ast.CallExpr, fn *types.Func, path string) {
	for _, row := range pairSinks {
		if !matches(fn, path, row.pkg, row.recv, row.funcs) {
			continue
		}
		for i, k := row.name, row.value; k < len(n.Args); i, k = i+2, k+2 {
			if key, ok := c.fold(n.Args[i]); ok {
				if inPackage(flagPackages, path) {
					c.flag(n.Args[k], key.text)
				} else {
					c.pair(n.Args[k], key.text)
				}
			}
			if !row.rest {
				break
			}
		}
	}
}

// flagPackages read the command line.
const flagPackages = "flag|github.com/spf13/pflag"

func (c *checker) pair(value ast.Expr, key string) {
	class := c.env.classify(key)
	if c.isPublic(key) || !isText(c.info.TypeOf(value)) {
		return
	}
	switch {
	case strings.EqualFold(key, "Authorization"), strings.EqualFold(key, "Proxy-Authorization"):
		class = secretPassword
	case strings.EqualFold(key, "Cookie"):
		class = weakName
	case strings.EqualFold(key, "X-Api-Key"):
		if v, ok := c.fold(value); ok && !isWordChain(v.text) {
			class = secretPassword
		}
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
		c.named(arg, p.Name(), placeVar, "given to "+funcName(fn)+" as "+p.Name())
	}
}

// checkSetter checks the argument of a method that is named for setting a secret.
func (c *checker) checkSetter(n *ast.CallExpr, fn *types.Func) {
	if len(n.Args) != 1 {
		return
	}
	name, ok := strings.CutPrefix(fn.Name(), "Set")
	if !ok {
		if name, ok = strings.CutPrefix(fn.Name(), "With"); !ok {
			return
		}
	}
	if sig := fn.Type().(*types.Signature); sig.Params().Len() == 1 && isText(sig.Params().At(0).Type()) && c.env.classify(name) != notSecret {
		c.named(n.Args[0], name, placeVar, "given to "+funcName(fn))
	}
}
