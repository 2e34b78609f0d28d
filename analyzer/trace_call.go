package analyzer

import (
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// result follows one result of a call.
func (t *tracer) result(call *ssa.Call, index int) {
	if b, ok := call.Call.Value.(*ssa.Builtin); ok {
		if b.Name() == "append" || b.Name() == "min" || b.Name() == "max" {
			for _, a := range call.Call.Args {
				t.value(a)
			}
		}
		return
	}
	fn := callee(&call.Call)
	if fn != nil && t.method(call, fn) {
		return
	}
	if fn != nil {
		if from := passes(fn); from >= 0 {
			t.passed(call, fn, from)
			return
		}
	}
	t.summarized(call, index)
}

// passed follows the arguments that a function is known to return.
func (t *tracer) passed(call *ssa.Call, fn *types.Func, from int) {
	args := partArgs(fn, spread(&call.Call, from))
	if t.inURL && t.fillsPath(fn, &call.Call) {
		args = args[:1]
	}
	if fn.Name() == "Sprintf" || fn.Name() == "Appendf" {
		args = t.printed(&call.Call, from)
	}
	if isCut(call) {
		defer t.dropSettings(len(t.found), cutAt(call))
	}
	if inPackage(jsonPackages, pkgPath(fn.Pkg())) {
		defer func(old bool) { t.json = old }(t.json)
		t.json = true
	}
	for _, a := range args {
		if t.inURL && strings.HasPrefix(fn.Name(), "Parse") && t.isURLHead(a.value) {
			continue
		}
		t.value(a.value)
	}
}

// fillsPath reports whether a call puts the name of a resource into the template of
// a path: strings.Replace(path, "{sessionId}", id, -1).
func (t *tracer) fillsPath(fn *types.Func, call *ssa.CallCommon) bool {
	if pkgPath(fn.Pkg()) != "strings" || !strings.HasPrefix(fn.Name(), "Replace") || len(call.Args) < 3 {
		return false
	}
	name, ok := constString(call.Args[1])
	if ok && t.isSecretValue(call.Args[2]) {
		return false
	}
	return ok && strings.HasPrefix(name, "{") && strings.HasSuffix(name, "}") && t.classify(strings.Trim(name, "{}")) < strongName
}

// isSecretValue reports whether a variable or field has a name that means a credential
// and nothing else.
func (t *tracer) isSecretValue(v ssa.Value) bool {
	return t.classify(t.nameOfValue(v)) >= strongName && !t.isIdentifier(v)
}

// jsonPackages have functions that show what they are given as JSON.
const jsonPackages = "encoding/json|go.uber.org/zap|github.com/goccy/go-json|github.com/json-iterator/go|sigs.k8s.io/yaml"

// dropSettings forgets the connection strings among what was found from before on,
// and the tokens that are lists of settings by the sign at which they are cut: most
// of the parts are no secrets.
func (t *tracer) dropSettings(before int, sign string) {
	t.found = append(t.found[:before], slices.DeleteFunc(t.found[before:], func(o origin) bool {
		name := o.name()
		return o.named && (isConnection(name) || (sign == ";" || sign == "=" || sign == "&") && endsIn(splitName(name), "token"))
	})...)
}

// cutAt returns the sign at which a call cuts a text, "" if it is not constant.
func cutAt(call *ssa.Call) string {
	if len(call.Call.Args) < 2 {
		return ""
	}
	sign, _ := constText(call.Call.Args[1])
	return sign
}

// printed returns the arguments whose text a format shows, and records a query
// parameter that the format names.
func (t *tracer) printed(call *ssa.CallCommon, from int) []argument {
	args := spread(call, from)
	if len(args) == 0 {
		return nil
	}
	format, ok := constString(args[0].value)
	if !ok {
		return args
	}
	verbs := parseFormat(format)
	var out []argument
	for _, a := range args[1:] {
		v, ok := verbs[a.index-args[0].index-1]
		if !ok || !v.shows || strings.HasSuffix(v.before, "/") && t.isIdentifier(a.value) {
			continue
		}
		if t.inURL && t.classify(queryKey(v.before)) >= strongName && !isConst(a.value) && isTextual(a.value) {
			t.secret("query parameter "+queryKey(v.before), call.Pos(), true)
		}
		out = append(out, a)
	}
	return out
}

func isTextual(v ssa.Value) bool {
	if m, ok := v.(*ssa.MakeInterface); ok {
		v = m.X
	}
	return isText(v.Type())
}

// concat follows both sides of a concatenation.
func (t *tracer) concat(v *ssa.BinOp) {
	if v.Op != token.ADD {
		return
	}
	if t.inURL && !isConst(v.Y) {
		if key := queryKey(lastConst(v.X)); t.classify(key) >= strongName {
			t.secret("query parameter "+key, v.Pos(), true)
			return
		}
	}
	t.value(v.X)
	if !strings.HasSuffix(lastConst(v.X), "/") || !t.isIdentifier(v.Y) {
		t.value(v.Y)
	}
}

// isIdentifier reports whether a variable or field is named for an identifier. Behind
// the slash of a path that is the name of a resource, also of a session.
func (t *tracer) isIdentifier(v ssa.Value) bool {
	words := splitName(t.nameOfValue(v))
	return len(words) > 0 && words[len(words)-1] == "id"
}

// nameOfValue returns the name of a variable or field that is read, "" for others.
func (f *flow) nameOfValue(v ssa.Value) string {
	if m, ok := v.(*ssa.MakeInterface); ok {
		v = m.X
	}
	name := f.localName(v)
	if p, ok := v.(*ssa.Parameter); ok {
		name = p.Name()
	} else if at := storedIn(v); name == "" && at != nil {
		name = at.Name()
	}
	return name
}

// lastConst returns the constant at the end of a concatenation.
func lastConst(v ssa.Value) string {
	if b, ok := v.(*ssa.BinOp); ok && b.Op == token.ADD {
		v = b.Y
	}
	s, _ := constString(v)
	return s
}

// queryKey returns the name of the query parameter whose value follows s, or
// nothing.
func queryKey(s string) string {
	s, ok := strings.CutSuffix(s, "=")
	if !ok {
		return ""
	}
	i := strings.LastIndexAny(s, "?&")
	if i < 0 {
		return ""
	}
	return s[i+1:]
}

// method follows the methods that return what their receiver was given. It
// reports whether fn is one.
func (t *tracer) method(call *ssa.Call, fn *types.Func) bool {
	recv := receiverOf(&call.Call)
	if recv == nil {
		return false
	}
	path, typ, name := pkgPath(fn.Pkg()), receiver(fn), fn.Name()
	switch {
	case path == "net/url" && typ == "Values" && name == "Encode":
		t.value(recv)
		t.mapOf(recv)
	case path == "net/url" && typ == "URL" && (name == "String" || name == "RequestURI" || name == "Query" || name == "JoinPath" || name == "ResolveReference" || name == "Parse"):
		t.urlParts(recv)
		if name == "Query" && t.inURL {
			t.mapOf(call)
		}
		for _, a := range arguments(&call.Call) {
			t.value(a)
		}
	case path == "strings" && typ == "Builder" && name == "String", path == "bytes" && typ == "Buffer" && (name == "String" || name == "Bytes"):
		t.written(recv, call)
	case path == "context" && name == "Value":
		t.contextValue(recv)
	case path == "sync" && typ == "Map" && name == "Load":
	default:
		return false
	}
	return true
}

// written follows what is written to a buffer in this function before it is used.
func (t *tracer) written(buf ssa.Value, use ssa.Instruction) {
	for _, ref := range refs(buf) {
		switch ref := ref.(type) {
		case *ssa.Call:
			fn := callee(&ref.Call)
			if fn == nil || receiverOf(&ref.Call) != buf || !strings.HasPrefix(fn.Name(), "Write") || comesAfter(ref, use) {
				continue
			}
			for _, a := range arguments(&ref.Call) {
				t.value(a)
			}
		case *ssa.MakeInterface:
			t.printedTo(ref, use)
		}
	}
}

// printedTo follows what package fmt or io prints to a writer.
func (t *tracer) printedTo(w ssa.Value, use ssa.Instruction) {
	for _, ref := range refs(w) {
		c, ok := ref.(*ssa.Call)
		if !ok || len(c.Call.Args) == 0 || c.Call.Args[0] != w || comesAfter(c, use) {
			continue
		}
		fn := callee(&c.Call)
		if fn == nil {
			continue
		}
		switch path := pkgPath(fn.Pkg()); {
		case fn.Name() == "NewEncoder" && inPackage(jsonPackages, path):
			t.encodedBy(c, use)
		case path == "fmt" && fn.Name() == "Fprintf":
			for _, a := range t.printed(&c.Call, 1) {
				t.value(a.value)
			}
		case path == "fmt" || path == "io" && fn.Name() == "WriteString":
			for _, a := range spread(&c.Call, 1) {
				t.value(a.value)
			}
		}
	}
}

// encodedBy follows what an encoder is given.
func (t *tracer) encodedBy(encoder *ssa.Call, use ssa.Instruction) {
	defer func(old bool) { t.json = old }(t.json)
	t.json = true
	for _, ref := range refs(encoder) {
		c, ok := ref.(*ssa.Call)
		if !ok || receiverOf(&c.Call) != ssa.Value(encoder) || comesAfter(c, use) {
			continue
		}
		if fn := callee(&c.Call); fn != nil && fn.Name() == "Encode" {
			for _, a := range arguments(&c.Call) {
				t.value(a)
			}
		}
	}
}

// contextValue follows a context back to the values it was made with.
func (t *tracer) contextValue(ctx ssa.Value) {
	for range maxContexts {
		call, ok := ctx.(*ssa.Call)
		if !ok {
			return
		}
		fn := callee(&call.Call)
		if fn == nil || pkgPath(fn.Pkg()) != "context" || len(call.Call.Args) == 0 {
			return
		}
		if fn.Name() == "WithValue" {
			t.value(call.Call.Args[2])
		}
		ctx = call.Call.Args[0]
	}
}

const maxContexts = 8

// resultValue returns one result of a call, nil if nobody uses it.
func resultValue(call *ssa.Call, index int) ssa.Value {
	if !isTuple(call.Type()) {
		return call
	}
	for _, ref := range refs(call) {
		if e, ok := ref.(*ssa.Extract); ok && e.Index == index {
			return e
		}
	}
	return nil
}

// summarized follows a call by what is known of the function.
func (t *tracer) summarized(call *ssa.Call, index int) {
	s := t.known(&call.Call)
	if s == nil {
		return
	}
	for _, r := range s.Results {
		if r.Result != index {
			continue
		}
		if r.Secret != "" {
			if t.doubt = r.Doubt; r.Doubt && !t.inURL || r.Named && isForgeryToken(callee(&call.Call)) {
				continue
			}
			if fn := callee(&call.Call); r.Named && fn != nil && t.classify(fn.Name()) != notSecret && (isKeptAsOther(resultValue(call, index)) || isReadAs(resultValue(call, index))) {
				continue // what the function is named for is called otherwise here
			}
			before := len(t.found)
			t.secret(r.Secret, call.Pos(), r.Named)
			if fn := callee(&call.Call); fn != nil && fn.Pkg() == t.pkg && len(t.found) > before {
				t.found[len(t.found)-1].helper = fn
			}
			continue
		}
		if r.Param < len(call.Call.Args) && !call.Call.IsInvoke() {
			t.value(call.Call.Args[r.Param])
		}
	}
}
