package analyzer

import (
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// maxTrace bounds the values that are looked at to find where one comes from.
const maxTrace = 600

// An origin is where a value comes from that matters: a secret, or a
// parameter, of which the caller knows more.
type origin struct {
	what   string // the secret; empty for a parameter
	pos    token.Pos
	named  bool // only a name says that it is a secret
	doubt  bool // and nothing speaks for that name: in a URL it counts, in a log not
	param  *ssa.Parameter
	helper *types.Func // of the package, whose result holds the secret; nil for none
}

// name returns the name that says that it is a secret: of a field without its type.
func (o origin) name() string {
	what := o.what
	if field, _, found := strings.Cut(what, " of "); found && strings.HasPrefix(what, "field ") {
		what = field
	}
	return what[strings.LastIndexByte(what, ' ')+1:]
}

// lastWord returns the last word of the name.
func (o origin) lastWord() string {
	ws := splitName(o.name())
	if len(ws) == 0 {
		return ""
	}
	return ws[len(ws)-1]
}

// A tracer walks from a value back to its origins.
type tracer struct {
	*flow
	inURL   bool            // the value becomes a URL: the names of query parameters count
	structs bool            // whoever gets the value shows what is in it
	json    bool            // and does so as JSON
	doubt   bool            // nothing speaks for the name that was looked at last
	shown   ssa.Instruction // where a map is shown; nil if that is not known
	seen    map[ssa.Value]bool
	seenAt  map[ssa.Value]bool // as addresses
	found   []origin
}

// origins returns where the text of v may come from.
func (f *flow) origins(v ssa.Value, inURL bool) []origin {
	t := &tracer{flow: f, inURL: inURL, structs: !f.keepsWhole, json: f.asJSON, seen: map[ssa.Value]bool{}, seenAt: map[ssa.Value]bool{}}
	t.value(v)
	return t.found
}

func (t *tracer) secret(what string, pos token.Pos, named bool) {
	if named && t.isOtherHere(what[strings.LastIndexByte(what, ' ')+1:]) {
		return
	}
	t.found = append(t.found, origin{what: what, pos: pos, named: named, doubt: named && t.doubt})
}

func (t *tracer) enough() bool {
	return len(t.seen)+len(t.seenAt) > maxTrace || len(t.found) > 0 && t.found[len(t.found)-1].what != ""
}

// value follows a value to what it is made of.
func (t *tracer) value(v ssa.Value) {
	if v == nil || t.seen[v] || t.enough() {
		return
	}
	t.seen[v] = true
	if hasFailed(v, t.at) || isEmptyIn(v, t.at) {
		return
	}
	if _, isConst := v.(*ssa.Const); isConst || !carries(v.Type()) && !isTuple(v.Type()) {
		return
	}
	if t.hides(v) || t.isCalledMasked(v) || t.isRead(v) || t.isNamed(v) {
		return
	}
	t.follow(v)
}

// follow follows a value that no name tells of.
func (t *tracer) follow(v ssa.Value) {
	switch v := v.(type) {
	case *ssa.Parameter:
		t.found = append(t.found, origin{param: v, pos: v.Pos()})
	case *ssa.FreeVar:
		t.value(binding(v))
	case *ssa.Phi:
		for _, e := range v.Edges {
			t.value(e)
		}
	case *ssa.UnOp:
		t.unary(v)
	case *ssa.BinOp:
		t.concat(v)
	case *ssa.ChangeType:
		t.value(v.X)
	case *ssa.Convert:
		t.value(v.X)
	case *ssa.MultiConvert:
		t.value(v.X)
	case *ssa.ChangeInterface:
		t.value(v.X)
	case *ssa.SliceToArrayPointer:
		t.value(v.X)
	case *ssa.MakeInterface:
		t.boxed(v)
	case *ssa.TypeAssert:
		t.value(v.X)
	case *ssa.Slice:
		t.slice(v)
	case *ssa.Extract:
		t.extract(v)
	case *ssa.Call:
		t.result(v, 0)
	case *ssa.Lookup:
		t.lookup(v)
	case *ssa.Index:
		t.value(v.X)
	case *ssa.Field:
		t.field(v)
	case *ssa.Alloc:
		t.alloc(v)
	case *ssa.MakeMap:
		t.mapOf(v)
	case *ssa.FieldAddr:
		t.load(v)
	}
}

func isTuple(typ types.Type) bool {
	_, ok := typ.(*types.Tuple)
	return ok
}

// hides reports whether v is made by something that hides what it is given.
func (t *tracer) hides(v ssa.Value) bool {
	switch v := v.(type) {
	case *ssa.Slice:
		return isMaskingSlice(v)
	case *ssa.Call:
		fn := callee(&v.Call)
		return fn != nil && (isBarrier(fn) || isMaskingPrint(fn, &v.Call) || isReplacing(fn, &v.Call))
	case *ssa.BinOp:
		return v.Op == token.ADD && (isMask(lastConst(v)) || isMask(constPrefix(v)))
	case *ssa.Extract:
		return t.hides(v.Tuple)
	case *ssa.ChangeType:
		return t.hides(v.X)
	case *ssa.Convert:
		return t.hides(v.X)
	case *ssa.Phi:
		hidden := true
		for _, e := range v.Edges {
			if isBlanked(e, v) || t.isMaskedEdge(e, v) {
				return true // in a loop, for each secret
			}
			hidden = hidden && (e == v || isConst(e) || t.hidesShallow(e))
		}
		return hidden
	}
	return false
}

// isBlanked reports whether v is text in which a regular expression is replaced.
func isBlanked(v, text ssa.Value) bool {
	c, ok := v.(*ssa.Call)
	if !ok {
		return false
	}
	fn := callee(&c.Call)
	return fn != nil && receiver(fn) == "Regexp" && strings.HasPrefix(fn.Name(), "Replace") && slices.Contains(arguments(&c.Call), text)
}

func isConst(v ssa.Value) bool {
	_, ok := v.(*ssa.Const)
	return ok
}

func (t *tracer) hidesShallow(v ssa.Value) bool {
	_, isPhi := v.(*ssa.Phi)
	return !isPhi && t.hides(v)
}

// isCut reports whether v are the parts of a text before and after a sign: of
// an authorization, the first is its scheme or the name of a user.
func isCut(v ssa.Value) bool {
	c, ok := v.(*ssa.Call)
	if !ok {
		return false
	}
	fn := callee(&c.Call)
	if fn == nil || !isStandard(pkgPath(fn.Pkg())) {
		return false
	}
	switch fn.Name() {
	case "Split", "SplitN", "Fields", "Cut":
		return true
	}
	return false
}

// binding returns what a closure was made with for a free variable.
func binding(v *ssa.FreeVar) ssa.Value {
	fn := v.Parent()
	at := -1
	for i, fv := range fn.FreeVars {
		if fv == v {
			at = i
		}
	}
	if fn.Parent() == nil || at < 0 {
		return nil
	}
	for _, b := range fn.Parent().Blocks {
		for _, instr := range b.Instrs {
			if c, ok := instr.(*ssa.MakeClosure); ok && c.Fn == fn && at < len(c.Bindings) {
				return c.Bindings[at]
			}
		}
	}
	return nil
}

func (t *tracer) unary(v *ssa.UnOp) {
	switch v.Op {
	case token.MUL:
		t.load(v.X)
	case token.ARROW:
		t.received(v.X)
	}
}

// received follows a channel to what is sent on it.
func (t *tracer) received(ch ssa.Value) {
	for _, ref := range refs(ch) {
		switch ref := ref.(type) {
		case *ssa.Send:
			if ref.Chan == ch {
				t.value(ref.X)
			}
		case *ssa.MakeClosure:
			for i, b := range ref.Bindings {
				if b == ch {
					t.received(ref.Fn.(*ssa.Function).FreeVars[i])
				}
			}
		case *ssa.Store:
			if ref.Val == ch {
				t.receivedAt(ref.Addr)
			}
		}
	}
	if u, ok := ch.(*ssa.UnOp); ok && u.Op == token.MUL && !t.seenAt[u.X] {
		t.seenAt[u.X] = true
		t.receivedAt(u.X)
	}
}

// receivedAt follows a channel that is kept in a variable which closures share.
func (t *tracer) receivedAt(addr ssa.Value) {
	if t.seen[addr] {
		return
	}
	t.seen[addr] = true
	for _, ref := range refs(addr) {
		switch ref := ref.(type) {
		case *ssa.UnOp:
			t.sentOn(ref)
		case *ssa.Store:
			if ref.Addr == addr {
				t.sentOn(ref.Val)
			}
		case *ssa.MakeClosure:
			for i, b := range ref.Bindings {
				if b == addr {
					t.receivedAt(ref.Fn.(*ssa.Function).FreeVars[i])
				}
			}
		}
	}
}

func (t *tracer) sentOn(ch ssa.Value) {
	for _, ref := range refs(ch) {
		if s, ok := ref.(*ssa.Send); ok && s.Chan == ch {
			t.value(s.X)
		}
	}
}

// boxed follows a value that becomes an interface, where the fields of a
// struct and the parts of a key are printed with it.
func (t *tracer) boxed(v *ssa.MakeInterface) {
	typ := v.X.Type()
	switch {
	case hasFailed(v.X, t.at) || isFailedPart(v.X, t.at) || t.hides(v.X) || isMaskedName(typeName(typ)):
		return
	case isPrivateKey(typ):
		t.secret("private key of type "+types.TypeString(typ, (*types.Package).Name), v.X.Pos(), false)
		return
	case t.isShownWhole(v.X):
		return
	case (printsItself(typ) || !t.plain && redacts(typ)) && !isKubernetesSecret(typ):
		t.ownText(v, typ)
		return
	case isStringPointer(typ):
		return // printed as an address
	}
	if _, isStruct := derefType(typ).Underlying().(*types.Struct); isStruct || !isText(typ) {
		if field := (fieldSearch{t.env, t.json, t.plain}).secretField(typ); t.structs && field != "" && !isZero(v.X) && !t.isBlankedCopy(v) && !t.isUnset(v.X) {
			t.secret("field "+field+" of "+types.TypeString(typ, (*types.Package).Name), v.Pos(), true)
			return
		}
		if t.structs && !t.weakField(v, typ) {
			t.filled(v)
		}
	}
	if isPointer(typ) {
		return // the fields that its type does not name are not followed
	}
	defer func(old ssa.Instruction) { t.shown = old }(t.shown)
	t.shown = v
	t.value(v.X)
}

func isPointer(t types.Type) bool {
	_, ok := t.Underlying().(*types.Pointer)
	return ok
}

func derefType(t types.Type) types.Type {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}

// isZero reports whether v is a constant, or a fresh variable that nothing is
// stored in.
func isZero(v ssa.Value) bool {
	switch v := v.(type) {
	case *ssa.Const:
		return true
	case *ssa.UnOp:
		return v.Op == token.MUL && isZero(v.X)
	case *ssa.Alloc:
		for _, ref := range refs(v) {
			switch ref.(type) {
			case *ssa.Store, *ssa.FieldAddr, ssa.CallInstruction, *ssa.MakeClosure, *ssa.MakeInterface:
				return false
			}
		}
		return true
	}
	return false
}

func (t *tracer) slice(v *ssa.Slice) {
	if elems, ok := elements(v); ok && !isByteList(v.Type()) {
		for _, e := range elems {
			t.value(e.value)
		}
		return
	}
	t.value(v.X)
	if isByteList(v.Type()) {
		t.load(v.X) // of an array of bytes
	}
}

func (t *tracer) extract(v *ssa.Extract) {
	if isFailedPart(v, t.at) {
		return
	}
	switch tuple := v.Tuple.(type) {
	case *ssa.Call:
		if v.Index == 0 && isCut(tuple) {
			return // what stands before the secret
		}
		t.result(tuple, v.Index)
	case *ssa.Lookup:
		t.lookup(tuple)
	case *ssa.TypeAssert:
		t.value(tuple.X)
	case *ssa.UnOp:
		t.unary(tuple)
	case *ssa.Next:
		if r, ok := tuple.Iter.(*ssa.Range); ok && v.Index == 2 && !t.isRangeShown(r.X) {
			t.value(r.X)
		}
	case *ssa.Select:
		for _, s := range tuple.States {
			if s.Dir == types.RecvOnly {
				t.received(s.Chan)
			}
		}
	}
}

// lookup follows an element of a map: a key that is named for a secret says
// enough.
func (t *tracer) lookup(v *ssa.Lookup) {
	if key, ok := constString(v.Index); ok {
		if t.keyedSource(v, key) {
			return
		}
		if class := t.classify(key); class == strongName || class == secretPassword || class == weakName && t.weakCounts() && isHeader(v.X.Type()) {
			t.secret("element "+key+" of a map", v.Pos(), true)
			return
		}
		t.mapKey(v.X, key)
		return
	}
	t.value(v.X)
}

func isHeader(t types.Type) bool { return typeName(t) == "Header" }

// mapKey follows what is stored in a map under one key.
func (t *tracer) mapKey(m ssa.Value, key string) {
	if t.mayHold(key) && t.isManaged(m) {
		return
	}
	for _, ref := range refs(m) {
		if u, ok := ref.(*ssa.MapUpdate); ok && u.Map == m {
			if k, ok := constString(u.Key); !ok || k == key {
				t.value(u.Value)
			}
		}
	}
}

// mayHold reports whether an element of what a secret manager keeps is a secret
// by its key: what lies beside one, as its user or its version, is none.
func (t *tracer) mayHold(key string) bool {
	if t.classify(key) != notSecret {
		return true
	}
	for _, w := range splitName(key) {
		if besideWords[w] || negativeWords[w] && !valueWords[w] || (w == "url" || w == "uri") && isWebAddress(key) {
			return false
		}
	}
	return true
}

// isWebAddress reports whether a key is that of an address which is not one of a
// database: such hold a password.
func isWebAddress(key string) bool {
	ws := splitName(key)
	return len(ws) > 1 && !slices.ContainsFunc(ws, func(w string) bool { return storeWords[w] })
}

var storeWords = words("db database postgres postgresql mysql mongo mongodb redis amqp rabbitmq kafka connection conn sql dsn broker")

// isManaged records a map that a secret manager returned, as a whole.
func (t *tracer) isManaged(m ssa.Value) bool {
	before := len(t.found)
	if u, ok := m.(*ssa.UnOp); ok {
		if fa, ok := u.X.(*ssa.FieldAddr); ok {
			t.fieldOf(fa.X, fa.Field, fa.Pos())
		}
	}
	return len(t.found) > before
}

// mapOf follows everything that is stored in a map.
func (t *tracer) mapOf(m ssa.Value) {
	for _, ref := range refs(m) {
		switch ref := ref.(type) {
		case *ssa.MapUpdate:
			if ref.Map == m && (t.shown == nil || !comesAfter(ref, t.shown)) {
				t.keyed(ref.Key, ref.Value, ref.Pos())
			}
		case *ssa.Call:
			t.setter(ref, m)
		case *ssa.ChangeType:
			t.mapOf(ref)
		}
	}
}

// setter follows a call of Set or Add of a map such as url.Values.
func (t *tracer) setter(call *ssa.Call, m ssa.Value) {
	if receiverOf(&call.Call) != m {
		return
	}
	fn, args := callee(&call.Call), arguments(&call.Call)
	if fn != nil && (fn.Name() == "Set" || fn.Name() == "Add") && len(args) == 2 {
		t.keyed(args[0], args[1], call.Pos())
	}
}

// isMadeOfFlag reports whether v is the text of a truth value or a number.
func isMadeOfFlag(v ssa.Value) bool {
	c, ok := v.(*ssa.Call)
	if !ok || len(c.Call.Args) == 0 {
		return false
	}
	m, ok := c.Call.Args[0].(*ssa.MakeInterface)
	return ok && !carries(m.X.Type())
}

// keyed follows a value that is stored under a key.
func (t *tracer) keyed(key, value ssa.Value, pos token.Pos) {
	if name, ok := constString(key); ok && t.inURL && t.classify(name) >= strongName && !isConst(value) && !isMadeOfFlag(value) {
		t.secret("query parameter "+name, pos, true)
		return
	}
	if name, ok := constString(key); ok && isOtherToken(name) {
		return // next_page_token, whatever the variable is called
	}
	t.value(value)
}
