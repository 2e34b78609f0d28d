package analyzer

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"
)

// maxListed bounds the lists whose elements count as credentials: longer ones are
// lists of what people often choose, of words or of names.
const maxListed = 6

// checkEntry checks what stands under a constant key of a map.
func (c *checker) checkEntry(key string, value ast.Expr, m types.Type) {
	if c.checkValues(key, value) {
		return
	}
	if v, ok := c.fold(value); ok && isAuthHeader(key) && stripScheme(v.text) != v.text {
		c.pair(value, key)
		return
	}
	c.named(value, key, placeVar, "under the key "+key)
	if c.env.classify(key) == notSecret {
		c.checkTyped(value, m)
	}
}

// checkValues checks a list of values of a header, a form or a query under their name.
// It reports whether there is such a list.
func (c *checker) checkValues(key string, e ast.Expr) bool {
	list, ok := e.(*ast.CompositeLit)
	if !ok {
		return false
	}
	s, ok := underlying(c.info.TypeOf(list)).(*types.Slice)
	if !ok || !isString(s.Elem()) {
		return false
	}
	if len(list.Elts) > 2 {
		return true
	}
	for _, elt := range list.Elts {
		if v, ok := c.fold(elt); ok && v.text != "" {
			c.pair(elt, key)
		}
	}
	return true
}

func isString(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsString != 0
}

func isAuthHeader(key string) bool {
	return strings.EqualFold(key, "Authorization") || strings.EqualFold(key, "Proxy-Authorization")
}

// checkTyped checks a value of a map whose elements have a type named for a secret.
func (c *checker) checkTyped(value ast.Expr, m types.Type) {
	u, ok := underlying(m).(*types.Map)
	if !ok {
		return
	}
	if name := typeName(u.Elem()); name != "" && isText(u.Elem()) {
		c.credential(value, name, c.env.classify(name), placeVar, "of the type "+name)
	}
}

// checkConversion checks a constant that is converted to a type named for a secret.
func (c *checker) checkConversion(n *ast.CallExpr) {
	tv, ok := c.info.Types[n.Fun]
	if !ok || !tv.IsType() || len(n.Args) != 1 || !isText(tv.Type) {
		return
	}
	if t := named(tv.Type); t != nil && c.names[n] == "" {
		name := t.Obj().Name()
		c.named(n.Args[0], name, placeVar, "of the type "+name)
	}
}

// checkCollection checks the elements of a list or map that has the name of several
// secrets: passwords, apiKeys. Of a set the keys are what it holds.
func (c *checker) checkCollection(e ast.Expr, name string) {
	list, ok := e.(*ast.CompositeLit)
	if !ok || len(list.Elts) == 0 || len(list.Elts) > maxListed {
		return
	}
	one, ok := singular(name)
	if !ok || slices.ContainsFunc(splitName(one), func(w string) bool { return refusedWords[w] }) {
		return
	}
	class := c.env.classify(one)
	if class == notSecret || class == weakName && !c.allDrawn(list) {
		return
	}
	for _, elt := range list.Elts {
		if kv, isPair := elt.(*ast.KeyValueExpr); isPair {
			elt = kv.Value
			if m, ok := underlying(c.info.TypeOf(list)).(*types.Map); ok && isMark(m.Elem()) {
				elt = kv.Key
			}
		}
		if t := c.info.TypeOf(elt); isText(t) || isFlagText(t) {
			c.credential(elt, one, class, placeVar, "in "+name)
		}
	}
}

// collected returns what an element of a list or map is called that has the name of
// several secrets, or else name.
func (c *checker) collected(index *ast.IndexExpr, name string) string {
	if one, ok := singular(c.nameOf(index.X)); ok && c.env.classify(one) >= strongName {
		return one
	}
	return name
}

// refusedWords are those of lists of what nobody may choose, or what is looked for.
var refusedWords = words("common weak worst top popular forbidden banned blocked blacklist blacklisted denied disallowed leaked breached pwned guessable easy known sensitive redact mask skip ignore ignored supported candidate candidates")

// allDrawn reports whether the elements of a list look as if a machine had made them.
func (c *checker) allDrawn(list *ast.CompositeLit) bool {
	for _, elt := range list.Elts {
		if kv, ok := elt.(*ast.KeyValueExpr); ok {
			elt = kv.Value
		}
		if v, ok := c.fold(elt); !ok || !isRandom(v.text) && !isJumble(v.text) {
			return false
		}
	}
	return true
}

// isMark reports whether the values of a map of type t only mark its keys.
func isMark(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Struct:
		return u.NumFields() == 0
	case *types.Basic:
		return u.Kind() == types.Bool
	}
	return false
}

// singular returns the name of one of what a name is of several.
func singular(name string) (string, bool) {
	one, ok := strings.CutSuffix(name, "s")
	return one, ok && len(name) > 4 && !strings.HasSuffix(one, "s") // pass
}

// checkOption checks a literal that gives a value a name in two fields:
// cli.StringFlag{Name: "password", Value: "…"}.
func (c *checker) checkOption(n *ast.CompositeLit, t types.Type) {
	if !strings.HasSuffix(typeName(t), "Flag") {
		return
	}
	var key, value ast.Expr
	for _, elt := range n.Elts {
		kv, ok := elt.(*ast.KeyValueExpr)
		if !ok {
			return
		}
		switch c.nameOf(kv.Key) {
		case "Name":
			key = kv.Value
		case "Value", "Default", "DefValue":
			value = kv.Value
		}
	}
	if key == nil || value == nil || !isText(c.info.TypeOf(value)) {
		return
	}
	if v, ok := c.fold(key); ok {
		c.flag(value, v.text)
	}
}

// flag checks the default of a flag. What a flag for a secret is set to is one, a
// word or not, if it is no name of several.
func (c *checker) flag(value ast.Expr, name string) {
	ws := splitName(name)
	v, ok := c.fold(value)
	if ok && (endsIn(ws, "secret") || endsIn(ws, "api", "key")) && c.env.classify(name) != notSecret && !isWordChain(v.text) && !c.isPublic(name) {
		c.credential(value, name, secretPassword, placeVar, "under the name "+name)
		return
	}
	c.pair(value, name)
}
