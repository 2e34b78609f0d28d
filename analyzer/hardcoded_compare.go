package analyzer

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"unicode/utf8"
)

// checkCompareCall checks what a function compares with a credential.
func (c *checker) checkCompareCall(n *ast.CallExpr, fn *types.Func, path string) {
	if len(n.Args) == 2 && slices.Contains(compareFuncs, path+"."+fn.Name()) {
		c.compared(n.Args[0], n.Args[1])
		c.compared(n.Args[1], n.Args[0])
	}
}

// compareFuncs compare two texts.
var compareFuncs = []string{
	"crypto/subtle.ConstantTimeCompare", "crypto/hmac.Equal", "bytes.Equal", "bytes.EqualFold", "bytes.Compare", "strings.EqualFold", "strings.Compare",
}

// checkCompare checks what a credential is compared with.
func (c *checker) checkCompare(n *ast.BinaryExpr) {
	if n.Op != token.EQL && n.Op != token.NEQ {
		return
	}
	c.compared(n.X, n.Y)
	c.compared(n.Y, n.X)
}

func (c *checker) compared(x, value ast.Expr) {
	v, ok := c.fold(value)
	if !ok || len(v.text) < minNamed || !isText(c.info.TypeOf(value)) {
		return
	}
	if !utf8.ValidString(v.text) || strings.ContainsFunc(v.text, isControl) {
		return // a key that is compared is checked against what it should have become
	}
	name, class := c.told(x, 0)
	if class == notSecret || c.isPublic(name) {
		return
	}
	if strings.EqualFold(name, "Authorization") && stripScheme(v.text) != v.text {
		class = secretPassword
	}
	c.credential(value, name, class, placeCompare, "that "+name+" is compared with")
}

// maxTold bounds how far back it is followed where a text comes from.
const maxTold = 4

// told returns what a text that is read is called, or what it is by where it comes
// from.
func (c *checker) told(e ast.Expr, depth int) (string, nameClass) {
	if depth > maxTold {
		return "", notSecret
	}
	switch x := e.(type) {
	case *ast.ParenExpr:
		return c.told(x.X, depth+1)
	case *ast.SliceExpr:
		return c.told(x.X, depth+1)
	case *ast.Ident:
		return c.toldVariable(x, depth)
	case *ast.SelectorExpr:
		return x.Sel.Name, c.personal(x.Sel.Name, c.info.TypeOf(x), func() bool { return besideUser(c.info.TypeOf(x.X)) })
	case *ast.IndexExpr:
		if _, ok := underlying(c.info.TypeOf(x.X)).(*types.Slice); ok {
			return c.told(x.X, depth+1)
		}
	case *ast.CallExpr:
		return c.toldCall(x, depth)
	}
	name := c.nameOf(e)
	return name, c.env.classify(name)
}

// toldVariable judges a variable by its name, or by the call that gave it its value.
func (c *checker) toldVariable(id *ast.Ident, depth int) (string, nameClass) {
	class := c.personal(id.Name, c.info.TypeOf(id), func() bool { return c.isBesideUser(id) })
	if class == secretPassword {
		return id.Name, class
	}
	obj := c.info.Uses[id]
	if from, ok := c.results[obj]; ok && from.call != nil {
		switch name := calleeName(from.call); {
		case name == "BasicAuth" && from.index == 1, name == "Password" && from.index == 0:
			return "password", secretPassword
		}
	}
	if what := c.handed(obj); what != "" {
		return what, map[string]nameClass{"password": secretPassword, "key": strongName}[what]
	}
	if def, ok := c.once[obj]; ok && class == notSecret {
		if call, ok := def.expr.(*ast.CallExpr); ok {
			return c.toldCall(call, depth+1)
		}
	}
	return id.Name, class
}

// toldCall judges what a call returns: the text that it converts or trims, what it
// takes from a request by a name, or what it is called itself.
func (c *checker) toldCall(e *ast.CallExpr, depth int) (string, nameClass) {
	if tv, ok := c.info.Types[e.Fun]; ok && tv.IsType() && len(e.Args) == 1 {
		return c.told(e.Args[0], depth+1)
	}
	name := calleeName(e)
	if len(e.Args) > 0 && trimFuncs[name] && isText(c.info.TypeOf(e.Args[0])) {
		return c.told(e.Args[0], depth+1)
	}
	if len(e.Args) > 0 && len(e.Args) <= 2 {
		if v, ok := c.fold(e.Args[0]); ok && (strings.HasSuffix(name, "Value") || askFuncs[name] && c.asksRequest(e)) {
			class := c.env.classify(v.text)
			if class == weakName {
				class = strongName // what a request brings under the name
			}
			return v.text, class
		}
	}
	return name, c.env.classify(name)
}

