package analyzer

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// isRead records v if it is what a function returns that reads a secret.
func (t *tracer) isRead(v ssa.Value) bool {
	index := 0
	if ex, ok := v.(*ssa.Extract); ok {
		v, index = ex.Tuple, ex.Index
	}
	call, ok := v.(*ssa.Call)
	if !ok {
		return false
	}
	what := t.callSource(&call.Call, index)
	if what == "" {
		return false
	}
	if t.isCleanDump(&call.Call) {
		return false
	}
	onlyNamed := strings.HasPrefix(what, "result of ")
	if onlyNamed && t.makesOther(&call.Call, index) {
		return false
	}
	t.secret(what, call.Pos(), onlyNamed)
	return true
}

// isCleanDump reports whether a call dumps a request whose headers the function
// empties or masks, or takes a credential out of, or looks for one in the lines
// of the dump: it does so for the dump.
func (t *tracer) isCleanDump(call *ssa.CallCommon) bool {
	fn := callee(call)
	if fn == nil || pkgPath(fn.Pkg()) != "net/http/httputil" || len(call.Args) == 0 {
		return false
	}
	if t.at != nil && comparesHeader(t.at.Parent()) {
		return true
	}
	for _, ref := range refs(call.Args[0]) {
		header, ok := ref.(*ssa.FieldAddr)
		if !ok || !isHeader(derefType(header.Type())) {
			continue
		}
		for _, use := range refs(header) {
			if st, ok := use.(*ssa.Store); ok && st.Addr == header && (t.hides(st.Val) || isEmptyMap(st.Val)) {
				return true
			}
			if load, ok := use.(*ssa.UnOp); ok && dropsCredential(load) {
				return true
			}
		}
	}
	return false
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
		if fn == nil || len(args) == 0 || fn.Name() != "Del" && (fn.Name() != "Set" || len(args) != 2 || !isConst(args[1])) {
			continue
		}
		if name, ok := constString(args[0]); ok && classify(name) != notSecret {
			return true
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
		if v := ret.Results[result]; !isJoinedPath(v) && !t.hides(v) {
			return false
		}
		other = true
	}
	return other
}

func isJoinedPath(v ssa.Value) bool {
	c, ok := v.(*ssa.Call)
	if !ok {
		return false
	}
	fn := callee(&c.Call)
	return fn != nil && fn.Name() == "Join" && inPackage("path|path/filepath", pkgPath(fn.Pkg()))
}

// isNamed records v if it is a parameter or variable named for a secret.
func (t *tracer) isNamed(v ssa.Value) bool {
	kind, name := "variable", ""
	switch v := v.(type) {
	case *ssa.Parameter:
		kind, name = "parameter", v.Name()
	case *ssa.Global:
		return false // its address; see load
	default:
		if !isSecretText(v.Type()) {
			return false
		}
		name = t.localName(v)
	}
	if name == "" || isWorkingDir(v) || t.isPath(v) || t.classify(name) == weakName && (isPiece(v) || t.isWord(v) || isThingName(v) || receiverSays(v.Parent())) {
		return false
	}
	if p, ok := v.(*ssa.Parameter); ok && isPublicParam(p) {
		return false
	}
	what := t.varSource(kind, name, v.Type())
	if what == "" {
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

// isWorkingDir reports whether v is the directory that is called pwd.
func isWorkingDir(v ssa.Value) bool {
	if ex, ok := v.(*ssa.Extract); ok {
		v = ex.Tuple
	}
	c, ok := v.(*ssa.Call)
	if !ok {
		return false
	}
	fn := callee(&c.Call)
	return fn != nil && fn.Name() == "Getwd"
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

// localName returns the name of a variable that holds v and is named for a
// secret, if the program was built with names.
func (f *flow) localName(v ssa.Value) string {
	for _, ref := range refs(v) {
		d, ok := ref.(*ssa.DebugRef)
		if !ok || d.IsAddr {
			continue
		}
		if id, ok := d.Expr.(*ast.Ident); ok && f.classify(id.Name) != notSecret {
			return id.Name
		}
	}
	return ""
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
