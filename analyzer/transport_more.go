package analyzer

import (
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// This file has the credentials that are sent in the clear with a request that is
// made by one call, or in other places than headers that are set one by one.

// requestNames are the functions and methods that may make a request.
var requestNames = words("NewRequest NewRequestWithContext Get Post PostForm Put Patch Delete Head Dial DialContext")

// clearBody checks what a request sends in its body.
func (f *flow) clearBody(call *ssa.Call, fn *types.Func) {
	args := arguments(&call.Call)
	at := 2
	switch fn.Name() {
	case "PostForm":
		at = 1
	case "Post", "NewRequest":
	case "NewRequestWithContext":
		at = 3
	default:
		return
	}
	if at >= len(args) || isConst(args[at]) {
		return
	}
	url := 0
	if strings.HasPrefix(fn.Name(), "NewRequest") {
		url = at - 1
	}
	host := clearHost(args[url])
	if host == "" {
		return
	}
	if name := f.formSecret(args[at]); name != "" {
		f.clear = append(f.clear, clearText{call.Pos(), "form value " + name, host, call.Pos()})
		return
	}
	for _, o := range f.origins(readFrom(args[at]), false) {
		if o.what != "" && !o.doubt && !f.isWeak(o) {
			f.clear = append(f.clear, clearText{call.Pos(), o.what, host, call.Pos()})
			return
		}
	}
}

// readFrom returns the text that a body reads, or the body.
func readFrom(body ssa.Value) ssa.Value {
	m, ok := body.(*ssa.MakeInterface)
	if !ok {
		return body
	}
	call, ok := m.X.(*ssa.Call)
	if !ok || len(call.Call.Args) != 1 {
		return body
	}
	if fn := callee(&call.Call); fn != nil && passes(fn) == 0 && strings.HasPrefix(fn.Name(), "New") {
		return call.Call.Args[0]
	}
	return body
}

// formSecret returns the name of a value in a form that is a credential.
func (f *flow) formSecret(form ssa.Value) string {
	if c, ok := form.(*ssa.ChangeType); ok {
		form = c.X
	}
	for _, ref := range refs(form) {
		var key ssa.Value
		switch ref := ref.(type) {
		case *ssa.MapUpdate:
			key = ref.Key
		case *ssa.Call:
			if fn := callee(&ref.Call); fn != nil && (fn.Name() == "Set" || fn.Name() == "Add") && receiverOf(&ref.Call) == form && len(ref.Call.Args) == 3 && !isConst(ref.Call.Args[2]) {
				key = ref.Call.Args[1]
			}
		case *ssa.ChangeType:
			if name := f.formSecret(ref); name != "" {
				return name
			}
		}
		if key == nil {
			continue
		}
		if name, ok := constString(key); ok && f.classify(name) >= strongName {
			return name
		}
	}
	return ""
}

// headersSet records the credentials among headers that are written as a map.
func (f *flow) headersSet(header ssa.Value, host string, made token.Pos) {
	if c, ok := header.(*ssa.ChangeType); ok {
		header = c.X
	}
	for _, ref := range refs(header) {
		u, ok := ref.(*ssa.MapUpdate)
		if !ok || u.Map != header {
			continue
		}
		if name, ok := constString(u.Key); ok && f.classify(name) != notSecret {
			pos := u.Pos()
			if !pos.IsValid() {
				pos = made
			}
			f.clear = append(f.clear, clearText{pos, "header " + name, host, made})
		}
	}
}

// cookieOf returns the name of the cookie that a call is given if it is that of a
// credential.
func (f *flow) cookieOf(call *ssa.CallCommon) string {
	args := arguments(call)
	if len(args) != 1 {
		return ""
	}
	name, _ := constString(storedField(args[0], "Name"))
	if value := storedField(args[0], "Value"); value == nil || isConst(value) || f.classify(name) == notSecret {
		return ""
	}
	return name
}

// storedField returns what is stored in a field of a struct that is made in the
// function, nil if that is not known or not one value.
func storedField(at ssa.Value, name string) ssa.Value { return fieldStore(at, name, true) }

// fieldStore is storedField for a struct, or a literal that is stored there as a whole.
func fieldStore(at ssa.Value, name string, whole bool) ssa.Value {
	var out ssa.Value
	for _, ref := range refs(at) {
		if st, ok := ref.(*ssa.Store); ok && st.Addr == at {
			if load, ok := st.Val.(*ssa.UnOp); ok && whole && load.Op == token.MUL {
				return fieldStore(load.X, name, false)
			}
			return nil
		}
		fa, ok := ref.(*ssa.FieldAddr)
		if !ok {
			continue
		}
		s, ok := derefType(fa.X.Type()).Underlying().(*types.Struct)
		if !ok || s.Field(fa.Field).Name() != name {
			continue
		}
		for _, use := range refs(fa) {
			if st, ok := use.(*ssa.Store); ok && st.Addr == fa {
				if out != nil {
					return nil
				}
				out = st.Val
			}
		}
	}
	return out
}

// builtPrefix returns the scheme and the host of a URL that is built from its parts
// in the function.
func builtPrefix(url ssa.Value) string {
	call, ok := url.(*ssa.Call)
	if !ok {
		return ""
	}
	fn, recv := callee(&call.Call), receiverOf(&call.Call)
	if fn == nil || fn.Name() != "String" || recv == nil || !isURL(recv.Type()) {
		return ""
	}
	scheme, _ := constString(storedField(recv, "Scheme"))
	host, _ := constString(storedField(recv, "Host"))
	if scheme == "" || host == "" {
		return ""
	}
	return scheme + "://" + host + "/"
}

// clearClient checks a request that a client of another package makes: for what the
// calls before it in the chain have set, and the headers that it is given.
func (f *flow) clearClient(call *ssa.Call, fn *types.Func) {
	path, args := pkgPath(fn.Pkg()), arguments(&call.Call)
	switch {
	case inPackage("github.com/gorilla/websocket", path) && len(args) > 1:
		if host := clearHost(args[len(args)-2]); host != "" {
			f.headersOf(args[len(args)-1], host, call.Pos())
		}
	case inPackage("github.com/go-resty/resty|resty.dev", path) && len(args) == 1:
		if host := clearHost(args[0]); host != "" {
			f.clearChain(call, host)
		}
	}
}

// clearChain records the credentials that a chain of calls sets before it makes a
// request.
func (f *flow) clearChain(call *ssa.Call, host string) {
	made := call.Pos()
	for range maxChain {
		next, ok := receiverOf(&call.Call).(*ssa.Call)
		if !ok {
			return
		}
		call = next
		fn, args := callee(&call.Call), arguments(&call.Call)
		if fn == nil {
			return
		}
		switch fn.Name() {
		case "SetAuthToken":
			f.clear = append(f.clear, clearText{call.Pos(), "token", host, made})
		case "SetBasicAuth":
			f.clear = append(f.clear, clearText{call.Pos(), "password", host, made})
		case "SetHeader":
			if name, ok := constString(args[0]); ok && f.classify(name) != notSecret {
				f.clear = append(f.clear, clearText{call.Pos(), "header " + name, host, made})
			}
		}
	}
}

// maxChain bounds the calls of a chain.
const maxChain = 12
