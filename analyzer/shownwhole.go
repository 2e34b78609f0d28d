package analyzer

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// What holds a secret without being named for one, and shows it when it is printed
// as a whole: the headers of a request, its cookies, the user of a URL, the numbers
// of a private key.

// shownWhole says what secret is shown by printing v, "" for none.
func (t *tracer) shownWhole(v ssa.Value) string {
	n := named(v.Type())
	if n == nil {
		if isKeyNumber(v) {
			return keyOf(v)
		}
		if s, ok := v.Type().Underlying().(*types.Slice); ok && isHTTP(s.Elem(), "Cookie") && readsCookies(v) {
			return "cookies of the request"
		}
		return ""
	}
	switch path, name := pkgPath(n.Obj().Pkg()), n.Obj().Name(); {
	case path == "net/url" && name == "Userinfo":
		if hasNoPassword(v) {
			return ""
		}
		return "password of a URL"
	case path == "net/http" && name == "Header":
		return t.headersOf(v)
	case path == "net/http" && name == "Request":
		if p, ok := v.(*ssa.Parameter); ok && t.structs && !t.isCleaned(p) {
			return "request with its headers"
		}
	case path == "net/http" && name == "Cookie":
		return t.cookieOf(v)
	case path == "math/big" && name == "Int" && isKeyNumber(v):
		return keyOf(v)
	}
	return ""
}

// isHTTP reports whether t is a type of package net/http, or a pointer to one.
func isHTTP(t types.Type, name string) bool {
	n := named(t)
	return n != nil && n.Obj().Name() == name && pkgPath(n.Obj().Pkg()) == "net/http"
}

// hasNoPassword reports whether the user of a URL is made without a password.
func hasNoPassword(v ssa.Value) bool {
	c, ok := v.(*ssa.Call)
	if !ok {
		return false
	}
	fn := callee(&c.Call)
	return fn != nil && fn.Name() == "User" && pkgPath(fn.Pkg()) == "net/url"
}

// headersOf says whether v are the headers of a request, as they came or will go:
// those of an answer have no credentials in them but for a cookie now and then.
func (t *tracer) headersOf(v ssa.Value) string {
	const what = "headers of a request"
	if t.reads {
		return "" // whose requests have no credentials
	}
	switch v := v.(type) {
	case *ssa.Parameter:
		if isAnswerName(v.Name()) || isAnswerName(v.Parent().Name()) || t.comparesInScope() || !t.isGivenHeaders(v) {
			return ""
		}
		return what
	case *ssa.UnOp:
		if fa, ok := v.X.(*ssa.FieldAddr); ok && isHTTP(fa.X.Type(), "Request") && !t.isCleaned(fa.X) && !t.comparesInScope() {
			if s, ok := derefType(fa.X.Type()).Underlying().(*types.Struct); ok && s.Field(fa.Field).Name() == "Header" {
				return what
			}
		}
	case *ssa.Call:
		if fn := callee(&v.Call); fn != nil && fn.Name() == "Clone" {
			return ""
		}
	}
	return ""
}

// isGivenHeaders reports whether a caller in the package gives a parameter the headers
// of a request, or there is none to ask.
func (t *tracer) isGivenHeaders(p *ssa.Parameter) bool {
	calls, at := t.callers[p.Parent()], paramIndex(p)
	return len(calls) == 0 || slices.ContainsFunc(calls, func(call *ssa.CallCommon) bool {
		if at >= len(call.Args) {
			return false
		}
		_, isParam := call.Args[at].(*ssa.Parameter)
		return !isParam && t.headersOf(call.Args[at]) != ""
	})
}

func isAnswerName(name string) bool {
	return slices.ContainsFunc(splitName(name), func(w string) bool { return answerWords[w] })
}

var answerWords = words("resp res response responses reply answer rsp rep rw w trailer trailers")

// comparesInScope reports whether the function that is looked through tells the
// headers that hold credentials from others.
func (t *tracer) comparesInScope() bool {
	return t.at != nil && comparesHeader(t.at.Parent())
}

// outside returns the values that a variable of a closure has in the function around
// it, none if v is not one.
func outside(v ssa.Value) []ssa.Value {
	load, ok := v.(*ssa.UnOp)
	if !ok {
		return nil
	}
	free, ok := load.X.(*ssa.FreeVar)
	if !ok {
		return nil
	}
	at := binding(free)
	if at == nil {
		return nil
	}
	var out []ssa.Value
	for _, ref := range refs(at) {
		if other, ok := ref.(*ssa.UnOp); ok && other.Op == token.MUL {
			out = append(out, other)
		}
	}
	return out
}

