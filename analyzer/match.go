package analyzer

import (
	"go/types"
	"regexp"
	"slices"
	"strings"
)

// version is a part of an import path that does not say which package it is.
var version = regexp.MustCompile(`/v[0-9]+(/|$)|\.v[0-9]+(/|$)`)

// pkgPath returns the path of a package without its major version.
func pkgPath(p *types.Package) string {
	if p == nil {
		return ""
	}
	path := p.Path()
	if i := strings.LastIndex(path, "/vendor/"); i >= 0 {
		path = path[i+len("/vendor/"):]
	}
	if !strings.Contains(path, "v") {
		return path
	}
	return strings.TrimSuffix(version.ReplaceAllString(path, "/"), "/")
}

// inPackage reports whether a path is one of a row: the same, below it if the
// row ends in "/...", or the last part of it if the row starts with "*/".
func inPackage(row, path string) bool {
	for p := range strings.SplitSeq(row, "|") {
		if below, ok := strings.CutSuffix(p, "/..."); ok && (path == below || strings.HasPrefix(path, below+"/")) {
			return true
		}
		if end, ok := strings.CutPrefix(p, "*/"); ok && (path == end || strings.HasSuffix(path, "/"+end)) {
			return true
		}
		if p == path || p == "*" {
			return true
		}
	}
	return false
}

// receiver returns the name of the type that fn is a method of, or nothing.
func receiver(fn *types.Func) string {
	sig, ok := fn.Type().(*types.Signature)
	if !ok || sig.Recv() == nil {
		return ""
	}
	return typeName(sig.Recv().Type())
}

// typeName returns the name of a named type, or of what a pointer to one
// points to.
func typeName(t types.Type) string {
	if n := named(t); n != nil {
		return n.Obj().Name()
	}
	return ""
}

// named returns the named type of t or of what t points to, or nil.
func named(t types.Type) *types.Named {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	n, _ := types.Unalias(t).(*types.Named)
	return n
}

// matches reports whether fn is one of the functions of a row.
func matches(fn *types.Func, path, pkg, recv, funcs string) bool {
	if !inPackage(pkg, path) {
		return false
	}
	if recv != "*" && recv != receiver(fn) {
		return false
	}
	return slices.Contains(strings.Fields(funcs), fn.Name())
}
