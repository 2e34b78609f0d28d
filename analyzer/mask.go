package analyzer

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// This file has what is done to a secret so that it may be shown: parts of it
// are left out, replaced or written over.

// isReplacing reports whether a call of package strings or bytes replaces what is
// found in a text, and what it says stands for it: a mask, or nothing in the
// place of something that is no constant.
func isReplacing(fn *types.Func, call *ssa.CallCommon) bool {
	path := pkgPath(fn.Pkg())
	if path != "strings" && path != "bytes" || fn.Name() != "Replace" && fn.Name() != "ReplaceAll" || len(call.Args) < 3 {
		return false
	}
	to, ok := constText(call.Args[2])
	return ok && (isMask(to) || to == "" && !isConst(call.Args[1]))
}

// constText is constString for texts that are bytes as well.
func constText(v ssa.Value) (string, bool) {
	if c, ok := v.(*ssa.Convert); ok {
		v = c.X
	}
	return constString(v)
}

// partArgs returns the arguments whose text the result of a function that cuts or
// replaces shows: what it looks for is not among them.
func partArgs(fn *types.Func, args []argument) []argument {
	if path := pkgPath(fn.Pkg()); path != "strings" && path != "bytes" {
		return args
	}
	switch name := fn.Name(); {
	case strings.HasPrefix(name, "Trim"), strings.HasPrefix(name, "Cut"), strings.HasPrefix(name, "Split"), name == "Fields", name == "Repeat":
		return args[:min(1, len(args))]
	case strings.HasPrefix(name, "Replace") && len(args) > 2:
		return []argument{args[0], args[2]}
	}
	return args
}

// isJWTHead reports whether v is the header or the payload of a JSON web token:
// what stands before the signature, at one of the dots of which it was cut.
func isJWTHead(v *ssa.IndexAddr) bool {
	i, ok := constInt(v.Index)
	if !ok || i > 1 {
		return false
	}
	call, ok := v.X.(*ssa.Call)
	if !ok || !isCut(call) || len(call.Call.Args) < 2 {
		return false
	}
	sep, _ := constText(call.Call.Args[1])
	return sep == "."
}

// isBlankedCopy reports whether a struct is one in which the function has written
// over a secret before it shows the rest.
func (t *tracer) isBlankedCopy(shown *ssa.MakeInterface) bool {
	v, use := shown.X, ssa.Instruction(shown)
	if load, ok := v.(*ssa.UnOp); ok && load.Op == token.MUL {
		v, use = load.X, load
	}
	for _, ref := range refs(v) {
		fa, ok := ref.(*ssa.FieldAddr)
		if !ok {
			continue
		}
		s, ok := derefType(fa.X.Type()).Underlying().(*types.Struct)
		if !ok || t.classify(s.Field(fa.Field).Name()) == notSecret {
			continue
		}
		for _, at := range refs(fa) {
			if st, ok := at.(*ssa.Store); ok && st.Addr == fa && (isConst(st.Val) || t.hides(st.Val)) && isBlankedBy(st, fa, use) {
				return true
			}
		}
	}
	return false
}

// isBlankedBy reports whether a field is written over before it is used: on every way
// there, or on those on which the field has something to hide.
func isBlankedBy(st *ssa.Store, field *ssa.FieldAddr, use ssa.Instruction) bool {
	if comesBefore(st, use) {
		return true
	}
	from, to := st.Block(), use.Block()
	if from == to || len(from.Preds) != 1 || !leadsTo(from, to) {
		return false
	}
	last := from.Preds[0].Instrs[len(from.Preds[0].Instrs)-1]
	branch, ok := last.(*ssa.If)
	return ok && (asksOf(branch.Cond, field) || isWish(branch.Cond))
}

// isWish reports whether a condition is a setting whose name says what to do with
// secrets, as showSecrets.
func isWish(cond ssa.Value) bool {
	if not, ok := cond.(*ssa.UnOp); ok && not.Op == token.NOT {
		cond = not.X
	}
	if obj := storedIn(cond); obj != nil {
		return saysWish(obj.Name())
	}
	if p, ok := cond.(*ssa.Parameter); ok {
		return saysWish(p.Name())
	}
	return isKeptAs(cond, saysWish)
}

