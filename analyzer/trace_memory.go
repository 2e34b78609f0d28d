package analyzer

import (
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// load follows what is stored at an address.
func (t *tracer) load(addr ssa.Value) {
	if addr == nil || t.seenAt[addr] || t.enough() {
		return
	}
	t.seenAt[addr] = true
	switch a := addr.(type) {
	case *ssa.Alloc:
		t.allocated(a)
	case *ssa.Global:
		t.global(a)
	case *ssa.FreeVar:
		if what := t.varSource("variable", a.Name(), derefType(a.Type())); what != "" && t.counts(mention{name: a.Name(), obj: t.declared(a.Pos()), fn: a.Parent()}) {
			t.secret(what, a.Pos(), true)
			return
		}
		t.load(binding(a))
	case *ssa.FieldAddr:
		t.fieldAddr(a)
	case *ssa.IndexAddr:
		t.element(a)
	case *ssa.Parameter:
		t.value(a)
	case *ssa.Phi:
		for _, e := range a.Edges {
			t.load(e)
		}
	case *ssa.Call, *ssa.Extract, *ssa.UnOp:
		t.value(addr)
	}
}

// allocated follows a variable that lives in memory.
func (t *tracer) allocated(a *ssa.Alloc) {
	if what := t.varSource("variable", a.Comment, derefType(a.Type())); what != "" && !t.onlyHidden(a) && t.counts(mention{name: a.Comment, obj: t.declared(a.Pos()), fn: a.Parent()}) {
		t.secret(what, a.Pos(), true)
		return
	}
	if isURL(a.Type()) {
		t.urlParts(a)
		return
	}
	t.stores(a)
	t.unmarshalled(a)
}

// onlyHidden reports whether all that is stored in a variable is hidden first,
// constant, or a piece of some text.
func (t *tracer) onlyHidden(a *ssa.Alloc) bool {
	stored := false
	for _, ref := range refs(a) {
		switch ref := ref.(type) {
		case *ssa.Store:
			if ref.Addr != a {
				continue
			}
			if !isConst(ref.Val) && !t.hides(ref.Val) && !isPiece(ref.Val) && !isMadePath(ref.Val) {
				return false
			}
			stored = true
		case ssa.CallInstruction, *ssa.MakeClosure:
			return false
		}
	}
	return stored
}

// stores follows what is stored at an address in this function.
func (t *tracer) stores(addr ssa.Value) {
	for _, ref := range refs(addr) {
		switch ref := ref.(type) {
		case *ssa.Store:
			if ref.Addr == addr {
				t.value(ref.Val)
			}
		case *ssa.IndexAddr:
			t.storesAt(ref)
		case *ssa.MakeClosure:
			for i, b := range ref.Bindings {
				if b == addr {
					t.storesAt(ref.Fn.(*ssa.Function).FreeVars[i])
				}
			}
		}
	}
}

func (t *tracer) storesAt(addr ssa.Value) {
	for _, ref := range refs(addr) {
		if st, ok := ref.(*ssa.Store); ok && st.Addr == addr && mayPrecede(st, t.at) {
			t.value(st.Val)
		}
	}
}

// mayPrecede reports whether a store may be done before a block is run, as far as
// the function that has both tells.
func mayPrecede(st *ssa.Store, at *ssa.BasicBlock) bool {
	from := st.Block()
	return at == nil || from == nil || from == at || from.Parent() != at.Parent() || leadsTo(from, at)
}

// leadsTo reports whether a block may be run after another of the same function.
func leadsTo(from, to *ssa.BasicBlock) bool {
	seen := map[*ssa.BasicBlock]bool{from: true}
	for next := []*ssa.BasicBlock{from}; len(next) > 0; next = next[1:] {
		if len(seen) > maxBlocks {
			return true
		}
		for _, succ := range next[0].Succs {
			if succ == to {
				return true
			}
			if !seen[succ] {
				seen[succ] = true
				next = append(next, succ)
			}
		}
	}
	return false
}

// maxBlocks bounds the blocks between a store and a use that are looked at.
const maxBlocks = 200

func (t *tracer) alloc(a *ssa.Alloc) {
	if isURL(a.Type()) {
		t.urlParts(a)
		return
	}
	t.stores(a)
	for _, ref := range refs(a) {
		if fa, ok := ref.(*ssa.FieldAddr); ok {
			t.storesAt(fa)
		}
	}
}

func (t *tracer) global(g *ssa.Global) {
	if what := t.varSource("variable", g.Name(), derefType(g.Type())); what != "" && !t.paths[g.Object()] && t.counts(mention{name: g.Name(), obj: g.Object()}) {
		t.secret(what, g.Pos(), true)
		return
	}
	if g.Pkg.Pkg != t.pkg {
		return
	}
	init := g.Pkg.Func("init") // only what it starts with; refs of globals are not kept
	if init == nil {
		return
	}
	for _, b := range init.Blocks {
		for _, instr := range b.Instrs {
			if st, ok := instr.(*ssa.Store); ok && st.Addr == g {
				t.value(st.Val)
			}
		}
	}
}

// fieldAddr follows a field that is read: its name may say that it is a
// secret, else what this function stores in the same field of the same struct.
func (t *tracer) fieldAddr(a *ssa.FieldAddr) {
	if t.fieldOf(a.X, a.Field, a.Pos()) || isIDField(a.X, a.Field) {
		return
	}
	if isURL(a.X.Type()) && !isServerField(a) {
		t.urlParts(a.X)
		return
	}
	for _, ref := range refs(a.X) {
		if other, ok := ref.(*ssa.FieldAddr); ok && other.Field == a.Field {
			t.storesAt(other)
		}
	}
	if p, ok := a.X.(*ssa.Alloc); ok {
		t.wholeStores(p, a.Field)
	}
}

// wholeStores follows a field of structs that are stored as a whole.
func (t *tracer) wholeStores(a *ssa.Alloc, field int) {
	for _, ref := range refs(a) {
		st, ok := ref.(*ssa.Store)
		if !ok || st.Addr != a {
			continue
		}
		if u, ok := st.Val.(*ssa.UnOp); ok && u.Op == token.MUL {
			for _, r := range refs(u.X) {
				if fa, ok := r.(*ssa.FieldAddr); ok && fa.Field == field {
					t.storesAt(fa)
				}
			}
		}
	}
}

func (t *tracer) field(v *ssa.Field) {
	if t.fieldOf(v.X, v.Field, v.Pos()) || isIDField(v.X, v.Field) {
		return
	}
	if u, ok := v.X.(*ssa.UnOp); ok && u.Op == token.MUL {
		for _, r := range refs(u.X) {
			if fa, ok := r.(*ssa.FieldAddr); ok && fa.Field == v.Field {
				t.storesAt(fa)
			}
		}
	}
}

// fieldOf records the field of a struct if it holds a secret.
func (t *tracer) fieldOf(x ssa.Value, index int, pos token.Pos) bool {
	owner := derefType(x.Type())
	s, ok := owner.Underlying().(*types.Struct)
	if !ok {
		return false
	}
	if what := t.cookieSource(x, s.Field(index)); what != "" {
		t.secret(what, pos, false)
		return true
	}
	what := t.fieldSource(owner, s.Field(index), s.Tag(index))
	if what == "" || strings.HasPrefix(what, "field ") && !t.counts(mention{name: s.Field(index).Name(), obj: s.Field(index), owner: owner, tag: s.Tag(index)}) {
		return false
	}
	t.secret(what, pos, strings.HasPrefix(what, "field "))
	return true
}

// isIDField reports whether a field says which thing something is: whatever is put
// there is shown to everybody.
func isIDField(x ssa.Value, index int) bool {
	s, ok := derefType(x.Type()).Underlying().(*types.Struct)
	if !ok {
		return false
	}
	ws := splitName(s.Field(index).Name())
	return endsIn(ws, "id") || endsIn(ws, "name") || endsIn(ws, "kind")
}

// element follows an element of a slice or an array.
func (t *tracer) element(a *ssa.IndexAddr) {
	if alloc, ok := a.X.(*ssa.Alloc); ok {
		t.stores(alloc)
		return
	}
	if i, ok := constInt(a.Index); ok && i == 0 && isCut(a.X) {
		return // what stands before the secret
	}
	if isJWTHead(a) {
		return
	}
	t.value(a.X)
}

// isURL reports whether t is a url.URL or a pointer to one.
func isURL(t types.Type) bool {
	n := named(t)
	return n != nil && n.Obj().Name() == "URL" && pkgPath(n.Obj().Pkg()) == "net/url"
}

// isServerField reports whether a is the field of a URL that says where a
// server is: whoever prints that shows nothing of the user or the query.
func isServerField(a *ssa.FieldAddr) bool {
	s, ok := derefType(a.X.Type()).Underlying().(*types.Struct)
	if !ok {
		return false
	}
	name := s.Field(a.Field).Name()
	return name == "Host" || name == "Scheme"
}

// urlParts follows what the parts of a URL are set to.
func (t *tracer) urlParts(u ssa.Value) {
	for _, ref := range refs(u) {
		if fa, ok := ref.(*ssa.FieldAddr); ok {
			t.storesAt(fa)
		}
	}
	switch u := u.(type) {
	case *ssa.UnOp:
		if u.Op == token.MUL {
			for _, ref := range refs(u.X) {
				if st, ok := ref.(*ssa.Store); ok && st.Addr == u.X {
					t.value(st.Val)
				}
			}
		}
	case *ssa.Alloc:
		t.storesAt(u)
	default:
		t.value(u)
	}
}
