package analyzer

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// isRead records v if it is what a function returns that reads a secret.
func (t *tracer) isRead(v ssa.Value) bool {
	index, result := 0, v
	if ex, ok := v.(*ssa.Extract); ok {
		v, index = ex.Tuple, ex.Index
	}
	call, ok := v.(*ssa.Call)
	if !ok {
		return false
	}
	what := t.callSource(&call.Call, index)
	if what == "" || t.inURL && t.isDataSource(what[strings.LastIndexByte(what, ' ')+1:]) {
		return false
	}
	if t.isCleanDump(&call.Call) {
		return false
	}
	onlyNamed := strings.HasPrefix(what, "result of ")
	if onlyNamed && (t.makesOther(&call.Call, index) || !t.counts(calledIn(&call.Call)) || isKeptAsOther(result) || isReadAs(result)) {
		return false
	}
	t.secret(what, call.Pos(), onlyNamed)
	return true
}

// isKeptAsOther reports whether what a function named for a secret returns is kept in
// a variable that is called something else: state := random.Password(12).
func isKeptAsOther(v ssa.Value) bool {
	return isKeptAs(v, func(name string) bool {
		return classify(name) == notSecret && slices.ContainsFunc(splitName(name), func(w string) bool { return negativeWords[w] || w == "id" })
	})
}

// isCleanDump reports whether a call dumps a request whose headers the function
// empties or masks, or takes a credential out of, or looks for one in the lines
// of the dump: it does so for the dump.
func (t *tracer) isCleanDump(call *ssa.CallCommon) bool {
	fn := callee(call)
	if fn == nil || pkgPath(fn.Pkg()) != "net/http/httputil" || len(call.Args) == 0 {
		return false
	}
	if t.at != nil && (comparesHeader(t.at.Parent()) || fn.Name() == "DumpResponse" && t.isPlainAnswer(t.at.Parent())) {
		return true
	}
	return t.isCleaned(call.Args[0])
}

// comparesHeader reports whether a function compares something with the name of
// a header that holds a credential.
func comparesHeader(fn *ssa.Function) bool {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			switch instr := instr.(type) {
			case *ssa.BinOp:
				if instr.Op == token.EQL && (namesHeader(instr.X) || namesHeader(instr.Y)) {
					return true
				}
			case *ssa.Call:
				if f := callee(&instr.Call); f != nil && (f.Name() == "EqualFold" || f.Name() == "HasPrefix") && slices.ContainsFunc(instr.Call.Args, namesHeader) {
					return true
				}
			}
		}
	}
	return false
}

func namesHeader(v ssa.Value) bool {
	name, ok := constString(v)
	return ok && classify(strings.TrimRight(name, ": ")) != notSecret
}

func isEmptyMap(v ssa.Value) bool {
	if c, ok := v.(*ssa.ChangeType); ok {
		v = c.X
	}
	m, ok := v.(*ssa.MakeMap)
	if !ok {
		return false
	}
	for _, ref := range refs(m) {
		if _, ok := ref.(*ssa.MapUpdate); ok {
			return false
		}
	}
	return true
}

// dropsCredential reports whether a header that is named for a secret is taken
// out of header, or put a constant in.
func dropsCredential(header ssa.Value) bool {
	for _, ref := range refs(header) {
		call, ok := ref.(*ssa.Call)
		if !ok || receiverOf(&call.Call) != header {
			continue
		}
		fn, args := callee(&call.Call), arguments(&call.Call)
		if fn == nil || len(args) == 0 || fn.Name() != "Del" && (fn.Name() != "Set" || len(args) != 2 || !isFiller(args[1])) {
			continue
		}
		if name, ok := constString(args[0]); !ok || classify(name) != notSecret {
			return true // one of a list of names, or that of a credential
		}
	}
	return false
}

// makesOther reports whether the body of a function shows that its result is
// no secret although its name says so: a path, or what hides one.
func (t *tracer) makesOther(call *ssa.CallCommon, result int) bool {
	fn := t.body(call)
	if fn == nil {
		return false
	}
	other := false
	for _, b := range fn.Blocks {
		if len(b.Instrs) == 0 {
			continue
		}
		ret, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return)
		if !ok || result >= len(ret.Results) || isConst(ret.Results[result]) {
			continue
		}
		if v := ret.Results[result]; !isMadePath(v) && !t.hides(v) {
			return false
		}
		other = true
	}
	return other
}