func saysWish(name string) bool {
	return slices.ContainsFunc(splitName(name), func(w string) bool { return orderWords[w] || maskedWords[w] || wishWords[w] })
}

var wishWords = words("redact mask sanitize scrub conceal secret secrets sensitive password passwords credentials")

// asksOf reports whether a condition is about a field, as whether it is empty, or
// about the struct that has it.
func asksOf(cond ssa.Value, field *ssa.FieldAddr) bool {
	op, ok := cond.(*ssa.BinOp)
	if !ok {
		return false
	}
	return slices.ContainsFunc([]ssa.Value{op.X, op.Y}, func(v ssa.Value) bool {
		if call, ok := v.(*ssa.Call); ok && len(call.Call.Args) == 1 {
			v = call.Call.Args[0] // len(c.Password)
		}
		load, ok := v.(*ssa.UnOp)
		if !ok {
			return v == field.X
		}
		at, ok := load.X.(*ssa.FieldAddr)
		return ok && at.Field == field.Field && at.X == field.X
	})
}

// isFiller reports whether v stands for what it takes the place of: a constant, or
// the same sign again and again.
func isFiller(v ssa.Value) bool {
	if c, ok := v.(*ssa.Call); ok {
		fn := callee(&c.Call)
		return fn != nil && (fn.Name() == "Repeat" && isConst(c.Call.Args[0]) || receiver(fn) == "Regexp" && strings.HasPrefix(fn.Name(), "ReplaceAll"))
	}
	return isConst(v)
}

// isCalledMasked reports whether v is kept in a variable whose name says that it
// is masked.
func (t *tracer) isCalledMasked(v ssa.Value) bool { return isKeptAs(v, isMaskedName) }

// isKeptAs reports whether v is kept in a variable with such a name.
func isKeptAs(v ssa.Value, said func(string) bool) bool {
	return v != nil && slices.ContainsFunc(refs(v), func(ref ssa.Instruction) bool {
		d, ok := ref.(*ssa.DebugRef)
		if !ok || d.IsAddr {
			return false
		}
		id, ok := d.Expr.(*ast.Ident)
		return ok && said(id.Name)
	})
}

// isMaskedName reports whether a name says that what it stands for is masked.
func isMaskedName(name string) bool {
	return slices.ContainsFunc(splitName(name), func(w string) bool { return maskedWords[w] })
}

var maskedWords = words("masked redacted obfuscated sanitized scrubbed censored hidden stripped anonymized truncated")

// isMaskedEdge reports whether v, which comes into phi on one way, hides what comes
// on another: whoever wants to see that has asked for it.
func (t *tracer) isMaskedEdge(v ssa.Value, phi *ssa.Phi) bool {
	call, ok := v.(*ssa.Call)
	if !ok || !t.hides(call) {
		return false
	}
	return slices.ContainsFunc(call.Call.Args, func(arg ssa.Value) bool { return arg != v && slices.Contains(phi.Edges, arg) })
}

// isUnset reports whether a struct is made in the function, which sets none of the
// fields that hold secrets.
func (t *tracer) isUnset(v ssa.Value) bool {
	load, ok := v.(*ssa.UnOp)
	if !ok || load.Op != token.MUL {
		return false
	}
	made, ok := load.X.(*ssa.Alloc)
	if !ok {
		return false
	}
	set := 0
	for _, ref := range refs(made) {
		switch ref := ref.(type) {
		case *ssa.FieldAddr:
			s, ok := derefType(made.Type()).Underlying().(*types.Struct)
			if !ok || mayHoldText(s.Field(ref.Field).Type()) && t.classify(s.Field(ref.Field).Name()) != notSecret || !isText(s.Field(ref.Field).Type()) && !isPlain(s.Field(ref.Field).Type()) {
				return false
			}
			set++
		case *ssa.UnOp, *ssa.DebugRef:
		default:
			return false
		}
	}
	return set > 0
}

// isPlain reports whether a type has no fields of its own that may hold a secret.
func isPlain(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Basic, *types.Interface, *types.Signature:
		return true
	case *types.Slice:
		return isPlain(u.Elem())
	}
	return false
}
