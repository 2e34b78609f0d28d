package analyzer

import (
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// The numbers and bytes that are the secret part of a private key.

// isKeyNumber reports whether v is a number, or a list of them, which is the secret
// part of a private key.
func isKeyNumber(v ssa.Value) bool {
	load, ok := v.(*ssa.UnOp)
	if !ok {
		return false
	}
	fa, ok := load.X.(*ssa.FieldAddr)
	if !ok || !isPrivateKey(fa.X.Type()) {
		return false
	}
	s, ok := derefType(fa.X.Type()).Underlying().(*types.Struct)
	if !ok {
		return false
	}
	switch s.Field(fa.Field).Name() {
	case "D", "Primes":
		return true
	case "X":
		return named(fa.X.Type()).Obj().Pkg().Path() == "crypto/dsa"
	}
	return false
}

func keyOf(v ssa.Value) string {
	owner := v.(*ssa.UnOp).X.(*ssa.FieldAddr).X.Type()
	return "private key of type " + types.TypeString(owner, (*types.Package).Name)
}

// isKeyText reports whether a call makes a text of such a number.
func isKeyText(fn *types.Func, call *ssa.CallCommon) bool {
	if pkgPath(fn.Pkg()) != "math/big" {
		return false
	}
	switch fn.Name() {
	case "String", "Text", "Bytes", "Append", "FillBytes":
		recv := receiverOf(call)
		return recv != nil && isKeyNumber(recv)
	}
	return false
}

// isKeyBytes reports whether a function of a package of the standard library for
// cryptography returns a private key, in place of something made with one.
func isKeyBytes(fn *types.Func) bool {
	if receiver(fn) != "PrivateKey" {
		return false
	}
	switch pkgPath(fn.Pkg()) {
	case "crypto/ed25519", "golang.org/x/crypto/ed25519":
		return fn.Name() == "Seed"
	case "crypto/ecdh", "crypto/ecdsa":
		return fn.Name() == "Bytes"
	}
	return false
}