// isNamed records v if it is a parameter or variable named for a secret.
func (t *tracer) isNamed(v ssa.Value) bool {
	kind, name := "variable", ""
	var obj types.Object
	switch v := v.(type) {
	case *ssa.Parameter:
		kind, name, obj = "parameter", v.Name(), v.Object()
	case *ssa.Global:
		return false // its address; see load
	default:
		if !isSecretText(v.Type()) {
			return false
		}
		name, obj = t.localVar(v)
	}
	if name == "" || t.isPath(v) || t.classify(name) == weakName && (isPiece(v) || isReadAs(v) || t.isWord(v) || isThingName(v) || t.originSays(v) || receiverSays(v.Parent())) {
		return false
	}
	if p, ok := v.(*ssa.Parameter); ok && isPublicParam(p) || t.classify(name) != secretPassword && (t.isMapKey(v, 0) || isKeyOf(name, v) || t.givenConstants(v)) {
		return false
	}
	what := t.varSource(kind, name, v.Type())
	if what == "" || !t.counts(mention{name: name, obj: obj, fn: v.Parent()}) {
		return false
	}
	t.secret(what, v.Pos(), true)
	return true
}

// isWord reports whether v is a parameter that is a word of some text, whatever
// it is called: callers in the package give it pieces of one, or it is public.
func (t *tracer) isWord(v ssa.Value) bool {
	p, ok := v.(*ssa.Parameter)
	if !ok {
		return false
	}
	if isChallenge(p) {
		return true
	}
	return t.givenPieces(p, 0)
}

// isMapKey reports whether v is a key over which a loop goes, or a parameter that
// callers in the package give one: it names what stands under it.
func (t *tracer) isMapKey(v ssa.Value, depth int) bool {
	switch v := v.(type) {
	case *ssa.Extract:
		next, ok := v.Tuple.(*ssa.Next)
		return ok && v.Index == 1 && !next.IsString
	case *ssa.Parameter:
		at := paramIndex(v)
		for _, call := range t.callers[v.Parent()] {
			if at < len(call.Args) && depth < maxWordDepth && t.isMapKey(call.Args[at], depth+1) {
				return true
			}
		}
	}
	return false
}

// isKeyOf reports whether what is called a key is one under which something stands
// in a map: the name of an entry, as in secret.Data[passwordKey].
func isKeyOf(name string, v ssa.Value) bool {
	ws := splitName(name)
	if !endsIn(ws, "key") || endsIn(ws, "api", "key") {
		return false
	}
	return slices.ContainsFunc(refs(v), func(ref ssa.Instruction) bool {
		l, ok := ref.(*ssa.Lookup)
		return ok && l.Index == v
	})
}

// originSays reports whether a value that has a weak name here is called something
// else where it comes from: token := info.GetOperationToken().
func (t *tracer) originSays(v ssa.Value) bool {
	name := ""
	switch v := v.(type) {
	case *ssa.UnOp:
		if at := storedIn(v); at != nil {
			name = at.Name()
		}
	case *ssa.Extract:
		return v.Index == 0 && t.originSays(v.Tuple)
	case *ssa.Parameter:
		return t.givenOthers(v)
	case *ssa.Phi:
		return slices.ContainsFunc(v.Edges, func(e ssa.Value) bool { _, isPhi := e.(*ssa.Phi); return !isPhi && t.originSays(e) })
	case *ssa.Call:
		if fn := callee(&v.Call); fn != nil {
			name = fn.Name()
		}
		if key, ok := constKey(v); ok {
			name = key
		}
	}
	ws := trimNeutral(splitName(name))
	return len(ws) > 1 && secretHeads[ws[len(ws)-1]] == weakName && t.classify(strings.Join(ws, "_")) == notSecret && !actionWords[ws[0]]
}

// constKey returns the name under which a call looks something up:
// header.Get("X-Csrf-Token").
func constKey(call *ssa.Call) (string, bool) {
	fn, args := callee(&call.Call), arguments(&call.Call)
	if fn == nil || len(args) != 1 || !lookUps[fn.Name()] {
		return "", false
	}
	return constString(args[0])
}

var lookUps = words("Get Values FormValue PostFormValue GetHeader Getenv Cookie")

