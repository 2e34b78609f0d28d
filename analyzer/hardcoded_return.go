package analyzer

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/types/typeutil"
)

// checkReturn checks the results of a function that is named for a secret or names
// its results so, and of one that gives the key of a JSON web token.
func (c *checker) checkReturn(n *ast.ReturnStmt) {
	if len(n.Results) == 0 {
		return
	}
	for i := len(c.stack) - 1; i >= 0; i-- {
		switch fn := c.stack[i].(type) {
		case *ast.FuncDecl:
			c.checkKeyfunc(n, c.info.TypeOf(fn.Name))
			c.checkResults(n, c.info.TypeOf(fn.Name))
			c.named(n.Results[0], fn.Name.Name, placeVar, "returned by "+fn.Name.Name)
			return
		case *ast.FuncLit:
			c.checkKeyfunc(n, c.info.TypeOf(fn))
			c.checkResults(n, c.info.TypeOf(fn))
			c.checkCallback(n, i)
			return
		}
	}
}

func (c *checker) checkKeyfunc(n *ast.ReturnStmt, t types.Type) {
	if isKeyfunc(t) {
		c.noteKey(n.Results[0])
		c.credential(n.Results[0], "jwt key", secretPassword, placeSink, "as the key of a token")
	}
}

// checkResults checks what is returned as a result with a name.
func (c *checker) checkResults(n *ast.ReturnStmt, t types.Type) {
	sig, ok := underlying(t).(*types.Signature)
	if !ok || sig.Results().Len() != len(n.Results) {
		return
	}
	for i, e := range n.Results {
		if name := sig.Results().At(i).Name(); name != "" && name != "_" {
			c.named(e, name, placeVar, "returned as "+name)
		}
	}
}

// checkCallback checks what a function literal, at i of the stack, returns to what
// calls it and names its result, or is named for asking for a password.
func (c *checker) checkCallback(n *ast.ReturnStmt, i int) {
	if i == 0 {
		return
	}
	call, ok := c.stack[i-1].(*ast.CallExpr)
	if !ok {
		return
	}
	fn, _ := typeutil.Callee(c.info, call).(*types.Func)
	if fn == nil {
		return
	}
	if endsIn(splitName(fn.Name()), "password", "callback") {
		c.credential(n.Results[0], "password", secretPassword, placeSink, "returned to "+fn.Name())
		return
	}
	params := fn.Type().(*types.Signature).Params()
	for k, arg := range call.Args {
		if arg == c.stack[i] && k < params.Len() {
			c.checkResults(n, params.At(k).Type())
		}
	}
}
