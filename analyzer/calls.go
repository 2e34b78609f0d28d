package analyzer

import (
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// callee returns the function or method that a call names, nil if that is not
// known.
func callee(call *ssa.CallCommon) *types.Func {
	if call.IsInvoke() {
		return call.Method
	}
	switch v := call.Value.(type) {
	case *ssa.Function:
		return object(v)
	case *ssa.MakeClosure:
		return object(v.Fn.(*ssa.Function))
	}
	return nil
}

// object returns what a function was declared as: a generic one stands for its
// instances, and a method for its wrappers.
func object(fn *ssa.Function) *types.Func {
	if origin := fn.Origin(); origin != nil {
		fn = origin
	}
	obj, _ := fn.Object().(*types.Func)
	if obj != nil {
		return obj.Origin()
	}
	return nil
}

// body returns the function of this package that a call runs, nil if it is
// elsewhere or not known.
func (f *flow) body(call *ssa.CallCommon) *ssa.Function {
	if call.IsInvoke() {
		return nil
	}
	var fn *ssa.Function
	switch v := call.Value.(type) {
	case *ssa.Function:
		fn = v
	case *ssa.MakeClosure:
		fn = v.Fn.(*ssa.Function)
	case *ssa.UnOp:
		fn = storedFunc(v.X)
	}
	if fn == nil {
		return nil
	}
	if fn.Origin() != nil { // an instance only calls it
		fn = fn.Origin()
	}
	if obj := object(fn); obj != nil && fn.Synthetic != "" && fn.Origin() == nil {
		if real := fn.Prog.FuncValue(obj); real != nil { // a wrapper of a method
			fn = real
		}
	}
	if fn.Blocks == nil || fn.Pkg != nil && fn.Pkg.Pkg != f.pkg {
		return nil
	}
	return fn
}

// storedFunc returns the only function that is stored at addr.
func storedFunc(addr ssa.Value) *ssa.Function {
	alloc, ok := addr.(*ssa.Alloc)
	if !ok {
		return nil
	}
	var found *ssa.Function
	for _, ref := range *alloc.Referrers() {
		st, ok := ref.(*ssa.Store)
		if !ok || st.Addr != addr {
			continue
		}
		fn, _ := st.Val.(*ssa.Function)
		if c, ok := st.Val.(*ssa.MakeClosure); ok {
			fn = c.Fn.(*ssa.Function)
		}
		if fn == nil || found != nil {
			return nil
		}
		found = fn
	}
	return found
}

// arguments returns the arguments of a call without its receiver.
func arguments(call *ssa.CallCommon) []ssa.Value {
	if recv := staticReceiver(call); recv != nil {
		return call.Args[1:]
	}
	return call.Args
}

// staticReceiver returns the receiver of a call of a method that is known, nil
// if there is none among the arguments.
func staticReceiver(call *ssa.CallCommon) ssa.Value {
	if call.IsInvoke() || len(call.Args) == 0 {
		return nil
	}
	fn, ok := call.Value.(*ssa.Function)
	if !ok || fn.Signature.Recv() == nil {
		return nil
	}
	return call.Args[0]
}

// receiverOf returns the receiver of a call of a method, nil for others.
func receiverOf(call *ssa.CallCommon) ssa.Value {
	if call.IsInvoke() {
		return call.Value
	}
	return staticReceiver(call)
}

// An argument is a value given to a call, and its place among the arguments as
// they are written.
type argument struct {
	value ssa.Value
	index int
}

// spread returns the arguments of a call from one on, with those of a variadic
// parameter one by one.
func spread(call *ssa.CallCommon, from int) []argument {
	args := arguments(call)
	var out []argument
	for i, v := range args {
		if i == len(args)-1 && call.Signature().Variadic() {
			if elems, ok := elements(v); ok {
				for _, e := range elems {
					if i+e.index >= from {
						out = append(out, argument{e.value, i + e.index})
					}
				}
				continue
			}
		}
		if i >= from {
			out = append(out, argument{v, i})
		}
	}
	return out
}

// elements returns what was stored in the array behind a slice that the
// compiler made of variadic arguments or of a literal.
func elements(v ssa.Value) ([]argument, bool) {
	s, ok := v.(*ssa.Slice)
	if !ok || s.Low != nil || s.High != nil {
		return nil, false
	}
	alloc, ok := s.X.(*ssa.Alloc)
	if !ok {
		return nil, false
	}
	var out []argument
	for _, ref := range *alloc.Referrers() {
		ia, ok := ref.(*ssa.IndexAddr)
		if !ok {
			continue
		}
		i, _ := constInt(ia.Index)
		for _, use := range *ia.Referrers() {
			if st, ok := use.(*ssa.Store); ok && st.Addr == ia {
				out = append(out, argument{st.Val, int(i)})
			}
		}
	}
	return out, true
}

// common returns the call that a value or an instruction makes, nil if none.
func common(i any) *ssa.CallCommon {
	if c, ok := i.(ssa.CallInstruction); ok {
		return c.Common()
	}
	return nil
}

func refs(v ssa.Value) []ssa.Instruction {
	if r := v.Referrers(); r != nil {
		return *r
	}
	return nil
}
