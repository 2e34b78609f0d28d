package analyzer

import (
	"go/ast"
	"go/types"
	"net/url"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// urlFuncs are the names of the functions in urlSinks.
var urlFuncs = words("Get Head Post PostForm Put Delete Patch NewRequest NewRequestWithContext Dial DialContext")

// checkURL checks the query of a URL that is requested for credentials.
func (c *checker) checkURL(n *ast.CallExpr, fn *types.Func, path string) {
	if !urlFuncs[fn.Name()] {
		return
	}
	for _, row := range urlSinks {
		if row.arg >= len(n.Args) || !matches(fn, path, row.pkg, row.recv, row.funcs) {
			continue
		}
		out := c.outlined(n.Args[row.arg])
		if _, query, ok := strings.Cut(out.text, "?"); ok && !isSampleHost(out.text) {
			c.checkQuery(n.Args[row.arg], out, query)
		}
		return
	}
}

func (c *checker) checkQuery(e ast.Expr, out outline, query string) {
	if isTestSupport(c.pass, e.Pos()) && !c.tests || isExample(placeOf(c.pass)) {
		return
	}
	query, _, _ = strings.Cut(query, "#")
	for pair := range strings.SplitSeq(query, "&") {
		key, value, _ := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(value); err == nil {
			value = plain
		}
		class := c.queryClass(key, value)
		if strings.Contains(value, gap) || c.isPublic(key) || !credible(value, class, placeVar, key) {
			continue
		}
		if c.match("", out.text, out.origin.Pos()) != nil {
			return // is reported because of its form
		}
		c.keep(analysis.Diagnostic{
			Pos: out.origin.Pos(), End: out.origin.End(), Category: ruleHardcoded,
			Message: "hard-coded credential in the query parameter " + key + " of a URL; rotate it and read it at run time",
		}, detail{secret: value})
		return
	}
}

// queryClass judges the name of a query parameter: what is only called a key or a
// token has to look drawn.
func (c *checker) queryClass(key, value string) nameClass {
	class := c.env.classify(key)
	if class == notSecret && key == "key" && isRandom(value) || class == weakName && isChosen(value) {
		return strongName
	}
	return class
}

// isSampleHost reports whether a URL leads to this machine or to a host that only
// stands in texts.
func isSampleHost(v string) bool {
	_, rest, ok := strings.Cut(v, "://")
	if !ok {
		return false
	}
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	host := strings.ToLower(rest[strings.LastIndex(rest, "@")+1:])
	for label := range strings.SplitSeq(host, ".") {
		if label == "example" {
			return true
		}
	}
	return saysLocalhost(host)
}

// saysLocalhost reports whether a text has the address of this machine.
func saysLocalhost(v string) bool {
	return strings.Contains(v, "localhost") || strings.Contains(v, "127.0.0.1") || strings.Contains(v, "[::1]")
}

// checkDSN checks data source names for a password.
func (c *checker) checkDSN(n *ast.CallExpr, fn *types.Func, path string) {
	for _, row := range dsnSinks {
		if row.arg >= len(n.Args) || !matches(fn, path, row.pkg, row.recv, row.funcs) {
			continue
		}
		e := n.Args[row.arg]
		if isTestSupport(c.pass, e.Pos()) && !c.tests {
			return
		}
		out := c.outlined(e)
		pw, ok := dsnPassword(out.text)
		if !ok || strings.Contains(pw, gap) || !credible(pw, secretPassword, placeDSN, "") || saysLocalhost(out.text) && !isRandom(pw) {
			continue
		}
		var from []setting
		if !strings.Contains(out.text, gap) {
			from = []setting{{out.origin, "database url", out.text}}
		}
		c.keep(analysis.Diagnostic{
			Pos: out.origin.Pos(), End: out.origin.End(), Category: ruleHardcoded,
			Message: "hard-coded password in the data source name given to " + funcName(fn) + "; rotate it and read it at run time",
		}, detail{secret: pw, sure: true}, from...)
	}
}
