package analyzer

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// Cookies that keep somebody logged in, among those that say what was shown last.

// cookieOf says whether v is a cookie of a request that keeps somebody logged in.
func (t *tracer) cookieOf(v ssa.Value) string {
	if ex, ok := v.(*ssa.Extract); ok && ex.Index == 0 {
		call, ok := ex.Tuple.(*ssa.Call)
		if !ok {
			return ""
		}
		fn, args := callee(&call.Call), arguments(&call.Call)
		if fn == nil || fn.Name() != "Cookie" || receiver(fn) != "Request" || len(args) != 1 {
			return ""
		}
		if name, ok := constString(args[0]); ok && isSessionName(name) {
			return "cookie " + name
		}
		return ""
	}
	load, ok := v.(*ssa.UnOp)
	if !ok || load.Op != token.MUL {
		return ""
	}
	if ia, ok := load.X.(*ssa.IndexAddr); ok && readsCookies(ia.X) && !asksForName(ia.Parent()) {
		return "cookie of the request"
	}
	return ""
}

// readsCookies reports whether v are all cookies of a request.
func readsCookies(v ssa.Value) bool {
	call, ok := v.(*ssa.Call)
	if !ok {
		return false
	}
	fn := callee(&call.Call)
	return fn != nil && fn.Name() == "Cookies" && receiver(fn) == "Request" && pkgPath(fn.Pkg()) == "net/http"
}

// asksForName reports whether a function looks at the names of cookies: it may show
// only those that are no secrets.
func asksForName(fn *ssa.Function) bool {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			fa, ok := instr.(*ssa.FieldAddr)
			if !ok || !isHTTP(fa.X.Type(), "Cookie") {
				continue
			}
			s, ok := derefType(fa.X.Type()).Underlying().(*types.Struct)
			if !ok || s.Field(fa.Field).Name() != "Name" {
				continue
			}
			for _, load := range refs(fa) {
				if u, ok := load.(*ssa.UnOp); ok && isCompared(u) {
					return true
				}
			}
		}
	}
	return false
}

// isCompared reports whether a text is compared with another, looked up, or given
// to a function which answers with a truth value.
func isCompared(v ssa.Value) bool {
	return slices.ContainsFunc(refs(v), func(ref ssa.Instruction) bool {
		switch ref := ref.(type) {
		case *ssa.BinOp:
			return ref.Op == token.EQL || ref.Op == token.NEQ
		case *ssa.Lookup:
			return true
		case *ssa.Call:
			b, ok := ref.Type().Underlying().(*types.Basic)
			return ok && b.Kind() == types.Bool
		}
		return false
	})
}

// isSessionName reports whether a cookie of a name keeps somebody logged in.
func isSessionName(name string) bool {
	ws := splitName(name)
	if slices.ContainsFunc(ws, func(w string) bool { return w == "csrf" || w == "xsrf" || w == "state" || w == "nonce" }) {
		return false
	}
	return classify(name) != notSecret || slices.ContainsFunc(ws, func(w string) bool { return sessionWords[w] })
}

// sessionWords are those of the names of cookies that keep somebody logged in.
var sessionWords = words("session sessions sess sid sessid phpsessid jsessionid auth remember")

// cookieSource says what secret the value of a cookie is, "" for none.
func (t *tracer) cookieSource(cookie ssa.Value, field *types.Var) string {
	if field.Name() != "Value" || !isHTTP(cookie.Type(), "Cookie") {
		return ""
	}
	return t.cookieOf(cookie)
}