var (
	trimFuncs = words("TrimSpace TrimPrefix TrimSuffix TrimLeft TrimRight Trim ToLower ToUpper")
	askFuncs  = words("Get GetHeader Header Query QueryParam DefaultQuery PostForm DefaultPostForm Param Peek GetReqHeader")
)

// asksRequest reports whether a call is to what came with a request.
func (c *checker) asksRequest(e *ast.CallExpr) bool {
	sel, ok := e.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	fn, ok := c.info.Uses[sel.Sel].(*types.Func)
	return ok && fn.Pkg() != nil && inPackage(webPackages+"|net/url|net/textproto|google.golang.org/grpc/metadata|github.com/gofiber/fiber/...", pkgPath(fn.Pkg()))
}

// personal classifies a name, of which the last word may be a short one for a
// password: it is that if it is bytes or stands beside who logs in.
func (c *checker) personal(name string, t types.Type, beside func() bool) nameClass {
	class := c.env.classify(name)
	if class == notSecret || class == secretPassword {
		return class
	}
	ws := trimNeutral(splitName(name))
	switch {
	case endsIn(ws, "pw"), endsIn(ws, "pass") && (t != nil && isByteList(t) || beside()):
		return secretPassword
	}
	return class
}

// isBesideUser reports whether a variable is a parameter beside one for who logs in.
func (c *checker) isBesideUser(id *ast.Ident) bool {
	v, ok := c.info.ObjectOf(id).(*types.Var)
	if !ok || v.IsField() {
		return false
	}
	for i := len(c.stack) - 1; i >= 0; i-- {
		var typ *ast.FuncType
		switch fn := c.stack[i].(type) {
		case *ast.FuncDecl:
			typ = fn.Type
		case *ast.FuncLit:
			typ = fn.Type
		default:
			continue
		}
		own, user := false, false
		for _, field := range typ.Params.List {
			for _, name := range field.Names {
				own = own || c.info.Defs[name] == v
				user = user || saysUser(name.Name)
			}
		}
		if own {
			return user
		}
	}
	return false
}

// besideUser reports whether a struct has a field for who logs in.
func besideUser(t types.Type) bool {
	if t == nil {
		return false
	}
	s, ok := derefType(t).Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for i := range s.NumFields() {
		if saysUser(s.Field(i).Name()) {
			return true
		}
	}
	return false
}

func saysUser(name string) bool {
	ws := splitName(name)
	return len(ws) > 0 && (userWords[ws[len(ws)-1]] || len(ws) > 1 && ws[len(ws)-2] == "user" && ws[len(ws)-1] == "name")
}

var userWords = words("user username login email u usr")

// handed says what a parameter of a function literal is by what takes that function:
// the password or the key that a middleware asks it to check. "" stands for neither.
func (c *checker) handed(obj types.Object) string {
	v, ok := obj.(*types.Var)
	if !ok || v.IsField() {
		return ""
	}
	for i := len(c.stack) - 1; i > 0; i-- {
		lit, ok := c.stack[i].(*ast.FuncLit)
		if !ok {
			continue
		}
		at := slices.Index(c.textParams(lit), v)
		if at < 0 {
			continue
		}
		switch taker := strings.ToLower(c.takerOf(i)); {
		case at == 1 && (strings.Contains(taker, "basicauth") || strings.Contains(taker, "authorizer")):
			return "password"
		case at == 0 && strings.Contains(taker, "keyauth"):
			return "key"
		}
		return ""
	}
	return ""
}

// textParams returns the parameters of a function literal that are texts.
func (c *checker) textParams(lit *ast.FuncLit) []*types.Var {
	var out []*types.Var
	for _, field := range lit.Type.Params.List {
		for _, name := range field.Names {
			if v, ok := c.info.Defs[name].(*types.Var); ok && isText(v.Type()) {
				out = append(out, v)
			}
		}
	}
	return out
}

// takerOf names what the node at i of the stack is given to: a function, or a field
// of a type.
func (c *checker) takerOf(i int) string {
	switch n := c.stack[i-1].(type) {
	case *ast.CallExpr:
		return calleeName(n)
	case *ast.KeyValueExpr:
		name := c.nameOf(n.Key)
		if lit, ok := c.stack[max(i-2, 0)].(*ast.CompositeLit); ok {
			if t := named(c.info.TypeOf(lit)); t != nil && t.Obj().Pkg() != nil {
				name += " " + t.Obj().Name() + " " + t.Obj().Pkg().Name()
			}
		}
		return name
	}
	return ""
}
