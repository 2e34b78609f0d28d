package analyzer

import (
	"go/token"

	"golang.org/x/tools/go/ssa"
)

// What stands here tells what is known of a value in a block, from the branches on
// the way there.

// isFailedPart reports whether v is what a test gave that has failed.
func isFailedPart(v ssa.Value, block *ssa.BasicBlock) bool {
	part, ok := v.(*ssa.Extract)
	return ok && part.Index == 0 && isZeroIn(part.Tuple, block)
}

// isZeroIn reports whether block is only reached when the test of a type or of
// a key that gave tuple has failed, which leaves a zero value.
func isZeroIn(tuple ssa.Value, block *ssa.BasicBlock) bool {
	for _, ref := range refs(tuple) {
		ok, isExtract := ref.(*ssa.Extract)
		if !isExtract || ok.Index != 1 || !isTested(tuple) {
			continue
		}
		for _, use := range refs(ok) {
			branch, isIf := use.(*ssa.If)
			if !isIf || block == nil || block.Parent() != branch.Parent() {
				continue
			}
			if failed := branch.Block().Succs[1]; len(failed.Preds) == 1 && failed.Dominates(block) {
				return true
			}
		}
	}
	return false
}

// hasFailed reports whether block is only reached when the call that gave v
// returned an error: what else it returned is empty then.
func hasFailed(v ssa.Value, block *ssa.BasicBlock) bool {
	result, ok := v.(*ssa.Extract)
	if !ok || block == nil {
		return false
	}
	call, ok := result.Tuple.(*ssa.Call)
	if !ok {
		return false
	}
	results := call.Call.Signature().Results()
	last := results.Len() - 1
	if result.Index == last || !isError(results.At(last).Type()) {
		return false
	}
	for _, ref := range refs(call) {
		err, isExtract := ref.(*ssa.Extract)
		if !isExtract || err.Index != last {
			continue
		}
		for _, use := range refs(err) {
			if failed := whenNotNil(use); failed != nil && failed.Parent() == block.Parent() && len(failed.Preds) == 1 && failed.Dominates(block) {
				return true
			}
		}
	}
	return false
}

// isEmptyIn reports whether block is only reached when v is the empty text.
func isEmptyIn(v ssa.Value, block *ssa.BasicBlock) bool {
	if block == nil {
		return false
	}
	for _, ref := range refs(v) {
		cmp, ok := ref.(*ssa.BinOp)
		if !ok || cmp.Op != token.EQL && cmp.Op != token.NEQ || !isEmptyText(cmp.X) && !isEmptyText(cmp.Y) {
			continue
		}
		for _, use := range refs(cmp) {
			branch, ok := use.(*ssa.If)
			if !ok {
				continue
			}
			empty := branch.Block().Succs[0]
			if cmp.Op == token.NEQ {
				empty = branch.Block().Succs[1]
			}
			if empty.Parent() == block.Parent() && len(empty.Preds) == 1 && empty.Dominates(block) {
				return true
			}
		}
	}
	return false
}

func isEmptyText(v ssa.Value) bool {
	s, ok := constString(v)
	return ok && s == ""
}

// whenNotNil returns the block that is reached when a value is not nil, if instr
// compares it with nil for a branch; else nil.
func whenNotNil(instr ssa.Instruction) *ssa.BasicBlock {
	cmp, ok := instr.(*ssa.BinOp)
	if !ok || cmp.Op != token.NEQ && cmp.Op != token.EQL || !isNil(cmp.X) && !isNil(cmp.Y) {
		return nil
	}
	for _, use := range refs(cmp) {
		if branch, ok := use.(*ssa.If); ok {
			if cmp.Op == token.NEQ {
				return branch.Block().Succs[0]
			}
			return branch.Block().Succs[1]
		}
	}
	return nil
}

func isNil(v ssa.Value) bool {
	c, ok := v.(*ssa.Const)
	return ok && c.IsNil()
}

// isTested reports whether v is a pair of a value and whether it is there.
func isTested(v ssa.Value) bool {
	switch v := v.(type) {
	case *ssa.TypeAssert:
		return v.CommaOk
	case *ssa.Lookup:
		return v.CommaOk
	}
	return false
}