// isCleaned reports whether a function empties or masks the headers of a request,
// or takes a credential out of them.
func (f *flow) isCleaned(req ssa.Value) bool {
	if slices.ContainsFunc(outside(req), f.isCleaned) {
		return true
	}
	for _, ref := range refs(req) {
		header, ok := ref.(*ssa.FieldAddr)
		if !ok || !isHeader(derefType(header.Type())) {
			continue
		}
		for _, use := range refs(header) {
			if st, ok := use.(*ssa.Store); ok && st.Addr == header && (isEmptyMap(st.Val) || (&tracer{flow: f}).hides(st.Val)) {
				return true
			}
			if load, ok := use.(*ssa.UnOp); ok && dropsCredential(load) {
				return true
			}
		}
	}
	return false
}

// userOf follows the user that a URL was given in this function, which package fmt
// shows with its password.
func (t *tracer) userOf(u ssa.Value) {
	for _, ref := range refs(u) {
		fa, ok := ref.(*ssa.FieldAddr)
		if !ok {
			continue
		}
		if s, ok := derefType(fa.X.Type()).Underlying().(*types.Struct); ok && s.Field(fa.Field).Name() == "User" {
			t.storesAt(fa)
		}
	}
}

// unmarshalled follows a map that is read from what a secret manager returned.
func (t *tracer) unmarshalled(m *ssa.Alloc) {
	if _, isMap := derefType(m.Type()).Underlying().(*types.Map); !isMap {
		return
	}
	for _, ref := range refs(m) {
		box, ok := ref.(*ssa.MakeInterface)
		if !ok {
			continue
		}
		for _, use := range refs(box) {
			call, ok := use.(*ssa.Call)
			if !ok || len(call.Call.Args) != 2 || call.Call.Args[1] != box {
				continue
			}
			if fn := callee(&call.Call); fn == nil || fn.Name() != "Unmarshal" || !inPackage(jsonPackages, pkgPath(fn.Pkg())) {
				continue
			}
			before := len(t.found)
			t.value(call.Call.Args[0])
			t.found = append(t.found[:before], slices.DeleteFunc(t.found[before:], func(o origin) bool { return o.named || o.param != nil })...)
		}
	}
}

// isShownWhole records what is shown by printing v as a whole. It reports whether
// that is a secret.
func (t *tracer) isShownWhole(v ssa.Value) bool {
	if isURL(v.Type()) {
		t.userOf(v)
		return false
	}
	what := t.shownWhole(v)
	if what != "" {
		t.secret(what, v.Pos(), false)
	}
	return what != ""
}

// isRangeShown does so for a value over which a loop goes. Loops over a parameter
// mostly copy it for somebody who knows what it is.
func (t *tracer) isRangeShown(v ssa.Value) bool {
	_, isParam := v.(*ssa.Parameter)
	return !isParam && t.isShownWhole(v)
}

// keyedSource records an element of a map that is a secret by what the map is: a
// header, or what a secret manager keeps. It reports whether it is one.
func (t *tracer) keyedSource(v *ssa.Lookup, key string) bool {
	if t.classify(key) == notSecret {
		return false
	}
	if isHeader(v.X.Type()) && (t.classify(key) != weakName || t.weakCounts()) {
		t.secret("header "+key, v.Pos(), false)
		return true
	}
	before := len(t.found)
	if !t.mayHold(key) || !t.isManaged(v.X) {
		return false
	}
	for i := range t.found[before:] {
		t.found[before+i].what += " under " + key
	}
	return true
}

// isPlainAnswer reports whether nothing speaks for a secret in an answer that a
// function dumps: in plenty of code it does not deal with credentials; it dumps the
// request as well, of which to tell is enough; or it is a transport, which sees all
// answers, and hardly one with a secret among them.
func (f *flow) isPlainAnswer(fn *ssa.Function) bool {
	if fn.Name() == "RoundTrip" || !f.little && !f.placeSays(mention{fn: fn}) {
		return true
	}
	return slices.ContainsFunc(f.pass.Files, func(file *ast.File) bool {
		found := false
		ast.Inspect(file, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			found = found || ok && strings.HasPrefix(id.Name, "DumpRequest")
			return !found
		})
		return found
	})
}