// givenConstants reports whether v is a parameter that callers give the names of
// secrets, as those of headers, and nobody else can call the function.
func (t *tracer) givenConstants(v ssa.Value) bool {
	p, ok := v.(*ssa.Parameter)
	if !ok || object(p.Parent()) == nil || object(p.Parent()).Exported() {
		return false
	}
	calls, at := t.callers[p.Parent()], paramIndex(p)
	for _, call := range calls {
		if at >= len(call.Args) {
			return false
		}
		if !isNameConst(call.Args[at]) {
			return false
		}
	}
	return len(calls) > 0
}

// isNameConst reports whether v is a constant, or one of several, that is a name.
func isNameConst(v ssa.Value) bool {
	if phi, ok := v.(*ssa.Phi); ok {
		return !slices.ContainsFunc(phi.Edges, func(e ssa.Value) bool { return !isConst(e) || !isNameConst(e) })
	}
	text, ok := constString(v)
	return ok && isNameLike(text)
}

// givenOthers reports whether all that callers in the package give a parameter is
// called something else.
func (t *tracer) givenOthers(p *ssa.Parameter) bool {
	calls, at := t.callers[p.Parent()], paramIndex(p)
	for _, call := range calls {
		if at >= len(call.Args) {
			return false
		}
		if _, isParam := call.Args[at].(*ssa.Parameter); isParam || !t.originSays(call.Args[at]) {
			return false
		}
	}
	return len(calls) > 0
}

// maxWordDepth bounds how far up the callers of a function are asked.
const maxWordDepth = 3

func (t *tracer) givenPieces(p *ssa.Parameter, depth int) bool {
	at := paramIndex(p)
	for _, call := range t.callers[p.Parent()] {
		if at >= len(call.Args) {
			continue
		}
		if isPiece(call.Args[at]) {
			return true
		}
		if up, ok := call.Args[at].(*ssa.Parameter); ok && depth < maxWordDepth && t.givenPieces(up, depth+1) {
			return true
		}
	}
	return false
}

// isChallenge reports whether p is the token of a challenge of ACME, which is
// public: functions take it beside the authorization made of it.
func isChallenge(p *ssa.Parameter) bool {
	if p.Name() != "token" {
		return false
	}
	for _, other := range p.Parent().Params {
		if strings.HasPrefix(strings.ToLower(other.Name()), "keyauth") {
			return true
		}
	}
	return false
}

// localName returns the name of the variable that v is kept in first, if that is
// named for a secret and the program was built with names. What holds v later may
// hold something else as well: token := user.
func (f *flow) localName(v ssa.Value) string {
	name, _ := f.localVar(v)
	return name
}

// localVar returns that variable as well.
func (f *flow) localVar(v ssa.Value) (string, types.Object) {
	var found *ast.Ident
	for _, ref := range refs(v) {
		d, ok := ref.(*ssa.DebugRef)
		if !ok || d.IsAddr {
			continue
		}
		if id, ok := d.Expr.(*ast.Ident); ok && (found == nil || id.Pos() < found.Pos()) {
			found = id
		}
	}
	if found == nil || f.classify(found.Name) == notSecret {
		return "", nil
	}
	return found.Name, f.pass.TypesInfo.ObjectOf(found)
}

// isPiece reports whether v is a part cut from a text: a word of what a
// program reads, and not a secret, whatever it is called.
func isPiece(v ssa.Value) bool {
	switch v := v.(type) {
	case *ssa.UnOp:
		if ia, ok := v.X.(*ssa.IndexAddr); ok {
			return !isByteList(derefType(ia.X.Type())) // an element of a list
		}
	case *ssa.Slice:
		return v.Low != nil && v.High != nil && !isByteList(v.Type()) // cut from a text
	case *ssa.Extract:
		return isPiece(v.Tuple)
	case *ssa.Convert:
		return isPiece(v.X)
	case *ssa.Phi:
		for _, e := range v.Edges {
			if e != v && !isConst(e) && isPieceCall(e) {
				return true
			}
		}
	}
	return isPieceCall(v)
}

func isPieceCall(v ssa.Value) bool {
	c, ok := v.(*ssa.Call)
	if !ok {
		return false
	}
	fn := callee(&c.Call)
	if fn == nil {
		return false
	}
	switch fn.Name() {
	case "Split", "SplitN", "SplitAfter", "Fields", "FieldsFunc", "Cut", "Text", "TokenText", "Next", "Scan", "Token", "FindStringSubmatch", "FindString", "Literal", "Bytes":
		return isStandard(pkgPath(fn.Pkg())) || fn.Name() != "Bytes" && fn.Name() != "Text"
	}
	return false
}
