package analyzer

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// A struct may show a secret that no name of its fields tells of: because it was put
// into it before, or because the type prints it itself.

// ownText follows what a type says when it is printed, by its own method.
func (t *tracer) ownText(v *ssa.MakeInterface, typ types.Type) {
	for _, name := range [...]string{"Error", "String"} {
		obj, _, _ := types.LookupFieldOrMethod(typ, true, t.pkg, name)
		fn, ok := obj.(*types.Func)
		if !ok {
			continue
		}
		fact := t.methodFact(v.Parent().Prog, fn)
		if fact == nil {
			return
		}
		for _, r := range fact.Results {
			if r.Secret != "" && !r.Doubt {
				t.secret(r.Secret, v.Pos(), r.Named)
				return
			}
		}
		return // package fmt asks no other
	}
}

// methodFact returns what is known of a method, nil for nothing.
func (t *tracer) methodFact(prog *ssa.Program, fn *types.Func) *funcFact {
	if fn.Pkg() == t.pkg {
		body := prog.FuncValue(fn)
		if body == nil {
			return nil
		}
		s := t.summarize(body)
		t.summarizeResults(body, s)
		return &s.funcFact
	}
	fact := new(funcFact)
	if fn.Pkg() == nil || isStandard(fn.Pkg().Path()) || !t.importFact(fn, fact) {
		return nil
	}
	return fact
}

// filled follows what was put into the fields of a struct of the function before it
// is shown as a whole.
func (t *tracer) filled(shown *ssa.MakeInterface) {
	v, use := shown.X, ssa.Instruction(shown)
	if load, ok := v.(*ssa.UnOp); ok && load.Op == token.MUL {
		v, use = load.X, load
	}
	made, ok := v.(*ssa.Alloc)
	if !ok {
		return
	}
	s, ok := derefType(made.Type()).Underlying().(*types.Struct)
	if !ok {
		return
	}
	search := fieldSearch{t.env, t.json, t.plain}
	for _, ref := range refs(made) {
		fa, ok := ref.(*ssa.FieldAddr)
		if !ok || search.leftOut(s.Field(fa.Field), s.Tag(fa.Field)) {
			continue
		}
		for _, at := range refs(fa) {
			if st, ok := at.(*ssa.Store); ok && st.Addr == fa && isText(st.Val.Type()) && !redacts(st.Val.Type()) && comesBefore(st, use) {
				t.value(st.Val)
			}
		}
	}
}

// weakField records the first field of a struct that is shown as a whole whose name is
// weak, if something speaks for it. In an answer it is what was asked for, and of what
// is behind an interface with methods, as an element of a list, the address is shown.
func (t *tracer) weakField(v *ssa.MakeInterface, typ types.Type) bool {
	owner := derefType(typ)
	s, ok := owner.Underlying().(*types.Struct)
	if u, isInterface := v.Type().Underlying().(*types.Interface); !ok || t.answers || isPointer(typ) && isInterface && u.NumMethods() > 0 || isOpaque(owner) || isZero(v.X) || t.isBlankedCopy(v) || t.isUnset(v.X) {
		return false
	}
	search := fieldSearch{t.env, t.json, t.plain}
	for i := range s.NumFields() {
		field := s.Field(i)
		if t.classify(field.Name()) != weakName || search.leftOut(field, s.Tag(i)) || t.fieldSource(owner, field, s.Tag(i)) == "" {
			continue
		}
		if t.believes(mention{name: field.Name(), obj: field, owner: owner, tag: s.Tag(i)}) {
			t.secret("field "+field.Name()+" of "+types.TypeString(typ, (*types.Package).Name), v.Pos(), true)
			return true
		}
	}
	return false
}

// comesAfter reports whether an instruction runs only after another, if that has run.
func comesAfter(a, b ssa.Instruction) bool {
	from, to := a.Block(), b.Block()
	if from == nil || to == nil || from.Parent() != to.Parent() || leadsTo(from, to) {
		return false
	}
	return from != to || slices.Index(from.Instrs, a) > slices.Index(from.Instrs, b)
}

// comesBefore reports whether an instruction runs before another on every way there.
func comesBefore(a, b ssa.Instruction) bool {
	if a.Block() == b.Block() {
		return slices.Index(a.Block().Instrs, a) < slices.Index(b.Block().Instrs, b)
	}
	return a.Block().Dominates(b.Block())
}
