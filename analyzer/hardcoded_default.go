package analyzer

import (
	"go/ast"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// checkDefaults checks what code falls back on if an environment variable for a
// secret is not set: getenv("DB_PASSWORD", "…").
func (c *checker) checkDefaults(n *ast.CallExpr) {
	if len(n.Args) < 2 || len(n.Args) > 4 || n.Ellipsis.IsValid() {
		return
	}
	name := calleeName(n)
	if fallbackNames[name] {
		c.checkFirstOf(n)
		return
	}
	if !asksSetting(name) {
		return
	}
	for i, arg := range n.Args[:len(n.Args)-1] {
		if key, ok := c.fold(arg); ok && isVariableName(key.text) {
			if strings.Contains(key.text, "_") || namesSetting(name) {
				c.fallback(n.Args[i+1], key.text)
			}
			return
		}
	}
}

// checkFirstOf checks the constants of a call that returns the first of its arguments
// which is set, if another is read from the environment: cmp.Or.
func (c *checker) checkFirstOf(n *ast.CallExpr) {
	for i, arg := range n.Args {
		call, ok := arg.(*ast.CallExpr)
		if !ok || len(call.Args) != 1 || !asksSetting(calleeName(call)) {
			continue
		}
		if key, ok := c.fold(call.Args[0]); ok && isVariableName(key.text) {
			for _, rest := range n.Args[i+1:] {
				c.fallback(rest, key.text)
			}
			return
		}
	}
}

func (c *checker) fallback(e ast.Expr, key string) {
	if !isText(c.info.TypeOf(e)) || c.isPublic(key) || isMadeUp(key) {
		return
	}
	v, ok := c.fold(e)
	if !ok || usualDefaults[v.text] {
		return // the latter is what a server on the machine of a developer is set up with
	}
	c.spare[e], c.spare[v.origin] = true, true
	c.credential(e, key, c.env.classify(key), placeVar, "as the default of "+key)
}

var (
	fallbackNames = words("Or Coalesce CoalesceString FirstNonEmpty firstNonEmpty FirstNonZero firstNonZero FirstSet firstSet coalesce defaultTo DefaultTo orDefault OrDefault")
	usualDefaults = words("postgres guest mysql redis minio minioadmin rabbitmq mongo elastic neo4j sa local dev development")
	askWords      = words("get string str read fetch must value")
	otherWords    = words("set setenv unset unsetenv bind with expect")
	settingWords  = words("env getenv envs lookup environ environment default fallback envor getor")
)

// asksSetting reports whether a function reads a setting, by its name: getenv, or
// getString, of which the name of the setting has to say the rest.
func asksSetting(name string) bool {
	ws := splitName(name)
	return len(ws) > 0 && (namesSetting(name) || askWords[ws[0]])
}

// namesSetting reports whether the name of a function says that it reads a setting.
func namesSetting(name string) bool {
	ws := splitName(name)
	if len(ws) == 0 || otherWords[ws[0]] {
		return false
	}
	return slices.ContainsFunc(ws, func(w string) bool { return settingWords[w] }) || strings.HasSuffix(ws[len(ws)-1], "env")
}

// fix returns the fixes for a constant: it is read from the environment, or left out
// where that was tried before.
func (c *checker) fix(s setting) []analysis.SuggestedFix {
	if lit, ok := s.expr.(*ast.BasicLit); ok && c.spare[s.expr] {
		return []analysis.SuggestedFix{{
			Message:   "Leave out the default",
			TextEdits: []analysis.TextEdit{{Pos: lit.Pos(), End: lit.End(), NewText: []byte(`""`)}},
		}}
	}
	return c.envFix(s)
}

// isVariableName reports whether v is written like an environment variable.
func isVariableName(v string) bool {
	return len(v) >= 4 && len(v) <= maxName && v[0] >= 'A' && v[0] <= 'Z' && !strings.ContainsFunc(v, func(r rune) bool {
		return r != '_' && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
	})
}
